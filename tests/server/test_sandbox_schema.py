#!/usr/bin/python3
"""The sandbox's answers against the published OpenAPI document of Mastodon, which we did not write."""
import json
import os
import pathlib
import re
import unittest

from sandbox import POLICE, SOURCE, VIDEO, SandboxTest, picture, skip

SPECS = pathlib.Path(os.environ.get("CRIER_SPECS", SOURCE.parent / "shared/specs"))
DOCUMENT = SPECS / "mastodon/openapi.min.json"
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}


def is_of(value, name):
    if name == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if name == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return isinstance(value, TYPES[name])


class Schema:
    """The part of JSON Schema that the document uses: $ref, type, enum, required, properties, items, oneOf."""

    def __init__(self, document):
        self.document = document

    def follow(self, schema):
        while "$ref" in schema:
            target = self.document
            for step in schema["$ref"].removeprefix("#/").split("/"):
                target = target[step]
            schema = target
        return schema

    def faults(self, value, schema, where="$"):
        schema = self.follow(schema)
        kinds = schema.get("type", [])
        kinds = [kinds] if isinstance(kinds, str) else kinds
        if kinds and not any(is_of(value, kind) for kind in kinds):
            return [f"{where}: {value!r} is no {kinds}"]
        found = []
        if "enum" in schema and value not in schema["enum"]:
            found.append(f"{where}: {value!r} is none of {schema['enum']}")
        for kind in ("oneOf", "anyOf"):
            if kind in schema and all(self.faults(value, choice, where) for choice in schema[kind]):
                found.append(f"{where}: fits no choice: {self.faults(value, schema[kind][0], where)}")
        for part in schema.get("allOf", []):
            found += self.faults(value, part, where)
        if schema.get("format") == "date-time" and isinstance(value, str):
            if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", value):
                found.append(f"{where}: {value!r} is no date-time")
        if isinstance(value, dict):
            found += [f"{where}: {name} is missing" for name in schema.get("required", []) if name not in value]
            for name, member in value.items():
                if name in schema.get("properties", {}):
                    found += self.faults(member, schema["properties"][name], f"{where}.{name}")
        if isinstance(value, list) and "items" in schema:
            for number, item in enumerate(value):
                found += self.faults(item, schema["items"], f"{where}[{number}]")
        return found


class AgainstTheDocument(SandboxTest):
    @classmethod
    def setUpClass(cls):
        cls.document = json.loads(DOCUMENT.read_text())
        cls.schema = Schema(cls.document)

    def fits(self, answer, method, path, status=200):
        """The answer has this status, the document knows it, and the body is as it says."""
        self.assertEqual(answer.status, status, answer.body)
        responses = self.document["paths"][path][method]["responses"]
        self.assertIn(str(status), responses)
        content = responses[str(status)].get("content", {})
        if "application/json" in content:
            self.assertEqual(self.schema.faults(answer.json, content["application/json"]["schema"]), [])
        return answer.json

    def test_the_checker_notices_what_is_wrong(self):
        status = {"$ref": "#/components/schemas/Status"}
        good = self.sandbox.post("x").json
        self.assertEqual(self.schema.faults(good, status), [])
        for change in {"id": 5}, {"visibility": "secret"}, {"created_at": "now"}, {"tags": [{}]}, {"account": None}:
            self.assertNotEqual(self.schema.faults({**good, **change}, status), [], change)
        self.assertNotEqual(self.schema.faults({k: v for k, v in good.items() if k != "uri"}, status), [])

    def test_statuses(self):
        path = "/api/v1/statuses/{id}"
        media = self.fits(self.sandbox.upload(picture(), alt="चित्र"), "post", "/api/v2/media")
        made = self.fits(self.sandbox.post("नमस्ते #जन https://example.gov.in", media_ids=[media["id"]]), "post",
                         "/api/v1/statuses")
        where = f"/mastodon/api/v1/statuses/{made['id']}"
        self.fits(self.sandbox.ask("GET", where), "get", path)
        self.fits(self.sandbox.ask("GET", where + "/source", headers=POLICE), "get", path + "/source")
        self.fits(self.sandbox.ask("DELETE", where, headers=POLICE), "delete", path)
        self.fits(self.sandbox.ask("GET", where), "get", path, 404)
        self.fits(self.sandbox.post(""), "post", "/api/v1/statuses", 422)
        self.fits(self.sandbox.post("x", who={"X": "y"}), "post", "/api/v1/statuses", 401)
        self.sandbox.faults({"do": "rate_limit"})
        self.fits(self.sandbox.post("x"), "post", "/api/v1/statuses", 429)

    def test_media(self):
        made = self.fits(self.sandbox.upload(VIDEO, "video/mp4"), "post", "/api/v2/media", 202)
        where = f"/mastodon/api/v1/media/{made['id']}"
        self.fits(self.sandbox.ask("GET", where, headers=POLICE), "get", "/api/v1/media/{id}", 206)
        self.fits(self.sandbox.ask("PUT", where, {"description": "x"}, POLICE), "put", "/api/v1/media/{id}")
        self.fits(self.sandbox.ask("DELETE", where, headers=POLICE), "delete", "/api/v1/media/{id}")
        self.fits(self.sandbox.ask("GET", where, headers=POLICE), "get", "/api/v1/media/{id}", 404)
        self.fits(self.sandbox.upload(picture(), path="/mastodon/api/v1/media"), "post", "/api/v1/media")
        self.fits(self.sandbox.upload(b"x"), "post", "/api/v2/media", 422)

    def test_accounts(self):
        me = self.fits(self.sandbox.ask("GET", "/mastodon/api/v1/accounts/verify_credentials", headers=POLICE), "get",
                       "/api/v1/accounts/verify_credentials")
        self.sandbox.post("एक")
        listed = self.fits(self.sandbox.ask("GET", f"/mastodon/api/v1/accounts/{me['id']}/statuses"), "get",
                           "/api/v1/accounts/{id}/statuses")
        self.assertEqual(len(listed), 1)

    def test_instance(self):
        new = self.fits(self.sandbox.ask("GET", "/mastodon/api/v2/instance"), "get", "/api/v2/instance")
        self.assertEqual(new["configuration"]["statuses"],
                         {"max_characters": 500, "max_media_attachments": 4, "characters_reserved_per_url": 23})
        self.assertEqual(new["configuration"]["media_attachments"]["description_limit"], 1500)
        self.fits(self.sandbox.ask("GET", "/mastodon/api/v1/instance"), "get", "/api/v1/instance")


if __name__ == "__main__":
    if not DOCUMENT.exists():
        skip("server_sandbox_schema", f"{DOCUMENT} is not here (set CRIER_SPECS)")
    unittest.main()
