#!/usr/bin/python3
"""`crier login --by code` against a strict OAuth 2 server: PKCE, codes that are good once, and the daemon after it."""
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
import urllib.parse

import oauth

sys.dont_write_bytecode = True
sys.path[:0] = [str(oauth.SOURCE / "tests/server")]
import sandbox  # noqa: E402

CLIENT = f"{oauth.CLIENT['client_id']}\n{oauth.CLIENT['client_secret']}\n"


class Login(unittest.TestCase):
    def setUp(self):
        folder = self.enterContext(tempfile.TemporaryDirectory(prefix="crier-login-"))
        self.sandbox = sandbox.Sandbox("--unlimited")
        self.addCleanup(self.sandbox.kill)
        self.gateway = self.enterContext(oauth.Gateway(self.sandbox))
        self.path = pathlib.Path(folder)
        for part in ("campaigns", "media"):
            (self.path / part).mkdir()
        (self.path / "crier.cfg").write_text(
            'timezone = "Asia/Kolkata";\naccounts = ( { name = "drill"; platform = "x"; auth = "oauth2"; live = false;\n'
            f'  handle = "police"; base_url = "http://{self.gateway.host}/x"; }} );\n')

    def log_in(self, paste):
        """`paste` makes of the page's query what the person pastes. Exit status, output, the page's query."""
        process = subprocess.Popen([sandbox.BIN / "crier", "-C", self.path, "login", "drill"], text=True,
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        process.stdin.write(CLIENT)
        process.stdin.flush()
        said, page = "", None
        while not page:
            line = process.stderr.readline()
            self.assertTrue(line, said)
            said, page = said + line, re.search(r"(\S+/i/oauth2/authorize)\?(\S+)", line)
        query = page[2]
        out, rest = process.communicate(paste(query) + "\n", timeout=oauth.LIMIT_S)
        return process.returncode, out + said + rest, query

    def allowed(self, query):
        """The address that a browser ends at."""
        state = urllib.parse.parse_qs(query)["state"][0]
        code = self.gateway.ask("POST", f"/_oauth/allow?{query}")["code"]
        return f"http://localhost:8080/callback?state={state}&code={code}"

    @property
    def credential(self):
        path = self.path / "state/credentials/test/drill.json"
        return json.loads(path.read_text()) if path.exists() else None

    def test_the_pasted_address_becomes_a_credential_that_the_daemon_goes_on_with(self):
        status, said, query = self.log_in(self.allowed)
        self.assertEqual(status, 0, said)
        self.assertIn("account drill is logged in as police", said)
        self.assertEqual(set(self.credential), {"client_id", "client_secret", "refresh_token"})
        for secret in (oauth.CLIENT["client_secret"], self.credential["refresh_token"]):
            self.assertNotIn(secret, said)
        self.assertIn("code_challenge_method=S256", query)
        self.assertEqual(self.gateway.counts["refreshed"], 1, "the code; the refresh token is the daemon's to spend")
        done = subprocess.run([sandbox.BIN / "crier", "-C", self.path, "run", "--until-idle"], capture_output=True,
                              text=True, timeout=oauth.LIMIT_S, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.gateway.counts["refused"] + self.gateway.counts["revoked"], 0)
        self.assertNotIn("ALARM", done.stderr)

    def test_a_code_of_another_login_is_refused(self):
        """Whose page was stolen has another verifier: the code is good for nobody else."""
        other = "response_type=code&client_id=crier&redirect_uri=http%3A%2F%2Flocalhost%3A8080%2Fcallback" \
                "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256"

        def stolen(query):
            code = self.gateway.ask("POST", f"/_oauth/allow?{other}")["code"]
            return f"http://localhost:8080/callback?state={urllib.parse.parse_qs(query)['state'][0]}&code={code}"

        status, said, _ = self.log_in(stolen)
        self.assertEqual(status, 1, said)
        self.assertIn("nothing was changed", said)
        self.assertIsNone(self.credential)

    def test_a_code_is_good_once_and_the_old_credential_stays(self):
        first = []

        def remember(query):
            first.append(self.allowed(query))
            return first[0]

        def again(query):
            return re.sub("state=[0-9a-f]+", "state=" + urllib.parse.parse_qs(query)["state"][0], first[0])

        self.assertEqual(self.log_in(remember)[0], 0)
        before = self.credential
        status, said, _ = self.log_in(again)
        self.assertEqual(status, 1, said)
        self.assertEqual(self.credential, before)

    def test_what_was_pasted_from_an_older_page_is_told_apart(self):
        status, said, _ = self.log_in(lambda query: "http://localhost:8080/callback?state=old&code=abc")
        self.assertEqual(status, 1, said)
        self.assertIn("belongs to another login", said)
        self.assertEqual(self.gateway.counts["refused"], 0, "nobody was asked")


if __name__ == "__main__":
    oauth.skip_unless_installed("oauth_login")
    unittest.main()
