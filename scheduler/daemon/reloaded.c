#include "daemon/reloaded.h"

#include <string.h>

static const char *const counts[] = {"added", "changed", "removed", "held", "returned"};
static const char *const times[] = {"at", "read"};

static json_t *stored_value(struct outbox *outbox, struct arena *arena, struct err *err, bool *ok)
{
    const char *text = NULL;
    struct err ignored;

    *ok = outbox_value(outbox, "reload", arena, &text, err);
    return *ok && text ? json_read_own(text, strlen(text), &ignored) : NULL;
}

static int64_t edited_ms(const struct reading *reading, const char *path)
{
    for (size_t i = 0; i < reading->file_count; i++) {
        if (!strcmp(reading->files[i].path, path))
            return reading->files[i].stamp.mtime_ns / 1000000;
    }
    return strcmp(path, "crier.cfg") ? 0 : reading->set.workspace.stamp.mtime_ns / 1000000;
}

static void add_file(json_t *list, const struct reading *reading, const char *path, const char *is)
{
    json_t *entry = json_object();

    json_put(entry, "file", path);
    json_put_known(entry, "edited", edited_ms(reading, path));
    json_put(entry, "is", is);
    json_array_append_new(list, entry);
}

static bool has_file(const json_t *list, const char *path)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (!strcmp(json_text(json_array_get(list, i), "file"), path))
            return true;
    }
    return false;
}

static void add_waiting(json_t *list, const struct reading *reading, struct arena *arena)
{
    const char *const *paths;
    size_t count;

    if (reading->whole || !reading->before)
        return;
    digests_differ(reading->before, &reading->digests, arena, &paths, &count);
    for (size_t i = 0; i < count; i++) {
        if (!has_file(list, paths[i]))
            add_file(list, reading, paths[i], "waits");
    }
}

/* The last good copy is in force. */
static bool config_is_broken(const struct reading *reading)
{
    const struct findings *findings = &reading->planning->findings;

    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->items[i];
        if (finding->severity == SEVERITY_ERROR && finding->place.file &&
            !strcmp(finding->place.file, "crier.cfg"))
            return true;
    }
    return false;
}

static json_t *files_json(const struct reading *reading, struct arena *arena)
{
    const struct campaign_set *set = &reading->planning->set;
    json_t *list = json_array();

    if (config_is_broken(reading))
        add_file(list, reading, "crier.cfg", "broken");
    if (set->folder_broken)
        add_file(list, reading, "campaigns", "broken");
    for (size_t i = 0; i < set->count; i++) {
        if (set->campaigns[i].broken)
            add_file(list, reading, arena_printf(arena, "campaigns/%s", set->campaigns[i].file),
                     "broken");
    }
    add_waiting(list, reading, arena);
    return list;
}

static void put_counts(json_t *value, const struct reload_result *result)
{
    const int64_t numbers[] = {result->inserted, result->replaced, result->removed, result->held,
                               result->returned};

    for (size_t i = 0; i < COUNT_OF(counts); i++)
        json_put_integer(value, counts[i], numbers[i]);
}

static void put_waiting(json_t *value, const struct reload_result *result)
{
    json_t *waiting = json_object();

    json_put_integer(waiting, "added", result->waiting_new);
    json_put_integer(waiting, "changed", result->waiting_changed);
    json_put_new(value, "waiting", waiting);
}

json_t *reloaded_none(void)
{
    json_t *value = json_object();

    for (size_t i = 0; i < COUNT_OF(times); i++)
        json_put(value, times[i], NULL);
    json_put(value, "by", NULL);
    for (size_t i = 0; i < COUNT_OF(counts); i++)
        json_put(value, counts[i], NULL);
    json_put(value, "mode", NULL);
    put_waiting(value, &(struct reload_result){0});
    json_put_new(value, "files", json_array());
    return value;
}

bool reloaded_store(struct outbox *outbox, const struct reading *reading,
                    const struct reload_result *result, struct instant now, struct arena *arena,
                    struct err *err)
{
    json_t *value;
    bool ok;

    value = stored_value(outbox, arena, err, &ok);
    if (!ok)
        return false;
    if (!value)
        value = reloaded_none();
    json_put_integer(value, "read", now.ms);
    if (reload_changed_anything(result)) {
        json_put_integer(value, "at", now.ms);
        json_put(value, "by", reading->actor);
        put_counts(value, result);
    }
    json_put(value, "mode", reading->set.workspace.applies ? "apply" : "auto");
    put_waiting(value, result);
    json_put_new(value, "files", files_json(reading, arena));
    ok = outbox_value_put(outbox, "reload", json_write(value, arena, NULL), err);
    json_decref(value);
    return ok;
}

static void show_time(json_t *object, const char *member, int offset_s)
{
    const json_t *value = json_object_get(object, member);
    char text[INSTANT_TEXT];

    if (json_is_integer(value))
        json_put(object, member,
                 instant_local((struct instant){json_integer_value(value)}, offset_s, false, text));
}

bool reloaded_read(struct outbox *outbox, int offset_s, struct arena *arena, json_t **shown,
                   struct err *err)
{
    const json_t *files;
    bool ok;

    *shown = stored_value(outbox, arena, err, &ok);
    if (!ok)
        return false;
    if (!*shown)
        *shown = reloaded_none();
    for (size_t i = 0; i < COUNT_OF(times); i++)
        show_time(*shown, times[i], offset_s);
    files = json_object_get(*shown, "files");
    for (size_t i = 0; i < json_array_size(files); i++)
        show_time(json_array_get(files, i), "edited", offset_s);
    return true;
}
