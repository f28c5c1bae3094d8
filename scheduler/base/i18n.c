#include "base/i18n.h"

#include <locale.h>
#include <stddef.h>

/* LC_NUMERIC stays "C": libconfig and printf would otherwise read and write commas. */
void i18n_start(void)
{
    (void)setlocale(LC_CTYPE, "");
    (void)setlocale(LC_MESSAGES, "");
    (void)bind_textdomain_codeset("crier", "UTF-8");
}
