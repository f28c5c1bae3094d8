"""Short films for tests, made by ffmpeg: fixed, with four corners whose colours tell which way is up."""
import functools
import pathlib
import subprocess
import tempfile

EXACT = ["-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact", "-threads", "1"]
H264 = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]
AAC = ["-c:a", "aac", "-b:a", "64k"]
PLACE = "+12.9716+077.5946/"


def ffmpeg(*words):
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *map(str, words)], check=True)


def scene(width, height, rate, seconds):
    """Red above left, green above right, blue below left, white below right; a moving test pattern between."""
    w, h = width // 4, height // 4
    boxes = "".join(f",drawbox={x}:{y}:{w}:{h}:{colour}:fill" for x, y, colour in (
        (0, 0, "red"), (width - w, 0, "lime"), (0, height - h, "blue"), (width - w, height - h, "white")))
    return ["-f", "lavfi", "-i", f"testsrc2=size={width}x{height}:rate={rate}:duration={seconds}{boxes}"]


def tone(seconds, rate=44100):
    return ["-f", "lavfi", "-i", f"sine=frequency=440:sample_rate={rate}:duration={seconds}"]


def film(path, size=(320, 180), rate=25, seconds=3, video=H264, sound=AAC, more=()):
    width, height = size
    words = scene(width, height, rate, seconds) + (tone(seconds) if sound else [])
    ffmpeg(*words, *video, *(sound or []), *more, *EXACT, path)
    return path


FIRST = ["-movflags", "+faststart"]


class Films:
    """A folder of them, each made when it is first asked for."""

    def __init__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="crier-films-")
        self.folder = pathlib.Path(self._folder.name)

    def close(self):
        self._folder.cleanup()

    @functools.cache
    def __call__(self, name):
        path = self.folder / name
        MAKERS[name](self, path)
        return path


def _altered(films, path, of, change):
    path.write_bytes(change(films(of).read_bytes()))


def _turned(films, path):
    ffmpeg("-i", films("plain.mp4"), "-c", "copy", "-metadata:s:v:0", "rotate=90", *FIRST, *EXACT, path)


def _uneven(films, path):
    """Frames that last 40 and 120 ms by turns."""
    ffmpeg(*scene(320, 180, 25, 4), "-vf", "select='not(mod(n,4))+not(mod(n-1,4))'", "-fps_mode", "vfr", *H264, *FIRST, *EXACT, path)


def _hidden(films, path):
    """Cut in an editor: the first two seconds are there and not shown."""
    ffmpeg("-ss", "2", "-i", films("long-group.mp4"), "-c", "copy", *FIRST, *EXACT, path)


def _subtitled(films, path):
    words = path.with_suffix(".srt")
    words.write_text("1\n00:00:00,500 --> 00:00:02,000\nsecret note\n")
    ffmpeg("-i", films("plain.mp4"), "-i", words, "-c", "copy", "-c:s", "mov_text", *FIRST, *EXACT, path)


def _covered(films, path):
    """With a picture for the shelf, as music has."""
    cover = path.with_suffix(".png")
    ffmpeg(*scene(64, 64, 1, 1), "-frames:v", "1", cover)
    ffmpeg("-i", films("plain.mp4"), "-i", cover, "-map", "0", "-map", "1", "-c", "copy", "-disposition:v:1", "attached_pic", *FIRST,
           *EXACT, path)


def _late(films, path):
    """The pictures begin 700 ms after the sound."""
    ffmpeg("-itsoffset", "0.7", "-i", films("silent.mp4"), *tone(3), "-map", "0:v", "-map", "1:a", "-c:v", "copy", *AAC, *FIRST,
           *EXACT, path)


def _playlist(films, path):
    path.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\n{films('plain.mp4')}\n#EXT-X-ENDLIST\n")


def _script(films, path):
    path.write_text(f"ffconcat version 1.0\nfile '{films('plain.mp4')}'\n")


def _box(kind, content):
    return (8 + len(content)).to_bytes(4, "big") + kind + content


