#!/usr/bin/python3
"""The sample campaigns, published to Bluesky's own server and read back by Bluesky's own library.

The programs of $CRIER_BIN on the machine's clock: every single post of the campaigns is due in a moment.
"""
import collections
import datetime
import re
import unittest

import bluesky
from newsroom import Newsroom, ServerTest, bluesky_accounts

import office

SOON_S = 8
LINK = re.compile(r"https?://\S+|\b[a-z0-9.]+\.(?:gov|nic)\.in(?:/\S*)?")
TRAILING = "।.,;:!?)"
LETTERS = "234567abcdefghijklmnopqrstuvwxyz"


def live_words(text):
    """What a reader expects to be live, found in another way than the program's: word by word."""
    words = [word.rstrip(TRAILING) for word in text.split()]
    return [word for word in words if word.startswith("#") or LINK.fullmatch(word)]


def address_of(word):
    return word if word.startswith("http") else f"https://{word}"


def moment_of(key):
    """The time in a record key (TID): microseconds above ten bits of a clock's name."""
    number = 0
    for letter in key:
        number = number * 32 + LETTERS.index(letter)
    return datetime.datetime.fromtimestamp((number >> 10) / 1e6, datetime.timezone.utc)


class SampleCampaigns(ServerTest):
    """One run; then a look at all that it made."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with Newsroom(cls.server) as room:
            cls.due = room.retime(SOON_S)
            shown = {name: [row for row in room.wanted(name, "--days", "1") if row["occurrence"].startswith("once")]
                     for name in bluesky_accounts()}
            cls.wanted = {name: [row for row in rows if not row["held_by"]] for name, rows in shown.items()}
            cls.held = [row["name"] for rows in shown.values() for row in rows if row["held_by"]]
            cls.status = room.run_until_idle(60)
            cls.said = room.daemon.said
            cls.rows = {name: room.said_of(name) for name in bluesky_accounts()}
            cls.verified = room.crier("audit", "verify")

    def each(self):
        """Each delivery of each account with its record."""
        for account, wanted in self.wanted.items():
            records = {record["rkey"]: record for record in self.read_back(account)}
            for delivery in wanted:
                row = self.rows[account][delivery["name"]]
                with self.subTest(delivery=delivery["name"]):
                    self.assertEqual(row["state"], "published", f"{row}\n{self.said}")
                    yield delivery, row, records[row["url"].rsplit("/", 1)[1]]

    def test_all_are_published_and_each_is_one_record(self):
        for account, wanted in self.wanted.items():
            records = self.read_back(account)
            self.assertGreater(len(wanted), 5)
            self.assertEqual(len(records), len(wanted), self.said)
            self.assertEqual(len({record["rkey"] for record in records}), len(records))
        self.assertEqual(len(list(self.each())), sum(map(len, self.wanted.values())))
        self.assertEqual(self.verified.returncode, 0, self.verified.stdout)
        self.assertEqual(self.status, 1 if self.held else 0)

    def test_the_library_takes_every_record_for_a_post(self):
        for _, _, record in self.each():
            self.assertTrue(record["valid"], record)

    def test_texts_are_what_preview_showed(self):
        for delivery, _, record in self.each():
            self.assertEqual(record["text"], delivery["text"])

    def test_links_and_tags_are_live_on_exactly_their_words(self):
        count = collections.Counter()
        for delivery, _, record in self.each():
            live = [part for part in record["segments"] if "link" in part or "tag" in part]
            words = live_words(delivery["text"])
            self.assertEqual([part["text"] for part in live], words)
            for part, word in zip(live, words):
                self.assertEqual(part.get("tag", part.get("link")), word[1:] if word[0] == "#" else address_of(word))
                count["tag" if "tag" in part else "link", word.isascii()] += 1
        self.assertGreater(count["tag", False], 5, "tags in Hindi")
        self.assertGreater(count["tag", True], 5, "tags in English")

    def test_a_link_is_a_card_or_stands_in_the_text(self):
        seen = collections.Counter()
        for delivery, _, record in self.each():
            if not delivery["link"]:
                self.assertIsNone(record.get("card"))
                continue
            if delivery["media"]:
                self.assertIn(delivery["link"], record["text"])
            else:
                self.assertEqual(record["card"]["uri"], delivery["link"])
            seen[bool(delivery["media"])] += 1
        self.assertGreater(seen[False], 0)

    def test_pictures_are_the_files_with_their_words_and_shape(self):
        pictures = 0
        for delivery, _, record in self.each():
            self.assertEqual(
                [(image["sha256"], image["bytes"], image["stated"], image["mime"], image["alt"], image["aspectRatio"])
                 for image in record["images"]],
                [(file["sha256"], file["bytes"], file["bytes"], file["mime"], file["alt"],
                  {"width": file["width"], "height": file["height"]}) for file in delivery["media"]])
            pictures += len(delivery["media"])
        self.assertGreater(pictures, 3)

    def test_languages_and_times_are_stated(self):
        due = datetime.datetime.strptime(self.due, "%Y-%m-%d %H:%M:%S").replace(tzinfo=office.INDIA)
        languages = collections.Counter()
        for _, _, record in self.each():
            [language] = record["langs"]
            languages[language] += 1
            made = datetime.datetime.fromisoformat(record["createdAt"])
            self.assertRegex(record["createdAt"], r"Z$")
            self.assertLess(abs((made - due).total_seconds()), 60)
            self.assertLess(abs((moment_of(record["rkey"]) - due).total_seconds()), 60)
        self.assertEqual(set(languages), {"hi", "en"})


if __name__ == "__main__":
    bluesky.skip_unless_installed("bluesky_server")
    unittest.main()
