/* Runs a fuzz target over the files of the folders (or the files) named on the command line. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fuzz.h"

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
    free(data);
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
    (void)printf("%d inputs\n", runs);
    return runs == 0;
}
