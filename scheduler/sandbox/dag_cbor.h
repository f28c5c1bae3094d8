/* sandbox/dag_cbor.h - content ids of the AT Protocol: CIDv1, SHA-256, base32.
 *
 * A record's id is that of its DAG-CBOR bytes: members sorted by length, then bytes; {"$link"}
 * is a link (tag 42), {"$bytes"} are bytes. Reals are not allowed in records.
 */
#ifndef CRIER_SANDBOX_DAG_CBOR_H
#define CRIER_SANDBOX_DAG_CBOR_H

#include "base/arena.h"
#include "base/compiler.h"
#include "base/digest.h"
#include "base/json.h"

/* "bafkrei...": of raw bytes with this SHA-256. */
const char *cid_of_blob(const struct digest *digest, struct arena *arena);
/* "bafyrei...": of a record. False when it holds what DAG-CBOR cannot say. */
MUST_CHECK bool cid_of_record(const json_t *record, struct arena *arena, const char **cid);

/* RFC 4648 in lower case without padding. */
const char *base32_lower(const unsigned char *bytes, size_t length, struct arena *arena);

#endif
