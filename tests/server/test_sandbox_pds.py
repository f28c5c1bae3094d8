#!/usr/bin/python3
"""The sandbox's Bluesky against Bluesky's own server: the same calls, the same status, name and complaint.

What differs on purpose is listed in DIFFERENT with its reason, and must go on differing.
"""
import re
import sys
import unittest

from sandbox import SOURCE, VIDEO, Sandbox, picture

sys.path[:0] = [str(SOURCE / "tests/bluesky")]
import bluesky  # noqa: E402
import xrpc  # noqa: E402
from xrpc import facet, images, link, record  # noqa: E402

ABSENT = {"$type": "blob", "ref": {"$link": "bafkreiccdrbdl6z6u6yplbiu5sw4jawbuajh6274vqo6gvqx5mnog3gaaa"},
          "mimeType": "image/jpeg", "size": 142}
OTHER_CID = "bafyreibr4li5zfwhzsnllasyccnk4asb5ifjtlwsyh3ye2zus4lifteane"


def without(name):
    return {key: value for key, value in record().items() if key != name}


def card(**more):
    return {"embed": {"$type": "app.bsky.embed.external", "external": more}}


def one_image(**more):
    return images({"alt": "x", "image": ABSENT, **more})


RECORDS = {
    "good": record(),
    "without text": without("text"),
    "without createdAt": without("createdAt"),
    "without $type": without("$type"),
    "text is a number": record(5),
    "text is null": record(None),
    "3001 bytes": record("a" * 3001),
    "300 graphemes": record("a" * 300),
    "301 graphemes": record("a" * 301),
    "301 Hindi graphemes": record("नि" * 301),
    "300 flags and families": record("👨‍👩‍👧‍👦" * 100 + "🇮🇳" * 20),
    "301 with marks": record("é" * 301),
    "no datetime": record(createdAt="yesterday"),
    "datetime with -00:00": record(createdAt="2026-11-22T04:30:00-00:00"),
    "datetime with t": record(createdAt="2026-11-22t04:30:00Z"),
    "datetime with offset": record(createdAt="2026-11-22T10:00:00+05:30"),
    "no language": record(langs=["a"]),
    "language with _": record(langs=["hi_IN"]),
    "language with region": record(langs=["hi-IN"]),
    "4 languages": record(langs=["hi"] * 4),
    "9 tags": record(tags=["x"] * 9),
    "long tag": record(tags=["y" * 65]),
    "facet before the text": record(facets=[facet(-1, 3)]),
    "facet beyond the text": record(facets=[facet(5, 300, link())]),
    "facet without index": record(facets=[{"features": []}]),
    "link without uri": record(facets=[facet(0, 1, {"$type": "app.bsky.richtext.facet#link"})]),
    "link to nothing": record(facets=[facet(0, 1, link("no uri"))]),
    "feature without $type": record(facets=[facet(0, 1, {"uri": "x:y"})]),
    "feature that nobody knows": record(facets=[facet(0, 1, {"$type": "org.example#x"})]),
    "mention of nobody": record(facets=[facet(0, 1, {"$type": "app.bsky.richtext.facet#mention", "did": "nobody"})]),
    "card": record(**card(uri="https://x.example", title="t", description="")),
    "card without description": record(**card(uri="https://x.example", title="t")),
    "card without uri": record(**card(uri="x", title="t", description="")),
    "embed that nobody knows": record(embed={"$type": "org.example.embed"}),
    "embed without $type": record(embed={"images": []}),
    "no images": record(**images()),
    "blob that is not there": record(**one_image()),
    "5 images": record(**images(*[{"alt": "", "image": ABSENT}] * 5)),
    "image without alt": record(**images({"image": ABSENT})),
    "image of no width": record(**one_image(aspectRatio={"width": 0, "height": 1})),
    "image too large": record(**images({"alt": "", "image": {**ABSENT, "size": 2000001}})),
    "image that is text": record(**images({"alt": "", "image": {**ABSENT, "mimeType": "text/plain"}})),
    "image that is no blob": record(**images({"alt": "", "image": {"cid": "x"}})),
    "reply to nothing": record(reply={"root": {}}),
    "a real number": record(x=1.5),
}

