/* tests/support/container_job.h - a job of Instagram or Threads with its account's ways to media,
 * and its requests as text. */
#ifndef CRIER_TESTS_CONTAINER_JOB_H
#define CRIER_TESTS_CONTAINER_JOB_H

#include "support/platform_job.h"

struct container_account {
    const char *ig_id, *page_id, *media_url; /* NULL = not in crier.cfg */
};

struct container_job {
    struct platform_job made;
    struct variable options[4];
};

/* A live account; `mimes` are of its files. */
void container_job_make(struct container_job *job, const struct adapter *adapter,
                        const struct container_account *account, const char *const *mimes,
                        size_t files);

/* Prints the request that follows, one JSON text a line; nothing when the machine sends none.
 * `body` is that of a reply with 200, NULL = no reply. */
void container_job_print(machine asked, const struct container_job *job, const char *stored,
                         const char *body);

#endif
