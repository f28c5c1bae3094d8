/* asset: facts about real files, an inspector that fails, and the spool. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "asset/helper.h"
#include "asset/inspect.h"
#include "asset/spool.h"
#include "support/test_folder.h"

static int prepare(void **unused)
{
    (void)unused;
    return make_folder("asset");
}

static void write_file(const char *name, const char *bytes)
{
    struct err err;

    assert_true(file_replace(path_of(name), bytes, strlen(bytes), 0644, &err));
}

static void copy_sample(const char *sample, const char *name)
{
    struct err err;
    char *bytes;
    size_t length;

    assert_true(file_read(arena_printf(&arena, "tests/support/media/%s", sample), 1 << 20, &arena,
                          &bytes, &length, &err));
    assert_true(file_replace(path_of(name), bytes, length, 0644, &err));
}

static struct media_facts *inspect(const char *const *files, size_t count)
{
    struct media_facts *facts;
    struct err err = {0};

    if (!asset_inspect(test_folder, files, count, NULL, 0, &arena, &facts, &err))
        fail_msg("%s", err.text);
    return facts;
}

static bool has_word(const struct media_facts *facts, const char *word)
{
    for (size_t i = 0; facts->metadata && facts->metadata[i]; i++)
        if (!strcmp(facts->metadata[i], word))
            return true;
    return false;
}

static void size_and_hash_are_our_own_and_the_rest_the_inspectors(void **unused)
{
    static const char *const files[] = {"a.png", "b.jpg", "c.jpg", "empty.png"};
    struct media_facts *facts;
    char *bytes, hex[DIGEST_HEX];
    size_t length;
    struct err err;

    (void)unused;
    copy_sample("plain.png", "a.png");
    copy_sample("place.jpg", "b.jpg");
    copy_sample("truncated.jpg", "c.jpg");
    write_file("empty.png", "");
    facts = inspect(files, COUNT_OF(files));
    assert_true(file_read(path_of("a.png"), 1 << 20, &arena, &bytes, &length, &err));
    assert_true(facts[0].readable);
    assert_null(facts[0].problem);
    assert_string_equal(facts[0].sha256, digest_hex_of(bytes, length, hex));
    assert_int_equal(facts[0].bytes, length);
    assert_string_equal(facts[0].mime, "image/png");
    assert_true(facts[0].width > 0 && facts[0].height > 0);
    assert_true(has_word(&facts[1], "gps"));
    assert_false(has_word(&facts[0], "gps"));
    assert_string_equal(facts[2].problem, "truncated");
    assert_true(strlen(facts[2].why) > 0);
    assert_string_equal(facts[3].mime, "application/x-empty"); /* which no platform takes */
}

static void captions_have_an_end_and_their_problem_a_line(void **unused)
{
    static const char *const files[] = {"good.srt", "bad.vtt", "letter.txt"};
    struct media_facts *facts;

    (void)unused;
    write_file("good.srt", "1\n00:00:01,000 --> 00:00:02,500\nहेलमेट\n");
    write_file("bad.vtt", "WEBVTT\n\n00:05.000 --> 00:06.000\nक\n\n00:01.000 --> 00:02.000\nख\n");
    write_file("letter.txt", "प्रिय साथियो\n");
    facts = inspect(files, COUNT_OF(files));
    assert_string_equal(facts[0].mime, "application/x-subrip");
    assert_int_equal(facts[0].duration_ms, 2500);
    assert_null(facts[0].problem);
    assert_string_equal(facts[1].mime, "text/vtt");
    assert_string_equal(facts[1].problem, "captions-order");
    assert_non_null(strstr(facts[1].why, "line 6"));
    assert_string_equal(facts[2].mime, "text/plain");
    assert_null(facts[2].problem);
}

