#!/usr/bin/python3
"""Makes the corpus of media files: formats, sizes, defects, and what is planted in them. Usage: make_corpus.py FOLDER

Needs ImageMagick, ffmpeg and exiftool; no network, no dates, fixed seeds. A folder that was made by this very script
is left as it is. `kitchen(FOLDER)` answers the folder for a test. What each file must come to stands in expected.txt.

Every picture with corners shows red above left, green above right, blue below left, yellow below right, when it is
shown as its author meant it.
"""
import concurrent.futures
import fcntl
import hashlib
import os
import pathlib
import random
import shutil
import struct
import subprocess
import sys
import tempfile
import zipfile
import zlib

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE)]
sys.dont_write_bytecode = True
import plant  # noqa: E402
from plant import by_hand  # noqa: E402

CORNERS = {"red": "#d02020", "green": "#20a040", "blue": "#2040c0", "yellow": "#e0c020"}
GROUND = "#606878"
TOOLS = "convert", "ffmpeg", "exiftool", "identify", "ffprobe"
EXACT = ["-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact", "-map_metadata", "-1"]
FILES = {}


def makes(*names):
    """Says which files of the corpus a function makes; it gets the kitchen and the name."""
    def keep(function):
        for name in names:
            assert name not in FILES, name
            FILES[name] = function
        return function
    return keep


def stem(name):
    return name.rsplit(".", 1)[0].split("-", 1)[1]


