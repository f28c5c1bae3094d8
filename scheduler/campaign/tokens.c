#include "campaign/tokens.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "text/unicode.h"

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool in_name(char c)
{
    return is_letter(c) || is_digit(c) || c == '_' || c == '-';
}

/* A byte of a word in any script. */
static bool in_word(char c)
{
    return is_letter(c) || is_digit(c) || (c & 0x80) != 0;
}

static bool is_mark(char c)
{
    return c && strchr("{}[](),;=:", c) != NULL;
}

static size_t name_length(const char *at)
{
    size_t length = 0;

    if (is_letter(*at)) {
        while (in_name(at[length]))
            length++;
    }
    return length;
}

static bool setting_begins(const char *at)
{
    size_t length = name_length(at);

    at += length;
    at += strspn(at, " \t");
    return length > 0 && *at == '=';
}

/* The place of `at` on the line that is being read. */
static struct place place_of(struct tokens *tokens, const char *at)
{
    int behind = 0;

    if (at > tokens->counted) {
        size_t passed = (size_t)(at - tokens->counted);

        tokens->column += (int)unicode_code_points(tokens->counted, passed);
        tokens->counted = at;
    } else {
        behind = (int)unicode_code_points(at, (size_t)(tokens->counted - at));
    }
    return (struct place){tokens->source->file, tokens->line, tokens->column - behind};
}

static void report(struct tokens *tokens, const char *code, struct place place, const char *a,
                   const char *b)
{
    source_report(tokens->source, code, place, a, b, NULL);
}

static void pass_line_feed(struct tokens *tokens)
{
    tokens->at++;
    tokens->line++;
    tokens->column = 1;
    tokens->counted = tokens->at;
    tokens->now.begins_line = true;
    (void)buffer_char(tokens->lines, '\n');
}

/* ---- Blanks and comments. ---- */

static void pass_comment_line(struct tokens *tokens)
{
    tokens->at += strcspn(tokens->at, "\n");
}

static void pass_comment_block(struct tokens *tokens)
{
    struct place opened = place_of(tokens, tokens->at);

    tokens->at += 2;
    while (*tokens->at && strncmp(tokens->at, "*/", 2) != 0) {
        if (*tokens->at == '\n')
            pass_line_feed(tokens);
        else
            tokens->at++;
    }
    if (*tokens->at) {
        tokens->at += 2;
        return;
    }
    tokens->cut = true;
    report(tokens, "E114", opened, NULL, NULL);
}

/* Looks like a blank or like nothing, and is none. Between the settings nobody means to write it.
 */
static bool is_false_blank(uint32_t c)
{
    return (c > 0x7f && unicode_is_white(c)) || (c >= 0x200b && c <= 0x200f) || c == 0x2060 ||
           c == 0xfeff || c == 0xad;
}

static bool pass_false_blank(struct tokens *tokens)
{
    uint32_t code_point;
    size_t length = unicode_next(tokens->at, &code_point);
    char name[16];

    if (!is_false_blank(code_point))
        return false;
    (void)snprintf(name, sizeof name, "U+%04" PRIX32, code_point);
    report(tokens, "E119", place_of(tokens, tokens->at), name, NULL);
    tokens->at += length;
    return true;
}

static bool pass_include(struct tokens *tokens)
{
    if (strncmp(tokens->at, "@include", 8) != 0)
        return false;
    report(tokens, "E108", place_of(tokens, tokens->at), NULL, NULL);
    pass_comment_line(tokens);
    return true;
}

/* One blank, comment or other thing that stands for nothing. */
static bool pass_one(struct tokens *tokens)
{
    char c = *tokens->at;

    if (c == '\n')
        pass_line_feed(tokens);
    else if (c == '#' || strncmp(tokens->at, "//", 2) == 0)
        pass_comment_line(tokens);
    else if (strncmp(tokens->at, "/*", 2) == 0)
        pass_comment_block(tokens);
    else if (c == '@')
        return pass_include(tokens);
    else if (c == '\0' || (c > ' ' && c < 0x7f))
        return false;
    else if ((c & 0x80) != 0)
        return pass_false_blank(tokens);
    else
        tokens->at++; /* blank, tab, CR, and controls that are reported already */
    return true;
}

/* ---- Strings. ---- */

static const char *const curly_quotes[] = {"“", "”", "„", "‟", "″", "«", "»", "‘", "’", "‚"};

/* The length of a curly quote at `at`; 0 when there is none. */
static size_t curly_length(const char *at)
{
    for (size_t i = 0; i < COUNT_OF(curly_quotes); i++) {
        size_t length = strlen(curly_quotes[i]);

        if (strncmp(at, curly_quotes[i], length) == 0)
            return length;
    }
    return 0;
}

