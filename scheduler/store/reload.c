#include "store/reload.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "store/inside.h"

enum { PAGE = 4000, MISSING_PAGE = 5000 };

/* What is gone comes first: a renamed post must not be held for its old name. */
enum phase { PHASE_MISSING, PHASE_PLAN, PHASE_END, PHASE_DONE };

/* Where the walk over the rows stands. */
struct place_in_rows {
    struct instant at;
    const char *id;
};

struct reload {
    struct outbox *outbox; /* of the step under way */
    const struct campaign_set *set;
    struct plan_pages *pages;
    struct instant from, until;
    struct reload_manner manner;
    struct overlay *overlay; /* of a look */
    bool running, disturbed;
    const char **identities;  /* of the workspace's accounts, by their place there */
    struct merge_facts facts; /* what all pairs have in common */
    enum phase phase, next_phase;
    struct place_in_rows place, next_place;
    struct plan page; /* made once, though its step may run again */
    bool paged;
    struct digest_stream *digest;  /* of the pages that are stored */
    char hash[DIGEST_HEX];         /* the plan's, at the end */
    struct arena life, page_arena; /* the whole load; its page */
    struct arena scratch, *arena;  /* one pair; one step */
    struct reload_result result, stored_result;
    struct findings findings, stored_findings;
    size_t changed_capacity;
};

static void make_identities(struct reload *reload)
{
    const struct workspace *workspace = &reload->set->workspace;
    size_t i;

    reload->identities =
        arena_array(&reload->life, workspace->account_count + 1, sizeof *reload->identities);
    for (i = 0; i < workspace->account_count; i++)
        reload->identities[i] = account_identity_key(&workspace->accounts[i], &reload->life);
}

static const char *identity_of(struct reload *reload, const struct planned *planned)
{
    const struct workspace *workspace = &reload->set->workspace;
    size_t i;

    for (i = 0; i < workspace->account_count; i++) {
        if (!strcmp(workspace->accounts[i].name, planned->delivery.account))
            return reload->identities[i];
    }
    return account_identity_key(planned->account, &reload->scratch);
}

/* The row's file could not be read, so that nothing is known of what it says. */
static bool is_broken(const struct reload *reload, const char *campaign)
{
    const struct campaign_set *set = reload->set;
    size_t i;

    if (set->folder_broken || set->workspace_broken)
        return true;
    for (i = 0; i < set->count; i++) {
        if (!strcmp(set->campaigns[i].name, campaign))
            return set->campaigns[i].broken;
    }
    return false;
}

/* Held and cancelled rows hang on more than their files: merge_decide is asked. */
static bool is_settled(enum state state, const struct planned *planned, bool approved)
{
    const struct delivery *delivery = &planned->delivery;

    if (state == STATE_HELD || state == STATE_CANCELLED)
        return false;
    if (state_is_final(state) || state == STATE_SENDING || state == STATE_DOUBTFUL)
        return true;
    return merge_may_be_ready(delivery, approved) == (state != STATE_PLANNED) &&
           !(delivery->approvals > 0 && delivery->author < 0) &&
           (delivery->again || !planned->held_by ||
            strcmp(planned->held_by, REASON_NEVER_TWICE) != 0);
}

/* The common case, from an index alone: nothing changed. Tested to agree with merge_decide. */
static bool is_unchanged(struct reload *reload, const struct planned *planned, bool *unchanged,
                         struct err *err)
{
    struct database *database = &reload->outbox->database;
    sqlite3_stmt *row = database_statement(database,
                                           "SELECT state, said FROM delivery JOIN standing"
                                           " ON standing.number = delivery.number WHERE id = ?1",
                                           err);
    enum state state = STATE_HELD;
    bool found, same, approved;
    char said[SAID_CHARS + 1];

