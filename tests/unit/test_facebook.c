/* The Facebook machines: every state with every kind of reply, the pitfalls of its facts page one
 * by one, and random replies against the two properties that matter. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "platform/facebook.h"
#include "support/adapter_test.h"

#define PAGE "105512345678901"
#define POST PAGE "_777"
#define KEPT(more)                                                                                 \
    "\"end\":0,\"host\":null,\"polls\":0,\"reads\":0,\"rounds\":0,\"start\":0,\"url\":null," more
#define POST_AT(state, photos, id)                                                                 \
    "{\"at\":\"" state "\",\"kept\":{" KEPT("\"id\":" id ",\"photos\":[" photos                    \
                                            "],\"path\":null,\"session\":null,\"video\":null") "}" \
                                                                                               "}"
#define VIDEO_AT(state)                                                                            \
    "{\"at\":\"" state "\",\"kept\":{" KEPT(                                                       \
        "\"id\":null,\"photos\":[],\"path\":\"/video-upload/v25.0/900\",\"session\":\"800\","      \
        "\"video\":\"900\"") "}}"
#define ERROR(code, subcode)                                                                       \
    "{\"error\":{\"message\":\"(#" #code                                                           \
    ") so it is\",\"type\":\"OAuthException\",\"code\":" #code ",\"error_subcode\":" #subcode      \
    ",\"is_transient\":false,\"fbtrace_id\":\"AbC\"}}"
#define PHOTO(id) "{\"media_type\":\"photo\",\"target\":{\"id\":\"" id "\"}}"
#define ALBUM(photos)                                                                              \
    "\"attachments\":{\"data\":[{\"media_type\":\"album\",\"subattachments\":{\"data\":[" photos   \
    "]}}]}"
#define SHOWN(id, text, more)                                                                      \
    "{\"id\":\"" id "\",\"message\":\"" text "\",\"created_time\":\"2026-11-22T04:00:00+0000\","   \
    "\"permalink_url\":\"https://www.facebook.com/" id "\",\"is_published\":true," more "}"
#define STATUS(video, publishing)                                                                  \
    "\"status\":{\"video_status\":\"" video "\",\"uploading_phase\":{\"status\":\"complete\","     \
    "\"bytes_transferred\":75540},\"publishing_phase\":{\"status\":\"" publishing "\"}}"
#define VIDEO(video, publishing) "{\"id\":\"900\"," STATUS(video, publishing) "}"

static struct platform_job text, photos, reel, film, story, picture_story;

static void make(struct platform_job *made, size_t media, const char *kind, bool video)
{
    platform_job_make(made, &facebook, media);
    made->job.identity = (struct account_identity){.handle = "Jaipur Police", .remote_id = PAGE};
    made->content.more.kind = kind;
    if (video)
        made->media[0].mime = "video/mp4";
}

static int start(void **state)
{
    (void)state;
    make(&text, 0, NULL, false);
    make(&photos, 2, NULL, false);
    make(&film, 1, NULL, true);
    make(&reel, 1, "reel", true);
    make(&story, 1, "story", true);
    make(&picture_story, 1, "story", false);
    reel.account.base_url = film.account.base_url = story.account.base_url = "http://127.0.0.1:1";
    return 0;
}

static struct step ask(const struct platform_job *made, const char *stored,
                       const struct http_reply *reply)
{
    return machine_asked(facebook.publish, &made->job, stored, reply, &arena);
}

static struct step tell(const struct platform_job *made, const char *stored, int status,
                        const char *body)
{
    return machine_told(facebook.publish, &made->job, stored, status, body);
}

/* ---- every state, every reply ---- */

static const char *const post_states[] = {
    POST_AT("uploading", "\"1\"", "null"),
    POST_AT("publishing", "\"1\",\"2\"", "null"),
    POST_AT("answered", "\"1\",\"2\"", "\"" POST "\""),
};
static const char *const video_states[] = {
    "{\"at\":\"starting\",\"kept\":{" KEPT("\"photos\":[]") "}}",
    VIDEO_AT("sending"),
    VIDEO_AT("resuming"),
    VIDEO_AT("processing"),
    VIDEO_AT("publishing"),
    VIDEO_AT("answered"),
};

