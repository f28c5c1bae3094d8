#!/usr/bin/python3
"""What each platform counts in 160 texts, by `crier preview`, against a second reading of the same facts pages.

Texts are put together from pieces of which a person can say what they count: syllables of Hindi (by both grapheme
rules: a conjunct is two clusters before Unicode 15.1 and one since), Latin words, emoji, web addresses. No count here
comes from a library that the program uses.
"""
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import unittest

CRIER = pathlib.Path(os.environ.get("CRIER_BIN", "build/dev/bin")).resolve() / "crier"
TEXTS, SEED = 160, 2026

SYLLABLES = {  # text: clusters by the old rule, by the new one
    "हे": (1, 1), "ल": (1, 1), "मे": (1, 1), "ट": (1, 1), "कि": (1, 1), "हिं": (1, 1), "दी": (1, 1), "माँ": (1, 1), "दुः": (1, 1),
    "क्ष": (2, 1), "त्र": (2, 1), "ज्ञ": (2, 1), "श्री": (2, 1), "प्र": (2, 1), "स्त्री": (3, 1), "र्थि": (2, 1), "ऱ्य": (2, 1), "न्": (1, 1), "ऐ": (1, 1),
}
WORDS = ["Helmet", "traffic", "1930", "112", "e-FIR", "naive", "café", "coöperate"]
MARKS = ["।", ", ", ": ", " ", "\n", " · ", "? ", "! ", " (", ") "]
EMOJI = {  # text: UTF-16 units
    "😀": 2, "🚦": 2, "👮🏽": 4, "👮🏽‍♀️": 7, "👨‍👩‍👧": 8, "🇮🇳": 4, "❤️": 2, "1️⃣": 3, "✅": 1,
}
ADDRESSES = ["https://cybercrime.gov.in", "https://example.gov.in/a?b=c&d=1", "http://police.example.in/" + "x" * 60]

LIGHT = [(0, 4351), (8192, 8205), (8208, 8223), (8242, 8247)]  # X: weight 100 of 200


class Piece:
    def __init__(self, text, old=None, new=None, emoji=False, address=False):
        self.text, self.emoji, self.address = text, emoji, address
        self.old = len(text) if old is None else old
        self.new = self.old if new is None else new

    @property
    def weight(self):
        if self.address:
            return 23
        return 2 if self.emoji else sum(1 if any(low <= ord(c) <= high for low, high in LIGHT) else 2 for c in self.text)


def pieces(dice):
    """A blank behind each, so that nothing runs into an address; none at the ends, where it would be cut off."""
    yield Piece("क", 1)
    for _ in range(dice.randint(1, 14)):
        kind = dice.choice("sssswme")
        if kind == "s":
            for text in dice.choices(list(SYLLABLES), k=dice.randint(1, 6)):
                yield Piece(text, *SYLLABLES[text])
        elif kind == "w":
            yield Piece(dice.choice(WORDS))
        elif kind == "m":
            yield Piece(dice.choice(MARKS))
        else:
            yield Piece(dice.choice(list(EMOJI)), 1, emoji=True)
        yield Piece(" ")
    if dice.random() < 0.3:
        yield Piece(dice.choice(ADDRESSES), address=True)
        yield Piece(" ")
    yield Piece("अंत", 2)


def utf16(text):
    return len(text.encode("utf-16-le")) // 2


def clusters(parts, shortened):
    """The larger of the two rules, as `used` is."""
    def by(rule):
        return sum(23 if shortened and part.address else getattr(part, rule) for part in parts)
    return max(by("old"), by("new"))


EXPECTED = {  # account: unit, what it counts
    "fb": ("codepoints", lambda text, parts: len(text)),
    "x-main": ("weighted", lambda text, parts: sum(part.weight for part in parts)),
    "channel": ("utf16", lambda text, parts: utf16(text)),
    "toots": ("graphemes", lambda text, parts: clusters(parts, True)),
    "sky": ("graphemes", lambda text, parts: clusters(parts, False)),
    "threads-main": ("codepoints", lambda text, parts: sum(len(p.text.encode()) if p.emoji else len(p.text) for p in parts)),
    "tube": ("bytes", lambda text, parts: len(text.encode())),
}
PLATFORMS = {"fb": "facebook", "x-main": "x", "channel": "telegram", "toots": "mastodon", "sky": "bluesky",
             "threads-main": "threads", "tube": "youtube"}


def accounts():
    return ",\n".join(f'{{ name = "{name}"; platform = "{platform}"; live = false; base_url = "http://127.0.0.1:1/{platform}"; }}'
                      for name, platform in PLATFORMS.items())


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


class Counts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        dice = random.Random(SEED)
        cls.texts = [[*pieces(dice)] for _ in range(TEXTS)]
        with tempfile.TemporaryDirectory() as folder:
            cls.write(pathlib.Path(folder))
            done = subprocess.run([CRIER, "-C", folder, "preview", "--from", "2026-12-01", "--days", "7", "--json"], capture_output=True)
        cls.rows = json.loads(done.stdout)["deliveries"]

    @classmethod
    def write(cls, folder):
        (folder / "campaigns").mkdir()
        (folder / "media").mkdir()
        (folder / "crier.cfg").write_text(f'timezone = "Asia/Kolkata";\naccounts = (\n{accounts()}\n);\n')
        posts = ",\n".join(f'{{ id = "t{number}"; at = "2026-12-0{1 + number % 6} 09:{number // 6:02}"; title = "t"; '
                           f'text = {quoted("".join(part.text for part in parts))}; }}' for number, parts in enumerate(cls.texts))
        names = ", ".join(f'"{name}"' for name in PLATFORMS)
        (folder / "campaigns/counts.cfg").write_text(f"title = \"t\";\naccounts = [ {names} ];\nposts = (\n{posts}\n);\n")

    def test_every_platform_counts_as_its_facts_page_says(self):
        wrong, counted = [], 0
        for row in self.rows:
            parts = self.texts[int(row["post"][1:])]
            text = "".join(part.text for part in parts)
            self.assertEqual(row["text"], text)
            unit, count = EXPECTED[row["account"]]
            used = [use["used"] for use in row["counts"] if use["unit"] == unit]
            counted += 1
            if used[:1] != [count(text, parts)]:
                wrong.append(f"{row['account']}: {used} instead of {count(text, parts)}: {text!r}")
        self.assertEqual([], wrong[:5], f"{len(wrong)} of {counted}")
        print(f"{len(self.texts)} texts, {counted} counts on {len(PLATFORMS)} platforms")
        self.assertEqual(counted, TEXTS * len(PLATFORMS))

    def test_bluesky_also_counts_bytes(self):
        for row in self.rows:
            if row["account"] == "sky":
                self.assertIn({"limit": 3000, "unit": "bytes", "used": len(row["text"].encode())}, row["counts"])

    def test_the_two_rules_for_conjuncts_differ_somewhere(self):
        self.assertTrue(any(sum(part.old for part in parts) != sum(part.new for part in parts) for parts in self.texts))


if __name__ == "__main__":
    sys.exit(unittest.main())
