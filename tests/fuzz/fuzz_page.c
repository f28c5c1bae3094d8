/* Any texts in every place of a plan where one can stand, written as a page of HTML and read again
 * by a strict reader of its own: elements and attributes are those that the page itself writes,
 * each element is closed by its own name, addresses lead nowhere outside. Every text ends with
 * markup of which nothing may be left. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

#include "page/calendar_page.h"
#include "text/unicode.h"

#define PLANTED         "\"'><script onerror=pwn()>&amp;</script>-->]]>"
#define PLANTED_AS_TEXT "&lt;script onerror=pwn()&gt;&amp;amp;&lt;/script&gt;--&gt;]]&gt;"

/* ---- the texts ---- */

struct input {
    const char *at, *end;
    struct arena arena;
};

/* The next bytes up to a NUL; what is no UTF-8 is left out, as the reader of files does not let it
 * in. */
static const char *next_text(struct input *input)
{
    const size_t length = strnlen(input->at, (size_t)(input->end - input->at));
    const char *from = input->at, *end = from + length;
    const char *text = "";

    while (from < end) {
        const size_t good = unicode_fault(from, (size_t)(end - from));

        text = arena_printf(&input->arena, "%s%.*s", text, (int)good, from);
        from += good < (size_t)(end - from) ? good + 1 : good;
    }
    input->at = end < input->end ? end + 1 : end;
    return arena_printf(&input->arena, "%s%s", text, PLANTED);
}

/* ---- a workspace with them ---- */

static const struct media_limit media_limits[] = {{.mime = "image/png", .most_bytes = 1000000},
                                                  {.mime = NULL}};
static const struct limits narrow = {.text = {{.unit = COUNT_WEIGHTED, .most = 20},
                                              {.unit = COUNT_BYTES, .most = 30}},
                                     .title = {.unit = COUNT_GRAPHEMES, .most = 5},
                                     .media = media_limits,
                                     .most_media = 4,
                                     .has_tags = true,
                                     .has_title = true,
                                     .has_threads = true};
static const struct limits wide = {.text = {{.unit = COUNT_GRAPHEMES, .most = 5000}},
                                   .media = media_limits,
                                   .most_media = 4,
                                   .has_alt = true,
                                   .has_title = true,
                                   .has_link_field = true,
                                   .has_first_comment = true,
                                   .has_playlist = true,
                                   .has_privacy = true,
                                   .has_category = true,
                                   .has_threads = true};
static const struct platform_facts platforms[] = {
    {.name = "x", .limits = &narrow},           {.name = "instagram", .limits = &wide},
    {.name = "webhook", .limits = &wide},       {.name = "mastodon", .limits = &narrow},
    {.name = "of the future", .limits = &wide}, {.name = NULL}};
enum { ACCOUNTS = COUNT_OF(platforms) - 1, POSTS = 3, MEDIA = 2, TURNS = 2, PARTS = 1 };

struct world {
    struct input input;
    struct zone *zone;
    struct account accounts[ACCOUNTS];
    const struct account *all[ACCOUNTS];
    struct blackout blackout;
    struct campaign campaign;
    struct post posts[POSTS];
    struct media_item items[MEDIA];
    struct media_facts facts;
    struct thread_part parts[PARTS];
    const char *turns[TURNS];
    struct place places[TURNS];
    int times_s[1];
    struct campaign_set set;
    struct findings findings;
};

static void make_accounts(struct world *world)
{
    for (size_t i = 0; i < ACCOUNTS; i++) {
        world->accounts[i] = (struct account){.name = next_text(&world->input),
                                              .platform = platforms[i].name,
                                              .facts = &platforms[i],
                                              .limits = *platforms[i].limits};
        world->all[i] = &world->accounts[i];
    }
    world->accounts[0].handle = next_text(&world->input);
    world->accounts[1].server = next_text(&world->input);
    world->accounts[4].platform = next_text(&world->input);
}

static void make_media(struct world *world)
{
    for (size_t i = 0; i < MEDIA; i++)
        world->items[i] =
            (struct media_item){.file = next_text(&world->input), .alt = next_text(&world->input)};
    world->facts = (struct media_facts){.file = world->items[0].file,
                                        .readable = true,
                                        .bytes = 2000,
                                        .mime = "image/png",
                                        .width = 40,
                                        .height = 30};
}

static struct wording make_wording(struct world *world)
{
    struct input *input = &world->input;

