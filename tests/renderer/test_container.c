/* The reader of containers: boxes put together here, honest and hostile. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <string.h>

#include "base/compiler.h"
#include "renderer/container.h"

/* A file in memory, and how often it was read; reading outside it ends the test. */
struct film {
    unsigned char bytes[1 << 20];
    size_t length, open[16], depth;
    uint64_t size; /* of the file; what is behind `length` is zeros */
    unsigned reads;
};

static struct film film;

static bool read_film(void *context, uint64_t offset, void *bytes, size_t length)
{
    struct film *from = context;

    assert_true(offset <= from->size && length <= from->size - offset);
    memset(bytes, 0, length);
    if (offset < from->length)
        memcpy(bytes, from->bytes + offset,
               length < from->length - offset ? length : (size_t)(from->length - offset));
    from->reads++;
    return true;
}

static struct container read_it(void)
{
    struct container container;
    struct container_source source = {read_film, &film, 0};

    if (film.size < film.length)
        film.size = film.length;
    source.size = film.size;
    container_read(&source, &container);
    return container;
}

static int clear_film(void **unused)
{
    (void)unused;
    memset(&film, 0, sizeof film);
    return 0;
}

static void add(const void *bytes, size_t length)
{
    assert_true(length <= sizeof film.bytes - film.length);
    memcpy(film.bytes + film.length, bytes, length);
    film.length += length;
}

static void number(uint64_t value, size_t width)
{
    while (width-- > 0) {
        unsigned char byte = (unsigned char)(value >> (8 * width));

        add(&byte, 1);
    }
}

static void begin(const char *type)
{
    film.open[film.depth++] = film.length;
    number(0, 4);
    add(type, 4);
}

static void end(void)
{
    size_t at = film.open[--film.depth], length = film.length - at, last = film.length;

    film.length = at;
    number(length, 4);
    film.length = last;
}

static void leaf(const char *type, const char *content)
{
    begin(type);
    add(content, strlen(content));
    end();
}

static void head(const char *type, uint64_t version)
{
    begin(type);
    number(version << 24, 4);
}

/* "ftyp", and "moov" up to the movie's header: a movie of 1,000 ticks a second. */
static void begin_movie(void)
{
    leaf("ftyp", "isom");
    begin("moov");
    head("mvhd", 0);
    number(0, 8);
    number(1000, 4);
    number(10000, 4);
    end();
}

struct edit {
    uint64_t shown;
    int64_t from;
};

static void add_edits(const struct edit *edits, size_t count, bool wide)
{
    size_t width = wide ? 8 : 4;

    begin("edts");
    head("elst", wide);
    number(count, 4);
    for (size_t i = 0; i < count; i++) {
        number(edits[i].shown, width);
        number((uint64_t)edits[i].from, width);
        number(1 << 16, 4);
    }
    end();
    end();
}

struct run {
    uint32_t frames, each;
};

static void begin_samples(void)
{
    begin("minf");
    begin("stbl");
}

static void add_times(const struct run *runs, size_t count)
{
    begin_samples();
    head("stts", 0);
    number(count, 4);
    for (size_t i = 0; i < count; i++) {
        number(runs[i].frames, 4);
        number(runs[i].each, 4);
    }
    end();
    end();
    end();
}

/* Ten seconds in ticks of a millisecond. */
static void begin_media(const char *kind)
{
    begin("mdia");
    head("mdhd", 0);
    number(0, 8);
    number(1000, 4);
    number(10000, 4);
    end();
    head("hdlr", 0);
    number(0, 4);
    add(kind, 4);
    number(0, 8);
    number(0, 4);
    end();
}

static void add_track(const char *kind, const struct edit *edits, size_t edit_count,
                      const struct run *runs, size_t run_count)
{
    begin("trak");
    if (edit_count)
        add_edits(edits, edit_count, false);
    begin_media(kind);
    if (run_count)
        add_times(runs, run_count);
    end();
    end();
}

static void add_pictures(void)
{
    leaf("mdat", "pictures");
}

static const struct run even[] = {{250, 40}};

static void a_plain_film_has_nothing_to_say(void **unused)
{
    struct container container;

    (void)unused;
    begin_movie();
    add_track("vide", NULL, 0, even, 1);
    end();
    add_pictures();
    container = read_it();
    assert_string_equal(container.mime, "video/mp4");
    assert_true(container.index_first && container.is_timed);
    assert_false(container.truncated || container.has_trailing || container.has_edits ||
                 container.rate_varies || container.has_xmp || container.has_opaque);
}

