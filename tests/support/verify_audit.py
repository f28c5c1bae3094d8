#!/usr/bin/python3
"""Checks an audit log of Crier without any of its code: only this file, Python and openssl.

usage: verify_audit.py FOLDER [PUBLIC-KEY.pem]

FOLDER holds audit-*.jsonl, checkpoint and log.pub.pem. Exit status 0 only if every record follows from
the one before it (seq, prev), the files are named by their first record, and the signed checkpoint's
root is that of its records.
"""
import base64
import hashlib
import json
import pathlib
import re
import subprocess
import sys
import tempfile


class Refused(Exception):
    """What does not hold, for a person."""


def sha256(data):
    return hashlib.sha256(data).digest()


def no_doubles(pairs):
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("a name stands twice")
    return dict(pairs)


class Tree:
    """RFC 6962: leaves come, the root is asked for. Full subtrees are kept as (leaves, hash)."""

    def __init__(self):
        self.parts = []

    def add(self, line):
        leaves, top = 1, sha256(b"\0" + line)
        while self.parts and self.parts[-1][0] == leaves:
            _, left = self.parts.pop()
            leaves, top = 2 * leaves, sha256(b"\1" + left + top)
        self.parts.append((leaves, top))

    def root(self):
        if not self.parts:
            return sha256(b"")
        top = self.parts[-1][1]
        for _, left in reversed(self.parts[:-1]):
            top = sha256(b"\1" + left + top)
        return top


def openssl_key(pem):
    """The 32 bytes of an Ed25519 public key: the end of its DER."""
    der = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "DER"], input=pem, capture_output=True,
                         check=True).stdout
    return der[-32:]


def openssl_verify(pem, text, signature):
    with tempfile.TemporaryDirectory() as folder:
        names = [pathlib.Path(folder, name) for name in ("key", "text", "signature")]
        for name, data in zip(names, (pem, text, signature)):
            name.write_bytes(data)
        return subprocess.run(["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", names[0], "-rawin", "-in",
                               names[1], "-sigfile", names[2]], capture_output=True).returncode == 0


def strict_base64(text, length):
    data = base64.b64decode(text, validate=True)
    if len(data) != length or base64.b64encode(data).decode() != text:
        raise ValueError("base64")
    return data


def read_checkpoint(note, pem, raw_key=None, verify=openssl_verify):
    """(records, root) of a signed note, or Refused. `raw_key` saves asking openssl each time."""
    try:
        body, signature = note.decode().split("\n\n")
        origin, size, root = body.split("\n")
        dash, name, blob = signature.removesuffix("\n").split(" ")
        blob = strict_base64(blob, 4 + 64)
        root = strict_base64(root, 32)
    except ValueError as error:
        raise Refused(f"the checkpoint is not a signed note: {error}") from error
    if dash != "\u2014" or name != origin or not origin or not signature.endswith("\n"):
        raise Refused("the checkpoint's signature line is not the log's")
    if not re.fullmatch("0|[1-9][0-9]{0,17}", size):
        raise Refused("the checkpoint's size is no number")
    key = raw_key or openssl_key(pem)
    if blob[:4] != sha256(origin.encode() + b"\n\1" + key)[:4]:
        raise Refused("the checkpoint is signed with another key")
    if not verify(pem, (body + "\n").encode(), blob[4:]):
        raise Refused("the checkpoint's signature is wrong")
    return int(size), root


def read_record(line, count, previous):
    try:
        record = json.loads(line.decode(), object_pairs_hook=no_doubles)
    except ValueError as error:
        raise Refused(f"record {count}: {error}") from error
    if not isinstance(record, dict) or type(record.get("seq")) is not int or record["seq"] != count:
        raise Refused(f"record {count}: another seq")
    if record.get("prev") != previous:
        raise Refused(f"record {count}: does not follow the one before")


def walk(segments, size, root):
    """`segments`: (name, bytes) in order. The number of records, or Refused."""
    tree, count, previous = Tree(), 0, "0" * 64
    held = size == 0 and root == tree.root()
    for name, data in segments:
        if name != f"audit-{count:012d}.jsonl":
            raise Refused(f"{name}: its first record should be {count}")
        if data and not data.endswith(b"\n"):
            raise Refused(f"{name}: torn last line")
        for line in data.split(b"\n")[:-1]:
            read_record(line, count, previous)
            previous = hashlib.sha256(line).hexdigest()
            tree.add(line)
            count += 1
            if count == size:
                held = root == tree.root()
    if not held:
        raise Refused(f"{count} records are not those of the checkpoint at {size}")
    return count


def read_segments(folder):
    names = sorted(path for path in folder.iterdir() if re.fullmatch(r"audit-[0-9]{12}\.jsonl", path.name))
    return [(path.name, path.read_bytes()) for path in names]


def verify_folder(folder, pem_path=None):
    folder = pathlib.Path(folder)
    try:
        pem = pathlib.Path(pem_path or folder / "log.pub.pem").read_bytes()
        size, root = read_checkpoint((folder / "checkpoint").read_bytes(), pem)
        return walk(read_segments(folder), size, root), size
    except (OSError, subprocess.CalledProcessError) as error:
        raise Refused(str(error)) from error


def main():
    if len(sys.argv) not in (2, 3):
        print(__doc__, file=sys.stderr)
        return 2
    try:
        records, size = verify_folder(*sys.argv[1:])
    except Refused as why:
        print("FAIL:", why)
        return 1
    print(f"OK: {records} records, checkpoint at {size} holds, {records - size} newer")
    return 0


if __name__ == "__main__":
    sys.exit(main())
