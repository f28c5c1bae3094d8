#include "commands/hold_flags.h"

#include <dirent.h>
#include <string.h>

#include "base/i18n.h"
#include "campaign/reader.h"
#include "platform/registry.h"
#include "text/similar.h"

/* What a flag can be set for. `offer` names all that exist; false: they cannot be known here, and
 * the daemon must take the word as it is. The sentences say that there is no such name. */
struct scope {
    const char *name;
    bool (*offer)(const struct invocation *invocation, struct similar *names, bool *found);
    const char *unknown, *guess; /* N_(), of a name {0} and the nearest one {1} */
};

static void offer(struct similar *names, const char *name, bool *found)
{
    *found = *found || !strcmp(names->word, name);
    similar_offer(names, name);
}

static bool offer_campaigns(const struct invocation *invocation, struct similar *names, bool *found)
{
    DIR *folder = opendir(arena_printf(invocation->arena, "%s/campaigns", invocation->workspace));
    const struct dirent *entry;

    if (!folder)
        return false;
    while ((entry = readdir(folder))) {
        size_t length = strlen(entry->d_name);
        if (length > 4 && !strcmp(entry->d_name + length - 4, ".cfg"))
            offer(names, arena_text_n(invocation->arena, entry->d_name, length - 4), found);
    }
    (void)closedir(folder);
    return true;
}

static bool offer_accounts(const struct invocation *invocation, struct similar *names, bool *found)
{
    static const char *const none[] = {NULL};
    struct read_options options = {.platforms = platform_facts_all(), .only = none};
    struct campaign_set set = {0};
    struct findings findings;
    struct err ignored;

    findings_init(&findings, invocation->arena);
    if (!workspace_read(invocation->workspace, &options, invocation->arena, &set, &findings,
                        &ignored) ||
        set.workspace.account_count == 0)
        return false;
    for (size_t i = 0; i < set.workspace.account_count; i++)
        offer(names, set.workspace.accounts[i].name, found);
    return true;
}

static bool offer_classes(const struct invocation *invocation, struct similar *names, bool *found)
{
    (void)invocation;
    for (size_t i = 0; i < URGENCY_COUNT; i++)
        offer(names, urgency_word((enum urgency)i), found);
    return true;
}

static const struct scope scopes[] = {
    {.name = "all"},
    {"campaign", offer_campaigns, N_("nothing was held: there is no campaign \"{0}\""),
     N_("nothing was held: there is no campaign \"{0}\"; did you mean \"{1}\"?")},
    {"account", offer_accounts, N_("nothing was held: there is no account \"{0}\""),
     N_("nothing was held: there is no account \"{0}\"; did you mean \"{1}\"?")},
    {"class", offer_classes, N_("nothing was held: there is no class \"{0}\""),
     N_("nothing was held: there is no class \"{0}\"; did you mean \"{1}\"?")},
};

/* A hold for a misspelt name would hold nothing, and nobody would notice before it is too late. */
static bool check_name(const struct invocation *invocation, const struct scope *scope,
                       const char *name, struct err *err)
{
    struct similar names = similar_to(name);
    bool found = false;

    if (!scope->offer || !scope->offer(invocation, &names, &found) || found)
        return true;
    return err_set(err, ERR_USAGE, "%s",
                   i18n_fill(_(names.best ? scope->guess : scope->unknown),
                             (const char *const[3]){name, names.best}, invocation->arena));
}

static void print_outcome(const json_t *result, const char *done)
{
    const json_t *holds = json_object_get(result, "holds");
    bool held = json_flag(result, "held");

    if (!held && !json_flag(result, "changed"))
        puts(_("That was not held, so nothing changed. 'crier status' shows what is."));
    else
        puts(done);
    if (!held)
        holds_print(holds);
}

static bool send_flag(const struct invocation *invocation, json_t *body, const char *done,
                      struct err *err)
{
    enum err_kind kind;
    json_t *result = desk_ask(invocation, body, &kind, err);

    if (!result)
        return false;
    if (invocation->json)
        print_json(result);
    else
        print_outcome(result, done);
    json_decref(result);
    return true;
}

void holds_print(const json_t *holds)
{
    for (size_t i = 0; i < json_array_size(holds); i++) {
        const json_t *hold = json_array_get(holds, i);
        const char *scope = json_text(hold, "scope"), *name = json_text(hold, "name");

        if (!name)
            puts(_("EVERYTHING IS HELD: nothing goes out until 'crier release --all'."));
        else
            printf(_("HELD: %s %s, until 'crier release --%s %s'.\n"), scope, name, scope, name);
    }
}

/* Puts the one scope that was named into the body; *count says how many were. */
static bool choose_scope(const struct invocation *invocation, bool holds, json_t *body,
                         size_t *count, struct err *err)
{
    *count = 0;
    for (size_t i = 0; i < COUNT_OF(scopes); i++) {
        const char *value = invocation_value(invocation, scopes[i].name);

        if (!value)
            continue;
        if (holds && !check_name(invocation, &scopes[i], value, err))
            return false;
        desk_option(body, scopes[i].name, *value ? value : "yes");
        ++*count;
    }
    return true;
}

bool hold_or_release(const struct invocation *invocation, const char *command, const char *doing,
                     const char *done, struct err *err)
{
    json_t *body = desk_body(command);
    size_t chosen;
    bool ok = choose_scope(invocation, !strcmp(command, "hold"), body, &chosen, err);

    if (ok && chosen + (invocation->word_count > 0) != 1)
        ok = err_set(err, ERR_USAGE,
                     _("say one thing at a time: names of deliveries, or one of --all, "
                       "--campaign NAME, --account NAME, --class CLASS"));
    else if (ok && chosen)
        ok = send_flag(invocation, body, done, err);
    else if (ok)
        ok = desk_decide(invocation, body, doing, err);
    json_decref(body);
    return ok;
}
