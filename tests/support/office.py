"""A press office for a test: a workspace, a sandbox, the daemon that runs, and people who ask it.

Two clocks. Office() runs the programs of $CRIER_BIN on the machine's own clock: posts are due in a few
seconds. Office(virtual=True) runs the fault build of $CRIER_FAULT_BIN on a clock that stands still until
`office.clock.go(...)` lets it jump, timer by timer; so days pass in moments, and never too far.

Nothing here sleeps blindly: what a test waits for is asked for, with a limit. What was started is ended by
its own process id.
"""
import concurrent.futures
import contextlib
import datetime
import functools
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(SOURCE / "tests/server")]
sys.dont_write_bytecode = True
import sandbox as sandbox_module  # noqa: E402

INDIA = datetime.timezone(datetime.timedelta(hours=5, minutes=30))
MORNING = datetime.datetime(2026, 12, 1, 9, 0, tzinfo=INDIA)  # a Tuesday
PICTURES = SOURCE / "tests/support/media"
LIMIT_S = 30
GAMES, USERS = 60, 100  # groups that every Debian has: editors and approvers of our offices


def programs(virtual):
    folder = os.environ.get("CRIER_FAULT_BIN", SOURCE / "build/fault/bin") if virtual else os.environ["CRIER_BIN"]
    return pathlib.Path(folder).resolve()


def needs_fault_build(name):
    if not (programs(True) / "crier").exists():
        print(f"SKIPPED {name}: the fault build is not in {programs(True)}")
        sys.exit(77)


def until(what, condition, seconds=LIMIT_S):
    """Asks until it is true, and answers what it was."""
    end = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.02)


def at(moment):
    return moment.astimezone(INDIA).strftime("%Y-%m-%d %H:%M:%S")


def post(name, moment, text=None, **more):
    """One post of a campaign file. `moment` is a datetime, or None with `repeat`."""
    when = f' at = "{at(moment)}";' if moment else ""
    words = f' text = "{text or "संदेश " + name}";' if text != "" else ""
    rest = "".join(f" {key} = {value};" for key, value in more.items())
    return f'  {{ id = "{name}";{when}{words}{rest} }}'


def medium(name, alt="चित्र"):
    return f'{{ file = "{name}"; alt = "{alt}"; }}'


class Clock:
    """Stands between a virtual daemon and the sandbox's clock: time passes only as far as it is let. That it asks
    for more says that it has nothing left to do now: `refused` counts that."""

    def __init__(self, sandbox, start):
        clock = self
        self.sandbox, self.limit, self.refused, self.moves = sandbox, start, 0, 0
        sandbox.set_clock(start.isoformat())

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                head = b""
                while not head.endswith(b"\r\n\r\n"):
                    line = self.rfile.readline()
                    if not line:
                        return
                    head += line
                length = int(re.search(rb"(?i)content-length: *(\d+)", head)[1])
                body = clock.answer(head.split(b" ", 1)[0].decode(), self.rfile.read(length))
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.host = f"127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def answer(self, method, body):
        if method == "PUT" and datetime.datetime.fromisoformat(json.loads(body)["now"]) > self.limit:
            self.refused += 1
            return b"not yet"
        self.moves += method == "PUT"
        return self.sandbox.ask(method, "/_sandbox/clock", body or None,
                                {"Content-Type": "application/json"}).body

    @property
    def now(self):
        return datetime.datetime.fromisoformat(self.sandbox.clock["now"])

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Daemon:
    """A running `crier run`."""

    def __init__(self, office, *options, tool=(), ready=True, **environment):
        self.office = office
        self.log = office.folder / f"daemon-{len(list(office.folder.glob('daemon-*.log')))}.log"
        self.started = time.monotonic()
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [*map(str, tool), *office.line("run", *options)], env={**office.environment, **environment}, cwd="/",
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True, start_new_session=True)
        office.stack.callback(self.kill)
        if ready:
            line = self.process.stdout.readline()
            self.ready_ms = (time.monotonic() - self.started) * 1000
            assert line == "READY\n", f"{line!r} instead of READY; it said:\n{self.said}"

    @property
    def said(self):
        return self.log.read_text("utf-8", "replace")

    @property
    def alarms(self):
        return [line.split("ALARM ", 1)[1] for line in self.said.splitlines() if "ALARM " in line]

    @property
    def pid(self):
        return self.process.pid

    def signal(self, number):
        self.process.send_signal(number)

    def wait(self, seconds=LIMIT_S):
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"the daemon did not end within {seconds} s; it said:\n{self.said}") from None

    def stop(self, seconds=LIMIT_S):
        self.signal(signal.SIGTERM)
        return self.wait(seconds)

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()


