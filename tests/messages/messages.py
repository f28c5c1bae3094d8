"""The messages of the sources and of a catalogue, by gettext's own tools. A key is the English, or
(English, 0 or 1) where it has a plural."""
import gettext
import io
import os
import pathlib
import subprocess

ROOT = pathlib.Path(os.environ.get("CRIER_SOURCE", pathlib.Path(__file__).resolve().parents[2]))
HINDI = ROOT / "po" / "hi.po"


def run(*command, text=b""):
    return subprocess.run(command, input=text, capture_output=True, check=True, cwd=ROOT).stdout


def plain(text):
    """With the formats of int64_t as they are on this machine: only the C library reads the others from a catalogue."""
    return text.replace(b"<PRId64>", b"ld").replace(b"<PRId32>", b"d")


def template():
    """As xgettext writes it, but for the plural forms, which it leaves to the translator."""
    return plain(run(ROOT / "po" / "extract")).replace(b"nplurals=INTEGER; plural=EXPRESSION",
                                                       b"nplurals=2; plural=(n != 1)")


def read(binary):
    catalogue = dict(gettext.GNUTranslations(io.BytesIO(binary))._catalog)
    del catalogue[""]
    return catalogue


def of_sources():
    return read(run("msgfmt", "--output-file=-", "-", text=run("msgen", "--lang=en", "-", text=template())))


def of_catalogue(path):
    """Only what is translated and not fuzzy."""
    return read(run("msgfmt", "--output-file=-", "-", text=plain(path.read_bytes())))


def fuzzy(path):
    lines = run("msgattrib", "--only-fuzzy", "--no-obsolete", "--no-wrap", path).decode().splitlines()
    lines += run("msgattrib", "--only-obsolete", "--no-wrap", path).decode().splitlines()
    return [line for line in lines if line.startswith(("msgid ", "#~ msgid ")) and not line.endswith(' ""')]