    *unchanged = false;
    if (!row)
        return false;
    row_said(&planned->delivery, identity_of(reload, planned), &reload->outbox->buffer, said);
    bind_text(row, 1, planned->delivery.id);
    if (!database_step(database, row, &found, err))
        return false;
    same = found && state_from_word((const char *)sqlite3_column_text(row, 0), &state) &&
           !strcmp((const char *)sqlite3_column_text(row, 1), said);
    sqlite3_reset(row);
    if (!same)
        return true;
    if (!approvals_stand(reload->outbox, &planned->delivery, reload->facts.now, &approved, err))
        return false;
    *unchanged = is_settled(state, planned, approved);
    return true;
}

/* The newest published occurrence of a repeating post on its account. */
static bool last_published(struct reload *reload, const struct delivery *delivery,
                           struct instant *last, struct err *err)
{
    sqlite3_stmt *statement = database_statement(
        &reload->outbox->database,
        "SELECT max(published) FROM delivery JOIN standing ON standing.number = delivery.number"
        " WHERE name >= ?1 AND name < ?2 AND account = ?3 AND state = 'published'",
        err);
    char *prefix = arena_printf(&reload->scratch, "%s/%s@", delivery->campaign, delivery->post);
    bool row;

    if (!statement)
        return false;
    bind_text(statement, 1, prefix);
    bind_text(statement, 2, arena_printf(&reload->scratch, "%s\x7f", prefix));
    bind_text(statement, 3, delivery->account);
    if (!database_step(&reload->outbox->database, statement, &row, err))
        return false;
    *last = INSTANT_NONE;
    if (row && sqlite3_column_type(statement, 0) == SQLITE_INTEGER)
        last->ms = sqlite3_column_int64(statement, 0);
    sqlite3_reset(statement);
    return true;
}

static bool gather_facts(struct reload *reload, const struct planned *planned,
                         const struct delivery *stored, struct merge_facts *facts, struct err *err)
{
    struct delivery asked = planned->delivery;

    *facts = reload->facts;
    facts->broken = is_broken(reload, asked.campaign);
    asked.again = asked.again ||
                  (stored && stored->again && !strcmp(stored->content_hash, asked.content_hash));
    if (planned->post->repeats && !instant_is_none(facts->planned_until) &&
        instant_before(asked.at, facts->planned_until) &&
        !last_published(reload, &asked, &facts->last_published, err))
        return false;
    return approvals_stand(reload->outbox, &asked, facts->now, &facts->approved, err) &&
           change_twin(reload->outbox, reload->overlay, &asked, identity_of(reload, planned),
                       asked.at, TWIN_AT_PLANNING, &reload->scratch, &facts->twin, err);
}

static void note_changed(struct reload *reload, const char *id)
{
    const char **slot =
        arena_push(reload->arena, &reload->result.changed_ids, &reload->result.changed_count,
                   &reload->changed_capacity, sizeof *slot);

    *slot = arena_text(reload->arena, id);
}

static void note_held(struct reload *reload, const struct merge_result *merged)
{
    struct reload_result *result = &reload->result;

    if (merged->kind == MERGE_HOLD && result->newly_held_count++ == 0)
        result->newly_held = delivery_copy(&merged->row, &reload->life);
}

static bool looks(const struct reload *reload)
{
    return reload->manner.mode == RELOAD_LOOK;
}

/* `written` false: the row is damaged, or the table knows no such way; it stays as it is. */
static bool write_state(struct reload *reload, enum state from, const struct delivery *row,
                        const char *event, bool *written, struct err *err)
{
    const struct change change = {.after = row, .from = from, .event = event, .actor = "svc:crier"};
    enum written answer;
    const char *twin;

    if (looks(reload)) {
        *written = transition_allowed(from, row->state) || from == row->state;
        return true;
    }
    if (!outbox_change(reload->outbox, &change, reload->facts.now, &reload->scratch, &answer, &twin,
                       err))
        return false;
    *written = answer == WRITTEN;
    return true;
}

