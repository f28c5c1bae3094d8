#include "campaign/records.h"

#include <string.h>

static const char *const scope_words[] = {
    [FLAG_ALL] = "all",
    [FLAG_CAMPAIGN] = "campaign",
    [FLAG_ACCOUNT] = "account",
    [FLAG_CLASS] = "class",
};

const char *flag_scope_word(enum flag_scope scope)
{
    return scope_words[scope];
}

bool flag_scope_from_word(const char *word, enum flag_scope *scope)
{
    for (size_t i = 0; i < COUNT_OF(scope_words); i++) {
        if (strcmp(scope_words[i], word) == 0) {
            *scope = (enum flag_scope)i;
            return true;
        }
    }
    return false;
}

/* What a flag's name is compared with. */
static const char *scoped_name(enum flag_scope scope, const struct delivery *delivery)
{
    switch (scope) {
    case FLAG_CAMPAIGN:
        return delivery->campaign;
    case FLAG_ACCOUNT:
        return delivery->account;
    case FLAG_CLASS:
        return urgency_word(delivery->urgency);
    case FLAG_ALL:
        break;
    }
    return "";
}

bool flags_hold(const struct flags *flags, const struct delivery *delivery)
{
    for (size_t i = 0; i < flags->count; i++) {
        const struct flag *flag = &flags->items[i];

        if (flag->scope == FLAG_ALL || strcmp(flag->name, scoped_name(flag->scope, delivery)) == 0)
            return true;
    }
    return false;
}
