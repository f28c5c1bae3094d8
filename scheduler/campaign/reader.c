#include "campaign/reader.h"

#include <libconfig.h>
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "campaign/read_campaign.h"
#include "campaign/read_config.h"
#include "campaign/scan.h"
#include "campaign/tokens.h"
#include "text/unicode.h"

enum { MOST_CAMPAIGN_NAME = 64 };

/* What is done with the settings of a file once they can be walked over. */
struct settings_reader {
    void (*read)(struct reading *reading, struct member root, void *target);
    void *target;
};

/* Scan, then libconfig, then the reader. False when nothing could be read at all. */
static bool read_settings(struct reading *reading, const struct settings_reader *reader)
{
    struct arena scratch = {0};
    struct scan scan;
    config_t config;
    bool ok = false;

    scan_text(reading->source, &scratch, &scan);
    config_init(&config);
    if (!scan.lost && !config_read_string(&config, scan.clean)) {
        struct place place = {.file = reading->source->file, .line = config_error_line(&config)};
        reading_report(reading, "E132", place, config_error_text(&config), NULL, NULL);
    } else if (!scan.lost) {
        struct member root = {config_root_setting(&config), &scan.root};
        reader->read(reading, root, reader->target);
        ok = true;
    }
    config_destroy(&config);
    arena_clear(&scratch);
    return ok;
}

/* ---- crier.cfg ---- */

struct config_target {
    const struct read_options *options;
    struct workspace *workspace;
};

static void read_config(struct reading *reading, struct member root, void *target)
{
    struct config_target *config = target;

    config_read_values(reading, root, config->options->platforms, config->workspace);
}

/* A workspace whose crier.cfg cannot be read still has a zone and no accounts. */
static void start_workspace(struct workspace *workspace, const struct read_options *options,
                            struct reading *reading)
{
    workspace->platforms = options->platforms;
    workspace->zone = config_zone(reading, "UTC");
    workspace->horizon = workspace->approval_for = span_days(35);
    workspace->source = workspace->config_hash = "";
}

void workspace_read_text(const char *text, size_t length, const struct read_options *options,
                         struct arena *arena, struct workspace *workspace, bool *broken,
                         struct findings *findings)
{
    struct source source = {
        .file = "crier.cfg", .text = text, .length = length, .findings = findings};
    struct reading reading = {.source = &source, .arena = arena};
    struct config_target target = {options, workspace};
    struct settings_reader reader = {read_config, &target};
    char hash[DIGEST_HEX];

    start_workspace(workspace, options, &reading);
    workspace->source = text;
    workspace->config_hash = arena_text(arena, digest_hex_of(text, length, hash));
    *broken = !read_settings(&reading, &reader) || source.errors > 0;
}

/* ---- Campaigns. ---- */

struct campaign_target {
    const struct workspace *workspace;
    struct campaign *campaign;
};

static void read_campaign(struct reading *reading, struct member root, void *target)
{
    struct campaign_target *campaign = target;

    campaign_read_values(reading, root, campaign->workspace, campaign->campaign);
}

static void start_campaign(struct campaign *campaign, const char *name, struct arena *arena)
{
    *campaign = (struct campaign){.name = arena_text(arena, name), .broken = true};
    campaign->title = campaign->name;
    campaign->file = arena_printf(arena, "%s.cfg", name);
    campaign->source = "";
}

void campaign_read_text(const char *name, const char *text, size_t length,
                        const struct workspace *workspace, struct arena *arena,
                        struct campaign *campaign, struct findings *findings)
{
    struct source source = {.text = text, .length = length, .findings = findings};
    struct reading reading = {
        .source = &source, .arena = arena, .zone = workspace->zone, .known = &workspace->known};
    struct campaign_target target = {workspace, campaign};
    struct settings_reader reader = {read_campaign, &target};

    start_campaign(campaign, name, arena);
    campaign->source = text;
    source.file = arena_printf(arena, "campaigns/%s", campaign->file);
    campaign->broken = !read_settings(&reading, &reader) || source.errors > 0;
}

/* ---- Files. ---- */

struct files {
    int folder; /* the workspace */
    struct arena *arena;
    struct findings *findings;
};

/* The reason of an err without the name of the file, which the finding gives already. */
static const char *reason_of(const struct err *err, const char *name)
{
    size_t length = strlen(name);
    const char *reason = err->text;

    if (strncmp(reason, name, length) == 0 && reason[length] == ' ')
        reason += length + 1;
    return reason;
}

static bool read_file(struct files *files, const char *name, const char *code, char **text,
                      size_t *length, struct file_stamp *stamp)
{
    struct place whole = {.file = name};
    struct err err;

    if (file_read_beneath(files->folder, name, CAMPAIGN_MOST_BYTES, files->arena, text, length,
                          stamp, &err))
        return true;
    finding_add(files->findings, code, whole, NULL, reason_of(&err, name), NULL, NULL);
    return false;
}

static void read_workspace_file(struct files *files, const struct read_options *options,
                                struct campaign_set *set)
{
    struct workspace *workspace = &set->workspace;
    struct reading reading = {.arena = files->arena};
    char *text;
    size_t length;

    if (read_file(files, "crier.cfg", "E622", &text, &length, &workspace->stamp)) {
        workspace_read_text(text, length, options, files->arena, workspace, &set->workspace_broken,
                            files->findings);
        return;
    }
    start_workspace(workspace, options, &reading);
    set->workspace_broken = true;
}