static void every_state_of_a_post_has_an_answer_to_every_reply(void **state)
{
    static const struct answer_row rows[] = {
        /* uploading publishing answered */
        {0, "", "RRW"},
        {-1, "", "R?W"},
        {200, "{\"id\":\"" POST "\"}", "SSD"},
        {200, SHOWN(POST, "नमस्ते", ALBUM(PHOTO("1") "," PHOTO("2"))), "SSD"},
        {200, "{\"id\":\"../me\"}", "R?W"},
        {200, "{\"id\":7}", "R?W"},
        {200, "{\"id\":\"7\",\"error\":{\"code\":1}}", "R?W"},
        {200, "{\"success\":true}", "R?W"},
        {200, "{}", "R?W"},
        {200, "[]", "R?W"},
        {200, "", "R?W"},
        {200, "<html>welcome</html>", "R?W"},
        {200, "{\"id\":\"" POST "\"", "R?W"},
        {201, "{\"id\":\"" POST "\"}", "R?W"},
        {204, "", "R?W"},
        {302, "", "R?W"},
        {400, ERROR(1, 0), "R?W"},
        {500, ERROR(2, 0), "R?W"},
        {500, ERROR(1, 99), "R?W"},
        {400, ERROR(4, 0), "R?W"},
        {400, ERROR(17, 0), "R?W"},
        {400, ERROR(32, 0), "R?W"},
        {400, ERROR(613, 0), "R?W"},
        {400, ERROR(80001, 0), "R?W"},
        {400, ERROR(341, 0), "R?W"},
        {400, ERROR(4, 2207051), "T!W"},
        {400, ERROR(100, 1390008), "T!W"},
        {400, ERROR(368, 0), "T!W"},
        {400, ERROR(102, 0), "TTW"},
        {400, ERROR(190, 458), "TTW"},
        {401, ERROR(190, 460), "TTW"},
        {400, ERROR(190, 463), "TTW"},
        {400, ERROR(190, 467), "TTW"},
        {403, ERROR(3, 0), "TTW"},
        {403, ERROR(10, 0), "TTW"},
        {403, ERROR(200, 0), "TTW"},
        {400, ERROR(283, 0), "TTW"},
        {400, ERROR(299, 0), "TTW"},
        {400, ERROR(100, 0), "X?W"},
        {400, ERROR(100, 33), "X?W"},
        {400, ERROR(506, 1455006), "X?W"},
        {400, ERROR(100, 1609005), "X?W"},
        {400, ERROR(1609005, 0), "X?W"},
        {400, ERROR(100, 1609008), "X?W"},
        {400, ERROR(100, 2061006), "X?W"},
        {400, ERROR(100, 1366046), "X?W"},
        {400, ERROR(100, 1366051), "X?W"},
        {400, ERROR(100, 2069019), "X?W"},
        {400, ERROR(100, 1349125), "X?W"},
        {400, ERROR(100, 1346003), "X?W"},
        {400, ERROR(100, 1404102), "X?W"},
        {400, ERROR(100, 1404006), "T!W"},
        {400, ERROR(100, 1404112), "T!W"},
        {400, ERROR(100, 4854002), "T!W"},
        {400, ERROR(100, 1404078), "T!W"},
        {400, ERROR(100, 1363047), "R?W"},
        {400, ERROR(100, 1609010), "R?W"},
        {400, ERROR(12345, 0), "R?W"},
        {400, "{\"error\":\"a text\"}", "R?W"},
        {400, "<html>bad request</html>", "R?W"},
        {401, "<html>", "T!W"},
        {403, "<html>blocked</html>", "R?W"},
        {404, "<html>", "R?W"},
        {408, "", "R?W"},
        {413, "<html>", "X?W"},
        {429, "<html>", "R?W"},
        {502, "<html>", "R?W"},
        {503, "", "R?W"},
        {599, "", "R?W"},
    };

    (void)state;
    assert_answers(
        &(struct states){facebook.publish, post_states, COUNT_OF(post_states), {&photos.job}}, rows,
        COUNT_OF(rows));
}

static void every_state_of_a_reel_has_an_answer_to_every_reply(void **state)
{
    /* starting sending resuming processing publishing answered */
    static const struct answer_row rows[] = {
        {0, "", "RRRRRW"},
        {-1, "", "RRRR?W"},
        {200, "{\"success\":true}", "RSRRSW"},
        {200, "{\"success\":false}", "RRRR?W"},
        {200, "{\"video_id\":\"900\",\"upload_url\":\"http://127.0.0.1:1/video-upload/v25.0/900\"}",
         "SRRR?W"},
        {200, "{\"video_id\":\"900\",\"upload_url\":\"http://192.0.2.1/video-upload/v25.0/900\"}",
         "RRRR?W"},
        {200, "{\"video_id\":\"900\"}", "RRRR?W"},
        {200, VIDEO("uploading", "not_started"), "RRSW?W"},
        {200, VIDEO("processing", "not_started"), "RRWW?W"},
        {200, VIDEO("upload_complete", "not_started"), "RRSS?W"},
        {200, VIDEO("ready", "not_started"), "RRSS?W"},
        {200, VIDEO("ready", "in_progress"), "RR???W"},
        {200, VIDEO("ready", "complete"), "RR???D"},
        {200, VIDEO("error", "not_started"), "RRRR?X"},
        {200, VIDEO("expired", "not_started"), "RRRR?X"},
        {200, VIDEO("something new", "not_started"), "RRWW?W"},
        {200, "{}", "RRRR?W"},
        {200, "<html>", "RRRR?W"},
        {400, ERROR(1, 0), "RRRR?W"},
        {400, ERROR(32, 0), "RRRR?W"},
        {400, ERROR(190, 463), "TTTTTW"},
        {403, ERROR(200, 0), "TTTTTW"},
        {400, ERROR(100, 0), "XXRR?W"},
        {400, ERROR(100, 33), "RRRR?W"},
        {400, ERROR(100, 1363008), "RRRR?W"},
        {400,
         "{\"debug_info\":{\"retriable\":false,\"type\":\"ProcessingFailedError\",\"message\":"
         "\"x\"}}",
         "RRRR?W"},
        {400,
         "{\"debug_info\":{\"retriable\":true,\"type\":\"PartialRequestError\",\"message\":"
         "\"x\"}}",
         "RRRR?W"},
        {500, "<html>", "RRRR?W"},
    };

    (void)state;
    assert_answers(
        &(struct states){facebook.publish, video_states, COUNT_OF(video_states), {&reel.job}}, rows,
        COUNT_OF(rows));
}

/* ---- the way of a post ---- */

