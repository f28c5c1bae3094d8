"""Requests of the Graph API judged by Meta's own specification (codegen.py). Standard library only."""
import re

from codegen import Codegen, fields_in, given_in

VERSION = "v25.0"
UPLOAD_HEADERS = {"offset", "file_size", "Content-Type"}  # resumable-uploads; fbsamples/reels_publishing_apis
REMOVED = {"pretty", "debug", "date_format", "ids", "If-None-Match"}  # of every version since 2026-10-27


def is_upload(request):
    return request["host"] == "rupload.facebook.com"


def upload_faults(request):
    names = {header["name"] for header in request["headers"]}
    if names != UPLOAD_HEADERS or not request["file_sha256"] or request["signing"] != "oauth":
        yield f"an upload is a file with {UPLOAD_HEADERS} and `Authorization: OAuth`, not {names}, {request['signing']}"


class GraphContract:
    """`nodes`: what the ids in the requests are. `files`: (node, edge) -> the parts that are files, which the
    specification lacks."""
    nodes, files = {}, {}

    def __init__(self, folder):
        self.specification = Codegen(folder)

    def target(self, request):
        """Version, node and edge (or None) of a request."""
        _, version, id, *edge = request["path"].partition("?")[0].split("/")
        return version, self.nodes.get(id, id), "/".join(edge) or None

    def name(self, request):
        """"POST Page/videos finish"; what an id is is told by the table."""
        if is_upload(request):
            return "POST rupload"
        _, node, edge = self.target(request)
        phase = given_in(request)[1].get("upload_phase")
        return f"{request['method']} {node}" + (f"/{edge}" if edge else "") + (f" {phase}" if phase else "")

    def by_hand(self, node, request, given):
        """Faults of a node that the specification lacks; None: it has it."""

    def field_faults(self, node, wanted):
        return self.specification.field_faults(node, wanted)

    def part_faults(self, node, edge, request):
        files = {part["name"] for part in request["parts"] if part["file_sha256"]}
        if files != (self.files.get((node, edge), set()) if request["parts"] else set()):
            yield f"files {files}"

    def operation_faults(self, node, edge, request, given):
        operation = self.specification.operation(node, request["method"], edge)
        if not operation:
            yield f"{node} has no {request['method']} {edge}"
            return
        yield from self.part_faults(node, edge, request)
        values = {re.sub(r"\[\d+\]$", "", name): value for name, value in given.items()}
        known = {param["name"] for param in operation["params"]}
        files = {part["name"]: "a file" for part in request["parts"] if part["file_sha256"] and part["name"] in known}
        yield from self.specification.parameter_faults(operation, {**values, **files})
        if "fields" in given:
            kind = operation["return"] if request["method"] == "GET" else node
            yield from self.field_faults(kind, fields_in(given["fields"]))

    def faults(self, request):
        if is_upload(request):
            yield from upload_faults(request)
            return
        version, node, edge = self.target(request)
        _, given = given_in(request)
        given |= {part["name"]: part["value"] for part in request["parts"] if part["value"] is not None}
        headers = {header["name"] for header in request["headers"]}
        yield from (f"{name} was removed" for name in sorted(REMOVED & (set(given) | headers)))
        if version != VERSION:
            yield f"{version} is not the version that the specification speaks of"
        faults = self.by_hand(node, request, given)
        yield from self.operation_faults(node, edge, request, given) if faults is None else faults
