#!/usr/bin/python3
"""What crier-render says of pictures and makes of them, judged by ImageMagick and exiftool as anybody would run them."""
import functools
import hashlib
import json
import os
import pathlib
import resource
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import unittest
import zlib

sys.dont_write_bytecode = True
from renderer import make, run  # noqa: E402

MISSING = [tool for tool in ("convert", "identify", "exiftool", "vips") if not shutil.which(tool)]
SOURCE = pathlib.Path(__file__).resolve().parents[2]
PICTURES = SOURCE / "tests/support/media"
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/gif": "GIF", "image/webp": "WEBP"}
# All that exiftool may find in a rendition: what its format cannot be without.
PLAIN = {"ExifTool", "System", "File", "Composite", "GIF", "PNG", "PNG-pHYs", "RIFF", "JFIF"}
PLAIN_PNG = {"ImageWidth", "ImageHeight", "BitDepth", "ColorType", "Compression", "Filter", "Interlace", "Palette", "Transparency",
             "BackgroundColor"}
CORNERS = ("red", "lime", "blue", "yellow")  # above left, above right, below left, below right


def convert(*words):
    subprocess.run(["convert", *map(str, words)], check=True)


def corners(path, *words, size=(120, 80)):
    """A grey picture whose corners tell which way is up."""
    w, h = size
    boxes = [(0, 0), (w - w // 4, 0), (0, h - h // 4), (w - w // 4, h - h // 4)]
    draw = [f"fill {colour} rectangle {x},{y} {x + w // 4 - 1},{y + h // 4 - 1}" for colour, (x, y) in zip(CORNERS, boxes)]
    convert("-size", f"{w}x{h}", "xc:gray60", "-draw", " ".join(draw), *words, path)
    return path


def identify(path, what):
    done = subprocess.run(["identify", "-format", what + "\n", path], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


@functools.lru_cache(4)
def pixels(path, _written):
    """(width, the bytes) of the first frame, three a pixel."""
    done = subprocess.run(["convert", f"{path}[0]", "-alpha", "off", "-depth", "8", "-colorspace", "sRGB", "PPM:-"], capture_output=True, check=True)
    head, size, most, data = done.stdout.split(b"\n", 3)
    assert (head, most) == (b"P6", b"255")
    return int(size.split()[0]), data


def pixel(path, x, y):
    width, data = pixels(path, path.stat().st_mtime_ns)
    return tuple(data[3 * (y * width + x):][:3])


def tags(paths):
    """{path: [(group, name), ...]} by exiftool."""
    done = subprocess.run(["exiftool", "-j", "-G1", "-a", "-s", *paths], capture_output=True, text=True, check=True)
    return {pathlib.Path(file["SourceFile"]): [tuple(key.split(":")) for key in file if ":" in key] for file in json.loads(done.stdout)}


def look(*paths, environment=None):
    opened = [os.open(path, os.O_RDONLY) for path in paths]
    try:
        done = run(["look", str(len(paths))], opened, environment=environment)
    finally:
        for descriptor in opened:
            os.close(descriptor)
    assert done.returncode == 0 and done.stderr == "", done
    return [json.loads(line) for line in done.stdout.splitlines()]


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_claiming(width, height):
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(bytes(1000)))


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="crier-pictures-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.renditions = []

    def tearDown(self):
        """None of the renditions has metadata: one run of exiftool for all of them."""
        for path, found in (tags(self.renditions) if self.renditions else {}).items():
            self.assertEqual([tag for tag in found if tag[0] not in PLAIN or (tag[0] == "PNG" and tag[1] not in PLAIN_PNG)], [], path.name)

    def at(self, name):
        return self.folder / name

    def make(self, source, recipe):
        made = self.at(f"made {len(list(self.folder.iterdir()))} of {source.name}")
        lines, done = make(source, recipe, made, mode="picture")
        self.assertEqual((done.returncode, done.stderr), (0, ""), (source, recipe))
        return lines[-1], made

    def good(self, source, recipe, size, frames=1):
        """The rendition, after others have looked at it."""
        answer, made = self.make(source, recipe)
        mime = recipe.split()[1]
        self.assertEqual({**answer, "duration_ms": None}, {"best": answer["best"] if " most " in recipe else True, "mime": mime, "width": size[0],
                                                           "height": size[1], "frames": frames, "duration_ms": None, "problem": None}, (source, recipe))
        seen = identify(made, "%m %W %H %[colorspace] %z %[orientation]")
        self.assertEqual(seen[0].split()[:5], [FORMATS[mime], str(size[0]), str(size[1]), "sRGB", "8"], (source, recipe))
        self.assertEqual((len(seen), seen[0].split()[5]), (frames, "Undefined"), (source, recipe))
        self.renditions.append(made)
        return made

    def assertNear(self, seen, wanted, most=40):
        self.assertTrue(all(abs(a - b) <= most for a, b in zip(seen, wanted)), (seen, wanted))

    def assertUpright(self, made, size, where=None):
        w, h = size
        x0, y0 = where or (0, 0)
        for (x, y), colour in zip([(w // 10, h // 10), (w - w // 10, h // 10), (w // 10, h - h // 10), (w - w // 10, h - h // 10)],
                                  [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0)]):
            self.assertNear(pixel(made, x0 + x, y0 + y), colour)


@unittest.skipIf(MISSING, f"no {MISSING}")
class Renditions(Case):
    def test_every_format_becomes_every_format(self):
        sources = [corners(self.at(name)) for name in ("a.jpg", "a.png", "a.gif", "a.webp", "a.tif", "a.heic")]
        subprocess.run(["vips", "copy", self.at("a.png"), self.at("a.avif")], check=True)
        for source in sources + [self.at("a.avif")]:
            for mime in FORMATS:
                with self.subTest(source=source.name, mime=mime):
                    self.assertUpright(self.good(source, f"v1 {mime} 60x40", (60, 40)), (60, 40))

    def test_each_of_the_eight_orientations_comes_out_upright(self):
        # what a camera does: stored turned, so that with its mark it is shown upright
        back = {1: [], 2: ["-flop"], 3: ["-rotate", "180"], 4: ["-flip"], 5: ["-transpose"], 6: ["-rotate", "270"],
                7: ["-transverse"], 8: ["-rotate", "90"]}
        names = {"a.jpg": range(1, 9), "a.png": (3, 5, 8), "a.webp": (2, 6, 7), "a.tif": (4, 6, 7)}
        upright, marked = corners(self.at("upright.png")), []
        for orientation, turn in back.items():
            turned = [self.at(f"{orientation}-{name}") for name, which in names.items() if orientation in which]
            for path in turned:
                convert(upright, *turn, path)
            subprocess.run(["exiftool", "-q", "-n", "-overwrite_original", f"-Orientation={orientation}", *turned], check=True)
            marked += [(orientation, path) for path in turned]
        for (orientation, turned), answer in zip(marked, look(*(path for _, path in marked)), strict=True):
            with self.subTest(name=turned.name):
                self.assertEqual(answer["orientation"], orientation)
                self.assertUpright(self.good(turned, "v1 image/jpeg 120x80", (120, 80)), (120, 80))
                if turned.suffix == ".jpg":
                    self.assertUpright(self.good(turned, "v1 image/png 60x40 pad 80x60", (80, 60)), (60, 40), (10, 10))

    def test_large_photos_are_read_small_and_come_out_right(self):
        for size in (1600, 1200), (1000, 750), (801, 601), (400, 300), (100, 75), (61, 47):
            for name in "big.jpg", "big.webp":
                if not self.at(name).exists():
                    corners(self.at(name), size=(1600, 1200))
                with self.subTest(name=name, size=size):
                    self.assertUpright(self.good(self.at(name), f"v1 image/jpeg {size[0]}x{size[1]}", size), size)

    def test_enlarging_is_done_when_asked_for(self):
        self.assertUpright(self.good(corners(self.at("a.png")), "v1 image/png 480x320", (480, 320)), (480, 320))

    def test_cmyk_becomes_srgb(self):
        source = corners(self.at("a.jpg"), "-colorspace", "CMYK")
        self.assertEqual(look(source)[0]["colour"], "cmyk")
        for mime in FORMATS:
            made = self.good(source, f"v1 {mime} 120x80", (120, 80))
            for (x, y), strongest in ((6, 6), 0), ((114, 6), 1), ((6, 74), 2):
                seen = pixel(made, x, y)
                self.assertEqual(seen.index(max(seen)), strongest, (mime, seen))

    def test_another_profile_is_converted_and_left_out(self):
        source = corners(self.at("a.png"))
        subprocess.run(["vips", "icc_transform", source, self.at("p3.png"), "p3", "--input-profile", "srgb"], check=True)
        stored = pixel(self.at("p3.png"), 6, 6)
        self.assertGreater(stored[1], 30)  # sRGB's red is no pure red in P3
        self.assertEqual((look(self.at("p3.png"))[0]["colour"], look(source)[0]["colour"]), ("other", "srgb"))
        for mime in FORMATS:
            self.assertNear(pixel(self.good(self.at("p3.png"), f"v1 {mime} 120x80", (120, 80)), 6, 6), (255, 0, 0), 12)

    def test_sixteen_bits_become_eight_and_grey_becomes_srgb(self):
        convert("-size", "80x60", "gradient:red-blue", "-depth", "16", "PNG48:" + str(self.at("deep.png")))
        convert("-size", "80x60", "gradient:", "-depth", "16", "-define", "png:bit-depth=16", self.at("grey16.png"))
        convert("-size", "80x60", "gradient:", "-colorspace", "Gray", self.at("grey.jpg"))
        self.assertEqual([(fact["bits"], fact["colour"]) for fact in look(*map(self.at, ("deep.png", "grey16.png", "grey.jpg")))],
                         [(16, "srgb"), (16, "grey"), (8, "grey")])
        for name in "deep.png", "grey16.png", "grey.jpg":
            for mime in FORMATS:
                made = self.good(self.at(name), f"v1 {mime} 80x60", (80, 60))
        self.assertNear(pixel(self.good(self.at("deep.png"), "v1 image/png 80x60", (80, 60)), 5, 2), (251, 0, 4), 8)
        self.assertNear(pixel(made, 5, 30), (126, 126, 126), 8)

    def test_what_is_transparent_becomes_white_where_it_must(self):
        convert("-size", "80x60", "xc:none", "-fill", "red", "-draw", "rectangle 0,0 39,59", self.at("a.png"))
        self.assertTrue(look(self.at("a.png"))[0]["alpha"])
        self.assertNear(pixel(self.good(self.at("a.png"), "v1 image/jpeg 80x60", (80, 60)), 70, 30), (255, 255, 255), 4)
        for mime in "image/png", "image/webp", "image/gif":
            made = self.good(self.at("a.png"), f"v1 {mime} 40x30", (40, 30))
            self.assertEqual(identify(made, "%[fx:round(p{35,15}.a*255)] %[fx:round(p{5,15}.a*255)]"), ["0 255"], mime)
        padded = self.good(self.at("a.png"), "v1 image/png 80x60 pad 80x100", (80, 100))
        self.assertNear(pixel(padded, 70, 50), (255, 255, 255), 4)

    def test_a_ground_is_the_picture_itself_and_the_picture_is_in_its_middle(self):
        for recipe, frame, where in (("120x80 pad 120x200", (120, 200), (0, 60)), ("120x80 pad 300x80", (300, 80), (90, 0))):
            made = self.good(corners(self.at("a.png")), f"v1 image/png {recipe}", frame)
            self.assertUpright(made, (120, 80), where)
            ground = [pixel(made, x, y) for x, y in ((3, 3), (frame[0] - 4, 3), (3, frame[1] - 4), (frame[0] - 4, frame[1] - 4))]
            self.assertGreater(len(set(ground)), 2, "blurred, not plain")
            for colour in ground:
                self.assertLess(max(colour), 215, "darker than the picture")

    def test_cropping_keeps_the_middle(self):
        convert("-size", "100x60", "xc:black", "-fill", "red", "-draw", "rectangle 20,0 79,59", self.at("a.png"))
        made = self.good(self.at("a.png"), "v1 image/png 100x60 crop 60x60", (60, 60))
        for x in 0, 30, 59:
            self.assertEqual(pixel(made, x, 30), (255, 0, 0))

    def test_animations_stay_animated_in_gif_and_webp(self):
        frames = [corners(self.at(f"{n}.png"), "-fill", "black", "-draw", f"circle 60,40 60,{30 + n}") for n in range(4)]
        convert("-delay", "20", "-loop", "0", *frames, self.at("a.gif"))
        convert("-delay", "20", "-loop", "0", *frames, self.at("a.webp"))
        for name in "a.gif", "a.webp":
            facts = look(self.at(name))[0]
            self.assertEqual((facts["frames"], facts["duration_ms"], facts["height"]), (4, 800, 80))
            for mime in "image/gif", "image/webp":
                for recipe, size, where in (("60x40", (60, 40), None), ("120x80 pad 120x120", (120, 120), (0, 20)), ("120x80 crop 80x80", (80, 80), None)):
                    with self.subTest(name=name, mime=mime, recipe=recipe):
                        made = self.good(self.at(name), f"v1 {mime} {recipe}", size, frames=4)
                        self.assertEqual(look(made)[0]["duration_ms"], 800)
                        if "crop" not in recipe:
                            self.assertUpright(made, tuple(map(int, recipe.split()[0].split("x"))), where)
            for mime in "image/jpeg", "image/png":
                self.assertUpright(self.good(self.at(name), f"v1 {mime} 120x80", (120, 80)), (120, 80))
                self.assertUpright(self.good(self.at(name), f"v1 {mime} 120x80 pad 120x120", (120, 120)), (120, 80), (0, 20))
                self.assertIsNone(self.make(self.at(name), f"v1 {mime} 30x20")[0]["duration_ms"])

    def test_quality_falls_until_it_is_small_enough_and_never_further(self):
        convert("-size", "800x600", "plasma:fractal", "-seed", "4", self.at("a.png"))
        full = self.good(self.at("a.png"), "v1 image/jpeg 800x600", (800, 600)).stat().st_size
        for mime in "image/jpeg", "image/webp":
            for percent in 90, 60, 40:
                most = full * percent // 100
                self.assertLessEqual(self.good(self.at("a.png"), f"v1 {mime} 800x600 most {most}", (800, 600)).stat().st_size, most)
        for mime, most in (("image/jpeg", 3000), ("image/webp", 1000), ("image/png", 20000), ("image/gif", 5000)):
            answer, made = self.make(self.at("a.png"), f"v1 {mime} 800x600 most {most}")
            self.assertEqual((answer["problem"], answer["width"], made.stat().st_size), ("too-large", None, 0), mime)

    def test_with_any_limit_that_it_keeps_to_the_best_has_the_same_bytes(self):
        convert("-size", "400x300", "plasma:fractal", "-seed", "4", self.at("a.png"))
        for mime in FORMATS:
            recipe = f"v1 {mime} 400x300"
            free = self.good(self.at("a.png"), recipe, (400, 300)).read_bytes()
            for most in len(free), len(free) + 1, 10 * len(free):
                answer, made = self.make(self.at("a.png"), f"{recipe} most {most}")
                self.assertEqual((answer["best"], made.read_bytes() == free), (True, True), (mime, most))
            self.assertFalse(self.make(self.at("a.png"), f"{recipe} most {len(free) - 1}")[0]["best"], mime)

    def test_the_same_source_and_recipe_give_the_same_bytes_whoever_asks(self):
        convert("-size", "300x200", "plasma:fractal", self.at("a.jpg"))
        strange = {"OMP_NUM_THREADS": "3", "VIPS_CONCURRENCY": "7", "LC_ALL": "hi_IN.UTF-8", "TZ": "Asia/Kolkata", "HOME": "/nowhere"}
        for mime in FORMATS:
            recipe, seen = f"v1 {mime} 150x100 pad 150x150", set()
            for environment in ({"TZ": "UTC0"}, strange, {"OMP_NUM_THREADS": "1"}):
                _, done = make(self.at("a.jpg"), recipe, self.at("made"), mode="picture", environment=environment)
                self.assertEqual(done.returncode, 0)
                seen.add(hashlib.sha256(self.at("made").read_bytes()).hexdigest())
            self.assertEqual(len(seen), 1, mime)

    def test_of_several_pictures_in_a_file_the_first_counts(self):
        first, second = corners(self.at("1.jpg")), self.at("2.jpg")
        convert("-size", "120x80", "xc:black", second)
        self.at("a.mpo").write_bytes(first.read_bytes() + second.read_bytes())
        convert(first, second, self.at("a.tif"))
        for name in "a.mpo", "a.tif":
            facts = look(self.at(name))[0]
            self.assertEqual((facts["problem"], facts["frames"]), (None, 1), name)
            self.assertUpright(self.good(self.at(name), "v1 image/jpeg 120x80", (120, 80)), (120, 80))

    def test_twelve_megapixels_need_less_than_300_mb(self):
        convert("-size", "400x300", "plasma:fractal", "-resize", "4000x3000!", "-quality", "90", self.at("a.jpg"))
        subprocess.run(["vips", "copy", self.at("a.jpg"), f"{self.at('a.png')}[compression=1]"], check=True)
        for name in "a.jpg", "a.png":
            for recipe in "4000x3000", "1440x1080", "1080x810 pad 1080x1350", "3000x2250 most 900000":
                self.make(self.at(name), f"v1 image/jpeg {recipe}")
            look(self.at(name))
        self.assertLess(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, 300 * 1024)  # KiB; convert's among them


def tagged(path):
    corners(path)
    words = ["-GPSLatitude=28.6129", "-GPSLatitudeRef=N", "-GPSLongitude=77.2295", "-GPSLongitudeRef=E", "-SerialNumber=SN-4711",
             "-EXIF:Artist=Kavita", "-Copyright=Kavita", "-XMP:Creator=Kavita", "-XMP:GPSLatitude=28.6129", "-XMP-aux:SerialNumber=SN-4711"]
    if path.suffix == ".jpg":
        words += ["-IPTC:By-line=Kavita", "-Comment=here"]
    subprocess.run(["exiftool", "-q", "-overwrite_original", *words, path], check=True)
    return path


@unittest.skipIf(MISSING, f"no {MISSING}")
class Facts(Case):
    def test_every_member_is_always_there(self):
        for answer in look(corners(self.at("a.jpg")), "/dev/null", PICTURES / "not-a-picture.jpg"):
            self.assertEqual(sorted(answer), ["alpha", "bits", "colour", "duration_ms", "frames", "height", "metadata", "mime", "n",
                                              "orientation", "problem", "width"])

    def test_answers_come_in_the_order_of_the_descriptors(self):
        paths = [corners(self.at(name)) for name in ("a.jpg", "a.png", "a.gif")]
        self.assertEqual([(answer["n"], answer["mime"]) for answer in look(*paths)],
                         [(0, "image/jpeg"), (1, "image/png"), (2, "image/gif")])

    def test_what_a_picture_says_beside_its_picture_is_named(self):
        wanted = {"a.jpg": {"exif", "gps", "xmp", "iptc", "serial", "author"}, "a.png": {"exif", "gps", "xmp", "serial", "author"},
                  "a.webp": {"exif", "gps", "xmp", "serial", "author"}, "a.heic": {"exif", "gps", "xmp", "serial", "author"},
                  "a.tif": {"gps", "xmp", "serial", "author"}}
        for name, words in wanted.items():
            with self.subTest(name=name):
                source = tagged(self.at(name))
                self.assertEqual(words - set(look(source)[0]["metadata"]), set())
                for mime in FORMATS:
                    self.good(source, f"v1 {mime} 120x80", (120, 80))
        for name in "a.jpg", "a.png", "a.webp":
            self.assertEqual(look(corners(self.at("plain-" + name), "-strip"))[0]["metadata"], [])

    def test_a_thumbnail_a_profile_and_a_text_are_named(self):
        small, source = corners(self.at("small.jpg"), size=(60, 40)), tagged(self.at("a.jpg"))
        subprocess.run(["exiftool", "-q", "-overwrite_original", f"-ThumbnailImage<={small}", source], check=True)
        self.assertIn("thumbnail", look(source)[0]["metadata"])
        plain = corners(self.at("a.png")).read_bytes()
        self.at("text.png").write_bytes(plain[:33] + chunk(b"tEXt", b"Comment\0hello") + plain[33:])  # behind the signature and IHDR
        self.assertIn("text", look(self.at("text.png"))[0]["metadata"])
        subprocess.run(["vips", "icc_transform", self.at("a.png"), self.at("p3.png"), "p3", "--input-profile", "srgb"], check=True)
        self.assertIn("icc", look(self.at("p3.png"))[0]["metadata"])

    def test_what_ends_early_is_truncated_or_undecodable(self):
        for name in "a.jpg", "a.png", "a.gif", "a.webp", "a.tif", "a.heic":
            convert("-size", "400x300", "plasma:fractal", self.at(name))
            whole = self.at(name).read_bytes()
            for percent in 5, 50, 90:
                self.at("cut").write_bytes(whole[:len(whole) * percent // 100])
                with self.subTest(name=name, percent=percent):
                    self.assertIn(look(self.at("cut"))[0]["problem"], ("truncated", "undecodable", "unsupported"))
                    answer, made = self.make(self.at("cut"), "v1 image/jpeg 400x300")
                    self.assertIn(answer["problem"], ("truncated", "undecodable", "unsupported"))
                    self.assertEqual(made.stat().st_size, 0)
        self.assertEqual(look(PICTURES / "truncated.jpg")[0]["problem"], "truncated")

    def test_a_bomb_is_refused_before_it_goes_off(self):
        self.at("wide.png").write_bytes(png_claiming(65535, 65535))
        small = corners(self.at("a.jpg")).read_bytes()
        at = small.index(b"\xff\xc0") + 5
        self.at("wide.jpg").write_bytes(small[:at] + struct.pack(">HH", 60000, 60000) + small[at + 4:])
        self.at("many.gif").write_bytes(gif_of_frames(5000, 5000, 9))
        for name in "wide.png", "wide.jpg", "many.gif":
            before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
            self.assertEqual(look(self.at(name))[0]["problem"], "too-many-pixels", name)
            self.assertEqual(self.make(self.at(name), "v1 image/jpeg 100x100")[0]["problem"], "too-many-pixels", name)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            self.assertLess(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 1, "two runs, most of it their start")
            self.assertLess(time.monotonic() - start, 20)

    def test_other_formats_are_let_near_no_decoder(self):
        corners(self.at("a.bmp")), corners(self.at("a.ppm"))
        self.at("a.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text>secret</text></svg>')
        self.at("a.pdf").write_bytes(b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n")
        self.at("a.csv").write_text("1,2\n3,4\n")
        self.at("empty").write_bytes(b"")
        names = ["a.bmp", "a.ppm", "a.svg", "a.pdf", "a.csv", "empty"]
        for answer in look(*map(self.at, names), self.folder, "/dev/null"):
            self.assertEqual((answer["problem"], answer["mime"], answer["width"]), ("unsupported", "application/octet-stream", None))
        for name in names:
            answer, made = self.make(self.at(name), "v1 image/png 10x10")
            self.assertEqual((answer["problem"], made.stat().st_size), ("unsupported", 0))


def gif_of_frames(width, height, count):
    """A GIF that says it has that many frames of that size, in a few bytes each."""
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, width, height, 0) + b"\x02\x02\x44\x01\x00"
    return b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + bytes(6) + frame * count + b"\x3b"


class Usage(Case):
    def test_what_is_no_recipe_of_a_picture_is_wrong_usage(self):
        with open(os.devnull, "rb") as nothing:
            for words in ([], ["look"], ["look", "0"], ["look", "101"], ["look", "2x"], ["picture"], ["picture", "x"], ["peek", "1"],
                          ["picture", "v1 video/mp4 copy"], ["picture", "v1 image/jpeg copy"], ["picture", "v2 image/jpeg 10x10"],
                          ["picture", "v1 image/jpeg 10x10 pad 5x20"], ["picture", "v1 image/jpeg 10x10 crop 5x20"],
                          ["picture", "v1 image/jpeg 0x10"], ["picture", "v1 image/bmp 10x10"]):
                done = run(words, [nothing.fileno()])
                self.assertEqual((done.returncode, done.stdout), (2, ""), words)


if __name__ == "__main__":
    if MISSING:
        print(f"SKIPPED pictures: no {', '.join(MISSING)}")
        sys.exit(77)
    unittest.main()
