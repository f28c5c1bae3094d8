#include "campaign/scan.h"

#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/i18n.h"
#include "campaign/fields.h"
#include "campaign/tokens.h"
#include "text/unicode.h"

struct opener {
    char mark;
    struct place place;
};

struct scanner {
    struct source *source;
    struct arena *arena;
    struct scan *scan;
    struct tokens tokens;
    struct buffer clean;
    struct opener open[SCAN_MOST_LEVELS + 1];
    size_t depth;
    const char *key; /* of the setting that is being read */
};

/* What the innermost bracket makes of a sequence. */
struct list_state {
    size_t opened; /* offset of its bracket in `clean` */
    bool square;
    bool mixed; /* libconfig refuses [ ] with different kinds of items; ( ) takes them */
    char kind;
};

static void scan_settings(struct scanner *scanner, struct node *group);
static void scan_value(struct scanner *scanner, struct node *node, bool in_group, char *kind);

static void report(struct scanner *scanner, const char *code, struct place place, const char *a,
                   const char *b, const char *c)
{
    source_report(scanner->source, code, place, a, b, c);
}

static const struct token *now(const struct scanner *scanner)
{
    return &scanner->tokens.now;
}

static void take(struct scanner *scanner)
{
    tokens_take(&scanner->tokens);
}

static void write_clean(struct scanner *scanner, const char *text)
{
    (void)buffer_text(&scanner->clean, text);
}

static void forget_clean(struct scanner *scanner, size_t length)
{
    scanner->clean.length = length;
    if (scanner->clean.capacity)
        scanner->clean.bytes[length] = '\0';
}

/* ---- Brackets. ---- */

static char closer_of(char opener)
{
    return opener == '{' ? '}' : opener == '(' ? ')' : ']';
}

static bool is_opener(const struct token *token)
{
    return token_is(token, '{') || token_is(token, '(') || token_is(token, '[');
}

static bool is_closer(const struct token *token)
{
    return token_is(token, '}') || token_is(token, ')') || token_is(token, ']');
}

/* The structure cannot be trusted any more: nothing that follows would be a useful remark. */
static void lose(struct scanner *scanner)
{
    scanner->scan->lost = true;
}

/* What was noticed where the innermost bracket should have been closed already. */
static void report_opener(struct scanner *scanner, const char *try)
{
    const struct opener *opener = &scanner->open[scanner->depth - 1];
    const char mark[2] = {opener->mark};
    const char *why = _("The file ends without it.");

    if (now(scanner)->kind != TOKEN_END)
        why = arena_printf(scanner->arena,
                           _("Crier noticed it in line %d; everything in between would belong to "
                             "the wrong part."),
                           now(scanner)->place.line);
    if (!scanner->scan->lost && !scanner->tokens.torn)
        report(scanner, "E111", opener->place, mark, why, try);
    lose(scanner);
}

/* The closing bracket with what must stand behind it there. */
static const char *closer_text(struct scanner *scanner)
{
    const struct opener *opener = &scanner->open[scanner->depth - 1];
    bool in_list = scanner->depth > 1 && opener[-1].mark != '{';
    const char *behind = !in_list ? ";" : is_opener(now(scanner)) ? "," : "";

    return arena_printf(scanner->arena, "%c%s", closer_of(opener->mark), behind);
}

static void report_unclosed(struct scanner *scanner)
{
    const struct token *token = now(scanner);
    int line = scanner->tokens.after.line;
    bool inside = token->kind != TOKEN_END && token->place.line == line;
    const char *closer = closer_text(scanner);

    if (inside && token->kind == TOKEN_MARK)
        report_opener(scanner, arena_printf(scanner->arena, _("Write %s before the %s in line %d."),
                                            closer, token->text, line));
    else if (inside)
        report_opener(scanner,
                      arena_printf(scanner->arena, _("Put %.1s where this part ends."), closer));
    else
        report_opener(scanner, arena_printf(scanner->arena, _("At the end of line %d write: %s"),
                                            line, closer));
}

