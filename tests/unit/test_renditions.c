/* asset: what decoders say, what is made of files, and the shelf that keeps both. The crier-render
 * beside this program does what the files tell it to (tests/support/render_double). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "asset/renditions.h"
#include "asset/spool.h"
#include "base/json.h"
#include "campaign/fit.h"
#include "support/test_folder.h"

#define GOOD                                                                                       \
    "{\"n\":0,\"mime\":\"image/png\",\"width\":3,\"height\":2,\"frames\":1,\"duration_ms\":null,"  \
    "\"orientation\":6,\"colour\":\"srgb\",\"bits\":8,\"alpha\":true,\"metadata\":[\"exif\","      \
    "\"serial\"],\"problem\":null}"
#define GOOD_VIDEO                                                                                 \
    "{\"n\":0,\"mime\":\"video/mp4\",\"width\":320,\"height\":240,\"duration_ms\":2000,\"video\":" \
    "{\"codec\":\"h264\",\"sound\":null,\"pixels\":\"yuv420p\",\"frame_rate\":30000,"              \
    "\"rate_varies\":false,\"interlaced\":true,\"index_first\":false,\"has_edits\":false,"         \
    "\"bit_rate\":1000,\"sound_rate\":0,\"channels\":null},\"metadata\":[\"camera\"],"             \
    "\"problem\":null}"
#define MADE                                                                                       \
    "{\"mime\":\"image/png\",\"width\":3,\"height\":2,\"frames\":1,\"duration_ms\":null,"          \
    "\"problem\":null}"
#define BEST                                                                                       \
    "{\"best\":true,\"mime\":\"image/png\",\"width\":3,\"height\":2,\"frames\":1,"                 \
    "\"duration_ms\":null,\"problem\":null}"
#define RECIPE "v1 image/png 3x2"
#define PLAIN  "tests/support/media/plain.png"

static struct shelf shelf;

static int prepare(void **unused)
{
    (void)unused;
    if (make_folder("renditions") != 0)
        return -1;
    shelf = (struct shelf){path_of("shelf"), path_of("spool"), test_folder};
    return 0;
}

/* A file with such lines, and what crier-inspect would have said of it. */
static struct media_facts file_that(const char *name, const char *mime, const char *text)
{
    struct media_facts facts = {.file = arena_text(&arena, name), .readable = true, .mime = mime};
    struct stat status;
    struct err err;

    assert_true(file_replace(path_of(name), text, strlen(text), 0644, &err));
    (void)digest_hex_of(text, strlen(text), facts.sha256);
    facts.bytes = (int64_t)strlen(text);
    assert_int_equal(stat(path_of(name), &status), 0);
    facts.stamp = file_stamp_of(&status);
    return facts;
}

static struct media_facts picture_that(const char *name, const char *text)
{
    return file_that(name, "image/png", arena_printf(&arena, "%s # %s\n", text, name));
}

static void look(struct media_facts *facts, size_t count)
{
    struct err err = {0};

    if (!renditions_look(&shelf, facts, count, NULL, &arena, &err))
        fail_msg("%s", err.text);
}

static struct rendition make_it(const struct media_facts *facts, const char *recipe)
{
    struct rendition rendition;
    struct err err = {0};

    if (!renditions_make(&shelf, facts, recipe, NULL, &arena, &rendition, &err))
        fail_msg("%s", err.text);
    return rendition;
}

/* What a picture does when it is made into something: it notes that, and then these lines. */
static struct media_facts picture_made(const char *name, const char *lines)
{
    return picture_that(name, arena_printf(&arena, "picture note %s\n%s", path_of("runs"), lines));
}

static size_t runs(void)
{
    struct err err;
    char *bytes;
    size_t length, count = 0;

    if (!file_read(path_of("runs"), 1 << 20, &arena, &bytes, &length, &err))
        return 0;
    for (size_t i = 0; i < length; i++)
        count += bytes[i] == '\n';
    return count;
}

static size_t files_in_spool(const char *ending)
{
    const char *const *names;
    size_t count, found = 0;
    int folder;
    struct err err;

    if (!folder_open(shelf.spool, &folder, &err))
        return 0;
    assert_true(folder_list(folder, ".", &arena, &names, &count, &err));
    folder_close(folder);
    for (size_t i = 0; i < count; i++) {
        size_t length = strlen(names[i]), size = strlen(ending);
        found += length >= size && !strcmp(names[i] + length - size, ending);
    }
    return found;
}

