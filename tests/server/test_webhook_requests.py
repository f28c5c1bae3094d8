#!/usr/bin/python3
"""The webhook adapter's events against the rules of Standard Webhooks 1.0.0, read a second time."""
import datetime
import json
import os
import re
import subprocess
import sys
import unittest

PRINTER = os.path.join(os.environ.get("CRIER_BIN", "build/dev/bin"), "print_webhook_requests")
ADVISED_BYTES = 20 * 1000
TYPE = r"[a-zA-Z0-9_]+(\.[a-zA-Z0-9_]+)*"
MEDIUM = {"alt": str, "bytes": int, "mime": str, "sha256": str}
POST = {"account", "description", "id", "language", "link", "media", "name", "parent", "text", "title"}


def faults(request):
    """What a receiver could complain of, before it verifies the signature that is made at the last moment."""
    headers = {header["name"]: header["value"] for header in request["headers"]}
    event = json.loads(request["body"])
    if request["method"] != "POST" or request["signing"] != "webhook" or request["unrepeatable"]:
        yield "it is no signed POST that may be repeated"
    yield from (f"{name} is not in small letters" for name in headers if name != name.lower())
    if headers.get("content-type") != "application/json" or set(headers) != {"content-type", "webhook-id"}:
        yield f"headers {sorted(headers)}"
    if not re.fullmatch(r"[!-~]+", headers.get("webhook-id", "")) or "." in headers["webhook-id"]:
        yield "the id is none"
    if set(event) != {"type", "timestamp", "data"} or not re.fullmatch(TYPE, event["type"]):
        yield f"members {sorted(event)}, type {event.get('type')}"
    if datetime.datetime.fromisoformat(event["timestamp"].replace("Z", "+00:00")).tzinfo is None:
        yield "the time has no zone"
    if len(request["body"].encode()) >= ADVISED_BYTES or not 15_000 <= request["timeout_ms"] <= 30_000:
        yield "longer than advised"
    if event["type"] == "post.publish":
        yield from post_faults(event["data"])


def post_faults(data):
    if set(data) != POST:
        yield f"data {sorted(data)}"
    for medium in data["media"]:
        if {name: type(value) for name, value in medium.items()} != MEDIUM \
                or not re.fullmatch("[0-9a-f]{64}", medium["sha256"]):
            yield f"medium {medium}"


class Requests(unittest.TestCase):
    def setUp(self):
        lines = subprocess.run([PRINTER], check=True, capture_output=True, text=True).stdout.splitlines()
        self.requests = [json.loads(line) for line in lines]

    def test_every_event_keeps_the_rules(self):
        for request in self.requests:
            with self.subTest(request=request):
                self.assertEqual([], [*faults(request)])
        print(f"webhook: {len(self.requests)} requests", file=sys.stderr)

    def test_both_kinds_of_event_are_there_with_ids_of_their_own(self):
        kinds = {json.loads(r["body"])["type"]: r["headers"][1]["value"] for r in self.requests}
        self.assertEqual({"post.publish", "post.delete"}, set(kinds))
        self.assertEqual(2, len(set(kinds.values())))

    def test_a_wrong_event_is_noticed(self):
        good = self.requests[0]
        body = json.loads(good["body"])
        for wrong in ({**good, "signing": "bearer"}, {**good, "unrepeatable": True}, {**good, "timeout_ms": 60_000},
                      {**good, "headers": [{"name": "Webhook-Id", "value": "a"}]},
                      {**good, "headers": [good["headers"][0], {"name": "webhook-id", "value": "a.b"}]},
                      {**good, "body": json.dumps({**body, "type": "post publish"})},
                      {**good, "body": json.dumps({**body, "more": 1})},
                      {**good, "body": json.dumps({**body, "data": {**body["data"], "media": [{"alt": ""}]}})}):
            self.assertNotEqual([], [*faults(wrong)])


if __name__ == "__main__":
    unittest.main(verbosity=2)
