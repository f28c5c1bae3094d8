#!/usr/bin/python3
"""Every request that the Facebook adapter can send against Meta's own specification, which we did not write."""
import collections
import json
import os
import pathlib
import re
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from codegen import Codegen, fields_in, given_in  # noqa: E402

PRINTER = os.path.join(os.environ.get("CRIER_BIN", "build/dev/bin"), "print_facebook_requests")
SOURCE = pathlib.Path(__file__).resolve().parents[2]
SPECS = pathlib.Path(os.environ.get("CRIER_SPECS", SOURCE.parent / "shared/specs")) / "facebook"
# The ids that the printer uses, and what they are.
NODES = {"1055": "Page", "me": "Page", "1055_77": "PagePost", "900": "AdVideo", "debug_token": "debug_token"}
EXPECTED = {"GET Page", "GET debug_token", "POST Page/feed", "POST Page/photos", "POST Page/photo_stories",
            "POST Page/videos start", "POST Page/videos transfer", "POST Page/videos finish",
            "POST Page/video_reels start", "POST Page/video_reels finish",
            "POST Page/video_stories start", "POST Page/video_stories finish", "POST rupload",
            "GET Page/published_posts", "GET Page/stories", "GET PagePost", "GET AdVideo", "DELETE PagePost", "DELETE AdVideo",
            "POST PagePost/comments", "GET PagePost/comments", "POST AdVideo/comments", "GET AdVideo/comments",
            "POST AdVideo/thumbnails", "POST AdVideo/captions"}
# What the specification lacks, each with its source.
FILES = {("Page", "photos"): {"source"},              # Graph API: the file of a multipart body
         ("Page", "videos"): {"video_file_chunk"},    # there a string
         ("AdVideo", "thumbnails"): {"source"}, ("AdVideo", "captions"): {"captions_file"}}
UPLOAD_HEADERS = {"offset", "file_size", "Content-Type"}  # fbsamples/reels_publishing_apis
ATTACHMENT_FIELDS = {"media_type", "target", "subattachments"}  # reference/story-attachment: its node is not in the copy
DEBUG_TOKEN = {"input_token"}  # facebook-login/guides/access-tokens/debugging
LISTED_BY_HAND = 5
REMOVED = {"pretty", "debug", "date_format", "ids", "If-None-Match"}  # of every version since 2026-10-27