/* Looking. */

static void a_decoder_completes_what_is_known_of_a_picture(void **unused)
{
    static const char *const before[] = {"gps", "icc", NULL};
    struct media_facts facts = picture_that("a.png", "look say " GOOD "\n");

    (void)unused;
    facts.metadata = before;
    look(&facts, 1);
    assert_true(facts.readable && facts.decoded && facts.has_alpha);
    assert_null(facts.problem);
    assert_int_equal(facts.orientation, 6);
    assert_int_equal(facts.bits, 8);
    assert_string_equal(facts.colour, "srgb");
    assert_string_equal(facts.metadata[0], "exif");
    assert_string_equal(facts.metadata[1], "gps");
    assert_string_equal(facts.metadata[2], "icc");
    assert_string_equal(facts.metadata[3], "serial");
    assert_null(facts.metadata[4]);
    assert_int_equal(facts.rendition_count, 0);
}

static void a_video_is_looked_into_by_another_way(void **unused)
{
    struct media_facts facts =
        file_that("a.mp4", "video/quicktime", "probe say " GOOD_VIDEO "\nlook crash\n");

    (void)unused;
    look(&facts, 1);
    assert_true(facts.readable && facts.decoded);
    assert_string_equal(facts.mime, "video/mp4");
    assert_int_equal(facts.duration_ms, 2000);
    assert_non_null(facts.video);
    assert_string_equal(facts.video->codec, "h264");
    assert_string_equal(facts.video->sound, "");
    assert_int_equal(facts.video->frame_rate, 30000);
    assert_true(facts.video->interlaced);
    assert_false(facts.video->index_first);
}

static void what_is_known_is_not_looked_at_again(void **unused)
{
    const char *lines = arena_printf(&arena, "look note %s\nlook say " GOOD "\n", path_of("runs"));
    struct media_facts facts = picture_that("a.png", lines), again = facts;

    (void)unused;
    look(&facts, 1);
    look(&again, 1);
    look(&facts, 1);
    assert_int_equal(runs(), 1);
    assert_true(again.decoded);
    assert_int_equal(again.orientation, 6);
}

static void what_a_decoder_refuses_is_a_problem_of_its_file_and_kept(void **unused)
{
    struct media_facts facts = picture_that(
        "a.png",
        arena_printf(&arena,
                     "look note %s\nlook say {\"n\":0,\"mime\":null,\"problem\":\"truncated\"}\n",
                     path_of("runs")));
    struct media_facts again = facts;

    (void)unused;
    look(&facts, 1);
    assert_string_equal(facts.problem, "truncated");
    assert_non_null(facts.why);
    assert_false(facts.decoded);
    look(&again, 1);
    assert_string_equal(again.problem, "truncated");
    assert_int_equal(runs(), 1);
}

static void two_programs_that_see_two_things_make_a_refusal(void **unused)
{
    struct media_facts facts = picture_that("a.jpg", "look say " GOOD "\n");

    (void)unused;
    facts.mime = "image/jpeg";
    look(&facts, 1);
    assert_string_equal(facts.problem, "type-mismatch");
}

