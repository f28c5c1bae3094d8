/* Runs one scenario (README.md here has the language), then once more for each `twin RULE` it names
 * with that rule switched off: a twin that passes is a failure. With `sweep` the whole story is
 * told again for every boundary at which the process can end, once each.
 *
 *     runner [-v] FILE.scn [--without RULE] [--crash N]
 */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "calendar/when.h"
#include "stage.h"

enum { MOST_WORDS = 24, MOST_CAMPAIGNS = 4, NO_CRASH_LEFT = 3 };

struct script {
    struct stage stage;
    char *text;
    const char *title;
    const char *campaign_names[MOST_CAMPAIGNS], *campaign_texts[MOST_CAMPAIGNS];
    size_t campaign_count;
    const char *workspace;
    const char *clock;
    const char *twins[8];
    size_t twin_count;
    bool sweep;
    long chaos;         /* so many random tellings */
    const char **block; /* where `| ...` lines go, or NULL */
    struct call *current;
};

struct words {
    char *items[MOST_WORDS];
    size_t count;
    const char *rest[MOST_WORDS]; /* the line from that word on, quotes and all */
};

static const char default_workspace[] =
    "timezone = \"Asia/Kolkata\";\n"
    "accounts = (\n"
    "  { name = \"toots\"; platform = \"mastodon\"; live = false; handle = \"police\"; base_url = "
    "\"http://127.0.0.1:1/a\"; },\n"
    "  { name = \"plain\"; platform = \"mastodon\"; live = false; handle = \"police\"; base_url = "
    "\"http://127.0.0.1:1/b\"; keeps_keys = false; },\n"
    "  { name = \"live\"; platform = \"mastodon\"; live = true; handle = \"police\"; server = "
    "\"https://social.example.gov.in\"; approvals = 0; gap = \"30s\"; },\n"
    "  { name = \"gapped\"; platform = \"mastodon\"; live = false; handle = \"police\"; base_url = "
    "\"http://127.0.0.1:1/c\"; gap = \"30s\"; }\n"
    ");\n";

/* ---- times ---- */

static struct instant wall(struct script *script, struct civil civil)
{
    struct instant first, second;

    if (zone_resolve(script->stage.set.workspace.zone, &civil, &first, &second) == ZONE_GAP)
        fail(&script->stage, "there is no such local time");
    return first;
}

/* HH:MM[:SS] is the next such time on the wall, +SPAN a while from now. */
static bool time_of(struct script *script, const char *word, struct instant *when)
{
    const struct zone *zone = script->stage.set.workspace.zone;
    struct when time;
    struct span span;
    struct civil civil;

    if (word[0] == '+' && span_parse(word + 1, &span)) {
        *when = instant_plus(script->stage.now, span);
        return true;
    }
    if (!isdigit((unsigned char)word[0]) || !strchr(word, ':') || !when_parse_time(word, &time))
        return false;
    civil = zone_civil(zone, script->stage.now);
    civil.hour = time.civil.hour;
    civil.minute = time.civil.minute;
    civil.second = time.civil.second;
    *when = wall(script, civil);
    if (instant_before(*when, script->stage.now))
        *when = instant_plus(*when, span_days(1));
    return true;
}

static struct span span_of(struct script *script, const char *word)
{
    bool back = word[0] == '-';
    struct span span;

    if (!span_parse(word + (back || word[0] == '+'), &span))
        fail(&script->stage, "%s is no span", word);
    return back ? (struct span){-span.ms} : span;
}

/* ---- commands: what the world does ---- */

typedef void (*command)(struct script *script, const struct words *words);

static const char *word_at(struct script *script, const struct words *words, size_t index)
{
    if (index >= words->count)
        fail(&script->stage, "%s needs more words", words->items[0]);
    return words->items[index];
}

static void start_if_needed(struct script *script)
{
    struct stage *stage = &script->stage;
    struct when clock;

    if (stage->started)
        return;
    stage_read(stage, script->workspace ? script->workspace : default_workspace,
               script->campaign_names, script->campaign_texts, script->campaign_count);
    if (!script->clock || !when_parse(script->clock, &clock))
        fail(stage, "clock must say YYYY-MM-DD HH:MM");
    stage->now = wall(script, clock.civil);
    stage_start(stage);
}

