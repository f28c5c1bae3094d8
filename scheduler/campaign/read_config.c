#include "campaign/read_config.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "campaign/proof.h"
#include "text/hosts.h"
#include "text/similar.h"
#include "text/unicode.h"

enum { MOST_NAME = 32 };

/* Stands in for a platform that nobody knows, so that no pointer is ever NULL. */
static const struct limits no_limits = {.source = ""};
static const struct account_key no_keys[] = {{NULL, ACCOUNT_KEY_TEXT, NULL, NULL}};
static const struct platform_facts nowhere = {.name = "", .limits = &no_limits, .keys = no_keys};

struct config {
    struct reading *reading;
    const struct platform_facts *platforms;
    struct workspace *workspace;
    struct account *accounts;
    struct group *groups;
    bool needs_alt; /* alt_text = "require" */
};

static void report(struct config *config, const char *code, struct place place, const char *a,
                   const char *b, const char *c)
{
    reading_report(config->reading, code, place, a, b, c);
}

static const char *line_text(struct config *config, int line)
{
    return arena_printf(config->reading->arena, "%d", line);
}

/* ---- The zone. ---- */

static void close_zone(void *zone)
{
    zone_close(zone);
}

const struct zone *config_zone(struct reading *reading, const char *name)
{
    struct zone *zone;
    struct err err;

    if (!zone_open(name, &zone, &err))
        return NULL;
    arena_on_clear(reading->arena, close_zone, zone);
    return zone;
}

/* India has one zone, and it is called after one city. */
static bool is_in_india(const char *name)
{
    static const char *const places[] = {"India",     "IST",     "Delhi",     "New_Delhi",
                                         "Mumbai",    "Chennai", "Bengaluru", "Bangalore",
                                         "Hyderabad", "Lucknow", "Jaipur",    "Patna",
                                         "Bhopal",    "Pune",    "Ahmedabad"};
    const char *city = strrchr(name, '/') ? strrchr(name, '/') + 1 : name;

    for (size_t i = 0; i < COUNT_OF(places); i++)
        if (unicode_equal_caseless(places[i], city))
            return true;
    return false;
}

static const char *zone_guess(struct config *config, const char *name)
{
    struct similar similar = similar_to(name);
    const char *const *names;
    size_t count;

    if (is_in_india(name))
        return "Asia/Kolkata";
    zone_names(config->reading->arena, &names, &count);
    for (size_t i = 0; i < count; i++) {
        const char *city = strrchr(names[i], '/');

        if (city && strcmp(city + 1, name) == 0)
            return names[i];
        similar_offer(&similar, names[i]);
    }
    return similar.best;
}

static void read_zone(struct config *config, const struct value *value)
{
    const char *name = value->given ? value->text : "UTC";
    const struct zone *zone = config_zone(config->reading, name);
    const char *modern;

    if (!zone) {
        report(config, "E601", value->place, name,
               guess_text(config->reading, zone_guess(config, name),
                          _("Write timezone = \"Asia/Kolkata\";")),
               NULL);
        zone = config_zone(config->reading, "UTC");
        assert(zone);
    } else if (value->given && (modern = zone_modern_name(name, config->reading->arena))) {
        report(config, "W602", value->place, name, modern, NULL);
    }
    config->workspace->zone = zone;
    config->reading->zone = zone;
}

/* ---- Names. ---- */

static const struct platform_facts *platform_find(const struct config *config, const char *name)
{
    for (const struct platform_facts *facts = config->platforms; facts && facts->name; facts++) {
        if (strcmp(facts->name, name) == 0)
            return facts;
    }
    return NULL;
}

/* What a name of crier.cfg must not be; NULL when it is free. */
static const char *taken_as(const struct config *config, const char *name)
{
    enum { STAFF = IN_CAMPAIGN | IN_POST | IN_OVERRIDE };

    if (platform_find(config, name))
        return _("the name of a platform");
    for (size_t i = 0; i < field_count; i++) {
        if ((fields[i].where & STAFF) && strcmp(fields[i].name, name) == 0)
            return _("a key of campaign files");
    }
    return NULL;
}

