/* sandbox/telegram.h - api.telegram.org's Bot API for channels, as its own server answers.
 *
 * POST (or GET) /telegram/bot<TOKEN>/METHOD: sendMessage, sendPhoto, sendAnimation, sendVideo,
 * sendMediaGroup, deleteMessage, deleteMessages, getMe, getChat, getChatMember. Methods without
 * regard to case; arguments in the query, a form or a JSON object. Nothing can be read back: as on
 * the real server there is no method for it.
 *
 * A token is any text of letters, digits, - and _, perhaps with a colon; with --strict one of the
 * list. Any bot is administrator of any channel whose name it gives ("@road_safety", or a number
 * that begins with -100); the account is the channel. Messages have small numbers, as there: an
 * album has one for each picture, and is one post here.
 *
 * More than 20 messages a minute to one channel are answered 429 with retry_after.
 */
#ifndef CRIER_SANDBOX_TELEGRAM_H
#define CRIER_SANDBOX_TELEGRAM_H

#include "sandbox/platform.h"

void telegram_serve(const struct platform *platform, struct world *world, struct request *request,
                    struct answer *answer);
void telegram_too_many(struct request *request, struct instant reset, struct answer *answer);
void telegram_no_token(struct world *world, struct request *request, struct answer *answer);
void telegram_too_large(struct request *request, struct answer *answer);

/* telegram_page.c: the channel as its readers see it. */
void telegram_page(const struct platform *platform, struct world *world, struct request *request,
                   const struct account *account, struct answer *answer);
/* How many messages a post is: the pictures of an album, else 1. */
size_t telegram_messages(const struct post *post);

#endif
