#include "sandbox/world.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "sandbox/message.h"
#include "sandbox/session.h"

enum { ID_CLOCK_BITS = 16 }; /* an id is its millisecond, then a counter, as in a snowflake */

static int64_t real_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct instant world_now(struct world *world)
{
    int64_t now = world->virtual_clock ? world->clock_ms : real_ms() + world->clock_ms;

    if (now > world->last_ms)
        world->last_ms = now;
    return (struct instant){world->last_ms};
}

/* ---- records: written, then applied; at a restart applied again ---- */

static const char *keep(struct world *world, const json_t *record, const char *member)
{
    return arena_text(&world->arena, json_text(record, member));
}

static const json_t *keep_detail(struct world *world, const json_t *record)
{
    json_t *detail = json_deep_copy(json_object_get(record, "detail"));

    if (detail)
        arena_on_clear(&world->arena, (void (*)(void *))json_decref, detail);
    return detail;
}

static struct instant instant_of(const json_t *record, const char *member)
{
    return (struct instant){json_integer_or(record, member, 0)};
}

static void saw_id(struct world *world, const char *id)
{
    uint64_t number = strtoull(id, NULL, 10);

    if (number > world->last_id)
        world->last_id = number;
}

static void apply_clock(struct world *world, const json_t *record)
{
    int64_t now = json_integer_or(record, "now", 0);

    world->clock_ms = world->virtual_clock ? now : now - json_integer_or(record, "real", 0);
    if (now > world->last_ms)
        world->last_ms = now;
}

/* Ids are made of a hash, so that an account keeps its own in every run. */
static const char *account_id(struct world *world, const char *platform, const char *handle)
{
    const char *name = arena_printf(&world->arena, "%s/%s", platform, handle);
    struct digest digest = digest_of(name, strlen(name));
    uint64_t number = 0;
    int i;

    for (i = 0; i < 7; i++)
        number = number << 8 | digest.bytes[i];
    return arena_printf(&world->arena, "%" PRIu64, UINT64_C(100000000000000000) + number);
}

static void apply_account(struct world *world, const json_t *record)
{
    struct account *account = arena_alloc(&world->arena, sizeof *account);

    account->platform = keep(world, record, "platform");
    account->handle = keep(world, record, "handle");
    account->id = account_id(world, account->platform, account->handle);
    account->since = instant_of(record, "at");
    account->next = world->accounts;
    world->accounts = account;
}

static void apply_upload(struct world *world, const json_t *record)
{
    struct upload *upload = arena_alloc(&world->arena, sizeof *upload);

    upload->platform = keep(world, record, "platform");
    upload->account = keep(world, record, "account");
    upload->id = keep(world, record, "id");
    upload->sha256 = keep(world, record, "sha256");
    upload->mime = keep(world, record, "mime");
    upload->alt = keep(world, record, "alt");
    upload->bytes = json_integer_or(record, "bytes", 0);
    upload->at = instant_of(record, "at");
    upload->ready_at = instant_of(record, "ready_at");
    upload->detail = keep_detail(world, record);
    upload->older = world->uploads;
    world->uploads = upload;
    saw_id(world, upload->id);
}

static struct upload *upload_of(struct world *world, const json_t *record)
{
    return world_find_upload(world, json_text(record, "platform"), json_text(record, "id"));
}

static void apply_describe(struct world *world, const json_t *record)
{
    upload_of(world, record)->alt = keep(world, record, "alt");
}

static void apply_discard(struct world *world, const json_t *record)
{
    upload_of(world, record)->discarded = true;
}

static struct medium apply_medium(struct world *world, struct post *post, const json_t *record)
{
    const char *id = json_text(record, "upload");
    struct medium medium = {.sha256 = keep(world, record, "sha256"),
                            .mime = keep(world, record, "mime"),
                            .alt = keep(world, record, "alt"),
                            .bytes = json_integer_or(record, "bytes", 0)};

    if (id) {
        medium.upload = world_find_upload(world, post->platform, id);
        medium.upload->post = post;
    }
    return medium;
}

static void attach(struct world *world, struct post *post, const json_t *media)
{
    size_t i;

    post->media_count = json_array_size(media);
    post->media = arena_array(&world->arena, post->media_count + 1, sizeof(struct medium));
    for (i = 0; i < post->media_count; i++)
        post->media[i] = apply_medium(world, post, json_array_get(media, i));
}

