#include "asset/answers.h"

#include <assert.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "asset/helper.h"
#include "base/i18n.h"
#include "base/metadata.h"

/* What the words mean for a clerk. */
static const struct {
    const char *problem, *why;
    bool is_ours; /* never a program's word: it would be a lie */
} problems[] = {
    {"truncated", N_("The file ends too early, as after a broken copy or download."), false},
    {"unreadable", N_("This is no picture that can be understood."), false},
    {"undecodable",
     N_("The file is damaged inside, or is not what its beginning says. Open it and save it anew."),
     false},
    {"unsupported",
     N_("Nothing here can read this sort of file. Save it as a JPEG or PNG, a video as an MP4."),
     false},
    {"no-video", N_("There are no moving pictures in it."), false},
    {"trailing-bytes", N_("Something is hidden behind the end of the picture."), false},
    {"too-many-pixels",
     N_("The picture is larger than any platform shows; of an animation, all its pictures count. "
        "Make it smaller, or an animation shorter."),
     false},
    {"too-many-parts", N_("The picture is made of more parts than any honest one."), false},
    {"type-mismatch",
     N_("The file looks like one sort of picture at its start and like another "
        "inside."),
     false},
    {"too-large",
     N_("It cannot be made small enough for the platform and still look good. Use a shorter or "
        "plainer one."),
     false},
    {"captions-encoding",
     N_("Its letters are not stored as UTF-8. Save it anew, with the encoding UTF-8."), false},
    {"captions-broken",
     N_("A number, a time or an empty line is missing, or is written in another way than in "
        "captions."),
     false},
    {"captions-order",
     N_("Words are shown before those above them, or go before they come. Put the times in order."),
     false},
    {"captions-empty", N_("There are no words in it."), false},
    {"missing", N_("There is no such file."), true},
    {"changed", N_("The file was changed while it was read."), true},
    {"refused", N_("It is not an ordinary file inside media/."), true},
    {"inspector", N_("The program that looks into files failed on this one."), true},
    {"no-ffmpeg",
     N_("This machine cannot look into videos: ffmpeg is missing. Whoever looks after the machine "
        "installs it with: apt install ffmpeg"),
     true},
    {"failed",
     N_("The program that fits files to the platforms failed on this one. Save it anew with "
        "another program."),
     true},
    {"exhausting",
     N_("This machine has tried several times to fit it, and never had memory or time enough. Use "
        "a smaller or shorter one."),
     true},
};

static bool find_problem(const char *problem, size_t *i)
{
    for (*i = 0; *i < COUNT_OF(problems); (*i)++)
        if (!strcmp(problems[*i].problem, problem))
            return true;
    return false;
}

const char *answers_why(const char *problem)
{
    size_t i;

    return find_problem(problem, &i) ? _(problems[i].why) : NULL;
}

void answers_refuse(struct media_facts *facts, const char *problem)
{
    size_t i;

    facts->readable = false;
    if (find_problem(problem, &i)) {
        facts->problem = problems[i].problem;
        facts->why = _(problems[i].why);
    }
}

bool answers_problem(const json_t *line, const char **problem, const char **why)
{
    const char *word = json_text(line, "problem");
    size_t i;

    *problem = *why = NULL;
    if (!word)
        return json_is_null(json_object_get(line, "problem"));
    if (!find_problem(word, &i) || problems[i].is_ours)
        return false;
    *problem = problems[i].problem;
    *why = _(problems[i].why);
    return true;
}

/* Members. */

bool answers_number(const json_t *line, const char *member, int64_t most, int64_t *number)
{
    *number = json_integer_or(line, member, 0);
    if (json_is_null(json_object_get(line, member)))
        return true;
    return *number >= 1 && *number <= most;
}

bool answers_count(const json_t *line, const char *member, int64_t most, int64_t *count)
{
    const json_t *said = json_object_get(line, member);

    *count = 0;
    return (json_is_integer(said) && json_integer_value(said) == 0) ||
           answers_number(line, member, most, count);
}

bool answers_flag(const json_t *line, const char *member, bool *flag)
{
    *flag = json_flag(line, member);
    return json_is_boolean(json_object_get(line, member));
}

static bool is_mime(const char *text)
{
    static const char *const families[] = {"application/", "audio/", "chemical/", "font/",
                                           "image/",       "inode/", "message/",  "model/",
                                           "multipart/",   "text/",  "video/",    "x-"};
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-./_";

    if (!text || strlen(text) >= 128 || text[strspn(text, letters)])
        return false;
    for (size_t i = 0; i < COUNT_OF(families); i++)
        if (!strncmp(text, families[i], strlen(families[i])))
            return true;
    return false;
}

bool answers_mime(const json_t *line, struct arena *arena, const char **mime)
{
    const char *text = json_text(line, "mime");

    *mime = arena_text(arena, text);
    return is_mime(text);
}

bool answers_word(const json_t *line, const char *member, const char *const *words, size_t count,
                  const char **word)
{
    const char *text = json_text(line, member);

    for (size_t i = 0; text && i < count; i++)
        if (!strcmp(words[i], text)) {
            *word = words[i];
            return true;
        }
    return false;
}

