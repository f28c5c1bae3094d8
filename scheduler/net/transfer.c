#include "net/transfer.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/digest.h"
#include "base/i18n.h"
#include "net/address.h"
#include "net/answer.h"
#include "net/hashing.h"
#include "net/multi.h"
#include "net/signing.h"
#include "net/upload.h"

enum {
    WHY_BYTES = 300,
    MOST_HEADERS = 17,
    MOST_UPLOADS = 8,
    MOST_IDLE = 128,
    DESKS = 1024,
    MOST_HIDDEN = SIGNATURE_LINES + 3 /* the body, the address, what a session is opened with */
};
/* Answers are small: a hundred connections shall not hold 16 KiB each for them. */
enum { RECEIVE_BYTES = 1024 };
enum { CONNECT_MS = 10 * 1000, PACE_MS = 30 * 1000, PACE_BYTES = 30 * 1024 };

struct transfer {
    struct transfer *next, *previous; /* in `active` or `idle` */
    struct transfers *owner;
    CURL *easy;
    struct arena arena; /* copies of the request */
    struct answer answer;
    int64_t number;
    enum request_kind kind;
    transfer_done done;
    void *arg;

    struct clock_timer timer; /* one slice of `left` at a time */
    struct span slice, left;
    curl_off_t moved; /* bytes at the last look, uploads only */

    struct curl_slist headers[MOST_HEADERS];
    size_t header_count;
    char *hidden[MOST_HIDDEN]; /* texts with secrets in them: wiped afterwards */
    size_t hidden_count;
    curl_mime *mime;
    struct upload *uploads[MOST_UPLOADS];
    size_t upload_count;

    struct session_opening opening; /* its answer opens a session; else words NULL */
    const char *account;            /* whose, in the arena */
    bool address_is_secret;
    char *address; /* of the last request, unless it was secret, and as libcurl reads it: many
                    * requests of an account go to one address. NULL = none */
    CURLU *parsed;
    size_t desk; /* of the account that it served last, in `latest` */
    bool resting;

    bool running;            /* libcurl has it */
    struct hashing *hashing; /* a file is hashed before its first piece leaves; else NULL */
    bool medium_missing;     /* the spool could not give a file, or not what its name says */
    char why[WHY_BYTES];
    char curl_why[CURL_ERROR_SIZE];
};

struct transfers {
    struct multi multi;
    uv_timer_t soon; /* for what failed before libcurl saw it */
    struct clock *clock;
    struct secrets *secrets;
    char *spool, *ca_file;
    struct hashed hashed;
    struct transfer *active, *idle, *eldest; /* eldest: the last of idle */
    size_t active_count, idle_count;
    struct transfer *latest[DESKS]; /* given back, by account: it may have the address at hand */
    int64_t numbers;
    int open_parts; /* multi, soon, and each hashing under way */
};

/* ---- lists ---- */

static void link_first(struct transfer **list, struct transfer *transfer)
{
    transfer->previous = NULL;
    transfer->next = *list;
    if (*list)
        (*list)->previous = transfer;
    *list = transfer;
}

static void unlink_from(struct transfer **list, struct transfer *transfer)
{
    if (transfer->previous)
        transfer->previous->next = transfer->next;
    else
        *list = transfer->next;
    if (transfer->next)
        transfer->next->previous = transfer->previous;
}

static void activate(struct transfer *transfer)
{
    link_first(&transfer->owner->active, transfer);
    transfer->owner->active_count++;
}

static void deactivate(struct transfer *transfer)
{
    unlink_from(&transfer->owner->active, transfer);
    transfer->owner->active_count--;
}

/* ---- life of a handle ---- */

static size_t on_header(char *bytes, size_t size, size_t count, void *arg)
{
    struct transfer *transfer = arg;

    return answer_header(&transfer->answer, bytes, size * count) ? size * count : 0;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *arg)
{
    struct transfer *transfer = arg;

    return answer_body(&transfer->answer, bytes, size * count) ? size * count : 0;
}

/* What is the same for every request: reliability.md §5.3. No debug output, ever: it would hold the
 * token. */
