#include "campaign/values.h"

#include <assert.h>
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "calendar/when.h"
#include "campaign/advice.h"
#include "campaign/proof.h"
#include "text/similar.h"
#include "text/unicode.h"

enum {
    LIST_MOST = 10000, /* items, where the table says nothing smaller */
    MOST_SHOWN = 80    /* bytes of a text in a line that is shown mended */
};

typedef bool (*converter)(struct reading *reading, struct value *value);

void reading_report(struct reading *reading, const char *code, struct place place, const char *a,
                    const char *b, const char *c)
{
    source_report(reading->source, code, place, a, b, c);
}

size_t member_count(const struct member *member)
{
    return (size_t)config_setting_length(member->setting);
}

struct member member_at(const struct member *member, size_t index)
{
    return (struct member){config_setting_get_elem(member->setting, (unsigned)index),
                           &member->node->items[index]};
}

const char *guess_text(struct reading *reading, const char *guess, const char *otherwise)
{
    if (!guess || !*guess)
        return otherwise;
    return arena_printf(reading->arena, _("Did you mean \"%s\"?"), guess);
}

const char *known_text(struct reading *reading, const char *const *words, size_t count)
{
    if (count == 0)
        return _("None is known yet.");
    return arena_printf(reading->arena, _("These are known: %s."),
                        advice_words(words, count, reading->arena));
}

const char *nearest_text(struct reading *reading, const char *word, const char *const *words,
                         size_t count)
{
    const char *guess = similar_word(word, words, count);

    return guess ? guess_text(reading, guess, NULL) : known_text(reading, words, count);
}

bool begins_with_word(const char *text, const char *word)
{
    while (*word && tolower((unsigned char)*text) == tolower((unsigned char)*word)) {
        text++;
        word++;
    }
    return *word == '\0';
}

bool is_plain_name(const char *text, bool letter_first, size_t most)
{
    size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-");

    if (text[length] != '\0' || length == 0 || length > most)
        return false;
    return !letter_first || (text[0] >= 'a' && text[0] <= 'z');
}

const char *plain_name_of(const char *text, bool letter_first, size_t most, struct arena *arena)
{
    char *name = arena_alloc(arena, most + 1);
    size_t length = 0;

    for (const char *at = text; *at && length < most; at++) {
        char c = *at >= 'A' && *at <= 'Z' ? (char)(*at - 'A' + 'a') : *at;
        char one[2] = {strchr(" _./", c) ? '-' : c};

        if (is_plain_name(one, letter_first && length == 0, 1) && (length > 0 || one[0] != '-'))
            name[length++] = one[0];
    }
    while (length > 0 && name[length - 1] == '-')
        length--;
    name[length] = '\0';
    return name;
}

/* ---- Scalars: each converter reports what is wrong and returns false. ---- */

static bool wrong_type(struct reading *reading, const struct value *value)
{
    if (!value->member.node->bare)
        reading_report(reading, "E201", value->place, value->field->name,
                       field_type_text(value->field->type), value->field->example);
    return false;
}

/* A member of a group as it would be written; "..." when it is not there or not short. */
static const char *text_of(const config_setting_t *group, const char *name)
{
    const char *text = NULL;

    if (!config_setting_lookup_string(group, name, &text) || !advice_may_show(text, MOST_SHOWN))
        return "...";
    return text;
}

/* One picture without ( ) or { }: its own file and words, as they should stand. */
static bool lacks_brackets(struct reading *reading, const struct value *value)
{
    const config_setting_t *setting = value->member.setting;
    const char *file = config_setting_get_string(setting), *alt = _("what is seen in it");

    if (strcmp(value->field->name, "media") != 0)
        return wrong_type(reading, value);
    if (config_setting_is_group(setting)) {
        file = text_of(setting, "file");
        alt = text_of(setting, "alt");
    }
    if (value->member.node->bare || !file || !advice_may_show(file, MOST_SHOWN))
        return wrong_type(reading, value);
    reading_report(
        reading, "E201", value->place, value->field->name, field_type_text(value->field->type),
        arena_printf(reading->arena, "media = ( { file = \"%s\"; alt = \"%s\"; } );", file, alt));
    return false;
}

