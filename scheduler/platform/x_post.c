/* What X shows of a post against what we sent; the machines `find` and `retract`.
 *
 *   searching --200--> searching (next page) | done      any failure is a retry: not being able to
 *                                                        look proves nothing
 *
 * A text comes back with its addresses replaced by t.co ones, those of its media added at the end,
 * and & < > as entities. `entities.urls` says what each stood for.
 */
#include <string.h>

#include "base/i18n.h"
#include "platform/form.h"
#include "platform/x.h"
#include "text/unicode.h"
#include "text/x_links.h"

enum { PAGES = 3, PAGE_POSTS = 20 };

/* ---- names in two spellings ---- */

static const json_t *either(const json_t *object, const char *name, const char *other)
{
    const json_t *value = json_object_get(object, name);

    return value ? value : json_object_get(object, other);
}

const char *x_fields_path(const struct job *job, const char *path, const char *more,
                          struct arena *arena)
{
    const char *name = account_option(job->account, "fields");
    const bool newer = name && strcmp(name, "post.fields") == 0;

    return arena_printf(arena, "%s?%s=created_at,entities,attachments,conversation_id,%s%s", path,
                        newer ? "post.fields" : "tweet.fields",
                        newer ? "note_post" : "note_tweet,referenced_tweets", more);
}

const char *x_page(const struct job *job, const char *id, struct arena *arena)
{
    const char *handle = job->identity.handle ? job->identity.handle : "i";

    return receipt_url(arena_printf(arena, "%s/%s/status/%s",
                                    job->account->live || !job->account->base_url
                                        ? "https://x.com"
                                        : job->account->base_url,
                                    handle, id),
                       arena);
}

/* ---- texts ---- */

/* Every `from` becomes `to`. */
static const char *replace(const char *text, const char *from, const char *to, struct arena *arena)
{
    const size_t length = strlen(from);
    const char *found = length ? strstr(text, from) : NULL;
    const char *done = "";

    for (; found; found = strstr(text, from)) {
        done = arena_printf(arena, "%s%.*s%s", done, (int)(found - text), text, to);
        text = found + length;
    }
    return arena_printf(arena, "%s%s", done, text);
}

/* The address of the post's own picture or video: nobody typed it. */
static bool is_of_media(const json_t *url, const char *own)
{
    const char *shown = json_text(url, "display_url"), *whole = json_text(url, "expanded_url");

    return json_text(url, "media_key") ||
           (shown && (strncmp(shown, "pic.twitter.com/", 16) == 0 ||
                      strncmp(shown, "pic.x.com/", 10) == 0)) ||
           (whole && strstr(whole, own));
}

static const char *with_addresses(const char *text, const json_t *post, const json_t *entities,
                                  struct arena *arena)
{
    const char *id = json_text(post, "id");
    const char *own = arena_printf(arena, "/status/%s/", id ? id : "");
    const json_t *url;
    size_t i;

    json_array_foreach(json_object_get(entities, "urls"), i, url)
    {
        const char *brief = json_text(url, "url"), *whole = json_text(url, "expanded_url");

        if (brief && whole)
            text = replace(text, brief, is_of_media(url, own) ? "" : whole, arena);
    }
    return text;
}

/* & last: "&amp;lt;" stands for "&lt;". */
static const char *without_entities(const char *text, struct arena *arena)
{
    text = replace(text, "&lt;", "<", arena);
    text = replace(text, "&gt;", ">", arena);
    return replace(text, "&amp;", "&", arena);
}

static size_t scheme_length(const char *text)
{
    size_t length = strncmp(text, "https://", 8) == 0 ? 8 : 0;

    return length ? length : strncmp(text, "http://", 7) == 0 ? 7 : 0;
}

/* Of an address what X leaves as it was typed: it adds a scheme, perhaps a slash, and writes the
 * host in small letters. */
