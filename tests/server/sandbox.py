"""A running crier-sandbox for a test, and short ways to talk to it. Standard library only."""
import http.client
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
import uuid

BIN = pathlib.Path(os.environ.get("CRIER_BIN", "build/dev/bin"))
SOURCE = pathlib.Path(__file__).resolve().parents[2]
PICTURES = SOURCE / "tests/support/media"
POLICE = {"Authorization": "Bearer sandbox-police"}


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    @property
    def json(self):
        return json.loads(self.body)


class Sandbox:
    """Started on a free port; ended by its own process id."""

    def __init__(self, *options):
        self.process = subprocess.Popen([BIN / "crier-sandbox", "--port", "0", *map(str, options)],
                                        stdout=subprocess.PIPE, text=True)
        word, address = self.process.stdout.readline().split()
        assert word == "READY", word
        self.address = address
        self.port = int(address.rsplit(":", 1)[1])

    def stop(self):
        self.process.terminate()
        return self._ended()

    def kill(self):
        self.process.kill()
        return self._ended()

    def _ended(self):
        status = self.process.wait(timeout=10)
        self.process.stdout.close()
        return status

    def connect(self, timeout=10):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)

    def ask(self, method, path, body=None, headers=None, timeout=10):
        connection = self.connect(timeout)
        headers = dict(headers or {})
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
            headers.setdefault("Content-Type", "application/json")
        try:
            connection.request(method, path, body.encode() if isinstance(body, str) else body, headers)
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def post(self, text="नमस्ते", server="mastodon", key=None, who=None, **more):
        headers = dict(who or POLICE)
        if key:
            headers["Idempotency-Key"] = key
        return self.ask("POST", f"/{server}/api/v1/statuses", {"status": text, **more}, headers)

    def upload(self, content, mime="image/jpeg", alt=None, path="/mastodon/api/v2/media", name="a.jpg", **headers):
        body, kind = multipart({"description": alt} if alt else {}, ("file", name, mime, content))
        return self.ask("POST", path, body, {**POLICE, "Content-Type": kind, **headers})

    def faults(self, *faults):
        answer = self.ask("PUT", "/_sandbox/faults", {"faults": list(faults)})
        assert answer.status == 200, answer.body
        return answer.json

    def set_clock(self, now):
        return self.ask("PUT", "/_sandbox/clock", {"now": now})

    @property
    def posts(self):
        return self.ask("GET", "/_sandbox/posts").json["posts"]

    @property
    def requests(self):
        return self.ask("GET", "/_sandbox/requests").json["requests"]

    @property
    def clock(self):
        return self.ask("GET", "/_sandbox/clock").json


def multipart(fields, *files):
    mark = uuid.uuid4().hex
    parts = [f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
             for name, value in fields.items()]
    parts += [f'--{mark}\r\nContent-Disposition: form-data; name="{field}"; filename="{filename}"\r\n'
              f'Content-Type: {mime}\r\n\r\n'.encode() + content + b"\r\n" for field, filename, mime, content in files]
    return b"".join(parts) + f"--{mark}--\r\n".encode(), f"multipart/form-data; boundary={mark}"


def picture(name="plain.jpg"):
    return (PICTURES / name).read_bytes()


VIDEO = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"\0" * 100


class SandboxTest(unittest.TestCase):
    """One sandbox a test."""
    options = ()

    def setUp(self):
        self.sandbox = Sandbox(*self.options)

    def tearDown(self):
        if self.sandbox.process.returncode is None:
            self.assertEqual(self.sandbox.stop(), 0, "the sandbox did not end cleanly")

    def refused(self, answer, status, text):
        self.assertEqual((answer.status, answer.json), (status, {"error": text}))


def folder():
    return tempfile.TemporaryDirectory(prefix="crier-sandbox-")


def skip(name, why):
    print(f"SKIPPED {name}: {why}")
    sys.exit(77)
