/* Prints every request that the Bluesky machines can send, one JSON text a line, for
 * test_bluesky_requests.py. */
#include "platform/bluesky.h"
#include "support/platform_job.h"

#define BLOB                                                                                       \
    "{\"$type\":\"blob\",\"mimeType\":\"image/png\",\"ref\":{\"$link\":"                           \
    "\"bafkreibme22gw2h7y2h7tg2fhqotaqjucnbc24deqo72b6mkl2egezxhvy\"},\"size\":75540}"
#define BLOBS            BLOB "," BLOB "," BLOB "," BLOB
#define AT(state, blobs) "{\"at\":\"" state "\",\"kept\":{\"blobs\":[" blobs "],\"reads\":0}}"

static const char *const texts[] = {
    "नमस्ते",
    "साइबर शिकायत: https://cybercrime.gov.in #सुरक्षा #CyberSafety "
    "👮🏽‍♀️",
    "cybercrime.gov.in (india.gov.in/a) @police.bsky.social",
    NULL,
};

static int failures;

static void print(machine asked, const struct job *job, const char *stored)
{
    failures += !machine_print(asked, job, stored);
}

static void make(struct platform_job *made, size_t pictures, bool has_session)
{
    platform_job_make(made, &bluesky, pictures);
    made->job.identity = (struct account_identity){.handle = "police.example.gov.in",
                                                   .remote_id = "did:plc:ewvi7nxzyoun6zhxrhs64oiz",
                                                   .host = "oyster.us-east.host.bsky.network",
                                                   .has_session = has_session};
    made->delivery.remote_id =
        "at://did:plc:ewvi7nxzyoun6zhxrhs64oiz/app.bsky.feed.post/3jzfcijpj2z2a";
}

static void print_posts(void)
{
    struct platform_job made;

    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        make(&made, 0, true);
        made.content.text = texts[i];
        print(bluesky.publish, &made.job, "");
        made.content.link = "https://cybercrime.gov.in/Webform/Index.aspx";
        print(bluesky.publish, &made.job, "");
        made.content.title = "राष्ट्रीय साइबर अपराध पोर्टल";
        made.content.description = "शिकायत दर्ज करें";
        print(bluesky.publish, &made.job, "");
        print(bluesky.publish, &made.job, AT("answered", ""));
        make(&made, 4, true);
        made.content.text = texts[i];
        print(bluesky.publish, &made.job, "");
        print(bluesky.publish, &made.job, AT("uploading", BLOB));
        print(bluesky.publish, &made.job, AT("publishing", BLOBS));
    }
}

#define REF                                                                                        \
    "{\"cid\":\"bafyreidfayvfuwqa7qlnopdjiqrxzs6blmoeu4rujcjtnci5beludirz2a\",\"uri\":\"at://"     \
    "did:plc:ewvi7nxzyoun6zhxrhs64oiz/app.bsky.feed.post/3jzfcijpj2z22\"}"
#define REPLIES(state)                                                                             \
    "{\"at\":\"" state "\",\"kept\":{\"blobs\":[],\"reads\":0,\"reply\":{\"parent\":" REF          \
    ",\"root\":" REF "}}}"

static void print_part(void)
{
    struct platform_job made;

    make(&made, 0, true);
    made.content.parent = "1";
    made.job.parent_id = made.job.root_id =
        "at://did:plc:ewvi7nxzyoun6zhxrhs64oiz/app.bsky.feed.post/3jzfcijpj2z22";
    print(bluesky.publish, &made.job, "");
    print(bluesky.publish, &made.job, REPLIES("publishing"));
    print(bluesky.publish, &made.job, REPLIES("answered"));
}

int main(void)
{
    struct platform_job made;

    print_posts();
    print_part();
    for (int has_session = 0; has_session < 2; has_session++) {
        make(&made, 0, has_session);
        print(bluesky.refresh, &made.job, "");
        print(bluesky.identify, &made.job, "");
        print(bluesky.find, &made.job, "");
        print(bluesky.retract, &made.job, "");
    }
    made.job.identity.remote_id = "did:web:localhost%3A2583";
    print(bluesky.find, &made.job, "");
    print(bluesky.publish, &made.job, "");
    return failures ? 1 : 0;
}
