/* For each line, a JSON object of what struct oauth1 holds: the value of `Authorization`. */
#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "platform/sign_oauth1.h"

static const char *header_for(const json_t *line, struct arena *arena)
{
    const struct oauth1 request = {.method = json_text(line, "method"),
                                   .url = json_text(line, "url"),
                                   .form = json_text(line, "form"),
                                   .nonce = json_text(line, "nonce"),
                                   .timestamp = json_text(line, "timestamp"),
                                   .consumer_key = json_text(line, "consumer_key"),
                                   .consumer_secret = json_text(line, "consumer_secret"),
                                   .token = json_text(line, "token"),
                                   .token_secret = json_text(line, "token_secret")};

    return oauth1_header(&request, arena);
}

int main(void)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t length;

    while ((length = getline(&line, &room, stdin)) > 0) {
        json_t *value = json_loadb(line, (size_t)length, 0, NULL);
        struct arena arena = {0};

        if (!value)
            return 2;
        puts(header_for(value, &arena));
        arena_clear(&arena);
        json_decref(value);
    }
    free(line);
    return 0;
}
