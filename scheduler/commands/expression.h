/* commands/expression.h - a time or a rule by itself, read as it would be in a campaign file.
 *
 *     2026-12-01 09:30                                     a time, with or without its quotes
 *     on = [ "Fri" ]; at = [ "19:00" ]; from = "2026-12-01";   what stands inside repeat = { }
 *     { on = ... }, repeat = { ... }; at = "...";          more of the post
 *
 * It is laid into a post on the workspace's first account and read by campaign/reader.h, so that it
 * means here what it means there. Findings have their place in the expression itself.
 */
#ifndef CRIER_COMMANDS_EXPRESSION_H
#define CRIER_COMMANDS_EXPRESSION_H

#include "campaign/model.h"

/* The post; NULL, with findings, when it cannot be read. All lives in the arena. */
const struct campaign *expression_read(const char *expression, const struct workspace *workspace,
                                       struct arena *arena, struct findings *findings);

#endif
