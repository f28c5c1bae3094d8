#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/failpoint.h"
#include "base/file.h"
#include "base/i18n.h"
#include "store/inside.h"

/* With a publish or a hold at most once a second, else once a minute. */
enum { URGENT_MS = 1000, NEWS_MS = 60000, SMALL_FILE_BYTES = 64 * 1024 };

static bool write_file(const struct outbox *outbox, const char *name, const char *text,
                       struct arena *arena, struct err *err)
{
    return file_replace(arena_printf(arena, "%s/%s", outbox->folder, name), text, strlen(text),
                        0644, err);
}

static bool sign(struct outbox *outbox, struct instant now, struct err *err)
{
    struct checkpoint checkpoint = {.origin = outbox->origin,
                                    .size = outbox->committed.size,
                                    .root = merkle_root(&outbox->committed.tree)};
    struct arena scratch = {0};
    bool ok;

    if (!segments_sync(&outbox->segments, err))
        return false;
    FAILPOINT("checkpoint.before");
    ok = write_file(outbox, "checkpoint", checkpoint_write(&checkpoint, outbox->key, &scratch),
                    &scratch, err);
    FAILPOINT("checkpoint.after");
    arena_clear(&scratch);
    if (ok) {
        outbox->signed_size = checkpoint.size;
        outbox->signed_at = now;
        outbox->urgent = false;
    }
    return ok;
}

/* The rest of what is due; a clock that went backwards does not make us wait longer. */
struct span signer_wait(const struct outbox *outbox, struct instant now)
{
    int64_t passed = instant_since(now, outbox->signed_at).ms;
    int64_t every = outbox->urgent ? URGENT_MS : NEWS_MS;

    if (!outbox->signs || outbox->signed_size == outbox->segments.next)
        return (struct span){-1};
    return (struct span){passed < 0 || passed >= every ? 0 : every - passed};
}

/* Never ahead of the lines on disk. */
bool signer_turn(struct outbox *outbox, struct instant now, bool at_end, struct err *err)
{
    int64_t wait = signer_wait(outbox, now).ms;

    if (wait < 0 || (wait > 0 && !at_end) || outbox_owes_lines(outbox))
        return true;
    return sign(outbox, now, err);
}

static bool check_public_key(struct outbox *outbox, struct arena *arena, struct err *err)
{
    unsigned char public_key[SIGN_KEY_BYTES];
    char *path = arena_printf(arena, "%s/log.pub.pem", outbox->folder);
    char *ours, *found;
    size_t length;

    sign_public(outbox->key, public_key);
    ours = sign_public_pem(public_key, arena);
    if (access(path, F_OK) != 0)
        return write_file(outbox, "log.pub.pem", ours, arena, err);
    if (!file_read(path, SMALL_FILE_BYTES, arena, &found, &length, err))
        return false;
    return !strcmp(found, ours) ||
           err_set(err, ERR_CONFIG,
                   _("the credential audit-key does not belong to %s: the audit log "
                     "was signed with another key"),
                   path);
}

/* The checkpoint is the second witness of I10: a database that lost records it signed is an old
 * one. */
static bool check_checkpoint(struct outbox *outbox, struct arena *arena, struct err *err)
{
    char *path = arena_printf(arena, "%s/checkpoint", outbox->folder), *text;
    unsigned char public_key[SIGN_KEY_BYTES];
    struct checkpoint checkpoint;
    struct digest root = merkle_root(&outbox->committed.tree);
    size_t length;

    if (access(path, F_OK) != 0)
        return true;
    sign_public(outbox->key, public_key);
    if (!file_read(path, SMALL_FILE_BYTES, arena, &text, &length, err))
        return false;
    if (!checkpoint_read(text, public_key, arena, &checkpoint, err)) {
        err->kind = ERR_CONFIG;
        return err_within(err, "%s", path);
    }
    if (checkpoint.size > outbox->committed.size ||
        (checkpoint.size == outbox->committed.size &&
         memcmp(&checkpoint.root, &root, sizeof root) != 0))
        return err_set(err, ERR_CONFIG,
                       _("the database is older than the signed checkpoint %s, or another one: it "
                         "has %lld audit records, the checkpoint %lld. Was it restored from a "
                         "backup?"),
                       path, (long long)outbox->committed.size, (long long)checkpoint.size);
    outbox->signed_size = checkpoint.size;
    return true;
}

bool signer_start(struct outbox *outbox, struct instant now, struct err *err)
{
    struct arena scratch = {0};
    bool ok = true;

    outbox->signed_size = -1;
    outbox->signed_at = now;
    if (outbox->signs) {
        ok = check_public_key(outbox, &scratch, err) && check_checkpoint(outbox, &scratch, err) &&
             (outbox->signed_size >= 0 || sign(outbox, now, err));
    }
    arena_clear(&scratch);
    return ok;
}
