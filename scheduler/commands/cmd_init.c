/* crier init - a starter workspace with a comment for everything, and the keys of the state folder.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/i18n.h"
#include "commands/command.h"
#include "net/secrets.h"

static const struct command_option options[] = {{0}};

static const char config_text[] =
    "# crier.cfg - whose accounts, in which time zone, when to keep quiet.\n"
    "# This file belongs to the administrator; staff write campaigns/*.cfg only.\n"
    "\n"
    "timezone = \"Asia/Kolkata\";\n"
    "\n"
    "# A drill account talks to the sandbox on this machine (crier-sandbox --port 8642) and can\n"
    "# never reach the public.\n"
    "accounts = (\n"
    "  { name     = \"toots\";\n"
    "    platform = \"mastodon\";\n"
    "    live     = false;\n"
    "    base_url = \"http://127.0.0.1:8642/mastodon\";\n"
    "    vars     = { office = \"Police Headquarters\"; };    # stands in texts as {office}\n"
    "  }\n"
    "\n"
    "  # A live account looks like this; the entry above it then ends with a comma. Its token "
    "lies\n"
    "  # in state/credentials/toots-main.json, mode 0600: {\"access_token\":\"...\"}\n"
    "  #\n"
    "  # { name      = \"toots-main\";\n"
    "  #   platform  = \"mastodon\";\n"
    "  #   server    = \"https://social.example.gov.in\";\n"
    "  #   handle    = \"police\";      # what the server answers to \"who am I\"\n"
    "  #   live      = true;\n"
    "  #   approvals = 1;             # people who must say yes to each post: 0, 1 or 2\n"
    "  # }\n"
    "  #\n"
    "  # The other platforms, for drills: take the # away, and put a comma behind the } above.\n"
    "  # `crier explain bluesky` says what a live account needs; `crier login` asks for its "
    "secrets.\n"
    "  #\n"
    "  # { name = \"sky\"; platform = \"bluesky\"; live = false;\n"
    "  #   base_url = \"http://127.0.0.1:8642/bluesky\"; },\n"
    "  # { name = \"fb\"; platform = \"facebook\"; live = false;\n"
    "  #   base_url = \"http://127.0.0.1:8642/facebook\"; },\n"
    "  # { name = \"insta\"; platform = \"instagram\"; live = false;\n"
    "  #   base_url = \"http://127.0.0.1:8642/instagram\"; },\n"
    "  # { name = \"x-main\"; platform = \"x\"; live = false;\n"
    "  #   base_url = \"http://127.0.0.1:8642/x\"; },\n"
    "  # { name = \"tube\"; platform = \"youtube\"; live = false;\n"
    "  #   base_url = \"http://127.0.0.1:8642/youtube\"; },\n"
    "  # { name = \"threads-main\"; platform = \"threads\"; live = false;\n"
    "  #   base_url = \"http://127.0.0.1:8642/threads\"; },\n"
    "  # { name = \"channel\"; platform = \"telegram\"; live = false;\n"
    "  #   base_url = \"http://127.0.0.1:8642/telegram\"; },\n"
    "  # { name = \"portal\"; platform = \"webhook\"; live = false;\n"
    "  #   base_url = \"http://127.0.0.1:8642/webhook/portal\"; }\n"
    ");\n"
    "\n"
    "groups = ( { name = \"all\"; accounts = [ \"toots\" ]; } );\n"
    "\n"
    "# At night only what cannot wait.\n"
    "quiet = { from = \"22:00\"; to = \"07:00\"; allow = [ \"urgent\" ]; };\n"
    "\n"
    "# Days on which nothing cheerful goes out.\n"
    "# blackouts = ( { name = \"state mourning\"; from = \"2026-12-20 00:00\"; to = \"2026-12-22 "
    "23:59\";\n"
    "#                 allow = [ \"urgent\" ]; } );\n"
    "\n"
    "# The helplines and web sites that texts may name; `crier check` warns of any other.\n"
    "# known = { numbers = [ \"112\", \"1930\" ]; hosts = [ \"cybercrime.gov.in\" ]; };\n"
    "\n"
    "# Told when something needs a person: a program and its arguments, the text on its stdin.\n"
    "# alarm = [ \"/usr/local/bin/tell-duty-officer\" ];\n"
    "\n"
    "# Unix groups; needed once an account asks for approvals.\n"
    "# approvers = \"crier-approvers\";\n"
    "# editors   = \"crier-editors\";\n";

/* %s: a date a few days ahead, twice. */
static const char campaign_text[] =
    "# One file is one campaign; its name is the file's. Copy it, change it, then: crier check\n"
    "\n"
    "title    = \"सड़क सुरक्षा · Road safety\";\n"
    "accounts = [ \"all\" ];             # accounts and groups of crier.cfg\n"
    "tags     = [ \"RoadSafety\" ];      # added as hashtags\n"
    "vars     = { helpline = \"112\"; }; # stands in texts as {helpline}\n"
    "\n"
    "posts = (\n"
    "  # A post that goes out once.\n"
    "  { id   = \"helmet\";              # never change it: by it Crier knows that the post went "
    "out\n"
    "    at   = \"%s 10:00\";\n"
    "    text = \"हेलमेट पहनें, सुरक्षित घर पहुँचें।\\n\"\n"
    "           \"आपात स्थिति में {helpline} मिलाएँ। {office}\";\n"
    "\n"
    "    # Pictures lie in media/ and always have a text for people who cannot see them:\n"
    "    # media = ( { file = \"helmet.jpg\"; alt = \"...\"; } );\n"
    "  },\n"
    "\n"
    "  # A post that goes out again and again, two texts in turn.\n"
    "  { id     = \"weekend\";\n"
    "    repeat = { on = [ \"Fri\", \"Sat\" ]; at = [ \"19:00\" ]; from = \"%s\"; };\n"
    "    texts  = (\n"
    "      \"शराब पी है? गाड़ी न चलाएँ। पी है तो टैक्सी लें।\",\n"
    "      \"Party tonight? Choose the driver before the first drink.\" );\n"
    "  }\n"
    ");\n";