static bool write_change(struct reload *reload, const struct delivery *stored,
                         const struct merge_result *merged, bool *written, struct err *err)
{
    struct delivery row = merged->row;
    enum state from = stored->state;

    *written = true;
    if (merged->via_planned && row.state != STATE_PLANNED) {
        row.state = STATE_PLANNED;
        row.reason = row.note = "";
        if (!write_state(reload, from, &row, merged->event, written, err))
            return false;
        row = merged->row;
        row.rev++;
        from = STATE_PLANNED;
    }
    return !*written || write_state(reload, from, &row, merged->event, written, err);
}

/* NULL: what is counted is told otherwise. */
static int64_t *counter(struct reload_result *result, enum merge_kind kind)
{
    switch (kind) {
    case MERGE_INSERT:
        return &result->inserted;
    case MERGE_REPLACE:
        return &result->replaced;
    case MERGE_CANCEL:
        return &result->cancelled;
    case MERGE_HOLD:
        return &result->held;
    case MERGE_REMOVING:
        return &result->removing;
    case MERGE_RETURN:
        return &result->returned;
    case MERGE_SKIP:
        return NULL;
    case MERGE_KEEP:
    case MERGE_FROZEN:
    case MERGE_WARN_PUBLISHED_CHANGED:
    case MERGE_ERROR_WENT_OUT:
    case MERGE_ERROR_ENDED:
        break;
    }
    return &result->unchanged;
}

static void count_merged(struct reload_result *result, enum merge_kind kind)
{
    int64_t *count = counter(result, kind);

    if (count)
        ++*count;
}

static void report(struct reload *reload, const struct planned *planned,
                   const struct delivery *stored, enum merge_kind kind)
{
    const struct campaign *campaign = planned->campaign;
    const char *name = delivery_name(stored, &reload->life);
    struct findings *findings = &reload->findings;
    char when[INSTANT_TEXT];

    if (kind == MERGE_WARN_PUBLISHED_CHANGED)
        finding_add(findings, "W901", planned->post->place, campaign->source, name, NULL, NULL);
    if (kind == MERGE_ERROR_WENT_OUT)
        finding_add(findings, "E901", planned->post->time_place, campaign->source, name,
                    instant_utc(instant_is_none(stored->published) ? stored->at : stored->published,
                                when),
                    NULL);
    if (kind == MERGE_ERROR_ENDED)
        finding_add(findings, "E902", planned->post->time_place, campaign->source, name,
                    state_word(stored->state), NULL);
}

static bool forget_removal(struct reload *reload, const char *id, struct err *err)
{
    sqlite3_stmt *statement;

    if (looks(reload))
        return true;
    statement = database_statement(&reload->outbox->database,
                                   "DELETE FROM removal WHERE delivery = ?1", err);
    if (!statement)
        return false;
    bind_text(statement, 1, id);
    return database_run(&reload->outbox->database, statement, err);
}

/* What stays as it is nobody needs to see, but what went out and says something else. */
static bool is_seen(enum merge_kind kind)
{
    return kind != MERGE_KEEP && kind != MERGE_FROZEN && kind != MERGE_SKIP;
}

/* The row counts from now on as it would be. */
static void see(struct reload *reload, enum merge_kind kind, const struct delivery *stored,
                const struct delivery *row, const struct planned *planned, const char *identity)
{
    const struct reload_seen seen = {kind, stored, row, planned};

    if (!looks(reload))
        return;
    if (is_seen(kind))
        reload->manner.seen(reload->manner.arg, &seen);
    if (reload->overlay)
        overlay_put(reload->overlay, row ? row : stored, identity, kind == MERGE_REMOVING);
}

static bool write_new(struct reload *reload, const struct planned *planned,
                      const struct merge_result *merged, struct err *err)
{
    if (merged->kind == MERGE_SKIP)
        return true;
    count_merged(&reload->result, merged->kind);
    note_held(reload, merged);
    see(reload, merged->kind, NULL, &merged->row, planned, identity_of(reload, planned));
    if (looks(reload))
        return true;
    return outbox_insert(reload->outbox, &merged->row, identity_of(reload, planned), err);
}

