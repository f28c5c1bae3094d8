/* crier-inspect: says what media files are, as a program of its own because it reads hostile bytes.
 *
 *     crier-inspect N
 *
 * Descriptors 3 to 2+N are files opened for reading by the parent. For each, in order, one
 * line of JSON on stdout:
 *
 *     {"n":0,"mime":"image/jpeg","width":W,"height":H,"frames":F,"duration_ms":null,
 *      "orientation":null,"metadata":["exif","gps"],"problem":null,"line":null}
 *
 * mime is libmagic's word on the first 1 MiB, of captions our own; the rest is read by headers.c
 * and captions.c and is null where they do not know. problem is null or one stable word: the words
 * of headers.h and captions.h, or type-mismatch (libmagic and our reader disagree); line is where
 * it is in captions. duration_ms is that of an animation, or when the last words of captions go.
 * Nothing is opened by name, nothing is written but stdout, which is a pipe or a socket. Before the
 * first byte is read the process gives up everything but this (confine.h): a file that takes it
 * over can do no more than lie about itself and the files behind it. Exit status: 0 all lines
 * written; 2 wrong usage; 70 libmagic cannot start, or this machine cannot confine us; SIGSYS: a
 * forbidden call.
 */
#include <errno.h>
#include <magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/compiler.h"
#include "inspector/captions.h"
#include "inspector/confine.h"
#include "inspector/headers.h"

enum { FIRST_FD = 3, MOST_FILES = 1000, MAGIC_BYTES = 1024 * 1024 };
enum { EXIT_USAGE = 2, EXIT_BROKEN = 70 };

static const int magic_flags = MAGIC_MIME_TYPE | MAGIC_ERROR | MAGIC_NO_CHECK_COMPRESS |
                               MAGIC_NO_CHECK_ELF | MAGIC_NO_CHECK_TAR | MAGIC_NO_CHECK_CDF;

/* Named, because by default libmagic also reads what lies in $MAGIC and the user's home. */
static const char magic_database[] = "/usr/share/misc/magic";

/* The tests' own build does what files ask for, as if they had taken it over
 * (tests/support/misdeeds.c). */
#ifdef CRIER_MISDEEDS
void misdeed(const unsigned char *bytes, size_t length);
#else
#define misdeed(bytes, length) ((void)0)
#endif

struct subject {
    uint64_t size;
    int fd;
    bool is_regular;
};

static struct subject subjects[MOST_FILES];
static unsigned char beginning[MAGIC_BYTES];
static char output[BUFSIZ]; /* our own, so that the first line asks the kernel for nothing */

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
    misdeed(beginning, length);
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
static void print_number(const char *member, uint64_t number)
{
    if (number)
        printf(",\"%s\":%llu", member, (unsigned long long)number);
    else
        printf(",\"%s\":null", member);
}

static void print_metadata(unsigned metadata)
{
    const char *comma = "";
    unsigned bit;

    fputs(",\"metadata\":[", stdout);
    for (bit = 1; metadata_word(bit); bit <<= 1)
        if (metadata & bit) {
            printf("%s\"%s\"", comma, metadata_word(bit));
            comma = ",";
        }
    fputs("]", stdout);
}

/* Flushed line by line: should a later file end the process, the earlier answers stand. */
static void print_line(size_t n, const char *mime, const struct headers *headers, uint32_t line)
{
    printf("{\"n\":%zu,\"mime\":\"%s\"", n, mime);
    print_number("width", headers->width);
    print_number("height", headers->height);
    print_number("frames", headers->frames);
    print_number("duration_ms", headers->duration_ms);
    print_number("orientation", (uint64_t)headers->orientation);
    print_metadata(headers->metadata);
    if (headers->problem)
        printf(",\"problem\":\"%s\"", headers->problem);
    else
        fputs(",\"problem\":null", stdout);
    print_number("line", line);
    fputs("}\n", stdout);
    fflush(stdout);
}

static bool is_captions(const char *mime)
{
    return strcmp(mime, "application/x-subrip") == 0 || strcmp(mime, "text/vtt") == 0;
}

/* libmagic tells texts apart by words in them, so what it takes captions for depends on what they
 * say. */
static bool may_be_captions(const char *mime)
{
    return strncmp(mime, "text/", 5) == 0 || strcmp(mime, "application/octet-stream") == 0 ||
           is_captions(mime);
}

/* What libmagic alone takes for captions has not been checked. */
static void inspect_captions(const struct header_source *source, struct captions *captions)
{
    const char *mime = captions->mime;

    captions_read(source, captions);
    if (!captions->mime && is_captions(mime))
        captions->problem = "captions-broken";
    if (!captions->mime)
        captions->mime = mime;
}

static void inspect(magic_t cookie, size_t n)
{
    struct subject *subject = &subjects[n];
    const struct header_source source = {read_exactly, subject, subject->size};
    const char *mime = mime_of(cookie, subject);
    struct headers headers = {0};
    struct captions captions = {.mime = mime};

    if (!is_mime(mime)) {
        captions.mime = "application/octet-stream";
        headers.problem = "unreadable";
    } else {
        headers_read(&source, &headers);
        if (!agree(mime, headers.mime))
            headers.problem = "type-mismatch";
        else if (may_be_captions(mime)) {
            inspect_captions(&source, &captions);
            headers.duration_ms = captions.end_ms;
            headers.problem = captions.problem;
        }
    }
    print_line(n, captions.mime, &headers, captions.line);
}

/* All that needs more than what confine() leaves: sizes, and libmagic's database. */
static magic_t prepare(size_t count)
{
    magic_t cookie = magic_open(magic_flags);
    struct stat status;
    size_t i;

    setvbuf(stdout, output, _IOFBF, sizeof output);
    for (i = 0; i < count; i++) {
        subjects[i].fd = FIRST_FD + (int)i;
        subjects[i].is_regular = fstat(subjects[i].fd, &status) == 0 && S_ISREG(status.st_mode);
        subjects[i].size = subjects[i].is_regular ? (uint64_t)status.st_size : 0;
    }
    if (cookie && magic_load(cookie, magic_database) == 0)
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
    if (!confine(FIRST_FD, (int)count)) {
        fprintf(stderr, "crier-inspect: cannot lock itself in: %s\n", strerrorname_np(errno));
        return EXIT_BROKEN;
    }
    for (i = 0; i < count; i++)
        inspect(cookie, i);
    _exit(0); /* all is flushed, and whatever else would tidy up at the end may need more */
}
