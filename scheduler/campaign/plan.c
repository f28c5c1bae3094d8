#include "campaign/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaign/checker.h"
#include "campaign/merge.h"

/* Those that say the same to the same public, and which of them goes out last so far. */
struct same {
    const char *hash;
    size_t identity;
    const struct campaign *campaign;
    const struct post *post;
    struct instant at;
    const struct post *told; /* the later post that a finding was made of */
};

/* One post on one account. */
struct voice {
    size_t turns; /* 0: skipped */
    size_t parts; /* of its thread, the post itself being the first */
    struct plan_text **texts;
};

struct plan_texts {
    const struct campaign_set *set;
    struct arena *arena;
    struct media_index media;
    struct voice ***voices; /* [campaign][post][account of the post] */
    size_t *identities;     /* of each account of the workspace: the first one with the same key */
    struct same **table;    /* open addressing by hash and identity */
    size_t table_used, table_size;
};

/* Identity. */

static const char *host_of(const struct account *account)
{
    if (account->server)
        return account->server;
    return account->base_url ? account->base_url : "";
}

/* An account that is an address; the path of an address knows capitals. */
static const char *address_key(const struct account *account, struct arena *arena)
{
    const char *address = account->base_url ? account->base_url : account_url(account);

    return arena_printf(arena, "%s|%s", account->platform, address ? address : account->name);
}

