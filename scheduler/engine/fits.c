#include <string.h>

#include "base/i18n.h"
#include "campaign/render.h"
#include "engine/inside.h"

/* The members of what adapters say of a server, and ours to compare with. */
static int64_t told(const json_t *server, const char *member)
{
    return json_integer_or(server, member, 0);
}

static bool differs(const json_t *server, const char *member, size_t ours)
{
    int64_t theirs = told(server, member);

    return theirs > 0 && ours > 0 && (size_t)theirs != ours;
}

bool limits_differ(const struct account *account, const json_t *server, struct arena *arena,
                   const char **how)
{
    const struct {
        const char *member;
        size_t ours;
    } rows[] = {
        {"text", account->limits.text[0].most},
        {"media", account->limits.most_media},
        {"alt", account->limits.most_alt},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (differs(server, rows[i].member, rows[i].ours)) {
            *how = arena_printf(arena, "%s %zu -> %lld", rows[i].member, rows[i].ours,
                                (long long)told(server, rows[i].member));
            return true;
        }
    }
    return false;
}

static bool text_fits(const struct line *line, const char *text, struct arena *arena,
                      const char **why)
{
    struct text_limit limit = line->account->limits.text[0];
    int64_t most = told(line->server, "text");
    struct text_use use;

    if (most <= 0 || (limit.most > 0 && (size_t)most >= limit.most))
        return true;
    limit.most = (size_t)most;
    use = text_measure(text, &limit);
    if (use.least <= use.limit)
        return true;
    *why = arena_printf(arena, _("its text needs %zu characters, and the server takes %zu"),
                        use.least, use.limit);
    return false;
}

static bool media_fit(const struct line *line, const struct delivery *row, struct arena *arena,
                      const char **why)
{
    int64_t most = told(line->server, "media"), bytes = told(line->server, "image_bytes");
    int64_t pixels = told(line->server, "image_pixels");

    if (most > 0 && (int64_t)row->media_count > most) {
        *why = arena_printf(arena, _("it has %zu pictures, and the server takes %lld"),
                            row->media_count, (long long)most);
        return false;
    }
    for (size_t i = 0; i < row->media_count; i++) {
        const struct medium *medium = &row->media[i];

        if (medium->duration_ms > 0 || ((bytes <= 0 || medium->bytes <= bytes) &&
                                        (pixels <= 0 || medium->width * medium->height <= pixels)))
            continue;
        *why = arena_printf(arena, _("%s is larger than the server takes"), medium->file);
        return false;
    }
    return true;
}

bool item_fits(struct pass *pass, const struct item *item, const char **why)
{
    struct arena *arena = pass->out->arena;
    struct content content;
    struct err err;

    *why = "";
    if (!item->line->server || !rule_on(pass->engine, RULE_LIMITS))
        return true;
    if (!media_fit(item->line, item->row, arena, why))
        return false;
    return !content_read(item->row->content, arena, &content, &err) || !content.text ||
           text_fits(item->line, content.text, arena, why);
}
