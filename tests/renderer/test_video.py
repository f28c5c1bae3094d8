#!/usr/bin/python3
"""What crier-render says of videos and makes of them, judged by ffprobe and exiftool as anybody would run them."""
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
from films import PLACE, Films  # noqa: E402
from renderer import make, probe, run  # noqa: E402

MISSING = [tool for tool in ("ffmpeg", "ffprobe", "exiftool") if not shutil.which(tool)]
# name: what probe must say; "video." for what lies in there
FACTS = {
    "plain.mp4": {"mime": "video/mp4", "width": 320, "height": 180, "metadata": [], "problem": None, "video.codec": "h264",
                  "video.sound": "aac", "video.pixels": "yuv420p", "video.frame_rate": 25000, "video.rate_varies": False,
                  "video.interlaced": False, "video.index_first": True, "video.has_edits": False, "video.sound_rate": 44100,
                  "video.channels": 1, "video.turned": False},
    "index-last.mp4": {"video.index_first": False, "problem": None},
    "silent.mp4": {"video.sound": "", "video.channels": 0, "problem": None},
    "quicktime.mov": {"mime": "video/quicktime", "video.sound": "pcm_s16le", "problem": None},
    "hevc.mp4": {"video.codec": "hevc", "problem": None},
    "ten-bits.mp4": {"video.pixels": "yuv420p10le", "problem": None},
    "vp9.webm": {"mime": "video/webm", "video.codec": "vp9", "video.sound": "opus", "problem": None, "video.rate_varies": False},
    "av1.mkv": {"mime": "video/x-matroska", "video.codec": "av1", "video.sound": "vorbis", "problem": None},
    "mpeg4.avi": {"mime": "video/x-msvideo", "video.codec": "mpeg4", "video.sound": "mp3", "problem": None},
    "mpeg2.ts": {"mime": "video/mp2t", "video.codec": "mpeg2video", "problem": None},
    "interlaced.mp4": {"video.interlaced": True, "problem": None},
    "wide-pixels.mp4": {"width": 512, "height": 288, "problem": None},
    "surround.mp4": {"video.channels": 6, "problem": None},
    "turned.mp4": {"width": 180, "height": 320, "video.turned": True, "metadata": [], "problem": None},
    "uneven.mp4": {"video.rate_varies": True, "problem": None},
    "hidden.mp4": {"video.has_edits": True, "problem": None},
    "no-edits.mp4": {"video.rate_varies": False, "video.has_edits": False, "problem": None},
    "subtitled.mp4": {"metadata": ["text"], "video.codec": "h264", "problem": None},
    "covered.mp4": {"metadata": ["opaque"], "video.codec": "h264", "width": 320, "problem": None},
    "late.mp4": {"video.has_edits": True, "problem": None},
    "tagged.mp4": {"metadata": ["gps", "text", "author", "time"], "problem": None},
    "tagged.mov": {"metadata": ["gps", "camera"], "problem": None},
    "tagged.mkv": {"metadata": ["gps", "text"], "problem": None},
    "uuid.mp4": {"metadata": ["opaque"], "problem": None},
    "xmp.mp4": {"metadata": ["xmp"], "problem": None},
    "free.mp4": {"metadata": ["opaque"], "problem": None},
    "sound-only.m4a": {"problem": "no-video", "video": None},
    "truncated-in-pictures.mp4": {"problem": "truncated"},
    "truncated-before-index.mp4": {"problem": "truncated"},
    "truncated.webm": {"problem": "truncated"},
    "truncated.avi": {"problem": "truncated"},
    "trailing.mp4": {"problem": "trailing-bytes"},
    "playlist.m3u8": {"problem": "undecodable", "video": None},
    "playlist.mp4": {"problem": "undecodable", "video": None},
    "script.mp4": {"problem": "undecodable", "video": None},
    "text.mp4": {"problem": "undecodable", "video": None},
    "empty.mp4": {"problem": "undecodable", "video": None},
}
COPIED = ["plain.mp4", "index-last.mp4", "silent.mp4", "hevc.mp4", "tagged.mp4", "tagged.mov", "tagged.mkv", "uuid.mp4", "xmp.mp4",
          "free.mp4", "turned.mp4", "stream.ts",
          "subtitled.mp4", "covered.mp4"]
