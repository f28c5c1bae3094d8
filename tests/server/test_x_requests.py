#!/usr/bin/python3
"""Every request that X's adapter can send against the two published OpenAPI documents, which we did not write: 2.167,
and 2.159 for the names of a post's fields, which every page of the documentation still uses."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import adapter_requests  # noqa: E402
from xapi import NEW, OLD, document  # noqa: E402

# In neither document; docs.x.com fundamentals/authentication/oauth-2-0/user-access-token: step 5.
BY_HAND = {"POST /2/oauth2/token": {"grant_type", "refresh_token", "client_id"}}
EXPECTED = {"POST /2/tweets", "GET /2/tweets/{id}", "DELETE /2/tweets/{id}", "GET /2/users/{id}/tweets",
            "GET /2/users/me", "POST /2/media/upload", "GET /2/media/upload", "POST /2/media/upload/initialize",
            "POST /2/media/upload/{id}/append", "POST /2/media/upload/{id}/finalize", "POST /2/media/metadata",
            "POST /2/media/subtitles"} | set(BY_HAND)


class Contract:
    def __init__(self):
        self.old, self.new = document(OLD), document(NEW)

    def schema_of(self, request):
        return self.old if "tweet.fields=" in request["path"] else self.new

    def name(self, request):
        literally = f"{request['method']} {request['path']}"
        return literally if literally in BY_HAND else self.schema_of(request).name(request)

    def faults(self, request):
        if self.name(request) in BY_HAND:
            return {field["name"] for field in request["fields"]} ^ BY_HAND[self.name(request)]
        return self.schema_of(request).request_faults(request)


class Requests(adapter_requests.Tests):
    platform, operations, listed_by_hand = "x", EXPECTED, len(BY_HAND)

    @classmethod
    def read_contract(cls):
        return Contract()

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
        bodies = ('{"text":1}', '{"status":"x"}', '{"media":{"media_ids":[]}}', '{"reply":{}}')
        self.assert_noticed(self.first("POST /2/tweets"), *({"body": body} for body in bodies))
        paths = ("/2/tweets/5?tweet.fields=nonsense", "/2/tweets/abc", "/2/nothing")
        self.assert_noticed(next(r for r in self.requests if "tweet.fields" in r["path"]), *({"path": path} for path in paths))


if __name__ == "__main__":
    adapter_requests.main("x", NEW, OLD)
