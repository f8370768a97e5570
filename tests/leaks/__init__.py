"""The corpus that judges what looks into PDFs: files that hide a name and files that do not, by several producers."""

from tests.leaks import written
from tests.leaks.sample import ENTERED, Kind, Sample

__all__ = ["KINDS", "Kind", "Sample", "written"]

KINDS: tuple[Kind, ...] = tuple(ENTERED)
"""What the detector may be tuned to."""