/* The straight quote that ends a text, or the end of the line. */
static const char *closing_quote(const char *at)
{
    while (*at && *at != '\n' && *at != '"')
        at += at[0] == '\\' && at[1] && at[1] != '\n' ? 2 : 1;
    return at;
}

/* Straight quotes from `at` to the end of the line; *last is the last of them. */
static size_t quotes_left(const char *at, const char **last)
{
    size_t count = 0;

    for (at = closing_quote(at); *at == '"'; at = closing_quote(at + 1)) {
        *last = at;
        count++;
    }
    return count;
}

static const char *end_of_line(const char *at)
{
    return at + strcspn(at, "\r\n");
}

/* Where the last curly quote of the line begins, if it stands where the text should have ended. */
static const char *curly_end(const char *from)
{
    const char *found = NULL;

    for (const char *at = from; *at && *at != '\n'; at++) {
        if (curly_length(at))
            found = at;
    }
    if (found && strspn(found + curly_length(found), " \t\r;,)}]") !=
                     strcspn(found + curly_length(found), "\n"))
        found = NULL;
    return found;
}

/* Without the blanks, ; and , that ended the setting. */
static const char *before_separators(const char *from, const char *end)
{
    while (end > from && strchr(" \t;,", end[-1]))
        end--;
    return end;
}

/* What a mended text would be, in its quotes; NULL when it is long or may hold more than a text. */
static const char *proposed(struct tokens *tokens, const char *from, const char *end)
{
    size_t length = (size_t)(end - from);
    const char *text = arena_text_n(tokens->arena, from, length);

    return length > 0 && length <= 120 && !strpbrk(text, "\"\\;=(){}[]") ? text : NULL;
}

/* Whether the line that follows goes on with words rather than with a setting or a bracket. */
static bool words_follow(const char *at)
{
    at = end_of_line(at);
    at += strspn(at, " \t\r\n");
    return *at && !strchr("{}()[],;#\"/", *at) && !setting_begins(at);
}

static void report_unclosed(struct tokens *tokens, const char *from, const char *end)
{
    const char *text = words_follow(end) ? NULL : proposed(tokens, from, end);
    const char *try = _("Put \" at the end of the text. A long text is written as several \"...\" "
                        "one below the other; \\n makes a line break.");

    if (text)
        try = arena_printf(tokens->arena,
                           _("Write \"%s\" with a \" on both sides; leave the ; or , behind it."),
                           text);
    report(tokens, "E109", tokens->now.place, try, NULL);
}

/* The text is not closed on its line. Finds the likely end, and what was meant. */
static const char *unclosed_end(struct tokens *tokens, const char *from, const char **behind)
{
    const char *curly = curly_end(from);

    tokens->now.faulty = true;
    if (curly) {
        size_t length = curly_length(curly);
        char *quote = arena_text_n(tokens->arena, curly, length);

        *behind = curly + length;
        report(tokens, "E110", place_of(tokens, curly), quote, NULL);
        return curly;
    }
    *behind = end_of_line(from);
    tokens->torn = true;
    const char *end = before_separators(from, *behind);
    report_unclosed(tokens, from, end);
    return end;
}

/* Writes \" for each quote inside a text; NULL when the text is long. */
static const char *with_escapes(struct tokens *tokens, const char *from, const char *end)
{
    struct buffer out;
    const char *text = NULL;

    buffer_init(&out, SIZE_MAX);
    for (const char *at = from; at < end; at++) {
        if (*at == '"' && (at == from || at[-1] != '\\'))
            (void)buffer_char(&out, '\\');
        (void)buffer_char(&out, *at);
    }
    if (end - from <= 120)
        text = arena_printf(tokens->arena, _("Write \"%s\""), out.bytes);
    buffer_clear(&out);
    return text ? text : _("Write \\\" for a quote inside a text, or use curly quotes there.");
}

/* A word directly behind the closing quote: a quote is missing before, or one stands inside the
 * text. */
static const char *torn_end(struct tokens *tokens, const char *from, const char *quote,
                            const char **behind)
{
    const char *last = quote;
    size_t left = quotes_left(quote + 1, &last);

    tokens->now.faulty = true;
    if (left % 2 == 0 && left > 0) {
        size_t shown = (size_t)(last - quote) < 40 ? (size_t)(last - quote) : 40;

        while (shown > 0 && (quote[shown] & 0xc0) == 0x80)
            shown--;
        report(tokens, "E137", place_of(tokens, quote), arena_text_n(tokens->arena, quote, shown),
               with_escapes(tokens, from, last));
        *behind = last + 1;
        return last;
    }
    *behind = end_of_line(quote);
    tokens->torn = true;
    last = before_separators(from, quote);
    report_unclosed(tokens, from, last);
    return last;
}