/* A number where a text is meant: helpline = 112. */
static bool lacks_quotes(struct reading *reading, const struct value *value)
{
    const char *number = value->member.node->written;

    if (value->field->type == FIELD_SPAN)
        reading_report(reading, "E219", value->place, number,
                       _("Write for example \"30m\", \"6h\" or \"2d\"."), NULL);
    else if (number)
        reading_report(reading, "E123", value->place, number,
                       arena_printf(reading->arena, "\"%s\"", number),
                       _("A text stands in quotes; as a number it would lose a zero at its "
                         "beginning."));
    return false;
}

static bool is_string(const struct member *member)
{
    return config_setting_type(member->setting) == CONFIG_TYPE_STRING;
}

static bool read_string(struct reading *reading, struct value *value, const char **text)
{
    if (config_setting_type(value->member.setting) == CONFIG_TYPE_INT)
        return lacks_quotes(reading, value);
    if (!is_string(&value->member))
        return wrong_type(reading, value);
    *text = config_setting_get_string(value->member.setting);
    return true;
}

static bool refuse_empty(struct reading *reading, const struct value *value)
{
    const char *name = value->member.node->name;

    reading_report(reading, "E216", value->place, name ? name : value->field->name,
                   advice_fill_text(value, reading->arena), NULL);
    return false;
}

static bool is_blank(const char *text, struct arena *arena)
{
    return !*unicode_trim(text, arena);
}

static bool convert_text(struct reading *reading, struct value *value)
{
    const char *text;

    if (!read_string(reading, value, &text))
        return false;
    value->text = unicode_nfc(text, reading->arena);
    proof_text(reading, value, text);
    /* An empty alternative text is the checker's to warn of. */
    return strcmp(value->field->name, "alt") == 0 || !is_blank(value->text, reading->arena) ||
           refuse_empty(reading, value);
}

static bool convert_name(struct reading *reading, struct value *value)
{
    const char *text = "";

    if (!read_string(reading, value, &text))
        return false;
    value->text = arena_text(reading->arena, text);
    return *text || refuse_empty(reading, value);
}

static bool convert_bool(struct reading *reading, struct value *value)
{
    if (config_setting_type(value->member.setting) != CONFIG_TYPE_BOOL)
        return wrong_type(reading, value);
    value->number = config_setting_get_bool(value->member.setting);
    return true;
}

static void take_number(struct reading *reading, struct value *value)
{
    const char *written = value->member.node->written;
    const char *digits = written ? written + strspn(written, "+-") : "";

    value->number = config_setting_get_int(value->member.setting);
    if (digits[0] == '0' && digits[1] != '\0')
        reading_report(reading, "W122", value->place, written,
                       arena_printf(reading->arena, "%" PRId64, value->number), NULL);
}

static bool convert_number(struct reading *reading, struct value *value)
{
    const struct field *field = value->field;

    if (config_setting_type(value->member.setting) != CONFIG_TYPE_INT)
        return wrong_type(reading, value);
    take_number(reading, value);
    if (value->number >= field->least && value->number <= field->most)
        return true;
    reading_report(reading, "E204", value->place, field->name,
                   arena_printf(reading->arena, "%" PRId64, value->number),
                   advice_number(field, reading->arena));
    return false;
}

static const struct {
    const char *word;
    int64_t times;
    char unit;
} span_words[] = {
    {"s", 1, 's'},     {"sec", 1, 's'}, {"secs", 1, 's'}, {"second", 1, 's'}, {"seconds", 1, 's'},
    {"m", 1, 'm'},     {"min", 1, 'm'}, {"mins", 1, 'm'}, {"minute", 1, 'm'}, {"minutes", 1, 'm'},
    {"h", 1, 'h'},     {"hr", 1, 'h'},  {"hrs", 1, 'h'},  {"hour", 1, 'h'},   {"hours", 1, 'h'},
    {"d", 1, 'd'},     {"day", 1, 'd'}, {"days", 1, 'd'}, {"w", 7, 'd'},      {"week", 7, 'd'},
    {"weeks", 7, 'd'},
};

