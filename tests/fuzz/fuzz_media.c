/* The readers of crier-inspect on any bytes: they end, stay inside the file, and say
 * something sane. */
#include <assert.h>
#include <string.h>

#include "fuzz.h"
#include "inspector/captions.h"

struct input {
    const uint8_t *data;
    size_t size;
};

static bool read_input(void *context, uint64_t offset, void *bytes, size_t length)
{
    const struct input *input = context;

    assert(offset <= input->size && length <= input->size - offset);
    memcpy(bytes, input->data + offset, length);
    return true;
}

static void check_headers(const struct header_source *source)
{
    struct headers headers;

    headers_read(source, &headers);
    assert(headers.orientation >= 0 && headers.orientation <= 8);
    if (!headers.mime)
        assert(headers.width == 0 && headers.metadata == 0 && !headers.problem);
    else if (!headers.problem)
        assert(headers.width > 0 && headers.height > 0 &&
               (uint64_t)headers.width * headers.height <= HEADERS_MOST_PIXELS);
}

static void check_captions(const struct header_source *source)
{
    struct captions captions;

    captions_read(source, &captions);
    assert(captions.end_ms < UINT64_C(10000) * 3600 * 1000);
    if (!captions.mime)
        assert(!captions.problem && captions.end_ms == 0 && captions.line == 0);
    else if (!captions.problem)
        assert(captions.end_ms > 0 && captions.line == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    const struct header_source source = {read_input, &input, size};

    check_headers(&source);
    check_captions(&source);
    return 0;
}
