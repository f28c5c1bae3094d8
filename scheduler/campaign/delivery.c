#include "campaign/delivery.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"

static const char *const state_words[STATE_COUNT] = {
    [STATE_PLANNED] = "planned",     [STATE_READY] = "ready",
    [STATE_PREPARING] = "preparing", [STATE_SENDING] = "sending",
    [STATE_DOUBTFUL] = "doubtful",   [STATE_HELD] = "held",
    [STATE_PUBLISHED] = "published", [STATE_FAILED] = "failed",
    [STATE_EXPIRED] = "expired",     [STATE_CANCELLED] = "cancelled",
    [STATE_RETRACTED] = "retracted",
};

static const char *const state_sentences[STATE_COUNT] = {
    [STATE_PLANNED] = N_("Crier knows it, and people have yet to approve it."),
    [STATE_READY] = N_("It may go out at its time; nobody has to do anything."),
    [STATE_PREPARING] = N_("Its pictures are being uploaded; nothing is public yet."),
    [STATE_SENDING] = N_("It is on its way to the platform at this moment."),
    [STATE_DOUBTFUL] =
        N_("The answer was lost: is it public? Crier looks for it, and never sends on a guess."),
    [STATE_HELD] = N_("It waits for a person, and the reason is shown with it."),
    [STATE_PUBLISHED] = N_("It is public, and the platform's receipt is kept."),
    [STATE_FAILED] = N_("It did not go out and will not; nothing of it is public."),
    [STATE_EXPIRED] = N_("Its time passed before it could go out; nothing of it is public."),
    [STATE_CANCELLED] = N_("It shall not go out: a person said so, or it is gone from its file."),
    [STATE_RETRACTED] = N_("It was public and has been taken down again."),
};

static const char *const late_words[] = {
    [LATE_PUBLISH] = "publish",
    [LATE_HOLD] = "hold",
};

enum {
    PLANNED = 1 << STATE_PLANNED,
    READY = 1 << STATE_READY,
    PREPARING = 1 << STATE_PREPARING,
    SENDING = 1 << STATE_SENDING,
    DOUBTFUL = 1 << STATE_DOUBTFUL,
    HELD = 1 << STATE_HELD,
    PUBLISHED = 1 << STATE_PUBLISHED,
    FAILED = 1 << STATE_FAILED,
    EXPIRED = 1 << STATE_EXPIRED,
    CANCELLED = 1 << STATE_CANCELLED,
    RETRACTED = 1 << STATE_RETRACTED
};

/* Every change that may ever happen. A state without a row leads nowhere. */
static const unsigned transitions[STATE_COUNT] = {
    [STATE_PLANNED] = READY | HELD | EXPIRED | CANCELLED,
    [STATE_READY] = PREPARING | SENDING | PLANNED | HELD | EXPIRED | CANCELLED,
    [STATE_PREPARING] = SENDING | READY | PLANNED | FAILED | HELD | EXPIRED | CANCELLED,
    [STATE_SENDING] = PUBLISHED | READY | FAILED | DOUBTFUL,
    [STATE_DOUBTFUL] = PUBLISHED | SENDING | READY | HELD,
    [STATE_HELD] = PLANNED | READY | PUBLISHED | EXPIRED | CANCELLED,
    [STATE_PUBLISHED] = RETRACTED,
    [STATE_CANCELLED] = PLANNED,
};

static const unsigned final_states = PUBLISHED | FAILED | EXPIRED | CANCELLED | RETRACTED;

