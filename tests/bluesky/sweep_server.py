#!/usr/bin/python3
"""A delivery to Bluesky's own server, killed at its state-changing system calls, all threads: one record each time.

    sweep_server.py [--every N] [--renewal]

As tests/fault/sweep.py does it on the sandbox; here the sandbox lends only its clock. One server serves all
runs, each on an account of its own. With --renewal the account logged in three hours before, so the broken run
renews the session first; the run after it must renew it with the token that is stored, and log in no more.
"""
import argparse
import collections
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
from proxy import Proxy  # noqa: E402
from session_sweep import LATER, judge_renewal  # noqa: E402

KIND = "A pictures, Bluesky's own server"
PICTURES = 2
POST_AT = "2026-12-01 12:31"


class Delivery(harness.Delivery):
    """One delivery whose public is what the server has in a fresh account."""
    server, library = None, None
    numbers, lock = itertools.count(), threading.Lock()

    def __init__(self, kind, folder=None, at="2026-12-01 09:31"):
        super().__init__(kind, folder, at=at)  # not so soon that a second run would meet it as a thing of the past

    def __enter__(self):
        super().__enter__()
        with self.lock:
            self.account = self.server.make_account(f"sweep{next(self.numbers)}")
        self.gate = self.stack.enter_context(Proxy(self.server, lambda step, n: None))
        (self.workspace.path / "crier.cfg").write_text(harness.config(self.place, f"http://{self.gate.host}"))
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

    @property
    def logins(self):
        return self.gate.counts["login"]

    def judge(self):
        records = oracle.audit_records(self.workspace.state)
        intents = [record for record in records if record.get("ev") == "publish.intent"]
        verdict = oracle.judge([self.wanted], self.public, self.rows, self.alarms, len(intents),
                               self.gate.counts["publish"])
        status, said = self.ask("audit", "verify")
        if status != 0 or not said.get("ok"):
            verdict.count("untrue", f"audit verify: {status} {said}")
        if self.gate.broken:
            verdict.count("untrue", f"the proxy: {self.gate.broken}")
        return verdict


class Renewed(Delivery):
    """Its account has a stored session that is over by our clock. `ends` counts how sessions came about."""
    ends = collections.Counter()

    def __init__(self, kind, folder=None):
        super().__init__(kind, folder, POST_AT)

    def __enter__(self):
        super().__enter__()
        first = self.run()
        assert first.status == 0 and self.logins == 1, first.stderr
        assert self.sandbox.set_clock(LATER).status == 200
        return self

    def judge(self):
        verdict = super().judge()
        logins, renewals = self.logins, self.gate.counts["refresh"]
        self.ends[f"{logins} logins, {renewals} renewals"] += 1
        return judge_renewal(verdict, logins, renewals, 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--renewal", action="store_true")
    options = parser.parse_args(namespace=argparse.Namespace(kinds=[KIND]))
    bluesky.skip_unless_installed("bluesky_calls")
    harness.skip_unless_built("bluesky_calls")
    harness.KINDS[KIND] = harness.Kind(harness.BLUESKY, () if options.renewal else harness.PICTURES[:PICTURES])
    harness.Delivery = Renewed if options.renewal else Delivery
    began = time.monotonic()
    with bluesky.Server() as Delivery.server, tempfile.TemporaryDirectory(prefix="crier-sweep-") as folder:
        with bluesky.Judge("read_back.js", Delivery.server.url) as Delivery.library:
            whole = sweep.Sweep(folder)
            sweep.sweep_calls(options, whole)
    ends = "".join(f"; {what}: {count}" for what, count in sorted(Renewed.ends.items()))
    print(f"sweep of Bluesky's own server: kills {whole.kills} {whole.total} in {time.monotonic() - began:.0f} s{ends}")
    return not whole.total.good


if __name__ == "__main__":
    sys.exit(main())
