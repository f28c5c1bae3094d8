#include "platform/adapter.h"

#include <ctype.h>
#include <string.h>

#include "base/i18n.h"

static const char *const trouble_words[] = {
    [TROUBLE_NONE] = "",
    [TROUBLE_TOKEN] = "token",
    [TROUBLE_SCOPE] = "scope",
    [TROUBLE_SUSPENDED] = "suspended",
    [TROUBLE_CREDITS] = "credits",
    [TROUBLE_IDENTITY] = "identity",
    [TROUBLE_TRANSPORT] = "transport",
    [TROUBLE_EXPIRED] = "expired",
};

static const char *const trouble_sentences[] = {
    [TROUBLE_NONE] = "",
    [TROUBLE_TOKEN] =
        N_("The platform does not accept the account's key any more: it was withdrawn or "
           "has ended. The account is paused until the administrator puts a new one in."),
    [TROUBLE_SCOPE] =
        N_("The account's key does not allow what is asked. The account is paused until "
           "the administrator puts in one that does."),
    [TROUBLE_SUSPENDED] =
        N_("The platform has suspended or locked the account; write to the platform."),
    [TROUBLE_CREDITS] = N_("What the platform lets this account publish is used up."),
    [TROUBLE_IDENTITY] =
        N_("The key belongs to another account than crier.cfg says. Nothing goes out "
           "until the two agree."),
    [TROUBLE_TRANSPORT] = N_("The platform was out of reach several times in a row; Crier waits a "
                             "little and tries again by itself."),
    [TROUBLE_EXPIRED] =
        N_("The account's session is over; Crier renews it by itself, and nobody has to "
           "do anything."),
};

const char *trouble_word(enum trouble trouble)
{
    return trouble_words[trouble];
}

const char *trouble_sentence(enum trouble trouble)
{
    return *trouble_sentences[trouble] ? _(trouble_sentences[trouble]) : "";
}

static const struct {
    const char *word, *sentence;
} classes[] = {
    [CLASS_A] =
        {"A", N_("Each post has a name of ours there. Sent again after a lost answer, it is still "
                 "one post.")},
    [CLASS_B] = {"B",
                 N_("The platform remembers a mark of ours on each post for a while. Within that "
                    "time a repeat after a lost answer is still one post; later nothing is sent "
                    "again by itself.")},
    [CLASS_C] =
        {"C",
         N_("The platform cannot tell a repeat from a second post. After a lost answer nothing is "
            "sent again by itself, unless the platform says that nothing came of it: a "
            "person decides what could not be found out.")},
};

const char *class_word(enum adapter_class class)
{
    return classes[class].word;
}

const char *class_sentence(enum adapter_class class)
{
    return _(classes[class].sentence);
}

static const char *const proof_sentences[] = {
    [PROOF_READ_BACK] =
        N_("Crier reads each post back from the platform before it calls it published."),
    [PROOF_ANSWER] = N_("The receiver's answer is all there is: Crier cannot read the post back."),
};

const char *proof_sentence(enum proof proof)
{
    return _(proof_sentences[proof]);
}

enum adapter_class adapter_class_c(const struct account *account)
{
    (void)account;
    return CLASS_C;
}

const struct way_in *adapter_way(const struct adapter *adapter, const struct account *account)
{
    const char *chosen = account_option(account, "auth");

    for (size_t i = 0; adapter->ways && adapter->ways[i]; i++) {
        if (chosen && strcmp(adapter->ways[i]->word, chosen) == 0)
            return adapter->ways[i];
    }
    return adapter->ways ? adapter->ways[0] : NULL;
}

const char *const *adapter_credential_keys(const struct adapter *adapter,
                                           const struct account *account)
{
    const struct way_in *way = adapter_way(adapter, account);

    return way ? way->credential_keys : adapter->credential_keys;
}

const char *const *adapter_optional_keys(const struct adapter *adapter,
                                         const struct account *account)
{
    static const char *const none[] = {NULL};
    const struct way_in *way = adapter_way(adapter, account);
    const char *const *keys = way ? way->optional_keys : adapter->optional_keys;

    return keys ? keys : none;
}

const struct session_words *adapter_session(const struct adapter *adapter,
                                            const struct account *account)
{
    const struct way_in *way = adapter_way(adapter, account);

    return way ? way->session : adapter->session;
}

static bool drill_address(const char *base, const char *url, struct arena *arena, const char **path)
{
    const size_t length = strlen(base);

    if (strncmp(url, base, length) != 0 || url[length] != '/')
        return false;
    *path = arena_text(arena, url + length);
    return true;
}

bool job_address(const struct job *job, const char *url, struct arena *arena, const char **host,
                 const char **path)
{
    static const char scheme[] = "https://";
    const char *name, *slash;

    *host = NULL;
    if (!url || strcspn(url, " \t\r\n\"<>\\#") != strlen(url))
        return false;
    if (!job->account->live)
        return job->account->base_url && drill_address(job->account->base_url, url, arena, path);
    name = url + sizeof scheme - 1;
    if (strncmp(url, scheme, sizeof scheme - 1) != 0 || !(slash = strchr(name, '/')) ||
        slash == name)
        return false;
    *host = arena_text_n(arena, name, (size_t)(slash - name));
    *path = arena_text(arena, slash);
    return true;
}

static const char at_head[] = "{\"at\":\"", nothing_kept[] = "\",\"kept\":{}}";

