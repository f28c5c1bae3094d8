#!/usr/bin/python3
"""Completion: what `crier complete` offers for a line, and the same line typed with <Tab> into a real bash and a real zsh
on a terminal, whose command then runs."""
import os
import pathlib
import pty
import re
import select
import shutil
import subprocess
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
CRIER = pathlib.Path(os.environ.get("CRIER_BIN", "build/dev/bin")).resolve() / "crier"
CAMPAIGN = """title = "Road safety"; accounts = [ "all" ];
posts = ( { id = "helmet"; at = "2033-12-01 09:30"; text = "x"; },
          { id = "belt"; repeat = { on = [ "Fri" ]; at = [ "10:00" ]; from = "2026-11-25"; }; text = "y"; } );
"""
LINES = [  # what is typed, what is offered (the first of them), how many there are at least
    ("pre", ["preview"], 1),
    ("", ["init"], 20),
    ("-C . check tr", ["traffic"], 1),
    ("check c", ["cyber", "crier.cfg"], 2),
    ("fmt --d", ["--diff"], 1),
    ("preview --camp", ["--campaign"], 1),
    ("preview --campaign ", ["cyber", "traffic"], 2),
    ("preview --account=to", ["--account=toots"], 1),
    ("preview --account wi", ["wing"], 1),
    ("preview traffic/", ["traffic/helmet", "traffic/belt"], 2),
    ("media --platform blu", ["bluesky"], 1),
    ("media --kind re", ["reel"], 1),
    ("media --fit p", ["pad"], 1),
    ("hold --class u", ["urgent"], 1),
    ("explain E112", ["E112"], 1),
    ("explain useful", ["useful_for"], 1),
    ("login w", ["wing"], 1),
    ("audit v", ["verify"], 1),
    ("audit e", [], 0),
    ("preview traffic", ["traffic/helmet", "traffic/belt"], 2),
    ("why traffic/belt@", None, 2),
    ("approve --yes traffic/b", None, 2),
    ("media pict", [], 0),
    ("nothing x", [], 0),
]


class Terminal:
    """A shell on a terminal of its own; ends with its block."""

    def __init__(self, command, folder, environment):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            os.execve(command[0], command, environment)
        self.seen = ""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.write(self.fd, b"\x03\nexit\n")
        os.close(self.fd)
        os.waitpid(self.pid, 0)

    def type(self, text):
        os.write(self.fd, text.encode())

    def await_text(self, pattern, seconds=30):
        """Reads on until the pattern is on the terminal; what was read before it is gone."""
        end = time.monotonic() + seconds
        while not (match := re.search(pattern, self.seen)):
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.fd], [], [], left)[0]:
                raise AssertionError(f"{pattern!r} did not come: {self.seen!r}")
            self.seen += os.read(self.fd, 65536).decode(errors="replace")
        self.seen = self.seen[match.end():]


class Completion(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.temporary.name)
        shutil.copytree(ROOT / "tests/golden/workspace", cls.folder, dirs_exist_ok=True)
        (cls.folder / "campaigns").mkdir()
        (cls.folder / "campaigns/traffic.cfg").write_text(CAMPAIGN)
        (cls.folder / "campaigns/cyber.cfg").write_text('title = "broken";\nposts = ( {')
        cls.environment = {"LC_ALL": "C.UTF-8", "PATH": f"{CRIER.parent}:{os.environ['PATH']}", "HOME": str(cls.folder),
                           "TERM": "dumb"}
        subprocess.run([CRIER, "run", "--until-idle"], cwd=cls.folder, env=cls.environment, capture_output=True, timeout=60)

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def run_in(self, *command):
        return subprocess.run(command, cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=60)

    def test_what_is_offered_for_a_line(self):
        for line, expected, least in LINES:
            with self.subTest(line):
                words = line.split(" ") if line else [""]
                done = self.run_in(CRIER, "complete", "--", *words)
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                offered = [candidate.split("\t")[0] for candidate in done.stdout.splitlines()]
                self.assertGreaterEqual(len(offered), least)
                self.assertEqual(offered[:len(expected)] if expected else [], expected or [])
                self.assertTrue(all(word.startswith(words[-1]) for word in offered), offered)

    def test_a_title_of_two_lines_is_one_candidate(self):
        file = self.folder / "campaigns/lines.cfg"
        self.addCleanup(file.unlink)
        file.write_text(CAMPAIGN.replace("Road safety", "Road\\nsafety"))
        self.assertEqual(self.run_in(CRIER, "complete", "--", "check", "li").stdout, "lines\tRoad safety\n")

    def test_bash_puts_in_what_is_left(self):
        """Where a word is cut by ':' and '@', bash wants the rest only."""
        script = """source "$1"; COMP_LINE=$2; COMP_POINT=${#COMP_LINE}; _crier; printf '%s\\n' "${COMPREPLY[@]}" """
        for line, expected in [("crier preview --account=to", ["toots"]), ("crier check tr", ["traffic"]),
                               ("crier why traffic/belt@2098-12", [""])]:
            done = self.run_in("bash", "-c", script, "bash", ROOT / "completions/crier.bash", line)
            self.assertEqual(done.stdout.splitlines(), expected, line + done.stderr)
        name = self.run_in(CRIER, "complete", "--", "why", "traffic/belt@").stdout.split("\t")[0]  # traffic/belt@2026-11-27T10:00/toots
        begun = name[:name.index(":") + 2]
        done = self.run_in("bash", "-c", script, "bash", ROOT / "completions/crier.bash", f"crier why {begun}")
        self.assertIn(name[name.index(":") + 1:], done.stdout.splitlines())

    def type_a_line(self, shell, start, prompt):
        with Terminal(shell, self.folder, self.environment) as terminal:
            terminal.await_text(prompt)
            terminal.type(start)
            terminal.await_text("prepared")
            terminal.await_text(prompt)
            for begun, whole in [("crier exp", "crier explain "), ("useful", "useful_for ")]:
                terminal.type(begun + "\t")
                terminal.await_text(re.escape(whole))
            terminal.type("\n")
            terminal.await_text("still worth publishing")
            terminal.type("crier why traffic/belt@\t\n")  # bash takes '@' for a break of its own kind
            terminal.await_text("'traffic/belt@2[^']*' stands for")

    def test_in_bash_on_a_terminal(self):
        self.environment |= {"PS1": "READY> "}
        self.type_a_line(["/bin/bash", "--norc", "--noprofile", "-i"],
                         f"source {ROOT}/completions/crier.bash; echo pre''pared\n", "READY> ")

    @unittest.skipUnless(shutil.which("zsh"), "SKIPPED completion in zsh: there is no zsh")
    def test_in_zsh_on_a_terminal(self):
        self.environment |= {"PS1": "READY> "}
        self.type_a_line([shutil.which("zsh"), "-f", "-i"],
                         f"unsetopt zle_bracketed_paste; fpath=({ROOT}/completions $fpath); autoload -U compinit; "
                         "compinit -D -u; echo pre''pared\n", "READY> ")


if __name__ == "__main__":
    unittest.main()
