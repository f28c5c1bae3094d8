/* tests/support/test_folder.h - a folder of its own for each test, and an arena that ends with it.
 */
#ifndef CRIER_TESTS_TEST_FOLDER_H
#define CRIER_TESTS_TEST_FOLDER_H

#include "base/arena.h"
#include "base/compiler.h"

extern char test_folder[64];
extern struct arena arena;

/* /tmp/crier-NAME-XXXXXX. 0, or -1, as cmocka's setups answer. */
MUST_CHECK int make_folder(const char *name);
/* A cmocka teardown. */
int remove_folder(void **unused);

/* NAME in it; the arena's. */
char *path_of(const char *name);

#endif
