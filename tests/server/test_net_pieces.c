/* Pieces of files on their way out: what arrives is what the SHA-256 name says, wherever it goes on
 * and whatever happens to the file in between. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "net/hashing.h"
#include "net/upload.h"
#include "support/net_fixture.h"
#include "support/scripted_server.h"

enum { FILE_BYTES = 600 * 1000, PIECE = 256 * 1024, LARGE_BYTES = 128 * 1024 * 1024 };

/* What the server was sent: the bodies one after another, and the last request's head. */
struct received {
    char head[2048];
    char *bytes;
    size_t length;
};

static const struct behaviour *receive(void *arg, const char *request, size_t length)
{
    static const struct behaviour fine = {.bytes =
                                              "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"};
    struct received *received = arg;
    const char *body = request ? strstr(request, "\r\n\r\n") : NULL;
    size_t head;

    if (!body)
        return NULL;
    head = (size_t)(body + 4 - request);
    assert_true(head < sizeof received->head);
    memcpy(received->head, request, head);
    received->head[head] = '\0';
    received->bytes = realloc(received->bytes, received->length + length - head + 1);
    assert_non_null(received->bytes);
    memcpy(received->bytes + received->length, body + 4, length - head);
    received->length += length - head;
    return &fine;
}

struct stand {
    struct received received;
    struct scripted_server *server;
    struct net_fixture fixture;
    char bytes[FILE_BYTES];
    char name[DIGEST_HEX], path[256];
};

static void write_bytes(const char *path, const char *bytes, size_t length)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

static struct stand *stand_start(void)
{
    struct stand *stand = calloc(1, sizeof *stand);

    assert_non_null(stand);
    for (size_t i = 0; i < FILE_BYTES; i++)
        stand->bytes[i] = (char)(i * 7 + i / 251);
    stand->server = scripted_server_start(receive, &stand->received);
    net_fixture_start(&stand->fixture, scripted_server_port(stand->server));
    digest_hex_of(stand->bytes, FILE_BYTES, stand->name);
    (void)snprintf(stand->path, sizeof stand->path, "%s/spool/%s", stand->fixture.folder,
                   stand->name);
    write_bytes(stand->path, stand->bytes, FILE_BYTES);
    return stand;
}

static void stand_stop(struct stand *stand)
{
    net_fixture_stop(&stand->fixture);
    scripted_server_stop(stand->server);
    free(stand->received.bytes);
    free(stand);
}

static struct http_request piece_of(const struct stand *stand, int64_t offset, int64_t length)
{
    return (struct http_request){.method = "PUT",
                                 .path = "/upload/1",
                                 .file_sha256 = stand->name,
                                 .file_offset = offset,
                                 .file_length = length,
                                 .kind = REQUEST_UPLOAD,
                                 .signing = "bearer"};
}

static const struct http_reply *send_piece(struct stand *stand, int64_t offset, int64_t length)
{
    struct http_request request = piece_of(stand, offset, length);

    return net_fixture_ask(&stand->fixture, &request, false);
}

/* Changes one byte and keeps the length. */
static void spoil(const struct stand *stand, off_t at)
{
    int fd = open(stand->path, O_WRONLY | O_CLOEXEC);
    const char other = (char)~stand->bytes[at];

    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, &other, 1, at), 1);
    assert_int_equal(close(fd), 0);
}

static void mend(const struct stand *stand)
{
    write_bytes(stand->path, stand->bytes, FILE_BYTES);
}

static void a_piece_is_on_the_wire_as_a_body_of_its_exact_length(void **state)
{
    struct stand *stand = stand_start();

    (void)state;
    assert_int_equal(send_piece(stand, 1000, 12345)->fate, FATE_ANSWERED);
    assert_memory_equal(stand->received.head, "PUT /upload/1 HTTP/1.1\r\n", 24);
    assert_non_null(strstr(stand->received.head, "\r\nContent-Length: 12345\r\n"));
    assert_null(strstr(stand->received.head, "chunked"));
    assert_int_equal(stand->received.length, 12345);
    assert_memory_equal(stand->received.bytes, stand->bytes + 1000, 12345);
    stand_stop(stand);
}

static void pieces_one_after_another_make_the_whole_file(void **state)
{
    struct stand *stand = stand_start();

    (void)state;
    for (int64_t at = 0; at < FILE_BYTES; at += PIECE) {
        const int64_t left = FILE_BYTES - at;

        assert_int_equal(send_piece(stand, at, left < PIECE ? left : PIECE)->status, 200);
    }
    assert_int_equal(stand->received.length, FILE_BYTES);
    assert_memory_equal(stand->received.bytes, stand->bytes, FILE_BYTES);
    stand_stop(stand);
}

