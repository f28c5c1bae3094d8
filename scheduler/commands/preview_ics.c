/* A calendar for officers' phones: one event for each post at its time, with its accounts. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/i18n.h"
#include "calendar/ics.h"
#include "commands/preview_page.h"
#include "text/unicode.h"

enum { SUMMARY_COLUMNS = 70, MINUTES = 15, MODE = 0644 };

/* One post at one time. */
struct entry {
    const struct occurrence *first;
    const char *accounts;
    bool held;
};

struct calendar {
    struct page page; /* of its clock and its scratch */
    struct buffer out;
    struct entry entry;
};

/* ---- an event ---- */

static const char *uid_of(struct calendar *calendar, const struct occurrence *occurrence)
{
    char word[WHEN_GUESS];
    struct delivery post = {.campaign = occurrence->campaign->name,
                            .post = occurrence->post->id,
                            .occurrence = occurrence_word(occurrence, word),
                            .account = ""};

    delivery_set_id(&post);
    return arena_printf(&calendar->page.scratch, "%s@crier", post.id);
}

static const char *description_of(struct calendar *calendar)
{
    const struct occurrence *first = calendar->entry.first;
    char word[WHEN_GUESS];

    return arena_printf(&calendar->page.scratch, "%s/%s@%s\n%s\n%s", first->campaign->name,
                        first->post->id, occurrence_word(first, word), calendar->entry.accounts,
                        content_words(&first->text->rendered.content));
}

static void end_entry(struct calendar *calendar)
{
    const struct entry *entry = &calendar->entry;
    struct page *page = &calendar->page;
    struct ics_event event;

    if (!entry->first)
        return;
    event = (struct ics_event){
        .uid = uid_of(calendar, entry->first),
        .start = entry->first->at,
        .length = span_minutes(MINUTES),
        .summary =
            page_cut(page, content_words(&entry->first->text->rendered.content), SUMMARY_COLUMNS),
        .description = description_of(calendar),
        .category = entry->first->campaign->name,
        .tentative = entry->held,
        .written = page->preview->now,
    };
    ics_add(&calendar->out, &event);
    arena_reset(&page->scratch);
}

/* "toots (mastodon)", "toots (mastodon), HELD: quiet-hours". */
static const char *account_line(struct calendar *calendar, const struct occurrence *occurrence)
{
    struct arena *scratch = &calendar->page.scratch;
    const char *account =
        arena_printf(scratch, "%s (%s)", occurrence->account->name, occurrence->account->platform);

    if (!occurrence->held_by)
        return account;
    if (instant_is_none(occurrence->waits_until))
        return arena_printf(scratch, "%s, %s %s", account, _("HELD"), occurrence->held_by);
    return arena_printf(scratch, "%s, %s", account,
                        arena_printf(scratch, _("quiet hours: goes out at %s"),
                                     page_clock(&calendar->page, occurrence->waits_until)));
}

/* The parts of a thread belong to the post that begins it. */
static void add(struct calendar *calendar, const struct occurrence *occurrence)
{
    struct entry *entry = &calendar->entry;

    if (occurrence->part > 0)
        return;
    if (!entry->first || entry->first->post != occurrence->post ||
        entry->first->at.ms != occurrence->at.ms) {
        end_entry(calendar);
        *entry = (struct entry){.first = occurrence, .accounts = ""};
    }
    entry->accounts = arena_printf(&calendar->page.scratch, "%s%s\n", entry->accounts,
                                   account_line(calendar, occurrence));
    entry->held = entry->held || occurrence_is_held(occurrence);
}

static void write_all_events(struct calendar *calendar)
{
    const struct preview *preview = calendar->page.preview;

    ics_begin(&calendar->out, "Crier");
    for (size_t i = 0; i < preview->occurrences.count; i++) {
        if (preview_shows(preview, &preview->occurrences.items[i]))
            add(calendar, &preview->occurrences.items[i]);
    }
    end_entry(calendar);
    ics_end(&calendar->out);
}

/* ---- the file ---- */

/* A name that was typed wrongly may be that of a campaign. */
static bool may_be_replaced(const char *path, struct err *err)
{
    return file_may_replace(path, "BEGIN:VCALENDAR") ||
           err_set(err, ERR_USAGE, _("%s is there and is no calendar; name another file for it"),
                   path);
}

bool preview_ics(const struct preview *preview, const char *where, struct err *err)
{
    struct calendar calendar = {.page = page_begin(preview, stdout)};
    bool ok = true;

    buffer_init(&calendar.out, SIZE_MAX / 2);
    write_all_events(&calendar);
    if (strcmp(where, "-") == 0)
        (void)fwrite(calendar.out.bytes, 1, calendar.out.length, stdout);
    else
        ok = may_be_replaced(where, err) &&
             file_replace(where, calendar.out.bytes, calendar.out.length, MODE, err);
    buffer_clear(&calendar.out);
    arena_clear(&calendar.page.scratch);
    return ok;
}
