#include <inttypes.h>
#include <string.h>

#include "commands/preview.h"
#include "commands/preview_requests.h"

enum { PIECE_BYTES = 256 * 1024 };

struct writer {
    const struct preview *preview;
    struct buffer out;
    struct buffer name;
    struct arena scratch;
    FILE *file;
};

static void put(struct writer *writer, const char *before, const char *text)
{
    (void)buffer_text(&writer->out, before);
    json_quote(&writer->out, text);
}

static void put_number(struct writer *writer, const char *before, int64_t number)
{
    char digits[24];

    (void)snprintf(digits, sizeof digits, "%" PRId64, number);
    (void)buffer_text(&writer->out, before);
    (void)buffer_text(&writer->out, digits);
}

/* 0 is "unknown" or "not limited". */
static void put_known(struct writer *writer, const char *before, int64_t number)
{
    if (number > 0)
        put_number(writer, before, number);
    else
        put(writer, before, NULL);
}

static void put_instant(struct writer *writer, const char *before, struct instant t)
{
    const struct zone *zone = writer->preview->workspace->zone;
    char text[INSTANT_TEXT];

    if (instant_is_none(t))
        put(writer, before, NULL);
    else
        put(writer, before, instant_local(t, zone ? zone_offset_s(zone, t) : 0, false, text));
}

static void put_use(struct writer *writer, const struct text_use *use)
{
    put_known(writer, "{\"limit\":", (int64_t)use->limit);
    put(writer, ",\"unit\":", count_unit_word(use->unit));
    put_number(writer, ",\"used\":", (int64_t)use->used);
    (void)buffer_char(&writer->out, '}');
}

static void put_counts(struct writer *writer, const struct rendered *rendered)
{
    const struct text_use *fullest = rendered_fullest(rendered);

    (void)buffer_text(&writer->out, ",\"count\":");
    if (fullest)
        put_use(writer, fullest);
    else
        (void)buffer_text(&writer->out, "null");
    (void)buffer_text(&writer->out, ",\"counts\":[");
    for (size_t i = 0; i < rendered->count_count; i++) {
        if (i)
            (void)buffer_char(&writer->out, ',');
        put_use(writer, &rendered->counts[i]);
    }
    (void)buffer_char(&writer->out, ']');
}

static void put_findings(struct writer *writer, const struct findings *findings)
{
    (void)buffer_text(&writer->out, ",\"findings\":[");
    for (size_t i = 0; i < findings->count; i++) {
        json_t *finding = finding_json(&findings->items[i]);

        if (i)
            (void)buffer_char(&writer->out, ',');
        (void)buffer_text(&writer->out, json_write(finding, &writer->scratch, NULL));
        json_decref(finding);
    }
    (void)buffer_char(&writer->out, ']');
}

/* What goes out instead of the file; null where it goes out as it is, or cannot be made. */
static void put_rendition(struct writer *writer, const struct medium *medium)
{
    if (!*medium->recipe || !medium_is_made(medium)) {
        (void)buffer_text(&writer->out, ",\"rendition\":null");
        return;
    }
    put_known(writer, ",\"rendition\":{\"bytes\":", medium->bytes);
    put_known(writer, ",\"duration_ms\":", medium->duration_ms);
    put_known(writer, ",\"height\":", medium->height);
    put(writer, ",\"mime\":", medium->mime);
    put(writer, ",\"sha256\":", medium->sha256);
    put_known(writer, ",\"width\":", medium->width);
    (void)buffer_char(&writer->out, '}');
}

/* All but alt, recipe and rendition are the file's in media/. */
static void put_file(struct writer *writer, const struct medium *medium)
{
    static const struct media_facts nothing = {.mime = NULL};
    const struct media_facts *found = media_index_find(writer->preview->media, medium->file);
    const struct media_facts *facts = found && found->readable ? found : &nothing;

    put(writer, "{\"alt\":", *medium->alt ? medium->alt : NULL);
    put_known(writer, ",\"bytes\":", facts->bytes);
    put_known(writer, ",\"duration_ms\":", facts->duration_ms);
    put(writer, ",\"file\":", medium->file);
    put_known(writer, ",\"height\":", facts->height);
    put(writer, ",\"mime\":", facts->mime && *facts->mime ? facts->mime : NULL);
    put(writer, ",\"recipe\":", *medium->recipe ? medium->recipe : NULL);
    put_rendition(writer, medium);
    put(writer, ",\"role\":", medium_role_word(medium->role));
    put(writer, ",\"sha256\":", *facts->sha256 ? facts->sha256 : NULL);
    put_known(writer, ",\"width\":", facts->width);
    (void)buffer_char(&writer->out, '}');
}

