#!/usr/bin/python3
"""The judges of the adapters' requests: that they notice a wrong request, and that a judge who does not is noticed."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import adapter_requests  # noqa: E402
from graph_contract import GraphContract  # noqa: E402
from openapi import RequestSchema  # noqa: E402


class Page(GraphContract):
    nodes, files = {"1055": "Page"}, {("Page", "photos"): {"source"}}


def request(method, path, **more):
    return {"host": "graph.facebook.com", "method": method, "path": path, "headers": [], "parts": [], "body": None,
            "signing": "bearer", "file_sha256": None, **more}


def part(name, value=None):
    return {"name": name, "value": value, "file_sha256": None if value else "00" * 32}


def faults(platform_requests, test):
    """The failures of one test of every platform, run with a contract and requests that are made up."""
    result = unittest.TestResult()
    platform_requests(test).run(result)
    return len(result.failures) + len(result.errors)


class TheGraphContract(unittest.TestCase):
    def setUp(self):
        self.contract = Page(adapter_requests.SPECS / "facebook")

    def check(self, good, *wrong):
        self.assertEqual([], [*self.contract.faults(good)])
        for change in wrong:
            self.assertNotEqual([], [*self.contract.faults(good | change)], change)

    def test_notices_a_wrong_parameter_path_method_or_version(self):
        self.check(request("POST", "/v25.0/1055/feed", body="message=hello&published=true"),
                   {"body": "message=hello&colour=red"}, {"body": "published=yes"}, {"method": "PUT"},
                   {"path": "/v25.0/1055/feeds"}, {"path": "/v24.0/1055/feed"}, {"path": "/v25.0/1055/feed?pretty=1"},
                   {"headers": [{"name": "If-None-Match", "value": "x"}]})

    def test_notices_a_wrong_field(self):
        self.check(request("GET", "/v25.0/1055?fields=id,name"), {"path": "/v25.0/1055?fields=id,mood"})

    def test_notices_a_wrong_file(self):
        self.check(request("POST", "/v25.0/1055/photos", parts=[part("source"), part("published", "false")]),
                   {"parts": [part("file")]}, {"parts": [part("published", "false")]},
                   {"parts": [part("source"), part("published", "no")]})

    def test_notices_a_wrong_upload(self):
        headers = [{"name": name, "value": "0"} for name in ("offset", "file_size", "Content-Type")]
        self.check(request("POST", "/up", host="rupload.facebook.com", headers=headers, signing="oauth", file_sha256="00" * 32),
                   {"headers": headers[1:]}, {"signing": "bearer"}, {"file_sha256": None})


def parameter(place, name, kind, **more):
    return {"in": place, "name": name, "schema": {"type": kind}, **more}


def body(kind, **properties):
    schema = {"type": "object", "required": [*properties][:1], "properties": {n: {"type": t} for n, t in properties.items()}}
    return {"required": True, "content": {kind: {"schema": schema}}}


class AnOpenApiDocument(unittest.TestCase):
    contract = RequestSchema({"paths": {
        "/posts": {"get": {"parameters": [parameter("query", "limit", "integer", required=True)]},
                   "post": {"requestBody": body("application/json", text="string", public="boolean")}},
        "/posts/{id}": {"get": {"parameters": [parameter("path", "id", "string"), parameter("header", "Once", "string")]}},
        "/media": {"post": {"requestBody": body("multipart/form-data", file="string", number="integer")}}}})
    JSON = [{"name": "Content-Type", "value": "application/json"}]

    def check(self, good, *wrong):
        self.assertEqual([], [*self.contract.request_faults(good)])
        for change in wrong:
            self.assertNotEqual([], [*self.contract.request_faults(good | change)], change)

    def test_notices_a_wrong_path_method_query_or_header(self):
        self.check(request("GET", "/posts?limit=5"), {"path": "/posts?limit=many"}, {"path": "/posts"},
                   {"path": "/posts?limit=5&colour=red"}, {"method": "PUT"}, {"path": "/nothing"})
        self.check(request("GET", "/posts/5", headers=[{"name": "Once", "value": "x"}]), {"headers": [{"name": "Twice", "value": "x"}]})

    def test_notices_a_wrong_body(self):
        self.check(request("POST", "/posts", headers=self.JSON, body='{"text":"x","public":true}'), {"body": '{"public":true}'},
                   {"body": '{"text":1}'}, {"body": '{"text":"x","mood":"good"}'}, {"body": None})

    def test_notices_a_wrong_part(self):
        file = part("file") | {"mime": "image/png", "filename": "a.png"}
        self.check(request("POST", "/media", parts=[file, part("number", "1")]), {"parts": [part("number", "1")]},
                   {"parts": [file | {"mime": None}]}, {"parts": [file, part("number", "one")]}, {"parts": [file, part("mood", "x")]})


class WhatIsAskedOfEveryPlatform(unittest.TestCase):
    def of(self, *requests, operations=("GET",), judge=lambda request: []):
        class Made(adapter_requests.Tests):
            contract = type("Contract", (), {"name": staticmethod(lambda r: r["method"]), "faults": staticmethod(judge)})

            def runTest(self):
                self.assert_noticed(self.first("GET"), {"method": "PUT"})

            setUpClass = classmethod(lambda cls: None)
        Made.platform, Made.operations, Made.requests = "nobody", set(operations), requests
        return Made

    def test_a_request_that_does_not_fit_is_a_failure(self):
        test = "test_every_request_fits_the_contract"
        self.assertEqual(0, faults(self.of({"method": "GET"}), test))
        self.assertEqual(1, faults(self.of({"method": "GET"}, judge=lambda request: ["wrong"]), test))

    def test_an_operation_too_few_or_too_many_is_a_failure(self):
        test = "test_no_operation_is_missing"
        self.assertEqual(0, faults(self.of({"method": "GET"}), test))
        self.assertEqual(1, faults(self.of({"method": "GET"}, operations=("GET", "POST")), test))
        self.assertEqual(1, faults(self.of({"method": "GET"}, {"method": "PUT"}), test))

    def test_a_judge_who_accepts_or_refuses_everything_is_a_failure(self):
        for judge, failures in ((lambda r: [] if r["method"] == "GET" else ["wrong"], 0), (lambda r: [], 1), (lambda r: ["wrong"], 1)):
            self.assertEqual(failures, faults(self.of({"method": "GET"}, judge=judge), "runTest"))


if __name__ == "__main__":
    if not (adapter_requests.SPECS / "facebook").exists():
        print("SKIPPED contracts: the specification is not here (CRIER_SPECS)")
        sys.exit(77)
    unittest.main(verbosity=2)
