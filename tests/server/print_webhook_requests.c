/* Prints the events that the webhook machines can send, one JSON text a line, for
 * test_webhook_requests.py. */
#include "platform/webhook.h"
#include "support/platform_job.h"

static int failures;

static void print(machine asked, const struct job *job)
{
    failures += !machine_print(asked, job, "");
}

int main(void)
{
    struct platform_job made;

    for (size_t pictures = 0; pictures <= 4; pictures += 2) {
        platform_job_make(&made, &webhook, pictures);
        made.delivery.published = made.delivery.intent;
        print(webhook.publish, &made.job);
        made.content.title = "हेलमेट";
        made.content.description = "चलाने वाला भी";
        made.content.link = "https://echallan.parivahan.gov.in";
        print(webhook.publish, &made.job);
        made.content.text = NULL;
        print(webhook.publish, &made.job);
        print(webhook.retract, &made.job);
    }
    return failures ? 1 : 0;
}
