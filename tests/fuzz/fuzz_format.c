/* Any bytes tidied: a file whose form is right stays right, means what it meant (the reader finds
 * the same), and is tidy from then on. That no token and no comment changed, format_text itself
 * makes sure of. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

#include "campaign/format.h"
#include "campaign/reader.h"

static const char *tidied(const char *text, size_t length, struct arena *arena)
{
    struct findings findings;
    struct source source = {
        .file = "fuzz.cfg", .text = text, .length = length, .findings = &findings};
    const char *result;

    findings_init(&findings, arena);
    if (format_text(&source, arena, &result))
        return result;
    assert(findings.errors > 0);
    return NULL;
}

static void read(const char *text, size_t length, struct arena *arena, struct findings *findings)
{
    struct workspace workspace = {0};
    const struct read_options options = {0};
    bool broken;

    findings_init(findings, arena);
    workspace_read_text("timezone = \"Asia/Kolkata\";", 26, &options, arena, &workspace, &broken,
                        findings);
    findings_init(findings, arena);
    struct campaign campaign;
    campaign_read_text("fuzz", text, length, &workspace, arena, &campaign, findings);
    findings_sort(findings);
}

/* The next remark that the layout cannot take away: a byte order mark goes. */
static const struct finding *next_remark(const struct findings *findings, size_t *i)
{
    while (*i < findings->count && strcmp(findings->items[*i].code, "W104") == 0)
        ++*i;
    return *i < findings->count ? &findings->items[(*i)++] : NULL;
}

static void compare_meaning(const char *before, size_t length, const char *after,
                            struct arena *arena)
{
    struct findings a, b;
    const struct finding *x, *y;
    size_t i = 0, j = 0;

    read(before, length, arena, &a);
    read(after, strlen(after), arena, &b);
    do {
        x = next_remark(&a, &i);
        y = next_remark(&b, &j);
        assert(!x == !y);
        assert(!x || strcmp(x->code, y->code) == 0);
    } while (x);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    char *text = arena_text_n(&arena, (const char *)data, size);
    const char *once = tidied(text, size, &arena);

    if (once) {
        const char *twice = tidied(once, strlen(once), &arena);

        assert(twice && strcmp(once, twice) == 0);
        compare_meaning(text, size, once, &arena);
    }
    arena_clear(&arena);
    return 0;
}