const char *account_identity_key(const struct account *account, struct arena *arena)
{
    if (account->facts && account->facts->needs_url)
        return address_key(account, arena);

    const char *who = account->handle ? account->handle : account->name;
    char *key = arena_printf(arena, "%s|%s|%s", account->platform, host_of(account), who);

    for (char *c = key; *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    return key;
}

static size_t *identities(const struct workspace *workspace, struct arena *arena)
{
    size_t count = workspace->account_count;
    size_t *first = arena_array(arena, count, sizeof *first);
    const char **keys = arena_array(arena, count, sizeof *keys);

    for (size_t i = 0; i < count; i++) {
        keys[i] = account_identity_key(&workspace->accounts[i], arena);
        while (strcmp(keys[first[i]], keys[i]) != 0)
            first[i]++;
    }
    return first;
}

/* Texts. */

static struct voice make_voice(const struct post *post, const struct account *account,
                               struct arena *arena)
{
    const struct wording wording = render_wording(post, account);
    struct voice voice = {.turns = 1, .parts = 1};

    if (wording.skip)
        return (struct voice){0};
    if (wording.has_texts && wording.texts.count)
        voice.turns = wording.texts.count;
    else if (account->limits.has_threads)
        voice.parts += wording.thread_count;
    voice.texts = arena_array(arena, voice.turns * voice.parts, sizeof *voice.texts);
    return voice;
}

static struct voice *make_voices(const struct post *post, struct arena *arena)
{
    struct voice *voices = arena_array(arena, post->account_count, sizeof *voices);

    for (size_t a = 0; a < post->account_count; a++)
        voices[a] = make_voice(post, post->accounts[a], arena);
    return voices;
}

struct plan_texts *plan_texts_new(const struct campaign_set *set, const struct media_facts *facts,
                                  size_t fact_count, struct arena *arena)
{
    struct plan_texts *texts = arena_alloc(arena, sizeof *texts);

    texts->set = set;
    texts->arena = arena;
    texts->media = media_index_make(facts, fact_count, arena);
    texts->identities = identities(&set->workspace, arena);
    texts->voices = arena_array(arena, set->count, sizeof *texts->voices);
    for (size_t c = 0; c < set->count; c++) {
        const struct campaign *campaign = &set->campaigns[c];

        texts->voices[c] = arena_array(arena, campaign->post_count, sizeof **texts->voices);
        for (size_t p = 0; p < campaign->post_count; p++)
            texts->voices[c][p] = make_voices(&campaign->posts[p], arena);
    }
    return texts;
}

static size_t bucket_of(const struct plan_texts *texts, const char *hash, size_t identity)
{
    size_t number = identity;

    for (size_t i = 0; i < 2 * sizeof number; i++)
        number = number * 31 + (unsigned char)hash[i];
    return number & (texts->table_size - 1);
}

static struct same **find_same(const struct plan_texts *texts, const char *hash, size_t identity)
{
    size_t bucket = bucket_of(texts, hash, identity);

    while (texts->table[bucket] && (texts->table[bucket]->identity != identity ||
                                    strcmp(texts->table[bucket]->hash, hash) != 0))
        bucket = (bucket + 1) & (texts->table_size - 1);
    return &texts->table[bucket];
}

static void grow_table(struct plan_texts *texts)
{
    struct same **old = texts->table;
    size_t old_size = texts->table_size;

    texts->table_size = old_size ? old_size * 2 : 1024;
    texts->table = arena_array(texts->arena, texts->table_size, sizeof *texts->table);
    for (size_t i = 0; i < old_size; i++)
        if (old[i])
            *find_same(texts, old[i]->hash, old[i]->identity) = old[i];
}

static struct same *same_of(struct plan_texts *texts, const char *hash, size_t identity)
{
    struct same **place;

    if (texts->table_used * 2 >= texts->table_size)
        grow_table(texts);
    place = find_same(texts, hash, identity);
    if (!*place) {
        *place = arena_alloc(texts->arena, sizeof **place);
        (*place)->hash = hash;
        (*place)->identity = identity;
        texts->table_used++;
    }
    return *place;
}

static struct plan_text *make_text(struct plan_texts *texts, const struct campaign *campaign,
                                   const struct post *post, const struct account *account,
                                   size_t turn, size_t part)
{
    struct plan_text *text = arena_alloc(texts->arena, sizeof *text);
    size_t number = (size_t)(account - texts->set->workspace.accounts);

    findings_init(&text->findings, texts->arena);
    render_part(campaign, post, account, (int64_t)turn, part, &texts->media, texts->arena,
                &text->rendered, &text->findings);
    check_media(campaign, account, &text->rendered, &texts->media, &text->findings);
    text->same = same_of(texts, text->rendered.same_hash, texts->identities[number]);
    return text;
}

size_t plan_texts_turns(const struct plan_texts *texts, size_t c, size_t p, size_t a)
{
    return texts->voices[c][p][a].turns;
}

size_t plan_texts_count(const struct plan_texts *texts, size_t c, size_t p, size_t a)
{
    return texts->voices[c][p][a].turns * texts->voices[c][p][a].parts;
}

struct plan_text *plan_texts_get(struct plan_texts *texts, size_t c, size_t p, size_t a,
                                 size_t number)
{
    const struct campaign *campaign = &texts->set->campaigns[c];
    const struct post *post = &campaign->posts[p];
    const struct voice *voice = &texts->voices[c][p][a];
    struct plan_text **text = &voice->texts[number];

    if (!*text)
        *text = make_text(texts, campaign, post, post->accounts[a], number / voice->parts,
                          number % voice->parts);
    return *text;
}

const struct campaign_set *plan_texts_set(const struct plan_texts *texts)
{
    return texts->set;
}

const struct media_index *plan_texts_media(const struct plan_texts *texts)
{
    return &texts->media;
}

/* Times. */

struct walk {
    struct plan_texts *texts;
    size_t c, p;
    struct instant from, until;
    struct arena *arena;
    struct occurrences *out;
    struct findings *findings;
};

static const struct campaign *campaign_of(const struct walk *walk)
{
    return &walk->texts->set->campaigns[walk->c];
}

static void add_slot(const struct walk *walk, const struct civil *wall, struct instant at,
                     int64_t slot)
{
    const struct post *post = &campaign_of(walk)->posts[walk->p];
    const struct occurrence slot_of_post = {.at = at,
                                            .campaign = campaign_of(walk),
                                            .post = post,
                                            .slot = slot,
                                            .wall = *wall,
                                            .waits_until = INSTANT_NONE};

    for (size_t a = 0; a < post->account_count; a++) {
        const struct voice *voice = &walk->texts->voices[walk->c][walk->p][a];
        size_t turn = voice->turns ? (size_t)(slot % (int64_t)voice->turns) : 0;

        for (size_t part = 0; part < voice->parts; part++) {
            struct occurrence *occurrence =
                arena_push(walk->arena, &walk->out->items, &walk->out->count, &walk->out->capacity,
                           sizeof *occurrence);

            *occurrence = slot_of_post;
            occurrence->account = post->accounts[a];
            occurrence->part = part;
            occurrence->text =
                plan_texts_get(walk->texts, walk->c, walk->p, a, turn * voice->parts + part);
        }
    }
}

static void remark_clock_change(const struct walk *walk, const struct civil *wall)
{
    const struct campaign *campaign = campaign_of(walk);
    char slot[WHEN_GUESS];

    if (walk->findings)
        finding_add(walk->findings, "E702", campaign->posts[walk->p].time_place, campaign->source,
                    when_slot_text(wall, slot), zone_name(walk->texts->set->workspace.zone), NULL);
}

static void walk_repeat(const struct walk *walk, const struct repeat *repeat)
{
    const struct zone *zone = walk->texts->set->workspace.zone;
    struct civil next = zone_civil(zone, instant_minus(walk->from, span_days(1)));
    struct civil wall;
    struct instant first, second;
    int64_t slot;

    while (repeat_next(repeat, &next, &wall, &slot)) {
        enum zone_fit fit = zone_resolve(zone, &wall, &first, &second);

        if (!instant_before(first, instant_plus(walk->until, span_days(1))))
            return;
        next = civil_from_seconds(civil_seconds(&wall) + 1);
        if (instant_before(first, walk->from) || !instant_before(first, walk->until))
            continue;
        if (fit == ZONE_ONCE)
            add_slot(walk, &wall, first, slot);
        else
            remark_clock_change(walk, &wall);
    }
}

static void walk_post(const struct walk *walk)
{
    const struct post *post = &campaign_of(walk)->posts[walk->p];

    if (post->draft)
        return;
    if (post->repeats)
        walk_repeat(walk, &post->repeat);
    else if (!instant_before(post->at_instant, walk->from) &&
             instant_before(post->at_instant, walk->until))
        add_slot(walk, &post->at, post->at_instant, 0);
}

/* Order: what strcmp says of "campaign/post@occurrence/account", without making the names. */
static int compare_part(const char *a, const char *b, int end)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return (*a ? (unsigned char)*a : end) - (*b ? (unsigned char)*b : end);
}