/* A row that may have been sent keeps the account it was sent as. */
static bool keeps_identity(const struct delivery *stored)
{
    return stored->attempts > 0 || state_is_final(stored->state);
}

static bool follow_identity(struct reload *reload, const struct planned *planned,
                            const struct row *stored, struct err *err)
{
    const char *identity = identity_of(reload, planned);

    if (looks(reload) || keeps_identity(stored->delivery) || !strcmp(stored->identity, identity))
        return true;
    return outbox_set_identity(reload->outbox, stored->delivery->id, identity, err);
}

static bool is_removed(const struct delivery *stored, const struct merge_result *merged)
{
    return merged->kind == MERGE_REMOVING ||
           (merged->kind == MERGE_CANCEL && strcmp(stored->reason, REASON_REMOVING) != 0);
}

/* `planned` and `identity` are what a look shows. */
static bool write_stored(struct reload *reload, const struct delivery *stored,
                         const struct merge_result *merged, const struct planned *planned,
                         const char *identity, struct err *err)
{
    bool written = merged->event != NULL;

    if (written && !write_change(reload, stored, merged, &written, err))
        return false;
    if (written) {
        note_changed(reload, stored->id);
        note_held(reload, merged);
        reload->result.removed += is_removed(stored, merged);
    }
    count_merged(&reload->result,
                 written || merged->kind == MERGE_REMOVING ? merged->kind : MERGE_KEEP);
    see(reload, merged->event && !written ? MERGE_KEEP : merged->kind, stored,
        written ? &merged->row : NULL, planned, identity);
    return true;
}

static bool is_as_applied(const struct reload *reload, const struct delivery *delivery)
{
    const struct file_digests *applied = reload->manner.applied, *files = reload->manner.files;

    if (!digests_agree(applied, files, "", "crier.cfg") ||
        !digests_agree(applied, files, "campaigns/", delivery->file))
        return false;
    for (size_t i = 0; i < delivery->media_count; i++) {
        if (!digests_agree(applied, files, "media/", delivery->media[i].file))
            return false;
    }
    return true;
}

/* Nobody has applied what the files say of it now. What has ended, or may be public, hears of them
 * as always: nothing is written of it. */
static bool waits(const struct reload *reload, const struct planned *planned,
                  const struct delivery *stored)
{
    if (reload->manner.mode != RELOAD_SAFE || is_as_applied(reload, &planned->delivery))
        return false;
    if (!stored || stored->state == STATE_CANCELLED)
        return true;
    return !state_is_final(stored->state) && stored->state != STATE_SENDING &&
           stored->state != STATE_DOUBTFUL && merge_says_otherwise(stored, planned);
}

static bool decide(struct reload *reload, const struct planned *planned,
                   const struct delivery *stored, struct merge_facts *facts,
                   struct merge_result *merged, struct err *err)
{
    if (!gather_facts(reload, planned, stored, facts, err))
        return false;
    merge_decide(stored, planned, facts, merged);
    return true;
}

/* Instead of what was decided: it is as it was applied last. */
static bool decide_waiting(struct reload *reload, const struct planned *planned,
                           const struct delivery *stored, struct merge_facts *facts,
                           struct merge_result *merged, struct err *err)
{
    struct planned as_applied;

    if (!stored || stored->state == STATE_CANCELLED) {
        reload->result.waiting_new += is_seen(merged->kind);
        *merged =
            (struct merge_result){.kind = stored ? MERGE_KEEP : MERGE_SKIP, .again = INSTANT_NONE};
        return true;
    }
    reload->result.waiting_changed += is_seen(merged->kind);
    as_applied = merge_as_applied(stored, planned);
    return decide(reload, &as_applied, stored, facts, merged, err);
}

static bool write_merged(struct reload *reload, const struct planned *planned,
                         const struct row *stored, const struct merge_result *merged, bool broken,
                         struct err *err)
{
    const char *identity = broken || keeps_identity(stored->delivery)
                               ? stored->identity
                               : identity_of(reload, planned);

