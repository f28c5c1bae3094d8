#!/usr/bin/python3
"""The sandbox's webhook receiver by the published vectors of Standard Webhooks and by its own header."""
import base64
import datetime
import hashlib
import hmac
import json
import os
import pathlib
import tempfile
import unittest

from sandbox import SOURCE, Sandbox, SandboxTest

SPECS = pathlib.Path(os.environ.get("CRIER_SPECS", SOURCE.parent / "shared/specs"))
VECTORS = SPECS / "standard-webhooks/vectors.json"
START = datetime.datetime(2026, 12, 1, 4, 0, tzinfo=datetime.timezone.utc)


def secret_of(name):
    return hashlib.sha256(f"sandbox-{name}".encode()).digest()


def sign(body, id, at, key):
    signed = f"{id}.{at}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def event(text="नमस्ते", id="d1", kind="post.publish", **more):
    return {"type": kind, "timestamp": "2026-12-01T04:00:00.000Z", "data": {"id": id, "text": text, **more}}


class WebhookTest(SandboxTest):
    options = (f"--virtual={START.isoformat()}",)

    def deliver(self, value=None, id="msg_1", name="cm-office", at=None, key=None, platform="webhook", body=None,
                below="", headers=None):
        body = body if body is not None else json.dumps(value or event(), ensure_ascii=False).encode()
        at = int(START.timestamp()) if at is None else at
        signed = {"Content-Type": "application/json", "webhook-id": id, "webhook-timestamp": str(at),
                  "webhook-signature": sign(body, id, at, key or secret_of(name))}
        signed.update(headers or {})
        signed = {name: value for name, value in signed.items() if value is not None}
        return self.sandbox.ask("POST", f"/{platform}/{name}{below}", body, signed)

    def pass_time(self, seconds):
        now = datetime.datetime.fromisoformat(self.sandbox.clock["now"]) + datetime.timedelta(seconds=seconds)
        self.assertEqual(self.sandbox.set_clock(now.isoformat()).status, 200)
        return int(now.timestamp())


class Signatures(WebhookTest):
    def test_what_must_be_refused_is(self):
        good = self.deliver()
        self.assertEqual(good.status, 200)
        right = sign(json.dumps(event(), ensure_ascii=False).encode(), "msg_2", int(START.timestamp()), secret_of("cm-office"))
        for change, status in (({"webhook-id": None}, 400), ({"webhook-timestamp": None}, 400),
                               ({"webhook-signature": None}, 400), ({"webhook-id": "a.b"}, 400),
                               ({"webhook-signature": "v1,"}, 401), ({"webhook-signature": right[:20]}, 401),
                               ({"webhook-signature": right[:-1]}, 401), ({"webhook-signature": right + "A"}, 401),
                               ({"webhook-signature": right.replace("v1,", "v1a,")}, 401),
                               ({"webhook-signature": right.replace("v1,", "v2,")}, 401),
                               ({"webhook-signature": ""}, 401), ({"webhook-timestamp": "now"}, 401),
                               ({"webhook-timestamp": "", }, 401), ({"webhook-id": "msg_3"}, 401)):
            self.assertEqual(self.deliver(id="msg_2", headers=change).status, status, change)
        for change in {"body": b"{}"}, {"key": secret_of("somebody")}:
            wrong = {**{"id": "msg_2"}, **change}
            self.assertEqual(self.deliver(**wrong).status, 422 if "body" in change else 401)
        self.assertEqual(len(self.sandbox.posts), 1)

    def test_the_very_bytes_count(self):
        body = json.dumps(event()).encode()
        headers = {"webhook-signature": sign(body + b" ", "msg_1", int(START.timestamp()), secret_of("cm-office"))}
        self.assertEqual(self.deliver(body=body, headers=headers).status, 401)
        self.assertEqual(self.deliver(body=body + b" ", headers=headers).status, 200)

    def test_one_of_several_signatures_is_enough(self):
        body = json.dumps(event()).encode()
        right = sign(body, "msg_1", int(START.timestamp()), secret_of("cm-office"))
        headers = {"webhook-signature": f"v1a,abcd v1,AAAA {sign(body, 'x', 1, b'old')} {right}"}
        self.assertEqual(self.deliver(body=body, headers=headers).status, 200)

    def test_a_timestamp_may_be_five_minutes_off(self):
        now = int(START.timestamp())
        self.assertEqual([self.deliver(id=f"msg_{off}", at=now + off).status for off in (-301, -300, 300, 301)],
                         [401, 200, 200, 401])


