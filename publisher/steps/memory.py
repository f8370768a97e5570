"""What an auditor kept is held against what is published now: extension, rewriting, rollback, split view."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import zip_longest
from typing import Any, Self

from publisher import checkpoint, log
from publisher.audit import ABSENT, Audit, Difference, Memory, Outcome, SeenList, failed, passed, shown, unchecked
from publisher.checkpoint import Checkpoint
from publisher.errors import UnavailableError
from publisher.git import Repository
from publisher.index import Index
from publisher.merkle import ProofError, consistency, verify_consistency
from publisher.provenance import utc
from publisher.signatures.chain import MAX_LISTS, Chain, files_in, follow
from publisher.signatures.keys import SignatureError
from publisher.signatures.lists import trust
from publisher.steps.index import erased
from publisher.steps.keys import FOLDER
from publisher.tiles import TileReader

DAY = 24 * 60 * 60
_TIME = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z"
_STATE = re.compile(rf"seen ({_TIME})\n(?:keys ([1-9][0-9]{{0,3}}) ([0-9a-f]{{64}})\n)?(.+)".encode("ascii"), re.DOTALL)
_LATEST = 253_402_300_799  # the last second of 9999
_SHA256 = re.compile(r"[0-9a-f]{64}")
_UNSEEN = "whether the commit that you remember stands before the published one takes a clone to see"
_WHERE = "only the root was kept, which does not say where: keep index.json to learn that too"


@dataclass(frozen=True, kw_only=True, slots=True)
class State:
    """A monitor's memory, as a file of a few lines.

        seen 2026-01-05T10:00:00Z                       when this checkpoint was first seen (`seen`, seconds since 1970)
        keys 2 24b0acf7a94ec27da0f1cb1c8f1d4e3e...      the newest key list it was led to (`keys`), if to any
        letterbook.example/harbour-letters              the checkpoint as it was published (`note`)
        ...

    Raises ValueError for values that no state has.
    """

    seen: int
    note: bytes
    keys: SeenList | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.seen <= _LATEST:
            raise ValueError(f"{self.seen} is no time of a checkpoint")
        if self.keys is not None and not (1 <= self.keys.number <= MAX_LISTS and _SHA256.fullmatch(self.keys.sha256)):
            raise ValueError(f"{self.keys} is no key list")
        checkpoint.read_unsigned(self.note)

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read what format wrote. Raises ValueError for anything else."""
        found = _STATE.fullmatch(data)
        if found is None:
            raise ValueError("it does not begin with the time at which the checkpoint was first seen")
        time = datetime.strptime(found[1].decode("ascii"), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        keys = SeenList(number=int(found[2]), sha256=found[3].decode("ascii")) if found[2] else None
        return cls(seen=int(time.timestamp()), note=found[4], keys=keys)

    def format(self) -> bytes:
        """Return the state as a file."""
        keys = "" if self.keys is None else f"keys {self.keys.number} {self.keys.sha256}\n"
        return f"seen {utc(self.seen)}\n{keys}".encode("ascii") + self.note


def remember(data: bytes, source: str, *, now: int | None = None) -> Memory:
    """Read what an auditor kept: a checkpoint, its three lines alone, a monitor's state, or a whole index.json.

    It is the auditor's own, so its signatures are not looked at. Raises ValueError if it is none of these.
    """
    if data.startswith(b"{"):
        return _index_memory(data, source)
    if data.startswith(b"seen "):
        state = State.parse(data)
        days = None if now is None else max(now - state.seen, 0) // DAY
        head = checkpoint.read_unsigned(state.note)
        return Memory(source=source, checkpoint=head, seen=state.seen, days=days, keys=state.keys)
    return Memory(source=source, checkpoint=checkpoint.read_unsigned(data))


def since(audit: Audit) -> Outcome | None:
    """Hold the published log and key lists against those that are remembered; None if nothing is."""
    if audit.since is None:
        return None
    outcome = _log_since(audit, audit.since)
    found = None if audit.since.keys is None else _lists_since(audit, audit.since.keys)
    if found is None:
        return outcome
    says = f"{found[0]} ({audit.since.source})"
    return failed(f"{outcome.says}; {says}" if outcome.differences else says, [*outcome.differences, found[1]])


def reached(audit: Audit) -> SeenList | None:
    """Return the newest key list that the auditor's own leads to, to be remembered; else the one remembered before.

    It is one that has roots, for it says its number itself, and as it is published, for so it was signed.
    """
    known = None if audit.since is None else audit.since.keys
    if audit.keys is None:
        return known
    chain = Chain.of(files_in(audit.published, FOLDER))
    newest, _ = follow(trust(audit.keys), chain)
    published = next((link.listed for link in chain.links if link.listed.number == newest.number), None)
    if not newest.roots or published is None or not published.says_the_same(newest):
        return known
    return SeenList(number=newest.number, sha256=hashlib.sha256(published.data).hexdigest())


def _lists_since(audit: Audit, seen: SeenList) -> tuple[str, Difference] | None:
    """Return what is wrong, and where, unless the key lists lead at least to the one that is remembered."""
    path = f"{FOLDER}{seen.number}.allowed_signers"
    data = audit.read(path)
    if data is not None and (sha256 := hashlib.sha256(data).hexdigest()) != seen.sha256:
        says = f"key list {seen.number} is not the one that you remember"
        return says, Difference(what=path, field="sha256", published=sha256, expected=seen.sha256)
    number = 0 if data is None else seen.number
    if audit.keys is not None:
        newest, _ = follow(trust(audit.keys), Chain.of(files_in(audit.published, FOLDER)))
        number = newest.number if newest.roots else 0
    if number >= seen.number:
        return None
    says = f"rollback: you were led to key list {seen.number} before, and this publication does not lead there"
    leads = f"list {number}" if number else "none that you know"
    return says, Difference(what="keys", field="number", published=leads, expected=f"list {seen.number}")


def _log_since(audit: Audit, kept: Memory) -> Outcome:
    if audit.index is None or audit.leaves is None or not audit.has("index"):
        return unchecked("the published log could not be read")
    old, size = kept.checkpoint, len(audit.leaves)
    if found := _not_extended(old, audit.index["log"], audit.leaves):
        says, field = found
        differences = [Difference(what="log", field=field, published=_head(audit.index["log"]), expected=_old(old))]
        return failed(f"{says} ({kept.source})", [*differences, *_first_change(kept, audit.leaves)])
    if not old.size:
        return unchecked(f"{kept.source} remembers an empty log, from which nothing follows")
    if left := _left_line(audit, kept):
        return failed(f"{left[0]} ({kept.source})", [left[1]])
    facts = () if kept.commit is None or audit.line is not None else (_UNSEEN,)
    if size == old.size:
        days = "" if kept.days is None else f", and has been the newest for {kept.days} days"
        return passed(f"unchanged: the log is the one that you remember, {size} leaves{days} ({kept.source})", *facts)
    return passed(f"extends: the {old.size} leaves that you remember are the first of {size} ({kept.source})", *facts)


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


def _left_line(audit: Audit, kept: Memory) -> tuple[str, Difference] | None:
    """Return what is wrong, and where, if the remembered commit is not on the line though nothing was erased since."""
    assert audit.index is not None
    if kept.commit is None or audit.line is None or any(entry.id == kept.commit for entry in audit.line):
        return None
    commit = audit.index["source"]["commit"]
    if audit.clone is not None and _stands_before(audit.clone, commit, kept.commit):
        says = "rollback: the commit that you remember stands after the published one"
        return says, Difference(what="index.json", field="source.commit", published=commit, expected=kept.commit)
    if kept.object_format != audit.index["source"]["object_format"] or len(erased(audit.index)) > (kept.erased or 0):
        return None
    says = "the commit that you remember is not on the first-parent line any more"
    return says, Difference(
        what="index.json", field="source.commit", published="(not on the line)", expected=kept.commit
    )


def _stands_before(clone: Repository, commit: str, other: str) -> bool:
    return clone.find_commit(other) == other and any(entry.id == commit for entry in clone.line(other))


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
        erased=len(erased(value)),
    )


def _head(head: Mapping[str, Any]) -> str:
    return f"{head['origin']}, {head['size']} leaves, root {head['root']}"


def _old(head: Checkpoint) -> str:
    return f"{head.origin}, {head.size} leaves, root {head.root.hex()}"
