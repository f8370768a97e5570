"""Tiles and bundles: the specification's own numbers, exact inverses, and a reader that others wrote."""

import hashlib
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tlog_scales.backend import LocalBackend
from tlog_scales.reader import TilesReader

from publisher import log, tiles
from publisher.errors import UnavailableError
from publisher.merkle import (
    EMPTY_ROOT,
    ProofError,
    Tree,
    consistency,
    inclusion,
    leaf_hash,
    root,
    verify_consistency,
    verify_inclusion,
)
from publisher.publish import parse_sums
from publisher.tiles import Level, TileReader, bundle, parse_path, path, unbundle
from tests.builders import Archive
from tests.goldens import FOLDER, GOLDENS
from tests.test_history import index_at
from tests.test_merkle import mth

LARGEST = 70_000
NOTHING: dict[str, bytes] = {}
SIZES = (1, 255, 256, 257, 700, LARGEST)


@cache
def leaves(size: int) -> list[bytes]:
    return [f"leaf {at}".encode() for at in range(size)]


@cache
def tree_of(size: int) -> Tree:
    return Tree(list(map(leaf_hash, leaves(size))))


def ends(size: int) -> set[int]:
    """Some sizes that a log of `size` leaves had before, among them the ones at which tiles begin and end."""
    return {end for end in (1, 2, 200, 255, 256, 257, 300, 511, 512, 513, 699, 65_536, 69_999) if end <= size}


@cache
def files(size: int) -> dict[str, bytes]:
    return tiles.files(tree_of(size), leaves(size), ends(size))


def parts(found: Iterable[str]) -> list[tuple[Level, int, int]]:
    return [parse_path(name) for name in found]


# -- paths -----------------------------------------------------------------------------------------------------

PATHS: list[tuple[str, tuple[Level, int, int]]] = [
    ("tile/0/000", (0, 0, 256)),
    ("tile/0/x001/x234/067", (0, 1_234_067, 256)),
    ("tile/1/000.p/17", (1, 0, 17)),
    ("tile/63/999.p/255", (63, 999, 255)),
    ("tile/2/x001/000.p/1", (2, 1000, 1)),
    ("tile/entries/273.p/112", ("entries", 273, 112)),
    ("tile/entries/x001/x000/000", ("entries", 1_000_000, 256)),
]


@pytest.mark.parametrize(("text", "place"), PATHS)
def test_paths_of_the_specification(text: str, place: tuple[Level, int, int]) -> None:
    assert path(*place) == text
    assert parse_path(text) == place


@given(st.integers(0, 63) | st.just("entries"), st.integers(0, 2**63), st.integers(1, 256))
def test_a_path_is_read_back(level: Level, index: int, width: int) -> None:
    assert parse_path(path(level, index, width)) == (level, index, width)


@pytest.mark.parametrize(
    "text",
    [
        "", "tile", "tile/0", "tile/0/", "tile/0/0", "tile/0/00", "tile/0/0000", "tile/0/x000", "tile/0/x000/001",
        "tile/0/001/002", "tile/0/x001/x002", "tile/00/000", "tile/01/000", "tile/64/000", "tile/-1/000", "tile/a/000",
        "tile/Entries/000", "tile/0/000.p", "tile/0/000.p/", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01",
        "tile/0/000.p/-1", "tile/0/000.p/1/", "tile/0/000/", "/tile/0/000", "log/tile/0/000", "tile/0/000\n",
        "tile/0/٠٠٠", "tile/0/X001/000", "tile/0/x0001/000", "tile//000", "tile/0/../0/000",
    ],
)  # fmt: skip
def test_another_spelling_is_no_path(text: str) -> None:
    with pytest.raises(ValueError, match=r"not the path of a tile|there is no"):
        parse_path(text)


WORDS = ["tile/", "0", "1", "9", "x", ".p", "/000", "x001", "entries", "-", "256", "255", "/"]


@given(st.lists(st.sampled_from(WORDS), max_size=12).map("".join))
def test_whatever_is_a_path_is_the_one_form_of_it(text: str) -> None:
    try:
        place = parse_path(text)
    except ValueError:
        return
    assert path(*place) == text


