"""A whole delivery for a test: sandbox, workspace and daemon, all in virtual time.

The programs are those of the fault build in $CRIER_FAULT_BIN: the daemon's clock is the sandbox's,
so an hour of retries takes as long as its requests. Everything started is ended by its own process id.
"""
import base64
import contextlib
import dataclasses
import datetime
import hashlib
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("CRIER_FAULT_BIN", SOURCE / "build/fault/bin")).resolve()
os.environ["CRIER_BIN"] = str(BIN)  # what sandbox.py starts
sys.path[:0] = [str(SOURCE / "tests/support"), str(SOURCE / "tests/server")]
sys.dont_write_bytecode = True
import oracle  # noqa: E402
from sandbox import Sandbox  # noqa: E402

START = "2026-12-01T09:30:00+05:30"  # a Tuesday morning outside all quiet hours
NAME, TEXT = "drill/helmet@once/drill", "हेलमेट पहनें, सुरक्षित घर पहुँचें।"
PICTURES = ("plain.jpg", "plain.png")
RUN_LIMIT_S = 60


@dataclasses.dataclass(frozen=True)
class Place:
    """Where an account stands: the sandbox's path, the platform, its own keys, its secret, its publish request,
    and who it is there."""
    path: str
    platform: str
    keys: str
    credential: dict
    publish: str
    handle: str = "police"


@dataclasses.dataclass(frozen=True)
class Kind:
    """What is published where: files of tests/support/media with it, further keys of its post in the campaign, and
    the text that the public shall see."""
    place: Place
    media: tuple = ()
    keys: str = ""
    text: str = TEXT


WEBHOOK_SECRET = "whsec_" + base64.b64encode(hashlib.sha256(b"sandbox-police").digest()).decode()
TOKEN = {"access_token": "sandbox-police"}
LOGIN = {"identifier": "police.test", "password": "sandbox-police"}
SECRET = {"secret": WEBHOOK_SECRET}
BLUESKY = Place("bluesky", "bluesky", "", LOGIN, r"putRecord$")
MASTODON = Place("mastodon", "mastodon", "", TOKEN, r"/statuses$")
NO_KEYS = Place("mastodon-nokeys", "mastodon", " keeps_keys = false;", TOKEN, r"/statuses$")
WEBHOOK = Place("webhook/police", "webhook", "", SECRET, r"/police$")
FORGETFUL = Place("webhook-forgetful/police", "webhook", ' remembers = "1m";', SECRET, r"/police$")

TELEGRAM = Place("telegram", "telegram", ' channel = "@police";', {"token": "sandbox-police"}, r"/send[A-Z]\w+$")

FACEBOOK = Place("facebook", "facebook", "", {"page_token": "sandbox-police"},
                 r"/(feed|photo_stories)$|/video\w+\?upload_phase=finish$")

META = {"page_token": "sandbox-page-police"}
INSTAGRAM = Place("instagram", "instagram", "", {"user_token": "sandbox-user-police", **META}, r"/media_publish$")
THREADS = Place("threads", "threads", "", {"access_token": "sandbox-police", **META}, r"/threads_publish$")
OWN_HOST = Place("threads", "threads", ' media_url = "http://127.0.0.1/spool";', {"access_token": "sandbox-police"},
                 r"/threads_publish$")
JPEGS = ("poster.jpg", "poster-2.jpg")  # as large as Meta wants them

GOOGLE = {"client_id": "i", "client_secret": "s", "refresh_token": "sandbox-police"}
# Its publish request is a PUT like all pieces of an upload; proxy.py knows the last one.
YOUTUBE = Place("youtube", "youtube", "", GOOGLE, r"^$")

CONSUMER = {"consumer_key": "sandbox-app", "consumer_secret": "sandbox-app"}
X = Place("x", "x", "", {**CONSUMER, "access_token": "sandbox-police", "access_token_secret": "sandbox-police"}, r"/2/tweets$")

