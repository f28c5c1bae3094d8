/* Any bytes as the answer to any request of any machine: declared states, sound requests, no second
 * publish. Input: one byte machine and state, one byte status, the body. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "platform/mastodon.h"
#include "support/platform_job.h"

static const char *const stored[] = {
    "{\"at\":\"uploading\",\"kept\":{\"media\":[],\"ready\":0}}",
    "{\"at\":\"processing\",\"kept\":{\"media\":[\"1\",\"2\"],\"ready\":1}}",
    "{\"at\":\"publishing\",\"kept\":{\"media\":[\"1\",\"2\"],\"ready\":2}}",
    "{\"at\":\"answered\",\"kept\":{\"id\":\"55\",\"media\":[\"1\",\"2\"],\"ready\":2}}",
    "{\"at\":\"comparing\",\"kept\":{\"id\":\"55\",\"media\":[\"1\",\"2\"],\"ready\":2}}",
    "{\"at\":\"searching\",\"kept\":{\"candidates\":[],\"page\":0}}",
    "{\"at\":\"matching\",\"kept\":{\"candidates\":[{\"id\":\"1\",\"url\":\"\"}],\"checked\":0}}",
    "",
};
static const int statuses[] = {200, 202, 206, 404, 422, 429, 401, 403, 413, 500, 302, 410};

static void must(bool fine)
{
    if (!fine)
        abort();
}

static void check_step(const struct step *step, enum request_kind first, struct arena *arena)
{
    struct progress progress;
    struct http_request back;
    struct err err = {0};

    must(!step->progress || progress_read(step->progress, arena, &progress));
    must(!step->why || strlen(step->why) <= 300);
    if (step->kind == STEP_SEND) {
        must(request_is_sound(&step->request));
        must(request_read(request_write(&step->request, arena), arena, &back, &err));
        must(step->request.kind != REQUEST_PUBLISH || first != REQUEST_PUBLISH);
    }
    must(step->wait.ms >= 0 && step->wait.ms <= span_days(7).ms);
}

/* What the state had sent before this answer came. */
static enum request_kind kind_sent(machine asked, size_t state)
{
    return asked == mastodon.publish && state == 2 ? REQUEST_PUBLISH : REQUEST_READ;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const machine machines[] = {mastodon.publish, mastodon.find, mastodon.identify,
                                mastodon.limits};
    struct platform_job made;
    struct arena arena = {0};
    struct progress at;
    struct http_reply reply;
    struct step step;
    machine asked;
    size_t state;

    if (size < 2)
        return 0;
    asked = machines[data[0] / COUNT_OF(stored) % COUNT_OF(machines)];
    state = data[0] % COUNT_OF(stored);
    platform_job_make(&made, &mastodon, 2);
    must(progress_read(stored[state], &arena, &at));
    reply = reply_of(statuses[data[1] % COUNT_OF(statuses)], "");
    reply.body = arena_text_n(&arena, (const char *)data + 2, size - 2);
    reply.body_length = size - 2;
    step = asked(&made.job, &at, &reply, &arena);
    check_step(&step, kind_sent(asked, state), &arena);
    json_decref(step.receipt.server);
    arena_clear(&arena);
    return 0;
}
