/* All that is known of each delivery: its words as they will be sent, how full each measure is,
 * what becomes of its links and files, and what a person must know before. */
#include <inttypes.h>
#include <string.h>

#include "base/i18n.h"
#include "base/recipe.h"
#include "campaign/fit_how.h"
#include "commands/preview_page.h"
#include "text/count.h"
#include "text/unicode.h"
#include "text/x_links.h"

enum { MARGIN = 2, BAR = 24, LEAST_ROOM = 20 };

/* Of one line of a card. */
enum label {
    LABEL_WHEN,
    LABEL_WAITS,
    LABEL_HELD,
    LABEL_ANSWERS,
    LABEL_KIND,
    LABEL_TITLE,
    LABEL_TEXT,
    LABEL_DESCRIPTION,
    LABEL_USED,
    LABEL_TITLE_USED,
    LABEL_LINK,
    LABEL_TAGS,
    LABEL_LANGUAGE,
    LABEL_PRIVACY,
    LABEL_CATEGORY,
    LABEL_PLAYLIST,
    LABEL_COMMENT,
    LABEL_MEDIA,
    LABEL_THUMBNAIL,
    LABEL_CAPTIONS,
    LABEL_ERROR,
    LABEL_WARNING,
    LABELS
};

static const char *const labels[LABELS] = {
    [LABEL_WHEN] = N_("when"),           [LABEL_WAITS] = N_("waits"),
    [LABEL_HELD] = N_("HELD"),           [LABEL_ANSWERS] = N_("answers"),
    [LABEL_KIND] = N_("kind"),           [LABEL_TITLE] = N_("title"),
    [LABEL_TEXT] = N_("text"),           [LABEL_DESCRIPTION] = N_("description"),
    [LABEL_USED] = N_("used"),           [LABEL_TITLE_USED] = N_("title used"),
    [LABEL_LINK] = N_("link"),           [LABEL_TAGS] = N_("tags"),
    [LABEL_LANGUAGE] = N_("language"),   [LABEL_PRIVACY] = N_("privacy"),
    [LABEL_CATEGORY] = N_("category"),   [LABEL_PLAYLIST] = N_("playlist"),
    [LABEL_COMMENT] = N_("comment"),     [LABEL_MEDIA] = N_("media"),
    [LABEL_THUMBNAIL] = N_("thumbnail"), [LABEL_CAPTIONS] = N_("captions"),
    [LABEL_ERROR] = N_("error"),         [LABEL_WARNING] = N_("warning"),
};

struct card {
    struct page page;
    size_t indent; /* where values begin */
    const struct occurrence *occurrence;
    const struct rendered *rendered;
};

/* ---- lines ---- */

static size_t label_columns(void)
{
    size_t most = 0;

    for (size_t i = 0; i < COUNT_OF(labels); i++) {
        const char *word = _(labels[i]);
        const size_t columns = unicode_columns(word, strlen(word));

        most = columns > most ? columns : most;
    }
    return most;
}

static size_t room(const struct card *card)
{
    const size_t columns = card->page.columns;

    return columns > card->indent + LEAST_ROOM ? columns - card->indent : LEAST_ROOM;
}

/* How many bytes of a line stand on the next one of the page: up to a blank, or, where there is
 * none, to a whole letter. The blank is left out. */
static size_t next_line(const char *line, size_t length, size_t columns, size_t *blanks)
{
    size_t at = 0, last = 0, taken = 0, size;
    uint32_t letter;

    *blanks = 0;
    while (at < length && (size = unicode_next(line + at, &letter)) > 0 &&
           (taken += unicode_columns(line + at, size)) <= columns) {
        last = letter == ' ' ? at : last;
        at += size;
    }
    if (at >= length)
        return length;
    if (line[at] == ' ')
        last = at;
    if (last > 0) {
        *blanks = 1;
        return last;
    }
    last = grapheme_floor(line, at);
    return last > 0 ? last : at + !at;
}

static void blanks(struct card *card, size_t count)
{
    fprintf(card->page.out, "%*s", (int)count, "");
}

/* A text as lines that fit, the first one where we stand. `mark` stands before each of its own
 * lines, as many blanks before what had to be broken. */
static void lines(struct card *card, const char *mark, const char *text, enum page_colour colour)
{
    struct page *page = &card->page;
    const size_t width = room(card) - strlen(mark);
    const char *before = mark;
    size_t skip;

    for (const char *line = unicode_lines(text, &page->scratch);;) {
        const size_t length = strcspn(line, "\n");
        const size_t piece = next_line(line, length, width, &skip);

        fprintf(page->out, "%s%*s%.*s%s\n", page_colour(page, colour), (int)strlen(mark), before,
                (int)piece, line, page_colour(page, PAGE_PLAIN));
        before = piece + skip < length ? "" : mark;
        line += piece + skip + (piece + skip >= length && line[piece + skip] == '\n');
        if (!*line)
            return;
        blanks(card, card->indent);
    }
}

