#!/usr/bin/python3
"""crier-inspect as its parent uses it: descriptors in, one line of JSON each out."""
import json
import os
import pathlib
import tempfile
import unittest

from inspector import inspect, run
from sandbox import PICTURES


class Protocol(unittest.TestCase):
    def test_every_member_is_always_there(self):
        for answer in inspect(PICTURES / "plain.jpg", "/dev/null", PICTURES / "not-a-picture.jpg"):
            self.assertEqual(sorted(answer), sorted(["n", "mime", "width", "height", "frames", "duration_ms",
                                                     "orientation", "metadata", "problem", "line"]))

    def test_answers_come_in_the_order_of_the_descriptors(self):
        names = sorted(PICTURES.iterdir())
        forth, back = inspect(*names), inspect(*reversed(names))
        for one, other in zip(forth, reversed(back)):
            self.assertEqual({**one, "n": 0}, {**other, "n": 0})

    def test_facts_of_the_pictures_we_made(self):
        wanted = {
            "place.jpg": ("image/jpeg", 20, 12, ["exif", "gps"], None),
            "plain.png": ("image/png", 3, 2, [], None),
            "animated.gif": ("image/gif", 3, 2, [], None),
            "place.webp": ("image/webp", 1, 1, ["exif", "gps"], None),
            "truncated.jpg": ("image/jpeg", 200, 120, [], "truncated"),
            "eleven-bytes.jpg": ("image/jpeg", None, None, [], "truncated"),
            "huge.png": ("image/png", 65535, 65535, [], "too-many-pixels"),
            "polyglot.gif": ("image/gif", 10799, None, [], "unreadable"),
            "script-behind.gif": ("image/gif", 3, 2, [], "trailing-bytes"),
            "not-a-picture.jpg": ("text/html", None, None, [], None),
        }
        answers = inspect(*[PICTURES / name for name in wanted])
        for (name, facts), answer in zip(wanted.items(), answers):
            is_now = tuple(answer[member] for member in ("mime", "width", "height", "metadata", "problem"))
            self.assertEqual(is_now, facts, name)

    def test_it_does_not_move_the_parents_file_position(self):
        descriptor = os.open(PICTURES / "plain.jpg", os.O_RDONLY)
        os.lseek(descriptor, 7, os.SEEK_SET)
        done = run([descriptor], "1")
        self.assertEqual(json.loads(done.stdout)["mime"], "image/jpeg")
        self.assertEqual(os.lseek(descriptor, 0, os.SEEK_CUR), 7)
        os.close(descriptor)

    def test_what_is_no_file_is_unreadable(self):
        reading, writing = os.pipe()
        folder = os.open("/", os.O_RDONLY)
        for descriptors, count in ([reading], "1"), ([folder], "1"), ([], "1"):
            done = run(descriptors, count)
            self.assertEqual(json.loads(done.stdout)["problem"], "unreadable", done)
        for descriptor in reading, writing, folder:
            os.close(descriptor)

    def test_wrong_usage_is_2(self):
        for arguments in [], ["0"], ["-1"], ["x"], ["1", "2"], ["100000"]:
            self.assertEqual(run([], *arguments).returncode, 2, arguments)


class Captions(unittest.TestCase):
    CUE = "1\n00:00:01,000 --> 00:00:02,500\nहेलमेट पहनें\n"

    def look(self, content):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "x")
            path.write_bytes(content)
            [answer] = inspect(path)
        self.assertIsNone(answer["width"])
        return tuple(answer[member] for member in ("mime", "duration_ms", "problem", "line"))

    def test_captions_are_known_by_their_content_and_read_to_their_end(self):
        subrip, webvtt = "application/x-subrip", "text/vtt"
        two = self.CUE + "\n2\n00:00:03,000 --> 00:00:04,000\n<b>घर</b> <html>\n"
        for content, wanted in (
                (self.CUE.encode(), (subrip, 2500, None, None)),
                (two.encode("utf-8-sig"), (subrip, 4000, None, None)),
                (two.replace("\n", "\r\n").encode(), (subrip, 4000, None, None)),
                ("WEBVTT\n\n00:01.000 --> 00:02.500\nघर\n".encode(), (webvtt, 2500, None, None)),
                ("\ufeffWEBVTT\n\n00:01.000 --> 00:02.500\nघर\n".encode(), (webvtt, 2500, None, None)),
                (b"WEBVTT\n", (webvtt, None, "captions-empty", None)),
                (two.encode("utf-16"), (subrip, None, "captions-encoding", None)),
                (self.CUE.encode() + b"\n2\n00:00:03,000 --> 00:00:04,000\n\xe9\0\n",
                 (subrip, 4000, "captions-encoding", 7)),
                (two.replace("00:00:03", "00:00:00").encode(), (subrip, 2500, "captions-order", 6)),
                (two.replace("\n\n", "\n").encode(), (subrip, 2500, "captions-broken", 5)),
                ("नमस्ते\n".encode(), ("text/plain", None, None, None))):
            self.assertEqual(self.look(content), wanted, content)


class Disagreement(unittest.TestCase):
    def test_a_type_that_only_one_of_two_readers_sees_is_a_mismatch(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "x")
            path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 40)  # libmagic wants an IHDR, we only the mark
            [answer] = inspect(path)
        self.assertIn(answer["problem"], ("type-mismatch", "truncated", "unreadable"))


if __name__ == "__main__":
    unittest.main()
