#include "net/address.h"

#include <string.h>
#include <strings.h>

#include "base/i18n.h"

/* A number of at most `most` at *text; moves *text on. */
static bool take_number(const char **text, int most)
{
    int value = 0, digits = 0;

    for (; **text >= '0' && **text <= '9' && digits < 6; (*text)++, digits++)
        value = value * 10 + (**text - '0');
    return digits > 0 && value <= most;
}

static bool take_word(const char **text, const char *word)
{
    size_t length = strlen(word);

    if (strncmp(*text, word, length) != 0)
        return false;
    *text += length;
    return true;
}

static bool take_port(const char **text)
{
    return !take_word(text, ":") || take_number(text, 65535);
}

/* "http://127.0.0.1:8642/x", "https://[::1]": a literal, so that no resolver can point elsewhere.
 */
static bool is_loopback(const char *url)
{
    if (!take_word(&url, "http://") && !take_word(&url, "https://"))
        return false;
    if (!take_word(&url, "[::1]")) {
        if (!take_word(&url, "127."))
            return false;
        for (int i = 0; i < 3; i++) {
            if ((i > 0 && !take_word(&url, ".")) || !take_number(&url, 255))
                return false;
        }
    }
    return take_port(&url) && (*url == '\0' || *url == '/');
}

/* A host name as DNS has it, with an optional port: no path, no user, no bracket. */
static bool is_host(const char *host)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-";
    size_t length = strspn(host, allowed);
    const char *rest = host + length;

    return length > 0 && host[0] != '.' && host[0] != '-' && take_port(&rest) && *rest == '\0';
}

bool host_covers(const char *entry, const char *host)
{
    size_t below = strlen(entry), length = strlen(host);

    if (strncmp(entry, "*.", 2) != 0)
        return strcasecmp(entry, host) == 0;
    entry++; /* the dot must be there: "evilhost.example" is not below "host.example" */
    below--;
    return length > below && host[0] != '.' && strcasecmp(host + length - below, entry) == 0;
}

static bool is_own(const struct account *account, const struct adapter *adapter, const char *host)
{
    if (account->server && strcasecmp(host, account->server) == 0)
        return true;
    for (const char *const *entry = adapter->hosts; entry && *entry; entry++) {
        if (host_covers(*entry, host))
            return true;
    }
    return false;
}

static char *refuse(const char **why, const char *sentence)
{
    *why = sentence;
    return NULL;
}

static bool needs_url(const struct adapter *adapter)
{
    return adapter->facts && adapter->facts->needs_url;
}

static char *drill_address(const struct account *account, const struct adapter *adapter,
                           const struct http_request *request, struct arena *arena,
                           const char **why)
{
    if (!account->base_url || !is_loopback(account->base_url))
        return refuse(why,
                      _("An account that is not live is reached at a loopback base_url only."));
    if (needs_url(adapter))
        return arena_text(arena, account->base_url);
    return arena_printf(arena, "%s%s", account->base_url, request->path);
}

static char *live_address(const struct account *account, const struct adapter *adapter,
                          const struct http_request *request, struct arena *arena, const char **why)
{
    const char *first = adapter->hosts ? adapter->hosts[0] : NULL, *host = request->host;

    if (!host)
        host = account->server ? account->server : first;
    if (!host || !is_host(host))
        return refuse(why, _("A live account needs the name of its own server."));
    if (!is_own(account, adapter, host))
        return refuse(why, _("The request would go to a host that is not the platform's."));
    return arena_printf(arena, "https://%s%s", host, request->path);
}

static char *live_url(const struct account *account, struct arena *arena, const char **why)
{
    const char *url = account_url(account);

    if (!url || strncmp(url, "https://", 8) != 0)
        return refuse(why, _("A live account needs its https address."));
    return arena_text(arena, url);
}

char *address_of(const struct account *account, const struct adapter *adapter,
                 const struct http_request *request, struct arena *arena, const char **why)
{
    if (!account->live)
        return drill_address(account, adapter, request, arena, why);
#ifdef CRIER_FAULT
    return refuse(why, "a fault build does not talk to live accounts");
#endif
    if (account->base_url)
        return refuse(why, _("A live account has no base_url."));
    if (needs_url(adapter))
        return live_url(account, arena, why);
    return live_address(account, adapter, request, arena, why);
}