static void label(struct card *card, enum label which, enum page_colour colour)
{
    struct page *page = &card->page;

    fprintf(page->out, "%*s%s", MARGIN, "", page_colour(page, colour));
    page_pad(page, _(labels[which]), card->indent - MARGIN);
    fputs(page_colour(page, PAGE_PLAIN), page->out);
}

static void field(struct card *card, enum label which, const char *text)
{
    if (!text || !*text)
        return;
    label(card, which, PAGE_DIM);
    lines(card, "", text, PAGE_PLAIN);
}

/* One line more of the field before. */
static void more(struct card *card, const char *text, enum page_colour colour)
{
    blanks(card, card->indent);
    lines(card, "", text, colour);
}

/* ---- the head ---- */

static void print_name(struct card *card)
{
    const struct occurrence *occurrence = card->occurrence;
    struct page *page = &card->page;
    char word[WHEN_GUESS];

    fprintf(page->out, "%s%s%s/%s@%s/%s%s  (%s%s)\n", page->shown ? "\n" : "",
            page_colour(page, PAGE_BOLD), occurrence->campaign->name, occurrence->post->id,
            occurrence_word(occurrence, word), occurrence->account->name,
            page_colour(page, PAGE_PLAIN), occurrence->account->platform,
            occurrence->account->live ? "" : _(", drill"));
}

static void print_when(struct card *card)
{
    const struct occurrence *occurrence = card->occurrence;
    const struct zone *zone = card->page.preview->workspace->zone;
    struct page *page = &card->page;
    char utc[INSTANT_TEXT];

    field(card, LABEL_WHEN,
          arena_printf(&page->scratch, "%s %s (%s), %.16sZ", page_day(page, occurrence->at),
                       page_clock(page, occurrence->at), zone ? zone_name(zone) : "UTC",
                       instant_utc(occurrence->at, utc)));
}

/* What somebody can do about it before its time comes. */
static const struct advice {
    const char *reason, *try; /* N_() */
} advices[] = {
    {REASON_QUIET, N_("Move it before quiet hours, give it a longer useful_for, or class = "
                      "\"urgent\" if it cannot wait; else a person releases it.")},
    {REASON_BLACKOUT, N_("Move it to after the blackout; a class that the blackout allows goes out "
                         "all the same; else a person releases it.")},
    {REASON_NEVER_TWICE, N_("Change its words, or write again = true; if it is meant; else a "
                            "person releases it.")},
};

static void print_advice(struct card *card)
{
    for (size_t i = 0; i < COUNT_OF(advices); i++) {
        if (!strcmp(advices[i].reason, card->occurrence->held_by))
            more(card, arena_printf(&card->page.scratch, "%s: %s", _("try"), _(advices[i].try)),
                 PAGE_PLAIN);
    }
}

static void print_hold(struct card *card)
{
    const struct occurrence *occurrence = card->occurrence;
    struct page *page = &card->page;
    const char *why;

    if (!occurrence->held_by)
        return;
    if (!instant_is_none(occurrence->waits_until)) {
        page->waiting++;
        label(card, LABEL_WAITS, PAGE_NEAR);
        lines(card, "",
              arena_printf(&page->scratch, _("quiet hours: goes out at %s"),
                           page_clock(page, occurrence->waits_until)),
              PAGE_NEAR);
        return;
    }
    page->held++;
    why = reason_sentence(occurrence->held_by);
    label(card, LABEL_HELD, PAGE_BAD);
    lines(card, "",
          arena_printf(&page->scratch, "%s%s%s: %s", occurrence->held_by,
                       occurrence->held_name ? ", " : "",
                       occurrence->held_name ? occurrence->held_name : "", why ? why : ""),
          PAGE_BAD);
    print_advice(card);
}

/* ---- the words ---- */

/* What is too much stands on lines of its own, with another mark, so that it is seen without
 * colours. */
static void print_measured(struct card *card, enum label which, const char *text, size_t end)
{
    if (!text || !*text)
        return;
    label(card, which, PAGE_DIM);
    if (end > 0)
        lines(card, "| ", arena_text_n(&card->page.scratch, text, end), PAGE_PLAIN);
    if (!text[end])
        return;
    if (end > 0)
        blanks(card, card->indent);
    lines(card, "X ", text + end, PAGE_BAD);
    more(card, _("^ From the first line with an X on it is too long."), PAGE_BAD);
}

