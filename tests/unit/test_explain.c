/* explain: every word of every table has an explanation that a person can read. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "campaign/delivery.h"
#include "campaign/fields.h"
#include "campaign/finding.h"
#include "commands/explain.h"
#include "platform/registry.h"

static struct arena arena;

static int clear_arena(void **unused)
{
    (void)unused;
    arena_clear(&arena);
    return 0;
}

static const struct explain_kind *kind_named(const char *name)
{
    for (size_t k = 0; k < explain_kind_count; k++)
        if (!strcmp(explain_kinds[k].name, name))
            return &explain_kinds[k];
    fail_msg("no kind %s", name);
    return NULL;
}

static bool has(const struct explain_kind *kind, const char *word)
{
    for (size_t i = 0; i < kind->count(); i++)
        if (!strcmp(kind->word(i), word))
            return true;
    return false;
}

static bool is_sentence(const json_t *value)
{
    const char *text = json_string_value(value);

    return text && strlen(text) >= 5 && !strstr(text, "{0}") && !strstr(text, "{1}") &&
           !strstr(text, "{2}");
}

/* The text under one of these members, in the order in which a kind would have it. */
static const json_t *meaning(const struct sheet *sheet)
{
    static const char *const members[] = {"means", "message", "where", "source"};

    for (size_t m = 0; m < COUNT_OF(members); m++)
        for (size_t i = 0; i < sheet->count; i++)
            if (!strcmp(sheet->lines[i].member, members[m]) &&
                json_is_string(sheet->lines[i].value))
                return sheet->lines[i].value;
    return NULL;
}

static void check_line(const char *word, const struct sheet_line *line)
{
    assert_true(strlen(line->member) > 0 && strlen(line->label) > 0);
    if (json_is_string(line->value) && !*json_string_value(line->value))
        fail_msg("%s: %s is empty", word, line->member);
    for (size_t i = 0; i < json_array_size(line->value); i++) {
        const char *item = json_string_value(json_array_get(line->value, i));

        if (!item || !*item)
            fail_msg("%s: an item of %s is empty", word, line->member);
    }
}

static void every_word_has_a_sentence(void **unused)
{
    size_t words = 0;

    (void)unused;
    for (size_t k = 0; k < explain_kind_count; k++)
        for (size_t i = 0; i < explain_kinds[k].count(); i++, words++) {
            const char *word = explain_kinds[k].word(i);
            struct sheet sheet = {.arena = &arena};

            explain_kinds[k].fill(i, &sheet);
            if (!word || !*word || !is_sentence(meaning(&sheet)))
                fail_msg("%s %zu (%s) has no sentence", explain_kinds[k].name, i, word);
            for (size_t n = 0; n < sheet.count; n++)
                check_line(word, &sheet.lines[n]);
            for (size_t n = 0; n < sheet.count; n++)
                json_decref(sheet.lines[n].value);
        }
    print_message("%zu words explained\n", words);
    assert_true(words > 250);
}

static void every_key_of_the_files_is_there(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < field_count; i++)
        assert_true(has(kind_named("key"), fields[i].name));
    for (const struct platform_facts *platform = platform_facts_all(); platform->name; platform++)
        for (const struct account_key *key = platform->keys; key && key->name; key++)
            assert_true(has(kind_named("account-key"), key->name));
}

static void every_remark_and_reason_is_there(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < finding_kind_count; i++)
        assert_true(has(kind_named("finding"), finding_kinds[i].code));
    for (size_t i = 0; i < reason_count; i++)
        assert_true(has(kind_named("reason"), reasons[i].word));
}

static void every_state_and_trouble_is_there(void **unused)
{
    (void)unused;
    for (int state = 0; state < STATE_COUNT; state++)
        assert_true(has(kind_named("state"), state_word((enum state)state)));
    for (int trouble = TROUBLE_NONE + 1; trouble < TROUBLE_COUNT; trouble++)
        assert_true(has(kind_named("trouble"), trouble_word((enum trouble)trouble)));
}

static void every_platform_is_there(void **unused)
{
    (void)unused;
    for (size_t i = 0; adapters[i]; i++)
        assert_true(has(kind_named("platform"), adapters[i]->name));
    assert_int_equal(kind_named("platform")->count(), PLATFORM_COUNT);
}

static void a_key_can_be_asked_for_by_its_group(void **unused)
{
    const struct explain_kind *kind = kind_named("key");
    size_t found = 0;

    (void)unused;
    for (size_t i = 0; i < kind->count(); i++)
        found += kind->also(i, "repeat.at");
    assert_int_equal(found, 1);
    for (size_t i = 0; i < kind->count(); i++)
        assert_false(kind->also(i, "quiet.at") || kind->also(i, "at") || kind->also(i, ".at"));
}

#define TEST(name) cmocka_unit_test_teardown(name, clear_arena)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_word_has_a_sentence),        TEST(every_key_of_the_files_is_there),
        TEST(every_remark_and_reason_is_there), TEST(every_state_and_trouble_is_there),
        TEST(every_platform_is_there),          TEST(a_key_can_be_asked_for_by_its_group),
    };

    return cmocka_run_group_tests_name("explain", tests, NULL, NULL);
}
