#include "commands/media.h"

#include <inttypes.h>
#include <libsmartcols/libsmartcols.h>
#include <string.h>

#include "base/i18n.h"
#include "campaign/fit_how.h"
#include "commands/terminal.h"
#include "text/unicode.h"

struct sheet {
    struct arena *arena;
    FILE *out;
    bool colour;
    size_t columns; /* of the terminal; 0 = no lines are broken */
};

static const char *const colours[] = {[FITS] = "green", [FITTED] = "brown", [REFUSED] = "red"};

/* What people read; the words of JSON never change. */
static const char *const verdicts[] = {
    [FITS] = N_("fits"), [FITTED] = N_("fitted"), [REFUSED] = N_("refused")};

/* ---- tables ---- */

static struct libscols_table *table_new(const struct sheet *sheet)
{
    struct libscols_table *table = scols_new_table();

    if (!table)
        out_of_memory();
    (void)scols_table_set_stream(table, sheet->out);
    (void)scols_table_enable_colors(table, sheet->colour);
    return table;
}

/* Breaks where the cell has a line feed, and nowhere else. */
static void add_column(struct libscols_table *table, const char *title)
{
    struct libscols_column *column = scols_table_new_column(table, title, 0, SCOLS_FL_WRAP);

    if (!column ||
        scols_column_set_wrapfunc(column, scols_wrapnl_chunksize, scols_wrapnl_nextchunk, NULL) !=
            0 ||
        scols_column_set_safechars(column, "\n") != 0)
        out_of_memory();
}

static void set_cell(struct libscols_line *line, size_t column, const char *text,
                     const char *colour)
{
    if (scols_line_set_data(line, column, text) != 0)
        out_of_memory();
    if (colour)
        (void)scols_cell_set_color(scols_line_get_cell(line, column), colour);
}

static struct libscols_line *add_line(struct libscols_table *table)
{
    struct libscols_line *line = scols_table_new_line(table, NULL);

    if (!line)
        out_of_memory();
    return line;
}

static void print_table(struct libscols_table *table)
{
    (void)scols_print_table(table);
    scols_unref_table(table);
}

/* ---- all files at a glance ---- */

enum { LISTS = 3, LEAST_LIST = 16, MIB = 1 << 20 };

static size_t widest_of(size_t widest, const char *text)
{
    const size_t columns = unicode_columns(text, strlen(text));

    return columns > widest ? columns : widest;
}

static const char *platforms_with(const struct media_report *report, enum fit_verdict verdict,
                                  struct arena *arena)
{
    const char *text = "";

    for (size_t i = 0; i < report->row_count; i++)
        if (report->rows[i].answer.verdict == verdict)
            text = arena_printf(arena, "%s%s%s", text, *text ? " " : "", report->rows[i].platform);
    return text;
}

/* What the names leave of a line, for each of the three lists beside them. */
static size_t list_columns(const struct media_report *reports, size_t count,
                           const struct sheet *sheet)
{
    size_t widest = widest_of(0, _("FILE"));

    for (size_t i = 0; i < count; i++)
        widest = widest_of(widest, unicode_line(reports[i].facts->file, sheet->arena));
    if (!sheet->columns)
        return 0;
    return sheet->columns > widest + (size_t)LISTS * LEAST_LIST
               ? (sheet->columns - widest) / LISTS - 1
               : LEAST_LIST;
}

static void print_overview(const struct media_report *reports, size_t count,
                           const struct sheet *sheet)
{
    struct libscols_table *table = table_new(sheet);
    const size_t columns = list_columns(reports, count, sheet);

    add_column(table, _("FILE"));
    add_column(table, _("FITS"));
    add_column(table, _("IS FITTED"));
    add_column(table, _("IS REFUSED"));
    for (size_t i = 0; i < count; i++) {
        struct libscols_line *line = add_line(table);

        set_cell(line, 0, unicode_line(reports[i].facts->file, sheet->arena), NULL);
        for (enum fit_verdict verdict = FITS; verdict <= REFUSED; verdict++)
            set_cell(line, 1 + (size_t)verdict,
                     unicode_wrap(platforms_with(&reports[i], verdict, sheet->arena), columns,
                                  sheet->arena),
                     colours[verdict]);
    }
    print_table(table);
    (void)fputc('\n', sheet->out);
}

/* ---- one file ---- */

static const char *bold(const struct sheet *sheet)
{
    return sheet->colour ? "\033[1m" : "";
}

static const char *plain(const struct sheet *sheet)
{
    return sheet->colour ? "\033[0m" : "";
}

/* As it is shown: turned upright. */
static const char *size_words(const struct media_facts *facts, struct arena *arena)
{
    int64_t width, height;

    fit_shown_size(facts, &width, &height);
    if (width <= 0 || height <= 0)
        return "";
    return arena_printf(arena, _(", %" PRId64 " × %" PRId64 " pixels"), width, height);
}

static const char *time_words(const struct media_facts *facts, struct arena *arena)
{
    if (facts->duration_ms > 0)
        return arena_printf(arena, _(", %" PRId64 ".%" PRId64 " s"), facts->duration_ms / 1000,
                            facts->duration_ms % 1000 / 100);
    return facts->frames > 1 ? arena_printf(arena, _(", %" PRId64 " pictures"), facts->frames) : "";
}

static const char *coding_words(const struct media_facts *facts, struct arena *arena)
{
    const struct video_facts *video = facts->video;

    if (!video || !video->codec || !*video->codec)
        return "";
    return arena_printf(arena, ", %s, %s", video->codec,
                        video->sound && *video->sound ? video->sound : _("no sound"));
}

