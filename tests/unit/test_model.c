/* The rule "never twice", checked exhaustively (reliability.md §2.6 and Appendix B): every
 * interleaving of crashes, requests lost before and after they were stored, refusals, "come back
 * later", readings that do not show what is there, the end of the platform's memory of a key,
 * people's answers. The decisions are the engine's own functions (engine/doubt.h), every change is
 * asked of the program's own table, and the wrong rules must still be found wrong.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "engine/doubt.h"
#include "engine/pace.h"
#include "engine/table.h"

enum { CRASHES = 3, ATTEMPTS = 4 };

/* What the engine is doing when the next thing happens. */
enum moment { IDLE, SENT, CONFIRMING, ENDED };
/* How old the key is: R7's margin is the border of the first two, the platform's memory of the last
 * two. */
enum age { YOUNG, OLD, FORGOTTEN };

struct node {
    enum state state;
    enum moment moment;
    enum age age, checked; /* now, and when the request was decided on */
    unsigned posts;        /* public copies: what nobody but the platform knows */
    unsigned crashes, stale, attempts, reads;
    bool unproven; /* as in the engine's memory */
};

struct rules {
    const char *name;
    enum adapter_class class;
    unsigned stale; /* readings that may fail to show a post */
    bool no_margin, repeat_unkeyed, no_intent, reused_connection, doubt_ends, lies, no_confirm;
    bool unreadable;      /* the platform shows nothing: its answer is the proof */
    bool new_names;       /* class A: each attempt names its record anew */
    const char *expected; /* "ok", "duplicate", "untrue" */
};

struct search {
    const struct rules *rules;
    struct arena arena;
    struct table seen;
    struct node **queue;
    size_t first, count, capacity;
    const char *verdict;
    bool drawn[STATE_COUNT][STATE_COUNT];
};

static uint64_t code_of(const struct node *node)
{
    const unsigned parts[] = {node->state, node->moment,  node->age,   node->checked,
                              node->posts, node->crashes, node->stale, node->attempts,
                              node->reads, node->unproven};
    uint64_t code = 1;

    for (size_t i = 0; i < COUNT_OF(parts); i++)
        code = code * 16 + parts[i];
    return code;
}

static void reach(struct search *search, struct node node)
{
    struct node *copy;

    if (table_get(&search->seen, code_of(&node)))
        return;
    copy = arena_copy(&search->arena, &node, sizeof node);
    table_put(&search->seen, code_of(&node), copy);
    *(struct node **)arena_push(&search->arena, &search->queue, &search->count, &search->capacity,
                                sizeof(struct node *)) = copy;
}

/* The only way a state changes here: as in the program, the table is asked. */
static void change(struct search *search, const struct node *from, struct node to)
{
    if (from->state != to.state) {
        assert_true(transition_allowed(from->state, to.state));
        search->drawn[from->state][to.state] = true;
    }
    reach(search, to);
}

static struct node with(struct node node, enum state state, enum moment moment)
{
    node.state = state;
    node.moment = moment;
    return node;
}

/* What the platform does with one request that arrives. */
static unsigned stored(const struct search *search, const struct node *node, unsigned posts)
{
    enum adapter_class class = search->rules->class;
    bool same = (class == CLASS_A && !search->rules->new_names) ||
                (class == CLASS_B && node->age != FORGOTTEN);

    return posts > 0 && same ? posts : posts + 1;
}

static void doubt(struct search *search, const struct node *node, unsigned posts)
{
    struct node next = with(*node, STATE_DOUBTFUL, IDLE);

    if (search->rules->no_intent)
        next.state = STATE_READY;
    next.posts = posts;
    next.reads = 0;
    change(search, node, next);
}

static void publish(struct search *search, const struct node *node, unsigned posts)
{
    struct node next = *node;

    next.posts = posts;
    if (search->rules->no_intent) /* written only now: the change itself is drawn elsewhere */
        reach(search, with(next, STATE_PUBLISHED, ENDED));
    else
        change(search, node, with(next, STATE_PUBLISHED, ENDED));
}

/* An answer that the adapter reads as this step. */
static void answered(struct search *search, const struct node *node, enum step_kind kind,
                     unsigned posts)
{
    struct node next = *node;

    next.posts = posts;
    switch (verdict_of(kind, node->unproven && !search->rules->doubt_ends)) {
    case VERDICT_READ_BACK:
        publish(search, node, posts);
        return;
    case VERDICT_AGAIN:
        change(search, node, with(next, STATE_READY, IDLE));
        return;
    case VERDICT_CONFIRM:
        if (search->rules->no_confirm || search->rules->unreadable)
            change(search, node, with(next, STATE_FAILED, ENDED));
        else
            reach(search, with(next, node->state, CONFIRMING));
        return;
    case VERDICT_DOUBT:
        doubt(search, node, posts);
        return;
    }
}

