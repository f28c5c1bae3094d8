/* crier why - one delivery: where it stands, why, since when, and what happened to it. */
#include <string.h>

#include "base/i18n.h"
#include "base/recipe.h"
#include "campaign/fit_how.h"
#include "campaign/reader.h"
#include "commands/audit_lines.h"
#include "commands/desk_client.h"
#include "commands/terminal.h"
#include "commands/words.h"
#include "platform/registry.h"
#include "text/unicode.h"

static const struct command_option options[] = {{0}};

enum { LABEL_COLUMNS = 15 };

static const char *label_of(const char *label, struct arena *arena)
{
    return words_padded(label, LABEL_COLUMNS, arena);
}

static void print_approvals(const json_t *delivery, struct arena *arena)
{
    const json_t *list = json_object_get(delivery, "approved_by");
    long long asked = json_integer_or(delivery, "approvals", 0), valid = 0;
    size_t i;

    for (i = 0; i < json_array_size(list); i++)
        valid += json_flag(json_array_get(list, i), "valid");
    if (asked > 0) {
        fputs(label_of(_("approvals"), arena), stdout);
        printf(_("%1$lld of %2$lld\n"), valid, asked);
    }
    for (i = 0; i < json_array_size(list); i++) {
        const json_t *approval = json_array_get(list, i);

        printf("%s%s, %s%s\n", label_of(_("approved by"), arena), json_text(approval, "login"),
               json_text(approval, "given"),
               json_flag(approval, "valid") ? "" : _(" (no longer valid: content, time or age)"));
    }
}

/* What is done to it once it is public: "first_comment: done". */
static void print_after(json_t *after, struct arena *arena)
{
    const char *word;
    json_t *step;

    json_object_foreach(after, word, step)
    {
        const char *why = json_text(step, "why");

        printf("%s%s%s%s\n", label_of(word, arena), json_text(step, "is"), why ? ": " : "",
               why ? why : "");
    }
}

static const struct line {
    const char *label, *member;
    bool is_time;
} lines[] = {
    {N_("id"), "id", false},
    {N_("state"), "state", false},
    {N_("reason"), "reason", false},
    {N_("which means"), "why", false},
    {N_("note"), "note", false},
    {N_("at this moment"), "now", false},
    {N_("due"), "due", true},
    {N_("useful until"), "useful_until", true},
    {N_("not before"), "not_before", true},
    {N_("went out"), "published", true},
    {N_("address"), "url", false},
    {N_("answers"), "answers", false},
};

static void print_line(const struct line *line, const json_t *delivery, struct arena *arena)
{
    const char *text = json_text(delivery, line->member);

    if (text)
        terminal_print(stdout, label_of(_(line->label), arena), "",
                       line->is_time ? words_time(text, arena) : text, arena);
}

static void print_delivery(const json_t *delivery, struct arena *arena)
{
    printf("%s\n", json_text(delivery, "name"));
    for (size_t i = 0; i < COUNT_OF(lines); i++)
        print_line(&lines[i], delivery, arena);
    print_after(json_object_get(delivery, "after"), arena);
    printf("%s%lld\n", label_of(_("attempts"), arena),
           (long long)json_integer_or(delivery, "attempts", 0));
    print_approvals(delivery, arena);
}

/* What goes out in the file's place. */
static void print_rendition(const json_t *medium, struct arena *arena)
{
    static const struct media_facts nothing_known;
    const char *text = json_text(medium, "recipe");
    struct recipe recipe;

    if (!text || !recipe_read(text, &recipe))
        return;
    if (!recipe_made(text))
        printf(_("  => is being made\n"));
    else
        printf("  => %s, %lld×%lld, %lld KiB\n", json_text(medium, "mime"),
               (long long)json_integer_or(medium, "width", 0),
               (long long)json_integer_or(medium, "height", 0),
               (long long)(json_integer_or(medium, "bytes", 0) + 1023) / 1024);
    words_print(stdout, "", "     ", fit_how(&recipe, &nothing_known, arena), arena);
}

static void print_media(const json_t *media, struct arena *arena)
{
    for (size_t i = 0; i < json_array_size(media); i++) {
        const json_t *medium = json_array_get(media, i);

        printf("+ %s\n", unicode_line(json_text(medium, "file"), arena));
        print_rendition(medium, arena);
        words_print(stdout, "", _("  alt: "), json_text(medium, "alt"), arena);
    }
}

/* All that the public sees, as preview shows it: who approves has looked at it here. */
static void print_content(const json_t *delivery, struct arena *arena)
{
    const char *text = json_text(delivery, "text"), *link = json_text(delivery, "link");

    putchar('\n');
    words_print(stdout, "", _("title: "), json_text(delivery, "title"), arena);
    words_print(stdout, "", _("description: "), json_text(delivery, "description"), arena);
    words_print(stdout, "", "| ", text, arena);
    if (link && !(text && strstr(text, link)))
        words_print(stdout, "", _("link: "), link, arena);
    print_media(json_object_get(delivery, "media"), arena);
}