static void do_start(struct script *script, const struct words *words)
{
    (void)words;
    (void)script;
}

static const struct delivery *row_of(struct script *script, const struct words *words, size_t index)
{
    return stage_row(&script->stage, word_at(script, words, index));
}

static struct call *oldest_open(struct script *script)
{
    struct stage *stage = &script->stage;

    for (size_t i = 0; i < stage->call_count; i++) {
        if (stage->calls[i].open)
            return &stage->calls[i];
    }
    return NULL;
}

static bool same_request(const struct call *a, const struct call *b)
{
    bool same = a->request.body_length == b->request.body_length &&
                !memcmp(a->request.body, b->request.body, a->request.body_length) &&
                a->request.header_count == b->request.header_count;

    for (size_t i = 0; same && i < a->request.header_count; i++)
        same = !strcmp(a->request.headers[i].value, b->request.headers[i].value);
    return same;
}

static const struct call *call_before(struct script *script, const struct call *call)
{
    const struct call *found = NULL;

    for (const struct call *other = script->stage.calls; other < call; other++) {
        if (!strcmp(other->delivery, call->delivery) && other->request.kind == REQUEST_PUBLISH)
            found = other;
    }
    return found;
}

static void check_call(struct script *script, const struct words *words, size_t index)
{
    struct stage *stage = &script->stage;
    const struct call *call = script->current, *before = call_before(script, call);
    const char *word = words->items[index];

    if (!strcmp(word, "same") && (!before || !same_request(before, call)))
        fail(stage, "the request is not the same as before");
    else if (!strcmp(word, "fresh") && !call->fresh)
        fail(stage, "the request does not ask for a connection of its own");
    else if (!strcmp(word, "pooled") && call->fresh)
        fail(stage, "the request asks for a connection of its own");
    else if (strchr(word, '/') && strcmp(call->delivery, stage_row(stage, word)->id) != 0)
        fail(stage, "the request is not for %s", word);
}

/* expect METHOD PATH [NAME] [same] [fresh|pooled]; expect nothing */
static void do_expect(struct script *script, const struct words *words)
{
    struct stage *stage = &script->stage;
    struct call *call = oldest_open(script);

    if (!strcmp(word_at(script, words, 1), "nothing")) {
        if (call)
            fail(stage, "an unexpected %s %s", call->request.method, call->request.path);
        return;
    }
    if (!call)
        fail(stage, "no %s %s came", words->items[1], word_at(script, words, 2));
    if (strcmp(call->request.method, words->items[1]) != 0 ||
        strncmp(call->request.path, word_at(script, words, 2), strlen(words->items[2])) != 0)
        fail(stage, "%s %s came instead", call->request.method, call->request.path);
    script->current = call;
    for (size_t i = 3; i < words->count; i++)
        check_call(script, words, i);
}

static struct call *current(struct script *script)
{
    if (!script->current || !script->current->open)
        fail(&script->stage, "no request was expected before this");
    return script->current;
}

/* answers STATUS [Header:value ...] [BODY]: in one word each, `_` for a blank in a header's value
 */
static void do_answers(struct script *script, const struct words *words)
{
    struct stage *stage = &script->stage;
    struct call *call = current(script);
    struct header *headers = arena_array(&stage->arena, MOST_WORDS, sizeof *headers);
    size_t i, count = 0;
    struct http_reply reply;

    for (i = 2; i < words->count && words->items[i][0] != '{' && strchr(words->items[i], ':');
         i++) {
        char *colon = strchr(words->items[i], ':');
        headers[count].name =
            arena_text_n(&stage->arena, words->items[i], (size_t)(colon - words->items[i]));
        headers[count].value = colon + 1;
        for (char *c = colon; *c; c++)
            *c = *c == '_' ? ' ' : *c;
        count++;
    }
    reply =
        server_reply(&stage->server, call->account, atoi(word_at(script, words, 1)), // lint: test
                     i < words->count ? arena_text(&stage->arena, words->rest[i]) : "", stage->now);
    reply.headers = headers;
    reply.header_count = count;
    stage_reply(stage, call, &reply);
}

