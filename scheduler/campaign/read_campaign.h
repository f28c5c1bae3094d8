/* campaign/read_campaign.h - a campaign file to posts.
 *
 * What stands at the top of the file holds for every post that does not say otherwise. Links, tags
 * and variables are looked at by render, when the variables are filled in.
 */
#ifndef CRIER_CAMPAIGN_READ_CAMPAIGN_H
#define CRIER_CAMPAIGN_READ_CAMPAIGN_H

#include "campaign/values.h"

/* A post whose time could not be read has at_instant NONE; one without an id is left out. */
void campaign_read_values(struct reading *reading, struct member root,
                          const struct workspace *workspace, struct campaign *campaign);

#endif
