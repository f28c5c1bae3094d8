/* What may be read, commented and deleted by its id, and the lists of a Page. */
#include "sandbox/facebook.h"

#include <stdlib.h>
#include <string.h>

enum { LIST_MOST = 100, LIST_DEFAULT = 25 };

static const struct span story_life = {86400000};

/* ---- posts ---- */

static json_t *attachment_json(const struct medium *medium)
{
    const bool video = strncmp(medium->mime, "video/", 6) == 0;

    return json_pack("{s:s,s:{s:s}}", "media_type", video ? "video" : "photo", "target", "id",
                     medium->upload->id);
}

/* One attachment: a photo, an album of photos, a link's card. */
static json_t *attachments_json(const struct post *post)
{
    const char *link = json_text(post->detail, "link");
    json_t *list = json_array(), *album;
    size_t i;

    if (post->media_count == 1) {
        json_array_append_new(list, attachment_json(&post->media[0]));
    } else if (post->media_count > 1) {
        album = json_array();
        for (i = 0; i < post->media_count; i++)
            json_array_append_new(album, attachment_json(&post->media[i]));
        json_array_append_new(list,
                              json_pack("{s:s,s:{s:s},s:{s:o}}", "media_type", "album", "target",
                                        "id", post->id, "subattachments", "data", album));
    } else if (link) {
        json_array_append_new(list, json_pack("{s:s,s:{s:s}}", "media_type", "link", "target",
                                              "url", link));
    }
    return json_pack("{s:o}", "data", list);
}

static const char post_fields[] = "id message created_time permalink_url is_published status_type "
                                  "attachments from shares comments reactions is_hidden";

static json_t *post_json(struct facebook_call *call, const struct post *post)
{
    json_t *full = json_pack("{s:s,s:s,s:s,s:s,s:b,s:s}", "id", post->id, "created_time",
                             graph_date(post->at, call->arena), "permalink_url",
                             facebook_permalink(call, post), "status_type",
                             post->media_count ? "added_photos" : "mobile_status_update",
                             "is_published", 1, "message", post->text);

    json_put_new(full, "from",
                 json_pack("{s:s,s:s}", "id", call->account->id, "name", call->account->handle));
    if (!*post->text)
        json_object_del(full, "message");
    json_put_new(full, "attachments", attachments_json(post));
    return full;
}

static bool is_listed(const struct facebook_call *call, const struct post *post)
{
    return instant_is_none(post->deleted_at) && strcmp(post->platform, call->platform->name) == 0 &&
           strcmp(post->account, call->account->handle) == 0 &&
           strcmp(facebook_kind(post), "story") != 0;
}

static size_t limit_of(const struct facebook_call *call)
{
    const char *text = facebook_field(call, "limit");
    unsigned long limit = text ? strtoul(text, NULL, 10) : LIST_DEFAULT;

    return limit < 1 || limit > LIST_MOST ? LIST_MOST : (size_t)limit;
}

/* One page as the fields ask; the answer of each post is taken for the list's. */
static bool add_post(struct facebook_call *call, const struct post *post, json_t *list)
{
    struct err err;

    *call->answer = (struct answer){.headers = call->answer->headers};
    facebook_answer_fields(call, post_json(call, post), post_fields);
    if (call->answer->status != 200)
        return false;
    json_array_append_new(list, json_read(call->answer->body, call->answer->length, &err));
    call->answer->status = 0;
    return true;
}

/* Newest first; the cursor is the last post of the page before. */
void facebook_published_posts(struct facebook_call *call)
{
    const char *after = facebook_field(call, "after");
    const struct post *post, *last = NULL;
    json_t *list = json_array(), *body;
    bool begun = !after;

    for (post = call->world->posts; post && json_array_size(list) < limit_of(call);
         post = post->older) {
        if (begun && is_listed(call, post)) {
            if (!add_post(call, post, list)) {
                json_decref(list);
                return;
            }
            last = post;
        }
        begun = begun || strcmp(post->id, after) == 0;
    }
    body = json_pack("{s:o}", "data", list);
    if (last)
        json_put_new(body, "paging",
                     json_pack("{s:{s:s,s:s}}", "cursors", "before", last->id, "after", last->id));
    answer_json(call->request, 200, body, call->answer);
}

/* ---- stories ---- */

static int64_t seconds_of(const struct facebook_call *call, const char *name, int64_t otherwise)
{
    const char *text = facebook_field(call, name);

    return text ? strtoll(text, NULL, 10) : otherwise;
}

