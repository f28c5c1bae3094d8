/* The YouTube machines `find`, `retract`, `refresh` and `identify`. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "platform/youtube.h"
#include "support/adapter_test.h"

#define BASE             "http://127.0.0.1:8642/youtube"
#define SESSION          BASE "/upload/youtube/v3/videos?upload_id=7"
#define STORED           "{\"at\":\"publishing\",\"kept\":{\"offset\":0,\"session\":\"" SESSION "\"}}"
#define AT(state, keeps) "{\"at\":\"" state "\",\"kept\":{\"keeps\":\"" keeps "\"}}"
#define CHANNEL                                                                                    \
    "{\"items\":[{\"contentDetails\":{\"relatedPlaylists\":{\"uploads\":\"UUabc\"}},\"id\":"       \
    "\"UCabc\"}]}"
#define LISTED(id, at)                                                                             \
    "{\"contentDetails\":{\"videoId\":\"" id "\",\"videoPublishedAt\":\"" at "\"}}"
#define NOW      "2026-11-22T03:59:59Z"
#define LONG_AGO "2026-11-21T00:00:00Z"
#define ERROR(why)                                                                                 \
    "{\"error\":{\"code\":1,\"errors\":[{\"reason\":\"" why "\"}],\"message\":\"m\"}}"

static struct platform_job video;

static int start(void **state)
{
    (void)state;
    platform_job_make(&video, &youtube, 1);
    video.account.base_url = BASE;
    video.content.title = "हेलमेट";
    video.media[0].mime = "video/mp4";
    video.media[0].bytes = 1000;
    video.delivery.progress = STORED;
    video.delivery.remote_id = "dQw4w9WgXcQ";
    return 0;
}

static struct step find(const char *stored, const struct http_reply *reply)
{
    return machine_asked(youtube.find, &video.job, stored, reply, &arena);
}

static struct step tell(const char *stored, int status, const char *body)
{
    struct http_reply reply = reply_in_table(status, body);

    return find(stored, &reply);
}

/* ---- the session ---- */

static void the_session_is_asked_first(void **state)
{
    struct step step = find("", NULL);

    (void)state;
    assert_string_equal(step.request.method, "PUT");
    assert_string_equal(step.request.path, "/upload/youtube/v3/videos?upload_id=7");
    assert_string_equal(step.request.headers[0].value, "bytes */1000");
    assert_int_equal(step.request.kind, REQUEST_READ);
}

static void a_session_that_wants_more_proves_that_there_is_no_video(void **state)
{
    struct step step = tell(find("", NULL).progress, 308, "");

    (void)state;
    assert_int_equal(step.kind, STEP_DONE);
    assert_int_equal(step.receipt.found, 0);
    assert_true(step.receipt.absent);
}

#define STATUS(stage, privacy)                                                                                           \
    "{\"items\":[{\"id\":\"abc\",\"snippet\":{\"description\":\"नमस्ते\",\"title\":\"हेलमेट\"}," \
    "\"status\":{\"privacyStatus\":\"" privacy "\",\"uploadStatus\":\"" stage "\"}}]}"

static void a_finished_session_names_the_video_and_a_rejected_one_is_no_post(void **state)
{
    static const struct {
        const char *body;
        int64_t reads;
        char letter;
        size_t found;
        bool differs, not_read_back;
    } rows[] = {
        {STATUS("processed", "public"), 0, 'D', 1, false, false},
        {STATUS("processed", "private"), 0, 'D', 1, true, false},
        {STATUS("uploaded", "public"), 0, 'R', 0, false, false}, /* it may be rejected yet */
        {STATUS("uploaded", "public"), 3, 'R', 0, false, false},
        {STATUS("uploaded", "public"), 4, 'D', 1, false, true},
        {"{\"items\":[]}", 0, 'R', 0, false, false}, /* the list may be slow */
        {"{\"items\":[]}", 4, 'D', 1, false, true},
        {"{\"items\":[{\"id\":\"abc\"}]}", 4, 'D', 1, false, true},
        {STATUS("rejected", "public"), 0, 'D', 0, false, false},
        {STATUS("failed", "public"), 4, 'D', 0, false, false},
    };
    struct step step =
        tell(find("", NULL).progress, 200, "{\"id\":\"abc\",\"kind\":\"youtube#video\"}");

    (void)state;
    assert_string_equal(step.request.path, "/youtube/v3/videos?part=snippet,status&id=abc");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct step told;

        video.delivery.reads = rows[i].reads;
        told = tell(step.progress, 200, rows[i].body);
        if (step_letter(&told) != rows[i].letter || told.receipt.found != rows[i].found ||
            told.receipt.differs != rows[i].differs ||
            told.receipt.not_read_back != rows[i].not_read_back || told.receipt.absent)
            fail_msg("row %zu", i);
        if (rows[i].found)
            assert_string_equal(told.receipt.remote_id, "abc");
    }
}

