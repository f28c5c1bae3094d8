/* What `crier explain` says of a platform: its limits, kinds and ways, from the adapter's own
 * tables. */
#include <inttypes.h>

#include "base/i18n.h"
#include "commands/explain.h"
#include "platform/registry.h"

static const char *key_line(struct sheet *sheet, const struct account_key *key)
{
    return key->fallback ? arena_printf(sheet->arena, _("%s: %s When it is left out: %s."),
                                        key->name, _(key->sentence), key->fallback)
                         : arena_printf(sheet->arena, "%s: %s", key->name, _(key->sentence));
}

static const char *limit_line(const struct text_limit *limit, struct sheet *sheet)
{
    return sheet_quantity(sheet, (int64_t)limit->most, count_unit_word(limit->unit));
}

static const char *count_line(size_t most, struct sheet *sheet)
{
    return most ? arena_printf(sheet->arena, "%zu", most) : NULL;
}

static void fill_text_limits(const struct limits *limits, struct sheet *sheet)
{
    sheet_list(sheet, "text", _("longest text"));
    for (size_t i = 0; i < COUNT_OF(limits->text); i++) {
        const struct text_limit *limit = &limits->text[i];

        if (!limit->most)
            continue;
        sheet_item(sheet, limit_line(limit, sheet));
        if (limit->urls_are_23)
            sheet_item(sheet, _("each web address counts 23, however long it is"));
        if (limit->mentions_are_local)
            sheet_item(sheet, _("of @name@server only @name counts"));
        if (limit->emoji_are_bytes)
            sheet_item(sheet, _("an emoji counts the bytes that it takes"));
    }
    if (limits->caption.most)
        sheet_item(sheet, arena_printf(sheet->arena, _("with pictures or a video: %s"),
                                       limit_line(&limits->caption, sheet)));
    if (limits->text_sure.most)
        sheet_item(sheet, arena_printf(sheet->arena, _("a warning from %s on"),
                                       limit_line(&limits->text_sure, sheet)));
}

/* Limits that count something else than letters. */
static void fill_other_limits(const struct limits *limits, struct sheet *sheet)
{
    sheet_say(sheet, "title_most", _("longest title"),
              limits->title.most ? limit_line(&limits->title, sheet) : NULL);
    sheet_flag(sheet, "needs_title", _("a title is required"), limits->needs_title);
    sheet_say(sheet, "forbidden", _("characters that it does not take"), limits->forbidden);
    sheet_say(sheet, "most_tags", _("most hashtags"), count_line(limits->most_tags, sheet));
    sheet_say(sheet, "most_links", _("most links"), count_line(limits->most_links, sheet));
}

/* "reel: 1 video, 3 to 90 s". */
static const char *kind_line(const struct post_kind *kind, struct sheet *sheet)
{
    const char *line = kind->word;

    if (kind->sentence)
        line = arena_printf(sheet->arena, "%s: %s", line, _(kind->sentence));
    if (kind->most_media == 1 && kind->least_media == 1)
        line = arena_printf(sheet->arena, _("%s; one file"), line);
    else if (kind->most_media > 0)
        line = arena_printf(sheet->arena, _("%s; %zu to %zu files"), line, kind->least_media,
                            kind->most_media);
    if (kind->most_duration.ms > 0)
        line = arena_printf(sheet->arena, _("%s of %" PRId64 " to %" PRId64 " s"), line,
                            kind->least_duration.ms / 1000, kind->most_duration.ms / 1000);
    return kind->has_text ? line : arena_printf(sheet->arena, _("%s; its text is not shown"), line);
}

static void fill_kinds(const struct limits *limits, struct sheet *sheet)
{
    sheet_list(sheet, "kinds", _("forms of a post (kind)"));
    for (const struct post_kind *kind = limits->kinds; kind && kind->word; kind++)
        sheet_item(sheet, kind_line(kind, sheet));
    sheet_words(sheet, "alone", _("stand alone in a post"), limits->alone);
    sheet_flag(sheet, "threads", _("a post can answer the one before it (thread)"),
               limits->has_threads);
}

