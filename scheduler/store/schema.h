/* store/schema.h - the tables of outbox.db, as numbered migrations that are never edited.
 *
 * Table `migration` lists those applied. A database with a number that this program does not know
 * was made by a newer one and is refused.
 */
#ifndef CRIER_STORE_SCHEMA_H
#define CRIER_STORE_SCHEMA_H

#include "store/database.h"

enum { SCHEMA_APPLICATION = 0x43726965 }; /* "Crie": says in the file's header whose it is */

MUST_CHECK bool schema_upgrade(struct database *database, struct err *err);

#endif
