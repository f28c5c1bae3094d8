#!/usr/bin/python3
"""Every request that the Instagram adapter can send against Meta's own specification, which we did not write."""
import collections
import json
import os
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from codegen import Codegen, fields_in, given_in  # noqa: E402

PRINTER = os.path.join(os.environ.get("CRIER_BIN", "build/dev/bin"), "print_instagram_requests")
SOURCE = pathlib.Path(__file__).resolve().parents[2]
SPECS = pathlib.Path(os.environ.get("CRIER_SPECS", SOURCE.parent / "shared/specs")) / "facebook"
# The ids that the printer uses, and what they are.
NODES = {"17841400000000042": "IGUser", "17900000000000001": "IGMedia", "77": "Photo", "1055": "Page", "me": "Page",
         "18000000000000001": "container"}
EXPECTED = {"POST Page/photos", "GET Photo", "GET Page", "POST IGUser/media", "POST IGUser/media_publish", "GET IGUser/media",
            "GET IGUser", "GET IGUser/content_publishing_limit", "GET IGMedia", "DELETE IGMedia", "POST IGMedia/comments",
            "GET container", "POST rupload"}
# What the specification lacks, each with its source.
CONTAINER_FIELDS = {"id", "status", "status_code", "video_status"}  # reference/ig-container; resumable-uploads
PHOTO_PARTS = {"source": "Graph API, /PAGE/photos: the file of a multipart body"}
UPLOAD_HEADERS = {"offset", "file_size", "Content-Type"}  # resumable-uploads; fbsamples/reels_publishing_apis
EDGES = {"instagram_business_account"}  # of Page: content-publishing/getting-started
LISTED_BY_HAND = 4


class Contract:
    def __init__(self):
        self.specification = Codegen(SPECS)

    def name(self, request):
        """"POST IGUser/media"; what it is is told by the id."""
        if request["host"] == "rupload.facebook.com":
            return "POST rupload"
        _, version, node, *edge = request["path"].partition("?")[0].split("/")
        return "/".join([f"{request['method']} {NODES.get(node, node)}", *edge])

    def upload_faults(self, request):
        names = {header["name"] for header in request["headers"]}
        if names != UPLOAD_HEADERS or not request["file_sha256"] or request["signing"] != "oauth":
            yield f"an upload is a file with {UPLOAD_HEADERS} and `Authorization: OAuth`, not {names}, {request['signing']}"

    def part_faults(self, request, operation):
        values = {part["name"]: part["value"] for part in request["parts"] if part["value"] is not None}
        yield from self.specification.parameter_faults(operation, values)
        files = {part["name"] for part in request["parts"] if part["file_sha256"]}
        if files != set(PHOTO_PARTS):
            yield f"files {files}, not {set(PHOTO_PARTS)}"

    def faults(self, request):
        if request["host"] == "rupload.facebook.com":
            yield from self.upload_faults(request)
            return
        path, given = given_in(request)
        _, version, id, *edge = path.split("/")
        node = NODES.get(id, id)
        wanted = fields_in(given.get("fields", ""))
        if version != "v25.0":
            yield f"{version} is not the version that the specification speaks of"
        if node == "container":
            yield from (f"a container has no field {name}" for name in wanted if name not in CONTAINER_FIELDS)
            return
        edges = [*edge, None]
        operation = self.specification.operation(node, request["method"], edges[0])
        if not operation:
            yield f"{node} has no {request['method']} {edges[0]}"
            return
        if request["parts"]:
            yield from self.part_faults(request, operation)
        else:
            yield from self.specification.parameter_faults(operation, given)
        if wanted:
            yield from self.specification.field_faults(operation["return"], wanted, EDGES)


class Requests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.contract = Contract()
        lines = subprocess.run([PRINTER], check=True, capture_output=True, text=True).stdout.splitlines()
        cls.requests = [json.loads(line) for line in lines]

    def test_every_request_fits_the_specification(self):
        for request in self.requests:
            with self.subTest(request=request):
                self.assertEqual([], [*self.contract.faults(request)])

    def test_no_operation_is_missing(self):
        counts = collections.Counter(map(self.contract.name, self.requests))
        print(f"instagram: {len(self.requests)} requests, {LISTED_BY_HAND} things listed by hand; " +
              ", ".join(f"{name} {count}" for name, count in sorted(counts.items())), file=sys.stderr)
        self.assertEqual(EXPECTED, set(counts))

    def test_containers_and_posts_are_read_with_the_users_token_and_photos_with_the_pages(self):
        for request in self.requests:
            pages = self.contract.name(request) in ("POST Page/photos", "GET Photo", "GET Page")
            self.assertEqual("page_token" if pages else "user_token", request["signer"], request["path"])

    def test_no_token_stands_in_any_request(self):
        for request in self.requests:
            self.assertNotIn("access_token", json.dumps({**request, "signer": None}))

    def test_a_wrong_request_is_noticed(self):
        made = next(r for r in self.requests if self.contract.name(r) == "POST IGUser/media")
        for change in ({"body": made["body"] + "&colour=red"}, {"body": "is_carousel_item=yes"}, {"method": "PUT"},
                       {"path": made["path"] + "s"}, {"path": made["path"].replace("v25.0", "v19.0")}):
            self.assertNotEqual([], [*self.contract.faults({**made, **change})], change)
        read = next(r for r in self.requests if self.contract.name(r) == "GET IGMedia")
        self.assertNotEqual([], [*self.contract.faults({**read, "path": read["path"] + "%2Cmood"})])
        published = next(r for r in self.requests if self.contract.name(r) == "POST IGUser/media_publish")
        self.assertNotEqual([], [*self.contract.faults({**published, "body": ""})])


if __name__ == "__main__":
    if not SPECS.exists():
        print("SKIPPED instagram_requests: the specification is not here (CRIER_SPECS)")
        sys.exit(77)
    unittest.main(verbosity=2)