static const char *store(struct script *script, const char *text)
{
    struct stage *stage = &script->stage;
    struct call *call = current(script);

    return server_store(&stage->server, call->account, &call->request, text, stage->now);
}

static void accept(struct script *script, const char *id)
{
    struct stage *stage = &script->stage;
    struct call *call = current(script);
    struct http_reply reply = server_accepts(&stage->server, call->account, id, stage->now);

    stage_reply(stage, call, &reply);
}

static void silence(struct script *script, enum request_fate fate)
{
    struct http_reply reply = server_silence(&script->stage.server, fate, script->stage.now);

    stage_reply(&script->stage, current(script), &reply);
}

static void do_publishes(struct script *script, const struct words *words)
{
    (void)words;
    accept(script, store(script, NULL));
}

static void do_alters(struct script *script, const struct words *words)
{
    (void)words;
    accept(script, store(script, "something else"));
}

/* Stored, and the answer is lost. */
static void do_stores(struct script *script, const struct words *words)
{
    (void)words;
    (void)store(script, NULL);
    silence(script, FATE_MAYBE_SENT);
}

/* Stored; what is answered comes next. */
static void do_stored(struct script *script, const struct words *words)
{
    (void)words;
    (void)store(script, NULL);
}

static void do_stores_twice(struct script *script, const struct words *words)
{
    (void)store(script, NULL);
    do_stores(script, words);
}

static void do_lost(struct script *script, const struct words *words)
{
    (void)words;
    silence(script, FATE_MAYBE_SENT);
}

static void do_unsent(struct script *script, const struct words *words)
{
    (void)words;
    silence(script, FATE_NOT_SENT);
}

static void do_restart(struct script *script, const struct words *words)
{
    (void)words;
    stage_restart(&script->stage);
}

/* The process is gone; restart comes later. */
static void do_time(struct script *script, const struct words *words)
{
    struct instant when;

    if (!time_of(script, words->items[0], &when))
        fail(&script->stage, "%s is no time", words->items[0]);
    stage_until(&script->stage, when);
}

/* down SPAN: the daemon does not run meanwhile */
static void do_down(struct script *script, const struct words *words)
{
    script->stage.now = instant_plus(script->stage.now, span_of(script, word_at(script, words, 1)));
    stage_restart(&script->stage);
}

static const struct {
    const char *word;
    enum flag_scope scope;
} scopes[] = {{"all", FLAG_ALL},
              {"campaign", FLAG_CAMPAIGN},
              {"account", FLAG_ACCOUNT},
              {"class", FLAG_CLASS}};

static void do_hold(struct script *script, const struct words *words)
{
    struct stage *stage = &script->stage;

    for (size_t i = 0; i < COUNT_OF(scopes); i++) {
        if (!strcmp(scopes[i].word, word_at(script, words, 1)))
            stage->flags[stage->flag_count++] =
                (struct flag){scopes[i].scope,
                              words->count > 2 ? arena_text(&stage->arena, words->items[2]) : ""};
    }
    stage_flags(stage);
}

static void do_release(struct script *script, const struct words *words)
{
    (void)words;
    script->stage.flag_count = 0;
    stage_flags(&script->stage);
}

/* resolve NAME ID: a person says that it is public there */
static void do_resolve(struct script *script, const struct words *words)
{
    const struct delivery *row = row_of(script, words, 1);
    struct delivery after = *row;

    after.state = STATE_PUBLISHED;
    after.reason = "";
    after.remote_id = word_at(script, words, 2);
    after.published = script->stage.now;
    stage_decide(&script->stage, &(struct change){.after = &after,
                                                  .from = row->state,
                                                  .event = "resolve",
                                                  .actor = "os:1000:clerk"});
}

/* steps SPAN: somebody sets the clock; sleeps SPAN: the host was suspended */
static void do_steps(struct script *script, const struct words *words)
{
    struct span step = span_of(script, word_at(script, words, 1));

    script->stage.now = instant_plus(script->stage.now, step);
    if (step.ms < 0 && instant_before(script->stage.now, script->stage.fed))
        script->stage.fed = script->stage.now;
    stage_tell(&script->stage, (struct event){.kind = EVENT_CLOCK, .step = step});
}