static bool closes_an_outer_one(const struct scanner *scanner)
{
    for (size_t i = 0; i < scanner->depth; i++) {
        if (token_is(now(scanner), closer_of(scanner->open[i].mark)))
            return true;
    }
    return false;
}

/* Whether the innermost bracket ends here: by its own closer, by one that belongs further out,
 * or because the file does. */
static bool at_end(struct scanner *scanner)
{
    bool inside = scanner->depth > 0;

    if (scanner->scan->lost)
        return true;
    if (now(scanner)->kind == TOKEN_END) {
        if (scanner->tokens.cut)
            lose(scanner);
        else if (inside)
            report_unclosed(scanner);
        return true;
    }
    if (inside && token_is(now(scanner), closer_of(scanner->open[scanner->depth - 1].mark)))
        return true;
    if (!is_closer(now(scanner)))
        return false;
    if (closes_an_outer_one(scanner)) {
        report_unclosed(scanner);
    } else {
        if (!scanner->tokens.torn)
            report(scanner, "E113", now(scanner)->place, now(scanner)->text, NULL, NULL);
        lose(scanner);
    }
    return true;
}

/* The setting without its brackets, where they hold one text. */
static const char *without_brackets(const struct scanner *scanner)
{
    const char *text = now(scanner)->start + strspn(now(scanner)->start, "([ \t\r\n");
    size_t length = *text == '"' ? strcspn(text + 1, "\"\\\n") : 0;

    if (!scanner->key || length == 0 || length > 80 || text[1 + length] != '"')
        return _("Take out the brackets that are too many. If all are meant, one further up is not "
                 "closed.");
    return arena_printf(scanner->arena, _("Write %s = %.*s;"), scanner->key, (int)length + 2, text);
}

static bool open_bracket(struct scanner *scanner)
{
    if (scanner->depth == SCAN_MOST_LEVELS) {
        report(scanner, "E127", now(scanner)->place, "10", without_brackets(scanner), NULL);
        lose(scanner);
        return false;
    }
    scanner->open[scanner->depth++] = (struct opener){*now(scanner)->start, now(scanner)->place};
    take(scanner);
    return true;
}

static void close_bracket(struct scanner *scanner)
{
    scanner->depth--;
    if (!scanner->scan->lost)
        take(scanner);
}

/* ---- Scalars. ---- */

static bool is_truth(const struct token *token)
{
    return token->kind == TOKEN_NAME && (unicode_equal_caseless(token->text, "true") ||
                                         unicode_equal_caseless(token->text, "false"));
}

static void scan_strings(struct scanner *scanner, struct node *node, bool in_group)
{
    do {
        node->faulty |= now(scanner)->faulty;
        write_clean(scanner, "\"");
        write_clean(scanner, now(scanner)->text);
        write_clean(scanner, "\" ");
        take(scanner);
    } while (in_group && now(scanner)->kind == TOKEN_STRING);
}

static const struct {
    const char *word, *meant;
} truths[] = {
    {"yes", "true"},
    {"on", "true"},
    {"no", "false"},
    {"off", "false"},
};

static const char *truth_of(const char *text)
{
    for (size_t i = 0; i < COUNT_OF(truths); i++) {
        if (unicode_equal_caseless(truths[i].word, text))
            return truths[i].meant;
    }
    return NULL;
}

static const char *quoted(struct scanner *scanner, const char *text)
{
    size_t length = strlen(text);

    if (length >= 2 && text[0] == '\'' && text[length - 1] == '\'')
        text = arena_text_n(scanner->arena, text + 1, length - 2);
    return arena_printf(scanner->arena, "\"%s\"", text);
}

