#!/usr/bin/python3
"""The page of `preview --html`, judged by html-validate, axe-core and Chromium: valid, without a finding of axe in dark and light,
as wide as a telephone, filtered by CSS alone, printed whole, asking for nothing; whatever a campaign's texts try."""
import pathlib
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
import page  # noqa: E402

YEAR_MOST_BYTES = 5 * 1000 * 1000
DATA = "data:image/jpeg;base64,"


def written(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="crier-page-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.workspace = page.workspace(cls.folder / "workspace")

    def made(self, name, *words, **how):
        done = page.preview(self.workspace, "--html", self.folder / name, *words, **how)
        self.assertEqual(done.returncode, 1, done.stderr)  # the workspace has errors, and is shown with them
        return self.folder / name / "index.html"


class Judged(Case):
    def test_the_judges_find_nothing_in_english_and_hindi(self):
        english, hindi = self.made("en", "--days", "14"), self.made("hi", "--days", "14", language="hi")
        nothing = self.made("nothing", "--days", "7", since="2031-01-01")
        checks, faults = page.judge([
            {"file": str(english), "language": "en", "english": "What goes out", "filters": True},
            {"file": str(hindi), "language": "hi", "english": "What goes out"},
            {"file": str(nothing), "language": "en", "english": "What goes out"}])
        self.assertEqual(faults, [])
        self.assertGreater(checks, 80)


    def test_the_judges_notice_what_is_wrong(self):
        folder = self.folder / "wrong"
        folder.mkdir()
        (folder / "index.html").write_text(
            '<!DOCTYPE html>\n<html><head><title>What goes out</title></head><body><h1>What goes out</h1>\n'
            '<script>pwn()</script><img src="http://127.0.0.1:9/x.png"><p style="color: #bbb; width: 2000px">pale \u202e</p>\n'
            '<a href="https://example.com/">elsewhere</a><a href="#nowhere">nowhere</a></body></html>\n')
        _, faults = page.judge([{"file": str(folder / "index.html"), "language": "hi", "english": "What goes out"}])
        said = "\n".join(faults)
        for words in ("not valid", "asks for http://127.0.0.1:9/x.png", "axe (light)", "axe (dark)", "color-contrast", "scrolls sideways at 390",
                      "a text has run", "elements that a text has made", "links lead elsewhere", "links lead nowhere", "nobody sees",
                      "lang is", "the heading is"):
            self.assertIn(words, said)


class Written(Case):
    def test_it_is_one_file_and_the_same_bytes_twice(self):
        first = self.made("once", "--days", "14").read_bytes()
        self.assertEqual(written(self.folder / "once"), ["index.html"])
        self.assertEqual(first, self.made("once", "--days", "14").read_bytes())

    def test_all_that_holds_is_said_and_all_that_is_too_long_is_marked(self):
        html = self.made("all", "--days", "14").read_text()
        for words in ("a blackout covers its time", "quiet hours: goes out at 07:00", "another post with the same words", "(desk/again)",
                      "<b class=\"code\">E401</b>", "<mark>", "401 of 280 characters", "first comment", "cannot be used",
                      "&lt;U+202E&gt;", "no alternative text"):
            self.assertIn(words, html)
        self.assertEqual(html.count("<mark>"), 2)  # on X and on Bluesky

    def test_what_others_have_put_there_stays(self):
        folder = self.folder / "others"
        folder.mkdir()
        (folder / "notes.txt").write_text("mine")
        self.made("others")
        self.assertEqual(written(folder), ["index.html", "notes.txt"])
        (folder / "index.html").write_text("<!DOCTYPE html>\n<p>the department's own site</p>\n")
        done = page.preview(self.workspace, "--html", folder)
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("is not a page that crier made", done.stderr)
        self.assertIn("own site", (folder / "index.html").read_text())

    def test_a_link_to_another_file_is_not_followed_and_a_file_is_no_folder(self):
        folder, other = self.folder / "linked", self.folder / "other.html"
        folder.mkdir()
        other.write_text("precious")
        (folder / "index.html").symlink_to(other)
        self.assertEqual(page.preview(self.workspace, "--html", folder).returncode, 2)
        self.assertEqual(page.preview(self.workspace, "--html", other).returncode, 2)
        self.assertEqual(other.read_text(), "precious")


class Year(Case):
    def test_a_year_of_four_campaigns_on_nine_platforms_is_small(self):
        workspace = page.year_workspace(self.folder / "year")
        done = page.preview(workspace, "--html", self.folder / "year-page", *page.YEAR)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        html = (self.folder / "year-page/index.html").read_bytes()
        pictures = sum(len(part.split(b'"', 1)[0]) for part in html.split(DATA.encode())[1:])
        times = len(page.CAMPAIGNS) * len(page.PLATFORMS) * (365 + page.WEEKS)
        self.assertIn(f"<dd>{times}</dd>".encode(), html)
        self.assertEqual(html.count(b'class="u card'), len(page.CAMPAIGNS) * len(page.PLATFORMS) * (page.TURNS + page.WEEKS))
        self.assertLess(len(html) - pictures, YEAR_MOST_BYTES)
        print(f"{times} deliveries: {len(html)} bytes, {pictures} of them pictures")


if __name__ == "__main__":
    page.skip_unless_installed("page")
    unittest.main()