static void apply_post(struct world *world, const json_t *record)
{
    struct post *post = arena_alloc(&world->arena, sizeof *post);

    post->platform = keep(world, record, "platform");
    post->account = keep(world, record, "account");
    post->id = keep(world, record, "id");
    post->text = keep(world, record, "text");
    post->key = keep(world, record, "key");
    post->at = instant_of(record, "at");
    post->deleted_at = INSTANT_NONE;
    post->detail = keep_detail(world, record);
    attach(world, post, json_object_get(record, "media"));
    post->older = world->posts;
    if (post->older)
        post->older->newer = post;
    else
        world->first = post;
    world->posts = post;
    world_find_account(world, post->platform, post->account)->posts++;
    saw_id(world, post->id);
}

static void apply_delete(struct world *world, const json_t *record)
{
    const char *platform = json_text(record, "platform"), *id = json_text(record, "id");
    struct post *post;

    for (post = world->posts; post; post = post->older)
        if (strcmp(post->id, id) == 0 && strcmp(post->platform, platform) == 0 &&
            instant_is_none(post->deleted_at)) {
            post->deleted_at = instant_of(record, "at");
            world_find_account(world, post->platform, post->account)->posts--;
        }
}

static void apply_visit(struct world *world, const json_t *record)
{
    struct visit *visit = arena_alloc(&world->arena, sizeof *visit);

    visit->n = json_integer_or(record, "n", 0);
    visit->platform = keep(world, record, "platform");
    visit->method = keep(world, record, "method");
    visit->path = keep(world, record, "path");
    visit->query = keep(world, record, "query");
    visit->key = keep(world, record, "key");
    visit->at = instant_of(record, "at");
    if (world->last_visit)
        world->last_visit->next = visit;
    else
        world->visits = visit;
    world->last_visit = visit;
}

static void apply_visit_end(struct world *world, const json_t *record)
{
    int64_t n = json_integer_or(record, "n", 0);
    struct visit *visit = world->last_visit;

    if (!visit || visit->n != n)
        for (visit = world->visits; visit && visit->n != n; visit = visit->next)
            ;
    if (!visit)
        return;
    visit->status = (int)json_integer_or(record, "status", 0);
    visit->account = keep(world, record, "account");
}

static const struct record_kind {
    const char *name;
    void (*apply)(struct world *world, const json_t *record);
    bool durable;
} record_kinds[] = {
    {"clock", apply_clock, false},          {"account", apply_account, false},
    {"upload", apply_upload, true},         {"describe", apply_describe, false},
    {"discard", apply_discard, false},      {"post", apply_post, true},
    {"delete", apply_delete, true},         {"visit", apply_visit, false},
    {"visit_end", apply_visit_end, false},  {"session", session_apply, true},
    {"expire", session_apply_expire, true},
};

static const struct record_kind *kind_of(const json_t *record)
{
    const char *name = json_text(record, "record");
    size_t i;

    for (i = 0; name && i < COUNT_OF(record_kinds); i++)
        if (strcmp(record_kinds[i].name, name) == 0)
            return &record_kinds[i];
    return NULL;
}

static void apply_kept(void *context, const json_t *record)
{
    const struct record_kind *kind = kind_of(record);

    if (kind) /* a record of a later version says nothing to us */
        kind->apply(context, record);
}

static void fail(const struct err *err)
{
    log_line(LOG_ERROR, "sandbox: %s", err->text);
    exit(err_exit_status(err->kind));
}

void world_change(struct world *world, json_t *record)
{
    const struct record_kind *kind = kind_of(record);
    struct err err;

    assert(kind); /* we made the record */
    if (!journal_add(&world->journal, record, kind->durable, &err))
        fail(&err);
    kind->apply(world, record);
    json_decref(record);
}

static json_t *record_new(const char *kind, const char *platform, const char *id)
{
    json_t *record = json_object();

    json_put(record, "record", kind);
    json_put(record, "platform", platform);
    json_put(record, "id", id);
    return record;
}

/* ---- the world's own verbs ---- */

bool world_open(struct world *world, const char *folder, bool virtual_clock, struct instant start,
                struct err *err)
{
    *world = (struct world){.virtual_clock = virtual_clock};
    if (virtual_clock)
        world->clock_ms = instant_is_none(start) ? real_ms() : start.ms;
    if (!journal_open(&world->journal, folder, &world->arena, apply_kept, world, err))
        return false;
    if (virtual_clock &&
        world->last_ms == 0) /* recorded, so that a restart stands where we stood */
        (void)world_set_clock(world, (struct instant){world->clock_ms});
    return true;
}

