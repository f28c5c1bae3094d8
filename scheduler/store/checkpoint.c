#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "store/audit.h"

/* C2SP signed-note: "— NAME BASE64(key id, signature)", key id = the first 4 bytes of
 * SHA-256(NAME LF 0x01 PUBLIC-KEY). */
enum { KEY_ID_BYTES = 4, BLOB_BYTES = KEY_ID_BYTES + SIGNATURE_BYTES };
static const char dash[] = "\xE2\x80\x94 ";

static void key_id(const char *origin, const unsigned char public_key[SIGN_KEY_BYTES],
                   unsigned char id[KEY_ID_BYTES])
{
    struct digest_stream *stream = digest_begin();
    struct digest digest;

    digest_add(stream, origin, strlen(origin));
    digest_add(stream, "\n\x01", 2);
    digest_add(stream, public_key, SIGN_KEY_BYTES);
    digest = digest_end(stream);
    memcpy(id, digest.bytes, KEY_ID_BYTES);
}

char *checkpoint_write(const struct checkpoint *checkpoint, const unsigned char key[SIGN_KEY_BYTES],
                       struct arena *arena)
{
    unsigned char public_key[SIGN_KEY_BYTES], blob[BLOB_BYTES];
    char *text = arena_printf(arena, "%s\n%" PRId64 "\n%s\n", checkpoint->origin, checkpoint->size,
                              base64_encode(checkpoint->root.bytes, DIGEST_BYTES, arena));

    sign_public(key, public_key);
    key_id(checkpoint->origin, public_key, blob);
    sign_bytes(key, text, strlen(text), blob + KEY_ID_BYTES);
    return arena_printf(arena, "%s\n%s%s %s\n", text, dash, checkpoint->origin,
                        base64_encode(blob, sizeof blob, arena));
}

/* The next line without its LF, cut off in place; NULL when there is none. */
static char *next_line(char **at)
{
    char *line = *at, *end = strchr(line, '\n');

    if (!end)
        return NULL;
    *end = '\0';
    *at = end + 1;
    return line;
}

static bool read_size(const char *text, int64_t *size)
{
    size_t length = strlen(text);

    if (length == 0 || length > 18 || strspn(text, "0123456789") != length ||
        (text[0] == '0' && length > 1))
        return false;
    *size = strtoll(text, NULL, 10);
    return true;
}

static bool read_body(char *at, struct arena *arena, struct checkpoint *checkpoint)
{
    const char *size, *root;
    unsigned char *bytes;
    size_t length;

    checkpoint->origin = next_line(&at);
    size = next_line(&at);
    root = next_line(&at);
    if (!checkpoint->origin || !size || !root || *at || !*checkpoint->origin ||
        !read_size(size, &checkpoint->size) || !base64_decode(root, arena, &bytes, &length) ||
        length != DIGEST_BYTES || strcmp(base64_encode(bytes, length, arena), root) != 0)
        return false;
    memcpy(checkpoint->root.bytes, bytes, DIGEST_BYTES);
    return true;
}

/* Exactly one signature line, ours, in its only spelling. */
static bool read_signature(const char *line, const char *origin,
                           const unsigned char public_key[SIGN_KEY_BYTES], struct arena *arena,
                           unsigned char signature[SIGNATURE_BYTES])
{
    unsigned char id[KEY_ID_BYTES], *blob;
    size_t length;

    key_id(origin, public_key, id);
    if (strncmp(line, dash, strlen(dash)) != 0)
        return false;
    line += strlen(dash);
    if (strncmp(line, origin, strlen(origin)) != 0 || line[strlen(origin)] != ' ')
        return false;
    line += strlen(origin) + 1;
    if (!base64_decode(line, arena, &blob, &length) || length != BLOB_BYTES ||
        strcmp(base64_encode(blob, length, arena), line) != 0 ||
        memcmp(blob, id, KEY_ID_BYTES) != 0)
        return false;
    memcpy(signature, blob + KEY_ID_BYTES, SIGNATURE_BYTES);
    return true;
}

bool checkpoint_read(const char *text, const unsigned char public_key[SIGN_KEY_BYTES],
                     struct arena *arena, struct checkpoint *checkpoint, struct err *err)
{
    unsigned char signature[SIGNATURE_BYTES];
    const char *blank = strstr(text, "\n\n");
    char *line, *rest;

    if (!blank)
        return err_set(err, ERR_FOUND, _("the checkpoint has no signature"));
    rest = arena_text(arena, blank + 2);
    line = next_line(&rest);
    if (!read_body(arena_text_n(arena, text, (size_t)(blank + 1 - text)), arena, checkpoint))
        return err_set(err, ERR_FOUND, _("the checkpoint is not well-formed"));
    if (!line || *rest || !read_signature(line, checkpoint->origin, public_key, arena, signature) ||
        !sign_verify(public_key, text, (size_t)(blank + 1 - text), signature))
        return err_set(err, ERR_FOUND, _("the checkpoint is not signed by the log's key"));
    return true;
}