const struct reason reasons[] = {
    {REASON_NEVER_TWICE, N_("another post with the same words and media is planned or went out on "
                            "this account within 30 days")},
    {REASON_REPEAT_EDITED, N_("the repetition was edited, and the post last went out less than 12 "
                              "hours before")},
    {REASON_FIRST_READ, N_("Crier first read this post more than two minutes after its time")},
    {REASON_LATE, N_("its time has passed, and the post says: when late, hold")},
    {REASON_BACKLOG, N_("its time has passed together with many others; only the most pressing "
                        "ones go out by themselves")},
    {REASON_QUIET, N_("quiet hours, and they end too late for this post")},
    {REASON_BLACKOUT, N_("a blackout covers its time")},
    {REASON_UNPROVEN, N_("nobody could prove whether the platform published it; look there, then "
                         "use resolve")},
    {REASON_FOUND_TWICE, N_("the platform shows it more than once; take the extra ones down, then "
                            "use resolve")},
    {REASON_LIMITS, N_("it no longer fits what the server allows")},
    {REASON_MEDIA, N_("a picture or video is missing or is no longer the one that was checked")},
    {REASON_AUTHOR_UNKNOWN, N_("approval is asked, and its file could be written by more than one "
                               "person, so nobody knows its author")},
    {REASON_DAMAGED, N_("its stored record is damaged")},
    {REASON_BUG, N_("Crier caught a mistake of its own and stopped here; please report it")},
    {REASON_PERSON, N_("a person decided so; 'crier audit show' says who")},
    {REASON_REJECTED, N_("a person said no to its content; an edit makes it planned again")},
    {REASON_RELEASED, N_("a person released it: it goes out even if it is late")},
    {REASON_REMOVING, N_("it is gone from its campaign file; cancelled after a minute unless it "
                         "comes back")},
    {REASON_REMOVED, N_("it was removed from its campaign file")},
    {REASON_TOO_LATE, N_("it could not go out while it was still useful")},
    {REASON_NEWER, N_("a newer one of the same repeating post is due")},
    {REASON_REFUSED, N_("the platform refused it, and nothing is public")},
    {REASON_TRIES, N_("it was tried as often as the rules allow")},
    {REASON_NOT_READ_BACK, N_("the platform accepted it, but it could not be read back there")},
    {REASON_DIFFERS, N_("it is public, but not as it was sent; look at it there")},
    {REASON_ACCOUNT, N_("its account is paused")},
    {REASON_CHANGED,
     N_("its words, media or time changed; approvals given before do not count any more")},
    {REASON_MOVED, N_("its time was moved")},
    {REASON_PARENT, N_("the post before it in its thread is not there, or not public yet")},
    {REASON_BUDGET, N_("what the platform lets this account publish in a while is used up; it goes "
                       "out when there is room again")},
    {REASON_AFTER, N_("it is public, but something that belongs to it (a comment, a thumbnail ...) "
                      "is missing")},
    {REASON_RENDERING, N_("its pictures or videos are still being made ready for the platform")},
    {REASON_GONE, N_("it was public, and the platform says that it is not there any more")},
    {REASON_WENT_OUT, N_("it went out already, and its time was moved afterwards; give it a new id "
                         "to publish it again")},
};
const size_t reason_count = COUNT_OF(reasons);

const char *reason_sentence(const char *word)
{
    size_t i;

    for (i = 0; *word && i < reason_count; i++) {
        if (!strcmp(reasons[i].word, word))
            return _(reasons[i].sentence);
    }
    return NULL;
}

static bool word_index(const char *const *words, size_t count, const char *word, size_t *index)
{
    for (*index = 0; *index < count; (*index)++) {
        if (strcmp(words[*index], word) == 0)
            return true;
    }
    return false;
}

const char *state_word(enum state state)
{
    return state_words[state];
}

const char *state_sentence(enum state state)
{
    return _(state_sentences[state]);
}

bool state_from_word(const char *word, enum state *state)
{
    size_t index;
    bool found = word_index(state_words, COUNT_OF(state_words), word, &index);

    if (found)
        *state = (enum state)index;
    return found;
}

const char *late_word(enum late_policy late)
{
    return late_words[late];
}

bool late_from_word(const char *word, enum late_policy *late)
{
    size_t index;
    bool found = word_index(late_words, COUNT_OF(late_words), word, &index);

    if (found)
        *late = (enum late_policy)index;
    return found;
}

bool transition_allowed(enum state from, enum state to)
{
    return from < STATE_COUNT && to < STATE_COUNT && (transitions[from] >> to & 1) != 0;
}

bool state_is_final(enum state state)
{
    return state < STATE_COUNT && (final_states >> state & 1) != 0;
}

