/* crier explain - what a word of the files, of check, of status or of a platform means. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/i18n.h"
#include "commands/command.h"
#include "commands/desk_client.h"
#include "commands/explain.h"
#include "commands/terminal.h"
#include "text/similar.h"
#include "text/unicode.h"

enum { LINE_COLUMNS = 78, MOST_GUESSES = 5 };

static const struct command_option options[] = {{0}};

/* ---- a sheet on paper ---- */

static const char *item(const json_t *list, size_t i)
{
    return json_string_value(json_array_get(list, i));
}

/* Single words stand side by side, all else below each other. */
static bool stands_in_a_row(const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (strchr(item(list, i), ' '))
            return json_array_size(list) == 1;
    return true;
}

static void print_row(const char *label, const json_t *list, struct arena *arena)
{
    const char *text = arena_printf(arena, "%s:", label);

    for (size_t i = 0; i < json_array_size(list); i++)
        text = arena_printf(arena, "%s%s %s", text, i ? "," : "", item(list, i));
    terminal_print(stdout, "  ", "  ", text, arena);
}

static void print_list(const char *label, const json_t *list, struct arena *arena)
{
    if (stands_in_a_row(list)) {
        print_row(label, list, arena);
        return;
    }
    (void)printf("  %s:\n", label);
    for (size_t i = 0; i < json_array_size(list); i++)
        terminal_print(stdout, "      ", "  ", item(list, i), arena);
}

/* Lines of a file stay as they are, but for what would disturb the terminal. */
static void print_lines(const struct sheet_line *line, struct arena *arena)
{
    const char *at = unicode_lines(json_string_value(line->value), arena);

    (void)printf("  %s:\n", line->label);
    while (*at) {
        size_t length = strcspn(at, "\n");

        (void)printf("      %.*s\n", (int)length, at);
        at += length + (at[length] == '\n');
    }
}

static void print_text(const struct sheet_line *line, struct arena *arena)
{
    const char *text = line->said ? line->said : json_string_value(line->value);

    terminal_print(stdout, "  ", "  ", arena_printf(arena, "%s: %s", line->label, text), arena);
}

static void print_line(const struct sheet_line *line, struct arena *arena)
{
    if (line->as_it_is)
        print_lines(line, arena);
    else if (json_is_string(line->value))
        print_text(line, arena);
    else if (json_is_true(line->value))
        (void)printf("  %s: %s\n", line->label, _("yes"));
    else if (json_array_size(line->value) > 0)
        print_list(line->label, line->value, arena);
}

static void print_sheet(const struct explain_kind *kind, const char *word,
                        const struct sheet *sheet)
{
    (void)printf("%s: %s\n", word, _(kind->singular));
    for (size_t i = 0; i < sheet->count; i++)
        print_line(&sheet->lines[i], sheet->arena);
}

static json_t *topic(const struct explain_kind *kind, const char *word)
{
    json_t *object = json_object();

    json_put(object, "kind", kind->name);
    json_put(object, "word", word);
    return object;
}

static void keep_sheet(json_t *topics, const struct explain_kind *kind, const char *word,
                       const struct sheet *sheet)
{
    json_t *object = topic(kind, word);

    for (size_t i = 0; i < sheet->count; i++)
        (void)json_object_set(object, sheet->lines[i].member, sheet->lines[i].value);
    (void)json_array_append_new(topics, object);
}

/* ---- one word ---- */

/* Whether one of the first `count` words of a kind is this one. */
static bool is_among(const struct explain_kind *kind, size_t count, const char *word)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(kind->word(i), word) == 0)
            return true;
    return false;
}

static bool is_meant(const struct explain_kind *kind, size_t i, const char *word)
{
    return strcasecmp(kind->word(i), word) == 0 || (kind->also && kind->also(i, word));
}

static void explain_one(const struct invocation *invocation, const struct explain_kind *kind,
                        size_t i, json_t *topics)
{
    struct sheet sheet = {.arena = invocation->arena};

    kind->fill(i, &sheet);
    if (!invocation->json) {
        (void)fputs(json_array_size(topics) ? "\n" : "", stdout);
        print_sheet(kind, kind->word(i), &sheet);
    }
    keep_sheet(topics, kind, kind->word(i), &sheet);
    for (size_t n = 0; n < sheet.count; n++)
        json_decref(sheet.lines[n].value);
}