static void do_sleeps(struct script *script, const struct words *words)
{
    script->stage.now = instant_plus(script->stage.now, span_of(script, word_at(script, words, 1)));
    stage_tell(&script->stage, (struct event){.kind = EVENT_CLOCK, .slept = true});
}

static void do_distrust(struct script *script, const struct words *words)
{
    script->stage.trusted = !strcmp(words->items[0], "trusts-clock");
    stage_tell(&script->stage, (struct event){.kind = EVENT_TIME});
}

static void do_date(struct script *script, const struct words *words)
{
    struct server *server = &script->stage.server;

    server->accounts[server_account(server, word_at(script, words, 1))].date =
        span_of(script, word_at(script, words, 2));
}

static void do_handle(struct script *script, const struct words *words)
{
    struct server *server = &script->stage.server;

    server->accounts[server_account(server, word_at(script, words, 1))].handle =
        arena_text(&script->stage.arena, word_at(script, words, 2));
}

static void do_reads(struct script *script, const struct words *words)
{
    static const char *const modes[] = {"work", "fail", "lost", "refused"};

    for (size_t i = 0; i < COUNT_OF(modes); i++) {
        if (!strcmp(modes[i], word_at(script, words, 1)))
            script->stage.server.reads = (enum reads)i;
    }
}

static void do_hides(struct script *script, const struct words *words)
{
    script->stage.server.hidden = !strcmp(words->items[0], "hides");
}

static void do_uploads(struct script *script, const struct words *words)
{
    script->stage.uploads_wait = !strcmp(word_at(script, words, 1), "wait");
}

static void do_limits(struct script *script, const struct words *words)
{
    script->stage.server.most_text = strtoul(word_at(script, words, 1), NULL, 10);
}

static void do_processes(struct script *script, const struct words *words)
{
    script->stage.server.processing = strtoul(word_at(script, words, 1), NULL, 10);
}

/* session ends ACCOUNT: what its requests carry is over, by the platform's judgement */
static void do_session(struct script *script, const struct words *words)
{
    struct stage *stage = &script->stage;

    if (strcmp(word_at(script, words, 1), "ends") != 0)
        fail(stage, "session ends ACCOUNT");
    server_end_sessions(&stage->server, word_at(script, words, 2), stage->now);
}

static void do_renewals(struct script *script, const struct words *words)
{
    static const char *const modes[] = {"work", "lost", "empty"};

    for (size_t i = 0; i < COUNT_OF(modes); i++) {
        if (!strcmp(modes[i], word_at(script, words, 1)))
            script->stage.server.renewals = (enum renewals)i;
    }
}

static void do_expired(struct script *script, const struct words *words)
{
    struct stage *stage = &script->stage;
    struct call *call = current(script);
    struct http_reply reply = server_expired(&stage->server, call->account, stage->now);

    (void)words;
    stage_reply(stage, call, &reply);
}

static void do_automatic(struct script *script, const struct words *words)
{
    (void)words;
    script->stage.automatic = true;
}

/* ---- commands: what must be true now ---- */

static bool one_of(const char *wanted, const char *word)
{
    size_t length = strlen(word);

    for (const char *at = wanted; (at = strstr(at, word)); at++) {
        if ((at == wanted || at[-1] == '|') && (at[length] == '|' || at[length] == '\0'))
            return true;
    }
    return false;
}

/* outbox NAME STATE[|STATE] [REASON] */
static void do_outbox(struct script *script, const struct words *words)
{
    const struct delivery *row = row_of(script, words, 1);
    const char *state = state_word(row->state);

    if (!one_of(word_at(script, words, 2), state) ||
        (words->count > 3 && strcmp(row->reason, words->items[3]) != 0))
        fail(&script->stage, "%s is %s %s (%s)", words->items[1], state, row->reason, row->note);
}

static void do_alarm(struct script *script, const struct words *words)
{
    struct stage *stage = &script->stage;
    const char *word = word_at(script, words, 1);

    for (size_t i = 0; i < stage->alarm_count; i++) {
        if (!strcmp(stage->alarms[i].word, word))
            return;
    }
    fail(stage, "no alarm %s", word);
}

