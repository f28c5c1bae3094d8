"""A workspace of its own for a test of `crier rehearse`, and what the command said of it."""
import contextlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BAD_MONTH = SOURCE / "docs/bad-month.json"
MONDAY = "2026-11-23"
LIMIT_S = 120


def post(name, at, text=None, **more):
    rest = "".join(f" {key} = {value};" for key, value in more.items())
    return f'  {{ id = "{name}"; at = "{at}"; text = "{text or "संदेश " + name}";{rest} }}'


class Workspace:
    """Use as a context. `bin` is the folder of the programs."""

    def __init__(self, bin, sample=False):
        self.bin, self.sample = pathlib.Path(bin).resolve(), sample

    def __enter__(self):
        self.stack = contextlib.ExitStack()
        self.folder = pathlib.Path(self.stack.enter_context(tempfile.TemporaryDirectory(prefix="crier-test-")))
        self.path, self.temporary = self.folder / "w", self.folder / "tmp"
        self.temporary.mkdir()
        if self.sample:
            self.path.mkdir()
            for name in ("campaigns", "media"):
                shutil.copytree(SOURCE / name, self.path / name)
            shutil.copy(SOURCE / "crier.cfg", self.path)
        else:
            (self.path / "campaigns").mkdir(parents=True)
            (self.path / "media").mkdir()
        return self

    def __exit__(self, *error):
        self.stack.close()

    def write(self, name, text):
        (self.path / name).write_text(text)
        (self.path / name).chmod(0o644)  # its author's alone, or approvals would not count

    def preview(self, *words, path=None):
        done = subprocess.run([self.bin / "crier", "-C", path or self.path, "preview", *words, "--json"],
                              env=self.environment(), capture_output=True, check=True)
        return json.loads(done.stdout)["deliveries"]

    def config(self, *accounts, more=""):
        rows = ",\n".join(f"  {{ {account} }}" for account in accounts)
        self.write("crier.cfg", f'timezone = "Asia/Kolkata";\naccounts = (\n{rows}\n);\n{more}\n')

    def campaign(self, name, accounts, *posts, **more):
        names = ", ".join(f'"{account}"' for account in accounts)
        rest = "".join(f"{key} = {value};\n" for key, value in more.items())
        rows = ",\n".join(posts)
        self.write(f"campaigns/{name}.cfg", f'title = "{name}";\naccounts = [ {names} ];\n{rest}posts = (\n{rows}\n);\n')

    def faults(self, *faults):
        path = self.folder / "faults.json"
        path.write_text(json.dumps({"faults": list(faults)}))
        return path

    # Running

    def line(self, *words):
        return [str(self.bin / "crier"), "-C", str(self.path), "rehearse", *map(str, words)]

    def environment(self, **more):
        return {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC", "TMPDIR": str(self.temporary), **more}

    def run(self, *words, tool=(), **environment):
        return subprocess.run([*map(str, tool), *self.line(*words)], env=self.environment(**environment), cwd="/",
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=LIMIT_S)

    def facts(self, *words, **more):
        """Exit status, and what --json printed."""
        done = self.run(*words, "--json", **more)
        assert done.stdout, f"{words}: exit {done.returncode}, {done.stderr}"
        return done.returncode, json.loads(done.stdout)

    @contextlib.contextmanager
    def started(self, *words):
        """The process, as soon as its sandbox runs; and the sandbox's process id."""
        process = subprocess.Popen(self.line(*words), env=self.environment(), cwd="/", stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            yield process, self.sandbox_of(process)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
            process.communicate()

    def sandbox_of(self, process):
        children = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children")
        end = time.monotonic() + LIMIT_S
        while time.monotonic() < end and process.poll() is None:
            for child in children.read_text().split():
                with contextlib.suppress(OSError):
                    if pathlib.Path(f"/proc/{child}/comm").read_text().strip() == "crier-sandbox":
                        return int(child)
            time.sleep(0.002)
        raise AssertionError(f"no sandbox was started; exit {process.poll()}")

    # What is left

    @property
    def left_behind(self):
        return sorted(path.name for path in self.temporary.iterdir())

    @property
    def files(self):
        """Every file of the workspace, with what would change if somebody wrote it."""
        return {str(path.relative_to(self.path)): path.lstat().st_mtime_ns for path in sorted(self.path.rglob("*"))}


def is_running(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def is_gone(pid, seconds=10):
    end = time.monotonic() + seconds
    while is_running(pid) and time.monotonic() < end:
        time.sleep(0.01)
    return not is_running(pid)


def audit(state):
    return [json.loads(line) for path in sorted(state.glob("audit/*.jsonl"))
            for line in path.read_bytes().split(b"\n")[:-1]]
