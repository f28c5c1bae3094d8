"""YouTube (YT, class C): one upload session makes one video, so the session is asked before anything is sent again.

The publish request is a session's last piece. A doubt ends by the session's own word: 308, nothing was made; 200, here it is.
Only where the session itself is forgotten does the channel's list tell, and then a person.
"""
from answers import (DIFFERS, EXPIRED, FAILED, PUBLISHED, TRIES, UNPROVEN, UNREAD, Behaviour, after, body, cut, elsewhere, own,
                     own_json, page, raw, replace_head, says, then)
from behaviours_mastodon import UNCLEAR

ROWS = []
VIDEO, SHORT = "YT video", "YT short"
ONCE, TWICE = {"YT": 1}, {"YT": 2}
PROVEN = "the session says that there is no video yet: the last piece once more, into the same session"
FOUND = "the session names its video"


def row(name, do, end, because, kind=VIDEO, on="publish", **more):
    ROWS.append(Behaviour(name, on, do, {kind: end}, because, **more))


def error(status, reason, message="?", **more):
    return says(status, {"error": {"code": status, "message": message,
                                   "errors": [{"domain": "youtube.video", "reason": reason, "message": message}]}}, **more)


def quirk(word, **where):
    """The sandbox's own whim for this request, which is then passed on."""
    def do(exchange):
        exchange.proxy.sandbox.faults({"platform": "youtube", "do": "quirk", "arg": word, **where})
        return exchange.pass_on().plain
    return do


RESET, LOST, SILENCE = raw(b"", "reset"), after(raw(b"", "reset")), raw(b"", "stall")
GONE = says(404, "Not Found", mime="text/plain")

# --- the last piece: answers that prove nothing

for name, do in UNCLEAR.items():
    row(name, do, PUBLISHED, PROVEN, sends=TWICE)
    row(f"{name}, stored", after(do), PUBLISHED, FOUND, sends=ONCE)
for place in ("status line", "head", "body"):
    for end, word in (("reset", "reset"), ("close", "closed"), ("stall", "silence")):
        row(f"stored, {word} after the {place}", cut(place, end), PUBLISHED, FOUND, sends=ONCE)
row("stored, one byte at a time", then("drip"), PUBLISHED, FOUND, sends=ONCE)
row("three 100 Continue first", own(lambda data: b"HTTP/1.1 100 Continue\r\n\r\n" * 3 + data), PUBLISHED, "1xx are skipped", sends=ONCE)
row("HTTP/1.0", replace_head(b"HTTP/1.1", b"HTTP/1.0"), PUBLISHED, "an answer", sends=ONCE)
row("200 of something else, stored", own_json(lambda video: video.update(kind="youtube#channel")), PUBLISHED, FOUND, sends=ONCE)
row("200 with a script as id, stored", own_json(lambda video: video.update(id="javascript:x")), PUBLISHED, FOUND, sends=ONCE)
for what, do in (("reset", RESET), ("silence", SILENCE), ("500", page(500)), ("503", error(503, "backendError"))):
    row(f"short: {what}", do, PUBLISHED, PROVEN, kind=SHORT, sends=TWICE)
    row(f"short: {what}, stored", after(do), PUBLISHED, FOUND, kind=SHORT, sends=ONCE)
row("the port refuses", then("deafen"), PUBLISHED, "no byte left us (R3): later again", on="identify")
row("404, stored", after(GONE), PUBLISHED, "the session is asked all the same, and names it", sends=ONCE)
row("404", GONE, PUBLISHED, PROVEN, sends=TWICE)
row("308 without Range, all lost", quirk("keep_none"), PUBLISHED, "all of it is sent again, in the same session", sends=TWICE)
row("308 that is not true, stored", after(says(308, b"")), PUBLISHED, "the session is asked before the next piece", sends=ONCE)

# --- in doubt, and the session is forgotten


