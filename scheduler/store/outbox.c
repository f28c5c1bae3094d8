#include "store/outbox.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/failpoint.h"
#include "base/file.h"
#include "base/i18n.h"
#include "store/inside.h"

enum { FOLD_BYTES = 64 * 1024 * 1024, BOOT_BYTES = 64, QUIET_MS = 1000, SYNC_MS = 10 };
/* What goes out writes three times what its planning wrote; for a few posts it does not matter. */
enum { ROOM_OF_LOAD = 3, LARGE_LOAD_BYTES = 4 * 1024 * 1024 };

/* "Which run of the machine": clocks and the order of events mean something only within one. */
static const char *boot_id(struct arena *arena)
{
    char text[BOOT_BYTES] = "";
    FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");

    if (file) {
        if (!fgets(text, sizeof text, file))
            text[0] = '\0';
        fclose(file);
    }
    text[strcspn(text, "\n")] = '\0';
    return arena_text(arena, text);
}

static bool make_folder(const char *path, struct err *err)
{
    return mkdir(path, 0750) == 0 || errno == EEXIST ||
           err_errno(err, ERR_CONFIG, errno, _("folder %s cannot be made"), path);
}

/* Without its database an audit log tells of posts that we would not know and might publish again.
 */
static bool refuse_orphans(struct outbox *outbox, const char *path, struct err *err)
{
    struct arena scratch = {0};
    const char **names;
    size_t count;
    bool ok = access(path, F_OK) == 0;

    if (!ok)
        ok = segments_list(outbox->folder, &scratch, &names, &count, err) &&
             (count == 0 ||
              err_set(err, ERR_CONFIG,
                      _("%s has audit files, but the database %s is missing: Crier cannot know "
                        "what went out already. Bring the database back, or begin with an empty "
                        "state folder"),
                      outbox->folder, path));
    arena_clear(&scratch);
    return ok;
}

static bool stored_origin(struct outbox *outbox, const char *origin, struct err *err)
{
    const char *stored;

    if (!outbox_value(outbox, "origin", &outbox->arena, &stored, err))
        return false;
    outbox->origin = stored ? stored : arena_text(&outbox->arena, origin);
    return stored || outbox_value_put(outbox, "origin", origin, err);
}

static bool open_files(struct outbox *outbox, const struct outbox_options *options,
                       struct instant now, struct err *err)
{
    const char *path = arena_printf(&outbox->arena, "%s/outbox.db", options->state);

    return refuse_orphans(outbox, path, err) && database_open(&outbox->database, path, err) &&
           make_folder(outbox->folder, err) && log_load(outbox, err) &&
           stored_origin(outbox, options->origin, err) && log_reconcile(outbox, now, err) &&
           signer_start(outbox, now, err);
}

bool outbox_open(const struct outbox_options *options, struct instant now, struct outbox **result,
                 struct err *err)
{
    struct outbox *outbox = calloc(1, sizeof *outbox);

    if (!outbox)
        out_of_memory();
    *result = NULL;
    buffer_init(&outbox->buffer, SIZE_MAX);
    buffer_init(&outbox->lines.text, SIZE_MAX);
    buffer_init(&outbox->lines.befores, SIZE_MAX);
    outbox->segments.fd = -1;
    outbox->approval_life = span_days(35);
    outbox->state = arena_text(&outbox->arena, options->state);
    outbox->folder = arena_printf(&outbox->arena, "%s/audit", options->state);
    outbox->node = arena_text(&outbox->arena, options->node ? options->node : "");
    outbox->boot = boot_id(&outbox->arena);
    outbox->offset_s = options->offset_s;
    outbox->offset_arg = options->offset_arg;
    outbox->signs = options->audit_key != NULL;
    if (outbox->signs)
        memcpy(outbox->key, options->audit_key, sizeof outbox->key);
    if (!open_files(outbox, options, now, err)) {
        outbox_close(outbox);
        return false;
    }
    *result = outbox;
    return true;
}

void outbox_close(struct outbox *outbox)
{
    if (!outbox)
        return;
    segments_close(&outbox->segments);
    hand_clear(&outbox->hand);
    identities_forget(&outbox->identities);
    database_close(&outbox->database);
    buffer_clear(&outbox->buffer);
    buffer_clear(&outbox->lines.text);
    buffer_clear(&outbox->lines.befores);
    arena_clear(&outbox->scratch);
    arena_clear(&outbox->arena);
    wipe(outbox->key, sizeof outbox->key);
    free(outbox);
}

static bool in_transaction(const struct outbox *outbox)
{
    return sqlite3_get_autocommit(outbox->database.handle) == 0;
}

