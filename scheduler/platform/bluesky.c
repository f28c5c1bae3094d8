/* The machine `publish`. Its state names the request that is under way.
 *
 *   answering  --200--> uploading | publishing      --gone--> refused      --else--> later again
 *   uploading  --200--> uploading (next) | publishing
 *              --lost-> later again: a blob that no record names is not public
 *   publishing --200, InvalidSwap--> answered
 *              --never left, 429, the session is over, trouble--> later again
 *              --BlobNotFound--> uploading all again, later, three times at most: the same bytes
 *                                have the same name, so it stays the same record
 *              --another 400 or 413 in its own words--> refused
 *              --anything else, lost--> doubt; with our key the same request may be sent again
 *   answered   --200--> done, equal or different    --else--> answered, R4's reads, then done
 *                                                             without read-back
 *
 * `answering` is of a thread's part: its record names the one before it and the first by address
 * and CID, which are read from there.
 *
 * createRecord is not used: with a key that exists it answers 500. putRecord with "swapRecord":null
 * writes only where nothing is; the same record again is a 200, another one InvalidSwap. After
 * `answered` nothing leads back: what is public is never sent again.
 */
#include "platform/bluesky.h"

#include <string.h>

#include "base/i18n.h"
#include "platform/registry.h"

enum { IMAGE_BYTES = 2000000, SURE_IMAGE_BYTES = 1000000, MOST_MEDIA = 4, MOST_ROUNDS = 3 };

/* The lexicon says 2,000,000; the documentation's older page, and the server as it was released in
 * April 2026, half of it. */
static const struct media_limit media_limits[] = {
    {.mime = "image/jpeg", .most_bytes = IMAGE_BYTES, .sure_bytes = SURE_IMAGE_BYTES},
    {.mime = "image/png", .most_bytes = IMAGE_BYTES, .sure_bytes = SURE_IMAGE_BYTES},
    {.mime = "image/webp", .most_bytes = IMAGE_BYTES, .sure_bytes = SURE_IMAGE_BYTES},
    {.mime = NULL},
};

const struct limits bluesky_limits = {
    .text = {{.unit = COUNT_GRAPHEMES, .most = 300}, {.unit = COUNT_BYTES, .most = 3000}},
    .has_alt = true,
    .media = media_limits,
    .most_media = MOST_MEDIA,
    .has_tags = true,
    .has_threads = true,
    .has_title = true,
    .has_link_field = true,
    .link_needs_no_media = true,
    .source = "lexicons app.bsky.feed.post, app.bsky.embed.images, app.bsky.embed.external",
};

const struct account_key bluesky_keys[] = {
    {"server", ACCOUNT_KEY_HOST, NULL,
     N_("The host of the account's own data server; without it bsky.social.")},
    {NULL, ACCOUNT_KEY_TEXT, NULL, NULL},
};

enum phase { ANSWERING, UPLOADING, PUBLISHING, ANSWERED, PHASES };

static const char *const states[] = {"answering", "uploading", "publishing", "answered", NULL};
static const char *const hosts[] = {"bsky.social", "*.host.bsky.network", NULL};
static const char *const credential_keys[] = {"identifier", "password", NULL};
static const struct session_words session = {.access = "accessJwt",
                                             .refresh = "refreshJwt",
                                             .life = {INT64_C(120) * 60 * 1000}};

/* What is kept from step to step. */
struct kept {
    json_t *reply;   /* {"parent":{"cid","uri"},"root":...} of a thread's part; NULL before; the
                        arena's */
    json_t *blobs;   /* as the server named them, in the order of the content; the arena's */
    const char *cid; /* of the record as it was answered; NULL = not told */
    int64_t reads;   /* that did not show the record */
    int64_t rounds; /* in which all pictures were uploaded again: else a server that forgets them at
                       once would have them uploaded for ever */
};

/* One call of the machine. */
struct visit {
    const struct job *job;
    const struct http_reply *reply;
    struct arena *arena;
    struct kept kept;
};

static enum adapter_class class_of(const struct account *account)
{
    (void)account;
    return CLASS_A;
}

