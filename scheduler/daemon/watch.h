/* daemon/watch.h - says when staff have changed a file.
 *
 * inotify (through libuv) on the workspace, campaigns/ and media/ folders, and on the folders
 * within media/ that are told to watch_also. `changed` is called once the folders have been quiet
 * for 2 s: an editor that saves in pieces is not read half-way. Without inotify (limits used up)
 * nothing is lost: each delivery's files are stat'ed before it goes out.
 */
#ifndef CRIER_DAEMON_WATCH_H
#define CRIER_DAEMON_WATCH_H

#include <uv.h>

#include "base/clock.h"

struct watch;

struct watch_options {
    uv_loop_t *loop;
    struct clock *clock;
    const char *workspace, *state;
    void (*changed)(void *arg); /* files of staff, quiet since */
    void (*flagged)(void *arg); /* something new lies in the state folder: perhaps a file HOLD */
    void *arg;
};
struct watch *watch_start(const struct watch_options *options);
/* Watches one more folder, relative to the workspace, from now on; one that cannot be watched is
 * left out without a word. Told twice is told once. */
void watch_also(struct watch *watch, const char *folder);
void watch_stop(struct watch *watch); /* closes the handles; the loop must run after */
void watch_free(struct watch *watch);

#endif
