"""Runs crier-render as its parent does: descriptors 3 and 4, no other."""
import json
import os
import pathlib
import subprocess

BIN = pathlib.Path(os.environ.get("CRIER_BIN", pathlib.Path(__file__).resolve().parents[2] / "build/dev/bin")).resolve()
LIMIT_S = 600


def run(arguments, descriptors, program=BIN / "crier-render", environment=None):
    """What became of the program with these descriptors as 3, 4, ... and nothing else open."""
    def place():
        high = [os.dup2(os.dup(descriptor), 500 + n, False) for n, descriptor in enumerate(descriptors)]
        for n, descriptor in enumerate(high):
            os.dup2(descriptor, 3 + n)
        os.closerange(3 + len(high), 1024)
    return subprocess.run([program, *arguments], capture_output=True, text=True, preexec_fn=place, close_fds=False,
                          env=environment or {"TZ": "UTC0"}, timeout=LIMIT_S)


def probe(path, **how):
    """(the answer, how it ended)"""
    with open(path, "rb") as source:
        done = run(["probe"], [source.fileno()], **how)
    return (json.loads(done.stdout.splitlines()[-1]) if done.stdout else None), done


def make(path, recipe, output, mode="video", **how):
    """(all lines, how it ended) of a rendition into the file `output`, which is made."""
    with open(path, "rb") as source, open(output, "w+b") as made:
        done = run([mode, recipe], [source.fileno(), made.fileno()], **how)
    return [json.loads(line) for line in done.stdout.splitlines()], done