/* Each alone is nonsense from an honest program; each is asked about between two good ones. */
static void nonsense_and_crashes_are_findings_of_their_file_alone(void **unused)
{
    static const char *const deeds[] = {
        "look crash\n",
        "look exit 3\n",
        "look exit 70\n",
        "look say nonsense\n",
        "look say {\"n\":0}\n",
        "look say {\"n\":0,\"problem\":\"inspector\"}\n",
        "look say {\"n\":0,\"mime\":\"image/png\",\"width\":3,\"height\":2,\"frames\":1,"
        "\"duration_ms\":null,\"orientation\":9,\"colour\":\"srgb\",\"bits\":8,\"alpha\":true,"
        "\"metadata\":[],\"problem\":null}\n",
        "look say {\"n\":0,\"mime\":\"image/png\",\"width\":65536,\"height\":2,\"frames\":1,"
        "\"duration_ms\":null,\"orientation\":1,\"colour\":\"srgb\",\"bits\":8,\"alpha\":true,"
        "\"metadata\":[],\"problem\":null}\n",
        "look say {\"n\":0,\"mime\":\"image/png\",\"width\":3,\"height\":2,\"frames\":1,"
        "\"duration_ms\":null,\"orientation\":1,\"colour\":\"pink\",\"bits\":8,\"alpha\":true,"
        "\"metadata\":[],\"problem\":null}\n",
        "look say {\"n\":0,\"mime\":\"image/png\",\"width\":3,\"height\":2,\"frames\":1,"
        "\"duration_ms\":null,\"orientation\":1,\"colour\":\"srgb\",\"bits\":8,\"alpha\":1,"
        "\"metadata\":[],\"problem\":null}\n",
        "look say {\"n\":0,\"mime\":\"image/png\",\"width\":3,\"height\":2,\"frames\":1,"
        "\"duration_ms\":null,\"orientation\":1,\"colour\":\"srgb\",\"bits\":8,\"alpha\":true,"
        "\"metadata\":[\"gps\",\"gps\"],\"problem\":null}\n",
    };

    (void)unused;
    for (size_t i = 0; i < COUNT_OF(deeds); i++) {
        struct media_facts facts[] = {
            picture_that(arena_printf(&arena, "%zu-a.png", i), "look say " GOOD "\n"),
            picture_that(arena_printf(&arena, "%zu-b.png", i), deeds[i]),
            picture_that(arena_printf(&arena, "%zu-c.png", i), "look say " GOOD "\n"),
        };
        facts[1].metadata = facts[0].metadata;
        look(&facts[0], 1);
        look(&facts[1], 2);
        assert_true(facts[0].decoded);
        if (facts[1].readable || !facts[1].problem || strcmp(facts[1].problem, "inspector") != 0)
            fail_msg("%s: problem %s", deeds[i], facts[1].problem ? facts[1].problem : "none");
        assert_true(facts[2].decoded);
    }
}

static void a_file_that_was_exchanged_is_not_looked_at(void **unused)
{
    struct media_facts facts = picture_that("a.png", "look say " GOOD "\n"), pinned = facts;
    struct err err;

    (void)unused;
    assert_true(spool_pin(shelf.spool, test_folder, "a.png", pinned.sha256, pinned.bytes, &err));
    (void)picture_that("a.png", "look say {\"n\":0,\"problem\":\"truncated\"}\n");
    look(&pinned, 1); /* the copy is what was checked */
    assert_true(pinned.decoded);
    shelf.folder = path_of("another-shelf");
    shelf.spool = path_of("another-spool");
    look(&facts, 1);
    assert_string_equal(facts.problem, "changed");
}

/* Making. */

static void a_rendition_is_made_once_and_lies_in_the_spool(void **unused)
{
    struct media_facts facts =
        picture_made("a.png", "picture write " PLAIN "\npicture say " MADE "\nlook say " GOOD "\n");
    struct rendition first = make_it(&facts, RECIPE), again = make_it(&facts, RECIPE);
    struct stat status;

    (void)unused;
    assert_null(first.problem);
    assert_string_equal(first.recipe, RECIPE);
    assert_string_equal(first.mime, "image/png");
    assert_int_equal(first.width, 3);
    assert_int_equal(stat(arena_printf(&arena, "%s/%s", shelf.spool, first.sha256), &status), 0);
    assert_int_equal(status.st_mode & 07777, 0400);
    assert_int_equal(status.st_size, first.bytes);
    assert_string_equal(again.sha256, first.sha256);
    assert_int_equal(again.bytes, first.bytes);
    assert_int_equal(runs(), 1);
    assert_int_equal(files_in_spool(".new"), 0);
    look(&facts, 1);
    assert_int_equal(facts.rendition_count, 1);
    assert_non_null(fit_rendition(&facts, RECIPE));
    assert_string_equal(facts.renditions[0].sha256, first.sha256);
}

static void one_that_the_spool_has_lost_is_made_again(void **unused)
{
    struct media_facts facts =
        picture_made("a.png", "picture write " PLAIN "\npicture say " MADE "\nlook say " GOOD "\n");
    struct rendition first = make_it(&facts, RECIPE);

    (void)unused;
    assert_int_equal(unlink(arena_printf(&arena, "%s/%s", shelf.spool, first.sha256)), 0);
    look(&facts, 1);
    assert_int_equal(facts.rendition_count, 0);
    assert_string_equal(make_it(&facts, RECIPE).sha256, first.sha256);
    assert_int_equal(runs(), 2);
}

