#include "campaign/fit.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "campaign/fit_how.h"
#include "campaign/fit_size.h"

/* A JPEG in which fewer bytes than this stand for a pixel looks bad: it is made smaller instead. */
enum { PIXELS_OF_A_BYTE = 4 };
/* Nobody wants to see a video of fewer bits a second, and no video has more; and what a container
 * takes for itself. */
enum { LEAST_BIT_RATE = 400000, AMPLE_BIT_RATE = 100000000, SHARE_OF_STREAMS = 95, HUNDRED = 100 };

static const char *const fit_words[] = {
    [FIT_PAD] = "pad", [FIT_CROP] = "crop", [FIT_REFUSE] = "refuse"};
static const char *const verdict_words[] = {
    [FITS] = "fits", [FITTED] = "fitted", [REFUSED] = "refused"};

const char *fit_word(enum fit fit)
{
    return fit_words[fit];
}

bool fit_from_word(const char *word, enum fit *fit)
{
    for (size_t i = 0; i < COUNT_OF(fit_words); i++)
        if (!strcmp(fit_words[i], word)) {
            *fit = (enum fit)i;
            return true;
        }
    return false;
}

const char *fit_verdict_word(enum fit_verdict verdict)
{
    return verdict_words[verdict];
}

/* ---- Facts. ---- */

enum family { OTHER, STILL, MOVING, VIDEO };

/* A file of several pictures may move, or it is a camera's series, of which the first is meant. */
static const struct still {
    const char *mime;
    bool may_move;
} stills[] = {
    {"image/jpeg", false}, {"image/png", true},  {"image/gif", true},   {"image/webp", true},
    {"image/heif", false}, {"image/avif", true}, {"image/tiff", false}, {"image/bmp", false},
};

/* Other words for the same. */
static const struct alias {
    const char *mime, *usual;
} aliases[] = {
    {"image/heic", "image/heif"},
    {"image/x-ms-bmp", "image/bmp"},
    {"video/x-m4v", "video/mp4"},
};

static const char *usual_mime(const char *mime)
{
    for (size_t i = 0; i < COUNT_OF(aliases); i++)
        if (!strcmp(aliases[i].mime, mime))
            return aliases[i].usual;
    return mime;
}

static enum family family_of(const struct media_facts *facts, const char *mime)
{
    if (mime_is_video(mime))
        return VIDEO;
    for (size_t i = 0; i < COUNT_OF(stills); i++)
        if (!strcmp(stills[i].mime, mime))
            return stills[i].may_move && facts->frames > 1 ? MOVING : STILL;
    return OTHER;
}

void fit_shown_size(const struct media_facts *facts, int64_t *width, int64_t *height)
{
    const bool lies = facts->orientation >= 5;

    *width = lies ? facts->height : facts->width;
    *height = lies ? facts->width : facts->height;
}

bool fit_has_metadata(const struct media_facts *facts)
{
    for (size_t i = 0; facts->metadata && facts->metadata[i]; i++)
        if (strcmp(facts->metadata[i], "icc") != 0)
            return true;
    return false;
}

const struct rendition *fit_rendition(const struct media_facts *facts, const char *recipe)
{
    for (size_t i = 0; i < facts->rendition_count; i++)
        if (!strcmp(facts->renditions[i].recipe, recipe))
            return &facts->renditions[i];
    return NULL;
}

static bool among(const char *const *words, const char *word)
{
    for (; words && *words; words++)
        if (!strcmp(*words, word))
            return true;
    return false;
}

/* ---- One question. ---- */

struct work {
    const struct fit_question *asked;
    const struct post_kind *kind;
    const struct media_facts *facts;
    const char *mime;
    enum family family;
    struct size shown, same;
    struct arena *arena;
    struct fit_answer *answer;
};

static void refuse(const struct work *work, const char *code, const char *a, const char *b,
                   const char *detail)
{
    *work->answer = (struct fit_answer){
        .verdict = REFUSED, .code = code, .words = {a, b, detail}, .detail = detail};
}

static void refuse_measure(const struct work *work, const char *code, const char *detail)
{
    refuse(work, code, work->facts->file, work->asked->platform, detail);
}

static void refuse_sort(const struct work *work)
{
    const bool video = work->family == VIDEO;

    refuse(work, "E528", work->asked->platform, video ? _("videos") : _("pictures"),
           video ? _("pictures") : _("videos"));
}

