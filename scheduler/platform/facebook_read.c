/* Reading what is public: of one's own post by id, and `find`, which looks for a post in doubt.
 *
 *   posts:         the page's published posts since `job->since`, newest first: a match has exactly
 *                  our message and all our photos. At most four pages.
 *   photo stories: the page's stories: the one of our photo's id.
 *   videos:        the state of our video's id; "publishing not started" is proof of absence.
 *
 *   searching --200--> searching (next page) | done
 *   any failure is a retry: not being able to look proves nothing.
 */
#include "platform/facebook.h"

#include <string.h>

#include "base/i18n.h"

enum { PAGES = 4, LATE_POLLS = 120 };

#define POST_FIELDS                                                                                \
    "id,message,created_time,permalink_url,is_published,attachments{media_type,target,"            \
    "subattachments{media_type,target}}"

static struct http_request get_stories(const struct facebook_visit *visit)
{
    const char *since =
        instant_is_none(visit->job->since)
            ? NULL
            : arena_printf(visit->arena, "%lld", (long long)(visit->job->since.ms / 1000));
    const struct form_field fields[] = {{"since", since}, {NULL, NULL}};

    return graph_get(graph_path(visit->job, visit->arena, "%s/stories", visit->page), fields,
                     visit->arena);
}

static struct http_request get_post(const struct facebook_visit *visit)
{
    const struct form_field fields[] = {{"fields", POST_FIELDS}, {NULL, NULL}};

    return graph_get(graph_path(visit->job, visit->arena, "%s", visit->kept.id), fields,
                     visit->arena);
}

/* ---- what a post shows ---- */

/* The photos of a post, and how many of them are ours. `told` counts those that have an id. */
struct photos {
    size_t count, told, ours;
};

static void count_photo(const struct facebook_kept *kept, const json_t *attachment,
                        struct photos *photos)
{
    const char *type = json_text(attachment, "media_type");
    const char *id = json_text(json_object_get(attachment, "target"), "id");

    if (!type || strcmp(type, "photo") != 0)
        return;
    photos->count++;
    photos->told += id != NULL;
    for (size_t i = 0; id && i < kept->photo_count; i++)
        photos->ours += strcmp(kept->photos[i], id) == 0;
}

static struct photos photos_of(const struct facebook_kept *kept, const json_t *post)
{
    const json_t *list = json_object_get(json_object_get(post, "attachments"), "data");
    struct photos photos = {0};

    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *attachment = json_array_get(list, i);
        const json_t *below =
            json_object_get(json_object_get(attachment, "subattachments"), "data");

        for (size_t k = 0; k < json_array_size(below); k++)
            count_photo(kept, json_array_get(below, k), &photos);
        if (json_array_size(below) == 0)
            count_photo(kept, attachment, &photos);
    }
    return photos;
}

/* Where the platform names no photos, their number must do. */
static bool has_our_photos(const struct facebook_kept *kept, const json_t *post)
{
    const struct photos photos = photos_of(kept, post);

    return photos.count == kept->photo_count &&
           (photos.told == 0 || photos.ours == kept->photo_count);
}

static bool says_the_same(const struct facebook_visit *visit, const json_t *post)
{
    return graph_same_text(visit->job->content->text, json_text(post, "message"), visit->arena) &&
           has_our_photos(&visit->kept, post);
}

/* The story of our photo or video, or NULL. */
static const json_t *our_story(const struct facebook_visit *visit, const json_t *list)
{
    const char *wanted = visit->kept.video ? visit->kept.video : visit->kept.photos[0];

    for (size_t i = 0; wanted && i < json_array_size(list); i++) {
        const char *id = json_text(json_array_get(list, i), "media_id");
        if (id && strcmp(id, wanted) == 0)
            return json_array_get(list, i);
    }
    return NULL;
}

/* ---- reading back ---- */

struct step facebook_send_read(const struct facebook_visit *visit)
{
    struct http_request request = facebook_is_video(visit->form)        ? facebook_get_video(visit)
                                  : visit->form == FACEBOOK_PHOTO_STORY ? get_stories(visit)
                                                                        : get_post(visit);
    struct step step = step_send(&request, facebook_write(visit, FACEBOOK_ANSWERED));

    step.receipt.remote_id = visit->kept.id ? visit->kept.id : visit->kept.video;
    return step;
}

static struct receipt receipt_of(const struct facebook_visit *visit, const char *url)
{
    const struct facebook_kept *kept = &visit->kept;

