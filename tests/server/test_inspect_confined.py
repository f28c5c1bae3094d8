#!/usr/bin/python3
"""crier-inspect once a file has taken it over: each forbidden call ends it with SIGSYS, and what it may not use up
ends it, too. Its twin: with the filter left out the same calls come back, and this test would notice.

The crier-inspect asked here is the tests' own (tests/support/misdeeds.c); that the program people install knows of no
misdeeds is asked of that one.
"""
import json
import os
import pathlib
import random
import resource
import signal
import sys
import tempfile
import unittest

from inspector import run
from sandbox import BIN, PICTURES, SOURCE

sys.path.insert(0, str(SOURCE / "tests/support"))
from misdeeds import CALLS, outlives, spent_s  # noqa: E402

HOSTILE = BIN.parent / "misdeeds" / "crier-inspect"
# What the issue names by its name must be among them.
NAMED = """open openat openat2 socket connect bind execve fork vfork clone3 ptrace kill mmap-code prctl ioctl unlink rename
           chmod mount bpf""".split()


def commit(folder, deed, *rules_off):
    """(how it ended, what it said) of a program that a file of its tells to do this."""
    path = pathlib.Path(folder, "file")
    path.write_text(f"CRIER-MISDEED {deed}\n")
    opened = os.open(path, os.O_RDONLY)
    try:
        return run([opened], "1", program=HOSTILE, environment={"TZ": "UTC0", "CRIER_RULE_OFF": ",".join(rules_off)})
    finally:
        os.close(opened)


class Confined(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="crier-confined-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def test_the_list_is_whole(self):
        self.assertGreaterEqual(len(CALLS), 70)
        self.assertEqual([name for name in NAMED if name not in CALLS], [])

    def test_each_forbidden_call_ends_it_with_sigsys_and_unsaid(self):
        ended = {deed: commit(self.folder, deed) for deed in CALLS}
        self.assertEqual({deed: (done.returncode, done.stdout) for deed, done in ended.items()},
                         {deed: (-signal.SIGSYS, "") for deed in CALLS})

    def test_twin_with_the_filter_left_out_they_come_back(self):
        noticed = [deed for deed in CALLS if commit(self.folder, deed, "inspector-filter").returncode != -signal.SIGSYS]
        self.assertEqual(noticed, CALLS)

    def test_it_cannot_use_up_the_machine(self):
        done, spent = spent_s(lambda: commit(self.folder, "loop"))
        self.assertEqual(done.returncode, -signal.SIGKILL)  # soft and hard limit are one
        self.assertGreater(spent, 1.5)
        self.assertLess(spent, 2.5)
        self.assertIn(commit(self.folder, "memory").returncode, (-signal.SIGSEGV, -signal.SIGSYS, -signal.SIGABRT))
        self.assertLess(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, 256 * 1024)  # KiB

    def test_it_does_not_outlive_its_parent(self):
        path = pathlib.Path(self.folder, "sleeper")
        path.write_text("CRIER-MISDEED sleep\n")
        self.assertFalse(outlives(f"exec 3<'{path}'; '{HOSTILE}' 1"))

    def test_what_is_installed_commits_no_misdeeds(self):
        path = pathlib.Path(self.folder, "file")
        path.write_text("CRIER-MISDEED open\n")
        opened = os.open(path, os.O_RDONLY)
        done = run([opened], "1")
        os.close(opened)
        self.assertEqual(json.loads(done.stdout)["mime"], "text/plain")
        for program in "crier-inspect", "crier":
            bytes_of_it = (BIN / program).read_bytes()
            self.assertNotIn(b"CRIER-MISDEED", bytes_of_it)
            self.assertNotIn(b"inspector-filter", bytes_of_it)

    def test_pictures_need_nothing_that_is_forbidden(self):
        names = sorted(PICTURES.iterdir()) + sorted((SOURCE / "media").glob("*.*"))
        opened = [os.open(name, os.O_RDONLY) for name in names if name.is_file()]
        done = run(opened, str(len(opened)))
        for descriptor in opened:
            os.close(descriptor)
        self.assertEqual((done.returncode, len(done.stdout.splitlines())), (0, len(opened)), done)


class Mutants(unittest.TestCase):
    """Pictures with bytes changed, cut, doubled and mixed: each gets its line from the program people install."""

    def test_none_brings_it_down_and_none_needs_what_is_forbidden(self):
        dice = random.Random(30)
        seeds = [path.read_bytes() for path in sorted(PICTURES.iterdir())]
        left = int(os.environ.get("CRIER_MUTANTS", 4000))
        while left > 0:
            count = min(left, 200)
            mutants = [mutant(dice, seeds) for _ in range(count)]
            done = looked_at(mutants)
            self.assertEqual((done.returncode, len(done.stdout.splitlines())), (0, count),
                             f"with {left} to go: {done.stderr[-300:]}")
            left -= count


def mutant(dice, seeds):
    data = bytearray(dice.choice(seeds))
    for _ in range(dice.choice((1, 1, 2, 5, 20))):
        at, length = dice.randrange(len(data) + 1), dice.choice((1, 1, 2, 4, 64, 1000))
        way = dice.randrange(5)
        if way == 0:
            data[at:at + length] = dice.randbytes(len(data[at:at + length]))
        elif way == 1:
            del data[at:at + length]
        elif way == 2:
            data[at:at] = data[at:at + length] * dice.choice((1, 2, 50))
        elif way == 3:
            data[at:at + length] = bytes([dice.choice((0, 1, 127, 128, 254, 255))]) * len(data[at:at + length])
        else:
            other = dice.choice(seeds)
            data[at:] = other[dice.randrange(len(other) + 1):]
    return bytes(data)


def looked_at(contents):
    opened = []
    for content in contents:
        opened.append(os.memfd_create("mutant"))
        os.write(opened[-1], content)
    try:
        return run(opened, str(len(opened)))
    finally:
        for descriptor in opened:
            os.close(descriptor)


if __name__ == "__main__":
    unittest.main()
