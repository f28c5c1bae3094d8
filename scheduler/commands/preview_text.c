#include <inttypes.h>
#include <string.h>

#include "base/i18n.h"
#include "base/recipe.h"
#include "campaign/fit_how.h"
#include "commands/preview.h"
#include "commands/terminal.h"
#include "commands/words.h"
#include "text/unicode.h"

struct page {
    const struct preview *preview;
    struct arena scratch;
    FILE *out;
    int64_t day; /* that the last heading named */
    size_t shown, held, waiting;
    size_t how_columns; /* for a sentence behind both indents; 0 = as long as it is */
};

/* What a file becomes stands below it. */
#define HOW_INDENT "     "
enum { HOW_AT = 14, LEAST_HOW = 20 };

static const char *bold(const struct page *page)
{
    return page->preview->colour ? "\033[1m" : "";
}

static const char *loud(const struct page *page)
{
    return page->preview->colour ? "\033[1;31m" : "";
}

static const char *plain(const struct page *page)
{
    return page->preview->colour ? "\033[0m" : "";
}

static struct civil wall_of(const struct page *page, struct instant t)
{
    return zone_civil(page->preview->workspace->zone, t);
}

static const char *clock_text(const struct page *page, struct instant t, char text[8])
{
    struct civil wall = wall_of(page, t);

    (void)snprintf(text, 8, "%02u:%02u", (unsigned)wall.hour % 24, (unsigned)wall.minute % 60);
    return text;
}

static void print_day(struct page *page, struct instant at)
{
    static const char *const names[] = {N_("Monday"),   N_("Tuesday"), N_("Wednesday"),
                                        N_("Thursday"), N_("Friday"),  N_("Saturday"),
                                        N_("Sunday")};
    struct civil wall = wall_of(page, at);
    int64_t day = civil_days(wall.year, wall.month, wall.day);

    if (day == page->day && page->shown)
        return;
    page->day = day;
    fprintf(page->out, "%s%s %04d-%02d-%02d%s\n\n", bold(page), _(names[civil_weekday(day)]),
            wall.year, wall.month, wall.day, plain(page));
}

static void print_words(struct page *page, const char *mark, const char *text)
{
    words_print(page->out, "         ", mark, text, &page->scratch);
}

static const char *unit_name(enum count_unit unit)
{
    return unit == COUNT_BYTES ? _("bytes") : _("characters");
}

static void print_count(const struct page *page, const struct rendered *rendered)
{
    const struct text_use *use = rendered_fullest(rendered);

    if (use)
        fprintf(page->out, "         %s%zu/%zu %s%s\n", use->used > use->limit ? loud(page) : "",
                use->used, use->limit, unit_name(use->unit), plain(page));
}

static const char *size_words(int64_t width, int64_t height, struct arena *arena)
{
    return width > 0 ? arena_printf(arena, ", %" PRId64 "×%" PRId64, width, height) : "";
}

static int64_t kib(int64_t bytes)
{
    return (bytes + 1023) / 1024;
}

/* "=> image/jpeg, 1080×1350, 212 KiB" and how it was made. */
static void print_rendition(struct page *page, const struct medium *medium,
                            const struct media_facts *facts)
{
    struct recipe recipe;

    if (!*medium->recipe || !recipe_read(medium->recipe, &recipe))
        return;
    if (medium_is_made(medium))
        fprintf(page->out, "           => %s%s, %" PRId64 " KiB\n", medium->mime,
                size_words(medium->width, medium->height, &page->scratch), kib(medium->bytes));
    print_words(page, HOW_INDENT,
                terminal_wrap(fit_how(&recipe, facts, &page->scratch), page->how_columns,
                              &page->scratch));
}

static bool is_unusable(const struct medium *medium, const struct media_facts *facts)
{
    return !facts || !facts->readable || facts->problem ||
           (!medium_is_made(medium) && !*medium->recipe);
}

static void print_medium(struct page *page, const struct medium *medium)
{
    const char *file = unicode_line(medium->file, &page->scratch);
    const struct media_facts *facts = media_index_find(page->preview->media, medium->file);
    int64_t width, height;

    if (is_unusable(medium, facts)) {
        fprintf(page->out, "         + %s  %s%s%s\n", file, loud(page), _("cannot be used"),
                plain(page));
        return;
    }
    fit_shown_size(facts, &width, &height);
    fprintf(page->out, "         + %s  %s%s, %" PRId64 " KiB\n", file, facts->mime,
            size_words(width, height, &page->scratch), kib(facts->bytes));
    print_rendition(page, medium, facts);
    print_words(page, _("  alt: "), medium->alt);
}

