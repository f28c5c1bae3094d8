/* Readings laid over the outbox, and the due index. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/failpoint.h"
#include "base/i18n.h"
#include "base/log.h"
#include "campaign/reader.h"
#include "daemon/internal.h"
#include "daemon/reloaded.h"
#include "platform/registry.h"
#include "store/reload.h"

enum { DUE_PAGE = 250, DAILY_HOURS = 24, SPACE_SECONDS = 10, MOST_RENDER_FAILURES = 6 };

/* ---- which files were read ---- */

static char *files_text(const struct reading *reading, struct arena *arena)
{
    json_t *list = json_array();
    char *text;
    size_t i;

    for (i = 0; i < reading->file_count; i++) {
        const struct seen_file *file = &reading->files[i];
        json_t *entry = json_object();
        json_put(entry, "path", file->path);
        json_put_bool(entry, "there", file->there);
        json_put_integer(entry, "inode", (int64_t)file->stamp.inode);
        json_put_integer(entry, "size", file->stamp.size);
        json_put_integer(entry, "mtime", file->stamp.mtime_ns);
        json_put_integer(entry, "ctime", file->stamp.ctime_ns);
        json_put_integer(entry, "owner", file->stamp.owner);
        json_put_integer(entry, "mode", file->stamp.mode);
        json_array_append_new(list, entry);
    }
    text = json_write(list, arena, NULL);
    json_decref(list);
    return text;
}

static void read_files_text(struct daemon *daemon, const char *text)
{
    struct arena *arena = &daemon->stored_files_arena;
    struct err ignored;
    json_t *list = text ? json_read_own(text, strlen(text), &ignored) : NULL;
    size_t i, count = json_array_size(list);
    struct seen_file *files = arena_array(arena, count ? count : 1, sizeof *files);

    for (i = 0; i < count; i++) {
        const json_t *entry = json_array_get(list, i);
        files[i].path = arena_text(arena, json_text(entry, "path"));
        files[i].there = json_flag(entry, "there");
        files[i].stamp.inode = (uint64_t)json_integer_or(entry, "inode", 0);
        files[i].stamp.size = json_integer_or(entry, "size", 0);
        files[i].stamp.mtime_ns = json_integer_or(entry, "mtime", 0);
        files[i].stamp.ctime_ns = json_integer_or(entry, "ctime", 0);
        files[i].stamp.owner = (uint32_t)json_integer_or(entry, "owner", 0);
        files[i].stamp.mode = (uint32_t)json_integer_or(entry, "mode", 0);
    }
    json_decref(list);
    daemon->stored_files = files;
    daemon->stored_file_count = count;
}

static const struct seen_file *find_seen(const struct daemon *daemon, const char *folder,
                                         const char *name)
{
    const struct seen_file *files = daemon->seen ? daemon->seen->files : daemon->stored_files;
    size_t count = daemon->seen ? daemon->seen->file_count : daemon->stored_file_count, i;
    size_t length = strlen(folder);

    for (i = 0; i < count; i++) {
        if (!strncmp(files[i].path, folder, length) && !strcmp(files[i].path + length, name))
            return &files[i];
    }
    return NULL;
}

/* One stat per file and turn. */
static bool file_is_fresh(struct daemon *daemon, const struct seen_file *file)
{
    const struct seen_file *first = daemon->seen ? daemon->seen->files : daemon->stored_files;
    size_t count = daemon->seen ? daemon->seen->file_count : daemon->stored_file_count;
    uint64_t *checked = daemon->checked;

    if (!checked)
        checked = daemon->checked = calloc(count, sizeof *checked);
    if (!checked)
        out_of_memory();
    if (checked[file - first] == daemon->turn_number)
        return true;
    if (seen_file_changed(daemon->workspace_folder, file))
        return false;
    checked[file - first] = daemon->turn_number;
    return true;
}

static void forget_checked(struct daemon *daemon)
{
    free(daemon->checked);
    daemon->checked = NULL;
}

