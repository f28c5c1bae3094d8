#include <string.h>

#include "base/i18n.h"
#include "page/marked.h"
#include "page/parts.h"
#include "text/hosts.h"
#include "text/unicode.h"

static const char *shown_name(const struct account *account)
{
    return account->handle ? account->handle : account->name;
}

/* ---- what a reader sees ---- */

static void put_text(struct html *html, const struct account *account,
                     const struct content *content)
{
    struct marking marking = {.look = look_of(account->platform),
                              .has_tags = account->limits.has_tags};

    if (!content->text)
        return;
    marking.fits = text_fitting_post(content->text, &account->limits, content->media_count);
    html_print(html, "<div class=\"text\" dir=\"auto\">");
    if (marking.look->name_in_text)
        html_print(html, "<b>%s</b> ", shown_name(account));
    marked_write(html, content->text, &marking);
    html_print(html, "</div>\n");
}

static void put_title(struct html *html, const struct account *account, const char *title)
{
    static const struct look plain = {.plain_links = true};
    const struct marking marking = {.look = &plain,
                                    .fits =
                                        title ? text_fitting(title, &account->limits.title) : 0};

    if (!title)
        return;
    html_print(html, "<div class=\"title\" dir=\"auto\">");
    marked_write(html, title, &marking);
    html_print(html, "</div>\n");
}

/* What stands beside the text on platforms with a place for it. */
static void put_link(struct html *html, const struct content *content, const char *title)
{
    if (!content->link || (content->text && strstr(content->text, content->link)))
        return;
    html_print(html, "<div class=\"link\"><small>%s</small>",
               host_of(content->link, strlen(content->link), &html->scratch));
    if (title)
        html_print(html, "<b>%s</b>", title);
    if (content->description)
        html_print(html, "<span>%s</span>", content->description);
    html_print(html, "<span class=\"address\">%s</span></div>\n", content->link);
}

/* The first letter stands for the account's picture. */
static void put_who(struct html *html, const struct account *account)
{
    const char *name = shown_name(account);
    uint32_t c;
    const size_t size = unicode_next(name, &c);

    html_print(html,
               "<div class=\"who\"><span class=\"face\" aria-hidden=\"true\">%s</span>"
               "<b>%s</b><small>%s</small></div>\n",
               arena_text_n(&html->scratch, name, size), name, account->server);
}

/* A headline stands on its link's card where that is the only one to have it. */
static bool heads_link(const struct account *account, const struct content *content)
{
    return account->limits.link_needs_no_media && content->link;
}

static void put_part(struct sheet *sheet, const struct account *account,
                     const struct rendered *rendered, size_t first_label)
{
    struct html *html = &sheet->html;
    const struct content *content = &rendered->content;
    const bool heads = heads_link(account, content);

    html_print(html, "<div class=\"part\">\n");
    put_who(html, account);
    if (!heads)
        put_title(html, account, content->title);
    put_text(html, account, content);
    put_media(sheet, rendered, first_label);
    if (!heads && !look_of(account->platform)->is_page && content->description)
        html_print(html, "<div class=\"text\" dir=\"auto\">%s</div>\n", content->description);
    put_link(html, content, heads ? content->title : NULL);
    html_print(html, "<div class=\"acts\"></div>\n");
    if (content->more.first_comment)
        html_print(html,
                   "<div class=\"comment\"><small>%s</small><div class=\"text\">%s</div></div>\n",
                   _("first comment"), content->more.first_comment);
    html_print(html, "</div>\n");
}

/* ---- what is to be known ---- */

static void put_count(struct html *html, const struct text_use *use)
{
    const size_t part = use->limit ? use->used * 100 / use->limit : 0;
    const char *text =
        use->unit == COUNT_BYTES
            ? arena_printf(&html->scratch, _("%1$zu of %2$zu bytes"), use->used, use->limit)
            : arena_printf(&html->scratch, _("%1$zu of %2$zu characters"), use->used, use->limit);

    html_print(
        html,
        "<p class=\"count%s\"><span class=\"bar\"><i style=\"width:%zu%%\"></i></span>%s</p>\n",
        use->used > use->limit ? " over" : "", part < 100 ? part : (size_t)100, text);
}

