"""Meta's own description of the Graph API (facebook-business-sdk-codegen): nodes, edges, parameters, fields."""
import json
import re
import urllib.parse

ALWAYS = {"fields", "limit", "after", "before"}  # of every edge that lists, and of every reading


def fields_in(text):
    """"a,b{c,d}" -> {"a": None, "b": {"c": None, "d": None}}"""
    found, name, depth, start = {}, "", 0, 0
    for at, letter in enumerate(text + ","):
        if letter == "{":
            start, depth = (at + 1, depth + 1) if depth == 0 else (start, depth + 1)
        elif letter == "}":
            depth -= 1
            if depth == 0:
                found[name], name = fields_in(text[start:at]), ""
        elif depth == 0 and letter == ",":
            if name:
                found[name] = None
            name = ""
        elif depth == 0:
            name += letter
    return found


class Codegen:
    def __init__(self, folder, enums="enum_types.subset.json"):
        self.folder = folder
        self.nodes = {}
        self.enums = {row["name"]: row["values"] for row in json.loads((folder / enums).read_text())}

    def node(self, name):
        if name not in self.nodes:
            self.nodes[name] = json.loads((self.folder / f"{name}.json").read_text())
        return self.nodes[name]

    def operation(self, node, method, edge):
        return next((api for api in self.node(node)["apis"] if api["method"] == method and api.get("endpoint") == edge), None)

    def is_type(self, value, kind):
        if kind == "bool":
            return value in ("true", "false")
        if kind in ("int", "unsigned int"):
            return re.fullmatch(r"-?\d+" if kind == "int" else r"\d+", value) is not None
        if kind == "datetime":
            return re.fullmatch(r"\d{10}", value) is not None
        if kind in self.enums:
            return value.upper() in (each.upper() for each in self.enums[kind])
        return bool(value)

    def parameter_faults(self, operation, given):
        """`given`: name -> value."""
        known = {param["name"]: param for param in operation["params"]}
        for name, value in given.items():
            if name in ALWAYS and operation["method"] == "GET":
                continue
            if name not in known:
                yield f"{name} is not in the specification"
            elif not self.is_type(value, known[name]["type"]):
                yield f"{name}={value} is no {known[name]['type']}"
        yield from (f"{name} is missing" for name, param in known.items() if param.get("required") and name not in given)

    def field_faults(self, node, wanted, more=()):
        """`wanted` as fields_in gives it; `more`: fields that the specification lacks."""
        known = {field["name"]: field["type"] for field in self.node(node)["fields"]}
        edges = {api["endpoint"]: api["return"] for api in self.node(node)["apis"] if api.get("endpoint")}
        for name, below in wanted.items():
            kind = known.get(name) or edges.get(name)
            if name not in more and not kind:
                yield f"{node} has no field {name}"
            elif below and kind:
                yield from self.field_faults(kind, below)


def given_in(request):
    """The parameters of a request as it is stored: of its query and of its urlencoded body."""
    path, _, query = request["path"].partition("?")
    given = dict(urllib.parse.parse_qsl(query, strict_parsing=True)) if query else {}
    if request["body"]:
        given |= dict(urllib.parse.parse_qsl(request["body"], strict_parsing=True))
    return path, given