static void refuse_kind(const struct work *work)
{
    refuse(work, "E505", work->asked->platform, work->facts->file,
           strncmp(work->mime, "text/", 5) ? work->mime : _("a text file"));
}

static const char *size_of(const struct work *work)
{
    return arena_printf(work->arena, "%" PRId64 " × %" PRId64, work->shown.width,
                        work->shown.height);
}

/* ---- What the platform asks. ---- */

static bool is_thumbnail(const struct work *work)
{
    return work->asked->role == MEDIUM_THUMBNAIL;
}

static bool takes(const struct work *work, const char *mime)
{
    const struct limits *limits = work->asked->limits;

    if (is_thumbnail(work) && limits->thumbnails)
        return among(limits->thumbnails, mime);
    return limits_media(limits, mime) != NULL;
}

static int64_t most_bytes(const struct work *work, const char *mime)
{
    const struct limits *limits = work->asked->limits;

    return is_thumbnail(work) && limits->thumbnail_bytes ? limits->thumbnail_bytes
                                                         : limits_bytes(limits, work->kind, mime);
}

/* What is made anew is rather made so that every server takes it. */
static int64_t sure_bytes(const struct work *work, const char *mime)
{
    const struct media_limit *limit = limits_media(work->asked->limits, mime);

    return !is_thumbnail(work) && limit && limit->sure_bytes ? limit->sure_bytes
                                                             : most_bytes(work, mime);
}

static int64_t smaller_limit(int64_t a, int64_t b)
{
    return !a || (b && b < a) ? b : a;
}

static int64_t most_pixels(const struct work *work, const char *mime)
{
    const struct media_limit *limit = limits_media(work->asked->limits, mime);

    if (!limit || is_thumbnail(work))
        return 0;
    if (work->family == MOVING && limit->most_frame_pixels)
        return smaller_limit(limit->most_pixels, limit->most_frame_pixels / work->facts->frames);
    return limit->most_pixels;
}

static struct room room_of(const struct work *work, const char *mime)
{
    const struct limits *limits = work->asked->limits;

    return (struct room){
        .shape = is_thumbnail(work) ? limits->thumbnail : limits_shape(limits, work->kind, mime),
        .most_pixels = most_pixels(work, mime),
        .same = work->same,
        .step = work->family == VIDEO ? 2 : 1,
    };
}

/* ---- Inside a video. ---- */

static bool not_among(const char *const *words, const char *word)
{
    return words && word && *word && !among(words, word);
}

static bool is_over(int64_t number, int64_t most)
{
    return most && number > most;
}

static bool has_good_rate(const struct video_form *form, const struct video_facts *video)
{
    return !(form->steady_rate && video->rate_varies) &&
           !(video->frame_rate && video->frame_rate < form->least_frame_rate) &&
           !is_over(video->frame_rate, form->most_frame_rate);
}

/* Whether its pictures and sound can stay as they are coded. */
static bool has_good_coding(const struct video_form *form, const struct video_facts *video)
{
    return !not_among(form->codecs, video->codec) && !not_among(form->sounds, video->sound) &&
           !not_among(form->pixels, video->pixels) && has_good_rate(form, video) &&
           !(form->progressive && video->interlaced) &&
           !is_over(video->bit_rate, form->most_bit_rate) &&
           !is_over(video->sound_rate, form->most_sound_rate) &&
           !is_over(video->channels, form->most_channels);
}

static bool has_good_container(const struct video_form *form, const struct video_facts *video)
{
    return (video->index_first || !form->index_first) && !(form->no_edits && video->has_edits);
}

/* What an MP4 holds. Where the platform does not say what it takes inside, it takes what it takes
 * already as a file; in another container only what every platform takes is sure. */
static bool can_be_copied(const struct work *work, const struct video_form *form)
{
    static const char *const all[] = {"h264", "hevc", "av1", "vp9", "mpeg4", NULL};
    static const char *const sure[] = {"h264", NULL};
    static const char *const sounds[] = {"aac", "mp3", NULL};
    const struct video_facts *video = work->facts->video;
    const bool told = form && form->codecs;

    return !not_among(told || takes(work, work->mime) ? all : sure, video->codec) &&
           !not_among(sounds, video->sound);
}

