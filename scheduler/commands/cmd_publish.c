/* crier publish - now, before its time: what is approved and stands ready. Of a repeating post the
 * next occurrence. */
#include <string.h>

#include "base/i18n.h"
#include "commands/desk_client.h"

static const struct command_option options[] = {DESK_OPTIONS, {0}};

static bool is_waiting(const json_t *row)
{
    static const char *const states[] = {"planned", "ready", "preparing", "held"};
    const char *state = json_text(row, "state");

    for (size_t i = 0; state && i < COUNT_OF(states); i++) {
        if (!strcmp(states[i], state))
            return true;
    }
    return false;
}

/* "traffic/weekend@2026-12-04T19:00.2/toots": its post, its slot and its account. */
struct parts {
    const char *slot, *account;
    size_t post_length, slot_length;
};

static struct parts parts_of(const char *name)
{
    struct parts parts = {.post_length = strcspn(name, "@"), .account = strrchr(name, '/')};

    parts.slot = name + parts.post_length;
    parts.slot_length = strcspn(parts.slot, "./");
    return parts;
}

/* Another occurrence of the same post on the same account. */
static bool is_another_slot(const char *a, const char *b)
{
    const struct parts x = parts_of(a), y = parts_of(b);

    return x.post_length == y.post_length && !strncmp(a, b, x.post_length) &&
           !strcmp(x.account, y.account) &&
           (x.slot_length != y.slot_length || strncmp(x.slot, y.slot, x.slot_length) != 0);
}

/* Rows come by their time. */
static bool is_next(const json_t *rows, size_t index)
{
    const char *name = json_text(json_array_get(rows, index), "name");

    for (size_t i = 0; i < index; i++) {
        if (is_another_slot(json_text(json_array_get(rows, i), "name"), name))
            return false;
    }
    return true;
}

/* Whatever is named alone is answered for, with the reason when it cannot be. */
static void keep_next(json_t *rows)
{
    for (size_t i = json_array_size(rows); i-- > 0 && json_array_size(rows) > 1;) {
        if (!is_waiting(json_array_get(rows, i)))
            json_array_remove(rows, i);
    }
    for (size_t i = json_array_size(rows); i-- > 0;) {
        if (!is_next(rows, i))
            json_array_remove(rows, i);
    }
}

static bool run(const struct invocation *invocation, struct err *err)
{
    json_t *body = desk_body("publish");
    bool ok = desk_decide_among(invocation, body, _("Publish now"), keep_next, err);

    json_decref(body);
    return ok;
}

const struct command cmd_publish = {
    .name = "publish",
    .summary = N_("publish now, before its time"),
    .usage = "publish [--yes] POST...",
    .details = N_("POST is a post as campaign/id (traffic/helmet), or a delivery as 'crier status' "
                  "shows it.\nWhat is approved and waits for its time goes out now; of a repeating "
                  "post the next\noccurrence. Quiet hours, blackouts, holds and the pace of the "
                  "account are kept. When several\ndeliveries match, they are shown and you are "
                  "asked, or you say --yes."),
    .options = options,
    .effects = USES_STORE,
    .least_words = 1,
    .most_words = 1000,
    .run = run,
};