static int by_time_and_name(const void *left, const void *right)
{
    const struct occurrence *a = left, *b = right;
    int order = (a->at.ms > b->at.ms) - (a->at.ms < b->at.ms);

    if (!order && a->campaign != b->campaign)
        order = compare_part(a->campaign->name, b->campaign->name, '/');
    if (!order && a->post != b->post)
        order = compare_part(a->post->id, b->post->id, '@');
    if (!order && a->account != b->account)
        order = compare_part(a->account->name, b->account->name, 0);
    return order ? order : (a->part > b->part) - (a->part < b->part);
}

/* What stands in the way. */

static void set_held(struct occurrence *occurrence, const char *reason, const char *name)
{
    occurrence->held_by = reason;
    occurrence->held_name = name;
}

static void ask_windows(const struct workspace *workspace, struct occurrence *occurrence)
{
    enum urgency urgency = occurrence->post->urgency;
    struct instant end, ignored;
    const struct blackout *blackout =
        blackout_covering(workspace->blackouts, workspace->blackout_count, workspace->zone,
                          occurrence->at, urgency, &ignored);

    if (!blackout &&
        !quiet_covers(&workspace->quiet, workspace->zone, occurrence->at, urgency, &end))
        return;
    if (blackout) {
        set_held(occurrence, REASON_BLACKOUT, blackout->name);
        return;
    }
    set_held(occurrence, REASON_QUIET, NULL);
    if (instant_before(instant_plus(occurrence->at, occurrence->post->useful_for), end))
        return;
    blackout = blackout_covering(workspace->blackouts, workspace->blackout_count, workspace->zone,
                                 end, urgency, &ignored);
    if (blackout) /* it would wait into one */
        set_held(occurrence, REASON_BLACKOUT, blackout->name);
    else
        occurrence->waits_until = end;
}