# what differs: on the sandbox, on Bluesky's server 0.4, and why
DIFFERENT = {
    "160 conjuncts": "where Unicode's versions disagree the sandbox counts the larger",
    "image too large": "the newer lexicon allows 2,000,000 bytes, 0.4 has 1,000,000",
    "empty upload": "a picture of no bytes is a mistake, whoever takes it",
    "a real number": "the sandbox does not say where",
    "unknown method": "a server with an AppView behind it passes it on",
}


class SameAnswers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = bluesky.Server("police", "health")
        cls.sandbox = Sandbox()
        account = cls.server.accounts["police"]
        cls.real = xrpc.Client(cls.server.port, "", account["handle"], account["password"]).log_in()
        cls.ours = xrpc.Client(cls.sandbox.port, "/bluesky", account["handle"],
                               f"sandbox-{account['handle']}").log_in()
        cls.foreign = {cls.real: cls.server.accounts["health"]["did"],
                       cls.ours: xrpc.Client(cls.sandbox.port, "/bluesky", "", "sandbox-health").log_in().did}

    @classmethod
    def tearDownClass(cls):
        cls.sandbox.stop()
        cls.server.process.stdin.close()
        cls.server.process.wait(bluesky.LIMIT_S)
        cls.server.process.stdout.close()

    def both(self, what, call):
        """What `call` gets from each, without what must differ: DIDs, commits, addresses."""
        with self.subTest(what):
            ours, real = call(self.ours), call(self.real)
            same = (self.plain(ours, self.ours) == self.plain(real, self.real))
            if (what in DIFFERENT) == same:
                self.fail(f"{what}: the sandbox {ours.status} {ours.body[:300]}\nBluesky {real.status} {real.body[:300]}")
            return ours

    @staticmethod
    def plain(reply, client):
        told = reply.body.decode().replace(client.did, "DID")
        if reply.status >= 400:
            message = re.sub(r"\(got [^)]*\)", "", reply.json.get("message", "")).replace(client.did, "DID")
            return reply.status, reply.error, message if reply.error != "SyntaxError" else ""
        value = xrpc.json.loads(told) if told else {}
        return reply.status, {name: member for name, member in value.items()
                              if name in ("uri", "cid", "validationStatus", "records", "value", "blob", "did", "handle", "active")
                              }, "commit" in value

    def test_records(self):
        for what, made in RECORDS.items():
            self.both(what, lambda client: client.write(made=made))
        self.both("160 conjuncts", lambda client: client.write(made=record("क्षि" * 160)))

    def test_keys_and_writes(self):
        key, other = "3k2akq2b7222a", "3k2akq2b7222b"
        for what, call in {
            "put": lambda client: client.write(rkey=key, swapRecord=None),
            "put again": lambda client: client.write(rkey=key, swapRecord=None),
            "put another": lambda client: client.write(rkey=key, made=record("x"), swapRecord=None),
            "put another with a wrong swap": lambda client: client.write(rkey=key, made=record("x"), swapRecord=OTHER_CID),
            "put the same with a wrong swap": lambda client: client.write(rkey=key, swapRecord=OTHER_CID),
            "put with a swap where nothing is": lambda client: client.write(rkey=other, swapRecord=OTHER_CID),
            "create what exists": lambda client: client.write(xrpc.CREATE, rkey=key),
            "create another where one exists": lambda client: client.write(xrpc.CREATE, rkey=key, made=record("x")),
            "create": lambda client: client.write(xrpc.CREATE, rkey=other),
            "overwrite": lambda client: client.write(rkey=other, made=record("x")),
            "a key that is no TID": lambda client: client.write(rkey="sched-1"),
            "a key with the high bit": lambda client: client.write(rkey="kjzfcijpj2z2a"),
            "somebody else's": lambda client: client.do(xrpc.PUT, {"repo": self.foreign[client], "collection": xrpc.POST,
                                                                   "rkey": key, "record": record()}),
            "by handle": lambda client: client.do(xrpc.PUT, {"repo": client.identifier, "collection": xrpc.POST, "rkey": key,
                                                             "record": record()}),
            "without collection": lambda client: client.do(xrpc.PUT, {"repo": client.did, "rkey": key, "record": record()}),
            "without key": lambda client: client.do(xrpc.PUT, {"repo": client.did, "collection": xrpc.POST,
                                                               "record": record()}),
            "without record": lambda client: client.do(xrpc.PUT, {"repo": client.did, "collection": xrpc.POST, "rkey": key}),
            "malformed": lambda client: client.send("POST", xrpc.PUT, b"{x"),
            "as text": lambda client: client.send("POST", xrpc.PUT, b"{}", "text/plain"),
            "read": lambda client: client.read(key),
            "read a version that is not there": lambda client: client.read(key, cid=OTHER_CID),
            "read what is not there": lambda client: client.read("3jzfcijpj2zzz"),
            "read of nobody": lambda client: client.ask(xrpc.GET, repo="did:plc:aaaaaaaaaaaaaaaaaaaaaaaa",
                                                        collection=xrpc.POST, rkey=key),
            "list": lambda client: client.ask(xrpc.LIST, repo=client.did, collection=xrpc.POST),
            "list the oldest": lambda client: client.ask(xrpc.LIST, repo=client.did, collection=xrpc.POST, limit=1,
                                                         reverse="true"),
            "list the rest": lambda client: client.ask(xrpc.LIST, repo=client.did, collection=xrpc.POST, cursor=other),
            "list nothing": lambda client: client.ask(xrpc.LIST, repo=client.did, collection="app.bsky.feed.like"),
            "delete": lambda client: client.write(xrpc.DELETE, rkey=key),
            "delete again": lambda client: client.write(xrpc.DELETE, rkey=key),
            "put after deleting": lambda client: client.write(rkey=key),
            "resolve": lambda client: client.ask(xrpc.RESOLVE, handle=client.identifier),
            "resolve nobody": lambda client: client.ask(xrpc.RESOLVE, handle="nobody.test"),
            "unknown method": lambda client: client.ask("com.atproto.nosuch", "access"),
        }.items():
            self.both(what, call)

    def test_blobs(self):
        jpeg = picture()
        for what, content, kind in (("jpeg", jpeg, "image/jpeg"), ("jpeg as text", jpeg, "text/plain"),
                                    ("png", picture("plain.png"), "image/png"), ("gif", picture("plain.gif"), "image/gif"),
                                    ("webp", picture("plain.webp"), "image/webp"), ("mp4", VIDEO, "video/mp4"),
                                    ("words", b"hello", "text/plain"), ("no kind", jpeg, None), ("empty upload", b"", "image/jpeg")):
            self.both(what, lambda client: client.upload(content, kind))
        blob = self.ours.upload(jpeg).json["blob"]
        query = {"cid": blob["ref"]["$link"]}
        self.both("a blob that nothing names", lambda client: client.ask(xrpc.BLOB, did=client.did, **query))
        for what, change in {"of another kind": {"mimeType": "image/png"}, "of another size": {"size": 3}, "as it was": {}}.items():
            made = record(**images({"alt": "x", "image": {**blob, **change}}))
            self.both(f"a blob {what}", lambda client: client.write(made=made, rkey="3k2akq2b7222c"))
        for client in self.ours, self.real:
            self.assertEqual(client.ask(xrpc.BLOB, did=client.did, **query).body, jpeg)

    def test_sessions(self):
        def again(client, **more):
            return client.do(xrpc.LOGIN, {"identifier": client.identifier, **more}, token=None)
        for what, call in {
            "log in without password": again,
            "who": lambda client: client.ask(xrpc.WHO, "access"),
            "nobody": lambda client: client.ask(xrpc.WHO),
            "junk": lambda client: client.ask(xrpc.WHO, "Bearer junk"),
            "refresh as access": lambda client: client.ask(xrpc.WHO, "refresh"),
            "access as refresh": lambda client: client.do(xrpc.REFRESH, token="access"),
            "refresh without token": lambda client: client.do(xrpc.REFRESH, token=None),
            "refresh": lambda client: client.do(xrpc.REFRESH, token="refresh"),
            "refresh again": lambda client: client.do(xrpc.REFRESH, token="refresh"),
            "log out": lambda client: client.do(xrpc.LOGOUT, token="refresh"),
            "the access token lives on": lambda client: client.ask(xrpc.WHO, "access"),
        }.items():
            self.both(what, call)
        for client in self.ours, self.real:
            self.assertNotEqual(client.log_in().session["accessJwt"], "")


if __name__ == "__main__":
    bluesky.skip_unless_installed("server_sandbox_pds")
    unittest.main()
