/* calendar/when.h - dates and times as staff write them: strictly, with a name for each mistake.
 *
 * One form is right: "YYYY-MM-DD HH:MM" with optional ":SS", ASCII digits, 24-hour clock, years
 * 1970 to 9999. Everything else gets a fault, and a guess when the meaning is clear to
 * everybody in India (the day stands first). Zones and "past or future" are not this module's
 * business.
 */
#ifndef CRIER_CALENDAR_WHEN_H
#define CRIER_CALENDAR_WHEN_H

#include <stdbool.h>

#include "base/compiler.h"
#include "base/instant.h"

/* Of several mistakes in one text the first in this list is named. */
enum when_fault {
    WHEN_OK,
    WHEN_EMPTY,
    WHEN_NOT_A_TIME,    /* none of the below                            */
    WHEN_OTHER_DIGITS,  /* "२०२६-१२-०१ ०९:३०"                            */
    WHEN_DAY_FIRST,     /* "01-12-2026 09:30", "1/12/2026", "1.12.2026" */
    WHEN_YEAR,          /* "26-12-01", or not in 1970 to 9999           */
    WHEN_SEPARATOR,     /* "2026/12/01 09:30", "2026-12-01 09.30"       */
    WHEN_T_BETWEEN,     /* "2026-12-01T09:30"                           */
    WHEN_TWELVE_HOUR,   /* "2026-12-01 9:30 PM"                         */
    WHEN_ZONE,          /* "2026-12-01 09:30 IST", "...Z", "...+05:30"  */
    WHEN_SHORT_NUMBER,  /* "2026-12-1 9:30"                             */
    WHEN_BLANKS,        /* blanks before, after or doubled              */
    WHEN_NO_TIME,       /* "2026-12-01"                                 */
    WHEN_NO_DATE,       /* "09:30"                                      */
    WHEN_EXTRA_TIME,    /* a time where only a date is meant            */
    WHEN_EXTRA_DATE,    /* a date where only a time is meant            */
    WHEN_NO_SUCH_MONTH, /* "2026-13-01"                                 */
    WHEN_NO_SUCH_DAY,   /* "2026-02-30"                                 */
    WHEN_MIDNIGHT_24,   /* "2026-12-01 24:00"                           */
    WHEN_NO_SUCH_TIME   /* "25:00", "09:60"                             */
};

enum { WHEN_GUESS = 32 };

struct when {
    struct civil civil; /* meaningful only with WHEN_OK */
    enum when_fault fault;
    char guess[WHEN_GUESS]; /* the right way to write it; "" when that is not clear */
};

/* "YYYY-MM-DD HH:MM[:SS]". */
MUST_CHECK bool when_parse(const char *text, struct when *when);
/* "YYYY-MM-DD"; the time members are 0. */
MUST_CHECK bool when_parse_date(const char *text, struct when *when);
/* "HH:MM[:SS]"; the date members are 1970-01-01. */
MUST_CHECK bool when_parse_time(const char *text, struct when *when);

/* A sentence for a clerk, marked for translation: print it as _(when_fault_text(fault)). */
const char *when_fault_text(enum when_fault fault);

/* "2026-12-01", of a day counted from 1970. */
const char *when_day_text(int64_t day, char text[WHEN_GUESS]);

/* "2026-12-01T09:30", or with ":SS" when seconds are not 0: the name of an occurrence. And back. */
const char *when_slot_text(const struct civil *civil, char text[WHEN_GUESS]);
MUST_CHECK bool when_slot_parse(const char *text, struct civil *civil);

#endif