# A: our own record key; B: a key that the platform remembers for a while; C: neither; W: a webhook, whose answer
# is all there is to see. Other platforms by the first letters of their names.
KINDS = {
    "A text": Kind(BLUESKY),
    "A pictures": Kind(BLUESKY, PICTURES),
    "B text": Kind(MASTODON),
    "B pictures": Kind(MASTODON, PICTURES),
    "B made": Kind(MASTODON, ("place.jpg", "plain.png")),  # the place must not go out: a rendition does
    "C text": Kind(NO_KEYS),
    "C pictures": Kind(NO_KEYS, PICTURES),
    "W text": Kind(WEBHOOK),
    "W pictures": Kind(WEBHOOK, PICTURES),
    "F text": Kind(FORGETFUL),
    "FB text": Kind(FACEBOOK),
    "FB comment": Kind(FACEBOOK, (), ' first_comment = "हेल्पलाइन 112";'),
    "FB photo": Kind(FACEBOOK, PICTURES[:1]),
    "FB pictures": Kind(FACEBOOK, PICTURES),
    "FB reel": Kind(FACEBOOK, ("clip.mp4",), ' kind = "reel";'),
    "FB video": Kind(FACEBOOK, ("clip.mp4",)),
    "FB story": Kind(FACEBOOK, ("clip.mp4",), ' kind = "story";', ""),
    "FB photo story": Kind(FACEBOOK, PICTURES[:1], ' kind = "story";', ""),
    "IG picture": Kind(INSTAGRAM, JPEGS[:1]),
    "IG carousel": Kind(INSTAGRAM, JPEGS),
    "IG reel": Kind(INSTAGRAM, ("clip.mp4",), ' kind = "reel";'),
    "IG story": Kind(INSTAGRAM, JPEGS[:1], ' kind = "story";', ""),
    "YT video": Kind(YOUTUBE, ("film.mp4",), ' title = "हेलमेट";'),
    "YT short": Kind(YOUTUBE, ("clip.mp4",), ' title = "हेलमेट"; kind = "short"; playlist = "PLroads";'),
    "TG text": Kind(TELEGRAM),
    "TG picture": Kind(TELEGRAM, PICTURES[:1]),
    "TG pictures": Kind(TELEGRAM, PICTURES),
    "TG video": Kind(TELEGRAM, ("clip.mp4",)),
    "X text": Kind(X),
    "X pictures": Kind(X, PICTURES),
    "X video": Kind(X, ("film.mp4",)),
    "X gif": Kind(X, ("animated.gif",)),
    "TH text": Kind(THREADS),
    "TH picture": Kind(THREADS, JPEGS[:1]),
    "TH pictures": Kind(THREADS, JPEGS),
    "TH video": Kind(OWN_HOST, ("clip.mp4",)),
}


def skip_unless_built(name):
    """The scripts that need the fault build say so by name where it is absent."""
    missing = [tool for tool in ("crier", "crier-sandbox", "crier-inspect", "crier-render") if not (BIN / tool).exists()]
    if missing:
        print(f"SKIPPED {name}: {', '.join(missing)} of the fault build not found in {BIN}")
        sys.exit(77)


def config(place, base_url, more=""):
    """crier.cfg with one drill account that is told nothing it need not be told."""
    return (f'timezone = "Asia/Kolkata";\n'
            f'accounts = ( {{ name = "drill"; platform = "{place.platform}"; live = false;{place.keys}'
            f' base_url = "{base_url}"; }} );\n{more}')


def campaign(kind, at="2026-12-01 09:30", post="helmet", useful_for="6h", text=None):
    media = ", ".join(f'{{ file = "{name}"; alt = "चित्र {number}"; }}' for number, name in enumerate(kind.media, 1))
    media = f" media = ( {media} );" if media else ""
    text = kind.text if text is None else text
    text = f' text = "{text}";' if text else ""
    return (f'title = "Drill";\naccounts = [ "drill" ];\nposts = (\n'
            f'  {{ id = "{post}"; at = "{at}"; useful_for = "{useful_for}";{text}{media} {kind.keys}}}\n);\n')


class Workspace:
    """A folder with crier.cfg, one campaign, its media, and a credential for the drill account."""

    def __init__(self, folder, kind, base_url, more="", **post):
        self.path = pathlib.Path(folder)
        self.state = self.path / "state"
        for part in ("campaigns", "media", "state/credentials/test"):
            (self.path / part).mkdir(parents=True)
        self.state.chmod(0o700)
        for name in kind.media:
            shutil.copy(SOURCE / "tests/support/media" / name, self.path / "media")
        (self.path / "crier.cfg").write_text(config(kind.place, base_url, more))
        (self.path / "campaigns/drill.cfg").write_text(campaign(kind, **post))
        credential = self.state / "credentials/test/drill.json"
        credential.write_text(json.dumps(kind.place.credential))
        credential.chmod(0o600)


def target(visit):
    """A request's path and query, as they were sent."""
    return "?".join(filter(None, (visit["path"], visit["query"])))


class Run:
    """What became of one `crier run --until-idle`."""

    def __init__(self, status, stderr):
        self.status = status
        self.stderr = stderr

    @property
    def last_words(self):
        return " | ".join(self.stderr.splitlines()[-3:])

    @property
    def alarms(self):
        return [line.split("ALARM ", 1)[1] for line in self.stderr.splitlines() if "ALARM " in line]


