#!/usr/bin/python3
"""crier fmt on the sample campaigns, as they are and with their blanks shaken: what would be published stays the same to
the last bit (content hashes of 400 days), the files become tidy, and nobody's edit is written over."""
import json
import os
import pathlib
import random
import re
import shutil
import stat
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
CRIER = pathlib.Path(os.environ.get("CRIER_BIN", "build/dev/bin")).resolve() / "crier"


def crier(folder, *words):
    return subprocess.run([CRIER, "-C", folder, *words], capture_output=True, text=True, timeout=120,
                          env={"LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"], "XDG_CACHE_HOME": str(folder / "cache")})


def contents(folder):
    shown = json.loads(crier(folder, "preview", "--json", "--days", "400", "--from", "2026-11-25").stdout)
    return {delivery["name"]: (delivery["at"], delivery["content"]) for delivery in shown["deliveries"]}


def shaken(text, chance):
    """Other blanks, and line ends where there were blanks; not inside of texts and comments."""
    pieces = re.split(r'("(?:\\.|[^"\\\n])*"|#[^\n]*|//[^\n]*)', text)
    for i in range(0, len(pieces), 2):
        pieces[i] = re.sub(r"[ \t]+", lambda match: chance.choice(["  ", "\t", " ", "\n"]), pieces[i])
    return "".join(pieces)


class Fmt(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        shutil.copy(ROOT / "crier.cfg", self.folder)
        shutil.copytree(ROOT / "campaigns", self.folder / "campaigns")
        (self.folder / "media").mkdir()  # empty: the texts are what is compared

    def files(self):
        return sorted((self.folder / "campaigns").glob("*.cfg"))

    def test_the_sample_campaigns_are_tidy(self):
        for words in (["fmt", "--check"], ["fmt", "--check", "crier.cfg"]):
            done = crier(self.folder, *words)
            self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)

    def test_what_would_be_published_stays_the_same(self):
        before = contents(self.folder)
        self.assertGreater(len(before), 1000)
        for seed in range(4):
            tidy = {file: file.read_text() for file in self.files()}
            for file in self.files():
                file.write_text(shaken(file.read_text(), random.Random(seed)))
            self.assertEqual(contents(self.folder), before)
            done = crier(self.folder, "fmt")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(done.stdout.split(), [f"campaigns/{file.name}" for file in self.files()])
            self.assertEqual(contents(self.folder), before)
            self.assertEqual(crier(self.folder, "fmt", "--check").returncode, 0)
            for file, text in tidy.items():
                file.write_text(text)

    def test_diff_is_a_patch_that_leads_to_the_same(self):
        file = self.folder / "campaigns" / "traffic.cfg"
        file.write_text(shaken(file.read_text(), random.Random(7)))
        done = crier(self.folder, "fmt", "--diff", "traffic")
        self.assertEqual(done.returncode, 1)
        copy = self.folder / "copy.cfg"
        shutil.copy(file, copy)
        subprocess.run(["patch", "-s", str(copy)], input=done.stdout, text=True, check=True)
        self.assertEqual(crier(self.folder, "fmt", "traffic").returncode, 0)
        self.assertEqual(copy.read_text(), file.read_text())

    def test_diff_ends_also_where_children_are_not_waited_for(self):
        file = self.files()[0]
        file.write_text(shaken(file.read_text(), random.Random(1)))
        script = "import os, signal, sys; signal.signal(signal.SIGCHLD, signal.SIG_IGN); os.execv(sys.argv[1], sys.argv[1:])"
        done = subprocess.run(["/usr/bin/python3", "-c", script, CRIER, "-C", self.folder, "fmt", "--diff", file.stem],
                              capture_output=True, text=True, timeout=60, env={"LC_ALL": "C.UTF-8"})
        self.assertEqual(done.returncode, 70, done.stderr)
        self.assertIn("/usr/bin/diff failed", done.stderr)

    def test_the_mode_of_a_file_stays(self):
        file = self.folder / "campaigns" / "traffic.cfg"
        file.write_text(shaken(file.read_text(), random.Random(8)))
        file.chmod(0o640)
        crier(self.folder, "fmt")
        self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o640)
        self.assertEqual([path.name for path in (self.folder / "campaigns").iterdir() if path.suffix != ".cfg"], [])

    def test_a_link_is_not_followed(self):
        outside = self.folder / "outside.cfg"
        outside.write_text("a=1;")
        (self.folder / "campaigns" / "linked.cfg").symlink_to(outside)
        self.assertNotEqual(crier(self.folder, "fmt").returncode, 0)
        self.assertEqual(outside.read_text(), "a=1;")


if __name__ == "__main__":
    unittest.main()
