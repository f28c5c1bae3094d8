/* The machine `publish`. Its state names the request that is under way. For each file of a
 * carousel, and then for the post itself:
 *
 *   photo      --id--> address            an unpublished photo of the Page
 *   address    --widest source--> creating, at once: the address is signed, and ends
 *   creating   --id--> processing         --id and uri--> uploading
 *   uploading  --success--> processing    --lost, an error--> measuring, later
 *   measuring  --bytes there--> uploading the rest
 *   processing --FINISHED--> the next container | publishing
 *              --IN_PROGRESS--> processing, after a while
 *              --ERROR, EXPIRED--> a new container, three at most
 *   publishing --an id--> answered        --not ready--> publishing, later, three times
 *              --anything else, lost--> doubt: `find` asks the container
 *   answered   --200--> done, equal or different
 *              --else--> answered, R4's reads, then done without read-back
 *
 * Before an attempt is followed by another the engine looks (`find`): a container that is dead by
 * then is made anew. After `answered` nothing leads back.
 */
#include "platform/container.h"

#include <string.h>

#include "base/i18n.h"

enum { MOST_ROUNDS = 3, MOST_POLLS = 75, WAIT_MINUTES = 30, REASON_BYTES = 150 };

enum phase {
    PHOTO,
    ADDRESS,
    CREATING,
    MEASURING,
    UPLOADING,
    PROCESSING,
    PUBLISHING,
    ANSWERED,
    PHASES
};

const char *const container_states[] = {"photo",      "address",   "creating",
                                        "measuring",  "uploading", "processing",
                                        "publishing", "answered",  NULL};

/* What is kept from step to step. */
struct kept {
    const char *children[CONTAINER_MOST_MEDIA]; /* containers of the files, finished */
    size_t count;
    const char *photo, *image;   /* of the file at hand: the Page's photo, its address */
    const char *container, *uri; /* of the file at hand, or of the post; NULL before */
    int64_t offset;              /* bytes of it that arrived */
    int64_t polls;               /* of `container` */
    int64_t rounds;              /* containers that came to nothing */
    const char *id, *url;        /* of the post; NULL before */
    int64_t reads;               /* that did not show it */
};

/* One call of the machine. */
struct visit {
    const struct container_platform *platform;
    const struct job *job;
    const struct http_reply *reply;
    struct arena *arena;
    struct kept kept;
};

/* ---- what is kept ---- */

static const char *write_progress(const struct visit *visit, enum phase phase)
{
    const struct kept *kept = &visit->kept;
    json_t *object = json_object(), *children = json_array();
    const char *text;

    for (size_t i = 0; i < kept->count; i++)
        json_array_append_new(children, json_string(kept->children[i]));
    json_put_new(object, "children", children);
    json_put(object, "photo", kept->photo);
    json_put(object, "image", kept->image);
    json_put(object, "container", kept->container);
    json_put(object, "uri", kept->uri);
    json_put_integer(object, "offset", kept->offset);
    json_put_integer(object, "polls", kept->polls);
    json_put_integer(object, "rounds", kept->rounds);
    json_put(object, "id", kept->id);
    json_put(object, "url", kept->url);
    json_put_integer(object, "reads", kept->reads);
    text = progress_write(container_states[phase], object, visit->arena);
    json_decref(object);
    return text;
}

static bool read_children(const json_t *list, struct kept *kept)
{
    kept->count = json_array_size(list);
    if (!json_is_array(list) || kept->count > CONTAINER_MOST_MEDIA)
        return false;
    for (size_t i = 0; i < kept->count; i++) {
        kept->children[i] = json_string_value(json_array_get(list, i));
        if (!graph_id_usable(kept->children[i]))
            return false;
    }
    return true;
}

static bool is_carousel(const struct job *job)
{
    return job->content->media_count > 1;
}

