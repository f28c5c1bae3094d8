#!/usr/bin/python3
"""Hold: acknowledged within a second, nothing starts after, it survives a restart, and only people lift it."""
import datetime
import os
import pathlib
import signal
import sys
import time

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / "support")]
from office import OfficeTest, main, post, until  # noqa: E402


class Hold(OfficeTest):
    def plan_one_each_second(self, count=4, first=1, campaign="traffic"):
        self.names = [f"post-{number}" for number in range(count)]
        self.last = self.soon(first + count - 1)
        self.office.campaign(campaign, *(post(name, self.soon(first + number))
                                         for number, name in enumerate(self.names)))

    def until_all_are_due(self):
        until("the last post is due", lambda: self.now() > self.last + datetime.timedelta(milliseconds=500))

    def publish_requests(self):
        return [request for request in self.office.sandbox.requests if request["method"] == "POST"]

    def hold_when_the_first_is_out(self, act):
        self.plan_one_each_second()
        self.office.start()
        self.office.until_state("post-0", "published")
        act()
        until("the hold stands", lambda: self.office.status["hold_all"])
        before = len(self.publish_requests())
        self.until_all_are_due()
        self.assertEqual(len(self.publish_requests()), before, "something was published after the hold")
        self.assertEqual(self.office.row("post-3")["state"], "ready")

    def test_hold_all_is_acknowledged_within_a_second_and_nothing_starts_after(self):
        def act():
            start = time.monotonic()
            done = self.office.crier("hold", "--all")
            self.took = time.monotonic() - start
            self.assertEqual(done.returncode, 0, done.stderr)

        self.hold_when_the_first_is_out(act)
        self.assertLess(self.took, 1 + self.office.slowness)
        print(f"hold --all acknowledged after {self.took * 1000:.0f} ms")

    def test_without_a_hold_the_same_posts_go_out(self):
        self.plan_one_each_second()
        self.office.start()
        self.office.until_state("post-3", "published")
        self.assertEqual(len(self.office.public), 4)

    def test_hold_all_survives_a_restart_and_release_lets_all_go_out(self):
        self.hold_when_the_first_is_out(lambda: self.office.crier("hold", "--all"))
        self.assertEqual(self.office.daemon.stop(), 0)
        self.office.start()
        self.assertTrue(self.office.status["hold_all"])
        self.assertIn("EVERYTHING IS HELD", self.office.crier("status").stdout)
        self.assertEqual(self.office.row("post-1")["state"], "ready")
        self.assertEqual(self.office.crier("release", "--all").returncode, 0)
        for name in self.names:
            self.office.until_state(name, "published")
        self.check_exactly_once()

    def test_the_signal_USR2_holds_all(self):
        self.hold_when_the_first_is_out(lambda: self.office.daemon.signal(signal.SIGUSR2))

    def test_a_file_HOLD_holds_all_and_removing_it_releases_nothing(self):
        flag = self.office.state / "HOLD"
        self.hold_when_the_first_is_out(flag.touch)
        flag.unlink()
        self.assertTrue(self.office.status["hold_all"])
        self.office.daemon.stop()
        self.office.start()
        self.assertTrue(self.office.status["hold_all"])
        self.assertEqual(self.office.row("post-3")["state"], "ready")

    def test_a_file_HOLD_is_seen_at_once_though_nothing_is_due(self):
        self.plan_one_each_second(first=3600)
        self.office.start()
        slowness = self.office.slowness
        (self.office.state / "HOLD").touch()
        until("the hold stands", lambda: self.office.status["hold_all"], 1 + slowness)

    def test_a_file_HOLD_that_stands_at_the_start_holds_all(self):
        self.plan_one_each_second(first=2)
        (self.office.state / "HOLD").touch()
        self.office.start()
        until("the hold stands", lambda: self.office.status["hold_all"], 1 + self.office.slowness)
        (self.office.state / "HOLD").unlink()
        self.until_all_are_due()
        self.assertEqual(self.office.public, [])

    def test_hold_without_a_daemon_holds_the_next_start(self):
        self.plan_one_each_second(first=4)
        self.office.start()
        until("the files are read", lambda: self.office.rows)
        self.office.daemon.stop()
        self.assertEqual(self.office.crier("hold", "--all").returncode, 0)
        self.office.start()
        self.until_all_are_due()
        self.assertEqual(self.office.public, [])

    def test_hold_of_one_campaign_leaves_the_others_alone(self):
        self.office.campaign("cyber", post("otp", self.soon(3)))
        self.plan_one_each_second(first=3)
        self.office.start()
        self.assertEqual(self.office.crier("hold", "--campaign", "traffic").returncode, 0)
        self.assertFalse(self.office.status["hold_all"])
        self.office.until_state("otp", "published")
        self.until_all_are_due()
        self.assertEqual(self.office.public, ["संदेश otp"])
        self.assertEqual(self.office.crier("release", "--campaign", "traffic").returncode, 0)
        self.office.until_state("post-3", "published")

    def test_hold_of_one_account_and_of_one_class(self):
        self.office.config({"drill": "", "second": ""})
        self.office.campaign("a", post("one", self.soon(3)), accounts=("drill", "second"))
        self.office.campaign("b", post("two", self.soon(3), **{"class": '"urgent"'}), accounts=("second",))
        self.office.start()
        self.office.crier("hold", "--account", "drill")
        self.office.crier("hold", "--class", "awareness")
        self.office.until_state("two", "published", account="second")
        self.office.crier("release", "--class", "awareness")
        self.office.until_state("one", "published", account="second")
        self.assertEqual(self.office.row("one")["state"], "ready")
        self.assertRegex(self.office.crier("why", "one@once/drill", seconds=9).stderr + self.why("one"), "held|hold")

    def why(self, name):
        done = self.office.crier("why", f"a/{name}@once/drill")
        return done.stdout + done.stderr

    def test_a_single_delivery_is_held_and_released(self):
        self.plan_one_each_second(count=2, first=4)
        self.office.start()
        until("planned", lambda: self.office.rows)
        self.assertIn("held", self.office.crier("hold", "traffic/post-0@once/drill").stdout)
        self.office.until_state("post-1", "published")
        self.assertEqual(self.office.row("post-0")["state"], "held")
        self.assertEqual(self.office.crier("release", "traffic/post-0@once/drill").returncode, 0)
        self.office.until_state("post-0", "published")


if __name__ == "__main__":
    main()
