#!/usr/bin/python3
"""What `preview --requests` shows is what is sent: each kind of delivery on each platform is shown, then published by the whole
daemon through a proxy that keeps every request, and the two are compared: method, address, headers, body, bytes of files, order.

Ids of a platform, times and secrets are unknown beforehand and stand there as marks; a mark must stand for one value throughout
its delivery. Left out of what was sent is what belongs to no delivery (who we are, limits, a session), and of the same question
asked several times in a row all but one.
"""
import hashlib
import json
import pathlib
import re
import shutil
import subprocess
import sys
import unittest
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
sys.dont_write_bytecode = True
import harness  # noqa: E402
import proxy  # noqa: E402
from harness import BLUESKY, FACEBOOK, MASTODON, TELEGRAM, THREADS, X, YOUTUBE, Kind  # noqa: E402

MEDIA = harness.SOURCE / "tests/support/media"
OF_THE_ACCOUNT = {"identify", "inspect", "limits", "refresh", "login"}
MARK = re.compile(r"<[^<>]*>")
OF_EACH_REQUEST = re.compile(r"<(time of sending|random|signature .*)>")
ADDED_BY_NET = {"host", "user-agent", "accept", "content-length", "expect", "connection", "accept-encoding"}
SRT = "1\n00:00:00,000 --> 00:00:00,900\nहेलमेट\n"

THREAD = ' thread = ( "दूसरा भाग", "तीसरा भाग" );'
FILM = ' title = "हेलमेट"; media = ( { file = "clip.mp4"; alt = "चित्र"; thumbnail = "plain.jpg"; captions = "words.srt"; } );'
MORE_KINDS = {
    "A thread": Kind(BLUESKY, (), THREAD),
    "B thread": Kind(MASTODON, (), THREAD),
    "TG thread": Kind(TELEGRAM, (), THREAD),
    "TH thread": Kind(THREADS, (), THREAD),
    "X thread": Kind(X, (), THREAD),
    "A link": Kind(BLUESKY, (), ' link = "https://cybercrime.gov.in"; title = "पोर्टल";'),
    "B film": Kind(MASTODON, ("clip.mp4",)),
    "FB link": Kind(FACEBOOK, (), ' link = "https://cybercrime.gov.in";'),
    "FB film": Kind(FACEBOOK, (), FILM),
    "YT film": Kind(YOUTUBE, (), FILM),
    "X film": Kind(X, (), FILM),
}
harness.KINDS.update(MORE_KINDS)


class Keeping(proxy.Proxy):
    """Passes all on, and keeps it."""

    def __init__(self, sandbox):
        super().__init__(sandbox, lambda step, n: None)
        self.kept = []

    def read(self, connection):
        exchange = super().read(connection)
        if exchange and not exchange.path.startswith("/_sandbox"):
            self.kept.append(exchange)
        return exchange

    @property
    def of_deliveries(self):
        """Without the account's own."""
        return [exchange for exchange in self.kept if exchange.step not in OF_THE_ACCOUNT]


class Differs(AssertionError):
    pass


