/* The table of adapters: what belongs together stands together. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "platform/registry.h"

static void every_adapter_is_found_by_its_name_and_has_its_own_facts(void **state)
{
    const struct platform_facts *facts = platform_facts_all();
    size_t count = 0;

    (void)state;
    for (; adapters[count]; count++) {
        assert_ptr_equal(adapter_by_name(adapters[count]->name), adapters[count]);
        assert_ptr_equal(adapters[count]->facts, &facts[count]);
        assert_string_equal(facts[count].name, adapters[count]->name);
    }
    assert_int_equal(count, PLATFORM_COUNT);
    assert_null(facts[count].name);
    assert_null(adapter_by_name("myspace"));
}

static void they_stand_in_name_order(void **state)
{
    (void)state;
    for (size_t i = 1; adapters[i]; i++)
        assert_true(strcmp(adapters[i - 1]->name, adapters[i]->name) < 0);
}

/* By any of its ways in. */
static bool has_session(const struct adapter *adapter)
{
    bool has = adapter->session != NULL;

    for (size_t i = 0; adapter->ways && adapter->ways[i]; i++)
        has = has || adapter->ways[i]->session;
    return has;
}

static void who_reads_back_can_find_and_who_keeps_keys_says_how_long(void **state)
{
    const struct account account = {.name = "x"};

    (void)state;
    for (size_t i = 0; adapters[i]; i++) {
        assert_int_equal(adapters[i]->proof == PROOF_READ_BACK, adapters[i]->find != NULL);
        assert_int_equal(adapters[i]->class_of(&account) == CLASS_B,
                         adapters[i]->key_window != NULL);
        assert_int_equal(has_session(adapters[i]), adapters[i]->refresh != NULL);
        assert_non_null(adapter_credential_keys(adapters[i], &account)[0]);
        assert_non_null(adapters[i]->states[0]);
        assert_true(adapters[i]->facts->limits->source && *adapters[i]->facts->limits->source);
    }
}

/* Two lists of the same words: one for the reader of crier.cfg, one with what they mean. */
static void the_words_of_auth_are_the_ways_in(void **state)
{
    (void)state;
    for (size_t i = 0; adapters[i]; i++) {
        const char *const *words = adapters[i]->facts->auth_words;
        size_t count = 0;

        assert_int_equal(adapters[i]->ways != NULL, words != NULL);
        for (; words && words[count]; count++)
            assert_string_equal(adapters[i]->ways[count]->word, words[count]);
        assert_true(!words || !adapters[i]->ways[count]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_adapter_is_found_by_its_name_and_has_its_own_facts),
        cmocka_unit_test(they_stand_in_name_order),
        cmocka_unit_test(the_words_of_auth_are_the_ways_in),
        cmocka_unit_test(who_reads_back_can_find_and_who_keeps_keys_says_how_long),
    };

    return cmocka_run_group_tests_name("registry", tests, NULL, NULL);
}
