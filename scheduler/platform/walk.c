#include "platform/walk.h"

#include <string.h>

#include "base/i18n.h"

enum { MOST_STEPS = 2000, MARK_BYTES = 80 };

/* Texts that a platform's id could be, and that nobody writes. Numbers, so that they are ids
 * everywhere; the record keys have the form that Bluesky's must have. */
#define NUMBERS_FROM 7000000000000000000
static const char own_key[] = "3criercrierid", parent_key[] = "3crierparents";
static const char did_end[] = "crierstandsinforthisdid2";

/* Times of 1971 stand for that of the first intent, and for two minutes before it. */
static const struct instant time_of_sending = {INT64_C(34401906789)},
                            a_little_before = {INT64_C(34401786789)};

/* ---- stand-ins ---- */

static void add(struct walk *walk, const char *stands, const char *mark)
{
    struct stand_in *made = arena_push(walk->arena, &walk->stand_ins, &walk->stand_in_count,
                                       &walk->stand_in_capacity, sizeof *made);

    *made = (struct stand_in){arena_text(walk->arena, stands), mark};
}

static size_t count_of(const struct walk *walk, const char *noun)
{
    const size_t length = strlen(noun);
    size_t count = 0;

    for (size_t i = 0; i < walk->stand_in_count; i++) {
        const char *mark = walk->stand_ins[i].mark;

        count += strncmp(mark + 1, noun, length) == 0 && mark[1 + length] == ' ';
    }
    return count;
}

const char *walk_new(struct walk *walk, const char *noun, bool many)
{
    const char *stands =
        arena_printf(walk->arena, "%lld", NUMBERS_FROM + (long long)walk->stand_in_count + 1);

    add(walk, stands,
        many ? arena_printf(walk->arena, "<%s %zu>", noun, count_of(walk, noun) + 1)
             : arena_printf(walk->arena, "<%s>", noun));
    return stands;
}

/* The next stand-in of a text, and where it stands. */
static const struct stand_in *next_in(const struct walk *walk, const char *text, const char **where)
{
    const struct stand_in *next = NULL;

    *where = NULL;
    for (size_t i = 0; i < walk->stand_in_count; i++) {
        const char *found = strstr(text, walk->stand_ins[i].stands);

        if (found && (!*where || found < *where)) {
            *where = found;
            next = &walk->stand_ins[i];
        }
    }
    return next;
}

const char *walk_marked(const struct walk *walk, const char *text, struct arena *arena)
{
    const char *done = "", *where;
    const struct stand_in *next;

    while ((next = next_in(walk, text, &where))) {
        done = arena_printf(arena, "%s%.*s%s", done, (int)(where - text), text, next->mark);
        text = where + strlen(next->stands);
    }
    return *done ? arena_printf(arena, "%s%s", done, text) : text;
}

static json_t *marked_object(const struct walk *walk, const json_t *value, struct arena *arena)
{
    json_t *made = json_object(), *member;
    const char *name;

    json_object_foreach((json_t *)(uintptr_t)value, name, member)
        json_object_set_new(made, name, walk_marked_json(walk, member, arena));
    return made;
}

static json_t *marked_array(const struct walk *walk, const json_t *value, struct arena *arena)
{
    json_t *made = json_array();

    for (size_t i = 0; i < json_array_size(value); i++)
        json_array_append_new(made, walk_marked_json(walk, json_array_get(value, i), arena));
    return made;
}

json_t *walk_marked_json(const struct walk *walk, const json_t *value, struct arena *arena)
{
    const char *number, *mark;

    if (json_is_object(value))
        return marked_object(walk, value, arena);
    if (json_is_array(value))
        return marked_array(walk, value, arena);
    if (json_is_string(value))
        return json_string(walk_marked(walk, json_string_value(value), arena));
    if (!json_is_integer(value))
        return json_deep_copy(value);
    number = arena_printf(arena, "%lld", (long long)json_integer_value(value));
    mark = walk_marked(walk, number, arena);
    return mark == number ? json_deep_copy(value) : json_string(mark);
}

/* ---- the job ---- */

/* Of the account, where crier.cfg does not say it. */
static const char *identity_of(struct walk *walk, const struct adapter *adapter,
                               const struct account *account)
{
    const char *mark = arena_printf(walk->arena, "id of %s", account->name);

    if (strcmp(adapter->name, "bluesky") != 0)
        return walk_new(walk, mark, false);
    add(walk, did_end, arena_printf(walk->arena, "<%s>", mark));
    return arena_printf(walk->arena, "did:plc:%s", did_end);
}

