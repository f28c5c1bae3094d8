#include "campaign/checker.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/i18n.h"
#include "campaign/fit_how.h"
#include "text/similar.h"
#include "text/unicode.h"

enum { WINDOW_DAYS = 366, TEN_YEARS_DAYS = 3653, SLOTS_LOOKED_AT = 800 };

/* Media. */

struct medium_case {
    const struct campaign *campaign;
    const struct account *account;
    const struct media_item *item;
    const struct medium *medium;
    const struct media_facts *facts;
    struct findings *findings;
};

static void remark(const struct medium_case *at, const char *code, const char *a, const char *b,
                   const char *c)
{
    finding_add(at->findings, code, at->item->place, at->campaign->source, a, b, c);
}

static bool same_but_for_form(const char *a, const char *b, struct arena *arena)
{
    return strcmp(unicode_nfc(a, arena), unicode_nfc(b, arena)) == 0;
}

static const char *base_name(const char *file)
{
    const char *slash = strrchr(file, '/');

    return slash ? slash + 1 : file;
}

/* The file that was probably meant: misspelt, or of the same name in another folder. */
static const char *nearest(const char *file, const char *const *others)
{
    struct similar similar = similar_to(file);

    for (size_t i = 0; others[i]; i++)
        similar_offer(&similar, others[i]);
    for (size_t i = 0; !similar.best && others[i]; i++)
        if (!strcmp(base_name(others[i]), base_name(file)))
            return others[i];
    return similar.best;
}

/* Two names that look alike: the one that a keyboard can type is better than either. */
static const char *other_form_advice(const char *other, struct arena *arena)
{
    const char *plain = unicode_plain(other, arena);

    if (plain)
        return arena_printf(
            arena,
            _("Rename the file to \"%s\", in the folder where it is, and write \"%s\". Or "
              "leave its name, copy it from here and paste it: \"%s\"."),
            base_name(plain), plain, other);
    return arena_printf(arena,
                        _("Do not type the name: copy it from here and paste it: \"%s\". Or give "
                          "the file a name of plain letters (a-z), and write that."),
                        other);
}

static void remark_other_name(const struct medium_case *at, const char *other)
{
    struct arena *arena = at->findings->arena;

    if (same_but_for_form(at->item->file, other, arena))
        remark(at, "E502", at->item->file,
               _("The two look alike, but some letters, such as é, can be stored in two ways, and "
                 "a computer takes them for two names."),
               other_form_advice(other, arena));
    else
        remark(at, "E502", at->item->file,
               _("Capital and small letters are different letters in file names."),
               arena_printf(arena, _("Write \"%s\"."), other));
}

static void check_missing(const struct medium_case *at)
{
    static const char *const none[] = {NULL};
    const char *const *others = at->facts->others ? at->facts->others : none;
    struct arena *arena = at->findings->arena;
    const char *near;

    for (size_t i = 0; others[i]; i++) {
        if (same_but_for_form(at->item->file, others[i], arena) ||
            unicode_equal_caseless(at->item->file, others[i])) {
            remark_other_name(at, others[i]);
            return;
        }
    }
    near = nearest(at->item->file, others);
    remark(at, "E501", at->item->file,
           near ? arena_printf(arena, _("Did you mean \"%s\"?"), near)
                : _("Copy the file into media/, or correct the name."),
           NULL);
}

/* What names promise, so that a clerk who renames a file instead of saving it anew is told. */
static const struct {
    const char *ending, *mime;
} endings[] = {
    {"jpg", "image/jpeg"},      {"jpeg", "image/jpeg"},     {"jpe", "image/jpeg"},
    {"png", "image/png"},       {"gif", "image/gif"},       {"webp", "image/webp"},
    {"mp4", "video/mp4"},       {"mov", "video/quicktime"}, {"webm", "video/webm"},
    {"mp3", "audio/mpeg"},      {"svg", "image/svg+xml"},   {"bmp", "image/bmp"},
    {"bmp", "image/x-ms-bmp"},  {"heic", "image/heic"},     {"heic", "image/heif"},
    {"heif", "image/heif"},     {"avif", "image/avif"},     {"avif", "image/heif"},
    {"pdf", "application/pdf"}, {"tiff", "image/tiff"},     {"tif", "image/tiff"},
};