/* A file that was not there when its folder was read, or whose folder could not be read, stands as
 * long as it stays away. */
static bool campaign_is_fresh(struct daemon *daemon, const char *name)
{
    const struct seen_file *file = find_seen(daemon, "campaigns/", name);
    struct seen_file absent = {.path = ""};
    struct arena scratch = {0};
    bool fresh;

    if (file)
        return file_is_fresh(daemon, file);
    absent.path = arena_printf(&scratch, "campaigns/%s", name);
    fresh = !seen_file_changed(daemon->workspace_folder, &absent);
    arena_clear(&scratch);
    return fresh;
}

/* A medium that the newest reading does not name belongs to a row kept from before, of a file that
 * is broken now: its bytes are pinned, and no file has a say in them. */
static bool medium_is_fresh(struct daemon *daemon, const char *name)
{
    const struct seen_file *file = find_seen(daemon, "media/", name);

    return !file || file_is_fresh(daemon, file);
}

static void hold_while_loading(struct daemon *daemon, const char *campaign)
{
    const char **slot;
    size_t i;

    for (i = 0; i < daemon->loading_count; i++) {
        if (!strcmp(daemon->loading[i], campaign))
            return;
    }
    slot = arena_push(&daemon->loading_arena, &daemon->loading, &daemon->loading_count,
                      &daemon->loading_capacity, sizeof *slot);
    *slot = arena_text(&daemon->loading_arena, campaign);
}

static bool hold_file_stands(const struct daemon *daemon)
{
    struct arena scratch = {0};
    struct stat status;
    bool stands = stat(arena_printf(&scratch, "%s/HOLD", daemon->options->state), &status) == 0;

    arena_clear(&scratch);
    return stands;
}

static bool all_is_held(const struct daemon *daemon)
{
    size_t i;

    for (i = 0; i < daemon->flags.count; i++) {
        if (daemon->flags.items[i].scope == FLAG_ALL)
            return true;
    }
    return false;
}

bool loading_finds_hold(struct daemon *daemon)
{
    if (daemon->looked_for_hold)
        return false;
    daemon->looked_for_hold = true;
    if (!hold_file_stands(daemon) || all_is_held(daemon))
        return false;
    asking_hold_all(daemon, "svc:crier");
    return true;
}

void loading_again(struct daemon *daemon, const char *campaign)
{
    hold_while_loading(daemon, campaign);
    loading_request(daemon);
    daemon_tell_flags(daemon);
}

bool loading_is_fresh(struct daemon *daemon, const struct delivery *delivery)
{
    bool fresh = campaign_is_fresh(daemon, delivery->file);
    size_t i;

    for (i = 0; fresh && i < delivery->media_count; i++)
        fresh = medium_is_fresh(daemon, delivery->media[i].file);
    if (fresh)
        return true;
    log_line(LOG_NOTICE, "the files of %s changed: they are read before anything of it goes out",
             delivery->campaign);
    hold_while_loading(daemon, delivery->campaign);
    loading_request(daemon);
    return false;
}

/* ---- the due index ---- */

struct due {
    struct due_place from, place;
    struct span ahead;
    struct deliveries ready, overdue;
    struct instant next;
};

static bool due_work(struct task *task, struct outbox *outbox, struct instant now, struct err *err)
{
    struct due *due = task->data;

    struct instant until = instant_plus(now, due->ahead);

    due->place = due->from;
    return outbox_due(outbox, &due->place, until, DUE_PAGE, &task->arena, &due->ready, err) &&
           outbox_overdue(outbox, now, DUE_PAGE, &task->arena, &due->overdue, err) &&
           outbox_next_due(outbox, until, due->ahead, &due->next, err);
}

static const struct due_place before_all = {.at = {INT64_MIN}};

