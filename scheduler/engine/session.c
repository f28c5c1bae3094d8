/* The session of an account, where its platform gives one: made at first use, renewed when it ends
 * (R11, R12). One at a time; nothing of the account is sent meanwhile; what is new is durable
 * before it is used. */
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "engine/inside.h"

enum { TOLD_AT = 3, LONG_MIN = 3 }; /* failures in a row, about as many minutes */

static bool has_come(const struct pass *pass, struct instant when)
{
    return !instant_is_none(when) && !instant_before(pass->now, when);
}

bool session_is_needed(const struct line *line)
{
    return line->adapter && line->account && line->adapter->refresh &&
           adapter_session(line->adapter, line->account);
}

static bool ends_before(const struct line *line, struct instant when)
{
    return !instant_is_none(line->state.tokens_until) &&
           instant_before(line->state.tokens_until, when);
}

bool session_is_ready(const struct pass *pass, const struct line *line)
{
    const struct session *session = &line->session;

    if (!session_is_needed(line))
        return true;
    return line->state.tokens[0] && !session->wanted && !session->saving &&
           line->errand != LINE_REFRESH && !ends_before(line, pass->now);
}

void session_want(struct pass *pass, struct line *line)
{
    line->session.wanted = true;
    line_touch(pass->engine, line);
}

/* What was sent with tokens that are replaced by now says nothing of the new ones: of sixteen such
 * answers the first one renews. */
static bool is_late_answer(const struct pass *pass, const struct line *line, int64_t number)
{
    return number != line->session.number && rule_on(pass->engine, RULE_ONE_REFRESH);
}

void session_expired(struct pass *pass, struct line *line, int64_t number, const char *why)
{
    bool under_way = line->session.wanted || line->session.saving || line->errand == LINE_REFRESH;

    if (!session_is_needed(line)) {
        line_pause(pass, line, trouble_word(TROUBLE_TOKEN), why);
        return;
    }
    if (is_late_answer(pass, line, number) ||
        (under_way && rule_on(pass->engine, RULE_ONE_REFRESH)))
        return;
    if (line->session.unproved)
        line_pause(pass, line, trouble_word(TROUBLE_TOKEN), why);
    session_want(pass, line);
}

/* R3: a token that is refused is renewed once; only the renewed one that is refused too is trouble.
 */
struct step session_reading(const struct line *line, int64_t number, struct step step)
{
    bool of_today = number == line->session.number;

    if (step.trouble == TROUBLE_TOKEN && session_is_needed(line) &&
        !(of_today && line->session.unproved))
        step.trouble = TROUBLE_EXPIRED;
    return step;
}

void session_heard(struct line *line, int64_t number, const struct http_reply *reply)
{
    if (number == line->session.number && reply->fate == FATE_ANSWERED && reply->status >= 200 &&
        reply->status < 300)
        line->session.unproved = false;
}

/* ---- ahead of its end ---- */

/* When the next post of the account is due, of those that are held here. */
static struct instant first_due(const struct pass *pass, const struct line *line)
{
    const struct table *items = &pass->engine->items;
    struct instant first = INSTANT_NONE;

    for (size_t i = 0; i < items->capacity; i++) {
        const struct item *item = items->slots[i].value;

        if (item && item->line == line &&
            (item->row->state == STATE_READY || item->row->state == STATE_PREPARING))
            first = instant_earlier(first, due_of(pass->engine, item->row));
    }
    return first;
}

void session_plan(struct pass *pass, struct line *line, struct instant due)
{
    struct span ahead = span_minutes(PACE_AHEAD_MIN);

    if (!session_is_needed(line) || !instant_is_none(line->session.ahead_at) ||
        !ends_before(line, instant_plus(due, ahead)))
        return;
    line->session.ahead_at = pass->now;
    line_touch(pass->engine, line);
}

/* A refresh token that nobody uses for months dies, and then a person must log in again: without
 * any post it is used once in a while. A token that is exchanged must be alive for that, so half of
 * its life is enough. NONE = this session needs no such care. */
static struct instant idle_until(const struct line *line)
{
    const struct session_words *words = adapter_session(line->adapter, line->account);
    struct instant until = line->state.tokens_until, next;

    if (!words->first || instant_is_none(until))
        return INSTANT_NONE;
    next = words->keeps == REFRESH_IS_ACCESS
               ? instant_plus(until, (struct span){-words->life.ms / 2})
               : instant_plus(until, span_days(PACE_IDLE_DAYS));
    if (!instant_is_none(line->session.renewed) &&
        instant_before(next, instant_plus(line->session.renewed, span_days(1))))
        return instant_plus(line->session.renewed, span_days(1));
    return next;
}