/* It proves nothing: the video may be there. */
static void a_forgotten_session_is_no_proof_and_the_channel_is_looked_through(void **state)
{
    static const int gone[] = {404, 410};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(gone); i++) {
        struct step step = tell(find("", NULL).progress, gone[i], "Not Found");

        assert_string_equal(step.request.path,
                            "/youtube/v3/channels?part=contentDetails&mine=true");
        step = tell(step.progress, 200, CHANNEL);
        assert_string_equal(step.request.path,
                            "/youtube/v3/playlistItems?part=snippet,contentDetails&maxResults=50&"
                            "playlistId=UUabc");
    }
}

static void without_a_session_the_channel_is_looked_through(void **state)
{
    static const char *const stored[] = {
        "", "{\"at\":\"opening\",\"kept\":{\"session\":null}}",
        "{\"at\":\"x\",\"kept\":{\"session\":\"http://192.0.2.1/\"}}"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(stored); i++) {
        video.delivery.progress = stored[i];
        assert_string_equal(find("", NULL).request.path,
                            "/youtube/v3/channels?part=contentDetails&mine=true");
    }
}

/* ---- the channel ---- */

static void only_what_was_uploaded_since_is_looked_at(void **state)
{
    struct step step =
        tell(AT("listing", "UUabc"), 200,
             "{\"items\":[" LISTED("new1", NOW) "," LISTED("old1", LONG_AGO) "," LISTED(
                 "new2", NOW) "," LISTED("../x", NOW) "]}");

    (void)state;
    assert_string_equal(step.request.path,
                        "/youtube/v3/videos?part=snippet,status,fileDetails&id=new1,new2");
    step = tell(AT("listing", "UUabc"), 200, "{\"items\":[" LISTED("old1", LONG_AGO) "]}");
    assert_int_equal(step.kind, STEP_DONE);
    assert_int_equal(step.receipt.found, 0);
    assert_false(step.receipt.absent); /* nothing seen is no proof */
}

#define FOUND(id, name, title, at, stage)                                                          \
    "{\"fileDetails\":{\"fileName\":" name "},\"id\":\"" id "\",\"snippet\":{\"publishedAt\":"     \
    "\"" at "\",\"title\":\"" title "\"},\"status\":{\"uploadStatus\":\"" stage "\"}}"

/* Never "the newest": the name that we gave, or the exact title. */
static void a_video_is_ours_by_its_file_or_its_title_in_the_window(void **state)
{
    const char *ours = arena_printf(&arena, "\"%s\"", youtube_file_name(&video.job, &arena));
    const struct {
        const char *body;
        size_t found;
    } rows[] = {
        {arena_printf(&arena, FOUND("a", "%s", "other", NOW, "uploaded"), ours), 1},
        {FOUND("a", "\"holiday.mp4\"", "हेलमेट", NOW, "processed"), 1},
        {FOUND("a", "null", "हेलमेट", NOW, "processed"), 1},
        {FOUND("a", "null", "हेलमेट ", NOW, "processed"), 1},
        {FOUND("a", "null", "हेलमेट।", NOW, "processed"), 0},
        {FOUND("a", "null", "हेलमेट", LONG_AGO, "processed"), 0},
        {FOUND("a", "\"crier-0123456789abcdef-0123456789abcdef.mp4\"", "हेलमेट", NOW, "processed"),
         0}, /* another post of ours with that title */
        {FOUND("a", "null", "हेलमेट", NOW, "rejected"), 0},
        {FOUND("a", "null", "हेलमेट", NOW, "uploaded") "," FOUND("b", "null", "हेलमेट", NOW,
                                                               "uploaded"),
         2},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct step step = tell(AT("matching", "a,b"), 200,
                                arena_printf(&arena, "{\"items\":[%s]}", rows[i].body));

        assert_int_equal(step.kind, STEP_DONE);
        if (step.receipt.found != rows[i].found)
            fail_msg("row %zu: %zu", i, step.receipt.found);
    }
}

