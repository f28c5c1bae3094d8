/* asset: files that take crier-inspect over. The crier-inspect beside this program is the tests'
 * own, which does what the files tell it to (tests/support/misdeeds.c). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "asset/inspect.h"
#include "support/test_folder.h"

static int prepare(void **unused)
{
    (void)unused;
    return make_folder("hostile");
}

static void write_file(const char *name, const char *bytes, size_t length)
{
    struct err err;

    assert_true(file_replace(path_of(name), bytes, length, 0644, &err));
}

static void write_misdeed(const char *name, const char *deed)
{
    const char *text = arena_printf(&arena, "CRIER-MISDEED %s", deed);

    write_file(name, text, strlen(text));
}

static void write_picture(const char *name)
{
    struct err err;
    char *bytes;
    size_t length;

    assert_true(file_read("tests/support/media/plain.png", 1 << 20, &arena, &bytes, &length, &err));
    write_file(name, bytes, length);
}

static struct media_facts *inspect(const char *const *files, size_t count)
{
    struct media_facts *facts;
    struct err err = {0};

    if (!asset_inspect(test_folder, files, count, NULL, 0, &arena, &facts, &err))
        fail_msg("%s", err.text);
    return facts;
}

static double seconds_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void assert_blamed(const struct media_facts *facts, const char *deed)
{
    if (facts->readable || !facts->problem || strcmp(facts->problem, "inspector") != 0)
        fail_msg("%s: readable %d, problem %s", deed, facts->readable,
                 facts->problem ? facts->problem : "none");
    assert_non_null(facts->why);
}

static void assert_picture(const struct media_facts *facts, const char *deed)
{
    if (!facts->readable || facts->problem || !facts->mime || strcmp(facts->mime, "image/png") != 0)
        fail_msg("beside %s a picture is %s, problem %s", deed, facts->mime ? facts->mime : "?",
                 facts->problem ? facts->problem : "none");
    assert_int_equal(facts->width, 3);
}

/* A verdict has 3 s; a machine under load may need a multiple of it, a hang never ends. */
enum { MOST_SECONDS = 30 };

/* The file between two pictures does `deed`. */
static void blame_the_middle(const char *deed)
{
    static const char *const files[] = {"a.png", "b.png", "c.png"};
    struct media_facts *facts;
    double start = seconds_now();

    write_picture("a.png");
    write_misdeed("b.png", deed);
    write_picture("c.png");
    facts = inspect(files, COUNT_OF(files));
    assert_picture(&facts[0], deed);
    assert_blamed(&facts[1], deed);
    assert_picture(&facts[2], deed);
    assert_true(seconds_now() - start < MOST_SECONDS);
}

static void a_forbidden_call_is_a_finding_of_its_file_alone(void **unused)
{
    static const char *const calls[] = {
        "open",      "openat",      "openat2",     "socket",       "connect",  "execve", "fork",
        "clone3",    "ptrace",      "kill",        "prctl",        "ioctl",    "unlink", "rename",
        "chmod",     "getpid",      "read",        "close",        "mount",    "bpf",    "io-uring",
        "mmap-code", "mmap-a-file", "pread-stdin", "write-a-file", "x32-call",
    };

    (void)unused;
    for (size_t i = 0; i < COUNT_OF(calls); i++)
        blame_the_middle(calls[i]);
}

static void a_crash_is_a_finding_of_its_file_alone(void **unused)
{
    (void)unused;
    blame_the_middle("crash");
    blame_the_middle("abort");
    blame_the_middle("memory");
    blame_the_middle("silence");
    blame_the_middle("talk");
}

/* As second in its process it has what the first left; as first in a fresh one it is judged. */
static void a_loop_and_a_hang_are_findings_of_their_file_alone(void **unused)
{
    (void)unused;
    blame_the_middle("loop");
    blame_the_middle("sleep");
}

static void a_single_hostile_file_is_judged_within_its_time(void **unused)
{
    static const char *const file[] = {"a.png"};
    static const struct {
        const char *deed;
        double least; /* what it was given before it was ended */
    } deeds[] = {{"loop", 1.5}, {"sleep", 2.9}, {"memory", 0}};

    (void)unused;
    for (size_t i = 0; i < COUNT_OF(deeds); i++) {
        double start = seconds_now(), took;

        write_misdeed("a.png", deeds[i].deed);
        assert_blamed(&inspect(file, 1)[0], deeds[i].deed);
        took = seconds_now() - start;
        if (took < deeds[i].least || took > MOST_SECONDS)
            fail_msg("%s took %.2f s", deeds[i].deed, took);
    }
}

#define LINE(n, mime, width, height, rest)                                                         \
    "{\"n\":" n ",\"mime\":\"" mime "\",\"width\":" width ",\"height\":" height rest               \
    ",\"line\":null}\n"
#define REST                                                                                       \
    ",\"frames\":1,\"duration_ms\":null,\"orientation\":null,\"metadata\":[],\"problem\":null"
#define CAPTIONS(duration, rest)                                                                   \
    "{\"n\":0,\"mime\":\"text/"                                                                    \
    "vtt\",\"width\":null,\"height\":null,\"frames\":null,\"duration_ms\":" duration               \
    ",\"orientation\":null,\"metadata\":[]" rest "}\n"
#define HONEST LINE("0", "image/png", "3", "2", REST)

