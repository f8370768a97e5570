"""A judgement says whose it is, on what evidence and as of when; only `not-assessed` may say less."""

from collections.abc import Iterator

from publisher.archive import Archive
from publisher.finding import Finding
from publisher.history import History
from publisher.letter import Outcome

_Pointer = tuple[str | int, ...]


def founded(archive: Archive, _: History) -> Iterator[Finding]:
    """Every outcome but not-assessed has evidence, as_of and an assessor; an answer names the letter that gives it."""
    for name, assessment in archive.assessments.items():
        for at, outcome in enumerate(assessment.outcomes):
            for code, lacks, hint in _lacks(outcome):
                yield Finding(
                    code=code,
                    message=f"the outcome {outcome.outcome} {lacks}",
                    location=archive.location(f"assessments/{name}", "outcomes", at, "outcome"),
                    hint=hint,
                )


def placed(archive: Archive, _: History) -> Iterator[Finding]:
    """Every source names a page or says in a title what it is; every piece of evidence is a page or a letter."""
    for name, letter in archive.published.items():
        for at, source in enumerate(letter.sources):
            if source.url is None and source.title is None:
                yield _nowhere(
                    archive, f"letters/{name}", ("sources", at), "source", "url, or a title for what is not linked"
                )
    for name, assessment in archive.assessments.items():
        for at, outcome in enumerate(assessment.outcomes):
            for place, evidence in enumerate(outcome.evidence):
                if (evidence.url is None) == (evidence.letter is None):
                    pointer = ("outcomes", at, "evidence", place)
                    yield _nowhere(archive, f"assessments/{name}", pointer, "piece of evidence", "either url or letter")


def _nowhere(archive: Archive, key: str, pointer: _Pointer, what: str, give: str) -> Finding:
    return Finding(
        code="source-without-place",
        message=f"nobody could find this {what}",
        location=archive.location(key, *pointer),
        hint=f"give {give}",
    )


def _lacks(outcome: Outcome) -> Iterator[tuple[str, str, str]]:
    if outcome.outcome == "not-assessed":
        if outcome.answered_by:
            yield (
                "answer-not-assessed", "names an answer",
                "list the letter under candidates: nobody has judged yet that it answers",
            )  # fmt: skip
        return
    if not outcome.evidence:
        yield (
            "outcome-without-evidence",
            "has no evidence",
            "name the page or the letter it rests on, or write not-assessed",
        )
    if outcome.as_of is None or outcome.as_of.precision == "unknown":
        yield (
            "outcome-without-date",
            "has no as_of",
            "give the day on which somebody last looked, or write not-assessed",
        )
    if outcome.assessed_by is None:
        yield "outcome-without-assessor", "does not say who judged", "name in assessed_by who says so"
    if outcome.outcome == "no-reply-known" and outcome.answered_by:
        yield "reply-to-no-reply", "names an answer", "an answer that is known is not no-reply-known"
