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

static bool tell_changes(FILE *out, const char *clock, const struct reload_result *result)
{
    const bool waits = result->waiting_new + result->waiting_changed > 0;

    if (reload_changed_anything(result))
        fprintf(out,
                _("%s  The files changed: %lld added, %lld changed, %lld removed, %lld held.\n"),
                clock, (long long)result->inserted, (long long)result->replaced + result->returned,
                (long long)result->removed, (long long)result->held);
    if (waits)
        fprintf(out,
                _("%s  %lld new and %lld changed deliveries wait to be applied; 'crier plan' shows "
                  "them, 'crier apply' lets them count.\n"),
                clock, (long long)result->waiting_new, (long long)result->waiting_changed);
    return waits || reload_changed_anything(result);
}

static void take_errors(struct findings *errors, const struct findings *findings)
{
    for (size_t i = 0; findings && i < findings->count; i++) {
        if (findings->items[i].severity == SEVERITY_ERROR)
            finding_copy(errors, &findings->items[i]);
    }
}

static void tell_errors(const struct telling *telling, const char *clock,
                        const struct findings *errors)
{
    struct buffer text;

    fputs(telling->colour ? "\033[1;31m" : "", telling->out);
    fprintf(telling->out,
            _("%s  These files have errors; what was planned from them before stays:\n"), clock);
    fputs(telling->colour ? "\033[0m" : "", telling->out);
    buffer_init(&text, ALL_FINDINGS);
    findings_print(errors, telling->columns, &text);
    if (text.length > 0)
        (void)fwrite(text.bytes, 1, text.length, telling->out);
    buffer_clear(&text);
}

static void tell(struct telling *telling, const char *clock, const struct reload_result *result,
                 const struct findings *errors)
{
    const bool changes = tell_changes(telling->out, clock, result);

    if (errors->count > 0)
        tell_errors(telling, clock, errors);
    else if (telling->wrong)
        fprintf(telling->out, _("%s  The files have no errors any more.\n"), clock);
    else if (!changes)
        fprintf(telling->out, _("%s  The files were read again; nothing changes.\n"), clock);
    telling->wrong = errors->count > 0;
}

void telling_reload(struct telling *telling, const struct reading *reading,
                    const struct reload_result *result, const struct findings *late,
                    struct instant now)
{
    struct arena scratch = {0};
    struct findings errors;
    char clock[8];

    findings_init(&errors, &scratch);
    take_errors(&errors, &reading->planning->findings);
    take_errors(&errors, late);
    tell(telling, clock_of(reading, now, clock), result, &errors);
    (void)fflush(telling->out);
    arena_clear(&scratch);
}
