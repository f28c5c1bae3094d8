#include "renderer/container.h"

#include <string.h>

#include "base/compiler.h"

/* A file for people has some hundred boxes, a fragmented one some thousand. */
enum { MOST_BOXES = 100 * 1000, MOST_DEPTH = 8, MOST_LOOKS = 1000 * 1000, MOST_FREE = 1 << 20 };

struct box {
    uint32_t type;
    uint64_t start, end; /* of what is in it */
};

/* What is gathered about one track, to be judged when all of it has been seen. */
struct track {
    bool has_pictures;
    uint32_t timescale;
    uint64_t duration; /* of what it holds, in its timescale */
    bool has_edit, is_cut;
    uint64_t skipped;      /* in its timescale */
    uint64_t empty, shown; /* in the movie's timescale */
    struct box times;      /* how long its frames last; of no length where it does not say */
    uint64_t first;        /* where its first frame lies in the file; 0 = nobody knows */
};

struct reading {
    const struct container_source *source;
    struct container *found;
    struct track track;
    uint32_t timescale; /* the movie's */
    unsigned boxes, looks;
    bool has_index, has_pictures;
};

#define TYPE(a, b, c, d)                                                                           \
    ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (uint32_t)(d))

static uint64_t big(const unsigned char *bytes, size_t count)
{
    uint64_t number = 0;

    for (size_t i = 0; i < count; i++)
        number = number << 8 | bytes[i];
    return number;
}

static uint32_t little32(const unsigned char *bytes)
{
    return (uint32_t)bytes[3] << 24 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[1] << 8 | bytes[0];
}

static bool look(struct reading *reading, uint64_t offset, unsigned char *bytes, size_t length)
{
    const struct container_source *source = reading->source;

    return ++reading->looks < MOST_LOOKS && offset <= source->size &&
           length <= source->size - offset && source->read(source->context, offset, bytes, length);
}

/* A number in a box, `at` from its start; 0 when the box ends before. */
static uint64_t number_in(struct reading *reading, const struct box *box, uint64_t at, size_t width)
{
    unsigned char bytes[8];

    if (at > box->end - box->start || width > box->end - box->start - at ||
        !look(reading, box->start + at, bytes, width))
        return 0;
    return big(bytes, width);
}

/* ---- the boxes of one track ---- */

/* version and flags; creation, modification [, track], timescale, duration */
static uint64_t long_or_short(struct reading *reading, const struct box *box, uint64_t brief,
                              uint64_t wide, size_t brief_width, size_t wide_width)
{
    return number_in(reading, box, 0, 1) == 1 ? number_in(reading, box, wide, wide_width)
                                              : number_in(reading, box, brief, brief_width);
}

static void read_mvhd(struct reading *reading, const struct box *box)
{
    reading->timescale = (uint32_t)long_or_short(reading, box, 12, 20, 4, 4);
}

static void read_mdhd(struct reading *reading, const struct box *box)
{
    reading->track.timescale = (uint32_t)long_or_short(reading, box, 12, 20, 4, 4);
    reading->track.duration = long_or_short(reading, box, 16, 24, 4, 8);
}

/* In QuickTime there is one more below `minf`, of the data; it says "dhlr". */
static void read_hdlr(struct reading *reading, const struct box *box)
{
    if (number_in(reading, box, 4, 4) != TYPE('d', 'h', 'l', 'r') &&
        number_in(reading, box, 8, 4) == TYPE('v', 'i', 'd', 'e'))
        reading->track.has_pictures = true;
}

/* Whether a table goes on there, and we have patience for more of it. */
static bool has_entry(const struct reading *reading, const struct box *box, uint64_t at)
{
    return at < box->end - box->start && reading->looks < MOST_LOOKS;
}

static void read_edit(struct track *track, uint64_t shown, uint64_t from, bool is_empty)
{
    if (is_empty) {
        track->empty += shown;
        return;
    }
    if (track->has_edit)
        track->is_cut = true;
    else
        track->skipped = from;
    track->has_edit = true;
    track->shown += shown;
}

static void read_elst(struct reading *reading, const struct box *box)
{
    bool is_wide = number_in(reading, box, 0, 1) == 1;
    size_t width = is_wide ? 8 : 4;
    uint64_t count = number_in(reading, box, 4, 4), at = 8;

    for (uint64_t i = 0; i < count && has_entry(reading, box, at); i++) {
        uint64_t from = number_in(reading, box, at + width, width);

        read_edit(&reading->track, number_in(reading, box, at, width), from,
                  from >> (width * 8 - 1) != 0);
        at += width * 2 + 4;
    }
}