static void print_history(const json_t *records)
{
    size_t i;

    puts(_("\nWhat happened"));
    if (json_array_size(records) == 0)
        puts(_("  nothing yet"));
    for (i = 0; i < json_array_size(records); i++)
        audit_print(json_array_get(records, i), false);
}

static const struct post *find_post(const struct campaign_set *set, const char *id)
{
    for (size_t c = 0; c < set->count; c++) {
        for (size_t p = 0; p < set->campaigns[c].post_count; p++) {
            if (!strcmp(set->campaigns[c].posts[p].id, id))
                return &set->campaigns[c].posts[p];
        }
    }
    return NULL;
}

/* Where its post stands in its file now, for whoever may read that; 0 = not known. */
static int line_of(const struct invocation *invocation, const char *name)
{
    const size_t campaign = strcspn(name, "/");
    const char *post = name[campaign] ? name + campaign + 1 : name;
    const char *const only[] = {arena_text_n(invocation->arena, name, campaign), NULL};
    const struct read_options reading = {.platforms = platform_facts_all(), .only = only};
    struct campaign_set set = {0};
    const struct post *found;
    struct findings findings;
    struct err ignored;

    findings_init(&findings, invocation->arena);
    if (!workspace_read(invocation->workspace, &reading, invocation->arena, &set, &findings,
                        &ignored))
        return 0;
    found = find_post(&set, arena_text_n(invocation->arena, post, strcspn(post, "@")));
    return found ? found->place.line : 0;
}

/* What stands in its file stands at a line there. */
static void add_place(const struct invocation *invocation, json_t *delivery)
{
    const json_t *list = json_object_get(delivery, "considerations");
    const int line = line_of(invocation, json_text(delivery, "name"));

    json_put_known(delivery, "line", line);
    for (size_t i = 0; line > 0 && i < json_array_size(list); i++) {
        json_t *entry = json_array_get(list, i);
        if (!strcmp(json_text(entry, "what"), "file") && json_flag(entry, "ok"))
            json_put(entry, "says",
                     arena_printf(invocation->arena, "campaigns/%s:%d", json_text(delivery, "file"),
                                  line));
    }
}

static void print_considerations(const struct invocation *invocation, const json_t *list)
{
    const char *red = invocation->colour ? "\033[1;31m" : "";
    const char *plain = invocation->colour ? "\033[0m" : "";

    puts(_("\nConsidered"));
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *entry = json_array_get(list, i);
        const bool ok = json_flag(entry, "ok"), waits = json_flag(entry, "waits");
        const char *mark = ok ? "✓" : waits ? "…" : "✗";
        fputs(ok || waits ? "" : red, stdout);
        terminal_print(
            stdout, arena_printf(invocation->arena, "  %s %-12s ", mark, json_text(entry, "what")),
            "", json_text(entry, "says"), invocation->arena);
        fputs(ok || waits ? "" : plain, stdout);
    }
}

static void print_outcome(const json_t *outcome, struct arena *arena)
{
    const char *at = json_text(outcome, "at"), *because = json_text(outcome, "because");
    const char *try = json_text(outcome, "try");

    if (json_flag(outcome, "goes") && at)
        printf(_("  => goes out at %s\n"), words_time(at, arena));
    else if (json_flag(outcome, "goes"))
        printf(_("  => goes out by itself, once this is over: %s\n"), because);
    else
        printf(_("  => does not go out: %s\n"), because ? because : "");
    if (try)
        terminal_print(stdout, _("     try: "), "", try, arena);
}

static bool run(const struct invocation *invocation, struct err *err)
{
    json_t *body = desk_body("why"), *result;
    enum err_kind kind;

    desk_word(body, invocation->words[0]);
    result = desk_ask(invocation, body, &kind, err);
    json_decref(body);
    if (!result)
        return false;
    add_place(invocation, result);
    if (invocation->json) {
        print_json(result);
    } else {
        print_delivery(result, invocation->arena);
        print_considerations(invocation, json_object_get(result, "considerations"));
        print_outcome(json_object_get(result, "outcome"), invocation->arena);
        print_content(result, invocation->arena);
        print_history(json_object_get(result, "history"));
    }
    json_decref(result);
    return true;
}

const struct command cmd_why = {
    .name = "why",
    .summary = N_("one delivery: where it stands, why, and what happened to it"),
    .usage = "why DELIVERY",
    .details =
        N_("Shows all that was considered, what speaks against it, when it goes out, and what "
           "to do.\n"
           "DELIVERY is a name as 'crier status' shows it (traffic/helmet@once/toots), its "
           "id,\nor the beginning of one if no other begins so."),
    .options = options,
    .effects = USES_STORE,
    .least_words = 1,
    .most_words = 1,
    .run = run,
};
