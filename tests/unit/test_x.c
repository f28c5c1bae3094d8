/* X's machine `publish`: every state with every kind of reply, its pitfalls one by one, and random
 * replies against the two properties that matter. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "platform/x.h"
#include "support/adapter_test.h"

#define POST(id)      "{\"data\":{\"id\":\"" id "\",\"text\":\"नमस्ते\"}}"
#define PROBLEM(text) "{\"title\":\"Forbidden\",\"detail\":\"" text "\",\"type\":\"about:blank\"}"
#define TYPE(word)                                                                                 \
    "{\"title\":\"t\",\"detail\":\"d\",\"type\":\"https://api.twitter.com/2/problems/" word "\"}"
#define LISTED(text)                                                                               \
    "{\"errors\":[{\"message\":\"" text "\"}],\"title\":\"Invalid Request\",\"type\":\"t\"}"
#define CODE(number) "{\"errors\":[{\"code\":" number ",\"message\":\"m\"}]}"
#define DUPLICATE    PROBLEM("You are not allowed to create a Tweet with duplicate content.")
#define REPLY_RULE                                                                                 \
    PROBLEM("Reply to this conversation is not allowed because you have not been mentioned")
#define INVALID_MEDIA LISTED("Your media IDs are invalid.")
#define MEDIUM(more)  "{\"data\":{\"id\":\"55\"" more "}}"
#define STATE(word)   ",\"processing_info\":{\"state\":\"" word "\",\"check_after_secs\":7}"

static const char uploading[] = "{\"at\":\"uploading\",\"kept\":{\"media\":[\"54\"]}}";
static const char publishing[] = "{\"at\":\"publishing\",\"kept\":{\"media\":[\"54\",\"55\"]}}";
static const char answered[] =
    "{\"at\":\"answered\",\"kept\":{\"id\":\"55\",\"media\":[\"54\",\"55\"]}}";
static const char describing[] =
    "{\"at\":\"describing\",\"kept\":{\"media\":[\"54\"],\"now\":\"55\"}}";
static const char starting[] = "{\"at\":\"starting\",\"kept\":{\"media\":[]}}";
static const char appending[] =
    "{\"at\":\"appending\",\"kept\":{\"media\":[],\"now\":\"55\",\"segment\":1}}";
static const char finishing[] =
    "{\"at\":\"finishing\",\"kept\":{\"media\":[],\"now\":\"55\",\"segment\":3}}";
static const char asking[] =
    "{\"at\":\"asking\",\"kept\":{\"media\":[],\"now\":\"55\",\"segment\":3}}";
static const char processing[] =
    "{\"at\":\"processing\",\"kept\":{\"media\":[],\"now\":\"55\",\"segment\":3}}";

static struct platform_job two_pictures, video;

static void make_video(struct platform_job *made, const char *mime)
{
    platform_job_make(made, &x, 1);
    made->media[0].mime = mime;
    made->media[0].bytes = 3000000;
}

static int start(void **state)
{
    (void)state;
    platform_job_make(&two_pictures, &x, 2);
    make_video(&video, "video/mp4");
    return 0;
}

static struct step ask(const struct job *job, const char *stored, const struct http_reply *reply)
{
    return machine_asked(x.publish, job, stored, reply, &arena);
}

static struct step tell(const struct job *job, const char *stored, int status, const char *body)
{
    return machine_told(x.publish, job, stored, status, body);
}

static bool is_at(const struct step *step, const char *word)
{
    return step->progress && strstr(step->progress, word) != NULL;
}

/* ---- every state, every reply ---- */