bool answers_name(const json_t *line, const char *member, struct arena *arena, const char **name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
    const char *text = json_text(line, member);

    *name = text ? arena_text(arena, text) : "";
    if (!text)
        return json_is_null(json_object_get(line, member));
    return strlen(text) < 32 && !text[strspn(text, letters)];
}

static bool read_metadata(const json_t *list, unsigned *found)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        unsigned bit = metadata_bit(json_string_value(json_array_get(list, i)));

        if (!bit || *found & bit)
            return false;
        *found |= bit;
    }
    return json_is_array(list);
}

static const char *const *metadata_words(unsigned found, struct arena *arena)
{
    const char **words = arena_array(arena, CHAR_BIT * sizeof found + 1, sizeof *words);
    size_t count = 0;

    for (unsigned bit = 1; metadata_word(bit); bit <<= 1)
        if (found & bit)
            words[count++] = metadata_word(bit);
    return words;
}

bool answers_metadata(const json_t *line, struct arena *arena, const char *const **words)
{
    unsigned found = 0;

    if (!read_metadata(json_object_get(line, "metadata"), &found))
        return false;
    for (size_t i = 0; *words && (*words)[i]; i++)
        found |= metadata_bit((*words)[i]);
    *words = metadata_words(found, arena);
    return true;
}

/* Asking. */

json_t *answers_line(const char **at)
{
    const char *start = *at, *end = strchr(start, '\n');
    struct err nonsense;

    if (!end)
        return NULL;
    *at = end + 1;
    return json_read(start, (size_t)(end - start), &nonsense);
}

struct asking {
    struct answers_question left;
    struct arena *arena;
    bool given_up;
};

static bool take_line(const struct asking *asking, size_t n, const json_t *line)
{
    struct media_facts read = *asking->left.files[n];

    if (json_integer_or(line, "n", -1) != (int64_t)n ||
        !asking->left.kind->take(line, asking->arena, &read))
        return false;
    *asking->left.files[n] = read;
    return true;
}

/* How many whole and sensible lines there are: the answers to the first so many files. Who goes on
 * talking after the last answer is not believed about the last file. */
static size_t take_lines(const struct asking *asking, const char *at)
{
    size_t n = 0, count = asking->left.count;

    for (; n < count; n++) {
        json_t *line = answers_line(&at);
        bool ok = line && take_line(asking, n, line);

        if (ok && asking->left.lines)
            asking->left.lines[n] = json_in_arena(json_incref(line), asking->arena);
        json_decref(line);
        if (!ok)
            break;
    }
    return n && n == count && *at ? n - 1 : n;
}

static bool watch(void *arg, const struct buffer *answer)
{
    struct asking *asking = arg;

    (void)answer;
    asking->given_up = asking->left.goes_on && !asking->left.goes_on(asking->left.arg);
    return !asking->given_up;
}

/* *blame: what the first file that got no answer is told to have. */
static bool ask(struct asking *asking, size_t *answered, const char **blame, struct err *err)
{
    const struct answers_kind *kind = asking->left.kind;
    char number[24];
    const char *args[HELPER_ARGS] = {NULL};
    struct helper_run run = {.program = kind->program,
                             .args = args,
                             .fds = asking->left.fds,
                             .count = asking->left.count,
                             .line_ms = kind->line_ms,
                             .lines = asking->left.count,
                             .watch = watch,
                             .arg = asking};
    struct helper_end end;
    struct buffer answer;
    size_t given = 0;
    bool ok;

    if (kind->verb)
        args[given++] = kind->verb;
    (void)snprintf(number, sizeof number, "%zu", asking->left.count);
    if (kind->counts)
        args[given++] = number;
    buffer_init(&answer, JSON_MAX_BYTES);
    ok = helper_run(&run, &answer, &end, err);
    if (ok && asking->given_up)
        ok = err_set(err, ERR_BUSY, _("looking into media was given up"));
    *answered = ok ? take_lines(asking, answer.bytes) : 0;
    *blame = ok && end.status == HELPER_LACKS ? "no-ffmpeg" : "inspector";
    buffer_clear(&answer);
    return ok;
}

static void move_on(struct answers_question *left, size_t count)
{
    left->fds += count;
    left->files += count;
    left->lines += left->lines ? count : 0;
    left->count -= count;
}

/* A file that brings the program down must not take its neighbours with it. It is blamed only when
 * it was the first that this process looked at: else those before it may have eaten up the memory
 * and the time, and it is asked about again, by a fresh one. */
bool answers_ask(const struct answers_question *question, struct arena *arena, struct err *err)
{
    struct asking asking = {.left = *question, .arena = arena};
    const char *blame;
    size_t answered;

    assert(question->kind->counts || question->count <= 1);
    while (asking.left.count > 0) {
        if (!ask(&asking, &answered, &blame, err))
            return false;
        if (answered == 0) {
            answers_refuse(*asking.left.files, blame);
            if (asking.left.lines)
                *asking.left.lines = NULL;
            answered = 1;
        }
        move_on(&asking.left, answered);
    }
    return true;
}
