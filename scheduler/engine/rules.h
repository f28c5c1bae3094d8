/* engine/rules.h - the safety rules by name, so that a test can switch one off and see it missed.
 *
 * Only tests use this, and the daemon of fault builds for theirs. A rule that can be switched off
 * without any test noticing is not tested.
 */
#ifndef CRIER_ENGINE_RULES_H
#define CRIER_ENGINE_RULES_H

#include "engine/engine.h"

enum engine_rule {
    RULE_INTENT_FIRST,    /* I6: the intent is durable before a byte leaves                */
    RULE_ASK_AGAIN,       /* I9: flags, windows and pauses are asked again after the save   */
    RULE_NOT_BEFORE,      /* I3: never before its time                                      */
    RULE_USEFUL,          /* I3: never after useful_until                                   */
    RULE_FRESH,           /* R2: an unrepeatable request rides a connection of its own      */
    RULE_ONE_AT_A_TIME,   /* R9: one publish an account, from request to answer             */
    RULE_GAP,             /* R9: the least time between two posts of an account             */
    RULE_RETRY_AFTER,     /* R8: never before the time the platform asked for               */
    RULE_KEY_MARGIN,      /* R7: class B repeats only while its key surely lives            */
    RULE_RECORD_KEY,      /* R6: class A's record has one key, stored before its first use      */
    RULE_HOLD_UNPROVEN,   /* R5: class C is never sent again by itself                      */
    RULE_DOUBT_STAYS,     /* what a repeat is answered proves nothing about the first try   */
    RULE_LOOK_FIRST,      /* I1: "not now" without a key is no proof; look before the next one */
    RULE_CONFIRM_ABSENCE, /* I5: failed only after a reading found nothing                  */
    RULE_FOUND_TWICE,     /* R4: two matches are an alarm, not a receipt                    */
    RULE_IDENTITY,        /* who am I, before the first publish of a run                    */
    RULE_LATE,            /* the late policy                                                */
    RULE_WINDOWS,         /* quiet hours and blackouts                                      */
    RULE_CLOCK,           /* I8: live accounts wait while the clock is not to be trusted    */
    RULE_BREAKER,         /* five transport failures pause an account                       */
    RULE_LIMITS,          /* what no longer fits the server's limits is held                */
    RULE_ONE_REFRESH,     /* R11: one refresh of a session at a time, one per expiry         */
    RULE_STORED_FIRST,    /* R11: new tokens are durable before they are used                */
    RULE_KEEP_TOKENS,     /* R11: an answer without a session never replaces a stored one    */
    RULE_THREAD_ORDER,    /* a thread's part goes out only once what it answers is public        */
    RULE_AFTER_ONCE,      /* what is done to a public post is never sent again on a guess        */
    RULE_MADE_FIRST,      /* nothing begins before all that it shows is made                     */
    RULE_BUDGET,          /* not more posts than the platform allows in a window                 */
    RULE_ABORT,           /* an undrawn change ends the process (test builds)               */
    RULE_COUNT
};

void engine_rule_off(struct engine *engine, enum engine_rule rule);

/* "key-margin", for scenarios; false for an unknown word. */
const char *engine_rule_word(enum engine_rule rule);
MUST_CHECK bool engine_rule_from_word(const char *word, enum engine_rule *rule);

#endif
