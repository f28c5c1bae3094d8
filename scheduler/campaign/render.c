#include "campaign/render.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "campaign/advice.h"
#include "text/count.h"
#include "text/hosts.h"
#include "text/links.h"
#include "text/similar.h"
#include "text/unicode.h"
#include "text/x_weight.h"

enum { MASTODON_LINK = 23, TEXT_MAX = 16 * 1024 * 1024 };

struct job {
    const struct campaign *campaign;
    const struct post *post;
    const struct account *account;
    const struct media_index *media;
    struct arena *arena;
    struct arena *scratch; /* ends with the rendering */
    struct findings *findings;
    size_t part; /* of a thread; 0 = the post itself */
};

static void remark(const struct job *job, const char *code, struct place place, const char *a,
                   const char *b, const char *c)
{
    if (job->findings)
        finding_add(job->findings, code, place, job->campaign->source, a, b, c);
}

/* Media facts by name. */

static int by_file(const void *a, const void *b)
{
    const struct media_facts *const *left = a, *const *right = b;

    return strcmp((*left)->file, (*right)->file);
}

static int against_file(const void *name, const void *item)
{
    const struct media_facts *const *facts = item;

    return strcmp(name, (*facts)->file);
}

struct media_index media_index_make(const struct media_facts *facts, size_t count,
                                    struct arena *arena)
{
    struct media_index index = {arena_array(arena, count, sizeof *index.items), count};

    for (size_t i = 0; i < count; i++)
        index.items[i] = &facts[i];
    if (count)
        qsort(index.items, count, sizeof *index.items, by_file);
    return index;
}

const struct media_facts *media_index_find(const struct media_index *index, const char *file)
{
    const struct media_facts *const *found =
        index->count ? bsearch(file, index->items, index->count, sizeof *index->items, against_file)
                     : NULL;

    return found ? *found : NULL;
}

/* Overrides. */

static void lay_text(struct wording *under, const struct wording *over)
{
    if (!over->has_text && !over->has_texts)
        return;
    under->has_text = over->has_text;
    under->has_texts = over->has_texts;
    under->text = over->text;
    under->text_place = over->text_place;
    under->texts = over->texts;
}

static void lay_rest(struct wording *under, const struct wording *over)
{
    if (over->has_title) {
        under->title = over->title;
        under->title_place = over->title_place;
    }
    if (over->has_description)
        under->description = over->description;
    if (over->has_language)
        under->language = over->language;
    if (over->has_tags)
        under->tags = over->tags;
    if (over->has_skip)
        under->skip = over->skip;
    if (over->has_fit)
        under->fit = over->fit;
    if (over->has_link) {
        under->link = over->link;
        under->link_place = over->link_place;
    }
    if (over->has_media) {
        under->media = over->media;
        under->media_count = over->media_count;
    }
    if (over->has_thread) {
        under->thread = over->thread;
        under->thread_count = over->thread_count;
    }
}

static void lay_extra(const char **under, struct place *place, const char *over,
                      struct place over_place)
{
    if (!over)
        return;
    *under = over;
    *place = over_place;
}

static void lay_extras(struct wording *under, const struct wording *over)
{
    lay_extra(&under->kind, &under->kind_place, over->kind, over->kind_place);
    lay_extra(&under->first_comment, &under->first_comment_place, over->first_comment,
              over->first_comment_place);
    lay_extra(&under->playlist, &under->playlist_place, over->playlist, over->playlist_place);
    lay_extra(&under->privacy, &under->privacy_place, over->privacy, over->privacy_place);
    lay_extra(&under->category, &under->category_place, over->category, over->category_place);
}

static void lay_overrides(struct wording *under, const struct post *post, const char *target,
                          bool is_account)
{
    for (size_t i = 0; i < post->override_count; i++) {
        const struct override *override = &post->overrides[i];

        if (override->is_account != is_account || strcmp(override->target, target) != 0)
            continue;
        lay_text(under, &override->wording);
        lay_rest(under, &override->wording);
        lay_extras(under, &override->wording);
    }
}

