/* Google's resumable protocol: a session's address, pieces with Content-Range, 308 for "go on". */
#include <stdlib.h>
#include <string.h>

#include "platform/youtube.h"

const char *youtube_session(const struct job *job, const struct http_reply *reply,
                            struct arena *arena)
{
    enum { SESSION_BYTES = 2048 };
    const char *address = reply_header(reply, "Location"), *host, *path;

    if (!address || strlen(address) > SESSION_BYTES ||
        !job_address(job, address, arena, &host, &path))
        return NULL;
    return arena_text(arena, address);
}

static bool session_request(const struct job *job, const char *session, const char *range,
                            const char *mime, struct arena *arena, struct http_request *request)
{
    struct header *headers = arena_array(arena, 2, sizeof *headers);

    headers[0] = (struct header){"Content-Range", range};
    headers[1] = (struct header){"Content-Type", mime};
    *request = (struct http_request){
        .method = "PUT", .headers = headers, .header_count = 2, .signing = "bearer"};
    return job_address(job, session, arena, &request->host, &request->path);
}

bool youtube_query(const struct job *job, const char *session, int64_t total, struct arena *arena,
                   struct http_request *request)
{
    const char *range = arena_printf(arena, "bytes */%lld", (long long)total);

    if (!session_request(job, session, range, "application/octet-stream", arena, request))
        return false;
    request->body = ""; /* "Content-Length: 0" must be there */
    request->kind = REQUEST_READ;
    return true;
}

bool youtube_send(const struct job *job, const char *session, const struct youtube_piece *piece,
                  struct arena *arena, struct http_request *request)
{
    const char *range =
        arena_printf(arena, "bytes %lld-%lld/%lld", (long long)piece->offset,
                     (long long)(piece->offset + piece->length - 1), (long long)piece->total);

    if (!session_request(job, session, range, piece->mime, arena, request))
        return false;
    request->file_sha256 = arena_text(arena, piece->sha256);
    request->file_offset = piece->offset;
    request->file_length = piece->length;
    request->kind = REQUEST_UPLOAD;
    return true;
}

int64_t youtube_last_piece(int64_t total)
{
    return total > 0 ? (total - 1) / YOUTUBE_GRAIN * YOUTUBE_GRAIN : 0;
}

/* "bytes=0-8388607": what is stored always begins at 0. */
bool youtube_wants(const struct http_reply *reply, int64_t total, int64_t *offset)
{
    static const char start[] = "bytes=0-";
    const char *range = reply_header(reply, "Range"), *digits;
    size_t length;

    *offset = 0;
    if (!range)
        return true;
    digits = range + sizeof start - 1;
    if (strncmp(range, start, sizeof start - 1) != 0)
        return false;
    length = strspn(digits, "0123456789");
    if (length == 0 || length > 15 || digits[length])
        return false;
    *offset = strtoll(digits, NULL, 10) + 1;
    return *offset <= total;
}
