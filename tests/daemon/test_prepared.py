#!/usr/bin/python3
"""What lies uploaded and waits for its time: holds, edits and broken files still reach it, and nothing is sent
before it is written down."""
import datetime
import os
import pathlib
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / "support")]
from office import OfficeTest, main, medium, post, until  # noqa: E402


class Prepared(OfficeTest):
    def begin(self, seconds=4):
        """A post with a picture, uploaded ahead, that is due in a few seconds: more of them on a slow machine."""
        self.due = self.soon(seconds + round(4 * self.office.slowness))
        self.office.picture("helmet.jpg")
        self.write("the words")
        self.office.start()
        until("the picture is uploaded", lambda: self.events().count("upload") == 2)

    def write(self, text):
        self.office.campaign("traffic", post("helmet", self.due, text, media=f"( {medium('helmet.jpg')} )"))

    def events(self):
        return self.office.events("traffic/helmet")

    def until_it_was_due(self):
        end = self.due + datetime.timedelta(seconds=1.5)
        until("its time has passed", lambda: self.now() > end)

    def check_intent_came_first(self):
        events = self.events()
        self.assertEqual(events.count("publish.intent"), len(self.office.public))

    def test_it_goes_out_at_its_time(self):
        self.begin()
        self.office.until_state("helmet", "published")
        self.assertEqual(self.office.public, ["the words"])
        self.check_intent_came_first()

    def test_a_file_HOLD_stops_it(self):
        self.begin()
        (self.office.state / "HOLD").touch()
        self.until_it_was_due()
        self.assertEqual(self.office.public, [])
        self.assertEqual(self.office.row("helmet")["state"], "preparing")
        self.assertTrue(self.office.status["hold_all"])

    def test_words_edited_at_the_last_moment_are_the_ones_that_go_out(self):
        self.begin()
        until("half a second is left", lambda: self.now() > self.due - datetime.timedelta(seconds=0.5))
        self.write("better words")
        self.office.until_state("helmet", "published")
        self.assertEqual(self.office.public, ["better words"])
        self.check_intent_came_first()

    def test_of_a_file_that_broke_it_goes_out_as_it_was(self):
        self.begin(6)
        self.office.write("campaigns/traffic.cfg", 'title = "x";\nposts = ( { id = "helmet"; at = \n')
        self.office.reload()
        self.office.until_state("helmet", "published")
        self.assertEqual(self.office.public, ["the words"])

    def test_with_its_picture_made_a_link_it_goes_out_as_it_was(self):
        self.begin(6)
        picture = self.office.path / "media/helmet.jpg"
        picture.rename(self.office.path / "media/other.jpg")
        os.symlink("other.jpg", picture)
        self.office.reload()
        self.office.until_state("helmet", "published")
        self.assertEqual(self.office.public, ["the words"])


if __name__ == "__main__":
    main()