static void the_index_may_stand_behind_the_pictures(void **unused)
{
    (void)unused;
    leaf("ftyp", "qt  ");
    add_pictures();
    leaf("moov", "");
    assert_false(read_it().index_first);
    assert_string_equal(read_it().mime, "video/quicktime");
}

static void a_box_of_64_bits_is_walked_over(void **unused)
{
    (void)unused;
    leaf("ftyp", "isom");
    number(1, 4);
    add("mdat", 4);
    number(UINT64_C(5) << 32, 8);
    film.size = film.length - 16 + (UINT64_C(5) << 32);
    assert_false(read_it().truncated);
    film.size--;
    assert_true(read_it().truncated);
    film.size = 0;
    assert_true(read_it().truncated);
}

static void a_last_box_without_a_size_goes_to_the_end(void **unused)
{
    (void)unused;
    leaf("ftyp", "isom");
    number(0, 4);
    add("mdat and all that follows", 25);
    assert_false(read_it().truncated || read_it().has_trailing);
}

/* What must be an edit and what must not, in a track of ten seconds. */
static const struct {
    const char *what;
    struct edit edits[3];
    size_t count;
    bool is_edited;
} cut[] = {
    {"all of it", {{10000, 0}}, 1, false},
    {"a coder's start is skipped", {{9934, 66}}, 1, false},
    {"sound begins 21 ms later", {{21, -1}, {9979, 0}}, 2, false},
    {"it begins with half a second of nothing", {{500, -1}, {10000, 0}}, 2, true},
    {"two seconds are hidden in front", {{8000, 2000}}, 1, true},
    {"two seconds are hidden at the end", {{8000, 0}}, 1, true},
    {"something is left out within", {{4000, 0}, {4000, 6000}}, 2, true},
    {"it is shown twice", {{10000, 0}, {10000, 0}}, 2, true},
    {"an edit of no length means all", {{0, 0}}, 1, false},
};

static void what_an_editor_hid_is_noticed(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT_OF(cut); i++)
        for (int wide = 0; wide < 2; wide++) {
            (void)clear_film(NULL);
            begin_movie();
            begin("trak");
            add_edits(cut[i].edits, cut[i].count, wide);
            begin_media("soun");
            end();
            end();
            end();
            add_pictures();
            if (read_it().has_edits != cut[i].is_edited)
                fail_msg("%s (%s)", cut[i].what, wide ? "wide" : "narrow");
        }
}

static const struct {
    const char *what, *kind;
    struct run runs[3];
    size_t count;
    bool is_timed, varies;
} paces[] = {
    {"even", "vide", {{250, 40}}, 1, true, false},
    {"rounded to milliseconds", "vide", {{100, 33}, {100, 34}}, 2, true, false},
    {"the last frame stays", "vide", {{249, 40}, {1, 4000}}, 2, true, false},
    {"the first makes up for the sound", "vide", {{1, 61}, {99, 40}}, 2, true, false},
    {"one of many is late", "vide", {{500, 40}, {1, 80}, {500, 40}}, 3, true, false},
    {"a pause within", "vide", {{100, 40}, {1, 400}, {100, 40}}, 3, true, true},
    {"some flash by", "vide", {{100, 40}, {8, 5}, {100, 40}}, 3, true, true},
    {"sound has no frames", "soun", {{100, 1024}, {1, 5}, {1, 5}}, 3, false, false},
    {"two frames have no rate", "vide", {{2, 40}}, 1, false, false},
};

static void frames_that_do_not_last_equally_long_are_noticed(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT_OF(paces); i++) {
        struct container container;

        (void)clear_film(NULL);
        begin_movie();
        add_track(paces[i].kind, NULL, 0, paces[i].runs, paces[i].count);
        end();
        add_pictures();
        container = read_it();
        if (container.is_timed != paces[i].is_timed || container.rate_varies != paces[i].varies)
            fail_msg("%s", paces[i].what);
    }
}

static void add_uuid(void)
{
    begin("uuid");
    number(UINT64_C(0xbe7acfcb97a942e8), 8);
    number(UINT64_C(0x9c71999491e3afac), 8);
    add("<x:xmpmeta/>", 12);
    end();
}

