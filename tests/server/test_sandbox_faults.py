#!/usr/bin/python3
"""Each fault of the sandbox, and what its ground truth says about it."""
import http.client
import json
import threading
import time
import unittest

from sandbox import POLICE, Sandbox, SandboxTest, folder

GONE = (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError)


class Faults(SandboxTest):
    def last(self):
        return self.sandbox.requests[-1]

    def test_status_takes_the_place_of_the_answer_and_nothing_is_stored(self):
        self.sandbox.faults({"do": "status", "arg": 503})
        self.assertEqual(self.sandbox.post("x").status, 503)
        self.assertEqual((self.sandbox.posts, self.last()["status"]), ([], 503))

    def test_status_may_come_after_the_post_was_stored(self):
        self.sandbox.faults({"do": "status", "arg": {"code": 500, "stored": True}})
        self.assertEqual(self.sandbox.post("x").status, 500)
        self.assertEqual(len(self.sandbox.posts), 1)

    def test_status_brings_any_body_and_headers(self):
        self.sandbox.faults(
            {"do": "status", "arg": {"code": 502, "body": "<h1>Bad Gateway</h1>", "headers": {"Retry-After": "7"}}},
            {"do": "status", "nth": 2, "arg": {"code": 200, "body": {"error": "no"}}},
            {"do": "status", "nth": 3, "arg": {"code": 302, "headers": {"Location": "https://elsewhere.example/"}}},
            {"do": "status", "nth": 4, "arg": {"code": 200, "fill": 3000000, "headers": {"Content-Type": "text/x"}}})
        html, odd, moved, large = (self.sandbox.post("x") for _ in range(4))
        self.assertEqual((html.status, html.body, html.headers["Retry-After"]), (502, b"<h1>Bad Gateway</h1>", "7"))
        self.assertEqual((odd.status, odd.json), (200, {"error": "no"}))
        self.assertEqual((moved.status, moved.headers["Location"]), (302, "https://elsewhere.example/"))
        self.assertEqual((len(large.body), large.headers["Content-Type"]), (3000000, "text/x"))
        self.assertEqual(self.sandbox.posts, [])

    def test_lose_answer_stores_and_closes_without_a_byte(self):
        self.sandbox.faults({"do": "lose_answer"}, {"do": "lose_answer", "arg": "reset", "nth": 2})
        for _ in range(2):
            with self.assertRaises(GONE):
                self.sandbox.post("x")
        self.assertEqual((len(self.sandbox.posts), self.last()["status"], self.last()["account"]), (2, None, "police"))

    def test_reset_happens_before_anything_is_processed(self):
        self.sandbox.faults({"do": "reset"})
        with self.assertRaises(ConnectionResetError):
            self.sandbox.post("x")
        self.assertEqual(self.sandbox.posts, [])
        self.assertEqual((self.last()["status"], self.last()["path"]), (None, "/api/v1/statuses"))

    def test_rate_limit_speaks_as_the_platform_and_says_when_it_ends(self):
        self.sandbox.set_clock("2030-01-01T00:00:00Z")
        self.sandbox.faults({"do": "rate_limit", "arg": 90})
        answer = self.sandbox.post("x")
        self.refused(answer, 429, "Too many requests")
        self.assertRegex(answer.headers["X-RateLimit-Reset"], r"^2030-01-01T00:01:3\d\.\d{6}Z$")
        self.assertEqual(self.sandbox.post("x").status, 200)

    def test_expire_token_speaks_as_the_platform(self):
        self.sandbox.faults({"do": "expire_token", "times": 2})
        for _ in range(2):
            self.refused(self.sandbox.post("x"), 401, "The access token is invalid")
        self.assertEqual(self.sandbox.post("x").status, 200)

    def test_half_body_stores_and_breaks_off(self):
        self.sandbox.faults({"do": "half_body"}, {"do": "half_body", "nth": 2, "arg": {"bytes": 1, "reset": True}})
        with self.assertRaises(http.client.IncompleteRead) as broken:
            self.sandbox.post("x")
        self.assertGreater(len(broken.exception.partial), 100)
        with self.assertRaises((http.client.IncompleteRead, ConnectionResetError)):
            self.sandbox.post("x")
        self.assertEqual(len(self.sandbox.posts), 2)

    def test_delay_stores_now_and_answers_later(self):
        self.sandbox.faults({"do": "delay", "arg": 300})
        start = time.monotonic()
        self.assertEqual(self.sandbox.post("x").status, 200)
        self.assertGreaterEqual(time.monotonic() - start, 0.29)

    def test_stall_never_processes_and_is_over_when_the_client_goes(self):
        self.sandbox.faults({"do": "stall"})
        with self.assertRaises(TimeoutError):
            self.sandbox.ask("POST", "/mastodon/api/v1/statuses", {"status": "x"}, POLICE, timeout=0.2)
        self.assertEqual(self.sandbox.posts, [])
        while self.sandbox.clock["stalled"]:
            time.sleep(0.01)
        self.assertIsNone(self.last()["status"])

    def test_a_fault_chooses_platform_method_path_and_turn(self):
        self.sandbox.faults(
            {"do": "status", "arg": 500, "platform": "mastodon-nokeys"},
            {"do": "status", "arg": 501, "method": "DELETE"},
            {"do": "status", "arg": 502, "path": "/api/v2/"},
            {"do": "status", "arg": 503, "path": "/api/v1/*/source", "times": 0},
            {"do": "status", "arg": 504, "path": "/mastodon/api/v1/statuses", "method": "POST", "nth": 2, "times": 2})
        self.assertEqual([self.sandbox.post("x").status for _ in range(4)], [200, 504, 504, 200])
        self.assertEqual(self.sandbox.post("x", server="mastodon-nokeys").status, 500)
        self.assertEqual(self.sandbox.ask("DELETE", "/mastodon/api/v1/statuses/1", headers=POLICE).status, 501)
        self.assertEqual(self.sandbox.ask("GET", "/mastodon/api/v2/instance").status, 502)
        self.assertEqual([self.sandbox.ask("GET", "/mastodon/api/v1/statuses/1/source").status for _ in range(3)],
                         [503] * 3)
        report = self.sandbox.ask("GET", "/_sandbox/faults").json["faults"]
        self.assertEqual([(fault["seen"], fault["happened"]) for fault in report],
                         [(1, 1), (1, 1), (1, 1), (3, 3), (4, 2)])

    def test_delete_ends_all_faults(self):
        self.sandbox.faults({"do": "status", "arg": 500, "times": 0})
        self.assertEqual(self.sandbox.post("x").status, 500)
        self.assertEqual(self.sandbox.ask("DELETE", "/_sandbox/faults").json, {"faults": []})
        self.assertEqual(self.sandbox.post("x").status, 200)

    def test_a_wrong_list_is_refused_and_the_old_one_stays(self):
        self.sandbox.faults({"do": "status", "arg": 500, "times": 0})
        for wrong in {}, {"faults": [{"do": "explode"}]}, {"faults": [{"do": "reset", "nht": 2}]}, {"faults": [3]}:
            self.assertEqual(self.sandbox.ask("PUT", "/_sandbox/faults", wrong).status, 400, wrong)
        self.assertEqual(self.sandbox.post("x").status, 500)

    def test_every_request_is_in_the_list_in_order(self):
        self.sandbox.post("x", key="abc")
        self.sandbox.ask("GET", "/mastodon/api/v1/timelines/home?limit=3")
        self.sandbox.ask("GET", "/")
        first, second = self.sandbox.requests
        self.assertEqual({name: first[name] for name in ("n", "platform", "method", "path", "status", "key", "account")},
                         {"n": 1, "platform": "mastodon", "method": "POST", "path": "/api/v1/statuses", "status": 200,
                          "key": "abc", "account": "police"})
        self.assertEqual((second["n"], second["status"], second["account"], second["query"]), (2, 404, None, "limit=3"))
        self.assertEqual(self.sandbox.ask("GET", "/_sandbox/requests?after=1").json["requests"], [second])


