/* The Bluesky machine `publish`: every state with every kind of reply, its pitfalls one by one, and
 * random replies against the two properties that matter. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "platform/bluesky.h"
#include "support/adapter_test.h"

#define DID          "did:plc:ewvi7nxzyoun6zhxrhs64oiz"
#define DID_IN_QUERY "did%3Aplc%3Aewvi7nxzyoun6zhxrhs64oiz"
#define URI          "at://" DID "/app.bsky.feed.post/3jzfcijpj2z2a"
#define CID          "bafyreihyrpejwxpzbkgq"
#define BLOB_OF(mime, link)                                                                        \
    "{\"$type\":\"blob\",\"mimeType\":\"" mime "\",\"ref\":{\"$link\":\"" link "\"},\"size\":"     \
    "75540}"
#define BLOB     BLOB_OF("image/png", "bafkreia")
#define ACCEPTED "{\"cid\":\"" CID "\",\"uri\":\"" URI "\",\"validationStatus\":\"valid\"}"
#define IMAGE    "{\"alt\":\"हेलमेट पहने दोपहिया सवार\",\"image\":" BLOB "}"
#define SHOWN(text, images)                                                                        \
    "{\"cid\":\"" CID "\",\"uri\":\"" URI "\",\"value\":{\"text\":\"" text                         \
    "\",\"embed\":{\"images\":[" images "]}}}"
#define RECORD      SHOWN("नमस्ते", IMAGE "," IMAGE)
#define ERROR(name) "{\"error\":\"" name "\",\"message\":\"so it is\"}"
#define AT(state, blobs)                                                                           \
    "{\"at\":\"" state "\",\"kept\":{\"blobs\":[" blobs "],\"cid\":\"" CID "\",\"reads\":0}}"

static const char *const states[] = {
    AT("uploading", BLOB),
    AT("publishing", BLOB "," BLOB),
    AT("answered", BLOB "," BLOB),
};
enum { UPLOADING, PUBLISHING, ANSWERED };

static struct platform_job pictures;

static void make(struct platform_job *made, size_t count)
{
    platform_job_make(made, &bluesky, count);
    made->job.identity = (struct account_identity){.handle = "police.example.gov.in",
                                                   .remote_id = DID,
                                                   .host = "oyster.us-east.host.bsky.network",
                                                   .has_session = true};
}

static int start(void **state)
{
    (void)state;
    make(&pictures, 2);
    return 0;
}

static struct step ask(const struct job *job, const char *stored, const struct http_reply *reply)
{
    return machine_asked(bluesky.publish, job, stored, reply, &arena);
}

static struct step tell(size_t at, int status, const char *body)
{
    return machine_told(bluesky.publish, &pictures.job, states[at], status, body);
}

static json_t *body_of(const struct step *step)
{
    struct err err;
    json_t *body = json_read(step->request.body, step->request.body_length, &err);

    assert_non_null(body);
    return json_in_arena(body, &arena);
}

static void every_state_has_an_answer_to_every_reply(void **state)
{
    static const struct answer_row rows[] = {
        /* uploading publishing answered */
        {0, "", "RRW"},
        {-1, "", "R?W"},
        {200, ACCEPTED, "RSW"},
        {200, "{\"blob\":" BLOB "}", "S?W"},
        {200, RECORD, "RSD"}, /* it names our record; what it says is read again */
        {200, "{\"blob\":" BLOB_OF("text/plain", "bafkreia") "}", "R?W"},
        {200, "{\"blob\":{\"$type\":\"blob\",\"mimeType\":\"image/png\",\"size\":1}}", "R?W"},
        {200, "{\"uri\":\"at://" DID "/app.bsky.feed.post/3zzzzzzzzzz2a\"}", "R?W"},
        {200, "{\"cid\":\"" CID "\"}", "R?W"},
        {200, "{\"value\":\"text\"}", "R?W"},
        {200, "{}", "R?W"},
        {200, "[]", "R?W"},
        {200, "", "R?W"},
        {200, "<html>welcome</html>", "R?W"},
        {200, "{\"uri\":\"" URI "\"", "R?W"},
        {201, ACCEPTED, "R?W"},
        {204, "", "R?W"},
        {301, "", "R?W"},
        {307, "<html>", "R?W"},
        {400, ERROR("ExpiredToken"), "EEW"},
        {400, ERROR("InvalidToken"), "EEW"},
        {400, ERROR("InvalidRequest"), "XXW"},
        {400, ERROR("InvalidMimeType"), "XXW"},
        {400, ERROR("BlobNotFound"), "XRW"},
        {400, ERROR("InvalidSwap"), "XSW"},
        {400, ERROR("RecordNotFound"), "XXW"},
        {400, ERROR("AccountTakedown"), "TTW"},
        {400, "<html>bad request</html>", "R?W"},
        {400, "{\"message\":\"no name\"}", "X?W"},
        {401, ERROR("AuthMissing"), "EEW"},
        {401, ERROR("ExpiredToken"), "EEW"},
        {401, ERROR("AuthenticationRequired"), "TTW"},
        {401, ERROR("AccountTakedown"), "TTW"},
        {401, ERROR("AccountDeactivated"), "TTW"},
        {401, "", "TTW"},
        {403, ERROR("Forbidden"), "TTW"},
        {403, ERROR("AccountTakedown"), "TTW"},
        {403, "<html>blocked</html>", "T?W"},
        {404, ERROR("XRPCNotSupported"), "X?W"},
        {404, "<html>", "R?W"},
        {408, "", "R?W"},
        {409, ERROR("Conflict"), "X?W"},
        {413, ERROR("PayloadTooLarge"), "XXW"},
        {413, "<html>", "X?W"},
        {429, ERROR("RateLimitExceeded"), "RRW"},
        {429, "<html>", "RRW"},
        {500, ERROR("InternalServerError"), "R?W"},
        {501, ERROR("MethodNotImplemented"), "R?W"},
        {502, ERROR("UpstreamFailure"), "R?W"},
        {502, "<html>", "R?W"},
        {503, ERROR("NotEnoughResources"), "R?W"},
        {504, ERROR("UpstreamTimeout"), "R?W"},
        {500, ERROR("ExpiredToken"), "R?W"},
        {599, "", "R?W"},
    };

    (void)state;
    assert_answers(&(struct states){bluesky.publish, states, COUNT_OF(states), {&pictures.job}},
                   rows, COUNT_OF(rows));
}

