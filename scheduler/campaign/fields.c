#include "campaign/fields.h"

#include <string.h>

#include "base/compiler.h"
#include "base/i18n.h"

#define DAYS_MS(days) ((int64_t)(days)*86400 * 1000)

static const char *const classes[] = {"awareness", "safety", "urgent", NULL};
static const char *const late_words[] = {"publish", "hold", NULL};
static const char *const fits[] = {"pad", "crop", "refuse", NULL};
static const char *const alt_texts[] = {"warn", "require", NULL};
static const char *const languages[] = {"en", "hi", NULL};
static const char *const reloads[] = {"auto", "apply", NULL};
static const char *const units_of_every[] = {"day", "week", "month", NULL};

static const char *const privacies[] = {"public", "unlisted", "private", NULL};

/* What they let pass is up to crier.cfg, but what they are for is not. */
#define CLASS_WORDS                                                                                \
    N_("awareness is advice that can wait, safety is a warning, urgent is what must go out at "    \
       "once "                                                                                     \
       "(it may pass quiet hours and blackouts).")

enum {
    WORDED = IN_POST | IN_OVERRIDE, /* what an override can replace */
    SHARED = IN_CAMPAIGN | IN_POST  /* given once for all posts, or in a post */
};

/* clang-format off */
const struct field fields[] = {
    /* crier.cfg */
    { .name = "timezone", .where = IN_CONFIG, .type = FIELD_NAME, .required = true,
      .sentence = N_("the time zone in which all times are meant"),
      .example = "timezone = \"Asia/Kolkata\";" },
    { .name = "accounts", .where = IN_CONFIG, .type = FIELD_GROUPS, .required = true, .least = 1, .most = 1000,
      .sentence = N_("the official accounts"),
      .example = "accounts = ( { name = \"toots\"; platform = \"mastodon\"; live = false; } );" },
    { .name = "groups", .where = IN_CONFIG, .type = FIELD_GROUPS, .most = 1000,
      .sentence = N_("names for several accounts together"),
      .example = "groups = ( { name = \"all\"; accounts = [ \"toots\" ]; } );" },
    { .name = "blackouts", .where = IN_CONFIG, .type = FIELD_GROUPS, .most = 1000,
      .sentence = N_("days on which posts are held"),
      .example = "blackouts = ( { name = \"state mourning\"; from = \"2026-12-20 00:00\"; to = \"2026-12-22 23:59\"; } );" },
    { .name = "quiet", .where = IN_CONFIG, .type = FIELD_GROUP,
      .sentence = N_("hours of the night in which posts wait"),
      .example = "quiet = { from = \"22:00\"; to = \"07:00\"; allow = [ \"urgent\" ]; };" },
    { .name = "alarm", .where = IN_CONFIG, .type = FIELD_NAMES, .least = 1,
      .sentence = N_("the program that is told when something needs a person"),
      .example = "alarm = [ \"/usr/local/bin/tell-duty-officer\" ];" },
    { .name = "approvers", .where = IN_CONFIG, .type = FIELD_NAME,
      .sentence = N_("the unix group whose members approve"), .example = "approvers = \"crier-approvers\";" },
    { .name = "editors", .where = IN_CONFIG, .type = FIELD_NAME,
      .sentence = N_("the unix group whose members write campaigns"), .example = "editors = \"crier-editors\";" },
    { .name = "origin", .where = IN_CONFIG, .type = FIELD_NAME,
      .sentence = N_("the name under which the audit trail is signed"), .example = "origin = \"police.example.gov.in/crier\";" },
    { .name = "horizon", .where = IN_CONFIG, .type = FIELD_SPAN, .least = DAYS_MS(1), .most = DAYS_MS(400), .fallback = "35d",
      .sentence = N_("how far ahead posts are planned"), .example = "horizon = \"35d\";" },
    { .name = "approval_for", .where = IN_CONFIG, .type = FIELD_SPAN, .least = DAYS_MS(1), .most = DAYS_MS(400), .fallback = "35d",
      .sentence = N_("how long an approval stands"), .example = "approval_for = \"35d\";" },
    { .name = "alt_text", .where = IN_CONFIG, .type = FIELD_CHOICE, .choices = alt_texts, .fallback = "warn",
      .words = N_("warn: it is only said; require: the post does not go out without."),
      .sentence = N_("whether a picture without an alternative text is only warned of, or an error"),
      .example = "alt_text = \"require\";" },
    { .name = "language", .where = IN_CONFIG, .type = FIELD_CHOICE, .choices = languages,
      .words = N_("en is English, hi is Hindi."),
      .sentence = N_("the language in which Crier speaks to staff whose terminal asks for none (LANG, LANGUAGE)"),
      .example = "language = \"hi\";" },
    { .name = "reload", .where = IN_CONFIG, .type = FIELD_CHOICE, .choices = reloads, .fallback = "auto",
      .words = N_("auto: at once; apply: when somebody runs 'crier apply'."),
      .sentence = N_("whether edited campaigns count at once, or only when somebody runs 'crier apply'"),
      .example = "reload = \"apply\";" },
    { .name = "known", .where = IN_CONFIG, .type = FIELD_GROUP,
      .sentence = N_("the helplines and web sites that may stand in texts; any other is warned of"),
      .example = "known = { numbers = [ \"112\", \"1930\" ]; hosts = [ \"cybercrime.gov.in\" ]; };" },

    /* Inside known. */
    { .name = "numbers", .where = IN_KNOWN, .type = FIELD_NAMES,
      .sentence = N_("telephone numbers, as they are dialled"), .example = "numbers = [ \"112\", \"1930\" ];" },
    { .name = "hosts", .where = IN_KNOWN, .type = FIELD_NAMES,
      .sentence = N_("hosts of links; those below them count too"), .example = "hosts = [ \"cybercrime.gov.in\" ];" },

    /* Inside an account. */
    { .name = "name", .where = IN_ACCOUNT, .type = FIELD_NAME, .required = true,
      .sentence = N_("the word by which staff call this account"), .example = "name = \"toots\";" },
    { .name = "platform", .where = IN_ACCOUNT, .type = FIELD_NAME, .required = true,
      .sentence = N_("where it publishes"), .example = "platform = \"mastodon\";" },
    { .name = "live", .where = IN_ACCOUNT, .type = FIELD_BOOL, .required = true,
      .sentence = N_("whether the public can see it: true, or false for drills"), .example = "live = false;" },
    { .name = "handle", .where = IN_ACCOUNT, .type = FIELD_TEXT,
      .sentence = N_("who the platform says we are"), .example = "handle = \"example_police\";" },
    { .name = "server", .where = IN_ACCOUNT, .type = FIELD_NAME,
      .sentence = N_("the host of the account"), .example = "server = \"https://social.example.gov.in\";" },
    { .name = "base_url", .where = IN_ACCOUNT, .type = FIELD_NAME,
      .sentence = N_("the sandbox that a drill account talks to"), .example = "base_url = \"http://127.0.0.1:8642/mastodon\";" },
    { .name = "approvals", .where = IN_ACCOUNT, .type = FIELD_NUMBER, .least = 0, .most = 2,
      .sentence = N_("how many people must approve a post"), .example = "approvals = 1;" },
    { .name = "gap", .where = IN_ACCOUNT, .type = FIELD_SPAN, .most = DAYS_MS(1),
      .sentence = N_("the least time between two posts"), .example = "gap = \"30s\";" },
    { .name = "limits", .where = IN_ACCOUNT, .type = FIELD_GROUP,
      .sentence = N_("what this server allows, where it differs from the platform's own limits"), .example = "limits = { text = 5000; };" },
    { .name = "text", .where = IN_LIMITS, .type = FIELD_NUMBER, .least = 1, .most = 1000000,
      .sentence = N_("the longest text"), .example = "text = 5000;" },
    { .name = "media", .where = IN_LIMITS, .type = FIELD_NUMBER, .least = 0, .most = 100,
      .sentence = N_("the most pictures in a post"), .example = "media = 4;" },
    { .name = "alt", .where = IN_LIMITS, .type = FIELD_NUMBER, .least = 1, .most = 100000,
      .sentence = N_("the longest alternative text"), .example = "alt = 1500;" },

    /* Inside a group of accounts, a blackout, the quiet hours. */
    { .name = "name", .where = IN_GROUP, .type = FIELD_NAME, .required = true,
      .sentence = N_("the word by which staff call these accounts"), .example = "name = \"all\";" },
    { .name = "accounts", .where = IN_GROUP, .type = FIELD_NAMES, .required = true, .least = 1,
      .sentence = N_("the accounts of the group"), .example = "accounts = [ \"toots\" ];" },
    { .name = "name", .where = IN_BLACKOUT, .type = FIELD_TEXT, .required = true,
      .sentence = N_("why nothing goes out"), .example = "name = \"state mourning\";" },
    { .name = "from", .where = IN_BLACKOUT, .type = FIELD_TIME, .required = true,
      .sentence = N_("its first minute"), .example = "from = \"2026-12-20 00:00\";" },
    { .name = "to", .where = IN_BLACKOUT, .type = FIELD_TIME, .required = true,
      .sentence = N_("its last minute"), .example = "to = \"2026-12-22 23:59\";" },
    { .name = "from", .where = IN_QUIET, .type = FIELD_CLOCK, .required = true,
      .sentence = N_("when the quiet hours begin"), .example = "from = \"22:00\";" },
    { .name = "to", .where = IN_QUIET, .type = FIELD_CLOCK, .required = true,
      .sentence = N_("when the quiet hours end"), .example = "to = \"07:00\";" },
    { .name = "allow", .where = IN_BLACKOUT | IN_QUIET, .type = FIELD_NAMES, .choices = classes,
      .words = CLASS_WORDS,
      .sentence = N_("the classes of posts that go out all the same"), .example = "allow = [ \"urgent\" ];" },

    /* At the top of a campaign, or inside a post. */
    { .name = "title", .where = IN_CAMPAIGN, .type = FIELD_TEXT,
      .sentence = N_("what the campaign is called"), .example = "title = \"Road safety\";" },
    { .name = "posts", .where = IN_CAMPAIGN, .type = FIELD_GROUPS,
      .sentence = N_("what is to be published"), .example = "posts = ( { id = \"helmet\"; at = \"2026-12-01 09:30\"; text = \"...\"; } );" },
    { .name = "accounts", .where = SHARED, .type = FIELD_NAMES, .least = 1,
      .sentence = N_("the accounts and groups that publish it"), .example = "accounts = [ \"all\" ];" },
    { .name = "tags", .where = SHARED | IN_OVERRIDE, .type = FIELD_TEXTS, .most = 100,
      .sentence = N_("words that are added as hashtags"), .example = "tags = [ \"RoadSafety\" ];" },
    { .name = "class", .where = SHARED, .type = FIELD_CHOICE, .choices = classes, .fallback = "awareness",
      .words = CLASS_WORDS,
      .sentence = N_("how urgent it is; some classes pass quiet hours and blackouts"), .example = "class = \"awareness\";" },
    { .name = "useful_for", .where = SHARED, .type = FIELD_SPAN, .least = 1000, .most = DAYS_MS(7), .fallback = "2h",
      .sentence = N_("how long after its time it is still worth publishing"), .example = "useful_for = \"6h\";" },
    { .name = "late", .where = SHARED, .type = FIELD_CHOICE, .choices = late_words, .fallback = "publish",
      .words = N_("publish: it goes out late; hold: a person decides."),
      .sentence = N_("what happens to a post that is late but still useful"), .example = "late = \"publish\";" },
    { .name = "language", .where = SHARED | IN_OVERRIDE, .type = FIELD_NAME, .fallback = "hi",
      .sentence = N_("the language of the text"), .example = "language = \"hi\";" },
    { .name = "vars", .where = SHARED | IN_ACCOUNT, .type = FIELD_VARS,
      .sentence = N_("words that stand in texts as {name}"), .example = "vars = { helpline = \"112\"; };" },
    { .name = "fit", .where = SHARED | IN_OVERRIDE | IN_MEDIA, .type = FIELD_CHOICE, .choices = fits, .fallback = "pad",
      .words = N_("pad: it is put on a ground; crop: it is cut to its middle; refuse: nothing is changed, and check says so."),
      .sentence = N_("what happens to a picture or video whose shape a platform does not take: it is put on a ground, cut to its middle, or refused"),
      .example = "fit = \"crop\";" },

    /* Inside a post; some also in its parts for a platform or an account. */
    { .name = "id", .where = IN_POST, .type = FIELD_NAME, .required = true,
      .sentence = N_("the name of the post, by which Crier remembers that it went out"), .example = "id = \"helmet\";" },
    { .name = "at", .where = IN_POST, .type = FIELD_TIME,
      .sentence = N_("when it goes out"), .example = "at = \"2026-12-01 09:30\";" },
    { .name = "repeat", .where = IN_POST, .type = FIELD_GROUP,
      .sentence = N_("when it goes out again and again"),
      .example = "repeat = { on = [ \"Fri\" ]; at = [ \"19:00\" ]; from = \"2026-12-01\"; };" },
    { .name = "text", .where = WORDED | IN_PART, .type = FIELD_TEXT,
      .sentence = N_("what it says"), .example = "text = \"...\";" },
    { .name = "texts", .where = WORDED, .type = FIELD_TEXTS, .least = 1, .most = 1000,
      .sentence = N_("several texts that are taken in turn"), .example = "texts = ( \"...\", \"...\" );" },
    { .name = "title", .where = WORDED, .type = FIELD_TEXT,
      .sentence = N_("the headline, where the platform has one"), .example = "title = \"...\";" },
    { .name = "description", .where = WORDED, .type = FIELD_TEXT,
      .sentence = N_("the longer text below a video, or on the card of a link"), .example = "description = \"...\";" },
    { .name = "link", .where = WORDED, .type = FIELD_TEXT,
      .sentence = N_("the address it points to"), .example = "link = \"https://cybercrime.gov.in\";" },
    { .name = "thread", .where = WORDED, .type = FIELD_PARTS, .most = 24, /* (): none here */
      .sentence = N_("what follows it as answers to itself, one after another"), .example = "thread = ( \"...\", \"...\" );" },
    { .name = "kind", .where = WORDED, .type = FIELD_NAME,
      .sentence = N_("the form it takes: post, reel, story, short or video, where the platform has them"), .example = "kind = \"reel\";" },
    { .name = "first_comment", .where = WORDED, .type = FIELD_TEXT,
      .sentence = N_("a comment of our own below it, as soon as it is out"), .example = "first_comment = \"...\";" },
    { .name = "playlist", .where = WORDED, .type = FIELD_NAME,
      .sentence = N_("the platform's id of the playlist that a video is added to"), .example = "playlist = \"PL...\";" },
    { .name = "privacy", .where = WORDED, .type = FIELD_CHOICE, .choices = privacies,
      .words = N_("public: everybody; unlisted: whoever has the link; private: nobody but the account."),
      .sentence = N_("who can see a video"), .example = "privacy = \"public\";" },
    { .name = "category", .where = WORDED, .type = FIELD_NAME,
      .sentence = N_("the platform's number of a video's category"), .example = "category = \"25\";" },
    { .name = "media", .where = WORDED | IN_PART, .type = FIELD_GROUPS, .most = 100,
      .sentence = N_("its pictures or its video"), .example = "media = ( { file = \"traffic/helmet.jpg\"; alt = \"...\"; } );" },
    { .name = "draft", .where = IN_POST, .type = FIELD_BOOL, .fallback = "false",
      .sentence = N_("not ready yet: checked, but never published"), .example = "draft = true;" },
    { .name = "again", .where = IN_POST, .type = FIELD_BOOL, .fallback = "false",
      .sentence = N_("the same words as another post, on purpose"), .example = "again = true;" },
    { .name = "skip", .where = WORDED, .type = FIELD_BOOL, .fallback = "false",
      .sentence = N_("not for this platform or account"), .example = "skip = true;" },

    /* Inside a picture or video. */
    { .name = "file", .where = IN_MEDIA, .type = FIELD_NAME, .required = true,
      .sentence = N_("the file, as it is called inside media/"), .example = "file = \"traffic/helmet.jpg\";" },
    { .name = "alt", .where = IN_MEDIA, .type = FIELD_TEXT,
      .sentence = N_("what the picture shows, for people who cannot see it"), .example = "alt = \"...\";" },

    { .name = "thumbnail", .where = IN_MEDIA, .type = FIELD_NAME,
      .sentence = N_("the picture that stands for a video before it plays"), .example = "thumbnail = \"traffic/helmet.jpg\";" },
    { .name = "captions", .where = IN_MEDIA, .type = FIELD_NAME,
      .sentence = N_("what is said in a video, as a subtitle file (SRT or VTT)"), .example = "captions = \"traffic/helmet.srt\";" },

    /* Inside a repetition. */
    { .name = "on", .where = IN_REPEAT, .type = FIELD_NAMES, .least = 1, .most = 7,
      .sentence = N_("the weekdays"), .example = "on = [ \"Fri\", \"Sat\" ];" },
    { .name = "every", .where = IN_REPEAT, .type = FIELD_CHOICE, .choices = units_of_every,
      .sentence = N_("the unit in which the interval counts"), .example = "every = \"day\";" },
    { .name = "interval", .where = IN_REPEAT, .type = FIELD_NUMBER, .least = 1, .most = 1000, .fallback = "1",
      .words = N_("1 means every day, week or month, 2 means every second one."),
      .sentence = N_("every how many days, weeks or months"), .example = "interval = 2;" },
    { .name = "day", .where = IN_REPEAT, .type = FIELD_NUMBERS, .least = 1, .most = 32,
      .sentence = N_("the days of the month"), .example = "day = [ 1, 15, -1 ];" },
    { .name = "nth", .where = IN_REPEAT, .type = FIELD_NTH, .least = 1, .most = 35,
      .sentence = N_("which weekday of the month"), .example = "nth = \"last Fri\";" },
    { .name = "at", .where = IN_REPEAT, .type = FIELD_CLOCKS, .required = true, .least = 1, .most = 48,
      .sentence = N_("the times of the day"), .example = "at = [ \"19:00\" ];" },
    { .name = "from", .where = IN_REPEAT, .type = FIELD_DATE, .required = true,
      .sentence = N_("the first day"), .example = "from = \"2026-12-01\";" },
    { .name = "until", .where = IN_REPEAT, .type = FIELD_DATE,
      .sentence = N_("the last day"), .example = "until = \"2027-03-31\";" },
    { .name = "except", .where = IN_REPEAT, .type = FIELD_DATES, .most = 1000,
      .sentence = N_("days on which it does not go out"), .example = "except = [ \"2027-01-01\" ];" },
};
/* clang-format on */
const size_t field_count = COUNT_OF(fields);

