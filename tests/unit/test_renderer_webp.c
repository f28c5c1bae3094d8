#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "renderer/webp.h"

#define CHUNK(name, bytes) name "\4\0\0\0" bytes
#define HEAD(size)         "RIFF" size "\0\0\0WEBP"

static const struct {
    const char *from, *to;
    size_t from_size, to_size;
} files[] = {
#define FILES(from, to)                                                                            \
    {                                                                                              \
        from, to, sizeof(from) - 1, sizeof(to) - 1                                                 \
    }
    FILES(HEAD("\x10") CHUNK("VP8 ", "abcd"), HEAD("\x10") CHUNK("VP8 ", "abcd")),
    FILES(HEAD("\x28") CHUNK("VP8X", "\x3c..." /* ICC, alpha, EXIF, XMP */) CHUNK("VP8 ", "abcd")
              CHUNK("EXIF", "here"),
          HEAD("\x1c") CHUNK("VP8X", "\x10...") CHUNK("VP8 ", "abcd")),
    FILES(HEAD("\x34") CHUNK("ICCP", "here") CHUNK("VP8 ", "abcd") CHUNK("XMP ", "here")
              CHUNK("EXIF", "here"),
          HEAD("\x10") CHUNK("VP8 ", "abcd")),
    FILES(HEAD("\x16") "EXIF\1\0\0\0x\0VP8 \0\0\0\0", HEAD("\x0c") "VP8 \0\0\0\0"),
    FILES(HEAD("\x10") "EXIF\xff\xff\xff\xffmore", HEAD("\x04")),
    FILES("RIFF\4\0\0\0WAVEEXIF\0\0\0\0", "RIFF\4\0\0\0WAVEEXIF\0\0\0\0"),
    FILES("RIFF", "RIFF"),
    FILES("", ""),
};

static void only_what_is_metadata_goes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        unsigned char *bytes = malloc(files[i].from_size + 1); /* its own, so that ASan watches */

        assert_non_null(bytes);
        memcpy(bytes, files[i].from, files[i].from_size);
        assert_int_equal(webp_strip(bytes, files[i].from_size), files[i].to_size);
        assert_memory_equal(bytes, files[i].to, files[i].to_size);
        free(bytes);
    }
}

/* However it is cut off, nothing is read behind its end. */
static void a_file_may_end_anywhere(void **state)
{
    (void)state;
    for (size_t size = 0; size <= files[1].from_size; size++) {
        unsigned char *bytes = malloc(size ? size : 1);

        assert_non_null(bytes);
        memcpy(bytes, files[1].from, size);
        assert_true(webp_strip(bytes, size) <= size);
        free(bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_is_metadata_goes),
        cmocka_unit_test(a_file_may_end_anywhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
