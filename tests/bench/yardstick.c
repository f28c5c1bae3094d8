/* The least that publishing many posts safely can cost: what Crier is measured by.
 *
 *   yardstick FOLDER PORT POSTS CONNECTIONS [BEGIN_MS EVERY_MS AT_ONCE]
 *
 * A bare loop: libuv, libcurl's multi interface with connections that stay, and an SQLite outbox
 * (WAL, synchronous=FULL, exclusive, statements prepared once). For each post its intent is
 * committed before its request leaves, and its result after its answer. What a turn of the loop
 * brings is one transaction, on a thread of its own; a slot's result and the intent of the post
 * that follows it share one. Its journal has its place on the disk, as ours has. One post is one
 * POST of about 600 bytes with a `webhook-id`.
 *
 * It does nothing else: no states, no digests, no audit, no approvals, no signatures, no retries;
 * the posts are in memory when it begins, rows are found by number. What net/ has learnt since
 * (a watch kept as long as its connection, an address parsed once) would save it perhaps 1 us a
 * post more. A request that fails ends the program. FOLDER is made, and must lie on a real disk.
 *
 * With a beginning (milliseconds since 1970) posts are due AT_ONCE at a time, EVERY_MS apart, and
 * begin at their time; else all at once.
 *
 * Prints JSON: seconds from the first intent to the last result's commit, processor time a post,
 * memory (PSS) at the end.
 */
#include <curl/curl.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

enum { BODY_BYTES = 640, JOURNAL_BYTES = 3200 /* a post */ };

struct post {
    char id[40];
    char body[BODY_BYTES];
};

/* One post under way. */
struct slot {
    CURL *easy;
    struct curl_slist headers[3];
    char id_header[64];
    size_t post;
    struct slot *next; /* in a batch */
    size_t result;     /* the post whose result goes into that batch, + 1; 0 = none */
    bool begins;       /* the intent of `post` goes into it */
};

static struct yardstick {
    uv_loop_t loop;
    uv_timer_t timer;
    uv_prepare_t turn_end;
    uv_async_t committed;
    CURLM *multi;
    struct post *posts;
    size_t count, next, done;
    size_t due; /* so many may begin */
    struct slot *slots, *idle;
    size_t slot_count, at_once;
    int clock; /* of posts that are due one after the other */
    uv_poll_t ticks;
    struct slot *turn; /* the loop's: of this turn */
    sqlite3 *db;
    sqlite3_stmt *begin, *intent, *result, *commit;
    pthread_t thread;
    pthread_mutex_t lock; /* of all below */
    pthread_cond_t news;
    struct slot *queued, *finished;
    bool stopping;
} own;

static void require(bool ok, const char *what)
{
    if (!ok) {
        fprintf(stderr, "yardstick: %s: %s\n", what, own.db ? sqlite3_errmsg(own.db) : "");
        exit(1);
    }
}

/* ---- the outbox ---- */

static sqlite3_stmt *prepared(const char *sql)
{
    sqlite3_stmt *statement;

    require(sqlite3_prepare_v3(own.db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) ==
                SQLITE_OK,
            sql);
    return statement;
}

static void run(sqlite3_stmt *statement)
{
    require(sqlite3_step(statement) == SQLITE_DONE, "step");
    sqlite3_reset(statement);
}

static void fill(void)
{
    sqlite3_stmt *insert = prepared("INSERT INTO post (id, state, body) VALUES (?1, 'ready', ?2)");

    run(own.begin);
    for (size_t i = 0; i < own.count; i++) {
        sqlite3_bind_int64(insert, 1, (int64_t)i);
        sqlite3_bind_text(insert, 2, own.posts[i].body, -1, SQLITE_STATIC);
        run(insert);
    }
    run(own.commit);
    sqlite3_finalize(insert);
    require(sqlite3_wal_checkpoint_v2(own.db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) ==
                SQLITE_OK,
            "checkpoint");
}

/* Its journal need not grow either: zeroes that are written over. */
static void make_room(const char *folder)
{
    static const char nothing[1024 * 1024];
    char path[4096];
    int file;

    snprintf(path, sizeof path, "%s/outbox.db-wal", folder);
    file = open(path, O_WRONLY);
    for (size_t room = 0; room < own.count * JOURNAL_BYTES; room += sizeof nothing)
        require(write(file, nothing, sizeof nothing) == sizeof nothing, "journal");
    require(fsync(file) == 0 && close(file) == 0, "journal");
}

