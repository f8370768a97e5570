"""The attack suite: every row of the threat table in SECURITY.md, each attack built for real.

    python -m tests.attacks          plays them all and prints the table (make attacks)

An attack is a function that is handed a Desk and tampers with what lies there; its row, and the one defence that
catches it, stand above it. It is played twice: with everything on it must be caught, by exactly that defence, and
with that defence taken away (defences/) it must pass. A name with a plus in it means defences of which each alone
is enough: they are taken away together, and the test sees to it that either alone still holds.
"""

from tests.attacks import clones, erasure, keys, memory, objects, proofs, publication, records, servers
from tests.attacks.attack import ENTERED, Attack, Result
from tests.attacks.rows import ROWS
from tests.attacks.scene import Scene

__all__ = ["ATTACKS", "MODULES", "ROWS", "Attack", "Result", "Scene"]

MODULES = (publication, servers, clones, objects, memory, keys, proofs, erasure, records)
ATTACKS: tuple[Attack, ...] = tuple(sorted(ENTERED, key=lambda attack: ROWS.index(attack.row)))
