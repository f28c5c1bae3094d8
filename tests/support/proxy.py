"""A server in front of the sandbox that answers as badly as it is told to.

It stands between the daemon and the sandbox on a port of its own. Requests that no behaviour meets are
passed on. It also stands in the way of the clock: a connection that it keeps waiting is counted among
the sandbox's stalled ones, so virtual time goes on; and it sees what time each request came.
"""
import collections
import contextlib
import dataclasses
import http.client
import json
import re
import select
import socket
import struct
import threading
import typing

# The steps of a delivery, by their request.
STEPS = (
    ("identify", "GET", r"/api/v1/accounts/verify_credentials$"),
    ("limits", "GET", r"/api/v\d/instance$"),
    ("upload", "POST", r"/api/v2/media$"),
    ("poll", "GET", r"/api/v1/media/[^/]+$"),
    ("publish", "POST", r"/api/v1/statuses$"),
    ("source", "GET", r"/api/v1/statuses/[^/]+/source$"),
    ("read", "GET", r"/api/v1/statuses/[^/]+$"),
    ("find", "GET", r"/api/v1/accounts/[^/]+/statuses$"),
    ("login", "POST", r"/xrpc/com\.atproto\.server\.createSession$"),
    ("refresh", "POST", r"/xrpc/com\.atproto\.server\.refreshSession$"),
    ("identify", "GET", r"/xrpc/com\.atproto\.server\.getSession$"),
    ("upload", "POST", r"/xrpc/com\.atproto\.repo\.uploadBlob$"),
    ("publish", "POST", r"/xrpc/com\.atproto\.repo\.putRecord$"),
    ("read", "GET", r"/xrpc/com\.atproto\.repo\.getRecord$"),
    ("find", "GET", r"/xrpc/com\.atproto\.repo\.listRecords$"),
    ("publish", "POST", r"/webhook/police$"),
    ("identify", "GET", r"/facebook/v[\d.]+/me$"),
    ("inspect", "GET", r"/facebook/v[\d.]+/debug_token$"),
    ("upload", "POST", r"/facebook/v[\d.]+/\d+/photos$"),
    ("start", "POST", r"/facebook/v[\d.]+/\d+/video\w+\?upload_phase=start$"),
    ("piece", "POST", r"/facebook/v[\d.]+/\d+/videos\?upload_phase=transfer$"),
    ("upload", "POST", r"/facebook/video-upload/"),
    ("publish", "POST", r"/facebook/v[\d.]+/\d+/(feed$|photo_stories$|video\w+\?upload_phase=finish$)"),
    ("find", "GET", r"/facebook/v[\d.]+/\d+/(published_posts|stories)$"),
    ("video", "GET", r"/facebook/v[\d.]+/\d+$"),
    ("read", "GET", r"/facebook/v[\d.]+/\d+_\d+$"),
    ("refresh", "POST", r"/youtube/token$"),
    ("identify", "GET", r"/youtube/v3/channels\?part=id,snippet"),
    ("open", "POST", r"/upload/youtube/v3/videos$"),
    ("piece", "PUT", r"/upload/youtube/v3/videos$"),
    ("find", "GET", r"/youtube/v3/(channels\?part=contentDetails|videos\?part=snippet,status,fileDetails)"),
    ("read", "GET", r"/youtube/v3/videos$"),
    ("playlist", "POST", r"/youtube/v3/playlistItems$"),
    ("publish", "POST", r"/bot[^/]+/send[A-Z]\w+$"),
    ("identify", "POST", r"/bot[^/]+/get\w+$"),
    ("publish", "POST", r"/media_publish$|/me/threads_publish$"),
    ("create", "POST", r"/instagram/v[^/]+/\d+/media$|/me/threads$"),
    ("photo", "POST", r"/(instagram|threads)/v[^/]+/\w+/photos$"),
    ("upload", "POST", r"/ig-api-upload/"),
    ("address", "GET", r"/(instagram|threads)/.*\?fields=images$"),
    ("measure", "GET", r"\?fields=.*video_status"),
    ("poll", "GET", r"/(instagram|threads)/v[^/]+/\d+\?fields=id%2Cstatus"),
    ("read", "GET", r"/(instagram|threads)/v[^/]+/\d+\?fields=id%2C(caption|media_type)"),
    ("find", "GET", r"/instagram/v[^/]+/\d+/media$|/me/(threads|replies)$"),
    ("identify", "GET", r"/2/users/me$"),
    ("start", "POST", r"/2/media/upload/initialize$"),
    ("append", "POST", r"/2/media/upload/\d+/append$"),
    ("finish", "POST", r"/2/media/upload/\d+/finalize$"),
    ("upload", "POST", r"/2/media/upload$"),
    ("poll", "GET", r"/2/media/upload$"),
    ("describe", "POST", r"/2/media/metadata$"),
    ("publish", "POST", r"/2/tweets$"),
    ("read", "GET", r"/2/tweets/\d+$"),
    ("find", "GET", r"/2/users/\d+/tweets$"),
    ("refresh", "POST", r"/2/oauth2/token$"),
    ("limits", "GET", r"_publishing_limit$"),
    ("identify", "GET", r"/(instagram|threads)/v[^/]+/me$"),
    ("refresh", "GET", r"/refresh_access_token$"),
)
LIMIT_S = 60  # real seconds; a test that needs them is broken