/* A name can promise the same in several words. */
static bool ending_lies(const char *file, const char *mime)
{
    const char *dot = strrchr(base_name(file), '.');
    bool lies = false;

    for (size_t i = 0; dot && i < COUNT_OF(endings); i++) {
        if (!unicode_equal_caseless(dot + 1, endings[i].ending))
            continue;
        if (!strcmp(endings[i].mime, mime))
            return false;
        lies = true;
    }
    return lies;
}

/* The name with the ending of what the file holds. */
static const char *right_name_advice(const struct media_facts *facts, struct arena *arena)
{
    const int stem = (int)(strrchr(facts->file, '.') - facts->file);

    for (size_t i = 0; i < COUNT_OF(endings); i++)
        if (!strcmp(endings[i].mime, facts->mime))
            return arena_printf(arena,
                                _("Rename the file in media/ to \"%.*s.%s\" and write that name "
                                  "here. Or save the picture in the format of its name."),
                                stem, facts->file, endings[i].ending);
    return _("Save the picture in the format of its name, or give the file and this line the right "
             "ending.");
}

static bool takes_kind(const struct post_kind *kind, const char *mime)
{
    return !kind || (mime_is_video(mime) ? kind->takes_videos : kind->takes_pictures);
}

static void check_sure(const struct medium_case *at)
{
    const struct media_limit *limit = limits_media(&at->account->limits, at->facts->mime);
    struct arena *arena = at->findings->arena;

    if (limit && limit->sure_bytes && at->facts->bytes > limit->sure_bytes)
        remark(at, "W514", at->facts->file, at->account->platform,
               arena_printf(arena, _("%s; every server takes up to %s"),
                            size_text(at->facts->bytes, arena),
                            size_limit_text(limit->sure_bytes, arena)));
}

/* What its name promises, and what it tells. */
static void check_itself(const struct medium_case *at)
{
    const struct media_facts *facts = at->facts;

    if (ending_lies(facts->file, facts->mime))
        remark(at, "E513", facts->file, facts->mime, right_name_advice(facts, at->findings->arena));
    if (facts_have(facts, "gps"))
        remark(at, "W503", facts->file, NULL, NULL);
}

/* What is fitted is no finding. */
static void check_fit(const struct medium_case *at, const struct fit_question *question)
{
    const bool post = question->role == MEDIUM_OF_POST;
    struct fit_answer answer;

    fit_answer(question, at->findings->arena, &answer);
    if (answer.verdict == REFUSED)
        remark(at, answer.code, answer.words[0], answer.words[1], answer.words[2]);
    if (answer.verdict == REFUSED && (!strcmp(answer.code, "E505") || !strcmp(answer.code, "E528")))
        return;
    check_itself(at);
    if (answer.verdict == FITS && post)
        check_sure(at);
}

/* Whether it is there and can be read; a finding where not. */
static bool check_file(const struct medium_case *at)
{
    const struct media_facts *facts = at->facts;
    const char *problem;

    if (!facts)
        return false;
    problem = facts->problem ? facts->problem : "unreadable";
    if (!facts->readable && !strcmp(problem, "missing"))
        check_missing(at);
    else if (!facts->readable || facts->problem)
        remark(at, limits_captions(facts->mime) ? "E525" : "E510", facts->file, problem,
               facts->why ? facts->why : problem);
    else
        return facts->mime != NULL;
    return false;
}

void check_media_file(const struct media_facts *facts, struct findings *findings)
{
    static const struct campaign none;
    const struct media_item item = {.file = facts->file,
                                    .place = {.file = arena_printf(findings->arena, "media/%s",
                                                                   facts->file)}};
    const struct medium_case at = {
        .campaign = &none, .item = &item, .facts = facts, .findings = findings};

    if (check_file(&at))
        check_itself(&at);
}

