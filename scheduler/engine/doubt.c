#include "engine/doubt.h"

#include "engine/pace.h"

enum { MARGIN_S = 60 };

bool key_is_safe(struct span age, struct span timeout, struct span window)
{
    return age.ms >= 0 && age.ms + timeout.ms + span_seconds(MARGIN_S).ms <= window.ms / 2;
}

bool doubt_key_lives(const struct doubt *doubt)
{
    switch (doubt->class) {
    case CLASS_A:
        return true;
    case CLASS_B:
        return doubt->ignore_margin ||
               key_is_safe(doubt->key_age, doubt->timeout, doubt->key_window);
    case CLASS_C:
        break;
    }
    return false;
}

static bool may_repeat(const struct doubt *doubt)
{
    return doubt_key_lives(doubt) || (doubt->class == CLASS_C && doubt->repeat_unkeyed);
}

enum doubt_move doubt_next(const struct doubt *doubt)
{
    if (doubt->may_publish && doubt->tries < PACE_TRIES && may_repeat(doubt))
        return DOUBT_REPEAT;
    return !doubt->unreadable && doubt->reads < PACE_READS ? DOUBT_READ : DOUBT_HOLD;
}

enum verdict verdict_of(enum step_kind kind, bool unproven)
{
    switch (kind) {
    case STEP_SEND:
    case STEP_WAIT:
    case STEP_DONE:
        return VERDICT_READ_BACK;
    case STEP_RETRY:
        return unproven ? VERDICT_DOUBT : VERDICT_AGAIN;
    case STEP_REFUSED:
        return unproven ? VERDICT_DOUBT : VERDICT_CONFIRM;
    case STEP_DOUBT:
        break;
    }
    return VERDICT_DOUBT;
}

enum finding_of_doubt found_of(size_t found)
{
    return found == 0 ? FOUND_NONE : found == 1 ? FOUND_ONE : FOUND_MANY;
}
