/* asset: T29, names in media/ that lead elsewhere or nowhere. Each is refused by the reader and by
 * the spool, and none keeps anybody waiting. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "asset/inspect.h"
#include "asset/spool.h"
#include "support/test_folder.h"

enum { LEAST_CASES = 40, RACES = 500 };

static const char *mounts[4];
static size_t mount_count;
static char secret_hex[DIGEST_HEX], honest_hex[DIGEST_HEX];
static const char secret[] = "what nobody may publish", honest[] = "a picture";

static char *in(const char *folder, const char *name)
{
    return arena_printf(&arena, "%s/%s/%s", test_folder, folder, name);
}

static char *media(const char *name)
{
    return in("media", name);
}

static void write_file(const char *path, const char *bytes)
{
    struct err err;

    assert_true(file_replace(path, bytes, strlen(bytes), 0644, &err));
}

static char *outside(void)
{
    return path_of("outside");
}

static int prepare(void **unused)
{
    (void)unused;
    if (make_folder("escapes") != 0 || mkdir(in("media", ""), 0700) != 0 ||
        mkdir(media("sub"), 0700) != 0)
        return -1;
    write_file(outside(), secret);
    write_file(media("real.png"), honest);
    (void)digest_hex_of(secret, strlen(secret), secret_hex);
    (void)digest_hex_of(honest, strlen(honest), honest_hex);
    return 0;
}

static int tidy(void **unused)
{
    while (mount_count)
        (void)umount2(mounts[--mount_count], MNT_DETACH);
    return remove_folder(unused);
}

/* Each makes `name` in media/ from `to`; false where this machine or user cannot. */

static bool nothing(const char *name, const char *to)
{
    (void)name;
    (void)to;
    return true;
}

static bool link_to(const char *name, const char *to)
{
    return symlink(to, media(name)) == 0;
}

static bool link_outside(const char *name, const char *to)
{
    (void)to;
    return symlink(outside(), media(name)) == 0;
}

/* NAME leads to NAME1, that to NAME2, and so on to the real picture. */
static bool chain_of(const char *name, const char *count)
{
    int links = (int)strtol(count, NULL, 10);
    const char *from = name;

    for (int i = 1; i < links; i++) {
        const char *next = arena_printf(&arena, "%s%d", name, i);

        if (!link_to(from, next))
            return false;
        from = next;
    }
    return link_to(from, "real.png");
}

static bool link_to_descriptor(const char *name, const char *to)
{
    int fd = open(outside(), O_RDONLY); /* left open: the link must lead somewhere */

    return fd >= 0 && symlink(arena_printf(&arena, "%s/%d", to, fd), media(name)) == 0;
}

static bool fifo(const char *name, const char *to)
{
    (void)to;
    return mkfifo(media(name), 0600) == 0;
}

static bool fifo_that_speaks(const char *name, const char *to)
{
    int fd;

    if (!fifo(name, to))
        return false;
    fd = open(media(name), O_RDWR | O_NONBLOCK);
    return fd >= 0 && write(fd, secret, sizeof secret) > 0;
}

static bool socket_named(const char *name, const char *to)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    (void)to;
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s", media(name));
    return fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) == 0;
}

static bool device(const char *name, mode_t kind, const char *numbers)
{
    char *minor_number;
    unsigned major_number = (unsigned)strtoul(numbers, &minor_number, 10);

    return mknod(media(name), kind | 0600,
                 makedev(major_number, (unsigned)strtoul(minor_number + 1, NULL, 10))) == 0;
}

static bool character_device(const char *name, const char *numbers)
{
    return device(name, S_IFCHR, numbers);
}

static bool block_device(const char *name, const char *numbers)
{
    return device(name, S_IFBLK, numbers);
}

static bool folder(const char *name, const char *to)
{
    (void)to;
    return mkdir(media(name), 0700) == 0;
}

static bool hard_link(const char *name, const char *to)
{
    write_file(media("twin"), honest);
    (void)to;
    return link(media("twin"), media(name)) == 0;
}

static bool hard_link_outside(const char *name, const char *to)
{
    char *other = path_of("outside-twin");

    (void)to;
    write_file(other, secret);
    return link(other, media(name)) == 0;
}

static bool sparse(const char *name, const char *bytes)
{
    return mknod(media(name), S_IFREG | 0600, 0) == 0 &&
           truncate(media(name), strtoll(bytes, NULL, 10)) == 0;
}

/* In a mount namespace of our own, so that nobody else sees it. */
static bool mount_on(const char *from, const char *at)
{
    static bool is_own;

    if (!is_own)
        is_own =
            unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
    if (!is_own || mount(from, at, NULL, MS_BIND, NULL) != 0)
        return false;
    mounts[mount_count++] = at;
    return true;
}

