#include "campaign/read_campaign.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "campaign/advice.h"
#include "campaign/read_repeat.h"
#include "text/similar.h"
#include "text/unicode.h"

enum { MOST_ID = 64 };

struct account_list {
    const struct account **items;
    size_t count;
    bool wrong; /* something was said about it already */
};

struct posts {
    struct reading *reading;
    const struct workspace *workspace;
    struct campaign *campaign;
    struct group_values shared; /* what stands at the top of the file */
    struct account_list accounts;
    struct texts tags;
    const char *language;
    struct post *items;
    size_t count;
};

static void report(struct posts *posts, const char *code, struct place place, const char *a,
                   const char *b, const char *c)
{
    reading_report(posts->reading, code, place, a, b, c);
}

/* Whether a key stands there, right or wrong. */
static bool stands(const struct group_values *group, const char *key)
{
    const struct value *value = group_value(group, key);

    return value->given || value->wrong;
}

/* ---- Accounts. ---- */

static const struct group *group_find(const struct workspace *workspace, const char *name)
{
    for (size_t i = 0; i < workspace->group_count; i++) {
        if (strcmp(workspace->groups[i].name, name) == 0)
            return &workspace->groups[i];
    }
    return NULL;
}

/* What may stand in `accounts`, groups first. */
static const char **names_known(struct posts *posts, size_t *count)
{
    const struct workspace *workspace = posts->workspace;
    const char **names =
        arena_array(posts->reading->arena, workspace->account_count + workspace->group_count,
                    sizeof *names);

    *count = 0;
    for (size_t i = 0; i < workspace->group_count; i++)
        names[(*count)++] = workspace->groups[i].name;
    for (size_t i = 0; i < workspace->account_count; i++)
        names[(*count)++] = workspace->accounts[i].name;
    return names;
}

static void refuse_account(struct posts *posts, const char *name, struct place place)
{
    size_t count;
    const char **names;

    if (source_is_full(posts->reading->source))
        return;
    names = names_known(posts, &count);
    report(posts, "E210", place, name, nearest_text(posts->reading, name, names, count), NULL);
}

static void refuse_no_account(struct posts *posts, struct place place)
{
    size_t count;
    const char **names;

    if (source_is_full(posts->reading->source))
        return;
    names = names_known(posts, &count);
    report(posts, "E211", place, known_text(posts->reading, names, count), count ? names[0] : "...",
           NULL);
}

static void add_account(struct posts *posts, struct account_list *list, bool *seen,
                        const struct account *account)
{
    size_t index = (size_t)(account - posts->workspace->accounts);

    if (!seen[index])
        list->items[list->count++] = account;
    seen[index] = true;
}

static void add_word(struct posts *posts, struct account_list *list, bool *seen,
                     const struct value *value, size_t index)
{
    const char *word = value->texts.items[index];
    struct place place = value->texts.places[index];
    const struct account *account = workspace_account(posts->workspace, word);
    const struct group *group = account ? NULL : group_find(posts->workspace, word);

    if (account && seen[account - posts->workspace->accounts])
        report(posts, "W223", place, word, advice_without(value, (int)index, posts->reading->arena),
               NULL);
    if (account)
        add_account(posts, list, seen, account);
    for (size_t i = 0; group && i < group->count; i++)
        add_account(posts, list, seen, group->accounts[i]);
    if (!account && !group) {
        list->wrong = true;
        /* Without any account crier.cfg could not be read, and says so itself. */
        if (posts->workspace->account_count > 0)
            refuse_account(posts, word, place);
    }
}

static struct account_list read_accounts(struct posts *posts, const struct value *value)
{
    struct arena *arena = posts->reading->arena;
    size_t count = posts->workspace->account_count;
    struct account_list list = {.wrong = value->wrong};
    bool *seen = arena_array(arena, count, sizeof *seen);

    list.items = arena_array(arena, count, sizeof(struct account *));
    for (size_t i = 0; i < value->texts.count; i++)
        add_word(posts, &list, seen, value, i);
    return list;
}

/* ---- Words and pictures: of a post, or of its part for one platform or account. ---- */

static bool is_language(const char *text)
{
    size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyz");

    return text[length] == '\0' && (length == 2 || length == 3);
}

