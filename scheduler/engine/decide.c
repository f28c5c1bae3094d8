#include "engine/decide.h"

#include <string.h>

#include "base/i18n.h"
#include "engine/after.h"
#include "platform/registry.h"

/* What every decision function works on. */
struct question {
    const struct delivery *row;
    const struct approval *approvals;
    size_t approval_count;
    struct span approval_for;
    const struct person *person;
    const char *url;
    struct instant now;
    struct arena *arena;
};

static bool approval_is_valid(const struct delivery *row, const struct approval *approval,
                              struct span approval_for, struct instant now)
{
    return !strcmp(approval->content_hash, row->content_hash) && approval->at.ms == row->at.ms &&
           approval->useful_until.ms == row->useful_until.ms && approval->uid != row->author &&
           instant_before(now, instant_plus(approval->given, approval_for));
}

static bool seen_before(const struct approval *approvals, size_t index, const struct delivery *row,
                        struct span approval_for, struct instant now)
{
    size_t i;

    for (i = 0; i < index; i++) {
        if (approvals[i].uid == approvals[index].uid &&
            approval_is_valid(row, &approvals[i], approval_for, now))
            return true;
    }
    return false;
}

size_t approvals_valid(const struct delivery *row, const struct approval *approvals, size_t count,
                       struct span approval_for, struct instant now)
{
    size_t i, valid = 0;

    for (i = 0; i < count; i++) {
        if (approval_is_valid(row, &approvals[i], approval_for, now) &&
            !seen_before(approvals, i, row, approval_for, now))
            valid++;
    }
    return valid;
}

static struct decided refuse(const char *why)
{
    return (struct decided){.why = why};
}

/* The row as it shall be, for the caller to finish, and the change that writes it. */
static struct delivery *change_to(struct decided *decided, const struct question *q,
                                  const struct delivery *row, enum state to, const char *reason,
                                  const char *event)
{
    struct delivery *after = arena_copy(q->arena, row, sizeof *row);
    struct change *change = &decided->changes[decided->change_count++];

    after->state = to;
    after->reason = reason;
    *change = (struct change){
        .after = after,
        .from = row->state,
        .event = event,
        .actor = q->person->actor,
    };
    decided->allowed = true;
    return after;
}

static bool same_person_approved(const struct question *q)
{
    size_t i;

    for (i = 0; i < q->approval_count; i++) {
        if (q->approvals[i].uid == q->person->uid &&
            approval_is_valid(q->row, &q->approvals[i], q->approval_for, q->now))
            return true;
    }
    return false;
}

/* What nobody has seen as it will go out, nobody can answer for. */
static const char *why_not_made(const struct delivery *row)
{
    if (delivery_is_made(row))
        return NULL;
    return _("its pictures or videos are still being made ready for the platform; 'crier status' "
             "says how far that is");
}

static const char *why_not_approve(const struct question *q)
{
    const struct delivery *row = q->row;

    if (row->approvals == 0)
        return _("this account asks for no approval; nothing needs to be done");
    if (row->state != STATE_PLANNED && row->state != STATE_HELD)
        return _("only what is planned or held can be approved; look with 'crier why'");
    if (row->author < 0)
        return _("nobody can tell who wrote this: its campaign file or a picture may be written by "
                 "more than "
                 "its owner; the administrator must correct the file's permissions first");
    if (row->author == q->person->uid)
        return _("you wrote this post; somebody else must approve it");
    if (!instant_before(q->now, row->useful_until))
        return _("its time is over; give the post a new time in the campaign file");
    if (same_person_approved(q))
        return _("you have approved this already; another person must approve it too");
    return why_not_made(row);
}

static struct decided approve(const struct question *q)
{
    const struct delivery *row = q->row;
    struct decided decided = {0};
    const char *why = why_not_approve(q);
    size_t valid;
    enum state to = row->state;

