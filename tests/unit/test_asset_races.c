/* asset, net: T28, a picture that is changed while it is looked at, pinned and sent. What would go
 * out has the hash that was approved, or nothing goes out. */
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
#include "asset/spool.h"
#include "base/digest.h"
#include "net/upload.h"
#include "support/test_folder.h"

enum { USUAL_ROUNDS = 500, PICTURE_BYTES = 200 * 1000, MOST_BYTES = 2 * PICTURE_BYTES };

static int rounds = USUAL_ROUNDS; /* CRIER_RACE_ROUNDS */
static char media_folder[128], spool[128], picture[128], other[128], outside[128];
static char bytes_of[2][PICTURE_BYTES]; /* two pictures of one length */

static void write_file(const char *path, const char *bytes, size_t length)
{
    struct err err;

    assert_true(file_replace(path, bytes, length, 0644, &err));
}

static int prepare(void **unused)
{
    (void)unused;
    if (make_folder("races") != 0)
        return -1;
    (void)snprintf(media_folder, sizeof media_folder, "%s/media", test_folder);
    (void)snprintf(spool, sizeof spool, "%s/spool", test_folder);
    (void)snprintf(picture, sizeof picture, "%s/media/a.png", test_folder);
    (void)snprintf(other, sizeof other, "%s/media/other", test_folder);
    (void)snprintf(outside, sizeof outside, "%s/outside", test_folder);
    for (size_t i = 0; i < PICTURE_BYTES; i++) {
        bytes_of[0][i] = (char)(i * 7);
        bytes_of[1][i] = (char)(i * 7 + (i == PICTURE_BYTES - 1)); /* the last byte differs */
    }
    if (mkdir(media_folder, 0700) != 0)
        return -1;
    write_file(picture, bytes_of[0], PICTURE_BYTES);
    write_file(outside, bytes_of[1], PICTURE_BYTES);
    return 0;
}

/* The ways of a hand that meddles. Each leaves a file, or nothing, under the picture's name. */

static void overwrite(const char *bytes)
{
    int fd = open(picture, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NONBLOCK, 0644);
    ssize_t wrote = fd < 0 ? -1 : write(fd, bytes, PICTURE_BYTES);

    (void)wrote;
    if (fd >= 0)
        close(fd);
}

static void replace(const char *bytes)
{
    int fd = open(other, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    ssize_t wrote = fd < 0 ? -1 : write(fd, bytes, PICTURE_BYTES);

    (void)wrote;
    if (fd >= 0)
        close(fd);
    (void)rename(other, picture);
}

static void append(const char *bytes)
{
    int fd = open(picture, O_WRONLY | O_APPEND | O_CLOEXEC | O_NONBLOCK);
    ssize_t wrote = fd < 0 ? -1 : write(fd, bytes, 1000);

    (void)wrote;
    if (fd >= 0)
        close(fd);
}

static void cut(const char *bytes)
{
    (void)bytes;
    (void)!truncate(picture, PICTURE_BYTES / 2);
}

/* One byte in place, and the time of the change put back. */
static void forge(const char *bytes)
{
    struct stat before;
    int fd = open(picture, O_WRONLY | O_CLOEXEC | O_NONBLOCK);

    if (fd < 0)
        return;
    if (fstat(fd, &before) == 0) {
        const struct timespec times[2] = {before.st_atim, before.st_mtim};
        ssize_t wrote = pwrite(fd, bytes + PICTURE_BYTES - 1, 1, PICTURE_BYTES - 1);

        (void)wrote;
        (void)futimens(fd, times);
    }
    close(fd);
}

static void lead_outside(const char *bytes)
{
    (void)bytes;
    (void)unlink(other);
    if (symlink(outside, other) == 0)
        (void)rename(other, picture);
}

static void make_fifo(const char *bytes)
{
    (void)bytes;
    (void)unlink(other);
    if (mkfifo(other, 0600) == 0)
        (void)rename(other, picture);
}

static void take_away(const char *bytes)
{
    (void)bytes;
    (void)rename(picture, other);
}

static void (*const ways[])(const char *bytes) = {
    overwrite,    replace, append,    replace, cut,   overwrite, forge,
    lead_outside, replace, make_fifo, replace, forge, take_away, replace,
};

/* A process of its own, as an editor or a copying tool is one. */
static pid_t start_meddling(void)
{
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0)
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that fails does not come to stop it */
    for (unsigned turn = 0; pid == 0; turn++) {
        ways[turn % COUNT_OF(ways)](bytes_of[turn / COUNT_OF(ways) % 2]);
        usleep(turn * 1237 % 8000); /* out of step with whoever reads */
    }
    return pid;
}