static void due_done(struct task *task)
{
    struct daemon *daemon = task->daemon;
    const struct due *due = task->data;

    daemon->due_running = false;
    daemon->due_place = daemon->due_whole ? before_all : due->place;
    daemon->due_whole = false;
    daemon_tell_due(daemon, &due->ready);
    daemon_tell_due(daemon, &due->overdue);
    if (!instant_is_none(due->next))
        daemon->clock->at(daemon->clock, &daemon->due_wake, due->next);
    if (daemon->due_again || due->ready.count == DUE_PAGE || due->overdue.count == DUE_PAGE) {
        daemon->due_again = false;
        loading_due(daemon);
    }
}

/* The engine keeps what it was given, so only what became due since the last time is asked for;
 * whoever changed rows asks for all (loading_due_all). */
void loading_due(struct daemon *daemon)
{
    struct task *task;
    struct due *due;

    if (daemon->due_running) {
        daemon->due_again = true;
        return;
    }
    daemon->due_running = true;
    daemon->due_again = false;
    task = task_new(daemon, sizeof *due, due_work, due_done);
    due = task->data;
    due->from = daemon->due_place;
    due->ahead = daemon_ahead(daemon);
    task_submit(task, true);
}

void loading_due_all(struct daemon *daemon)
{
    daemon->due_place = before_all;
    daemon->due_whole = daemon->due_running;
    loading_due(daemon);
}

static void on_due(struct clock_timer *timer)
{
    loading_due(timer->owner);
}

/* ---- readings ---- */

/* One step of a reading on its way into the outbox. */
struct load {
    struct reading *reading;
    struct reload *reload;
    struct deliveries changed;
};

static bool read_changed(struct task *task, struct outbox *outbox, struct err *err)
{
    struct load *load = task->data;
    const struct reload_result *result = reload_result(load->reload);
    size_t i;

    load->changed.count = 0;
    load->changed.items =
        arena_array(&task->arena, result->changed_count + 1, sizeof *load->changed.items);
    for (i = 0; i < result->changed_count; i++) {
        struct delivery *row;
        if (!outbox_read(outbox, result->changed_ids[i], &task->arena, &row, err))
            return false;
        load->changed.items[load->changed.count++] = row;
    }
    return true;
}

static char *problems_text(const struct reading *reading, const struct findings *late,
                           struct arena *arena)
{
    const struct findings *all[] = {&reading->planning->findings, late};
    json_t *list = json_array();
    size_t i, k;
    char *text;

    for (k = 0; k < COUNT_OF(all); k++) {
        for (i = 0; all[k] && i < all[k]->count; i++) {
            if (all[k] == late || all[k]->items[i].severity == SEVERITY_ERROR)
                json_array_append_new(list, finding_json(&all[k]->items[i]));
        }
    }
    text = json_write(list, arena, NULL);
    json_decref(list);
    return text;
}

static bool end_load(struct task *task, struct outbox *outbox, struct instant now, struct err *err)
{
    const struct load *load = task->data;
    const struct reading *reading = load->reading;

    FAILPOINT("loading.reloaded");
    return (!reading->applied || outbox_value_put(outbox, "applied", reading->applied, err)) &&
           reloaded_store(outbox, reading, reload_result(load->reload), now, &task->arena, err) &&
           outbox_value_put(outbox, "config", reading->set.workspace.source, err) &&
           outbox_value_put(outbox, "files", files_text(reading, &task->arena), err) &&
           outbox_value_put(outbox, "problems",
                            problems_text(reading, reload_findings(load->reload), &task->arena),
                            err);
}

static bool load_work(struct task *task, struct outbox *outbox, struct instant now, struct err *err)
{
    struct load *load = task->data;

    outbox_approval_life(outbox, load->reading->set.workspace.approval_for);
    return reload_step(load->reload, outbox, now, &task->arena, err) &&
           read_changed(task, outbox, err) &&
           (!reload_ends(load->reload) || end_load(task, outbox, now, err));
}

static void tell_config(struct daemon *daemon, struct reading *reading)
{
    struct event event = {.kind = EVENT_CONFIG, .workspace = &reading->set.workspace};
    struct reading *before = daemon->config;

    daemon->config = reading;
    daemon_take_zone(daemon);
    alarms_program(daemon->alarms, reading->set.workspace.alarm);
    daemon_tell(daemon, &event);
    if (before != reading)
        reading_free(before);
}

