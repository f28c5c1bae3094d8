#!/usr/bin/python3
"""Mutated files of the corpus, each through fresh children: crier-inspect, crier-render look or probe, now and then a
rendition; and all of them again through `crier media`, the parent.

Of a child: an answer of one line within 3 s, or an end by its limits; never a forbidden system call, which would be ours to
explain. Of the parent: it lives, and has a verdict on every file. Usage: fuzz_children.py [--files N] [--seed S] [--keep DIR]
"""
import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import random
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True
import desk  # noqa: E402
import make_corpus  # noqa: E402

LIMIT_S, BATCH, MOST_BYTES = 3, 50, 300_000
NUMBERS = [0, 1, 2, 7, 8, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff]


class Mutations:
    """The same files for the same seed. Headers are met more often than what lies behind them."""

    def __init__(self, seed):
        names = sorted(name for name in make_corpus.FILES if 0 < (desk.corpus() / name).stat().st_size <= MOST_BYTES)
        self.files = [(name, (desk.corpus() / name).read_bytes()) for name in names]
        self.seed = seed

    def spot(self, dice, size):
        return min(dice.randrange(size), size - 1) if dice.random() < 0.4 else min(int(dice.expovariate(1 / 200)), size - 1)

    def change(self, dice, data):
        at = self.spot(dice, len(data))
        way = dice.randrange(8)
        if way == 0:
            data[at] ^= 1 << dice.randrange(8)
        elif way == 1:
            data[at] = dice.randrange(256)
        elif way == 2:
            packed = struct.pack(dice.choice("<>") + dice.choice("HI"), dice.choice(NUMBERS) & 0xffff)
            data[at:at + len(packed)] = packed
        elif way == 3:
            data[at:at + 4] = struct.pack(dice.choice("<>") + "I", dice.choice(NUMBERS))
        elif way == 4:
            del data[at:at + dice.randrange(1, 64)]
        elif way == 5:
            data[at:at] = data[at:at + dice.randrange(1, 64)]
        elif way == 6:
            del data[dice.randrange(len(data)):]
        else:
            _, other = dice.choice(self.files)
            start = self.spot(dice, len(other))
            data[at:] = other[start:start + MOST_BYTES]

    def make(self, number):
        dice = random.Random(self.seed * 1_000_003 + number)
        name, whole = dice.choice(self.files)
        data = bytearray(whole)
        for _ in range(dice.randint(1, 6)):
            if data:
                self.change(dice, data)
        return f"{number:06}-{name}", bytes(data)


def child(path, *words, output=None):
    """Runs a program with the file as 3, as its parent does; (status, stdout, seconds, seconds of a processor)."""
    opened = os.open(path, os.O_RDONLY)
    made = os.open(output, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600) if output else None

    def place():
        for number, descriptor in enumerate(filter(lambda each: each is not None, (opened, made))):
            os.dup2(descriptor, 200 + number)
            os.dup2(200 + number, 3 + number)

    began = time.monotonic()
    process = subprocess.Popen([desk.BIN / words[0], *words[1:]], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, preexec_fn=place,
                               close_fds=False, env={"LC_ALL": "C.UTF-8", "TZ": "UTC"})
    end = threading.Timer(60, process.kill)
    end.start()
    try:
        stdout = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        return process.returncode, stdout, time.monotonic() - began, usage.ru_utime + usage.ru_stime
    finally:
        end.cancel()
        process.stdout.close()
        os.close(opened)
        if made is not None:
            os.close(made)


def sane(status, stdout):
    lines = stdout.splitlines()
    if status != 0 or not lines or len(stdout) > 64 * 1024:
        return None
    try:
        return json.loads(lines[-1])
    except ValueError:
        return None


