/* A Page as a person knows it from Facebook, plain enough to read without scripts. */
#include "sandbox/facebook.h"

#include <inttypes.h>
#include <string.h>

#include "sandbox/html.h"

static const char style[] =
    "body{background:#f0f2f5;color:#050505}\n"
    "main{max-width:680px;margin:0 auto}\n"
    "a{color:#0866ff;text-decoration:none}\n"
    ".cover{height:10em;background:linear-gradient(160deg,#0866ff,#9bc3ff);"
    "border-radius:0 0 8px 8px}\n"
    ".who{background:#fff;padding:0 1.2em 1em;margin-bottom:1em;border-radius:8px}\n"
    ".face{display:inline-block;width:96px;height:96px;line-height:96px;margin-top:-40px;"
    "border-radius:50%;border:4px solid #fff;background:#0866ff;color:#fff;font-size:44px;"
    "font-weight:700;text-align:center}\n"
    "h1{font-size:1.6em;margin:.3em 0 0}\n"
    ".facts,time,footer,.kind{color:#65676b;font-size:.85em}\n"
    "article{background:#fff;border-radius:8px;margin-bottom:1em;overflow:hidden}\n"
    "article header{display:flex;gap:.6em;align-items:center;padding:.8em 1em .4em}\n"
    "article .face{margin:0;width:40px;height:40px;line-height:40px;font-size:20px;border:0}\n"
    ".text{padding:.2em 1em .8em;overflow-wrap:anywhere;white-space:pre-wrap}\n"
    ".media{display:grid;grid-template-columns:repeat(auto-fit,minmax(260px,1fr));gap:3px}\n"
    "figure{margin:0}\n"
    "figure img,figure video{width:100%;display:block;background:#000}\n"
    "figcaption{font-size:.8em;color:#65676b;padding:.3em 1em}\n"
    ".story{max-width:300px;margin:0 auto}\n"
    ".card{display:block;margin:0 1em .8em;padding:.8em;background:#f0f2f5;border-radius:8px;"
    "overflow-wrap:anywhere}\n"
    ".comment{margin:.4em 1em;padding:.5em .8em;background:#f0f2f5;border-radius:16px;"
    "overflow-wrap:anywhere}\n"
    "footer{display:flex;gap:2em;padding:.6em 1em;border-top:1px solid #ced0d4}\n";

static void write_face(struct buffer *html, const char *handle)
{
    buffer_text(html, "<span class=\"face\" aria-hidden=\"true\">");
    html_escape_n(html, handle, 1);
    buffer_text(html, "</span>");
}

static void write_medium(struct buffer *html, const char *base, const struct medium *medium)
{
    const bool video = strncmp(medium->mime, "video/", 6) == 0;
    const char *alt = medium->alt ? medium->alt : "";

    buffer_printf(html, "<figure>%s%s/media/%s\"", video ? "<video controls src=\"" : "<img src=\"",
                  base, medium->sha256);
    buffer_text(html, video ? " aria-label=\"" : " alt=\"");
    html_escape(html, alt);
    buffer_text(html, video ? "\"></video>\n" : "\">\n");
    if (!video) {
        buffer_text(html, "<figcaption>Alt text: ");
        html_escape(html, *alt ? alt : "(none)");
        buffer_text(html, "</figcaption>");
    }
    buffer_text(html, "</figure>\n");
}

static void write_link(struct buffer *html, const char *link)
{
    if (!link)
        return;
    buffer_text(html, "<a class=\"card\" rel=\"nofollow\" href=\"");
    html_escape(html, link);
    buffer_text(html, "\">");
    html_escape(html, link);
    buffer_text(html, "</a>\n");
}

static void write_comments(struct buffer *html, struct world *world, const struct post *post)
{
    const struct upload *upload;

    for (upload = world->uploads; upload; upload = upload->older) {
        const char *on = json_text(upload->detail, "comment_on");

        if (!on || strcmp(on, post->id) != 0)
            continue;
        buffer_text(html, "<p class=\"comment\"><b>");
        html_escape(html, upload->account);
        buffer_text(html, "</b> ");
        html_escape(html, json_text(upload->detail, "message"));
        buffer_text(html, "</p>\n");
    }
}

static const char *kind_of(const struct post *post)
{
    static const struct {
        const char *kind, *shown;
    } kinds[] = {{"reel", "Reel"}, {"video", "Video"}, {"story", "Story, gone after 24 hours"}};
    size_t i;

    for (i = 0; i < COUNT_OF(kinds); i++)
        if (strcmp(kinds[i].kind, facebook_kind(post)) == 0)
            return kinds[i].shown;
    return "";
}

static void write_post(struct buffer *html, const char *base, struct world *world,
                       const struct post *post)
{
    size_t i;

    buffer_printf(html, "<article id=\"p%s\"%s>\n<header>", post->id,
                  strcmp(facebook_kind(post), "story") == 0 ? " class=\"story\"" : "");
    write_face(html, post->account);
    buffer_text(html, "<span><b>");
    html_escape(html, post->account);
    buffer_printf(html, "</b><br><a href=\"%s/%s/posts/%s\">", base, post->account, post->id);
    html_time(html, post->at);
    buffer_printf(html, "</a> <span class=\"kind\">%s</span></span></header>\n", kind_of(post));
    buffer_text(html, "<div class=\"text\">");
    html_escape(html, post->text);
    buffer_text(html, "</div>\n");
    write_link(html, json_text(post->detail, "link"));
    buffer_text(html, "<div class=\"media\">\n");
    for (i = 0; i < post->media_count; i++)
        write_medium(html, base, &post->media[i]);
    buffer_text(html, "</div>\n");
    write_comments(html, world, post);
    buffer_printf(html,
                  "<footer><span>Like</span><span>Comment</span><span>Share</span>"
                  "<span>id %s</span></footer>\n</article>\n",
                  post->id);
}

void facebook_page(const struct platform *platform, struct world *world, struct request *request,
                   const struct account *account, const struct post *only, struct answer *answer)
{
    const char *base = arena_printf(&request->arena, "/%s", platform->name);
    const struct post *post;
    struct buffer html;

    buffer_init(&html, HTML_MOST_BYTES);
    html_begin(&html, arena_printf(&request->arena, "%s | %s", account->handle, platform->title),
               style);
    buffer_text(&html, "<div class=\"cover\"></div>\n<section class=\"who\">");
    write_face(&html, account->handle);
    buffer_text(&html, "<h1>");
    html_escape(&html, account->handle);
    buffer_printf(&html,
                  "</h1>\n<p class=\"facts\"><b>%" PRId64 "</b> posts &middot; 12K followers "
                  "&middot; Page &middot; Government organisation</p></section>\n",
                  account->posts);
    for (post = only ? only : world->posts; post; post = only ? NULL : post->older)
        if (platform_is_shown(post, account, NULL))
            write_post(&html, base, world, post);
    html_end(&html);
    html_answer(request, 200, &html, answer);
}
