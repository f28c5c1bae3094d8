#!/usr/bin/python3
"""The man pages: each command has one, mandoc and groff find nothing wrong, every option stands on it, and the examples use
what the program knows."""
import os
import pathlib
import re
import shutil
import subprocess
import unittest

CRIER = pathlib.Path(os.environ.get("CRIER_BIN", "build/dev/bin")).resolve() / "crier"
PAGES = CRIER.parent.parent / "man"
ENVIRONMENT = {"LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"], "MANWIDTH": "80", "MAN_KEEP_STDERR": "1"}
SCDOC_WRITES = "skipping paragraph macro"  # an empty .PP, which means nothing


def said(*command):
    return subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT, timeout=60)


def commands():
    block = said(CRIER, "--help").stdout.split("Commands:\n")[1].split("\n\n")[0]
    return [line.split()[0] for line in block.splitlines()]


def options(text):
    return set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", text))


@unittest.skipUnless(PAGES.is_dir() and shutil.which("mandoc") and shutil.which("man"), "SKIPPED man pages: no scdoc, mandoc or man")
class Manual(unittest.TestCase):
    def test_each_command_has_its_page(self):
        pages = {page.name for page in PAGES.glob("crier-*.1")} - {"crier-sandbox.1"}
        self.assertEqual(pages, {f"crier-{name}.1" for name in commands()})
        self.assertGreater(len(pages), 20)

    def test_mandoc_finds_nothing_wrong(self):
        for page in sorted(PAGES.glob("*.[15]")):
            found = [line for line in said("mandoc", "-T", "lint", "-W", "warning", page).stdout.splitlines() if SCDOC_WRITES not in line]
            self.assertEqual(found, [], page.name)

    def test_man_shows_each_without_a_warning(self):
        for page in sorted(PAGES.glob("*.[15]")):
            shown = said("man", "--warnings", "-E", "UTF-8", "-l", page)
            self.assertEqual((shown.returncode, shown.stderr), (0, ""), page.name)
            self.assertIn("NAME", shown.stdout)

    def test_every_option_stands_on_the_page(self):
        for name in commands():
            shown = said("mandoc", "-T", "utf8", "-O", "width=200", PAGES / f"crier-{name}.1").stdout
            shown = re.sub(r".\x08", "", shown)
            self.assertEqual(options(said(CRIER, name, "--help").stdout) - options(shown), set(), name)

    def test_the_examples_use_options_that_exist(self):
        count = 0
        for name in commands():
            text = (PAGES / f"crier-{name}.1.scd").read_text()
            for example in re.findall(r"^crier (?:-C \S+ )?([a-z]+)(.*)$", text.split("# EXAMPLES")[1], re.M):
                known = options(said(CRIER, example[0], "--help").stdout)
                self.assertTrue(known, example)
                self.assertEqual(options(re.sub(r"'[^']*'|\|.*", "", example[1])) - known, set(), example)
                count += 1
        self.assertGreater(count, 40)


if __name__ == "__main__":
    unittest.main()