/* Whether what is kept can belong to the state; a row of another version must not be guessed at. */
static bool kept_fits(const struct visit *visit, enum phase phase)
{
    const struct kept *kept = &visit->kept;
    const size_t files = visit->job->content->media_count;
    const size_t parts = is_carousel(visit->job) ? files : 0;

    if (kept->count > parts)
        return false;
    switch (phase) {
    case PHOTO:
        return files > 0 && kept->count < files;
    case ADDRESS:
        return files > 0 && kept->count < files && graph_id_usable(kept->photo);
    case CREATING:
        return true;
    case MEASURING:
    case UPLOADING:
        return graph_id_usable(kept->container) && kept->uri && kept->offset >= 0 &&
               kept->count < files;
    case PROCESSING:
        return graph_id_usable(kept->container);
    case PUBLISHING:
        return graph_id_usable(kept->container) && kept->count == parts;
    case ANSWERED:
        return graph_id_usable(kept->id);
    case PHASES:
        break;
    }
    return false;
}

static bool read_progress(const struct progress *at, struct visit *visit, enum phase *phase)
{
    struct kept *kept = &visit->kept;

    for (*phase = PHOTO; *phase < PHASES && strcmp(container_states[*phase], at->state) != 0;)
        (*phase)++;
    if (*phase == PHASES || !read_children(json_object_get(at->kept, "children"), kept))
        return false;
    kept->photo = json_text(at->kept, "photo");
    kept->image = json_text(at->kept, "image");
    kept->container = json_text(at->kept, "container");
    kept->uri = json_text(at->kept, "uri");
    kept->offset = json_integer_or(at->kept, "offset", 0);
    kept->polls = json_integer_or(at->kept, "polls", 0);
    kept->rounds = json_integer_or(at->kept, "rounds", 0);
    kept->id = json_text(at->kept, "id");
    kept->url = json_text(at->kept, "url");
    kept->reads = json_integer_or(at->kept, "reads", 0);
    return kept_fits(visit, *phase);
}

/* ---- the file at hand ---- */

/* The file whose container is made next; NULL for a text and for the carousel itself. */
static const struct medium *file_at_hand(const struct visit *visit)
{
    const struct content *content = visit->job->content;

    return visit->kept.count < content->media_count ? &content->media[visit->kept.count] : NULL;
}

/* ---- what each state sends ---- */

static struct step send(const struct visit *visit, struct http_request request, enum phase phase)
{
    return step_send(&request, write_progress(visit, phase));
}

static struct http_request signed_by(struct http_request request, const char *signer)
{
    request.signer = signer;
    return request;
}

struct http_request container_get(const struct container_platform *platform, const struct job *job,
                                  const char *id, const char *fields, struct arena *arena)
{
    const struct form_field query[] = {{"fields", fields}, {NULL, NULL}};

    return signed_by(graph_get(graph_path(job, arena, "%s", id), query, arena), platform->signer);
}

static struct step send_photo(const struct visit *visit)
{
    return send(visit,
                container_photo(visit->platform, visit->job, file_at_hand(visit),
                                visit->kept.count + 1, visit->arena),
                PHOTO);
}

static struct step send_address(const struct visit *visit)
{
    return send(visit, container_photo_address(visit->platform, visit->kept.photo, visit->arena),
                ADDRESS);
}

static const char *children_of(const struct visit *visit)
{
    const char *list = visit->kept.children[0];

    for (size_t i = 1; i < visit->kept.count; i++)
        list = arena_printf(visit->arena, "%s,%s", list, visit->kept.children[i]);
    return list;
}

static struct container_item item_of(const struct visit *visit)
{
    const struct medium *medium = file_at_hand(visit);
    struct container_item item = {.medium = medium,
                                  .is_video = container_is_video(visit->job, medium),
                                  .of_carousel = medium && is_carousel(visit->job)};

    if (medium)
        item.address = visit->kept.image ? visit->kept.image
                                         : container_own_address(visit->job, medium, visit->arena);
    else if (is_carousel(visit->job))
        item.children = children_of(visit);
    return item;
}