/* ---- the way of a post ---- */

static void a_text_goes_out_is_read_back_and_done(void **state)
{
    struct platform_job text;
    struct http_reply accepted = reply_of(200, ACCEPTED);
    struct http_reply shown = reply_of(200, "{\"cid\":\"" CID "\",\"value\":{\"text\":\"नमस्ते\"}}");
    struct step step;

    (void)state;
    make(&text, 0);
    step = ask(&text.job, "", NULL);
    assert_string_equal(step.request.path, "/xrpc/com.atproto.repo.putRecord");
    assert_string_equal(step.request.host, "oyster.us-east.host.bsky.network");
    assert_string_equal(step.request.body,
                        "{\"collection\":\"app.bsky.feed.post\",\"record\":{\"$type\":\"app.bsky."
                        "feed.post\",\"createdAt\":\"2026-11-22T03:59:59.000Z\",\"langs\":[\"hi\"],"
                        "\"text\":\"नमस्ते\"},\"repo\":\"" DID "\",\"rkey\":\"3jzfcijpj2z2a\","
                        "\"swapRecord\":null,\"validate\":true}");
    assert_int_equal(step.request.kind, REQUEST_PUBLISH);
    assert_false(step.request.unrepeatable);
    step = ask(&text.job, step.progress, &accepted);
    assert_string_equal(step.request.path, "/xrpc/com.atproto.repo.getRecord?repo=" DID_IN_QUERY
                                           "&collection=app.bsky.feed.post&rkey=3jzfcijpj2z2a");
    assert_int_equal(step.request.kind, REQUEST_READ);
    step = ask(&text.job, step.progress, &shown);
    assert_int_equal(step.kind, STEP_DONE);
    assert_string_equal(step.receipt.remote_id, URI);
    assert_string_equal(step.receipt.url,
                        "https://bsky.app/profile/police.example.gov.in/post/3jzfcijpj2z2a");
    assert_false(step.receipt.differs);
    assert_false(step.receipt.not_read_back);
}

static void the_page_of_a_drill_is_not_looked_for_in_public(void **state)
{
    (void)state;
    pictures.account.live = false;
    pictures.account.base_url = "http://127.0.0.1:8642/bluesky";
    assert_string_equal(bluesky_page(&pictures.job, &arena),
                        "http://127.0.0.1:8642/bluesky/profile/police.example.gov.in/post/"
                        "3jzfcijpj2z2a");
}

