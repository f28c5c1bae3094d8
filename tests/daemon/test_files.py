#!/usr/bin/python3
"""What staff do to files while the daemon runs: remove, return, move, rename, break, save late."""
import datetime
import pathlib
import sys
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / "support")]
from office import MORNING, OfficeTest, medium, needs_fault_build, post, until  # noqa: E402

MINUTE, HOUR, DAY = (datetime.timedelta(**{unit: 1}) for unit in ("minutes", "hours", "days"))
NOON = MORNING + 3 * HOUR


class Files(OfficeTest):
    virtual = True

    def begin(self, *posts, **more):
        self.office.campaign("traffic", *(posts or [post("helmet", NOON)]), **more)
        self.office.start()
        until("the files are read", lambda: self.office.loads == 1)
        self.office.settle()

    def rewrite(self, *posts, **more):
        self.office.campaign("traffic", *posts, **more)
        self.office.reload()
        self.office.settle()

    def state(self, name="helmet"):
        row = self.office.row(name)
        return row["state"], row["reason"]

    def went_out(self, *texts):
        self.assertEqual(sorted(self.office.public), sorted(texts))

    def problems(self):
        return "\n".join(problem["message"] for problem in self.office.status["problems"])


class Removal(Files):
    def test_a_removed_post_is_removing_and_after_a_minute_cancelled(self):
        self.begin()
        self.rewrite(post("other", NOON))
        self.assertEqual(self.state(), ("held", "removing"))
        self.office.go(MORNING + 59 * datetime.timedelta(seconds=1))
        self.assertEqual(self.state(), ("held", "removing"))
        self.office.go(MORNING + 2 * MINUTE)
        self.assertEqual(self.state(), ("cancelled", "removed"))
        self.office.go(NOON + HOUR)
        self.went_out("संदेश other")

    def test_nothing_of_a_post_that_is_being_removed_goes_out(self):
        soon = MORNING + 30 * datetime.timedelta(seconds=1)
        self.begin(post("helmet", soon), post("other", soon))
        self.rewrite(post("other", soon))
        self.office.go(soon + HOUR)
        self.went_out("संदेश other")

    def test_a_removed_file_is_removed_with_all_its_posts(self):
        self.office.campaign("cyber", post("otp", NOON))
        self.begin()
        (self.office.path / "campaigns/traffic.cfg").unlink()
        self.office.reload()
        self.office.go(MORNING + 2 * MINUTE)
        self.assertEqual(self.state(), ("cancelled", "removed"))
        self.assertEqual(self.state("otp"), ("ready", None))

    def test_a_folder_that_cannot_be_read_removes_nothing_and_alarms(self):
        self.begin()
        folder = self.office.path / "campaigns"
        folder.rename(self.office.path / "elsewhere")
        folder.write_text("a file where the folder was")
        self.office.reload_quietly()
        self.office.go(MORNING + 5 * MINUTE)
        self.assertEqual(self.state(), ("ready", None))
        self.assertTrue(self.office.daemon.alarms, "nobody was told")

    def test_put_back_before_its_time_it_is_planned_again_and_goes_out_once(self):
        self.begin()
        self.rewrite(post("other", NOON))
        self.office.go(MORNING + 2 * MINUTE)
        self.assertEqual(self.state(), ("cancelled", "removed"))
        self.rewrite(post("helmet", NOON), post("other", NOON))
        self.assertEqual(self.state(), ("ready", None))
        self.office.go(NOON + MINUTE)
        self.went_out("संदेश helmet", "संदेश other")

    def test_put_back_within_the_minute_it_was_never_cancelled(self):
        self.begin()
        self.rewrite(post("other", NOON))
        self.rewrite(post("helmet", NOON))
        self.assertEqual(self.state(), ("ready", None))
        self.office.go(MORNING + 5 * MINUTE)
        self.assertEqual(self.state(), ("ready", None))
        self.assertNotIn("cancel", self.office.events(self.office.row("helmet")["id"]))

    def test_cancelled_by_a_person_stays_cancelled(self):
        self.begin()
        self.assertEqual(self.office.ask("cancel", self.office.row("helmet")["id"])["kind"], 0)
        self.rewrite(post("other", NOON))
        self.office.go(MORNING + 2 * MINUTE)
        self.rewrite(post("helmet", NOON), post("other", NOON))
        self.assertEqual(self.state(), ("cancelled", "person"))
        self.office.go(NOON + HOUR)
        self.went_out("संदेश other")


