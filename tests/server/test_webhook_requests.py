#!/usr/bin/python3
"""The webhook adapter's events against the rules of Standard Webhooks 1.0.0, read a second time."""
import datetime
import json
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import adapter_requests  # noqa: E402

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


class Rules:
    faults = staticmethod(faults)

    @staticmethod
    def name(request):
        return json.loads(request["body"])["type"]


class Requests(adapter_requests.Tests):
    platform, operations = "webhook", {"post.publish", "post.delete"}

    @classmethod
    def read_contract(cls):
        return Rules

    def test_both_kinds_of_event_have_ids_of_their_own(self):
        ids = {request["headers"][1]["value"] for request in map(self.first, self.operations)}
        self.assertEqual(2, len(ids))

    def test_a_wrong_event_is_noticed(self):
        good = self.requests[0]
        event = json.loads(good["body"])
        events = ({"type": "post publish"}, {"more": 1}, {"data": {**event["data"], "media": [{"alt": ""}]}})
        self.assert_noticed(good, {"signing": "bearer"}, {"unrepeatable": True}, {"timeout_ms": 60_000},
                            {"headers": [{"name": "Webhook-Id", "value": "a"}]},
                            {"headers": [good["headers"][0], {"name": "webhook-id", "value": "a.b"}]},
                            *({"body": json.dumps(event | change)} for change in events))


if __name__ == "__main__":
    adapter_requests.main("webhook")
