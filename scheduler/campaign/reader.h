/* campaign/reader.h - campaign files to structs.
 *
 * Files are read by ourselves (openat2 beneath the workspace, regular, at most 1 MiB), pre-scanned
 * (campaign/scan.h: places, and all that libconfig 1.5 does silently wrong), parsed
 * by libconfig from memory and checked key by key against the table of fields
 * (campaign/fields.h). Everything wrong becomes a finding; reading goes on to find all at once.
 *
 * Not thread-safe against itself: libconfig has global state in places; one
 * thread reads (the planner's, or a command's).
 */
#ifndef CRIER_CAMPAIGN_READER_H
#define CRIER_CAMPAIGN_READER_H

#include "campaign/model.h"

enum { CAMPAIGN_MOST_BYTES = 1024 * 1024 }; /* of a campaign file, and of crier.cfg */

struct read_options {
    const struct platform_facts *platforms; /* ends with name NULL */
    const char *const *only;                /* campaign names to read, ends with NULL; NULL = all */
    const char *begun;                      /* only those that begin so; NULL = all */
    const char *last_good; /* text of crier.cfg to go by when the file has errors; NULL = none */
};

/* The `language` of WORKSPACE/crier.cfg, "hi" or "en", read before anything else, so that what the
 * file gets wrong can be said in it. NULL: there is no such file, or it does not say. Looks at the
 * words only: a file whose brackets do not match has a language too. */
const char *workspace_language(const char *path);

/* Reads WORKSPACE/crier.cfg and WORKSPACE/campaigns. False only when the program could not do its
 * work (no such folder: ERR_CONFIG); what the files get wrong is in `findings`. */
MUST_CHECK bool workspace_read(const char *path, const struct read_options *options,
                               struct arena *arena, struct campaign_set *set,
                               struct findings *findings, struct err *err);

/* NAME of a file "NAME.cfg"; NULL where the file is no campaign. */
const char *campaign_of_file(const char *file, struct arena *arena);

/* One campaign text, for tests and fuzzing: `name` is the campaign, `text` need not end with a
 * newline. */
void campaign_read_text(const char *name, const char *text, size_t length,
                        const struct workspace *workspace, struct arena *arena,
                        struct campaign *campaign, struct findings *findings);
void workspace_read_text(const char *text, size_t length, const struct read_options *options,
                         struct arena *arena, struct workspace *workspace, bool *broken,
                         struct findings *findings);

#endif
