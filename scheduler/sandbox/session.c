#include "sandbox/session.h"

#include <string.h>

static struct session *find(const struct world *world, const char *platform, const char *token,
                            bool refresh)
{
    struct session *session = world->sessions;

    while (session && (strcmp(refresh ? session->refresh : session->access, token) != 0 ||
                       strcmp(session->platform, platform) != 0))
        session = session->older;
    return session;
}

const struct session *session_of_access(const struct world *world, const char *platform,
                                        const char *token)
{
    return find(world, platform, token, false);
}

const struct session *session_of_refresh(const struct world *world, const char *platform,
                                         const char *token)
{
    return find(world, platform, token, true);
}

static struct instant instant_of(const json_t *record, const char *member)
{
    return (struct instant){json_integer_or(record, member, 0)};
}

static void count(struct account *account, bool is_login)
{
    if (is_login)
        account->logins++;
    else
        account->refreshes++;
}

void session_apply(struct world *world, const json_t *record)
{
    struct session *session = arena_alloc(&world->arena, sizeof *session), *renewed;
    const char *of = json_text(record, "of");

    session->platform = arena_text(&world->arena, json_text(record, "platform"));
    session->account = arena_text(&world->arena, json_text(record, "account"));
    session->access = arena_text(&world->arena, json_text(record, "access"));
    session->refresh = arena_text(&world->arena, json_text(record, "refresh"));
    session->at = instant_of(record, "at");
    session->access_until = instant_of(record, "access_until");
    session->refresh_until = instant_of(record, "refresh_until");
    session->older = world->sessions;
    renewed = of ? find(world, session->platform, of, true) : NULL;
    if (renewed)
        renewed->successor = session;
    world->sessions = session;
    count(world_find_account(world, session->platform, session->account), !of);
}

const struct session *session_make(struct world *world, const struct account *account,
                                   const char *access, struct span access_life, const char *refresh,
                                   struct span refresh_life, const struct session *renewed)
{
    struct instant now = world_now(world);
    json_t *record = json_object();

    json_put(record, "record", "session");
    json_put(record, "platform", account->platform);
    json_put(record, "account", account->handle);
    json_put(record, "access", access);
    json_put(record, "refresh", refresh);
    json_put(record, "of", renewed ? renewed->refresh : NULL);
    json_put_integer(record, "at", now.ms);
    json_put_integer(record, "access_until", instant_plus(now, access_life).ms);
    json_put_integer(record, "refresh_until", instant_plus(now, refresh_life).ms);
    world_change(world, record);
    return world->sessions;
}

static void end(struct instant *until, struct instant now)
{
    if (instant_before(now, *until))
        *until = now;
}

void session_apply_expire(struct world *world, const json_t *record)
{
    const char *platform = json_text(record, "platform"), *handle = json_text(record, "account");
    const char *refresh = json_text(record, "refresh");
    struct instant now = instant_of(record, "at");
    struct session *session;

    if (refresh) {
        end(&find(world, platform, refresh, true)->refresh_until, now);
        return;
    }
    world_find_account(world, platform, handle)->expired++;
    for (session = world->sessions; session; session = session->older)
        if (strcmp(session->account, handle) == 0 && strcmp(session->platform, platform) == 0)
            end(&session->access_until, now);
}

static void expire(struct world *world, const char *platform, const char *handle,
                   const char *refresh)
{
    json_t *record = json_object();

    json_put(record, "record", "expire");
    json_put(record, "platform", platform);
    json_put(record, "account", handle);
    json_put(record, "refresh", refresh);
    json_put_integer(record, "at", world_now(world).ms);
    world_change(world, record);
}

static bool has_good_access(struct world *world, const struct account *account)
{
    const struct session *session;

    for (session = world->sessions; session; session = session->older)
        if (strcmp(session->account, account->handle) == 0 &&
            strcmp(session->platform, account->platform) == 0 &&
            instant_before(world_now(world), session->access_until))
            return true;
    return false;
}

void session_expire_access(struct world *world, const struct account *account)
{
    if (has_good_access(world, account))
        expire(world, account->platform, account->handle, NULL);
}

void session_expire_refresh(struct world *world, const struct session *session)
{
    expire(world, session->platform, session->account, session->refresh);
}
