#!/usr/bin/python3
"""The sandbox's Bluesky by the facts page and by the published lexicons, which we did not write."""
import base64
import hashlib
import json
import os
import pathlib
import sys
import unittest

from sandbox import SOURCE, VIDEO, Sandbox, SandboxTest, folder, picture, skip
import xrpc
from xrpc import facet, images, link, record

sys.path[:0] = [str(SOURCE / "tests/support")]
import lexicon  # noqa: E402

SPECS = pathlib.Path(os.environ.get("CRIER_SPECS", SOURCE.parent / "shared/specs"))
LEXICONS = SPECS / "bluesky/lexicons"


class BlueskyTest(SandboxTest):
    options = ("--virtual",)

    def setUp(self):
        super().setUp()
        self.police = self.client()
        self.police.log_in()

    def client(self, name="police"):
        return xrpc.Client(self.sandbox.port, "/bluesky", "somebody", f"sandbox-{name}")

    def refuses(self, reply, status, name, words=""):
        self.assertEqual(reply.end, (status, name), reply.body)
        self.assertIn(words, reply.json["message"])

    def pass_time(self, minutes):
        import datetime
        now = datetime.datetime.fromisoformat(self.sandbox.clock["now"]) + datetime.timedelta(minutes=minutes)
        self.assertEqual(self.sandbox.set_clock(now.isoformat()).status, 200)

    @property
    def sessions(self):
        return {each["account"]: (each["logins"], each["refreshes"], each["expired"])
                for each in self.sandbox.ask("GET", "/_sandbox/sessions").json["sessions"]}


class ByTheLexicons(BlueskyTest):
    @classmethod
    def setUpClass(cls):
        if not LEXICONS.exists():
            raise unittest.SkipTest(f"{LEXICONS} is not here")
        cls.lexicons = lexicon.Lexicons(LEXICONS)

    def fits(self, method, reply):
        self.assertEqual(reply.status, 200, reply.body)
        self.assertEqual(self.lexicons.faults_of_output(method, reply.json), [], method)
        return reply.json

    def test_the_judge_notices_what_is_wrong(self):
        good = self.fits(xrpc.PUT, self.police.write())
        for change in {"uri": "x"}, {"cid": 5}, {"cid": "b"}, {"commit": {"cid": good["cid"]}}:
            self.assertNotEqual(self.lexicons.faults_of_output(xrpc.PUT, {**good, **change}), [], change)
        for change in {"text": None}, {"createdAt": "now"}, {"langs": ["hi"] * 4}, {"embed": {"images": []}}, \
                {"embed": {"$type": "app.bsky.embed.images", "images": [{"alt": "x"}]}}, {"facets": [{"index": {}}]}:
            self.assertNotEqual(self.lexicons.faults_of_record(xrpc.POST, record(**change)), [], change)

    def test_every_answer(self):
        self.fits(xrpc.LOGIN, self.police.do(xrpc.LOGIN, {"identifier": "x", "password": "y"}, token=None))
        self.fits(xrpc.REFRESH, self.police.do(xrpc.REFRESH, token="refresh"))
        self.fits(xrpc.WHO, self.police.ask(xrpc.WHO, "access"))
        self.fits(xrpc.SERVER, self.police.ask(xrpc.SERVER))
        self.fits(xrpc.RESOLVE, self.police.ask(xrpc.RESOLVE, handle="police.test"))
        blob = self.fits(xrpc.UPLOAD, self.police.upload(picture()))["blob"]
        made = record(**images({"alt": "", "image": blob}))
        self.assertEqual(self.lexicons.faults_of_record(xrpc.POST, made), [])
        self.fits(xrpc.PUT, self.police.write(made=made))
        self.fits(xrpc.PUT, self.police.write(made=made))
        self.fits(xrpc.CREATE, self.police.write(xrpc.CREATE, rkey=None))
        read = self.fits(xrpc.GET, self.police.read())
        self.assertEqual(self.lexicons.faults_of_record(xrpc.POST, read["value"]), [])
        self.fits(xrpc.LIST, self.police.ask(xrpc.LIST, repo=self.police.did, collection=xrpc.POST))
        for _ in range(2):
            self.fits(xrpc.DELETE, self.police.write(xrpc.DELETE))

    def test_the_errors_have_the_names_of_the_lexicons(self):
        self.police.write()
        swap = self.police.write(made=record("x"), swapRecord=None)
        missing = self.police.read("3jzfcijpj2z2b")
        self.assertIn(swap.error, self.lexicons.errors(xrpc.PUT))
        self.assertIn(missing.error, self.lexicons.errors(xrpc.GET))
        self.sandbox.faults({"do": "expire_token"})
        self.assertIn(self.police.do(xrpc.REFRESH, token="refresh").error, self.lexicons.errors(xrpc.REFRESH))


