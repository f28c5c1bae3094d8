"""Bluesky's published schemas as a judge: what a value has that its lexicon does not allow.

The part of the Lexicon language that our documents use: object, array, string, integer, boolean, blob,
unknown, ref, union, record. Unions are open and objects may have members that no schema names, as the
language says. Graphemes are not counted: lengths are in bytes only.
"""
import functools
import json
import re

DATETIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-](?!00:00$)\d\d:\d\d|\+00:00)"
FORMATS = {
    "did": r"did:[a-z]+:[A-Za-z0-9._:%-]*[A-Za-z0-9._-]",
    "handle": r"([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?",
    "cid": r"b[a-z2-7]{58}",
    "tid": r"[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}",
    "at-uri": r"at://[^/\s]+/[A-Za-z0-9.]+/[A-Za-z0-9._:~-]+",
    "datetime": DATETIME,
    "uri": r"[a-z][a-z0-9+.-]*:[^\s]+",
    "language": r"[a-z]{2,3}(-[A-Za-z0-9]+)*",
    "record-key": r"[A-Za-z0-9._:~-]{1,512}",
    "nsid": r"[a-z][A-Za-z0-9.-]*\.[A-Za-z][A-Za-z0-9]*",
    "at-identifier": r"\S+",
}


class Lexicons:
    def __init__(self, folder):
        self.folder = folder

    @functools.cache
    def document(self, name):
        return json.loads((self.folder / f"{name.replace('.', '/')}.json").read_text())["defs"]

    def find(self, reference, home):
        name, _, part = reference.partition("#")
        name = name or home
        return self.document(name)[part or "main"], name

    def output(self, method):
        return self.document(method)["main"].get("output", {}).get("schema")

    def errors(self, method):
        return [error["name"] for error in self.document(method)["main"].get("errors", [])]

    def faults_of_output(self, method, value):
        schema = self.output(method)
        return self.faults(value, schema, method) if schema else []

    def faults_of_record(self, collection, value):
        return self.faults(value, self.document(collection)["main"]["record"], collection)

    def faults(self, value, schema, home, where="$"):
        return getattr(self, "_" + schema["type"])(value, schema, home, where)

    def _object(self, value, schema, home, where):
        if not isinstance(value, dict):
            return [f"{where}: {value!r} is no object"]
        found = [f"{where}: {name} is missing" for name in schema.get("required", []) if name not in value]
        for name, member in schema.get("properties", {}).items():
            if name in value and not (value[name] is None and name in schema.get("nullable", [])):
                found += self.faults(value[name], member, home, f"{where}.{name}")
        return found

    def _array(self, value, schema, home, where):
        if not isinstance(value, list):
            return [f"{where}: {value!r} is no list"]
        found = [f"{where}: has {len(value)}"] if len(value) > schema.get("maxLength", len(value)) else []
        for number, item in enumerate(value):
            found += self.faults(item, schema["items"], home, f"{where}[{number}]")
        return found

    def _string(self, value, schema, home, where):
        if not isinstance(value, str):
            return [f"{where}: {value!r} is no text"]
        if len(value.encode()) > schema.get("maxLength", 1 << 30):
            return [f"{where}: has {len(value.encode())} bytes"]
        if "format" in schema and not re.fullmatch(FORMATS[schema["format"]], value):
            return [f"{where}: {value!r} is no {schema['format']}"]
        return []

    def _integer(self, value, schema, home, where):
        if not isinstance(value, int) or isinstance(value, bool):
            return [f"{where}: {value!r} is no whole number"]
        if not schema.get("minimum", value) <= value <= schema.get("maximum", value):
            return [f"{where}: {value} is out of range"]
        return []

    def _boolean(self, value, schema, home, where):
        return [] if isinstance(value, bool) else [f"{where}: {value!r} is no truth"]

    def _unknown(self, value, schema, home, where):
        return [] if isinstance(value, dict) else [f"{where}: {value!r} is no object"]

    def _ref(self, value, schema, home, where):
        target, name = self.find(schema["ref"], home)
        return self.faults(value, target, name, where)

    def _union(self, value, schema, home, where):
        if not isinstance(value, dict) or "$type" not in value:
            return [f"{where}: has no $type"]
        for reference in schema["refs"]:
            target, name = self.find(reference, home)
            part = reference.partition("#")[2]
            if value["$type"] == name + (f"#{part}" if part else ""):
                return self.faults(value, target, name, where)
        return []

    def _blob(self, value, schema, home, where):
        if not isinstance(value, dict) or value.get("$type") != "blob" or set(value) != {"$type", "ref", "mimeType", "size"}:
            return [f"{where}: {value!r} is no blob"]
        found = self._string(value["ref"].get("$link"), {"format": "cid"}, home, f"{where}.ref")
        found += self._integer(value["size"], {"minimum": 1, "maximum": schema.get("maxSize", 1 << 40)}, home, f"{where}.size")
        accepts = [rule.rstrip("*") for rule in schema.get("accept", ["*"])]
        if not any(value["mimeType"].startswith(rule) for rule in accepts):
            found.append(f"{where}: {value['mimeType']} is none of {schema['accept']}")
        return found
