"""Files that were changed after they were made: revised, attached to, described, cut, saved again by pikepdf."""

from tests.leaks.surgery import active, described, fields, filed, revised

__all__ = ["active", "described", "fields", "filed", "revised"]
