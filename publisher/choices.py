"""What a list of names offers for what somebody typed, and the ids that are made of names."""

import difflib
import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

LONGEST_ID = 100
_SURE = 0.6


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """Something with an id and a name, and other names that it goes by."""

    id: str
    name: str
    also: tuple[str, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """Everything that names it."""
        return (self.id, self.name, *self.also)


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """Choices for what was typed; `alike`: nothing holds it, and these only look like it."""

    choices: tuple[Choice, ...]
    alike: bool = False


def exact(typed: str, choices: Iterable[Choice]) -> Choice | None:
    """Return the one choice with this very id or, capitals aside, this name; None where several have it."""
    wanted = folded(typed)
    known = list(choices)
    by_id = [choice for choice in known if choice.id == typed.strip()]
    found = by_id or [choice for choice in known if wanted in map(folded, choice.words)]
    return found[0] if len(found) == 1 else None


def near(typed: str, choices: Sequence[Choice]) -> Offer:
    """Return the choices of which every word that was typed is a part; where there are none, those that look alike."""
    parts = folded(typed).split()
    held = [choice for choice in choices if all(any(part in folded(word) for word in choice.words) for part in parts)]
    if held:
        return Offer(choices=tuple(held))
    names = {folded(word): choice for choice in choices for word in choice.words}
    close = difflib.get_close_matches(folded(typed), names, n=5, cutoff=_SURE)
    return Offer(choices=tuple(dict.fromkeys(names[name] for name in close)), alike=True)


_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ħ": "h", "ŧ": "t", "ŋ": "ng",
     "ı": "i", "ə": "e"}
)  # fmt: skip
"""Letters that no decomposition takes a mark off."""


def folded(text: str) -> str:
    """Return a text as it is compared: without capitals, accents, hyphens and blanks too many."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    kept = "".join(" " if c in "-_" else c for c in plain if not unicodedata.combining(c))
    return " ".join(kept.split())


def id_of(name: str) -> str:
    """Propose an id for a name, such as acme-optics for Acme Optics; "" where no plain letter is left of it."""
    plain = unicodedata.normalize("NFKD", name.casefold().translate(_LETTERS)).replace("&", " and ")
    ascii_only = "".join(c for c in plain if not unicodedata.combining(c) and c not in "'’")
    words = re.findall("[a-z0-9]+", ascii_only) if any(c.isascii() and c.isalpha() for c in ascii_only) else []
    return cut("-".join(words))


def cut(proposed: str, most: int = LONGEST_ID) -> str:
    """Cut an id between two of its words so that it is not too long."""
    if len(proposed) <= most:
        return proposed
    return proposed[: most + 1].rpartition("-")[0] or proposed[:most]


def unused(proposed: str, taken: Collection[str]) -> str:
    """Return the id, or, where it is taken, the first of id-2, id-3, ... that is not."""
    number, found = 1, proposed
    while found in taken:
        number += 1
        found = f"{cut(proposed, LONGEST_ID - len(str(number)) - 1)}-{number}"
    return found
