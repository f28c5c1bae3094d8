/* The folder of a rehearsal. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/i18n.h"
#include "campaign/plan.h"
#include "commands/rehearse.h"
#include "platform/registry.h"

enum { MOST_CONFIG = 16 * 1024 * 1024, PIECE = 64 * 1024 };

/* ---- folders ---- */

static bool make_folder(const char *path, struct err *err)
{
    return mkdir(path, 0700) == 0 ||
           err_errno(err, ERR_IO, errno, _("the folder %s cannot be made"), path);
}

/* --keep names a folder that is not there yet: nothing of anybody else is written over. */
static bool make_top(struct rehearse *rehearse, struct err *err)
{
    const char *temporary = getenv("TMPDIR");
    char *made;

    if (rehearse->keep) {
        if (!make_folder(rehearse->keep, err))
            return false;
        made = realpath(rehearse->keep, NULL);
    } else {
        made = arena_printf(rehearse->arena, "%s/crier-rehearsal.XXXXXX",
                            temporary && *temporary ? temporary : "/tmp");
        made = mkdtemp(made) ? realpath(made, NULL) : NULL;
    }
    if (!made)
        return err_errno(err, ERR_IO, errno, _("no folder for the rehearsal can be made"));
    rehearse->folder = arena_text(rehearse->arena, made);
    free(made);
    return true;
}

static bool make_folders(struct rehearse *rehearse, struct err *err)
{
    static const char *const names[] = {"",       "/campaigns",         "/media",
                                        "/state", "/state/credentials", "/state/credentials/test"};
    size_t i;

    rehearse->workspace = arena_printf(rehearse->arena, "%s/workspace", rehearse->folder);
    rehearse->state = arena_printf(rehearse->arena, "%s/state", rehearse->workspace);
    for (i = 0; i < COUNT_OF(names); i++) {
        if (!make_folder(arena_printf(rehearse->arena, "%s%s", rehearse->workspace, names[i]), err))
            return false;
    }
    return true;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
    (void)status;
    (void)kind;
    (void)walk;
    return remove(path);
}

