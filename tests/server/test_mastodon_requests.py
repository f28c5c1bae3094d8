#!/usr/bin/python3
"""Every request that the Mastodon adapter can send against the published OpenAPI document, which we did not write."""
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import adapter_requests  # noqa: E402
from openapi import RequestSchema  # noqa: E402

DOCUMENT = adapter_requests.SPECS / "mastodon/openapi.min.json"
EXPECTED = {"POST /api/v2/media", "GET /api/v1/media/{id}", "POST /api/v1/statuses", "GET /api/v1/statuses/{id}",
            "GET /api/v1/statuses/{id}/source", "GET /api/v1/accounts/{id}/statuses", "GET /api/v2/instance",
            "GET /api/v1/instance", "GET /api/v1/accounts/verify_credentials", "DELETE /api/v1/statuses/{id}"}


class Requests(adapter_requests.Tests):
    platform, operations = "mastodon", EXPECTED

    @classmethod
    def read_contract(cls):
        return RequestSchema(json.loads(DOCUMENT.read_text()))

    def faults(self, request):
        return [*self.contract.request_faults(request)]

    def test_no_app_is_registered_which_could_be_purged_unused(self):
        for request in self.requests:
            self.assertNotIn("/apps", request["path"])

    def test_a_wrong_request_is_noticed(self):
        bodies = ('{"visibility":"public"}', '{"status":1}', '{"status":"x","visibility":"everybody"}',
                  '{"status":"x","media":[]}', '{"media_ids":[1]}')
        self.assert_noticed(self.first("POST /api/v1/statuses"), *({"body": body} for body in bodies))


if __name__ == "__main__":
    adapter_requests.main("mastodon", DOCUMENT)
