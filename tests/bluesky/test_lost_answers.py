#!/usr/bin/python3
"""A proxy before Bluesky's own server hands each request on and keeps an answer back: one record all the same.

In virtual time, so that the pauses between the tries cost nothing.
"""
import datetime
import unittest

import bluesky
from newsroom import PATIENCE_S, Newsroom, ServerTest, bluesky_accounts
from proxy import Answer, Proxy

import office


def lost(exchange):
    """The server does its work, and nobody hears of it."""
    exchange.pass_on()
    return Answer(b"", "reset")


class LostAnswers(ServerTest):
    def publish(self, step, numbers):
        """One post with a picture; the answers to these requests of a step are lost."""
        account = bluesky_accounts()[0]
        before = len(self.read_back(account))

        def meet(name, n):
            return lost if name == step and n in numbers else None

        with Proxy(self.server, meet) as proxy, \
                Newsroom(self.server, f"http://{proxy.host}", virtual=True, start=office.MORNING) as room:
            text = f"उत्तर खोया {step} {max(numbers)} https://cybercrime.gov.in #सुरक्षा"
            due = office.MORNING + datetime.timedelta(minutes=30)
            room.only(account, office.post("lost", due, text, media=f'( {office.medium("traffic/helmet.png")} )'))
            room.start()
            room.clock.limit = due + datetime.timedelta(hours=1)
            row = room.until_state("lost", "published", account=account, seconds=PATIENCE_S)
            self.assertIsNone(proxy.broken)
            self.assertGreaterEqual(proxy.counts[step], max(numbers), "the request never came")
            self.assertEqual((row["reason"], room.daemon.stop()), (None, 0), room.daemon.said)
            self.assertEqual(room.crier("audit", "verify").returncode, 0)
        keys = {record["rkey"]: record["text"] for record in self.read_back(account)}
        self.assertEqual(list(keys.values()).count(text), 1)
        self.assertEqual((len(keys), keys[row["url"].rsplit("/", 1)[1]]), (before + 1, text))
        return proxy.counts

    def test_of_a_login(self):
        self.assertEqual(self.publish("login", {1})["login"], 2)

    def test_of_an_upload(self):
        self.assertEqual(self.publish("upload", {1})["upload"], 2)

    def test_of_a_publish_request(self):
        self.publish("publish", {1})

    def test_of_three_publish_requests(self):
        self.publish("publish", {1, 2, 3})

    def test_of_the_read_back(self):
        self.assertEqual(self.publish("read", {1})["publish"], 1)

    def test_of_who_we_are(self):
        self.publish("identify", {1})


if __name__ == "__main__":
    bluesky.skip_unless_installed("bluesky_lost_answers")
    office.needs_fault_build("bluesky_lost_answers")
    unittest.main()
