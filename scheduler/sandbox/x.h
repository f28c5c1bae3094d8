/* sandbox/x.h - X's API v2 as far as a publisher meets it: posts, media in one piece and in many,
 * alternative texts, subtitles, own posts read back, OAuth 1.0a and OAuth 2.0.
 *
 * Written from the facts page. A signature of OAuth 1.0a is verified over the address as it was
 * asked; here a consumer key or a token is its own secret, and the token "sandbox-HANDLE" is that
 * account's. A login with a PIN is one of the account that the consumer key names, as a token does.
 * A first refresh token "sandbox-HANDLE" is a login of that account: each can be used
 * once, and one that comes again ends the whole login.
 *
 * What an upload is stands in the world's uploads: a session is one without bytes and with a detail
 * {"session","media_type","total_bytes"}, its pieces have {"piece_of","index"}, all its bytes
 * {"whole_of"}, a track of subtitles {"subtitles_of","track","language"}.
 *
 * Quirks of --script, each met by the request that it stands for:
 *   no_credits  402, the older shape        payment     402, the newer one
 *   no_replies  (a post that answers another) the reply rule of February 2026
 *   capped      403 usage-capped            suspended   403 user-suspended
 *   fail        (finalize) processing ends with failed
 *   forget      (append, finalize, STATUS) the upload is not known any more
 *   expire      (a post with media) its media ids are invalid
 *   lag         (own posts, one post) what was posted in the last minute is not shown yet
 *   partial     (a post) it is public, and the answer has `errors` beside `data`
 *   renamed     the answer has the names of version 2.167
 */
#ifndef CRIER_SANDBOX_X_H
#define CRIER_SANDBOX_X_H

#include "sandbox/platform.h"

enum { X_WEIGHT_MOST = 280, X_MEDIA_MOST = 4, X_ALT_MOST = 1000 };

void x_serve(const struct platform *platform, struct world *world, struct request *request,
             struct answer *answer);
void x_too_many(struct request *request, struct instant reset, struct answer *answer);
void x_no_token(struct world *world, struct request *request, struct answer *answer);

/* ---- what its own files share ---- */

/* One request on its way through the server. */
struct x_call {
    const struct platform *platform;
    struct world *world;
    struct request *request;
    struct answer *answer;
    struct arena *arena;
    struct account *account; /* who asks */
    const char *argument;    /* the '*' of the route */
    json_t *input;           /* a JSON body, or NULL; the arena's */
    struct fields form;      /* of a body that is a form */
};

/* A problem: {"title","detail","type","status"}; false, so that a check can end with it. */
bool x_problem(struct x_call *call, int status, const char *type, const char *title,
               const char *detail);
/* 400 with the parameter that is wrong. */
bool x_invalid(struct x_call *call, const char *parameter, const char *value, const char *message);
bool x_missing(struct x_call *call, const char *id, const char *kind);
bool x_has_quirk(const struct x_call *call, const char *quirk);
bool x_is_id(const char *text);
/* Whether the JSON body has no members but these ("|text|media|"). */
bool x_only(struct x_call *call, const char *known);
void x_data(struct x_call *call, int status, json_t *data);

/* x_oauth.c: who asks; false with the answer written. */
bool x_authenticate(struct x_call *call);
void x_serve_token(struct x_call *call);
void x_serve_revoke(struct x_call *call);
/* A login with a PIN: its three steps. */
void x_serve_request_token(struct x_call *call);
void x_serve_authorize(struct x_call *call);
void x_serve_access_token(struct x_call *call);
void x_serve_request_token(struct x_call *call);
void x_serve_access_token(struct x_call *call);

/* x_media.c */
void x_upload(struct x_call *call);
void x_initialize(struct x_call *call);
void x_append(struct x_call *call);
void x_finalize(struct x_call *call);
void x_status(struct x_call *call);
void x_metadata(struct x_call *call);
void x_subtitles(struct x_call *call);
/* The bytes behind a media id of the asker that can stand in a post now; NULL else. */
struct upload *x_usable_media(struct x_call *call, const char *id);
/* The language of its subtitles, or NULL. */
const char *x_subtitle_language(const struct world *world, const struct upload *upload);
const char *x_media_key(const struct upload *upload, struct arena *arena);

/* x_text.c */
struct x_link {
    size_t start, length; /* bytes of the text */
    bool bare;            /* without a scheme */
};
size_t x_links(const char *text, struct x_link *links, size_t most);
size_t x_weight_of(const char *text);
/* The text as X shows it: with t.co addresses, entities for & < >; *entities is new, or NULL. */
const char *x_shown(const struct post *post, struct arena *arena, json_t **entities);
/* For a page. */
void x_html(struct buffer *html, const char *text);

/* x_page.c */
void x_page(struct x_call *call, const struct account *account, const struct post *only);

#endif
