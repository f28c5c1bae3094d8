/* What `crier explain` says of a platform's pictures and videos: every number of struct limits that
 * concerns files, and where it comes from. */
#include <inttypes.h>
#include <string.h>

#include "base/i18n.h"
#include "commands/explain.h"

/* Sentences about one thing, with commas between them. */
struct line {
    struct arena *arena;
    const char *text; /* NULL = none yet */
};

static void add(struct line *line, const char *text)
{
    line->text = line->text ? arena_printf(line->arena, "%s, %s", line->text, text) : text;
}

/* A number with its sentence; 0 says nothing. */
static void add_number(struct line *line, const char *format, int64_t number)
{
    char digits[24];

    (void)snprintf(digits, sizeof digits, "%" PRId64, number);
    if (number)
        add(line, i18n_fill(format, (const char *const[3]){digits}, line->arena));
}

static void add_words(struct line *line, const char *what, const char *const *words)
{
    const char *text = what;

    for (size_t i = 0; words && words[i]; i++)
        text = arena_printf(line->arena, "%s%s %s", text, i ? _(" or") : "", words[i]);
    if (words)
        add(line, text);
}

static void add_truth(struct line *line, const char *sentence, bool truth)
{
    if (truth)
        add(line, sentence);
}

/* ---- kinds of files ---- */

static const char *file_line(const struct media_limit *limit, struct sheet *sheet)
{
    struct line line = {sheet->arena, limit->mime};

    if (limit->most_bytes)
        add(&line,
            arena_printf(sheet->arena, _("at most %" PRId64 " bytes (about %s)"), limit->most_bytes,
                         size_limit_text(limit->most_bytes, sheet->arena)));
    if (limit->sure_bytes)
        line.text =
            arena_printf(sheet->arena, _("%s; some of its servers take only %" PRId64 " bytes"),
                         line.text, limit->sure_bytes);
    add_number(&line, _("at most {0} pixels (width × height)"), limit->most_pixels);
    add_number(&line, _("at most {0} frames"), limit->most_frames);
    add_number(&line, _("at most {0} pixels in all frames"), limit->most_frame_pixels);
    add_truth(&line, _("shown moving"), limit->moves);
    return line.text;
}

/* ---- shapes ---- */

/* As the platforms' pages write them: "4:5", "1.91:1". */
static const char *ratio_text(struct ratio ratio, struct line *line)
{
    return ratio.height == 100
               ? arena_printf(line->arena, "%.2f:1", (double)ratio.width / ratio.height)
               : arena_printf(line->arena, "%" PRId32 ":%" PRId32, ratio.width, ratio.height);
}

static void add_ratio(struct line *line, const struct shape *shape)
{
    const bool same = (int64_t)shape->tallest.width * shape->widest.height ==
                      (int64_t)shape->widest.width * shape->tallest.height;

    if (shape->tallest.width && shape->widest.width && same)
        add(line,
            arena_printf(line->arena, _("width to height %s"), ratio_text(shape->widest, line)));
    else if (shape->tallest.width && shape->widest.width)
        add(line, arena_printf(line->arena, _("width to height from %s to %s"),
                               ratio_text(shape->tallest, line), ratio_text(shape->widest, line)));
    else if (shape->widest.width)
        add(line, arena_printf(line->arena, _("width to height at most %s"),
                               ratio_text(shape->widest, line)));
    else if (shape->tallest.width)
        add(line, arena_printf(line->arena, _("width to height at least %s"),
                               ratio_text(shape->tallest, line)));
}

static void say_shape(const char *what, const struct shape *shape, struct sheet *sheet)
{
    struct line line = {sheet->arena, NULL};

    if (!what || !shape)
        return;
    add_number(&line, _("at least {0} pixels wide"), shape->least_width);
    add_number(&line, _("at least {0} pixels high"), shape->least_height);
    add_number(&line, _("at most {0} pixels wide"), shape->most_width);
    add_number(&line, _("at most {0} pixels high"), shape->most_height);
    add_number(&line, _("width and height at most {0} pixels together"), shape->most_sides);
    add_ratio(&line, shape);
    sheet_item(sheet, arena_printf(sheet->arena, "%s: %s (%s)", what,
                                   line.text ? line.text : _("any"), shape->source));
}

/* Which of a kind's tables is meant. */
typedef const void *(*kind_table)(const struct post_kind *kind);

static const void *picture_of(const struct post_kind *kind)
{
    return kind->picture;
}

static const void *video_of(const struct post_kind *kind)
{
    return kind->video;
}

static const void *form_of(const struct post_kind *kind)
{
    return kind->form;
}

/* "videos (reel, story)": all kinds with the table of this one; NULL where an earlier one has it
 * too, or where there is none. */
static const char *kinds_with(const char *what, kind_table table, const struct post_kind *kind,
                              const struct limits *limits, struct arena *arena)
{
    const char *words = NULL;

    for (const struct post_kind *each = limits->kinds; each->word; each++) {
        if (!table(kind) || table(each) != table(kind))
            continue;
        if (!words && each != kind)
            return NULL;
        words = words ? arena_printf(arena, "%s, %s", words, each->word) : each->word;
    }
    return words ? arena_printf(arena, "%s (%s)", what, words) : NULL;
}

