/* Prints every request that the Instagram machines can send, for every kind of post, one JSON text
 * a line, for test_instagram_requests.py. */
#include "platform/instagram.h"
#include "support/container_job.h"

#define CID "18000000000000001"
#define URI "https://rupload.facebook.com/ig-api-upload/v25.0/" CID
#define AT(state, children)                                                                        \
    "{\"at\":\"" state "\",\"kept\":{\"children\":[" children "],\"container\":\"" CID             \
    "\",\"id\":\"17900000000000001\",\"offset\":0,"                                                \
    "\"photo\":\"77\",\"polls\":0,\"reads\":0,\"rounds\":0,\"uri\":\"" URI "\"}}"

static const struct container_account by_page = {"17841400000000042", "1055", NULL};
static const struct container_account by_host = {"17841400000000042", NULL,
                                                 "https://media.example.gov.in/spool"};

/* All states of one post, and what follows where a reply is needed to get there. */
static void print_post(struct container_job *job)
{
    static const char *const states[] = {
        AT("measuring", ""), AT("processing", ""), AT("publishing", ""),
        AT("answered", ""),  AT("address", ""),
    };
    struct platform_job *made = &job->made;

    container_job_print(instagram.publish, job, "", NULL);
    for (size_t i = 0; i < COUNT_OF(states); i++)
        container_job_print(instagram.publish, job, states[i], NULL);
    container_job_print(instagram.publish, job, AT("address", ""),
                        "{\"images\":[{\"width\":9,\"source\":\"https://x.fbcdn.net/a.jpg\"}]}");
    container_job_print(instagram.publish, job, AT("creating", ""),
                        "{\"id\":\"" CID "\",\"uri\":\"" URI "\"}");
    container_job_print(instagram.publish, job, AT("processing", ""),
                        "{\"id\":\"" CID "\",\"status_code\":\"FINISHED\"}");
    if (made->content.media_count == 2)
        container_job_print(instagram.publish, job, AT("creating", "\"1\",\"2\""), NULL);
    made->delivery.progress = AT("publishing", "");
    container_job_print(instagram.find, job, "", NULL);
    container_job_print(instagram.find, job, "{\"at\":\"asking\",\"kept\":{}}",
                        "{\"id\":\"" CID "\",\"status_code\":\"PUBLISHED\"}");
}

static void print_posts(const struct container_account *account)
{
    static const struct {
        const char *kind;
        const char *mime[2];
    } posts[] = {
        {NULL, {"image/jpeg"}},
        {NULL, {"video/mp4"}},
        {"reel", {"video/quicktime"}},
        {"story", {"image/jpeg"}},
        {"story", {"video/mp4"}},
        {NULL, {"image/jpeg", "video/mp4"}},
        {NULL, {"image/jpeg", "image/jpeg"}},
    };

    for (size_t i = 0; i < COUNT_OF(posts); i++) {
        struct container_job job;

        container_job_make(&job, &instagram, account, posts[i].mime, posts[i].mime[1] ? 2 : 1);
        job.made.content.more.kind = posts[i].kind;
        print_post(&job);
    }
}

int main(void)
{
    static const char *const picture[] = {"image/jpeg"};
    static const struct container_account unnamed = {NULL, NULL, NULL};
    struct container_job job;

    print_posts(&by_page);
    print_posts(&by_host);
    container_job_make(&job, &instagram, &by_page, picture, 1);
    job.made.delivery.remote_id = "17900000000000001";
    job.made.content.more.first_comment = "#सुरक्षा";
    container_job_print(instagram.identify, &job, "", NULL);
    container_job_print(instagram.limits, &job, "", NULL);
    container_job_print(instagram.retract, &job, "", NULL);
    container_job_print(instagram.after[0].advance, &job, "", NULL);
    container_job_make(&job, &instagram, &unnamed, picture, 1);
    container_job_print(instagram.identify, &job, "", NULL);
    return 0;
}