static struct step send_creation(const struct visit *visit)
{
    const struct container_item item = item_of(visit);
    const char *path = visit->platform->edge(visit->job, visit->platform->create, visit->arena);
    struct form_field fields[CONTAINER_FIELDS] = {{NULL, NULL}};

    visit->platform->fields(visit->job, &item, visit->arena, fields);
    return send(visit,
                signed_by(graph_post(path, fields, REQUEST_UPLOAD, visit->arena),
                          visit->platform->signer),
                CREATING);
}

/* What an interrupted upload has reached. */
static struct step send_measure(const struct visit *visit)
{
    return send(visit,
                container_get(visit->platform, visit->job, visit->kept.container,
                              visit->platform->video_fields, visit->arena),
                MEASURING);
}

static struct step send_poll(const struct visit *visit)
{
    return send(visit,
                container_get(visit->platform, visit->job, visit->kept.container,
                              visit->platform->status_fields, visit->arena),
                PROCESSING);
}

static int64_t bytes_at_hand(const struct visit *visit)
{
    const struct medium *medium = file_at_hand(visit);
    const struct medium *stored = medium ? job_medium(visit->job, medium->sha256) : NULL;

    return stored ? stored->bytes : 0;
}

/* Uploads that are over are processed; then the container is asked, not at once. */
static struct step begin_processing(struct visit *visit)
{
    visit->kept.polls = 0;
    return step_wait(span_seconds(3), write_progress(visit, PROCESSING));
}

static const struct header *upload_headers(const struct visit *visit)
{
    struct header *headers = arena_array(visit->arena, 3, sizeof *headers);

    headers[0] = (struct header){"Content-Type", "application/octet-stream"};
    headers[1] = (struct header){"offset",
                                 arena_printf(visit->arena, "%lld", (long long)visit->kept.offset)};
    headers[2] = (struct header){"file_size", arena_printf(visit->arena, "%lld",
                                                           (long long)bytes_at_hand(visit))};
    return headers;
}

/* The address is used exactly as it was given: a self-made one left containers IN_PROGRESS for
 * ever. */
static struct step send_upload(const struct visit *visit)
{
    struct http_request request = {.method = "POST",
                                   .headers = upload_headers(visit),
                                   .header_count = 3,
                                   .file_sha256 =
                                       arena_text(visit->arena, file_at_hand(visit)->sha256),
                                   .file_offset = visit->kept.offset,
                                   .kind = REQUEST_UPLOAD,
                                   .signing = "oauth",
                                   .signer = visit->platform->signer};

    if (!job_address(visit->job, visit->kept.uri, visit->arena, &request.host, &request.path))
        return step_retry(_("The platform named an address for the video that is none of its own."),
                          INSTANT_NONE);
    return send(visit, request, UPLOADING);
}

static struct step send_publish(const struct visit *visit)
{
    const struct form_field fields[] = {{"creation_id", visit->kept.container}, {NULL, NULL}};
    const char *path = visit->platform->edge(visit->job, visit->platform->publish, visit->arena);

    return send(visit,
                signed_by(graph_post(path, fields, REQUEST_PUBLISH, visit->arena),
                          visit->platform->signer),
                PUBLISHING);
}

static struct step send_read(const struct visit *visit)
{
    return send(visit,
                container_get(visit->platform, visit->job, visit->kept.id,
                              visit->platform->post_fields, visit->arena),
                ANSWERED);
}

/* Whether the picture at hand goes through the Page. */
static bool goes_by_page(const struct visit *visit)
{
    const struct medium *medium = file_at_hand(visit);

    return medium && !container_is_video(visit->job, medium) &&
           !account_option(visit->job->account, "media_url");
}

static struct step begin_item(const struct visit *visit)
{
    return goes_by_page(visit) ? send_photo(visit) : send_creation(visit);
}

/* The address of a photo is signed and ends: then the platform cannot fetch it, and the photo is
 * uploaded anew. Until that is said it is good. */