/* As progress_write writes a state that keeps nothing; NULL: it keeps something. */
static const char *state_alone(const char *stored, struct arena *arena)
{
    const char *word = stored + sizeof at_head - 1;
    size_t length;

    if (strncmp(stored, at_head, sizeof at_head - 1) != 0)
        return NULL;
    length = strcspn(word, "\"\\");
    return strcmp(word + length, nothing_kept) == 0 ? arena_text_n(arena, word, length) : NULL;
}

bool id_usable(const char *id, const char *letters, size_t most)
{
    const size_t length = id ? strspn(id, letters) : 0;

    return length > 0 && length <= most && !id[length];
}

bool job_is_older(const struct job *job, const char *time)
{
    struct instant made;

    return time && instant_parse(time, &made) && instant_before(made, job->since);
}

bool progress_read(const char *stored, struct arena *arena, struct progress *progress)
{
    struct err ignored = {0};
    json_t *object;

    *progress = (struct progress){0};
    if (!stored || !*stored)
        return true;
    progress->state = state_alone(stored, arena);
    if (progress->state)
        return true;
    object = json_in_arena(json_read_own(stored, strlen(stored), &ignored), arena);
    if (!object)
        return false;
    progress->state = json_text(object, "at");
    progress->kept = json_object_get(object, "kept");
    return progress->state && json_is_object(progress->kept);
}

char *progress_write(const char *state, const json_t *kept, struct arena *arena)
{
    json_t *object;
    char *text;

    if (!kept) /* its states are plain words */
        return arena_joined(arena, at_head, state, nothing_kept);
    object = json_object();
    json_put(object, "at", state);
    json_put_new(object, "kept", json_deep_copy(kept));
    text = json_write(object, arena, NULL);
    json_decref(object);
    return text;
}

const struct medium *job_medium(const struct job *job, const char *sha256)
{
    for (size_t i = 0; i < job->delivery->media_count; i++) {
        if (strcmp(job->delivery->media[i].sha256, sha256) == 0)
            return &job->delivery->media[i];
    }
    return NULL;
}

const char *job_mime(const struct job *job, const char *sha256)
{
    const struct medium *medium = job_medium(job, sha256);

    return medium && medium->mime && *medium->mime ? medium->mime : "application/octet-stream";
}

bool handle_is_same(const char *a, const char *b)
{
    a += *a == '@';
    b += *b == '@';
    for (; *a && *b; a++, b++) {
        if (tolower((unsigned char)*a) != tolower((unsigned char)*b))
            return false;
    }
    return *a == *b;
}

const char *receipt_url(const char *text, struct arena *arena)
{
    enum { URL_BYTES = 2048 };

    if (!text || strlen(text) > URL_BYTES || strcspn(text, " \t\r\n\"<>\\") != strlen(text) ||
        (strncmp(text, "https://", 8) != 0 && strncmp(text, "http://", 7) != 0))
        return "";
    return arena_text(arena, text);
}

bool reading_delay(const struct adapter *adapter, const struct http_reply *reply, int64_t reads,
                   struct span *delay)
{
    static const int64_t seconds[] = {5, 15, 45, 120, 300};
    struct instant asked = reply_retry_at(reply, adapter->reset_header);

    if (reads < 0 || reads >= (int64_t)COUNT_OF(seconds))
        return false;
    *delay = span_seconds(seconds[reads]);
    if (reply->status == 429 && !instant_is_none(asked) &&
        instant_since(asked, reply->received).ms > delay->ms)
        *delay = instant_since(asked, reply->received);
    return true;
}

struct step step_for_failure(const struct adapter *adapter, const struct http_reply *reply,
                             struct arena *arena)
{
    const char *why = reply_sentence(reply, arena);

    if (reply->fate != FATE_ANSWERED)
        return step_retry(why, INSTANT_NONE);
    if (reply->status == 401)
        return step_trouble(TROUBLE_TOKEN, why);
    if (reply->status == 403)
        return step_trouble(TROUBLE_SCOPE, why);
    if (reply->status == 413)
        return step_refused(why);
    if (reply->status >= 400 && reply->status < 500 && reply->status != 408 &&
        reply->status != 429 && reply_says(reply, reply->status))
        return step_refused(why);
    return step_retry(why,
                      reply_retry_at(reply, reply->status == 429 ? adapter->reset_header : NULL));
}

struct step step_send(const struct http_request *request, const char *progress)
{
    return (struct step){
        .kind = STEP_SEND, .request = *request, .progress = progress, .not_before = INSTANT_NONE};
}

struct step step_wait(struct span wait, const char *progress)
{
    return (struct step){
        .kind = STEP_WAIT, .wait = wait, .progress = progress, .not_before = INSTANT_NONE};
}

struct step step_retry(const char *why, struct instant not_before)
{
    return (struct step){.kind = STEP_RETRY, .why = why, .not_before = not_before};
}

struct step step_trouble(enum trouble trouble, const char *why)
{
    return (struct step){
        .kind = STEP_RETRY, .trouble = trouble, .why = why, .not_before = INSTANT_NONE};
}

struct step step_refused(const char *why)
{
    return (struct step){.kind = STEP_REFUSED, .why = why, .not_before = INSTANT_NONE};
}

struct step step_doubt(const char *why)
{
    return (struct step){.kind = STEP_DOUBT, .why = why, .not_before = INSTANT_NONE};
}

struct step step_done(struct receipt receipt)
{
    return (struct step){.kind = STEP_DONE, .receipt = receipt, .not_before = INSTANT_NONE};
}
