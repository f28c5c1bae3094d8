#!/usr/bin/python3
"""The twin: a rehearsal of an engine with one safety rule less must find what comes of it. Fault build."""
import os
import pathlib
import sys
import unittest

sys.dont_write_bytecode = True
from rehearsal import MONDAY, SOURCE, Workspace, post  # noqa: E402

BIN = pathlib.Path(os.environ.get("CRIER_FAULT_BIN", SOURCE / "build/fault/bin"))
# A server without idempotency keys, which stores what it is sent and gives no answer.
FORGETFUL = ('name = "drill"; platform = "mastodon"; live = false; keeps_keys = false; '
             'base_url = "http://127.0.0.1:9/mastodon";')
LOST = {"method": "POST", "path": "/api/v1/statuses", "nth": 2, "do": "lose_answer"}
ASIDE = {"method": "GET", "path": "/api/v1/accounts/*/statuses", "times": 0, "do": "status",
         "arg": {"code": 200, "body": []}}  # and shows nobody what it has


class Notices(unittest.TestCase):
    def rehearse(self, **environment):
        with Workspace(BIN) as workspace:
            workspace.config(FORGETFUL)
            workspace.campaign("traffic", ["drill"], *(post(f"n{day}", f"2026-11-{day} 09:00") for day in range(24, 28)))
            return workspace.facts("--days", 7, "--from", MONDAY, "--seed", 1, "--script",
                                   workspace.faults(LOST, ASIDE), **environment)

    def test_with_every_rule_in_force_the_doubtful_one_is_held(self):
        status, facts = self.rehearse()
        self.assertEqual((status, facts["duplicates"], facts["lost"], facts["held"], facts["published"]), (0, 0, 0, 1, 3))

    def test_an_engine_that_sends_the_unproven_again_is_found_out(self):
        status, facts = self.rehearse(CRIER_RULE_OFF="hold-unproven")
        self.assertEqual(status, 1)
        self.assertGreater(facts["duplicates"], 0, facts)


if __name__ == "__main__":
    if not (BIN / "crier").exists():
        print(f"SKIPPED rehearse_notices: the fault build is not in {BIN}")
        sys.exit(77)
    unittest.main()