static const char *read_language(struct posts *posts, const struct value *value,
                                 const char *otherwise)
{
    if (!value->given)
        return otherwise;
    if (!is_language(value->text))
        report(posts, "E215", value->place, value->text, NULL, NULL);
    return value->text;
}

/* Names that could lead out of media/. */
static bool is_inside(const char *file)
{
    size_t length = strlen(file);

    for (const char *part = file; part; part = strchr(part, '/')) {
        part += *part == '/';
        size_t size = strcspn(part, "/");

        if (size == 0 || (size == 1 && *part == '.') || (size == 2 && strncmp(part, "..", 2) == 0))
            return false;
    }
    return length > 0 && !strpbrk(file, "\\\n") && file[0] != '/';
}

static void refuse_outside(struct posts *posts, const struct value *file)
{
    struct arena *arena = posts->reading->arena;
    char *slashed = arena_text(arena, file->text);

    for (char *c = slashed; *c; c++)
        *c = *c == '\\' ? '/' : *c;
    report(posts, "E511", file->place, file->text,
           strchr(file->text, '\\') && is_inside(slashed)
               ? arena_printf(arena, _("Between folders stands /, not \\. Write \"%s\"."), slashed)
               : _("Write the name of a picture or video in media/, such as "
                   "\"traffic/helmet.jpg\". If it lies elsewhere, copy it there first."),
           NULL);
}

/* A file that goes with a video; NULL where there is none. */
static const char *read_file(struct posts *posts, const struct group_values *group, const char *key,
                             struct place *place)
{
    const struct value *file = group_value(group, key);

    *place = file->place;
    if (!file->given)
        return NULL;
    if (is_inside(file->text))
        return file->text;
    refuse_outside(posts, file);
    return NULL;
}

/* A choice's number is its place in the list, which is that of the enum. */
static void take_fit(const struct group_values *group, bool *has, enum fit *fit)
{
    *has = group_value(group, "fit")->given;
    *fit = (enum fit)group_value(group, "fit")->number;
}

static bool read_medium(struct posts *posts, struct member member, struct media_item *item)
{
    struct group_values group;
    const struct value *file, *alt;

    group_read(posts->reading, member, IN_MEDIA, &group);
    group_refuse_others(posts->reading, &group);
    file = group_value(&group, "file");
    alt = group_value(&group, "alt");
    if (file->given && !is_inside(file->text)) {
        refuse_outside(posts, file);
        return false;
    }
    *item = (struct media_item){.file = file->text,
                                .alt = alt->given ? alt->text : "",
                                .place = file->place,
                                .alt_place = alt->place};
    item->thumbnail = read_file(posts, &group, "thumbnail", &item->thumbnail_place);
    item->captions = read_file(posts, &group, "captions", &item->captions_place);
    take_fit(&group, &item->has_fit, &item->fit);
    return file->given;
}

static size_t read_media(struct posts *posts, const struct value *value,
                         const struct media_item **media)
{
    size_t count = value->given ? member_count(&value->member) : 0, read = 0;
    struct media_item *items = arena_array(posts->reading->arena, count, sizeof *items);

    *media = items;
    for (size_t i = 0; i < count; i++)
        read += read_medium(posts, member_at(&value->member, i), &items[read]);
    return read;
}

static void read_part_group(struct posts *posts, struct member member, struct thread_part *part)
{
    struct group_values group;
    const struct value *text;

    group_read(posts->reading, member, IN_PART, &group);
    group_refuse_others(posts->reading, &group);
    text = group_value(&group, "text");
    part->text = text->given ? text->text : NULL;
    part->text_place = text->given ? text->place : group.place;
    part->media_count = read_media(posts, group_value(&group, "media"), &part->media);
    if (!stands(&group, "text") && !stands(&group, "media"))
        report(posts, "E212", group.place, NULL, NULL, NULL);
}

static void read_thread(struct posts *posts, const struct value *value, struct wording *wording)
{
    size_t count = value->given ? value->texts.count : 0;
    struct thread_part *parts = arena_array(posts->reading->arena, count, sizeof *parts);

    wording->has_thread = value->given;
    wording->thread = parts;
    wording->thread_count = count;
    for (size_t i = 0; i < count; i++) {
        parts[i] = (struct thread_part){.text = value->texts.items[i],
                                        .text_place = value->texts.places[i]};
        if (!parts[i].text)
            read_part_group(posts, member_at(&value->member, i), &parts[i]);
    }
    if (wording->has_texts && count)
        report(posts, "E227", value->key, NULL, NULL, NULL);
}