def step_of(method, path):
    """A pattern that names a query sees it; the others see the path alone."""
    bare = path.split("?")[0]
    return next((name for name, verb, pattern in STEPS
                 if verb == method and re.search(pattern, path if r"\?" in pattern else bare)), "other")


def piece_of(headers):
    """Google's pieces of a file all have one address: a question, a piece, or the last one, which publishes."""
    span = next((value for name, value in headers if name.lower() == "content-range"), "")
    if span.startswith("bytes */"):
        return "ask"
    piece = re.fullmatch(r"bytes \d+-(\d+)/(\d+)", span)
    return "publish" if piece and int(piece[1]) + 1 == int(piece[2]) else "piece"


@dataclasses.dataclass
class Answer:
    """What goes back: the bytes, and what follows them (keep, close, reset, stall, drip, deafen)."""
    data: bytes
    then: str = "close"

    @classmethod
    def http(cls, status, body=b"", headers=(), mime="application/json; charset=utf-8", then="close"):
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
        if isinstance(body, str):
            body = body.encode()
        head = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", f"Content-Type: {mime}", "Connection: close"]
        head += [f"{name}: {value}" for name, value in headers]
        return cls("\r\n".join(head).encode() + b"\r\n\r\n" + body, then)


@dataclasses.dataclass
class Exchange:
    """One request, and the sandbox's answer to it where it was passed on."""
    proxy: "Proxy"
    step: str
    method: str
    path: str
    headers: list
    body: bytes
    status: int = 0
    answer: bytes = b""
    answer_headers: typing.Any = ()

    def pass_on(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.proxy.sandbox.port, timeout=LIMIT_S)
        headers = {name: value for name, value in self.headers if name.lower() not in ("connection", "expect")}
        with contextlib.closing(connection):
            connection.request(self.method, self.path, self.body, headers)
            response = connection.getresponse()
            self.status, self.answer, self.answer_headers = response.status, response.read(), response.headers.items()
        return self

    @property
    def plain(self):
        """The sandbox's own answer, unchanged."""
        dropped = ("content-length", "connection", "transfer-encoding", "content-type")
        mime = next((value for name, value in self.answer_headers if name.lower() == "content-type"), "text/plain")
        rest = [(name, value) for name, value in self.answer_headers if name.lower() not in dropped]
        return Answer.http(self.status, self.answer, rest, mime)

    def changed(self, change):
        """The sandbox's answer with its JSON changed."""
        value = json.loads(self.answer)
        changed = change(value)
        self.answer = json.dumps(value if changed is None else changed).encode()
        return self.plain


