#!/usr/bin/python3
"""plan and apply, with the daemon and without: what is shown is what is done, and nothing else is."""
import datetime
import json
import os
import pathlib
import pty
import select
import signal
import subprocess
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / "support")]
from office import INDIA, Office, OfficeTest, main, post, until  # noqa: E402

NOW = datetime.datetime.now(INDIA).replace(second=0, microsecond=0)
DAY = datetime.timedelta(days=1)
APPLY = 'reload = "apply";'


class Plans(OfficeTest):
    virtual = False

    def begin(self, *posts, more="", start=True, **keys):
        self.office.more = more
        self.office.config()
        self.office.campaign("traffic", *(posts or [post("helmet", NOW + DAY)]), **keys)
        if start:
            self.office.start()
            until("the files are read", lambda: self.office.status["reload"]["read"])

    def plan(self, *words):
        return self.office.json("plan", *words)

    def changes(self, plan=None):
        plan = plan or self.plan()
        return {change["name"].split("/", 1)[1].split("@")[0]: change for change in plan["changes"]}

    def words(self, plan=None):
        return {name: change["change"] for name, change in self.changes(plan).items()}

    def told(self, text, *words, status=0, **more):
        done = self.office.crier(*words, **more)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        self.assertIn(text, done.stdout + done.stderr)
        return done.stdout

    def save(self):
        path = self.office.folder / "saved.plan"
        self.told("Saved in", "plan", "-o", path)
        return path

    def until_read(self):
        """The newest files are read: the daemon's own reading, which a change of a file brings about."""
        before = self.office.status["reload"]["read"]
        until("the files are read", lambda: self.office.status["reload"]["read"] != before)


