#!/usr/bin/python3
"""Threads of posts, publishing before the time, and what can be done to a post once it is public."""
import datetime
import json
import os
import pathlib
import sys
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / "support")]
from office import GAMES, MORNING, USERS, OfficeTest, needs_fault_build, post, until  # noqa: E402

MINUTE, HOUR = datetime.timedelta(minutes=1), datetime.timedelta(hours=1)
NOON = MORNING + 3 * HOUR
STATUSES = {"method": "POST", "path": "/api/v1/statuses"}
HELMET = "traffic/helmet@once/drill"


class Afterwards(OfficeTest):
    virtual = True

    def begin(self, *posts, **more):
        self.office.campaign("traffic", *(posts or [post("helmet", NOON)]), **more)
        self.office.start()
        until("the files are read", lambda: self.office.loads == 1)
        self.office.settle()

    def does(self, *words, status=0, **more):
        done = self.office.crier(*words, **more)
        self.assertEqual(done.returncode, status, f"{words}: {done.stdout}{done.stderr}")
        return done

    def state(self, name="helmet"):
        row = self.office.row(name)
        return row["state"], row["reason"]

    def part(self, number, name="helmet"):
        suffix = f".{number}" if number > 1 else ""
        return self.office.rows[f"{name}@once{suffix}/drill"]

    def answered(self):
        """Which text answers which, by the sandbox's own account."""
        texts = {item["id"]: item["text"] for item in self.office.sandbox.posts}
        found = {}
        for id_, text in texts.items():
            status = self.office.sandbox.ask("GET", f"/mastodon/api/v1/statuses/{id_}",
                                             headers={"Authorization": "Bearer sandbox-drill"}).json
            found[text] = texts.get(status.get("in_reply_to_id"))
        return found


THREAD = post("helmet", NOON, "एक", thread='( { text = "दो"; }, { text = "तीन"; } )')


class Threads(Afterwards):
    def test_a_thread_goes_out_in_order_and_each_part_answers_the_one_before_it(self):
        self.begin(THREAD, post("belt", NOON))
        self.office.go(NOON + MINUTE)
        self.assertEqual(self.answered(), {"एक": None, "दो": "एक", "तीन": "दो", "संदेश belt": None})
        texts = self.office.public
        at = texts.index("एक") if texts[0] in ("एक", "संदेश belt") else texts.index("तीन")
        self.assertIn(texts[at:at + 3], (["एक", "दो", "तीन"], ["तीन", "दो", "एक"]), "something went between")
        self.assertEqual(self.part(3)["answers"], self.part(2)["id"])

    def test_a_part_is_held_when_the_one_before_it_is_and_goes_on_when_that_one_comes_out(self):
        self.begin(THREAD)
        self.does("hold", HELMET)
        self.office.go(NOON + MINUTE)
        self.assertEqual([self.part(n)["state"] for n in (1, 2, 3)], ["held", "held", "held"])
        self.assertEqual(self.part(2)["reason"], "parent")
        self.does("release", HELMET)
        self.office.go(NOON + 10 * MINUTE)
        self.assertEqual(self.answered(), {"एक": None, "दो": "एक", "तीन": "दो"})

    def test_a_person_who_says_that_it_is_public_lets_the_rest_go_on(self):
        self.office.config({"drill": "keeps_keys = false;"})
        self.begin(post("helmet", NOON, "एक", thread='( { text = "दो"; } )'), useful_for='"7d"')
        self.office.sandbox.faults({**STATUSES, "do": "lose_answer"}, {"method": "GET", "times": 0, "do": "status",
                                                                      "arg": 503})
        self.office.go(NOON + 30 * MINUTE)
        self.assertEqual([self.part(n)["reason"] for n in (1, 2)], ["unproven", "parent"])
        self.office.sandbox.faults()
        id_ = self.office.sandbox.posts[0]["id"]
        self.does("resolve", HELMET, "--published", f"https://social.example/@police/{id_}")
        self.office.go(NOON + 90 * MINUTE)
        self.assertEqual(self.answered(), {"एक": None, "दो": "एक"})


