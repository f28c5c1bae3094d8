#include "campaign/digests.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add(struct file_digests *digests, struct arena *arena, const char *path,
                const char *sha256)
{
    struct file_digest *item =
        arena_push(arena, &digests->items, &digests->count, &digests->capacity, sizeof *item);

    item->path = path;
    (void)snprintf(item->sha256, sizeof item->sha256, "%s", sha256);
}

static int by_path(const void *a, const void *b)
{
    const struct file_digest *left = a, *right = b;

    return strcmp(left->path, right->path);
}

static void sort(struct file_digests *digests)
{
    if (digests->count)
        qsort(digests->items, digests->count, sizeof *digests->items, by_path);
}

void digests_of(const struct campaign_set *set, const struct media_facts *facts, size_t fact_count,
                struct arena *arena, struct file_digests *digests)
{
    char hex[DIGEST_HEX];

    *digests = (struct file_digests){0};
    if (set->workspace.config_hash)
        add(digests, arena, "crier.cfg", set->workspace.config_hash);
    for (size_t i = 0; i < set->count; i++) {
        const struct campaign *campaign = &set->campaigns[i];
        if (campaign->source)
            add(digests, arena, arena_printf(arena, "campaigns/%s", campaign->file),
                digest_hex_of(campaign->source, strlen(campaign->source), hex));
    }
    for (size_t i = 0; i < fact_count; i++) {
        if (facts[i].readable)
            add(digests, arena, arena_printf(arena, "media/%s", facts[i].file), facts[i].sha256);
    }
    sort(digests);
}

/* Compares a path with folder and name laid together. */
static int compare_path(const char *path, const char *folder, const char *name)
{
    size_t length = strlen(folder);
    int order = strncmp(path, folder, length);

    return order ? order : strcmp(path + length, name);
}

const char *digests_find(const struct file_digests *digests, const char *folder, const char *name)
{
    size_t low = 0, high = digests->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare_path(digests->items[middle].path, folder, name);
        if (order == 0)
            return digests->items[middle].sha256;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

bool digests_agree(const struct file_digests *a, const struct file_digests *b, const char *folder,
                   const char *name)
{
    const char *left = digests_find(a, folder, name), *right = digests_find(b, folder, name);

    return left && right && !strcmp(left, right);
}

void digests_differ(const struct file_digests *a, const struct file_digests *b, struct arena *arena,
                    const char *const **paths, size_t *count)
{
    const char **found = arena_array(arena, a->count + b->count + 1, sizeof *found);
    size_t i = 0, k = 0, n = 0;

    while (i < a->count || k < b->count) {
        int order = i == a->count   ? 1
                    : k == b->count ? -1
                                    : strcmp(a->items[i].path, b->items[k].path);
        if (order != 0 || strcmp(a->items[i].sha256, b->items[k].sha256) != 0)
            found[n++] = order > 0 ? b->items[k].path : a->items[i].path;
        i += order <= 0;
        k += order >= 0;
    }
    *paths = found;
    *count = n;
}

json_t *digests_json(const struct file_digests *digests)
{
    json_t *list = json_array();

    for (size_t i = 0; i < digests->count; i++) {
        json_t *entry = json_object();
        json_put(entry, "path", digests->items[i].path);
        json_put(entry, "sha256", digests->items[i].sha256);
        json_array_append_new(list, entry);
    }
    return list;
}

void digests_read(const json_t *list, struct arena *arena, struct file_digests *digests)
{
    *digests = (struct file_digests){0};
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *entry = json_array_get(list, i);
        const char *path = json_text(entry, "path"), *sha256 = json_text(entry, "sha256");
        if (path && sha256)
            add(digests, arena, arena_text(arena, path), sha256);
    }
    sort(digests);
}