class Office:
    def __init__(self, virtual=False, accounts=None, more="", approvals=0, start=MORNING):
        self.stack = contextlib.ExitStack()
        self.virtual = virtual
        self.bin = programs(virtual)
        self.folder = pathlib.Path(self.stack.enter_context(tempfile.TemporaryDirectory(prefix="crier-office-")))
        self.folder.chmod(0o755)
        self.path = self.folder / "w"
        self.state = self.path / "state"
        self.runtime = self.folder / "run"  # where other people reach the socket
        for folder in (self.path / "campaigns", self.path / "media", self.state / "credentials/test", self.runtime):
            folder.mkdir(parents=True)
        self.state.chmod(0o700)
        self.environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC",
                            "RUNTIME_DIRECTORY": str(self.runtime),
                            "TSAN_OPTIONS": os.environ.get("TSAN_OPTIONS", "")}
        self.sandbox = self._start_sandbox()
        self.clock = None
        if virtual:
            self.clock = Clock(self.sandbox, start)
            self.stack.callback(self.clock.close)
            self.environment["CRIER_VIRTUAL"] = self.clock.host
        self.approvals, self.more = approvals, more
        self.config(accounts)
        self.daemon = None

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.stack.close()

    def _start_sandbox(self):
        before, sandbox_module.BIN = sandbox_module.BIN, self.bin
        try:
            made = sandbox_module.Sandbox("--unlimited", *(("--virtual",) if self.virtual else ()))
        finally:
            sandbox_module.BIN = before
        self.stack.callback(lambda: made.process.poll() is None and made.kill())
        return made

    # What staff and the administrator write

    def config(self, accounts=None, text=None):
        """crier.cfg: accounts by name, each a text of further keys."""
        base = f"http://127.0.0.1:{self.sandbox.port}"
        approvals = f" approvals = {self.approvals};" if self.approvals else ""
        rows = [f'{{ name = "{name}"; platform = "mastodon"; live = false;{approvals}'
                f' base_url = "{base}/mastodon"; {keys} }}' for name, keys in (accounts or {"drill": ""}).items()]
        groups = 'editors = "games";\napprovers = "users";\n' if self.approvals else ""
        self.write("crier.cfg", text or f'timezone = "Asia/Kolkata";\naccounts = ( {", ".join(rows)} );\n{groups}{self.more}\n')
        for name in accounts or {"drill": ""}:
            self.credential(name, f"sandbox-{name}")

    def credential(self, account, token):
        path = self.state / f"credentials/test/{account}.json"
        path.write_text(json.dumps({"access_token": token}))
        path.chmod(0o600)

    def write(self, name, text, owner=None):
        """As an editor saves: a new file takes the old one's place."""
        path, fresh = self.path / name, self.folder / "being-saved"
        fresh.write_text(text)
        fresh.chmod(0o644)
        if owner is not None:
            os.chown(fresh, owner, -1)
        fresh.replace(path)

    def campaign(self, name, *posts, accounts=("drill",), owner=None, **more):
        names = ", ".join(f'"{account}"' for account in accounts)
        rest = "".join(f"{key} = {value};\n" for key, value in more.items())
        rows = ",\n".join(posts)
        self.write(f"campaigns/{name}.cfg", f'title = "{name}";\naccounts = [ {names} ];\n{rest}posts = (\n{rows}\n);\n',
                   owner)

    def picture(self, name, source="plain.jpg"):
        shutil.copy(PICTURES / source, self.path / "media" / name)

    # Running

    def line(self, *words):
        return [str(self.bin / "crier"), "-C", str(self.path), *map(str, words)]

    def start(self, *options, **more):
        self.daemon = Daemon(self, *options, **more)
        return self.daemon

    def run_until_idle(self, seconds=LIMIT_S, **environment):
        self.start("--until-idle", ready=False, **environment)
        return self.daemon.wait(seconds)

    def crier(self, *words, uid=None, groups=(), given=None, seconds=LIMIT_S, **environment):
        """A command; its CompletedProcess with texts. `uid` and `groups`: as that person."""
        person = {} if uid is None else {"user": uid, "group": 65533, "extra_groups": list(groups)}
        return subprocess.run(self.line(*words), env={**self.environment, **environment}, cwd="/", text=True,
                              capture_output=True, timeout=seconds, input=given,
                              stdin=subprocess.DEVNULL if given is None else None, **person)

    @property
    def slowness(self):
        """Seconds that a promise of ours may take longer here: twice what a program needs now to merely start."""
        start = time.monotonic()
        assert self.crier("--version").returncode == 0
        return 2 * (time.monotonic() - start)

    def json(self, *words, **more):
        done = self.crier(*words, "--json", **more)
        assert done.stdout, f"{words}: exit {done.returncode}, {done.stderr}"
        return json.loads(done.stdout)

    # Asking the daemon, without a process for each question

    def ask(self, command, *words, **options):
        path = str(self.runtime / "control.sock")

        class Connection(http.client.HTTPConnection):
            def connect(self):
                self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
                self.sock.settimeout(LIMIT_S)
                self.sock.connect(path)

        connection = Connection("localhost")
        try:
            connection.request("POST", "/v1/ask", json.dumps({"command": command, "words": words, "options": options}),
                               {"Connection": "close"})
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()

    @property
    def status(self):
        answer = self.ask("status")
        assert answer["kind"] == 0, answer
        return answer["result"]

    @property
    def rows(self):
        return {row["name"].split("/", 1)[1]: row for row in self.status["deliveries"]}

    def row(self, name, account="drill"):
        return self.rows.get(f"{name}@once/{account}") or {"state": None, "reason": None}

    def until_state(self, name, state, reason=None, seconds=LIMIT_S, account="drill"):
        """Waits for a state (and reason), letting virtual time pass no further."""
        try:
            return until(f"{name} is {state}", lambda: self._is(self.row(name, account), state, reason), seconds)
        except AssertionError as late:
            raise AssertionError(f"{late}; it is {self.row(name, account)}\n{self.daemon.said}") from None

    @staticmethod
    def _is(row, state, reason):
        return row if row["state"] == state and (reason is None or row["reason"] == reason) else None

    def go(self, moment, seconds=LIMIT_S):
        """Lets virtual time pass until `moment`, or as long as a timer stands before it."""
        self.clock.limit = moment
        before = None
        while before != self.clock.now:
            before = self.clock.now
            self.settle(seconds)

    def settle(self, seconds=LIMIT_S):
        """Until the daemon has nothing to do at this moment: each question wakes it, and when it falls asleep again
        it wants time to pass. The second such wish was made after we came here. `seconds` is how long it may do
        nothing: a month on a slow machine takes its time."""
        wishes, moves, end = self.clock.refused, self.clock.moves, time.monotonic() + seconds
        while self.clock.refused < wishes + 2:
            if self.clock.moves != moves:
                moves, end = self.clock.moves, time.monotonic() + seconds
            assert time.monotonic() < end, self.daemon.said
            self.ask("status")
            time.sleep(0.01)

    def settle_or_end(self, seconds=LIMIT_S):
        """The same for a daemon that may die on the way."""
        try:
            self.settle(seconds)
        except (OSError, http.client.HTTPException):
            self.daemon.wait(seconds)

    def reload(self):
        """SIGHUP, and waits until the files have been read."""
        before = self.loads
        self.daemon.signal(signal.SIGHUP)
        until("the files are read", lambda: self.loads > before)

    def reload_quietly(self):
        """SIGHUP where nothing can be read: the daemon says so in its own way."""
        said = len(self.daemon.said)
        self.daemon.signal(signal.SIGHUP)
        until("the daemon says something", lambda: len(self.daemon.said) > said)

    @property
    def loads(self):
        return len([record for record in self.audit if record["ev"] == "config.load"])

    # What became of it

    @property
    def audit(self):
        records = []
        for path in sorted((self.state / "audit").glob("audit-*.jsonl")):
            for line in path.read_bytes().split(b"\n")[:-1]:
                records.append(json.loads(line))
        return records

    def events(self, name=None):
        return [record["ev"] for record in self.audit if not name or name in json.dumps(record)]

    @property
    def public(self):
        return [item["text"] for item in self.sandbox.posts if not item["deleted"]]