/* Of one frame in fifty, or a fiftieth of the time, nobody will say that the rate varies. */
struct pace {
    double mean; /* 0 = to be found out */
    uint64_t frames, time, odd_frames, odd_time;
};

static void add_frames(struct pace *pace, uint64_t frames, uint64_t each)
{
    bool is_odd = (double)each > pace->mean * 5 / 4 || (double)each < pace->mean * 3 / 4;

    pace->frames += frames;
    pace->time += frames * each;
    pace->odd_frames += is_odd ? frames : 0;
    pace->odd_time += is_odd ? frames * each : 0;
}

/* Frames by how long they last. Of the first and the last that means nothing: muxers make up with
 * them for tracks that begin and end apart. */
static struct pace walk_times(struct reading *reading, double mean)
{
    const struct box *box = &reading->track.times;
    uint64_t count = number_in(reading, box, 4, 4);
    struct pace pace = {.mean = mean};

    for (uint64_t i = 0; i < count && has_entry(reading, box, 8 + i * 8); i++) {
        uint64_t frames = number_in(reading, box, 8 + i * 8, 4);
        uint64_t ends = (i == 0 ? 1U : 0U) + (i + 1 == count ? 1U : 0U);

        if (frames > ends)
            add_frames(&pace, frames - ends, number_in(reading, box, 12 + i * 8, 4));
    }
    return pace;
}

static void read_stts(struct reading *reading, const struct box *box)
{
    reading->track.times = *box;
}

static void read_stco(struct reading *reading, const struct box *box)
{
    reading->track.first = number_in(reading, box, 8, 4);
}

static void read_co64(struct reading *reading, const struct box *box)
{
    reading->track.first = number_in(reading, box, 8, 8);
}

static void judge_pace(struct reading *reading)
{
    struct pace pace;

    if (!reading->track.has_pictures || !reading->track.times.end)
        return;
    pace = walk_times(reading, 0);
    if (!pace.frames || !pace.time)
        return;
    pace = walk_times(reading, (double)pace.time / (double)pace.frames);
    reading->found->is_timed = true;
    if (pace.odd_frames > pace.frames / 50 || pace.odd_time > pace.time / 50)
        reading->found->rate_varies = true;
}

/* ---- what is judged of a whole track ---- */

/* What coders need to get going is skipped, and tracks that were coded apart begin some
 * milliseconds apart: that is no edit. A tenth of a second of nothing is one, and so is a second
 * that is there and not shown. */
static bool is_edited(const struct reading *reading)
{
    const struct track *track = &reading->track;
    double all, shown;

    if (track->is_cut)
        return true;
    if (!track->timescale || !reading->timescale)
        return false;
    all = (double)track->duration / track->timescale;
    shown = (double)track->shown / reading->timescale;
    return (double)track->empty / reading->timescale >= 0.1 ||
           (double)track->skipped / track->timescale >= 1 || (shown > 0 && all - shown >= 1);
}

/* ---- messages in the first frame (SEI, ITU-T H.264 annex D) ---- */

enum { MOST_UNITS = 16, UNIT_SEI = 6, UNIT_DELIMITER = 9, WORDS_OF_ITS_OWN = 5 };

/* With this name x264 says how it was called. */
static const unsigned char x264_uuid[16] = {0xdc, 0x45, 0xe9, 0xbd, 0xe6, 0xd9, 0x48, 0xb7,
                                            0x96, 0x2c, 0xd8, 0x20, 0xd9, 0x23, 0xee, 0xef};

/* A message: its sort, its length, and what it says. */
static bool next_message(struct reading *reading, uint64_t *at, uint64_t end, struct box *message)
{
    unsigned char sort, part = 0xff;
    uint64_t length = 0;

    if (*at + 2 >= end || !look(reading, (*at)++, &sort, 1))
        return false;
    while (part == 0xff) {
        if (!look(reading, (*at)++, &part, 1))
            return false;
        length += part;
    }
    if (*at >= end || length > end - *at)
        return false;
    *message = (struct box){sort, *at, *at + length};
    *at += length;
    return true;
}