struct wording render_wording(const struct post *post, const struct account *account)
{
    struct wording wording = post->wording;

    lay_overrides(&wording, post, account->platform, false);
    lay_overrides(&wording, post, account->name, true);
    return wording;
}

/* An answer has its words and its media, and nothing else of the post. */
static struct wording wording_of_part(const struct wording *whole, size_t part)
{
    const struct thread_part *answer = &whole->thread[part - 1];

    return (struct wording){
        .has_text = answer->text != NULL,
        .text = answer->text,
        .text_place = answer->text_place,
        .has_media = answer->media_count > 0,
        .media = answer->media,
        .media_count = answer->media_count,
        .language = whole->language,
        .fit = whole->fit,
    };
}

/* Variables. */

static const char *value_among(const struct variables *vars, const char *name, size_t length)
{
    for (size_t i = 0; i < vars->count; i++)
        if (!strncmp(vars->items[i].name, name, length) && !vars->items[i].name[length])
            return vars->items[i].value;
    return NULL;
}

static const char *value_of(const struct job *job, const char *name, size_t length)
{
    const char *value = value_among(&job->account->vars, name, length);

    if (!value)
        value = value_among(&job->post->vars, name, length);
    return value ? value : value_among(&job->campaign->vars, name, length);
}

/* Every name that may stand in braces here. */
static const char **names_known(const struct job *job, size_t *count)
{
    const struct variables *const sets[] = {&job->campaign->vars, &job->post->vars,
                                            &job->account->vars};
    size_t most = sets[0]->count + sets[1]->count + sets[2]->count;
    const char **names = arena_array(job->scratch, most, sizeof *names);

    *count = 0;
    for (size_t i = 0; i < COUNT_OF(sets); i++)
        for (size_t v = 0; v < sets[i]->count; v++)
            names[(*count)++] = sets[i]->items[v].name;
    return names;
}

static const char *advice_unknown(const struct job *job, const char *name)
{
    size_t count;
    const char **names = names_known(job, &count);
    const char *near = similar_word(name, names, count);

    if (near)
        return arena_printf(job->scratch, _("Did you mean {%s}?"), near);
    if (job->campaign->vars.count + job->post->vars.count == 0)
        return arena_printf(
            job->scratch,
            _("This campaign has no variables. Write at the top of the file: vars = { %s = "
              "\"...\"; }; with the words that are meant between the quotes. To "
              "publish the braces themselves, write {{%s}}."),
            name, name);
    return arena_printf(job->scratch,
                        _("These are known: {%s}. Write one of them, or put %s = \"...\"; into "
                          "vars = { ... } with the words that are meant between the quotes."),
                        advice_words(names, count, job->scratch), name);
}

static bool is_name(const char *name, size_t length)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz";

    return length && strchr(letters, name[0]) && name[0] &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-") >= length;
}

/* Where a brace of `text` stands, whose opening quote is at `place`. */
static struct place brace_place(const struct job *job, const char *text, const char *brace,
                                struct place place)
{
    const struct source source = {.file = place.file, .text = job->campaign->source};
    size_t number = 0;

    for (; (text += strcspn(text, "{}")) < brace; text++)
        number++;
    return source_place_of(&source, place, "{}", number);
}

/* One brace of `text` at `at`; returns the bytes it and what belongs to it take up. */
static size_t expand_brace(const struct job *job, const char *text, const char *at,
                           struct place place, struct buffer *out)
{
    size_t length = strcspn(at + 1, "{}");
    const char *value;

    if (at[1] == at[0]) {
        (void)buffer_char(out, at[0]);
        return 2;
    }
    if (at[0] == '}' || at[1 + length] != '}' || !is_name(at + 1, length)) {
        char *around = arena_text_n(job->scratch, at, length < 24 ? length + 1 : 1);

        remark(job, "E404", brace_place(job, text, at, place), unicode_line(around, job->scratch),
               NULL, NULL);
        (void)buffer_char(out, at[0]);
        return 1;
    }
    value = value_of(job, at + 1, length);
    if (value) {
        (void)buffer_text(out, value);
    } else {
        const char *name = arena_text_n(job->scratch, at + 1, length);

        remark(job, "E403", brace_place(job, text, at, place), name, advice_unknown(job, name),
               NULL);
    }
    return length + 2;
}