static void set_defaults(struct transfer *transfer)
{
    CURL *easy = transfer->easy;

    curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_MAXREDIRS, 0L);
    curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "https");
    curl_easy_setopt(easy, CURLOPT_UNRESTRICTED_AUTH, 0L);
    curl_easy_setopt(easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_HTTP09_ALLOWED, 0L);
    curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)JSON_MAX_BYTES);
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, (long)RECEIVE_BYTES);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->curl_why);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
    if (transfer->owner->ca_file)
        curl_easy_setopt(easy, CURLOPT_CAINFO, transfer->owner->ca_file);
}

static void on_slice_over(struct clock_timer *timer);

static struct transfer *transfer_new(struct transfers *owner)
{
    struct transfer *transfer = calloc(1, sizeof *transfer);

    if (!transfer)
        out_of_memory();
    transfer->owner = owner;
    transfer->easy = curl_easy_init();
    if (!transfer->easy)
        out_of_memory();
    transfer->timer.fire = on_slice_over;
    transfer->timer.owner = transfer;
    answer_init(&transfer->answer);
    multi_adopt(&owner->multi, transfer->easy);
    set_defaults(transfer);
    return transfer;
}

static void forget_address(struct transfer *transfer)
{
    if (!transfer->address)
        return;
    curl_easy_setopt(transfer->easy, CURLOPT_CURLU, NULL);
    curl_url_cleanup(transfer->parsed);
    free(transfer->address);
    transfer->parsed = NULL;
    transfer->address = NULL;
}

static void transfer_free(struct transfer *transfer)
{
    forget_address(transfer);
    if (transfer->owner->latest[transfer->desk] == transfer)
        transfer->owner->latest[transfer->desk] = NULL;
    curl_easy_cleanup(transfer->easy);
    answer_clear(&transfer->answer);
    arena_clear(&transfer->arena);
    free(transfer);
}

static size_t desk_of(const char *account)
{
    uint32_t hash = 2166136261u;

    for (; *account; account++)
        hash = (hash ^ (unsigned char)*account) * 16777619u;
    return (hash ^ hash >> 16) % DESKS;
}

static void rest(struct transfer *transfer)
{
    struct transfers *owner = transfer->owner;

    transfer->resting = true;
    link_first(&owner->idle, transfer);
    if (owner->idle_count++ == 0)
        owner->eldest = transfer;
    owner->latest[transfer->desk] = transfer;
}

static void rouse(struct transfers *owner, struct transfer *transfer)
{
    transfer->resting = false;
    if (owner->eldest == transfer)
        owner->eldest = transfer->previous;
    unlink_from(&owner->idle, transfer);
    owner->idle_count--;
}

/* The one that served the account last, if it rests; else the one that most likely serves no other.
 */
static struct transfer *take_idle(struct transfers *owner, const char *account)
{
    const size_t desk = desk_of(account);
    struct transfer *transfer = owner->latest[desk];

    if (!transfer || !transfer->resting)
        transfer = owner->eldest;
    if (transfer)
        rouse(owner, transfer);
    else
        transfer = transfer_new(owner);
    transfer->desk = desk;
    return transfer;
}

static void free_idle(struct transfers *owner)
{
    struct transfer *transfer = owner->eldest;

    assert(transfer && !transfer->next);
    rouse(owner, transfer);
    transfer_free(transfer);
}

/* After a burst, more handles are idle than are worth keeping. */
static void trim_idle(struct transfers *owner)
{
    while (owner->idle_count > MOST_IDLE)
        free_idle(owner);
}

/* Forgets the request, its secret first. */
static void give_back(struct transfer *transfer)
{
    while (transfer->hidden_count > 0) {
        char *text = transfer->hidden[--transfer->hidden_count];
        wipe(text, strlen(text));
    }
    transfer->header_count = 0;
    transfer->medium_missing = false;
    curl_easy_setopt(transfer->easy, CURLOPT_MIMEPOST, NULL);
    curl_mime_free(transfer->mime);
    transfer->mime = NULL;
    while (transfer->upload_count > 0)
        upload_close(transfer->uploads[--transfer->upload_count]);
    arena_reset(&transfer->arena);
    if (transfer->opening.words && transfer->answer.body.capacity > 0)
        wipe(transfer->answer.body.bytes, transfer->answer.body.length);
    transfer->opening = (struct session_opening){0};
    answer_reset(&transfer->answer);
    transfer->why[0] = '\0';
    transfer->curl_why[0] = '\0';
    rest(transfer);
}

/* ---- the end of a transfer ---- */

