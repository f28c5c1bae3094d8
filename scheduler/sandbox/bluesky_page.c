/* A profile as a person knows it from Bluesky, plain enough to read without scripts. Facets are
 * drawn as the app draws them: what no facet covers stays plain text. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sandbox/bluesky.h"
#include "sandbox/html.h"

static const char style[] =
    "body{background:#fff;color:#0b0f14}\n"
    "main{max-width:600px;margin:0 auto;border:solid #d4dbe2;border-width:0 1px;min-height:100vh}\n"
    "a{color:#0560ff;text-decoration:none}\n"
    ".cover{height:9em;background:linear-gradient(135deg,#0085ff,#4aa8ff 55%,#a9d5ff)}\n"
    ".who{padding:0 1em 1em;border-bottom:1px solid #d4dbe2}\n"
    ".face{display:block;flex:none;width:42px;height:42px;line-height:42px;border-radius:50%;"
    "background:#0b5cc4;color:#fff;font-weight:700;text-align:center;font-size:20px}\n"
    ".who .face{width:90px;height:90px;line-height:90px;font-size:42px;margin-top:-48px;"
    "border:3px solid #fff}\n"
    "h1{font-size:1.7em;margin:.3em 0 0;line-height:1.2}\n"
    ".acct,time,footer,.host{color:#42576c}\n"
    "article{display:flex;gap:.7em;padding:.9em 1em;border-bottom:1px solid #d4dbe2}\n"
    "article>div{flex:1;min-width:0}\n"
    ".line{display:flex;flex-wrap:wrap;gap:0 .4em;align-items:baseline}\n"
    ".text{white-space:pre-wrap;overflow-wrap:anywhere;margin:.15em 0 .5em}\n"
    ".media{display:grid;grid-template-columns:repeat(auto-fit,minmax(200px,1fr));gap:4px}\n"
    "figure{margin:0}\n"
    "figure img,figure video{width:100%;border-radius:12px;display:block;background:#eff2f6}\n"
    "figcaption{font-size:.85em;color:#42576c;padding:.2em}\n"
    "figcaption b{background:#0b0f14;color:#fff;border-radius:6px;padding:0 .4em;font-size:.8em}\n"
    ".card{display:block;border:1px solid #d4dbe2;border-radius:12px;overflow:hidden;color:inherit;"
    "padding:.6em .9em}\n"
    ".card img{width:100%;display:block;margin-bottom:.4em}\n"
    ".card b,.card .host{display:block}\n"
    "footer{font-size:.85em;display:flex;flex-wrap:wrap;gap:.2em 2.4em;margin-top:.6em}\n"
    ".flaw{color:#a1000f;font-size:.85em}\n";

/* ---- facets ---- */

struct facet {
    size_t start, end;
    const char *href; /* NULL: not one that we know */
};

static const char *href_of(const json_t *facet, const char *base, struct arena *arena)
{
    const json_t *feature = json_array_get(json_object_get(facet, "features"), 0);
    const char *tag = json_text(feature, "tag"), *did = json_text(feature, "did");

    if (tag)
        return arena_printf(arena, "%s/hashtag/%s", base, tag);
    if (did)
        return arena_printf(arena, "%s/profile/%s", base, did);
    return json_text(feature, "uri");
}

static int by_start(const void *left, const void *right)
{
    const struct facet *a = left, *b = right;

    return a->start < b->start ? -1 : a->start > b->start;
}

/* Those that fit the text, by their beginning. */
static size_t read_facets(const json_t *record, size_t length, const char *base,
                          struct arena *arena, struct facet **facets)
{
    const json_t *list = json_object_get(record, "facets");
    size_t count = 0, i;

    *facets = arena_array(arena, json_array_size(list) + 1, sizeof **facets);
    for (i = 0; i < json_array_size(list); i++) {
        const json_t *value = json_array_get(list, i), *index = json_object_get(value, "index");
        struct facet facet = {.start = (size_t)json_integer_or(index, "byteStart", 0),
                              .end = (size_t)json_integer_or(index, "byteEnd", 0),
                              .href = href_of(value, base, arena)};

        if (facet.start < facet.end && facet.end <= length && facet.href)
            (*facets)[count++] = facet;
    }
    qsort(*facets, count, sizeof **facets, by_start);
    return count;
}

static void write_text(struct buffer *html, const struct post *post, const char *base,
                       struct arena *arena)
{
    size_t length = strlen(post->text), at = 0, count, i;
    struct facet *facets;

    count = read_facets(json_object_get(post->detail, "record"), length, base, arena, &facets);
    for (i = 0; i < count; i++) {
        if (facets[i].start < at) /* overlaps: the app drops it */
            continue;
        html_escape_n(html, post->text + at, facets[i].start - at);
        buffer_text(html, "<a href=\"");
        html_escape(html, facets[i].href);
        buffer_text(html, "\" rel=\"noopener\">");
        html_escape_n(html, post->text + facets[i].start, facets[i].end - facets[i].start);
        buffer_text(html, "</a>");
        at = facets[i].end;
    }
    html_escape(html, post->text + at);
}

/* ---- embeds ---- */

static void write_blob_address(struct buffer *html, const char *base, const char *did,
                               const char *cid)
{
    buffer_printf(html, "%s/xrpc/com.atproto.sync.getBlob?did=%s&amp;cid=%s", base, did, cid);
}