/* What a camera writes there of its own is often where it was. */
static bool has_own_words(struct reading *reading, uint64_t at, uint64_t end)
{
    unsigned char name[sizeof x264_uuid];
    struct box message;

    while (next_message(reading, &at, end, &message))
        if (message.type == WORDS_OF_ITS_OWN && look(reading, message.start, name, sizeof name) &&
            memcmp(name, x264_uuid, sizeof name) != 0)
            return true;
    return false;
}

/* Of other coders than H.264 this is noise, which ends it soon. */
static void judge_messages(struct reading *reading)
{
    uint64_t at = reading->track.first;
    unsigned char head[5];

    if (!reading->track.has_pictures || !at)
        return;
    for (unsigned i = 0; i < MOST_UNITS && look(reading, at, head, sizeof head); i++) {
        const uint64_t end = at + 4 + big(head, 4);
        const unsigned sort = head[4] & 0x1f;

        if (sort < UNIT_SEI || sort > UNIT_DELIMITER)
            return;
        if (sort == UNIT_SEI && has_own_words(reading, at + sizeof head, end))
            reading->found->has_opaque = true;
        at = end;
    }
}

static void judge_track(struct reading *reading)
{
    judge_messages(reading);
    if (is_edited(reading))
        reading->found->has_edits = true;
    judge_pace(reading);
}

/* ---- what may lie unseen ---- */

static const unsigned char xmp_uuid[16] = {0xbe, 0x7a, 0xcf, 0xcb, 0x97, 0xa9, 0x42, 0xe8,
                                           0x9c, 0x71, 0x99, 0x94, 0x91, 0xe3, 0xaf, 0xac};

static void read_uuid(struct reading *reading, const struct box *box)
{
    unsigned char name[sizeof xmp_uuid];

    if (box->end - box->start >= sizeof name && look(reading, box->start, name, sizeof name) &&
        !memcmp(name, xmp_uuid, sizeof name))
        reading->found->has_xmp = true;
    else
        reading->found->has_opaque = true;
}

static void read_xmp(struct reading *reading, const struct box *box)
{
    (void)box;
    reading->found->has_xmp = true;
}

static bool is_empty(struct reading *reading, const struct box *box)
{
    unsigned char piece[4096];

    if (box->end - box->start > MOST_FREE)
        return false;
    for (uint64_t at = box->start; at < box->end; at += sizeof piece) {
        size_t length = box->end - at < sizeof piece ? (size_t)(box->end - at) : sizeof piece;

        if (!look(reading, at, piece, length))
            return false;
        for (size_t i = 0; i < length; i++)
            if (piece[i])
                return false;
    }
    return true;
}

static void read_free(struct reading *reading, const struct box *box)
{
    if (!is_empty(reading, box))
        reading->found->has_opaque = true;
}

static void read_opaque(struct reading *reading, const struct box *box)
{
    (void)box;
    reading->found->has_opaque = true;
}

/* ---- the tree ---- */

static void read_boxes(struct reading *reading, const struct box *within, unsigned depth);

static void read_trak(struct reading *reading, const struct box *box, unsigned depth)
{
    reading->track = (struct track){0};
    read_boxes(reading, box, depth);
    judge_track(reading);
}

static void read_udta(struct reading *reading, const struct box *box, unsigned depth);

static void read_moov(struct reading *reading, const struct box *box, unsigned depth)
{
    reading->has_index = true;
    if (!reading->has_pictures)
        reading->found->index_first = true;
    read_boxes(reading, box, depth);
}

static void read_mdat(struct reading *reading, const struct box *box)
{
    (void)box;
    reading->has_pictures = true;
}

/* A file's first box, as a rule: what it is by its own word. */
static void read_ftyp(struct reading *reading, const struct box *box)
{
    uint32_t brand = (uint32_t)number_in(reading, box, 0, 4);

    if (brand == TYPE('q', 't', ' ', ' '))
        reading->found->mime = "video/quicktime";
    else if (brand >> 16 == TYPE(0, 0, '3', 'g'))
        reading->found->mime = "video/3gpp";
    else
        reading->found->mime = "video/mp4";
}