class Sessions(BlueskyTest):
    def test_the_account_is_that_of_the_password_or_of_the_identifier(self):
        for identifier, password, handle in (("x", "sandbox-health", "health.test"), ("sandbox-fire", "abcd", "fire.test"),
                                             ("x", "sandbox-dm.example.gov.in", "dm.example.gov.in")):
            client = xrpc.Client(self.sandbox.port, "/bluesky", identifier, password).log_in()
            self.assertEqual(client.session["handle"], handle)
            self.assertEqual(client.ask(xrpc.WHO, "access").json["did"], client.did)
        self.assertTrue(self.police.did.startswith("did:plc:"))
        service = self.police.session["didDoc"]["service"][0]
        self.assertEqual((service["id"], service["serviceEndpoint"]),
                         ("#atproto_pds", "https://sandbox.host.bsky.network"))

    def test_an_access_token_ends_after_two_hours(self):
        self.pass_time(119)
        self.assertEqual(self.police.ask(xrpc.WHO, "access").status, 200)
        self.pass_time(1)
        self.refuses(self.police.ask(xrpc.WHO, "access"), 400, "ExpiredToken")
        self.police.session = self.police.do(xrpc.REFRESH, token="refresh").json
        self.assertEqual(self.police.ask(xrpc.WHO, "access").status, 200)

    def test_a_renewed_refresh_token_names_the_same_successor_for_a_while(self):
        first = self.police.do(xrpc.REFRESH, token="refresh").json
        self.pass_time(119)
        self.assertEqual(self.police.do(xrpc.REFRESH, token="refresh").json, first)
        self.assertEqual(self.sessions["police"], (1, 1, 0))
        self.pass_time(1)
        self.refuses(self.police.do(xrpc.REFRESH, token="refresh"), 400, "ExpiredToken")
        self.police.session = first
        self.assertEqual(self.police.do(xrpc.REFRESH, token="refresh").status, 200)
        self.assertEqual(self.sessions["police"], (1, 2, 0))

    def test_a_refresh_token_ends_after_ninety_days(self):
        self.pass_time(90 * 24 * 60)
        self.refuses(self.police.do(xrpc.REFRESH, token="refresh"), 400, "ExpiredToken")

    def test_wrong_tokens(self):
        self.refuses(self.police.ask(xrpc.WHO), 401, "AuthMissing")
        self.refuses(self.police.ask(xrpc.WHO, "Basic abc"), 401, "AuthMissing")
        self.refuses(self.police.ask(xrpc.WHO, "Bearer junk"), 400, "InvalidToken")
        self.refuses(self.police.ask(xrpc.WHO, "refresh"), 400, "InvalidToken")
        self.refuses(self.police.do(xrpc.REFRESH, token="access"), 400, "InvalidToken")
        self.refuses(self.police.do(xrpc.REFRESH, token=None), 401, "AuthMissing")

    def test_the_fault_ends_the_token_at_hand_for_good(self):
        self.sandbox.faults({"do": "expire_token"})
        for _ in range(2):
            self.refuses(self.police.write(), 400, "ExpiredToken")
        self.assertEqual((self.sessions["police"], self.sandbox.posts), ((1, 0, 1), []))
        self.police.session = self.police.do(xrpc.REFRESH, token="refresh").json
        self.assertEqual(self.police.write().status, 200)

    def test_the_fault_ends_a_refresh_token_too(self):
        self.sandbox.faults({"do": "expire_token", "path": "/xrpc/com.atproto.server.refreshSession"})
        for _ in range(2):
            self.refuses(self.police.do(xrpc.REFRESH, token="refresh"), 400, "ExpiredToken")
        self.assertEqual(self.police.ask(xrpc.WHO, "access").status, 200)

    def test_logging_out_ends_the_refresh_token_only(self):
        self.assertEqual(self.police.do(xrpc.LOGOUT, token="refresh").status, 200)
        self.refuses(self.police.do(xrpc.REFRESH, token="refresh"), 400, "ExpiredToken")
        self.assertEqual(self.police.ask(xrpc.WHO, "access").status, 200)

    def test_logging_in_is_limited_and_the_headers_say_so(self):
        other = self.client("health")
        other.identifier = "health.test"
        for left in range(29, -1, -1):
            reply = other.do(xrpc.LOGIN, {"identifier": "health.test", "password": "sandbox-health"}, token=None)
            self.assertEqual((reply.status, reply.headers["RateLimit-Remaining"]), (200, str(left)))
        reply = other.do(xrpc.LOGIN, {"identifier": "health.test", "password": "sandbox-health"}, token=None)
        self.refuses(reply, 429, "RateLimitExceeded")
        self.assertEqual((reply.headers["RateLimit-Limit"], reply.headers["RateLimit-Policy"]), ("30", "30;w=300"))
        self.assertRegex(reply.headers["RateLimit-Reset"], r"^\d{10}$")
        self.assertIsNone(reply.headers["Retry-After"])
        self.pass_time(5)
        other.log_in()
        self.assertEqual(self.sessions["health"], (31, 0, 0))

    def test_the_fault_speaks_as_the_server_and_says_when_it_ends(self):
        self.sandbox.set_clock("2030-01-01T00:00:00Z")
        self.police.log_in()
        self.sandbox.faults({"do": "rate_limit", "arg": 90})
        reply = self.police.write()
        self.refuses(reply, 429, "RateLimitExceeded")
        self.assertEqual(reply.headers["RateLimit-Reset"], "1893456090")
        self.assertEqual(self.police.write().status, 200)


