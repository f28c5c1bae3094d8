/* crier complete - what may stand next on a command line, for the shells.
 *
 * All that bash and zsh know of Crier is to ask this; completions/ holds the few lines that do.
 * One candidate a line, a tab, a few words about it. Nothing is printed where a file name may
 * stand: the shell completes those itself. What cannot be read is not offered, without a word.
 */
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "campaign/fields.h"
#include "campaign/reader.h"
#include "commands/desk_client.h"
#include "commands/explain.h"
#include "platform/registry.h"
#include "text/unicode.h"

static const struct command_option options[] = {{0}};

struct completion {
    struct invocation invocation; /* with the workspace of the line that is completed */
    const char *begun;            /* the word so far */
    const char *before;           /* of an option glued to its value: "--account=" */
};

/* One line, whatever a title says: the shells take each line for a candidate. */
static void offer(const struct completion *completion, const char *candidate, const char *about)
{
    struct arena *arena = completion->invocation.arena;

    if (strncmp(candidate, completion->begun, strlen(completion->begun)) != 0)
        return;
    (void)printf("%s%s\t%s\n", completion->before, candidate,
                 about ? unicode_line(unicode_fold(about, arena), arena) : "");
}

/* ---- What can be offered. ---- */

static void offer_commands(const struct completion *completion)
{
    for (size_t i = 0; commands[i]; i++)
        offer(completion, commands[i]->name, _(commands[i]->summary));
}

static void offer_options(const struct completion *completion, const struct command *command)
{
    const struct command_option *option = command->options;

    for (; option && option->name; option++)
        offer(completion, arena_printf(completion->invocation.arena, "--%s", option->name),
              _(option->help));
    if (command_prints_facts(command))
        offer(completion, "--json", _("print facts as JSON"));
    offer(completion, "--help", _("print what the command does"));
}

/* Of the campaigns those alone whose name begins so: this is done at each press of a key. Mistakes
 * in the files are no reason to offer less. */
static bool read_files(const struct completion *completion, const struct read_options *wanted,
                       struct campaign_set *set)
{
    struct read_options reading = *wanted;
    struct arena *arena = completion->invocation.arena;
    struct findings unheard;
    struct err err;

    findings_init(&unheard, arena);
    reading.platforms = platform_facts_all();
    return workspace_read(completion->invocation.workspace, &reading, arena, set, &unheard, &err);
}

static void offer_campaigns(const struct completion *completion)
{
    const struct read_options reading = {.begun = completion->begun};
    struct campaign_set set;

    if (!read_files(completion, &reading, &set))
        return;
    for (size_t i = 0; i < set.count; i++)
        offer(completion, set.campaigns[i].name, set.campaigns[i].title);
}

static void offer_files(const struct completion *completion)
{
    offer_campaigns(completion);
    offer(completion, "crier.cfg", _("the administrator's file"));
}

static void offer_posts(const struct completion *completion)
{
    struct arena *arena = completion->invocation.arena;
    const size_t name = strcspn(completion->begun, "/");
    const char *const only[] = {arena_text_n(arena, completion->begun, name), NULL};
    const bool is_whole = completion->begun[name] == '/';
    const struct read_options reading = {.only = is_whole ? only : NULL, .begun = only[0]};
    struct campaign_set set;

    if (!read_files(completion, &reading, &set))
        return;
    for (size_t c = 0; c < set.count; c++) {
        const struct campaign *campaign = &set.campaigns[c];

        for (size_t p = 0; p < campaign->post_count; p++)
            offer(completion, arena_printf(arena, "%s/%s", campaign->name, campaign->posts[p].id),
                  campaign->title);
    }
}

static void offer_accounts(const struct completion *completion)
{
    static const char *const no_campaign[] = {NULL};
    const struct read_options reading = {.only = no_campaign};
    struct campaign_set set;

    if (!read_files(completion, &reading, &set))
        return;
    for (size_t i = 0; i < set.workspace.account_count; i++)
        offer(completion, set.workspace.accounts[i].name, set.workspace.accounts[i].platform);
}

static void offer_platforms(const struct completion *completion)
{
    const struct platform_facts *facts = platform_facts_all();

    for (; facts->name; facts++)
        offer(completion, facts->name, "");
}

static void offer_choices(const struct completion *completion, const char *key,
                          enum field_place where)
{
    const struct field *field = field_find(key, where);

    for (const char *const *choice = field ? field->choices : NULL; choice && *choice; choice++)
        offer(completion, *choice, "");
}

static void offer_classes(const struct completion *completion)
{
    offer_choices(completion, "class", IN_POST);
}

static void offer_fits(const struct completion *completion)
{
    offer_choices(completion, "fit", IN_POST);
}

/* Whether an earlier platform has that kind, too. */
static bool is_offered(const struct platform_facts *before, const char *kind)
{
    for (const struct platform_facts *facts = platform_facts_all(); facts != before; facts++) {
        if (limits_kind(facts->limits, kind))
            return true;
    }
    return false;
}

static void offer_kinds(const struct completion *completion)
{
    const struct platform_facts *facts = platform_facts_all();

    for (; facts->name; facts++) {
        const struct post_kind *kind = facts->limits->kinds;

        for (; kind && kind->word; kind++)
            if (!is_offered(facts, kind->word))
                offer(completion, kind->word, "");
    }
}

