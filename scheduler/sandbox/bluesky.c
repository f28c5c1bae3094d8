#include "sandbox/bluesky.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sandbox/dag_cbor.h"
#include "sandbox/session.h"
#include "sandbox/sniff.h"

enum { PAGE_MOST = 100, PAGE_DEFAULT = 50, TID_LETTERS = 13 };

static const struct span access_life = {7200000};
static const struct span refresh_life = {INT64_C(90) * 86400000};
static const struct span grace = {7200000}; /* a renewed refresh token still names its successor */
static const struct span blob_life = {3600000}; /* of a blob that no record names: the least that
                                                   the specification grants */

/* One request on its way through the server. */
struct call {
    const struct platform *platform;
    struct world *world;
    struct request *request;
    struct answer *answer;
    struct arena *arena;
    struct account *account;       /* who asks; NULL where nobody must */
    const struct session *session; /* the same */
    json_t *input;                 /* a procedure's JSON body, or NULL */
};

/* ---- answers ---- */

static void refuse(struct request *request, int status, const char *name, const char *message,
                   struct answer *answer)
{
    json_t *body = json_object();

    json_put(body, "error", name);
    json_put(body, "message", message);
    answer_json(request, status, body, answer);
}

static void fail(struct call *call, int status, const char *name, const char *message)
{
    refuse(call->request, status, name, message, call->answer);
}

static void invalid(struct call *call, const char *message)
{
    fail(call, 400, "InvalidRequest", message);
}

static void missing(struct call *call, const char *member)
{
    invalid(call, arena_printf(call->arena, "Missing required key \"%s\" at $", member));
}

void bluesky_too_large(struct request *request, struct answer *answer)
{
    refuse(request, 413, "PayloadTooLarge", "request entity too large", answer);
}

/* ---- limits ---- */

static const struct limit all_requests = {"all", 3000, {300000}};

static const struct limit logins[] = {{"login", 30, {300000}}, {"logins a day", 300, {86400000}}};
static const struct limit writes[] = {{"points", 5000, {3600000}},
                                      {"points a day", 35000, {86400000}}};
static const struct limit blobs[] = {{"blobs", 1000, {86400000}}};

static void rate_headers(struct request *request, const struct limit *limit,
                         const struct limit_state *state, struct answer *answer)
{
    struct arena *arena = &request->arena;

    answer->headers.count = 0; /* a narrower limit's take the place of the wider's */
    answer_header(request, "RateLimit-Limit", arena_printf(arena, "%" PRId64, state->most), answer);
    answer_header(request, "RateLimit-Remaining",
                  arena_printf(arena, "%" PRId64, state->left < 0 ? 0 : state->left), answer);
    answer_header(request, "RateLimit-Reset",
                  arena_printf(arena, "%" PRId64, state->reset.ms / 1000), answer);
    answer_header(request, "RateLimit-Policy",
                  arena_printf(arena, "%" PRId64 ";w=%" PRId64, state->most,
                               limit->window.ms / 1000),
                  answer);
}

/* No Retry-After: the real server sends none. */
static void refuse_for_rate(struct request *request, const struct limit *limit,
                            const struct limit_state *state, struct answer *answer)
{
    refuse(request, 429, "RateLimitExceeded", "Rate Limit Exceeded", answer);
    rate_headers(request, limit, state, answer);
}

void bluesky_too_many(struct request *request, struct instant reset, struct answer *answer)
{
    const struct limit_state state = {.most = all_requests.most, .left = -1, .reset = reset};

    refuse_for_rate(request, &all_requests, &state, answer);
}

/* Counts the use in each limit and writes the headers of the tightest; false when one is passed. */
static bool within(struct call *call, const struct limit *limits, size_t count, int64_t points,
                   const char *who)
{
    struct limit_state tightest = {.left = INT64_MAX};
    const struct limit *limit = limits;
    size_t i;

    for (i = 0; i < count; i++) {
        struct limit_state state = limiter_use(&call->world->limiter, &limits[i], points, who,
                                               world_now(call->world), &call->world->arena);

        if (state.left < tightest.left) {
            tightest = state;
            limit = &limits[i];
        }
    }
    if (tightest.left < 0 && !call->world->unlimited) {
        refuse_for_rate(call->request, limit, &tightest, call->answer);
        return false;
    }
    rate_headers(call->request, limit, &tightest, call->answer);
    return true;
}

static bool may_write(struct call *call, int64_t points)
{
    return within(call, writes, COUNT_OF(writes), points, call->account->handle);
}