static void check_name(struct config *config, const struct value *value, const char *of_what)
{
    struct arena *arena = config->reading->arena;
    const char *taken;
    const char *plain;

    if (!value->given)
        return;
    plain = plain_name_of(value->text, true, MOST_NAME, arena);
    taken = taken_as(config, value->text);
    if (is_plain_name(value->text, true, MOST_NAME)) {
        if (taken)
            report(config, "E604", value->place, value->text, taken, NULL);
    } else if (strlen(plain) == strlen(value->text) && unicode_equal_caseless(plain, value->text)) {
        report(config, "E206", value->place, value->text, plain, NULL);
    } else {
        report(config, "E603", value->place, value->text, of_what,
               guess_text(config->reading, plain, _("Write for example \"x-main\".")));
    }
}

/* The account or group of that name among those read so far. */
static const struct place *named_before(const struct config *config, const char *name)
{
    for (size_t i = 0; i < config->workspace->account_count; i++) {
        if (strcmp(config->workspace->accounts[i].name, name) == 0)
            return &config->workspace->accounts[i].place;
    }
    for (size_t i = 0; i < config->workspace->group_count; i++) {
        if (strcmp(config->workspace->groups[i].name, name) == 0)
            return &config->workspace->groups[i].place;
    }
    return NULL;
}

/* False when the name is missing or used before: the entry can not be kept. */
static bool take_name(struct config *config, const struct value *value, const char *of_what)
{
    const struct place *before = value->given ? named_before(config, value->text) : NULL;

    check_name(config, value, of_what);
    if (before)
        report(config, "E614", value->place, value->text, line_text(config, before->line), NULL);
    return value->given && !before;
}

/* ---- Addresses. ---- */

static bool is_digits(const char *text, size_t length)
{
    return length > 0 && strspn(text, "0123456789") >= length;
}

/* The length of a literal loopback host at `at`; 0 when it is none. */
static size_t loopback_length(const char *at)
{
    const char *part = at;

    if (strncmp(at, "[::1]", 5) == 0)
        return 5;
    if (strncmp(at, "127.", 4) != 0)
        return 0;
    for (int dots = 0; dots < 4; dots++) {
        size_t length = strspn(part, "0123456789");

        if (length == 0 || length > 3 || (dots < 3 && part[length] != '.'))
            return 0;
        part += length + (dots < 3);
    }
    return (size_t)(part - at);
}

static bool is_loopback_url(const char *url)
{
    size_t scheme = strncmp(url, "http://", 7) == 0 ? 7 : strncmp(url, "https://", 8) == 0 ? 8 : 0;
    size_t host = scheme ? loopback_length(url + scheme) : 0;
    const char *rest = url + scheme + host;

    if (host == 0)
        return false;
    if (*rest == ':') {
        size_t port = strcspn(rest + 1, "/");

        if (!is_digits(rest + 1, port) || port > 5)
            return false;
        rest += 1 + port;
    }
    return *rest == '\0' || (*rest == '/' && !strpbrk(rest, " ?#@\\\n"));
}

/* The host of "https://HOST"; NULL when it is anything else. */
static const char *server_host(const char *url)
{
    const char *host = url + 8;
    size_t length;

    if (strncmp(url, "https://", 8) != 0)
        return NULL;
    length = strspn(host, "abcdefghijklmnopqrstuvwxyz0123456789.-");
    if (host[length] != '\0' || length > 253 || !strchr(host, '.') || strstr(host, "..") ||
        strchr(".-", host[0]) || strchr(".-", host[length - 1]))
        return NULL;
    return host;
}

/* ---- Addresses of receivers. ----
 *
 * A staff file must not become a way into the department's own network, so a live address names a
 * public host. What a name leads to is the resolver's; what is written here is judged here. */

