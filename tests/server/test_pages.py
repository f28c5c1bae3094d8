#!/usr/bin/python3
"""The pages of `preview` on a real terminal: tmux, at 80 and at 120 columns, in English and Hindi, with Devanagari, emoji and
joined emoji. No line wraps, what the terminal holds is what was printed, and each column begins at the same cell: asked of tmux
itself, by where its cursor stands.

docs/terminal-80.txt and -120.txt hold the sample workspace's pages as tmux shows them; --write makes them anew.
"""
import itertools
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import unittest

if not shutil.which("tmux"):
    print("SKIPPED terminal_pages: tmux is not installed")
    sys.exit(77)

SOURCE = pathlib.Path(__file__).resolve().parents[2]
CRIER = pathlib.Path(os.environ.get("CRIER_BIN", "build/dev/bin")).resolve() / "crier"
WIDTHS = 80, 120
LANGUAGES = {"en": {"LC_ALL": "C.UTF-8"}, "hi": {"LANG": "hi_IN.UTF-8", "LC_CTYPE": "C.UTF-8"}}
SAMPLE_PAGES = ("preview --from 2026-12-01 --days 1", "preview traffic/helmet@once/x-main", "preview traffic/helmet@once/insta",
                "preview --from 2026-12-01 --days 1 --campaign criminal-laws --account toots --full")
CONFIG = """timezone = "Asia/Kolkata";
accounts = (
  { name = "toots"; platform = "mastodon"; live = false; base_url = "http://127.0.0.1:1/mastodon"; },
  { name = "a-rather-long-name-of-x"; platform = "x"; live = false; base_url = "http://127.0.0.1:1/x"; },
  { name = "sky"; platform = "bluesky"; live = false; base_url = "http://127.0.0.1:1/bluesky"; }
);
quiet = { from = "22:00"; to = "07:00"; };
blackouts = ( { name = "शोक"; from = "2026-12-03 00:00"; to = "2026-12-03 23:59"; } );
"""
TEXTS = ("हेलमेट पहनें, क्षि और ज्ञान, सुरक्षित घर पहुँचें। " * 3, "👨‍👩‍👧‍👦 परिवार 👩🏽‍🚒🏳️‍🌈🇮🇳 " * 4, "日本語の全角文字と e\u0301 " * 6,
         "Plain words, and a link: https://cybercrime.gov.in/a/long/path?with=a&query=of&its=own.",
         "क्ष्मी" * 60, "हिंदी 🚦 mixed ₹ 🛑 लाल बत्ती " * 12)
TIMES = ("2026-12-01 09:30", "2026-12-01 09:30", "2026-12-02 06:30", "2026-12-02 10:00", "2026-12-03 10:00", "2026-12-04 10:00")
LIMIT_S = 60


class Terminal:
    """A tmux server of our own with one window."""

    def __init__(self, columns, folder):
        self.socket, self.folder = tempfile.mktemp(prefix="tmux-", dir=folder), folder  # the one before may still be ending
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", str(columns), "-y", "400", "cat >/dev/null")
        self.tmux("set-option", "-g", "remain-on-exit", "on")

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.tmux("kill-server")

    def tmux(self, *words):
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TERM": "xterm-256color", "HOME": str(self.folder)}
        done = subprocess.run(["tmux", "-u", "-S", self.socket, *words], env=environment, capture_output=True, text=True, timeout=LIMIT_S)
        assert done.returncode == 0, f"{words}: {done.stderr}"
        return done.stdout

    def run(self, command, **environment):
        """Runs a command in a fresh window, and waits for its end."""
        sets = " ".join(f"{name}={shlex.quote(value)}" for name, value in environment.items())
        self.tmux("respawn-pane", "-k", f"env -u LC_ALL -u LANG {sets} {command}; tmux -S {self.socket} wait-for -S done; cat >/dev/null")
        self.tmux("wait-for", "done")
        lines = self.tmux("capture-pane", "-p", "-N").split("\n")
        while lines and not lines[-1].strip():
            lines.pop()
        return [line.rstrip() for line in lines]

    def wrapped(self):
        """The lines of the page that went on in the next one."""
        shown, joined = (self.tmux("capture-pane", "-p", *more).split("\n") for more in ((), ("-J",)))
        return [line for line in joined if len(shown) != len(joined) and line.rstrip() not in {line.rstrip() for line in shown}]

    def cells(self, texts):
        """How many cells each text takes: where the cursor stands behind it."""
        found = []
        for number, text in enumerate(texts):
            path = pathlib.Path(self.folder) / f"text-{number}"
            path.write_text(text)
            self.tmux("respawn-pane", "-k", f"cat {path}; tmux -S {self.socket} wait-for -S done; cat >/dev/null")
            self.tmux("wait-for", "done")
            found.append(int(self.tmux("display-message", "-p", "#{cursor_x}")))
        return found


