#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/compiler.h"
#include "base/file.h"
#include "inspector/headers.h"

/* A file in memory; reading outside it ends the test. */
struct picture {
    char *bytes;
    size_t length;
    size_t reads;
};

static bool read_memory(void *context, uint64_t offset, void *bytes, size_t length)
{
    struct picture *picture = context;

    assert_true(offset <= picture->length && length <= picture->length - offset);
    memcpy(bytes, picture->bytes + offset, length);
    picture->reads++;
    return true;
}

static struct headers read_picture(struct picture *picture)
{
    const struct header_source source = {read_memory, picture, picture->length};
    struct headers headers;

    headers_read(&source, &headers);
    return headers;
}

static struct picture load(struct arena *arena, const char *name)
{
    struct picture picture = {0};
    struct err err;

    if (!file_read(arena_printf(arena, "tests/support/media/%s", name), 1 << 20, arena,
                   &picture.bytes, &picture.length, &err))
        fail_msg("%s", err.text);
    return picture;
}

static const struct {
    const char *name, *mime;
    uint32_t width, height, frames;
    uint64_t duration_ms;
    unsigned metadata;
    int orientation;
    const char *problem;
} facts[] = {
    {"plain.jpg", "image/jpeg", 20, 12, 1, 0, 0, 0, NULL},
    {"place.jpg", "image/jpeg", 20, 12, 1, 0, METADATA_EXIF | METADATA_GPS, 6, NULL},
    {"place-big-endian.jpg", "image/jpeg", 8, 8, 1, 0, METADATA_EXIF | METADATA_GPS, 3, NULL},
    {"gps-version-only.jpg", "image/jpeg", 8, 8, 1, 0, METADATA_EXIF, 0, NULL},
    {"place-in-xmp.jpg", "image/jpeg", 8, 8, 1, 0, METADATA_XMP | METADATA_GPS, 0, NULL},
    {"comment.jpg", "image/jpeg", 8, 8, 1, 0, METADATA_TEXT, 0, NULL},
    {"truncated.jpg", "image/jpeg", 200, 120, 1, 0, 0, 0, "truncated"},
    {"trailing.jpg", "image/jpeg", 8, 8, 1, 0, 0, 0, "trailing-bytes"},
    {"eleven-bytes.jpg", "image/jpeg", 0, 0, 1, 0, 0, 0, "truncated"},
    {"plain.png", "image/png", 3, 2, 1, 0, 0, 0, NULL},
    {"place.png", "image/png", 3, 2, 1, 0, METADATA_EXIF | METADATA_GPS, 0, NULL},
    {"place-in-xmp.png", "image/png", 3, 2, 1, 0, METADATA_XMP | METADATA_GPS, 0, NULL},
    {"hidden-exif.png", "image/png", 3, 2, 1, 0, METADATA_OPAQUE, 0, NULL},
    {"animated.png", "image/png", 3, 2, 1, 500, 0, 0, NULL},
    {"huge.png", "image/png", 65535, 65535, 1, 0, 0, 0, "too-many-pixels"},
    {"plain.gif", "image/gif", 3, 2, 1, 0, 0, 0, NULL},
    {"animated.gif", "image/gif", 3, 2, 3, 1500, 0, 0, NULL},
    {"polyglot.gif", "image/gif", 10799, 0, 0, 0, 0, 0, "unreadable"},
    {"script-behind.gif", "image/gif", 3, 2, 1, 0, 0, 0, "trailing-bytes"},
    {"plain.webp", "image/webp", 1, 1, 1, 0, 0, 0, NULL},
    {"place.webp", "image/webp", 1, 1, 1, 0, METADATA_EXIF | METADATA_GPS, 0, NULL},
    {"not-a-picture.jpg", NULL, 0, 0, 0, 0, 0, 0, NULL},
};

static void assert_text(const char *is, const char *wanted, const char *name)
{
    if (!is != !wanted || (is && strcmp(is, wanted) != 0))
        fail_msg("%s: %s instead of %s", name, is ? is : "null", wanted ? wanted : "null");
}

static void each_file_is_read_as_it_was_made(void **state)
{
    struct arena arena = {0};
    size_t i;

    (void)state;
    for (i = 0; i < COUNT_OF(facts); i++) {
        struct picture picture = load(&arena, facts[i].name);
        struct headers headers = read_picture(&picture);

        print_message("  %s\n", facts[i].name);
        assert_text(headers.mime, facts[i].mime, facts[i].name);
        assert_int_equal(headers.width, facts[i].width);
        assert_int_equal(headers.height, facts[i].height);
        assert_int_equal(headers.frames, facts[i].frames);
        assert_int_equal(headers.duration_ms, facts[i].duration_ms);
        assert_int_equal(headers.metadata, facts[i].metadata);
        assert_int_equal(headers.orientation, facts[i].orientation);
        assert_text(headers.problem, facts[i].problem, facts[i].name);
    }
    arena_clear(&arena);
}

static const char *const sound[] = {"plain.jpg",    "place.jpg",        "plain.png",
                                    "animated.png", "place-in-xmp.png", "plain.gif",
                                    "animated.gif", "plain.webp",       "place.webp"};