static void what_lies_unseen_is_noticed(void **unused)
{
    static const struct {
        const char *type, *content;
        bool in_udta, is_opaque, is_xmp;
    } boxes[] = {
        {"free", "", false, false, false},
        {"free", "+12.97+077.59/", false, true, false},
        {"skip", "place", false, true, false},
        {"uuid", "0123456789abcdef", false, true, false},
        {"XMP_", "<x/>", true, false, true},
        {"\251xyz", "shown by ffprobe", true, false, false},
        {"meta", "shown by ffprobe", true, false, false},
        {"GPMF", "a camera's", true, true, false},
    };

    (void)unused;
    for (size_t i = 0; i < COUNT_OF(boxes); i++) {
        (void)clear_film(NULL);
        begin_movie();
        if (boxes[i].in_udta)
            begin("udta");
        leaf(boxes[i].type, boxes[i].content);
        if (boxes[i].in_udta)
            end();
        end();
        if (read_it().has_opaque != boxes[i].is_opaque || read_it().has_xmp != boxes[i].is_xmp)
            fail_msg("%s %s", boxes[i].type, boxes[i].content);
    }
    (void)clear_film(NULL);
    leaf("ftyp", "isom");
    add_uuid();
    assert_true(read_it().has_xmp && !read_it().has_opaque);
}

/* H.264 in its units: 4 bytes of length, the sort, messages of a sort, a length, a name of 16. */
static void add_first_frame(const char *units, size_t length, bool wide)
{
    uint64_t first;

    begin("mdat");
    first = film.length;
    add(units, length);
    end();
    begin_movie();
    begin("trak");
    begin_media("vide");
    begin_samples();
    head(wide ? "co64" : "stco", 0);
    number(1, 4);
    number(first, wide ? 8 : 4);
    for (int i = 0; i < 6; i++)
        end();
}

#define X264    "\xdc\x45\xe9\xbd\xe6\xd9\x48\xb7\x96\x2c\xd8\x20\xd9\x23\xee\xef"
#define CAMERA  "28.61 N, 77.20 E"
#define UNIT(x) x, sizeof(x) - 1

static void what_a_camera_says_within_the_pictures_is_noticed(void **unused)
{
    static const struct {
        const char *units;
        size_t length;
        bool is_opaque;
    } films[] = {
        {UNIT("\0\0\0\x14\x06\x05\x10" X264 "\x80"), false},
        {UNIT("\0\0\0\x14\x06\x05\x10" CAMERA "\x80"), true},
        {UNIT("\0\0\0\x26\x06\x05\x10" X264 "\x05\x10" CAMERA "\x80"), true},
        {UNIT("\0\0\0\x14\x06\x04\x10" CAMERA "\x80"), false},
        {UNIT("\0\0\0\2\x09\x10\0\0\0\x14\x06\x05\x10" CAMERA "\x80"), true},
        {UNIT("\0\0\0\2\x65\x10\0\0\0\x14\x06\x05\x10" CAMERA "\x80"), false},
        {UNIT("\0\0\0\x14\x06\x05\xff" CAMERA "\x80"), false},
    };

    (void)unused;
    for (size_t i = 0; i < 2 * COUNT_OF(films); i++) {
        memset(&film, 0, sizeof film);
        leaf("ftyp", "isom");
        add_first_frame(films[i / 2].units, films[i / 2].length, i % 2 == 1);
        assert_int_equal(read_it().has_opaque, films[i / 2].is_opaque);
    }
}

static void what_is_behind_the_end_is_no_box(void **unused)
{
    (void)unused;
    begin_movie();
    end();
    add_pictures();
    add("PK\3\4 and more", 13);
    assert_true(read_it().has_trailing && !read_it().truncated);
}

static void sizes_that_lie_end_the_reading(void **unused)
{
    static const uint64_t sizes[] = {2, 7, 0x7fffffff, 0xffffffff};

    (void)unused;
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        (void)clear_film(NULL);
        begin_movie();
        number(sizes[i], 4);
        add("trak", 4);
        end();
        add_pictures();
        assert_true(read_it().index_first);
    }
    (void)clear_film(NULL);
    leaf("ftyp", "isom");
    number(1, 4);
    add("mdat", 4);
    number(UINT64_MAX - 3, 8);
    (void)read_it();
    number(1, 4);
    add("moo", 3);
    (void)read_it();
}

