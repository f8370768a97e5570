"""Files that are small as they stand and enormous when they are read."""

import zlib

from tests.leaks.hostile.entered import hostile
from tests.leaks.syntax import Document, letter, one_page, show

MEGABYTE = 2**20


def repeated(block: bytes, times: int) -> bytes:
    """Deflate a block that stands there many times, without holding it so (RFC 1950, 1951)."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    check = 1
    for _ in range(times):
        check = zlib.adler32(block, check)
    return b"\x78\xda" + packed * times + b"\x03\x00" + check.to_bytes(4, "big")


def _zeros(megabytes: int) -> bytes:
    return repeated(b"0 " * (MEGABYTE // 2), megabytes)


@hostile
def bomb_in_the_content() -> bytes:
    """A content stream of four mebibytes that inflates to four gibibytes."""
    return _with_content(_zeros(4096), "/Filter /FlateDecode")


@hostile
def bomb_within_a_bomb() -> bytes:
    """A stream deflated three times: kilobytes that inflate to gibibytes."""
    data = zlib.compress(zlib.compress(_zeros(4096), 9), 9)
    return _with_content(data, "/Filter [/FlateDecode /FlateDecode /FlateDecode]")


@hostile
def ten_thousand_filters() -> bytes:
    """A stream that says it is packed ten thousand times over."""
    return _with_content(zlib.compress(letter().encode()), f"/Filter [{'/FlateDecode ' * 10_000}]")


def _with_content(data: bytes, entries: str) -> bytes:
    document = Document()
    document.page("")
    stream = document.stream(data, entries, packed=False)
    page = document.objects[2].replace(b"/Contents 2 0 R", f"/Contents {stream}".encode())
    document.objects[2] = page
    return document.finish()


@hostile
def bomb_in_an_orphan() -> bytes:
    """Nothing refers to the stream that inflates to four gibibytes."""
    document = Document()
    document.page(letter())
    document.stream(_zeros(4096), "/Filter /FlateDecode", packed=False)
    return document.finish()


@hostile
def bomb_in_the_metadata() -> bytes:
    """The XMP packet inflates to two gibibytes."""
    document = Document()
    document.page(letter())
    stream = document.stream(_zeros(2048), "/Type /Metadata /Subtype /XML /Filter /FlateDecode", packed=False)
    return document.finish(f"/Metadata {stream}")


@hostile
def picture_of_thirty_thousand_pixels() -> bytes:
    """A page with a picture of 30,000 pixels a side, all white."""
    return _pictured(repeated(b"\xff" * 900_000, 1000), 30_000, "/Filter /FlateDecode")


@hostile
def picture_that_says_it_is_enormous() -> bytes:
    """A picture that claims two thousand million pixels a side and holds eight."""
    return _pictured(zlib.compress(b"\xff" * 8), 2_000_000_000, "/Filter /FlateDecode")


def _pictured(data: bytes, side: int, entries: str) -> bytes:
    document = Document()
    image = document.stream(
        data,
        f"/Type /XObject /Subtype /Image /Width {side} /Height {side} /BitsPerComponent 8 /ColorSpace /DeviceGray "
        f"{entries}",
        packed=False,
    )
    document.page(f"{letter()} q 400 0 0 400 72 200 cm /I1 Do Q", resources=f"/XObject << /I1 {image} >>")
    return document.finish()


@hostile
def png_of_thirty_thousand_pixels() -> bytes:
    """A PNG of 30,000 pixels a side, of one bit each."""
    header = (30_000).to_bytes(4, "big") * 2 + bytes([1, 0, 0, 0, 0])
    rows = repeated((b"\x00" + b"\xff" * 3750) * 100, 300)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")


@hostile
def page_as_large_as_a_country() -> bytes:
    """A page of ten million points a side."""
    return one_page(letter(), bounds="0 0 10000000 10000000")


@hostile
def page_as_long_as_a_road() -> bytes:
    """A page of one point by a million."""
    return one_page(show("again", 0, 5, size=1), bounds="0 0 1 1000000")


@hostile
def page_that_is_scaled_up() -> bytes:
    """A page whose unit is a hundred thousand points."""
    return one_page(letter(), "/UserUnit 100000")
