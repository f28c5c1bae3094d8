#include "support/store_fixture.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "store/database.h"

static const unsigned char key[SIGN_KEY_BYTES] = "the key of a test, 32 bytes long";

static void require(bool ok, const struct err *err)
{
    if (!ok) {
        fprintf(stderr, "fixture: %s\n", err->text);
        abort();
    }
}

struct outbox_options fixture_options(const struct fixture *fixture)
{
    return (struct outbox_options){.state = fixture->state,
                                   .origin = "example.gov.in/crier",
                                   .audit_key = key,
                                   .node = "node1"};
}

bool fixture_open(struct fixture *fixture)
{
    const struct outbox_options options = fixture_options(fixture);

    return outbox_open(&options, fixture->now, &fixture->outbox, &fixture->err);
}

void fixture_close(struct fixture *fixture)
{
    outbox_close(fixture->outbox);
    fixture->outbox = NULL;
}

void fixture_start(struct fixture *fixture)
{
    /* In memory: what a crash of the machine would do is not asked here, and fsync would be most of
     * the time. */
    const char *memory = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    const char *base = getenv("TMPDIR");

    *fixture = (struct fixture){.now = {INT64_C(1795939200000)}}; /* 2026-11-29T08:00:00Z */
    (void)snprintf(fixture->state, sizeof fixture->state, "%s/crier-store-XXXXXX",
                   base ? base : memory);
    if (!mkdtemp(fixture->state))
        abort();
    require(fixture_open(fixture), &fixture->err);
}

static void remove_files(const char *folder)
{
    DIR *stream = opendir(folder);
    struct dirent *entry;
    char path[1024];

    while (stream && (entry = readdir(stream))) {
        if (entry->d_name[0] == '.')
            continue;
        (void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (entry->d_type == DT_DIR)
            remove_files(path);
        else
            unlink(path);
    }
    if (stream)
        closedir(stream);
    rmdir(folder);
}

void fixture_end(struct fixture *fixture)
{
    fixture_close(fixture);
    remove_files(fixture->state);
    arena_clear(&fixture->arena);
}

const char *fixture_path(struct fixture *fixture, const char *name)
{
    return arena_printf(&fixture->arena, "%s/%s", fixture->state, name);
}

char *fixture_read(struct fixture *fixture, const char *name, size_t *length)
{
    char *bytes = NULL;

    require(file_read(fixture_path(fixture, name), 1 << 28, &fixture->arena, &bytes, length,
                      &fixture->err),
            &fixture->err);
    return bytes;
}

void fixture_write(struct fixture *fixture, const char *name, const char *bytes, size_t length)
{
    require(file_replace(fixture_path(fixture, name), bytes, length, 0640, &fixture->err),
            &fixture->err);
}

void fixture_copy(struct fixture *fixture, const char *from, const char *to)
{
    size_t length;
    const char *bytes = fixture_read(fixture, from, &length);

    fixture_write(fixture, to, bytes, length);
}

void fixture_sql(struct fixture *fixture, const char *sql)
{
    sqlite3 *database = NULL;
    char *why = NULL;

    if (sqlite3_open(fixture_path(fixture, "outbox.db"), &database) != SQLITE_OK ||
        sqlite3_exec(database, sql, NULL, NULL, &why) != SQLITE_OK) {
        fprintf(stderr, "fixture: %s: %s\n", sql, why ? why : sqlite3_errmsg(database));
        abort();
    }
    sqlite3_close(database);
}

struct delivery *fixture_delivery(struct fixture *fixture, const char *post, const char *account,
                                  struct instant at)
{
    struct delivery *delivery = arena_alloc(&fixture->arena, sizeof *delivery);

    *delivery = (struct delivery){.campaign = "traffic",
                                  .post = arena_text(&fixture->arena, post),
                                  .occurrence = "once",
                                  .account = arena_text(&fixture->arena, account),
                                  .platform = "mastodon",
                                  .at = at,
                                  .useful_until = instant_plus(at, span_hours(2)),
                                  .file = "traffic.cfg",
                                  .author = 1000,
                                  .state = STATE_READY};
    delivery_start_afresh(delivery);
    delivery->content = arena_printf(&fixture->arena, "{\"text\":\"हेलमेट पहनें: %s\",\"v\":1}", post);
    digest_hex_of(delivery->content, strlen(delivery->content), delivery->content_hash);
    memcpy(delivery->same_hash, delivery->content_hash, DIGEST_HEX);
    delivery_set_id(delivery);
    return delivery;
}

static void begin(struct fixture *fixture)
{
    require(outbox_begin(fixture->outbox, &fixture->err), &fixture->err);
}

void fixture_commit(struct fixture *fixture)
{
    require(outbox_commit(fixture->outbox, fixture->now, &fixture->err), &fixture->err);
}

void fixture_insert(struct fixture *fixture, const struct delivery *delivery)
{
    char *identity = arena_printf(&fixture->arena, "mastodon|%s", delivery->account);

    begin(fixture);
    require(outbox_insert(fixture->outbox, delivery, identity, &fixture->err), &fixture->err);
    fixture_commit(fixture);
}

enum written fixture_change(struct fixture *fixture, const struct delivery *after, enum state from,
                            const char *event)
{
    const struct change change = {
        .after = after, .from = from, .event = event, .actor = "svc:crier"};
    enum written written;
    const char *twin;

    begin(fixture);
    require(outbox_change(fixture->outbox, &change, fixture->now, &fixture->arena, &written, &twin,
                          &fixture->err),
            &fixture->err);
    fixture_commit(fixture);
    return written;
}

struct delivery *fixture_row(struct fixture *fixture, const char *id)
{
    struct delivery *delivery;

    require(outbox_read(fixture->outbox, id, &fixture->arena, &delivery, &fixture->err),
            &fixture->err);
    return delivery;
}

enum written fixture_move(struct fixture *fixture, const char *id, enum state to,
                          const char *reason)
{
    struct delivery *delivery = fixture_row(fixture, id);
    enum state from = delivery->state;

    delivery->state = to;
    delivery->reason = reason;
    return fixture_change(fixture, delivery, from, "test");
}