static void report_findings(struct daemon *daemon, const struct findings *findings,
                            const char *what)
{
    struct arena scratch = {0};
    size_t i, told = 0;

    for (i = 0; findings && i < findings->count; i++) {
        const struct finding *finding = &findings->items[i];
        if (finding->severity != SEVERITY_ERROR)
            continue;
        if (told++ == 0)
            alarm_raise(
                daemon->alarms, "files",
                arena_printf(
                    &scratch,
                    _("%s: %s: %s (%s). What was planned from the file before stays; "
                      "'crier check' shows all"),
                    what, finding->place.file ? place_text(&finding->place, &scratch) : "crier.cfg",
                    finding->message, finding->code));
    }
    arena_clear(&scratch);
}

static const char *why_held(const struct delivery *row)
{
    const char *sentence = reason_sentence(row->reason);

    return sentence ? sentence : row->reason;
}

/* One alarm a load: a copied file may hold a hundred posts. */
static void report_held(struct daemon *daemon, const struct reload_result *result)
{
    const struct delivery *first = result->newly_held;
    struct arena scratch = {0};

    if (result->newly_held_count == 1)
        alarm_raise(daemon->alarms, "held",
                    arena_printf(&scratch, _("%s is held and waits for a person: %s%s%s"),
                                 delivery_name(first, &scratch), why_held(first),
                                 *first->note ? ": " : "", first->note));
    else if (first)
        alarm_raise(daemon->alarms, "held",
                    arena_printf(
                        &scratch,
                        _("%zu posts are held and wait for a person, such as %s: %s. 'crier "
                          "status' shows all"),
                        result->newly_held_count, delivery_name(first, &scratch), why_held(first)));
    arena_clear(&scratch);
}

void loading_after(struct daemon *daemon)
{
    daemon->reloading = false;
    if (daemon->stopping || comparing_next(daemon))
        return;
    if (daemon->reload_wanted) {
        daemon->reload_wanted = false;
        loading_request(daemon);
    }
}

void loading_credentials(struct daemon *daemon, const struct workspace *workspace)
{
    struct err err;
    size_t i;

    for (i = 0; i < workspace->account_count; i++) {
        const struct account *account = &workspace->accounts[i];
        if (!secrets_load(daemon->secrets, account, adapter_by_name(account->platform), &err))
            alarm_raise(daemon->alarms, "credentials", err.text);
    }
}

/* A token that is exchanged for its like must be a day old before that is tried; how old one is
 * that a person brought along, nobody says. The engine exchanges at half of a life. */
static struct instant first_token_until(struct daemon *daemon, const struct session_words *words)
{
    return instant_plus(instant_plus(daemon_now(daemon), span_hours(25)),
                        (struct span){words->life.ms / 2});
}

void loading_login(struct daemon *daemon, const struct account *account)
{
    struct arena arena = {0};
    const struct session_words *words =
        adapter_session(adapter_by_name(account->platform), account);
    struct event event = {.kind = EVENT_LOGIN,
                          .account = account->name,
                          .new_session = secrets_is_new_login(daemon->secrets, account->name),
                          .tokens_until = INSTANT_NONE};

    if (event.new_session)
        event.tokens = secrets_seal_first(daemon->secrets, account->name, &arena);
    if (event.tokens)
        event.tokens_until = first_token_until(daemon, words);
    daemon_tell(daemon, &event);
    arena_clear(&arena);
}

void loading_first_logins(struct daemon *daemon, const struct workspace *workspace)
{
    for (size_t i = 0; i < workspace->account_count; i++) {
        if (secrets_is_new_login(daemon->secrets, workspace->accounts[i].name))
            loading_login(daemon, &workspace->accounts[i]);
    }
}

void loading_new_logins(struct daemon *daemon, const struct workspace *workspace)
{
    for (size_t i = 0; i < workspace->account_count; i++) {
        if (secrets_changed(daemon->secrets, workspace->accounts[i].name))
            loading_login(daemon, &workspace->accounts[i]);
    }
}

