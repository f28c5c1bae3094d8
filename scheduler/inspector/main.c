/* crier-inspect: says what media files are, as a program of its own because it reads hostile bytes.
 *
 *     crier-inspect N
 *
 * Descriptors 3 to 2+N are files opened for reading by the parent. For each, in order, one
 * line of JSON on stdout:
 *
 *     {"n":0,"mime":"image/jpeg","width":W,"height":H,"frames":F,"duration_ms":null,
 *      "orientation":null,"metadata":["exif","gps"],"problem":null}
 *
 * mime is libmagic's word on the first 1 MiB; the rest is read by headers.c and is null where it
 * does not know. problem is null or one stable word: the words of headers.h, or type-mismatch
 * (libmagic and our reader disagree). Nothing is opened by name, nothing is written but stdout;
 * after prepare() only pread and write are needed, which is where a seccomp filter belongs. Exit
 * status: 0 all lines written; 2 wrong usage; 70 libmagic cannot start.
 */
#include <errno.h>
#include <magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/compiler.h"
#include "inspector/headers.h"

enum { FIRST_FD = 3, MOST_FILES = 1000, MAGIC_BYTES = 1024 * 1024, LINE_BYTES = 1024 };
enum { EXIT_USAGE = 2, EXIT_BROKEN = 70 };

static const int magic_flags = MAGIC_MIME_TYPE | MAGIC_ERROR | MAGIC_NO_CHECK_COMPRESS |
                               MAGIC_NO_CHECK_ELF | MAGIC_NO_CHECK_TAR | MAGIC_NO_CHECK_CDF;

struct subject {
    int fd;
    uint64_t size;
    bool is_regular;
};

static struct subject subjects[MOST_FILES];
static unsigned char beginning[MAGIC_BYTES];

static bool read_exactly(void *context, uint64_t offset, void *bytes, size_t length)
{
    const struct subject *subject = context;
    size_t done = 0;

    while (done < length) {
        ssize_t n = pread(subject->fd, (char *)bytes + done, length - done, (off_t)(offset + done));

        if (n == 0 || (n < 0 && errno != EINTR))
            return false;
        done += n > 0 ? (size_t)n : 0;
    }
    return true;
}

/* libmagic's answer, or NULL. Owned by the cookie. */
static const char *mime_of(magic_t cookie, struct subject *subject)
{
    size_t length = subject->size < MAGIC_BYTES ? (size_t)subject->size : MAGIC_BYTES;

    if (!subject->is_regular || !read_exactly(subject, 0, beginning, length))
        return NULL;
    return magic_buffer(cookie, beginning, length);
}

static bool is_mime(const char *text)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-./_";

    return text && *text && strlen(text) < 128 && text[strspn(text, letters)] == '\0';
}

/* Both may be right about a polyglot; that they disagree is reason enough to refuse it. */
static bool agree(const char *mime, const char *own)
{
    static const char *const ours[] = {"image/jpeg", "image/png", "image/gif", "image/webp"};
    size_t i;

    if (own)
        return strcmp(mime, own) == 0;
    for (i = 0; i < COUNT_OF(ours); i++)
        if (strcmp(mime, ours[i]) == 0)
            return false;
    return true;
}

/* A member that is a number, or null for 0. */
static void add_number(char line[LINE_BYTES], const char *member, uint64_t number)
{
    size_t length = strlen(line);

    if (number)
        snprintf(line + length, LINE_BYTES - length, ",\"%s\":%llu", member,
                 (unsigned long long)number);
    else
        snprintf(line + length, LINE_BYTES - length, ",\"%s\":null", member);
}

static void add_metadata(char line[LINE_BYTES], unsigned metadata)
{
    const char *comma = "";
    unsigned bit;

    strncat(line, ",\"metadata\":[", LINE_BYTES - strlen(line) - 1);
    for (bit = 1; metadata_word(bit); bit <<= 1) {
        size_t length = strlen(line);

        if (metadata & bit) {
            snprintf(line + length, LINE_BYTES - length, "%s\"%s\"", comma, metadata_word(bit));
            comma = ",";
        }
    }
    strncat(line, "]", LINE_BYTES - strlen(line) - 1);
}

static void write_line(size_t n, const char *mime, const struct headers *headers)
{
    char line[LINE_BYTES];

    snprintf(line, sizeof line, "{\"n\":%zu,\"mime\":\"%s\"", n, mime);
    add_number(line, "width", headers->width);
    add_number(line, "height", headers->height);
    add_number(line, "frames", headers->frames);
    add_number(line, "duration_ms", headers->duration_ms);
    add_number(line, "orientation", (uint64_t)headers->orientation);
    add_metadata(line, headers->metadata);
    if (headers->problem)
        printf("%s,\"problem\":\"%s\"}\n", line, headers->problem);
    else
        printf("%s,\"problem\":null}\n", line);
    fflush(stdout);
}

static void inspect(magic_t cookie, size_t n)
{
    struct subject *subject = &subjects[n];
    const struct header_source source = {read_exactly, subject, subject->size};
    const char *mime = mime_of(cookie, subject);
    struct headers headers = {0};

    if (!is_mime(mime)) {
        mime = "application/octet-stream";
        headers.problem = "unreadable";
    } else {
        headers_read(&source, &headers);
        if (!agree(mime, headers.mime))
            headers.problem = "type-mismatch";
    }
    write_line(n, mime, &headers);
}

/* All that needs more than pread and write: sizes, and libmagic's database. */
static magic_t prepare(size_t count)
{
    magic_t cookie = magic_open(magic_flags);
    struct stat status;
    size_t i;

    for (i = 0; i < count; i++) {
        subjects[i].fd = FIRST_FD + (int)i;
        subjects[i].is_regular = fstat(subjects[i].fd, &status) == 0 && S_ISREG(status.st_mode);
        subjects[i].size = subjects[i].is_regular ? (uint64_t)status.st_size : 0;
    }
    if (cookie && magic_load(cookie, NULL) == 0)
        return cookie;
    fprintf(stderr, "crier-inspect: libmagic: %s\n", cookie ? magic_error(cookie) : "cannot start");
    magic_close(cookie);
    return NULL;
}

int main(int argc, char **argv)
{
    char *end = NULL;
    unsigned long count = argc == 2 ? strtoul(argv[1], &end, 10) : 0;
    magic_t cookie;
    size_t i;

    if (!end || *end || count == 0 || count > MOST_FILES) {
        fputs("usage: crier-inspect N   (reads descriptors 3 to 2+N)\n", stderr);
        return EXIT_USAGE;
    }
    cookie = prepare(count);
    if (!cookie)
        return EXIT_BROKEN;
    for (i = 0; i < count; i++)
        inspect(cookie, i);
    magic_close(cookie);
    return 0;
}
