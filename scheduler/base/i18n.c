#include "base/i18n.h"

#include <limits.h>
#include <locale.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/compiler.h"

static const char *const languages[] = {"en", "hi"};

/* "hi_IN.UTF-8" is in "hi"; what may follow the word is a country, an encoding, a variant, or the
 * next language of a list. */
static bool is_in(const char *locale, const char *word)
{
    size_t length = strlen(word);

    return strncmp(locale, word, length) == 0 && strchr("_.@:", locale[length]);
}

const char *i18n_language(const char *locale)
{
    for (size_t i = 0; i < COUNT_OF(languages); i++) {
        if (is_in(locale, languages[i]))
            return languages[i];
    }
    return NULL;
}

static bool is_none(const char *locale)
{
    return is_in(locale, "C") || is_in(locale, "POSIX");
}

static const char *or_english(const char *language)
{
    return language ? language : "en";
}

/* LANGUAGE is a list, the dearest first: "bn:hi:en". */
static const char *first_of_list(const char *list)
{
    const char *found = i18n_language(list), *colon = strchr(list, ':');

    while (!found && colon) {
        found = i18n_language(colon + 1);
        colon = strchr(colon + 1, ':');
    }
    return found;
}

const char *i18n_wanted(void)
{
    static const char *const variables[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    const char *list = getenv("LANGUAGE");
    const char *wanted = list ? first_of_list(list) : NULL;

    for (size_t i = 0; !wanted && i < COUNT_OF(variables); i++) {
        const char *locale = getenv(variables[i]);

        if (locale && *locale)
            return is_none(locale) ? NULL : or_english(i18n_language(locale));
    }
    return wanted;
}

/* How much of the path is the folder above the program's own: "/usr" of "/usr/bin/crier". */
static int prefix_length(const char *program)
{
    const char *slash = strrchr(program, '/');

    while (slash && slash > program && slash[-1] != '/')
        slash--;
    return slash && slash > program ? (int)(slash - 1 - program) : 0;
}

/* False when we do not know where we are. */
static bool find_catalogues(char *path, size_t size)
{
    static const char place[] = "/share/locale";
    char program[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);

    if (length < 0)
        return false;
    program[length] = '\0';
    length = prefix_length(program);
    if ((size_t)length + sizeof place > size)
        return false;
    memcpy(path, program, (size_t)length);
    memcpy(path + length, place, sizeof place);
    return length > 0;
}

/* glibc takes no catalogue at all in the locale "C", and a server has mostly no hi_IN: what counts
 * is a locale that is no "C", and LANGUAGE. C.UTF-8 is part of glibc since 2.35, of Debian for
 * longer. LC_NUMERIC stays "C": libconfig and printf would otherwise read and write commas. */
void i18n_start(const char *language)
{
    char catalogues[PATH_MAX];

    if (!setlocale(LC_CTYPE, "C.UTF-8"))
        (void)setlocale(LC_CTYPE, "");
    if (!language || strcmp(language, "en") == 0 || !find_catalogues(catalogues, sizeof catalogues))
        return;
    (void)setlocale(LC_MESSAGES, "C.UTF-8");
    (void)setenv("LANGUAGE", language, 1); /* lint: setenv because there are no threads yet */
    (void)bindtextdomain("crier", catalogues);
    (void)bind_textdomain_codeset("crier", "UTF-8");
}

/* Replaces {0}, {1} and {2}; all other braces stay. */
const char *i18n_fill(const char *sentence, const char *const parts[3], struct arena *arena)
{
    struct buffer out;

    buffer_init(&out, SIZE_MAX);
    for (const char *at = sentence; *at; at++) {
        bool mark = at[0] == '{' && at[1] >= '0' && at[1] <= '2' && at[2] == '}';

        if (!mark) {
            (void)buffer_char(&out, *at);
            continue;
        }
        const char *part = parts[at[1] - '0'];
        (void)buffer_text(&out, part ? part : "");
        at += 2;
    }
    const char *text = arena_text(arena, out.bytes);
    buffer_clear(&out);
    return text;
}
