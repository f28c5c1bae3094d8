/* Options from a command's rows: parsing, and help from the same rows. */
#include <assert.h>
#include <string.h>
#include <unistd.h>

#include "base/i18n.h"
#include "commands/command.h"
#include "commands/terminal.h"
#include "commands/words.h"
#include "text/similar.h"

struct parser {
    struct invocation *invocation;
    const char **words;
    const char **values;
    size_t option_count;
    int argc, at;
    char *const *argv;
    struct err *err;
};

static size_t count_options(const struct command *command)
{
    size_t count = 0;

    while (command->options && command->options[count].name)
        count++;
    return count;
}

const char *invocation_value(const struct invocation *invocation, const char *option)
{
    const struct command_option *options = invocation->command->options;

    for (size_t i = 0; options && options[i].name; i++) {
        if (strcmp(options[i].name, option) == 0)
            return invocation->values[i];
    }
    assert(false && "an option of this command");
    return NULL;
}

/* What makes files, and what runs until it is stopped, has no facts to print. */
bool command_prints_facts(const struct command *command)
{
    const bool only_makes = command->effects == WRITES_FILES;

    return !only_makes && !(command->effects & USES_NETWORK);
}

/* ---- One option. ---- */

static const char *next_argument(struct parser *parser)
{
    return parser->at < parser->argc ? parser->argv[parser->at++] : NULL;
}

/* `glued` is the value that stood in the same argument, or NULL. */
static bool take_value(struct parser *parser, size_t index, const char *glued)
{
    const struct command_option *option = &parser->invocation->command->options[index];
    const char *value = glued;

    if (!option->argument && glued)
        return err_set(parser->err, ERR_USAGE, _("--%s takes no value"), option->name);
    if (!option->argument)
        value = "";
    else if (!value)
        value = next_argument(parser);
    if (!value)
        return err_set(parser->err, ERR_USAGE, _("--%s needs a value: --%s %s"), option->name,
                       option->name, option->argument);
    if (parser->values[index] && option->argument)
        return err_set(parser->err, ERR_USAGE, _("--%s is given twice"), option->name);
    parser->values[index] = value;
    return true;
}

static bool refuse_option(const struct parser *parser, const char *given)
{
    const struct command_option *options = parser->invocation->command->options;
    struct similar similar = similar_to(given);

    if (command_prints_facts(parser->invocation->command))
        similar_offer(&similar, "json");
    similar_offer(&similar, "help");
    for (size_t i = 0; i < parser->option_count; i++)
        similar_offer(&similar, options[i].name);
    if (similar.best)
        return err_set(parser->err, ERR_USAGE, _("unknown option --%s; did you mean --%s?"), given,
                       similar.best);
    return err_set(parser->err, ERR_USAGE, _("unknown option --%s; see crier %s --help"), given,
                   parser->invocation->command->name);
}

static bool take_long(struct parser *parser, const char *argument)
{
    const char *equals = strchr(argument, '=');
    size_t length = equals ? (size_t)(equals - argument) : strlen(argument);
    const char *name = arena_text_n(parser->invocation->arena, argument, length);

    if (strcmp(name, "json") == 0 && command_prints_facts(parser->invocation->command)) {
        if (equals)
            return err_set(parser->err, ERR_USAGE, _("--%s takes no value"), name);
        parser->invocation->json = true;
        return true;
    }
    for (size_t i = 0; i < parser->option_count; i++) {
        if (strcmp(parser->invocation->command->options[i].name, name) == 0)
            return take_value(parser, i, equals ? equals + 1 : NULL);
    }
    return refuse_option(parser, name);
}

/* One letter an argument: -y, -n 7, -n7. */
static bool take_short(struct parser *parser, const char *argument)
{
    for (size_t i = 0; i < parser->option_count; i++) {
        if (parser->invocation->command->options[i].letter == argument[0])
            return take_value(parser, i, argument[1] ? argument + 1 : NULL);
    }
    if (argument[0] == 'C')
        return err_set(parser->err, ERR_USAGE,
                       _("-C stands before the command: crier -C FOLDER %s"),
                       parser->invocation->command->name);
    return err_set(parser->err, ERR_USAGE, _("unknown option -%s; see crier %s --help"), argument,
                   parser->invocation->command->name);
}

