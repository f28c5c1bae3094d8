/* Runs a fuzz target over the files of the folders (or the files) named on the command line. With
 * CRIER_FUZZ_RUNS=N it goes on with N inputs made of them by chance, the same ones each time. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fuzz.h"

enum { MOST_KEPT = 256, MOST_MUTATED = 64 * 1024, MOST_CHANGES = 8 };

static struct {
    uint8_t *data;
    size_t size;
} kept[MOST_KEPT];
static size_t kept_count;

static void keep(uint8_t *data, size_t size)
{
    if (kept_count == MOST_KEPT || size > MOST_MUTATED) {
        free(data);
        return;
    }
    kept[kept_count].data = data;
    kept[kept_count++].size = size;
}

static void forget(void)
{
    while (kept_count > 0)
        free(kept[--kept_count].data);
}

static size_t dice(size_t sides)
{
    static uint64_t state = 88172645463325252;

    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return sides ? (size_t)(state % sides) : 0;
}

/* One change to `size` bytes, of which there is room for MOST_MUTATED; the new size. */
static size_t change(uint8_t *data, size_t size)
{
    static const uint8_t telling[] = {0, 1, 0x7f, 0x80, 0xff, 0xfe, 'I', 'M'};
    size_t at = dice(size), from = dice(size), length = dice(16);

    if (size == 0)
        return 0;
    switch (dice(6)) {
    case 0:
        data[at] ^= (uint8_t)(1U << dice(8));
        return size;
    case 1:
        data[at] = telling[dice(sizeof telling)];
        return size;
    case 2: /* a number of four bytes */
        memset(data + at, dice(2) ? 0xff : 0, size - at < 4 ? size - at : 4);
        return size;
    case 3:
        return dice(4) ? size : at;
    case 4: /* a piece comes again */
        length = length < size - at && length < size - from ? length : 0;
        memmove(data + at, data + from, length);
        return size;
    default: /* a piece is left out */
        length = length < size - at ? length : 0;
        memmove(data + at, data + at + length, size - at - length);
        return size - length;
    }
}

static void run_changed(void)
{
    const size_t chosen = dice(kept_count);
    size_t size = kept[chosen].size, changes = 1 + dice(MOST_CHANGES);
    uint8_t *data = malloc(size ? size : 1), *exact;

    if (!data)
        exit(1);
    memcpy(data, kept[chosen].data, size);
    while (changes-- > 0)
        size = change(data, size);
    exact = realloc(data, size ? size : 1);
    if (!exact)
        exit(1);
    (void)LLVMFuzzerTestOneInput(exact, size);
    free(exact);
}

static long run_by_chance(void)
{
    const char *wanted = getenv("CRIER_FUZZ_RUNS");
    long runs = wanted ? strtol(wanted, NULL, 10) : 0, done = 0;

    for (; kept_count > 0 && done < runs; done++)
        run_changed();
    forget();
    return done;
}

static int run_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    struct stat status;

    if (!file || fstat(fileno(file), &status) != 0) {
        perror(path);
        exit(1);
    }
    /* Exactly as many bytes as the input has: reading one too many must be noticed. */
    size_t size = (size_t)status.st_size;
    uint8_t *data = malloc(size ? size : 1);

    if (!data || fread(data, 1, size, file) != size) {
        perror(path);
        exit(1);
    }
    (void)fclose(file);
    (void)LLVMFuzzerTestOneInput(data, size);
    keep(data, size);
    return 1;
}

static int run_folder(const char *path, DIR *folder)
{
    int runs = 0;
    struct dirent *entry;

    while ((entry = readdir(folder))) {
        char name[4096];

        if (entry->d_name[0] == '.')
            continue;
        if (snprintf(name, sizeof name, "%s/%s", path, entry->d_name) >= (int)sizeof name)
            exit(1);
        runs += run_file(name);
    }
    return runs;
}

int main(int argc, char **argv)
{
    int runs = 0;

    for (int i = 1; i < argc; i++) {
        DIR *folder = opendir(argv[i]);

        runs += folder ? run_folder(argv[i], folder) : run_file(argv[i]);
        if (folder)
            (void)closedir(folder);
    }
    (void)printf("%d inputs, %ld made of them\n", runs, run_by_chance());
    return runs == 0;
}