/* ---- names ---- */

static struct digest name_digest(const struct account *account, struct arena *arena)
{
    const char *name = arena_printf(arena, "%s/%s", account->platform, account->handle);

    return digest_of(name, strlen(name));
}

const char *bluesky_did(const struct account *account, struct arena *arena)
{
    struct digest digest = name_digest(account, arena);

    return arena_printf(arena, "did:plc:%s", base32_lower(digest.bytes, 15, arena));
}

const char *bluesky_handle(const struct account *account, struct arena *arena)
{
    char *handle = arena_text(arena, account->handle), *at;

    for (at = handle; (at = strchr(at, '_')) != NULL; at++)
        *at = '-';
    return strchr(handle, '.') ? handle : arena_printf(arena, "%s.test", handle);
}

/* By DID, by handle, or by the sandbox's own short name. */
static struct account *account_named(struct call *call, const char *name)
{
    struct account *account = call->world->accounts;

    for (; account; account = account->next)
        if (strcmp(account->platform, call->platform->name) == 0 &&
            (strcmp(bluesky_did(account, call->arena), name) == 0 ||
             strcasecmp(bluesky_handle(account, call->arena), name) == 0 ||
             strcmp(account->handle, name) == 0))
            return account;
    return NULL;
}

static const char *uri_of(struct call *call, const struct account *account, const char *rkey)
{
    return arena_printf(call->arena, "at://%s/" BLUESKY_POST "/%s",
                        bluesky_did(account, call->arena), rkey);
}

/* 53 bits of microseconds and 10 of a clock id. */
static const char *new_tid(struct call *call)
{
    static const char letters[] = "234567abcdefghijklmnopqrstuvwxyz";
    uint64_t id = strtoull(world_new_id(call->world, call->arena), NULL, 10);
    uint64_t number = ((id >> 16) * 1000 + (id >> 10 & 0x3f)) << 10 | (id & 0x3ff);
    char text[TID_LETTERS + 1] = {0};
    int i;

    for (i = TID_LETTERS; i-- > 0; number >>= 5)
        text[i] = letters[number & 31];
    return arena_text(call->arena, text);
}

/* ---- sessions ---- */

static const char *base64_url(const void *bytes, size_t length, struct arena *arena)
{
    char *text = base64_encode(bytes, length, arena), *at;

    for (at = text; *at; at++)
        *at = *at == '+' ? '-' : *at == '/' ? '_' : *at;
    text[strcspn(text, "=")] = '\0';
    return text;
}

/* A JWT as the real server's; what counts is that the world remembers it. */
static const char *new_token(struct call *call, const struct account *account, const char *type,
                             const char *scope, struct span life)
{
    static const char key[] = "sandbox-bluesky";
    struct instant now = world_now(call->world);
    json_t *head = json_pack("{s:s,s:s}", "typ", type, "alg", "HS256");
    json_t *claims =
        json_pack("{s:s,s:s,s:I,s:I,s:s}", "scope", scope, "sub", bluesky_did(account, call->arena),
                  "iat", (json_int_t)(now.ms / 1000), "exp",
                  (json_int_t)(instant_plus(now, life).ms / 1000), "jti",
                  world_new_id(call->world, call->arena));
    size_t head_length, claims_length;
    const char *head_text = json_write(head, call->arena, &head_length);
    const char *claims_text = json_write(claims, call->arena, &claims_length);
    const char *body =
        arena_printf(call->arena, "%s.%s", base64_url(head_text, head_length, call->arena),
                     base64_url(claims_text, claims_length, call->arena));
    struct digest signature = hmac_sha256(key, sizeof key - 1, body, strlen(body));

    json_decref(head);
    json_decref(claims);
    return arena_printf(call->arena, "%s.%s", body,
                        base64_url(signature.bytes, sizeof signature.bytes, call->arena));
}

static const struct session *new_session(struct call *call, const struct account *account,
                                         const struct session *renewed)
{
    return session_make(
        call->world, account,
        new_token(call, account, "at+jwt", "com.atproto.appPass", access_life), access_life,
        new_token(call, account, "refresh+jwt", "com.atproto.refresh", refresh_life), refresh_life,
        renewed);
}

