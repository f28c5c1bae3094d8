"""Mastodon, where it keeps our key (class B) and where it does not (C). The words are those of answers.py."""
import gzip
import json

from answers import (DIFFERS, EXPIRED, FAILED, PUBLISHED, TRIES, UNPROVEN, UNREAD, Behaviour, after, body, cut, elsewhere,
                     error, own, own_json, page, raw, replace_head, says, setting, then)
from proxy import Answer

ROWS = []
UNCLEAR = {}  # name -> do: answers that prove nothing, on whatever platform


def row(name, on, do, b, c, because, sends_c=0, **more):
    """`sends_c`: most publish requests for class C; 0: not asked."""
    ROWS.append(Behaviour(name, on, do, {"B": b, "C": c}, because, sends={"C": sends_c} if sends_c else {}, **more))


STATUS_TWICE = b'{"id":"1","id":"2","uri":"http://127.0.0.1/1"}'
NOBODY_SAYS = "nobody can say whether it was done: B asks again with its key, C looks, then a person"
DONE_ANYHOW = "it was done: B's key brings the post back, C finds it"
NOT_DONE = "it was not done, but C cannot know"


def doubtful(name, do, store=True, **more):
    """An answer that proves nothing: once with the work undone, once with it done."""
    UNCLEAR[name] = do
    row(name, "publish", do, PUBLISHED, UNPROVEN, NOT_DONE, sends_c=1, **more)
    if store:
        row(f"{name}, stored", "publish", after(do), PUBLISHED, PUBLISHED, DONE_ANYHOW, sends_c=1, **more)


# --- the publish request: answers that prove nothing

doubtful("200 without id", body(b"{}"))
doubtful("200 with an error body", body(b'{"error":"Something went wrong"}'))
doubtful("200 with error and id", body(b'{"id":"117","error":"Something went wrong"}'))
doubtful("200 with an empty id", body(b'{"id":""}'))
doubtful("200 with a number as id", body(b'{"id":117709052313600000}'))
doubtful("200 with an id that leads elsewhere", body(b'{"id":"../../oauth/token"}'))
doubtful("200 with null", body(b"null"))
doubtful("200 with a list", body(b'[{"id":"1"}]'))
doubtful("200 with no body", body(b""))
doubtful("200 with half a JSON text", body(b'{"id":"1177090523'))
doubtful("200 with JSON nested 100,000 deep", body(b'{"id":"1","x":' + b"[" * 100000 + b"]" * 100000 + b"}"))
doubtful("200 with a member twice", body(STATUS_TWICE))
doubtful("200 with invalid UTF-8", body(b'{"id":"117\xff\xfe"}'))
doubtful("200 with a NUL in the id", body(b'{"id":"117\\u0000"}'))
doubtful("200 with an HTML page", page(200))
doubtful("200 with 2 MiB", body(b'{"id":"117","x":"' + b"a" * (2 << 20) + b'"}'))
doubtful("200, gzip that nobody asked for", body(gzip.compress(b'{"id":"117"}'), **{"Content-Encoding": "gzip"}))
doubtful("201", says(201, {"id": "117"}))
doubtful("202", says(202, {"id": "117"}))
doubtful("204", raw(b"HTTP/1.1 204 No Content\r\n\r\n"))
doubtful("206", says(206, {"id": "117"}))
doubtful("304", raw(b"HTTP/1.1 304 Not Modified\r\n\r\n"))
doubtful("400", error(400, "Error occurred while parsing request parameters"))
doubtful("408", error(408, "Request Timeout"))
doubtful("409", error(409, "Conflict"))
doubtful("415", error(415, "Unsupported Media Type"))
doubtful("418", error(418, "I'm a teapot"))
doubtful("425", error(425, "Too Early"))
doubtful("403 page of a front-end", page(403))
doubtful("404 page of a front-end", page(404))
doubtful("413 page of a front-end", page(413))
doubtful("422 page of a front-end", page(422))
doubtful("422, a picture is already attached", error(422, "Media 117 not found or already attached to another post"))
for number in (500, 502, 503, 504, 507, 520):
    doubtful(f"{number} page", page(number))
doubtful("500 in JSON", error(500, "We're sorry, but something went wrong"))
doubtful("503 with Retry-After", says(503, {"error": "busy"}, headers=[("Retry-After", "30")]))
doubtful("status 999", error(999, "?"))
for number in (301, 302, 303, 307, 308):
    doubtful(f"{number} to another host", elsewhere(number))