/* The sentence is stored as JSON later, so it stays UTF-8: what libcurl and file names bring along
 * becomes ASCII (plain_ascii), and nothing is cut inside a character. */
static void keep_why(struct transfer *transfer, const char *why)
{
    size_t length = strlen(why);

    if (length >= sizeof transfer->why) {
        length = sizeof transfer->why - 1;
        while (length > 0 && ((unsigned char)why[length] & 0xc0) == 0x80)
            length--;
    }
    memcpy(transfer->why, why, length);
    transfer->why[length] = '\0';
}

static const char *plain_ascii(char *text)
{
    for (char *c = text; *c; c++) {
        if (*c < ' ' || *c > '~')
            *c = '?';
    }
    return text;
}

static bool media_changed(const struct transfer *transfer)
{
    if (transfer->medium_missing)
        return true;
    for (size_t i = 0; i < transfer->upload_count; i++) {
        if (upload_changed(transfer->uploads[i]))
            return true;
    }
    return false;
}

/* R3: only what libcurl says of bytes counts; the same error code stands for both cases. */
static bool left_us(const struct transfer *transfer)
{
    curl_off_t pretransfer = 0;
    long request_bytes = 0;

    curl_easy_getinfo(transfer->easy, CURLINFO_PRETRANSFER_TIME_T, &pretransfer);
    curl_easy_getinfo(transfer->easy, CURLINFO_REQUEST_SIZE, &request_bytes);
    return pretransfer > 0 || request_bytes > 0;
}

/* Tokens go no further than here: what is handed on is sealed, and the answer has them no more. An
 * answer that is not whole may hold half a token: nothing of it is kept. */
static void take_session(struct transfer *transfer, struct http_reply *reply)
{
    struct session_answer taken = {.rest = ""};

    if (reply->fate == FATE_ANSWERED)
        taken =
            secrets_take_session(transfer->owner->secrets, transfer->account, &transfer->opening,
                                 reply->body, reply->body_length, &transfer->arena);
    reply->body = taken.rest;
    reply->body_length = taken.rest_length;
    if (!taken.sealed || reply->status < 200 || reply->status >= 300)
        return;
    reply->tokens = taken.sealed;
    reply->tokens_until = instant_plus(reply->received, taken.life);
}

/* The one way out: takes it from the list, tells its owner, forgets it. */
static void finish(struct transfer *transfer, enum request_fate fate, bool changed)
{
    struct transfers *owner = transfer->owner;
    struct http_reply reply = {.fate = fate,
                               .media_changed = changed,
                               .tokens_until = INSTANT_NONE};

    owner->clock->stop(owner->clock, &transfer->timer);
    deactivate(transfer);
    reply.received = owner->clock->now(owner->clock);
    reply.status = fate == FATE_NOT_SENT ? 0 : transfer->answer.status;
    reply.why = fate == FATE_ANSWERED ? NULL : transfer->why;
    answer_read(&transfer->answer, &reply);
    if (transfer->opening.words)
        take_session(transfer, &reply);
    transfer->running = false;
    transfer->done(transfer->arg, &reply);
    give_back(transfer);
}

static void finish_failed(struct transfer *transfer)
{
    if (media_changed(transfer))
        finish(transfer, FATE_NOT_SENT, true);
    else
        finish(transfer, left_us(transfer) ? FATE_MAYBE_SENT : FATE_NOT_SENT, false);
}

/* Ends a transfer that libcurl still has. */
static void abort_transfer(struct transfer *transfer, const char *why)
{
    keep_why(transfer, why);
    curl_multi_remove_handle(transfer->owner->multi.curl, transfer->easy);
    finish_failed(transfer);
}

static void explain(struct transfer *transfer, CURLcode result)
{
    const bool quotes = transfer->curl_why[0] && !transfer->address_is_secret;
    const char *detail = quotes ? plain_ascii(transfer->curl_why) : curl_easy_strerror(result);
    const char *why = detail;

    if (media_changed(transfer))
        why = _("The pinned medium is not what was checked any more.");
    else if (transfer->answer.too_large || result == CURLE_FILESIZE_EXCEEDED)
        why = _("The answer is larger than 1 MiB.");
    else if (transfer->answer.malformed)
        why = _("The answer states two different lengths.");
    keep_why(transfer, why);
}

