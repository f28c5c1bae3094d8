#include "commands/media.h"

static json_t *words(const char *const *list)
{
    json_t *array = json_array();

    for (; list && *list; list++)
        (void)json_array_append_new(array, json_string(*list));
    return array;
}

static json_t *rendition_json(const struct rendition *made)
{
    json_t *object;

    if (!made || made->problem)
        return json_null();
    object = json_object();
    json_put(object, "sha256", made->sha256);
    json_put(object, "mime", made->mime);
    json_put_known(object, "bytes", made->bytes);
    json_put_known(object, "width", made->width);
    json_put_known(object, "height", made->height);
    json_put_known(object, "duration_ms", made->duration_ms);
    return object;
}

static json_t *row_json(const struct media_row *row)
{
    const bool fitted = row->answer.verdict == FITTED;
    json_t *object = json_object();

    json_put(object, "platform", row->platform);
    json_put(object, "kind", row->kind);
    json_put(object, "verdict", fit_verdict_word(row->answer.verdict));
    json_put(object, "how", fitted ? row->answer.how : NULL);
    json_put(object, "why", row->finding ? row->finding->message : NULL);
    json_put(object, "try", row->finding ? row->finding->try : NULL);
    json_put(object, "code", row->finding ? row->finding->code : NULL);
    json_put(object, "recipe", fitted ? row->answer.recipe : NULL);
    json_put_new(object, "rendition", rendition_json(row->made));
    return object;
}

static json_t *rows_json(const struct media_report *report)
{
    json_t *array = json_array();

    for (size_t i = 0; i < report->row_count; i++)
        (void)json_array_append_new(array, row_json(&report->rows[i]));
    return array;
}

static json_t *findings_array(const struct findings *findings)
{
    json_t *array = json_array();

    for (size_t i = 0; i < findings->count; i++)
        (void)json_array_append_new(array, finding_json(&findings->items[i]));
    return array;
}

static json_t *file_json(const struct media_report *report)
{
    const struct media_facts *facts = report->facts;
    json_t *object = json_object();

    json_put(object, "file", facts->file);
    json_put(object, "mime", facts->mime);
    json_put_known(object, "bytes", facts->bytes);
    json_put(object, "sha256", *facts->sha256 ? facts->sha256 : NULL);
    json_put_known(object, "width", facts->width);
    json_put_known(object, "height", facts->height);
    json_put_known(object, "frames", facts->frames);
    json_put_known(object, "duration_ms", facts->duration_ms);
    json_put_known(object, "orientation", facts->orientation);
    json_put_new(object, "metadata", words(facts->metadata));
    json_put(object, "problem", facts->problem);
    json_put_new(object, "platforms", rows_json(report));
    json_put_new(object, "findings", findings_array(&report->findings));
    return object;
}

json_t *media_json(const struct media_report *reports, size_t count)
{
    json_t *object = json_object(), *files = json_array();

    for (size_t i = 0; i < count; i++)
        (void)json_array_append_new(files, file_json(&reports[i]));
    json_put_new(object, "files", files);
    return object;
}
