#!/usr/bin/python3
"""What Bluesky's own server refuses: the post fails with its reason, or the account waits and asks seldom.

In virtual time, an account of its own for each test.
"""
import datetime
import itertools
import unittest

import bluesky
from newsroom import PATIENCE_S, Newsroom, ServerTest, bluesky_accounts, loud_picture
from proxy import Proxy

import office

DUE = office.MORNING + datetime.timedelta(minutes=30)
HOURS = 3
MOST_ASKED = 2 + 4 * (HOURS + 1)  # a probe every 15 minutes at the latest


class Refusals(ServerTest):
    numbers = itertools.count()

    def setUp(self):
        self.account = bluesky_accounts()[0]
        self.server.accounts[self.account] = self.server.make_account(f"refused{next(self.numbers)}")
        self.proxy = Proxy(self.server, lambda step, n: None)
        self.enterContext(self.proxy)
        self.room = Newsroom(self.server, f"http://{self.proxy.host}", virtual=True, start=office.MORNING)
        self.addCleanup(self.room.stack.close)
        self.room.quiet_never()
        self.is_active = True

    def run_to_its_end(self, **post):
        """One post and HOURS; its row, the daemon's alarms, and how often each step came."""
        self.room.only(self.account, office.post("refused", DUE, useful_for=f'"{HOURS}h"', **post))
        self.room.start()
        self.room.clock.limit = DUE + datetime.timedelta(hours=HOURS, minutes=1)
        row = office.until("the post has come to its end", lambda: self.row if self.row["state"] in (
            "failed", "expired", "published") else None, PATIENCE_S)
        self.assertEqual(self.room.daemon.stop(), 0)
        return row, self.room.daemon.alarms, self.proxy.counts

    def tearDown(self):
        if self.is_active:
            self.assertEqual(self.read_back(self.account), [])

    @property
    def row(self):
        return self.room.row("refused", self.account)

    def test_a_picture_too_large_for_it_fails_with_its_words(self):
        """This server is older than the limit of 2,000,000 bytes (see test_limits.py)."""
        picture = loud_picture(700)
        (self.room.path / "media/large.png").write_bytes(picture)
        row, alarms, counts = self.run_to_its_end(media=f'( {office.medium("large.png")} )')
        self.assertEqual((row["state"], row["reason"]), ("failed", "refused"))
        self.assertRegex(row["note"], f"too big.*1000000.*got {len(picture)}")
        self.assertTrue(any(str(len(picture)) in alarm for alarm in alarms), alarms)
        self.assertEqual(counts["publish"], 1)

    def test_a_wrong_password_pauses_the_account(self):
        self.room.secret(self.account, {**self.room.login(self.account), "password": "wrong"})
        row, alarms, counts = self.run_to_its_end()
        self.assertEqual((row["state"], counts["publish"]), ("expired", 0))
        self.assertTrue(any("app password" in alarm for alarm in alarms), alarms)
        self.assertLessEqual(counts["login"], MOST_ASKED)

    def test_an_account_that_is_not_active_is_asked_seldom(self):
        """The server gives it sessions all the same."""
        self.server.call("com.atproto.server.deactivateAccount", self.server.log_in(self.account)["accessJwt"], {})
        self.is_active = False  # nobody can read it either
        row, alarms, counts = self.run_to_its_end(media=f'( {office.medium("traffic/helmet.png")} )')
        self.assertEqual((row["state"], counts["publish"]), ("expired", 0))
        self.assertTrue(any("not active" in alarm for alarm in alarms), alarms)
        self.assertEqual(counts["login"], 1)
        self.assertLessEqual(counts["refresh"], MOST_ASKED)

    def test_somebody_elses_credentials_pause_the_account(self):
        text = (self.room.path / "crier.cfg").read_text()
        self.room.write("crier.cfg", text.replace('platform = "bluesky";',
                                                  'platform = "bluesky"; handle = "someone.test";', 1))
        row, alarms, counts = self.run_to_its_end()
        self.assertEqual((row["state"], counts["publish"]), ("expired", 0))
        self.assertTrue(any("someone.test" in alarm for alarm in alarms), alarms)
        self.assertLessEqual(counts["login"], MOST_ASKED)


if __name__ == "__main__":
    bluesky.skip_unless_installed("bluesky_refusals")
    office.needs_fault_build("bluesky_refusals")
    unittest.main()
