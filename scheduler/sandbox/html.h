/* sandbox/html.h - the frame of the sandbox's pages, and escaping. */
#ifndef CRIER_SANDBOX_HTML_H
#define CRIER_SANDBOX_HTML_H

#include <stddef.h>

#include "base/buffer.h"
#include "base/instant.h"
#include "sandbox/message.h"

enum { HTML_MOST_BYTES = 64 * 1024 * 1024 };

/* Text for element content and for attributes in double quotes. */
void html_escape(struct buffer *html, const char *text);
void html_escape_n(struct buffer *html, const char *text, size_t length);

/* Everything before and after the content: doctype, title, style, the SANDBOX banner. */
void html_begin(struct buffer *html, const char *title, const char *style);
void html_end(struct buffer *html);

/* <time>: staff in India read their own wall clock first; the server's time is its title. */
void html_time(struct buffer *html, struct instant at);

/* The page as the answer; no script can run in it. Clears `html`. */
void html_answer(struct request *request, int status, struct buffer *html, struct answer *answer);

#endif
