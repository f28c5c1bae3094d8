#include "net/secrets.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/json.h"

enum { CREDENTIAL_BYTES = 64 * 1024, KEY_BYTES = 32 };

/* One member of one account's file. */
struct secret {
    struct secret *next;
    char *account;
    const char *member; /* the adapter's own word */
    char *value;
};

/* The tokens in use of one account. */
struct session {
    struct session *next;
    char *account, *access, *refresh;
};

struct secrets {
    char *folder; /* NULL when there is no $CREDENTIALS_DIRECTORY */
    char *state;
    struct secret *list;
    struct session *sessions;
    unsigned char store_key[KEY_BYTES];
    bool has_store_key;
};

static char *copy_text(const char *text)
{
    char *copy = strdup(text);

    if (!copy)
        out_of_memory();
    return copy;
}

struct secrets *secrets_new(const char *folder, const char *state)
{
    struct secrets *secrets = calloc(1, sizeof *secrets);

    if (!secrets)
        out_of_memory();
    secrets->folder = folder ? copy_text(folder) : NULL;
    secrets->state = copy_text(state);
    return secrets;
}

static void wipe_text(char *text)
{
    wipe(text, strlen(text));
    free(text);
}

static void secret_free(struct secret *secret)
{
    wipe_text(secret->value);
    free(secret->account);
    free(secret);
}

static void forget_account(struct secrets *secrets, const char *account)
{
    for (struct secret **link = &secrets->list; *link;) {
        struct secret *secret = *link;
        if (account && strcmp(secret->account, account) != 0) {
            link = &secret->next;
            continue;
        }
        *link = secret->next;
        secret_free(secret);
    }
}

static void session_free(struct session *session)
{
    wipe_text(session->access);
    wipe_text(session->refresh);
    free(session->account);
    free(session);
}

static void forget_session(struct secrets *secrets, const char *account)
{
    for (struct session **link = &secrets->sessions; *link;) {
        struct session *session = *link;

        if (account && strcmp(session->account, account) != 0) {
            link = &session->next;
            continue;
        }
        *link = session->next;
        session_free(session);
    }
}

void secrets_free(struct secrets *secrets)
{
    if (!secrets)
        return;
    forget_account(secrets, NULL);
    forget_session(secrets, NULL);
    wipe(secrets->store_key, sizeof secrets->store_key);
    free(secrets->folder);
    free(secrets->state);
    free(secrets);
}

static bool accept_owner(const char *path, const struct file_stamp *stamp, struct err *err)
{
    if (stamp->mode & 077)
        return err_set(err, ERR_CONFIG, _("%s can be read or written by others; make it mode 0600"),
                       path);
    if (stamp->owner != geteuid() && stamp->owner != 0)
        return err_set(err, ERR_CONFIG, _("%s belongs to another user (uid %u)"), path,
                       stamp->owner);
    return true;
}

/* The bytes of folder/name; the caller wipes them. A missing folder or file is not yet a fault:
 * *bytes NULL. */
static bool read_private(const char *folder, const char *name, struct arena *arena, char **bytes,
                         size_t *length, struct err *err)
{
    const char *path = arena_printf(arena, "%s/%s", folder, name);
    struct file_stamp stamp;
    struct stat status;
    int fd;
    bool ok;

    *bytes = NULL;
    *length = 0;
    if (lstat(path, &status) != 0 && (errno == ENOENT || errno == ENOTDIR))
        return true;
    if (!folder_open(folder, &fd, err))
        return false;
    ok = file_read_beneath(fd, name, CREDENTIAL_BYTES, arena, bytes, length, &stamp, err);
    close(fd);
    if (ok && accept_owner(path, &stamp, err))
        return true;
    if (ok)
        wipe(*bytes, *length);
    return false;
}

/* Texts of parsed bytes are lent by jansson; they are overwritten before it frees them. */
static void wipe_value(json_t *value)
{
    if (json_is_string(value))
        wipe((char *)(uintptr_t)json_string_value(value), json_string_length(value));
}

static void wipe_texts(json_t *object)
{
    const char *member;
    json_t *value;

    json_object_foreach(object, member, value) wipe_value(value);
}

static void wipe_member(json_t *object, const char *member)
{
    wipe_value(json_object_get(object, member));
    json_object_del(object, member);
}

static bool is_usable(const char *value)
{
    for (const char *c = value; *c; c++) {
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            return false;
    }
    return *value != '\0';
}

static void remember(struct secrets *secrets, const char *account, const char *member,
                     const char *value)
{
    struct secret *secret = calloc(1, sizeof *secret);

    if (!secret)
        out_of_memory();
    *secret = (struct secret){secrets->list, copy_text(account), member, copy_text(value)};
    secrets->list = secret;
}

static bool take_members(struct secrets *secrets, const struct account *account,
                         const struct adapter *adapter, const char *path, const json_t *object,
                         struct err *err)
{
    const char *const *keys = adapter_credential_keys(adapter, account);

