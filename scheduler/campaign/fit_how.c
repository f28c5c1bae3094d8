#include "campaign/fit_how.h"

#include <inttypes.h>
#include <string.h>

#include "base/i18n.h"
#include "campaign/fit.h"

bool facts_have(const struct media_facts *facts, const char *word)
{
    for (size_t i = 0; facts->metadata && facts->metadata[i]; i++)
        if (!strcmp(facts->metadata[i], word))
            return true;
    return false;
}

static const struct {
    const char *mime, *becomes;
} forms[] = {
    {"image/jpeg", N_("becomes a JPEG")}, {"image/png", N_("becomes a PNG")},
    {"image/gif", N_("becomes a GIF")},   {"image/webp", N_("becomes a WebP picture")},
    {"video/mp4", N_("becomes an MP4")},
};

static const char *becomes(const char *mime)
{
    for (size_t i = 0; i < COUNT_OF(forms); i++)
        if (!strcmp(forms[i].mime, mime))
            return _(forms[i].becomes);
    return "";
}

static const char *with_size(const struct recipe *recipe, const char *text, struct arena *arena)
{
    const bool framed = recipe->frame != RECIPE_NO_FRAME;
    const int32_t width = framed ? recipe->frame_width : recipe->width;
    const int32_t height = framed ? recipe->frame_height : recipe->height;

    if (recipe->copies)
        return arena_printf(arena, _("%s with the same pictures and sound"), text);
    if (!width)
        return text;
    return arena_printf(arena, _("%s of %" PRId32 " × %" PRId32 " pixels"), text, width, height);
}

static const char *with_frame(const struct recipe *recipe, const char *text, struct arena *arena)
{
    if (recipe->frame == RECIPE_CROP)
        return arena_printf(arena, _("%s, cut to its middle"), text);
    if (recipe->frame == RECIPE_NO_FRAME)
        return text;
    return arena_printf(arena, "%s, %s", text,
                        mime_is_video(recipe->mime)
                            ? _("the whole picture in the middle on black")
                            : _("the whole picture in the middle on a blurred ground"));
}

/* What else is done to it. */

static bool tells_place(const struct recipe *recipe, const struct media_facts *facts)
{
    (void)recipe;
    return facts_have(facts, "gps");
}

static bool tells_more(const struct recipe *recipe, const struct media_facts *facts)
{
    return fit_has_metadata(facts) && !tells_place(recipe, facts);
}

static bool lies_on_its_side(const struct recipe *recipe, const struct media_facts *facts)
{
    (void)recipe;
    return facts->orientation > 1;
}

static bool has_other_colours(const struct recipe *recipe, const struct media_facts *facts)
{
    (void)recipe;
    return facts->colour && strcmp(facts->colour, "srgb") != 0 &&
           strcmp(facts->colour, "grey") != 0;
}

static bool loses_its_ground(const struct recipe *recipe, const struct media_facts *facts)
{
    return facts->has_alpha && !strcmp(recipe->mime, "image/jpeg");
}

static const struct note {
    bool (*applies)(const struct recipe *recipe, const struct media_facts *facts);
    const char *text;
} notes[] = {
    {tells_place, N_("its place of recording is left out")},
    {tells_more, N_("what the file says about its making is left out")},
    {lies_on_its_side, N_("it is turned upright")},
    {has_other_colours, N_("its colours become those of screens (sRGB)")},
    {loses_its_ground, N_("what is transparent becomes white")},
};

const char *fit_how(const struct recipe *recipe, const struct media_facts *facts,
                    struct arena *arena)
{
    const char *text = with_frame(recipe, with_size(recipe, becomes(recipe->mime), arena), arena);

    for (size_t i = 0; i < COUNT_OF(notes); i++)
        if (notes[i].applies(recipe, facts))
            text = arena_printf(arena, "%s; %s", text, _(notes[i].text));
    return text;
}