static bool has_way(const struct account *account, const struct file_way *way)
{
    for (const char *const *key = way->keys; *key; key++) {
        if (account_option(account, *key))
            return true;
    }
    return false;
}

/* A drill's platform needs none: the sandbox fetches nothing from the web. */
static void check_way(const struct medium_case *at)
{
    const struct account *account = at->account;
    const struct file_way *way = account->live && account->facts ? account->facts->file_ways : NULL;

    for (; way && way->kind; way++) {
        if (!strncmp(way->kind, at->facts->mime, strlen(way->kind)) && !has_way(account, way))
            remark(at, "E518", account->name, at->facts->file,
                   way->keys[1] ? arena_printf(at->findings->arena, _("%s or %s"), way->keys[0],
                                               way->keys[1])
                                : way->keys[0]);
    }
}

/* A video's text is a help, a picture's a must where the workspace says so. */
static void check_alt(const struct medium_case *at)
{
    const struct limits *limits = &at->account->limits;
    const size_t letters = unicode_code_points(at->medium->alt, strlen(at->medium->alt));
    const bool video = at->facts && mime_is_video(at->facts->mime);

    if (!letters && limits->has_alt)
        remark(at, at->account->needs_alt && !video ? "E524" : "W504", at->item->file, NULL, NULL);
    if (limits->most_alt && letters > limits->most_alt)
        remark(at, "E509", at->account->platform,
               arena_printf(at->findings->arena, _("%zu of %zu characters"), letters,
                            limits->most_alt),
               NULL);
}

/* The last words may stay a moment longer than the picture: nobody misses that. */
static void check_captions_end(const struct medium_case *at, const struct media_facts *video)
{
    enum { OVER_MS = 1000 };
    const int64_t end_ms = at->facts->duration_ms;

    if (video && video->duration_ms > 0 && end_ms > video->duration_ms + OVER_MS)
        remark(at, "W527", at->item->file,
               arena_printf(at->findings->arena, _("%.1f s, the video %.1f s"),
                            (double)end_ms / 1000, (double)video->duration_ms / 1000),
               NULL);
}

/* Which medium of the post it stands beside. */
static size_t stands_beside(const struct rendered *rendered, const struct medium *medium)
{
    const struct wording *wording = &rendered->wording;

    for (size_t i = 0; i < wording->media_count; i++) {
        const struct media_item *item = &wording->media[i];
        const char *file = medium->role == MEDIUM_THUMBNAIL ? item->thumbnail : item->captions;

        if (file && !strcmp(file, medium->file))
            return i;
    }
    return 0;
}

/* What goes with a video: a picture that stands for it, the words said in it. */
static void check_beside(const struct medium_case *at, const struct rendered *rendered,
                         const struct medium *medium, const struct media_index *media)
{
    const size_t number = stands_beside(rendered, medium);
    const struct media_item *owner = &rendered->wording.media[number];
    const bool picture = medium->role == MEDIUM_THUMBNAIL;
    const struct fit_question question =
        rendered_question(at->account, &rendered->wording, number, medium->role, media);
    struct medium_case beside = *at;
    struct media_item item = {.file = medium->file,
                              .place = picture ? owner->thumbnail_place : owner->captions_place};

    beside.item = &item;
    beside.facts = question.facts;
    if (!check_file(&beside))
        return;
    check_fit(&beside, &question);
    if (!picture)
        check_captions_end(&beside, media_index_find(media, owner->file));
}

/* Files of a post together. */

static bool stands_alone(const struct limits *limits, const char *mime)
{
    for (const char *const *alone = limits->alone; alone && *alone; alone++) {
        if (!strncmp(*alone, mime, strlen(*alone)))
            return true;
    }
    return false;
}

static void check_company(const struct medium_case *at, size_t count)
{
    if (count > 1 && stands_alone(&at->account->limits, at->facts->mime))
        remark(at, "E516", at->account->platform, at->facts->file, NULL);
}

