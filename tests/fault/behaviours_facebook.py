"""Facebook Pages (FB, class C): any error of the publish step proves nothing, unless it is the token's or a permission's.

Posts are looked for by their message, photos and time; a Reel by the state of its video, which is proof both ways.
"""
from answers import (DIFFERS, EXPIRED, FAILED, PUBLISHED, TRIES, UNPROVEN, UNREAD, Behaviour, after, body, cut, elsewhere,
                     own_json, page, raw, says, then)
from behaviours_mastodon import UNCLEAR

ROWS = []
TEXT, PICTURES, REEL, VIDEO, STORY, PHOTO_STORY = (
    "FB text", "FB pictures", "FB reel", "FB video", "FB story", "FB photo story")
ONCE, TWICE = {"FB": 1}, {"FB": 2}
UNPROVEN_THERE = ("held", "unproven", 1)
NOT_DONE = "it was not done, but nobody can know: a person looks"
FOUND = "it was done, and it is found"
PROVEN = "the video's state says that nothing was done: finished once more, still one video"


def row(name, do, end, because, kind=TEXT, on="publish", **more):
    ROWS.append(Behaviour(name, on, do, {kind: end}, because, **more))


def error(status, code, subcode=0, message="?", **more):
    told = {"message": f"(#{code}) {message}", "type": "OAuthException", "code": code, "is_transient": code in (1, 2),
            "fbtrace_id": "AbCdEf"}
    if subcode:
        told["error_subcode"] = subcode
    return says(status, {"error": told}, **more)


def usage(minutes):
    return [("X-Business-Use-Case-Usage",
             f'{{"1":[{{"type":"pages","call_count":100,"estimated_time_to_regain_access":{minutes}}}]}}')]


def upload_error(retriable, kind, message="?"):
    return says(400, {"debug_info": {"retriable": retriable, "type": kind, "message": message}})


LOST, RESET, SILENCE = after(raw(b"", "reset")), raw(b"", "reset"), raw(b"", "stall")

# --- the publish request of a post: answers that prove nothing

for name, do in UNCLEAR.items():
    row(name, do, UNPROVEN, NOT_DONE, sends=ONCE)
    row(f"{name}, stored", after(do), PUBLISHED, FOUND, sends=ONCE)
for place in ("status line", "head", "body"):
    for end, word in (("reset", "reset"), ("close", "closed"), ("stall", "silence")):
        row(f"stored, {word} after the {place}", cut(place, end), PUBLISHED, FOUND, sends=ONCE)
row("stored, one byte at a time", then("drip"), PUBLISHED, FOUND, sends=ONCE)
row("200 with a relative id", body(b'{"id":"../me"}'), UNPROVEN, NOT_DONE, sends=ONCE)
row("200 with success alone", body(b'{"success":true}'), UNPROVEN, NOT_DONE, sends=ONCE)
row("the port refuses", then("deafen"), PUBLISHED, "no byte left us (R3): later again", on="identify")

# --- Meta's own errors: php-graph-sdk 216 and postiz 1681 saw them for posts that were public

for status, code, subcode in ((500, 1, 0), (500, 2, 0), (400, 4, 0), (400, 17, 0), (400, 32, 0), (400, 613, 0), (400, 80001, 0),
                              (400, 341, 0), (400, 100, 0), (400, 100, 33), (400, 506, 1455006), (400, 100, 1609005),
                              (400, 100, 1366051), (400, 100, 1346003), (400, 100, 1404102), (400, 100, 1363047), (400, 4711, 0)):
    row(f"{code}/{subcode}", error(status, code, subcode), UNPROVEN, NOT_DONE, sends=ONCE)
    row(f"{code}/{subcode}, stored", after(error(status, code, subcode)), PUBLISHED, FOUND, sends=ONCE)
row("32 with minutes, stored", after(error(400, 32, headers=usage(2))), PUBLISHED, "looked for when it lets us", sends=ONCE)
for status, code, subcode in ((400, 190, 463), (401, 190, 460), (400, 102, 0), (403, 200, 0), (403, 10, 0), (400, 283, 0)):
    row(f"{code}/{subcode} once", error(status, code, subcode), PUBLISHED, "refused before any work: looked for, sent again",
        sends=TWICE)
    row(f"{code}/{subcode} once, stored", after(error(status, code, subcode)), PUBLISHED, "looked for before it is sent again",
        sends=ONCE)
row("190 of a lost page once", error(400, 190, 0, "is impersonating a user's page"), PUBLISHED, "no dead token, but no access",
    sends=TWICE)
for code, subcode in ((368, 0), (4, 2207051), (100, 1390008)):
    row(f"{code}/{subcode}, stored", after(error(400, code, subcode)), PUBLISHED, FOUND + ", and the account rests",
        sends=ONCE, useful_for="2d")