class Moving(Files):
    def test_a_moved_time_is_kept_and_the_old_time_forgotten(self):
        self.begin()
        self.rewrite(post("helmet", NOON + HOUR))
        self.office.go(NOON + 30 * MINUTE)
        self.went_out()
        self.office.go(NOON + 2 * HOUR)
        self.went_out("संदेश helmet")

    def test_a_time_moved_nearer_is_kept(self):
        self.begin()
        self.rewrite(post("helmet", NOON - HOUR))
        self.office.go(NOON - 30 * MINUTE)
        self.went_out("संदेश helmet")
        self.office.go(NOON + HOUR)
        self.went_out("संदेश helmet")

    def test_a_published_post_moved_into_the_future_is_an_error_for_that_post_only(self):
        self.begin()
        self.office.go(NOON + MINUTE)
        self.went_out("संदेश helmet")
        self.rewrite(post("helmet", NOON + DAY), post("belt", NOON + DAY))
        self.assertRegex(self.problems(), "went out")
        self.assertEqual(self.state(), ("published", None))
        self.assertEqual(self.state("belt"), ("ready", None))
        self.assertIn("went out", " ".join(self.office.daemon.alarms))
        self.office.go(NOON + 2 * DAY)
        self.went_out("संदेश helmet", "संदेश belt")

    def test_a_published_post_whose_text_changes_stays_published(self):
        self.begin()
        self.office.go(NOON + MINUTE)
        self.rewrite(post("helmet", NOON, "बदला हुआ संदेश"))
        self.office.go(NOON + DAY)
        self.assertEqual(self.state(), ("published", None))
        self.went_out("संदेश helmet")

    def test_a_renamed_post_goes_out_once(self):
        self.begin()
        self.rewrite(post("helmets", NOON, "संदेश helmet"))
        self.office.go(NOON + HOUR)
        self.went_out("संदेश helmet")
        self.assertEqual(self.state(), ("cancelled", "removed"))

    def test_a_post_renamed_after_it_went_out_is_held_and_the_name_of_its_twin_told(self):
        self.begin()
        self.office.go(NOON + MINUTE)
        self.rewrite(post("helmets", NOON + DAY, "संदेश helmet"))
        self.assertEqual(self.state("helmets"), ("held", "never-twice"))
        self.assertIn("traffic/helmet@once/drill", self.office.row("helmets")["note"])
        self.office.go(NOON + 2 * DAY)
        self.went_out("संदेश helmet")

    def test_the_word_again_lifts_never_twice(self):
        self.begin()
        self.office.go(NOON + MINUTE)
        self.rewrite(post("helmets", NOON + DAY, "संदेश helmet", again="true"))
        self.office.go(NOON + 2 * DAY)
        self.went_out("संदेश helmet", "संदेश helmet")

    def test_changed_texts_go_out_as_they_are_last(self):
        self.begin()
        self.rewrite(post("helmet", NOON, "नया संदेश"))
        self.office.go(NOON + MINUTE)
        self.went_out("नया संदेश")

    def test_a_file_changed_just_before_its_time_is_loaded_first(self):
        self.begin()
        self.office.campaign("traffic", post("helmet", NOON, "आख़िरी मिनट का संदेश"))  # and nobody says so
        self.office.go(NOON + MINUTE)
        self.went_out("आख़िरी मिनट का संदेश")

    def test_a_picture_changed_just_before_its_time_is_loaded_first(self):
        self.office.picture("a.png", "plain.png")
        self.begin(post("helmet", NOON, media=f"( {medium('a.png')} )"))
        before = self.office.row("helmet")["content"]
        self.office.picture("a.png", "plain-2.png")
        self.office.go(NOON + MINUTE)
        self.assertNotEqual(self.office.row("helmet")["content"], before)
        self.assertEqual(self.state(), ("published", None))


