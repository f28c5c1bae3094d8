/* Names that staff or an intruder may leave in a folder, each refused with its reason. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

static char root[] = "/tmp/crier-file-XXXXXX";
static char fresh[sizeof root];
static int folder = -1;
static struct arena arena;

static const char *path(const char *name)
{
    return arena_printf(&arena, "%s/%s", fresh, name);
}

static void write_file(const char *name, const char *text)
{
    FILE *file = fopen(path(name), "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static int make_folder(void **state)
{
    struct err err;

    (void)state;
    memcpy(fresh, root, sizeof root);
    if (!mkdtemp(fresh) || mkdir(path("media"), 0700) != 0)
        return -1;
    write_file("media/a.txt", "hello");
    write_file("secret", "outside");
    return folder_open(path("media"), &folder, &err) ? 0 : -1;
}

static int remove_folder(void **state)
{
    static const char *const names[] = {"media/a.txt", "media/link", "media/fifo", "media/hard",
                                        "media/in/b",  "media/in",   "media/new",  "media/new.new",
                                        "media",       "secret"};
    size_t i;

    (void)state;
    close(folder);
    for (i = 0; i < COUNT_OF(names); i++)
        (void)remove(path(names[i]));
    (void)rmdir(fresh);
    arena_clear(&arena);
    return 0;
}

static void expect_refused(const char *name, int64_t most_bytes, const char *reason)
{
    struct file_stamp stamp;
    struct err err;
    int fd;

    assert_false(file_open_beneath(folder, name, most_bytes, &fd, &stamp, &err));
    assert_int_equal(fd, -1);
    if (!strstr(err.text, reason))
        fail_msg("%s: \"%s\" does not say \"%s\"", name, err.text, reason);
}

static void a_plain_file_is_read_whole(void **state)
{
    struct file_stamp stamp;
    struct err err;
    size_t length;
    char *bytes;

    (void)state;
    assert_true(file_read_beneath(folder, "a.txt", 5, &arena, &bytes, &length, &stamp, &err));
    assert_int_equal(length, 5);
    assert_string_equal(bytes, "hello");
    assert_int_equal(stamp.size, 5);
    assert_int_equal(stamp.owner, getuid());
    assert_true(file_read(path("media/a.txt"), 5, &arena, &bytes, &length, &err));
    assert_string_equal(bytes, "hello");
}

static void a_symbolic_link_is_refused_also_as_a_folder(void **state)
{
    (void)state;
    assert_int_equal(symlink("a.txt", path("media/link")), 0);
    expect_refused("link", 100, "symbolic link");
    assert_int_equal(unlink(path("media/link")), 0);
    assert_int_equal(symlink("..", path("media/link")), 0);
    expect_refused("link/secret", 100, "symbolic link");
}

static void no_name_leads_out_of_the_folder(void **state)
{
    (void)state;
    expect_refused("../secret", 100, "outside");
    expect_refused(path("secret"), 100, "outside");
    expect_refused("../media/a.txt", 100, "outside");
}

static void a_fifo_neither_opens_nor_blocks(void **state)
{
    (void)state;
    assert_int_equal(mkfifo(path("media/fifo"), 0600), 0);
    expect_refused("fifo", 100, "not a regular file");
}

static void a_folder_a_second_name_and_a_large_file_are_refused(void **state)
{
    (void)state;
    assert_int_equal(mkdir(path("media/in"), 0700), 0);
    expect_refused("in", 100, "not a regular file");
    expect_refused("a.txt", 4, "larger than 4 bytes");
    expect_refused("missing", 100, "cannot be opened");
    assert_int_equal(link(path("secret"), path("media/hard")), 0);
    expect_refused("hard", 100, "hard link");
}

static void reading_our_own_files_refuses_the_same(void **state)
{
    struct err err;
    size_t length;
    char *bytes;
    int missing;

    (void)state;
    assert_false(file_read(path("absent"), 100, &arena, &bytes, &length, &err));
    assert_int_equal(err.kind, ERR_CONFIG);
    assert_int_equal(symlink("a.txt", path("media/link")), 0);
    assert_false(file_read(path("media/link"), 100, &arena, &bytes, &length, &err));
    assert_false(file_read(path("media/a.txt"), 4, &arena, &bytes, &length, &err));
    assert_false(folder_open(path("absent"), &missing, &err));
    assert_false(folder_sync(path("absent"), &err));
}

static void a_file_is_replaced_as_a_whole(void **state)
{
    struct stat status;
    struct err err;
    size_t length;
    char *bytes;

    (void)state;
    assert_true(file_replace(path("media/new"), "one", 3, 0600, &err));
    assert_true(file_replace(path("media/new"), "two and more", 12, 0600, &err));
    assert_true(file_read(path("media/new"), 100, &arena, &bytes, &length, &err));
    assert_string_equal(bytes, "two and more");
    assert_int_equal(stat(path("media/new"), &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    assert_int_equal(access(path("media/new.new"), F_OK), -1);
    assert_false(file_replace(path("absent/new"), "x", 1, 0600, &err));
    assert_int_equal(err.kind, ERR_IO);
}

static void a_changed_file_has_another_stamp(void **state)
{
    struct file_stamp before, after;
    struct err err;
    size_t length;
    char *bytes;

    (void)state;
    assert_true(file_read_beneath(folder, "a.txt", 100, &arena, &bytes, &length, &before, &err));
    assert_true(file_read_beneath(folder, "a.txt", 100, &arena, &bytes, &length, &after, &err));
    assert_true(file_stamp_equal(&before, &after));
    assert_int_equal(chmod(path("media/a.txt"), 0400), 0);
    assert_true(file_read_beneath(folder, "a.txt", 100, &arena, &bytes, &length, &after, &err));
    assert_false(file_stamp_equal(&before, &after));
}

static void only_what_begins_as_ours_may_be_replaced(void **state)
{
    static const struct {
        const char *name, *begins;
        bool may;
    } cases[] = {
        {"media/a.txt", "hel", true},   {"media/a.txt", "hello", true},
        {"media/a.txt", "help", false}, {"media/a.txt", "hello!", false},
        {"media/none", "hello", true},  {"media/a.txt/x", "hello", true},
        {"media", "hello", false},      {"media/fifo", "hello", false},
        {"media/link", "hello", false}, {"media/new", "hello", true},
    };

    (void)state;
    assert_int_equal(mkfifo(path("media/fifo"), 0600), 0);
    assert_int_equal(symlink("nowhere", path("media/link")), 0);
    write_file("media/new", "");
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_int_equal(file_may_replace(path(cases[i].name), cases[i].begins), cases[i].may);
}

static void a_failed_write_is_an_error(void **state)
{
    struct err err;
    int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

    (void)state;
    assert_false(write_all(fd, "x", 1, &err));
    assert_int_equal(err.kind, ERR_SPACE);
    close(fd);
    assert_false(write_all(-1, "x", 1, &err));
    assert_int_equal(err.kind, ERR_IO);
}

#define FILE_TEST(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        FILE_TEST(a_plain_file_is_read_whole),
        FILE_TEST(a_symbolic_link_is_refused_also_as_a_folder),
        FILE_TEST(no_name_leads_out_of_the_folder),
        FILE_TEST(a_fifo_neither_opens_nor_blocks),
        FILE_TEST(a_folder_a_second_name_and_a_large_file_are_refused),
        FILE_TEST(reading_our_own_files_refuses_the_same),
        FILE_TEST(a_file_is_replaced_as_a_whole),
        FILE_TEST(only_what_begins_as_ours_may_be_replaced),
        FILE_TEST(a_changed_file_has_another_stamp),
        FILE_TEST(a_failed_write_is_an_error),
    };

    return cmocka_run_group_tests_name("base/file", tests, NULL, NULL);
}
