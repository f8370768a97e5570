"""The other side of sandbox.py: `python -I -m publisher.documents.worker` reads one file under limits and answers."""

import json
import sys
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any

from publisher.documents.codes import discovery
from publisher.documents.sandbox import OUT_OF_MEMORY
from publisher.documents.values import Discovery, Inspection, LimitError, Limits


def main() -> int:
    """Answer one question."""
    sys.excepthook = _give_up
    question = json.loads(sys.stdin.buffer.readline(65536))
    limits = Limits(**question["limits"])
    confine(limits)
    document, payload = answer(question["task"], sys.stdin.buffer.read(), question["kind"], limits)
    sys.stdout.buffer.write(json.dumps(document).encode() + b"\n" + payload)
    return 0


def answer(task: str, data: bytes, kind: str, limits: Limits) -> tuple[dict[str, Any], bytes]:
    """Do one task; a limit is an answer too."""
    if task == "scrub":
        from publisher.documents import scrubbing

        try:
            return {}, scrubbing.scrub(data, kind, limits)
        except scrubbing.RefusalError as refusal:
            return {"refused": str(refusal)}, b""
    pages, found = look(data, kind, limits)
    if task == "reveal":
        return {"revealed": [(asdict(known), words) for known, words in found if words]}, b""
    told = tuple(known for known, _ in found)
    return Inspection(media_type=kind, pages=pages, discoveries=told).to_mapping(), b""


def look(data: bytes, kind: str, limits: Limits) -> tuple[int | None, list[tuple[Discovery, str]]]:
    """Look into a file of a known type."""
    # what reads files is imported under the limits, and not by the process that asks
    try:
        if kind == "application/pdf":
            from publisher.documents import pdf

            return pdf.look(data, limits)
        from publisher.documents import pictures

        return None, list(pictures.look(data, limits))
    except LimitError as limit:
        return None, [(discovery("document-limit", str(limit)), "")]


def confine(limits: Limits) -> None:
    """Take away what reading a file does not need: memory, time, files to write, a core dump with hidden words."""
    try:
        import resource
    except ImportError:  # Windows has no such limits; the one on time is kept by the other side
        return
    for what, most in (
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_CPU, limits.seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        with suppress(ValueError, OSError):  # macOS sets no limit on address space
            resource.setrlimit(what, (most, most))


def _give_up(kind: type[BaseException], _: BaseException, trace: TracebackType | None) -> None:
    """Name an exception and its place; what it says could hold hidden words."""
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "nowhere.py:0"
    sys.stderr.write(f"gave up: {kind.__name__} at {place}\n")
    if issubclass(kind, MemoryError):
        sys.stderr.flush()
        raise SystemExit(OUT_OF_MEMORY)


if __name__ == "__main__":
    raise SystemExit(main())
