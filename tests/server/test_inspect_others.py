#!/usr/bin/python3
"""crier-inspect on real files of other programs, judged by other programs."""
import json
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from inspector import inspect
from sandbox import skip


def riff_only(path):
    """ImageMagick 6 leaves its first frame behind the end of an animation: trailing bytes indeed."""
    content = path.read_bytes()
    path.write_bytes(content[:8 + int.from_bytes(content[4:8], "little")])
    return path


class AgainstOthers(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="crier-inspect-")
        self.addCleanup(self.folder.cleanup)

    def make(self, name, *how):
        path = pathlib.Path(self.folder.name, name)
        subprocess.run(["convert", *how, path], check=True)
        return path

    def make_all(self):
        drawn = ["-size", "137x91", "plasma:tomato-steelblue"]
        frames = ["-delay", "30", "-size", "40x30", "xc:red", "xc:blue", "xc:green"]
        yield self.make("a.jpg", *drawn)
        yield self.make("progressive.jpg", *drawn, "-interlace", "Plane", "-sampling-factor", "4:2:0")
        yield self.make("grey.jpg", *drawn, "-colorspace", "Gray")
        yield self.make("comment.jpg", *drawn, "-comment", "टिप्पणी")
        yield self.make("large.jpg", "-size", "1600x1200", "gradient:red-blue")
        yield self.make("a.png", *drawn)
        yield self.make("palette.png", *drawn, "-colors", "16", "-interlace", "PNG")
        yield self.make("a.gif", *drawn)
        yield self.make("moving.gif", *frames)
        yield self.make("a.webp", *drawn)
        yield self.make("lossless.webp", *drawn, "-define", "webp:lossless=true")
        yield self.make("alpha.webp", *drawn, "-alpha", "set", "-channel", "A", "-evaluate", "set", "50%")
        yield riff_only(self.make("moving.webp", *frames))

    def judge(self, path):
        wanted = json.loads(subprocess.run(["exiftool", "-json", "-n", "-G1", path], capture_output=True, check=True).stdout)[0]
        facts = {name.split(":")[-1]: value for name, value in wanted.items()}
        [answer] = inspect(path)
        name = path.name
        self.assertEqual(answer["mime"], facts["MIMEType"], name)
        self.assertEqual((answer["width"], answer["height"]), (facts["ImageWidth"], facts["ImageHeight"]), name)
        self.assertEqual("gps" in answer["metadata"], "GPSLatitude" in facts, name)
        self.assertEqual(answer["orientation"], facts.get("Orientation"), name)
        self.assertIsNone(answer["problem"], name)
        return answer

    def test_files_of_imagemagick_are_as_exiftool_says(self):
        seen = {path.name: self.judge(path) for path in self.make_all()}
        self.assertEqual((seen["moving.gif"]["frames"], seen["moving.gif"]["duration_ms"]), (3, 900))
        self.assertEqual((seen["moving.webp"]["frames"], seen["moving.webp"]["duration_ms"]), (3, 900))

    def test_a_place_written_by_exiftool_is_found_in_every_format(self):
        for name in "b.jpg", "b.png", "b.webp":
            path = self.make(name, "-size", "137x91", "plasma:tomato-steelblue")
            for tags in [["-Orientation=6"], ["-GPSLatitude=28.6", "-GPSLatitudeRef=N"],
                         ["-gps:all=", "-XMP:GPSLatitude=28.6"], ["-all="]]:
                subprocess.run(["exiftool", "-q", "-n", "-overwrite_original", *tags, path], check=True)
                answer = self.judge(path)
            self.assertEqual([word for word in answer["metadata"] if word in ("gps", "exif", "xmp")], [], name)

    def test_a_cut_file_is_truncated_and_a_longer_one_trails(self):
        for path in self.make_all():
            content = path.read_bytes()
            path.write_bytes(content[:len(content) * 2 // 3])
            self.assertEqual(inspect(path)[0]["problem"], "truncated", path.name)
            path.write_bytes(content + b"<?php")
            self.assertEqual(inspect(path)[0]["problem"], "trailing-bytes", path.name)


if __name__ == "__main__":
    for tool in "convert", "exiftool":
        if not shutil.which(tool):
            skip("server_inspect_others", f"{tool} is not installed")
    unittest.main()
