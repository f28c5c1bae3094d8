#!/usr/bin/python3
"""Every request that the Mastodon adapter can send against the published OpenAPI document, which we did not write."""
import collections
import json
import os
import re
import subprocess
import sys
import unittest
import urllib.parse

from test_sandbox_schema import DOCUMENT, Schema

PRINTER = os.path.join(os.environ.get("CRIER_BIN", "build/dev/bin"), "print_mastodon_requests")
EXPECTED = {"POST /api/v2/media", "GET /api/v1/media/{id}", "POST /api/v1/statuses", "GET /api/v1/statuses/{id}",
            "GET /api/v1/statuses/{id}/source", "GET /api/v1/accounts/{id}/statuses", "GET /api/v2/instance",
            "GET /api/v1/instance", "GET /api/v1/accounts/verify_credentials", "DELETE /api/v1/statuses/{id}"}


class Contract(Schema):
    def operation(self, request):
        """The document's path and operation of a request; a literal path wins over one with a parameter."""
        path = request["path"].partition("?")[0]
        fitting = [name for name in self.document["paths"]
                   if re.fullmatch(re.sub(r"\{[^}]*\}", "[^/]+", name), path)
                   and request["method"].lower() in self.document["paths"][name]]
        name = min(fitting, key=lambda name: name.count("{"), default=None)
        return name, name and self.document["paths"][name][request["method"].lower()]

    def members(self, schema):
        """Names that an object of this schema may have."""
        schema = self.follow(schema)
        names = set(schema.get("properties", {}))
        for kind in ("allOf", "oneOf", "anyOf"):
            for part in schema.get(kind, []):
                names |= self.members(part)
        return names

    def query_faults(self, request, operation):
        known = {p["name"]: p["schema"] for p in map(self.follow, operation.get("parameters", [])) if p["in"] == "query"}
        values = urllib.parse.parse_qsl(request["path"].partition("?")[2], strict_parsing=True) \
            if "?" in request["path"] else []
        for name, value in values:
            if name not in known:
                yield f"query parameter {name} is not in the document"
            elif self.faults(json.loads(value) if known[name]["type"] in ("integer", "boolean") else value, known[name]):
                yield f"{name}={value} is no {known[name]['type']}"

    def body_faults(self, request, operation):
        content = operation.get("requestBody", {}).get("content", {})
        types = {h["name"]: h["value"] for h in request["headers"]}
        if request["parts"]:
            schema = self.follow(content["multipart/form-data"]["schema"])
            names = [part["name"] for part in request["parts"]]
            yield from (f"part {name} is not in the document" for name in names if name not in self.members(schema))
            yield from (f"part {name} is missing" for name in schema.get("required", []) if name not in names)
            yield from (f"file without type or name" for part in request["parts"]
                        if part["file_sha256"] and not (part["mime"] and part["filename"]))
        elif request["body"] is not None:
            schema = content[types["Content-Type"]]["schema"]
            body = json.loads(request["body"])
            yield from self.faults(body, schema)
            yield from (f"{name} is not in the document" for name in body if name not in self.members(schema))
        elif operation.get("requestBody", {}).get("required"):
            yield "the body is missing"

    def header_faults(self, request, operation):
        known = {p["name"] for p in map(self.follow, operation.get("parameters", [])) if p["in"] == "header"}
        return (f"header {h['name']} is not in the document" for h in request["headers"]
                if h["name"] not in known | {"Content-Type"})


class Requests(unittest.TestCase):
    def setUp(self):
        self.contract = Contract(json.loads(DOCUMENT.read_text()))
        lines = subprocess.run([PRINTER], check=True, capture_output=True, text=True).stdout.splitlines()
        self.requests = [json.loads(line) for line in lines]

    def test_every_request_fits_the_document(self):
        for request in self.requests:
            with self.subTest(request=request):
                name, operation = self.contract.operation(request)
                self.assertIsNotNone(operation, "no such operation")
                self.assertEqual([], [*self.contract.query_faults(request, operation),
                                      *self.contract.body_faults(request, operation),
                                      *self.contract.header_faults(request, operation)])

    def test_no_operation_is_missing(self):
        found = collections.Counter(f"{request['method']} {self.contract.operation(request)[0]}" for request in self.requests)
        print(f"mastodon: {len(self.requests)} requests; " + ", ".join(f"{name} {count}" for name, count in sorted(found.items())),
              file=sys.stderr)
        self.assertEqual(EXPECTED, set(found))

    def test_no_app_is_registered_which_could_be_purged_unused(self):
        for request in self.requests:
            self.assertNotIn("/apps", request["path"])

    def test_a_wrong_request_is_noticed(self):
        good = next(r for r in self.requests if r["path"] == "/api/v1/statuses" and r["method"] == "POST")
        _, operation = self.contract.operation(good)
        for body in ('{"visibility":"public"}', '{"status":1}', '{"status":"x","visibility":"everybody"}',
                     '{"status":"x","media":[]}', '{"media_ids":[1]}'):
            self.assertNotEqual([], [*self.contract.body_faults({**good, "body": body}, operation)], body)


if __name__ == "__main__":
    if not DOCUMENT.exists():
        print("SKIPPED mastodon_requests: the OpenAPI document is not here (CRIER_SPECS)")
        sys.exit(77)
    unittest.main(verbosity=2)
