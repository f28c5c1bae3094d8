#include "calendar/ics.h"

#include <libical/ical.h>
#include <stdlib.h>

#include "base/arena.h"

/* libical ends a component with a newline of its own kind and folds as it likes; all that leaves
 * here passes through this. */
static void add_property(struct buffer *out, icalproperty *property)
{
    char *text = property ? icalproperty_as_ical_string_r(property) : NULL;

    if (!text)
        out_of_memory();
    (void)buffer_text(out, text);
    icalmemory_free_buffer(text);
    icalproperty_free(property);
}

void ics_begin(struct buffer *out, const char *name)
{
    icalproperty *shown;

    icalerror_set_errors_are_fatal(0);
    shown = icalproperty_new_x(name);
    if (!shown)
        out_of_memory();
    icalproperty_set_x_name(shown, "X-WR-CALNAME");
    (void)buffer_text(out, "BEGIN:VCALENDAR\r\n");
    add_property(out, icalproperty_new_version("2.0"));
    add_property(out, icalproperty_new_prodid("-//Crier//preview//EN"));
    add_property(out, shown);
}

static struct icaltimetype utc(struct instant t)
{
    return icaltime_from_timet_with_zone((time_t)(t.ms / 1000), 0, icaltimezone_get_utc_timezone());
}

static struct icaldurationtype duration(struct span span)
{
    return icaldurationtype_from_int((int)(span.ms / 1000));
}

/* Programs take a version for newer by its number, not by its time: minutes since 2026. */
static int version(struct instant written)
{
    const int64_t minutes = (written.ms / 1000 - civil_days(2026, 1, 1) * 86400) / 60;

    return minutes < 0 || minutes > INT32_MAX ? 0 : (int)minutes;
}

void ics_add(struct buffer *out, const struct ics_event *event)
{
    (void)buffer_text(out, "BEGIN:VEVENT\r\n");
    add_property(out, icalproperty_new_uid(event->uid));
    add_property(out, icalproperty_new_dtstamp(utc(event->written)));
    add_property(out, icalproperty_new_sequence(version(event->written)));
    add_property(out, icalproperty_new_dtstart(utc(event->start)));
    add_property(out, icalproperty_new_duration(duration(event->length)));
    add_property(out, icalproperty_new_summary(event->summary));
    add_property(out, icalproperty_new_description(event->description));
    add_property(out, icalproperty_new_categories(event->category));
    add_property(out, icalproperty_new_status(event->tentative ? ICAL_STATUS_TENTATIVE
                                                               : ICAL_STATUS_CONFIRMED));
    add_property(out, icalproperty_new_transp(ICAL_TRANSP_TRANSPARENT));
    (void)buffer_text(out, "END:VEVENT\r\n");
}

void ics_end(struct buffer *out)
{
    (void)buffer_text(out, "END:VCALENDAR\r\n");
}
