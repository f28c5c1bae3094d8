/* For each line, a JSON text: {"links":[{"indices":[first,end],"url":...}],"weight":N}, places as
 * code points of the text in NFC. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "text/unicode.h"
#include "text/x_links.h"
#include "text/x_weight.h"

static json_t *link_of(const char *text, const struct mark *mark, struct arena *arena)
{
    const size_t first = unicode_code_points(text, mark->start);
    const size_t count = unicode_code_points(text + mark->start, mark->length);

    return json_pack("{s:s,s:[i,i]}", "url", arena_text_n(arena, text + mark->start, mark->length),
                     "indices", (int)first, (int)(first + count));
}

static void answer(const char *text, struct arena *arena)
{
    const char *nfc = unicode_nfc(text, arena);
    struct mark_list marks = x_links_find(nfc, arena);
    json_t *all = json_object(), *links = json_array();

    for (size_t i = 0; i < marks.count; i++)
        json_array_append_new(links, link_of(nfc, &marks.items[i], arena));
    json_put_new(all, "links", links);
    json_put_integer(all, "weight", (int64_t)x_weight(text));
    puts(json_write(all, arena, NULL));
    json_decref(all);
}

int main(void)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t length;

    while ((length = getline(&line, &room, stdin)) > 0) {
        json_t *value = json_loadb(line, (size_t)length, JSON_DECODE_ANY, NULL);
        struct arena arena = {0};

        if (!json_is_string(value))
            return 2;
        answer(json_string_value(value), &arena);
        arena_clear(&arena);
        json_decref(value);
    }
    free(line);
    return 0;
}