static bool take_argument(struct parser *parser, const char *argument, bool *only_words)
{
    bool is_option = !*only_words && argument[0] == '-' && argument[1] != '\0';

    if (is_option && strcmp(argument, "--") == 0) {
        *only_words = true;
        return true;
    }
    if (is_option && argument[1] == '-')
        return take_long(parser, argument + 2);
    if (is_option)
        return take_short(parser, argument + 1);
    parser->words[parser->invocation->word_count++] = argument;
    return true;
}

static bool check_words(const struct parser *parser)
{
    const struct invocation *invocation = parser->invocation;
    const struct command *command = invocation->command;

    if (invocation->word_count < command->least_words)
        return err_set(parser->err, ERR_USAGE, _("something is missing: crier %s"), command->usage);
    if (invocation->word_count > command->most_words)
        return err_set(parser->err, ERR_USAGE, _("\"%s\" is one too many: crier %s"),
                       invocation->words[command->most_words], command->usage);
    return true;
}

bool invocation_parse(struct invocation *invocation, int argc, char *const *argv, struct err *err)
{
    struct parser parser = {
        .invocation = invocation,
        .argc = argc,
        .argv = argv,
        .err = err,
        .option_count = count_options(invocation->command),
    };
    bool only_words = false;
    const char *argument;

    parser.words = arena_array(invocation->arena, (size_t)argc + 1, sizeof *parser.words);
    parser.values = arena_array(invocation->arena, parser.option_count + 1, sizeof *parser.values);
    invocation->words = parser.words;
    invocation->values = parser.values;
    while ((argument = next_argument(&parser))) {
        if (!take_argument(&parser, argument, &only_words))
            return false;
    }
    return check_words(&parser);
}

bool invocation_workspace(const struct invocation *invocation, struct err *err)
{
    const char *config = arena_printf(invocation->arena, "%s/crier.cfg", invocation->workspace);

    return access(config, F_OK) == 0 ||
           err_set(err, ERR_CONFIG,
                   _("there is no %s, so this is no workspace. Run crier in the folder of the "
                     "workspace, or name it: crier -C FOLDER"),
                   config);
}

/* ---- Help. ---- */

static void print_option(const struct command_option *option, struct arena *arena, FILE *out)
{
    const char *left = arena_printf(arena, "%s%s%s", option->name, option->argument ? " " : "",
                                    option->argument ? option->argument : "");
    const char *letter = option->letter ? arena_printf(arena, "-%c,", option->letter) : "";

    terminal_print(out, arena_printf(arena, "  %3s --%-20s ", letter, left), "", _(option->help),
                   arena);
}

static void print_options(const struct command *command, struct arena *arena, FILE *out)
{
    static const struct command_option json = {0, "json", NULL, N_("print facts as JSON"), false};
    static const struct command_option help = {0, "help", NULL, N_("print this"), false};

    (void)fputs(_("\nOptions:\n"), out);
    for (size_t i = 0; i < count_options(command); i++)
        print_option(&command->options[i], arena, out);
    if (command_prints_facts(command))
        print_option(&json, arena, out);
    print_option(&help, arena, out);
}

static void print_paragraphs(const char *text, struct arena *arena, FILE *out)
{
    if (!text)
        return;
    (void)fputc('\n', out);
    terminal_paragraphs(out, _(text), arena);
}

void command_help(const struct command *command, FILE *out)
{
    struct arena arena = {0};

    words_print(out, "", "",
                arena_printf(&arena, _("Usage: crier [-C WORKSPACE] %s\n\n%s: %s.\n"),
                             command->usage, command->name, _(command->summary)),
                &arena);
    print_paragraphs(command->details, &arena, out);
    print_paragraphs(command->more, &arena, out);
    print_options(command, &arena, out);
    arena_clear(&arena);
}
