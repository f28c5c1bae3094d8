/* campaign/limits.h - what a platform takes, as data, and what a media file is.
 *
 * Declared low, filled high: adapters hold a struct limits (with its source),
 * asset/ finds out struct media_facts, and whoever has both hands them to the checker.
 */
#ifndef CRIER_CAMPAIGN_LIMITS_H
#define CRIER_CAMPAIGN_LIMITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/instant.h"

enum count_unit { COUNT_GRAPHEMES, COUNT_WEIGHTED, COUNT_UTF16, COUNT_BYTES, COUNT_CODEPOINTS };
enum { COUNT_UNITS = COUNT_CODEPOINTS + 1 };
const char *count_unit_word(enum count_unit unit);
/* What is counted, in the user's language. */
const char *count_unit_sentence(enum count_unit unit);
/* "16.0 MiB": a file's size rounded up, a limit rounded down, so that the two never look alike
 * where the file is too large. */
const char *size_text(int64_t bytes, struct arena *arena);
const char *size_limit_text(int64_t bytes, struct arena *arena);

/* How one platform measures a text. `most` 0 = not limited. */
struct text_limit {
    enum count_unit unit;
    size_t most;
    bool urls_are_23;        /* Mastodon: each http(s) address counts 23            */
    bool mentions_are_local; /* Mastodon: @user@host counts as @user                */
    bool emoji_are_bytes;    /* Threads: code points, but an emoji by its bytes     */
};

/* width : height, as 4:5; {0, 0} = not limited. */
struct ratio {
    int32_t width, height;
};

/* How large a picture or video may be, as it is shown (upright). 0 = not limited. */
struct shape {
    int32_t least_width, least_height, most_width, most_height;
    int32_t most_sides;           /* width and height together */
    struct ratio tallest, widest; /* 4:5 and 191:100: between them */
    const char *source;
};

/* What a video must be like inside. 0 and NULL = not limited. */
struct video_form {
    const char *const *codecs;                 /* "h264", "hevc"; ends with NULL */
    const char *const *sounds;                 /* "aac"; ends with NULL; a silent video is fine */
    int64_t least_frame_rate, most_frame_rate; /* frames in 1,000 seconds */
    int64_t most_bit_rate;                     /* bits a second, sound included */
    int64_t most_sound_rate, most_channels;    /* 48,000; 2 */
    const char *const *pixels;                 /* "yuv420p"; ends with NULL */
    bool index_first;                          /* the index (moov) stands before the pictures */
    bool no_edits;                             /* no edit list */
    bool progressive;                          /* not interlaced */
    bool steady_rate;                          /* the frame rate does not vary */
    const char *source;
};

/* One kind of file a platform takes. `mime` NULL ends a list. */
struct media_limit {
    const char *mime;
    int64_t most_bytes;
    int64_t most_pixels; /* 0 = not limited */
    int64_t sure_bytes;  /* some of its servers refuse more than this: a warning. 0 = all agree */
    bool moves;          /* an animated one is shown moving; else nobody sees but one picture */
    int64_t most_frames, most_frame_pixels; /* of an animated one; pixels of all frames together */
    const struct shape *shape; /* where it differs from the platform's and the kind's; or NULL */
};

/* A form that a post can take there, chosen by `kind`; the first of a table is the usual one. */
struct post_kind {
    const char *word; /* "post", "reel", "story", "short"; NULL ends a table */
    size_t least_media, most_media;
    bool takes_pictures, takes_videos;
    bool has_text;                             /* else nobody would see the text */
    struct span least_duration, most_duration; /* of a video; 0 = not limited */
    const struct shape *picture, *video;       /* where it differs from the platform's; or NULL */
    const struct video_form *form;             /* likewise */
    int64_t most_video_bytes;                  /* 0 = as the platform */
    const char *sentence;                      /* N_(): what it is, for `explain` */
};

struct limits;
/* The kind of that word, of no word the usual one; NULL where there is none. */
const struct post_kind *limits_kind(const struct limits *limits, const char *word);
/* What is asked of files of that mime in a post of that kind, from the narrowest table that says
 * it. `kind` NULL = the usual one. NULL or 0 = nothing is asked, or it takes none of them. */
const struct media_limit *limits_media(const struct limits *limits, const char *mime);
const struct shape *limits_shape(const struct limits *limits, const struct post_kind *kind,
                                 const char *mime);
const struct video_form *limits_form(const struct limits *limits, const struct post_kind *kind);
int64_t limits_bytes(const struct limits *limits, const struct post_kind *kind, const char *mime);
/* NULL is none. */
bool mime_is_video(const char *mime);
/* Whether it takes any pictures, if the mime is of one; any videos likewise. */
bool limits_take_sort(const struct limits *limits, const char *mime);
/* What people call that form of captions, "SubRip (SRT)"; NULL when it is none. */
const char *limits_captions(const char *mime);
/* "post, reel, story", for people. */
const char *limits_kinds_text(const struct limits *limits, struct arena *arena);

/* How often a platform lets an account publish. `check` and `plan` warn ahead, the engine counts
 * and waits: what is over it is not lost but later. */
struct budget {
    const char *word; /* "posts", "reels", "uploads"; NULL ends a table */
    const char *kind; /* only posts of that kind; NULL = all */
    int64_t most;
    struct span window; /* rolling; a day that begins elsewhere's midnight is one of 24 h */
    const char *source;
};

