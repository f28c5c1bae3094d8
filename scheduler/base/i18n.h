/* base/i18n.h - messages for people go through _(), so that they can be in Hindi.
 *
 * Codes, state words and JSON names never do. N_() marks a text in a table that
 * is translated where it is printed.
 */
#ifndef CRIER_BASE_I18N_H
#define CRIER_BASE_I18N_H

#include <libintl.h>

#define _(text)  dgettext("crier", text)
#define N_(text) text

/* Sets LC_CTYPE and LC_MESSAGES from the environment; numbers stay in the C locale. */
void i18n_start(void);

#endif