/* "one video", "2 to 10 pictures or videos", for people. */
static const char *needs_text(const struct post_kind *kind, struct arena *arena)
{
    const bool both = kind->takes_pictures && kind->takes_videos;

    if (kind->least_media == 1 && kind->most_media == 1)
        return both                 ? _("one picture or video")
               : kind->takes_videos ? _("one video")
                                    : _("one picture");
    return arena_printf(arena, _("%zu to %zu %s"), kind->least_media, kind->most_media,
                        both                 ? _("pictures or videos")
                        : kind->takes_videos ? _("videos")
                                             : _("pictures"));
}

/* The kind's own word on what it takes, before what is asked of the file. */
static void check_form(const struct medium_case *at, const struct post_kind *kind)
{
    remark(at, "E515", at->account->platform, kind->word, needs_text(kind, at->findings->arena));
}

static void check_count(const struct medium_case *at, const struct post_kind *kind, size_t count)
{
    const size_t most =
        kind && kind->most_media ? kind->most_media : at->account->limits.most_media;

    if (count > most)
        remark(at, "E508", at->account->platform,
               arena_printf(at->findings->arena, _("%zu, at most %zu"), count, most), NULL);
    else if (kind && count < kind->least_media)
        remark(at, "E515", at->account->platform, kind->word,
               needs_text(kind, at->findings->arena));
}

static void check_medium(const struct medium_case *at, const struct rendered *rendered,
                         size_t number, const struct media_index *media)
{
    const struct fit_question question =
        rendered_question(at->account, &rendered->wording, number, MEDIUM_OF_POST, media);

    if (check_file(at)) {
        const bool taken = takes_kind(question.kind, at->facts->mime);

        if (taken || !limits_media(&at->account->limits, at->facts->mime))
            check_fit(at, &question);
        check_company(at, rendered->content.media_count);
        check_way(at);
        if (!taken && limits_take_sort(&at->account->limits, at->facts->mime))
            check_form(at, question.kind);
    }
    check_alt(at);
}

void check_media(const struct campaign *campaign, const struct account *account,
                 const struct rendered *rendered, const struct media_index *media,
                 struct findings *findings)
{
    const size_t count = rendered->content.media_count;
    const struct post_kind *kind = limits_kind(&account->limits, rendered->wording.kind);
    struct medium_case at = {.campaign = campaign, .account = account, .findings = findings};

    for (size_t i = 0; i < count; i++) {
        at.item = &rendered->wording.media[i];
        at.medium = &rendered->content.media[i];
        at.facts = media_index_find(media, at.item->file);
        check_medium(&at, rendered, i, media);
    }
    if (!at.item)
        return;
    for (size_t i = count; i < rendered->file_count; i++)
        check_beside(&at, rendered, &rendered->files[i], media);
    check_count(&at, kind, count);
}

/* The whole set. */

struct check {
    const struct campaign_set *set;
    struct plan_texts *texts;
    struct instant now;
    struct arena *scratch;
    struct findings *findings;
};

static void check_texts(const struct check *check, size_t c, size_t p)
{
    const struct post *post = &check->set->campaigns[c].posts[p];
    size_t first = check->findings->count;

    for (size_t a = 0; a < post->account_count; a++)
        for (size_t i = 0; i < plan_texts_count(check->texts, c, p, a); i++)
            findings_take(check->findings, first,
                          &plan_texts_get(check->texts, c, p, a, i)->findings);
}

/* A post whose accounts are all unknown is judged as if it went to the first one there is: what
 * else is wrong with it shows now, not after the name is corrected. */
static void check_nobodys(const struct check *check, const struct campaign *campaign,
                          const struct post *post)
{
    const struct workspace *workspace = &check->set->workspace;
    struct findings said = {.arena = check->findings->arena};
    struct rendered rendered = {0};
    const struct media_index *media = plan_texts_media(check->texts);

    if (post->account_count > 0 || workspace->account_count == 0)
        return;
    render(campaign, post, &workspace->accounts[0], 0, media, check->findings->arena, &rendered,
           &said);
    check_media(campaign, &workspace->accounts[0], &rendered, media, &said);
    findings_take(check->findings, check->findings->count, &said);
}