class Delivery:
    """One delivery of a kind, from its file to its end. Use as a context."""

    def __init__(self, kind, folder=None, through=None, more="", **post):
        """`through` makes a proxy for a sandbox (see proxy.py), which then stands between the two. `more`
        is added to crier.cfg, `post` changes the campaign."""
        self.kind = kind
        self.what, self.place = KINDS[kind], KINDS[kind].place
        self.folder, self.through, self.more, self.post = folder, through, more, post
        self.alarms = []
        self.runs = 0

    def __enter__(self):
        self.stack = contextlib.ExitStack()
        folder = self.stack.enter_context(tempfile.TemporaryDirectory(prefix="crier-drill-", dir=self.folder))
        self.sandbox = Sandbox("--virtual")
        self.stack.callback(self.sandbox.kill)
        assert self.sandbox.set_clock(START).status == 200
        self.proxy = self.stack.enter_context(self.through(self.sandbox)) if self.through else None
        host = self.proxy.host if self.proxy else f"127.0.0.1:{self.sandbox.port}"
        clock = self.proxy.clock_host if self.proxy else host
        self.workspace = Workspace(f"{folder}/w", self.what, f"http://{host}/{self.place.path}", self.more, **self.post)
        self.environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC", "CRIER_VIRTUAL": clock,
                            "CRIER_RULE_OFF": os.environ.get("CRIER_RULE_OFF", "")}
        return self

    def __exit__(self, *error):
        self.stack.close()

    def command(self, *words):
        return [str(BIN / "crier"), "-C", str(self.workspace.path), *words]

    def run(self, tool=(), kill_after=None, limit=RUN_LIMIT_S, **environment):
        """The daemon to its end, below `tool`; SIGKILL after `kill_after` seconds."""
        self.runs += 1
        process = subprocess.Popen([*map(str, tool), *self.command("run", "--until-idle")],
                                   env={**self.environment, **environment}, cwd="/", start_new_session=True,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        try:
            _, stderr = process.communicate(timeout=limit if kill_after is None else kill_after)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            _, stderr = process.communicate()
            if kill_after is None:
                stderr += b"\nharness: did not end in time\n"
        result = Run(process.returncode, stderr.decode("utf-8", "replace"))
        self.alarms += result.alarms
        return result

    def ask(self, *words):
        """A command that prints facts, as JSON; its exit status and answer."""
        done = subprocess.run(self.command(*words, "--json"), env=self.environment, cwd="/", capture_output=True,
                              timeout=RUN_LIMIT_S)
        try:
            return done.returncode, json.loads(done.stdout)
        except ValueError:
            return done.returncode, {"unreadable": (done.stdout + done.stderr).decode("utf-8", "replace")}

    @property
    def rows(self):
        return self.ask("status")[1].get("deliveries", [])

    @property
    def public(self):
        return [post for post in self.sandbox.posts if not post["deleted"]]

    def made(self, name):
        """The hash of what goes out in a file's place: the newest rendition, or the file itself."""
        source = hashlib.sha256((SOURCE / "tests/support/media" / name).read_bytes()).hexdigest()
        shelf = self.workspace.state / f"renditions/{source}.json"
        entry = json.loads(shelf.read_text()) if shelf.exists() else {}
        return ([each["sha256"] for each in entry.get("renditions", []) if not each["problem"]] or [source])[-1]

    @property
    def wanted(self):
        media = [self.made(name) for name in self.what.media]
        return oracle.Wanted(NAME, self.place.handle, self.what.text, tuple(media))

    def pass_time(self, seconds):
        now = datetime.datetime.fromisoformat(self.sandbox.clock["now"]) + datetime.timedelta(seconds=seconds)
        assert self.sandbox.set_clock(now.isoformat()).status == 200

    @property
    def logins(self):
        return sum(each["logins"] for each in self.sandbox.ask("GET", "/_sandbox/sessions").json["sessions"])

    def judge(self):
        """Every invariant the oracle knows, and the audit by the program and by a verifier of its own."""
        records = oracle.audit_records(self.workspace.state)
        publishes = [visit for visit in self.sandbox.requests
                     if visit["method"] == "POST" and re.search(self.place.publish, target(visit))]
        intents = [record for record in records if record.get("ev") == "publish.intent"]
        verdict = oracle.judge([self.wanted], self.public, self.rows, self.alarms, len(intents), len(publishes))
        comments = [visit for visit in self.sandbox.requests
                    if visit["method"] == "POST" and visit["path"].endswith("/comments") and visit["status"] in (0, 200)]
        if len(comments) > 1:
            verdict.count("duplicates", f"a first comment was sent {len(comments)} times")
        status, said = self.ask("audit", "verify")
        if status != 0 or not said.get("ok"):
            verdict.count("untrue", f"audit verify: {status} {said}")
        return verdict
