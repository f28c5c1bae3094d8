#include "sandbox/html.h"

#include <string.h>

void html_escape_n(struct buffer *html, const char *text, size_t length)
{
    size_t i;

    for (i = 0; i < length; i++) {
        if (text[i] == '<')
            buffer_text(html, "&lt;");
        else if (text[i] == '>')
            buffer_text(html, "&gt;");
        else if (text[i] == '&')
            buffer_text(html, "&amp;");
        else if (text[i] == '"')
            buffer_text(html, "&quot;");
        else
            buffer_char(html, text[i]);
    }
}

void html_escape(struct buffer *html, const char *text)
{
    html_escape_n(html, text, strlen(text));
}

void html_begin(struct buffer *html, const char *title, const char *style)
{
    buffer_text(html, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                      "<title>");
    html_escape(html, title);
    buffer_text(html,
                " - SANDBOX</title>\n<style>\n"
                "body{margin:0;font:16px/1.5 \"Noto Sans\",\"Noto Sans Devanagari\",sans-serif}\n"
                ".sandbox{margin:0;position:sticky;top:0;z-index:1;background:#ffd400;color:#000;"
                "padding:.4em 1em;text-align:center;font-weight:bold;"
                "border-bottom:4px dashed #000}\n");
    buffer_text(html, style);
    buffer_text(html, "</style>\n</head>\n<body>\n"
                      "<p class=\"sandbox\" role=\"note\">SANDBOX: a rehearsal on this computer. "
                      "Nothing here was published.</p>\n<main>\n");
}

void html_end(struct buffer *html)
{
    buffer_text(html, "</main>\n</body>\n</html>\n");
}

void html_time(struct buffer *html, struct instant at)
{
    char utc[INSTANT_TEXT], ist[INSTANT_TEXT];

    instant_utc(at, utc);
    instant_local(at, 19800, false, ist);
    buffer_printf(html, "<time datetime=\"%s\" title=\"%s\">%.10s %.5s IST</time>", utc, utc, ist,
                  ist + 11);
}

void html_answer(struct request *request, int status, struct buffer *html, struct answer *answer)
{
    answer_text(request, status, "text/html; charset=utf-8", html->bytes, answer);
    answer_header(request, "Content-Security-Policy",
                  "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'",
                  answer);
    buffer_clear(html);
}
