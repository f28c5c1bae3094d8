#!/usr/bin/python3
"""crier rehearse: a month of the sample workspace with faults, and what a rehearsal must never do."""
import contextlib
import datetime
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
from rehearsal import BAD_MONTH, MONDAY, SOURCE, Workspace, audit, is_gone, post  # noqa: E402

BIN = os.environ["CRIER_BIN"]
ENDS = ("published", "held", "expired", "failed", "cancelled", "waiting")
MEMBERS = {"days", "deliveries", "published", "retried", "doubtful", "held", "expired", "failed", "duplicates", "lost",
           "wall_ms"}

LIVE = ('name = "town"; platform = "mastodon"; server = "https://social.example.gov.in"; handle = "police"; '
        'live = true; approvals = 2;')
LIVE_SKY = ('name = "sky"; platform = "bluesky"; server = "https://pds.example.gov.in"; '
            'handle = "police.example.gov.in"; live = true;')
LIVE_HOOK = ('name = "site"; platform = "webhook"; url = "https://www.example.gov.in/hook"; '
             'handle = "https://www.example.gov.in/hook"; live = true; approvals = 0;')
GROUPS = 'editors = "nobody-has-this-group";\napprovers = "nor-this-one";'


class RehearseTest(unittest.TestCase):
    sample = False

    def setUp(self):
        self.workspace = self.enterContext(Workspace(BIN, self.sample))

    def check_nothing_is_left(self):
        self.assertEqual(self.workspace.left_behind, [])


class Month(RehearseTest):
    """The sample workspace with every account it has."""
    sample = True

    def test_a_bad_month_ends_without_duplicates_and_without_losses(self):
        before = self.workspace.files
        status, facts = self.workspace.facts("--days", 30, "--from", MONDAY, "--seed", 7, "--script", BAD_MONTH)
        self.assertEqual((status, facts["duplicates"], facts["lost"], facts["unasked"]), (0, 0, 0, 0), facts)
        self.assertLessEqual(MEMBERS, set(facts))
        self.assertEqual(facts["days"], 30)
        self.assertEqual(sum(facts[end] for end in ENDS), facts["deliveries"])
        self.assertGreater(facts["published"], 90)
        self.assertGreater(facts["retried"], 5, "the faults did not bite")
        self.assertGreater(facts["doubtful"], 3, "the faults did not bite")
        self.assertLess(facts["wall_ms"], 30000)
        self.assertEqual(self.workspace.files, before, "the workspace itself was written")
        self.check_nothing_is_left()

    def test_the_same_seed_gives_the_same_summary(self):
        words = ("--days", 20, "--from", MONDAY, "--seed", 2026, "--script", BAD_MONTH)
        first, second = (self.workspace.facts(*words)[1] for _ in range(2))
        self.assertGreater(first.pop("wall_ms"), 0)
        second.pop("wall_ms")
        self.assertEqual(first, second)

    def test_without_a_seed_requests_go_out_side_by_side_and_nothing_is_twice(self):
        status, facts = self.workspace.facts("--days", 15, "--from", MONDAY, "--script", BAD_MONTH)
        self.assertEqual((status, facts["duplicates"], facts["lost"], facts["unasked"]), (0, 0, 0, 0), facts)

    def test_what_is_due_is_what_preview_shows(self):
        window = ("--days", "50", "--from", MONDAY)  # longer than the horizon
        shown = self.workspace.preview(*window)
        _, facts = self.workspace.facts(*window)
        self.assertEqual(facts["deliveries"], len(shown))
        self.assertEqual(facts["published"], facts["deliveries"], facts["troubles"])

    def test_a_month_that_is_over_can_be_rehearsed(self):
        status, facts = self.workspace.facts("--days", 3, "--from", "2025-01-01")
        self.assertEqual((status, facts["deliveries"]), (0, 0))

    def test_the_summary_for_people(self):
        done = self.workspace.run("--days", 7, "--from", MONDAY, "--script", BAD_MONTH)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"\ARehearsed 2026-11-23 00:00 to 2026-11-30 00:00, with the faults")
        self.assertRegex(done.stdout, r"\n  due +\d+\n  published +\d+\n")
        self.assertTrue(done.stdout.endswith("\nNothing went out twice, and nothing was lost.\n"), done.stdout)
        self.assertEqual(done.stderr, "", "a bar where no terminal is")


    def test_a_bar_shows_on_a_terminal_how_far_it_is(self):
        ours, theirs = os.openpty()
        with open(ours, "rb") as terminal:
            done = subprocess.Popen(self.workspace.line("--days", 3, "--from", "2026-12-01"), stdout=subprocess.PIPE,
                                    stderr=theirs, env=self.workspace.environment(), cwd="/")
            os.close(theirs)
            shown = b""
            with contextlib.suppress(OSError):  # how a terminal says that its other side is closed
                while piece := os.read(terminal.fileno(), 65536):
                    shown += piece
            self.assertNotIn(b"\r", done.communicate()[0])
        self.assertRegex(shown, rb"\r\[#+ *\] day 2 of 3")
        self.assertRegex(shown, rb"\r\x1b\[K3 days in \d+\.\d s\r\n\Z")


