/* Which language a person, or a workspace, asks for. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/compiler.h"
#include "base/file.h"
#include "base/i18n.h"
#include "campaign/reader.h"

static void say(const char *name, const char *value)
{
    if (value)
        assert_int_equal(setenv(name, value, 1), 0);
    else
        assert_int_equal(unsetenv(name), 0);
}

static void the_first_variable_that_names_a_language_decides(void **state)
{
    static const struct {
        const char *language, *all, *messages, *lang, *wanted;
    } cases[] = {
        {NULL, NULL, NULL, NULL, NULL},
        {NULL, NULL, NULL, "hi_IN.UTF-8", "hi"},
        {NULL, NULL, NULL, "hi", "hi"},
        {NULL, NULL, NULL, "hi_IN@devanagari", "hi"},
        {NULL, NULL, NULL, "en_IN", "en"},
        {NULL, NULL, NULL, "C", NULL},
        {NULL, NULL, NULL, "C.UTF-8", NULL},
        {NULL, NULL, NULL, "POSIX", NULL},
        {"", "", "", "", NULL},
        {NULL, NULL, NULL, "bn_IN.UTF-8", "en"},
        {NULL, NULL, NULL, "hif_FJ", "en"},
        {NULL, NULL, "en_GB.UTF-8", "hi_IN.UTF-8", "en"},
        {NULL, "hi_IN", "en_GB.UTF-8", "en_GB.UTF-8", "hi"},
        {NULL, "C", "hi_IN", "hi_IN", NULL},
        {NULL, "", "hi_IN", "en_IN", "hi"},
        {"hi", "C.UTF-8", NULL, NULL, "hi"},
        {"bn:hi:en", NULL, NULL, "bn_IN", "hi"},
        {"en:hi", NULL, NULL, "hi_IN", "en"},
        {"bn", NULL, NULL, "hi_IN", "hi"},
        {"bn:ta", NULL, NULL, NULL, NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *wanted;

        say("LANGUAGE", cases[i].language);
        say("LC_ALL", cases[i].all);
        say("LC_MESSAGES", cases[i].messages);
        say("LANG", cases[i].lang);
        wanted = i18n_wanted();
        if (!cases[i].wanted)
            assert_null(wanted);
        else
            assert_string_equal(wanted, cases[i].wanted);
    }
}

static void a_sentence_takes_its_parts_in_any_order(void **state)
{
    struct arena arena = {0};

    (void)state;
    assert_string_equal(i18n_fill("{1} नाम का {0} {नहीं} {3} {2}.", (const char *const[3]){"a", "b"},
                                  &arena),
                        "b नाम का a {नहीं} {3} .");
    arena_clear(&arena);
}

/* The text of a crier.cfg, in a folder of its own. */
static const char *language_of(const char *text)
{
    char folder[] = "/tmp/crier-test-i18n.XXXXXX", path[64];
    const char *language;
    struct err err;

    assert_non_null(mkdtemp(folder));
    assert_true(snprintf(path, sizeof path, "%s/crier.cfg", folder) < (int)sizeof path);
    assert_true(file_replace(path, text, strlen(text), 0600, &err));
    language = workspace_language(folder);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
    return language;
}

static void a_workspace_says_its_language_even_where_its_file_is_broken(void **state)
{
    (void)state;
    assert_string_equal(language_of("timezone = \"UTC\";\nlanguage = \"hi\";\n"), "hi");
    assert_string_equal(language_of("language : \"en\""), "en");
    assert_string_equal(language_of("x = ( { a = [ 1 ]; } ); language = \"hi\"; y = ( {"), "hi");
    assert_string_equal(language_of("oops ; = \"\nlanguage = \"hi\";"), "hi");
    assert_null(language_of("x = { language = \"hi\"; };"));
    assert_null(language_of("# language = \"hi\";\n"));
    assert_null(language_of("title = \"language = hi\";"));
    assert_null(language_of("language = \"hindi\";"));
    assert_null(language_of("language = 1;"));
    assert_null(language_of("language ="));
    assert_null(language_of("language"));
    assert_null(language_of("\xff\xfe language"));
    assert_null(language_of(""));
    assert_null(workspace_language("/nowhere/at/all"));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_variable_that_names_a_language_decides),
        cmocka_unit_test(a_sentence_takes_its_parts_in_any_order),
        cmocka_unit_test(a_workspace_says_its_language_even_where_its_file_is_broken),
    };

    return cmocka_run_group_tests_name("i18n", tests, NULL, NULL);
}
