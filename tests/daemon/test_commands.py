#!/usr/bin/python3
"""The commands that touch the store: what they answer, to whom, and with which exit status."""
import base64
import datetime
import json
import pathlib
import re
import subprocess
import sys
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / "support")]
from office import MORNING, SOURCE, OfficeTest, medium, needs_fault_build, post, until  # noqa: E402

MINUTE, HOUR = datetime.timedelta(minutes=1), datetime.timedelta(hours=1)
NOON = MORNING + 3 * HOUR
HELMET = "traffic/helmet@once/drill"
STATUSES = {"method": "POST", "path": "/api/v1/statuses"}
STATES = ["planned", "ready", "preparing", "sending", "doubtful", "held", "published", "failed", "expired",
          "cancelled", "retracted"]


class Commands(OfficeTest):
    virtual = True

    def begin(self, *names):
        self.office.campaign("traffic", *(post(name, NOON) for name in names or ["helmet", "belt"]))
        self.office.start()
        until("the files are read", lambda: self.office.loads == 1)
        self.office.settle()

    def state(self, name="helmet"):
        row = self.office.row(name)
        return row["state"], row["reason"]

    def does(self, *words, status=0, **more):
        done = self.office.crier(*words, **more)
        self.assertEqual(done.returncode, status, f"{words}: {done.stdout}{done.stderr}")
        return done

    def in_doubt(self):
        """Helmet left us, and nobody can say whether it arrived: held after doubt."""
        self.office.config({"drill": "keeps_keys = false;"})
        self.begin("helmet")
        self.office.sandbox.faults({**STATUSES, "do": "lose_answer"},
                                   {"method": "GET", "times": 0, "do": "status", "arg": 503})
        self.office.go(NOON + 30 * MINUTE)
        self.assertEqual(self.state(), ("held", "unproven"))
        self.office.sandbox.faults()


class Status(Commands):
    def test_status_json_has_every_member_always(self):
        self.begin()
        status = self.office.json("status")
        self.assertLessEqual({"daemon", "hold_all", "counts", "deliveries", "accounts"}, set(status))
        self.assertLessEqual({"running", "pid", "since", "config"}, set(status["daemon"]))
        self.assertEqual(status["daemon"]["running"], True)
        self.assertEqual(status["daemon"]["pid"], self.office.daemon.pid)
        self.assertEqual(status["daemon"]["since"], "2026-12-01T09:00:00+05:30")
        self.assertRegex(status["daemon"]["config"], "^[0-9a-f]{64}$")
        self.assertIs(status["hold_all"], False)
        self.assertEqual(sorted(status["counts"]), sorted(STATES))
        self.assertEqual(status["counts"]["ready"], 2)
        for row in status["deliveries"]:
            self.assertLessEqual({"id", "name", "account", "platform", "state", "reason", "due", "attempts",
                                  "remote_id", "url"}, set(row))
            self.assertEqual(row["due"], "2026-12-01T12:00:00+05:30")
        self.assertEqual([account["account"] for account in status["accounts"]], ["drill"])

    def test_status_without_a_daemon_is_0_and_says_so(self):
        self.begin()
        self.office.daemon.stop()
        status = self.office.json("status")
        self.assertEqual(status["daemon"]["running"], False)
        self.assertIsNone(status["daemon"]["pid"])
        self.assertIsNone(status["daemon"]["since"])
        self.assertEqual(len(status["deliveries"]), 2)
        self.assertIn("NOT running", self.does("status").stdout)

    def test_status_of_a_workspace_that_never_ran_is_0(self):
        for path in self.office.state.glob("*.db*"):
            path.unlink()
        done = self.office.crier("status")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("nothing planned yet", done.stdout)
        status = self.office.json("status")
        self.assertEqual(status["deliveries"], [])
        self.assertEqual(status["counts"], dict.fromkeys(STATES, 0))
        self.assertEqual(list(self.office.state.glob("*.db")), [], "status made a store")
        self.refused(self.office.crier("why", HELMET), 2, "nothing was ever planned")

    def test_many_rows_are_all_listed(self):
        self.office.campaign("many", *(post(f"p{number}", NOON + number * MINUTE / 10) for number in range(1250)))
        self.office.start()
        until("the files are read", lambda: self.office.loads == 1)
        rows = self.office.json("status")["deliveries"]
        self.assertEqual(len({row["id"] for row in rows}), 1250)
        self.assertEqual([row["due"] for row in rows], sorted(row["due"] for row in rows))

    def test_nothing_is_coloured_where_nobody_looks(self):
        self.begin()
        for words in (("status",), ("why", HELMET), ("audit", "show"), ("audit", "verify")):
            self.assertNotIn("\x1b", self.does(*words).stdout)