static void open_outbox(const char *folder)
{
    char path[4096];

    snprintf(path, sizeof path, "%s/outbox.db", folder);
    require(sqlite3_open_v2(path, &own.db,
                            SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                            NULL) == SQLITE_OK &&
                sqlite3_exec(own.db,
                             "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL;"
                             "PRAGMA synchronous = FULL;"
                             "CREATE TABLE post (id INTEGER PRIMARY KEY, state TEXT, body TEXT,"
                             " intent INTEGER, result INTEGER)",
                             NULL, NULL, NULL) == SQLITE_OK,
            "open");
    own.begin = prepared("BEGIN");
    own.commit = prepared("COMMIT");
    own.intent = prepared("UPDATE post SET state = 'sending', intent = ?2 WHERE id = ?1");
    own.result = prepared("UPDATE post SET state = 'published', result = ?2 WHERE id = ?1");
    fill();
    make_room(folder);
}

static int64_t now_us(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return t.tv_sec * INT64_C(1000000) + t.tv_nsec / 1000;
}

static void write_one(sqlite3_stmt *statement, size_t post, int64_t now)
{
    sqlite3_bind_int64(statement, 1, (int64_t)post);
    sqlite3_bind_int64(statement, 2, now);
    run(statement);
}

static void write_batch(const struct slot *batch)
{
    int64_t now = now_us(CLOCK_REALTIME);

    run(own.begin);
    for (; batch; batch = batch->next) {
        if (batch->result)
            write_one(own.result, batch->result - 1, now);
        if (batch->begins)
            write_one(own.intent, batch->post, now);
    }
    run(own.commit);
}

/* The first of a list, if any, gets all of another put before it. */
static void join(struct slot **from, struct slot **to)
{
    struct slot *last = *from;

    if (!last)
        return;
    while (last->next)
        last = last->next;
    last->next = *to;
    *to = *from;
    *from = NULL;
}

static void *keep(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&own.lock);
    for (;;) {
        struct slot *batch = NULL;

        while (!own.queued && !own.stopping)
            pthread_cond_wait(&own.news, &own.lock);
        if (!own.queued)
            break;
        join(&own.queued, &batch);
        pthread_mutex_unlock(&own.lock);
        write_batch(batch);
        pthread_mutex_lock(&own.lock);
        join(&batch, &own.finished);
        uv_async_send(&own.committed);
    }
    pthread_mutex_unlock(&own.lock);
    return NULL;
}

/* ---- the loop ---- */

static void submit(struct slot *slot)
{
    slot->next = own.turn;
    own.turn = slot;
}

static void on_turn_end(uv_prepare_t *unused)
{
    (void)unused;
    if (!own.turn)
        return;
    pthread_mutex_lock(&own.lock);
    join(&own.turn, &own.queued);
    pthread_cond_signal(&own.news);
    pthread_mutex_unlock(&own.lock);
}

static void take_post(struct slot *slot)
{
    slot->begins = own.next < own.due;
    if (slot->begins)
        slot->post = own.next++;
}

static void rest(struct slot *slot)
{
    slot->next = own.idle;
    own.idle = slot;
}

/* As many as are due and have a slot. */
static void begin_due(void)
{
    while (own.idle && own.next < own.due) {
        struct slot *slot = own.idle;

        own.idle = slot->next;
        slot->result = 0;
        take_post(slot);
        submit(slot);
    }
}

static void on_tick(uv_poll_t *unused, int status, int events)
{
    uint64_t ticks;

    (void)unused;
    (void)status;
    (void)events;
    if (read(own.clock, &ticks, sizeof ticks) == sizeof ticks)
        own.due += own.at_once * ticks;
    if (own.due > own.count)
        own.due = own.count;
    begin_due();
}

static void begin_clock(int64_t begin_ms, int64_t every_ms)
{
    const struct itimerspec when = {
        .it_value = {begin_ms / 1000, begin_ms % 1000 * 1000000},
        .it_interval = {every_ms / 1000, every_ms % 1000 * 1000000},
    };

    own.due = 0;
    own.clock = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
    require(own.clock >= 0 && timerfd_settime(own.clock, TFD_TIMER_ABSTIME, &when, NULL) == 0 &&
                uv_poll_init(&own.loop, &own.ticks, own.clock) == 0,
            "clock");
    uv_poll_start(&own.ticks, UV_READABLE, on_tick);
}