class Live(RehearseTest):
    """Live accounts: rehearsed by their rules, against the sandbox, and never the real host."""

    def setUp(self):
        super().setUp()
        self.workspace.config(LIVE, LIVE_SKY, LIVE_HOOK, more=GROUPS)
        self.workspace.campaign("traffic", ["town", "sky", "site"], post("one", "2026-11-24 09:00"),
                                post("two", "2026-11-24 09:00"), post("night", "2026-11-24 23:00", useful_for='"1h"'))
        self.workspace.write("campaigns/more.cfg", 'title = "more";\naccounts = [ "town" ];\nposts = (\n' +
                             post("late", "2026-12-20 09:00") + "\n);\n")

    def rehearse(self, *words, **more):
        return self.workspace.facts("--days", 30, "--from", MONDAY, "--seed", 1, *words, **more)

    def test_they_are_approved_by_invented_people_and_keep_their_gap(self):
        kept = self.workspace.folder / "kept"
        status, facts = self.rehearse("--keep", kept)
        self.assertEqual((status, facts["deliveries"], facts["published"]), (0, 10, 10), facts["troubles"])
        records = audit(kept / "workspace/state")
        approvals = [record for record in records if record["ev"] == "approve"]
        self.assertEqual({record["actor"] for record in approvals}, {"svc:rehearsal"})
        self.assertEqual(len(approvals), 4 * 2 + 3 * 1, "two people for town, one for sky, nobody for site")
        moments = sorted(datetime.datetime.fromisoformat(record["ts"].replace("Z", "+00:00")) for record in records
                         if record["ev"] == "publish.intent" and record.get("name", record.get("delivery", "")) and
                         "/town" in json.dumps(record) and ("one" in json.dumps(record) or "two" in json.dumps(record)))
        self.assertEqual(len(moments), 2)
        self.assertGreaterEqual((moments[1] - moments[0]).total_seconds(), 30)

    def test_the_plan_of_the_copy_is_the_plan_of_the_files(self):
        tricky = r'vars = { office = "\"HQ\" \\ {{x}}\nक"; say-so = "Ω"; }; limits = { text = 400; alt = 100; };'
        self.workspace.config(f'{LIVE} {tricky} gap = "90s"; keeps_keys = false;', LIVE_SKY, f'{LIVE_HOOK} remembers = "2m";',
                              more=GROUPS + """
            groups = ( { name = "all"; accounts = [ "town", "sky" ]; } );
            quiet = { from = "22:30"; to = "06:15"; allow = [ "urgent", "safety" ]; };
            blackouts = ( { name = "a \\"b\\""; from = "2026-12-01 00:00:30"; to = "2026-12-01 23:59"; },
                          { name = "c"; from = "2026-12-05 00:00"; to = "2026-12-06 12:00"; allow = [ "safety" ]; } );
            horizon = "10d"; approval_for = "2d";""")
        self.workspace.campaign("days", ["all"], '{ id = "d"; repeat = { every = "day"; at = [ "05:00", "23:00" ]; '
                                'from = "2026-11-23"; }; text = "{office}, {{y}}"; sky = { text = "z"; }; }')
        self.workspace.campaign("towns", ["town"], post("t", "2026-11-25 09:00", "{say-so}"))
        kept = self.workspace.folder / "kept"
        status, facts = self.workspace.facts("--days", 14, "--from", MONDAY, "--keep", kept)
        self.assertEqual((status, facts["duplicates"], facts["lost"]), (0, 0, 0), facts)
        window = ("--days", "14", "--from", MONDAY)
        self.assertEqual(self.workspace.preview(*window, path=kept / "workspace"), self.workspace.preview(*window))
        self.assertEqual(facts["deliveries"], len(self.workspace.preview(*window)))
        config = (kept / "workspace/crier.cfg").read_text()
        for words in ('approvals = 2; gap = "90s"', "/mastodon-nokeys", 'remembers = "2m"', 'approvals = 1; gap = "30s"',
                      "limits = { text = 400; alt = 100; }", 'horizon = "10d"; approval_for = "2d"'):
            self.assertIn(words, config)

    def test_quiet_hours_and_blackouts_are_kept(self):
        self.workspace.config(LIVE, LIVE_SKY, LIVE_HOOK, more=GROUPS + """
            quiet = { from = "22:00"; to = "07:00"; allow = [ "urgent" ]; };
            blackouts = ( { name = "mourning"; from = "2026-12-20 00:00"; to = "2026-12-20 23:59"; allow = []; } );""")
        status, facts = self.rehearse()
        self.assertEqual((status, facts["published"], facts["expired"] + facts["held"]), (0, 6, 4), facts["troubles"])
        said = {(trouble["name"], trouble["reason"]) for trouble in facts["troubles"]}
        self.assertEqual({name for name, _ in said},
                         {"more/late@once/town", *(f"traffic/night@once/{name}" for name in ("town", "sky", "site"))})

    def test_real_credentials_are_not_even_opened(self):
        state = self.workspace.path / "state"
        (state / "credentials").mkdir(parents=True)
        secret = state / "credentials/town.json"
        secret.write_text("not a credential")
        secret.chmod(0)
        state.chmod(0)
        try:
            status, facts = self.rehearse(STATE_DIRECTORY=str(state), CREDENTIALS_DIRECTORY=str(state / "credentials"),
                                          RUNTIME_DIRECTORY="/nowhere", NOTIFY_SOCKET="/nowhere/notify")
            self.assertEqual((status, facts["published"]), (0, 10), facts["troubles"])
        finally:
            state.chmod(0o700)
        self.assertEqual(sorted(path.name for path in state.rglob("*")), ["credentials", "town.json"])

    @unittest.skipUnless(shutil.which("strace"), "needs strace")
    def test_nobody_but_this_machine_is_spoken_to_and_no_real_file_is_written(self):
        log = self.workspace.folder / "calls"
        # Leaks cannot be looked for under a tracer.
        status, facts = self.rehearse("--script", BAD_MONTH, tool=("strace", "-f", "-qq", "-o", log, "-e",
                                      "trace=connect,bind,sendto,sendmsg,openat,openat2,mkdir,unlink,rename"),
                                      ASAN_OPTIONS="detect_leaks=0")
        self.assertEqual((status, facts["published"]), (0, 10), facts["troubles"])
        calls = log.read_text()
        addresses = re.findall(r"sa_family=AF_INET6?, [^}]*", calls)
        self.assertGreater(len(addresses), 50)
        self.assertEqual([address for address in addresses if 'inet_addr("127.0.0.1")' not in address], [])
        self.assertNotIn("example.gov.in", calls)
        written = re.findall(r'open[^"\n]*"([^"]+)", [^)\n]*O_(?:WRONLY|RDWR|CREAT)', calls)
        strangers = [path for path in written if not path.startswith((str(self.workspace.temporary), "/dev/", "/proc/"))
                     and path.startswith("/")]
        self.assertEqual(strangers, [])


