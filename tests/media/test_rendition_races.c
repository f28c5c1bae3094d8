/* asset, net: T28 with renditions. A picture is swapped, cut, lengthened and led elsewhere while it
 * is looked at and made anew. What goes out is the rendition of the very bytes that were approved,
 * or nothing goes out. CRIER_RACE_ROUNDS=N for more rounds than the usual. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "asset/inspect.h"
#include "asset/renditions.h"
#include "asset/spool.h"
#include "base/digest.h"
#include "base/file.h"
#include "net/upload.h"
#include "support/test_folder.h"

enum { USUAL_ROUNDS = 100, PICTURES = 2, MOST_BYTES = 64 * 1024 };
#define RECIPE "v1 image/jpeg 20x12"

static const char *const sources[PICTURES] = {"tests/support/media/place.jpg",
                                              "tests/support/media/plain.jpg"};
static int rounds = USUAL_ROUNDS;
static char media[96], spool[96], kept[96], picture[128], other[128], outside[128];
static struct {
    char *bytes;
    size_t length;
    char source[DIGEST_HEX], rendition[DIGEST_HEX]; /* what comes of it when nobody meddles */
} pictures[PICTURES];

static const struct shelf shelf = {.folder = kept, .spool = spool, .media = media};

static void write_whole(const char *path, const char *bytes, size_t length, int flags)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NONBLOCK | flags, 0644);
    ssize_t wrote = fd < 0 ? -1 : write(fd, bytes, length);

    (void)wrote;
    if (fd >= 0)
        close(fd);
}

/* The ways of a hand that meddles. */

static void overwrite(size_t n)
{
    write_whole(picture, pictures[n].bytes, pictures[n].length, O_TRUNC);
}

static void replace(size_t n)
{
    (void)unlink(other);
    write_whole(other, pictures[n].bytes, pictures[n].length, O_TRUNC);
    (void)rename(other, picture);
}

static void append(size_t n)
{
    write_whole(picture, pictures[n].bytes, pictures[n].length, O_APPEND);
}

static void cut(size_t n)
{
    (void)!truncate(picture, (off_t)pictures[n].length / 2);
}

static void lead_outside(size_t n)
{
    (void)n;
    (void)unlink(other);
    if (symlink(outside, other) == 0)
        (void)rename(other, picture);
}

static void make_fifo(size_t n)
{
    (void)n;
    (void)unlink(other);
    if (mkfifo(other, 0600) == 0)
        (void)rename(other, picture);
}

static void take_away(size_t n)
{
    (void)n;
    (void)unlink(picture);
}

static void (*const ways[])(size_t n) = {
    replace, overwrite, replace, append,    replace, cut,     replace,   lead_outside,
    replace, replace,   replace, make_fifo, replace, replace, take_away,
};

static pid_t start_meddling(void)
{
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0)
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (unsigned turn = 0; pid == 0; turn++) {
        ways[turn % COUNT_OF(ways)](turn / 3 % PICTURES);
        usleep(turn * 7919 % 400000); /* out of step with whoever reads: a decoder takes long */
    }
    return pid;
}

static void empty(const char *folder)
{
    DIR *entries = opendir(folder);
    const struct dirent *entry;

    while (entries && (entry = readdir(entries)))
        if (entry->d_name[0] != '.')
            (void)unlinkat(dirfd(entries), entry->d_name, 0);
    if (entries)
        closedir(entries);
}

/* Looks, makes, and answers what was made: NULL when nothing was. */
static const struct rendition *make(const struct media_facts **facts, bool is_pinned)
{
    static const char *const name = "a.jpg";
    struct rendition *rendition = arena_alloc(&arena, sizeof *rendition);
    struct media_facts *found;
    struct err err = {0};

    if (!asset_inspect(media, &name, 1, NULL, 0, &arena, &found, &err))
        fail_msg("%s", err.text);
    *facts = found;
    if (!found->readable ||
        (is_pinned && !spool_pin(spool, media, name, found->sha256, found->bytes, &err)))
        return NULL;
    if (!renditions_look(&shelf, found, 1, NULL, &arena, &err))
        fail_msg("%s", err.text);
    if (!found->readable || found->problem ||
        !renditions_make(&shelf, found, RECIPE, NULL, &arena, rendition, &err))
        return NULL;
    return rendition->problem ? NULL : rendition;
}

