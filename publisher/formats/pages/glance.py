"""What a reader should see of a letter first: what came back and on whose word, and what is not known."""

from collections.abc import Iterator
from dataclasses import dataclass

from publisher.formats import phrases
from publisher.formats.book import Asked, Book
from publisher.formats.pages.series import outcome_of, tally
from publisher.letter import Letter, Outcome, Relation

_UNSEEN = {
    "excerpt": "the rest of its text; only a part was seen",
    "described": "its wording; only a description was seen",
    "reported": "its wording; only a report that it exists was seen",
}
_QUESTIONS = {
    "partial": "its other questions; only some are known",
    "unknown": "whether it asks more than is listed here",
}
_NO_QUESTIONS = {"partial": "its questions", "unknown": "whether it asks questions"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Glance:
    """What came back to a letter: its replies, what was said of it as a whole, its questions in numbers, and by whom.

    `silences` are those of its questions to which no reply was known, by labels, for each recipient and day.
    `candidates` are letters that are possibly connected and that reply to nothing here. `words` are those on whose
    word the outcomes are told, each with the day they spoke of; `unknown` are the things that are not known.
    """

    replies: tuple[tuple[Relation, str], ...]
    whole: tuple[Outcome, ...]
    silences: tuple[tuple[tuple[str, ...], Outcome], ...]
    candidates: tuple[str, ...]
    tally: str
    words: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def is_blank(self) -> bool:
        """Whether there is no reply, and nobody has said anything of one."""
        return not (self.replies or self.words)


def glance(book: Book, letter: Letter, asked: tuple[Asked, ...]) -> Glance:
    """Say what came back to a letter, and what is not known."""
    whole = book.whole(letter)
    outcomes = [*whole, *(outcome for one in asked for outcome in one.outcomes)]
    replies = tuple((r, other) for r, other in book.answers.get(letter.id, ()) if r.kind == "replies-to")
    candidates = dict.fromkeys(name for outcome in outcomes for name in outcome.candidates)
    return Glance(
        replies=replies,
        whole=tuple(outcome for outcome in whole if outcome.outcome != "not-assessed"),
        silences=tuple(_silences(asked)),
        candidates=tuple(name for name in candidates if name not in {other for _, other in replies}),
        tally=tally(asked),
        words=tuple(dict.fromkeys(_word(book, one) for one in outcomes if one.outcome != "not-assessed")),
        unknown=tuple(_unknown(letter, asked)),
    )


def _silences(asked: tuple[Asked, ...]) -> Iterator[tuple[tuple[str, ...], Outcome]]:
    found: dict[tuple[str | None, str], list[tuple[str, Outcome]]] = {}
    for one in asked:
        for outcome in one.outcomes:
            if outcome.outcome == "no-reply-known":
                found.setdefault((outcome.by, str(outcome.as_of)), []).append((one.label, outcome))
    for group in found.values():
        yield tuple(label for label, _ in group), group[0][1]


def _word(book: Book, outcome: Outcome) -> str:
    """Say on whose word an outcome is told: 'Quay News (1 June 2019)'."""
    who = outcome.assessed_by
    if not who and outcome.evidence:
        first = outcome.evidence[0]
        who = book.ref(first.letter).text if first.letter else phrases.host(first.url or "")
    said = phrases.one_line(who or book.index.archive.publisher)
    day = phrases.day(outcome.as_of) if outcome.as_of else ""
    if outcome.basis == "own":
        return f"{said} ({', '.join(filter(None, (_OWN, day)))})"
    return f"{said} ({day})" if day else said


_OWN = "this archive's own reading"


def _unknown(letter: Letter, asked: tuple[Asked, ...]) -> Iterator[str]:
    sent = letter.dates.sent.date
    if sent.precision == "unknown":
        yield "when it was sent"
    elif sent.precision != "day":
        yield f"the day it was sent; {phrases.day(sent)} is all that is known"
    if letter.availability in _UNSEEN:
        yield _UNSEEN[letter.availability]
    if letter.questions_extent in _QUESTIONS:
        yield (_QUESTIONS if asked else _NO_QUESTIONS)[letter.questions_extent]
    open_ = sum(outcome_of(one) == phrases.OUTCOMES["not-assessed"] for one in asked)
    if 0 < open_ < len(asked):
        yield f"what came back to {open_} of its {len(asked)} questions"
    elif open_:
        yield f"what came back to its question{'s' if open_ > 1 else ''}"
