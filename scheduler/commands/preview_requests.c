#include "commands/preview_requests.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "base/i18n.h"
#include "commands/preview_page.h"
#include "net/address.h"
#include "platform/form.h"
#include "platform/registry.h"
#include "platform/walk.h"
#include "text/unicode.h"

/* One request on its way to JSON. */
struct writing {
    const struct account *account;
    const struct adapter *adapter;
    const struct delivery *delivery;
    const struct walk *walk;
    const struct http_request *request;
    struct arena *arena;
};

static const char *marked(const struct writing *writing, const char *text)
{
    return text ? walk_marked(writing->walk, text, writing->arena) : NULL;
}

/* ---- secrets ---- */

/* "<access token of toots>", "<page_token of fb>". */
static const char *secret(const struct writing *writing, const char *usual)
{
    const char *name = writing->request->signer ? writing->request->signer : usual;

    return arena_printf(writing->arena, "<%s of %s>",
                        strcmp(name, SECRET_ACCESS) == 0 ? "access token" : name,
                        writing->account->name);
}

static const char *access_token(const struct writing *writing)
{
    return secret(writing, adapter_session(writing->adapter, writing->account)
                               ? SECRET_ACCESS
                               : adapter_credential_keys(writing->adapter, writing->account)[0]);
}

static void add_header(json_t *headers, const char *name, const char *value)
{
    json_t *header = json_object();

    json_put(header, "name", name);
    json_put(header, "value", value);
    json_array_append_new(headers, header);
}

static void sign_bearer(const struct writing *writing, json_t *headers)
{
    add_header(headers, "Authorization",
               arena_printf(writing->arena, "Bearer %s", access_token(writing)));
}

static void sign_oauth(const struct writing *writing, json_t *headers)
{
    add_header(headers, "Authorization",
               arena_printf(writing->arena, "OAuth %s", access_token(writing)));
}

static void sign_oauth1(const struct writing *writing, json_t *headers)
{
    const char *name = writing->account->name;

    add_header(headers, "Authorization",
               arena_printf(writing->arena,
                            "OAuth oauth_consumer_key=\"<consumer_key of %s>\", "
                            "oauth_nonce=\"<random>\", oauth_signature=\"<signature of %s>\", "
                            "oauth_signature_method=\"HMAC-SHA1\", "
                            "oauth_timestamp=\"<time of sending>\", "
                            "oauth_token=\"<access_token of %s>\", oauth_version=\"1.0\"",
                            name, name, name));
}

static void sign_webhook(const struct writing *writing, json_t *headers)
{
    add_header(headers, "webhook-timestamp", "<time of sending>");
    add_header(headers, "webhook-signature",
               arena_printf(writing->arena, "v1,<signature with the secret of %s>",
                            writing->account->name));
}

static const struct scheme {
    const char *word;
    void (*sign)(const struct writing *writing, json_t *headers);
} schemes[] = {
    {"bearer", sign_bearer},
    {"oauth", sign_oauth},
    {"oauth1", sign_oauth1},
    {"webhook", sign_webhook},
};

/* ---- what stands in a request ---- */

static const char *url_of(const struct writing *writing)
{
    static const char bot[] = "/bot-of-the-channel";
    struct http_request request = *writing->request;
    const char *why, *url, *found;

    if (strcmp(request.signing, "bot") == 0)
        request.path = arena_printf(writing->arena, "%s%s", bot, request.path);
    url = address_of(writing->account, writing->adapter, &request, writing->arena, &why);
    if (!url)
        return NULL;
    found = strcmp(request.signing, "bot") == 0 ? strstr(url, bot) : NULL;
    if (found)
        url = arena_printf(writing->arena, "%.*s/bot%s%s", (int)(found - url), url,
                           secret(writing,
                                  adapter_credential_keys(writing->adapter, writing->account)[0]),
                           found + strlen(bot));
    return marked(writing, url);
}

static json_t *headers_of(const struct writing *writing)
{
    const struct http_request *request = writing->request;
    json_t *headers = json_array();

    for (size_t i = 0; i < COUNT_OF(schemes); i++) {
        if (strcmp(schemes[i].word, request->signing) == 0)
            schemes[i].sign(writing, headers);
    }
    for (size_t i = 0; i < request->header_count; i++)
        add_header(headers, request->headers[i].name, marked(writing, request->headers[i].value));
    if (request->part_count > 0)
        add_header(headers, "Content-Type", "multipart/form-data");
    return headers;
}

static const char *header_of(const struct http_request *request, const char *name)
{
    for (size_t i = 0; i < request->header_count; i++) {
        if (strcasecmp(request->headers[i].name, name) == 0)
            return request->headers[i].value;
    }
    return "";
}

