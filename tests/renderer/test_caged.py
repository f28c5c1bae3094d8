#!/usr/bin/python3
"""ffprobe and ffmpeg once a file has taken them over: forbidden calls end them with SIGSYS, other files cannot be had, and
nothing can be used up. Twins with the rules left out would notice.

The crier-render asked here is the tests' own: it starts stand_in.c in their place.
"""
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / "support")]
sys.dont_write_bytecode = True
from misdeeds import CALLS, is_running  # noqa: E402
from renderer import BIN, make, probe, run  # noqa: E402

CAGED = BIN.parent / "caged" / "crier-render"
# What programs like these do all day: harmless, or fenced by Landlock, or refused with an error.
ALLOWED = """openat read read-a-file pread-stdin pread-a-descriptor-not-ours write-stderr write-a-file writev fstat lseek close
             fcntl clone3 ioctl prctl getpid prlimit rt-sigaction rt-sigprocmask nanosleep mmap-a-file mmap-shared""".split()
# Complete: with it crier-render does not start itself anew in one of its own.
SETTLED = {"LC_ALL": "C.UTF-8", "TZ": "UTC0", "OMP_NUM_THREADS": "1", "VIPSHOME": "/nonexistent"}
FFMPEG_ONLY = ["ftruncate"]
FORBIDDEN_SAID = "crier-render: {} made a forbidden call on this file\n"
NAMED = """socket connect bind ptrace mount bpf keyctl unshare setns process-vm-readv io-uring execve fork vfork open openat2
           mmap-code mprotect""".split()


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="crier-caged-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def file(self, text):
        path = self.folder / "film.mp4"
        path.write_text(text + "\n")
        return path

    def ffprobe(self, deed, off=""):
        """What came back from ffprobe, None if nothing did, and what crier-render said."""
        answer, done = probe(self.file(f"ffprobe {deed}"), program=CAGED, environment={**SETTLED, "CRIER_RULE_OFF": off})
        self.assertEqual(done.returncode, 0, (deed, done))
        return answer["video"]["codec"] if answer["video"] else None, done.stderr

    def ffmpeg(self, deed, off="", recipe="v1 video/mp4 320x180"):
        made = self.folder / "made.mp4"
        lines, done = make(self.file(f"ffmpeg {deed}"), recipe, made, program=CAGED, environment={**SETTLED, "CRIER_RULE_OFF": off})
        self.assertEqual(done.returncode, 0, (deed, done))
        self.assertIsNotNone(lines[-1]["problem"])
        return made.read_bytes().strip(b"\0").decode() or None, done.stderr


class Calls(Case):
    def test_the_list_is_whole(self):
        self.assertEqual([name for name in NAMED if name not in CALLS or name in ALLOWED], [])
        self.assertGreaterEqual(len(set(CALLS) - set(ALLOWED)), 50)

    def test_each_forbidden_call_ends_ffprobe(self):
        for call in CALLS:
            expected = ("came-back", "") if call in ALLOWED else (None, FORBIDDEN_SAID.format("ffprobe"))
            self.assertEqual(self.ffprobe(call), expected, call)

    def test_each_forbidden_call_ends_ffmpeg(self):
        for call in CALLS:
            expected = ("came-back", "") if call in ALLOWED + FFMPEG_ONLY else (None, FORBIDDEN_SAID.format("ffmpeg"))
            self.assertEqual(self.ffmpeg(call), expected, call)

    def test_twin_without_the_filter_they_come_back(self):
        # The child of a fork comes back as well, and ends: what it wrote is not ours to see.
        for call in set(CALLS) - set(ALLOWED):
            self.assertNotIn("forbidden", self.ffprobe(call, off="render-filter")[1], call)
        self.assertEqual(self.ffprobe("socket", off="render-filter"), ("came-back", ""))

    def test_no_second_program_is_started(self):
        for deed in ("run-a-shell", "run-a-shell-by-number", "start-again"):
            for ask in (self.ffprobe, self.ffmpeg):
                came, said = ask(deed)
                self.assertTrue(came is None or came.startswith("refused"), (deed, came))
        self.assertEqual(self.ffprobe("run-a-shell"), (None, FORBIDDEN_SAID.format("ffprobe")))
        self.assertEqual(self.ffprobe("run-a-shell", off="render-filter"), ("refused-EACCES", ""), "Landlock is a second fence")

    def test_ffprobe_opens_nothing_for_writing(self):
        for deed in ("write-elsewhere", "write-the-source"):
            self.assertEqual(self.ffprobe(deed), (None, FORBIDDEN_SAID.format("ffprobe")), deed)


class Files(Case):
    SECRET = "read-a-secret", "list-a-folder"

    def test_other_files_cannot_be_had(self):
        for deed in self.SECRET:
            self.assertEqual(self.ffprobe(deed), ("refused-EACCES", ""), deed)
        for deed in (*self.SECRET, "write-elsewhere", "write-the-source"):
            self.assertEqual(self.ffmpeg(deed), ("refused-EACCES", ""), deed)
        self.assertEqual(self.ffmpeg("write-the-output"), ("opened", ""))

    def test_twin_without_landlock_they_can(self):
        for deed in self.SECRET:
            self.assertEqual(self.ffprobe(deed, off="render-landlock"), ("opened", ""), deed)
        self.addCleanup(lambda: pathlib.Path("/tmp/crier-stand-in").unlink(missing_ok=True))
        for deed in ("write-elsewhere", "write-the-source"):
            self.assertEqual(self.ffmpeg(deed, off="render-landlock"), ("opened", ""), deed)

    def test_it_gets_the_source_the_output_and_nothing_of_ours(self):
        self.assertEqual(self.ffprobe("say-descriptors")[0].split(), ["0", "1", "2", "3"])
        self.assertEqual(self.ffmpeg("say-descriptors")[0].split(), ["0", "1", "2", "3", "4"])
        self.assertEqual(sorted(self.ffprobe("say-environment")[0].split()), ["LC_ALL=C.UTF-8", "PATH=/usr/bin", "TZ=UTC0"])

    def test_what_it_says_on_stderr_goes_nowhere(self):
        self.assertEqual(self.ffprobe("talk-on-stderr"), ("came-back", ""))
        self.assertEqual(self.ffmpeg("talk-on-stderr"), ("came-back", ""))


