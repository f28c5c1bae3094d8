#include <string.h>

#include "store/audit.h"

/* RFC 6962 §2.1: a leaf is hashed after a 0 byte, an inner node after a 1. */
static struct digest leaf_hash(const void *leaf, size_t length)
{
    static const unsigned char prefix = 0;
    struct digest_stream *stream = digest_begin();

    digest_add(stream, &prefix, 1);
    digest_add(stream, leaf, length);
    return digest_end(stream);
}

static struct digest node_hash(const struct digest *left, const struct digest *right)
{
    unsigned char bytes[1 + 2 * DIGEST_BYTES] = {1};

    memcpy(bytes + 1, left->bytes, DIGEST_BYTES);
    memcpy(bytes + 1 + DIGEST_BYTES, right->bytes, DIGEST_BYTES);
    return digest_of(bytes, sizeof bytes);
}

void merkle_add(struct merkle *tree, const void *leaf, size_t length)
{
    tree->nodes[tree->count].height = 0;
    tree->nodes[tree->count].hash = leaf_hash(leaf, length);
    tree->count++;
    tree->size++;
    while (tree->count > 1 &&
           tree->nodes[tree->count - 1].height == tree->nodes[tree->count - 2].height) {
        size_t left = tree->count - 2;
        tree->nodes[left].hash = node_hash(&tree->nodes[left].hash, &tree->nodes[left + 1].hash);
        tree->nodes[left].height++;
        tree->count--;
    }
}

struct digest merkle_root(const struct merkle *tree)
{
    struct digest root;
    size_t i;

    if (tree->count == 0)
        return digest_of("", 0);
    root = tree->nodes[tree->count - 1].hash;
    for (i = tree->count - 1; i > 0; i--)
        root = node_hash(&tree->nodes[i - 1].hash, &root);
    return root;
}
