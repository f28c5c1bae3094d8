/* The outbox against the sandbox's own word. */
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "campaign/content.h"
#include "commands/rehearse.h"
#include "daemon/loopback.h"
#include "store/outbox.h"

enum { PAGE = 1000 };

/* A delivery, and what is public of it. */
struct told {
    const struct delivery *row;
    const char *text;
    size_t public_times;
    bool found; /* what it says is its post, is there */
};

struct count {
    struct arena *arena;
    struct outbox *outbox;
    const struct rehearse *rehearse;
    struct rehearse_result *result;
    struct told *told; /* by due */
    size_t told_count, told_capacity, trouble_capacity;
};

/* ---- the rows ---- */

static const char *text_of(const struct delivery *row, struct arena *arena)
{
    struct err ignored;
    json_t *content = json_read_own(row->content, strlen(row->content), &ignored);
    const char *text = arena_text(arena, json_text(content, "text"));

    json_decref(content);
    return text ? text : "";
}

static void take_row(struct count *count, const struct delivery *row)
{
    struct told *told = arena_push(count->arena, &count->told, &count->told_count,
                                   &count->told_capacity, sizeof *told);

    *told = (struct told){
        .row = row,
        .text = text_of(row, count->arena),
    };
}

static bool read_page(struct count *count, struct outbox_filter *filter, bool *more,
                      struct err *err)
{
    struct deliveries rows = {0};
    size_t i;

    if (!outbox_list(count->outbox, filter, count->arena, &rows, err))
        return false;
    for (i = 0; i < rows.count; i++)
        take_row(count, rows.items[i]);
    *more = rows.count == PAGE;
    if (*more) {
        filter->after_id = rows.items[PAGE - 1]->id;
        filter->after_at = rows.items[PAGE - 1]->at;
    }
    return true;
}

static bool read_rows(struct count *count, struct err *err)
{
    struct outbox_filter filter = {
        .from = count->rehearse->from,
        .until = count->rehearse->until,
        .after_at = INSTANT_NONE,
        .limit = PAGE,
    };
    bool more = true;

    while (more) {
        if (!read_page(count, &filter, &more, err))
            return false;
    }
    return true;
}

/* ---- whose post is it ---- */

/* The sandbox has a server of the same API without keys. */
static bool is_platform(const char *ours, const char *theirs)
{
    size_t length = strlen(ours);

    return !strncmp(ours, theirs, length) &&
           (!theirs[length] || !strcmp(theirs + length, "-nokeys"));
}

static bool same_media(const struct delivery *row, const json_t *media)
{
    size_t i;

    if (json_array_size(media) != row->media_count)
        return false;
    for (i = 0; i < row->media_count; i++) {
        const char *sha256 = json_text(json_array_get(media, i), "sha256");
        if (!sha256 || strcmp(sha256, row->media[i].sha256) != 0)
            return false;
    }
    return true;
}

static bool says_the_same(const struct told *told, const json_t *post)
{
    const char *text = json_text(post, "text");

    return text && !strcmp(text, told->text) &&
           same_media(told->row, json_object_get(post, "media"));
}

static bool could_be(const struct told *told, const json_t *post, struct instant at)
{
    const char *key = json_text(post, "key");

    if (key && (!strcmp(key, told->row->key) || !strcmp(key, told->row->record_key)))
        return true;
    return !instant_before(at, told->row->at) && says_the_same(told, post);
}

/* An album has a number for each of its pictures, and goes by the first; a film on a Page has an id
 * of its own besides its post's. */
static bool is_called(const struct delivery *row, const json_t *post)
{
    const char *const ids[] = {json_text(post, "id"),
                               json_text(json_object_get(post, "detail"), "video")};
    const size_t length = strcspn(row->remote_id, ",");

    for (size_t i = 0; i < COUNT_OF(ids) && length > 0; i++)
        if (ids[i] && strlen(ids[i]) == length && !strncmp(row->remote_id, ids[i], length))
            return true;
    return false;
}

/* The account goes by its name there: its made-up credential says so. The post belongs to whom its
 * id says; else to whom its key says, or to the newest delivery that was due by then and says the
 * same: the occurrences of a repeating post may all say the same. */
static struct told *whose(struct count *count, const json_t *post)
{
    const char *platform = json_text(post, "platform"), *account = json_text(post, "account");
    const char *id = json_text(post, "id"), *when = json_text(post, "at");
    struct told *best = NULL;
    struct instant at;
    size_t i;

    if (!platform || !account || !id || !when || !instant_parse(when, &at))
        return NULL;
    for (i = 0; i < count->told_count; i++) {
        struct told *told = &count->told[i];
        if (!is_platform(told->row->platform, platform) || strcmp(told->row->account, account) != 0)
            continue;
        if (is_called(told->row, post)) {
            told->found = true;
            return told;
        }
        if (could_be(told, post, at))
            best = told;
    }
    return best;
}

