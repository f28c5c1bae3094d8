"""Bluesky (class A): the record has a name of ours, so the same request may be sent again and again."""
import json

from answers import (DIFFERS, EXPIRED, FAILED, PUBLISHED, TRIES, UNPROVEN, UNPROVEN_THERE, UNREAD, Behaviour, after, body, cut,
                     elsewhere, own_json, page, raw, says, setting, then)
from behaviours_mastodon import UNCLEAR

ROWS = []
LATER = 1796097600 + 600  # ten minutes after the start of every test, as the server writes times


def row(name, on, do, end, because, **more):
    ROWS.append(Behaviour(name, on, do, {"A": end}, because, **more))


def error(status, name, message="?", **more):
    return says(status, {"error": name, "message": message}, **more)


def limited(until):
    return error(429, "RateLimitExceeded", headers=[("RateLimit-Reset", str(until)), ("RateLimit-Policy", "3000;w=300")])


RESET, LOST, SILENCE = raw(b"", "reset"), after(raw(b"", "reset")), raw(b"", "stall")
SAME_RECORD = "the same record under the same key: once public, however often it is sent"
NAMED = ("400",)  # has an error's name: there it is a refusal

# --- the publish request: answers that prove nothing

for name, do in UNCLEAR.items():
    refused = name in NAMED
    row(name, "publish", do, FAILED if refused else PUBLISHED, SAME_RECORD, times=0 if refused else 1)
    row(f"{name}, stored", "publish", after(do), PUBLISHED, SAME_RECORD)
for place in ("status line", "head", "body"):
    for end, word in (("reset", "reset"), ("close", "closed"), ("stall", "silence")):
        row(f"stored, {word} after the {place}", "publish", cut(place, end), PUBLISHED, SAME_RECORD)
row("stored, one byte at a time", "publish", then("drip"), PUBLISHED, SAME_RECORD)
row("the port refuses", "identify", then("deafen"), PUBLISHED, "no byte left us (R3): later again")
row("200 with another's address", "publish", body(b'{"uri":"at://did:plc:x/app.bsky.feed.post/3jzfcijpj2z2a","cid":"x"}'),
    PUBLISHED, "not the address of our record: nobody knows, sent again")
row("200 with another's address, stored", "publish", setting(uri="at://did:plc:x/app.bsky.feed.post/3jzfcijpj2z2a"), PUBLISHED,
    SAME_RECORD)
row("200 with another cid, stored", "publish", setting(cid="bafyreibr4li5zfwhzsnllasyccnk4asb5ifjtlwsyh3ye2zus4lifteane"),
    DIFFERS, "what stands there is not what was answered: said so")
row("500 of a key that exists, stored", "publish", after(error(500, "InternalServerError", "Internal Server Error")), PUBLISHED,
    SAME_RECORD)
row("502 of the server itself", "publish", error(502, "UpstreamFailure"), PUBLISHED, SAME_RECORD)

# --- refused in its own words

for status, name, text in ((400, "InvalidRequest", "Invalid app.bsky.feed.post record: grapheme too big"),
                           (400, "InvalidRequest", "Invalid record key"), (400, "InvalidMimeType", "?"),
                           (413, "PayloadTooLarge", "request entity too large")):
    row(f"{status} {name}: {text}", "publish", error(status, name, text), FAILED,
        "the platform refuses it, and a reading finds nothing", times=0, sends={"A": 1})
    row(f"{status} {name}: {text}, stored", "publish", after(error(status, name, text)), PUBLISHED,
        "failed only when a reading finds nothing (I5); it finds it", sends={"A": 1})
row("400 refused, and it cannot look", "publish", error(400, "InvalidRequest"), PUBLISHED,
    "refused but unconfirmed is doubt: sent again with its key", also={"read": lambda exchange: (
        page(500)(exchange) if exchange.proxy.counts["publish"] < 2 else exchange.pass_on().plain)})
row("InvalidSwap, stored", "publish", after(error(400, "InvalidSwap", "Record was at x")), PUBLISHED,
    "something stands there: it is read, and is ours", sends={"A": 1})
row("BlobNotFound once", "publish", error(400, "BlobNotFound"), PUBLISHED, "uploaded again: the same bytes, the same record",
    pictures=2)