static void pictures_are_uploaded_one_by_one_and_then_stand_in_the_record(void **state)
{
    struct platform_job four;
    struct http_reply reply = reply_of(200, "{\"blob\":" BLOB "}");
    const json_t *embed, *images;
    struct step step;

    (void)state;
    make(&four, 4);
    step = ask(&four.job, "", NULL);
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(step.request.path, "/xrpc/com.atproto.repo.uploadBlob");
        assert_int_equal(step.request.kind, REQUEST_UPLOAD);
        assert_string_equal(step.request.file_sha256, four.media[i].sha256);
        assert_string_equal(step.request.headers[0].value, four.media[i].mime);
        assert_null(step.request.body);
        step = ask(&four.job, step.progress, &reply);
    }
    assert_int_equal(step.request.kind, REQUEST_PUBLISH);
    embed = json_object_get(json_object_get(body_of(&step), "record"), "embed");
    images = json_object_get(embed, "images");
    assert_string_equal(json_text(embed, "$type"), "app.bsky.embed.images");
    assert_int_equal(json_array_size(images), 4);
    assert_string_equal(json_text(json_array_get(images, 0), "alt"), "हेलमेट पहने दोपहिया सवार");
    assert_string_equal(json_text(json_array_get(images, 3), "alt"), ""); /* the key is there */
}

static void asked_again_a_state_sends_the_very_same_request(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(states); i++) {
        struct step once = ask(&pictures.job, states[i], NULL);
        struct step again = ask(&pictures.job, once.progress, NULL);

        assert_int_equal(once.kind, STEP_SEND);
        assert_string_equal(request_write(&once.request, &arena),
                            request_write(&again.request, &arena));
        assert_string_equal(once.progress, again.progress);
    }
}

/* ---- pitfalls ---- */

/* A typed object would drop what it does not know, and the server would not know its own blob. */
static void a_blob_comes_back_exactly_as_the_server_named_it(void **state)
{
    static const char odd[] =
        "{\"$type\":\"blob\",\"ref\":{\"$link\":\"bafkreib\",\"more\":[1]},"
        "\"mimeType\":\"image/jpeg\",\"size\":75540,\"unknown\":{\"a\":null}}";
    struct platform_job one;
    struct http_reply reply;
    const json_t *images;
    struct err err;
    struct step step;

    (void)state;
    make(&one, 1);
    reply = reply_of(200, arena_printf(&arena, "{\"blob\":%s}", odd));
    step = ask(&one.job, ask(&one.job, "", NULL).progress, &reply);
    images = json_object_get(json_object_get(json_object_get(body_of(&step), "record"), "embed"),
                             "images");
    assert_true(json_equal(json_object_get(json_array_get(images, 0), "image"),
                           json_in_arena(json_read(odd, strlen(odd), &err), &arena)));
}

/* "400, not 401": a session that is over is no refusal of the content. */
static void an_expired_token_is_a_400_and_asks_for_a_new_session(void **state)
{
    struct step step = tell(PUBLISHING, 400, ERROR("ExpiredToken"));

    (void)state;
    assert_int_equal(step.kind, STEP_RETRY);
    assert_int_equal(step.trouble, TROUBLE_EXPIRED);
    assert_null(step.progress); /* the blobs are still good */
}

static void collected_blobs_are_uploaded_again_and_give_the_same_record(void **state)
{
    struct http_reply again = reply_of(200, "{\"blob\":" BLOB "}");
    const char *before = ask(&pictures.job, states[PUBLISHING], NULL).request.body;
    struct step step = tell(PUBLISHING, 400, ERROR("BlobNotFound"));

    (void)state;
    assert_int_equal(step.kind, STEP_RETRY);
    step = ask(&pictures.job, step.progress, NULL);
    for (size_t i = 0; i < 2; i++) {
        assert_string_equal(step.request.file_sha256, pictures.media[i].sha256);
        step = ask(&pictures.job, step.progress, &again);
    }
    assert_string_equal(step.request.body, before);
}

/* createRecord with a key that exists answers 500: a 500 is never a failure before it was read. */
static void a_500_is_doubt_and_createRecord_is_never_used(void **state)
{
    struct step step = tell(PUBLISHING, 500, ERROR("InternalServerError"));

    (void)state;
    assert_int_equal(step.kind, STEP_DOUBT);
    for (size_t i = 0; i < COUNT_OF(states); i++)
        assert_null(strstr(ask(&pictures.job, states[i], NULL).request.path, "createRecord"));
}

