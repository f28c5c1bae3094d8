/* Looking again at what was published, and at what nobody could tell of: reads only. What is found
 * is told to the caller; nothing here changes a row.
 *
 * By the id that is stored, as the publish machine reads back; where that cannot be done, or the
 * fate is not known, by the find machine. A check is an item that stands in no queue and in no
 * table, so that it never meets the delivery's own work. */
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "engine/inside.h"

struct check {
    struct item item; /* must be first */
    bool finding;
    char *at;           /* the machine's progress; ours */
    struct check *next; /* of those under way: a few */
};

static const char *const verdict_words[] = {
    [CHECK_EQUAL] = "equal",           [CHECK_DIFFERS] = "differs", [CHECK_GONE] = "gone",
    [CHECK_UNREADABLE] = "unreadable", [CHECK_FOUND] = "found",     [CHECK_ABSENT] = "absent",
};

const char *check_word(enum check_verdict verdict)
{
    return verdict_words[verdict];
}

static bool is_public(const struct check *check)
{
    return check->item.row->state == STATE_PUBLISHED;
}

static struct check *check_new(struct engine *engine, const struct delivery *row)
{
    struct check *check = calloc(1, sizeof *check);

    if (!check)
        out_of_memory();
    item_begin(engine, &check->item, row);
    check->item.timer.of_check = true;
    check->next = engine->checks;
    engine->checks = check;
    return check;
}

static void check_free(struct engine *engine, struct check *check)
{
    struct check **at = &engine->checks;

    if (check->item.ticket)
        (void)table_take(&engine->tickets, (uint64_t)check->item.ticket);
    while (*at != check)
        at = &(*at)->next;
    *at = check->next;
    item_end(&check->item);
    free(check->at);
    free(check);
}

void checks_free(struct engine *engine)
{
    while (engine->checks)
        check_free(engine, engine->checks);
}

size_t checks_in_flight(const struct engine *engine)
{
    size_t count = 0;

    for (const struct check *check = engine->checks; check; check = check->next)
        count++;
    return count;
}

static void tell(struct pass *pass, struct check *check, enum check_verdict verdict,
                 const struct receipt *receipt, const char *why)
{
    struct arena *arena = pass->out->arena;
    struct action *action = act(pass, ACTION_CHECKED);

    action->delivery_id = arena_text(arena, check->item.row->id);
    action->verdict = verdict;
    action->text = why ? arena_text(arena, why) : "";
    action->remote_id = receipt && receipt->remote_id ? arena_text(arena, receipt->remote_id) : "";
    action->url = receipt && receipt->url ? arena_text(arena, receipt->url) : "";
    check_free(pass->engine, check);
}

static void unreadable(struct pass *pass, struct check *check, const char *why)
{
    tell(pass, check, CHECK_UNREADABLE, NULL, why && *why ? why : _("nothing can be read there"));
}

/* How the platform says of an id that nothing is there. */
static bool says_gone(const struct http_reply *reply)
{
    return reply && (reply_says(reply, 404) || reply_says(reply, 410));
}

static void ask(struct pass *pass, struct check *check, const struct http_reply *reply);

static void send_read(struct pass *pass, struct check *check, const struct step *step)
{
    check->at = text_own(check->at, step->progress ? step->progress : check->at);
    item_send(pass, &check->item, &step->request);
}

/* A search that reaches back only so far proves nothing of an old post, but where its own key names
 * it. */
static void nothing_found(struct pass *pass, struct check *check)
{
    const struct adapter *adapter = check->item.line->adapter;

    if (!is_public(check))
        tell(pass, check, CHECK_ABSENT, NULL, "");
    else if (adapter->class_of(check->item.line->account) == CLASS_A)
        tell(pass, check, CHECK_GONE, NULL, "");
    else
        unreadable(pass, check, _("it could not be read, and a search did not find it"));
}

static void found(struct pass *pass, struct check *check, const struct step *step)
{
    const struct receipt *receipt = &step->receipt;

    if (receipt->found == 0)
        nothing_found(pass, check);
    else if (is_public(check))
        tell(pass, check, receipt->differs ? CHECK_DIFFERS : CHECK_EQUAL, receipt, "");
    else if (receipt->found == 1)
        tell(pass, check, CHECK_FOUND, receipt, "");
    else
        unreadable(pass, check, _("the platform shows it more than once"));
}

static void begin_finding(struct pass *pass, struct check *check, const char *why)
{
    if (!check->item.line->adapter->find || instant_is_none(check->item.row->first_intent)) {
        unreadable(pass, check, why);
        return;
    }
    check->finding = true;
    check->at = text_own(check->at, NULL);
    ask(pass, check, NULL);
}

static void take_find(struct pass *pass, struct check *check, const struct step *step)
{
    if (step->kind == STEP_SEND && step->request.kind == REQUEST_READ)
        send_read(pass, check, step);
    else if (step->kind == STEP_DONE)
        found(pass, check, step);
    else
        unreadable(pass, check, step_why(step));
}

/* What would publish is not asked for: it is looked for instead. */
static void take_read(struct pass *pass, struct check *check, const struct step *step,
                      const struct http_reply *reply)
{
    if (step->kind == STEP_SEND && step->request.kind == REQUEST_READ)
        send_read(pass, check, step);
    else if (says_gone(reply))
        tell(pass, check, CHECK_GONE, NULL, "");
    else if (step->kind == STEP_DONE && !step->receipt.not_read_back)
        tell(pass, check, step->receipt.differs ? CHECK_DIFFERS : CHECK_EQUAL, &step->receipt, "");
    else
        begin_finding(pass, check, step_why(step));
}

static void ask(struct pass *pass, struct check *check, const struct http_reply *reply)
{
    struct item *item = &check->item;
    const struct adapter *adapter = item->line->adapter;
    struct step step = machine_ask(pass, item, check->finding ? adapter->find : adapter->publish,
                                   item->row, check->at, reply);

    line_trouble(pass, item->line, &step, item->session);
    if (check->finding)
        take_find(pass, check, &step);
    else
        take_read(pass, check, &step, reply);
}

void check_begin(struct pass *pass, const struct delivery *row)
{
    struct check *check = check_new(pass->engine, row);
    enum gate gate = gate_to_talk(pass, &check->item);

    if (gate != GATE_OPEN) {
        unreadable(pass, check, gate_sentence(gate));
    } else if (way_was_sent_elsewhere(&check->item)) {
        unreadable(pass, check, _("crier.cfg means another account by this name than then"));
    } else if (is_public(check) && row->progress[0]) {
        check->at = text_own(NULL, row->progress);
        ask(pass, check, NULL);
    } else {
        begin_finding(pass, check, NULL);
    }
}

/* A reload may have taken the account away meanwhile. */
void check_reply(struct pass *pass, struct timer *owner, const struct http_reply *reply)
{
    struct check *check = (struct check *)owner;
    struct item *item = &check->item;

    item->ticket = 0;
    item->doing = DOING_NOTHING;
    line_heard(pass, item->line, reply, item->asked, item->session);
    if (item->line->adapter && item->line->account)
        ask(pass, check, reply);
    else
        unreadable(pass, check, gate_sentence(GATE_NO_ACCOUNT));
}
