/* What Google's errors mean. The reason decides, not the status: a quota that is spent and a scope
 * that is missing are both a 403. */
#include <string.h>

#include "base/i18n.h"
#include "platform/youtube.h"
#include "text/unicode.h"

/* developers.google.com/youtube/v3/docs/errors, thumbnails/set, videos/insert. */
static const struct {
    const char *reason;
    enum youtube_meaning meaning;
} by_reason[] = {
    {"authError", YOUTUBE_EXPIRED},
    {"UNAUTHENTICATED", YOUTUBE_EXPIRED},
    {"youtubeSignupRequired", YOUTUBE_SCOPE},
    {"authenticatedUserNotChannel", YOUTUBE_SCOPE},
    {"authenticatedUserAccountClosed", YOUTUBE_CLOSED},
    {"authenticatedUserAccountSuspended", YOUTUBE_CLOSED},
    {"quotaExceeded", YOUTUBE_QUOTA},
    {"dailyLimitExceeded", YOUTUBE_QUOTA},
    {"rateLimitExceeded", YOUTUBE_SLOWER},
    {"userRateLimitExceeded", YOUTUBE_SLOWER},
    {"uploadRateLimitExceeded", YOUTUBE_SLOWER},
    {"uploadLimitExceeded", YOUTUBE_DAY},
    {"forbidden", YOUTUBE_SCOPE},
    {"insufficientPermissions", YOUTUBE_SCOPE},
    {"accessNotConfigured", YOUTUBE_SCOPE},
    {"invalidTitle", YOUTUBE_REFUSED},
    {"invalidDescription", YOUTUBE_REFUSED},
    {"invalidTags", YOUTUBE_REFUSED},
    {"invalidCategoryId", YOUTUBE_REFUSED},
    {"invalidPublishAt", YOUTUBE_REFUSED},
    {"invalidVideoMetadata", YOUTUBE_REFUSED},
    {"invalidRecordingDetails", YOUTUBE_REFUSED},
    {"invalidFilename", YOUTUBE_REFUSED},
    {"mediaBodyRequired", YOUTUBE_REFUSED},
    {"defaultLanguageNotSet", YOUTUBE_REFUSED},
    {"invalidImage", YOUTUBE_REFUSED},
    {"imageFormatUnsupported", YOUTUBE_REFUSED},
    {"imageTooTall", YOUTUBE_REFUSED},
    {"imageTooWide", YOUTUBE_REFUSED},
    {"failedPrecondition", YOUTUBE_REFUSED},
    {"playlistNotFound", YOUTUBE_REFUSED},
    {"playlistContainsMaximumNumberOfVideos", YOUTUBE_REFUSED},
    {"captionExists", YOUTUBE_REFUSED},
    {"contentRequired", YOUTUBE_REFUSED},
    {"videoNotFound", YOUTUBE_GONE},
    {"backendError", YOUTUBE_TRANSIENT},
    {"internalError", YOUTUBE_TRANSIENT},
};

/* Where the reason says nothing, or there is none. */
static const struct {
    int status;
    bool own_words; /* only in Google's own JSON */
    enum youtube_meaning meaning;
} by_status[] = {
    {400, true, YOUTUBE_REFUSED},  {401, false, YOUTUBE_EXPIRED}, {403, true, YOUTUBE_SCOPE},
    {404, false, YOUTUBE_GONE},    {409, true, YOUTUBE_REFUSED},  {410, false, YOUTUBE_GONE},
    {413, false, YOUTUBE_REFUSED}, {429, false, YOUTUBE_SLOWER},
};

/* What stands in an error, lent by its JSON. */
struct words {
    const char *reason, *message;
};

static struct words words_of(const json_t *body)
{
    const json_t *error = json_object_get(body, "error");
    const json_t *first = json_array_get(json_object_get(error, "errors"), 0);
    struct words words = {json_text(first, "reason"), json_text(error, "message")};

    if (!words.reason)
        words.reason = json_text(error, "status"); /* "UNAUTHENTICATED": the newer form */
    return words;
}

static const char *short_line(const char *text, size_t most, struct arena *arena)
{
    const char *line = unicode_line(text, arena);
    size_t length = strlen(line);

    if (length <= most)
        return line;
    length = most;
    while (length > 0 && ((unsigned char)line[length] & 0xc0) == 0x80)
        length--;
    return arena_printf(arena, "%.*s…", (int)length, line);
}