static void a_record_that_exists_with_other_words_is_read_and_told(void **state)
{
    struct step step = tell(PUBLISHING, 400, ERROR("InvalidSwap"));
    struct http_reply other = reply_of(200, SHOWN("कुछ और", IMAGE "," IMAGE));

    (void)state;
    assert_int_equal(step.request.kind, REQUEST_READ);
    step = ask(&pictures.job, step.progress, &other);
    assert_int_equal(step.kind, STEP_DONE);
    assert_true(step.receipt.differs);
}

static void what_is_public_but_not_what_was_sent_is_told(void **state)
{
    static const struct {
        const char *body;
        bool differs;
    } rows[] = {
        {RECORD, false},
        {SHOWN("नमस्ते।", IMAGE "," IMAGE), true},
        {SHOWN("नमस्ते", IMAGE), true}, /* a picture dropped */
        {SHOWN("नमस्ते", IMAGE ",{\"alt\":\"\",\"image\":{}}"), true},
        {"{\"cid\":\"bafyother\",\"value\":{\"text\":\"नमस्ते\",\"embed\":{\"images\":[" IMAGE
         "," IMAGE "]}}}",
         true},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct step step = tell(ANSWERED, 200, rows[i].body);

        assert_int_equal(step.kind, STEP_DONE);
        if (step.receipt.differs != rows[i].differs)
            fail_msg("%s", rows[i].body);
    }
}

static void what_is_public_but_unreadable_is_read_five_times_more_and_then_told(void **state)
{
    static const int64_t seconds[] = {5, 15, 45, 120, 300};
    struct http_reply absent = reply_of(400, ERROR("RecordNotFound"));
    const char *stored = states[ANSWERED];
    struct step step;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(seconds); i++) {
        step = ask(&pictures.job, stored, &absent);
        assert_int_equal(step.kind, STEP_WAIT);
        assert_int_equal(step.wait.ms, seconds[i] * 1000);
        stored = step.progress;
    }
    step = ask(&pictures.job, stored, &absent);
    assert_int_equal(step.kind, STEP_DONE);
    assert_true(step.receipt.not_read_back);
    assert_string_equal(step.receipt.remote_id, URI);
}

/* No Retry-After there; the reset is in seconds since 1970, and only a 429 heeds it. */
static void a_throttled_post_waits_until_the_reset_and_an_error_does_not(void **state)
{
    static const struct header reset[] = {{"RateLimit-Reset", "1795320060"}};
    struct http_reply throttled = reply_of(429, ERROR("RateLimitExceeded"));
    struct http_reply failed = reply_of(502, ERROR("UpstreamFailure"));
    struct step step;

    (void)state;
    throttled.headers = failed.headers = reset;
    throttled.header_count = failed.header_count = 1;
    step = ask(&pictures.job, states[PUBLISHING], &throttled);
    assert_int_equal(step.kind, STEP_RETRY);
    assert_int_equal(step.not_before.ms, INT64_C(1795320060000));
    step = ask(&pictures.job, states[UPLOADING], &failed);
    assert_true(instant_is_none(step.not_before));
}

/* The documentation's page says 1,000,000; a picture left out, or a video sent as a text alone, was
 * what others' programs did where only one kind was handled. */
static void a_picture_may_have_2_000_000_bytes_and_anything_else_is_no_medium_there(void **state)
{
    static const char *const taken[] = {"image/jpeg", "image/png", "image/webp"};
    const struct media_limit *limit = bluesky_limits.media;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(taken); i++, limit++) {
        assert_string_equal(limit->mime, taken[i]);
        assert_int_equal(limit->most_bytes, 2000000);
    }
    assert_null(limit->mime);
    assert_int_equal(bluesky_limits.most_media, 4);
}

static void stored_progress_of_another_version_is_doubt_and_sends_nothing(void **state)
{
    static const char *const strange[] = {
        "{\"at\":\"flying\",\"kept\":{\"blobs\":[]}}",
        "{\"at\":\"uploading\",\"kept\":{}}",
        "{\"at\":\"uploading\",\"kept\":{\"blobs\":{}}}",
        "{\"at\":\"uploading\",\"kept\":{\"blobs\":[\"bafkrei\"]}}",
        AT("uploading", BLOB "," BLOB),
        AT("publishing", BLOB),
        AT("answered", ""),
        AT("publishing", BLOB "," BLOB "," BLOB),
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(strange); i++)
        assert_int_equal(ask(&pictures.job, strange[i], NULL).kind, STEP_DOUBT);
}