/* The text of a setting at the outermost level; NULL when it is not there, or no text. */
static const char *peek(struct tokens *tokens, const char *key)
{
    for (int level = 0; tokens->now.kind != TOKEN_END; tokens_take(tokens)) {
        const struct token *now = &tokens->now;

        if (now->kind == TOKEN_MARK)
            level += strchr("({[", *now->start) ? 1 : strchr(")}]", *now->start) ? -1 : 0;
        if (level != 0 || now->kind != TOKEN_NAME || strcmp(now->text, key) != 0)
            continue;
        tokens_take(tokens);
        if (!token_is(now, '=') && !token_is(now, ':'))
            return NULL;
        tokens_take(tokens);
        return now->kind == TOKEN_STRING ? now->text : NULL;
    }
    return NULL;
}

static const char *peek_language(const char *text, size_t length, struct arena *arena)
{
    struct findings unheard;
    struct source source = {
        .file = "crier.cfg", .text = text, .length = length, .findings = &unheard};
    struct buffer lines;
    struct tokens tokens;
    const char *language;
    size_t start;

    findings_init(&unheard, arena);
    buffer_init(&lines, SIZE_MAX);
    if (!source_admit(&source, &start))
        return NULL;
    tokens_start(&tokens, &source, start, arena, &lines);
    language = peek(&tokens, "language");
    buffer_clear(&lines);
    return language ? i18n_language(language) : NULL;
}

const char *workspace_language(const char *path)
{
    const char *language = NULL;
    struct arena arena = {0};
    struct file_stamp stamp;
    struct err unheard;
    size_t length;
    char *text;
    int folder;

    if (!folder_open(path, &folder, &unheard))
        return NULL;
    if (file_read_beneath(folder, "crier.cfg", CAMPAIGN_MOST_BYTES, &arena, &text, &length, &stamp,
                          &unheard))
        language = peek_language(text, length, &arena);
    folder_close(folder);
    arena_clear(&arena);
    return language;
}

/* The errors of the file stand in the findings; what is planned goes by its last good copy. */
static void go_by_last_good(const struct read_options *options, struct arena *arena,
                            struct campaign_set *set)
{
    struct workspace workspace = {.path = set->workspace.path, .stamp = set->workspace.stamp};
    struct findings known;
    bool broken;

    findings_init(&known, arena);
    workspace_read_text(arena_text(arena, options->last_good), strlen(options->last_good), options,
                        arena, &workspace, &broken, &known);
    if (broken)
        return;
    set->workspace = workspace;
    set->workspace_broken = false;
}

const char *campaign_of_file(const char *file, struct arena *arena)
{
    size_t length = strlen(file);

    if (file[0] == '.' || length <= 4 || strcmp(file + length - 4, ".cfg") != 0)
        return NULL;
    return arena_text_n(arena, file, length - 4);
}

static void warn_of_name(struct files *files, const char *file, const char *stem)
{
    bool text = unicode_fault(file, strlen(file)) == strlen(file);
    const char *plain = plain_name_of(stem, false, MOST_CAMPAIGN_NAME, files->arena);
    struct place place = {.file = text ? arena_printf(files->arena, "campaigns/%s", file)
                                       : "campaigns"};
    const char *try = *plain ? arena_printf(files->arena, _("Rename it to %s.cfg."), plain)
                             : _("Rename it, for example to road-safety.cfg.");

    finding_add(files->findings, "W130", place, NULL, try, NULL, NULL);
}

static bool is_wanted(const struct read_options *options, const char *stem)
{
    if (options->begun && strncmp(stem, options->begun, strlen(options->begun)) != 0)
        return false;
    for (size_t i = 0; options->only && options->only[i]; i++) {
        if (strcmp(options->only[i], stem) == 0)
            return true;
    }
    return !options->only;
}

static void read_campaign_file(struct files *files, const char *stem,
                               const struct workspace *workspace, struct campaign *campaign)
{
    const char *name = arena_printf(files->arena, "campaigns/%s.cfg", stem);
    struct file_stamp stamp = {0};
    char *text;
    size_t length;

    if (read_file(files, name, "E101", &text, &length, &stamp))
        campaign_read_text(stem, text, length, workspace, files->arena, campaign, files->findings);
    else
        start_campaign(campaign, stem, files->arena);
    campaign->stamp = stamp;
}

static void read_campaign_files(struct files *files, const struct read_options *options,
                                struct campaign_set *set)
{
    const char *const *names;
    size_t count, capacity = 0;
    struct campaign *campaigns = NULL;
    struct place folder = {.file = "campaigns"};
    struct err err;

    set->folder_broken =
        !folder_list(files->folder, "campaigns", files->arena, &names, &count, &err);
    if (set->folder_broken) {
        finding_add(files->findings, "E135", folder, NULL, reason_of(&err, "campaigns"), NULL,
                    NULL);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        const char *stem = campaign_of_file(names[i], files->arena);

        if (!stem || !is_wanted(options, stem))
            continue;
        if (!is_plain_name(stem, false, MOST_CAMPAIGN_NAME)) {
            warn_of_name(files, names[i], stem);
            continue;
        }
        struct campaign *campaign =
            arena_push(files->arena, &campaigns, &set->count, &capacity, sizeof *campaign);
        read_campaign_file(files, stem, &set->workspace, campaign);
    }
    set->campaigns = campaigns;
}

bool workspace_read(const char *path, const struct read_options *options, struct arena *arena,
                    struct campaign_set *set, struct findings *findings, struct err *err)
{
    struct files files = {.arena = arena, .findings = findings};

    *set = (struct campaign_set){0};
    if (!folder_open(path, &files.folder, err))
        return false;
    set->workspace.path = arena_text(arena, path);
    read_workspace_file(&files, options, set);
    if (set->workspace_broken && options->last_good)
        go_by_last_good(options, arena, set);
    read_campaign_files(&files, options, set);
    folder_close(files.folder);
    return true;
}
