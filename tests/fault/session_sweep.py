#!/usr/bin/python3
"""A session is renewed while the machine dies: killed at every state-changing system call (R11, T26).

The account logged in three hours before its post, so its access token is over when the post is due: the run
renews it, stores it, publishes. Each broken run is followed by an undisturbed one on the same state, which must
renew with the token that is stored: at worst one more login, nothing lost, one post.

    session_sweep.py [--every N] [--kinds K,K]
"""
import argparse
import collections
import os
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__))]
import sweep  # noqa: E402

harness = sweep.harness
LATER = "2026-12-01T12:30:00+05:30"
POST_AT = "2026-12-01 12:30"


def judge_renewal(verdict, logins, renewals, most_logins):
    """What a run that began with a session that is over must have done about it."""
    if logins > most_logins:
        verdict.count("untrue", f"{logins} logins: the stored session was lost")
    if renewals == 0:
        verdict.count("untrue", "the session was never renewed: this proves nothing")
    return verdict


class Renewed(harness.Delivery):
    """A delivery whose account has a stored session that is over. `ends` counts how the sessions came about."""

    ends = collections.Counter()

    def __init__(self, kind, folder=None):
        super().__init__(kind, folder, at=POST_AT)

    def __enter__(self):
        super().__enter__()
        first = self.run()
        assert first.status == 0 and self.visits("createSession") == 1, first.stderr
        assert self.sandbox.set_clock(LATER).status == 200
        return self

    def visits(self, what):
        return sum(visit["path"].endswith(what) for visit in self.sandbox.requests)

    def judge(self):
        verdict = super().judge()
        logins, renewals = self.visits("createSession"), self.visits("refreshSession")
        Renewed.ends[f"{logins - 1} more logins, {renewals} renewals"] += 1
        return judge_renewal(verdict, logins, renewals, 2)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kinds", type=lambda text: text.split(","), default=["A text"])
    parser.add_argument("--every", type=int, default=1)
    options = parser.parse_args()
    harness.skip_unless_built("session_sweep")
    harness.Delivery = Renewed
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="crier-sweep-") as folder:
        whole = sweep.Sweep(folder)
        sweep.sweep_calls(options, whole)
    print(f"session sweep: kills {whole.kills} {whole.total} in {time.monotonic() - began:.0f} s; "
          + ", ".join(f"{what}: {count}" for what, count in sorted(Renewed.ends.items())))
    return not whole.total.good


if __name__ == "__main__":
    sys.exit(main())