static void put_extra(struct html *html, const char *word, const char *value)
{
    if (value)
        html_print(html, "<li>%s %s</li>\n", word, value);
}

static bool has_extras(const struct extras *more)
{
    return more->kind || more->privacy || more->category || more->playlist;
}

static void put_extras(struct html *html, const struct extras *more)
{
    if (!has_extras(more))
        return;
    html_print(html, "<ul class=\"extras\">\n");
    put_extra(html, _("kind: "), more->kind);
    put_extra(html, _("privacy: "), more->privacy);
    put_extra(html, _("category: "), more->category);
    put_extra(html, _("playlist: "), more->playlist);
    html_print(html, "</ul>\n");
}

static void put_findings(struct html *html, const struct findings *findings)
{
    if (!findings->count)
        return;
    html_print(html, "<ul class=\"findings\">\n");
    for (size_t i = 0; i < findings->count; i++)
        put_finding(html, &findings->items[i], false);
    html_print(html, "</ul>\n");
}

static void put_facts(struct sheet *sheet, const struct card *card, size_t part, size_t first_label)
{
    struct html *html = &sheet->html;
    const struct plan_text *text = card->parts[part];
    const struct rendered *rendered = &text->rendered;

    html_print(html, "<div class=\"facts\">\n");
    if (card->part_count > 1)
        html_print(html, "<p><b>%zu/%zu</b></p>\n", part + 1, card->part_count);
    for (size_t i = 0; i < rendered->count_count; i++)
        put_count(html, &rendered->counts[i]);
    put_extras(html, &rendered->content.more);
    put_media_facts(sheet, rendered, first_label);
    put_findings(html, &text->findings);
    html_print(html, "</div>\n");
}

/* ---- both ---- */

static bool needs_look(const struct card *card)
{
    bool needs = card->is_held;

    for (size_t i = 0; i < card->part_count; i++)
        needs = needs || card->parts[i]->findings.count > 0;
    return needs;
}

static void put_heading(struct html *html, const struct account *account, int level)
{
    const struct look *look = look_of(account->platform);

    html_print(html, "<h%d><i class=\"%s\" aria-hidden=\"true\">%s</i> %s <span>%s</span>", level,
               look->css, look->mark, look->platform ? _(look->name) : account->platform,
               account->name);
    if (!account->live)
        html_print(html, " <small>%s</small>", _("drill"));
    html_print(html, "</h%d>\n", level);
}

/* The kind changes the shape of what is drawn; it stands in the list of extras as well. */
static const char *kind_of(const struct card *card)
{
    const char *kind = card->parts[0]->rendered.content.more.kind;

    return kind ? kind : "post";
}

void put_card(struct sheet *sheet, const struct card *card, int level)
{
    struct html *html = &sheet->html;
    const struct account *account = card->first->account;
    const struct look *look = look_of(account->platform);
    const size_t first_label = sheet->labels;

    html_print(html, "<article class=\"u card a%zu %s%s\">\n", sheet_account(sheet, account),
               look->css, needs_look(card) ? " w" : "");
    put_heading(html, account, level);
    html_print(html, "<div class=\"drawn as-%s\"", kind_of(card));
    put_language(html, card->parts[0]->rendered.content.language);
    html_print(html, ">\n");
    for (size_t i = 0; i < card->part_count; i++) {
        put_part(sheet, account, &card->parts[i]->rendered, sheet->labels);
        sheet->labels += card->parts[i]->rendered.content.media_count;
    }
    html_print(html, "</div>\n");
    for (size_t i = 0, label = first_label; i < card->part_count; i++) {
        put_facts(sheet, card, i, label);
        label += card->parts[i]->rendered.content.media_count;
    }
    html_print(html, "</article>\n");
}