static void report_escape(struct tokens *tokens, const char *at)
{
    uint32_t code_point;
    size_t length = 1 + unicode_next(at + 1, &code_point);

    tokens->now.faulty = true;
    report(tokens, "E117", place_of(tokens, at), arena_text_n(tokens->arena, at, length),
           code_point == 't' ? _("Write blanks.")
                             : _("Between folders write /; for a backslash itself write \\\\."));
}

/* "traffic\helmet.png": a name with a dot near its end, no blanks, and \ between its parts. */
static bool is_windows_path(const char *from, const char *end)
{
    size_t length = (size_t)(end - from);
    const char *mark = memchr(from, '\\', length);

    if (!mark || mark == from || length > 120 || memchr(from, ' ', length) ||
        memchr(from, '\t', length) || memchr(from, '"', length) || !in_word(mark[1]) ||
        mark[1] == 'n')
        return false;
    return (length > 5 && end[-4] == '.') || (length > 6 && end[-5] == '.');
}

static const char *with_slashes(struct tokens *tokens, const char *from, const char *end)
{
    char *text = arena_text_n(tokens->arena, from, (size_t)(end - from));

    for (char *at = text; *at; at++)
        *at = *at == '\\' ? '/' : *at;
    tokens->now.faulty = true;
    report(tokens, "E117", place_of(tokens, strchr(from, '\\')), "\\",
           arena_printf(tokens->arena, _("Between folders stands /: write \"%s\"."), text));
    return text;
}

/* Copies the inside of a string in libconfig's spelling; what it would misread is mended. */
static const char *mended_text(struct tokens *tokens, const char *from, const char *end)
{
    struct buffer out;

    buffer_init(&out, SIZE_MAX);
    for (const char *at = from; at < end; at++) {
        bool escape = *at == '\\';

        if (*at == '\t') {
            tokens->now.faulty = true;
            report(tokens, "E134", place_of(tokens, at), NULL, NULL);
        }
        if (escape && at + 1 < end && strchr("n\"\\", at[1])) {
            (void)buffer_char(&out, *at++);
        } else if (escape) {
            report_escape(tokens, at);
            (void)buffer_char(&out, '\\');
        } else if (*at == '"') {
            (void)buffer_char(&out, '\\');
        }
        (void)buffer_char(&out, *at);
    }
    const char *text = arena_text(tokens->arena, out.bytes);
    buffer_clear(&out);
    return text;
}

static void finish_string(struct tokens *tokens, const char *from, const char *end,
                          const char *behind)
{
    tokens->now.kind = TOKEN_STRING;
    tokens->now.text = is_windows_path(from, end) ? with_slashes(tokens, from, end)
                                                  : mended_text(tokens, from, end);
    tokens->at = behind;
}

static void read_string(struct tokens *tokens)
{
    const char *from = tokens->at + 1;
    const char *end = closing_quote(from);
    const char *behind = end + 1;

    if (*end != '"')
        end = unclosed_end(tokens, from, &behind);
    else if (in_word(end[1]) && !curly_length(end + 1))
        end = torn_end(tokens, from, end, &behind);
    finish_string(tokens, from, end, behind);
}

static void report_curly(struct tokens *tokens, size_t quote, const char *text)
{
    const char *try = _("Type \" instead.");

    if (text)
        try =
            arena_printf(tokens->arena, _("Write \"%s\" with a straight \" on both sides."), text);
    report(tokens, "E118", tokens->now.place, arena_text_n(tokens->arena, tokens->at, quote), try);
}

/* A text that begins with a curly quote ends with the next quote of any sort. */
static void read_curly_string(struct tokens *tokens, size_t quote)
{
    const char *from = tokens->at + quote;
    const char *end = from;
    size_t closing = 0;

    tokens->now.faulty = true;
    while (*end && *end != '\n' && *end != '"' && !(closing = curly_length(end)))
        end++;
    if (*end == '"')
        closing = 1;
    if (!closing)
        end = before_separators(from, end_of_line(from));
    report_curly(tokens, quote, proposed(tokens, from, end));
    finish_string(tokens, from, end, closing ? end + closing : end_of_line(from));
}

/* ---- Names, numbers, the rest. ---- */

