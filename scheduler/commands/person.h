/* commands/person.h - questions to the person at the terminal whose answers are secret.
 *
 * On a terminal the answer is not shown while it is typed or pasted; without one a line of stdin is
 * the answer, so that a script can give it. Never from argv or the environment.
 */
#ifndef CRIER_COMMANDS_PERSON_H
#define CRIER_COMMANDS_PERSON_H

#include "base/arena.h"
#include "base/err.h"

/* One line, without blanks around it. False when there is no more, or the person gave up. */
MUST_CHECK bool person_secret(const char *question, struct arena *arena, char **answer,
                              struct err *err);

#endif
