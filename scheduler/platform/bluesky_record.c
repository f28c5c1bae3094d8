/* The record that the public sees, and the machines that ask for it by its key. */
#include <string.h>

#include "base/i18n.h"
#include "platform/bluesky.h"
#include "platform/form.h"

static const char collection[] = "app.bsky.feed.post";

bool bluesky_key_usable(const char *key)
{
    static const char letters[] = "234567abcdefghijklmnopqrstuvwxyz";

    return key && strlen(key) == 13 && strspn(key, letters) == 13 &&
           strspn(key, "234567abcdefghij");
}

/* ---- what stands in it ---- */

static const char *text_of(const struct content *content)
{
    return content->text ? content->text : "";
}

/* Layouts keep the picture's place free by it. */
static json_t *aspect_of(const struct medium *medium)
{
    json_t *aspect = json_object();

    json_put_integer(aspect, "width", medium->width);
    json_put_integer(aspect, "height", medium->height);
    return aspect;
}

/* The blob stays exactly what the server answered. */
static json_t *image_of(const struct job *job, const struct medium *medium, json_t *blob)
{
    const struct medium *facts = job_medium(job, medium->sha256);
    json_t *image = json_object();

    json_put(image, "alt", medium->alt ? medium->alt : "");
    json_put_new(image, "image", json_incref(blob));
    if (facts && facts->width > 0 && facts->height > 0)
        json_put_new(image, "aspectRatio", aspect_of(facts));
    return image;
}

static json_t *images_of(const struct job *job, const json_t *blobs)
{
    json_t *embed = json_object(), *images = json_array();

    for (size_t i = 0; i < job->content->media_count && i < json_array_size(blobs); i++)
        json_array_append_new(images,
                              image_of(job, &job->content->media[i], json_array_get(blobs, i)));
    json_put(embed, "$type", "app.bsky.embed.images");
    json_put_new(embed, "images", images);
    return embed;
}

/* The page is not fetched: its owner would learn of a post that is not out yet, and could show
 * something else than what was approved. */
static const char *card_title(const struct content *content, struct arena *arena)
{
    const char *host = strstr(content->link, "://");

    if (content->title)
        return content->title;
    host = host ? host + strlen("://") : content->link;
    return arena_text_n(arena, host, strcspn(host, "/?#"));
}

static json_t *card_of(const struct content *content, struct arena *arena)
{
    json_t *embed = json_object(), *card = json_object();

    json_put(card, "uri", content->link);
    json_put(card, "title", card_title(content, arena));
    json_put(card, "description", content->description ? content->description : "");
    json_put(embed, "$type", "app.bsky.embed.external");
    json_put_new(embed, "external", card);
    return embed;
}

/* The time of the first intent, so that a repeat is the same record; before there is one, its time
 * by the plan. */
static const char *created_at(const struct delivery *delivery, struct arena *arena)
{
    char text[INSTANT_TEXT];

    return arena_text(arena,
                      instant_utc(instant_is_none(delivery->first_intent) ? delivery->at
                                                                          : delivery->first_intent,
                                  text));
}

json_t *bluesky_record(const struct job *job, const json_t *blobs, const json_t *reply,
                       struct arena *arena)
{
    const struct content *content = job->content;
    json_t *record = json_object(), *langs = json_array();
    json_t *facets = bluesky_facets(text_of(content), arena);

    json_put(record, "$type", collection);
    json_put(record, "text", text_of(content));
    json_put(record, "createdAt", created_at(job->delivery, arena));
    if (content->language)
        json_array_append_new(langs, json_string(content->language));
    if (json_array_size(langs) > 0)
        json_object_set(record, "langs", langs);
    if (json_array_size(facets) > 0)
        json_object_set(record, "facets", facets);
    if (content->media_count > 0)
        json_put_new(record, "embed", images_of(job, blobs));
    else if (content->link)
        json_put_new(record, "embed", card_of(content, arena));
    if (reply)
        json_put_new(record, "reply", json_deep_copy(reply));
    json_decref(langs);
    json_decref(facets);
    return record;
}

/* ---- whether it is there ---- */

static bool shows_facets(const json_t *record, const struct content *content, struct arena *arena)
{
    json_t *ours = bluesky_facets(text_of(content), arena);
    const json_t *theirs = json_object_get(record, "facets");
    const bool same =
        json_array_size(ours) == 0 ? json_array_size(theirs) == 0 : json_equal(ours, theirs) != 0;

    json_decref(ours);
    return same;
}

static bool shows_pictures(const json_t *embed, const struct content *content)
{
    const json_t *images = json_object_get(embed, "images");

    if (json_array_size(images) != content->media_count)
        return false;
    for (size_t i = 0; i < content->media_count; i++) {
        const char *ours = content->media[i].alt,
                   *theirs = json_text(json_array_get(images, i), "alt");

        if (!theirs || strcmp(theirs, ours ? ours : "") != 0)
            return false;
    }
    return true;
}

static bool shows_card(const json_t *embed, const struct content *content, struct arena *arena)
{
    json_t *ours = content->link && content->media_count == 0 ? card_of(content, arena) : NULL;
    const json_t *theirs = json_object_get(embed, "external");
    const bool same =
        ours ? json_equal(json_object_get(ours, "external"), theirs) != 0 : theirs == NULL;

    json_decref(ours);
    return same;
}

bool bluesky_shows(const json_t *record, const struct content *content, struct arena *arena)
{
    const char *text = json_text(record, "text");
    const json_t *embed = json_object_get(record, "embed");

    return text && strcmp(text, text_of(content)) == 0 && shows_facets(record, content, arena) &&
           shows_pictures(embed, content) && shows_card(embed, content, arena);
}

