#!/usr/bin/python3
"""Five weeks of the sample workspace in virtual time: its Bluesky account on Bluesky's own server.

All campaigns with all their repeats, quiet hours and uploads ahead. Hours lie between two posts, so nearly each
of them renews the session first.
"""
import datetime
import unittest

import bluesky
import published
from newsroom import PATIENCE_S, Newsroom, bluesky_accounts
from proxy import Proxy

import office

BEGIN = datetime.datetime(2026, 11, 23, 8, 0, tzinfo=office.INDIA)
DAYS = 35


class FiveWeeks(published.Published):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with Proxy(cls.server, lambda step, n: None) as proxy, \
                Newsroom(cls.server, f"http://{proxy.host}", virtual=True, start=BEGIN) as room:
            cls.wanted = {name: room.wanted(name, "--from", BEGIN.strftime("%Y-%m-%d %H:%M"), "--days", str(DAYS))
                          for name in bluesky_accounts()}
            due = {row["name"] for rows in cls.wanted.values() for row in rows}
            room.start()
            room.clock.limit = BEGIN + datetime.timedelta(days=DAYS)

            def finished():
                cls.rows = {name: room.said_of(name) for name in bluesky_accounts()}
                return due == {name for rows in cls.rows.values() for name, row in rows.items()
                               if row["state"] == "published"}

            office.until("all posts are published", finished, PATIENCE_S)
            cls.verified = room.crier("audit", "verify")
            room.daemon.stop()
            cls.said, cls.counts = room.daemon.said, proxy.counts

    def test_the_session_was_renewed_and_nothing_was_asked_twice(self):
        published_posts = sum(map(len, self.wanted.values()))
        self.assertEqual(self.counts["login"], len(self.wanted))
        self.assertGreater(self.counts["refresh"], DAYS)
        self.assertEqual((self.counts["publish"], self.counts["read"]), 2 * (published_posts,))


if __name__ == "__main__":
    bluesky.skip_unless_installed("bluesky_month")
    office.needs_fault_build("bluesky_month")
    unittest.main()