static void send_post(struct slot *slot)
{
    const struct post *post = &own.posts[slot->post];

    snprintf(slot->id_header, sizeof slot->id_header, "webhook-id: %s", post->id);
    curl_easy_setopt(slot->easy, CURLOPT_POSTFIELDS, post->body);
    require(curl_multi_add_handle(own.multi, slot->easy) == CURLM_OK, "add");
}

static void on_committed(uv_async_t *unused)
{
    struct slot *slot = NULL, *next;

    (void)unused;
    pthread_mutex_lock(&own.lock);
    join(&own.finished, &slot);
    pthread_mutex_unlock(&own.lock);
    for (; slot; slot = next) {
        next = slot->next;
        own.done += slot->result != 0;
        if (slot->begins)
            send_post(slot);
        else
            rest(slot);
    }
    if (own.done == own.count)
        uv_stop(&own.loop);
}

static void answered(struct slot *slot, CURLcode code)
{
    long status = 0;

    curl_easy_getinfo(slot->easy, CURLINFO_RESPONSE_CODE, &status);
    require(code == CURLE_OK && status == 200, "a request failed");
    slot->result = slot->post + 1;
    take_post(slot);
    submit(slot);
}

static void serve(curl_socket_t socket, int events)
{
    CURLMsg *message;
    int running, left;

    curl_multi_socket_action(own.multi, socket, events, &running);
    while ((message = curl_multi_info_read(own.multi, &left))) {
        CURLcode code = message->data.result;
        CURL *easy = message->easy_handle;
        struct slot *slot;

        curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&slot);
        curl_multi_remove_handle(own.multi, easy);
        answered(slot, code);
    }
}

static void on_socket(uv_poll_t *poll, int status, int events)
{
    int flags = (events & UV_READABLE ? CURL_CSELECT_IN : 0) |
                (events & UV_WRITABLE ? CURL_CSELECT_OUT : 0) | (status < 0 ? CURL_CSELECT_ERR : 0);
    uv_os_fd_t fd = -1;

    uv_fileno((uv_handle_t *)poll, &fd);
    serve(fd, flags);
}

static void on_timer(uv_timer_t *unused)
{
    (void)unused;
    serve(CURL_SOCKET_TIMEOUT, 0);
}

static void on_closed(uv_handle_t *handle)
{
    free(handle);
}

static int wish_of_socket(CURL *easy, curl_socket_t socket, int wish, void *arg, void *assigned)
{
    uv_poll_t *poll = assigned;

    (void)easy;
    (void)arg;
    if (wish == CURL_POLL_REMOVE) {
        curl_multi_assign(own.multi, socket, NULL);
        uv_poll_stop(poll);
        uv_close((uv_handle_t *)poll, on_closed);
        return 0;
    }
    if (!poll) {
        poll = calloc(1, sizeof *poll);
        require(poll && uv_poll_init_socket(&own.loop, poll, socket) == 0, "poll");
        curl_multi_assign(own.multi, socket, poll);
    }
    uv_poll_start(poll,
                  (wish & CURL_POLL_IN ? UV_READABLE : 0) |
                      (wish & CURL_POLL_OUT ? UV_WRITABLE : 0),
                  on_socket);
    return 0;
}

static int wish_of_timer(CURLM *multi, long timeout_ms, void *arg)
{
    (void)multi;
    (void)arg;
    if (timeout_ms < 0)
        uv_timer_stop(&own.timer);
    else
        uv_timer_start(&own.timer, on_timer, (uint64_t)timeout_ms, 0);
    return 0;
}

static size_t swallow(char *bytes, size_t size, size_t count, void *arg)
{
    (void)bytes;
    (void)arg;
    return size * count;
}