/* The usual rate that is nearest to its own. */
static int64_t usual_rate(const struct video_form *form, int64_t rate)
{
    static const int64_t usual[] = {24000, 25000, 30000, 50000, 60000};
    int64_t best = 0;

    rate = rate ? rate : 30000;
    for (size_t i = 0; i < COUNT_OF(usual); i++) {
        if (usual[i] < form->least_frame_rate || is_over(usual[i], form->most_frame_rate))
            continue;
        if (!best || llabs(usual[i] - rate) < llabs(best - rate))
            best = usual[i];
    }
    return best ? best : smaller_limit(form->least_frame_rate, form->most_frame_rate);
}

/* Bits a second so that the whole is not larger than that. */
static int64_t rate_of_bytes(const struct work *work, int64_t bytes)
{
    const int64_t kilobits = bytes / HUNDRED * SHARE_OF_STREAMS * 8; /* in a thousand seconds */

    return bytes && work->facts->duration_ms > 0 ? kilobits / work->facts->duration_ms * 1000 : 0;
}

/* ---- Why it cannot stay as it is. ---- */

enum cause {
    KIND = 1,
    SIZE = 2,
    BYTES = 4,
    TURN = 8,
    COLOUR = 16,
    METADATA = 32,
    INSIDE = 64,
    CODING = 128
};

static bool has_other_colours(const struct media_facts *facts)
{
    static const char *const fine[] = {"srgb", "grey", NULL};

    return not_among(fine, facts->colour) || facts->bits > 8;
}

static unsigned causes_inside(const struct work *work)
{
    const struct video_form *form = limits_form(work->asked->limits, work->kind);
    const struct video_facts *video = work->facts->video;
    unsigned causes = video && video->has_edits ? CODING : 0; /* what was cut away stays at home */

    if (!form || !video)
        return causes;
    causes |= has_good_coding(form, video) ? 0 : CODING;
    causes |= has_good_container(form, video) ? 0 : INSIDE;
    return causes;
}

static bool is_outside(const struct work *work, const char *mime)
{
    const struct room room = room_of(work, mime);

    return work->shown.width && work->shown.height && !room_takes(&room, work->shown);
}

static unsigned causes_of(const struct work *work)
{
    const struct media_facts *facts = work->facts;
    unsigned causes = fit_has_metadata(facts) ? METADATA : 0;

    if (!takes(work, work->mime))
        causes |= KIND;
    else if (is_over(facts->bytes, most_bytes(work, work->mime)))
        causes |= BYTES;
    if (is_outside(work, work->mime))
        causes |= SIZE;
    if (work->family == VIDEO)
        return causes | causes_inside(work);
    if (facts->orientation > 1)
        causes |= TURN;
    if (work->family == STILL && has_other_colours(facts))
        causes |= COLOUR;
    return causes;
}

/* ---- What can be made of it, the best first. ---- */

struct plan {
    const char *mime;
    bool copies;
};
enum { MOST_PLANS = 3 };

struct plans {
    struct plan items[MOST_PLANS];
    size_t count;
};

static void add_plan(const struct work *work, struct plans *plans, const char *mime, bool copies)
{
    if (takes(work, mime))
        plans->items[plans->count++] = (struct plan){mime, copies};
}

/* Drawings stay sharp as PNG, and what is transparent stays so. */
static bool is_rather_png(const struct work *work)
{
    return work->facts->has_alpha || !strcmp(work->mime, "image/png") ||
           !strcmp(work->mime, "image/gif");
}

static void plan_still(const struct work *work, unsigned causes, struct plans *plans)
{
    const bool png = is_rather_png(work) && !(causes & BYTES);

    add_plan(work, plans, png ? "image/png" : "image/jpeg", false);
    add_plan(work, plans, png ? "image/jpeg" : "image/png", false);
    add_plan(work, plans, "image/webp", false);
}

static void plan_moving(const struct work *work, unsigned causes, struct plans *plans)
{
    static const char *const written[] = {"image/gif", "image/webp", NULL};

    (void)causes;
    if (among(written, work->mime))
        add_plan(work, plans, work->mime, false);
}

static bool fits_uncut(const struct work *work, const char *mime)
{
    return !is_outside(work, mime) && !is_over(work->facts->bytes, most_bytes(work, mime));
}

static void plan_video(const struct work *work, unsigned causes, struct plans *plans)
{
    const struct video_form *form = limits_form(work->asked->limits, work->kind);

    if (!(causes & CODING) && work->facts->video && can_be_copied(work, form) &&
        fits_uncut(work, "video/mp4"))
        add_plan(work, plans, "video/mp4", true);
    add_plan(work, plans, "video/mp4", false);
}

