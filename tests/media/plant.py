"""What is planted in the corpus and must never leave the office: a place, a camera, a person. And the blocks that hold it.

Everything is put together here byte by byte, so that what a search looks for is what was really written.
"""
import base64
import importlib.machinery
import importlib.util
import pathlib
import struct
import sys

SUPPORT = pathlib.Path(__file__).resolve().parents[1] / "support"
sys.dont_write_bytecode = True


def _load(path):
    loader = importlib.machinery.SourceFileLoader(path.name.replace("-", "_"), str(path))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


by_hand = _load(SUPPORT / "make-media")

# 28.612894 N, 77.229446 E, as each format writes it.
LATITUDE, LONGITUDE = (28, 1, 36, 1, 464184, 10000), (77, 1, 13, 1, 460056, 10000)
DECIMAL = "28.612894", "77.229446"
XMP_WAY = "28,36.773640N", "77,13.766760E"
ISO6709 = "+28.6129+077.2294/"
SERIAL, AUTHOR, CAMERA = "SN-4711-CRIER", "Kavita Plantedname", "Plantcam 9000"
THUMBNAIL_WORD = "thumbnail of the true place"
RIGHTS = "Rights of Plantedname"

WORDS = (*DECIMAL, *XMP_WAY, ISO6709, "+28.612894+077.229446/", SERIAL, AUTHOR, CAMERA, THUMBNAIL_WORD, RIGHTS, "28 deg 36' 46.42")


