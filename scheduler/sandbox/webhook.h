/* sandbox/webhook.h - a receiver of Standard Webhooks, as careful as one ought to be.
 *
 * POST /webhook/NAME, or anything below it: the three headers, a timestamp within 300 s of the
 * sandbox's clock, and a v1 signature over the very bytes received. The secret of NAME is
 * whsec_BASE64(SHA-256("sandbox-NAME")); with --strict only the secrets of that list are good,
 * for any NAME. Ids are remembered for five minutes: the same id is the same event. Events:
 *
 *   post.publish  data {"id","text","media":[{"sha256","mime","bytes","alt"}], ...} -> a post
 *   post.delete   data {"id"}: the post that was published with this data.id, or that we
 *                 answered with this id, is taken back; fine too when there is none
 *
 * The answer is 200 {"id","url"}. A page lists an account's events. The platform
 * "webhook-forgetful" keeps no ids.
 */
#ifndef CRIER_SANDBOX_WEBHOOK_H
#define CRIER_SANDBOX_WEBHOOK_H

#include "sandbox/platform.h"

enum { WEBHOOK_BODY_MOST = 20 * 1024, WEBHOOK_TOLERANCE_S = 300, WEBHOOK_MEDIA_MOST = 20 };

void webhook_serve(const struct platform *platform, struct world *world, struct request *request,
                   struct answer *answer);
void webhook_too_many(struct request *request, struct instant reset, struct answer *answer);
void webhook_no_token(struct world *world, struct request *request, struct answer *answer);
void webhook_too_large(struct request *request, struct answer *answer);

/* webhook_page.c: the account's events, newest first. */
void webhook_page(const struct platform *platform, struct world *world, struct request *request,
                  const struct account *account, struct answer *answer);

#endif