static const char *expand(const struct job *job, const char *text, struct place place)
{
    struct buffer out;
    char *expanded;

    if (!text || !strpbrk(text, "{}"))
        return text;
    buffer_init(&out, TEXT_MAX);
    for (const char *at = text; *at;) {
        size_t plain = strcspn(at, "{}");

        (void)buffer_add(&out, at, plain);
        at += plain;
        if (*at)
            at += expand_brace(job, text, at, place, &out);
    }
    expanded = arena_text_n(job->scratch, out.bytes, out.length);
    buffer_clear(&out);
    return expanded;
}

/* Everything that is published passes here last. NULL when nothing is left. */
static const char *finish(const struct job *job, const char *text)
{
    const char *trimmed = text ? unicode_trim(unicode_nfc(text, job->scratch), job->scratch) : "";

    return *trimmed ? arena_text(job->arena, trimmed) : NULL;
}

/* Text, link, tags. */

static const char *chosen_text(const struct wording *wording, int64_t slot, struct place *place)
{
    *place = wording->text_place;
    if (!wording->has_texts || !wording->texts.count)
        return wording->text;
    size_t turn = (size_t)(slot % (int64_t)wording->texts.count);
    *place = wording->texts.places[turn];
    return wording->texts.items[turn];
}

/* Of an address that is written out campaign/proof.h has said so (E441). */
static bool is_said_to_deceive(const struct job *job, const char *written, const char *link)
{
    return strstr(written, "://") && !strpbrk(written, "{}") &&
           host_deceives(host_of(link, strlen(link), job->scratch));
}

static void check_link(const struct job *job, const char *written, const char *link,
                       struct place place)
{
    if (link_is_valid(link) || is_said_to_deceive(job, written, link))
        return;
    if (link_lacks_scheme(link))
        remark(job, "E405", place, link, arena_printf(job->scratch, "https://%s", link), NULL);
    else
        remark(job, "E406", place, link, NULL, NULL);
}

/* As a link of its own: "https://a.in" does not stand in "https://a.in/x". */
static bool holds_link(const char *text, const char *link, struct arena *arena)
{
    struct mark_list marks;
    size_t length = strlen(link);

    if (!strstr(text, link))
        return false;
    marks = links_find(text, arena);
    for (size_t i = 0; i < marks.count; i++)
        if (marks.items[i].kind == MARK_LINK && marks.items[i].length == length &&
            !memcmp(text + marks.items[i].start, link, length))
            return true;
    return false;
}

/* Whether the platform shows the link by itself, beside the text. */
static bool has_place_for_link(const struct job *job, const struct wording *wording)
{
    const struct limits *limits = &job->account->limits;

    return limits->has_link_field && !(limits->link_needs_no_media && wording->media_count > 0);
}

static void add_link(const struct job *job, const struct rendered *rendered, struct buffer *text)
{
    const char *link = rendered->content.link;

    if (!link || has_place_for_link(job, &rendered->wording) ||
        holds_link(text->bytes, link, job->scratch))
        return;
    if (text->length)
        (void)buffer_char(text, '\n');
    (void)buffer_text(text, link);
}

static void check_tag(const struct job *job, const char *tag, struct place place)
{
    char *joined = arena_text(job->scratch, tag);

    if (tag_is_valid(tag))
        return;
    for (char *c = joined; *c; c++)
        *c = strchr(" -.,/&+", *c) ? '_' : *c;
    if (strchr(tag, ' '))
        remark(job, "E407", place, tag, joined, NULL);
    else
        remark(job, "E408", place, tag,
               tag_is_valid(joined) ? arena_printf(job->scratch, _("Write \"%s\"."), joined)
                                    : _("Use letters and digits only."),
               NULL);
}

