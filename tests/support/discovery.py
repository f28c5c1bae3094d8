"""Google's discovery document as a judge: methods with their parameters, schemas with their members."""
import json

KINDS = {"object": dict, "array": list, "string": str, "boolean": bool}


def is_of(value, kind):
    if kind == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if kind == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return kind == "any" or isinstance(value, KINDS[kind])


class Discovery:
    def __init__(self, path):
        self.document = json.loads(path.read_text())
        self.schemas = self.document["schemas"]

    def method(self, name):
        resource, verb = name.split(".")
        return self.document["resources"][resource]["methods"][verb]

    def parameters(self, name):
        return {**self.document["parameters"], **self.method(name)["parameters"]}

    def faults(self, value, schema, where="$"):
        """What is wrong with a value: members that the schema does not name are wrong too."""
        schema = self.schemas[schema["$ref"]] if "$ref" in schema else schema
        if not is_of(value, schema["type"]):
            yield f"{where}: {value!r} is no {schema['type']}"
        elif "enum" in schema and value not in schema["enum"]:
            yield f"{where}: {value!r} is none of {schema['enum']}"
        elif schema.get("format") in ("int64", "uint64") and isinstance(value, str) and not value.isdecimal():
            yield f"{where}: {value!r} is no number"
        elif isinstance(value, list):
            for number, item in enumerate(value):
                yield from self.faults(item, schema["items"], f"{where}[{number}]")
        elif isinstance(value, dict) and "properties" in schema:
            for name, item in value.items():
                if name in schema["properties"]:
                    yield from self.faults(item, schema["properties"][name], f"{where}.{name}")
                else:
                    yield f"{where}: nobody knows {name}"

    def faults_of_query(self, name, given):
        """`given`: pairs of a query. Upload parameters are the media protocol's own."""
        known = self.parameters(name)
        for parameter, value in given:
            if parameter not in known:
                yield f"there is no parameter {parameter}"
            elif known[parameter]["type"] == "boolean" and value not in ("true", "false"):
                yield f"{parameter}={value} is no truth"
            elif known[parameter]["type"] == "integer" and not value.isdecimal():
                yield f"{parameter}={value} is no number"
        names = {parameter for parameter, _ in given}
        yield from (f"{parameter} is missing" for parameter, rule in known.items()
                    if rule.get("required") and parameter not in names)

    def faults_of_answer(self, name, value):
        yield from self.faults(value, self.method(name)["response"])