/* "6 hours" was meant as "6h"; NULL when nothing is clear. */
static const char *span_guess(struct reading *reading, const char *text)
{
    const char *digits = text + strspn(text, " ");
    size_t count = strspn(digits, "0123456789");
    const char *unit = digits + count + strspn(digits + count, " ");
    size_t length = strcspn(unit, " .");

    if (count == 0 || count > 6 || unit[length + strspn(unit + length, " .")] != '\0')
        return NULL;
    for (size_t i = 0; i < COUNT_OF(span_words); i++) {
        if (strlen(span_words[i].word) == length && begins_with_word(unit, span_words[i].word))
            return arena_printf(reading->arena, "%ld%c",
                                strtol(digits, NULL, 10) * (long)span_words[i].times,
                                span_words[i].unit);
    }
    return NULL;
}

static bool convert_span(struct reading *reading, struct value *value)
{
    const struct field *field = value->field;
    const char *text;

    if (!read_string(reading, value, &text))
        return false;
    value->text = arena_text(reading->arena, text);
    if (!span_parse(text, &value->span)) {
        reading_report(reading, "E219", value->place, value->text,
                       guess_text(reading, span_guess(reading, text),
                                  _("Write for example \"30m\", \"6h\" or \"2d\".")),
                       NULL);
        return false;
    }
    if (value->span.ms >= field->least && value->span.ms <= field->most)
        return true;
    reading_report(reading, "E220", value->place, field->name, value->text,
                   advice_span(field, reading->arena));
    return false;
}

/* ---- Times. ---- */

struct time_form {
    bool (*parse)(const char *text, struct when *when);
    const char *right; /* N_() */
};

static const struct time_form whole_time = {
    when_parse, N_("Correct it; it is written like this: \"2026-12-01 09:30\".")};
static const struct time_form date_only = {
    when_parse_date, N_("Correct it; it is written like this: \"2026-12-01\".")};
static const struct time_form clock_only = {when_parse_time,
                                            N_("Correct it; it is written like this: \"19:00\".")};

/* The last day of the month that `text` names, where only the day of it is wrong. */
static const char *day_hint(struct reading *reading, const char *text)
{
    char *right = arena_text(reading->arena, text);
    int year, month, days;

    if (strlen(text) < 10 || sscanf(text, "%4d-%2d-", &year, &month) != 2 || month < 1 ||
        month > 12 || text[4] != '-' || text[7] != '-')
        return NULL;
    days = civil_days_in_month(year, month);
    right[8] = (char)('0' + days / 10);
    right[9] = (char)('0' + days % 10);
    return arena_printf(reading->arena,
                        _("%.7s has %d days. If its last day is still to come and is meant, write "
                          "\"%s\"; else write a day to come."),
                        text, days, right);
}

/* The last month there is, where only the month is wrong. */
static const char *month_hint(struct reading *reading, const char *text)
{
    char *right = arena_text(reading->arena, text);

    if (strlen(text) < 10 || text[4] != '-' || text[7] != '-')
        return _("Months go from 01 to 12: correct the month.");
    right[5] = '1';
    right[6] = '2';
    return arena_printf(reading->arena,
                        _("Months go from 01 to 12: write \"%s\" for December, or another month."),
                        right);
}

/* One half of it is right, and stays. */
static const char *half_hint(struct reading *reading, const char *text, enum when_fault fault)
{
    if (fault == WHEN_NO_DATE)
        return arena_printf(reading->arena,
                            _("Write the day before it, for example \"2026-12-01 %s\"."), text);
    return arena_printf(reading->arena,
                        _("Write the time of day behind it, for example \"%s 09:30\"."), text);
}

static const char *time_hint(struct reading *reading, const struct time_form *form,
                             const char *text, enum when_fault fault)
{
    const char *hint = fault == WHEN_NO_SUCH_DAY ? day_hint(reading, text) : NULL;

    if (fault == WHEN_NO_SUCH_MONTH)
        hint = month_hint(reading, text);
    else if (fault == WHEN_NO_SUCH_TIME)
        hint = _("Hours go from 00 to 23 and minutes from 00 to 59: correct the time.");
    else if (form == &whole_time && (fault == WHEN_NO_DATE || fault == WHEN_NO_TIME))
        hint = half_hint(reading, text, fault);
    return hint ? hint : _(form->right);
}

static bool parse_time(struct reading *reading, const struct time_form *form, const char *text,
                       struct place place, struct civil *civil)
{
    struct when when = {0};

    if (form->parse(text, &when)) {
        *civil = when.civil;
        return true;
    }
    reading_report(reading, "E301", place, arena_text(reading->arena, text),
                   _(when_fault_text(when.fault)),
                   guess_text(reading, when.guess, time_hint(reading, form, text, when.fault)));
    return false;
}

