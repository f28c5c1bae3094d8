/* The YouTube machine `publish`: every state with every kind of reply, the way of a video piece by
 * piece, its pitfalls one by one, and random replies against the two properties that matter. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "platform/youtube.h"
#include "support/adapter_test.h"

#define BASE    "http://127.0.0.1:8642/youtube"
#define SESSION BASE "/upload/youtube/v3/videos?uploadType=resumable&upload_id=7"
#define TOTAL   20000000
#define LAST    "19922944" /* 76 * 262144 */
#define VIDEO   "{\"id\":\"dQw4w9WgXcQ\",\"kind\":\"youtube#video\"}"
#define READ_OF(status, title)                                                                           \
    "{\"items\":[{\"id\":\"dQw4w9WgXcQ\",\"snippet\":{\"description\":\"नमस्ते\",\"title\":" \
    "\"" title "\"},\"status\":{" status "}}]}"
#define PUBLIC    "\"privacyStatus\":\"public\",\"uploadStatus\":\"processed\""
#define UPLOADED  READ_OF("\"privacyStatus\":\"public\",\"uploadStatus\":\"uploaded\"", "हेलमेट")
#define PROCESSED READ_OF(PUBLIC, "हेलमेट")
#define REJECTED  READ_OF("\"rejectionReason\":\"duplicate\",\"uploadStatus\":\"rejected\"", "हेलमेट")
#define ERROR(why)                                                                                 \
    "{\"error\":{\"code\":1,\"errors\":[{\"domain\":\"d\",\"reason\":\"" why                       \
    "\"}],\"message\":\"so it is\"}}"
#define AT(state, offset)                                                                          \
    "{\"at\":\"" state "\",\"kept\":{\"id\":null,\"offset\":" offset                               \
    ",\"polls\":0,\"reads\":0,\"rounds\":0,\"session\":\"" SESSION "\"}}"
#define ANSWERED_AT(polls, reads)                                                                  \
    "{\"at\":\"answered\",\"kept\":{\"id\":\"dQw4w9WgXcQ\",\"offset\":0,\"polls\":" polls          \
    ",\"reads\":" reads ",\"rounds\":0,\"session\":\"" SESSION "\"}}"

static const char *const states[] = {
    AT("opening", "0"),     AT("uploading", "8388608"), AT("asking", "0"),
    AT("publishing", LAST), ANSWERED_AT("0", "0"),
};
enum { OPENING, UPLOADING, ASKING, PUBLISHING, ANSWERED };

static struct platform_job video;

static void make(struct platform_job *made)
{
    platform_job_make(made, &youtube, 1);
    made->account.base_url = BASE;
    made->content.title = "हेलमेट";
    made->media[0].mime = "video/mp4";
    made->media[0].bytes = TOTAL;
}

static int start(void **state)
{
    (void)state;
    make(&video);
    return 0;
}

static struct step ask(const struct job *job, const char *stored, const struct http_reply *reply)
{
    return machine_asked(youtube.publish, job, stored, reply, &arena);
}

/* A reply with one header. */
static struct http_reply reply_with(int status, const char *body, const char *name,
                                    const char *value)
{
    struct header *header = arena_array(&arena, 1, sizeof *header);
    struct http_reply reply = reply_in_table(status, body);

    header[0] = (struct header){name, value};
    reply.headers = header;
    reply.header_count = value ? 1 : 0;
    return reply;
}

static struct step tell(size_t at, int status, const char *body)
{
    return machine_told(youtube.publish, &video.job, states[at], status, body);
}

static struct step go_on(const char *stored, const char *range)
{
    struct http_reply reply = reply_with(308, "", "Range", range);

    return ask(&video.job, stored, &reply);
}

static const char *header_of(const struct step *step, const char *name)
{
    for (size_t i = 0; i < step->request.header_count; i++) {
        if (strcmp(step->request.headers[i].name, name) == 0)
            return step->request.headers[i].value;
    }
    return NULL;
}