static bool is_needed_ahead(const struct pass *pass, const struct line *line, struct instant first)
{
    return has_come(pass, idle_until(line)) ||
           (!instant_is_none(first) &&
            ends_before(line, instant_plus(first, span_minutes(PACE_AHEAD_MIN))));
}

/* Never in the middle of a burst: with a post of the account nearer than that, it waits until that
 * one is out. */
static void look_ahead(struct pass *pass, struct line *line)
{
    struct session *session = &line->session;
    struct instant first = first_due(pass, line);

    session->ahead_at = INSTANT_NONE;
    if (!is_needed_ahead(pass, line, first))
        return;
    if (!instant_is_none(first) &&
        instant_before(first, instant_plus(pass->now, span_minutes(PACE_AHEAD_MIN))))
        session->ahead_at =
            instant_plus(instant_before(first, pass->now) ? pass->now : first, span_minutes(1));
    else
        session->wanted = session->early = true;
}

/* When to look; NONE. */
static struct instant ahead_moment(const struct line *line)
{
    return instant_is_none(line->session.ahead_at) ? idle_until(line) : line->session.ahead_at;
}

/* ---- when ---- */

bool session_is_due(struct pass *pass, struct line *line)
{
    struct session *session = &line->session;
    bool probing = has_come(pass, line->probe_at);

    if (!session_is_needed(line) || session->saving ||
        instant_before(pass->now, session->not_before))
        return false;
    if (!session->wanted && has_come(pass, ahead_moment(line)))
        look_ahead(pass, line);
    if (line->state.paused[0] && !probing)
        return false;
    return session->wanted || (probing && !session_is_ready(pass, line));
}

struct instant session_next(const struct line *line)
{
    const struct session *session = &line->session;
    struct instant ahead;

    if (!session_is_needed(line) || session->saving)
        return INSTANT_NONE;
    if (session->wanted)
        return line->state.paused[0] ? INSTANT_NONE : session->not_before;
    ahead = ahead_moment(line);
    return instant_before(ahead, session->not_before) && !instant_is_none(ahead)
               ? session->not_before
               : ahead;
}

/* ---- what became of it ---- */

/* The tokens come with one answer, the machine may want to read another before it is done. */
void session_told(struct line *line, const struct http_reply *reply)
{
    if (!reply->tokens)
        return;
    line->session.tokens = text_own(line->session.tokens, reply->tokens);
    line->session.until = reply->tokens_until;
}

static void save_tokens(struct pass *pass, struct line *line, const char *tokens,
                        struct instant until, const char *host)
{
    struct account_state state = line->state;

    state.tokens = tokens;
    state.tokens_until = until;
    state.host = host;
    line_own(line, state);
    line_save(pass, line);
}

/* The save that the new tokens wait for: known again by its ticket. */
static void save_session(struct pass *pass, struct line *line, const char *host)
{
    struct session *session = &line->session;
    struct action *action;

    save_tokens(pass, line, session->tokens, session->until, host ? host : line->state.host);
    action = &pass->out->items[pass->out->count - 1];
    action->new_session = true;
    session->saving = session->unproved = true;
    session->renewed = pass->now;
    session->number++;
    session->tokens = text_own(session->tokens, NULL);
    table_put(&pass->engine->tickets, (uint64_t)action->ticket, &line->timer);
    if (!rule_on(pass->engine, RULE_STORED_FIRST))
        session_saved(pass, line);
}

void session_saved(struct pass *pass, struct line *line)
{
    if (!line->session.saving)
        return;
    line->session.saving = false;
    /* tokens that came with a failure wait for the rhythm of the probes */
    if (!line->session.wanted && (line->state.paused[0] || !line->identified))
        line->probe_at = pass->now;
    if (!line->state.paused[0])
        line_unblock(pass, line);
    line_touch(pass->engine, line);
}

void session_done(struct pass *pass, struct line *line, const struct step *step)
{
    struct step empty = step_retry(_("the platform's answer held no usable session"), INSTANT_NONE);

    if (!line->session.tokens) {
        session_failed(pass, line, &empty);
        return;
    }
    line->session.wanted = line->session.early = line->session.told = false;
    line->session.failures = 0;
    line->session.not_before = INSTANT_NONE;
    save_session(pass, line, step->receipt.host);
}

