#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/compiler.h"
#include "inspector/captions.h"

#define SRT "application/x-subrip"
#define VTT "text/vtt"
#define BOM "\xef\xbb\xbf"
#define CUE "1\n00:00:01,000 --> 00:00:02,500\nहेलमेट पहनें\n"

/* A file in memory; reading outside it ends the test. */
struct bytes {
    const char *bytes;
    size_t length;
};

static bool read_memory(void *context, uint64_t offset, void *bytes, size_t length)
{
    const struct bytes *from = context;

    assert_true(offset <= from->length && length <= from->length - offset);
    memcpy(bytes, from->bytes + offset, length);
    return true;
}

static struct captions read_bytes(const char *bytes, size_t length)
{
    struct bytes from = {bytes, length};
    const struct header_source source = {read_memory, &from, length};
    struct captions captions;

    captions_read(&source, &captions);
    return captions;
}

static void assert_word(const char *is, const char *wanted, const char *name)
{
    if (!is != !wanted || (is && strcmp(is, wanted) != 0))
        fail_msg("%s: %s instead of %s", name, is ? is : "null", wanted ? wanted : "null");
}

struct row {
    const char *name, *text, *mime;
    uint64_t end_ms;
    const char *problem;
    uint32_t line;
};

static void check(const struct row *row, const char *bytes, size_t length)
{
    const struct captions captions = read_bytes(bytes, length);

    print_message("  %s\n", row->name);
    assert_word(captions.mime, row->mime, row->name);
    assert_word(captions.problem, row->problem, row->name);
    if (captions.end_ms != row->end_ms || captions.line != row->line)
        fail_msg("%s: ends at %llu ms, line %u", row->name, (unsigned long long)captions.end_ms,
                 captions.line);
}

static void check_all(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        check(&rows[i], rows[i].text, strlen(rows[i].text));
}

static void subrip_is_read(void **state)
{
    static const struct row rows[] = {
        {"Hindi", CUE "\n2\n00:00:03,000 --> 00:00:04,000\nसुरक्षित घर पहुँचें।\nधन्यवाद\n", SRT, 4000,
         NULL, 0},
        {"a byte order mark", BOM CUE, SRT, 2500, NULL, 0},
        {"CR LF",
         "1\r\n00:00:01,000 --> 00:00:02,500\r\nक\r\n\r\n2\r\n00:00:03,000 --> "
         "00:00:04,000\r\nख\r\n",
         SRT, 4000, NULL, 0},
        {"CR alone", "1\r00:00:01,000 --> 00:00:02,500\rक\r\r2\r00:00:03,000 --> 00:00:04,000\rख",
         SRT, 4000, NULL, 0},
        {"the end without a line's end", "1\n00:00:01,000 --> 00:00:02,500\nक", SRT, 2500, NULL, 0},
        {"empty lines before and between",
         "\n\n" CUE "\n\n\n2\n00:00:03,000 --> 00:00:04,000\nक\n\n\n", SRT, 4000, NULL, 0},
        {"one hour digit, and a place on the screen",
         "1\n0:00:01,000 --> 0:00:02,000 X1:40 X2:600\nक\n", SRT, 2000, NULL, 0},
        {"two speakers at a time",
         CUE "\n2\n00:00:01,000 --> 00:00:09,000\nख\n\n3\n"
             "00:00:02,000 --> 00:00:03,000\nग\n",
         SRT, 9000, NULL, 0},
        {"numbers that were never counted again", CUE "\n7\n00:00:03,000 --> 00:00:04,000\nक\n",
         SRT, 4000, NULL, 0},
        {"an arrow in words", "1\n00:00:01,000 --> 00:00:02,000\nदिल्ली --> मुंबई\n", SRT, 2000, NULL,
         0},
        {"a thousand hours", "1\n00:00:01,000 --> 1000:00:00,000\nक\n", SRT, UINT64_C(3600000000),
         NULL, 0},
    };

    (void)state;
    check_all(rows, COUNT_OF(rows));
}

