#include "engine/trace.h"

#include <inttypes.h>

#include "base/buffer.h"

enum { LONGEST = 4096 };

static const char *const event_words[] = {
    [EVENT_START] = "start", [EVENT_CONFIG] = "config", [EVENT_ROWS] = "rows",
    [EVENT_GONE] = "gone",   [EVENT_SAVED] = "saved",   [EVENT_REFUSED] = "refused",
    [EVENT_REPLY] = "reply", [EVENT_FLAGS] = "flags",   [EVENT_CLOCK] = "clock",
    [EVENT_TIME] = "time",   [EVENT_STOP] = "stop",     [EVENT_LOGIN] = "login",
    [EVENT_CHECK] = "check",
};

static const char *const refusal_words[] = {
    [REFUSAL_STALE] = "stale",
    [REFUSAL_TWIN] = "twin",
    [REFUSAL_GONE] = "gone",
    [REFUSAL_KEY_TAKEN] = "key-taken",
    [REFUSAL_POST_TAKEN] = "post-taken",
    [REFUSAL_UNAPPROVED] = "unapproved",
    [REFUSAL_UNDRAWN] = "undrawn",
    [REFUSAL_UNREAD] = "unread",
};

static const char *const fate_words[] = {
    [FATE_ANSWERED] = "answered",
    [FATE_NOT_SENT] = "not-sent",
    [FATE_MAYBE_SENT] = "maybe-sent",
};

static void add_details(struct buffer *line, const struct event *event, struct arena *arena)
{
    if (event->kind == EVENT_SAVED || event->kind == EVENT_REFUSED || event->kind == EVENT_REPLY)
        buffer_printf(line, " %" PRId64, event->ticket);
    if (event->kind == EVENT_REFUSED)
        buffer_printf(line, " %s", refusal_words[event->refusal]);
    if (event->kind == EVENT_REPLY)
        buffer_printf(line, " %s %d", fate_words[event->reply->fate], event->reply->status);
    if (event->kind == EVENT_LOGIN)
        buffer_printf(line, " %s%s", event->account, event->new_session ? " anew" : "");
    if (event->kind == EVENT_CLOCK)
        buffer_printf(line, " step %" PRId64 " ms%s", event->step.ms, event->slept ? " slept" : "");
    if (event->kind == EVENT_FLAGS || event->kind == EVENT_START)
        buffer_printf(line, " %zu flags", event->flags.count);
    for (size_t i = 0; i < event->row_count; i++)
        buffer_printf(line, " %s %s", delivery_name(event->rows[i], arena),
                      state_word(event->rows[i]->state));
    for (size_t i = 0; i < event->id_count; i++)
        buffer_printf(line, " %s", event->ids[i]);
}

static const char *finish(struct buffer *line, struct arena *arena)
{
    const char *text = arena_text(arena, line->bytes);

    buffer_clear(line);
    return text;
}

const char *trace_event(const struct event *event, struct arena *arena)
{
    char now[INSTANT_TEXT];
    struct buffer line;

    buffer_init(&line, LONGEST);
    buffer_printf(&line, "at %s %s", instant_utc(event->now, now), event_words[event->kind]);
    add_details(&line, event, arena);
    return finish(&line, arena);
}

static void add_save(struct buffer *line, const struct action *action, struct arena *arena)
{
    const struct delivery *after = action->change.after;

    buffer_printf(line, "save %" PRId64 " %s %s -> %s %s", action->ticket,
                  delivery_name(after, arena), state_word(action->change.from),
                  state_word(after->state), action->change.event);
    if (after->reason[0])
        buffer_printf(line, " %s", after->reason);
}

const char *trace_action(const struct action *action, struct arena *arena)
{
    struct buffer line;

    buffer_init(&line, LONGEST);
    switch (action->kind) {
    case ACTION_SAVE:
        add_save(&line, action, arena);
        break;
    case ACTION_SAVE_ACCOUNT:
        buffer_printf(&line, "save %" PRId64 " account %s %s", action->ticket,
                      action->account_state->account, action->account_state->paused);
        break;
    case ACTION_SEND:
        buffer_printf(&line, "send %" PRId64 " %s %s %s%s", action->ticket, action->account->name,
                      action->request->method, action->request->path,
                      action->fresh ? " fresh" : "");
        break;
    case ACTION_ALARM:
        buffer_printf(&line, "alarm %s %s", action->alarm, action->text);
        break;
    case ACTION_DROP:
        buffer_printf(&line, "drop %s", action->delivery_id);
        break;
    case ACTION_CHECKED:
        buffer_printf(&line, "checked %s %s %s", action->delivery_id, check_word(action->verdict),
                      action->text);
        break;
    }
    return finish(&line, arena);
}
