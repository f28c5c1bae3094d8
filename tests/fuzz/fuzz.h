/* tests/fuzz/fuzz.h - the entry of a fuzz target, in the form that libFuzzer and OSS-Fuzz call. */
#ifndef CRIER_TESTS_FUZZ_H
#define CRIER_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* Must not crash, hang or leak for any bytes. Always 0. */
__attribute__((visibility("default"))) int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
