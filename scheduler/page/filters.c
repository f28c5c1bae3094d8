#include "base/i18n.h"
#include "page/parts.h"

/* Accounts in the order of crier.cfg, those of a platform together where the first of it stands. */
typedef void account_step(struct sheet *sheet, const struct account *account, bool is_first,
                          size_t of_platform);

static bool same_platform(const struct account *a, const struct account *b)
{
    return a->facts == b->facts;
}

static size_t accounts_of(const struct workspace *workspace, const struct account *account)
{
    size_t count = 0;

    for (size_t i = 0; i < workspace->account_count; i++)
        count += same_platform(&workspace->accounts[i], account);
    return count;
}

static bool is_first_of(const struct workspace *workspace, const struct account *account)
{
    for (const struct account *other = workspace->accounts; other < account; other++)
        if (same_platform(other, account))
            return false;
    return true;
}

static void each_account(struct sheet *sheet, account_step *step)
{
    const struct workspace *workspace = sheet->page->workspace;

    for (size_t i = 0; i < workspace->account_count; i++) {
        const struct account *first = &workspace->accounts[i];
        const size_t count = accounts_of(workspace, first);

        for (size_t j = i; is_first_of(workspace, first) && j < workspace->account_count; j++)
            if (same_platform(first, &workspace->accounts[j]))
                step(sheet, &workspace->accounts[j], j == i, count);
    }
}

/* ---- the rules ---- */

static void put_account_rule(struct sheet *sheet, const struct account *account, bool is_first,
                             size_t of_platform)
{
    const char *css = look_of(account->platform)->css;
    const size_t number = sheet_account(sheet, account);

    if (is_first)
        html_print(&sheet->html, ":root:has(#p-%s:checked) .u:not(.%s,:has(.%s)){display:none}\n",
                   css, css, css);
    if (of_platform > 1)
        html_print(&sheet->html,
                   ":root:has(#a-%zu:checked) .u:not(.a%zu,:has(.a%zu)){display:none}\n", number,
                   number, number);
}

void put_filter_rules(struct sheet *sheet)
{
    html_print(&sheet->html, "@media screen{\n"
                             ":root:has(#needs-look:checked) .u:not(.w,:has(.w)){display:none}\n");
    for (size_t i = 0; i < sheet->campaign_count; i++)
        html_print(&sheet->html, ":root:has(#c-%zu:checked) .k:not(.c%zu){display:none}\n", i, i);
    each_account(sheet, put_account_rule);
    html_print(&sheet->html, "}\n");
}

/* ---- what is chosen from ---- */

static void put_account_choice(struct sheet *sheet, const struct account *account, bool is_first,
                               size_t of_platform)
{
    const struct look *look = look_of(account->platform);
    const char *name = look->platform ? _(look->name) : account->platform;

    if (is_first)
        html_print(&sheet->html,
                   "<label><input type=\"radio\" name=\"account\" id=\"p-%s\"><i class=\"%s\" "
                   "aria-hidden=\"true\">%s</i> %s%s%s</label>\n",
                   look->css, look->css, look->mark, name, of_platform > 1 ? "" : " · ",
                   of_platform > 1 ? "" : account->name);
    if (of_platform > 1)
        html_print(&sheet->html,
                   "<label><input type=\"radio\" name=\"account\" id=\"a-%zu\">%s</label>\n",
                   sheet_account(sheet, account), account->name);
}

static const char *campaign_title(const struct campaign *campaign)
{
    return campaign->title ? campaign->title : campaign->name;
}

static void put_campaign_choices(struct sheet *sheet)
{
    struct html *html = &sheet->html;

    html_print(html,
               "<fieldset><legend>%s</legend>\n"
               "<label><input type=\"radio\" name=\"campaign\" id=\"c-all\" checked>%s</label>\n",
               _("Campaign"), _("all"));
    for (size_t i = 0; i < sheet->campaign_count; i++)
        html_print(html,
                   "<label class=\"c%zu\"><input type=\"radio\" name=\"campaign\" id=\"c-%zu\">"
                   "<b class=\"dot\"></b>%s</label>\n",
                   i, i, campaign_title(sheet->campaigns[i]));
    html_print(html, "</fieldset>\n");
}

void put_filters(struct sheet *sheet)
{
    struct html *html = &sheet->html;

    html_print(html, "<section class=\"filters\" aria-label=\"%s\">\n", _("What is shown"));
    put_campaign_choices(sheet);
    html_print(html,
               "<fieldset><legend>%s</legend>\n"
               "<label><input type=\"radio\" name=\"account\" id=\"a-all\" checked>%s</label>\n",
               _("Platform or account"), _("all"));
    each_account(sheet, put_account_choice);
    html_print(html,
               "</fieldset>\n<fieldset><legend>%s</legend>\n"
               "<label><input type=\"checkbox\" id=\"needs-look\">%s</label>\n"
               "</fieldset>\n</section>\n",
               _("State"), _("only what needs a look"));
}