void world_close(struct world *world)
{
    journal_close(&world->journal);
    arena_clear(&world->arena);
}

bool world_set_clock(struct world *world, struct instant now)
{
    json_t *record;

    if (instant_before(now, world_now(world)))
        return false;
    record = json_object();
    json_put(record, "record", "clock");
    json_put_integer(record, "now", now.ms);
    json_put_integer(record, "real", real_ms());
    world_change(world, record);
    return true;
}

const char *world_new_id(struct world *world, struct arena *arena)
{
    uint64_t number = (uint64_t)world_now(world).ms << ID_CLOCK_BITS;

    if (number <= world->last_id)
        number = world->last_id + 1;
    world->last_id = number;
    return arena_printf(arena, "%" PRIu64, number);
}

static bool is_listed(const json_t *list, const char *credential)
{
    size_t i;

    for (i = 0; i < json_array_size(list); i++)
        if (strcmp(json_string_value(json_array_get(list, i)), credential) == 0)
            return true;
    return false;
}

const char *world_name_of(const char *credential, struct arena *arena)
{
    static const char mark[] = "sandbox-";
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
    const char *handle = credential + sizeof mark - 1;
    char hex[DIGEST_HEX];

    if (strncmp(credential, mark, sizeof mark - 1) == 0 && *handle && strlen(handle) <= 64 &&
        handle[strspn(handle, letters)] == '\0')
        return handle;
    return arena_printf(arena, "user_%.10s", digest_hex_of(credential, strlen(credential), hex));
}

const char *world_handle_of(struct world *world, const char *credential, struct arena *arena)
{
    return !world->accepted || is_listed(world->accepted, credential)
               ? world_name_of(credential, arena)
               : NULL;
}

struct account *world_find_account(struct world *world, const char *platform, const char *handle)
{
    struct account *account = world->accounts;

    while (account &&
           (strcmp(account->platform, platform) != 0 || strcmp(account->handle, handle) != 0))
        account = account->next;
    return account;
}

struct account *world_account_by_id(struct world *world, const char *platform, const char *id)
{
    struct account *account = world->accounts;

    while (account && (strcmp(account->platform, platform) != 0 || strcmp(account->id, id) != 0))
        account = account->next;
    return account;
}

struct account *world_account(struct world *world, const char *platform, const char *handle)
{
    struct account *account = world_find_account(world, platform, handle);
    json_t *record;

    if (account)
        return account;
    record = record_new("account", platform, NULL);
    json_put(record, "handle", handle);
    json_put_integer(record, "at", world_now(world).ms);
    world_change(world, record);
    return world->accounts;
}

static struct upload *take_in(struct world *world, const struct account *account, const void *bytes,
                              size_t length, const char *mime, const char *alt,
                              struct span processing, json_t *detail)
{
    struct instant now = world_now(world);
    json_t *record = record_new("upload", account->platform, world_new_id(world, &world->arena));
    char hex[DIGEST_HEX];
    struct err err;

    digest_hex_of(bytes, length, hex);
    if (!journal_keep_media(&world->journal, hex, bytes, length, &world->arena, &err))
        fail(&err);
    json_put(record, "account", account->handle);
    json_put(record, "sha256", hex);
    json_put(record, "mime", mime);
    json_put(record, "alt", alt);
    json_put_integer(record, "bytes", (int64_t)length);
    json_put_integer(record, "at", now.ms);
    json_put_integer(record, "ready_at", instant_plus(now, processing).ms);
    json_put_new(record, "detail", detail);
    world_change(world, record);
    return world->uploads;
}

struct upload *world_upload(struct world *world, const struct account *account, const void *bytes,
                            size_t length, const char *mime, const char *alt,
                            struct span processing, json_t *detail)
{
    const char *kept = world->journal.folder ? bytes : arena_copy(&world->arena, bytes, length);

    return take_in(world, account, kept, length, mime, alt, processing, detail);
}

struct upload *world_upload_kept(struct world *world, const struct account *account,
                                 const void *bytes, size_t length, const char *mime,
                                 struct span processing, json_t *detail)
{
    return take_in(world, account, bytes, length, mime, NULL, processing, detail);
}

