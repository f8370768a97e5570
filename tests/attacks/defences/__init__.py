"""The defences, and how each is taken away, one at a time (table.py says how they are named)."""

from tests.attacks.defences import audits, clones, publishing, records, signing
from tests.attacks.defences.clones import collision
from tests.attacks.defences.table import DEFENCES, without

__all__ = ["DEFENCES", "audits", "clones", "collision", "publishing", "records", "signing", "without"]
