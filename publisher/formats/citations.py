"""Citations of one version of a letter, as text: what a reader copies, and what can be looked up again later.

    Harbour Institute to Acme Optics, “Questions about the works”, 18 February 2019, The Harbour letters,
    letters/2019-02-18-institute-to-acme, revision 2, sha256:0123456789ab, log 41, https://harbour.example/letters/...

It is one line. What stands before `letters/` is for readers; the rest names the version (docs/format.md, "Citation").
"""

import re
from dataclasses import dataclass

from publisher.formats import phrases
from publisher.formats.book import Book
from publisher.index import LetterEntry
from publisher.letter import Dated, Letter

NAMES, TITLE, LONGEST = 300, 300, 20_000
"""The most characters of names and title in a citation, and of a text that is read as one."""

_ID = r"[a-z0-9]+(?:-[a-z0-9]+)*"
_NUMBER = r"(?:0|[1-9][0-9]{0,8})"
_PLACE = (
    rf"letters/(?P<id>{_ID}), revision (?P<rev>[1-9][0-9]{{0,8}}), "
    rf"sha256:(?P<sha256>[0-9a-f]{{12}}), log (?P<seq>{_NUMBER})"
)
_CITATION = re.compile(rf"(?P<head>.*), {_PLACE}, (?P<url>[!-~]+)")
_ANYWHERE = re.compile(rf"(?<![a-z0-9/-]){_PLACE}(?![0-9])")
_SHORT = re.compile(rf"(?:letters/)?(?P<id>{_ID})(?P<rest>[ ,][a-z0-9:, ]+)")
_WORDS = re.compile(r"(?:(?:revision|rev|log) )?[a-z0-9:]+")
_PART = re.compile(
    rf"(?:revision |rev )(?P<rev>[1-9][0-9]{{0,8}})|log (?P<seq>{_NUMBER})|sha256:(?P<sha256>[0-9a-f]{{4,64}})"
    r"|(?P<bare_rev>[1-9][0-9]{0,5})|(?P<bare_sha256>[0-9a-f]{7,64})"
)
SHORT_FORMS = (
    "name a whole citation, or for short the letter's id and a revision or the beginning of the SHA-256: "
    "'ID, revision 2' or 'ID, sha256:0123456789ab'"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Citation:
    """One version of a letter, cited. There is no Citation whose text `parse` would refuse or read differently."""

    head: str
    id: str
    rev: int
    sha256: str
    seq: int
    url: str

    def __post_init__(self) -> None:
        if not self.head or phrases.one_line(self.head) != self.head:
            raise ValueError("what stands before the letter's id is one line of text that shows")
        if not phrases.is_web_address(self.url):
            raise ValueError("a citation ends with a web address")
        found = _CITATION.fullmatch(str(self))
        if found is None or (found["head"], found["id"], found["url"]) != (self.head, self.id, self.url):
            raise ValueError("the letter's id, its revision, SHA-256 or place in the log is none")

    def __str__(self) -> str:
        return f"{self.head}, {self.place}, {self.url}"

    @property
    def place(self) -> str:
        """The part that names the version."""
        return f"letters/{self.id}, revision {self.rev}, sha256:{self.sha256}, log {self.seq}"

    @classmethod
    def parse(cls, text: str) -> "Citation":
        """Read a whole citation; `str` gives back exactly the text that was read. Raises ValueError."""
        found = _CITATION.fullmatch(text) if len(text) <= LONGEST else None
        if found is None:
            raise ValueError("this is no citation of a letter")
        return cls(
            head=found["head"], id=found["id"], rev=int(found["rev"]), sha256=found["sha256"],
            seq=int(found["seq"]), url=found["url"],
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Reference:
    """The version of a letter that somebody asks for: its id, and at least a revision, or the start of its SHA-256."""

    id: str
    rev: int | None = None
    sha256: str | None = None
    seq: int | None = None
    url: str | None = None

    @classmethod
    def parse(cls, text: str) -> "Reference":
        """Read a citation as people paste it, or one of the short forms. Raises ValueError.

        Line breaks count as blanks, a full stop at the end as nothing. What stands before the last place that is
        named, and behind it, is passed over.
        """
        line = " ".join(text.split()) if len(text) <= LONGEST else ""
        try:
            whole = Citation.parse(line)
        except ValueError:
            return cls._parse_part(line.removesuffix("."))
        return cls(id=whole.id, rev=whole.rev, sha256=whole.sha256, seq=whole.seq, url=whole.url)

    @classmethod
    def _parse_part(cls, line: str) -> "Reference":
        places = list(_ANYWHERE.finditer(line))
        if places:
            last = places[-1]
            return cls(id=last["id"], rev=int(last["rev"]), sha256=last["sha256"], seq=int(last["seq"]))
        found = _SHORT.fullmatch(line)
        parts = {} if found is None else _parts(found["rest"])
        if found is None or not parts.keys() & {"rev", "sha256"}:
            raise ValueError("this names no version of a letter")
        numbers = {name: int(parts[name]) for name in ("rev", "seq") if name in parts}
        return cls(id=found["id"], sha256=parts.get("sha256"), rev=numbers.get("rev"), seq=numbers.get("seq"))


def _parts(rest: str) -> dict[str, str]:
    """Read what follows an id in a short form; nothing if any of it is not understood, or said twice."""
    found: dict[str, str] = {}
    for text in _WORDS.findall(rest):
        part = _PART.fullmatch(text)
        name = (part.lastgroup or "").removeprefix("bare_") if part else ""
        if part is None or name in found:
            return {}
        found[name] = part[part.lastgroup or 0]
    return found


# -- of a letter -----------------------------------------------------------------------------------------------


def citation(book: Book, entry: LetterEntry) -> Citation | None:
    """Cite the current version of a letter; None if it is withdrawn."""
    letter, latest = entry.letter, entry.provenance.latest
    if not isinstance(letter, Letter):
        return None
    return Citation(
        head=", ".join((correspondents(book, letter), title(book, letter), when(letter), archive_name(book))),
        id=entry.id, rev=latest.rev, sha256=entry.record.sha256[:12], seq=latest.seq, url=address(book, entry.id),
    )  # fmt: skip


def address(book: Book, letter_id: str) -> str:
    """Return the address of a letter's page, as a citation gives it."""
    return f"{book.index.archive.site}letters/{letter_id}/"


def archive_name(book: Book) -> str:
    """Name the archive that a citation is from."""
    return phrases.one_line(book.index.archive.name, NAMES)


def correspondents(book: Book, letter: Letter) -> str:
    """Name who wrote to whom; organisations only, never a person."""
    senders, recipients = book.names(letter.from_), book.names(letter.to)
    said = phrases.one_line(senders, NAMES)
    return f"{said} to {phrases.one_line(recipients, NAMES)}" if recipients else said


def title(book: Book, letter: Letter) -> str:
    """Quote a letter's own title; one that the archive supplied stands in square brackets."""
    said = phrases.one_line(letter.title, TITLE)
    return f"[{said}]" if book.ref(letter.id).supplied else f"“{said}”"


def when(letter: Letter) -> str:
    """Say when a letter was sent, as far as it is known and on what basis; else another of its days, named."""
    dates = letter.dates
    for what, one in (("", dates.sent), ("received ", dates.received), ("first published ", dates.first_published)):
        if one and one.date.precision != "unknown":
            basis = "" if one.basis == "stated" else f" ({phrases.BASES[one.basis]})"
            return f"{what}{phrases.day(one.date)}{basis}"
    return "no date known"


def dated(letter: Letter) -> tuple[str, Dated] | None:
    """The date to file a letter under, and what it is: when it was sent, or else first published; None if neither."""
    for what, one in (("sent", letter.dates.sent), ("first published", letter.dates.first_published)):
        if one and one.date.precision != "unknown":
            return what, one
    return None