static const char *bytes_words(int64_t bytes, struct arena *arena)
{
    return bytes < MIB ? arena_printf(arena, "%" PRId64 " KiB", (bytes + 1023) / 1024)
                       : size_text(bytes, arena);
}

static void print_heading(const struct media_facts *facts, const struct sheet *sheet)
{
    (void)fprintf(sheet->out, "%s%s%s", bold(sheet), unicode_line(facts->file, sheet->arena),
                  plain(sheet));
    if (facts->readable && facts->mime)
        (void)fprintf(sheet->out, ": %s%s%s%s, %s", facts->mime, size_words(facts, sheet->arena),
                      time_words(facts, sheet->arena), coding_words(facts, sheet->arena),
                      bytes_words(facts->bytes, sheet->arena));
    (void)fputc('\n', sheet->out);
}

/* What each of the words tells who gets the file. A colour profile ("icc") tells nothing. */
static const struct {
    const char *word, *sentence;
} tales[] = {
    {"gps", N_("where it was taken")},
    {"serial", N_("the serial number of the camera")},
    {"author", N_("who made it")},
    {"camera", N_("with which camera")},
    {"time", N_("when it was recorded")},
    {"thumbnail", N_("a small picture of how it once looked")},
    {"exif", N_("how it was taken (EXIF)")},
    {"xmp", N_("what programs noted (XMP)")},
    {"iptc", N_("what the press writes down (IPTC)")},
    {"text", N_("notes in words")},
};

static void print_lines(const struct sheet *sheet, const char *indent, const char *text)
{
    terminal_print(sheet->out, indent, "", unicode_line(text, sheet->arena), sheet->arena);
}

static void print_metadata(const struct media_facts *facts, const struct sheet *sheet)
{
    const char *text = NULL;

    for (size_t i = 0; i < COUNT_OF(tales); i++)
        if (facts_have(facts, tales[i].word))
            text = text ? arena_printf(sheet->arena, "%s; %s", text, _(tales[i].sentence))
                        : _(tales[i].sentence);
    if (text)
        print_lines(sheet, "",
                    arena_printf(sheet->arena,
                                 _("The file tells: %s. Nothing of that is published."), text));
}

static void print_findings(const struct media_report *report, const struct sheet *sheet)
{
    for (size_t i = 0; i < report->findings.count; i++) {
        const struct finding *finding = &report->findings.items[i];
        const bool error = finding->severity == SEVERITY_ERROR;

        if (strcmp(finding->code, "W503") == 0) /* print_metadata has said so */
            continue;
        print_lines(sheet, "",
                    arena_printf(sheet->arena, "%s[%s]: %s", error ? _("error") : _("warning"),
                                 finding->code, finding->message));
        print_lines(sheet, "  ", finding->why);
        print_lines(sheet, "  ", arena_printf(sheet->arena, _("try: %s"), finding->try));
    }
}

static const char *row_words(const struct media_row *row, struct arena *arena)
{
    if (row->answer.verdict == FITTED)
        return row->answer.how;
    if (!row->finding)
        return "";
    return arena_printf(arena, _("%s. %s"), row->finding->message, row->finding->try);
}

/* "instagram (story)"; the usual kind is not named. */
static const char *name_of(const struct media_row *row, struct arena *arena)
{
    return row->form && row->form != row->limits->kinds
               ? arena_printf(arena, "%s (%s)", row->platform, row->kind)
               : row->platform;
}

/* What name and verdict leave of a line. */
static size_t words_columns(const struct media_report *report, const struct sheet *sheet)
{
    size_t name = widest_of(0, _("PLATFORM")), verdict = widest_of(0, _("VERDICT"));

    for (size_t i = 0; i < report->row_count; i++)
        name = widest_of(name, name_of(&report->rows[i], sheet->arena));
    for (size_t i = 0; i < COUNT_OF(verdicts); i++)
        verdict = widest_of(verdict, _(verdicts[i]));
    if (!sheet->columns)
        return 0;
    return sheet->columns > name + verdict + LEAST_LIST + 3 ? sheet->columns - name - verdict - 3
                                                            : LEAST_LIST;
}

static void print_rows(const struct media_report *report, const struct sheet *sheet)
{
    struct libscols_table *table = table_new(sheet);
    const size_t columns = words_columns(report, sheet);

    add_column(table, _("PLATFORM"));
    add_column(table, _("VERDICT"));
    add_column(table, _("HOW, OR WHY AND WHAT TO DO"));
    for (size_t i = 0; i < report->row_count; i++) {
        const struct media_row *row = &report->rows[i];
        struct libscols_line *line = add_line(table);

        set_cell(line, 0, name_of(row, sheet->arena), NULL);
        set_cell(line, 1, _(verdicts[row->answer.verdict]), colours[row->answer.verdict]);
        set_cell(line, 2,
                 unicode_wrap(unicode_line(row_words(row, sheet->arena), sheet->arena), columns,
                              sheet->arena),
                 NULL);
    }
    print_table(table);
}

static void print_file(const struct media_report *report, const struct sheet *sheet)
{
    print_heading(report->facts, sheet);
    print_metadata(report->facts, sheet);
    print_findings(report, sheet);
    if (report->facts->readable && !report->facts->problem)
        print_rows(report, sheet);
}

void media_text(const struct media_report *reports, size_t count, bool colour, FILE *out)
{
    struct arena arena = {0};
    const struct sheet sheet = {
        .arena = &arena, .out = out, .colour = colour, .columns = terminal_columns(fileno(out))};

    if (count > 1)
        print_overview(reports, count, &sheet);
    for (size_t i = 0; i < count; i++) {
        if (i)
            (void)fputc('\n', out);
        print_file(&reports[i], &sheet);
        arena_reset(&arena);
    }
    arena_clear(&arena);
}
