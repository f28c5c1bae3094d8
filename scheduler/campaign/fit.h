/* campaign/fit.h - whether a file fits a platform, and what makes it fit.
 *
 * One question, one answer: it fits as it is; it will be fitted, by this recipe, and this is what
 * people are told; or it is refused, for this reason. Fitting never changes the message: format,
 * size, turning upright, sRGB, metadata, a video's container and coding. What is outside a
 * platform's shapes is put on a ground (pad), cut (crop) or refused, as the post says; what is too
 * long or too short in time is refused. Metadata never goes out: a file that has any is made anew.
 * Pure, from struct limits and struct media_facts alone.
 */
#ifndef CRIER_CAMPAIGN_FIT_H
#define CRIER_CAMPAIGN_FIT_H

#include "base/recipe.h"
#include "campaign/delivery.h"
#include "campaign/limits.h"

enum fit { FIT_PAD, FIT_CROP, FIT_REFUSE };
const char *fit_word(enum fit fit);
MUST_CHECK bool fit_from_word(const char *word, enum fit *fit);

struct fit_question {
    const char *platform; /* its word, for the answers */
    const struct limits *limits;
    const struct post_kind *kind; /* NULL = the usual */
    const struct media_facts *facts;
    const struct media_facts *first; /* of several where limits->same_shape; else NULL */
    enum medium_role role;
    enum fit fit;
};

enum fit_verdict { FITS, FITTED, REFUSED };
const char *fit_verdict_word(enum fit_verdict verdict); /* "fits", "fitted", "refused" */

/* A recipe that cannot be followed: a decoder must look into the file first. */
#define FIT_UNKNOWN "unknown"

struct fit_answer {
    enum fit_verdict verdict;
    char recipe[RECIPE_SIZE]; /* "" unless it is fitted; FIT_UNKNOWN while its size is not known */
    const char *how;          /* "becomes a JPEG of 1080 × 1350 pixels ..."; NULL */
    /* Why it is refused: the finding and its words, as finding_add takes them. */
    const char *code;     /* NULL unless it is refused */
    const char *words[3]; /* NULL where the finding has none */
    const char *detail;   /* the measure alone: "12.1 MiB, at most 8.0 MiB"; or NULL */
    bool unsure;          /* what is asked about is not known: nobody could look into the file */
};
void fit_answer(const struct fit_question *question, struct arena *arena,
                struct fit_answer *answer);

/* The size in which the picture or video is shown: turned upright. */
void fit_shown_size(const struct media_facts *facts, int64_t *width, int64_t *height);

/* Whether the file says more than its picture: a place, a camera, a name ... Colour profiles are
 * none of that. */
bool fit_has_metadata(const struct media_facts *facts);

/* The rendition of that recipe among those made; NULL while there is none. */
const struct rendition *fit_rendition(const struct media_facts *facts, const char *recipe);

#endif