static void every_state_has_an_answer_to_every_reply(void **state)
{
    static const struct {
        int status; /* 0 = not sent, -1 = perhaps sent */
        const char *body, *name, *value;
        const char *expected; /* opening uploading asking publishing answered */
    } rows[] = {
        {0, "", "", NULL, "RRRRW"},
        {-1, "", "", NULL, "RRR?W"},
        {200, "", "Location", SESSION, "S???W"},
        {200, "", "Location", "https://evil.example/upload", "R???W"},
        {200, "", "Location", "nonsense", "R???W"},
        {200, "", "", NULL, "R???W"},
        {200, VIDEO, "", NULL, "R??SW"},
        {201, VIDEO, "", NULL, "R??SW"},
        {200, "{\"id\":\"../x\",\"kind\":\"youtube#video\"}", "", NULL, "R???W"},
        {200, "{\"id\":\"abc\"}", "", NULL, "R???W"}, /* of what? */
        {400, "{\"error\":\"no words of Google's\"}", "", NULL, "RRR?W"},
        {200, "{\"id\":\"\"}", "", NULL, "R???W"},
        {200, "{\"items\":[]}", "", NULL, "R???W"},
        {200, UPLOADED, "", NULL, "R???W"},
        {200, PROCESSED, "", NULL, "R???D"},
        {200, REJECTED, "", NULL, "R???X"},
        {200, READ_OF("\"uploadStatus\":\"failed\"", "x"), "", NULL, "R???X"},
        {200, READ_OF("\"uploadStatus\":\"deleted\"", "x"), "", NULL, "R???X"},
        {200, "<html>", "", NULL, "R???W"},
        {202, VIDEO, "", NULL, "RRR?W"},
        {204, "", "", NULL, "RRR?W"},
        {308, "", "Range", "bytes=0-9999999", "RSS?W"},
        {308, "", "", NULL, "RSS?W"},                    /* nothing is stored: from the beginning */
        {308, "", "Range", "bytes=0-19999999", "RRR?W"}, /* all of it, and not finished */
        {308, "", "Range", "bytes=0-20000000", "RRR?W"}, /* more than there is */
        {308, "", "Range", "bytes=5-9", "RRR?W"},
        {308, "", "Range", "nonsense", "RRR?W"},
        {302, "", "Location", SESSION, "RRR?W"},
        {400, ERROR("invalidTitle"), "", NULL, "XXXXW"},
        {400, ERROR("invalidDescription"), "", NULL, "XXXXW"},
        {400, ERROR("invalidCategoryId"), "", NULL, "XXXXW"},
        {400, ERROR("invalidVideoMetadata"), "", NULL, "XXXXW"},
        {400, ERROR("uploadLimitExceeded"), "", NULL, "RRRRW"},
        {400, ERROR("somethingNew"), "", NULL, "XXXXW"},
        {400, "<html>", "", NULL, "RRR?W"},
        {400, "Failed to parse Content-Range header.", "", NULL, "RRR?W"},
        {401, ERROR("authError"), "", NULL, "EEEEW"},
        {401, "{\"error\":{\"code\":401,\"message\":\"m\",\"status\":\"UNAUTHENTICATED\"}}", "",
         NULL, "EEEEW"},
        {401, "", "", NULL, "EEE?W"},
        {401, ERROR("youtubeSignupRequired"), "", NULL, "TTTTW"},
        {403, ERROR("quotaExceeded"), "", NULL, "RRRRW"},
        {403, ERROR("dailyLimitExceeded"), "", NULL, "RRRRW"},
        {403, ERROR("rateLimitExceeded"), "", NULL, "RRRRW"},
        {403, ERROR("userRateLimitExceeded"), "", NULL, "RRRRW"},
        {403, ERROR("forbidden"), "", NULL, "TTTTW"},
        {403, ERROR("insufficientPermissions"), "", NULL, "TTTTW"},
        {403, ERROR("accessNotConfigured"), "", NULL, "TTTTW"},
        {403, ERROR("authenticatedUserAccountSuspended"), "", NULL, "TTTTW"},
        {403, ERROR("somethingNew"), "", NULL, "TTTTW"},
        {403, "<html>", "", NULL, "RRR?W"},
        {404, "Not Found", "", NULL, "XRR?W"}, /* a forgotten session */
        {404, ERROR("notFound"), "", NULL, "XRR?W"},
        {408, "", "", NULL, "RRR?W"},
        {409, ERROR("conflict"), "", NULL, "XXXXW"},
        {410, "Gone", "", NULL, "XRR?W"},
        {413, "<html>", "", NULL, "XXX?W"},
        {429, ERROR("uploadRateLimitExceeded"), "", NULL, "RRRRW"},
        {429, "", "", NULL, "RRR?W"},
        {500, ERROR("backendError"), "", NULL, "RRR?W"},
        {500, "<html>", "", NULL, "RRR?W"},
        {502, "", "", NULL, "RRR?W"},
        {503, ERROR("backendError"), "", NULL, "RRR?W"},
        {504, "", "", NULL, "RRR?W"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct http_reply reply =
            reply_with(rows[i].status, rows[i].body, rows[i].name, rows[i].value);
        char found[COUNT_OF(states) + 1] = "";
        for (size_t j = 0; j < COUNT_OF(states); j++) {
            struct step step = ask(&video.job, states[j], &reply);
            found[j] = step_letter(&step);
            assert_true(strchr("RTEX?", found[j]) == NULL || step.why != NULL);
        }
        if (strcmp(found, rows[i].expected) != 0)
            fail_msg("row %zu: %d %s %s: %s, expected %s", i, rows[i].status, rows[i].body,
                     rows[i].value ? rows[i].value : "", found, rows[i].expected);
    }
}

/* ---- the way of a video ---- */

static void a_session_is_opened_with_what_the_public_will_read(void **state)
{
    struct step step = ask(&video.job, "", NULL);

    (void)state;
    assert_string_equal(step.request.method, "POST");
    assert_string_equal(step.request.path,
                        "/upload/youtube/v3/videos?uploadType=resumable&part=snippet,status");
    assert_string_equal(
        step.request.body,
        "{\"snippet\":{\"categoryId\":\"25\",\"defaultAudioLanguage\":\"hi\",\"defaultLanguage\":"
        "\"hi\",\"description\":\"नमस्ते\",\"title\":\"हेलमेट\"},\"status\":{\"embeddable\":true,"
        "\"license\":\"youtube\",\"privacyStatus\":\"public\",\"selfDeclaredMadeForKids\":false}}");
    assert_string_equal(header_of(&step, "X-Upload-Content-Length"), "20000000");
    assert_string_equal(header_of(&step, "X-Upload-Content-Type"), "video/mp4");
    assert_string_equal(header_of(&step, "Slug"), youtube_file_name(&video.job, &arena));
    assert_int_equal(step.request.kind, REQUEST_UPLOAD);
    video.content.description = "नीचे";
    video.content.more.privacy = "unlisted";
    video.content.more.category = "27";
    step = ask(&video.job, "", NULL);
    assert_non_null(strstr(step.request.body, "\"categoryId\":\"27\""));
    assert_non_null(strstr(step.request.body, "\"description\":\"नीचे\""));
    assert_non_null(strstr(step.request.body, "\"privacyStatus\":\"unlisted\""));
}

/* The ranges of a whole upload; `ranges` is what YouTube has after each piece. */
static void a_video_goes_up_in_pieces_and_only_the_last_one_publishes(void **state)
{
    static const struct {
        const char *sent;
        int64_t offset, length;
        const char *has;
    } pieces[] = {
        {"bytes 0-8388607/20000000", 0, 8388608, "bytes=0-8388607"},
        {"bytes 8388608-16777215/20000000", 8388608, 8388608, "bytes=0-16777215"},
        {"bytes 16777216-19922943/20000000", 16777216, 3145728, "bytes=0-19922943"},
        {"bytes 19922944-19999999/20000000", 19922944, 77056, NULL},
    };
    struct http_reply opened = reply_with(200, "", "Location", SESSION);
    struct step step = ask(&video.job, ask(&video.job, "", NULL).progress, &opened);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(pieces); i++) {
        const bool is_last = !pieces[i].has;

        assert_int_equal(step.kind, STEP_SEND);
        assert_string_equal(step.request.method, "PUT");
        assert_string_equal(step.request.path,
                            "/upload/youtube/v3/videos?uploadType=resumable&upload_id=7");
        assert_string_equal(header_of(&step, "Content-Range"), pieces[i].sent);
        assert_string_equal(header_of(&step, "Content-Type"), "video/mp4");
        assert_string_equal(step.request.file_sha256, video.media[0].sha256);
        assert_int_equal(step.request.file_offset, pieces[i].offset);
        assert_int_equal(step.request.file_length, pieces[i].length);
        assert_int_equal(step.request.kind, is_last ? REQUEST_PUBLISH : REQUEST_UPLOAD);
        assert_int_equal(step.request.unrepeatable, is_last);
        assert_non_null(strstr(step.progress, SESSION)); /* stored before the first byte */
        if (!is_last)
            step = go_on(step.progress, pieces[i].has);
    }
}

