#include "daemon/people.h"

#include <grp.h>
#include <pwd.h>

bool group_find(const char *name, gid_t *group)
{
    const struct group *entry = name ? getgrnam(name) : NULL;

    if (entry)
        *group = entry->gr_gid;
    return entry != NULL;
}

const char *login_of(uid_t uid, struct arena *arena)
{
    const struct passwd *entry = getpwuid(uid);

    return entry ? arena_text(arena, entry->pw_name) : "unknown";
}
