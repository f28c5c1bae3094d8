/* Plans asked for, as commands do. */
#include "commands/plan.h"

#include "commands/desk_client.h"

static json_t *next_body(const json_t *plan, const json_t *page)
{
    const json_t *next = json_object_get(page, "next");
    json_t *body, *options;

    if (!json_is_integer(next))
        return NULL;
    body = desk_body("plan");
    options = json_object_get(body, "options");
    json_put(options, "of", json_text(json_object_get(plan, "hashes"), "plan"));
    json_put_integer(options, "from", json_integer_value(next));
    return body;
}

static bool add_page(const struct invocation *invocation, json_t *plan, json_t *body, json_t **page,
                     struct err *err)
{
    enum err_kind kind;

    *page = desk_ask(invocation, body, &kind, err);
    json_decref(body);
    if (*page)
        json_array_extend(json_object_get(plan, "changes"), json_object_get(*page, "changes"));
    return *page != NULL;
}

/* The first page becomes the whole. Takes it over. */
static json_t *whole(const struct invocation *invocation, json_t *plan, struct err *err)
{
    json_t *page = plan ? json_incref(plan) : NULL, *body;

    while (page && (body = next_body(plan, page))) {
        json_decref(page);
        if (add_page(invocation, plan, body, &page, err))
            continue;
        json_decref(plan);
        return NULL;
    }
    json_decref(page);
    if (plan)
        json_object_del(plan, "next");
    return plan;
}

json_t *plan_ask(const struct invocation *invocation, struct err *err)
{
    json_t *body = desk_body("plan"), *plan;
    enum err_kind kind;

    plan = desk_ask(invocation, body, &kind, err);
    json_decref(body);
    return whole(invocation, plan, err);
}

json_t *plan_apply(const struct invocation *invocation, const json_t *plan, struct err *err)
{
    static const char *const names[] = {"files", "plan", "outbox"};
    const json_t *hashes = json_object_get(plan, "hashes");
    json_t *body = desk_body("apply"), *result;
    const char *refused;
    enum err_kind kind;

    for (size_t i = 0; i < COUNT_OF(names); i++)
        desk_option(body, names[i], json_text(hashes, names[i]));
    desk_option(body, "workspace", json_text(plan, "workspace"));
    desk_option(body, "until", json_text(plan, "until"));
    result = whole(invocation, desk_ask(invocation, body, &kind, err), err);
    json_decref(body);
    refused = json_text(result, "refused");
    if (refused)
        err_set(err, ERR_FOUND, "%s", refused);
    return result;
}

bool plan_changes(const json_t *plan)
{
    return json_array_size(json_object_get(plan, "changes")) > 0;
}
