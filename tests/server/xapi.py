"""X for tests: requests signed as RFC 5849 says, and its two OpenAPI documents. Standard library only."""
import base64
import hashlib
import hmac
import json
import os
import pathlib
import re
import sys
import time
import urllib.parse
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from openapi import RequestSchema  # noqa: E402
from sandbox import SOURCE, multipart  # noqa: E402

SPECS = pathlib.Path(os.environ.get("CRIER_SPECS", SOURCE.parent / "shared/specs")) / "x"
NEW, OLD = SPECS / "openapi-2.167.min.json", SPECS / "openapi-2.159.min.json"


SIGNED = ("oauth_timestamp", "oauth_nonce", "oauth_callback", "oauth_verifier")


def quote(text):
    return urllib.parse.quote(str(text), safe="-._~")


def signed(method, url, form=(), key="sandbox-app", token="sandbox-police", secrets=None, **changes):
    """The header for a request; `changes` are signed too where they may be, else made afterwards."""
    consumer_secret, token_secret = secrets or (key, token or "")
    own = {"oauth_consumer_key": key, "oauth_nonce": uuid.uuid4().hex, "oauth_signature_method": "HMAC-SHA1",
           "oauth_timestamp": str(int(time.time())), "oauth_token": token, "oauth_version": "1.0"}
    if token is None:
        del own["oauth_token"]
    own.update({name: changes.pop(name) for name in SIGNED if name in changes})
    address, _, query = url.partition("?")
    pairs = [*own.items(), *urllib.parse.parse_qsl(query, keep_blank_values=True), *form]
    text = "&".join("=".join(pair) for pair in sorted((quote(n), quote(v)) for n, v in pairs))
    base = "&".join([method, quote(address), quote(text)])
    mac = hmac.new(f"{quote(consumer_secret)}&{quote(token_secret)}".encode(), base.encode(), hashlib.sha1).digest()
    own["oauth_signature"] = base64.b64encode(mac).decode()
    own.update(changes)
    return {"Authorization": "OAuth " + ", ".join(f'{name}="{quote(value)}"' for name, value in own.items())}


class X:
    """A sandbox's X as one account meets it."""

    def __init__(self, sandbox, token="sandbox-police"):
        self.sandbox, self.token = sandbox, token
        self.now = None  # the time that is signed; None: the wall clock's

    def ask(self, method, path, body=None, headers=None):
        changes = {"oauth_timestamp": str(self.now)} if self.now else {}
        header = signed(method, f"{self.sandbox.address}/x{path}", token=self.token, **changes)
        return self.sandbox.ask(method, "/x" + path, body, {**header, **(headers or {})})

    def post(self, text=None, media=(), parent=None):
        body = {} if text is None else {"text": text}
        if media:
            body["media"] = {"media_ids": list(media)}
        if parent:
            body["reply"] = {"in_reply_to_tweet_id": parent}
        return self.ask("POST", "/2/tweets", body)

    def form(self, path, fields, *files):
        body, kind = multipart(fields, *files)
        return self.ask("POST", path, body, {"Content-Type": kind})

    def upload(self, content, category="tweet_image"):
        return self.form("/2/media/upload", {"media_category": category},
                         ("media", "a.bin", "application/octet-stream", content))

    def initialize(self, size, kind="video/mp4", category="tweet_video"):
        return self.ask("POST", "/2/media/upload/initialize",
                        {"media_type": kind, "media_category": category, "total_bytes": size})

    def append(self, media, index, content):
        return self.form(f"/2/media/upload/{media}/append", {"segment_index": index},
                         ("media", "piece", "application/octet-stream", content))

    def finalize(self, media):
        return self.ask("POST", f"/2/media/upload/{media}/finalize")

    def status(self, media):
        return self.ask("GET", f"/2/media/upload?command=STATUS&media_id={media}")

    def chunked(self, content, size=1000, **more):
        media = self.initialize(len(content), **more).json["data"]["id"]
        for index in range(0, (len(content) + size - 1) // size):
            assert self.append(media, index, content[index * size:(index + 1) * size]).status == 200
        return self.finalize(media)

    def fields(self, which="tweet.fields"):
        names = "created_at,entities,attachments,conversation_id," \
            + ("note_tweet,referenced_tweets" if which == "tweet.fields" else "note_post")
        return f"{which}={names}"


class Strict(RequestSchema):
    """With what these documents say besides: patterns, lengths, nothing but what is named."""

    def faults(self, value, schema, where="$"):
        schema = self.follow(schema)
        found = super().faults(value, schema, where)
        if isinstance(value, str):
            if "pattern" in schema and not re.search(schema["pattern"], value):
                found.append(f"{where}: {value!r} does not match {schema['pattern']}")
            if len(value) > schema.get("maxLength", len(value)):
                found.append(f"{where}: is too long")
        if isinstance(value, list) and not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", 10 ** 9):
            found.append(f"{where}: has {len(value)} elements")
        if isinstance(value, int) and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
            found.append(f"{where}: {value} is out of range")
        if isinstance(value, dict) and schema.get("additionalProperties", True) is False:
            found += [f"{where}: {name} is not in the document" for name in value
                      if name not in schema.get("properties", {})]
        return found


def document(path):
    return Strict(json.loads(path.read_text()))