static void a_text_goes_out_is_read_back_and_done(void **state)
{
    struct step step = ask(&text, "", NULL);

    (void)state;
    assert_string_equal(step.request.path, "/v25.0/" PAGE "/feed");
    assert_string_equal(step.request.body,
                        "message=%E0%A4%A8%E0%A4%AE%E0%A4%B8%E0%A5%8D%E0%A4%A4%E0%A5%87"
                        "&published=true");
    assert_int_equal(step.request.kind, REQUEST_PUBLISH);
    assert_true(step.request.unrepeatable);
    step = tell(&text, step.progress, 200, "{\"id\":\"" POST "\"}");
    assert_int_equal(step.request.kind, REQUEST_READ);
    assert_non_null(strstr(step.request.path, "/v25.0/" POST "?fields=id%2Cmessage"));
    assert_string_equal(step.receipt.remote_id, POST);
    step = tell(&text, step.progress, 200, SHOWN(POST, "नमस्ते", "\"x\":1"));
    assert_int_equal(step.kind, STEP_DONE);
    assert_string_equal(step.receipt.remote_id, POST);
    assert_string_equal(step.receipt.url, "https://www.facebook.com/" POST);
    assert_false(step.receipt.differs);
}

static void photos_are_uploaded_unpublished_and_only_the_feed_call_is_public(void **state)
{
    struct step step = ask(&photos, "", NULL);

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        assert_string_equal(step.request.path, "/v25.0/" PAGE "/photos");
        assert_int_equal(step.request.kind, REQUEST_UPLOAD);
        assert_string_equal(step.request.parts[0].name, "source");
        assert_string_equal(step.request.parts[0].file_sha256, photos.media[i].sha256);
        assert_string_equal(step.request.parts[1].name, "published");
        assert_string_equal(step.request.parts[1].value, "false");
        assert_string_equal(step.request.parts[2].name, "alt_text_custom");
        step = tell(&photos, step.progress, 200, i == 0 ? "{\"id\":\"1\"}" : "{\"id\":\"2\"}");
    }
    assert_string_equal(step.request.path, "/v25.0/" PAGE "/feed");
    assert_non_null(strstr(step.request.body,
                           "&attached_media%5B0%5D=%7B%22media_fbid%22%3A%221%22%7D"
                           "&attached_media%5B1%5D=%7B%22media_fbid%22%3A%222%22%7D"));
}

static void a_link_stands_beside_a_text_and_never_beside_photos(void **state)
{
    (void)state;
    text.content.link = photos.content.link = "https://example.gov.in/?a=1&b=2";
    assert_non_null(strstr(ask(&text, "", NULL).request.body,
                           "&link=https%3A%2F%2Fexample.gov.in%2F%3Fa%3D1%26b%3D2&"));
    assert_null(strstr(ask(&photos, post_states[1], NULL).request.body, "link="));
}

static void a_reel_is_finished_by_the_id_that_was_stored_before(void **state)
{
    struct step step = ask(&reel, "", NULL);

    (void)state;
    assert_string_equal(step.request.path, "/v25.0/" PAGE "/video_reels?upload_phase=start");
    assert_string_equal(step.request.body, "");
    step = tell(&reel, step.progress, 200,
                "{\"video_id\":\"900\",\"upload_url\":"
                "\"http://127.0.0.1:1/video-upload/v25.0/900\"}");
    assert_string_equal(step.request.path, "/video-upload/v25.0/900");
    assert_string_equal(step.request.signing, "oauth");
    assert_string_equal(step.request.file_sha256, reel.media[0].sha256);
    assert_string_equal(step.request.headers[1].name, "offset");
    assert_string_equal(step.request.headers[1].value, "0");
    assert_string_equal(step.request.headers[2].value, "75540");
    step = tell(&reel, step.progress, 200, "{\"success\":true}");
    step = tell(&reel, step.progress, 200, VIDEO("ready", "not_started"));
    assert_string_equal(step.request.body,
                        "video_id=900&video_state=PUBLISHED&description="
                        "%E0%A4%A8%E0%A4%AE%E0%A4%B8%E0%A5%8D%E0%A4%A4%E0%A5%87");
    assert_int_equal(step.request.kind, REQUEST_PUBLISH);
    step = tell(&reel, step.progress, 200, "{\"success\":true}");
    assert_int_equal(step.request.kind, REQUEST_READ);
    step = tell(&reel, step.progress, 200, VIDEO("ready", "in_progress"));
    assert_int_equal(step.kind, STEP_WAIT);
    step = tell(&reel, step.progress, 200,
                "{\"id\":\"900\",\"post_id\":\"777\",\"permalink_url\":\"/reel/900/\","
                "\"description\":\"नमस्ते\"," STATUS("ready", "complete") "}");
    assert_int_equal(step.kind, STEP_DONE);
    assert_string_equal(step.receipt.remote_id, "900");
    assert_string_equal(step.receipt.url, "http://127.0.0.1:1/reel/900/");
    assert_false(step.receipt.differs);
}

static void an_interrupted_reel_goes_on_behind_the_bytes_that_are_there(void **state)
{
    struct step step = tell(&reel, VIDEO_AT("sending"), -1, "");

    (void)state;
    assert_int_equal(step.kind, STEP_RETRY);
    step = ask(&reel, VIDEO_AT("sending"), NULL);
    assert_non_null(strstr(step.request.path, "/v25.0/900?fields=status"));
    step = tell(&reel, step.progress, 200,
                "{\"status\":{\"video_status\":\"uploading\",\"uploading_phase\":"
                "{\"bytes_transferred\":40000}}}");
    assert_string_equal(step.request.path, "/video-upload/v25.0/900");
    assert_int_equal(step.request.file_offset, 40000);
    assert_string_equal(step.request.headers[1].value, "40000");
}