static void every_state_of_a_post_with_pictures_has_an_answer_to_every_reply(void **state)
{
    static const char *const states[] = {uploading, describing, publishing, answered};
    static const struct answer_row rows[] = {
        {0, "", "RRRW"},
        {-1, "", "RR?W"},
        {200, MEDIUM(""), "SSSD"},
        {201, POST("55"), "SSSW"},
        {200, "{}", "RS?W"},
        {200, "{\"data\":{\"id\":55}}", "RS?W"},
        {201, "{\"data\":{\"id\":\"5x\"}}", "RS?W"},
        {201, "{\"data\":{\"id\":\"55\"", "RS?W"},
        {201, "<html>", "RS?W"},
        {201, "", "RS?W"},
        {204, "", "RS?W"},
        {302, "<html>", "RR?W"},
        {400, INVALID_MEDIA, "XRRW"},
        {400, LISTED("nonsense"), "XRXW"},
        {400, PROBLEM("bad"), "XRXW"},
        {400, "<html>", "RR?W"},
        {401, PROBLEM("Unauthorized"), "TTTW"},
        {401, CODE("89"), "TTTW"},
        {401, "", "TTTW"},
        {402, TYPE("credits"), "TTTW"},
        {402, TYPE("credits-depleted"), "TTTW"},
        {402, "<html>", "TTTW"},
        {403, DUPLICATE, "TT?W"},
        {403, CODE("187"), "TT?W"},
        {403, REPLY_RULE, "TTXW"},
        {403, PROBLEM("You are not permitted to perform this action."), "TTXW"},
        {403, TYPE("client-forbidden"), "TTTW"},
        {403, TYPE("usage-capped"), "TTTW"},
        {403, TYPE("user-suspended"), "TTTW"},
        {403, PROBLEM("Your account is suspended and is not permitted"), "TTTW"},
        {403, CODE("326"), "TTTW"},
        {403, PROBLEM("Unsupported Authentication"), "TTTW"},
        {403, "<html>", "TT?W"},
        {404, TYPE("resource-not-found"), "XRXW"},
        {404, "<html>", "RR?W"},
        {408, "{}", "RR?W"},
        {409, "{}", "XX?W"},
        {413, "<html>", "XX?W"},
        {429, PROBLEM("Too Many Requests"), "RRRW"},
        {429, "<html>", "RRRW"},
        {429, TYPE("usage-capped"), "TTTW"},
        {500, PROBLEM("Internal"), "RR?W"},
        {503, "", "RR?W"},
        {504, "<html>", "RR?W"},
    };

    (void)state;
    assert_answers(&(struct states){x.publish, states, COUNT_OF(states), {&two_pictures.job}}, rows,
                   COUNT_OF(rows));
}

static void every_state_of_a_video_has_an_answer_to_every_reply(void **state)
{
    static const char *const states[] = {starting, appending, finishing, asking, processing};
    static const struct answer_row rows[] = {
        {0, "", "RRRRR"},
        {-1, "", "RRRRR"},
        {200, MEDIUM(""), "SSSSS"},
        {200, MEDIUM(",\"size\":3000000"), "SSSSS"},
        {200, MEDIUM(STATE("pending")), "SSWWW"},
        {200, MEDIUM(STATE("in_progress")), "SSWWW"},
        {200, MEDIUM(STATE("succeeded")), "SSSSS"},
        {200, MEDIUM(STATE("failed")), "SSXXX"},
        {200, MEDIUM(STATE("dreaming")), "SSWWW"},
        {200, "{\"data\":{\"expires_at\":1}}", "RSRSR"},
        {204, "", "RSRSR"},
        {400, PROBLEM("bad"), "XRRSR"},
        {400, "<html>", "RRRRR"},
        {401, "", "TTTTT"},
        {402, TYPE("credits"), "TTTTT"},
        {403, PROBLEM("no media.write"), "TTTTT"},
        {404, TYPE("resource-not-found"), "XRRSR"},
        {404, "<html>", "RRRRR"},
        {413, "<html>", "XRXXX"},
        {431, "<html>", "RRRRR"},
        {429, "", "RRRRR"},
        {500, "", "RRRRR"},
    };

    (void)state;
    assert_answers(&(struct states){x.publish, states, COUNT_OF(states), {&video.job}}, rows,
                   COUNT_OF(rows));
}

