"""What an adapter can send, as print_NAME_requests prints it, against a contract that we did not write: the questions
that are the same for every platform. Standard library only."""
import collections
import json
import os
import pathlib
import subprocess
import sys
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
SPECS = pathlib.Path(os.environ.get("CRIER_SPECS", SOURCE.parent / "shared/specs"))


def printed(platform):
    printer = os.path.join(os.environ.get("CRIER_BIN", "build/dev/bin"), f"print_{platform}_requests")
    lines = subprocess.run([printer], check=True, capture_output=True, text=True).stdout.splitlines()
    return [json.loads(line) for line in lines]


class Tests(unittest.TestCase):
    """A platform says its name, its contract (with `name` and `faults` of a request), the operations that must all
    occur, and how many things its contract lacks."""
    platform, operations, listed_by_hand = None, None, 0

    @classmethod
    def read_contract(cls):
        raise NotImplementedError

    @classmethod
    def setUpClass(cls):
        cls.contract = cls.read_contract()
        cls.requests = printed(cls.platform)

    def faults(self, request):
        return [*self.contract.faults(request)]

    def first(self, name):
        return next(request for request in self.requests if self.contract.name(request) == name)

    def assert_noticed(self, request, *changes):
        """Each change of a good request makes it a wrong one."""
        self.assertEqual([], self.faults(request))
        for change in changes:
            self.assertNotEqual([], self.faults({**request, **change}), change)

    def test_every_request_fits_the_contract(self):
        for request in self.requests:
            with self.subTest(request=request):
                self.assertEqual([], self.faults(request))

    def test_no_operation_is_missing(self):
        counts = collections.Counter(map(self.contract.name, self.requests))
        print(f"{self.platform}: {len(self.requests)} requests, {self.listed_by_hand} things listed by hand; " +
              ", ".join(f"{name} {count}" for name, count in sorted(counts.items())), file=sys.stderr)
        self.assertEqual(self.operations, set(counts))


def main(platform, *needed):
    """Runs the tests of the calling file; 77 when what they compare with is not here."""
    if not all(path.exists() for path in needed):
        print(f"SKIPPED {platform}_requests: the contract is not here (CRIER_SPECS)")
        sys.exit(77)
    unittest.main(verbosity=2)