/* The four accounts of a post come one after another: ask once. */
static void hold_by_windows(const struct workspace *workspace, struct occurrences *occurrences)
{
    const struct occurrence *before = NULL;

    for (size_t i = 0; i < occurrences->count; i++) {
        struct occurrence *occurrence = &occurrences->items[i];

        if (before && before->at.ms == occurrence->at.ms && before->post == occurrence->post) {
            set_held(occurrence, before->held_by, before->held_name);
            occurrence->waits_until = before->waits_until;
        } else {
            ask_windows(workspace, occurrence);
        }
        before = occurrence;
    }
}

static const char *post_name(const struct campaign *campaign, const struct post *post,
                             struct arena *arena)
{
    return arena_printf(arena, "%s/%s", campaign->name, post->id);
}

static bool says_it_again(const struct occurrence *occurrence)
{
    const struct same *same = occurrence->text->same;

    return same->post && same->post != occurrence->post && !occurrence->post->again &&
           occurrence->at.ms - same->at.ms < span_days(NEVER_TWICE_DAYS).ms;
}

static void remark_twin(const struct occurrence *occurrence, const char *other,
                        struct findings *findings)
{
    const struct campaign *campaign = occurrence->campaign;

    finding_add(findings, "W701", occurrence->post->place, campaign->source,
                post_name(campaign, occurrence->post, findings->arena), other,
                occurrence->account->name);
}

static void forget_twins(struct plan_texts *texts)
{
    for (size_t i = 0; i < texts->table_size; i++)
        if (texts->table[i])
            texts->table[i]->post = texts->table[i]->told = NULL;
}

/* In the order of time, from what was said before. What is held does not go out, so it makes nobody
 * wait. */
static void hold_twins(struct occurrences *occurrences, struct instant from, struct arena *arena,
                       struct findings *findings)
{
    const struct post *told = NULL;

    for (size_t i = 0; i < occurrences->count; i++) {
        struct occurrence *occurrence = &occurrences->items[i];
        struct same *same = occurrence->text->same;

        if (!says_it_again(occurrence)) {
            same->campaign = occurrence->campaign;
            same->post = occurrence->post;
            same->at = occurrence->at;
            continue;
        }
        set_held(occurrence, REASON_NEVER_TWICE, post_name(same->campaign, same->post, arena));
        occurrence->waits_until = INSTANT_NONE;
        if (!findings || instant_before(occurrence->at, from))
            continue;
        if (same->told != occurrence->post && told != occurrence->post)
            remark_twin(occurrence, occurrence->held_name, findings);
        same->told = told = occurrence->post;
    }
}

static void walk_posts(struct walk *walk)
{
    const struct campaign_set *set = walk->texts->set;

    for (walk->c = 0; walk->c < set->count; walk->c++)
        for (walk->p = 0; walk->p < set->campaigns[walk->c].post_count; walk->p++)
            walk_post(walk);
}

static void sort_occurrences(struct occurrences *occurrences)
{
    if (occurrences->count)
        qsort(occurrences->items, occurrences->count, sizeof *occurrences->items, by_time_and_name);
}

static void drop_before(struct occurrences *occurrences, struct instant from)
{
    size_t first = 0;

    while (first < occurrences->count && instant_before(occurrences->items[first].at, from))
        first++;
    if (occurrences->count)
        occurrences->items += first;
    occurrences->count -= first;
    occurrences->capacity -= first;
}

void plan_occurrences(struct plan_texts *texts, struct instant from, struct instant until,
                      struct arena *arena, struct occurrences *occurrences,
                      struct findings *findings)
{
    const struct campaign_set *set = texts->set;
    struct walk walk = {.texts = texts, .until = until, .arena = arena, .out = occurrences};

    *occurrences = (struct occurrences){0};
    if (!set->workspace.zone) /* crier.cfg is broken: no time means anything */
        return;
    walk.from = instant_minus(from, span_days(NEVER_TWICE_DAYS));
    walk.findings = findings;
    walk_posts(&walk);
    sort_occurrences(occurrences);
    hold_by_windows(&set->workspace, occurrences);
    forget_twins(texts);
    hold_twins(occurrences, from, arena, findings);
    drop_before(occurrences, from);
}