static void what_is_no_ordinary_file_is_a_fact(void **unused)
{
    static const char *const files[] = {"missing.png", "link.png",   "fifo",
                                        "folder",      "../outside", "sub/deep.png"};
    struct media_facts *facts;

    (void)unused;
    write_file("real.png", "x");
    assert_int_equal(symlink("real.png", path_of("link.png")), 0);
    assert_int_equal(mkfifo(path_of("fifo"), 0600), 0);
    assert_int_equal(mkdir(path_of("folder"), 0700), 0);
    write_file("folder/other.png", "x");
    facts = inspect(files, COUNT_OF(files));
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        assert_false(facts[i].readable);
        assert_non_null(facts[i].problem);
        assert_non_null(facts[i].why);
    }
    assert_string_equal(facts[0].problem, "missing");
    assert_string_equal(facts[1].problem, "refused");
    assert_string_equal(facts[2].problem, "refused");
    assert_string_equal(facts[0].others[0], "folder/other.png");
    assert_string_equal(facts[0].others[1], "real.png");
    assert_null(facts[0].others[2]);
}

static void a_hundred_files_go_in_batches_and_stay_in_order(void **unused)
{
    const char *files[100];
    struct media_facts *facts;

    (void)unused;
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        files[i] = arena_printf(&arena, "%zu.%s", i, i % 2 ? "png" : "gif");
        copy_sample(i % 2 ? "plain.png" : "plain.gif", files[i]);
    }
    facts = inspect(files, COUNT_OF(files));
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        assert_string_equal(facts[i].file, files[i]);
        assert_string_equal(facts[i].mime, i % 2 ? "image/png" : "image/gif");
    }
}

static void known_files_are_not_read_again_until_they_change(void **unused)
{
    static const char *const files[] = {"a.png"};
    struct media_facts *known, *facts;
    struct err err;

    (void)unused;
    copy_sample("plain.png", "a.png");
    known = inspect(files, 1);
    memset(known[0].sha256, 'e', DIGEST_HEX - 1); /* would be set right by reading */
    assert_true(asset_inspect(test_folder, files, 1, known, 1, &arena, &facts, &err));
    assert_string_equal(facts[0].sha256, known[0].sha256);
    copy_sample("plain.gif", "a.png");
    assert_true(asset_inspect(test_folder, files, 1, known, 1, &arena, &facts, &err));
    assert_string_not_equal(facts[0].sha256, known[0].sha256);
    assert_string_equal(facts[0].mime, "image/gif");
}

static void what_is_known_of_a_file_outlives_who_knew_it(void **unused)
{
    static const char *const files[] = {"a.jpg"};
    struct media_facts *known, *facts;
    struct arena earlier = {0};
    struct err err;

    (void)unused;
    copy_sample("truncated.jpg", "a.jpg");
    assert_true(asset_inspect(test_folder, files, 1, NULL, 0, &earlier, &known, &err));
    known[0].problem = arena_text(&earlier, known[0].problem); /* as the planner keeps it */
    assert_true(asset_inspect(test_folder, files, 1, known, 1, &arena, &facts, &err));
    arena_clear(&earlier);
    assert_string_equal(facts[0].problem, "truncated");
    assert_string_equal(facts[0].mime, "image/jpeg");
    assert_true(strlen(facts[0].why) > 0);
}

static void an_inspector_that_dies_or_hangs_leaves_lines_out(void **unused)
{
    struct buffer answer;
    struct err err;
    int closed = open("/dev/null", O_RDONLY | O_CLOEXEC);
    int fds[2] = {closed, closed};
    const char *const args[] = {"2", NULL};
    struct helper_run run = {
        .program = "crier-inspect", .args = args, .fds = fds, .count = 2, .lines = 2};
    struct helper_end end;

    (void)unused;
    buffer_init(&answer, 4096);
    assert_true(helper_run(&run, &answer, &end, &err)); /* killed at once, or nearly so */
    buffer_clear(&answer);
    buffer_init(&answer, 1); /* more than we take */
    run.line_ms = 10000;
    assert_true(helper_run(&run, &answer, &end, &err));
    assert_int_equal(answer.length, 0);
    buffer_clear(&answer);
    close(closed);
}

static void no_descriptor_is_left_open(void **unused)
{
    static const char *const files[] = {"a.png", "missing.png"};
    int before = dup(0), after;

    (void)unused;
    close(before);
    copy_sample("plain.png", "a.png");
    (void)inspect(files, 2);
    after = dup(0);
    close(after);
    assert_int_equal(after, before);
}

/* The spool. */