static void stop_meddling(pid_t pid)
{
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
}

/* What would go out under the name of this hash; false when it was stopped. */
static bool send_out(const char *sha256, char hex[DIGEST_HEX])
{
    static char sent[MOST_BYTES];
    struct upload *upload;
    struct err err;
    size_t length = 0, got;

    if (!upload_open(spool, sha256, 0, 0, &upload, &err))
        return false;
    while ((got = upload_read(sent + length, 1, 16 * 1024, upload)) > 0 &&
           got != CURL_READFUNC_ABORT)
        length += got;
    upload_close(upload);
    (void)digest_hex_of(sent, length, hex);
    return got == 0;
}

/* What somebody would send who trusts the name: the twin of all this. */
static bool send_unchecked(char hex[DIGEST_HEX])
{
    static char sent[MOST_BYTES];
    int fd = open(picture, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    ssize_t got = fd < 0 ? -1 : read(fd, sent, sizeof sent);

    if (fd >= 0)
        close(fd);
    if (got < 0)
        return false;
    (void)digest_hex_of(sent, (size_t)got, hex);
    return true;
}

struct tally {
    int at_the_door, changed, not_pinned, stopped, sent, unchecked_wrong;
};

/* The spool itself is ours alone; one round in ten meddles with it all the same. */
static void spoil(const char *sha256)
{
    char path[256];
    int fd;

    (void)snprintf(path, sizeof path, "%s/%s", spool, sha256);
    (void)chmod(path, 0600);
    fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    assert_int_equal(pwrite(fd, "!", 1, 5), 1);
    (void)fchmod(fd, 0400);
    close(fd);
}

static void empty_spool(const char *sha256)
{
    char path[256];

    (void)snprintf(path, sizeof path, "%s/%s", spool, sha256);
    (void)unlink(path);
}

static struct media_facts *look(void)
{
    static const char *const name = "a.png";
    struct media_facts *facts;
    struct err err = {0};

    if (!asset_inspect(media_folder, &name, 1, NULL, 0, &arena, &facts, &err))
        fail_msg("%s", err.text);
    return facts;
}

/* False when there was no file at all to begin with. */
static bool one_round(bool is_spoilt, struct tally *tally)
{
    const struct media_facts *facts = look(); /* the hash that a person approves */
    char hex[DIGEST_HEX];
    struct err err;

    tally->at_the_door += !facts->sha256[0];
    if (!facts->sha256[0])
        return false;
    tally->changed += !facts->readable;
    tally->unchecked_wrong += send_unchecked(hex) && strcmp(hex, facts->sha256) != 0;
    if (!facts->readable)
        return true;
    if (!spool_pin(spool, media_folder, "a.png", facts->sha256, facts->bytes, &err)) {
        tally->not_pinned++;
        return true;
    }
    if (is_spoilt)
        spoil(facts->sha256);
    if (!send_out(facts->sha256, hex)) {
        tally->stopped++;
    } else {
        tally->sent++;
        assert_false(is_spoilt);
        assert_string_equal(hex, facts->sha256);
    }
    empty_spool(facts->sha256); /* each round pins anew */
    return true;
}

static int files_in_spool(void)
{
    DIR *entries = opendir(spool);
    const struct dirent *entry;
    int count = 0;

    assert_non_null(entries);
    while ((entry = readdir(entries)))
        count += entry->d_name[0] != '.';
    closedir(entries);
    return count;
}

static void what_goes_out_has_the_hash_that_was_approved(void **unused)
{
    struct tally tally = {0};
    pid_t meddler = start_meddling();

    (void)unused;
    for (int i = 0; i < rounds;) {
        i += one_round(i % 10 == 9, &tally);
        arena_clear(&arena);
    }
    stop_meddling(meddler);
    print_message(
        "%d rounds: %d changed while read, %d not pinned, %d stopped on the way out, %d sent "
        "as approved; besides, %d refused at the door; unchecked, %d would have been wrong\n",
        rounds, tally.changed, tally.not_pinned, tally.stopped, tally.sent, tally.at_the_door,
        tally.unchecked_wrong);
    assert_true(tally.sent > 0 && tally.stopped > 0 && tally.at_the_door > 0);
    assert_true(tally.not_pinned > 0 && tally.unchecked_wrong > 0); /* else nobody raced */
    assert_int_equal(files_in_spool(), 0);                          /* no half copy either */
}

int main(void)
{
    const char *wanted = getenv("CRIER_RACE_ROUNDS");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_goes_out_has_the_hash_that_was_approved, prepare,
                                        remove_folder),
    };

    rounds = wanted ? atoi(wanted) : rounds;
    return cmocka_run_group_tests_name("asset_races", tests, NULL, NULL);
}