/* Once: when it goes on for minutes, or the platform asks for as many at once. */
static void tell_failure(struct pass *pass, struct line *line, const struct step *step)
{
    struct session *session = &line->session;
    struct span wait = instant_since(session->not_before, pass->now);

    if (session->told || (session->failures < TOLD_AT && wait.ms < span_minutes(LONG_MIN).ms))
        return;
    session->told = true;
    alarm(pass, "account", "",
          arena_printf(pass->out->arena,
                       _("the session of account %s cannot be renewed; its posts wait, and Crier "
                         "goes on trying: %s"),
                       line->name, step_why(step)));
}

/* A failure ahead of time holds nothing up: the session in use still serves. */
static bool can_wait(const struct pass *pass, struct line *line, enum trouble trouble)
{
    struct session *session = &line->session;

    if (!session->early || trouble != TROUBLE_NONE || session->saving ||
        ends_before(line, pass->now))
        return false;
    session->wanted = session->early = false;
    session->ahead_at = session->not_before;
    return true;
}

/* Lost answers never pause by themselves (the breaker counts them); a refusal does. */
void session_failed(struct pass *pass, struct line *line, const struct step *step)
{
    struct session *session = &line->session;
    enum trouble trouble = step->trouble == TROUBLE_EXPIRED || step->kind == STEP_REFUSED
                               ? TROUBLE_TOKEN
                               : step->trouble;

    session->wanted = true;
    if (session->tokens) /* given all the same: the old ones may be spent */
        save_session(pass, line, NULL);
    if (!rule_on(pass->engine, RULE_KEEP_TOKENS))
        session_drop(pass, line);
    session->not_before =
        instant_plus(pass->now, pace_retry(&pass->engine->random, session->failures++));
    if (instant_before(session->not_before, step->not_before))
        session->not_before = step->not_before;
    if (line->state.paused[0])
        line->probe_at = instant_plus(pass->now, pace_probe(line->probes++));
    if (can_wait(pass, line, trouble))
        return;
    if (trouble == TROUBLE_NONE) {
        tell_failure(pass, line, step);
        return;
    }
    session->not_before = INSTANT_NONE; /* the probe of the pause has its own rhythm */
    line_pause(pass, line, trouble_word(trouble), step_why(step));
}

/* Whom crier.cfg means can be put right there; a session that a person had to log in for is kept
 * until then, any other is made anew. */
void session_is_anothers(struct pass *pass, struct line *line)
{
    const struct session_words *words = adapter_session(line->adapter, line->account);

    if (words && !words->first)
        session_drop(pass, line);
}

void session_drop(struct pass *pass, struct line *line)
{
    if (line->state.tokens[0])
        save_tokens(pass, line, "", INSTANT_NONE, "");
}

void session_restart(struct pass *pass, struct line *line)
{
    struct session *session = &line->session;

    session->tokens = text_own(session->tokens, NULL);
    session->wanted = session->unproved = session->told = false;
    session->failures = 0;
    session->not_before = session->ahead_at = INSTANT_NONE;
    session_drop(pass, line);
}

/* Tokens that came with it are saved and used like any others; without them the machine `refresh`
 * makes a session of what the credential has. */
void session_login(struct pass *pass, struct line *line)
{
    const struct event *event = pass->event;
    struct session *session = &line->session;

    if (line->errand == LINE_REFRESH) /* of the same login: its answer may hold the only tokens */
        return;
    session->tokens = text_own(session->tokens, event->tokens);
    session->early = session->unproved = session->told = false;
    session->failures = 0;
    session->not_before = session->ahead_at = INSTANT_NONE;
    session->wanted = !event->tokens && session_is_needed(line);
    if (event->new_session)
        session_drop(pass, line);
    if (event->tokens) {
        session->until = event->tokens_until;
        save_session(pass, line, NULL);
    }
}

void session_shift(struct line *line, struct span step)
{
    struct session *session = &line->session;
    struct instant *times[] = {&session->not_before, &session->ahead_at, &session->until,
                               &session->renewed, &line->state.tokens_until};

    for (size_t i = 0; i < COUNT_OF(times); i++) {
        if (!instant_is_none(*times[i]))
            *times[i] = instant_plus(*times[i], step);
    }
}

void session_init(struct session *session)
{
    *session = (struct session){.not_before = INSTANT_NONE,
                                .ahead_at = INSTANT_NONE,
                                .until = INSTANT_NONE,
                                .renewed = INSTANT_NONE};
}

void session_clear(struct session *session)
{
    free(session->tokens);
}
