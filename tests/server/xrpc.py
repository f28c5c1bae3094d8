"""Bluesky's calls for a test, to crier-sandbox or to Bluesky's own server alike."""
import dataclasses
import http.client
import json
import urllib.parse

CREATE = "com.atproto.repo.createRecord"
PUT = "com.atproto.repo.putRecord"
GET = "com.atproto.repo.getRecord"
LIST = "com.atproto.repo.listRecords"
DELETE = "com.atproto.repo.deleteRecord"
UPLOAD = "com.atproto.repo.uploadBlob"
BLOB = "com.atproto.sync.getBlob"
LOGIN = "com.atproto.server.createSession"
REFRESH = "com.atproto.server.refreshSession"
LOGOUT = "com.atproto.server.deleteSession"
WHO = "com.atproto.server.getSession"
SERVER = "com.atproto.server.describeServer"
RESOLVE = "com.atproto.identity.resolveHandle"
POST = "app.bsky.feed.post"
KEY = "3jzfcijpj2z2a"
JSON = "application/json"


@dataclasses.dataclass
class Reply:
    status: int
    headers: object
    body: bytes

    @property
    def json(self):
        return json.loads(self.body or b"{}")

    @property
    def error(self):
        return self.json.get("error") if self.status >= 400 else None

    @property
    def end(self):
        """What a client steers by."""
        return self.status, self.error


def record(text="नमस्ते", **more):
    return {"$type": POST, "text": text, "createdAt": "2026-11-22T04:30:00.000Z", **more}


def images(*pictures):
    return {"embed": {"$type": "app.bsky.embed.images", "images": list(pictures)}}


def facet(start, end, *features):
    return {"index": {"byteStart": start, "byteEnd": end}, "features": list(features)}


def link(uri="https://example.gov.in"):
    return {"$type": "app.bsky.richtext.facet#link", "uri": uri}


class Client:
    """One account. `prefix` is what stands before /xrpc."""

    def __init__(self, port, prefix="", identifier="", password="sandbox-police"):
        self.port, self.prefix = port, prefix
        self.identifier, self.password = identifier, password
        self.session = {}

    def send(self, http_method, name, body=None, kind=JSON, token="access", query=None):
        """`token`: access, refresh, None, or the header's own value."""
        headers = {"Content-Type": kind} if kind and body is not None else {}
        words = {"access": self.session.get("accessJwt"), "refresh": self.session.get("refreshJwt")}
        if token:
            headers["Authorization"] = f"Bearer {words[token]}" if token in words else token
        path = f"{self.prefix}/xrpc/{name}" + (f"?{urllib.parse.urlencode(query)}" if query else "")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(http_method, path, body, headers)
            answer = connection.getresponse()
            return Reply(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def do(self, name, value=None, token="access"):
        """A procedure."""
        return self.send("POST", name, None if value is None else json.dumps(value), token=token)

    def ask(self, name, token=None, **query):
        return self.send("GET", name, token=token, query=query)

    def log_in(self):
        reply = self.do(LOGIN, {"identifier": self.identifier, "password": self.password}, token=None)
        assert reply.status == 200, reply
        self.session = reply.json
        return self

    @property
    def did(self):
        return self.session["did"]

    def write(self, method=PUT, made=None, rkey=KEY, **more):
        return self.do(method, {"repo": self.did, "collection": POST, "rkey": rkey, "record": made or record(), **more})

    def upload(self, content, kind="image/jpeg"):
        return self.send("POST", UPLOAD, content, kind)

    def picture(self, content, alt="चित्र", **more):
        return {"alt": alt, "image": self.upload(content).json["blob"], **more}

    def read(self, rkey=KEY, **more):
        return self.ask(GET, repo=self.did, collection=POST, rkey=rkey, **more)
