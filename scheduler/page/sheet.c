#include "page/parts.h"

#include <string.h>

struct civil sheet_wall(const struct sheet *sheet, struct instant t)
{
    return zone_civil(sheet->page->workspace->zone, t);
}

size_t sheet_campaign(const struct sheet *sheet, const struct campaign *campaign)
{
    size_t i = 0;

    while (sheet->campaigns[i] != campaign)
        i++;
    return i;
}

size_t sheet_account(const struct sheet *sheet, const struct account *account)
{
    return (size_t)(account - sheet->page->workspace->accounts);
}

void block_id(struct html *html, const struct occurrence *occurrence, size_t number)
{
    html_print(html, "%s/%s", occurrence->campaign->name, occurrence->post->id);
    if (number > 1)
        html_print(html, ".%zu", number);
}

void put_language(struct html *html, const char *language)
{
    const size_t length = language ? strspn(language, "abcdefghijklmnopqrstuvwxyz") : 0;

    if (length >= 2 && length <= 3 && !language[length])
        html_print(html, " lang=\"%s\"", language);
}
