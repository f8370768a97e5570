"""Questions that every format asks of an index: names, titles, what answers what, which outcome a question has.

A Book is an Index with its cross-references worked out once. It holds no markup and knows no medium.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from publisher.formats import phrases
from publisher.formats.order import narrowed
from publisher.index import AssessmentEntry, Index, LetterEntry
from publisher.letter import Assessment, Change, Correspondent, Dispute, Letter, Outcome, Question, Relation

WHOLE = None
"""The label of an outcome that is about the letter as a whole."""
NOBODY = "no addressee known"
"""The class of addressees that says that there is none."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ref:
    """A letter as another one names it; `known` is false where the archive has no such letter."""

    id: str
    title: str
    supplied: bool = False
    language: str | None = None
    known: bool = True
    withdrawn: bool = False

    @property
    def text(self) -> str:
        """The title on one line; in square brackets if the archive supplied it."""
        line = phrases.one_line(self.title)
        return f"[{line}]" if self.supplied else line


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """One question and its outcomes; the question is None where only an assessment names the label."""

    label: str
    question: Question | None
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True)
class Book:
    """An index that can be asked for what stands between its records."""

    index: Index

    def party(self, party_id: str) -> str:
        """Name a party; by its id where the archive does not know it."""
        party = self.index.parties.get(party_id)
        return party.name if party else party_id

    def name(self, who: Correspondent) -> str:
        """Name a correspondent: as in the letter, else as a party, a class of addressees, or the public."""
        return who.as_ or (self.party(who.party) if who.party else who.class_ or "the public")

    def names(self, people: Sequence[Correspondent]) -> str:
        """Name all correspondents of one field in a sentence."""
        return phrases.listed([phrases.one_line(self.name(who)) for who in people])

    def thread(self, thread_id: str) -> str:
        """Name a thread."""
        thread = self.index.threads.get(thread_id)
        return thread.title if thread else thread_id

    def ref(self, letter_id: str) -> Ref:
        """Name a letter for a reference to it."""
        entry = self.index.letter_of.get(letter_id)
        if entry is None:
            return Ref(id=letter_id, title=f"letter {letter_id}", known=False)
        letter = entry.letter
        if not isinstance(letter, Letter):
            return Ref(id=letter_id, title=f"letter {letter_id} (withdrawn)", withdrawn=True)
        supplied = letter.title_basis == "supplied"
        return Ref(
            id=letter_id,
            title=letter.title,
            supplied=supplied,
            language=self.index.archive.language if supplied else own_language(letter),
        )

    def assessment(self, letter_id: str) -> Assessment | None:
        """The assessment of a letter that readers may see."""
        entry = self.index.assessment_of.get(letter_id)
        return entry.assessment if entry and isinstance(self._letter(letter_id), Letter) else None

    def outcome_disputes(self, letter_id: str) -> tuple[Dispute, ...]:
        """The objections to what was said of a letter's questions."""
        assessment = self.assessment(letter_id)
        return assessment.disputes if assessment else ()

    def outcome_changes(self, letter_id: str) -> tuple[Change, ...]:
        """What was changed in the outcomes of a letter."""
        assessment = self.assessment(letter_id)
        return assessment.changes if assessment else ()

    def questions(self, letter: Letter) -> tuple[Asked, ...]:
        """Every question of a letter with its outcomes, in the order of the letter."""
        outcomes: dict[str | None, list[Outcome]] = {}
        assessment = self.assessment(letter.id)
        for outcome in assessment.outcomes if assessment else ():
            outcomes.setdefault(outcome.question, []).append(outcome)
        outcomes.pop(WHOLE, None)
        asked = [
            Asked(label=question.label, question=question, outcomes=tuple(outcomes.pop(question.label, ())))
            for question in letter.questions
        ]
        rest = (Asked(label=str(label), question=None, outcomes=tuple(found)) for label, found in outcomes.items())
        return (*asked, *rest)

    def whole(self, letter: Letter) -> tuple[Outcome, ...]:
        """The outcomes that are about a letter as a whole."""
        assessment = self.assessment(letter.id)
        return tuple(o for o in assessment.outcomes if o.question is WHOLE) if assessment else ()

    @cached_property
    def answers(self) -> dict[str, list[tuple[Relation, str]]]:
        """For each letter, the relations that other letters have to it, and those letters' ids."""
        found: dict[str, list[tuple[Relation, str]]] = {}
        for letter in self.letters:
            for relation in letter.relations:
                found.setdefault(relation.letter, []).append((relation, letter.id))
        return found

    @cached_property
    def letters(self) -> tuple[Letter, ...]:
        """The letters that are not withdrawn, in the order of their dates (see order.py); undated ones at the end."""

        def place(entry: LetterEntry) -> tuple[date, int, date, int]:
            (first, last), depth = self.placed[entry.id]
            return first, depth, last, entry.provenance.first.seq

        entries = sorted((entry for entry in self.index.letters if entry.id in self.placed), key=place)
        return tuple(entry.letter for entry in entries if isinstance(entry.letter, Letter))

    @cached_property
    def placed(self) -> dict[str, tuple[tuple[date, date], int]]:
        """For each letter the span of days that it is listed under, narrowed by what it answers (see order.py)."""
        found = {entry.id: by_date(entry.letter) for entry in self.index.letters if isinstance(entry.letter, Letter)}
        return narrowed(found, self.answered)

    def year(self, letter: Letter) -> int | None:
        """The first year in which a letter can have been sent, or else received or published; None without a date."""
        first = self.placed[letter.id][0][0]
        return None if first == date.max else first.year

    @cached_property
    def answered(self) -> dict[str, list[str]]:
        """For each letter that is a reply, the letters that it replies to, in its own order."""
        found = {}
        for entry in self.index.letters:
            relations = entry.letter.relations if isinstance(entry.letter, Letter) else ()
            if replies := [relation.letter for relation in relations if relation.kind == "replies-to"]:
                found[entry.id] = replies
        return found

    @cached_property
    def threads(self) -> dict[str, list[str]]:
        """The ids of each thread's letters, in the order of their dates."""
        found: dict[str, list[str]] = {}
        for letter in self.letters:
            found.setdefault(letter.thread, []).append(letter.id)
        return found

    @cached_property
    def _neighbours(self) -> dict[str, tuple[str | None, str | None]]:
        return {
            own: (before, after)
            for ids in self.threads.values()
            for before, own, after in zip([None, *ids], ids, [*ids[1:], None], strict=False)
        }

    def neighbours(self, letter: Letter) -> tuple[Ref | None, Ref | None]:
        """The letters before and after this one in its thread."""
        before, after = self._neighbours[letter.id]
        return (self.ref(before) if before else None, self.ref(after) if after else None)

    def addressees(self, letter: Letter) -> tuple[Correspondent, ...]:
        """The addressees of a letter; none where the letter says that there are none."""
        return addressees(letter)

    def assessed(self, letter_id: str) -> AssessmentEntry | None:
        """The index's entry for the assessment of a letter, unless the letter is withdrawn."""
        entry = self.index.assessment_of.get(letter_id)
        return entry if entry and entry.assessment is not None else None

    def _letter(self, letter_id: str) -> object:
        entry: LetterEntry | None = self.index.letter_of.get(letter_id)
        return entry.letter if entry else None


