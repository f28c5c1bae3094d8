#!/usr/bin/python3
"""`crier login` against the sandbox's own pages, each way that needs a browser: a code, a device, a number."""
import http.client
import json
import pathlib
import re
import subprocess
import tempfile
import unittest
import urllib.parse

import sandbox

LIMIT_S = 30
GOOGLE, X1, X2 = "me\na secret\n", "sandbox-police\nsandbox-police\n", "me\n\n"


class Pages(unittest.TestCase):
    def setUp(self):
        self.path = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="crier-login-")))
        self.sandbox = sandbox.Sandbox()
        self.addCleanup(self.sandbox.kill)
        for part in ("campaigns", "media"):
            (self.path / part).mkdir()

    def account(self, platform, keys=""):
        (self.path / "crier.cfg").write_text(
            f'timezone = "Asia/Kolkata";\naccounts = ( {{ name = "drill"; platform = "{platform}"; live = false; {keys}'
            f' base_url = "http://127.0.0.1:{self.sandbox.port}/{platform}"; }} );\n')

    def open_page(self, address):
        """As a browser does that cannot reach the app: the answer, and where it would go on."""
        parts = urllib.parse.urlsplit(address)
        self.assertEqual(parts.port, self.sandbox.port)
        connection = http.client.HTTPConnection("127.0.0.1", parts.port, timeout=LIMIT_S)
        connection.request("GET", f"{parts.path}?{parts.query}")
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text, answer.headers.get("Location")

    def log_in(self, typed, browse, *words, status=0):
        """`browse` opens the page that is shown and gives what the person types then, or None."""
        process = subprocess.Popen([sandbox.BIN / "crier", "-C", self.path, "login", "drill", *words], text=True,
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        process.stdin.write(typed)
        process.stdin.flush()
        said, page = "", None
        while not page:
            line = process.stderr.readline()
            self.assertTrue(line, said)
            said, page = said + line, re.search(r"http://\S+", line)
        out, rest = process.communicate(browse(page[0], line) or "", timeout=LIMIT_S)
        self.assertEqual(process.returncode, status, said + out + rest)
        return out + said + rest

    @property
    def credential(self):
        path = self.path / "state/credentials/test/drill.json"
        return json.loads(path.read_text()) if path.exists() else None

    def copied(self, page, line):
        status, _, location = self.open_page(f"{page}&as=traffic")
        self.assertEqual(status, 302)
        return location + "\n"

    def test_youtube_by_a_code(self):
        self.account("youtube")
        said = self.log_in(GOOGLE, self.copied)
        self.assertIn("account drill is logged in as traffic", said)
        self.assertEqual(self.credential, {"client_id": "me", "client_secret": "a secret", "refresh_token": "sandbox-traffic"})

    def test_youtube_by_a_device(self):
        def type_code(page, line):
            code = line.split()[-1]
            self.assertEqual(self.open_page(f"{page}?user_code=nonsense")[0], 404)
            self.assertEqual(self.open_page(f"{page}?user_code={code}")[0], 200)

        self.account("youtube")
        said = self.log_in(GOOGLE, type_code, "--by", "device")
        self.assertIn("account drill is logged in as police", said)
        self.assertEqual(self.credential["refresh_token"], "sandbox-police")

    def test_x_by_a_code(self):
        self.account("x", 'auth = "oauth2";')
        said = self.log_in(X2, self.copied)
        self.assertIn("account drill is logged in as traffic", said)
        self.assertEqual(set(self.credential), {"client_id", "refresh_token"})

    def test_x_by_a_number(self):
        def read_number(page, line):
            return re.search(r"\b\d{7}\b", self.open_page(page)[1])[0] + "\n"

        self.account("x")
        said = self.log_in(X1, read_number)
        self.assertIn("account drill is logged in as police", said)
        self.assertEqual(set(self.credential), {"consumer_key", "consumer_secret", "access_token", "access_token_secret"})

    def test_a_wrong_number_is_no_login(self):
        self.account("x")
        self.log_in(X1, lambda page, line: self.open_page(page) and "1\n", status=1)
        self.assertIsNone(self.credential)

    def test_a_code_is_good_once(self):
        first = []

        def keep(page, line):
            first.append(self.copied(page, line))
            return first[0]

        def again(page, line):
            state = urllib.parse.parse_qs(urllib.parse.urlsplit(page).query)["state"][0]
            return re.sub("state=[0-9a-f]+", f"state={state}", first[0])

        self.account("youtube")
        self.log_in(GOOGLE, keep)
        self.log_in(GOOGLE, again, status=1)


if __name__ == "__main__":
    unittest.main()