/* "a=1&b=%20x" as names and values. */
static json_t *form_of(const struct writing *writing, const char *body)
{
    struct form_field *fields = form_read(body, writing->arena);
    json_t *form = json_array();

    for (; fields->name; fields++) {
        json_t *field = json_object();

        json_put(field, "name", fields->name);
        json_put(field, "value", marked(writing, fields->value));
        json_array_append_new(form, field);
    }
    return form;
}

/* The file of the workspace that has these bytes, or what was made of it. */
static void put_file(const struct writing *writing, json_t *object, const char *sha256,
                     int64_t offset, int64_t length)
{
    const struct delivery *delivery = writing->delivery;

    json_put(object, "file", NULL);
    json_put_integer(object, "offset", offset);
    for (size_t i = 0; i < delivery->media_count; i++) {
        const struct medium *medium = &delivery->media[i];

        if (strcmp(medium->sha256, sha256) != 0)
            continue;
        json_put(object, "file", medium->file);
        length = length > 0 ? length : medium->bytes - offset;
        break;
    }
    json_put_integer(object, "bytes", length);
    json_put(object, "sha256", sha256);
}

static json_t *part_of(const struct writing *writing, const struct form_part *part)
{
    json_t *object = json_object();

    json_put(object, "name", part->name);
    json_put(object, "value", marked(writing, part->value));
    json_put(object, "filename", part->filename);
    json_put(object, "mime", part->mime);
    if (part->file_sha256) {
        put_file(writing, object, part->file_sha256, part->offset, part->length);
        return object;
    }
    json_put(object, "file", NULL);
    json_put_new(object, "offset", NULL);
    json_put_new(object, "bytes", NULL);
    json_put(object, "sha256", NULL);
    return object;
}

static json_t *parts_of(const struct writing *writing)
{
    json_t *parts = writing->request->part_count ? json_array() : NULL;

    for (size_t i = 0; i < writing->request->part_count; i++)
        json_array_append_new(parts, part_of(writing, &writing->request->parts[i]));
    return parts;
}

static json_t *file_of(const struct writing *writing)
{
    const struct http_request *request = writing->request;
    json_t *file = request->file_sha256 ? json_object() : NULL;

    if (file)
        put_file(writing, file, request->file_sha256, request->file_offset, request->file_length);
    return file;
}

/* In the one of the three members that its type calls for. */
static void put_body(const struct writing *writing, json_t *object)
{
    static const char form[] = "application/x-www-form-urlencoded";
    const struct http_request *request = writing->request;
    const char *type = header_of(request, "Content-Type"), *text = request->body;
    struct err ignored;
    json_t *json = text ? json_read(text, request->body_length, &ignored) : NULL;
    const bool is_form = text && strncmp(type, form, strlen(form)) == 0;

    json_put_new(object, "json",
                 json ? walk_marked_json(writing->walk, json, writing->arena) : NULL);
    json_put_new(object, "form", is_form ? form_of(writing, text) : NULL);
    json_put(object, "text", json || is_form ? NULL : marked(writing, text));
    json_decref(json);
}

static const char *kind_word(enum request_kind kind)
{
    static const char *const words[] = {
        [REQUEST_READ] = "read", [REQUEST_UPLOAD] = "upload", [REQUEST_PUBLISH] = "publish"};

    return words[kind];
}

static json_t *request_json(struct writing *writing, const struct walked *walked)
{
    json_t *object = json_object();

    writing->request = &walked->request;
    json_put(object, "method", walked->request.method);
    json_put(object, "url", url_of(writing));
    json_put(object, "kind", kind_word(walked->request.kind));
    json_put(object, "for", walked->doing);
    json_put_bool(object, "waits", walked->waits);
    json_put_bool(object, "unrepeatable", walked->request.unrepeatable);
    json_put_new(object, "headers", headers_of(writing));
    put_body(writing, object);
    json_put_new(object, "parts", parts_of(writing));
    json_put_new(object, "file", file_of(writing));
    return object;
}

/* ---- a delivery ---- */

static json_t *as_json(struct writing *writing)
{
    json_t *whole = json_object(), *list = json_array();

    for (size_t i = 0; i < writing->walk->count; i++)
        json_array_append_new(list, request_json(writing, &writing->walk->items[i]));
    json_put_new(whole, "requests", list);
    json_put(whole, "ends", marked(writing, writing->walk->ends));
    return json_in_arena(whole, writing->arena);
}

json_t *requests_of(const struct preview *preview, const struct occurrence *occurrence,
                    struct arena *arena)
{
    const struct content *content = &occurrence->text->rendered.content;
    struct planned planned;
    struct walk walk = {.ends = _("a picture or video of it cannot be made")};
    struct writing writing = {.account = occurrence->account,
                              .adapter = adapter_by_name(occurrence->account->platform),
                              .delivery = &planned.delivery,
                              .walk = &walk,
                              .arena = arena};

