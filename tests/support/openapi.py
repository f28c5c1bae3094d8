"""OpenAPI documents as judges: of values, and of the requests that an adapter can send. Standard library only."""
import json
import re
import urllib.parse

TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}


def is_of(value, name):
    if name == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if name == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return isinstance(value, TYPES[name])


class Schema:
    """The part of JSON Schema that the document uses: $ref, type, enum, required, properties, items, oneOf."""

    def __init__(self, document):
        self.document = document

    def follow(self, schema):
        while "$ref" in schema:
            target = self.document
            for step in schema["$ref"].removeprefix("#/").split("/"):
                target = target[step]
            schema = target
        return schema

    def faults(self, value, schema, where="$"):
        schema = self.follow(schema)
        kinds = schema.get("type", [])
        kinds = [kinds] if isinstance(kinds, str) else kinds
        if kinds and not any(is_of(value, kind) for kind in kinds):
            return [f"{where}: {value!r} is no {kinds}"]
        found = []
        if "enum" in schema and value not in schema["enum"]:
            found.append(f"{where}: {value!r} is none of {schema['enum']}")
        for kind in ("oneOf", "anyOf"):
            if kind in schema and all(self.faults(value, choice, where) for choice in schema[kind]):
                found.append(f"{where}: fits no choice: {self.faults(value, schema[kind][0], where)}")
        for part in schema.get("allOf", []):
            found += self.faults(value, part, where)
        if schema.get("format") == "date-time" and isinstance(value, str):
            if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", value):
                found.append(f"{where}: {value!r} is no date-time")
        if isinstance(value, dict):
            found += [f"{where}: {name} is missing" for name in schema.get("required", []) if name not in value]
            for name, member in value.items():
                if name in schema.get("properties", {}):
                    found += self.faults(member, schema["properties"][name], f"{where}.{name}")
        if isinstance(value, list) and "items" in schema:
            for number, item in enumerate(value):
                found += self.faults(item, schema["items"], f"{where}[{number}]")
        return found

    def members(self, schema):
        """What an object of this schema may have: name -> schema."""
        schema = self.follow(schema)
        found = dict(schema.get("properties", {}))
        for kind in ("allOf", "oneOf", "anyOf"):
            for part in schema.get(kind, []):
                found |= self.members(part)
        return found

    def operation(self, method, path):
        """The document's path and operation; a literal path wins over one with a parameter."""
        method, path = method.lower(), path.partition("?")[0]
        fitting = [name for name, operations in self.document["paths"].items()
                   if re.fullmatch(re.sub(r"\{[^}]*\}", "[^/]+", name), path) and method in operations]
        name = min(fitting, key=lambda name: name.count("{"), default=None)
        return name, name and self.document["paths"][name][method]

    def parameters(self, operation, place):
        return {known["name"]: known for known in map(self.follow, operation.get("parameters", [])) if known["in"] == place}


def typed(text, kind):
    """What the text of a query or of a part means to a document that says it is of this type."""
    if kind == "array":
        return text.split(",")
    if kind == "boolean":
        return {"true": True, "false": False}.get(text, text)
    return int(text) if kind == "integer" and text.isdecimal() else text


class RequestSchema(Schema):
    """... and of requests, which may have nothing that the document does not name."""

    def name(self, request):
        return f"{request['method']} {self.operation(request['method'], request['path'])[0]}"

    def query_faults(self, request, operation):
        known = self.parameters(operation, "query")
        _, _, query = request["path"].partition("?")
        given = urllib.parse.parse_qsl(query, strict_parsing=True) if query else []
        for name, value in given:
            if name not in known:
                yield f"query parameter {name} is not in the document"
                continue
            schema = self.follow(known[name]["schema"])
            yield from self.faults(typed(value, schema.get("type")), schema, name)
        yield from (f"query parameter {name} is missing" for name, parameter in known.items()
                    if parameter.get("required") and name not in dict(given))

    def path_faults(self, request, name, operation):
        known = self.parameters(operation, "path")
        for place, part in zip(name.split("/"), request["path"].partition("?")[0].split("/")):
            if place.strip("{}") in known:
                yield from self.faults(part, known[place.strip("{}")]["schema"], place)

    def header_faults(self, request, operation):
        known = {"Content-Type", *self.parameters(operation, "header")}
        return (f"header {header['name']} is not in the document" for header in request["headers"] if header["name"] not in known)

    def value_of_parts(self, parts, schema):
        """A part is a text; a file stands for its bytes."""
        kinds = {name: self.follow(member).get("type") for name, member in self.members(schema).items()}
        return {part["name"]: "bytes" if part["file_sha256"] else typed(part["value"], kinds.get(part["name"])) for part in parts}

    def member_faults(self, value, schema):
        yield from self.faults(value, schema)
        yield from (f"{name} is not in the document" for name in value if name not in self.members(schema))

    def body_faults(self, request, operation):
        content = operation.get("requestBody", {}).get("content", {})
        kinds = {header["name"]: header["value"] for header in request["headers"]}
        if request["parts"]:
            schema = content["multipart/form-data"]["schema"]
            yield from self.member_faults(self.value_of_parts(request["parts"], schema), schema)
            yield from ("file without type or name" for part in request["parts"]
                        if part["file_sha256"] and not (part["mime"] and part["filename"]))
        elif request["body"] is not None:
            yield from self.member_faults(json.loads(request["body"]), content[kinds["Content-Type"]]["schema"])
        elif operation.get("requestBody", {}).get("required"):
            yield "the body is missing"

    def request_faults(self, request):
        name, operation = self.operation(request["method"], request["path"])
        if not operation:
            yield "no such operation"
            return
        for faults in (self.query_faults, self.body_faults, self.header_faults):
            yield from faults(request, operation)
        yield from self.path_faults(request, name, operation)
