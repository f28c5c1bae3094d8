/* Any bytes as header lines: what is kept is bounded, and a time to come back is never in the past
 * or far away. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "net/answer.h"

static void must(bool fine)
{
    if (!fine)
        abort();
}

static void check_times(const struct http_reply *reply)
{
    static const char *const resets[] = {NULL, "X-RateLimit-Reset", "x-rate-limit-reset"};

    for (size_t i = 0; i < COUNT_OF(resets); i++) {
        struct instant at = reply_retry_at(reply, resets[i]);
        must(instant_is_none(at) ||
             (at.ms >= reply->received.ms && at.ms <= reply->received.ms + span_days(7).ms));
    }
}

static void check_headers(const struct http_reply *reply)
{
    size_t bytes = 0;

    must(reply->header_count <= ANSWER_HEADERS);
    for (size_t i = 0; i < reply->header_count; i++)
        bytes += strlen(reply->headers[i].name) + strlen(reply->headers[i].value) + 2;
    must(bytes <= ANSWER_HEADER_BYTES);
    must(instant_is_none(reply->date) || reply->date.ms <= INSTANT_MAX.ms);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct answer answer;
    struct http_reply reply = {.fate = FATE_ANSWERED,
                               .status = 429,
                               .received = {INT64_C(1795320000000)}};
    const char *line = (const char *)data, *end = line + size;

    answer_init(&answer);
    while (line < end) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        size_t length = stop ? (size_t)(stop - line) + 1 : (size_t)(end - line);
        if (!answer_header(&answer, line, length))
            break;
        line += length;
    }
    (void)answer_body(&answer, (const char *)data, size);
    answer_read(&answer, &reply);
    check_headers(&reply);
    check_times(&reply);
    answer_clear(&answer);
    return 0;
}
