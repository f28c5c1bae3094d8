/* tests/support/store_fixture.h - a state folder of its own with an outbox in it, for tests of the
 * store. */
#ifndef CRIER_TESTS_STORE_FIXTURE_H
#define CRIER_TESTS_STORE_FIXTURE_H

#include "store/outbox.h"

struct fixture {
    struct arena arena;
    char state[256]; /* removed by fixture_end */
    struct outbox *outbox;
    struct instant now;
    struct err err;
};

void fixture_start(struct fixture *fixture); /* makes the folder and opens the outbox in it */
void fixture_end(struct fixture *fixture);
bool fixture_open(struct fixture *fixture);
void fixture_close(struct fixture *fixture);
struct outbox_options fixture_options(const struct fixture *fixture);

/* STATE/NAME as a path; its bytes; writing them. */
const char *fixture_path(struct fixture *fixture, const char *name);
char *fixture_read(struct fixture *fixture, const char *name, size_t *length);
void fixture_write(struct fixture *fixture, const char *name, const char *bytes, size_t length);
/* SQL on the closed database, from outside. */
void fixture_sql(struct fixture *fixture, const char *sql);
void fixture_copy(struct fixture *fixture, const char *from, const char *to);

/* A ready delivery "traffic/POST@once/ACCOUNT" with content of its own, due at `at`. */
struct delivery *fixture_delivery(struct fixture *fixture, const char *post, const char *account,
                                  struct instant at);
/* Each in a transaction of its own. Identity "mastodon|ACCOUNT". */
void fixture_insert(struct fixture *fixture, const struct delivery *delivery);
enum written fixture_change(struct fixture *fixture, const struct delivery *after, enum state from,
                            const char *event);
/* Reads the row, moves it to `to` and writes it. */
enum written fixture_move(struct fixture *fixture, const char *id, enum state to,
                          const char *reason);
void fixture_commit(struct fixture *fixture);
struct delivery *fixture_row(struct fixture *fixture, const char *id);

#endif
