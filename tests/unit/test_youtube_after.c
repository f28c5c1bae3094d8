/* Thumbnail, captions and playlist: what is done to a video once it is up. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "platform/youtube.h"
#include "support/adapter_test.h"

#define BASE      "http://127.0.0.1:8642/youtube"
#define SESSION   BASE "/upload/youtube/v3/captions?upload_id=9"
#define AT(state) "{\"at\":\"" state "\",\"kept\":{\"session\":\"" SESSION "\"}}"
#define ERROR(why)                                                                                 \
    "{\"error\":{\"code\":1,\"errors\":[{\"reason\":\"" why "\"}],\"message\":\"m\"}}"

enum { THUMBNAIL, CAPTIONS, PLAYLIST };

static struct platform_job video;

static int start(void **state)
{
    (void)state;
    platform_job_make(&video, &youtube, 3);
    video.account.base_url = BASE;
    video.content.media_count = 1;
    video.media[0].mime = "video/mp4";
    video.media[1].mime = "image/png";
    video.media[1].role = MEDIUM_THUMBNAIL;
    video.media[2].role = MEDIUM_CAPTIONS;
    video.media[2].bytes = 500;
    video.content.more.thumbnail = video.media[1].sha256;
    video.content.more.captions = video.media[2].sha256;
    video.content.more.playlist = "PLroads";
    video.delivery.remote_id = "dQw4w9WgXcQ";
    return 0;
}

static struct step ask(size_t which, const char *stored, const struct http_reply *reply)
{
    return machine_asked(youtube_after[which].advance, &video.job, stored, reply, &arena);
}

static char letter(size_t which, const char *stored, int status, const char *body)
{
    struct http_reply reply = reply_in_table(status, body);
    struct step step = ask(which, stored, &reply);

    return step_letter(&step);
}

static void only_what_the_post_names_is_wanted_and_in_this_order(void **state)
{
    static const char *const words[] = {"thumbnail", "captions", "playlist"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        assert_string_equal(youtube_after[i].word, words[i]);
        assert_true(youtube_after[i].wanted(&video.job));
    }
    video.content.more = (struct extras){0};
    for (size_t i = 0; i < COUNT_OF(words); i++)
        assert_false(youtube_after[i].wanted(&video.job));
}

static void a_thumbnail_is_the_file_as_it_is(void **state)
{
    struct step step = ask(THUMBNAIL, "", NULL);

    (void)state;
    assert_string_equal(step.request.path, "/upload/youtube/v3/thumbnails/set?uploadType=media&"
                                           "videoId=dQw4w9WgXcQ");
    assert_string_equal(step.request.file_sha256, video.media[1].sha256);
    assert_string_equal(step.request.headers[0].value, "image/png");
    assert_int_equal(step.request.file_length, 0);
    assert_false(step.request.unrepeatable); /* the same picture again changes nothing */
}

/* "A thumbnail failure must not re-upload the video": the machine knows no request that could. */
/* Since 2026-09-11 the answer lists sizes that nobody had asked for. */
static void new_sizes_of_a_thumbnail_in_the_answer_do_not_matter(void **state)
{
    static const char answer[] = "{\"items\":[{\"default\":{\"url\":\"https://i.ytimg.com/1.jpg\"},"
                                 "\"fhd\":{\"url\":\"https://i.ytimg.com/2.jpg\",\"width\":1920},"
                                 "\"qhd\":{\"width\":2560},\"uhd\":{\"width\":3840}}]}";

    (void)state;
    assert_int_equal(letter(THUMBNAIL, "", 200, answer), 'D');
}

static void no_failure_of_a_thumbnail_sends_the_video_again(void **state)
{
    static const struct {
        int status;
        const char *body;
        char letter;
    } rows[] = {{200, "{}", 'D'},
                {400, ERROR("invalidImage"), 'X'},
                {400, ERROR("failedPrecondition"), 'X'},
                {403, ERROR("forbidden"), 'T'}, /* the channel has no verified telephone number */
                {404, ERROR("videoNotFound"), 'X'},
                {429, ERROR("uploadRateLimitExceeded"), 'R'},
                {500, "", 'R'},
                {-1, "", 'R'},
                {0, "", 'R'}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (letter(THUMBNAIL, "", rows[i].status, rows[i].body) != rows[i].letter)
            fail_msg("row %zu", i);
    }
}

static struct step open_captions(void)
{
    static const struct header location = {"Location", SESSION};
    struct http_reply opened = reply_of(200, "");

    opened.headers = &location;
    opened.header_count = 1;
    return ask(CAPTIONS, ask(CAPTIONS, "", NULL).progress, &opened);
}

static void captions_go_through_a_session_of_their_own(void **state)
{
    struct step step = ask(CAPTIONS, "", NULL), again;

    (void)state;
    assert_string_equal(step.request.path,
                        "/upload/youtube/v3/captions?uploadType=resumable&part=snippet");
    assert_string_equal(step.request.body,
                        "{\"snippet\":{\"isDraft\":false,\"language\":\"hi\",\"name\":\"\","
                        "\"videoId\":\"dQw4w9WgXcQ\"}}");
    assert_int_equal(step.request.kind, REQUEST_UPLOAD);
    step = open_captions();
    assert_string_equal(step.request.method, "PUT");
    assert_string_equal(step.request.file_sha256, video.media[2].sha256);
    assert_string_equal(step.request.headers[0].value, "bytes 0-499/500");
    assert_true(step.request.unrepeatable);
    again = ask(CAPTIONS, step.progress, NULL); /* when its turn has come */
    assert_string_equal(request_write(&again.request, &arena),
                        request_write(&step.request, &arena));
}

