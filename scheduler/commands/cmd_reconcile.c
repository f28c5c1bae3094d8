/* crier reconcile - the daemon reads back what was published, and looks again for what is in doubt.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/i18n.h"
#include "commands/desk_client.h"

enum { USUAL_DAYS = 7, MOST_DAYS = 400, ASK_AGAIN_MS = 200 };

static const struct command_option options[] = {
    {0, "days", "N", N_("what went out in the last N days (7)"), false},
    {0},
};

static bool read_days(const struct invocation *invocation, int64_t *days, struct err *err)
{
    const char *text = invocation_value(invocation, "days");
    char *end;

    *days = text ? strtol(text, &end, 10) : USUAL_DAYS;
    if (text && (*end || end == text || *days < 1 || *days > MOST_DAYS))
        return err_set(err, ERR_USAGE, _("--days must be a whole number from 1 to %d"), MOST_DAYS);
    return true;
}

static json_t *ask(const struct invocation *invocation, int64_t days, struct err *err)
{
    json_t *body = desk_body("reconcile"), *result;
    enum err_kind kind;

    json_put_integer(json_object_get(body, "options"), "days", days);
    result = desk_ask(invocation, body, &kind, err);
    json_decref(body);
    return result;
}

/* It may take minutes: the daemon is asked how far it is until it has ended. */
static json_t *wait_for_end(const struct invocation *invocation, json_t *result, struct err *err)
{
    const struct timespec while_it_works = {.tv_nsec = ASK_AGAIN_MS * 1000000L};

    while (result && json_flag(result, "running")) {
        (void)nanosleep(&while_it_works, NULL);
        json_decref(result);
        result = ask(invocation, 0, err);
    }
    return result;
}

static void print_delivery(const json_t *entry)
{
    const char *why = json_text(entry, "why"), *url = json_text(entry, "url");

    printf("%s: %s, %s", json_text(entry, "name"), json_text(entry, "result"),
           json_text(entry, "state"));
    printf("%s%s%s%s\n", why ? " (" : "", why ? why : "", why ? ")" : "", url ? " " : "");
    if (url)
        printf("  %s\n", url);
}

static int64_t number(const json_t *result, const char *member)
{
    return json_integer_or(result, member, 0);
}

static void print_result(const json_t *result)
{
    const json_t *list = json_object_get(result, "deliveries");

    for (size_t i = 0; i < json_array_size(list); i++)
        print_delivery(json_array_get(list, i));
    printf(_("%lld looked at: %lld as published, %lld differ, %lld gone, %lld cannot be read; %lld "
             "doubts settled, %lld left\n"),
           (long long)number(result, "checked"), (long long)number(result, "equal"),
           (long long)number(result, "differs"), (long long)number(result, "gone"),
           (long long)number(result, "unreadable"), (long long)number(result, "resolved"),
           (long long)(number(result, "absent") + number(result, "found") -
                       number(result, "resolved")));
}

/* All is there as it was published, and nothing is in doubt any more. */
static bool is_well(const json_t *result)
{
    return number(result, "equal") + number(result, "resolved") == number(result, "checked");
}

static bool run(const struct invocation *invocation, struct err *err)
{
    json_t *result;
    int64_t days;
    bool well;

    if (!read_days(invocation, &days, err))
        return false;
    result = wait_for_end(invocation, ask(invocation, days, err), err);
    if (!result)
        return false;
    if (invocation->json)
        print_json(result);
    else
        print_result(result);
    well = is_well(result);
    json_decref(result);
    if (well)
        return true;
    err->kind = ERR_FOUND;
    err->text[0] = '\0';
    return false;
}

const struct command cmd_reconcile = {
    .name = "reconcile",
    .summary = N_("read back what was published, and look again for what is in doubt"),
    .usage = "reconcile [--days N]",
    .details =
        N_("The daemon asks the platforms for each post of the last N days: as published, "
           "different, gone,\nor not to be read. What is in doubt is looked for once more, "
           "and settled if it is found. It\nonly reads there; what it finds is recorded. Exit "
           "status 1 when not all is as published."),
    .options = options,
    .effects = USES_STORE,
    .run = run,
};