/* The address in it is a live one: a client with a base_url must not follow it. */
static json_t *did_document(struct call *call, const struct account *account)
{
    const char *did = bluesky_did(account, call->arena);

    return json_pack("{s:[s],s:s,s:[s],s:[],s:[{s:s,s:s,s:s}]}", "@context",
                     "https://www.w3.org/ns/did/v1", "id", did, "alsoKnownAs",
                     arena_printf(call->arena, "at://%s", bluesky_handle(account, call->arena)),
                     "verificationMethod", "service", "id", "#atproto_pds", "type",
                     "AtprotoPersonalDataServer", "serviceEndpoint",
                     "https://sandbox.host.bsky.network");
}

static json_t *identity_json(struct call *call, const struct account *account)
{
    json_t *body = json_object();

    json_put(body, "handle", bluesky_handle(account, call->arena));
    json_put(body, "did", bluesky_did(account, call->arena));
    json_put_new(body, "didDoc", did_document(call, account));
    json_put(body, "email", "sandbox@localhost");
    json_put_bool(body, "emailConfirmed", true);
    json_put_bool(body, "emailAuthFactor", false);
    json_put_bool(body, "active", true);
    return body;
}

static void answer_session(struct call *call, const struct account *account,
                           const struct session *session)
{
    json_t *body = identity_json(call, account);

    json_put(body, "accessJwt", session->access);
    json_put(body, "refreshJwt", session->refresh);
    answer_json(call->request, 200, body, call->answer);
}

/* HANDLE for the password or the identifier `sandbox-HANDLE`; else a name made of the identifier.
 * NULL when --strict does not list the password. */
static const char *handle_of_login(struct call *call, const char *identifier, const char *password)
{
    const char *by_password = world_handle_of(call->world, password, call->arena);

    if (!by_password || strncmp(password, "sandbox-", 8) == 0)
        return by_password;
    return world_name_of(identifier, call->arena);
}

static void create_session(struct call *call)
{
    const char *identifier = json_text(call->input, "identifier");
    const char *password = json_text(call->input, "password"), *handle;

    if (!identifier || !password) {
        missing(call, identifier ? "password" : "identifier");
        return;
    }
    if (!within(call, logins, COUNT_OF(logins), 1, identifier))
        return;
    handle = handle_of_login(call, identifier, password);
    if (!handle) {
        fail(call, 401, "AuthenticationRequired", "Invalid identifier or password");
        return;
    }
    call->account = call->request->account =
        world_account(call->world, call->platform->name, handle);
    answer_session(call, call->account, new_session(call, call->account, NULL));
}

/* The same refresh token again, within its grace: the same successor. */
static void refresh_session(struct call *call)
{
    const struct session *made = call->session->successor;

    if (made && !instant_before(world_now(call->world), instant_plus(made->at, grace))) {
        fail(call, 400, "ExpiredToken", "Token has been revoked");
        return;
    }
    answer_session(call, call->account,
                   made ? made : new_session(call, call->account, call->session));
}

static void delete_session(struct call *call)
{
    session_expire_refresh(call->world, call->session);
    answer_text(call->request, 200, "text/plain", "", call->answer);
}

static void get_session(struct call *call)
{
    answer_json(call->request, 200, identity_json(call, call->account), call->answer);
}

/* The token at hand ends now, with its like, and the answer says so. */
void bluesky_no_token(struct world *world, struct request *request, struct answer *answer)
{
    const char *token = request_bearer(request);
    const struct session *session = token ? session_of_access(world, "bluesky", token) : NULL;

    if (session)
        session_expire_access(world, world_find_account(world, "bluesky", session->account));
    else if (token && (session = session_of_refresh(world, "bluesky", token)) != NULL)
        session_expire_refresh(world, session);
    refuse(request, 400, "ExpiredToken", "Token has expired", answer);
}

enum asker { ANYBODY, WITH_ACCESS, WITH_REFRESH };

/* False with the answer written. */
static bool know_asker(struct call *call, enum asker asker)
{
    const char *token = request_bearer(call->request), *name = call->platform->name;
    const struct session *access = token ? session_of_access(call->world, name, token) : NULL;
    const struct session *refresh = token ? session_of_refresh(call->world, name, token) : NULL;
    struct instant now = world_now(call->world);

    call->session = asker == WITH_REFRESH ? refresh : access;
    if (!token)
        fail(call, 401, "AuthMissing", "Authentication Required");
    else if (!access && !refresh)
        fail(call, 400, "InvalidToken", "Token could not be verified");
    else if (!call->session)
        fail(call, 400, "InvalidToken", "Invalid token type");
    else if (!instant_before(now, asker == WITH_REFRESH ? call->session->refresh_until
                                                        : call->session->access_until))
        fail(call, 400, "ExpiredToken",
             asker == WITH_REFRESH ? "Token has been revoked" : "Token has expired");
    else
        call->account = world_find_account(call->world, name, call->session->account);
    call->request->account = call->account;
    return call->account != NULL;
}