/* ---- the way of a post ---- */

static void a_text_goes_out_is_read_back_and_done(void **state)
{
    struct platform_job text;
    struct step step;

    (void)state;
    platform_job_make(&text, &x, 0);
    step = ask(&text.job, "", NULL);
    assert_string_equal(step.request.path, "/2/tweets");
    assert_string_equal(step.request.body, "{\"text\":\"नमस्ते\"}");
    assert_string_equal(step.request.signing, "oauth1");
    assert_int_equal(step.request.kind, REQUEST_PUBLISH);
    assert_true(step.request.unrepeatable);
    step = tell(&text.job, step.progress, 201, POST("9"));
    assert_ptr_equal(strstr(step.request.path, "/2/tweets/9?tweet.fields="), step.request.path);
    assert_int_equal(step.request.kind, REQUEST_READ);
    step = tell(&text.job, step.progress, 200, POST("9"));
    assert_int_equal(step.kind, STEP_DONE);
    assert_string_equal(step.receipt.remote_id, "9");
    assert_string_equal(step.receipt.url, "https://x.com/police/status/9");
    assert_false(step.receipt.differs);
    assert_false(step.receipt.not_read_back);
}

static void four_pictures_go_up_in_order_with_their_alt_texts(void **state)
{
    struct platform_job four;
    struct step step;

    (void)state;
    platform_job_make(&four, &x, 4);
    step = ask(&four.job, "", NULL);
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(step.request.path, "/2/media/upload");
        assert_string_equal(step.request.parts[0].value, "tweet_image");
        assert_string_equal(step.request.parts[1].file_sha256, four.media[i].sha256);
        step = tell(&four.job, step.progress, 200,
                    arena_printf(&arena, "{\"data\":{\"id\":\"%zu\"}}", i));
        if (i == 3) /* the fourth has no alt text */
            break;
        assert_string_equal(step.request.path, "/2/media/metadata");
        assert_non_null(strstr(step.request.body, four.media[i].alt));
        step = tell(&four.job, step.progress, 200, "{\"data\":{\"id\":\"0\"}}");
    }
    assert_string_equal(step.request.body,
                        "{\"media\":{\"media_ids\":[\"0\",\"1\",\"2\",\"3\"]},\"text\":\"नमस्ते\"}");
}

static void a_video_goes_up_in_pieces_of_a_mebibyte_and_is_waited_for(void **state)
{
    static const int64_t lengths[] = {1048576, 1048576, 902848};
    struct step step = ask(&video.job, "", NULL);

    (void)state;
    assert_string_equal(step.request.path, "/2/media/upload/initialize");
    assert_string_equal(step.request.body, "{\"media_category\":\"tweet_video\",\"media_type\":"
                                           "\"video/mp4\",\"total_bytes\":3000000}");
    step = tell(&video.job, step.progress, 200, MEDIUM(""));
    for (size_t i = 0; i < COUNT_OF(lengths); i++) {
        assert_string_equal(step.request.path, "/2/media/upload/55/append");
        assert_string_equal(step.request.parts[0].value, arena_printf(&arena, "%zu", i));
        assert_int_equal(step.request.parts[1].offset, (int64_t)i * 1048576);
        assert_int_equal(step.request.parts[1].length, lengths[i]);
        step = tell(&video.job, step.progress, 200, "{\"data\":{\"expires_at\":1}}");
    }
    assert_string_equal(step.request.path, "/2/media/upload/55/finalize");
    step = tell(&video.job, step.progress, 200, MEDIUM(STATE("pending")));
    assert_int_equal(step.kind, STEP_WAIT);
    assert_int_equal(step.wait.ms, 7000);
    step = ask(&video.job, step.progress, NULL);
    assert_string_equal(step.request.path, "/2/media/upload?command=STATUS&media_id=55");
    step = tell(&video.job, step.progress, 200, MEDIUM(STATE("succeeded")));
    assert_string_equal(step.request.body,
                        "{\"media\":{\"media_ids\":[\"55\"]},\"text\":\"नमस्ते\"}");
}

