#include "daemon/compared.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "engine/decide.h"

enum { MOST_KEY = 4096 };

struct compared {
    const struct reading *reading;
    const char *state;
    struct instant now;
    struct outbox *outbox; /* of the step under way */
    struct arena scratch;
    struct err err;
    bool failed;
    json_t *changes;
    int64_t adds, alters, removes, approvals_lost;
    struct digest_stream *plan, *rows;
};

static const struct workspace *workspace_of(const struct compared *compared)
{
    return &compared->reading->set.workspace;
}

static void put_time(const struct reading *reading, json_t *object, const char *member,
                     struct instant t)
{
    const struct zone *zone = reading->set.workspace.zone;
    char text[INSTANT_TEXT];

    json_put(object, member,
             instant_is_none(t) ? NULL
                                : instant_local(t, zone ? zone_offset_s(zone, t) : 0, false, text));
}

static const char *or_null(const char *text)
{
    return text && *text ? text : NULL;
}

/* ---- one side of a change ---- */

static json_t *content_of(const struct delivery *row)
{
    struct err ignored;

    return row->content ? json_read_own(row->content, strlen(row->content), &ignored) : NULL;
}

static json_t *media_json(const struct delivery *row)
{
    json_t *list = json_array();

    for (size_t i = 0; i < row->media_count; i++) {
        const struct medium *medium = &row->media[i];
        json_t *entry = json_object();
        json_put(entry, "file", medium->file);
        json_put(entry, "sha256", or_null(medium_source(medium)));
        json_put(entry, "alt", or_null(medium->alt));
        json_put_bool(entry, "made", medium_is_made(medium));
        json_array_append_new(list, entry);
    }
    return list;
}

static json_t *side_json(const struct compared *compared, const struct delivery *row)
{
    static const char *const words[] = {"title", "description", "text", "link"};
    json_t *side, *content;

    if (!row)
        return NULL;
    side = json_object();
    content = content_of(row);
    json_put(side, "state", state_word(row->state));
    json_put(side, "reason", or_null(row->reason));
    json_put(side, "note", or_null(row->note));
    put_time(compared->reading, side, "at", row->at);
    put_time(compared->reading, side, "useful_until", row->useful_until);
    json_put_integer(side, "approvals", row->approvals);
    for (size_t i = 0; i < COUNT_OF(words); i++)
        json_put(side, words[i], json_text(content, words[i]));
    json_put_new(side, "media", media_json(row));
    json_decref(content);
    return side;
}

/* ---- what differs ---- */

static void name(json_t *what, const char *word, bool differs)
{
    if (differs)
        json_array_append_new(what, json_string(word));
}

static bool same_media(const struct delivery *a, const struct delivery *b, bool *made)
{
    *made = false;
    if (a->media_count != b->media_count)
        return false;
    for (size_t i = 0; i < a->media_count; i++) {
        const struct medium *x = &a->media[i], *y = &b->media[i];
        if (strcmp(medium_source(x), medium_source(y)) != 0 || strcmp(x->alt, y->alt) != 0 ||
            x->role != y->role)
            return false;
        *made = *made || strcmp(x->recipe, y->recipe) != 0;
    }
    return true;
}

/* Members of the content by their own names, but for media. */
static void name_content(json_t *what, const struct delivery *a, const struct delivery *b)
{
    json_t *before = content_of(a), *after = content_of(b), *value;
    const char *member;
    bool made;

    json_object_foreach(after, member, value)
    {
        if (strcmp(member, "media") != 0)
            name(what, member, !json_equal(value, json_object_get(before, member)));
    }
    name(what, "more", json_object_get(before, "more") && !json_object_get(after, "more"));
    name(what, "media", !same_media(a, b, &made));
    name(what, "made", made);
    json_decref(before);
    json_decref(after);
}

static bool settings_differ(const struct delivery *a, const struct delivery *b)
{
    return a->late != b->late || a->urgency != b->urgency || a->again != b->again ||
           a->lead.ms != b->lead.ms || a->author != b->author || strcmp(a->file, b->file) != 0;
}

static json_t *what_differs(const struct delivery *before, const struct delivery *after)
{
    json_t *what = json_array();

    if (!before || !after)
        return what;
    name_content(what, before, after);
    name(what, "time", before->at.ms != after->at.ms);
    name(what, "useful_for",
         before->useful_until.ms - before->at.ms != after->useful_until.ms - after->at.ms);
    name(what, "approvals", before->approvals != after->approvals);
    name(what, "settings", settings_differ(before, after));
    name(what, "state",
         before->state != after->state ||
             (after->state == STATE_HELD && strcmp(before->reason, after->reason) != 0));
    return what;
}

