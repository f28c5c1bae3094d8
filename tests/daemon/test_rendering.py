#!/usr/bin/python3
"""Pictures and videos are made ready while everything else goes on: other posts go out on time, what is not made is
neither approved nor sent, and whoever ends in the middle leaves nothing behind. The crier-render of most tests is a
double, which works as long as the test lets it. CRIER_FILM_S=N for a longer film than the usual in the last of them."""
import datetime
import hashlib
import json
import os
import pathlib
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / "support")]
from office import GAMES, PICTURES, SOURCE, USERS, OfficeTest, as_root, main, medium, post, until  # noqa: E402

SECOND = datetime.timedelta(seconds=1)
AUTHOR, ANITA = 20001, 20002
SEEN = {"n": 0, "mime": "video/mp4", "width": 540, "height": 960, "duration_ms": 4000, "metadata": ["camera"],
        "problem": None,
        "video": {"codec": "h264", "sound": "aac", "pixels": "yuv420p", "frame_rate": 25000, "rate_varies": False,
                  "interlaced": False, "index_first": True, "has_edits": False, "bit_rate": 200000,
                  "sound_rate": 44100, "channels": 1}}
MADE = {"mime": "video/mp4", "width": 540, "height": 960, "frames": None, "duration_ms": 4000, "problem": None}
FILM_S = int(os.environ.get("CRIER_FILM_S", 45))
FILM, PHOTO = PICTURES / "clip.mp4", PICTURES / "plain.jpg"


def programs_with_double(folder):
    """The programs of $CRIER_BIN, but for crier-render."""
    for name in "crier", "crier-inspect", "crier-sandbox":
        shutil.copy2(pathlib.Path(os.environ["CRIER_BIN"]) / name, folder)
    shutil.copy2(SOURCE / "tests/support/render_double", pathlib.Path(folder) / "crier-render")


