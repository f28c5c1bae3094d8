/* The desk: a decision is about what its person was shown, and about a post that still exists. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "daemon/desk.h"
#include "support/store_fixture.h"

static struct fixture fixture;
static struct delivery *row;

static int start(void **state)
{
    (void)state;
    fixture_start(&fixture);
    row = fixture_delivery(&fixture, "helmet", "toots", instant_plus(fixture.now, span_hours(1)));
    row->state = STATE_HELD;
    row->reason = REASON_PERSON;
    fixture_insert(&fixture, row);
    return 0;
}

static int end(void **state)
{
    (void)state;
    fixture_end(&fixture);
    return 0;
}

/* {"command":...,"words":[ID],"options":{},"seen":{ID:CONTENT}} */
static json_t *body_of(const char *command, const char *seen)
{
    json_t *body = json_object(), *words = json_array(), *contents = json_object();

    json_put(body, "command", command);
    json_array_append_new(words, json_string(row->id));
    json_put_new(body, "words", words);
    json_put_new(body, "options", json_object());
    if (seen)
        json_put(contents, row->id, seen);
    json_put_new(body, "seen", contents);
    return body;
}

static enum state ask(const char *command, const char *seen, const char **refusal)
{
    json_t *body = body_of(command, seen);
    struct desk_request request = {
        .body = body,
        .person = {.uid = 1001,
                   .login = "somebody",
                   .is_person = true,
                   .actor = "os:1001:somebody"},
        .now = fixture.now,
        .approval_for = span_days(35),
        .daemon = true,
    };
    struct desk_answer answer;

    assert_true(outbox_begin(fixture.outbox, &fixture.err));
    assert_true(desk_handle(fixture.outbox, &request, &fixture.arena, &answer, &fixture.err));
    fixture_commit(&fixture);
    *refusal =
        arena_text(&fixture.arena,
                   json_text(json_array_get(json_object_get(answer.result, "refused"), 0), "why"));
    json_decref(answer.result);
    json_decref(body);
    return fixture_row(&fixture, row->id)->state;
}

static void what_was_shown_is_decided(void **state)
{
    const char *refusal;

    (void)state;
    assert_int_equal(ask("release", row->content_hash, &refusal), STATE_READY);
    assert_null(refusal);
}

static void content_that_changed_since_it_was_shown_is_not(void **state)
{
    char other[DIGEST_HEX];
    const char *refusal;

    (void)state;
    digest_hex_of("what stood there before", 23, other);
    assert_int_equal(ask("release", other, &refusal), STATE_HELD);
    assert_non_null(strstr(refusal, "changed"));
}

static void what_is_gone_from_its_file_is_not_released(void **state)
{
    const char *refusal;

    (void)state;
    fixture_close(&fixture);
    fixture_sql(&fixture,
                arena_printf(&fixture.arena, "INSERT INTO removal VALUES ('%s', 1)", row->id));
    assert_true(fixture_open(&fixture));
    assert_int_equal(ask("release", row->content_hash, &refusal), STATE_HELD);
    assert_non_null(strstr(refusal, "gone"));
    assert_int_equal(ask("cancel", row->content_hash, &refusal), STATE_CANCELLED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_shown_is_decided, start, end),
        cmocka_unit_test_setup_teardown(content_that_changed_since_it_was_shown_is_not, start, end),
        cmocka_unit_test_setup_teardown(what_is_gone_from_its_file_is_not_released, start, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