/* ---- one change ---- */

static const char *word_of(const struct reload_seen *seen)
{
    if (!seen->planned)
        return "remove";
    return !seen->stored || seen->stored->state == STATE_CANCELLED ? "add" : "change";
}

static int64_t *counter(struct compared *compared, const char *word)
{
    return *word == 'a' ? &compared->adds : *word == 'c' ? &compared->alters : &compared->removes;
}

/* Approvals bind content and window: how many stand now and would not then. */
static int64_t approvals_lost(struct compared *compared, const struct reload_seen *seen)
{
    const struct delivery *stored = seen->stored;
    const struct span life = workspace_of(compared)->approval_for;
    const struct approval *approvals;
    size_t count, before, after;

    if (!stored || !seen->planned || !seen->row || !stored->approvals || compared->failed)
        return 0;
    if (!outbox_approvals(compared->outbox, stored->id, &compared->scratch, &approvals, &count,
                          &compared->err)) {
        compared->failed = true;
        return 0;
    }
    before = approvals_valid(stored, approvals, count, life, compared->now);
    after = approvals_valid(seen->row, approvals, count, life, compared->now);
    return before > after ? (int64_t)(before - after) : 0;
}

static void add_line(struct digest_stream *stream, const char *line)
{
    digest_add(stream, line, strlen(line));
}

/* What would be done and to which rows. What is gone from its file is taken out by itself, applied
 * or not, so that a plan stays the same while that happens. Contents are bound by the hashes of the
 * files: what is still being made of them today may be there tomorrow, and is no other plan. */
static void digest_change(struct compared *compared, const struct reload_seen *seen,
                          const char *word, int64_t lost)
{
    const struct delivery *stored = seen->stored, *row = seen->row ? seen->row : stored;

    add_line(compared->plan,
             arena_printf(&compared->scratch, "%s %s %" PRId64 " %" PRId64 " %s %d\n", row->id,
                          word, row->at.ms, row->useful_until.ms, row->same_hash, row->approvals));
    add_line(compared->rows, arena_printf(&compared->scratch, "%s %s %" PRId64 " %" PRId64 "\n",
                                          row->id, stored ? state_word(stored->state) : "-",
                                          stored ? stored->rev : -1, lost));
}

static void add_change(struct compared *compared, const struct reload_seen *seen)
{
    const struct delivery *any = seen->stored ? seen->stored : seen->row;
    const char *word = word_of(seen);
    const int64_t lost = approvals_lost(compared, seen);
    json_t *change = json_object();

    json_put(change, "change", word);
    json_put(change, "id", any->id);
    json_put(change, "name", delivery_name(any, &compared->scratch));
    json_put(change, "account", any->account);
    json_put(change, "platform", any->platform);
    json_put(change, "file", any->file);
    json_put_new(change, "line",
                 seen->planned && seen->planned->post->place.line > 0
                     ? json_integer(seen->planned->post->place.line)
                     : NULL);
    json_put_new(change, "what", what_differs(seen->stored, seen->planned ? seen->row : NULL));
    json_put_new(change, "before", side_json(compared, seen->stored));
    json_put_new(change, "after", seen->planned ? side_json(compared, seen->row) : NULL);
    json_put_integer(change, "approvals_lost", lost);
    json_array_append_new(compared->changes, change);
    ++*counter(compared, word);
    compared->approvals_lost += lost;
    if (seen->planned)
        digest_change(compared, seen, word, lost);
}

/* What went out is told by findings. A row that is being removed already is told again: it has not
 * gone yet. */
static void on_seen(void *arg, const struct reload_seen *seen)
{
    struct compared *compared = arg;

    if (seen->row || (seen->stored && !seen->planned))
        add_change(compared, seen);
    arena_reset(&compared->scratch);
}

/* ---- the whole ---- */

struct compared *compared_new(const struct reading *reading, const char *state, struct instant now)
{
    struct compared *compared = calloc(1, sizeof *compared);

    if (!compared)
        out_of_memory();
    compared->reading = reading;
    compared->state = state;
    compared->now = now;
    compared->changes = json_array();
    compared->plan = digest_begin();
    compared->rows = digest_begin();
    return compared;
}

static void end_digests(struct compared *compared)
{
    if (compared->plan)
        (void)digest_end(compared->plan);
    if (compared->rows)
        (void)digest_end(compared->rows);
    compared->plan = compared->rows = NULL;
}

void compared_free(struct compared *compared)
{
    if (!compared)
        return;
    end_digests(compared);
    json_decref(compared->changes);
    arena_clear(&compared->scratch);
    free(compared);
}