class Strict(BlueskyTest):
    def setUp(self):
        with folder() as place:
            path = pathlib.Path(place) / "list"
            path.write_text(json.dumps(["sandbox-police"]))
            self.options = ("--virtual", "--strict", path)
            super().setUp()

    def test_only_listed_passwords(self):
        self.refuses(self.client("fire").do(xrpc.LOGIN, {"identifier": "x", "password": "sandbox-fire"}, token=None), 401,
                     "AuthenticationRequired", "Invalid identifier or password")


class Unlimited(BlueskyTest):
    options = ("--unlimited", "--virtual")

    def test_limits_are_counted_but_not_kept(self):
        for _ in range(40):
            self.client().log_in()
        self.assertEqual(self.sessions["police"], (41, 0, 0))


class Blobs(BlueskyTest):
    def test_the_cid_is_that_of_the_bytes(self):
        raw = b"\x01\x55\x12\x20" + hashlib.sha256(picture()).digest()
        cid = "b" + base64.b32encode(raw).decode().rstrip("=").lower()
        for _ in range(2):
            self.assertEqual(self.police.upload(picture()).json["blob"],
                             {"$type": "blob", "ref": {"$link": cid}, "mimeType": "image/jpeg", "size": len(picture())})

    def test_the_kind_is_told_from_the_bytes(self):
        for content, said, kind in ((picture(), "text/plain", "image/jpeg"), (VIDEO, "image/png", "video/mp4"),
                                    (b"hello", "text/plain; charset=x", "text/plain")):
            self.assertEqual(self.police.upload(content, said).json["blob"]["mimeType"], kind)

    def test_what_is_no_upload(self):
        self.refuses(self.police.upload(b""), 400, "InvalidRequest")
        self.refuses(self.police.upload(b"x", None), 400, "InvalidRequest", "Content-Type")
        self.refuses(self.police.upload(b"x" * (5 * 1024 * 1024 + 1)), 413, "PayloadTooLarge", "request entity too large")
        self.assertEqual(self.police.upload(b"x" * (5 * 1024 * 1024)).status, 200)

    def test_a_blob_is_served_once_a_record_names_it(self):
        made = self.police.picture(picture())
        query = {"did": self.police.did, "cid": made["image"]["ref"]["$link"]}
        self.refuses(self.police.ask(xrpc.BLOB, **query), 400, "InvalidRequest", "Blob not found")
        self.police.write(made=record(**images(made)))
        reply = self.police.ask(xrpc.BLOB, **query)
        self.assertEqual((reply.body, reply.headers["Content-Type"]), (picture(), "image/jpeg"))
        self.police.write(made=record("ohne"))
        self.refuses(self.police.ask(xrpc.BLOB, **query), 400, "InvalidRequest", "Blob not found")

    def test_a_blob_that_no_record_names_ends_after_an_hour(self):
        made = self.police.picture(picture())
        self.pass_time(60)
        self.refuses(self.police.write(made=record(**images(made))), 400, "BlobNotFound")
        self.police.upload(picture())
        self.assertEqual(self.police.write(made=record(**images(made))).status, 200)

    def test_a_blob_must_be_as_it_was_answered(self):
        made = self.police.picture(picture())
        for change, name in ({"mimeType": "image/png"}, "InvalidMimeType"), ({"size": 3}, "InvalidSize"), \
                ({"ref": {"$link": "bafkreiccdrbdl6z6u6yplbiu5sw4jawbuajh6274vqo6gvqx5mnog3gbcv"}}, "BlobNotFound"):
            wrong = {**made, "image": {**made["image"], **change}}
            self.refuses(self.police.write(made=record(**images(wrong))), 400, name)

    def test_somebody_elses_blob_is_none(self):
        made = self.police.picture(picture())
        other = self.client("health").log_in()
        self.refuses(other.write(made=record(**images(made))), 400, "BlobNotFound")