def forgotten(do):
    """The answer to the last piece is lost; from then on nobody knows the session."""
    def lose(exchange):
        do(exchange)
        exchange.proxy.sandbox.faults({"platform": "youtube", "method": "PUT", "do": "quirk", "arg": "forget"})
        return RESET(exchange)
    return lose


row("forgotten, stored", forgotten(lambda exchange: exchange.pass_on()), PUBLISHED, "the channel's list shows the file's name", sends=ONCE)
row("forgotten", forgotten(lambda exchange: None), UNPROVEN, "not in the list, but that proves nothing", sends=ONCE)
row("lost, stored, and the session cannot be asked for a while", page(500), PUBLISHED, FOUND, on="ask", times=2,
    also={"publish": LOST}, sends=ONCE)
row("lost, and the session can never be asked", page(500), UNPROVEN, "a person looks", on="ask", times=0,
    also={"publish": RESET}, sends=ONCE)

# --- refused, and not now

for reason in ("invalidTitle", "invalidDescription", "invalidCategoryId", "invalidVideoMetadata", "somethingNew"):
    row(f"400 {reason} when it begins", error(400, reason), FAILED, "its own word", on="open", times=0)
row("400 mediaBodyRequired", error(400, "mediaBodyRequired"), FAILED, "its own word, and a look finds nothing", times=0, sends=ONCE)
row("400 mediaBodyRequired, stored", after(error(400, "mediaBodyRequired")), PUBLISHED, "failed only when a look finds nothing (I5)",
    sends=ONCE)
for status, reason in ((403, "quotaExceeded"), (403, "dailyLimitExceeded")):
    row(f"{status} {reason} when it begins", error(status, reason), PUBLISHED, "waits until midnight in California", on="open",
        useful_for="2d")
    row(f"{status} {reason}", error(status, reason), PUBLISHED, "waits until midnight in California", useful_for="2d", sends=TWICE)
    row(f"{status} {reason}, stored", after(error(status, reason)), PUBLISHED, "looked for before it is sent again",
        useful_for="2d", sends=ONCE)
row("400 uploadLimitExceeded when it begins", error(400, "uploadLimitExceeded"), PUBLISHED, "the channel's cap: a day", on="open",
    useful_for="2d", waits_s=86400)
row("429 uploadRateLimitExceeded", error(429, "uploadRateLimitExceeded"), PUBLISHED, "minutes", sends=TWICE, waits_s=120)
row("403 rateLimitExceeded always", error(403, "rateLimitExceeded"), TRIES, "R8: eight attempts, then a person", times=0)
for reason in ("insufficientPermissions", "forbidden", "accessNotConfigured"):
    row(f"403 {reason} once", error(403, reason), PUBLISHED, "paused, the probe works", sends=TWICE)
row("403 authenticatedUserAccountSuspended always", error(403, "authenticatedUserAccountSuspended"), EXPIRED, "paused", times=0,
    useful_for="4m")
row("401 youtubeSignupRequired once", error(401, "youtubeSignupRequired"), PUBLISHED, "paused, the probe works", sends=TWICE)
row("500 always", page(500), TRIES, "the session says each time that there is no video: R8, then a person", times=0)
row("500 always, stored", after(page(500)), PUBLISHED, FOUND, times=0, sends=ONCE)
row("silence always", SILENCE, TRIES, "the session says each time that there is no video: R8, then a person", times=0)

# --- pieces before the last, and the beginning

for name, do in (("reset", RESET), ("reset, stored", LOST), ("500", page(500)), ("503, stored", after(error(503, "backendError"))),
                 ("408", says(408, "")), ("an HTML page", page(200)), ("308 without Range", says(308, b"")),
                 ("308, stored, without Range", after(says(308, b""))), ("a Range that is none", says(308, b"", headers=[("Range", "x")])),
                 ("400, no Content-Range", says(400, "Failed to parse Content-Range header."))):
    if name == "an HTML page":
        continue
    row(f"a piece: {name}", do, PUBLISHED, "asked how much is there, and gone on", on="piece", sends=ONCE)
