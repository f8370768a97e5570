"""The process that reads a hostile file: started with limits and an empty environment, and believed in nothing.

It gets one JSON line and the file on its standard input, and answers with one JSON line and, for `scrub`, a file.
What it writes to standard error is not shown, for that could hold hidden words; only the name and the place of an
exception are.
"""

import json
import os
import re
import signal
import subprocess
import sys
from dataclasses import asdict
from importlib.util import find_spec
from typing import Any

from publisher.documents.codes import discovery
from publisher.documents.values import Discovery, Inspection, Limits
from publisher.errors import LetterbookError, RefusedError

READ = ("application/pdf", "image/png", "image/jpeg")
"""The media types that need the process."""

NEEDED = ("pikepdf", "pypdfium2", "PIL")
OUT_OF_MEMORY = 77
"""The exit status of a worker that Python told so."""

_PLACE = re.compile(rb"gave up: ([A-Za-z_.]{1,60}) at ([a-z_]{1,40}\.py:[0-9]{1,6})\s*\Z")


def is_available() -> bool:
    """Whether the extra is installed; imports nothing of it."""
    return all(find_spec(name) is not None for name in NEEDED)


def inspect(data: bytes, kind: str, limits: Limits) -> Inspection:
    """Have a file looked into."""
    answer = _ask("inspect", data, kind, limits)
    if isinstance(answer, Discovery):
        return Inspection(media_type=kind, discoveries=(answer,))
    return Inspection.from_mapping(answer[0])


def reveal(data: bytes, kind: str, limits: Limits) -> tuple[tuple[Discovery, str], ...]:
    """Have the hidden words told."""
    document, _ = _demand("reveal", data, kind, limits)
    return tuple((Discovery.from_mapping(found), str(words)) for found, words in document["revealed"])


def scrub(data: bytes, kind: str, limits: Limits) -> bytes:
    """Have a file made without its metadata."""
    return _demand("scrub", data, kind, limits)[1]


def _demand(task: str, data: bytes, kind: str, limits: Limits) -> tuple[dict[str, Any], bytes]:
    answer = _ask(task, data, kind, limits)
    if isinstance(answer, Discovery):
        raise LetterbookError(f"the file could not be read: {answer.message}", answer.hint)
    if refusal := answer[0].get("refused"):
        raise RefusedError(str(refusal), "leave out --scrub, or take the metadata out where the file was made")
    return answer


def _ask(task: str, data: bytes, kind: str, limits: Limits) -> tuple[dict[str, Any], bytes] | Discovery:
    if not is_available():
        raise LetterbookError(
            "what reads PDFs and pictures is not installed, so nobody can say what the file hides",
            "install the extra: pip install 'letterbook[pdf]'",
        )
    head = json.dumps({"task": task, "kind": kind, "limits": asdict(limits)}).encode() + b"\n"
    with subprocess.Popen(
        [sys.executable, "-I", "-m", "publisher.documents.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=_environment(),
        start_new_session=True,
    ) as process:
        try:
            output, errors = process.communicate(head + data, timeout=limits.seconds + 5)
        except subprocess.TimeoutExpired:
            process.kill()
            return _too_slow(limits)
    if process.returncode != 0:
        return _broken(process.returncode, errors, limits)
    line, _, payload = output.partition(b"\n")
    return json.loads(line), payload


def _environment() -> dict[str, str]:
    """The environment of the process: nothing of ours but what Windows cannot do without."""
    kept = {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}
    return kept | {"LC_ALL": "C", "TZ": "UTC"}


def _too_slow(limits: Limits) -> Discovery:
    return discovery("document-limit", f"reading the file took longer than the limit of {limits.seconds} seconds")


def _broken(status: int, errors: bytes, limits: Limits) -> Discovery:
    """Say why the process ended: by a limit, or because it broke."""
    if status in {-signal.SIGXCPU, -signal.SIGKILL} if hasattr(signal, "SIGXCPU") else set():
        return _too_slow(limits)
    if status == OUT_OF_MEMORY:
        size = limits.memory // 2**20
        return discovery("document-limit", f"reading the file took more memory than the limit of {size} MiB")
    if status < 0:
        why = f"signal {-status}, which is what too little memory gives too: the limit is {limits.memory // 2**20} MiB"
        return discovery("unreadable-document", f"reading the file broke the reader ({why})")
    place = _PLACE.search(errors[-200:])
    why = f" ({place[1].decode()} at {place[2].decode()})" if place else ""
    return discovery("unreadable-document", f"reading the file broke the reader{why}")