/* The four numbers of a canonical dotted address; libcurl would also take "127.1" and "0x7f.1". */
static bool dotted_address(const char *host, size_t length, unsigned parts[4])
{
    const char *at = host;

    for (int i = 0; i < 4; i++) {
        size_t digits = strspn(at, "0123456789");

        if (digits == 0 || digits > 3 || (digits > 1 && *at == '0') || (i < 3 && at[digits] != '.'))
            return false;
        parts[i] = 0;
        for (size_t k = 0; k < digits; k++)
            parts[i] = parts[i] * 10 + (unsigned)(at[k] - '0');
        if (parts[i] > 255)
            return false;
        at += digits + (i < 3);
    }
    return at == host + length;
}

/* RFC 6890: what is no public address. */
static bool is_private(const unsigned parts[4])
{
    static const struct {
        unsigned prefix, bits;
    } nets[] = {
        {0x00000000, 8},  {0x0a000000, 8},  {0x64400000, 10}, {0x7f000000, 8},  {0xa9fe0000, 16},
        {0xac100000, 12}, {0xc0000000, 24}, {0xc0000200, 24}, {0xc0a80000, 16}, {0xc6120000, 15},
        {0xc6336400, 24}, {0xcb007100, 24}, {0xe0000000, 3},
    };
    unsigned address = parts[0] << 24 | parts[1] << 16 | parts[2] << 8 | parts[3];

    for (size_t i = 0; i < COUNT_OF(nets); i++) {
        if (address >> (32 - nets[i].bits) == nets[i].prefix >> (32 - nets[i].bits))
            return true;
    }
    return false;
}

static bool ends_with(const char *text, size_t length, const char *end)
{
    size_t end_length = strlen(end);

    return length >= end_length && memcmp(text + length - end_length, end, end_length) == 0;
}

/* A name whose last label begins with a digit is read as a number by somebody. */
static bool is_inside(const char *host, size_t length)
{
    const char *last = host + length;
    unsigned parts[4];

    while (last > host && last[-1] != '.')
        last--;
    if (*last >= '0' && *last <= '9')
        return !dotted_address(host, length, parts) || is_private(parts);
    return ends_with(host, length, ".localhost") || ends_with(host, length, ".local") ||
           ends_with(host, length, ".internal");
}

/* The length of the host in "https://HOST[:PORT][/PATH]"; 0 when it is anything else. */
static size_t url_host_length(const char *url)
{
    const char *host = url + 8, *rest;
    size_t length, port;

    if (strncmp(url, "https://", 8) != 0)
        return 0;
    length = strspn(host, "abcdefghijklmnopqrstuvwxyz0123456789.-");
    rest = host + length;
    if (*rest == ':') {
        port = strcspn(rest + 1, "/");
        if (!is_digits(rest + 1, port) || port > 5)
            return 0;
        rest += 1 + port;
    }
    if (length == 0 || length > 253 || !memchr(host, '.', length) || strchr(".-", host[0]) ||
        strchr(".-", host[length - 1]) || (*rest != '\0' && *rest != '/'))
        return 0;
    for (; *rest; rest++) {
        if (*rest <= ' ' || *rest > '~' || strchr("#\\\"<>", *rest))
            return 0;
    }
    return length;
}

/* The address that was probably meant: https:// and the host of what is written. */
static const char *address_guess(struct config *config, const char *text, const char *otherwise)
{
    struct arena *arena = config->reading->arena;
    const char *host = host_ascii(host_of(text, strlen(text), arena), arena);

    return guess_text(config->reading,
                      host && strchr(host, '.') ? arena_printf(arena, "https://%s", host) : NULL,
                      otherwise);
}

static void refuse_server(struct config *config, const char *text, struct place place)
{
    report(config, "E611", place, text,
           address_guess(config, text, _("Write for example \"https://social.example.gov.in\".")),
           NULL);
}

