#include "page/html.h"

#include <assert.h>
#include <glib.h>
#include <string.h>

#include "text/unicode.h"

static void escape(struct buffer *out, const char *text)
{
    static const char special[] = "&<>\"'";
    static const char *const names[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};

    for (;;) {
        size_t plain = strcspn(text, special);

        (void)buffer_add(out, text, plain);
        text += plain;
        if (!*text)
            return;
        (void)buffer_text(out, names[strchr(special, *text) - special]);
        text++;
    }
}

void html_text(struct html *html, const char *text, size_t length)
{
    escape(html->out, unicode_lines(arena_text_n(&html->scratch, text, length), &html->scratch));
}

static void put_number(struct html *html, const char *sign, size_t number)
{
    char digits[24], *at = digits + sizeof digits - 1;

    *at = '\0';
    do
        *--at = (char)('0' + number % 10);
    while (number /= 10);
    (void)buffer_text(html->out, sign);
    (void)buffer_text(html->out, at);
}

static void put_signed(struct html *html, int number)
{
    put_number(html, number < 0 ? "-" : "", number < 0 ? 0 - (size_t)number : (size_t)number);
}

static void put_text(struct html *html, const char *text)
{
    if (text)
        html_text(html, text, strlen(text));
}

/* One conversion; what follows it in the format. */
static const char *convert(struct html *html, const char *at, va_list *args)
{
    switch (*at) {
    case 's':
        put_text(html, va_arg(*args, const char *));
        return at + 1;
    case 'd':
        put_signed(html, va_arg(*args, int));
        return at + 1;
    case 'z':
        assert(at[1] == 'u');
        put_number(html, "", va_arg(*args, size_t));
        return at + 2;
    default:
        assert(*at == '%');
        (void)buffer_char(html->out, '%');
        return at + 1;
    }
}

void html_print(struct html *html, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    while (*format) {
        size_t plain = strcspn(format, "%");

        (void)buffer_add(html->out, format, plain);
        format += plain;
        if (*format)
            format = convert(html, format + 1, &args);
    }
    va_end(args);
}

void html_jpeg(struct html *html, const void *bytes, size_t length)
{
    char *text = g_base64_encode(bytes, length);

    (void)buffer_text(html->out, "data:image/jpeg;base64,");
    (void)buffer_text(html->out, text);
    g_free(text);
}