/* Pictures lie in folders of their own within media/, and inotify does not look into folders. */
static void watch_media(struct daemon *daemon, const struct reading *reading)
{
    struct arena scratch = {0};
    size_t i;

    for (i = 0; i < reading->file_count; i++) {
        char *folder = arena_text(&scratch, reading->files[i].path);
        char *slash = strrchr(folder, '/');
        if (strncmp(folder, "media/", 6) != 0 || slash == folder + 5)
            continue;
        *slash = '\0';
        watch_also(daemon->watch, folder);
    }
    arena_clear(&scratch);
}

/* What the engine does not hold it will ask for when it is due. */
static void tell_changed(struct daemon *daemon, struct deliveries *changed)
{
    size_t i, kept = 0;

    for (i = 0; i < changed->count; i++) {
        if (engine_holds(daemon->engine, changed->items[i]->id))
            changed->items[kept++] = changed->items[i];
    }
    changed->count = kept;
    daemon_tell_rows(daemon, changed);
}

static void take_in_force(struct daemon *daemon, struct reading *reading)
{
    daemon->seen = reading;
    watch_media(daemon, reading);
    forget_checked(daemon);
    arena_clear(&daemon->loading_arena);
    daemon->loading = NULL;
    daemon->loading_count = daemon->loading_capacity = 0;
    loading_credentials(daemon, &reading->set.workspace);
    tell_config(daemon, reading);
    loading_new_logins(daemon, &reading->set.workspace);
    daemon_tell_flags(daemon);
}

static void report_load(struct daemon *daemon, const struct load *load)
{
    const struct reload_result *result = reload_result(load->reload);

    if (daemon->options->terminal)
        telling_reload(&daemon->onlooker, load->reading, result, reload_findings(load->reload),
                       daemon_now(daemon));
    else
        log_line(LOG_INFO,
                 "campaign files read: %lld new, %lld changed, %lld removed, %lld held, %lld "
                 "unchanged deliveries",
                 (long long)result->inserted, (long long)result->replaced,
                 (long long)result->cancelled, (long long)result->held,
                 (long long)result->unchanged);
    report_findings(daemon, &load->reading->planning->findings, _("a file has errors"));
    report_findings(daemon, reload_findings(load->reload),
                    _("a file and what went out do not agree"));
    report_held(daemon, result);
    if (!instant_is_none(result->again))
        daemon->clock->at(daemon->clock, &daemon->reload_again, result->again);
}

/* The planner is gone when the last commits come in. */
static void end_planning(struct daemon *daemon, struct reading *reading)
{
    if (daemon->ended)
        planning_free(reading->planning);
    else
        planner_end(daemon->planner, reading->planning);
    reading->planning = NULL;
}

static void load_done(struct task *task);

static void submit_step(struct daemon *daemon, struct reading *reading, struct reload *reload)
{
    struct task *task = task_new(daemon, sizeof(struct load), load_work, load_done);
    struct load *load = task->data;

    load->reading = reading;
    load->reload = reload;
    task_submit(task, false);
}

static void remember_applied(struct daemon *daemon, const char *text)
{
    struct err ignored;
    json_t *list = text ? json_read_own(text, strlen(text), &ignored) : NULL;

    if (!list)
        return;
    arena_clear(&daemon->applied_arena);
    digests_read(list, &daemon->applied_arena, &daemon->applied);
    json_decref(list);
}

static void finish_load(struct daemon *daemon, const struct load *load)
{
    remember_applied(daemon, load->reading->applied);
    take_in_force(daemon, load->reading);
    report_load(daemon, load);
    comparing_applied(daemon, reload_result(load->reload));
    reload_free(load->reload);
    end_planning(daemon, load->reading);
    keeping_approvals(daemon);
    rehearsing_approve(daemon);
    loading_after(daemon);
    loading_due_all(daemon);
    keeping_media(daemon);
}