static const char *without_hash(const struct job *job, const char *tag, struct place place)
{
    remark(job, "W409", place, tag, tag + 1, NULL);
    return tag[1] ? tag + 1 : NULL;
}

static void add_tags(const struct job *job, const struct texts *tags, struct buffer *text)
{
    if (!job->account->limits.has_tags)
        return;
    for (size_t i = 0; i < tags->count; i++) {
        const char *tag = finish(job, expand(job, tags->items[i], tags->places[i]));

        if (tag && *tag == '#')
            tag = without_hash(job, tag, tags->places[i]);
        if (!tag)
            continue;
        check_tag(job, tag, tags->places[i]);
        if (text->length)
            (void)buffer_char(text, ' ');
        (void)buffer_char(text, '#');
        (void)buffer_text(text, tag);
    }
}

static bool needs_media(const struct limits *limits, const struct rendered *rendered)
{
    const struct post_kind *kind = limits_kind(limits, rendered->wording.kind);

    return limits->needs_media || (kind && kind->least_media > 0);
}

static void check_substance(const struct job *job, const struct rendered *rendered, bool has_words)
{
    const char *platform = job->account->platform;

    if (!rendered->wording.media_count && needs_media(&job->account->limits, rendered))
        remark(job, "E410", job->post->place, platform, platform, NULL);
    /* A post without any of the three has its finding from the reader (E212). */
    if (!has_words && !rendered->wording.media_count &&
        (rendered->text_place.line || rendered->wording.has_media || rendered->wording.has_link))
        remark(job, "E413", rendered->text_place.line ? rendered->text_place : job->post->place,
               job->account->name, NULL, NULL);
}

/* Where the words below a video are called its description, `description` is they. */
static const char *words_below(const struct job *job, const struct wording *wording, int64_t slot,
                               struct place *place)
{
    const char *text = chosen_text(wording, slot, place);

    return job->account->limits.text_is_description && wording->description ? wording->description
                                                                            : text;
}

static void make_text(const struct job *job, int64_t slot, struct rendered *rendered)
{
    struct wording *wording = &rendered->wording;
    const char *written = words_below(job, wording, slot, &rendered->text_place);
    const char *own = finish(job, expand(job, written, rendered->text_place));
    struct buffer text;

    rendered->content.link = finish(job, expand(job, wording->link, wording->link_place));
    if (rendered->content.link)
        check_link(job, wording->link, rendered->content.link, wording->link_place);
    buffer_init(&text, TEXT_MAX);
    (void)buffer_text(&text, own ? own : "");
    add_link(job, rendered, &text);
    check_substance(job, rendered, own || rendered->content.link);
    add_tags(job, &wording->tags, &text);
    rendered->content.text = finish(job, text.bytes);
    buffer_clear(&text);
}

/* Content is what the public sees: a headline that nobody is shown is none. */
static bool shows_title(const struct job *job, const struct rendered *rendered)
{
    const struct limits *limits = &job->account->limits;
    const bool card = rendered->content.link && has_place_for_link(job, &rendered->wording);

    return limits->has_title && (!limits->link_needs_no_media || card);
}

static void make_title(const struct job *job, struct rendered *rendered)
{
    const struct wording *wording = &rendered->wording;
    const char *title = finish(job, expand(job, wording->title, wording->title_place));
    const char *description = finish(job, expand(job, wording->description, job->post->place));

    if (!shows_title(job, rendered))
        return;
    rendered->content.title = title;
    if (!job->account->limits.text_is_description)
        rendered->content.description = description;
}

/* What only some platforms have. */

static void take_extra(const struct job *job, bool has, const char *name, const char *text,
                       struct place place, const char **extra)
{
    const char *finished = text ? finish(job, expand(job, text, place)) : NULL;

    if (has)
        *extra = finished;
    else if (finished)
        remark(job, "W421", place, job->account->platform, name, NULL);
}

