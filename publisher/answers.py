"""One answer, judged as `check` would judge it in a record: the same faults, in the same words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from publisher import compose
from publisher.archive import Archive
from publisher.checks import privacy
from publisher.history import History
from publisher.snapshot import Snapshot

_LETTER: Mapping[str, Any] = {
    "id": "x", "title": "x", "title_basis": "supplied", "kind": "letter", "from": [{"party": "x"}],
    "to": [{"party": "x"}], "thread": "x", "dates": {"sent": {"date": "2019", "basis": "stated"}}, "language": "en",
    "summary": "x", "questions_extent": "unknown", "sources": [{"title": "x"}], "availability": "described",
}  # fmt: skip
_CHANGE = {"kind": "correction", "note": "x"}
_SKELETONS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "letter": ("records/letters/x.yaml", _LETTER),
    "party": ("records/parties.yaml", {"id": "x", "name": "x", "kind": "company"}),
    "thread": ("records/threads.yaml", {"id": "x", "title": "x"}),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """What is wrong with an answer, and what to do about it."""

    message: str
    hint: str


def faults(kind: str, fields: Mapping[str, Any]) -> list[Fault]:
    """Judge some fields of a letter, a party or a thread, in a record that has no other fault."""
    path, skeleton = _SKELETONS[kind]
    document: dict[str, Any] = {**skeleton, **fields}
    if kind != "letter":
        document = {"parties" if kind == "party" else "threads": [document]}
    elif "id" in fields:
        path = f"records/letters/{fields['id']}.yaml"
    try:
        data = compose.record(path, document)
    except (UnicodeEncodeError, ValueError):
        return [Fault(message="this holds something that is no text", hint="type it again")]
    archive, findings = Archive.of(Snapshot(files={path: data}))
    found = [*findings, *privacy.contacts(archive, History())]
    return [Fault(message=each.message, hint=each.hint.replace("; put it in quotes", "")) for each in found]
