#include "commands/survey.h"

#include <string.h>

#include "asset/inspect.h"
#include "base/i18n.h"
#include "calendar/when.h"
#include "campaign/reader.h"
#include "commands/bar.h"
#include "commands/terminal.h"
#include "platform/registry.h"

/* What decoders and earlier runs know besides. */
static bool look(const struct invocation *invocation, struct survey *survey, struct err *err)
{
    struct bar bar;
    struct headway progress;
    bool ok;

    bar_begin(&bar, _("Looking at the media"), 1, invocation->json);
    progress = bar_progress(&bar);
    ok = renditions_look(&survey->cache.shelf, survey->facts, survey->fact_count, &progress,
                         invocation->arena, err);
    bar_end(&bar);
    return ok;
}

bool survey_media(const struct invocation *invocation, const char *const *files, size_t count,
                  struct survey *survey, struct err *err)
{
    survey->fact_count = count;
    return cache_open(invocation, &survey->cache, err) &&
           asset_inspect(survey->cache.shelf.media, files, count, NULL, 0, invocation->arena,
                         &survey->facts, err) &&
           look(invocation, survey, err);
}

bool survey_make(const struct invocation *invocation, const char *const *only,
                 struct survey *survey, struct err *err)
{
    const struct read_options options = {.platforms = platform_facts_all(), .only = only};
    const char *const *files;
    size_t count;

    findings_init(&survey->findings, invocation->arena);
    if (!workspace_read(invocation->workspace, &options, invocation->arena, &survey->set,
                        &survey->findings, err))
        return false;
    plan_media(&survey->set, invocation->arena, &files, &count);
    return survey_media(invocation, files, count, survey, err);
}

bool survey_render(const struct invocation *invocation, const struct unmade *unmade, size_t count,
                   struct survey *survey, struct err *err)
{
    struct bar bar;
    struct headway progress;
    struct rendition rendition;
    bool ok = true;

    bar_begin(&bar, _("Fitting the media"), count, invocation->json);
    progress = bar_progress(&bar);
    for (; ok && bar.piece < count; bar.piece++)
        ok =
            renditions_make(&survey->cache.shelf, unmade[bar.piece].facts, unmade[bar.piece].recipe,
                            &progress, invocation->arena, &rendition, err);
    bar_end(&bar);
    return ok && (count == 0 || look(invocation, survey, err));
}

void survey_end(struct survey *survey)
{
    cache_close(&survey->cache);
}

/* UTC while crier.cfg names no zone that could be read: its finding says so. */
static bool on_the_wall(const struct zone *zone, const struct civil *civil, struct instant *t)
{
    struct instant later;

    if (zone)
        return zone_resolve(zone, civil, t, &later) == ZONE_ONCE;
    *t = (struct instant){civil_seconds(civil) * 1000};
    return true;
}

bool survey_time(const struct survey *survey, const char *text, struct instant now,
                 struct instant *t, struct err *err)
{
    const struct zone *zone = survey->set.workspace.zone;
    struct when when;

    *t = now;
    if (!text || instant_parse(text, t))
        return true;
    if (when_parse_date(text, &when) || when_parse(text, &when)) {
        if (on_the_wall(zone, &when.civil, t))
            return true;
        return err_set(err, ERR_USAGE, _("%s does not exist or comes twice in %s"), text,
                       zone_name(zone));
    }
    if (*when.guess)
        return err_set(err, ERR_USAGE, _("\"%s\" is not a time; write \"%s\""), text, when.guess);
    return err_set(err, ERR_USAGE,
                   _("\"%s\" is not a time; write \"2026-12-01\", \"2026-12-01 09:30\" or "
                     "\"2026-12-01T09:30:00+05:30\""),
                   text);
}

bool survey_count(const struct invocation *invocation, const char *option, int most, int otherwise,
                  int64_t *count, struct err *err)
{
    const char *text = invocation_value(invocation, option);
    int64_t number = 0;

    *count = otherwise;
    if (!text)
        return true;
    for (const char *c = text; *c >= '0' && *c <= '9' && number <= most; c++)
        number = number * 10 + (*c - '0');
    *count = number;
    if (strspn(text, "0123456789") == strlen(text) && number >= 1 && number <= most)
        return true;
    return err_set(err, ERR_USAGE, _("--%s is a number from 1 to %d, not \"%s\""), option, most,
                   text);
}

bool survey_names_file(const char *word, const char *file)
{
    const char *base = strrchr(word, '/');
    const char *name = strrchr(file, '/');
    size_t length;

    base = base ? base + 1 : word;
    name = name ? name + 1 : file;
    length = strlen(base);
    return strncmp(base, name, length) == 0 &&
           (name[length] == '\0' || strcmp(name + length, ".cfg") == 0);
}

bool survey_no_file(const struct similar *similar, struct err *err)
{
    if (similar->best)
        return err_set(err, ERR_USAGE, _("there is no campaign file \"%s\"; did you mean \"%s\"?"),
                       similar->word, similar->best);
    return err_set(err, ERR_USAGE, _("there is no campaign file \"%s\""), similar->word);
}

void survey_tell(const struct findings *findings, FILE *out)
{
    struct buffer text;

    buffer_init(&text, SIZE_MAX);
    findings_print(findings, terminal_columns(fileno(out)), &text);
    (void)fwrite(text.bytes, 1, text.length, out);
    buffer_clear(&text);
}