static void do_quiet(struct script *script, const struct words *words)
{
    (void)words;
    if (script->stage.alarm_count > 0)
        fail(&script->stage, "an alarm: %s", script->stage.alarms[0].text);
}

/* posts N [TEXT]: how many are public, by the server's own count */
static void do_posts(struct script *script, const struct words *words)
{
    const struct server *server = &script->stage.server;
    size_t count = 0;

    for (size_t i = 0; i < server->count; i++)
        count += words->count < 3 || strstr(server->posts[i].text, words->items[2]) != NULL;
    if (count != strtoul(word_at(script, words, 1), NULL, 10))
        fail(&script->stage, "%zu posts are public", count);
}

/* sessions ACCOUNT LOGINS RENEWALS: how they came about, by the server's own count */
static void do_sessions(struct script *script, const struct words *words)
{
    struct server *server = &script->stage.server;
    const struct sessions *sessions =
        &server->accounts[server_account(server, word_at(script, words, 1))].sessions;

    if (sessions->logins != strtoul(word_at(script, words, 2), NULL, 10) ||
        sessions->renewals != strtoul(word_at(script, words, 3), NULL, 10))
        fail(&script->stage, "%zu logins, %zu renewals", sessions->logins, sessions->renewals);
}

static size_t public_copies(const struct server *server, const struct delivery *row,
                            struct arena *arena)
{
    struct content content;
    struct err err;
    size_t count = 0;

    if (!content_read(row->content, arena, &content, &err))
        return 0;
    for (size_t i = 0; i < server->count; i++)
        count += !strcmp(server->posts[i].text, content.text) &&
                 !strcmp(server->posts[i].account, row->account);
    return count;
}

static struct deliveries all_rows(struct stage *stage)
{
    const struct outbox_filter all = {
        .from = INSTANT_NONE, .until = INSTANT_NONE, .after_at = INSTANT_NONE, .limit = 100};
    struct deliveries rows;
    struct err err;

    if (!outbox_list(stage->outbox, &all, &stage->arena, &rows, &err))
        fail(stage, "%s", err.text);
    return rows;
}

/* Published means once, failed and expired mean not at all, and nothing is there twice. */
static void do_true_states(struct script *script, const struct words *words)
{
    struct stage *stage = &script->stage;
    const struct deliveries rows = all_rows(stage);

    (void)words;
    for (size_t i = 0; i < rows.count; i++) {
        const struct delivery *row = rows.items[i];
        size_t copies = public_copies(&stage->server, row, &stage->arena);
        bool doubt =
            row->state == STATE_HELD || row->state == STATE_SENDING || row->state == STATE_DOUBTFUL;

        if (copies > 1 || (!doubt && copies != (row->state == STATE_PUBLISHED)))
            fail(stage, "%s is %s, and public %zu times", row->post, state_word(row->state),
                 copies);
    }
}

/* What the post with that text says it answers, by the server's own list. */
static const char *answered_there(struct stage *stage, const char *text)
{
    const struct server *server = &stage->server;
    struct err err;

    for (size_t i = 0; i < server->count; i++) {
        json_t *sent;

        if (strcmp(server->posts[i].text, text) != 0)
            continue;
        sent = json_in_arena(json_read(server->posts[i].sent, strlen(server->posts[i].sent), &err),
                             &stage->arena);
        return json_text(sent, "in_reply_to_id");
    }
    return NULL;
}

/* Each part of a thread that is public answers the one before it. */
static void do_in_order(struct script *script, const struct words *words)
{
    struct stage *stage = &script->stage;
    const struct deliveries rows = all_rows(stage);

    (void)words;
    for (size_t i = 0; i < rows.count; i++) {
        const struct delivery *row = rows.items[i];
        struct content content;
        const char *answers;
        struct err err;

        if (!row->parent[0] || row->state != STATE_PUBLISHED ||
            !content_read(row->content, &stage->arena, &content, &err))
            continue;
        answers = answered_there(stage, content.text);
        if (!answers || strcmp(answers, row->parent_id) != 0)
            fail(stage, "%s answers %s, not %s", row->occurrence, answers ? answers : "nobody",
                 row->parent_id);
    }
}

