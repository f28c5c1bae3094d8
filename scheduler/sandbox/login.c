#include "sandbox/login.h"

#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "sandbox/html.h"

enum { REMEMBERED = 256, NAME_BYTES = 128, TYPED = 8 };

/* One wish or code; a ring, the oldest is forgotten. */
struct consent {
    char name[NAME_BYTES]; /* "" = over */
    char handle[NAME_BYTES];
    char challenge[NAME_BYTES], redirect[NAME_BYTES]; /* of a code */
    bool given;
};

static struct consent consents[REMEMBERED];
static size_t next_consent;

static void copy(char into[NAME_BYTES], const char *text)
{
    (void)snprintf(into, NAME_BYTES, "%s", text ? text : "");
}

static struct consent *make(const char *kind)
{
    struct consent *made = &consents[next_consent++ % REMEMBERED];
    unsigned char bytes[DIGEST_BYTES];
    struct digest digest;
    char hex[DIGEST_HEX];

    random_bytes(bytes, sizeof bytes);
    memcpy(digest.bytes, bytes, sizeof bytes);
    *made = (struct consent){0};
    (void)snprintf(made->name, sizeof made->name, "%s-%.40s", kind, digest_hex(&digest, hex));
    return made;
}

static struct consent *find(const char *name)
{
    for (size_t i = 0; name && *name && i < REMEMBERED; i++) {
        if (strcmp(consents[i].name, name) == 0)
            return &consents[i];
    }
    return NULL;
}

/* By the letters that a person types. */
static struct consent *find_typed(const char *typed)
{
    for (size_t i = 0; typed && strlen(typed) == TYPED && i < REMEMBERED; i++) {
        const size_t length = strlen(consents[i].name);

        if (length > TYPED && strcmp(consents[i].name + length - TYPED, typed) == 0)
            return &consents[i];
    }
    return NULL;
}

/* ---- pages ---- */

static void say(struct request *request, int status, const char *text, struct answer *answer)
{
    struct buffer html;

    buffer_init(&html, HTML_MOST_BYTES);
    html_begin(&html, "Log in", "");
    (void)buffer_text(&html, "<p>");
    html_escape(&html, text);
    (void)buffer_text(&html, "</p>");
    html_end(&html);
    html_answer(request, status, &html, answer);
}

static void give(struct consent *consent, const struct request *request)
{
    const char *as = fields_text(&request->query, "as");

    copy(consent->handle, as ? as : "police");
    consent->given = true;
}

/* The browser goes on to an address where nobody listens: that is what is copied. */
static void serve_code(struct request *request, struct answer *answer)
{
    const struct fields *query = &request->query;
    const char *redirect = fields_text(query, "redirect_uri");
    const char *state = fields_text(query, "state");
    const char *method = fields_text(query, "code_challenge_method");
    struct consent *consent;

    if (!redirect || !state || !fields_text(query, "client_id") || !method ||
        strcmp(method, "S256") != 0 || !fields_text(query, "code_challenge")) {
        say(request, 400, "Something is wrong: the app asked for no consent that can be given.",
            answer);
        return;
    }
    consent = make("code");
    give(consent, request);
    copy(consent->challenge, fields_text(query, "code_challenge"));
    copy(consent->redirect, redirect);
    say(request, 302, "Go on.", answer);
    answer_header(request, "Location",
                  arena_printf(&request->arena, "%s%cstate=%s&code=%s", redirect,
                               strchr(redirect, '?') ? '&' : '?', state, consent->name),
                  answer);
}

static void serve_device(struct request *request, struct answer *answer)
{
    struct consent *consent = find_typed(fields_text(&request->query, "user_code"));

    if (consent)
        give(consent, request);
    say(request, consent ? 200 : 404,
        consent ? "The device is allowed." : "No device has that code; give it as ?user_code=",
        answer);
}

bool login_served(struct request *request, struct answer *answer)
{
    static const struct {
        const char *path;
        void (*serve)(struct request *request, struct answer *answer);
    } pages[] = {
        {"/i/oauth2/authorize", serve_code},
        {"/o/oauth2/v2/auth", serve_code},
        {"/device", serve_device},
    };

    for (size_t i = 0; i < COUNT_OF(pages) && strcmp(request->method, "GET") == 0; i++) {
        if (strcmp(pages[i].path, request->below) != 0)
            continue;
        pages[i].serve(request, answer);
        return true;
    }
    return false;
}

/* ---- what comes of them ---- */

const char *login_wish(struct arena *arena)
{
    return arena_text(arena, make("wish")->name);
}

enum login_state login_take(const char *wish, const char **handle)
{
    struct consent *consent = find(wish);

    if (!consent)
        return LOGIN_UNKNOWN;
    if (!consent->given)
        return LOGIN_WAITING;
    *handle = consent->handle;
    consent->name[0] = '\0';
    return LOGIN_GIVEN;
}

static const char *challenge_of(const char *verifier, struct arena *arena)
{
    const struct digest digest = digest_of(verifier, strlen(verifier));
    char *text = base64_encode(digest.bytes, sizeof digest.bytes, arena);

    for (char *at = text; *at; at++)
        *at = *at == '+' ? '-' : *at == '/' ? '_' : *at;
    text[strcspn(text, "=")] = '\0';
    return text;
}

const char *login_by_code(const struct fields *form, struct arena *arena)
{
    struct consent *consent = find(fields_text(form, "code"));
    const char *verifier = fields_text(form, "code_verifier");
    const char *redirect = fields_text(form, "redirect_uri");

    if (!consent || !consent->given || !verifier || !redirect ||
        strcmp(consent->redirect, redirect) != 0 ||
        strcmp(consent->challenge, challenge_of(verifier, arena)) != 0)
        return NULL;
    consent->name[0] = '\0';
    return arena_text(arena, consent->handle);
}
