/* The reader of video containers on any bytes: it ends and stays inside the file. */
#include <assert.h>
#include <string.h>

#include "fuzz.h"
#include "renderer/container.h"

struct input {
    const uint8_t *data;
    size_t size;
};

static bool read_input(void *context, uint64_t offset, void *bytes, size_t length)
{
    const struct input *input = context;

    if (offset > input->size || length > input->size - offset)
        return false;
    memcpy(bytes, input->data + offset, length);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    const struct container_source source = {read_input, &input, size};
    struct container container;

    container_read(&source, &container);
    assert(container.mime || !(container.index_first || container.has_edits || container.is_timed));
    assert(container.is_timed || !container.rate_varies);
    return 0;
}
