#include "page/dates.h"

#include "base/i18n.h"

const char *weekday_name(int weekday)
{
    static const char *const names[] = {N_("Monday"),   N_("Tuesday"), N_("Wednesday"),
                                        N_("Thursday"), N_("Friday"),  N_("Saturday"),
                                        N_("Sunday")};

    return _(names[weekday]);
}

const char *weekday_short(int weekday)
{
    static const char *const names[] = {N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"),
                                        N_("Fri"), N_("Sat"), N_("Sun")};

    return _(names[weekday]);
}

const char *month_name(int month)
{
    static const char *const names[] = {N_("January"), N_("February"), N_("March"),
                                        N_("April"),   N_("May"),      N_("June"),
                                        N_("July"),    N_("August"),   N_("September"),
                                        N_("October"), N_("November"), N_("December")};

    return _(names[month - 1]);
}

const char *moment_text(const struct civil *moment, struct arena *arena)
{
    return arena_printf(arena, "%d %s %d, %02d:%02d", moment->day, month_name(moment->month),
                        moment->year, moment->hour, moment->minute);
}
