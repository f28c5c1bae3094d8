/* tests/support/platform_job.h - a job for an adapter's machines, and replies to feed them. */
#ifndef CRIER_TESTS_PLATFORM_JOB_H
#define CRIER_TESTS_PLATFORM_JOB_H

#include "platform/adapter.h"

struct platform_job {
    struct delivery delivery;
    struct content content;
    struct account account;
    struct variable option;
    struct medium media[4];
    struct job job;
};

/* "नमस्ते" with `pictures` pictures: traffic/helmet@once on an account that is known. */
void platform_job_make(struct platform_job *made, const struct adapter *adapter, size_t pictures);
/* One option of the account, as crier.cfg has it. */
void platform_job_option(struct platform_job *made, const char *name, const char *value);

struct http_reply reply_of(int status, const char *body);
struct http_reply reply_lost(enum request_fate fate);
/* A status of a table: 0 = not sent, -1 = perhaps sent. */
struct http_reply reply_in_table(int status, const char *body);

/* Asks a machine from stored progress; NULL = no reply. The test fails when it cannot be read. */
struct step machine_asked(machine asked, const struct job *job, const char *stored,
                          const struct http_reply *reply, struct arena *arena);

/* Prints the request that a machine sends from there, one JSON text a line; false when it sends
 * none. */
bool machine_print(machine asked, const struct job *job, const char *stored);

/* One letter for a step: Send, Wait, Done, Retry, Trouble, Expired, X refused, ? doubt. */
char step_letter(const struct step *step);

#endif
