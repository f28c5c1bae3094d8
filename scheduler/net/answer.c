#include "net/answer.h"

#include <string.h>
#include <strings.h>

#include "base/json.h"

enum { HEADER_FLOOD_BYTES = 256 * 1024, KEPT_MEMORY_BYTES = 64 * 1024 };

void answer_init(struct answer *answer)
{
    *answer = (struct answer){0};
    buffer_init(&answer->lines, ANSWER_HEADER_BYTES);
    buffer_init(&answer->body, JSON_MAX_BYTES);
}

void answer_reset(struct answer *answer)
{
    if (answer->body.capacity > KEPT_MEMORY_BYTES)
        buffer_clear(&answer->body);
    buffer_empty(&answer->body);
    buffer_empty(&answer->lines);
    answer->status = 0;
    answer->header_count = 0;
    answer->header_bytes = 0;
    answer->malformed = false;
    answer->too_large = false;
}

void answer_clear(struct answer *answer)
{
    buffer_clear(&answer->body);
    buffer_clear(&answer->lines);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Values are compared while they are still in `lines`: a second length must equal the first. */
static void check_length(struct answer *answer, const char *name, const char *value, size_t length)
{
    const char *text = answer->lines.bytes;

    if (strcasecmp(name, "Content-Length") != 0)
        return;
    for (size_t i = 0; i < answer->header_count; i++) {
        const char *other = text + strlen(text) + 1;
        if (strcasecmp(text, name) == 0 &&
            (strlen(other) != length || memcmp(other, value, length) != 0))
            answer->malformed = true;
        text = other + strlen(other) + 1;
    }
}

static void keep_header(struct answer *answer, const char *name, size_t name_length,
                        const char *value, size_t length)
{
    char word[128];

    if (name_length >= sizeof word || memchr(value, '\0', length) ||
        memchr(name, '\0', name_length))
        return;
    memcpy(word, name, name_length);
    word[name_length] = '\0';
    check_length(answer, word, value, length);
    if (answer->header_count == ANSWER_HEADERS ||
        name_length + length + 2 > ANSWER_HEADER_BYTES - answer->lines.length)
        return;
    buffer_add(&answer->lines, word, name_length + 1);
    buffer_add(&answer->lines, value, length);
    buffer_char(&answer->lines, '\0');
    answer->header_count++;
}

/* "HTTP/1.1 200 OK": three digits after the first blank. */
static int read_status(const char *line, size_t length)
{
    const char *blank = memchr(line, ' ', length);
    int status = 0;

    if (!blank || line + length - blank < 4)
        return 0;
    for (int i = 1; i <= 3; i++) {
        if (blank[i] < '0' || blank[i] > '9')
            return 0;
        status = status * 10 + (blank[i] - '0');
    }
    return status;
}

bool answer_header(struct answer *answer, const char *line, size_t length)
{
    const char *colon = memchr(line, ':', length), *value, *end = line + length;

    answer->header_bytes += length;
    if (answer->header_bytes > HEADER_FLOOD_BYTES)
        return false;
    if (length >= 5 && memcmp(line, "HTTP/", 5) == 0) {
        buffer_empty(&answer->lines);
        answer->header_count = 0;
        answer->status = read_status(line, length);
        return true;
    }
    if (!colon)
        return true;
    for (value = colon + 1; value < end && is_blank(*value);)
        value++;
    while (end > value && is_blank(end[-1]))
        end--;
    keep_header(answer, line, (size_t)(colon - line), value, (size_t)(end - value));
    return true;
}

bool answer_body(struct answer *answer, const char *bytes, size_t length)
{
    if (buffer_add(&answer->body, bytes, length))
        return true;
    answer->too_large = true;
    return false;
}

void answer_read(struct answer *answer, struct http_reply *reply)
{
    const char *text = answer->lines.bytes, *date;

    for (size_t i = 0; i < answer->header_count; i++) {
        answer->headers[i].name = text;
        text += strlen(text) + 1;
        answer->headers[i].value = text;
        text += strlen(text) + 1;
    }
    reply->headers = answer->headers;
    reply->header_count = answer->header_count;
    reply->body = answer->body.bytes;
    reply->body_length = answer->body.length;
    date = reply_header(reply, "Date");
    if (!date || !instant_parse_http(date, &reply->date))
        reply->date = INSTANT_NONE;
}
