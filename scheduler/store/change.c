#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/log.h"
#include "store/inside.h"

#define NEVER_TWICE_MS (INT64_C(30) * 86400000)
/* A post can go out up to useful_for (at most 7 d) after its time. */
#define LATEST_MS (INT64_C(7) * 86400000)
/* Of same_hash, in the indexes. */
enum { SAME_CHARS = 16 };
/* A row that becomes due is vouched for so long before and after. */
enum { VOUCHED_MS = 3600 * 1000 };

static void count_change(struct outbox *outbox, enum state from, enum state to)
{
    if (from == to)
        return;
    outbox->log.tally[from]--;
    outbox->log.tally[to]++;
    outbox->log.written = true;
}

/* Another post's row with the same content on the same identity. */
struct other {
    const char *name, *id;
    enum state state;
    int64_t attempts, at, out; /* out: when it may have become public; INT64_MIN = never */
};

static bool stands_earlier(const struct other *other, const struct delivery *mine)
{
    return other->at < mine->at.ms || (other->at == mine->at.ms && strcmp(other->id, mine->id) < 0);
}

/* Failed is true: nothing of it is public. What ended without an attempt never will be. */
static bool in_the_way(const struct other *other, const struct delivery *mine, struct instant when)
{
    if (other->state == STATE_FAILED)
        return false;
    if (other->out != INT64_MIN)
        return llabs(when.ms - other->out) <= NEVER_TWICE_MS;
    return !state_is_final(other->state) && stands_earlier(other, mine) &&
           mine->at.ms - other->at <= NEVER_TWICE_MS;
}