static void do_attempts(struct script *script, const struct words *words)
{
    const struct delivery *row = row_of(script, words, 1);

    if (row->attempts != strtol(word_at(script, words, 2), NULL, 10))
        fail(&script->stage, "%" PRId64 " attempts", row->attempts);
}

static void do_idle(struct script *script, const struct words *words)
{
    struct engine_load load = engine_load(script->stage.engine, script->stage.now);

    (void)words;
    if (load.held_in_memory || load.in_flight || load.unsaved || load.overdue_without_reason)
        fail(&script->stage, "%zu held, %zu in flight, %zu unsaved, %zu overdue without a reason",
             load.held_in_memory, load.in_flight, load.unsaved, load.overdue_without_reason);
}

static void do_why(struct script *script, const struct words *words)
{
    const struct delivery *row = row_of(script, words, 1);
    const char *why =
        engine_why(script->stage.engine, row->id, script->stage.now, &script->stage.arena);

    if (!why || !strstr(why, words->rest[2]))
        fail(&script->stage, "why: %s", why ? why : "not held");
}

static void do_makes(struct script *script, const struct words *words)
{
    (void)words;
    stage_make(&script->stage);
}

/* media FILE [METADATA]: a picture; with metadata it must be made anew before it goes out */
static void do_media(struct script *script, const struct words *words)
{
    struct stage *stage = &script->stage;
    struct media_facts *facts = arena_push(&stage->arena, &stage->media, &stage->media_count,
                                           &stage->media_capacity, sizeof *facts);
    const char **metadata = arena_array(&stage->arena, 2, sizeof *metadata);
    const char *file = arena_text(&stage->arena, word_at(script, words, 1));

    if (words->count > 2)
        metadata[0] = arena_text(&stage->arena, words->items[2]);

    *facts = (struct media_facts){.file = file,
                                  .readable = true,
                                  .bytes = 1000,
                                  .mime = "image/png",
                                  .width = 640,
                                  .height = 480,
                                  .frames = 1,
                                  .colour = "srgb",
                                  .bits = 8,
                                  .decoded = true,
                                  .metadata = metadata};
    (void)digest_hex_of(file, strlen(file), facts->sha256);
}

static const struct {
    const char *word;
    command run;
    bool before_start;
} commands[] = {
    {"start", do_start, false},
    {"expect", do_expect, false},
    {"answers", do_answers, false},
    {"publishes", do_publishes, false},
    {"alters", do_alters, false},
    {"stores", do_stores, false},
    {"stores-twice", do_stores_twice, false},
    {"lost", do_lost, false},
    {"unsent", do_unsent, false},
    {"restart", do_restart, false},
    {"stored", do_stored, false},
    {"true-states", do_true_states, false},
    {"in-order", do_in_order, false},
    {"resolve", do_resolve, false},
    {"down", do_down, false},
    {"hold", do_hold, false},
    {"release", do_release, false},
    {"steps", do_steps, false},
    {"sleeps", do_sleeps, false},
    {"distrusts-clock", do_distrust, false},
    {"trusts-clock", do_distrust, false},
    {"date", do_date, true},
    {"handle", do_handle, true},
    {"reads", do_reads, true},
    {"hides", do_hides, true},
    {"shows", do_hides, true},
    {"uploads", do_uploads, true},
    {"limits", do_limits, true},
    {"automatic", do_automatic, true},
    {"session", do_session, true},
    {"renewals", do_renewals, true},
    {"expired", do_expired, false},
    {"sessions", do_sessions, false},
    {"processes", do_processes, true},
    {"outbox", do_outbox, false},
    {"alarm", do_alarm, false},
    {"no-alarm", do_quiet, false},
    {"posts", do_posts, false},
    {"attempts", do_attempts, false},
    {"idle", do_idle, false},
    {"why", do_why, false},
    {"media", do_media, true},
    {"makes", do_makes, false},
};

/* ---- reading ---- */

