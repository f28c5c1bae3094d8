#!/usr/bin/python3
"""The daemon's life: one at a time, stops that lose nothing, full disks, foreign databases, reloads, idling."""
import datetime
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / "support")]
from office import OfficeTest, main, post, programs, until  # noqa: E402

SECOND, HOUR = datetime.timedelta(seconds=1), datetime.timedelta(hours=1)
STATUSES = {"method": "POST", "path": "/api/v1/statuses"}


class Life(OfficeTest):
    def plan(self, *names, first=2):
        self.office.campaign("traffic", *(post(name, self.soon(first)) for name in names or ["helmet"]))


class Two(Life):
    def test_a_second_daemon_ends_within_a_second_with_75(self):
        self.plan()
        self.office.start()
        start = time.monotonic()
        done = self.office.crier("run")
        took = time.monotonic() - start
        self.refused(done, 75, f"in use by another crier .*{self.office.daemon.pid}")
        self.assertLess(took, 1 + self.office.slowness)
        self.office.until_state("helmet", "published")
        self.assertEqual(len(self.office.public), 1)
        print(f"second daemon ended after {took * 1000:.0f} ms")

    def test_fifty_double_starts_leave_one_daemon_each(self):
        rounds = int(os.environ.get("CRIER_DOUBLE_STARTS", 50))
        self.plan(first=3600)
        for _ in range(rounds):
            pair = [subprocess.Popen(self.office.line("run"), env=self.office.environment, cwd="/", text=True,
                                     stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
                    for _ in range(2)]
            try:
                until("one of two has ended", lambda: any(one.poll() is not None for one in pair), 10)
                ended = [one for one in pair if one.poll() is not None]
                self.assertEqual([one.returncode for one in ended], [75])
                winner = next(one for one in pair if one.poll() is None)
                self.assertEqual(winner.stdout.readline(), "READY\n")
                winner.terminate()
                self.assertEqual(winner.wait(30), 0)
            finally:
                for one in pair:
                    one.poll() is None and (one.kill(), one.wait())
                    one.stdout.close()

    def test_a_lock_whose_owner_was_killed_is_no_lock(self):
        self.plan()
        self.office.start()
        self.office.daemon.kill()
        self.office.start()
        self.office.until_state("helmet", "published")

    def test_a_database_in_use_by_another_program_is_75(self):
        self.plan(first=3600)
        self.office.start()
        until("planned", lambda: self.office.rows)
        self.office.daemon.stop()
        other = sqlite3.connect(self.office.state / "outbox.db", isolation_level=None)
        self.addCleanup(other.close)
        other.execute("BEGIN EXCLUSIVE")
        self.office.start(ready=False)
        self.assertEqual(self.office.daemon.wait(), 75)
        self.assertIn("outbox.db", self.office.daemon.said)
        other.execute("ROLLBACK")
        other.close()
        self.office.start()
        self.assertEqual(self.office.row("helmet")["state"], "ready")


class Stops(Life):
    def test_SIGTERM_ends_with_0_and_a_record(self):
        self.plan(first=3600)
        self.office.start()
        until("planned", lambda: self.office.rows)
        self.assertEqual(self.office.daemon.stop(), 0)
        self.assertEqual(self.office.audit[-1]["ev"], "stop")
        self.assertFalse((self.office.runtime / "control.sock").exists())
        self.assertEqual(self.office.json("audit", "verify")["checkpoint"], len(self.office.audit))

    def test_stopped_during_a_slow_publish_it_waits_for_the_answer(self):
        self.office.sandbox.faults({**STATUSES, "do": "delay", "arg": 3000})
        self.plan()
        self.office.start()
        self.office.until_state("helmet", "sending")
        self.assertEqual(self.office.daemon.stop(), 0)
        self.office.start()
        self.office.until_state("helmet", "published")
        self.assertEqual(len(self.office.public), 1)

    def test_killed_during_a_publish_that_is_stored_the_restart_finds_it(self):
        self.office.sandbox.faults({**STATUSES, "do": "delay", "arg": 5000})
        self.plan()
        self.office.start()
        until("it is stored", lambda: self.office.public)
        self.office.daemon.kill()
        self.office.start()
        self.office.until_state("helmet", "published", seconds=60)
        self.assertEqual(len(self.office.public), 1)

    def test_stopped_during_a_stalled_publish_it_ends_with_a_doubt_and_the_restart_makes_no_double(self):
        self.office.sandbox.faults({**STATUSES, "do": "stall"})
        self.plan()
        self.office.start()
        self.office.until_state("helmet", "sending")
        self.assertEqual(self.office.daemon.stop(45), 0, self.office.daemon.said)
        self.assertEqual(self.office.events("traffic/helmet")[-1], "publish.doubt")
        self.office.start()
        self.office.until_state("helmet", "published", seconds=90)
        self.assertEqual(len(self.office.public), 1)

    def test_killed_during_a_stalled_publish_the_restart_sends_it_once(self):
        self.office.sandbox.faults({**STATUSES, "do": "stall"})
        self.plan()
        self.office.start()
        self.office.until_state("helmet", "sending")
        until("the request has arrived", lambda: [one for one in self.office.sandbox.requests if one["method"] == "POST"])
        self.office.daemon.kill()
        self.office.start()
        self.office.until_state("helmet", "published", seconds=90)
        self.assertEqual(len(self.office.public), 1)


class Restored(Life):
    def test_a_restored_backup_of_the_database_is_refused_with_78(self):
        self.plan()
        self.office.start()
        until("planned", lambda: self.office.rows)
        self.office.daemon.stop()
        backup = self.office.folder / "backup.db"
        shutil.copy(self.office.state / "outbox.db", backup)
        self.office.start()
        self.office.until_state("helmet", "published")
        self.office.daemon.stop()
        for name in ("outbox.db-wal", "outbox.db-shm"):
            (self.office.state / name).unlink(missing_ok=True)
        shutil.copy(backup, self.office.state / "outbox.db")
        self.office.start(ready=False)
        self.assertEqual(self.office.daemon.wait(), 78)
        self.assertRegex(self.office.daemon.said, "older than the audit log")
        self.assertEqual(len(self.office.public), 1)

    def test_audit_files_without_a_database_are_refused_with_78(self):
        self.plan()
        self.office.start()
        self.office.until_state("helmet", "published")
        self.office.daemon.stop()
        for path in self.office.state.glob("outbox.db*"):
            path.unlink()
        self.office.start(ready=False)
        self.assertEqual(self.office.daemon.wait(), 78)
        self.assertEqual(len(self.office.public), 1)


def tmpfs(folder, size):
    """Mounts a small tmpfs; False where that is not allowed."""
    return os.geteuid() == 0 and subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=0700", "crier-test",
                                                 folder], capture_output=True).returncode == 0