    report(reload, planned, stored->delivery, merged->kind);
    return forget_removal(reload, planned->delivery.id, err) &&
           write_stored(reload, stored->delivery, merged, planned, identity, err) &&
           (broken || follow_identity(reload, planned, stored, err));
}

static bool merge_planned(struct reload *reload, const struct planned *planned, struct err *err)
{
    struct merge_result merged;
    struct merge_facts facts;
    struct row stored;

    if (!query_id(reload->outbox, planned->delivery.id, &reload->scratch, &stored, err) ||
        !decide(reload, planned, stored.delivery, &facts, &merged, err))
        return false;
    if (stored.delivery && stored.damaged) {
        reload->result.unchanged++;
        return true;
    }
    if (waits(reload, planned, stored.delivery) && !facts.broken &&
        !decide_waiting(reload, planned, stored.delivery, &facts, &merged, err))
        return false;
    if (!stored.delivery)
        return write_new(reload, planned, &merged, err);
    return write_merged(reload, planned, &stored, &merged, facts.broken, err);
}

static void make_page(struct reload *reload)
{
    if (!reload->paged)
        plan_pages_next(reload->pages, PAGE, &reload->page_arena, &reload->page);
    reload->paged = true;
}

static bool walk_plan(struct reload *reload, struct err *err)
{
    bool ok = true, unchanged;
    size_t i;

    make_page(reload);
    for (i = 0; ok && i < reload->page.count; i++) {
        ok = is_unchanged(reload, &reload->page.items[i], &unchanged, err);
        if (ok && unchanged)
            reload->result.unchanged++;
        else if (ok)
            ok = merge_planned(reload, &reload->page.items[i], err);
        arena_reset(&reload->scratch);
    }
    if (reload->page.count == 0)
        reload->next_phase = PHASE_END;
    return ok;
}

/* Rows that files may still change; those that the plan does not name are missing. */
static bool find_missing(struct reload *reload, const char ***ids, size_t *count, struct err *err)
{
    struct database *database = &reload->outbox->database;
    sqlite3_stmt *statement = database_statement(
        database,
        "SELECT id, at FROM delivery INDEXED BY delivery_time"
        " JOIN standing ON standing.number = delivery.number"
        " WHERE (at, id) > (?1, ?2) AND at < ?3"
        " AND state IN ('planned', 'ready', 'preparing', 'held') ORDER BY at, id LIMIT ?4",
        err);
    size_t capacity = 0, seen = 0;
    bool row, ok = statement != NULL;

    *ids = NULL;
    *count = 0;
    if (!ok)
        return false;
    bind_integer(statement, 1, reload->place.at.ms);
    bind_text(statement, 2, reload->place.id);
    bind_integer(statement, 3, reload->until.ms);
    bind_integer(statement, 4, MISSING_PAGE);
    while ((ok = database_step(database, statement, &row, err)) && row) {
        const char *id = (const char *)sqlite3_column_text(statement, 0);
        if (!plan_pages_have(reload->pages, id))
            *(const char **)arena_push(reload->arena, ids, count, &capacity, sizeof **ids) =
                arena_text(reload->arena, id);
        if (++seen == MISSING_PAGE)
            reload->next_place = (struct place_in_rows){{sqlite3_column_int64(statement, 1)},
                                                        arena_text(&reload->life, id)};
    }
    sqlite3_reset(statement);
    if (seen < MISSING_PAGE)
        reload->next_phase = PHASE_PLAN;
    return ok;
}

static bool remember_removal(struct reload *reload, const char *id, struct err *err)
{
    sqlite3_stmt *statement;

    if (looks(reload))
        return true;
    statement =
        database_statement(&reload->outbox->database,
                           "INSERT OR IGNORE INTO removal (delivery, since) VALUES (?1, ?2)", err);
    if (!statement)
        return false;
    bind_text(statement, 1, id);
    bind_integer(statement, 2, reload->facts.now.ms);
    return database_run(&reload->outbox->database, statement, err);
}

