#!/usr/bin/python3
"""Every request that the Instagram adapter can send against Meta's own specification, which we did not write."""
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import adapter_requests  # noqa: E402
from codegen import fields_in  # noqa: E402
from graph_contract import GraphContract  # noqa: E402

SPECS = adapter_requests.SPECS / "facebook"
# The ids that the printer uses, and what they are.
NODES = {"17841400000000042": "IGUser", "17900000000000001": "IGMedia", "77": "Photo", "1055": "Page", "me": "Page",
         "18000000000000001": "container"}
EXPECTED = {"POST Page/photos", "GET Photo", "GET Page", "POST IGUser/media", "POST IGUser/media_publish", "GET IGUser/media",
            "GET IGUser", "GET IGUser/content_publishing_limit", "GET IGMedia", "DELETE IGMedia", "POST IGMedia/comments",
            "GET container", "POST rupload"}
# What the specification lacks, each with its source.
CONTAINER_FIELDS = {"id", "status", "status_code", "video_status"}  # reference/ig-container; resumable-uploads
FILES = {("Page", "photos"): {"source"}}  # Graph API: the file of a multipart body
EDGES = {"instagram_business_account"}  # of Page: content-publishing/getting-started
LISTED_BY_HAND = 4


class Contract(GraphContract):
    nodes, files = NODES, FILES

    def by_hand(self, node, request, given):
        if node != "container":
            return None
        return [f"a container has no field {name}" for name in fields_in(given.get("fields", "")) if name not in CONTAINER_FIELDS]

    def field_faults(self, node, wanted):
        return self.specification.field_faults(node, wanted, EDGES)


class Requests(adapter_requests.Tests):
    platform, operations, listed_by_hand = "instagram", EXPECTED, LISTED_BY_HAND

    @classmethod
    def read_contract(cls):
        return Contract(SPECS)

    def test_containers_and_posts_are_read_with_the_users_token_and_photos_with_the_pages(self):
        for request in self.requests:
            pages = self.contract.name(request) in ("POST Page/photos", "GET Photo", "GET Page")
            self.assertEqual("page_token" if pages else "user_token", request["signer"], request["path"])

    def test_no_token_stands_in_any_request(self):
        for request in self.requests:
            self.assertNotIn("access_token", json.dumps({**request, "signer": None}))

    def test_a_wrong_request_is_noticed(self):
        made, read = self.first("POST IGUser/media"), self.first("GET IGMedia")
        self.assert_noticed(made, {"body": made["body"] + "&colour=red"}, {"body": "is_carousel_item=yes"}, {"method": "PUT"},
                            {"path": made["path"] + "s"}, {"path": made["path"].replace("v25.0", "v19.0")})
        self.assert_noticed(read, {"path": read["path"] + "%2Cmood"})
        self.assert_noticed(self.first("POST IGUser/media_publish"), {"body": ""})


if __name__ == "__main__":
    adapter_requests.main("instagram", SPECS)