static void fill_shapes(const struct limits *limits, struct sheet *sheet)
{
    struct arena *arena = sheet->arena;

    sheet_list(sheet, "shapes", _("size and shape"));
    say_shape(_("pictures"), limits->picture, sheet);
    say_shape(_("videos"), limits->video, sheet);
    for (const struct media_limit *limit = limits->media; limit && limit->mime; limit++)
        say_shape(limit->mime, limit->shape, sheet);
    for (const struct post_kind *kind = limits->kinds; kind && kind->word; kind++) {
        say_shape(kinds_with(_("pictures"), picture_of, kind, limits, arena), kind->picture, sheet);
        say_shape(kinds_with(_("videos"), video_of, kind, limits, arena), kind->video, sheet);
    }
    say_shape(_("a thumbnail"), limits->thumbnail, sheet);
    sheet_flag(sheet, "same_shape", _("files of one post are all shown in the shape of the first"),
               limits->same_shape);
}

/* ---- inside a video ---- */

/* Frames in 1,000 seconds as people write them: "60", "23.976". */
static const char *rate_text(int64_t rate, struct line *line)
{
    return rate % 1000 ? arena_printf(line->arena, "%.3f", (double)rate / 1000)
                       : arena_printf(line->arena, "%" PRId64, rate / 1000);
}

static void add_rates(struct line *line, const struct video_form *form)
{
    if (form->least_frame_rate)
        add(line, arena_printf(line->arena, _("%s to %s pictures a second"),
                               rate_text(form->least_frame_rate, line),
                               rate_text(form->most_frame_rate, line)));
    else if (form->most_frame_rate)
        add(line, arena_printf(line->arena, _("at most %s pictures a second"),
                               rate_text(form->most_frame_rate, line)));
    add_truth(line, _("as many in each second"), form->steady_rate);
    add_number(line, _("at most {0} bits a second"), form->most_bit_rate);
    add_number(line, _("sound of at most {0} Hz"), form->most_sound_rate);
    add_number(line, _("at most {0} channels of sound"), form->most_channels);
}

static void say_form(const char *what, const struct video_form *form, struct sheet *sheet)
{
    struct line line = {sheet->arena, NULL};

    if (!what || !form)
        return;
    add_words(&line, _("pictures coded as"), form->codecs);
    add_words(&line, _("sound coded as"), form->sounds);
    add_words(&line, _("pixels as"), form->pixels);
    add_rates(&line, form);
    add_truth(&line, _("not interlaced"), form->progressive);
    add_truth(&line, _("the index in front"), form->index_first);
    add_truth(&line, _("no edit list"), form->no_edits);
    sheet_item(sheet, arena_printf(sheet->arena, "%s: %s (%s)", what,
                                   line.text ? line.text : _("any"), form->source));
}

static void fill_forms(const struct limits *limits, struct sheet *sheet)
{
    sheet_list(sheet, "video_form", _("inside a video"));
    say_form(_("videos"), limits->form, sheet);
    for (const struct post_kind *kind = limits->kinds; kind && kind->word; kind++)
        say_form(kinds_with(_("videos"), form_of, kind, limits, sheet->arena), kind->form, sheet);
}

/* ---- all of it ---- */

static void fill_files(const struct limits *limits, struct sheet *sheet)
{
    sheet_list(sheet, "media", _("pictures and videos"));
    for (const struct media_limit *limit = limits->media; limit && limit->mime; limit++)
        sheet_item(sheet, file_line(limit, sheet));
    for (const struct post_kind *kind = limits->kinds; kind && kind->word; kind++) {
        if (kind->most_video_bytes)
            sheet_item(sheet, arena_printf(sheet->arena,
                                           _("videos (%s), at most %" PRId64 " bytes (about %s)"),
                                           kind->word, kind->most_video_bytes,
                                           size_limit_text(kind->most_video_bytes, sheet->arena)));
    }
}

static void fill_beside(const struct limits *limits, struct sheet *sheet)
{
    sheet_words(sheet, "captions", _("captions of a video"), limits->captions);
    sheet_words(sheet, "thumbnails", _("a thumbnail may be"), limits->thumbnails);
    sheet_say(sheet, "thumbnail_most", _("largest thumbnail"),
              limits->thumbnail_bytes ? sheet_quantity(sheet, limits->thumbnail_bytes, _("bytes"))
                                      : NULL);
}

void explain_media(const struct limits *limits, struct sheet *sheet)
{
    fill_files(limits, sheet);
    sheet_say(sheet, "most_media", _("most in a post"),
              arena_printf(sheet->arena, "%zu", limits->most_media));
    fill_shapes(limits, sheet);
    fill_forms(limits, sheet);
    fill_beside(limits, sheet);
    sheet_say(sheet, "alt", _("longest alternative text"),
              limits->most_alt ? sheet_quantity(sheet, (int64_t)limits->most_alt, _("characters"))
                               : NULL);
    sheet_flag(sheet, "needs_media", _("a picture is required"), limits->needs_media);
}
