"""What every lint of C files needs: which files there are, and their text without comments and strings."""
import os
import pathlib
import re
import sys

TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def root():
    """The repository, or the tree that a self-test names."""
    return pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("CRIER_SOURCE", "."))


def files(folder="scheduler", kinds=".c .h"):
    return sorted(path for path in (root() / folder).rglob("*") if path.suffix in kinds.split())


def layer(path):
    """scheduler/net/transfer.c -> net; scheduler/main.c -> main"""
    parts = path.relative_to(root() / "scheduler").parts
    return parts[0] if len(parts) > 1 else "main"


def bare(text, strings=False):
    """`text` with comments (and strings, unless kept) blanked out, every line still on its line."""
    def blank(token):
        keep = strings and token.group()[0] != "/"
        return token.group() if keep else re.sub(r"[^\n]", " ", token.group())
    return TOKEN.sub(blank, text)


def report(findings):
    """One sentence a line; the exit status of the lint."""
    for finding in findings:
        print(finding)
    return 1 if findings else 0