static int64_t date_number(const struct civil *civil)
{
    return civil_days(civil->year, civil->month, civil->day);
}

static int64_t clock_number(const struct civil *civil)
{
    return civil->hour * 3600 + civil->minute * 60 + civil->second;
}

static bool convert_when(struct reading *reading, struct value *value, const struct time_form *form)
{
    const char *text;

    if (!read_string(reading, value, &text))
        return false;
    value->text = arena_text(reading->arena, text);
    return parse_time(reading, form, text, value->place, &value->civil);
}

static bool convert_time(struct reading *reading, struct value *value)
{
    return convert_when(reading, value, &whole_time);
}

static bool convert_date(struct reading *reading, struct value *value)
{
    bool ok = convert_when(reading, value, &date_only);

    value->number = ok ? date_number(&value->civil) : 0;
    return ok;
}

static bool convert_clock(struct reading *reading, struct value *value)
{
    bool ok = convert_when(reading, value, &clock_only);

    value->number = ok ? clock_number(&value->civil) : 0;
    return ok;
}

bool reading_instant(struct reading *reading, const struct value *value, struct instant *instant)
{
    struct instant second;
    enum zone_fit fit = zone_resolve(reading->zone, &value->civil, instant, &second);

    if (fit == ZONE_ONCE)
        return true;
    reading_report(reading, fit == ZONE_GAP ? "E302" : "E303", value->place, value->text,
                   zone_name(reading->zone), NULL);
    return false;
}

/* ---- Choices. ---- */

static bool find_choice(struct reading *reading, const struct field *field, const char *text,
                        struct place place, int64_t *index)
{
    for (*index = 0; field->choices[*index]; (*index)++) {
        if (strcmp(field->choices[*index], text) == 0)
            return true;
    }
    reading_report(reading, "E203", place, field->name, arena_text(reading->arena, text),
                   advice_choice(reading, field, text));
    return false;
}

static bool convert_choice(struct reading *reading, struct value *value)
{
    return convert_name(reading, value) &&
           find_choice(reading, value->field, value->text, value->place, &value->number);
}

/* ---- Lists. ---- */

static bool is_list(const struct member *member)
{
    int type = config_setting_type(member->setting);

    return type == CONFIG_TYPE_ARRAY || type == CONFIG_TYPE_LIST;
}

/* What a date or time of day is in its right form; NULL when nobody can tell. */
static const char *right_item(struct reading *reading, enum field_type type, const char *text)
{
    struct when when = {0};
    bool right = type == FIELD_CLOCKS  ? when_parse_time(text, &when)
                 : type == FIELD_DATES ? when_parse_date(text, &when)
                                       : true;

    if (!right)
        text = *when.guess ? when.guess : NULL;
    return text ? arena_printf(reading->arena, "\"%s\"", text) : NULL;
}

/* One item without brackets: on = "Fri". */
static bool refuse_single(struct reading *reading, const struct value *value)
{
    const struct member *member = &value->member;
    const struct field *field = value->field;
    int type = config_setting_type(member->setting);
    bool text =
        type == CONFIG_TYPE_STRING && strlen(config_setting_get_string(member->setting)) < 40;
    const char *item = NULL;

    if ((!text && type != CONFIG_TYPE_INT) || member->node->bare)
        return wrong_type(reading, value);
    if (text)
        item = right_item(reading, field->type, config_setting_get_string(member->setting));
    else
        item = arena_printf(reading->arena, "%d", config_setting_get_int(member->setting));
    reading_report(reading, "E214", value->place, field->name,
                   item ? arena_printf(reading->arena, "%s = [ %s ];", field->name, item)
                        : field->example,
                   NULL);
    return false;
}

static void refuse_many(struct reading *reading, const struct value *value, int64_t most)
{
    int twice = most < 100 ? advice_doubled(value) : 0;

    reading_report(reading, "E226", twice ? value->member.node->items[twice].value : value->place,
                   value->field->name, arena_printf(reading->arena, "%" PRId64, most),
                   twice ? advice_without(value, twice, reading->arena)
                         : _("Take some out, or make several posts or campaigns of it."));
}