class Media(RehearseTest):
    """What is made of pictures goes out as preview showed it."""

    ACCOUNTS = {"insta": "instagram", "toots": "mastodon", "threads-main": "threads"}

    def setUp(self):
        super().setUp()
        shutil.copytree(SOURCE / "media/traffic", self.workspace.path / "media/traffic")
        self.workspace.config(*(f'name = "{name}"; platform = "{platform}"; live = false; base_url = "http://127.0.0.1:1/{platform}"'
                                for name, platform in self.ACCOUNTS.items()))
        self.workspace.campaign("traffic", self.ACCOUNTS, post("belt", "2026-11-24 09:00", media='( { file = "traffic/seat-belt.png"; '
                                                               'alt = "a seat belt"; } )'))

    def why(self, workspace, name):
        done = subprocess.run([BIN + "/crier", "-C", workspace, "why", "--json", name], env=self.workspace.environment(),
                              capture_output=True, check=True)
        return json.loads(done.stdout)

    def test_its_bytes_are_those_that_preview_made(self):
        kept = self.workspace.folder / "kept"
        status, facts = self.workspace.facts("--days", 3, "--from", MONDAY, "--keep", kept)
        self.assertEqual((status, facts["published"]), (0, len(self.ACCOUNTS)), facts)
        shown = self.workspace.preview("--days", "3", "--from", MONDAY)
        self.assertEqual([delivery["account"] for delivery in shown if delivery["media"][0]["rendition"]], ["insta"])
        for delivery in shown:
            planned = self.why(kept / "workspace", delivery["name"])
            medium = delivery["media"][0]
            self.assertEqual(planned["content"], delivery["content"])
            self.assertEqual(planned["media"][0]["sha256"], (medium["rendition"] or medium)["sha256"])
        self.check_nothing_is_left()


