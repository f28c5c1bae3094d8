#include "sandbox/faults.h"

#include <string.h>

static const char *const fault_words[] = {
    [FAULT_STATUS] = "status",
    [FAULT_DELAY] = "delay",
    [FAULT_LOSE_ANSWER] = "lose_answer",
    [FAULT_RESET] = "reset",
    [FAULT_RATE_LIMIT] = "rate_limit",
    [FAULT_EXPIRE_TOKEN] = "expire_token",
    [FAULT_HALF_BODY] = "half_body",
    [FAULT_STALL] = "stall",
    [FAULT_QUIRK] = "quirk",
};

static bool read_kind(const char *word, enum fault_kind *kind)
{
    size_t i;

    for (i = 0; word && i < COUNT_OF(fault_words); i++)
        if (strcmp(fault_words[i], word) == 0) {
            *kind = (enum fault_kind)i;
            return true;
        }
    return false;
}

static bool only_known_members(const json_t *object, struct err *err)
{
    static const char known[] = " platform method path nth times do arg ";
    struct arena scratch = {0};
    const char *name;
    json_t *value;
    bool good = true;

    json_object_foreach((json_t *)(uintptr_t)object, name,
                        value) if (!strstr(known, arena_printf(&scratch, " %s ", name))) good =
        err_set(err, ERR_FOUND, "a fault has no member \"%s\"", name);
    arena_clear(&scratch);
    return good;
}

static bool read_fault(struct faults *faults, const json_t *object, struct err *err)
{
    struct fault *fault = arena_push(&faults->arena, &faults->items, &faults->count,
                                     &faults->capacity, sizeof *fault);

    fault->platform = json_text(object, "platform");
    fault->method = json_text(object, "method");
    fault->path = json_text(object, "path");
    fault->nth = json_integer_or(object, "nth", 1);
    fault->times = json_integer_or(object, "times", 1);
    fault->arg = json_object_get(object, "arg");
    if (!json_is_object(object) || !read_kind(json_text(object, "do"), &fault->kind))
        return err_set(err, ERR_FOUND, "fault %zu: \"do\" is missing or unknown", faults->count);
    return only_known_members(object, err);
}

bool faults_read(struct faults *faults, const char *bytes, size_t length, struct err *err)
{
    struct faults fresh = {.list = json_read(bytes, length, err)};
    const json_t *list = json_object_get(fresh.list, "faults");
    bool good = json_is_array(list);
    size_t i;

    if (fresh.list && !good)
        err_set(err, ERR_FOUND, "no list \"faults\"");
    for (i = 0; good && i < json_array_size(list); i++)
        good = read_fault(&fresh, json_array_get(list, i), err);
    if (!good) {
        faults_clear(&fresh);
        return false;
    }
    faults_clear(faults);
    *faults = fresh;
    return true;
}

void faults_clear(struct faults *faults)
{
    json_decref(faults->list);
    arena_clear(&faults->arena);
    *faults = (struct faults){0};
}

json_t *faults_report(const struct faults *faults)
{
    json_t *report = json_object(), *list = json_array();
    size_t i;

    for (i = 0; i < faults->count; i++) {
        json_t *object = json_copy(json_array_get(json_object_get(faults->list, "faults"), i));

        json_put_integer(object, "seen", faults->items[i].seen);
        json_put_integer(object, "happened", faults->items[i].happened);
        json_array_append_new(list, object);
    }
    json_put_new(report, "faults", list);
    return report;
}

/* '*' stands for any run of characters, '/' included. */
static bool glob(const char *pattern, const char *text)
{
    const char *star = NULL, *retry = NULL;

    while (*text) {
        if (*pattern == '*') {
            star = pattern++;
            retry = text;
        } else if (*pattern == *text) {
            pattern++;
            text++;
        } else if (star) {
            pattern = star + 1;
            text = ++retry;
        } else {
            return false;
        }
    }
    return pattern[strspn(pattern, "*")] == '\0';
}

static bool path_meets(const char *pattern, const char *path)
{
    return strchr(pattern, '*') ? glob(pattern, path)
                                : strncmp(pattern, path, strlen(pattern)) == 0;
}

static bool matches(const struct fault *fault, const char *platform, const char *method,
                    const char *path, const char *below)
{
    return (!fault->platform || strcmp(fault->platform, platform) == 0) &&
           (!fault->method || strcmp(fault->method, method) == 0) &&
           (!fault->path || path_meets(fault->path, below) || path_meets(fault->path, path));
}

static bool is_due(const struct fault *fault)
{
    return fault->seen >= fault->nth &&
           (fault->times == 0 || fault->seen < fault->nth + fault->times);
}

const struct fault *faults_meet(struct faults *faults, const char *platform, const char *method,
                                const char *path, const char *below)
{
    struct fault *met = NULL;
    size_t i;

    for (i = 0; i < faults->count; i++) {
        struct fault *fault = &faults->items[i];

        if (!matches(fault, platform, method, path, below))
            continue;
        fault->seen++;
        if (!met && is_due(fault))
            met = fault;
    }
    if (met)
        met->happened++;
    return met;
}

int64_t fault_number(const struct fault *fault, const char *member, int64_t otherwise)
{
    return json_is_integer(fault->arg) ? json_integer_value(fault->arg)
                                       : json_integer_or(fault->arg, member, otherwise);
}

bool fault_says(const struct fault *fault, const char *word)
{
    const char *text = json_string_value(fault->arg);

    return text ? strcmp(text, word) == 0 : json_flag(fault->arg, word);
}