static bool mount_file(const char *name, const char *to)
{
    (void)to;
    write_file(media(name), honest);
    return mount_on(outside(), media(name));
}

/* NAME is a file in the folder that is mounted from `from`, or from the test's own. */
static bool mount_folder(const char *name, const char *from)
{
    char *at = media(arena_printf(&arena, "%.*s", (int)(strchr(name, '/') - name), name));

    return mkdir(at, 0700) == 0 && mount_on(from ? from : test_folder, at);
}

#define NAME_64   "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define NAME_256  NAME_64 NAME_64 NAME_64 NAME_64
#define NAME_1024 NAME_256 NAME_256 NAME_256 NAME_256
#define DEEP_64   "a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/"
#define DEEP_256  DEEP_64 DEEP_64 DEEP_64 DEEP_64
#define DEEP_1024 DEEP_256 DEEP_256 DEEP_256 DEEP_256

static const struct {
    const char *name;
    bool (*make)(const char *name, const char *to);
    const char *to;
} escapes[] = {
    {"link-outside.png", link_outside, NULL},
    {"link-inside.png", link_to, "real.png"},
    {"link-passwd.png", link_to, "/etc/passwd"},
    {"link-relative.png", link_to, "../outside"},
    {"link-dangling.png", link_to, "nothing-there"},
    {"link-itself.png", link_to, "link-itself.png"},
    {"link-zero.png", link_to, "/dev/zero"},
    {"link-stdin.png", link_to, "/dev/stdin"},
    {"link-proc.png", link_to, "/proc/self/environ"},
    {"link-exe.png", link_to, "/proc/self/exe"},
    {"link-fd.png", link_to_descriptor, "/proc/self/fd"},
    {"link-dev-fd.png", link_to_descriptor, "/dev/fd"},
    {"link\nwith a line.png", link_outside, NULL},
    {"-link-like-an-option", link_outside, NULL},
    {"chain-of-3.png", chain_of, "3"},
    {"chain-of-39.png", chain_of, "39"},
    {"chain-of-60.png", chain_of, "60"},
    {"etc/passwd", nothing, NULL},
    {"link-etc", link_to, "/etc"},
    {"link-etc/passwd", nothing, NULL},
    {"link-up", link_to, ".."},
    {"link-up/outside", nothing, NULL},
    {"link-here", link_to, "."},
    {"link-here/real.png", nothing, NULL},
    {"sub/link-root", link_to, "/proc/self/root"},
    {"sub/link-root/etc/passwd", nothing, NULL},
    {"sub/link-cwd", link_to, "/proc/self/cwd"},
    {"sub/link-cwd/CMakeLists.txt", nothing, NULL},
    {"../outside", nothing, NULL},
    {"./../outside", nothing, NULL},
    {"sub/../../outside", nothing, NULL},
    {"../media/real.png", nothing, NULL},
    {"../../../../../../../../etc/passwd", nothing, NULL},
    {"/etc/passwd", nothing, NULL},
    {"//etc/passwd", nothing, NULL},
    {"/proc/self/fd/0", nothing, NULL},
    {"/proc/self/environ", nothing, NULL},
    {"/dev/zero", nothing, NULL},
    {"", nothing, NULL},
    {".", nothing, NULL},
    {"..", nothing, NULL},
    {"/", nothing, NULL},
    {"sub", nothing, NULL},
    {"sub/", nothing, NULL},
    {"real.png/", nothing, NULL},
    {"real.png/x", nothing, NULL},
    {"folder.png", folder, NULL},
    {"fifo.png", fifo, NULL},
    {"sub/fifo.png", fifo, NULL},
    {"fifo-that-speaks.png", fifo_that_speaks, NULL},
    {"link-fifo.png", link_to, "fifo.png"},
    {"socket.png", socket_named, NULL},
    {"null.png", character_device, "1 3"},
    {"zero.png", character_device, "1 5"},
    {"tty.png", character_device, "5 0"},
    {"loop.png", block_device, "7 0"},
    {"hard-link.png", hard_link, NULL},
    {"hard-link-outside.png", hard_link_outside, NULL},
    {"larger-than-any.png", sparse, "4294967297"},
    {"larger-than-all.png", sparse, "8796093022207"},
    {"mounted.png", mount_file, NULL},
    {"mounted/outside", mount_folder, NULL},
    {"mounted-proc/version", mount_folder, "/proc"},
    {NAME_256, nothing, NULL},
    {NAME_1024 NAME_1024 NAME_1024 NAME_1024, nothing, NULL},
    {DEEP_1024 DEEP_1024 DEEP_1024 DEEP_1024, nothing, NULL},
    {"new\nline.png", nothing, NULL},
};

