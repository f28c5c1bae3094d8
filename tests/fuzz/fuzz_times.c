/* Any text as a time: what is accepted is valid and reads back as itself; a guess is always
 * accepted. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

#include "base/instant.h"
#include "calendar/when.h"
#include "text/unicode.h"

typedef bool (*parser)(const char *text, struct when *when);

static void try_form(parser parse, const char *text)
{
    struct when when = {0}, again = {0};

    if (parse(text, &when)) {
        assert(when.fault == WHEN_OK && civil_is_valid(&when.civil));
        return;
    }
    assert(when.fault != WHEN_OK && when_fault_text(when.fault));
    assert(memchr(when.guess, '\0', sizeof when.guess));
    if (when.guess[0])
        assert(parse(when.guess, &again));
}

static void try_others(const char *text)
{
    struct civil civil;
    struct instant t, back;
    struct span span;
    char buffer[INSTANT_TEXT], slot[WHEN_GUESS];

    if (when_slot_parse(text, &civil))
        assert(strcmp(when_slot_text(&civil, slot), text) == 0);
    if (instant_parse(text, &t)) {
        assert(instant_parse(instant_utc(t, buffer), &back) && back.ms == t.ms);
    }
    if (instant_parse_http(text, &t)) {
        assert(instant_parse_http(instant_http(t, buffer), &back) && back.ms == t.ms);
    }
    if (span_parse(text, &span)) {
        struct span same;
        assert(span_parse(span_text(span, buffer), &same) && same.ms == span.ms);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);

    if (!text)
        abort();
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    if (!memchr(text, '\0', size) && unicode_fault(text, size) == size) {
        try_form(when_parse, text);
        try_form(when_parse_date, text);
        try_form(when_parse_time, text);
        try_others(text);
    }
    free(text);
    return 0;
}