static void an_upload_goes_on_at_any_byte(void **state)
{
    static const struct {
        int64_t offset, length;
    } rows[] = {{0, 1},     {0, PIECE},          {1, 0},          {PIECE, 0},
                {PIECE, 1}, {FILE_BYTES - 1, 0}, {299999, 65537}, {FILE_BYTES - 1, 1}};
    struct stand *stand = stand_start();

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const size_t at = (size_t)rows[i].offset,
                     length = rows[i].length ? (size_t)rows[i].length : FILE_BYTES - at;

        stand->received.length = 0;
        assert_int_equal(send_piece(stand, rows[i].offset, rows[i].length)->status, 200);
        assert_int_equal(stand->received.length, length);
        assert_memory_equal(stand->received.bytes, stand->bytes + at, length);
    }
    stand_stop(stand);
}

static void a_piece_in_a_form_has_its_name_and_its_bytes(void **state)
{
    struct stand *stand = stand_start();
    const struct form_part parts[] = {{.name = "segment_index", .value = "2"},
                                      {.name = "media",
                                       .file_sha256 = stand->name,
                                       .mime = "application/octet-stream",
                                       .filename = "medium-1.mp4",
                                       .offset = PIECE,
                                       .length = 5000}};
    const struct http_request request = {.method = "POST",
                                         .path = "/2/media/upload/1/append",
                                         .parts = parts,
                                         .part_count = 2,
                                         .kind = REQUEST_UPLOAD,
                                         .signing = "bearer"};
    const char *file;

    (void)state;
    assert_int_equal(net_fixture_ask(&stand->fixture, &request, false)->status, 200);
    assert_null(strstr(stand->received.head, "chunked"));
    file = memmem(stand->received.bytes, stand->received.length, "octet-stream\r\n\r\n", 16);
    assert_non_null(file);
    assert_memory_equal(file + 16, stand->bytes + PIECE, 5000);
    assert_memory_equal(file + 16 + 5000, "\r\n--", 4);
    stand_stop(stand);
}

static void of_a_file_that_was_changed_before_no_byte_leaves(void **state)
{
    struct stand *stand = stand_start();

    (void)state;
    spoil(stand, FILE_BYTES - 1); /* far behind the piece */
    assert_int_equal(send_piece(stand, 0, 100)->fate, FATE_NOT_SENT);
    assert_true(stand->fixture.reply.media_changed);
    assert_int_equal(scripted_server_connections(stand->server), 0);
    stand_stop(stand);
}

static void a_file_that_was_changed_between_two_pieces_does_not_become_whole(void **state)
{
    struct stand *stand = stand_start();

    (void)state;
    assert_int_equal(send_piece(stand, 0, PIECE)->status, 200);
    spoil(stand, FILE_BYTES - 1);
    assert_int_equal(send_piece(stand, PIECE, 0)->fate, FATE_NOT_SENT);
    assert_true(stand->fixture.reply.media_changed);
    mend(stand); /* pinned again: it goes on */
    assert_int_equal(send_piece(stand, PIECE, 0)->status, 200);
    assert_int_equal(stand->received.length, FILE_BYTES);
    assert_memory_equal(stand->received.bytes, stand->bytes, FILE_BYTES);
    stand_stop(stand);
}

static void twin_who_trusts_the_name_makes_a_whole_of_other_bytes(void **state)
{
    struct stand *stand = stand_start();
    char *sent = malloc(FILE_BYTES), hex[DIGEST_HEX];
    int fd = open(stand->path, O_RDONLY | O_CLOEXEC);

    (void)state;
    assert_non_null(sent);
    assert_int_equal(pread(fd, sent, PIECE, 0), PIECE);
    spoil(stand, FILE_BYTES - 1);
    assert_int_equal(pread(fd, sent + PIECE, FILE_BYTES - PIECE, PIECE), FILE_BYTES - PIECE);
    close(fd);
    assert_string_not_equal(digest_hex_of(sent, FILE_BYTES, hex), stand->name);
    free(sent);
    stand_stop(stand);
}