static void on_finished(void *arg, CURL *easy, CURLcode result)
{
    struct transfer *transfer;

    (void)arg;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&transfer);
    if (result == CURLE_OK && !transfer->answer.malformed) {
        finish(transfer, FATE_ANSWERED, false);
        return;
    }
    explain(transfer, result);
    finish_failed(transfer);
}

/* ---- time ---- */

static bool is_connected(const struct transfer *transfer)
{
    curl_off_t pretransfer = 0;

    curl_easy_getinfo(transfer->easy, CURLINFO_PRETRANSFER_TIME_T, &pretransfer);
    return pretransfer > 0;
}

static void arm(struct transfer *transfer, int64_t most_ms)
{
    struct clock *clock = transfer->owner->clock;

    transfer->slice.ms = transfer->left.ms < most_ms ? transfer->left.ms : most_ms;
    clock->after(clock, &transfer->timer, transfer->slice);
}

/* An upload must move 30 KiB in 30 s until all of it is out; then the platform may think. */
static bool is_stuck(struct transfer *transfer)
{
    curl_off_t now = 0, before = transfer->moved;

    if (transfer->upload_count == 0 || transfer->slice.ms != PACE_MS)
        return false;
    curl_easy_getinfo(transfer->easy, CURLINFO_SIZE_UPLOAD_T, &now);
    transfer->moved = now;
    return now - before < PACE_BYTES && now < upload_bytes(transfer->uploads[0]);
}

static void on_slice_over(struct clock_timer *timer)
{
    struct transfer *transfer = timer->owner;

    transfer->left.ms -= transfer->slice.ms;
    if (!transfer->running)
        return; /* about to be finished anyway */
    if (!is_connected(transfer))
        abort_transfer(transfer, _("The server could not be reached in time."));
    else if (transfer->left.ms <= 0)
        abort_transfer(transfer, _("The server did not answer in time."));
    else if (is_stuck(transfer))
        abort_transfer(transfer, _("The upload stands still."));
    else
        arm(transfer, transfer->upload_count > 0 ? PACE_MS : transfer->left.ms);
}

static struct span default_timeout(enum request_kind kind)
{
    static const struct span timeouts[] = {
        [REQUEST_READ] = {30 * INT64_C(1000)},
        [REQUEST_UPLOAD] = {INT64_C(15) * 60 * 1000},
        [REQUEST_PUBLISH] = {60 * INT64_C(1000)},
    };

    return timeouts[kind];
}

/* ---- the request ---- */

static void add_line(struct transfer *transfer, char *line)
{
    struct curl_slist *node = &transfer->headers[transfer->header_count++];

    node->data = line;
    node->next = NULL;
    if (transfer->header_count > 1)
        node[-1].next = node;
}

static bool refuse(struct transfer *transfer, const char *why)
{
    keep_why(transfer, why);
    return false;
}

static void hide(struct transfer *transfer, char *text)
{
    transfer->hidden[transfer->hidden_count++] = text;
}

static bool sign(struct transfer *transfer, const struct signing *signing)
{
    struct signature signature;
    const char *why;
    bool ok = request_sign(signing, &signature, &why);

    for (size_t i = 0; i < signature.count; i++) {
        hide(transfer, signature.lines[i]);
        add_line(transfer, signature.lines[i]);
    }
    return ok || refuse(transfer, why);
}

static bool fields_are_body(const struct http_request *request)
{
    return request->field_count > 0 && request->fields_place != FIELDS_QUERY;
}

static bool set_headers(struct transfer *transfer, const struct signing *signing)
{
    const struct http_request *request = signing->request;
    struct arena *arena = &transfer->arena;

    if (request->header_count > MOST_HEADERS - 4 - SIGNATURE_LINES)
        return refuse(transfer, _("The request has too many headers."));
    add_line(transfer, arena_text(arena, "User-Agent: crier/0.1"));
    add_line(transfer, arena_text(arena, "Accept: application/json"));
    add_line(transfer, arena_text(arena, "Expect:")); /* libcurl would wait for 100-continue */
    if (fields_are_body(request))
        add_line(transfer, arena_text(arena, request->fields_place == FIELDS_FORM
                                                 ? "Content-Type: application/x-www-form-urlencoded"
                                                 : "Content-Type: application/json"));
    for (size_t i = 0; i < request->header_count; i++) {
        const struct header *header = &request->headers[i];
        add_line(transfer, arena_joined(arena, header->name, ": ", header->value));
    }
    if (!sign(transfer, signing))
        return false;
    curl_easy_setopt(transfer->easy, CURLOPT_HTTPHEADER, transfer->headers);
    return true;
}