/* ---- blobs ---- */

/* The real server sniffs too; what it cannot tell is what the client says. */
static const char *mime_of(const struct call *call)
{
    const struct buffer *body = &call->request->body;
    const char *said = header_text(&call->request->headers, "Content-Type");
    const char *mime =
        sniff_mime(body->bytes, body->length,
                   SNIFF_JPEG | SNIFF_PNG | SNIFF_GIF | SNIFF_WEBP | SNIFF_AVIF | SNIFF_MP4);

    return mime ? mime : arena_text_n(call->arena, said, strcspn(said, "; "));
}

static const char *cid_of_upload(const struct upload *upload)
{
    return json_text(upload->detail, "cid");
}

static void upload_blob(struct call *call)
{
    const struct buffer *body = &call->request->body;
    struct digest digest = digest_of(body->bytes, body->length);
    const char *mime, *cid = cid_of_blob(&digest, call->arena);

    if (!header_text(&call->request->headers, "Content-Type")) {
        invalid(call, "Request encoding (Content-Type) required but not provided");
        return;
    }
    if (body->length == 0) {
        invalid(call, "A request body is expected but none was provided");
        return;
    }
    if (!within(call, blobs, COUNT_OF(blobs), 1, call->account->handle))
        return;
    mime = mime_of(call);
    (void)world_upload(call->world, call->account, body->bytes, body->length, mime, NULL,
                       (struct span){0}, json_pack("{s:s}", "cid", cid));
    answer_json(call->request, 200,
                json_pack("{s:{s:s,s:{s:s},s:s,s:I}}", "blob", "$type", "blob", "ref", "$link", cid,
                          "mimeType", mime, "size", (json_int_t)body->length),
                call->answer);
}

static bool is_current(const struct world *world, const struct post *post)
{
    return instant_is_none(post->deleted_at) &&
           world_find_post((struct world *)(uintptr_t)world, post->platform, post->id) == post;
}

static bool names_cid(const struct post *post, const char *cid)
{
    size_t i;

    for (i = 0; i < post->media_count; i++)
        if (strcmp(cid_of_upload(post->media[i].upload), cid) == 0)
            return true;
    return false;
}

static bool is_named(const struct call *call, const struct account *account, const char *cid)
{
    const struct post *post;

    for (post = call->world->posts; post; post = post->older)
        if (strcmp(post->platform, account->platform) == 0 &&
            strcmp(post->account, account->handle) == 0 && names_cid(post, cid) &&
            is_current(call->world, post))
            return true;
    return false;
}

/* The newest upload of this content by this account, or NULL. */
static struct upload *upload_of_cid(const struct call *call, const struct account *account,
                                    const char *cid)
{
    struct upload *upload = call->world->uploads;

    while (upload && (strcmp(upload->platform, account->platform) != 0 ||
                      strcmp(upload->account, account->handle) != 0 ||
                      strcmp(cid_of_upload(upload), cid) != 0))
        upload = upload->older;
    return upload;
}

/* A blob that no record names ends after a while. */
static bool is_collected(const struct call *call, const struct account *account,
                         const struct upload *upload)
{
    return !instant_before(world_now(call->world), instant_plus(upload->at, blob_life)) &&
           !is_named(call, account, cid_of_upload(upload));
}

static void get_blob(struct call *call)
{
    const char *did = fields_text(&call->request->query, "did");
    const char *cid = fields_text(&call->request->query, "cid");
    const struct account *account = did ? account_named(call, did) : NULL;
    const struct upload *upload = account && cid ? upload_of_cid(call, account, cid) : NULL;

    if (!upload || !is_named(call, account, cid) ||
        !platform_show_file(call->world, call->request, upload->sha256, upload->mime, call->answer))
        invalid(call, "Blob not found");
}

/* ---- records: reading ---- */

static const struct post *post_of(struct call *call, const struct account *account,
                                  const char *rkey)
{
    const struct post *post =
        world_find_post(call->world, call->platform->name, uri_of(call, account, rkey));

    return post && instant_is_none(post->deleted_at) ? post : NULL;
}

static json_t *record_json(const struct post *post)
{
    json_t *object = json_object();

    json_put(object, "uri", post->id);
    json_put(object, "cid", json_text(post->detail, "cid"));
    json_put_new(object, "value", json_deep_copy(json_object_get(post->detail, "record")));
    return object;
}