    if (why)
        return refuse(why);
    valid = 1 + approvals_valid(row, q->approvals, q->approval_count, q->approval_for, q->now);
    if (row->state == STATE_PLANNED && valid >= (size_t)row->approvals)
        to = STATE_READY;
    (void)change_to(&decided, q, row, to, row->state == STATE_HELD ? row->reason : "", "approve");
    decided.approves = true;
    memcpy(decided.approval.delivery, row->id, sizeof row->id);
    memcpy(decided.approval.content_hash, row->content_hash, sizeof row->content_hash);
    decided.approval.at = row->at;
    decided.approval.useful_until = row->useful_until;
    decided.approval.uid = q->person->uid;
    decided.approval.login = q->person->login;
    decided.approval.given = q->now;
    return decided;
}

static const char *frozen(const struct delivery *row)
{
    if (row->state == STATE_SENDING)
        return _(
            "it is already sent, or being sent at this moment; see 'crier status' in a minute");
    if (row->state == STATE_DOUBTFUL)
        return _("perhaps it is already sent: the platform is being asked; look with 'crier why', "
                 "and settle it with "
                 "'crier resolve' if it stays doubtful");
    if (row->state == STATE_PUBLISHED)
        return _("it is public already; 'crier retract' takes it back");
    if (state_is_final(row->state))
        return _("it has ended already; nothing can be changed");
    return NULL;
}

static bool held_after_doubt(const struct delivery *row)
{
    return row->state == STATE_HELD &&
           (!strcmp(row->reason, REASON_UNPROVEN) || !strcmp(row->reason, REASON_FOUND_TWICE));
}

static struct decided hold_for(const struct question *q, const char *reason, const char *event)
{
    struct decided decided = {0};
    const char *why = frozen(q->row);

    if (why)
        return refuse(why);
    if (held_after_doubt(q->row))
        return refuse(_("it is held already, after doubt; settle it with 'crier resolve'"));
    (void)change_to(&decided, q, q->row, STATE_HELD, reason, event);
    return decided;
}

static struct decided hold(const struct question *q)
{
    return hold_for(q, REASON_PERSON, "hold");
}

static struct decided reject(const struct question *q)
{
    return hold_for(q, REASON_REJECTED, "reject");
}

static enum state ready_or_planned(const struct question *q)
{
    size_t valid =
        approvals_valid(q->row, q->approvals, q->approval_count, q->approval_for, q->now);

    return valid >= (size_t)q->row->approvals ? STATE_READY : STATE_PLANNED;
}

/* Content that changed after an attempt gets a new key: the old one belongs to what may have left.
 */
static void renew_key(struct delivery *after)
{
    char old[DIGEST_HEX];

    if (after->attempts == 0 || !after->key[0])
        return;
    memcpy(old, after->key, sizeof old);
    delivery_set_key(after);
    if (!strcmp(old, after->key))
        return;
    after->generation++;
    delivery_set_key(after);
    after->record_key[0] = '\0'; /* it named what may have left; the engine makes the next one */
    after->progress = "";
    after->request = "";
}

static struct decided release(const struct question *q)
{
    struct decided decided = {0};
    struct delivery *after;

    if (q->row->state != STATE_HELD)
        return refuse(_("it is not held; nothing needs to be released"));
    if (held_after_doubt(q->row))
        return refuse(
            _("perhaps it is already public; look at the platform, then say what is true with "
              "'crier resolve --published URL', '--absent' or '--cancel'"));
    if (!instant_before(q->now, q->row->useful_until))
        return refuse(_("its time is over; give the post a new time in the campaign file"));
    if (why_not_made(q->row))
        return refuse(why_not_made(q->row));
    after = change_to(&decided, q, q->row, ready_or_planned(q), REASON_RELEASED, "release");
    after->tries = 0;
    after->not_before = INSTANT_NONE;
    after->late = LATE_PUBLISH; /* a person has just said that late is better than never */
    if (!strcmp(q->row->reason, REASON_NEVER_TWICE) ||
        !strcmp(q->row->reason, REASON_REPEAT_EDITED))
        after->again = true; /* and that the same words may go out once more */
    renew_key(after);
    return decided;
}

