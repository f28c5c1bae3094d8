/* page/dates.h - days as people write them, in the user's language. */
#ifndef CRIER_PAGE_DATES_H
#define CRIER_PAGE_DATES_H

#include "base/arena.h"
#include "base/instant.h"

enum { WEEK_DAYS = 7 };

const char *weekday_name(int weekday);  /* 0 = Monday */
const char *weekday_short(int weekday); /* "Mon" */
const char *month_name(int month);      /* from 1 */

/* "1 December 2026, 09:30". */
const char *moment_text(const struct civil *moment, struct arena *arena);

#endif
