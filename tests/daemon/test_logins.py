#!/usr/bin/python3
"""Credentials that are put in while the daemon runs: `crier login`, an edited file, and what `crier accounts` says."""
import datetime
import json
import os
import pathlib
import pty
import select
import stat
import subprocess
import sys
import termios
import time
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / "support")]
from office import MORNING, OfficeTest, as_root, needs_fault_build, post, until  # noqa: E402

LIMIT_S = 30


class Logins(OfficeTest):
    def begin(self):
        self.office.campaign("traffic", post("helmet", self.soon(1)))
        self.office.start()

    def begin_refused(self):
        """The sandbox takes any token, but not today."""
        self.office.sandbox.faults({"method": "GET", "times": 0, "do": "status", "arg": 401})
        self.office.credential("drill", "of-nobody")
        self.begin()
        self.paused("token")

    def paused(self, word):
        until(f"paused is {word}", lambda: [a["paused"] for a in self.office.status["accounts"]] == [word])

    def log_in(self, token, *words, **more):
        return self.office.crier("login", "drill", *words, given=token + "\n", **more)

    @property
    def file(self):
        return self.office.state / "credentials/test/drill.json"

    def test_a_refused_token_pauses_and_a_login_lets_its_posts_go(self):
        self.begin_refused()
        self.office.until_state("helmet", "ready")
        self.office.sandbox.faults()
        done = self.log_in("sandbox-drill")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("account drill is logged in as drill", done.stdout)
        self.assertIn("The daemon uses it from now on.", done.stdout)
        self.office.until_state("helmet", "published")
        self.paused(None)

    def test_an_edited_file_is_taken_up_with_the_next_reading(self):
        self.begin_refused()
        self.office.sandbox.faults()
        self.office.credential("drill", "sandbox-drill")
        self.office.reload()
        self.office.until_state("helmet", "published")

    def test_what_belongs_to_another_account_is_not_kept(self):
        self.begin()
        self.office.until_state("helmet", "published")
        before = self.file.read_bytes()
        self.refused(self.log_in("sandbox-other"), 1, '"other"')
        self.refused(self.log_in("of-nobody"), 1, "nothing was changed")
        self.refused(self.office.crier("login", "drill", given=""), 2, "nothing was changed")
        self.assertEqual(self.file.read_bytes(), before)
        self.assertEqual([account["paused"] for account in self.office.status["accounts"]], [None])
        self.assertEqual([path.name for path in self.office.state.glob("login-*")], [])

    def test_what_is_missing_is_named(self):
        self.office.config(text=f"""timezone = "Asia/Kolkata";
accounts = ( {{ name = "drill"; platform = "instagram"; live = false; media_url = "https://media.example.gov.in/spool";
               base_url = "http://127.0.0.1:{self.office.sandbox.port}/instagram"; }} );
""")
        self.refused(self.log_in("sandbox-police"), 1, r"page_id first .* ig_id and media_url instead")
        self.refused(self.log_in("sandbox-police\n", "--by", "paste"), 69, "no usable page_token")

    def test_a_server_out_of_reach_changes_nothing_unless_told_so(self):
        self.office.sandbox.kill()
        before = self.file.read_bytes()
        self.refused(self.log_in("canary"), 69, "--unasked")
        self.assertEqual(self.file.read_bytes(), before)
        done = self.log_in("canary", "--unasked")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(self.file.read_text()), {"access_token": "canary"})
        self.assertEqual(stat.S_IMODE(self.file.stat().st_mode), 0o600)
        self.assertNotIn("canary", done.stdout + done.stderr)
        self.assertIn("it reads it when it starts", done.stdout)

    def test_who_gives_up_while_the_platform_is_asked_leaves_no_secret_behind(self):
        before = self.file.read_bytes()
        self.office.sandbox.faults({"method": "GET", "times": 0, "do": "delay", "arg": 1500})
        process = subprocess.Popen(self.office.line("login", "drill"), env=self.office.environment, text=True,
                                   stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with process.stdin as stdin:
            stdin.write("sandbox-other\n")
        until("the new credential is tried out", lambda: list(self.office.state.glob("login-*/credentials/test/drill.json")))
        process.terminate()
        self.assertEqual(process.wait(LIMIT_S), -15)
        self.assertEqual(list(self.office.state.glob("login-*")), [])
        self.assertEqual(self.file.read_bytes(), before)

    @as_root
    def test_root_logs_in_for_the_owner_of_the_state_folder(self):
        for path in (self.office.state, *self.office.state.rglob("*")):
            os.chown(path, 65533, 65533)
        done = self.log_in("sandbox-drill")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual((self.file.stat().st_uid, self.file.stat().st_gid), (65533, 65533))

    def test_accounts_tells_who_we_are_and_what_needs_a_person(self):
        self.office.config({"drill": "", "later": ""})
        (self.office.state / "credentials/test/later.json").unlink()
        self.begin()
        self.office.until_state("helmet", "published")
        done = self.office.crier("accounts")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertRegex(done.stdout, r"drill: mastodon, drill, drill \d+\n")
        self.assertIn("later.json is missing; 'crier login later' makes it", done.stdout)
        drill, later = self.office.json("accounts")["accounts"]
        self.assertEqual((drill["handle"], drill["warning"], drill["session"]), ("drill", None, "none"))
        self.assertIsNotNone(drill["identified"])
        self.assertIsNotNone(drill["last_publish"])
        self.assertIn("is missing", later["credential"])
        self.assertEqual(self.log_in("x").returncode, 1)
        self.office.crier("login", "later", given="sandbox-later\n")
        until("later is known", lambda: self.office.json("accounts")["accounts"][1]["handle"] == "later")
        self.assertEqual(self.office.crier("accounts").returncode, 0)
        self.office.daemon.stop()
        self.assertEqual(self.office.json("accounts")["accounts"][0]["handle"], "drill")

    def test_on_a_terminal_nothing_is_shown_and_long_tokens_are_whole(self):
        token = "sandbox-" + "t" * 6000
        said = self.type(token[:10] + "x\x7f" + token[10:] + "\r", "login", "drill", "--unasked")
        self.assertIn("Access token:", said)
        self.assertNotIn("ttt", said)
        self.assertEqual(json.loads(self.file.read_text()), {"access_token": token})

    def test_who_gives_up_at_the_terminal_changes_nothing_and_gets_it_back(self):
        before = self.file.read_bytes()
        said = self.type("canary\x03", "login", "drill", status=2)
        self.assertIn("nothing was changed", said)
        self.assertNotIn("canary", said)
        self.assertEqual(self.file.read_bytes(), before)

    def type(self, keys, *words, status=0):
        """Keys into a terminal of its own; what it shows."""
        ours, theirs = pty.openpty()
        before = termios.tcgetattr(theirs)
        process = subprocess.Popen(self.office.line(*words), env=self.office.environment, stdin=theirs, stdout=theirs,
                                   stderr=theirs, start_new_session=True)
        said, left, end = "", keys, time.monotonic() + LIMIT_S
        while (process.poll() is None or select.select([ours], [], [], 0)[0]) and time.monotonic() < end:
            if left and said.endswith(": "):
                left = left[os.write(ours, left[:1000].encode()):]
            if select.select([ours], [], [], 0.05)[0]:
                said += os.read(ours, 65536).decode("utf-8", "replace")
        self.assertEqual(process.wait(LIMIT_S), status, said)
        self.assertEqual(termios.tcgetattr(theirs)[3], before[3], "the terminal shows again what is typed")
        os.close(ours)
        os.close(theirs)
        return said


class Ends(OfficeTest):
    """Threads: a token of 60 days that is exchanged for its like at half of its life."""
    virtual = True
    exchange = "/refresh_access_token"

    def setUp(self):
        super().setUp()
        self.office.config(text=f"""timezone = "Asia/Kolkata";
accounts = ( {{ name = "drill"; platform = "threads"; live = false;
               base_url = "http://127.0.0.1:{self.office.sandbox.port}/threads"; }} );
""")

    def warnings(self):
        return [alarm for alarm in self.office.daemon.alarms if "crier login drill" in alarm and "ends at" in alarm]

    def exchanges(self):
        return [each for each in self.office.sandbox.requests if each["path"].endswith(self.exchange)]

    def test_a_token_lives_on_without_any_post(self):
        self.office.start()
        self.office.go(MORNING + datetime.timedelta(days=70))
        self.assertEqual(self.warnings(), [])
        self.assertEqual(len(self.exchanges()), 3)
        self.assertEqual(self.office.crier("accounts").returncode, 0)

    def test_people_are_told_each_day_from_two_weeks_before_it_ends(self):
        self.office.sandbox.faults({"method": "GET", "path": self.exchange, "times": 0, "do": "status", "arg": 503})
        self.office.start()
        self.office.go(MORNING + datetime.timedelta(days=16))
        self.assertEqual(self.warnings(), [])
        self.office.go(MORNING + datetime.timedelta(days=21, hours=1))
        self.assertEqual(len(self.warnings()), 4)
        self.assertNotIn("cannot be renewed", " ".join(self.office.daemon.alarms), "it still serves")


if __name__ == "__main__":
    needs_fault_build("daemon_run_logins")
    unittest.main()
