/* A channel and its videos as a person knows them, plain enough to read without scripts. */
#include <inttypes.h>
#include <string.h>

#include "sandbox/html.h"
#include "sandbox/youtube.h"

static const char style[] =
    "body{background:#fff;color:#0f0f0f}\n"
    "main{max-width:900px;margin:0 auto;padding:0 1em}\n"
    "a{color:inherit;text-decoration:none}\n"
    ".bar{display:flex;align-items:center;gap:.5em;padding:.8em 0;font-size:1.25em;"
    "font-weight:700;letter-spacing:-.04em}\n"
    ".bar b{background:#f03;color:#fff;border-radius:.4em;padding:.1em .5em;font-size:.7em}\n"
    ".who{display:flex;gap:1em;align-items:center;padding:1em 0;border-bottom:1px solid #e5e5e5}\n"
    ".face{flex:none;width:80px;height:80px;line-height:80px;border-radius:50%;background:#7b1fa2;"
    "color:#fff;font-size:40px;text-align:center}\n"
    "h1{margin:0;font-size:1.8em}\n"
    ".meta,time{color:#606060;font-size:.9em}\n"
    "article{padding:1.2em 0;border-bottom:1px solid #e5e5e5}\n"
    "video{width:100%;max-height:480px;background:#000;border-radius:12px}\n"
    ".short video{width:270px;height:480px}\n"
    "h2{font-size:1.2em;margin:.5em 0 .2em}\n"
    ".text{white-space:pre-wrap;background:#f2f2f2;border-radius:12px;padding:.8em;"
    "overflow-wrap:anywhere;margin:.6em 0}\n"
    ".lock{background:#f2f2f2;border-radius:.3em;padding:.1em .5em}\n"
    ".flaw{background:#fff3c4;padding:.4em .8em}\n";

static const char *privacy_of(const struct post *post)
{
    return json_text(json_object_get(post->detail, "status"), "privacyStatus");
}

static void write_head(struct buffer *html, const struct account *account, const char *base)
{
    buffer_printf(html, "<div class=\"bar\"><b>&#9654;</b>YouTube</div>\n<section class=\"who\">"
                        "<span class=\"face\" aria-hidden=\"true\">");
    html_escape_n(html, account->handle, 1);
    buffer_printf(html, "</span><div><h1><a href=\"%s/@", base);
    html_escape(html, account->handle);
    buffer_text(html, "\">");
    html_escape(html, account->handle);
    buffer_text(html, "</a></h1><span class=\"meta\">@");
    html_escape(html, account->handle);
    buffer_printf(html,
                  " &middot; 112 subscribers &middot; %" PRId64 " videos</span></div>"
                  "</section>\n",
                  account->posts);
}

static void write_player(struct buffer *html, struct world *world, const struct post *post,
                         const char *base)
{
    const struct upload *thumbnail = youtube_upload_with(world, "thumbnail_of", post->id);

    buffer_printf(html, "<video controls preload=\"metadata\" src=\"%s/videoplayback?id=%s\"", base,
                  post->id);
    if (thumbnail)
        buffer_printf(html, " poster=\"%s/vi/%s/default.jpg\"", base, post->id);
    buffer_text(html, "></video>\n");
}

static void write_meta(struct buffer *html, struct world *world, const struct post *post)
{
    const char *privacy = privacy_of(post), *stage = youtube_stage(world, post);

    buffer_text(html, "<p class=\"meta\">0 views &middot; ");
    html_time(html, post->at);
    if (strcmp(privacy, "public") != 0) {
        buffer_text(html, " <span class=\"lock\">");
        html_escape(html, privacy);
        buffer_text(html, "</span>");
    }
    if (youtube_upload_with(world, "captions_of", post->id))
        buffer_text(html, " <span class=\"lock\">CC</span>");
    buffer_text(html, "</p>\n");
    if (strcmp(stage, "processed") != 0) {
        buffer_text(html, "<p class=\"flaw\">SANDBOX: ");
        html_escape(html, stage);
        buffer_text(html, "</p>\n");
    }
}

static void write_video(struct buffer *html, struct world *world, const struct post *post,
                        const char *base)
{
    const json_t *snippet = json_object_get(post->detail, "snippet");
    const char *language = json_text(snippet, "defaultLanguage");

    buffer_text(html, "<article lang=\"");
    html_escape(html, language ? language : "");
    buffer_text(html, "\">\n");
    write_player(html, world, post, base);
    buffer_printf(html, "<h2><a href=\"%s/watch?v=%s\">", base, post->id);
    html_escape(html, json_text(snippet, "title"));
    buffer_text(html, "</a></h2>\n");
    write_meta(html, world, post);
    buffer_text(html, "<div class=\"text\">");
    html_escape(html, post->text ? post->text : "");
    buffer_text(html, "</div>\n</article>\n");
}

/* A link to an unlisted video shows it; a private one is for its owner, who is the only visitor
 * here. */
static bool is_listed(const struct post *post, const struct account *account)
{
    return instant_is_none(post->deleted_at) && strcmp(post->platform, "youtube") == 0 &&
           strcmp(post->account, account->handle) == 0;
}

void youtube_page(const struct platform *platform, struct world *world, struct request *request,
                  const struct account *account, const struct post *only, struct answer *answer)
{
    const char *base = arena_printf(&request->arena, "/%s", platform->name);
    const struct post *post;
    struct buffer html;

    buffer_init(&html, HTML_MOST_BYTES);
    html_begin(&html, arena_printf(&request->arena, "%s - YouTube", account->handle), style);
    write_head(&html, account, base);
    for (post = only ? only : world->posts; post; post = only ? NULL : post->older)
        if (is_listed(post, account))
            write_video(&html, world, post, base);
    html_end(&html);
    html_answer(request, 200, &html, answer);
}