static void lost_captions_are_asked_about_and_never_become_two_tracks(void **state)
{
    struct http_reply lost = reply_lost(FATE_MAYBE_SENT);
    struct step step = ask(CAPTIONS, AT("sending"), &lost);

    (void)state;
    assert_string_equal(step.request.headers[0].value, "bytes */500");
    assert_int_equal(step.request.kind, REQUEST_READ);
    assert_int_equal(letter(CAPTIONS, step.progress, 200, "{\"id\":\"x\"}"), 'D');
    assert_int_equal(letter(CAPTIONS, step.progress, 308, ""), 'S'); /* the same session */
    assert_int_equal(letter(CAPTIONS, step.progress, 404, "Not Found"), '?');
    assert_int_equal(letter(CAPTIONS, step.progress, 500, ""), 'R');
}

/* The device flow's tokens may upload, but not caption. */
static void captions_without_the_scope_are_trouble_of_the_credential(void **state)
{
    (void)state;
    assert_int_equal(letter(CAPTIONS, "", 403, ERROR("insufficientPermissions")), 'T');
    assert_int_equal(letter(CAPTIONS, AT("sending"), 403, ERROR("forbidden")), 'T');
    assert_int_equal(letter(CAPTIONS, AT("sending"), 400, ERROR("contentRequired")), 'X');
    assert_int_equal(letter(CAPTIONS, AT("sending"), 0, ""), 'R');
}

static void a_playlist_is_looked_into_first_since_it_takes_a_video_twice(void **state)
{
    struct step step = ask(PLAYLIST, "", NULL);

    (void)state;
    assert_string_equal(step.request.path, "/youtube/v3/playlistItems?part=id&playlistId=PLroads&"
                                           "videoId=dQw4w9WgXcQ");
    assert_int_equal(letter(PLAYLIST, step.progress, 200, "{\"items\":[{\"id\":\"x\"}]}"), 'D');
    assert_int_equal(letter(PLAYLIST, step.progress, 200, "{\"items\":[]}"), 'S');
    assert_int_equal(letter(PLAYLIST, step.progress, 404, ERROR("playlistNotFound")), 'X');
    assert_int_equal(letter(PLAYLIST, step.progress, 200, "<html>"), 'R');
}

static void a_lost_addition_is_looked_for_before_it_is_made_again(void **state)
{
    struct http_reply lost = reply_lost(FATE_MAYBE_SENT);
    struct step step = ask(PLAYLIST, AT("adding"), NULL);

    (void)state;
    assert_string_equal(step.request.body,
                        "{\"snippet\":{\"playlistId\":\"PLroads\",\"resourceId\":{\"kind\":"
                        "\"youtube#video\",\"videoId\":\"dQw4w9WgXcQ\"}}}");
    assert_true(step.request.unrepeatable);
    step = ask(PLAYLIST, AT("adding"), &lost);
    assert_string_equal(step.request.method, "GET");
    assert_int_equal(letter(PLAYLIST, AT("adding"), 200, "{\"id\":\"x\"}"), 'D');
    assert_int_equal(letter(PLAYLIST, AT("adding"), 403, ERROR("quotaExceeded")), 'R');
    assert_int_equal(letter(PLAYLIST, AT("adding"), 500, ""), 'S');
}

static void ids_that_are_none_are_refused(void **state)
{
    (void)state;
    video.content.more.playlist = "PL&x=1";
    assert_int_equal(ask(PLAYLIST, "", NULL).kind, STEP_REFUSED);
    video.delivery.remote_id = "a/b";
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(ask(i, "", NULL).kind, STEP_REFUSED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(only_what_the_post_names_is_wanted_and_in_this_order, start),
        cmocka_unit_test_setup(a_thumbnail_is_the_file_as_it_is, start),
        cmocka_unit_test_setup(new_sizes_of_a_thumbnail_in_the_answer_do_not_matter, start),
        cmocka_unit_test_setup(no_failure_of_a_thumbnail_sends_the_video_again, start),
        cmocka_unit_test_setup(captions_go_through_a_session_of_their_own, start),
        cmocka_unit_test_setup(lost_captions_are_asked_about_and_never_become_two_tracks, start),
        cmocka_unit_test_setup(captions_without_the_scope_are_trouble_of_the_credential, start),
        cmocka_unit_test_setup(a_playlist_is_looked_into_first_since_it_takes_a_video_twice, start),
        cmocka_unit_test_setup(a_lost_addition_is_looked_for_before_it_is_made_again, start),
        cmocka_unit_test_setup(ids_that_are_none_are_refused, start),
    };

    return cmocka_run_group_tests(tests, NULL, adapter_test_end);
}