def plainly(lines):
    """Of joined emoji the first alone: tmux keeps at most 21 bytes in a cell, and a family of four has 25. What reaches it in two
    pieces it shows without the joiner."""
    joined = re.compile("(\ufe0f?(\u200d[\u2600-\u27bf\U0001f300-\U0001faff]?|[\U0001f692\U0001f308\U0001f467\U0001f466]))+\ufe0f?")
    return [joined.sub("", line) for line in lines]


def command(words, workspace):
    return f"{CRIER} -C {workspace} {words} 2>/dev/null"


def environment(cache, language):
    return {"PATH": os.environ["PATH"], "XDG_CACHE_HOME": str(cache), "TZ": "UTC", **LANGUAGES[language]}


def piped(words, workspace, columns, cache, language):
    done = subprocess.run([CRIER, "-C", workspace, *words.split()], capture_output=True, text=True, timeout=LIMIT_S,
                          env={**environment(cache, language), "COLUMNS": str(columns)})
    lines = done.stdout.rstrip("\n").split("\n")
    return [line.rstrip() for line in lines]


class Case(unittest.TestCase):
    def setUp(self):
        made = tempfile.TemporaryDirectory(prefix="crier-pages-")
        self.addCleanup(made.cleanup)
        self.folder = pathlib.Path(made.name)
        self.cache = self.folder / "cache"

    def page(self, words, workspace, columns, language):
        """As it stands on the terminal; what is printed into a pipe of that width is the same."""
        with Terminal(columns, self.folder) as terminal:
            shown = terminal.run(command(words, workspace), **environment(self.cache, language))
        self.assertEqual(plainly(shown), plainly(piped(words, workspace, columns, self.cache, language)))
        return shown