static void a_gif_goes_up_in_pieces_too_and_has_an_alt_text(void **state)
{
    struct platform_job gif;
    struct step step;

    (void)state;
    make_video(&gif, "image/gif");
    step = ask(&gif.job, "", NULL);
    assert_non_null(strstr(step.request.body, "\"tweet_gif\""));
    step = tell(&gif.job, finishing, 200, MEDIUM(STATE("succeeded")));
    assert_string_equal(step.request.path, "/2/media/metadata");
}

static void subtitles_go_up_and_are_attached_before_the_post(void **state)
{
    struct platform_job two;
    struct step step;

    (void)state;
    platform_job_make(&two, &x, 2);
    two.media[0].mime = "video/mp4";
    two.media[0].bytes = 10;
    two.media[1].mime = "text/srt";
    two.media[1].role = MEDIUM_CAPTIONS;
    two.content.media_count = 1;
    two.content.more.captions = two.media[1].sha256;
    step = tell(&two.job, processing, 200, MEDIUM(STATE("succeeded")));
    assert_string_equal(step.request.parts[0].value, "subtitles");
    assert_string_equal(step.request.parts[1].file_sha256, two.media[1].sha256);
    step = tell(&two.job, step.progress, 200, "{\"data\":{\"id\":\"56\"}}");
    assert_string_equal(step.request.path, "/2/media/subtitles");
    assert_string_equal(step.request.body,
                        "{\"id\":\"55\",\"media_category\":\"TweetVideo\",\"subtitles\":{"
                        "\"display_name\":\"हिन्दी\",\"id\":\"56\",\"language_code\":\"HI\"}}");
    step = tell(&two.job, step.progress, 200, "{\"data\":{}}");
    assert_string_equal(step.request.path, "/2/tweets");
}

static void a_part_of_a_thread_answers_the_one_before_it(void **state)
{
    struct platform_job part;
    struct step step;

    (void)state;
    platform_job_make(&part, &x, 0);
    part.content.parent = "1";
    part.job.parent_id = "7";
    step = ask(&part.job, "", NULL);
    assert_string_equal(step.request.body,
                        "{\"reply\":{\"in_reply_to_tweet_id\":\"7\"},\"text\":\"नमस्ते\"}");
    part.job.parent_id = "x";
    step = ask(&part.job, "", NULL);
    assert_int_equal(step.kind, STEP_REFUSED);
}

static void without_threads_a_part_is_refused_before_anything_is_sent(void **state)
{
    struct platform_job part;
    struct step step;

    (void)state;
    platform_job_make(&part, &x, 0);
    part.content.parent = "1";
    part.job.parent_id = "7";
    platform_job_option(&part, "threads", "false");
    step = ask(&part.job, "", NULL);
    assert_int_equal(step.kind, STEP_REFUSED);
    assert_non_null(strstr(step.why, "threads = false"));
}

static void asked_again_a_state_sends_the_very_same_request(void **state)
{
    static const char *const of_pictures[] = {uploading, describing, publishing, answered};
    static const char *const of_video[] = {starting, appending, finishing, asking, processing};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(of_pictures) + COUNT_OF(of_video); i++) {
        const bool pictures = i < COUNT_OF(of_pictures);
        const struct job *job = pictures ? &two_pictures.job : &video.job;
        struct step once =
            ask(job, pictures ? of_pictures[i] : of_video[i - COUNT_OF(of_pictures)], NULL);
        struct step again = ask(job, once.progress, NULL);

        assert_int_equal(once.kind, STEP_SEND);
        assert_string_equal(request_write(&once.request, &arena),
                            request_write(&again.request, &arena));
        assert_string_equal(once.progress, again.progress);
    }
}