class Plan(Plans):
    def test_where_nothing_was_planned_it_shows_all_that_would_be_and_makes_no_store(self):
        self.begin(start=False)
        self.assertEqual(self.words(), {"helmet": "add"})
        self.assertFalse((self.office.state / "outbox.db").exists())

    def test_with_the_daemon_and_without_it_shows_the_same(self):
        self.begin(more=APPLY)
        self.office.campaign("traffic", post("helmet", NOW + DAY, "other words"), post("belt", NOW + 2 * DAY))
        with_daemon = self.plan()
        self.office.daemon.stop()
        without = self.plan()
        for member in ("files", "changes", "counts", "findings", "workspace", "hashes"):
            self.assertEqual(with_daemon[member], without[member], member)

    def test_what_is_shown_is_what_applying_it_does(self):
        self.begin(post("helmet", NOW + DAY), post("belt", NOW + DAY), post("old", NOW + DAY), more=APPLY)
        self.told("Plan: 3 to add, 0 to change, 0 to remove.", "apply", "--yes")
        self.office.campaign("traffic", post("helmet", NOW + DAY, "other words"), post("belt", NOW + 3 * DAY),
                             post("new", NOW + 2 * DAY))
        plan = self.plan()
        self.assertEqual(self.words(plan), {"helmet": "change", "belt": "change", "old": "remove", "new": "add"})
        self.assertEqual(self.changes(plan)["helmet"]["what"], ["text"])
        self.assertEqual(self.changes(plan)["belt"]["what"], ["time"])
        self.told("Applied: 1 added, 2 changed", "apply", "--yes")
        for name, change in self.changes(plan).items():
            row, after = self.office.row(name), change["after"] or {"state": "held", "reason": "removing"}
            self.assertEqual((row["state"], row["reason"]), (after["state"], after["reason"]), name)
            if change["after"]:
                self.assertEqual(row["due"], after["at"])
        self.assertEqual(self.words(), {"old": "remove"})  # for a minute it is being removed

    def test_of_a_changed_text_the_lines_that_stay_stand_once(self):
        self.begin(post("helmet", NOW + DAY, "one\\ntwo\\nthree"), more=APPLY)
        self.told("Applied", "apply", "--yes")
        for text, shown in (
            ("one\\nTWO\\nthree", ["    | one", "  - | two", "  + | TWO", "    | three"]),
            ("one\\ntwo\\nthree\\nfour", ["    | one", "    | two", "    | three", "  + | four"]),
            ("two\\nthree", ["  - | one", "    | two", "    | three"]),
            ("zero\\none\\ntwo\\nthree", ["  + | zero", "    | one", "    | two", "    | three"]),
        ):
            self.office.campaign("traffic", post("helmet", NOW + DAY, text))
            out = self.office.crier("plan").stdout
            self.assertEqual([line[6:] for line in out.splitlines() if "| " in line], shown)

    def test_exit_3_says_that_something_changes(self):
        self.begin(more=APPLY)
        self.assertEqual(self.office.crier("plan", "--exit-code").returncode, 3)
        self.told("Applied", "apply", "--yes")
        self.assertEqual(self.office.crier("plan", "--exit-code").returncode, 0)

    def test_errors_are_shown_and_exit_1(self):
        self.begin()
        self.office.campaign("cyber", '{ id = "otp"; shedule = 1; }')
        out = self.told("! campaigns/cyber.cfg:4:", "plan", status=1)
        self.assertIn("Plan: 0 to add, 0 to change, 0 to remove.", out)

    def test_what_is_wrong_in_a_file_does_not_reach_the_terminal_as_it_is(self):
        self.begin()
        self.office.campaign("cyber", '{ id = "a\u202eb"; repeat = { on = [ "\x1b[2J" ]; at = [ "10:00" ]; from = "2026-11-25"; }; text = "x"; }')
        out = self.told("a<U+202E>b", "plan", status=1)
        self.assertNotRegex(out, "[\u202e\x1b]")

    def test_a_broken_crier_cfg_changes_nothing_and_is_shown(self):
        self.begin()
        self.office.write("crier.cfg", "timezone = ")
        self.told("! crier.cfg:", "plan", status=1)

    def test_a_long_plan_comes_in_pages_and_is_whole(self):
        rule = '{ every = "day"; at = [ %s ]; from = "%s"; }' % (
            ", ".join(f'"{hour:02}:{minute:02}"' for hour in range(24) for minute in (0, 30)),
            (NOW + DAY).strftime("%Y-%m-%d"))
        self.begin(post("often", None, again="true", repeat=rule), more=APPLY)
        plan = self.plan()
        self.assertGreater(len(plan["changes"]), 1500)
        self.assertEqual(len({change["id"] for change in plan["changes"]}), plan["counts"]["add"])

    def test_it_tells_how_many_approvals_would_be_lost(self):
        self.office.approvals = 1
        self.begin(owner=2001)
        self.office.crier("approve", "traffic/helmet", uid=2002, groups=(60, 100))
        until("it is approved", lambda: self.office.row("helmet")["state"] == "ready")
        self.office.daemon.stop()
        self.office.campaign("traffic", post("helmet", NOW + DAY, "other words"), owner=2001)
        self.told("; 1 approval would be lost.", "plan")


