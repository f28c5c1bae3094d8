/* campaign/read_config.h - crier.cfg to a workspace: zone, accounts, groups, quiet hours.
 *
 * Rules about accounts that keep drills and the public apart are here: a live account talks only to
 * its platform's own hosts or its one `server`, a drill account only to a literal loopback address.
 */
#ifndef CRIER_CAMPAIGN_READ_CONFIG_H
#define CRIER_CAMPAIGN_READ_CONFIG_H

#include "campaign/values.h"

/* Fills what could be read; every account and group that is named is there, so that campaigns can
 * be checked against a crier.cfg with mistakes. reading->zone is set on the way. */
void config_read_values(struct reading *reading, struct member root,
                        const struct platform_facts *platforms, struct workspace *workspace);

/* The zone of a workspace whose crier.cfg could not be read: UTC. */
const struct zone *config_zone(struct reading *reading, const char *name);

#endif
