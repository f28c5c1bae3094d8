#!/usr/bin/python3
"""The oracle must be able to fail: each lie that it is there to notice, told to it once."""
import pathlib
import sys
import unittest

sys.dont_write_bytecode = True
sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / "support")]
import oracle  # noqa: E402

WANTED = oracle.Wanted("drill/helmet@once/drill", "police", "नमस्ते", ("aa", "bb"))
ALARM = "held: drill/helmet@once/drill is held and waits for a person"


def post(id="1", text="नमस्ते", media=("aa", "bb"), account="police"):
    return {"id": id, "account": account, "text": text, "media": [{"sha256": each} for each in media]}


def row(state="published", remote_id="1", reason=None):
    return {"name": WANTED.name, "account": "drill", "state": state, "reason": reason, "remote_id": remote_id}


class OracleTest(unittest.TestCase):
    def expect(self, line, posts, rows, alarms=(), **more):
        verdict = oracle.judge([WANTED], posts, rows, list(alarms), **more)
        self.assertEqual(str(verdict), line, verdict.notes)

    def test_what_is_right_passes(self):
        good = "duplicates 0 lost 0 untrue 0"
        self.expect(good, [post()], [row()], intents=1, publishes=1)
        self.expect(good, [], [row("held", None, "unproven")], [ALARM])
        self.expect(good, [post()], [row("held", None, "unproven")], [ALARM])
        self.expect(good, [], [row("failed", None, "refused")], [ALARM])
        self.expect(good, [], [row("ready", None, "account")], ["account: account drill is paused (token)"])

    def test_two_posts_of_one_delivery(self):
        self.expect("duplicates 1 lost 0 untrue 1", [post(), post("2")], [row()])

    def test_three_posts_count_twice(self):
        self.expect("duplicates 2 lost 0 untrue 0", [post(), post("2"), post("3")], [row("held", None, "found-twice")], [ALARM])

    def test_published_and_nothing_there(self):
        self.expect("duplicates 0 lost 0 untrue 1", [], [row()])

    def test_published_under_another_id(self):
        self.expect("duplicates 0 lost 0 untrue 1", [post("7")], [row()])

    def test_published_without_an_id(self):
        unnamed = row(remote_id=None, reason="not-read-back")
        self.expect("duplicates 0 lost 0 untrue 0", [post()], [unnamed], [ALARM])
        self.expect("duplicates 0 lost 0 untrue 1", [post()], [unnamed])  # nobody was told
        self.expect("duplicates 0 lost 0 untrue 1", [], [unnamed], [ALARM])
        self.expect("duplicates 0 lost 0 untrue 1", [post()], [row(remote_id=None)], [ALARM])

    def test_published_without_its_pictures(self):
        self.expect("duplicates 0 lost 0 untrue 2", [post(media=())], [row()])

    def test_pictures_in_the_wrong_order(self):
        self.expect("duplicates 0 lost 0 untrue 2", [post(media=("bb", "aa"))], [row()])

    def test_on_the_wrong_account(self):
        self.expect("duplicates 0 lost 0 untrue 2", [post(account="nobody")], [row()])

    def test_failed_and_public(self):
        self.expect("duplicates 0 lost 0 untrue 1", [post()], [row("failed", None, "refused")], [ALARM])

    def test_held_for_another_reason_and_public(self):
        self.expect("duplicates 0 lost 0 untrue 1", [post()], [row("held", None, "late")], [ALARM])

    def test_ready_and_public(self):
        self.expect("duplicates 0 lost 0 untrue 1", [post()], [row("ready", None, "account")],
                    ["account: account drill is paused (token)"])

    def test_held_and_nobody_was_told(self):
        self.expect("duplicates 0 lost 1 untrue 0", [], [row("held", None, "unproven")])

    def test_left_on_its_way(self):
        for state in ("ready", "preparing", "sending", "doubtful"):
            self.expect("duplicates 0 lost 1 untrue 0", [], [row(state, None)])

    def test_no_row_at_all(self):
        self.expect("duplicates 0 lost 1 untrue 0", [], [])

    def test_two_rows(self):
        self.expect("duplicates 0 lost 1 untrue 0", [post()], [row(), row()])

    def test_a_post_that_nobody_asked_for(self):
        self.expect("duplicates 0 lost 0 untrue 1", [post(), post("2", "कुछ और", ())], [row()])

    def test_a_receiver_may_use_our_own_name(self):
        named = {**post(), "detail": {"event": {"data": {"id": "mine"}}}}
        self.expect("duplicates 0 lost 0 untrue 0", [named], [row(remote_id="mine")])
        self.expect("duplicates 0 lost 0 untrue 1", [named], [row(remote_id="another")])

    def test_a_record_that_was_overwritten(self):
        """Bluesky's sandbox lists both versions under the one name."""
        self.expect("duplicates 0 lost 0 untrue 1", [post(), post(text="कुछ और")], [row()])

    def test_more_requests_than_recorded_intents(self):
        self.expect("duplicates 0 lost 0 untrue 1", [post()], [row()], intents=1, publishes=2)


if __name__ == "__main__":
    unittest.main()
