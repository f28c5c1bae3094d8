/* Sessions: tokens that a platform gives and that end. What is sealed is the access token, the
 * refresh token and, where the session came from a first token of the credential, the hash of that
 * one; each on a line of its own, because a usable token has no control character in it. */
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/json.h"
#include "net/secrets_inside.h"

enum { LONGEST_LIFE_DAYS = 400 }; /* what says more is mistaken: an end in 2058 was seen */

char *secret_copy(const char *text)
{
    char *copy = strdup(text);

    if (!copy)
        out_of_memory();
    return copy;
}

void secret_wipe(char *text)
{
    wipe(text, strlen(text));
    free(text);
}

bool secret_is_usable(const char *value)
{
    for (const char *c = value; *c; c++) {
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            return false;
    }
    return *value != '\0';
}

void secret_wipe_value(json_t *value)
{
    if (json_is_string(value))
        wipe((char *)(uintptr_t)json_string_value(value), json_string_length(value));
}

/* ---- the tokens in use ---- */

static void session_free(struct session *session)
{
    secret_wipe(session->access);
    secret_wipe(session->refresh);
    free(session->account);
    free(session);
}

void session_forget(struct secrets *secrets, const char *account)
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

static const struct secret *first_token(const struct secrets *secrets, const char *account)
{
    const struct secret *secret = secrets->list;

    while (secret && (!secret->first || strcmp(secret->account, account) != 0))
        secret = secret->next;
    return secret;
}

static bool came_from(const struct session *session, const struct secret *first)
{
    char hex[DIGEST_HEX];

    return !strcmp(session->origin, digest_hex_of(first->value, strlen(first->value), hex));
}

/* Its session, unless the file has a first token that it did not come from: that is a new login. */
static const struct session *session_of(const struct secrets *secrets, const char *account)
{
    const struct session *session = secrets->sessions;
    const struct secret *first = first_token(secrets, account);

    while (session && strcmp(session->account, account) != 0)
        session = session->next;
    return session && (!first || came_from(session, first)) ? session : NULL;
}

const char *secrets_session_access(const struct secrets *secrets, const char *account)
{
    const struct session *session = session_of(secrets, account);
    const struct secret *first = first_token(secrets, account);

    if (session)
        return session->access;
    return first && first->first == FIRST_ACCESS ? first->value : NULL;
}

const char *secrets_session_refresh(const struct secrets *secrets, const char *account)
{
    const struct session *session = session_of(secrets, account);
    const struct secret *first = first_token(secrets, account);

    if (session)
        return session->refresh;
    return first ? first->value : NULL;
}

bool secrets_is_new_login(const struct secrets *secrets, const char *account)
{
    return first_token(secrets, account) && !session_of(secrets, account);
}

/* ---- from an answer ---- */

bool secrets_allow_sessions(struct secrets *secrets, struct err *err)
{
    secrets->has_store_key = secrets_key(secrets, "store-key", true, secrets->store_key, err);
    return secrets->has_store_key;
}

void secrets_trust_empty(struct secrets *secrets)
{
    secrets->careless = true;
}

struct session_opening secrets_open_session(const struct secrets *secrets, const char *account,
                                            const struct session_words *words, struct arena *arena)
{
    const struct secret *first = first_token(secrets, account);
    const char *refresh = secrets_session_refresh(secrets, account);
    struct session_opening opening = {.words = words};

    opening.refresh = arena_text(arena, refresh ? refresh : "");
    if (first)
        digest_hex_of(first->value, strlen(first->value), opening.origin);
    return opening;
}

static char *seal_tokens(const struct secrets *secrets, const char *account, const char *access,
                         const char *refresh, const char *origin, struct arena *arena)
{
    char *lines = arena_printf(arena, "%s\n%s%s%s", access, refresh, *origin ? "\n" : "", origin);
    size_t length = strlen(lines);
    char *sealed = seal(secrets->store_key, account, lines, length, arena);

    wipe(lines, length);
    return sealed;
}

static bool given(const char *token)
{
    return token && secret_is_usable(token);
}

/* The refresh token from now on; NULL when the answer leaves us without one. */
static const char *next_refresh(const struct secrets *secrets,
                                const struct session_opening *opening, const json_t *answer,
                                const char *access)
{
    const struct session_words *words = opening->words;
    const char *refresh = words->refresh ? json_text(answer, words->refresh) : NULL;

    if (words->keeps == REFRESH_IS_ACCESS)
        return access;
    if (given(refresh) || (secrets->careless && refresh))
        return refresh;
    return words->keeps == REFRESH_STAYS && *opening->refresh ? opening->refresh : NULL;
}