static void with_oauth2_requests_carry_the_session(void **state)
{
    struct platform_job other;

    (void)state;
    platform_job_make(&other, &x, 0);
    platform_job_option(&other, "auth", "oauth2");
    assert_string_equal(ask(&other.job, "", NULL).request.signing, "bearer");
}

/* ---- pitfalls (facts page §7, and §4) ---- */

static void a_create_of_unknown_outcome_is_never_sent_again_by_the_machine(void **state)
{
    static const int statuses[] = {-1, 408, 500, 502, 503, 504};

    (void)state;
    assert_int_equal(x.class_of(&two_pictures.account), CLASS_C);
    for (size_t i = 0; i < COUNT_OF(statuses); i++)
        assert_int_equal(tell(&two_pictures.job, publishing, statuses[i], "").kind, STEP_DOUBT);
}

static void a_duplicate_text_is_doubt_for_it_may_be_ours(void **state)
{
    struct step step = tell(&two_pictures.job, publishing, 403, DUPLICATE);

    (void)state;
    assert_int_equal(step.kind, STEP_DOUBT);
    assert_non_null(strstr(step.why, "this very post"));
}

static void a_video_is_not_posted_before_it_succeeded(void **state)
{
    static const char *const early[] = {"pending", "in_progress"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(early); i++) {
        const char *body = arena_printf(
            &arena, "{\"data\":{\"id\":\"55\",\"processing_info\":{\"state\":\"%s\"}}}", early[i]);
        struct step step = tell(&video.job, processing, 200, body);

        assert_int_equal(step.kind, STEP_WAIT);
        assert_int_equal(step.wait.ms, 5000); /* nobody said how long */
    }
}

static void media_ids_that_are_no_good_any_more_send_all_media_up_again_three_times(void **state)
{
    const char *stored = publishing;
    struct step step = {0};

    (void)state;
    for (int i = 0; i < 3; i++) {
        step = tell(&two_pictures.job, stored, 400, INVALID_MEDIA);
        assert_int_equal(step.kind, STEP_RETRY);
        assert_true(is_at(&step, "\"at\":\"uploading\""));
        stored = arena_printf(
            &arena, "{\"at\":\"publishing\",\"kept\":{\"media\":[\"54\",\"55\"],\"rounds\":%d}}",
            i + 1);
    }
    assert_int_equal(tell(&two_pictures.job, stored, 400, INVALID_MEDIA).kind, STEP_REFUSED);
}

static void a_403_on_upload_is_the_accounts_trouble_not_the_contents(void **state)
{
    struct step step = tell(&two_pictures.job, uploading, 403, PROBLEM("Forbidden"));

    (void)state;
    assert_int_equal(step.trouble, TROUBLE_SCOPE);
}

static void credits_at_zero_pause_the_account_in_both_shapes_and_fail_nothing(void **state)
{
    static const char *const shapes[] = {
        TYPE("credits"), "{\"title\":\"Payment Required\",\"detail\":\"d\",\"type\":"
                         "\"https://api.x.com/2/problems/credits-depleted\"}"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(shapes); i++) {
        struct step step = tell(&two_pictures.job, publishing, 402, shapes[i]);

        assert_int_equal(step.kind, STEP_RETRY);
        assert_int_equal(step.trouble, TROUBLE_CREDITS);
        assert_non_null(strstr(step.why, "console"));
    }
}

static void the_reply_rule_is_a_refusal_that_names_the_switch(void **state)
{
    struct step step = tell(&two_pictures.job, publishing, 403, REPLY_RULE);

    (void)state;
    assert_int_equal(step.kind, STEP_REFUSED);
    assert_non_null(strstr(step.why, "threads = false"));
}

static void a_throttled_request_waits_until_the_reset(void **state)
{
    static const struct header header = {"x-rate-limit-reset", "1795320300"};
    struct http_reply reply = reply_of(429, PROBLEM("Too Many Requests"));

    (void)state;
    reply.headers = &header;
    reply.header_count = 1;
    assert_int_equal(ask(&two_pictures.job, publishing, &reply).not_before.ms,
                     reply.received.ms + 300000);
    assert_int_equal(ask(&two_pictures.job, answered, &reply).wait.ms, 300000);
}

