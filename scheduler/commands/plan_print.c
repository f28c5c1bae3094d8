/* Plans shown to people. */
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "campaign/delivery.h"
#include "commands/plan.h"
#include "commands/terminal.h"
#include "commands/words.h"
#include "text/unicode.h"

#define INDENT "      "
enum { MOST_NAMED = 20 };

struct page {
    const struct invocation *invocation;
    struct arena *arena;
    FILE *out;
};

/* ---- colours and times ---- */

enum colour { PLAIN, GREEN, YELLOW, RED, BOLD };

static const char *colour(const struct page *page, enum colour which)
{
    static const char *const codes[] = {
        [PLAIN] = "\033[0m",  [GREEN] = "\033[32m", [YELLOW] = "\033[33m",
        [RED] = "\033[1;31m", [BOLD] = "\033[1m",
    };

    return page->invocation->colour ? codes[which] : "";
}

static const char *local_time(const struct page *page, const char *time)
{
    return words_time(time, page->arena);
}

/* ---- one change ---- */

struct sign {
    const char *change;
    char sign;
    enum colour colour;
};

static const struct sign signs[] = {{"add", '+', GREEN},
                                    {"change", '~', YELLOW},
                                    {"remove", '-', RED}};

static const struct sign *sign_of(const json_t *change)
{
    size_t i = 0;

    while (i + 1 < COUNT_OF(signs) && strcmp(signs[i].change, json_text(change, "change")) != 0)
        i++;
    return &signs[i];
}

static const json_t *side(const json_t *change, const char *which)
{
    return json_object_get(change, which);
}

/* Without the account, which stands above. */
static const char *short_name(const struct page *page, const json_t *change)
{
    const char *name = json_text(change, "name"), *slash = strrchr(name, '/');

    return slash ? arena_text_n(page->arena, name, (size_t)(slash - name)) : name;
}

static void print_words(const struct page *page, const char *mark, const char *text)
{
    words_print(page->out, INDENT, mark, text, page->arena);
}

struct lines {
    const char **each;
    size_t count;
};

static struct lines lines_of(const char *text, struct arena *arena)
{
    char *rest = arena_text(arena, text ? text : "");
    struct lines lines = {arena_array(arena, strlen(rest) + 1, sizeof(char *)), 0};
    const char *line;

    while (text && (line = strsep(&rest, "\n")))
        lines.each[lines.count++] = line;
    return lines;
}

static void print_lines(const struct page *page, const char *mark, const struct lines *lines,
                        size_t from, size_t to)
{
    for (; from < to; from++)
        print_words(page, mark, *lines->each[from] ? lines->each[from] : "\n");
}

/* Lines that stay stand once: who approves has to see the word that changed. */
static void print_two(const struct page *page, const char *what, const json_t *change)
{
    const struct lines old = lines_of(json_text(side(change, "before"), what), page->arena);
    const struct lines new = lines_of(json_text(side(change, "after"), what), page->arena);
    const size_t least = old.count < new.count ? old.count : new.count;
    size_t head = 0, tail = 0;

    while (head < least && !strcmp(old.each[head], new.each[head]))
        head++;
    while (tail < least - head &&
           !strcmp(old.each[old.count - tail - 1], new.each[new.count - tail - 1]))
        tail++;
    fprintf(page->out, INDENT "%s:\n", what);
    print_lines(page, "    | ", &new, 0, head);
    print_lines(page, "  - | ", &old, head, old.count - tail);
    print_lines(page, "  + | ", &new, head, new.count - tail);
    print_lines(page, "    | ", &new, new.count - tail, new.count);
}

static void print_time(const struct page *page, const char *what, const json_t *change)
{
    (void)what;
    fprintf(page->out, _(INDENT "time: %s, was %s\n"),
            local_time(page, json_text(side(change, "after"), "at")),
            local_time(page, json_text(side(change, "before"), "at")));
}

static void print_useful(const struct page *page, const char *what, const json_t *change)
{
    (void)what;
    fprintf(page->out, _(INDENT "useful until: %s, was %s\n"),
            local_time(page, json_text(side(change, "after"), "useful_until")),
            local_time(page, json_text(side(change, "before"), "useful_until")));
}

static void print_files(const struct page *page, const char *mark, const json_t *media)
{
    for (size_t i = 0; i < json_array_size(media); i++) {
        const json_t *medium = json_array_get(media, i);
        fprintf(page->out, INDENT "%s%s\n", mark,
                unicode_line(json_text(medium, "file"), page->arena));
        print_words(page, _("        alt: "), json_text(medium, "alt"));
    }
}

static void print_media(const struct page *page, const char *what, const json_t *change)
{
    fprintf(page->out, INDENT "%s:\n", what);
    print_files(page, "  - ", json_object_get(side(change, "before"), "media"));
    print_files(page, "  + ", json_object_get(side(change, "after"), "media"));
}

static void print_made(const struct page *page, const char *what, const json_t *change)
{
    (void)what;
    (void)change;
    fputs(_(INDENT "media: what the platforms get is made from them\n"), page->out);
}