/* The repository that a query asks about; NULL with the answer written. */
static struct account *asked_repo(struct call *call)
{
    const char *repo = fields_text(&call->request->query, "repo");
    const char *collection = fields_text(&call->request->query, "collection");
    struct account *account = repo ? account_named(call, repo) : NULL;

    if (!repo || !collection)
        invalid(call, "Error: Params must have the properties \"repo\" and \"collection\"");
    else if (!account)
        invalid(call, "Could not locate record");
    else
        return account;
    return NULL;
}

static bool is_posts(const char *collection)
{
    return strcmp(collection, BLUESKY_POST) == 0;
}

static void get_record(struct call *call)
{
    const char *collection = fields_text(&call->request->query, "collection");
    const char *rkey = fields_text(&call->request->query, "rkey");
    const char *cid = fields_text(&call->request->query, "cid");
    const struct account *account = asked_repo(call);
    const struct post *post;

    if (!account)
        return;
    if (!rkey) {
        invalid(call, "Error: Params must have the property \"rkey\"");
        return;
    }
    post = is_posts(collection) ? post_of(call, account, rkey) : NULL;
    if (post && (!cid || strcmp(json_text(post->detail, "cid"), cid) == 0))
        answer_json(call->request, 200, record_json(post), call->answer);
    else
        fail(call, 400, "RecordNotFound",
             arena_printf(call->arena, "Could not locate record: at://%s/%s/%s",
                          bluesky_did(account, call->arena), collection, rkey));
}

struct page {
    const struct post **posts;
    size_t count, capacity;
};

static int by_id(const void *left, const void *right)
{
    const struct post *const *a = left, *const *b = right;

    return strcmp((*a)->id, (*b)->id);
}

/* All current posts of the account, by record key: that is their order in the repository. */
static struct page posts_of(struct call *call, const struct account *account)
{
    struct page page = {0};
    const struct post *post;

    for (post = call->world->posts; post; post = post->older)
        if (strcmp(post->platform, account->platform) == 0 &&
            strcmp(post->account, account->handle) == 0 && is_current(call->world, post))
            *(const struct post **)arena_push(call->arena, &page.posts, &page.count, &page.capacity,
                                              sizeof *page.posts) = post;
    if (page.count)
        qsort(page.posts, page.count, sizeof *page.posts, by_id);
    return page;
}

/* Newest first unless `reverse`; the cursor is the last record key of the page before. */
static void list_records(struct call *call)
{
    const struct fields *query = &call->request->query;
    const char *limit = fields_text(query, "limit"), *cursor = fields_text(query, "cursor");
    const char *reverse = fields_text(query, "reverse"), *rkey = NULL;
    bool is_reverse = reverse && strcmp(reverse, "true") == 0;
    const struct account *account = asked_repo(call);
    size_t most = limit ? (size_t)strtoull(limit, NULL, 10) : PAGE_DEFAULT, i;
    json_t *body, *list;
    struct page page;

    if (!account)
        return;
    if (most < 1 || most > PAGE_MOST) {
        invalid(call, "Error: limit must be from 1 to 100");
        return;
    }
    page = posts_of(call, account);
    body = json_object();
    list = json_array();
    if (!is_posts(fields_text(query, "collection")))
        page.count = 0;
    for (i = 0; i < page.count && json_array_size(list) < most; i++) {
        const struct post *post = page.posts[is_reverse ? i : page.count - 1 - i];
        const char *key = strrchr(post->id, '/') + 1;

        if (cursor && (is_reverse ? strcmp(key, cursor) <= 0 : strcmp(key, cursor) >= 0))
            continue;
        json_array_append_new(list, record_json(post));
        rkey = key;
    }
    if (rkey)
        json_put(body, "cursor", rkey);
    json_put_new(body, "records", list);
    answer_json(call->request, 200, body, call->answer);
}

/* ---- records: writing ---- */

/* What a write asks for, checked as far as one can without the world. */
struct write {
    const char *rkey;
    const json_t *record;
    const struct post *there; /* the record under that key, or NULL */
    const char *cid;          /* of `record` */
    struct medium media[BLUESKY_IMAGES_MOST];
    size_t media_count;
};