static struct decided cancel(const struct question *q)
{
    struct decided decided = {0};
    const char *why = frozen(q->row);

    if (why)
        return refuse(why);
    if (held_after_doubt(q->row))
        return refuse(_("perhaps it is already public; say so with 'crier resolve --cancel'"));
    (void)change_to(&decided, q, q->row, STATE_CANCELLED, REASON_PERSON, "cancel");
    return decided;
}

static const char *why_not_resolve(const struct question *q)
{
    if (q->row->state != STATE_DOUBTFUL && !held_after_doubt(q->row))
        return _("there is no doubt about it; 'resolve' is only for what may or may not be public");
    return NULL;
}

/* The last part of the address is the platform's id on the platforms we know; of YouTube's
 * "watch?v=ID" it is that member. What apps add when an address is shared is not part of it. */
static const char *id_of_url(const char *url, struct arena *arena)
{
    static const char watch[] = "watch?v=";
    size_t length = strcspn(url, "?#"), start;
    const char *video = strstr(url, watch);

    if (video)
        return arena_text_n(arena, video + sizeof watch - 1,
                            strcspn(video + sizeof watch - 1, "&#"));
    while (length > 0 && url[length - 1] == '/')
        length--;
    for (start = length; start > 0 && url[start - 1] != '/';)
        start--;
    return arena_text_n(arena, url + start, length - start);
}

static struct decided resolve_published(const struct question *q)
{
    struct decided decided = {0};
    const char *why = why_not_resolve(q);
    struct delivery *after;

    if (why)
        return refuse(why);
    if (!q->url || (strncmp(q->url, "https://", 8) != 0 && strncmp(q->url, "http://", 7) != 0))
        return refuse(
            _("give the address of the post as the platform shows it: --published https://..."));
    after = change_to(&decided, q, q->row, STATE_PUBLISHED, "", "resolve");
    after->url = q->url;
    after->remote_id = id_of_url(q->url, q->arena);
    after->published = after->not_before = q->now; /* what belongs to it may still be missing */
    return decided;
}

static const char *why_not_retract(const struct question *q)
{
    const struct adapter *adapter = adapter_by_name(q->row->platform);

    if (q->row->state == STATE_RETRACTED)
        return _("it is taken back already");
    if (q->row->state != STATE_PUBLISHED)
        return _("only what is public can be taken back; 'crier hold' and 'crier cancel' stop what "
                 "is not, and 'crier resolve' settles a doubt");
    if (after_retracts(q->row->after))
        return _("it is being taken back already; look with 'crier why'");
    if (!adapter || !adapter->retract)
        return _("this platform gives no way to take a post back from here; remove it by hand "
                 "where it stands (its address is in 'crier why')");
    if (!q->row->remote_id[0])
        return _("the platform's id of it is not known; remove it by hand where it stands");
    return NULL;
}

/* The intent; the engine does it, and its answer makes the state. */
static struct decided retract(const struct question *q)
{
    struct decided decided = {0};
    const char *why = why_not_retract(q);
    struct delivery *after;

    if (why)
        return refuse(why);
    after = change_to(&decided, q, q->row, STATE_PUBLISHED, q->row->reason, "retract.intent");
    after->after = after_ask_retract(q->row->after, q->person->actor, q->arena);
    after->not_before = q->now;
    return decided;
}

static struct decided resolve_absent(const struct question *q)
{
    struct decided decided = {0};
    const char *why = why_not_resolve(q);
    struct delivery *after;

    if (why)
        return refuse(why);
    if (!instant_before(q->now, q->row->useful_until))
        return refuse(
            _("its time is over, so it will not be sent again; use 'crier resolve --cancel'"));
    after = change_to(&decided, q, q->row,
                      q->row->state == STATE_DOUBTFUL ? STATE_READY : ready_or_planned(q), "",
                      "resolve");
    after->tries = 0;
    after->reads = 0;
    after->not_before = INSTANT_NONE;
    after->progress = "";
    after->request = "";
    after->late = LATE_PUBLISH;
    renew_key(after);
    return decided;
}

