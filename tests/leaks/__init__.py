"""The corpus that judges what looks into PDFs: files that hide a name and files that do not, by several producers.

    python -m tests.leaks            has them all looked into and prints the table (make leaks)
    python -m tests.leaks --tuned    leaves out the producers that the detector is not tuned to

A kind is a function that takes a name and returns a file; what must become of it stands above it, what it is in its
docstring. Each is made with two names: what is hidden does not depend on the name, pixel by pixel, in two viewers.
"""

import os
import shutil

import pytest

from tests.leaks import fpdf2, ghostscript, reportlab, surgery, typst, written
from tests.leaks.fonts import CHINESE, LATIN, SERIF
from tests.leaks.sample import ENTERED, Kind, Sample

__all__ = [
    "KINDS", "Kind", "Sample", "fpdf2", "ghostscript", "missing", "reportlab", "require", "surgery", "typst", "written"
]  # fmt: skip

KINDS: tuple[Kind, ...] = tuple(ENTERED)
"""What the detector may be tuned to."""

NEEDS: dict[str, tuple[str, ...]] = {
    "ghostscript": ("gs",),
    "cairo": ("rsvg-convert",),
    "chromium": ("chromium",),
}
"""The commands of producers that are no Python packages."""


def require(producer: str) -> None:
    """Skip the test where a producer lacks something; in CI fail."""
    if lacks := missing(producer):
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"{lacks} is not installed")


def missing(producer: str) -> str:
    """Return what a producer needs and this machine lacks, or nothing."""
    lacks = [command for command in NEEDS.get(producer, ()) if not shutil.which(command)]
    lacks += [path.name for path in (CHINESE, LATIN, SERIF) if not path.is_file()]
    return ", ".join(lacks)