@pytest.mark.parametrize(
    ("level", "index", "width"), [(-1, 0, 256), (64, 0, 256), (0, -1, 256), (0, 0, 0), (0, 0, -1), (0, 0, 257)]
)
def test_no_path_of_a_tile_that_cannot_be(level: int, index: int, width: int) -> None:
    with pytest.raises(ValueError, match="there is no"):
        path(level, index, width)


# -- bundles ---------------------------------------------------------------------------------------------------


def test_a_bundle_byte_by_byte() -> None:
    assert bundle([b"", b"a", b"x" * 258]) == b"\0\0" + b"\0\x01a" + b"\x01\x02" + b"x" * 258
    assert len(bundle([b"x" * 65_535])) == 65_537
    with pytest.raises(ValueError, match="65536 bytes"):
        bundle([b"x" * 65_536])


@given(st.lists(st.binary(max_size=600), max_size=20))
def test_a_bundle_is_read_back(entries: list[bytes]) -> None:
    data = bundle(entries)
    assert unbundle(data) == entries
    for cut in range(1, min(len(data), 5)):
        try:
            fewer = unbundle(data[:-cut])
        except ValueError:
            continue
        assert fewer == entries[: len(fewer)] and bundle(fewer) == data[:-cut]


@given(st.binary(max_size=40) | st.lists(st.sampled_from([b"\0", b"\1", b"\2a"]), max_size=20).map(b"".join))
def test_whatever_is_a_bundle_is_the_one_form_of_it(data: bytes) -> None:
    try:
        entries = unbundle(data)
    except ValueError:
        return
    assert bundle(entries) == data


@pytest.mark.parametrize("data", [b"\0", b"\0\1", b"\0\0\0", b"\0\2a", b"\xff\xffa"])
def test_a_bundle_that_ends_within_an_entry_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="ends within entry"):
        unbundle(data)


# -- which files ----------------------------------------------------------------------------------------------


def test_the_example_of_the_specification() -> None:
    """A tree of 70,000 leaves, as C2SP tlog-tiles counts its tiles."""
    found = parts(tiles.files(tree_of(LARGEST), leaves(LARGEST), ()))
    full = [(level, index) for level, index, width in found if width == 256]
    assert [index for level, index in full if level == 0] == list(range(273))
    assert [index for level, index in full if level == "entries"] == list(range(273))
    assert [index for level, index in full if level == 1] == [0]
    partial = [place for place in found if place[2] < 256]
    assert partial == [("entries", 273, 112), (0, 273, 112), (1, 1, 17), (2, 0, 1)]
    assert len(found) == 2 * 273 + 1 + 4


def test_a_tree_of_256_has_a_partial_tile_above() -> None:
    found = tiles.files(tree_of(256), leaves(256), ())
    assert sorted(found) == ["tile/0/000", "tile/1/000.p/1", "tile/entries/000"]
    assert found["tile/1/000.p/1"] == mth(leaves(256))


def test_unfinished_tiles_are_there_as_they_were_at_every_size() -> None:
    found = tiles.files(tree_of(700), leaves(700), [1, 200, 255, 256, 257, 511, 512, 513, 514, 699])
    assert sorted(found) == sorted(
        ["tile/0/000", "tile/0/001", "tile/entries/000", "tile/entries/001", "tile/1/000.p/1", "tile/1/000.p/2"]
        + [f"tile/{level}/002.p/{width}" for level in ("0", "entries") for width in (1, 2, 187, 188)]
    )


@pytest.mark.parametrize("size", [0, *SIZES])
def test_no_tile_is_empty_and_each_holds_what_its_path_says(size: int) -> None:
    found = tiles.files(tree_of(size), leaves(size), ends(size))
    assert bool(found) == bool(size)
    for name, data in found.items():
        level, index, width = parse_path(name)
        if level == "entries":
            assert unbundle(data) == leaves(size)[index * 256 : index * 256 + width]
        else:
            assert len(data) == width * 32 > 0
            assert (index * 256 + width) * 256**level <= size


def test_a_tile_holds_the_hashes_that_the_specification_defines() -> None:
    for name, data in files(700).items():
        level, index, width = parse_path(name)
        if level != "entries":
            span = 256**level
            firsts = [(index * 256 + at) * span for at in range(width)]
            assert data == b"".join(mth(leaves(700)[first : first + span]) for first in firsts)