    return (struct receipt){.remote_id = kept->id ? kept->id : kept->video,
                            .url = facebook_url(visit->job, url ? url : kept->url, visit->arena)};
}

static struct step read_later(struct facebook_visit *visit)
{
    struct receipt receipt = receipt_of(visit, NULL);
    struct span wait;

    if (!reading_delay(&facebook, visit->reply, visit->kept.reads, &wait)) {
        receipt.not_read_back = true;
        return step_done(receipt);
    }
    visit->kept.reads++;
    return step_wait(wait, facebook_write(visit, FACEBOOK_ANSWERED));
}

/* Accepted, and still on its way to the public: it is waited for as long as its processing may
 * take. */
static struct step wait_for_video(struct facebook_visit *visit)
{
    static const int64_t seconds[] = {2, 4, 8, 15, 30, 60};
    const int64_t last = (int64_t)COUNT_OF(seconds) - 1, polls = visit->kept.polls++;

    if (polls >= LATE_POLLS)
        return read_later(visit);
    return step_wait(span_seconds(seconds[polls < 0 || polls > last ? last : polls]),
                     facebook_write(visit, FACEBOOK_ANSWERED));
}

static struct step after_video(struct facebook_visit *visit)
{
    const struct facebook_video video = facebook_read_video(visit);
    struct receipt receipt = receipt_of(visit, video.url);

    if (video.state == VIDEO_UNREADABLE || video.state == VIDEO_GONE)
        return read_later(visit);
    if (video.state == VIDEO_FAILED)
        return step_refused(video.why);
    if (video.state != VIDEO_PUBLIC)
        return wait_for_video(visit);
    receipt.differs = visit->form != FACEBOOK_VIDEO_STORY && video.text &&
                      !graph_same_text(visit->job->content->text, video.text, visit->arena);
    return step_done(receipt);
}

static struct step after_story(struct facebook_visit *visit, const json_t *body)
{
    const json_t *story = our_story(visit, json_object_get(body, "data"));

    return story ? step_done(receipt_of(visit, json_text(story, "url"))) : read_later(visit);
}

static struct step after_post(struct facebook_visit *visit, const json_t *body)
{
    const char *id = graph_id(body, "id", visit->arena);
    const json_t *published = json_object_get(body, "is_published");
    struct receipt receipt = receipt_of(visit, json_text(body, "permalink_url"));

    if (!id || strcmp(id, visit->kept.id) != 0)
        return read_later(visit);
    receipt.differs = !says_the_same(visit, body) || json_is_false(published);
    return step_done(receipt);
}

struct step facebook_after_read(struct facebook_visit *visit)
{
    const json_t *body;

    if (facebook_is_video(visit->form))
        return after_video(visit);
    if (!reply_is(visit->reply, 200))
        return read_later(visit);
    body = json_in_arena(reply_json(visit->reply), visit->arena);
    return visit->form == FACEBOOK_PHOTO_STORY ? after_story(visit, body) : after_post(visit, body);
}

/* ---- find ---- */

struct search {
    struct facebook_visit visit;
    json_t *kept; /* {"after","found","id","page","url"} */
};

static struct step finish(const struct search *search)
{
    const char *url = json_text(search->kept, "url");

    return step_done((struct receipt){.remote_id = json_text(search->kept, "id"),
                                      .url = url ? url : "",
                                      .found = (size_t)json_integer_or(search->kept, "found", 0)});
}

static struct step send_list(const struct search *search)
{
    const struct facebook_visit *visit = &search->visit;
    const struct form_field fields[] = {{"fields", POST_FIELDS},
                                        {"limit", "25"},
                                        {"after", json_text(search->kept, "after")},
                                        {NULL, NULL}};
    struct http_request request =
        graph_get(graph_path(visit->job, visit->arena, "%s/published_posts", visit->page), fields,
                  visit->arena);

    return step_send(&request, progress_write("searching", search->kept, visit->arena));
}

/* A time that cannot be read makes no post too old. */
static bool is_older(const struct search *search, const json_t *post)
{
    struct instant created;

    return graph_time(json_text(post, "created_time"), &created) &&
           instant_before(created, search->visit.job->since);
}

static void count_match(const struct search *search, const json_t *post)
{
    const int64_t found = json_integer_or(search->kept, "found", 0);
    struct arena *arena = search->visit.arena;

    json_put_integer(search->kept, "found", found + 1);
    if (found == 0) {
        json_put(search->kept, "id", graph_id(post, "id", arena));
        json_put(search->kept, "url",
                 facebook_url(search->visit.job, json_text(post, "permalink_url"), arena));
    }
}

