/* A person's decisions: who may do what, and what becomes of the row. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "engine/after.h"
#include "engine/decide.h"

enum { AUTHOR = 1000, APPROVER = 1001, OTHER = 1002 };
static const struct instant noon = {INT64_C(1796212800000)};
static struct arena arena;

static int clear_arena(void **state)
{
    (void)state;
    arena_clear(&arena);
    return 0;
}

static struct delivery row_in(enum state state, int approvals)
{
    struct delivery row = {.campaign = "traffic",
                           .post = "helmet",
                           .occurrence = "once",
                           .account = "toots",
                           .platform = "mastodon",
                           .at = noon,
                           .useful_until = instant_plus(noon, span_hours(2)),
                           .approvals = approvals,
                           .content = "{}",
                           .author = AUTHOR,
                           .state = state,
                           .rev = 3};
    delivery_start_afresh(&row);

    delivery_set_id(&row);
    digest_hex_of("content", 7, row.content_hash);
    return row;
}

static struct person somebody(int64_t uid, unsigned roles)
{
    return (struct person){.uid = uid,
                           .login = "somebody",
                           .roles = roles,
                           .is_person = true,
                           .actor = "os:1:somebody"};
}

static struct approval yes_of(const struct delivery *row, int64_t uid)
{
    struct approval approval = {
        .at = row->at, .useful_until = row->useful_until, .uid = uid, .login = "x", .given = noon};

    memcpy(approval.delivery, row->id, sizeof row->id);
    memcpy(approval.content_hash, row->content_hash, sizeof row->content_hash);
    return approval;
}

static struct decided ask(enum decision decision, const struct delivery *row,
                          const struct approval *approvals, size_t count, struct person person,
                          const char *url)
{
    return decide(decision, row, approvals, count, span_days(35), &person, url, noon, &arena);
}

static void one_approval_of_another_person_makes_it_ready(void **state)
{
    struct delivery row = row_in(STATE_PLANNED, 1);
    struct decided decided =
        ask(DECISION_APPROVE, &row, NULL, 0, somebody(APPROVER, ROLE_APPROVER), NULL);

    (void)state;
    assert_true(decided.allowed);
    assert_true(decided.approves);
    assert_int_equal(decided.changes[0].after->state, STATE_READY);
    assert_int_equal(decided.changes[0].from, STATE_PLANNED);
    assert_string_equal(decided.approval.content_hash, row.content_hash);
}

static void nobody_can_answer_for_what_is_not_made(void **state)
{
    static const enum decision decisions[] = {DECISION_APPROVE, DECISION_RELEASE, DECISION_PUBLISH};
    static const enum state states[] = {STATE_PLANNED, STATE_HELD, STATE_READY};
    struct medium medium = {.file = "a.png", .recipe = "v1 image/jpeg 9x9", .source = "e"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(decisions); i++) {
        struct delivery row = row_in(states[i], i == 0);
        struct decided decided;

        row.at = instant_plus(noon, span_hours(1));
        row.reason = states[i] == STATE_HELD ? REASON_PERSON : "";
        row.media = &medium;
        row.media_count = 1;
        decided = ask(decisions[i], &row, NULL, 0, somebody(APPROVER, ROLE_APPROVER), NULL);
        assert_false(decided.allowed);
        assert_non_null(strstr(decided.why, "made ready for the platform"));
        memcpy(medium.sha256, "f", 2);
        assert_true(
            ask(decisions[i], &row, NULL, 0, somebody(APPROVER, ROLE_APPROVER), NULL).allowed);
        medium.sha256[0] = '\0';
    }
}

static void the_author_is_refused(void **state)
{
    struct delivery row = row_in(STATE_PLANNED, 1);
    struct decided decided =
        ask(DECISION_APPROVE, &row, NULL, 0, somebody(AUTHOR, ROLE_APPROVER), NULL);

    (void)state;
    assert_false(decided.allowed);
    assert_non_null(strstr(decided.why, "you wrote"));
}

static void an_unknown_author_stops_every_approval(void **state)
{
    struct delivery row = row_in(STATE_PLANNED, 1);

    (void)state;
    row.author = -1;
    assert_false(
        ask(DECISION_APPROVE, &row, NULL, 0, somebody(APPROVER, ROLE_APPROVER), NULL).allowed);
}

static void two_approvals_are_two_people(void **state)
{
    struct delivery row = row_in(STATE_PLANNED, 2);
    struct approval first = yes_of(&row, APPROVER);
    struct decided again =
        ask(DECISION_APPROVE, &row, &first, 1, somebody(APPROVER, ROLE_APPROVER), NULL);
    struct decided other =
        ask(DECISION_APPROVE, &row, &first, 1, somebody(OTHER, ROLE_APPROVER), NULL);
    struct decided alone =
        ask(DECISION_APPROVE, &row, NULL, 0, somebody(OTHER, ROLE_APPROVER), NULL);

    (void)state;
    assert_false(again.allowed);
    assert_int_equal(other.changes[0].after->state, STATE_READY);
    assert_int_equal(alone.changes[0].after->state, STATE_PLANNED);
}

static void any_change_voids_an_approval(void **state)
{
    static const struct {
        const char *what;
        int64_t at_ms, until_ms, age_days, uid;
        bool other_content, valid;
    } cases[] = {
        {"unchanged", 0, 0, 0, APPROVER, false, true},
        {"another content", 0, 0, 0, APPROVER, true, false},
        {"another time", 1, 0, 0, APPROVER, false, false},
        {"another end of usefulness", 0, 1, 0, APPROVER, false, false},
        {"34 days old", 0, 0, 34, APPROVER, false, true},
        {"35 days old", 0, 0, 35, APPROVER, false, false},
        {"by the author", 0, 0, 0, AUTHOR, false, false},
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT_OF(cases); i++) {
        struct delivery row = row_in(STATE_READY, 1);
        struct approval approval = yes_of(&row, cases[i].uid);
        approval.at.ms += cases[i].at_ms;
        approval.useful_until.ms += cases[i].until_ms;
        approval.given = instant_minus(noon, span_days(cases[i].age_days));
        if (cases[i].other_content)
            approval.content_hash[0] ^= 1;
        if ((approvals_valid(&row, &approval, 1, span_days(35), noon) == 1) != cases[i].valid)
            fail_msg("%s", cases[i].what);
    }
}

static void who_may_do_what_where_approvals_are_asked(void **state)
{
    static const struct {
        enum decision decision;
        enum state from;
        const char *reason;
        bool anyone, editor, approver, root;
    } cases[] = {
        {DECISION_APPROVE, STATE_PLANNED, "", false, false, true, false},
        {DECISION_REJECT, STATE_PLANNED, "", true, true, true, true},
        {DECISION_HOLD, STATE_READY, "", true, true, true, true},
        {DECISION_RELEASE, STATE_HELD, REASON_PERSON, false, false, true, false},
        {DECISION_CANCEL, STATE_READY, "", false, true, true, false},
        {DECISION_RESOLVE_ABSENT, STATE_HELD, REASON_UNPROVEN, false, false, true, false},
        {DECISION_RESOLVE_CANCEL, STATE_HELD, REASON_UNPROVEN, false, false, true, false},
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT_OF(cases); i++) {
        struct delivery row = row_in(cases[i].from, 1);
        struct person root = {
            .uid = 0, .login = "root", .roles = ROLE_APPROVER, .actor = "os:0:root"};
        row.reason = cases[i].reason;
        if (cases[i].decision == DECISION_CANCEL)
            root.roles = 0;
        assert_int_equal(ask(cases[i].decision, &row, NULL, 0, somebody(OTHER, 0), NULL).allowed,
                         cases[i].anyone);
        assert_int_equal(
            ask(cases[i].decision, &row, NULL, 0, somebody(OTHER, ROLE_EDITOR), NULL).allowed,
            cases[i].editor);
        assert_int_equal(
            ask(cases[i].decision, &row, NULL, 0, somebody(OTHER, ROLE_APPROVER), NULL).allowed,
            cases[i].approver);
        assert_int_equal(ask(cases[i].decision, &row, NULL, 0, root, NULL).allowed, cases[i].root);
    }
}

static void where_none_are_asked_anyone_may_release(void **state)
{
    struct delivery row = row_in(STATE_HELD, 0);

    (void)state;
    row.reason = REASON_PERSON;
    assert_true(ask(DECISION_RELEASE, &row, NULL, 0, somebody(OTHER, 0), NULL).allowed);
}

static void what_may_have_left_is_frozen(void **state)
{
    static const enum decision decisions[] = {DECISION_HOLD, DECISION_CANCEL, DECISION_REJECT,
                                              DECISION_RELEASE};
    static const enum state states[] = {STATE_SENDING, STATE_DOUBTFUL, STATE_PUBLISHED,
                                        STATE_FAILED, STATE_EXPIRED};
    size_t i, k;

    (void)state;
    for (i = 0; i < COUNT_OF(decisions); i++) {
        for (k = 0; k < COUNT_OF(states); k++) {
            struct delivery row = row_in(states[k], 0);
            struct decided decided = ask(decisions[i], &row, NULL, 0, somebody(OTHER, 0), NULL);
            assert_false(decided.allowed);
            assert_non_null(decided.why);
        }
    }
}

static void release_refuses_what_is_held_after_doubt_and_names_resolve(void **state)
{
    struct delivery row = row_in(STATE_HELD, 0);
    struct decided decided;

    (void)state;
    row.reason = REASON_UNPROVEN;
    decided = ask(DECISION_RELEASE, &row, NULL, 0, somebody(OTHER, 0), NULL);
    assert_false(decided.allowed);
    assert_non_null(strstr(decided.why, "resolve"));
}

static void a_release_of_changed_content_gets_a_new_key_only_after_an_attempt(void **state)
{
    struct delivery row = row_in(STATE_HELD, 0);
    char old[DIGEST_HEX];
    struct decided decided;

    (void)state;
    row.reason = REASON_PERSON;
    delivery_set_key(&row);
    memcpy(old, row.key, sizeof old);
    row.attempts = 1;
    decided = ask(DECISION_RELEASE, &row, NULL, 0, somebody(OTHER, 0), NULL);
    assert_string_equal(decided.changes[0].after->key, old);
    assert_int_equal(decided.changes[0].after->generation, 0);
    digest_hex_of("other", 5, row.content_hash);
    decided = ask(DECISION_RELEASE, &row, NULL, 0, somebody(OTHER, 0), NULL);
    assert_string_not_equal(decided.changes[0].after->key, old);
    assert_int_equal(decided.changes[0].after->generation, 1);
}

static void a_release_of_the_same_words_says_again(void **state)
{
    struct delivery row = row_in(STATE_HELD, 0);

    (void)state;
    row.reason = REASON_NEVER_TWICE;
    assert_true(
        ask(DECISION_RELEASE, &row, NULL, 0, somebody(OTHER, 0), NULL).changes[0].after->again);
    row.reason = REASON_PERSON;
    assert_false(
        ask(DECISION_RELEASE, &row, NULL, 0, somebody(OTHER, 0), NULL).changes[0].after->again);
}

static void resolve_published_wants_an_address_and_keeps_it(void **state)
{
    struct delivery row = row_in(STATE_DOUBTFUL, 0);
    struct decided decided;

    (void)state;
    assert_false(
        ask(DECISION_RESOLVE_PUBLISHED, &row, NULL, 0, somebody(OTHER, 0), "1234").allowed);
    decided = ask(DECISION_RESOLVE_PUBLISHED, &row, NULL, 0, somebody(OTHER, 0),
                  "https://social.example/@police/1234");
    assert_true(decided.allowed);
    assert_int_equal(decided.changes[0].after->state, STATE_PUBLISHED);
    assert_string_equal(decided.changes[0].after->remote_id, "1234");
}

static void an_address_as_it_is_shared_names_its_post(void **state)
{
    static const struct {
        const char *url, *id;
    } rows[] = {
        {"https://x.com/police/status/1234?s=20", "1234"},
        {"https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=3s", "dQw4w9WgXcQ"},
        {"https://youtu.be/dQw4w9WgXcQ?si=abc", "dQw4w9WgXcQ"},
        {"https://www.youtube.com/shorts/dQw4w9WgXcQ", "dQw4w9WgXcQ"},
        {"https://www.facebook.com/reel/77/", "77"},
        {"https://t.me/police/812#c", "812"},
    };
    struct delivery row = row_in(STATE_DOUBTFUL, 0);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_string_equal(ask(DECISION_RESOLVE_PUBLISHED, &row, NULL, 0, somebody(OTHER, 0),
                                rows[i].url)
                                .changes[0]
                                .after->remote_id,
                            rows[i].id);
}

static void publish_lets_go_what_is_approved_and_waits_for_its_time(void **state)
{
    static const struct {
        enum state state;
        const char *says; /* NULL = done */
    } rows[] = {
        {STATE_READY, NULL},         {STATE_PREPARING, NULL},    {STATE_PLANNED, "approvals"},
        {STATE_HELD, "release"},     {STATE_SENDING, "already"}, {STATE_DOUBTFUL, "perhaps"},
        {STATE_PUBLISHED, "public"}, {STATE_FAILED, "ended"},    {STATE_CANCELLED, "ended"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct delivery row = row_in(rows[i].state, 1);
        struct approval yes;
        struct decided decided;

        row.at = instant_plus(noon, span_hours(5));
        row.useful_until = instant_plus(noon, span_hours(6));
        yes = yes_of(&row, APPROVER);
        decided = ask(DECISION_PUBLISH, &row, &yes, 1, somebody(OTHER, ROLE_APPROVER), NULL);
        if (decided.allowed != !rows[i].says)
            fail_msg("%s: %s", state_word(rows[i].state), decided.why ? decided.why : "done");
        if (rows[i].says) {
            assert_non_null(strstr(decided.why, rows[i].says));
            continue;
        }
        assert_int_equal(decided.changes[0].after->state, rows[i].state);
        assert_int_equal(decided.changes[0].after->early.ms, noon.ms);
        assert_int_equal(decided.changes[0].after->at.ms, row.at.ms);
        assert_false(
            ask(DECISION_PUBLISH, &row, NULL, 0, somebody(OTHER, ROLE_APPROVER), NULL).allowed);
        assert_false(
            ask(DECISION_PUBLISH, &row, &yes, 1, somebody(OTHER, ROLE_EDITOR), NULL).allowed);
    }
}