static void what_cannot_be_sent_is_said_before_anything_is_sent(void **state)
{
    struct platform_job job;

    (void)state;
    make(&job, 0);
    job.content.parent = "traffic/helmet@once";
    assert_int_equal(ask(&job.job, "", NULL).kind, STEP_REFUSED);
    make(&job, 4);
    job.content.media_count = 5;
    assert_int_equal(ask(&job.job, "", NULL).kind, STEP_REFUSED);
    make(&job, 0);
    job.job.identity.remote_id = NULL;
    assert_int_equal(ask(&job.job, "", NULL).kind, STEP_RETRY);
    make(&job, 0);
    memcpy(job.delivery.record_key, "sched-1", sizeof "sched-1"); /* not a TID: 400 there */
    assert_int_equal(ask(&job.job, "", NULL).kind, STEP_DOUBT);
}

/* ---- parts of a thread ---- */

#define ROOT_URI   "at://" DID "/app.bsky.feed.post/3jzfcijpj2z22"
#define PARENT_URI "at://" DID "/app.bsky.feed.post/3jzfcijpj2z25"
#define REF(uri)   "{\"cid\":\"" CID "\",\"uri\":\"" uri "\"}"

static void make_part(struct platform_job *part)
{
    make(part, 0);
    part->content.parent = "2";
    part->job.parent_id = PARENT_URI;
    part->job.root_id = ROOT_URI;
}

static void a_part_reads_what_it_answers_and_names_it_and_the_first_of_the_thread(void **state)
{
    struct http_reply of_a_thread = reply_of(200, "{\"cid\":\"" CID "\",\"uri\":\"" PARENT_URI
                                                  "\",\"value\":{\"reply\":{\"parent\":" REF(
                                                      ROOT_URI) ",\"root\":" REF(ROOT_URI) "}}}");
    struct http_reply the_first =
        reply_of(200, "{\"cid\":\"" CID "\",\"uri\":\"" PARENT_URI "\",\"value\":{}}");
    struct platform_job part;
    struct step step, again;

    (void)state;
    make_part(&part);
    step = ask(&part.job, "", NULL);
    assert_string_equal(step.request.path, "/xrpc/com.atproto.repo.getRecord?repo=" DID_IN_QUERY
                                           "&collection=app.bsky.feed.post&rkey=3jzfcijpj2z25");
    assert_int_equal(step.request.kind, REQUEST_READ);
    again = ask(&part.job, step.progress, &the_first);
    assert_non_null(strstr(again.request.body, "\"reply\":{\"parent\":" REF(
                                                   PARENT_URI) ",\"root\":" REF(PARENT_URI) "}"));
    step = ask(&part.job, step.progress, &of_a_thread);
    assert_int_equal(step.request.kind, REQUEST_PUBLISH);
    assert_non_null(strstr(step.request.body, "\"reply\":{\"parent\":" REF(
                                                  PARENT_URI) ",\"root\":" REF(ROOT_URI) "}"));
    again = ask(&part.job, step.progress, NULL);
    assert_string_equal(again.request.body, step.request.body);
}

static void a_part_whose_parent_is_gone_is_refused_and_one_that_cannot_be_read_waits(void **state)
{
    static const struct {
        int status;
        const char *body;
        enum step_kind kind;
    } rows[] = {
        {400, ERROR("RecordNotFound"), STEP_REFUSED},
        {500, "<html>", STEP_RETRY},
        {-1, "", STEP_RETRY},
        {0, "", STEP_RETRY},
        {200, "{}", STEP_RETRY},
        {200, "<html>", STEP_RETRY},
        {429, "", STEP_RETRY},
    };
    struct platform_job part;

    (void)state;
    make_part(&part);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct http_reply reply = reply_in_table(rows[i].status, rows[i].body);
        struct step step = ask(&part.job, "{\"at\":\"answering\",\"kept\":{\"blobs\":[]}}", &reply);
        if (step.kind != rows[i].kind)
            fail_msg("row %zu: %c", i, step_letter(&step));
    }
}