class Records(BlueskyTest):
    def test_a_record_is_written_once_however_often_it_is_put(self):
        first = self.police.write(swapRecord=None)
        self.assertEqual((first.status, "commit" in first.json), (200, True))
        for _ in range(3):
            again = self.police.write(swapRecord=None)
            self.assertEqual(again.json, {name: value for name, value in first.json.items() if name != "commit"})
        self.assertEqual([post["id"] for post in self.sandbox.posts], [first.json["uri"]])

    def test_its_cid_is_that_of_its_dag_cbor(self):
        """Computed by hand: a map of three, its members by length."""
        def text(value):
            return bytes([0x60 | len(value)]) + value if len(value) < 24 else b"\x78" + bytes([len(value)]) + value
        members = ((b"text", b"hi"), (b"$type", b"app.bsky.feed.post"), (b"createdAt", b"2026-11-22T04:30:00.000Z"))
        encoded = b"\xa3" + b"".join(text(name) + text(value) for name, value in members)
        raw = b"\x01\x71\x12\x20" + hashlib.sha256(encoded).digest()
        self.assertEqual(self.police.write(made=record("hi")).json["cid"],
                         "b" + base64.b32encode(raw).decode().rstrip("=").lower())

    def test_other_content_needs_the_right_swap(self):
        cid = self.police.write().json["cid"]
        self.refuses(self.police.write(made=record("x"), swapRecord=None), 400, "InvalidSwap", f"Record was at {cid}")
        self.assertEqual(len(self.sandbox.posts), 1)
        self.assertEqual(self.police.write(made=record("x"), swapRecord=cid).status, 200)
        self.assertEqual(self.police.write(made=record("y")).status, 200)
        self.refuses(self.police.write(rkey="3jzfcijpj2z2b", swapRecord=cid), 400, "InvalidSwap", "Record was at null")

    def test_what_was_overwritten_stays_in_the_ground_truth(self):
        uri = self.police.write().json["uri"]
        self.police.write(made=record("x"))
        self.assertEqual([(post["id"], post["text"], post["deleted"]) for post in self.sandbox.posts],
                         [(uri, "नमस्ते", False), (uri, "x", False)])
        self.police.write(xrpc.DELETE)
        self.assertEqual([post["deleted"] for post in self.sandbox.posts], [True, True])

    def test_creating_what_exists_is_an_inner_error(self):
        self.assertEqual(self.police.write(xrpc.CREATE).status, 200)
        for made in record(), record("x"):
            self.refuses(self.police.write(xrpc.CREATE, made), 500, "InternalServerError", "Internal Server Error")
        self.assertEqual(len(self.sandbox.posts), 1)

    def test_what_is_public_has_its_pictures_with_their_alt_texts(self):
        content = picture(), picture("plain.png")
        pictures = [self.police.picture(content[0], "एक", aspectRatio={"width": 4, "height": 3}),
                    self.police.picture(content[1], "दो")]
        self.police.write(made=record(langs=["hi"], **images(*pictures)))
        post, = self.sandbox.posts
        self.assertEqual((post["platform"], post["account"], post["text"], post["key"]),
                         ("bluesky", "police", "नमस्ते", xrpc.KEY))
        self.assertEqual(post["media"], [{"sha256": hashlib.sha256(each).hexdigest(), "mime": kind, "bytes": len(each),
                                          "alt": alt} for each, kind, alt in zip(content, ("image/jpeg", "image/png"),
                                                                                 ("एक", "दो"))])

    def test_facets_that_do_not_fit_are_taken_and_told(self):
        text = "नम https://example.gov.in"
        self.police.write(made=record(text, facets=[facet(7, 29, link()), facet(7, 40, link()), facet(1, 3, link()),
                                                    facet(9, 9, link())]))
        post, = self.sandbox.posts
        self.assertEqual(post["detail"]["flaws"], ["facet 1 reaches beyond the text", "facet 2 splits a character",
                                                   "facet 3 is empty"])

    def test_reading(self):
        self.police.write()
        reply = self.police.read()
        self.assertEqual((reply.status, reply.json["value"]), (200, record()))
        self.assertEqual(self.police.read(cid=reply.json["cid"]).status, 200)
        self.refuses(self.police.read(cid=reply.json["cid"][:-1] + "x"), 400, "RecordNotFound")
        self.refuses(self.police.read("3jzfcijpj2z2b"), 400, "RecordNotFound", "Could not locate record: at://did:plc:")

    def test_lists_run_from_the_newest_key(self):
        keys = ["3jzfcijpj2z2" + letter for letter in "cabed"]
        for key in keys:
            self.police.write(rkey=key)

        def page(**more):
            listed = self.police.ask(xrpc.LIST, repo=self.police.did, collection=xrpc.POST, **more).json
            return [entry["uri"][-1] for entry in listed["records"]], listed.get("cursor")
        self.assertEqual(page()[0], list("edcba"))
        first, cursor = page(limit=2)
        self.assertEqual((first, page(limit=2, cursor=cursor)[0]), (list("ed"), list("cb")))
        self.assertEqual(page(reverse="true", limit=2)[0], list("ab"))
        self.police.write(xrpc.DELETE, rkey=keys[0])
        self.assertEqual(page()[0], list("edba"))
        self.assertEqual(self.police.ask(xrpc.LIST, repo=self.police.did, collection="app.bsky.feed.like").json,
                         {"records": []})

    def test_somebody_elses_repository(self):
        other = self.client("health").log_in()
        other.session["did"] = self.police.did
        self.refuses(other.write(), 401, "AuthenticationRequired")

    def test_a_killed_sandbox_comes_back_with_sessions_and_records(self):
        with folder() as place:
            sandbox = Sandbox("--state", place, "--virtual")
            police = xrpc.Client(sandbox.port, "/bluesky").log_in()
            police.write(made=record(**images(police.picture(picture()))))
            police.write(made=record("x"))
            old = police.do(xrpc.REFRESH, token="refresh").json
            posts = sandbox.posts
            sandbox.kill()

            sandbox = Sandbox("--state", place, "--virtual")
            police.port = sandbox.port
            self.assertEqual((sandbox.posts, police.do(xrpc.REFRESH, token="refresh").json), (posts, old))
            self.assertEqual(police.write(made=record("x"), swapRecord=None).status, 200)
            self.assertEqual(len(sandbox.posts), 2)
            sandbox.stop()


