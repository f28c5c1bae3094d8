"""What the sample campaigns must have become on Bluesky's own server, as Bluesky's own library reads it.

A test script makes a class of it that publishes them, in its setUpClass, and sets `wanted` (what preview shows,
by account), `rows` (what status says, by account), `said` and `verified`.
"""
import collections
import datetime
import re

from newsroom import ServerTest

LINK = re.compile(r"https?://\S+|\b[a-z0-9.]+\.(?:gov|nic)\.in(?:/\S*)?")
LEAD_S = 20 * 60  # so early pictures are uploaded
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


class Published(ServerTest):
    def each(self):
        """Each delivery of each account, its row, and its record."""
        triples = []
        for account, wanted in self.wanted.items():
            records = {record["rkey"]: record for record in self.read_back(account)}
            for delivery in wanted:
                row = self.rows[account][delivery["name"]]
                self.assertEqual(row["state"], "published", f"{row}\n{self.said}")
                triples.append((delivery, row, records[row["url"].rsplit("/", 1)[1]]))
        return triples

    def test_all_are_published_and_each_is_one_record(self):
        for account, wanted in self.wanted.items():
            records = self.read_back(account)
            self.assertGreater(len(wanted), 5)
            rows = self.rows[account].values()  # a repeat may have come due in the meantime
            self.assertEqual(len(records), sum(row["state"] == "published" for row in rows), self.said)
            self.assertEqual(len({record["rkey"] for record in records}), len(records))
        self.assertEqual(len(self.each()), sum(map(len, self.wanted.values())))
        self.assertEqual(self.verified.returncode, 0, self.verified.stdout)

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
        languages = collections.Counter()
        for _, row, record in self.each():
            due = datetime.datetime.fromisoformat(row["due"])
            [language] = record["langs"]
            languages[language] += 1
            made = datetime.datetime.fromisoformat(record["createdAt"])
            self.assertRegex(record["createdAt"], r"Z$")
            self.assertLess(abs((made - due).total_seconds()), 60)
            prepared_s = (due - moment_of(record["rkey"])).total_seconds()
            self.assertTrue(-60 < prepared_s <= LEAD_S, f"the key was made {prepared_s} s ahead")
        self.assertEqual(set(languages), {"hi", "en"})