class ClockSetBack(Life):
    """The fault build on the machine's clock (libfaketime and sanitizers do not go together)."""

    def test_a_clock_that_stands_before_the_newest_record_publishes_nothing_and_alarms(self):
        if not shutil.which("faketime") or not (programs(True) / "crier").exists():
            print("SKIPPED clock set back: needs faketime and the fault build")
            self.skipTest("no faketime")
        self.office.bin = programs(True)
        self.plan()
        self.office.start()
        self.office.until_state("helmet", "published")
        self.office.daemon.stop()
        self.office.campaign("cyber", post("otp", self.soon(2) - 2 * HOUR))
        self.office.start(tool=("faketime", "-f", "-2h"))
        until("it alarms", lambda: "ALARM clock" in self.office.daemon.said)
        self.office.until_state("otp", "ready")
        due = self.soon(3)
        until("it was due", lambda: self.now() > due)
        self.assertEqual(self.office.public, ["संदेश helmet"])
        self.assertEqual(self.office.row("otp")["state"], "ready")


class FullDisk(Life):
    def setUp(self):
        super().setUp()
        keep = self.office.folder / "keep"
        shutil.copytree(self.office.state, keep)
        if not tmpfs(self.office.state, "2m"):
            print("SKIPPED full disk: no tmpfs can be mounted here")
            self.skipTest("no tmpfs")
        self.office.stack.callback(subprocess.run, ["umount", "-l", self.office.state], check=True)
        shutil.copytree(keep, self.office.state, dirs_exist_ok=True)
        self.filler = self.office.state / "filler"

    def fill(self):
        with open(self.filler, "wb", buffering=0) as file:
            for size in (65536, 4096, 1):
                try:
                    while file.write(b"\0" * size):
                        pass
                except OSError:
                    pass

    def test_while_the_disk_is_full_nothing_goes_out_and_then_it_goes_on_by_itself(self):
        self.plan("helmet", "belt", first=4)
        self.office.start()
        until("planned", lambda: self.office.rows)
        self.fill()
        until("an alarm", lambda: "disk" in " ".join(self.office.daemon.alarms), 20)
        self.assertEqual(self.office.public, [])
        self.assertEqual(self.office.row("helmet")["state"], "ready")
        self.assertEqual(self.office.crier("status").returncode, 0)
        self.assertEqual([one for one in self.office.sandbox.requests if one["method"] == "POST"], [])
        self.filler.unlink()
        for name in ("helmet", "belt"):
            self.office.until_state(name, "published", seconds=30)
        self.assertEqual(len(self.office.public), 2)
        self.office.daemon.stop()
        self.assertTrue(self.office.json("audit", "verify")["ok"])

    def test_a_disk_that_fills_up_during_a_publish_makes_no_double(self):
        self.office.sandbox.faults({**STATUSES, "do": "delay", "arg": 1500})
        self.plan()
        self.office.start()
        self.office.until_state("helmet", "sending")
        self.fill()
        until("it is public", lambda: self.office.public)
        until("an alarm", lambda: "disk" in " ".join(self.office.daemon.alarms), 20)
        self.filler.unlink()
        self.office.until_state("helmet", "published", seconds=30)
        self.assertEqual(len(self.office.public), 1)

    def test_a_hold_while_the_disk_is_full_is_in_force_at_once(self):
        self.plan(first=4)
        self.office.start()
        until("planned", lambda: self.office.rows)
        self.fill()
        asked = subprocess.Popen(self.office.line("hold", "--all"), env=self.office.environment, cwd="/",
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until("an alarm", lambda: "disk" in " ".join(self.office.daemon.alarms), 20)
        self.filler.unlink()
        self.assertEqual(asked.wait(30), 0)
        until("the hold stands", lambda: self.office.status["hold_all"])
        self.assertEqual(self.office.public, [])


class Reloads(Life):
    def test_SIGHUP_reads_the_files(self):
        self.plan(first=3600)
        self.office.start()
        until("planned", lambda: self.office.rows)
        self.plan("helmet", "belt", first=3600)
        slowness = self.office.slowness
        self.office.daemon.signal(signal.SIGHUP)
        until("the new post is planned, sooner than a watched file would be",
              lambda: self.office.row("belt")["state"], 1.5 + slowness)

    def test_a_saved_file_is_read_once_it_was_quiet_for_two_seconds(self):
        self.plan(first=3600)
        self.office.start()
        loads = until("planned", lambda: self.office.loads)
        last, quiet = time.monotonic(), 0  # the longest time between two saves: this machine may be slow
        for _ in range(4):  # an editor that saves in pieces
            before, last = last, time.monotonic()
            self.plan("helmet", "belt", first=3600)
            until("half a second", lambda: time.monotonic() > last + 0.5)
            seen, quiet = self.office.loads, max(quiet, time.monotonic() - before)
            if quiet < 2:
                self.assertEqual(seen, loads, "it was read while it was being written")
        until("the new post is planned", lambda: self.office.row("belt")["state"], 10)
        self.assertGreater(time.monotonic() - last, 1.9)

    def test_a_campaigns_folder_made_anew_is_watched_again(self):
        self.plan(first=3600)
        self.office.start()
        until("planned", lambda: self.office.rows)
        folder = self.office.path / "campaigns"
        folder.rename(self.office.path / "old")
        folder.mkdir()
        self.plan("helmet", "belt", first=3600)
        until("the new post is planned", lambda: self.office.row("belt")["state"], 10)
        loads = self.office.loads
        self.plan("helmet", "belt", "lane", first=3600)
        until("the third post is planned", lambda: self.office.row("lane")["state"], 10)
        until("its reading is over", lambda: self.office.loads > loads)


class Idle(Life):
    def test_until_idle_ends_with_0_when_all_that_is_due_is_out(self):
        self.office.campaign("traffic", post("helmet", self.soon(0)), post("later", self.soon(3600)))
        time_limit = self.soon(0)
        until("it is due", lambda: self.now() > time_limit - SECOND)
        self.assertEqual(self.office.run_until_idle(), 0, self.office.daemon.said)

    def test_until_idle_ends_with_1_when_something_due_waits_for_a_person(self):
        self.plan(first=1)
        self.office.start()
        until("planned", lambda: self.office.rows)
        self.office.ask("hold", all="yes")
        due = self.soon(1)
        until("it is due", lambda: self.now() > due)
        self.office.daemon.stop()
        self.assertEqual(self.office.run_until_idle(), 1)
        self.assertIn("waits for a person", self.office.daemon.said)

    def test_until_idle_ends_with_1_when_the_account_is_paused(self):
        self.office.sandbox.faults({"path": "/api/v1/accounts/verify_credentials", "times": 0, "do": "expire_token"})
        self.plan(first=1)
        self.office.start()
        until("planned", lambda: self.office.rows)
        until("the account is paused", lambda: any(one["paused"] for one in self.office.status["accounts"]))
        due = self.soon(1)
        until("it is due", lambda: self.now() > due)
        self.office.daemon.stop()
        self.assertEqual(self.office.run_until_idle(), 1, self.office.daemon.said)


class Alarms(Life):
    def setUp(self):
        super().setUp()
        self.told = self.office.folder / "told"
        program = self.office.folder / "tell"
        program.write_text(f'#!/bin/sh\necho "args: $@" >> {self.told}.args\ncat >> {self.told}\n')
        program.chmod(0o755)
        self.office.more = f'alarm = [ "{program}", "duty officer" ];'
        self.office.config()

    def what_was_told(self):
        return self.told.read_text() if self.told.exists() else ""

    def test_the_alarm_program_is_run_with_the_text_on_its_standard_input(self):
        self.office.campaign("traffic", post("helmet", self.soon(3600), shedule='"x"'))
        start = time.monotonic()
        self.office.start()
        until("somebody was told", lambda: "shedule" in self.what_was_told(), 60)
        print(f"alarm told after {(time.monotonic() - start) * 1000:.0f} ms")
        self.assertIn("args: duty officer", pathlib.Path(f"{self.told}.args").read_text())
        self.assertTrue(self.what_was_told().startswith("files: "))

    def test_what_is_held_is_told(self):
        self.office.campaign("traffic", post("helmet", self.soon(1)))
        self.office.start()
        self.office.until_state("helmet", "published")
        self.office.campaign("cyber", post("copy", self.soon(3), "संदेश helmet"))
        self.office.daemon.signal(signal.SIGHUP)
        self.office.until_state("copy", "held", "never-twice")
        until("somebody was told", lambda: "cyber/copy@once/drill" in self.what_was_told(), 60)

    def test_a_post_that_the_platform_refuses_is_told(self):
        self.office.sandbox.faults({**STATUSES, "do": "status", "arg": {"code": 422, "body": {"error": "Validation failed: Text is spam"}}})
        self.plan()
        self.office.start()
        self.office.until_state("helmet", "failed")
        until("somebody was told", lambda: "traffic/helmet@once/drill" in self.what_was_told(), 60)

    def test_a_token_that_ended_is_told(self):
        self.office.sandbox.faults({"times": 0, "do": "expire_token"})
        self.plan()
        self.office.start()
        until("somebody was told", lambda: "drill" in self.what_was_told(), 60)

    def test_an_alarm_program_that_does_not_exist_is_an_error_line_and_nothing_worse(self):
        self.office.more = 'alarm = [ "/nonexistent/tell" ];'
        self.office.config()
        self.office.campaign("traffic", post("helmet", self.soon(2)), post("broken", None))
        self.office.start()
        until("it says so", lambda: "cannot be started" in self.office.daemon.said)
        self.assertIsNone(self.office.daemon.process.poll())


if __name__ == "__main__":
    main("Stops.test_stopped_during_a_stalled_publish_it_ends_with_a_doubt_and_the_restart_makes_no_double")
