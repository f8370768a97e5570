"""The log: its leaves and their one form, its order, and the sizes at which commits end."""

import dataclasses
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher import log
from publisher.history import Operation
from publisher.log import Leaf
from publisher.merkle import EMPTY_ROOT, Tree, leaf_hash
from publisher.provenance import Provenance, Revision, trace, utc
from tests.conftest import Eventful
from tests.test_history import history_of, index_at

NAMES = [field.name for field in dataclasses.fields(Leaf)]
GOOD = (
    b'{"at":"2026-01-05T10:00:00Z","key":"letters/a","op":"add","rev":1,"seq":0,"sha256":"' + b"0" * 64 + b'","size":1}'
)
REMOVAL = b'{"at":"2026-01-05T10:00:00Z","key":"letters/a","op":"remove","rev":2,"seq":1}'


def revision(seq: int, commit: str = "c" * 40, op: Operation = "add") -> Revision:
    return Revision(
        seq=seq, rev=1, commit=commit, landed_at="2026-01-05T10:00:00Z", published_at="2026-01-05T10:00:00Z",
        op=op, meaning="published", sha256="0" * 64, size=1,
    )  # fmt: skip


def provenance(*revisions: Revision) -> Provenance:
    stamp = revisions[0].stamp
    return Provenance(first=stamp, changed=stamp, latest=stamp, revisions=revisions)


# -- leaves ----------------------------------------------------------------------------------------------------


def test_a_leaf_is_canonical_json_without_a_git_id() -> None:
    assert Leaf.of("letters/a", revision(0)).format() == GOOD
    assert Leaf.parse(GOOD) == Leaf.of("letters/a", revision(0))
    removed = Leaf.parse(REMOVAL)
    assert (removed.op, removed.sha256, removed.size) == ("remove", None, None)
    assert removed.format() == REMOVAL


def leaf_from(values: dict[str, Any], content: dict[str, Any], op: Operation) -> Leaf:
    return Leaf(op=op, **values, **({} if op == "remove" else content))


LEAF = st.builds(
    leaf_from,
    st.fixed_dictionaries({
        "at": st.integers(0, 253_402_300_799).map(utc),
        "key": st.text(st.characters(exclude_categories=["Cs"]), min_size=1),
        "rev": st.integers(1, 2**53 - 1),
        "seq": st.integers(0, 2**53 - 1),
    }),
    st.fixed_dictionaries({
        "sha256": st.binary(min_size=32, max_size=32).map(bytes.hex), "size": st.integers(0, 2**53 - 1),
    }),
    st.sampled_from(["add", "revise", "remove"]),
)  # fmt: skip


@given(LEAF)
def test_a_leaf_is_read_back(leaf: Leaf) -> None:
    data = leaf.format()
    assert Leaf.parse(data) == leaf
    value = json.loads(data)
    assert value == {name: getattr(leaf, name) for name in NAMES if getattr(leaf, name) is not None}
    assert json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() == data


@given(LEAF, st.data())
def test_whatever_is_a_leaf_is_the_one_form_of_it(leaf: Leaf, draw: st.DataObject) -> None:
    data = leaf.format()
    at = draw.draw(st.integers(0, len(data)))
    odd = draw.draw(
        st.sampled_from([b"", b" ", b"\n", b"0", b"1", b'"', b"\\", b",", b"}", b"\xff", b".0", b"e0", b"-"])
    )
    changed = data[:at] + odd + data[at + draw.draw(st.integers(0, 2)) :]
    try:
        found = Leaf.parse(changed)
    except ValueError:
        return
    assert found.format() == changed and (found == leaf) == (changed == data)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"rev":1', '"rev":1.0'), ('"rev":1', '"rev":true'), ('"rev":1', '"rev":"1"'), ('"rev":1', '"rev":0'),
        ('"rev":1', '"rev":1e0'), ('"rev":1', '"rev":null'), ('"rev":1', '"rev":9007199254740992'),
        ('"seq":0', '"seq":-1'), ('"seq":0', '"seq":-0'), ('"seq":0', '"seq":00'), ('"seq":0', '"seq":NaN'),
        ('"seq":0', '"seq":9007199254740992'), ('"seq":0', '"seq":0,"seq":0'),
        ('"size":1', '"size":-1'), ('"size":1', '"size":null'), ('"size":1', '"size":9007199254740992'),
        ("T10:00:00Z", "T10:00:00"), ("T10:00:00Z", "T24:00:00Z"), ("T10:00:00Z", "T10:60:00Z"), ("T10", " 10"),
        ("T10:00:00Z", "T10:00:60Z"), ("T10:00:00Z", "T10:00:00.0Z"), ("T10:00:00Z", "T10:00:00+00:00"),
        ("2026-01-05", "2026-02-29"), ("2026-01-05", "2026-13-05"), ("2026-01-05", "0000-01-05"), ("2026", "26"),
        ("2026", "٢٠٢٦"), ('"2026-01-05T10:00:00Z"', "1"),
        ('"letters/a"', '""'), ('"letters/a"', '"letters\\/a"'), ('"letters/a"', '"letters/\\u0061"'),
        ('"letters/a"', '"letters/\\ud800"'), ('"letters/a"', "null"), ('"letters/a"', '["letters/a"]'),
        ('"add"', '"Add"'), ('"add"', '"remove"'), ('"add"', '"added"'), ('"add"', "1"), ('"add"', "null"),
        ("0" * 64, "0" * 63), ("0" * 64, "0" * 65), ("0" * 64, "A" * 64), ("0" * 64, "g" * 64), ("0" * 64, "٠" * 64),
        (',"size":1', ""), (f',"sha256":"{"0" * 64}"', ""), (f',"sha256":"{"0" * 64}","size":1', ""),
        ('"key":"letters/a",', ""), ('"size":1', '"size":1,"a":1'), ('{"at"', '{"a":1,"at"'), ('{"at"', '{"AT"'),
        ('"rev":1,"seq":0', '"seq":0,"rev":1'), (":", ": "), (",", ", "), ("{", " {"), ("}", "}\n"), ("}", "}}"),
        ("{", "\ufeff{"), ("{", "["), ("{", "[" * 20_000), ("{", ""), ("}", ""),
    ],
)  # fmt: skip
def test_what_format_would_not_write_is_refused(old: str, new: str) -> None:
    text = GOOD.decode()
    assert old in text
    with pytest.raises(ValueError, match=r"."):
        Leaf.parse(text.replace(old, new, 1).encode("utf-8"))