/* The body names the asker's own repository and the one collection that we serve. */
static bool is_own_collection(struct call *call)
{
    const char *repo = json_text(call->input, "repo");
    const char *collection = json_text(call->input, "collection");

    if (!repo || !collection)
        missing(call, repo ? "collection" : "repo");
    else if (account_named(call, repo) != call->account)
        fail(call, 401, "AuthenticationRequired", "Authentication Required");
    else if (!is_posts(collection))
        fail(call, 501, "MethodNotImplemented", "SANDBOX: only " BLUESKY_POST " is served here");
    else
        return true;
    return false;
}

static bool key_is_good(struct call *call, const char *rkey)
{
    const char *complaint = rkey ? bluesky_key_complaint(rkey) : NULL;

    if (!rkey)
        missing(call, "rkey");
    else if (complaint)
        invalid(call, arena_printf(call->arena,
                                   "Invalid record key for " BLUESKY_POST ": %s (got \"%s\") at $",
                                   complaint, rkey));
    return rkey && !complaint;
}

/* The upload behind a blob of the record; false with the answer written. */
static bool blob_is_there(struct call *call, const json_t *blob, struct upload **upload)
{
    const char *cid = json_text(json_object_get(blob, "ref"), "$link");
    const char *mime = json_text(blob, "mimeType");

    *upload = upload_of_cid(call, call->account, cid);
    if (!*upload || is_collected(call, call->account, *upload))
        fail(call, 400, "BlobNotFound", arena_printf(call->arena, "Could not find blob: %s", cid));
    else if (strcmp((*upload)->mime, mime) != 0)
        fail(call, 400, "InvalidMimeType",
             arena_printf(call->arena,
                          "Referenced Mimetype does not match stored blob. Expected: %s, Got: %s",
                          (*upload)->mime, mime));
    else if ((*upload)->bytes != json_integer_or(blob, "size", 0))
        fail(call, 400, "InvalidSize",
             arena_printf(call->arena,
                          "Referenced Size does not match stored blob. Expected: %" PRId64
                          ", Got: %" PRId64,
                          (*upload)->bytes, json_integer_or(blob, "size", 0)));
    else
        return true;
    return false;
}

static bool take_blob(struct call *call, const json_t *blob, const char *alt, struct write *write)
{
    struct upload *upload;
    struct medium *medium = &write->media[write->media_count];

    if (!blob_is_there(call, blob, &upload))
        return false;
    *medium = world_medium(upload);
    medium->alt = alt;
    write->media_count++;
    return true;
}

/* Pictures and videos with their alt texts; a card's picture is none of the post's. */
static bool take_media(struct call *call, struct write *write)
{
    const json_t *embed = json_object_get(write->record, "embed");
    const json_t *images = json_object_get(embed, "images");
    const json_t *thumb = json_object_get(json_object_get(embed, "external"), "thumb");
    const json_t *video = json_object_get(embed, "video");
    struct upload *ignored;
    size_t i;

    for (i = 0; i < json_array_size(images); i++) {
        const json_t *image = json_array_get(images, i);

        if (!take_blob(call, json_object_get(image, "image"), json_text(image, "alt"), write))
            return false;
    }
    return (!video || take_blob(call, video, json_text(embed, "alt"), write)) &&
           (!thumb || blob_is_there(call, thumb, &ignored));
}

static bool record_is_good(struct call *call, struct write *write)
{
    const char *complaint;

    if (!write->record) {
        missing(call, "record");
        return false;
    }
    complaint = bluesky_complaint(write->record, call->arena);
    if (complaint)
        invalid(call, arena_printf(call->arena, "Invalid " BLUESKY_POST " record: %s", complaint));
    else if (!cid_of_record(write->record, call->arena, &write->cid))
        invalid(call, "Expected one of null, boolean, integer, string, cid, bytes, array or object "
                      "value type at $.record");
    else
        return take_media(call, write);
    return false;
}

/* Made up, but the same for the same change. */
static json_t *commit_json(struct call *call, const char *what)
{
    const char *rev = new_tid(call), *name = arena_printf(call->arena, "%s %s", what, rev), *cid;
    json_t *text = json_string(name);

    if (!cid_of_record(text, call->arena, &cid))
        abort(); /* a text has a cid */
    json_decref(text);
    return json_pack("{s:s,s:s}", "cid", cid, "rev", rev);
}

static void answer_write(struct call *call, const char *uri, const char *cid, json_t *commit)
{
    json_t *body = json_object();

    json_put(body, "uri", uri);
    json_put(body, "cid", cid);
    json_put(body, "validationStatus", "valid");
    if (commit)
        json_put_new(body, "commit", commit);
    answer_json(call->request, 200, body, call->answer);
}

