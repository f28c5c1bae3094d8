#!/usr/bin/python3
"""What `crier media --make` makes of the corpus, judged by programs that are not ours: ffprobe, identify, convert, exiftool.

Of each rendition: inside its platform's limits (the second reading asked of what the judges found), upright with its
corners where they belong, in sRGB or grey, nothing in it but picture and structure. Made twice in two caches it is the
same bytes. Usage: test_renditions.py [--every N] [--once] [FILES...]
"""
import argparse
import concurrent.futures
import collections
import json
import os
import pathlib
import re
import struct
import subprocess
import sys

sys.dont_write_bytecode = True
import desk  # noqa: E402
import make_corpus  # noqa: E402
import plant  # noqa: E402
import second_reading as reading  # noqa: E402

COLOURS = {name: tuple(int(value[at:at + 2], 16) for at in (1, 3, 5)) for name, value in make_corpus.CORNERS.items()}
KINDS = {"JPEG": "jpeg", "PNG": "png", "GIF": "gif", "WEBP": "webp"}
# Not four corners, or not in these colours: noise, one colour a frame, alpha on white, shades, one pixel.
PLAIN = re.compile(r"bytes-|gif-animated|gif-once|gif-many|gif-wide|webp-animated|animated|alpha|transparent|grey|cmyk|one-bit|quality-5|size-(1x1|2x2|16x16)|bomb|"
                   r"adobe|corrupt-|video-26-mbit|video-16x16|quantisers|ico")
# What a rendition may say of itself by exiftool: how it is coded, and nothing else.
STRUCTURE = {
    "File": None, "Composite": {"ImageSize", "Megapixels", "AvgBitrate", "Rotation", "Duration"},
    "JFIF": {"JFIFVersion", "ResolutionUnit", "XResolution", "YResolution"},
    "PNG": {"ImageWidth", "ImageHeight", "BitDepth", "ColorType", "Compression", "Filter", "Interlace", "Palette", "Transparency", "Gamma", "SRGBRendering",
            "BackgroundColor", "SignificantBits"},
    "PNG-pHYs": {"PixelsPerUnitX", "PixelsPerUnitY", "PixelUnits"}, "PNG-cICP": None,
    "GIF": {"GIFVersion", "ImageWidth", "ImageHeight", "HasColorMap", "ColorResolutionDepth", "BitsPerPixel", "BackgroundColor", "PixelAspectRatio",
            "AnimationIterations", "FrameCount", "Duration", "TransparentColor"},
    "RIFF": {"ImageWidth", "ImageHeight", "VP8Version", "HorizontalScale", "VerticalScale", "WebP_Flags", "BackgroundColor", "AnimationLoopCount", "FrameCount",
             "Duration", "AlphaIsUsed", "AlphaPreprocessing", "AlphaFiltering", "AlphaCompression"},
    "QuickTime": {"MajorBrand", "MinorVersion", "CompatibleBrands", "MediaDataSize", "MediaDataOffset", "MovieHeaderVersion", "CreateDate", "ModifyDate",
                  "TimeScale", "Duration", "PreferredRate", "PreferredVolume", "PreviewTime", "PreviewDuration", "PosterTime", "SelectionTime",
                  "SelectionDuration", "CurrentTime", "NextTrackID", "MovieDataSize", "MovieDataOffset", "MatrixStructure", "HandlerType", "HandlerVendorID"},
    "Track": {"TrackHeaderVersion", "TrackCreateDate", "TrackModifyDate", "TrackID", "TrackDuration", "TrackLayer", "TrackVolume", "ImageWidth", "ImageHeight",
              "GraphicsMode", "OpColor", "CompressorID", "SourceImageWidth", "SourceImageHeight", "XResolution", "YResolution", "BitDepth", "VideoFrameRate",
              "MatrixStructure", "MediaHeaderVersion", "MediaCreateDate", "MediaModifyDate", "MediaTimeScale", "MediaDuration", "MediaLanguageCode",
              "HandlerType", "HandlerDescription", "Balance", "AudioFormat", "AudioChannels", "AudioBitsPerSample", "AudioSampleRate", "PixelAspectRatio",
              "ColorRepresentation", "ColorProfiles", "ColorPrimaries", "TransferCharacteristics", "MatrixCoefficients", "VideoFullRangeFlag", "BufferSize",
              "MaxBitrate", "AverageBitrate", "CompressorName", "PurchaseFileFormat", "CleanApertureDimensions"},
}
DATES = {"CreateDate", "ModifyDate", "TrackCreateDate", "TrackModifyDate", "MediaCreateDate", "MediaModifyDate"}


def run(*words, **more):
    return subprocess.run([str(word) for word in words], capture_output=True, timeout=300, **more)