/* A billion entries, and boxes within boxes: the reader's patience is counted in reads. */
static void a_hostile_index_is_given_up(void **unused)
{
    (void)unused;
    begin_movie();
    begin("trak");
    begin_media("vide");
    begin_samples();
    number(0, 4); /* up to the end of all */
    add("stts", 4);
    number(0, 4);
    number(0xffffffff, 4);
    memcpy(film.bytes + film.open[0], (const unsigned char[]){0, 0, 0, 0}, 4);
    film.size = UINT64_C(1) << 36;
    (void)read_it();
    assert_in_range(film.reads, 1, 1100 * 1000);
}

static void nests_are_not_followed_for_ever(void **unused)
{
    (void)unused;
    leaf("ftyp", "isom");
    for (size_t left = 60000; left >= 8; left -= 8) {
        number(left, 4);
        add(left % 16 ? "trak" : "moov", 4);
    }
    (void)read_it();
    assert_in_range(film.reads, 1, 100);
}

static void nor_are_those_of_what_everybody_likes_to_write(void **unused)
{
    (void)unused;
    leaf("ftyp", "isom");
    for (size_t left = 800000; left >= 8; left -= 8) {
        number(left, 4);
        add("udta", 4);
    }
    (void)read_it();
    assert_in_range(film.reads, 1, 100);
}

static void beginnings_of_other_containers_are_known(void **unused)
{
    static const unsigned char webm[] = {0x1a, 0x45, 0xdf, 0xa3, 0x87, 0x42, 0x82, 0x84, 'w',
                                         'e',  'b',  'm',  0x18, 0x53, 0x80, 0x67, 0x88, 1,
                                         2,    3,    4,    5,    6,    7,    8};

    (void)unused;
    add(webm, sizeof webm);
    assert_string_equal(read_it().mime, "video/webm");
    assert_false(read_it().truncated);
    film.size = film.length -= 1;
    assert_true(read_it().truncated);
    film.bytes[16] = 0xff; /* of unknown length, as a live stream is */
    assert_false(read_it().truncated);
    film.bytes[8] = 'm';
    assert_string_equal(read_it().mime, "video/x-matroska");
    (void)clear_film(NULL);
    add("RIFF\x0c\0\0\0AVI LIST....", 20);
    assert_string_equal(read_it().mime, "video/x-msvideo");
    assert_false(read_it().truncated);
    film.bytes[4] = 0x0d;
    assert_true(read_it().truncated);
    (void)clear_film(NULL);
    add("#EXTM3U\n#EXT-X-VERSION:3\n", 25);
    assert_null(read_it().mime);
}

static void any_beginning_of_a_film_is_read_to_its_end(void **unused)
{
    size_t whole;

    (void)unused;
    begin_movie();
    add_track("vide", &(struct edit){500, -1}, 1, even, 1);
    end();
    add_pictures();
    add_uuid();
    for (whole = film.length; film.length > 0; film.length--) {
        film.size = film.length;
        (void)read_it();
    }
    assert_true(whole > 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_plain_film_has_nothing_to_say, clear_film),
        cmocka_unit_test_setup(the_index_may_stand_behind_the_pictures, clear_film),
        cmocka_unit_test_setup(a_box_of_64_bits_is_walked_over, clear_film),
        cmocka_unit_test_setup(a_last_box_without_a_size_goes_to_the_end, clear_film),
        cmocka_unit_test_setup(what_an_editor_hid_is_noticed, clear_film),
        cmocka_unit_test_setup(frames_that_do_not_last_equally_long_are_noticed, clear_film),
        cmocka_unit_test_setup(what_lies_unseen_is_noticed, clear_film),
        cmocka_unit_test_setup(what_a_camera_says_within_the_pictures_is_noticed, clear_film),
        cmocka_unit_test_setup(what_is_behind_the_end_is_no_box, clear_film),
        cmocka_unit_test_setup(sizes_that_lie_end_the_reading, clear_film),
        cmocka_unit_test_setup(a_hostile_index_is_given_up, clear_film),
        cmocka_unit_test_setup(nests_are_not_followed_for_ever, clear_film),
        cmocka_unit_test_setup(nor_are_those_of_what_everybody_likes_to_write, clear_film),
        cmocka_unit_test_setup(beginnings_of_other_containers_are_known, clear_film),
        cmocka_unit_test_setup(any_beginning_of_a_film_is_read_to_its_end, clear_film),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