@given(st.integers(0, 800), st.data())
def test_every_earlier_size_can_be_read(size: int, draw: st.DataObject) -> None:
    """A checkpoint of any size of the list leads to the root, where its own partial tiles became full ones too."""
    sizes = draw.draw(st.sets(st.integers(0, size), max_size=6))
    found = tiles.files(tree_of(size), leaves(size), sizes)
    for earlier in sizes | {size}:
        assert root(TileReader(found.get, earlier).node, earlier) == tree_of(size).root(earlier)


@pytest.mark.parametrize(("count", "sizes"), [(8, ()), (6, ()), (7, (8,)), (7, (-1,)), (7, (3, 900))])
def test_files_of_another_tree_are_refused(count: int, sizes: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="are not those of 7 leaves"):
        tiles.files(tree_of(7), leaves(count), sizes)


def test_a_leaf_that_no_bundle_holds_is_refused() -> None:
    leaf = b"x" * 65_536
    with pytest.raises(ValueError, match="at most 65535"):
        tiles.files(Tree([leaf_hash(leaf)]), [leaf], ())


# -- reading ---------------------------------------------------------------------------------------------------


class Asked:
    """Reads from a dict and remembers what it was asked for."""

    def __init__(self, found: dict[str, bytes]) -> None:
        self.found, self.paths = found, list[str]()

    def __call__(self, name: str) -> bytes | None:
        self.paths.append(name)
        return self.found.get(name)


