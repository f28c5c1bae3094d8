/* Prints every request that X's machines can send, one JSON text a line, for test_x_requests.py. */
#include "platform/x.h"
#include "support/platform_job.h"

static const char *const for_picture[] = {
    "",
    "{\"at\":\"describing\",\"kept\":{\"media\":[],\"now\":\"11\"}}",
    "{\"at\":\"processing\",\"kept\":{\"media\":[],\"now\":\"11\"}}",
    "{\"at\":\"publishing\",\"kept\":{\"media\":[\"11\",\"12\",\"13\",\"14\"]}}",
    "{\"at\":\"answered\",\"kept\":{\"media\":[],\"id\":\"55\"}}",
    NULL,
};
static const char *const for_pieces[] = {
    "",
    "{\"at\":\"appending\",\"kept\":{\"media\":[],\"now\":\"11\",\"segment\":0}}",
    "{\"at\":\"appending\",\"kept\":{\"media\":[],\"now\":\"11\",\"segment\":2}}",
    "{\"at\":\"finishing\",\"kept\":{\"media\":[],\"now\":\"11\",\"segment\":3}}",
    "{\"at\":\"asking\",\"kept\":{\"media\":[],\"now\":\"11\",\"segment\":3}}",
    "{\"at\":\"processing\",\"kept\":{\"media\":[],\"now\":\"11\",\"segment\":3}}",
    "{\"at\":\"captioning\",\"kept\":{\"media\":[\"11\"]}}",
    "{\"at\":\"attaching\",\"kept\":{\"media\":[\"11\"],\"captions\":\"12\"}}",
    "{\"at\":\"publishing\",\"kept\":{\"media\":[\"11\"],\"captions\":\"12\"}}",
    NULL,
};
static const char *const for_gif[] = {
    "",
    "{\"at\":\"describing\",\"kept\":{\"media\":[],\"now\":\"11\"}}",
    "{\"at\":\"publishing\",\"kept\":{\"media\":[\"11\"]}}",
    NULL,
};
static const char *const for_text[] = {
    "",
    "{\"at\":\"answered\",\"kept\":{\"media\":[],\"id\":\"55\"}}",
    NULL,
};
static const char *const for_search[] = {
    "",
    "{\"at\":\"searching\",\"kept\":{\"page\":1,\"token\":\"b26v89c19zqg8o3f\"}}",
    NULL,
};

static int failures;

static void print(machine asked, const struct job *job, const char *stored)
{
    failures += !machine_print(asked, job, stored);
}

static void print_all(machine asked, const struct job *job, const char *const *stored)
{
    for (; *stored; stored++)
        print(asked, job, *stored);
}

static void print_texts(const char *fields)
{
    struct platform_job made;

    platform_job_make(&made, &x, 0);
    platform_job_option(&made, "fields", fields);
    made.delivery.remote_id = "55";
    print_all(x.publish, &made.job, for_text);
    made.content.parent = "1";
    made.job.parent_id = made.job.root_id = "54";
    print(x.publish, &made.job, "");
    print_all(x.find, &made.job, for_search);
    print(x.identify, &made.job, "");
    print(x.retract, &made.job, "");
}

static void print_pictures(void)
{
    struct platform_job made;

    platform_job_make(&made, &x, 4);
    print_all(x.publish, &made.job, for_picture);
    made.content.text = NULL;
    print(x.publish, &made.job, for_picture[3]);
}

static void print_one(const char *mime, const char *const *stored)
{
    struct platform_job made;

    platform_job_make(&made, &x, 2);
    made.content.media_count = 1;
    made.content.more.captions = made.media[1].sha256;
    made.media[0].mime = mime;
    made.media[0].bytes = 3000000;
    made.media[1].mime = "text/srt";
    made.media[1].role = MEDIUM_CAPTIONS;
    print_all(x.publish, &made.job, stored);
}

static void print_refresh(void)
{
    struct platform_job made;

    platform_job_make(&made, &x, 0);
    platform_job_option(&made, "auth", "oauth2");
    print(x.refresh, &made.job, "");
    print(x.publish, &made.job, "");
}

int main(void)
{
    print_texts("tweet.fields");
    print_texts("post.fields");
    print_pictures();
    print_one("video/mp4", for_pieces);
    print_one("image/gif", for_gif);
    print_refresh();
    return failures ? 1 : 0;
}