/* Goes to libconfig as a string, so that the key's own checks can look at it. */
static void scan_bare(struct scanner *scanner, struct node *node, bool in_group)
{
    struct place place = now(scanner)->place;
    const char *text = tokens_take_bare(&scanner->tokens, in_group);
    const char *truth = truth_of(text);
    const char *right = truth ? truth : quoted(scanner, text);

    node->bare = true;
    report(scanner, truth ? "E140" : "E123", place, text, right,
           *text == '\'' ? _("Only \" encloses a text, ' does not.")
                         : _("Without them only whole numbers, true and false are understood."));
    write_clean(scanner, strpbrk(text, "\"\\") ? "\"\"" : right);
}

static void scan_scalar(struct scanner *scanner, struct node *node, bool in_group, char *kind)
{
    const struct token *token = now(scanner);

    if (token->kind == TOKEN_STRING) {
        *kind = 's';
        scan_strings(scanner, node, in_group);
    } else if (token->kind == TOKEN_NUMBER || is_truth(token)) {
        *kind = token->kind == TOKEN_NUMBER ? 'n' : 't';
        node->faulty = token->faulty;
        node->written = arena_text_n(scanner->arena, token->start, token->length);
        write_clean(scanner, token->text);
        take(scanner);
    } else {
        *kind = 'b'; /* a string or a truth: never alike enough for [ ] */
        scan_bare(scanner, node, in_group);
    }
}

/* ---- Lists. ---- */

static void note_kind(struct list_state *list, char kind, size_t items)
{
    if (items == 1)
        list->kind = kind;
    list->mixed |= kind != list->kind || kind == 'g' || kind == 'b';
}

static void scan_item(struct scanner *scanner, struct node *parent, struct list_state *list)
{
    struct node *node =
        arena_push(scanner->arena, &parent->items, &parent->count, &parent->capacity, sizeof *node);
    char kind = 'g';

    if (parent->count > 1)
        write_clean(scanner, ",");
    node->key = node->value = now(scanner)->place;
    if (list->square && is_opener(now(scanner))) {
        report(scanner, "E129", scanner->open[scanner->depth - 1].place, NULL, NULL, NULL);
        list->square = false; /* said once */
    }
    scan_value(scanner, node, false, &kind);
    note_kind(list, kind, parent->count);
}

/* ; in a list. Before a setting it means that the list should have been closed. */
static void refuse_semicolon(struct scanner *scanner)
{
    struct place place = now(scanner)->place;
    const char closer[2] = {closer_of(scanner->open[scanner->depth - 1].mark)};

    take(scanner);
    if (tokens_at_setting(&scanner->tokens) || now(scanner)->kind == TOKEN_END)
        report_opener(scanner, arena_printf(scanner->arena, _("Write %s before the %s in line %d."),
                                            closer, ";", place.line));
    else
        report(scanner, "E138", place, NULL, NULL, NULL);
}

/* What separates two items. False at the end of the list. */
static bool pass_comma(struct scanner *scanner)
{
    struct place comma = now(scanner)->place;

    if (token_is(now(scanner), ';')) {
        refuse_semicolon(scanner);
        return !at_end(scanner);
    }
    if (!token_is(now(scanner), ',')) {
        if (at_end(scanner))
            return false;
        if (tokens_at_setting(&scanner->tokens))
            report_unclosed(scanner);
        else
            report(scanner, "E115", scanner->tokens.after, NULL, NULL, NULL);
        return !scanner->scan->lost;
    }
    take(scanner);
    if (!at_end(scanner))
        return true;
    if (!scanner->scan->lost)
        report(scanner, "E116", comma, NULL, NULL, NULL);
    return false;
}

/* , or ; or = where an item should stand. */
static void pass_stray_marks(struct scanner *scanner)
{
    while (now(scanner)->kind == TOKEN_MARK && strchr(",;=:", *now(scanner)->start)) {
        report(scanner, "E120", now(scanner)->place, now(scanner)->text,
               _("Take it out, or add the missing item."), NULL);
        take(scanner);
    }
}