/* Crier writes the # itself; one that stands there already is left out. */
static struct texts read_tags(struct posts *posts, const struct value *value)
{
    const char **tags = arena_array(posts->reading->arena, value->texts.count, sizeof *tags);

    for (size_t i = 0; i < value->texts.count; i++) {
        const char *tag = value->texts.items[i];

        tags[i] = tag + (*tag == '#');
        if (*tag == '#')
            report(posts, "W409", value->texts.places[i], tag, tags[i], NULL);
    }
    return (struct texts){tags, value->texts.places, value->texts.count};
}

static const char *read_extra(const struct group_values *group, const char *key,
                              struct place *place)
{
    const struct value *value = group_value(group, key);

    *place = value->place;
    return value->given ? value->text : NULL;
}

/* What only some platforms have. */
static void read_extras(const struct group_values *group, struct wording *wording)
{
    wording->kind = read_extra(group, "kind", &wording->kind_place);
    wording->first_comment = read_extra(group, "first_comment", &wording->first_comment_place);
    wording->playlist = read_extra(group, "playlist", &wording->playlist_place);
    wording->privacy = read_extra(group, "privacy", &wording->privacy_place);
    wording->category = read_extra(group, "category", &wording->category_place);
}

static void take_text(const struct value *value, bool *has, const char **text)
{
    *has = value->given;
    *text = value->given ? value->text : NULL;
}

static void read_wording(struct posts *posts, const struct group_values *group,
                         struct wording *wording)
{
    const struct value *texts = group_value(group, "texts");
    const struct value *text = group_value(group, "text");
    const struct value *link = group_value(group, "link");
    const struct value *tags = group_value(group, "tags");

    take_text(text, &wording->has_text, &wording->text);
    take_text(link, &wording->has_link, &wording->link);
    take_text(group_value(group, "title"), &wording->has_title, &wording->title);
    take_text(group_value(group, "description"), &wording->has_description, &wording->description);
    wording->text_place = text->given ? text->place : (struct place){0};
    wording->link_place = link->place;
    wording->title_place = group_value(group, "title")->place;
    wording->has_texts = texts->given;
    wording->texts = texts->texts;
    if (stands(group, "text") && stands(group, "texts"))
        report(posts, "E209", texts->key, NULL, NULL, NULL);
    wording->has_media = group_has(group, "media");
    wording->media_count = read_media(posts, group_value(group, "media"), &wording->media);
    read_thread(posts, group_value(group, "thread"), wording);
    read_extras(group, wording);
    wording->has_tags = tags->given;
    wording->tags = read_tags(posts, tags);
    wording->has_language = group_has(group, "language");
    wording->language = read_language(posts, group_value(group, "language"), NULL);
    wording->has_skip = group_has(group, "skip");
    wording->skip = group_value(group, "skip")->number != 0;
    take_fit(group, &wording->has_fit, &wording->fit);
}

/* What the top of the file gives to a post that does not say it itself. */
static void inherit(struct posts *posts, struct wording *wording)
{
    if (!wording->has_tags) {
        wording->tags = posts->tags;
        wording->has_tags = posts->tags.count > 0;
    }
    if (!wording->has_language) {
        wording->language = posts->language;
        wording->has_language = true;
    }
    if (!wording->has_fit)
        take_fit(&posts->shared, &wording->has_fit, &wording->fit);
}

/* ---- Parts for a platform or an account. ---- */

static bool is_platform(const struct workspace *workspace, const char *name)
{
    for (const struct platform_facts *facts = workspace->platforms; facts && facts->name; facts++) {
        if (strcmp(facts->name, name) == 0)
            return true;
    }
    return false;
}

static bool goes_to(const struct post *post, const char *account)
{
    for (size_t i = 0; i < post->account_count; i++) {
        if (strcmp(post->accounts[i]->name, account) == 0)
            return true;
    }
    return false;
}

