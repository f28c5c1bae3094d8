/* The folder in which commands keep what they made of media: whose it is, and how large it grows.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands/cache.h"

static struct arena arena;
static char *top;

static int open_world(void **unused)
{
    (void)unused;
    top = strdup("/tmp/crier-test-cache.XXXXXX");
    return top && mkdtemp(top) ? 0 : -1;
}

static int close_world(void **unused)
{
    char *command = arena_printf(&arena, "rm -rf %s", top);
    int status = system(command);

    (void)unused;
    free(top);
    arena_clear(&arena);
    return status;
}

static const char *below(const char *name)
{
    return arena_printf(&arena, "%s/%s", top, name);
}

static bool is_folder(const char *path)
{
    struct stat status;

    return lstat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static void open_cache(const char *folder, struct cache *cache)
{
    const struct invocation invocation = {.workspace = "w", .cache = folder, .arena = &arena};
    struct err err = {0};

    assert_true(cache_open(&invocation, cache, &err));
}

static void its_folder_is_made_for_nobody_else(void **unused)
{
    struct cache cache;
    struct stat status;

    (void)unused;
    open_cache(below("home/.cache/crier"), &cache);
    assert_false(cache.passing);
    assert_string_equal(cache.shelf.spool, below("home/.cache/crier/spool"));
    assert_string_equal(cache.shelf.media, "w/media");
    assert_int_equal(stat(below("home/.cache/crier"), &status), 0);
    assert_int_equal(status.st_mode & 0777, 0700);
    cache_close(&cache);
    assert_true(is_folder(below("home/.cache/crier")));
}

/* What others could put there would be shown as ours. */
static void a_folder_that_others_may_write_to_is_not_used(void **unused)
{
    struct cache cache;

    (void)unused;
    assert_int_equal(mkdir(below("open"), 0700), 0);
    assert_int_equal(chmod(below("open"), 0777), 0);
    open_cache(below("open"), &cache);
    assert_true(cache.passing);
    cache_close(&cache);
}

static void neither_is_a_link(void **unused)
{
    struct cache cache;

    (void)unused;
    assert_int_equal(mkdir(below("elsewhere"), 0700), 0);
    assert_int_equal(symlink(below("elsewhere"), below("link")), 0);
    open_cache(below("link"), &cache);
    assert_true(cache.passing);
    cache_close(&cache);
}

static void a_temporary_one_stands_in_for_none_and_goes_at_the_end(void **unused)
{
    struct cache cache;
    const char *folder;

    (void)unused;
    assert_int_equal(setenv("TMPDIR", top, 1), 0);
    open_cache(NULL, &cache);
    folder = arena_text(&arena, cache.folder);
    assert_true(cache.passing);
    assert_int_equal(strncmp(folder, top, strlen(top)), 0);
    assert_int_equal(mkdir(cache.shelf.spool, 0700), 0);
    cache_close(&cache);
    assert_false(is_folder(folder));
    assert_int_equal(unsetenv("TMPDIR"), 0);
}

/* Holes take no room on the disk. */
static void make_file(const char *path, int64_t bytes, time_t made)
{
    const struct timespec times[2] = {{.tv_sec = made}, {.tv_sec = made}};
    int fd = open(path, O_WRONLY | O_CREAT, 0600);

    assert_true(fd >= 0);
    assert_int_equal(ftruncate(fd, bytes), 0);
    assert_int_equal(futimens(fd, times), 0);
    assert_int_equal(close(fd), 0);
}

static void the_oldest_go_once_all_are_larger_than_two_gibibytes(void **unused)
{
    const int64_t most = INT64_C(2) << 30;
    struct cache cache;

    (void)unused;
    open_cache(below("large"), &cache);
    assert_int_equal(mkdir(cache.shelf.spool, 0700), 0);
    make_file(below("large/spool/oldest"), 1, 1000);
    make_file(below("large/spool/older"), 2, 2000);
    make_file(below("large/spool/newest"), most - 2, 3000);
    cache_close(&cache);
    assert_int_not_equal(access(below("large/spool/oldest"), F_OK), 0);
    assert_int_equal(access(below("large/spool/older"), F_OK), 0);
    assert_int_equal(access(below("large/spool/newest"), F_OK), 0);
}

static void nothing_goes_while_there_is_room(void **unused)
{
    struct cache cache;

    (void)unused;
    open_cache(below("small"), &cache);
    assert_int_equal(mkdir(cache.shelf.spool, 0700), 0);
    make_file(below("small/spool/a"), INT64_C(1) << 30, 1000);
    make_file(below("small/spool/b"), INT64_C(1) << 30, 2000);
    cache_close(&cache);
    assert_int_equal(access(below("small/spool/a"), F_OK), 0);
    assert_int_equal(access(below("small/spool/b"), F_OK), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(its_folder_is_made_for_nobody_else),
        cmocka_unit_test(a_folder_that_others_may_write_to_is_not_used),
        cmocka_unit_test(neither_is_a_link),
        cmocka_unit_test(a_temporary_one_stands_in_for_none_and_goes_at_the_end),
        cmocka_unit_test(the_oldest_go_once_all_are_larger_than_two_gibibytes),
        cmocka_unit_test(nothing_goes_while_there_is_room),
    };

    return cmocka_run_group_tests_name("cache", tests, open_world, close_world);
}