/* Deliveries. */

bool occurrence_is_held(const struct occurrence *occurrence)
{
    return occurrence->held_by && instant_is_none(occurrence->waits_until);
}

const char *occurrence_word(const struct occurrence *occurrence, char text[WHEN_GUESS])
{
    size_t length;

    if (occurrence->post->repeats)
        (void)when_slot_text(&occurrence->wall, text);
    else
        memcpy(text, "once", sizeof "once");
    length = strlen(text);
    if (occurrence->part)
        (void)snprintf(text + length, WHEN_GUESS - length, ".%zu", occurrence->part + 1);
    return text;
}

/* Nobody approves his own post; so it must be known whose it is. Files that others can write, or of
 * two people, have no known author. What root installed has no second author. */
static int64_t author_of(const struct occurrence *occurrence, const struct media_index *media)
{
    const struct rendered *rendered = &occurrence->text->rendered;
    const struct file_stamp *stamp = &occurrence->campaign->stamp;
    bool known = !(stamp->mode & 022);

    for (size_t i = 0; i < rendered->file_count; i++) {
        const struct media_facts *facts = media_index_find(media, rendered->files[i].file);

        if (facts && facts->readable)
            known = known && !(facts->stamp.mode & 022) &&
                    (facts->stamp.owner == stamp->owner || facts->stamp.owner == 0);
    }
    return known ? (int64_t)stamp->owner : -1;
}

static struct span lead_of(const struct occurrence *occurrence)
{
    const struct platform_facts *facts = occurrence->account->facts;

    if (!facts)
        return (struct span){0};
    return occurrence->text->rendered.content.media_count ? facts->media_lead : facts->text_lead;
}

static void fill_content(const struct rendered *rendered, struct delivery *delivery)
{
    delivery->content = rendered->json;
    memcpy(delivery->content_hash, rendered->content_hash, sizeof delivery->content_hash);
    memcpy(delivery->same_hash, rendered->same_hash, sizeof delivery->same_hash);
    delivery->media = rendered->files;
    delivery->media_count = rendered->file_count;
}

void plan_fill(const struct occurrence *occurrence, const struct media_index *media,
               struct arena *arena, struct planned *planned)
{
    const struct post *post = occurrence->post;
    const struct account *account = occurrence->account;
    char word[WHEN_GUESS];

    *planned = (struct planned){
        .campaign = occurrence->campaign,
        .post = post,
        .account = account,
        .rendered = &occurrence->text->rendered,
        .slot = occurrence->slot,
        .held_by = occurrence->held_by,
        .held_name = occurrence->held_name,
    };
    planned->delivery = (struct delivery){
        .campaign = occurrence->campaign->name,
        .post = post->id,
        .occurrence = post->repeats || occurrence->part
                          ? arena_text(arena, occurrence_word(occurrence, word))
                          : "once",
        .account = account->name,
        .platform = account->platform,
        .at = occurrence->at,
        .useful_until = instant_plus(occurrence->at, post->useful_for),
        .lead = lead_of(occurrence),
        .late = post->late,
        .urgency = post->urgency,
        .again = post->again,
        .approvals = account->approvals,
        .file = occurrence->campaign->file,
        .author = author_of(occurrence, media),
        .state = account->approvals ? STATE_PLANNED : STATE_READY,
    };
    delivery_start_afresh(&planned->delivery);
    fill_content(&occurrence->text->rendered, &planned->delivery);
    delivery_set_id(&planned->delivery);
}

void plan_deliveries(struct plan_texts *texts, struct instant from, struct instant until,
                     struct arena *arena, struct plan *plan, struct findings *findings)
{
    struct occurrences occurrences;

    plan_occurrences(texts, from, until, arena, &occurrences, findings);
    *plan = (struct plan){.count = occurrences.count, .capacity = occurrences.count};
    plan->items = arena_array(arena, plan->count, sizeof *plan->items);
    for (size_t i = 0; i < occurrences.count; i++)
        plan_fill(&occurrences.items[i], &texts->media, arena, &plan->items[i]);
}

