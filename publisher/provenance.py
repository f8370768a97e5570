"""Where each record's versions come from, and what each revision meant: worked out from history, never typed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from publisher.history import Content, History, Operation, Version

Meaning = Literal["published", "amended", "editorial", "unchanged", "withdrawn", "reinstated", "removed"]
MEANINGS: tuple[Meaning, ...] = (
    "published", "amended", "editorial", "unchanged", "withdrawn", "reinstated", "removed",
)  # fmt: skip
QUIET: frozenset[Meaning] = frozenset({"editorial", "unchanged"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Stamp:
    """One landing: `landed_at` is the committer's time, `published_at` the newest of the line so far; both UTC."""

    commit: str
    seq: int
    rev: int
    landed_at: str
    published_at: str

    @classmethod
    def from_mapping(cls, value: dict[str, Any]) -> "Stamp":
        """Read what to_mapping wrote."""
        return cls(**value)

    def to_mapping(self) -> dict[str, Any]:
        """Return the stamp as it stands in the index."""
        return {
            "commit": self.commit, "seq": self.seq, "rev": self.rev,
            "landed_at": self.landed_at, "published_at": self.published_at,
        }  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Revision:
    """One landed version; a removal has neither sha256 nor size.

    `erased` says why the bytes of an erased version are gone; its sha256 and size are those they had, as listed.
    """

    seq: int
    rev: int
    commit: str
    landed_at: str
    published_at: str
    op: Operation
    meaning: Meaning
    sha256: str | None = None
    size: int | None = None
    erased: str | None = None

    @property
    def stamp(self) -> Stamp:
        """When and where this revision landed."""
        return Stamp(
            commit=self.commit,
            seq=self.seq,
            rev=self.rev,
            landed_at=self.landed_at,
            published_at=self.published_at,
        )

    @property
    def is_seen(self) -> bool:
        """Whether readers see this revision: it moves the times that they see."""
        return self.meaning not in QUIET

    @classmethod
    def from_mapping(cls, value: dict[str, Any]) -> "Revision":
        """Read what to_mapping wrote."""
        return cls(**value)

    def to_mapping(self) -> dict[str, Any]:
        """Return the revision as it stands in the index."""
        found = {**self.stamp.to_mapping(), "op": self.op, "meaning": self.meaning}
        if self.sha256 is not None:
            found |= {"sha256": self.sha256, "size": self.size}
        return found if self.erased is None else {**found, "erased": self.erased}


@dataclass(frozen=True, kw_only=True, slots=True)
class Provenance:
    """All revisions of one record, oldest first; `changed` is the newest that readers see, `latest` the newest."""

    first: Stamp
    changed: Stamp
    latest: Stamp
    revisions: tuple[Revision, ...]

    @classmethod
    def of(cls, versions: Sequence[Version]) -> "Provenance":
        """Work out the provenance of one key from its versions, oldest first; at least one, all committed."""
        revisions = []
        for before, version in zip([None, *versions], versions, strict=False):
            revisions.append(_revision(version, meaning_of(before, version)))
        changed = next(revision for revision in reversed(revisions) if revision.is_seen)
        return cls(
            first=revisions[0].stamp,
            changed=changed.stamp,
            latest=revisions[-1].stamp,
            revisions=tuple(revisions),
        )

    @classmethod
    def from_mapping(cls, value: dict[str, Any]) -> "Provenance":
        """Read what to_mapping wrote."""
        return cls(
            first=Stamp.from_mapping(value["first"]),
            changed=Stamp.from_mapping(value["changed"]),
            latest=Stamp.from_mapping(value["latest"]),
            revisions=tuple(map(Revision.from_mapping, value["revisions"])),
        )

    def to_mapping(self) -> dict[str, Any]:
        """Return the provenance as it stands in the index."""
        return {
            "first": self.first.to_mapping(),
            "changed": self.changed.to_mapping(),
            "latest": self.latest.to_mapping(),
            "revisions": [revision.to_mapping() for revision in self.revisions],
        }


def trace(history: History) -> dict[str, Provenance]:
    """Return the provenance of every key that ever landed, in the order of first landing."""
    return {key: Provenance.of(versions) for key, versions in history.by_key.items()}


def meaning_of(before: Version | None, version: Version) -> Meaning:
    """Return what a version means after the one before it (docs/format.md, "Meaning")."""
    if version.op == "remove":
        return "removed"
    if before is None:
        return "published"
    new = version.content or Content()
    if before.op == "remove":
        return "withdrawn" if new.status == "withdrawn" else "reinstated"
    old = before.content or Content()
    if old.status != new.status:
        return "withdrawn" if new.status == "withdrawn" else "reinstated"
    if old.digest == new.digest:
        return "unchanged"
    return "editorial" if _is_editorial(old, new) else "amended"


def new_notes(old: Content, new: Content) -> list[str] | None:
    """Return the kinds of the `changes` notes that were added, or None if an earlier note was altered."""
    kept = new.changes[: len(old.changes)] == old.changes
    return [kind for kind, _ in new.changes[len(old.changes) :]] if kept else None


def utc(seconds: int) -> str:
    """Return a time in seconds since 1970 as `YYYY-MM-DDTHH:MM:SSZ` (RFC 3339, UTC, whole seconds)."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _is_editorial(old: Content, new: Content) -> bool:
    kinds = new_notes(old, new)
    return bool(kinds) and set(kinds or ()) == {"editorial"}


def _revision(version: Version, meaning: Meaning) -> Revision:
    removed = version.op == "remove"
    return Revision(
        seq=version.seq, rev=version.rev, commit=version.commit or "",
        landed_at=utc(version.landed_at), published_at=utc(version.published_at),
        op=version.op, meaning=meaning,
        sha256=None if removed else version.sha256, size=None if removed else version.size, erased=version.erased,
    )  # fmt: skip
