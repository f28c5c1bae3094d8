#!/usr/bin/python3
"""Every request that X's adapter can send against the two published OpenAPI documents, which we did not write: 2.167,
and 2.159 for the names of a post's fields, which every page of the documentation still uses."""
import collections
import json
import os
import subprocess
import sys
import unittest
import urllib.parse

from xapi import NEW, OLD, document

PRINTER = os.path.join(os.environ.get("CRIER_BIN", "build/dev/bin"), "print_x_requests")
# In neither document; docs.x.com fundamentals/authentication/oauth-2-0/user-access-token: step 5.
BY_HAND = {"POST /2/oauth2/token": {"grant_type", "refresh_token", "client_id"}}
EXPECTED = {"POST /2/tweets", "GET /2/tweets/{id}", "DELETE /2/tweets/{id}", "GET /2/users/{id}/tweets",
            "GET /2/users/me", "POST /2/media/upload", "GET /2/media/upload", "POST /2/media/upload/initialize",
            "POST /2/media/upload/{id}/append", "POST /2/media/upload/{id}/finalize", "POST /2/media/metadata",
            "POST /2/media/subtitles"} | set(BY_HAND)


def as_the_document_has_it(value, kind):
    if kind == "array":
        return value.split(",")
    return int(value) if kind == "integer" and value.isdecimal() else value


def query_faults(schema, request, operation):
    known = {p["name"]: p for p in map(schema.follow, operation.get("parameters", [])) if p["in"] == "query"}
    pairs = urllib.parse.parse_qsl(request["path"].partition("?")[2], strict_parsing=True) if "?" in request["path"] else []
    for name, value in pairs:
        if name not in known:
            yield f"query parameter {name} is not in the document"
            continue
        part = schema.follow(known[name]["schema"])
        yield from schema.faults(as_the_document_has_it(value, part.get("type")), part, name)
    yield from (f"query parameter {name} is missing" for name, p in known.items()
                if p.get("required") and name not in dict(pairs))


def body_faults(schema, request, operation):
    content = operation.get("requestBody", {}).get("content", {})
    kinds = {h["name"]: h["value"] for h in request["headers"]}
    if request["parts"]:
        # a part is a text: a file stands for its bytes, digits for a number
        value = {p["name"]: "bytes" if p["file_sha256"] else int(p["value"]) if p["value"].isdecimal() else p["value"]
                 for p in request["parts"]}
        yield from schema.faults(value, content["multipart/form-data"]["schema"])
        yield from ("file without type or name" for p in request["parts"]
                    if p["file_sha256"] and not (p["mime"] and p["filename"]))
    elif request["body"] is not None:
        yield from schema.faults(json.loads(request["body"]), content[kinds["Content-Type"]]["schema"])
    elif operation.get("requestBody", {}).get("required"):
        yield "the body is missing"


def path_faults(schema, request, name, operation):
    for place, part in zip(name.split("/"), request["path"].partition("?")[0].split("/")):
        for known in map(schema.follow, operation.get("parameters", [])):
            if known["in"] == "path" and place == "{%s}" % known["name"]:
                yield from schema.faults(part, known["schema"], known["name"])


class Requests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        lines = subprocess.run([PRINTER], check=True, capture_output=True, text=True).stdout.splitlines()
        cls.requests = [json.loads(line) for line in lines]
        cls.old, cls.new = document(OLD), document(NEW)

    def schema_of(self, request):
        return self.old if "tweet.fields=" in request["path"] else self.new

    def operation(self, request):
        if f"{request['method']} {request['path']}" in BY_HAND:
            return request["path"], None
        return self.schema_of(request).operation(request["method"], request["path"])

    def faults(self, request):
        schema = self.schema_of(request)
        name, operation = self.operation(request)
        if name is None:
            return ["no such operation"]
        if operation is None:
            return list({f["name"] for f in request["fields"]} ^ BY_HAND[f"{request['method']} {name}"])
        return [*query_faults(schema, request, operation), *body_faults(schema, request, operation),
                *path_faults(schema, request, name, operation)]

    def test_every_request_fits_the_document(self):
        counts = collections.Counter()
        for request in self.requests:
            with self.subTest(request=request):
                self.assertEqual([], self.faults(request))
                counts[f"{request['method']} {self.operation(request)[0]}"] += 1
        for name, count in sorted(counts.items()):
            print(f"{count:4} {name}")
        self.assertEqual(EXPECTED, set(counts))

    def test_new_posts_are_unrepeatable_and_nothing_else_is(self):
        for request in self.requests:
            self.assertEqual(request["unrepeatable"], (request["method"], request["path"]) == ("POST", "/2/tweets"))

    def test_all_are_signed_by_their_way_in(self):
        self.assertEqual({"oauth1", "bearer", "basic"}, {request["signing"] for request in self.requests})
        self.assertEqual(["/2/oauth2/token"], [r["path"] for r in self.requests if r["signing"] == "basic"])

    def test_nothing_of_the_older_api_is_used(self):
        # statuses/update.json answers 403 now; command=INIT, APPEND and FINALIZE are gone
        for request in self.requests:
            self.assertTrue(request["path"].startswith("/2/"), request["path"])
            self.assertNotRegex(request["path"], "command=(INIT|APPEND|FINALIZE)")

    def test_a_piece_of_a_file_is_that_piece(self):
        pieces = [[(p.get("offset", 0), p.get("length", 0)) for p in r["parts"] if p["file_sha256"]][0]
                  for r in self.requests if r["path"].endswith("/append")]
        self.assertEqual(pieces, [(0, 1048576), (2097152, 3000000 - 2097152)])

    def test_a_wrong_request_is_noticed(self):
        good = next(r for r in self.requests if r["path"] == "/2/tweets")
        for body in ('{"text":1}', '{"status":"x"}', '{"media":{"media_ids":[]}}', '{"reply":{}}'):
            self.assertNotEqual([], self.faults({**good, "body": body}), body)
        read = next(r for r in self.requests if "tweet.fields" in r["path"])
        self.assertNotEqual([], self.faults({**read, "path": "/2/tweets/5?tweet.fields=nonsense"}))
        self.assertNotEqual([], self.faults({**read, "path": "/2/tweets/abc"}))
        self.assertNotEqual([], self.faults({**read, "path": "/2/nothing"}))


if __name__ == "__main__":
    if not NEW.exists() or not OLD.exists():
        print("SKIPPED x_requests: the OpenAPI documents are not here (CRIER_SPECS)")
        sys.exit(77)
    unittest.main(verbosity=2)
