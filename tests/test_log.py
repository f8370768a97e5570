"""The log is the Merkle tree of RFC 6962: its own examples, its recursive definition, and its refusals."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher import log
from publisher.provenance import Provenance, Revision

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


def recursive_root(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    left, right = recursive_root(leaves[:half]), recursive_root(leaves[half:])
    return hashlib.sha256(b"\x01" + left + right).digest()


@pytest.mark.parametrize("size", range(1, 9))
def test_known_roots(size: int) -> None:
    assert log.root(LEAVES[:size]).hex() == ROOTS[size - 1]


def test_the_empty_tree() -> None:
    assert log.root([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@given(st.lists(st.binary(max_size=8), max_size=70))
def test_levels_agree_with_the_recursive_definition(leaves: list[bytes]) -> None:
    assert log.root(leaves) == recursive_root(leaves)


def revision(seq: int) -> Revision:
    return Revision(
        seq=seq, rev=1, commit="c" * 40, landed_at="2026-01-05T10:00:00Z", published_at="2026-01-05T10:00:00Z",
        op="add", meaning="published", sha256="0" * 64, size=1,
    )  # fmt: skip


def provenance(*seqs: int) -> Provenance:
    revisions = tuple(map(revision, seqs))
    stamp = revisions[0].stamp
    return Provenance(first=stamp, changed=stamp, latest=stamp, revisions=revisions)


def test_a_leaf_is_canonical_json_without_a_git_id() -> None:
    assert log.leaf("letters/a", revision(0)) == (
        b'{"at":"2026-01-05T10:00:00Z","key":"letters/a","op":"add","rev":1,"seq":0,"sha256":"'
        + b"0" * 64
        + b'","size":1}'
    )


@pytest.mark.parametrize("second", [0, 2, 5])
def test_a_gap_or_a_double_is_refused(second: int) -> None:
    with pytest.raises(ValueError, match="without a gap"):
        log.leaves({"a": provenance(0), "b": provenance(second)})