static bool check_count(struct reading *reading, const struct value *value)
{
    int64_t count = (int64_t)member_count(&value->member);
    int64_t most = value->field->most ? value->field->most : LIST_MOST;

    if (count < value->field->least)
        reading_report(reading, "E224", value->place, value->field->name,
                       advice_fill_list(value, reading->arena), NULL);
    else if (count > most)
        refuse_many(reading, value, most);
    return count >= value->field->least && count <= most;
}

static bool open_list(struct reading *reading, const struct value *value)
{
    if (!is_list(&value->member))
        return refuse_single(reading, value);
    return check_count(reading, value);
}

/* An item of a list as a value of its own, so that the scalar converters can be used on it. */
static struct value item_value(const struct value *list, size_t index)
{
    struct member member = member_at(&list->member, index);

    return (struct value){.field = list->field,
                          .member = member,
                          .key = member.node->value,
                          .place = member.node->value};
}

static bool convert_list(struct reading *reading, struct value *value, converter convert_item,
                         bool as_numbers)
{
    size_t count = open_list(reading, value) ? member_count(&value->member) : 0;
    const char **texts = arena_array(reading->arena, count, sizeof *texts);
    struct place *places = arena_array(reading->arena, count, sizeof *places);
    bool ok = is_list(&value->member);

    value->numbers = arena_array(reading->arena, as_numbers ? count : 0, sizeof *value->numbers);
    for (size_t i = 0; i < count; i++) {
        struct value item = item_value(value, i);

        if ((item.member.node->faulty && !is_string(&item.member)) ||
            !convert_item(reading, &item)) {
            ok = false;
            continue;
        }
        texts[value->texts.count] = item.text;
        places[value->texts.count] = item.place;
        if (as_numbers)
            value->numbers[value->number_count++] = item.number;
        value->texts.count++;
    }
    value->texts.items = texts;
    value->texts.places = places;
    return ok && (int64_t)value->texts.count >= value->field->least;
}

static bool convert_word(struct reading *reading, struct value *value)
{
    return value->field->choices ? convert_choice(reading, value) : convert_name(reading, value);
}

static bool convert_texts(struct reading *reading, struct value *value)
{
    return convert_list(reading, value, convert_text, false);
}

static bool convert_names(struct reading *reading, struct value *value)
{
    return convert_list(reading, value, convert_word, true);
}

static bool convert_any_number(struct reading *reading, struct value *value)
{
    if (config_setting_type(value->member.setting) != CONFIG_TYPE_INT)
        return wrong_type(reading, value);
    take_number(reading, value);
    return true;
}

static bool convert_numbers(struct reading *reading, struct value *value)
{
    return convert_list(reading, value, convert_any_number, true);
}

static bool convert_dates(struct reading *reading, struct value *value)
{
    return convert_list(reading, value, convert_date, true);
}

static bool convert_clocks(struct reading *reading, struct value *value)
{
    return convert_list(reading, value, convert_clock, true);
}

/* One weekday of the month may stand without brackets. */
static bool convert_nth(struct reading *reading, struct value *value)
{
    const char **text;
    struct place *place;

    if (!is_string(&value->member))
        return convert_names(reading, value);
    if (!convert_name(reading, value))
        return false;
    text = arena_copy(reading->arena, &value->text, sizeof value->text);
    place = arena_copy(reading->arena, &value->place, sizeof value->place);
    value->texts = (struct texts){text, place, 1};
    return true;
}

static bool convert_group(struct reading *reading, struct value *value)
{
    return config_setting_is_group(value->member.setting) || wrong_type(reading, value);
}

static bool convert_groups(struct reading *reading, struct value *value)
{
    bool ok = is_list(&value->member) || lacks_brackets(reading, value);

    ok = ok && check_count(reading, value);
    for (size_t i = 0; ok && i < member_count(&value->member); i++) {
        struct member item = member_at(&value->member, i);

        if (!config_setting_is_group(item.setting)) {
            reading_report(reading, "E201", item.node->value, value->field->name,
                           field_type_text(value->field->type), value->field->example);
            ok = false;
        }
    }
    return ok;
}

/* A part of a thread is a text, or a group where it has media too. */
static bool convert_part(struct reading *reading, struct value *list, size_t index,
                         const char **text)
{
    struct value item = item_value(list, index);

    *text = NULL;
    if (config_setting_is_group(item.member.setting))
        return true;
    if (!is_string(&item.member)) {
        reading_report(reading, "E201", item.place, list->field->name,
                       field_type_text(list->field->type), list->field->example);
        return false;
    }
    if (!convert_text(reading, &item))
        return false;
    *text = item.text;
    return true;
}

