/* crier status - what is planned, what went out, what waits, and for whom. */
#include <string.h>

#include "base/i18n.h"
#include "commands/desk_client.h"
#include "commands/hold_flags.h"
#include "commands/rows_table.h"
#include "commands/terminal.h"
#include "commands/words.h"

enum { NEXT_HOURS = 24 };

static const struct command_option options[] = {{0}};

/* Asks for the page after this one; false after the last. */
static bool next_page(const json_t *page, json_t *body)
{
    const json_t *next = json_object_get(page, "next");

    if (!json_is_object(next))
        return false;
    desk_option(body, "after_id", json_text(next, "after_id"));
    json_put_integer(json_object_get(body, "options"), "after_at",
                     json_integer_or(next, "after_at", 0));
    return true;
}

static json_t *append_page(json_t *status, json_t *page)
{
    if (!status)
        return page;
    json_array_extend(json_object_get(status, "deliveries"), json_object_get(page, "deliveries"));
    json_decref(page);
    return status;
}

/* Pages of 1,000 rows, each read between two commits of the daemon. */
static json_t *whole_status(const struct invocation *invocation, struct err *err)
{
    json_t *body = desk_body("status"), *status = NULL, *page;
    enum err_kind kind;
    bool more;

    do {
        page = desk_ask(invocation, body, &kind, err);
        more = page && next_page(page, body);
        if (page)
            status = append_page(status, page);
    } while (more);
    json_decref(body);
    if (!page) {
        json_decref(status);
        return NULL;
    }
    json_object_del(status, "next");
    return status;
}

static bool is_state(const json_t *row, const char *state)
{
    return !strcmp(json_text(row, "state"), state);
}

static bool needs_a_person(const json_t *row)
{
    return is_state(row, "held") || is_state(row, "doubtful") || is_state(row, "failed");
}

static bool is_soon(const struct invocation *invocation, const json_t *row)
{
    struct instant due;

    return instant_parse(json_text(row, "due"), &due) &&
           due.ms < instant_plus(invocation->now, span_hours(NEXT_HOURS)).ms &&
           (is_state(row, "planned") || is_state(row, "ready") || is_state(row, "preparing") ||
            is_state(row, "sending"));
}

static bool went_out_lately(const struct invocation *invocation, const json_t *row)
{
    const char *published = json_text(row, "published");
    struct instant when;

    return published && instant_parse(published, &when) &&
           when.ms > instant_minus(invocation->now, span_hours(NEXT_HOURS)).ms;
}

static void print_rows(const struct invocation *invocation, const json_t *rows, const char *title,
                       bool (*wanted)(const struct invocation *invocation, const json_t *row))
{
    struct rows_table *table = rows_table_new();
    size_t i;

    for (i = 0; i < json_array_size(rows); i++) {
        if (wanted(invocation, json_array_get(rows, i)))
            rows_table_add(table, json_array_get(rows, i));
    }
    rows_table_print(table, title, stdout);
}

static bool waits(const struct invocation *invocation, const json_t *row)
{
    (void)invocation;
    return needs_a_person(row);
}

static void print_counts(const json_t *counts)
{
    const char *state;
    const json_t *count;
    bool any = false;

    json_object_foreach((json_t *)(uintptr_t)counts, state, count)
    {
        if (json_integer_value(count) == 0)
            continue;
        printf("%s%lld %s%s", any ? ", " : "", (long long)json_integer_value(count), state,
               strcmp(state, "planned") ? "" : _(" (not approved yet)"));
        any = true;
    }
    puts(any ? "" : _("nothing planned yet"));
}

static void print_daemon(const json_t *status)
{
    const json_t *daemon = json_object_get(status, "daemon");

    if (json_flag(daemon, "running"))
        printf(_("The daemon runs (process %lld, since %s).\n"),
               (long long)json_integer_or(daemon, "pid", 0), json_text(daemon, "since"));
    else
        puts(_("The daemon is NOT running: nothing goes out. Start it with 'crier run'."));
}

static void print_rendering(const json_t *rendering)
{
    long long left = (long long)json_integer_or(rendering, "left", 0);

    if (left == 1)
        printf(_("Being made ready for the platforms: media/%s (%lld %%).\n"),
               json_text(rendering, "file"), (long long)json_integer_or(rendering, "percent", 0));
    else if (left > 1)
        printf(_("Being made ready for the platforms: media/%s (%lld %%), and %lld more.\n"),
               json_text(rendering, "file"), (long long)json_integer_or(rendering, "percent", 0),
               left - 1);
}

/* What is used up, and until when. */
static void print_budgets(const json_t *account)
{
    const json_t *budgets = json_object_get(account, "budgets");

    for (size_t i = 0; i < json_array_size(budgets); i++) {
        const json_t *budget = json_array_get(budgets, i);
        const char *until = json_text(budget, "until");

        if (until)
            printf(_("Account %s has used %lld of %lld %s; the next one is free at %s.\n"),
                   json_text(account, "account"), (long long)json_integer_or(budget, "used", 0),
                   (long long)json_integer_or(budget, "most", 0), json_text(budget, "budget"),
                   until);
    }
}

