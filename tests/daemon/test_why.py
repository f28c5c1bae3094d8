#!/usr/bin/python3
"""why: all that is considered of a delivery, what follows from it, and that it is so."""
import datetime
import pathlib
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / "support")]
from office import INDIA, OfficeTest, main, post, until  # noqa: E402

NOW = datetime.datetime.now(INDIA).replace(second=0, microsecond=0)
DAY = datetime.timedelta(days=1)


class Why(OfficeTest):
    virtual = False

    def begin(self, *posts, **keys):
        self.office.config()
        self.office.campaign("traffic", *(posts or [post("helmet", NOW + DAY)]), **keys)
        self.office.start()
        until("the files are read", lambda: self.office.status["reload"]["read"])

    def why(self, name="helmet"):
        return self.office.json("why", f"traffic/{name}@once/drill")

    def against(self, why):
        return [entry["what"] for entry in why["considerations"] if not entry["ok"]]

    def outcome(self, name="helmet"):
        outcome = self.why(name)["outcome"]
        return outcome["goes"], outcome["what"]

    def test_what_waits_for_its_time_goes_out_then(self):
        self.begin()
        why = self.why()
        self.assertEqual(self.against(why), ["due"])
        self.assertTrue(why["outcome"]["goes"])
        self.assertEqual(why["outcome"]["at"], why["due"])
        self.assertEqual([entry["says"] for entry in why["considerations"] if entry["what"] == "file"],
                         ["campaigns/traffic.cfg:4"])
        text = self.office.crier("why", "traffic/helmet").stdout
        self.assertIn("… due", text)
        self.assertIn("✓ hold", text)
        self.assertIn("=> goes out at " + why["due"][:16].replace("T", " "), text)

    def test_what_is_not_approved_does_not(self):
        self.office.approvals = 1
        self.begin(owner=2001)
        self.assertEqual(self.outcome(), (False, "approvals"))
        self.assertIn("crier approve", self.why()["outcome"]["try"])
        self.office.crier("approve", "traffic/helmet", uid=2002, groups=(60, 100))
        until("it is approved", lambda: self.office.row("helmet")["state"] == "ready")
        self.assertEqual(self.outcome(), (True, "due"))

    def test_a_hold_of_all_of_a_campaign_and_of_one_stop_it(self):
        self.begin()
        for options in (["--all"], ["--campaign", "traffic"], ["--account", "drill"]):
            self.office.crier("hold", *options)
            self.assertEqual(self.outcome(), (False, "hold"), options)
            self.office.crier("release", *options)
            self.assertEqual(self.outcome(), (True, "due"), options)
        self.office.crier("hold", "traffic/helmet")
        self.assertEqual(self.outcome(), (False, "state"))

    def test_what_is_gone_from_its_file_does_not(self):
        self.begin(post("helmet", NOW + DAY), post("belt", NOW + DAY))
        self.office.campaign("traffic", post("belt", NOW + DAY))
        self.office.reload()
        self.assertEqual(self.outcome(), (False, "file"))

    def test_the_second_of_two_that_say_the_same_does_not_and_the_first_is_named(self):
        self.begin(post("helmet", NOW + DAY, "same"), post("belt", NOW + 2 * DAY, "same"))
        self.assertEqual(self.outcome("belt"), (False, "never-twice"))
        self.assertIn("traffic/helmet@once/drill", self.why("belt")["outcome"]["because"])

    def test_a_blackout_stops_it_and_is_named(self):
        self.office.more = ('blackouts = ( { name = "state mourning"; from = "%s"; to = "%s"; } );'
                            % (NOW.strftime("%Y-%m-%d 00:00"), (NOW + 3 * DAY).strftime("%Y-%m-%d 00:00")))
        self.begin()
        self.assertEqual(self.outcome(), (False, "window"))
        self.assertIn("state mourning", self.why()["outcome"]["because"])

    def test_what_went_out_says_when_and_nothing_more(self):
        self.begin(post("helmet", self.soon(2)))
        self.office.until_state("helmet", "published")
        why = self.why()
        self.assertEqual(why["outcome"]["goes"], False)
        self.assertIn("it went out at", why["outcome"]["because"])
        self.assertNotIn("due", [entry["what"] for entry in why["considerations"]])

    def test_without_a_daemon_nothing_goes_out_and_all_else_is_told(self):
        self.begin()
        self.office.daemon.stop()
        why = self.why()
        self.assertEqual((why["outcome"]["goes"], why["outcome"]["what"]), (False, "daemon"))
        self.assertIn("crier run", why["outcome"]["try"])
        self.office.crier("hold", "--all")
        self.assertIn("hold", self.against(self.why()))


if __name__ == "__main__":
    main()