void plan_build(const struct campaign_set *set, struct instant from, struct instant until,
                const struct media_facts *facts, size_t fact_count, struct arena *arena,
                struct plan *plan, struct findings *findings)
{
    plan_deliveries(plan_texts_new(set, facts, fact_count, arena), from, until, arena, plan,
                    findings);
}

/* Page by page. */

enum { SLICE_DAYS = 8, SLICE_FEW = 8192, SLICE_MANY = 32768, MOMENT_MANY = 64 };

struct plan_pages {
    struct plan_texts *texts;
    struct instant from, until;
    uint64_t *ids; /* sorted */
    size_t id_count, id_capacity;
    struct arena arena; /* of the slice */
    struct occurrences slice;
    struct instant reached; /* where the next slice begins */
    struct span step;
    size_t next; /* in the slice */
};

static uint64_t id_number(const char *id)
{
    return strtoull(id, NULL, 16);
}

static int by_number(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

    return (left > right) - (left < right);
}

/* Slices are neither tiny nor large, whatever the posts are like. */
static void choose_step(struct plan_pages *pages)
{
    if (pages->slice.count < SLICE_FEW)
        pages->step.ms *= 2;
    else if (pages->slice.count > SLICE_MANY && pages->step.ms > span_hours(1).ms)
        pages->step.ms /= 2;
}

static void begin_slices(struct plan_pages *pages)
{
    pages->reached = instant_minus(pages->from, span_days(NEVER_TWICE_DAYS));
    pages->step = span_days(SLICE_DAYS);
    pages->slice = (struct occurrences){0};
    pages->next = 0;
}

/* The occurrences of the next slice of time, in no order. False: that was the last. */
static bool next_slice(struct plan_pages *pages)
{
    struct walk walk = {.texts = pages->texts, .arena = &pages->arena, .out = &pages->slice};

    if (!pages->texts->set->workspace.zone || !instant_before(pages->reached, pages->until))
        return false;
    arena_clear(&pages->arena);
    pages->slice = (struct occurrences){0};
    pages->next = 0;
    walk.from = pages->reached;
    walk.until = instant_plus(pages->reached, pages->step);
    if (instant_before(pages->until, walk.until))
        walk.until = pages->until;
    walk_posts(&walk);
    pages->reached = walk.until;
    choose_step(pages);
    return true;
}

static void name_occurrence(const struct occurrence *occurrence, char word[WHEN_GUESS],
                            struct delivery *delivery)
{
    delivery->campaign = occurrence->campaign->name;
    delivery->post = occurrence->post->id;
    delivery->occurrence = occurrence_word(occurrence, word);
    delivery->account = occurrence->account->name;
    delivery_set_id(delivery);
}

static void add_id(struct plan_pages *pages, const struct occurrence *occurrence)
{
    struct delivery delivery = {0};
    char word[WHEN_GUESS];

    if (pages->id_count == pages->id_capacity) {
        pages->id_capacity = pages->id_capacity ? pages->id_capacity * 2 : SLICE_FEW;
        pages->ids = realloc(pages->ids, pages->id_capacity * sizeof *pages->ids);
        if (!pages->ids)
            out_of_memory();
    }
    name_occurrence(occurrence, word, &delivery);
    pages->ids[pages->id_count++] = id_number(delivery.id);
}

struct plan_pages *plan_pages_new(struct plan_texts *texts, struct instant from,
                                  struct instant until)
{
    struct plan_pages *pages = calloc(1, sizeof *pages);

    if (!pages)
        out_of_memory();
    pages->texts = texts;
    pages->from = from;
    pages->until = until;
    begin_slices(pages);
    pages->reached = from;
    while (next_slice(pages)) {
        for (size_t i = 0; i < pages->slice.count; i++)
            add_id(pages, &pages->slice.items[i]);
    }
    if (pages->id_count)
        qsort(pages->ids, pages->id_count, sizeof *pages->ids, by_number);
    begin_slices(pages);
    forget_twins(texts);
    return pages;
}