const struct field_group field_groups[] = {
    {IN_POST, "post", N_("inside a post: posts = ( { ... } )")},
    {IN_CAMPAIGN, "campaign", N_("at the top of the campaign, outside of posts")},
    {IN_OVERRIDE, "override", N_("inside the part of a post for one platform or account")},
    {IN_MEDIA, "media", N_("inside media = ( { ... } )")},
    {IN_PART, "part", N_("inside a part of thread = ( { ... } )")},
    {IN_REPEAT, "repeat", N_("inside repeat = { ... }")},
    {IN_CONFIG, "crier.cfg", N_("in crier.cfg, which the administrator keeps")},
    {IN_ACCOUNT, "account", N_("in crier.cfg, inside an account")},
    {IN_GROUP, "group", N_("in crier.cfg, inside a group")},
    {IN_BLACKOUT, "blackout", N_("in crier.cfg, inside a blackout")},
    {IN_QUIET, "quiet", N_("in crier.cfg, inside quiet = { ... }")},
    {IN_LIMITS, "limits", N_("in crier.cfg, inside limits = { ... }")},
    {IN_KNOWN, "known", N_("in crier.cfg, inside known = { ... }")},
};
const size_t field_group_count = COUNT_OF(field_groups);

static const char *const type_texts[] = {
    [FIELD_TEXT] = N_("a text in quotes"),
    [FIELD_NAME] = N_("a word in quotes"),
    [FIELD_BOOL] = N_("true or false"),
    [FIELD_NUMBER] = N_("a whole number without quotes"),
    [FIELD_SPAN] = N_("a length of time in quotes"),
    [FIELD_TIME] = N_("a date and time in quotes"),
    [FIELD_DATE] = N_("a date in quotes"),
    [FIELD_CLOCK] = N_("a time of the day in quotes"),
    [FIELD_CHOICE] = N_("a word in quotes"),
    [FIELD_TEXTS] = N_("a list of texts in quotes"),
    [FIELD_NAMES] = N_("a list of words in quotes"),
    [FIELD_NUMBERS] = N_("a list of whole numbers without quotes"),
    [FIELD_DATES] = N_("a list of dates in quotes"),
    [FIELD_CLOCKS] = N_("a list of times in quotes"),
    [FIELD_NTH] = N_("a weekday of the month in quotes, or a list of them"),
    [FIELD_GROUP] = N_("a group in { }"),
    [FIELD_GROUPS] = N_("a list of groups: ( { ... }, { ... } )"),
    [FIELD_PARTS] = N_("a list of texts in quotes"),
    [FIELD_VARS] = N_("a group of names and texts in { }"),
};

const struct field *field_find(const char *name, enum field_place where)
{
    for (size_t i = 0; i < field_count; i++) {
        if ((fields[i].where & (unsigned)where) && strcmp(fields[i].name, name) == 0)
            return &fields[i];
    }
    return NULL;
}

unsigned field_elsewhere(const char *name, enum field_place not_here)
{
    enum {
        CONFIG = IN_CONFIG | IN_ACCOUNT | IN_LIMITS | IN_GROUP | IN_BLACKOUT | IN_QUIET | IN_KNOWN
    };
    bool in_config = ((unsigned)not_here & CONFIG) != 0;
    unsigned found = 0, near;

    for (size_t i = 0; i < field_count; i++) {
        if (strcmp(fields[i].name, name) == 0)
            found |= fields[i].where;
    }
    found &= ~(unsigned)not_here;
    near = in_config ? found & CONFIG : found & ~(unsigned)CONFIG;
    return near ? near : found;
}

const char *field_place_text(unsigned where)
{
    for (size_t i = 0; i < field_group_count; i++) {
        if (where & (unsigned)field_groups[i].place)
            return _(field_groups[i].text);
    }
    return "";
}

const char *field_type_text(enum field_type type)
{
    return _(type_texts[type]);
}
