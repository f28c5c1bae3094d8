/* A profile as a person knows it from Mastodon, plain enough to read without scripts. */
#include "sandbox/mastodon.h"

#include <inttypes.h>
#include <string.h>

#include "sandbox/html.h"

static const char style[] =
    "body{background:#191b22;color:#fff}\n"
    "main{max-width:600px;margin:0 auto;background:#282c37;min-height:100vh}\n"
    "a{color:#8c8dff;text-decoration:none}\n"
    ".cover{height:9em;background:linear-gradient(120deg,#563acc,#6364ff 60%,#2b90d9)}\n"
    ".who{padding:0 1.2em 1em;border-bottom:1px solid #393f4f}\n"
    ".face{display:block;width:92px;height:92px;line-height:92px;margin-top:-46px;"
    "border-radius:8px;border:3px solid #282c37;background:#563acc;color:#fff;font-size:44px;"
    "font-weight:700;text-align:center}\n"
    "h1{font-size:1.25em;margin:.5em 0 0}\n"
    ".acct,time,.facts,footer{color:#9baec8}\n"
    "article{padding:1em 1.2em;border-bottom:1px solid #393f4f}\n"
    "article header{display:flex;gap:.7em;align-items:center;margin-bottom:.8em}\n"
    "article .face{margin:0;width:46px;height:46px;line-height:46px;font-size:22px;border:0}\n"
    "article time{margin-left:auto;font-size:.85em}\n"
    ".text{font-size:1.05em;overflow-wrap:anywhere}\n"
    ".media{display:grid;grid-template-columns:repeat(auto-fit,minmax(240px,1fr));gap:8px}\n"
    "figure{margin:0}\n"
    "figure img,figure video{width:100%;border-radius:8px;background:#000;display:block}\n"
    "figcaption{font-size:.85em;color:#d9e1e8;padding:.3em .2em}\n"
    "figcaption b{background:#000;color:#fff;border-radius:4px;padding:0 .4em;font-size:.8em}\n"
    "footer{font-size:.85em;display:flex;flex-wrap:wrap;gap:.2em 2em;margin-top:.6em}\n"
    ".cw{font-weight:700}\n";

static void write_face(struct buffer *html, const char *handle)
{
    buffer_text(html, "<span class=\"face\" aria-hidden=\"true\">");
    html_escape_n(html, handle, 1);
    buffer_text(html, "</span>");
}

static void write_medium(struct buffer *html, const char *base, const struct medium *medium)
{
    bool video = strncmp(medium->mime, "video/", 6) == 0;
    const char *alt = medium->alt ? medium->alt : "";

    buffer_printf(html, "<figure>%s%s/media/%s\"", video ? "<video controls src=\"" : "<img src=\"",
                  base, medium->sha256);
    buffer_text(html, video ? " aria-label=\"" : " alt=\"");
    html_escape(html, alt);
    buffer_text(html, video ? "\"></video>\n" : "\">\n");
    buffer_text(html, "<figcaption><b>ALT</b> ");
    html_escape(html, *alt ? alt : "(no alt text)");
    buffer_text(html, "</figcaption></figure>\n");
}

static void write_post(struct buffer *html, const char *base, const struct post *post)
{
    const char *spoiler = json_text(post->detail, "spoiler_text");
    size_t i;

    buffer_printf(html, "<article id=\"p%s\">\n<header>", post->id);
    write_face(html, post->account);
    buffer_text(html, "<span><b>");
    html_escape(html, post->account);
    buffer_text(html, "</b><br><span class=\"acct\">@");
    html_escape(html, post->account);
    buffer_printf(html, "</span></span><a href=\"%s/@%s/%s\" style=\"margin-left:auto\">", base,
                  post->account, post->id);
    html_time(html, post->at);
    buffer_text(html, "</a></header>\n");
    if (spoiler && *spoiler) {
        buffer_text(html, "<p class=\"cw\">");
        html_escape(html, spoiler);
        buffer_text(html, "</p>\n");
    }
    buffer_text(html, "<div class=\"text\" lang=\"");
    html_escape(html, json_text(post->detail, "language"));
    buffer_text(html, "\">");
    mastodon_html(post->text, base, html);
    buffer_text(html, "</div>\n<div class=\"media\">\n");
    for (i = 0; i < post->media_count; i++)
        write_medium(html, base, &post->media[i]);
    buffer_printf(html,
                  "</div>\n<footer><span>Replies 0</span><span>Boosts 0</span>"
                  "<span>Favourites 0</span><span>id %s</span></footer>\n</article>\n",
                  post->id);
}

static void write_profile(struct buffer *html, const struct account *account, const char *host)
{
    buffer_text(html, "<div class=\"cover\"></div>\n<section class=\"who\">");
    write_face(html, account->handle);
    buffer_text(html, "<h1>");
    html_escape(html, account->handle);
    buffer_text(html, "</h1>\n<p class=\"acct\">@");
    html_escape(html, account->handle);
    buffer_char(html, '@');
    html_escape(html, host);
    buffer_printf(html,
                  "</p>\n<p class=\"facts\"><b>%" PRId64 "</b> posts &middot; <b>112</b> followers"
                  " &middot; <b>0</b> following</p></section>\n",
                  account->posts);
}

void mastodon_page(const struct platform *platform, struct world *world, struct request *request,
                   const struct account *account, const struct post *only, struct answer *answer)
{
    const char *base = arena_printf(&request->arena, "/%s", platform->name);
    const struct post *post;
    struct buffer html;

    buffer_init(&html, HTML_MOST_BYTES);
    html_begin(&html, arena_printf(&request->arena, "@%s - %s", account->handle, platform->title),
               style);
    write_profile(&html, account, request->host);
    for (post = only ? only : world->posts; post; post = only ? NULL : post->older)
        if (platform_is_shown(post, account, only))
            write_post(&html, base, post);
    html_end(&html);
    html_answer(request, 200, &html, answer);
}