static void retract_asks_the_engine_for_what_is_public_and_can_be_taken_back(void **state)
{
    struct delivery row = row_in(STATE_PUBLISHED, 1);
    struct person approver = somebody(OTHER, ROLE_APPROVER);
    struct decided decided;

    (void)state;
    assert_false(ask(DECISION_RETRACT, &row, NULL, 0, approver, NULL).allowed); /* no id */
    row.remote_id = "4711";
    assert_false(ask(DECISION_RETRACT, &row, NULL, 0, somebody(OTHER, ROLE_EDITOR), NULL).allowed);
    decided = ask(DECISION_RETRACT, &row, NULL, 0, approver, NULL);
    assert_true(decided.allowed);
    assert_int_equal(decided.changes[0].after->state, STATE_PUBLISHED);
    assert_int_equal(decided.changes[0].after->not_before.ms, noon.ms);
    assert_true(after_retracts(decided.changes[0].after->after));
    row.after = decided.changes[0].after->after;
    assert_non_null(strstr(ask(DECISION_RETRACT, &row, NULL, 0, approver, NULL).why, "already"));
    row.after = "";
    row.platform = "elsewhere";
    assert_non_null(strstr(ask(DECISION_RETRACT, &row, NULL, 0, approver, NULL).why, "by hand"));
    row = row_in(STATE_READY, 1);
    assert_non_null(strstr(ask(DECISION_RETRACT, &row, NULL, 0, approver, NULL).why, "cancel"));
}