/* As staff write it: "2026-12-01 09:30". */
static const char *written(const struct civil *civil, char text[WHEN_GUESS])
{
    (void)when_slot_text(civil, text);
    text[10] = ' ';
    return text;
}

static int64_t today(const struct check *check)
{
    struct civil civil = zone_civil(check->set->workspace.zone, check->now);

    return civil_days(civil.year, civil.month, civil.day);
}

/* A day ten years ahead in the year that was meant: the last two digits exchanged, as 2062 is 2026,
 * else the first in which it is not past. */
static const char *nearer_year(const struct check *check, const char *shown, int64_t day,
                               struct arena *arena)
{
    const int64_t now = today(check);
    struct civil civil = civil_from_seconds(day * 86400), first = civil_from_seconds(now * 86400);
    const int turned = civil.year / 100 * 100 + civil.year % 10 * 10 + civil.year / 10 % 10;
    const int64_t meant = civil_days(turned, civil.month, civil.day);
    int year = meant >= now && meant - now <= TEN_YEARS_DAYS ? turned : first.year;

    while (civil_days(year, civil.month, civil.day) < now ||
           civil.day > civil_days_in_month(year, civil.month))
        year++;
    return arena_printf(arena, _("Correct the year: did you mean \"%04d%s\"?"), year,
                        shown + strlen("YYYY"));
}

static void remark_day(const struct check *check, const struct campaign *campaign,
                       const struct post *post, const char *shown, int64_t day, bool far)
{
    finding_add(check->findings, far ? "E304" : "W320", post->time_place, campaign->source, shown,
                far ? nearer_year(check, shown, day, check->findings->arena) : NULL, NULL);
}

static void check_once(const struct check *check, const struct campaign *campaign,
                       const struct post *post)
{
    const struct civil *at = &post->at;
    bool far = instant_since(post->at_instant, check->now).ms > span_days(TEN_YEARS_DAYS).ms;
    char text[WHEN_GUESS];

    if (far || instant_before(post->at_instant, check->now))
        remark_day(check, campaign, post, written(at, text),
                   civil_days(at->year, at->month, at->day), far);
}

static void check_rule(const struct check *check, const struct campaign *campaign,
                       const struct post *post)
{
    const struct repeat *repeat = &post->repeat;
    bool far = repeat->from - today(check) > TEN_YEARS_DAYS;
    char text[WHEN_GUESS];

    if (repeat->until < today(check) || far)
        remark_day(check, campaign, post, when_day_text(far ? repeat->from : repeat->until, text),
                   repeat->from, far);
}

/* Texts that come round inside the platform's own duplicate window. */

static size_t slots_of(const struct check *check, const struct post *post, struct instant *slots)
{
    const struct zone *zone = check->set->workspace.zone;
    struct civil next = zone_civil(zone, check->now), wall;
    size_t count = 0;
    struct instant later;
    int64_t number;

    while (count < SLOTS_LOOKED_AT && repeat_next(&post->repeat, &next, &wall, &number)) {
        (void)zone_resolve(zone, &wall, &slots[count++], &later);
        next = civil_from_seconds(civil_seconds(&wall) + 1);
    }
    return count;
}

static struct span shortest_round(const struct instant *slots, size_t count, size_t turns)
{
    struct span shortest = {INT64_MAX};

    for (size_t i = turns; i < count; i++) {
        struct span round = instant_since(slots[i], slots[i - turns]);
        if (round.ms < shortest.ms)
            shortest = round;
    }
    return shortest;
}