class Proxy:
    """`meet(step, n)` gives what to do with the n-th request of a step: None, or Exchange -> Answer."""

    def __init__(self, sandbox, meet):
        self.sandbox, self.meet = sandbox, meet
        self.counts = collections.Counter()
        self.times = collections.defaultdict(list)  # step -> virtual times of its requests
        self.now = None
        self.held, self.dripping = [], []
        self.deaf = 0
        self.lock = threading.RLock()
        self.closing, self.broken = False, None

    def __enter__(self):
        self.data, self.host = listening()
        self.clock, self.clock_host = listening()
        self.other, self.other_host = listening()
        for server, serve in ((self.data, self.serve_data), (self.clock, self.serve_clock),
                              (self.other, self.serve_other)):
            threading.Thread(target=self.accept, args=(server, serve), daemon=True).start()
        return self

    def __exit__(self, *error):
        self.closing = True
        for server in (self.data, self.clock, self.other, *self.held):
            close(server)

    def accept(self, server, serve):
        while not self.closing:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=self.guarded, args=(serve, connection), daemon=True).start()

    def guarded(self, serve, connection):
        connection.settimeout(LIMIT_S)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            while serve(connection):
                pass
        except OSError:
            close(connection)
        except Exception as error:  # ours: a test must not pass or hang by it
            self.broken = repr(error)
            close(connection)

    # --- requests of the daemon

    def serve_data(self, connection):
        exchange = self.read(connection)
        if not exchange:
            close(connection)
            return False
        with self.lock:
            self.counts[exchange.step] += 1
            self.times[exchange.step].append(self.now)
            behave = self.meet(exchange.step, self.counts[exchange.step])
        answer = behave(exchange) if behave else exchange.pass_on().plain
        return self.give(connection, answer)

    def read(self, connection):
        data = b""
        while b"\r\n\r\n" not in data:
            piece = connection.recv(65536)
            if not piece:
                return None
            data += piece
        head, body = data.split(b"\r\n\r\n", 1)
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = [tuple(line.split(": ", 1)) for line in lines]
        known = {name.lower(): value for name, value in headers}
        if known.get("expect"):
            connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        while len(body) < int(known.get("content-length", 0)):
            piece = connection.recv(1 << 20)
            if not piece:
                return None
            body += piece
        method, path, _ = first.split(" ")
        step = step_of(method, path)
        return Exchange(self, piece_of(headers) if step == "piece" and method == "PUT" else step, method, path, headers, body)

    def give(self, connection, answer):
        if answer.then == "deafen":
            self.deafen()
        if answer.then == "drip":
            with self.lock:
                self.dripping.append([connection, answer.data])
                self.held.append(connection)
            return False
        connection.sendall(answer.data)
        if answer.then == "stall":
            with self.lock:
                self.held.append(connection)
            return False
        if answer.then == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if answer.then != "keep":
            close(connection, answer.then != "reset")
        return answer.then == "keep"

    def deafen(self):
        """The port refuses connections until time has moved twice."""
        port = self.data.getsockname()[1]
        close(self.data)
        self.data = socket.socket()
        self.data.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.data.bind(("127.0.0.1", port))
        self.deaf = 2

    def hear_again(self):
        self.data.listen(64)
        threading.Thread(target=self.accept, args=(self.data, self.serve_data), daemon=True).start()

    # --- the clock

    def serve_clock(self, connection):
        exchange = self.read(connection)
        if not exchange:
            close(connection)
            return False
        exchange.path = exchange.path.partition("?")[0]  # "answer when N are stalled": we know better how many are
        exchange.pass_on()
        if exchange.path == "/_sandbox/clock" and exchange.status == 200:
            with self.lock:
                self.on_clock(exchange)
        return self.give(connection, exchange.plain)

    def on_clock(self, exchange):
        clock = json.loads(exchange.answer)
        self.now = max(self.now or "", clock["now"])  # a question from before a move may be answered after it
        if exchange.method == "PUT":
            self.on_moved()
        self.held = [connection for connection in self.held if is_alive(connection)]
        clock["stalled"] += len(self.held)
        exchange.answer = json.dumps(clock).encode()

    def on_moved(self):
        for drip in self.dripping:
            connection, rest = drip
            with contextlib.suppress(OSError):
                connection.sendall(rest[:1])
            drip[1] = rest[1:]
        if self.deaf:
            self.deaf -= 1
            if not self.deaf:
                self.hear_again()

    # --- where nobody should come

    def serve_other(self, connection):
        with self.lock:
            self.counts["other host"] += 1
        connection.recv(65536)
        close(connection)
        return False


def listening():
    server = socket.create_server(("127.0.0.1", 0), backlog=64)
    return server, f"127.0.0.1:{server.getsockname()[1]}"


def close(connection, politely=True):
    with contextlib.suppress(OSError):
        if politely:
            connection.shutdown(socket.SHUT_RDWR)
    with contextlib.suppress(OSError):
        connection.close()


def is_alive(connection):
    """Whether the daemon still waits at the other end. Its close has arrived before its next request."""
    try:
        if not select.select([connection], [], [], 0)[0]:
            return True
        if connection.recv(65536, socket.MSG_DONTWAIT):
            return True
    except (OSError, ValueError):
        pass
    close(connection)
    return False
