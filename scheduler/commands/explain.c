#include "commands/explain.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "base/i18n.h"
#include "campaign/delivery.h"
#include "campaign/fields.h"
#include "campaign/finding.h"
#include "campaign/finding_examples.h"
#include "platform/registry.h"

/* ---- the sheet ---- */

static void add_line(struct sheet *sheet, const char *member, const char *label, json_t *value)
{
    struct sheet_line *line =
        arena_push(sheet->arena, &sheet->lines, &sheet->count, &sheet->capacity, sizeof *line);

    *line = (struct sheet_line){.member = member, .label = label, .value = value};
}

void sheet_say(struct sheet *sheet, const char *member, const char *label, const char *text)
{
    add_line(sheet, member, label, text ? json_string(text) : json_null());
}

void sheet_call(struct sheet *sheet, const char *member, const char *label, const char *word,
                const char *said)
{
    sheet_say(sheet, member, label, word);
    sheet->lines[sheet->count - 1].said = said;
}

void sheet_show(struct sheet *sheet, const char *member, const char *label, const char *lines)
{
    sheet_say(sheet, member, label, lines);
    sheet->lines[sheet->count - 1].as_it_is = true;
}

void sheet_flag(struct sheet *sheet, const char *member, const char *label, bool truth)
{
    add_line(sheet, member, label, json_boolean(truth));
}

void sheet_list(struct sheet *sheet, const char *member, const char *label)
{
    add_line(sheet, member, label, json_array());
}

void sheet_item(struct sheet *sheet, const char *text)
{
    (void)json_array_append_new(sheet->lines[sheet->count - 1].value, json_string(text));
}

/* Words of a list that ends with NULL; the list itself may be NULL. */
void sheet_words(struct sheet *sheet, const char *member, const char *label,
                 const char *const *words)
{
    sheet_list(sheet, member, label);
    for (; words && *words; words++)
        sheet_item(sheet, *words);
}

const char *sheet_quantity(struct sheet *sheet, int64_t number, const char *what)
{
    return arena_printf(sheet->arena, "%" PRId64 " %s", number, what);
}

/* ---- keys ---- */

static size_t count_fields(void)
{
    return field_count;
}

static const char *field_word(size_t i)
{
    return fields[i].name;
}

/* "repeat.at": the key of that group. */
static bool is_field_of_group(size_t i, const char *word)
{
    const char *dot = strrchr(word, '.');

    if (!dot || strcasecmp(dot + 1, fields[i].name) != 0)
        return false;
    for (size_t g = 0; g < field_group_count; g++) {
        size_t length = strlen(field_groups[g].word);

        if ((fields[i].where & (unsigned)field_groups[g].place) && length == (size_t)(dot - word) &&
            strncasecmp(word, field_groups[g].word, length) == 0)
            return true;
    }
    return false;
}

/* A bound in the unit of its type; NULL when there is none to speak of. */
static const char *bound(struct sheet *sheet, const struct field *field, int64_t number)
{
    char text[INSTANT_TEXT];

    switch (field->type) {
    case FIELD_NUMBER:
        return arena_printf(sheet->arena, "%" PRId64, number);
    case FIELD_SPAN:
        return arena_text(sheet->arena, span_text((struct span){number}, text));
    case FIELD_TEXTS:
    case FIELD_NAMES:
    case FIELD_NUMBERS:
    case FIELD_DATES:
    case FIELD_CLOCKS:
    case FIELD_NTH:
    case FIELD_GROUPS:
    case FIELD_PARTS:
        return sheet_quantity(sheet, number, P_("item", "items", (unsigned long)number));
    case FIELD_TEXT:
    case FIELD_NAME:
    case FIELD_BOOL:
    case FIELD_TIME:
    case FIELD_DATE:
    case FIELD_CLOCK:
    case FIELD_CHOICE:
    case FIELD_GROUP:
    case FIELD_VARS:
        break;
    }
    return NULL;
}