row("a piece: silence", SILENCE, PUBLISHED, "fifteen minutes, then asked", on="piece", sends=ONCE)
row("a piece: half of it kept", quirk("keep_none", method="PUT"), PUBLISHED, "goes on where YouTube says", on="piece", sends=ONCE)
row("a piece: the session is forgotten", quirk("forget", method="PUT"), PUBLISHED, "a new one: no last piece had left", on="piece",
    sends=ONCE)
row("a piece: always lost", RESET, EXPIRED, "asked and sent ever more rarely, until it is worth nothing", on="piece", times=0)
for name, do in (("reset", RESET), ("reset, stored", LOST), ("500", page(500)), ("200 without an address", says(200, "")),
                 ("200 with a stranger's address", says(200, "", headers=[("Location", "https://evil.example/upload")])),
                 ("elsewhere", elsewhere(307))):
    row(f"the beginning: {name}", do, PUBLISHED, "a session without bytes is nothing: opened again", on="open", sends=ONCE)

# --- the session of the account

row("401 once", error(401, "authError"), PUBLISHED, "renewed once, sent again", sends=TWICE)
row("401, stored", after(error(401, "authError")), PUBLISHED, "looked for before it is sent again", sends=ONCE)
row("the token ends", lambda exchange: exchange.proxy.sandbox.faults({"platform": "youtube", "do": "expire_token"})
    and exchange.pass_on().plain, PUBLISHED, "renewed once, sent again", sends=TWICE)
for name, do in (("500", page(500)), ("reset", RESET), ("an HTML page", page(200)), ("no token", body(b"{}"))):
    row(f"renewing: {name} once", do, PUBLISHED, "renewed later", on="refresh", sends=ONCE)
row("renewing: invalid_grant always", says(400, {"error": "invalid_grant", "error_description": "expired or revoked"}), EXPIRED,
    "a person must log in again", on="refresh", times=0, useful_for="4m")
row("who am I: 500 once", page(500), PUBLISHED, "asked again before anything goes out", on="identify", sends=ONCE)
row("who am I: nobody", body(b'{"items":[]}'), EXPIRED, "an account without a channel: nothing goes out", on="identify", times=0,
    useful_for="4m")

# --- reading back

for name, do in (("500", page(500)), ("reset", RESET), ("an empty list", body(b'{"items":[]}')), ("403 quotaExceeded", error(403, "quotaExceeded"))):
    row(f"reading: {name} once", do, PUBLISHED, "read again", on="read", sends=ONCE)
    row(f"reading: {name} always", do, UNREAD, "published by its answer, and nobody could read it", on="read", times=0, sends=ONCE)
row("a lock to private", quirk("private", method="POST"), DIFFERS, "a project without an audit: up, but nobody can watch it", on="open",
    sends=ONCE)
row("rejected as a duplicate", quirk("reject", method="POST"), FAILED, "taken, and then not: nobody can watch it", on="open", sends=ONCE)
row("a codec that it cannot read", quirk("fail", method="POST"), FAILED, "taken, and then not: nobody can watch it", on="open",
    sends=ONCE)
row("rejected, and the answer to the last piece is lost", quirk("reject", method="POST"), UNPROVEN, "no post is found, and a rejected "
    "one is no reason to send it again: a person looks", on="open", also={"publish": LOST}, sends=ONCE)
row("a title changed", own_json(lambda answer: answer["items"][0]["snippet"].update(title="x")), DIFFERS, "said so", on="read", times=0,
    sends=ONCE)

# --- what is done to it once it is up

for name, do in (("500", page(500)), ("reset", RESET), ("reset, stored", LOST), ("silence, stored", after(SILENCE))):
    row(f"playlist: {name} once", do, PUBLISHED, "looked for before it is added again", kind=SHORT, on="playlist", sends=ONCE)
row("playlist: 404", error(404, "playlistNotFound"), ("published", "after-step", 1), "the video is up, and somebody is told", kind=SHORT,
    on="playlist", times=0, sends=ONCE)