static void request_arrives(struct search *search, const struct node *sent)
{
    struct node node = *sent;
    unsigned after = stored(search, &node, node.posts);

    answered(search, &node, STEP_DONE, after);
    answered(search, &node, STEP_DOUBT, node.posts);
    answered(search, &node, STEP_DOUBT, after);
    if (search->rules->no_intent)
        return;
    answered(search, &node, STEP_RETRY, node.posts);
    answered(search, &node, STEP_REFUSED, node.posts);
    if (search->rules->reused_connection)
        answered(search, &node, STEP_DONE, stored(search, &node, after));
    if (search->rules->lies)
        answered(search, &node, STEP_REFUSED, after);
}

static void send(struct search *search, const struct node *node)
{
    struct node next = with(*node, STATE_SENDING, SENT);

    if (node->attempts == ATTEMPTS)
        return;
    next.attempts++;
    next.checked = node->age;
    next.unproven = node->state == STATE_DOUBTFUL;
    if (search->rules->no_intent)
        next.state = node->state;
    change(search, node, next);
}

/* The reading shows what is there, or, while the platform is behind, nothing. */
static void read_there(struct search *search, const struct node *node, unsigned seen)
{
    struct node next = *node;

    if (seen != node->posts)
        next.stale--;
    switch (found_of(seen)) {
    case FOUND_ONE:
        change(search, node, with(next, STATE_PUBLISHED, ENDED));
        return;
    case FOUND_MANY:
        change(search, node,
               with(next, node->state == STATE_SENDING ? STATE_DOUBTFUL : STATE_HELD, IDLE));
        return;
    case FOUND_NONE:
        break;
    }
    next.reads++;
    if (node->moment == CONFIRMING)
        change(search, node, with(next, STATE_FAILED, ENDED));
    else
        reach(search, with(next, STATE_DOUBTFUL, IDLE));
}

static void look(struct search *search, const struct node *node)
{
    read_there(search, node, node->posts);
    if (node->posts > 0 && node->stale > 0)
        read_there(search, node, 0);
}

static void in_doubt(struct search *search, const struct node *node, bool may_publish)
{
    static const int64_t age_s[] = {[YOUNG] = 0, [OLD] = 2700, [FORGOTTEN] = 3601};
    struct doubt doubt = {
        .class = search->rules->class,
        .key_age = span_seconds(age_s[node->age]),
        .key_window = span_hours(1),
        .timeout = span_seconds(60),
        .may_publish = may_publish,
        .tries = node->attempts,
        .reads = node->reads,
        .unreadable = search->rules->unreadable,
        .ignore_margin = search->rules->no_margin && node->age != FORGOTTEN,
        .repeat_unkeyed = search->rules->repeat_unkeyed,
    };

    switch (doubt_next(&doubt)) {
    case DOUBT_REPEAT:
        send(search, node);
        return;
    case DOUBT_READ:
        look(search, node);
        return;
    case DOUBT_HOLD:
        change(search, node, with(*node, STATE_HELD, IDLE));
        return;
    }
}

/* Somebody looked at the platform itself and says what is true. */
static void resolve(struct search *search, const struct node *node)
{
    struct node next =
        with(*node, node->posts ? STATE_PUBLISHED : STATE_READY, node->posts ? ENDED : IDLE);

    next.age = YOUNG;
    next.reads = 0;
    next.unproven = false;
    if (node->posts <= 1)
        change(search, node, next);
}

static void rest(struct search *search, const struct node *node)
{
    struct node next = *node;

    if (node->state == STATE_READY)
        send(search, node);
    else if (node->state == STATE_SENDING) { /* found in flight after a start */
        next.unproven = true;
        answered(search, &next, STEP_DOUBT, node->posts);
    } else if (node->state == STATE_DOUBTFUL) {
        in_doubt(search, node, true);
        in_doubt(search, node, false);
        resolve(search, node);
    } else if (node->state == STATE_HELD) {
        resolve(search, node);
    }
}

/* R7's promise: what was decided young arrives before the platform forgets. */
static bool may_age(const struct search *search, const struct node *node)
{
    bool on_its_way = node->moment == SENT && search->rules->class == CLASS_B;

    if (search->rules->class != CLASS_B || node->age == FORGOTTEN)
        return false;
    return !(on_its_way && node->checked == YOUNG && node->age == OLD);
}

