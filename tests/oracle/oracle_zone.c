/* Answers questions about zones on stdin, for tests/oracle/zone to compare:
 *     ZONE u SECONDS   the offset at an instant
 *     ZONE w SECONDS   what a wall time means: fit, first and second instant
 */
#include <stdio.h>
#include <string.h>

#include "calendar/zone.h"

static void answer(const struct zone *zone, char kind, int64_t seconds)
{
    static const char *const fits[] = {"once", "gap", "twice"};
    struct civil civil = civil_from_seconds(seconds);
    struct instant first, second;

    if (kind == 'u') {
        printf("%d\n", zone_offset_s(zone, (struct instant){seconds * 1000}));
        return;
    }
    printf("%s ", fits[zone_resolve(zone, &civil, &first, &second)]);
    printf("%lld %lld\n", (long long)(first.ms / 1000), (long long)(second.ms / 1000));
}

int main(void)
{
    char name[64], kind;
    long long seconds;
    struct zone *zone = NULL;
    struct err err;

    while (scanf("%63s %c %lld", name, &kind, &seconds) == 3) {
        if (!zone || strcmp(zone_name(zone), name) != 0) {
            zone_close(zone);
            if (!zone_open(name, &zone, &err)) {
                fprintf(stderr, "%s\n", err.text);
                return 1;
            }
        }
        answer(zone, kind, seconds);
    }
    zone_close(zone);
    return 0;
}
