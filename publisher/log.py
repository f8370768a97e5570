"""The landed versions as a Merkle tree (RFC 6962, section 2.1): one leaf a version, in first-parent order.

A leaf is canonical JSON, without a git id in it, so that a SHA-256 import of the same history keeps the log:

    {"at":"2026-01-05T10:00:00Z","key":"letters/a","op":"add","rev":1,"seq":0,"sha256":"…","size":512}

`at` is published_at; a removal has neither sha256 nor size. The same commit gives the same tree, and a later
commit on the first-parent line gives an extension of it.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence

from publisher.provenance import Provenance, Revision

EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf(key: str, revision: Revision) -> bytes:
    """Return the bytes of the leaf of one landed version."""
    value: dict[str, object] = {
        "at": revision.published_at, "key": key, "op": revision.op, "rev": revision.rev, "seq": revision.seq,
    }  # fmt: skip
    if revision.sha256 is not None:
        value |= {"sha256": revision.sha256, "size": revision.size}
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def leaves(provenances: Mapping[str, Provenance]) -> list[bytes]:
    """Return all leaves in the order of the log. Raises ValueError if a place is missing or taken twice."""
    placed = {
        revision.seq: leaf(key, revision)
        for key, provenance in provenances.items()
        for revision in provenance.revisions
    }
    count = sum(len(provenance.revisions) for provenance in provenances.values())
    if sorted(placed) != list(range(count)):
        raise ValueError("the revisions do not number the log from 0 without a gap")
    return [placed[seq] for seq in range(count)]


def leaf_hash(data: bytes) -> bytes:
    """Return SHA-256(0x00 || leaf) (RFC 6962, section 2.1)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return SHA-256(0x01 || left || right) (RFC 6962, section 2.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(data: Iterable[bytes]) -> bytes:
    """Return the Merkle tree head of the leaves, 32 bytes (RFC 6962, section 2.1)."""
    return root_of_hashes([leaf_hash(item) for item in data])


def root_of_hashes(hashes: Sequence[bytes]) -> bytes:
    """Return the Merkle tree head of leaf hashes: pairing level by level, an odd last node moves up as it is."""
    if not hashes:
        return EMPTY_ROOT
    level = list(hashes)
    while len(level) > 1:
        paired = [node_hash(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
        level = paired + level[len(level) - len(level) % 2 :]
    return level[0]
