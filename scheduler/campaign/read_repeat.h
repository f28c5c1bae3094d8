/* campaign/read_repeat.h - repeat = { ... } to a rule of calendar/repeat.h.
 *
 * Exactly one of: on; every = "day"; every = "week" with on; day; nth; every = "month" with day or
 * nth. Everything else is an error, because two rules in one would mean whatever the reader happens
 * to look at first.
 */
#ifndef CRIER_CAMPAIGN_READ_REPEAT_H
#define CRIER_CAMPAIGN_READ_REPEAT_H

#include "campaign/values.h"

/* False, with findings, when there is no usable rule. */
MUST_CHECK bool repeat_read(struct reading *reading, const struct value *value,
                            struct repeat *repeat);

/* The way back: the rule as it is best written, "repeat = { ... };". */
const char *repeat_written(const struct repeat *repeat, struct arena *arena);

#endif
