#include "inspector/captions.h"

#include <string.h>

#include "base/compiler.h"

enum { WINDOW_BYTES = 16 * 1024, KEPT_BYTES = 128, MOST_HOUR_DIGITS = 4 };

/* A day of talk is 2 MiB. What is larger are no captions, and is not read to its end. */
static const uint64_t most_bytes = UINT64_C(16) << 20;

static const char subrip[] = "application/x-subrip", webvtt[] = "text/vtt";

/* A character that is being put together. */
struct utf8 {
    unsigned left; /* bytes of it still to come */
    uint32_t value, least;
};

struct line {
    char text[KEPT_BYTES]; /* how it begins; all that is parsed is shorter */
    size_t kept;
    bool has_arrow;
    uint32_t number;
};

struct file {
    const struct header_source *source;
    struct captions *captions;
    uint64_t offset; /* of the next byte */
    uint64_t start;  /* of the window */
    size_t filled;
    struct utf8 utf8;
    struct line line;        /* the one in hand */
    uint64_t begin_ms;       /* of the newest cue */
    bool has_cues, has_text; /* so far */
    unsigned char window[WINDOW_BYTES];
};

static void problem_in(struct file *file, const char *word, uint32_t line)
{
    if (file->captions->problem)
        return;
    file->captions->problem = word;
    file->captions->line = line;
}

static bool problem(struct file *file, const char *word)
{
    problem_in(file, word, file->line.number);
    return false;
}

/* ---- bytes ---- */

/* The next byte; -1 at the end. */
static int peek(struct file *file)
{
    const uint64_t left = file->source->size - file->offset;

    if (left == 0)
        return -1;
    if (file->offset >= file->start + file->filled) {
        file->start = file->offset;
        file->filled = left < WINDOW_BYTES ? (size_t)left : WINDOW_BYTES;
        if (!file->source->read(file->source->context, file->start, file->window, file->filled)) {
            problem_in(file, "truncated", 0);
            file->filled = 0;
            return -1;
        }
    }
    return file->window[file->offset - file->start];
}

/* What the first byte of a character says of it. */
static const struct {
    unsigned char mask, mark;
    unsigned left;
    uint32_t least; /* a smaller one is written in more bytes than it needs */
} leads[] = {
    {0x80, 0x00, 0, 1}, {0xe0, 0xc0, 1, 0x80}, {0xf0, 0xe0, 2, 0x800}, {0xf8, 0xf0, 3, 0x10000}};

static bool is_character(const struct utf8 *utf8)
{
    return utf8->value >= utf8->least && utf8->value <= 0x10ffff &&
           (utf8->value < 0xd800 || utf8->value > 0xdfff);
}

static bool utf8_begin(struct utf8 *utf8, unsigned char byte)
{
    for (size_t i = 0; i < COUNT_OF(leads); i++) {
        if ((byte & leads[i].mask) != leads[i].mark)
            continue;
        *utf8 = (struct utf8){leads[i].left, byte & (0xffu ^ leads[i].mask), leads[i].least};
        return utf8->left > 0 || is_character(utf8);
    }
    return false;
}

static bool utf8_take(struct utf8 *utf8, unsigned char byte)
{
    if (utf8->left == 0)
        return utf8_begin(utf8, byte);
    if ((byte & 0xc0) != 0x80)
        return false;
    utf8->value = utf8->value << 6 | (byte & 0x3f);
    return --utf8->left > 0 || is_character(utf8);
}

static int next(struct file *file)
{
    const int byte = peek(file);

    if (byte < 0 ? file->utf8.left > 0 : !utf8_take(&file->utf8, (unsigned char)byte))
        (void)problem(file, "captions-encoding");
    file->offset += byte >= 0;
    return byte;
}

/* ---- lines ---- */

static void keep(struct line *line, char byte)
{
    if (line->kept < KEPT_BYTES - 1)
        line->text[line->kept++] = byte;
}

