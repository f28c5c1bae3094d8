#include "support/net_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/registry.h"

static void must(bool fine, const char *what)
{
    if (fine)
        return;
    fprintf(stderr, "fixture: %s\n", what);
    abort();
}

static void write_file(const char *folder, const char *name, const char *text)
{
    char path[256];
    FILE *file;

    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    file = fopen(path, "w");
    must(file != NULL, path);
    must(fputs(text, file) >= 0 && fclose(file) == 0, path);
    must(chmod(path, 0600) == 0, path);
}

static void make_folder(struct net_fixture *fixture)
{
    static const char *const subs[] = {"credentials", "credentials/test", "spool"};
    char path[256];

    (void)snprintf(fixture->folder, sizeof fixture->folder, "/tmp/crier-net-XXXXXX");
    must(mkdtemp(fixture->folder) != NULL, "folder");
    for (size_t i = 0; i < COUNT_OF(subs); i++) {
        (void)snprintf(path, sizeof path, "%s/%s", fixture->folder, subs[i]);
        must(mkdir(path, 0700) == 0, path);
    }
    write_file(fixture->folder, "credentials/test/drill.json",
               "{\"access_token\": \"" FIXTURE_TOKEN "\"}");
}

void net_fixture_start_trusting(struct net_fixture *fixture, int port, const char *ca_file)
{
    struct err err = {0};
    struct transfers_options options;
    char spool[128];

    memset(fixture, 0, sizeof *fixture);
    make_folder(fixture);
    must(uv_loop_init(&fixture->loop) == 0, "loop");
    test_clock_init(&fixture->clock);
    (void)snprintf(fixture->base_url, sizeof fixture->base_url, "http://127.0.0.1:%d", port);
    fixture->account =
        (struct account){.name = "drill", .platform = "mastodon", .base_url = fixture->base_url};
    fixture->adapter = adapter_by_name("mastodon");
    fixture->secrets = secrets_new(NULL, fixture->folder);
    must(secrets_load(fixture->secrets, &fixture->account, adapter_by_name("mastodon"), &err),
         err.text);
    (void)snprintf(spool, sizeof spool, "%s/spool", fixture->folder);
    options = (struct transfers_options){.loop = &fixture->loop,
                                         .clock = &fixture->clock.clock,
                                         .spool = spool,
                                         .secrets = fixture->secrets,
                                         .ca_file = ca_file};
    must(transfers_start(&options, &fixture->transfers, &err), err.text);
}

void net_fixture_start(struct net_fixture *fixture, int port)
{
    net_fixture_start_trusting(fixture, port, NULL);
}

static void remove_folder(const char *folder)
{
    char command[128];

    (void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
    must(system(command) == 0, "remove");
}

void net_fixture_stop(struct net_fixture *fixture)
{
    if (fixture->transfers)
        transfers_stop(fixture->transfers);
    must(uv_run(&fixture->loop, UV_RUN_DEFAULT) == 0, "handles are left on the loop");
    must(uv_loop_close(&fixture->loop) == 0, "the loop cannot be closed");
    must(fixture->clock.count == 0, "a timer is still armed");
    secrets_free(fixture->secrets);
    arena_clear(&fixture->arena);
    remove_folder(fixture->folder);
}

static const struct header *copy_headers(struct arena *arena, const struct http_reply *reply)
{
    struct header *headers = arena_array(arena, reply->header_count, sizeof *headers);

    for (size_t i = 0; i < reply->header_count; i++) {
        headers[i].name = arena_text(arena, reply->headers[i].name);
        headers[i].value = arena_text(arena, reply->headers[i].value);
    }
    return headers;
}

static void keep_reply(void *arg, const struct http_reply *reply)
{
    struct net_fixture *fixture = arg;
    struct arena *arena = &fixture->arena;

    fixture->answers++;
    arena_reset(arena);
    fixture->reply = *reply;
    fixture->reply.headers = copy_headers(arena, reply);
    fixture->reply.body = arena_text_n(arena, reply->body, reply->body_length);
    fixture->reply.why = arena_text(arena, reply->why);
    fixture->reply.tokens = arena_text(arena, reply->tokens);
}

void net_fixture_send(struct net_fixture *fixture, const struct http_request *request, bool fresh)
{
    transfer_send(fixture->transfers, &fixture->account, fixture->adapter, request, fresh,
                  keep_reply, fixture);
}

void net_fixture_run(struct net_fixture *fixture, size_t count)
{
    while (fixture->answers < count)
        must(uv_run(&fixture->loop, UV_RUN_ONCE) != 0 || fixture->answers >= count,
             "the loop ended without an answer");
}

const struct http_reply *net_fixture_ask(struct net_fixture *fixture,
                                         const struct http_request *request, bool fresh)
{
    net_fixture_send(fixture, request, fresh);
    net_fixture_run(fixture, fixture->answers + 1);
    return &fixture->reply;
}
