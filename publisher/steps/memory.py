"""What an auditor kept is held against what is published now: extension, rewriting, rollback, split view."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import zip_longest
from typing import Any, Self

from publisher import checkpoint, log
from publisher.audit import ABSENT, Audit, Difference, Memory, Outcome, failed, passed, shown, unchecked
from publisher.checkpoint import Checkpoint
from publisher.errors import UnavailableError
from publisher.index import Index
from publisher.merkle import ProofError, consistency, verify_consistency
from publisher.provenance import utc
from publisher.signatures.keys import SignatureError
from publisher.tiles import TileReader

DAY = 24 * 60 * 60
_STATE = re.compile(rb"seen ([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)\n(.+)", re.DOTALL)
_WHERE = "only the root was kept, which does not say where: keep index.json to learn that too"


@dataclass(frozen=True, kw_only=True, slots=True)
class State:
    """A monitor's memory: the checkpoint as it was published, and when it was first seen (seconds since 1970)."""

    seen: int
    note: bytes

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read what format wrote. Raises ValueError for anything else."""
        found = _STATE.fullmatch(data)
        if found is None:
            raise ValueError("it does not begin with the time at which the checkpoint was first seen")
        time = datetime.strptime(found[1].decode("ascii"), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        checkpoint.read_unsigned(found[2])
        return cls(seen=int(time.timestamp()), note=found[2])

    def format(self) -> bytes:
        """Return the state as a file: one line, then the checkpoint."""
        return f"seen {utc(self.seen)}\n".encode() + self.note


def remember(data: bytes, source: str, *, now: int | None = None) -> Memory:
    """Read what an auditor kept: a checkpoint, its three lines alone, a monitor's state, or a whole index.json.

    It is the auditor's own, so its signatures are not looked at. Raises ValueError if it is none of these.
    """
    if data.startswith(b"{"):
        return _index_memory(data, source)
    if data.startswith(b"seen "):
        state = State.parse(data)
        days = None if now is None else max(now - state.seen, 0) // DAY
        return Memory(source=source, checkpoint=checkpoint.read_unsigned(state.note), days=days)
    return Memory(source=source, checkpoint=checkpoint.read_unsigned(data))


def since(audit: Audit) -> Outcome | None:
    """Hold the published log against the one that is remembered; None if nothing is."""
    kept = audit.since
    if kept is None:
        return None
    if audit.index is None or audit.leaves is None or not audit.has("index"):
        return unchecked("the published log could not be read")
    old, size = kept.checkpoint, len(audit.leaves)
    if found := _not_extended(old, audit.index["log"], audit.leaves):
        says, field = found
        differences = [Difference(what="log", field=field, published=_head(audit.index["log"]), expected=_old(old))]
        return failed(f"{says} ({kept.source})", [*differences, *_first_change(kept, audit.leaves)])
    if not old.size:
        return unchecked(f"{kept.source} remembers an empty log, from which nothing follows")
    if fault := _left_line(audit, kept):
        return failed(f"the commit that you remember is not on the first-parent line any more ({kept.source})", [fault])
    if size == old.size:
        days = "" if kept.days is None else f", and has been the newest for {kept.days} days"
        return passed(f"unchanged: the log is the one that you remember, {size} leaves{days} ({kept.source})")
    return passed(f"extends: the {old.size} leaves that you remember are the first of {size} ({kept.source})")


def newer(audit: Audit) -> Outcome | None:
    """Prove that the published log is a part of a newer one that a current key signed; None if not asked for."""
    if audit.newer is None:
        return None
    if audit.index is None or not audit.has("index"):
        return unchecked("the published log could not be read")
    try:
        head, key = checkpoint.read(audit.newer.checkpoint, audit.current, audit.index["log"]["origin"])
    except SignatureError as reason:
        found = Difference(what=audit.newer.source, published=str(reason))
        return failed("the newer checkpoint is not signed by a current key", [found])
    size, root = audit.index["log"]["size"], bytes.fromhex(audit.index["log"]["root"])
    fault = Difference(what="log", published=_head(audit.index["log"]), expected=_old(head))
    if head.size < size:
        return failed(f"{audit.newer.source} is not newer: it has {head.size} leaves of {size}", [fault])
    try:
        proof = consistency(TileReader(audit.newer.read, head.size).node, size, head.size)
        verify_consistency(size, root, head.size, head.root, proof)
    except UnavailableError as gone:
        return unchecked(f"{gone.message}; {gone.hint}")
    except ProofError as reason:
        return failed(f"the log is not a part of the newer one: {reason}", [fault])
    says = f"its {size} leaves are the first of the {head.size} that {key.fingerprint} signed"
    if not any(entry.key.fingerprint == audit.signed_by for entry in audit.current) and not _is_rebuilt(audit):
        return unchecked(
            f"{says}; but a key that is not current signed all else, and only a clone shows whether it is what they say"
        )
    return passed(says)


def _is_rebuilt(audit: Audit) -> bool:
    """Whether git gives every value and every file: leaves alone say nothing of the text beside them."""
    return audit.has("index-rebuilt") and audit.has("files-rebuilt")


def _not_extended(old: Checkpoint, new: Mapping[str, Any], leaves: Sequence[bytes]) -> tuple[str, str] | None:
    """Return what is wrong, and which field shows it, unless the log begins with the remembered one."""
    if old.origin != new["origin"]:
        return "this is another log than the one you remember", "origin"
    if old.size > len(leaves):
        return f"rollback: you remember {old.size} leaves, and {len(leaves)} are published", "size"
    if log.root(leaves[: old.size]) == old.root:
        return None
    if old.size == len(leaves):
        return f"split view: two publications of one size, {old.size} leaves, with different roots", "root"
    return f"history rewritten: the first {old.size} leaves are not the ones that you remember", "root"


def _first_change(kept: Memory, leaves: Sequence[bytes]) -> Iterator[Difference]:
    """Yield the first leaf that is not as it was; of a rollback the first that is missing."""
    if kept.leaves is None:
        yield Difference(what="log", field="leaf", published=_WHERE)
        return
    for seq, (old, new) in enumerate(zip_longest(kept.leaves, leaves[: len(kept.leaves)])):
        if old != new:
            published = ABSENT if new is None else shown(new.decode("utf-8", "replace"))
            yield Difference(
                what="log", field=f"leaf {seq}", published=published, expected=shown(old.decode("utf-8", "replace"))
            )
            return


def _left_line(audit: Audit, kept: Memory) -> Difference | None:
    """Return a difference if the remembered commit left the line though nothing was erased since."""
    assert audit.index is not None
    if kept.commit is None or audit.line is None or any(entry.id == kept.commit for entry in audit.line):
        return None
    if kept.object_format != audit.index["source"]["object_format"] or _erased(audit.index) > (kept.erased or 0):
        return None
    return Difference(what="index.json", field="source.commit", published="(not on the line)", expected=kept.commit)


def _index_memory(data: bytes, source: str) -> Memory:
    try:
        value = json.loads(data)
        index = Index.from_bytes(data)
        leaves = tuple(index.leaves())
        head = Checkpoint(origin=index.log.origin, size=index.log.size, root=bytes.fromhex(index.log.root))
    except (KeyError, TypeError, AttributeError, RecursionError) as fault:
        raise ValueError(f"it is no index of this format ({fault})") from fault
    if log.root(leaves) != head.root or len(leaves) != head.size:
        raise ValueError("its leaves do not give its own root")
    return Memory(
        source=source,
        checkpoint=head,
        leaves=leaves,
        commit=index.source.commit,
        object_format=index.source.object_format,
        erased=_erased(value),
    )


def _erased(index: Mapping[str, Any]) -> int:
    """Return how many revisions of an index are marked as erased."""
    entries = (entry for array in ("letters", "assessments", "tables", "removed") for entry in index[array])
    return sum("erased" in revision for entry in entries for revision in entry["provenance"]["revisions"])


def _head(head: Mapping[str, Any]) -> str:
    return f"{head['origin']}, {head['size']} leaves, root {head['root']}"


def _old(head: Checkpoint) -> str:
    return f"{head.origin}, {head.size} leaves, root {head.root.hex()}"
