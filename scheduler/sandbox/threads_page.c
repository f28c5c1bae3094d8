/* A profile as a person knows it from Threads, plain enough to read without scripts. */
#include "sandbox/threads.h"

#include <inttypes.h>
#include <string.h>

#include "sandbox/html.h"

static const char style[] =
    "body{background:#101010;color:#f3f5f7}\n"
    "main{max-width:620px;margin:0 auto;background:#181818;min-height:100vh}\n"
    "a{color:#f3f5f7;text-decoration:none}\n"
    ".who{padding:1.5em;border-bottom:1px solid #333}\n"
    "h1{margin:0;font-size:1.5em}\n"
    "article{padding:1em 1.5em;border-bottom:1px solid #333}\n"
    "article.answer{border-left:2px solid #555;margin-left:2em}\n"
    ".text{white-space:pre-wrap;overflow-wrap:anywhere;margin:.4em 0}\n"
    ".media{display:flex;gap:6px;overflow-x:auto}\n"
    "figure{margin:0;flex:0 0 70%}\n"
    "figure img,figure video{width:100%;border-radius:8px;display:block}\n"
    "figcaption,time,.handle{font-size:.85em;color:#999}\n"
    ".card{display:block;border:1px solid #333;border-radius:8px;padding:.6em 1em}\n";

static void write_medium(struct buffer *html, const char *base, const struct medium *medium)
{
    const bool video = strncmp(medium->mime, "video/", 6) == 0;
    const bool png = strcmp(medium->mime, "image/png") == 0;
    const char *alt = medium->alt ? medium->alt : "";

    buffer_printf(html, "<figure>%s src=\"%s/fbcdn/%s.%s\"", video ? "<video controls" : "<img",
                  base, medium->sha256,
                  video ? "mp4"
                  : png ? "png"
                        : "jpg");
    buffer_text(html, video ? " aria-label=\"" : " alt=\"");
    html_escape(html, alt);
    buffer_text(html, video ? "\"></video>" : "\">");
    buffer_text(html, "<figcaption>");
    html_escape(html, *alt ? alt : "(no alt text)");
    buffer_text(html, "</figcaption></figure>\n");
}

static void write_card(struct buffer *html, const struct post *post)
{
    const char *link = json_text(post->detail, "link");

    if (!link)
        return;
    buffer_text(html, "<span class=\"card\">");
    html_escape(html, link);
    buffer_text(html, "</span>\n");
}

static void write_post(struct buffer *html, const char *base, const struct post *post)
{
    size_t i;

    buffer_printf(html, "<article id=\"p%s\"%s>\n<b>", post->id,
                  json_text(post->detail, "reply_to_id") ? " class=\"answer\"" : "");
    html_escape(html, post->account);
    buffer_printf(html, "</b> <a href=\"%s/@%s/post/%s\">", base, post->account, post->id);
    html_time(html, post->at);
    buffer_text(html, "</a>\n<div class=\"text\">");
    html_escape(html, post->text);
    buffer_text(html, "</div>\n");
    write_card(html, post);
    buffer_text(html, "<div class=\"media\">\n");
    for (i = 0; i < post->media_count; i++)
        write_medium(html, base, &post->media[i]);
    buffer_text(html, "</div>\n</article>\n");
}

void threads_page(const struct platform *platform, struct world *world, struct request *request,
                  const struct account *account, const struct post *only, struct answer *answer)
{
    const char *base = arena_printf(&request->arena, "/%s", platform->name);
    const struct post *post;
    struct buffer html;

    buffer_init(&html, HTML_MOST_BYTES);
    html_begin(&html, arena_printf(&request->arena, "@%s - %s", account->handle, platform->title),
               style);
    buffer_text(&html, "<section class=\"who\"><h1>");
    html_escape(&html, account->handle);
    buffer_text(&html, "</h1><p class=\"handle\">@");
    html_escape(&html, account->handle);
    buffer_printf(&html, " &middot; %" PRId64 " posts</p></section>\n", account->posts);
    for (post = only ? only : world->posts; post; post = only ? NULL : post->older)
        if (platform_is_shown(post, account, only))
            write_post(&html, base, post);
    html_end(&html);
    html_answer(request, 200, &html, answer);
}
