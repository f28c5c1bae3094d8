#!/usr/bin/python3
"""`preview`, `check` and `media` on the sample workspace, under strace: no socket but the socketpairs to crier-inspect and
crier-render, nothing written but in the cache, nothing changed, and the same input gives the same bytes (I12), whether the cache is
empty or full."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

BIN = pathlib.Path(os.environ["CRIER_BIN"])
SOURCE = pathlib.Path(os.environ["CRIER_SOURCE"])
CALLS = "%net,open,openat,openat2,creat,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,truncate,ftruncate,link,linkat,symlink,symlinkat,mknod,mknodat,chmod,fchmod,fchmodat"
READS = ("O_RDONLY",)
DESK = "DESK"  # stands for a folder in the cache: beside the cache --html writes only there
COMMANDS = (
    ("check", "--from", "2026-11-22"),
    ("check", "--from", "2026-11-22", "--json"),
    ("preview", "--from", "2026-12-01", "--days", "30"),
    ("preview", "--from", "2026-12-01", "--days", "400", "--json"),
    ("preview", "--from", "2026-12-01", "--days", "30", "--requests"),
    ("preview", "traffic/helmet"),
    ("media", "--json", "traffic/helmet.png", "traffic/helmet-short.mp4"),
    ("preview", "--from", "2026-12-01", "--days", "14", "--html", DESK),
)
# A picture that Instagram wants in another format.
PHOTO = """title = "Photo"; accounts = [ "insta", "toots" ];
posts = ( { id = "photo"; at = "2026-12-02 09:30"; text = "A photo"; media = ( { file = "traffic/helmet.png"; alt = "a helmet"; } ); } );
"""
# No address family but AF_UNIX, no connection: a pair of ends that only parent and child hold.
ALLOWED_NET = re.compile(r"socketpair\(AF_UNIX, SOCK_STREAM[|A-Z_]*, 0, \[")


def workspace(folder):
    for name in ("crier.cfg", "campaigns", "media"):
        source = SOURCE / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / name)
    (folder / "campaigns/photo.cfg").write_text(PHOTO)


def run(folder, words, cache, trace=None):
    command = [str(BIN / "crier"), "-C", str(folder), *words]
    if trace:
        command = ["strace", "-f", "-qq", "-y", "-e", "trace=" + CALLS, "-o", str(trace), *command]
    # A leak check cannot run under a tracer.
    environment = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0", "TZ": "UTC", "XDG_CACHE_HOME": str(cache)}
    return subprocess.run(command, capture_output=True, env=environment, timeout=120)


def named(line):
    """The paths that a call names, by name or by descriptor; strace -y writes them out. Where it stands is none of them."""
    return re.findall(r'"([^"]*)"', line) + re.findall(r"(?<!AT_FDCWD)<([^>]*)>", line)


def within(line, cache):
    # A descriptor opened again by its number, as ffmpeg opens what it was given, is what strace says it is.
    paths = [path for path in named(line) if not re.fullmatch(r"/proc/self/fd/\d+", path)]
    return bool(paths) and all(path == "/dev/null" or f"{path}/".startswith(f"{cache}/") for path in paths)


def writes(line, cache):
    if re.search(r"\b(open|openat|openat2)\(", line):
        return (not any(flag in line for flag in READS) or "O_CREAT" in line or "O_TRUNC" in line) and not within(line, cache)
    return "resumed>" not in line and not within(line, cache)


def is_net(line):
    return re.search(r"\b(socket|socketpair|connect|bind|listen|accept4?|send(to|msg|mmsg)|recv(from|msg|mmsg)|"
                     r"setsockopt|getsockopt|getsockname|getpeername|shutdown)\(", line)


def judge(lines, cache):
    """The lines that must not be there, and how many socketpairs there were."""
    bad, pairs = [], 0
    for line in lines:
        call = re.sub(r"^\d+ +", "", line)
        if not re.match(r"[a-z0-9_]+\(", call):
            continue  # the second half of an interrupted call, an exit, a signal
        if ALLOWED_NET.match(call):
            pairs += 1
        elif is_net(call) or writes(call, cache):
            bad.append(line)
    return bad, pairs


def stamps(folder):
    return sorted((str(path), path.lstat().st_mtime_ns, path.lstat().st_size) for path in folder.rglob("*"))


def selftest():
    """The judge notices what it is there for."""
    for line in ("12 socket(AF_INET, SOCK_STREAM, 0) = 3", "12 connect(3, {sa_family=AF_UNIX}, 8) = 0",
                 '12 openat(AT_FDCWD</c>, "x", O_WRONLY|O_CREAT, 0600) = 3', '12 openat(AT_FDCWD</c>, "x", O_RDWR) = 3',
                 '12 openat2(4</w>, "x", {flags=O_WRONLY}, 24) = 3', '12 rename("/c/a", "/w/b") = 0', '12 mkdir("/cat", 0700) = 0',
                 '12 openat(AT_FDCWD</c>, "/proc/self/fd/4", O_WRONLY|O_CREAT, 0666) = 6</w/x>',
                 "12 sendto(3, 0x1, 1, 0, NULL, 0) = 1", "12 fchmod(4</w/x>, 0600) = 0", '12 unlink("/c") = 0 </w>'):
        assert judge([line], "/c")[0], f"not noticed: {line}"
    assert judge(['12 openat(AT_FDCWD</w>, "/proc/self/fd/4", O_WRONLY|O_CREAT, 0666) = 6</c/x>', '12 openat(AT_FDCWD</w>, "x", O_RDONLY|O_CLOEXEC) = 3', '12 mkdir("/c/crier", 0700) = 0',
                  '12 openat(AT_FDCWD</w>, "/c/x.new", O_WRONLY|O_CREAT, 0600) = 3</c/x.new>', "12 fchmod(3</c/x.new>, 0400) = 0",
                  "12 socketpair(AF_UNIX, SOCK_STREAM|SOCK_CLOEXEC, 0, [5, 6]) = 0"], "/c") == ([], 1)


def main():
    if not shutil.which("strace"):
        print("SKIPPED dry_run: strace is not installed")
        return 77
    selftest()
    failures = 0
    with tempfile.TemporaryDirectory(prefix="crier-dry-run-") as name:
        folder = pathlib.Path(name) / "workspace"
        folder.mkdir()
        workspace(folder)
        before = stamps(folder)
        for number, words in enumerate(COMMANDS):
            trace, cache = pathlib.Path(name) / "trace", pathlib.Path(name) / f"cache-{number}"
            words = [str(cache / "desk") if word == DESK else word for word in words]
            traced, plain = run(folder, words, cache, trace), run(folder, words, cache)
            lines = trace.read_text(errors="replace").splitlines()
            bad, pairs = judge(lines, cache)
            same = traced.stdout == plain.stdout
            good = traced.returncode == 0 and not bad and same and pairs > 0 and len(traced.stdout) > 0
            failures += not good
            print(f"{'ok    ' if good else 'FAILED'} crier {' '.join(words)}: exit {traced.returncode}, "
                  f"{len(lines)} calls looked at, {pairs} socketpairs, {len(bad)} forbidden, "
                  f"{len(plain.stdout)} bytes {'twice the same' if same else 'DIFFERENT'}")
            print("".join(f"    {line}\n" for line in bad[:10]), end="")
            if traced.returncode:
                print(traced.stderr.decode(errors="replace")[:2000])
        if stamps(folder) != before:
            failures += 1
            print("FAILED the workspace was changed")
    return 1 if failures else 0


sys.exit(main())