static void offer_words(const struct completion *completion)
{
    for (size_t k = 0; k < explain_kind_count; k++)
        for (size_t i = 0; i < explain_kinds[k].count(); i++)
            offer(completion, explain_kinds[k].word(i), _(explain_kinds[k].singular));
}

static void offer_audit(const struct completion *completion)
{
    offer(completion, "show", _("print the records"));
    offer(completion, "verify", _("prove that nothing was changed"));
}

/* The rows of the store: the first thousand that begin so. */
static void offer_deliveries(const struct completion *completion)
{
    bool any = *completion->begun != '\0';
    json_t *body = desk_body(any ? "select" : "status"), *result;
    const json_t *rows;
    enum err_kind kind;
    struct err err;

    if (any)
        desk_word(body, completion->begun);
    result = desk_ask(&completion->invocation, body, &kind, &err);
    json_decref(body);
    rows = json_object_get(result, "deliveries");
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);

        offer(completion, json_text(row, "name"), json_text(row, "state"));
    }
    json_decref(result);
}

static void offer_nothing(const struct completion *completion)
{
    (void)completion;
}

typedef void (*offering)(const struct completion *completion);

static const struct {
    const char *word; /* a command, or an option with its dashes */
    offering offer;
} offerings[] = {
    {"check", offer_files},          {"fmt", offer_files},
    {"explain", offer_words},        {"preview", offer_posts},
    {"login", offer_accounts},       {"why", offer_deliveries},
    {"approve", offer_deliveries},   {"reject", offer_deliveries},
    {"hold", offer_deliveries},      {"release", offer_deliveries},
    {"cancel", offer_deliveries},    {"resolve", offer_deliveries},
    {"publish", offer_deliveries},   {"retract", offer_deliveries},
    {"audit", offer_audit},          {"reconcile", offer_accounts},
    {"--campaign", offer_campaigns}, {"--account", offer_accounts},
    {"--platform", offer_platforms}, {"--class", offer_classes},
    {"--fit", offer_fits},           {"--kind", offer_kinds},
};

static offering offering_of(const char *word)
{
    for (size_t i = 0; i < COUNT_OF(offerings); i++) {
        if (strcmp(offerings[i].word, word) == 0)
            return offerings[i].offer;
    }
    return offer_nothing;
}

/* ---- Where on the line we are. ---- */

static const struct command *command_named(const char *name)
{
    for (size_t i = 0; commands[i]; i++) {
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    }
    return NULL;
}

static bool takes_value(const struct command *command, const char *word)
{
    const struct command_option *option = command->options;

    for (; option && option->name; option++) {
        if (option->argument && (strncmp(word, "--", 2) == 0 ? !strcmp(word + 2, option->name)
                                                             : word[0] == '-' && option->letter &&
                                                                   word[1] == option->letter))
            return true;
    }
    return false;
}

/* "--account=to" is an option and what is begun of its value. */
static bool complete_glued(struct completion *completion)
{
    const char *equals = strchr(completion->begun, '=');
    size_t length = equals ? (size_t)(equals - completion->begun) : 0;
    struct arena *arena = completion->invocation.arena;

    if (!equals || completion->begun[0] != '-')
        return false;
    completion->before = arena_text_n(arena, completion->begun, length + 1);
    completion->begun = equals + 1;
    offering_of(arena_text_n(arena, completion->before, length))(completion);
    return true;
}

static void complete_word(struct completion *completion, const struct command *command,
                          const char *previous)
{
    if (complete_glued(completion))
        return;
    if (takes_value(command, previous))
        offering_of(previous)(completion);
    else if (completion->begun[0] == '-')
        offer_options(completion, command);
    else
        offering_of(command->name)(completion);
}

/* As main.c does it for a line that is run. */
static void enter_workspace(struct invocation *invocation, const char *workspace)
{
    bool is_given = getenv("STATE_DIRECTORY") || getenv("RUNTIME_DIRECTORY");

    invocation->workspace = workspace;
    if (!is_given)
        invocation->state = invocation->runtime =
            arena_printf(invocation->arena, "%s/state", workspace);
}

static bool run(const struct invocation *invocation, struct err *err)
{
    struct completion completion = {.invocation = *invocation, .begun = "", .before = ""};
    const char *const *words = invocation->words;
    size_t count = invocation->word_count, at = 0;
    const struct command *command;

    (void)err;
    if (count > 0)
        completion.begun = words[count - 1];
    if (count > 2 && strcmp(words[0], "-C") == 0) {
        enter_workspace(&completion.invocation, words[1]);
        at = 2;
    }
    if (at + 1 >= count) {
        if (count != 2 || strcmp(words[0], "-C") != 0)
            offer_commands(&completion);
        return true;
    }
    command = command_named(words[at]);
    if (command)
        complete_word(&completion, command, words[count - 2]);
    return true;
}

const struct command cmd_complete = {
    .name = "complete",
    .summary = N_("what may stand next on a command line; the shells ask it"),
    .usage = "complete -- WORD...",
    .details = N_("WORD... is the line after 'crier', the word that is being typed last. See\n"
                  "completions/ for bash and zsh."),
    .options = options,
    .effects = READS_FILES | USES_STORE,
    .most_words = 1000,
    .run = run,
};