class Vectors(unittest.TestCase):
    def test_published_signatures_are_accepted_and_nothing_near_them(self):
        if not VECTORS.exists():
            self.skipTest(f"{VECTORS} is not here")
        for vector in json.loads(VECTORS.read_text())["vectors"]:
            with self.subTest(vector["webhook_id"]), tempfile.TemporaryDirectory() as place:
                self.try_vector(vector, place)

    def try_vector(self, vector, place):
        """Accepted means: not 400 and not 401. The payloads are not ours to judge."""
        secrets = pathlib.Path(place, "secrets")
        secrets.write_text(json.dumps(["whsec_AAAA", vector["secret"]]))
        start = datetime.datetime.fromtimestamp(vector["webhook_timestamp"], datetime.timezone.utc)
        sandbox = Sandbox(f"--virtual={start.isoformat()}", "--strict", secrets)
        headers = {"Content-Type": "application/json", "webhook-id": vector["webhook_id"],
                   "webhook-timestamp": str(vector["webhook_timestamp"]), "webhook-signature": vector["signature"]}

        def send(payload=vector["payload"], **more):
            sent = {**headers, **{name.replace("_", "-"): value for name, value in more.items()}}
            return sandbox.ask("POST", "/webhook/anybody", payload.encode(), sent).status
        wrong = [send(vector["payload"] + " "), send(webhook_id="msg_other"), send(webhook_signature=vector["signature"][:-4]),
                 send(webhook_timestamp=str(vector["webhook_timestamp"] + 1))]
        self.assertEqual((send(), wrong), (422, [401] * 4))
        sandbox.set_clock((start + datetime.timedelta(seconds=301)).isoformat())
        self.assertEqual(send(), 401)
        sandbox.stop()


