"""The fields of records and what stands in them, in words for readers; for documents of any shape.

Old versions of a record are never held against today's schema. So nothing here expects one: what a field of
today may hold is said in the archive's words, and everything else is shown as it is.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from publisher.dates import PartialDate
from publisher.formats import phrases
from publisher.formats.book import Book

LABELS: Mapping[str, str] = {
    "id": "Id", "title": "Title", "title_basis": "Whose title it is", "kind": "Kind", "from": "Sender",
    "to": "Addressee", "cc": "Copied to", "via": "Sent through", "party": "Party", "class": "Group, in words",
    "public": "The public", "as": "Name in the letter", "signatories": "Signatory", "people": "Person addressed",
    "name": "Name", "role": "Role", "thread": "Thread", "dates": "Dates", "sent": "Date sent",
    "received": "Date received", "first_published": "Date first published", "date": "Date", "basis": "Basis",
    "language": "Language", "relations": "Relation", "related_reports": "Related report", "summary": "Summary",
    "questions": "Question", "label": "Label", "text": "Text", "asked_of": "Asked of", "wording": "Wording",
    "questions_extent": "Extent of the list of questions", "documents": "Document", "file": "File",
    "sha256": "SHA-256", "size": "Size in bytes", "media_type": "File type", "pages": "Pages", "rights": "Rights",
    "rights_note": "About the rights", "waivers": "Accepted finding", "code": "Code", "reason": "Reason",
    "sources": "Source", "url": "Address", "linked": "Linked", "availability": "How much was seen",
    "external_ids": "Number elsewhere", "scheme": "Whose number", "uncertainty": "What is not certain",
    "letter": "Letter", "outcomes": "Outcome", "question": "Question", "by": "By", "outcome": "Outcome",
    "answered_by": "Came back in", "candidates": "Possibly connected letter", "evidence": "Evidence",
    "where": "Where in it", "assessed_by": "Who said so", "as_of": "As of", "disputes": "Dispute", "on": "Day",
    "reference": "What it says", "note": "Note", "status": "Status", "changes": "Note on a change",
    "salt": "Random digits (salt)",
}  # fmt: skip
"""What fields are called, in the order in which they are spoken of."""

NAMED_BY: Mapping[str, tuple[str, ...]] = {
    "from": ("party", "class", "public"), "to": ("party", "class", "public"), "cc": ("party", "class", "public"),
    "via": ("party", "class", "public"), "signatories": ("name", "role"), "people": ("name", "role"),
    "relations": ("letter",), "questions": ("label",), "documents": ("file",), "waivers": ("code",),
    "sources": ("url", "title"), "evidence": ("url", "letter"), "external_ids": ("scheme",), "changes": ("note",),
}  # fmt: skip
"""The first of these fields that an item of a list has says which item it is."""

NAMED_BY_ALL: Mapping[str, tuple[str, ...]] = {"outcomes": ("question", "by"), "disputes": ("by", "on")}
"""All of these fields together say which item it is."""

_NAMED_BY_ANY = ("id", "label", "key", "name", "party", "letter", "url", "file", "title")
_WORDS: Mapping[str, Mapping[str, str]] = {
    "kind": {**phrases.KINDS, **phrases.FORWARD},
    "title_basis": {"published": "as published", "supplied": "supplied by this archive"},
    "basis": {**phrases.BASES, "own": "the archive's own reading"},
    "questions_extent": phrases.EXTENTS,
    "availability": phrases.AVAILABILITY,
    "outcome": phrases.OUTCOMES,
    "rights": phrases.RIGHTS,
}
_PARTIES = frozenset({"party", "asked_of", "by"})
_LETTERS = frozenset({"letter", "answered_by", "candidates"})
_DATES = frozenset({"date", "on", "as_of"})
_DATED = frozenset({"sent", "received", "first_published"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """Which item of a list is meant: what it is known by, and its place among those that are known by the same."""

    known_by: str
    nth: int = 0


def label(field: str) -> str:
    """Name a field; an unknown one by its own name."""
    return LABELS.get(field) or phrases.capital(phrases.one_line(field.replace("_", " "), 80)) or "(no name)"


def rank(field: str) -> tuple[int, str]:
    """Sort key: fields in the order of LABELS, then all others by name."""
    return _RANKS.get(field, len(_RANKS)), field


_RANKS = {field: number for number, field in enumerate(LABELS)}


def known_by(field: str, value: Any) -> str:
    """Return what an item of a list is known by; two items of the same have the same text."""
    if isinstance(value, dict) and (names := naming(field, value)):
        return raw([[name, value.get(name)] for name in names])
    return raw(value)


def naming(field: str, value: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the fields that say which item of a list a mapping is; none where nothing but all of it does."""
    if names := NAMED_BY_ALL.get(field):
        return names
    found = (name for name in NAMED_BY.get(field, _NAMED_BY_ANY) if not isinstance(value.get(name, []), dict | list))
    return tuple(found)[:1]


