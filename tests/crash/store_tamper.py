#!/usr/bin/python3
"""Changes an honest audit log in every way and asks both verifiers. usage: store_tamper.py WORKER [--every K]

Flipped bits, removed, doubled, swapped and cut lines, joined, missing and renamed files, changed checkpoints, a log
written anew: each must be found by store/verify.c and by tests/support/verify_audit.py. Honest logs of many
lengths must please both.
"""
import argparse
import hashlib
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import verify_audit  # noqa: E402


class Judges:
    """Both verifiers on a log given as {name: bytes}."""

    def __init__(self, worker, folder):
        self.folder = folder / "audit"
        self.worker = subprocess.Popen([worker, "judge"], text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.keys, self.notes = {}, {}

    def ours(self, log):
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        for name, data in log.items():
            (self.folder / name).write_bytes(data)
        self.worker.stdin.write(f"{self.folder}\n")
        self.worker.stdin.flush()
        return self.worker.stdout.readline().startswith("ok ")

    def checkpoint(self, log):
        """Signatures are checked once for each text: openssl is slow to start."""
        note, pem = log["checkpoint"], log["log.pub.pem"]
        if (note, pem) not in self.notes:
            try:
                self.notes[note, pem] = verify_audit.read_checkpoint(note, pem)
            except subprocess.CalledProcessError as error:
                self.notes[note, pem] = verify_audit.Refused(str(error))
            except verify_audit.Refused as why:
                self.notes[note, pem] = why
        found = self.notes[note, pem]
        if isinstance(found, Exception):
            raise found
        return found

    def theirs(self, log):
        try:
            size, root = self.checkpoint(log)
            verify_audit.walk(sorted((n, d) for n, d in log.items() if n.startswith("audit-")), size, root)
            return True
        except (verify_audit.Refused, KeyError):
            return False

    def chain_alone(self, log):
        """The twin: without the checkpoint."""
        tree = verify_audit.Tree()
        lines = [line for name in sorted(log) if name.startswith("audit-") for line in lines_of(log, name)]
        for line in lines:
            tree.add(line)
        return self.theirs({**log, "checkpoint": self.pretended(len(lines), tree.root(), log)})

    def pretended(self, size, root, log):
        note = f"pretended {size} {root.hex()}".encode()
        self.notes[note, log["log.pub.pem"]] = size, root
        return note

    def close(self):
        self.worker.stdin.close()
        self.worker.wait()


def lines_of(log, name):
    return log[name].split(b"\n")[:-1]


def with_lines(log, name, lines):
    return {**log, name: b"".join(line + b"\n" for line in lines)}


def flips(log, every):
    for name in sorted(log):
        step = 1 if name == "checkpoint" else every
        if name == "log.pub.pem":
            continue
        for at in range(0, len(log[name]), step):
            data = bytearray(log[name])
            data[at] ^= 1 << (at % 8)
            yield f"{name}: bit {at % 8} of byte {at} flipped", {**log, name: bytes(data)}


def line_changes(log):
    for name in (n for n in sorted(log) if n.startswith("audit-")):
        lines = lines_of(log, name)
        for i in range(len(lines)):
            yield f"{name}: line {i} removed", with_lines(log, name, lines[:i] + lines[i + 1:])
            yield f"{name}: line {i} doubled", with_lines(log, name, lines[:i + 1] + lines[i:])
            half = len(lines[i]) // 2
            yield f"{name}: line {i} cut in half", with_lines(log, name, lines[:i] + [lines[i][:half]] + lines[i + 1:])
            if i + 1 < len(lines):
                swapped = lines[:i] + [lines[i + 1], lines[i]] + lines[i + 2:]
                yield f"{name}: lines {i} and {i + 1} swapped", with_lines(log, name, swapped)
            yield f"{name}: an empty line before {i}", with_lines(log, name, lines[:i] + [b""] + lines[i:])


def written_anew(log):
    """What whoever owns the files can do: one word changed in the first record, and the whole chain made again."""
    previous, anew = "0" * 64, dict(log)
    for name in (n for n in sorted(log) if n.startswith("audit-")):
        lines = []
        for line in lines_of(log, name):
            line = re.sub(rb'"prev":"[0-9a-f]{64}"', b'"prev":"%s"' % previous.encode(), line)
            if not lines and previous == "0" * 64:
                line = line.replace(b'"node1"', b'"node2"')
            previous = hashlib.sha256(line).hexdigest()
            lines.append(line)
        anew = with_lines(anew, name, lines)
    return anew


def file_changes(log, longer):
    names = [n for n in sorted(log) if n.startswith("audit-")]
    for name in names:
        yield f"{name} missing", {n: d for n, d in log.items() if n != name}
        yield f"{name} cut at the end", {**log, name: log[name][:-1]}
        yield f"{name} with a tail", {**log, name: log[name] + b"x"}
        yield f"{name} with CRLF", {**log, name: log[name].replace(b"\n", b"\r\n")}
    joined = {n: d for n, d in log.items() if n not in names[1:]}
    joined[names[0]] = b"".join(log[n] for n in names)
    if len(names) > 1:
        yield "two files as one, the second still there", {**log, names[0]: joined[names[0]]}
        yield "two files with each other's names", {**log, names[0]: log[names[1]], names[1]: log[names[0]]}
    for size in range(len(lines_of(log, names[-1]))):
        yield f"the last file cut after {size} lines", with_lines(log, names[-1], lines_of(log, names[-1])[:size])
    yield "a log written anew, chain and all", written_anew(log)
    yield "the end missing that a newer checkpoint has", {**log, "checkpoint": longer["checkpoint"]}
    yield "no checkpoint", {n: d for n, d in log.items() if n != "checkpoint"}
    yield "an empty checkpoint", {**log, "checkpoint": b""}


def random_changes(log, count, dice):
    names = [n for n in sorted(log) if n.startswith("audit-")]
    for number in range(count):
        name = dice.choice(names)
        data = bytearray(log[name])
        for _ in range(dice.randint(1, 3)):
            at = dice.randrange(len(data))
            what = dice.choice(["set", "insert", "delete", "move"])
            if what == "set":
                data[at] ^= dice.randint(1, 255)
            elif what == "insert":
                data[at:at] = dice.randbytes(dice.randint(1, 9))
            elif what == "delete":
                del data[at:at + dice.randint(1, 200)]
            else:
                piece = data[at:at + 50]
                del data[at:at + 50]
                to = dice.randrange(len(data) + 1)
                data[to:to] = piece
        if bytes(data) != log[name]:
            yield f"random change {number} of {name}", {**log, name: bytes(data)}


def make_log(worker, folder, transactions):
    state = folder / f"state-{transactions}"
    state.mkdir()
    subprocess.run([worker, "run", state, str(transactions - 1)], check=True, stdout=subprocess.DEVNULL)
    return {path.name: path.read_bytes() for path in (state / "audit").iterdir()}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("worker")
    parser.add_argument("--every", type=int, default=37)
    parser.add_argument("--random", type=int, default=500)
    parser.add_argument("--honest", type=int, default=40)
    options = parser.parse_args()
    missed, tried = [], 0
    with tempfile.TemporaryDirectory(prefix="crier-tamper-") as name:
        folder = pathlib.Path(name)
        judges = Judges(options.worker, folder)
        for transactions in range(1, options.honest + 1):
            log = make_log(options.worker, folder, transactions)
            if not judges.ours(log) or not judges.theirs(log):
                sys.exit(f"false alarm: an honest log of {transactions} transactions is refused")
        twin = make_log(options.worker, folder, options.honest + 1)
        if not judges.chain_alone(written_anew(twin)) or judges.theirs(written_anew(twin)):
            sys.exit("the twin: a chain without its checkpoint should have let a log written anew pass")
        log, longer = make_log(options.worker, folder, 160), make_log(options.worker, folder, 164)
        for changes in (flips(log, options.every), line_changes(log), file_changes(log, longer),
                        random_changes(log, options.random, random.Random(1))):
            for what, changed in changes:
                tried += 1
                missed += [f"{judge.__name__}: {what}" for judge in (judges.ours, judges.theirs) if judge(changed)]
        records = sum(data.count(b"\n") for n, data in log.items() if n.startswith("audit-"))
        judges.close()
    print(f"{records} records, {tried} alterations: {len(missed)} missed by a verifier; {options.honest} honest logs: "
          "0 false alarms")
    for what in missed[:20]:
        print("  missed by", what)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
