"""Telegram (TG): no key, nothing can be read; its own error envelope is the only proof that nothing was done."""
from answers import FAILED, PUBLISHED, UNPROVEN, UNPROVEN_THERE, Behaviour, after, cut, own, page, raw, replace_head, says, then
from behaviours_mastodon import UNCLEAR

ROWS = []
TEXT, ALBUM = "TG text", "TG pictures"
NOBODY_LOOKS = "no key, and a bot cannot read its channel: a person looks"
ONCE = {"TG": 1}


def row(name, do, end, because, kind=TEXT, **more):
    ROWS.append(Behaviour(name, more.pop("on", "publish"), do, {kind: end}, because, **more))


def envelope(status, description, **parameters):
    return says(status, {"ok": False, "error_code": status, "description": description, "parameters": parameters})


# --- answers that prove nothing

for name, do in UNCLEAR.items():
    if name.startswith("413"):
        continue  # the front server refuses before anything is done
    row(name, do, UNPROVEN, NOBODY_LOOKS, sends=ONCE)
    row(f"{name}, stored", after(do), UNPROVEN_THERE, NOBODY_LOOKS, sends=ONCE)
for place in ("status line", "head", "body"):
    for end, word in (("reset", "reset"), ("close", "closed"), ("stall", "silence")):
        row(f"stored, {word} after the {place}", cut(place, end), UNPROVEN_THERE, NOBODY_LOOKS, sends=ONCE)
for what in ("reset", "stall"):
    row(f"{what}, nothing stored", raw(b"", what), UNPROVEN, NOBODY_LOOKS, sends=ONCE)
    row(f"{what}, stored", after(raw(b"", what)), UNPROVEN_THERE, NOBODY_LOOKS, sends=ONCE)
    row(f"album: {what}, stored", after(raw(b"", what)), UNPROVEN_THERE, NOBODY_LOOKS, kind=ALBUM, sends=ONCE)
for status in (500, 502, 504):
    row(f"{status} envelope", envelope(status, "Internal Server Error: restart"), UNPROVEN, NOBODY_LOOKS, sends=ONCE)
    row(f"{status} envelope, stored", after(envelope(status, "Internal Server Error: restart")), UNPROVEN_THERE, NOBODY_LOOKS,
        sends=ONCE)
row("429 page of a front-end", page(429), UNPROVEN, "not Telegram's own word", sends=ONCE)

# --- it was done

row("stored, one byte at a time", then("drip"), UNPROVEN_THERE, "slower than its time-out: " + NOBODY_LOOKS, sends=ONCE)
row("three 100 Continue first", own(lambda data: b"HTTP/1.1 100 Continue\r\n\r\n" * 3 + data), PUBLISHED, "1xx are skipped",
    sends=ONCE)
row("HTTP/1.0", replace_head(b"HTTP/1.1", b"HTTP/1.0"), PUBLISHED, "an answer", sends=ONCE)
row("text/plain", replace_head(b"application/json", b"text/plain"), PUBLISHED, "its body is the message", sends=ONCE)

# --- refused, and not now

for status, words in ((400, "Bad Request: message is too long"), (400, "Bad Request: message to be replied not found"),
                      (413, "Request Entity Too Large")):
    row(f"{status} {words}", envelope(status, words), FAILED, "its own word", times=0, sends=ONCE)
row("album: IMAGE_PROCESS_FAILED", envelope(400, "Bad Request: IMAGE_PROCESS_FAILED"), FAILED, "its own word", kind=ALBUM,
    times=0)
row("413 page of the front server", page(413), FAILED, "too large, whoever says it", times=0)
row("429, retry_after 60", envelope(429, "Too Many Requests: retry after 60", retry_after=60), PUBLISHED,
    "its own word that nothing was done: sent again, a second after the time it named", waits_s=61)
for status, words in ((401, "Unauthorized"), (403, "Forbidden: bot was kicked from the channel chat"),
                      (400, "Bad Request: not enough rights to send text messages to the chat")):
    row(f"{status} once: {words}", envelope(status, words), PUBLISHED, "the account waits, and its own word says that nothing "
        "was done")
