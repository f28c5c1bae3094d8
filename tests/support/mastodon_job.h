/* tests/support/mastodon_job.h - a job for the Mastodon machines, and replies to feed them. */
#ifndef CRIER_TESTS_MASTODON_JOB_H
#define CRIER_TESTS_MASTODON_JOB_H

#include "platform/mastodon.h"

struct mastodon_job {
    struct delivery delivery;
    struct content content;
    struct account account;
    struct variable option; /* keeps_keys */
    struct medium media[4];
    struct job job;
};

/* "नमस्ते" with `pictures` pictures on a server that keeps keys or not. */
void mastodon_job_make(struct mastodon_job *made, size_t pictures, bool keeps_keys);

struct http_reply reply_of(int status, const char *body);
struct http_reply reply_lost(enum request_fate fate);

#endif