static void what_cannot_be_made_is_kept_with_its_reason(void **unused)
{
    static const struct {
        const char *lines, *problem;
    } cases[] = {
        {"picture say {\"problem\":\"too-large\"}\n", "too-large"},
        {"picture say {\"problem\":\"undecodable\"}\n", "undecodable"},
        {"picture crash\n", "failed"},
        {"picture exit 3\n", "failed"},
        {"picture say nonsense\n", "failed"},
        {"picture say {\"problem\":\"inspector\"}\n", "failed"},
        {"picture say " MADE "\n", "failed"}, /* nothing was written */
        {"picture write tests/support/media/place.png\npicture say " MADE "\n", "failed"},
        {"picture write tests/support/media/plain.jpg\npicture say " MADE "\n", "failed"},
        {"picture write " PLAIN "\npicture say " MADE "\npicture exit 1\n", "failed"},
        {"picture write " PLAIN "\npicture say {\"mime\":\"image/png\",\"width\":4,\"height\":2,"
         "\"frames\":1,\"duration_ms\":null,\"problem\":null}\n",
         "failed"},
    };

    (void)unused;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct media_facts facts = picture_made(arena_printf(&arena, "%zu.png", i), cases[i].lines);
        struct rendition rendition = make_it(&facts, RECIPE);

        if (!rendition.problem || strcmp(rendition.problem, cases[i].problem) != 0)
            fail_msg("%s: problem %s", cases[i].lines,
                     rendition.problem ? rendition.problem : "none");
        assert_true(strlen(rendition.why) > 0);
        assert_string_equal(rendition.sha256, "");
        rendition = make_it(&facts, RECIPE);
        assert_string_equal(rendition.problem, cases[i].problem);
        assert_int_equal(runs(), i + 1);
    }
    assert_int_equal(files_in_spool(".new"), 0);
    assert_int_equal(files_in_spool(""), COUNT_OF(cases)); /* the sources */
}

static void one_over_the_size_that_was_asked_for_is_not_taken(void **unused)
{
    struct media_facts facts =
        picture_made("a.png", "picture write " PLAIN "\npicture say " MADE "\n");

    (void)unused;
    assert_string_equal(make_it(&facts, RECIPE " most 10").problem, "failed");
}

/* What was made with the best quality is made again only for who takes nothing as large. */
static void recipes_that_differ_in_the_size_alone_share_what_fits_both(void **unused)
{
    static const struct {
        const char *made, *line, *other;
        int64_t most; /* of the other; -1 and -2: as large as it is, and one byte less */
        size_t runs;
    } cases[] = {
        {RECIPE, BEST, RECIPE "", 1000000, 1},
        {RECIPE, BEST, RECIPE "", -1, 1},
        {RECIPE, BEST, RECIPE "", -2, 2},
        {RECIPE " most 1000000", BEST, RECIPE, 0, 1},
        {RECIPE " most 1000000", BEST, RECIPE "", 2000000, 1},
        {RECIPE " most 1000000", BEST, RECIPE "", 500000, 1},
        {RECIPE " most 1000000", MADE, RECIPE, 0, 2}, /* the size had cost it something */
        {RECIPE " most 1000000", MADE, RECIPE "", 2000000, 2},
        {RECIPE " most 1000000", MADE, RECIPE "", 500000, 2},
        {RECIPE, BEST, "v1 image/png 3x2 pad 3x2", 1000000, 2},
    };

    (void)unused;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *lines =
            arena_printf(&arena, "picture write " PLAIN "\npicture say %s\n", cases[i].line);
        struct media_facts facts = picture_made(arena_printf(&arena, "%zu.png", i), lines);
        struct rendition first = make_it(&facts, cases[i].made), second;
        long long most = cases[i].most < 0 ? first.bytes + cases[i].most + 1 : cases[i].most;
        const char *other =
            most ? arena_printf(&arena, "%s most %lld", cases[i].other, most) : cases[i].other;
        size_t before = runs();

        second = make_it(&facts, other);
        if (runs() - before != cases[i].runs - 1)
            fail_msg("%s after %s: %zu more runs", other, cases[i].made, runs() - before);
        assert_string_equal(second.recipe, other);
        if (cases[i].runs == 1) {
            assert_string_equal(second.sha256, first.sha256);
            look(&facts, 1);
            assert_non_null(fit_rendition(&facts, other)); /* it is kept like any other */
        }
    }
}

