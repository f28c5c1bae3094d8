#!/usr/bin/python3
"""The sandbox around its platforms: clock, memory over a kill, credentials, borders, pages."""
import email.utils
import html.parser
import json
import os
import signal
import subprocess
import threading
import time
import unittest

from sandbox import BIN, POLICE, Sandbox, SandboxTest, folder, picture


class Clock(SandboxTest):
    def test_it_goes_on_from_where_it_is_set_and_date_follows(self):
        self.assertEqual(self.sandbox.set_clock("2031-05-06T07:08:09+05:30").status, 200)
        answer = self.sandbox.ask("GET", "/mastodon/api/v2/instance")
        self.assertEqual(email.utils.parsedate_to_datetime(answer.headers["Date"]).isoformat()[:16], "2031-05-06T01:38")
        first = self.sandbox.clock["now"]
        time.sleep(0.005)
        self.assertGreater(self.sandbox.clock["now"], first)

    def test_it_does_not_go_back(self):
        self.assertEqual(self.sandbox.set_clock("2020-01-01T00:00:00Z").status, 409)
        self.assertEqual(self.sandbox.set_clock("yesterday").status, 400)
        self.assertGreater(self.sandbox.clock["now"], "2026")


class VirtualClock(SandboxTest):
    options = ("--virtual",)

    def test_it_stands_until_it_is_set(self):
        first = self.sandbox.clock["now"]
        time.sleep(0.005)
        self.assertEqual(self.sandbox.clock["now"], first)
        self.sandbox.set_clock("2040-01-01T00:00:00Z")
        self.assertEqual(self.sandbox.post("x").headers["Date"], "Sun, 01 Jan 2040 00:00:00 GMT")
        self.assertEqual(self.sandbox.posts[0]["at"], "2040-01-01T00:00:00.000Z")


class Memory(unittest.TestCase):
    def test_a_killed_sandbox_comes_back_with_all_it_had(self):
        with folder() as place:
            sandbox = Sandbox("--state", place, "--virtual")
            sandbox.set_clock("2030-01-01T00:00:00Z")
            media = sandbox.upload(picture(), alt="वैकल्पिक").json
            made = sandbox.post("पहला", key="k", media_ids=[media["id"]], language="hi").json
            gone = sandbox.post("दूसरा").json
            sandbox.ask("DELETE", f"/mastodon/api/v1/statuses/{gone['id']}", headers=POLICE)
            posts, requests, clock = sandbox.posts, sandbox.requests, sandbox.clock
            sandbox.kill()

            sandbox = Sandbox("--state", place, "--virtual")
            self.assertEqual((sandbox.posts, sandbox.requests, sandbox.clock), (posts, requests, clock))
            self.assertEqual(sandbox.post("पहला", key="k").json["id"], made["id"])
            self.assertEqual(sandbox.ask("GET", f"/mastodon/api/v1/statuses/{made['id']}").json["language"], "hi")
            self.assertEqual(sandbox.ask("GET", f"/mastodon/media/{posts[0]['media'][0]['sha256']}").body, picture())
            self.assertGreater(int(sandbox.post("तीसरा").json["id"]), int(gone["id"]))
            sandbox.stop()

    def test_what_was_answered_survives_a_kill_at_any_moment(self):
        with folder() as place:
            known = set()
            for turn in range(5):
                sandbox = Sandbox("--state", place)

                def send():
                    try:
                        while True:
                            known.add(sandbox.post("x").json["id"])
                    except OSError:
                        pass
                thread = threading.Thread(target=send)
                thread.start()
                while len(known) < 10 * (turn + 1):
                    time.sleep(0.001)
                sandbox.kill()
                thread.join()
            sandbox = Sandbox("--state", place)
            self.assertLessEqual(known, {post["id"] for post in sandbox.posts})
            sandbox.stop()

    def test_a_torn_last_line_is_cut_off(self):
        with folder() as place:
            sandbox = Sandbox("--state", place)
            sandbox.post("x")
            sandbox.kill()
            with open(f"{place}/journal.jsonl", "a") as file:
                file.write('{"record":"post","platf')
            for posts in 1, 2:
                sandbox = Sandbox("--state", place)
                self.assertEqual(len(sandbox.posts), posts)
                sandbox.post("y")
                sandbox.stop()

    def test_two_sandboxes_do_not_share_a_folder(self):
        with folder() as place:
            sandbox = Sandbox("--state", place)
            other = subprocess.run([BIN / "crier-sandbox", "--state", place], capture_output=True)
            self.assertEqual(other.returncode, 75, other.stderr)
            sandbox.stop()


class Strict(unittest.TestCase):
    def test_only_listed_credentials_are_accepted(self):
        with folder() as place:
            with open(f"{place}/strict.json", "w") as file:
                json.dump(["sandbox-police", "other"], file)
            sandbox = Sandbox("--strict", f"{place}/strict.json")
            self.assertEqual(sandbox.post("x").status, 200)
            self.assertEqual(sandbox.post("x", who={"Authorization": "Bearer other"}).status, 200)
            self.assertEqual(sandbox.post("x", who={"Authorization": "Bearer sandbox-traffic"}).status, 401)
            sandbox.stop()