static void a_wrong_clock_is_told_when_a_signature_is_refused(void **state)
{
    struct http_reply reply = reply_of(401, PROBLEM("Unauthorized"));
    struct step step;

    (void)state;
    reply.date = (struct instant){reply.received.ms + 400000};
    step = ask(&two_pictures.job, publishing, &reply);
    assert_int_equal(step.trouble, TROUBLE_TOKEN);
    assert_non_null(strstr(step.why, "clocks"));
    reply.date = (struct instant){reply.received.ms + 2000};
    step = ask(&two_pictures.job, publishing, &reply);
    assert_null(strstr(step.why, "clocks"));
}

static void data_beside_errors_is_a_public_post(void **state)
{
    struct step step = tell(&two_pictures.job, publishing, 201,
                            "{\"data\":{\"id\":\"9\",\"text\":\"x\",\"edit_history_post_ids\":"
                            "[\"9\"]},\"errors\":[{\"title\":\"t\"}]}");

    (void)state;
    assert_int_equal(step.kind, STEP_SEND);
    assert_true(is_at(&step, "\"at\":\"answered\""));
}

/* ---- uploads go on ---- */

static void a_lost_piece_is_sent_again_under_its_number(void **state)
{
    struct step step = tell(&video.job, appending, -1, "");

    (void)state;
    assert_int_equal(step.kind, STEP_RETRY);
    assert_null(step.progress);
    step = ask(&video.job, appending, NULL);
    assert_string_equal(step.request.parts[0].value, "1");
    assert_int_equal(step.request.parts[1].offset, 1048576);
}

static void a_lost_finalize_asks_first_what_is_there(void **state)
{
    struct step step = tell(&video.job, finishing, -1, "");

    (void)state;
    assert_true(is_at(&step, "\"at\":\"asking\""));
    step = ask(&video.job, step.progress, NULL);
    assert_string_equal(step.request.path, "/2/media/upload?command=STATUS&media_id=55");
    step = tell(&video.job, asking, 404, TYPE("resource-not-found"));
    assert_string_equal(step.request.path, "/2/media/upload/55/finalize");
    step = tell(&video.job, asking, 200, MEDIUM(",\"size\":3000000"));
    assert_string_equal(step.request.path, "/2/tweets");
}

static void an_upload_that_is_forgotten_begins_again(void **state)
{
    struct step step = tell(&video.job, appending, 404, TYPE("resource-not-found"));

    (void)state;
    assert_int_equal(step.kind, STEP_RETRY);
    step = ask(&video.job, step.progress, NULL);
    assert_string_equal(step.request.path, "/2/media/upload/initialize");
}

static void a_piece_that_is_too_large_is_halved_as_far_as_a_thousand_pieces_go(void **state)
{
    struct step step = tell(&video.job, appending, 431, "<html>");
    struct platform_job large;

    (void)state;
    assert_true(is_at(&step, "\"piece\":524288"));
    step = tell(&video.job, step.progress, 200, MEDIUM(""));
    assert_int_equal(step.request.parts[1].length, 524288);
    step = tell(&video.job,
                "{\"at\":\"appending\",\"kept\":{\"media\":[],\"now\":\"55\",\"segment\":1,"
                "\"piece\":262144}}",
                413, "");
    assert_int_equal(step.kind, STEP_REFUSED);
    make_video(&large, "video/mp4");
    large.media[0].bytes = INT64_C(600) * 1024 * 1024;
    assert_int_equal(tell(&large.job, appending, 413, "").kind, STEP_REFUSED);
}

