/* net/secrets_inside.h - what secrets.c (files, keys) and sessions.c (tokens) share, and nobody
 * else includes. */
#ifndef CRIER_NET_SECRETS_INSIDE_H
#define CRIER_NET_SECRETS_INSIDE_H

#include "base/digest.h"
#include "net/secrets.h"

/* What a member of a file is besides a credential: session_words.first. */
enum first_token { FIRST_NOT, FIRST_REFRESH, FIRST_ACCESS };

/* One member of one account's file. */
struct secret {
    struct secret *next;
    char *account;
    const char *member; /* the adapter's own word */
    char *value;
    enum first_token first;
};

/* What was last read of an account's file. */
struct known_file {
    struct known_file *next;
    char *account;
    struct digest digest;
    bool read, changed;
};

/* The tokens in use of one account. */
struct session {
    struct session *next;
    char *account, *access, *refresh;
    char origin[DIGEST_HEX]; /* SHA-256 of the first token that it came from; "" = of none */
};

struct secrets {
    char *folder; /* NULL when there is no $CREDENTIALS_DIRECTORY */
    char *state;
    struct secret *list;
    struct session *sessions;
    struct known_file *files;
    unsigned char store_key[SEAL_KEY_BYTES];
    bool has_store_key;
    bool careless; /* secrets_trust_empty */
};

char *secret_copy(const char *text);      /* on the heap */
void secret_wipe(char *text);             /* and free */
bool secret_is_usable(const char *value); /* not empty, no control character */
void secret_wipe_value(json_t *value);    /* a text that jansson lends; others are left alone */

void session_forget(struct secrets *secrets, const char *account); /* NULL = all */

#endif