static void open_slot(struct slot *slot, const char *url)
{
    static char type[] = "content-type: application/json", expect[] = "Expect:";

    slot->headers[0] = (struct curl_slist){type, &slot->headers[1]};
    slot->headers[1] = (struct curl_slist){expect, &slot->headers[2]};
    slot->headers[2] = (struct curl_slist){slot->id_header, NULL};
    slot->easy = curl_easy_init();
    require(slot->easy != NULL, "libcurl");
    curl_easy_setopt(slot->easy, CURLOPT_PRIVATE, slot);
    curl_easy_setopt(slot->easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(slot->easy, CURLOPT_PROXY, "");
    curl_easy_setopt(slot->easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(slot->easy, CURLOPT_URL, url);
    curl_easy_setopt(slot->easy, CURLOPT_POST, 1L);
    curl_easy_setopt(slot->easy, CURLOPT_HTTPHEADER, slot->headers);
    curl_easy_setopt(slot->easy, CURLOPT_WRITEFUNCTION, swallow);
}

static void open_net(size_t connections)
{
    require(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK, "libcurl");
    own.multi = curl_multi_init();
    uv_loop_init(&own.loop);
    uv_timer_init(&own.loop, &own.timer);
    uv_async_init(&own.loop, &own.committed, on_committed);
    uv_prepare_init(&own.loop, &own.turn_end);
    uv_prepare_start(&own.turn_end, on_turn_end);
    curl_multi_setopt(own.multi, CURLMOPT_SOCKETFUNCTION, wish_of_socket);
    curl_multi_setopt(own.multi, CURLMOPT_TIMERFUNCTION, wish_of_timer);
    curl_multi_setopt(own.multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)connections);
    curl_multi_setopt(own.multi, CURLMOPT_MAXCONNECTS, (long)connections);
    curl_multi_setopt(own.multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
}

static void make_posts(size_t count)
{
    own.count = count;
    own.posts = calloc(count, sizeof *own.posts);
    require(own.posts != NULL, "memory");
    for (size_t i = 0; i < count; i++) {
        snprintf(own.posts[i].id, sizeof own.posts[i].id, "msg_yardstick_%zu", i);
        int length = snprintf(own.posts[i].body, BODY_BYTES,
                              "{\"data\":{\"name\":\"yardstick/%zu\",\"text\":\"", i);
        memset(own.posts[i].body + length, 'x', (size_t)(600 - length));
        strcpy(own.posts[i].body + 600, "\"}}");
    }
}

/* ---- the measurement ---- */

static long pss_kb(void)
{
    FILE *file = fopen("/proc/self/smaps_rollup", "r");
    char line[200];
    long kb = 0;

    while (file && fgets(line, sizeof line, file) && sscanf(line, "Pss: %ld", &kb) != 1)
        continue;
    if (file)
        fclose(file);
    return kb;
}

static int64_t cpu_us(void)
{
    return now_us(CLOCK_PROCESS_CPUTIME_ID);
}

static void measure(void)
{
    int64_t begin = now_us(CLOCK_MONOTONIC), cpu = cpu_us(), took;

    begin_due();
    uv_run(&own.loop, UV_RUN_DEFAULT);
    took = now_us(CLOCK_MONOTONIC) - begin;
    cpu = cpu_us() - cpu;
    printf("{\"posts\":%zu,\"seconds\":%.6f,\"posts_per_s\":%.0f,\"cpu_us_per_post\":%.2f,"
           "\"pss_kb\":%ld}\n",
           own.count, (double)took / 1e6, (double)own.count * 1e6 / (double)took,
           (double)cpu / (double)own.count, pss_kb());
}

int main(int count, char **words)
{
    char url[64];

    if (count != 5 && count != 8)
        return 2;
    own.slot_count = strtoul(words[4], NULL, 10);
    require(mkdir(words[1], 0700) == 0, "folder must be new");
    make_posts(strtoul(words[3], NULL, 10));
    open_outbox(words[1]);
    open_net(own.slot_count);
    snprintf(url, sizeof url, "http://127.0.0.1:%s/hook", words[2]);
    own.slots = calloc(own.slot_count, sizeof *own.slots);
    require(own.slots && own.count > 0 && own.slot_count > 0, "how many?");
    for (size_t i = own.slot_count; i-- > 0;) {
        open_slot(&own.slots[i], url);
        rest(&own.slots[i]);
    }
    own.due = own.count;
    if (count == 8) {
        own.at_once = strtoul(words[7], NULL, 10);
        begin_clock(strtoll(words[5], NULL, 10), strtoll(words[6], NULL, 10));
    }
    pthread_mutex_init(&own.lock, NULL);
    pthread_cond_init(&own.news, NULL);
    require(pthread_create(&own.thread, NULL, keep, NULL) == 0, "thread");
    measure();
    return 0;
}