static void scan_items(struct scanner *scanner, struct node *node, struct list_state *list)
{
    bool more;

    pass_stray_marks(scanner);
    more = !at_end(scanner);
    while (more) {
        if (tokens_at_setting(&scanner->tokens)) {
            report_unclosed(scanner);
            return;
        }
        scan_item(scanner, node, list);
        more = pass_comma(scanner);
        if (more)
            pass_stray_marks(scanner);
        more = more && !at_end(scanner);
    }
}

static void scan_list(struct scanner *scanner, struct node *node)
{
    struct list_state list = {.opened = scanner->clean.length,
                              .square = token_is(now(scanner), '[')};
    bool square = list.square;

    write_clean(scanner, square ? "[" : "(");
    if (!open_bracket(scanner))
        return;
    scan_items(scanner, node, &list);
    close_bracket(scanner);
    if (square && list.mixed)
        scanner->clean.bytes[list.opened] = '(';
    write_clean(scanner, square && !list.mixed ? "]" : ")");
}

/* ---- Groups. ---- */

static void scan_group(struct scanner *scanner, struct node *node)
{
    write_clean(scanner, "{");
    if (!open_bracket(scanner))
        return;
    scan_settings(scanner, node);
    close_bracket(scanner);
    write_clean(scanner, "}");
}

static void scan_value(struct scanner *scanner, struct node *node, bool in_group, char *kind)
{
    node->value = now(scanner)->place;
    if (token_is(now(scanner), '{'))
        scan_group(scanner, node);
    else if (is_opener(now(scanner)))
        scan_list(scanner, node);
    else
        scan_scalar(scanner, node, in_group, kind);
}

static const struct node *member(const struct node *group, const char *name, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(group->items[i].name, name) == 0)
            return &group->items[i];
    }
    return NULL;
}

/* Whether no value stands where one must. */
static bool value_is_missing(const struct scanner *scanner)
{
    const struct token *token = now(scanner);

    return token->kind == TOKEN_END || is_closer(token) || token_is(token, ';') ||
           token_is(token, ',') || token_is(token, '=') || token_is(token, ':') ||
           (token->begins_line && tokens_at_setting(&scanner->tokens));
}

/* The = behind a key. False when the line is no setting at all. */
static bool pass_equals(struct scanner *scanner, const struct node *node)
{
    const struct token *token = now(scanner);

    if (token_is(token, '=') || token_is(token, ':')) {
        take(scanner);
        return true;
    }
    report(scanner, "E125", node->key, node->name, NULL, NULL);
    if (!token->begins_line &&
        (token->kind == TOKEN_STRING || token->kind == TOKEN_NUMBER || is_opener(token)))
        return true;
    if (!token->begins_line && !is_closer(token) && token->kind != TOKEN_END &&
        !token_is(token, ';'))
        tokens_skip_line(&scanner->tokens);
    return false;
}

/* Leaves no trace of a setting that cannot be used. */
static void drop(struct scanner *scanner, struct node *group, size_t clean)
{
    group->count--;
    forget_clean(scanner, clean);
}

static void report_double(struct scanner *scanner, const struct node *node,
                          const struct node *first)
{
    char line[16];

    (void)snprintf(line, sizeof line, "%d", first->key.line);
    report(scanner, "E126", node->key, node->name, line, NULL);
}

/* How a key of a post is written; NULL for others, whose place is not known here. */
static const char *example_of(const struct scanner *scanner, const char *name)
{
    bool in_post = scanner->depth == 2 && scanner->open[0].mark == '(' &&
                   scanner->open[1].mark == '{' && strcmp(scanner->source->file, "crier.cfg") != 0;
    const struct field *field = in_post ? field_find(name, IN_POST) : NULL;

    return field ? field->example : NULL;
}