static void a_file_cut_anywhere_has_a_problem(void **state)
{
    struct arena arena = {0};
    size_t i, length;

    (void)state;
    for (i = 0; i < COUNT_OF(sound); i++) {
        struct picture whole = load(&arena, sound[i]);

        for (length = 0; length < whole.length; length++) {
            struct picture cut = {whole.bytes, length, 0};
            struct headers headers = read_picture(&cut);

            if (headers.mime && !headers.problem)
                fail_msg("%s cut at %zu of %zu passes", sound[i], length, whole.length);
        }
    }
    arena_clear(&arena);
}

static void one_byte_behind_the_end_is_noticed(void **state)
{
    struct arena arena = {0};
    size_t i;

    (void)state;
    for (i = 0; i < COUNT_OF(sound); i++) {
        struct picture picture = load(&arena, sound[i]);

        picture.length++; /* file_read leaves a NUL there */
        assert_text(read_picture(&picture).problem, "trailing-bytes", sound[i]);
    }
    arena_clear(&arena);
}

static void no_changed_byte_makes_it_read_outside_the_file(void **state)
{
    static const unsigned char changes[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
    struct arena arena = {0};
    size_t i, at, how, readings = 0;

    (void)state;
    for (i = 0; i < COUNT_OF(facts); i++) {
        struct picture picture = load(&arena, facts[i].name);

        for (at = 0; at < picture.length; at++)
            for (how = 0; how < COUNT_OF(changes); how++) {
                char was = picture.bytes[at];

                picture.bytes[at] = (char)changes[how];
                (void)read_picture(&picture);
                picture.bytes[at] = was;
                readings++;
            }
    }
    print_message("  %zu readings\n", readings);
    assert_true(readings > 10000);
    arena_clear(&arena);
}

/* Every entry of IFD0 points at a GPS directory that is IFD0 itself and looks harmless up to its
 * end: work that grows with the square of the file, did nobody count it. */
static void a_directory_full_of_directories_ends(void **state)
{
    enum { ENTRIES = 60000, HEAD = 33 + 8, TIFF = 8 + 2, SIZE = HEAD + TIFF + 12 * ENTRIES + 4 };
    struct arena arena = {0};
    struct picture picture = {arena_alloc(&arena, SIZE + 1), SIZE, 0};
    static const unsigned char start[] =
        "\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\1\0\0\0\1\10\0\0\0\0....";
    unsigned char *exif = (unsigned char *)picture.bytes + HEAD;
    struct headers headers;
    uint32_t length = TIFF + 12 * ENTRIES;
    size_t i;

    (void)state;
    memcpy(picture.bytes, start, 33);
    for (i = 0; i < 4; i++)
        picture.bytes[33 + i] = (char)(length >> (24 - 8 * i));
    memcpy(picture.bytes + 37, "eXIf", 4);
    memcpy(exif, "MM\0*\0\0\0\10", 8);
    exif[8] = (unsigned char)(ENTRIES >> 8);
    exif[9] = (unsigned char)(ENTRIES & 0xff);
    for (i = 0; i < ENTRIES; i++) {
        unsigned char *entry = exif + TIFF + 12 * i;

        entry[0] = 0x88; /* each says: the GPS directory lies where only zeros follow */
        entry[1] = 0x25;
        entry[10] = 0;
        entry[11] = 16;
    }
    headers = read_picture(&picture);
    assert_true(headers.metadata & METADATA_EXIF);
    assert_non_null(headers.problem);
    assert_true(picture.reads < 30000);
    arena_clear(&arena);
}

static bool read_nothing(void *context, uint64_t offset, void *bytes, size_t length)
{
    (void)context;
    (void)offset;
    (void)bytes;
    (void)length;
    return false;
}

static bool read_once(void *context, uint64_t offset, void *bytes, size_t length)
{
    struct picture *picture = context;

    return picture->reads == 0 && read_memory(picture, offset, bytes, length);
}

static void a_file_that_cannot_be_read_is_none_of_ours(void **state)
{
    const struct header_source source = {read_nothing, NULL, 1000};
    struct headers headers;

    (void)state;
    headers_read(&source, &headers);
    assert_null(headers.mime);
}

static void a_file_that_stops_being_readable_is_cut(void **state)
{
    enum { SIZE = 300000 };
    struct arena arena = {0};
    struct picture plain = load(&arena, "plain.jpg"),
                   picture = {arena_alloc(&arena, SIZE), SIZE, 0};
    const struct header_source source = {read_once, &picture, SIZE};
    struct headers headers;

    (void)state;
    memcpy(picture.bytes, plain.bytes, plain.length - 2); /* the scan goes on in zeros */
    headers_read(&source, &headers);
    assert_text(headers.problem, "truncated", "a long scan");
    arena_clear(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_file_is_read_as_it_was_made),
        cmocka_unit_test(a_file_cut_anywhere_has_a_problem),
        cmocka_unit_test(one_byte_behind_the_end_is_noticed),
        cmocka_unit_test(no_changed_byte_makes_it_read_outside_the_file),
        cmocka_unit_test(a_directory_full_of_directories_ends),
        cmocka_unit_test(a_file_that_cannot_be_read_is_none_of_ours),
        cmocka_unit_test(a_file_that_stops_being_readable_is_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