static bool convert_parts(struct reading *reading, struct value *value)
{
    bool ok = open_list(reading, value);
    size_t count = ok ? member_count(&value->member) : 0;
    const char **texts = arena_array(reading->arena, count, sizeof *texts);
    struct place *places = arena_array(reading->arena, count, sizeof *places);

    for (size_t i = 0; i < count; i++) {
        places[i] = member_at(&value->member, i).node->value;
        ok &= convert_part(reading, value, i, &texts[i]);
    }
    value->texts = (struct texts){texts, places, count};
    return ok;
}

static const converter converters[] = {
    [FIELD_TEXT] = convert_text,     [FIELD_NAME] = convert_name,
    [FIELD_BOOL] = convert_bool,     [FIELD_NUMBER] = convert_number,
    [FIELD_SPAN] = convert_span,     [FIELD_TIME] = convert_time,
    [FIELD_DATE] = convert_date,     [FIELD_CLOCK] = convert_clock,
    [FIELD_CHOICE] = convert_choice, [FIELD_TEXTS] = convert_texts,
    [FIELD_NAMES] = convert_names,   [FIELD_NUMBERS] = convert_numbers,
    [FIELD_DATES] = convert_dates,   [FIELD_CLOCKS] = convert_clocks,
    [FIELD_NTH] = convert_nth,       [FIELD_GROUP] = convert_group,
    [FIELD_GROUPS] = convert_groups, [FIELD_VARS] = convert_group,
    [FIELD_PARTS] = convert_parts,
};

/* ---- Groups. ---- */

/* The defaults are written in the table as they would be in a file. */
static void take_fallback(struct value *value)
{
    const struct field *field = value->field;
    bool understood = true;

    value->text = field->fallback;
    value->number = 0;
    if (!field->fallback)
        return;
    if (field->type == FIELD_SPAN)
        understood = span_parse(field->fallback, &value->span);
    else if (field->type == FIELD_BOOL)
        value->number = strcmp(field->fallback, "true") == 0;
    else if (field->type == FIELD_NUMBER)
        value->number = strtol(field->fallback, NULL, 10);
    else if (field->type == FIELD_CHOICE)
        while (strcmp(field->choices[value->number], field->fallback) != 0)
            value->number++;
    assert(understood);
}

static void prepare(struct group_values *group, enum field_place where)
{
    group->where = where;
    for (size_t i = 0; i < field_count; i++) {
        if (!(fields[i].where & (unsigned)where))
            continue;
        assert(group->count < GROUP_MOST_FIELDS);
        group->values[group->count] = (struct value){.field = &fields[i]};
        take_fallback(&group->values[group->count++]);
    }
}

static struct value *find_value(struct group_values *group, const char *key)
{
    for (size_t i = 0; i < group->count; i++) {
        if (strcmp(group->values[i].field->name, key) == 0)
            return &group->values[i];
    }
    return NULL;
}

const struct value *group_value(const struct group_values *group, const char *key)
{
    for (size_t i = 0; i < group->count; i++) {
        if (strcmp(group->values[i].field->name, key) == 0)
            return &group->values[i];
    }
    assert(false && "a key of the table");
    return NULL;
}

/* A value that was mended may be anything: nothing more is said about it. */
static bool convert(struct reading *reading, struct value *value)
{
    size_t reported = reading->source->reported;
    struct source *source = reading->source;
    struct findings muted;
    struct findings *loud = source->findings;
    bool ok;

    if (!value->member.node->faulty)
        return converters[value->field->type](reading, value);
    findings_init(&muted, reading->arena);
    source->findings = &muted;
    ok = converters[value->field->type](reading, value);
    source->findings = loud;
    source->reported = reported;
    return ok;
}

static void read_member(struct reading *reading, struct group_values *group, struct member member)
{
    struct value *value = find_value(group, member.node->name);

    if (!value) {
        struct member *other = arena_push(reading->arena, &group->others, &group->other_count,
                                          &group->other_capacity, sizeof *other);
        *other = member;
        return;
    }
    value->member = member;
    value->key = member.node->key;
    value->place = member.node->value;
    value->given = convert(reading, value);
    value->wrong = !value->given;
    if (value->wrong)
        take_fallback(value);
}

