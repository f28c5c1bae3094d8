/* asset/answers.h - what the programs that read hostile files say of them, and how much of it is
 * believed.
 *
 * Such a program may have been taken over by a file. Only what an honest one could say is taken:
 * known words, numbers within bounds, one line a file, in order. Whoever falls silent, talks
 * nonsense or goes on talking is not believed about the file in hand.
 */
#ifndef CRIER_ASSET_ANSWERS_H
#define CRIER_ASSET_ANSWERS_H

#include "base/err.h"
#include "base/json.h"
#include "campaign/limits.h"

/* One way to ask. `take` fills in what the line says; false when no honest program says that. */
struct answers_kind {
    const char *program, *verb; /* verb NULL = none */
    bool counts;                /* it is told how many files there are; else there is one */
    unsigned line_ms;           /* for each file */
    bool (*take)(const json_t *line, struct arena *arena, struct media_facts *facts);
};

struct answers_question {
    const struct answers_kind *kind;
    const int *fds; /* open files, at most HELPER_FILES, and one where the kind does not count */
    struct media_facts *const *files;
    size_t count;
    const json_t **lines; /* gets each file's line as it was believed, in the arena; or is NULL */
    bool (*goes_on)(void *arg); /* asked again and again; false = give up. Or NULL */
    void *arg;
};

/* A file that brings the program down gets the problem "inspector", and the others a fresh program;
 * one for which a program is missing gets "no-ffmpeg". Of both no line is kept.
 * False only when the program cannot be started, or it was given up (ERR_BUSY). */
MUST_CHECK bool answers_ask(const struct answers_question *question, struct arena *arena,
                            struct err *err);

/* The whole line that begins there, and what stands behind it; NULL when it does not end, or is no
 * JSON. */
json_t *answers_line(const char **at);

/* The problem of a file that we found ourselves, with its sentence. */
void answers_refuse(struct media_facts *facts, const char *problem);
/* The member "problem": null or a word that such a program may say. */
MUST_CHECK bool answers_problem(const json_t *line, const char **problem, const char **why);
/* The sentence of any problem; NULL for an unknown word. */
const char *answers_why(const char *problem);

/* Members of a line: null (0, NULL, "") or within bounds. */
MUST_CHECK bool answers_number(const json_t *line, const char *member, int64_t most,
                               int64_t *number);
/* The same where 0 may be said as well. */
MUST_CHECK bool answers_count(const json_t *line, const char *member, int64_t most, int64_t *count);
MUST_CHECK bool answers_flag(const json_t *line, const char *member, bool *flag);
MUST_CHECK bool answers_mime(const json_t *line, struct arena *arena, const char **mime);
/* A word of a table of `count`, never null; it lives as long as the table. */
MUST_CHECK bool answers_word(const json_t *line, const char *member, const char *const *words,
                             size_t count, const char **word);
/* The name of a coding: a few small letters, digits and underscores. "" for null. */
MUST_CHECK bool answers_name(const json_t *line, const char *member, struct arena *arena,
                             const char **name);
/* The list "metadata", and what was known before. */
MUST_CHECK bool answers_metadata(const json_t *line, struct arena *arena,
                                 const char *const **words);

#endif