const char *world_keep(struct world *world, struct buffer *buffer, struct arena *arena)
{
    const char *bytes = buffer->bytes;

    if (buffer->capacity)
        arena_on_clear(world->journal.folder ? arena : &world->arena, free, buffer->bytes);
    buffer_init(buffer, buffer->maximum);
    return bytes;
}

struct upload *world_find_upload(struct world *world, const char *platform, const char *id)
{
    struct upload *upload = world->uploads;

    while (upload && (strcmp(upload->id, id) != 0 || strcmp(upload->platform, platform) != 0))
        upload = upload->older;
    return upload;
}

void world_describe(struct world *world, struct upload *upload, const char *alt)
{
    json_t *record = record_new("describe", upload->platform, upload->id);

    json_put(record, "alt", alt);
    world_change(world, record);
}

void world_discard(struct world *world, struct upload *upload)
{
    world_change(world, record_new("discard", upload->platform, upload->id));
}

bool world_media(struct world *world, const char *sha256, struct arena *arena, const char **bytes,
                 size_t *length)
{
    const struct upload *upload = world->uploads;
    struct err ignored;

    while (upload && strcmp(upload->sha256, sha256) != 0)
        upload = upload->older;
    return upload && journal_media(&world->journal, sha256, arena, bytes, length, &ignored);
}

struct medium world_medium(struct upload *upload)
{
    return (struct medium){.sha256 = upload->sha256,
                           .mime = upload->mime,
                           .alt = upload->alt,
                           .bytes = upload->bytes,
                           .upload = upload};
}

static json_t *medium_record(const struct medium *medium)
{
    json_t *record = json_object();

    json_put(record, "upload", medium->upload ? medium->upload->id : NULL);
    json_put(record, "sha256", medium->sha256);
    json_put(record, "mime", medium->mime);
    json_put(record, "alt", medium->alt);
    json_put_integer(record, "bytes", medium->bytes);
    return record;
}

struct post *world_publish(struct world *world, const struct account *account,
                           const struct draft *draft)
{
    const char *id = draft->id ? draft->id : world_new_id(world, &world->arena);
    json_t *record = record_new("post", account->platform, id), *media = json_array();
    size_t i;

    for (i = 0; i < draft->media_count; i++)
        json_array_append_new(media, medium_record(&draft->media[i]));
    json_put(record, "account", account->handle);
    json_put(record, "text", draft->text);
    json_put(record, "key", draft->key);
    json_put_integer(record, "at", world_now(world).ms);
    json_put_new(record, "media", media);
    json_put_new(record, "detail", draft->detail);
    world_change(world, record);
    return world->posts;
}

struct post *world_find_post(struct world *world, const char *platform, const char *id)
{
    struct post *post = world->posts;

    while (post && (strcmp(post->id, id) != 0 || strcmp(post->platform, platform) != 0))
        post = post->older;
    return post;
}

const struct post *world_post_by_key(const struct world *world, const struct account *account,
                                     const char *key, struct instant since)
{
    const struct post *post;

    for (post = world->posts; post && !instant_before(post->at, since); post = post->older)
        if (post->key && strcmp(post->key, key) == 0 &&
            strcmp(post->platform, account->platform) == 0 &&
            strcmp(post->account, account->handle) == 0)
            return post;
    return NULL;
}

void world_delete(struct world *world, struct post *post)
{
    json_t *record = record_new("delete", post->platform, post->id);

    json_put_integer(record, "at", world_now(world).ms);
    world_change(world, record);
}

/* What strangers send may be no UTF-8; the record stays valid JSON. */
static void put_foreign(json_t *record, const char *member, const char *text)
{
    json_put(record, member, text && !text_is_valid(text, strlen(text)) ? "(not UTF-8)" : text);
}

struct visit *world_visit(struct world *world, const char *platform, const char *method,
                          const char *path, const char *query, const char *key)
{
    json_t *record = record_new("visit", platform, NULL);

    json_put_integer(record, "n", world->last_visit ? world->last_visit->n + 1 : 1);
    put_foreign(record, "method", method);
    put_foreign(record, "path", path);
    put_foreign(record, "query", query);
    put_foreign(record, "key", key);
    json_put_integer(record, "at", world_now(world).ms);
    world_change(world, record);
    return world->last_visit;
}

void world_visit_end(struct world *world, struct visit *visit, int status, const char *account)
{
    json_t *record = record_new("visit_end", visit->platform, NULL);

    json_put_integer(record, "n", visit->n);
    json_put_integer(record, "status", status);
    json_put(record, "account", account);
    world_change(world, record);
}
