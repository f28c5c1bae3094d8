"""Webhooks (W): the receiver keeps our key for five minutes, its answer is the proof, and nothing can be read."""
from answers import (FAILED, PUBLISHED, UNPROVEN, UNPROVEN_THERE, Behaviour, after, cut, elsewhere, error, own, own_json, page,
                     raw, replace_head, says, setting, then)
from behaviours_mastodon import UNCLEAR

ROWS = []


def row(name, do, end, because, **more):
    ROWS.append(Behaviour(name, more.pop("on", "publish"), do, {"W": end}, because, **more))


RESET, LOST, SILENCE = raw(b"", "reset"), after(raw(b"", "reset")), raw(b"", "stall")
SAME_EVENT = "the same webhook-id inside the five minutes: once public, however often it is sent"
PROOF = "2xx is the proof; what it says besides is not needed"
LIES = ("200 with error and id", "200 with an id that leads elsewhere", "201", "202", "206")  # name a post that is none
REFUSALS = ("400",)
MOVED = tuple(name for name in UNCLEAR if name[:2] == "30") + ("403 page of a front-end", "404 page of a front-end")
NEVER = ("413 page of a front-end", "422 page of a front-end", "422, a picture is already attached", "304")

# --- answers that prove nothing. One that says 2xx is believed, so it is told only where it is true.

for name, do in UNCLEAR.items():
    if name in MOVED + NEVER + REFUSALS + LIES:
        continue
    if not name.startswith("2"):
        row(name, do, PUBLISHED, SAME_EVENT)
    row(f"{name}, stored", after(do), PUBLISHED, PROOF if name[0] == "2" else SAME_EVENT)
for status in (201, 202, 206, 299):
    row(f"{status}, stored", replace_head(b" 200 ", f" {status} ".encode()), PUBLISHED, PROOF, sends={"W": 1})
for place in ("status line", "head", "body"):
    for end, word in (("reset", "reset"), ("close", "closed"), ("stall", "silence")):
        row(f"stored, {word} after the {place}", cut(place, end), PUBLISHED, SAME_EVENT)
row("stored, one byte at a time", then("drip"), PUBLISHED, SAME_EVENT)
row("three 100 Continue first", own(lambda data: b"HTTP/1.1 100 Continue\r\n\r\n" * 3 + data), PUBLISHED, "1xx are skipped",
    sends={"W": 1})
row("HTTP/1.0", replace_head(b"HTTP/1.1", b"HTTP/1.0"), PUBLISHED, "an answer", sends={"W": 1})
row("text/plain", replace_head(b"application/json", b"text/plain"), PUBLISHED, PROOF, sends={"W": 1})
row("an id of 300 letters, stored", own_json(lambda value: {"id": "x" * 300}), PUBLISHED, PROOF, sends={"W": 1})
row("a url to a script, stored", setting(url="javascript:alert(1)"), PUBLISHED, PROOF, sends={"W": 1})

# --- refused

for status in (400, 413, 422):
    row(f"{status} always", error(status, "this is no event"), FAILED, "it refuses it, and its answer is the proof", times=0)
for name, do in [(f"{status} always", elsewhere(status)) for status in (301, 308)] + [
        (f"{status} always", error(status, "no")) for status in (401, 403, 404, 410)]:
    row(name, do, UNPROVEN, "the account is paused; when it is tried again its id is forgotten, so a person decides", times=0)
    row(name.replace("always", "once"), do, PUBLISHED, "tried again a minute later, while the id lives")

# --- not now

row("429, Retry-After 60", error(429, "slow down", headers=[("Retry-After", "60")]), PUBLISHED, "never before its time", waits_s=60)
row("429, Retry-After 600", error(429, "slow down", headers=[("Retry-After", "600")]), UNPROVEN,
    "it cannot be told from the same after its work: not sent again once the id is forgotten", sends={"W": 1})
row("429 always", error(429, "slow down"), UNPROVEN, "repeated while the id lives, then a person", times=0)
row("503, Retry-After 30, stored", after(says(503, "busy", headers=[("Retry-After", "30")])), PUBLISHED, SAME_EVENT)
row("503, Retry-After 30", says(503, "busy", headers=[("Retry-After", "30")]), PUBLISHED, "sent again", waits_s=30)
for status in (429, 503):
    row(f"{status}, Retry-After 600, stored", after(says(status, "busy", headers=[("Retry-After", "600")])), UNPROVEN_THERE,
        "by then the receiver has forgotten the id, and it may be public: not sent again by itself", sends={"W": 1})
row("500 always", page(500), UNPROVEN, "repeated while the id lives, then a person", times=0)
row("500 always, stored", after(page(500)), UNPROVEN_THERE, "repeated while the id lives, then a person", times=0)
row("silence always", SILENCE, UNPROVEN, "repeated while the id lives, then a person", times=0)
row("reset always, stored", LOST, UNPROVEN_THERE, "repeated while the id lives, then a person", times=0)
row("pictures, stored, answer lost", LOST, PUBLISHED, SAME_EVENT, pictures=2)
row("pictures, answer lost", RESET, PUBLISHED, SAME_EVENT, pictures=2)