/* NULL, with a finding, for what no live account may post to. */
static const char *checked_url(struct config *config, const struct account *account,
                               const char *url, struct place place)
{
    size_t length = url_host_length(url);

    if (length > 0 && !(account->live && is_inside(url + 8, length)))
        return url;
    if (length > 0)
        report(config, "E623", place, url, NULL, NULL);
    else
        report(config, "E620", place, url,
               address_guess(config, url,
                             _("Write for example \"https://hooks.example.gov.in/crier\".")),
               NULL);
    return NULL;
}

/* ---- Accounts. ---- */

static void read_base_url(struct config *config, const struct group_values *group,
                          struct account *account)
{
    const struct value *value = group_value(group, "base_url");

    if (account->live && value->given) {
        report(config, "E608", value->key, account->name, NULL, NULL);
    } else if (!account->live && !value->given && !value->wrong) {
        report(config, "E610", account->place, account->name, account->platform, NULL);
    } else if (value->given && !is_loopback_url(value->text)) {
        report(config, "E609", value->place, value->text, account->platform, NULL);
    } else if (value->given) {
        size_t length = strlen(value->text);

        while (length > 0 && value->text[length - 1] == '/')
            length--;
        account->base_url = arena_text_n(config->reading->arena, value->text, length);
    }
}

static void read_server(struct config *config, const struct group_values *group,
                        struct account *account)
{
    const struct value *value = group_value(group, "server");

    if (value->given) {
        account->server = server_host(value->text);
        if (!account->server)
            refuse_server(config, value->text, value->place);
    } else if (account->live && account->facts->needs_server && !value->wrong) {
        report(config, "E612", account->place, account->name, account->platform, NULL);
    }
}

static void read_handle(struct config *config, const struct group_values *group,
                        struct account *account)
{
    const struct value *value = group_value(group, "handle");

    account->handle = value->given ? value->text + (*value->text == '@') : NULL;
    if (account->live && !value->given && !value->wrong && !account->facts->needs_url)
        report(config, "E607", account->place, account->name, NULL, NULL);
}

static bool is_off(const struct account *account, const char *key)
{
    const char *value = account_option(account, key);

    return value && strcmp(value, "false") == 0;
}

static void read_limits(struct config *config, const struct value *value, struct account *account)
{
    struct group_values group;
    struct limits *limits = &account->limits;

    *limits = *account->facts->limits;
    if (!value->given)
        return;
    group_read(config->reading, value->member, IN_LIMITS, &group);
    group_refuse_others(config->reading, &group);
    if (group_has(&group, "text"))
        limits->text[0].most = (size_t)group_value(&group, "text")->number;
    if (group_has(&group, "media"))
        limits->most_media = (size_t)group_value(&group, "media")->number;
    if (group_has(&group, "alt"))
        limits->most_alt = (size_t)group_value(&group, "alt")->number;
}

static const struct account_key *key_find(const struct platform_facts *facts, const char *name)
{
    for (const struct account_key *key = facts->keys; key->name; key++) {
        if (strcmp(key->name, name) == 0)
            return key;
    }
    return NULL;
}

/* What each type of a platform's own key is written as. */
static const struct key_form {
    enum field_type type;
    const char *example; /* behind NAME = */
} key_forms[] = {
    [ACCOUNT_KEY_TEXT] = {FIELD_TEXT, "\"...\""},
    [ACCOUNT_KEY_BOOL] = {FIELD_BOOL, "true"},
    [ACCOUNT_KEY_HOST] = {FIELD_TEXT, "\"...\""},
    [ACCOUNT_KEY_URL] = {FIELD_TEXT, "\"https://...\""},
    [ACCOUNT_KEY_SPAN] = {FIELD_SPAN, "\"5m\""},
};

static const char *wrong_type(struct config *config, const struct account_key *key,
                              const struct member *member)
{
    const struct key_form *form = &key_forms[key->type];

    if (!member->node->faulty)
        report(config, "E201", member->node->value, key->name, field_type_text(form->type),
               arena_printf(config->reading->arena, "%s = %s;", key->name, form->example));
    return NULL;
}

