/* A profile as a person knows it from X, plain enough to read without scripts. */
#include <string.h>

#include "sandbox/html.h"
#include "sandbox/x.h"

static const char style[] =
    "body{background:#000;color:#e7e9ea}\n"
    "main{max-width:600px;margin:0 auto;border:solid #2f3336;border-width:0 1px;min-height:100vh}\n"
    "a{color:inherit;text-decoration:none}\n"
    ".cover{height:8em;background:#333639}\n"
    ".who{padding:0 1em 1em;border-bottom:1px solid #2f3336}\n"
    ".face{display:inline-block;width:40px;height:40px;line-height:40px;border-radius:50%;"
    "background:#1d9bf0;color:#fff;text-align:center;font-weight:700;flex:none}\n"
    ".who .face{width:96px;height:96px;line-height:96px;font-size:44px;margin-top:-48px;"
    "border:4px solid #000}\n"
    "h1{font-size:1.25em;margin:.4em 0 0}\n"
    ".name,time,footer,.answers{color:#71767b}\n"
    "article{display:flex;gap:.7em;padding:.8em 1em;border-bottom:1px solid #2f3336}\n"
    "article>div{flex:1;min-width:0}\n"
    ".text{white-space:pre-wrap;overflow-wrap:anywhere}\n"
    ".link,.answers a{color:#1d9bf0}\n"
    ".media{display:grid;grid-template-columns:repeat(auto-fit,minmax(220px,1fr));gap:2px;"
    "margin-top:.6em;border-radius:16px;overflow:hidden}\n"
    "figure{margin:0;position:relative}\n"
    "figure img,figure video{width:100%;display:block;background:#16181c}\n"
    "figcaption{font-size:.8em;color:#71767b;padding:.2em .4em}\n"
    "figcaption b{background:#0f1419;color:#fff;border-radius:4px;padding:0 .4em}\n"
    "footer{font-size:.85em;display:flex;flex-wrap:wrap;gap:.2em 2.5em;margin-top:.6em}\n";

static void write_face(struct buffer *html, const char *handle)
{
    buffer_text(html, "<span class=\"face\" aria-hidden=\"true\">");
    html_escape_n(html, handle, 1);
    buffer_text(html, "</span>");
}

static void write_medium(struct buffer *html, const struct world *world,
                         const struct medium *medium)
{
    const bool video = strncmp(medium->mime, "video/", 6) == 0;
    const char *alt = medium->alt ? medium->alt : "";
    const char *language = x_subtitle_language(world, medium->upload);

    buffer_printf(html, "<figure>%s/x/media/%s\"", video ? "<video controls src=\"" : "<img src=\"",
                  medium->sha256);
    buffer_text(html, video ? " aria-label=\"" : " alt=\"");
    html_escape(html, alt);
    buffer_text(html, video ? "\"></video>\n" : "\">\n");
    if (*alt) {
        buffer_text(html, "<figcaption><b>ALT</b> ");
        html_escape(html, alt);
        buffer_text(html, "</figcaption>");
    }
    if (language)
        buffer_printf(html, "<figcaption><b>CC</b> %s</figcaption>", language);
    buffer_text(html, "</figure>\n");
}

static void write_head(struct buffer *html, const struct post *post)
{
    const char *parent = json_text(post->detail, "parent");

    buffer_text(html, "<b>");
    html_escape(html, post->account);
    buffer_text(html, "</b> <span class=\"name\">@");
    html_escape(html, post->account);
    buffer_printf(html, " &middot; <a href=\"/x/%s/status/%s\">", post->account, post->id);
    html_time(html, post->at);
    buffer_text(html, "</a></span>\n");
    if (parent)
        buffer_printf(html,
                      "<div class=\"answers\">Replying to <a href=\"/x/%s/status/%s\">@%s</a>"
                      "</div>\n",
                      post->account, parent, post->account);
}

static void write_post(struct buffer *html, const struct world *world, const struct post *post)
{
    buffer_printf(html, "<article id=\"p%s\">", post->id);
    write_face(html, post->account);
    buffer_text(html, "<div>");
    write_head(html, post);
    buffer_text(html, "<div class=\"text\">");
    x_html(html, post->text);
    buffer_text(html, "</div>\n");
    if (post->media_count > 0)
        buffer_text(html, "<div class=\"media\">\n");
    for (size_t i = 0; i < post->media_count; i++)
        write_medium(html, world, &post->media[i]);
    if (post->media_count > 0)
        buffer_text(html, "</div>\n");
    buffer_printf(html,
                  "<footer><span>0 replies</span><span>0 reposts</span><span>0 likes</span>"
                  "<span>id %s</span></footer></div></article>\n",
                  post->id);
}

static void write_profile(struct buffer *html, const struct account *account)
{
    buffer_text(html, "<div class=\"cover\"></div>\n<section class=\"who\">");
    write_face(html, account->handle);
    buffer_text(html, "<h1>");
    html_escape(html, account->handle);
    buffer_text(html, "</h1>\n<div class=\"name\">@");
    html_escape(html, account->handle);
    buffer_printf(html, " &middot; %lld posts</div></section>\n", (long long)account->posts);
}

void x_page(struct x_call *call, const struct account *account, const struct post *only)
{
    const struct post *post = only ? only : call->world->posts;
    struct buffer html;

    buffer_init(&html, HTML_MOST_BYTES);
    html_begin(&html, arena_printf(call->arena, "@%s / X", account->handle), style);
    write_profile(&html, account);
    for (; post; post = only ? NULL : post->older) {
        if (platform_is_shown(post, account, NULL))
            write_post(&html, call->world, post);
    }
    html_end(&html);
    html_answer(call->request, 200, &html, call->answer);
}