def needles():
    """(name, bytes): every form in which a planted secret could stand in what was sent."""
    for word in WORDS:
        yield word, word.encode()
        yield word + " in UTF-16", word.encode("utf-16-le")
        yield word + " in UTF-16, big endian", word.encode("utf-16-be")
        yield word + " in hexadecimal", word.encode().hex().encode()
        for shift in range(3):  # as it may stand in base64, wherever it begins
            coded = base64.b64encode(b"\0" * shift + word.encode())
            yield word + " in base64", coded[(0, 4, 4)[shift]:len(coded) // 4 * 4 - 4]
    for name, parts in ("latitude", LATITUDE), ("longitude", LONGITUDE):
        for order in "<>":
            packed = struct.pack(order + "6I", *parts)
            yield f"{name} as rationals {order}", packed
            yield f"{name} as rationals {order} in hexadecimal", packed.hex().encode()
    for name, value in zip(("latitude", "longitude"), DECIMAL):
        for order in "<>":
            yield f"{name} as a double {order}", struct.pack(order + "d", float(value))


def found_in(data):
    """The names of all that is found in these bytes; hexadecimal in any case."""
    lower = data.lower()
    return sorted({name for name, needle in needles()
                   if needle in data or ("hexadecimal" in name and needle in lower)})


# TIFF directories, for EXIF

def text(tag, words):
    payload = words.encode() + b"\0"
    return tag, 2, len(payload), payload


def wide(tag, words):
    payload = words.encode("utf-16-le") + b"\0\0"
    return tag, 1, len(payload), payload


def short(order, tag, value):
    return tag, 3, 1, struct.pack(order + "H", value)


def _directory(order, at, rows, following=0):
    """A directory at `at` with the values behind it."""
    values_at, head, values = at + 2 + 12 * len(rows) + 4, b"", b""
    for tag, kind, count, payload in sorted(rows):
        if len(payload) > 4:
            place = values_at + len(values)
            values += payload + b"\0" * (len(payload) & 1)
            payload = struct.pack(order + "I", place)
        head += struct.pack(order + "HHI", tag, kind, count) + payload.ljust(4, b"\0")
    return struct.pack(order + "H", len(rows)) + head + struct.pack(order + "I", following) + values


def tiff(order="<", first=(), camera=(), place=(), thumbnail=b""):
    """IFD0 with its EXIF and GPS directories, and IFD1 with a thumbnail."""
    def pointer(tag, value):
        return tag, 4, 1, struct.pack(order + "I", value)

    offsets = [0, 0, 0]
    while True:
        rows = [*first]
        rows += [pointer(0x8769, offsets[0])] if camera else []
        rows += [pointer(0x8825, offsets[1])] if place else []
        out = _directory(order, 8, rows, offsets[2])
        made = [0, 0, 0]
        for number, part in enumerate((camera, place)):
            if part:
                made[number] = 8 + len(out)
                out += _directory(order, made[number], part)
        if thumbnail:
            made[2] = 8 + len(out)
            size = len(_directory(order, 0, [short(order, 0x103, 6), pointer(0x201, 0), pointer(0x202, 0)]))
            out += _directory(order, made[2], [short(order, 0x103, 6), pointer(0x201, made[2] + size),
                                               pointer(0x202, len(thumbnail))]) + thumbnail
        if made == offsets:
            return (b"MM\0*" if order == ">" else b"II*\0") + struct.pack(order + "I", 8) + out
        offsets = made


def place(order):
    return [(0, 1, 4, b"\2\3\0\0"), text(1, "N"), (2, 5, 3, struct.pack(order + "6I", *LATITUDE)),
            text(3, "E"), (4, 5, 3, struct.pack(order + "6I", *LONGITUDE))]


def camera():
    return [text(0xa431, SERIAL), text(0xa435, SERIAL + "-lens")]


def author():
    return [text(0x13b, AUTHOR), text(0x8298, RIGHTS), wide(0x9c9d, AUTHOR)]


def maker_note():
    return [text(0x927c, f"GPS {DECIMAL[0]} {DECIMAL[1]}")[:1] + (7,) + text(0, f"GPS {DECIMAL[0]} {DECIMAL[1]}")[2:]]


def turned(how, order="<"):
    return tiff(order, [short(order, 0x112, how)])


def xmp(body=""):
    body = body or f"<exif:GPSLatitude>{XMP_WAY[0]}</exif:GPSLatitude><exif:GPSLongitude>{XMP_WAY[1]}</exif:GPSLongitude>"
    return ('<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
            '<rdf:Description rdf:about="" xmlns:exif="http://ns.adobe.com/exif/1.0/" '
            f'xmlns:dc="http://purl.org/dc/elements/1.1/">{body}</rdf:Description></rdf:RDF></x:xmpmeta>').encode()


def xmp_author():
    return xmp(f"<dc:creator><rdf:Seq><rdf:li>{AUTHOR}</rdf:li></rdf:Seq></dc:creator>")


def iptc():
    """An 8BIM resource 0404 with by-line, city and caption."""
    rows = b"".join(struct.pack(">BBBH", 0x1c, 2, number, len(words)) + words.encode()
                    for number, words in ((80, AUTHOR), (90, DECIMAL[0]), (120, f"at {DECIMAL[0]}, {DECIMAL[1]}")))
    return b"Photoshop 3.0\0" + b"8BIM" + struct.pack(">HHI", 0x404, 0, len(rows)) + rows + b"\0" * (len(rows) & 1)


# Where the blocks go

def in_jpeg(whole, *segments):
    return whole[:2] + b"".join(segments) + whole[2:]


def app1_exif(block):
    return by_hand.segment(0xe1, b"Exif\0\0" + block)


def app1_xmp(block):
    return by_hand.segment(0xe1, b"http://ns.adobe.com/xap/1.0/\0" + block)


def comment(words):
    return by_hand.segment(0xfe, words if isinstance(words, bytes) else words.encode())


def in_png(whole, *chunks):
    return whole[:33] + b"".join(chunks) + whole[33:]


def in_webp(whole, width, height, flags, *chunks):
    """A simple WebP made an extended one with further chunks."""
    body = whole[12:]
    if body[:4] == b"VP8X":
        flags |= body[8]
        body = body[18:]
    head = struct.pack("<BBBB", flags, 0, 0, 0) + struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    rest = b"".join(kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) & 1) for kind, data in chunks)
    out = b"WEBP" + b"VP8X" + struct.pack("<I", 10) + head + body + rest
    return b"RIFF" + struct.pack("<I", len(out)) + out


def gif_blocks(data):
    return b"".join(bytes([len(part)]) + part for part in (data[i:i + 255] for i in range(0, len(data), 255))) + b"\0"


def in_gif(whole, extension):
    """Before the trailer."""
    assert whole[-1:] == b";"
    return whole[:-1] + extension + b";"