/* The table draws no line from doubtful to cancelled: it is held first, in the same transaction. */
static struct decided resolve_cancel(const struct question *q)
{
    struct decided decided = {0};
    const char *why = why_not_resolve(q);
    const struct delivery *row = q->row;

    if (why)
        return refuse(why);
    if (row->state == STATE_DOUBTFUL) {
        row = change_to(&decided, q, row, STATE_HELD, REASON_UNPROVEN, "resolve");
        struct delivery *next = arena_copy(q->arena, row, sizeof *row);
        next->rev++;
        row = next;
    }
    (void)change_to(&decided, q, row, STATE_CANCELLED, REASON_PERSON, "resolve");
    return decided;
}

static const char *why_not_publish(const struct question *q)
{
    const struct delivery *row = q->row;
    const char *why = frozen(row);

    if (why)
        return why;
    if (row->state == STATE_HELD)
        return arena_printf(q->arena, _("it is held (%s); release it first with 'crier release'"),
                            row->reason);
    if (why_not_made(row))
        return why_not_made(row);
    if (row->state == STATE_PLANNED || ready_or_planned(q) == STATE_PLANNED)
        return _("its approvals are not complete; approve it first with 'crier approve'");
    if (!instant_before(q->now, row->useful_until))
        return _("its time is over; give the post a new time in the campaign file");
    if (!instant_before(q->now, delivery_opens(row)))
        return _("it is due already; 'crier why' says what it waits for");
    return NULL;
}

static struct decided publish(const struct question *q)
{
    struct decided decided = {0};
    const char *why = why_not_publish(q);

    if (why)
        return refuse(why);
    change_to(&decided, q, q->row, q->row->state, q->row->reason, "publish.now")->early = q->now;
    return decided;
}

static const struct rule {
    struct decided (*decide)(const struct question *question);
    unsigned roles; /* any of them, where approvals are asked; 0 = anyone */
    bool needs_person;
} rules[] = {
    [DECISION_APPROVE] = {approve, ROLE_APPROVER, true},
    [DECISION_REJECT] = {reject, 0, false},
    [DECISION_HOLD] = {hold, 0, false},
    [DECISION_RELEASE] = {release, ROLE_APPROVER, true},
    [DECISION_CANCEL] = {cancel, ROLE_EDITOR | ROLE_APPROVER, false},
    [DECISION_RESOLVE_PUBLISHED] = {resolve_published, ROLE_APPROVER, true},
    [DECISION_RESOLVE_ABSENT] = {resolve_absent, ROLE_APPROVER, true},
    [DECISION_PUBLISH] = {publish, ROLE_APPROVER, true},
    [DECISION_RETRACT] = {retract, ROLE_APPROVER, true},
    [DECISION_RESOLVE_CANCEL] = {resolve_cancel, ROLE_APPROVER, true},
};

static const char *why_not_this_person(const struct rule *rule, const struct delivery *row,
                                       const struct person *person)
{
    if (row->approvals == 0)
        return NULL;
    if (rule->needs_person && !person->is_person)
        return _(
            "this must be done by a person under a login of their own, not by root or a service");
    if (rule->roles && !(person->roles & rule->roles))
        return _("you are not in the group that may do this; ask an approver (group 'approvers' of "
                 "crier.cfg)");
    return NULL;
}

struct decided decide(enum decision decision, const struct delivery *row,
                      const struct approval *approvals, size_t approval_count,
                      struct span approval_for, const struct person *person, const char *url,
                      struct instant now, struct arena *arena)
{
    const struct rule *rule = &rules[decision];
    const char *why = why_not_this_person(rule, row, person);
    struct question question = {
        .row = row,
        .approvals = approvals,
        .approval_count = approval_count,
        .approval_for = approval_for,
        .person = person,
        .url = url,
        .now = now,
        .arena = arena,
    };

    return why ? refuse(why) : rule->decide(&question);
}
