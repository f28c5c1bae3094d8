/* Any bytes as a campaign and as crier.cfg: every finding must have its place in the text, and the
 * printed findings must stay bounded. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

#include "base/buffer.h"
#include "campaign/reader.h"

static const struct media_limit media[] = {{.mime = "image/png", .most_bytes = 1000000},
                                           {.mime = NULL}};
static const struct limits limits = {.text = {{.unit = COUNT_GRAPHEMES, .most = 500}},
                                     .media = media,
                                     .most_media = 4,
                                     .has_tags = true,
                                     .source = "fuzz"};
static const struct account_key keys[] = {
    {"server", ACCOUNT_KEY_HOST, NULL, ""},
    {"keeps_keys", ACCOUNT_KEY_BOOL, "true", ""},
    {NULL, ACCOUNT_KEY_TEXT, NULL, NULL},
};
static const struct platform_facts platforms[] = {
    {.name = "mastodon", .limits = &limits, .keys = keys, .needs_server = true},
    {.name = NULL},
};
static const struct read_options options = {.platforms = platforms};

static const char config[] =
    "timezone = \"Asia/Kolkata\";\n"
    "accounts = ( { name = \"toots\"; platform = \"mastodon\"; live = false;\n"
    "  base_url = \"http://127.0.0.1:8642/mastodon\"; } );\n"
    "groups = ( { name = \"all\"; accounts = [ \"toots\" ]; } );\n"
    "known = { numbers = [ \"112\", \"1930\" ]; hosts = [ \"cybercrime.gov.in\" ]; };\n";

static void check_findings(const struct findings *findings, const char *text)
{
    struct buffer out;
    int lines = 1;

    for (const char *at = text; (at = strchr(at, '\n')); at++)
        lines++;
    assert(findings->count == findings->errors + findings->warnings);
    for (size_t i = 0; i < findings->count; i++) {
        assert(findings->items[i].place.line >= 0 && findings->items[i].place.line <= lines);
        assert(findings->items[i].place.column >= 0);
    }
    buffer_init(&out, SIZE_MAX);
    findings_print(findings, 0, &out);
    findings_print(findings, 40, &out);
    json_decref(findings_json(findings, 1));
    buffer_clear(&out);
}

static void read_as_campaign(const struct workspace *workspace, const char *text, size_t size)
{
    struct arena arena = {0};
    struct findings findings;
    struct campaign campaign;

    findings_init(&findings, &arena);
    campaign_read_text("fuzz", text, size, workspace, &arena, &campaign, &findings);
    assert(campaign.broken || findings.errors == 0);
    check_findings(&findings, text);
    arena_clear(&arena);
}

static void read_as_config(const char *text, size_t size)
{
    struct arena arena = {0};
    struct findings findings;
    struct workspace workspace = {0};
    bool broken;

    findings_init(&findings, &arena);
    workspace_read_text(text, size, &options, &arena, &workspace, &broken, &findings);
    assert(workspace.zone);
    check_findings(&findings, text);
    arena_clear(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena forever;
    static struct workspace workspace;
    struct findings findings;
    char *text = malloc(size + 1);
    bool broken = false;

    if (!text)
        abort();
    if (!workspace.zone) {
        findings_init(&findings, &forever);
        workspace_read_text(config, sizeof config - 1, &options, &forever, &workspace, &broken,
                            &findings);
        assert(!broken);
    }
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    read_as_campaign(&workspace, text, size);
    read_as_config(text, size);
    free(text);
    return 0;
}
