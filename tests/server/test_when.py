#!/usr/bin/python3
"""crier when against python-dateutil and zoneinfo: the next times of random rules, on the wall and in UTC, in zones that
change their clocks; and the plain form, asked again, means the same."""
import datetime
import json
import os
import pathlib
import random
import subprocess
import tempfile
import unittest
import zoneinfo

from dateutil import rrule

CRIER = pathlib.Path(os.environ.get("CRIER_BIN", "build/dev/bin")).resolve() / "crier"
DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
WEEKDAYS = [rrule.MO, rrule.TU, rrule.WE, rrule.TH, rrule.FR, rrule.SA, rrule.SU]
NTHS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}


def quoted(words):
    return "[ " + ", ".join(f'"{word}"' for word in words) + " ]"


def random_rule(chance):
    """An expression, and what dateutil makes of the same."""
    start = datetime.date(2026, 1, 1) + datetime.timedelta(days=chance.randrange(700))
    times = sorted({datetime.time(chance.randrange(3, 24), chance.randrange(60)) for _ in range(chance.randint(1, 3))})
    interval = chance.randint(1, 4)
    form = chance.choice(["day", "week", "month-day", "nth"])
    if form == "day":
        text, rule = 'every = "day"', {"freq": rrule.DAILY}
    elif form == "week":
        days = chance.sample(range(7), chance.randint(1, 3))
        text, rule = f'every = "week"; on = {quoted(DAYS[day] for day in days)}', {"freq": rrule.WEEKLY, "byweekday": days}
    elif form == "month-day":
        days = chance.sample([1, 2, 15, 28, 29, 30, 31, -1], chance.randint(1, 3))
        text, rule = f'every = "month"; day = {days}', {"freq": rrule.MONTHLY, "bymonthday": days}
    else:
        which, day = chance.choice(list(NTHS)), chance.randrange(7)
        text, rule = f'every = "month"; nth = "{which} {DAYS[day]}"', {"freq": rrule.MONTHLY, "byweekday": WEEKDAYS[day](NTHS[which])}
    first = start if form != "month-day" and form != "nth" else start.replace(day=1)
    found = rrule.rrule(dtstart=datetime.datetime.combine(first, datetime.time()), interval=interval, wkst=rrule.MO, **rule)
    at = quoted(time.strftime("%H:%M") for time in times)
    return f'{text}; interval = {interval}; at = {at}; from = "{start}";', start, times, found


def next_times(start, times, found, after, count):
    slots = []
    for day in found:
        if day.date() >= start:
            slots += [slot for slot in (datetime.datetime.combine(day.date(), time) for time in times) if slot >= after]
        if len(slots) >= count:
            return slots[:count]


class When(unittest.TestCase):
    def workspace(self, zone):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        folder = pathlib.Path(temporary.name)
        (folder / "campaigns").mkdir()
        (folder / "crier.cfg").write_text(f'timezone = "{zone}";\naccounts = ( {{ name = "toots"; platform = "mastodon"; '
                                          'live = false; base_url = "http://127.0.0.1:1/mastodon"; } );\n')
        return folder

    def when(self, folder, expression, *words):
        done = subprocess.run([CRIER, "-C", folder, "when", "--json", *words, expression], capture_output=True, text=True,
                              timeout=60, env={"LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"]})
        self.assertEqual(done.returncode, 0, expression + done.stdout + done.stderr)
        return json.loads(done.stdout)

    def test_the_next_times_of_random_rules(self):
        chance = random.Random(2026)
        for zone in ["Asia/Kolkata", "America/New_York", "Australia/Lord_Howe"]:
            folder = self.workspace(zone)
            for _ in range(15):
                expression, start, times, found = random_rule(chance)
                after = datetime.datetime(2026, 11, 22, 12, 0) + datetime.timedelta(days=chance.randrange(500))
                expected = next_times(start, times, found, after, 7)
                told = self.when(folder, expression, "--times", "7", "--from", after.strftime("%Y-%m-%d %H:%M"))
                local = [slot.replace(tzinfo=zoneinfo.ZoneInfo(zone)) for slot in expected]
                self.assertEqual([time["local"] for time in told["next"]], [slot.isoformat() for slot in local], expression)
                self.assertEqual([datetime.datetime.fromisoformat(time["utc"]) for time in told["next"]],
                                 [slot.astimezone(datetime.timezone.utc) for slot in local])
                again = self.when(folder, told["normal"], "--times", "7", "--from", after.strftime("%Y-%m-%d %H:%M"))
                self.assertEqual((again["next"], again["normal"]), (told["next"], told["normal"]), expression)


if __name__ == "__main__":
    unittest.main()