static void a_part_that_answers_something_else_differs(void **state)
{
    static const char answered[] =
        "{\"at\":\"answered\",\"kept\":{\"blobs\":[],\"reply\":{\"parent\":" REF(
            PARENT_URI) ",\"root\":" REF(ROOT_URI) "}}}";
    static const struct {
        const char *reply;
        bool differs;
    } rows[] = {
        {",\"reply\":{\"parent\":" REF(PARENT_URI) ",\"root\":" REF(ROOT_URI) "}", false},
        {",\"reply\":{\"parent\":" REF(ROOT_URI) ",\"root\":" REF(ROOT_URI) "}", true},
        {"", true},
    };
    struct platform_job part;

    (void)state;
    make_part(&part);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct http_reply reply =
            reply_of(200, arena_printf(&arena, "{\"value\":{\"text\":\"नमस्ते\"%s}}", rows[i].reply));
        struct step step = ask(&part.job, answered, &reply);
        assert_int_equal(step.kind, STEP_DONE);
        assert_int_equal(step.receipt.differs, rows[i].differs);
    }
}

/* ---- any sequence of replies ---- */

/* Half of them are what every state hopes for, so that lives get far. */
static struct http_reply random_reply(uint64_t *seed)
{
    static const char welcome[] = "{\"blob\":" BLOB ",\"cid\":\"" CID "\",\"uri\":\"" URI "\"}";
    static const int statuses[] = {200, 302, 400, 400, 400, 400, 401, 403, 404, 413, 429, 500, 503};
    static const char *const bodies[] = {RECORD,
                                         ERROR("BlobNotFound"),
                                         ERROR("InvalidSwap"),
                                         ERROR("ExpiredToken"),
                                         ERROR("InvalidRequest"),
                                         "{}",
                                         "<html>"};
    static const struct reply_dice dice = {statuses, COUNT_OF(statuses), bodies, COUNT_OF(bodies)};
    const uint64_t thrown = random_next(seed);

    return thrown % 16 && thrown % 2 == 0 ? reply_of(200, welcome) : reply_thrown(&dice, thrown);
}

static const struct lives lives = {
    .adapter = &bluesky, .jobs = {&pictures.job}, .answered = "answered", .reply = random_reply};

static void no_sequence_of_replies_sends_twice_or_leaves_the_declared_states(void **state)
{
    (void)state;
    assert_no_fault(&lives, lives_wanted());
}

/* The twin: an answered record that cannot be read is published once more. */
static struct step forgetful(const struct job *job, const struct progress *at,
                             const struct http_reply *reply, struct arena *memory)
{
    struct step step = bluesky.publish(job, at, reply, memory);
    struct progress back;

    if (step.kind != STEP_WAIT || !progress_read(states[PUBLISHING], memory, &back))
        return step;
    return bluesky.publish(job, &back, NULL, memory);
}

static void the_twins_without_the_rules_are_noticed(void **state)
{
    (void)state;
    assert_true(faults_of(&lives, careless, 500) > 20);
    assert_true(faults_of(&lives, forgetful, 500) > 20);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, adapter_test_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_state_has_an_answer_to_every_reply),
        TEST(a_text_goes_out_is_read_back_and_done),
        TEST(the_page_of_a_drill_is_not_looked_for_in_public),
        TEST(pictures_are_uploaded_one_by_one_and_then_stand_in_the_record),
        TEST(asked_again_a_state_sends_the_very_same_request),
        TEST(a_blob_comes_back_exactly_as_the_server_named_it),
        TEST(an_expired_token_is_a_400_and_asks_for_a_new_session),
        TEST(collected_blobs_are_uploaded_again_and_give_the_same_record),
        TEST(a_500_is_doubt_and_createRecord_is_never_used),
        TEST(a_record_that_exists_with_other_words_is_read_and_told),
        TEST(what_is_public_but_not_what_was_sent_is_told),
        TEST(what_is_public_but_unreadable_is_read_five_times_more_and_then_told),
        TEST(a_throttled_post_waits_until_the_reset_and_an_error_does_not),
        TEST(a_picture_may_have_2_000_000_bytes_and_anything_else_is_no_medium_there),
        TEST(stored_progress_of_another_version_is_doubt_and_sends_nothing),
        TEST(what_cannot_be_sent_is_said_before_anything_is_sent),
        TEST(a_part_reads_what_it_answers_and_names_it_and_the_first_of_the_thread),
        TEST(a_part_whose_parent_is_gone_is_refused_and_one_that_cannot_be_read_waits),
        TEST(a_part_that_answers_something_else_differs),
        TEST(no_sequence_of_replies_sends_twice_or_leaves_the_declared_states),
        TEST(the_twins_without_the_rules_are_noticed),
    };

    return cmocka_run_group_tests_name("bluesky", tests, NULL, NULL);
}