static void put_files(struct writer *writer, const char *before, const struct rendered *rendered,
                      size_t first, size_t end)
{
    (void)buffer_text(&writer->out, before);
    for (size_t i = first; i < end; i++) {
        if (i > first)
            (void)buffer_char(&writer->out, ',');
        put_file(writer, &rendered->files[i]);
    }
    (void)buffer_char(&writer->out, ']');
}

static const char *name_of(struct writer *writer, const struct delivery *delivery)
{
    const char *const parts[] = {delivery->campaign,   "/", delivery->post,   "@",
                                 delivery->occurrence, "/", delivery->account};

    buffer_empty(&writer->name);
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        (void)buffer_text(&writer->name, parts[i]);
    return writer->name.bytes;
}

static void put_requests(struct writer *writer, const struct occurrence *occurrence)
{
    struct buffer *out = &writer->out;
    const json_t *whole;

    if (!writer->preview->with_requests) {
        (void)buffer_text(out, ",\"requests\":null,\"requests_end\":null");
        return;
    }
    whole = requests_of(writer->preview, occurrence, &writer->scratch);
    (void)buffer_text(out, ",\"requests\":");
    (void)buffer_text(out, json_write(json_object_get(whole, "requests"), &writer->scratch, NULL));
    put(writer, ",\"requests_end\":", json_text(whole, "ends"));
}

static void put_delivery(struct writer *writer, const struct occurrence *occurrence)
{
    const struct rendered *rendered = &occurrence->text->rendered;
    const size_t count = rendered->content.media_count;
    char word[WHEN_GUESS];
    struct delivery delivery = {
        .campaign = occurrence->campaign->name,
        .post = occurrence->post->id,
        .occurrence = occurrence_word(occurrence, word),
        .account = occurrence->account->name,
    };

    delivery_set_id(&delivery);
    put(writer, "{\"account\":", delivery.account);
    put(writer, ",\"answers\":", rendered->content.parent);
    put_instant(writer, ",\"at\":", occurrence->at);
    put_files(writer, ",\"beside\":[", rendered, count, rendered->file_count);
    put(writer, ",\"campaign\":", delivery.campaign);
    put(writer, ",\"category\":", rendered->content.more.category);
    put(writer, ",\"content\":", rendered->content_hash);
    put_counts(writer, rendered);
    put(writer, ",\"description\":", rendered->content.description);
    put_findings(writer, &occurrence->text->findings);
    put(writer, ",\"first_comment\":", rendered->content.more.first_comment);
    put(writer, ",\"held_by\":", occurrence->held_by);
    put(writer, ",\"held_name\":", occurrence->held_name);
    put(writer, ",\"id\":", delivery.id);
    put(writer, ",\"kind\":", rendered->content.more.kind);
    put(writer, ",\"link\":", rendered->content.link);
    put_files(writer, ",\"media\":[", rendered, 0, count);
    put(writer, ",\"name\":", name_of(writer, &delivery));
    put(writer, ",\"occurrence\":", delivery.occurrence);
    put(writer, ",\"platform\":", occurrence->account->platform);
    put(writer, ",\"playlist\":", rendered->content.more.playlist);
    put(writer, ",\"post\":", delivery.post);
    put(writer, ",\"privacy\":", rendered->content.more.privacy);
    put_requests(writer, occurrence);
    put(writer, ",\"text\":", rendered->content.text);
    put(writer, ",\"title\":", rendered->content.title);
    put_instant(writer, ",\"waits_until\":", occurrence->waits_until);
    (void)buffer_char(&writer->out, '}');
}

static void pass_on(struct writer *writer)
{
    (void)fwrite(writer->out.bytes, 1, writer->out.length, writer->file);
    buffer_empty(&writer->out);
    arena_reset(&writer->scratch);
}

void preview_json(const struct preview *preview, FILE *out)
{
    struct writer writer = {.preview = preview, .file = out};
    const char *before = "";

    buffer_init(&writer.out, SIZE_MAX);
    buffer_init(&writer.name, SIZE_MAX);
    (void)buffer_text(&writer.out, "{\"deliveries\":[");
    for (size_t i = 0; i < preview->occurrences.count; i++) {
        if (!preview_shows(preview, &preview->occurrences.items[i]))
            continue;
        (void)buffer_text(&writer.out, before);
        put_delivery(&writer, &preview->occurrences.items[i]);
        before = ",";
        if (writer.out.length > PIECE_BYTES)
            pass_on(&writer);
    }
    put_number(&writer, "],\"errors\":", (int64_t)preview->findings->errors);
    put_findings(&writer, preview->findings);
    put_instant(&writer, ",\"from\":", preview->from);
    put_instant(&writer, ",\"until\":", preview->until);
    put_number(&writer, ",\"warnings\":", (int64_t)preview->findings->warnings);
    (void)buffer_text(&writer.out, "}\n");
    pass_on(&writer);
    buffer_clear(&writer.out);
    buffer_clear(&writer.name);
    arena_clear(&writer.scratch);
}