static bool match_posts(struct count *count, struct err *err)
{
    json_t *answer = loopback_call(count->rehearse->host, "GET", "/_sandbox/posts", "", err);
    const json_t *posts = json_object_get(answer, "posts");
    size_t i;

    if (!json_is_array(posts))
        return err_within(err, _("the sandbox's own list of posts"));
    for (i = 0; i < json_array_size(posts); i++) {
        const json_t *post = json_array_get(posts, i);
        struct told *told = json_flag(post, "deleted") ? NULL : whose(count, post);
        if (told)
            told->public_times++;
        else if (!json_flag(post, "deleted"))
            count->result->unasked++;
    }
    json_decref(answer);
    return true;
}

/* ---- what became of it ---- */

/* What the audit trail knows of a delivery's way to where it stands. */
struct past {
    size_t intents, deferred, doubts;
    bool expired_held;    /* it expired because nobody released it */
    const char *held_for; /* a reason; NULL = held when it was planned, or never */
};

static bool is_word(const json_t *record, const char *member, const char *word)
{
    const char *text = json_text(record, member);

    return text && !strcmp(text, word);
}

static void read_record(struct past *past, const json_t *record, struct arena *arena)
{
    past->intents += is_word(record, "ev", "publish.intent");
    past->deferred += is_word(record, "ev", "defer");
    past->doubts += is_word(record, "state", "doubtful");
    if (is_word(record, "state", "held"))
        past->held_for = arena_text(arena, json_text(record, "reason"));
    if (is_word(record, "state", "expired"))
        past->expired_held = is_word(record, "from", "held");
}

static bool read_past(struct count *count, const struct delivery *row, struct past *past,
                      struct err *err)
{
    struct history history;
    size_t i;

    *past = (struct past){0};
    if (!outbox_history(count->outbox, row->id, count->arena, &history, err))
        return false;
    for (i = 0; i < history.count; i++) {
        struct err ignored;
        json_t *record = json_read_own(history.lines[i], strlen(history.lines[i]), &ignored);
        read_record(past, record, count->arena);
        json_decref(record);
    }
    return true;
}

static int64_t *end_of(struct rehearse_result *result, enum state state)
{
    switch (state) {
    case STATE_PUBLISHED:
    case STATE_RETRACTED:
        return &result->published;
    case STATE_HELD:
        return &result->held;
    case STATE_EXPIRED:
        return &result->expired;
    case STATE_FAILED:
        return &result->failed;
    case STATE_CANCELLED:
        return &result->cancelled;
    case STATE_PLANNED:
    case STATE_READY:
    case STATE_PREPARING:
    case STATE_SENDING:
    case STATE_DOUBTFUL:
    case STATE_COUNT:
        break;
    }
    return &result->waiting;
}

static bool is_lost(const struct told *told)
{
    const struct delivery *row = told->row;

    if (row->state == STATE_PUBLISHED)
        return !told->found;
    return !state_is_final(row->state) && row->state != STATE_HELD && !*row->reason;
}

static void note_trouble(struct count *count, const struct told *told, const struct past *past)
{
    struct rehearse_result *result = count->result;
    const struct delivery *row = told->row;
    struct rehearse_trouble *trouble;

    if (row->state == STATE_PUBLISHED && !*row->reason && told->public_times == 1)
        return;
    trouble = arena_push(count->arena, &result->troubles, &result->trouble_count,
                         &count->trouble_capacity, sizeof *trouble);
    *trouble = (struct rehearse_trouble){
        .row = row,
        .state = past->expired_held ? STATE_HELD : row->state,
        .reason = past->expired_held ? past->held_for : row->reason,
        .public_times = told->public_times,
        .lost = is_lost(told),
    };
}

/* Nobody is there to release what is held, so it expires: what stopped it was the hold. */
static bool count_row(struct count *count, const struct told *told, struct err *err)
{
    struct rehearse_result *result = count->result;
    struct past past;

    if (!read_past(count, told->row, &past, err))
        return false;
    result->deliveries++;
    ++*end_of(result, past.expired_held ? STATE_HELD : told->row->state);
    result->duplicates += told->public_times > 1 ? (int64_t)told->public_times - 1 : 0;
    result->lost += is_lost(told);
    result->doubtful += past.doubts > 0;
    result->retried += past.deferred > 0 || past.intents > 1;
    note_trouble(count, told, &past);
    return true;
}

static bool count_rows(struct count *count, struct err *err)
{
    size_t i;

    for (i = 0; i < count->told_count; i++) {
        if (!count_row(count, &count->told[i], err))
            return false;
    }
    return true;
}

bool rehearse_count(const struct rehearse *rehearse, struct rehearse_result *result,
                    struct err *err)
{
    struct outbox_options options = {.state = rehearse->state, .origin = "", .node = ""};
    struct count count = {.arena = rehearse->arena, .rehearse = rehearse, .result = result};
    bool ok;

    *result = (struct rehearse_result){0};
    ok = outbox_open(&options, rehearse->until, &count.outbox, err) && read_rows(&count, err) &&
         match_posts(&count, err) && count_rows(&count, err);
    outbox_close(count.outbox);
    return ok;
}
