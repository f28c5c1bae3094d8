"""Instagram (IG): no key, but a container says whether it was published; so nothing is sent on a guess, and little is held.

What Threads does alike stands in `alike`, which behaviours_threads.py calls, too.
"""
import json

from answers import (DIFFERS, EXPIRED, FAILED, PUBLISHED, TRIES, UNPROVEN, UNPROVEN_THERE, UNREAD, Behaviour, after, body, cut,
                     elsewhere, own, own_json, page, raw, replace_head, says, then)
from behaviours_mastodon import UNCLEAR

ROWS = []
RESET, LOST, SILENCE = raw(b"", "reset"), after(raw(b"", "reset")), raw(b"", "stall")
LOOKED = "the container says whether it was published: FINISHED is sent again, PUBLISHED never"
ONCE, TWICE = 1, 2
UNNAMED = ("published", "not-read-back", 1)


def error(status, code, subcode=0, message="?", **more):
    told = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "A"}
    return says(status, {"error": {**told, **({"error_subcode": subcode} if subcode else {})}}, **more)


def adder(rows, usual):
    """The word for a row of one platform; `sends`: most publish requests."""
    def row(name, on, do, end, because, kind=usual, sends=0, **more):
        rows.append(Behaviour(name, on, do, {kind: end}, because, sends={kind.split()[0]: sends} if sends else {}, **more))
    return row