row("BlobNotFound once, stored", "publish", after(error(400, "BlobNotFound")), PUBLISHED, SAME_RECORD, pictures=2)
row("BlobNotFound always", "publish", error(400, "BlobNotFound"), TRIES, "R8: eight attempts, then a person", times=0, pictures=2)

# --- not now

row("429 until a time", "publish", limited(LATER), PUBLISHED, "never before the time it names", waits_s=600)
row("429 until a time, stored", "publish", after(limited(LATER)), PUBLISHED, SAME_RECORD)
row("429 with nothing", "publish", error(429, "RateLimitExceeded"), PUBLISHED, "R8's delays", waits_s=15)
row("429 always", "publish", error(429, "RateLimitExceeded"), TRIES, "R8: eight attempts, then a person", times=0)
row("401 AuthenticationRequired once", "publish", error(401, "AuthenticationRequired"), PUBLISHED, "paused, the probe works")
row("401 AuthenticationRequired always", "publish", error(401, "AuthenticationRequired"), EXPIRED,
    "paused again and again, until it is worth nothing", times=0, useful_for="4m")
row("400 AccountTakedown always", "publish", error(400, "AccountTakedown"), EXPIRED, "the account is closed: nothing goes out",
    times=0, useful_for="4m")
row("500 always", "publish", page(500), UNPROVEN, "R8's repeats, R4's readings, then a person", times=0)
row("500 always, stored", "publish", after(page(500)), PUBLISHED, SAME_RECORD, times=0)
row("silence always", "publish", SILENCE, UNPROVEN, "R8's repeats, R4's readings, then a person", times=0)
row("reset always, stored", "publish", LOST, PUBLISHED, SAME_RECORD, times=0)

# --- reading back


def record_says(**members):
    return own_json(lambda value: {**value, "value": {**value["value"], **members}})


def without_picture(value):
    embed = value["value"]["embed"]
    return {**value, "value": {**value["value"], "embed": {**embed, "images": embed["images"][1:]}}}


NOT_FOUND = error(400, "RecordNotFound")
row("read back: other words", "read", record_says(text="कुछ और"), DIFFERS, "public but different: never sent again", times=0,
    sends={"A": 1})
row("read back: one picture less", "read", own_json(without_picture), DIFFERS, "public but different", times=0, pictures=2,
    sends={"A": 1})
row("read back: another cid", "read", setting(cid="bafyreibr4li5zfwhzsnllasyccnk4asb5ifjtlwsyh3ye2zus4lifteane"), DIFFERS,
    "changed since it was answered", times=0, sends={"A": 1})
for name, do in (("RecordNotFound", NOT_FOUND), ("500", page(500)), ("an HTML page", page(200)), ("elsewhere", elsewhere(302)),
                 ("reset", RESET), ("a list", body(b"[]")), ("no value", body(b'{"uri":"x","cid":"y"}'))):
    row(f"read: {name} once", "read", do, PUBLISHED, "read again (R4)", sends={"A": 1})
    row(f"read: {name} for ever", "read", do, UNREAD, "R4's reads, then said so", times=0, sends={"A": 1})
row("read: silence once", "read", SILENCE, PUBLISHED, "read again", sends={"A": 1})
row("read: 429 once", "read", limited(LATER), PUBLISHED, "read again, when it lets us", waits_s=600, sends={"A": 1})

# --- looking for it: every answer of the publish request is lost

for name, do, times, end in (("RecordNotFound twice", NOT_FOUND, 2, PUBLISHED), ("500 twice", page(500), 2, PUBLISHED),
                             ("RecordNotFound for ever", NOT_FOUND, 0, UNPROVEN_THERE),
                             ("500 for ever", page(500), 0, UNPROVEN_THERE),
                             ("an HTML page", page(200), 0, UNPROVEN_THERE),
                             ("elsewhere", elsewhere(307), 0, UNPROVEN_THERE)):
    row(f"stored, answers lost; read {name}", "read", do, end, "R6's repeats, R4's readings, then a person", times=times,
        also={"publish": LOST})

# --- pictures

