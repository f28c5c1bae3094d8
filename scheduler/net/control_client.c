#include "net/control_client.h"

#include <curl/curl.h>
#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/i18n.h"

enum { MOST_ANSWER = 64 * 1024 * 1024, CONNECT_MS = 2000, TOTAL_MS = 60000 };

static size_t keep(char *bytes, size_t size, size_t count, void *answer)
{
    return buffer_add(answer, bytes, size * count) ? size * count : 0;
}

static void set_options(CURL *easy, const char *socket_path, const char *text, size_t length,
                        struct curl_slist *headers, struct buffer *answer)
{
    (void)curl_easy_setopt(easy, CURLOPT_URL, "http://localhost/v1/ask");
    (void)curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, socket_path);
    (void)curl_easy_setopt(easy, CURLOPT_PROXY, "");
    (void)curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    (void)curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)TOTAL_MS);
    (void)curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    (void)curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)length);
    (void)curl_easy_setopt(easy, CURLOPT_POSTFIELDS, text);
    (void)curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, keep);
    (void)curl_easy_setopt(easy, CURLOPT_WRITEDATA, answer);
}

json_t *control_ask_daemon(const char *socket_path, const json_t *body, struct err *err)
{
    struct arena scratch = {0};
    struct curl_slist *headers = curl_slist_append(NULL, "Expect:");
    struct buffer answer;
    CURL *easy = curl_easy_init();
    json_t *value = NULL;
    CURLcode code;
    size_t length;
    char *text = json_write(body, &scratch, &length);

    if (!easy || !headers)
        out_of_memory();
    buffer_init(&answer, MOST_ANSWER);
    set_options(easy, socket_path, text, length, headers, &answer);
    code = curl_easy_perform(easy);
    if (code == CURLE_COULDNT_CONNECT)
        err_set(err, ERR_SERVICE, _("no daemon listens at %s"), socket_path);
    else if (code != CURLE_OK)
        err_set(err, ERR_SERVICE, _("the daemon did not answer: %s"), curl_easy_strerror(code));
    else
        value = json_read_own(answer.bytes, answer.length, err);
    curl_easy_cleanup(easy);
    curl_slist_free_all(headers);
    buffer_clear(&answer);
    arena_clear(&scratch);
    return value;
}