/* Of no word, and of the usual kind's own word, it is the usual one: nothing to be said. */
static void make_kind(const struct job *job, struct rendered *rendered)
{
    const struct limits *limits = &job->account->limits;
    const char *word = rendered->wording.kind;
    const struct post_kind *kind = limits_kind(limits, word);

    if (kind && kind != limits->kinds)
        rendered->content.more.kind = kind->word;
    if (word && !kind && (limits->kinds || strcmp(word, "post") != 0))
        remark(job, "E420", rendered->wording.kind_place, job->account->platform, word,
               limits_kinds_text(limits, job->scratch));
    if (kind && !kind->has_text && rendered->content.text)
        remark(job, "E423", rendered->text_place, job->account->platform, kind->word, NULL);
}

static void make_extras(const struct job *job, struct rendered *rendered)
{
    const struct limits *limits = &job->account->limits;
    const struct wording *wording = &rendered->wording;
    struct extras *more = &rendered->content.more;

    make_kind(job, rendered);
    take_extra(job, limits->has_first_comment, "first_comment", wording->first_comment,
               wording->first_comment_place, &more->first_comment);
    take_extra(job, limits->has_playlist, "playlist", wording->playlist, wording->playlist_place,
               &more->playlist);
    take_extra(job, limits->has_privacy, "privacy", wording->privacy, wording->privacy_place,
               &more->privacy);
    take_extra(job, limits->has_category, "category", wording->category, wording->category_place,
               &more->category);
    if (wording->thread_count && !limits->has_threads)
        remark(job, "E422", wording->thread[0].text_place,
               job->account->facts->limits->has_threads ? job->account->name
                                                        : job->account->platform,
               NULL, NULL);
}

/* Media. */

struct fit_question rendered_question(const struct account *account, const struct wording *wording,
                                      size_t number, enum medium_role role,
                                      const struct media_index *media)
{
    const struct media_item *item = &wording->media[number];
    const char *files[] = {[MEDIUM_OF_POST] = item->file,
                           [MEDIUM_THUMBNAIL] = item->thumbnail,
                           [MEDIUM_CAPTIONS] = item->captions};
    const bool follows = number > 0 && account->limits.same_shape;

    return (struct fit_question){
        .platform = account->platform,
        .limits = &account->limits,
        .kind = limits_kind(&account->limits, wording->kind),
        .facts = media_index_find(media, files[role]),
        .first = follows ? media_index_find(media, wording->media[0].file) : NULL,
        .role = role,
        .fit = item->has_fit ? item->fit : wording->fit,
    };
}

/* As it lies in media/. */
static void take_file(const struct media_facts *facts, struct medium *medium)
{
    memcpy(medium->sha256, facts->sha256, sizeof medium->sha256);
    medium->mime = facts->mime ? facts->mime : "";
    medium->bytes = facts->bytes;
    medium->width = facts->width;
    medium->height = facts->height;
    medium->duration_ms = facts->duration_ms;
}

static void take_rendition(const struct rendition *made, const char *recipe, struct arena *arena,
                           struct medium *medium)
{
    medium->recipe = arena_printf(arena, "%s = %s", recipe, made->sha256);
    memcpy(medium->sha256, made->sha256, sizeof medium->sha256);
    medium->mime = made->mime;
    medium->bytes = made->bytes;
    medium->width = made->width;
    medium->height = made->height;
    medium->duration_ms = made->duration_ms;
}

static struct medium make_file(const struct job *job, const char *file,
                               const struct fit_question *question)
{
    const struct media_facts *facts = question->facts;
    struct medium medium = {
        .file = file, .alt = "", .recipe = "", .mime = "", .role = question->role};
    const struct rendition *made;
    struct fit_answer answer;

    if (!facts || !facts->readable)
        return medium;
    fit_answer(question, job->scratch, &answer);
    if (answer.verdict == FITS) {
        take_file(facts, &medium);
        return medium;
    }
    memcpy(medium.source, facts->sha256, sizeof medium.source);
    made = answer.verdict == FITTED ? fit_rendition(facts, answer.recipe) : NULL;
    if (made)
        take_rendition(made, answer.recipe, job->arena, &medium);
    else /* what is refused is never made, and has its finding from the checker */
        medium.recipe = *answer.recipe ? arena_text(job->arena, answer.recipe) : FIT_UNKNOWN;
    return medium;
}