class Kitchen:
    def __init__(self, folder, scrap):
        self.folder, self.scrap = pathlib.Path(folder), pathlib.Path(scrap)

    def _run(self, name, words, given=None):
        done = subprocess.run(words, input=given, capture_output=True, env={"PATH": os.environ["PATH"], "LC_ALL": "C", "TZ": "UTC",
                              "HOME": str(self.scrap), "OMP_NUM_THREADS": "1", "MAGICK_THREAD_LIMIT": "1"})
        if done.returncode:
            raise RuntimeError(f"{name}: {' '.join(map(str, words))}: {done.stderr.decode(errors='replace')[-600:]}")

    def convert(self, kind, *words, given=None):
        """What ImageMagick writes, without its dates."""
        with tempfile.NamedTemporaryFile(dir=self.scrap, suffix="." + kind) as made:
            self._run(kind, ["convert", *words, "+set", "date:create", "+set", "date:modify", "-define",
                             "png:exclude-chunks=date,time,tIME", "-strip", f"{kind}:{made.name}"], given)
            return pathlib.Path(made.name).read_bytes()

    def corners(self, kind, width, height, *words):
        """The picture with the four corners, `words` applied to it."""
        across, down = max(width // 3, 1), max(height // 3, 1)
        at = {"red": (0, 0), "green": (width - across, 0), "blue": (0, height - down), "yellow": (width - across, height - down)}
        drawn = []
        for colour, (x, y) in at.items():
            drawn += ["-fill", CORNERS[colour], "-draw", f"rectangle {x},{y} {x + across - 1},{y + down - 1}"]
        quality = ["-quality", "90"] if kind in ("jpg", "webp", "heic", "avif") else []
        return self.convert(kind, "-size", f"{width}x{height}", f"xc:{GROUND}", *(drawn if width > 3 else []), *quality, *words)

    def noise(self, kind, width, height, *words, seed=5):
        raw = random.Random(seed).randbytes(width * height * 3)
        return self.convert(kind, "-size", f"{width}x{height}", "-depth", "8", "rgb:-", *words, given=raw)

    def ffmpeg(self, kind, *words):
        with tempfile.NamedTemporaryFile(dir=self.scrap, suffix="." + kind) as made:
            self._run(kind, ["ffmpeg", "-nostdin", "-v", "error", "-y", *map(str, words), *EXACT, made.name])
            return pathlib.Path(made.name).read_bytes()

    def film(self, kind="mp4", size=(640, 360), seconds=4, rate=25, video=("libx264", "-preset", "ultrafast", "-bf", "0"),
             sound=("aac", "-ac", "2", "-ar", "48000", "-b:a", "64k"), picture="", pixels="yuv420p", mux=("faststart",), more=()):
        """A film of the four corners. `mux` are flags of the mp4 muxer; no edit list unless it says so."""
        width, height = size
        w, h = max(width // 3, 1), max(height // 3, 1)
        shown = f"color=c={GROUND}:s={width}x{height}:r={rate}:d={seconds}"
        for (x, y), colour in zip(((0, 0), (width - w, 0), (0, height - h), (width - w, height - h)), CORNERS.values()):
            shown += f",drawbox={x}:{y}:{w}:{h}:{colour}:t=fill"
        words = ["-f", "lavfi", "-i", shown + picture]
        words += ["-f", "lavfi", "-i", f"sine=frequency=440:sample_rate=48000:duration={seconds}"] if sound else []
        words += ["-c:v", *video, "-pix_fmt", pixels, "-threads", "1"]
        words += ["-c:a", *sound] if sound else []
        if kind in ("mp4", "mov"):
            words += ["-use_editlist", "1" if "edits" in mux else "0"]
            flags = [flag for flag in mux if flag != "edits"]
            words += ["-movflags", "+" + "+".join(flags)] if flags else []
        return self.ffmpeg(kind, *words, *more)

    def read(self, name):
        """A file of the corpus that is made before others."""
        path = self.scrap / name
        if not path.exists():
            fresh = self.scrap / f"{name}.{random.getrandbits(60)}"
            fresh.write_bytes(FILES[name](self, name))
            fresh.replace(path)
        return path.read_bytes()

    def path(self, name):
        self.read(name)
        return self.scrap / name


# Formats of pictures: 640x512, a shape that every platform takes

SIZE = 640, 512
PLAIN = "-alpha", "off", "-depth", "8", "-type", "TrueColor"

JPEGS = {"jpeg-baseline.jpg": [], "jpeg-progressive.jpg": ["-interlace", "JPEG"], "jpeg-grey.jpg": ["-colorspace", "Gray"],
         "jpeg-cmyk.jpg": ["-colorspace", "CMYK"], "jpeg-444.jpg": ["-sampling-factor", "4:4:4"],
         "jpeg-422.jpg": ["-sampling-factor", "4:2:2"], "jpeg-quality-5.jpg": ["-quality", "5"],
         "jpeg-dpi.jpg": ["-density", "300", "-units", "PixelsPerInch"], "jpeg-upper-case.JPG": [], "jpeg-long-name.jpeg": []}
PNGS = {"png-rgb8.png": ["-define", "png:color-type=2"], "png-rgb16.png": ["-define", "png:bit-depth=16", "-define", "png:color-type=2"],
        "png-grey8.png": ["-colorspace", "Gray", "-define", "png:color-type=0", "-define", "png:bit-depth=8"],
        "png-grey16.png": ["-colorspace", "Gray", "-define", "png:color-type=0", "-define", "png:bit-depth=16"],
        "png-palette.png": ["-define", "png:color-type=3"], "png-interlaced.png": ["-interlace", "PNG", "-define", "png:color-type=2"],
        "png-one-bit.png": ["-threshold", "50%", "-define", "png:color-type=0", "-define", "png:bit-depth=1"],
        "png-alpha.png": ["-alpha", "set", "-channel", "A", "-evaluate", "set", "60%", "-define", "png:color-type=6"],
        "png-grey-alpha.png": ["-depth", "8", "-define", "png:bit-depth=8", "-colorspace", "Gray", "-alpha", "set", "-channel", "A", "-evaluate", "set", "60%", "-define", "png:color-type=4"]}
OTHERS = {"gif-still.gif": ["-define", "x=1"], "gif-interlaced.gif": ["-interlace", "GIF"], "gif-transparent.gif": ["-transparent", CORNERS["blue"]],
          "webp-lossy.webp": [], "webp-lossless.webp": ["-define", "webp:lossless=true"],
          "webp-alpha.webp": ["-alpha", "set", "-channel", "A", "-evaluate", "set", "60%"],
          "heic-still.heic": [], "heic-alpha.heic": ["-alpha", "set", "-channel", "A", "-evaluate", "set", "60%"], "avif-still.avif": [],
          "tiff-plain.tif": ["-compress", "none", *PLAIN], "tiff-lzw.tiff": ["-compress", "LZW", *PLAIN], "tiff-16.tif": ["-alpha", "off", "-depth", "16"],
          "tiff-cmyk.tif": ["-alpha", "off", "-depth", "8", "-colorspace", "CMYK"], "bmp-24.bmp": ["-type", "TrueColor"], "bmp-8.bmp": ["-type", "Palette"],
          "jp2-plain.jp2": [], "ico-plain.ico": ["-resize", "64x64!"], "psd-plain.psd": [], "tga-plain.tga": [], "ppm-plain.ppm": []}
KINDS = {"jpeg": "jpg", "JPG": "jpg", "tif": "tiff"}


@makes(*JPEGS, *PNGS, *OTHERS)
def format_of(kitchen, name):
    ending = name.rsplit(".", 1)[1]
    return kitchen.corners(KINDS.get(ending, ending), *SIZE, *{**JPEGS, **PNGS, **OTHERS}[name])


@makes("jpeg-adobe-rgb.jpg", "jpeg-srgb-profile.jpg", "png-adobe-rgb.png", "webp-adobe-rgb.webp")
def with_profile(kitchen, name):
    profile = plant.SRGB if "srgb" in name else plant.ADOBE_RGB
    if name.endswith("jpg"):
        return plant.in_jpeg(kitchen.read("jpeg-baseline.jpg"), plant.app2_icc(profile))
    if name.endswith("webp"):
        whole = kitchen.read("webp-lossy.webp")
        body = plant.in_webp(whole, *SIZE, 0x20)
        chunk = b"ICCP" + struct.pack("<I", len(profile)) + profile + b"\0" * (len(profile) & 1)
        body = body[:30] + chunk + body[30:]
        return body[:4] + struct.pack("<I", len(body) - 8) + body[8:]
    return plant.in_png(kitchen.read("png-rgb8.png"), by_hand.chunk(b"iCCP", b"Adobe RGB\0\0" + zlib.compress(profile)))


@makes("jpeg-jfxx.jpg")
def jfxx(kitchen, name):
    return plant.in_jpeg(kitchen.read("jpeg-baseline.jpg"), by_hand.segment(0xe0, b"JFXX\0\x13" + bytes([2, 2]) + b"\xff\0\0" * 4))


@makes("gif-many-frames.gif")
def many_frames(kitchen, name):
    whole = by_hand.gif(frames=360)
    return whole[:6] + struct.pack("<HH", 64, 64) + whole[10:]


@makes("gif-animated.gif", "webp-animated.webp", "gif-wide-animated.gif", "gif-once.gif")
def animated(kitchen, name):
    width, height = (1400, 1000) if "wide" in name else (320, 256)
    words = ["-delay", "20", "-loop", "1" if "once" in name else "0"]
    for number in range(4):
        words += ["(", "-size", f"{width}x{height}", f"xc:{list(CORNERS.values())[number % 4]}", ")"]
    whole = kitchen.convert(name.rsplit(".", 1)[1], *words)
    return whole[:8 + struct.unpack("<I", whole[4:8])[0]] if whole[:4] == b"RIFF" else whole  # it writes a second one behind


@makes("png-palette-alpha.png")
def palette_alpha(kitchen, name):
    whole = kitchen.read("png-palette.png")
    at = whole.index(b"PLTE") - 4
    end = at + 12 + struct.unpack(">I", whole[at:at + 4])[0]
    return whole[:end] + by_hand.chunk(b"tRNS", b"\0") + whole[end:]


@makes("png-animated.png")
def apng(kitchen, name):
    whole = kitchen.read("png-rgb8.png")
    size = struct.unpack(">II", whole[16:24])
    frame = struct.pack(">IIIIHHBB", *size, 0, 0, 1, 2, 0, 0)
    at = whole.index(b"IDAT") - 4
    data = whole[at + 8:at + 8 + struct.unpack(">I", whole[at:at + 4])[0]]
    first = by_hand.chunk(b"acTL", struct.pack(">II", 2, 0)) + by_hand.chunk(b"fcTL", struct.pack(">I", 0) + frame)
    second = by_hand.chunk(b"fcTL", struct.pack(">I", 1) + frame) + by_hand.chunk(b"fdAT", struct.pack(">I", 2) + data)
    return whole[:at] + first + whole[at:-12] + second + whole[-12:]


@makes("mpo-pair.mpo", "mpo-pair.jpg")
def mpo(kitchen, name):
    """Two JPEGs in one file, as cameras with two lenses write them."""
    left, right = kitchen.read("jpeg-baseline.jpg"), kitchen.read("jpeg-progressive.jpg")

    def index(first, second):
        rows = (struct.pack("<IIIHH", 0x20030000, first, 0, 0, 0) + struct.pack("<IIIHH", 0x20002, len(right), second, 0, 0))
        version = struct.pack("<HHI4s", 0xb000, 7, 4, b"0100")
        count = struct.pack("<HHII", 0xb001, 4, 1, 2)
        entry = struct.pack("<HHII", 0xb002, 7, len(rows), 8 + 2 + 36 + 4)
        return by_hand.segment(0xe2, b"MPF\0II*\0" + struct.pack("<IH", 8, 3) + version + count + entry + b"\0" * 4 + rows)

    size = len(left) + len(index(0, 0))
    return plant.in_jpeg(left, index(size, size - 10)) + right


@makes("svg-plain.svg", "svg-script.svg", "svg-entity.svg", "pdf-plain.pdf", "html-page.html", "txt-plain.txt", "eps-plain.eps")
def documents(kitchen, name):
    shape = '<rect width="640" height="512" fill="#d02020"/>'
    head = '<?xml version="1.0"?>\n'
    root = '<svg xmlns="http://www.w3.org/2000/svg" width="640" height="512">'
    return {"svg-plain.svg": f"{head}{root}{shape}</svg>\n", "svg-script.svg": f"{head}{root}{shape}<script>alert(1)</script></svg>\n",
            "svg-entity.svg": f'{head}<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>{root}{shape}<text y="20">&x;</text></svg>\n',
            "pdf-plain.pdf": "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj "
                             "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 640 512]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n",
            "html-page.html": "<!DOCTYPE html><html><body><script>alert(1)</script></body></html>\n",
            "txt-plain.txt": "यह चित्र नहीं है।\n", "eps-plain.eps": "%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage\n"}[name].encode()


# Sizes

SIZES = ((1, 1), (2, 2), (16, 16), (319, 319), (320, 320), (320, 400), (320, 401), (400, 320), (611, 320), (612, 320), (300, 900), (900, 300),
         (200, 2000), (200, 2001), (2001, 200), (100, 2001), (2001, 100), (1080, 1080), (1080, 1350), (1080, 1920), (1440, 1440), (1441, 1441),
         (4096, 4096), (4000, 3000), (3000, 4000), (6000, 5000), (7000, 5000), (9000, 1100), (8000, 6300))


@makes(*(f"size-{width}x{height}.jpg" for width, height in SIZES), "size-1x1.png", "size-640x512.png", "size-1080x1920.png", "size-4000x3000.png",
       "size-1080x1920.webp", "size-1x1.gif", "size-1x1.webp", "size-1300x1100.gif", "size-4000x3000.heic", "size-1080x1920.tif")
def size(kitchen, name):
    ending = name.rsplit(".", 1)[1]
    return kitchen.corners(KINDS.get(ending, ending), *map(int, stem(name).split("x")), *(PLAIN if ending == "tif" else ()))


# Bytes: noise, which no coder makes small. In the name: megabytes, about

HEAVY = {"bytes-0.9.jpg": (828, 662, 90), "bytes-1.1.jpg": (910, 728, 90), "bytes-2.1.jpg": (1226, 981, 92), "bytes-4.5.jpg": (1440, 1152, 99),
         "bytes-5.5.jpg": (1790, 1432, 96), "bytes-8.5.jpg": (2152, 1722, 97), "bytes-10.5.jpg": (2392, 1914, 97), "bytes-17.jpg": (2950, 2360, 98)}


@makes(*HEAVY)
def heavy_jpeg(kitchen, name):
    width, height, quality = HEAVY[name]
    return kitchen.noise("jpg", width, height, "-quality", str(quality), "-sampling-factor", "4:4:4")


@makes("bytes-2.1.png", "bytes-5.5.png", "bytes-8.5.png", "bytes-17.png")
def heavy_png(kitchen, name):
    bytes_wanted = float(stem(name)) * 1e6
    width = int((bytes_wanted / 3 * 1.25) ** 0.5) + 1
    height = int(width / 1.25)
    dice = random.Random(17)
    rows = b"".join(b"\0" + dice.randbytes(width * 3) for _ in range(height))
    header = by_hand.chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + by_hand.chunk(b"IDAT", zlib.compress(rows, 0)) + by_hand.chunk(b"IEND", b"")


# How a picture is turned: its corners are right when EXIF is followed

STORED = {1: [], 2: ["-flop"], 3: ["-rotate", "180"], 4: ["-flip"], 5: ["-transpose"], 6: ["-rotate", "270"], 7: ["-transverse"], 8: ["-rotate", "90"],
          9: []}


@makes(*(f"turned-{how}.jpg" for how in STORED), "turned-6.png", "turned-6.webp", "turned-6.tif", "turned-6-big-endian.jpg", "turned-8-wide.jpg")
def turned(kitchen, name):
    how, ending = int(name[7]), name.rsplit(".", 1)[1]
    size = (1080, 324) if "wide" in name else SIZE
    whole = kitchen.corners(KINDS.get(ending, ending), *size, *STORED[how], *({"png": ["-define", "png:color-type=2"], "tif": PLAIN}.get(ending, [])))
    block = plant.turned(how, ">" if "big" in name else "<")
    if ending == "png":
        return plant.in_png(whole, by_hand.chunk(b"eXIf", block))
    if ending == "webp":
        return plant.in_webp(whole, *SIZE[::-1], 8, (b"EXIF", block))
    if ending == "tif":
        path = kitchen.scrap / "turned.tif"
        path.write_bytes(whole)
        kitchen._run(name, ["exiftool", "-q", "-n", "-overwrite_original", "-IFD0:Orientation=6", path])
        return path.read_bytes()
    return plant.in_jpeg(whole, plant.app1_exif(block))


# Planted: a place, a camera, a person

def thumbnail():
    return plant.in_jpeg(by_hand.jpeg(width=16, height=16), plant.app1_exif(plant.tiff("<", place=plant.place("<"))), plant.comment(plant.THUMBNAIL_WORD))


JPEG_PLANTS = {
    "planted-gps.jpg": lambda: [plant.app1_exif(plant.tiff("<", place=plant.place("<")))],
    "planted-gps-big-endian.jpg": lambda: [plant.app1_exif(plant.tiff(">", place=plant.place(">")))],
    "planted-gps-xmp.jpg": lambda: [plant.app1_xmp(plant.xmp())],
    "planted-gps-xmp-attribute.jpg": lambda: [plant.app1_xmp(plant.xmp().replace(
        b'rdf:about=""', f'rdf:about="" exif:GPSLatitude="{plant.XMP_WAY[0]}" exif:GPSLongitude="{plant.XMP_WAY[1]}"'.encode()))],
    "planted-gps-xmp-extended.jpg": lambda: [by_hand.segment(0xe1, b"http://ns.adobe.com/xmp/extension/\0" + b"0" * 32
                                                             + struct.pack(">II", len(plant.xmp()), 0) + plant.xmp())],
    "planted-maker-note.jpg": lambda: [plant.app1_exif(plant.tiff("<", [plant.text(0x110, plant.CAMERA)], plant.maker_note()))],
    "planted-thumbnail.jpg": lambda: [plant.app1_exif(plant.tiff("<", [plant.text(0x110, plant.CAMERA)], thumbnail=thumbnail()))],
    "planted-serial.jpg": lambda: [plant.app1_exif(plant.tiff(">", [plant.text(0x110, plant.CAMERA)], plant.camera()))],
    "planted-author.jpg": lambda: [plant.app1_exif(plant.tiff("<", plant.author()))],
    "planted-author-xmp.jpg": lambda: [plant.app1_xmp(plant.xmp_author())],
    "planted-iptc.jpg": lambda: [by_hand.segment(0xed, plant.iptc())],
    "planted-comment.jpg": lambda: [plant.comment(f"taken at {plant.DECIMAL[0]}, {plant.DECIMAL[1]} by {plant.AUTHOR}")],
    "planted-unknown-segment.jpg": lambda: [by_hand.segment(0xeb, f"WHO {plant.AUTHOR} {plant.ISO6709}".encode())],
    "planted-all.jpg": lambda: [plant.app1_exif(plant.tiff("<", plant.author(), plant.camera() + plant.maker_note(), plant.place("<"), thumbnail())),
                                plant.app1_xmp(plant.xmp()), by_hand.segment(0xed, plant.iptc()), plant.comment(plant.AUTHOR)],
}


@makes(*JPEG_PLANTS)
def planted_jpeg(kitchen, name):
    return plant.in_jpeg(kitchen.read("jpeg-baseline.jpg"), *JPEG_PLANTS[name]())


def raw_profile():
    block = b"Exif\0\0" + plant.tiff("<", place=plant.place("<"))
    lines = "\n".join(block.hex()[at:at + 72] for at in range(0, len(block.hex()), 72))
    return f"\nexif\n{len(block):8}\n{lines}\n".encode()


PNG_PLANTS = {
    "planted-exif.png": lambda: by_hand.chunk(b"eXIf", plant.tiff(">", plant.author(), plant.camera(), plant.place(">"))),
    "planted-text.png": lambda: by_hand.chunk(b"tEXt", f"Comment\0at {plant.DECIMAL[0]}, {plant.DECIMAL[1]}".encode()),
    "planted-author.png": lambda: by_hand.chunk(b"tEXt", f"Author\0{plant.AUTHOR}".encode()),
    "planted-xmp.png": lambda: by_hand.chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + plant.xmp()),
    "planted-compressed.png": lambda: by_hand.chunk(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(raw_profile())),
    "planted-time.png": lambda: by_hand.chunk(b"tIME", struct.pack(">HBBBBB", 2026, 11, 22, 9, 30, 0)),
    "planted-private-chunk.png": lambda: by_hand.chunk(b"prVt", f"{plant.AUTHOR} {plant.ISO6709}".encode()),
}


@makes(*PNG_PLANTS)
def planted_png(kitchen, name):
    return plant.in_png(kitchen.read("png-rgb8.png"), PNG_PLANTS[name]())


@makes("planted-exif.webp", "planted-xmp.webp", "planted-xmp.gif", "planted-comment.gif", "planted-animated.gif", "planted-animated.webp")
def planted_others(kitchen, name):
    if name == "planted-animated.webp":
        return plant.in_webp(kitchen.read("webp-animated.webp"), 320, 256, 8, (b"EXIF", plant.tiff("<", place=plant.place("<"))))
    return {"planted-exif.webp": lambda: plant.in_webp(kitchen.read("webp-lossy.webp"), *SIZE, 8, (b"EXIF", plant.tiff("<", plant.author(), (), plant.place("<")))),
            "planted-xmp.webp": lambda: plant.in_webp(kitchen.read("webp-lossy.webp"), *SIZE, 4, (b"XMP ", plant.xmp())),
            "planted-xmp.gif": lambda: plant.in_gif(kitchen.read("gif-still.gif"), plant.gif_xmp()),
            "planted-comment.gif": lambda: plant.in_gif(kitchen.read("gif-still.gif"), plant.gif_comment(f"{plant.AUTHOR} {plant.ISO6709}")),
            "planted-animated.gif": lambda: plant.in_gif(kitchen.read("gif-animated.gif"), plant.gif_comment(f"{plant.AUTHOR} {plant.ISO6709}"))}[name]()


@makes("planted-gps.heic", "planted-gps.avif", "planted-gps.tif")
def planted_by_exiftool(kitchen, name):
    ending = name.rsplit(".", 1)[1]
    path = kitchen.scrap / f"planting.{ending}"
    path.write_bytes(kitchen.read({"heic": "heic-still.heic", "avif": "avif-still.avif", "tif": "tiff-plain.tif"}[ending]))
    kitchen._run(name, ["exiftool", "-q", "-overwrite_original", f"-Artist={plant.AUTHOR}", f"-SerialNumber={plant.SERIAL}", "-GPSLatitudeRef=N",
                        f"-GPSLatitude={plant.DECIMAL[0]}", "-GPSLongitudeRef=E", f"-GPSLongitude={plant.DECIMAL[1]}", path])
    return path.read_bytes()


@makes("planted-place.mp4", "planted-loci.mp4", "planted-xmp.mp4", "planted-keys.mov", "planted-place.mov")
def planted_film(kitchen, name):
    base = kitchen.read("video-moov-last.mp4" if name.endswith("mp4") else "video-moov-last.mov")
    keys = plant.keys(location_ISO6709=plant.ISO6709, author=plant.AUTHOR, model=plant.CAMERA, make="Plantmaker")
    return {"place.mp4": lambda: plant.in_moov(base, plant.udta_place()), "loci.mp4": lambda: plant.in_moov(base, plant.udta_loci()),
            "xmp.mp4": lambda: base + plant.xmp_box(), "keys.mov": lambda: plant.in_moov(base, keys),
            "place.mov": lambda: plant.in_moov(base, plant.udta_place())}[name.split("-", 1)[1]]()


@makes("planted-tags.mp4", "planted-tags.webm", "planted-tags.mkv", "planted-track.mp4")
def planted_by_ffmpeg(kitchen, name):
    """Tags as ffmpeg writes them, and a text track such as a flying camera's, with the place of every second."""
    ending = name.rsplit(".", 1)[1]
    words = ["-i", kitchen.path("video-vp9.webm" if ending == "webm" else "video-h264.mp4")]
    if "track" in name:
        told = kitchen.scrap / "track.srt"
        told.write_text("".join(f"{n}\n00:00:0{n},000 --> 00:00:0{n},900\nGPS({', '.join(plant.DECIMAL)}) {plant.SERIAL}\n\n" for n in range(1, 4)))
        words += ["-i", told, "-map", "0", "-map", "1", "-c:s", "mov_text"]
    words += ["-c:v", "copy", "-c:a", "copy"]
    tags = ["-metadata", f"artist={plant.AUTHOR}", "-metadata", f"comment={', '.join(plant.DECIMAL)}", "-metadata", f"location={plant.ISO6709}",
            "-metadata", "creation_time=2026-11-22T09:30:00Z"]
    with tempfile.NamedTemporaryFile(dir=kitchen.scrap, suffix="." + ending) as made:
        kitchen._run(name, ["ffmpeg", "-nostdin", "-v", "error", "-y", *map(str, words), *EXACT, *tags, made.name])
        return pathlib.Path(made.name).read_bytes()


# Defects

def cut(percent):
    return lambda whole: whole[:len(whole) * percent // 100]


def zipped():
    with tempfile.TemporaryFile() as made:
        with zipfile.ZipFile(made, "w") as archive:
            archive.writestr(zipfile.ZipInfo("payload.txt"), "payload")
        made.seek(0)
        return made.read()


def scribble(whole, first, last, seed=3):
    """Bytes between two parts of a hundred are overwritten here and there."""
    out, dice = bytearray(whole), random.Random(seed)
    for _ in range(60):
        out[dice.randrange(len(out) * first // 100, len(out) * last // 100)] = dice.randrange(256)
    return bytes(out)


def break_crc(whole, kind):
    at = whole.index(kind)
    size = struct.unpack(">I", whole[at - 4:at])[0]
    spot = at + 4 + size
    return whole[:spot] + bytes([whole[spot] ^ 0xff]) + whole[spot + 1:]


def jpeg_size(whole, width, height):
    at = whole.index(b"\xff\xc0")
    return whole[:at + 5] + struct.pack(">HH", height, width) + whole[at + 9:]


def without(whole, marker):
    """A JPEG without its segments of that kind."""
    out, at = whole[:2], 2
    while whole[at + 1] != 0xda:
        size = 2 + struct.unpack(">H", whole[at + 2:at + 4])[0]
        out += b"" if whole[at + 1] == marker else whole[at:at + size]
        at += size
    return out + whole[at:]


HTML, PHP = b"<html><script>alert(1)</script></html>", b"<?php system($_GET['c']); ?>"
BASES = {"jpg": "jpeg-baseline.jpg", "png": "png-rgb8.png", "gif": "gif-still.gif", "webp": "webp-lossy.webp", "heic": "heic-still.heic",
         "avif": "avif-still.avif", "tif": "tiff-plain.tif", "mp4": "video-h264.mp4", "mov": "video-h264.mov", "webm": "video-vp9.webm"}
DEFECTS = {
    **{f"cut-{percent}.{kind}": cut(percent) for percent in (10, 50, 90) for kind in ("jpg", "png", "gif", "webp")},
    **{f"cut-last-byte.{kind}": lambda whole: whole[:-1] for kind in ("jpg", "png", "gif", "webp")},
    **{f"cut-{percent}.{kind}": cut(percent) for percent in (50,) for kind in ("heic", "avif", "tif", "mp4", "mov", "webm")},
    "cut-12-bytes.jpg": lambda whole: whole[:12], "cut-90.mp4": cut(90), "cut-no-moov.mp4": None,
    **{f"tail-text.{kind}": lambda whole: whole + b" and something behind it" for kind in ("jpg", "png", "gif", "webp", "mp4")},
    **{f"tail-zip.{kind}": lambda whole: whole + zipped() for kind in ("jpg", "png", "gif", "webp", "mp4")},
    "tail-html.jpg": lambda whole: whole + HTML, "tail-php.png": lambda whole: whole + PHP, "tail-php.jpg": lambda whole: whole + PHP,
    "tail-zeros.jpg": lambda whole: whole + b"\0" * 64, "tail-second.jpg": lambda whole: whole + whole,
    "poly-comment-php.jpg": lambda whole: plant.in_jpeg(whole, plant.comment(PHP)),
    "poly-text-html.png": lambda whole: plant.in_png(whole, by_hand.chunk(b"tEXt", b"Comment\0" + HTML)),
    "poly-script.gif": lambda whole: b"GIF89a/*" + whole[8:13] + b"*/=1;alert(1)//" + whole[13:],
    "poly-pdf.jpg": lambda whole: plant.in_jpeg(whole, plant.comment(b"%PDF-1.4\n1 0 obj<<>>endobj")),
    "poly-html-first.jpg": lambda whole: HTML + whole,
    "wrong-png.jpg": None, "wrong-jpeg.png": None, "wrong-gif.jpg": None, "wrong-webp.png": None, "wrong-mp4.jpg": None, "wrong-jpeg.mp4": None,
    "wrong-html.jpg": lambda whole: HTML, "wrong-text.jpg": lambda whole: "यह चित्र नहीं है।\n".encode(), "wrong-zip.png": lambda whole: zipped(),
    "wrong-elf.jpg": lambda whole: b"\x7fELF\2\1\1" + b"\0" * 200, "wrong-text.mp4": lambda whole: b"not a film\n", "wrong-playlist.mp4":
        lambda whole: b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:9,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
    "wrong-concat.mp4": lambda whole: b"ffconcat version 1.0\nfile /etc/passwd\n",
    "empty.jpg": lambda whole: b"", "empty.png": lambda whole: b"", "empty.mp4": lambda whole: b"", "zeros.jpg": lambda whole: b"\0" * 4096,
    "lie-65535.jpg": lambda whole: jpeg_size(whole, 65535, 65535), "lie-0x0.jpg": lambda whole: jpeg_size(whole, 0, 0),
    "lie-larger.jpg": lambda whole: jpeg_size(whole, 640, 2048), "lie-65535.png": lambda whole: by_hand.png(width=65535, height=65535, data=False)
        + by_hand.chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + by_hand.chunk(b"IEND", b""),
    "lie-65535.gif": lambda whole: whole[:6] + b"\xff\xff\xff\xff" + whole[10:],
    "lie-16383.webp": lambda whole: plant.in_webp(whole, 16383, 16383, 0),
    "bomb.png": None, "bomb-deep.png": None, "bomb-itxt.png": None, "bomb.gif": None,
    "corrupt-scan.jpg": lambda whole: scribble(whole, 10, 95), "corrupt-one-byte.jpg": lambda whole: whole[:-900] + b"\x55" + whole[-899:], "corrupt-tables.jpg": lambda whole: without(whole, 0xc4),
    "corrupt-quantisers.jpg": lambda whole: without(whole, 0xdb), "corrupt-scan-progressive.jpg": None,
    "corrupt-data.png": lambda whole: scribble(whole, 60, 95), "corrupt-crc-data.png": lambda whole: break_crc(whole, b"IDAT"),
    "corrupt-crc-header.png": lambda whole: break_crc(whole, b"IHDR"), "corrupt-no-end.png": lambda whole: whole[:-12],
    "corrupt-codes.gif": lambda whole: scribble(whole, 60, 95), "corrupt-data.webp": lambda whole: scribble(whole, 30, 95),
    "corrupt-riff-size.webp": lambda whole: whole[:4] + struct.pack("<I", 0x7fffffff) + whole[8:],
    "corrupt-data.heic": lambda whole: scribble(whole, 40, 99), "corrupt-exif.jpg": lambda whole: plant.in_jpeg(
        whole, plant.app1_exif(b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", 0xffff) + b"\xff" * 40)),
    "corrupt-data.mp4": lambda whole: scribble(whole, 60, 95), "corrupt-index.mp4": lambda whole: scribble(whole, 1, 5),
    "corrupt-box-size.mp4": lambda whole: whole[:list(plant.boxes(whole))[1][1]] + b"\xff\xff\xff\xf0" + whole[list(plant.boxes(whole))[1][1] + 4:], "corrupt-box-nested.mp4": None,
}


def bomb(width, height, depth, colour, bits):
    """Zeros without end: a small file that fills the memory of whoever unpacks it."""
    packer, rows = zlib.compressobj(9), b""
    line = b"\0" * (1 + (width * bits + 7) // 8)
    for _ in range(height):
        rows += packer.compress(line)
    rows += packer.flush()
    header = by_hand.chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + by_hand.chunk(b"IDAT", rows) + by_hand.chunk(b"IEND", b"")


def gif_bomb():
    """Ten thousand frames, each of the whole canvas, one colour."""
    frame = b"\x21\xf9\4\0\1\0\0\0\x2c" + struct.pack("<HHHHB", 0, 0, 7000, 7000, 0) + b"\2\2\x44\1\0"
    return b"GIF89a" + struct.pack("<HHBBB", 7000, 7000, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff" + frame * 10000 + b";"


def nested():
    inner = b""
    for _ in range(2000):
        inner = struct.pack(">I4s", 8 + len(inner), b"moov") + inner
    return by_hand.box(b"ftyp", b"isom", struct.pack(">I", 512), b"isom") + inner


SPECIAL = {
    "cut-no-moov.mp4": lambda kitchen: kitchen.read("video-moov-last.mp4")[:-600],
    "wrong-png.jpg": lambda kitchen: kitchen.read("png-rgb8.png"), "wrong-jpeg.png": lambda kitchen: kitchen.read("jpeg-baseline.jpg"),
    "wrong-gif.jpg": lambda kitchen: kitchen.read("gif-still.gif"), "wrong-webp.png": lambda kitchen: kitchen.read("webp-lossy.webp"),
    "wrong-mp4.jpg": lambda kitchen: kitchen.read("video-h264.mp4"), "wrong-jpeg.mp4": lambda kitchen: kitchen.read("jpeg-baseline.jpg"),
    "corrupt-scan-progressive.jpg": lambda kitchen: scribble(kitchen.read("jpeg-progressive.jpg"), 40, 95),
    "bomb.png": lambda kitchen: bomb(30000, 30000, 1, 0, 1), "bomb-deep.png": lambda kitchen: bomb(7000, 7000, 16, 6, 64),
    "bomb-itxt.png": lambda kitchen: plant.in_png(kitchen.read("png-rgb8.png"), by_hand.chunk(
        b"zTXt", b"Comment\0\0" + zlib.compress(b"a" * 200_000_000))),
    "bomb.gif": lambda kitchen: gif_bomb(), "corrupt-box-nested.mp4": lambda kitchen: nested(),
}


@makes(*DEFECTS)
def defect(kitchen, name):
    if name in SPECIAL:
        return SPECIAL[name](kitchen)
    ending = name.rsplit(".", 1)[1]
    if ending == "gif" and "poly" in name:
        return DEFECTS[name](kitchen.read("gif-still.gif"))
    return DEFECTS[name](kitchen.read(BASES[ending]))


# Films: 640x360, four seconds, 25 pictures a second, H.264, AAC in stereo, index first, no edit list

X264 = ("libx264", "-preset", "ultrafast", "-bf", "0")
HEVC = ("libx265", "-preset", "ultrafast", "-x265-params", "log-level=none:pools=1:frame-threads=1:bframes=0", "-tag:v", "hvc1")
VP9 = ("libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "200k")
AV1 = ("libaom-av1", "-cpu-used", "8", "-usage", "realtime", "-b:v", "100k")
OPUS = ("libopus", "-ac", "2", "-b:a", "48k")
HALF = {"size": (320, 180)}
FILMS = {
    "video-h264.mp4": {}, "video-h264.mov": {}, "video-h264.mkv": {}, "video-h264.avi": {"sound": ("libmp3lame", "-ac", "2", "-ar", "48000")},
    "video-moov-last.mp4": {"mux": ()}, "video-moov-last.mov": {"mux": ()}, "video-edit-list.mp4": {"mux": ("faststart", "edits"), "video": ("libx264", "-preset", "ultrafast", "-bf", "2")},
    "video-silent.mp4": {"sound": ()}, "video-mono.mp4": {"sound": ("aac", "-ac", "1", "-ar", "48000")}, "video-5.1.mp4": {"sound": ("aac", "-ac", "6", "-ar", "48000")},
    "video-44100.mp4": {"sound": ("aac", "-ac", "2", "-ar", "44100")}, "video-96000.mp4": {"sound": ("aac", "-ac", "2", "-ar", "96000")},
    "video-mp3-sound.mp4": {"sound": ("libmp3lame", "-ac", "2", "-ar", "48000")}, "video-opus-sound.mp4": {"sound": OPUS},
    "video-ac3-sound.mp4": {"sound": ("ac3", "-ac", "2", "-ar", "48000")}, "video-pcm.mov": {"sound": ("pcm_s16le", "-ac", "2", "-ar", "48000")},
    "video-hevc.mp4": {"video": HEVC}, "video-hevc-10bit.mp4": {"video": HEVC, "pixels": "yuv420p10le"}, "video-hevc.mov": {"video": HEVC},
    "video-av1.mp4": {"video": AV1, **HALF}, "video-mpeg4.mp4": {"video": ("mpeg4", "-q:v", "5")}, "video-mpeg4.avi": {"video": ("mpeg4", "-q:v", "5"), "sound": ("libmp3lame", "-ac", "2")},
    "video-mjpeg.mov": {"video": ("mjpeg", "-q:v", "5"), "pixels": "yuvj420p"}, "video-prores.mov": {"video": ("prores_ks", "-profile:v", "0"), "pixels": "yuv422p10le", **HALF},
    "video-10bit.mp4": {"video": (*X264, "-profile:v", "high10"), "pixels": "yuv420p10le"}, "video-422.mp4": {"video": (*X264, "-profile:v", "high422"), "pixels": "yuv422p"},
    "video-444.mp4": {"video": (*X264, "-profile:v", "high444"), "pixels": "yuv444p"},
    "video-vp9.webm": {"video": VP9, "sound": OPUS}, "video-vp8.webm": {"video": ("libvpx", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "200k"), "sound": ("libvorbis",)},
    "video-av1.webm": {"video": AV1, "sound": OPUS, **HALF}, "video-vp9.mkv": {"video": VP9, "sound": OPUS}, "video-mpeg2.mpg": {"video": ("mpeg2video",), "sound": ("mp2", "-ac", "2")},
    "video-h264.ts": {}, "video-flv1.flv": {"video": ("flv", "-q:v", "5"), "sound": ("libmp3lame", "-ac", "2", "-ar", "44100")}, "video-wmv.wmv": {"video": ("wmv2", "-q:v", "5"), "sound": ("wmav2", "-ac", "2")},
    "video-theora.ogv": {"picture": ",noise=alls=9:allf=t", "video": ("libtheora", "-q:v", "5"), "sound": ("libvorbis",)}, "video-h264.3gp": {"size": (352, 288)},
    "video-interlaced.mp4": {"rate": 50, "picture": ",tinterlace=interleave_top", "video": (*X264, "-flags", "+ilme+ildct", "-x264-params", "tff=1")},
    "video-varying-rate.mp4": {"picture": ",select='lt(n,50)+not(mod(n,5))'", "more": ("-vsync", "vfr")}, "video-fragmented.mp4": {"mux": ("frag_keyframe", "empty_moov")},
    "video-15fps.mp4": {"rate": 15}, "video-23.976fps.mp4": {"rate": "24000/1001"}, "video-30fps.mp4": {"rate": 30}, "video-60fps.mp4": {"rate": 60}, "video-61fps.mp4": {"rate": 61},
    "video-120fps.mp4": {"rate": 120, **HALF}, "video-125fps.mp4": {"rate": 125, **HALF},
    "video-16x16.mp4": {"size": (16, 16)}, "video-32x32.mp4": {"size": (32, 32)}, "video-64x64.mp4": {"size": (64, 64)}, "video-upright.mp4": {"size": (540, 960)}, "video-square.mp4": {"size": (480, 480)},
    "video-1-to-3.mp4": {"size": (120, 360)}, "video-3-to-1.mp4": {"size": (720, 240)}, "video-1-to-4.mp4": {"size": (120, 480)}, "video-4-to-1.mp4": {"size": (960, 240)},
    "video-11-to-1.mp4": {"size": (1056, 96)},
    "video-1280x1024.mp4": {"size": (1280, 1024)}, "video-1280x1026.mp4": {"size": (1280, 1026)}, "video-1920x1080.mp4": {"size": (1920, 1080)}, "video-1080x1920.mp4": {"size": (1080, 1920)},
    "video-1922x1080.mp4": {"size": (1922, 1080)}, "video-3840x2160.mp4": {"size": (3840, 2160), "rate": 24, "seconds": 3}, "video-odd.mp4": {"picture": ",scale=321:181:sws_flags=neighbor,format=yuv444p", "pixels": "yuv444p", "video": (*X264, "-profile:v", "high444")},
    "video-0.4s.mp4": {"seconds": 0.4}, "video-0.6s.mp4": {"seconds": 0.6}, "video-1s.mp4": {"seconds": 1}, "video-2.9s.mp4": {"seconds": 2.88}, "video-3.1s.mp4": {"seconds": 3.12},
    "video-one-picture.mp4": {"seconds": 0.04}, "video-wide-pixels.mp4": {"picture": ",setsar=4/3"},
    "video-26-mbit.mp4": {"picture": ",noise=alls=90:allf=t", "video": ("libx264", "-preset", "ultrafast", "-bf", "0", "-b:v", "40M", "-minrate", "40M", "-maxrate", "40M", "-bufsize", "20M"), "seconds": 3.2},
}


@makes(*FILMS)
def film(kitchen, name):
    endings = {"mkv": "matroska"}
    ending = name.rsplit(".", 1)[1]
    words = dict(FILMS[name])
    if ending in endings:
        words["more"] = (*words.get("more", ()), "-f", endings[ending])
    return kitchen.film(ending, **words)


LONG = {"video-61s.mp4": 61, "video-91s.mp4": 91, "video-139s.mp4": 139, "video-141s.mp4": 141, "video-181s.mp4": 181, "video-299s.mp4": 299, "video-301s.mp4": 301, "video-901s.mp4": 901}


@makes(*LONG)
def long_film(kitchen, name):
    """The small film again and again."""
    return kitchen.ffmpeg("mp4", "-stream_loop", "-1", "-i", kitchen.path("video-64x64.mp4"), "-c", "copy", "-t", LONG[name], "-use_editlist", "0",
                          "-movflags", "+faststart")


@makes("video-edit-cut.mp4")
def cut_film(kitchen, name):
    """Edit lists that leave the first second out, as a telephone writes what was cut there."""
    whole = bytearray(kitchen.read("video-edit-list.mp4"))
    at = 0
    for unit in (12800, 48000):
        at = whole.index(b"elst", at + 4)
        whole[at + 12:at + 20] = struct.pack(">II", 3000, unit + 1024)
    for at in (whole.index(b"mvhd") + 20, whole.index(b"tkhd") + 24, whole.rindex(b"tkhd") + 24):
        whole[at:at + 4] = struct.pack(">I", 3000)
    return bytes(whole)


@makes("video-turned-90.mp4", "video-turned-180.mp4", "video-turned-270.mov")
def turned_film(kitchen, name):
    """The pictures lie on their side; a matrix says how they are shown."""
    degrees = int(stem(name).split("-")[1])
    ending = name.rsplit(".", 1)[1]
    size, filters = ((360, 640), {90: ",transpose=1", 270: ",transpose=2"}) if degrees != 180 else ((640, 360), {180: ",hflip,vflip"})
    stored = kitchen.scrap / f"stored-{name}"
    stored.write_bytes(kitchen.film(ending, size=size, picture=filters[degrees]))
    return kitchen.ffmpeg(ending, "-i", stored, "-c", "copy", "-metadata:s:v:0", f"rotate={degrees}", "-use_editlist", "0", "-movflags", "+faststart")


@makes("video-sound-only.mp4", "sound-only.m4a", "video-two-sounds.mp4", "video-cover.mp4", "video-lies-4k.mp4")
def other_films(kitchen, name):
    base = kitchen.path("video-h264.mp4")
    tail = ["-use_editlist", "0", "-movflags", "+faststart"]
    if "sound-only" in name:
        return kitchen.ffmpeg("mp4", "-i", base, "-vn", "-c:a", "copy", *tail)
    if name == "video-two-sounds.mp4":
        return kitchen.ffmpeg("mp4", "-i", base, "-i", kitchen.path("video-mono.mp4"), "-map", "0", "-map", "1:a", "-c", "copy", *tail)
    if name == "video-cover.mp4":
        return kitchen.ffmpeg("mp4", "-i", base, "-i", kitchen.path("jpeg-baseline.jpg"), "-map", "0", "-map", "1", "-c", "copy", "-disposition:v:1", "attached_pic", *tail)
    whole = bytearray(kitchen.read("video-h264.mp4"))  # every header says 3840x2160, but the stream itself
    at = whole.index(b"avc1", whole.index(b"stsd"))
    whole[at + 28:at + 32] = struct.pack(">HH", 3840, 2160)
    at = whole.index(b"tkhd")
    whole[at + 80:at + 88] = struct.pack(">II", 3840 << 16, 2160 << 16)
    return bytes(whole)


# Making it

def missing_tools():
    return [tool for tool in TOOLS if not shutil.which(tool)]


def version():
    return hashlib.sha256(b"".join((HERE / name).read_bytes().split(b"# Making it")[0] for name in ("make_corpus.py", "plant.py"))
                          + (plant.SUPPORT / "make-media").read_bytes()).hexdigest()


def make(folder, names=None):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="crier-corpus-") as scrap:
        kitchen = Kitchen(folder, scrap)
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as cooks:
            for name, content in zip(names or FILES, cooks.map(kitchen.read, names or FILES)):
                (folder / name).write_bytes(content)


def kitchen(folder):
    """The folder with the corpus in it, made unless this very script has made it before; by one at a time."""
    folder = pathlib.Path(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    stamp = folder.with_name(folder.name + ".made-by")
    with open(folder.with_name(folder.name + ".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not stamp.exists() or stamp.read_text() != version():
            shutil.rmtree(folder, ignore_errors=True)
            fresh = pathlib.Path(tempfile.mkdtemp(prefix=folder.name + "-", dir=folder.parent))
            make(fresh)
            fresh.chmod(0o755)
            fresh.rename(folder)
            stamp.write_text(version())
    return folder


if __name__ == "__main__":
    if missing_tools():
        print(f"SKIPPED make_corpus: {', '.join(missing_tools())} not installed")
        sys.exit(77)
    if len(sys.argv) > 2:
        make(sys.argv[1], sys.argv[2:])
    else:
        kitchen(sys.argv[1])