/* A row that is being removed already is not written again. */
static bool write_missing(struct reload *reload, const struct row *row,
                          const struct merge_result *merged, struct err *err)
{
    const struct delivery *stored = row->delivery;
    struct instant *again = &reload->result.again;

    if (merged->kind == MERGE_REMOVING) {
        if (instant_is_none(*again) || instant_before(merged->again, *again))
            *again = merged->again;
        return remember_removal(reload, stored->id, err) &&
               write_stored(reload, stored, merged, NULL, row->identity, err);
    }
    return (merged->kind != MERGE_CANCEL || forget_removal(reload, stored->id, err)) &&
           write_stored(reload, stored, merged, NULL, row->identity, err);
}

static bool merge_missing(struct reload *reload, const char *id, struct err *err)
{
    struct merge_facts facts = reload->facts;
    struct merge_result merged;
    struct row stored;

    if (!query_id(reload->outbox, id, &reload->scratch, &stored, err))
        return false;
    if (!stored.delivery || stored.damaged)
        return true;
    facts.broken = is_broken(reload, stored.delivery->campaign);
    if (!outbox_missing_since(reload->outbox, id, &facts.missing_since, err))
        return false;
    merge_decide(stored.delivery, NULL, &facts, &merged);
    return write_missing(reload, &stored, &merged, err);
}

static bool walk_missing(struct reload *reload, struct err *err)
{
    const char **ids;
    size_t count, i;
    bool ok = find_missing(reload, &ids, &count, err);

    for (i = 0; ok && i < count; i++) {
        ok = merge_missing(reload, ids[i], err);
        arena_reset(&reload->scratch);
    }
    return ok;
}

/* What the plan says, in one hash: the same for the same files and window, on any machine. */
static void digest_page(struct reload *reload)
{
    size_t i;

    for (i = 0; i < reload->page.count; i++) {
        const struct delivery *delivery = &reload->page.items[i].delivery;
        char line[256];
        int length = snprintf(line, sizeof line, "%s %s %" PRId64 " %" PRId64 "\n", delivery->id,
                              delivery->content_hash, delivery->at.ms, delivery->useful_until.ms);
        digest_add(reload->digest, line, (size_t)length);
    }
}

static const char *plan_hash(struct reload *reload)
{
    struct digest digest;

    if (reload->digest) {
        digest = digest_end(reload->digest);
        digest_hex(&digest, reload->hash);
        reload->digest = NULL;
    }
    return reload->hash;
}

static bool note_load(struct reload *reload, struct err *err)
{
    const struct reload_result *result = &reload->result;
    const char *hash = plan_hash(reload);
    json_t *facts = json_object();
    bool ok;

    json_put_integer(facts, "cancelled", result->cancelled);
    json_put_integer(facts, "deliveries", (int64_t)plan_pages_count(reload->pages));
    json_put_integer(facts, "held", result->held);
    json_put_integer(facts, "inserted", result->inserted);
    json_put(facts, "plan", arena_printf(&reload->scratch, "sha256:%s", hash));
    json_put_integer(facts, "removing", result->removing);
    json_put_integer(facts, "replaced", result->replaced);
    json_put_integer(facts, "returned", result->returned);
    json_put_integer(facts, "unchanged", result->unchanged);
    if (reload->manner.mode == RELOAD_SAFE)
        json_put_integer(facts, "waiting", result->waiting_new + result->waiting_changed);
    ok = outbox_value_put(reload->outbox, "plan-hash", hash, err) &&
         outbox_note(reload->outbox, "config.load",
                     reload->manner.actor ? reload->manner.actor : "svc:crier",
                     json_write(facts, &reload->scratch, NULL), reload->facts.now, err);
    json_decref(facts);
    return ok;
}

/* The end of the window of the load before tells a slot that is new in its rule from one that is
 * new in sight. */