RECODED = ["plain.mp4", "silent.mp4", "quicktime.mov", "hevc.mp4", "ten-bits.mp4", "vp9.webm", "av1.mkv", "mpeg4.avi", "mpeg2.ts",
           "interlaced.mp4", "wide-pixels.mp4", "surround.mp4", "turned.mp4", "uneven.mp4", "hidden.mp4", "late.mp4", "covered.mp4", "tagged.mp4", "tagged.mov",
           "tagged.mkv", "uuid.mp4", "xmp.mp4", "free.mp4"]
# What every MP4 has. Its dates must be none.
STRUCTURE = {"MajorBrand", "MinorVersion", "CompatibleBrands", "CompressorName", "CompressorID", "VendorID", "HandlerVendorID",
             "HandlerType", "HandlerDescription", "HandlerClass"}
CORNERS = {(0, 0): "red", (1, 0): "green", (0, 1): "blue", (1, 1): "white"}


def said(answer, name):
    for part in name.split("."):
        answer = answer[part]
    return answer


def tool(*words):
    return subprocess.run(list(map(str, words)), check=True, capture_output=True).stdout


def ffprobe(path):
    return json.loads(tool("ffprobe", "-v", "error", "-of", "json", "-show_format", "-show_streams", "-show_chapters", path))


def stream(facts, kind):
    found = [each for each in facts["streams"] if each["codec_type"] == kind]
    return found[0] if found else None


def metadata(*paths):
    """Of each, in order."""
    return [told_of(found) for found in json.loads(tool("exiftool", "-j", "-a", "-ee", "-G1", "-u", *paths))]


def told_of(found):
    """All that exiftool can read besides structure and measures, and dates that are some."""
    told = {}
    for name, value in found.items():
        group, _, tag = name.partition(":")
        if group.startswith(("File", "System", "ExifTool", "Composite")) or name == "SourceFile" or tag in STRUCTURE:
            continue
        if "Date" in tag and not str(value).startswith("0000"):
            told[name] = value
        if group not in ("QuickTime",) and not group.startswith("Track"):
            told[name] = value
        if any(word in tag for word in ("GPS", "Make", "Model", "Artist", "Comment", "Title", "Location", "Author", "Software")):
            told[name] = value
    return told


def colour(red, green, blue):
    bright = [value > 128 for value in (red, green, blue)]
    return {(True, False, False): "red", (False, True, False): "green", (False, False, True): "blue",
            (True, True, True): "white"}.get(tuple(bright), "other")