static bool open_medium(struct transfer *transfer, const char *sha256, int64_t offset,
                        int64_t length, struct upload **upload)
{
    struct err err = {0};

    if (transfer->upload_count == MOST_UPLOADS)
        return refuse(transfer, _("The request has too many files."));
    if (!upload_open(transfer->owner->spool, sha256, offset, length, upload, &err)) {
        transfer->medium_missing = true;
        return refuse(transfer, plain_ascii(err.text));
    }
    transfer->uploads[transfer->upload_count++] = *upload;
    return true;
}

static bool add_file(struct transfer *transfer, curl_mimepart *part, const struct form_part *wanted)
{
    struct upload *upload;

    return open_medium(transfer, wanted->file_sha256, wanted->offset, wanted->length, &upload) &&
           curl_mime_data_cb(part, upload_bytes(upload), upload_read, upload_seek, NULL, upload) ==
               CURLE_OK &&
           curl_mime_filename(part, wanted->filename ? wanted->filename : wanted->file_sha256) ==
               CURLE_OK;
}

static bool add_part(struct transfer *transfer, const struct form_part *wanted)
{
    curl_mimepart *part = curl_mime_addpart(transfer->mime);

    if (!part || curl_mime_name(part, wanted->name) != CURLE_OK ||
        curl_mime_type(part, wanted->mime) != CURLE_OK)
        out_of_memory();
    if (wanted->file_sha256)
        return add_file(transfer, part, wanted);
    return curl_mime_data(part, wanted->value, CURL_ZERO_TERMINATED) == CURLE_OK;
}

static bool set_parts(struct transfer *transfer, const struct http_request *request)
{
    transfer->mime = curl_mime_init(transfer->easy);
    if (!transfer->mime)
        out_of_memory();
    for (size_t i = 0; i < request->part_count; i++) {
        if (!add_part(transfer, &request->parts[i]))
            return false;
    }
    curl_easy_setopt(transfer->easy, CURLOPT_MIMEPOST, transfer->mime);
    return true;
}

static void set_method(struct transfer *transfer, const struct http_request *request)
{
    const bool get = strcmp(request->method, "GET") == 0,
               post = strcmp(request->method, "POST") == 0;
    CURL *easy = transfer->easy;

    curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, get || post ? NULL : request->method);
    if (!post && !request->body && !request->file_sha256 && !fields_are_body(request))
        return;
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)0);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, "");
}

static void set_text(struct transfer *transfer, const char *text, size_t length)
{
    curl_easy_setopt(transfer->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)length);
    curl_easy_setopt(transfer->easy, CURLOPT_POSTFIELDS, text);
}

/* A file of the spool as it is, or a piece of it. */
static bool set_file(struct transfer *transfer, const struct http_request *request)
{
    struct upload *upload;
    CURL *easy = transfer->easy;

    if (!open_medium(transfer, request->file_sha256, request->file_offset, request->file_length,
                     &upload))
        return false;
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, NULL);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)upload_bytes(upload));
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, upload_read);
    curl_easy_setopt(easy, CURLOPT_READDATA, upload);
    curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, upload_seek);
    curl_easy_setopt(easy, CURLOPT_SEEKDATA, upload);
    return true;
}

static bool set_fields(struct transfer *transfer, const struct signing *signing)
{
    const char *why;
    char *body = request_fields(signing, &why);

    if (!body)
        return refuse(transfer, why);
    hide(transfer, body);
    set_text(transfer, body, strlen(body));
    return true;
}

static bool set_body(struct transfer *transfer, const struct signing *signing)
{
    const struct http_request *request = signing->request;

    set_method(transfer, request);
    if (request->part_count > 0)
        return set_parts(transfer, request);
    if (request->file_sha256)
        return set_file(transfer, request);
    if (fields_are_body(request))
        return set_fields(transfer, signing);
    if (request->body)
        set_text(transfer, arena_copy(&transfer->arena, request->body, request->body_length),
                 request->body_length);
    return true;
}

/* What libcurl must never send a second time by itself: what is not protected by a key, what is a
 * stream, and what spends a refresh token. */