@pytest.mark.parametrize("data", [b"", b"null", b"1", b"[]", b"{}", b'"at"', GOOD + GOOD, GOOD[:-1], b"\xff" + GOOD])
def test_what_is_no_leaf_at_all_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        Leaf.parse(data)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-8-sig"])
def test_another_encoding_is_refused(encoding: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Leaf.parse(GOOD.decode().encode(encoding))


def test_a_removal_has_no_content_and_all_else_has() -> None:
    for old, new in ((b'"remove"', b'"revise"'), (b'"seq":1', b'"seq":1,"sha256":"' + b"0" * 64 + b'","size":1')):
        with pytest.raises(ValueError, match=r"."):
            Leaf.parse(REMOVAL.replace(old, new))
    with pytest.raises(ValueError, match="are not the SHA-256"):
        Leaf.of("letters/a", revision(0, op="remove"))


@pytest.mark.parametrize("content", [{}, {"sha256": "0" * 64}, {"size": 1}])
@pytest.mark.parametrize("op", ["add", "revise", "remove"])
def test_half_a_content_is_no_leaf(op: Operation, content: dict[str, Any]) -> None:
    values: dict[str, Any] = {"at": "2026-01-05T10:00:00Z", "key": "letters/a", "rev": 1, "seq": 0}
    if op == "remove" and not content:
        assert Leaf(op=op, **values).size is None
        return
    with pytest.raises(ValueError, match="a removal has neither"):
        Leaf(op=op, **values, **content)


def test_a_key_that_is_not_utf8_has_no_leaf() -> None:
    with pytest.raises(ValueError, match="surrogates not allowed"):
        Leaf.of("letters/\udcff", revision(0)).format()


# -- the log ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("second", [0, 2, 5])
def test_a_gap_or_a_double_is_refused(second: int) -> None:
    provenances = {"a": provenance(revision(0)), "b": provenance(revision(second))}
    for make in (log.leaves, log.ends):
        with pytest.raises(ValueError, match="without a gap"):
            make(provenances)


def test_the_root_is_the_trees() -> None:
    leaves = [b"a", b"b", b"c"]
    assert log.root(leaves) == Tree(list(map(leaf_hash, leaves))).root()
    assert log.root([]) == EMPTY_ROOT


@pytest.mark.parametrize(
    ("commits", "expected"),
    [("", []), ("a", [1]), ("ab", [1, 2]), ("aab", [2, 3]), ("abbbccd", [1, 4, 6, 7]), ("aaaa", [4])],
)
def test_a_commit_ends_where_the_next_one_begins(commits: str, expected: list[int]) -> None:
    revisions = [revision(seq, commit) for seq, commit in enumerate(commits)]
    provenances = {f"letters/{one.seq}": provenance(one) for one in reversed(revisions)}
    assert log.ends(provenances) == expected


def test_the_ends_are_the_sizes_that_git_says_the_log_had(eventful: Eventful) -> None:
    """Held against the history of every commit of the line, each read for itself."""
    folder = eventful.archive.folder
    line = eventful.archive.git("rev-list", "--first-parent", "--reverse", "HEAD").split()
    sizes = [len(history_of(folder, commit).versions) for commit in line]
    assert sizes == sorted(sizes)
    assert log.ends(trace(history_of(folder))) == sorted(set(sizes) - {0})


def test_a_later_commit_extends_the_log(eventful: Eventful) -> None:
    folder = eventful.archive.folder
    line = eventful.archive.git("rev-list", "--first-parent", "--reverse", "HEAD").split()
    whole = log.leaves(trace(history_of(folder)))
    for commit in line:
        earlier = log.leaves(trace(history_of(folder, commit)))
        assert whole[: len(earlier)] == earlier


def test_the_leaves_of_an_index_are_those_of_its_history(eventful: Eventful) -> None:
    index = index_at(eventful.archive.folder)
    provenances = trace(history_of(eventful.archive.folder))
    assert index.leaves() == log.leaves(provenances)
    assert log.ends(index.provenances) == log.ends(provenances)
    assert [Leaf.parse(leaf).seq for leaf in index.leaves()] == list(range(index.log.size))