static void pieces_are_multiples_of_256_kib_whatever_the_size(void **state)
{
    static const int64_t sizes[] = {1,
                                    262143,
                                    262144,
                                    262145,
                                    524288,
                                    8388608,
                                    8388609,
                                    8650752,
                                    8650753,
                                    314572800,
                                    INT64_C(274877906944)};
    struct http_reply opened = reply_with(200, "", "Location", SESSION);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        int64_t sent = 0;
        struct step step;

        video.media[0].bytes = sizes[i];
        step = ask(&video.job, ask(&video.job, "", NULL).progress, &opened);
        while (step.request.kind == REQUEST_UPLOAD && sent < 100 * (int64_t)YOUTUBE_PIECE) {
            assert_int_equal(step.request.file_offset, sent);
            assert_int_equal(step.request.file_length % YOUTUBE_GRAIN, 0);
            assert_true(step.request.file_length <= YOUTUBE_PIECE_MOST);
            sent += step.request.file_length;
            step =
                go_on(step.progress, arena_printf(&arena, "bytes=0-%lld", (long long)(sent - 1)));
        }
        if (step.request.kind != REQUEST_PUBLISH)
            continue; /* a very large one */
        assert_int_equal(step.request.file_offset, sent);
        assert_int_equal(sent + step.request.file_length, sizes[i]);
        assert_true(step.request.file_length > 0 && step.request.file_length <= YOUTUBE_GRAIN);
    }
}