static double seconds_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static struct media_facts *inspect(const char *name)
{
    struct media_facts *facts;
    struct err err = {0};

    if (!asset_inspect(in("media", ""), &name, 1, NULL, 0, &arena, &facts, &err))
        fail_msg("%s: %s", name, err.text);
    return facts;
}

static bool pin(const char *name, const char *hex, size_t length)
{
    struct err err;

    return spool_pin(in("spool", ""), in("media", ""), name, hex, (int64_t)length, &err);
}

/* What waits for the other end of a FIFO waits for ever; a busy machine only takes its time. */
static void assert_refused(const char *name)
{
    double start = seconds_now();
    const struct media_facts *facts = inspect(name);

    if (facts->readable || !facts->problem || !facts->why)
        fail_msg("%.80s was read", name);
    if (pin(name, secret_hex, strlen(secret)) || pin(name, honest_hex, strlen(honest)))
        fail_msg("%.80s was pinned", name);
    if (seconds_now() - start > 10)
        fail_msg("%.80s took %.1f s", name, seconds_now() - start);
}

static void forty_names_lead_nowhere(void **unused)
{
    size_t tried = 0;

    (void)unused;
    for (size_t i = 0; i < COUNT_OF(escapes); i++)
        if (escapes[i].make(escapes[i].name, escapes[i].to)) {
            assert_refused(escapes[i].name);
            tried++;
        } else {
            print_message("cannot be made here: %.60s (%s)\n", escapes[i].name,
                          strerrorname_np(errno));
        }
    print_message("%zu names refused\n", tried);
    assert_true(tried >= LEAST_CASES);
}

/* Else forty refusals would prove nothing. */
static void an_honest_name_is_read(void **unused)
{
    (void)unused;
    assert_string_equal(inspect("real.png")->sha256, honest_hex);
    assert_true(pin("real.png", honest_hex, strlen(honest)));
}

static atomic_bool racing;

/* One name, in turn an honest file, a link to the secret, a FIFO, a folder and a second name of the
 * secret. A swap that comes too late for one turn fails, and the next one goes on. */
static const char *turns[5];

static void *swap_names(void *name)
{
    while (racing)
        for (size_t i = 0; i < COUNT_OF(turns); i++) {
            (void)rename(turns[i], name);
            if (i == 0)
                usleep(300); /* an honest file that is never there is never read */
            (void)rename(name, turns[i]);
        }
    return NULL;
}

static void make_turns(void)
{
    assert_int_equal(rename(media("real.png"), media("turn-honest")), 0);
    assert_true(link_outside("turn-link", NULL) && fifo("turn-fifo", NULL) &&
                folder("turn-folder", NULL) && hard_link_outside("turn-twin", NULL));
    turns[0] = media("turn-honest");
    turns[1] = media("turn-link");
    turns[2] = media("turn-fifo");
    turns[3] = media("turn-folder");
    turns[4] = media("turn-twin");
}

/* What is read under the name, if anything, is the honest file. */
static bool read_honest(const char *name)
{
    const struct media_facts *facts = inspect(name);

    if (!facts->readable)
        return false;
    assert_string_equal(facts->sha256, honest_hex);
    return true;
}

static void a_name_that_changes_hands_leads_to_the_honest_file_or_nowhere(void **unused)
{
    int reads = 0, pins = 0;
    double start = seconds_now();
    pthread_t thread;

    (void)unused;
    make_turns();
    racing = true;
    assert_int_equal(pthread_create(&thread, NULL, swap_names, media("turn.png")), 0);
    for (int i = 0; i < RACES; i++) {
        reads += read_honest("turn.png");
        assert_false(pin("turn.png", secret_hex, strlen(secret)));
        pins += pin("turn.png", honest_hex, strlen(honest));
        (void)unlink(in("spool", honest_hex));
    }
    racing = false;
    pthread_join(thread, NULL);
    print_message("%d rounds: read %d times, pinned %d times, else refused, in %.1f s\n", RACES,
                  reads, pins, seconds_now() - start);
    assert_true(reads > 0 && reads < RACES && pins > 0 && pins < RACES);
    assert_int_equal(access(in("spool", secret_hex), F_OK), -1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, prepare, tidy)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_honest_name_is_read),
        TEST(forty_names_lead_nowhere),
        TEST(a_name_that_changes_hands_leads_to_the_honest_file_or_nowhere),
    };

    return cmocka_run_group_tests_name("asset_escapes", tests, NULL, NULL);
}
