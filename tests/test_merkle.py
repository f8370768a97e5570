"""The Merkle tree and its proofs: RFC 6962's own examples, its recursive definitions, and every damaged proof."""

import hashlib
from collections.abc import Iterator
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.merkle import (
    EMPTY_ROOT,
    ProofError,
    Tree,
    consistency,
    inclusion,
    leaf_hash,
    node_hash,
    root,
    root_of,
    verify_consistency,
    verify_inclusion,
)

MOST = 70

# The eight leaves and the roots that the tests of Certificate Transparency's first implementation use.
LEAVES = [bytes.fromhex(text) for text in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


# -- RFC 6962, section 2.1, word for word ----------------------------------------------------------------------


def split(n: int) -> int:
    """k, "the largest power of two smaller than n"."""
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def mth(d: list[bytes]) -> bytes:
    if not d:
        return hashlib.sha256(b"").digest()
    if len(d) == 1:
        return hashlib.sha256(b"\x00" + d[0]).digest()
    k = split(len(d))
    return hashlib.sha256(b"\x01" + mth(d[:k]) + mth(d[k:])).digest()


def audit_path(m: int, d: list[bytes]) -> list[bytes]:
    """PATH(m, D[n])."""
    if len(d) == 1:
        return []
    k = split(len(d))
    return [*audit_path(m, d[:k]), mth(d[k:])] if m < k else [*audit_path(m - k, d[k:]), mth(d[:k])]


def subproof(m: int, d: list[bytes], b: bool) -> list[bytes]:
    """SUBPROOF(m, D[n], b)."""
    if m == len(d):
        return [] if b else [mth(d)]
    k = split(len(d))
    return [*subproof(m, d[:k], b), mth(d[k:])] if m <= k else [*subproof(m - k, d[k:], False), mth(d[:k])]


def sides(m: int, n: int) -> str:
    """On which side the hashes of PATH(m, D[n]) stand."""
    if n == 1:
        return ""
    k = split(n)
    return sides(m, k) + "R" if m < k else sides(m - k, n - k) + "L"


def data(size: int) -> list[bytes]:
    """Leaves of which no two are alike."""
    return [f"leaf {at}".encode() for at in range(size)]


def tree_of(leaves: list[bytes]) -> Tree:
    return Tree([leaf_hash(leaf) for leaf in leaves])


# -- what is published elsewhere -------------------------------------------------------------------------------


@pytest.mark.parametrize("size", range(1, 9))
def test_known_roots(size: int) -> None:
    tree = tree_of(LEAVES)
    assert tree.root(size).hex() == ROOTS[size - 1]
    assert root_of(map(leaf_hash, LEAVES[:size])).hex() == ROOTS[size - 1]


def test_the_empty_tree() -> None:
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert Tree([]).root() == root_of([]) == tree_of(LEAVES).root(0) == EMPTY_ROOT


def test_the_example_of_rfc_6962() -> None:
    """Section 2.1.3: the names of the nodes are those of its drawing; `j` is the hash of d6."""
    leaves = data(7)
    a, b, c, d, e, f, j = (leaf_hash(leaf) for leaf in leaves)
    g, h, i = node_hash(a, b), node_hash(c, d), node_hash(e, f)
    k, l = node_hash(g, h), node_hash(i, j)  # noqa: E741
    tree = tree_of(leaves)
    assert tree.root() == node_hash(k, l)
    paths = [[b, h, l], [a, h, l], [d, g, l], [c, g, l], [f, j, k], [e, j, k], [i, k]]
    assert [inclusion(tree.node, at, 7) for at in range(7)] == paths
    assert consistency(tree.node, 3, 7) == [c, d, g, l]
    assert consistency(tree.node, 4, 7) == [l]
    assert consistency(tree.node, 6, 7) == [i, j, k]


# -- all small trees -------------------------------------------------------------------------------------------


def test_every_root_is_the_recursive_definitions() -> None:
    leaves = data(MOST)
    whole = tree_of(leaves)
    for size in range(MOST + 1):
        expected = mth(leaves[:size])
        assert whole.root(size) == root(whole.node, size) == root_of(map(leaf_hash, leaves[:size])) == expected
        assert tree_of(leaves[:size]).root() == expected


def test_every_inclusion_proof_is_the_recursive_definitions_and_verifies_at_its_index_alone() -> None:
    leaves = data(MOST)
    tree = tree_of(leaves)
    for size in range(1, MOST + 1):
        top = tree.root(size)
        for index in range(size):
            proof = inclusion(tree.node, index, size)
            assert proof == audit_path(index, leaves[:size])
            verify_inclusion(leaf_hash(leaves[index]), index, size, proof, top)
            for other in {index - 1, index + 1, index ^ 1, size - 1 - index, size} - {index}:
                with pytest.raises(ProofError):
                    verify_inclusion(leaf_hash(leaves[index]), other, size, proof, top)


def test_every_consistency_proof_is_the_recursive_definitions_and_verifies() -> None:
    leaves = data(MOST)
    tree = tree_of(leaves)
    roots = [tree.root(size) for size in range(MOST + 1)]
    for new in range(1, MOST + 1):
        for old in range(1, new + 1):
            proof = consistency(tree.node, old, new)
            assert proof == subproof(old, leaves[:new], True)
            verify_consistency(old, roots[old], new, roots[new], proof)
            for other in {old - 1, old + 1, new} - {old, 0}:
                with pytest.raises(ProofError):
                    verify_consistency(other, roots[other % (MOST + 1)], new, roots[new], proof)


@given(st.lists(st.binary(max_size=8), max_size=300))
def test_levels_and_stream_agree_with_the_recursive_definition(leaves: list[bytes]) -> None:
    assert tree_of(leaves).root() == root_of(leaf_hash(leaf) for leaf in leaves) == mth(leaves)


# -- every damaged proof ---------------------------------------------------------------------------------------


def damaged(proof: list[bytes]) -> Iterator[list[bytes]]:
    """Yield a proof with every bit flipped, every hash dropped, doubled, cut or made longer, every pair swapped."""
    foreign = hashlib.sha256(b"foreign").digest()
    for at, one in enumerate(proof):
        before, after = proof[:at], proof[at + 1 :]
        for bit in range(256):
            yield [*before, flipped(one, bit), *after]
        yield [*before, *after]
        for others in ([one, one], [one[:-1]], [one[1:]], [one + b"\0"], [b""], [foreign], [foreign, one], [one[::-1]]):
            yield [*before, *others, *after]
        if after:
            yield [*before, one + after[0], *after[1:]]
    yield [*proof, foreign]
    yield [*proof, b""]
    if len(proof) > 1:
        yield proof[::-1]
    for first, second in combinations(range(len(proof)), 2):
        swapped = list(proof)
        swapped[first], swapped[second] = swapped[second], swapped[first]
        yield swapped


def flipped(one: bytes, bit: int) -> bytes:
    return (int.from_bytes(one, "big") ^ 1 << bit).to_bytes(len(one), "big")


SIZES = (1, 2, 3, 6, 7, 8, 13, 17)


@pytest.mark.parametrize("size", SIZES)
def test_every_damaged_inclusion_proof_is_refused(size: int) -> None:
    tree = tree_of(data(size))
    top = tree.root()
    for index in range(size):
        hashed, proof = tree.node(0, index), inclusion(tree.node, index, size)
        for bad in damaged(proof):
            with pytest.raises(ProofError):
                verify_inclusion(hashed, index, size, bad, top)
        for bit in range(256):
            with pytest.raises(ProofError, match="does not lead"):
                verify_inclusion(flipped(hashed, bit), index, size, proof, top)
            with pytest.raises(ProofError, match="does not lead"):
                verify_inclusion(hashed, index, size, proof, flipped(top, bit))
        for hash_, top_ in ((hashed[:-1], top), (hashed, top[:-1]), (hashed + b"\0", top), (b"", b"")):
            with pytest.raises(ProofError):
                verify_inclusion(hash_, index, size, proof, top_)


@pytest.mark.parametrize("new", SIZES)
def test_every_damaged_consistency_proof_is_refused(new: int) -> None:
    tree = tree_of(data(new))
    new_root = tree.root()
    for old in range(1, new + 1):
        old_root, proof = tree.root(old), consistency(tree.node, old, new)
        for bad in damaged(proof):
            with pytest.raises(ProofError):
                verify_consistency(old, old_root, new, new_root, bad)
        for bit in range(256):
            with pytest.raises(ProofError):
                verify_consistency(old, flipped(old_root, bit), new, new_root, proof)
            with pytest.raises(ProofError):
                verify_consistency(old, old_root, new, flipped(new_root, bit), proof)
        for one, other in ((old_root[:-1], new_root), (old_root, new_root[:-1]), (b"", b"")):
            with pytest.raises(ProofError):
                verify_consistency(old, one, new, other, proof)


def test_a_size_with_another_root_is_refused_and_the_root_alone_does_not_bind_the_size() -> None:
    """A proof is refused for every other size with that size's root; with its own root it depends on its shape."""
    tree = tree_of(data(40))
    for size in range(1, 34):
        for index in range(size):
            hashed, proof = tree.node(0, index), inclusion(tree.node, index, size)
            for other in range(index + 1, 40):
                if other == size:
                    continue
                with pytest.raises(ProofError):
                    verify_inclusion(hashed, index, other, proof, tree.root(other))
                if sides(index, other) == sides(index, size):
                    verify_inclusion(hashed, index, other, proof, tree.root(size))
                    continue
                with pytest.raises(ProofError):
                    verify_inclusion(hashed, index, other, proof, tree.root(size))


def test_a_consistency_proof_for_another_size_is_refused() -> None:
    tree = tree_of(data(40))
    for new in range(2, 34):
        for old in range(1, new):
            proof = consistency(tree.node, old, new)
            for other in set(range(old, 40)) - {new}:
                with pytest.raises(ProofError):
                    verify_consistency(old, tree.root(old), other, tree.root(other), proof)


def test_a_proof_of_another_length_is_refused_for_its_length() -> None:
    tree = tree_of(data(13))
    path, proof = inclusion(tree.node, 4, 13), consistency(tree.node, 5, 13)
    for longer, says in (([EMPTY_ROOT], "too long"), ([], "too short")):
        with pytest.raises(ProofError, match=says):
            verify_inclusion(tree.node(0, 4), 4, 13, path + longer if longer else path[:-1], tree.root())
        with pytest.raises(ProofError, match=says):
            verify_consistency(5, tree.root(5), 13, tree.root(), proof + longer if longer else proof[:-1])


def test_a_rewritten_tree_has_no_proof() -> None:
    """Whichever leaf was changed, no proof of the new tree leads back to the old root."""
    leaves = data(13)
    old_root = tree_of(leaves[:9]).root()
    for changed in range(9):
        rewritten = tree_of([*leaves[:changed], b"another", *leaves[changed + 1 :]])
        with pytest.raises(ProofError):
            verify_consistency(9, old_root, 13, rewritten.root(), consistency(rewritten.node, 9, 13))


@given(st.integers(1, 600), st.data())
def test_proofs_of_larger_trees_verify_and_damaged_ones_do_not(new: int, draw: st.DataObject) -> None:
    tree = tree_of(data(new))
    index, old = draw.draw(st.integers(0, new - 1)), draw.draw(st.integers(1, new))
    path, proof = inclusion(tree.node, index, new), consistency(tree.node, old, new)
    verify_inclusion(tree.node(0, index), index, new, path, tree.root())
    verify_consistency(old, tree.root(old), new, tree.root(), proof)
    bad = draw.draw(st.sampled_from(list(damaged(path))))
    with pytest.raises(ProofError):
        verify_inclusion(tree.node(0, index), index, new, bad, tree.root())
    bad = draw.draw(st.sampled_from(list(damaged(proof))))
    with pytest.raises(ProofError):
        verify_consistency(old, tree.root(old), new, tree.root(), bad)


# -- what there is not -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("old", "new"), [(0, 0), (0, 1), (0, 7), (-1, 7), (8, 7), (1, 0)])
def test_nothing_is_proved_from_nothing_or_backwards(old: int, new: int) -> None:
    tree = tree_of(data(8))
    top = tree.root(max(new, 0))
    with pytest.raises(ProofError):
        consistency(tree.node, old, new)
    for proof in ([], [top]):
        with pytest.raises(ProofError):
            verify_consistency(old, EMPTY_ROOT if old == 0 else top, new, top, proof)


def test_equal_sizes_need_an_empty_proof_and_equal_roots() -> None:
    for size in range(1, 9):
        tree = tree_of(data(size))
        assert consistency(tree.node, size, size) == []
        verify_consistency(size, tree.root(), size, tree.root(), [])
        with pytest.raises(ProofError, match="one size"):
            verify_consistency(size, tree.root(), size, EMPTY_ROOT, [])
        with pytest.raises(ProofError, match="one size"):
            verify_consistency(size, tree.root(), size, tree.root(), [tree.root()])


@pytest.mark.parametrize(("index", "size"), [(0, 0), (-1, 7), (7, 7), (8, 7), (0, -1), (2**70, 7)])
def test_no_proof_of_a_leaf_that_is_not_there(index: int, size: int) -> None:
    tree = tree_of(data(8))
    with pytest.raises(ProofError, match="has no leaf"):
        inclusion(tree.node, index, size)
    with pytest.raises(ProofError, match="has no leaf"):
        verify_inclusion(tree.node(0, 0), index, size, [], tree.node(0, 0))


@pytest.mark.parametrize(("height", "index"), [(-1, 0), (0, -1), (0, 7), (1, 3), (2, 1), (3, 0), (9, 0)])
def test_no_node_that_is_not_complete(height: int, index: int) -> None:
    with pytest.raises(IndexError):
        tree_of(data(7)).node(height, index)


@pytest.mark.parametrize("size", [-1, 8, 9, 2**40])
def test_no_root_of_more_leaves_than_there_are(size: int) -> None:
    with pytest.raises(IndexError):
        tree_of(data(7)).root(size)


@pytest.mark.parametrize("size", [8, 9, 2**40])
def test_no_proof_of_a_tree_that_is_larger_than_what_there_is(size: int) -> None:
    tree = tree_of(data(7))
    with pytest.raises(IndexError):
        inclusion(tree.node, 0, size)
    with pytest.raises(IndexError):
        consistency(tree.node, 7, size)