static void a_piece_is_as_long_as_what_youtube_has_unless_the_line_is_bad(void **state)
{
    static const struct {
        const char *has;
        int64_t length;
    } cases[] = {
        {NULL, 8 << 20},
        {"bytes=0-262143", 8 << 20},
        {"bytes=0-8388607", 8 << 20},
        {"bytes=0-16777215", 16 << 20},
        {"bytes=0-16777220", 16 << 20}, /* pieces are whole grains, wherever they begin */
        {"bytes=0-33554431", 32 << 20},
        {"bytes=0-133169151", 32 << 20},
    };
    struct http_reply lost = reply_lost(FATE_MAYBE_SENT);
    const char *stored;

    (void)state;
    video.media[0].bytes = 400 << 20;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct step step = go_on(states[UPLOADING], cases[i].has);

        assert_int_equal(step.request.file_length, cases[i].length);
    }
    stored = ask(&video.job, AT("uploading", "33554432"), &lost).progress;
    assert_int_equal(go_on(stored, "bytes=0-33554431").request.file_length, 8 << 20);
    assert_int_equal(go_on(stored, "bytes=0-33816575").request.file_length, 32 << 20);
}

static void a_published_video_is_processed_read_back_and_done(void **state)
{
    static const int64_t seconds[] = {5, 10, 20, 30, 60, 60};
    struct http_reply accepted = reply_of(200, VIDEO), uploaded = reply_of(200, UPLOADED),
                      processed = reply_of(200, PROCESSED);
    struct step step = ask(&video.job, states[PUBLISHING], &accepted);

    (void)state;
    assert_string_equal(step.request.path,
                        "/youtube/v3/videos?part=snippet,status,processingDetails&id=dQw4w9WgXcQ");
    for (size_t i = 0; i < COUNT_OF(seconds); i++) {
        step = ask(&video.job, step.progress, &uploaded);
        assert_int_equal(step.kind, STEP_WAIT);
        assert_int_equal(step.wait.ms, seconds[i] * 1000);
        step = ask(&video.job, step.progress, NULL);
        assert_int_equal(step.request.kind, REQUEST_READ);
    }
    step = ask(&video.job, step.progress, &processed);
    assert_int_equal(step.kind, STEP_DONE);
    assert_false(step.receipt.differs || step.receipt.not_read_back);
    assert_string_equal(step.receipt.remote_id, "dQw4w9WgXcQ");
    assert_string_equal(step.receipt.url, BASE "/watch?v=dQw4w9WgXcQ");
}

