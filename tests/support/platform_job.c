#include "support/platform_job.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
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

/* ---- lives ---- */

uint64_t random_next(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

struct life {
    const struct adapter *adapter;
    const char *answered;
    struct arena *arena;
    const char *stored;
    bool publish_left; /* and nobody has said since that it did not take effect */
    bool is_public;    /* a reply with an id was taken */
};

static const char *state_of(const char *stored, struct arena *arena)
{
    struct progress at;

    return progress_read(stored, arena, &at) ? at.state : NULL;
}

static bool is_declared(const struct life *life, const char *stored)
{
    const char *state = state_of(stored, life->arena);

    for (const char *const *word = life->adapter->states; state && *word; word++) {
        if (strcmp(*word, state) == 0)
            return true;
    }
    return false;
}

static bool has_answer(const struct life *life)
{
    const char *state = state_of(life->stored, life->arena);

    return life->answered && state && strcmp(state, life->answered) == 0;
}

/* What is wrong with one step after another; NULL = nothing. */
static const char *judge(struct life *life, const struct step *step)
{
    if (step->progress && !is_declared(life, step->progress))
        return "a progress that is not declared";
    if (step->progress)
        life->stored = step->progress;
    if (has_answer(life))
        life->is_public = true;
    if (step->kind == STEP_RETRY || step->kind == STEP_DOUBT)
        life->publish_left = false; /* the engine decides from here */
    if (step->kind != STEP_SEND)
        return NULL;
    if (!step->progress || !request_is_sound(&step->request))
        return "a request that cannot be sent";
    if (step->request.kind != REQUEST_PUBLISH)
        return NULL;
    if (life->is_public)
        return "what is public was sent again";
    if (life->publish_left)
        return "two publish requests without a verdict between them";
    life->publish_left = true;
    return NULL;
}

size_t lives_wanted(void)
{
    const char *wanted = getenv("CRIER_LIVES");

    return wanted ? strtoul(wanted, NULL, 10) : 200;
}

static bool is_end(enum step_kind kind)
{
    return kind == STEP_DONE || kind == STEP_REFUSED || kind == STEP_DOUBT;
}

const char *machine_life(machine asked, const struct adapter *adapter, const struct job *job,
                         const char *answered, struct http_reply (*reply)(uint64_t *seed),
                         uint64_t seed)
{
    struct arena arena = {0};
    struct life life = {.adapter = adapter, .answered = answered, .arena = &arena, .stored = ""};
    struct step step = {.kind = STEP_RETRY};
    const char *fault = NULL;

    for (int i = 0; i < 60 && !fault && !is_end(step.kind); i++) {
        struct http_reply random = reply(&seed);

        step =
            machine_asked(asked, job, life.stored, step.kind == STEP_SEND ? &random : NULL, &arena);
        fault = judge(&life, &step);
    }
    arena_clear(&arena);
    return fault;
}