class Publishing(Afterwards):
    def test_what_is_ready_goes_out_now_and_only_once(self):
        self.begin(post("helmet", NOON), post("belt", NOON))
        done = self.does("publish", "traffic/helmet")
        self.assertIn(HELMET, done.stdout)
        self.office.until_state("helmet", "published")
        self.assertEqual(self.office.public, ["संदेश helmet"])
        self.assertLess(self.office.clock.now, MORNING + MINUTE)
        self.office.go(NOON + MINUTE)
        self.assertEqual(sorted(self.office.public), ["संदेश belt", "संदेश helmet"])
        self.assertIn("publish.now", self.office.events())

    def test_it_is_remembered_over_a_restart_and_a_hold_keeps_it_back(self):
        self.begin()
        self.does("hold", "--all")
        self.does("publish", "traffic/helmet")
        self.office.settle()
        self.assertEqual(self.office.public, [])
        self.office.daemon.kill()
        self.office.start()
        self.does("release", "--all")
        self.office.until_state("helmet", "published")

    def test_of_a_repeating_post_the_next_occurrence_goes_out(self):
        self.begin(post("helmet", None, "रोज़", repeat='{ every = "day"; at = [ "12:00" ]; from = "2026-12-01"; }'))
        self.does("publish", "traffic/helmet")
        until("one is public", lambda: len(self.office.public) == 1)
        self.office.settle()
        self.assertEqual([row["due"][:10] for row in self.office.rows.values() if row["state"] == "published"],
                         ["2026-12-01"])

    def test_what_cannot_go_out_is_refused_with_the_reason(self):
        self.begin()
        self.does("hold", HELMET)
        self.refused(self.office.crier("publish", "traffic/helmet"), 1, "held.*release")
        self.does("cancel", HELMET)
        self.refused(self.office.crier("publish", "traffic/helmet"), 1, "ended already")
        self.refused(self.office.crier("publish", "traffic/nothing"), 2, "no delivery")

    def test_without_a_daemon_it_is_69(self):
        self.begin()
        self.office.daemon.stop()
        for words in (["publish", "traffic/helmet"], ["retract", HELMET], ["reconcile"]):
            self.refused(self.office.crier(*words), 69, "daemon is not running")


class PublishingWithApprovals(Afterwards):
    options = {"approvals": 1}

    def test_an_approver_publishes_what_is_approved_and_nothing_else(self):
        if os.geteuid() != 0:
            self.skipTest("needs root, to act as other users")
        self.office.campaign("traffic", post("helmet", NOON), owner=2001)
        self.office.start()
        until("the files are read", lambda: self.office.loads == 1)
        approver = {"uid": 2002, "groups": (GAMES, USERS)}
        self.refused(self.office.crier("publish", "traffic/helmet", **approver), 1, "approv")
        self.does("approve", HELMET, **approver)
        self.refused(self.office.crier("publish", "traffic/helmet", uid=2003, groups=(GAMES,)), 1, "approver")
        self.does("publish", "traffic/helmet", **approver)
        self.office.until_state("helmet", "published")


