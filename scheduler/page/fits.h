/* page/fits.h - how much of a text a limit leaves room for, so that the rest can be marked. */
#ifndef CRIER_PAGE_FITS_H
#define CRIER_PAGE_FITS_H

#include "campaign/render.h"

/* The bytes of its longest beginning that keeps to the limit and ends between two letters as a
 * reader sees them; all of it when it fits, or when there is no limit. By the larger of two
 * counting rules. */
size_t fits_bytes(const char *text, const struct text_limit *limit);

#endif
