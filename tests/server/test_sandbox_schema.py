#!/usr/bin/python3
"""The sandbox's answers against the published OpenAPI document of Mastodon, which we did not write."""
import json
import os
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from openapi import Schema  # noqa: E402
from sandbox import POLICE, SOURCE, VIDEO, SandboxTest, picture, skip  # noqa: E402

SPECS = pathlib.Path(os.environ.get("CRIER_SPECS", SOURCE.parent / "shared/specs"))
DOCUMENT = SPECS / "mastodon/openapi.min.json"


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