class Pages(BlueskyTest):
    def test_a_profile_draws_what_the_facets_cover(self):
        text = "नम <b> https://example.gov.in https://plain.example"
        self.police.write(made=record(text, facets=[facet(11, 33, link("https://example.gov.in/?a=1&b=2"))],
                                      **images(self.police.picture(picture(), 'चित्र "एक"'))))
        html = self.sandbox.ask("GET", "/bluesky/profile/police.test").body.decode()
        self.assertIn('<a href="https://example.gov.in/?a=1&amp;b=2" rel="noopener">https://example.gov.in</a> '
                      "https://plain.example</div>", html)
        self.assertIn("नम &lt;b&gt;", html)
        self.assertIn('alt="चित्र &quot;एक&quot;"', html)
        self.assertEqual(self.sandbox.ask("GET", f"/bluesky/profile/police.test/post/{xrpc.KEY}").status, 200)
        self.assertEqual(self.sandbox.ask("GET", "/bluesky/profile/nobody").status, 404)
        self.assertEqual(self.sandbox.ask("GET", "/bluesky/profile/police/post/3jzfcijpj2z2b").status, 404)


if __name__ == "__main__":
    if not LEXICONS.exists():
        skip("server_sandbox_bluesky", f"{LEXICONS} is not here (set CRIER_SPECS)")
    unittest.main()