static void processing_that_fails_says_why(void **state)
{
    struct step step = tell(&video.job, processing, 200,
                            MEDIUM(",\"processing_info\":{\"state\":\"failed\",\"error\":"
                                   "{\"message\":\"unsupported codec\"}}"));

    (void)state;
    assert_int_equal(step.kind, STEP_REFUSED);
    assert_non_null(strstr(step.why, "unsupported codec"));
}

static void a_wait_is_never_shorter_than_a_second_or_longer_than_a_minute(void **state)
{
    static const struct {
        const char *said;
        int64_t ms;
    } rows[] = {{"0", 1000}, {"-5", 1000}, {"1", 1000}, {"60", 60000}, {"86400", 60000}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *body = arena_printf(&arena,
                                        "{\"data\":{\"id\":\"55\",\"processing_info\":{\"state\":"
                                        "\"pending\",\"check_after_secs\":%s}}}",
                                        rows[i].said);

        assert_int_equal(tell(&video.job, processing, 200, body).wait.ms, rows[i].ms);
    }
}

/* ---- what is public ---- */

static void what_is_public_but_unreadable_is_read_five_times_more_and_then_told(void **state)
{
    static const int64_t seconds[] = {5, 15, 45, 120, 300};
    const char *stored = answered;
    struct step step;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(seconds); i++) {
        step = tell(&two_pictures.job, stored, 404, TYPE("resource-not-found"));
        assert_int_equal(step.kind, STEP_WAIT);
        assert_int_equal(step.wait.ms, seconds[i] * 1000);
        stored = step.progress;
    }
    step = tell(&two_pictures.job, stored, 404, "");
    assert_int_equal(step.kind, STEP_DONE);
    assert_true(step.receipt.not_read_back);
    assert_string_equal(step.receipt.remote_id, "55");
}

static void stored_progress_of_another_version_is_doubt_and_sends_nothing(void **state)
{
    static const char *const strange[] = {
        "{\"at\":\"dreaming\",\"kept\":{\"media\":[]}}",
        "{\"at\":\"publishing\",\"kept\":{}}",
        "{\"at\":\"publishing\",\"kept\":{\"media\":[\"1\"]}}",
        "{\"at\":\"publishing\",\"kept\":{\"media\":[\"1\",\"2\",\"3\"]}}",
        "{\"at\":\"publishing\",\"kept\":{\"media\":[\"1\",\"../2\"]}}",
        "{\"at\":\"publishing\",\"kept\":{\"media\":[\"1\",2]}}",
        "{\"at\":\"uploading\",\"kept\":{\"media\":[\"1\",\"2\"]}}",
        "{\"at\":\"starting\",\"kept\":{\"media\":[]}}",
        "{\"at\":\"appending\",\"kept\":{\"media\":[],\"now\":\"1\",\"segment\":0}}",
        "{\"at\":\"processing\",\"kept\":{\"media\":[]}}",
        "{\"at\":\"describing\",\"kept\":{\"media\":[],\"now\":\"a/b\"}}",
        "{\"at\":\"captioning\",\"kept\":{\"media\":[\"1\",\"2\"]}}",
        "{\"at\":\"answered\",\"kept\":{\"media\":[]}}",
        "{\"at\":\"publishing\",\"kept\":{\"media\":[\"1\",\"2\"],\"piece\":0}}",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(strange); i++) {
        struct step step = ask(&two_pictures.job, strange[i], NULL);
        if (step.kind != STEP_DOUBT)
            fail_msg("%s: %c", strange[i], step_letter(&step));
    }
    assert_int_equal(ask(&video.job,
                         "{\"at\":\"appending\",\"kept\":{\"media\":[],\"now\":\"1\","
                         "\"segment\":3}}",
                         NULL)
                         .kind,
                     STEP_DOUBT);
}

/* ---- any sequence of replies ---- */

