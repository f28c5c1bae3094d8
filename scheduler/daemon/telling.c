#include "daemon/telling.h"

#include "base/i18n.h"

enum { ALL_FINDINGS = 1 << 20 };

static const char *clock_of(const struct reading *reading, struct instant now, char text[8])
{
    const struct zone *zone = reading->set.workspace.zone;
    const struct civil wall = zone ? zone_civil(zone, now) : (struct civil){0};

    (void)snprintf(text, 8, "%02u:%02u", (unsigned)wall.hour % 24, (unsigned)wall.minute % 60);
    return text;
}

static void tell_changes(FILE *out, const char *clock, const struct reload_result *result)
{
    if (reload_changed_anything(result))
        fprintf(out,
                _("%s  The files changed: %lld added, %lld changed, %lld removed, %lld held.\n"),
                clock, (long long)result->inserted, (long long)result->replaced + result->returned,
                (long long)result->removed, (long long)result->held);
    if (result->waiting_new + result->waiting_changed > 0)
        fprintf(out,
                _("%s  %lld new and %lld changed deliveries wait to be applied; 'crier plan' shows "
                  "them, 'crier apply' lets them count.\n"),
                clock, (long long)result->waiting_new, (long long)result->waiting_changed);
}

static void take_errors(struct findings *errors, const struct findings *findings)
{
    for (size_t i = 0; findings && i < findings->count; i++) {
        if (findings->items[i].severity == SEVERITY_ERROR)
            finding_copy(errors, &findings->items[i]);
    }
}

static void tell_errors(FILE *out, const char *clock, const struct findings *errors)
{
    struct buffer text;

    if (errors->count == 0)
        return;
    fprintf(out, _("%s  These files have errors; what was planned from them before stays:\n"),
            clock);
    buffer_init(&text, ALL_FINDINGS);
    findings_print(errors, &text);
    if (text.length > 0)
        (void)fwrite(text.bytes, 1, text.length, out);
    buffer_clear(&text);
}

void telling_reload(FILE *out, const struct reading *reading, const struct reload_result *result,
                    const struct findings *late, struct instant now)
{
    struct arena scratch = {0};
    struct findings errors;
    char clock[8];

    findings_init(&errors, &scratch);
    take_errors(&errors, &reading->planning->findings);
    take_errors(&errors, late);
    tell_changes(out, clock_of(reading, now, clock), result);
    tell_errors(out, clock, &errors);
    (void)fflush(out);
    arena_clear(&scratch);
}