static void a_short_and_a_live_video_have_their_own_pages(void **state)
{
    (void)state;
    video.account.base_url = NULL;
    assert_string_equal(youtube_page(&video.job, "abc", &arena),
                        "https://www.youtube.com/watch?v=abc");
    video.content.more.kind = "short";
    assert_string_equal(youtube_page(&video.job, "abc", &arena),
                        "https://www.youtube.com/shorts/abc");
}

static void a_live_session_lies_on_a_host_of_googles(void **state)
{
    static const char there[] = "https://www.googleapis.com/upload/youtube/v3/videos?upload_id=7";
    struct http_reply opened = reply_with(200, "", "Location", there);
    struct step step;

    (void)state;
    video.account.base_url = NULL;
    video.account.live = true;
    step = ask(&video.job, states[OPENING], &opened);
    assert_string_equal(step.request.host, "www.googleapis.com");
    assert_string_equal(step.request.path, "/upload/youtube/v3/videos?upload_id=7");
}

/* ---- going on after doubt ---- */

static void after_a_wait_or_a_restart_the_session_is_asked_first(void **state)
{
    struct step step = ask(&video.job, states[UPLOADING], NULL);

    (void)state;
    assert_string_equal(header_of(&step, "Content-Range"), "bytes */20000000");
    assert_string_equal(step.request.body, "");
    assert_int_equal(step.request.kind, REQUEST_READ);
    step = go_on(step.progress, "bytes=0-16777215");
    assert_int_equal(step.request.file_offset, 16777216);
}

static void a_lost_piece_is_asked_about_and_not_sent_again_blindly(void **state)
{
    static const int lost[] = {-1, 500, 502, 503, 504};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(lost); i++) {
        struct http_reply reply = reply_in_table(lost[i], "");
        struct step step = ask(&video.job, states[UPLOADING], &reply);

        assert_int_equal(step.kind, STEP_RETRY);
        step = ask(&video.job, step.progress, NULL);
        assert_string_equal(header_of(&step, "Content-Range"), "bytes */20000000");
    }
}

/* Eight mebibytes a minute over a line on which none of them gets through would be no help. */
static void pieces_that_are_lost_again_and_again_keep_their_distance(void **state)
{
    static const int64_t seconds[] = {30, 60, 120, 240, 480, 960, 960};
    struct http_reply lost = reply_lost(FATE_MAYBE_SENT);
    const char *stored = states[UPLOADING];
    struct step step;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(seconds); i++) {
        step = ask(&video.job, stored, &lost);
        assert_int_equal(step.not_before.ms - lost.received.ms, seconds[i] * 1000);
        stored = go_on(step.progress, "bytes=0-8388607").progress; /* as before */
    }
    stored = go_on(stored, "bytes=0-16777215").progress; /* more than before */
    step = ask(&video.job, stored, &lost);
    assert_int_equal(step.not_before.ms - lost.received.ms, 30000);
}

/* "Trust this header, not your own count." */
static void a_308_that_has_less_than_was_sent_is_believed(void **state)
{
    (void)state;
    assert_int_equal(go_on(states[UPLOADING], "bytes=0-8650751").request.file_offset, 8650752);
    assert_int_equal(go_on(states[UPLOADING], "bytes=0-262143").request.file_offset, 262144);
}

static void a_308_without_range_means_that_nothing_is_stored(void **state)
{
    struct step step = go_on(states[UPLOADING], NULL);

    (void)state;
    assert_int_equal(step.request.file_offset, 0);
    assert_int_equal(step.request.file_length, YOUTUBE_PIECE);
}

static void a_forgotten_session_is_opened_anew_three_times_at_most(void **state)
{
    struct http_reply gone = reply_of(404, "Not Found"),
                      opened = reply_with(200, "", "Location", SESSION);
    const char *stored = states[ASKING];

    (void)state;
    for (int i = 0; i < 3; i++) {
        struct step step = ask(&video.job, stored, &gone);

        assert_int_equal(step.kind, STEP_RETRY);
        step = ask(&video.job, step.progress, NULL);
        assert_string_equal(step.request.method, "POST");
        stored = ask(&video.job, step.progress, &opened).progress;
    }
    assert_null(ask(&video.job, stored, &gone).progress);
}