static bool goes_alone(const struct http_request *request, bool fresh)
{
    return fresh || request->part_count > 0 || request->file_sha256 || request->opens_session;
}

static char *copy_text(const char *text)
{
    char *copy = text ? strdup(text) : NULL;

    if (text && !copy)
        out_of_memory();
    return copy;
}

/* Read once for all requests that go there; what cannot be read is libcurl's to refuse. */
static void keep_address(struct transfer *transfer, const char *address)
{
    if (transfer->address && strcmp(transfer->address, address) == 0)
        return;
    forget_address(transfer);
    curl_easy_setopt(transfer->easy, CURLOPT_URL, address);
    transfer->parsed = curl_url();
    if (curl_url_set(transfer->parsed, CURLUPART_URL, address, CURLU_DISALLOW_USER) != CURLUE_OK) {
        curl_url_cleanup(transfer->parsed);
        transfer->parsed = NULL;
        return;
    }
    transfer->address = copy_text(address);
    curl_easy_setopt(transfer->easy, CURLOPT_CURLU, transfer->parsed);
}

static bool set_address(struct transfer *transfer, const struct signing *signing)
{
    const char *why;
    char *address = request_address(signing, &why);

    if (!address)
        return refuse(transfer, why);
    transfer->address_is_secret = request_address_is_secret(signing->request);
    if (!transfer->address_is_secret) {
        keep_address(transfer, address);
        return true;
    }
    hide(transfer, address);
    forget_address(transfer);
    curl_easy_setopt(transfer->easy, CURLOPT_URL, address);
    return true;
}

static bool set_request(struct transfer *transfer, const struct account *account,
                        const struct adapter *adapter, const struct http_request *request,
                        bool fresh)
{
    const struct clock *clock = transfer->owner->clock;
    const struct signing signing = {
        transfer->owner->secrets,           account,         adapter, request,
        clock->now(transfer->owner->clock), &transfer->arena};
    const bool alone = goes_alone(request, fresh);

    if (!request_is_sound(request))
        return refuse(transfer, _("The request holds characters that do not belong there."));
    if (!set_address(transfer, &signing))
        return false;
    curl_easy_setopt(transfer->easy, CURLOPT_PROTOCOLS_STR, account->live ? "https" : "http,https");
    curl_easy_setopt(transfer->easy, CURLOPT_FRESH_CONNECT, (long)alone);
    curl_easy_setopt(transfer->easy, CURLOPT_FORBID_REUSE, (long)alone);
    return set_body(transfer, &signing) && set_headers(transfer, &signing);
}

/* ---- the module ---- */

/* Requests that failed before libcurl saw them: told from the loop, never from transfer_send. */
static void on_soon(uv_timer_t *timer)
{
    struct transfers *transfers = timer->data;
    const int64_t last = transfers->numbers;
    struct transfer *transfer = transfers->active;

    while (transfer) {
        if (!transfer->running && !transfer->hashing && transfer->number <= last) {
            finish(transfer, FATE_NOT_SENT, media_changed(transfer));
            transfer = transfers->active; /* the callback may have changed the list */
        } else {
            transfer = transfer->next;
        }
    }
}

static void part_closed(struct transfers *transfers)
{
    if (--transfers->open_parts > 0)
        return;
    while (transfers->idle)
        free_idle(transfers);
    free(transfers->spool);
    free(transfers->ca_file);
    free(transfers);
}

static void on_gone(void *arg)
{
    part_closed(arg);
}

static void soon_closed(uv_handle_t *handle)
{
    part_closed(handle->data);
}

bool transfers_start(const struct transfers_options *options, struct transfers **transfers,
                     struct err *err)
{
    struct transfers *made = calloc(1, sizeof *made);

    if (!made)
        out_of_memory();
    if (!multi_start(&made->multi, options->loop, on_finished, on_gone, made, err)) {
        free(made);
        return false;
    }
    uv_timer_init(options->loop, &made->soon);
    made->soon.data = made;
    made->open_parts = 2;
    made->clock = options->clock;
    made->secrets = options->secrets;
    made->spool = copy_text(options->spool);
    made->ca_file = copy_text(options->ca_file);
    *transfers = made;
    return true;
}

static void open_session(struct transfer *transfer, const struct session_words *words)
{
    transfer->opening =
        secrets_open_session(transfer->owner->secrets, transfer->account, words, &transfer->arena);
    hide(transfer, transfer->opening.refresh);
}

