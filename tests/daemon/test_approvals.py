#!/usr/bin/python3
"""Approvals: who may give them, what they stand for, and what ends them. As root, who becomes other people."""
import datetime
import os
import pathlib
import sys
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / "support")]
from office import GAMES, MORNING, USERS, OfficeTest, needs_fault_build, post, until  # noqa: E402

MINUTE, HOUR, DAY = (datetime.timedelta(**{unit: 1}) for unit in ("minutes", "hours", "days"))
NOON = MORNING + 3 * HOUR
AUTHOR, ANITA, BALA, GUEST = 20001, 20002, 20003, 20004
EDITORS, APPROVERS = (GAMES,), (GAMES, USERS)
HELMET = "traffic/helmet@once/drill"


class Approvals(OfficeTest):
    virtual = True
    options = {"approvals": 1}

    def setUp(self):
        super().setUp()
        os.chown(self.office.runtime, 0, 0)
        self.office.runtime.chmod(0o755)

    def begin(self, *posts, owner=AUTHOR):
        self.office.campaign("traffic", *(posts or [post("helmet", NOON)]), owner=owner)
        self.office.start()
        until("the files are read", lambda: self.office.loads == 1)
        self.office.settle()

    def rewrite(self, *posts, owner=AUTHOR):
        self.office.campaign("traffic", *posts, owner=owner)
        self.office.reload()
        self.office.settle()

    def state(self, name="helmet"):
        row = self.office.row(name)
        return row["state"], row["reason"]

    def does(self, who, *words, groups=APPROVERS):
        return self.office.crier(*words, uid=who, groups=groups)

    def approves(self, who, name=HELMET, groups=APPROVERS):
        done = self.does(who, "approve", name, groups=groups)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.office.settle()
        return done

    def goes_out(self, count=1):
        self.office.go(NOON + HOUR)
        self.assertEqual(len(self.office.public), count)