for name, do in (("500", page(500)), ("502 of the server itself", error(502, "UpstreamTimeout")), ("reset", RESET),
                 ("reset after storing", LOST), ("silence", SILENCE), ("200 without blob", body(b"{}")),
                 ("200 with half a blob", body(b'{"blob":{"$type":"blob"}}')), ("an HTML page", page(200)),
                 ("elsewhere", elsewhere(307)), ("half an answer", cut("body", "close"))):
    row(f"upload: {name} once", "upload", do, PUBLISHED, "uploaded again: an orphan is not public", pictures=2, sends={"A": 1})
row("upload: 429 until a time", "upload", limited(LATER), PUBLISHED, "uploaded when it lets us", pictures=2, waits_s=600)
row("upload: 400 in its own words", "upload", error(400, "InvalidRequest", "not a picture"), FAILED,
    "the platform refuses the content", times=0, pictures=2)
row("upload: 413", "upload", error(413, "PayloadTooLarge"), FAILED, "too large", times=0, pictures=2)
row("upload: 500 for ever", "upload", page(500), TRIES, "R8: eight attempts, then a person", times=0, pictures=2)
row("pictures, stored, answer lost", "publish", LOST, PUBLISHED, SAME_RECORD, pictures=2)
row("pictures, answer lost", "publish", RESET, PUBLISHED, SAME_RECORD, pictures=2)

# --- sessions

NO_SESSION = json.dumps({"handle": "police.test", "did": "did:plc:x"}).encode()
for name, do in (("500", page(500)), ("reset", RESET), ("reset after it was made", LOST), ("silence", SILENCE),
                 ("an HTML page", page(200)), ("no tokens", body(NO_SESSION)), ("an empty access token", setting(accessJwt="")),
                 ("elsewhere", elsewhere(307)), ("429 until a time", limited(LATER))):
    row(f"login: {name} once", "login", do, PUBLISHED, "logged in later", sends={"A": 1})
row("login: another home", "login", own_json(lambda value: value["didDoc"]["service"][0].update(
    serviceEndpoint="https://elsewhere.host.bsky.network")), PUBLISHED, "a drill's account stays where it is", times=0)
row("login: refused", "login", error(401, "AuthenticationRequired", "Invalid identifier or password"), EXPIRED,
    "nobody known, nothing sent", times=0, useful_for="4m")


def ends_session(exchange):
    """The first publish request meets a session that has just ended, by the sandbox's own judgement."""
    if exchange.proxy.counts["publish"] == 1:
        exchange.proxy.sandbox.faults({"do": "expire_token"})
    return exchange.pass_on().plain


ENDED = {"publish": ends_session}
row("the session ends", "publish", ends_session, PUBLISHED, "renewed once, sent again", times=0, sends={"A": 2})
row("ExpiredToken, stored", "publish", after(error(400, "ExpiredToken")), PUBLISHED, SAME_RECORD)
row("InvalidToken once", "publish", error(400, "InvalidToken"), PUBLISHED, "renewed, sent again", sends={"A": 2})
row("the session ends while uploading", "upload", lambda exchange: (
    exchange.proxy.sandbox.faults({"do": "expire_token"}) and exchange.pass_on().plain), PUBLISHED, "renewed, uploaded again",
    pictures=2, sends={"A": 1})
for name, do in (("500", page(500)), ("reset", RESET), ("reset after it was made", LOST), ("silence", SILENCE),
                 ("an HTML page", page(200)), ("no tokens", body(NO_SESSION)), ("an empty refresh token", setting(refreshJwt="")),
                 ("elsewhere", elsewhere(307)), ("429 until a time", limited(LATER)), ("ExpiredToken", error(400, "ExpiredToken"))):
    row(f"renewing: {name} once", "refresh", do, PUBLISHED, "renewed later, or logged in again", also=ENDED, sends={"A": 2})

# --- who am I

row("who am I: 500 once", "identify", page(500), PUBLISHED, "asked again before anything goes out", sends={"A": 1})
row("who am I: silence once", "identify", SILENCE, PUBLISHED, "asked again", sends={"A": 1})
row("who am I: elsewhere", "identify", elsewhere(302), EXPIRED, "redirects are never followed", times=0, useful_for="4m")
row("who am I: an error in 200", "identify", body(b'{"error":"no"}'), EXPIRED, "nobody known, nothing sent", times=0, useful_for="4m")
