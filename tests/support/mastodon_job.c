#include "support/mastodon_job.h"

#include <string.h>

#define RECEIVED INT64_C(1795320000000) /* 2026-11-22T04:00:00Z */

static void make_medium(struct medium *medium, size_t number)
{
    const char name[] = {(char)('a' + number), '\0'};

    *medium = (struct medium){.file = "traffic/helmet.png",
                              .alt = number == 3 ? "" : "हेलमेट पहने दोपहिया सवार",
                              .recipe = "",
                              .mime = number % 2 ? "image/jpeg" : "image/png"};
    digest_hex_of(name, 1, medium->sha256);
}

void mastodon_job_make(struct mastodon_job *made, size_t pictures, bool keeps_keys)
{
    *made = (struct mastodon_job){
        .delivery = {.campaign = "traffic",
                     .post = "helmet",
                     .occurrence = "once",
                     .account = "toots",
                     .platform = "mastodon",
                     .progress = "",
                     .remote_id = "",
                     .url = ""},
        .content = {.account = "toots", .text = "नमस्ते", .language = "hi"},
        .account = {.name = "toots", .platform = "mastodon"},
        .option = {.name = "keeps_keys", .value = keeps_keys ? "true" : "false"},
    };
    for (size_t i = 0; i < pictures; i++)
        make_medium(&made->media[i], i);
    made->content.media = made->delivery.media = made->media;
    made->content.media_count = made->delivery.media_count = pictures;
    made->account.options = (struct variables){&made->option, 1};
    delivery_set_id(&made->delivery);
    digest_hex_of("content", 7, made->delivery.content_hash);
    delivery_set_key(&made->delivery);
    made->job = (struct job){.delivery = &made->delivery,
                             .content = &made->content,
                             .account = &made->account,
                             .identity = {"police", "42"},
                             .since = {RECEIVED - 120000}};
}

struct http_reply reply_of(int status, const char *body)
{
    return (struct http_reply){.fate = FATE_ANSWERED,
                               .status = status,
                               .body = body,
                               .body_length = strlen(body),
                               .date = INSTANT_NONE,
                               .received = {RECEIVED}};
}

struct http_reply reply_lost(enum request_fate fate)
{
    struct http_reply reply = reply_of(0, "");

    reply.fate = fate;
    reply.why = "the connection broke";
    return reply;
}