class Made:
    """One rendition, by its hash: where it lies, what it was made of, for whom, by which recipe."""

    def __init__(self, path, source, platform, recipe):
        self.path, self.source, self.platform, self.recipe = path, source, platform, recipe
        self.wrong = []

    def judge(self, what, good, detail=""):
        if not good:
            self.wrong.append(f"{self.source} for {self.platform} ({self.recipe}): {what} {detail}")


def structure(made, said):
    """exiftool's word: only tags that every file of this kind has."""
    for tag, value in said.items():
        group, _, name = tag.partition(":")
        if group in ("SourceFile", "ExifTool", "System"):
            continue
        allowed = STRUCTURE.get("Track" if re.fullmatch(r"Track\d+", group) else group, set())
        made.judge("has metadata:", allowed is None or name in allowed, f"{tag} = {str(value)[:80]}")
        made.judge("has a date:", name not in DATES or str(value).startswith("0000"), f"{tag} = {value}")
    made.judge("has a comment", "File:Comment" not in said)


def picture(made):
    done = run("identify", "-format", "%m %w %h %[colorspace] %[orientation] %z\n", made.path)
    frames = done.stdout.decode().splitlines()
    made.judge("identify complains:", done.returncode == 0 and frames and not done.stderr, done.stderr.decode()[:200])
    if not frames:
        return
    kind, width, height, space, turned, depth = frames[0].split()
    made.judge("is in", space in ("sRGB", "Gray"), space)
    made.judge("is turned", turned in ("Undefined", "TopLeft"), turned)
    made.judge("has depth", int(depth) <= 8, depth)
    words = [KINDS.get(kind, kind.lower()), f"{width}x{height}", f"bytes>{made.path.stat().st_size - 1}"]
    words += [f"moves={len(frames)}"] if len(frames) > 1 else []
    within(made, words)
    if not PLAIN.search(made.source):
        corners(made, made.path, int(width), int(height))


def film(made):
    done = run("ffprobe", "-v", "error", "-of", "json", "-show_format", "-show_streams", f"file:{made.path}")
    made.judge("ffprobe complains:", done.returncode == 0 and not done.stderr, done.stderr.decode()[:200])
    said = json.loads(done.stdout or "{}")
    streams = collections.defaultdict(list)
    for stream in said.get("streams", []):
        streams[stream["codec_type"]].append(stream)
    made.judge("has streams", len(streams["video"]) == 1 and len(streams["audio"]) <= 1 and set(streams) <= {"video", "audio"},
               {kind: len(rows) for kind, rows in streams.items()})
    if not streams["video"]:
        return
    video = streams["video"][0]
    tags = {name for part in (said["format"], *said["streams"]) for name in part.get("tags", {})}
    made.judge("has tags", tags <= {"major_brand", "minor_version", "compatible_brands", "language", "handler_name", "vendor_id", "encoder"}, tags)
    turned = [data.get("rotation", 0) for data in video.get("side_data_list", [])]
    width, height = int(video["width"]), int(video["height"])
    if any(degrees in (90, -90, 270, -270) for degrees in turned):
        width, height = height, width
    top, bottom = map(int, video["avg_frame_rate"].split("/"))
    words = ["mp4", f"{width}x{height}", video["codec_name"], f"{float(said['format']['duration']):.3f}s", f"{top / max(bottom, 1):.3f}fps", video["pix_fmt"],
             f"bytes>{made.path.stat().st_size - 1}", f"bits>{int(said['format']['bit_rate']) - 1}"]
    words += ["interlaced"] if video.get("field_order", "progressive") not in ("progressive", "unknown") else []
    for sound in streams["audio"]:
        words += [sound["codec_name"], f"channels={sound['channels']}", f"rate={sound['sample_rate']}"]
    whole = made.path.read_bytes()
    kinds = [kind for kind, _, _ in plant.boxes(whole)]
    words += ["late"] if kinds.index(b"moov") > kinds.index(b"mdat") else []
    words += ["edits"] if leaves_something_out(whole[:whole.index(b"mdat")]) else []
    within(made, words)
    still = made.path.with_suffix(".png")
    run("ffmpeg", "-nostdin", "-v", "error", "-y", "-i", f"file:{made.path}", "-frames:v", "1", still)
    made.judge("has no first picture", still.exists())
    if still.exists() and not PLAIN.search(made.source):
        corners(made, still, width, height, tolerance=60)