/* Its end is eaten, too. The arrow is looked for as far as the line goes. */
static bool read_line(struct file *file)
{
    struct line *line = &file->line;
    size_t dashes = 0;
    int byte;

    if (file->captions->problem || peek(file) < 0)
        return false;
    *line = (struct line){.number = line->number + 1};
    while ((byte = next(file)) >= 0 && byte != '\n' && byte != '\r' && !file->captions->problem) {
        keep(line, (char)byte);
        line->has_arrow = line->has_arrow || (byte == '>' && dashes >= 2);
        dashes = byte == '-' ? dashes + 1 : 0;
    }
    if (byte == '\r' && peek(file) == '\n')
        (void)next(file);
    return !file->captions->problem;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static const char *skip_spaces(const char *at)
{
    while (is_space(*at))
        at++;
    return at;
}

static bool is_blank(const struct line *line)
{
    return !*skip_spaces(line->text);
}

static bool is_number(const struct line *line)
{
    const char *at = skip_spaces(line->text), *digits = at;

    while (is_digit(*at))
        at++;
    return at > digits && !*skip_spaces(at);
}

/* The next line with something on it. */
static bool find_line(struct file *file)
{
    while (read_line(file))
        if (!is_blank(&file->line))
            return true;
    return false;
}

static bool begins_with(const struct line *line, const char *word)
{
    const size_t length = strlen(word);
    const char after = strncmp(line->text, word, length) == 0 ? line->text[length] : 'x';

    return !after || is_space(after);
}

/* ---- times ---- */

static bool take_digits(const char **at, size_t least, size_t most, uint64_t *value)
{
    size_t count = 0;

    for (*value = 0; is_digit((*at)[count]); count++) {
        if (count == most)
            return false;
        *value = *value * 10 + (uint64_t)((*at)[count] - '0');
    }
    *at += count;
    return count >= least;
}

/* "01:02:03,456"; WebVTT has a point, and may leave the hours out. */
static bool take_time(const char **at, bool is_webvtt, uint64_t *ms)
{
    uint64_t hours = 0, minutes, seconds, rest;

    if (!take_digits(at, is_webvtt ? 2 : 1, MOST_HOUR_DIGITS, &minutes) || *(*at)++ != ':' ||
        !take_digits(at, 2, 2, &seconds))
        return false;
    if (**at == ':' || !is_webvtt) {
        hours = minutes;
        minutes = seconds;
        if (*(*at)++ != ':' || !take_digits(at, 2, 2, &seconds))
            return false;
    }
    if (*(*at)++ != (is_webvtt ? '.' : ',') || !take_digits(at, 3, 3, &rest))
        return false;
    *ms = ((hours * 60 + minutes) * 60 + seconds) * 1000 + rest;
    return minutes < 60 && seconds < 60;
}

/* Where the words stand on the screen may follow. */
static bool take_times(const struct line *line, bool is_webvtt, uint64_t *begin, uint64_t *end)
{
    const char *at = skip_spaces(line->text);

    if (!take_time(&at, is_webvtt, begin) || !is_space(*at))
        return false;
    at = skip_spaces(at);
    if (strncmp(at, "-->", 3) != 0 || !is_space(at[3]))
        return false;
    at = skip_spaces(at + 3);
    return take_time(&at, is_webvtt, end) && (!*at || is_space(*at));
}

/* ---- cues ---- */

/* The line in hand says when. */
static bool read_times(struct file *file)
{
    struct captions *captions = file->captions;
    uint64_t begin, end;

    if (!take_times(&file->line, captions->mime == webvtt, &begin, &end))
        return problem(file, "captions-broken");
    if (end <= begin || begin < file->begin_ms)
        return problem(file, "captions-order");
    file->begin_ms = begin;
    file->has_cues = true;
    if (end > captions->end_ms)
        captions->end_ms = end;
    return true;
}

/* Times among the words: the empty line before them is missing. WebVTT has no arrow in words. */
static bool is_next_cue(const struct file *file)
{
    const struct line *line = &file->line;

    return line->has_arrow &&
           (file->captions->mime == webvtt || is_digit(*skip_spaces(line->text)));
}

static void read_words(struct file *file)
{
    while (read_line(file) && !is_blank(&file->line)) {
        if (is_next_cue(file))
            (void)problem(file, "captions-broken");
        file->has_text = true;
    }
}

static void read_subrip(struct file *file)
{
    while (find_line(file)) {
        if (!is_number(&file->line) || !read_line(file)) {
            (void)problem(file, "captions-broken");
            return;
        }
        if (read_times(file))
            read_words(file);
    }
}

static void skip_block(struct file *file)
{
    while (read_line(file) && !is_blank(&file->line))
        if (file->line.has_arrow)
            (void)problem(file, "captions-broken");
}

/* What is shown to nobody; styles and regions stand before the first cue. */
static bool is_note(const struct file *file)
{
    return begins_with(&file->line, "NOTE") ||
           (!file->has_cues &&
            (begins_with(&file->line, "STYLE") || begins_with(&file->line, "REGION")));
}

/* The first line is the mark by which it was known. */
static void read_webvtt(struct file *file)
{
    skip_block(file);
    while (find_line(file)) {
        if (is_note(file)) {
            skip_block(file);
            continue;
        }
        if (!file->line.has_arrow && !read_line(file)) { /* a cue's name */
            (void)problem(file, "captions-broken");
            return;
        }
        if (read_times(file))
            read_words(file);
    }
}

/* ---- what it is ---- */

static void open_file(struct file *file)
{
    static const unsigned char mark[] = {0xef, 0xbb, 0xbf};
    const struct header_source *source = file->source;
    unsigned char first[sizeof mark];

    if (source->size >= sizeof first && source->read(source->context, 0, first, sizeof first) &&
        memcmp(first, mark, sizeof mark) == 0)
        file->offset = sizeof mark;
}

static const char *mime_of(struct file *file)
{
    const struct line *line = &file->line;

    if (!read_line(file))
        return NULL;
    if (begins_with(line, "WEBVTT"))
        return webvtt;
    if (is_blank(line) && !find_line(file))
        return NULL;
    if (is_number(line))
        return read_line(file) && line->has_arrow ? subrip : NULL;
    return is_digit(*skip_spaces(line->text)) && line->has_arrow ? subrip : NULL;
}

/* Two bytes a letter, as some editors save what is not English; the first letters tell. */
static const char *mime_of_utf16(const struct header_source *source)
{
    unsigned char first[32];
    struct line line = {.kept = 0};
    unsigned low;

    if (source->size < sizeof first || !source->read(source->context, 0, first, sizeof first))
        return NULL;
    low = first[0] == 0xff && first[1] == 0xfe ? 0 : first[0] == 0xfe && first[1] == 0xff ? 1 : 2;
    for (size_t i = 2; low < 2 && i < sizeof first && first[i + 1 - low] == 0; i += 2) {
        if (first[i + low] == '\r' || first[i + low] == '\n')
            break;
        keep(&line, (char)first[i + low]);
    }
    return begins_with(&line, "WEBVTT") ? webvtt : is_number(&line) ? subrip : NULL;
}

static void read_all(struct file *file)
{
    open_file(file);
    if (file->captions->mime == subrip)
        read_subrip(file);
    else if (read_line(file))
        read_webvtt(file);
    if (!file->has_text)
        problem_in(file, "captions-empty", 0);
}

void captions_read(const struct header_source *source, struct captions *captions)
{
    struct captions found = {.mime = NULL};
    struct file known = {.source = source, .captions = &found};
    struct file file = {.source = source, .captions = captions};

    *captions = (struct captions){.mime = NULL};
    if (source->size > most_bytes)
        return;
    open_file(&known);
    captions->mime = mime_of(&known);
    if (captions->mime) {
        read_all(&file);
        return;
    }
    captions->mime = mime_of_utf16(source);
    captions->problem = captions->mime ? "captions-encoding" : NULL;
}