def corners(path, width, height, box):
    """The colours in the corners of the picture that stands within `box` (x, y, w, h) of a frame."""
    frame = tool("ffmpeg", "-v", "error", "-ss", "0.5", "-i", path, "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "rgb24", "-")
    assert len(frame) == width * height * 3, (len(frame), width, height)
    x, y, w, h = box
    found = {}
    for right, down in CORNERS:
        at = (y + h // 8 + down * (h * 3 // 4)) * width + x + w // 8 + right * (w * 3 // 4)
        found[right, down] = colour(*frame[at * 3:at * 3 + 3])
    return found


def boxes(path):
    """The file's boxes, in order."""
    data, at, found = path.read_bytes(), 0, []
    while at < len(data):
        found.append(data[at + 4:at + 8].decode())
        at += int.from_bytes(data[at:at + 4], "big") or len(data)
    return found


def forbidden_units(path):
    """How many messages (SEI) an H.264 stream has."""
    raw = tool("ffmpeg", "-v", "error", "-i", path, "-c:v", "copy", "-bsf:v", "h264_mp4toannexb", "-f", "h264", "-an", "-")
    return sum(1 for unit in raw.split(b"\0\0\1")[1:] if unit and unit[0] & 31 == 6)


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.films = Films()
        cls.addClassCleanup(cls.films.close)
        cls.made = cls.films.folder / "made"
        cls.made.mkdir()

    def setUp(self):
        self.clean = {}

    def tearDown(self):
        """One run of exiftool for all that were to be clean."""
        for name, told in zip(self.clean, metadata(*self.clean.values()) if self.clean else []):
            self.assertEqual(told, {}, name)

    def rendition(self, name, recipe):
        """The path and the answer of one that is made."""
        path = self.made / hashlib.sha256(f"{name} {recipe}".encode()).hexdigest()[:16]
        lines, done = make(self.films(name), recipe, path)
        self.assertEqual((done.returncode, done.stderr), (0, ""), (name, recipe))
        return path, lines[-1], lines[:-1]

    def assert_clean(self, path, name):
        """In front the index, and nothing besides pictures and sound."""
        kinds = boxes(path)
        self.assertLess(kinds.index("moov"), kinds.index("mdat"), name)
        facts = ffprobe(path)
        self.assertEqual(facts["chapters"], [], name)
        self.assertIn([each["codec_type"] for each in facts["streams"]], (["video"], ["video", "audio"]), name)
        self.clean[name] = path
        data = path.read_bytes()
        for word in (PLACE, "+12.97", "Rao", "secret note", "iPhone", "x264 - core"):
            self.assertNotIn(word.encode(), data, name)
        again, done = probe(path)
        self.assertEqual((again["problem"], again["metadata"], again["video"]["has_edits"], again["video"]["index_first"]),
                         (None, [], False, True), name)
        return facts


class Probed(Case):
    def test_each_film_is_said_to_be_what_it_is(self):
        for name, facts in FACTS.items():
            answer, done = probe(self.films(name))
            self.assertEqual((done.returncode, done.stderr), (0, ""), name)
            self.assertEqual({fact: said(answer, fact) for fact in facts}, facts, name)

    def test_durations_and_bit_rates_are_those_of_the_film(self):
        for name in ("plain.mp4", "vp9.webm", "mpeg4.avi", "mpeg2.ts", "quicktime.mov"):
            answer, _ = probe(self.films(name))
            self.assertAlmostEqual(answer["duration_ms"], 3000, delta=100, msg=name)
            self.assertAlmostEqual(answer["video"]["bit_rate"], self.films(name).stat().st_size * 8 / 3, delta=30000, msg=name)

    def test_what_is_no_file_is_no_video(self):
        for path in ("/dev/null", "/dev/zero", "/proc/self/maps"):
            answer, done = probe(path)
            self.assertEqual((answer["problem"], done.returncode), ("undecodable", 0), path)
        folder = os.open(self.films.folder, os.O_RDONLY)
        self.addCleanup(os.close, folder)
        self.assertEqual(run(["probe"], [folder]).returncode, 70, "a folder would open all that is in it")


class Copied(Case):
    def test_the_streams_stay_as_they_are_and_all_else_is_gone(self):
        for name in COPIED:
            path, answer, _ = self.rendition(name, "v1 video/mp4 copy")
            self.assertEqual((answer["problem"], answer["mime"]), (None, "video/mp4"), name)
            before, after = ffprobe(self.films(name)), self.assert_clean(path, name)
            for kind in ("video", "audio"):
                was, now = stream(before, kind), stream(after, kind)
                self.assertEqual(was and (was["codec_name"], was.get("width")), now and (now["codec_name"], now.get("width")), name)
                if was and was["codec_name"] == "h264":
                    self.assertEqual(forbidden_units(path), 0, name)
            source, _ = probe(self.films(name))
            self.assertEqual((answer["width"], answer["height"]), (source["width"], source["height"]), name)
            self.assertAlmostEqual(answer["duration_ms"], source["duration_ms"], delta=60, msg=name)

    def test_the_pictures_are_the_same_to_the_last_bit(self):
        path, _, _ = self.rendition("tagged.mp4", "v1 video/mp4 copy")
        self.assertEqual(tool("ffmpeg", "-v", "error", "-i", path, "-map", "0:v", "-f", "framemd5", "-"),
                         tool("ffmpeg", "-v", "error", "-i", self.films("plain.mp4"), "-map", "0:v", "-f", "framemd5", "-"))


class Recoded(Case):
    def test_whatever_it_was_it_becomes_h264_and_aac_upright_and_clean(self):
        for name in RECODED:
            source, _ = probe(self.films(name))
            size = (source["width"], source["height"])
            path, answer, _ = self.rendition(name, f"v1 video/mp4 {size[0]}x{size[1]} rate 25000 bits 2000000")
            self.assertEqual((answer["problem"], answer["width"], answer["height"]), (None, *size), name)
            facts = self.assert_clean(path, name)
            video, sound = stream(facts, "video"), stream(facts, "audio")
            self.assertEqual([video[key] for key in ("codec_name", "profile", "pix_fmt", "field_order", "r_frame_rate", "color_space",
                                                     "color_transfer", "color_range")],
                             ["h264", "High", "yuv420p", "progressive", "25/1", "bt709", "bt709", "tv"], name)
            self.assertNotIn("side_data_list", video, name)
            self.assertIn(video.get("sample_aspect_ratio", "1:1"), ("1:1", "N/A"), name)
            self.assertEqual(forbidden_units(path), 0, name)
            self.assertEqual(sound is not None, source["video"]["sound"] != "", name)
            if sound:
                self.assertEqual([sound[key] for key in ("codec_name", "profile", "sample_rate", "channels")],
                                 ["aac", "LC", "48000", 2], name)
            self.assertAlmostEqual(float(facts["format"]["duration"]), source["duration_ms"] / 1000, delta=0.25, msg=name)
            if name != "ten-bits.mp4":
                seen = corners(path, *size, (0, 0, *size))
                upright = name != "turned.mp4"
                self.assertEqual(set(seen.values()), set(CORNERS.values()), name)
                self.assertEqual(seen == CORNERS, upright, (name, seen))

    def test_it_is_turned_as_players_would_show_it(self):
        path, _, _ = self.rendition("turned.mp4", "v1 video/mp4 180x320")
        shown = self.made / "shown.mp4"
        tool("ffmpeg", "-v", "error", "-y", "-i", self.films("turned.mp4"), "-c:v", "libx264", "-crf", "5", shown)
        self.assertEqual(corners(path, 180, 320, (0, 0, 180, 320)), corners(shown, 180, 320, (0, 0, 180, 320)))

    def test_a_group_is_closed_after_two_seconds(self):
        path, _, _ = self.rendition("long-group.mp4", "v1 video/mp4 320x180 rate 30000")
        frames = json.loads(tool("ffprobe", "-v", "error", "-of", "json", "-select_streams", "v", "-show_entries",
                                 "frame=key_frame,pict_type,pts_time", path))["frames"]
        starts = [float(frame["pts_time"]) for frame in frames if frame["key_frame"]]
        self.assertEqual(starts, [0, 2, 4])

    def test_a_lying_film_stands_in_an_upright_frame_on_black(self):
        path, answer, _ = self.rendition("plain.mp4", "v1 video/mp4 360x202 pad 360x640 rate 25000")
        self.assertEqual((answer["width"], answer["height"]), (360, 640))
        self.assert_clean(path, "pad")
        self.assertEqual(corners(path, 360, 640, (0, 219, 360, 202)), CORNERS)
        self.assertEqual(set(corners(path, 360, 640, (0, 0, 360, 200)).values()), {"other"})

    def test_its_middle_is_cut_out_when_that_is_asked(self):
        path, answer, _ = self.rendition("plain.mp4", "v1 video/mp4 1138x640 crop 360x640 rate 25000")
        self.assertEqual((answer["width"], answer["height"]), (360, 640))
        self.assert_clean(path, "crop")
        self.assertNotEqual(corners(path, 360, 640, (0, 0, 360, 640)), CORNERS)

    def test_uneven_sizes_become_even(self):
        path, answer, _ = self.rendition("plain.mp4", "v1 video/mp4 201x113 pad 203x301")
        self.assertEqual((answer["problem"], answer["width"], answer["height"]), (None, 202, 300))

    def test_frame_rates_are_those_that_people_mean(self):
        for rate, exact in ((29970, "30000/1001"), (23976, "24000/1001"), (59940, "60000/1001"), (24000, "24/1"), (12500, "25/2")):
            path, _, _ = self.rendition("uneven.mp4", f"v1 video/mp4 320x180 rate {rate}")
            video = stream(ffprobe(path), "video")
            self.assertEqual((video["r_frame_rate"], video["avg_frame_rate"]), (exact, exact))

    def test_the_bit_rate_and_the_size_asked_for_are_kept(self):
        source, _ = probe(self.films("large.mp4"))
        self.assertGreater(source["video"]["bit_rate"], 5000000)
        told = []
        for limits, bits, most in (("bits 1500000", 1500000, None), ("most 700000", None, 700000),
                                   ("bits 3000000 most 900000", 3000000, 900000)):
            path, answer, lines = self.rendition("large.mp4", f"v1 video/mp4 960x540 {limits}")
            self.assertIsNone(answer["problem"], limits)
            told = max(told, [line["progress"] for line in lines], key=len)
            facts = ffprobe(path)["format"]
            if bits:
                self.assertLessEqual(int(facts["bit_rate"]), bits, limits)
            if most:
                self.assertLessEqual(path.stat().st_size, most)
                self.assertGreater(path.stat().st_size, most // 2, "it is not made worse than need be")
        self.assertGreaterEqual(len(told), 2, "it says how far it is")
        self.assertEqual(told, sorted(told))
        self.assertTrue(all(0 < each <= 1 for each in told), told)

    def test_what_cannot_be_as_small_is_too_large(self):
        for recipe in ("v1 video/mp4 960x540 most 30000", "v1 video/mp4 copy most 40000", "v1 video/mp4 960x540 bits 100000"):
            _, answer, _ = self.rendition("large.mp4", recipe)
            self.assertEqual(answer["problem"], "too-large", recipe)

    def test_the_same_bytes_come_out_twice(self):
        for name, recipe in (("plain.mp4", "v1 video/mp4 copy"), ("large.mp4", "v1 video/mp4 480x270 rate 30000 bits 900000"),
                             ("vp9.webm", "v1 video/mp4 320x180 pad 320x320 most 300000")):
            first = self.rendition(name, recipe)[0].read_bytes()
            self.assertEqual(first, self.rendition(name, recipe)[0].read_bytes(), recipe)

    def test_what_cannot_be_read_is_not_made(self):
        for name in ("truncated-in-pictures.mp4", "playlist.mp4", "script.mp4", "text.mp4", "empty.mp4", "sound-only.m4a"):
            for recipe in ("v1 video/mp4 copy", "v1 video/mp4 320x180"):
                _, answer, _ = self.rendition(name, recipe)
                self.assertEqual(answer["problem"], FACTS[name]["problem"], (name, recipe))

    def test_only_a_video_recipe_is_followed(self):
        for recipe in ("v1 image/png 100x100", "v1 image/jpeg 100x100 rate 25000", "v1 video/mp4", "v2 video/mp4 copy", "", "v1 video/mp4 0x100", "-i /etc/passwd"):
            lines, done = make(self.films("plain.mp4"), recipe, self.made / "none")
            self.assertEqual((done.returncode, lines), (2, []), recipe)


class Posters(Case):
    """The picture that stands for a film on a page."""
    FILMS = ("plain.mp4", "silent.mp4", "hevc.mp4", "vp9.webm", "turned.mp4", "interlaced.mp4", "wide-pixels.mp4", "tagged.mov", "xmp.mp4")

    def test_it_is_a_picture_of_the_film_and_says_nothing_else(self):
        for name in self.FILMS:
            source, _ = probe(self.films(name))
            size = (source["width"], source["height"])
            path, answer, _ = self.rendition(name, f"v1 image/jpeg {size[0]}x{size[1]}")
            self.assertEqual((answer["problem"], answer["mime"], answer["width"], answer["height"]), (None, "image/jpeg", *size), name)
            self.assertEqual({key for key in metadata(path)[0] if not key.startswith("JFIF:")}, set(), name)
            frame = tool("ffmpeg", "-v", "error", "-i", path, "-f", "rawvideo", "-pix_fmt", "rgb24", "-")
            self.assertEqual(len(frame), size[0] * size[1] * 3, name)
            if name != "turned.mp4":
                seen = {(right, down): colour(*frame[at * 3:at * 3 + 3]) for right, down in CORNERS
                        for at in [(size[1] // 8 + down * (size[1] * 3 // 4)) * size[0] + size[0] // 8 + right * (size[0] * 3 // 4)]}
                self.assertEqual(seen, CORNERS, name)

    def test_the_same_bytes_come_out_twice_and_a_frame_is_kept(self):
        recipe = "v1 image/jpeg 320x180 pad 320x320"
        path, answer, _ = self.rendition("vp9.webm", recipe)
        first = path.read_bytes()
        self.assertEqual((answer["width"], answer["height"]), (320, 320))
        self.assertEqual(first, self.rendition("vp9.webm", recipe)[0].read_bytes())

    def test_what_cannot_be_read_has_none(self):
        for name in ("playlist.mp4", "script.mp4", "empty.mp4", "sound-only.m4a"):
            _, answer, _ = self.rendition(name, "v1 image/jpeg 320x180")
            self.assertEqual(answer["problem"], FACTS[name]["problem"], name)


if __name__ == "__main__":
    if MISSING:
        print(f"SKIPPED renderer_video: not installed: {' '.join(MISSING)}")
        sys.exit(77)
    unittest.main()