class One(Approvals):
    def test_without_an_approval_nothing_goes_out(self):
        self.begin()
        self.assertEqual(self.state(), ("planned", None))
        self.goes_out(0)

    def test_an_approved_post_goes_out_at_its_time(self):
        self.begin()
        self.assertIn("ready", self.approves(ANITA).stdout)
        self.assertEqual(self.state(), ("ready", None))
        self.goes_out()
        record = [record for record in self.office.audit if record["ev"] == "approve"][0]
        self.assertTrue(record["actor"].startswith(f"os:{ANITA}:"), record)

    def test_approved_late_it_goes_out_while_it_is_useful(self):
        self.begin()
        self.office.go(NOON + HOUR)
        self.approves(ANITA)
        self.office.go(NOON + HOUR + MINUTE)
        self.assertEqual(len(self.office.public), 1)

    def test_not_approved_in_its_useful_time_it_expires(self):
        self.begin()
        self.office.go(NOON + 3 * HOUR)
        self.assertEqual(self.state(), ("expired", "too-late"))

    def test_the_author_is_refused(self):
        self.begin()
        self.refused(self.does(AUTHOR, "approve", HELMET), 1, "you wrote this")
        self.goes_out(0)

    def test_root_is_refused(self):
        self.begin()
        self.refused(self.office.crier("approve", HELMET), 1, "not by root")
        self.goes_out(0)

    def test_nobody_is_refused(self):
        self.begin()
        self.refused(self.does(65534, "approve", HELMET), 1, "not by root or a service")
        self.goes_out(0)

    def test_a_person_outside_the_group_is_refused(self):
        self.begin()
        self.refused(self.does(ANITA, "approve", HELMET, groups=EDITORS), 1, "not in the group")
        self.goes_out(0)

    def test_a_person_outside_both_groups_cannot_even_ask(self):
        self.begin()
        done = self.does(GUEST, "approve", HELMET, groups=())
        self.assertNotEqual(done.returncode, 0)
        self.assertRegex(done.stderr, "editors|allowed|permission|Permission")
        self.goes_out(0)

    def test_when_the_daemon_is_not_running_people_are_told_so(self):
        self.begin()
        self.office.daemon.stop()
        for words in (("status",), ("approve", HELMET), ("cancel", HELMET)):
            self.refused(self.does(ANITA, *words), 69, "daemon is not running")

    def test_editors_may_cancel_and_hold_but_not_release(self):
        self.begin(post("helmet", NOON), post("belt", NOON))
        self.assertEqual(self.does(ANITA, "hold", HELMET, groups=EDITORS).returncode, 0)
        self.refused(self.does(ANITA, "release", HELMET, groups=EDITORS), 1, "not in the group")
        self.assertEqual(self.does(BALA, "release", HELMET).returncode, 0)
        self.assertEqual(self.state()[0], "planned")
        self.assertEqual(self.does(ANITA, "cancel", "traffic/belt@once/drill", groups=EDITORS).returncode, 0)
        self.assertEqual(self.state("belt"), ("cancelled", "person"))

    def test_a_hold_of_all_is_lifted_by_approvers_only(self):
        self.begin()
        self.assertEqual(self.does(ANITA, "hold", "--all", groups=EDITORS).returncode, 0)
        self.refused(self.does(ANITA, "release", "--all", groups=EDITORS), 1, "approver")
        self.refused(self.office.crier("release", "--all"), 1, "approver")
        self.assertEqual(self.does(BALA, "release", "--all").returncode, 0)

    def test_a_rejected_post_is_held_until_its_text_changes(self):
        self.begin()
        self.assertEqual(self.does(ANITA, "reject", HELMET).returncode, 0)
        self.assertEqual(self.state(), ("held", "rejected"))
        self.rewrite(post("helmet", NOON, "बेहतर संदेश"))
        self.assertEqual(self.state()[0], "planned")

    def test_a_change_of_the_text_voids_the_approval(self):
        self.begin()
        self.approves(ANITA)
        self.rewrite(post("helmet", NOON, "बदला हुआ संदेश"))
        self.assertEqual(self.state(), ("planned", "changed"))
        self.goes_out(0)

    def test_a_change_of_the_time_voids_the_approval(self):
        self.begin()
        self.approves(ANITA)
        self.rewrite(post("helmet", NOON + 10 * MINUTE))
        self.assertEqual(self.state(), ("planned", "moved"))
        self.goes_out(0)

    def test_a_change_of_the_useful_time_voids_the_approval(self):
        self.begin()
        self.approves(ANITA)
        self.rewrite(post("helmet", NOON, useful_for='"3h"'))
        self.assertEqual(self.state(), ("planned", "moved"))
        self.goes_out(0)

    def test_a_change_of_the_picture_voids_the_approval(self):
        self.office.picture("a.png", "plain.png")
        os.chown(self.office.path / "media/a.png", AUTHOR, -1)
        with_picture = post("helmet", NOON, media='( { file = "a.png"; alt = "चित्र"; } )')
        self.begin(with_picture)
        self.approves(ANITA)
        self.office.picture("a.png", "plain-2.png")
        self.goes_out(0)
        self.assertEqual(self.state(), ("planned", "changed"))

    def test_a_text_changed_back_is_approved_as_before(self):
        self.begin()
        self.approves(ANITA)
        self.rewrite(post("helmet", NOON, "बदला हुआ संदेश"))
        self.rewrite(post("helmet", NOON))
        self.assertEqual(self.state()[0], "ready")

    def test_a_change_elsewhere_in_the_file_voids_nothing(self):
        self.begin()
        self.approves(ANITA)
        self.rewrite(post("belt", NOON), post("helmet", NOON))
        self.assertEqual(self.state(), ("ready", None))
        self.assertEqual(self.state("belt"), ("planned", None))

    def test_a_file_that_others_may_write_is_held_because_its_author_is_unknown(self):
        self.office.campaign("traffic", post("helmet", NOON), owner=AUTHOR)
        (self.office.path / "campaigns/traffic.cfg").chmod(0o664)
        self.office.start()
        until("the files are read", lambda: self.office.loads == 1)
        self.assertEqual(self.state(), ("held", "author-unknown"))
        self.refused(self.does(ANITA, "approve", HELMET), 1, "more than")
        (self.office.path / "campaigns/traffic.cfg").chmod(0o644)
        self.office.reload()
        self.office.settle()
        self.assertEqual(self.state()[0], "planned")

    def test_a_picture_of_the_approver_makes_the_approver_an_author(self):
        self.office.picture("a.png", "plain.png")
        os.chown(self.office.path / "media/a.png", ANITA, -1)
        self.begin(post("helmet", NOON, media='( { file = "a.png"; alt = "चित्र"; } )'))
        done = self.does(ANITA, "approve", HELMET)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)

    def test_why_tells_an_approver_who_approved(self):
        self.begin()
        self.approves(ANITA)
        done = self.does(BALA, "why", HELMET)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, "approved by")


class Expiry(Approvals):
    options = {"approvals": 1, "more": 'approval_for = "3d";\n'}

    def test_an_approval_expires_and_that_is_announced(self):
        late = MORNING + 5 * DAY
        self.begin(post("helmet", late, useful_for='"6h"'), post("tick", MORNING + 2 * DAY), post("tock", MORNING + 4 * DAY))
        self.approves(ANITA)
        self.assertEqual(self.state(), ("ready", None))
        self.office.go(MORNING + 2 * DAY)
        self.assertIn("approval", " ".join(self.office.daemon.alarms))
        self.office.go(MORNING + 4 * DAY)
        self.assertEqual(self.state()[0], "planned")
        self.office.go(late + HOUR)
        self.assertEqual(self.office.public, [])
        self.approves(BALA)
        self.office.go(late + 2 * HOUR)
        self.assertEqual(len(self.office.public), 1)


class Two(Approvals):
    options = {"approvals": 2}

    def test_two_approvals_are_two_people(self):
        self.begin()
        self.approves(ANITA)
        self.assertEqual(self.state(), ("planned", None))
        self.refused(self.does(ANITA, "approve", HELMET), 1, "already")
        self.assertEqual(self.state(), ("planned", None))
        self.approves(BALA)
        self.assertEqual(self.state(), ("ready", None))
        self.goes_out()

    def test_one_approval_of_two_is_not_enough(self):
        self.begin()
        self.approves(ANITA)
        self.goes_out(0)


if __name__ == "__main__":
    needs_fault_build("test_approvals")
    if os.geteuid() != 0:
        print("SKIPPED test_approvals: needs root, to act as other users")
        sys.exit(77)
    unittest.main()
