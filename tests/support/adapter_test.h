/* tests/support/adapter_test.h - what the unit tests of all adapters share: the memory of a test, a
 * machine that is told a reply, and lives of random replies against the two properties that matter.
 *
 * Printers of requests and the tests of net/ need none of it: platform_job.h. */
#ifndef CRIER_TESTS_ADAPTER_TEST_H
#define CRIER_TESTS_ADAPTER_TEST_H

#include "support/platform_job.h"

/* Steps and texts of the test that runs; its teardown gives them back. */
extern struct arena arena;
int adapter_test_end(void **state);

/* A machine's step from stored progress after a reply as tables have it; no body = no reply. */
struct step machine_told(machine asked, const struct job *job, const char *stored, int status,
                         const char *body);

/* The body of the request that a step sends has this text. */
bool body_has(const struct step *step, const char *text);

/* The states of a machine as they are stored. */
struct states {
    machine asked;
    const char *const *stored;
    size_t count;
    const struct job *jobs[9]; /* one a state; where there is none, the first */
};

/* A reply as tables have it, and what each state makes of it: step_letter, and ! for a doubt that
 * is the account's trouble, too. */
struct answer_row {
    int status; /* 0 = not sent, -1 = perhaps sent */
    const char *body, *expected;
};

/* Every state has the expected answer to every reply, and says why when it is no success. */
void assert_answers(const struct states *states, const struct answer_row *rows, size_t count);

/* xorshift. */
uint64_t random_next(uint64_t *seed);

/* Random replies. Of a table of them; or one in sixteen lost, else a status and a body that need
 * not belong together. */
struct reply_row {
    int status;
    const char *body;
};
struct http_reply reply_drawn(const struct reply_row *rows, size_t count, uint64_t *seed);

struct reply_dice {
    const int *statuses;
    size_t status_count;
    const char *const *bodies;
    size_t body_count;
};
struct http_reply reply_thrown(const struct reply_dice *of, uint64_t dice);

/* Deliveries with random replies until they end. A life has a fault when it has a request that
 * cannot be sent, a progress that is not declared, two publish requests without a verdict between
 * them, or a publish request after an answer with an id. */
struct lives {
    const struct adapter *adapter;
    const struct job *jobs[6]; /* lived in turn; NULL where there are fewer */
    const char *answered;      /* the word of the state that has an answer with an id; or NULL */
    struct http_reply (*reply)(uint64_t *seed);
};

/* How many lives a test lives: a few, or $CRIER_LIVES (tests/fault/trust). */
size_t lives_wanted(void);

/* The test fails with the first fault of the adapter's own machine. */
void assert_no_fault(const struct lives *lives, size_t count);

/* Lives with a fault when another machine stands in for the adapter's own. */
size_t faults_of(const struct lives *lives, machine twin, size_t count);

/* The twin of every adapter: doubt is taken for a failure and the request goes out again at once.
 */
struct step careless(const struct job *job, const struct progress *at,
                     const struct http_reply *reply, struct arena *memory);

#endif