static void a_long_video_goes_in_the_pieces_that_are_asked_for(void **state)
{
    struct step step = ask(&film, "", NULL);

    (void)state;
    assert_string_equal(step.request.host, "graph-video.facebook.com");
    assert_string_equal(step.request.body, "file_size=75540");
    step = tell(&film, step.progress, 200,
                "{\"upload_session_id\":\"800\",\"video_id\":\"900\",\"start_offset\":\"0\","
                "\"end_offset\":\"50000\"}");
    assert_int_equal(step.request.parts[2].offset, 0);
    assert_int_equal(step.request.parts[2].length, 50000);
    step = tell(&film, step.progress, 200, "{\"start_offset\":\"50000\",\"end_offset\":\"75540\"}");
    assert_int_equal(step.request.parts[2].offset, 50000);
    assert_int_equal(step.request.parts[2].length, 25540);
    assert_string_equal(step.request.parts[1].value, "50000");
    step = tell(&film, step.progress, 200, "{\"start_offset\":\"75540\",\"end_offset\":\"75540\"}");
    assert_int_equal(step.request.kind, REQUEST_PUBLISH);
    assert_non_null(strstr(step.request.body, "upload_session_id=800&"));
}

static void stories_are_published_by_the_id_of_their_photo_or_video(void **state)
{
    struct step step = ask(&picture_story, POST_AT("publishing", "\"1\"", "null"), NULL);

    (void)state;
    assert_string_equal(step.request.path, "/v25.0/" PAGE "/photo_stories");
    assert_string_equal(step.request.body, "photo_id=1");
    step = tell(&picture_story, step.progress, 200, "{\"success\":true,\"post_id\":\"777\"}");
    assert_non_null(strstr(step.request.path, "/" PAGE "/stories?since="));
    step = tell(&picture_story, step.progress, 200,
                "{\"data\":[{\"media_id\":\"9\",\"post_id\":\"776\"},{\"media_id\":\"1\","
                "\"post_id\":\"777\",\"url\":\"https://www.facebook.com/stories/777\"}]}");
    assert_int_equal(step.kind, STEP_DONE);
    assert_string_equal(step.receipt.url, "https://www.facebook.com/stories/777");
    step = ask(&story, VIDEO_AT("publishing"), NULL);
    assert_string_equal(step.request.body, "video_id=900");
}

/* ---- pitfalls of the facts page ---- */

static void an_error_although_the_post_is_live_is_doubt_whatever_its_code(void **state)
{
    static const char *const errors[] = {ERROR(1, 0), ERROR(4, 0), ERROR(100, 0), ERROR(506, 0)};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(errors); i++)
        assert_int_equal(tell(&text, POST_AT("publishing", "", "null"), 400, errors[i]).kind,
                         STEP_DOUBT);
}

static void code_190_of_a_lost_page_is_no_dead_token(void **state)
{
    struct step step =
        tell(&text, POST_AT("publishing", "", "null"), 400,
             "{\"error\":{\"code\":190,\"message\":\"The user is impersonating a user's page\"}}");

    (void)state;
    assert_int_equal(step.trouble, TROUBLE_SCOPE);
    step = tell(&text, POST_AT("publishing", "", "null"), 400, ERROR(190, 460));
    assert_int_equal(step.trouble, TROUBLE_TOKEN);
}

static void codes_283_and_200_are_missing_permissions_and_not_content(void **state)
{
    (void)state;
    assert_int_equal(tell(&photos, post_states[0], 400, ERROR(283, 0)).trouble, TROUBLE_SCOPE);
    assert_int_equal(tell(&photos, post_states[0], 403, ERROR(200, 0)).trouble, TROUBLE_SCOPE);
}

static void retired_parameters_and_features_are_never_sent(void **state)
{
    static const char *const never[] = {"text_format_preset_id", "pretty=",     "debug=",
                                        "date_format",           "ids=",        "file_url",
                                        "client_mutation_id",    "access_token"};
    const struct platform_job *const jobs[] = {&text, &photos, &reel, &film, &story};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(jobs); i++) {
        const struct step step = ask(jobs[i], "", NULL);
        const char *request = request_write(&step.request, &arena);

        for (size_t j = 0; j < COUNT_OF(never); j++)
            assert_null(strstr(request, never[j]));
        assert_null(strstr(request, "If-None-Match"));
    }
}

static void an_upload_that_stands_still_is_begun_anew_three_times_and_then_given_up(void **state)
{
    const char *stored = VIDEO_AT("processing");
    struct step step = {0};
    size_t rounds = 0;

    (void)state;
    for (size_t polls = 0; polls < 1000; polls++) {
        step = tell(&reel, stored, 200, VIDEO("processing", "not_started"));
        if (step.kind == STEP_REFUSED)
            break;
        stored = step.progress;
        if (step.kind == STEP_RETRY) {
            rounds++;
            step = tell(&reel, stored, 200,
                        "{\"video_id\":\"900\",\"upload_url\":"
                        "\"http://127.0.0.1:1/video-upload/v25.0/900\"}");
            stored = tell(&reel, step.progress, 200, "{\"success\":true}").progress;
        }
    }
    assert_int_equal(step.kind, STEP_REFUSED);
    assert_int_equal(rounds, 3);
}

static void a_video_that_comes_out_as_a_reel_is_still_found_by_its_id(void **state)
{
    struct step step;

    (void)state;
    film.account.live = true;
    platform_job_option(&film, "page_id", PAGE);
    step = tell(&film, VIDEO_AT("answered"), 200,
                "{\"id\":\"900\",\"published\":true,\"permalink_url\":\"/reel/900/\","
                "\"status\":{\"video_status\":\"ready\"}}");
    assert_int_equal(step.kind, STEP_DONE);
    assert_string_equal(step.receipt.url, "https://www.facebook.com/reel/900/");
}

