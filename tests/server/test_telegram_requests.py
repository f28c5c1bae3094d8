#!/usr/bin/python3
"""The Telegram adapter's requests against the machine-readable copy of the Bot API 10.1."""
import collections
import json
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import adapter_requests  # noqa: E402

CONTRACT = adapter_requests.SPECS / "telegram/bot-api-10.1.min.json"
EVERY = {"sendMessage": 2, "sendPhoto": 2, "sendAnimation": 2, "sendVideo": 2, "sendMediaGroup": 2, "deleteMessages": 1,
         "getChat": 1, "getMe": 1, "getChatMember": 1}
PLAIN = {"Integer": int, "String": str, "Boolean": bool, "True": bool, "Float": float}


class Contract:
    def __init__(self, path):
        self.api = json.loads(path.read_text())

    def value_faults(self, name, value, types):
        """What speaks against every type that the contract allows there."""
        said = [[*self.type_faults(name, value, one)] for one in types]
        return [] if any(not faults for faults in said) else [fault for faults in said for fault in faults]

    def type_faults(self, name, value, kind):
        if kind.startswith("Array of "):
            if not isinstance(value, list):
                yield f"{name} is no list"
                return
            for number, item in enumerate(value):
                yield from self.value_faults(f"{name}[{number}]", item, re.split(r", | and ", kind.removeprefix("Array of ")))
        elif kind in PLAIN:
            if not isinstance(value, PLAIN[kind]) or (isinstance(value, bool) and PLAIN[kind] is int):
                yield f"{name} is no {kind}"
        elif kind == "InputFile":
            if value is not File:
                yield f"{name} is no file"
        else:
            yield from self.object_faults(name, value, self.api["types"][kind].get("fields", []))

    def object_faults(self, name, value, fields):
        known = {field["name"]: field for field in fields}
        if not isinstance(value, dict):
            yield f"{name} is no object"
            return
        yield from (f"{name} lacks {field}" for field, has in known.items() if has["required"] and field not in value)
        for member, inner in value.items():
            if member not in known:
                yield f"{name} has no {member}"
            else:
                yield from self.value_faults(f"{name}.{member}", inner, known[member]["types"])

    def name(self, request):
        return request["path"].removeprefix("/")

    def faults(self, request):
        if self.name(request) not in self.api["methods"]:
            yield f"there is no method {self.name(request)}"
            return
        if (request["method"], request["signing"]) != ("POST", "bot"):
            yield "a method is asked by POST, as the bot"
        yield from self.object_faults(self.name(request), arguments_of(request),
                                      self.api["methods"][self.name(request)].get("fields", []))


class File:
    """Stands for the bytes of a part that is a file."""


def written(text):
    """In a form numbers, truths and objects are JSON text, and a text is itself."""
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, (bool, list, dict)) else text


def arguments_of(request):
    if request["body"] is not None:
        return json.loads(request["body"])
    parts = {part["name"]: File if part["file_sha256"] else written(part["value"]) for part in request["parts"]}
    attached = {item["media"].removeprefix("attach://") for item in parts.get("media", [])}
    assert attached == {name for name in attached if parts.get(name) is File}, "an item names a part that is not there"
    return {name: value for name, value in parts.items() if name not in attached}


class Requests(adapter_requests.Tests):
    platform, operations = "telegram", set(EVERY)

    @classmethod
    def read_contract(cls):
        return Contract(CONTRACT)

    def test_every_method_is_there_as_often_as_it_should(self):
        self.assertEqual(EVERY, collections.Counter(map(self.contract.name, self.requests)))

    def test_what_makes_something_public_says_that_it_cannot_be_repeated(self):
        for request in self.requests:
            self.assertEqual(request["unrepeatable"], request["path"].startswith("/send"), request["path"])

    def test_the_judge_notices(self):
        good = self.first("sendMessage")
        for change in ({"text": 1}, {"reply_to_message_id": 812}, {"reply_parameters": {}}, {"chat_id": None}):
            self.assert_noticed(good, {"body": json.dumps(json.loads(good["body"]) | change)})


if __name__ == "__main__":
    adapter_requests.main("telegram", CONTRACT)
