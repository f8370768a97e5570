"""Every name of a letter, a party, a thread or a question must exist, and relations must make sense."""

import difflib
from collections.abc import Collection, Iterator

from publisher.archive import Archive
from publisher.dates import certainly_before
from publisher.finding import Finding, Location
from publisher.history import History
from publisher.letter import Assessment, Correspondent, Letter

_Pointer = tuple[str | int, ...]


def exist(archive: Archive, _: History) -> Iterator[Finding]:
    """Every reference has its target."""
    for name, letter in archive.published.items():
        yield from _letter(archive, f"letters/{name}", letter)
    for name, assessment in archive.assessments.items():
        yield from _assessment(archive, f"assessments/{name}", assessment)
    if archive.info is not None:
        for at, coverage in enumerate(archive.info.coverage):
            yield from _party(archive, "archive", ("coverage", at, "party"), coverage.party)


def relations(archive: Archive, _: History) -> Iterator[Finding]:
    """No letter relates to itself, no reply is older than what it answers, and replies make no circle."""
    for name, letter in archive.published.items():
        for at, relation in enumerate(letter.relations):
            pointer: _Pointer = ("relations", at, "letter")
            if relation.letter == name:
                yield Finding(
                    code="self-relation",
                    message="a letter cannot relate to itself",
                    location=archive.location(f"letters/{name}", *pointer),
                    hint="name the other letter",
                )
            elif relation.kind == "replies-to":
                yield from _too_early(archive, name, relation.letter, pointer)
    yield from _circles(archive)


def _letter(archive: Archive, key: str, letter: Letter) -> Iterator[Finding]:
    if letter.thread not in archive.threads and "threads" not in archive.unreadable:
        yield _unknown(
            "thread", letter.thread, archive.threads, archive.location(key, "thread"), "records/threads.yaml"
        )
    groups: tuple[tuple[str, tuple[Correspondent, ...]], ...] = (
        ("from", letter.from_), ("to", letter.to), ("cc", letter.cc), ("via", letter.via),
    )  # fmt: skip
    for field, correspondents in groups:
        for at, correspondent in enumerate(correspondents):
            if correspondent.party is not None:
                yield from _party(archive, key, (field, at, "party"), correspondent.party)
    for at, question in enumerate(letter.questions):
        for place, party in enumerate(question.asked_of):
            yield from _party(archive, key, ("questions", at, "asked_of", place), party)
    for at, relation in enumerate(letter.relations):
        yield from _known_letter(archive, key, ("relations", at, "letter"), relation.letter)


def _assessment(archive: Archive, key: str, assessment: Assessment) -> Iterator[Finding]:
    yield from _known_letter(archive, key, ("letter",), assessment.letter)
    letter = archive.letters.get(assessment.letter)
    labels = [question.label for question in letter.questions] if isinstance(letter, Letter) else None
    for at, outcome in enumerate(assessment.outcomes):
        here: _Pointer = ("outcomes", at)
        if labels is not None and outcome.question is not None and outcome.question not in labels:
            where = archive.location(key, *here, "question")
            yield _unknown("question", outcome.question, labels, where, "the letter's questions")
        if outcome.by is not None:
            yield from _party(archive, key, (*here, "by"), outcome.by)
        for field, letters in (("answered_by", outcome.answered_by), ("candidates", outcome.candidates)):
            for place, name in enumerate(letters):
                yield from _known_letter(archive, key, (*here, field, place), name)
        for place, evidence in enumerate(outcome.evidence):
            if evidence.letter is not None:
                yield from _known_letter(archive, key, (*here, "evidence", place, "letter"), evidence.letter)


def _party(archive: Archive, key: str, pointer: _Pointer, name: str) -> Iterator[Finding]:
    if name not in archive.parties and "parties" not in archive.unreadable:
        yield _unknown("party", name, archive.parties, archive.location(key, *pointer), "records/parties.yaml")


def _known_letter(archive: Archive, key: str, pointer: _Pointer, name: str) -> Iterator[Finding]:
    if not archive.knows(f"letters/{name}"):
        known = [other.removeprefix("letters/") for other in archive.paths if other.startswith("letters/")]
        yield _unknown("letter", name, known, archive.location(key, *pointer), "records/letters/")


def _unknown(what: str, name: str, known: Collection[str], location: Location, where: str) -> Finding:
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.7)
    return Finding(
        code=f"unknown-{what}",
        message=f'there is no {what} "{name}" in {where}',
        location=location,
        hint=f'did you mean "{near[0]}"?' if near else f"add it to {where}, or name one that is there",
    )


def _too_early(archive: Archive, name: str, answered: str, pointer: _Pointer) -> Iterator[Finding]:
    letter, other = archive.published[name], archive.letters.get(answered)
    if not isinstance(other, Letter):
        return
    own = letter.dates.received.date if letter.dates.received else letter.dates.sent.date
    if certainly_before(own, other.dates.sent.date) or certainly_before(letter.dates.sent.date, other.dates.sent.date):
        yield Finding(
            code="reply-before-letter",
            message=f"this reply is dated {letter.dates.sent.date}, the letter it answers {other.dates.sent.date}",
            location=archive.location(f"letters/{name}", *pointer),
            hint="check both dates; if the letters crossed, the relation is parallel-to or refers-to",
        )


def _circles(archive: Archive) -> Iterator[Finding]:
    """Yield one finding for each letter whose chain of replies leads back to itself, at its first step."""
    replies = {
        name: [(at, r.letter) for at, r in enumerate(letter.relations) if r.kind == "replies-to" and r.letter != name]
        for name, letter in archive.published.items()
    }
    for name, steps in replies.items():
        for at, target in steps:
            if _reaches(replies, target, name):
                yield Finding(
                    code="reply-circle",
                    message="this chain of replies leads back to the letter itself",
                    location=archive.location(f"letters/{name}", "relations", at, "letter"),
                    hint="one of the letters in the circle does not answer the other: follow their dates",
                )


def _reaches(replies: dict[str, list[tuple[int, str]]], start: str, goal: str) -> bool:
    waiting, seen = [start], set[str]()
    while waiting:
        name = waiting.pop()
        if name == goal:
            return True
        if name not in seen:
            seen.add(name)
            waiting += [target for _, target in replies.get(name, ())]
    return False