void plan_pages_rewind(struct plan_pages *pages)
{
    arena_clear(&pages->arena);
    begin_slices(pages);
    forget_twins(pages->texts);
}

void plan_pages_free(struct plan_pages *pages)
{
    if (!pages)
        return;
    arena_clear(&pages->arena);
    free(pages->ids);
    free(pages);
}

size_t plan_pages_count(const struct plan_pages *pages)
{
    return pages->id_count;
}

bool plan_pages_have(const struct plan_pages *pages, const char *id)
{
    uint64_t number = id_number(id);

    return pages->id_count &&
           bsearch(&number, pages->ids, pages->id_count, sizeof number, by_number);
}

/* Each account sends what it has for one moment in the order of ids, one after another. So the
 * first of all accounts come first, then the second ones: rows that are stored side by side are
 * then also written side by side. */
struct named {
    struct occurrence occurrence;
    uint64_t id;
    size_t turn; /* of its account */
};

static int by_account(const void *a, const void *b)
{
    const struct named *left = a, *right = b;
    const struct account *x = left->occurrence.account, *y = right->occurrence.account;

    return x != y ? (x > y) - (x < y) : by_number(&left->id, &right->id);
}

static int by_turn(const void *a, const void *b)
{
    const struct named *left = a, *right = b;

    return left->turn != right->turn ? (left->turn > right->turn) - (left->turn < right->turn)
                                     : by_number(&left->id, &right->id);
}

static void name_moment(struct named *named, const struct occurrence *items, size_t count)
{
    char word[WHEN_GUESS];

    for (size_t i = 0; i < count; i++) {
        struct delivery delivery = {0};

        name_occurrence(&items[i], word, &delivery);
        named[i] = (struct named){items[i], id_number(delivery.id), 0};
    }
    qsort(named, count, sizeof *named, by_account);
    for (size_t i = 1; i < count; i++)
        if (named[i].occurrence.account == named[i - 1].occurrence.account)
            named[i].turn = named[i - 1].turn + 1;
    qsort(named, count, sizeof *named, by_turn);
}

static void sort_moment(struct occurrence *items, size_t count)
{
    struct named *named;

    if (count < MOMENT_MANY)
        return;
    named = calloc(count, sizeof *named);
    if (!named)
        out_of_memory();
    name_moment(named, items, count);
    for (size_t i = 0; i < count; i++)
        items[i] = named[i].occurrence;
    free(named);
}

static void sort_moments(struct occurrences *slice)
{
    for (size_t i = 0, end; i < slice->count; i = end) {
        for (end = i + 1; end < slice->count; end++)
            if (slice->items[end].at.ms != slice->items[i].at.ms)
                break;
        sort_moment(&slice->items[i], end - i);
    }
}

static bool fill_slice(struct plan_pages *pages)
{
    const struct workspace *workspace = &pages->texts->set->workspace;

    while (pages->next == pages->slice.count) {
        if (!next_slice(pages))
            return false;
        sort_occurrences(&pages->slice);
        hold_by_windows(workspace, &pages->slice);
        hold_twins(&pages->slice, pages->from, &pages->arena, NULL);
        drop_before(&pages->slice, pages->from);
        sort_moments(&pages->slice);
    }
    return true;
}

bool plan_pages_next(struct plan_pages *pages, size_t limit, struct arena *arena, struct plan *page)
{
    *page = (struct plan){.capacity = limit};
    page->items = arena_array(arena, limit, sizeof *page->items);
    while (page->count < limit && fill_slice(pages)) {
        struct planned *planned = &page->items[page->count++];
        plan_fill(&pages->slice.items[pages->next++], &pages->texts->media, arena, planned);
        planned->held_name = arena_text(arena, planned->held_name);
    }
    return page->count > 0;
}

/* What is not made yet. */

bool unmade_is_video(const struct unmade *unmade)
{
    return strstr(unmade->recipe, " video/") != NULL;
}

struct wanted {
    struct unmade *items;
    size_t count, capacity;
};

