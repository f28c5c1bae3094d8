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
#include "net/secrets_inside.h"

enum { CREDENTIAL_BYTES = 64 * 1024 };

struct secrets *secrets_new(const char *folder, const char *state)
{
    struct secrets *secrets = calloc(1, sizeof *secrets);

    if (!secrets)
        out_of_memory();
    secrets->folder = folder ? secret_copy(folder) : NULL;
    secrets->state = secret_copy(state);
    return secrets;
}

static void secret_free(struct secret *secret)
{
    secret_wipe(secret->value);
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

static void forget_files(struct secrets *secrets)
{
    while (secrets->files) {
        struct known_file *known = secrets->files;

        secrets->files = known->next;
        free(known->account);
        free(known);
    }
}

void secrets_free(struct secrets *secrets)
{
    if (!secrets)
        return;
    forget_account(secrets, NULL);
    session_forget(secrets, NULL);
    forget_files(secrets);
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
static void wipe_texts(json_t *object)
{
    const char *member;
    json_t *value;

    json_object_foreach(object, member, value) secret_wipe_value(value);
}

static enum first_token kind_of(const struct session_words *words, const char *member)
{
    if (!words || !words->first || strcmp(words->first, member) != 0)
        return FIRST_NOT;
    return words->keeps == REFRESH_IS_ACCESS ? FIRST_ACCESS : FIRST_REFRESH;
}

static void remember(struct secrets *secrets, const char *account, const char *member,
                     const char *value, enum first_token first)
{
    struct secret *secret = calloc(1, sizeof *secret);

    if (!secret)
        out_of_memory();
    *secret =
        (struct secret){secrets->list, secret_copy(account), member, secret_copy(value), first};
    secrets->list = secret;
}

/* What may be left out may also be empty. */
static bool is_left_out(const json_t *object, const char *member)
{
    const json_t *value = json_object_get(object, member);

    return !value || json_is_null(value) || (json_is_string(value) && !json_string_length(value));
}

struct reading_of_file {
    struct secrets *secrets;
    const struct account *account;
    const struct session_words *words;
    const char *path;
    const json_t *object;
};

static bool take_members(const struct reading_of_file *reading, const char *const *members,
                         bool optional, struct err *err)
{
    for (const char *const *member = members; *member; member++) {
        const char *value = json_text(reading->object, *member);

        if (optional && is_left_out(reading->object, *member))
            continue;
        if (!value || !secret_is_usable(value))
            return err_set(err, ERR_CONFIG, _("%s has no usable \"%s\""), reading->path, *member);
        remember(reading->secrets, reading->account->name, *member, value,
                 kind_of(reading->words, *member));
    }
    return true;
}

static bool take_object(struct secrets *secrets, const struct account *account,
                        const struct adapter *adapter, const char *path, const json_t *object,
                        struct err *err)
{
    const struct reading_of_file reading = {secrets, account, adapter_session(adapter, account),
                                            path, object};

    return take_members(&reading, adapter_credential_keys(adapter, account), false, err) &&
           take_members(&reading, adapter_optional_keys(adapter, account), true, err);
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
    ok = take_object(secrets, account, adapter, path, object, err);
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
    return err_set(err, ERR_CONFIG,
                   _("%s/%s is missing; 'crier login %s' makes it, it holds {%s} with mode 0600"),
                   places[1].folder, places[1].name, account->name,
                   members_of(adapter, account, arena));
}

/* A digest of all that was read for an account: whether it is the same is asked, never what. */
static struct digest digest_of_account(const struct secrets *secrets, const char *account)
{
    struct digest_stream *stream = digest_begin();

    for (const struct secret *secret = secrets->list; secret; secret = secret->next) {
        if (strcmp(secret->account, account) != 0)
            continue;
        digest_add(stream, secret->member, strlen(secret->member) + 1);
        digest_add(stream, secret->value, strlen(secret->value) + 1);
    }
    return digest_end(stream);
}

static struct known_file *known_file(struct secrets *secrets, const char *account)
{
    struct known_file *known = secrets->files;

    while (known && strcmp(known->account, account) != 0)
        known = known->next;
    if (known)
        return known;
    known = calloc(1, sizeof *known);
    if (!known)
        out_of_memory();
    known->next = secrets->files;
    known->account = secret_copy(account);
    secrets->files = known;
    return known;
}

static void note_file(struct secrets *secrets, const char *account)
{
    struct known_file *known = known_file(secrets, account);
    struct digest digest = digest_of_account(secrets, account);

    known->changed = known->read && memcmp(&known->digest, &digest, sizeof digest) != 0;
    known->read = true;
    known->digest = digest;
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
    note_file(secrets, account->name);
    arena_clear(&arena);
    return ok;
}

bool secrets_changed(const struct secrets *secrets, const char *account)
{
    const struct known_file *known = secrets->files;

    while (known && strcmp(known->account, account) != 0)
        known = known->next;
    return known && known->changed;
}

const char *secrets_value(const struct secrets *secrets, const char *account, const char *member)
{
    for (const struct secret *secret = secrets->list; secret; secret = secret->next) {
        if (strcmp(secret->account, account) == 0 && strcmp(secret->member, member) == 0)
            return secret->value;
    }
    return NULL;
}

static bool parse_key(const char *path, char *bytes, size_t length,
                      unsigned char key[SEAL_KEY_BYTES], struct err *err)
{
    struct digest digest;

    while (length > 0 && (bytes[length - 1] == '\n' || bytes[length - 1] == '\r'))
        bytes[--length] = '\0';
    if (length != strlen(bytes) || !digest_from_hex(bytes, &digest))
        return err_set(err, ERR_CONFIG, _("%s is not a key of 64 hexadecimal digits"), path);
    memcpy(key, digest.bytes, SEAL_KEY_BYTES);
    wipe(&digest, sizeof digest);
    return true;
}

static bool make_key(const char *folder, const char *path, unsigned char key[SEAL_KEY_BYTES],
                     struct err *err)
{
    struct digest digest;
    char hex[DIGEST_HEX];
    bool ok;

    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        return err_errno(err, ERR_IO, errno, _("folder %s cannot be made"), folder);
    random_bytes(key, SEAL_KEY_BYTES);
    memcpy(digest.bytes, key, SEAL_KEY_BYTES);
    ok = file_replace(path, digest_hex(&digest, hex), DIGEST_HEX - 1, 0600, err);
    wipe(hex, sizeof hex);
    wipe(&digest, sizeof digest);
    return ok;
}

static bool find_key(const struct secrets *secrets, const char *name, bool make,
                     unsigned char key[SEAL_KEY_BYTES], struct arena *arena, struct err *err)
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

bool secrets_key(struct secrets *secrets, const char *name, bool make,
                 unsigned char key[SEAL_KEY_BYTES], struct err *err)
{
    struct arena arena = {0};
    bool ok = find_key(secrets, name, make, key, &arena, err);

    arena_clear(&arena);
    return ok;
}