# --- the publish request: connections that break

doubtful("closed without an answer", raw(b""))
doubtful("reset without an answer", raw(b"", "reset"))
doubtful("silence", raw(b"", "stall"))
doubtful("half a status line, then reset", raw(b"HTTP/1.1 2", "reset"))
doubtful("no status line at all", raw(b'{"id":"117"}\r\n\r\n'))
doubtful("garbage", raw(bytes(range(256)) * 8))
doubtful("chunks with a broken size",
         raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n{}\r\n0\r\n\r\n"))
doubtful("chunks without an end", raw(b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nC\r\n{"id":"117"}\r\n'))
doubtful("two lengths that differ",
         raw(b'HTTP/1.1 200 OK\r\nContent-Length: 12\r\nContent-Length: 9\r\n\r\n{"id":"117"}'))
doubtful("a flood of 103s", raw(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 10000))
doubtful("a flood of headers", raw(b"HTTP/1.1 200 OK\r\n" + b"X-Filler: " * 1 + b"a" * 400000 + b"\r\n\r\n{}"))
doubtful("a header that never ends", raw(b"HTTP/1.1 200 OK\r\nX-Filler: aaa", "stall"))
for place in ("status line", "head", "body"):
    row(f"stored, reset after the {place}", "publish", cut(place, "reset"), PUBLISHED, PUBLISHED, DONE_ANYHOW, sends_c=1)
    row(f"stored, closed after the {place}", "publish", cut(place, "close"), PUBLISHED, PUBLISHED, DONE_ANYHOW, sends_c=1)
    row(f"stored, silence after the {place}", "publish", cut(place, "stall"), PUBLISHED, PUBLISHED, DONE_ANYHOW, sends_c=1)
row("stored, one byte at a time", "publish", then("drip"), PUBLISHED, PUBLISHED, DONE_ANYHOW, sends_c=1)
row("the port refuses", "identify", then("deafen"), PUBLISHED, PUBLISHED,
    "no byte left us (R3): later again", sends_c=1)

# --- the publish request: answers that are fine though odd

row("three 100 Continue first", "publish", own(lambda data: b"HTTP/1.1 100 Continue\r\n\r\n" * 3 + data),
    PUBLISHED, PUBLISHED, "1xx are skipped", sends_c=1)
row("HTTP/1.0", "publish", replace_head(b"HTTP/1.1", b"HTTP/1.0"), PUBLISHED, PUBLISHED, "an answer", sends_c=1)
row("text/plain", "publish", replace_head(b"application/json", b"text/plain"), PUBLISHED, PUBLISHED,
    "read or doubted, it is found", sends_c=1)
row("bytes after the answer", "publish", own(lambda data: data + b"HTTP/1.1 500 X\r\n\r\n"), PUBLISHED, PUBLISHED,
    "they belong to no request", sends_c=1)
row("Date of yesterday", "publish", own(lambda data: data.replace(b"\r\n\r\n", b"\r\nDate: Mon, 30 Nov 2026 04:00:00 GMT\r\n\r\n", 1)),
    PUBLISHED, PUBLISHED, "clocks are asked for live accounts only", sends_c=1)

# --- the publish request: refused in Mastodon's own words

for status, text in ((404, "Record not found"), (410, "Gone"), (413, "Payload Too Large"),
                     (422, "Validation failed: Text character limit of 500 exceeded"),
                     (422, "Validation failed: Text can't be blank"),
                     (422, "सत्यापन विफल: टेक्स्ट बहुत लंबा है")):
    row(f"{status} {text}", "publish", error(status, text), FAILED, FAILED,
        "the platform refuses it, and a reading finds nothing", times=0, sends_c=1)
    row(f"{status} {text}, stored", "publish", after(error(status, text)), PUBLISHED, PUBLISHED,
        "failed only when a reading finds nothing (I5); it finds it", sends_c=1)
row("422 refused, and it cannot look", "publish", error(422, "Validation failed"), PUBLISHED, UNPROVEN,
    "refused but unconfirmed is doubt: B repeats, C waits for a person", also={"find": error(500, "down")})

# --- the publish request: not now

row("401 once", "publish", error(401, "The access token is invalid"), PUBLISHED, PUBLISHED,
    "paused, the probe works, sent again", waits_s=1)
row("401 always", "publish", error(401, "The access token is invalid"), EXPIRED, EXPIRED,
    "paused again and again, until it is worth nothing", times=0, useful_for="4m")
row("403 once", "publish", error(403, "This action is outside the authorized scopes"), PUBLISHED, PUBLISHED,
    "paused, the probe works, sent again", waits_s=1)
row("403 always", "publish", error(403, "This action is not allowed"), EXPIRED, EXPIRED,
    "paused again and again, until it is worth nothing", times=0, useful_for="4m")
LIMITED = {
    "ISO time": ([("X-RateLimit-Reset", "2026-12-01T04:10:00.123456Z")], 600),
    "seconds since 1970": ([("X-RateLimit-Reset", "1796098200")], 600),
    "small seconds": ([("X-RateLimit-Reset", "120")], 120),
    "HTTP date": ([("X-RateLimit-Reset", "Tue, 01 Dec 2026 04:10:00 GMT")], 600),
    "Retry-After seconds": ([("Retry-After", "300")], 300),
    "Retry-After date": ([("Retry-After", "Tue, 01 Dec 2026 04:10:00 GMT")], 600),
    "the later of two": ([("Retry-After", "60"), ("X-RateLimit-Reset", "2026-12-01T04:10:00.000000Z")], 600),
    "no header": ([], 15),
    "garbage": ([("X-RateLimit-Reset", "soon"), ("Retry-After", "\xff")], 15),
    "a time that is past": ([("X-RateLimit-Reset", "2026-12-01T03:00:00.000000Z")], 15),
    "negative": ([("Retry-After", "-300")], 15),
}
for form, (headers, seconds) in LIMITED.items():
    row(f"429, {form}", "publish", error(429, "Too many requests", headers=headers), PUBLISHED, PUBLISHED,
        "it refuses before it works: again, never before the time it names, nor R8's", waits_s=seconds)
row("429, in ten days", "publish", error(429, "Too many requests", headers=[("Retry-After", "864000")]),
    EXPIRED, EXPIRED, "nothing goes out after useful_for")
row("429 always", "publish", error(429, "Too many requests"), TRIES, TRIES, "R8: eight attempts, then a person", times=0)
for status in (401, 403, 429):
    row(f"{status} although stored", "publish", after(error(status, "Too many requests")), PUBLISHED, PUBLISHED,
        "I1 in all cells: what may be public is not sent again without its key", sends_c=1)

IN_TWO_HOURS = error(429, "Too many requests", headers=[("Retry-After", "7200")])
row("429 in two hours, although stored", "publish", after(IN_TWO_HOURS), PUBLISHED, PUBLISHED,
    "by then B's key is forgotten: it is looked for first, as C does", sends_c=1)
row("429, in two hours", "publish", IN_TWO_HOURS, PUBLISHED, PUBLISHED, "looked for, not there, sent", waits_s=7200)

# --- the publish request: every time

row("500 always", "publish", page(500), UNPROVEN, UNPROVEN, "B repeats while its key lives, then reads; a person", times=0)
row("500 always, stored", "publish", after(page(500)), PUBLISHED, PUBLISHED, DONE_ANYHOW, times=0, sends_c=1)
row("silence always", "publish", raw(b"", "stall"), UNPROVEN, UNPROVEN, "B repeats while its key lives, then reads", times=0)
row("reset always, stored", "publish", after(raw(b"", "reset")), PUBLISHED, PUBLISHED, DONE_ANYHOW, times=0, sends_c=1)

# --- the answer names another post

row("id of nobody, stored", "publish", setting(id="999"), UNREAD, UNREAD,
    "an id that cannot be read back: published, said so, with an alarm", sends_c=1)
row("id of nobody", "publish", body(b'{"id":"999"}'), ("published", "not-read-back", 0), ("published", "not-read-back", 0),
    "as above: the row says that nobody has seen it", sends_c=1)

# --- reading back

row("read back: other words", "source", setting(text="कुछ और"), DIFFERS, DIFFERS,
    "public but different: never sent again", times=0, sends_c=1)
row("read back: other white space", "source", own_json(lambda value: value.update(text=f" {value['text']}\n")),
    PUBLISHED, PUBLISHED, "white space at both ends is trimmed there", times=0, sends_c=1)
row("read back: one picture less", "read", own_json(lambda value: {**value, "media_attachments": value["media_attachments"][1:]}), DIFFERS, DIFFERS,
    "public but different", times=0, pictures=2, sends_c=1)
row("read back: not public", "read", setting(visibility="private"), DIFFERS, DIFFERS, "not what was sent", times=0, sends_c=1)
for step in ("read", "source"):
    row(f"{step}: 404 twice", step, error(404, "Record not found"), PUBLISHED, PUBLISHED, "read again (R4)", times=2, sends_c=1)
    row(f"{step}: 404 for ever", step, error(404, "Record not found"), UNREAD, UNREAD, "R4's reads, then said so", times=0, sends_c=1)
    row(f"{step}: 500 once", step, page(500), PUBLISHED, PUBLISHED, "read again", sends_c=1)
    row(f"{step}: 500 for ever", step, page(500), UNREAD, UNREAD, "R4's reads, then said so", times=0, sends_c=1)
    row(f"{step}: 401 once", step, error(401, "The access token is invalid"), PUBLISHED, PUBLISHED, "R10: published stays", sends_c=1)
    row(f"{step}: 429 once", step, error(429, "Too many requests", headers=[("Retry-After", "60")]), PUBLISHED, PUBLISHED,
        "read again, when it lets us", waits_s=60, sends_c=1)
    row(f"{step}: reset once", step, raw(b"", "reset"), PUBLISHED, PUBLISHED, "read again", sends_c=1)
    row(f"{step}: silence once", step, raw(b"", "stall"), PUBLISHED, PUBLISHED, "read again", sends_c=1)
    row(f"{step}: an HTML page", step, page(200), UNREAD, UNREAD, "not readable", times=0, sends_c=1)
    row(f"{step}: elsewhere", step, elsewhere(302), UNREAD, UNREAD, "redirects are never followed", times=0, sends_c=1)
row("read back: another id", "read", setting(id="999"), UNREAD, UNREAD, "not readable", times=0, sends_c=1)

# --- looking for it: the answer of the publish request is lost

LOST = {"publish": after(raw(b"", "reset"))}
EMPTY = body(b"[]")


def looking(name, do, c, because, **more):
    """Every answer is lost: B repeats while its key lives and then looks as C does."""
    row(f"stored, answer lost; list {name}", "find", do, c, c, because, also=LOST, sends_c=1, **more)


def twins(value):
    return [*value, *({**post, "id": "998"} for post in value[:1])]


def as_first(exchange):
    """The list shows a second post; its words are those of the first."""
    exchange.path = exchange.path.replace("998", exchange.proxy.sandbox.posts[0]["id"])
    return exchange.pass_on().plain


looking("empty twice", EMPTY, PUBLISHED, "not visible yet: read again (R4)", times=2)
looking("empty for ever", EMPTY, ("held", "unproven", 1), "not found is no proof (R5)", times=0)
looking("500 twice", page(500), PUBLISHED, "read again", times=2)
looking("500 for ever", page(500), ("held", "unproven", 1), "not able to look proves nothing", times=0)
looking("reset once", raw(b"", "reset"), PUBLISHED, "read again")
looking("silence once", raw(b"", "stall"), PUBLISHED, "read again")
looking("an HTML page", page(200), ("held", "unproven", 1), "not able to look proves nothing", times=0)
looking("an object", body(b'{"id":"1"}'), ("held", "unproven", 1), "not able to look proves nothing", times=0)
looking("elsewhere", elsewhere(307), ("held", "unproven", 1), "redirects are never followed", times=0)
looking("of others", own_json(lambda value: [{**post, "id": "997"} for post in value]), ("held", "unproven", 1),
        "matches on content, never takes the newest", times=0)
row("stored, answer lost; list shows two", "find", own_json(twins), ("held", "found-twice", 1), ("held", "found-twice", 1),
    "R4: two matches are an alarm", times=0, also={**LOST, "source": as_first}, sends_c=1)

# --- pictures: nothing is public yet, so everything may be tried again

for name, do in (("500", page(500)), ("503 in JSON", error(503, "busy")), ("reset", raw(b"", "reset")),
                 ("reset after storing", after(raw(b"", "reset"))), ("silence", raw(b"", "stall")),
                 ("200 without id", body(b"{}")), ("an HTML page", page(200)), ("408", error(408, "Request Timeout")),
                 ("elsewhere", elsewhere(307)), ("half an answer", cut("body", "close")),
                 ("422 page of a front-end", page(422))):
    row(f"upload: {name} once", "upload", do, PUBLISHED, PUBLISHED, "uploaded again: an orphan is not public", pictures=2, sends_c=1)
row("upload: 429 with Retry-After", "upload", error(429, "Too many requests", headers=[("Retry-After", "200")]),
    PUBLISHED, PUBLISHED, "uploaded when it lets us", pictures=2, waits_s=200, sends_c=1)
row("upload: 401 once", "upload", error(401, "The access token is invalid"), PUBLISHED, PUBLISHED,
    "paused, the probe works, uploaded again", pictures=2, sends_c=1)
row("upload: 422 in its own words", "upload", error(422, "Validation failed: File content type is not supported"),
    FAILED, FAILED, "the platform refuses the content", times=0, pictures=2)
row("upload: 413", "upload", page(413), FAILED, FAILED, "too large for whatever stands there", times=0, pictures=2)
row("upload: 500 for ever", "upload", page(500), TRIES, TRIES, "R8: eight attempts, then a person", times=0, pictures=2)
row("upload: still processing", "upload", own(lambda data: data.replace(b" 200 ", b" 202 ", 1)), PUBLISHED, PUBLISHED,
    "asked until it is ready", times=0, pictures=2, sends_c=1)


def processing(exchange):
    return Answer.http(206, {"id": exchange.path.rsplit("/", 1)[1], "type": "image", "url": None})


PROCESSED_LATER = {"upload": own(lambda data: data.replace(b" 200 ", b" 202 ", 1))}
row("upload: ready at the fourth asking", "poll", processing, PUBLISHED, PUBLISHED, "asked until it is ready",
    times=3, pictures=2, also=PROCESSED_LATER, sends_c=1)
row("upload: never ready", "poll", processing, EXPIRED, EXPIRED, "nothing goes out after useful_for",
    times=0, pictures=2, also=PROCESSED_LATER, useful_for="10m")
row("upload: forgotten there", "poll", error(404, "Record not found"), PUBLISHED, PUBLISHED, "uploaded again",
    pictures=2, also=PROCESSED_LATER, sends_c=1)
row("publish: pictures not ready after all", "publish",
    error(422, "Cannot attach files that have not finished processing. Try again in a moment!"), PUBLISHED, PUBLISHED,
    "Mastodon says so before it works: asked again", pictures=2)
row("pictures, stored, answer lost", "publish", after(raw(b"", "reset")), PUBLISHED, PUBLISHED, DONE_ANYHOW, pictures=2, sends_c=1)
row("pictures, answer lost", "publish", raw(b"", "reset"), PUBLISHED, UNPROVEN, NOT_DONE, pictures=2, sends_c=1)

# --- who am I, what do you take

row("who am I: 500 once", "identify", page(500), PUBLISHED, PUBLISHED, "asked again before anything goes out", sends_c=1)
row("who am I: silence once", "identify", raw(b"", "stall"), PUBLISHED, PUBLISHED, "asked again", sends_c=1)
row("who am I: elsewhere", "identify", elsewhere(302), EXPIRED, EXPIRED, "redirects are never followed", times=0, useful_for="4m")
row("who am I: 401 for ever", "identify", error(401, "The access token is invalid"), EXPIRED, EXPIRED,
    "nobody known, nothing sent", times=0, useful_for="4m")
row("who am I: an error in 200", "identify", body(b'{"error":"no"}'), EXPIRED, EXPIRED, "nobody known, nothing sent", times=0, useful_for="4m")
row("what do you take: 500", "limits", page(500), PUBLISHED, PUBLISHED, "the adapter's own limits do", times=0, sends_c=1)
row("what do you take: an HTML page", "limits", page(200), PUBLISHED, PUBLISHED, "the adapter's own limits do", times=0, sends_c=1)
row("what do you take: nonsense", "limits",
    body(json.dumps({"configuration": {"statuses": {"max_characters": "many"}}}).encode()), PUBLISHED, PUBLISHED,
    "what is no number is no limit", times=0, sends_c=1)