static void print_words(struct card *card)
{
    const struct content *content = &card->rendered->content;
    const struct limits *limits = &card->occurrence->account->limits;

    if (content->title)
        print_measured(card, LABEL_TITLE, content->title,
                       text_fitting(content->title, &limits->title));
    if (content->text)
        print_measured(card, LABEL_TEXT, content->text,
                       text_fitting_post(content->text, limits, content->media_count));
    if (content->description)
        print_measured(card, LABEL_DESCRIPTION, content->description, strlen(content->description));
}

/* ---- how much of it ---- */

static const char *left_words(struct card *card, const struct text_use *use)
{
    if (use->used > use->limit)
        return arena_printf(&card->page.scratch, _("%zu too many"), use->used - use->limit);
    return arena_printf(&card->page.scratch, _("%zu left"), use->limit - use->used);
}

static void print_use(struct card *card, enum label which, const struct text_use *use)
{
    struct page *page = &card->page;

    if (use->limit == 0)
        return;
    label(card, which, PAGE_DIM);
    fprintf(page->out, "%s[%s] %zu/%zu%s, %s\n", page_colour(page, page_fullness(use)),
            page_bar(page, use, BAR), use->used, use->limit, page_colour(page, PAGE_PLAIN),
            left_words(card, use));
    more(card, count_unit_sentence(use->unit), PAGE_DIM);
}

static void print_uses(struct card *card)
{
    const struct text_limit *limit = &card->occurrence->account->limits.title;
    const char *title = card->rendered->content.title;
    struct text_use use;

    for (size_t i = 0; i < card->rendered->count_count; i++)
        print_use(card, LABEL_USED, &card->rendered->counts[i]);
    if (!title || limit->most == 0)
        return;
    use = text_measure(title, limit);
    print_use(card, LABEL_TITLE_USED, &use);
}

/* ---- links and tags ---- */

static struct mark_list links_of(const struct card *card, struct arena *arena)
{
    const char *text = card->rendered->content.text;

    if (card->occurrence->account->limits.text[0].unit == COUNT_WEIGHTED)
        return x_links_find(text, arena);
    return links_find(text, arena);
}

static const char *mark_text(const struct card *card, const struct mark *mark, struct arena *arena)
{
    return arena_text_n(arena, card->rendered->content.text + mark->start, mark->length);
}

static void print_link(struct card *card, const char *link)
{
    const struct text_limit limit = render_text_limit(&card->occurrence->account->limits, 0,
                                                      card->rendered->content.media_count);

    field(card, LABEL_LINK, link);
    if (limit.most)
        more(card,
             arena_printf(&card->page.scratch, _("counts %zu"), text_measure(link, &limit).used),
             PAGE_DIM);
}

static void print_links(struct card *card)
{
    const struct content *content = &card->rendered->content;
    struct arena *scratch = &card->page.scratch;
    struct mark_list found = {0};

    if (content->text)
        found = links_of(card, scratch);
    for (size_t i = 0; i < found.count; i++) {
        if (found.items[i].kind == MARK_LINK)
            print_link(card, mark_text(card, &found.items[i], scratch));
    }
    if (content->link && !(content->text && strstr(content->text, content->link))) {
        field(card, LABEL_LINK, content->link);
        more(card, _("beside the text; counts nothing"), PAGE_DIM);
    }
}

static void print_tags(struct card *card)
{
    const char *text = card->rendered->content.text, *tags = "";
    struct arena *scratch = &card->page.scratch;
    const struct mark_list found = text ? links_find(text, scratch) : (struct mark_list){0};

    for (size_t i = 0; i < found.count; i++) {
        if (found.items[i].kind == MARK_TAG)
            tags = arena_printf(scratch, "%s%s%s", tags, *tags ? " " : "",
                                mark_text(card, &found.items[i], scratch));
    }
    field(card, LABEL_TAGS, tags);
}

/* ---- media ---- */

static const char *size_words(int64_t width, int64_t height, struct arena *arena)
{
    return width > 0 ? arena_printf(arena, ", %" PRId64 "×%" PRId64, width, height) : "";
}

static const char *seconds_words(int64_t ms, struct arena *arena)
{
    return ms > 0 ? arena_printf(arena, ", %" PRId64 ".%" PRId64 " s", ms / 1000, ms % 1000 / 100)
                  : "";
}

static const char *kind_words(const char *mime, int64_t width, int64_t height, int64_t bytes,
                              int64_t duration_ms, struct arena *arena)
{
    return arena_printf(arena, "%s%s, %" PRId64 " KiB%s", mime, size_words(width, height, arena),
                        (bytes + 1023) / 1024, seconds_words(duration_ms, arena));
}