class Rendering(OfficeTest):
    def setUp(self):
        folder = self.enterContext(tempfile.TemporaryDirectory(prefix="crier-double-"))
        os.chmod(folder, 0o755)
        programs_with_double(folder)
        self.addCleanup(os.environ.__setitem__, "CRIER_BIN", os.environ["CRIER_BIN"])
        os.environ["CRIER_BIN"] = folder
        super().setUp()
        self.let, self.pid, self.runs = (self.office.folder / name for name in ("let-it-go-on", "pid", "runs"))

    def video(self, name, *deeds, seen=SEEN, made=MADE):
        """A file that is a video to crier-inspect, and whose making waits until it is let."""
        lines = [f"probe say {json.dumps(seen)}", f"video note {self.runs}", f"video pid {self.pid}",
                 'video say {"progress":0.42}', f"video wait {self.let}", *deeds, f"video write {FILM}",
                 f"video say {json.dumps(made)}"]
        head = b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41"
        path = self.office.path / "media" / name
        path.write_bytes(head + ("\n" + "\n".join(lines) + "\n").encode())
        if os.geteuid() == 0:
            os.chown(path, AUTHOR, -1)

    def picture(self, name):
        """A photo with a remark inside, which is to go, and in it what crier-render says and does."""
        width, height = struct.unpack_from(">HH", PHOTO.read_bytes(), PHOTO.read_bytes().index(b"\xff\xc0") + 5)[::-1]
        made = {**MADE, "mime": "image/jpeg", "width": width, "height": height, "frames": 1, "duration_ms": None}
        seen = {**made, "n": 0, "orientation": 1, "colour": "srgb", "bits": 8, "alpha": False, "metadata": ["text"]}
        remark = "\n".join(["", f"look say {json.dumps(seen)}", f"picture write {PHOTO}",
                            f"picture say {json.dumps(made)}", ""]).encode()
        path = self.office.path / "media" / name
        path.write_bytes(PHOTO.read_bytes()[:2] + struct.pack(">HH", 0xfffe, len(remark) + 2) + remark + PHOTO.read_bytes()[2:])

    def begin(self, due=2, *others):
        self.video("bus.mp4")
        self.office.campaign("bus", post("bus", self.soon(due), media=f"( {medium('bus.mp4')} )"), owner=self.author,
                             late='"publish"')
        self.office.campaign("words", *(others or [post("later", self.soon(3600))]))
        self.office.start()
        self.office.until_state("bus", "planned", "rendering")
        until("it is being made", self.pid.exists)

    author = None

    def sent(self):
        return {item["text"]: item for item in self.office.sandbox.posts}

    def child_is_gone(self):
        return not pathlib.Path("/proc", self.pid.read_text()).exists()

    def in_spool(self, ending):
        return [path.name for path in (self.office.state / "spool").glob("*" + ending)]

    def check_it_goes_out(self):
        self.let.touch()
        self.office.until_state("bus", "published")
        self.assertEqual(self.sent()["संदेश bus"]["media"][0]["sha256"], hashlib.sha256(FILM.read_bytes()).hexdigest())
        self.assertEqual(self.in_spool(".new"), [])
        self.check_exactly_once()

    def test_others_go_out_on_time_and_it_when_it_is_made(self):
        first = self.soon(9)
        dues = {f"संदेश p{n}": first + n * SECOND for n in range(6)}
        self.begin(8, *(post(words.split()[1], due) for words, due in dues.items()))
        rendering = until("the progress is told", lambda: self.office.status["rendering"])
        self.assertEqual((rendering["file"], rendering["left"]), ("bus.mp4", 1))
        self.assertIn("media/bus.mp4", self.office.crier("status").stdout)
        until("the others are out", lambda: set(dues) <= set(self.sent()))
        for words, due in dues.items():
            late = datetime.datetime.fromisoformat(self.sent()[words]["at"].replace("Z", "+00:00")) - due
            self.assertLess(late, 2 * SECOND, f"{words} went out {late} late")
        self.assertNotIn("संदेश bus", self.sent())
        self.assertEqual(self.office.row("bus")["state"], "planned")
        self.assertIsNotNone(self.office.status["rendering"])
        self.check_it_goes_out()
        until("nothing is being made", lambda: self.office.status["rendering"] is None)

    def test_a_picture_does_not_wait_for_a_video(self):
        self.begin(3600)
        self.picture("fair.jpg")
        self.office.campaign("words", post("fair", self.soon(2), media=f"( {medium('fair.jpg')} )"))
        self.office.until_state("fair", "published")
        self.assertEqual(self.sent()["संदेश fair"]["media"][0]["sha256"], hashlib.sha256(PHOTO.read_bytes()).hexdigest())
        self.assertEqual(self.office.row("bus")["reason"], "rendering")
        self.assertEqual(len(self.runs.read_text().splitlines()), 1)

    def test_files_that_change_are_read_while_it_is_made(self):
        self.begin(3600)
        self.office.campaign("words", post("new", self.soon(3600)))
        self.office.until_state("new", "ready")
        self.assertEqual(self.office.row("bus")["reason"], "rendering")
        self.assertEqual(len(self.runs.read_text().splitlines()), 1)  # the same went on

    def test_it_is_not_made_any_more_when_nobody_wants_it(self):
        self.begin(3600)
        self.office.campaign("bus", post("other", self.soon(3600)))
        self.office.until_state("other", "ready")
        until("the child is gone", self.child_is_gone)
        self.assertIsNone(self.office.status["rendering"])

    def test_a_daemon_that_stops_ends_it_at_once(self):
        self.begin(3600)
        self.assertEqual(self.office.daemon.stop(10), 0)
        until("the child is gone", self.child_is_gone, 1)
        self.assertEqual(self.in_spool(".new"), [])

    def test_after_a_sudden_end_it_is_made_anew(self):
        self.begin(8)
        self.office.daemon.kill()
        os.kill(int(self.pid.read_text()), signal.SIGKILL)  # the true one dies with its parent
        self.assertEqual(len(self.in_spool(".new")), 1)
        self.office.start()
        until("it is being made", lambda: len(self.runs.read_text().splitlines()) == 2)
        self.check_it_goes_out()

    def test_what_cannot_be_made_is_told_and_nothing_goes_out(self):
        self.video("bus.mp4", made={"problem": "too-large"})
        self.let.touch()
        self.office.campaign("bus", post("bus", self.soon(2), media=f"( {medium('bus.mp4')} )"))
        self.office.campaign("words", post("other", self.soon(3)))
        self.office.start()
        self.office.until_state("other", "published")
        until("somebody is told", lambda: self.office.status["problems"])
        self.assertEqual(list(self.sent()), ["संदेश other"])
        tried = self.runs.read_text().splitlines()
        self.assertEqual(len(set(tried)), len(tried), "the same was tried again")

    def test_a_machine_that_fails_is_told_and_the_others_go_out(self):
        self.video("bus.mp4", "video exit 70")
        self.let.touch()
        self.office.campaign("bus", post("bus", self.soon(2), media=f"( {medium('bus.mp4')} )"))
        self.office.campaign("words", post("other", self.soon(3)))
        self.office.start()
        self.office.until_state("other", "published")
        self.assertEqual(self.office.row("bus")["reason"], "rendering")
        until("somebody is told", lambda: any("crier-render" in alarm for alarm in self.office.daemon.alarms))

    def test_what_is_made_goes_out_though_another_cannot_be(self):
        for name, deed in (("bus", "sleep 3"), ("car", "sleep 5"), ("van", "exit 70")):
            self.video(f"{name}.mp4", f"video {deed}")
        self.let.touch()
        self.office.campaign("bus", *(post(name, self.soon(2), media=f"( {medium(name + '.mp4')} )", late='"publish"')
                                      for name in ("bus", "car", "van")))
        self.office.start()
        for name in ("bus", "car"):
            self.office.until_state(name, "published")
        self.assertEqual(self.office.row("van")["reason"], "rendering")

    def test_until_idle_waits_for_what_is_made(self):
        self.video("bus.mp4", "video sleep 4")
        self.let.touch()
        self.office.campaign("bus", post("bus", self.soon(1), media=f"( {medium('bus.mp4')} )"))
        due = self.soon(1)
        until("it is due", lambda: self.now() > due)
        self.assertEqual(self.office.run_until_idle(), 0, self.office.daemon.said)
        self.assertEqual(list(self.sent()), ["संदेश bus"])


