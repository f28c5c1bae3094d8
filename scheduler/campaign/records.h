/* campaign/records.h - durable values besides the delivery: approvals, flags, what is known of an
 * account.
 *
 * Declared low because the store keeps them and the engine decides by them.
 */
#ifndef CRIER_CAMPAIGN_RECORDS_H
#define CRIER_CAMPAIGN_RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/instant.h"
#include "campaign/delivery.h"

/* One person's yes to exactly this content in exactly this window. */
struct approval {
    char delivery[17];
    char content_hash[DIGEST_HEX];
    struct instant at, useful_until; /* the window approved */
    int64_t uid;
    const char *login;
    struct instant given;
};

/* Durable facts of one account. Texts "" when unknown. */
struct account_state {
    const char *account;   /* name in crier.cfg */
    const char *identity;  /* "mastodon|social.example.gov.in|police": never-twice's key */
    const char *handle;    /* what "who am I" answered */
    const char *remote_id; /* the platform's id of the account */
    const char *paused;    /* a trouble word, or "" */
    struct instant paused_since;
    struct instant last_publish; /* for the gap; NONE before */
    struct instant retry_at;     /* the platform asked the account to wait */
    const char *server_limits;   /* canonical JSON, or "" */
    struct instant limits_read;
    const char *host;   /* where its session lives, or "" for its own server */
    const char *tokens; /* of its session, sealed with `store-key`; "" = none. Never printed */
    struct instant tokens_until; /* when its access token ends; NONE = no session */
    const char *scopes;          /* what its credential allows, as `identify` was told; or "" */
    struct instant ends;         /* when its credential ends, as told; NONE = not told, or never */
    struct instant identified;   /* when "who am I" was last answered; NONE */
    const char *spent; /* of its budgets: canonical JSON {"WORD":[ms of each publish inside the
                          window, oldest first]}, or "" */
};

/* hold --all, by campaign, by account, by class: asked before preparing and before sending. */
enum flag_scope { FLAG_ALL, FLAG_CAMPAIGN, FLAG_ACCOUNT, FLAG_CLASS };
const char *flag_scope_word(enum flag_scope scope); /* "all", "campaign", "account", "class" */
MUST_CHECK bool flag_scope_from_word(const char *word, enum flag_scope *scope);

struct flag {
    enum flag_scope scope;
    const char *name; /* "" for all */
};
struct flags {
    const struct flag *items;
    size_t count;
};
bool flags_hold(const struct flags *flags, const struct delivery *delivery);

#endif