static char *plain_address(const char *text, size_t length, struct arena *arena)
{
    const size_t scheme = scheme_length(text);
    char *plain = arena_text_n(arena, text + scheme, length - scheme);
    const size_t host = strcspn(plain, "/?#");

    for (size_t i = 0; i < host; i++) {
        if (plain[i] >= 'A' && plain[i] <= 'Z')
            plain[i] = (char)(plain[i] + ('a' - 'A'));
    }
    if (plain[host] == '/' && !plain[host + 1])
        plain[host] = '\0';
    return plain;
}

/* The text as it can be compared. */
static const char *comparable(const char *text, struct arena *arena)
{
    const char *nfc = unicode_trim(unicode_nfc(text, arena), arena);
    const struct mark_list marks = x_links_find(nfc, arena);
    const char *made = "";
    size_t done = 0;

    for (size_t i = 0; i < marks.count; i++) {
        const struct mark *mark = &marks.items[i];

        made = arena_printf(arena, "%s%.*s%s", made, (int)(mark->start - done), nfc + done,
                            plain_address(nfc + mark->start, mark->length, arena));
        done = mark->start + mark->length;
    }
    return arena_printf(arena, "%s%s", made, nfc + done);
}

/* The whole text, also of one so long that only its beginning stands in `text`. */
static const char *shown_text(const json_t *post, struct arena *arena)
{
    const json_t *note = either(post, "note_tweet", "note_post");
    const json_t *from = json_text(note, "text") ? note : post;
    const char *text = json_text(from, "text");

    if (!text)
        return NULL;
    text = with_addresses(text, post, json_object_get(from, "entities"), arena);
    if (from != post)
        text = with_addresses(text, post, json_object_get(post, "entities"), arena);
    return without_entities(text, arena);
}

/* "@police " before an answer to @police is the platform's. */
static const char *without_mention(const struct job *job, const char *text)
{
    const char *handle = job->identity.handle;
    const size_t length = handle ? strlen(handle) : 0;

    return job->content->parent && length && text[0] == '@' &&
                   strncmp(text + 1, handle, length) == 0 && text[length + 1] == ' '
               ? text + length + 2
               : text;
}

static bool same_text(const struct job *job, const json_t *post, struct arena *arena)
{
    const char *theirs = shown_text(post, arena);
    const char *ours = comparable(job->content->text ? job->content->text : "", arena);

    return theirs && (strcmp(comparable(theirs, arena), ours) == 0 ||
                      strcmp(comparable(without_mention(job, theirs), arena), ours) == 0);
}

/* ---- posts ---- */

/* The id that it refers to in this way, or NULL. */
static const char *referred(const json_t *post, const char *way)
{
    const json_t *list = either(post, "referenced_tweets", "referenced_posts"), *one;
    size_t i;

    json_array_foreach(list, i, one)
    {
        const char *type = json_text(one, "type");

        if (type && strcmp(type, way) == 0)
            return json_text(one, "id");
    }
    return NULL;
}

/* A server that does not tell what a post answers tells at least in which conversation it stands;
 * the first of a conversation, whose own id that is, answers nobody. */
static bool same_parent(const struct job *job, const json_t *post)
{
    const char *id = json_text(post, "id"), *conversation = json_text(post, "conversation_id");
    const char *parent = referred(post, "replied_to");
    const char *wanted = job->content->parent ? job->parent_id : NULL;

    if (parent)
        return wanted && strcmp(parent, wanted) == 0;
    if (!wanted)
        return !conversation || !id || strcmp(conversation, id) == 0;
    return conversation && id && job->root_id && strcmp(conversation, job->root_id) == 0 &&
           strcmp(conversation, id) != 0;
}

static bool same_media(const struct job *job, const json_t *post)
{
    const json_t *keys = json_object_get(json_object_get(post, "attachments"), "media_keys");

    return json_array_size(keys) == job->content->media_count;
}

bool x_shows(const struct job *job, const json_t *post, struct arena *arena)
{
    return !referred(post, "retweeted") && !referred(post, "quoted") && same_parent(job, post) &&
           same_media(job, post) && same_text(job, post, arena);
}

