#include "support/adapter_test.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "platform/registry.h"

#define MOST_STEPS 60 /* of one life */

struct arena arena;

int adapter_test_end(void **state)
{
    (void)state;
    arena_clear(&arena);
    return 0;
}

struct step machine_told(machine asked, const struct job *job, const char *stored, int status,
                         const char *body)
{
    const struct http_reply reply = reply_in_table(status, body ? body : "");

    return machine_asked(asked, job, stored, body ? &reply : NULL, &arena);
}

bool body_has(const struct step *step, const char *text)
{
    return step->request.body && strstr(step->request.body, text);
}

static char letter_of(const struct step *step)
{
    return step->trouble && step->kind == STEP_DOUBT ? '!' : step_letter(step);
}

/* The number of rows that are otherwise, 0 or 1. */
static int check_row(const struct states *states, const struct answer_row *row)
{
    char found[COUNT_OF(states->jobs) + 1] = "";

    for (size_t i = 0; i < states->count; i++) {
        const struct job *job = states->jobs[i] ? states->jobs[i] : states->jobs[0];
        const struct step step =
            machine_told(states->asked, job, states->stored[i], row->status, row->body);

        found[i] = letter_of(&step);
        assert_true(strchr("RTEX?!", found[i]) == NULL || step.why != NULL);
        assert_true(!step.why || strlen(step.why) <= 300);
    }
    if (strcmp(found, row->expected) == 0)
        return 0;
    print_error("%d %s: %s, expected %s\n", row->status, row->body, found, row->expected);
    return 1;
}

void assert_answers(const struct states *states, const struct answer_row *rows, size_t count)
{
    int wrong = 0;

    assert_true(states->count <= COUNT_OF(states->jobs));
    for (size_t i = 0; i < count; i++)
        wrong += check_row(states, &rows[i]);
    assert_int_equal(wrong, 0);
}

uint64_t random_next(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

struct http_reply reply_drawn(const struct reply_row *rows, size_t count, uint64_t *seed)
{
    const struct reply_row *row = &rows[random_next(seed) % count];

    return reply_in_table(row->status, row->body);
}

struct http_reply reply_thrown(const struct reply_dice *of, uint64_t dice)
{
    if (dice % 16 == 0)
        return reply_lost(dice % 32 ? FATE_NOT_SENT : FATE_MAYBE_SENT);
    return reply_of(of->statuses[dice / 64 % of->status_count],
                    of->bodies[dice / 4096 % of->body_count]);
}

struct life {
    const struct lives *among;
    const char *stored;
    bool publish_left; /* and nobody has said since that it did not take effect */
    bool is_public;    /* a reply with an id was taken */
};

static const char *state_of(const char *stored, struct arena *memory)
{
    struct progress at;

    return progress_read(stored, memory, &at) ? at.state : NULL;
}

static bool is_declared(const struct adapter *adapter, const char *state)
{
    for (const char *const *word = adapter->states; state && *word; word++) {
        if (strcmp(*word, state) == 0)
            return true;
    }
    return false;
}

/* What is wrong with where a step leads; NULL = nothing. */
static const char *judge_progress(struct life *life, const struct step *step, struct arena *memory)
{
    const char *state;

    if (step->progress && !is_declared(life->among->adapter, state_of(step->progress, memory)))
        return "a progress that is not declared";
    if (step->progress)
        life->stored = step->progress;
    state = state_of(life->stored, memory);
    if (life->among->answered && state && strcmp(state, life->among->answered) == 0)
        life->is_public = true;
    return NULL;
}

/* What is wrong with what a step does; NULL = nothing. */
static const char *judge_deed(struct life *life, const struct step *step)
{
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

static bool is_end(enum step_kind kind)
{
    return kind == STEP_DONE || kind == STEP_REFUSED || kind == STEP_DOUBT;
}

static const struct job *job_of_life(const struct lives *lives, size_t number)
{
    size_t count = 0;

    while (count < COUNT_OF(lives->jobs) && lives->jobs[count])
        count++;
    return lives->jobs[number % count];
}

/* The fault of life `number`, or NULL. */
static const char *live(const struct lives *lives, machine asked, size_t number)
{
    const struct job *job = job_of_life(lives, number);
    uint64_t seed = number * 0x9e3779b97f4a7c15u;
    struct arena memory = {0};
    struct life life = {.among = lives, .stored = ""};
    struct step step = {.kind = STEP_RETRY};
    const char *fault = NULL;

    for (int i = 0; i < MOST_STEPS && !fault && !is_end(step.kind); i++) {
        const struct http_reply reply = lives->reply(&seed);

        step =
            machine_asked(asked, job, life.stored, step.kind == STEP_SEND ? &reply : NULL, &memory);
        fault = judge_progress(&life, &step, &memory);
        if (!fault)
            fault = judge_deed(&life, &step);
    }
    arena_clear(&memory);
    return fault;
}

size_t lives_wanted(void)
{
    const char *wanted = getenv("CRIER_LIVES");

    return wanted ? strtoul(wanted, NULL, 10) : 200;
}

void assert_no_fault(const struct lives *lives, size_t count)
{
    for (size_t number = 1; number <= count; number++) {
        const char *fault = live(lives, lives->adapter->publish, number);

        if (fault)
            fail_msg("life %zu: %s", number, fault);
    }
}

size_t faults_of(const struct lives *lives, machine twin, size_t count)
{
    size_t faults = 0;

    for (size_t number = 1; number <= count; number++)
        faults += live(lives, twin, number) != NULL;
    return faults;
}

struct step careless(const struct job *job, const struct progress *at,
                     const struct http_reply *reply, struct arena *memory)
{
    const machine own = adapter_by_name(job->account->platform)->publish;
    const struct step step = own(job, at, reply, memory);

    return step.kind == STEP_DOUBT ? own(job, at, NULL, memory) : step;
}
