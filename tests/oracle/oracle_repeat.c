/* Expands the repeating rules on stdin, a line each, for tests/oracle/repeat to compare.
 *
 *     FORM INTERVAL FROM UNTIL START LIMIT DAYS NTHS TIMES EXCEPT
 *
 * Dates are days since 1970 (UNTIL - for ever), START is seconds; lists are joined by commas, - is
 * an empty one; WEEKDAYS are numbers in DAYS; NTHS are nth*10+weekday with -1 as 9. Each answer is
 * a line of "number:seconds" for the first LIMIT slots at or after START. Every slot is also asked
 * for by its number, and its number by the slot: a difference ends the program with status 1.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calendar/repeat.h"

enum { MOST = 64 };

struct numbers {
    int64_t at[MOST];
    size_t count;
};

static void read_numbers(char *text, struct numbers *numbers)
{
    char *rest = NULL, *word;

    numbers->count = 0;
    if (!strcmp(text, "-"))
        return;
    for (word = strtok_r(text, ",", &rest); word && numbers->count < MOST;
         word = strtok_r(NULL, ",", &rest))
        numbers->at[numbers->count++] = strtoll(word, NULL, 10);
}

struct rule {
    struct repeat repeat;
    int days[MOST], times[MOST];
    struct repeat_nth nths[MOST];
    int64_t except[MOST];
};

static void fill(struct rule *rule, const struct numbers *days, const struct numbers *nths,
                 const struct numbers *times, const struct numbers *except)
{
    size_t i;

    for (i = 0; i < days->count; i++) {
        rule->days[i] = (int)days->at[i];
        if (rule->repeat.form == REPEAT_WEEKDAYS)
            rule->repeat.weekdays |= 1u << days->at[i];
    }
    for (i = 0; i < nths->count; i++) {
        int nth = (int)(nths->at[i] / 10);
        rule->nths[i] = (struct repeat_nth){nth == 9 ? -1 : nth, (int)(nths->at[i] % 10)};
    }
    for (i = 0; i < times->count; i++)
        rule->times[i] = (int)times->at[i];
    memcpy(rule->except, except->at, sizeof rule->except);
    rule->repeat.days = rule->days;
    rule->repeat.day_count = days->count;
    rule->repeat.nths = rule->nths;
    rule->repeat.nth_count = nths->count;
    rule->repeat.times_s = rule->times;
    rule->repeat.time_count = times->count;
    rule->repeat.except = rule->except;
    rule->repeat.except_count = except->count;
    repeat_prepare(&rule->repeat);
}

static bool both_ways_agree(const struct repeat *repeat, const struct civil *civil, int64_t number)
{
    struct civil again;
    int64_t back;

    return repeat_slot(repeat, number, &again) && civil_seconds(&again) == civil_seconds(civil) &&
           repeat_number(repeat, civil, &back) && back == number;
}

static bool expand(const struct repeat *repeat, int64_t start, int limit)
{
    struct civil from = civil_from_seconds(start), civil;
    int64_t number;
    int i;

    for (i = 0; i < limit && repeat_next(repeat, &from, &civil, &number); i++) {
        printf("%s%lld:%lld", i ? " " : "", (long long)number, (long long)civil_seconds(&civil));
        if (!both_ways_agree(repeat, &civil, number))
            return false;
        from = civil_from_seconds(civil_seconds(&civil) + 1);
    }
    putchar('\n');
    return true;
}

int main(void)
{
    char line[4096], until[32], words[4][900];
    struct numbers lists[4];
    long long from, start;
    int form, interval, limit, i;

    while (fgets(line, sizeof line, stdin)) {
        struct rule rule = {0};

        if (sscanf(line, "%d %d %lld %31s %lld %d %899s %899s %899s %899s", &form, &interval, &from,
                   until, &start, &limit, words[0], words[1], words[2], words[3]) != 10)
            return 2;
        for (i = 0; i < 4; i++)
            read_numbers(words[i], &lists[i]);
        rule.repeat.form = (enum repeat_form)form;
        rule.repeat.interval = interval;
        rule.repeat.from = from;
        rule.repeat.until = strcmp(until, "-") ? strtoll(until, NULL, 10) : REPEAT_FOR_EVER;
        fill(&rule, &lists[0], &lists[1], &lists[2], &lists[3]);
        if (!expand(&rule.repeat, start, limit)) {
            fprintf(stderr, "slot and number disagree in: %s", line);
            return 1;
        }
    }
    return 0;
}