class Script(unittest.TestCase):
    def test_a_script_is_there_from_the_start(self):
        with folder() as place:
            with open(f"{place}/script.json", "w") as file:
                json.dump({"faults": [{"do": "status", "arg": 418}]}, file)
            sandbox = Sandbox("--script", f"{place}/script.json")
            self.assertEqual(sandbox.post("x").status, 418)
            sandbox.stop()


class VirtualTime(SandboxTest):
    options = ("--virtual",)

    def hold_one(self, fault):
        """Sends a post in a thread and waits until the sandbox holds it."""
        answers = []
        self.sandbox.faults(fault)
        thread = threading.Thread(target=lambda: answers.append(self.sandbox.post("x").status))
        thread.start()
        while not self.sandbox.clock["stalled"]:
            time.sleep(0.005)
        return thread, answers

    def test_a_delayed_answer_comes_when_the_clock_says_so(self):
        self.sandbox.set_clock("2030-01-01T00:00:00Z")
        thread, answers = self.hold_one({"do": "delay", "arg": 3600000})
        self.assertEqual(self.sandbox.clock, {"now": "2030-01-01T00:00:00.000Z", "stalled": 1,
                                              "until": "2030-01-01T01:00:00.000Z"})
        self.assertEqual(len(self.sandbox.posts), 1)
        self.sandbox.set_clock("2030-01-01T00:59:59.999Z")
        self.assertEqual((self.sandbox.clock["stalled"], answers), (1, []))
        self.sandbox.set_clock("2030-01-01T01:00:00Z")
        thread.join()
        self.assertEqual((answers, self.sandbox.clock["stalled"], self.sandbox.clock["until"]), ([200], 0, None))

    def test_a_request_delayed_before_its_work_is_stored_late(self):
        self.sandbox.set_clock("2030-01-01T00:00:00Z")
        thread, answers = self.hold_one({"do": "delay", "arg": {"ms": 1000, "before": True}})
        self.assertEqual(self.sandbox.posts, [])
        self.sandbox.set_clock("2030-01-01T00:00:01Z")
        thread.join()
        self.assertEqual((answers, self.sandbox.posts[0]["at"]), ([200], "2030-01-01T00:00:01.000Z"))

    def test_a_stalled_request_has_no_end(self):
        self.sandbox.faults({"do": "stall"})
        connection = self.sandbox.connect()
        connection.request("POST", "/mastodon/api/v1/statuses", '{"status":"x"}',
                           {**POLICE, "Content-Type": "application/json"})
        while self.sandbox.clock["stalled"] != 1:
            time.sleep(0.005)
        self.assertIsNone(self.sandbox.clock["until"])
        connection.close()

    def test_the_clock_answers_when_so_many_are_stalled_and_no_sooner(self):
        answers = []
        asker = threading.Thread(target=lambda: answers.append(
            self.sandbox.ask("GET", "/_sandbox/clock?stalled=2").json["stalled"]))
        asker.start()
        held = [self.hold_one({"do": "delay", "arg": 3600000}) for _ in range(1)]
        self.assertEqual((answers, self.sandbox.clock["stalled"]), ([], 1), "who asks is not stalled")
        self.sandbox.faults({"do": "stall"})
        connection = self.sandbox.connect()
        connection.request("POST", "/mastodon/api/v1/statuses", '{"status":"x"}',
                           {**POLICE, "Content-Type": "application/json"})
        asker.join()
        self.assertEqual(answers, [2])
        connection.close()
        self.assertEqual(self.sandbox.clock["stalled"], 1, "who went away is not stalled")
        self.sandbox.set_clock("2090-01-01T00:00:00Z")
        held[0][0].join()

    def test_a_clock_may_begin_in_the_past(self):
        sandbox = Sandbox("--virtual=2020-05-01T09:00:00+05:30")
        self.assertEqual(sandbox.clock["now"], "2020-05-01T03:30:00.000Z")
        sandbox.stop()

    def test_a_sandbox_with_held_requests_ends_cleanly(self):
        thread = threading.Thread(target=lambda: self.assertRaises(GONE, self.sandbox.post, "x"))
        self.sandbox.faults({"do": "delay", "arg": 3600000})
        thread.start()
        while not self.sandbox.clock["stalled"]:
            time.sleep(0.005)
        self.assertEqual(self.sandbox.stop(), 0)
        thread.join()


if __name__ == "__main__":
    unittest.main()