static void make_plans(const struct work *work, unsigned causes, struct plans *plans)
{
    static void (*const by_family[])(const struct work *, unsigned, struct plans *) = {
        [STILL] = plan_still, [MOVING] = plan_moving, [VIDEO] = plan_video};

    *plans = (struct plans){.count = 0};
    by_family[work->family](work, causes, plans);
}

/* ---- Its size. ---- */

static const char *ratio_text(const struct work *work, struct ratio ratio)
{
    return arena_printf(work->arena, "%" PRId32 ":%" PRId32, ratio.width, ratio.height);
}

static const char *asked_shape(const struct work *work, const struct room *room)
{
    const struct shape *shape = room->shape;

    if (work->same.width)
        return arena_printf(work->arena, _("as the first: %" PRId64 " × %" PRId64),
                            work->same.width, work->same.height);
    if (!shape->tallest.width)
        return arena_printf(work->arena, _("not wider than %s"), ratio_text(work, shape->widest));
    if (!shape->widest.width)
        return arena_printf(work->arena, _("not taller than %s"), ratio_text(work, shape->tallest));
    return arena_printf(work->arena, _("from %s to %s"), ratio_text(work, shape->tallest),
                        ratio_text(work, shape->widest));
}

static const char *least_size(const struct work *work, const struct shape *shape)
{
    if (!shape->least_height)
        return arena_printf(work->arena, _("at least %" PRId32 " wide"), shape->least_width);
    if (!shape->least_width)
        return arena_printf(work->arena, _("at least %" PRId32 " high"), shape->least_height);
    return arena_printf(work->arena, _("at least %" PRId32 " × %" PRId32), shape->least_width,
                        shape->least_height);
}

static void refuse_size(const struct work *work, const struct room *room, enum room_answer answer)
{
    const char *size = size_of(work);

    if (answer == ROOM_SHAPE)
        refuse_measure(work, "E519",
                       arena_printf(work->arena, "%s; %s", size, asked_shape(work, room)));
    else if (answer == ROOM_SMALL && room->shape)
        refuse_measure(work, "E520",
                       arena_printf(work->arena, "%s, %s", size, least_size(work, room->shape)));
    else
        refuse_measure(work, "E507", size);
}

/* A frame around pictures that move would have to move with them: nobody makes one. */
static enum recipe_frame frame_of(const struct work *work)
{
    static const enum recipe_frame frames[] = {
        [FIT_PAD] = RECIPE_PAD, [FIT_CROP] = RECIPE_CROP, [FIT_REFUSE] = RECIPE_NO_FRAME};

    return work->family == MOVING ? RECIPE_NO_FRAME : frames[work->asked->fit];
}

/* First so that it also looks good with so few bytes; if that is not possible, so that it fits. */
static enum room_answer fit_room(const struct work *work, const struct plan *plan,
                                 struct room *room, struct sized *sized)
{
    const int64_t pixels = sure_bytes(work, plan->mime) * PIXELS_OF_A_BYTE;
    const struct room widest = *room;
    enum room_answer answer;

    if (!strcmp(plan->mime, "image/jpeg"))
        room->most_pixels = smaller_limit(room->most_pixels, pixels);
    answer = room_fit(room, frame_of(work), work->shown, sized);
    if (answer == ROOM_FITS || answer == ROOM_FITTED || room->most_pixels == widest.most_pixels)
        return answer;
    return room_fit(&widest, frame_of(work), work->shown, sized);
}

static bool write_size(const struct work *work, const struct plan *plan, struct recipe *recipe)
{
    struct room room = room_of(work, plan->mime);
    struct sized sized;
    enum room_answer answer = fit_room(work, plan, &room, &sized);

    if ((answer != ROOM_FITS && answer != ROOM_FITTED) || !sized.whole.width) {
        refuse_size(work, &room, answer);
        return false;
    }
    recipe->width = (int32_t)sized.picture.width;
    recipe->height = (int32_t)sized.picture.height;
    recipe->frame = sized.frame;
    if (sized.frame != RECIPE_NO_FRAME) {
        recipe->frame_width = (int32_t)sized.whole.width;
        recipe->frame_height = (int32_t)sized.whole.height;
    }
    return true;
}

/* ---- The recipe. ---- */

static void refuse_bytes(const struct work *work, const char *mime)
{
    refuse_measure(work, "E506",
                   arena_printf(work->arena, _("%s, at most %s"),
                                size_text(work->facts->bytes, work->arena),
                                size_limit_text(most_bytes(work, mime), work->arena)));
}

