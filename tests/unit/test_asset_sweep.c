/* asset: what nobody needs leaves the spool and the shelf, and nothing else does. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "asset/sweep.h"
#include "base/file.h"
#include "support/test_folder.h"

#define HASH(digit)                                                                                \
    digit digit digit digit digit digit digit digit "0123456789abcdef0123456789abcdef"             \
                                                    "0123456789abcdef01234567"
enum { DAY_S = 24 * 60 * 60, NOW_S = 1800000000 };

static struct shelf shelf;

static int prepare(void **unused)
{
    (void)unused;
    if (make_folder("sweep") != 0)
        return -1;
    shelf = (struct shelf){path_of("shelf"), path_of("spool"), test_folder};
    return mkdir(shelf.spool, 0700) != 0 || mkdir(shelf.folder, 0700) != 0 ? -1 : 0;
}

static char *in(const char *folder, const char *name)
{
    return arena_printf(&arena, "%s/%s", folder, name);
}

/* Written so many days before the sweep. */
static void put(const char *path, int days)
{
    const struct timespec times[] = {{NOW_S - days * DAY_S, 0}, {NOW_S - days * DAY_S, 0}};
    struct err err;

    assert_true(file_replace(path, "bytes", 5, 0400, &err));
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static bool is_there(const char *path)
{
    struct stat status;

    return lstat(path, &status) == 0;
}

static struct swept sweep(const char *const *needed, size_t count, const struct media_facts *facts,
                          size_t fact_count)
{
    const struct sweep order = {.shelf = &shelf,
                                .before = {(int64_t)(NOW_S - DAY_S) * 1000},
                                .needed = needed,
                                .count = count,
                                .facts = facts,
                                .fact_count = fact_count};
    struct swept swept;

    asset_sweep(&order, &swept);
    return swept;
}

static void what_nobody_needs_goes_once_it_is_a_day_old(void **unused)
{
    struct swept swept;

    (void)unused;
    put(in(shelf.spool, HASH("a")), 40);
    put(in(shelf.spool, HASH("b")), 2);
    put(in(shelf.spool, HASH("c")), 0);
    put(in(shelf.folder, HASH("a") ".json"), 40);
    put(in(shelf.folder, HASH("c") ".json"), 0);
    swept = sweep(NULL, 0, NULL, 0);
    assert_int_equal(swept.files, 2);
    assert_int_equal(swept.bytes, 10);
    assert_false(is_there(in(shelf.spool, HASH("a"))));
    assert_false(is_there(in(shelf.spool, HASH("b"))));
    assert_true(is_there(in(shelf.spool, HASH("c"))));
    assert_false(is_there(in(shelf.folder, HASH("a") ".json")));
    assert_true(is_there(in(shelf.folder, HASH("c") ".json")));
    assert_int_equal(sweep(NULL, 0, NULL, 0).files, 0);
}

/* Which of them are left after a sweep for these rows and this file. */
static const char *left_after(const char *const *needed, size_t count,
                              const struct media_facts *facts, size_t fact_count)
{
    static const char *const names[] = {HASH("a"), HASH("b"), HASH("c"), HASH("d"), HASH("e")};
    char *left = arena_text(&arena, "-----");

    for (size_t i = 0; i < COUNT_OF(names); i++)
        put(in(shelf.spool, names[i]), 40);
    (void)sweep(needed, count, facts, fact_count);
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (is_there(in(shelf.spool, names[i])))
            left[i] = *names[i];
    return left;
}

/* Each of the two is the twin of the other: without it something is lost. */
static void what_rows_need_and_what_files_show_stays(void **unused)
{
    static const char *const needed[] = {HASH("d"), HASH("a"), HASH("d")};
    static const struct rendition made[] = {{.sha256 = HASH("c")}, {.problem = "too-large"}};
    const struct media_facts facts[] = {{.readable = false},
                                        {.sha256 = HASH("b"),
                                         .readable = true,
                                         .renditions = made,
                                         .rendition_count = COUNT_OF(made)}};

    (void)unused;
    assert_string_equal(left_after(needed, 3, facts, 2), "abcd-");
    assert_string_equal(left_after(needed, 3, NULL, 0), "a--d-");
    assert_string_equal(left_after(NULL, 0, facts, 2), "-bc--");
    assert_string_equal(left_after(NULL, 0, NULL, 0), "-----");
}

static void what_is_called_otherwise_is_not_ours_to_remove(void **unused)
{
    static const char *const names[] = {
        "notes",
        "abcdef.new",
        HASH("a") ".new",
        HASH("a") "0",
        HASH("a") ".json",
        "g" HASH("a"),
        "gggggggg0123456789abcdef0123456789abcdef0123456789abcdef01234567",
    };

    (void)unused;
    for (size_t i = 0; i < COUNT_OF(names); i++)
        put(in(shelf.spool, names[i]), 40);
    put(in(shelf.folder, "lock"), 40);
    put(in(shelf.folder, HASH("a")), 40);
    assert_int_equal(sweep(NULL, 0, NULL, 0).files, 0);
    for (size_t i = 0; i < COUNT_OF(names); i++)
        assert_true(is_there(in(shelf.spool, names[i])));
    assert_true(is_there(in(shelf.folder, "lock")));
    assert_true(is_there(in(shelf.folder, HASH("a"))));
}

static void what_is_no_file_stays(void **unused)
{
    (void)unused;
    put(path_of("elsewhere"), 40);
    assert_int_equal(symlink(path_of("elsewhere"), in(shelf.spool, HASH("a"))), 0);
    assert_int_equal(mkdir(in(shelf.spool, HASH("b")), 0700), 0);
    assert_int_equal(sweep(NULL, 0, NULL, 0).files, 0);
    assert_true(is_there(in(shelf.spool, HASH("a"))) && is_there(in(shelf.spool, HASH("b"))));
    assert_true(is_there(path_of("elsewhere")));
}

static void folders_that_are_missing_are_empty(void **unused)
{
    (void)unused;
    assert_int_equal(rmdir(shelf.spool), 0);
    assert_int_equal(rmdir(shelf.folder), 0);
    assert_int_equal(sweep(NULL, 0, NULL, 0).files, 0);
}

#define WITH_FOLDER(name) cmocka_unit_test_setup_teardown(name, prepare, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FOLDER(what_nobody_needs_goes_once_it_is_a_day_old),
        WITH_FOLDER(what_rows_need_and_what_files_show_stays),
        WITH_FOLDER(what_is_called_otherwise_is_not_ours_to_remove),
        WITH_FOLDER(what_is_no_file_stays),
        WITH_FOLDER(folders_that_are_missing_are_empty),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