class Retracting(Afterwards):
    def publish(self, *posts):
        self.begin(*posts)
        self.office.go(NOON + MINUTE)

    def test_what_is_public_is_taken_back_also_under_a_hold(self):
        self.publish()
        self.does("hold", "--all")
        self.assertIn("is being taken back", self.does("retract", HELMET).stdout)
        self.office.until_state("helmet", "retracted")
        self.office.settle()
        self.assertEqual(self.office.public, [])
        records = [record for record in self.office.audit if record["ev"].startswith("retract")]
        self.assertEqual([record["ev"] for record in records], ["retract.intent", "retract"])
        self.assertRegex(self.does("why", HELMET).stdout, "retract +done")
        self.assertEqual(self.office.row("helmet")["after"]["retract"]["is"], "done")

    def test_it_is_tried_again_until_the_platform_says_that_it_is_gone(self):
        self.publish()
        self.office.sandbox.faults({"method": "DELETE", "do": "lose_answer"}, {"method": "DELETE", "nth": 2, "do": "status",
                                                                             "arg": 503})
        self.does("retract", HELMET)
        self.office.go(NOON + 30 * MINUTE)
        self.assertEqual(self.state()[0], "retracted")
        self.assertEqual(self.office.public, [])

    def test_it_goes_on_after_the_process_ended_anywhere(self):
        """Each named point that a retraction visits, once: a post each, taken back by a daemon that dies there."""
        log = self.office.folder / "points"
        names = [f"post-{number}" for number in range(40)]
        self.publish(*(post(name, NOON) for name in names))
        self.office.daemon.stop()
        self.office.start(CRIER_FAILPOINT_LOG=str(log))
        self.office.settle()
        before = len(log.read_text().split())
        self.take_back(names.pop())
        visited = log.read_text().split()
        points = [f"{word}:{visited[:at + 1].count(word)}" for at, word in enumerate(visited) if at >= before]
        self.office.daemon.stop()
        self.assertGreater(len(points), 5)
        for point, name in zip(points, names):
            with self.subTest(point=point):
                self.office.start(CRIER_FAILPOINT=point)
                self.office.crier("retract", f"traffic/{name}@once/drill")
                self.office.settle_or_end()
                self.office.daemon.kill()
                self.office.start()
                self.office.settle()
                if self.office.row(name)["after"] is None:  # the wish was not durable, and nothing was done
                    self.assertEqual(self.state(name)[0], "published")
                    self.assertIn(f"संदेश {name}", self.office.public)
                else:
                    self.office.go(self.office.clock.now + 10 * MINUTE)
                    self.assertEqual(self.state(name)[0], "retracted")
                    self.assertNotIn(f"संदेश {name}", self.office.public)
                self.office.daemon.stop()

    def take_back(self, name):
        self.does("retract", f"traffic/{name}@once/drill")
        self.office.until_state(name, "retracted")

    def test_what_answers_it_stays_and_is_named(self):
        self.publish(post("helmet", NOON, "एक", thread='( { text = "दो"; } )'))
        done = self.does("retract", HELMET)
        self.assertIn("what answers it stays: traffic/helmet@once.2/drill", done.stdout)
        self.office.until_state("helmet", "retracted")
        self.assertEqual(self.office.public, ["दो"])

    def test_nothing_is_done_to_it_as_another_account(self):
        self.office.config({"drill": 'handle = "drill";'})
        self.publish()
        self.office.daemon.stop()
        self.office.config({"drill": 'handle = "other";'})
        self.office.credential("drill", "sandbox-other")
        self.office.start()
        until("it is known as another", lambda: self.office.status["accounts"][0]["handle"] == "other")
        self.office.settle()
        self.refused(self.office.crier("retract", HELMET), 1, "another account")
        result = json.loads(self.office.crier("reconcile", "--json").stdout)
        self.assertEqual((result["gone"], result["unreadable"]), (0, 1))
        self.assertEqual(self.state(), ("published", None))
        self.assertEqual(len(self.office.public), 1)

    def test_only_what_is_public_is_taken_back(self):
        self.begin()
        self.refused(self.office.crier("retract", HELMET), 1, "only what is public")
        self.office.go(NOON + MINUTE)
        self.does("retract", HELMET)
        self.office.until_state("helmet", "retracted")
        self.refused(self.office.crier("retract", HELMET), 1, "taken back already")


