"""X (class C): no key; in doubt own posts are read and compared, and what is not found waits for a person.

Its own words are problems ("title", "detail", "type") and lists of errors. The duplicate-content 403 is a hint only: it
is doubt, and a reading decides.
"""
import datetime

from answers import (DIFFERS, FAILED, PUBLISHED, UNPROVEN, UNPROVEN_THERE, UNREAD, Behaviour, after, body, cut, own,
                     own_json, page, raw, replace_head, says, then)
from behaviours_mastodon import UNCLEAR

ROWS = []
TEXT, PICTURES, VIDEO = "X text", "X pictures", "X video"
ONCE = {"X": 1}
LOOKED = "no key: X looks, and a person decides what it did not find"
FOUND = "it was done: X finds it by what it says"


def row(name, do, end, because, kind=TEXT, on="publish", **more):
    ROWS.append(Behaviour(name, on, do, {kind: end}, because, **more))


def problem(status, detail, title="Forbidden", kind="about:blank", **more):
    return says(status, {"title": title, "detail": detail, "type": kind, "status": status}, **more)


def quirk(word):
    """The sandbox's own whim for this request, which is then passed on."""
    def do(exchange):
        exchange.proxy.sandbox.faults({"platform": "x", "do": "quirk", "arg": word})
        return exchange.pass_on().plain
    return do


def in_a_minute(exchange):
    now = datetime.datetime.fromisoformat(exchange.proxy.now).timestamp()
    return problem(429, "Too Many Requests", headers=[("x-rate-limit-reset", str(int(now) + 61))])(exchange)


RESET, SILENCE = raw(b"", "reset"), raw(b"", "stall")
LOST = after(RESET)
GONE = says(404, {"title": "Not Found Error", "detail": "Could not find tweet", "type": "https://api.x.com/2/problems/resource-not-found"})
DUPLICATE = problem(403, "You are not allowed to create a Tweet with duplicate content.")

# --- the publish request: answers that prove nothing

for name, do in UNCLEAR.items():
    row(name, do, UNPROVEN, LOOKED, sends=ONCE)
    row(f"{name}, stored", after(do), PUBLISHED, FOUND, sends=ONCE)
for place in ("status line", "head", "body"):
    for end, word in (("reset", "reset"), ("close", "closed"), ("stall", "silence")):
        row(f"stored, {word} after the {place}", cut(place, end), PUBLISHED, FOUND, sends=ONCE)
for kind in (PICTURES, VIDEO):
    for what, do in (("reset", RESET), ("silence", SILENCE), ("503", page(503))):
        row(f"{kind}: {what}", do, UNPROVEN, LOOKED, kind=kind, sends=ONCE)
        row(f"{kind}: {what}, stored", after(do), PUBLISHED, FOUND, kind=kind, sends=ONCE)
row("stored, one byte at a time", then("drip"), PUBLISHED, FOUND, sends=ONCE)
row("201 without data", says(201, {"errors": [{"title": "?"}]}), UNPROVEN, LOOKED, sends=ONCE)
row("201 without data, stored", after(says(201, {"errors": [{"title": "?"}]})), PUBLISHED, FOUND, sends=ONCE)
row("201 with a script as id, stored", own_json(lambda value: value["data"].update(id="javascript:x")), PUBLISHED, FOUND,
    sends=ONCE)
row("duplicate content", DUPLICATE, UNPROVEN, "the same text stands there, and it is not ours: a person looks", times=0, sends=ONCE)
row("duplicate content, although stored", after(DUPLICATE), PUBLISHED, "a hint that an earlier try worked: found", sends=ONCE)
row("old code 187, although stored", after(says(403, {"errors": [{"code": 187, "message": "Status is a duplicate."}]})), PUBLISHED,
    FOUND, sends=ONCE)

# --- it was done

row("three 100 Continue first", own(lambda data: b"HTTP/1.1 100 Continue\r\n\r\n" * 3 + data), PUBLISHED, "1xx are skipped", sends=ONCE)
row("HTTP/1.0", replace_head(b"HTTP/1.1", b"HTTP/1.0"), PUBLISHED, "an answer", sends=ONCE)
row("errors beside data", quirk("partial"), PUBLISHED, "data counts", sends=ONCE)
row("the newer names", quirk("renamed"), PUBLISHED, "both spellings are read", sends=ONCE)

