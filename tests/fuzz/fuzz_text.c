/* Any text through what judges texts: what is found lies in the text, whole characters and in
 * order, and asking twice gives the same. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

#include "text/hosts.h"
#include "text/numbers.h"
#include "text/safety.h"
#include "text/unicode.h"

static bool is_boundary(const char *text, size_t size, size_t at)
{
    return at == size || ((unsigned char)text[at] & 0xC0) != 0x80;
}

static void lies_in(const char *text, size_t size, size_t start, size_t length)
{
    assert(length > 0 && start + length <= size);
    assert(is_boundary(text, size, start) && is_boundary(text, size, start + length));
}

static void try_safety(const char *text, size_t size, struct arena *arena)
{
    struct danger_list list = safety_find(text, arena), again = safety_find(text, arena);

    assert(list.count == again.count);
    for (size_t i = 0; i < list.count; i++) {
        const struct danger_mark *mark = &list.items[i];
        const char *part = arena_text_n(arena, text + mark->start, mark->length);

        lies_in(text, size, mark->start, mark->length);
        assert(i == 0 || list.items[i - 1].start <= mark->start);
        assert(*safety_name(mark->code_point, arena));
        if (mark->danger == DANGER_STYLED || mark->danger == DANGER_DIGITS)
            assert(*safety_plain(part, mark->danger, arena));
        assert(mark->danger != DANGER_UNPAIRED || *safety_partner(mark->code_point));
    }
}

static void try_numbers(const char *text, size_t size, struct arena *arena)
{
    struct number_list list = numbers_find(text, "helpline", arena);
    char digits[NUMBER_DIGITS + 1];

    for (size_t i = 0; i < list.count; i++) {
        const struct number *number = &list.items[i];

        lies_in(text, size, number->start, number->length);
        assert(strspn(number->digits, "0123456789") == strlen(number->digits));
        assert(!(number->dialled && number->otherwise));
        assert(!numbers_are_near(number->digits, number->digits));
    }
    if (number_digits(text, digits))
        assert(strspn(digits, "0123456789") == strlen(digits));
}

static void try_hosts(const char *text, size_t size, struct arena *arena)
{
    const char *host = host_of(text, size, arena);
    const char *ascii = host_ascii(host, arena);

    assert(strlen(host) <= size);
    (void)host_deceives(host);
    assert(!ascii || host_is_below(ascii, ascii));
    if (*host && strlen(host) < 200)
        (void)hosts_look_alike(host, "cybercrime.gov.in");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    char *text = arena_text_n(&arena, size ? (const char *)data : "", size);

    if (strlen(text) == size && unicode_fault(text, size) == size) {
        try_safety(text, size, &arena);
        try_numbers(text, size, &arena);
        try_hosts(text, size, &arena);
    }
    arena_clear(&arena);
    return 0;
}
