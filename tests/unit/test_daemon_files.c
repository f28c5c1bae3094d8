/* The lock of the state folder, files as they were seen, and the watch over the folders. */
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
#include "daemon/lock.h"
#include "daemon/planner.h"
#include "daemon/watch.h"
#include "support/test_clock.h"

static char folder[] = "/tmp/crier-files-XXXXXX";
static int folder_fd;
static struct arena arena;

static int start(void **state)
{
    (void)state;
    memcpy(folder + strlen(folder) - 6, "XXXXXX", 6);
    assert_non_null(mkdtemp(folder));
    folder_fd = open(folder, O_DIRECTORY | O_CLOEXEC);
    assert_true(folder_fd >= 0);
    return 0;
}

static int stop(void **state)
{
    char command[128];

    (void)state;
    close(folder_fd);
    arena_clear(&arena);
    (void)snprintf(command, sizeof command, "rm -r '%s'", folder);
    return system(command); /* NOLINT(cert-env33-c): a folder of ours */
}

static const char *path_of(const char *name)
{
    return arena_printf(&arena, "%s/%s", folder, name);
}

static void write_file(const char *name, const char *text)
{
    FILE *file = fopen(path_of(name), "we");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* The lock. */

static void a_state_folder_has_one_owner_whose_number_is_told(void **state)
{
    struct err err;
    char pid[24];
    int first, second;

    (void)state;
    assert_true(lock_take(path_of("state"), true, &first, &err));
    assert_false(lock_take(path_of("state"), true, &second, &err));
    assert_int_equal(err.kind, ERR_BUSY);
    (void)snprintf(pid, sizeof pid, "%ld", (long)getpid());
    assert_non_null(strstr(err.text, pid));
    assert_int_equal(second, -1);
    lock_release(first);
    assert_true(lock_take(path_of("state"), true, &second, &err));
    lock_release(second);
}

static void a_missing_state_folder_is_made_only_when_asked(void **state)
{
    struct stat status;
    struct err err;
    int lock;

    (void)state;
    assert_false(lock_take(path_of("state"), false, &lock, &err));
    assert_int_equal(stat(path_of("state"), &status), -1);
    assert_true(lock_take(path_of("state"), true, &lock, &err));
    assert_int_equal(stat(path_of("state"), &status), 0);
    assert_int_equal(status.st_mode & 0777, 0700);
    lock_release(lock);
}

static void a_lock_file_that_is_a_link_is_refused(void **state)
{
    struct err err;
    int lock;

    (void)state;
    write_file("elsewhere", "precious");
    assert_int_equal(mkdir(path_of("state"), 0700), 0);
    assert_int_equal(symlink(path_of("elsewhere"), path_of("state/lock")), 0);
    assert_false(lock_take(path_of("state"), true, &lock, &err));
    assert_int_equal(err.kind, ERR_CONFIG);
}

/* Seen files. */

static struct seen_file see(const char *name)
{
    struct seen_file seen = {.path = arena_text(&arena, name), .there = true};
    struct stat status;

    assert_int_equal(stat(path_of(name), &status), 0);
    seen.stamp = file_stamp_of(&status);
    return seen;
}

static void a_file_counts_as_changed_by_every_way_of_changing_it(void **state)
{
    static const struct {
        const char *how, *command;
        bool changed;
    } ways[] = {
        {"left alone", "true", false},
        {"read", "cat a > /dev/null", false},
        {"written with the same length", "printf two > a", true},
        {"with the old time put back", "touch -r a t; printf two > a; touch -r t a", true},
        {"replaced by a copy", "cp -p a b && mv b a", true},
        {"given to its group to write", "chmod g+w a", true},
        {"removed", "rm a", true},
        {"made a link to itself", "mv a b && ln -s b a", true},
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT_OF(ways); i++) {
        struct seen_file seen;
        write_file("a", "one");
        seen = see("a");
        assert_int_equal(system(arena_printf(&arena, "cd '%s' && %s", folder, ways[i].command)), 0);
        if (seen_file_changed(folder_fd, &seen) != ways[i].changed)
            fail_msg("a file that was %s", ways[i].how);
        assert_int_equal(system(arena_printf(&arena, "cd '%s' && rm -f a b t", folder)), 0);
    }
}

static void a_file_that_was_away_counts_as_changed_when_it_comes(void **state)
{
    const struct seen_file seen = {.path = "a", .there = false};

    (void)state;
    assert_false(seen_file_changed(folder_fd, &seen));
    write_file("a", "one");
    assert_true(seen_file_changed(folder_fd, &seen));
}

/* The watch. */

static uv_loop_t loop;
static struct test_clock hands;
static size_t changes, flags;

static void note_change(void *arg)
{
    (void)arg;
    changes++;
}

static void note_flag(void *arg)
{
    (void)arg;
    flags++;
}

static struct watch *watch_folder(void)
{
    struct watch_options options = {
        .loop = &loop,
        .clock = &hands.clock,
        .workspace = folder,
        .state = path_of("state"),
        .changed = note_change,
        .flagged = note_flag,
    };
    static const char *const folders[] = {"campaigns", "media", "state"};
    size_t i;

    changes = flags = 0;
    for (i = 0; i < COUNT_OF(folders); i++)
        assert_int_equal(mkdir(path_of(folders[i]), 0700), 0);
    assert_int_equal(uv_loop_init(&loop), 0);
    test_clock_init(&hands);
    return watch_start(&options);
}

static void end_watch(struct watch *watch)
{
    watch_stop(watch);
    uv_run(&loop, UV_RUN_DEFAULT);
    watch_free(watch);
    assert_int_equal(uv_loop_close(&loop), 0);
}

static void hear(void)
{
    uv_run(&loop, UV_RUN_NOWAIT);
}

static void files_are_read_once_after_two_quiet_seconds(void **state)
{
    struct watch *watch = watch_folder();

    (void)state;
    write_file("campaigns/a.cfg", "1");
    hear();
    test_clock_advance(&hands, (struct span){1500});
    write_file("campaigns/a.cfg", "2");
    hear();
    test_clock_advance(&hands, (struct span){1500});
    assert_int_equal(changes, 0);
    test_clock_advance(&hands, (struct span){600});
    assert_int_equal(changes, 1);
    test_clock_advance(&hands, span_hours(1));
    assert_int_equal(changes, 1);
    end_watch(watch);
}

static void our_own_files_and_an_editors_leftovers_wake_nobody(void **state)
{
    struct watch *watch = watch_folder();

    (void)state;
    write_file("state/outbox.db", "1");
    write_file("daemon.log", "1");
    write_file("campaigns/.a.cfg.swp", "1");
    hear();
    test_clock_advance(&hands, span_seconds(10));
    assert_int_equal(changes, 0);
    write_file("crier.cfg", "1");
    hear();
    test_clock_advance(&hands, span_seconds(10));
    assert_int_equal(changes, 1);
    end_watch(watch);
}

static void the_file_HOLD_is_told_at_once(void **state)
{
    struct watch *watch = watch_folder();

    (void)state;
    write_file("state/HOLD", "");
    hear();
    assert_true(flags > 0);
    end_watch(watch);
}

static void a_folder_in_the_place_of_another_is_watched(void **state)
{
    struct watch *watch = watch_folder();

    (void)state;
    assert_int_equal(rename(path_of("campaigns"), path_of("old")), 0);
    assert_int_equal(mkdir(path_of("campaigns"), 0700), 0);
    hear();
    test_clock_advance(&hands, span_seconds(3));
    assert_int_equal(changes, 1);
    write_file("campaigns/a.cfg", "1");
    hear();
    test_clock_advance(&hands, span_seconds(3));
    assert_int_equal(changes, 2);
    end_watch(watch);
}

static void a_picture_in_a_folder_of_its_own_is_watched_once_it_is_told(void **state)
{
    struct watch *watch = watch_folder();

    (void)state;
    assert_int_equal(mkdir(path_of("media/traffic"), 0700), 0);
    hear();
    test_clock_advance(&hands, span_seconds(3));
    assert_int_equal(changes, 1);
    write_file("media/traffic/helmet.png", "1");
    hear();
    test_clock_advance(&hands, span_seconds(3));
    assert_int_equal(changes, 1); /* inotify does not look into folders */
    watch_also(watch, "media/traffic");
    watch_also(watch, "media/traffic");
    watch_also(watch, "media/missing");
    write_file("media/traffic/helmet.png", "2");
    hear();
    test_clock_advance(&hands, span_seconds(3));
    assert_int_equal(changes, 2);
    end_watch(watch);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
    const struct CMUnitTest tests[] = {
        TEST(a_state_folder_has_one_owner_whose_number_is_told),
        TEST(a_missing_state_folder_is_made_only_when_asked),
        TEST(a_lock_file_that_is_a_link_is_refused),
        TEST(a_file_counts_as_changed_by_every_way_of_changing_it),
        TEST(a_file_that_was_away_counts_as_changed_when_it_comes),
        TEST(files_are_read_once_after_two_quiet_seconds),
        TEST(our_own_files_and_an_editors_leftovers_wake_nobody),
        TEST(the_file_HOLD_is_told_at_once),
        TEST(a_folder_in_the_place_of_another_is_watched),
        TEST(a_picture_in_a_folder_of_its_own_is_watched_once_it_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
