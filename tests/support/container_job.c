#include "support/container_job.h"

#include <stdio.h>
#include <string.h>

static void add(struct container_job *job, const char *name, const char *value)
{
    struct variables *options = &job->made.account.options;

    if (value)
        job->options[options->count++] = (struct variable){.name = name, .value = value};
}

void container_job_make(struct container_job *job, const struct adapter *adapter,
                        const struct container_account *account, const char *const *mimes,
                        size_t files)
{
    platform_job_make(&job->made, adapter, files);
    job->made.account.live = true;
    job->made.account.options = (struct variables){job->options, 0};
    for (size_t i = 0; i < files; i++)
        job->made.media[i].mime = mimes[i];
    add(job, "ig_id", account->ig_id);
    add(job, "page_id", account->page_id);
    add(job, "media_url", account->media_url);
    if (strcmp(adapter->name, "threads") == 0)
        add(job, "api_version", "v1.0");
}

void container_job_print(machine asked, const struct container_job *job, const char *stored,
                         const char *body)
{
    struct arena arena = {0};
    struct http_reply reply = reply_of(200, body ? body : "");
    struct step step = machine_asked(asked, &job->made.job, stored, body ? &reply : NULL, &arena);

    if (step.kind == STEP_SEND)
        puts(request_write(&step.request, &arena));
    arena_clear(&arena);
}