static struct http_reply random_reply(uint64_t *seed)
{
    static const int statuses[] = {200, 200, 200, 201, 201, 204, 302, 400,
                                   401, 402, 403, 404, 413, 429, 431, 500};
    static const char *const bodies[] = {POST("55"),
                                         MEDIUM(STATE("pending")),
                                         MEDIUM(STATE("succeeded")),
                                         MEDIUM(",\"size\":3000000"),
                                         INVALID_MEDIA,
                                         DUPLICATE,
                                         "<html>",
                                         TYPE("resource-not-found")};
    static const struct reply_dice dice = {statuses, COUNT_OF(statuses), bodies, COUNT_OF(bodies)};

    return reply_thrown(&dice, random_next(seed));
}

static const struct lives lives = {.adapter = &x,
                                   .jobs = {&two_pictures.job, &video.job},
                                   .answered = "answered",
                                   .reply = random_reply};

static void no_sequence_of_replies_publishes_twice_or_after_an_answer(void **state)
{
    (void)state;
    assert_no_fault(&lives, lives_wanted());
}

/* A machine that forgets what it was told must be noticed by the test above. */
static struct step forgetful(const struct job *job, const struct progress *at,
                             const struct http_reply *reply, struct arena *scratch)
{
    struct progress forgotten;
    const bool lost = at->state && strcmp(at->state, "publishing") == 0 && reply &&
                      reply->fate == FATE_MAYBE_SENT;

    if (!lost)
        return x.publish(job, at, reply, scratch);
    forgotten = *at;
    return x.publish(job, &forgotten, NULL, scratch);
}

static void a_machine_that_sends_again_in_doubt_would_be_noticed(void **state)
{
    (void)state;
    assert_true(faults_of(&lives, forgetful, 500) > 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, adapter_test_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_state_of_a_post_with_pictures_has_an_answer_to_every_reply),
        TEST(every_state_of_a_video_has_an_answer_to_every_reply),
        TEST(a_text_goes_out_is_read_back_and_done),
        TEST(four_pictures_go_up_in_order_with_their_alt_texts),
        TEST(a_video_goes_up_in_pieces_of_a_mebibyte_and_is_waited_for),
        TEST(a_gif_goes_up_in_pieces_too_and_has_an_alt_text),
        TEST(subtitles_go_up_and_are_attached_before_the_post),
        TEST(a_part_of_a_thread_answers_the_one_before_it),
        TEST(without_threads_a_part_is_refused_before_anything_is_sent),
        TEST(asked_again_a_state_sends_the_very_same_request),
        TEST(with_oauth2_requests_carry_the_session),
        TEST(a_create_of_unknown_outcome_is_never_sent_again_by_the_machine),
        TEST(a_duplicate_text_is_doubt_for_it_may_be_ours),
        TEST(a_video_is_not_posted_before_it_succeeded),
        TEST(media_ids_that_are_no_good_any_more_send_all_media_up_again_three_times),
        TEST(a_403_on_upload_is_the_accounts_trouble_not_the_contents),
        TEST(credits_at_zero_pause_the_account_in_both_shapes_and_fail_nothing),
        TEST(the_reply_rule_is_a_refusal_that_names_the_switch),
        TEST(a_throttled_request_waits_until_the_reset),
        TEST(a_wrong_clock_is_told_when_a_signature_is_refused),
        TEST(data_beside_errors_is_a_public_post),
        TEST(a_lost_piece_is_sent_again_under_its_number),
        TEST(a_lost_finalize_asks_first_what_is_there),
        TEST(an_upload_that_is_forgotten_begins_again),
        TEST(a_piece_that_is_too_large_is_halved_as_far_as_a_thousand_pieces_go),
        TEST(processing_that_fails_says_why),
        TEST(a_wait_is_never_shorter_than_a_second_or_longer_than_a_minute),
        TEST(what_is_public_but_unreadable_is_read_five_times_more_and_then_told),
        TEST(stored_progress_of_another_version_is_doubt_and_sends_nothing),
        TEST(no_sequence_of_replies_publishes_twice_or_after_an_answer),
        TEST(a_machine_that_sends_again_in_doubt_would_be_noticed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