static void a_file_that_was_only_touched_is_hashed_again_and_goes_on(void **state)
{
    struct stand *stand = stand_start();

    (void)state;
    assert_int_equal(send_piece(stand, 0, PIECE)->status, 200);
    assert_int_equal(chmod(stand->path, 0400), 0);
    assert_int_equal(send_piece(stand, PIECE, 0)->status, 200);
    assert_memory_equal(stand->received.bytes, stand->bytes, FILE_BYTES);
    stand_stop(stand);
}

static void a_piece_that_the_file_does_not_have_is_a_changed_medium(void **state)
{
    static const int64_t rows[][2] = {
        {FILE_BYTES, 0}, {FILE_BYTES, 1}, {FILE_BYTES - 1, 2}, {0, FILE_BYTES + 1}, {1, INT64_MAX}};
    struct stand *stand = stand_start();

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_int_equal(send_piece(stand, rows[i][0], rows[i][1])->fate, FATE_NOT_SENT);
        assert_true(stand->fixture.reply.media_changed);
    }
    assert_int_equal(scripted_server_connections(stand->server), 0);
    stand_stop(stand);
}

/* ---- in the middle of a piece ---- */

static struct upload *open_piece(const struct stand *stand, int64_t offset)
{
    struct upload *upload;
    struct err err = {0};
    char spool[128];

    (void)snprintf(spool, sizeof spool, "%s/spool", stand->fixture.folder);
    assert_true(upload_open(spool, stand->name, offset, 0, &upload, &err));
    return upload;
}

static void a_change_in_the_middle_of_a_piece_ends_it_before_the_changed_byte(void **state)
{
    struct stand *stand = stand_start();
    struct upload *upload = open_piece(stand, 1000);
    char bytes[5000];

    (void)state;
    assert_int_equal(upload_read(bytes, 1, sizeof bytes, upload), sizeof bytes);
    assert_memory_equal(bytes, stand->bytes + 1000, sizeof bytes);
    spoil(stand, FILE_BYTES - 1);
    assert_int_equal(upload_read(bytes, 1, sizeof bytes, upload), CURL_READFUNC_ABORT);
    assert_int_equal(upload_read(bytes, 1, sizeof bytes, upload), CURL_READFUNC_ABORT);
    assert_false(upload_changed(upload)); /* touched is all that is known: hashing it tells */
    upload_close(upload);
    stand_stop(stand);
}

static void a_file_that_becomes_shorter_ends_its_piece(void **state)
{
    struct stand *stand = stand_start();
    struct upload *upload = open_piece(stand, 1000);
    char bytes[5000];

    (void)state;
    assert_int_equal(truncate(stand->path, 900), 0);
    assert_int_equal(upload_read(bytes, 1, sizeof bytes, upload), CURL_READFUNC_ABORT);
    upload_close(upload);
    stand_stop(stand);
}

/* ---- hashing ---- */

static void keep_right(struct hashed *hashed, void *owner, void *arg, bool right)
{
    (void)hashed;
    (void)owner;
    *(int *)arg = right ? 1 : 0;
}

static int hash_now(struct stand *stand, struct hashed *hashed)
{
    struct upload *upload = open_piece(stand, 1);
    struct unproven file;
    int right = -1;

    assert_true(upload_unproven(upload, &file));
    assert_non_null(hashing_begin(hashed, &stand->fixture.loop, &file, keep_right, NULL, &right));
    while (right < 0)
        uv_run(&stand->fixture.loop, UV_RUN_ONCE);
    assert_true(hashed_knows(hashed, &file) == (right == 1));
    upload_close(upload);
    return right;
}

static bool is_known(const struct stand *stand, const struct hashed *hashed)
{
    struct upload *upload = open_piece(stand, 1);
    struct unproven file;
    bool known = upload_unproven(upload, &file) && hashed_knows(hashed, &file);

    upload_close(upload);
    return known;
}

static void a_file_is_hashed_once_as_long_as_nobody_touches_it(void **state)
{
    struct stand *stand = stand_start();
    struct hashed hashed = {0};

    (void)state;
    assert_false(is_known(stand, &hashed));
    assert_int_equal(hash_now(stand, &hashed), 1);
    assert_true(is_known(stand, &hashed));
    spoil(stand, 0);
    assert_false(is_known(stand, &hashed));
    assert_int_equal(hash_now(stand, &hashed), 0);
    stand_stop(stand);
}