class Commenting(Afterwards):
    """A first comment on a Page: public, and without a key of ours."""
    COMMENT = "पूरी जानकारी: https://police.example.gov.in"

    def setUp(self):
        super().setUp()
        base = f"http://127.0.0.1:{self.office.sandbox.port}/facebook"
        self.office.config(text='timezone = "Asia/Kolkata";\naccounts = ( { name = "drill"; platform = "facebook"; '
                                f'live = false; base_url = "{base}"; }} );\n')
        path = self.office.state / "credentials/test/drill.json"
        path.write_text(json.dumps({"page_token": "sandbox-drill"}))
        path.chmod(0o600)

    def comments(self, name):
        id_ = self.office.row(name)["remote_id"]
        answer = self.office.sandbox.ask("GET", f"/facebook/v25.0/{id_}/comments",
                                         headers={"Authorization": "Bearer sandbox-drill"}).json
        return [comment["message"] for comment in answer["data"]]

    def commented(self, name, moment=NOON):
        return post(name, moment, first_comment=f'"{self.COMMENT}"')

    def test_it_follows_the_post_and_status_and_why_tell(self):
        self.begin(self.commented("helmet"))
        self.office.go(NOON + MINUTE)
        self.assertEqual(self.comments("helmet"), [self.COMMENT])
        self.assertEqual(self.office.row("helmet")["after"]["first_comment"]["is"], "done")
        self.assertRegex(self.does("why", HELMET).stdout, "first_comment +done")

    def test_a_refused_comment_is_a_reason_and_an_alarm_and_no_state(self):
        self.begin(self.commented("helmet"))
        self.office.sandbox.faults({"method": "POST", "path": "*/comments", "times": 0, "do": "status", "arg": 400})
        self.office.go(NOON + 60 * MINUTE)
        self.assertEqual(self.state(), ("published", "after-step"))
        self.assertTrue([alarm for alarm in self.office.daemon.alarms if "first_comment" in alarm])

    def test_it_is_there_at_most_once_wherever_the_process_ends(self):
        """Each named point between the receipt and the end of the comment, once: a post each."""
        log = self.office.folder / "points"
        names = [f"post-{number}" for number in range(40)]
        times = {name: NOON + number * 10 * MINUTE for number, name in enumerate(names)}
        self.begin(*(self.commented(name, times[name]) for name in names))
        self.office.daemon.stop()
        self.office.start(CRIER_FAILPOINT_LOG=str(log))
        self.office.settle()
        before = len(log.read_text().split())
        self.office.go(times[names[0]] + MINUTE)
        visited = log.read_text().split()
        points = [f"{word}:{visited[:at + 1].count(word)}" for at, word in enumerate(visited) if at >= before]
        self.office.daemon.stop()
        self.assertGreater(len(points), 15)
        seen = set()
        for point, name in zip(points, names[1:]):
            with self.subTest(point=point):
                self.office.start(CRIER_FAILPOINT=point)
                self.office.clock.limit = times[name] + MINUTE
                self.office.settle_or_end()
                self.office.daemon.kill()
                self.office.start()
                self.office.go(times[name] + 9 * MINUTE)
                row = self.office.row(name)
                self.judge(row)
                seen.add((row["state"], row["reason"]))
            self.office.daemon.kill()
        self.assertIn(("published", None), seen)
        self.assertIn(("published", "after-step"), seen)

    def judge(self, row):
        """A doubt about the post itself is not what is asked here: then nothing was said under it."""
        if row["state"] == "held":
            self.assertEqual(row["reason"], "unproven")
            self.assertIsNone(row["after"])
            return
        self.assertEqual(row["state"], "published", row)
        comments = self.comments(row["name"].split("@")[0].split("/")[1])
        self.assertLessEqual(len(comments), 1)
        self.assertEqual(row["after"]["first_comment"]["is"], "done" if comments else "failed")
        self.assertEqual(row["reason"], None if comments else "after-step")


class Budgets(Afterwards):
    """Telegram lets a channel have twenty messages a minute."""

    def setUp(self):
        super().setUp()
        base = f"http://127.0.0.1:{self.office.sandbox.port}/telegram"
        self.office.config(text='timezone = "Asia/Kolkata";\naccounts = ( { name = "drill"; platform = "telegram"; '
                                f'channel = "@drill"; live = false; base_url = "{base}"; }} );\n')
        path = self.office.state / "credentials/test/drill.json"
        path.write_text(json.dumps({"token": "sandbox-drill"}))
        path.chmod(0o600)

    def test_what_is_over_the_budget_goes_out_when_there_is_room_also_after_a_crash(self):
        self.begin(*(post(f"post-{number}", NOON) for number in range(25)))
        self.office.go(NOON + datetime.timedelta(seconds=30))
        states = [row["state"] for row in self.office.rows.values()]
        self.assertEqual((states.count("published"), states.count("ready")), (20, 5))
        self.assertEqual({row["reason"] for row in self.office.rows.values() if row["state"] == "ready"}, {"budget"})
        budget = self.office.status["accounts"][0]["budgets"][0]
        self.assertEqual((budget["used"], budget["most"]), (20, 20))
        self.assertIn("used 20 of 20", self.does("status").stdout)
        self.office.daemon.kill()
        self.office.start()
        self.office.settle()
        self.assertEqual(len(self.office.public), 20)
        self.office.go(NOON + 5 * MINUTE)
        self.assertEqual(len(self.office.public), 25)


