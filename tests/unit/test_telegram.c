/* The Telegram machines: one state with every kind of reply, its requests, and the pitfalls of the
 * facts page. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/json.h"
#include "platform/telegram.h"
#include "support/adapter_test.h"

#define SENDING "{\"at\":\"sending\",\"kept\":{}}"
#define CHAT    "{\"id\":-1001234567890,\"type\":\"channel\",\"username\":\"up_police\"}"
#define MESSAGE "{\"ok\":true,\"result\":{\"message_id\":812,\"chat\":" CHAT "}}"
#define WRONG(status, words)                                                                       \
    "{\"ok\":false,\"error_code\":" #status ",\"description\":\"" words "\"}"

static struct platform_job made;

static int start(void **state)
{
    (void)state;
    platform_job_make(&made, &telegram, 0);
    platform_job_option(&made, "channel", "@up_police");
    return 0;
}

static struct step ask(machine asked, const char *stored, const struct http_reply *reply)
{
    return machine_asked(asked, &made.job, stored, reply, &arena);
}

static struct step answered(machine asked, const char *stored, int status, const char *body)
{
    return machine_told(asked, &made.job, stored, status, body);
}

static void every_reply_has_an_answer(void **state)
{
    static const struct {
        int status; /* 0 = not sent, -1 = perhaps sent */
        const char *body;
        char expected;
    } rows[] = {
        {0, "", 'R'},
        {-1, "", '?'},
        {200, MESSAGE, 'D'},
        {200, "", '?'},
        {200, "<html>", '?'},
        {200, "{\"ok\":true}", '?'},
        {200, "{\"ok\":true,\"result\":true}", '?'},
        {200, "{\"ok\":true,\"result\":[]}", '?'},
        {200, "{\"ok\":true,\"result\":{\"message_id\":\"812\"}}", '?'},
        {200, WRONG(400, "Bad Request: message text is empty"), '?'},
        {201, MESSAGE, '?'},
        {302, "", '?'},
        {400, WRONG(400, "Bad Request: message is too long"), 'X'},
        {400, WRONG(400, "Bad Request: can't parse entities"), 'X'},
        {400, WRONG(400, "Bad Request: PHOTO_INVALID_DIMENSIONS"), 'X'},
        {400, WRONG(400, "Bad Request: message to be replied not found"), 'X'},
        {400, WRONG(400, "Bad Request: chat not found"), 'T'},
        {400, WRONG(400, "Bad Request: not enough rights to send text messages to the chat"), 'T'},
        {400, WRONG(400, "Bad Request: group chat was upgraded to a supergroup chat"), 'T'},
        {400, "<html>nginx</html>", '?'},
        {401, WRONG(401, "Unauthorized"), 'T'},
        {403, WRONG(403, "Forbidden: bot was kicked from the channel chat"), 'T'},
        {404, WRONG(404, "Not Found"), 'T'},
        {409, WRONG(409, "Conflict: terminated by other getUpdates request"), 'T'},
        {413, "<html>Request Entity Too Large</html>", 'X'},
        {421, "", '?'},
        {429, WRONG(429, "Too Many Requests: retry after 7"), 'R'},
        {500, WRONG(500, "Internal Server Error: restart"), '?'},
        {502, "<html>Bad Gateway</html>", '?'},
        {504, "", '?'},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct step step = answered(telegram.publish, SENDING, rows[i].status, rows[i].body);

        if (step_letter(&step) != rows[i].expected)
            fail_msg("%d %s: %c, expected %c", rows[i].status, rows[i].body, step_letter(&step),
                     rows[i].expected);
        assert_true(strchr("RTX?", rows[i].expected) == NULL || step.why != NULL);
    }
}

static void a_text_goes_out_as_it_is_written_without_markup(void **state)
{
    struct step step;

    (void)state;
    made.content.text = "<b>हेलमेट</b> & _पहनें_ 😀";
    step = ask(telegram.publish, "", NULL);
    assert_string_equal(step.request.path, "/sendMessage");
    assert_string_equal(step.request.body,
                        "{\"chat_id\":\"@up_police\",\"text\":\"<b>हेलमेट</b> & _पहनें_ 😀\"}");
    assert_string_equal(step.request.signing, "bot");
    assert_true(step.request.unrepeatable);
    assert_int_equal(step.request.kind, REQUEST_PUBLISH);
}

static const char *part_of(const struct http_request *request, const char *name)
{
    for (size_t i = 0; i < request->part_count; i++) {
        if (strcmp(request->parts[i].name, name) == 0)
            return request->parts[i].value ? request->parts[i].value
                                           : request->parts[i].file_sha256;
    }
    return NULL;
}

