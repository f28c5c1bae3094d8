/* Any bytes as the answer to any request of any machine: declared states, sound requests, no second
 * publish. Input: one byte machine and state, one byte status and tokens, the body. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "platform/bluesky.h"
#include "platform/mastodon.h"
#include "platform/webhook.h"
#include "support/platform_job.h"

#define BLOB                                                                                       \
    "{\"$type\":\"blob\",\"mimeType\":\"image/png\",\"ref\":{\"$link\":\"bafkrei\"},\"size\":7}"

static const char *const of_mastodon[] = {
    "{\"at\":\"uploading\",\"kept\":{\"media\":[],\"ready\":0}}",
    "{\"at\":\"processing\",\"kept\":{\"media\":[\"1\",\"2\"],\"ready\":1}}",
    "{\"at\":\"publishing\",\"kept\":{\"media\":[\"1\",\"2\"],\"ready\":2}}",
    "{\"at\":\"answered\",\"kept\":{\"id\":\"55\",\"media\":[\"1\",\"2\"],\"ready\":2}}",
    "{\"at\":\"comparing\",\"kept\":{\"id\":\"55\",\"media\":[\"1\",\"2\"],\"ready\":2}}",
    "{\"at\":\"searching\",\"kept\":{\"candidates\":[],\"page\":0}}",
    "{\"at\":\"matching\",\"kept\":{\"candidates\":[{\"id\":\"1\",\"url\":\"\"}],\"checked\":0}}",
    "",
};
static const char *const of_bluesky[] = {
    "{\"at\":\"uploading\",\"kept\":{\"blobs\":[]}}",
    "{\"at\":\"uploading\",\"kept\":{\"blobs\":[" BLOB "]}}",
    "{\"at\":\"publishing\",\"kept\":{\"blobs\":[" BLOB "," BLOB "]}}",
    "{\"at\":\"answered\",\"kept\":{\"blobs\":[" BLOB "," BLOB "]}}",
    "{\"at\":\"creating\",\"kept\":{}}",
    "{\"at\":\"renewing\",\"kept\":{}}",
    "",
};
static const char *const of_webhook[] = {"{\"at\":\"posting\",\"kept\":{}}", ""};

/* One input byte chooses: a machine, and where it stands. */
static const struct row {
    const struct adapter *adapter;
    size_t machine; /* 0 publish, 1 find, 2 identify, 3 limits, 4 refresh, 5 retract */
    const char *const *stored;
    size_t stored_count;
} rows[] = {
    {&mastodon, 0, of_mastodon, COUNT_OF(of_mastodon)},
    {&mastodon, 1, of_mastodon, COUNT_OF(of_mastodon)},
    {&mastodon, 2, of_mastodon, COUNT_OF(of_mastodon)},
    {&mastodon, 3, of_mastodon, COUNT_OF(of_mastodon)},
    {&bluesky, 0, of_bluesky, COUNT_OF(of_bluesky)},
    {&bluesky, 1, of_bluesky, COUNT_OF(of_bluesky)},
    {&bluesky, 2, of_bluesky, COUNT_OF(of_bluesky)},
    {&bluesky, 4, of_bluesky, COUNT_OF(of_bluesky)},
    {&bluesky, 5, of_bluesky, COUNT_OF(of_bluesky)},
    {&webhook, 0, of_webhook, COUNT_OF(of_webhook)},
    {&webhook, 5, of_webhook, COUNT_OF(of_webhook)},
};
static const int statuses[] = {200, 202, 206, 404, 422, 429, 401, 403, 413, 500, 302, 410, 400};

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

static machine machine_of(const struct row *row)
{
    const machine machines[] = {row->adapter->publish,  row->adapter->find,
                                row->adapter->identify, row->adapter->limits,
                                row->adapter->refresh,  row->adapter->retract};

    return machines[row->machine];
}

/* What the state had sent before this answer came. */
static enum request_kind kind_sent(const struct row *row, const char *stored)
{
    bool posted = strstr(stored, "\"publishing\"") || strstr(stored, "\"posting\"");

    return row->machine == 0 && posted ? REQUEST_PUBLISH : REQUEST_READ;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct platform_job made;
    struct arena arena = {0};
    struct progress at;
    struct http_reply reply;
    struct step step;
    const struct row *row;
    const char *stored;

    if (size < 2)
        return 0;
    row = &rows[data[0] / 8 % COUNT_OF(rows)];
    stored = row->stored[data[0] % 8 % row->stored_count];
    platform_job_make(&made, row->adapter, 2);
    must(progress_read(stored, &arena, &at));
    reply = reply_of(statuses[data[1] % COUNT_OF(statuses)], "");
    reply.body = arena_text_n(&arena, (const char *)data + 2, size - 2);
    reply.body_length = size - 2;
    reply.tokens = data[1] & 64 ? "c2VhbGVk" : NULL;
    step = machine_of(row)(&made.job, &at, &reply, &arena);
    check_step(&step, kind_sent(row, stored), &arena);
    json_decref(step.receipt.server);
    arena_clear(&arena);
    return 0;
}