row("text_format_preset_id's 500", error(500, 1, 0, "An unknown error has occurred."), UNPROVEN, NOT_DONE, sends=ONCE)
row("an outage of a minute before", error(503, 2), PUBLISHED, "who we are is asked first", on="identify")

# --- in doubt: looking


def looking(name, do, end, because, times=1, kind=TEXT, on="find", **more):
    row(f"stored, answer lost; {name}", do, end, because, kind=kind, on=on, times=times, also={"publish": LOST}, sends=ONCE, **more)


def others(value):
    return {"data": [{**post, "message": post.get("message", "") + "?"} for post in value["data"]]}


def twins(value):
    return {"data": [*value["data"], *({**post, "id": post["id"] + "1"} for post in value["data"])]}


def newest(value):
    return {"data": [{"id": "1_1", "message": "कुछ और", "created_time": "2026-12-01T04:00:10+0000"}, *value["data"]]}


looking("500 once", page(500), PUBLISHED, "read again")
looking("500 for ever", page(500), UNPROVEN_THERE, "not being able to look proves nothing", times=0)
looking("190 once", error(400, 190, 463), PUBLISHED, "paused, read again")
looking("#100 for ever", error(400, 100), UNPROVEN_THERE, "no verdict on the content", times=0)
looking("an HTML page", page(200), UNPROVEN_THERE, "not being able to look proves nothing", times=0)
looking("an empty object", body(b"{}"), UNPROVEN_THERE, "not being able to look proves nothing", times=0)
looking("an empty list", body(b'{"data":[]}'), UNPROVEN_THERE, "not seen is not proof", times=0)
looking("elsewhere", elsewhere(307), UNPROVEN_THERE, "redirects are never followed", times=0)
looking("of others", own_json(others), UNPROVEN_THERE, "matches on content", times=0)
looking("another is the newest", own_json(newest), PUBLISHED, "trypost 281: never the first row", times=0)
looking("it shows two", own_json(twins), ("held", "found-twice", 1), "R4: two matches are an alarm", times=0)
looking("shown at the third reading", body(b'{"data":[]}'), PUBLISHED, "lists lag behind", times=2)

# --- reading back

row("answered; read 500 once", page(500), PUBLISHED, "read again", on="read", sends=ONCE)
row("answered; read 500 for ever", page(500), UNREAD, "public by its answer, never seen", on="read", times=0, sends=ONCE)
row("answered; read 100/33 twice", error(400, 100, 33), PUBLISHED, "lists lag behind", on="read", times=2, sends=ONCE)
row("answered; other words", own_json(lambda value: {**value, "message": "?"}), DIFFERS, "told", on="read", times=0, sends=ONCE)
row("answered; not published", own_json(lambda value: {**value, "is_published": False}), DIFFERS, "told", on="read", times=0,
    sends=ONCE)

# --- photos: unpublished, so everything may be tried again

for name, do in (("500", page(500)), ("1", error(500, 1)), ("reset", RESET), ("reset after storing", LOST), ("silence", SILENCE),
                 ("200 without id", body(b"{}")), ("an HTML page", page(200)), ("elsewhere", elsewhere(307)),
                 ("half an answer", cut("body", "close")), ("190", error(400, 190, 463)), ("429 page", page(429))):
    row(f"photo: {name} once", do, PUBLISHED, "uploaded again: nobody sees it", kind=PICTURES, on="upload", sends=ONCE)
row("photo: 32 with minutes", error(400, 32, headers=usage(17)), PUBLISHED, "when it lets us", kind=PICTURES, on="upload",
    waits_s=17 * 60, sends=ONCE)
for code, subcode in ((100, 1366046), (100, 2069019), (100, 0)):
    row(f"photo: {code}/{subcode}", error(400, code, subcode), FAILED, "the platform refuses the photo", kind=PICTURES,
        on="upload", times=0)
row("photo: 413 of a front-end", page(413), FAILED, "too large for whatever stands there", kind=PICTURES, on="upload", times=0)
row("photo: 500 for ever", page(500), TRIES, "R8: eight attempts, then a person", kind=PICTURES, on="upload", times=0)
row("photo: a block", error(400, 4, 2207051), EXPIRED, "the account rests for hours", kind=PICTURES, on="upload", useful_for="1h")
row("photos, answer lost", LOST, PUBLISHED, FOUND, kind=PICTURES, sends=ONCE)
row("photos, not done", RESET, UNPROVEN, NOT_DONE, kind=PICTURES, sends=ONCE)
row("photo story, answer lost", LOST, PUBLISHED, FOUND + " by its photo", kind=PHOTO_STORY, sends=ONCE)
row("photo story, not done", RESET, UNPROVEN, NOT_DONE, kind=PHOTO_STORY, sends=ONCE)
row("photo story, error although public", after(error(400, 1)), PUBLISHED, FOUND, kind=PHOTO_STORY, sends=ONCE)

# --- Reels, stories and long videos: published by id