static struct step again_creating(const struct visit *visit)
{
    if (!goes_by_page(visit) || visit->kept.image)
        return send_creation(visit);
    return visit->kept.photo ? send_address(visit) : send_photo(visit);
}

/* ---- what each state makes of its reply ---- */

static const json_t *answer_of(const struct visit *visit)
{
    return reply_is(visit->reply, 200) ? json_in_arena(reply_json(visit->reply), visit->arena)
                                       : NULL;
}

/* The container at hand came to nothing. Of a carousel's own, its files may have ended with it. */
static enum phase forget_container(struct visit *visit)
{
    struct kept *kept = &visit->kept;

    if (!file_at_hand(visit))
        kept->count = 0;
    kept->photo = kept->image = kept->container = kept->uri = NULL;
    kept->offset = kept->polls = 0;
    kept->rounds++;
    return CREATING;
}

/* Made again, later; three times is enough to know that it lies in the content. */
static struct step anew(struct visit *visit, const char *why)
{
    struct step step = step_retry(why, INSTANT_NONE);
    enum phase phase;

    if (visit->kept.rounds >= MOST_ROUNDS)
        return step_refused(why);
    phase = forget_container(visit);
    step.progress = write_progress(visit, phase);
    return step;
}

static struct step failed(struct visit *visit)
{
    const struct graph_error error =
        graph_error_read(visit->reply, visit->platform->codes, visit->arena);

    return visit->reply->fate == FATE_ANSWERED && error.meaning == GRAPH_ANEW
               ? anew(visit, error.why)
               : graph_failure(visit->reply, visit->platform->codes, visit->arena);
}

static struct step after_photo(struct visit *visit)
{
    visit->kept.photo = graph_id(answer_of(visit), "id", visit->arena);
    if (visit->kept.photo)
        return send_address(visit);
    return reply_is(visit->reply, 200)
               ? step_retry(_("The Page took a picture but named no usable id for it."),
                            INSTANT_NONE)
               : failed(visit);
}

static struct step after_address(struct visit *visit)
{
    const char *source = container_widest(json_object_get(answer_of(visit), "images"));

    if (container_can_fetch(source, visit->job->account->live)) {
        visit->kept.image = source;
        return send_creation(visit);
    }
    if (graph_error_read(visit->reply, visit->platform->codes, visit->arena).meaning == GRAPH_GONE)
        return anew(visit, _("The Page forgot an uploaded picture; it is uploaded again."));
    return reply_is(visit->reply, 200)
               ? step_retry(_("The Page has no usable address for an uploaded picture yet."),
                            INSTANT_NONE)
               : graph_unreadable(visit->reply, visit->platform->codes, visit->arena);
}

static struct step after_creation(struct visit *visit)
{
    const json_t *body = answer_of(visit);
    const char *id = graph_id(body, "id", visit->arena);

    if (!id)
        return reply_is(visit->reply, 200)
                   ? step_retry(_("The platform made a container but named no usable id for it."),
                                INSTANT_NONE)
                   : failed(visit);
    visit->kept.container = id;
    visit->kept.photo = visit->kept.image = NULL;
    visit->kept.offset = 0;
    visit->kept.uri = json_text(body, "uri");
    if (item_of(visit).address || !container_is_video(visit->job, file_at_hand(visit)))
        return begin_processing(visit);
    return visit->kept.uri ? send_upload(visit)
                           : anew(visit, _("The platform named no address for the video."));
}

static struct step after_upload(struct visit *visit)
{
    struct step step;

    if (json_flag(answer_of(visit), "success"))
        return begin_processing(visit);
    step = failed(visit);
    if (step.kind == STEP_RETRY && !step.progress)
        step.progress = write_progress(visit, MEASURING);
    return step;
}

/* The words of a container's state, for people. */
static const char *reason_of(const struct visit *visit, const json_t *body)
{
    const char *reason = json_text(body, visit->platform->reason);

    return arena_printf(visit->arena, _("The platform could not use it: %s"),
                        graph_line(reason ? reason : json_text(body, visit->platform->status),
                                   REASON_BYTES, visit->arena));
}