static void of_several_the_one_that_is_small_enough_is_shared(void **unused)
{
    struct media_facts facts =
        picture_made("a.png", "picture write " PLAIN "\npicture say " BEST "\nlook say " GOOD "\n");
    struct rendition first = make_it(&facts, RECIPE);

    (void)unused;
    (void)make_it(&facts, RECIPE " most 1000000");
    assert_int_equal(unlink(arena_printf(&arena, "%s/%s", shelf.spool, first.sha256)), 0);
    (void)make_it(&facts, RECIPE " most 2000000"); /* what is lost is no model */
    assert_int_equal(runs(), 2);
}

static void what_the_machine_failed_at_is_tried_again(void **unused)
{
    static const char *const lines[] = {"picture exit 70\n", "picture kill 9\n",
                                        "picture say {\"problem\":\"unwritten\"}\n"};
    struct media_facts facts;
    struct rendition rendition;
    struct err err;

    (void)unused;
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        facts = picture_made(arena_printf(&arena, "%zu.png", i), lines[i]);
        assert_false(renditions_make(&shelf, &facts, RECIPE, NULL, &arena, &rendition, &err));
        assert_int_equal(err.kind, ERR_IO);
        assert_false(renditions_make(&shelf, &facts, RECIPE, NULL, &arena, &rendition, &err));
        assert_int_equal(runs(), 2 * (i + 1));
    }
    assert_false(
        renditions_make(&shelf, &facts, "v9 image/png 3x2", NULL, &arena, &rendition, &err));
    assert_int_equal(err.kind, ERR_CONFIG);
}

static void what_ends_the_program_each_time_is_refused_in_the_end(void **unused)
{
    struct media_facts facts = picture_made("a.png", "look say " GOOD "\npicture kill 9\n");
    struct rendition rendition;
    struct err err;

    (void)unused;
    for (size_t tries = 1; tries < 5; tries++) {
        assert_false(renditions_make(&shelf, &facts, RECIPE, NULL, &arena, &rendition, &err));
        assert_int_equal(runs(), tries);
        look(&facts, 1);
        assert_int_equal(facts.rendition_count, 0);
    }
    rendition = make_it(&facts, RECIPE);
    assert_string_equal(rendition.problem, "exhausting");
    assert_true(strlen(rendition.why) > 0);
    assert_string_equal(make_it(&facts, RECIPE).problem, "exhausting");
    assert_int_equal(runs(), 5);
    look(&facts, 1);
    assert_string_equal(fit_rendition(&facts, RECIPE)->problem, "exhausting");
    assert_false(renditions_make(&shelf, &facts, RECIPE " most 9", NULL, &arena, &rendition, &err));
}

static void without_ffmpeg_that_is_said_and_not_kept(void **unused)
{
    const char *lines =
        arena_printf(&arena, "probe note %s\nprobe exit 69\nvideo exit 69\n", path_of("runs"));
    struct media_facts facts = file_that("a.mp4", "video/mp4", lines), again = facts;
    struct rendition rendition;
    struct err err;

    (void)unused;
    look(&facts, 1);
    assert_string_equal(facts.problem, "no-ffmpeg");
    assert_non_null(strstr(facts.why, "apt install ffmpeg"));
    look(&again, 1);
    assert_int_equal(runs(), 2);
    assert_false(
        renditions_make(&shelf, &again, "v1 video/mp4 copy", NULL, &arena, &rendition, &err));
    assert_int_equal(err.kind, ERR_IO);
    assert_non_null(strstr(err.text, "apt install ffmpeg"));
}

struct patience {
    size_t asked, most, newest;
};

static bool be_patient(void *arg, const char *file, size_t done, size_t all)
{
    struct patience *patience = arg;

    assert_non_null(file);
    assert_true(done <= all);
    patience->newest = done;
    return patience->asked++ < patience->most;
}

