#include "campaign/advice.h"

#include <inttypes.h>
#include <string.h>

#include "base/i18n.h"
#include "text/similar.h"

enum { MOST_ITEM = 40, MOST_LINE = 160 }; /* bytes of what is shown */

bool advice_may_show(const char *text, size_t most_bytes)
{
    return strlen(text) <= most_bytes && !strpbrk(text, "\"\\\n");
}

const char *advice_words(const char *const *words, size_t count, struct arena *arena)
{
    const char *list = "";

    for (size_t i = 0; i < count && i < GROUP_MOST_FIELDS; i++)
        list = arena_printf(arena, "%s%s%s", list, i ? ", " : "", words[i]);
    return list;
}

/* ---- Lists. ---- */

static const char *item_written(const config_setting_t *item, struct arena *arena)
{
    const char *text = config_setting_get_string(item);

    if (config_setting_type(item) == CONFIG_TYPE_INT)
        return arena_printf(arena, "%d", config_setting_get_int(item));
    if (!text || !*text || !advice_may_show(text, MOST_ITEM))
        return NULL;
    return arena_printf(arena, "\"%s\"", text);
}

static bool stands_before(const config_setting_t *list, int index)
{
    const char *text = config_setting_get_string_elem(list, index);

    for (int i = 0; text && i < index; i++) {
        const char *before = config_setting_get_string_elem(list, i);

        if (before && strcmp(before, text) == 0)
            return true;
    }
    return false;
}

int advice_doubled(const struct value *list)
{
    const config_setting_t *setting = list->member.setting;

    for (int i = 1; i < config_setting_length(setting); i++) {
        if (stands_before(setting, i))
            return i;
    }
    return 0;
}

const char *advice_list(const struct value *list, int without, struct arena *arena)
{
    const config_setting_t *setting = list->member.setting;
    const char *items = "";

    for (int i = 0; i < config_setting_length(setting) && strlen(items) <= MOST_LINE; i++) {
        const char *item = item_written(config_setting_get_elem(setting, (unsigned)i), arena);

        if (!item)
            return NULL;
        if (i != without && !stands_before(setting, i))
            items = arena_printf(arena, "%s%s%s", items, *items ? ", " : "", item);
    }
    if (strlen(items) > MOST_LINE)
        return NULL;
    return arena_printf(arena, "%s = [ %s ];", list->field->name, items);
}

const char *advice_without(const struct value *list, int index, struct arena *arena)
{
    const char *line = advice_list(list, index, arena);

    return line ? arena_printf(arena, _("Write %s"), line)
                : _("Take this one out, with the comma before it.");
}

/* ---- What is empty. ---- */

/* Whether a post, or a part of one, says nothing but by this key. */
static bool is_only_content(const struct value *value)
{
    static const char *const keys[] = {"text", "texts", "media", "link"};
    const config_setting_t *group = config_setting_parent(value->member.setting);
    bool only = false;

    for (size_t i = 0; group && i < COUNT_OF(keys); i++) {
        if (strcmp(keys[i], value->field->name) == 0)
            only = true;
    }
    for (size_t i = 0; group && i < COUNT_OF(keys); i++) {
        if (strcmp(keys[i], value->field->name) != 0 && config_setting_get_member(group, keys[i]))
            only = false;
    }
    return only;
}

static bool is_needed(const struct value *value)
{
    return value->field->required || is_only_content(value) ||
           strcmp(value->field->name, "accounts") == 0 ||
           (value->field->where & (unsigned)IN_REPEAT) != 0;
}

const char *advice_fill_text(const struct value *value, struct arena *arena)
{
    const char *name = value->member.node->name;

    if (!name)
        return _("Write something between the quotes, or take out these quotes with the comma "
                 "beside them.");
    if (is_needed(value))
        return arena_printf(arena, _("Write something between the quotes: %s = \"...\";"), name);
    return arena_printf(arena, _("Write something between the quotes, or take out only %s = \"\";"),
                        name);
}

const char *advice_fill_list(const struct value *value, struct arena *arena)
{
    const bool round = config_setting_is_list(value->member.setting);

    if (is_needed(value))
        return arena_printf(arena, _("Write for example %s"), value->field->example);
    return arena_printf(arena, _("Write for example %s or take out all of %s = %s;"),
                        value->field->example, value->field->name, round ? "( )" : "[ ]");
}

/* ---- What can be. ---- */

static const char *with_meaning(const struct field *field, const char *sentence,
                                struct arena *arena)
{
    return field->words ? arena_printf(arena, "%s %s", sentence, _(field->words)) : sentence;
}

const char *advice_number(const struct field *field, struct arena *arena)
{
    return with_meaning(field,
                        arena_printf(arena,
                                     _("Write for example %s or another whole number from %" PRId64
                                       " to %" PRId64 "."),
                                     field->example, field->least, field->most),
                        arena);
}

const char *advice_span(const struct field *field, struct arena *arena)
{
    char least[INSTANT_TEXT], most[INSTANT_TEXT];

    return arena_printf(arena, _("Write a length from %s to %s, for example %s"),
                        span_text((struct span){field->least}, least),
                        span_text((struct span){field->most}, most), field->example);
}

const char *advice_choice(struct reading *reading, const struct field *field, const char *word)
{
    size_t count = 0;

    while (field->choices[count])
        count++;
    if (similar_word(word, field->choices, count))
        return nearest_text(reading, word, field->choices, count);
    return with_meaning(field, known_text(reading, field->choices, count), reading->arena);
}