/* The key stays, so that nobody says it is missing. */
static void report_no_value(struct scanner *scanner, struct node *node)
{
    const char *example = example_of(scanner, node->name);
    const char *try;

    if (example)
        try = arena_printf(scanner->arena, _("Write for example %s"), example);
    else
        try = arena_printf(scanner->arena,
                           _("Write a value behind the =, or take out only \"%s\" with its ="),
                           node->name);
    node->faulty = true;
    report(scanner, "E124", node->key, node->name, try, NULL);
    write_clean(scanner, "\"\"");
}

static void scan_setting(struct scanner *scanner, struct node *group)
{
    struct node *node =
        arena_push(scanner->arena, &group->items, &group->count, &group->capacity, sizeof *node);
    size_t clean = scanner->clean.length;
    const struct node *first;
    char kind = 'g';

    node->name = now(scanner)->text;
    node->key = node->value = now(scanner)->place;
    scanner->key = node->name;
    first = member(group, node->name, group->count - 1);
    take(scanner);
    if (!pass_equals(scanner, node)) {
        drop(scanner, group, clean);
        return;
    }
    write_clean(scanner, node->name);
    write_clean(scanner, "=");
    if (value_is_missing(scanner))
        report_no_value(scanner, node);
    else
        scan_value(scanner, node, true, &kind);
    write_clean(scanner, ";");
    if (first) {
        report_double(scanner, node, first);
        drop(scanner, group, clean);
    }
}

/* Something that is no key stands where a key must. */
static void refuse_token(struct scanner *scanner)
{
    const struct token *token = now(scanner);

    if (token->kind == TOKEN_STRING) {
        report(scanner, "E139", token->place, NULL, NULL, NULL);
    } else if (token->kind == TOKEN_MARK) {
        report(scanner, "E120", token->place, token->text,
               _("Take it out, or write a key and = in front of it."), NULL);
    } else {
        report(
            scanner, "E133", token->place, token->text,
            _("If it means a key of this part, write that one (of a post: id, at, text, link, "
              "tags, media; 'crier explain post' lists them all). If that key stands in the "
              "file already, title for example, take this one out with its value and its ; then. "
              "If it is part of a text, put it inside the \"...\"."),
            NULL);
    }
    tokens_skip_line(&scanner->tokens);
}

static void scan_member(struct scanner *scanner, struct node *group)
{
    const struct token *token = now(scanner);

    if (token_is(token, ';') || token_is(token, ',')) {
        take(scanner);
    } else if (token->kind == TOKEN_NAME && !is_truth(token)) {
        scan_setting(scanner, group);
    } else if (is_opener(token) && scanner->depth > 0) {
        report_unclosed(scanner); /* the next item of the list around this group */
    } else if (is_opener(token)) {
        refuse_token(scanner);
        lose(scanner);
    } else {
        refuse_token(scanner);
    }
}

static void scan_settings(struct scanner *scanner, struct node *group)
{
    while (!at_end(scanner)) {
        if (group->count == SCAN_MOST_MEMBERS && now(scanner)->kind == TOKEN_NAME) {
            report(scanner, "E128", now(scanner)->place, "1000",
                   arena_printf(scanner->arena, "%d", group->value.line), NULL);
            lose(scanner);
            return;
        }
        scan_member(scanner, group);
    }
}

void scan_text(struct source *source, struct arena *arena, struct scan *scan)
{
    struct scanner scanner = {.source = source, .arena = arena, .scan = scan};
    size_t start;

    *scan = (struct scan){.clean = "", .root.value.file = source->file};
    if (!source_admit(source, &start)) {
        lose(&scanner);
        return;
    }
    buffer_init(&scanner.clean, SIZE_MAX);
    tokens_start(&scanner.tokens, source, start, arena, &scanner.clean);
    scan_settings(&scanner, &scan->root);
    scan->clean = arena_text(arena, scanner.clean.bytes);
    buffer_clear(&scanner.clean);
}