/* The platforms and accounts that a key of a post may be a slip of. */
static void refuse_part(struct posts *posts, const struct group_values *group,
                        const struct member *member)
{
    const struct workspace *workspace = posts->workspace;
    const char **names = NULL;
    size_t count = 0, capacity = 0;

    for (const struct platform_facts *facts = workspace->platforms; facts && facts->name; facts++) {
        const char **name =
            arena_push(posts->reading->arena, &names, &count, &capacity, sizeof *name);
        *name = facts->name;
    }
    for (size_t i = 0; i < workspace->account_count; i++) {
        const char **name =
            arena_push(posts->reading->arena, &names, &count, &capacity, sizeof *name);
        *name = workspace->accounts[i].name;
    }
    group_refuse_other(posts->reading, group, member, names, count);
}

static bool read_override(struct posts *posts, const struct post *post,
                          const struct group_values *group, const struct member *member,
                          struct override *override)
{
    struct arena *arena = posts->reading->arena;
    const char *target = member->node->name;
    bool is_account = workspace_account(posts->workspace, target) != NULL;
    struct group_values part;

    if (!is_account && !is_platform(posts->workspace, target)) {
        refuse_part(posts, group, member);
        return false;
    }
    if (!config_setting_is_group(member->setting)) {
        report(posts, "E201", member->node->value, target, field_type_text(FIELD_GROUP),
               arena_printf(arena, "%s = { text = \"...\"; };", target));
        return false;
    }
    if (is_account && post->account_count > 0 && !goes_to(post, target))
        report(posts, "W222", member->node->key, target, NULL, NULL);
    group_read(posts->reading, *member, IN_OVERRIDE, &part);
    group_refuse_others(posts->reading, &part);
    *override = (struct override){.target = arena_text(arena, target),
                                  .is_account = is_account,
                                  .place = member->node->key};
    read_wording(posts, &part, &override->wording);
    return true;
}

static void read_overrides(struct posts *posts, const struct group_values *group, struct post *post)
{
    struct override *overrides =
        arena_array(posts->reading->arena, group->other_count, sizeof *overrides);

    post->overrides = overrides;
    for (size_t i = 0; i < group->other_count; i++)
        post->override_count +=
            read_override(posts, post, group, &group->others[i], &overrides[post->override_count]);
}

/* ---- Posts. ---- */

static void check_id(struct posts *posts, const struct value *id)
{
    struct arena *arena = posts->reading->arena;
    const char *plain = plain_name_of(id->text, false, MOST_ID, arena);

    if (is_plain_name(id->text, false, MOST_ID))
        return;
    if (strlen(plain) == strlen(id->text) && unicode_equal_caseless(plain, id->text))
        report(posts, "E206", id->place, id->text, plain, NULL);
    else
        report(posts, "E205", id->place, id->text,
               guess_text(posts->reading, plain, _("Write for example \"helmet-1\".")), NULL);
}

static void read_time(struct posts *posts, const struct group_values *group, struct post *post)
{
    const struct value *at = group_value(group, "at");
    const struct value *repeat = group_value(group, "repeat");

    post->time_place = repeat->given ? repeat->place : at->place;
    post->at_instant = INSTANT_NONE;
    if (stands(group, "at") && stands(group, "repeat"))
        report(posts, "E217", repeat->key, NULL, NULL, NULL);
    else if (!stands(group, "at") && !stands(group, "repeat"))
        report(posts, "E218", post->place, NULL, NULL, NULL);
    if (repeat->given) {
        post->repeats = repeat_read(posts->reading, repeat, &post->repeat);
    } else if (at->given) {
        post->at = at->civil;
        if (!reading_instant(posts->reading, at, &post->at_instant))
            post->at_instant = INSTANT_NONE;
    }
}

/* The post's own value, else the one at the top of the file, else the default. */
static const struct value *own_or_shared(const struct posts *posts,
                                         const struct group_values *group, const char *key)
{
    const struct value *own = group_value(group, key);

    return own->given ? own : group_value(&posts->shared, key);
}

