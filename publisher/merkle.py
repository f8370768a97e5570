"""The Merkle tree of RFC 6962, section 2.1: its root, and short proofs that anyone can check.

An inclusion proof shows that a leaf stands at an index of a tree (made by section 2.1.1, checked by RFC 9162,
section 2.1.3.2); a consistency proof shows that a tree begins with an earlier one (2.1.2; RFC 9162, 2.1.4.2).
What proves nothing is refused, in making and in checking: a consistency proof from the empty tree is one.

Hashes are SHA-256 and have 32 bytes. Hashes of subtrees come from a function `nodes(height, index)`, so that proofs
are made alike from a Tree in memory and from published tiles.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import reduce
from hashlib import sha256

EMPTY_ROOT = sha256(b"").digest()
Nodes = Callable[[int, int], bytes]
"""(height, index) -> hash of the complete subtree of 2**height leaves, the index-th of that height, from 0."""


class ProofError(ValueError):
    """A proof does not show what it should, or there can be none."""


def leaf_hash(data: bytes) -> bytes:
    """Return SHA-256(0x00 || leaf) (RFC 6962, section 2.1)."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return SHA-256(0x01 || left || right) (RFC 6962, section 2.1)."""
    return sha256(b"\x01" + left + right).digest()


def parents(level: Sequence[bytes]) -> list[bytes]:
    """Return the hashes one level up; an odd last node has no parent yet."""
    hashed = sha256
    return [hashed(b"\x01" + left + right).digest() for left, right in zip(level[::2], level[1::2], strict=False)]


def root_of(hashes: Iterable[bytes]) -> bytes:
    """Return the Merkle tree head of a stream of leaf hashes; it keeps one hash a level."""
    peaks: list[bytes] = []
    for count, node in enumerate(hashes, 1):
        while not count & 1:
            node, count = node_hash(peaks.pop(), node), count >> 1
        peaks.append(node)
    return _joined(peaks) if peaks else EMPTY_ROOT


class Tree:
    """A tree of leaf hashes with all its complete subtrees."""

    __slots__ = ("_levels", "size")

    def __init__(self, hashes: Sequence[bytes]) -> None:
        self.size = len(hashes)
        self._levels = [list(hashes)]
        while len(self._levels[-1]) > 1:
            self._levels.append(parents(self._levels[-1]))

    def node(self, height: int, index: int) -> bytes:
        """Return the hash of a complete subtree. Raises IndexError if the tree has no such subtree."""
        if height < 0 or index < 0:
            raise IndexError(f"a tree has no node {index} of height {height}")
        return self._levels[height][index]

    def root(self, size: int | None = None) -> bytes:
        """Return the tree head, or that of the first `size` leaves. Raises IndexError if there are fewer."""
        return root(self.node, self.size if size is None else size)


def root(nodes: Nodes, size: int) -> bytes:
    """Return the head of the tree of `size` leaves: MTH(D[0:size])."""
    if size < 0:
        raise IndexError(f"a tree cannot have {size} leaves")
    return _head(nodes, 0, size) if size else EMPTY_ROOT


def inclusion(nodes: Nodes, index: int, size: int) -> list[bytes]:
    """Return PATH(index, D[0:size]) (RFC 6962, section 2.1.1). Raises ProofError if there is no such leaf."""
    if not 0 <= index < size:
        raise ProofError(f"a tree of {size} leaves has no leaf {index}")
    proof, start, end = [], 0, size
    while end - start > 1:
        split = start + _split(end - start)
        if index < split:
            proof.append(_head(nodes, split, end))
            end = split
        else:
            proof.append(_head(nodes, start, split))
            start = split
    return proof[::-1]


def consistency(nodes: Nodes, old: int, new: int) -> list[bytes]:
    """Return PROOF(old, D[0:new]) (RFC 6962, section 2.1.2); of equal sizes it is empty.

    Raises ProofError from size 0, for the empty tree is the beginning of everything, and to a smaller size.
    """
    _require_sizes(old, new)
    proof, start, end = [], 0, new
    while old != end:
        split = start + _split(end - start)
        if old <= split:
            proof.append(_head(nodes, split, end))
            end = split
        else:
            proof.append(_head(nodes, start, split))
            start = split
    return [*([_head(nodes, start, end)] if start else []), *proof[::-1]]


def verify_inclusion(hashed: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Check that a leaf hash stands at an index of the tree (RFC 9162, section 2.1.3.2). Raises ProofError.

    `size` and `root` must belong together, as they do in a checkpoint: a proof alone does not bind the size.
    """
    if not 0 <= index < size:
        raise ProofError(f"a tree of {size} leaves has no leaf {index}")
    _require_hashes(hashed, root, *proof)
    for other, on_left in _steps(proof, index, size - 1):
        hashed = node_hash(other, hashed) if on_left else node_hash(hashed, other)
    if hashed != root:
        raise ProofError(f"the proof does not lead from leaf {index} to the root of {size} leaves")


def verify_consistency(old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Check that the new tree begins with the old one (RFC 9162, section 2.1.4.2). Raises ProofError.

    Sizes and roots must belong together, as in a checkpoint. Equal sizes need equal roots and an empty proof.
    """
    _require_sizes(old_size, new_size)
    _require_hashes(old_root, new_root, *proof)
    if old_size == new_size:
        if proof or old_root != new_root:
            raise ProofError("trees of one size are the same only if their roots are, and need no proof")
        return
    first, *rest = [old_root, *proof] if old_size & (old_size - 1) == 0 else proof or [b""]
    node, last = old_size - 1, new_size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = first
    for other, on_left in _steps(rest, node, last):
        old = node_hash(other, old) if on_left else old
        new = node_hash(other, new) if on_left else node_hash(new, other)
    if old != old_root:
        raise ProofError(f"the proof does not give the root of {old_size} leaves")
    if new != new_root:
        raise ProofError(f"the proof does not lead from {old_size} leaves to the root of {new_size}")


def _steps(proof: Iterable[bytes], node: int, last: int) -> Iterator[tuple[bytes, bool]]:
    """Yield each hash of a proof and whether it stands on the left: `node` climbs, `last` is its row's last node."""
    for other in proof:
        if last == 0:
            raise ProofError("the proof is too long")
        on_left = node & 1 == 1 or node == last
        yield other, on_left
        while on_left and node and not node & 1:
            node, last = node >> 1, last >> 1
        node, last = node >> 1, last >> 1
    if last:
        raise ProofError("the proof is too short")


def _split(size: int) -> int:
    """Return the largest power of two that is smaller than a size of at least 2."""
    return 1 << (size - 1).bit_length() - 1


def _head(nodes: Nodes, start: int, end: int) -> bytes:
    """Return MTH(D[start:end]); `start` is a multiple of the next power of two, as all of a tree's parts have it."""
    peaks = []
    while start < end:
        height = (end - start).bit_length() - 1
        peaks.append(nodes(height, start >> height))
        start += 1 << height
    return _joined(peaks)


def _joined(peaks: Sequence[bytes]) -> bytes:
    """Return the head of complete subtrees that stand side by side, the highest first."""
    return reduce(lambda right, left: node_hash(left, right), reversed(peaks))


def _require_sizes(old: int, new: int) -> None:
    if not 0 < old <= new:
        raise ProofError(f"nothing can be proved from a tree of {old} leaves to one of {new}")


def _require_hashes(*hashes: bytes) -> None:
    if any(len(one) != sha256().digest_size for one in hashes):
        raise ProofError("a hash has 32 bytes")
