#include "campaign/limits.h"

static const char *const unit_words[] = {
    [COUNT_GRAPHEMES] = "graphemes", [COUNT_WEIGHTED] = "weighted",     [COUNT_UTF16] = "utf16",
    [COUNT_BYTES] = "bytes",         [COUNT_CODEPOINTS] = "codepoints",
};

const char *count_unit_word(enum count_unit unit)
{
    return unit_words[unit];
}