static struct medium make_medium(const struct job *job, const struct wording *wording,
                                 size_t number)
{
    const struct media_item *item = &wording->media[number];
    const struct fit_question question =
        rendered_question(job->account, wording, number, MEDIUM_OF_POST, job->media);
    struct medium medium = make_file(job, item->file, &question);
    const char *alt = finish(job, expand(job, item->alt, item->alt_place));

    medium.alt = alt ? alt : "";
    return medium;
}

/* One more file of the delivery; its SHA-256 stands in the content. */
static void add_beside(const struct job *job, size_t number, bool has, enum medium_role role,
                       struct medium *medium, struct rendered *rendered)
{
    const struct media_item *item = &rendered->wording.media[number];
    const bool picture = role == MEDIUM_THUMBNAIL;
    const char *file = picture ? item->thumbnail : item->captions, **hash, *shown;
    struct fit_question question;

    if (!file)
        return;
    if (!has) {
        remark(job, "W421", picture ? item->thumbnail_place : item->captions_place,
               job->account->platform, picture ? "thumbnail" : "captions", NULL);
        return;
    }
    question = rendered_question(job->account, &rendered->wording, number, role, job->media);
    *medium = make_file(job, file, &question);
    rendered->file_count++;
    hash = picture ? &rendered->content.more.thumbnail : &rendered->content.more.captions;
    shown = medium_is_made(medium) ? medium->sha256 : medium->source;
    *hash = *shown ? shown : NULL;
}

static void make_media(const struct job *job, struct rendered *rendered)
{
    const struct limits *limits = &job->account->limits;
    size_t count = rendered->wording.media_count;
    struct medium *media = count ? arena_array(job->arena, 3 * count, sizeof *media) : NULL;

    for (size_t i = 0; i < count; i++)
        media[i] = make_medium(job, &rendered->wording, i);
    rendered->content.media = rendered->files = media;
    rendered->content.media_count = rendered->file_count = count;
    for (size_t i = 0; i < count; i++) {
        add_beside(job, i, limits->has_thumbnail, MEDIUM_THUMBNAIL, &media[rendered->file_count],
                   rendered);
        add_beside(job, i, limits->has_captions, MEDIUM_CAPTIONS, &media[rendered->file_count],
                   rendered);
    }
}

/* Counts. */

static struct grapheme_count graphemes_of(const char *text, const struct text_limit *limit)
{
    if (limit->urls_are_23 || limit->mentions_are_local)
        return count_mastodon(text, MASTODON_LINK);
    return count_graphemes(text, strlen(text));
}

struct text_use text_measure(const char *text, const struct text_limit *limit)
{
    struct text_use use = {.unit = limit->unit, .limit = limit->most};
    struct grapheme_count graphemes;

    switch (limit->unit) {
    case COUNT_GRAPHEMES:
        graphemes = graphemes_of(text, limit);
        use.used = graphemes.split > graphemes.joined ? graphemes.split : graphemes.joined;
        use.least = graphemes.split < graphemes.joined ? graphemes.split : graphemes.joined;
        return use;
    case COUNT_UTF16:
        use.used = count_text(text).utf16;
        break;
    case COUNT_BYTES:
        use.used = strlen(text);
        break;
    case COUNT_WEIGHTED:
        use.used = x_weight(text);
        break;
    case COUNT_CODEPOINTS:
        use.used = limit->emoji_are_bytes ? count_emoji_as_bytes(text)
                                          : unicode_code_points(text, strlen(text));
        break;
    }
    use.least = use.used;
    return use;
}