static const char *checked_host(struct config *config, const char *text, struct place place)
{
    const char *host = server_host(text);

    if (!host)
        refuse_server(config, text, place);
    return host;
}

/* The value of a platform's own key as a text; NULL when it has the wrong type or is none. */
static const char *option_text(struct config *config, const struct account *account,
                               const struct account_key *key, const struct member *member)
{
    int type = config_setting_type(member->setting);
    struct place place = member->node->value;
    const char *text;
    struct span span;

    if (key->type == ACCOUNT_KEY_BOOL)
        return type != CONFIG_TYPE_BOOL                   ? wrong_type(config, key, member)
               : config_setting_get_bool(member->setting) ? "true"
                                                          : "false";
    if (type != CONFIG_TYPE_STRING)
        return wrong_type(config, key, member);
    text = arena_text(config->reading->arena, config_setting_get_string(member->setting));
    if (key->type == ACCOUNT_KEY_HOST)
        return checked_host(config, text, place);
    if (key->type == ACCOUNT_KEY_URL)
        return checked_url(config, account, text, place);
    if (key->type == ACCOUNT_KEY_SPAN && !span_parse(text, &span))
        return wrong_type(config, key, member);
    return text;
}

static const struct platform_facts *platform_with_key(const struct config *config, const char *name)
{
    for (const struct platform_facts *facts = config->platforms; facts && facts->name; facts++) {
        if (key_find(facts, name))
            return facts;
    }
    return NULL;
}

static void refuse_key(struct config *config, const struct group_values *group,
                       const struct member *member, const struct account *account)
{
    struct arena *arena = config->reading->arena;
    const struct platform_facts *other = platform_with_key(config, member->node->name);
    const char *names[GROUP_MOST_FIELDS];
    size_t count = 0;

    for (const struct account_key *key = account->facts->keys; key->name && count < COUNT_OF(names);
         key++)
        names[count++] = key->name;
    if (other && account->facts != &nowhere)
        report(
            config, "E617", member->node->key, member->node->name, account->platform,
            arena_printf(arena,
                         _("It is a key of %s accounts; take it out here with its value and its ;"),
                         other->name));
    else if (account->facts != &nowhere)
        group_refuse_other(config->reading, group, member, names, count);
}

static struct variable *option_find(struct variable *options, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(options[i].name, name) == 0)
            return &options[i];
    }
    return NULL;
}

/* Whether the file has the key of the account's address, well written or not. */
static bool names_url(const struct account *account, const struct group_values *group)
{
    for (size_t i = 0; i < group->other_count; i++) {
        const struct account_key *key = key_find(account->facts, group->others[i].node->name);

        if (key && key->type == ACCOUNT_KEY_URL)
            return true;
    }
    return false;
}

static void check_url_given(struct config *config, const struct account *account,
                            const struct group_values *group)
{
    if (account->live && account->facts->needs_url && !names_url(account, group))
        report(config, "E621", account->place, account->name, account->platform, NULL);
}

static bool names_key(const struct group_values *group, const char *key)
{
    for (size_t i = 0; i < group->other_count; i++) {
        if (strcmp(group->others[i].node->name, key) == 0)
            return true;
    }
    return false;
}

static void check_live_keys(struct config *config, const struct account *account,
                            const struct group_values *group)
{
    const char *const *key = account->live ? account->facts->live_keys : NULL;

    for (; key && *key; key++) {
        if (!names_key(group, *key))
            report(config, "E625", account->place, account->name, *key,
                   _(key_find(account->facts, *key)->sentence));
    }
}

/* A word that the platform does not know would silently mean its usual way in. */
static void check_auth(struct config *config, const struct account *account,
                       const struct member *member, const char *text)
{
    const char *const *words = account->facts->auth_words;
    size_t count = 0;

    if (!words || strcmp(member->node->name, "auth") != 0)
        return;
    for (; words[count]; count++) {
        if (strcmp(words[count], text) == 0)
            return;
    }
    report(config, "E203", member->node->value, "auth", text,
           nearest_text(config->reading, text, words, count));
}

