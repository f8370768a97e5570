"""The log: one leaf a landed version, in first-parent order, as an RFC 6962 Merkle tree.

A leaf is canonical JSON, without a git id in it, so that a SHA-256 import of the same history keeps the log:

    {"at":"2026-01-05T10:00:00Z","key":"letters/a","op":"add","rev":1,"seq":0,"sha256":"…","size":512}

`at` is published_at; a removal has neither sha256 nor size. The same commit gives the same tree, and a later
commit on the first-parent line gives an extension of it.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self, get_args

from publisher import merkle
from publisher.history import Operation
from publisher.provenance import Provenance, Revision
from publisher.tiles import MAX_ENTRY

_FIELDS = ("at", "key", "op", "rev", "seq")
_CONTENT = ("sha256", "size")
_TIME = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})T([01][0-9]|2[0-3])(:[0-5][0-9]){2}Z")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_OPERATIONS = frozenset(get_args(Operation))
_INTEGERS = 2**53


@dataclass(frozen=True, kw_only=True, slots=True)
class Leaf:
    """What the log says of one landed version; a removal has neither sha256 nor size.

    Raises ValueError for a value that no leaf can have (docs/format.md, section 6).
    """

    at: str
    key: str
    op: Operation
    rev: int
    seq: int
    sha256: str | None = None
    size: int | None = None

    def __post_init__(self) -> None:
        time = _TIME.fullmatch(self.at)
        if time is None or not date.fromisoformat(time[1]):
            raise ValueError(f"{self.at!r} is not a time of the log")
        if not self.key or self.op not in _OPERATIONS:
            raise ValueError(f"{self.op!r} of {self.key!r} is not an entry of the log")
        if not 0 < self.rev < _INTEGERS or not 0 <= self.seq < _INTEGERS:
            raise ValueError(f"{self.rev} and {self.seq} are not places of the log")
        if self.sha256 is None or self.size is None:
            if self.op != "remove" or self.sha256 is not None or self.size is not None:
                raise ValueError("a removal has neither sha256 nor size, and all else has both")
        elif self.op == "remove" or not _SHA256.fullmatch(self.sha256) or not 0 <= self.size < _INTEGERS:
            raise ValueError(f"{self.sha256!r} and {self.size!r} are not the SHA-256 and the size of what landed")

    @classmethod
    def of(cls, key: str, revision: Revision) -> Self:
        """Return the leaf of one revision of a key."""
        return cls(
            at=revision.published_at,
            key=key,
            op=revision.op,
            rev=revision.rev,
            seq=revision.seq,
            sha256=revision.sha256,
            size=revision.size,
        )

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read what format wrote. Raises ValueError for anything else."""
        try:
            value: Any = json.loads(data)
        except RecursionError as fault:
            raise ValueError("a leaf does not nest") from fault
        if not isinstance(value, dict) or tuple(value) not in (_FIELDS, _FIELDS + _CONTENT):
            raise ValueError("a leaf is a JSON object of the log's fields, in their order")
        if any(type(value[name]) is not kind for name, kind in _KINDS.items() if name in value):
            raise ValueError("a field of the leaf is of another kind")
        leaf = cls(**value)
        if leaf.format() != data:
            raise ValueError("the leaf is not canonical JSON")
        return leaf

    def format(self) -> bytes:
        """Return the leaf's bytes: canonical JSON, without a newline.

        Raises ValueError for what is not UTF-8, and for more bytes than a bundle of entries holds.
        """
        names = _FIELDS if self.op == "remove" else _FIELDS + _CONTENT
        value = {name: getattr(self, name) for name in names}
        data = json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
        if len(data) > MAX_ENTRY:
            raise ValueError(f"a leaf of {len(data)} bytes is longer than the {MAX_ENTRY} that an entry of the log has")
        return data


_KINDS = {"at": str, "key": str, "op": str, "rev": int, "seq": int, "sha256": str, "size": int}


def leaves(provenances: Mapping[str, Provenance]) -> list[bytes]:
    """Return all leaves in the order of the log. Raises ValueError if a place is missing or taken twice."""
    return [Leaf.of(key, revision).format() for key, revision in _placed(provenances)]


def ends(provenances: Mapping[str, Provenance]) -> list[int]:
    """Return the sizes that the log had after each commit of the line that landed anything, the smallest first.

    Raises ValueError if a place is missing or taken twice.
    """
    commits = [revision.commit for _, revision in _placed(provenances)]
    return [size for size, commit in enumerate(commits, 1) if size == len(commits) or commits[size] != commit]


def root(data: Iterable[bytes]) -> bytes:
    """Return the Merkle tree head of leaves, 32 bytes."""
    return merkle.root_of(map(merkle.leaf_hash, data))


def _placed(provenances: Mapping[str, Provenance]) -> list[tuple[str, Revision]]:
    """Return the revisions of all keys in the order of the log."""
    found = [(key, revision) for key, provenance in provenances.items() for revision in provenance.revisions]
    found.sort(key=lambda placed: placed[1].seq)
    if [revision.seq for _, revision in found] != list(range(len(found))):
        raise ValueError("the revisions do not number the log from 0 without a gap")
    return found
