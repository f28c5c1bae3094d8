#!/usr/bin/python3
"""Every request that the YouTube adapter can send against Google's discovery document, which we did not write.

What the document lacks, with the source that has it:
  /upload/...?uploadType=  the public path of media uploads; the document says /resumable/upload/...
                           (developers.google.com/youtube/v3/guides/using_resumable_upload_protocol)
  PUT of a session         the same page: Content-Range, "bytes */TOTAL", an empty body
  POST /token              developers.google.com/identity/protocols/oauth2/web-server (refreshing an access token)
"""
import json
import pathlib
import re
import sys
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import adapter_requests  # noqa: E402
from discovery import Discovery  # noqa: E402

DOCUMENT = adapter_requests.SPECS / "youtube/youtube-v3.discovery.json"
GRAIN = 256 * 1024
# method and path below the host -> (method of the document or None, how a medium goes up)
OPERATIONS = {
    ("POST", "/upload/youtube/v3/videos"): ("videos.insert", "resumable"),
    ("PUT", "/upload/youtube/v3/videos"): (None, "session"),
    ("POST", "/upload/youtube/v3/captions"): ("captions.insert", "resumable"),
    ("PUT", "/upload/youtube/v3/captions"): (None, "session"),
    ("POST", "/upload/youtube/v3/thumbnails/set"): ("thumbnails.set", "media"),
    ("GET", "/youtube/v3/videos"): ("videos.list", None),
    ("DELETE", "/youtube/v3/videos"): ("videos.delete", None),
    ("GET", "/youtube/v3/channels"): ("channels.list", None),
    ("GET", "/youtube/v3/playlistItems"): ("playlistItems.list", None),
    ("POST", "/youtube/v3/playlistItems"): ("playlistItems.insert", None),
    ("POST", "/token"): (None, "token"),
}


def headers(request):
    return {header["name"].lower(): header["value"] for header in request["headers"]}


def query(request):
    return urllib.parse.parse_qsl(request["path"].partition("?")[2], strict_parsing=True) if "?" in request["path"] else []


def operation(request):
    return OPERATIONS.get((request["method"], request["path"].partition("?")[0]), (None, "unknown"))


class Contract(Discovery):
    @staticmethod
    def name(request):
        return f"{request['method']} {request['path'].partition('?')[0]}"

    def session_faults(self, request):
        """A piece or a query of a resumable upload, by Google's guide."""
        span = headers(request).get("content-range", "")
        piece = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+)", span)
        if piece:
            first, last, total = map(int, piece.groups())
            length = last - first + 1
            if not request["file_sha256"] or request.get("file_offset", 0) != first or request["file_length"] != length:
                yield "the piece is not what its Content-Range says"
            if first % GRAIN or (last + 1 != total and length % GRAIN):
                yield "no multiple of 256 KiB"
            if not first <= last < total:
                yield "a range that is none"
            if (request["kind"] == "publish") != (last + 1 == total):
                yield "the last piece publishes, and no other"
        elif not (re.fullmatch(r"bytes \*/\d+", span) and request["body"] == "" and request["kind"] == "read"):
            yield f"neither a piece nor a query: {span}"

    def token_faults(self, request):
        fields = {field["name"]: field["secret"] or field["value"] for field in request["fields"]}
        if request["fields_place"] != "form" or request["host"] != "oauth2.googleapis.com" or request["signing"] != "none":
            yield "not as the token endpoint is asked"
        if fields != {"client_id": "client_id", "client_secret": "client_secret",
                      "refresh_token": "session.refresh", "grant_type": "refresh_token"}:
            yield f"wrong fields: {fields}"

    def body_faults(self, name, request):
        wanted = self.method(name).get("request")
        if not wanted:
            if request["body"] is not None:
                yield "there is a body"
            return
        if headers(request).get("content-type") != "application/json; charset=UTF-8":
            yield "the body is not said to be JSON"
        yield from self.faults(json.loads(request["body"]), wanted)

    def part_faults(self, name, request, given):
        """`part` lists what is set, and nothing else of the resource is set."""
        parts = dict(given).get("part", "").split(",")
        properties = self.schemas[self.method(name)["request"]["$ref"]]["properties"] if request["body"] else {}
        yield from (f"{member} is set but not in part" for member in json.loads(request["body"] or "{}") if member not in parts)
        yield from (f"nobody knows the part {part}" for part in parts if properties and part not in properties)

    def upload_faults(self, name, request, given, protocol):
        upload = self.method(name)["mediaUpload"]
        if dict(given).get("uploadType") != protocol or not upload["protocols"]["resumable" if protocol == "resumable" else "simple"]:
            yield f"not by the protocol {protocol}"
        if protocol == "media":
            kind = headers(request).get("content-type")
            if not request["file_sha256"] or kind not in upload["accept"]:
                yield f"a file of type {kind} is not accepted"
        elif name == "videos.insert":
            sent = headers(request)
            if not re.fullmatch(r"video/.*", sent["x-upload-content-type"]) or not sent["x-upload-content-length"].isdecimal():
                yield "the file to come is not described"

    def request_faults(self, request):
        name, protocol = operation(request)
        if protocol in ("session", "token"):
            yield from getattr(self, f"{protocol}_faults")(request)
            return
        if not name:
            yield "there is no such method"
            return
        given = query(request)
        if self.method(name)["httpMethod"] != request["method"]:
            yield "the wrong method"
        if self.method(name)["path"] != request["path"].partition("?")[0].removeprefix("/upload").lstrip("/"):
            yield "the wrong path"
        if request["signing"] != "bearer" or request["host"] not in (None, "www.googleapis.com"):
            yield "not signed, or at another host"
        yield from self.faults_of_query(name, [pair for pair in given if pair[0] != "uploadType"])
        if protocol:
            yield from self.upload_faults(name, request, given, protocol)
        if protocol != "media":
            yield from self.body_faults(name, request)
            if request["body"]:
                yield from self.part_faults(name, request, given)


class Requests(adapter_requests.Tests):
    platform, operations, listed_by_hand = "youtube", {" ".join(each) for each in OPERATIONS}, 3

    @classmethod
    def read_contract(cls):
        return Contract(DOCUMENT)

    def faults(self, request):
        return [*self.contract.request_faults(request)]

    def test_a_wrong_request_is_noticed(self):
        opening = next(r for r in self.requests if operation(r)[0] == "videos.insert")
        for change in (lambda b: b["snippet"].update(titel="x"), lambda b: b["status"].update(privacyStatus="secret"),
                       lambda b: b["snippet"].update(tags="x"), lambda b: b.update(fileDetails={}),
                       lambda b: b["status"].update(embeddable="yes")):
            body = json.loads(opening["body"])
            change(body)
            self.assert_noticed(opening, {"body": json.dumps(body)})
        for path in ("/upload/youtube/v3/videos?uploadType=resumable", "/upload/youtube/v3/videos?uploadType=media&part=snippet,status",
                     "/upload/youtube/v3/videos?uploadType=resumable&part=snippet,status&more=1", "/youtube/v3/activities?part=snippet"):
            self.assert_noticed(opening, {"path": path})
        piece = next(r for r in self.requests if r["kind"] == "publish" and r["method"] == "PUT")
        for span in ("bytes 0-9/10", "bytes 19922944-19999999/30000000", "bytes */20000000", ""):
            self.assert_noticed(piece, {"headers": [{"name": "Content-Range", "value": span}]})


if __name__ == "__main__":
    adapter_requests.main("youtube", DOCUMENT)