static bool pin(const char *content)
{
    char hex[DIGEST_HEX];
    struct err err;

    (void)digest_hex_of(content, strlen(content), hex);
    return spool_pin(path_of("spool"), test_folder, "a.png", hex, (int64_t)strlen(content), &err);
}

static const char *pinned(const char *content)
{
    char hex[DIGEST_HEX];

    (void)digest_hex_of(content, strlen(content), hex);
    return path_of(arena_printf(&arena, "spool/%s", hex));
}

static bool spool_holds(const char *content)
{
    struct err err;
    char *bytes;
    size_t length;

    return file_read(pinned(content), 1 << 20, &arena, &bytes, &length, &err) &&
           length == strlen(content) && memcmp(bytes, content, length) == 0;
}

static void pinned_files_are_what_was_checked(void **unused)
{
    (void)unused;
    write_file("a.png", "picture");
    assert_true(pin("picture"));
    write_file("a.png", "swapped"); /* after it was checked */
    assert_true(pin("picture"));
    assert_true(spool_holds("picture"));
}

static void a_file_that_was_swapped_before_is_not_pinned(void **unused)
{
    (void)unused;
    write_file("a.png", "swapped");
    assert_false(pin("picture"));
    assert_int_equal(access(pinned("picture"), F_OK), -1);
    assert_int_equal(access(arena_printf(&arena, "%s.new", pinned("picture")), F_OK), -1);
}

static void only_hashes_name_pinned_files(void **unused)
{
    struct err err;

    (void)unused;
    write_file("a.png", "x");
    assert_false(spool_pin(path_of("spool"), test_folder, "a.png", "../secret", 1, &err));
}

/* Each takes the place of a pinned copy. */
static void make_shorter(const char *path)
{
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(truncate(path, 3), 0);
    assert_int_equal(chmod(path, 0400), 0);
}

static void make_writable(const char *path)
{
    assert_int_equal(chmod(path, 0600), 0);
}

static void make_hard_link(const char *path)
{
    assert_int_equal(link(path, path_of("second-name")), 0);
}

static void make_link(const char *path)
{
    assert_int_equal(unlink(path), 0);
    assert_int_equal(symlink(path_of("a.png"), path), 0);
}

static void make_fifo(const char *path)
{
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkfifo(path, 0400), 0);
}

static void a_name_in_the_spool_alone_is_not_trusted(void **unused)
{
    static void (*const tricks[])(const char *path) = {make_shorter, make_writable, make_hard_link,
                                                       make_link, make_fifo};

    (void)unused;
    write_file("a.png", "picture");
    for (size_t i = 0; i < COUNT_OF(tricks); i++) {
        assert_true(pin("picture"));
        tricks[i](pinned("picture"));
        assert_true(pin("picture"));
        assert_true(spool_holds("picture"));
        (void)unlink(path_of("second-name"));
    }
}

static void torn_copies_of_an_earlier_run_are_removed(void **unused)
{
    (void)unused;
    write_file("a.png", "picture");
    assert_true(pin("picture"));
    write_file("spool/torn.new", "pic");
    spool_clean(path_of("spool"));
    assert_int_equal(access(path_of("spool/torn.new"), F_OK), -1);
    assert_true(spool_holds("picture"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, prepare, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(size_and_hash_are_our_own_and_the_rest_the_inspectors),
        TEST(captions_have_an_end_and_their_problem_a_line),
        TEST(what_is_no_ordinary_file_is_a_fact),
        TEST(a_hundred_files_go_in_batches_and_stay_in_order),
        TEST(known_files_are_not_read_again_until_they_change),
        TEST(what_is_known_of_a_file_outlives_who_knew_it),
        TEST(an_inspector_that_dies_or_hangs_leaves_lines_out),
        TEST(no_descriptor_is_left_open),
        TEST(pinned_files_are_what_was_checked),
        TEST(a_file_that_was_swapped_before_is_not_pinned),
        TEST(only_hashes_name_pinned_files),
        TEST(a_name_in_the_spool_alone_is_not_trusted),
        TEST(torn_copies_of_an_earlier_run_are_removed),
    };

    return cmocka_run_group_tests_name("asset", tests, NULL, NULL);
}