static int by_patience(const void *a, const void *b)
{
    const struct unmade *left = a, *right = b;
    const int64_t lasts = left->facts->duration_ms, longer = right->facts->duration_ms;
    int order = unmade_is_video(left) - unmade_is_video(right);

    if (!order && unmade_is_video(left))
        order = (lasts > longer) - (lasts < longer);
    if (!order)
        order = strcmp(left->facts->file, right->facts->file);
    return order ? order : strcmp(left->recipe, right->recipe);
}

static void add_unmade(const struct plan_texts *texts, const struct rendered *rendered,
                       struct arena *arena, struct wanted *wanted)
{
    for (size_t i = 0; i < rendered->file_count; i++) {
        const struct medium *medium = &rendered->files[i];
        const struct media_facts *facts = media_index_find(&texts->media, medium->file);
        struct recipe recipe;

        if (medium_is_made(medium) || !facts || !recipe_read(medium->recipe, &recipe))
            continue;
        *(struct unmade *)arena_push(arena, &wanted->items, &wanted->count, &wanted->capacity,
                                     sizeof *wanted->items) =
            (struct unmade){facts, medium->recipe};
    }
}

static void add_voices(const struct plan_texts *texts, size_t c, size_t p, struct arena *arena,
                       struct wanted *wanted)
{
    const struct post *post = &texts->set->campaigns[c].posts[p];

    for (size_t a = 0; a < post->account_count; a++) {
        const struct voice *voice = &texts->voices[c][p][a];

        for (size_t i = 0; i < voice->turns * voice->parts; i++)
            if (voice->texts[i])
                add_unmade(texts, &voice->texts[i]->rendered, arena, wanted);
    }
}

void plan_unmade(const struct plan_texts *texts, struct arena *arena, const struct unmade **unmade,
                 size_t *count)
{
    struct wanted wanted = {0};
    size_t kept = 0;

    for (size_t c = 0; c < texts->set->count; c++)
        for (size_t p = 0; p < texts->set->campaigns[c].post_count; p++)
            add_voices(texts, c, p, arena, &wanted);
    if (wanted.count)
        qsort(wanted.items, wanted.count, sizeof *wanted.items, by_patience);
    for (size_t i = 0; i < wanted.count; i++)
        if (!kept || by_patience(&wanted.items[kept - 1], &wanted.items[i]) != 0)
            wanted.items[kept++] = wanted.items[i];
    *unmade = wanted.items;
    *count = kept;
}

/* Media. */

static int by_text(const void *a, const void *b)
{
    const char *const *left = a, *const *right = b;

    return strcmp(*left, *right);
}

struct names {
    const char **items;
    size_t count, capacity;
};

static void add_name(const char *file, struct arena *arena, struct names *names)
{
    if (file)
        *(const char **)arena_push(arena, &names->items, &names->count, &names->capacity,
                                   sizeof *names->items) = file;
}

static void add_media(const struct media_item *media, size_t count, struct arena *arena,
                      struct names *names)
{
    for (size_t i = 0; i < count; i++) {
        add_name(media[i].file, arena, names);
        add_name(media[i].thumbnail, arena, names);
        add_name(media[i].captions, arena, names);
    }
}

static void add_names(const struct wording *wording, struct arena *arena, struct names *names)
{
    add_media(wording->media, wording->media_count, arena, names);
    for (size_t i = 0; i < wording->thread_count; i++)
        add_media(wording->thread[i].media, wording->thread[i].media_count, arena, names);
}

void plan_media(const struct campaign_set *set, struct arena *arena, const char *const **files,
                size_t *count)
{
    struct names names = {0};
    size_t kept = 0;

    for (size_t c = 0; c < set->count; c++)
        for (size_t p = 0; p < set->campaigns[c].post_count; p++) {
            const struct post *post = &set->campaigns[c].posts[p];

            add_names(&post->wording, arena, &names);
            for (size_t i = 0; i < post->override_count; i++)
                add_names(&post->overrides[i].wording, arena, &names);
        }
    if (names.count)
        qsort(names.items, names.count, sizeof *names.items, by_text);
    for (size_t i = 0; i < names.count; i++)
        if (!kept || strcmp(names.items[kept - 1], names.items[i]) != 0)
            names.items[kept++] = names.items[i];
    *files = names.items;
    *count = kept;
}
