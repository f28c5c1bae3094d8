#!/usr/bin/python3
"""A delivery to Bluesky's own server, killed at its state-changing system calls, all threads: one record each time.

    sweep_server.py [--every N]    at every N-th call

As tests/fault/sweep.py does it on the sandbox; here the sandbox lends only its clock. One server serves all
runs, each on an account of its own.
"""
import argparse
import itertools
import json
import sys
import tempfile
import threading
import time

import bluesky

sys.path[:0] = [str(bluesky.SOURCE / "tests/support"), str(bluesky.SOURCE / "tests/fault")]
import harness  # noqa: E402
import oracle  # noqa: E402
import sweep  # noqa: E402

KIND = "A pictures, Bluesky's own server"
PICTURES = 2


class Delivery(harness.Delivery):
    """One delivery whose public is what the server has in a fresh account."""
    server, library = None, None
    numbers, lock = itertools.count(), threading.Lock()

    def __enter__(self):
        super().__enter__()
        with self.lock:
            self.account = self.server.make_account(f"sweep{next(self.numbers)}")
        (self.workspace.path / "crier.cfg").write_text(harness.config(self.place, self.server.url))
        (self.workspace.state / "credentials/test/drill.json").write_text(json.dumps(
            {"identifier": self.account["handle"], "password": self.account["password"]}))
        return self

    @property
    def public(self):
        with self.lock:
            posts = self.library.ask(self.account["did"])
        return [{"id": post["uri"], "account": self.account["handle"], "text": post["text"],
                 "media": [{"sha256": image["sha256"]} for image in post["images"]]} for post in posts]

    @property
    def wanted(self):
        return oracle.Wanted(harness.NAME, self.account["handle"], harness.TEXT, super().wanted.media)

    def judge(self):
        verdict = oracle.judge([self.wanted], self.public, self.rows, self.alarms)
        status, said = self.ask("audit", "verify")
        if status != 0 or not said.get("ok"):
            verdict.count("untrue", f"audit verify: {status} {said}")
        return verdict


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=int, default=1)
    options = parser.parse_args(namespace=argparse.Namespace(kinds=[KIND]))
    bluesky.skip_unless_installed("bluesky_sweep")
    harness.skip_unless_built("bluesky_sweep")
    harness.KINDS[KIND] = (harness.BLUESKY, PICTURES)
    harness.Delivery = Delivery
    began = time.monotonic()
    with bluesky.Server() as Delivery.server, tempfile.TemporaryDirectory(prefix="crier-sweep-") as folder:
        with bluesky.Judge("read_back.js", Delivery.server.url) as Delivery.library:
            run = sweep.Sweep(folder)
            sweep.sweep_calls(options, run)
    print(f"sweep of Bluesky's own server: kills {run.kills} {run.total} in {time.monotonic() - began:.0f} s")
    return not run.total.good


if __name__ == "__main__":
    sys.exit(main())
