"""Every object of a PDF, met once: those that its catalogue leads to, and those that it does not."""

import zlib
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Stream

from publisher.documents.values import LimitError, Limits

CHUNK = 2**20


class Objects:
    """The objects of an open Pdf. A direct object is met where it stands, an indirect one once."""

    def __init__(self, pdf: pikepdf.Pdf, limits: Limits) -> None:
        self.pdf, self.limits = pdf, limits

    @cached_property
    def reachable(self) -> list[Any]:
        """Every dictionary and stream that the trailer leads to, direct ones included."""
        self._met: set[tuple[int, int]] = set()
        return list(self._walk(self.pdf.trailer, self._met))

    @cached_property
    def orphans(self) -> list[Any]:
        """Every indirect dictionary or stream that nothing leads to."""
        _ = self.reachable
        loose = []
        for found in self.pdf.objects:
            if isinstance(found, Dictionary | Stream) and found.objgen not in self._met:
                loose.append(found)
        return loose

    def streams(self) -> Iterator[Stream]:
        """Yield the reachable streams."""
        return (found for found in self.reachable if isinstance(found, Stream))

    def _walk(self, top: Any, met: set[tuple[int, int]]) -> Iterator[Any]:
        waiting, count = [top], 0
        while waiting:
            found = waiting.pop()
            if not isinstance(found, Dictionary | Array | Stream):
                continue
            if found.objgen != (0, 0):
                if found.objgen in met:
                    continue
                met.add(found.objgen)
            count += 1
            if count > self.limits.objects:
                raise LimitError(f"the file holds more than {self.limits.objects} objects, which is the limit")
            if isinstance(found, Array):
                waiting += list(found)
                continue
            yield found
            waiting += list(found.values())


def strings(found: Any) -> Iterator[tuple[str, str]]:
    """Yield the text strings of a dictionary with their keys; those in its arrays under the array's key."""
    for key, value in found.items():
        if isinstance(value, pikepdf.String):
            yield key, text_of(value)
        elif isinstance(value, Array):
            yield from ((key, text_of(item)) for item in value if isinstance(item, pikepdf.String))


def text_of(value: Any) -> str:
    """Read a text string, or a stream that stands for one; anything else is empty."""
    try:
        if isinstance(value, Stream):
            return value.read_bytes()[:CHUNK].decode("utf-8", "replace")
        return str(value) if isinstance(value, pikepdf.String | str) else ""
    except (UnicodeDecodeError, pikepdf.PdfError):
        return ""


def guard(objects: Objects) -> None:
    """Raise LimitError where the streams of a file hold more than may be decoded, or a picture is too large."""
    left = objects.limits.inflated
    for stream in [*objects.streams(), *(o for o in objects.orphans if isinstance(o, Stream))]:
        _picture(stream, objects.limits)
        filters = _filters(stream)
        if filters and all(name == "/FlateDecode" for name in filters):
            left -= inflated(stream.read_raw_bytes(), len(filters), left)
        if left <= 0:
            size = objects.limits.inflated // 2**20
            raise LimitError(f"the file unpacks to more than {size} MiB, which is the limit")


def _filters(stream: Stream) -> list[str]:
    named = stream.get("/Filter")
    return [str(name) for name in named] if isinstance(named, Array) else [] if named is None else [str(named)]


def inflated(data: bytes, times: int, most: int) -> int:
    """Count the bytes that deflated data unpacks to, `times` over, no further than `most`, and keep none."""
    chunks: Iterator[bytes] = (data[at : at + CHUNK] for at in range(0, len(data), CHUNK))
    for _ in range(min(times, 8)):
        chunks = _inflate(chunks)
    count = 0
    for chunk in chunks:
        count += len(chunk)
        if count > most:
            break
    return count


def _inflate(chunks: Iterator[bytes]) -> Iterator[bytes]:
    engine = zlib.decompressobj()
    for chunk in chunks:
        waiting = chunk
        while waiting:
            try:
                out = engine.decompress(waiting, CHUNK)
            except zlib.error:
                return
            waiting = engine.unconsumed_tail
            if out:
                yield out
            if engine.eof:
                return


def _picture(stream: Stream, limits: Limits) -> None:
    if stream.get("/Subtype") != "/Image":
        return
    try:
        pixels = int(stream.get("/Width", 0)) * int(stream.get("/Height", 0))
    except (TypeError, ValueError):
        return
    if pixels > limits.image_pixels:
        raise LimitError(f"a picture has {pixels} pixels; the limit is {limits.image_pixels}")