static void read_ways(struct posts *posts, const struct group_values *group, struct post *post)
{
    const struct value *accounts = group_value(group, "accounts");
    struct account_list list =
        stands(group, "accounts") ? read_accounts(posts, accounts) : posts->accounts;

    post->accounts = list.items;
    post->account_count = list.count;
    if (list.count == 0 && !list.wrong)
        refuse_no_account(posts, post->place);
    post->urgency = (enum urgency)own_or_shared(posts, group, "class")->number;
    post->useful_for = own_or_shared(posts, group, "useful_for")->span;
    post->late = (enum late_policy)own_or_shared(posts, group, "late")->number;
    post->draft = group_value(group, "draft")->number != 0;
    post->again = group_value(group, "again")->number != 0;
    post->vars = variables_read(posts->reading, group_value(group, "vars"));
}

static bool has_words(const struct wording *wording)
{
    return wording->has_text || wording->has_texts || wording->media_count > 0 || wording->has_link;
}

static void check_content(struct posts *posts, const struct group_values *group,
                          const struct post *post)
{
    bool something = has_words(&post->wording) || stands(group, "text") || stands(group, "texts") ||
                     stands(group, "media") || stands(group, "link");

    for (size_t i = 0; i < post->override_count; i++)
        something |= has_words(&post->overrides[i].wording);
    if (!something)
        report(posts, "E212", post->place, NULL, NULL, NULL);
}

static void read_post(struct posts *posts, struct member member)
{
    struct group_values group;
    const struct value *id;
    struct post post = {0};

    group_read(posts->reading, member, IN_POST, &group);
    id = group_value(&group, "id");
    /* A refused one is named all the same, by previews and plans: it must not steer a terminal. */
    post.id = id->given ? unicode_line(id->text, posts->reading->arena) : "";
    post.place = id->given ? id->place : group.place;
    if (id->given)
        check_id(posts, id);
    read_time(posts, &group, &post);
    read_ways(posts, &group, &post);
    read_wording(posts, &group, &post.wording);
    inherit(posts, &post.wording);
    read_overrides(posts, &group, &post);
    check_content(posts, &group, &post);
    if (id->given)
        posts->items[posts->count++] = post;
}

/* ---- Ids that are used twice. ---- */

static int by_id(const void *left, const void *right)
{
    const struct post *const *a = left, *const *b = right;
    int order = strcmp((*a)->id, (*b)->id);

    return order ? order : (*a > *b) - (*a < *b);
}

static void check_double_ids(struct posts *posts)
{
    struct arena *arena = posts->reading->arena;
    const struct post **sorted = arena_array(arena, posts->count, sizeof *sorted);

    for (size_t i = 0; i < posts->count; i++)
        sorted[i] = &posts->items[i];
    if (posts->count)
        qsort(sorted, posts->count, sizeof(struct post *), by_id);
    for (size_t i = 1; i < posts->count; i++) {
        const struct post *first = sorted[i - 1], *second = sorted[i];

        if (strcmp(first->id, second->id) == 0)
            report(posts, "E207", second->place, second->id,
                   arena_printf(arena, "%d", first->place.line),
                   arena_printf(arena, "%s-2", second->id));
    }
}

void campaign_read_values(struct reading *reading, struct member root,
                          const struct workspace *workspace, struct campaign *campaign)
{
    struct posts posts = {.reading = reading, .workspace = workspace, .campaign = campaign};
    const struct value *list;
    size_t count;

    group_read(reading, root, IN_CAMPAIGN, &posts.shared);
    group_refuse_others(reading, &posts.shared);
    if (group_has(&posts.shared, "title"))
        campaign->title = group_value(&posts.shared, "title")->text;
    campaign->vars = variables_read(reading, group_value(&posts.shared, "vars"));
    posts.accounts = read_accounts(&posts, group_value(&posts.shared, "accounts"));
    posts.tags = read_tags(&posts, group_value(&posts.shared, "tags"));
    posts.language = read_language(&posts, group_value(&posts.shared, "language"), "hi");

    list = group_value(&posts.shared, "posts");
    count = list->given ? member_count(&list->member) : 0;
    posts.items = arena_array(reading->arena, count, sizeof *posts.items);
    for (size_t i = 0; i < count; i++)
        read_post(&posts, member_at(&list->member, i));
    if (count == 0 && !list->wrong)
        report(&posts, "W225", list->place.line ? list->place : root.node->value, NULL, NULL, NULL);
    check_double_ids(&posts);
    campaign->posts = posts.items;
    campaign->post_count = posts.count;
}
