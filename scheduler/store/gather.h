/* store/gather.h - writes that follow each other go out in one piece.
 *
 * SQLite writes each page of a commit to the journal in two calls, a header of 24 bytes and the
 * page, and page after page when it folds the journal into the database file; in a burst that is a
 * hundred calls a commit, and half of what they cost is the file system's for each call. Below
 * SQLite and above the VFS of the system, such writes are gathered and go out before anything else
 * happens to the file: when it is read, measured, cut, synchronised, unlocked or closed, or when
 * they are many. What is durable when, and in which order, does not change: a commit is what xSync
 * confirmed. An error of a write may be told by the call that followed it.
 *
 * One thread uses a connection.
 */
#ifndef CRIER_STORE_GATHER_H
#define CRIER_STORE_GATHER_H

/* The name of the VFS for sqlite3_open_v2; made on first use. NULL: SQLite has none to build on. */
const char *gather_vfs(void);

#endif