static void load_done(struct task *task)
{
    struct daemon *daemon = task->daemon;
    struct load *load = task->data;

    reload_stored(load->reload);
    tell_changed(daemon, &load->changed);
    if (reload_ends(load->reload)) {
        finish_load(daemon, load);
    } else if (daemon->stopping || daemon->ended) {
        reload_free(load->reload);
        reading_free(load->reading);
    } else {
        submit_step(daemon, load->reading, load->reload);
    }
}

/* Our own folder: want of space is waited for, anything else ends the process. */
static void spool_failed(struct daemon *daemon, const struct err *err)
{
    if (err->kind != ERR_SPACE) {
        daemon_fail(daemon, err);
        return;
    }
    rehearsing_stalls(daemon, err->text);
    alarm_raise(daemon->alarms, "space", err->text);
    daemon->clock->after(daemon->clock, &daemon->reload_again, span_seconds(SPACE_SECONDS));
}

/* What waits for the reading must not wait for the next change of a file. */
static void reading_failed(struct daemon *daemon, const struct err *err)
{
    alarm_raise(daemon->alarms, "files", err->text);
    daemon->clock->after(daemon->clock, &daemon->reload_again, span_seconds(SPACE_SECONDS));
}

static void refuse_reading(struct daemon *daemon, struct reading *reading)
{
    if (reading->spool_failed)
        spool_failed(daemon, &reading->err);
    else if (reading->failed)
        reading_failed(daemon, &reading->err);
    else
        report_findings(daemon, &reading->planning->findings, _("a file has errors"));
    loading_drop(daemon, reading);
}

void loading_drop(struct daemon *daemon, struct reading *reading)
{
    if (reading->planning)
        end_planning(daemon, reading);
    reading_free(reading);
    loading_after(daemon);
}

/* NULL: nothing of it was. */
static void put_digest(json_t *list, const char *path, const char *sha256)
{
    size_t i = json_array_size(list);

    while (i-- > 0) {
        json_t *entry = json_array_get(list, i);
        if (strcmp(json_text(entry, "path"), path) != 0)
            continue;
        if (sha256)
            json_put(entry, "sha256", sha256);
        else
            json_array_remove(list, i);
    }
}

/* A broken file is not applied: what was applied of it before stays. */
static void remember_as_applied(struct daemon *daemon, struct reading *reading)
{
    const struct campaign_set *set = &reading->planning->set;
    struct file_digests *digests = &reading->digests;
    json_t *list;

    list = digests_json(digests);
    for (size_t i = 0; i < set->count; i++) {
        if (set->campaigns[i].broken)
            put_digest(list, arena_printf(&reading->arena, "campaigns/%s", set->campaigns[i].file),
                       digests_find(&daemon->applied, "campaigns/", set->campaigns[i].file));
    }
    reading->applied = json_write(list, &reading->arena, NULL);
    json_decref(list);
}

void loading_lay(struct daemon *daemon, struct reading *reading)
{
    struct planning *planning = reading->planning;
    struct reload_manner manner = {.mode = reading->whole ? RELOAD_WHOLE : RELOAD_SAFE,
                                   .applied = &daemon->applied,
                                   .files = &reading->digests,
                                   .actor = reading->actor};

    reading->before = &daemon->applied;
    if (reading->whole)
        remember_as_applied(daemon, reading);
    submit_step(daemon, reading,
                reload_new(&planning->set, planning->pages, reading->from, reading->until,
                           &manner));
}

void loading_collect(struct daemon *daemon)
{
    struct reading *reading = planner_take(daemon->planner);
    struct err err;

    if (!reading)
        return;
    if (daemon->comparing) {
        comparing_collect(daemon, reading);
        return;
    }
    if (reading->failed || reading->set.workspace_broken || daemon->stopping) {
        refuse_reading(daemon, reading);
        return;
    }
    if (!rehearsing_allows(daemon, &reading->set.workspace, &err)) {
        reading_free(reading);
        daemon_fail(daemon, &err);
        return;
    }
    reading->whole = !reading->set.workspace.applies || daemon->options->rehearsal;
    loading_lay(daemon, reading);
}