static void fill_field(size_t i, struct sheet *sheet)
{
    const struct field *field = &fields[i];

    sheet_say(sheet, "means", _("says"), _(field->sentence));
    sheet_list(sheet, "where", _("stands"));
    for (size_t g = 0; g < field_group_count; g++)
        if (field->where & (unsigned)field_groups[g].place)
            sheet_item(sheet, _(field_groups[g].text));
    sheet_say(sheet, "value", _("is written as"), field_type_text(field->type));
    sheet_words(sheet, "choices", _("one of"), field->choices);
    sheet_say(sheet, "words", _("they mean"), field->words ? _(field->words) : NULL);
    sheet_say(sheet, "least", _("at least"),
              field->least ? bound(sheet, field, field->least) : NULL);
    sheet_say(sheet, "most", _("at most"), field->most ? bound(sheet, field, field->most) : NULL);
    sheet_flag(sheet, "required", _("must be there"), field->required);
    sheet_say(sheet, "fallback", _("when it is left out"), field->fallback);
    sheet_say(sheet, "example", _("example"), field->example);
}

/* ---- the groups in which keys stand ---- */

static size_t count_groups(void)
{
    return field_group_count;
}

static const char *group_word(size_t i)
{
    return field_groups[i].word;
}

static void fill_group(size_t i, struct sheet *sheet)
{
    sheet_say(sheet, "where", _("its keys stand"), _(field_groups[i].text));
    sheet_list(sheet, "keys", _("keys"));
    for (size_t f = 0; f < field_count; f++)
        if (fields[f].where & (unsigned)field_groups[i].place)
            sheet_item(sheet,
                       arena_printf(sheet->arena, "%s: %s", fields[f].name, _(fields[f].sentence)));
}

/* ---- platforms ---- */

static size_t count_platforms(void)
{
    return PLATFORM_COUNT;
}

static const char *platform_word(size_t i)
{
    return adapters[i]->name;
}

/* ---- keys that only one platform has in an account ---- */

struct platform_key {
    const struct platform_facts *platform;
    const struct account_key *key; /* NULL when there are not so many */
    size_t passed;                 /* on the way to it: all, when there are not so many */
};

static struct platform_key platform_key(size_t i)
{
    struct platform_key at = {.platform = platform_facts_all()};

    for (; at.platform->name; at.platform++)
        for (at.key = at.platform->keys; at.key && at.key->name; at.key++)
            if (at.passed++ == i)
                return at;
    at.key = NULL;
    return at;
}

static size_t count_account_keys(void)
{
    return platform_key(SIZE_MAX).passed;
}

static const char *account_key_word(size_t i)
{
    const struct account_key *key = platform_key(i).key;

    return key ? key->name : "";
}

static void fill_account_key(size_t i, struct sheet *sheet)
{
    const struct platform_key at = platform_key(i);

    if (!at.key)
        return;
    sheet_say(sheet, "platform", _("in an account of"), at.platform->name);
    sheet_say(sheet, "means", _("says"), _(at.key->sentence));
    sheet_say(sheet, "fallback", _("when it is left out"), at.key->fallback);
}

/* ---- remarks of check ---- */

static size_t count_findings(void)
{
    return finding_kind_count;
}

static const char *finding_word(size_t i)
{
    return finding_kinds[i].code;
}

/* With … where each case has its own words; NULL when there is nothing but these. */
static const char *pattern(struct sheet *sheet, const char *text)
{
    static const char dots[] = "…";
    const char *translated = *text ? _(text) : "";
    char *copy = arena_alloc(sheet->arena, strlen(translated) + 1), *end = copy;

    for (const char *at = translated; *at;) {
        bool is_slot = at[0] == '{' && at[1] >= '0' && at[1] <= '2' && at[2] == '}';
        size_t length = is_slot ? sizeof dots - 1 : 1;

        memcpy(end, is_slot ? dots : at, length);
        end += length;
        at += is_slot ? 3 : 1;
    }
    *end = '\0';
    return *copy && strcmp(copy, dots) != 0 ? copy : NULL;
}

/* What is wrong, and the same put right. */
static void fill_example(const char *code, struct sheet *sheet)
{
    const struct finding_example *example = finding_example(code);

    if (!example)
        return;
    if (example->place == EXAMPLE_WORDS) {
        sheet_say(sheet, "wrong", _("wrong"), _(example->wrong));
        sheet_say(sheet, "right", _("right"), _(example->right));
        return;
    }
    sheet_say(sheet, "example", _("example"), example_place_text(example->place));
    sheet_show(sheet, "wrong", _("wrong"), example->wrong);
    sheet_show(sheet, "right", _("right"), example->right);
}