class StatusOfToday(OfficeTest):
    """The commands' own now is the machine's."""

    def test_the_text_shows_what_waits_what_went_out_and_what_comes(self):
        self.office.campaign("traffic", post("helmet", self.soon(1)), post("belt", self.soon(60)), post("lane", self.soon(60)))
        self.office.start()
        self.office.until_state("helmet", "published")
        self.assertEqual(self.office.crier("hold", "traffic/belt@once/drill").returncode, 0)
        text = self.office.crier("status").stdout
        self.assertRegex(text, "1 held")
        self.assertRegex(text, r"(?s)Waits for a person.*traffic/belt@once/drill.*"
                               r"Went out in the last 24 hours.*traffic/helmet@once/drill.*http://.*"
                               r"The next 24 hours.*traffic/lane@once/drill")


class Why(Commands):
    def test_why_tells_state_reason_and_history(self):
        self.begin()
        self.does("hold", HELMET)
        done = self.does("why", HELMET)
        self.assertRegex(done.stdout, r"(?s)state +held.*reason +person.*What happened.*hold .*os:0:root")
        answer = self.office.json("why", HELMET)
        self.assertEqual((answer["state"], answer["reason"]), ("held", "person"))
        self.assertEqual([record["ev"] for record in answer["history"]], ["hold"])

    def test_why_shows_all_that_the_public_will_see(self):
        self.office.picture("a.jpg")
        self.office.campaign("traffic", post("helmet", NOON, "एक\\nदो", link='"https://cybercrime.gov.in"',
                                             media=f'( {medium("a.jpg", alt="नीली गाड़ी")} )'))
        self.office.start()
        until("the files are read", lambda: self.office.loads == 1)
        self.assertIn("| एक\n| दो\n| https://cybercrime.gov.in\n+ a.jpg\n  alt: नीली गाड़ी\n", self.does("why", HELMET).stdout)

    def test_why_takes_an_id_and_a_beginning_that_names_one(self):
        self.begin()
        identity = self.office.row("helmet")["id"]
        for name in (identity, "traffic/helmet", identity[:8]):
            self.assertEqual(self.office.json("why", name)["name"], HELMET)

    def test_why_of_a_beginning_that_names_several_asks_for_one(self):
        self.begin()
        self.refused(self.office.crier("why", "traffic/"), 2, "2 deliveries")

    def test_why_tells_what_a_due_post_waits_for(self):
        self.begin()
        self.does("hold", "--all")
        self.office.go(NOON + MINUTE)
        self.assertRegex(self.does("why", HELMET).stdout, "at this moment .*hold|held")