static bool write_rates(const struct work *work, struct recipe *recipe)
{
    const struct video_form *form = limits_form(work->asked->limits, work->kind);
    const struct video_facts *video = work->facts->video;

    recipe->bit_rate = rate_of_bytes(work, recipe->most_bytes);
    if (recipe->bit_rate && recipe->bit_rate < LEAST_BIT_RATE) {
        refuse_bytes(work, recipe->mime);
        return false;
    }
    if (recipe->bit_rate > AMPLE_BIT_RATE)
        recipe->bit_rate = 0;
    if (!form)
        return true;
    recipe->bit_rate = smaller_limit(recipe->bit_rate, form->most_bit_rate);
    if (video && !has_good_rate(form, video))
        recipe->frame_rate = usual_rate(form, video->frame_rate);
    return true;
}

static bool write_recipe(const struct work *work, const struct plan *plan, struct recipe *recipe)
{
    *recipe = (struct recipe){.mime = plan->mime, .copies = plan->copies};
    if (plan->copies)
        return true;
    recipe->most_bytes = sure_bytes(work, plan->mime);
    return write_size(work, plan, recipe) && (work->family != VIDEO || write_rates(work, recipe));
}

static bool is_too_large(const struct work *work, const struct plan *plan,
                         const struct rendition *made)
{
    return made->problem ? !strcmp(made->problem, "too-large")
                         : is_over(made->bytes, most_bytes(work, plan->mime));
}

/* It was tried already, and something came of it. */
static void judge_made(const struct work *work, const struct plan *plan,
                       const struct rendition *made)
{
    if (is_too_large(work, plan, made))
        refuse_bytes(work, plan->mime);
    else if (made->problem)
        refuse_measure(work, "E522", made->why ? made->why : made->problem);
}

/* False: try another way. */
static bool try_plan(const struct work *work, const struct plan *plan, bool is_last)
{
    const struct rendition *made;
    struct recipe recipe;

    *work->answer = (struct fit_answer){.verdict = FITTED};
    if (!write_recipe(work, plan, &recipe))
        return is_last;
    recipe_write(&recipe, work->answer->recipe);
    made = fit_rendition(work->facts, work->answer->recipe);
    if (made && !is_last && is_too_large(work, plan, made))
        return false;
    work->answer->how = fit_how(&recipe, work->facts, work->arena);
    if (made)
        judge_made(work, plan, made);
    return true;
}

/* Nobody knows how large it is. */
static void promise(const struct work *work, const struct plan *plan)
{
    const struct recipe recipe = {.mime = plan->mime};

    memcpy(work->answer->recipe, FIT_UNKNOWN, sizeof FIT_UNKNOWN);
    work->answer->verdict = FITTED;
    work->answer->how = fit_how(&recipe, work->facts, work->arena);
}

static void make(const struct work *work, unsigned causes)
{
    struct plans plans;

    make_plans(work, causes, &plans);
    if (!plans.count)
        refuse_kind(work);
    else if (!work->shown.width || !work->shown.height)
        promise(work, &plans.items[0]);
    else
        for (size_t i = 0; i < plans.count; i++)
            if (try_plan(work, &plans.items[i], i + 1 == plans.count))
                break;
}

/* ---- What no recipe changes. ---- */

static void refuse_problem(const struct work *work)
{
    const struct media_facts *facts = work->facts;

    refuse(work, limits_captions(facts->mime) ? "E525" : "E510", facts->file,
           facts->problem ? facts->problem : "unreadable", facts->why ? facts->why : "");
}

static bool lasts_right(const struct work *work)
{
    const struct post_kind *kind = work->kind;
    const int64_t ms = work->facts->duration_ms;

    return !kind || ms <= 0 ||
           (ms >= kind->least_duration.ms && !is_over(ms, kind->most_duration.ms));
}

static void refuse_duration(const struct work *work)
{
    const struct post_kind *kind = work->kind;

    refuse(work, "E515", work->asked->platform, kind->word,
           arena_printf(work->arena, _("a video of %" PRId64 " to %" PRId64 " seconds"),
                        kind->least_duration.ms / 1000, kind->most_duration.ms / 1000));
}

