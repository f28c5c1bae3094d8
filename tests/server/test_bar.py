#!/usr/bin/python3
"""The progress bar of `preview`: one line on a terminal, never wider than it, erased at the end; nothing of it anywhere else."""
import fcntl
import os
import pathlib
import pty
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
import unittest
import zlib

BIN = pathlib.Path(os.environ["CRIER_BIN"]).resolve()
COLUMNS = 50
CONFIG = """timezone = "Asia/Kolkata";
accounts = ( { name = "insta"; platform = "instagram"; live = false; base_url = "http://127.0.0.1:1/instagram"; } );
"""
CAMPAIGN = """title = "Photos"; accounts = [ "insta" ];
posts = ( { id = "photos"; at = "2026-12-01 09:30"; text = "Photos"; media = ( %s ); } );
"""
NAME = "a picture with a rather long name, as cameras and clerks give it, {}.png"
PICTURES = 2
# So that the bar is seen however fast the machine is.
SLOW = """#!/bin/sh
/usr/bin/sleep 0.7
exec {} "$@"
"""


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(side):
    """Instagram wants it as JPEG, and smaller."""
    rows = b"".join(b"\0" + bytes((x * y) % 256 for x in range(3 * side)) for y in range(0, side, 8)) * 8
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side // 8 * 8, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows, 1)) + chunk(b"IEND", b""))


class Bar(unittest.TestCase):
    def setUp(self):
        self.made = tempfile.TemporaryDirectory(prefix="crier-bar-")
        self.top = pathlib.Path(self.made.name)
        for folder in ("campaigns", "media"):
            (self.top / folder).mkdir()
        self.bin = self.top / "bin"
        self.bin.mkdir()
        for program in ("crier", "crier-inspect"):
            shutil.copy(BIN / program, self.bin)
        (self.bin / "crier-render").write_text(SLOW.format(BIN / "crier-render"))
        (self.bin / "crier-render").chmod(0o755)
        names = [NAME.format(number) for number in range(PICTURES)]
        for number, name in enumerate(names):
            (self.top / "media" / name).write_bytes(png(1600 + 8 * number))
        (self.top / "crier.cfg").write_text(CONFIG)
        (self.top / "campaigns/photos.cfg").write_text(CAMPAIGN % ", ".join(f'{{ file = "{name}"; alt = "x"; }}' for name in names))

    def tearDown(self):
        self.made.cleanup()

    def run_it(self, words, stderr):
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC", "XDG_CACHE_HOME": str(self.top / "cache")}
        return subprocess.run([self.bin / "crier", "-C", self.top, "preview", "--from", "2026-12-01", *words], env=environment,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=stderr, timeout=300)

    def on_terminal(self, *words):
        """What it wrote on a terminal."""
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, COLUMNS, 0, 0))
        said = b""
        with tempfile.TemporaryFile() as kept:
            reader = subprocess.Popen(["cat"], stdin=ours, stdout=kept, stderr=subprocess.DEVNULL)
            done = self.run_it(words, theirs)
            os.close(theirs)
            os.close(ours)
            reader.wait(timeout=60)
            kept.seek(0)
            said = kept.read().decode()
        self.assertEqual(done.returncode, 0, said)
        return said

    def test_it_is_one_line_that_grows_and_is_erased(self):
        said = self.on_terminal()
        lines = said.split("\r\x1b[K")
        parts = [int(line.split("] ")[1].split(" %")[0]) for line in lines if line.startswith("Fitting the media [")]
        self.assertNotIn("\n", said)
        self.assertEqual((lines[0], lines[-1]), ("", ""))
        self.assertEqual([line for line in lines if len(line) >= COLUMNS], [])
        self.assertEqual(parts, sorted(parts))
        self.assertGreater(len(set(parts)), 1)
        self.assertNotIn("Fitting", self.on_terminal(), "it is made already")

    def test_facts_for_a_program_come_without_it(self):
        self.assertEqual(self.on_terminal("--json"), "")

    def test_nothing_of_it_is_written_into_a_file(self):
        self.assertEqual(self.run_it((), subprocess.PIPE).stderr, b"")


if __name__ == "__main__":
    unittest.main()
