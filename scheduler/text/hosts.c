#include "text/hosts.h"

#include <stdint.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/uidna.h>
#include <unicode/uscript.h>
#include <unicode/uspoof.h>

#include "base/compiler.h"
#include "text/unicode.h"

enum { MOST_HOST = 253, MOST_SKELETON = 1024 };

static bool begins(const char *text, size_t length, const char *word)
{
    size_t count = strlen(word);

    if (length < count)
        return false;
    for (size_t i = 0; i < count; i++)
        if ((text[i] | 0x20) != (word[i] | 0x20))
            return false;
    return true;
}

static bool ends_host(uint32_t c)
{
    return (c < 0x80 && strchr("/?#:\\\"'()<>[]{}|,;!", (int)c)) || unicode_is_white(c) ||
           c == 0x964 || c == 0x965;
}

/* A word in another script that follows a Latin name without a blank is no part of it; letters that
 * look like Latin ones are, to be seen. */
static bool follows_glued(uint32_t before, uint32_t c)
{
    UErrorCode status = U_ZERO_ERROR;
    UScriptCode script = uscript_getScript((UChar32)c, &status);

    return before < 0x80 && u_isalnum((UChar32)before) && c >= 0x80 && script >= USCRIPT_ARABIC &&
           script != USCRIPT_LATIN && script != USCRIPT_CYRILLIC && script != USCRIPT_GREEK &&
           script != USCRIPT_ARMENIAN && script != USCRIPT_CHEROKEE && !u_isdigit((UChar32)c);
}

const char *host_of(const char *text, size_t length, struct arena *arena)
{
    size_t start = begins(text, length, "https://") ? 8 : begins(text, length, "http://") ? 7 : 0;
    size_t end = start, size;
    uint32_t c, before = 0;

    while (end < length && (size = unicode_next(text + end, &c)) > 0 && !ends_host(c) &&
           !follows_glued(before, c)) {
        end += size;
        before = c;
        if (c == '@')
            start = end;
    }
    while (end > start && text[end - 1] == '.')
        end--;
    return arena_text_n(arena, text + start, end - start);
}

const char *host_ascii(const char *host, struct arena *arena)
{
    UErrorCode status = U_ZERO_ERROR;
    UIDNAInfo info = UIDNA_INFO_INITIALIZER;
    char ascii[MOST_HOST + 3];
    UIDNA *idna = uidna_openUTS46(UIDNA_NONTRANSITIONAL_TO_ASCII | UIDNA_USE_STD3_RULES, &status);
    int32_t length = uidna_nameToASCII_UTF8(idna, host, -1, ascii, sizeof ascii, &info, &status);

    uidna_close(idna);
    if (U_FAILURE(status) || info.errors || length <= 0 || length > MOST_HOST)
        return NULL;
    if (ascii[length - 1] == '.')
        length--;
    return arena_text_n(arena, ascii, (size_t)length);
}

bool host_is_below(const char *host, const char *whole)
{
    size_t a = strlen(host), b = strlen(whole);

    return a >= b && b > 0 && !strcmp(host + a - b, whole) && (a == b || host[a - b - 1] == '.');
}

static bool is_ascii(const char *text)
{
    while (*text && (unsigned char)*text < 0x80)
        text++;
    return !*text;
}

/* What is left when all that looks alike is one. False when ICU cannot say. */
static bool skeleton(const USpoofChecker *checker, const char *text, char out[MOST_SKELETON])
{
    UErrorCode status = U_ZERO_ERROR;
    int32_t length = uspoof_getSkeletonUTF8(checker, 0, text, -1, out, MOST_SKELETON - 1, &status);

    if (U_FAILURE(status) || length < 0 || length >= MOST_SKELETON)
        return false;
    out[length] = '\0';
    return true;
}

static USpoofChecker *open_checker(void)
{
    UErrorCode status = U_ZERO_ERROR;
    USpoofChecker *checker = uspoof_open(&status);

    uspoof_setRestrictionLevel(checker, USPOOF_HIGHLY_RESTRICTIVE);
    uspoof_setChecks(checker, USPOOF_RESTRICTION_LEVEL | USPOOF_MIXED_NUMBERS | USPOOF_INVISIBLE,
                     &status);
    if (U_FAILURE(status))
        out_of_memory();
    return checker;
}

/* One name between dots. */
static bool label_deceives(const USpoofChecker *checker, const char *label)
{
    UErrorCode status = U_ZERO_ERROR;
    char like[MOST_SKELETON];

    if (is_ascii(label))
        return false;
    if (uspoof_check2UTF8(checker, label, -1, NULL, &status) || U_FAILURE(status))
        return true;
    return skeleton(checker, label, like) && is_ascii(like);
}

bool host_deceives(const char *host)
{
    USpoofChecker *checker;
    char label[MOST_SKELETON];
    bool deceives = false;

    if (is_ascii(host))
        return false;
    checker = open_checker();
    for (const char *at = host; *at && !deceives;) {
        size_t length = strcspn(at, ".");

        if (length < sizeof label) {
            memcpy(label, at, length);
            label[length] = '\0';
            deceives = label_deceives(checker, label);
        }
        at += length + (at[length] == '.');
    }
    uspoof_close(checker);
    return deceives;
}

bool hosts_look_alike(const char *a, const char *b)
{
    char of_a[MOST_SKELETON], of_b[MOST_SKELETON];
    USpoofChecker *checker;
    bool alike;

    if (strlen(a) > MOST_HOST || strlen(b) > MOST_HOST)
        return false;
    checker = open_checker();
    alike = skeleton(checker, a, of_a) && skeleton(checker, b, of_b) && !strcmp(of_a, of_b);
    uspoof_close(checker);
    return alike;
}