/* True when the next page may hold more. */
static bool read_page(const struct search *search, const json_t *body)
{
    const json_t *list = json_object_get(body, "data");
    const json_t *cursors = json_object_get(json_object_get(body, "paging"), "cursors");
    const char *after = json_text(cursors, "after");
    const int64_t page = json_integer_or(search->kept, "page", 0) + 1;
    bool reached = false;

    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *post = json_array_get(list, i);

        if (is_older(search, post))
            reached = true;
        else if (graph_id_usable(json_text(post, "id")) && says_the_same(&search->visit, post))
            count_match(search, post);
    }
    json_put(search->kept, "after", after);
    json_put_integer(search->kept, "page", page);
    return after && !reached && json_array_size(list) > 0 && page < PAGES;
}

static struct step after_list(const struct search *search)
{
    const struct facebook_visit *visit = &search->visit;
    const json_t *body =
        reply_is(visit->reply, 200) ? json_in_arena(reply_json(visit->reply), visit->arena) : NULL;

    if (!json_is_array(json_object_get(body, "data")))
        return graph_unreadable(visit->reply, NULL, visit->arena);
    return read_page(search, body) ? send_list(search) : finish(search);
}

static struct step find_post(struct facebook_visit *visit, const struct progress *at)
{
    const bool ours = at->state && strcmp(at->state, "searching") == 0;
    const struct search search = {.visit = *visit,
                                  .kept = json_in_arena(ours && at->kept ? json_deep_copy(at->kept)
                                                                         : json_object(),
                                                        visit->arena)};

    return ours && visit->reply ? after_list(&search) : send_list(&search);
}

static struct step find_story(struct facebook_visit *visit)
{
    struct http_request request = get_stories(visit);
    const json_t *list, *story;

    if (!visit->reply)
        return step_send(&request, NULL);
    list = reply_is(visit->reply, 200)
               ? json_object_get(json_in_arena(reply_json(visit->reply), visit->arena), "data")
               : NULL;
    if (!json_is_array(list))
        return graph_unreadable(visit->reply, NULL, visit->arena);
    story = our_story(visit, list);
    visit->kept.id = graph_id(story, "post_id", visit->arena);
    if (!visit->kept.id)
        return step_done((struct receipt){.found = 0});
    return step_done(
        (struct receipt){.remote_id = visit->kept.id,
                         .url = facebook_url(visit->job, json_text(story, "url"), visit->arena),
                         .found = 1});
}

/* A finish call names its video, so the video's state is the answer: what has not been started may
 * be finished again, and it will still be one video. */
static struct step find_video(struct facebook_visit *visit)
{
    struct http_request request = facebook_get_video(visit);
    struct facebook_video video;
    struct receipt receipt;

    if (!visit->reply)
        return step_send(&request, NULL);
    video = facebook_read_video(visit);
    if (video.state == VIDEO_UNREADABLE)
        return graph_unreadable(visit->reply, NULL, visit->arena);
    receipt = receipt_of(visit, video.url);
    receipt.found = video.state == VIDEO_PUBLIC;
    receipt.absent = !receipt.found && video.not_started && video.state == VIDEO_READY;
    return step_done(receipt);
}

/* The ids stand in the row's own progress, as the publish machine stored them before it sent. */
struct step facebook_find(const struct job *job, const struct progress *at,
                          const struct http_reply *reply, struct arena *arena)
{
    struct facebook_visit visit = facebook_visit(job, reply, arena);
    struct progress stored;

    if (!visit.page)
        return step_retry(_("The id of the page is not known: it stands in crier.cfg as page_id."),
                          INSTANT_NONE);
    if (!progress_read(job->delivery->progress, arena, &stored) ||
        (stored.state && !facebook_read_kept(stored.kept, &visit.kept)))
        return step_retry(_("What is stored of the upload cannot be read."), INSTANT_NONE);
    if (visit.form == FACEBOOK_FEED)
        return find_post(&visit, at);
    if (facebook_is_video(visit.form) ? !visit.kept.video : visit.kept.photo_count == 0)
        return step_retry(_("The id of what was uploaded is not stored."), INSTANT_NONE);
    return facebook_is_video(visit.form) ? find_video(&visit) : find_story(&visit);
}