static const char *const lies[] = {
    "",
    "\n",
    "nonsense\n",
    "{}\n",
    "[]\n",
    "null\n",
    "{\"n\":0}\n",
    "{\"n\":0,\"mime\":\"image/png\"}\n",
    LINE("1", "image/png", "3", "2", REST), /* out of order */
    LINE("-1", "image/png", "3", "2", REST),
    LINE("\"0\"", "image/png", "3", "2", REST),
    HONEST HONEST, /* more answers than files */
    HONEST "x",
    "x" HONEST,
    LINE("0", "", "3", "2", REST), /* types that nobody knows */
    LINE("0", "picture", "3", "2", REST),
    LINE("0", "evil/png", "3", "2", REST),
    LINE("0", "image/p\\nng", "3", "2", REST),
    LINE("0", "image/<b>", "3", "2", REST),
    LINE("0", "image/png", "0", "2", REST), /* absurd numbers */
    LINE("0", "image/png", "-3", "2", REST),
    LINE("0", "image/png", "3.5", "2", REST),
    LINE("0", "image/png", "null", "null", REST),
    LINE("0", "image/png", "4294967295", "4294967295", REST),
    LINE("0", "image/png", "9223372036854775807", "2", REST),
    LINE("0", "image/png", "99999999999999999999", "2", REST),
    LINE("0", "image/png", "50000", "50000", REST),
    LINE("0", "text/html", "3", "2", REST),
    LINE("0", "image/png", "3", "2", /* words that are not its own */
         ",\"frames\":1,\"duration_ms\":null,\"orientation\":null,\"metadata\":[\"fine\"],"
         "\"problem\":null"),
    LINE("0", "image/png", "3", "2",
         ",\"frames\":1,\"duration_ms\":null,\"orientation\":null,\"metadata\":[\"gps\",\"gps\"],"
         "\"problem\":null"),
    LINE(
        "0", "image/png", "3", "2",
        ",\"frames\":1,\"duration_ms\":null,\"orientation\":null,\"metadata\":{},\"problem\":null"),
    LINE("0", "image/png", "3", "2",
         ",\"frames\":1,\"duration_ms\":null,\"orientation\":9,\"metadata\":[],\"problem\":null"),
    LINE("0", "image/png", "3", "2",
         ",\"frames\":1,\"duration_ms\":-1,\"orientation\":null,\"metadata\":[],\"problem\":null"),
    LINE("0", "image/png", "3", "2",
         ",\"frames\":1,\"duration_ms\":null,\"orientation\":null,\"metadata\":[],"
         "\"problem\":\"missing\""),
    LINE("0", "image/png", "3", "2",
         ",\"frames\":1,\"duration_ms\":null,\"orientation\":null,\"metadata\":[],"
         "\"problem\":\"fine\""),
    LINE("0", "image/png", "3", "2",
         ",\"frames\":1,\"duration_ms\":null,\"orientation\":null,\"metadata\":[]"),
    LINE("0", "image/png", "3", "2", ",\"width\":9" REST), /* one name twice */
    CAPTIONS("null", ",\"problem\":null,\"line\":null"),   /* they never end */
    CAPTIONS("5", ",\"problem\":\"captions-broken\""),     /* nowhere */
    CAPTIONS("5", ",\"problem\":\"captions-broken\",\"line\":-1"),
    CAPTIONS("5", ",\"problem\":\"captions-broken\",\"line\":4294967296"),
    CAPTIONS("5", ",\"problem\":\"captions-broken\",\"line\":\"6\""),
};

static void a_lie_is_a_finding(void **unused)
{
    static const char *const file[] = {"a.png"};

    (void)unused;
    for (size_t i = 0; i < COUNT_OF(lies); i++) {
        write_misdeed("a.png", arena_printf(&arena, "say %s", lies[i]));
        assert_blamed(&inspect(file, 1)[0], lies[i]);
    }
}

/* So that the table of lies does not pass because nothing that is said ever counts. */
static void what_an_honest_one_could_say_is_taken(void **unused)
{
    static const char *const file[] = {"a.png"};

    (void)unused;
    write_misdeed("a.png", "say " HONEST);
    assert_picture(&inspect(file, 1)[0], "an honest line");
}

static void lies_in_a_batch_cost_nobody_else_anything(void **unused)
{
    static const char *const files[] = {"a.png", "b.png", "c.png", "d.png", "e.png"};
    struct media_facts *facts;

    (void)unused;
    write_picture("a.png");
    write_misdeed("b.png", "say nonsense\n");
    write_misdeed("c.png", "add " LINE("7", "image/png", "3", "2", REST));
    write_misdeed("d.png", "getpid");
    write_picture("e.png");
    facts = inspect(files, COUNT_OF(files));
    assert_picture(&facts[0], "lies");
    assert_blamed(&facts[1], "nonsense");
    assert_blamed(&facts[2], "a wrong number");
    assert_blamed(&facts[3], "a call");
    assert_picture(&facts[4], "lies");
}

/* The parent's hash and length do not depend on what the child says. */
static void size_and_hash_are_not_the_childs_to_say(void **unused)
{
    static const char *const file[] = {"a.png"};
    const char *text = "CRIER-MISDEED say " HONEST;
    struct media_facts *facts;
    char hex[DIGEST_HEX];

    (void)unused;
    write_file("a.png", text, strlen(text));
    facts = inspect(file, 1);
    assert_int_equal(facts->bytes, strlen(text));
    assert_string_equal(facts->sha256, digest_hex_of(text, strlen(text), hex));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, prepare, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_forbidden_call_is_a_finding_of_its_file_alone),
        TEST(a_crash_is_a_finding_of_its_file_alone),
        TEST(a_loop_and_a_hang_are_findings_of_their_file_alone),
        TEST(a_single_hostile_file_is_judged_within_its_time),
        TEST(a_lie_is_a_finding),
        TEST(what_an_honest_one_could_say_is_taken),
        TEST(lies_in_a_batch_cost_nobody_else_anything),
        TEST(size_and_hash_are_not_the_childs_to_say),
    };

    return cmocka_run_group_tests_name("asset_hostile", tests, NULL, NULL);
}
