"""The limits of the platforms read a second time, from their pages, by other hands than the program's tables.

Small on purpose: a verdict needs no recipe. Facts are those that expected.txt states of a file, not those that any
program found out.
"""
import fnmatch
import pathlib
import re

PLATFORMS = ("bluesky", "facebook", "instagram", "mastodon", "telegram", "threads", "webhook", "x", "youtube")
MOST_PIXELS = 50_000_000  # of a picture, for anyone
MIB = 1024 * 1024


class Row:
    def __init__(self, line):
        names, facts, signs = (part.strip() for part in line.split(" : "))
        self.patterns, self.words, self.signs = names.split(), facts.split(), dict(zip(PLATFORMS, signs.split()))
        assert len(self.signs) == len(PLATFORMS) and set(self.signs.values()) <= set("=~x"), line
        self.kind = self.words[0]
        size = next((word for word in self.words if re.fullmatch(r"\d+x\d+", word)), "0x0")
        self.width, self.height = map(int, size.split("x"))

    def has(self, word):
        return word in self.words

    def number(self, pattern, otherwise=0):
        for word in self.words:
            if found := re.fullmatch(pattern, word):
                return float(found[1])
        return otherwise

    def matches(self, name):
        return any(fnmatch.fnmatchcase(name, pattern) for pattern in self.patterns)


def table():
    text = (pathlib.Path(__file__).parent / "expected.txt").read_text("utf-8")
    return [Row(line) for line in text.splitlines() if line and not line.startswith("#")]


# Pictures: what is taken as it is (of formats whose every block is looked into), the most bytes, where it moves, and rules of size (least and most width, tallest, widest)
PICTURES = {
    "bluesky": {"takes": "jpeg png webp", "bytes": 2_000_000},
    "facebook": {"takes": "jpeg png gif", "bytes": 10_000_000},
    "instagram": {"takes": "jpeg", "bytes": 8_000_000, "width": (320, 1440), "ratio": (4 / 5, 1.91)},
    "mastodon": {"takes": "jpeg png gif webp", "bytes": 16_777_216, "pixels": 33_177_600, "moves": "gif"},
    "telegram": {"takes": "jpeg png webp gif", "bytes": 10_000_000, "sides": 10_000, "ratio": (1 / 20, 20), "moves": "gif", "free": "gif"},
    "threads": {"takes": "jpeg png", "bytes": 8_000_000, "width": (320, 1440), "ratio": (1 / 10, 10)},
    "webhook": {"takes": "jpeg png gif webp", "moves": "gif webp"},
    "x": {"takes": "jpeg png webp gif", "bytes": 5_000_000, "moves": "gif", "gif": (1280, 1080, 350)},
    "youtube": {"takes": ""},
}
# Films: containers, codecs, sounds, seconds, pictures a second, and the rest
FILMS = {
    "bluesky": {"takes": ""},
    "facebook": {"takes": "mp4 mov", "seconds": (0, 4 * 3600)},
    "instagram": {"takes": "mp4 mov", "codecs": "h264 hevc", "sounds": "aac", "seconds": (3, 900), "fps": (23, 60), "width": 1920, "ratio": (0.01, 10),
                  "channels": 2, "rate": 48000, "plain": True, "straight": True, "bits": 25_000_000},
    "mastodon": {"takes": "mp4 webm", "fps": (0, 120), "pixels": 8_294_400},
    "telegram": {"takes": "mp4"},
    "threads": {"takes": "mp4 mov", "codecs": "h264 hevc", "sounds": "aac", "seconds": (0, 300), "fps": (23, 60), "width": 1920, "straight": True},
    "webhook": {"takes": "mp4 webm"},
    "x": {"takes": "mp4 mov", "codecs": "h264", "sounds": "aac", "seconds": (0.5, 140), "fps": (0, 60), "box": (32, 32, 1280, 1280), "pixels": 1280 * 1024, "ratio": (1 / 3, 3),
          "channels": 2, "plain": True},
    "youtube": {"takes": "mp4 mov webm", "seconds": (0, 12 * 3600)},
}
STILLS, CONTAINERS = "jpeg png gif webp heif avif tiff".split(), "mp4 mov webm mkv avi ts 3gp mpg flv wmv ogv".split()
SOUNDS = "mp3 opus ac3 pcm_s16le vorbis mp2 wmav2".split()
CODECS = "h264 hevc av1 mpeg4 mjpeg prores vp9 vp8 mpeg2video flv1 wmv2 theora".split()


def outside(ratio, width, height):
    return bool(ratio) and not ratio[0] - 1e-9 <= width / height <= ratio[1] + 1e-9


def picture(rules, row):
    taken, moves = row.kind in rules["takes"].split(), row.number(r"moves=(\d+)")
    if not rules["takes"] or row.width * row.height > MOST_PIXELS:
        return "x"
    anew = not taken or row.has("meta") or row.has("colour")
    wide, high, frames = rules.get("gif", (0, 0, 0)) if row.kind == "gif" else (0, 0, 0)
    if moves and (not taken or row.kind not in rules.get("moves", "").split() or (frames and moves > frames)):
        return "x"
    if wide and (row.width > wide or row.height > high):
        anew = True
    if not (moves or row.kind in rules.get("free", "").split()):
        least, most = rules.get("width", (0, 1 << 30))
        framed = outside(rules.get("ratio"), row.width, row.height)
        if not framed and row.width * 2 < least:
            return "x"
        anew |= framed or not least <= row.width <= most or row.width + row.height > rules.get("sides", 1 << 30)
        anew |= row.width * row.height > rules.get("pixels", 1 << 60)
    anew |= taken and row.number(r"bytes>(\d+)", -1) >= rules.get("bytes", 1 << 60) and not (moves or row.kind in rules.get("free", "").split())
    return "~" if anew else "="


def film(rules, row):
    if not rules["takes"]:
        return "x"
    seconds, fps = row.number(r"([\d.]+)s"), row.number(r"([\d.]+)fps")
    least, most = rules.get("seconds", (0, 1 << 30))
    if not least <= seconds <= most:
        return "x"
    codec = next(word for word in row.words if word in CODECS)
    sound = next((word for word in row.words if word in SOUNDS), "aac")
    pixels = next((word for word in row.words if word.startswith("yuv")), "yuv420p")
    least_fps, most_fps = rules.get("fps", (0, 1 << 30))
    low_w, low_h, high_w, high_h = rules.get("box", (0, 0, rules.get("width", 1 << 30), 1 << 30))
    wrong = [row.kind not in rules["takes"].split(), row.has("meta"),
             "codecs" in rules and codec not in rules["codecs"].split(), "sounds" in rules and sound not in rules["sounds"].split(),
             not least_fps <= fps <= most_fps, outside(rules.get("ratio"), row.width, row.height),
             not (low_w <= row.width <= high_w and low_h <= row.height <= high_h), row.width * row.height > rules.get("pixels", 1 << 60),
             row.number(r"channels=(\d+)", 2) > rules.get("channels", 1 << 30), row.number(r"rate=(\d+)", 48000) > rules.get("rate", 1 << 30),
             rules.get("plain") and (pixels != "yuv420p" or row.has("interlaced")), row.has("edits"), rules.get("straight") and row.has("late"),
             row.number(r"bits>(\d+)") >= rules.get("bits", 1 << 60)]
    return "~" if any(wrong) else "="


def verdict(platform, row):
    if row.kind in ("broken", "foreign"):
        return "x"
    return picture(PICTURES[platform], row) if row.kind in STILLS else film(FILMS[platform], row)