static const char *write_progress(const struct visit *visit, enum phase phase)
{
    json_t *object = json_object();
    const char *text;

    json_put_new(object, "blobs", json_incref(visit->kept.blobs));
    json_put(object, "cid", visit->kept.cid);
    json_put_integer(object, "reads", visit->kept.reads);
    if (visit->kept.reply)
        json_put_new(object, "reply", json_incref(visit->kept.reply));
    json_put_integer(object, "rounds", visit->kept.rounds);
    text = progress_write(states[phase], object, visit->arena);
    json_decref(object);
    return text;
}

/* Whether this can be a picture in a record: {"$type":"blob","ref":{"$link"},"mimeType","size"}. */
static bool is_blob(const json_t *blob)
{
    const char *kind = json_text(blob, "$type"), *mime = json_text(blob, "mimeType");

    return kind && strcmp(kind, "blob") == 0 && mime && strncmp(mime, "image/", 6) == 0 &&
           json_text(json_object_get(blob, "ref"), "$link") && json_integer_or(blob, "size", 0) > 0;
}

static bool are_blobs(const json_t *blobs)
{
    for (size_t i = 0; i < json_array_size(blobs); i++) {
        if (!is_blob(json_array_get(blobs, i)))
            return false;
    }
    return json_is_array(blobs);
}

/* A row of another version must not be guessed at. */
static bool read_progress(const struct progress *at, struct visit *visit, enum phase *phase)
{
    const json_t *blobs = json_object_get(at->kept, "blobs");
    const json_t *answers = json_object_get(at->kept, "reply");
    const size_t wanted = visit->job->content->media_count, count = json_array_size(blobs);

    for (*phase = ANSWERING; *phase < PHASES && strcmp(states[*phase], at->state) != 0;)
        (*phase)++;
    if (*phase == PHASES || !are_blobs(blobs))
        return false;
    visit->kept.blobs = json_in_arena(json_deep_copy(blobs), visit->arena);
    if (json_is_object(answers))
        visit->kept.reply = json_in_arena(json_deep_copy(answers), visit->arena);
    visit->kept.cid = json_text(at->kept, "cid");
    visit->kept.reads = json_integer_or(at->kept, "reads", 0);
    visit->kept.rounds = json_integer_or(at->kept, "rounds", 0);
    if (*phase == ANSWERING || (visit->kept.reply != NULL) != (visit->job->content->parent != NULL))
        return *phase == ANSWERING && !visit->kept.reply && visit->job->content->parent;
    return *phase == UPLOADING ? count < wanted : count == wanted;
}

/* ---- what each state sends ---- */

static struct step send_parent(const struct visit *visit)
{
    struct http_request request = bluesky_get_parent(visit->job, visit->arena);

    return step_send(&request, write_progress(visit, ANSWERING));
}

static struct step send_upload(const struct visit *visit)
{
    const size_t number = json_array_size(visit->kept.blobs);
    const struct medium *medium = &visit->job->content->media[number];
    struct header *headers = arena_array(visit->arena, 1, sizeof *headers);
    struct http_request request = {.method = "POST",
                                   .path = "/xrpc/com.atproto.repo.uploadBlob",
                                   .host = visit->job->identity.host,
                                   .headers = headers,
                                   .header_count = 1,
                                   .file_sha256 = arena_text(visit->arena, medium->sha256),
                                   .kind = REQUEST_UPLOAD,
                                   .signing = "bearer"};

    headers[0] = (struct header){"Content-Type", job_mime(visit->job, medium->sha256)};
    return step_send(&request, write_progress(visit, UPLOADING));
}

static struct step send_publish(const struct visit *visit)
{
    json_t *body = bluesky_place(visit->job);
    struct http_request request;

    json_put(body, "swapRecord", NULL);
    json_put_bool(body, "validate", true);
    json_put_new(body, "record",
                 bluesky_record(visit->job, visit->kept.blobs, visit->kept.reply, visit->arena));
    request = bluesky_post(visit->job, "com.atproto.repo.putRecord", body, visit->arena);
    json_decref(body);
    return step_send(&request, write_progress(visit, PUBLISHING));
}