def own_language(letter: Letter) -> str | None:
    """The one language that a letter is written in; None where it has several or it is not known."""
    return letter.language[0] if len(letter.language) == 1 and letter.language[0] != "und" else None


def best_date(letter: Letter) -> tuple[str, str]:
    """The date to list a letter under, in words: what happened then ("sent") and the day."""
    dates = letter.dates
    for word, dated in (("sent", dates.sent), ("received", dates.received), ("published", dates.first_published)):
        if dated and dated.date.precision != "unknown":
            return word, phrases.day(dated.date)
    return "sent", phrases.day(dates.sent.date)


def addressees(letter: Letter) -> tuple[Correspondent, ...]:
    """The addressees of a letter; none where the letter says that there are none."""
    return tuple(who for who in letter.to if who.class_ != NOBODY)


def by_date(letter: Letter) -> tuple[date, date]:
    """Sort key: the span of days in which a letter was sent, or else received, or else first published."""
    dates = letter.dates
    for dated in (dates.sent, dates.received, dates.first_published):
        if dated and dated.date.earliest and dated.date.latest:
            return dated.date.earliest, dated.date.latest
    return date.max, date.max


def days_without_reply(letter: Letter, outcome: Outcome) -> int | None:
    """Days from a letter to the day somebody last looked for a reply; None unless both are known to the day."""
    sent, seen = letter.dates.sent.date, outcome.as_of
    if outcome.outcome != "no-reply-known" or seen is None or sent.precision != "day" or seen.precision != "day":
        return None
    if sent.earliest is None or seen.earliest is None or seen.earliest < sent.earliest:
        return None
    return (seen.earliest - sent.earliest).days
