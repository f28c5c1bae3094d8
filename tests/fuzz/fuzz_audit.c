/* Any bytes as an audit file, and as a checkpoint: the verifier ends, and never says yes to what
 * was not signed. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "fuzz.h"
#include "store/audit.h"

static const unsigned char key[SIGN_KEY_BYTES] = "the key of a test, 32 bytes long";
static char folder[64] = "/dev/shm/crier-fuzz-XXXXXX";

static void write_file(const char *name, const void *bytes, size_t length)
{
    char path[128];
    FILE *file;

    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    file = fopen(path, "we");
    if (!file || fwrite(bytes, 1, length, file) != length || fclose(file) != 0)
        abort();
}

static void clean(void)
{
    static const char *const names[] = {"log.pub.pem", "checkpoint", "audit-000000000000.jsonl"};
    char path[128];
    size_t i;

    for (i = 0; i < COUNT_OF(names); i++) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    rmdir(folder);
}

/* A checkpoint that is signed well, over a root that no bytes have. */
static void start(unsigned char public_key[SIGN_KEY_BYTES])
{
    static bool started;
    const struct checkpoint checkpoint = {.origin = "fuzz", .size = 2};
    struct arena arena = {0};
    const char *text;

    sign_public(key, public_key);
    if (started)
        return;
    started = true;
    if (!mkdtemp(folder) || atexit(clean) != 0)
        abort();
    text = sign_public_pem(public_key, &arena);
    write_file("log.pub.pem", text, strlen(text));
    text = checkpoint_write(&checkpoint, key, &arena);
    write_file("checkpoint", text, strlen(text));
    arena_clear(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unsigned char public_key[SIGN_KEY_BYTES];
    struct audit_verdict verdict;
    struct checkpoint checkpoint;
    struct arena arena = {0};
    struct err err;

    start(public_key);
    write_file("audit-000000000000.jsonl", data, size);
    assert(audit_verify(folder, NULL, &verdict, &err));
    assert(!verdict.ok && verdict.why[0] && verdict.records >= 0);
    assert(!checkpoint_read(arena_text_n(&arena, (const char *)data, size), public_key, &arena,
                            &checkpoint, &err));
    arena_clear(&arena);
    return 0;
}
