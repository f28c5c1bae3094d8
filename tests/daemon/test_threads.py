#!/usr/bin/python3
"""Everything at once: posts go out while files are saved, signals come, people hold, release and ask.

What the daemon's threads do to each other shows best under ThreadSanitizer: tests/analysis races.
"""
import pathlib
import signal
import sys
import threading
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / "support")]
from office import OfficeTest, medium, post, until  # noqa: E402

POSTS, CAMPAIGNS, ROUNDS = 24, 4, 12


class Threads(OfficeTest):
    def save(self, round_number):
        """Every campaign again, each time with another late post, and a picture that every round changes."""
        self.office.picture("a.png", "plain.png" if round_number % 2 else "plain-2.png")
        for number in range(CAMPAIGNS):
            own = [post(name, moment) for name, moment in self.posts if hash_of(name) == number]
            shown = post(f"shown-{number}", self.far, media=f"( {medium('a.png')} )")
            self.office.campaign(f"c{number}", *own, shown, post(f"late-{round_number}", self.far))

    def save_and_signal(self):
        for number in range(ROUNDS):
            self.save(number)
            self.office.daemon.signal(signal.SIGHUP)
            until("the files are read", lambda: self.office.row(f"late-{number}")["state"])

    def hold_and_release(self):
        for number in range(ROUNDS):
            for command in ("hold", "release"):
                for scope in ({"campaign": f"c{number % CAMPAIGNS}"}, {"all": ""}):
                    answer = self.office.ask(command, **scope)
                    self.assertEqual(answer["result"]["held"], command == "hold")

    def ask_about(self):
        while not self.over:
            self.assertEqual(self.office.ask("status")["kind"], 0)
            for name in self.office.rows:
                self.office.ask("why", name)

    def keep(self, act):
        def run():
            try:
                act()
            except BaseException as wrong:
                self.wrong.append(wrong)
        return threading.Thread(target=run)

    def test_nothing_is_lost_doubled_or_broken(self):
        self.posts = [(f"post-{number}", self.soon(2 + number // 4)) for number in range(POSTS)]
        self.far, self.over, self.wrong = self.soon(86400), False, []
        self.save(0)
        self.office.start()
        busy = [self.keep(self.save_and_signal), self.keep(self.hold_and_release)]
        asking = [self.keep(self.ask_about) for _ in range(2)]
        for thread in busy + asking:
            thread.start()
        for thread in busy:
            thread.join()
        self.over = True
        for thread in asking:
            thread.join()
        self.assertEqual(self.wrong, [])
        self.office.ask("release", all="")
        for name, _ in self.posts:
            self.office.until_state(name, "published")
        self.assertEqual(self.office.daemon.stop(), 0, self.office.daemon.said)
        self.assertEqual(len(self.office.public), POSTS)
        self.check_exactly_once()


def hash_of(name):
    return int(name.rsplit("-", 1)[1]) % CAMPAIGNS


if __name__ == "__main__":
    unittest.main()