static void print_approvals(const struct page *page, const char *what, const json_t *change)
{
    (void)what;
    fprintf(page->out, _(INDENT "approvals: %lld asked for, was %lld\n"),
            (long long)json_integer_or(side(change, "after"), "approvals", 0),
            (long long)json_integer_or(side(change, "before"), "approvals", 0));
}

static void print_other(const struct page *page, const char *what, const json_t *change)
{
    (void)change;
    fprintf(page->out, _(INDENT "%s: changed\n"), what);
}

/* The state has a line of its own, at the end. */
static void print_nothing(const struct page *page, const char *what, const json_t *change)
{
    (void)page;
    (void)what;
    (void)change;
}

static const struct {
    const char *what;
    void (*print)(const struct page *page, const char *what, const json_t *change);
} differences[] = {
    {"time", print_time},     {"useful_for", print_useful}, {"text", print_two},
    {"title", print_two},     {"description", print_two},   {"link", print_two},
    {"media", print_media},   {"made", print_made},         {"approvals", print_approvals},
    {"state", print_nothing}, {NULL, print_other},
};

static void print_difference(const struct page *page, const char *what, const json_t *change)
{
    size_t i = 0;

    while (differences[i].what && strcmp(differences[i].what, what) != 0)
        i++;
    differences[i].print(page, what, change);
}

static void print_state(const struct page *page, const json_t *change)
{
    const json_t *after = side(change, "after");
    const char *reason = json_text(after, "reason"), *note = json_text(after, "note");
    const char *sentence = reason ? reason_sentence(reason) : NULL;
    const char *state = json_text(after, "state");
    long long asked = (long long)json_integer_or(after, "approvals", 0);

    if (!state)
        return;
    if (!strcmp(state, "held"))
        fprintf(page->out, INDENT "%sheld: %s%s%s%s\n", colour(page, RED), sentence ? sentence : "",
                note ? ": " : "", note ? unicode_line(note, page->arena) : "", colour(page, PLAIN));
    else if (reason && !strcmp(reason, REASON_RENDERING))
        fprintf(page->out, INDENT "%s\n", sentence);
    else if (!strcmp(state, "planned") && asked > 0)
        fprintf(page->out,
                P_(INDENT "waits for %lld approval\n", INDENT "waits for %lld approvals\n",
                   (unsigned long)asked),
                asked);
}

static void print_lost(const struct page *page, const json_t *change)
{
    long long lost = (long long)json_integer_or(change, "approvals_lost", 0);

    if (lost > 0)
        fprintf(page->out,
                P_(INDENT "%s%lld approval would be lost%s\n",
                   INDENT "%s%lld approvals would be lost%s\n", (unsigned long)lost),
                colour(page, RED), lost, colour(page, PLAIN));
}

static void print_added(const struct page *page, const json_t *change)
{
    const json_t *after = side(change, "after");

    print_words(page, _("title: "), json_text(after, "title"));
    print_words(page, "| ", json_text(after, "text"));
    print_files(page, "+ ", json_object_get(after, "media"));
}

static void print_change(const struct page *page, const json_t *change)
{
    const struct sign *sign = sign_of(change);
    const json_t *what = json_object_get(change, "what");
    const json_t *now =
        json_is_object(side(change, "after")) ? side(change, "after") : side(change, "before");

    fprintf(page->out, "  %s%c %s  %s%s\n", colour(page, sign->colour), sign->sign,
            local_time(page, json_text(now, "at")), short_name(page, change), colour(page, PLAIN));
    if (sign->sign == '+')
        print_added(page, change);
    for (size_t i = 0; sign->sign == '~' && i < json_array_size(what); i++)
        print_difference(page, json_string_value(json_array_get(what, i)), change);
    if (sign->sign == '-')
        fprintf(page->out, _(INDENT "it is gone from campaigns/%s: nothing of it goes out\n"),
                json_text(change, "file"));
    print_state(page, change);
    print_lost(page, change);
}

/* ---- by account ---- */

static int by_account_and_time(const void *a, const void *b)
{
    const json_t *x = *(const json_t *const *)a, *y = *(const json_t *const *)b;
    const json_t *left = json_is_object(side(x, "after")) ? side(x, "after") : side(x, "before");
    const json_t *right = json_is_object(side(y, "after")) ? side(y, "after") : side(y, "before");
    struct instant at_left = {0}, at_right = {0};
    int order = strcmp(json_text(x, "account"), json_text(y, "account"));

    if (order)
        return order;
    if (!instant_parse(json_text(left, "at"), &at_left) ||
        !instant_parse(json_text(right, "at"), &at_right) || at_left.ms == at_right.ms)
        return strcmp(json_text(x, "name"), json_text(y, "name"));
    return at_left.ms < at_right.ms ? -1 : 1;
}