/* ---- where it is ---- */

static const char *did_of(const struct job *job)
{
    return job->identity.remote_id ? job->identity.remote_id : "";
}

json_t *bluesky_place(const struct job *job)
{
    json_t *place = json_object();

    json_put(place, "collection", collection);
    json_put(place, "repo", did_of(job));
    json_put(place, "rkey", job->delivery->record_key);
    return place;
}

const char *bluesky_uri(const struct job *job, struct arena *arena)
{
    return arena_printf(arena, "at://%s/%s/%s", did_of(job), collection, job->delivery->record_key);
}

const char *bluesky_page(const struct job *job, struct arena *arena)
{
    const char *handle = job->identity.handle, *drill = job->account->base_url;

    return arena_printf(arena, "%s/profile/%s/post/%s", drill ? drill : "https://bsky.app",
                        handle && *handle ? handle : did_of(job), job->delivery->record_key);
}

static struct http_request get_record(const struct job *job, const char *key, struct arena *arena)
{
    return (struct http_request){
        .method = "GET",
        .path =
            arena_printf(arena, "/xrpc/com.atproto.repo.getRecord?repo=%s&collection=%s&rkey=%s",
                         form_escape(did_of(job), arena), collection, form_escape(key, arena)),
        .host = job->identity.host,
        .kind = REQUEST_READ,
        .signing = "none",
    };
}

struct http_request bluesky_get_record(const struct job *job, struct arena *arena)
{
    return get_record(job, job->delivery->record_key, arena);
}

/* Its address ends with its key; where a person named its page, that does too. */
struct http_request bluesky_get_parent(const struct job *job, struct arena *arena)
{
    const char *slash = strrchr(job->parent_id, '/');

    return get_record(job, slash ? slash + 1 : job->parent_id, arena);
}

static json_t *strong_ref(const json_t *body)
{
    const char *uri = json_text(body, "uri"), *cid = json_text(body, "cid");
    json_t *ref = uri && cid ? json_object() : NULL;

    if (ref) {
        json_put(ref, "cid", cid);
        json_put(ref, "uri", uri);
    }
    return ref;
}

json_t *bluesky_reply(const json_t *body, struct arena *arena)
{
    const json_t *theirs = json_object_get(json_object_get(body, "value"), "reply");
    json_t *parent = strong_ref(body), *root = strong_ref(json_object_get(theirs, "root"));
    json_t *reply = parent ? json_in_arena(json_object(), arena) : NULL;

    if (!reply) {
        json_decref(root);
        return NULL;
    }
    json_put_new(reply, "root", root ? root : json_incref(parent));
    json_put_new(reply, "parent", parent);
    return reply;
}

struct http_request bluesky_post(const struct job *job, const char *method, const json_t *body,
                                 struct arena *arena)
{
    struct header *headers = arena_array(arena, 1, sizeof *headers);
    struct http_request request = {
        .method = "POST",
        .path = arena_printf(arena, "/xrpc/%s", method),
        .host = job->identity.host,
        .headers = headers,
        .header_count = 1,
        .kind = REQUEST_PUBLISH,
        .signing = "bearer",
    };

    headers[0] = (struct header){"Content-Type", "application/json"};
    request.body = json_write(body, arena, &request.body_length);
    return request;
}

/* ---- the machines ---- */

static struct step found(const struct job *job, const struct http_reply *reply, struct arena *arena)
{
    const json_t *body = json_in_arena(reply_json(reply), arena);
    const json_t *record = json_object_get(body, "value");

    if (!json_is_object(record))
        return step_retry(_("The server did not show the record."), INSTANT_NONE);
    return step_done((struct receipt){.found = 1,
                                      .differs = !bluesky_shows(record, job->content, arena),
                                      .remote_id = bluesky_uri(job, arena),
                                      .url = bluesky_page(job, arena)});
}

/* By its key, which nobody else has: what is there is ours, whatever it says by now. That it is not
 * there yet proves nothing of a request that is still on its way. */
struct step bluesky_find(const struct job *job, const struct progress *at,
                         const struct http_reply *reply, struct arena *arena)
{
    struct http_request request;

    (void)at;
    if (!job->identity.remote_id || !bluesky_key_usable(job->delivery->record_key))
        return step_retry(_("Whose record it is is not known yet."), INSTANT_NONE);
    if (!reply) {
        request = bluesky_get_record(job, arena);
        return step_send(&request, NULL);
    }
    if (reply_is(reply, 200))
        return found(job, reply, arena);
    if (reply_is(reply, 400) && bluesky_says(reply, "RecordNotFound", arena))
        return step_done((struct receipt){.found = 0});
    return bluesky_unreadable(reply, arena);
}

/* A record that is gone already is answered with 200, too. */
struct step bluesky_retract(const struct job *job, const struct progress *at,
                            const struct http_reply *reply, struct arena *arena)
{
    struct http_request request;

    (void)at;
    if (strcmp(job->delivery->remote_id, bluesky_uri(job, arena)) != 0)
        return step_refused(_("The record of this post is not known, so it cannot be removed."));
    if (!reply) {
        const json_t *body = json_in_arena(bluesky_place(job), arena);

        request = bluesky_post(job, "com.atproto.repo.deleteRecord", body, arena);
        return step_send(&request, NULL);
    }
    if (reply_is(reply, 200))
        return step_done(
            (struct receipt){.remote_id = job->delivery->remote_id, .url = job->delivery->url});
    return bluesky_unreadable(reply, arena);
}