size_t text_fitting(const char *text, const struct text_limit *limit)
{
    struct arena scratch = {0};
    char *beginning;
    size_t fits = 0, too_long = strlen(text);

    if (!limit->most || text_measure(text, limit).used <= limit->most)
        return too_long;
    beginning = arena_text(&scratch, text);
    while (too_long - fits > 1) {
        const size_t middle = fits + (too_long - fits) / 2;
        const size_t end = grapheme_floor(text, middle);
        const char cut = beginning[end];

        beginning[end] = '\0';
        if (text_measure(beginning, limit).used <= limit->most)
            fits = middle;
        else
            too_long = middle;
        beginning[end] = cut;
    }
    arena_clear(&scratch);
    return grapheme_floor(text, fits);
}

size_t text_fitting_post(const char *text, const struct limits *limits, size_t media_count)
{
    size_t end = strlen(text);

    for (size_t i = 0; i < COUNT_OF(limits->text); i++) {
        const struct text_limit limit = render_text_limit(limits, i, media_count);
        const size_t fits = text_fitting(text, &limit);

        end = fits < end ? fits : end;
    }
    return end;
}

const char *content_words(const struct content *content)
{
    if (content->text)
        return content->text;
    return content->title ? content->title : content->link ? content->link : "";
}

const struct text_use *rendered_fullest(const struct rendered *rendered)
{
    const struct text_use *fullest = NULL;

    for (size_t i = 0; i < rendered->count_count; i++) {
        const struct text_use *use = &rendered->counts[i];

        if (!fullest || use->used * fullest->limit > fullest->used * use->limit)
            fullest = use;
    }
    return fullest;
}

static const char *amount(struct arena *arena, size_t number, enum count_unit unit)
{
    return arena_printf(arena,
                        unit == COUNT_BYTES ? P_("%zu byte", "%zu bytes", number)
                                            : P_("%zu character", "%zu characters", number),
                        number);
}

static void check_use(const struct job *job, const struct rendered *rendered,
                      const struct text_use *use)
{
    remark(job, use->least > use->limit ? "E401" : "W402", rendered->text_place,
           job->account->platform,
           arena_printf(job->scratch, _("%zu of %s"), use->used,
                        amount(job->scratch, use->limit, use->unit)),
           amount(job->scratch, use->used - use->limit, use->unit));
}

struct text_limit render_text_limit(const struct limits *limits, size_t index, size_t media_count)
{
    return index == 0 && media_count > 0 && limits->caption.most ? limits->caption
                                                                 : limits->text[index];
}

static void measure_text(const struct job *job, struct rendered *rendered)
{
    const struct limits *limits = &job->account->limits;
    const char *text = rendered->content.text ? rendered->content.text : "";

    for (size_t i = 0; i < COUNT_OF(limits->text); i++) {
        const struct text_limit limit = render_text_limit(limits, i, rendered->content.media_count);
        struct text_use use;

        if (!limit.most)
            continue;
        use = text_measure(text, &limit);
        rendered->counts[rendered->count_count++] = use;
        if (use.used > use.limit)
            check_use(job, rendered, &use);
    }
}

static const char *of_most(const struct job *job, const struct text_use *use)
{
    return arena_printf(job->scratch, _("%zu of %s"), use->used,
                        amount(job->scratch, use->limit, use->unit));
}

/* Where only the cautious count is too high. */
static void measure_sure(const struct job *job, const struct rendered *rendered)
{
    const struct text_limit *limit = &job->account->limits.text_sure;
    struct text_use use;

    if (!limit->most || !rendered->content.text)
        return;
    use = text_measure(rendered->content.text, limit);
    if (use.used > use.limit && rendered->counts[0].used <= rendered->counts[0].limit)
        remark(job, "W416", rendered->text_place, job->account->platform, of_most(job, &use),
               amount(job->scratch, use.used - use.limit, use.unit));
}

