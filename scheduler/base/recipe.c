#include "base/recipe.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *const mimes[] = {"image/jpeg", "image/png", "image/gif", "image/webp",
                                    "video/mp4"};
static const char *const frame_words[] = {
    [RECIPE_NO_FRAME] = "", [RECIPE_PAD] = "pad", [RECIPE_CROP] = "crop"};
static const char made_mark[] = " = ";

enum { MOST_DIMENSION = 65535 };

/* The text so far; it never grows longer than RECIPE_SIZE. */
struct line {
    char *text;
    size_t used;
};

static void add(struct line *line, const char *before, int64_t number)
{
    int length =
        snprintf(line->text + line->used, RECIPE_SIZE - line->used, "%s%" PRId64, before, number);

    assert(length > 0 && (size_t)length < RECIPE_SIZE - line->used);
    line->used += (size_t)length;
}

static void add_word(struct line *line, const char *word)
{
    size_t length = strlen(word);

    assert(length < RECIPE_SIZE - line->used);
    memcpy(line->text + line->used, word, length + 1);
    line->used += length;
}

static void add_size(struct line *line, int32_t width, int32_t height)
{
    add(line, " ", width);
    add(line, "x", height);
}

static void add_optional(struct line *line, const char *before, int64_t number)
{
    if (number)
        add(line, before, number);
}

void recipe_write(const struct recipe *recipe, char text[RECIPE_SIZE])
{
    struct line line = {.text = text};

    add(&line, "v", RECIPE_VERSION);
    add_word(&line, " ");
    add_word(&line, recipe->mime);
    if (recipe->copies)
        add_word(&line, " copy");
    else
        add_size(&line, recipe->width, recipe->height);
    if (recipe->frame != RECIPE_NO_FRAME) {
        add_word(&line, " ");
        add_word(&line, frame_words[recipe->frame]);
        add_size(&line, recipe->frame_width, recipe->frame_height);
    }
    add_optional(&line, " rate ", recipe->frame_rate);
    add_optional(&line, " bits ", recipe->bit_rate);
    add_optional(&line, " most ", recipe->most_bytes);
}

/* Reading. */

static bool take(const char **at, const char *word)
{
    size_t length = strlen(word);

    if (strncmp(*at, word, length) != 0)
        return false;
    *at += length;
    return true;
}

/* 1 to `most`, without leading zeros. */
static bool take_number(const char **at, int64_t most, int64_t *number)
{
    *number = 0;
    if (**at < '1' || **at > '9')
        return false;
    for (; **at >= '0' && **at <= '9'; (*at)++) {
        *number = *number * 10 + (**at - '0');
        if (*number > most)
            return false;
    }
    return true;
}

static bool take_optional(const char **at, const char *word, int64_t *number)
{
    return !take(at, word) || take_number(at, INT64_C(1) << 40, number);
}

static bool take_size(const char **at, int32_t *width, int32_t *height)
{
    int64_t w, h;

    if (!take(at, " ") || !take_number(at, MOST_DIMENSION, &w) || !take(at, "x") ||
        !take_number(at, MOST_DIMENSION, &h))
        return false;
    *width = (int32_t)w;
    *height = (int32_t)h;
    return true;
}

static bool take_mime(const char **at, const char **mime)
{
    for (size_t i = 0; i < COUNT_OF(mimes); i++)
        if (take(at, mimes[i])) {
            *mime = mimes[i];
            return true;
        }
    return false;
}

static bool take_frame(const char **at, struct recipe *recipe)
{
    if (take(at, " pad"))
        recipe->frame = RECIPE_PAD;
    else if (take(at, " crop"))
        recipe->frame = RECIPE_CROP;
    else
        return true;
    return take_size(at, &recipe->frame_width, &recipe->frame_height);
}

bool recipe_read(const char *text, struct recipe *recipe)
{
    const char *at = text;
    int64_t version;

    *recipe = (struct recipe){0};
    if (!take(&at, "v") || !take_number(&at, RECIPE_VERSION, &version) ||
        version != RECIPE_VERSION || !take(&at, " ") || !take_mime(&at, &recipe->mime))
        return false;
    recipe->copies = take(&at, " copy");
    if (!recipe->copies && (!take_size(&at, &recipe->width, &recipe->height)))
        return false;
    return take_frame(&at, recipe) && take_optional(&at, " rate ", &recipe->frame_rate) &&
           take_optional(&at, " bits ", &recipe->bit_rate) &&
           take_optional(&at, " most ", &recipe->most_bytes) && (!*at || recipe_made(text));
}

const char *recipe_made(const char *text)
{
    const char *mark = strstr(text, made_mark), *digits;
    struct digest digest;

    if (!mark)
        return NULL;
    digits = mark + sizeof made_mark - 1;
    return digest_from_hex(digits, &digest) ? digits : NULL;
}
