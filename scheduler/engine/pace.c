#include "engine/pace.h"

enum { RETRY_FIRST_S = 30, PROBE_FIRST_S = 60, LONGEST_S = 15 * 60 };

static const int64_t reading_s[PACE_READS] = {5, 15, 45, 120, 300};

/* splitmix64 */
uint64_t pace_random(uint64_t *random)
{
    uint64_t z = *random += UINT64_C(0x9E3779B97F4A7C15);

    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static int64_t doubled(int64_t first_s, int64_t n)
{
    int64_t seconds = first_s;

    for (; n > 0 && seconds < LONGEST_S; n--)
        seconds *= 2;
    return seconds < LONGEST_S ? seconds : LONGEST_S;
}

struct span pace_retry(uint64_t *random, int64_t n)
{
    int64_t longest_ms = doubled(RETRY_FIRST_S, n) * 1000, half_ms = longest_ms / 2;

    return (struct span){half_ms +
                         (int64_t)(pace_random(random) % (uint64_t)(longest_ms - half_ms + 1))};
}

struct span pace_reading(int64_t n)
{
    return span_seconds(reading_s[n < PACE_READS ? n : PACE_READS - 1]);
}

struct span pace_probe(int64_t n)
{
    return span_seconds(doubled(PROBE_FIRST_S, n));
}
