/* Prints every request that the Facebook machines can send, one JSON text a line, for
 * test_facebook_requests.py. */
#include <stdio.h>
#include <string.h>

#include "platform/facebook.h"
#include "support/platform_job.h"

#define KEPT_VIDEO                                                                                 \
    "\"photos\":[],\"video\":\"900\",\"session\":\"800\",\"start\":0,\"end\":75540,"               \
    "\"host\":\"rupload.facebook.com\",\"path\":\"/video-upload/v25.0/900\""
#define VIDEO_AT(state) "{\"at\":\"" state "\",\"kept\":{" KEPT_VIDEO "}}"

static const char *const of_photos[] = {
    "{\"at\":\"publishing\",\"kept\":{\"photos\":[\"1\",\"2\",\"3\"]}}",
    "{\"at\":\"answered\",\"kept\":{\"id\":\"1055_77\",\"photos\":[\"1\",\"2\",\"3\"]}}",
};
static const char *const of_one_photo[] = {
    "{\"at\":\"publishing\",\"kept\":{\"photos\":[\"1\"]}}",
    "{\"at\":\"answered\",\"kept\":{\"id\":\"1055_77\",\"photos\":[\"1\"]}}",
};
static const char *const of_text[] = {
    "{\"at\":\"answered\",\"kept\":{\"id\":\"1055_77\",\"photos\":[]}}",
};
static const char *const of_video[] = {
    VIDEO_AT("sending"),    VIDEO_AT("resuming"), VIDEO_AT("processing"),
    VIDEO_AT("publishing"), VIDEO_AT("answered"),
};

static int failures;
static struct arena arena;

static void print(machine asked, const struct job *job, const char *stored)
{
    failures += !machine_print(asked, job, stored);
}

/* What follows an answer: the bytes of a video have no state that sends them by itself. */
static void print_next(const struct job *job, const char *stored, const char *body)
{
    struct http_reply reply = reply_of(200, body);
    struct step step = machine_asked(facebook.publish, job, stored, &reply, &arena);

    if (step.kind == STEP_SEND)
        puts(request_write(&step.request, &arena));
    failures += step.kind != STEP_SEND;
}

static void print_after_steps(struct platform_job *made)
{
    made->content.more.first_comment = "हेल्पलाइन 112";
    made->content.more.thumbnail = made->content.more.captions = made->media[0].sha256;
    for (const struct after_step *step = facebook.after; step->word; step++) {
        if (step->wanted(&made->job))
            print(step->advance, &made->job, "");
    }
    print(facebook.after[2].advance, &made->job,
          "{\"at\":\"looking\",\"kept\":{\"why\":\"lost\"}}");
}

static void print_all(size_t media, const char *kind, bool video, const char *const *stored,
                      size_t count)
{
    struct platform_job made;

    platform_job_make(&made, &facebook, media);
    made.content.more.kind = kind;
    made.content.title = "हेलमेट";
    made.content.link = "https://example.gov.in/helmet?a=1";
    made.job.identity = (struct account_identity){.handle = "Police", .remote_id = "1055"};
    made.account.live = true;
    platform_job_option(&made, "page_id", "1055");
    made.delivery.remote_id = video ? "900" : "1055_77";
    if (video)
        made.media[0].mime = "video/mp4";
    print(facebook.publish, &made.job, "");
    for (size_t i = 0; i < count; i++)
        print(facebook.publish, &made.job, stored[i]);
    made.delivery.progress = stored[count - 1];
    print(facebook.find, &made.job, "");
    print(facebook.retract, &made.job, "");
    print(facebook.identify, &made.job, "");
    if (!kind || strcmp(kind, "story") != 0)
        print_after_steps(&made);
}

static void print_bytes(const char *kind, const char *answer)
{
    struct platform_job made;

    platform_job_make(&made, &facebook, 1);
    made.content.more.kind = kind;
    made.media[0].mime = "video/mp4";
    made.account.live = true;
    platform_job_option(&made, "page_id", "1055");
    print_next(&made.job, "{\"at\":\"starting\",\"kept\":{\"photos\":[]}}", answer);
    print_next(&made.job, VIDEO_AT("resuming"),
               "{\"status\":{\"video_status\":\"uploading\",\"uploading_phase\":"
               "{\"bytes_transferred\":40000}}}");
}

static void print_rest(void)
{
    struct platform_job made;
    struct http_reply me = reply_of(200, "{\"id\":\"1055\",\"name\":\"Police\"}");
    struct step step;

    platform_job_make(&made, &facebook, 0);
    made.account.live = true;
    platform_job_option(&made, "page_id", "1055");
    print(facebook.find, &made.job,
          "{\"at\":\"searching\",\"kept\":{\"after\":\"QVFI\",\"page\":1}}");
    step = machine_asked(facebook.identify, &made.job, "", &me, &arena);
    puts(request_write(&step.request, &arena));
}

int main(void)
{
    static const char session[] =
        "{\"video_id\":\"900\",\"upload_session_id\":\"800\",\"start_offset\":\"0\",\"end_offset\":"
        "\"50000\",\"upload_url\":\"https://rupload.facebook.com/video-upload/v25.0/900\"}";

    print_all(0, NULL, false, of_text, COUNT_OF(of_text));
    print_all(1, NULL, false, of_one_photo, COUNT_OF(of_one_photo));
    print_all(3, NULL, false, of_photos, COUNT_OF(of_photos));
    print_all(1, "story", false, of_one_photo, COUNT_OF(of_one_photo));
    print_all(1, NULL, true, of_video, COUNT_OF(of_video));
    print_all(1, "video", true, of_video, COUNT_OF(of_video));
    print_all(1, "reel", true, of_video, COUNT_OF(of_video));
    print_all(1, "story", true, of_video, COUNT_OF(of_video));
    print_bytes(NULL, session);
    print_bytes("reel", session);
    print_bytes("story", session);
    print_rest();
    arena_clear(&arena);
    return failures ? 1 : 0;
}