def gif_comment(words):
    return b"\x21\xfe" + gif_blocks(words.encode())


def gif_xmp():
    magic = b"\1" + bytes(range(255, -1, -1)) + b"\0"
    return b"\x21\xff\x0bXMP DataXMP" + xmp() + magic


# Boxes of films

box = by_hand.box


def boxes(data, start=0, end=None):
    """(kind, offset, size) of each box at this level."""
    end = len(data) if end is None else end
    while start + 8 <= end:
        size, kind = struct.unpack(">I4s", data[start:start + 8])
        if size == 1:
            size = struct.unpack(">Q", data[start + 8:start + 16])[0]
        size = size or end - start
        if size < 8:
            return
        yield kind, start, size
        start += size


def in_moov(whole, inner):
    """Adds a box to a moov that is the last box, so that nothing behind it moves."""
    kind, at, size = list(boxes(whole))[-1]
    assert kind == b"moov" and at + size == len(whole), "the index must be last"
    return whole[:at] + struct.pack(">I", size + len(inner)) + whole[at + 4:] + inner


def udta_place():
    words = ISO6709.encode()
    return box(b"udta", box(b"\xa9xyz", struct.pack(">HH", len(words), 0x15c7) + words))


def udta_loci():
    point = struct.pack(">3i", int(77.229446 * 65536), int(28.612894 * 65536), 0)
    return box(b"udta", box(b"loci", b"\0" * 4, b"\x15\xc7", ("place " + " ".join(DECIMAL)).encode() + b"\0", b"\0", point,
                            b"earth\0", b"\0"))


def keys(**rows):
    """QuickTime metadata: moov/meta with keys and values."""
    names = [f"com.apple.quicktime.{name.replace('_', '.')}" for name in rows]
    listed = b"".join(struct.pack(">I4s", 8 + len(name), b"mdta") + name.encode() for name in names)
    values = b"".join(box(struct.pack(">I", number), box(b"data", struct.pack(">II", 1, 0), value.encode()))
                      for number, value in enumerate(rows.values(), 1))
    handler = box(b"hdlr", struct.pack(">II4s", 0, 0, b"mdta"), b"\0" * 13)
    return box(b"meta", handler, box(b"keys", struct.pack(">II", 0, len(names)), listed), box(b"ilst", values))


def xmp_box():
    return box(b"uuid", bytes.fromhex("be7acfcb97a942e89c71999491e3afac"), xmp())


# Colour profiles

def icc(name, primaries, gamma):
    """A matrix profile, version 2: three primaries in D50 and one curve."""
    def fixed(value):
        return struct.pack(">i", round(value * 65536))

    described = name.encode() + b"\0"
    parts = {b"desc": b"desc\0\0\0\0" + struct.pack(">I", len(described)) + described + b"\0" * 78,
             b"cprt": b"text\0\0\0\0none\0", b"wtpt": b"XYZ \0\0\0\0" + fixed(0.9642) + fixed(1) + fixed(0.8249)}
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256))
    for letter, point in zip("rgb", primaries):
        parts[letter.encode() + b"XYZ"] = b"XYZ \0\0\0\0" + b"".join(map(fixed, point))
        parts[letter.encode() + b"TRC"] = curve
    at, table, data = 128 + 4 + 12 * len(parts), b"", b""
    for tag, part in parts.items():
        part += b"\0" * (-len(part) % 4)
        table += struct.pack(">4sII", tag, at + len(data), len(part))
        data += part
    size = 128 + 4 + len(table) + len(data)
    head = struct.pack(">I4sI4s4s4s", size, b"lcms", 0x02400000, b"mntr", b"RGB ", b"XYZ ")
    head += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + b"\0" * 28 + fixed(0.9642) + fixed(1) + fixed(0.8249)
    return head.ljust(128, b"\0") + struct.pack(">I", len(parts)) + table + data


ADOBE_RGB = icc("Adobe RGB (1998)", ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087),
                                     (0.14919, 0.06322, 0.74457)), 2.19921875)
SRGB = icc("sRGB", ((0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.71410)), 2.2)


def app2_icc(profile):
    return by_hand.segment(0xe2, b"ICC_PROFILE\0\1\1" + profile)