static const struct known_box {
    uint32_t type;
    void (*read)(struct reading *reading, const struct box *box);
    void (*enter)(struct reading *reading, const struct box *box, unsigned depth);
} known_boxes[] = {
    {TYPE('f', 't', 'y', 'p'), read_ftyp, NULL},   {TYPE('m', 'd', 'a', 't'), read_mdat, NULL},
    {TYPE('m', 'o', 'o', 'f'), NULL, NULL},        {TYPE('m', 'o', 'o', 'v'), NULL, read_moov},
    {TYPE('m', 'v', 'h', 'd'), read_mvhd, NULL},   {TYPE('t', 'r', 'a', 'k'), NULL, read_trak},
    {TYPE('e', 'd', 't', 's'), NULL, read_boxes},  {TYPE('e', 'l', 's', 't'), read_elst, NULL},
    {TYPE('m', 'd', 'i', 'a'), NULL, read_boxes},  {TYPE('m', 'd', 'h', 'd'), read_mdhd, NULL},
    {TYPE('h', 'd', 'l', 'r'), read_hdlr, NULL},   {TYPE('m', 'i', 'n', 'f'), NULL, read_boxes},
    {TYPE('s', 't', 'b', 'l'), NULL, read_boxes},  {TYPE('s', 't', 't', 's'), read_stts, NULL},
    {TYPE('u', 'd', 't', 'a'), NULL, read_udta},   {TYPE('u', 'u', 'i', 'd'), read_uuid, NULL},
    {TYPE('X', 'M', 'P', '_'), read_xmp, NULL},    {TYPE('f', 'r', 'e', 'e'), read_free, NULL},
    {TYPE('s', 'k', 'i', 'p'), read_free, NULL},   {TYPE('w', 'i', 'd', 'e'), read_free, NULL},
    {TYPE('p', 'n', 'o', 't'), read_opaque, NULL}, /* a preview picture */
    {TYPE('P', 'I', 'C', 'T'), read_opaque, NULL}, {TYPE('s', 't', 'c', 'o'), read_stco, NULL},
    {TYPE('c', 'o', '6', '4'), read_co64, NULL},
};

/* In `udta` everybody writes what they like. ffprobe shows the tags in `meta` and those whose
 * names begin with a copyright sign or stand here; the rest is not for us to understand. */
static const uint32_t shown_by_ffprobe[] = {
    TYPE('m', 'e', 't', 'a'), TYPE('l', 'o', 'c', 'i'), TYPE('n', 'a', 'm', 'e'),
    TYPE('t', 'i', 't', 'l'), TYPE('a', 'u', 't', 'h'), TYPE('p', 'e', 'r', 'f'),
    TYPE('d', 's', 'c', 'p'), TYPE('c', 'p', 'r', 't'), TYPE('h', 'n', 't', 'i'),
};

static bool is_shown(uint32_t type)
{
    if (type >> 24 == 0xa9)
        return true;
    for (size_t i = 0; i < COUNT_OF(shown_by_ffprobe); i++)
        if (shown_by_ffprobe[i] == type)
            return true;
    return false;
}

static const struct known_box *known_box(uint32_t type)
{
    for (size_t i = 0; i < COUNT_OF(known_boxes); i++)
        if (known_boxes[i].type == type)
            return &known_boxes[i];
    return NULL;
}

static void read_box(struct reading *reading, const struct box *box, unsigned depth)
{
    const struct known_box *known = known_box(box->type);

    if (known && known->read)
        known->read(reading, box);
    else if (known && known->enter)
        known->enter(reading, box, depth);
}

/* The box at `*at`, which moves behind it; false when there is none, or none that can be. */
static bool next_box(struct reading *reading, const struct box *within, uint64_t *at,
                     struct box *box)
{
    unsigned char head[16];
    uint64_t room = within->end - *at, size, head_size = 8;

    if (room < 8 || ++reading->boxes > MOST_BOXES || !look(reading, *at, head, 8))
        return false;
    size = big(head, 4);
    if (size == 1) {
        if (room < 16 || !look(reading, *at, head, 16))
            return false;
        size = big(head + 8, 8);
        head_size = 16;
    }
    if (size == 0)
        size = room;
    *box = (struct box){(uint32_t)big(head + 4, 4), *at + head_size, *at + size};
    if (size < head_size || size > room)
        return false;
    *at += size;
    return true;
}

static void read_boxes(struct reading *reading, const struct box *within, unsigned depth)
{
    uint64_t at = within->start;
    struct box box;

    while (depth < MOST_DEPTH && next_box(reading, within, &at, &box))
        read_box(reading, &box, depth + 1);
}