static void every_change_it_makes_is_drawn_in_the_table(void **state)
{
    int decision, from;

    (void)state;
    for (decision = DECISION_APPROVE; decision <= DECISION_RESOLVE_CANCEL; decision++) {
        for (from = 0; from < STATE_COUNT; from++) {
            static const char *const reasons_tried[] = {"", REASON_PERSON, REASON_UNPROVEN};
            size_t r, c;
            for (r = 0; r < COUNT_OF(reasons_tried); r++) {
                struct delivery row = row_in((enum state)from, 0);
                struct decided decided;
                row.reason = reasons_tried[r];
                decided = ask((enum decision)decision, &row, NULL, 0, somebody(OTHER, 0),
                              "https://a.example/1");
                for (c = 0; c < decided.change_count; c++) {
                    const struct change *change = &decided.changes[c];
                    assert_true(change->from == change->after->state ||
                                transition_allowed(change->from, change->after->state));
                }
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(one_approval_of_another_person_makes_it_ready, clear_arena),
        cmocka_unit_test_teardown(nobody_can_answer_for_what_is_not_made, clear_arena),
        cmocka_unit_test_teardown(the_author_is_refused, clear_arena),
        cmocka_unit_test_teardown(an_unknown_author_stops_every_approval, clear_arena),
        cmocka_unit_test_teardown(two_approvals_are_two_people, clear_arena),
        cmocka_unit_test_teardown(any_change_voids_an_approval, clear_arena),
        cmocka_unit_test_teardown(who_may_do_what_where_approvals_are_asked, clear_arena),
        cmocka_unit_test_teardown(where_none_are_asked_anyone_may_release, clear_arena),
        cmocka_unit_test_teardown(what_may_have_left_is_frozen, clear_arena),
        cmocka_unit_test_teardown(release_refuses_what_is_held_after_doubt_and_names_resolve,
                                  clear_arena),
        cmocka_unit_test_teardown(a_release_of_changed_content_gets_a_new_key_only_after_an_attempt,
                                  clear_arena),
        cmocka_unit_test_teardown(a_release_of_the_same_words_says_again, clear_arena),
        cmocka_unit_test_teardown(resolve_published_wants_an_address_and_keeps_it, clear_arena),
        cmocka_unit_test_teardown(an_address_as_it_is_shared_names_its_post, clear_arena),
        cmocka_unit_test_teardown(publish_lets_go_what_is_approved_and_waits_for_its_time,
                                  clear_arena),
        cmocka_unit_test_teardown(retract_asks_the_engine_for_what_is_public_and_can_be_taken_back,
                                  clear_arena),
        cmocka_unit_test_teardown(every_change_it_makes_is_drawn_in_the_table, clear_arena),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
