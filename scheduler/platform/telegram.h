/* platform/telegram.h - Telegram's Bot API 10.1: messages, photos, albums and videos in a channel.
 *
 * One request publishes all of a post: its media travel with it. Class C without any way to look: a
 * bot can read neither the history of a channel nor its own posts. So a request that may have
 * arrived is in doubt until a person has looked, and nothing is sent again on a guess. The answer
 * is the proof: the message with its number.
 *
 *   sending --2xx with the message--> done
 *           --never left, 429--> later again
 *           --400, 413 with a reason of the platform's--> refused, or what is wrong with the
 * channel
 *           --401, 403, 404--> what is wrong with the account
 *           --5xx, lost, a page of some front-end, anything else--> doubt
 *
 * The bot's token stands in the path, where net/ writes it ("bot"). No markup is used: a text is
 * published as it is written, and the app makes links, tags and mentions of it.
 *
 * Sources: core.telegram.org/bots/api of 2026-06-11 (10.1); tdlib/telegram-bot-api, Client.cpp.
 */
#ifndef CRIER_PLATFORM_TELEGRAM_H
#define CRIER_PLATFORM_TELEGRAM_H

#include "platform/adapter.h"

extern const struct adapter telegram;
extern const struct limits telegram_limits;
extern const struct account_key telegram_keys[];

#endif
