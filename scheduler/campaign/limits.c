#include "campaign/limits.h"

#include <inttypes.h>
#include <string.h>

#include "base/i18n.h"

enum { MIB = 1 << 20, GIB = 1 << 30 };

static const char *const unit_words[] = {
    [COUNT_GRAPHEMES] = "graphemes", [COUNT_WEIGHTED] = "weighted",     [COUNT_UTF16] = "utf16",
    [COUNT_BYTES] = "bytes",         [COUNT_CODEPOINTS] = "codepoints",
};

static const char *const unit_sentences[] = {
    [COUNT_GRAPHEMES] =
        N_("Letters as a reader sees them: a Hindi letter with its signs is one, and "
           "so is an emoji."),
    [COUNT_WEIGHTED] = N_("X's own count: a Latin or Hindi letter or sign is one, an emoji and "
                          "most other signs are two, a link is always 23."),
    [COUNT_UTF16] = N_("Units of 16 bits: a letter or sign is one, most emoji are two or more."),
    [COUNT_BYTES] = N_("Bytes of UTF-8: a Latin letter is one, a Hindi letter or sign three, an "
                       "emoji four or more."),
    [COUNT_CODEPOINTS] = N_("Characters one by one: in Hindi, a letter and each sign on it count."),
};

const char *count_unit_word(enum count_unit unit)
{
    return unit_words[unit];
}

const char *count_unit_sentence(enum count_unit unit)
{
    return _(unit_sentences[unit]);
}

/* In tenths of MiB, or of GiB where there are many. */
static const char *tenths_text(int64_t tenths, const char *unit, struct arena *arena)
{
    return arena_printf(arena, "%" PRId64 ".%" PRId64 " %s", tenths / 10, tenths % 10, unit);
}

const char *size_text(int64_t bytes, struct arena *arena)
{
    const int64_t unit = bytes < GIB ? MIB : GIB;

    return tenths_text(bytes / unit * 10 + (bytes % unit * 10 + unit - 1) / unit,
                       unit == MIB ? "MiB" : "GiB", arena);
}

const char *size_limit_text(int64_t bytes, struct arena *arena)
{
    const int64_t unit = bytes < GIB ? MIB : GIB;

    return tenths_text(bytes / unit * 10 + bytes % unit * 10 / unit, unit == MIB ? "MiB" : "GiB",
                       arena);
}

const struct post_kind *limits_kind(const struct limits *limits, const char *word)
{
    for (const struct post_kind *kind = limits->kinds; kind && kind->word; kind++) {
        if (!word || strcmp(kind->word, word) == 0)
            return kind;
    }
    return NULL;
}

const struct media_limit *limits_media(const struct limits *limits, const char *mime)
{
    for (const struct media_limit *limit = limits->media; limit && limit->mime; limit++) {
        if (strcmp(limit->mime, mime) == 0)
            return limit;
    }
    return NULL;
}

bool mime_is_video(const char *mime)
{
    return mime && strncmp(mime, "video/", strlen("video/")) == 0;
}

bool limits_take_sort(const struct limits *limits, const char *mime)
{
    const size_t sort = strcspn(mime, "/") + 1;

    for (const struct media_limit *limit = limits->media; limit && limit->mime; limit++) {
        if (strncmp(limit->mime, mime, sort) == 0)
            return true;
    }
    return false;
}

static const struct post_kind *usual(const struct limits *limits, const struct post_kind *kind)
{
    return kind ? kind : limits_kind(limits, NULL);
}

const struct shape *limits_shape(const struct limits *limits, const struct post_kind *kind,
                                 const char *mime)
{
    const struct media_limit *limit = limits_media(limits, mime);
    const struct shape *shape = NULL;

    kind = usual(limits, kind);
    if (limit && limit->shape)
        return limit->shape;
    if (kind)
        shape = mime_is_video(mime) ? kind->video : kind->picture;
    if (shape)
        return shape;
    return mime_is_video(mime) ? limits->video : limits->picture;
}

const struct video_form *limits_form(const struct limits *limits, const struct post_kind *kind)
{
    kind = usual(limits, kind);
    return kind && kind->form ? kind->form : limits->form;
}

int64_t limits_bytes(const struct limits *limits, const struct post_kind *kind, const char *mime)
{
    const struct media_limit *limit = limits_media(limits, mime);

    kind = usual(limits, kind);
    if (kind && kind->most_video_bytes && mime_is_video(mime))
        return kind->most_video_bytes;
    return limit ? limit->most_bytes : 0;
}

const char *limits_captions(const char *mime)
{
    static const struct {
        const char *mime, *name;
    } forms[] = {{"application/x-subrip", "SubRip (SRT)"}, {"text/vtt", "WebVTT (VTT)"}};

    for (size_t i = 0; mime && i < COUNT_OF(forms); i++)
        if (!strcmp(forms[i].mime, mime))
            return forms[i].name;
    return NULL;
}

const char *limits_kinds_text(const struct limits *limits, struct arena *arena)
{
    const char *text = "";

    if (!limits->kinds)
        return "post";
    for (const struct post_kind *kind = limits->kinds; kind->word; kind++)
        text = arena_printf(arena, "%s%s%s", text, *text ? ", " : "", kind->word);
    return text;
}
