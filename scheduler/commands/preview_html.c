#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/i18n.h"
#include "commands/preview.h"
#include "commands/thumbnails.h"

enum { PAGE_MODE = 0644, FOLDER_MODE = 0755 };

/* ---- the folder ---- */

static bool make_folder(const char *folder, struct err *err)
{
    struct stat status;

    if (mkdir(folder, FOLDER_MODE) == 0)
        return true;
    if (errno != EEXIST)
        return err_errno(err, ERR_USAGE, errno, _("the folder %s cannot be made"), folder);
    if (stat(folder, &status) == 0 && S_ISDIR(status.st_mode))
        return true;
    return err_set(err, ERR_USAGE, _("%s is a file, not a folder; name a folder for the page"),
                   folder);
}

/* What somebody else put there stays there. */
static bool may_replace(const char *path, struct err *err)
{
    return file_may_replace(path, CALENDAR_PAGE_MARK) ||
           err_set(err, ERR_USAGE,
                   _("%s is not a page that crier made, and is left alone; name another folder"),
                   path);
}

/* ---- the page ---- */

/* Of what is shown. */
static struct occurrence *chosen(const struct preview *preview, struct arena *arena, size_t *count)
{
    struct occurrence *items = arena_array(arena, preview->occurrences.count, sizeof *items);

    *count = 0;
    for (size_t i = 0; i < preview->occurrences.count; i++)
        if (preview_shows(preview, &preview->occurrences.items[i]))
            items[(*count)++] = preview->occurrences.items[i];
    return items;
}

static void draw(const struct preview *preview, struct arena *arena, struct buffer *out)
{
    struct calendar_page page = {
        .workspace = preview->workspace,
        .from = preview->from,
        .until = preview->until,
        .findings = preview->findings,
        .media = preview->media,
    };
    struct thumbnails thumbnails;

    page.occurrences = chosen(preview, arena, &page.count);
    thumbnails_make(preview, page.occurrences, page.count, arena, &thumbnails);
    page.pictures = thumbnails.items;
    page.picture_count = thumbnails.count;
    calendar_page_write(&page, out);
}

/* Without a zone nothing has a day. */
static bool has_calendar(const struct preview *preview, struct err *err)
{
    return preview->workspace->zone ||
           err_set(err, ERR_FOUND,
                   _("crier.cfg names no time zone that could be read: without one there is no "
                     "calendar"));
}

bool preview_html(const struct preview *preview, const char *folder, struct err *err)
{
    struct arena arena = {0};
    const char *path = arena_printf(&arena, "%s/index.html", folder);
    struct buffer out;
    bool ok;

    buffer_init(&out, SIZE_MAX);
    ok = has_calendar(preview, err) && make_folder(folder, err) && may_replace(path, err);
    if (ok) {
        draw(preview, &arena, &out);
        ok = file_replace(path, out.bytes, out.length, PAGE_MODE, err);
    }
    buffer_clear(&out);
    arena_clear(&arena);
    return ok;
}
