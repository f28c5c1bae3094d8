#!/usr/bin/python3
"""The table of expected verdicts is whole, and a second reading of the platforms' limits comes to the same signs."""
import sys
import unittest

sys.dont_write_bytecode = True
import make_corpus  # noqa: E402
import second_reading as reading  # noqa: E402


class Expected(unittest.TestCase):
    def test_every_file_stands_in_exactly_one_row(self):
        rows = reading.table()
        for name in make_corpus.FILES:
            self.assertEqual(len([row for row in rows if row.matches(name)]), 1, name)

    def test_every_row_has_a_file(self):
        for row in reading.table():
            for pattern in row.patterns:
                self.assertTrue(any(reading.fnmatch.fnmatchcase(name, pattern) for name in make_corpus.FILES), pattern)

    def test_there_are_enough_files(self):
        self.assertGreaterEqual(len(make_corpus.FILES), 150)

    def test_a_second_reading_comes_to_the_same(self):
        wrong = [f"{' '.join(row.patterns)}: {platform}: the table says {sign}, the limits say {reading.verdict(platform, row)}"
                 for row in reading.table() for platform, sign in row.signs.items() if sign != reading.verdict(platform, row)]
        self.assertEqual(wrong, [])


if __name__ == "__main__":
    unittest.main()
