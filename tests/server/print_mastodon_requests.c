/* Prints every request that the Mastodon machines can send, one JSON text a line, for
 * test_mastodon_requests.py. */
#include "platform/mastodon.h"
#include "support/platform_job.h"

static const char *const published[] = {
    "",
    "{\"at\":\"uploading\",\"kept\":{\"media\":[\"1\"],\"ready\":1}}",
    "{\"at\":\"processing\",\"kept\":{\"media\":[\"1\",\"2\"],\"ready\":1}}",
    "{\"at\":\"publishing\",\"kept\":{\"media\":[\"1\",\"2\",\"3\",\"4\"],\"ready\":4}}",
    "{\"at\":\"answered\",\"kept\":{\"id\":\"55\",\"media\":[],\"ready\":0}}",
    "{\"at\":\"comparing\",\"kept\":{\"id\":\"55\",\"media\":[],\"ready\":0}}",
};
static const char *const searched[] = {
    "",
    "{\"at\":\"searching\",\"kept\":{\"max_id\":\"9\",\"page\":1}}",
    "{\"at\":\"matching\",\"kept\":{\"candidates\":[{\"id\":\"9\",\"url\":\"\"}],\"checked\":0}}",
};
static const char *const either[] = {"", "{\"at\":\"old\",\"kept\":{}}"};

static int failures;

static void print(machine asked, const struct job *job, const char *stored)
{
    failures += !machine_print(asked, job, stored);
}

static void print_all(size_t pictures, bool keeps_keys)
{
    struct platform_job made;

    platform_job_make(&made, &mastodon, pictures);
    platform_job_option(&made, "keeps_keys", keeps_keys ? "true" : "false");
    made.delivery.remote_id = "55";
    for (size_t i = 0; i < COUNT_OF(published); i++) {
        if (pictures == 4 || i == 0 || i > 3)
            print(mastodon.publish, &made.job, published[i]);
    }
    for (size_t i = 0; i < COUNT_OF(searched); i++)
        print(mastodon.find, &made.job, searched[i]);
    for (size_t i = 0; i < COUNT_OF(either); i++)
        print(mastodon.limits, &made.job, either[i]);
    print(mastodon.identify, &made.job, "");
    print(mastodon.retract, &made.job, "");
    made.content.parent = "1";
    made.job.parent_id = made.job.root_id = "54";
    print(mastodon.publish, &made.job, published[pictures == 4 ? 3 : 0]);
    made.content.parent = made.job.parent_id = made.job.root_id = NULL;
    made.content.text = NULL;
    if (pictures == 4)
        print(mastodon.publish, &made.job, published[3]);
}

int main(void)
{
    print_all(0, true);
    print_all(4, true);
    print_all(4, false);
    return failures ? 1 : 0;
}
