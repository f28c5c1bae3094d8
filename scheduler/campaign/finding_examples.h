/* campaign/finding_examples.h - for each finding an example of wrong and right, for `crier
 * explain`.
 *
 * Plain data beside finding_kinds.c; each example is proven by a test. */
#ifndef CRIER_CAMPAIGN_FINDING_EXAMPLES_H
#define CRIER_CAMPAIGN_FINDING_EXAMPLES_H

/* Where the lines stand. */
enum example_place {
    EXAMPLE_WORDS, /* not lines of a file but words about it, N_() */
    EXAMPLE_POST,
    EXAMPLE_CAMPAIGN, /* at the top of the file */
    EXAMPLE_FILE,     /* all of a campaign */
    EXAMPLE_CONFIG,   /* crier.cfg */
    EXAMPLE_ACCOUNT,  /* a drill account of crier.cfg */
    EXAMPLE_LIVE      /* a live account of crier.cfg */
};

struct finding_example {
    const char *code;
    enum example_place place;
    const char *wrong, *right; /* lines, without a line feed at the end */
};

/* NULL for an unknown code. */
const struct finding_example *finding_example(const char *code);

/* "lines of a post", for people. */
const char *example_place_text(enum example_place place);

#endif
