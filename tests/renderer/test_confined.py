#!/usr/bin/python3
"""crier-render once a picture has taken it over: each forbidden call ends it with SIGSYS, and what it may not use up ends
it, too. Its twins: with the filter or the limits left out the same is not ended, and this test would notice.

The crier-render asked here is the tests' own (tests/support/misdeeds.c); that the program people install knows of no
misdeeds is asked of that one.
"""
import os
import pathlib
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
import unittest

sys.dont_write_bytecode = True
from renderer import BIN, run  # noqa: E402

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "tests/support"))
from misdeeds import CALLS, outlives, spent_s  # noqa: E402

HOSTILE = BIN.parent / "misdeeds" / "crier-render"
# Threads need the first two; a decoder that says something is not ended, nobody hears it; clone3 is said not to exist.
SPARED = ["rt-sigaction", "rt-sigprocmask", "write-stderr", "clone3"]
FORBIDDEN = [deed for deed in CALLS if deed not in SPARED]
MOST_CALLS = 31


def environment(*rules_off):
    return {"TZ": "UTC0", "OMP_NUM_THREADS": "1", "VIPSHOME": "/nonexistent", "CRIER_RULE_OFF": ",".join(rules_off)}


class Confined(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="crier-confined-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "rendition").touch()

    def file(self, deed):
        path = self.folder / "file"
        path.write_text(f"CRIER-MISDEED {deed}\n")
        return path

    def commit(self, deed, *rules_off, mode=("look", "1")):
        """How it ended when a file of its told it to do this."""
        with open(self.file(deed), "rb") as source, open(self.folder / "rendition", "r+b") as rendition:
            descriptors = [source.fileno()] + ([rendition.fileno()] if mode[0] == "picture" else [])
            return run(mode, descriptors, program=HOSTILE, environment=environment(*rules_off))

    def test_each_forbidden_call_ends_it_with_sigsys_and_unsaid(self):
        self.assertGreaterEqual(len(FORBIDDEN), 68)
        for mode in ("look", "1"), ("picture", "v1 image/png 10x10"):
            ended = {deed: self.commit(deed, mode=mode) for deed in FORBIDDEN}
            self.assertEqual({deed: (done.returncode, done.stdout) for deed, done in ended.items()},
                             {deed: (-signal.SIGSYS, "") for deed in FORBIDDEN})

    def test_twin_with_the_filter_left_out_they_come_back(self):
        noticed = [deed for deed in FORBIDDEN if self.commit(deed, "render-filter").returncode != -signal.SIGSYS]
        self.assertEqual(noticed, FORBIDDEN)

    def test_what_threads_need_does_no_harm(self):
        for deed in SPARED:
            done = self.commit(deed)
            self.assertEqual((done.returncode, done.stderr), (0, ""), deed)

    def test_its_list_of_calls_is_short(self):
        table = (SOURCE / "scheduler/renderer/confine.c").read_text()
        allowed = {call for call, answer in re.findall(r"SCMP_SYS\((\w+)\)(?:\}|,\s*(\w+),)", table) if answer in ("", "0")}
        self.assertIn("futex", allowed)
        self.assertLessEqual(len(allowed), MOST_CALLS)

    def test_it_cannot_use_up_the_machine(self):
        done, spent = spent_s(lambda: self.commit("loop"))
        self.assertEqual(done.returncode, -signal.SIGKILL)  # soft and hard limit are one
        self.assertLess(spent, 5.5)
        self.assertIn(self.commit("memory").returncode, (-signal.SIGSEGV, -signal.SIGSYS, -signal.SIGABRT))
        self.assertLess(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, 2 * 1024 * 1024)  # KiB

    def started(self, deed, *rules_off):
        return subprocess.Popen(["/bin/sh", "-c", f"exec 3<'{self.file(deed)}'; exec '{HOSTILE}' look 1"], stdout=subprocess.DEVNULL,
                                env=environment(*rules_off))

    def test_twin_without_limits_a_loop_goes_on(self):
        child = self.started("loop", "render-limits")
        try:
            while os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
                spent = pathlib.Path(f"/proc/{child.pid}/stat").read_text().rsplit(")", 1)[1].split()
                if (int(spent[11]) + int(spent[12])) / os.sysconf("SC_CLK_TCK") > 6:
                    return
                time.sleep(0.1)
            self.fail("something else ends it: the test of the limit proves nothing")
        finally:
            child.kill()
            child.wait()

    def test_it_does_not_outlive_its_parent(self):
        self.assertFalse(outlives(f"exec 3<'{self.file('sleep')}'; '{HOSTILE}' look 1", environment()))

    def test_what_is_installed_commits_no_misdeeds(self):
        with open(self.file("open"), "rb") as source:
            done = run(["look", "1"], [source.fileno()])
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        bytes_of_it = (BIN / "crier-render").read_bytes()
        self.assertNotIn(b"CRIER-MISDEED", bytes_of_it)
        self.assertNotIn(b"render-filter", bytes_of_it)


if __name__ == "__main__":
    unittest.main()
