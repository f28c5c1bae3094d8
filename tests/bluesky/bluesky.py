"""Bluesky's own server and library for a test, run by node from build/bluesky (see ./install)."""
import json
import os
import pathlib
import secrets
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE.parents[1]
sys.path[:0] = [str(SOURCE / "tests/support")]
import judges  # noqa: E402

JUDGES = pathlib.Path(os.environ.get("CRIER_JUDGES", SOURCE / "build/bluesky")).resolve()
LIMIT_S = 60


def skip_unless_installed(name):
    judges.skip_unless(name, ["node"], JUDGES, "its judges are not here; tests/bluesky/install brings them")


class Judge:
    """A node program that answers each line of JSON with a line of JSON."""

    def __init__(self, script, *words):
        environment = {"PATH": os.environ["PATH"], "NODE_PATH": str(JUDGES / "node_modules"), "NODE_NO_WARNINGS": "1"}
        self.process = subprocess.Popen(["node", str(HERE / script), *words], env=environment, text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, value):
        self.process.stdin.write(json.dumps(value) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.process.stdin.close()  # it ends by that
        self.process.wait(LIMIT_S)
        self.process.stdout.close()


class Server(Judge):
    """The server, on a port of its own, with one account a name. It ends with this value, or with us."""

    def __init__(self, *names):
        super().__init__("pds.js")
        line = self.process.stdout.readline()
        assert line.startswith("READY "), f"Bluesky's server said {line!r}"
        self.url = line.split()[1]
        self.port = urllib.parse.urlsplit(self.url).port
        self.accounts = {name: self.make_account(name) for name in names}

    def make_account(self, name):
        """Short handles such as sky.test are reserved."""
        handle, password = f"{name}-office.test", secrets.token_hex(10)
        status, answer = self.call("com.atproto.server.createAccount", body={
            "handle": handle, "password": password, "email": f"{name}@example.test"})
        assert status == 200, answer
        return {"handle": handle, "password": password, "did": answer["did"]}

    def move_clock(self, seconds):
        """All tokens of an age below `seconds` are over from now on, by the server's own judgement."""
        self.process.stdin.write(f"ahead {seconds}\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "AHEAD\n"

    def call(self, method, token=None, body=None, **query):
        """One XRPC call: the status and the answer. With a body it is a procedure."""
        content = json.dumps(body).encode() if body is not None else None
        return self._ask(f"{method}?{urllib.parse.urlencode(query)}", content, "application/json", token)

    def upload(self, content, mime, token):
        return self._ask("com.atproto.repo.uploadBlob", content, mime, token)

    def _ask(self, path, content, mime, token):
        headers = {"Content-Type": mime} if content is not None else {}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        request = urllib.request.Request(f"{self.url}/xrpc/{path}", content, headers)
        try:
            with urllib.request.urlopen(request, timeout=LIMIT_S) as answer:
                return answer.status, json.loads(answer.read() or "{}")
        except urllib.error.HTTPError as refused:
            return refused.code, json.loads(refused.read() or "{}")

    def log_in(self, name):
        account = self.accounts[name]
        status, session = self.call("com.atproto.server.createSession",
                                    body={"identifier": account["handle"], "password": account["password"]})
        assert status == 200, session
        return session