static void read_number(struct tokens *tokens, size_t length)
{
    const char *digits = tokens->at + (!is_digit(*tokens->at));
    size_t count = strspn(digits, "0123456789");
    struct token *now = &tokens->now;

    now->kind = TOKEN_NUMBER;
    now->text = arena_text_n(tokens->arena, tokens->at, length);
    if (count > 9) {
        now->faulty = true;
        report(tokens, "E121", now->place, now->text, NULL);
        now->text = "0";
    }
    tokens->at += length;
}

/* The length of a whole number at `at` that nothing else is glued to; 0 when there is none. */
static size_t number_length(const char *at)
{
    size_t sign = *at == '-' || *at == '+';
    size_t digits = strspn(at + sign, "0123456789");
    char behind = at[sign + digits];

    if (digits == 0 || in_name(behind) || (behind & 0x80) != 0 ||
        (behind && strchr(".:/+", behind)))
        return 0;
    return sign + digits;
}

/* A stretch without blanks and marks. Letters of other scripts belong to it. */
static size_t bare_length(const char *at)
{
    size_t length = 0;

    while ((unsigned char)at[length] > ' ' && !is_mark(at[length]) && at[length] != '"' &&
           at[length] != '#') {
        uint32_t code_point;
        size_t step = unicode_next(at + length, &code_point);

        if (length > 0 && (is_false_blank(code_point) || curly_length(at + length)))
            break;
        length += step;
    }
    return length ? length : 1;
}

/* Letters of another script, glued to a name. A blank that is none is the next token's to report.
 */
static bool in_letters(const char *at)
{
    uint32_t code_point;

    return (*at & 0x80) != 0 && unicode_next(at, &code_point) > 0 && !is_false_blank(code_point) &&
           !curly_length(at);
}

static void read_plain(struct tokens *tokens, enum token_kind kind, size_t length)
{
    tokens->now.kind = kind;
    tokens->now.text = arena_text_n(tokens->arena, tokens->at, length);
    tokens->at += length;
}

static void read_token(struct tokens *tokens)
{
    const char *at = tokens->at;
    size_t length;

    if (*at == '\0')
        tokens->now.kind = TOKEN_END;
    else if (is_mark(*at))
        read_plain(tokens, TOKEN_MARK, 1);
    else if (*at == '"')
        read_string(tokens);
    else if ((length = curly_length(at)) > 0)
        read_curly_string(tokens, length);
    else if ((length = number_length(at)) > 0)
        read_number(tokens, length);
    else if ((length = name_length(at)) > 0 && !in_letters(at + length))
        read_plain(tokens, TOKEN_NAME, length);
    else
        read_plain(tokens, TOKEN_BARE, bare_length(at));
}

/* ---- */

static void look(struct tokens *tokens)
{
    while (pass_one(tokens))
        ;
    tokens->now.place = place_of(tokens, tokens->at);
    tokens->now.start = tokens->at;
    read_token(tokens);
    tokens->now.length = (size_t)(tokens->at - tokens->now.start);
}

void tokens_start(struct tokens *tokens, struct source *source, size_t start, struct arena *arena,
                  struct buffer *lines)
{
    *tokens = (struct tokens){.source = source,
                              .arena = arena,
                              .at = source->text + start,
                              .line = 1,
                              .counted = source->text + start,
                              .column = 1,
                              .lines = lines};
    tokens->now.begins_line = true;
    look(tokens);
}

void tokens_take(struct tokens *tokens)
{
    tokens->after = place_of(tokens, tokens->at);
    tokens->now = (struct token){0};
    look(tokens);
}

bool token_is(const struct token *token, char mark)
{
    return token->kind == TOKEN_MARK && *token->start == mark;
}

bool tokens_at_setting(const struct tokens *tokens)
{
    return tokens->now.kind == TOKEN_NAME && setting_begins(tokens->now.start);
}

static bool bare_goes_on(const char *at, bool in_group)
{
    if (*at == '\0' || strchr(in_group ? "\r\n;}#" : "\r\n;}#,)]", *at))
        return false;
    return *at != ',' || !setting_begins(at + 1 + strspn(at + 1, " \t"));
}

const char *tokens_take_bare(struct tokens *tokens, bool in_group)
{
    const char *from = tokens->now.start;
    const char *end = from;

    while (bare_goes_on(end, in_group))
        end++;
    const char *text =
        arena_text_n(tokens->arena, from, (size_t)(before_separators(from, end) - from));

    if (end > tokens->at)
        tokens->at = end;
    tokens_take(tokens);
    return text;
}

void tokens_skip_line(struct tokens *tokens)
{
    while (*tokens->at && !strchr("\n;", *tokens->at))
        tokens->at++;
    tokens_take(tokens);
}
