/* store/audit.h - the audit log: JSON lines in a hash chain, an RFC 6962 root, a signed C2SP
 * checkpoint.
 *
 * reliability.md §4 has the format. Records stand in the database, written in the transaction of
 * the change they tell of; their lines are exported to STATE/audit/audit-SEQ.jsonl after the
 * commit. Verification uses the bytes as they are and needs neither the database nor this program.
 */
#ifndef CRIER_STORE_AUDIT_H
#define CRIER_STORE_AUDIT_H

#include "base/digest.h"
#include "base/err.h"
#include "base/json.h"

/* The state of a Merkle tree that only grows: at most 64 node hashes. */
struct merkle {
    struct {
        int height;
        struct digest hash;
    } nodes[64];
    size_t count;
    int64_t size; /* leaves */
};
void merkle_add(struct merkle *tree, const void *leaf, size_t length);
struct digest merkle_root(const struct merkle *tree);

/* A checkpoint as text (signed note), and its reading. */
struct checkpoint {
    const char *origin;
    int64_t size;
    struct digest root;
};
char *checkpoint_write(const struct checkpoint *checkpoint, const unsigned char key[SIGN_KEY_BYTES],
                       struct arena *arena);
MUST_CHECK bool checkpoint_read(const char *text, const unsigned char public_key[SIGN_KEY_BYTES],
                                struct arena *arena, struct checkpoint *checkpoint,
                                struct err *err);

/* What `audit verify` says. */
struct audit_verdict {
    bool ok;
    int64_t records;
    int64_t first_bad;     /* seq of the first record that is wrong; -1 = none */
    char root[DIGEST_HEX]; /* over all records read */
    int64_t checkpoint;    /* size of the checkpoint that holds; -1 = none */
    char why[ERR_TEXT];
};
/* Verifies STATE/audit against its checkpoint and the given public key file (NULL:
 * STATE/audit/log.pub.pem). */
MUST_CHECK bool audit_verify(const char *folder, const char *public_pem,
                             struct audit_verdict *verdict, struct err *err);

#endif
