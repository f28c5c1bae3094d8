"""A strict OAuth 2 server in front of the sandbox's X, for a test; run by node from build/oauth (see ./install)."""
import http.client
import json
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE.parents[1]
sys.path[:0] = [str(SOURCE / "tests/support")]
import judges  # noqa: E402

JUDGE = pathlib.Path(os.environ.get("CRIER_OAUTH", SOURCE / "build/oauth")).resolve()
CLIENT = {"client_id": "crier", "client_secret": "a secret/with:signs"}
LIMIT_S = 60


def skip_unless_installed(name):
    judges.skip_unless(name, ["node"], JUDGE, "its server is not here; tests/oauth/install brings it")


class Gateway:
    """Between Crier and a sandbox. Ends with this value, or with us."""

    def __init__(self, sandbox):
        environment = {"PATH": os.environ["PATH"], "NODE_NO_WARNINGS": "1"}
        self.process = subprocess.Popen(["node", str(HERE / "server.js"), str(sandbox.port), str(JUDGE / "node_modules")],
                                        env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        line = self.process.stdout.readline()
        assert line.startswith("READY "), f"the OAuth server said {line!r}"
        self.port = int(line.split()[1])
        self.host = f"127.0.0.1:{self.port}"
        self.clock_host = f"127.0.0.1:{sandbox.port}"

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.process.stdin.close()
        self.process.wait(LIMIT_S)
        self.process.stdout.close()

    def ask(self, method, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=LIMIT_S)
        try:
            connection.request(method, path, headers={"Connection": "close"})
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()

    def log_in(self):
        """The credential of somebody who has just logged in: a new family of tokens."""
        return {**CLIENT, **self.ask("POST", "/_oauth/login")}

    @property
    def counts(self):
        return self.ask("GET", "/_oauth/counts")