static void fill_finding(size_t i, struct sheet *sheet)
{
    const struct finding_kind *kind = &finding_kinds[i];
    const char *why = pattern(sheet, kind->why), *try = pattern(sheet, kind->try);

    bool is_error = kind->severity == SEVERITY_ERROR;

    sheet_call(sheet, "severity", _("is"), is_error ? "error" : "warning",
               is_error ? _("error") : _("warning"));
    sheet_say(sheet, "effect", _("so"),
              is_error
                  ? _("nothing of the edited file is taken over until it is corrected; what was "
                      "planned before stays")
                  : _("it is worth a look, and it stops nothing"));
    sheet_say(sheet, "message", _("says"), pattern(sheet, kind->message));
    sheet_say(sheet, "why", _("why"), why);
    sheet_say(sheet, "try", _("try"), try);
    sheet_flag(sheet, "place_says_more", _("'crier check' says more at the place"),
               !why || !try || strchr(kind->message, '{') != NULL);
    fill_example(kind->code, sheet);
}

/* ---- reasons, states, troubles, units ---- */

static size_t count_reasons(void)
{
    return reason_count;
}

static const char *reason_word(size_t i)
{
    return reasons[i].word;
}

static void fill_reason(size_t i, struct sheet *sheet)
{
    sheet_say(sheet, "means", _("means"), _(reasons[i].sentence));
}

static size_t count_states(void)
{
    return STATE_COUNT;
}

static const char *word_of_state(size_t i)
{
    return state_word((enum state)i);
}

static void fill_state(size_t i, struct sheet *sheet)
{
    sheet_say(sheet, "means", _("means"), state_sentence((enum state)i));
    sheet_flag(sheet, "final", _("it is over"), state_is_final((enum state)i));
    sheet_list(sheet, "next", _("can become"));
    for (size_t to = 0; to < STATE_COUNT; to++)
        if (transition_allowed((enum state)i, (enum state)to))
            sheet_item(sheet, word_of_state(to));
}

/* TROUBLE_NONE is no trouble. */
static size_t count_troubles(void)
{
    return TROUBLE_COUNT - 1;
}

static const char *word_of_trouble(size_t i)
{
    return trouble_word((enum trouble)(i + 1));
}

static void fill_trouble(size_t i, struct sheet *sheet)
{
    sheet_say(sheet, "means", _("means"), trouble_sentence((enum trouble)(i + 1)));
}

static size_t count_units(void)
{
    return COUNT_UNITS;
}

static const char *word_of_unit(size_t i)
{
    return count_unit_word((enum count_unit)i);
}

static void fill_unit(size_t i, struct sheet *sheet)
{
    sheet_say(sheet, "means", _("counts"), count_unit_sentence((enum count_unit)i));
}

const struct explain_kind explain_kinds[] = {
    {"key", N_("Keys in files"), N_("a key"), count_fields, field_word, is_field_of_group,
     fill_field},
    {"group", N_("Groups of keys"), N_("a group of keys"), count_groups, group_word, NULL,
     fill_group},
    {"platform", N_("Platforms"), N_("a platform"), count_platforms, platform_word, NULL,
     explain_platform},
    {"account-key", N_("Keys in an account that depend on its platform"),
     N_("a key that depends on the platform"), count_account_keys, account_key_word, NULL,
     fill_account_key},
    {"finding", N_("Findings of 'crier check'"), N_("a finding of 'crier check'"), count_findings,
     finding_word, NULL, fill_finding},
    {"state", N_("States of a delivery"), N_("a state of a delivery"), count_states, word_of_state,
     NULL, fill_state},
    {"reason", N_("Why a delivery is where it is"), N_("a reason why a delivery is where it is"),
     count_reasons, reason_word, NULL, fill_reason},
    {"trouble", N_("Troubles of an account"), N_("a trouble of an account"), count_troubles,
     word_of_trouble, NULL, fill_trouble},
    {"unit", N_("How texts are counted"), N_("a way to count a text"), count_units, word_of_unit,
     NULL, fill_unit},
};
const size_t explain_kind_count = COUNT_OF(explain_kinds);