    plan_fill(occurrence, preview->media, arena, &planned);
    if (delivery_is_made(&planned.delivery))
        walk_delivery(writing.adapter, writing.account, &planned.delivery, content, arena, &walk);
    return as_json(&writing);
}

/* ---- for people ---- */

/* Behind three blanks. */
static void print_line(struct page *page, const char *name, const char *between, const char *value)
{
    fprintf(page->out, "   %s%s%s\n", name, between, value);
}

/* As JSON writes it: what a line is and what is not seen stays so. */
static void print_value(struct page *page, const char *name, const char *value)
{
    struct buffer quoted;

    buffer_init(&quoted, SIZE_MAX / 2);
    json_quote(&quoted, value);
    buffer_char(&quoted, '\0');
    print_line(page, name, " = ", unicode_line(quoted.bytes, &page->scratch));
    buffer_clear(&quoted);
}

static void print_lines(struct page *page, const char *text)
{
    char *rest = arena_text(&page->scratch, unicode_lines(text, &page->scratch)), *line;

    while ((line = strsep(&rest, "\n")))
        print_line(page, "", "", line);
}

static void print_file(struct page *page, const json_t *file, const char *name)
{
    const long long offset = json_integer_or(file, "offset", 0);
    const long long bytes = json_integer_or(file, "bytes", 0);

    print_line(page, name, " = ",
               arena_printf(&page->scratch, _("%1$s, bytes %2$lld to %3$lld"),
                            unicode_line(json_text(file, "file"), &page->scratch), offset,
                            offset + bytes - 1));
}

static void print_part(struct page *page, const json_t *part)
{
    if (json_text(part, "file"))
        print_file(page, part,
                   arena_printf(&page->scratch, "%s (%s, %s)", json_text(part, "name"),
                                json_text(part, "filename"), json_text(part, "mime")));
    else
        print_value(page, json_text(part, "name"), json_text(part, "value"));
}

static void print_body(struct page *page, const json_t *request)
{
    const json_t *json = json_object_get(request, "json"), *item;
    size_t i;

    if (json && !json_is_null(json))
        print_lines(page, json_pretty(json, &page->scratch));
    json_array_foreach(json_object_get(request, "form"), i, item)
        print_value(page, json_text(item, "name"), json_text(item, "value"));
    json_array_foreach(json_object_get(request, "parts"), i, item) print_part(page, item);
    if (json_text(request, "text"))
        print_lines(page, json_text(request, "text"));
    if (json_is_object(json_object_get(request, "file")))
        print_file(page, json_object_get(request, "file"), _("file"));
}

static void print_request(struct page *page, const json_t *request, size_t number)
{
    const json_t *header;
    size_t i;

    fprintf(page->out, "\n%zu. %s%s %s%s\n", number, page_colour(page, PAGE_BOLD),
            json_text(request, "method"), json_text(request, "url"), page_colour(page, PAGE_PLAIN));
    if (json_flag(request, "waits"))
        print_line(page, "", "", _("(after a while, and again until it is processed)"));
    json_array_foreach(json_object_get(request, "headers"), i, header)
        print_line(page, json_text(header, "name"), ": ", json_text(header, "value"));
    print_body(page, request);
}

static void print_delivery(struct page *page, const struct occurrence *occurrence)
{
    const json_t *whole = requests_of(page->preview, occurrence, &page->scratch), *request;
    const char *ends = json_text(whole, "ends");
    char word[WHEN_GUESS];
    size_t i;

    fprintf(page->out, "%s%s%s/%s@%s/%s%s  %s %s\n", page->shown ? "\n\n" : "",
            page_colour(page, PAGE_BOLD), occurrence->campaign->name, occurrence->post->id,
            occurrence_word(occurrence, word), occurrence->account->name,
            page_colour(page, PAGE_PLAIN), page_day(page, occurrence->at),
            page_clock(page, occurrence->at));
    json_array_foreach(json_object_get(whole, "requests"), i, request)
        print_request(page, request, i + 1);
    if (ends)
        fprintf(page->out, _("\nHere it would stop: %s\n"), ends);
    page->shown++;
    arena_reset(&page->scratch);
}

void preview_requests(const struct preview *preview, FILE *out)
{
    struct page page = page_begin(preview, out);

    for (size_t i = 0; i < preview->occurrences.count; i++) {
        if (preview_shows(preview, &preview->occurrences.items[i]))
            print_delivery(&page, &preview->occurrences.items[i]);
    }
    arena_clear(&page.scratch);
}