struct limits {
    struct text_limit text[2];       /* all must fit; unit of [0] is the one shown first */
    struct text_limit caption;       /* of the text of a post with media; most 0 = as `text` */
    struct text_limit title;         /* most 0 = not limited */
    struct text_limit text_sure;     /* over this some of it is refused: a warning; most 0 = none */
    const char *forbidden;           /* characters that title and text must not hold; NULL = none */
    size_t most_tags;                /* hashtags in all; 0 = not limited */
    size_t most_links;               /* addresses in a post; 0 = not limited */
    const struct post_kind *kinds;   /* NULL = there is only "post", which takes all */
    const struct budget *budgets;    /* NULL = none is stated */
    const struct media_limit *media; /* ends with mime NULL */
    size_t most_media;               /* pictures in one post */
    const struct shape *picture;     /* of pictures; NULL = not limited */
    const struct shape *video;       /* of videos; NULL = not limited */
    const struct video_form *form;   /* NULL = the platform takes what its mime says */
    const struct shape *thumbnail;   /* of a video's thumbnail; NULL = not limited */
    int64_t thumbnail_bytes;         /* 0 = as a picture */
    const char *const *thumbnails;   /* "image/jpeg"; ends with NULL; NULL = as pictures */
    const char *const *captions;     /* "application/x-subrip", "text/vtt"; ends with NULL */
    bool same_shape;                 /* several media are all shown in the shape of the first */
    const char *const *alone;        /* of these kinds ("image/gif", "video/") one file makes the
                                        whole post, with none beside it; ends with NULL; or NULL */
    bool has_alt;                    /* pictures have an alternative text there */
    size_t most_alt;                 /* its code points; 0 = not limited */
    bool needs_media;
    bool needs_title;
    bool text_is_description; /* YouTube: what stands below a video is `description`, else
                                 `text`; `text` limits measure that */
    bool has_threads;         /* a post can answer another of ours */
    bool has_first_comment, has_playlist, has_privacy, has_category, has_thumbnail, has_captions;
    bool has_tags;                /* hashtags mean something there */
    bool has_title;               /* title and description are shown; else they are no content */
    bool has_link_field;          /* else a link goes into the text */
    bool link_needs_no_media;     /* its link field is a card that stands in a picture's place: with
                                     media the link goes into the text; only the card has a title */
    struct span duplicate_window; /* the platform itself refuses or hides equal text; 0 = no rule */
    const char *source;           /* where these numbers come from */
};

/* What is inside a video, by ffprobe's word. */
struct video_facts {
    const char *codec, *sound; /* "h264", "aac"; "" = none */
    const char *pixels;        /* "yuv420p" */
    int64_t frame_rate;        /* frames in 1,000 seconds, on average; 0 = unknown */
    bool rate_varies, interlaced, index_first, has_edits;
    int64_t bit_rate; /* of the whole; 0 = unknown */
    int64_t sound_rate, channels;
};

/* What was made of a file by one recipe. */
struct rendition {
    const char *recipe; /* without what came of it */
    char sha256[DIGEST_HEX];
    const char *mime;
    int64_t bytes, width, height, duration_ms;
    const char
        *problem;    /* NULL, or a stable word: it cannot be made ("too-large", "undecodable") */
    const char *why; /* one sentence about that, or NULL */
};

/* What asset/ found out about one file. Size and SHA-256 are our own from one read; the rest is the
 * word of crier-inspect and crier-render. Width and height are those of the picture as stored, and
 * of a video as shown. */
struct media_facts {
    const char *file;    /* relative to media/ */
    bool readable;       /* false: `problem` says why, nothing else is set */
    const char *problem; /* stable word ("truncated", "missing", ...) or NULL */
    const char *why;     /* one sentence about the problem, or NULL */
    char sha256[DIGEST_HEX];
    int64_t bytes;
    const char *mime; /* by content */
    int64_t width, height, frames, duration_ms;
    const char *const *metadata; /* "gps", "exif", "xmp", "serial", ...; ends with NULL */
    int orientation;             /* EXIF's 1 to 8; 0 when not said */
    const char *colour;          /* "srgb", "grey", "cmyk", "other"; NULL = unknown */
    int bits;                    /* a channel: 8, 16; 0 = unknown */
    bool has_alpha;
    bool decoded;                    /* a decoder has seen all of it */
    const struct video_facts *video; /* NULL: no video, or not looked into */
    const struct rendition *renditions;
    size_t rendition_count;
    struct file_stamp stamp;
    const char *const *others; /* of a missing file: all names in media/, ends with NULL; or NULL */
};

/* Files that a platform fetches from the web: a live account needs one of these keys for them. */
struct file_way {
    const char *kind;        /* "image/", "video/"; NULL ends a table */
    const char *const *keys; /* account keys, ends with NULL */
};

/* What the layers below platform/ must know of each platform; platform/registry.h has the table. */
struct platform_facts {
    const char *name; /* the word in crier.cfg: "mastodon" */
    const struct limits *limits;
    const struct account_key *keys;    /* its own account keys, ends with name NULL */
    const struct file_way *file_ways;  /* NULL = it takes files as they are */
    struct span text_lead, media_lead; /* uploads ahead */
    bool needs_server;                 /* `server` required for a live account (else own hosts) */
    bool needs_url;                    /* `url` required for a live account: the address itself */
    const char *const *auth_words;     /* what its key `auth` may say, ends with NULL; or NULL */
    const char *const *live_keys; /* of its own keys, those that a live account must name; ends with
                                     NULL; or NULL */
};

enum account_key_type {
    ACCOUNT_KEY_TEXT,
    ACCOUNT_KEY_BOOL,
    ACCOUNT_KEY_HOST,
    ACCOUNT_KEY_URL, /* "https://host[:port]/path", at most one of these a platform */
    ACCOUNT_KEY_SPAN /* "5m" */
};
struct account_key {
    const char *name; /* "server", "keeps_keys" */
    enum account_key_type type;
    const char *fallback; /* default as text, or NULL */
    const char *sentence; /* N_() */
};

#endif