/* Everything of that name: a word may be a key in three places, and a reason besides. */
static void explain_all(const struct invocation *invocation, const char *word, json_t *topics)
{
    for (size_t k = 0; k < explain_kind_count; k++)
        for (size_t i = 0; i < explain_kinds[k].count(); i++)
            if (is_meant(&explain_kinds[k], i, word))
                explain_one(invocation, &explain_kinds[k], i, topics);
}

/* ---- the nearest names ---- */

struct guesses {
    const char *word;
    struct buffer text;
    size_t count;
};

static bool was_seen(const struct explain_kind *kind, size_t i)
{
    for (const struct explain_kind *earlier = explain_kinds; earlier < kind; earlier++)
        if (is_among(earlier, earlier->count(), kind->word(i)))
            return true;
    return is_among(kind, i, kind->word(i));
}

static bool is_near(const char *word, const char *candidate)
{
    size_t length = strlen(word);

    return similar_word(word, &candidate, 1) ||
           (length > 1 && strncasecmp(word, candidate, length) == 0);
}

static void guess(struct guesses *guesses, const struct explain_kind *kind, size_t i)
{
    const char *candidate = kind->word(i);

    if (guesses->count == MOST_GUESSES || !is_near(guesses->word, candidate) || was_seen(kind, i))
        return;
    (void)buffer_printf(&guesses->text, "%s\"%s\"", guesses->count++ ? ", " : "", candidate);
}

static bool refuse(const char *word, struct err *err)
{
    struct guesses guesses = {.word = word};

    buffer_init(&guesses.text, SIZE_MAX);
    for (size_t k = 0; k < explain_kind_count; k++)
        for (size_t i = 0; i < explain_kinds[k].count(); i++)
            guess(&guesses, &explain_kinds[k], i);
    if (guesses.count)
        (void)err_set(err, ERR_USAGE, _("nothing is called \"%s\"; did you mean %s?"), word,
                      guesses.text.bytes);
    else
        (void)err_set(
            err, ERR_USAGE,
            _("nothing is called \"%s\"; 'crier explain' lists all that can be explained"), word);
    buffer_clear(&guesses.text);
    return false;
}

/* ---- all words ---- */

/* Once each, in lines that fit a terminal; all words are ASCII. */
static void print_words(const struct explain_kind *kind)
{
    size_t column = 0;

    for (size_t i = 0; i < kind->count(); i++) {
        const char *word = kind->word(i);

        if (is_among(kind, i, word))
            continue;
        if (column + strlen(word) + 1 > LINE_COLUMNS) {
            (void)putchar('\n');
            column = 0;
        }
        column += (size_t)printf("%s%s", column ? " " : "  ", word);
    }
    (void)putchar('\n');
}

static void list_words(void)
{
    for (size_t k = 0; k < explain_kind_count; k++) {
        (void)printf("%s\n", _(explain_kinds[k].heading));
        print_words(&explain_kinds[k]);
        (void)putchar('\n');
    }
    (void)puts(_("Ask for any of them: crier explain useful_for"));
}

static void list_topics(json_t *topics)
{
    for (size_t k = 0; k < explain_kind_count; k++)
        for (size_t i = 0; i < explain_kinds[k].count(); i++)
            (void)json_array_append_new(topics, topic(&explain_kinds[k], explain_kinds[k].word(i)));
}

static bool explain(const struct invocation *invocation, json_t *topics, struct err *err)
{
    if (invocation->word_count)
        explain_all(invocation, invocation->words[0], topics);
    else if (invocation->json)
        list_topics(topics);
    else
        list_words();
    if (invocation->word_count && json_array_size(topics) == 0)
        return refuse(invocation->words[0], err);
    return true;
}

static bool run(const struct invocation *invocation, struct err *err)
{
    json_t *answer = json_object(), *topics = json_array();
    bool ok;

    json_put_new(answer, "topics", topics);
    ok = explain(invocation, topics, err);
    if (ok && invocation->json)
        print_json(answer);
    json_decref(answer);
    return ok;
}

const struct command cmd_explain = {
    .name = "explain",
    .summary = N_("what a key, a platform, a finding, a state or a reason means"),
    .usage = "explain [--json] [WORD]",
    .details =
        N_("WORD is a key of a file (useful_for, repeat.at), a platform, the code of a finding "
           "(E112),\na state, or a reason as 'crier status' shows it. Without one, all words "
           "are listed."),
    .options = options,
    .effects = 0,
    .most_words = 1,
    .run = run,
};