static bool was_in_doubt(const struct delivery *delivery)
{
    return delivery->state == STATE_HELD && (strcmp(delivery->reason, REASON_UNPROVEN) == 0 ||
                                             strcmp(delivery->reason, REASON_FOUND_TWICE) == 0);
}

bool change_allowed(const struct delivery *before, const struct change *change)
{
    enum state to = change->after->state;

    if (change->from != before->state)
        return false;
    if (to == before->state)
        return true;
    if (!transition_allowed(before->state, to))
        return false;
    if (before->state == STATE_CANCELLED)
        return strcmp(before->reason, REASON_REMOVED) == 0;
    if (was_in_doubt(before) && (to == STATE_READY || to == STATE_PLANNED))
        return strcmp(change->event, "resolve") == 0;
    return true;
}

/* Hex SHA-256 over texts joined by NUL: no text can hold the separator. */
static void hash_joined(const char *const *texts, size_t count, char hex[DIGEST_HEX])
{
    struct digest_stream *stream = digest_begin();

    for (size_t i = 0; i < count; i++)
        digest_add(stream, texts[i], strlen(texts[i]) + (i + 1 < count));

    struct digest digest = digest_end(stream);
    (void)digest_hex(&digest, hex);
}

static void set_id_of(const struct delivery *delivery, const char *occurrence, char id[17])
{
    const char *names[] = {delivery->campaign, delivery->post, occurrence, delivery->account};
    char hex[DIGEST_HEX];

    hash_joined(names, COUNT_OF(names), hex);
    memcpy(id, hex, 16);
    id[16] = '\0';
}

int occurrence_part(const char *occurrence)
{
    const char *dot = strrchr(occurrence, '.');

    return dot ? (int)strtol(dot + 1, NULL, 10) : 1;
}

/* The id of another part of the same thread. */
static void set_id_of_part(const struct delivery *delivery, int part, char id[17])
{
    char first[OCCURRENCE_SIZE - 20], occurrence[OCCURRENCE_SIZE];

    (void)snprintf(first, sizeof first, "%.40s", delivery->occurrence);
    first[strcspn(first, ".")] = '\0';
    (void)snprintf(occurrence, sizeof occurrence, "%s.%d", first, part);
    set_id_of(delivery, part == 1 ? first : occurrence, id);
}

void delivery_thread_id(const struct delivery *delivery, char id[17])
{
    if (delivery->parent[0])
        set_id_of_part(delivery, 1, id);
    else
        memcpy(id, delivery->id, sizeof delivery->id);
}

void delivery_answer_id(const struct delivery *delivery, char id[17])
{
    set_id_of_part(delivery, occurrence_part(delivery->occurrence) + 1, id);
}

void delivery_set_id(struct delivery *delivery)
{
    const int part = occurrence_part(delivery->occurrence);

    set_id_of(delivery, delivery->occurrence, delivery->id);
    delivery->parent[0] = '\0';
    if (part > 1)
        set_id_of_part(delivery, part - 1, delivery->parent);
}

void delivery_set_key(struct delivery *delivery)
{
    char generation[24];
    const char *parts[] = {delivery->id, delivery->content_hash, generation};

    (void)snprintf(generation, sizeof generation, "%" PRId64, delivery->generation);
    hash_joined(parts, COUNT_OF(parts), delivery->key);
}

/* The number that the hex digits of a key are, from digit `first` on. */
static uint64_t key_part(const char *key, size_t first, size_t count)
{
    uint64_t number = 0;

    for (size_t i = first; i < first + count; i++) {
        char c = key[i];
        number = number * 16 + (uint64_t)(c <= '9' ? c - '0' : c - 'a' + 10);
    }
    return number;
}

void delivery_set_record_key(struct delivery *delivery)
{
    static const char letters[] = "234567abcdefghijklmnopqrstuvwxyz";
    uint64_t micros = (uint64_t)delivery->born.ms * 1000 + key_part(delivery->key, 0, 8) % 1000;
    uint64_t number =
        (micros & ((UINT64_C(1) << 53) - 1)) << 10 | key_part(delivery->key, 8, 3) >> 2;

    for (int i = 0; i < 13; i++)
        delivery->record_key[i] = letters[number >> (60 - 5 * i) & 31];
    delivery->record_key[13] = '\0';
}