static void report_missing(struct reading *reading, const struct group_values *group)
{
    for (size_t i = 0; i < group->count; i++) {
        const struct value *value = &group->values[i];

        if (value->field->required && !value->given && !value->wrong)
            reading_report(reading, "E202", group->place, value->field->name,
                           _(value->field->sentence), value->field->example);
    }
}

void group_read(struct reading *reading, struct member member, enum field_place where,
                struct group_values *group)
{
    *group = (struct group_values){.place = member.node->value};
    prepare(group, where);
    for (size_t i = 0; i < member_count(&member); i++)
        read_member(reading, group, member_at(&member, i));
    report_missing(reading, group);
}

/* The words of the table and of `more` for one kind of group. */
static const char *near_key(const struct group_values *group, const char *word,
                            const char *const *more, size_t more_count)
{
    struct similar similar = similar_to(word);

    for (size_t i = 0; i < group->count; i++)
        similar_offer(&similar, group->values[i].field->name);
    for (size_t i = 0; i < more_count; i++)
        similar_offer(&similar, more[i]);
    return similar.best;
}

static const char *keys_listed(struct reading *reading, const struct group_values *group)
{
    const char *names[GROUP_MOST_FIELDS];

    for (size_t i = 0; i < group->count; i++)
        names[i] = group->values[i].field->name;
    return arena_printf(reading->arena, _("Keys that may stand here: %s."),
                        advice_words(names, group->count, reading->arena));
}

void group_refuse_other(struct reading *reading, const struct group_values *group,
                        const struct member *other, const char *const *more, size_t more_count)
{
    const char *name = other->node->name;
    unsigned elsewhere = field_elsewhere(name, group->where);
    const char *near;

    if (source_is_full(reading->source))
        return;
    near = near_key(group, name, more, more_count);
    if (elsewhere)
        reading_report(reading, "E208", other->node->key, name, field_place_text(elsewhere), NULL);
    else
        reading_report(reading, "E112", other->node->key, name,
                       guess_text(reading, near, keys_listed(reading, group)), NULL);
}

void group_refuse_others(struct reading *reading, const struct group_values *group)
{
    for (size_t i = 0; i < group->other_count; i++)
        group_refuse_other(reading, group, &group->others[i], NULL, 0);
}

/* ---- Variables. ---- */

static bool is_variable_name(const char *name)
{
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-");

    return name[length] == '\0' && name[0] >= 'a' && name[0] <= 'z';
}

/* "Helpline" where helpline stands as well was meant for the same one. */
static const char *variable_hint(struct reading *reading, const struct member *vars,
                                 const char *name, const char *otherwise)
{
    const char *small = plain_name_of(name, true, 64, reading->arena);

    for (size_t i = 0; i < member_count(vars); i++) {
        const struct node *other = member_at(vars, i).node;

        if (strcmp(other->name, small) == 0)
            return arena_printf(
                reading->arena,
                _("Take out %s with its value and its ;: \"%s\" already stands in line %d."), name,
                small, other->key.line);
    }
    return guess_text(reading, small, otherwise);
}

static bool read_variable(struct reading *reading, const struct member *vars, struct member member,
                          struct variable *variable)
{
    static const struct field field = {.name = "vars",
                                       .type = FIELD_TEXT,
                                       .example = "vars = { helpline = \"112\"; };"};
    struct value value = {.field = &field, .member = member, .place = member.node->value};
    const char *name = member.node->name;

    if (!is_variable_name(name)) {
        reading_report(reading, "E213", member.node->key, name,
                       variable_hint(reading, vars, name, field.example), NULL);
        return false;
    }
    if (!convert(reading, &value))
        return false;
    *variable = (struct variable){arena_text(reading->arena, name), value.text, member.node->value};
    return true;
}

struct variables variables_read(struct reading *reading, const struct value *value)
{
    size_t most = value->given ? member_count(&value->member) : 0;
    struct variable *items = arena_array(reading->arena, most, sizeof *items);
    size_t count = 0;

    for (size_t i = 0; i < most; i++)
        count +=
            read_variable(reading, &value->member, member_at(&value->member, i), &items[count]);
    return (struct variables){items, count};
}