static const char *const folders[] = {"",      "campaigns",         "media",
                                      "state", "state/credentials", "state/credentials/test"};

static const char *path_in(const struct invocation *invocation, const char *name)
{
    const char *folder = invocation->words[0];

    return *name ? arena_printf(invocation->arena, "%s/%s", folder, name) : folder;
}

static bool make_folder(const struct invocation *invocation, const char *name, struct err *err)
{
    const char *path = path_in(invocation, name);
    mode_t mode = strncmp(name, "state", 5) == 0 ? 0700 : 0755;

    if (mkdir(path, mode) == 0 || errno == EEXIST)
        return true;
    return err_errno(err, ERR_IO, errno, _("folder %s cannot be made"), path);
}

/* Never over a file that is there. */
static bool make_file(const struct invocation *invocation, const char *name, mode_t mode,
                      const char *text, struct err *err)
{
    const char *path = path_in(invocation, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
    bool ok;

    if (fd < 0 && errno == EEXIST)
        return err_set(err, ERR_USAGE, _("%s is there already; choose a new folder"), path);
    if (fd < 0)
        return err_errno(err, ERR_IO, errno, _("%s cannot be made"), path);
    ok = write_all(fd, text, strlen(text), err);
    if (close(fd) != 0 && ok)
        ok = err_errno(err, ERR_IO, errno, _("%s cannot be written"), path);
    return ok;
}

static const char *date_ahead(const struct invocation *invocation, struct span ahead)
{
    struct civil civil = civil_from_seconds(instant_plus(invocation->now, ahead).ms / 1000);

    return arena_printf(invocation->arena, "%04d-%02d-%02d", civil.year, civil.month, civil.day);
}

static bool make_key(struct secrets *secrets, const char *name, struct err *err)
{
    unsigned char key[32];
    bool ok = secrets_key(secrets, name, true, key, err);

    wipe(key, sizeof key);
    return ok;
}

static bool make_keys(const struct invocation *invocation, struct err *err)
{
    struct secrets *secrets = secrets_new(NULL, path_in(invocation, "state"));
    bool ok = make_key(secrets, "audit-key", err) && make_key(secrets, "store-key", err);

    secrets_free(secrets);
    return ok;
}

static bool make_workspace(const struct invocation *invocation, struct err *err)
{
    const char *date = date_ahead(invocation, span_days(3));
    const char *campaign = arena_printf(invocation->arena, campaign_text, date, date);

    for (size_t i = 0; i < COUNT_OF(folders); i++) {
        if (!make_folder(invocation, folders[i], err))
            return false;
    }
    /* The sandbox takes any token; the daemon wants a file for every account. */
    return make_file(invocation, "crier.cfg", 0644, config_text, err) &&
           make_file(invocation, "campaigns/example.cfg", 0644, campaign, err) &&
           make_file(invocation, "state/credentials/test/toots.json", 0600,
                     "{\"access_token\":\"sandbox-toots\"}\n", err) &&
           make_keys(invocation, err);
}

static bool run(const struct invocation *invocation, struct err *err)
{
    const char *folder = invocation->words[0];

    if (!make_workspace(invocation, err))
        return false;
    (void)printf(_("Made the workspace %s. Try next:\n"
                   "  crier -C %s check\n"
                   "  crier -C %s preview\n"),
                 folder, folder, folder);
    return true;
}

const struct command cmd_init = {
    .name = "init",
    .summary = N_("make a starter workspace, with a comment for everything"),
    .usage = "init DIR",
    .details = N_("DIR is made if it is not there; nothing that is there is ever written over."),
    .options = options,
    .effects = WRITES_FILES,
    .least_words = 1,
    .most_words = 1,
    .run = run,
};