struct reload_manner compared_manner(struct compared *compared)
{
    return (struct reload_manner){.mode = RELOAD_LOOK, .seen = on_seen, .arg = compared};
}

void compared_step(struct compared *compared, struct outbox *outbox)
{
    compared->outbox = outbox;
}

bool compared_ok(const struct compared *compared, struct err *err)
{
    if (compared->failed)
        *err = compared->err;
    return !compared->failed;
}

/* NULL: nothing was ever planned here. */
static const char *workspace_mark(const char *state, struct arena *arena, char hex[DIGEST_HEX])
{
    struct err ignored;
    size_t length;
    char *bytes;

    if (!file_read(arena_printf(arena, "%s/audit/log.pub.pem", state), MOST_KEY, arena, &bytes,
                   &length, &ignored))
        return NULL;
    return digest_hex_of(bytes, length, hex);
}

static void put_head(json_t *result, const struct reading *reading, const char *state,
                     struct instant now)
{
    struct arena scratch = {0};
    char hex[DIGEST_HEX];

    json_put_integer(result, "version", COMPARED_VERSION);
    put_time(reading, result, "made", now);
    json_put(result, "workspace", workspace_mark(state, &scratch, hex));
    json_put(result, "reload", reading->set.workspace.applies ? "apply" : "auto");
    put_time(reading, result, "until", reading->until);
    json_put_new(result, "files", digests_json(&reading->digests));
    arena_clear(&scratch);
}

static json_t *findings_of(const struct reading *reading, const struct findings *late,
                           int64_t *errors, int64_t *warnings)
{
    const struct findings *read = &reading->planning->findings;
    json_t *list = json_array();

    *errors = *warnings = 0;
    for (size_t i = 0; i < read->count; i++) {
        if (read->items[i].severity == SEVERITY_ERROR)
            json_array_append_new(list, finding_json(&read->items[i]));
    }
    for (size_t i = 0; late && i < late->count; i++)
        json_array_append_new(list, finding_json(&late->items[i]));
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *severity = json_text(json_array_get(list, i), "severity");
        ++*(strcmp(severity, "error") ? warnings : errors);
    }
    return list;
}

static void put_findings(json_t *result, json_t *counts, const struct reading *reading,
                         const struct findings *late)
{
    int64_t errors, warnings;

    json_put_new(result, "findings", findings_of(reading, late, &errors, &warnings));
    json_put_integer(counts, "errors", errors);
    json_put_integer(counts, "warnings", warnings);
}

static const char *files_hash(const struct reading *reading, char hex[DIGEST_HEX])
{
    struct digest_stream *stream = digest_begin();
    struct digest digest;

    for (size_t i = 0; i < reading->digests.count; i++) {
        digest_add(stream, reading->digests.items[i].path,
                   strlen(reading->digests.items[i].path) + 1);
        digest_add(stream, reading->digests.items[i].sha256, DIGEST_HEX);
    }
    digest = digest_end(stream);
    return digest_hex(&digest, hex);
}

static void put_hashes(json_t *result, struct compared *compared)
{
    json_t *hashes = json_object();
    struct digest plan = digest_end(compared->plan), rows = digest_end(compared->rows);
    char hex[DIGEST_HEX];

    compared->plan = compared->rows = NULL;
    json_put(hashes, "files", files_hash(compared->reading, hex));
    json_put(hashes, "plan", digest_hex(&plan, hex));
    json_put(hashes, "outbox", digest_hex(&rows, hex));
    json_put_new(result, "hashes", hashes);
}

static json_t *counts_json(const struct compared *compared, const struct reload_result *result)
{
    json_t *counts = json_object();

    json_put_integer(counts, "add", compared->adds);
    json_put_integer(counts, "change", compared->alters);
    json_put_integer(counts, "remove", compared->removes);
    json_put_integer(counts, "unchanged", result->unchanged);
    json_put_integer(counts, "approvals_lost", compared->approvals_lost);
    return counts;
}

json_t *compared_result(struct compared *compared, const struct reload_result *result,
                        const struct findings *late)
{
    json_t *object = json_object(), *counts = counts_json(compared, result);

    put_head(object, compared->reading, compared->state, compared->now);
    json_put_new(object, "changes", json_incref(compared->changes));
    put_findings(object, counts, compared->reading, late);
    json_put_new(object, "counts", counts);
    put_hashes(object, compared);
    return object;
}

json_t *compared_nothing(const struct reading *reading, const char *state, struct instant now)
{
    struct compared *compared = compared_new(reading, state, now);
    json_t *object = compared_result(compared, &(struct reload_result){0}, NULL);

    compared_free(compared);
    return object;
}