static void not_being_able_to_look_proves_nothing(void **state)
{
    static const char *const stages[] = {AT("asking", ""), AT("reading", "abc"), AT("channel", ""),
                                         AT("listing", "UUabc"), AT("matching", "a")};
    static const struct {
        int status;
        const char *body;
        char letter;
    } rows[] = {{0, "", 'R'},
                {-1, "", 'R'},
                {400, ERROR("somethingNew"), 'R'},
                {401, ERROR("authError"), 'E'},
                {403, ERROR("quotaExceeded"), 'R'},
                {403, ERROR("forbidden"), 'T'},
                {500, "<html>", 'R'},
                {429, "", 'R'}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(stages); i++) {
        for (size_t j = 0; j < COUNT_OF(rows); j++) {
            struct step step = tell(stages[i], rows[j].status, rows[j].body);

            if (step_letter(&step) != rows[j].letter)
                fail_msg("%s %d: %c", stages[i], rows[j].status, step_letter(&step));
        }
    }
}

static void asked_again_each_stage_sends_its_request_again(void **state)
{
    static const char *const stages[] = {AT("asking", ""), AT("reading", "abc"), AT("channel", ""),
                                         AT("listing", "UUabc"), AT("matching", "a")};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(stages); i++) {
        struct step step = find(stages[i], NULL);

        assert_int_equal(step.kind, STEP_SEND);
        assert_string_equal(find(step.progress, NULL).request.path, step.request.path);
    }
}

/* ---- retract ---- */

static void a_video_is_taken_back_once_and_what_is_gone_is_done(void **state)
{
    static const struct {
        int status;
        const char *body;
        char letter;
    } rows[] = {{204, "", 'D'},       {404, ERROR("videoNotFound"), 'D'},
                {404, "<html>", 'R'}, {403, ERROR("forbidden"), 'T'},
                {500, "", 'R'},       {-1, "", 'R'},
                {0, "", 'R'}};

    (void)state;
    assert_string_equal(machine_asked(youtube.retract, &video.job, "", NULL, &arena).request.path,
                        "/youtube/v3/videos?id=dQw4w9WgXcQ");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct http_reply reply = reply_in_table(rows[i].status, rows[i].body);
        struct step step = machine_asked(youtube.retract, &video.job, "", &reply, &arena);

        if (step_letter(&step) != rows[i].letter)
            fail_msg("%d: %c", rows[i].status, step_letter(&step));
    }
    video.delivery.remote_id = "";
    assert_int_equal(machine_asked(youtube.retract, &video.job, "", NULL, &arena).kind,
                     STEP_REFUSED);
}

/* ---- who we are ---- */

static void a_refresh_token_is_spent_at_googles_own_endpoint(void **state)
{
    struct step step = machine_asked(youtube.refresh, &video.job, "", NULL, &arena);

    (void)state;
    assert_string_equal(step.request.host, "oauth2.googleapis.com");
    assert_string_equal(step.request.path, "/token");
    assert_true(step.request.opens_session);
    assert_int_equal(step.request.fields_place, FIELDS_FORM);
    assert_int_equal(step.request.field_count, 4);
    for (size_t i = 0; i < 3; i++)
        assert_null(step.request.fields[i].value); /* net/ fills the secrets in */
    assert_string_equal(step.request.fields[2].secret, SECRET_REFRESH);
}

