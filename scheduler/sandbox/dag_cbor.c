#include "sandbox/dag_cbor.h"

#include <stdlib.h>
#include <string.h>

enum {
    CODEC_RAW = 0x55,
    CODEC_DAG_CBOR = 0x71,
    CID_BYTES = 4 + DIGEST_BYTES,
    RECORD_MOST_BYTES = 4 * 1024 * 1024
};

/* RFC 8949's major types. */
enum major { UNSIGNED = 0, NEGATIVE = 1, BYTES = 2, TEXT = 3, LIST = 4, MAP = 5, TAG = 6 };

static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";

const char *base32_lower(const unsigned char *bytes, size_t length, struct arena *arena)
{
    char *text = arena_alloc(arena, length * 8 / 5 + 2), *at = text;
    unsigned bits = 0, value = 0;
    size_t i;

    for (i = 0; i < length; i++) {
        value = (value << 8 | bytes[i]) & 0xfff;
        for (bits += 8; bits >= 5; bits -= 5)
            *at++ = letters[value >> (bits - 5) & 31];
    }
    if (bits > 0)
        *at++ = letters[value << (5 - bits) & 31];
    *at = '\0';
    return text;
}

static const char *cid_text(unsigned char codec, const struct digest *digest, struct arena *arena)
{
    unsigned char cid[CID_BYTES] = {1, codec, 0x12, DIGEST_BYTES};

    memcpy(cid + 4, digest->bytes, DIGEST_BYTES);
    return arena_printf(arena, "b%s", base32_lower(cid, sizeof cid, arena));
}

const char *cid_of_blob(const struct digest *digest, struct arena *arena)
{
    return cid_text(CODEC_RAW, digest, arena);
}

static bool base32_read(const char *text, unsigned char *bytes, size_t length)
{
    unsigned bits = 0, value = 0;
    size_t count = 0;

    for (; *text; text++) {
        const char *letter = strchr(letters, *text);

        if (!letter)
            return false;
        value = (value << 5 | (unsigned)(letter - letters)) & 0xfff;
        bits += 5;
        if (bits >= 8) {
            if (count == length)
                return false;
            bits -= 8;
            bytes[count++] = (unsigned char)(value >> bits & 0xff);
        }
    }
    return count == length;
}

static void write_head(struct buffer *out, enum major major, uint64_t number)
{
    static const struct {
        unsigned char mark, bytes;
    } widths[] = {{24, 1}, {25, 2}, {26, 4}, {27, 8}};
    size_t width = number > UINT32_MAX ? 3 : number > UINT16_MAX ? 2 : number > UINT8_MAX ? 1 : 0;
    unsigned i;

    if (number < 24) {
        buffer_char(out, (char)((unsigned)major << 5 | (unsigned)number));
        return;
    }
    buffer_char(out, (char)((unsigned)major << 5 | widths[width].mark));
    for (i = widths[width].bytes; i-- > 0;)
        buffer_char(out, (char)(number >> (8 * i) & 0xff));
}

static bool write_value(struct buffer *out, const json_t *value);

static void write_text(struct buffer *out, const char *text, size_t length)
{
    write_head(out, TEXT, length);
    (void)buffer_add(out, text, length);
}

static bool write_list(struct buffer *out, const json_t *list)
{
    size_t i;

    write_head(out, LIST, json_array_size(list));
    for (i = 0; i < json_array_size(list); i++)
        if (!write_value(out, json_array_get(list, i)))
            return false;
    return true;
}

static bool write_link(struct buffer *out, const char *cid)
{
    unsigned char bytes[1 + CID_BYTES] = {0}; /* the zero is the multibase prefix of "binary" */

    if (!cid || *cid != 'b' || !base32_read(cid + 1, bytes + 1, CID_BYTES))
        return false;
    write_head(out, TAG, 42);
    write_head(out, BYTES, sizeof bytes);
    return buffer_add(out, bytes, sizeof bytes);
}

static int by_length(const void *left, const void *right)
{
    const char *const *a = left, *const *b = right;
    size_t a_length = strlen(*a), b_length = strlen(*b);

    return a_length != b_length ? (a_length < b_length ? -1 : 1) : strcmp(*a, *b);
}

static bool write_members(struct buffer *out, const json_t *object, const char **names)
{
    size_t count = 0, i;
    const char *name;
    json_t *value;

    json_object_foreach((json_t *)(uintptr_t)object, name, value) names[count++] = name;
    qsort(names, count, sizeof *names, by_length);
    write_head(out, MAP, count);
    for (i = 0; i < count; i++) {
        write_text(out, names[i], strlen(names[i]));
        if (!write_value(out, json_object_get(object, names[i])))
            return false;
    }
    return true;
}

static bool write_object(struct buffer *out, const json_t *object)
{
    struct arena scratch = {0};
    size_t size = json_object_size(object);
    bool good;

    if (size == 1 && json_object_get(object, "$link"))
        return write_link(out, json_text(object, "$link"));
    if (size == 1 && json_object_get(object, "$bytes"))
        return false; /* no record of ours has any */
    good = write_members(out, object, arena_array(&scratch, size + 1, sizeof(char *)));
    arena_clear(&scratch);
    return good;
}

static bool write_integer(struct buffer *out, int64_t number)
{
    if (number < 0)
        write_head(out, NEGATIVE, (uint64_t)(-1 - number));
    else
        write_head(out, UNSIGNED, (uint64_t)number);
    return true;
}

static bool write_simple(struct buffer *out, const json_t *value)
{
    static const char words[] = {[JSON_TRUE] = '\xf5', [JSON_FALSE] = '\xf4', [JSON_NULL] = '\xf6'};

    buffer_char(out, words[json_typeof(value)]);
    return true;
}

static bool write_value(struct buffer *out, const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return write_object(out, value);
    case JSON_ARRAY:
        return write_list(out, value);
    case JSON_STRING:
        write_text(out, json_string_value(value), json_string_length(value));
        return true;
    case JSON_INTEGER:
        return write_integer(out, json_integer_value(value));
    case JSON_TRUE:
    case JSON_FALSE:
    case JSON_NULL:
        return write_simple(out, value);
    case JSON_REAL:
        break;
    }
    return false;
}

bool cid_of_record(const json_t *record, struct arena *arena, const char **cid)
{
    struct buffer bytes;
    struct digest digest;
    bool good;

    buffer_init(&bytes, RECORD_MOST_BYTES);
    good = write_value(&bytes, record);
    digest = digest_of(bytes.bytes, bytes.length);
    buffer_clear(&bytes);
    if (good)
        *cid = cid_text(CODEC_DAG_CBOR, &digest, arena);
    return good;
}