class Approving(Rendering):
    options = {"approvals": 1}
    author = AUTHOR

    @as_root
    def test_nobody_approves_what_is_not_made(self):
        self.office.runtime.chmod(0o755)
        self.begin(3600)
        anita = {"uid": ANITA, "groups": (GAMES, USERS)}
        for command in "approve", "release", "publish":
            done = self.office.crier(command, "bus/bus", "--yes", *(["--now"] if command == "publish" else []), **anita)
            self.assertNotEqual(done.returncode, 0, done.stdout)
            self.assertEqual(self.office.row("bus")["reason"], "rendering")
        self.let.touch()
        until("it is made", lambda: self.office.row("bus")["reason"] is None)
        self.assertEqual(self.office.row("bus")["state"], "planned")
        done = self.office.crier("approve", "bus/bus", "--yes", **anita)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.office.until_state("bus", "ready")


class Sweeping(OfficeTest):
    """What nobody needs leaves the spool; what a row needs stays, whatever its file says by now."""

    def age(self, *names):
        for name in names:
            path = self.office.state / "spool" / name
            if not path.exists():
                path.write_bytes(b"left behind")
            os.utime(path, (time.time() - 40 * 86400,) * 2)

    def spool(self):
        return {path.name for path in (self.office.state / "spool").iterdir()}

    def test_the_spool_is_swept_and_what_waits_still_goes_out(self):
        photo = hashlib.sha256(PHOTO.read_bytes()).hexdigest()
        shutil.copy(PHOTO, self.office.path / "media/fair.jpg")
        self.office.campaign("fair", post("fair", self.soon(3600), media=f"( {medium('fair.jpg')} )"))
        self.office.start()
        self.office.until_state("fair", "ready")
        self.assertIn(photo, self.spool())
        self.office.daemon.stop(10)
        gone, kept = {"a" * 64, "0123456789abcdef" * 4}, {"b" * 63, "notes"}
        self.age(photo, *gone, *kept)
        self.office.write("campaigns/fair.cfg", "posts = (")  # only its row knows the photo now
        (self.office.path / "media/fair.jpg").unlink()
        self.office.start()
        until("what nobody needs is gone", lambda: not gone & self.spool())
        self.assertLessEqual({photo, *kept}, self.spool())
        done = self.office.crier("publish", "fair/fair", "--yes")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.office.until_state("fair", "published")
        self.assertEqual([item["media"][0]["sha256"] for item in self.office.sandbox.posts], [photo])


@unittest.skipUnless(shutil.which("ffmpeg") and shutil.which("ffprobe"), "needs ffmpeg")
class Transcoding(OfficeTest):
    """The true crier-render, and a film that takes it a while."""

    def film(self, name, seconds):
        """An AVI, which no platform takes: each of its frames is made anew."""
        subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-f", "lavfi", "-i", f"testsrc2=size=640x360:rate=25:duration={seconds}",
                        "-c:v", "mpeg4", "-q:v", "8", str(self.office.path / "media" / name)], check=True)

    def test_posts_go_out_on_time_while_a_film_is_transcoded(self):
        self.film("film.avi", FILM_S)
        self.office.campaign("film", post("film", self.soon(6), media=f"( {medium('film.avi')} )"), late='"publish"')
        self.office.start()
        until("it is being made", lambda: self.office.status["rendering"])
        first = self.soon(4)
        dues = {f"संदेश p{n}": first + n * SECOND for n in range(FILM_S // 6)}
        self.office.campaign("words", *(post(words.split()[1], due) for words, due in dues.items()))
        meanwhile = 0
        while self.office.status["rendering"]:
            meanwhile = len(self.office.public)
            time.sleep(0.1)
        until("all are out", lambda: len(self.office.public) == len(dues) + 1, 60)
        lates = [datetime.datetime.fromisoformat(item["at"].replace("Z", "+00:00")) - dues[item["text"]]
                 for item in self.office.sandbox.posts if item["text"] in dues]
        made = next(item["media"][0]["sha256"] for item in self.office.sandbox.posts if item["media"])
        asked = subprocess.run(["ffprobe", "-v", "error", "-of", "json", "-show_entries", "stream=codec_name:format=duration",
                                str(self.office.state / "spool" / made)], check=True, capture_output=True)
        seen = json.loads(asked.stdout)
        print(f"{meanwhile} of {len(dues)} posts went out while the film was made, the latest {max(lates).total_seconds():.2f} s "
              f"after its time")
        self.assertEqual(seen["streams"][0]["codec_name"], "h264")
        self.assertAlmostEqual(float(seen["format"]["duration"]), FILM_S, delta=1)
        self.assertGreater(meanwhile, 0)
        self.assertLess(max(lates), 2 * SECOND)
        self.check_exactly_once()


for name in [name for name in dir(Approving) if name.startswith("test_") and name not in vars(Approving)]:
    setattr(Approving, name, None)  # they are Rendering's

if __name__ == "__main__":
    main("Transcoding.test_posts_go_out_on_time_while_a_film_is_transcoded")