static void webvtt_is_read(void **state)
{
    static const struct row rows[] = {
        {"plain", "WEBVTT\n\n00:01.000 --> 00:02.500\nक\n", VTT, 2500, NULL, 0},
        {"a title, hours and a mark",
         BOM "WEBVTT - हेलमेट\nKind: captions\nLanguage: hi\n\n"
             "00:00:01.000 --> 100:00:02.500\nक\n",
         VTT, UINT64_C(360002500), NULL, 0},
        {"notes, styles, regions",
         "WEBVTT\n\nNOTE\nकोई नहीं देखता\n\nSTYLE\n::cue { color: red }\n\n"
         "REGION\nid:a\n\n00:01.000 --> 00:02.500\nक\n\nNOTE बस\n",
         VTT, 2500, NULL, 0},
        {"names, settings, tabs",
         "WEBVTT\n\nintro\n00:01.000\t-->\t00:02.500 align:start line:0\n<v A>क\n", VTT, 2500, NULL,
         0},
        {"a name of digits", "WEBVTT\r\n\r\n1\r\n00:01.000 --> 00:02.500\r\nक\r\n", VTT, 2500, NULL,
         0},
        {"a cue without words among others",
         "WEBVTT\n\n00:01.000 --> 00:02.000\n\n00:02.000 --> "
         "00:03.000\nक\n",
         VTT, 3000, NULL, 0},
    };

    (void)state;
    check_all(rows, COUNT_OF(rows));
}

static void times_that_go_wrong_are_named_with_their_line(void **state)
{
    static const struct row rows[] = {
        {"back", CUE "\n2\n00:00:00,500 --> 00:00:04,000\nक\n", SRT, 2500, "captions-order", 6},
        {"the end before the beginning", "1\n00:00:02,000 --> 00:00:01,000\nक\n", SRT, 0,
         "captions-order", 2},
        {"for no time", "1\n00:00:02,000 --> 00:00:02,000\nक\n", SRT, 0, "captions-order", 2},
        {"back in WebVTT", "WEBVTT\n\n00:05.000 --> 00:06.000\nक\n\n00:01.000 --> 00:02.000\nख\n",
         VTT, 6000, "captions-order", 6},
        {"negative", "1\n-00:00:01,000 --> 00:00:02,000\nक\n", SRT, 0, "captions-broken", 2},
        {"a negative end", "1\n00:00:01,000 --> -00:00:02,000\nक\n", SRT, 0, "captions-broken", 2},
        {"hours without end", "1\n00:00:01,000 --> 99999999999999999999:00:00,000\nक\n", SRT, 0,
         "captions-broken", 2},
        {"sixty minutes", "1\n00:00:01,000 --> 00:60:00,000\nक\n", SRT, 0, "captions-broken", 2},
        {"sixty seconds", "WEBVTT\n\n00:01.000 --> 00:60.000\nक\n", VTT, 0, "captions-broken", 3},
        {"a point in SubRip", "1\n00:00:01.000 --> 00:00:02.000\nक\n", SRT, 0, "captions-broken",
         2},
        {"a comma in WebVTT", "WEBVTT\n\n00:00:01,000 --> 00:00:02,000\nक\n", VTT, 0,
         "captions-broken", 3},
        {"no hours in SubRip", "1\n00:01,000 --> 00:02,000\nक\n", SRT, 0, "captions-broken", 2},
        {"hundredths", "1\n00:00:01,00 --> 00:00:02,00\nक\n", SRT, 0, "captions-broken", 2},
        {"no end", "1\n00:00:01,000 -->\nक\n", SRT, 0, "captions-broken", 2},
        {"digits of Devanagari", "1\n००:००:०१,००० --> ००:००:०२,०००\nक\n", SRT, 0, "captions-broken",
         2},
    };

    (void)state;
    check_all(rows, COUNT_OF(rows));
}

