#include "commands/expression.h"

#include <string.h>

#include "campaign/reader.h"

/* What an expression is, and what it is laid into. It has lines of its own. */
struct frame {
    const char *before, *after;
    int quotes; /* columns more than the expression has */
};

enum { LINES_BEFORE = 1 };

static bool begins_with_key(const char *text, const char *key)
{
    size_t length = strlen(key);

    return strncmp(text, key, length) == 0 &&
           strchr("=:", text[length + strspn(text + length, " \t")]) != NULL && text[length];
}

/* at = [ ... ] is a rule's, at = "..." the post's. */
static bool is_post_time(const char *text)
{
    const char *value = text + strcspn(text, "=:");

    return begins_with_key(text, "at") && *value && value[1 + strspn(value + 1, " \t")] != '[';
}

static struct frame frame_of(const char *text)
{
    if (*text == '{')
        return (struct frame){"repeat =\n", "\n;", 0};
    if (*text == '"')
        return (struct frame){"at =\n", "\n;", 0};
    if (begins_with_key(text, "repeat") || is_post_time(text))
        return (struct frame){"\n", "\n;", 0};
    if (strpbrk(text, "=:{[") && !(*text >= '0' && *text <= '9'))
        return (struct frame){"repeat = {\n", "\n};", 0};
    return (struct frame){"at =\n\"", "\"\n;", 1};
}

static const char *laid_out(const char *text, const struct frame *frame, const char *account,
                            struct arena *arena)
{
    return arena_printf(arena,
                        "accounts = [ \"%s\" ]; posts = ( { id = \"when\"; text = \"x\"; "
                        "%s%s%s } );\n",
                        account, frame->before, text, frame->after);
}

static int count_lines(const char *text)
{
    int lines = 1;

    for (; (text = strchr(text, '\n')); text++)
        lines++;
    return lines;
}

/* The line of the expression, without our quotes. */
static const char *own_source(const struct finding *finding, const char *expression, int quotes)
{
    return quotes && finding->source ? expression : finding->source;
}

/* What is found behind the expression is missing at its end. */
static void keep_own(const struct findings *all, const char *expression, const struct frame *frame,
                     struct findings *own)
{
    int lines = count_lines(expression);

    for (size_t i = 0; i < all->count; i++) {
        struct finding finding = all->items[i];

        finding.place.file = "EXPR";
        finding.place.line -= LINES_BEFORE;
        finding.place.column -= frame->quotes;
        finding.source = own_source(&finding, expression, frame->quotes);
        if (finding.place.line < 1 || finding.place.line > lines) {
            finding.place.line = finding.place.column = 0;
            finding.source = NULL;
        } else if (finding.place.column < 1) {
            finding.place.column = 1;
        }
        finding_copy(own, &finding);
    }
}

static const char *without_blanks(const char *text, struct arena *arena)
{
    size_t length;

    text += strspn(text, " \t\n");
    length = strlen(text);
    while (length > 0 && strchr(" \t\n;", text[length - 1]))
        length--;
    return arena_text_n(arena, text, length);
}

const struct campaign *expression_read(const char *expression, const struct workspace *workspace,
                                       struct arena *arena, struct findings *findings)
{
    const char *own = without_blanks(expression, arena);
    const struct frame frame = frame_of(own);
    const char *text = laid_out(own, &frame, workspace->accounts[0].name, arena);
    struct campaign *campaign = arena_alloc(arena, sizeof *campaign);
    struct findings all;

    findings_init(&all, arena);
    campaign_read_text("when", text, strlen(text), workspace, arena, campaign, &all);
    keep_own(&all, own, &frame, findings);
    findings_sort(findings);
    return findings->errors == 0 && campaign->post_count == 1 ? campaign : NULL;
}