/* ---- in doubt ---- */

static struct step look(struct platform_job *made, const char *stored, int status, const char *body)
{
    struct http_reply reply = reply_in_table(status, body);
    struct step first;

    made->delivery.progress = stored;
    first = machine_asked(facebook.find, &made->job, "", NULL, &arena);
    assert_int_equal(first.request.kind, REQUEST_READ);
    return machine_asked(facebook.find, &made->job, first.progress ? first.progress : "", &reply,
                         &arena);
}

static void a_post_is_found_by_its_message_photos_and_time_and_never_as_the_newest(void **state)
{
    static const struct {
        const char *list;
        size_t found;
    } rows[] = {
        {"", 0},
        {SHOWN("9_1", "कुछ और", ALBUM(PHOTO("1") "," PHOTO("2"))), 0},
        {SHOWN("9_1", "नमस्ते", ALBUM(PHOTO("3") "," PHOTO("4"))), 0},
        {SHOWN("9_1", "नमस्ते", ALBUM(PHOTO("1"))), 0},
        {SHOWN("9_1", "नमस्ते", "\"attachments\":{}"), 0},
        {SHOWN("9_1", "नमस्ते", ALBUM(PHOTO("1") "," PHOTO("2"))), 1},
        {SHOWN("9_1", "नमस्ते\\r\\n", ALBUM(PHOTO("1") "," PHOTO("2"))), 1},
        {SHOWN("9_9", "कुछ और", "\"x\":1") "," SHOWN("9_1", "नमस्ते",
                                                    ALBUM(PHOTO("1") "," PHOTO("2"))),
         1},
        {SHOWN("9_1", "नमस्ते", ALBUM(PHOTO("1") "," PHOTO("2"))) "," SHOWN(
             "9_2", "नमस्ते", ALBUM(PHOTO("1") "," PHOTO("2"))),
         2},
        {"{\"id\":\"9_1\",\"message\":\"नमस्ते\",\"created_time\":\"2026-11-22T03:57:59+"
         "0000\"," ALBUM(PHOTO("1") "," PHOTO("2")) "}",
         0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct step step = look(&photos, post_states[1], 200,
                                arena_printf(&arena, "{\"data\":[%s]}", rows[i].list));
        assert_int_equal(step.kind, STEP_DONE);
        if (step.receipt.found != rows[i].found)
            fail_msg("%s: %zu", rows[i].list, step.receipt.found);
        assert_false(step.receipt.absent); /* a list is no proof */
    }
}

static void the_state_of_a_video_is_proof_both_ways(void **state)
{
    static const struct {
        const char *body;
        size_t found;
        bool absent;
    } rows[] = {
        {VIDEO("ready", "complete"), 1, false},    {VIDEO("ready", "not_started"), 0, true},
        {VIDEO("ready", "in_progress"), 0, false}, {VIDEO("processing", "not_started"), 0, false},
        {VIDEO("error", "not_started"), 0, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct step step = look(&reel, VIDEO_AT("publishing"), 200, rows[i].body);
        assert_int_equal(step.kind, STEP_DONE);
        assert_int_equal(step.receipt.found, rows[i].found);
        assert_int_equal(step.receipt.absent, rows[i].absent);
    }
}

static void a_photo_story_is_found_by_its_photo_and_its_absence_is_never_proof(void **state)
{
    const char *stored = POST_AT("publishing", "\"1\"", "null");
    struct step step = look(&picture_story, stored, 200,
                            "{\"data\":[{\"media_id\":\"1\",\"post_id\":\"777\",\"url\":\"\"}]}");

    (void)state;
    assert_int_equal(step.receipt.found, 1);
    assert_string_equal(step.receipt.remote_id, "777");
    step = look(&picture_story, stored, 200, "{\"data\":[{\"media_id\":\"2\",\"post_id\":\"7\"}]}");
    assert_int_equal(step.receipt.found, 0);
    assert_false(step.receipt.absent);
}

static void not_being_able_to_look_proves_nothing(void **state)
{
    static const struct answer_row rows[] = {
        {0, "", ""},
        {-1, "", ""},
        {200, "{}", ""},
        {200, "<html>", ""},
        {500, "<html>", ""},
        {400, ERROR(1, 0), ""},
        {400, ERROR(190, 463), ""},
        {400, ERROR(100, 0), ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_int_equal(look(&photos, post_states[1], rows[i].status, rows[i].body).kind,
                         STEP_RETRY);
        assert_int_equal(look(&picture_story, POST_AT("publishing", "\"1\"", "null"),
                              rows[i].status, rows[i].body)
                             .kind,
                         STEP_RETRY);
        assert_int_equal(look(&reel, VIDEO_AT("publishing"), rows[i].status, rows[i].body).kind,
                         STEP_RETRY);
    }
}

static void the_search_goes_on_until_posts_are_older_than_the_intent(void **state)
{
    struct http_reply page =
        reply_of(200,
                 "{\"data\":[" SHOWN("9_1", "x", "\"x\":1") "],\"paging\":{\"cursors\":{\"after\":"
                                                            "\"QVFI\"}}}");
    struct step step = machine_asked(facebook.find, &text.job, "", NULL, &arena);
    size_t pages = 1;

    (void)state;
    for (; step.kind == STEP_SEND && pages < 10; pages++) {
        step = machine_asked(facebook.find, &text.job, step.progress, &page, &arena);
        if (step.kind == STEP_SEND)
            assert_non_null(strstr(step.request.path, "&after=QVFI"));
    }
    assert_int_equal(step.kind, STEP_DONE);
    assert_int_equal(pages, 5);
}

/* ---- what is public but not what was sent ---- */

static void what_is_public_but_not_what_was_sent_is_told(void **state)
{
    static const struct {
        const char *body;
        bool differs;
    } rows[] = {
        {SHOWN(POST, "नमस्ते", ALBUM(PHOTO("1") "," PHOTO("2"))), false},
        {SHOWN(POST, "नमस्ते।", ALBUM(PHOTO("1") "," PHOTO("2"))), true},
        {SHOWN(POST, "नमस्ते", ALBUM(PHOTO("1"))), true},
        {SHOWN(POST, "नमस्ते", ALBUM(PHOTO("1") "," PHOTO("3"))), true},
        {SHOWN(POST, "नमस्ते", ALBUM(PHOTO("1") "," PHOTO("2")) ",\"is_published\":false"), true},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows) - 1; i++) {
        struct step step = tell(&photos, post_states[2], 200, rows[i].body);
        assert_int_equal(step.kind, STEP_DONE);
        if (step.receipt.differs != rows[i].differs)
            fail_msg("%s", rows[i].body);
    }
}

static void what_is_public_but_unreadable_is_read_five_times_more_and_then_told(void **state)
{
    static const int64_t seconds[] = {5, 15, 45, 120, 300};
    const char *stored = post_states[2];
    struct step step;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(seconds); i++) {
        step = tell(&photos, stored, 400, ERROR(100, 33));
        assert_int_equal(step.kind, STEP_WAIT);
        assert_int_equal(step.wait.ms, seconds[i] * 1000);
        stored = step.progress;
    }
    step = tell(&photos, stored, 400, ERROR(100, 33));
    assert_int_equal(step.kind, STEP_DONE);
    assert_true(step.receipt.not_read_back);
    assert_string_equal(step.receipt.remote_id, POST);
}

/* ---- usage ---- */

static void a_throttled_call_waits_for_the_minutes_that_the_usage_header_names(void **state)
{
    static const struct header usage[] = {
        {"X-Business-Use-Case-Usage",
         "{\"1\":[{\"type\":\"pages\",\"call_count\":100,\"estimated_time_to_regain_access\":17},"
         "{\"type\":\"x\",\"estimated_time_to_regain_access\":3}]}"}};
    static const struct header full[] = {{"X-App-Usage", "{\"call_count\":100}"}};
    static const struct header broken[] = {{"X-Business-Use-Case-Usage", "{\"1\":[{"}};
    struct http_reply reply = reply_of(400, ERROR(32, 0));

    (void)state;
    reply.headers = usage;
    reply.header_count = 1;
    assert_int_equal(ask(&photos, post_states[0], &reply).not_before.ms,
                     reply.received.ms + 17 * 60000);
    reply.headers = full;
    assert_int_equal(ask(&photos, post_states[0], &reply).not_before.ms,
                     reply.received.ms + 60 * 60000);
    reply.headers = broken;
    assert_true(instant_is_none(ask(&photos, post_states[0], &reply).not_before));
}

static void
near_the_end_of_the_budget_nothing_that_changes_anything_is_sent_for_a_while(void **state)
{
    static const struct header crowded[] = {{"X-App-Usage", "{\"total_time\":90}"}};
    struct http_reply photo = reply_of(200, "{\"id\":\"2\"}");
    struct http_reply accepted = reply_of(200, "{\"id\":\"" POST "\"}");
    struct step step;

    (void)state;
    photo.headers = accepted.headers = crowded;
    photo.header_count = accepted.header_count = 1;
    step = ask(&photos, post_states[0], &photo);
    assert_int_equal(step.kind, STEP_WAIT);
    assert_int_equal(step.wait.ms, 5 * 60000);
    step = ask(&photos, step.progress, NULL); /* and then it goes on where it was */
    assert_string_equal(step.request.path, "/v25.0/" PAGE "/feed");
    step = ask(&photos, step.progress, &accepted); /* reading back is no burden */
    assert_int_equal(step.kind, STEP_SEND);
}

static void spam_control_rests_the_account_for_hours(void **state)
{
    struct step step = tell(&photos, post_states[0], 400, ERROR(4, 2207051));

    (void)state;
    assert_int_equal(step.trouble, TROUBLE_SUSPENDED);
    assert_int_equal(step.not_before.ms, reply_of(200, "").received.ms + 6 * 3600000);
}

/* ---- the small machines ---- */

static void the_token_must_be_the_pages_own(void **state)
{
    struct http_reply me = reply_of(200, "{\"id\":\"" PAGE "\",\"name\":\"Jaipur Police\"}");
    struct http_reply debug =
        reply_of(200,
                 "{\"data\":{\"expires_at\":0,\"data_access_expires_at\":1800000000,\"scopes\":"
                 "[\"pages_show_list\",\"pages_manage_posts\"]}}");
    struct step step;

    (void)state;
    text.account.live = true;
    platform_job_option(&text, "page_id", "1");
    step = machine_asked(facebook.identify, &text.job, "", NULL, &arena);
    assert_string_equal(step.request.path, "/v25.0/me?fields=id%2Cname");
    assert_int_equal(
        machine_asked(facebook.identify, &text.job, step.progress, &me, &arena).trouble,
        TROUBLE_IDENTITY);
    platform_job_option(&text, "page_id", PAGE);
    step = machine_asked(facebook.identify, &text.job, step.progress, &me, &arena);
    assert_string_equal(step.request.path, "/v25.0/debug_token");
    assert_string_equal(step.request.fields[0].secret, "page_token");
    step = machine_asked(facebook.identify, &text.job, step.progress, &debug, &arena);
    assert_int_equal(step.kind, STEP_DONE);
    assert_string_equal(step.receipt.remote_id, PAGE);
    assert_string_equal(step.receipt.scopes, "pages_show_list pages_manage_posts");
    assert_int_equal(step.receipt.ends.ms, INT64_C(1800000000000));
}

static void what_the_token_may_is_nice_to_know_and_no_more(void **state)
{
    static const char inspecting[] =
        "{\"at\":\"inspecting\",\"kept\":{\"id\":\"" PAGE "\",\"name\":\"Jaipur Police\"}}";
    struct http_reply failed = reply_of(400, ERROR(100, 0));
    struct step step = machine_asked(facebook.identify, &text.job, inspecting, &failed, &arena);

    (void)state;
    assert_int_equal(step.kind, STEP_DONE);
    assert_string_equal(step.receipt.handle, "Jaipur Police");
    assert_null(step.receipt.scopes);
    assert_true(instant_is_none(step.receipt.ends));
}

static void what_is_not_there_any_more_is_retracted(void **state)
{
    struct http_reply gone = reply_of(400, ERROR(100, 33)), failed = reply_of(500, ERROR(1, 0));
    struct step step;

    (void)state;
    text.delivery.remote_id = POST;
    step = machine_asked(facebook.retract, &text.job, "", NULL, &arena);
    assert_string_equal(step.request.method, "DELETE");
    assert_string_equal(step.request.path, "/v25.0/" POST);
    assert_int_equal(machine_asked(facebook.retract, &text.job, "", &gone, &arena).kind, STEP_DONE);
    assert_int_equal(machine_asked(facebook.retract, &text.job, "", &failed, &arena).kind,
                     STEP_RETRY);
}

/* ---- after-steps ---- */

static const struct after_step *after(const char *word)
{
    const struct after_step *step = facebook.after;

    while (step->word && strcmp(step->word, word) != 0)
        step++;
    assert_non_null(step->word);
    return step;
}

static void a_first_comment_in_doubt_is_looked_for_and_never_sent_again(void **state)
{
    const struct after_step *comment = after("first_comment");
    struct http_reply lost = reply_lost(FATE_MAYBE_SENT);
    struct http_reply ours =
        reply_of(200,
                 "{\"data\":[{\"id\":\"777_5\",\"message\":\"हेल्पलाइन 112\",\"from\":{\"id\":\"" PAGE
                 "\"}}]}");
    struct http_reply others = reply_of(
        200, "{\"data\":[{\"id\":\"777_5\",\"message\":\"हेल्पलाइन 112\",\"from\":{\"id\":\"9\"}}]}");
    struct step step, look_step;

    (void)state;
    assert_false(comment->wanted(&text.job));
    text.content.more.first_comment = "हेल्पलाइन 112";
    text.delivery.remote_id = POST;
    assert_true(comment->wanted(&text.job));
    step = machine_asked(comment->advance, &text.job, "", NULL, &arena);
    assert_string_equal(step.request.path, "/v25.0/" POST "/comments");
    assert_true(step.request.unrepeatable);
    look_step = machine_asked(comment->advance, &text.job, step.progress, &lost, &arena);
    assert_int_equal(look_step.request.kind, REQUEST_READ);
    step = machine_asked(comment->advance, &text.job, look_step.progress, &ours, &arena);
    assert_int_equal(step.kind, STEP_DONE);
    assert_string_equal(step.receipt.remote_id, "777_5");
    step = machine_asked(comment->advance, &text.job, look_step.progress, &others, &arena);
    assert_int_equal(step.kind, STEP_REFUSED);
    assert_string_equal(step.why, "the connection broke");
}

static void stories_get_no_comment_and_only_videos_get_thumbnails_and_captions(void **state)
{
    static const struct {
        const char *word;
        bool text, reel, story;
    } rows[] = {{"first_comment", true, true, false},
                {"thumbnail", false, true, false},
                {"captions", false, true, false}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct platform_job *const jobs[] = {&text, &reel, &story};
        const bool expected[] = {rows[i].text, rows[i].reel, rows[i].story};
        for (size_t j = 0; j < COUNT_OF(jobs); j++) {
            jobs[j]->content.more = (struct extras){.kind = jobs[j]->content.more.kind,
                                                    .first_comment = "x",
                                                    .thumbnail = "a",
                                                    .captions = "b"};
            assert_int_equal(after(rows[i].word)->wanted(&jobs[j]->job), expected[j]);
        }
    }
}

static void captions_carry_their_language_in_the_name_of_the_file(void **state)
{
    struct step step;

    (void)state;
    reel.delivery.progress = VIDEO_AT("answered");
    reel.content.more.captions = reel.content.more.thumbnail = reel.media[0].sha256;
    step = machine_asked(after("captions")->advance, &reel.job, "", NULL, &arena);
    assert_string_equal(step.request.path, "/v25.0/900/captions");
    assert_string_equal(step.request.parts[0].filename, "captions.hi_IN.srt");
    assert_string_equal(step.request.parts[1].value, "hi_IN");
    step = machine_asked(after("thumbnail")->advance, &reel.job, "", NULL, &arena);
    assert_string_equal(step.request.path, "/v25.0/900/thumbnails");
}

/* ---- refusals before anything is sent ---- */

static void stored_progress_of_another_version_is_doubt_and_sends_nothing(void **state)
{
    static const char *const strange[] = {
        "{\"at\":\"flying\",\"kept\":{\"photos\":[]}}",
        "{\"at\":\"uploading\",\"kept\":{}}",
        "{\"at\":\"uploading\",\"kept\":{\"photos\":[\"../1\"]}}",
        POST_AT("uploading", "\"1\",\"2\"", "null"),
        POST_AT("publishing", "\"1\"", "null"),
        POST_AT("answered", "\"1\",\"2\"", "null"),
        VIDEO_AT("publishing"),
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(strange); i++)
        assert_int_equal(ask(&photos, strange[i], NULL).kind, STEP_DOUBT);
}

static void what_cannot_be_sent_is_said_before_anything_is_sent(void **state)
{
    (void)state;
    text.content.parent = "once";
    assert_int_equal(ask(&text, "", NULL).kind, STEP_REFUSED);
    photos.content.more.kind = "reel";
    assert_int_equal(ask(&photos, "", NULL).kind, STEP_REFUSED);
    platform_job_option(&reel, "api_version", "25");
    assert_int_equal(ask(&reel, "", NULL).kind, STEP_REFUSED);
    film.job.identity.remote_id = NULL;
    assert_int_equal(ask(&film, "", NULL).kind, STEP_RETRY);
}

static void the_version_is_the_accounts(void **state)
{
    (void)state;
    platform_job_option(&text, "api_version", "v26.0");
    assert_string_equal(ask(&text, "", NULL).request.path, "/v26.0/" PAGE "/feed");
}

/* ---- lives ---- */

static struct http_reply any_reply(uint64_t *seed)
{
    static const struct reply_row replies[] = {
        {0, ""},
        {-1, ""},
        {200, "{\"id\":\"" POST "\"}"},
        {200, "{\"id\":\"" POST "\"}"},
        {200, "{\"success\":true,\"post_id\":\"777\"}"},
        {200,
         "{\"video_id\":\"900\",\"upload_session_id\":\"800\",\"start_offset\":\"0\","
         "\"end_offset\":\"75540\",\"upload_url\":\"http://127.0.0.1:1/video-upload/v25.0/900\"}"},
        {200, "{\"start_offset\":\"75540\",\"end_offset\":\"75540\",\"success\":true}"},
        {200, VIDEO("ready", "not_started")},
        {200, VIDEO("uploading", "not_started")},
        {200, VIDEO("ready", "complete")},
        {200, "{}"},
        {400, ERROR(32, 0)},
        {400, ERROR(190, 463)},
        {400, ERROR(100, 33)},
        {500, "<html>"},
    };

    return reply_drawn(replies, COUNT_OF(replies), seed);
}

static void whatever_comes_back_nothing_public_is_sent_twice(void **state)
{
    static const struct lives lives = {
        .adapter = &facebook,
        .jobs = {&text.job, &photos.job, &reel.job, &film.job, &story.job, &picture_story.job},
        .answered = "answered",
        .reply = any_reply,
    };

    (void)state;
    assert_no_fault(&lives, lives_wanted());
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, adapter_test_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_state_of_a_post_has_an_answer_to_every_reply),
        TEST(every_state_of_a_reel_has_an_answer_to_every_reply),
        TEST(a_text_goes_out_is_read_back_and_done),
        TEST(photos_are_uploaded_unpublished_and_only_the_feed_call_is_public),
        TEST(a_link_stands_beside_a_text_and_never_beside_photos),
        TEST(a_reel_is_finished_by_the_id_that_was_stored_before),
        TEST(an_interrupted_reel_goes_on_behind_the_bytes_that_are_there),
        TEST(a_long_video_goes_in_the_pieces_that_are_asked_for),
        TEST(stories_are_published_by_the_id_of_their_photo_or_video),
        TEST(an_error_although_the_post_is_live_is_doubt_whatever_its_code),
        TEST(code_190_of_a_lost_page_is_no_dead_token),
        TEST(codes_283_and_200_are_missing_permissions_and_not_content),
        TEST(retired_parameters_and_features_are_never_sent),
        TEST(an_upload_that_stands_still_is_begun_anew_three_times_and_then_given_up),
        TEST(a_video_that_comes_out_as_a_reel_is_still_found_by_its_id),
        TEST(a_post_is_found_by_its_message_photos_and_time_and_never_as_the_newest),
        TEST(the_state_of_a_video_is_proof_both_ways),
        TEST(a_photo_story_is_found_by_its_photo_and_its_absence_is_never_proof),
        TEST(not_being_able_to_look_proves_nothing),
        TEST(the_search_goes_on_until_posts_are_older_than_the_intent),
        TEST(what_is_public_but_not_what_was_sent_is_told),
        TEST(what_is_public_but_unreadable_is_read_five_times_more_and_then_told),
        TEST(a_throttled_call_waits_for_the_minutes_that_the_usage_header_names),
        TEST(near_the_end_of_the_budget_nothing_that_changes_anything_is_sent_for_a_while),
        TEST(spam_control_rests_the_account_for_hours),
        TEST(the_token_must_be_the_pages_own),
        TEST(what_the_token_may_is_nice_to_know_and_no_more),
        TEST(what_is_not_there_any_more_is_retracted),
        TEST(a_first_comment_in_doubt_is_looked_for_and_never_sent_again),
        TEST(stories_get_no_comment_and_only_videos_get_thumbnails_and_captions),
        TEST(captions_carry_their_language_in_the_name_of_the_file),
        TEST(stored_progress_of_another_version_is_doubt_and_sends_nothing),
        TEST(what_cannot_be_sent_is_said_before_anything_is_sent),
        TEST(the_version_is_the_accounts),
        TEST(whatever_comes_back_nothing_public_is_sent_twice),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
