#!/usr/bin/python3
"""Kills the store at every named crash point and at random, tears its last lines, and looks at what is left.

usage: store_crash.py WORKER [--transactions N] [--random N] [--tears N] [--seed N]

After each kill the state must be that of the last acknowledged transaction or of the one after it (store_worker
check), the audit log must satisfy both verifiers, and the work must go on from there to its end.
"""
import argparse
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import verify_audit  # noqa: E402


def acknowledged(output):
    lines = [line for line in output.split("\n")[:-1] if line.startswith("ack ")]
    return int(lines[-1].split()[1]) if lines else -1


class Crashes:
    def __init__(self, options, folder):
        self.worker, self.last = options.worker, options.transactions - 1
        self.folder, self.state = folder, folder / "state"
        self.kills = 0

    def fresh(self):
        shutil.rmtree(self.state, ignore_errors=True)
        self.state.mkdir()

    def run(self, how="run", **more):
        environment = {**os.environ, **more}
        return subprocess.run([self.worker, how, self.state, str(self.last)], env=environment, text=True,
                              stdout=subprocess.PIPE, timeout=120)

    def judge(self, count):
        return subprocess.run([self.worker, "check", self.state, str(count)], stderr=subprocess.PIPE, text=True)

    def check(self, count, what):
        done = self.judge(count)
        if done.returncode != 0:
            kept = shutil.copytree(self.state, tempfile.mkdtemp(prefix="crier-crash-") + "/state")
            sys.exit(f"{what}: {done.stderr.strip()} (kept in {kept})")
        try:
            verify_audit.verify_folder(self.state / "audit")
        except verify_audit.Refused as why:
            sys.exit(f"{what}: the independent verifier says: {why}")

    def finish(self, what):
        if self.run().returncode != 0:
            sys.exit(f"{what}: the work could not go on")
        self.check(self.last, what + ", at the end")

    def points(self):
        """Every visit of a run that nobody disturbs, as NAME:N."""
        self.fresh()
        log = self.folder / "points"
        self.run(CRIER_FAILPOINT_LOG=str(log))
        seen, points = {}, []
        for name in log.read_text().split():
            seen[name] = seen.get(name, 0) + 1
            points.append(f"{name}:{seen[name]}")
        return points, seen

    def at_points(self):
        points, seen = self.points()
        if not points:
            sys.exit("no crash point was visited: was the worker built with CRIER_FAULT?")
        for point in points:
            self.fresh()
            done = self.run(CRIER_FAILPOINT=point)
            if done.returncode != -signal.SIGKILL:
                sys.exit(f"{point}: not killed there")
            self.kills += 1
            self.check(acknowledged(done.stdout), point)
            self.finish(point)
        for name, visits in sorted(seen.items()):
            print(f"  {visits:5} kills at {name}")

    def twin(self):
        """A store that says "done" too early must be found out by the very same check."""
        self.fresh()
        done = self.run("boast", CRIER_FAILPOINT="store.commit.before:7")
        if self.judge(acknowledged(done.stdout)).returncode == 0:
            sys.exit("the twin, which acknowledges before the commit, was not noticed")

    def at_random(self, count, dice):
        self.fresh()
        begun = time.monotonic()
        self.run()
        length = time.monotonic() - begun
        for number in range(count):
            self.fresh()
            with subprocess.Popen([self.worker, "run", self.state, str(self.last)], text=True,
                                  stdout=subprocess.PIPE) as process:
                time.sleep(dice.uniform(0, length))
                process.kill()
                output = process.stdout.read()
            self.kills += 1
            self.check(acknowledged(output), f"random kill {number}")
            self.finish(f"random kill {number}")

    def tears(self, count, dice):
        """The end of the newest file cut anywhere in its last write of three records."""
        self.fresh()
        self.run()
        whole = self.folder / "whole"
        shutil.rmtree(whole, ignore_errors=True)
        shutil.copytree(self.state, whole)
        newest = sorted((whole / "audit").glob("audit-*.jsonl"))[-1]
        data = newest.read_bytes()
        begin = len(data) - sum(len(line) + 1 for line in data.split(b"\n")[-4:-1])
        for number in range(count):
            self.fresh()
            shutil.copytree(whole, self.state, dirs_exist_ok=True)
            cut = dice.randrange(begin, len(data))
            # The checkpoint came after the lines: at the moment of the tear there was none yet.
            (self.state / "audit" / "checkpoint").unlink()
            os.truncate(self.state / "audit" / newest.name, cut)
            self.check(self.last, f"cut at byte {cut}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("worker")
    parser.add_argument("--transactions", type=int, default=200)
    parser.add_argument("--random", type=int, default=50)
    parser.add_argument("--tears", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    dice = random.Random(options.seed)
    with tempfile.TemporaryDirectory(prefix="crier-crash-") as folder:
        crashes = Crashes(options, pathlib.Path(folder))
        crashes.twin()
        crashes.at_points()
        crashes.at_random(options.random, dice)
        crashes.tears(options.tears, dice)
    print(f"{crashes.kills} kills over {options.transactions} transactions ({options.random} at random), "
          f"{options.tears} torn ends: 0 acknowledged commits lost, 0 rows or counts wrong, both verifiers content")


if __name__ == "__main__":
    main()