static struct step send_read(const struct visit *visit)
{
    struct http_request request = bluesky_get_record(visit->job, visit->arena);

    return step_send(&request, write_progress(visit, ANSWERED));
}

/* What is still missing before the record can be published. */
static struct step send_next(const struct visit *visit)
{
    if (visit->job->content->parent && !visit->kept.reply)
        return send_parent(visit);
    return json_array_size(visit->kept.blobs) < visit->job->content->media_count
               ? send_upload(visit)
               : send_publish(visit);
}

/* ---- what each state makes of its reply ---- */

static struct step after_parent(struct visit *visit)
{
    const json_t *body =
        reply_is(visit->reply, 200) ? json_in_arena(reply_json(visit->reply), visit->arena) : NULL;

    if (bluesky_says(visit->reply, "RecordNotFound", visit->arena))
        return step_refused(_("The post that this one answers is not there any more."));
    visit->kept.reply = bluesky_reply(body, visit->arena);
    return visit->kept.reply ? send_next(visit) : bluesky_unreadable(visit->reply, visit->arena);
}

static struct step after_upload(struct visit *visit)
{
    json_t *body, *blob;

    if (!reply_is(visit->reply, 200))
        return bluesky_failure(visit->reply, visit->arena);
    body = json_in_arena(reply_json(visit->reply), visit->arena);
    blob = json_object_get(body, "blob");
    if (!is_blob(blob))
        return step_retry(_("The server took a picture but named no usable blob for it."),
                          INSTANT_NONE);
    json_array_append(visit->kept.blobs, blob);
    return send_next(visit);
}

/* 200 with the address of our own record; anything else that a 200 says is not understood. */
static struct step after_acceptance(struct visit *visit)
{
    const json_t *body = json_in_arena(reply_json(visit->reply), visit->arena);
    const char *uri = json_text(body, "uri");

    if (!uri || strcmp(uri, bluesky_uri(visit->job, visit->arena)) != 0)
        return step_doubt(_("The server answered 200, but not with the address of our record."));
    visit->kept.cid = json_text(body, "cid");
    return send_read(visit);
}

static struct step after_failure(struct visit *visit)
{
    return bluesky_failure(visit->reply, visit->arena);
}

/* Unreferenced blobs are collected after a while. If an earlier try had landed, its record would
 * hold them; and until all is known the engine keeps to the stored request. */
static struct step after_lost_blobs(struct visit *visit)
{
    struct step step =
        step_retry(_("The server forgot an uploaded picture; it is uploaded again."), INSTANT_NONE);

    if (visit->kept.rounds >= MOST_ROUNDS)
        return step;
    visit->kept.rounds++;
    json_array_clear(visit->kept.blobs);
    if (visit->job->content->media_count > 0)
        step.progress = write_progress(visit, UPLOADING);
    return step;
}

/* Under our key something stands already: an earlier try of ours, perhaps changed since. */
static struct step after_swap(struct visit *visit)
{
    return send_read(visit);
}

static struct step after_refusal(struct visit *visit)
{
    return step_refused(reply_sentence(visit->reply, visit->arena));
}

/* Answers of putRecord that say for certain that this request published nothing, or that something
 * is there. An error without a name is a page of a front-end, which knows nothing of what is behind
 * it; "" is any name. */
static const struct verdict {
    int status;
    const char *error; /* NULL = with or without */
    struct step (*then)(struct visit *visit);
} verdicts[] = {
    {400, "InvalidSwap", after_swap}, {400, "BlobNotFound", after_lost_blobs},
    {400, "", after_refusal},         {401, NULL, after_failure},
    {403, "", after_failure},         {413, "", after_refusal},
    {429, NULL, after_failure},
};

static bool applies(const struct verdict *verdict, const struct http_reply *reply, const char *said)
{
    if (!reply_is(reply, verdict->status))
        return false;
    return !verdict->error || (said && (!*verdict->error || strcmp(verdict->error, said) == 0));
}

static struct step after_publish(struct visit *visit)
{
    const struct http_reply *reply = visit->reply;
    const char *said = bluesky_error(reply, visit->arena);