static int64_t column_or_none(sqlite3_stmt *statement, int column)
{
    return sqlite3_column_type(statement, column) == SQLITE_NULL
               ? INT64_MIN
               : sqlite3_column_int64(statement, column);
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static bool may_be_out(const struct other *other)
{
    return other->attempts > 0 || other->state == STATE_SENDING || other->state == STATE_DOUBTFUL ||
           other->state == STATE_PUBLISHED || other->state == STATE_RETRACTED;
}

/* A state that we cannot read may be public. */
static struct other read_other(sqlite3_stmt *statement)
{
    struct other other = {.name = (const char *)sqlite3_column_text(statement, 0),
                          .id = (const char *)sqlite3_column_text(statement, 1),
                          .attempts = sqlite3_column_int64(statement, 3),
                          .at = sqlite3_column_int64(statement, 4),
                          .out = INT64_MIN};
    const char *word = (const char *)sqlite3_column_text(statement, 2);
    bool known = word && state_from_word(word, &other.state);

    if (!known)
        other.state = STATE_DOUBTFUL;
    if (may_be_out(&other))
        other.out =
            later(other.at, later(column_or_none(statement, 5), column_or_none(statement, 6)));
    return other;
}

/* A post that is gone from its file counts only if an attempt was made. Occurrences of one post do
 * not count, but the same one on an account that was given another name does. */
#define OTHERS(from, index, whose)                                                                 \
    "SELECT delivery.name, id, state, attempts, at, intent, published FROM " from                  \
    "delivery INDEXED BY " index " LEFT JOIN standing ON standing.number = delivery.number"        \
    " WHERE substr(same_hash, 1, 16) = substr(?1, 1, 16) AND +same_hash = ?1"                      \
    " AND at BETWEEN ?3 AND ?4 AND " whose                                                         \
    " AND NOT (campaign = ?5 AND post = ?6 AND (delivery.account = ?7 OR occurrence <> ?8))"       \
    " AND (attempts IS NULL OR attempts > 0 OR NOT EXISTS"                                         \
    " (SELECT 1 FROM removal WHERE removal.delivery = id))"

/* Before it goes out, what the platform said of itself counts as much as what crier.cfg says: two
 * names of one account there are one account. At planning the index alone answers: a hundred
 * thousand new rows ask. Each way has its own index: a text may go to a hundred accounts. */
#define LEARNT "(SELECT identity FROM account WHERE account = ?7 AND identity <> '')"
static const char *const others_sql[] = {
    [TWIN_AT_PLANNING] = OTHERS("", "delivery_same", "delivery.identity = ?2"),
    [TWIN_AT_START] = OTHERS("", "delivery_same", "delivery.identity = ?2") " UNION ALL " OTHERS(
        "", "delivery_same",
        "delivery.identity = " LEARNT) " UNION ALL " OTHERS("account AS other CROSS JOIN ",
                                                            "delivery_same_account",
                                                            "delivery.account = other.account"
                                                            " AND other.identity = " LEARNT),
};

/* Between which times another row can stand in the way of one that starts then. */
static int64_t earliest_other(const struct delivery *mine, struct instant when)
{
    return (mine->at.ms < when.ms ? mine->at.ms : when.ms) - NEVER_TWICE_MS - LATEST_MS;
}

static int64_t latest_other(const struct delivery *mine, struct instant when)
{
    return later(mine->at.ms, when.ms) + NEVER_TWICE_MS + LATEST_MS;
}

static sqlite3_stmt *others(struct outbox *outbox, const struct delivery *mine,
                            const char *identity, struct instant when, enum twin_question question,
                            struct err *err)
{
    sqlite3_stmt *statement = database_statement(&outbox->database, others_sql[question], err);

    if (!statement)
        return NULL;
    bind_text(statement, 1, mine->same_hash);
    bind_text(statement, 2, identity);
    bind_integer(statement, 3, earliest_other(mine, when));
    bind_integer(statement, 4, latest_other(mine, when));
    bind_text(statement, 5, mine->campaign);
    bind_text(statement, 6, mine->post);
    bind_text(statement, 7, mine->account);
    bind_text(statement, 8, mine->occurrence);
    return statement;
}

/* The common case, from two indexes alone: no other row has this text on this account, whatever it
 * is called. Where the platform's name of the account is that of another one too, or not
 * crier.cfg's, the whole question is asked. */
#define ALONE(index, whose)                                                                        \
    "SELECT 1 FROM delivery INDEXED BY " index " WHERE substr(same_hash, 1, 16) = ?1"              \
    " AND at BETWEEN ?2 AND ?3 AND number <> ?4 AND " whose
static const char alone_sql[] =
    ALONE("delivery_same", "identity = ?5") " UNION ALL " ALONE("delivery_same_account",
                                                                "account = ?6") " LIMIT 1";

static bool is_alone(struct outbox *outbox, const struct delivery *mine, const struct row *before,
                     struct instant from, struct instant until, bool *alone, struct err *err)
{
    const struct learnt *learnt;
    sqlite3_stmt *statement;
    bool other;

    *alone = false;
    if (!identities_find(outbox, mine->account, &learnt, err))
        return false;
    if (learnt && (learnt->shared || strcmp(learnt->identity, before->identity) != 0))
        return true;
    statement = database_statement(&outbox->database, alone_sql, err);
    if (!statement)
        return false;
    bind_text_n(statement, 1, mine->same_hash, strnlen(mine->same_hash, SAME_CHARS));
    bind_integer(statement, 2, earliest_other(mine, from));
    bind_integer(statement, 3, latest_other(mine, until));
    bind_integer(statement, 4, before->number);
    bind_text(statement, 5, before->identity);
    bind_text(statement, 6, mine->account);
    if (!database_step(&outbox->database, statement, &other, err))
        return false;
    sqlite3_reset(statement);
    *alone = !other;
    return true;
}

bool change_vouch(struct outbox *outbox, const struct row *row, struct instant now, struct err *err)
{
    const struct delivery *mine = row->delivery;
    struct instant from = instant_plus(now, (struct span){-VOUCHED_MS});
    struct instant until = instant_plus(now, (struct span){VOUCHED_MS});
    bool alone;

    if (mine->again || mine->state != STATE_READY)
        return true;
    if (!is_alone(outbox, mine, row, from, until, &alone, err))
        return false;
    if (alone)
        hand_vouch(&outbox->hand, mine, from, until);
    return true;
}

static bool is_before(const struct other *other, const struct other *first)
{
    return !first->id || other->at < first->at ||
           (other->at == first->at && strcmp(other->id, first->id) < 0);
}

static void consider(const struct other *other, const struct delivery *mine, struct instant when,
                     struct other *first, struct arena *arena)
{
    if (in_the_way(other, mine, when) && is_before(other, first))
        *first = (struct other){.at = other->at,
                                .id = arena_text(arena, other->id),
                                .name = arena_text(arena, other->name)};
}

/* As OTHERS asks the database. */
static bool is_another(const struct overlay_row *row, const struct delivery *mine,
                       const char *identity, struct instant when)
{
    const struct delivery *other = row->delivery;
    const bool same_post = !strcmp(other->campaign, mine->campaign) &&
                           !strcmp(other->post, mine->post) &&
                           (!strcmp(other->account, mine->account) ||
                            strcmp(other->occurrence, mine->occurrence) != 0);

    return !same_post && !strcmp(row->identity, identity) && (!row->gone || other->attempts > 0) &&
           other->at.ms >= earliest_other(mine, when) && other->at.ms <= latest_other(mine, when);
}

static int64_t when_out(const struct other *other, struct instant intent, struct instant published)
{
    return later(other->at, later(instant_is_none(intent) ? INT64_MIN : intent.ms,
                                  instant_is_none(published) ? INT64_MIN : published.ms));
}

static struct other overlaid(const struct overlay_row *row, struct arena *arena)
{
    const struct delivery *delivery = row->delivery;
    struct other other = {.name = delivery_name(delivery, arena),
                          .id = delivery->id,
                          .state = delivery->state,
                          .attempts = delivery->attempts,
                          .at = delivery->at.ms,
                          .out = INT64_MIN};

    if (may_be_out(&other))
        other.out = when_out(&other, delivery->intent, delivery->published);
    return other;
}

static void consider_overlaid(const struct overlay *overlay, const struct delivery *mine,
                              const char *identity, struct instant when, struct other *first,
                              struct arena *arena)
{
    for (const struct overlay_row *row = overlay_same(overlay, mine->same_hash, NULL); row;
         row = overlay_same(overlay, mine->same_hash, row)) {
        const struct other other = overlaid(row, arena);
        if (is_another(row, mine, identity, when))
            consider(&other, mine, when, first, arena);
    }
}

bool change_twin(struct outbox *outbox, const struct overlay *overlay, const struct delivery *mine,
                 const char *identity, struct instant when, enum twin_question question,
                 struct arena *arena, const char **twin, struct err *err)
{
    struct other first = {.id = NULL};
    sqlite3_stmt *statement;
    bool row, ok = true;

    *twin = NULL;
    if (mine->again)
        return true;
    statement = others(outbox, mine, identity, when, question, err);
    if (!statement)
        return false;
    while ((ok = database_step(&outbox->database, statement, &row, err)) && row) {
        struct other other = read_other(statement);
        if (!overlay_find(overlay, other.id))
            consider(&other, mine, when, &first, arena);
    }
    sqlite3_reset(statement);
    if (ok && overlay)
        consider_overlaid(overlay, mine, identity, when, &first, arena);
    *twin = first.name;
    return ok;
}

bool outbox_twin(struct outbox *outbox, const struct delivery *row, struct instant when,
                 struct arena *arena, const char **twin, struct err *err)
{
    struct row stored;

    *twin = NULL;
    if (!query_id_bare(outbox, row->id, arena, &stored, err))
        return false;
    return !stored.delivery ||
           change_twin(outbox, NULL, row, stored.identity, when, TWIN_AT_START, arena, twin, err);
}

/* What a person may say of a row whose content nobody can vouch for. */
static bool leaves_damage(enum state to)
{
    return to == STATE_CANCELLED || to == STATE_EXPIRED || to == STATE_PUBLISHED;
}

static bool undrawn(const struct delivery *before, const struct change *change)
{
    log_line(LOG_ALARM, "bug: %s asked for %s -> %s of delivery %s; the store refuses",
             change->event, state_word(change->from), state_word(change->after->state), before->id);
    if (IN_TESTS)
        abort();
    return true;
}

static bool starts(const struct delivery *before, const struct delivery *after)
{
    if (after->state == STATE_SENDING)
        return before->state == STATE_READY || before->state == STATE_PREPARING;
    return before->state == STATE_READY && after->state == STATE_PREPARING;
}

/* What must hold whenever work begins and again before the intent: I4, never twice. */
static bool judge_start(struct outbox *outbox, const struct row *before,
                        const struct delivery *after, struct instant now, struct arena *arena,
                        enum written *written, const char **twin, struct err *err)
{
    bool stand, alone = after->again || hand_vouches(&outbox->hand, after, now);

    if (!approvals_stand(outbox, after, now, &stand, err) ||
        (!alone && !is_alone(outbox, after, before, now, now, &alone, err)) ||
        (!alone &&
         !change_twin(outbox, NULL, after, before->identity, now, TWIN_AT_START, arena, twin, err)))
        return false;
    if (!stand)
        *written = WRITTEN_UNAPPROVED;
    else if (*twin)
        *written = WRITTEN_TWIN;
    return true;
}

/* A record key is one row's for ever; asked once, when it gets one. */
static bool judge_record_key(struct outbox *outbox, const struct delivery *before,
                             const struct delivery *after, enum written *written, struct err *err)
{
    sqlite3_stmt *statement;
    bool taken = false;

    if (*written != WRITTEN || !after->record_key[0] ||
        !strcmp(before->record_key, after->record_key))
        return true;
    statement =
        database_statement(&outbox->database, "SELECT 1 FROM standing WHERE record_key = ?1", err);
    if (!statement)
        return false;
    bind_text(statement, 1, after->record_key);
    if (!database_step(&outbox->database, statement, &taken, err))
        return false;
    if (taken)
        *written = WRITTEN_KEY_TAKEN;
    return true;
}

/* Two deliveries may say the same: what is found for one may be what the other published. */
static bool judge_found(struct outbox *outbox, const struct change *change, enum written *written,
                        struct err *err)
{
    const struct delivery *after = change->after;
    bool taken = false;

    if (after->remote_id[0] &&
        !outbox_remote_id_taken(outbox, after, after->remote_id, &taken, err))
        return false;
    if (taken)
        *written = WRITTEN_POST_TAKEN;
    return true;
}

static bool is_found(const struct delivery *before, const struct change *change)
{
    return change->after->state == STATE_PUBLISHED && before->state != STATE_PUBLISHED &&
           !strcmp(change->event, "reconcile");
}

/* WRITTEN: nothing stands against it. */
static bool judge(struct outbox *outbox, const struct row *before, const struct change *change,
                  struct instant now, struct arena *arena, enum written *written, const char **twin,
                  struct err *err)
{
    const struct delivery *stored = before->delivery;

    *written = WRITTEN;
    if (!stored)
        *written = WRITTEN_GONE;
    else if (stored->rev != change->after->rev || stored->state != change->from ||
             (before->damaged && !leaves_damage(change->after->state)))
        *written = WRITTEN_STALE;
    else if (!change_allowed(stored, change) && undrawn(stored, change))
        *written = WRITTEN_UNDRAWN;
    else if (is_found(stored, change))
        return judge_found(outbox, change, written, err);
    else if (starts(stored, change->after))
        return judge_start(outbox, before, change->after, now, arena, written, twin, err) &&
               judge_record_key(outbox, stored, change->after, written, err);
    return true;
}

/* It is promised to be right, and only test builds look. */
static void take_request_hash(const struct change *change, struct row *after)
{
    const char *request = after->delivery->request, *hash = change->request_hash;
    char hex[DIGEST_HEX];

    if (!hash)
        return;
    if (IN_TESTS && strcmp(digest_hex_of(request, strlen(request), hex), hash) != 0)
        abort();
    memcpy(after->request_hash, hash, DIGEST_HEX);
}

static bool write_change(struct outbox *outbox, const struct row *before,
                         const struct change *change, struct instant now, struct err *err)
{
    struct delivery delivery = *change->after;
    struct row after = {.delivery = &delivery,
                        .identity = before->identity,
                        .name = before->name,
                        .told = outbox->log.size};
    const struct record record = {.event = change->event,
                                  .actor = change->actor,
                                  .facts = change->facts,
                                  .row = before,
                                  .delivery = &delivery,
                                  .from = change->from};

    delivery.rev++;
    take_request_hash(change, &after);
    if (!row_update(&outbox->database, before, &after, &outbox->buffer, &outbox->scratch, err) ||
        !log_add(outbox, &record, now, err))
        return false;
    count_change(outbox, before->delivery->state, delivery.state);
    if (strcmp(before->said, after.said) != 0)
        hand_doubt(&outbox->hand);
    if (state_is_final(delivery.state))
        hand_drop(&outbox->hand, delivery.id);
    else
        hand_put(&outbox->hand, &after);
    return true;
}

static bool find_before(struct outbox *outbox, const char *id, struct row *before, struct err *err)
{
    return hand_find(&outbox->hand, id, &outbox->scratch, before) ||
           query_id_bare(outbox, id, &outbox->scratch, before, err);
}

bool outbox_change(struct outbox *outbox, const struct change *change, struct instant now,
                   struct arena *arena, enum written *written, const char **twin, struct err *err)
{
    struct row before;
    bool ok;

    *twin = NULL;
    ok = find_before(outbox, change->after->id, &before, err) &&
         judge(outbox, &before, change, now, arena, written, twin, err) &&
         (*written != WRITTEN || write_change(outbox, &before, change, now, err));
    arena_reset(&outbox->scratch);
    return ok;
}

bool outbox_insert(struct outbox *outbox, const struct delivery *delivery, const char *identity,
                   struct err *err)
{
    bool ok =
        row_insert(&outbox->database, delivery, identity, &outbox->buffer, &outbox->scratch, err);

    arena_reset(&outbox->scratch);
    hand_doubt(&outbox->hand);
    if (delivery->parent[0])
        outbox->threads = THREADS_SOME;
    if (ok) {
        outbox->log.tally[delivery->state]++;
        outbox->log.written = true;
    }
    return ok;
}

bool outbox_set_identity(struct outbox *outbox, const char *id, const char *identity,
                         struct err *err)
{
    struct row row, after;
    bool ok = query_id(outbox, id, &outbox->scratch, &row, err);

    after = row;
    after.identity = identity;
    hand_drop(&outbox->hand, id);
    hand_doubt(&outbox->hand);
    if (ok && row.delivery && !row.damaged)
        ok = row_update(&outbox->database, &row, &after, &outbox->buffer, &outbox->scratch, err);
    arena_reset(&outbox->scratch);
    return ok;
}

bool outbox_note(struct outbox *outbox, const char *event, const char *actor, const char *facts,
                 struct instant now, struct err *err)
{
    const struct record record = {.event = event, .actor = actor, .facts = facts};
    bool ok = log_add(outbox, &record, now, err);

    arena_reset(&outbox->scratch);
    return ok;
}

/* The digest stays wrong on purpose: nobody can vouch for the row's content any more. */
static bool mark(struct outbox *outbox, int64_t number, struct err *err)
{
    sqlite3_stmt *statement = database_statement(
        &outbox->database,
        "INSERT INTO standing (number, state, reason, note, rev, generation, key, record_key,"
        " progress, request_hash, attempts, tries, reads, remote_id, url, after, told, lane,"
        " moment, digest) VALUES (?1, 'held', '" REASON_DAMAGED "', '', 0, 0, '', NULL, '', '',"
        " 0, 0, 0, '', '', '', ?2, 'held', (SELECT useful_until FROM delivery WHERE number = ?1),"
        " '') ON CONFLICT (number) DO UPDATE SET state = excluded.state, reason = excluded.reason,"
        " told = excluded.told, lane = excluded.lane, moment = excluded.moment",
        err);

    if (!statement)
        return false;
    bind_integer(statement, 1, number);
    bind_integer(statement, 2, outbox->log.size);
    return database_run(&outbox->database, statement, err);
}

/* The damaged word may have been the state itself: nothing but counting is right then. Rare. */
static bool count_again(struct outbox *outbox, struct err *err)
{
    sqlite3_stmt *statement =
        database_statement(&outbox->database, "SELECT state, count(*) FROM standing GROUP BY state",
                           err);
    int64_t tally[STATE_COUNT] = {0};
    bool row, ok = statement != NULL;
    enum state state;

    while (ok && (ok = database_step(&outbox->database, statement, &row, err)) && row) {
        if (state_from_word((const char *)sqlite3_column_text(statement, 0), &state))
            tally[state] = sqlite3_column_int64(statement, 1);
    }
    sqlite3_reset(statement);
    memcpy(outbox->log.tally, tally, sizeof tally);
    outbox->log.written = true;
    return ok;
}

static bool mark_and_tell(struct outbox *outbox, int64_t number, struct instant now,
                          struct err *err)
{
    sqlite3_stmt *statement = query_statement(outbox, QUERY_NUMBER, err);
    struct record record = {.event = "damaged", .actor = "svc:crier", .from = STATE_HELD};
    struct row row;

    if (!statement)
        return false;
    bind_integer(statement, 1, number);
    if (!query_row(outbox, statement, &outbox->scratch, &row, err))
        return false;
    if (!row.delivery || !row.damaged || row.marked)
        return true;
    log_line(LOG_ALARM, _("the stored record of %s is damaged: it is held"), row.name);
    hand_clear(&outbox->hand);
    record.row = &row;
    record.delivery = row.delivery;
    return mark(outbox, number, err) && log_add(outbox, &record, now, err);
}

bool change_damaged(struct outbox *outbox, struct instant now, struct err *err)
{
    size_t i, count = outbox->damaged_count;

    for (i = 0; i < count; i++) {
        if (!mark_and_tell(outbox, outbox->damaged[i], now, err))
            return false;
    }
    return count == 0 || count_again(outbox, err);
}
