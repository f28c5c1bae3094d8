/* platform/webhook.h - Standard Webhooks 1.0.0: the way to every system that we do not know.
 *
 * One signed POST an event to the account's address; the answer is the proof. Class B: the receiver
 * remembers a `webhook-id` for as long as the account key `remembers` says. The bytes of media are
 * never sent, only what names them. platform/sign_webhook.h has the signature.
 *
 * Source: standard-webhooks/standard-webhooks, spec/standard-webhooks.md (August 2026).
 */
#ifndef CRIER_PLATFORM_WEBHOOK_H
#define CRIER_PLATFORM_WEBHOOK_H

#include "platform/adapter.h"

extern const struct adapter webhook;
extern const struct limits webhook_limits;
extern const struct account_key webhook_keys[];

#endif
