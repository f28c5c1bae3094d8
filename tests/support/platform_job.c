#include "support/platform_job.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define RECEIVED INT64_C(1795320000000) /* 2026-11-22T04:00:00Z */

static void make_medium(struct medium *medium, size_t number)
{
    const char name[] = {(char)('a' + number), '\0'};

    *medium = (struct medium){.file = "traffic/helmet.png",
                              .alt = number == 3 ? "" : "हेलमेट पहने दोपहिया सवार",
                              .recipe = "",
                              .mime = number % 2 ? "image/jpeg" : "image/png",
                              .bytes = 75540,
                              .width = 1280,
                              .height = 760};
    digest_hex_of(name, 1, medium->sha256);
}

static void make_key(struct delivery *delivery)
{
    delivery_set_id(delivery);
    digest_hex_of("content", 7, delivery->content_hash);
    delivery_set_key(delivery);
    memcpy(delivery->record_key, "3jzfcijpj2z2a", sizeof delivery->record_key);
}

void platform_job_make(struct platform_job *made, const struct adapter *adapter, size_t pictures)
{
    *made = (struct platform_job){
        .delivery = {.campaign = "traffic",
                     .post = "helmet",
                     .occurrence = "once",
                     .account = "toots",
                     .platform = adapter->name,
                     .at = {RECEIVED - 2000},
                     .born = {RECEIVED - 2000},
                     .first_intent = {RECEIVED - 1000},
                     .intent = {RECEIVED - 1000},
                     .published = INSTANT_NONE,
                     .progress = "",
                     .remote_id = "",
                     .url = ""},
        .content = {.account = "toots", .text = "नमस्ते", .language = "hi"},
        .account = {.name = "toots", .platform = adapter->name, .facts = adapter->facts},
    };
    for (size_t i = 0; i < pictures; i++)
        make_medium(&made->media[i], i);
    made->content.media = made->delivery.media = made->media;
    made->content.media_count = made->delivery.media_count = pictures;
    make_key(&made->delivery);
    made->job = (struct job){.delivery = &made->delivery,
                             .content = &made->content,
                             .account = &made->account,
                             .identity = {.handle = "police", .remote_id = "42"},
                             .since = {RECEIVED - 120000}};
}

void platform_job_option(struct platform_job *made, const char *name, const char *value)
{
    made->option = (struct variable){.name = name, .value = value};
    made->account.options = (struct variables){&made->option, 1};
}

struct http_reply reply_of(int status, const char *body)
{
    return (struct http_reply){.fate = FATE_ANSWERED,
                               .status = status,
                               .body = body,
                               .body_length = strlen(body),
                               .date = INSTANT_NONE,
                               .received = {RECEIVED},
                               .tokens_until = INSTANT_NONE};
}

struct http_reply reply_lost(enum request_fate fate)
{
    struct http_reply reply = reply_of(0, "");

    reply.fate = fate;
    reply.why = "the connection broke";
    return reply;
}

struct http_reply reply_in_table(int status, const char *body)
{
    if (status > 0)
        return reply_of(status, body);
    return reply_lost(status ? FATE_MAYBE_SENT : FATE_NOT_SENT);
}

struct step machine_asked(machine asked, const struct job *job, const char *stored,
                          const struct http_reply *reply, struct arena *arena)
{
    struct progress at;

    if (!progress_read(stored, arena, &at))
        return step_doubt("the test's stored progress cannot be read");
    return asked(job, &at, reply, arena);
}

bool machine_print(machine asked, const struct job *job, const char *stored)
{
    struct arena arena = {0};
    struct step step = machine_asked(asked, job, stored, NULL, &arena);

    if (step.kind == STEP_SEND)
        puts(request_write(&step.request, &arena));
    arena_clear(&arena);
    return step.kind == STEP_SEND;
}

char step_letter(const struct step *step)
{
    static const char letters[] = {
        [STEP_SEND] = 'S',  [STEP_WAIT] = 'W',    [STEP_DONE] = 'D',
        [STEP_RETRY] = 'R', [STEP_REFUSED] = 'X', [STEP_DOUBT] = '?',
    };

    if (step->trouble == TROUBLE_EXPIRED)
        return 'E';
    return step->trouble ? 'T' : letters[step->kind];
}