static void split(char *line, struct arena *arena, struct words *words)
{
    char *copy = arena_text(arena, line), *at = line;

    words->count = 0;
    while (words->count < MOST_WORDS) {
        at += strspn(at, " \t");
        if (!*at || *at == '#')
            break;
        words->rest[words->count] = copy + (at - line);
        words->items[words->count++] = at;
        at += strcspn(at, " \t");
        if (*at)
            *at++ = '\0';
    }
}

static void add_to_block(struct script *script, const char *line)
{
    if (!script->block)
        fail(&script->stage, "a line of a file without `workspace` or `campaign` before");
    *script->block =
        arena_printf(&script->stage.arena, "%s%s\n", *script->block ? *script->block : "", line);
}

static bool is_header(struct script *script, const struct words *words)
{
    const char *word = words->items[0];

    if (!strcmp(word, "scenario")) {
        script->title = words->count > 1 ? words->rest[1] : "";
    } else if (!strcmp(word, "clock")) {
        script->clock = words->count > 1 ? words->rest[1] : "";
    } else if (!strcmp(word, "sweep")) {
        script->sweep = true;
    } else if (!strcmp(word, "chaos")) {
        script->chaos = strtol(word_at(script, words, 1), NULL, 10);
    } else if (!strcmp(word, "twin")) {
        script->twins[script->twin_count++] = word_at(script, words, 1);
    } else if (!strcmp(word, "workspace")) {
        script->block = &script->workspace;
    } else if (!strcmp(word, "campaign") && script->campaign_count < MOST_CAMPAIGNS) {
        script->campaign_names[script->campaign_count] = word_at(script, words, 1);
        script->block = &script->campaign_texts[script->campaign_count++];
    } else {
        return false;
    }
    return true;
}

static void run_words(struct script *script, const struct words *words)
{
    for (size_t i = 0; i < COUNT_OF(commands); i++) {
        if (strcmp(commands[i].word, words->items[0]) != 0)
            continue;
        if (!commands[i].before_start)
            start_if_needed(script);
        commands[i].run(script, words);
        return;
    }
    start_if_needed(script);
    do_time(script, words);
}

/* A time may stand before a command. */
static void run_line(struct script *script, struct words *words)
{
    bool timed = words->items[0][0] == '+' || isdigit((unsigned char)words->items[0][0]);

    if (timed && words->count > 1) {
        start_if_needed(script);
        do_time(script, words);
        memmove(words->items, words->items + 1, (words->count - 1) * sizeof words->items[0]);
        memmove(words->rest, words->rest + 1, (words->count - 1) * sizeof words->rest[0]);
        words->count--;
    }
    run_words(script, words);
}

static void run_text_line(struct script *script, char *line)
{
    struct words words;
    char *bar = line + strspn(line, " \t");

    if (*bar == '|') {
        add_to_block(script, bar + 1);
        return;
    }
    split(line, &script->stage.arena, &words);
    if (words.count > 0 && !is_header(script, &words))
        run_line(script, &words);
}

/* Where a crash was, time goes on after the restart; the line is not told again. */
static void run_lines(struct script *script, char **lines, size_t count)
{
    for (script->stage.line = 1; script->stage.line <= count; script->stage.line++) {
        if (setjmp(script->stage.crashed) == 0)
            run_text_line(script, lines[script->stage.line - 1]);
        else
            stage_restart(&script->stage);
    }
}

static char **read_lines(struct script *script, const char *path, size_t *count)
{
    FILE *file = fopen(path, "re");
    char **lines = NULL, *line = NULL;
    size_t capacity = 0, room = 0;
    ssize_t length;

    *count = 0;
    if (!file)
        fail(&script->stage, "cannot be read");
    while ((length = getline(&line, &room, file)) >= 0) {
        line[strcspn(line, "\n")] = '\0';
        *(char **)arena_push(&script->stage.arena, &lines, count, &capacity, sizeof *lines) =
            arena_text(&script->stage.arena, line);
    }
    free(line);
    fclose(file);
    return lines;
}

struct wish {
    const char *path, *without, *deaf;
    long crash, chaos;
    bool verbose;
};

