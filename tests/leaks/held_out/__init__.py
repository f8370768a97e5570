"""Producers that the detector is never tuned to: whoever works on it looks neither at them nor at their results."""

from tests.leaks.held_out import cairo, chromium
from tests.leaks.sample import ENTERED, Kind

__all__ = ["HELD_OUT", "cairo", "chromium"]

HELD_OUT: tuple[Kind, ...] = tuple(kind for kind in ENTERED if ".held_out." in kind.make.__module__)