static void print_accounts(const json_t *accounts)
{
    size_t i;

    for (i = 0; i < json_array_size(accounts); i++) {
        const json_t *account = json_array_get(accounts, i);
        if (json_text(account, "paused"))
            printf(_("Account %s is paused (%s) since %s; its posts wait.\n"),
                   json_text(account, "account"), json_text(account, "paused"),
                   json_text(account, "paused_since"));
        print_budgets(account);
    }
}

static const char *red(const struct invocation *invocation)
{
    return invocation->colour ? "\033[1;31m" : "";
}

static const char *plain(const struct invocation *invocation)
{
    return invocation->colour ? "\033[0m" : "";
}

static void print_in_red(const struct invocation *invocation, const char *text)
{
    fputs(red(invocation), stdout);
    terminal_print(stdout, "", "", text, invocation->arena);
    fputs(plain(invocation), stdout);
}

static const char *trouble(const json_t *file, struct arena *arena)
{
    const char *is = json_text(file, "is"), *name = json_text(file, "file");
    const char *edited = words_time(json_text(file, "edited"), arena);

    if (!json_text(file, "edited"))
        return arena_printf(arena,
                            _("%s cannot be read, or is gone: what was planned from it before "
                              "stays unless it is removed."),
                            name);
    if (!strcmp(is, "broken"))
        return arena_printf(
            arena, _("%1$s was edited at %2$s and has errors: what was planned before stays."),
            name, edited);
    return arena_printf(arena,
                        _("%1$s was edited at %2$s and waits to be applied: what was applied "
                          "before counts."),
                        name, edited);
}

static void print_waiting(const struct invocation *invocation, const json_t *waiting)
{
    long long added = (long long)json_integer_or(waiting, "added", 0);
    long long changed = (long long)json_integer_or(waiting, "changed", 0);

    if (added + changed > 0)
        print_in_red(invocation,
                     arena_printf(invocation->arena,
                                  _("%lld new and %lld changed deliveries wait to be applied; "
                                    "'crier plan' shows them, 'crier apply' lets them count."),
                                  added, changed));
}

static void print_reload(const struct invocation *invocation, const json_t *reload)
{
    const json_t *files = json_object_get(reload, "files");

    if (json_text(reload, "at"))
        terminal_print(
            stdout, "", "",
            arena_printf(invocation->arena,
                         _("The files last changed something at %s: %lld added, %lld changed, "
                           "%lld removed, %lld held."),
                         words_time(json_text(reload, "at"), invocation->arena),
                         (long long)json_integer_or(reload, "added", 0),
                         (long long)json_integer_or(reload, "changed", 0) +
                             (long long)json_integer_or(reload, "returned", 0),
                         (long long)json_integer_or(reload, "removed", 0),
                         (long long)json_integer_or(reload, "held", 0)),
            invocation->arena);
    for (size_t i = 0; i < json_array_size(files); i++)
        print_in_red(invocation, trouble(json_array_get(files, i), invocation->arena));
    print_waiting(invocation, json_object_get(reload, "waiting"));
}

static void print_problems(const struct invocation *invocation, const json_t *problems)
{
    for (size_t i = 0; i < json_array_size(problems); i++)
        words_finding(stdout, "", json_array_get(problems, i), invocation->colour,
                      invocation->arena);
}

static void print_status(const struct invocation *invocation, const json_t *status)
{
    const json_t *rows = json_object_get(status, "deliveries");

    print_daemon(status);
    print_rendering(json_object_get(status, "rendering"));
    holds_print(json_object_get(status, "holds"));
    print_accounts(json_object_get(status, "accounts"));
    print_reload(invocation, json_object_get(status, "reload"));
    print_problems(invocation, json_object_get(status, "problems"));
    print_counts(json_object_get(status, "counts"));
    print_rows(invocation, rows, _("Waits for a person"), waits);
    print_rows(invocation, rows, _("Went out in the last 24 hours"), went_out_lately);
    print_rows(invocation, rows, _("The next 24 hours"), is_soon);
}

static bool run(const struct invocation *invocation, struct err *err)
{
    json_t *status = whole_status(invocation, err);

    if (!status)
        return false;
    if (invocation->json)
        print_json(status);
    else
        print_status(invocation, status);
    json_decref(status);
    return true;
}

const struct command cmd_status = {
    .name = "status",
    .summary = N_("what is planned, what went out, and what waits for a person"),
    .usage = "status [--json]",
    .details =
        N_("Shows the next 24 hours, what went out in the last 24, and all that is held, "
           "doubtful\nor failed, and what is the matter with files; --json lists all deliveries."),
    .options = options,
    .effects = USES_STORE,
    .run = run,
};