class Endings(RehearseTest):
    """However it ends, nothing runs and nothing lies about."""
    sample = True

    def stop(self, number):
        with self.workspace.started("--days", 400, "--from", MONDAY, "--script", BAD_MONTH) as (process, sandbox):
            process.send_signal(number)
            out, said = process.communicate(timeout=60)
            self.assertTrue(is_gone(sandbox), "its sandbox goes on")
            return process.returncode, out, said

    def test_ctrl_c_leaves_no_process_and_no_folder(self):
        status, out, said = self.stop(signal.SIGINT)
        self.assertNotEqual(status, 0)
        self.assertEqual(out, "")
        self.assertTrue("stopped before its end" in said or status == -signal.SIGINT, (status, said))
        self.check_nothing_is_left()

    def test_so_does_a_polite_end(self):
        self.assertNotEqual(self.stop(signal.SIGTERM)[0], 0)
        self.check_nothing_is_left()

    def test_a_kill_ends_the_sandbox_too(self):
        self.assertEqual(self.stop(signal.SIGKILL)[0], -signal.SIGKILL)

    def test_a_sandbox_that_dies_ends_the_rehearsal(self):
        with self.workspace.started("--days", 400, "--from", MONDAY) as (process, sandbox):
            os.kill(sandbox, signal.SIGKILL)
            _, said = process.communicate(timeout=60)
            self.assertEqual(process.returncode, 69, said)
        self.check_nothing_is_left()

    def test_what_is_kept_can_be_looked_at(self):
        kept = self.workspace.folder / "kept"
        status, facts = self.workspace.facts("--days", 3, "--from", "2026-12-01", "--keep", kept)
        self.assertEqual(status, 0)
        self.assertEqual(kept.stat().st_mode & 0o777, 0o700)

        def crier(*words):
            return subprocess.run([f"{BIN}/crier", "-C", kept / "workspace", *words], capture_output=True, text=True,
                                  check=True).stdout

        self.assertEqual(json.loads(crier("status", "--json"))["counts"]["published"], facts["published"])
        self.assertTrue(json.loads(crier("audit", "verify", "--json"))["ok"])
        self.assertRegex(crier("why", "criminal-laws/three-laws-en@once/sky"),
                         r"\ntitle: India Code.*\ndescription: Bharatiya .*\n\| Three laws.*\nlink: https://www.indiacode\.nic\.in\n")
        self.assertTrue((kept / "daemon.log").exists())
        self.assertGreater((kept / "sandbox/journal.jsonl").stat().st_size, 1000)
        again = self.workspace.run("--days", 1, "--keep", kept)
        self.assertNotEqual(again.returncode, 0, "it wrote over what was kept")


