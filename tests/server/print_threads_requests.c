/* Prints every request that the Threads machines can send, for every kind of post, one JSON text a
 * line, for test_threads_requests.py. */
#include "platform/threads.h"
#include "support/container_job.h"

#define CID "18000000000000001"
#define AT(state, children)                                                                        \
    "{\"at\":\"" state "\",\"kept\":{\"children\":[" children "],\"container\":\"" CID             \
    "\",\"id\":\"17900000000000001\",\"offset\":0,"                                                \
    "\"photo\":\"77\",\"polls\":0,\"reads\":0,\"rounds\":0}}"

static const struct container_account by_page = {NULL, "1055", NULL};
static const struct container_account by_host = {NULL, NULL, "https://media.example.gov.in/spool"};

static void print_post(struct container_job *job)
{
    static const char *const states[] = {AT("processing", ""), AT("publishing", ""),
                                         AT("answered", ""), AT("address", "")};

    container_job_print(threads.publish, job, "", NULL);
    for (size_t i = 0; i < COUNT_OF(states); i++)
        container_job_print(threads.publish, job, states[i], NULL);
    container_job_print(threads.publish, job, AT("address", ""),
                        "{\"images\":[{\"width\":9,\"source\":\"https://x.fbcdn.net/a.jpg\"}]}");
    if (job->made.content.media_count == 2)
        container_job_print(threads.publish, job, AT("creating", "\"1\",\"2\""), NULL);
    job->made.delivery.progress = AT("publishing", "");
    container_job_print(threads.find, job, "", NULL);
    container_job_print(threads.find, job, "{\"at\":\"asking\",\"kept\":{}}",
                        "{\"id\":\"" CID "\",\"status\":\"PUBLISHED\"}");
}

static void print_posts(const struct container_account *account)
{
    static const struct {
        size_t files;
        const char *mime[2];
        const char *link, *parent;
    } posts[] = {
        {.files = 0},
        {.files = 0, .link = "https://cybercrime.gov.in/"},
        {.files = 0, .parent = "2"},
        {.files = 1, .mime = {"image/jpeg"}},
        {.files = 1, .mime = {"video/mp4"}},
        {.files = 2, .mime = {"image/jpeg", "image/png"}},
        {.files = 2, .mime = {"image/jpeg", "video/quicktime"}, .parent = "2"},
    };

    for (size_t i = 0; i < COUNT_OF(posts); i++) {
        struct container_job job;

        container_job_make(&job, &threads, account, posts[i].mime, posts[i].files);
        job.made.content.link = posts[i].link;
        job.made.content.parent = posts[i].parent;
        job.made.job.parent_id = posts[i].parent ? "17900000000000009" : NULL;
        print_post(&job);
    }
}

int main(void)
{
    struct container_job job;

    print_posts(&by_page);
    print_posts(&by_host);
    container_job_make(&job, &threads, &by_page, NULL, 0);
    job.made.delivery.remote_id = "17900000000000001";
    container_job_print(threads.identify, &job, "", NULL);
    container_job_print(threads.limits, &job, "", NULL);
    container_job_print(threads.retract, &job, "", NULL);
    container_job_print(threads.refresh, &job, "", NULL);
    return 0;
}
