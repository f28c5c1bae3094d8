/* crier media - files against each platform: fits, is fitted and how, is refused and why. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "asset/spool.h"
#include "base/file.h"
#include "base/i18n.h"
#include "campaign/checker.h"
#include "commands/media.h"
#include "commands/survey.h"
#include "platform/registry.h"
#include "text/similar.h"
#include "text/unicode.h"

enum { MOST_ROUNDS = 4, PIECE = 256 * 1024 };

struct asked {
    const struct invocation *invocation;
    const char *platform, *kind; /* shown alone; NULL = all, the usual one */
    enum fit fit;
    const char *folder; /* --make; NULL = nothing is made */
    const char *const *files;
    size_t count;
};

/* ---- what is asked ---- */

static bool read_platform(struct asked *asked, const char *word, struct err *err)
{
    struct similar similar = similar_to(word ? word : "");

    asked->platform = word;
    if (!word || adapter_by_name(word))
        return true;
    for (size_t i = 0; adapters[i]; i++)
        similar_offer(&similar, adapters[i]->name);
    return similar.best
               ? err_set(err, ERR_USAGE, _("there is no platform \"%s\"; did you mean \"%s\"?"),
                         word, similar.best)
               : err_set(err, ERR_USAGE, _("there is no platform \"%s\"; see crier explain"), word);
}

static bool has_kind(const struct asked *asked, size_t platform)
{
    const struct limits *limits = adapters[platform]->facts->limits;

    if (!asked->kind)
        return true;
    return limits->kinds ? limits_kind(limits, asked->kind) != NULL
                         : strcmp(asked->kind, "post") == 0;
}

static bool is_asked(const struct asked *asked, size_t platform)
{
    return (!asked->platform || strcmp(asked->platform, adapters[platform]->name) == 0) &&
           has_kind(asked, platform);
}

static bool read_kind(struct asked *asked, const char *word, struct err *err)
{
    asked->kind = word;
    for (size_t i = 0; adapters[i]; i++)
        if (is_asked(asked, i))
            return true;
    if (asked->platform)
        return err_set(err, ERR_USAGE, _("%s has no kind \"%s\"; it has %s"), asked->platform, word,
                       limits_kinds_text(adapter_by_name(asked->platform)->facts->limits,
                                         asked->invocation->arena));
    return err_set(err, ERR_USAGE,
                   _("no platform has a kind \"%s\"; write post, reel, story, video or short"),
                   word);
}

static bool read_fit(struct asked *asked, const char *word, struct err *err)
{
    asked->fit = FIT_PAD;
    return !word || fit_from_word(word, &asked->fit) ||
           err_set(err, ERR_USAGE, _("--fit is pad, crop or refuse, not \"%s\""), word);
}

/* ---- which files ---- */

/* What stands behind the folder in the path; NULL when it does not lie in it. */
static const char *within(const char *folder, const char *path)
{
    const size_t length = strlen(folder);

    return strncmp(path, folder, length) == 0 && path[length] == '/' ? path + length + 1 : NULL;
}

/* A path that a shell has completed, from wherever: its name inside media/. NULL when it lies
 * elsewhere, or nowhere. Symbolic links on the way to the file are followed, but not the file:
 * whether it may be one is not decided here. */
static const char *inside_media(const char *word, const char *media, struct arena *arena)
{
    const char *slash = strrchr(word, '/');
    char *folder =
        realpath(slash ? arena_text_n(arena, word, (size_t)(slash - word) + 1) : ".", NULL);
    char *top = realpath(media, NULL);
    const char *rest = NULL;

    if (folder && top)
        rest = within(top, arena_printf(arena, "%s/%s", folder, slash ? slash + 1 : word));
    free(folder);
    free(top);
    return rest;
}

static bool is_there(const char *path)
{
    struct stat status;

    return lstat(path, &status) == 0;
}