class Campaign:
    def __init__(self, folder, keep):
        self.folder, self.keep = pathlib.Path(folder), keep
        self.ends, self.wrong, self.slow, self.longest, self.hardest = collections.Counter(), [], [], 0.0, 0.0
        # On a machine that does much else, only what the child itself used says anything.
        self.is_quiet = os.getloadavg()[0] < 1.5 * os.cpu_count()

    def judge(self, path, words, status, stdout, seconds, cpu):
        answer = sane(status, stdout)
        what = f"{path.name}: {' '.join(words)}"
        word = "answered" if answer is not None else signal.Signals(-status).name if isinstance(status, int) and status < 0 else f"status {status}"
        self.ends[f"{words[0]} {words[1] if words[0] == 'crier-render' else ''} {word}"] += 1
        self.longest, self.hardest = max(self.longest, seconds), max(self.hardest, cpu)
        if (seconds if self.is_quiet else cpu) > LIMIT_S:
            self.slow.append(f"{what}: {seconds:.1f} s, {cpu:.1f} s of a processor")
        if status == -signal.SIGSYS or (answer is None and not (isinstance(status, int) and status < 0)):
            self.wrong.append(f"{what}: {word} {stdout[:200]!r}")
            if self.keep:
                pathlib.Path(self.keep, path.name).write_bytes(path.read_bytes())
        return answer

    def one(self, path, number):
        words = ("crier-inspect", "1")
        answer = self.judge(path, words, *child(path, *words)) or {}
        mime = answer.get("mime") or ""
        if mime.startswith("image/"):
            words = ("crier-render", "look", "1")
        elif mime.startswith("video/"):
            words = ("crier-render", "probe")
        else:
            return
        answer = self.judge(path, words, *child(path, *words)) or {}
        if words[1] == "look" and not answer.get("problem") and number % 5 == 0:
            words = ("crier-render", "picture", "v1 image/jpeg 64x64 most 100000")
            made = path.with_suffix(".made")
            self.judge(path, words, *child(path, *words, output=made))
            made.unlink(missing_ok=True)


def through_the_parent(names, folder):
    """Verdicts of `crier media` on a batch; what was wrong, and the seconds a file took."""
    with desk.Desk([]) as office:
        for name in names:
            (office.media / name).write_bytes((folder / name).read_bytes())
        began = time.monotonic()
        done = office.run("--json", *names)
        seconds = (time.monotonic() - began) / len(names)
    if done.returncode not in (0, 1) or "Sanitizer" in done.stderr:
        return [f"crier media ended with {done.returncode} on {names[0]} to {names[-1]}: {done.stderr[-1500:]}"], seconds
    said = {file["file"]: file for file in json.loads(done.stdout)["files"]}
    return [f"{name}: no verdicts" for name in names if len(said.get(name, {}).get("platforms", [])) != 9], seconds


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--files", type=int, default=int(os.environ.get("CRIER_FUZZ_FILES", 100)))
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--keep")
    asked = parser.parse_args()
    desk.skip_unless_possible("media_children")
    mutations = Mutations(asked.seed)
    with tempfile.TemporaryDirectory(prefix="crier-fuzz-") as folder:
        campaign = Campaign(folder, asked.keep)
        names = []
        for number in range(asked.files):
            name, data = mutations.make(number)
            (campaign.folder / name).write_bytes(data)
            names.append(name)
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as hands:
            for done in [hands.submit(campaign.one, campaign.folder / name, number) for number, name in enumerate(names)]:
                done.result()
            batches = [names[start:start + BATCH] for start in range(0, len(names), BATCH)]
            lost, paces = [], []
            for wrong, seconds in hands.map(lambda batch: through_the_parent(batch, campaign.folder), batches):
                lost += wrong
                paces.append(seconds)
    for line in [*campaign.wrong, *campaign.slow, *lost]:
        print(line)
    for end, count in sorted(campaign.ends.items()):
        print(f"{count:7} {end}")
    print(f"{len(names)} mutated files, {sum(campaign.ends.values())} children, the longest {campaign.longest:.2f} s ({campaign.hardest:.2f} s of a "
          f"processor{'' if campaign.is_quiet else '; the machine was busy'}), {len(campaign.slow)} above {LIMIT_S} s; "
          f"{len(campaign.wrong)} wrong ends; the parent lived, {len(lost)} files without verdicts, {1000 * max(paces):.0f} ms a file at most")
    return 1 if campaign.wrong or campaign.slow or lost else 0


if __name__ == "__main__":
    sys.exit(main())