# --- refused in X's own words

for status, words in ((403, "You are not permitted to perform this action."),
                      (403, "Reply to this conversation is not allowed because you have not been mentioned"),
                      (400, "One or more parameters to your request was invalid."),
                      (404, "Could not find it.")):
    row(f"{status} {words}", problem(status, words), FAILED, "its own word, and a reading finds nothing", times=0, sends=ONCE)
    row(f"{status} {words}, stored", after(problem(status, words)), PUBLISHED, "failed only when a reading finds nothing (I5)",
        sends=ONCE)

# --- not now, and the account

for word in ("no_credits", "payment", "capped", "suspended"):
    row(f"{word} once", quirk(word), PUBLISHED, "the account waits; its own word says that nothing was done")
    row(f"{word}, although stored", after(problem(402 if word in ("no_credits", "payment") else 403, "?", "?",
                                                  {"no_credits": "/credits", "payment": "/credits-depleted", "capped": "/usage-capped",
                                                   "suspended": "/user-suspended"}[word])), PUBLISHED, "looked for before it is sent again",
        sends=ONCE)
row("401 once", problem(401, "Unauthorized", "Unauthorized"), PUBLISHED, "the account waits")
row("401, although stored", after(problem(401, "Unauthorized", "Unauthorized")), PUBLISHED, "looked for before it is sent again",
    sends=ONCE)
row("429, reset in a minute", in_a_minute, PUBLISHED, "its own word that nothing was done", waits_s=60)
row("the port refuses", then("deafen"), PUBLISHED, "no byte left us (R3): later again", on="identify")

# --- media

row("media ids invalid once", quirk("expire"), PUBLISHED, "all go up again", kind=PICTURES, sends={"X": 2})
for step in ("upload", "describe"):
    for what, do in (("reset", RESET), ("lost", LOST), ("503", page(503)), ("429", problem(429, "Too Many Requests"))):
        row(f"pictures: {what}", do, PUBLISHED, "media are not public: again", kind=PICTURES, on=step, sends=ONCE)
for step in ("start", "append", "finish", "poll"):
    for what, do in (("reset", RESET), ("lost", LOST), ("silence", SILENCE), ("503", page(503)), ("429", problem(429, "Too Many Requests"))):
        row(f"video: {what}", do, PUBLISHED, "media are not public: again", kind=VIDEO, on=step, sends=ONCE)
for step in ("append", "finish"):
    row("video: the upload is forgotten", quirk("forget"), PUBLISHED, "it begins again", kind=VIDEO, on=step, sends=ONCE)
row("video: pieces are too large", page(431), PUBLISHED, "431 alone is tried again smaller", kind=VIDEO, on="append", sends=ONCE)
row("video: processing fails", quirk("fail"), FAILED, "X cannot use the file, and says so", kind=VIDEO, on="finish")

# --- what is public and cannot be read

row("never readable", GONE, UNREAD, "its id is known, and nobody can see it", on="read", times=0, sends=ONCE)
row("readable after a while", GONE, PUBLISHED, "read again (R4)", on="read", times=2, sends=ONCE)
row("another text there", own_json(lambda value: value["data"].update(text="और कुछ")), DIFFERS, "public, and not what was sent",
    on="read", times=0, sends=ONCE)
row("the answer lost, the list late", LOST, PUBLISHED, "own posts are shown late: looked at again", sends=ONCE,
    also={"find": quirk("lag")})
row("the answer lost, nobody may look", LOST, UNPROVEN_THERE, "not being able to look proves nothing", sends=ONCE,
    also={"find": page(503)})
row("the answer lost, the same post by another hand", LOST, ("held", "found-twice", 1), "two match: highest alarm", sends=ONCE,
    also={"find": own_json(lambda value: value["data"].append({**value["data"][0], "id": "1", "conversation_id": "1"}) if value.get("data") else None)})