/* All keys of the platform with their defaults, then what the file says. */
static void read_options(struct config *config, const struct group_values *group,
                         struct account *account)
{
    size_t capacity = 0;
    struct variable *options = NULL;

    account->options.count = 0;
    for (const struct account_key *key = account->facts->keys; key->name; key++) {
        struct variable *option = arena_push(config->reading->arena, &options,
                                             &account->options.count, &capacity, sizeof *option);
        *option = (struct variable){key->name, key->fallback, account->place};
    }
    for (size_t i = 0; i < group->other_count; i++) {
        const struct member *member = &group->others[i];
        const struct account_key *key = key_find(account->facts, member->node->name);
        const char *text = key ? option_text(config, account, key, member) : NULL;

        if (!key)
            refuse_key(config, group, member, account);
        if (key && text)
            check_auth(config, account, member, text);
        if (key && text)
            option_find(options, account->options.count, key->name)->value = text;
    }
    account->options.items = options;
    struct variable *server = option_find(options, account->options.count, "server");
    if (server)
        server->value = account->server;
    check_url_given(config, account, group);
    check_live_keys(config, account, group);
}

static const struct platform_facts *read_platform(struct config *config, const struct value *value)
{
    const struct platform_facts *found = value->given ? platform_find(config, value->text) : NULL;
    const char *names[64];
    size_t count = 0;

    if (found)
        return found;
    for (const struct platform_facts *facts = config->platforms;
         facts && facts->name && count < COUNT_OF(names); facts++)
        names[count++] = facts->name;
    if (value->given)
        report(config, "E605", value->place, value->text,
               nearest_text(config->reading, value->text, names, count), NULL);
    return &nowhere;
}

static void read_account(struct config *config, struct member member)
{
    struct reading *reading = config->reading;
    struct group_values group;
    const struct value *name, *live;

    group_read(reading, member, IN_ACCOUNT, &group);
    name = group_value(&group, "name");
    live = group_value(&group, "live");
    if (!take_name(config, name, _("an account")))
        return;

    struct account *account = &config->accounts[config->workspace->account_count++];
    account->name = name->text;
    account->place = name->place;
    account->facts = read_platform(config, group_value(&group, "platform"));
    account->platform = account->facts->name;
    account->live = live->number != 0;
    account->needs_alt = config->needs_alt;
    account->approvals = group_has(&group, "approvals")
                             ? (int)group_value(&group, "approvals")->number
                             : account->live;
    account->gap = group_has(&group, "gap") ? group_value(&group, "gap")->span
                                            : span_seconds(account->live ? 30 : 0);
    account->vars = variables_read(reading, group_value(&group, "vars"));
    if (live->given && account->facts != &nowhere) {
        read_base_url(config, &group, account);
        read_server(config, &group, account);
        read_handle(config, &group, account);
    }
    read_limits(config, group_value(&group, "limits"), account);
    read_options(config, &group, account);
    if (is_off(account, "threads"))
        account->limits.has_threads = false;
}

static bool same_text(const char *a, const char *b)
{
    return a && b ? unicode_equal_caseless(a, b) : a == b;
}

/* The code of the finding when both are one public account; NULL when they are two. Where a server
 * need not be named, a handle is one account's wherever it lives. */
static const char *same_account(const struct account *a, const struct account *b)
{
    if (a->facts != b->facts || !a->live || !b->live)
        return NULL;
    if (a->facts->needs_url)
        return account_url(a) && account_url(b) && !strcmp(account_url(a), account_url(b)) ? "E624"
                                                                                           : NULL;
    if (!a->handle || !same_text(a->handle, b->handle))
        return NULL;
    return !a->facts->needs_server || same_text(a->server, b->server) ? "E613" : NULL;
}