class Refusals(RehearseTest):
    def setUp(self):
        super().setUp()
        self.workspace.config('name = "drill"; platform = "mastodon"; live = false; base_url = "http://127.0.0.1:9/x";')
        self.workspace.campaign("traffic", ["drill"], post("one", "2026-11-24 09:00"))

    def test_files_with_errors_are_shown_and_nothing_is_rehearsed(self):
        self.workspace.campaign("traffic", ["drill"], '  { id = "one"; at = "2026-11-24 09:00"; shedule = 1; text = "क"; }')
        done = self.workspace.run("--from", MONDAY)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stdout, r'campaigns/traffic.cfg:4:\d+: error\[E\d+\]: unknown key "shedule"')
        status, facts = self.workspace.facts("--from", MONDAY)
        self.assertEqual((status, facts["duplicates"], facts["deliveries"], len(facts["findings"])), (1, None, None, 1))
        self.check_nothing_is_left()

    def test_what_cannot_be_meant_is_refused(self):
        broken = self.workspace.folder / "broken.json"
        broken.write_text('{"faults":[{"do":"burn"}]}')
        for words, status, said in ((("--days", "0"), 2, "--days"), (("--days", "401"), 2, "--days"),
                                    (("--seed", "x"), 2, "--seed"), (("--seed", "-1"), 2, "--seed"),
                                    (("--from", "tomorrow"), 2, "tomorrow"), (("--script", "/nowhere"), 2, "/nowhere"),
                                    (("--script", broken), 69, "do"), (("--keep", "/nowhere/at/all"), 70, "/nowhere"),
                                    (("more",), 2, "more")):
            with self.subTest(words):
                done = self.workspace.run(*words)
                self.assertEqual(done.returncode, status, done.stderr)
                self.assertIn(said, done.stderr)
                self.check_nothing_is_left()

    def test_without_its_sandbox_it_says_what_to_install(self):
        alone = self.workspace.folder / "bin"
        alone.mkdir()
        for name in ("crier", "crier-inspect"):
            shutil.copy(pathlib.Path(BIN) / name, alone)
        self.workspace.bin = alone
        done = self.workspace.run("--from", MONDAY)
        self.assertEqual(done.returncode, 69)
        self.assertIn("crier-sandbox", done.stderr)
        self.check_nothing_is_left()

    def test_no_option_and_no_environment_gives_the_daemon_a_virtual_clock(self):
        program = (pathlib.Path(BIN) / "crier").read_bytes()
        if b"CRIER_FAILPOINT" in program:
            self.skipTest("these are the programs of the fault build, which refuse live accounts instead")
        self.assertNotIn(b"CRIER_VIRTUAL", program)
        self.assertNotIn(b"CRIER_RULE_OFF", program)


if __name__ == "__main__":
    unittest.main()