class Events(WebhookTest):
    def test_an_event_becomes_a_post(self):
        media = [{"sha256": "ab" * 32, "mime": "image/jpeg", "bytes": 142, "alt": "चित्र"},
                 {"sha256": "cd" * 32, "mime": "video/mp4", "bytes": 9, "alt": None}]
        answer = self.deliver(event("साइबर", media=media, name="drill/a@once/cm"))
        post, = self.sandbox.posts
        self.assertEqual(answer.json, {"id": post["id"],
                                       "url": f"{self.sandbox.address}/webhook/cm-office#e{post['id']}"})
        self.assertEqual((post["platform"], post["account"], post["text"], post["key"], post["media"], post["at"]),
                         ("webhook", "cm-office", "साइबर", "msg_1", media, "2026-12-01T04:00:00.000Z"))
        self.assertEqual(post["detail"]["event"]["data"]["name"], "drill/a@once/cm")

    def test_the_same_id_is_the_same_event_for_five_minutes(self):
        first = self.deliver().json
        self.assertEqual(self.deliver(event("anders")).json, first)
        self.assertEqual(self.deliver(id="msg_1", at=self.pass_time(300)).json, first)
        self.assertNotEqual(self.deliver(id="msg_1", at=self.pass_time(1)).json, first)
        self.assertEqual(len(self.sandbox.posts), 2)

    def test_another_accounts_ids_are_its_own(self):
        self.deliver()
        self.deliver(name="health", below="/any/path?x=1")
        self.assertEqual([post["account"] for post in self.sandbox.posts], ["cm-office", "health"])

    def test_the_forgetful_one_makes_a_post_of_each(self):
        for _ in range(2):
            self.assertEqual(self.deliver(platform="webhook-forgetful").status, 200)
        self.assertEqual(len(self.sandbox.posts), 2)

    def test_taking_back(self):
        made = self.deliver().json["id"]
        self.deliver(event(id="d2"), id="msg_2")
        for n, (id, left) in enumerate((("d1", ["d2"]), ("d1", ["d2"]), ("unknown", ["d2"]))):
            self.assertEqual(self.deliver({**event(id=id), "type": "post.delete"}, id=f"del_{n}").status, 200)
            self.assertEqual([post["detail"]["event"]["data"]["id"] for post in self.sandbox.posts if not post["deleted"]], left)
        other = self.deliver(event(id="d3"), id="msg_3").json["id"]
        self.deliver({"type": "post.delete", "timestamp": "2026-12-01T04:00:00Z", "data": {"id": other}}, id="del_9")
        self.assertEqual([post["deleted"] for post in self.sandbox.posts], [True, False, True])
        self.assertTrue(made.isdigit())

    def test_a_picture_or_a_link_may_come_without_a_text(self):
        self.assertEqual(self.deliver(event(text=None, link="https://cybercrime.gov.in")).status, 200)
        self.assertEqual([post["text"] for post in self.sandbox.posts], [""])

    def test_events_that_cannot_be_taken(self):
        medium = {"sha256": "ab" * 32, "mime": "image/jpeg", "bytes": 1}
        for n, value in enumerate((["x"], {"type": "post.publish"}, event(kind="post.unknown"), event(id=None), event(text=5),
                                   {**event(), "timestamp": "now"}, event(media=[{}]), event(media=[medium] * 21),
                                   event(media=[{**medium, "sha256": "short"}]), event(media=[{**medium, "bytes": 0}]))):
            self.assertEqual(self.deliver(value, id=f"msg_{n}").status, 422, value)
        self.assertEqual(self.deliver(body=b"{x", id="msg_x").status, 400)
        self.assertEqual(self.deliver(headers={"Content-Type": "text/plain"}).status, 415)
        self.assertEqual(self.deliver(body=b" " * 20481).status, 413)
        self.assertEqual(self.sandbox.ask("PUT", "/webhook/x", b"{}").status, 405)
        self.assertEqual([self.sandbox.ask("POST", path, b"{}").status for path in ("/webhook", "/webhook/", "/webhook/a%20b")],
                         [404] * 3)
        self.assertEqual(self.sandbox.posts, [])

    def test_all_faults_work_here_too(self):
        self.sandbox.faults({"do": "rate_limit", "arg": 60}, {"do": "expire_token", "nth": 2},
                            {"do": "status", "nth": 3, "arg": {"code": 500, "stored": True}})
        limited = self.deliver()
        self.assertEqual((limited.status, limited.headers["Retry-After"]), (429, "Tue, 01 Dec 2026 04:01:00 GMT"))
        self.assertEqual([self.deliver().status for _ in range(3)], [401, 500, 200])
        self.assertEqual(len(self.sandbox.posts), 1)
        self.assertEqual([visit["key"] for visit in self.sandbox.requests], ["msg_1"] * 4)

    def test_the_page_lists_the_events(self):
        self.deliver(event("<b>नमस्ते</b>", media=[{"sha256": "ab" * 32, "mime": "image/jpeg", "bytes": 1, "alt": 'a"b'}]))
        html = self.sandbox.ask("GET", "/webhook/cm-office").body.decode()
        self.assertIn("&lt;b&gt;नमस्ते&lt;/b&gt;", html)
        self.assertIn("msg_1", html)
        self.assertEqual(self.sandbox.ask("GET", "/webhook/nobody").status, 404)


if __name__ == "__main__":
    unittest.main()