/* Once the last piece may have arrived, a second session could make a second video. */
static void after_an_attempt_no_second_session_is_opened(void **state)
{
    (void)state;
    assert_int_equal(tell(PUBLISHING, 404, "Not Found").kind, STEP_DOUBT);
    assert_int_equal(tell(PUBLISHING, 410, "Gone").kind, STEP_DOUBT);
    video.delivery.attempts = 1;
    assert_int_equal(tell(UPLOADING, 404, "Not Found").kind, STEP_DOUBT);
    assert_int_equal(tell(ASKING, 410, "Gone").kind, STEP_DOUBT);
}

/* It may not be true: `find` asks first, and only then the missing bytes are sent. */
static void a_308_to_the_last_piece_leads_back_to_the_session(void **state)
{
    struct step step = go_on(states[PUBLISHING], "bytes=0-16777215");

    (void)state;
    assert_int_equal(step.kind, STEP_DOUBT);
    step = ask(&video.job, step.progress, NULL);
    assert_string_equal(header_of(&step, "Content-Range"), "bytes */20000000");
}

/* ---- pitfalls of the facts page ---- */

static void an_unaudited_projects_lock_to_private_is_published_and_told(void **state)
{
    struct step step =
        tell(ANSWERED, 200,
             READ_OF("\"privacyStatus\":\"private\",\"uploadStatus\":\"processed\"", "हेलमेट"));

    (void)state;
    assert_int_equal(step.kind, STEP_DONE);
    assert_true(step.receipt.differs);
    assert_non_null(strstr(step.receipt.note, "API audit"));
    assert_true(strlen(step.receipt.note) <= 300);
    video.content.more.privacy = "private"; /* asked for */
    step = tell(ANSWERED, 200,
                READ_OF("\"privacyStatus\":\"private\",\"uploadStatus\":\"processed\"", "हेलमेट"));
    assert_false(step.receipt.differs);
}

static void another_title_or_visibility_is_told(void **state)
{
    static const char *const rows[] = {
        READ_OF(PUBLIC, "हेलमेट।"),
        READ_OF("\"privacyStatus\":\"unlisted\",\"uploadStatus\":\"processed\"", "हेलमेट"),
        READ_OF("\"uploadStatus\":\"processed\"", "हेलमेट"),
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_true(tell(ANSWERED, 200, rows[i]).receipt.differs);
}

/* quotaExceeded looks like any 403: the reason decides, and the wait ends at midnight in
 * California. */
static void
a_spent_quota_waits_until_midnight_pacific_and_is_no_trouble_of_the_account(void **state)
{
    struct step step = tell(OPENING, 403, ERROR("quotaExceeded"));

    (void)state;
    assert_int_equal(step.trouble, TROUBLE_NONE);
    assert_int_equal(step.not_before.ms, INT64_C(1795334400000)); /* 2026-11-22T08:00:00Z */
}

static void a_channels_own_cap_waits_a_day(void **state)
{
    struct step step = tell(OPENING, 400, ERROR("uploadLimitExceeded"));

    (void)state;
    assert_int_equal(step.kind, STEP_RETRY);
    assert_int_equal(step.not_before.ms, INT64_C(1795320000000) + 86400000);
}

static void retrying_inserts_does_not_burn_the_quota(void **state)
{
    struct http_reply lost = reply_lost(FATE_MAYBE_SENT);

    (void)state;
    for (size_t i = UPLOADING; i < ANSWERED; i++) {
        struct step step = ask(&video.job, states[i], &lost);

        if (step.kind == STEP_RETRY)
            assert_string_equal(ask(&video.job, step.progress, NULL).request.method, "PUT");
    }
}

static void a_content_range_that_is_not_understood_is_no_verdict(void **state)
{
    (void)state;
    assert_int_equal(tell(UPLOADING, 400, "Failed to parse Content-Range header.").kind,
                     STEP_RETRY);
    assert_int_equal(tell(PUBLISHING, 400, "Failed to parse Content-Range header.").kind,
                     STEP_DOUBT);
}

static void a_rejected_video_says_why(void **state)
{
    struct step step = tell(ANSWERED, 200, REJECTED);

    (void)state;
    assert_int_equal(step.kind, STEP_REFUSED);
    assert_non_null(strstr(step.why, "duplicate"));
}

static void errors_are_told_with_googles_reason_on_one_line(void **state)
{
    struct step step =
        tell(OPENING, 403,
             "{\"error\":{\"code\":403,\"message\":\"a\\nb\",\"errors\":[{\"reason\":"
             "\"quotaExceeded\"}]}}");

    (void)state;
    assert_non_null(strstr(step.why, "quotaExceeded"));
    assert_null(strchr(step.why, '\n'));
}

static void a_video_that_stays_in_processing_is_told_after_an_hour(void **state)
{
    struct http_reply uploaded = reply_of(200, UPLOADED);
    struct step step = ask(&video.job, ANSWERED_AT("60", "0"), &uploaded);

    (void)state;
    assert_int_equal(step.kind, STEP_DONE);
    assert_true(step.receipt.not_read_back);
}

static void a_video_that_cannot_be_read_is_read_five_times_more_and_then_told(void **state)
{
    static const int64_t seconds[] = {5, 15, 45, 120, 300};
    struct http_reply absent = reply_of(200, "{\"items\":[]}");
    const char *stored = states[ANSWERED];
    struct step step;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(seconds); i++) {
        step = ask(&video.job, stored, &absent);
        assert_int_equal(step.wait.ms, seconds[i] * 1000);
        stored = step.progress;
    }
    step = ask(&video.job, stored, &absent);
    assert_int_equal(step.kind, STEP_DONE);
    assert_true(step.receipt.not_read_back);
}

