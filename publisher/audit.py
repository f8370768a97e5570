"""What an audit of a publication finds: steps with outcomes, differences with both values, and a verdict.

The steps themselves, and the order in which each trusts only those before it, stand in steps/.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from publisher.checkpoint import Checkpoint
from publisher.commits import CommitReport
from publisher.git import LineCommit, Repository
from publisher.index import Index
from publisher.publish import SUMS
from publisher.signatures.keys import AllowedSigner
from publisher.site import Site

Status = Literal["passed", "failed", "not checked"]
KEY_DEPENDENT = frozenset({SUMS, f"{SUMS}.sig", "index.json.sig", "keys/allowed_signers", "log/checkpoint"})
REQUIRED = frozenset({"index.json", "index.json.sig", "keys/allowed_signers", "log/checkpoint"})
ABSENT = "(absent)"


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """One thing that is not as it should be: which entry or file, which field of it, and both values as text."""

    what: str
    field: str = ""
    published: str = ""
    expected: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What one step found: `facts` are worth knowing and no fault, `differences` say what is wrong."""

    status: Status
    says: str
    differences: tuple[Difference, ...] = ()
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One numbered step as it was made, with what its passing proves and what that leaves open."""

    number: int
    name: str
    outcome: Outcome
    proves: str
    leaves_open: str

    @property
    def status(self) -> Status:
        """Whether it passed, failed, or could not be made."""
        return self.outcome.status

    @property
    def differences(self) -> tuple[Difference, ...]:
        """What is wrong."""
        return self.outcome.differences


@dataclass(frozen=True, kw_only=True, slots=True)
class Rebuilt:
    """What the auditor's own clone says: the index, the files that depend on no key, and the newest key list.

    `newest_keys` are the bytes of the archive's newest key list, or None where it lists none.
    """

    index: Index
    files: Mapping[str, bytes]
    newest_keys: bytes | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SeenList:
    """A numbered key list that the auditor was led to: its number, and the SHA-256 of its bytes in hex."""

    number: int
    sha256: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Memory:
    """What the auditor kept from an earlier visit.

    `leaves`, `commit` and `erased` (how many versions were erased then) are known if a whole index was kept. Of a
    monitor's state, `seen` is when this very checkpoint was first seen, in seconds since 1970, `days` for how many
    days it has been the newest, and `keys` the newest key list that the monitor was ever led to.
    """

    source: str
    checkpoint: Checkpoint
    leaves: tuple[bytes, ...] | None = None
    commit: str | None = None
    object_format: str | None = None
    erased: int | None = None
    seen: int | None = None
    days: int | None = None
    keys: SeenList | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Newer:
    """A newer checkpoint of the same log, and how to read the tiles that are published beside it."""

    source: str
    checkpoint: bytes
    read: Callable[[str], bytes | None]


@dataclass(kw_only=True)
class Audit:
    """One run over one publication: what was asked, what is known so far, and the steps that were made.

    `keys` are the bytes of the key list that the auditor trusts, or None; `now` is the auditor's clock in seconds
    since 1970, UTC. Each step reads what the steps before it established and adds what it establishes itself.
    """

    site: Site
    open_repository: Callable[[], Repository]
    keys: bytes | None = None
    fsck: bool = True
    since: Memory | None = None
    newer: Newer | None = None
    now: int | None = None

    steps: list[Step] = field(default_factory=list)
    published: dict[str, bytes] = field(default_factory=dict)
    allowed: tuple[AllowedSigner, ...] = ()
    current: tuple[AllowedSigner, ...] = ()
    signed_by: str = ""
    index: dict[str, Any] | None = None
    leaves: tuple[bytes, ...] | None = None
    checkpoint: bytes | None = None
    clone: Repository | None = None
    line: tuple[LineCommit, ...] | None = None
    report: CommitReport | None = None
    rebuilt: Rebuilt | None = None

    def read(self, path: str) -> bytes | None:
        """Return a published file, once it was read always the same bytes."""
        if path not in self.published and (data := self.site.read(path)) is not None:
            self.published[path] = data
        return self.published.get(path)

    def has(self, name: str, status: Status = "passed") -> bool:
        """Whether a step was made and ended so."""
        return any(step.name == name and step.status == status for step in self.steps)

    @property
    def exit_status(self) -> int:
        """0 if every step passed, 1 if one failed, 3 if one was not checked and none failed."""
        statuses = {step.status for step in self.steps}
        return 1 if "failed" in statuses else 3 if "not checked" in statuses else 0


def passed(says: str, *facts: str) -> Outcome:
    """Return the outcome of a step that found nothing wrong."""
    return Outcome(status="passed", says=says, facts=facts)


def failed(says: str, differences: Sequence[Difference], *facts: str) -> Outcome:
    """Return the outcome of a step that found something wrong; at least one difference says what."""
    if not differences:
        raise ValueError("a failed step says what is wrong")
    return Outcome(status="failed", says=says, differences=tuple(differences), facts=facts)


def unchecked(says: str, *differences: Difference) -> Outcome:
    """Return the outcome of a step that could not be made."""
    return Outcome(status="not checked", says=says, differences=differences)


# -- values as text ------------------------------------------------------------------------------------------


class Missing:
    """Stands for a value that is not there at all."""


def value_differences(what: str, place: tuple[str | int, ...], published: Any, expected: Any) -> Iterator[Difference]:
    """Yield every scalar that differs between two JSON values, by its place."""
    if isinstance(published, dict) and isinstance(expected, dict):
        for name in sorted(published.keys() | expected.keys()):
            pair = (side.get(name, Missing) for side in (published, expected))
            yield from value_differences(what, (*place, name), *pair)
    elif isinstance(published, list) and isinstance(expected, list):
        for at in range(max(len(published), len(expected))):
            pair = (side[at] if at < len(side) else Missing for side in (published, expected))
            yield from value_differences(what, (*place, at), *pair)
    elif type(published) is not type(expected) or published != expected:
        yield Difference(what=what, field=dotted(place), published=shown(published), expected=shown(expected))


def dotted(place: Sequence[str | int]) -> str:
    """Return a place in a JSON value as `letters[3].title`."""
    text = ""
    for part in place:
        text += f"[{part}]" if isinstance(part, int) else f".{printable(part)}"
    return text.removeprefix(".")


def shown(value: Any) -> str:
    """Return a value as ASCII JSON, cut to a line's length: nothing in it can act on a terminal."""
    if value is Missing:
        return ABSENT
    text = json.dumps(value)
    return text if len(text) <= 200 else f"{text[:200]}... ({len(text)} characters)"


def printable(text: str) -> str:
    """Return text as it is if it is plain ASCII, else as a Python literal."""
    return text if text.isascii() and text.isprintable() else ascii(text)