static json_t *story_json(struct facebook_call *call, const struct post *post)
{
    const char *video = json_text(post->detail, "video");

    return json_pack(
        "{s:s,s:s,s:s,s:s,s:s,s:s}", "post_id", post->id, "status", "published", "creation_time",
        arena_printf(call->arena, "%lld", (long long)(post->at.ms / 1000)), "media_type",
        video ? "video" : "photo", "media_id", video ? video : post->media[0].upload->id, "url",
        arena_printf(call->arena, "%s/%s/posts/%s", call->base, post->account, post->id));
}

void facebook_stories(struct facebook_call *call)
{
    const struct instant oldest = instant_minus(world_now(call->world), story_life);
    const int64_t since = seconds_of(call, "since", 0),
                  until = seconds_of(call, "until", INT64_MAX);
    const struct post *post;
    json_t *list = json_array();

    for (post = call->world->posts; post && instant_before(oldest, post->at); post = post->older)
        if (instant_is_none(post->deleted_at) &&
            strcmp(post->platform, call->platform->name) == 0 &&
            strcmp(post->account, call->account->handle) == 0 &&
            strcmp(facebook_kind(post), "story") == 0 && post->at.ms / 1000 >= since &&
            post->at.ms / 1000 <= until)
            json_array_append_new(list, story_json(call, post));
    answer_json(call->request, 200, json_pack("{s:o}", "data", list), call->answer);
}

/* ---- by id ---- */

static void show_photo(struct facebook_call *call, const struct upload *photo)
{
    json_t *full =
        json_pack("{s:s,s:s}", "id", photo->id, "created_time", graph_date(photo->at, call->arena));

    json_put(full, "alt_text_custom", photo->alt);
    if (photo->post)
        json_put(full, "page_story_id", photo->post->id);
    facebook_answer_fields(call, full,
                           "id created_time alt_text alt_text_custom page_story_id images link");
}

void facebook_object(struct facebook_call *call)
{
    const char *id = call->argument;
    struct upload *upload = world_find_upload(call->world, call->platform->name, id);
    const struct post *post = facebook_post(call, id);

    if (graph_video(call->world, call->account, id))
        facebook_show_video(call, upload);
    else if (upload && json_flag(upload->detail, "photo") &&
             strcmp(upload->account, call->account->handle) == 0)
        show_photo(call, upload);
    else if (post)
        facebook_answer_fields(call, post_json(call, post), post_fields);
    else if (strcmp(id, call->account->id) == 0)
        facebook_answer_fields(call, facebook_page_json(call),
                               "id name username access_token followers_count fan_count");
    else
        graph_gone(call->request, id, call->answer);
}

void facebook_delete(struct facebook_call *call)
{
    struct post *post = facebook_post(call, call->argument);

    if (!post) {
        graph_gone(call->request, call->argument, call->answer);
        return;
    }
    world_delete(call->world, post);
    graph_success(call->request, call->answer);
}

/* ---- comments: no posts of their own, kept beside ---- */

static bool is_comment_on(const struct upload *upload, const struct post *post)
{
    const char *on = json_text(upload->detail, "comment_on");

    return on && strcmp(on, post->id) == 0;
}

void facebook_add_comment(struct facebook_call *call)
{
    const struct post *post = facebook_post(call, call->argument);
    const char *message = facebook_field(call, "message");
    const struct upload *comment;

    if (!post) {
        graph_gone(call->request, call->argument, call->answer);
        return;
    }
    if (!message || !*message) {
        graph_missing(call->request, "message", call->answer);
        return;
    }
    comment = world_upload(call->world, call->account, "", 0, "text/plain", NULL, (struct span){0},
                           json_pack("{s:s,s:s}", "comment_on", post->id, "message", message));
    answer_json(call->request, 200,
                json_pack("{s:o}", "id",
                          json_string(arena_printf(call->arena, "%s_%s", strchr(post->id, '_') + 1,
                                                   comment->id))),
                call->answer);
}

void facebook_comments(struct facebook_call *call)
{
    const struct post *post = facebook_post(call, call->argument);
    const struct upload *upload;
    json_t *list;

    if (!post) {
        graph_gone(call->request, call->argument, call->answer);
        return;
    }
    list = json_array();
    for (upload = call->world->uploads; upload; upload = upload->older)
        if (is_comment_on(upload, post))
            json_array_append_new(
                list,
                json_pack("{s:s,s:s,s:s,s:{s:s,s:s}}", "id",
                          arena_printf(call->arena, "%s_%s", strchr(post->id, '_') + 1, upload->id),
                          "message", json_text(upload->detail, "message"), "created_time",
                          graph_date(upload->at, call->arena), "from", "id", call->account->id,
                          "name", call->account->handle));
    answer_json(call->request, 200, json_pack("{s:o}", "data", list), call->answer);
}
