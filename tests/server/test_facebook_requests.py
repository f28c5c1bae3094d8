#!/usr/bin/python3
"""Every request that the Facebook adapter can send against Meta's own specification, which we did not write."""
import json
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import adapter_requests  # noqa: E402
from graph_contract import GraphContract  # noqa: E402

SPECS = adapter_requests.SPECS / "facebook"
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
ATTACHMENT_FIELDS = {"media_type", "target", "subattachments"}  # reference/story-attachment: its node is not in the copy
DEBUG_TOKEN = {"input_token"}  # facebook-login/guides/access-tokens/debugging
LISTED_BY_HAND = 5


class Contract(GraphContract):
    nodes, files = NODES, FILES

    def by_hand(self, node, request, given):
        if node != "debug_token":
            return None
        fits = {field["name"] for field in request["fields"]} == DEBUG_TOKEN and request["fields_place"] == "query"
        return [] if fits else ["debug_token takes input_token in its query"]

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
        yield from super().field_faults(node, known)


class Requests(adapter_requests.Tests):
    platform, operations, listed_by_hand = "facebook", EXPECTED, LISTED_BY_HAND

    @classmethod
    def read_contract(cls):
        return Contract(SPECS)

    def test_only_what_has_public_effect_is_unrepeatable(self):
        for request in self.requests:
            public = re.search(r"(feed|photo_stories|finish|POST \w+/comments)$", self.contract.name(request)) is not None
            self.assertEqual(public, request["unrepeatable"], request["path"])
            self.assertEqual(public or request["method"] == "DELETE", request["kind"] == "publish", request["path"])

    def test_the_part_source_is_allowed_by_hand_and_no_other(self):
        photo = self.first("POST Page/photos")
        self.assertIn("source", [part["name"] for part in photo["parts"]])
        renamed = [part | {"name": part["name"].replace("source", "file")} for part in photo["parts"]]
        self.assert_noticed(photo, {"parts": renamed})

    def test_no_insight_is_asked_for_whose_name_could_be_retired(self):
        for request in self.requests:
            self.assertNotIn("insights", request["path"])

    def test_no_token_stands_in_any_request(self):
        for request in self.requests:
            self.assertNotIn("access_token", json.dumps(request))

    def test_a_wrong_request_is_noticed(self):
        feed, read = self.first("POST Page/feed"), self.first("GET PagePost")
        video, photo = self.first("POST Page/video_reels finish"), self.first("POST Page/photos")
        self.assert_noticed(feed, {"body": feed["body"] + "&colour=red"}, {"body": "published=yes"}, {"method": "PUT"},
                            {"path": feed["path"] + "s"}, {"path": feed["path"].replace("v25.0", "v19.0")},
                            {"path": feed["path"] + "?pretty=1"})
        self.assert_noticed(read, {"path": read["path"] + "%2Cmood"})
        self.assert_noticed(video, {"path": video["path"].replace("finish", "end")})
        self.assert_noticed(photo, {"parts": photo["parts"][1:]})


if __name__ == "__main__":
    adapter_requests.main("facebook", SPECS)