static bool moves_right(const struct work *work, unsigned causes)
{
    const struct media_limit *limit = limits_media(work->asked->limits, work->mime);
    const bool shrinks = causes & SIZE;

    if (!limit || !limit->moves || is_thumbnail(work))
        refuse_measure(work, "E521", NULL);
    else if (is_over(work->facts->frames, limit->most_frames))
        refuse_measure(work, "E523",
                       arena_printf(work->arena, _("%" PRId64 " pictures, at most %" PRId64),
                                    work->facts->frames, limit->most_frames));
    else if ((causes & BYTES) && !shrinks)
        refuse_bytes(work, work->mime);
    else
        return true;
    return false;
}

/* "SubRip (SRT) or WebVTT (VTT)" */
static const char *names_of_captions(const char *const *mimes, struct arena *arena)
{
    const char *text = limits_captions(*mimes);

    while (*++mimes)
        text = arena_printf(arena, _("%s or %s"), text, limits_captions(*mimes));
    return text;
}

/* Captions go out as they are. Who shows none takes all: it does no harm. */
static void judge_captions(const struct work *work)
{
    const char *const *taken = work->asked->limits->captions;
    const char *name = limits_captions(work->mime);

    if (!name)
        refuse(work, "E517", work->facts->file, _("captions"), work->mime);
    else if (not_among(taken, work->mime))
        refuse(work, "E526", work->asked->platform, name, names_of_captions(taken, work->arena));
}

static bool can_be_judged(const struct work *work)
{
    const struct media_facts *facts = work->facts;

    if (!facts->readable || facts->problem)
        refuse_problem(work);
    else if (is_thumbnail(work) && work->family != STILL && work->family != MOVING)
        refuse(work, "E517", facts->file, _("a thumbnail"), work->mime);
    else if (work->asked->role == MEDIUM_CAPTIONS)
        judge_captions(work);
    else if (work->family == VIDEO && !lasts_right(work))
        refuse_duration(work);
    else
        return true;
    return false;
}

static void judge(const struct work *work)
{
    unsigned causes;

    if (!can_be_judged(work))
        return;
    if (work->family == OTHER) {
        if (*work->mime && !takes(work, work->mime))
            refuse_kind(work);
        return;
    }
    if (!is_thumbnail(work) && !limits_take_sort(work->asked->limits, work->mime)) {
        refuse_sort(work);
        return;
    }
    causes = causes_of(work);
    if (work->family == MOVING && !moves_right(work, causes))
        return;
    if (causes)
        make(work, causes);
}

static bool is_unsure(const struct media_facts *facts, enum family family)
{
    if (family == VIDEO)
        return !facts->video;
    return family == OTHER ? !facts->mime : !facts->decoded;
}

/* `same`: the size of the first of several, {0, 0} where that does not matter. */
static void answer_about(const struct fit_question *question, const struct media_facts *facts,
                         struct size same, struct arena *arena, struct fit_answer *answer)
{
    const char *mime = usual_mime(facts->mime ? facts->mime : "");
    struct work work = {
        .asked = question,
        .kind = question->kind ? question->kind : limits_kind(question->limits, NULL),
        .facts = facts,
        .mime = mime,
        .family = family_of(facts, mime),
        .same = same,
        .arena = arena,
        .answer = answer,
    };

    *answer = (struct fit_answer){.verdict = FITS};
    fit_shown_size(facts, &work.shown.width, &work.shown.height);
    judge(&work);
    if (answer->verdict == REFUSED)
        answer->recipe[0] = '\0';
    answer->unsure = is_unsure(facts, work.family);
}

/* In which size a medium goes out; {0, 0} where nobody knows. */
static struct size size_out(const struct media_facts *facts, const struct fit_answer *answer)
{
    struct recipe recipe;
    struct size size;

    fit_shown_size(facts, &size.width, &size.height);
    if (answer->verdict == REFUSED)
        return (struct size){0};
    if (answer->verdict == FITS || !recipe_read(answer->recipe, &recipe) || recipe.copies)
        return size.width && size.height ? size : (struct size){0};
    if (recipe.frame != RECIPE_NO_FRAME)
        return (struct size){recipe.frame_width, recipe.frame_height};
    return (struct size){recipe.width, recipe.height};
}

void fit_answer(const struct fit_question *question, struct arena *arena, struct fit_answer *answer)
{
    const bool follows =
        question->first && question->limits->same_shape && question->role == MEDIUM_OF_POST;
    struct size same = {0};

    if (follows) {
        answer_about(question, question->first, same, arena, answer);
        same = size_out(question->first, answer);
    }
    answer_about(question, question->facts, same, arena, answer);
}