void rehearse_remove_folder(struct rehearse *rehearse)
{
    if (rehearse->folder && !rehearse->keep)
        (void)nftw(rehearse->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
    rehearse->folder = NULL;
}

/* ---- files, with the owner and mode that an approval asks about ---- */

static bool copy_bytes(int from, int to, const char *name, struct err *err)
{
    char piece[PIECE];
    ssize_t got;

    while ((got = read(from, piece, sizeof piece)) > 0) {
        if (!write_all(to, piece, (size_t)got, err))
            return false;
    }
    return got == 0 || err_errno(err, ERR_IO, errno, "%s", name);
}

static bool copy_beneath(const struct rehearse *rehearse, int folder, const char *name,
                         struct err *err)
{
    const char *path = arena_printf(rehearse->arena, "%s/%s", rehearse->workspace, name);
    struct file_stamp stamp;
    int from, to;
    bool ok;

    if (!file_open_beneath(folder, name, INT64_MAX, &from, &stamp, err))
        return false;
    to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    ok = to >= 0 || err_errno(err, ERR_IO, errno, "%s", path);
    ok = ok && copy_bytes(from, to, name, err);
    if (ok && fchown(to, stamp.owner, (gid_t)-1) != 0)
        ok = true; /* only root may: then it is ours, and the rules are the same */
    if (ok && fchmod(to, stamp.mode & 0777) != 0)
        ok = err_errno(err, ERR_IO, errno, "%s", path);
    if (to >= 0)
        close(to);
    close(from);
    return ok;
}

/* "traffic/helmet.jpg" needs the folder "traffic". */
static void make_folders_of(const struct rehearse *rehearse, const char *name)
{
    char *path = arena_printf(rehearse->arena, "%s/%s", rehearse->workspace, name);
    char *slash = path + strlen(rehearse->workspace) + 1;

    while ((slash = strchr(slash, '/'))) {
        *slash = '\0';
        (void)mkdir(path, 0700); /* what fails here, fails at the file */
        *slash++ = '/';
    }
}

static bool copy_files(const struct rehearse *rehearse, int folder, struct err *err)
{
    const struct survey *survey = &rehearse->survey;
    size_t i;

    for (i = 0; i < survey->set.count; i++) {
        if (!copy_beneath(
                rehearse, folder,
                arena_printf(rehearse->arena, "campaigns/%s", survey->set.campaigns[i].file), err))
            return false;
    }
    for (i = 0; i < survey->fact_count; i++) {
        const char *name = arena_printf(rehearse->arena, "media/%s", survey->facts[i].file);
        if (!survey->facts[i].readable) /* a draft's: what goes out has no such errors */
            continue;
        make_folders_of(rehearse, name);
        if (!copy_beneath(rehearse, folder, name, err))
            return false;
    }
    return true;
}

bool rehearse_make_folder(struct rehearse *rehearse, struct err *err)
{
    int folder;
    bool ok;

    if (!folder_open(rehearse->invocation->workspace, &folder, err))
        return false;
    ok =
        make_top(rehearse, err) && make_folders(rehearse, err) && copy_files(rehearse, folder, err);
    folder_close(folder);
    return ok;
}

/* ---- crier.cfg ---- */

static void add_quoted(struct buffer *out, const char *text)
{
    buffer_char(out, '"');
    for (; *text; text++) {
        if (*text == '\n')
            buffer_text(out, "\\n");
        else if (*text == '"' || *text == '\\')
            buffer_printf(out, "\\%c", *text);
        else
            buffer_char(out, *text);
    }
    buffer_char(out, '"');
}

static void add_text(struct buffer *out, const char *key, const char *text)
{
    if (!text)
        return;
    buffer_printf(out, " %s = ", key);
    add_quoted(out, text);
    buffer_text(out, ";");
}

static void add_span(struct buffer *out, const char *key, struct span span)
{
    char text[INSTANT_TEXT];

    add_text(out, key, span_text(span, text));
}

static void add_classes(struct buffer *out, unsigned allow)
{
    const char *comma = "";
    int urgency;

    buffer_text(out, " allow = [");
    for (urgency = 0; urgency < URGENCY_COUNT; urgency++) {
        if (!(allow & urgency_bit((enum urgency)urgency)))
            continue;
        buffer_printf(out, "%s \"%s\"", comma, urgency_word((enum urgency)urgency));
        comma = ",";
    }
    buffer_text(out, " ];");
}

static void add_vars(struct buffer *out, const struct variables *vars)
{
    size_t i;

    if (vars->count == 0)
        return;
    buffer_text(out, " vars = {");
    for (i = 0; i < vars->count; i++)
        add_text(out, vars->items[i].name, vars->items[i].value);
    buffer_text(out, " };");
}

static void add_limit(struct buffer *out, const char *key, size_t ours, size_t common)
{
    if (ours != common)
        buffer_printf(out, " %s = %zu;", key, ours);
}

static void add_limits(struct buffer *out, const struct account *account)
{
    const struct limits *ours = &account->limits, *common = account->facts->limits;
    struct buffer inside;

    buffer_init(&inside, MOST_CONFIG);
    add_limit(&inside, "text", ours->text[0].most, common->text[0].most);
    add_limit(&inside, "media", ours->most_media, common->most_media);
    add_limit(&inside, "alt", ours->most_alt, common->most_alt);
    if (inside.length > 0)
        buffer_printf(out, " limits = {%s };", inside.bytes);
    buffer_clear(&inside);
}

/* The platform's own keys, but those that say where its server is. */
static void add_options(struct buffer *out, const struct account *account)
{
    const struct account_key *key;

    for (key = account->facts->keys; key->name; key++) {
        const char *value = account_option(account, key->name);
        if (!value || key->type == ACCOUNT_KEY_HOST || key->type == ACCOUNT_KEY_URL)
            continue;
        if (key->type == ACCOUNT_KEY_BOOL)
            buffer_printf(out, " %s = %s;", key->name, value);
        else
            add_text(out, key->name, value);
    }
}

/* Where the sandbox has the account's platform. */
static const char *base_url(const struct rehearse *rehearse, const struct account *account)
{
    const char *keeps = account_option(account, "keeps_keys");

    if (account->facts->needs_url) /* its base_url is its whole address */
        return arena_printf(rehearse->arena, "http://%s/%s/%s", rehearse->host, account->platform,
                            account->name);
    return arena_printf(rehearse->arena, "http://%s/%s%s", rehearse->host, account->platform,
                        keeps && !strcmp(keeps, "false") ? "-nokeys" : "");
}

static void add_account(struct buffer *out, const struct rehearse *rehearse,
                        const struct account *account, bool last)
{
    buffer_text(out, "  {");
    add_text(out, "name", account->name);
    add_text(out, "platform", account->platform);
    buffer_text(out, " live = false;");
    add_text(out, "base_url", base_url(rehearse, account));
    buffer_printf(out, " approvals = %d;", account->approvals);
    add_span(out, "gap", account->gap);
    add_options(out, account);
    add_limits(out, account);
    add_vars(out, &account->vars);
    buffer_printf(out, " }%s\n", last ? "" : ",");
}

static void add_group(struct buffer *out, const struct group *group, bool last)
{
    size_t i;

    buffer_text(out, "  {");
    add_text(out, "name", group->name);
    buffer_text(out, " accounts = [");
    for (i = 0; i < group->count; i++)
        buffer_printf(out, "%s \"%s\"", i ? "," : "", group->accounts[i]->name);
    buffer_printf(out, " ]; }%s\n", last ? "" : ",");
}

static void add_clock(struct buffer *out, const char *key, int s)
{
    buffer_printf(out, " %s = \"%02d:%02d\";", key, s / 3600, s / 60 % 60);
}

static void add_time(struct buffer *out, const char *key, const struct civil *civil)
{
    buffer_printf(out, " %s = \"%04d-%02d-%02d %02d:%02d:%02d\";", key, civil->year, civil->month,
                  civil->day, civil->hour, civil->minute, civil->second);
}

static void add_blackout(struct buffer *out, const struct blackout *blackout, bool last)
{
    buffer_text(out, "  {");
    add_text(out, "name", blackout->name);
    add_time(out, "from", &blackout->from);
    add_time(out, "to", &blackout->to);
    add_classes(out, blackout->allow);
    buffer_printf(out, " }%s\n", last ? "" : ",");
}

static void add_lists(struct buffer *out, const struct rehearse *rehearse)
{
    const struct workspace *workspace = &rehearse->survey.set.workspace;
    size_t i;

    buffer_text(out, "accounts = (\n");
    for (i = 0; i < workspace->account_count; i++)
        add_account(out, rehearse, &workspace->accounts[i], i + 1 == workspace->account_count);
    buffer_text(out, ");\ngroups = (\n");
    for (i = 0; i < workspace->group_count; i++)
        add_group(out, &workspace->groups[i], i + 1 == workspace->group_count);
    buffer_text(out, ");\nblackouts = (\n");
    for (i = 0; i < workspace->blackout_count; i++)
        add_blackout(out, &workspace->blackouts[i], i + 1 == workspace->blackout_count);
    buffer_text(out, ");\n");
}

/* Without `alarm`: a rehearsal wakes nobody up. */
static void add_config(struct buffer *out, const struct rehearse *rehearse)
{
    const struct workspace *workspace = &rehearse->survey.set.workspace;

    buffer_text(out, "# crier.cfg of a rehearsal: every account speaks to its sandbox.\n");
    add_text(out, "timezone", zone_name(workspace->zone));
    buffer_text(out, "\n origin = \"rehearsal\";");
    add_span(out, "horizon", workspace->horizon);
    add_span(out, "approval_for", workspace->approval_for);
    add_text(out, "approvers", workspace->approvers);
    add_text(out, "editors", workspace->editors);
    buffer_text(out, "\n");
    add_lists(out, rehearse);
    if (workspace->quiet.set) {
        buffer_text(out, "quiet = {");
        add_clock(out, "from", workspace->quiet.from_s);
        add_clock(out, "to", workspace->quiet.to_s);
        add_classes(out, workspace->quiet.allow);
        buffer_text(out, " };\n");
    }
}

/* ---- credentials ---- */

/* A credential that the sandbox takes for the account's own. A webhook's secret is a key. */
static const char *made_up(const struct account *account, const char *member, struct arena *arena)
{
    const char *text = arena_printf(arena, "sandbox-%s", account->name);
    struct digest digest;

    if (strcmp(member, "secret") != 0)
        return text;
    digest = digest_of(text, strlen(text));
    return arena_printf(arena, "whsec_%s", base64_encode(digest.bytes, sizeof digest.bytes, arena));
}

static bool write_credential(const struct rehearse *rehearse, const struct account *account,
                             struct err *err)
{
    const struct adapter *adapter = adapter_by_name(account->platform);
    json_t *object = json_object();
    const char *const *member, *text;
    size_t length;

    for (member = adapter_credential_keys(adapter, account); *member; member++)
        json_put(object, *member, made_up(account, *member, rehearse->arena));
    for (member = adapter_optional_keys(adapter, account); *member; member++)
        json_put(object, *member, made_up(account, *member, rehearse->arena));
    text = json_write(object, rehearse->arena, &length);
    json_decref(object);
    return file_replace(arena_printf(rehearse->arena, "%s/credentials/test/%s.json",
                                     rehearse->state, account->name),
                        text, length, 0600, err);
}

bool rehearse_write_config(const struct rehearse *rehearse, struct err *err)
{
    const struct workspace *workspace = &rehearse->survey.set.workspace;
    struct buffer text;
    size_t i;
    bool ok;

    buffer_init(&text, MOST_CONFIG);
    add_config(&text, rehearse);
    ok = file_replace(arena_printf(rehearse->arena, "%s/crier.cfg", rehearse->workspace),
                      text.bytes, text.length, 0600, err);
    buffer_clear(&text);
    for (i = 0; ok && i < workspace->account_count; i++)
        ok = write_credential(rehearse, &workspace->accounts[i], err);
    return ok;
}