static void check_rounds(const struct check *check, size_t c, size_t p)
{
    const struct campaign *campaign = &check->set->campaigns[c];
    const struct post *post = &campaign->posts[p];
    struct instant slots[SLOTS_LOOKED_AT];
    size_t first = check->findings->count, count = 0;

    for (size_t a = 0; a < post->account_count; a++) {
        const struct account *account = post->accounts[a];
        struct span window = account->limits.duplicate_window, round;
        size_t turns = plan_texts_turns(check->texts, c, p, a);
        char round_text[INSTANT_TEXT], window_text[INSTANT_TEXT];
        struct findings said = {.arena = check->findings->arena};

        if (!turns || !window.ms)
            continue;
        count = count ? count : slots_of(check, post, slots);
        round = shortest_round(slots, count, turns);
        if (round.ms >= window.ms)
            continue;
        finding_add(&said, "W412", post->time_place, campaign->source, account->platform,
                    span_text(round, round_text), span_text(window, window_text));
        findings_take(check->findings, first, &said);
    }
}

static void check_post(const struct check *check, size_t c, size_t p)
{
    const struct campaign *campaign = &check->set->campaigns[c];
    const struct post *post = &campaign->posts[p];

    check_texts(check, c, p);
    check_nobodys(check, campaign, post);
    if (!check->set->workspace.zone || (!post->repeats && instant_is_none(post->at_instant)))
        return;
    if (!post->repeats) {
        check_once(check, campaign, post);
        return;
    }
    check_rule(check, campaign, post);
    check_rounds(check, c, p);
}

/* Quiet hours and blackouts: of each post the first time that they stop. */

static const char *clock_text(int seconds, struct arena *arena)
{
    return arena_printf(arena, "%02d:%02d", seconds / 3600, seconds / 60 % 60);
}

static void remark_blackout(const struct check *check, const struct occurrence *occurrence)
{
    const struct workspace *workspace = &check->set->workspace;
    const struct post *post = occurrence->post;
    struct instant ignored;
    const struct blackout *blackout =
        blackout_covering(workspace->blackouts, workspace->blackout_count, workspace->zone,
                          occurrence->at, post->urgency, &ignored);
    char time[WHEN_GUESS], end[WHEN_GUESS];

    finding_add(check->findings, "W322", post->time_place, occurrence->campaign->source,
                occurrence->held_name, written(&occurrence->wall, time),
                blackout ? written(&blackout->to, end) : NULL);
}

/* How long it would have to be useful to be published when the quiet hours end. */
static int hours_until(const struct civil *wall, int end_s)
{
    enum { DAY_S = 86400, HOUR_S = 3600 };
    const int now_s = wall->hour * 3600 + wall->minute * 60 + wall->second;

    return (end_s - now_s + DAY_S) % DAY_S / HOUR_S + 1;
}

static void remark_quiet(const struct check *check, const struct occurrence *occurrence)
{
    const struct quiet *quiet = &check->set->workspace.quiet;
    struct arena *arena = check->findings->arena;
    const char *from = clock_text(quiet->from_s, arena), *to = clock_text(quiet->to_s, arena);
    char time[WHEN_GUESS];

    finding_add(check->findings, "W321", occurrence->post->time_place, occurrence->campaign->source,
                written(&occurrence->wall, time), arena_printf(arena, _("%s to %s"), from, to),
                arena_printf(arena,
                             _("Choose a time between %s and %s. Or write useful_for = \"%dh\"; "
                               "then it goes out at %s, when they end."),
                             to, from, hours_until(&occurrence->wall, quiet->to_s), to));
}

static void remark_window(const struct check *check, const struct occurrence *occurrence)
{
    if (!strcmp(occurrence->held_by, REASON_BLACKOUT))
        remark_blackout(check, occurrence);
    else
        remark_quiet(check, occurrence);
}

static bool is_stopped(const struct occurrence *occurrence)
{
    return occurrence_is_held(occurrence) && strcmp(occurrence->held_by, REASON_NEVER_TWICE) != 0;
}

/* Budgets: of each the first post that is over it. */

static bool counts(const struct budget *budget, const struct occurrence *occurrence)
{
    const struct limits *limits = &occurrence->account->limits;
    const char *kind = occurrence->text->rendered.content.more.kind;

    if (!budget->kind)
        return true;
    if (!kind)
        kind = limits->kinds ? limits->kinds->word : "post";
    return strcmp(budget->kind, kind) == 0;
}

