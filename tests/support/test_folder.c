#include "support/test_folder.h"

#include <stdio.h>
#include <stdlib.h>

char test_folder[64];
struct arena arena;

int make_folder(const char *name)
{
    (void)snprintf(test_folder, sizeof test_folder, "/tmp/crier-%s-XXXXXX", name);
    return mkdtemp(test_folder) ? 0 : -1;
}

int remove_folder(void **unused)
{
    char command[128];

    (void)unused;
    arena_clear(&arena);
    (void)snprintf(command, sizeof command, "rm -rf --one-file-system %s", test_folder);
    return system(command);
}

char *path_of(const char *name)
{
    return arena_printf(&arena, "%s/%s", test_folder, name);
}