@pytest.mark.parametrize("size", SIZES)
def test_nodes_and_hashes_from_tiles_are_those_of_the_tree(size: int) -> None:
    asked = Asked(files(size))
    reader = TileReader(asked, size)
    assert list(reader.hashes()) == list(map(leaf_hash, leaves(size)))
    for height in range(size.bit_length()):
        last = (size >> height) - 1
        for index in {0, last // 3, last}:
            assert reader.node(height, index) == tree_of(size).node(height, index)
    assert reader.size == size
    assert len(asked.paths) == len(set(asked.paths))
    assert set(asked.paths) <= set(tiles.files(tree_of(size), leaves(size), ())), "it asks for more than it may"


def test_it_asks_for_the_partial_tile_first_and_then_for_the_full_one() -> None:
    asked = Asked(files(700))
    assert root(TileReader(asked, 300).node, 300) == tree_of(700).root(300)
    assert asked.paths == ["tile/1/000.p/1", "tile/0/001.p/44", "tile/0/001"]
    assert list(TileReader(asked, 300).hashes()) == list(map(leaf_hash, leaves(300)))


@pytest.mark.parametrize("size", [300, 256, 700])
@pytest.mark.parametrize("change", [lambda data: data[:-1], lambda data: data + b"\0" * 32, lambda data: b""])
def test_a_tile_of_another_length_is_refused(size: int, change: Callable[[bytes], bytes]) -> None:
    found = {name: change(data) for name, data in files(700).items()}
    reader = TileReader(found.get, size)
    with pytest.raises(ProofError, match="bytes instead of"):
        reader.node(0, size - 1)
    with pytest.raises(ProofError, match="bytes instead of"):
        list(reader.hashes())


def test_a_tile_that_is_missing_is_named() -> None:
    with pytest.raises(UnavailableError, match=r"tile/0/001\.p/44"):
        TileReader(NOTHING.get, 300).node(0, 299)
    with pytest.raises(UnavailableError, match="tile/0/000"):
        TileReader(NOTHING.get, 300).node(0, 0)


@pytest.mark.parametrize(("height", "index"), [(-1, 0), (0, -1), (0, 300), (1, 150), (8, 1), (9, 0), (16, 0)])
def test_no_node_that_a_tree_of_that_size_does_not_have(height: int, index: int) -> None:
    asked = Asked(files(700))
    with pytest.raises(IndexError):
        TileReader(asked, 300).node(height, index)
    assert asked.paths == []


def test_every_bit_of_a_tile_counts() -> None:
    """Whichever bit of a tile is flipped, a proof that needs it is refused, and so is the root made from it."""
    good, top = files(257), tree_of(257).root()
    for name in ("tile/0/000", "tile/0/001.p/1", "tile/1/000.p/1"):
        for bit in range(0, len(good[name]) * 8, 1 if len(good[name]) == 32 else 97):
            data = bytearray(good[name])
            data[bit // 8] ^= 1 << bit % 8
            found = {**good, name: bytes(data)}
            reader = TileReader(found.get, 257)
            assert Tree(list(reader.hashes())).root() != top or root(reader.node, 257) != top
            index = bit // 256 ^ 1 if name == "tile/0/000" else 0 if name == "tile/0/001.p/1" else 256
            with pytest.raises(ProofError):
                verify_inclusion(leaf_hash(leaves(257)[index]), index, 257, inclusion(reader.node, index, 257), top)


def test_every_bit_of_a_bundle_counts() -> None:
    """A bundle with a flipped bit cannot be read, or has other leaves than its tile."""
    good = files(257)["tile/entries/000"]
    hashes = list(map(leaf_hash, leaves(256)))
    for bit in range(0, len(good) * 8, 7):
        data = bytearray(good)
        data[bit // 8] ^= 1 << bit % 8
        try:
            entries = unbundle(bytes(data))
        except ValueError:
            continue
        assert list(map(leaf_hash, entries)) != hashes


# -- a reader that others wrote --------------------------------------------------------------------------------


def write(folder: Path, found: dict[str, bytes]) -> None:
    for name, data in found.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)


@pytest.mark.parametrize("size", SIZES)
def test_an_independent_reader_finds_our_roots_leaves_and_proofs(size: int, tmp_path: Path) -> None:
    write(tmp_path, files(size))
    tree = tree_of(size)
    for earlier in sorted(ends(size) | {size}):
        reader = TilesReader(LocalBackend(tmp_path))
        reader.set_size(earlier)
        assert reader.calculate_root_hash() == tree.root(earlier)
        for index in {0, earlier // 3, earlier // 2, earlier - 1}:
            assert reader.get_entry(index) == leaves(size)[index]
            theirs = reader.get_inclusion_proof(index, earlier)
            assert theirs.node_hashes == inclusion(tree.node, index, earlier)
            theirs.check(leaf_hash(leaves(size)[index]), tree.root(earlier))
            verify_inclusion(tree.node(0, index), index, earlier, theirs.node_hashes, tree.root(earlier))
        for old in {1, earlier // 3, earlier // 2, earlier - 1, earlier} - {0}:
            between = reader.get_consistency_proof(old, earlier)
            assert between.node_hashes == consistency(tree.node, old, earlier)
            between.check(tree.root(old), tree.root(earlier))
            verify_consistency(old, tree.root(old), earlier, tree.root(earlier), between.node_hashes)


@pytest.mark.parametrize("name", GOLDENS)
def test_an_independent_reader_finds_the_log_of_a_publication(name: str, tmp_path: Path) -> None:
    """The log of a whole publication, at every size at which a commit ended."""
    archive = Archive(tmp_path)
    GOLDENS[name](archive)
    index = index_at(archive.folder)
    folder = FOLDER / name / "log"
    for size in log.ends(index.provenances):
        reader = TilesReader(LocalBackend(folder))
        reader.set_size(size)
        assert reader.calculate_root_hash() == log.root(index.leaves()[:size])
        assert reader.get_entry(size - 1) == index.leaves()[size - 1]
    assert size == index.log.size and reader.calculate_root_hash().hex() == index.log.root


def test_every_published_tile_is_one_that_the_specification_names() -> None:
    for name in GOLDENS:
        listed = parse_sums((FOLDER / name / "SHA256SUMS").read_bytes())
        found = [one.removeprefix("log/") for one in listed if one.startswith("log/tile/")]
        assert found and all(parts(found))


def test_an_empty_log_has_no_tiles() -> None:
    assert tiles.files(Tree([]), [], [0]) == {}
    assert TileReader(NOTHING.get, 0).size == 0 and list(TileReader(NOTHING.get, 0).hashes()) == []
    assert root(TileReader(NOTHING.get, 0).node, 0) == EMPTY_ROOT == hashlib.sha256().digest()