class Names(Commands):
    def test_the_name_of_a_post_is_that_post_and_a_star_is_all_that_begin_with_it(self):
        self.begin("helmet", "helmet-film")
        self.assertEqual(self.office.json("why", "traffic/helmet")["name"], HELMET)
        self.refused(self.office.crier("why", "traffic/helmet*"), 2, "2 deliveries")
        self.refused(self.office.crier("why", "traffic/helm"), 2, "2 deliveries")
        self.does("cancel", "--yes", "traffic/helmet")
        self.assertEqual((self.state("helmet"), self.state("helmet-film")), (("cancelled", "person"), ("ready", None)))

    def test_unknown_names_are_2(self):
        self.begin()
        for words in (("why", "no/such"), ("hold", "no/such"), ("cancel", "no/such"), ("release", "no/such"),
                      ("approve", "no/such"), ("reject", "no/such"), ("resolve", "no/such", "--absent"),
                      ("hold",), ("cancel",), ("why",), ("resolve", HELMET), ("nonsense",), ("audit", "nonsense"),
                      ("hold", "--nonsense"), ("status", "surplus")):
            done = self.office.crier(*words)
            self.assertEqual(done.returncode, 2, f"{words}: {done.stdout}{done.stderr}")
            self.assertTrue(done.stderr, words)
        self.assertEqual(self.state(), ("ready", None))

    def test_several_are_not_done_without_a_yes(self):
        self.begin()
        self.refused(self.office.crier("cancel", "traffic/"), 2, "several|--yes")
        self.assertEqual(self.state(), ("ready", None))
        self.does("cancel", "traffic/", "--yes")
        self.assertEqual((self.state(), self.state("belt")), (("cancelled", "person"),) * 2)

    def test_the_star_selects_all(self):
        self.begin()
        self.does("hold", "*", "--yes")
        self.assertEqual((self.state(), self.state("belt")), (("held", "person"),) * 2)

    def test_on_a_terminal_it_asks_and_does_it_on_yes_only(self):
        self.begin()
        for answer, expected in (("no", "ready"), ("yes", "cancelled")):
            line = " ".join(self.office.line("cancel", "traffic/"))
            subprocess.run(["script", "-qec", line, "/dev/null"], input=f"{answer}\n", text=True, cwd="/",
                           capture_output=True, env=self.office.environment, timeout=30)
            self.assertEqual(self.state()[0], expected)

    def test_without_a_daemon_what_needs_it_is_69(self):
        self.begin()
        self.office.daemon.stop()
        for words in (("approve", HELMET), ("reject", HELMET), ("release", HELMET), ("release", "--all"),
                      ("resolve", HELMET, "--absent")):
            self.refused(self.office.crier(*words), 69, "daemon")

    def test_without_a_daemon_hold_and_cancel_are_done_under_the_lock(self):
        self.begin()
        self.office.daemon.stop()
        self.does("hold", HELMET)
        self.does("cancel", "traffic/belt@once/drill")
        self.office.start()
        self.assertEqual((self.state(), self.state("belt")), (("held", "person"), ("cancelled", "person")))
        self.assertTrue(self.office.json("audit", "verify")["ok"])

    def test_every_command_answers_help_with_0(self):
        listing = self.does("--help").stdout
        names = re.findall(r"^  ([a-z]+) ", listing, re.M)
        self.assertGreaterEqual(len(names), 13, listing)
        for name in names:
            self.assertIn(name, self.does(name, "--help").stdout)


class Decisions(Commands):
    def test_cancel_ends_it_and_says_so(self):
        self.begin()
        self.assertEqual(self.does("cancel", HELMET).stdout, f"{HELMET} is now cancelled\n")
        self.refused(self.office.crier("cancel", HELMET), 1, "ended already")
        self.refused(self.office.crier("release", HELMET), 1, "not held")
        self.office.go(NOON + HOUR)
        self.assertEqual(self.office.public, ["संदेश belt"])

    def test_what_is_published_cannot_be_cancelled_or_held(self):
        self.begin()
        self.office.go(NOON + MINUTE)
        self.refused(self.office.crier("cancel", HELMET), 1, "public already")
        self.refused(self.office.crier("hold", HELMET), 1, "public already")

    def test_a_released_post_goes_out_late_because_a_person_said_so(self):
        self.begin()
        self.does("hold", HELMET)
        self.office.go(NOON + HOUR)
        self.does("release", HELMET)
        self.office.go(NOON + HOUR + 2 * MINUTE)
        self.assertEqual(self.state(), ("published", None))

    def test_after_its_useful_time_it_is_not_released(self):
        self.begin()
        self.does("hold", HELMET)
        self.office.go(NOON + 3 * HOUR)
        self.assertEqual(self.state(), ("expired", "too-late"))

    def test_what_is_being_sent_answers_already_sent(self):
        self.begin("helmet")
        self.office.sandbox.faults({**STATUSES, "do": "delay", "arg": 20 * 60 * 1000})
        self.office.go(NOON)
        self.assertEqual(self.state()[0], "sending")
        for words in (("cancel", HELMET), ("hold", HELMET)):
            self.refused(self.office.crier(*words), 1, "already sent")

    def test_held_after_doubt_is_not_released_but_resolved(self):
        self.in_doubt()
        self.refused(self.office.crier("release", HELMET), 1, "resolve")
        self.refused(self.office.crier("cancel", HELMET), 1, "resolve --cancel")

    def test_resolve_published_names_the_address(self):
        self.in_doubt()
        self.refused(self.office.crier("resolve", HELMET, "--published", "somewhere"), 1, "address")
        self.does("resolve", HELMET, "--published", "https://social.example/@police/42")
        row = self.office.row("helmet")
        self.assertEqual((row["state"], row["url"], row["remote_id"]),
                         ("published", "https://social.example/@police/42", "42"))
        self.office.go(NOON + HOUR)
        self.assertEqual(len(self.office.public), 1)

    def test_resolve_absent_sends_it_again(self):
        self.in_doubt()
        self.does("resolve", HELMET, "--absent")
        self.office.go(NOON + HOUR)
        self.assertEqual(self.state(), ("published", None))

    def test_resolve_cancel_gives_it_up(self):
        self.in_doubt()
        self.does("resolve", HELMET, "--cancel")
        self.assertEqual(self.state(), ("cancelled", "person"))

    def test_resolve_is_only_for_doubt(self):
        self.begin()
        self.refused(self.office.crier("resolve", HELMET, "--absent"), 1, "no doubt")
        self.refused(self.office.crier("resolve", HELMET, "--absent", "--cancel"), 2, "one of")