static void each_kind_of_media_has_its_method(void **state)
{
    static const struct {
        const char *mime, *path, *part;
    } rows[] = {
        {"image/jpeg", "/sendPhoto", "photo"},
        {"image/png", "/sendPhoto", "photo"},
        {"image/gif", "/sendAnimation", "animation"},
        {"video/mp4", "/sendVideo", "video"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct step step;

        platform_job_make(&made, &telegram, 1);
        made.media[0].mime = rows[i].mime;
        step = ask(telegram.publish, "", NULL);
        assert_string_equal(step.request.path, rows[i].path);
        assert_string_equal(part_of(&step.request, rows[i].part), made.media[0].sha256);
        assert_string_equal(part_of(&step.request, "caption"), "नमस्ते");
        assert_string_equal(part_of(&step.request, "chat_id"), "@toots"); /* a drill's */
        assert_true(step.request.timeout.ms >= 600000);
    }
}

/* Home Assistant's issue 178525: without a caption of its own an item has none. */
static void the_words_of_an_album_are_those_of_its_first_item(void **state)
{
    struct step step;

    (void)state;
    platform_job_make(&made, &telegram, 3);
    made.media[2].mime = "video/mp4";
    step = ask(telegram.publish, "", NULL);
    assert_string_equal(step.request.path, "/sendMediaGroup");
    assert_string_equal(part_of(&step.request, "media"),
                        "[{\"caption\":\"नमस्ते\",\"media\":\"attach://f0\",\"type\":\"photo\"},"
                        "{\"media\":\"attach://f1\",\"type\":\"photo\"},"
                        "{\"media\":\"attach://f2\",\"type\":\"video\"}]");
    assert_string_equal(part_of(&step.request, "f2"), made.media[2].sha256);
    assert_null(part_of(&step.request, "caption"));
}

static void all_numbers_of_an_album_are_kept_and_all_are_taken_back(void **state)
{
    struct step step = answered(telegram.publish, SENDING, 200,
                                "{\"ok\":true,\"result\":[{\"message_id\":812,\"chat\":" CHAT
                                "},{\"message_id\":813,\"chat\":" CHAT "}]}");

    (void)state;
    assert_int_equal(step.kind, STEP_DONE);
    assert_string_equal(step.receipt.remote_id, "812,813");
    assert_string_equal(step.receipt.url, "https://t.me/up_police/812");
    made.delivery.remote_id = "812,813";
    step = ask(telegram.retract, "", NULL);
    assert_string_equal(step.request.path, "/deleteMessages");
    assert_string_equal(step.request.body,
                        "{\"chat_id\":\"@up_police\",\"message_ids\":[812,813]}");
    assert_false(step.request.unrepeatable);
    assert_int_equal(
        answered(telegram.retract, step.progress, 200, "{\"ok\":true,\"result\":true}").kind,
        STEP_DONE);
    assert_int_equal(answered(telegram.retract, step.progress, 400,
                              WRONG(400, "Bad Request: message to delete not found"))
                         .kind,
                     STEP_DONE);
    assert_int_equal(answered(telegram.retract, step.progress, -1, "").kind, STEP_RETRY);
}

/* Bot API, Message.message_id: a video to a large chat may be put off. */
static void a_message_with_the_number_0_is_out_and_its_number_unknown(void **state)
{
    const struct step step =
        answered(telegram.publish, SENDING, 200,
                 "{\"ok\":true,\"result\":{\"message_id\":0,\"chat\":" CHAT "}}");

    (void)state;
    assert_int_equal(step.kind, STEP_DONE);
    assert_true(step.receipt.not_read_back);
    assert_string_equal(step.receipt.url, "");
    made.delivery.remote_id = step.receipt.remote_id;
    assert_int_equal(ask(telegram.retract, "", NULL).kind, STEP_REFUSED);
}

static void what_it_says_at_length_is_cut(void **state)
{
    static char body[1100] = "{\"ok\":false,\"error_code\":400,\"description\":\"";
    const size_t head = strlen(body);
    struct step step;

    (void)state;
    memset(body + head, 'a', 1000);
    memcpy(body + head + 1000, "\"}", 3);
    step = answered(telegram.publish, SENDING, 400, body);
    assert_int_equal(step.kind, STEP_REFUSED);
    assert_in_range(strlen(step.why), 1, 300);
}

/* Its numbers are only sent: whatever they are, the post is out. */
static void a_chat_with_an_impossible_number_harms_nothing(void **state)
{
    static const char *const numbers[] = {"9223372036854775807", "-9223372036854775808", "0"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        const char *body = arena_printf(&arena,
                                        "{\"ok\":true,\"result\":{\"message_id\":812,"
                                        "\"chat\":{\"id\":%s}}}",
                                        numbers[i]);
        const struct step step = answered(telegram.publish, SENDING, 200, body);

        assert_int_equal(step.kind, STEP_DONE);
        assert_string_equal(step.receipt.remote_id, "812");
    }
}

/* postiz sends reply_to_message_id, which is gone from the list of fields. */
static void an_answer_names_the_message_by_reply_parameters(void **state)
{
    struct step step;

    (void)state;
    made.content.parent = "1";
    made.job.parent_id = "812,813";
    step = ask(telegram.publish, "", NULL);
    assert_string_equal(step.request.body,
                        "{\"chat_id\":\"@up_police\",\"reply_parameters\":"
                        "{\"allow_sending_without_reply\":false,\"message_id\":812},\"text\":"
                        "\"नमस्ते\"}");
    platform_job_make(&made, &telegram, 1);
    made.job.parent_id = "812";
    step = ask(telegram.publish, "", NULL);
    assert_string_equal(part_of(&step.request, "reply_parameters"),
                        "{\"allow_sending_without_reply\":false,\"message_id\":812}");
}

static void it_comes_back_a_second_after_the_time_it_was_told(void **state)
{
    const struct http_reply reply = reply_of(
        429, "{\"ok\":false,\"error_code\":429,\"description\":\"Too Many Requests: retry after "
             "7\",\"parameters\":{\"retry_after\":7}}");
    const struct step step = ask(telegram.publish, SENDING, &reply);

    (void)state;
    assert_int_equal(instant_since(step.not_before, reply.received).ms, 8000);
    assert_true(step.undone);
}

static void only_an_answer_of_its_own_proves_that_nothing_was_done(void **state)
{
    static const struct {
        int status;
        const char *body;
        bool undone;
    } rows[] = {
        {429, WRONG(429, "Too Many Requests: retry after 7"), true},
        {401, WRONG(401, "Unauthorized"), true},
        {403, WRONG(403, "Forbidden: bot was kicked from the channel chat"), true},
        {429, "<html>", false},
        {403, "{\"error\":\"blocked by policy\"}", false},
        {500, WRONG(500, "Internal Server Error"), false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct step step = answered(telegram.publish, SENDING, rows[i].status, rows[i].body);

        assert_int_equal(step.kind, rows[i].undone ? STEP_RETRY : STEP_DOUBT);
        assert_int_equal(step.undone, rows[i].undone);
    }
}

/* A private channel has no name: its number without -100 stands in the address. */
static void a_channel_without_a_name_has_an_address_too(void **state)
{
    const struct step step =
        answered(telegram.publish, SENDING, 200,
                 "{\"ok\":true,\"result\":{\"message_id\":5,\"chat\":{\"id\":-1001234567890}}}");

    (void)state;
    assert_string_equal(step.receipt.url, "https://t.me/c/1234567890/5");
}

static void who_we_are_is_the_channel_and_the_bot_must_be_allowed_to_post(void **state)
{
    struct step step = ask(telegram.identify, "", NULL);
    const char *rights;

    (void)state;
    assert_string_equal(step.request.path, "/getChat");
    step = answered(telegram.identify, step.progress, 200, "{\"ok\":true,\"result\":" CHAT "}");
    assert_string_equal(step.request.path, "/getMe");
    step = answered(telegram.identify, step.progress, 200,
                    "{\"ok\":true,\"result\":{\"id\":77,\"is_bot\":true}}");
    assert_string_equal(step.request.path, "/getChatMember");
    assert_string_equal(step.request.body, "{\"chat_id\":\"@up_police\",\"user_id\":77}");
    rights = step.progress;
    step = answered(telegram.identify, rights, 200,
                    "{\"ok\":true,\"result\":{\"status\":\"administrator\",\"can_post_messages\":"
                    "true}}");
    assert_int_equal(step.kind, STEP_DONE);
    assert_string_equal(step.receipt.handle, "up_police");
    assert_string_equal(step.receipt.remote_id, "-1001234567890");
    step = answered(telegram.identify, rights, 200,
                    "{\"ok\":true,\"result\":{\"status\":\"administrator\",\"can_post_messages\":"
                    "false}}");
    assert_int_equal(step.trouble, TROUBLE_SCOPE);
}

/* python-telegram-bot 1045, hermes-agent 5153: sent again after a time-out, posted twice. */
/* postiz sends what Telegram could not read as a picture once more, as a document. */
static void a_picture_that_is_refused_does_not_go_out_as_a_document(void **state)
{
    struct step step;

    (void)state;
    platform_job_make(&made, &telegram, 1);
    step =
        answered(telegram.publish, SENDING, 400, WRONG(400, "Bad Request: IMAGE_PROCESS_FAILED"));
    assert_int_equal(step.kind, STEP_REFUSED);
    assert_non_null(strstr(step.why, "IMAGE_PROCESS_FAILED"));
}

/* Two processes that poll one bot get 409; somebody else may poll it, and we never do. */
static void nobody_polls_the_bot_and_who_does_pauses_only_the_account(void **state)
{
    const machine asked[] = {telegram.publish, telegram.identify, telegram.retract};

    (void)state;
    made.delivery.remote_id = "812";
    for (size_t i = 0; i < COUNT_OF(asked); i++)
        assert_null(strstr(ask(asked[i], "", NULL).request.path, "getUpdates"));
    assert_int_equal(answered(telegram.publish, SENDING, 409,
                              WRONG(409,
                                    "Conflict: terminated by other getUpdates request; make sure"))
                         .kind,
                     STEP_RETRY);
}

static void nothing_can_be_read_so_in_doubt_a_person_decides(void **state)
{
    (void)state;
    assert_int_equal(telegram.class_of(&made.account), CLASS_C);
    assert_int_equal(telegram.proof, PROOF_ANSWER);
    assert_null(telegram.find);
}

/* 781 failures in 90 days at postiz (pull request 1947). */
static void a_caption_is_measured_as_one(void **state)
{
    (void)state;
    assert_int_equal(telegram_limits.text[0].most, 4096);
    assert_int_equal(telegram_limits.caption.most, 1024);
    assert_int_equal(telegram_limits.caption.unit, COUNT_UTF16);
}

static void stored_progress_of_another_version_is_doubt_and_sends_nothing(void **state)
{
    (void)state;
    assert_int_equal(ask(telegram.publish, "{\"at\":\"flying\",\"kept\":{}}", NULL).kind,
                     STEP_DOUBT);
}

static struct http_reply random_reply(uint64_t *seed)
{
    static const int statuses[] = {200, 200, 400, 401, 403, 404, 413, 429, 500, 502};
    const uint64_t dice = random_next(seed);
    const int status = statuses[dice / 64 % COUNT_OF(statuses)];

    if (dice % 8 == 0)
        return reply_lost(dice % 16 ? FATE_NOT_SENT : FATE_MAYBE_SENT);
    return reply_of(status, status == 200 ? MESSAGE : WRONG(400, "Bad Request"));
}

static void a_thousand_lives_send_nothing_twice_and_the_twin_is_noticed(void **state)
{
    static const struct lives lives = {.adapter = &telegram,
                                       .jobs = {&made.job},
                                       .reply = random_reply};

    (void)state;
    assert_no_fault(&lives, 1000);
    assert_true(faults_of(&lives, careless, 1000) > 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, start, adapter_test_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(every_reply_has_an_answer),
        CASE(a_text_goes_out_as_it_is_written_without_markup),
        CASE(each_kind_of_media_has_its_method),
        CASE(the_words_of_an_album_are_those_of_its_first_item),
        CASE(all_numbers_of_an_album_are_kept_and_all_are_taken_back),
        CASE(a_message_with_the_number_0_is_out_and_its_number_unknown),
        CASE(what_it_says_at_length_is_cut),
        CASE(a_chat_with_an_impossible_number_harms_nothing),
        CASE(an_answer_names_the_message_by_reply_parameters),
        CASE(it_comes_back_a_second_after_the_time_it_was_told),
        CASE(only_an_answer_of_its_own_proves_that_nothing_was_done),
        CASE(a_channel_without_a_name_has_an_address_too),
        CASE(who_we_are_is_the_channel_and_the_bot_must_be_allowed_to_post),
        CASE(a_picture_that_is_refused_does_not_go_out_as_a_document),
        CASE(nobody_polls_the_bot_and_who_does_pauses_only_the_account),
        CASE(nothing_can_be_read_so_in_doubt_a_person_decides),
        CASE(a_caption_is_measured_as_one),
        CASE(stored_progress_of_another_version_is_doubt_and_sends_nothing),
        CASE(a_thousand_lives_send_nothing_twice_and_the_twin_is_noticed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