/* "=> image/jpeg, 1080×1350, 212 KiB", and how it was made. */
static void print_rendition(struct card *card, const struct medium *medium,
                            const struct media_facts *facts)
{
    struct arena *scratch = &card->page.scratch;
    struct recipe recipe;

    if (!*medium->recipe || !recipe_read(medium->recipe, &recipe))
        return;
    if (medium_is_made(medium))
        more(card,
             arena_printf(scratch, "=> %s",
                          kind_words(medium->mime, medium->width, medium->height, medium->bytes,
                                     medium->duration_ms, scratch)),
             PAGE_PLAIN);
    more(card, fit_how(&recipe, facts, scratch), PAGE_PLAIN);
}

static bool is_unusable(const struct medium *medium, const struct media_facts *facts)
{
    return !facts || !facts->readable || facts->problem ||
           (!medium_is_made(medium) && !*medium->recipe);
}

static void print_facts(struct card *card, const struct medium *medium)
{
    const struct media_facts *facts = media_index_find(card->page.preview->media, medium->file);
    struct arena *scratch = &card->page.scratch;
    int64_t width, height;

    if (is_unusable(medium, facts)) {
        more(card, _("cannot be used"), PAGE_BAD);
        return;
    }
    fit_shown_size(facts, &width, &height);
    more(card, kind_words(facts->mime, width, height, facts->bytes, facts->duration_ms, scratch),
         PAGE_PLAIN);
    print_rendition(card, medium, facts);
}

static void print_alt(struct card *card, const struct medium *medium)
{
    if (medium->role != MEDIUM_OF_POST)
        return;
    if (*medium->alt)
        more(card, arena_printf(&card->page.scratch, _("alt: %s"), medium->alt), PAGE_PLAIN);
    else if (card->occurrence->account->limits.has_alt)
        more(card, _("no alternative text"), PAGE_NEAR);
}

static void print_media(struct card *card)
{
    static const enum label roles[] = {[MEDIUM_OF_POST] = LABEL_MEDIA,
                                       [MEDIUM_THUMBNAIL] = LABEL_THUMBNAIL,
                                       [MEDIUM_CAPTIONS] = LABEL_CAPTIONS};

    for (size_t i = 0; i < card->rendered->file_count; i++) {
        const struct medium *medium = &card->rendered->files[i];

        field(card, roles[medium->role], unicode_line(medium->file, &card->page.scratch));
        print_facts(card, medium);
        print_alt(card, medium);
    }
}

/* ---- the rest ---- */

/* What only some platforms have. */
static void print_extras(struct card *card)
{
    const struct content *content = &card->rendered->content;

    field(card, LABEL_LANGUAGE, content->language);
    field(card, LABEL_PRIVACY, content->more.privacy);
    field(card, LABEL_CATEGORY, content->more.category);
    field(card, LABEL_PLAYLIST, content->more.playlist);
    field(card, LABEL_COMMENT, content->more.first_comment);
}

static void print_findings(struct card *card)
{
    const struct findings *findings = &card->occurrence->text->findings;
    struct arena *scratch = &card->page.scratch;

    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->items[i];
        const bool error = finding->severity == SEVERITY_ERROR;
        const enum page_colour colour = error ? PAGE_BAD : PAGE_NEAR;

        label(card, error ? LABEL_ERROR : LABEL_WARNING, colour);
        lines(card, "", arena_printf(scratch, "%s: %s", finding->code, finding->message), colour);
        more(card, arena_printf(scratch, "%s: %s", _("why"), finding->why), PAGE_PLAIN);
        more(card, arena_printf(scratch, "%s: %s", _("try"), finding->try), PAGE_PLAIN);
    }
}

static void print_card(struct card *card)
{
    const struct content *content = &card->rendered->content;

    print_name(card);
    print_when(card);
    print_hold(card);
    field(card, LABEL_ANSWERS, content->parent);
    field(card, LABEL_KIND, content->more.kind);
    print_words(card);
    print_uses(card);
    print_links(card);
    print_tags(card);
    print_extras(card);
    print_media(card);
    print_findings(card);
    card->page.shown++;
    arena_reset(&card->page.scratch);
}

void preview_cards(const struct preview *preview, FILE *out)
{
    struct card card = {.page = page_begin(preview, out), .indent = MARGIN + label_columns() + 2};

    for (size_t i = 0; i < preview->occurrences.count; i++) {
        card.occurrence = &preview->occurrences.items[i];
        card.rendered = &card.occurrence->text->rendered;
        if (preview_shows(preview, card.occurrence))
            print_card(&card);
    }
    page_end(&card.page);
}