class Audit(Commands):
    def test_both_verifiers_agree_that_the_log_holds(self):
        self.in_doubt()
        self.does("resolve", HELMET, "--absent")
        self.office.go(NOON + HOUR)
        self.does("hold", "--all")
        self.office.daemon.stop()
        ours = self.office.json("audit", "verify")
        self.assertEqual((ours["ok"], ours["first_bad"]), (True, None))
        self.assertEqual(ours["records"], len(self.office.audit))
        self.assertEqual(ours["checkpoint"], ours["records"])
        theirs = self.verifier()
        self.assertEqual(theirs.returncode, 0, theirs.stdout + theirs.stderr)
        signed = (self.office.state / "audit/checkpoint").read_text().splitlines()
        self.assertEqual((int(signed[1]), base64.b64decode(signed[2]).hex()), (ours["records"], ours["root"]))

    def verifier(self):
        return subprocess.run(["/usr/bin/python3", str(SOURCE / "tests/support/verify_audit.py"),
                               str(self.office.state / "audit")], capture_output=True, text=True, timeout=60)

    def test_both_verifiers_see_a_changed_byte(self):
        self.begin()
        self.office.go(NOON + MINUTE)
        self.office.daemon.stop()
        path = next((self.office.state / "audit").glob("audit-*.jsonl"))
        content = path.read_bytes()
        path.write_bytes(content.replace(b"svc:crier", b"svc:crjer", 1))
        done = self.office.crier("audit", "verify", "--json")
        self.assertEqual(done.returncode, 1)
        self.assertIs(json.loads(done.stdout)["ok"], False)
        self.assertNotEqual(self.verifier().returncode, 0)

    def test_show_lists_the_records_of_one_delivery(self):
        self.begin()
        self.office.go(NOON + MINUTE)
        lines = self.does("audit", "show", "--delivery", HELMET).stdout.splitlines()
        self.assertGreaterEqual(len(lines), 2)
        self.assertTrue(all(HELMET in line for line in lines), lines)
        records = [json.loads(line) for line in self.does("audit", "show", "--json").stdout.splitlines()]
        self.assertEqual([record["seq"] for record in records], list(range(len(records))))


class Secrets(Commands):
    def test_a_token_is_nowhere_but_in_its_file_and_on_its_way(self):
        token = "sandbox-canary-7f3a9b"
        self.office.credential("drill", token)
        self.begin()
        self.office.sandbox.faults({**STATUSES, "nth": 2, "do": "expire_token"},
                                   {**STATUSES, "nth": 1, "do": "lose_answer"})
        for part in ("cmdline", "environ"):
            self.assertNotIn(token.encode(), pathlib.Path(f"/proc/{self.office.daemon.pid}/{part}").read_bytes())
        self.office.go(NOON + 20 * MINUTE)
        said = json.dumps(self.office.status) + self.does("status").stdout + self.does("why", HELMET).stdout
        self.office.daemon.stop()
        said += self.office.daemon.said
        self.assertNotIn(token, said)
        for path in self.office.state.rglob("*"):
            if path.is_file() and path.parent.name != "test":
                self.assertNotIn(token.encode(), path.read_bytes(), path)


if __name__ == "__main__":
    needs_fault_build("test_commands")
    unittest.main()