bool outbox_begin(struct outbox *outbox, struct err *err)
{
    return database_exec(&outbox->database, "BEGIN", err);
}

void outbox_rollback(struct outbox *outbox)
{
    if (in_transaction(outbox))
        sqlite3_exec(outbox->database.handle, "ROLLBACK", NULL, NULL, NULL);
    outbox->log = outbox->committed;
    identities_forget(&outbox->identities);
    hand_clear(&outbox->hand);
    lines_forget(&outbox->lines);
    arena_reset(&outbox->scratch);
}

bool outbox_commit_rows(struct outbox *outbox, struct instant now, struct err *err)
{
    bool ok = change_damaged(outbox, now, err) && log_store(outbox, err);

    if (ok) {
        FAILPOINT("store.commit.before");
        ok = database_exec(&outbox->database, "COMMIT", err);
        FAILPOINT("store.commit.after");
    }
    if (!ok) {
        outbox_rollback(outbox);
        return false;
    }
    outbox->damaged_count = 0;
    outbox->committed = outbox->log;
    arena_reset(&outbox->scratch);
    return true;
}

bool outbox_owes_lines(const struct outbox *outbox)
{
    return !in_transaction(outbox) && outbox->segments.next < outbox->committed.size;
}

bool outbox_write_lines(struct outbox *outbox, struct instant now, struct err *err)
{
    if (!lines_export(outbox, err))
        return false;
    /* The commit stands, whatever becomes of the checkpoint: it is due until it is written. */
    return signer_turn(outbox, now, false, err) || err->kind == ERR_SPACE;
}

bool outbox_commit(struct outbox *outbox, struct instant now, struct err *err)
{
    if (in_transaction(outbox) && !outbox_commit_rows(outbox, now, err))
        return false;
    return outbox_write_lines(outbox, now, err) && segments_sync(&outbox->segments, err);
}

bool outbox_begin_load(struct outbox *outbox, struct err *err)
{
    if (!outbox->loads && !database_keep(&outbox->database, DATABASE_MUCH, err))
        return false;
    outbox->loads = true;
    return true;
}

/* Many rows were loaded: when they are due, the journal need not grow. */
static bool make_room(struct outbox *outbox, int64_t journal_bytes, struct err *err)
{
    return !outbox->loads || journal_bytes < LARGE_LOAD_BYTES ||
           database_make_room(&outbox->database, journal_bytes * ROOM_OF_LOAD, err);
}

/* What was read is read again when it is needed: quiet may last for days. */
static bool rest(struct outbox *outbox, struct err *err)
{
    struct database *database = &outbox->database;
    int64_t journal_bytes = database->journal_bytes;

    if ((database->has_journal && !database_fold(database, true, err)) ||
        !make_room(outbox, journal_bytes, err) ||
        (outbox->loads && !database_keep(database, DATABASE_LITTLE, err)))
        return false;
    outbox->loads = false;
    sqlite3_db_release_memory(database->handle);
    arena_give_back();
    return true;
}

static bool wants_rest(const struct outbox *outbox)
{
    return outbox->loads || outbox->database.has_journal;
}

/* A journal that waits for quiet is folded when it is large, and emptied after the last commit. */
static bool fold(struct outbox *outbox, bool quiet, struct err *err)
{
    struct database *database = &outbox->database;

    if (quiet)
        return !wants_rest(outbox) || rest(outbox, err);
    return database->journal_bytes < FOLD_BYTES || database_fold(database, false, err);
}

/* A signature that is due sooner does not make it quiet. */
static bool may_rest(const struct outbox *outbox, enum tidying how)
{
    return how == TIDY_AT_END ||
           (how == TIDY_QUIET && (outbox->asked_ms < 0 || outbox->asked_ms >= QUIET_MS));
}

static void at_most(struct span *again, int64_t ms)
{
    if (again->ms < 0 || again->ms > ms)
        again->ms = ms;
}

bool outbox_tidy(struct outbox *outbox, struct instant now, enum tidying how, struct span *again,
                 struct err *err)
{
    bool ok = lines_export(outbox, err) &&
              (how == TIDY_BUSY || segments_sync(&outbox->segments, err)) &&
              signer_turn(outbox, now, how == TIDY_AT_END, err);
    bool rests = may_rest(outbox, how);

    *again = signer_wait(outbox, now);
    if (!rests && wants_rest(outbox))
        at_most(again, QUIET_MS);
    if (outbox->segments.unsynced > 0)
        at_most(again, SYNC_MS);
    outbox->asked_ms = again->ms;
    return ok && fold(outbox, rests, err);
}
