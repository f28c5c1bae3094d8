/* base/compiler.h - what we ask of the compiler, by name. */
#ifndef CRIER_BASE_COMPILER_H
#define CRIER_BASE_COMPILER_H

#include <stddef.h>

#define MUST_CHECK        __attribute__((warn_unused_result))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))
#define NORETURN          __attribute__((noreturn))
#define COUNT_OF(array)   (sizeof(array) / sizeof((array)[0]))

#endif