    return (struct wording){.has_text = true,
                            .has_title = true,
                            .has_description = true,
                            .has_link = true,
                            .has_media = true,
                            .has_language = true,
                            .text = next_text(input),
                            .title = next_text(input),
                            .description = next_text(input),
                            .link = next_text(input),
                            .language = next_text(input),
                            .media = world->items,
                            .media_count = MEDIA,
                            .kind = next_text(input),
                            .first_comment = next_text(input),
                            .playlist = next_text(input),
                            .privacy = next_text(input),
                            .category = next_text(input)};
}

static struct post *add_post(struct world *world, int day)
{
    struct post *post = &world->posts[world->campaign.post_count++];
    struct instant later;

    post->id = next_text(&world->input);
    post->at = (struct civil){2026, 12, day, 9, 30, 0};
    (void)zone_resolve(world->zone, &post->at, &post->at_instant, &later);
    post->wording.text = next_text(&world->input);
    post->wording.has_text = true;
    post->accounts = world->all;
    post->account_count = ACCOUNTS;
    post->useful_for = span_hours(2);
    return post;
}

static void add_thread(struct world *world)
{
    struct post *post = add_post(world, 1);

    post->wording = make_wording(world);
    world->parts[0].text = next_text(&world->input);
    post->wording.thread = world->parts;
    post->wording.thread_count = PARTS;
    post->wording.has_thread = true;
}

static void add_turns(struct world *world)
{
    struct post *post = add_post(world, 2);

    world->turns[0] = next_text(&world->input);
    world->turns[1] = post->wording.text;
    post->wording =
        (struct wording){.has_texts = true, .texts = {world->turns, world->places, TURNS}};
    world->times_s[0] = 19 * 3600;
    post->repeats = true;
    post->repeat = (struct repeat){.form = REPEAT_WEEKDAYS,
                                   .interval = 1,
                                   .weekdays = 3,
                                   .times_s = world->times_s,
                                   .time_count = 1,
                                   .from = civil_days(2026, 12, 1),
                                   .until = REPEAT_FOR_EVER};
    repeat_prepare(&post->repeat);
}

/* One that goes out while nothing may. */
static void add_held(struct world *world)
{
    (void)add_post(world, 3);
    world->blackout = (struct blackout){.name = next_text(&world->input),
                                        .from = {2026, 12, 3, 0, 0, 0},
                                        .to = {2026, 12, 3, 23, 59, 0}};
}

static void add_finding(struct world *world, enum severity severity)
{
    struct input *input = &world->input;
    const struct finding finding = {.severity = severity,
                                    .code = "E101",
                                    .place = {next_text(input), 7, 3},
                                    .message = next_text(input),
                                    .why = next_text(input),
                                    .try = next_text(input)};

    finding_copy(&world->findings, &finding);
}

static void make_world(struct world *world)
{
    findings_init(&world->findings, &world->input.arena);
    world->campaign = (struct campaign){.name = next_text(&world->input),
                                        .title = next_text(&world->input),
                                        .file = next_text(&world->input),
                                        .posts = world->posts};
    make_accounts(world);
    make_media(world);
    add_thread(world);
    add_turns(world);
    add_held(world);
    add_finding(world, SEVERITY_ERROR);
    add_finding(world, SEVERITY_WARNING);
    world->set.workspace = (struct workspace){.zone = world->zone,
                                              .accounts = world->accounts,
                                              .account_count = ACCOUNTS,
                                              .blackouts = &world->blackout,
                                              .blackout_count = 1};
    world->set.campaigns = &world->campaign;
    world->set.count = 1;
}

static void write_page(struct world *world, struct buffer *out)
{
    struct plan_texts *texts = plan_texts_new(&world->set, &world->facts, 1, &world->input.arena);
    const struct page_picture picture = {.file = world->facts.file,
                                         .recipe = "",
                                         .jpeg = "jpeg",
                                         .bytes = 4,
                                         .width = 4,
                                         .height = 3};
    struct occurrences occurrences = {.count = 0};
    struct calendar_page page = {.workspace = &world->set.workspace,
                                 .findings = &world->findings,
                                 .media = plan_texts_media(texts),
                                 .pictures = &picture,
                                 .picture_count = 1};

    page.from = instant_plus(world->posts[0].at_instant, span_hours(-9));
    page.until = instant_plus(page.from, span_days(9));
    plan_occurrences(texts, page.from, page.until, &world->input.arena, &occurrences,
                     &world->findings);
    assert(occurrences.count >= ACCOUNTS * POSTS);
    page.occurrences = occurrences.items;
    page.count = occurrences.count;
    calendar_page_write(&page, out);
}

/* ---- the strict reader ---- */

enum { MOST_OPEN = 32 };

struct element {
    const char *name;
    size_t length;
};

static bool is_one_of(const char *const *words, const char *text, size_t length)
{
    for (; *words; words++)
        if (strlen(*words) == length && memcmp(*words, text, length) == 0)
            return true;
    return false;
}