class Pages(Case):
    def setUp(self):
        super().setUp()
        self.workspace = self.folder / "w"
        (self.workspace / "campaigns").mkdir(parents=True)
        (self.workspace / "media").mkdir()
        (self.workspace / "crier.cfg").write_text(CONFIG)
        picture = SOURCE / "tests/support/media/plain.jpg"
        shutil.copy(picture, self.workspace / "media")
        rows = [f'{{ id = "p{number}"; at = "{at}"; text = "{text}"; again = true; useful_for = "{"6h" if number != 5 else "1h"}";'
                + (' media = ( { file = "plain.jpg"; alt = "चित्र 👨‍👩‍👧‍👦"; } );' if number % 2 else "") + " }"
                for number, (at, text) in enumerate(zip(TIMES, TEXTS))]
        (self.workspace / "campaigns/road.cfg").write_text(
            'title = "सड़क"; accounts = [ "toots", "a-rather-long-name-of-x", "sky" ];\nposts = (\n' + ",\n".join(rows) + "\n);\n")

    def test_no_line_of_the_calendar_wraps_and_its_columns_begin_at_the_same_cells(self):
        for columns in WIDTHS:
            for language in LANGUAGES:
                with self.subTest(columns=columns, language=language):
                    shown = self.page("preview --from 2026-12-01", self.workspace, columns, language)
                    rows = [line for line in shown if re.search(r"\[[#.]{8}\] +\d+/\d+  ", line)]
                    self.assertEqual(len(rows), 18)
                    self.check_columns(rows, columns)

    def check_columns(self, rows, columns):
        """Of each row: where its bar begins, where its count ends, and where its words begin."""
        words = [text[:3] for text in TEXTS]
        begins = [min(at for word in words if (at := row.find(word)) >= 0) for row in rows]
        with Terminal(columns, self.folder) as terminal:
            for what, ends in (("bar", [row.index("[") for row in rows]),
                               ("count", [re.search(r"\d+/\d+", row).end() for row in rows]), ("words", begins)):
                self.assertEqual(len(set(terminal.cells([row[:end] for row, end in zip(rows, ends)]))), 1, what)
            self.assertLessEqual(max(terminal.cells(rows)), columns)

    def test_no_line_of_a_card_wraps(self):
        for columns in WIDTHS:
            for language in LANGUAGES:
                with self.subTest(columns=columns, language=language):
                    self.page("preview --from 2026-12-01 --full", self.workspace, columns, language)

    def test_a_twin_whose_line_is_too_long_is_noticed(self):
        with Terminal(80, self.folder) as terminal:
            shown = terminal.run(f"printf '%s\\n' {'x' * 81}", **environment(self.cache, "en"))
        self.assertEqual(shown, ["x" * 80, "x"])


class Sentences(Case):
    """What is said in sentences breaks between words."""

    def setUp(self):
        super().setUp()
        (self.folder / "campaigns").mkdir()
        (self.folder / "crier.cfg").write_text(CONFIG)
        (self.folder / "campaigns/road.cfg").write_text(
            f'title = "सड़क"; accounts = [ "sky" ];\nposts = ( {{ id = "a"; text = "{TEXTS[0]}"; shedule = "2026-12-01 09:30"; }} );\n')

    def test_no_sentence_wraps_and_no_caret_s_line_does(self):
        pages = ("check", "--help", "fmt --help", "preview --help", "audit --help", "explain instagram", "explain nothing-of-ours",
                 "when 01/12/2026", "preview nothing-of-ours", "status")
        for columns in WIDTHS:
            with Terminal(columns, self.folder) as terminal:
                for language, words in itertools.product(LANGUAGES, pages):
                    with self.subTest(columns=columns, language=language, words=words):
                        self.assertTrue(terminal.run(f"{CRIER} -C {self.folder} {words}", **environment(self.cache, language)))
                        self.assertEqual(terminal.wrapped(), [])

    def test_a_twin_that_wraps_is_noticed(self):
        with Terminal(80, self.folder) as terminal:
            terminal.run(f"printf '%s\\n' one {'x' * 81} two", **environment(self.cache, "en"))
            self.assertEqual(terminal.wrapped(), ["x" * 81])


class Documents(Case):
    def test_the_pages_in_the_documents_are_today_s(self):
        for columns in WIDTHS:
            with self.subTest(columns=columns):
                self.assertEqual((SOURCE / f"docs/terminal-{columns}.txt").read_text(), self.written(columns))

    def written(self, columns):
        text = f"The pages of `crier preview` on a terminal of {columns} columns, as tmux shows them (tests/server/test_pages.py --write).\n"
        for words in SAMPLE_PAGES:
            shown = self.page(words, SOURCE, columns, "en")
            text += f"\n$ crier {words}\n" + "\n".join(shown) + "\n"
        return text


if "--write" in sys.argv:
    case = Documents()
    case.setUp()
    for width in WIDTHS:
        (SOURCE / f"docs/terminal-{width}.txt").write_text(case.written(width))
    case.doCleanups()
else:
    unittest.main()