/* One telling of the story; the exit status says how it went. */
static int tell(const struct wish *wish, struct script *script)
{
    enum engine_rule rule;
    size_t count;
    char **lines;

    stage_begin(&script->stage, wish->path);
    script->stage.trace = wish->verbose;
    script->stage.deaf = wish->deaf;
    script->stage.crash_at = wish->crash;
    script->stage.chaos = (uint64_t)wish->chaos;
    if (wish->without) {
        if (!engine_rule_from_word(wish->without, &rule))
            fail(&script->stage, "no rule %s", wish->without);
        script->stage.rules_off = 1u << rule;
    }
    lines = read_lines(script, wish->path, &count);
    run_lines(script, lines, count);
    return wish->crash && script->stage.crashes < wish->crash ? NO_CRASH_LEFT : 0;
}

/* In a process of its own: what a twin or a crash breaks stays there. */
static int tell_apart(struct wish wish, bool silent)
{
    static struct script script;
    int status = 0;
    pid_t child;

    fflush(NULL);
    child = fork();
    if (child == 0) {
        if (silent && !freopen("/dev/null", "w", stderr))
            _exit(1);
        status = tell(&wish, &script);
        stage_end(&script.stage);
        fflush(NULL);
        _exit(status);
    }
    if (waitpid(child, &status, 0) != child)
        return 1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

/* Told again with an end at each boundary; the number of the first that went wrong, 0 = none. */
static long sweep(struct wish wish, bool silent, long *boundaries)
{
    int status;

    do {
        wish.crash++;
        status = tell_apart(wish, silent);
    } while (status == 0);
    *boundaries = wish.crash - 1;
    return status == NO_CRASH_LEFT ? 0 : wish.crash;
}

/* Each seed another sequence of answers and ends; the number of those after which something was
 * untrue. */
static long run_chaos(struct wish wish, long seeds, bool silent)
{
    long wrong = 0;

    for (wish.chaos = 1; wish.chaos <= seeds && !(silent && wrong); wish.chaos++) {
        if (tell_apart(wish, silent) == 0)
            continue;
        wrong++;
        if (!silent)
            fprintf(stderr, "%s: --chaos %ld\n", wish.path, wish.chaos);
    }
    return wrong;
}

static int run_twins(const struct script *script, const char *path)
{
    int failures = 0;

    for (size_t i = 0; i < script->twin_count; i++) {
        struct wish wish = {.path = path, .without = script->twins[i]};
        long boundaries;
        bool noticed = tell_apart(wish, true) == 1 ||
                       (script->sweep && sweep(wish, true, &boundaries) > 0) ||
                       run_chaos(wish, script->chaos, true) > 0;

        printf("  without %s: %s\n", script->twins[i], noticed ? "noticed" : "NOT NOTICED");
        failures += !noticed;
    }
    return failures;
}

static int run_sweep(const char *path)
{
    long boundaries, wrong = sweep((struct wish){.path = path}, false, &boundaries);

    if (wrong)
        fprintf(stderr, "%s: after the end of the process at boundary %ld\n", path, wrong);
    printf("  ended at each of %ld boundaries\n", boundaries);
    return wrong || boundaries < 5;
}

int main(int argc, char **argv)
{
    static struct script script;
    struct wish wish = {0};
    int failures;

    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "-v"))
            wish.verbose = true;
        else if (!strcmp(argv[i], "--without") && i + 1 < argc)
            wish.without = argv[++i];
        else if (!strcmp(argv[i], "--deaf") && i + 1 < argc)
            wish.deaf = argv[++i];
        else if (!strcmp(argv[i], "--crash") && i + 1 < argc)
            wish.crash = strtol(argv[++i], NULL, 10);
        else if (!strcmp(argv[i], "--chaos") && i + 1 < argc)
            wish.chaos = strtol(argv[++i], NULL, 10);
        else
            wish.path = argv[i];
    }
    if (!wish.path)
        return 2;
    failures = tell(&wish, &script);
    printf("%s: %s\n", wish.path, script.title ? script.title : "");
    if (!wish.without && !wish.crash && !wish.chaos && script.chaos)
        failures += run_chaos(wish, script.chaos, false) > 0;
    if (!wish.without && !wish.crash && !wish.chaos)
        failures += run_twins(&script, wish.path) + (script.sweep ? run_sweep(wish.path) : 0);
    stage_end(&script.stage);
    return failures;
}
