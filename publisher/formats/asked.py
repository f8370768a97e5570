"""`questions.csv`: one row for every outcome of every question, for a spreadsheet (RFC 4180, as letters.csv is).

A question without an outcome has one row, `not-assessed`; a letter's outcomes as a whole have rows with an empty
label. `days` are those from the letter to `as_of` where no reply is known and both are days.
"""

import csv
import io
from collections.abc import Iterator, Mapping

from publisher.formats import phrases
from publisher.formats.book import Asked, Book, days_without_reply
from publisher.formats.table import cell
from publisher.index import Index
from publisher.letter import Evidence, Letter, Outcome

COLUMNS = (
    "letter", "label", "question", "wording", "from", "put_to", "sent", "by", "outcome", "basis", "assessed_by",
    "as_of", "days", "came_back_in", "possibly_connected", "evidence", "outcome_note", "disputes", "thread",
    "questions_extent", "page", "note",
)  # fmt: skip


def render(index: Index, _contents: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return questions.csv."""
    book = Book(index)
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    for letter in book.letters:
        for row in _rows(book, letter):
            writer.writerow({column: cell(text) for column, text in row.items()})
    return {"questions.csv": out.getvalue().encode()}


def _rows(book: Book, letter: Letter) -> Iterator[dict[str, str]]:
    for outcome in book.whole(letter):
        yield _letter(book, letter) | _outcome(book, letter, outcome)
    for asked in book.questions(letter):
        row = _letter(book, letter) | _question(book, letter, asked)
        for outcome in asked.outcomes:
            yield row | _outcome(book, letter, outcome)
        if not asked.outcomes:
            yield row | {"outcome": "not-assessed"}


def _letter(book: Book, letter: Letter) -> dict[str, str]:
    disputes = (*letter.disputes, *book.outcome_disputes(letter.id))
    return {
        "letter": letter.id,
        "from": "; ".join(map(book.name, letter.from_)),
        "put_to": "; ".join(map(book.name, letter.to)),
        "sent": str(letter.dates.sent.date),
        "disputes": "; ".join(f"{d.by}, {d.on}: {d.reference}; outcome: {d.outcome}" for d in disputes),
        "thread": letter.thread,
        "questions_extent": letter.questions_extent,
        "page": f"{book.index.archive.site}letters/{letter.id}/",
        "note": book.index.archive.disclaimer,
    }


def _question(book: Book, letter: Letter, asked: Asked) -> dict[str, str]:
    site = book.index.archive.site
    row = {"label": asked.label, "page": f"{site}questions/{letter.id}/{asked.label}/"}
    if asked.question is None:
        return row
    row |= {"question": asked.question.text, "wording": asked.question.wording}
    if asked.question.asked_of:
        row["put_to"] = "; ".join(map(book.party, asked.question.asked_of))
    return row


def _outcome(book: Book, letter: Letter, outcome: Outcome) -> dict[str, str]:
    days = days_without_reply(letter, outcome)
    return {
        "by": book.party(outcome.by) if outcome.by else "",
        "outcome": outcome.outcome,
        "basis": outcome.basis,
        "assessed_by": outcome.assessed_by or "",
        "as_of": str(outcome.as_of or ""),
        "days": "" if days is None else str(days),
        "came_back_in": "; ".join(outcome.answered_by),
        "possibly_connected": "; ".join(outcome.candidates),
        "evidence": "; ".join(map(_evidence, outcome.evidence)),
        "outcome_note": outcome.note or "",
    }


def _evidence(evidence: Evidence) -> str:
    url = evidence.url or ""
    what = evidence.letter or (url if evidence.linked else f"{phrases.host(url)} (not linked)")
    return f"{what} ({evidence.where})" if evidence.where else what
