#include "platform/graph.h"

#include <stdarg.h>
#include <string.h>

#include "base/i18n.h"
#include "text/unicode.h"

enum { ID_BYTES = 64, VERSION_BYTES = 8, TRACE_BYTES = 40, WEEK_MINUTES = 7 * 24 * 60 };
enum { REST_HOURS = 6, FULL_USAGE = 100, FULL_USAGE_MINUTES = 60 };

static const char digits[] = "0123456789";

/* ---- requests ---- */

static bool is_version(const char *text)
{
    size_t major, minor;

    if (text[0] != 'v' || strlen(text) > VERSION_BYTES)
        return false;
    major = strspn(text + 1, digits);
    if (major == 0 || text[1 + major] != '.')
        return false;
    minor = strspn(text + 2 + major, digits);
    return minor > 0 && !text[2 + major + minor];
}

bool graph_version(const struct account *account, const char **version)
{
    *version = account_option(account, "api_version");
    if (!*version)
        *version = GRAPH_VERSION;
    return is_version(*version);
}

char *graph_path(const struct job *job, struct arena *arena, const char *format, ...)
{
    const char *version;
    char *rest;
    va_list args;

    if (!graph_version(job->account, &version))
        version = GRAPH_VERSION;
    va_start(args, format);
    rest = arena_vprintf(arena, format, args);
    va_end(args);
    return arena_printf(arena, "/%s/%s", version, rest);
}

struct http_request graph_get(const char *path, const struct form_field *fields,
                              struct arena *arena)
{
    return (struct http_request){.method = "GET",
                                 .path = form_path(path, fields, arena),
                                 .kind = REQUEST_READ,
                                 .signing = "bearer"};
}

struct http_request graph_post(const char *path, const struct form_field *fields,
                               enum request_kind kind, struct arena *arena)
{
    static const struct header form[] = {{"Content-Type", "application/x-www-form-urlencoded"}};
    const char *body = form_write(fields, arena);

    return (struct http_request){.method = "POST",
                                 .path = path,
                                 .headers = form,
                                 .header_count = COUNT_OF(form),
                                 .body = body,
                                 .body_length = strlen(body),
                                 .kind = kind,
                                 .unrepeatable = kind == REQUEST_PUBLISH,
                                 .signing = "bearer"};
}

struct http_request graph_delete(const char *path)
{
    return (struct http_request){
        .method = "DELETE", .path = path, .kind = REQUEST_PUBLISH, .signing = "bearer"};
}

/* ---- answers ---- */

bool graph_id_usable(const char *id)
{
    return id_usable(id, "0123456789_", ID_BYTES) && id[0] != '_' && id[strlen(id) - 1] != '_';
}

const char *graph_id(const json_t *body, const char *member, struct arena *arena)
{
    const char *id = json_text(body, member);

    return !json_object_get(body, "error") && graph_id_usable(id) ? arena_text(arena, id) : NULL;
}

/* RFC 3339 wants a colon in the zone. */
bool graph_time(const char *text, struct instant *when)
{
    char copy[INSTANT_TEXT];
    size_t length = text ? strlen(text) : 0;

    if (length < 5 || length + 2 > sizeof copy)
        return false;
    memcpy(copy, text, length + 1);
    if (strchr("+-", copy[length - 5]) && strspn(copy + length - 4, digits) == 4) {
        memmove(copy + length - 1, copy + length - 2, 3);
        copy[length - 2] = ':';
    }
    return instant_parse(copy, when);
}

static const char *as_kept(const char *text, struct arena *arena)
{
    char *copy = arena_text(arena, text ? text : ""), *to = copy;

    for (const char *from = copy; *from; from++) {
        if (from[0] != '\r' || from[1] != '\n')
            *to++ = *from;
    }
    *to = '\0';
    return unicode_trim(unicode_nfc(copy, arena), arena);
}

bool graph_same_text(const char *ours, const char *theirs, struct arena *arena)
{
    return strcmp(as_kept(ours, arena), as_kept(theirs, arena)) == 0;
}

/* ---- errors ---- */