static void read_udta(struct reading *reading, const struct box *within, unsigned depth)
{
    uint64_t at = within->start;
    struct box box;

    while (depth < MOST_DEPTH && next_box(reading, within, &at, &box))
        if (known_box(box.type) && !is_shown(box.type))
            read_box(reading, &box, depth + 1);
        else if (!is_shown(box.type))
            reading->found->has_opaque = true;
}

/* What stands last is cut off, or is no box of a video at all. */
static void judge_end(struct reading *reading, uint64_t at, const struct box *last)
{
    uint64_t left = reading->source->size - at;

    if (left == 0)
        return;
    if (left >= 8 && last->end > reading->source->size && known_box(last->type))
        reading->found->truncated = true;
    else
        reading->found->has_trailing = true;
}

static void read_mp4(struct reading *reading)
{
    const struct box file = {0, 0, reading->source->size};
    struct box box = {0};
    uint64_t at = 0;

    reading->found->mime = "video/quicktime"; /* before there was `ftyp` */
    while (next_box(reading, &file, &at, &box))
        read_box(reading, &box, 0);
    judge_end(reading, at, &box);
}

/* ---- Matroska and WebM (RFC 8794) ---- */

/* A number whose first byte says how long it is; `keeps` its mark, as in an element's name. */
static bool ebml_number(struct reading *reading, uint64_t *at, bool keeps, uint64_t *number)
{
    unsigned char bytes[8];
    size_t length = 1;

    if (!look(reading, *at, bytes, 1) || !bytes[0])
        return false;
    while (!(bytes[0] & 0x80 >> (length - 1)))
        length++;
    if (!look(reading, *at, bytes, length))
        return false;
    *number = big(bytes, length);
    if (!keeps)
        *number &= (UINT64_C(1) << 7 * length) - 1;
    /* All ones: of unknown length, as in a live stream. */
    if (!keeps && *number == (UINT64_C(1) << 7 * length) - 1)
        *number = UINT64_MAX;
    *at += length;
    return true;
}

enum { EBML_DOC_TYPE = 0x4282, EBML_SEGMENT = 0x18538067 };

static const char *ebml_doc_type(struct reading *reading, uint64_t at, uint64_t end)
{
    uint64_t name, length;
    unsigned char word[4];

    while (at < end && ebml_number(reading, &at, true, &name) &&
           ebml_number(reading, &at, false, &length) && length <= end - at) {
        if (name == EBML_DOC_TYPE && length == 4 && look(reading, at, word, 4) &&
            !memcmp(word, "webm", 4))
            return "video/webm";
        at += length;
    }
    return "video/x-matroska";
}

static void read_matroska(struct reading *reading)
{
    uint64_t at = 4, length, name, size = reading->source->size;

    reading->found->mime = "video/x-matroska";
    if (!ebml_number(reading, &at, false, &length) || length > size - at) {
        reading->found->truncated = true;
        return;
    }
    reading->found->mime = ebml_doc_type(reading, at, at + length);
    at += length;
    if (!ebml_number(reading, &at, true, &name) || !ebml_number(reading, &at, false, &length) ||
        (name == EBML_SEGMENT && length != UINT64_MAX && length > size - at))
        reading->found->truncated = true;
}

/* ---- AVI ---- */

static void read_avi(struct reading *reading)
{
    unsigned char bytes[4];

    reading->found->mime = "video/x-msvideo";
    if (look(reading, 4, bytes, 4) && little32(bytes) > reading->source->size - 8)
        reading->found->truncated = true;
}

/* ---- which of them ---- */

static const struct mark {
    size_t offset, length;
    const char *bytes;
    void (*read)(struct reading *reading);
} marks[] = {
    {4, 4, "ftyp", read_mp4}, {4, 4, "moov", read_mp4}, {4, 4, "mdat", read_mp4},
    {4, 4, "wide", read_mp4}, {4, 4, "free", read_mp4}, {4, 4, "skip", read_mp4},
    {4, 4, "pnot", read_mp4}, {8, 4, "AVI ", read_avi}, {0, 4, "\x1a\x45\xdf\xa3", read_matroska},
};

void container_read(const struct container_source *source, struct container *container)
{
    struct reading reading = {.source = source, .found = container};
    unsigned char beginning[12];

    *container = (struct container){0};
    if (!look(&reading, 0, beginning, sizeof beginning))
        return;
    for (size_t i = 0; i < COUNT_OF(marks); i++)
        if (!memcmp(beginning + marks[i].offset, marks[i].bytes, marks[i].length)) {
            marks[i].read(&reading);
            return;
        }
}
