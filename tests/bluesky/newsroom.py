"""The sample workspace, its Bluesky accounts on Bluesky's own server, its other accounts on the sandbox.

What must be public is asked from `crier preview`, what is public from Bluesky's library (read_back.js).
"""
import base64
import datetime
import hashlib
import json
import pathlib
import random
import re
import shutil
import struct
import sys
import unittest
import zlib

import bluesky

sys.path[:0] = [str(bluesky.SOURCE / "tests/support")]
import office  # noqa: E402

SOURCE = bluesky.SOURCE
PICTURE = SOURCE / "media/traffic/helmet.png"


def webhook_secret(name):
    """The one that the sandbox knows."""
    return "whsec_" + base64.b64encode(hashlib.sha256(name.encode()).digest()).decode()


DRILLS = pathlib.Path(__file__).resolve().parents[2] / "docs/drill-credentials"
SECRETS = {"mastodon": lambda name: {"access_token": f"sandbox-{name}"},
           "webhook": lambda name: {"secret": webhook_secret(f"sandbox-{name}")}}
ACCOUNT = re.compile(r'name\s*=\s*"(?P<name>[^"]+)";[^{}]*?platform\s*=\s*"(?P<platform>[^"]+)";[^{}]*?'
                     r'base_url\s*=\s*"(?P<address>[^"]+)"')
SANDBOX = "127.0.0.1:8642"
PATIENCE_S = 100  # for what takes ten on an idle machine


def drill_secret(name):
    return json.loads((DRILLS / f"{name}.json").read_text())


def sample_accounts():
    """The platform of each account of the sample workspace."""
    return {found["name"]: found["platform"] for found in ACCOUNT.finditer((SOURCE / "crier.cfg").read_text())}


def bluesky_accounts():
    return [name for name, platform in sample_accounts().items() if platform == "bluesky"]


def sample_picture(size):
    """The sample picture of that many bytes, by a chunk that means nothing before its last."""
    content = PICTURE.read_bytes()
    filling = b"fiLl" + bytes(size - len(content) - 12)
    chunk = struct.pack(">I", len(filling) - 4) + filling + struct.pack(">I", zlib.crc32(filling))
    return content[:-12] + chunk + content[-12:]


def loud_picture(side):
    """A picture of points by chance: nothing beside it can be left out, and a little over 3 x side x side bytes."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    points = random.Random(side).randbytes(3 * side * side)
    rows = b"".join(b"\0" + points[y:y + 3 * side] for y in range(0, len(points), 3 * side))
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def without_slow_ones(text):
    """Telegram lets 20 messages a minute out, and films are asked for after half a minute: not what is looked at here."""
    for name in ("tube", "insta", "fb", "x-main", "threads-main", "channel"):
        text = text.replace(f'"{name}", ', "").replace(f', "{name}"', "")
    return text


class Newsroom(office.Office):
    def __init__(self, server, address=None, virtual=False, **more):
        """`address`: of something that stands before the server."""
        super().__init__(virtual=virtual, **more)
        self.server, self.address = server, address or server.url
        for part in ("campaigns", "media"):
            shutil.copytree(SOURCE / part, self.path / part, dirs_exist_ok=True)
        for path in (self.path / "campaigns").glob("*.cfg"):
            path.write_text(without_slow_ones(path.read_text()))
        self.config(text=self._sample_config())
        for name, platform in sample_accounts().items():
            self.secret(name, self.login(name) if platform == "bluesky" else SECRETS.get(platform, drill_secret)(name))

    def _sample_config(self):
        def place(found):
            row = found[0]
            if found["platform"] == "bluesky":
                return row.replace(found["address"], self.address)
            return row.replace(SANDBOX, f"127.0.0.1:{self.sandbox.port}")

        return without_slow_ones(ACCOUNT.sub(place, (SOURCE / "crier.cfg").read_text()))

    def login(self, name):
        account = self.server.accounts[name]
        return {"identifier": account["handle"], "password": account["password"]}

    def secret(self, name, value):
        path = self.state / f"credentials/test/{name}.json"
        path.write_text(json.dumps(value))
        path.chmod(0o600)

    def retime(self, seconds):
        """All single posts of the campaigns are due then, and quiet hours are over."""
        moment = office.at(datetime.datetime.now(office.INDIA) + datetime.timedelta(seconds=seconds))
        for path in (self.path / "campaigns").glob("*.cfg"):
            text = re.sub(r'(\bat\s*= )"\d[^"]*"', rf'\1"{moment}"', path.read_text())
            self.write(f"campaigns/{path.name}", text)
        self.quiet_never()
        return moment

    def quiet_never(self):
        text = re.sub(r"(?m)^(quiet|blackouts)\b.*$", "", (self.path / "crier.cfg").read_text())
        self.write("crier.cfg", text)

    def only(self, account, *posts):
        """These posts instead of the campaigns."""
        for path in (self.path / "campaigns").glob("*.cfg"):
            path.unlink()
        self.campaign("drill", *posts, accounts=(account,))

    def wanted(self, account, *words):
        """The deliveries that `preview` shows for it."""
        return self.json("preview", "--account", account, *words)["deliveries"]

    def said_of(self, account):
        """The rows of `status` for it, by name."""
        rows = self.json("status")["deliveries"]
        return {row["name"]: row for row in rows if row["account"] == account}


class ServerTest(unittest.TestCase):
    """One server for all tests of a class, and the library that reads back."""

    @classmethod
    def setUpClass(cls):
        cls.server = bluesky.Server(*bluesky_accounts())
        cls.library = bluesky.Judge("read_back.js", cls.server.url)

    @classmethod
    def tearDownClass(cls):
        cls.library.__exit__()
        cls.server.__exit__()

    def read_back(self, account):
        return self.library.ask(self.server.accounts[account]["did"])