static void many_files_push_the_oldest_out(void **state)
{
    struct stand *stand = stand_start();
    struct hashed hashed = {0};
    struct hashed_file first;

    (void)state;
    assert_int_equal(hash_now(stand, &hashed), 1);
    first = hashed.known[0];
    for (int i = 0; i < HASHED_REMEMBERED; i++) {
        assert_true(file_stamp_equal(&hashed.known[0].stamp, &first.stamp));
        assert_int_equal(chmod(stand->path, i % 2 ? 0600 : 0400), 0);
        assert_int_equal(hash_now(stand, &hashed), 1);
    }
    assert_false(file_stamp_equal(&hashed.known[0].stamp, &first.stamp));
    assert_int_equal(hashed.count, HASHED_REMEMBERED);
    stand_stop(stand);
}

static void stopping_while_a_file_is_hashed_tells_everybody_once(void **state)
{
    struct stand *stand = stand_start();
    struct http_request request = piece_of(stand, 0, PIECE);

    (void)state;
    for (int i = 0; i < 20; i++)
        net_fixture_send(&stand->fixture, &request, false);
    transfers_cancel_repeatable(stand->fixture.transfers);
    assert_int_equal(stand->fixture.answers, 20);
    request.kind = REQUEST_PUBLISH;
    net_fixture_send(&stand->fixture, &request, true);
    transfers_cancel_repeatable(stand->fixture.transfers);
    assert_int_equal(stand->fixture.answers, 20);
    transfers_stop(stand->fixture.transfers);
    stand->fixture.transfers = NULL;
    assert_int_equal(stand->fixture.answers, 21);
    assert_int_equal(stand->fixture.reply.fate, FATE_NOT_SENT);
    assert_false(stand->fixture.reply.media_changed);
    stand_stop(stand);
}

/* A sparse file of zeros, named as it should be. */
static void make_large(struct stand *stand)
{
    struct digest_stream *stream = digest_begin();
    struct digest digest;
    static const char zeros[1024 * 1024];

    for (int i = 0; i < LARGE_BYTES / (int)sizeof zeros; i++)
        digest_add(stream, zeros, sizeof zeros);
    digest = digest_end(stream);
    (void)digest_hex(&digest, stand->name);
    (void)snprintf(stand->path, sizeof stand->path, "%s/spool/%s", stand->fixture.folder,
                   stand->name);
    write_bytes(stand->path, "", 0);
    assert_int_equal(truncate(stand->path, LARGE_BYTES), 0);
}

static void the_loop_serves_others_while_a_large_file_is_hashed(void **state)
{
    static const struct http_request get = {
        .method = "GET", .path = "/api/v1/x", .kind = REQUEST_READ, .signing = "bearer"};
    struct stand *stand = stand_start();
    struct http_request request;

    (void)state;
    make_large(stand);
    request = piece_of(stand, LARGE_BYTES - 1000, 0);
    net_fixture_send(&stand->fixture, &request, false);
    net_fixture_ask(&stand->fixture, &get, false);
    assert_memory_equal(stand->received.head, "GET /api/v1/x ", 14);
    assert_int_equal(transfers_active(stand->fixture.transfers), 1);
    net_fixture_run(&stand->fixture, 2);
    assert_int_equal(stand->fixture.reply.status, 200);
    assert_int_equal(stand->received.length, 1000);
    stand_stop(stand);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_piece_is_on_the_wire_as_a_body_of_its_exact_length),
        cmocka_unit_test(pieces_one_after_another_make_the_whole_file),
        cmocka_unit_test(an_upload_goes_on_at_any_byte),
        cmocka_unit_test(a_piece_in_a_form_has_its_name_and_its_bytes),
        cmocka_unit_test(of_a_file_that_was_changed_before_no_byte_leaves),
        cmocka_unit_test(a_file_that_was_changed_between_two_pieces_does_not_become_whole),
        cmocka_unit_test(twin_who_trusts_the_name_makes_a_whole_of_other_bytes),
        cmocka_unit_test(a_file_that_was_only_touched_is_hashed_again_and_goes_on),
        cmocka_unit_test(a_piece_that_the_file_does_not_have_is_a_changed_medium),
        cmocka_unit_test(a_change_in_the_middle_of_a_piece_ends_it_before_the_changed_byte),
        cmocka_unit_test(a_file_that_becomes_shorter_ends_its_piece),
        cmocka_unit_test(a_file_is_hashed_once_as_long_as_nobody_touches_it),
        cmocka_unit_test(many_files_push_the_oldest_out),
        cmocka_unit_test(stopping_while_a_file_is_hashed_tells_everybody_once),
        cmocka_unit_test(the_loop_serves_others_while_a_large_file_is_hashed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
