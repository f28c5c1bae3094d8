#include "platform/sign_oauth1.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/digest.h"

/* A parameter, name and value already encoded: they are sorted by their encoded bytes. */
struct pair {
    const char *name, *value;
};

struct pairs {
    struct pair *items;
    size_t count, capacity;
};

static void add(struct pairs *pairs, const char *name, const char *value, struct arena *arena)
{
    struct pair *pair =
        arena_push(arena, &pairs->items, &pairs->count, &pairs->capacity, sizeof *pair);

    pair->name = form_escape(name, arena);
    pair->value = form_escape(value, arena);
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* What an encoded name or value stands for; a % that begins nothing stays one. */
static char *decode(const char *text, size_t length, struct arena *arena)
{
    char *decoded = arena_alloc(arena, length + 1), *end = decoded;

    for (size_t i = 0; i < length; i++) {
        int high = text[i] == '%' && i + 2 < length ? hex_value(text[i + 1]) : -1;
        int low = high >= 0 ? hex_value(text[i + 2]) : -1;

        if (low >= 0) {
            *end++ = (char)(high << 4 | low);
            i += 2;
        } else {
            *end++ = text[i] == '+' ? ' ' : text[i];
        }
    }
    return decoded;
}

/* "a=1&b=%20x" */
static void add_encoded(struct pairs *pairs, const char *text, size_t length, struct arena *arena)
{
    const char *end = text + length;

    while (text < end) {
        const char *stop = memchr(text, '&', (size_t)(end - text));
        const char *equals;

        if (!stop)
            stop = end;
        equals = memchr(text, '=', (size_t)(stop - text));
        if (!equals)
            equals = stop;
        if (stop > text)
            add(pairs, decode(text, (size_t)(equals - text), arena),
                equals < stop ? decode(equals + 1, (size_t)(stop - equals - 1), arena) : "", arena);
        text = stop + 1;
    }
}

static void add_own(struct pairs *pairs, const struct oauth1 *request, struct arena *arena)
{
    const struct form_field own[] = {
        {"oauth_consumer_key", request->consumer_key},
        {"oauth_nonce", request->nonce},
        {"oauth_signature_method", "HMAC-SHA1"},
        {"oauth_timestamp", request->timestamp},
        {"oauth_token", request->token},
        {"oauth_version", "1.0"},
        {NULL, NULL},
    };
    const struct form_field *const lists[] = {own, request->parameters};

    for (size_t i = 0; i < COUNT_OF(lists); i++) {
        for (const struct form_field *field = lists[i]; field && field->name; field++) {
            if (field->value)
                add(pairs, field->name, field->value, arena);
        }
    }
}

static int by_name_and_value(const void *a, const void *b)
{
    const struct pair *one = a, *other = b;
    int order = strcmp(one->name, other->name);

    return order ? order : strcmp(one->value, other->value);
}

static char *parameter_string(const struct pairs *pairs, struct arena *arena)
{
    struct buffer out;
    char *text;

    buffer_init(&out, SIZE_MAX / 2);
    for (size_t i = 0; i < pairs->count; i++)
        (void)buffer_printf(&out, "%s%s=%s", i > 0 ? "&" : "", pairs->items[i].name,
                            pairs->items[i].value);
    text = arena_text_n(arena, out.bytes, out.length);
    buffer_clear(&out);
    return text;
}

/* The parts of an address, none with a NUL behind it. */
struct address {
    const char *scheme, *host, *path, *query; /* query NULL = none */
    size_t scheme_length, host_length, path_length;
};

static bool ends_with(const char *text, size_t length, const char *end)
{
    size_t wanted = strlen(end);

    return length > wanted && memcmp(text + length - wanted, end, wanted) == 0;
}

static bool address_read(const char *url, struct address *address)
{
    const char *colon = strstr(url, "://");
    bool secure;

    if (!colon)
        return false;
    *address = (struct address){.scheme = url, .scheme_length = (size_t)(colon - url)};
    secure = address->scheme_length == 5;
    address->host = colon + 3;
    address->host_length = strcspn(address->host, "/?#");
    address->path = address->host + address->host_length;
    address->path_length = strcspn(address->path, "?#");
    if (address->path[address->path_length] == '?')
        address->query = address->path + address->path_length + 1;
    /* A port that everybody expects is not part of what is signed (RFC 5849 §3.4.1.2). */
    if (ends_with(address->host, address->host_length, secure ? ":443" : ":80"))
        address->host_length -= secure ? 4 : 3;
    return address->host_length > 0 && (secure || address->scheme_length == 4);
}

/* "https://host/path", scheme and host in small letters. */
static char *base_address(const struct address *address, struct arena *arena)
{
    char *text = arena_printf(arena, "%.*s://%.*s%.*s", (int)address->scheme_length,
                              address->scheme, (int)address->host_length, address->host,
                              (int)address->path_length, address->path);
    const size_t head = address->scheme_length + 3 + address->host_length;

    for (size_t i = 0; i < head; i++) {
        if (text[i] >= 'A' && text[i] <= 'Z')
            text[i] = (char)(text[i] + ('a' - 'A'));
    }
    return address->path_length > 0 ? text : arena_printf(arena, "%s/", text);
}

char *oauth1_base_string(const struct oauth1 *request, struct arena *arena)
{
    struct pairs pairs = {0};
    struct address address;

    if (!address_read(request->url, &address))
        return NULL;
    add_own(&pairs, request, arena);
    if (address.query)
        add_encoded(&pairs, address.query, strcspn(address.query, "#"), arena);
    if (request->form)
        add_encoded(&pairs, request->form, strlen(request->form), arena);
    qsort(pairs.items, pairs.count, sizeof *pairs.items, by_name_and_value);
    return arena_printf(arena, "%s&%s&%s", request->method,
                        form_escape(base_address(&address, arena), arena),
                        form_escape(parameter_string(&pairs, arena), arena));
}

char *oauth1_signature(const struct oauth1 *request, struct arena *arena)
{
    const char *base = oauth1_base_string(request, arena);
    unsigned char mac[SHA1_BYTES];
    char *secrets[2], *key;

    if (!base)
        return NULL;
    secrets[0] = form_escape(request->consumer_secret, arena);
    secrets[1] = form_escape(request->token_secret ? request->token_secret : "", arena);
    key = arena_printf(arena, "%s&%s", secrets[0], secrets[1]);
    hmac_sha1(key, strlen(key), base, strlen(base), mac);
    wipe(key, strlen(key));
    for (size_t i = 0; i < COUNT_OF(secrets); i++)
        wipe(secrets[i], strlen(secrets[i]));
    return base64_encode(mac, sizeof mac, arena);
}

char *oauth1_header(const struct oauth1 *request, struct arena *arena)
{
    const char *signature = oauth1_signature(request, arena);
    struct pairs pairs = {0};
    char *value = NULL;

    if (!signature)
        return NULL;
    add_own(&pairs, request, arena);
    add(&pairs, "oauth_signature", signature, arena);
    qsort(pairs.items, pairs.count, sizeof *pairs.items, by_name_and_value);
    for (size_t i = 0; i < pairs.count; i++)
        value = arena_printf(arena, "%s%s%s=\"%s\"", value ? value : "OAuth ", value ? ", " : "",
                             pairs.items[i].name, pairs.items[i].value);
    return value;
}