def alike(row, status, pictures):
    """`status`: the member of a container that says how it stands; `pictures`: the kind with several of them."""
    # --- the publish request: answers that prove nothing
    for name, do in UNCLEAR.items():
        row(name, "publish", do, PUBLISHED, LOOKED, sends=TWICE)
        row(f"{name}, stored", "publish", after(do), PUBLISHED, LOOKED, sends=ONCE)
    for place in ("status line", "head", "body"):
        for end, word in (("reset", "reset"), ("close", "closed"), ("stall", "silence")):
            row(f"stored, {word} after the {place}", "publish", cut(place, end), PUBLISHED, LOOKED, sends=ONCE)
    for name, do in (("reset", RESET), ("silence", SILENCE)):
        row(name, "publish", do, PUBLISHED, LOOKED, sends=TWICE)
        row(f"{name}, stored", "publish", after(do), PUBLISHED, LOOKED, sends=ONCE)
        row(f"{name} always", "publish", do, TRIES, "R8: eight attempts, then a person", times=0)
    row("500 always", "publish", page(500), TRIES, "R8: eight attempts, then a person", times=0)
    row("500 always, stored", "publish", after(page(500)), PUBLISHED, LOOKED, times=0, sends=ONCE)
    row("stored, one byte at a time", "publish", then("drip"), PUBLISHED, LOOKED, sends=ONCE)
    row("three 100 Continue first", "publish", own(lambda data: b"HTTP/1.1 100 Continue\r\n\r\n" * 3 + data), PUBLISHED,
        "1xx are skipped", sends=ONCE)
    row("HTTP/1.0", "publish", replace_head(b"HTTP/1.1", b"HTTP/1.0"), PUBLISHED, "an answer", sends=ONCE)
    row("an id that is another's, stored", "publish", after(body(b'{"id":"17000000000000000"}')), UNREAD,
        "an id was answered, and cannot be read", sends=ONCE)

    # --- its own words
    for code, subcode, words in ((1, 0, "unknown"), (2, 0, "service"), (100, 0, "a parameter")):
        row(f"{code}/{subcode} {words}", "publish", error(400, code, subcode), PUBLISHED, LOOKED, sends=TWICE)
        row(f"{code}/{subcode} {words}, stored", "publish", after(error(400, code, subcode)), PUBLISHED, LOOKED, sends=ONCE)
    for code in (4, 17, 32, 613, 80002):
        row(f"{code}: too many calls", "publish", error(403, code), PUBLISHED, LOOKED, sends=TWICE, waits_s=1700)
        row(f"{code}: too many calls, stored", "publish", after(error(403, code)), PUBLISHED, LOOKED, sends=ONCE)
    row("4/2207051 blocked", "publish", error(403, 4, 2207051), PUBLISHED, "the account rests for hours", useful_for="12h",
        waits_s=6 * 3600 - 60, sends=TWICE)
    row("4/2207051 blocked, although published", "publish", after(error(403, 4, 2207051)), PUBLISHED,
        "found before anything else is sent", sends=ONCE)
    row("4/2207051 blocked, worth 4 minutes", "publish", error(403, 4, 2207051), EXPIRED, "and nothing is public",
        useful_for="4m", sends=ONCE)
    row("190 once", "publish", error(400, 190, 463), PUBLISHED, "paused, the probe works", sends=TWICE)
    row("190 once, stored", "publish", after(error(400, 190, 463)), PUBLISHED, LOOKED, sends=ONCE)
    row("200 once", "publish", error(403, 200), PUBLISHED, "paused, the probe works", sends=TWICE)
    row("429 with Retry-After", "publish", says(429, "", headers=[("Retry-After", "600")]), PUBLISHED, "never before its time",
        waits_s=600, sends=TWICE)

    # --- the container
    row("poll: IN_PROGRESS five times", "poll", own_json(lambda value: value.update({status: "IN_PROGRESS"})), PUBLISHED,
        "waited for", times=5, sends=ONCE)
    for state in ("ERROR", "EXPIRED"):
        row(f"poll: {state} once", "poll", own_json(lambda value, state=state: value.update({status: state})), PUBLISHED,
            "a new container", sends=ONCE)
        row(f"poll: {state} always", "poll", own_json(lambda value, state=state: value.update({status: state})), FAILED,
            "three new containers, then it lies in the content", times=0)
    row("poll: a word that nobody knows", "poll", own_json(lambda value: value.update({status: "PONDERING"})), PUBLISHED,
        "asked again", sends=ONCE)
    for name, do in (("500", page(500)), ("an HTML page", page(200)), ("reset", RESET), ("silence", SILENCE),
                     ("elsewhere", elsewhere(302)), ("half an answer", cut("body", "close"))):
        row(f"poll: {name} once", "poll", do, PUBLISHED, "asked again", sends=ONCE)
        row(f"create: {name} once", "create", do, PUBLISHED, "made again: an orphan is not public", sends=ONCE)
    row("create: reset after it was made", "create", LOST, PUBLISHED, "made again: an orphan is not public", sends=ONCE)
    row("create: 500 for ever", "create", page(500), TRIES, "R8: eight attempts, then a person", times=0)
    row("create: refused", "create", error(400, 100, 0, "no"), FAILED, "the platform refuses the content", times=0)
    row("create: could not fetch it twice", "create", error(400, 9004, 2207052), PUBLISHED, "tried again: nothing is public",
        times=2, kind=pictures, sends=ONCE)
    row("create: could not fetch it ever", "create", error(400, 9004, 2207052), FAILED, "three times, then for good", times=0,
        kind=pictures)
    for name, do in (("500", page(500)), ("reset", RESET), ("reset after storing", LOST), ("no id", body(b"{}"))):
        row(f"photo: {name} once", "photo", do, PUBLISHED, "uploaded again: an orphan is not public", kind=pictures, sends=ONCE)
    for name, do in (("500", page(500)), ("reset", RESET), ("no images", body(b'{"images":[],"id":"1"}')),
                     ("gone", error(400, 100, 33))):
        row(f"address: {name} once", "address", do, PUBLISHED, "asked again, or uploaded again", kind=pictures, sends=ONCE)

    # --- reading back
    for name, do in (("500", page(500)), ("an HTML page", page(200)), ("reset", RESET), ("silence", SILENCE),
                     ("not there", error(400, 100, 33)), ("another post", body(b'{"id":"1"}'))):
        row(f"read: {name} once", "read", do, PUBLISHED, "read again (R4)", sends=ONCE)
        row(f"read: {name} for ever", "read", do, UNREAD, "R4's reads, then said so", times=0, sends=ONCE)

    # --- looking for it: the publish request's answer is lost
    lost = {"also": {"publish": LOST}, "sends": ONCE}
    row("stored, lost; the container cannot be read twice", "poll", page(500), PUBLISHED, "read again", first=2, times=2, **lost)
    row("stored, lost; the container can never be read", "poll", page(500), UNPROVEN_THERE, "R4's readings, then a person",
        first=2, times=0, **lost)
    row("stored, lost; not listed twice", "find", body(b'{"data":[]}'), PUBLISHED, "lists come late", times=2, **lost)
    row("stored, lost; never listed", "find", body(b'{"data":[]}'), UNNAMED, "public by the container's word, its id unknown",
        times=0, **lost)
    row("stored, lost; the list cannot be read", "find", page(500), UNPROVEN_THERE, "R4's readings, then a person", times=0, **lost)
    row("stored, lost; an unknown container, listed", "poll", error(400, 100, 33), PUBLISHED, "by its words", first=2, times=0,
        **lost)

    # --- who am I, how much is left
    row("who am I: 500 once", "identify", page(500), PUBLISHED, "asked again before anything goes out", sends=ONCE)
    row("who am I: elsewhere", "identify", elsewhere(302), EXPIRED, "redirects are never followed", times=0, useful_for="4m")
    row("limits: an HTML page", "limits", page(200), PUBLISHED, "what is not known does not stop it", times=0, sends=ONCE)