static json_t *detail_of(struct call *call, const struct write *write)
{
    json_t *flaws = bluesky_flaws(write->record, call->arena);
    json_t *detail = json_object();

    json_put(detail, "cid", write->cid);
    json_put_new(detail, "record", json_deep_copy(write->record));
    if (flaws)
        json_put_new(detail, "flaws", flaws);
    return detail;
}

/* A record of its own, or a further version of the one there. */
static void store(struct call *call, const struct write *write)
{
    struct draft draft = {.id = uri_of(call, call->account, write->rkey),
                          .text = json_text(write->record, "text"),
                          .media = write->media,
                          .media_count = write->media_count,
                          .key = write->rkey,
                          .detail = detail_of(call, write)};

    (void)world_publish(call->world, call->account, &draft);
    answer_write(call, draft.id, write->cid, commit_json(call, write->cid));
}

/* `swapRecord`: null where nothing may be, a cid where that version must be. */
static bool swap_is_fine(struct call *call, const struct write *write)
{
    const json_t *swap = json_object_get(call->input, "swapRecord");
    const char *there = write->there ? json_text(write->there->detail, "cid") : "null";

    if (!swap || strcmp(json_is_string(swap) ? json_string_value(swap) : "null", there) == 0)
        return true;
    fail(call, 400, "InvalidSwap", arena_printf(call->arena, "Record was at %s", there));
    return false;
}

/* A record without its type gets it, as on the real server. */
static struct write write_of(const struct call *call)
{
    json_t *record = json_object_get(call->input, "record");

    if (json_is_object(record) && !json_object_get(record, "$type"))
        json_put(record, "$type", BLUESKY_POST);
    return (struct write){.rkey = json_text(call->input, "rkey"), .record = record};
}

static void put_record(struct call *call)
{
    struct write write = write_of(call);

    if (!may_write(call, 2) || !is_own_collection(call) || !key_is_good(call, write.rkey) ||
        !record_is_good(call, &write))
        return;
    write.there = post_of(call, call->account, write.rkey);
    if (write.there && strcmp(json_text(write.there->detail, "cid"), write.cid) == 0)
        answer_write(call, write.there->id, write.cid, NULL); /* before any swap is looked at */
    else if (swap_is_fine(call, &write))
        store(call, &write);
}

static void create_record(struct call *call)
{
    struct write write = write_of(call);

    if (!write.rkey)
        write.rkey = new_tid(call);
    if (!may_write(call, 3) || !is_own_collection(call) || !key_is_good(call, write.rkey) ||
        !record_is_good(call, &write))
        return;
    if (post_of(call, call->account, write.rkey)) /* so it is: a repeat is an inner error */
        fail(call, 500, "InternalServerError", "Internal Server Error");
    else
        store(call, &write);
}

static void delete_record(struct call *call)
{
    const char *rkey = json_text(call->input, "rkey");
    const struct post *post;
    json_t *body;

    if (!may_write(call, 1) || !is_own_collection(call) || !key_is_good(call, rkey))
        return;
    body = json_object();
    post = post_of(call, call->account, rkey);
    if (post) {
        json_put_new(body, "commit", commit_json(call, post->id));
        world_delete(call->world, (struct post *)(uintptr_t)post);
    }
    answer_json(call->request, 200, body, call->answer);
}

/* ---- the server itself ---- */

static void resolve_handle(struct call *call)
{
    const char *handle = fields_text(&call->request->query, "handle");
    const struct account *account = handle ? account_named(call, handle) : NULL;

    if (account)
        answer_json(call->request, 200,
                    json_pack("{s:s}", "did", bluesky_did(account, call->arena)), call->answer);
    else
        invalid(call, "Unable to resolve handle");
}

static void describe_server(struct call *call)
{
    answer_json(call->request, 200,
                json_pack("{s:s,s:[s],s:b,s:b,s:{},s:{},s:i}", "did", "did:web:sandbox.invalid",
                          "availableUserDomains", ".test", "inviteCodeRequired", 1,
                          "phoneVerificationRequired", 0, "links", "contact", "blobUploadLimit",
                          BLUESKY_BLOB_MOST),
                call->answer);
}

/* ---- the table of methods ---- */

enum input { QUERY, PROCEDURE, PROCEDURE_WITHOUT_BODY, PROCEDURE_WITH_BYTES };