/* The ids of the posts before it in its thread. */
static void name_parents(struct walk *walk, const struct adapter *adapter, struct job *job)
{
    static const char parent[] = "id of the post that it answers";

    if (!job->content->parent)
        return;
    if (strcmp(adapter->name, "bluesky") == 0) {
        add(walk, parent_key, "<key of the post that it answers>");
        job->parent_id = arena_printf(walk->arena, "at://%s/app.bsky.feed.post/%s",
                                      job->identity.remote_id, parent_key);
    } else {
        job->parent_id = walk_new(walk, parent, false);
    }
    job->root_id = strcmp(job->content->parent, "1") == 0
                       ? job->parent_id
                       : walk_new(walk, "id of the first of its thread", false);
}

/* As it is when it leaves for the first time. */
static struct delivery *leaving(struct walk *walk, const struct delivery *planned)
{
    struct delivery *delivery = delivery_copy(planned, walk->arena);
    char text[INSTANT_TEXT];

    delivery_start_afresh(delivery);
    delivery_set_key(delivery);
    memcpy(delivery->record_key, own_key, sizeof own_key);
    delivery->first_intent = delivery->intent = delivery->born = time_of_sending;
    delivery->remote_id = delivery->url = delivery->progress = "";
    add(walk, own_key, "<record key>");
    add(walk, instant_utc(time_of_sending, text), "<time of sending>");
    add(walk, arena_printf(walk->arena, "%lld", (long long)(a_little_before.ms / 1000)),
        "<two minutes before>");
    return delivery;
}

/* ---- the machines ---- */

static bool stop(struct walk *walk, const struct step *step)
{
    walk->ends = step->why ? step->why : _("it would wait");
    return false;
}

/* What it sends, and the platform's answer to it. */
static bool take(struct walk *walk, struct walk_asks *asks, const struct step *step, bool waits,
                 struct http_reply *reply)
{
    struct walked *made =
        arena_push(walk->arena, &walk->items, &walk->count, &walk->capacity, sizeof *made);

    *made = (struct walked){.request = step->request, .doing = asks->doing, .waits = waits};
    asks->request = &step->request;
    if (walk_answer(walk, asks, reply))
        return true;
    walk->ends = _("what follows is not known");
    return false;
}

/* Until it is done. What it ends with stands in the delivery, where after-steps look for it. */
static bool walk_machine(struct walk *walk, const struct walk_asks *from, machine advance,
                         struct delivery *delivery)
{
    struct progress at = {0};
    struct walk_asks asks = *from;
    struct http_reply answer, *reply = NULL;
    bool waits = false;

    asks.at = &at;
    for (int i = 0; i < MOST_STEPS; i++) {
        const struct step step = advance(asks.job, &at, reply, walk->arena);

        if (step.progress)
            delivery->progress = step.progress;
        if (step.progress && !progress_read(step.progress, walk->arena, &at))
            return stop(walk, &step);
        if (step.kind == STEP_DONE) {
            if (step.receipt.remote_id && !*delivery->remote_id)
                delivery->remote_id = step.receipt.remote_id;
            return true;
        }
        if (step.kind != STEP_SEND && step.kind != STEP_WAIT)
            return stop(walk, &step);
        reply = NULL;
        if (step.kind == STEP_SEND && !take(walk, &asks, &step, waits, reply = &answer))
            return false;
        waits = step.kind == STEP_WAIT;
    }
    return true;
}

void walk_delivery(const struct adapter *adapter, const struct account *account,
                   const struct delivery *planned, const struct content *content,
                   struct arena *arena, struct walk *walk)
{
    struct delivery *delivery;
    struct job job = {.content = content, .account = account, .since = a_little_before};
    struct walk_asks asks = {.adapter = adapter, .job = &job, .doing = "publish"};

    *walk = (struct walk){.arena = arena};
    job.delivery = delivery = leaving(walk, planned);
    job.identity.remote_id = identity_of(walk, adapter, account);
    name_parents(walk, adapter, &job);
    if (!walk_machine(walk, &asks, adapter->publish, delivery))
        return;
    for (const struct after_step *step = adapter->after; step && step->word; step++) {
        asks.doing = step->word;
        if (step->wanted(&job) && !walk_machine(walk, &asks, step->advance, delivery))
            return;
    }
}