    if (reply->fate == FATE_NOT_SENT)
        return step_retry(reply_sentence(reply, visit->arena), INSTANT_NONE);
    if (reply_is(reply, 200))
        return after_acceptance(visit);
    if (bluesky_trouble(reply, visit->arena) != TROUBLE_NONE)
        return after_failure(visit);
    for (size_t i = 0; i < COUNT_OF(verdicts); i++) {
        if (applies(&verdicts[i], reply, said))
            return verdicts[i].then(visit);
    }
    return step_doubt(reply_sentence(reply, visit->arena));
}

static struct receipt receipt_of(const struct visit *visit)
{
    return (struct receipt){.remote_id = bluesky_uri(visit->job, visit->arena),
                            .url = bluesky_page(visit->job, visit->arena)};
}

/* It is public, but cannot be read (yet). */
static struct step read_later(struct visit *visit)
{
    struct receipt receipt = receipt_of(visit);
    struct span wait;

    if (!reading_delay(&bluesky, visit->reply, visit->kept.reads, &wait)) {
        receipt.not_read_back = true;
        return step_done(receipt);
    }
    visit->kept.reads++;
    return step_wait(wait, write_progress(visit, ANSWERED));
}

static bool same_reply(const json_t *ours, const json_t *record)
{
    const json_t *theirs = json_object_get(record, "reply");

    return ours ? json_equal(ours, theirs) != 0 : !theirs;
}

static struct step after_read(struct visit *visit)
{
    const json_t *body =
        reply_is(visit->reply, 200) ? json_in_arena(reply_json(visit->reply), visit->arena) : NULL;
    const json_t *record = json_object_get(body, "value");
    const char *cid = json_text(body, "cid");
    struct receipt receipt = receipt_of(visit);

    if (!json_is_object(record))
        return read_later(visit);
    receipt.differs = !bluesky_shows(record, visit->job->content, visit->arena) ||
                      !same_reply(visit->kept.reply, record) ||
                      (cid && visit->kept.cid && strcmp(cid, visit->kept.cid) != 0);
    return step_done(receipt);
}

static const struct behaviour {
    struct step (*send)(const struct visit *visit);
    struct step (*receive)(struct visit *visit);
} behaviours[PHASES] = {
    [ANSWERING] = {send_parent, after_parent},
    [UPLOADING] = {send_upload, after_upload},
    [PUBLISHING] = {send_publish, after_publish},
    [ANSWERED] = {send_read, after_read},
};

static struct step publish(const struct job *job, const struct progress *at,
                           const struct http_reply *reply, struct arena *arena)
{
    struct visit visit = {.job = job, .reply = reply, .arena = arena};
    enum phase phase;

    if (job->content->parent && !job->parent_id)
        return step_refused(_("The id of the post that this one answers is not known."));
    if (job->content->media_count > MOST_MEDIA)
        return step_refused(_("Bluesky takes at most four pictures in one post."));
    if (!job->identity.remote_id)
        return step_retry(_("The platform's id of the account is not known yet."), INSTANT_NONE);
    if (!bluesky_key_usable(job->delivery->record_key))
        return step_doubt(_("Its record has no usable key."));
    visit.kept.blobs = json_in_arena(json_array(), arena);
    if (!at->state)
        return send_next(&visit);
    if (!read_progress(at, &visit, &phase))
        return step_doubt(_("The stored progress is not one that this version knows."));
    return reply ? behaviours[phase].receive(&visit) : behaviours[phase].send(&visit);
}

const struct adapter bluesky = {
    .name = "bluesky",
    .facts = &platform_rows[PLATFORM_BLUESKY],
    .proof = PROOF_READ_BACK,
    .hosts = hosts,
    .reset_header = "RateLimit-Reset",
    .states = states,
    .credential_keys = credential_keys,
    .session = &session,
    .class_of = class_of,
    .publish = publish,
    .find = bluesky_find,
    .identify = bluesky_identify,
    .refresh = bluesky_refresh,
    .retract = bluesky_retract,
};
