/* tests/unit/engine_world.h - the engine with a store that is a list and a net that is a list.
 *
 * Time stands still until a test moves it. Saves are durable when world_settle runs; requests wait
 * in `sends` until a test answers them. Everything lives in one arena until world_stop.
 */
#ifndef CRIER_TESTS_ENGINE_WORLD_H
#define CRIER_TESTS_ENGINE_WORLD_H

#include "engine/engine.h"
#include "engine/rules.h"

struct sent {
    int64_t ticket;
    const char *account;
    const char *delivery;
    struct http_request request;
    bool fresh;
    bool answered;
};

struct world {
    struct arena arena;
    struct engine *engine;
    struct instant now;
    struct instant wake;
    struct workspace workspace;
    struct account accounts[4];
    struct delivery *rows[64];
    size_t row_count;
    struct sent *sends;
    size_t send_count, send_capacity;
    struct change *saves; /* without a commit yet, and then done */
    int64_t *tickets;
    size_t save_count, save_capacity, ticket_count, ticket_capacity, saved;
    int64_t *account_tickets;
    struct account_state
        *states; /* as they were saved, one a save; the newest of an account counts */
    size_t state_count, state_capacity;
    size_t account_count, account_capacity, accounts_saved;
    const char **alarms;
    size_t alarm_count, alarm_capacity;
    const struct action *checked; /* the newest ACTION_CHECKED, or NULL */
    struct flags flags;
    bool stuck;          /* saves are not committed */
    bool accounts_stuck; /* nor those of accounts */
};

void world_start(struct world *world,
                 size_t account_count); /* accounts "a0", "a1" ...; identified */
/* The same on another platform, and nobody has answered anything yet. */
void world_start_on(struct world *world, const char *platform, size_t account_count);
void world_begin(struct world *world); /* the same without the answers */
void world_stop(struct world *world);
void world_restart(struct world *world); /* a new engine, the rows as they were saved */
/* The same without the answers, with what was saved of the accounts. */
void world_reborn(struct world *world);
const struct account_state *world_state(const struct world *world, const char *account); /* saved */

/* A ready text post of account `account`, due `at_ms` after the world's begin, useful for 2 h. */
struct delivery *world_post(struct world *world, const char *name, size_t account, int64_t at_ms);
void world_show(struct world *world, const struct delivery *row); /* EVENT_ROWS */
void world_event(struct world *world, struct event event);
void world_settle(struct world *world);           /* commits, until nothing is unsaved */
void world_pass(struct world *world, int64_t ms); /* moves time, waking when asked */
struct sent *world_open(struct world *world, const char *method,
                        const char *path); /* unanswered, or NULL */
size_t world_count(const struct world *world, const char *method, const char *path);
void world_answer(struct world *world, struct sent *sent, int status, const char *body);
/* The answer to a request that opens a session; `tokens` NULL = it holds none. */
void world_give(struct world *world, struct sent *sent, const char *body, const char *tokens,
                int64_t life_ms);
void world_lose(struct world *world, struct sent *sent, enum request_fate fate);
void world_read_back(struct world *world, const char *id, const char *text); /* status and source */
void world_identify(struct world *world); /* answers who am I and the limits of all accounts */
bool world_alarmed(const struct world *world, const char *word);
const struct delivery *world_row(const struct world *world, const char *name);

#endif
