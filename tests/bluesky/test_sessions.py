#!/usr/bin/python3
"""Sessions on Bluesky's own server: renewed ahead of their end, renewed when the server says that they ended.

In virtual time; a proxy counts the requests and remembers every token that the server gave. What lies in the
state folder afterwards must hold none of them.
"""
import base64
import datetime
import json
import sys
import unittest

import bluesky
from newsroom import PATIENCE_S, Newsroom, bluesky_accounts
from proxy import Proxy

import office

REFRESHES = 20
LIFE_S = 7200  # of an access token there


class Sessions(unittest.TestCase):
    def setUp(self):
        self.account = bluesky_accounts()[0]
        self.server = bluesky.Server(self.account)
        self.addCleanup(self.server.__exit__)
        self.tokens = set()

    def remember(self, exchange):
        """Hands on a request that opens a session, and keeps its tokens for the search."""
        self.server.move_clock(2)  # the tokens of one second are equal
        exchange.pass_on()
        told = json.loads(exchange.answer)
        self.tokens |= {told[word] for word in ("accessJwt", "refreshJwt") if word in told}
        return exchange.plain

    def expire_before(self, exchange):
        """The token is over by the server's own judgement, at the very moment of the request."""
        self.server.move_clock(LIFE_S + 60)
        return exchange.pass_on().plain

    def publish(self, between, meet=lambda step, n: None):
        """REFRESHES + 1 posts, so far apart, each published once. Answers how often each step came."""

        def watch(step, n):
            return self.remember if step in ("login", "refresh") else meet(step, n)

        with Proxy(self.server, watch) as proxy, \
                Newsroom(self.server, f"http://{proxy.host}", virtual=True, start=office.MORNING) as room:
            room.quiet_never()
            first = office.MORNING + datetime.timedelta(minutes=30)
            moments = [first + number * between for number in range(REFRESHES + 1)]
            posts = [office.post(f"p{number}", moment, f"संदेश {number}") for number, moment in enumerate(moments)]
            room.only(self.account, *posts)
            room.start()
            room.clock.limit = moments[-1] + datetime.timedelta(hours=1)
            office.until("all posts are published",
                         lambda: {row["state"] for row in room.rows.values()} == {"published"}, PATIENCE_S)
            self.assertEqual(len(room.rows), len(posts), room.daemon.said)
            self.assertEqual(room.daemon.stop(), 0)
            self.assertIsNone(proxy.broken)
            self.check_sealed(room)
        with bluesky.Judge("read_back.js", self.server.url) as library:
            texts = [record["text"] for record in library.ask(self.server.accounts[self.account]["did"])]
        self.assertEqual(texts, [f"संदेश {number}" for number in range(len(posts))])
        return proxy.counts

    def check_sealed(self, room):
        """No token, nor its secret part, nor the password, in any file that the daemon wrote."""
        login = room.login(self.account)
        secrets = [login["password"], *self.tokens, *(token.rsplit(".", 1)[1] for token in self.tokens)]
        needles = [form for secret in secrets for form in (secret.encode(), base64.b64encode(secret.encode())[:-4])]
        files = [path for path in room.folder.rglob("*") if path.is_file() and "credentials" not in path.parts]
        self.assertTrue(any(path.name.endswith(".db") or "sqlite" in path.name for path in files), files)
        for path in files:
            content = path.read_bytes()
            for needle in needles:
                self.assertNotIn(needle, content, path)
        print(f"{len(files)} files searched for {len(self.tokens)} tokens", file=sys.stderr)

    def test_it_is_renewed_ahead_of_its_end(self):
        counts = self.publish(datetime.timedelta(hours=3))
        self.assertEqual(counts["login"], 1)
        self.assertGreaterEqual(counts["refresh"], REFRESHES)
        self.assertEqual(len(self.tokens), 2 * (1 + counts["refresh"]), "each answer has new tokens")
        self.assertEqual(counts["publish"], REFRESHES + 1, "none was refused")

    def test_it_is_renewed_when_the_server_says_that_it_ended(self):
        """The post goes out all the same: ExpiredToken is an answer, so nothing is in doubt."""
        counts = self.publish(datetime.timedelta(minutes=1),
                              lambda step, n: self.expire_before if step == "publish" and n % 2 == 0 else None)
        self.assertEqual((counts["login"], counts["refresh"]), (1, REFRESHES))


if __name__ == "__main__":
    bluesky.skip_unless_installed("bluesky_sessions")
    office.needs_fault_build("bluesky_sessions")
    unittest.main()
