"""What the measurements share: a sink, a workspace whose accounts are webhooks of that sink, a daemon, its figures.

The sink (sink.c) answers at once and keeps when each request came, so lateness and speed are what a receiver sees.
Nothing here is timed by asking the daemon: answers would cost it time.
"""
import datetime
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

SOURCE = pathlib.Path(__file__).resolve().parents[2]
INDIA = datetime.timezone(datetime.timedelta(hours=5, minutes=30))
SECRET = '{"secret":"whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"}'
TEXT = ("संदेश {}: हेलमेट चालान से बचने के लिए नहीं, घर लौटने के लिए पहनें। आपात स्थिति में 112 डायल करें। "
        "Notice {} of this office.")
FILES = 20


def binaries(words):
    return pathlib.Path(words[1] if len(words) > 1 else SOURCE / "build/release/bin").resolve()


def until(what, condition, seconds, pause=0.01):
    end = time.monotonic() + seconds
    while not (answer := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(pause)
    return answer


def verdict(good, line):
    print(f"{'ok' if good else 'MISSED':6}  {line}", flush=True)
    return good


class Sink:
    """The server at the other end."""

    def __init__(self, bin, folder, delay_ms=0):
        self.log = folder / "arrivals"
        self.process = subprocess.Popen([bin / "sink", "-d", str(delay_ms), "-l", self.log], stdout=subprocess.PIPE,
                                        text=True)
        self.port = int(self.process.stdout.readline())

    @property
    def counts(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/") as answer:
            return json.loads(answer.read())

    def arrivals(self):
        """Ends it: (microseconds since 1970, webhook-id, name of the delivery) of each request."""
        self.close()
        rows = (line.split(" ", 2) for line in self.log.read_text("utf-8").splitlines())
        return [(int(us), key, name) for us, key, name in rows]

    def close(self):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait()
        self.process.stdout.close()


class Daemon:
    """A running `crier run`, and what it costs."""

    def __init__(self, bench):
        self.log = open(bench.folder / "daemon.log", "ab")
        self.began = time.monotonic()
        self.process = subprocess.Popen([bench.bin / "crier", "-C", bench.path, "run"], stdout=subprocess.PIPE,
                                        stderr=self.log, text=True,
                                        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC"})
        said = self.process.stdout.readline()
        self.ready_ms = (time.monotonic() - self.began) * 1000
        assert said == "READY\n", (bench.folder / "daemon.log").read_text("utf-8", "replace")

    @property
    def cpu_s(self):
        tasks = pathlib.Path(f"/proc/{self.process.pid}/task").iterdir()
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9

    @property
    def pss_mb(self):
        rollup = pathlib.Path(f"/proc/{self.process.pid}/smaps_rollup").read_text()
        return int(next(line for line in rollup.splitlines() if line.startswith("Pss:")).split()[1]) / 1024

    def settle(self):
        """Until its threads use no time any more."""
        before = None
        while before != (before := self.cpu_s):
            time.sleep(0.2)
        return before

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        self.process.wait(60)
        self.process.stdout.close()
        self.log.close()


class Bench:
    """A workspace in a folder of its own, with its sink."""

    def __init__(self, bin, accounts, delay_ms=0):
        self.bin = bin
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="crier-bench-"))
        self.path = self.folder / "w"
        for name in ("campaigns", "media", "state/credentials/test"):
            (self.path / name).mkdir(parents=True)
        (self.path / "state").chmod(0o700)
        self.sink = Sink(bin, self.folder, delay_ms)
        self.names = [f"account-{number}" for number in range(accounts)]
        self.daemon = None
        self._config()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        if self.daemon and self.daemon.process.poll() is None:
            self.daemon.end(signal.SIGKILL)
        self.sink.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _config(self):
        rows = ",\n".join(f'  {{ name = "{name}"; platform = "webhook"; live = false;'
                          f' base_url = "http://127.0.0.1:{self.sink.port}/{name}"; }}' for name in self.names)
        (self.path / "crier.cfg").write_text(f'timezone = "Asia/Kolkata";\naccounts = (\n{rows}\n);\n')
        for name in self.names:
            credential = self.path / f"state/credentials/test/{name}.json"
            credential.write_text(SECRET)
            credential.chmod(0o600)

    def campaigns(self, moments, accounts=None):
        """One post a moment, on all accounts (or on these), spread over some files."""
        names = ", ".join(f'"{name}"' for name in accounts or self.names)
        for file in range(min(FILES, len(moments))):
            posts = ",\n".join(
                f'  {{ id = "post-{number}"; at = "{moments[number]:%Y-%m-%d %H:%M:%S}";'
                f' text = "{TEXT.format(number, number)}"; }}' for number in range(file, len(moments), FILES))
            (self.path / f"campaigns/campaign-{file}.cfg").write_text(
                f'title = "Campaign {file}";\naccounts = [ {names} ];\nposts = (\n{posts}\n);\n')

    def start(self):
        self.daemon = Daemon(self)
        return self.daemon

    def until_read(self, seconds=120):
        log = self.folder / "daemon.log"
        until("the files are read", lambda: b"campaign files read" in log.read_bytes(), seconds)

    def published(self):
        """(time, name) of each record of a publication."""
        lines = "".join(file.read_text("utf-8") for file in sorted((self.path / "state/audit").glob("audit-*.jsonl")))
        records = (json.loads(line) for line in lines.splitlines() if '"state":"published"' in line)
        return [(datetime.datetime.fromisoformat(record["ts"]), record["delivery"]) for record in records]


def soon(seconds):
    return (datetime.datetime.now(INDIA) + datetime.timedelta(seconds=seconds)).replace(microsecond=0)


sys.dont_write_bytecode = True