class Apply(Plans):
    def setUp(self):
        super().setUp()
        self.begin(more=APPLY)

    def test_until_it_is_applied_nothing_is_planned_and_status_says_so(self):
        self.assertEqual(self.office.rows, {})
        self.assertEqual(self.office.status["reload"]["waiting"], {"added": 1, "changed": 0})
        self.told("wait to be applied", "status")
        self.told("nothing was done; say --yes", "apply", status=2)
        self.told("Applied: 1 added", "apply", "--yes")
        self.assertEqual(self.office.row("helmet")["state"], "ready")
        self.assertEqual(self.office.status["reload"]["waiting"], {"added": 0, "changed": 0})
        self.assertEqual(self.office.status["reload"]["files"], [])

    def test_an_edit_waits_and_a_removal_does_not(self):
        self.office.crier("apply", "--yes")
        content = self.office.row("helmet")["content"]
        self.office.campaign("traffic", post("helmet", NOW + DAY, "other words"), post("new", NOW + DAY))
        self.office.reload()
        until("it waits", lambda: self.office.status["reload"]["waiting"] == {"added": 1, "changed": 1})
        self.assertEqual(self.office.row("helmet")["content"], content)
        self.assertEqual([entry["is"] for entry in self.office.status["reload"]["files"]], ["waits"])
        self.office.campaign("traffic", post("new", NOW + DAY))
        self.office.reload()
        self.office.until_state("helmet", "held", "removing")

    def test_what_is_edited_and_not_applied_goes_out_as_it_was_applied(self):
        soon = self.soon(6)
        self.office.campaign("traffic", post("helmet", soon, "as applied"), post("gone", soon, "taken out"))
        self.told("Applied: 2 added", "apply", "--yes")
        self.office.campaign("traffic", post("helmet", soon, "other words"), post("new", soon, "never applied"))
        self.office.until_state("helmet", "published")
        self.office.until_state("gone", "held", "removing")
        self.assertEqual(self.office.public, ["as applied"])

    def test_without_reload_apply_all_that_waits_counts(self):
        self.office.more = ""
        self.office.config()
        self.office.until_state("helmet", "ready")

    def test_the_daemon_starts_with_what_was_applied_last(self):
        self.office.crier("apply", "--yes")
        content = self.office.row("helmet")["content"]
        self.office.daemon.stop()
        self.office.campaign("traffic", post("helmet", NOW + DAY, "other words"))
        self.office.start()
        until("it waits", lambda: self.office.status["reload"]["waiting"]["changed"] == 1)
        self.assertEqual(self.office.row("helmet")["content"], content)

    def test_a_saved_plan_is_done_exactly(self):
        path = self.save()
        self.told("Applied: 1 added", "apply", path)
        self.assertEqual(self.office.row("helmet")["state"], "ready")
        self.told("has changed since it was made", "apply", path, status=1)

    def test_a_saved_plan_holds_while_what_it_takes_out_goes_by_itself(self):
        self.office.crier("apply", "--yes")
        self.office.campaign("traffic", post("new", NOW + DAY))
        path = self.save()
        self.office.until_state("helmet", "held", "removing")
        self.told("Applied: 1 added", "apply", path)

    def test_a_saved_plan_is_refused_when_a_file_has_changed_which_is_named(self):
        path = self.save()
        self.office.campaign("traffic", post("helmet", NOW + DAY, "other words"))
        out = self.told("files have changed", "apply", path, status=1)
        self.assertNotIn("Applied", out)
        done = self.office.crier("apply", path)
        self.assertIn("campaigns/traffic.cfg", done.stderr)
        self.assertEqual(self.office.rows, {})

    def test_a_saved_plan_is_refused_when_its_deliveries_have_changed_which_are_named(self):
        self.office.crier("apply", "--yes")
        self.office.campaign("traffic", post("helmet", NOW + DAY, "other words"))
        path = self.save()
        self.assertEqual(self.office.crier("hold", "traffic/helmet").returncode, 0)
        self.told("what the plan is about has changed", "apply", path, status=1)
        self.assertIn("traffic/helmet@once/drill", self.office.crier("apply", path).stderr)

    def test_a_plan_of_another_workspace_is_refused(self):
        path = self.save()
        with Office() as other:
            other.more = APPLY
            other.config()
            other.campaign("traffic", post("helmet", NOW + DAY))
            other.start()
            done = other.crier("apply", path)
        self.assertEqual(done.returncode, 1)
        self.assertIn("another workspace", done.stderr)

    def test_a_saved_plan_cannot_ask_for_more_than_the_horizon(self):
        self.office.campaign("traffic", post("often", None, again="true", repeat='{ every = "day"; at = [ "10:00" ]; from = "2026-11-25"; }'))
        path = self.save()
        whole = json.loads(path.read_text())
        path.write_text(json.dumps(whole | {"until": "2099-01-01T00:00:00Z"}))
        self.told(f"Applied: {whole['counts']['add']} added", "apply", path)
        self.assertLess(max(row["due"] for row in self.office.rows.values()), (NOW + 60 * DAY).isoformat())

    def test_what_is_no_plan_is_refused(self):
        self.told("is no plan of this Crier", "apply", self.office.path / "crier.cfg", status=2)

    def test_a_saved_plan_that_somebody_has_edited_is_refused(self):
        path = self.save()
        whole = json.loads(path.read_text())
        for member, entries in (("changes", [{}]), ("changes", [{"name": "x"}]), ("changes", None), ("files", [{"path": "a"}]), ("files", [7])):
            path.write_text(json.dumps(whole | {member: entries}))
            self.told("is no plan of this Crier", "apply", path, status=2)

    def test_who_applied_it_stands_in_the_audit(self):
        self.office.crier("apply", "--yes")
        loads = [record for record in self.office.audit if record["ev"] == "config.load"]
        self.assertEqual([load["actor"].split(":")[0] for load in loads[:2]], ["svc", "os"])
        self.assertIn('"waiting": 1', json.dumps(loads[0]))

    def test_without_a_daemon_nothing_is_applied(self):
        self.office.daemon.stop()
        self.told("the daemon is not running", "apply", "--yes", status=69)


