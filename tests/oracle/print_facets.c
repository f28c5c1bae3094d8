/* The facets of texts: reads one JSON string a line, prints one JSON array of facets a line, so
 * that somebody else's implementation can judge them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/bluesky.h"

static bool print(const char *line, size_t length)
{
    struct arena arena = {0};
    struct err err = {0};
    json_t *text = json_read_own(line, length, &err);
    json_t *facets = NULL;

    if (json_is_string(text)) {
        facets = bluesky_facets(json_string_value(text), &arena);
        puts(json_write(facets, &arena, NULL));
    }
    json_decref(facets);
    json_decref(text);
    arena_clear(&arena);
    return facets != NULL;
}

int main(void)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t length;
    bool ok = true;

    while ((length = getline(&line, &room, stdin)) > 0)
        ok = print(line, (size_t)length) && ok;
    free(line);
    return ok ? 0 : 1;
}
