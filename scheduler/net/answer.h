/* net/answer.h - an answer as it arrives: bounded, bytes only, no judgement on its meaning.
 *
 * At most 64 headers and 16 KiB of them are kept; more than 256 KiB of header lines in one answer
 * (1xx answers included) or a body of more than 1 MiB end the transfer. Two Content-Length lines
 * that differ make it malformed: nobody can say where such an answer ends.
 */
#ifndef CRIER_NET_ANSWER_H
#define CRIER_NET_ANSWER_H

#include "base/buffer.h"
#include "platform/message.h"

enum { ANSWER_HEADERS = 64, ANSWER_HEADER_BYTES = 16 * 1024 };

struct answer {
    struct buffer lines; /* kept headers: name NUL value NUL ... */
    struct buffer body;
    int status; /* 0 = no status line yet */
    size_t header_count;
    size_t header_bytes; /* seen, not kept */
    bool malformed;
    bool too_large;
    struct header headers[ANSWER_HEADERS];
};

void answer_init(struct answer *answer);
void answer_reset(struct answer *answer); /* for the next transfer; gives large memory back */
void answer_clear(struct answer *answer);

/* One header line with its CR LF; a status line begins anew. False: end the transfer. */
bool answer_header(struct answer *answer, const char *line, size_t length);
bool answer_body(struct answer *answer, const char *bytes, size_t length);

/* Fills headers, body and date of the reply; lent until the next reset. */
void answer_read(struct answer *answer, struct http_reply *reply);

#endif
