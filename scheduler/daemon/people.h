/* daemon/people.h - users and groups of this machine, by name. */
#ifndef CRIER_DAEMON_PEOPLE_H
#define CRIER_DAEMON_PEOPLE_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/arena.h"

/* False for NULL and for a group that does not exist. */
bool group_find(const char *name, gid_t *group);

/* "unknown" when the machine does not know the number. */
const char *login_of(uid_t uid, struct arena *arena);

#endif