/* After seven days for a project in "Testing"; after six months unused; when it was withdrawn. */
static void a_dead_refresh_token_needs_a_person_and_an_outage_does_not(void **state)
{
    static const struct {
        int status;
        const char *body;
        char letter;
    } rows[] = {{200, "{\"scope\":\"a b\"}", 'R'}, /* no token in it */
                {400, "{\"error\":\"invalid_grant\",\"error_description\":\"x\"}", 'T'},
                {401, "{\"error\":\"invalid_client\"}", 'T'},
                {400, "{\"error\":\"invalid_request\"}", 'R'},
                {500, "", 'R'},
                {503, "<html>", 'R'},
                {-1, "", 'R'},
                {0, "", 'R'}};
    struct http_reply good = reply_of(200, "{\"scope\":\"a b\",\"token_type\":\"Bearer\"}");
    struct step step;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct http_reply reply = reply_in_table(rows[i].status, rows[i].body);

        step = machine_asked(youtube.refresh, &video.job, "", &reply, &arena);
        if (step_letter(&step) != rows[i].letter)
            fail_msg("row %zu: %c", i, step_letter(&step));
    }
    good.tokens = "sealed";
    step = machine_asked(youtube.refresh, &video.job, "", &good, &arena);
    assert_int_equal(step.kind, STEP_DONE);
    assert_string_equal(step.receipt.scopes, "a b");
}

static void the_channel_says_who_we_are(void **state)
{
    static const struct {
        const char *body, *handle;
    } rows[] = {
        {"{\"items\":[{\"id\":\"UCabc\",\"snippet\":{\"customUrl\":\"@delhipolice\",\"title\":"
         "\"Delhi Police\"}}]}",
         "delhipolice"},
        {"{\"items\":[{\"id\":\"UCabc\",\"snippet\":{\"title\":\"Delhi Police\"}}]}",
         "Delhi Police"},
    };
    struct http_reply none = reply_of(200, "{\"items\":[]}"), odd = reply_of(200, "{}");
    struct step step;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct http_reply reply = reply_of(200, rows[i].body);

        step = machine_asked(youtube.identify, &video.job, "", &reply, &arena);
        assert_string_equal(step.receipt.handle, rows[i].handle);
        assert_string_equal(step.receipt.remote_id, "UCabc");
    }
    assert_int_equal(machine_asked(youtube.identify, &video.job, "", &none, &arena).trouble,
                     TROUBLE_SCOPE);
    assert_int_equal(machine_asked(youtube.identify, &video.job, "", &odd, &arena).kind,
                     STEP_RETRY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_session_is_asked_first, start),
        cmocka_unit_test_setup(a_session_that_wants_more_proves_that_there_is_no_video, start),
        cmocka_unit_test_setup(a_finished_session_names_the_video_and_a_rejected_one_is_no_post,
                               start),
        cmocka_unit_test_setup(a_forgotten_session_is_no_proof_and_the_channel_is_looked_through,
                               start),
        cmocka_unit_test_setup(without_a_session_the_channel_is_looked_through, start),
        cmocka_unit_test_setup(only_what_was_uploaded_since_is_looked_at, start),
        cmocka_unit_test_setup(a_video_is_ours_by_its_file_or_its_title_in_the_window, start),
        cmocka_unit_test_setup(not_being_able_to_look_proves_nothing, start),
        cmocka_unit_test_setup(asked_again_each_stage_sends_its_request_again, start),
        cmocka_unit_test_setup(a_video_is_taken_back_once_and_what_is_gone_is_done, start),
        cmocka_unit_test_setup(a_refresh_token_is_spent_at_googles_own_endpoint, start),
        cmocka_unit_test_setup(a_dead_refresh_token_needs_a_person_and_an_outage_does_not, start),
        cmocka_unit_test_setup(the_channel_says_who_we_are, start),
    };

    return cmocka_run_group_tests(tests, NULL, adapter_test_end);
}