static void crash_or_age(struct search *search, const struct node *node)
{
    struct node next = *node;

    if (node->crashes < CRASHES) {
        next.crashes++;
        next.unproven = false;
        reach(search, with(next, node->state, IDLE));
    }
    next = *node;
    if (may_age(search, node)) {
        next.age++;
        reach(search, next);
    }
}

static void judge(struct search *search, const struct node *node)
{
    bool untrue = node->moment == ENDED && ((node->state == STATE_PUBLISHED && node->posts != 1) ||
                                            (node->state == STATE_FAILED && node->posts > 0));

    if (node->posts > 1)
        search->verdict = "duplicate";
    else if (untrue && strcmp(search->verdict, "ok") == 0)
        search->verdict = "untrue";
}

static void visit(struct search *search, const struct node *node)
{
    judge(search, node);
    if (node->moment == ENDED)
        return;
    crash_or_age(search, node);
    if (node->moment == SENT)
        request_arrives(search, node);
    else if (node->moment == CONFIRMING)
        look(search, node);
    else
        rest(search, node);
}

static void walk(struct search *search, const struct rules *rules)
{
    *search = (struct search){.rules = rules, .verdict = "ok"};
    reach(search, (struct node){.state = STATE_READY, .stale = rules->stale});
    while (search->first < search->count)
        visit(search, search->queue[search->first++]);
}

static void leave(struct search *search)
{
    table_clear(&search->seen);
    arena_clear(&search->arena);
}

static void check(const struct rules *rules)
{
    struct search search;

    walk(&search, rules);
    printf("%-40s %6zu states  %s\n", rules->name, search.count, search.verdict);
    assert_string_equal(search.verdict, rules->expected);
    leave(&search);
}

static const struct rules right[] = {
    {.name = "class A, repeat", .class = CLASS_A, .stale = PACE_READS, .expected = "ok"},
    {.name = "class B, nothing can be read",
     .class = CLASS_B,
     .unreadable = true,
     .expected = "ok"},
    {.name = "class B, repeat inside the margin",
     .class = CLASS_B,
     .stale = PACE_READS,
     .expected = "ok"},
    {.name = "class C, held", .class = CLASS_C, .stale = PACE_READS, .expected = "ok"},
    {.name = "class C, refusals that lie, confirmed",
     .class = CLASS_C,
     .lies = true,
     .expected = "ok"},
};

static const struct rules wrong[] = {
    {.name = "class C, sent again",
     .class = CLASS_C,
     .stale = 2,
     .repeat_unkeyed = true,
     .expected = "duplicate"},
    {.name = "class B, no margin",
     .class = CLASS_B,
     .stale = 2,
     .no_margin = true,
     .expected = "duplicate"},
    {.name = "class A, a new record key each time",
     .class = CLASS_A,
     .stale = 2,
     .new_names = true,
     .expected = "duplicate"},
    {.name = "no intent record",
     .class = CLASS_C,
     .stale = 2,
     .no_intent = true,
     .expected = "duplicate"},
    {.name = "reused connection",
     .class = CLASS_C,
     .stale = 2,
     .reused_connection = true,
     .expected = "duplicate"},
    {.name = "a repeat's answer ends the doubt",
     .class = CLASS_B,
     .stale = 2,
     .doubt_ends = true,
     .expected = "duplicate"},
    {.name = "refusals that lie, not confirmed",
     .class = CLASS_C,
     .lies = true,
     .no_confirm = true,
     .expected = "untrue"},
};

static void the_rules_never_publish_twice_and_never_tell_an_untruth(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT_OF(right); i++)
        check(&right[i]);
}

static void every_wrong_rule_is_found_wrong(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        check(&wrong[i]);
}

static void every_change_drawn_out_of_sending_and_doubtful_happens(void **unused)
{
    bool happened[STATE_COUNT][STATE_COUNT] = {{false}};

    (void)unused;
    for (size_t i = 0; i < COUNT_OF(right); i++) {
        struct search search;

        walk(&search, &right[i]);
        for (size_t k = 0; k < sizeof happened; k++)
            ((bool *)happened)[k] |= ((bool *)search.drawn)[k];
        leave(&search);
    }
    for (int to = 0; to < STATE_COUNT; to++) {
        assert_int_equal(happened[STATE_SENDING][to],
                         transition_allowed(STATE_SENDING, (enum state)to));
        assert_int_equal(happened[STATE_DOUBTFUL][to],
                         transition_allowed(STATE_DOUBTFUL, (enum state)to));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_rules_never_publish_twice_and_never_tell_an_untruth),
        cmocka_unit_test(every_wrong_rule_is_found_wrong),
        cmocka_unit_test(every_change_drawn_out_of_sending_and_doubtful_happens),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
