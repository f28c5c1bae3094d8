/* campaign/model.h - what staff wrote, as structs: workspace, account, campaign, post.
 *
 * Filled in by the reader, never changed afterwards. Everything lives in one
 * arena, the lifetime "until the next reload". Texts are NFC and valid UTF-8,
 * with variables still unreplaced (render does that). A member that staff did
 * not write has its default already, unless said otherwise.
 */
#ifndef CRIER_CAMPAIGN_MODEL_H
#define CRIER_CAMPAIGN_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/file.h"
#include "calendar/repeat.h"
#include "calendar/windows.h"
#include "calendar/zone.h"
#include "campaign/delivery.h"
#include "campaign/finding.h"
#include "campaign/fit.h"
#include "campaign/limits.h"

struct variable {
    const char *name;
    const char *value;
    struct place place;
};

struct variables {
    const struct variable *items;
    size_t count;
};

/* A list of texts, each with its place. */
struct texts {
    const char *const *items;
    const struct place *places;
    size_t count;
};

struct account {
    const char *name;
    const char *platform;
    const struct platform_facts *facts;
    bool live;
    const char *handle;   /* NULL when not given */
    const char *server;   /* host, "social.example.gov.in"; NULL when the platform has its own */
    const char *base_url; /* without trailing '/'; NULL when live */
    int approvals;
    struct span gap;
    struct variables vars;
    struct variables
        options;    /* the platform's own keys as texts ("true"/"false"), defaults filled in */
    bool needs_alt; /* the workspace's alt_text = "require" */
    struct limits limits; /* the adapter's, with the account's own `limits` laid over */
    struct place place;
};

struct group {
    const char *name;
    const struct account **accounts;
    size_t count;
    struct place place;
};

/* What may stand in a text without a warning; a list that is not given warns of nothing. */
struct known {
    bool has_numbers, has_hosts;
    struct texts numbers; /* "1930", "1800-11-4949" */
    struct texts hosts;   /* "cybercrime.gov.in" */
};

struct workspace {
    const char *path;
    const struct platform_facts *platforms; /* what the reader was told; ends with name NULL */
    const struct zone *zone;                /* lives as long as the arena */
    const struct account *accounts;
    size_t account_count;
    const struct group *groups;
    size_t group_count;
    struct quiet quiet; /* calendar/windows.h; absent = empty */
    const struct blackout *blackouts;
    size_t blackout_count;
    const char *const *alarm;        /* program and arguments, ends with NULL; NULL = none */
    const char *approvers, *editors; /* unix groups; NULL = none */
    const char *origin;              /* NULL = HOSTNAME/crier */
    struct span horizon;             /* 35 d */
    struct span approval_for;        /* 35 d */
    const char *language;            /* "en", "hi"; NULL = as the environment says */
    bool applies;                    /* reload = "apply": edits count when somebody applies them */
    struct known known;
    struct file_stamp stamp;
    const char *source;      /* the text of crier.cfg in force */
    const char *config_hash; /* its hex SHA-256 */
};

struct media_item {
    const char *file;
    const char *alt; /* "" when absent */
    struct place place, alt_place;
    const char *thumbnail, *captions; /* files, of a video; NULL when absent */
    struct place thumbnail_place, captions_place;
    bool has_fit; /* else as the post says */
    enum fit fit;
};

/* What an override can replace; a member that is absent (has_x false) leaves what was there. */
struct wording {
    bool has_text, has_texts, has_title, has_description, has_link, has_media, has_tags,
        has_language, has_skip, has_fit;
    const char *text;
    struct place text_place;
    struct texts texts;
    const char *title, *description, *link, *language;
    struct place link_place, title_place;
    const struct media_item *media;
    size_t media_count;
    struct texts tags;
    bool skip;
    enum fit fit; /* of media that do not say it themselves */
    /* What only some platforms have; NULL when absent. */
    const char *kind, *first_comment, *playlist, *privacy, *category;
    struct place kind_place, first_comment_place, playlist_place, privacy_place, category_place;
    const struct thread_part *thread; /* the parts after the text; has_thread: replaced */
    size_t thread_count;
    bool has_thread;
};

/* A post that answers the one before it. */
struct thread_part {
    const char *text;
    struct place text_place;
    const struct media_item *media;
    size_t media_count;
};

struct override {
    const char *target; /* a platform's or an account's name */
    bool is_account;
    struct wording wording;
    struct place place;
};

struct post {
    const char *id;
    bool repeats; /* else `at` */
    struct civil at;
    struct instant at_instant; /* NONE: its time could not be read, and the campaign is broken */
    struct repeat repeat;
    struct wording wording; /* campaign's and post's own laid together */
    const struct override *overrides;
    size_t override_count;
    const struct account **accounts; /* groups resolved, no doubles */
    size_t account_count;
    enum urgency urgency;
    struct span useful_for;
    enum late_policy late;
    struct variables vars; /* the post's own; the campaign's are in struct campaign */
    bool draft, again;
    struct place place; /* of its id */
    struct place time_place;
};

struct campaign {
    const char *name; /* file name without .cfg */
    const char *title;
    struct variables vars;
    const struct post *posts;
    size_t post_count;
    struct file_stamp stamp;
    const char *file;   /* "traffic.cfg" */
    const char *source; /* the file's text, for findings of later stages */
    bool broken;        /* has errors: posts are what could be read; the daemon keeps old rows */
};

/* One reading of the files. */
struct campaign_set {
    struct workspace workspace;
    bool workspace_broken;
    bool folder_broken; /* campaigns/ could not be read: rows stay */
    const struct campaign *campaigns;
    size_t count;
};

const struct account *workspace_account(const struct workspace *workspace, const char *name);
/* Whether any account asks for approvals: groups must exist then, and lifting a hold is an
 * approver's. */
bool workspace_asks_approvals(const struct workspace *workspace);
const char *account_option(const struct account *account, const char *name); /* NULL when unknown */
/* The address that the account is, where its platform has a key of that type; else NULL. */
const char *account_url(const struct account *account);

#endif