static void send_out(const char *sha256, char hex[DIGEST_HEX])
{
    static char sent[MOST_BYTES];
    struct upload *upload;
    struct err err;
    size_t length = 0, got;

    if (!upload_open(spool, sha256, 0, 0, &upload, &err))
        fail_msg("%s", err.text);
    while ((got = upload_read(sent + length, 1, 4096, upload)) > 0 && got != CURL_READFUNC_ABORT)
        length += got;
    upload_close(upload);
    assert_int_equal(got, 0);
    (void)digest_hex_of(sent, length, hex);
}

struct tally {
    int at_the_door, refused, pinned, sent[PICTURES];
};

static void check_round(const struct media_facts *facts, const struct rendition *rendition,
                        struct tally *tally)
{
    char hex[DIGEST_HEX];

    for (size_t i = 0; i < PICTURES; i++)
        if (!strcmp(facts->sha256, pictures[i].source)) {
            send_out(rendition->sha256, hex);
            assert_string_equal(hex, rendition->sha256);
            assert_string_equal(hex, pictures[i].rendition);
            tally->sent[i]++;
            return;
        }
    fail_msg("something was made of %s, which is none of the whole pictures", facts->sha256);
}

/* False when there was no file at all to begin with. */
static bool one_round(bool is_pinned, struct tally *tally)
{
    const struct media_facts *facts;
    const struct rendition *rendition = make(&facts, is_pinned);
    const bool began = facts->sha256[0];

    tally->at_the_door += !began;
    tally->refused += began && !rendition;
    tally->pinned += began && is_pinned;
    if (rendition)
        check_round(facts, rendition, tally);
    empty(kept);
    empty(spool);
    arena_clear(&arena);
    return began;
}

static void what_is_made_is_made_of_what_was_approved(void **unused)
{
    struct tally tally = {0};
    pid_t meddler = start_meddling();

    (void)unused;
    for (int i = 0; i < rounds;)
        i += one_round(i % 2, &tally);
    assert_int_equal(kill(meddler, SIGKILL), 0);
    assert_int_equal(waitpid(meddler, NULL, 0), meddler);
    print_message("%d rounds, %d of them pinned: %d and %d sent as approved, %d refused; besides, "
                  "%d refused at the door\n",
                  rounds, tally.pinned, tally.sent[0], tally.sent[1], tally.refused,
                  tally.at_the_door);
    assert_true(tally.sent[0] > 0 && tally.sent[1] > 0 && tally.refused > 0);
}

/* Nobody meddles: so each is to come out. */
static void learn(size_t n)
{
    const struct media_facts *facts;
    const struct rendition *rendition;

    replace(n);
    rendition = make(&facts, false);
    assert_non_null(rendition);
    memcpy(pictures[n].source, facts->sha256, DIGEST_HEX);
    memcpy(pictures[n].rendition, rendition->sha256, DIGEST_HEX);
    empty(kept);
    empty(spool);
    arena_clear(&arena);
}

static int prepare(void **unused)
{
    static struct arena lasting;
    struct err err;

    (void)unused;
    if (make_folder("races") != 0)
        return -1;
    (void)snprintf(media, sizeof media, "%s/media", test_folder);
    (void)snprintf(spool, sizeof spool, "%s/spool", test_folder);
    (void)snprintf(kept, sizeof kept, "%s/shelf", test_folder);
    (void)snprintf(picture, sizeof picture, "%s/a.jpg", media);
    (void)snprintf(other, sizeof other, "%s/other", media);
    (void)snprintf(outside, sizeof outside, "%s/outside", test_folder);
    if (mkdir(media, 0700) != 0 || mkdir(spool, 0700) != 0)
        return -1;
    for (size_t i = 0; i < PICTURES; i++)
        if (!file_read(sources[i], MOST_BYTES, &lasting, &pictures[i].bytes, &pictures[i].length,
                       &err))
            return -1;
    write_whole(outside, pictures[0].bytes, pictures[0].length, O_TRUNC);
    for (size_t i = 0; i < PICTURES; i++)
        learn(i);
    return 0;
}

int main(void)
{
    const char *wanted = getenv("CRIER_RACE_ROUNDS");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_made_is_made_of_what_was_approved, prepare,
                                        remove_folder),
    };

    rounds = wanted ? atoi(wanted) : rounds;
    return cmocka_run_group_tests_name("rendition_races", tests, NULL, NULL);
}
