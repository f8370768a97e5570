"""Files that are cut off, locked, or say of themselves what is not so."""

import io
from collections.abc import Iterator

import pikepdf
from PIL import Image

from tests.leaks.hostile.entered import hostile
from tests.leaks.syntax import Document, letter, one_page, show


@hostile
def empty() -> bytes:
    """No bytes at all."""
    return b""


@hostile
def header_only() -> bytes:
    """A first line, and nothing after it."""
    return b"%PDF-1.7\n"


@hostile
def not_what_it_says() -> bytes:
    """A first line, and after it the bytes of something else."""
    return b"%PDF-1.7\n" + bytes(range(256)) * 40


def _cut(part: float) -> bytes:
    whole = one_page(f"{letter()} {show('the clerk')}")
    return whole[: round(len(whole) * part)]


@hostile
def cut_off_early() -> bytes:
    """The first fifth of a file."""
    return _cut(0.2)


@hostile
def cut_off_in_a_stream() -> bytes:
    """The first half of a file."""
    return _cut(0.5)


@hostile
def cut_off_in_the_table() -> bytes:
    """All but the end of the cross-reference table."""
    return _cut(0.9)


@hostile
def cut_off_at_the_end() -> bytes:
    """All but the last ten bytes."""
    return one_page(letter())[:-10]


def _locked(user: str, owner: str) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(one_page(letter()))) as document:
        document.save(out, encryption=pikepdf.Encryption(user=user, owner=owner))
    return out.getvalue()


@hostile
def locked_for_readers() -> bytes:
    """Nobody can read it without a password. The only file here that is not the same each time: its key is random."""
    return _locked("open sesame", "owner")


@hostile
def locked_for_owners() -> bytes:
    """Everybody can read it, and a password forbids to change it."""
    return _locked("", "owner")


@hostile
def jpeg_cut_off() -> bytes:
    """A JPEG that ends in its middle."""
    out = io.BytesIO()
    Image.effect_mandelbrot((200, 200), (-2, -1.5, 1, 1.5), 40).save(out, "JPEG")
    return out.getvalue()[: len(out.getvalue()) // 2]


@hostile
def page_count_that_lies() -> bytes:
    """A page tree of one page that says it has two thousand million."""
    whole = one_page(letter())
    return whole.replace(b"/Count 1 >>", b"/Count 2000000000 >>")


@hostile
def length_beyond_the_file() -> bytes:
    """A stream that says it is two thousand million bytes long."""
    document = Document()
    document.page("")
    document.objects[1] = b"<< /Length 2000000000 >>\nstream\nq Q\nendstream"
    return document.finish()


@hostile
def length_below_nothing() -> bytes:
    """A stream whose length is negative."""
    document = Document()
    document.page("")
    document.objects[1] = b"<< /Length -5 >>\nstream\nq Q\nendstream"
    return document.finish()


@hostile
def page_without_a_size() -> bytes:
    """A page whose corners are all the same."""
    return one_page(letter(), bounds="100 100 100 100")


@hostile
def page_whose_size_is_no_number() -> bytes:
    """A page whose corners are words and dictionaries."""
    return one_page(letter(), bounds="/A (b) << >> null")


def noise(count: int) -> Iterator[bytes]:
    """Yield files with single bytes changed, the same each time: what nobody thought of."""
    whole = one_page(f"{letter()} {show('the clerk')}")
    at = 7
    for _ in range(count):
        at = (at * 1_103_515_245 + 12_345) % 2**31
        place = at % len(whole)
        yield whole[:place] + bytes([(at >> 8) % 256]) + whole[place + 1 :]