static void fail_soon(struct transfer *transfer)
{
    uv_timer_start(&transfer->owner->soon, on_soon, 0, 0);
}

static void begin(struct transfer *transfer)
{
    if (curl_multi_add_handle(transfer->owner->multi.curl, transfer->easy) != CURLM_OK) {
        fail_soon(transfer);
        return;
    }
    transfer->running = true;
    arm(transfer, CONNECT_MS);
}

/* ---- pieces leave when their files are proven ---- */

static void hash_files(struct transfer *transfer);

static void fail_as_changed(struct transfer *transfer)
{
    transfer->medium_missing = true;
    keep_why(transfer, _("The pinned medium is not what was checked any more."));
    fail_soon(transfer);
}

static void on_hashed(struct hashed *hashed, void *owner, void *arg, bool right)
{
    struct transfer *transfer = arg;

    (void)hashed;
    if (transfer) {
        transfer->hashing = NULL;
        if (right)
            hash_files(transfer);
        else
            fail_as_changed(transfer);
    }
    part_closed(owner);
}

static bool is_unproven(const struct transfer *transfer, struct unproven *file)
{
    for (size_t i = 0; i < transfer->upload_count; i++) {
        if (upload_unproven(transfer->uploads[i], file) &&
            !hashed_knows(&transfer->owner->hashed, file))
            return true;
    }
    return false;
}

static void hash_files(struct transfer *transfer)
{
    struct transfers *owner = transfer->owner;
    struct unproven file;

    if (!is_unproven(transfer, &file)) {
        begin(transfer);
        return;
    }
    transfer->hashing =
        hashing_begin(&owner->hashed, owner->multi.loop, &file, on_hashed, owner, transfer);
    if (transfer->hashing)
        owner->open_parts++;
    else
        fail_soon(transfer);
}

static void abort_hashing(struct transfer *transfer, const char *why)
{
    hashing_abandon(transfer->hashing);
    transfer->hashing = NULL;
    keep_why(transfer, why);
    finish(transfer, FATE_NOT_SENT, false);
}

void transfer_send(struct transfers *transfers, const struct account *account,
                   const struct adapter *adapter, const struct http_request *request, bool fresh,
                   transfer_done done, void *arg)
{
    struct transfer *transfer = take_idle(transfers, account->name);

    trim_idle(transfers);
    assert(!transfers->multi.stopping);
    transfer->number = ++transfers->numbers;
    transfer->kind = request->kind;
    transfer->done = done;
    transfer->arg = arg;
    transfer->moved = 0;
    transfer->account = arena_text(&transfer->arena, account->name);
    if (request->opens_session && adapter_session(adapter, account))
        open_session(transfer, adapter_session(adapter, account));
    transfer->left = request->timeout.ms > 0 ? request->timeout : default_timeout(request->kind);
    activate(transfer);
    if (set_request(transfer, account, adapter, request, fresh))
        hash_files(transfer);
    else
        fail_soon(transfer);
}

size_t transfers_active(const struct transfers *transfers)
{
    return transfers->active_count;
}

/* What is made public, and what spends a refresh token: its answer is wanted. */
static bool is_precious(const struct transfer *transfer)
{
    return transfer->kind == REQUEST_PUBLISH || transfer->opening.words;
}

static void end_one(struct transfer *transfer)
{
    const char *why = _("Ended because the program stops.");

    if (transfer->hashing)
        abort_hashing(transfer, why);
    else
        abort_transfer(transfer, why);
}

/* Those begun so far; what callbacks begin meanwhile goes on. */
static void end_all(struct transfers *transfers, bool precious_too)
{
    const int64_t last = transfers->numbers;
    struct transfer *transfer = transfers->active;

    while (transfer) {
        if ((transfer->running || transfer->hashing) && transfer->number <= last &&
            (precious_too || !is_precious(transfer))) {
            end_one(transfer);
            transfer = transfers->active;
        } else {
            transfer = transfer->next;
        }
    }
}

void transfers_cancel_repeatable(struct transfers *transfers)
{
    end_all(transfers, false);
}

void transfers_stop(struct transfers *transfers)
{
    end_all(transfers, true);
    on_soon(&transfers->soon);
    multi_stop(&transfers->multi);
    uv_close((uv_handle_t *)&transfers->soon, soon_closed);
}