static struct step after_measure(struct visit *visit)
{
    const json_t *body = answer_of(visit);
    const char *state = json_text(body, visit->platform->status);
    const json_t *phase = json_object_get(json_object_get(body, "video_status"), "uploading_phase");

    if (!state)
        return failed(visit);
    if (strcmp(state, "ERROR") == 0 || strcmp(state, "EXPIRED") == 0)
        return anew(visit, reason_of(visit, body));
    visit->kept.offset = json_integer_or(phase, "bytes_transferred", 0);
    if (strcmp(state, "FINISHED") == 0 || visit->kept.offset >= bytes_at_hand(visit))
        return begin_processing(visit);
    if (visit->kept.offset < 0)
        visit->kept.offset = 0;
    return send_upload(visit);
}

static struct step poll_later(struct visit *visit)
{
    static const int64_t seconds[] = {5, 10, 20, 30, 60};
    const size_t last = COUNT_OF(seconds) - 1;
    const int64_t polls = visit->kept.polls++;

    if (polls >= MOST_POLLS)
        return anew(visit, _("The platform is still not done with it after more than an hour."));
    return step_wait(span_seconds(seconds[(size_t)polls > last ? last : (size_t)polls]),
                     write_progress(visit, PROCESSING));
}

static struct step after_finish(struct visit *visit)
{
    struct kept *kept = &visit->kept;

    if (!file_at_hand(visit) || !is_carousel(visit->job)) {
        kept->polls = 0;
        return send_publish(visit);
    }
    kept->children[kept->count++] = kept->container;
    kept->container = kept->uri = NULL;
    kept->polls = kept->offset = 0;
    return begin_item(visit);
}

/* By an attempt that is thought to have failed: the engine looks before it sends, and finds it. */
static struct step after_surprise(struct visit *visit)
{
    if (visit->job->delivery->attempts == 0)
        return step_doubt(_("The platform says that it is public, and nothing was published yet."));
    return send_publish(visit);
}

static struct step after_death(struct visit *visit)
{
    return anew(visit, reason_of(visit, answer_of(visit)));
}

static const struct container_state {
    const char *word;
    struct step (*then)(struct visit *visit);
} states[] = {
    {"IN_PROGRESS", poll_later}, {"FINISHED", after_finish}, {"PUBLISHED", after_surprise},
    {"ERROR", after_death},      {"EXPIRED", after_death},
};

/* "Not there yet" is said for a while after it was made; then it is not there at all. */
static struct step unknown_container(struct visit *visit)
{
    const enum graph_meaning meaning =
        graph_error_read(visit->reply, visit->platform->codes, visit->arena).meaning;

    if (visit->reply->fate == FATE_ANSWERED && meaning == GRAPH_NOT_READY &&
        visit->kept.polls < CONTAINER_PATIENCE)
        return poll_later(visit);
    return visit->reply->fate == FATE_ANSWERED &&
                   (meaning == GRAPH_GONE || meaning == GRAPH_NOT_READY)
               ? anew(visit, _("The platform does not know its container any more."))
               : failed(visit);
}

static struct step after_poll(struct visit *visit)
{
    const char *state = json_text(answer_of(visit), visit->platform->status);

    for (size_t i = 0; state && i < COUNT_OF(states); i++) {
        if (strcmp(states[i].word, state) == 0)
            return states[i].then(visit);
    }
    return unknown_container(visit);
}

/* A few times the same container; then `find` must say that it was not published, before it is
 * thought stale and made anew. */
static struct step not_ready(struct visit *visit, const char *why)
{
    struct step step = step_retry(why, INSTANT_NONE);

    if (visit->kept.polls >= CONTAINER_PATIENCE)
        return step_doubt(why);
    visit->kept.polls++;
    step.progress = write_progress(visit, PUBLISHING);
    return step;
}

/* An error of this request is no word on what is public: Meta has answered "blocked" for posts that
 * were. Only "not ready" is said before any work. */