static void fill_budgets(const struct limits *limits, struct sheet *sheet)
{
    char span[INSTANT_TEXT];

    sheet_list(sheet, "budgets", _("how often"));
    for (const struct budget *budget = limits->budgets; budget && budget->word; budget++)
        sheet_item(sheet,
                   arena_printf(sheet->arena, _("%s: at most %" PRId64 " in %s (%s)"), budget->word,
                                budget->most, span_text(budget->window, span), budget->source));
}

static const char *link_line(const struct limits *limits)
{
    if (!limits->has_link_field)
        return _("it stands in the text and counts with it");
    return limits->link_needs_no_media
               ? _("it becomes a card below the post; with pictures it stands in the text instead")
               : _("it is sent as a part of its own and does not count with the text");
}

static const char *title_line(const struct limits *limits)
{
    if (!limits->has_title)
        return _("nobody sees them there, so they are not sent");
    if (limits->text_is_description)
        return _("the title stands above the video, the description or else the text below it");
    return limits->link_needs_no_media ? _("they stand on the card of a link")
                                       : _("they are sent beside the text");
}

static void fill_limits(const struct limits *limits, struct sheet *sheet)
{
    char span[INSTANT_TEXT];

    fill_text_limits(limits, sheet);
    explain_media(limits, sheet);
    sheet_say(sheet, "link", _("a link"), link_line(limits));
    sheet_say(sheet, "title", _("title and description"), title_line(limits));
    fill_other_limits(limits, sheet);
    fill_kinds(limits, sheet);
    fill_budgets(limits, sheet);
    sheet_flag(sheet, "tags", _("hashtags mean something"), limits->has_tags);
    sheet_say(sheet, "duplicates", _("hides equal texts for"),
              limits->duplicate_window.ms
                  ? arena_text(sheet->arena, span_text(limits->duplicate_window, span))
                  : NULL);
    sheet_say(sheet, "source", _("where these numbers come from"), limits->source);
}

/* Of each way in where there are several: "oauth1: consumer_key, ...". */
static void fill_credentials(const struct adapter *adapter, struct sheet *sheet)
{
    const char *const *keys = adapter->credential_keys;

    sheet_list(sheet, "credentials", _("its file of credentials holds"));
    for (; !adapter->ways && keys && *keys; keys++)
        sheet_item(sheet, *keys);
    for (keys = adapter->optional_keys; !adapter->ways && keys && *keys; keys++)
        sheet_item(sheet, arena_printf(sheet->arena, _("%s, where it is needed"), *keys));
    for (const struct way_in *const *way = adapter->ways; way && *way; way++) {
        const char *line = (*way)->word;

        for (keys = (*way)->credential_keys; *keys; keys++)
            line = arena_printf(sheet->arena, "%s%s %s", line,
                                keys == (*way)->credential_keys ? ":" : ",", *keys);
        sheet_item(sheet, line);
    }
}

void explain_platform(size_t i, struct sheet *sheet)
{
    const struct adapter *adapter = adapters[i];
    const struct account account = {.platform = adapter->name};
    enum adapter_class class = adapter->class_of(&account);

    fill_limits(adapter->facts->limits, sheet);
    sheet_list(sheet, "account", _("keys of its own in an account"));
    for (const struct account_key *key = adapter->facts->keys; key && key->name; key++)
        sheet_item(sheet, key_line(sheet, key));
    sheet_say(sheet, "live_needs", _("a live account must name"),
              adapter->facts->needs_server ? "server"
              : adapter->facts->needs_url  ? "url"
                                           : NULL);
    fill_credentials(adapter, sheet);
    sheet_list(sheet, "after", _("done once it is out"));
    for (const struct after_step *step = adapter->after; step && step->word; step++)
        sheet_item(sheet, step->word);
    sheet_words(sheet, "hosts", _("hosts of its own"), adapter->hosts);
    sheet_say(sheet, "class", _("class, unless the account says otherwise"), class_word(class));
    sheet_say(sheet, "repeats", _("when an answer is lost"), class_sentence(class));
    sheet_say(sheet, "proof", _("proof"), proof_sentence(adapter->proof));
}