static const struct route {
    const char *path;
    enum input input;
    enum asker asker;
    void (*serve)(struct call *call);
} routes[] = {
    {"/xrpc/com.atproto.server.createSession", PROCEDURE, ANYBODY, create_session},
    {"/xrpc/com.atproto.server.refreshSession", PROCEDURE_WITHOUT_BODY, WITH_REFRESH,
     refresh_session},
    {"/xrpc/com.atproto.server.deleteSession", PROCEDURE_WITHOUT_BODY, WITH_REFRESH,
     delete_session},
    {"/xrpc/com.atproto.server.getSession", QUERY, WITH_ACCESS, get_session},
    {"/xrpc/com.atproto.server.describeServer", QUERY, ANYBODY, describe_server},
    {"/xrpc/com.atproto.repo.uploadBlob", PROCEDURE_WITH_BYTES, WITH_ACCESS, upload_blob},
    {"/xrpc/com.atproto.repo.putRecord", PROCEDURE, WITH_ACCESS, put_record},
    {"/xrpc/com.atproto.repo.createRecord", PROCEDURE, WITH_ACCESS, create_record},
    {"/xrpc/com.atproto.repo.deleteRecord", PROCEDURE, WITH_ACCESS, delete_record},
    {"/xrpc/com.atproto.repo.getRecord", QUERY, ANYBODY, get_record},
    {"/xrpc/com.atproto.repo.listRecords", QUERY, ANYBODY, list_records},
    {"/xrpc/com.atproto.sync.getBlob", QUERY, ANYBODY, get_blob},
    {"/xrpc/com.atproto.identity.resolveHandle", QUERY, ANYBODY, resolve_handle},
};

/* The JSON body of a procedure; false with the answer written. */
static bool read_input(struct call *call, enum input input)
{
    const struct buffer *body = &call->request->body;
    struct err err;

    if (input != PROCEDURE)
        return true;
    if (!header_text(&call->request->headers, "Content-Type"))
        invalid(call, "Request encoding (Content-Type) required but not provided");
    else if (!request_body_is(call->request, "application/json"))
        invalid(call, arena_printf(call->arena, "Wrong request encoding (Content-Type): %s",
                                   header_text(&call->request->headers, "Content-Type")));
    else if (body->length > BLUESKY_JSON_MOST)
        bluesky_too_large(call->request, call->answer);
    else if ((call->input = json_read(body->bytes, body->length, &err)) == NULL)
        fail(call, 400, "SyntaxError", err.text);
    else if (!json_is_object(call->input))
        invalid(call, "Expected object value type at $");
    else
        return true;
    return false;
}

static void serve_route(struct call *call, const struct route *route)
{
    if (!within(call, &all_requests, 1, 1, call->platform->name))
        return;
    if ((route->asker == ANYBODY || know_asker(call, route->asker)) &&
        read_input(call, route->input))
        route->serve(call);
    json_decref(call->input);
}

static const struct route *route_of(const struct request *request)
{
    size_t i;

    for (i = 0; i < COUNT_OF(routes); i++)
        if (strcmp(routes[i].path, request->below) == 0 &&
            strcmp(request->method, routes[i].input == QUERY ? "GET" : "POST") == 0)
            return &routes[i];
    return NULL;
}

/* "/profile/HANDLE" and "/profile/HANDLE/post/RKEY", as on bsky.app. */
static bool served_page(struct call *call)
{
    const char *below = call->request->below, *name = below + strlen("/profile/"), *rest;
    const struct account *account;
    const struct post *only = NULL;
    size_t length;

    if (strncmp(below, "/profile/", strlen("/profile/")) != 0 ||
        strcmp(call->request->method, "GET") != 0)
        return false;
    length = strcspn(name, "/");
    rest = name + length;
    account = account_named(call, arena_text_n(call->arena, name, length));
    if (account && strncmp(rest, "/post/", 6) == 0)
        only = post_of(call, account, rest + 6);
    if (!account || (*rest && !only))
        answer_text(call->request, 404, "text/plain; charset=utf-8", "SANDBOX: not found",
                    call->answer);
    else
        bluesky_page(call->platform, call->world, call->request, account, only, call->answer);
    return true;
}

/* The real server passes methods that it does not know on to another, which is not here. */
void bluesky_serve(const struct platform *platform, struct world *world, struct request *request,
                   struct answer *answer)
{
    struct call call = {.platform = platform,
                        .world = world,
                        .request = request,
                        .answer = answer,
                        .arena = &request->arena};
    const struct route *route = route_of(request);

    if (route)
        serve_route(&call, route);
    else if (!served_page(&call))
        fail(&call, 502, "UpstreamFailure", "pipethrough network error");
}
