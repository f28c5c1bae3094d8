/* What readers of the channel see: bubbles on a wallpaper, the oldest above. */
#include <inttypes.h>
#include <string.h>

#include "sandbox/html.h"
#include "sandbox/telegram.h"

static const char style[] =
    "body{background:#c6d9b8}\n"
    "main{max-width:560px;margin:0 auto;padding:0 1em 1em}\n"
    ".who{background:#517da2;color:#fff;margin:0 -1em 1em;padding:.6em 1em;display:flex;gap:.8em;"
    "align-items:center}\n"
    ".who h1{font-size:1.05em;margin:0}.who p{margin:0;font-size:.85em;color:#e3eef7}\n"
    ".face{background:#fff;color:#38607f;border-radius:50%;width:2.4em;height:2.4em;display:grid;"
    "place-items:center;font-weight:700}\n"
    "article{background:#fff;border-radius:12px 12px 12px 2px;margin:0 0 .6em;padding:.4em .8em;"
    "box-shadow:0 1px 1px rgba(0,0,0,.2);max-width:26em}\n"
    "article b{color:#2f6ea5}\n"
    ".text{white-space:pre-wrap;overflow-wrap:anywhere;margin:.2em 0}\n"
    ".media{display:grid;grid-template-columns:repeat(auto-fit,minmax(45%,1fr));gap:2px;"
    "margin:.3em -.8em}\n"
    ".media img,.media video{width:100%;display:block}\n"
    ".reply{border-left:3px solid #2f6ea5;padding-left:.5em;margin:.2em 0;font-size:.85em;"
    "color:#38607f}\n"
    "footer{text-align:right;color:#586069;font-size:.8em}\n";

static void write_media(struct buffer *html, const char *base, const struct post *post)
{
    buffer_text(html, "<div class=\"media\">\n");
    for (size_t i = 0; i < post->media_count; i++) {
        const bool video = strncmp(post->media[i].mime, "video/", 6) == 0;

        buffer_printf(html,
                      video ? "<video controls src=\"%s/media/%s\"></video>\n"
                            : "<img src=\"%s/media/%s\" alt=\"picture of the post\">\n",
                      base, post->media[i].sha256);
    }
    buffer_text(html, "</div>\n");
}

static void write_message(struct buffer *html, const char *base, const struct post *post)
{
    const int64_t answered = json_integer_or(post->detail, "reply_to", 0);

    buffer_printf(html, "<article id=\"m%s\"><b>", post->id);
    html_escape(html, post->account);
    buffer_text(html, "</b>\n");
    if (answered)
        buffer_printf(html,
                      "<p class=\"reply\">answers <a href=\"#m%" PRId64 "\">%" PRId64 "</a></p>\n",
                      answered, answered);
    if (post->media_count)
        write_media(html, base, post);
    buffer_text(html, "<div class=\"text\" lang=\"hi\">");
    html_escape(html, post->text);
    buffer_printf(html, "</div>\n<footer>%s &middot; ", post->id);
    html_time(html, post->at);
    buffer_text(html, "</footer></article>\n");
}

void telegram_page(const struct platform *platform, struct world *world, struct request *request,
                   const struct account *account, struct answer *answer)
{
    const char *base = arena_printf(&request->arena, "/%s", platform->name);
    struct buffer html;

    buffer_init(&html, HTML_MOST_BYTES);
    html_begin(&html, arena_printf(&request->arena, "%s - %s", account->handle, platform->title),
               style);
    buffer_text(&html, "<header class=\"who\"><span class=\"face\" aria-hidden=\"true\">");
    html_escape_n(&html, account->handle, 1);
    buffer_text(&html, "</span><div><h1>");
    html_escape(&html, account->handle);
    buffer_text(&html, "</h1><p>channel, 112 subscribers</p></div></header>\n");
    for (const struct post *post = world->first; post; post = post->newer)
        if (platform_is_shown(post, account, NULL))
            write_message(&html, base, post);
    html_end(&html);
    html_answer(request, 200, &html, answer);
}