static void write_medium(struct buffer *html, const char *base, const char *did,
                         const struct medium *medium)
{
    bool video = strncmp(medium->mime, "video/", 6) == 0;
    const char *alt = medium->alt ? medium->alt : "";

    buffer_text(html, video ? "<figure><video controls src=\"" : "<figure><img src=\"");
    write_blob_address(html, base, did, json_text(medium->upload->detail, "cid"));
    buffer_text(html, video ? "\" aria-label=\"" : "\" alt=\"");
    html_escape(html, alt);
    buffer_text(html, video ? "\"></video>\n" : "\">\n");
    buffer_text(html, "<figcaption><b>ALT</b> ");
    html_escape(html, *alt ? alt : "(no alt text)");
    buffer_text(html, "</figcaption></figure>\n");
}

static void write_card(struct buffer *html, const struct post *post)
{
    const json_t *embed = json_object_get(json_object_get(post->detail, "record"), "embed");
    const json_t *card = json_object_get(embed, "external");

    if (!card)
        return;
    buffer_text(html, "<a class=\"card\" rel=\"noopener\" href=\"");
    html_escape(html, json_text(card, "uri"));
    buffer_text(html, "\"><b>");
    html_escape(html, json_text(card, "title"));
    buffer_text(html, "</b>");
    html_escape(html, json_text(card, "description"));
    buffer_text(html, "<span class=\"host\">");
    html_escape(html, json_text(card, "uri"));
    buffer_text(html, "</span></a>\n");
}

static void write_flaws(struct buffer *html, const struct post *post)
{
    const json_t *flaws = json_object_get(post->detail, "flaws");
    size_t i;

    for (i = 0; i < json_array_size(flaws); i++) {
        buffer_text(html, "<p class=\"flaw\">SANDBOX: ");
        html_escape(html, json_string_value(json_array_get(flaws, i)));
        buffer_text(html, "</p>\n");
    }
}

/* ---- the page ---- */

static void write_face(struct buffer *html, const char *handle)
{
    buffer_text(html, "<span class=\"face\" aria-hidden=\"true\">");
    html_escape_n(html, handle, 1);
    buffer_text(html, "</span>");
}

static void write_head(struct buffer *html, const char *base, const char *handle,
                       const struct post *post)
{
    const char *rkey = strrchr(post->id, '/') + 1;

    buffer_text(html, "<div class=\"line\"><b>");
    html_escape(html, post->account);
    buffer_text(html, "</b><span class=\"acct\">@");
    html_escape(html, handle);
    buffer_printf(html, "</span><a href=\"%s/profile/%s/post/%s\">", base, handle, rkey);
    html_time(html, post->at);
    buffer_text(html, "</a></div>\n");
}

static void write_post(struct buffer *html, const char *base, const struct account *account,
                       const struct post *post, struct arena *arena)
{
    const json_t *languages = json_object_get(json_object_get(post->detail, "record"), "langs");
    const char *language = json_string_value(json_array_get(languages, 0));
    size_t i;

    buffer_text(html, "<article>\n");
    write_face(html, post->account);
    buffer_text(html, "<div>\n");
    write_head(html, base, bluesky_handle(account, arena), post);
    buffer_text(html, "<div class=\"text\" lang=\"");
    html_escape(html, language ? language : "");
    buffer_text(html, "\">");
    write_text(html, post, base, arena);
    buffer_text(html, "</div>\n<div class=\"media\">\n");
    for (i = 0; i < post->media_count; i++)
        write_medium(html, base, bluesky_did(account, arena), &post->media[i]);
    buffer_text(html, "</div>\n");
    write_card(html, post);
    write_flaws(html, post);
    buffer_printf(html,
                  "<footer><span>Replies 0</span><span>Reposts 0</span><span>Likes 0</span>"
                  "<span>%s</span></footer>\n</div></article>\n",
                  strrchr(post->id, '/') + 1);
}

/* Versions that were overwritten are in the ground truth only: no visitor would see them. */
static bool is_shown(struct world *world, const struct post *post, const struct account *account)
{
    return platform_is_shown(post, account, NULL) &&
           world_find_post(world, post->platform, post->id) == post;
}

static void write_profile(struct buffer *html, const struct account *account, struct arena *arena)
{
    buffer_text(html, "<div class=\"cover\"></div>\n<section class=\"who\">");
    write_face(html, account->handle);
    buffer_text(html, "<h1>");
    html_escape(html, account->handle);
    buffer_text(html, "</h1>\n<div class=\"acct\">@");
    html_escape(html, bluesky_handle(account, arena));
    buffer_printf(html,
                  "</div>\n<p><b>112</b> followers &middot; <b>0</b> following &middot; "
                  "<b>%" PRId64 "</b> posts</p></section>\n",
                  account->posts);
}

void bluesky_page(const struct platform *platform, struct world *world, struct request *request,
                  const struct account *account, const struct post *only, struct answer *answer)
{
    const char *base = arena_printf(&request->arena, "/%s", platform->name);
    const char *handle = bluesky_handle(account, &request->arena);
    const struct post *post;
    struct buffer html;

    buffer_init(&html, HTML_MOST_BYTES);
    html_begin(&html, arena_printf(&request->arena, "@%s - %s", handle, platform->title), style);
    write_profile(&html, account, &request->arena);
    for (post = only ? only : world->posts; post; post = only ? NULL : post->older)
        if (is_shown(world, post, account))
            write_post(&html, base, account, post, &request->arena);
    html_end(&html);
    html_answer(request, 200, &html, answer);
}
