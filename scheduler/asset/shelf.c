#include "asset/shelf.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/failpoint.h"
#include "base/i18n.h"
#include "base/recipe.h"

enum { MOST_RENDITIONS = 100, MOST_ENTRY_BYTES = 256 * 1024, ENTRY_MODE = 0600, OTHERS = 077 };

/* Grows when lines of crier-render mean something else than before. */
enum { LINES_VERSION = 1 };

static char *version(struct arena *arena)
{
    return arena_printf(arena, "%d.%d", RECIPE_VERSION, LINES_VERSION);
}

static json_t *read_object(int folder, const char *name, struct arena *arena)
{
    struct file_stamp stamp;
    struct err nonsense;
    char *bytes;
    size_t length;
    json_t *entry;

    if (!file_read_beneath(folder, name, MOST_ENTRY_BYTES, arena, &bytes, &length, &stamp,
                           &nonsense) ||
        stamp.owner != geteuid() || (stamp.mode & OTHERS) != 0)
        return NULL;
    entry = json_in_arena(json_read(bytes, length, &nonsense), arena);
    return json_is_object(entry) ? entry : NULL;
}

static bool is_of_this_version(const json_t *entry, struct arena *arena)
{
    const char *said = json_text(entry, "version");

    return said && !strcmp(said, version(arena));
}

json_t *shelf_read(const struct shelf *shelf, const char *source, struct arena *arena)
{
    struct err absent;
    json_t *entry = NULL;
    int folder;

    if (folder_open(shelf->folder, &folder, &absent)) {
        entry = read_object(folder, arena_printf(arena, "%s.json", source), arena);
        folder_close(folder);
    }
    if (entry && is_of_this_version(entry, arena))
        return entry;
    entry = json_in_arena(json_object(), arena);
    json_put(entry, "version", version(arena));
    return entry;
}

const json_t *shelf_find(const json_t *entry, const char *recipe)
{
    const json_t *list = json_object_get(entry, "renditions");

    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *made = json_array_get(list, i);
        const char *of = json_text(made, "recipe");

        if (of && !strcmp(of, recipe))
            return made;
    }
    return NULL;
}

/* Changing. */

/* Given back by close. */
static bool lock(const struct shelf *shelf, struct arena *scratch, int *held, struct err *err)
{
    const char *path = arena_printf(scratch, "%s/lock", shelf->folder);

    if (mkdir(shelf->folder, 0700) != 0 && errno != EEXIST)
        return err_errno(err, ERR_IO, errno, _("%s cannot be made"), shelf->folder);
    *held = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, ENTRY_MODE);
    if (*held < 0)
        return err_errno(err, ERR_IO, errno, _("%s cannot be opened"), path);
    while (flock(*held, LOCK_EX) != 0)
        if (errno != EINTR) {
            close(*held);
            return err_errno(err, ERR_IO, errno, _("%s cannot be locked"), path);
        }
    return true;
}

static bool write_entry(const struct shelf *shelf, const char *source, const json_t *entry,
                        struct arena *scratch, struct err *err)
{
    size_t length;
    char *text = json_write(entry, scratch, &length);
    const char *path = arena_printf(scratch, "%s/%s.json", shelf->folder, source);
    bool ok;

    FAILPOINT("shelf.before-write");
    ok = file_replace(path, text, length, ENTRY_MODE, err);
    FAILPOINT("shelf.after-write");
    return ok;
}

static bool change(const struct shelf *shelf, const char *source,
                   void (*edit)(json_t *entry, json_t *value), json_t *value, struct err *err)
{
    struct arena scratch = {0};
    json_t *entry;
    int held = -1;
    bool ok = lock(shelf, &scratch, &held, err);

    if (ok) {
        entry = shelf_read(shelf, source, &scratch);
        edit(entry, value);
        ok = write_entry(shelf, source, entry, &scratch, err);
        close(held);
    }
    arena_clear(&scratch);
    return ok;
}

static void put_facts(json_t *entry, json_t *line)
{
    json_put_new(entry, "facts", json_deep_copy(line));
}

bool shelf_put_facts(const struct shelf *shelf, const char *source, const json_t *line,
                     struct err *err)
{
    json_t *copy = json_deep_copy(line);
    bool ok = change(shelf, source, put_facts, copy, err);

    json_decref(copy);
    return ok;
}

static void remove_rendition(json_t *list, const char *recipe)
{
    for (size_t i = json_array_size(list); i-- > 0;) {
        const char *of = json_text(json_array_get(list, i), "recipe");

        if (!of || !strcmp(of, recipe))
            json_array_remove(list, i);
    }
}

static void put_rendition(json_t *entry, json_t *made)
{
    json_t *list = json_object_get(entry, "renditions");

    if (!json_is_array(list)) {
        list = json_array();
        json_put_new(entry, "renditions", list);
    }
    remove_rendition(list, json_text(made, "recipe"));
    while (json_array_size(list) >= MOST_RENDITIONS)
        json_array_remove(list, 0);
    json_array_append(list, made);
}

bool shelf_put_rendition(const struct shelf *shelf, const char *source, json_t *made,
                         struct err *err)
{
    return change(shelf, source, put_rendition, made, err);
}