def raw(value: Any) -> str:
    """Write a JSON value so that two different ones are never the same text; ASCII."""
    return json.dumps(value, sort_keys=True)


@dataclass(frozen=True)
class Words:
    """Says values in words, with the names that a book knows."""

    book: Book

    def item(self, field: str, value: Any) -> str:
        """Name one item of a list: 'Question 2', 'Addressee Acme Optics', 'Outcome of question 1 (Acme Optics)'."""
        if field == "outcomes" and isinstance(value, dict):
            what = self.value("label", value["question"]) if "question" in value else ""
            said = f"Outcome of question {what}" if what else "Outcome of the letter as a whole"
            return f"{said} ({self.value('by', value['by'])})" if "by" in value else said
        return f"{label(field)} {self._name(field, value)}".rstrip()

    def _name(self, field: str, value: Any) -> str:
        if not isinstance(value, dict):
            return self.value(field, value)
        if field == "disputes":
            return f"by {self.value('name', value.get('by'))}, {self.value('on', value.get('on'))}"
        names = naming(field, value)
        return "" if not names else "the public" if names == ("public",) else self.value(names[0], value[names[0]])

    def value(self, field: str, value: Any) -> str:
        """Say one value; of a mapping all its fields."""
        if isinstance(value, dict):
            return self.dated(value) if field in _DATED and is_dated(value) else self.mapping(field, value) or "nothing"
        if isinstance(value, list):
            return "; ".join(self.value(field, one) for one in value) or "nothing"
        if isinstance(value, str):
            return self._text(field, value)
        if value is None:
            return "nothing"
        return ("yes" if value else "no") if isinstance(value, bool) else str(value)

    def mapping(self, field: str, value: Mapping[str, Any]) -> str:
        """Say all fields of a mapping: its text first, the others by name."""
        text = value.get("text")
        first = phrases.one_line(text) if isinstance(text, str) else ""
        rest = sorted((name for name in value if name != "text" or not first), key=rank)
        others = "; ".join(f"{_lower(label(name))}: {self._inner(field, name, value[name])}" for name in rest)
        return f"{first} ({others})" if first and others else first or others

    def _inner(self, field: str, name: str, value: Any) -> str:
        """Say a field of an item: a dispute is by somebody in words, and its outcome is a sentence."""
        return self.value("text" if field == "disputes" and name in ("by", "outcome") else name, value)

    def dated(self, value: Mapping[str, Any]) -> str:
        """Say a date with its basis and note: 'February 2019 (inferred). From the postmark.'"""
        basis = phrases.BASES.get(value["basis"], phrases.one_line(value["basis"]))
        said = f"{self.value('date', value['date'])} ({basis})"
        return f"{said}. {phrases.one_line(value['note'])}" if "note" in value else said

    def _text(self, field: str, text: str) -> str:
        if known := _WORDS.get(field, {}).get(text):
            return known
        if field in _DATES:
            return _day(text)
        say: Callable[[str], str] | None = None
        if field in _PARTIES:
            say = self.book.party
        elif field in _LETTERS:
            say = self._letter
        elif field == "thread":
            say = self.book.thread
        elif field == "language":
            say = phrases.language
        return phrases.one_line(say(text) if say else text)

    def _letter(self, name: str) -> str:
        ref = self.book.ref(name)
        return ref.text if ref.known else name


def is_dated(value: Any) -> bool:
    """Whether a value is a date with its basis, and perhaps a note, and nothing else."""
    if not isinstance(value, dict) or not {"date", "basis"} <= value.keys() <= {"date", "basis", "note"}:
        return False
    return all(isinstance(text, str) for text in value.values())


def _day(text: str) -> str:
    try:
        return phrases.day(PartialDate.parse(text))
    except ValueError:
        return phrases.one_line(text)


def _lower(text: str) -> str:
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
