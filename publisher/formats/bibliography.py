"""How to cite the letters, for reference managers: of each letter, and of all of them in one file.

    letters/ID.bib       bibliography.bib    BibTeX, UTF-8
    letters/ID.ris       bibliography.ris    RIS, UTF-8, CRLF
    letters/ID.csl.json  bibliography.json   CSL-JSON 1.0.2, an array of items

Authors and recipients are organisations as the letter has them, never people. A date has the parts that are known;
where none is, there is none, and the note says so. Every entry names the version and its place in the log.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from publisher.dates import PartialDate
from publisher.formats import phrases
from publisher.formats.book import Book
from publisher.formats.citations import NAMES, TITLE, Citation, archive_name, citation, dated
from publisher.index import Index, LetterEntry, canonical
from publisher.letter import Correspondent, Letter

FORMS = (
    ("BibTeX", "bib", "application/x-bibtex"),
    ("RIS", "ris", "application/x-research-info-systems"),
    ("CSL-JSON", "csl.json", "application/vnd.citationstyles.csl+json"),
)
"""What a letter's files are called, how their names end, and their media types."""

_TO_NOBODY = frozenset({"statement", "petition", "disclosure", "legal-notice"})
"""Kinds that are documents first, even where they are addressed to somebody; all others are correspondence."""

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def render(index: Index, _contents: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return three files for every letter that is not withdrawn, and three of all letters."""
    book, files = Book(index), dict[str, bytes]()
    items = [item for entry in index.letters if (item := item_of(book, entry))]
    entries = [bibtex(item).encode() for item in items]
    records = [ris(item).encode() for item in items]
    objects = [canonical(csl(item)) for item in items]
    for item, entry, record, found in zip(items, entries, records, objects, strict=True):
        files[f"letters/{item.cited.id}.bib"] = entry
        files[f"letters/{item.cited.id}.ris"] = record
        files[f"letters/{item.cited.id}.csl.json"] = b"[%b]\n" % found
    files["bibliography.bib"] = b"\n".join(entries)
    files["bibliography.ris"] = b"\r\n".join(records)
    files["bibliography.json"] = b"[%b]\n" % b",".join(objects)
    return files


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """What all three formats say of one letter; every text is one line in which every character shows."""

    cited: Citation
    kind: str
    is_document: bool
    title: str
    authors: tuple[str, ...]
    recipients: tuple[str, ...]
    date: PartialDate | None
    languages: tuple[str, ...]
    archive: str
    publisher: str
    note: str
    disclaimer: str


def item_of(book: Book, entry: LetterEntry) -> Item | None:
    """Return what is said of a letter; None if it is withdrawn."""
    letter, cited = entry.letter, citation(book, entry)
    if cited is None or not isinstance(letter, Letter):
        return None
    title = phrases.one_line(letter.title, TITLE)
    supplied, filed = book.ref(letter.id).supplied, dated(letter)
    return Item(
        cited=cited,
        kind=phrases.capital(phrases.KINDS[letter.kind]),
        is_document=letter.kind in _TO_NOBODY,
        title=f"[{title}]" if supplied else title,
        authors=_names(book, letter.from_),
        recipients=_names(book, letter.to),
        date=filed[1].date if filed else None,
        languages=tuple(tag for tag in letter.language if tag != "und"),
        archive=archive_name(book),
        publisher=phrases.one_line(book.index.archive.publisher, NAMES),
        note=" ".join(_notes(letter, cited, supplied)),
        disclaimer=phrases.one_line(book.index.archive.disclaimer),
    )


def _names(book: Book, people: tuple[Correspondent, ...]) -> tuple[str, ...]:
    return tuple(phrases.one_line(book.name(who), NAMES) for who in people)


def _notes(letter: Letter, cited: Citation, supplied: bool) -> Iterator[str]:
    """Say which version is cited, and what the fields cannot hold."""
    yield f"{cited.place}."
    if supplied:
        yield "Title supplied by the archive."
    dates = letter.dates
    named = (("Date sent", dates.sent), ("Received", dates.received), ("First published", dates.first_published))
    for what, one in named:
        if one and (one.date.precision != "unknown" or one is dates.sent):
            known = one.date.precision != "unknown"
            basis = f" ({phrases.BASES[one.basis]})" if known else ""
            yield f"{what}: {phrases.day(one.date)}{basis}."


def _first_and_last(when: PartialDate) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the parts that are known of the first and of the last day that a date can be: years, months, days."""
    first, _, last = when.text.partition("/")
    start, end = ([int(part) for part in text.split("-")] for text in (first, last or first))
    return tuple(start), tuple(end)


def _known(when: PartialDate | None) -> tuple[int, ...]:
    """Return the parts of a date that are certain: of a range those that both ends share."""
    if when is None:
        return ()
    parts: list[int] = []
    for one, other in zip(*_first_and_last(when), strict=False):
        if one != other:
            break
        parts.append(one)
    return tuple(parts)


# -- BibTeX ----------------------------------------------------------------------------------------------------

_TEX = str.maketrans({
    "\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}", "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}",
    "#": r"\#", "$": r"\$", "%": r"\%", "&": r"\&", "_": r"\_",
})  # fmt: skip
"""What TeX would run. A brace is named: BibTeX counts braces even where a backslash stands before them."""
_PERCENT = {ord(character): f"%{ord(character):02X}" for character in "{}\\"}


def bibtex(item: Item) -> str:
    """Write one @misc entry. Names are in braces of their own, so that nobody takes them for a person's."""
    year, month, day = (*_known(item.date), None, None, None)[:3]
    to = f" to {phrases.listed(list(item.recipients))}" if item.recipients else ""
    fields = {
        "author": " and ".join(f"{{{_tex(name)}}}" for name in item.authors),
        "title": f"{{{_tex(item.title)}}}",
        "howpublished": _tex(f"{item.kind}{to}. {item.archive}"),
        "year": None if year is None else str(year),
        "month": None if month is None else _MONTHS[month - 1],
        "day": None if day is None else str(day),
        "language": ", ".join(item.languages) or None,
        "note": _tex(item.note),
        "annotation": _tex(item.disclaimer),
        "url": item.cited.url.translate(_PERCENT),
    }
    lines = [f"@misc{{{item.cited.id},"]
    for name, text in fields.items():
        if text is not None:
            lines.append(f"  {name} = {text if name == 'month' else f'{{{text}}}'},")
    return "\n".join([*lines, "}\n"])


def _tex(text: str) -> str:
    return text.translate(_TEX)


# -- RIS -------------------------------------------------------------------------------------------------------


def ris(item: Item) -> str:
    """Write one record, one line a tag. RIS splits a name at a comma, and has no way to say that it is none."""
    lines = [("TY", "GEN" if item.is_document else "PCOMM"), ("ID", item.cited.id)]
    lines += [("AU", _ris_name(name)) for name in item.authors]
    lines += [("A2", _ris_name(name)) for name in item.recipients]
    lines += [("TI", item.title), ("T2", item.archive)]
    if known := _known(item.date):
        lines.append(("PY", f"{known[0]:04d}"))
        lines.append(("DA", "/".join([*(f"{part:02d}" for part in known), *[""] * (4 - len(known))])))
    lines += [("LA", ", ".join(item.languages))] if item.languages else []
    lines += [
        ("M3", item.kind), ("PB", item.publisher), ("DB", item.archive), ("AV", item.cited.place),
        ("N1", str(item.cited)), ("N1", item.note), ("RN", item.disclaimer), ("UR", item.cited.url), ("ER", ""),
    ]  # fmt: skip
    return "".join(f"{tag}  - {text}\r\n" for tag, text in lines)


def _ris_name(name: str) -> str:
    return phrases.one_line(name.replace(",", " "))


# -- CSL-JSON --------------------------------------------------------------------------------------------------


def csl(item: Item) -> dict[str, Any]:
    """Return one item; a range is marked as uncertain, for it is one day and not a time."""
    found: dict[str, Any] = {
        "id": item.cited.id,
        "type": "document" if item.is_document else "personal_communication",
        "genre": item.kind,
        "title": item.title,
        "author": [{"literal": name} for name in item.authors],
        "recipient": [{"literal": name} for name in item.recipients],
        "container-title": item.archive,
        "publisher": item.publisher,
        "archive": item.archive,
        "archive_location": item.cited.place,
        "version": str(item.cited.rev),
        "URL": item.cited.url,
        "note": item.note,
        "annote": item.disclaimer,
    }
    if item.date is not None:
        first, last = _first_and_last(item.date)
        found["issued"] = {"date-parts": [list(first)]}
        if first != last:
            found["issued"] = {"date-parts": [list(first), list(last)], "circa": True}
    if item.languages:
        found["language"] = item.languages[0]
    return {name: value for name, value in found.items() if value != []}