static struct span life_of(const struct session_words *words, const json_t *answer)
{
    int64_t seconds = words->life_member ? json_integer_or(answer, words->life_member, 0) : 0;

    return seconds > 0 && seconds <= span_days(LONGEST_LIFE_DAYS).ms / 1000 ? span_seconds(seconds)
                                                                            : words->life;
}

static void wipe_member(json_t *object, const char *member)
{
    if (!member)
        return;
    secret_wipe_value(json_object_get(object, member));
    json_object_del(object, member);
}

static void take(const struct secrets *secrets, const char *account,
                 const struct session_opening *opening, json_t *answer, struct arena *arena,
                 struct session_answer *taken)
{
    const struct session_words *words = opening->words;
    const char *access = json_text(answer, words->access),
               *refresh = next_refresh(secrets, opening, answer, access);

    if (secrets->has_store_key && given(access) && refresh)
        taken->sealed = seal_tokens(secrets, account, access, refresh, opening->origin, arena);
    taken->life = life_of(words, answer);
    wipe_member(answer, words->access);
    wipe_member(answer, words->refresh);
    taken->rest = json_write(answer, arena, &taken->rest_length);
}

struct session_answer secrets_take_session(const struct secrets *secrets, const char *account,
                                           const struct session_opening *opening, const char *body,
                                           size_t length, struct arena *arena)
{
    struct session_answer taken = {.rest = arena_text(arena, "")};
    struct err ignored;
    json_t *answer = json_read(body, length, &ignored);

    if (json_is_object(answer))
        take(secrets, account, opening, answer, arena, &taken);
    json_decref(answer);
    return taken;
}

char *secrets_seal_first(const struct secrets *secrets, const char *account, struct arena *arena)
{
    const struct secret *first = first_token(secrets, account);
    char origin[DIGEST_HEX];

    if (!secrets->has_store_key || !first || first->first != FIRST_ACCESS)
        return NULL;
    return seal_tokens(secrets, account, first->value, first->value,
                       digest_hex_of(first->value, strlen(first->value), origin), arena);
}

/* ---- from the store ---- */

/* Takes the line at *at, which moves on; NULL when there is none. */
static char *take_line(char **at)
{
    char *line = *at, *end = line ? strchr(line, '\n') : NULL;

    *at = end ? end + 1 : NULL;
    if (end)
        *end = '\0';
    return line;
}

/* The lines as they were sealed; false for anything else, an empty token included. */
static bool remember_session(struct secrets *secrets, const char *account, char *lines)
{
    char *at = lines, *access = take_line(&at), *refresh = take_line(&at), *origin = take_line(&at);
    struct session *session;

    if (!refresh || !*access || !*refresh || (origin && strlen(origin) != DIGEST_HEX - 1))
        return false;
    session = calloc(1, sizeof *session);
    if (!session)
        out_of_memory();
    session_forget(secrets, account);
    *session = (struct session){.next = secrets->sessions,
                                .account = secret_copy(account),
                                .access = secret_copy(access),
                                .refresh = secret_copy(refresh)};
    if (origin)
        memcpy(session->origin, origin, DIGEST_HEX);
    secrets->sessions = session;
    return true;
}

static bool open_sealed(struct secrets *secrets, const char *account, const char *sealed,
                        struct arena *arena)
{
    unsigned char *bytes;
    size_t length;
    char *lines;
    bool ok;

    if (!secrets->has_store_key ||
        !unseal(secrets->store_key, account, sealed, arena, &bytes, &length))
        return false;
    lines = arena_text_n(arena, (const char *)bytes, length);
    ok = remember_session(secrets, account, lines);
    wipe(bytes, length);
    wipe(lines, length);
    return ok;
}

bool secrets_use_session(struct secrets *secrets, const char *account, const char *sealed,
                         struct err *err)
{
    struct arena arena = {0};
    bool ok = open_sealed(secrets, account, sealed, &arena);

    arena_clear(&arena);
    if (ok)
        return true;
    session_forget(secrets, account);
    return err_set(err, ERR_CONFIG,
                   _("the stored session of account %s cannot be opened with this store-key; "
                     "Crier logs in anew"),
                   account);
}