static bool is_folder(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* Its name inside media/. What is nowhere keeps the name that was given. */
static bool name_file(const char *word, const char *media, struct arena *arena, const char **name,
                      struct err *err)
{
    const bool climbs = *word == '/' || strstr(word, "../");
    const bool beneath = !climbs && is_there(arena_printf(arena, "%s/%s", media, word));
    const char *inside = beneath ? word : inside_media(word, media, arena);

    if (!inside && is_there(word))
        return err_set(err, ERR_USAGE, _("%s does not lie in media/; copy it there first"), word);
    if (!inside && climbs)
        return err_set(err, ERR_USAGE, _("there is no file %s"), word);
    if (!inside)
        inside = within("media", word);
    *name = inside ? inside : word;
    if (is_folder(arena_printf(arena, "%s/%s", media, *name)))
        return err_set(err, ERR_USAGE, _("%s is a folder; name the files in it"), word);
    return true;
}

static bool read_files(struct asked *asked, struct err *err)
{
    const struct invocation *invocation = asked->invocation;
    const char *media = arena_printf(invocation->arena, "%s/media", invocation->workspace);
    const char **files = arena_array(invocation->arena, invocation->word_count, sizeof *files);

    for (size_t i = 0; i < invocation->word_count; i++)
        if (!name_file(invocation->words[i], media, invocation->arena, &files[i], err))
            return false;
    asked->files = files;
    asked->count = invocation->word_count;
    return true;
}

static bool read_request(struct asked *asked, struct err *err)
{
    const struct invocation *invocation = asked->invocation;

    if (!read_platform(asked, invocation_value(invocation, "platform"), err) ||
        !read_kind(asked, invocation_value(invocation, "kind"), err) ||
        !read_fit(asked, invocation_value(invocation, "fit"), err) ||
        !invocation_workspace(invocation, err))
        return false;
    asked->folder = invocation_value(invocation, "make");
    return read_files(asked, err);
}

static bool refuse_missing(const struct media_facts *facts, struct arena *arena, struct err *err)
{
    struct similar similar = similar_to(facts->file);

    for (const char *const *other = facts->others; other && *other; other++)
        similar_offer(&similar, *other);
    return similar.best
               ? err_set(err, ERR_USAGE, _("there is no file media/%s; did you mean \"%s\"?"),
                         facts->file, unicode_line(similar.best, arena))
               : err_set(err, ERR_USAGE, _("there is no file media/%s"), facts->file);
}

/* A name that is nobody's is a mistake in the command, not a finding about a file. */
static bool are_there(const struct survey *survey, struct arena *arena, struct err *err)
{
    for (size_t i = 0; i < survey->fact_count; i++) {
        const struct media_facts *facts = &survey->facts[i];

        if (!facts->readable && facts->problem && strcmp(facts->problem, "missing") == 0)
            return refuse_missing(facts, arena, err);
    }
    return true;
}

/* ---- the answers ---- */

/* Captions go with a video, whatever else the platform takes. */
static enum medium_role role_of(const struct media_facts *facts)
{
    return limits_captions(facts->mime) ? MEDIUM_CAPTIONS : MEDIUM_OF_POST;
}

/* What fit_answer leaves to the checker: the kind's own word on what it takes. */
static bool kind_takes(const struct media_row *row, const struct media_facts *facts)
{
    if (!facts->readable || facts->problem || !row->form || !limits_media(row->limits, facts->mime))
        return true;
    return mime_is_video(facts->mime) ? row->form->takes_videos : row->form->takes_pictures;
}

static void refuse(struct media_row *row, const char *code, const char *a, const char *b,
                   const char *c)
{
    row->answer = (struct fit_answer){.verdict = REFUSED, .code = code, .words = {a, b, c}};
}

static void answer_row(const struct asked *asked, const struct media_facts *facts,
                       struct media_row *row)
{
    const struct fit_question question = {.platform = row->platform,
                                          .limits = row->limits,
                                          .kind = row->form,
                                          .facts = facts,
                                          .role = role_of(facts),
                                          .fit = asked->fit};

    fit_answer(&question, asked->invocation->arena, &row->answer);
    if (question.role == MEDIUM_CAPTIONS && !row->limits->captions)
        refuse(row, "W421", row->platform, _("captions"), NULL);
    else if (question.role == MEDIUM_OF_POST && !kind_takes(row, facts))
        refuse(row, "E515", row->platform, row->form->word,
               mime_is_video(facts->mime) ? _("pictures") : _("a video"));
}

static const struct finding *finding_of(const struct fit_answer *answer,
                                        const struct media_facts *facts, struct arena *arena)
{
    const struct place place = {.file = arena_printf(arena, "media/%s", facts->file)};
    struct findings one;

    findings_init(&one, arena);
    finding_add(&one, answer->code, place, NULL, answer->words[0], answer->words[1],
                answer->words[2]);
    return one.items;
}

static void report_file(const struct asked *asked, const struct media_facts *facts,
                        struct media_report *report)
{
    struct arena *arena = asked->invocation->arena;

    *report =
        (struct media_report){.facts = facts,
                              .rows = arena_array(arena, PLATFORM_COUNT, sizeof *report->rows)};
    findings_init(&report->findings, arena);
    check_media_file(facts, &report->findings);
    for (size_t i = 0; adapters[i]; i++) {
        struct media_row *row = &report->rows[report->row_count];
        const struct limits *limits = adapters[i]->facts->limits;

        if (!is_asked(asked, i))
            continue;
        *row = (struct media_row){.platform = adapters[i]->name,
                                  .limits = limits,
                                  .form = limits_kind(limits, asked->kind)};
        row->kind = row->form ? row->form->word : NULL;
        answer_row(asked, facts, row);
        if (row->answer.verdict == REFUSED)
            row->finding = finding_of(&row->answer, facts, arena);
        else if (row->answer.verdict == FITTED)
            row->made = fit_rendition(facts, row->answer.recipe);
        report->row_count++;
    }
}

static struct media_report *report_all(const struct asked *asked, const struct survey *survey)
{
    struct media_report *reports =
        arena_array(asked->invocation->arena, survey->fact_count, sizeof *reports);

    for (size_t i = 0; i < survey->fact_count; i++)
        report_file(asked, &survey->facts[i], &reports[i]);
    return reports;
}

bool media_is_refused_everywhere(const struct media_report *report)
{
    for (size_t i = 0; i < report->row_count; i++)
        if (report->rows[i].answer.verdict != REFUSED)
            return false;
    return true;
}

/* ---- making ---- */

static bool is_new(const struct unmade *unmade, size_t count, const struct unmade *one)
{
    for (size_t i = 0; i < count; i++)
        if (unmade[i].facts == one->facts && strcmp(unmade[i].recipe, one->recipe) == 0)
            return false;
    return true;
}

static size_t unmade_of(const struct media_report *reports, size_t count, struct unmade *unmade)
{
    size_t found = 0;

    for (size_t i = 0; i < count; i++)
        for (size_t r = 0; r < reports[i].row_count; r++) {
            const struct media_row *row = &reports[i].rows[r];
            const struct unmade one = {reports[i].facts, row->answer.recipe};

            if (row->answer.verdict == FITTED && !row->made && is_new(unmade, found, &one))
                unmade[found++] = one;
        }
    return found;
}

/* What came of a recipe can lead to another: a PNG that is too large becomes a JPEG. */
static bool make_all(const struct asked *asked, struct survey *survey,
                     struct media_report **reports, struct err *err)
{
    struct unmade *unmade =
        arena_array(asked->invocation->arena, survey->fact_count * PLATFORM_COUNT, sizeof *unmade);

    for (int round = 0; round < MOST_ROUNDS; round++) {
        const size_t count = unmade_of(*reports, survey->fact_count, unmade);

        if (count == 0)
            return true;
        if (!survey_render(asked->invocation, unmade, count, survey, err))
            return false;
        *reports = report_all(asked, survey);
    }
    return true;
}

static bool copy_bytes(int from, int to, struct err *err)
{
    static char piece[PIECE];
    ssize_t got;

    while ((got = read(from, piece, sizeof piece)) > 0 || (got < 0 && errno == EINTR)) {
        if (got > 0 && !write_all(to, piece, (size_t)got, err))
            return false;
    }
    return got == 0 || err_errno(err, ERR_IO, errno, _("what was made cannot be read"));
}

static bool write_new(const char *path, int from, struct err *err)
{
    int to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    bool ok;

    if (to < 0)
        return err_errno(err, ERR_IO, errno, "%s", path);
    ok = copy_bytes(from, to, err);
    if (close(to) != 0 && ok)
        ok = err_errno(err, ERR_IO, errno, "%s", path);
    return ok;
}

static const char *ending_of(const char *mime)
{
    static const struct {
        const char *mime, *ending;
    } endings[] = {{"image/jpeg", "jpg"},
                   {"image/png", "png"},
                   {"image/gif", "gif"},
                   {"image/webp", "webp"},
                   {"video/mp4", "mp4"}};

    for (size_t i = 0; i < COUNT_OF(endings); i++)
        if (strcmp(endings[i].mime, mime) == 0)
            return endings[i].ending;
    return "bin";
}

/* "traffic/helmet.png" on Instagram becomes "traffic-helmet.png.instagram.jpg". */
static const char *path_of(const struct asked *asked, const struct media_facts *facts,
                           const struct media_row *row)
{
    struct arena *arena = asked->invocation->arena;
    char *name = arena_text(arena, facts->file);

    for (char *slash = strchr(name, '/'); slash; slash = strchr(slash, '/'))
        *slash = '-';
    return arena_printf(arena, "%s/%s.%s.%s", asked->folder, name, row->platform,
                        ending_of(row->made->mime));
}

static bool write_row(const struct asked *asked, const struct survey *survey,
                      const struct media_facts *facts, const struct media_row *row, struct err *err)
{
    int from;
    bool ok;

    if (row->answer.verdict != FITTED || !row->made || row->made->problem)
        return true;
    if (!spool_open(survey->cache.shelf.spool, row->made->sha256, row->made->bytes, &from, err))
        return false;
    ok = write_new(path_of(asked, facts, row), from, err);
    close(from);
    return ok;
}

static bool write_all_made(const struct asked *asked, const struct survey *survey,
                           const struct media_report *reports, struct err *err)
{
    for (size_t i = 0; i < survey->fact_count; i++)
        for (size_t r = 0; r < reports[i].row_count; r++)
            if (!write_row(asked, survey, reports[i].facts, &reports[i].rows[r], err))
                return false;
    return true;
}

/* A new folder, so that nothing of anybody else is written over. */
static bool make_and_write(const struct asked *asked, struct survey *survey,
                           struct media_report **reports, struct err *err)
{
    if (!asked->folder)
        return true;
    if (mkdir(asked->folder, 0755) != 0)
        return err_errno(err, errno == EEXIST ? ERR_USAGE : ERR_IO, errno,
                         _("the new folder %s for --make cannot be made"), asked->folder);
    return make_all(asked, survey, reports, err) && write_all_made(asked, survey, *reports, err);
}

/* ---- the run ---- */

static bool print(const struct asked *asked, const struct media_report *reports, struct err *err)
{
    size_t nowhere = 0;
    json_t *facts;

    for (size_t i = 0; i < asked->count; i++)
        nowhere += media_is_refused_everywhere(&reports[i]);
    if (asked->invocation->json) {
        facts = media_json(reports, asked->count);
        (void)puts(json_write(facts, asked->invocation->arena, NULL));
        json_decref(facts);
    } else {
        media_text(reports, asked->count, asked->invocation->colour, stdout);
    }
    return nowhere == 0 ||
           err_set(err, ERR_FOUND,
                   P_("%zu file can go out nowhere", "%zu files can go out nowhere", nowhere),
                   nowhere);
}

static bool answer(const struct asked *asked, struct survey *survey, struct err *err)
{
    struct media_report *reports;

    if (!survey_media(asked->invocation, asked->files, asked->count, survey, err) ||
        !are_there(survey, asked->invocation->arena, err))
        return false;
    reports = report_all(asked, survey);
    return make_and_write(asked, survey, &reports, err) && print(asked, reports, err);
}

static bool run(const struct invocation *invocation, struct err *err)
{
    struct asked asked = {.invocation = invocation};
    struct survey survey = {0};
    bool ok = read_request(&asked, err) && answer(&asked, &survey, err);

    survey_end(&survey);
    return ok;
}

static const struct command_option options[] = {
    {0, "platform", "NAME", N_("ask this platform alone"), false},
    {0, "kind", "WORD", N_("as this kind of post: reel, story, short (default: the usual one)"),
     false},
    {0, "fit", "HOW", N_("pad, crop or refuse what has a wrong shape (default: pad)"), false},
    {0, "make", "DIR", N_("write what would go out into a new folder DIR, to look at"), false},
    {0},
};

const struct command cmd_media = {
    .name = "media",
    .summary = N_("pictures and videos against each platform: fits, is fitted, is refused"),
    .usage = "media [--platform NAME] [--kind WORD] [--fit HOW] [--make DIR] [--json] FILE...",
    .details =
        N_("FILE is named from media/, or is a path to a file in it. What is fitted is made\n"
           "again in another format or size; the file itself is never changed. Exit status 1\n"
           "only if a file can go out on none of the platforms."),
    .options = options,
    .effects = READS_FILES | WRITES_FILES,
    .least_words = 1,
    .most_words = 10000,
    .run = run,
};