static double seconds_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void one_that_is_given_up_ends_at_once_and_leaves_nothing(void **unused)
{
    struct media_facts facts =
        file_that("a.mp4", "video/mp4", "video say {\"progress\":0.25}\nvideo sleep 600\n");
    struct patience patience = {.most = 15};
    const struct headway progress = {be_patient, &patience};
    struct rendition rendition;
    struct err err;
    double start = seconds_now();

    (void)unused;
    assert_false(
        renditions_make(&shelf, &facts, "v1 video/mp4 copy", &progress, &arena, &rendition, &err));
    assert_int_equal(err.kind, ERR_BUSY);
    assert_int_equal(patience.newest, 250);
    assert_true(seconds_now() - start < 30);
    assert_int_equal(files_in_spool(".new"), 0);
}

static void a_swap_between_the_check_and_the_making_is_refused(void **unused)
{
    struct media_facts facts =
        picture_made("a.png", "picture write " PLAIN "\npicture say " MADE "\n");
    struct rendition rendition;
    struct err err;

    (void)unused;
    (void)picture_made("a.png",
                       "picture write tests/support/media/place.png\npicture say " MADE "\n");
    assert_false(renditions_make(&shelf, &facts, RECIPE, NULL, &arena, &rendition, &err));
    assert_int_equal(err.kind, ERR_CONFIG);
    assert_int_equal(runs(), 0);
}

static void a_damaged_copy_is_not_rendered(void **unused)
{
    struct media_facts facts =
        picture_made("a.png", "picture write " PLAIN "\npicture say " MADE "\n");
    struct rendition rendition;
    struct err err;
    char *copy = arena_printf(&arena, "%s/%s", shelf.spool, facts.sha256);
    int fd;

    (void)unused;
    assert_true(spool_pin(shelf.spool, test_folder, "a.png", facts.sha256, facts.bytes, &err));
    assert_int_equal(chmod(copy, 0600), 0);
    fd = open(copy, O_WRONLY | O_CLOEXEC);
    assert_int_equal(pwrite(fd, "X", 1, facts.bytes - 2), 1);
    assert_int_equal(fchmod(fd, 0400), 0);
    close(fd);
    assert_false(renditions_make(&shelf, &facts, RECIPE, NULL, &arena, &rendition, &err));
    assert_int_equal(err.kind, ERR_IO);
    assert_int_equal(runs(), 0);
    assert_null(make_it(&facts, RECIPE).problem); /* pinned anew */
}

/* The shelf. */

static char *entry_path(const struct media_facts *facts)
{
    return arena_printf(&arena, "%s/%s.json", shelf.folder, facts->sha256);
}

static char *read_entry(const struct media_facts *facts)
{
    struct err err;
    char *bytes;
    size_t length;

    assert_true(file_read(entry_path(facts), 1 << 20, &arena, &bytes, &length, &err));
    return bytes;
}

static void write_entry(const struct media_facts *facts, const char *text, mode_t mode)
{
    struct err err;

    assert_true(file_replace(entry_path(facts), text, strlen(text), mode, &err));
}

static char *replaced(const char *text, const char *word, const char *by)
{
    const char *at = strstr(text, word);

    assert_non_null(at);
    return arena_printf(&arena, "%.*s%s%s", (int)(at - text), text, by, at + strlen(word));
}

static void a_shelf_that_cannot_be_right_is_filled_anew(void **unused)
{
    struct media_facts first =
        picture_made("a.png", arena_printf(&arena,
                                           "picture write " PLAIN "\npicture say " MADE
                                           "\nlook note %s\nlook say " GOOD "\n",
                                           path_of("runs")));
    struct media_facts facts = first;
    struct rendition rendition = make_it(&facts, RECIPE);
    const char *good, *bad[8];

    (void)unused;
    look(&facts, 1);
    assert_int_equal(runs(), 2);
    good = read_entry(&facts);
    bad[0] = "";
    bad[1] = "not JSON";
    bad[2] = "[]";
    bad[3] = arena_text_n(&arena, good, strlen(good) / 2);
    bad[4] = replaced(good, "\"version\":\"1", "\"version\":\"7");
    bad[5] = arena_printf(&arena, "%s%*s", good, 300 * 1024, "");
    bad[6] =
        replaced(replaced(good, "\"bits\":8", "\"bits\":99"), "\"recipe\":\"v1", "\"recipe\":\"v2");
    bad[7] = replaced(replaced(good, "\"srgb\"", "\"pink\""), "\"sha256\":\"", "\"sha256\":\"../");
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct media_facts again = first;
        write_entry(&first, bad[i], 0600);
        assert_string_equal(make_it(&first, RECIPE).sha256, rendition.sha256);
        look(&again, 1);
        assert_true(again.decoded);
        assert_int_equal(again.rendition_count, 1);
        if (runs() != 2 * (i + 2))
            fail_msg("entry %zu: %zu runs", i, runs());
    }
    write_entry(&first, good, 0666); /* anybody may have written it */
    (void)make_it(&first, RECIPE);
    assert_int_equal(runs(), 2 * COUNT_OF(bad) + 3);
}

