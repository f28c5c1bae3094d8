/* Which deliveries are shown, and when they are looked for. */
#include <string.h>

#include "base/i18n.h"
#include "calendar/when.h"
#include "commands/preview.h"
#include "text/similar.h"

/* "once" names all parts of its thread, "once.2" one of them. */
static bool is_occurrence(const char *wanted, const struct occurrence *occurrence)
{
    char word[WHEN_GUESS];
    const size_t length = strlen(wanted);
    const char *is = occurrence_word(occurrence, word);

    return strncmp(is, wanted, length) == 0 && (is[length] == '\0' || is[length] == '.');
}

bool preview_shows(const struct preview *preview, const struct occurrence *occurrence)
{
    const struct preview_choice *choice = &preview->choice;

    return (!choice->campaign || !strcmp(choice->campaign, occurrence->campaign->name)) &&
           (!choice->post || !strcmp(choice->post, occurrence->post->id)) &&
           (!choice->account || !strcmp(choice->account, occurrence->account->name)) &&
           (!choice->occurrence || is_occurrence(choice->occurrence, occurrence));
}

/* ---- names ---- */

static const struct campaign *find_campaign(const char *name, const struct campaign_set *set,
                                            struct err *err)
{
    struct similar similar = similar_to(name);

    for (size_t i = 0; i < set->count; i++) {
        if (!strcmp(set->campaigns[i].name, name))
            return &set->campaigns[i];
        similar_offer(&similar, set->campaigns[i].name);
    }
    if (similar.best)
        (void)err_set(err, ERR_USAGE, _("there is no campaign \"%s\"; did you mean \"%s\"?"), name,
                      similar.best);
    else
        (void)err_set(err, ERR_USAGE, _("there is no campaign \"%s\""), name);
    return NULL;
}

static bool find_account(const char *name, const struct workspace *workspace, struct err *err)
{
    struct similar similar = similar_to(name);

    for (size_t i = 0; i < workspace->account_count; i++)
        similar_offer(&similar, workspace->accounts[i].name);
    if (workspace_account(workspace, name))
        return true;
    if (similar.best)
        return err_set(err, ERR_USAGE, _("there is no account \"%s\"; did you mean \"%s\"?"), name,
                       similar.best);
    return err_set(err, ERR_USAGE, _("there is no account \"%s\""), name);
}

static const struct post *find_post(const char *id, const struct campaign *campaign,
                                    struct err *err)
{
    struct similar similar = similar_to(id);

    for (size_t i = 0; i < campaign->post_count; i++) {
        if (!strcmp(campaign->posts[i].id, id))
            return &campaign->posts[i];
        similar_offer(&similar, campaign->posts[i].id);
    }
    if (similar.best)
        (void)err_set(err, ERR_USAGE,
                      _("there is no post \"%1$s/%2$s\"; did you mean \"%1$s/%3$s\"?"),
                      campaign->name, id, similar.best);
    else
        (void)err_set(err, ERR_USAGE, _("there is no post \"%s/%s\""), campaign->name, id);
    return NULL;
}

bool preview_campaign(const char *name, const struct campaign_set *set, struct preview *preview,
                      struct err *err)
{
    preview->choice.campaign = name;
    return !name || find_campaign(name, set, err);
}

bool preview_account(const char *name, const struct campaign_set *set, struct preview *preview,
                     struct err *err)
{
    preview->choice.account = name;
    return !name || find_account(name, &set->workspace, err);
}

/* A post's id without its campaign: which it could be. */
static bool refuse_bare(const char *id, const struct campaign_set *set, struct err *err)
{
    struct similar similar = similar_to(id);
    const struct campaign *nearest = NULL;

    for (size_t c = 0; c < set->count; c++) {
        for (size_t p = 0; p < set->campaigns[c].post_count; p++) {
            const char *before = similar.best;

            similar_offer(&similar, set->campaigns[c].posts[p].id);
            if (similar.best != before)
                nearest = &set->campaigns[c];
        }
    }
    if (nearest)
        return err_set(err, ERR_USAGE,
                       _("\"%s\" names no post; did you mean \"%s/%s\"? Write CAMPAIGN/POST, "
                         "CAMPAIGN/POST@OCCURRENCE or CAMPAIGN/POST@OCCURRENCE/ACCOUNT"),
                       id, nearest->name, similar.best);
    return err_set(err, ERR_USAGE,
                   _("\"%s\" names no post; write CAMPAIGN/POST, CAMPAIGN/POST@OCCURRENCE or "
                     "CAMPAIGN/POST@OCCURRENCE/ACCOUNT"),
                   id);
}

