/* The machine `find`: which of the account's own posts since `job->since` says what we would say?
 *
 *   searching --200--> searching (next page) | matching | done
 *   matching  --200, 404--> matching (next candidate) | done
 *   any failure is a retry: not being able to look proves nothing.
 *
 * A candidate is young enough, answers the same post (or none) and has as many media; its text as
 * sent decides. The list's `content` is HTML and is not compared. A progress that is not ours (the
 * publish machine's) is the beginning.
 */
#include "platform/mastodon.h"

#include <string.h>

#include "base/i18n.h"

enum { PAGES = 3 };

struct search {
    const struct job *job;
    const struct http_reply *reply;
    struct arena *arena;
    json_t *kept; /* {"candidates":[{"id","url"}],"checked","found","id","max_id","page","url"} */
};

static const char *write_progress(const struct search *search, const char *state)
{
    return progress_write(state, search->kept, search->arena);
}

static size_t candidates(const struct search *search)
{
    return json_array_size(json_object_get(search->kept, "candidates"));
}

static struct step send_list(const struct search *search)
{
    const char *account = search->job->identity.remote_id;
    const char *max_id = json_text(search->kept, "max_id");
    struct http_request request;

    if (!mastodon_id_usable(account))
        return step_retry(_("The platform's id of the account is not known yet."), INSTANT_NONE);
    request =
        mastodon_get(arena_printf(search->arena,
                                  "/api/v1/accounts/%s/statuses?limit=40&exclude_reblogs=true%s%s",
                                  account, max_id ? "&max_id=" : "", max_id ? max_id : ""));
    return step_send(&request, write_progress(search, "searching"));
}

static struct step send_source(const struct search *search, size_t number)
{
    const json_t *candidate = json_array_get(json_object_get(search->kept, "candidates"), number);
    const char *id = json_text(candidate, "id");
    struct http_request request;

    if (!mastodon_id_usable(id))
        return step_retry(_("The stored search cannot be read; it begins again."), INSTANT_NONE);
    request = mastodon_get(arena_printf(search->arena, "/api/v1/statuses/%s/source", id));
    return step_send(&request, write_progress(search, "matching"));
}

static struct step finish(const struct search *search)
{
    const char *id = json_text(search->kept, "id"), *url = json_text(search->kept, "url");

    return step_done((struct receipt){.remote_id = arena_text(search->arena, id),
                                      .url = arena_text(search->arena, url ? url : ""),
                                      .found = (size_t)json_integer_or(search->kept, "found", 0)});
}

static struct step compare_next(const struct search *search)
{
    int64_t checked = json_integer_or(search->kept, "checked", 0);

    return checked >= 0 && (size_t)checked < candidates(search)
               ? send_source(search, (size_t)checked)
               : finish(search);
}

static bool is_candidate(const struct search *search, const json_t *status)
{
    const size_t media = json_array_size(json_object_get(status, "media_attachments"));
    const json_t *reblog = json_object_get(status, "reblog");

    return (!reblog || json_is_null(reblog)) && media == search->job->content->media_count &&
           mastodon_same_parent(search->job, status);
}

static void add_candidate(const struct search *search, const json_t *status, const char *id)
{
    json_t *candidate = json_object();

    json_put(candidate, "id", id);
    json_put(candidate, "url", mastodon_url(status, search->arena));
    json_array_append_new(json_object_get(search->kept, "candidates"), candidate);
}

/* Collects the page's candidates; true when the next page may hold more. */
static bool read_page(const struct search *search, const json_t *page)
{
    int64_t number = json_integer_or(search->kept, "page", 0) + 1;
    bool reached = false, usable = false;

    for (size_t i = 0; i < json_array_size(page); i++) {
        const json_t *status = json_array_get(page, i);
        const char *id = json_text(status, "id");

        if (!mastodon_id_usable(id))
            continue;
        json_put(search->kept, "max_id", id);
        usable = true;
        if (job_is_older(search->job, json_text(status, "created_at")))
            reached = true;
        else if (is_candidate(search, status))
            add_candidate(search, status, id);
    }
    json_put_integer(search->kept, "page", number);
    return usable && !reached && number < PAGES;
}

static struct step after_list(const struct search *search)
{
    json_t *page = search->reply->status == 200 ? reply_json(search->reply) : NULL;
    bool more;

    if (!json_is_array(page)) {
        json_decref(page);
        return mastodon_unreadable(search->reply, search->arena);
    }
    more = read_page(search, page);
    json_decref(page);
    return more ? send_list(search) : compare_next(search);
}

static void count_match(const struct search *search, int64_t checked)
{
    const json_t *match =
        json_array_get(json_object_get(search->kept, "candidates"), (size_t)checked);
    int64_t found = json_integer_or(search->kept, "found", 0);

    json_put_integer(search->kept, "found", found + 1);
    if (found == 0) {
        json_put(search->kept, "id", json_text(match, "id"));
        json_put(search->kept, "url", json_text(match, "url"));
    }
}

static struct step after_source(const struct search *search)
{
    const struct http_reply *reply = search->reply;
    json_t *body = reply->status == 200 ? reply_json(reply) : NULL;
    const char *text = json_text(body, "text");
    const bool gone = reply->fate == FATE_ANSWERED && reply->status == 404;
    const bool same = text && mastodon_same_text(search->job->content->text, text, search->arena);
    int64_t checked = json_integer_or(search->kept, "checked", 0);

    json_decref(body);
    if (!same && !gone && !text)
        return mastodon_unreadable(reply, search->arena);
    if (same)
        count_match(search, checked);
    json_put_integer(search->kept, "checked", checked + 1);
    return compare_next(search);
}

/* A copy of our own that may be changed; empty for a progress that is not a search. */
static json_t *keep(const struct progress *at, bool ours, struct arena *arena)
{
    json_t *kept = json_in_arena(ours ? json_deep_copy(at->kept) : json_object(), arena);

    if (!json_is_array(json_object_get(kept, "candidates")))
        json_put_new(kept, "candidates", json_array());
    return kept;
}

struct step mastodon_find(const struct job *job, const struct progress *at,
                          const struct http_reply *reply, struct arena *arena)
{
    const bool searching = at->state && strcmp(at->state, "searching") == 0;
    const bool matching = at->state && strcmp(at->state, "matching") == 0;
    struct search search = {job, reply, arena, keep(at, searching || matching, arena)};

    if (matching)
        return reply ? after_source(&search) : compare_next(&search);
    return searching && reply ? after_list(&search) : send_list(&search);
}
