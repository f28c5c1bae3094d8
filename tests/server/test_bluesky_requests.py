#!/usr/bin/python3
"""Every request that the Bluesky adapter can send against the published lexicons, which we did not write."""
import json
import pathlib
import sys
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import adapter_requests  # noqa: E402
from lexicon import Lexicons  # noqa: E402

LEXICONS = adapter_requests.SPECS / "bluesky/lexicons"
EXPECTED = {f"com.atproto.{name}" for name in (
    "repo.uploadBlob", "repo.putRecord", "repo.getRecord", "repo.deleteRecord", "server.createSession",
    "server.refreshSession", "server.getSession")}
AUTHORIZED = {"server.createSession": "none", "server.refreshSession": "refresh", "repo.getRecord": "none"}


def method(request):
    return request["path"].removeprefix("/xrpc/").partition("?")[0]


class Contract(Lexicons):
    name = staticmethod(method)

    def unknown(self, value, schema, home, where="$"):
        """Members that no schema names: allowed by the language, but nobody reads them."""
        if schema["type"] == "ref":
            target, name = self.find(schema["ref"], home)
            yield from self.unknown(value, target, name, where)
        elif schema["type"] == "union":
            refs = [r for r in schema["refs"] if (r if r[0] != "#" else home + r) == value["$type"]]
            if not refs:
                yield f"{where}: nobody knows {value['$type']}"
            for target, name in map(lambda r: self.find(r, home), refs):
                yield from self.unknown(value, target, name, where)
        elif schema["type"] == "array":
            for item in value:
                yield from self.unknown(item, schema["items"], home, where)
        elif schema["type"] == "object":
            known = schema.get("properties", {})
            yield from (f"{where}: nobody knows {name}" for name in value if name not in known and name != "$type")
            for name in set(known) & set(value):
                if value[name] is not None:
                    yield from self.unknown(value[name], known[name], home, f"{where}.{name}")

    def record_faults(self, record):
        schema = self.document("app.bsky.feed.post")["main"]["record"]
        yield from self.faults_of_record("app.bsky.feed.post", record)
        yield from self.unknown(record, schema, "app.bsky.feed.post", "$.record")
        if record.get("$type") != "app.bsky.feed.post":
            yield "the record does not say what it is"
        size = len(str(record["text"]).encode())
        for facet in record.get("facets", []):
            if not 0 <= facet["index"]["byteStart"] < facet["index"]["byteEnd"] <= size:
                yield f"{facet['index']} does not lie within the text"

    def query_faults(self, request, parameters):
        given = dict(urllib.parse.parse_qsl(request["path"].partition("?")[2], strict_parsing=True)) \
            if "?" in request["path"] else {}
        known = parameters.get("properties", {})
        yield from (f"{name} is missing" for name in parameters.get("required", []) if name not in given)
        for name, value in given.items():
            if name not in known:
                yield f"there is no parameter {name}"
            else:
                yield from self.faults(value, known[name], "", name)

    def body(self, request):
        fields = {field["name"]: field["value"] or "a secret" for field in request.get("fields") or []}
        return json.loads(request["body"]) if request["body"] else fields or None

    def body_faults(self, request, given):
        types = {header["name"].lower(): header["value"] for header in request["headers"]}
        body = self.body(request)
        if not given:
            if body is not None or request["file_sha256"]:
                yield "there is a body"
        elif given["encoding"] == "*/*":
            if not (request["file_sha256"] and types.get("content-type", "").startswith("image/")):
                yield "a blob is a file with its type"
        else:
            if not request.get("fields") and types.get("content-type") != given["encoding"]:
                yield f"the body is not said to be {given['encoding']}"
            yield from self.faults(body, given["schema"], method(request))
            yield from self.unknown(body, given["schema"], method(request))
            if "record" in body:
                yield from self.record_faults(body["record"])

    def request_faults(self, request):
        definition = self.document(method(request))["main"]
        if request["method"] != {"query": "GET", "procedure": "POST"}[definition["type"]]:
            yield f"{definition['type']} by {request['method']}"
        wanted = AUTHORIZED.get(method(request).removeprefix("com.atproto."), "bearer")
        if request["signing"] != wanted:
            yield f"signed as {request['signing']}, not {wanted}"
        yield from self.query_faults(request, definition.get("parameters", {}))
        yield from self.body_faults(request, definition.get("input"))


class Requests(adapter_requests.Tests):
    platform, operations = "bluesky", EXPECTED

    @classmethod
    def read_contract(cls):
        return Contract(LEXICONS)

    def faults(self, request):
        return [*self.contract.request_faults(request)]

    def test_the_password_stands_in_no_request(self):
        for request in self.requests:
            if method(request).endswith("createSession"):
                self.assertEqual([("identifier", None), ("password", None)],
                                 [(field["name"], field["value"]) for field in request["fields"]])

    def test_a_wrong_request_is_noticed(self):
        good = next(r for r in self.requests if r["body"] and "app.bsky.embed.external" in r["body"])
        for change in (lambda b: b.pop("rkey"), lambda b: b.update(rkey=7), lambda b: b.update(extra=1),
                       lambda b: b.update(validate="true"), lambda b: b["record"].pop("createdAt"),
                       lambda b: b["record"].update(createdAt="2026-11-22 04:00"), lambda b: b["record"].update(text=7),
                       lambda b: b["record"].update(langs=["hi"] * 4), lambda b: b["record"].update(facet=[]),
                       lambda b: b["record"]["embed"]["external"].pop("description"),
                       lambda b: b["record"]["embed"].update({"$type": "app.bsky.embed.card"}),
                       lambda b: b["record"].update(facets=[{"index": {"byteStart": 0, "byteEnd": 999}, "features": []}])):
            body = json.loads(good["body"])
            change(body)
            self.assert_noticed(good, {"body": json.dumps(body)})


if __name__ == "__main__":
    adapter_requests.main("bluesky", LEXICONS)
