/* calendar/ics.h - events for other people's calendars: iCalendar (RFC 5545), by libical.
 *
 * Times are written in UTC: libical's own zones err in some places and name the others in a way
 * that few programs understand. An event's uid says which it is; where it is read again, the newer
 * version takes the older one's place.
 *
 * What this does not know: posts, accounts, states. The one file that calls libical.
 */
#ifndef CRIER_CALENDAR_ICS_H
#define CRIER_CALENDAR_ICS_H

#include "base/buffer.h"
#include "base/instant.h"

struct ics_event {
    const char *uid;
    struct instant start; /* to the second */
    struct span length;
    const char *summary, *description, *category; /* UTF-8, line feeds allowed */
    bool tentative;                               /* it may not take place */
    struct instant written;                       /* when this version was made */
};

/* The head of a calendar of that name, one event, the end: lines end with CR LF, and none is longer
 * than 75 bytes or cut inside a letter. */
void ics_begin(struct buffer *out, const char *name);
void ics_add(struct buffer *out, const struct ics_event *event);
void ics_end(struct buffer *out);

#endif