const char *medium_role_word(enum medium_role role)
{
    static const char *const words[] = {[MEDIUM_OF_POST] = "post",
                                        [MEDIUM_THUMBNAIL] = "thumbnail",
                                        [MEDIUM_CAPTIONS] = "captions"};

    return words[role];
}

const char *medium_source(const struct medium *medium)
{
    return *medium->source ? medium->source : medium->sha256;
}

bool medium_is_made(const struct medium *medium)
{
    return *medium->sha256 != '\0';
}

bool delivery_is_made(const struct delivery *delivery)
{
    for (size_t i = 0; i < delivery->media_count; i++)
        if (!medium_is_made(&delivery->media[i]))
            return false;
    return true;
}

struct instant delivery_opens(const struct delivery *delivery)
{
    const bool early = !instant_is_none(delivery->early) && delivery->early.ms > 0;

    return early && instant_before(delivery->early, delivery->at) ? delivery->early : delivery->at;
}

void delivery_start_afresh(struct delivery *delivery)
{
    delivery->reason = delivery->note = "";
    delivery->born = delivery->first_intent = delivery->intent = INSTANT_NONE;
    delivery->progress = delivery->request = "";
    delivery->not_before = delivery->published = delivery->early = INSTANT_NONE;
    delivery->remote_id = delivery->url = delivery->after = "";
}

char *delivery_name(const struct delivery *delivery, struct arena *arena)
{
    const char *post = arena_joined(arena, delivery->campaign, "/", delivery->post),
               *place = arena_joined(arena, delivery->occurrence, "/", delivery->account);

    return arena_joined(arena, post, "@", place);
}

/* A delivery and all its texts in one block: counted in a first pass, filled in a second. */
struct packer {
    char *block; /* NULL while counting */
    size_t used;
};

static void *packed(struct packer *packer, const void *bytes, size_t length, size_t align)
{
    size_t begin = (packer->used + align - 1) & ~(align - 1);

    packer->used = begin + length;
    return packer->block && length ? memcpy(packer->block + begin, bytes, length) : NULL;
}

/* Half of a row's texts are empty: they need no place. */
static void pack_text(struct packer *packer, const char **text)
{
    const char *copy = "";

    if (!*text)
        return;
    if (**text)
        copy = packed(packer, *text, strlen(*text) + 1, 1);
    if (packer->block)
        *text = copy;
}

static void pack_media(struct packer *packer, struct delivery *row)
{
    struct medium *media =
        packed(packer, row->media, row->media_count * sizeof *row->media, _Alignof(struct medium));

    for (size_t i = 0; i < row->media_count; i++) {
        struct medium medium = row->media[i];

        pack_text(packer, &medium.file);
        pack_text(packer, &medium.alt);
        pack_text(packer, &medium.recipe);
        pack_text(packer, &medium.mime);
        if (media)
            media[i] = medium;
    }
    if (packer->block)
        row->media = media;
}

size_t delivery_pack(const struct delivery *delivery, void *block)
{
    struct packer packer = {.block = block};
    struct delivery copy = *delivery, *first;
    const char **texts[] = {
        &copy.campaign, &copy.post,     &copy.occurrence, &copy.account,
        &copy.platform, &copy.content,  &copy.file,       &copy.reason,
        &copy.note,     &copy.progress, &copy.request,    &copy.remote_id,
        &copy.url,      &copy.after,    &copy.parent_id,  &copy.root_id,
    };

    first = packed(&packer, delivery, sizeof *delivery, _Alignof(struct delivery));
    pack_media(&packer, &copy);
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        pack_text(&packer, texts[i]);
    if (first)
        *first = copy;
    return packer.used;
}

struct delivery *delivery_copy(const struct delivery *delivery, struct arena *arena)
{
    struct delivery *copy = arena_alloc(arena, delivery_pack(delivery, NULL));

    (void)delivery_pack(delivery, copy);
    return copy;
}