/* Narrow rows first. */
static const struct graph_code codes[] = {
    {4, 0, 2207051, NULL, GRAPH_BLOCKED},
    {0, 0, 2207051, NULL, GRAPH_BLOCKED},
    {0, 0, 1390008, NULL, GRAPH_BLOCKED},                    /* posting too fast */
    {368, 0, 0, NULL, GRAPH_BLOCKED},                        /* temporarily blocked for policy */
    {190, 0, 0, "impersonating a user's page", GRAPH_SCOPE}, /* the token itself is fine */
    {102, 0, 0, NULL, GRAPH_TOKEN},
    {190, 0, 0, NULL, GRAPH_TOKEN},
    {0, 0, 1404006, NULL, GRAPH_PERSON}, /* security check */
    {0, 0, 1404112, NULL, GRAPH_PERSON}, /* limited account */
    {0, 0, 4854002, NULL, GRAPH_PERSON}, /* confirm identity */
    {0, 0, 1404078, NULL, GRAPH_PERSON}, /* Page Publishing Authorization missing */
    {0, 0, 1363047, NULL, GRAPH_TRANSIENT},
    {0, 0, 1609010, NULL, GRAPH_TRANSIENT},
    {0, 0, 1363008, NULL, GRAPH_ANEW},    /* dead upload */
    {0, 0, 1609005, NULL, GRAPH_REFUSED}, /* link cannot be scraped */
    {0, 0, 1609008, NULL, GRAPH_REFUSED}, /* facebook.com link */
    {0, 0, 2061006, NULL, GRAPH_REFUSED}, /* bad URL */
    {0, 0, 1366046, NULL, GRAPH_REFUSED}, /* photo too large */
    {0, 0, 1366051, NULL, GRAPH_REFUSED}, /* photos posted already */
    {0, 0, 2069019, NULL, GRAPH_REFUSED}, /* invalid file */
    {0, 0, 1349125, NULL, GRAPH_REFUSED}, /* invalid content */
    {0, 0, 1346003, NULL, GRAPH_REFUSED}, /* abusive */
    {0, 0, 1404102, NULL, GRAPH_REFUSED}, /* community standards */
    {1609005, 0, 0, NULL, GRAPH_REFUSED},
    {1609008, 0, 0, NULL, GRAPH_REFUSED},
    {4, 0, 0, NULL, GRAPH_THROTTLED},
    {17, 0, 0, NULL, GRAPH_THROTTLED},
    {32, 0, 0, NULL, GRAPH_THROTTLED},
    {341, 0, 0, NULL, GRAPH_THROTTLED},
    {613, 0, 0, NULL, GRAPH_THROTTLED},
    {80000, 80014, 0, NULL, GRAPH_THROTTLED}, /* business use cases: 80001 pages, 80002 Instagram */
    {1, 2, 0, NULL, GRAPH_TRANSIENT},
    {3, 0, 0, NULL, GRAPH_SCOPE},
    {10, 0, 0, NULL, GRAPH_SCOPE},
    {200, 299, 0, NULL, GRAPH_SCOPE},
    {506, 0, 0, NULL, GRAPH_SAME_TEXT},
    {100, 0, 33, NULL, GRAPH_GONE},
    {100, 0, 0, NULL, GRAPH_REFUSED},
    {0, 0, 0, NULL, GRAPH_MEANINGS},
};

/* An error as it came, whichever of the two shapes it has. */
struct told {
    const json_t *object; /* lent by the body; NULL = no error of Meta's */
    const char *message, *title, *trace;
    int64_t code, subcode;
    bool is_upload, is_transient;
};

static struct told told_of(const json_t *body)
{
    const json_t *error = json_object_get(body, "error");
    const json_t *upload = json_object_get(body, "debug_info");
    const bool is_upload = !json_is_object(error) && json_is_object(upload);
    const json_t *object = is_upload ? upload : json_is_object(error) ? error : NULL;

    return (struct told){
        .object = object,
        .message = json_text(object, "message"),
        .title = json_text(object, "error_user_title"),
        .trace = json_text(object, "fbtrace_id"),
        .code = json_integer_or(object, "code", 0),
        .subcode = json_integer_or(object, "error_subcode", 0),
        .is_upload = is_upload,
        .is_transient = json_flag(object, is_upload ? "retriable" : "is_transient"),
    };
}

static bool fits(const struct graph_code *row, const struct told *told)
{
    const int64_t last = row->last ? row->last : row->code;

    return (!row->code || (told->code >= row->code && told->code <= last)) &&
           (!row->subcode || told->subcode == row->subcode) &&
           (!row->words || (told->message && strstr(told->message, row->words)));
}

