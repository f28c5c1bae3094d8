/* text/numbers.h - the numbers of a text, and which of them people would dial.
 *
 * A number to dial is
 *   - what has the form of one: +91 ..., a mobile number (ten digits from 6 to 9, as 10, 5+5, 4+6,
 *     3+3+4 or 4+3+3), 1800 or 1860 with six or seven digits behind it, 0 with area code and number
 *     (eleven digits in all);
 *   - three to eight digits with a word of dialling (call, dial, helpline, डायल, मिलाएँ, कॉल,
 *     हेल्पलाइन ...) at most three words away in the same sentence.
 * It is otherwise named, and then never a number to dial, where it is glued to a Latin letter
 * (134A), part of a date, time, amount or range, behind a word such as धारा, section, Rs, or
 * before one such as दिन, रुपये, people, %. A year is otherwise named too where it stands behind
 * "in" or a month, and before में and the like unless there is a word of dialling.
 *
 * Digits of all scripts count. Links, hashtags and mentions are not looked into.
 */
#ifndef CRIER_TEXT_NUMBERS_H
#define CRIER_TEXT_NUMBERS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

enum { NUMBER_DIGITS = 16 };

struct number {
    size_t start, length;           /* bytes of the text */
    char digits[NUMBER_DIGITS + 1]; /* ASCII; without +91 or a leading 0 where a long one has it */
    bool dialled;
    bool otherwise; /* the text says that it is something else */
};

struct number_list {
    struct number *items;
    size_t count, capacity;
};

/* Numbers of three digits and more. `label` is the key or variable whose value the text is: where a
 * text is nothing but a number, it stands for the words around it. NULL = none. */
struct number_list numbers_find(const char *text, const char *label, struct arena *arena);

/* The digits of "1800-11-4949", as struct number has them. False when it is no number: letters, no
 * digit, too many. */
bool number_digits(const char *text, char digits[NUMBER_DIGITS + 1]);

/* "1930" as "१९३०" beside "१३९०": in the digits of the first digit of `like`. */
const char *number_in_digits_of(const char *number, const char *like, struct arena *arena);

/* One slip apart: a digit wrong, two neighbours changed round, or one too many or too few of at
 * least four. */
bool numbers_are_near(const char *a, const char *b);

#endif
