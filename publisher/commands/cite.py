"""letterbook cite: what became of a version of a letter that somebody cited, as a publication tells it.

    unchanged         it is still the current version                                                exit 0
    corrected since   there is a later one, and what changed between them                            exit 1
    withdrawn         the letter is withdrawn or removed                                             exit 1
    never published   the publication has no version of that letter with that revision and SHA-256   exit 1

A text that names no version is exit 2; what could not be read is exit 3. No signature is looked at: that is what
'letterbook verify' does. But the index must follow from itself, and bytes that are compared must have the SHA-256
that it gives them.
"""

import hashlib
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from publisher import schema
from publisher.commands.prove import Published
from publisher.errors import UnavailableError, UsageError
from publisher.formats.book import Book
from publisher.formats.citations import SHORT_FORMS, Reference, address
from publisher.formats.diff import Line, cut, differences, shortened
from publisher.formats.events import GONE
from publisher.formats.versions import version_folder
from publisher.index import Index, LetterEntry
from publisher.letter import Letter
from publisher.provenance import Provenance, Revision
from publisher.record import parse
from publisher.site import Site, open_site
from publisher.snapshot import is_published_path
from publisher.text import visible

UNCHANGED, CORRECTED, WITHDRAWN, NEVER = "unchanged", "corrected since", "withdrawn", "never published"


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What became of a cited version; `since` are the revisions after it, `lines` what changed, if it can be shown."""

    id: str
    state: str
    why: str = ""
    cited: Revision | None = None
    current: Revision | None = None
    since: tuple[Revision, ...] = ()
    outcomes: tuple[Revision, ...] = ()
    lines: tuple[Line, ...] | None = None
    page: str = ""


def cite(text: str, *, site: str, form: str) -> int:
    """Print what became of a citation; return 0 if the version is unchanged, else 1."""
    try:
        wanted = Reference.parse(text)
    except ValueError as fault:
        raise UsageError(str(fault), SHORT_FORMS) from fault
    opened = open_site(site)
    try:
        index = Published.read(opened).index
    except ValueError as fault:
        said = f"{opened.name} is not as a publication should be: {fault}"
        raise UnavailableError(said, "'letterbook verify' says what is wrong with it") from fault
    answer = answered(index, opened, wanted)
    sys.stdout.write(_as_json(answer, opened) if form == "json" else _as_text(answer, wanted))
    hint = "no signature was checked; 'letterbook verify' does that"
    print("".join(visible(f"{opened.name}: {hint}")), file=sys.stderr)
    return 0 if answer.state == UNCHANGED else 1


def answered(index: Index, site: Site, wanted: Reference) -> Answer:
    """Say what became of the version that is asked for."""
    provenance = index.provenances.get(f"letters/{wanted.id}")
    if provenance is None:
        return Answer(id=wanted.id, state=NEVER, why="this publication has no letter of that id")
    cited = _cited(provenance.revisions, wanted)
    page = address(Book(index), wanted.id)
    if cited is None:
        return Answer(id=wanted.id, state=NEVER, why=_unlike(provenance, wanted), page=page)
    entry, since = index.letter_of.get(wanted.id), provenance.revisions[cited.rev :]
    if entry is None or not isinstance(entry.letter, Letter):
        state = "withdrawn" if entry else "removed"
        gone = next((one for one in reversed(provenance.revisions) if one.meaning in GONE), provenance.revisions[-1])
        why = f"the letter was {state} on {gone.published_at}"
        return Answer(id=wanted.id, state=WITHDRAWN, why=why, cited=cited, since=since, page=page)
    current = provenance.revisions[-1]
    same = cited.sha256 == current.sha256 or all(one.meaning == "unchanged" for one in since)
    lines, why = (None, "") if same else _compared(index, site, entry, cited)
    if lines is None and not same and any(one.meaning == "reinstated" for one in since):
        why = "it was withdrawn and reinstated since; what stood before a withdrawal is not published"
    return Answer(
        id=wanted.id, state=UNCHANGED if same else CORRECTED, why=why, cited=cited, current=current, since=since,
        outcomes=_outcomes(index, entry, cited), lines=lines, page=page,
    )  # fmt: skip


def _cited(revisions: Sequence[Revision], wanted: Reference) -> Revision | None:
    """The newest revision that is all that a citation says of it."""
    for revision in reversed(revisions):
        is_rev = wanted.rev in (None, revision.rev)
        is_seq = wanted.seq in (None, revision.seq)
        if is_rev and is_seq and (revision.sha256 or "").startswith(wanted.sha256 or "") and revision.sha256:
            return revision
    return None


def _unlike(provenance: Provenance, wanted: Reference) -> str:
    """Say in what a citation differs from all versions of its letter."""
    if wanted.rev is not None and wanted.rev > len(provenance.revisions):
        return f"the letter has no revision {wanted.rev}, only 1 to {len(provenance.revisions)}"
    if wanted.sha256 and not any((one.sha256 or "").startswith(wanted.sha256) for one in provenance.revisions):
        return f"no version of the letter has a SHA-256 that begins with {wanted.sha256}"
    return "the letter has no version of which all of that is true"


def _outcomes(index: Index, entry: LetterEntry, cited: Revision) -> tuple[Revision, ...]:
    """What was done to the outcomes of a letter after the cited version of it landed."""
    assessed = index.assessment_of.get(entry.id)
    revisions = assessed.provenance.revisions if assessed else ()
    return tuple(one for one in revisions if one.seq > cited.seq and one.commit != cited.commit and one.is_seen)


def _compared(index: Index, site: Site, entry: LetterEntry, cited: Revision) -> tuple[tuple[Line, ...] | None, str]:
    """What changed from a version to the current one; None, and why, where that cannot be shown."""
    if cited.erased is not None:
        return None, f"the cited version was erased under law ({cited.erased.replace('-', ' ')})"
    documents = []
    earlier, record = f"{version_folder(entry.id, cited.rev)}record.yaml", entry.record
    for path, sha256 in ((earlier, cited.sha256), (record.path, record.sha256)):
        data = site.read(path) if is_published_path(path) else None
        if data is None:
            return None, f"what changed cannot be shown: {path} is not published"
        if hashlib.sha256(data).hexdigest() != sha256:
            said = "does not have the SHA-256 that the index gives: 'letterbook verify' says more"
            return None, f"what changed cannot be shown: {path} {said}"
        document = parse(data)[0]
        if document is None:
            return None, f"what changed cannot be shown: {path} cannot be read as a record"
        documents.append(document)
    return differences(Book(_named(index)), *documents), ""


def _named(index: Index) -> Index:
    """The index with only those letters and tables whose names can be relied on to be text."""
    letters = tuple(entry for entry in index.letters if schema.is_valid("letter", entry.document))
    tables = tuple(entry for entry in index.tables if schema.is_valid(entry.key, entry.document))
    return replace(index, letters=letters, tables=tables)


# -- in words ----------------------------------------------------------------------------------------------------


def _as_text(answer: Answer, wanted: Reference) -> str:
    lines = [f"{answer.state}: letters/{answer.id}"]
    if answer.why:
        lines.append(f"  {answer.why}")
    for name, revision in (("cited", answer.cited), ("current", answer.current)):
        if revision is not None:
            lines.append(f"  {name:<8} {_revision(revision)}")
    lines += [f"  since    {one.meaning}: {_revision(one)}" for one in answer.since]
    if answer.lines is not None:
        lines += ["  what changed:", *(f"    {_line(line)}" for line in answer.lines)]
        lines += [] if answer.lines else ["    nothing but the notes on changes"]
    lines += [f"  outcomes {one.meaning} since: {_revision(one)}" for one in answer.outcomes]
    if wanted.url and answer.page and wanted.url != answer.page:
        lines.append(f"  the citation names another address: {wanted.url}")
    lines += [f"  {answer.page}"] if answer.page else []
    return "".join(f"{''.join(visible(line))}\n" for line in lines)


def _revision(revision: Revision) -> str:
    said = f"revision {revision.rev}, {revision.published_at}, log {revision.seq}"
    return f"{said}, sha256:{revision.sha256[:12]}" if revision.sha256 else said


def _line(line: Line) -> str:
    if line.kind in ("added", "removed"):
        said = cut(line.after or line.before)
        return f"{line.what} {line.kind}{f': {said}' if said else ''}"
    if not line.pieces:
        return f"{line.what}: {cut(line.before)} → {cut(line.after)}"
    marks = {"same": ("", ""), "gone": ("[-", "-]"), "new": ("{+", "+}")}
    return f"{line.what}: " + "".join(piece.text.join(marks[piece.sort]) for piece in shortened(line.pieces))


def _as_json(answer: Answer, site: Site) -> str:
    document = {
        "site": site.name,
        "id": answer.id,
        "answer": answer.state,
        "why": answer.why or None,
        "cited": answer.cited and answer.cited.to_mapping(),
        "current": answer.current and answer.current.to_mapping(),
        "since": [one.to_mapping() for one in answer.since],
        "outcomes_since": [one.to_mapping() for one in answer.outcomes],
        "differences": None if answer.lines is None else [_difference(line) for line in answer.lines],
        "page": answer.page or None,
        "signature_checked": False,
    }
    return json.dumps(document, indent=1) + "\n"


def _difference(line: Line) -> dict[str, Any]:
    return {"kind": line.kind, "what": line.what, "before": line.before or None, "after": line.after or None}