class FirstRead(Files):
    def test_a_post_first_read_late_is_held(self):
        self.begin()
        self.office.go(NOON + MINUTE)
        self.rewrite(post("helmet", NOON), post("belt", NOON - 5 * MINUTE))
        self.assertEqual(self.state("belt"), ("held", "first-read-late"))
        self.office.go(NOON + HOUR)
        self.went_out("संदेश helmet")

    def test_a_post_first_read_two_minutes_after_its_time_goes_out(self):
        self.begin()
        self.office.go(NOON + MINUTE)
        self.rewrite(post("helmet", NOON), post("belt", self.now() - 1.5 * MINUTE))
        self.office.go(NOON + HOUR)
        self.went_out("संदेश helmet", "संदेश belt")

    def test_beyond_useful_for_it_gets_no_row(self):
        self.begin()
        self.rewrite(post("helmet", NOON), post("belt", MORNING - HOUR, useful_for='"30m"'))
        self.assertEqual(self.state("belt"), (None, None))

    def test_on_a_new_store_nothing_with_a_past_time_goes_out(self):
        self.begin(post("helmet", NOON), post("belt", MORNING - MINUTE), post("seat", MORNING - HOUR))
        self.assertEqual(self.state("belt"), (None, None))
        self.office.go(NOON + HOUR)
        self.went_out("संदेश helmet")


class Broken(Files):
    def break_campaign(self):
        self.office.campaign("traffic", post("helmet", NOON, shedule='"2h"'))

    def test_a_broken_campaign_file_keeps_its_last_good_rows_and_alarms(self):
        self.begin()
        self.office.campaign("cyber", post("otp", NOON))
        self.break_campaign()
        self.office.reload()
        self.assertEqual(self.state(), ("ready", None))
        self.assertEqual(self.state("otp"), ("ready", None))
        self.assertIn("traffic.cfg", " ".join(self.office.daemon.alarms))
        self.assertIn("shedule", self.problems())
        self.assertRegex(self.office.crier("status").stdout, r"campaigns/traffic.cfg:\d+:\d+: error\[E112\]")
        self.office.go(NOON + MINUTE)
        self.went_out("संदेश helmet", "संदेश otp")

    def test_a_broken_campaign_file_at_the_start_keeps_its_last_good_rows(self):
        self.begin()
        self.office.daemon.stop()
        self.break_campaign()
        self.office.start()
        until("the files are read", lambda: self.office.loads == 2)
        self.assertEqual(self.state(), ("ready", None))
        self.assertIn("shedule", self.problems())
        self.office.go(NOON + MINUTE)
        self.went_out("संदेश helmet")

    def test_a_repaired_campaign_file_is_no_problem_any_more(self):
        self.begin()
        self.break_campaign()
        self.office.reload()
        self.rewrite(post("helmet", NOON))
        self.assertEqual(self.problems(), "")

    def test_posts_of_a_broken_file_are_not_removed(self):
        self.begin()
        self.office.write("campaigns/traffic.cfg", "posts = (")
        self.office.reload()
        self.office.go(MORNING + 5 * MINUTE)
        self.assertEqual(self.state(), ("ready", None))

    def break_config(self):
        self.office.config(text='timezone = "Asia/Kolkata";\naccounts = ( );\n')

    def test_a_broken_crier_cfg_at_reload_keeps_the_last_good_one(self):
        self.begin()
        self.break_config()
        self.office.reload_quietly()
        until("it alarms", lambda: "crier.cfg" in " ".join(self.office.daemon.alarms))
        self.office.settle()
        self.assertRegex(self.problems(), "empty")
        self.office.go(NOON + MINUTE)
        self.went_out("संदेश helmet")

    def test_with_a_broken_crier_cfg_campaigns_are_still_read(self):
        self.begin()
        self.break_config()
        self.rewrite(post("helmet", NOON, "नया संदेश"))
        self.office.go(NOON + MINUTE)
        self.went_out("नया संदेश")

    def test_a_broken_crier_cfg_at_the_start_uses_the_last_good_one(self):
        self.begin()
        self.office.daemon.stop()
        self.break_config()
        self.office.start()
        until("it alarms", lambda: "crier.cfg" in " ".join(self.office.daemon.alarms))
        self.assertRegex(self.problems(), "empty")
        self.office.go(NOON + MINUTE)
        self.went_out("संदेश helmet")

    def test_the_last_good_crier_cfg_is_the_one_that_was_read_last(self):
        self.begin()
        self.office.config({"drill": "", "second": ""})
        self.rewrite(post("helmet", NOON), accounts=("drill", "second"))
        self.office.daemon.stop()
        self.break_config()
        self.office.start()
        self.office.go(NOON + MINUTE)
        self.went_out("संदेश helmet", "संदेश helmet")

    def test_a_broken_crier_cfg_at_the_first_start_is_78(self):
        self.break_config()
        self.office.start(ready=False)
        self.assertEqual(self.office.daemon.wait(), 78)
        self.assertIn("crier.cfg", self.office.daemon.said)


if __name__ == "__main__":
    needs_fault_build("test_files")
    unittest.main()
