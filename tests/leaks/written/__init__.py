"""PDF written by hand, operator by operator: what no program writes, and what every program may."""

from tests.leaks.written import clean, covered, drawn, nested, odd, scanned, unseen

__all__ = ["clean", "covered", "drawn", "nested", "odd", "scanned", "unseen"]