static void what_is_missing_is_named_with_its_line(void **state)
{
    static const struct row rows[] = {
        {"no empty line", CUE "2\n00:00:03,000 --> 00:00:04,000\nक\n", SRT, 2500, "captions-broken",
         5},
        {"no number", CUE "\n00:00:03,000 --> 00:00:04,000\nक\n", SRT, 2500, "captions-broken", 5},
        {"no number at the start", "00:00:03,000 --> 00:00:04,000\nक\n", SRT, 0, "captions-broken",
         1},
        {"an empty line among the words", CUE "\nसुरक्षित घर पहुँचें।\n", SRT, 2500, "captions-broken",
         5},
        {"a number and nothing", CUE "\n2", SRT, 2500, "captions-broken", 5},
        {"no empty line in WebVTT",
         "WEBVTT\n\n00:01.000 --> 00:02.000\nक\n00:03.000 --> 00:04.000\nख\n", VTT, 2000,
         "captions-broken", 5},
        {"no empty line under the title", "WEBVTT\n00:01.000 --> 00:02.000\nक\n", VTT, 0,
         "captions-broken", 2},
        {"words without times", "WEBVTT\n\nक\nख\n\n00:01.000 --> 00:02.000\nग\n", VTT, 0,
         "captions-broken", 4},
        {"a style too late", "WEBVTT\n\n00:01.000 --> 00:02.000\nक\n\nSTYLE\n::cue {}\n", VTT, 2000,
         "captions-broken", 7},
        {"nothing but the title", "WEBVTT", VTT, 0, "captions-empty", 0},
        {"only notes", "WEBVTT\n\nNOTE क\n", VTT, 0, "captions-empty", 0},
        {"times without words",
         "1\n00:00:01,000 --> 00:00:02,000\n\n2\n00:00:03,000 --> 00:00:04,000\n", SRT, 4000,
         "captions-empty", 0},
    };

    (void)state;
    check_all(rows, COUNT_OF(rows));
}

static void letters_that_are_not_utf_8_are_named(void **state)
{
    static const struct row rows[] = {
        {"Latin 1", "1\n00:00:01,000 --> 00:00:02,000\ncaf\xe9\n", SRT, 2000, "captions-encoding",
         3},
        {"cut inside a letter", "1\n00:00:01,000 --> 00:00:02,000\n\xe0\xa4", SRT, 2000,
         "captions-encoding", 3},
        {"a letter over the line's end", "1\n00:00:01,000 --> 00:00:02,000\n\xe0\xa4\nक\n", SRT,
         2000, "captions-encoding", 3},
        {"half of a pair", "1\n00:00:01,000 --> 00:00:02,000\n\xed\xa0\x80\n", SRT, 2000,
         "captions-encoding", 3},
        {"longer than it need be", "1\n00:00:01,000 --> 00:00:02,000\n\xc0\xaf\n", SRT, 2000,
         "captions-encoding", 3},
        {"beyond the last letter", "1\n00:00:01,000 --> 00:00:02,000\n\xf4\x90\x80\x80\n", SRT,
         2000, "captions-encoding", 3},
    };
    static const struct row nothing = {"a zero byte", NULL, SRT, 2000, "captions-encoding", 3};
    static const char zero[] = "1\n00:00:01,000 --> 00:00:02,000\na\0b\n";

    (void)state;
    check_all(rows, COUNT_OF(rows));
    check(&nothing, zero, sizeof zero - 1);
}

/* As Windows' editor saves "Unicode". */
static size_t widen(const char *text, bool big, char *wide)
{
    size_t length = 0;

    for (text = memcpy(wide, big ? "\xfe\xff" : "\xff\xfe", 2) ? text : NULL; *text; text++) {
        wide[2 + length + (big ? 1 : 0)] = *text;
        wide[2 + length + (big ? 0 : 1)] = 0;
        length += 2;
    }
    return length + 2;
}

static void two_bytes_a_letter_are_no_utf_8(void **state)
{
    static const char subrip[] = "1\r\n00:00:01,000 --> 00:00:02,000\r\nx\r\n";
    static const struct row rows[] = {
        {"SubRip", subrip, SRT, 0, "captions-encoding", 0},
        {"WebVTT", "WEBVTT\r\n\r\n00:01.000 --> 00:02.000\r\nx\r\n", VTT, 0, "captions-encoding",
         0},
        {"a letter", "Dear all, the meeting is at noon.", NULL, 0, NULL, 0},
    };
    char wide[200];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        check(&rows[i], wide, widen(rows[i].text, false, wide));
        check(&rows[i], wide, widen(rows[i].text, true, wide));
    }
}

static void what_is_no_captions_is_left_alone(void **state)
{
    static const struct row rows[] = {
        {"nothing", "", NULL, 0, NULL, 0},
        {"an empty line", "\n", NULL, 0, NULL, 0},
        {"a mark", BOM, NULL, 0, NULL, 0},
        {"a letter", "प्रिय साथियो,\n\nबैठक कल है।\n", NULL, 0, NULL, 0},
        {"a list", "1\nहेलमेट\n\n2\nबेल्ट\n", NULL, 0, NULL, 0},
        {"a number", "42", NULL, 0, NULL, 0},
        {"HTML", "<html>\n<!-- x -->\n</html>\n", NULL, 0, NULL, 0},
        {"almost WebVTT", "WEBVTTX\n\n00:01.000 --> 00:02.000\nक\n", NULL, 0, NULL, 0},
    };

    (void)state;
    check_all(rows, COUNT_OF(rows));
}

