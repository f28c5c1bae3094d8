#!/usr/bin/python3
"""The sample campaigns, published to Bluesky's own server and read back by Bluesky's own library.

The programs of $CRIER_BIN on the machine's clock: every single post of the campaigns is due in a moment.
"""
import unittest

import bluesky
import published
from newsroom import Newsroom, bluesky_accounts

SOON_S = 12


class SampleCampaigns(published.Published):
    """One run; then a look at all that it made."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with Newsroom(cls.server) as room:
            room.retime(SOON_S)
            shown = {name: [row for row in room.wanted(name, "--days", "1") if row["occurrence"].startswith("once")]
                     for name in bluesky_accounts()}
            cls.wanted = {name: [row for row in rows if not row["held_by"]] for name, rows in shown.items()}
            cls.held = [row["name"] for rows in shown.values() for row in rows if row["held_by"]]
            cls.status = room.run_until_idle(60)
            cls.said = room.daemon.said
            cls.rows = {name: room.said_of(name) for name in bluesky_accounts()}
            cls.verified = room.crier("audit", "verify")

    def test_the_program_ends_well(self):
        """Two posts about fog have the same words, and at one time the second waits for a person."""
        self.assertEqual(self.status, 1 if self.held else 0, self.said)


if __name__ == "__main__":
    bluesky.skip_unless_installed("bluesky_server")
    unittest.main()
