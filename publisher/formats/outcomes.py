"""What a revision of a letter's outcomes changed, outcome by outcome."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from publisher import schema
from publisher.formats import phrases
from publisher.formats.book import Book
from publisher.formats.versions import Version
from publisher.letter import Assessment, Outcome
from publisher.provenance import Revision

_NONE = "not-assessed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """One outcome that is another one now: of a question by its label, or of the letter as a whole."""

    question: str | None
    by: str | None
    before: Outcome | None
    after: Outcome | None

    @property
    def name(self) -> str:
        """What the outcome is of."""
        return "The letter as a whole" if self.question is None else f"Question {self.question}"


def turns(versions: Sequence[Version], revision: Revision) -> tuple[Turn, ...] | None:
    """Return what a revision changed beside the version before it; None where one of the two cannot be read.

    `versions` are those of one letter's outcomes, oldest first. An outcome that says that nothing was assessed is
    none. Changes of sources, dates and notes are no turns.
    """
    at = next((at for at, version in enumerate(versions) if version.rev == revision.rev), None)
    if at is None:
        return None
    before = _outcomes(versions[at - 1].document) if at else {}
    after = _outcomes(versions[at].document)
    return None if before is None or after is None else tuple(_turned(before, after))


def said(book: Book, turn: Turn) -> str:
    """Say a turn in plain text: 'Question 1 (Acme): answered, reported by Quay News; before: refused.'"""
    by = f" ({phrases.one_line(book.party(turn.by), 60)})" if turn.by else ""
    if turn.after is None:
        return f"{turn.name}{by}: {_word(None)}; before: {_word(turn.before)}."
    name = f" by {phrases.one_line(turn.after.assessed_by, 60)}" if turn.after.assessed_by else ""
    source = f"reported{name}" if turn.after.basis == "reported" else f"the archive's own reading{name and ','}{name}"
    before = f"; before: {_word(turn.before)}" if turn.before else ""
    return f"{turn.name}{by}: {_word(turn.after)}, {source}{before}."


_Key = tuple[str | None, str | None, int]


def _outcomes(document: Mapping[str, Any] | None) -> dict[_Key, Outcome] | None:
    """The outcomes of a version by question, party and count; None if it is not what an assessment is today."""
    if document is None or not schema.is_valid("assessment", document):
        return None
    try:
        outcomes = Assessment.from_mapping(document).outcomes
    except ValueError:  # a day that no month has
        return None
    found: dict[_Key, Outcome] = {}
    counts: Counter[tuple[str | None, str | None]] = Counter()
    for outcome in outcomes:
        if outcome.outcome != _NONE:
            found[(outcome.question, outcome.by, counts[outcome.question, outcome.by])] = outcome
            counts[outcome.question, outcome.by] += 1
    return found


def _turned(before: Mapping[_Key, Outcome], after: Mapping[_Key, Outcome]) -> Iterator[Turn]:
    for key in dict.fromkeys((*after, *before)):
        old, new = before.get(key), after.get(key)
        if (old and old.outcome) != (new and new.outcome):
            yield Turn(question=key[0], by=key[1], before=old, after=new)


def _word(outcome: Outcome | None) -> str:
    return phrases.OUTCOMES[outcome.outcome if outcome else _NONE]
