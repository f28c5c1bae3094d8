#!/usr/bin/python3
"""T28 from the files to the public: pictures are swapped while they are read, approved and uploaded. What the public
sees is what a person approved, byte by byte, or nothing goes out. CRIER_SWAPS=N for more posts than the usual."""
import datetime
import hashlib
import json
import os
import pathlib
import random
import sys
import threading
import unittest
import zlib

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / "support")]
from office import GAMES, USERS, OfficeTest, as_root, medium, post, until  # noqa: E402

AUTHOR, ANITA = 20001, 20002
POSTS = int(os.environ.get("CRIER_SWAPS", 60))
A_SECOND = 10  # posts


def chunk(kind, data):
    return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")


def picture(number):
    """A PNG of 3 x 2 greys that differs from all others; every second has a comment, which must not go out."""
    rows = bytes(byte for row in range(2) for byte in (0, number, 80 * row, 200))
    comment = chunk(b"tEXt", b"Comment\0%06d" % number) if number % 2 else b""
    head = chunk(b"IHDR", (3).to_bytes(4, "big") + (2).to_bytes(4, "big") + bytes((8, 0, 0, 0, 0)))
    return b"\x89PNG\r\n\x1a\n" + head + comment + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


PUT = [picture(number) for number in range(6)]


def content_hashes(seen):
    """The hashes by which an approval may name what the public sees here: as it was put there, or made of any of the
    pictures that were."""
    made = [("v1 image/png 3x2 most 16777216 = " + item["sha256"], hashlib.sha256(source).hexdigest())
            for item in seen["media"] for source in PUT]
    return {content_hash(seen, recipe, sha256) for recipe, sha256 in [(None, None), *made]}


def content_hash(seen, recipe, source):
    media = [{"alt": item["alt"], "recipe": recipe, "sha256": source or item["sha256"]} for item in seen["media"]]
    content = {"account": "drill", "description": None, "language": "hi", "link": None, "media": media, "parent": None,
               "text": seen["text"], "title": None, "v": 1}
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


class Meddler(threading.Thread):
    """Swaps pictures until it is told to stop: in place, by rename, by a link, cut short, with bytes behind."""

    def __init__(self, folder, names):
        super().__init__(daemon=True)
        self.folder, self.names, self.stopped, self.turns = folder, names, threading.Event(), 0
        self.dice, self.pictures = random.Random(28), PUT
        (folder.parent / "outside.png").write_bytes(picture(99))
        for name in names:
            self.put(name, self.pictures[0])

    def put(self, name, content):
        fresh = self.folder.parent / "fresh"
        fresh.write_bytes(content)
        os.chown(fresh, AUTHOR, -1)
        fresh.replace(self.folder / name)

    def run(self):
        ways = (self.overwrite, self.append, self.cut, self.lead_outside, self.put, self.put, self.put)
        while not self.stopped.wait(self.dice.random() / 20):
            name = self.dice.choice(self.names)
            way = self.put if (self.folder / name).is_symlink() else self.dice.choice(ways)
            way(name, self.dice.choice(self.pictures))
            self.turns += 1

    def overwrite(self, name, content):
        (self.folder / name).write_bytes(content)

    def append(self, name, _):
        with open(self.folder / name, "ab") as file:
            file.write(b"behind")

    def cut(self, name, _):
        os.truncate(self.folder / name, 40)

    def lead_outside(self, name, _):
        (self.folder / name).unlink()
        (self.folder / name).symlink_to("../outside.png")


class Swaps(OfficeTest):
    options = {"approvals": 1}

    def write(self):
        first = self.soon(5)
        self.last = first + datetime.timedelta(seconds=(POSTS - 1) // A_SECOND)
        for number, name in enumerate(self.names):  # each a campaign of its own: a broken one keeps its last good posts
            due = first + datetime.timedelta(seconds=number // A_SECOND)
            self.office.campaign(name[:-4], post(name[:-4], due, media=f"( {medium(name)} )"), owner=AUTHOR,
                                 useful_for='"5m"')

    def approve(self):
        while not self.done.wait(0.05):
            self.office.crier("approve", "*", "--yes", uid=ANITA, groups=(GAMES, USERS))

    @property
    def approved(self):
        """The content hashes that a person said yes to, by the words of the post: each has its own."""
        yes = {}
        for record in self.office.audit:
            if record["ev"] == "approve":
                self.assertEqual(record["actor"].split(":")[1], str(ANITA))
                yes.setdefault(record["name"].split("/")[1].split("@")[0], set()).add(record["content"])
        return yes

    def check_what_is_seen(self):
        approved = self.approved
        self.comments, self.as_put = 0, {hashlib.sha256(each).hexdigest() for each in PUT[1::2]}
        for seen in self.office.sandbox.posts:
            name = seen["text"].split()[-1]
            self.assertTrue(content_hashes(seen) & approved[name], seen)
            self.comments += sum(item["sha256"] in self.as_put for item in seen["media"])
        return len(self.office.sandbox.posts)

    @as_root
    def test_what_is_public_was_approved(self):
        self.office.runtime.chmod(0o755)
        self.names = [f"p{number:03}.png" for number in range(POSTS)]
        meddler, self.done = Meddler(self.office.path / "media", self.names), threading.Event()
        self.write()
        self.office.start()
        approver = threading.Thread(target=self.approve, daemon=True)
        for thread in meddler, approver:
            thread.start()
        end = self.last + datetime.timedelta(seconds=4)
        until("all are due", lambda: self.now() > end, seconds=60 + POSTS)
        meddler.stopped.set()
        meddler.join()
        until("the rest goes out", lambda: all(row["state"] in ("published", "held") for row in self.office.rows.values()), 60)
        self.done.set()
        approver.join()
        rows = [row["state"] for row in self.office.rows.values()]
        sent, gave = self.check_what_is_seen(), sum(map(len, self.approved.values()))
        print(f"{POSTS} posts, {meddler.turns} swaps, {self.office.loads} readings, {gave} approvals: {sent} published as "
              f"approved, {rows.count('held')} held, {rows.count('expired')} expired")
        self.assertGreater(sent, 0)
        self.assertEqual(self.comments, 0)
        self.assertGreater(gave, sent)  # else nothing changed hands after it was approved
        self.check_exactly_once()


if __name__ == "__main__":
    unittest.main()