static enum graph_meaning looked_up(const struct graph_code *table, const struct told *told)
{
    for (; table && table->meaning != GRAPH_MEANINGS; table++) {
        if (fits(table, told))
            return table->meaning;
    }
    return GRAPH_MEANINGS;
}

/* An upload that the host will not go on with is begun anew; nothing of it was public. */
static enum graph_meaning meaning_of(const struct told *told, int status,
                                     const struct graph_code *own)
{
    enum graph_meaning meaning = GRAPH_MEANINGS;

    if (told->object && !told->is_upload) {
        meaning = looked_up(own, told);
        if (meaning == GRAPH_MEANINGS)
            meaning = looked_up(codes, told);
    }
    if (meaning != GRAPH_MEANINGS)
        return meaning;
    if (told->is_transient)
        return GRAPH_TRANSIENT;
    if (told->is_upload)
        return GRAPH_ANEW;
    return status == 429 ? GRAPH_THROTTLED : status == 401 ? GRAPH_TOKEN : GRAPH_STRANGE;
}

const char *graph_line(const char *text, size_t most, struct arena *arena)
{
    const char *line = unicode_line(text, arena);
    size_t length = strlen(line);

    if (length <= most)
        return line;
    for (length = most; length > 0 && ((unsigned char)line[length] & 0xc0) == 0x80;)
        length--;
    return arena_printf(arena, "%.*s…", (int)length, line);
}

static const char *numbers_of(const struct told *told, struct arena *arena)
{
    if (told->is_upload || told->code == 0)
        return "";
    return told->subcode
               ? arena_printf(arena, " %lld/%lld", (long long)told->code, (long long)told->subcode)
               : arena_printf(arena, " %lld", (long long)told->code);
}

static const char *sentence_of(const struct told *told, const struct http_reply *reply,
                               struct arena *arena)
{
    enum { MESSAGE_BYTES = 150 };
    const char *said = told->message ? told->message : told->title;
    const char *trace = told->trace ? arena_printf(arena, " (fbtrace_id %s)",
                                                   graph_line(told->trace, TRACE_BYTES, arena))
                                    : "";

    if (!told->object || !said)
        return reply_sentence(reply, arena);
    return arena_printf(arena, _("The platform answered %d, error%s: %s%s"), reply->status,
                        numbers_of(told, arena), graph_line(said, MESSAGE_BYTES, arena), trace);
}

struct graph_error graph_error_read(const struct http_reply *reply, const struct graph_code *own,
                                    struct arena *arena)
{
    json_t *body = reply_json(reply);
    const struct told told = told_of(body);
    const struct graph_error error = {
        .meaning =
            reply->fate == FATE_ANSWERED ? meaning_of(&told, reply->status, own) : GRAPH_STRANGE,
        .code = told.code,
        .subcode = told.subcode,
        .is_own = told.object != NULL,
        .why = sentence_of(&told, reply, arena),
    };

    json_decref(body);
    return error;
}

/* ---- usage ---- */

/* What the usage headers tell together: the fullest share of a budget and the longest wait. */
struct usage {
    int64_t percent, minutes;
};

static void take_usage(const json_t *counts, struct usage *usage)
{
    static const char *const shares[] = {"call_count", "total_time", "total_cputime"};
    int64_t minutes = json_integer_or(counts, "estimated_time_to_regain_access", 0);

    for (size_t i = 0; i < COUNT_OF(shares); i++) {
        int64_t percent = json_integer_or(counts, shares[i], 0);
        if (percent > usage->percent)
            usage->percent = percent;
    }
    if (minutes > usage->minutes)
        usage->minutes = minutes;
}

static json_t *header_json(const struct http_reply *reply, const char *name, struct arena *arena)
{
    const char *text = reply_header(reply, name);
    struct err ignored = {0};

    return text ? json_in_arena(json_read(text, strlen(text), &ignored), arena) : NULL;
}

/* {"call_count":28,...} of the application; {"ID":[{"type":"pages","call_count":...},...],...}. */
static struct usage usage_of(const struct http_reply *reply, struct arena *arena)
{
    struct usage usage = {0};
    json_t *cases = header_json(reply, "X-Business-Use-Case-Usage", arena);
    const char *ignored;
    json_t *list;