class Reconciling(Afterwards):
    def begin_published(self):
        self.begin(post("helmet", NOON), post("belt", NOON), post("lamp", NOON))
        self.office.go(NOON + MINUTE)

    def look(self, status):
        done = self.office.crier("reconcile", "--json")
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return json.loads(done.stdout)

    def take_away(self, name):
        id_ = self.office.row(name)["remote_id"]
        self.office.sandbox.ask("DELETE", f"/mastodon/api/v1/statuses/{id_}",
                                headers={"Authorization": "Bearer sandbox-drill"})

    def test_all_is_there_as_it_was_published(self):
        self.begin_published()
        result = self.look(0)
        self.assertEqual((result["checked"], result["equal"], result["deliveries"]), (3, 3, []))
        self.assertIn("3 as published", self.does("reconcile").stdout)

    def test_what_is_gone_is_told_and_recorded(self):
        self.begin_published()
        self.take_away("belt")
        result = self.look(1)
        self.assertEqual((result["equal"], result["gone"]), (2, 1))
        self.assertEqual([(row["name"], row["result"]) for row in result["deliveries"]],
                         [("traffic/belt@once/drill", "gone")])
        self.assertEqual(self.state("belt"), ("published", "gone"))
        self.assertTrue([alarm for alarm in self.office.daemon.alarms if "belt" in alarm])

    def test_what_cannot_be_read_is_said_and_nothing_is_written(self):
        self.begin_published()
        self.office.sandbox.faults({"method": "GET", "times": 0, "do": "status", "arg": 503})
        self.assertEqual(self.look(1)["unreadable"], 3)
        self.assertEqual(self.state("belt"), ("published", None))
        self.office.sandbox.faults()
        self.assertEqual(self.look(0)["equal"], 3)

    def test_a_doubt_is_settled_when_it_is_found(self):
        self.office.config({"drill": "keeps_keys = false;"})
        self.begin(post("helmet", NOON))
        self.office.sandbox.faults({**STATUSES, "do": "lose_answer"}, {"method": "GET", "times": 0, "do": "status",
                                                                      "arg": 503})
        self.office.go(NOON + 30 * MINUTE)
        self.assertEqual(self.state(), ("held", "unproven"))
        self.office.sandbox.faults()
        until("the account works again", lambda: self.office.go(self.office.clock.now + 20 * MINUTE) or
              not self.office.status["accounts"][0]["paused"])
        result = self.look(0)
        self.assertEqual((result["resolved"], result["found"]), (1, 1))
        self.assertEqual(self.state(), ("published", None))
        self.assertEqual(len(self.office.public), 1)

    def test_a_doubt_that_is_not_found_stays(self):
        self.office.config({"drill": "keeps_keys = false;"})
        self.begin(post("helmet", NOON))
        self.office.sandbox.faults({**STATUSES, "do": "reset"}, {"method": "GET", "times": 0, "do": "status", "arg": 503})
        self.office.go(NOON + 30 * MINUTE)
        self.assertEqual(self.state(), ("held", "unproven"))
        self.office.sandbox.faults()
        until("the account works again", lambda: self.office.go(self.office.clock.now + 20 * MINUTE) or
              not self.office.status["accounts"][0]["paused"])
        result = self.look(1)
        self.assertEqual((result["resolved"], result["absent"]), (0, 1))
        self.assertEqual(self.state(), ("held", "unproven"))


if __name__ == "__main__":
    needs_fault_build("test_afterwards")
    unittest.main()
