#!/usr/bin/python3
"""Every request that the Threads adapter can send against Meta's own collection, which we did not write."""
import collections
import json
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import adapter_requests  # noqa: E402
from codegen import fields_in, given_in  # noqa: E402

COLLECTION = adapter_requests.SPECS / "threads/threads-api.postman_collection.json"
EXPECTED = {"POST /me/threads", "POST /me/threads_publish", "GET /me/threads", "GET /me/replies", "GET /me", "DELETE /ID",
            "GET /me/threads_publishing_limit", "GET /ID", "GET /refresh_access_token", "Page photo"}
# What the collection lacks, each with its source.
BY_HAND = {
    "access_token": "docs/threads/get-started/long-lived-tokens: of /refresh_access_token",
    "Page photo": "Graph API, /PAGE/photos: not Threads' own; judged by test_instagram_requests",
}


def requests_of(item):
    for each in item.get("item", []):
        if "request" in each:
            yield each["request"]
        yield from requests_of(each)


class Contract:
    def __init__(self):
        document = json.loads(COLLECTION.read_text())
        self.variables = {row["key"]: row["value"] for row in document["variable"]}
        self.operations = collections.defaultdict(lambda: {"parameters": collections.defaultdict(set), "fields": set()})
        for request in requests_of(document):
            self.add(request)

    def add(self, request):
        path = "/" + "/".join(part for part in request["url"]["path"] if part)
        operation = self.operations[f"{request['method']} {re.sub(r'{{[^}]*}}', 'ID', path)}"]
        for row in request["url"].get("query", []):
            value = re.sub(r"{{([^}]*)}}", lambda found: self.variables.get(found[1], ""), row["value"] or "")
            operation["parameters"][row["key"]].add(value)
            if row["key"] == "fields":
                operation["fields"] |= set(fields_in(value))

    def name(self, request):
        if request["host"] == "graph.facebook.com":
            return "Page photo"
        path = re.sub(r"^/v1\.0", "", request["path"].partition("?")[0])
        return f"{request['method']} {re.sub(r'/[0-9]+', '/ID', path)}"

    def given(self, request):
        given = given_in(request)[1]
        given |= {field["name"]: field["value"] or "a secret" for field in request.get("fields") or []}
        return given

    def value_faults(self, name, value):
        if name == "media_type" and value not in self.variables["media_type"].split(", "):
            yield f"{value} is no media type"
        elif name in ("creation_id", "reply_to_id", "since", "limit") and not value.isdigit():
            yield f"{name}={value} is no number"
        elif name == "is_carousel_item" and value != "true":
            yield f"{name}={value}"
        elif name == "children" and not re.fullmatch(r"\d+(,\d+)+", value):
            yield f"children={value} is no list of ids"

    def faults(self, request):
        name = self.name(request)
        if name == "Page photo":
            return
        if name not in self.operations:
            yield f"{name} is not in the collection"
            return
        operation = self.operations[name]
        for parameter, value in self.given(request).items():
            if parameter not in operation["parameters"] and parameter not in BY_HAND:
                yield f"{parameter} is not in the collection"
            yield from self.value_faults(parameter, value)
        for field in fields_in(self.given(request).get("fields", "")):
            if field not in operation["fields"]:
                yield f"{name} has no field {field}"


class Requests(adapter_requests.Tests):
    platform, operations, listed_by_hand = "threads", EXPECTED, len(BY_HAND)

    @classmethod
    def read_contract(cls):
        return Contract()

    def test_every_kind_of_container_is_made(self):
        kinds = {self.contract.given(r).get("media_type") for r in self.requests if self.contract.name(r) == "POST /me/threads"}
        self.assertEqual({"TEXT", "IMAGE", "VIDEO", "CAROUSEL"}, kinds)

    def test_nothing_is_published_without_its_container_and_no_token_stands_in_any_request(self):
        for request in self.requests:
            self.assertNotIn("auto_publish_text", request["body"] or "")
            self.assertNotIn("access_token=", request["path"] + (request["body"] or ""))

    def test_a_wrong_request_is_noticed(self):
        made, read = self.first("POST /me/threads"), self.first("GET /ID")
        self.assert_noticed(made, {"body": made["body"] + "&colour=red"}, {"body": "media_type=STORY"}, {"body": "children=1"},
                            {"path": "/v1.0/me/stories"}, {"method": "PUT"})
        self.assert_noticed(read, {"path": read["path"] + "%2Cmood"})


if __name__ == "__main__":
    adapter_requests.main("threads", COLLECTION)
