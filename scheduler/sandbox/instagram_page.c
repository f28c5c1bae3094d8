/* A profile as a person knows it from Instagram, plain enough to read without scripts. */
#include "sandbox/instagram.h"

#include <inttypes.h>
#include <string.h>

#include "sandbox/html.h"

static const char style[] =
    "body{background:#fff;color:#262626}\n"
    "main{max-width:620px;margin:0 auto}\n"
    ".who{display:flex;gap:2em;align-items:center;padding:1.5em 1em;border-bottom:1px solid "
    "#dbdbdb}\n"
    ".face{width:86px;height:86px;line-height:86px;border-radius:50%;text-align:center;"
    "font-size:40px;font-weight:700;color:#fff;background:linear-gradient(45deg,#feda75,#d62976,"
    "#962fbf,#4f5bd5)}\n"
    "h1{font-size:1.2em;font-weight:400;margin:0}\n"
    "article{border:1px solid #dbdbdb;border-radius:8px;margin:1em 0}\n"
    "article header,article .text,article footer{padding:.6em 1em}\n"
    "article.story{background:#000;color:#fff;max-width:360px;margin:1em auto;border-radius:16px}\n"
    ".kind{float:right;font-size:.8em;color:#8e8e8e}\n"
    ".media{display:flex;overflow-x:auto;background:#000}\n"
    ".media figure{margin:0;flex:0 0 100%}\n"
    ".media img,.media video{width:100%;display:block}\n"
    "figcaption,time,footer{font-size:.8em;color:#8e8e8e}\n"
    "figcaption{padding:.3em 1em;background:#fafafa}\n"
    ".text{white-space:pre-wrap;overflow-wrap:anywhere}\n"
    ".story time,.story footer{color:#ccc}\n";

static bool is_story(const struct post *post)
{
    return strcmp(json_text(post->detail, "kind"), "STORIES") == 0;
}

static void write_medium(struct buffer *html, const char *base, const struct medium *medium)
{
    const bool video = strncmp(medium->mime, "video/", 6) == 0;

    buffer_text(html, video ? "<figure><video controls src=\"" : "<figure><img src=\"");
    buffer_printf(html, "%s/fbcdn/%s.%s\"", base, medium->sha256, video ? "mp4" : "jpg");
    buffer_text(html, video ? "></video>" : " alt=\"");
    if (!video) {
        html_escape(html, medium->alt ? medium->alt : "");
        buffer_text(html, "\">");
    }
    buffer_text(html, "<figcaption>");
    html_escape(html, medium->alt ? medium->alt : "(no alt text)");
    buffer_text(html, "</figcaption></figure>\n");
}

static void write_comments(struct buffer *html, const struct world *world, const struct post *post)
{
    const struct upload *upload;

    for (upload = world->uploads; upload; upload = upload->older) {
        const char *on = json_text(upload->detail, "comment_on");

        if (!on || strcmp(on, post->id) != 0)
            continue;
        buffer_text(html, "<div class=\"text comment\"><b>");
        html_escape(html, upload->account);
        buffer_text(html, "</b> ");
        html_escape(html, json_text(upload->detail, "message"));
        buffer_text(html, "</div>\n");
    }
}

static const char *kind_of(const struct post *post)
{
    const char *kind = json_text(post->detail, "kind");

    if (is_story(post))
        return "Story, 24 hours";
    return strcmp(kind, "REELS") == 0 ? "Reel" : post->media_count > 1 ? "Carousel" : "Post";
}

static void write_post(struct buffer *html, const struct world *world, const char *base,
                       const struct post *post)
{
    size_t i;

    buffer_printf(html, "<article id=\"p%s\"%s>\n<header><b>", post->id,
                  is_story(post) ? " class=\"story\"" : "");
    html_escape(html, post->account);
    buffer_printf(html, "</b><span class=\"kind\">%s</span></header>\n<div class=\"media\">\n",
                  kind_of(post));
    for (i = 0; i < post->media_count; i++)
        write_medium(html, base, &post->media[i]);
    buffer_text(html, "</div>\n");
    if (*post->text) {
        buffer_text(html, "<div class=\"text\"><b>");
        html_escape(html, post->account);
        buffer_text(html, "</b> ");
        html_escape(html, post->text);
        buffer_text(html, "</div>\n");
    }
    write_comments(html, world, post);
    buffer_printf(html, "<footer><a href=\"%s/p/%s/\">", base, post->id);
    html_time(html, post->at);
    buffer_text(html, "</a></footer>\n</article>\n");
}

void instagram_page(const struct platform *platform, struct world *world, struct request *request,
                    const struct account *account, const struct post *only, struct answer *answer)
{
    const char *base = arena_printf(&request->arena, "/%s", platform->name);
    const struct post *post;
    struct buffer html;

    buffer_init(&html, HTML_MOST_BYTES);
    html_begin(&html, arena_printf(&request->arena, "@%s - %s", account->handle, platform->title),
               style);
    buffer_text(&html, "<section class=\"who\"><span class=\"face\" aria-hidden=\"true\">");
    html_escape_n(&html, account->handle, 1);
    buffer_text(&html, "</span><div><h1>");
    html_escape(&html, account->handle);
    buffer_printf(&html, "</h1><p><b>%" PRId64 "</b> posts</p></div></section>\n", account->posts);
    for (post = only ? only : world->posts; post; post = only ? NULL : post->older)
        if (platform_is_shown(post, account, only))
            write_post(&html, world, base, post);
    html_end(&html);
    html_answer(request, 200, &html, answer);
}
