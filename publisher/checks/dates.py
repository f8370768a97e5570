"""Dates of one record must agree with each other; what is too imprecise to tell is no fault."""

from collections.abc import Iterator

from publisher.archive import Archive
from publisher.dates import PartialDate, certainly_before
from publisher.finding import Finding
from publisher.history import History
from publisher.letter import Letter


def agree(archive: Archive, _: History) -> Iterator[Finding]:
    """Nothing is received or published before it was sent, or judged before it was written."""
    for name, letter in archive.published.items():
        later = (("received", letter.dates.received), ("first_published", letter.dates.first_published))
        for field, dated in later:
            if dated is not None and certainly_before(dated.date, letter.dates.sent.date):
                yield Finding(
                    code=f"{field.replace('_', '-')}-before-sent",
                    message=f"{field} is {dated.date}, before the letter was sent ({letter.dates.sent.date})",
                    location=archive.location(f"letters/{name}", "dates", field, "date"),
                    hint="check both dates against the source",
                )
        yield from _unknown_sources(archive, name, letter)
    for name, assessment in archive.assessments.items():
        other = archive.letters.get(name)
        for at, outcome in enumerate(assessment.outcomes):
            if isinstance(other, Letter) and outcome.as_of and certainly_before(outcome.as_of, other.dates.sent.date):
                yield Finding(
                    code="assessed-before-letter",
                    message=f"as_of is {outcome.as_of}, before the letter was sent ({other.dates.sent.date})",
                    location=archive.location(f"assessments/{name}", "outcomes", at, "as_of"),
                    hint="as_of is the day on which somebody last looked",
                )


def _unknown_sources(archive: Archive, name: str, letter: Letter) -> Iterator[Finding]:
    for field, dated in (
        ("sent", letter.dates.sent),
        ("received", letter.dates.received),
        ("first_published", letter.dates.first_published),
    ):
        if dated is not None and dated.date == PartialDate.parse("unknown") and dated.basis == "stated":
            yield Finding(
                code="unknown-date-stated",
                message="an unknown date cannot be stated by a source",
                location=archive.location(f"letters/{name}", "dates", field, "basis"),
                hint="write basis: unknown, and say in the note what is known",
            )