class OfficeTest(unittest.TestCase):
    """One office a test. Whatever happened in it, nothing is public twice and the audit log verifies."""
    virtual = False
    options = {}

    def setUp(self):
        self.office = Office(virtual=self.virtual, **self.options)
        self.addCleanup(self.office.stack.close)
        self.addCleanup(self.check_no_program_crashed)

    def check_no_program_crashed(self):
        for log in self.office.folder.glob("daemon-*.log"):
            said = log.read_text("utf-8", "replace")
            if re.search("Sanitizer|runtime error|Assertion|out of memory", said):
                self.fail(said)

    def now(self):
        return self.office.clock.now if self.virtual else datetime.datetime.now(INDIA)

    def soon(self, seconds):
        return self.now().replace(microsecond=0) + datetime.timedelta(seconds=seconds + (0 if self.virtual else 1))

    def check_exactly_once(self):
        public = self.office.public
        self.assertEqual(sorted(set(public)), sorted(public), "something is public twice")

    def refused(self, done, status, words):
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        self.assertRegex(done.stdout + done.stderr, words)


def names_of(suite):
    """Of all its tests, as unittest's command line takes them."""
    for part in suite:
        yield from names_of(part) if isinstance(part, unittest.TestSuite) else [part.id().removeprefix("__main__.")]


def main(first=None):
    """The tests of a file, each in a process of its own and some at a time: what they do is mostly to wait until
    something is due. `first` is the longest of them. With arguments: as unittest has it."""
    if len(sys.argv) > 1:
        unittest.main()
    names = sorted(names_of(unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"])), key=lambda name: name != first)
    with concurrent.futures.ThreadPoolExecutor(1 + os.cpu_count()) as pool:
        ends = [pool.submit(subprocess.run, [sys.executable, sys.argv[0], "-v", name], text=True, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT) for name in names]
        for end in concurrent.futures.as_completed(ends):
            print(end.result().stdout, end="", flush=True)
    failed = [name for name, end in zip(names, ends) if end.result().returncode != 0]
    print(f"{len(names)} tests, {len(failed)} failed", *failed)
    sys.exit(1 if failed or not names else 0)


def as_root(test):
    """A test that must be able to become other people."""
    @functools.wraps(test)
    def run(self):
        if os.geteuid() != 0:
            self.skipTest("needs root, to act as other users")
        return test(self)
    return run