static void measure_title(const struct job *job, const struct rendered *rendered)
{
    const struct limits *limits = &job->account->limits;
    struct text_use use;

    if (!rendered->content.title) {
        if (limits->needs_title)
            remark(job, "E415", job->post->place, job->account->platform, NULL, NULL);
        return;
    }
    if (!limits->title.most)
        return;
    use = text_measure(rendered->content.title, &limits->title);
    if (use.used > use.limit)
        remark(job, "E414", rendered->wording.title_place, job->account->platform,
               of_most(job, &use), amount(job->scratch, use.used - use.limit, use.unit));
}

static void check_forbidden(const struct job *job, const char *text, struct place place)
{
    const char *found = text ? strpbrk(text, job->account->limits.forbidden) : NULL;

    if (found)
        remark(job, "E417", place, job->account->platform,
               arena_printf(job->scratch, "\"%c\"", *found), NULL);
}

/* Hashtags and addresses, as a reader sees them. */
static void check_marks(const struct job *job, const struct rendered *rendered)
{
    const struct limits *limits = &job->account->limits;
    const struct mark_list marks =
        links_find(rendered->content.text ? rendered->content.text : "", job->scratch);
    size_t tags = 0, links = rendered->content.link && has_place_for_link(job, &rendered->wording);

    for (size_t i = 0; i < marks.count; i++) {
        tags += marks.items[i].kind == MARK_TAG;
        links += marks.items[i].kind == MARK_LINK;
    }
    if (limits->most_tags && tags > limits->most_tags)
        remark(job, "E418", rendered->text_place, job->account->platform,
               arena_printf(job->scratch, _("%zu, at most %zu"), tags, limits->most_tags), NULL);
    if (limits->most_links && links > limits->most_links)
        remark(job, "E419", rendered->text_place, job->account->platform,
               arena_printf(job->scratch, _("%zu, at most %zu"), links, limits->most_links), NULL);
}

static void measure(const struct job *job, struct rendered *rendered)
{
    const struct limits *limits = &job->account->limits;

    measure_text(job, rendered);
    measure_sure(job, rendered);
    if (limits->forbidden) {
        check_forbidden(job, rendered->content.title, rendered->wording.title_place);
        check_forbidden(job, rendered->content.text, rendered->text_place);
    }
    if (limits->most_tags || limits->most_links)
        check_marks(job, rendered);
    if (!job->part)
        measure_title(job, rendered);
}

static void hash(struct rendered *rendered, struct arena *arena)
{
    struct delivery made = {0};

    content_write(&rendered->content, arena, &made);
    rendered->json = made.content;
    memcpy(rendered->content_hash, made.content_hash, sizeof made.content_hash);
    memcpy(rendered->same_hash, made.same_hash, sizeof made.same_hash);
}

void render_part(const struct campaign *campaign, const struct post *post,
                 const struct account *account, int64_t slot, size_t part,
                 const struct media_index *media, struct arena *arena, struct rendered *rendered,
                 struct findings *findings)
{
    struct arena scratch = {0};
    const struct job job = {campaign, post, account, media, arena, &scratch, findings, part};
    struct content *content = &rendered->content;

    assert(slot >= 0);
    *rendered = (struct rendered){.wording = render_wording(post, account)};
    rendered->skipped = rendered->wording.skip;
    if (rendered->skipped)
        return;
    if (part)
        rendered->wording = wording_of_part(&rendered->wording, part);
    content->account = account->name;
    content->language = rendered->wording.language ? rendered->wording.language : "hi";
    content->parent = part ? arena_printf(arena, "%zu", part) : NULL;
    make_media(&job, rendered);
    make_text(&job, slot, rendered);
    make_title(&job, rendered);
    make_extras(&job, rendered);
    measure(&job, rendered);
    hash(rendered, arena);
    arena_clear(&scratch);
}

void render(const struct campaign *campaign, const struct post *post, const struct account *account,
            int64_t slot, const struct media_index *media, struct arena *arena,
            struct rendered *rendered, struct findings *findings)
{
    render_part(campaign, post, account, slot, 0, media, arena, rendered, findings);
}