class Comparison:
    """One delivery's requests; `marks` is what each mark turned out to stand for."""

    def __init__(self, workspace, host):
        self.workspace, self.host, self.marks = workspace, host, {}

    def text(self, shown, sent, where):
        pieces, names = [], []
        for part in re.split(r"(<[^<>]*>)", shown):
            if not MARK.fullmatch(part):
                pieces.append(re.escape(part))
            elif part in self.marks and not OF_EACH_REQUEST.fullmatch(part):
                pieces.append(re.escape(self.marks[part]))
            else:
                pieces.append("(.+?)")
                names.append(part)
        found = re.fullmatch("".join(pieces), sent, re.S)
        if not found:
            raise Differs(f"{where}: shown {shown!r}, sent {sent!r}")
        for name, value in zip(names, found.groups()):
            self.marks.setdefault(name, value)

    def value(self, shown, sent, where):
        if isinstance(shown, dict) and isinstance(sent, dict):
            self.same(list(sorted(shown)), list(sorted(sent)), f"{where}: members")
            for name in shown:
                self.value(shown[name], sent[name], f"{where}.{name}")
        elif isinstance(shown, list) and isinstance(sent, list):
            self.same(len(shown), len(sent), f"{where}: how many")
            for number, (one, other) in enumerate(zip(shown, sent)):
                self.value(one, other, f"{where}[{number}]")
        elif isinstance(shown, str) and isinstance(sent, str):
            self.text(shown, sent, where)
        elif isinstance(shown, str) and MARK.fullmatch(shown) and isinstance(sent, int):
            self.text(shown, str(sent), where)
        else:
            self.same(shown, sent, where)

    @staticmethod
    def same(shown, sent, where):
        if shown != sent:
            raise Differs(f"{where}: shown {shown!r}, sent {sent!r}")

    def bytes_of(self, shown, sent, where):
        """A file, or a piece of it: as many bytes, and those of the rendition or of the file in media/."""
        self.same(shown["bytes"], len(sent), f"{where}: bytes")
        source = self.workspace / "media" / shown["file"]
        if hashlib.sha256(source.read_bytes()).hexdigest() == shown["sha256"]:
            self.same(source.read_bytes()[shown["offset"]:][:shown["bytes"]], sent, f"{where}: content")
        elif not shown["offset"]:
            self.same(shown["sha256"], hashlib.sha256(sent).hexdigest(), f"{where}: hash")

    def parts(self, shown, exchange, where):
        mark = re.search(r"boundary=(\S+)", dict((n.lower(), v) for n, v in exchange.headers)["content-type"])[1].encode()
        pieces = exchange.body.split(b"--" + mark)[1:-1]
        self.same(len(shown), len(pieces), f"{where}: parts")
        for part, piece in zip(shown, pieces):
            head, body = piece[2:-2].split(b"\r\n\r\n", 1)
            head = head.decode()
            self.same(part["name"], re.search(r' name="([^"]*)"', head)[1], f"{where}: name of a part")
            if not part["file"]:
                self.text(part["value"], body.decode(), f"{where}: {part['name']}")
                continue
            self.same(part["filename"], re.search(r'filename="([^"]*)"', head)[1], f"{where}: file name")
            self.same(part["mime"], re.search(r"(?i)content-type: (\S+)", head)[1], f"{where}: type of a part")
            self.bytes_of(part, body, f"{where}: {part['name']}")

    def headers(self, shown, exchange, where):
        sent = {name.lower(): value for name, value in exchange.headers}
        names = {header["name"].lower() for header in shown}
        if not exchange.body and "content-type" not in names:
            sent.pop("content-type", None)  # libcurl names a type for a POST without a body, too
        self.same(set(), set(sent) - names - ADDED_BY_NET, f"{where}: headers that are not shown")
        for header in shown:
            value = sent.get(header["name"].lower())
            if value is None:
                raise Differs(f"{where}: {header['name']} is shown and was not sent")
            if header["value"] == "multipart/form-data":
                value = value.split(";")[0]
            if header["value"].startswith("OAuth oauth_"):
                self.oauth1(header["value"], value, where)
            else:
                self.text(header["value"], value, f"{where}: {header['name']}")

    def oauth1(self, shown, sent, where):
        def fields(text):
            return dict(re.findall(r'(\w+)="([^"]*)"', text))
        self.same(sorted(fields(shown)), sorted(fields(sent)), f"{where}: OAuth fields")
        for name, value in fields(shown).items():
            self.text(value, fields(sent)[name], f"{where}: {name}")

    def body(self, shown, exchange, where):
        if shown["json"] is not None:
            self.value(shown["json"], json.loads(exchange.body), f"{where}: body")
        elif shown["form"] is not None:
            fields = urllib.parse.parse_qsl(exchange.body.decode(), keep_blank_values=True)
            self.value([[field["name"], field["value"]] for field in shown["form"]], [list(field) for field in fields],
                       f"{where}: form")
        elif shown["parts"] is not None:
            self.parts(shown["parts"], exchange, where)
        elif shown["file"] is not None:
            self.bytes_of(shown["file"], exchange.body, where)
        else:
            self.text(shown["text"] or "", exchange.body.decode(), f"{where}: body")

    def request(self, shown, exchange, where):
        self.same(shown["method"], exchange.method, f"{where}: method")
        self.text(shown["url"], f"http://{self.host}{exchange.path}", f"{where}: address")
        self.headers(shown["headers"], exchange, where)
        self.body(shown, exchange, where)


