#!/usr/bin/python3
"""`preview --ics` read by a parser that has nothing to do with Crier or libical (python3-icalendar): a year of posts in zones with
and without summer time, in Hindi, against `preview --json` of the same window."""
import datetime
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

try:
    import icalendar
except ImportError:
    print("SKIPPED preview_ics: python3-icalendar is not installed")
    sys.exit(77)

CRIER = pathlib.Path(os.environ.get("CRIER_BIN", "build/dev/bin")).resolve() / "crier"
ZONES = "Asia/Kolkata", "Europe/London", "America/New_York", "Australia/Lord_Howe"
WINDOW = "--from", "2026-12-01", "--days", "366"
HINDI = "हेलमेट पहनें, सुरक्षित; घर\\\\पहुँचें। " * 4
CONFIG = '''timezone = "{zone}";
accounts = (
  {{ name = "toots"; platform = "mastodon"; live = false; base_url = "http://127.0.0.1:1/mastodon"; }},
  {{ name = "sky"; platform = "bluesky"; live = false; base_url = "http://127.0.0.1:1/bluesky"; }}
);
quiet = {{ from = "22:00"; to = "07:00"; }};
blackouts = ( {{ name = "शोक"; from = "2027-03-01 00:00"; to = "2027-04-15 23:59"; }} );
'''
CAMPAIGN = '''title = "सड़क";
accounts = [ "toots", "sky" ];
posts = (
  {{ id = "week"; repeat = {{ on = [ "Sun" ]; at = [ "12:30", "19:00" ]; from = "2026-12-01"; }}; text = "{hindi}"; again = true; }},
  {{ id = "month"; repeat = {{ nth = "last Sun"; at = [ "09:00" ]; from = "2026-12-01"; }}; text = "One\\nTwo, three; four 👨‍👩‍👧‍👦"; again = true; }},
  {{ id = "thread"; at = "2026-12-02 10:00"; text = "पहला"; thread = ( "दूसरा", "तीसरा" ); }},
  {{ id = "early"; at = "2026-12-03 06:30"; text = "सुबह"; accounts = [ "toots" ]; }}
);
'''


def made(zone, folder):
    (folder / "campaigns").mkdir()
    (folder / "media").mkdir()
    (folder / "crier.cfg").write_text(CONFIG.format(zone=zone))
    (folder / "campaigns/road.cfg").write_text(CAMPAIGN.format(hindi=HINDI))


class Workspace:
    def __init__(self, zone):
        self.folder = tempfile.TemporaryDirectory(prefix="crier-ics-")
        self.path = pathlib.Path(self.folder.name)
        made(zone, self.path)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.folder.cleanup()

    def run(self, *words):
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC", "XDG_CACHE_HOME": str(self.path / "cache")}
        return subprocess.run([CRIER, "-C", self.path, "preview", *WINDOW, *words], env=environment, cwd=self.path,
                              capture_output=True, timeout=120)

    @property
    def shown(self):
        return json.loads(self.run("--json").stdout)["deliveries"]

    @property
    def calendar(self):
        return self.run("--ics", "-").stdout


def events(data):
    calendar = icalendar.Calendar.from_ical(data)
    assert calendar["VERSION"] == "2.0" and calendar["PRODID"]
    return calendar.walk("VEVENT")


def outings(shown):
    """(name without the account, instant) -> deliveries; the parts of a thread belong to the first."""
    found = {}
    for delivery in shown:
        name = delivery["name"].rsplit("/", 1)[0]
        if not delivery["answers"]:
            found.setdefault((name, datetime.datetime.fromisoformat(delivery["at"])), []).append(delivery)
    return found


class Ics(unittest.TestCase):
    def test_a_year_has_the_right_instants_words_and_accounts_in_every_zone(self):
        for zone in ZONES:
            with self.subTest(zone), Workspace(zone) as workspace:
                expected, found = outings(workspace.shown), events(workspace.calendar)
                self.assertGreater(len(expected), 110)
                self.assertEqual(len(found), len(expected))
                for event in found:
                    self.check(event, expected)

    def check(self, event, expected):
        name, *lines = str(event["DESCRIPTION"]).split("\n")
        start = event["DTSTART"].dt
        self.assertEqual(start.utcoffset(), datetime.timedelta(0))
        deliveries = expected[(name, start)]
        end = lines.index("")
        self.assertEqual([line.split(" ")[0] for line in lines[:end]], [delivery["account"] for delivery in deliveries])
        self.assertEqual("\n".join(lines[end + 1:]), deliveries[0]["text"])
        self.assertTrue(" ".join(deliveries[0]["text"].split()).startswith(str(event["SUMMARY"]).rstrip("…")))
        held = any(delivery["held_by"] and not delivery["waits_until"] for delivery in deliveries)
        self.assertEqual(str(event["STATUS"]), "TENTATIVE" if held else "CONFIRMED")
        self.assertEqual(event["DURATION"].dt, datetime.timedelta(minutes=15))

    def test_what_is_held_and_what_waits_is_said(self):
        with Workspace("Asia/Kolkata") as workspace:
            found = events(workspace.calendar)
        states = {str(event["STATUS"]) for event in found}
        self.assertEqual(states, {"TENTATIVE", "CONFIRMED"})
        early = next(event for event in found if "/early@" in str(event["DESCRIPTION"]))
        self.assertIn("07:00", str(early["DESCRIPTION"]))

    def test_lines_are_short_whole_and_end_as_they_should(self):
        with Workspace("Asia/Kolkata") as workspace:
            data = workspace.calendar
        self.assertTrue(data.endswith(b"END:VCALENDAR\r\n"))
        self.assertNotIn(b"\n", data.replace(b"\r\n", b""))
        for line in data.split(b"\r\n"):
            self.assertLessEqual(len(line), 75, line)
            line.decode()  # a letter that is cut in two is no UTF-8

    def test_an_event_keeps_its_name_when_it_is_moved(self):
        with Workspace("Asia/Kolkata") as workspace:
            before = {str(event["UID"]): event for event in events(workspace.calendar)}
            self.assertEqual(len(before), len(outings(workspace.shown)))
            path = workspace.path / "campaigns/road.cfg"
            path.write_text(path.read_text().replace("2026-12-02 10:00", "2026-12-05 11:00"))
            after = {str(event["UID"]): event for event in events(workspace.calendar)}
        self.assertEqual(set(before), set(after))
        moved = [uid for uid in before if before[uid]["DTSTART"].dt != after[uid]["DTSTART"].dt]
        self.assertEqual(len(moved), 1)
        self.assertGreaterEqual(after[moved[0]]["SEQUENCE"], before[moved[0]]["SEQUENCE"])

    def test_a_file_is_written_whole_and_only_a_calendar_is_replaced(self):
        with Workspace("Asia/Kolkata") as workspace:
            done = workspace.run("--ics", "posts.ics")
            self.assertEqual((done.returncode, done.stdout), (0, b"posts.ics\n"), done.stderr)
            first = (workspace.path / "posts.ics").read_bytes()
            self.assertEqual(len(events(first)), len(outings(workspace.shown)))
            self.assertEqual(workspace.run("--ics", "posts.ics").returncode, 0)
            self.assertEqual(sorted(path.name for path in workspace.path.glob("posts*")), ["posts.ics"])
            config = (workspace.path / "crier.cfg").read_bytes()
            refused = workspace.run("--ics", "crier.cfg")
            self.assertEqual(refused.returncode, 2, refused.stderr)
            self.assertEqual((workspace.path / "crier.cfg").read_bytes(), config)


unittest.main()
