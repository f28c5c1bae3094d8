/* Prints the requests that the Telegram machines can send, one JSON text a line, for
 * test_telegram_requests.py. */
#include <stdio.h>

#include "platform/telegram.h"
#include "support/platform_job.h"

static int failures;

static void print_post(const char *mime, size_t media, bool answers)
{
    struct platform_job made;

    platform_job_make(&made, &telegram, media);
    platform_job_option(&made, "channel", "@up_police");
    for (size_t i = 0; i < media; i++)
        made.media[i].mime = mime;
    made.content.parent = answers ? "1" : NULL;
    made.job.parent_id = answers ? "812" : NULL;
    failures += !machine_print(telegram.publish, &made.job, "");
}

/* Each answer leads to the next question. */
static void print_questions(const struct job *job, struct arena *arena)
{
    static const char *const answers[] = {
        "{\"ok\":true,\"result\":{\"id\":-1001234567890,\"type\":\"channel\"}}",
        "{\"ok\":true,\"result\":{\"id\":77,\"is_bot\":true}}",
    };
    struct step step = machine_asked(telegram.identify, job, "", NULL, arena);

    puts(request_write(&step.request, arena));
    for (size_t i = 0; i < COUNT_OF(answers); i++) {
        const struct http_reply reply = reply_of(200, answers[i]);

        step = machine_asked(telegram.identify, job, step.progress, &reply, arena);
        puts(request_write(&step.request, arena));
    }
}

int main(void)
{
    static const char *const mimes[] = {"image/jpeg", "image/gif", "video/mp4"};
    struct arena arena = {0};
    struct platform_job made;

    print_post(NULL, 0, false);
    print_post(NULL, 0, true);
    for (size_t i = 0; i < COUNT_OF(mimes); i++) {
        print_post(mimes[i], 1, false);
        print_post(mimes[i], 1, true);
    }
    print_post("image/png", 4, false);
    print_post("video/mp4", 2, true);
    platform_job_make(&made, &telegram, 0);
    made.delivery.remote_id = "812,813";
    failures += !machine_print(telegram.retract, &made.job, "");
    print_questions(&made.job, &arena);
    arena_clear(&arena);
    return failures ? 1 : 0;
}
