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
from office import GAMES, PICTURES, USERS, OfficeTest, as_root, medium, post, until  # noqa: E402

AUTHOR, ANITA = 20001, 20002
POSTS = int(os.environ.get("CRIER_SWAPS", 60))
A_SECOND = 10  # posts


def picture(number):
    """A PNG that differs from the others by a comment."""
    whole, chunk = (PICTURES / "plain.png").read_bytes(), b"tEXtComment\0%06d" % number
    return whole[:33] + (len(chunk) - 4).to_bytes(4, "big") + chunk + zlib.crc32(chunk).to_bytes(4, "big") + whole[33:]


def content_hash(seen):
    """The hash by which an approval names what the public sees here."""
    media = [{"alt": item["alt"], "recipe": None, "sha256": item["sha256"]} for item in seen["media"]]
    content = {"account": "drill", "description": None, "language": "hi", "link": None, "media": media, "parent": None,
               "text": seen["text"], "title": None, "v": 1}
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


class Meddler(threading.Thread):
    """Swaps pictures until it is told to stop: in place, by rename, by a link, cut short, with bytes behind."""

    def __init__(self, folder, names):
        super().__init__(daemon=True)
        self.folder, self.names, self.stopped, self.turns = folder, names, threading.Event(), 0
        self.dice, self.pictures = random.Random(28), [picture(number) for number in range(6)]
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
        for seen in self.office.sandbox.posts:
            name = seen["text"].split()[-1]
            self.assertIn(content_hash(seen), approved[name], seen)
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
        self.assertGreater(gave, sent)  # else nothing changed hands after it was approved
        self.check_exactly_once()


if __name__ == "__main__":
    unittest.main()
