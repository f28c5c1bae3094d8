/* store/overlay.h - what a look (RELOAD_LOOK) would have written by now, beside the database.
 *
 * Never-twice asks of a row what other rows stand in its way; while files are only looked at, the
 * rows that the same load would have written before count as written. In memory, for one look.
 */
#ifndef CRIER_STORE_OVERLAY_H
#define CRIER_STORE_OVERLAY_H

#include "campaign/delivery.h"

struct overlay;

struct overlay_row {
    const struct delivery *delivery;
    const char *identity;
    bool gone; /* being removed: it counts only if an attempt was made */
};

struct overlay *overlay_new(void);
void overlay_free(struct overlay *overlay); /* NULL is fine */

/* Copied. The newest word about a delivery counts. */
void overlay_put(struct overlay *overlay, const struct delivery *delivery, const char *identity,
                 bool gone);
/* NULL: nothing would have been written of it; NULL is fine for the overlay too. */
const struct overlay_row *overlay_find(const struct overlay *overlay, const char *id);
/* Those with that text, one after another: begin with NULL. */
const struct overlay_row *overlay_same(const struct overlay *overlay, const char *same_hash,
                                       const struct overlay_row *before);

#endif
