/* Prints every request that the YouTube machines can send, one JSON text a line, for
 * test_youtube_requests.py. */
#include "platform/youtube.h"
#include "support/platform_job.h"

#define SESSION                                                                                    \
    "https://www.googleapis.com/upload/youtube/v3/videos?uploadType=resumable&upload_id=AEnB2Ur"
#define TRACK                                                                                      \
    "https://www.googleapis.com/upload/youtube/v3/captions?uploadType=resumable&upload_id=AEnB2Us"
#define AT(state, offset)                                                                          \
    "{\"at\":\"" state "\",\"kept\":{\"id\":\"dQw4w9WgXcQ\",\"offset\":" offset                    \
    ",\"session\":\"" SESSION "\"}}"
#define FINDS(state, keeps) "{\"at\":\"" state "\",\"kept\":{\"keeps\":\"" keeps "\"}}"
#define CAPTIONS(state)     "{\"at\":\"" state "\",\"kept\":{\"session\":\"" TRACK "\"}}"

static int failures;

static void print(machine asked, const struct job *job, const char *stored)
{
    failures += !machine_print(asked, job, stored);
}

static void make(struct platform_job *made)
{
    platform_job_make(made, &youtube, 3);
    made->account.live = true;
    made->content.media_count = 1;
    made->content.title = "हेलमेट: चलाने वाला भी, पीछे बैठने वाला भी";
    made->media[0].mime = "video/mp4";
    made->media[0].bytes = 20000000;
    made->media[2].bytes = 500;
    made->content.more = (struct extras){.thumbnail = made->media[1].sha256,
                                         .captions = made->media[2].sha256,
                                         .playlist = "PLrAXtmErZgOeiKm4sgNOknGvNjby9efdf"};
    made->delivery.remote_id = "dQw4w9WgXcQ";
    made->delivery.progress = AT("publishing", "19922944");
}

/* Videos and Shorts, as the public, a few, or nobody may see them. */
static void print_openings(void)
{
    static const char *const kinds[] = {NULL, "video", "short"};
    static const char *const privacies[] = {NULL, "public", "unlisted", "private"};
    struct platform_job made;

    for (size_t i = 0; i < COUNT_OF(kinds) * COUNT_OF(privacies); i++) {
        make(&made);
        made.content.more.kind = kinds[i % COUNT_OF(kinds)];
        made.content.more.privacy = privacies[i / COUNT_OF(kinds)];
        made.content.more.category = i % 2 ? "27" : NULL;
        made.content.description = i % 5 ? NULL : "नीचे लिखा है: https://cybercrime.gov.in";
        made.content.language = i % 4 ? "hi" : NULL;
        print(youtube.publish, &made.job, "");
    }
}

int main(void)
{
    static const char *const published[] = {AT("uploading", "8388608"), AT("asking", "0"),
                                            AT("publishing", "19922944"), AT("answered", "0")};
    static const char *const found[] = {"", FINDS("reading", "dQw4w9WgXcQ"), FINDS("channel", ""),
                                        FINDS("listing", "UUabc"), FINDS("matching", "abc,def")};
    static const char *const captioned[] = {"", CAPTIONS("sending"), CAPTIONS("asking")};
    struct platform_job made;

    print_openings();
    make(&made);
    for (size_t i = 0; i < COUNT_OF(published); i++)
        print(youtube.publish, &made.job, published[i]);
    for (size_t i = 0; i < COUNT_OF(found); i++)
        print(youtube.find, &made.job, found[i]);
    for (size_t i = 0; i < COUNT_OF(captioned); i++)
        print(youtube.after[1].advance, &made.job, captioned[i]);
    print(youtube.after[0].advance, &made.job, "");
    print(youtube.after[2].advance, &made.job, "");
    print(youtube.after[2].advance, &made.job, "{\"at\":\"adding\",\"kept\":{}}");
    print(youtube.refresh, &made.job, "");
    print(youtube.identify, &made.job, "");
    print(youtube.retract, &made.job, "");
    return failures ? 1 : 0;
}
