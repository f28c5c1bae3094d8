/* platform/instagram.h - Instagram, by Facebook Login only: the Graph API of graph.facebook.com.
 *
 * The other way in (Instagram Login, graph.instagram.com) has no documented upload of local videos
 * and cannot delete; it is not spoken here. A post is a picture, a carousel of 2 to 10 pictures and
 * videos, a Reel (any single video), or a story of one picture or video. There are no posts of text
 * alone.
 *
 * How it is made, published and found is platform/container.h's; here is what is Instagram's own:
 * its fields, its errors, its limits, who the account is, and the first comment.
 *
 * Two tokens: `user_token` (a system user's, or a long-lived user's) reads, makes and publishes:
 * since May 2026 a Page's token reading a container is answered 100/33. `page_token` is for the one
 * thing only a Page can do: take a picture from our disk and give it an address.
 *
 * Facts: developers.facebook.com/documentation/instagram-platform, the specifications of
 * facebook-business-sdk-codegen (April 2026), Meta's reels sample; November 2026.
 */
#ifndef CRIER_PLATFORM_INSTAGRAM_H
#define CRIER_PLATFORM_INSTAGRAM_H

#include "platform/adapter.h"

extern const struct adapter instagram;
extern const struct limits instagram_limits;
extern const struct account_key instagram_keys[];

#endif