class Shown:
    """What is shown of a kind, and what was sent of it."""

    def __init__(self, kind):
        with harness.Delivery(kind, through=Keeping) as delivery:
            self.path = delivery.workspace.path
            if kind in MORE_KINDS and "words.srt" in MORE_KINDS[kind].keys:
                for name in ("clip.mp4", "plain.jpg"):
                    shutil.copy(MEDIA / name, self.path / "media")
                (self.path / "media/words.srt").write_text(SRT)
            done = subprocess.run(delivery.command("preview", "--from", "2026-12-01", "--days", "1", "--requests", "--json"),
                                  env=delivery.environment, cwd="/", capture_output=True, text=True, timeout=120)
            self.deliveries = json.loads(done.stdout)["deliveries"] if done.stdout else []
            self.said = done.stderr
            run = delivery.run()
            self.ended = f"exit {run.status}: {run.last_words} {delivery.rows}"
            self.states = {row["state"] for row in delivery.rows}
            self.sent, self.host = delivery.proxy.of_deliveries, delivery.proxy.host
            self.differs = self.compare()

    def compare(self):
        """The first difference, or None."""
        left = Left(self.sent)
        try:
            for delivery in self.deliveries:
                comparison = Comparison(self.path, self.host)
                Comparison.same(None, delivery["requests_end"], f"{delivery['name']}: where it ends")
                for number, shown in enumerate(delivery["requests"], 1):
                    left.take(comparison, shown, f"{delivery['name']}, request {number} ({shown['method']} {shown['url']})")
            Comparison.same([], left.rest, "sent besides")
        except Differs as difference:
            return str(difference)
        return None


class Left:
    """What was sent and has not been compared yet. A question may have been asked several times in a row."""

    def __init__(self, sent):
        self.sent, self.before = list(sent), None

    def is_again(self):
        return self.sent and self.before and self.sent[0].method == "GET" and self.sent[0].path == self.before.path

    def take(self, comparison, shown, where):
        while True:
            if not self.sent:
                raise Differs(f"{where}: was not sent")
            known = dict(comparison.marks)
            try:
                comparison.request(shown, self.sent[0], where)
                self.before = self.sent.pop(0)
                return
            except Differs:
                comparison.marks = known
                if not self.is_again():
                    raise
                self.sent.pop(0)

    @property
    def rest(self):
        while self.is_again():
            self.sent.pop(0)
        return [f"{exchange.method} {exchange.path}" for exchange in self.sent]


class Requests(unittest.TestCase):
    def test_what_is_shown_is_what_is_sent(self):
        platforms, count = set(), 0
        for kind, what in harness.KINDS.items():
            with self.subTest(kind):
                shown = Shown(kind)
                self.assertTrue(shown.deliveries, shown.said)
                self.assertEqual(shown.states, {"published"}, shown.ended)
                self.assertIsNone(shown.differs)
                platforms.add(what.place.platform)
                count += len(shown.sent)
        self.assertEqual(len(platforms), 9)
        print(f"{len(harness.KINDS)} kinds on {len(platforms)} platforms: {count} requests were sent as shown")

    def test_a_difference_is_noticed(self):
        """The twin: each of these changes of what is shown is a difference."""
        changes = {
            "method": lambda request: request.update(method="PUT"),
            "address": lambda request: request.update(url=request["url"] + "x"),
            "text": lambda request: request["json"].update(status="अन्य"),
            "a header more": lambda request: request["headers"].append({"name": "X-More", "value": "1"}),
            "a header less": lambda request: request["headers"].pop(),
        }
        for name, change in changes.items():
            with self.subTest(name):
                shown = Twin("B text", change)
                self.assertIsNotNone(shown.differs)


class Twin(Shown):
    def __init__(self, kind, change):
        self.change = change
        super().__init__(kind)

    def compare(self):
        self.change(self.deliveries[0]["requests"][0])
        return super().compare()


if __name__ == "__main__":
    harness.skip_unless_built("requests_shown")
    if len(sys.argv) > 1 and sys.argv[1] == "--kind":
        answer = Shown(sys.argv[2])
        print(answer.differs or f"{len(answer.sent)} requests as shown", answer.states)
        sys.exit(answer.differs is not None)
    unittest.main()