PROVES_NOTHING = ("200 with an HTML page", "204", "400", "403 page of a front-end", "500 page", "503 with Retry-After",
                  "307 to another host", "closed without an answer", "reset without an answer", "silence", "garbage")
for name in PROVES_NOTHING:
    for kind in (REEL, VIDEO, STORY):
        row(f"{kind}: {name}", UNCLEAR[name], PUBLISHED, PROVEN, kind=kind, sends=TWICE)
        row(f"{kind}: {name}, stored", after(UNCLEAR[name]), PUBLISHED, "its state says that it is public", kind=kind, sends=ONCE)
for code, subcode in ((1, 0), (4, 0), (100, 0), (506, 0), (6000, 1363130)):
    row(f"reel: {code}/{subcode}", error(400, code, subcode), PUBLISHED, PROVEN, kind=REEL, sends=TWICE)
    row(f"reel: {code}/{subcode}, stored", after(error(400, code, subcode)), PUBLISHED, "its state says that it is public",
        kind=REEL, sends=ONCE)
row("reel: 190/463 once", error(400, 190, 463), PUBLISHED, "refused before any work", kind=REEL, sends=TWICE)
row("reel: refused for ever", error(400, 100), TRIES, "each time proven absent: eight attempts, then a person", kind=REEL, times=0)
for name, do in (("500", page(500)), ("reset", RESET), ("reset after storing", LOST), ("silence", SILENCE), ("190", error(400, 190, 463)),
                 ("200 without id", body(b"{}")), ("an address elsewhere", own_json(
                     lambda value: {**value, "upload_url": "https://example.com/video-upload/v25.0/1"}))):
    row(f"reel start: {name} once", do, PUBLISHED, "begun again: nothing is public", kind=REEL, on="start", sends=ONCE)
row("reel start: an address elsewhere for ever", own_json(
    lambda value: {**value, "upload_url": "https://example.com/video-upload/v25.0/1"}), TRIES, "never sent there", kind=REEL,
    on="start", times=0)
for name, do in (("500", page(500)), ("reset", RESET), ("reset after storing", LOST), ("silence", SILENCE),
                 ("retriable", upload_error(True, "PartialRequestError")), ("200 without success", body(b"{}")),
                 ("dead, FILE_NOT_FOUND", upload_error(False, "ProcessingFailedError", "FILE_NOT_FOUND")),
                 ("1363008", error(400, 100, 1363008))):
    row(f"reel bytes: {name} once", do, PUBLISHED, "goes on behind what is there, or begins anew", kind=REEL, on="upload",
        sends=ONCE)
row("reel bytes: dead for ever", upload_error(False, "ProcessingFailedError"), FAILED, "three times anew, then refused", kind=REEL,
    on="upload", times=0)
for name, do in (("500", page(500)), ("reset", RESET), ("reset after storing", LOST), ("silence", SILENCE),
                 ("6001/1363037", error(400, 6001, 1363037))):
    row(f"video piece: {name} once", do, PUBLISHED, "goes on behind what is there", kind=VIDEO, on="piece", sends=ONCE)


def state(word):
    return own_json(lambda value: {**value, "status": {**value["status"], "video_status": word}})


row("reel: state unreadable thrice", page(500), PUBLISHED, "asked again", kind=REEL, on="video", times=3, sends=ONCE)
row("reel: processing for ever", state("processing"), EXPIRED, "nothing goes out after useful_for", kind=REEL, on="video", times=0,
    useful_for="30m")
row("reel: the upload stands still", state("uploading"), EXPIRED, "asked until it is too late", kind=REEL, on="video", times=0,
    useful_for="30m")
row("reel: processing fails", own_json(lambda value: {**value, "status": {"video_status": "error", "processing_phase": {
    "status": "error", "errors": [{"code": 1363019, "message": "Video is not 9:16"}]}}}), FAILED, "refused with its words",
    kind=REEL, on="video", times=0)
row("reel: upload expired once", state("expired"), PUBLISHED, "begun anew", kind=REEL, on="video", sends=ONCE)

# --- who am I

row("who am I: 500 once", page(500), PUBLISHED, "asked again before anything goes out", on="identify", sends=ONCE)
row("who am I: 190 for ever", error(400, 190, 463), EXPIRED, "nobody known, nothing sent", on="identify", times=0, useful_for="4m")
row("who am I: elsewhere", elsewhere(302), EXPIRED, "redirects are never followed", on="identify", times=0, useful_for="4m")
row("who am I: an error in 200", body(b'{"error":{"code":1}}'), EXPIRED, "nobody known, nothing sent", on="identify", times=0,
    useful_for="4m")
row("what may the token: 500", page(500), PUBLISHED, "nice to know, no more", on="inspect", times=0, sends=ONCE)
row("what may the token: an HTML page", page(200), PUBLISHED, "nice to know, no more", on="inspect", times=0, sends=ONCE)
