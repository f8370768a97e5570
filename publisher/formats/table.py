"""`letters.csv`: one row a letter, for a spreadsheet (RFC 4180: CRLF, UTF-8 without a mark, a header line).

Columns keep their names and their order; new ones are added before the last. Several values in a cell are
joined by "; ". A cell that a spreadsheet would run begins with an apostrophe. The last column, `note`, says
in every row what the archive is. Of a withdrawn letter only id, status and note are filled.
"""

import csv
import io
from collections.abc import Iterable, Mapping

from publisher.formats import phrases
from publisher.formats.book import Asked, Book
from publisher.formats.events import Chronicle
from publisher.index import Index, LetterEntry
from publisher.letter import Dated, Dispute, Letter, Outcome, Source

COLUMNS = (
    "id", "status", "title", "title_basis", "kind", "from", "to", "cc", "via", "thread",
    "sent", "sent_basis", "received", "received_basis", "first_published", "first_published_basis",
    "language", "replies_to", "other_relations", "summary", "questions", "questions_extent", "outcomes",
    "disputes", "sources", "availability", "uncertainty", "published_at", "updated_at", "rev", "seq", "sha256",
    "page", "note",
)  # fmt: skip
_RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def render(index: Index, _contents: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return letters.csv."""
    book, chronicle = Book(index), Chronicle(index)
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    for entry in index.letters:
        row = {"id": entry.id, "status": "withdrawn", "note": index.archive.disclaimer}
        if isinstance(entry.letter, Letter):
            row |= _row(book, entry, entry.letter)
            row["updated_at"] = chronicle.by_id[entry.id].updated
        writer.writerow({column: cell(text) for column, text in row.items()})
    return {"letters.csv": out.getvalue().encode()}


def cell(text: str) -> str:
    """Make a text one line that no spreadsheet runs."""
    line = phrases.one_line(text)
    return f"'{line}" if line.startswith(_RUNS) or text.startswith(_RUNS) else line


def _row(book: Book, entry: LetterEntry, letter: Letter) -> dict[str, str]:
    asked = book.questions(letter)
    assessment = book.assessment(letter.id)
    disputes = letter.disputes + (assessment.disputes if assessment else ())
    outcomes = [_outcome(book, "", outcome) for outcome in book.whole(letter)]
    return {
        "status": letter.status, "title": book.ref(letter.id).text, "title_basis": letter.title_basis,
        "kind": letter.kind,
        "from": _joined(book.name(who) for who in letter.from_),
        "to": _joined(book.name(who) for who in letter.to),
        "cc": _joined(book.name(who) for who in letter.cc),
        "via": _joined(book.name(who) for who in letter.via),
        "thread": letter.thread,
        **_dated("sent", letter.dates.sent),
        **_dated("received", letter.dates.received),
        **_dated("first_published", letter.dates.first_published),
        "language": _joined(letter.language),
        "replies_to": _joined(f"{r.letter} ({r.basis})" for r in letter.relations if r.kind == "replies-to"),
        "other_relations": _joined(
            f"{r.kind} {r.letter} ({r.basis})" for r in letter.relations if r.kind != "replies-to"
        ),
        "summary": letter.summary,
        "questions": _joined(f"{q.label}. {q.text}" for q in letter.questions),
        "questions_extent": letter.questions_extent,
        "outcomes": _joined([*outcomes, *(text for one in asked for text in _outcomes(book, one))]),
        "disputes": _joined(map(_dispute, disputes)),
        "sources": _joined(map(_source, letter.sources)),
        "availability": letter.availability,
        "uncertainty": letter.uncertainty or "",
        "published_at": entry.provenance.first.published_at,
        "rev": str(entry.provenance.latest.rev), "seq": str(entry.provenance.latest.seq),
        "sha256": entry.record.sha256,
        "page": f"{book.index.archive.site}letters/{letter.id}/",
    }  # fmt: skip


def _joined(parts: Iterable[str]) -> str:
    return "; ".join(phrases.one_line(part) for part in parts)


def _dated(name: str, dated: Dated | None) -> dict[str, str]:
    return {name: str(dated.date), f"{name}_basis": dated.basis} if dated else {}


def _outcomes(book: Book, asked: Asked) -> list[str]:
    if not asked.outcomes:
        return [f"{asked.label}: not-assessed"]
    return [_outcome(book, asked.label, outcome) for outcome in asked.outcomes]


def _outcome(book: Book, label: str, outcome: Outcome) -> str:
    whose = f" ({book.party(outcome.by)})" if outcome.by else ""
    known = f", as of {outcome.as_of}" if outcome.as_of else ""
    return f"{label or 'whole letter'}{whose}: {outcome.outcome} ({outcome.basis}{known})"


def _source(source: Source) -> str:
    if source.linked and source.url:
        return source.url
    return f"{source.title or phrases.host(source.url or '')} (not linked)"


def _dispute(dispute: Dispute) -> str:
    return f"{dispute.by}, {dispute.on}: {dispute.reference}; outcome: {dispute.outcome}"