class Contract:
    def __init__(self):
        self.specification = Codegen(SPECS)

    def name(self, request):
        """"POST Page/videos finish"; what an id is is told by the table."""
        if request["host"] == "rupload.facebook.com":
            return "POST rupload"
        path, given = given_in(request)
        _, version, node, *edge = path.split("/")
        name = "/".join([f"{request['method']} {NODES.get(node, node)}", *edge])
        return f"{name} {given['upload_phase']}" if "upload_phase" in given else name

    def upload_faults(self, request):
        names = {header["name"] for header in request["headers"]}
        if names != UPLOAD_HEADERS or not request["file_sha256"] or request["signing"] != "oauth":
            yield f"an upload is a file with {UPLOAD_HEADERS} and `Authorization: OAuth`, not {names}, {request['signing']}"

    def attachment_faults(self, wanted):
        for name, below in wanted.items():
            if name not in ATTACHMENT_FIELDS:
                yield f"an attachment has no field {name}"
            yield from self.attachment_faults(below or {})

    def field_faults(self, node, wanted):
        yield from self.attachment_faults(wanted.get("attachments") or {})
        known = {name: None if name == "attachments" else below for name, below in wanted.items()}
        if node == "Comment" and known.pop("from", None):  # a User, whose node is not in the copy: its id
            known["from"] = None
        yield from self.specification.field_faults(node, known)

    def faults(self, request):
        names = {header["name"] for header in request["headers"]}
        if request["host"] == "rupload.facebook.com":
            yield from self.upload_faults(request)
            return
        path, given = given_in(request)
        given |= {part["name"]: part["value"] for part in request["parts"] if part["value"] is not None}
        _, version, id, *edge = path.split("/")
        node = NODES.get(id, id)
        yield from (f"{name} was removed" for name in REMOVED & (set(given) | names))
        if version != "v25.0":
            yield f"{version} is not the version that the specification speaks of"
        if node == "debug_token":
            if {field["name"] for field in request["fields"]} != DEBUG_TOKEN or request["fields_place"] != "query":
                yield "debug_token takes input_token in its query"
            return
        operation = self.specification.operation(node, request["method"], [*edge, None][0])
        if not operation:
            yield f"{node} has no {request['method']} {edge}"
            return
        files = {part["name"] for part in request["parts"] if part["file_sha256"]}
        if files != (FILES.get((node, [*edge, None][0]), set()) if request["parts"] else set()):
            yield f"files {files}"
        plain = {re.sub(r"\[\d+\]$", "", name): value for name, value in given.items() if name != "source"}
        required = {param["name"]: "a file" for param in operation["params"] if param.get("required") and param["name"] in files}
        yield from self.specification.parameter_faults(operation, {**plain, **required})
        if "fields" in given:
            kind = operation["return"] if operation["method"] == "GET" else node
            yield from self.field_faults(kind, fields_in(given["fields"]))


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
        print(f"facebook: {len(self.requests)} requests, {LISTED_BY_HAND} things listed by hand; " +
              ", ".join(f"{name} {count}" for name, count in sorted(counts.items())), file=sys.stderr)
        self.assertEqual(EXPECTED, set(counts))

    def test_only_what_has_public_effect_is_unrepeatable(self):
        for request in self.requests:
            public = re.search(r"(feed|photo_stories|finish|POST \w+/comments)$", self.contract.name(request)) is not None
            self.assertEqual(public, request["unrepeatable"], request["path"])
            self.assertEqual(public or request["method"] == "DELETE", request["kind"] == "publish", request["path"])

    def test_the_part_source_is_allowed_by_hand_and_no_other(self):
        photo = next(r for r in self.requests if self.contract.name(r) == "POST Page/photos")
        self.assertIn("source", [part["name"] for part in photo["parts"]])
        renamed = [part | {"name": part["name"].replace("source", "file")} for part in photo["parts"]]
        self.assertNotEqual([], [*self.contract.faults({**photo, "parts": renamed})])

    def test_no_insight_is_asked_for_whose_name_could_be_retired(self):
        for request in self.requests:
            self.assertNotIn("insights", request["path"])

    def test_no_token_stands_in_any_request(self):
        for request in self.requests:
            self.assertNotIn("access_token", json.dumps(request))

    def test_a_wrong_request_is_noticed(self):
        feed = next(r for r in self.requests if self.contract.name(r) == "POST Page/feed")
        for change in ({"body": feed["body"] + "&colour=red"}, {"body": "published=yes"}, {"method": "PUT"},
                       {"path": feed["path"] + "s"}, {"path": feed["path"].replace("v25.0", "v19.0")},
                       {"path": feed["path"] + "?pretty=1"}):
            self.assertNotEqual([], [*self.contract.faults({**feed, **change})], change)
        read = next(r for r in self.requests if self.contract.name(r) == "GET PagePost")
        self.assertNotEqual([], [*self.contract.faults({**read, "path": read["path"] + "%2Cmood"})])
        video = next(r for r in self.requests if self.contract.name(r) == "POST Page/video_reels finish")
        self.assertNotEqual([], [*self.contract.faults({**video, "path": video["path"].replace("finish", "end")})])
        photo = next(r for r in self.requests if self.contract.name(r) == "POST Page/photos")
        self.assertNotEqual([], [*self.contract.faults({**photo, "parts": photo["parts"][1:]})])


if __name__ == "__main__":
    if not SPECS.exists():
        print("SKIPPED facebook_requests: the specification is not here (CRIER_SPECS)")
        sys.exit(77)
    unittest.main(verbosity=2)