static void remark_budget(const struct check *check, const struct budget *budget,
                          const struct occurrence *occurrence)
{
    char window[INSTANT_TEXT];

    finding_add(check->findings, "W703", occurrence->post->time_place, occurrence->campaign->source,
                occurrence->account->platform,
                arena_printf(check->findings->arena, _("%" PRId64 " %s in %s are the most"),
                             budget->most, budget->word, span_text(budget->window, window)),
                NULL);
}

/* The last `most` of an account stand in a ring: the next one comes too soon after the oldest. */
static void check_budget(const struct check *check, const struct occurrences *occurrences,
                         const struct account *account, const struct budget *budget)
{
    const size_t most = (size_t)budget->most;
    struct instant *ring = arena_array(check->scratch, most, sizeof *ring);
    size_t count = 0;

    assert(most > 0);
    for (size_t i = 0; i < occurrences->count; i++) {
        const struct occurrence *occurrence = &occurrences->items[i];

        if (occurrence->account != account || !counts(budget, occurrence) ||
            occurrence_is_held(occurrence))
            continue;
        if (count >= most &&
            instant_since(occurrence->at, ring[count % most]).ms < budget->window.ms) {
            remark_budget(check, budget, occurrence);
            return;
        }
        ring[count++ % most] = occurrence->at;
    }
}

static void check_budgets(const struct check *check, const struct occurrences *occurrences)
{
    const struct workspace *workspace = &check->set->workspace;

    for (size_t a = 0; a < workspace->account_count; a++) {
        const struct account *account = &workspace->accounts[a];

        for (const struct budget *budget = account->limits.budgets; budget && budget->word;
             budget++)
            check_budget(check, occurrences, account, budget);
    }
}

static void check_windows(const struct check *check)
{
    const struct campaign_set *set = check->set;
    bool **told = arena_array(check->scratch, set->count, sizeof *told);
    struct occurrences occurrences;

    for (size_t c = 0; c < set->count; c++)
        told[c] = arena_array(check->scratch, set->campaigns[c].post_count, sizeof **told);
    plan_occurrences(check->texts, check->now, instant_plus(check->now, span_days(WINDOW_DAYS)),
                     check->scratch, &occurrences, check->findings);
    for (size_t i = 0; i < occurrences.count; i++) {
        const struct occurrence *occurrence = &occurrences.items[i];
        size_t c = (size_t)(occurrence->campaign - set->campaigns);
        size_t p = (size_t)(occurrence->post - occurrence->campaign->posts);

        if (is_stopped(occurrence) && !told[c][p]) {
            remark_window(check, occurrence);
            told[c][p] = true;
        }
    }
    check_budgets(check, &occurrences);
}

void check_planned(struct plan_texts *texts, struct instant now, struct arena *scratch,
                   struct findings *findings)
{
    const struct campaign_set *set = plan_texts_set(texts);
    const struct check check = {set, texts, now, scratch, findings};

    for (size_t c = 0; c < set->count; c++)
        for (size_t p = 0; p < set->campaigns[c].post_count; p++)
            check_post(&check, c, p);
    check_windows(&check);
}

void check_set(const struct campaign_set *set, struct instant now, const struct media_facts *facts,
               size_t fact_count, struct arena *scratch, struct findings *findings)
{
    check_planned(plan_texts_new(set, facts, fact_count, findings->arena), now, scratch, findings);
}

bool check_is_broken(const struct campaign *campaign, const struct findings *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->items[i];

        if (finding->severity == SEVERITY_ERROR && finding->place.file &&
            !strcmp(base_name(finding->place.file), campaign->file))
            return true;
    }
    return campaign->broken;
}

void check_mark_broken(struct campaign_set *set, const struct findings *findings,
                       struct arena *arena)
{
    struct campaign *marked =
        arena_copy(arena, set->campaigns, set->count * sizeof *set->campaigns);

    for (size_t c = 0; c < set->count; c++)
        marked[c].broken = check_is_broken(&set->campaigns[c], findings);
    set->campaigns = marked;
}