    for (const char *const *key = keys; *key; key++) {
        const char *value = json_text(object, *key);
        if (!value || !is_usable(value))
            return err_set(err, ERR_CONFIG, _("%s has no usable \"%s\""), path, *key);
        remember(secrets, account->name, *key, value);
    }
    return true;
}

static bool take_file(struct secrets *secrets, const struct account *account,
                      const struct adapter *adapter, const char *path, const char *bytes,
                      size_t length, struct err *err)
{
    struct err fault = {0};
    json_t *object = json_read(bytes, length, &fault);
    bool ok;

    if (!json_is_object(object)) {
        json_decref(object);
        return err_set(err, ERR_CONFIG, _("%s is not a JSON object"), path);
    }
    ok = take_members(secrets, account, adapter, path, object, err);
    wipe_texts(object);
    json_decref(object);
    return ok;
}

/* Where an account's file may lie, the preferred place first. */
struct place_of_file {
    const char *folder; /* NULL: not here */
    const char *name;
};

static void list_places(const struct secrets *secrets, const struct account *account,
                        struct arena *arena, struct place_of_file places[2])
{
    const char *sub = account->live ? "" : "/test", *prefix = account->live ? "" : "test.";

    places[0].folder = secrets->folder;
    places[0].name = arena_printf(arena, "%s%s.json", prefix, account->name);
    places[1].folder = arena_printf(arena, "%s/credentials%s", secrets->state, sub);
    places[1].name = arena_printf(arena, "%s.json", account->name);
}

/* "identifier": "...", "password": "..." */
static const char *members_of(const struct adapter *adapter, const struct account *account,
                              struct arena *arena)
{
    const char *const *keys = adapter_credential_keys(adapter, account), *text = "";

    for (const char *const *key = keys; *key; key++)
        text = arena_printf(arena, "%s%s\"%s\": \"...\"", text, *text ? ", " : "", *key);
    return text;
}

static bool load_first(struct secrets *secrets, const struct account *account,
                       const struct adapter *adapter, struct arena *arena, struct err *err)
{
    struct place_of_file places[2];
    size_t length;
    char *bytes;
    bool ok;

    list_places(secrets, account, arena, places);
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        const char *path;
        if (!places[i].folder)
            continue;
        path = arena_printf(arena, "%s/%s", places[i].folder, places[i].name);
        if (!read_private(places[i].folder, places[i].name, arena, &bytes, &length, err))
            return false;
        if (!bytes)
            continue;
        ok = take_file(secrets, account, adapter, path, bytes, length, err);
        wipe(bytes, length);
        return ok;
    }
    return err_set(err, ERR_CONFIG, _("%s/%s is missing; it holds {%s} with mode 0600"),
                   places[1].folder, places[1].name, members_of(adapter, account, arena));
}

bool secrets_load(struct secrets *secrets, const struct account *account,
                  const struct adapter *adapter, struct err *err)
{
    struct arena arena = {0};
    bool ok;

    forget_account(secrets, account->name);
    ok = load_first(secrets, account, adapter, &arena, err);
    if (!ok) {
        forget_account(secrets, account->name);
        err_within(err, _("credentials of account %s"), account->name);
    }
    arena_clear(&arena);
    return ok;
}

const char *secrets_value(const struct secrets *secrets, const char *account, const char *member)
{
    for (const struct secret *secret = secrets->list; secret; secret = secret->next) {
        if (strcmp(secret->account, account) == 0 && strcmp(secret->member, member) == 0)
            return secret->value;
    }
    return NULL;
}

static bool parse_key(const char *path, char *bytes, size_t length, unsigned char key[KEY_BYTES],
                      struct err *err)
{
    struct digest digest;

    while (length > 0 && (bytes[length - 1] == '\n' || bytes[length - 1] == '\r'))
        bytes[--length] = '\0';
    if (length != strlen(bytes) || !digest_from_hex(bytes, &digest))
        return err_set(err, ERR_CONFIG, _("%s is not a key of 64 hexadecimal digits"), path);
    memcpy(key, digest.bytes, KEY_BYTES);
    wipe(&digest, sizeof digest);
    return true;
}

static bool make_key(const char *folder, const char *path, unsigned char key[KEY_BYTES],
                     struct err *err)
{
    struct digest digest;
    char hex[DIGEST_HEX];
    bool ok;

    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        return err_errno(err, ERR_IO, errno, _("folder %s cannot be made"), folder);
    random_bytes(key, KEY_BYTES);
    memcpy(digest.bytes, key, KEY_BYTES);
    ok = file_replace(path, digest_hex(&digest, hex), DIGEST_HEX - 1, 0600, err);
    wipe(hex, sizeof hex);
    wipe(&digest, sizeof digest);
    return ok;
}