static struct step after_publish(struct visit *visit)
{
    const struct graph_error error =
        graph_error_read(visit->reply, visit->platform->codes, visit->arena);
    struct step step = graph_publish_failure(visit->reply, visit->platform->codes, visit->arena);

    visit->kept.id = graph_id(answer_of(visit), "id", visit->arena);
    if (visit->kept.id)
        return send_read(visit);
    if (visit->reply->fate != FATE_ANSWERED)
        return step;
    if (error.is_own && error.meaning == GRAPH_NOT_READY)
        return not_ready(visit, error.why);
    if (error.meaning == GRAPH_THROTTLED && instant_is_none(step.not_before))
        step.not_before = instant_plus(visit->reply->received, span_minutes(WAIT_MINUTES));
    return step;
}

static struct receipt receipt_of(const struct visit *visit)
{
    return (struct receipt){.remote_id = visit->kept.id,
                            .url = visit->kept.url ? visit->kept.url : ""};
}

/* It is public, but cannot be read (yet). */
static struct step read_later(struct visit *visit)
{
    struct receipt receipt = receipt_of(visit);
    struct span wait;

    if (!reading_delay(visit->platform->adapter, visit->reply, visit->kept.reads, &wait)) {
        receipt.not_read_back = true;
        return step_done(receipt);
    }
    visit->kept.reads++;
    return step_wait(wait, write_progress(visit, ANSWERED));
}

static struct step after_read(struct visit *visit)
{
    const json_t *body = answer_of(visit);
    const char *id = graph_id(body, "id", visit->arena);
    struct receipt receipt;

    if (!id || strcmp(id, visit->kept.id) != 0)
        return read_later(visit);
    visit->kept.url = receipt_url(json_text(body, "permalink"), visit->arena);
    receipt = receipt_of(visit);
    receipt.differs = !visit->platform->shows(visit->job, body, visit->arena);
    return step_done(receipt);
}

static const struct behaviour {
    struct step (*send)(const struct visit *visit);
    struct step (*receive)(struct visit *visit);
} behaviours[PHASES] = {
    [PHOTO] = {send_photo, after_photo},           [ADDRESS] = {send_address, after_address},
    [CREATING] = {again_creating, after_creation}, [MEASURING] = {send_measure, after_measure},
    [UPLOADING] = {send_measure, after_upload},    [PROCESSING] = {send_poll, after_poll},
    [PUBLISHING] = {send_publish, after_publish},  [ANSWERED] = {send_read, after_read},
};

const char *container_anew(const char *stored, struct arena *arena)
{
    struct progress made;
    json_t *kept;

    if (!progress_read(stored, arena, &made))
        return NULL;
    kept = json_object();
    json_put_new(kept, "children", json_array());
    json_put_integer(kept, "rounds", json_integer_or(made.kept, "rounds", 0) + 1);
    return progress_write(container_states[CREATING], json_in_arena(kept, arena), arena);
}

bool container_is_stale(const char *stored, struct arena *arena)
{
    struct progress made;

    return progress_read(stored, arena, &made) &&
           json_integer_or(made.kept, "polls", 0) >= CONTAINER_PATIENCE;
}

struct step container_publish(const struct container_platform *platform, const struct job *job,
                              const struct progress *at, const struct http_reply *reply,
                              struct arena *arena)
{
    struct visit visit = {.platform = platform, .job = job, .reply = reply, .arena = arena};
    enum phase phase;
    const char *why;

    if (!container_takes(platform, job, &why))
        return step_refused(why);
    if (!platform->edge(job, platform->create, arena))
        return step_retry(_("The platform's id of the account is not known yet."), INSTANT_NONE);
    if (!at->state)
        return begin_item(&visit);
    if (!read_progress(at, &visit, &phase))
        return step_doubt(_("The stored progress is not one that this version knows."));
    return reply ? behaviours[phase].receive(&visit) : behaviours[phase].send(&visit);
}