static void what_cannot_be_sent_is_said_before_anything_is_sent(void **state)
{
    struct platform_job job;

    (void)state;
    make(&job);
    job.content.parent = "once";
    assert_int_equal(ask(&job.job, "", NULL).kind, STEP_REFUSED);
    make(&job);
    job.content.media_count = 0;
    assert_int_equal(ask(&job.job, "", NULL).kind, STEP_REFUSED);
    job.content.media_count = 2;
    assert_int_equal(ask(&job.job, "", NULL).kind, STEP_REFUSED);
    make(&job);
    job.media[0].bytes = 0;
    assert_int_equal(ask(&job.job, "", NULL).kind, STEP_DOUBT);
}

static void stored_progress_of_another_version_is_doubt_and_sends_nothing(void **state)
{
    static const char *const strange[] = {
        "{\"at\":\"flying\",\"kept\":{}}",
        "{\"at\":\"uploading\",\"kept\":{}}",
        "{\"at\":\"uploading\",\"kept\":{\"offset\":0,\"session\":null}}",
        "{\"at\":\"answered\",\"kept\":{\"offset\":0,\"id\":\"a/b\"}}",
        AT("uploading", "-1"),
        AT("publishing", "20000001"),
        "{\"at\":\"uploading\",\"kept\":{\"offset\":0,\"session\":\"http://192.0.2.1/x\"}}",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(strange); i++)
        assert_int_equal(ask(&video.job, strange[i], NULL).kind, STEP_DOUBT);
}

/* ---- any sequence of replies ---- */

static struct http_reply random_reply(uint64_t *seed)
{
    static const int statuses[] = {200, 308, 308, 308, 400, 401, 403, 404, 429, 500, 503};
    static const char *const bodies[] = {
        VIDEO, PROCESSED, UPLOADED, ERROR("quotaExceeded"), ERROR("invalidTitle"), "{}", "<html>"};
    static const struct header ranges[] = {{"Range", "bytes=0-262143"},
                                           {"Range", "bytes=0-19922943"},
                                           {"Range", "bytes=0-8388607"},
                                           {"Range", NULL}};
    static const struct header opened = {"Location", SESSION};
    static const struct reply_dice dice = {statuses, COUNT_OF(statuses), bodies, COUNT_OF(bodies)};
    const uint64_t thrown = random_next(seed);
    struct http_reply reply = reply_thrown(&dice, thrown);

    if (reply.fate != FATE_ANSWERED)
        return reply;
    if (thrown % 4 == 0)
        reply = reply_of(200, VIDEO);
    reply.headers = thrown % 4 == 0 ? &opened : &ranges[thrown / 65536 % COUNT_OF(ranges)];
    reply.header_count = reply.headers->value ? 1 : 0;
    return reply;
}

static const struct lives lives = {
    .adapter = &youtube, .jobs = {&video.job}, .answered = "answered", .reply = random_reply};

/* Few lives get as far as the last piece, so more are lived than elsewhere. */
static void no_sequence_of_replies_publishes_twice(void **state)
{
    (void)state;
    assert_no_fault(&lives, 3 * lives_wanted());
}

