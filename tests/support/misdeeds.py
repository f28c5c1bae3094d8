"""What tests/support/misdeeds.c can do to a program that a file has taken over, and to see what became of it."""
import pathlib
import re

SOURCE = pathlib.Path(__file__).with_name("misdeeds.c")
CALLS = re.findall(r'^    \{"([a-z0-9-]+)", (?:SYS_|0x|\d)', SOURCE.read_text(), re.M) + ["fork", "vfork", "32-bit-call"]


def is_running(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except FileNotFoundError:
        return False