static void print_hold(struct page *page, const struct occurrence *occurrence)
{
    char clock[8];

    if (!occurrence->held_by)
        return;
    if (!instant_is_none(occurrence->waits_until)) {
        page->waiting++;
        fprintf(page->out, "         %s", bold(page));
        fprintf(page->out, _("quiet hours: goes out at %s"),
                clock_text(page, occurrence->waits_until, clock));
        fprintf(page->out, "%s\n", plain(page));
        return;
    }
    page->held++;
    fprintf(page->out, "         %s%s %s%s%s%s\n", loud(page), _("HELD:"), occurrence->held_by,
            occurrence->held_name ? ", " : "",
            occurrence->held_name ? unicode_line(occurrence->held_name, &page->scratch) : "",
            plain(page));
}

static void print_remarks(const struct page *page, const struct findings *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->items[i];
        bool error = finding->severity == SEVERITY_ERROR;

        fprintf(page->out, "         %s%s[%s]: %s%s\n", error ? loud(page) : "",
                error ? _("error") : _("warning"), finding->code, finding->message, plain(page));
    }
}

/* What only some platforms have. */
static void print_extras(struct page *page, const struct content *content)
{
    print_words(page, _("kind: "), content->more.kind);
    print_words(page, _("privacy: "), content->more.privacy);
    print_words(page, _("category: "), content->more.category);
    print_words(page, _("playlist: "), content->more.playlist);
    print_words(page, _("first comment: "), content->more.first_comment);
}

static void print_beside(struct page *page, const struct rendered *rendered)
{
    for (size_t i = rendered->content.media_count; i < rendered->file_count; i++) {
        const struct medium *medium = &rendered->files[i];

        print_words(page, medium->role == MEDIUM_THUMBNAIL ? _("  thumbnail: ") : _("  captions: "),
                    medium->file);
    }
}

/* What stands beside the text: on platforms with a place for it. */
static void print_content(struct page *page, const struct content *content)
{
    print_words(page, _("title: "), content->title);
    print_words(page, _("description: "), content->description);
    print_words(page, "| ", content->text);
    if (content->link && !(content->text && strstr(content->text, content->link)))
        print_words(page, _("link: "), content->link);
    for (size_t i = 0; i < content->media_count; i++)
        print_medium(page, &content->media[i]);
}

static void print_occurrence(struct page *page, const struct occurrence *occurrence)
{
    const struct rendered *rendered = &occurrence->text->rendered;
    char clock[8], word[WHEN_GUESS];

    print_day(page, occurrence->at);
    page->shown++;
    fprintf(page->out, "  %s%s  %s%s  %s/%s@%s\n", bold(page),
            clock_text(page, occurrence->at, clock), occurrence->account->name, plain(page),
            occurrence->campaign->name, occurrence->post->id, occurrence_word(occurrence, word));
    print_hold(page, occurrence);
    print_content(page, &rendered->content);
    print_beside(page, rendered);
    print_extras(page, &rendered->content);
    print_count(page, rendered);
    print_remarks(page, &occurrence->text->findings);
    fputc('\n', page->out);
    arena_reset(&page->scratch);
}

static void print_summary(const struct page *page)
{
    const struct preview *preview = page->preview;
    struct civil from = wall_of(page, preview->from), until = wall_of(page, preview->until);

    fprintf(page->out,
            _("%zu to go out between %04d-%02d-%02d %02d:%02d and %04d-%02d-%02d %02d:%02d (%s), "
              "%zu of them held, %zu waiting for the end of quiet hours.\n"),
            page->shown, from.year, from.month, from.day, from.hour, from.minute, until.year,
            until.month, until.day, until.hour, until.minute, zone_name(preview->workspace->zone),
            page->held, page->waiting);
}

void preview_text(const struct preview *preview, FILE *out)
{
    struct page page = {.preview = preview, .out = out};
    const size_t columns = terminal_columns(fileno(out));

    if (columns > HOW_AT + LEAST_HOW)
        page.how_columns = columns - HOW_AT;
    if (!preview->workspace->zone)
        return;
    for (size_t i = 0; i < preview->occurrences.count; i++)
        if (preview_shows(preview, &preview->occurrences.items[i]))
            print_occurrence(&page, &preview->occurrences.items[i]);
    print_summary(&page);
    arena_clear(&page.scratch);
}
