/* store/gather.h - writes that follow each other go out in one piece, and a journal keeps its
 * place.
 *
 * SQLite writes each page of a commit to the journal in two calls, a header of 24 bytes and the
 * page, and page after page when it folds the journal into the database file; in a burst that is a
 * hundred calls a commit, and half of what they cost is the file system's for each call. Below
 * SQLite and above the VFS of the system, such writes are gathered and go out before anything else
 * happens to the file: when it is read, measured, cut, synchronised, unlocked or closed, or when
 * they are many. What is durable when, and in which order, does not change: a commit is what xSync
 * confirmed. An error of a write may be told by the call that followed it.
 *
 * A journal that is emptied keeps its place on the disk, up to GATHER_KEPT_BYTES, and loses its
 * header instead: to synchronise bytes that are written over takes half as long as to make a file
 * grow, which the file system must note in a journal of its own.
 *
 * One thread uses a connection.
 */
#ifndef CRIER_STORE_GATHER_H
#define CRIER_STORE_GATHER_H

#include <stdint.h>

struct sqlite3_file;

/* A burst of ten thousand posts writes 45 MB. */
enum { GATHER_KEPT_BYTES = 64 * 1024 * 1024 };

/* The name of the VFS for sqlite3_open_v2; made on first use. NULL: SQLite has none to build on. */
const char *gather_vfs(void);

/* An emptied journal becomes so long, or GATHER_KEPT_BYTES, with zeroes that are on the disk. Want
 * of space is no failure: it will grow as it is written. The code is one of SQLite's. */
int gather_make_room(struct sqlite3_file *journal, int64_t bytes);

#endif
