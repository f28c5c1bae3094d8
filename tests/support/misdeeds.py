"""What tests/support/misdeeds.c can do to a program that a file has taken over, and to see what became of it."""
import os
import pathlib
import re
import resource
import signal
import subprocess
import time

SOURCE = pathlib.Path(__file__).with_name("misdeeds.c")
CALLS = re.findall(r'^    \{"([a-z0-9-]+)", (?:SYS_|0x|\d)', SOURCE.read_text(), re.M) + ["fork", "vfork", "32-bit-call"]


def is_running(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def outlives(command, environment=None):
    """Whether a program goes on when whoever started it is killed. Asked once it has locked itself in."""
    parent = subprocess.Popen(["/bin/sh", "-c", f"{command} >&2 & echo $!; wait"], env=environment, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True)
    child = int(parent.stdout.readline())
    while "Seccomp:\t2" not in pathlib.Path(f"/proc/{child}/status").read_text():
        time.sleep(0.01)
    parent.kill()
    parent.communicate()
    for _ in range(500):
        if not is_running(child):
            return False
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    return True


def spent_s(act):
    """(what it answers, the processor's seconds of the children that ended meanwhile)"""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    answer = act()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return answer, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