/* Two names for one public account would publish everything twice. */
static void check_identities(struct config *config)
{
    for (size_t i = 0; i < config->workspace->account_count; i++) {
        const struct account *account = &config->accounts[i];

        for (size_t j = 0; j < i; j++) {
            const struct account *other = &config->accounts[j];
            const char *code = same_account(account, other);

            if (code)
                report(config, code, account->place, account->name, other->name, NULL);
        }
    }
}

static void read_accounts(struct config *config, const struct value *value)
{
    size_t count = value->given ? member_count(&value->member) : 0;

    config->accounts = arena_array(config->reading->arena, count, sizeof *config->accounts);
    config->workspace->accounts = config->accounts;
    for (size_t i = 0; i < count; i++)
        read_account(config, member_at(&value->member, i));
    check_identities(config);
}

/* ---- Groups of accounts. ---- */

static void refuse_account(struct config *config, const char *name, struct place place)
{
    size_t count = config->workspace->account_count;
    const char **names = arena_array(config->reading->arena, count, sizeof *names);

    for (size_t i = 0; i < count; i++)
        names[i] = config->accounts[i].name;
    report(config, "E615", place, name, nearest_text(config->reading, name, names, count), NULL);
}

static bool group_holds(const struct group *group, const struct account *account)
{
    for (size_t i = 0; i < group->count; i++) {
        if (group->accounts[i] == account)
            return true;
    }
    return false;
}

static void read_group(struct config *config, struct member member)
{
    struct group_values values;
    const struct value *name, *accounts;

    group_read(config->reading, member, IN_GROUP, &values);
    group_refuse_others(config->reading, &values);
    name = group_value(&values, "name");
    accounts = group_value(&values, "accounts");
    if (!take_name(config, name, _("a group")))
        return;

    struct group *group = &config->groups[config->workspace->group_count++];
    group->name = name->text;
    group->place = name->place;
    group->accounts =
        arena_array(config->reading->arena, accounts->texts.count, sizeof *group->accounts);
    for (size_t i = 0; i < accounts->texts.count; i++) {
        const char *word = accounts->texts.items[i];
        const struct account *account = workspace_account(config->workspace, word);

        if (!account)
            refuse_account(config, word, accounts->texts.places[i]);
        else if (group_holds(group, account))
            report(config, "W223", accounts->texts.places[i], word, NULL, NULL);
        else
            group->accounts[group->count++] = account;
    }
}

static void read_groups(struct config *config, const struct value *value)
{
    size_t count = value->given ? member_count(&value->member) : 0;

    config->groups = arena_array(config->reading->arena, count, sizeof *config->groups);
    config->workspace->groups = config->groups;
    for (size_t i = 0; i < count; i++)
        read_group(config, member_at(&value->member, i));
}

/* ---- Quiet hours, blackouts, the rest. ---- */

/* The choices of `allow` stand in the order of enum urgency. */
static unsigned allowed_classes(const struct value *value)
{
    unsigned set = 0;

    for (size_t i = 0; value->given && i < value->number_count; i++)
        set |= urgency_bit((enum urgency)value->numbers[i]);
    return set;
}

static void read_quiet(struct config *config, const struct value *value)
{
    struct group_values group;

    if (!value->given)
        return;
    group_read(config->reading, value->member, IN_QUIET, &group);
    group_refuse_others(config->reading, &group);
    if (!group_has(&group, "from") || !group_has(&group, "to"))
        return;
    config->workspace->quiet =
        (struct quiet){.set = true,
                       .from_s = (int)group_value(&group, "from")->number,
                       .to_s = (int)group_value(&group, "to")->number,
                       .allow = allowed_classes(group_value(&group, "allow"))};
}

/* The two times of a blackout the right way round; where only the days were exchanged, so that each
 * keeps its time of day. */
