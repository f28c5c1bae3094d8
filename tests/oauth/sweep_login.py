#!/usr/bin/python3
"""A delivery to X behind a strict OAuth 2 server, killed at its state-changing system calls, all threads.

    sweep_login.py [--every N]

Its first refresh token is good for one use. Killed between the server's answer and our store, the only good token is
gone: then the next run must say that a new login is needed, and its post waits; after the login it goes out. Killed
anywhere else, no login is needed and no token is used twice. One post each time.
"""
import argparse
import collections
import json
import sys
import tempfile
import threading
import time

import oauth

sys.path[:0] = [str(oauth.SOURCE / "tests/support"), str(oauth.SOURCE / "tests/fault")]
import harness  # noqa: E402
import sweep  # noqa: E402

KIND = "X text, behind an OAuth 2 server"
PLACE = harness.Place("x", "x", ' auth = "oauth2";', {}, r"/2/tweets$")
WAITS = ("planned", "ready", "preparing")


class Delivery(harness.Delivery):
    """One delivery with a family of tokens of its own. `ends` counts how many needed a new login."""
    ends, lock = collections.Counter(), threading.Lock()
    logins = 0  # the sandbox's own count is that of the gateway

    def __init__(self, kind, folder=None):
        super().__init__(kind, folder, at="2026-12-01 09:31", useful_for="5d")
        self.notes = []

    def __enter__(self):
        super().__enter__()
        self.gateway = self.stack.enter_context(oauth.Gateway(self.sandbox))
        (self.workspace.path / "crier.cfg").write_text(harness.config(self.place, f"http://{self.gateway.host}/x"))
        self.log_in()
        return self

    def log_in(self):
        (self.workspace.state / "credentials/test/drill.json").write_text(json.dumps(self.gateway.log_in()))

    @property
    def is_paused(self):
        accounts = self.ask("status")[1].get("accounts", [])
        return any(account["paused"] == "token" for account in accounts)

    def check_waiting(self):
        """What must hold while nobody has logged in again."""
        status, facts = self.ask("accounts")
        if status != 1 or "crier login drill" not in facts["accounts"][0]["warning"]:
            self.notes.append(f"accounts says nothing of it: {status} {facts}")
        if not any("Log in again" in alarm for alarm in self.alarms):
            self.notes.append(f"nobody was told: {self.alarms}")
        if [row["state"] for row in self.rows] and not all(row["state"] in WAITS for row in self.rows):
            self.notes.append(f"it does not wait: {self.rows}")
        if self.gateway.counts["refused"] == 0:
            self.notes.append("a new login is asked for, and the server refused nothing")

    def judge(self):
        lost = self.is_paused
        if lost:
            self.check_waiting()
            self.log_in()
            self.run()
        elif self.gateway.counts["revoked"]:
            self.notes.append("a token was used twice, and nobody was told")
        with self.lock:
            self.ends["a new login" if lost else "no new login"] += 1
        verdict = super().judge()
        for note in self.notes:
            verdict.count("untrue", note)
        return verdict


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=int, default=1)
    options = parser.parse_args(namespace=argparse.Namespace(kinds=[KIND]))
    oauth.skip_unless_installed("oauth_calls")
    harness.skip_unless_built("oauth_calls")
    harness.KINDS[KIND] = harness.Kind(PLACE)
    harness.Delivery = Delivery
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="crier-sweep-") as folder:
        whole = sweep.Sweep(folder)
        sweep.sweep_calls(options, whole)
    ends = ", ".join(f"{what}: {count}" for what, count in sorted(Delivery.ends.items()))
    print(f"sweep of logins: kills {whole.kills} {whole.total} in {time.monotonic() - began:.0f} s; {ends}")
    return not whole.total.good


if __name__ == "__main__":
    sys.exit(main())