/* ---- find ---- */

struct search {
    const struct job *job;
    const struct http_reply *reply;
    struct arena *arena;
    json_t *kept; /* {"found","id","page","token"} */
};

static struct step send_page(const struct search *search)
{
    const char *id = search->job->identity.remote_id, *token = json_text(search->kept, "token");
    const char *path, *more;
    char since[INSTANT_TEXT];
    struct http_request request;

    if (!x_id_usable(id))
        return step_retry(_("The platform's id of the account is not known yet."), INSTANT_NONE);
    more = arena_printf(search->arena, "&max_results=%d&start_time=%.19sZ", PAGE_POSTS,
                        instant_utc(search->job->since, since));
    if (token)
        more = arena_printf(search->arena, "%s&pagination_token=%s", more,
                            form_escape(token, search->arena));
    path = x_fields_path(search->job, arena_printf(search->arena, "/2/users/%s/tweets", id), more,
                         search->arena);
    request = x_request(search->job, "GET", path, REQUEST_READ);
    return step_send(&request, progress_write("searching", search->kept, search->arena));
}

static void look_at(const struct search *search, const json_t *post)
{
    const char *id = json_text(post, "id");
    const int64_t found = json_integer_or(search->kept, "found", 0);

    if (!x_id_usable(id) || job_is_older(search->job, json_text(post, "created_at")) ||
        !x_shows(search->job, post, search->arena))
        return;
    json_put_integer(search->kept, "found", found + 1);
    if (found == 0)
        json_put(search->kept, "id", id);
}

static struct step finish(const struct search *search)
{
    const char *id = json_text(search->kept, "id");
    const int64_t found = json_integer_or(search->kept, "found", 0);

    return step_done((struct receipt){.remote_id = arena_text(search->arena, id),
                                      .url = id ? x_page(search->job, id, search->arena) : "",
                                      .found = found > 0 ? (size_t)found : 0});
}

static struct step after_page(const struct search *search)
{
    const json_t *body = json_in_arena(reply_json(search->reply), search->arena);
    const json_t *meta = json_object_get(body, "meta"), *post;
    const int64_t page = json_integer_or(search->kept, "page", 0) + 1;
    const char *next = json_text(meta, "next_token");
    size_t i;

    /* Without a member `data` nothing is there; `meta` says that this is an answer at all. */
    if (!reply_is(search->reply, 200) || !json_is_object(meta))
        return x_unreadable(search->reply, search->arena);
    json_array_foreach(json_object_get(body, "data"), i, post) look_at(search, post);
    json_put_integer(search->kept, "page", page);
    json_put(search->kept, "token", next);
    return next && page < PAGES ? send_page(search) : finish(search);
}

struct step x_find(const struct job *job, const struct progress *at, const struct http_reply *reply,
                   struct arena *arena)
{
    const bool ours = at->state && strcmp(at->state, "searching") == 0;
    json_t *kept = ours && at->kept ? json_deep_copy(at->kept) : json_object();
    struct search search = {job, reply, arena, json_in_arena(kept, arena)};

    return ours && reply ? after_page(&search) : send_page(&search);
}

/* ---- retract ---- */

struct step x_retract(const struct job *job, const struct progress *at,
                      const struct http_reply *reply, struct arena *arena)
{
    const char *id = job->delivery->remote_id;
    struct http_request request;
    const json_t *data;

    (void)at;
    if (!x_id_usable(id))
        return step_refused(_("The id of this post is not known, so it cannot be removed."));
    request = x_request(job, "DELETE", arena_printf(arena, "/2/tweets/%s", id), REQUEST_PUBLISH);
    if (!reply)
        return step_send(&request, NULL);
    data = json_object_get(json_in_arena(reply_json(reply), arena), "data");
    if ((reply_is(reply, 200) && json_flag(data, "deleted")) || reply_says(reply, 404))
        return step_done((struct receipt){.remote_id = id, .url = job->delivery->url});
    return x_unreadable(reply, arena);
}