static const char *turned_round(const struct value *from, const struct value *to,
                                struct arena *arena)
{
    const bool days = civil_days(to->civil.year, to->civil.month, to->civil.day) <
                      civil_days(from->civil.year, from->civil.month, from->civil.day);
    const char *first = days ? from->text : to->text, *last = days ? to->text : from->text;

    return arena_printf(arena, _("Write from = \"%.10s%s\"; to = \"%.10s%s\";"), to->text,
                        first + 10, from->text, last + 10);
}

static bool read_blackout(struct config *config, struct member member, struct blackout *blackout)
{
    struct group_values group;
    const struct value *from, *to;

    group_read(config->reading, member, IN_BLACKOUT, &group);
    group_refuse_others(config->reading, &group);
    from = group_value(&group, "from");
    to = group_value(&group, "to");
    if (!from->given || !to->given || !group_has(&group, "name"))
        return false;
    if (civil_seconds(&to->civil) < civil_seconds(&from->civil)) {
        report(config, "E312", to->place, from->text, to->text,
               turned_round(from, to, config->reading->arena));
        return false;
    }
    *blackout = (struct blackout){.name = group_value(&group, "name")->text,
                                  .from = from->civil,
                                  .to = to->civil,
                                  .allow = allowed_classes(group_value(&group, "allow"))};
    return true;
}

static void read_blackouts(struct config *config, const struct value *value)
{
    size_t count = value->given ? member_count(&value->member) : 0;
    struct blackout *blackouts = arena_array(config->reading->arena, count, sizeof *blackouts);
    struct workspace *workspace = config->workspace;

    workspace->blackouts = blackouts;
    for (size_t i = 0; i < count; i++)
        workspace->blackout_count += read_blackout(config, member_at(&value->member, i),
                                                   &blackouts[workspace->blackout_count]);
}

static void read_alarm(struct config *config, const struct value *value)
{
    const char **words = arena_array(config->reading->arena, value->texts.count + 1, sizeof *words);

    if (!value->given)
        return;
    for (size_t i = 0; i < value->texts.count; i++)
        words[i] = value->texts.items[i];
    if (words[0][0] != '/')
        report(config, "E619", value->texts.places[0], words[0], NULL, NULL);
    config->workspace->alarm = words;
}

static void read_known(struct config *config, const struct value *value)
{
    struct known *known = &config->workspace->known;
    struct group_values group;

    if (!value->given)
        return;
    group_read(config->reading, value->member, IN_KNOWN, &group);
    group_refuse_others(config->reading, &group);
    known->has_numbers = group_has(&group, "numbers");
    known->has_hosts = group_has(&group, "hosts");
    known->numbers = group_value(&group, "numbers")->texts;
    known->hosts = group_value(&group, "hosts")->texts;
    proof_known(config->reading, known);
    config->reading->known = known;
}

void config_read_values(struct reading *reading, struct member root,
                        const struct platform_facts *platforms, struct workspace *workspace)
{
    struct config config = {.reading = reading, .platforms = platforms, .workspace = workspace};
    struct group_values group;

    group_read(reading, root, IN_CONFIG, &group);
    group_refuse_others(reading, &group);
    read_zone(&config, group_value(&group, "timezone"));
    read_known(&config, group_value(&group, "known")); /* before the texts that it judges */
    config.needs_alt = group_value(&group, "alt_text")->number != 0;
    read_accounts(&config, group_value(&group, "accounts"));
    read_groups(&config, group_value(&group, "groups"));
    read_quiet(&config, group_value(&group, "quiet"));
    read_blackouts(&config, group_value(&group, "blackouts"));
    read_alarm(&config, group_value(&group, "alarm"));
    workspace->language = group_value(&group, "language")->text;
    workspace->applies = group_value(&group, "reload")->number != 0;
    workspace->approvers = group_value(&group, "approvers")->text;
    workspace->editors = group_value(&group, "editors")->text;
    workspace->origin = group_value(&group, "origin")->text;
    workspace->horizon = group_value(&group, "horizon")->span;
    workspace->approval_for = group_value(&group, "approval_for")->span;
}