static bool read_before(struct reload *reload, struct err *err)
{
    const char *until;

    if (!outbox_value(reload->outbox, "planned-until", &reload->scratch, &until, err))
        return false;
    reload->facts.new_store = !until;
    reload->facts.planned_until = INSTANT_NONE;
    if (until)
        reload->facts.planned_until.ms = strtoll(until, NULL, 10);
    return true;
}

static bool write_after(struct reload *reload, struct err *err)
{
    return outbox_value_put(reload->outbox, "planned-until",
                            arena_printf(&reload->scratch, "%" PRId64, reload->until.ms), err);
}

struct reload *reload_new(const struct campaign_set *set, struct plan_pages *pages,
                          struct instant from, struct instant until,
                          const struct reload_manner *manner)
{
    struct reload *reload = calloc(1, sizeof *reload);

    if (!reload)
        out_of_memory();
    reload->set = set;
    reload->pages = pages;
    reload->from = from;
    reload->until = until;
    reload->manner = *manner;
    if (looks(reload) && !manner->forgetful)
        reload->overlay = overlay_new();
    reload->place = reload->next_place = (struct place_in_rows){from, ""};
    reload->digest = digest_begin();
    reload->stored_result.again = INSTANT_NONE;
    findings_init(&reload->stored_findings, &reload->life);
    make_identities(reload);
    return reload;
}

void reload_free(struct reload *reload)
{
    if (!reload)
        return;
    plan_hash(reload);
    overlay_free(reload->overlay);
    arena_clear(&reload->scratch);
    arena_clear(&reload->page_arena);
    arena_clear(&reload->life);
    free(reload);
}

/* From what is stored, so that a step may run again. */
static void begin_step(struct reload *reload, struct outbox *outbox, struct instant now,
                       struct arena *arena)
{
    reload->outbox = outbox;
    reload->arena = arena;
    reload->disturbed = reload->disturbed || reload->running;
    reload->running = true;
    reload->next_phase = reload->phase;
    reload->next_place = reload->place;
    reload->findings = reload->stored_findings;
    reload->result = reload->stored_result;
    reload->result.changed_ids = NULL;
    reload->result.changed_count = reload->changed_capacity = 0;
    reload->facts = (struct merge_facts){.now = now,
                                         .from = reload->from,
                                         .until = reload->until,
                                         .missing_since = INSTANT_NONE,
                                         .last_published = INSTANT_NONE};
}

static bool run_phase(struct reload *reload, struct err *err)
{
    switch (reload->phase) {
    case PHASE_MISSING:
        return walk_missing(reload, err);
    case PHASE_PLAN:
        return walk_plan(reload, err);
    case PHASE_END:
        reload->next_phase = PHASE_DONE;
        return looks(reload) || (note_load(reload, err) && write_after(reload, err));
    case PHASE_DONE:
        break;
    }
    return true;
}

bool reload_step(struct reload *reload, struct outbox *outbox, struct instant now,
                 struct arena *arena, struct err *err)
{
    bool ok;

    begin_step(reload, outbox, now, arena);
    ok = outbox_begin_load(outbox, err) && read_before(reload, err) && run_phase(reload, err);
    arena_clear(&reload->scratch);
    return ok;
}

bool reload_changed_anything(const struct reload_result *result)
{
    return result->inserted + result->replaced + result->removed + result->held + result->returned >
           0;
}

bool reload_ends(const struct reload *reload)
{
    return reload->next_phase == PHASE_DONE;
}

const struct reload_result *reload_result(const struct reload *reload)
{
    return &reload->result;
}

const struct findings *reload_findings(const struct reload *reload)
{
    return &reload->findings;
}

bool reload_disturbed(const struct reload *reload)
{
    return reload->disturbed && looks(reload);
}

void reload_stored(struct reload *reload)
{
    reload->running = false;
    digest_page(reload);
    arena_reset(&reload->page_arena);
    reload->page = (struct plan){.count = 0};
    reload->paged = false;
    reload->phase = reload->next_phase;
    reload->place = reload->next_place;
    reload->stored_result = reload->result;
    reload->stored_findings = reload->findings;
}
