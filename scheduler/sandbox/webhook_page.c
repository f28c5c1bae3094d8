/* What a receiver of ours would show an operator: the posts that came, as a list of events. */
#include <string.h>

#include "sandbox/html.h"
#include "sandbox/webhook.h"

static const char style[] =
    "body{background:#f6f8fa;color:#1f2328}\n"
    "main{max-width:760px;margin:0 auto;padding:1em}\n"
    "h1{font-size:1.3em;margin:.4em 0}\n"
    "h2.text{font-size:1.1em;margin-bottom:0}h2+.text{margin-top:0}\n"
    ".sub{color:#59636e;margin:0 0 1em}\n"
    "article{background:#fff;border:1px solid #d1d9e0;border-left:5px solid #1a7f37;"
    "border-radius:6px;margin:0 0 .8em;padding:.8em 1em}\n"
    "article.gone{border-left-color:#8c959f;color:#59636e}\n"
    "article header{display:flex;gap:.8em;align-items:baseline}\n"
    "code,.type{font:13px/1.4 \"DejaVu Sans Mono\",monospace}\n"
    ".type{background:#dafbe1;color:#0f5323;border-radius:1em;padding:.1em .7em;font-weight:700}\n"
    ".gone .type{background:#eaeef2;color:#424a53}\n"
    "time{margin-left:auto;color:#59636e;font-size:.85em}\n"
    ".text{white-space:pre-wrap;overflow-wrap:anywhere;margin:.6em 0;font-size:1.05em}\n"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:.1em 1em;margin:.6em 0 0;"
    "font-size:.85em}\n"
    "dt{color:#59636e}dd{margin:0;overflow-wrap:anywhere}\n";

static void write_words(struct buffer *html, const char *element, const json_t *data,
                        const char *words)
{
    const char *language = json_text(data, "language");

    if (!words || !*words)
        return;
    buffer_printf(html, "<%s class=\"text\" lang=\"", element);
    html_escape(html, language ? language : "");
    buffer_text(html, "\">");
    html_escape(html, words);
    buffer_printf(html, "</%s>\n", element);
}

static void write_fact(struct buffer *html, const char *name, const char *value)
{
    if (!value)
        return;
    buffer_printf(html, "<dt>%s</dt><dd><code>", name);
    html_escape(html, value);
    buffer_text(html, "</code></dd>\n");
}

static void write_medium(struct buffer *html, const struct medium *medium)
{
    buffer_text(html, "<dt>media</dt><dd>");
    html_escape(html, medium->alt && *medium->alt ? medium->alt : "(no alt text)");
    buffer_text(html, "<br><code>");
    html_escape(html, medium->mime);
    buffer_printf(html, " %lld bytes, sha256 %.16s&hellip;</code></dd>\n", (long long)medium->bytes,
                  medium->sha256);
}

static void write_event(struct buffer *html, const struct post *post)
{
    const json_t *data = json_object_get(json_object_get(post->detail, "event"), "data");
    bool gone = !instant_is_none(post->deleted_at);
    size_t i;

    buffer_printf(html, "<article id=\"e%s\"%s>\n<header><span class=\"type\">%s</span>", post->id,
                  gone ? " class=\"gone\"" : "", gone ? "taken back" : "post.publish");
    html_time(html, post->at);
    buffer_text(html, "</header>\n");
    write_words(html, "h2", data, json_text(data, "title"));
    write_words(html, "div", data, post->text);
    buffer_text(html, "<dl>\n");
    write_fact(html, "name", json_text(data, "name"));
    write_fact(html, "link", json_text(data, "link"));
    write_fact(html, "description", json_text(data, "description"));
    for (i = 0; i < post->media_count; i++)
        write_medium(html, &post->media[i]);
    write_fact(html, "webhook-id", post->key);
    write_fact(html, "id", post->id);
    buffer_text(html, "</dl>\n</article>\n");
}

void webhook_page(const struct platform *platform, struct world *world, struct request *request,
                  const struct account *account, struct answer *answer)
{
    const struct post *post;
    struct buffer html;

    buffer_init(&html, HTML_MOST_BYTES);
    html_begin(&html, arena_printf(&request->arena, "%s - %s", account->handle, platform->title),
               style);
    buffer_text(&html, "<h1>Events for ");
    html_escape(&html, account->handle);
    buffer_printf(&html,
                  "</h1>\n<p class=\"sub\">%lld public. POST <code>/%s/%s</code>, signed by "
                  "Standard Webhooks.</p>\n",
                  (long long)account->posts, platform->name, account->handle);
    for (post = world->posts; post; post = post->older)
        if (strcmp(post->platform, account->platform) == 0 &&
            strcmp(post->account, account->handle) == 0)
            write_event(&html, post);
    html_end(&html);
    html_answer(request, 200, &html, answer);
}