class Amounts(Case):
    def test_they_are_limited(self):
        self.assertEqual(self.ffprobe("say-limits")[0].split(), [str(1 << 30), "5", "0", "64", "0"])
        self.assertEqual(self.ffmpeg("say-limits", recipe="v1 video/mp4 320x180 most 600000")[0].split()[::2],
                         [str(2 << 30), "600000", "0"])

    def test_memory_ends_where_it_should_and_the_twin_has_more(self):
        self.assertEqual([self.ffprobe("ask-for-memory")[0], self.ffmpeg("ask-for-memory")[0]], ["none", "none"])
        self.assertEqual(self.ffprobe("ask-for-memory", off="render-limits")[0], "got-it")

    def test_a_loop_ends(self):
        start = time.monotonic()
        self.assertEqual(self.ffprobe("loop"), (None, ""))
        self.assertGreater(time.monotonic() - start, 4)

    def test_a_flood_of_words_ends(self):
        self.assertEqual(self.ffprobe("print-too-much"), (None, ""))
        self.assertEqual(self.ffprobe("talk"), (None, ""))

    def test_it_cannot_fill_the_disk(self):
        made = self.folder / "made.mp4"
        lines, done = make(self.file("ffmpeg write-much"), "v1 video/mp4 320x180 most 600000", made, program=CAGED)
        self.assertEqual((lines[-1]["problem"], made.stat().st_size, done.stderr), ("too-large", 600000, ""))
        lines, _ = make(self.file("ffmpeg write-much"), "v1 video/mp4 320x180 most 600000", made, program=CAGED,
                        environment={**SETTLED, "CRIER_RULE_OFF": "render-limits"})
        self.assertEqual(made.stat().st_size, 64 << 20)

    def test_crashes_are_its_own(self):
        for deed in ("crash", "abort", "silence"):
            self.assertEqual(self.ffprobe(deed), (None, ""), deed)

    def test_who_is_taken_by_the_machine_says_nothing_of_the_file(self):
        for mode, tool, recipe in (("probe", "ffprobe", None), ("video", "ffmpeg", "v1 video/mp4 320x180")):
            with open(self.file(f"{tool} be-taken"), "rb") as source, open(self.folder / "made.mp4", "w+b") as made:
                arguments = [mode, recipe] if recipe else [mode]
                done = run(arguments, [source.fileno(), made.fileno()], program=CAGED, environment=SETTLED)
            self.assertEqual((done.returncode, done.stdout), (70, ""), done)
            self.assertIn(f"this machine ended {tool}", done.stderr)


    def test_without_its_programs_it_says_so(self):
        for tool in "ffprobe", "ffmpeg":
            path = CAGED.parent / tool
            path.rename(path.with_suffix(".away"))
            self.addCleanup(lambda path=path: path.with_suffix(".away").exists() and path.with_suffix(".away").rename(path))
            _, probed = probe(self.file("ffprobe silence"), program=CAGED, environment=SETTLED)
            _, made = make(self.file("ffmpeg silence"), "v1 video/mp4 320x180", self.folder / "made.mp4", program=CAGED, environment=SETTLED)
            for done in probed, made:
                self.assertEqual((done.returncode, done.stdout, done.stderr), (69, "", f"crier-render: {path} is not installed\n"))
            path.with_suffix(".away").rename(path)


class Ends(Case):
    def test_it_ends_with_its_parent(self):
        path = self.file("ffprobe sleep")
        parent = subprocess.Popen(["/bin/sh", "-c", f"exec 3<'{path}'; exec '{CAGED}' probe"], stdout=subprocess.PIPE, env=SETTLED)
        self.addCleanup(parent.stdout.close)
        self.addCleanup(parent.wait)
        self.addCleanup(parent.kill)
        child = self.awaited(lambda: self.child_of(parent.pid))
        self.awaited(lambda: pathlib.Path(f"/proc/{child}/cmdline").read_text().startswith("ffprobe"))
        parent.send_signal(signal.SIGKILL)
        parent.wait()
        self.awaited(lambda: not is_running(child))

    @staticmethod
    def child_of(process):
        for status in pathlib.Path("/proc").glob("[0-9]*/stat"):
            try:
                if status.read_text().rsplit(")", 1)[1].split()[1] == str(process):
                    return int(status.parent.name)
            except OSError:
                continue
        return None

    def awaited(self, ask):
        for _ in range(3000):
            answer = ask()
            if answer:
                return answer
            time.sleep(0.01)
        self.fail("it does not happen")


class Installed(unittest.TestCase):
    def test_what_is_installed_starts_no_stand_ins(self):
        with tempfile.NamedTemporaryFile("w", suffix=".mp4") as file:
            file.write("ffprobe read-a-secret\n")
            file.flush()
            answer, done = probe(file.name, environment={**SETTLED, "CRIER_RULE_OFF": "render-landlock"})
        self.assertEqual((answer["problem"], answer["video"], done.stderr), ("undecodable", None, ""))
        self.assertEqual(run(["probe", "more"], []).returncode, 2)


if __name__ == "__main__":
    unittest.main()