def leaves_something_out(whole):
    """Edit lists of several entries, or one that begins late: a decoder needs a few pictures to get going, no second; and sound
    may begin some milliseconds before the pictures, no tenth of a second."""
    at, scale = 0, struct.unpack(">I", whole[whole.index(b"mvhd") + 16:][:4])[0]
    while (at := whole.find(b"elst", at + 1)) >= 0:
        count = struct.unpack(">I", whole[at + 8:at + 12])[0]
        edits = [struct.unpack(">Ii", whole[at + 12 + 12 * n:at + 20 + 12 * n]) for n in range(min(count, 2))]
        if count == 2 and edits[0][1] == -1 and edits[0][0] * 10 < scale:
            count, edits = 1, edits[1:]
        if count != 1 or whole[at + 4] != 0 or not 0 <= edits[0][1] < 6000:
            return True
    return False


def within(made, words):
    row = object.__new__(reading.Row)
    row.words, row.kind = words, words[0]
    row.width, row.height = map(int, words[1].split("x"))
    if row.kind in reading.STILLS:
        sign = reading.picture(reading.PICTURES[made.platform], row)
    else:
        sign = reading.film(reading.FILMS[made.platform], row)
    made.judge("is not within the limits:", sign == "=", " ".join(words))


def corners(made, path, width, height, tolerance=45):
    """The picture's corners, wherever in its frame it stands: the middle."""
    sizes = [tuple(map(int, size.split("x"))) for size in re.findall(r"\b\d+x\d+\b", made.recipe)]
    inner = sizes[0] if " pad " in made.recipe else (width, height)
    at = (width - inner[0]) // 2, (height - inner[1]) // 2
    done = run("convert", f"{path}[0]", "-crop", f"{inner[0]}x{inner[1]}+{at[0]}+{at[1]}", "+repage", "-alpha", "off", "-scale", "6x6!", "-colorspace", "sRGB",
               "-depth", "8", "rgb:-")
    made.judge("cannot be read by convert:", len(done.stdout) == 108, done.stderr.decode()[:200])
    if len(done.stdout) != 108:
        return
    for colour, spot in zip(("red", "green", "blue", "yellow"), (0, 5, 30, 35)):
        seen = tuple(done.stdout[spot * 3:spot * 3 + 3])
        far = max(abs(a - b) for a, b in zip(seen, COLOURS[colour]))
        made.judge(f"its {colour} corner is", far <= tolerance, seen)


def judge(made, said):
    structure(made, said)
    found = plant.found_in(made.path.read_bytes())
    made.judge("holds what was planted:", not found, found)
    (film if made.path.suffix == ".mp4" else picture)(made)
    return made.wrong


def gather(office, said, folder):
    """Each rendition once, with the first that it was made for; and for each platform that takes it."""
    out = []
    for name, file in said.items():
        for row in file["platforms"]:
            if row["rendition"]:
                [path] = folder.glob(f"{name}.{row['platform']}.*")
                out.append(Made(path, name, row["platform"], row["recipe"]))
    return out


def hashes(said):
    return {(name, row["platform"]): (row["recipe"], row["rendition"] and row["rendition"]["sha256"])
            for name, file in said.items() for row in file["platforms"]}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--once", action="store_true", help="not a second time in another cache")
    parser.add_argument("files", nargs="*")
    asked = parser.parse_args()
    desk.skip_unless_possible("media_renditions")
    names = asked.files or sorted(make_corpus.FILES)[::asked.every]
    signs = {name: next(row for row in reading.table() if row.matches(name)).signs for name in names}
    with desk.Desk(names) as office:
        said = office.say(names, "--make", str(office.path / "made"))
        unmade = [f"{name} for {row['platform']}: {row['code'] or ''} {row['why'] or row['how']}" for name, file in said.items()
                  for row in file["platforms"] if signs[name][row["platform"]] == "~" and not row["rendition"]]
        all_made = gather(office, said, office.path / "made")
        tags = {}
        for start in range(0, len(all_made), 200):
            paths = [made.path for made in all_made[start:start + 200]]
            tags.update({pathlib.Path(one["SourceFile"]).name: one for one in json.loads(run("exiftool", "-j", "-a", "-G1", *paths).stdout or "[]")})
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as judges:
            wrong = [line for lines in judges.map(lambda made: judge(made, tags.get(made.path.name, {"unreadable": "exiftool"})), all_made) for line in lines]
        if not asked.once:
            again = hashes(office.say(names, "--make", str(office.path / "again"), cache="other"))
            wrong += [f"{name} for {platform}: made again it is {again[name, platform]} instead of {first}"
                      for (name, platform), first in hashes(said).items() if again[name, platform] != first]
    for line in [*(f"not made: {line}" for line in unmade), *wrong]:
        print(line)
    print(f"{len(names)} files, {len(all_made)} renditions judged{'' if asked.once else ' and made twice'}: {len(unmade)} not made, {len(wrong)} complaints")
    return 1 if wrong or unmade or not all_made else 0


sys.exit(main())