/* Eight processes at once, each making its own two and one that all make. */
static void many_may_use_one_shelf(void **unused)
{
    struct media_facts facts =
        picture_that("a.png", "picture write " PLAIN "\npicture say " MADE "\nlook say " GOOD "\n");
    pid_t children[8];

    (void)unused;
    for (size_t i = 0; i < COUNT_OF(children); i++) {
        children[i] = fork();
        assert_true(children[i] >= 0);
        if (children[i] == 0) {
            struct rendition rendition;
            struct err err;
            bool ok = renditions_make(&shelf, &facts, RECIPE, NULL, &arena, &rendition, &err);

            for (size_t k = 0; k < 2; k++)
                ok = ok &&
                     renditions_make(&shelf, &facts,
                                     arena_printf(&arena, RECIPE " most %zu", 1000 + 10 * i + k),
                                     NULL, &arena, &rendition, &err);
            _exit(ok && !rendition.problem ? 0 : 1);
        }
    }
    for (size_t i = 0; i < COUNT_OF(children); i++) {
        int status;
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_int_equal(status, 0);
    }
    look(&facts, 1);
    assert_int_equal(facts.rendition_count, 17);
    assert_int_equal(files_in_spool(".new"), 0);
}

static void a_shelf_keeps_the_newest_hundred_of_a_file(void **unused)
{
    struct media_facts facts =
        picture_that("a.png", "picture say {\"problem\":\"too-large\"}\nlook say " GOOD "\n");

    (void)unused;
    for (size_t i = 0; i < 103; i++)
        (void)make_it(&facts, arena_printf(&arena, RECIPE " most %zu", i + 1));
    look(&facts, 1);
    assert_int_equal(facts.rendition_count, 100);
    assert_null(fit_rendition(&facts, RECIPE " most 3"));
    assert_non_null(fit_rendition(&facts, RECIPE " most 103"));
}

#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, prepare, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FOLDER(a_decoder_completes_what_is_known_of_a_picture),
        WITH_FOLDER(a_video_is_looked_into_by_another_way),
        WITH_FOLDER(what_is_known_is_not_looked_at_again),
        WITH_FOLDER(what_a_decoder_refuses_is_a_problem_of_its_file_and_kept),
        WITH_FOLDER(two_programs_that_see_two_things_make_a_refusal),
        WITH_FOLDER(nonsense_and_crashes_are_findings_of_their_file_alone),
        WITH_FOLDER(a_file_that_was_exchanged_is_not_looked_at),
        WITH_FOLDER(a_rendition_is_made_once_and_lies_in_the_spool),
        WITH_FOLDER(one_that_the_spool_has_lost_is_made_again),
        WITH_FOLDER(what_cannot_be_made_is_kept_with_its_reason),
        WITH_FOLDER(one_over_the_size_that_was_asked_for_is_not_taken),
        WITH_FOLDER(recipes_that_differ_in_the_size_alone_share_what_fits_both),
        WITH_FOLDER(of_several_the_one_that_is_small_enough_is_shared),
        WITH_FOLDER(what_the_machine_failed_at_is_tried_again),
        WITH_FOLDER(what_ends_the_program_each_time_is_refused_in_the_end),
        WITH_FOLDER(without_ffmpeg_that_is_said_and_not_kept),
        WITH_FOLDER(one_that_is_given_up_ends_at_once_and_leaves_nothing),
        WITH_FOLDER(a_swap_between_the_check_and_the_making_is_refused),
        WITH_FOLDER(a_damaged_copy_is_not_rendered),
        WITH_FOLDER(a_shelf_that_cannot_be_right_is_filled_anew),
        WITH_FOLDER(many_may_use_one_shelf),
        WITH_FOLDER(a_shelf_keeps_the_newest_hundred_of_a_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
