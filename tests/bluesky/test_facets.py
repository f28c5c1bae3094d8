#!/usr/bin/python3
"""Bluesky's own library is asked what is a link and what is a tag in each text. Usage: test_facets.py PRINT_FACETS

facets.json holds the texts: those where both must find the same, and those where we differ, with the
reason and with what we find there instead. A difference that is not listed fails, and so does a listed
one that is none. The library's own vectors join them where the specifications are at hand.
"""
import json
import os
import subprocess
import sys
import unittest

import bluesky

TABLE = json.loads((bluesky.HERE / "facets.json").read_text())
SPECS = bluesky.pathlib.Path(os.environ.get("CRIER_SPECS", bluesky.SOURCE.parent / "shared/specs"))
LEAST_EQUAL = 200


def vectors():
    path = SPECS / "bluesky/facet-vectors.json"
    groups = json.loads(path.read_text()).values() if path.exists() else ()
    return [vector["text"] for group in groups if isinstance(group, list) for vector in group]


def plain(facet):
    [feature] = facet["features"]
    kind = feature["$type"].removeprefix("app.bsky.richtext.facet#")
    return {"start": facet["index"]["byteStart"], "end": facet["index"]["byteEnd"],
            kind: feature[{"link": "uri"}.get(kind, kind)]}


def marked(text, facets):
    return [text.encode()[facet["start"]:facet["end"]].decode() for facet in facets]


class Facets(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.ours_of = {text: ours for row in TABLE["different"] for text, ours in row["ours"].items()}
        texts = list(dict.fromkeys([*TABLE["equal"], *vectors(), *cls.ours_of]))
        done = subprocess.run([sys.argv[1]], input="".join(json.dumps(text) + "\n" for text in texts),
                              capture_output=True, text=True, timeout=bluesky.LIMIT_S, check=True)
        ours = [[plain(facet) for facet in json.loads(line)] for line in done.stdout.splitlines()]
        with bluesky.Judge("facets.js") as judge:
            theirs = [judge.ask(text) for text in texts]
        cls.answers = dict(zip(texts, zip(ours, theirs), strict=True))

    def test_all_texts_but_the_listed_ones_have_the_same_facets(self):
        for text, (ours, theirs) in self.answers.items():
            if text not in self.ours_of:
                with self.subTest(text=text):
                    self.assertEqual(ours, theirs)

    def test_what_is_listed_as_different_is_different(self):
        for text in self.ours_of:
            with self.subTest(text=text):
                self.assertNotEqual(*self.answers[text])

    def test_where_we_differ_we_find_what_the_table_says(self):
        for text, words in self.ours_of.items():
            with self.subTest(text=text):
                self.assertEqual(marked(text, self.answers[text][0]), words)

    def test_no_text_is_listed_twice_and_enough_are_equal(self):
        listed = TABLE["equal"] + [text for row in TABLE["different"] for text in row["ours"]]
        self.assertEqual(len(listed), len(set(listed)))
        equal = sum(ours == theirs for ours, theirs in self.answers.values())
        self.assertGreaterEqual(equal, LEAST_EQUAL)
        print(f"{len(self.answers)} texts: {equal} equal, {len(self.ours_of)} different for "
              f"{len(TABLE['different'])} reasons", file=sys.stderr)


if __name__ == "__main__":
    bluesky.skip_unless_installed("bluesky_facets")
    unittest.main(argv=sys.argv[:1])