MAKERS = {
    "plain.mp4": lambda films, path: film(path, more=FIRST),
    "index-last.mp4": lambda films, path: film(path),
    "silent.mp4": lambda films, path: film(path, sound=None, more=FIRST),
    "quicktime.mov": lambda films, path: film(path, sound=["-c:a", "pcm_s16le"]),
    "hevc.mp4": lambda films, path: film(path, video=["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none",
                                                      "-pix_fmt", "yuv420p"], more=FIRST),
    "ten-bits.mp4": lambda films, path: film(path, video=["-c:v", "libx265", "-preset", "ultrafast", "-x265-params",
                                                          "log-level=none", "-pix_fmt", "yuv420p10le", "-color_trc", "arib-std-b67",
                                                          "-color_primaries", "bt2020", "-colorspace", "bt2020nc"], more=FIRST),
    "vp9.webm": lambda films, path: film(path, video=["-c:v", "libvpx-vp9", "-b:v", "200k", "-deadline", "realtime"],
                                         sound=["-c:a", "libopus"]),
    "av1.mkv": lambda films, path: film(path, seconds=1, video=["-c:v", "libaom-av1", "-cpu-used", "8", "-crf", "50", "-b:v", "0"],
                                        sound=["-c:a", "libvorbis"]),
    "mpeg4.avi": lambda films, path: film(path, video=["-c:v", "mpeg4", "-q:v", "5"], sound=["-c:a", "libmp3lame"]),
    "mpeg2.ts": lambda films, path: film(path, video=["-c:v", "mpeg2video", "-q:v", "5"], sound=["-c:a", "mp2"]),
    "interlaced.mp4": lambda films, path: film(path, size=(320, 240), rate=50, more=["-vf", "interlace,setfield=tff", "-flags",
                                                                                 "+ildct+ilme", "-x264-params", "interlaced=1", *FIRST]),
    "wide-pixels.mp4": lambda films, path: film(path, size=(360, 288), more=["-vf", "setsar=64/45", *FIRST]),
    "surround.mp4": lambda films, path: film(path, sound=["-ac", "6", *AAC], more=FIRST),
    "large.mp4": lambda films, path: film(path, size=(960, 540), seconds=4, more=["-vf", "noise=alls=60:allf=t", *FIRST]),
    "long-group.mp4": lambda films, path: film(path, seconds=5, more=["-g", "1000", *FIRST]),
    "turned.mp4": _turned,
    "uneven.mp4": _uneven,
    "hidden.mp4": _hidden,
    "late.mp4": _late,
    "subtitled.mp4": _subtitled,
    "covered.mp4": _covered,
    # Without edit lists the first picture lasts until the sound has caught up.
    "no-edits.mp4": lambda films, path: film(path, more=["-bf", "0", "-use_editlist", "0", *FIRST]),
    "stream.ts": lambda films, path: film(path),
    "tagged.mp4": lambda films, path: ffmpeg(
        "-i", films("plain.mp4"), "-c", "copy", "-metadata", f"location={PLACE}", "-metadata", "artist=Inspector Rao", "-metadata",
        "comment=secret note", "-metadata", "creation_time=2026-01-02T03:04:05Z", *FIRST, *EXACT, path),
    "tagged.mov": lambda films, path: ffmpeg(
        "-i", films("plain.mp4"), "-c", "copy", "-movflags", "+use_metadata_tags+faststart", "-metadata",
        f"com.apple.quicktime.location.ISO6709={PLACE}", "-metadata", "com.apple.quicktime.make=Apple", "-metadata",
        "com.apple.quicktime.model=iPhone 15", *EXACT, path),
    "tagged.mkv": lambda films, path: ffmpeg(
        "-i", films("plain.mp4"), "-c", "copy", "-metadata", f"LOCATION={PLACE}", "-metadata", "title=secret note", *EXACT, path),
    "sound-only.m4a": lambda films, path: ffmpeg(*tone(2), *AAC, "-f", "mp4", *EXACT, path),
    "truncated-in-pictures.mp4": lambda films, path: _altered(films, path, "plain.mp4", lambda b: b[:len(b) * 2 // 3]),
    "truncated-before-index.mp4": lambda films, path: _altered(films, path, "index-last.mp4", lambda b: b[:len(b) * 2 // 3]),
    "truncated.webm": lambda films, path: _altered(films, path, "vp9.webm", lambda b: b[:len(b) // 2]),
    "truncated.avi": lambda films, path: _altered(films, path, "mpeg4.avi", lambda b: b[:len(b) // 2]),
    "trailing.mp4": lambda films, path: _altered(films, path, "plain.mp4", lambda b: b + b"PK\3\4 a whole other file behind it" * 9),
    "uuid.mp4": lambda films, path: _altered(films, path, "plain.mp4", lambda b: b + _box(b"uuid", bytes(16) + PLACE.encode())),
    "xmp.mp4": lambda films, path: _altered(films, path, "plain.mp4", lambda b: b + _box(
        b"uuid", bytes.fromhex("be7acfcb97a942e89c71999491e3afac") + b"<x:xmpmeta/>")),
    "free.mp4": lambda films, path: _altered(films, path, "plain.mp4", lambda b: b + _box(b"free", PLACE.encode())),
    "playlist.m3u8": _playlist,
    "playlist.mp4": _playlist,
    "script.mp4": _script,
    "text.mp4": lambda films, path: path.write_text("no film at all\n" * 1000),
    "empty.mp4": lambda films, path: path.write_bytes(b""),
}