/* A machine that sends the last piece again because the answer was lost. */
static struct step hasty(const struct job *job, const struct progress *at,
                         const struct http_reply *reply, struct arena *into)
{
    return youtube.publish(job, at, reply && reply->fate == FATE_MAYBE_SENT ? NULL : reply, into);
}

static void twin_of_that_check_notices_a_hasty_machine(void **state)
{
    (void)state;
    assert_true(faults_of(&lives, hasty, 3 * lives_wanted()) > 0);
}

/* The session of a video that was found after a doubt is forgotten some day: that says nothing of
 * the video. */
static void a_video_whose_id_is_known_is_read_by_it_wherever_its_upload_stood(void **state)
{
    struct step step;

    (void)state;
    video.delivery.remote_id = "dQw4w9WgXcQ";
    for (size_t i = 0; i < COUNT_OF(states); i++) {
        step = ask(&video.job, states[i], NULL);
        assert_int_equal(step.kind, STEP_SEND);
        assert_int_equal(step.request.kind, REQUEST_READ);
        assert_non_null(strstr(step.request.path, "/youtube/v3/videos?"));
        assert_non_null(strstr(step.request.path, "id=dQw4w9WgXcQ"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(every_state_has_an_answer_to_every_reply, start),
        cmocka_unit_test_setup(a_session_is_opened_with_what_the_public_will_read, start),
        cmocka_unit_test_setup(a_video_goes_up_in_pieces_and_only_the_last_one_publishes, start),
        cmocka_unit_test_setup(pieces_are_multiples_of_256_kib_whatever_the_size, start),
        cmocka_unit_test_setup(a_piece_is_as_long_as_what_youtube_has_unless_the_line_is_bad,
                               start),
        cmocka_unit_test_setup(a_published_video_is_processed_read_back_and_done, start),
        cmocka_unit_test_setup(a_video_whose_id_is_known_is_read_by_it_wherever_its_upload_stood,
                               start),
        cmocka_unit_test_setup(a_short_and_a_live_video_have_their_own_pages, start),
        cmocka_unit_test_setup(a_live_session_lies_on_a_host_of_googles, start),
        cmocka_unit_test_setup(after_a_wait_or_a_restart_the_session_is_asked_first, start),
        cmocka_unit_test_setup(a_lost_piece_is_asked_about_and_not_sent_again_blindly, start),
        cmocka_unit_test_setup(pieces_that_are_lost_again_and_again_keep_their_distance, start),
        cmocka_unit_test_setup(a_308_that_has_less_than_was_sent_is_believed, start),
        cmocka_unit_test_setup(a_308_without_range_means_that_nothing_is_stored, start),
        cmocka_unit_test_setup(a_forgotten_session_is_opened_anew_three_times_at_most, start),
        cmocka_unit_test_setup(after_an_attempt_no_second_session_is_opened, start),
        cmocka_unit_test_setup(a_308_to_the_last_piece_leads_back_to_the_session, start),
        cmocka_unit_test_setup(an_unaudited_projects_lock_to_private_is_published_and_told, start),
        cmocka_unit_test_setup(another_title_or_visibility_is_told, start),
        cmocka_unit_test_setup(
            a_spent_quota_waits_until_midnight_pacific_and_is_no_trouble_of_the_account, start),
        cmocka_unit_test_setup(a_channels_own_cap_waits_a_day, start),
        cmocka_unit_test_setup(retrying_inserts_does_not_burn_the_quota, start),
        cmocka_unit_test_setup(a_content_range_that_is_not_understood_is_no_verdict, start),
        cmocka_unit_test_setup(a_rejected_video_says_why, start),
        cmocka_unit_test_setup(errors_are_told_with_googles_reason_on_one_line, start),
        cmocka_unit_test_setup(a_video_that_stays_in_processing_is_told_after_an_hour, start),
        cmocka_unit_test_setup(a_video_that_cannot_be_read_is_read_five_times_more_and_then_told,
                               start),
        cmocka_unit_test_setup(what_cannot_be_sent_is_said_before_anything_is_sent, start),
        cmocka_unit_test_setup(stored_progress_of_another_version_is_doubt_and_sends_nothing,
                               start),
        cmocka_unit_test_setup(no_sequence_of_replies_publishes_twice, start),
        cmocka_unit_test_setup(twin_of_that_check_notices_a_hasty_machine, start),
    };

    return cmocka_run_group_tests(tests, NULL, adapter_test_end);
}