def put(**members):
    return own_json(lambda value: value.update(members))


row = adder(ROWS, "IG picture")
alike(row, "status_code", "IG carousel")
row("9007/2207027 not ready", "publish", error(400, 9007, 2207027), PUBLISHED, "waited for", sends=TWICE)
row("9007/2207027 not ready, stored", "publish", after(error(400, 9007, 2207027)), PUBLISHED, LOOKED, sends=ONCE)
row("9/2207042 the day's posts are used up", "publish", error(403, 9, 2207042), PUBLISHED, "later", sends=TWICE, waits_s=1700)
row("-2/2207020 expired", "publish", error(400, -2, 2207020), PUBLISHED, LOOKED, sends=TWICE)
row("read back: another caption", "read", put(caption="कुछ और"), DIFFERS, "public but different: never sent again", times=0,
    sends=ONCE)
row("read back: another kind", "read", put(media_type="VIDEO"), DIFFERS, "public but different", times=0, sends=ONCE)
row("carousel: reset, stored", "publish", LOST, PUBLISHED, LOOKED, kind="IG carousel", sends=ONCE)
row("carousel: one picture less", "read", own_json(lambda value: value["children"]["data"].pop() and None), DIFFERS,
    "public but different", kind="IG carousel", times=0, sends=ONCE)
row("story: reset, stored", "publish", LOST, UNNAMED, "nothing tells a story from another: public, its id unknown",
    kind="IG story", sends=ONCE)
row("story: reset", "publish", RESET, PUBLISHED, LOOKED, kind="IG story", sends=TWICE)
row("reel: reset, stored", "publish", LOST, PUBLISHED, LOOKED, kind="IG reel", sends=ONCE)
for name, do in (("500", page(500)), ("reset", RESET), ("reset after it arrived", LOST), ("silence", SILENCE),
                 ("not retriable", says(400, {"debug_info": {"retriable": False, "type": "ProcessingFailedError",
                                                             "message": "no"}}))):
    row(f"upload: {name} once", "upload", do, PUBLISHED, "goes on where the platform says, or is begun anew", kind="IG reel",
        sends=ONCE)
row("upload: no address", "create", own_json(lambda value: value.pop("uri") and None), PUBLISHED, "a new container",
    kind="IG reel", sends=ONCE)
row("measure: 500 once", "measure", page(500), PUBLISHED, "asked again", kind="IG reel", sends=ONCE,
    also={"upload": lambda exchange: exchange.pass_on().plain if exchange.proxy.counts["upload"] > 1 else RESET(exchange)})