static const char *after(const char *at, const char *wanted)
{
    assert(strncmp(at, wanted, strlen(wanted)) == 0);
    return at + strlen(wanted);
}

static bool begins(const char *at, const char *word)
{
    return strncmp(at, word, strlen(word)) == 0;
}

/* Characters up to one of `ends`, none of them markup. */
static const char *read_text(const char *at, const char *ends)
{
    static const char *const entities[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};

    for (; *at && !strchr(ends, *at); at++) {
        assert(!strchr("<>\"", *at));
        assert((unsigned char)*at >= 0x20 || *at == '\n');
        if (*at == '&') {
            size_t i = 0;

            while (i < COUNT_OF(entities) && !begins(at, entities[i]))
                i++;
            assert(i < COUNT_OF(entities));
        }
    }
    return at;
}

/* Behind its value. A page leads to its own places only. */
static const char *read_attribute(const char *at)
{
    static const char *const names[] = {"aria-hidden", "aria-label", "aria-labelledby",
                                        "charset",     "checked",    "class",
                                        "content",     "dir",        "height",
                                        "href",        "http-equiv", "id",
                                        "lang",        "name",       "preserveAspectRatio",
                                        "role",        "style",      "tabindex",
                                        "title",       "type",       "viewBox",
                                        "width",       NULL};
    const size_t length = strcspn(at, "= >/\n");
    const char *name = at;

    assert(is_one_of(names, name, length));
    at += length;
    if (*at != '=')
        return at;
    at = after(at, "=\"");
    if (length == 4 && begins(name, "href"))
        assert(*at == '#' || begins(at, "data:image/jpeg;base64,"));
    if (length == 5 && begins(name, "style"))
        assert(begins(at, "width:") || begins(at, "--column:"));
    return after(read_text(at, "\""), "\"");
}

/* Behind the tag; *closed when nothing stands inside the element. */
static const char *read_attributes(const char *at, bool *closed)
{
    while (*at == ' ')
        at = read_attribute(at + 1);
    *closed = begins(at, "/>");
    return after(at, *closed ? "/>" : ">");
}

static const char *read_element(const char *at, struct element *element)
{
    static const char *const names[] = {
        "a",     "article", "b",        "body",   "br",    "code",  "dd",      "details", "div",
        "dl",    "dt",      "fieldset", "footer", "h1",    "h2",    "h3",      "h4",      "h5",
        "h6",    "head",    "header",   "html",   "i",     "image", "input",   "label",   "legend",
        "li",    "main",    "mark",     "meta",   "ol",    "p",     "section", "small",   "span",
        "style", "summary", "svg",      "symbol", "title", "ul",    "use",     NULL};

    *element = (struct element){at, strcspn(at, " />")};
    assert(is_one_of(names, element->name, element->length));
    return at + element->length;
}

/* The rules are ours: no text stands in them. */
static const char *read_rules(const char *at)
{
    const char *end = strchr(at, '<');

    assert(end && begins(end, "</style>"));
    return end;
}

static void read_page(const char *page)
{
    static const char *const empty[] = {"br", "input", "meta", NULL};
    struct element open[MOST_OPEN], element;
    size_t depth = 0;
    const char *at = after(page, CALENDAR_PAGE_MARK);
    bool closed;

    while (*(at = read_text(at, "<"))) {
        if (at[1] == '/') {
            at = after(read_element(at + 2, &element), ">");
            assert(depth > 0 && open[depth - 1].length == element.length &&
                   memcmp(open[depth - 1].name, element.name, element.length) == 0);
            depth--;
            continue;
        }
        at = read_attributes(read_element(at + 1, &element), &closed);
        if (closed || is_one_of(empty, element.name, element.length))
            continue;
        assert(depth < MOST_OPEN);
        open[depth++] = element;
        if (begins(element.name, "style"))
            at = read_rules(at);
    }
    assert(depth == 0);
}

/* ---- */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct zone *zone;
    struct world world = {.input = {(const char *)data, (const char *)data + size, {0}}};
    struct buffer out;
    struct err err;

    if (!zone && !zone_open("Asia/Kolkata", &zone, &err))
        abort();
    world.zone = zone;
    make_world(&world);
    buffer_init(&out, SIZE_MAX);
    write_page(&world, &out);
    assert(unicode_fault(out.bytes, out.length) == out.length && strlen(out.bytes) == out.length);
    read_page(out.bytes);
    assert(strstr(out.bytes, PLANTED_AS_TEXT));
    buffer_clear(&out);
    arena_clear(&world.input.arena);
    return 0;
}
