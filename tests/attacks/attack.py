"""What an attack is: who does what, what catches it, and how it is played, with everything on or one defence off."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.attacks.scene import Desk, Scene

Move = Callable[["Desk"], "Result"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """How an attack ended: whether it was caught, what the report names as having caught it, and its first words.

    `by` are the names of failed steps and the codes of findings; nothing where the attack had simply no effect.
    """

    caught: bool
    by: frozenset[str] = frozenset()
    said: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Attack:
    """One attack: `row` is its row of the threat table, `told` what the attacker does, in one sentence.

    `caught_by` is the one defence without which it passes (defences.py says how each is taken away), `shows` what the
    report names, where that is something else: of a defence that has no step of its own, the step in which it works.
    """

    name: str
    row: str
    told: str
    caught_by: str
    shows: frozenset[str]
    move: Move

    def run(self, scene: "Scene", off: str | None) -> Result:
        """Build the attack and let its victim look at it, with the defence `off` taken away."""
        with scene.desk(off) as desk:
            return self.move(desk)


ENTERED: list[Attack] = []


def attack(row: str, caught_by: str, *, shows: str | tuple[str, ...] | None = None) -> Callable[[Move], Move]:
    """Enter a function as an attack: its name is the attack's, its docstring tells it."""
    named = (caught_by,) if shows is None else (shows,) if isinstance(shows, str) else shows

    def enter(move: Move) -> Move:
        told = " ".join((move.__doc__ or "").split())
        name = move.__name__.replace("_", " ")
        ENTERED.append(Attack(name=name, row=row, told=told, caught_by=caught_by, shows=frozenset(named), move=move))
        return move

    return enter