/* Letters of three bytes and times stand across every edge of the reader's window. */
static void a_long_file_is_read_to_its_end(void **state)
{
    enum { CUES = 20000 };
    struct buffer text;
    struct row row = {"20,000 cues", NULL, SRT, UINT64_C(1000) * CUES + 500, NULL, 0};

    (void)state;
    buffer_init(&text, 16 << 20);
    for (unsigned i = 1; i <= CUES; i++) {
        char head[80];

        (void)snprintf(head, sizeof head, "%u\n%02u:%02u:%02u,000 --> %02u:%02u:%02u,500\n", i,
                       i / 3600, i / 60 % 60, i % 60, i / 3600, i / 60 % 60, i % 60);
        buffer_text(&text, head);
        buffer_text(&text, "हेलमेट पहनें, सुरक्षित घर पहुँचें।\n\n");
    }
    check(&row, text.bytes, text.length);
    text.bytes[text.length - 1] = '\xe0';
    row = (struct row){"its last letter cut", NULL, SRT, row.end_ms, "captions-encoding", 4 * CUES};
    check(&row, text.bytes, text.length);
    buffer_clear(&text);
}

static void what_is_too_large_is_not_read(void **state)
{
    struct bytes none = {"", 0};
    const struct header_source source = {read_memory, &none, UINT64_C(1) << 32};
    struct captions captions;

    (void)state;
    captions_read(&source, &captions); /* read_memory would end the test */
    assert_null(captions.mime);
    assert_null(captions.problem);
}

static bool read_nothing(void *context, uint64_t offset, void *bytes, size_t length)
{
    const struct bytes *from = context;

    return offset == 0 && length <= 3 &&
           read_memory((void *)(uintptr_t)from, offset, bytes, length);
}

static void a_file_that_shrinks_while_it_is_read_is_no_captions(void **state)
{
    struct bytes from = {CUE, strlen(CUE)};
    const struct header_source source = {read_nothing, &from, strlen(CUE)};
    struct captions captions;

    (void)state;
    captions_read(&source, &captions);
    assert_null(captions.mime);
}

static void no_cut_and_no_changed_byte_makes_it_read_outside_or_say_nonsense(void **state)
{
    static const char *const whole[] = {
        BOM CUE "\n2\n00:00:03,000 --> 00:00:04,000\nक\n",
        "WEBVTT - क\n\nNOTE x\n\nSTYLE\nx\n\na\n00:01.000 --> 01:00:02.500 line:0\n<b>क</b>\n"};
    static const char changes[] = {'\0', '\n', '\r', '-', '>', ':', '9', '\x80', '\xff'};
    char text[200];
    size_t readings = 0;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(whole); i++) {
        const size_t length = strlen(whole[i]);

        for (size_t cut = 0; cut <= length; cut++)
            for (size_t at = 0; at < cut; at++)
                for (size_t how = 0; how < sizeof changes; how++) {
                    struct captions captions;

                    memcpy(text, whole[i], cut);
                    text[at] = changes[how];
                    captions = read_bytes(text, cut);
                    assert_true(captions.mime || (!captions.problem && captions.end_ms == 0));
                    assert_true(!captions.mime || captions.problem || captions.end_ms > 0);
                    readings++;
                }
    }
    print_message("  %zu readings\n", readings);
    assert_true(readings > 50000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(subrip_is_read),
        cmocka_unit_test(webvtt_is_read),
        cmocka_unit_test(times_that_go_wrong_are_named_with_their_line),
        cmocka_unit_test(what_is_missing_is_named_with_its_line),
        cmocka_unit_test(letters_that_are_not_utf_8_are_named),
        cmocka_unit_test(two_bytes_a_letter_are_no_utf_8),
        cmocka_unit_test(what_is_no_captions_is_left_alone),
        cmocka_unit_test(a_long_file_is_read_to_its_end),
        cmocka_unit_test(what_is_too_large_is_not_read),
        cmocka_unit_test(a_file_that_shrinks_while_it_is_read_is_no_captions),
        cmocka_unit_test(no_cut_and_no_changed_byte_makes_it_read_outside_or_say_nonsense),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
