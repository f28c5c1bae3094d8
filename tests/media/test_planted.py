#!/usr/bin/python3
"""A place, a camera, a person: planted in pictures and films in every way, published by the whole daemon to every platform
that takes files, and then looked for in every byte that the sandbox was sent. None is found.

--some takes every fourth file. Its twin (--twin) stands a crier-render in that strips nothing and a crier-inspect that does not
notice: then they are found, or the search is worth nothing.
"""
import datetime
import http.client
import json
import os
import pathlib
import shutil
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "support"), str(HERE)]
sys.dont_write_bytecode = True
import office as office_module  # noqa: E402
from office import MORNING, Office, medium, needs_fault_build, post, until  # noqa: E402
needs_fault_build("media_planted")
import harness  # noqa: E402
import desk  # noqa: E402
import make_corpus  # noqa: E402
import plant  # noqa: E402
import second_reading as reading  # noqa: E402
from relay import Relay  # noqa: E402

PLACES = {"bluesky": harness.BLUESKY, "facebook": harness.FACEBOOK, "instagram": harness.INSTAGRAM, "mastodon": harness.MASTODON,
          "telegram": harness.TELEGRAM, "threads": harness.THREADS, "webhook": harness.WEBHOOK, "x": harness.X, "youtube": harness.YOUTUBE}
FILMS = ("mp4", "mov", "webm", "mkv")
LIMIT_S = 900

# Goes on as the true one does, but what it makes is the source as it is.
DOUBLE = """#!/usr/bin/python3
import json, os, sys
if sys.argv[1] in ("look", "probe"):
    os.execv({true!r}, [{true!r}, *sys.argv[1:]])
size = next(word for word in sys.argv[2].split() if word[0].isdigit() and "x" in word).split("x") if "copy" not in sys.argv[2] else (640, 360)
while piece := os.read(3, 1 << 20):
    os.write(4, piece)
print(json.dumps({{"duration_ms": 4000 if sys.argv[1] == "video" else None, "frames": 1, "height": int(size[1]),
                   "mime": sys.argv[2].split()[1], "problem": None, "width": int(size[0])}}))
"""


# What is made is looked at by crier-inspect before it is kept: it, too, must be blind, or nothing goes out.
BLIND = """#!/usr/bin/python3
import re, subprocess, sys
done = subprocess.run([{true!r}, *sys.argv[1:]], close_fds=False, stdout=subprocess.PIPE, text=True)
sys.stdout.write(re.sub(r'"metadata":\\[[^]]*\\]', '"metadata":[]', done.stdout))
"""


def programs_of_twin(folder):
    true = office_module.programs(True)
    folder.mkdir()
    for name in ("crier", "crier-sandbox"):
        shutil.copy(true / name, folder / name)
    for name, script in ("crier-render", DOUBLE), ("crier-inspect", BLIND):
        (folder / name).write_text(script.format(true=str(true / name)))
        (folder / name).chmod(0o755)
    return folder


def accounts(port):
    rows = [f'{{ name = "{name}-drill"; platform = "{place.platform}"; live = false;{place.keys} base_url = "http://127.0.0.1:{port}/{place.path}"; }}'
            for name, place in PLACES.items()]
    return f'timezone = "Asia/Kolkata";\naccounts = (\n  ' + ",\n  ".join(rows) + "\n);\n"


def write(office, relay, names):
    """A campaign a file, for all that take it. Threads fetches films from a web server of the office's own: none here."""
    office.config(text=accounts(relay.port))
    for name, place in PLACES.items():
        path = office.state / f"credentials/test/{name}-drill.json"
        path.write_text(json.dumps(place.credential))
        path.chmod(0o600)
    count, table = 0, reading.table()
    for number, name in enumerate(names):
        shutil.copy(desk.corpus() / name, office.path / "media" / name)
        film = name.rsplit(".", 1)[1] in FILMS
        row = next(row for row in table if row.matches(name))
        there = [platform for platform, sign in row.signs.items() if sign != "x" and not (film and platform == "threads")]
        due = MORNING + datetime.timedelta(hours=2, minutes=number)
        title = {"title": f'"{name}"'} if "youtube" in there else {}
        office.campaign(f"c{number:03}", post(f"p{number:03}", due, f"words {number:03}", media=f"( {medium(name)} )", **title),
                        accounts=[f"{platform}-drill" for platform in there])
        count += len(there)
    return count


def rows(office):
    return {row["name"]: row for row in office.status["deliveries"]}


def is_made(office, count):
    time.sleep(0.5)  # each answer costs the daemon a row a delivery
    states = [row["state"] for row in rows(office).values()]
    return len(states) == count and "planned" not in states


def publish(office, names):
    relay = Relay(office.sandbox.port)
    office.stack.callback(relay.close)
    count = write(office, relay, names)
    office.start()
    until("all is made", lambda: is_made(office, count), LIMIT_S)
    try:
        office.go(MORNING + datetime.timedelta(hours=6), seconds=LIMIT_S)
    except http.client.HTTPException:
        print(f"the daemon is gone ({office.daemon.wait(60)}); it said:\n{office.daemon.said[-3000:]}")
        raise
    wrong = [f"{name}: {row['state']} {row['reason']}" for name, row in rows(office).items() if row["state"] != "published"]
    return relay, count, wrong


def find(relay):
    found = {}
    for sent in relay.connections:
        assert b"transfer-encoding: chunked" not in bytes(sent).lower(), "chunks would part what is looked for"
        for name in plant.found_in(bytes(sent)):
            found.setdefault(name, bytes(sent)[:60].split(b"\r\n")[0].decode("latin-1"))
    return found


def main():
    desk.skip_unless_possible("media_planted")
    twin = "--twin" in sys.argv
    names = [word for word in sys.argv[1:] if not word.startswith("-")] or sorted(
        name for name in make_corpus.FILES if name.startswith("planted-"))[::4 if "--some" in sys.argv else 1]
    if twin:
        folder = pathlib.Path(os.environ.get("TMPDIR", "/tmp")) / f"crier-planted-{os.getpid()}"
        os.environ["CRIER_FAULT_BIN"] = str(programs_of_twin(folder))
    try:
        with Office(virtual=True) as office:
            relay, count, wrong = publish(office, names)
            found = find(relay)
            sent = relay.bytes
            if wrong and not twin:
                print(office.daemon.said[-3000:])
    finally:
        if twin:
            shutil.rmtree(folder)
    for line in wrong:
        print(f"not published: {line}")
    for name, where in found.items():
        print(f"found: {name} in {where}")
    print(f"{len(names)} planted files, {count - len(wrong)} of {count} deliveries published, {sent} bytes sent: {len(found)} of "
          f"{len(list(plant.needles()))} forms found{' (twin: nothing is stripped)' if twin else ''}")
    return 0 if (found if twin else not found and not wrong) else 1


sys.exit(main())