    take_usage(header_json(reply, "X-App-Usage", arena), &usage);
    json_object_foreach(cases, ignored, list)
    {
        (void)ignored;
        for (size_t i = 0; i < json_array_size(list); i++)
            take_usage(json_array_get(list, i), &usage);
    }
    if (usage.minutes > WEEK_MINUTES)
        usage.minutes = WEEK_MINUTES;
    return usage;
}

int64_t graph_usage(const struct http_reply *reply, struct arena *arena)
{
    return usage_of(reply, arena).percent;
}

struct instant graph_regain(const struct http_reply *reply, struct arena *arena)
{
    struct usage usage = usage_of(reply, arena);
    struct instant asked = reply_retry_at(reply, NULL), regain = INSTANT_NONE;

    if (usage.minutes == 0 && instant_is_none(asked) && usage.percent >= FULL_USAGE)
        usage.minutes = FULL_USAGE_MINUTES;
    if (usage.minutes > 0)
        regain = instant_plus(reply->received, span_minutes(usage.minutes));
    return regain.ms > asked.ms ? regain : asked; /* NONE is the smallest number */
}

/* ---- steps ---- */

/* What a meaning is for a request that makes nothing public, and for the one that does. */
static const struct consequence {
    enum step_kind kind;
    enum trouble trouble;
    enum step_kind of_publish;
} consequences[GRAPH_MEANINGS] = {
    [GRAPH_STRANGE] = {STEP_RETRY, TROUBLE_NONE, STEP_DOUBT},
    [GRAPH_TRANSIENT] = {STEP_RETRY, TROUBLE_NONE, STEP_DOUBT},
    [GRAPH_THROTTLED] = {STEP_RETRY, TROUBLE_NONE, STEP_DOUBT},
    [GRAPH_BLOCKED] = {STEP_RETRY, TROUBLE_SUSPENDED, STEP_DOUBT},
    [GRAPH_NOT_READY] = {STEP_RETRY, TROUBLE_NONE, STEP_DOUBT},
    [GRAPH_ANEW] = {STEP_RETRY, TROUBLE_NONE, STEP_DOUBT},
    [GRAPH_TOKEN] = {STEP_RETRY, TROUBLE_TOKEN, STEP_RETRY},
    [GRAPH_SCOPE] = {STEP_RETRY, TROUBLE_SCOPE, STEP_RETRY},
    [GRAPH_PERSON] = {STEP_RETRY, TROUBLE_SUSPENDED, STEP_DOUBT},
    [GRAPH_GONE] = {STEP_REFUSED, TROUBLE_NONE, STEP_DOUBT},
    [GRAPH_SAME_TEXT] = {STEP_REFUSED, TROUBLE_NONE, STEP_DOUBT},
    [GRAPH_REFUSED] = {STEP_REFUSED, TROUBLE_NONE, STEP_DOUBT},
};

static struct step step_of(const struct graph_error *error, enum step_kind kind,
                           const struct http_reply *reply, struct arena *arena)
{
    struct step step = {.kind = kind, .why = error->why, .not_before = INSTANT_NONE};

    if (reply->fate != FATE_ANSWERED)
        return step;
    step.trouble = consequences[error->meaning].trouble;
    step.not_before = graph_regain(reply, arena);
    if (error->meaning == GRAPH_BLOCKED && instant_is_none(step.not_before))
        step.not_before = instant_plus(reply->received, span_hours(REST_HOURS));
    return step;
}

struct step graph_failure(const struct http_reply *reply, const struct graph_code *own,
                          struct arena *arena)
{
    struct graph_error error = graph_error_read(reply, own, arena);
    bool too_large = reply_is(reply, 413); /* a front-end's own words are enough */

    return step_of(&error, too_large ? STEP_REFUSED : consequences[error.meaning].kind, reply,
                   arena);
}

struct step graph_unreadable(const struct http_reply *reply, const struct graph_code *own,
                             struct arena *arena)
{
    struct step step = graph_failure(reply, own, arena);

    step.kind = STEP_RETRY;
    return step;
}

struct step graph_publish_failure(const struct http_reply *reply, const struct graph_code *own,
                                  struct arena *arena)
{
    struct graph_error error = graph_error_read(reply, own, arena);
    enum step_kind kind = consequences[error.meaning].of_publish;

    if (reply->fate == FATE_NOT_SENT)
        kind = STEP_RETRY;
    else if (!error.is_own)
        kind = STEP_DOUBT;
    return step_of(&error, kind, reply, arena);
}