void loading_request(struct daemon *daemon)
{
    if (daemon->stopping)
        return;
    if (daemon->reloading) {
        daemon->reload_wanted = true;
        return;
    }
    daemon->reloading = true;
    planner_request(daemon->planner, daemon_now(daemon), INSTANT_NONE);
}

/* A machine may come to have room again; who ends when nothing moves does not wait for it. */
static void rendering_failed(struct daemon *daemon, const struct err *err)
{
    alarm_raise(daemon->alarms, "media", err->text);
    if (err->kind == ERR_SPACE)
        rehearsing_stalls(daemon, err->text);
    if (daemon->options->until_idle || daemon->options->rehearsal)
        return;
    daemon->clock->after(daemon->clock, &daemon->reload_again,
                         span_minutes((int64_t)1 << daemon->render_failures));
    if (daemon->render_failures < MOST_RENDER_FAILURES)
        daemon->render_failures++;
}

void loading_made(struct daemon *daemon)
{
    struct err failure;
    bool made = planner_take_made(daemon->planner, &failure);

    if (failure.kind == ERR_CONFIG) /* the file is another one by now */
        made = true;
    else if (failure.kind != ERR_NONE)
        rendering_failed(daemon, &failure);
    else
        daemon->render_failures = made ? 0 : daemon->render_failures;
    if (made)
        loading_request(daemon);
}

static void on_reload_again(struct clock_timer *timer)
{
    loading_request(timer->owner);
}

static void on_daily(struct clock_timer *timer)
{
    struct daemon *daemon = timer->owner;

    loading_request(daemon);
    keeping_logins(daemon);
    daemon->clock->after(daemon->clock, &daemon->daily, span_hours(DAILY_HOURS));
}

void loading_start(struct daemon *daemon)
{
    daemon->due_wake = (struct clock_timer){.fire = on_due, .owner = daemon};
    daemon->reload_again = (struct clock_timer){.fire = on_reload_again, .owner = daemon};
    daemon->daily = (struct clock_timer){.fire = on_daily, .owner = daemon};
    if (!daemon->options->until_idle)
        daemon->clock->after(daemon->clock, &daemon->daily, span_hours(DAILY_HOURS));
    keeping_logins(daemon);
    loading_request(daemon);
}

/* The start: crier.cfg, or its last good copy, before any thread runs. */

static bool stored_config(const struct daemon *daemon, struct arena *arena, const char **text,
                          struct err *err)
{
    struct outbox_options options = {.state = daemon->options->state, .origin = "", .node = ""};
    struct outbox *outbox = NULL;
    struct stat status;
    bool ok;

    *text = NULL;
    if (stat(arena_printf(arena, "%s/outbox.db", options.state), &status) != 0)
        return true;
    ok = outbox_open(&options, daemon_now((struct daemon *)(uintptr_t)daemon), &outbox, err) &&
         outbox_value(outbox, "config", arena, text, err);
    outbox_close(outbox);
    return ok;
}

bool loading_config(struct daemon *daemon, struct err *err)
{
    const char *workspace = daemon->options->workspace, *last_good;
    struct arena scratch = {0};
    bool ok;

    daemon->config = planner_read_workspace(workspace, NULL);
    ok = !daemon->config->failed;
    if (!ok)
        *err = daemon->config->err;
    if (ok && daemon->config->set.workspace_broken) {
        ok = stored_config(daemon, &scratch, &last_good, err);
        reading_free(daemon->config);
        daemon->config = planner_read_workspace(workspace, last_good);
        if (ok && daemon->config->set.workspace_broken)
            ok = err_set(err, ERR_CONFIG,
                         _("crier.cfg has errors and there is no earlier one to go by; 'crier "
                           "check' shows them"));
    }
    arena_clear(&scratch);
    return ok;
}

void loading_first(struct daemon *daemon, const char *files, const char *applied)
{
    read_files_text(daemon, files);
    remember_applied(daemon, applied);
}