static void print_changes(const struct page *page, const json_t *list)
{
    size_t count = json_array_size(list);
    const json_t **sorted = arena_array(page->arena, count + 1, sizeof(json_t *));
    const char *account = "";

    for (size_t i = 0; i < count; i++)
        sorted[i] = json_array_get(list, i);
    if (count)
        qsort(sorted, count, sizeof *sorted, by_account_and_time);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(account, json_text(sorted[i], "account")) != 0) {
            account = json_text(sorted[i], "account");
            fprintf(page->out, "\n%s%s%s (%s)\n", colour(page, BOLD), account, colour(page, PLAIN),
                    json_text(sorted[i], "platform"));
        }
        print_change(page, sorted[i]);
    }
}

/* ---- the whole ---- */

static void print_counts(const struct page *page, const json_t *counts)
{
    long long lost = (long long)json_integer_or(counts, "approvals_lost", 0);
    long long add = (long long)json_integer_or(counts, "add", 0);
    long long change = (long long)json_integer_or(counts, "change", 0);
    long long out = (long long)json_integer_or(counts, "remove", 0);

    if (lost > 0)
        fprintf(page->out,
                P_("Plan: %lld to add, %lld to change, %lld to remove; %lld approval would be "
                   "lost.\n",
                   "Plan: %lld to add, %lld to change, %lld to remove; %lld approvals would be "
                   "lost.\n",
                   (unsigned long)lost),
                add, change, out, lost);
    else
        fprintf(page->out, _("Plan: %lld to add, %lld to change, %lld to remove.\n"), add, change,
                out);
}

void plan_print(const struct invocation *invocation, const json_t *plan)
{
    const struct page page = {invocation, invocation->arena, stdout};
    const json_t *findings = json_object_get(plan, "findings");
    const bool applies = !strcmp(json_text(plan, "reload"), "apply");

    if (plan_changes(plan))
        puts(applies
                 ? _("What 'crier apply' would change (+ new, ~ changed, - goes away, ! wrong):")
                 : _("What changes when the files are read now (+ new, ~ changed, - goes away, "
                     "! wrong):"));
    else
        puts(_("Nothing changes: the outbox says what the files say."));
    print_changes(&page, json_object_get(plan, "changes"));
    if (json_array_size(findings) > 0)
        putchar('\n');
    for (size_t i = 0; i < json_array_size(findings); i++)
        words_finding(page.out, "! ", json_array_get(findings, i), invocation->colour, page.arena);
    if (plan_changes(plan) || json_array_size(findings) > 0)
        putchar('\n');
    print_counts(&page, json_object_get(plan, "counts"));
}

/* ---- what a saved plan does not agree with ---- */

static const char *stands(const json_t *change, struct arena *arena)
{
    const json_t *before = side(change, "before");

    return arena_printf(arena, "%s %s %s %lld", json_text(change, "change"),
                        json_is_object(before) ? json_text(before, "state") : "-",
                        json_is_object(before) && json_text(before, "reason")
                            ? json_text(before, "reason")
                            : "-",
                        (long long)json_integer_or(change, "approvals_lost", 0));
}

/* By what names them, as text by text. */
static json_t *index_of(const json_t *list, const char *key, struct arena *arena)
{
    json_t *index = json_object();

    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *entry = json_array_get(list, i);
        const char *sha256 = json_text(entry, "sha256");
        if (!sha256 && !strcmp(json_text(entry, "change"), "remove"))
            continue; /* done by itself */
        json_put(index, json_text(entry, key), sha256 ? sha256 : stands(entry, arena));
    }
    return index;
}

static size_t print_unequal(json_t *left, const json_t *right, bool only_missing, size_t named,
                            FILE *out)
{
    const char *name;
    json_t *value;

    json_object_foreach(left, name, value)
    {
        const json_t *other = json_object_get(right, name);
        if (only_missing ? other != NULL : other && json_equal(value, other))
            continue;
        if (named++ < MOST_NAMED)
            fprintf(out, "  %s\n", name);
    }
    return named;
}

static void print_unlike(const json_t *saved, const json_t *now, const char *member,
                         const char *key, const char *title, FILE *out)
{
    struct arena scratch = {0};
    json_t *left = index_of(json_object_get(saved, member), key, &scratch);
    json_t *right = index_of(json_object_get(now, member), key, &scratch);
    size_t named;

    if (!json_equal(left, right)) {
        fprintf(out, "%s\n", title);
        named = print_unequal(left, right, false, 0, out);
        named = print_unequal(right, left, true, named, out);
        if (named > MOST_NAMED)
            fprintf(out, _("  and %zu more\n"), named - MOST_NAMED);
    }
    json_decref(left);
    json_decref(right);
    arena_clear(&scratch);
}

void plan_print_differences(const json_t *saved, const json_t *now, FILE *out)
{
    print_unlike(saved, now, "files", "path", _("Files that are not as they were then:"), out);
    print_unlike(saved, now, "changes", "name",
                 _("Deliveries that are not as they were then, or of which the plan says something "
                   "else:"),
                 out);
}