/* ---- when it goes out ---- */

/* The day of a slot, "2026-12-04T19:00"; of "once" and its parts the post's own. */
static bool slot_of(const struct post *post, const char *occurrence, const struct zone *zone,
                    struct instant *at)
{
    struct instant later;
    struct civil civil;
    int64_t number;

    if (!post->repeats) {
        *at = post->at_instant;
        return !strncmp(occurrence, "once", 4) && (!occurrence[4] || occurrence[4] == '.');
    }
    return when_slot_parse(occurrence, &civil) && repeat_number(&post->repeat, &civil, &number) &&
           zone_resolve(zone, &civil, at, &later) == ZONE_ONCE;
}

/* "2026-12-04T19:00", or NULL when there is none any more. */
static const char *next_word(const struct preview *preview, const struct post *post)
{
    const struct civil from = zone_civil(preview->workspace->zone, preview->from);
    char text[WHEN_GUESS];
    struct civil next;
    int64_t number;

    return repeat_next(&post->repeat, &from, &next, &number)
               ? arena_text(preview->arena, when_slot_text(&next, text))
               : NULL;
}

static bool refuse_occurrence(const struct preview *preview, const struct post *post,
                              struct err *err)
{
    const char *wanted = preview->choice.occurrence;
    const char *next = post->repeats ? next_word(preview, post) : NULL;

    if (!post->repeats)
        return err_set(err, ERR_USAGE, _("this post goes out once: its only occurrence is \"%s\""),
                       "once");
    if (next)
        return err_set(err, ERR_USAGE,
                       _("this post has no occurrence \"%s\"; its next one is \"%s\""), wanted,
                       next);
    return err_set(err, ERR_USAGE, _("this post has no occurrence \"%s\""), wanted);
}

/* The next of a post that repeats, the only one of another. */
static bool next_of(const struct preview *preview, const struct post *post, struct instant *at,
                    struct err *err)
{
    const struct zone *zone = preview->workspace->zone;
    const struct civil from = zone_civil(zone, preview->from);
    struct civil next;
    struct instant later;
    int64_t number;

    *at = post->at_instant;
    if (!post->repeats)
        return true;
    if (!repeat_next(&post->repeat, &from, &next, &number))
        return err_set(err, ERR_USAGE,
                       _("this post does not go out any more; --from TIME shows earlier ones"));
    (void)zone_resolve(zone, &next, at, &later);
    return true;
}

static bool look_when(struct preview *preview, const struct post *post, struct err *err)
{
    const char *occurrence = preview->choice.occurrence;
    struct instant at = INSTANT_NONE;

    if (!preview->workspace->zone)
        return err_set(err, ERR_FOUND, _("crier.cfg names no time zone that can be used"));
    if (occurrence && !slot_of(post, occurrence, preview->workspace->zone, &at))
        return refuse_occurrence(preview, post, err);
    if (!occurrence && !next_of(preview, post, &at, err))
        return false;
    if (instant_is_none(at))
        return err_set(err, ERR_FOUND,
                       _("when this post goes out cannot be read; crier check says why"));
    preview->from = at;
    preview->until = instant_plus(at, span_seconds(1));
    preview->one_time = true;
    return true;
}

/* ---- the word ---- */

/* "traffic/helmet@once/x-main" in its parts; what is not named is left as it is. */
static bool split(const char *word, struct preview_choice *choice, struct arena *arena)
{
    char *rest = arena_text(arena, word);
    const char *campaign = strsep(&rest, "/"), *post = strsep(&rest, "@");

    if (!post || !*post)
        return false;
    choice->campaign = campaign;
    choice->post = post;
    if (rest)
        choice->occurrence = strsep(&rest, "/");
    if (rest)
        choice->account = rest;
    return true;
}

bool preview_choose(const char *word, const struct survey *survey, bool whole_window,
                    struct preview *preview, struct err *err)
{
    struct preview_choice *choice = &preview->choice;
    const struct campaign_set *set = &survey->set;
    const struct campaign *campaign;
    const struct post *post;

    if (!split(word, choice, preview->arena))
        return refuse_bare(word, set, err);
    campaign = find_campaign(choice->campaign, set, err);
    post = campaign ? find_post(choice->post, campaign, err) : NULL;
    return post && (!choice->account || find_account(choice->account, &set->workspace, err)) &&
           ((whole_window && !choice->occurrence) || look_when(preview, post, err));
}
