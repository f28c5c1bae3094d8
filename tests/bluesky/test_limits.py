#!/usr/bin/python3
"""What `crier check` refuses for Bluesky and what Bluesky's own server refuses are the same.

Each cluster of the table fills a text up to 300 and up to 301 characters, by the server's own count;
both judge both texts. Then the same for bytes and for the number of pictures; of large pictures what goes out is judged.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import bluesky
from newsroom import PICTURE, sample_picture

CRIER = pathlib.Path(os.environ.get("CRIER_BIN", bluesky.SOURCE / "build/dev/bin")).resolve() / "crier"
TOO_LONG, PERHAPS_TOO_LONG, TOO_MANY = "E401", "W402", "E508"
MOST_BYTES = 2500  # of one cluster, repeated; the rest is filled with ASCII
FILL = 400

CLUSTERS = (
    # Devanagari: conjuncts, vowel signs, joiners, nukta, Vedic signs, a virama that joins nothing
    "क", "कि", "कौ", "क्ष", "त्र", "ज्ञ", "श्री", "द्ध", "द्वि", "र्म", "र्य", "ट्र", "राष्ट्र", "स्त्री", "क्षत्रिय", "कार्यकर्त्री", "क्‍ष", "क्‌ष", "र्‍य", "कर्‍म",
    "क़", "क\u093c", "ज्ज़", "हिन्दी", "संस्था", "हूँ", "अ॒", "ॐ", "क्", "क््ष", "क्।", "ा", "ँ", "।", "॥", "१२", "₹",
    # the other scripts of India
    "ক্ষ", "স্ত্র", "ஸ்ரீ", "க்ஷ", "கொ", "ക്ഷ", "ന്‍", "ൻ", "క్ష", "స్త్రీ", "ಕ್ಷ", "ಸ್ತ್ರೀ", "ક્ષ", "ਪ੍ਰ", "କ୍ଷ", "ସ୍ତ୍ରୀ", "اردو", "ش\u064eک",
    # emoji and what is joined to them
    "👮", "👮🏾‍♀️", "👨‍👩‍👧‍👧", "👩🏽‍🚒", "🇮🇳", "🇮🇳🇮", "1️⃣", "❤️", "❤", "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", "☎️", "…", "🚦🚦",
    # the rest of the world, line breaks, what cannot be seen
    "e\u0301", "é", "각", "กำ", "日本", "\n", "\n\n", "a\nb", "\u200d", "\u200b", "\u00a0", "ﷺ", "ğ", "x",
)


def quoted(text):
    return json.dumps(text, ensure_ascii=False)


class Office:
    """A workspace with one account; `verdicts` says of each post what `check` found."""

    def __init__(self, folder):
        self.path = pathlib.Path(folder)
        for part in ("campaigns", "media"):
            (self.path / part).mkdir()
        (self.path / "crier.cfg").write_text(
            'timezone = "Asia/Kolkata";\n'
            'accounts = ( { name = "sky"; platform = "bluesky"; live = false; base_url = "http://127.0.0.1:1"; } );\n')

    def verdicts(self, posts):
        """Each post, a text of keys, on a line of its own; a set of codes each."""
        rows = [f'{{ id = "p{n}"; at = "2026-12-01 10:00"; again = true; {post} }}' for n, post in enumerate(posts)]
        text = 'title = "Limits"; accounts = [ "sky" ]; posts = (\n' + ",\n".join(rows) + ");\n"
        (self.path / "campaigns/limits.cfg").write_text(text)
        done = subprocess.run([str(CRIER), "-C", str(self.path), "check", "--json", "--from", "2026-11-22"],
                              env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}, capture_output=True, text=True,
                              timeout=bluesky.LIMIT_S, check=False)
        codes = [set() for _ in posts]
        for finding in json.loads(done.stdout)["findings"]:
            if not finding["line"] or finding["line"] < 2:
                raise AssertionError(finding)
            codes[finding["line"] - 2].add(finding["code"])
        return codes


class Limits(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = bluesky.Server("police")
        session = cls.server.log_in("police")
        cls.did, cls.token = session["did"], session["accessJwt"]
        cls.folder = tempfile.TemporaryDirectory(prefix="crier-limits-")
        cls.office = Office(cls.folder.name)

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()
        cls.folder.cleanup()

    def put(self, text, images=()):
        record = {"$type": "app.bsky.feed.post", "text": text, "createdAt": "2026-12-01T04:30:00.000Z"}
        if images:
            record["embed"] = {"$type": "app.bsky.embed.images", "images": [{"alt": "", "image": image} for image in images]}
        return self.server.call("com.atproto.repo.createRecord", self.token,
                                {"repo": self.did, "collection": "app.bsky.feed.post", "record": record})

    def counted(self, text):
        """By the server, which says the figure only when it refuses."""
        status, answer = self.put(text + FILL * "x")
        found = re.search(r"grapheme too big \(maximum 300, got (\d+)\)", answer.get("message", ""))
        self.assertTrue(status == 400 and found, f"{text!r}: {status} {answer}")
        return int(found[1]) - FILL

    def filled(self, cluster):
        """The cluster many times, then ASCII: 300 and 301 characters by the server's count."""
        times = min(290, MOST_BYTES // len(cluster.encode()))
        while True:
            body = "x" + cluster * times + "x"  # white space at the ends is not counted
            used = self.counted(body)
            if used <= 300:
                return [body + (limit - used) * "x" for limit in (300, 301)]
            times = times * 290 // used

    def test_at_300_and_301_characters_both_say_the_same(self):
        texts = [text for cluster in CLUSTERS for text in self.filled(cluster)]
        verdicts = self.office.verdicts([f"text = {quoted(text)};" for text in texts])
        doubtful = 0
        for number, (text, codes) in enumerate(zip(texts, verdicts, strict=True)):
            with self.subTest(cluster=CLUSTERS[number // 2], characters=300 + number % 2):
                self.assertEqual(self.put(text)[0], 400 if number % 2 else 200)
                self.assertEqual(TOO_LONG in codes, bool(number % 2), codes)
            doubtful += PERHAPS_TOO_LONG in codes
        print(f"{len(CLUSTERS)} clusters, {len(texts)} texts at the limit; with a warning, since older servers count "
              f"more: {doubtful}", file=sys.stderr)

    def test_at_3000_bytes_and_beyond_both_say_the_same(self):
        family = "👨‍👩‍👧‍👧"  # 25 bytes
        texts = [family * 120, family * 120 + "x"]
        codes = self.office.verdicts([f"text = {quoted(text)};" for text in texts])
        self.assertEqual([self.put(text)[0] for text in texts], [200, 400])
        self.assertEqual([TOO_LONG in code for code in codes], [False, True])

    def blob(self, content):
        status, answer = self.server.upload(content, "image/png", self.token)
        self.assertEqual(status, 200, answer)
        return answer["blob"]

    def test_a_fifth_picture_is_refused_by_both(self):
        images = [self.blob(PICTURE.read_bytes())] * 5
        self.assertEqual([self.put("a", images[:count])[0] for count in (4, 5)], [200, 400])
        shutil.copy(PICTURE, self.office.path / "media/a.png")
        medium = '{ file = "a.png"; alt = "अ"; }'
        codes = self.office.verdicts([f'text = "{count}"; media = ( {", ".join(count * [medium])} );' for count in (4, 5)])
        self.assertEqual([TOO_MANY in code for code in codes], [False, True])

    def test_what_goes_out_of_a_large_picture_is_taken_by_the_server(self):
        """This server is of April 2026 and takes 1,000,000 bytes, the lexicon of August 2026 allows 2,000,000: what is made
        anew is made so that both take it, and nothing is left to say."""
        sizes = (1_000_000, 1_000_001, 2_000_001)
        for size in sizes:
            (self.office.path / f"media/{size}.png").write_bytes(sample_picture(size))
        codes = self.office.verdicts([f'text = "{size}"; media = ( {{ file = "{size}.png"; alt = "अ"; }} );'
                                      for size in sizes])
        self.assertEqual(codes, [set()] * len(sizes))
        self.assertEqual(self.put("a", [self.blob(sample_picture(1_000_001))])[0], 400)
        for size in sizes:
            self.assertEqual(self.put("a", [self.blob(self.what_goes_out(f"{size}.png"))])[0], 200, size)

    def what_goes_out(self, name):
        made = self.office.path / f"made-{name}"
        subprocess.run([str(CRIER), "-C", str(self.office.path), "media", "--platform", "bluesky", "--make", str(made), name],
                       env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "XDG_CACHE_HOME": self.folder.name},
                       capture_output=True, timeout=bluesky.LIMIT_S, check=True)
        (file,) = made.iterdir()
        return file.read_bytes()


if __name__ == "__main__":
    bluesky.skip_unless_installed("bluesky_limits")
    unittest.main()
