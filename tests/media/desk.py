"""`crier media` over the corpus, for tests: a workspace of copies (a file of two names is refused), a cache of its own, and what the program said."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import make_corpus  # noqa: E402

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("CRIER_BIN", SOURCE / "build/dev/bin")).resolve()
CORPUS = pathlib.Path(os.environ.get("CRIER_CORPUS", SOURCE / "build/media-corpus"))
PROGRAMS = "crier", "crier-inspect", "crier-render"


def skip_unless_possible(name):
    missing = make_corpus.missing_tools() + [program for program in PROGRAMS if not (BIN / program).exists()]
    if missing:
        print(f"SKIPPED {name}: {', '.join(missing)} not found")
        sys.exit(77)


def corpus():
    CORPUS.parent.mkdir(parents=True, exist_ok=True)
    return make_corpus.kitchen(CORPUS)


class Desk:
    """A workspace whose media are the corpus, or those files of it."""

    def __init__(self, files=None):
        self.made = tempfile.TemporaryDirectory(prefix="crier-desk-", dir=CORPUS.parent)
        self.path = pathlib.Path(self.made.name)
        self.media = self.path / "w/media"
        for folder in (self.media, self.path / "w/campaigns"):
            folder.mkdir(parents=True)
        (self.path / "w/crier.cfg").write_text('timezone = "Asia/Kolkata";\naccounts = ( { name = "drill"; platform = "mastodon"; '
                                               'live = false; base_url = "http://127.0.0.1:1/mastodon"; } );\n')
        for name in files or sorted(make_corpus.FILES):
            shutil.copy(corpus() / name, self.media / name)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.made.cleanup()

    def run(self, *words, cache="cache", limit=3600):
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC", "XDG_CACHE_HOME": str(self.path / cache),
                       "CRIER_RULE_OFF": os.environ.get("CRIER_RULE_OFF", "")}
        return subprocess.run([BIN / "crier", "-C", self.path / "w", "media", *words], env=environment, cwd="/", text=True,
                              capture_output=True, timeout=limit, stdin=subprocess.DEVNULL)

    def say(self, files, *options, cache="cache"):
        """name: its part of the answer."""
        done = self.run("--json", *options, *files, cache=cache)
        assert done.returncode in (0, 1) and done.stdout, f"exit {done.returncode}: {done.stderr[-2000:]}"
        assert "Sanitizer" not in done.stderr, done.stderr
        return {file["file"]: file for file in json.loads(done.stdout)["files"]}