static const char *sentence_of(const struct http_reply *reply, const struct words *words,
                               struct arena *arena)
{
    enum { REASON_BYTES = 60, MESSAGE_BYTES = 160 };

    if (!words->reason)
        return reply_sentence(reply, arena);
    return arena_printf(arena, _("YouTube answered %d: %s (%s)."), reply->status,
                        short_line(words->message ? words->message : _("no explanation"),
                                   MESSAGE_BYTES, arena),
                        short_line(words->reason, REASON_BYTES, arena));
}

static enum youtube_meaning meaning_of(const struct http_reply *reply, const char *reason)
{
    for (size_t i = 0; reason && i < COUNT_OF(by_reason); i++) {
        if (strcmp(by_reason[i].reason, reason) == 0)
            return by_reason[i].meaning;
    }
    for (size_t i = 0; i < COUNT_OF(by_status); i++) {
        if (by_status[i].status == reply->status && (reason || !by_status[i].own_words))
            return by_status[i].meaning;
    }
    return reply->status >= 500 ? YOUTUBE_TRANSIENT : YOUTUBE_STRANGE;
}

struct youtube_error youtube_error_read(const struct http_reply *reply, struct arena *arena)
{
    const struct words words = words_of(json_in_arena(reply_json(reply), arena));
    struct youtube_error error = {.is_own = words.reason != NULL,
                                  .why = sentence_of(reply, &words, arena)};

    if (reply->fate == FATE_ANSWERED && reply->status >= 400)
        error.meaning = meaning_of(reply, words.reason);
    return error;
}

/* The quota's day ends at midnight in California: 08:00 UTC in winter, 07:00 in summer. The later
 * one is never too early. */
static struct instant next_quota(struct instant now)
{
    const int64_t day = span_days(1).ms, midnight = span_hours(8).ms;

    return (struct instant){((now.ms - midnight) / day + 1) * day + midnight};
}

static struct instant later(struct instant a, struct instant b)
{
    return instant_before(a, b) ? b : a;
}

static struct step wait_for(const struct http_reply *reply, const struct youtube_error *error)
{
    const struct instant asked = reply_retry_at(reply, NULL);
    struct instant when = INSTANT_NONE;

    if (error->meaning == YOUTUBE_QUOTA)
        when = next_quota(reply->received);
    else if (error->meaning == YOUTUBE_DAY)
        when = instant_plus(reply->received, span_days(1));
    else if (error->meaning == YOUTUBE_SLOWER)
        when = instant_plus(reply->received, span_minutes(2));
    return step_retry(error->why, later(when, asked));
}

static struct step step_of(const struct http_reply *reply, const struct youtube_error *error)
{
    switch (error->meaning) {
    case YOUTUBE_EXPIRED:
        return step_trouble(TROUBLE_EXPIRED, error->why);
    case YOUTUBE_SCOPE:
        return step_trouble(TROUBLE_SCOPE, error->why);
    case YOUTUBE_CLOSED:
        return step_trouble(TROUBLE_SUSPENDED, error->why);
    case YOUTUBE_GONE:
    case YOUTUBE_REFUSED:
        return step_refused(error->why);
    case YOUTUBE_STRANGE:
    case YOUTUBE_TRANSIENT:
    case YOUTUBE_SLOWER:
    case YOUTUBE_QUOTA:
    case YOUTUBE_DAY:
        break;
    }
    return wait_for(reply, error);
}

struct step youtube_failure(const struct http_reply *reply, struct arena *arena)
{
    const struct youtube_error error = youtube_error_read(reply, arena);

    return step_of(reply, &error);
}

struct step youtube_unreadable(const struct http_reply *reply, struct arena *arena)
{
    struct step step = youtube_failure(reply, arena);

    if (step.kind == STEP_REFUSED)
        step.kind = STEP_RETRY;
    return step;
}

/* What says for certain that the last piece was not taken. A session that is gone may have finished
 * first; a page of a front-end, and any 5xx, know nothing of what is behind them. */
static bool is_certain(const struct youtube_error *error)
{
    return error->is_own && error->meaning != YOUTUBE_STRANGE &&
           error->meaning != YOUTUBE_TRANSIENT && error->meaning != YOUTUBE_GONE;
}

struct step youtube_publish_failure(const struct http_reply *reply, struct arena *arena)
{
    const struct youtube_error error = youtube_error_read(reply, arena);

    if (reply->fate == FATE_NOT_SENT)
        return step_retry(error.why, INSTANT_NONE);
    return is_certain(&error) ? step_of(reply, &error) : step_doubt(error.why);
}
