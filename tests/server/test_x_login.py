#!/usr/bin/python3
"""`crier login` at X by a number that a page shows: every step's signature is verified by the sandbox."""
import json
import pathlib
import re
import subprocess
import tempfile
import unittest

from sandbox import BIN, SandboxTest


class Login(SandboxTest):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory(prefix="crier-login-")
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name)
        for name in ("campaigns", "media", "state"):
            (self.path / name).mkdir(mode=0o700)
        (self.path / "crier.cfg").write_text(
            'timezone = "Asia/Kolkata";\naccounts = ( { name = "drill"; platform = "x"; live = false;'
            f' base_url = "{self.sandbox.address}/x"; }} );\n')

    def log_in(self, key, secret, pin_of):
        """Types the keys, opens the page that is named, and types the number."""
        said = ""
        with subprocess.Popen([BIN / "crier", "-C", self.path, "login", "drill", "--by", "pin"], text=True,
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
            process.stdin.write(f"{key}\n{secret}\n")
            process.stdin.flush()
            for line in process.stdout:
                said += line
                if "oauth_token=" in line:
                    process.stdin.write(pin_of(line.strip().partition(self.sandbox.address)[2]) + "\n")
                    process.stdin.flush()
            return process.wait(timeout=30), said

    def pin_of(self, page):
        return re.search(r"<code>(\d{7})</code>", self.sandbox.ask("GET", page).body.decode())[1]

    @property
    def file(self):
        return self.path / "state/credentials/test/drill.json"

    def test_keys_and_a_number_become_a_credential(self):
        status, said = self.log_in("sandbox-police", "sandbox-police", self.pin_of)
        self.assertEqual(status, 0, said)
        self.assertIn("drill is logged in as police", said)
        self.assertEqual(set(json.loads(self.file.read_text())),
                         {"consumer_key", "consumer_secret", "access_token", "access_token_secret"})

    def test_a_wrong_secret_or_number_changes_nothing(self):
        for secret, pin in (("sandbox-other", self.pin_of), ("sandbox-police", lambda page: "0000000")):
            status, said = self.log_in("sandbox-police", secret, pin)
            self.assertEqual(status, 1, said)
            self.assertFalse(self.file.exists())


if __name__ == "__main__":
    unittest.main(verbosity=2)