class Borders(SandboxTest):
    def test_only_its_own_names_are_served(self):
        for host, status in [("127.0.0.1", 200), ("localhost:1", 200), ("[::1]:80", 200), ("evil.example", 403),
                             ("127.0.0.1.evil.example", 403), ("localhost.", 403), ('127.0.0.1:"><b>', 403)]:
            for path in "/", "/mastodon/api/v2/instance", "/_sandbox/posts":
                self.assertEqual(self.sandbox.ask("GET", path, headers={"Host": host}).status, status, (host, path))

    def test_web_pages_cannot_reach_the_controls(self):
        for origin in "null", "http://127.0.0.1", "https://evil.example":
            self.assertEqual(self.sandbox.ask("GET", "/_sandbox/posts", headers={"Origin": origin}).status, 403)
            self.assertEqual(self.sandbox.ask("PUT", "/_sandbox/clock", {"now": "2050-01-01T00:00:00Z"},
                                              {"Origin": origin}).status, 403)
        self.assertLess(self.sandbox.clock["now"], "2050")

    def test_it_listens_on_loopback_only(self):
        with open("/proc/net/tcp") as table:
            listening = [line.split()[1] for line in table if f":{self.sandbox.port:04X} " in line
                         and line.split()[3] == "0A"]
        self.assertEqual(listening, [f"0100007F:{self.sandbox.port:04X}"])

    def test_odd_addresses_are_refused_and_do_no_harm(self):
        for path in "/%00", "/mastodon/%ff", "/%zz", "/mastodon", "//", "/mastodon/../_sandbox/posts", "/mastodon/@x/..":
            self.assertIn(self.sandbox.ask("GET", path).status, (403, 404), path)

    def test_both_signals_end_it_cleanly(self):
        for number in signal.SIGTERM, signal.SIGINT:
            sandbox = Sandbox()
            os.kill(sandbox.process.pid, number)
            self.assertEqual(sandbox._ended(), 0)

    def test_wrong_usage_is_2_and_help_is_0(self):
        for options, status in [(["--nonsense"], 2), (["--port", "70000"], 2), (["extra"], 2), (["--help"], 0),
                                (["--script", "/nonexistent"], 78)]:
            done = subprocess.run([BIN / "crier-sandbox", *options], capture_output=True)
            self.assertEqual(done.returncode, status, (options, done.stderr))


class Outline(html.parser.HTMLParser):
    """Whether every element is closed in order, and what the page holds."""
    VOID = {"meta", "img", "br", "link", "hr"}

    def __init__(self, page):
        super().__init__()
        self.open, self.tags, self.texts = [], [], []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        assert tag in self.VOID, tag
        self.handle_starttag(tag, attributes)

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, (tag, self.open)
        self.open.pop()

    def handle_data(self, data):
        self.texts.append(data)

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


class Pages(SandboxTest):
    def page(self, path):
        answer = self.sandbox.ask("GET", path)
        self.assertEqual((answer.status, answer.headers["Content-Type"]), (200, "text/html; charset=utf-8"))
        self.assertTrue(answer.body.startswith(b"<!DOCTYPE html>\n<html lang="))
        outline = Outline(answer.body.decode())
        self.assertEqual(outline.open, [])
        self.assertIn("SANDBOX", " ".join(outline.texts))
        self.assertEqual(outline.all("script"), [])
        return outline

    def test_a_profile_shows_text_pictures_alt_text_and_time(self):
        self.sandbox.set_clock("2030-12-01T04:00:00Z")
        media = self.sandbox.upload(picture(), alt='हेलमेट "पहने" <सवार>').json["id"]
        self.sandbox.post("हेलमेट पहनें\n<script>alert(1)</script> & https://example.gov.in", media_ids=[media], language="hi")
        page = self.page("/mastodon/@police")
        [image] = page.all("img")
        self.assertEqual(image["alt"], 'हेलमेट "पहने" <सवार>')
        self.assertEqual(self.sandbox.ask("GET", image["src"]).body, picture())
        self.assertIn("hi", [attributes.get("lang") for attributes in page.all("div")])
        self.assertIn("<script>alert(1)</script> & ", " ".join(page.texts))
        self.assertIn("2030-12-01 09:30 IST", " ".join(page.texts))
        self.assertIn("@police", self.page("/").texts)

    def test_the_address_of_a_post_leads_to_its_page(self):
        made = self.sandbox.post("एक").json
        self.sandbox.post("दो")
        page = self.page(made["url"].removeprefix(self.sandbox.address))
        self.assertIn("एक", page.texts)
        self.assertNotIn("दो", page.texts)

    def test_a_deleted_post_leaves_the_page(self):
        made = self.sandbox.post("एक").json
        self.sandbox.ask("DELETE", f"/mastodon/api/v1/statuses/{made['id']}", headers=POLICE)
        self.assertNotIn("एक", self.page("/mastodon/@police").texts)
        self.assertEqual(self.sandbox.ask("GET", f"/mastodon/@police/{made['id']}").status, 404)


if __name__ == "__main__":
    unittest.main()