class Auto(Plans):
    def test_there_is_nothing_to_apply(self):
        self.begin()
        self.told('does not say reload = "apply"', "apply", "--yes", status=2)

    def test_status_tells_what_the_last_reload_changed(self):
        self.begin(post("helmet", NOW + DAY), post("belt", NOW + DAY))
        self.told("2 added", "status")
        self.office.campaign("traffic", post("helmet", NOW + DAY, "other words"), post("new", NOW + DAY))
        self.office.reload()
        until("it is read", lambda: self.office.status["reload"]["changed"] == 1)
        self.told("1 added, 1 changed, 1 removed", "status")

    def test_status_tells_what_is_wrong_until_it_is_mended(self):
        self.begin()
        self.office.campaign("traffic", '{ id = "helmet"; shedule = 1; }')
        self.office.reload_quietly()
        until("it is told", lambda: self.office.status["problems"])
        out = self.told("campaigns/traffic.cfg was edited", "status")
        self.assertIn("error[E1", out)
        self.assertIn("try:", out)
        self.office.campaign("traffic", post("helmet", NOW + DAY))
        self.office.reload()
        until("it is mended", lambda: not self.office.status["problems"])
        self.assertNotIn("was edited", self.office.crier("status").stdout)

    def test_status_tells_that_crier_cfg_is_broken_until_it_is_mended(self):
        self.begin()
        right = (self.office.path / "crier.cfg").read_text()
        self.office.write("crier.cfg", right + "shedule = 1;\n")
        self.office.reload_quietly()
        until("it is told", lambda: self.office.status["problems"])
        self.told("crier.cfg was edited", "status")
        self.office.write("crier.cfg", right)
        self.office.reload()
        until("it is mended", lambda: not self.office.status["problems"])


class Terminal(Plans):
    shown = ""

    def test_the_person_at_the_terminal_is_told_what_a_reload_did_and_what_is_wrong(self):
        self.office.config()
        self.office.campaign("traffic", post("helmet", NOW + DAY))
        screen, line = pty.openpty()
        daemon = subprocess.Popen(self.office.line("run"), env=self.office.environment, cwd="/", stdin=subprocess.DEVNULL,
                                  stdout=subprocess.DEVNULL, stderr=line, start_new_session=True)
        self.addCleanup(lambda: daemon.kill() or daemon.wait())
        os.close(line)
        self.until_shown(screen, "The files changed: 1 added, 0 changed, 0 removed, 0 held.")
        self.office.campaign("traffic", '{ id = "helmet"; shedule = 1; }')
        daemon.send_signal(signal.SIGHUP)
        self.until_shown(screen, "have errors; what was planned from them before stays")
        self.until_shown(screen, 'error[E112]: unknown key "shedule"')
        self.office.campaign("traffic", post("helmet", NOW + DAY))
        daemon.send_signal(signal.SIGHUP)
        self.until_shown(screen, "The files have no errors any more.")
        self.assertNotIn("nothing changes", self.shown)
        daemon.send_signal(signal.SIGHUP)
        self.until_shown(screen, "The files were read again; nothing changes.")

    def until_shown(self, screen, text):
        while text not in self.shown:
            ready, _, _ = select.select([screen], [], [], 30)
            self.assertTrue(ready, f"{text!r} is not in {self.shown!r}")
            self.shown += os.read(screen, 65536).decode("utf-8", "replace")


if __name__ == "__main__":
    main()