static bool find_key(const struct secrets *secrets, const char *name, bool make,
                     unsigned char key[KEY_BYTES], struct arena *arena, struct err *err)
{
    const char *own = arena_printf(arena, "%s/credentials", secrets->state);
    const char *folders[] = {secrets->folder, own};
    size_t length;
    char *bytes;
    bool ok;

    for (size_t i = secrets->folder ? 0 : 1; i < COUNT_OF(folders); i++) {
        if (!read_private(folders[i], name, arena, &bytes, &length, err))
            return false;
        if (!bytes)
            continue;
        ok = parse_key(arena_printf(arena, "%s/%s", folders[i], name), bytes, length, key, err);
        wipe(bytes, length);
        return ok;
    }
    if (make)
        return make_key(own, arena_printf(arena, "%s/%s", own, name), key, err);
    return err_set(err, ERR_CONFIG, _("the key %s/%s is missing"), own, name);
}

bool secrets_key(struct secrets *secrets, const char *name, bool make, unsigned char key[KEY_BYTES],
                 struct err *err)
{
    struct arena arena = {0};
    bool ok = find_key(secrets, name, make, key, &arena, err);

    arena_clear(&arena);
    return ok;
}

/* ---- sessions ---- */

bool secrets_allow_sessions(struct secrets *secrets, struct err *err)
{
    secrets->has_store_key = secrets_key(secrets, "store-key", true, secrets->store_key, err);
    return secrets->has_store_key;
}

/* What is sealed: the access token, a line break, the refresh token. A usable token has no control
 * character in it. */
static char *seal_pair(const struct secrets *secrets, const char *account, const char *access,
                       const char *refresh, struct arena *arena)
{
    char *pair = arena_printf(arena, "%s\n%s", access, refresh);
    size_t length = strlen(pair);
    char *sealed = seal(secrets->store_key, account, pair, length, arena);

    wipe(pair, length);
    return sealed;
}

void secrets_take_session(struct secrets *secrets, const char *account,
                          const struct session_words *words, const char *body, size_t length,
                          struct arena *arena, char **sealed, char **rest, size_t *rest_length)
{
    struct err ignored;
    json_t *object = json_read(body, length, &ignored);
    const char *access = json_text(object, words->access),
               *refresh = json_text(object, words->refresh);

    *sealed = NULL;
    *rest = arena_text(arena, "");
    *rest_length = 0;
    if (!json_is_object(object)) {
        json_decref(object);
        return;
    }
    if (secrets->has_store_key && access && is_usable(access) && refresh && is_usable(refresh))
        *sealed = seal_pair(secrets, account, access, refresh, arena);
    wipe_member(object, words->access);
    wipe_member(object, words->refresh);
    *rest = json_write(object, arena, rest_length);
    json_decref(object);
}

/* The pair as it was sealed; false for anything else, an empty half included. */
static bool remember_session(struct secrets *secrets, const char *account, char *pair)
{
    char *refresh = strchr(pair, '\n');
    struct session *session;

    if (!refresh || refresh == pair || !refresh[1])
        return false;
    *refresh++ = '\0';
    session = calloc(1, sizeof *session);
    if (!session)
        out_of_memory();
    forget_session(secrets, account);
    *session = (struct session){secrets->sessions, copy_text(account), copy_text(pair),
                                copy_text(refresh)};
    secrets->sessions = session;
    return true;
}

static bool open_pair(struct secrets *secrets, const char *account, const char *sealed,
                      struct arena *arena)
{
    unsigned char *bytes;
    size_t length;
    char *pair;
    bool ok;

    if (!secrets->has_store_key ||
        !unseal(secrets->store_key, account, sealed, arena, &bytes, &length))
        return false;
    pair = arena_text_n(arena, (const char *)bytes, length);
    ok = remember_session(secrets, account, pair);
    wipe(bytes, length);
    wipe(pair, length);
    return ok;
}

bool secrets_use_session(struct secrets *secrets, const char *account, const char *sealed,
                         struct err *err)
{
    struct arena arena = {0};
    bool ok = open_pair(secrets, account, sealed, &arena);

    arena_clear(&arena);
    if (ok)
        return true;
    forget_session(secrets, account);
    return err_set(err, ERR_CONFIG,
                   _("the stored session of account %s cannot be opened with this store-key; "
                     "Crier logs in anew"),
                   account);
}

static const struct session *session_of(const struct secrets *secrets, const char *account)
{
    const struct session *session = secrets->sessions;

    while (session && strcmp(session->account, account) != 0)
        session = session->next;
    return session;
}

const char *secrets_session_access(const struct secrets *secrets, const char *account)
{
    const struct session *session = session_of(secrets, account);

    return session ? session->access : NULL;
}

const char *secrets_session_refresh(const struct secrets *secrets, const char *account)
{
    const struct session *session = session_of(secrets, account);

    return session ? session->refresh : NULL;
}
