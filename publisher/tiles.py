"""The log as plain files: tiles of hashes and bundles of entries (C2SP tlog-tiles, https://c2sp.org/tlog-tiles).

A tile of level L holds up to 256 consecutive hashes of complete subtrees of 256**L leaves; a bundle holds the leaves
of one tile of level 0. The last tile of a level may be partial: its path ends in `.p/` and its width.

    tile/0/x001/x234/067    tile/1/000.p/17    tile/entries/273.p/112

Files that once stood never change. They prove nothing: merkle.py holds proofs made from them against a root.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Literal

from publisher.errors import UnavailableError
from publisher.merkle import ProofError, Tree, parents

WIDTH = 256
HEIGHT = 8
HASH = 32
MAX_ENTRY = 0xFFFF
Level = int | Literal["entries"]
_HIGHEST = 63
_PATH = re.compile(r"tile/(entries|[0-9]{1,2})/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([0-9]{1,3}))?")


# -- paths -----------------------------------------------------------------------------------------------------


def path(level: Level, index: int, width: int = WIDTH) -> str:
    """Return the path of a tile, or of a bundle. Raises ValueError for a level, index or width that cannot be."""
    if level != "entries" and not 0 <= level <= _HIGHEST:
        raise ValueError(f"there is no level {level}")
    if index < 0 or not 0 < width <= WIDTH:
        raise ValueError(f"there is no tile {index} of width {width}")
    digits = str(index)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    number = "/x".join(digits[at : at + 3] for at in range(0, len(digits), 3))
    folders, _, last = f"x{number}".rpartition("x")
    return f"tile/{level}/{folders}{last}" + (f".p/{width}" if width < WIDTH else "")


def parse_path(text: str) -> tuple[Level, int, int]:
    """Return level, index and width, such that path() gives the text. Raises ValueError if nothing does."""
    found = _PATH.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is not the path of a tile")
    level: Level = "entries" if found[1] == "entries" else int(found[1])
    index, width = int(found[2].replace("/", "").replace("x", "")), int(found[3] or WIDTH)
    if path(level, index, width) != text:
        raise ValueError(f"{text!r} is not the path of a tile in its one form")
    return level, index, width


# -- bundles ---------------------------------------------------------------------------------------------------


def bundle(entries: Iterable[bytes]) -> bytes:
    """Return the entries one after the other, each after its length (uint16, big-endian).

    Raises ValueError for an entry of more than 65,535 bytes.
    """
    return b"".join(map(_prefixed, entries))


def unbundle(data: bytes) -> list[bytes]:
    """Return the entries that bundle() put together. Raises ValueError if the data ends within one."""
    entries: list[bytes] = []
    at = 0
    while at < len(data):
        start = at + 2
        at = start + int.from_bytes(data[at:start], "big")
        if start > len(data) or at > len(data):
            raise ValueError(f"the bundle ends within entry {len(entries)}")
        entries.append(data[start:at])
    return entries


def _prefixed(entry: bytes) -> bytes:
    if len(entry) > MAX_ENTRY:
        raise ValueError(f"an entry of {len(entry)} bytes does not fit into a bundle: at most {MAX_ENTRY} do")
    return len(entry).to_bytes(2, "big") + entry


# -- writing ---------------------------------------------------------------------------------------------------


def files(tree: Tree, entries: Sequence[bytes], sizes: Collection[int]) -> dict[str, bytes]:
    """Return every tile and bundle of a tree by path; `entries` are its leaves.

    Of a tile that is not full yet there is one file for each width that it had in a tree of `sizes`, and the
    current one. Raises ValueError if the entries are not as many as the leaves, or a size is not between 0 and theirs.
    """
    ends = {*sizes, tree.size}
    if len(entries) != tree.size or min(ends) < 0 or max(ends) > tree.size:
        raise ValueError(f"{len(entries)} entries and sizes up to {max(ends)} are not those of {tree.size} leaves")
    prefixed, node = list(map(_prefixed, entries)), tree.node
    found = {
        path("entries", index, width): b"".join(prefixed[index * WIDTH : index * WIDTH + width])
        for index, width in _places(tree.size, ends)
    }
    height = 0
    while count := tree.size >> height:
        for index, width in _places(count, {end >> height for end in ends}):
            first = index * WIDTH
            hashes = [node(height, at) for at in range(first, first + width)]
            found[path(height // HEIGHT, index, width)] = b"".join(hashes)
        height += HEIGHT
    return found


def _places(count: int, counts: Collection[int]) -> Iterator[tuple[int, int]]:
    """Yield index and width of the tiles of a level of `count` hashes that had `counts` of them in earlier trees."""
    full = count // WIDTH
    yield from ((index, WIDTH) for index in range(full))
    yield from ((full, earlier % WIDTH) for earlier in sorted(counts) if earlier > full * WIDTH)


# -- reading ---------------------------------------------------------------------------------------------------


class TileReader:
    """The nodes of a tree of `size` leaves, from its tiles; `read(path)` returns a file's bytes, or None.

    It asks only for tiles that a tree of that size must have, each once, and for the full tile where a partial one is
    gone. It verifies nothing: a proof made from it must be. Raises UnavailableError for a tile that is not there and
    ProofError for one of another length than its path says.
    """

    def __init__(self, read: Callable[[str], bytes | None], size: int) -> None:
        self.size = size
        self._read = read
        self._tiles: dict[tuple[int, int], bytes] = {}

    def node(self, height: int, index: int) -> bytes:
        """Return the hash of a complete subtree. Raises IndexError if the tree has no such subtree."""
        if height < 0 or index < 0 or (index + 1) << height > self.size:
            raise IndexError(f"a tree of {self.size} leaves has no node {index} of height {height}")
        level, above = divmod(height, HEIGHT)
        tile, first = divmod(index << above, WIDTH)
        hashes = _split(self._tile(level, tile)[first * HASH : (first + (1 << above)) * HASH])
        while len(hashes) > 1:
            hashes = parents(hashes)
        return hashes[0]

    def hashes(self) -> Iterator[bytes]:
        """Yield all leaf hashes."""
        for index in range(-(-self.size // WIDTH)):
            yield from _split(self._tile(0, index))

    def _tile(self, level: int, index: int) -> bytes:
        if (level, index) not in self._tiles:
            width = min((self.size >> level * HEIGHT) - index * WIDTH, WIDTH)
            self._tiles[level, index] = self._fetch(level, index, width)[: width * HASH]
        return self._tiles[level, index]

    def _fetch(self, level: int, index: int, width: int) -> bytes:
        for wanted in dict.fromkeys((width, WIDTH)):
            name = path(level, index, wanted)
            data = self._read(name)
            if data is None:
                continue
            if len(data) != wanted * HASH:
                raise ProofError(f"{name} has {len(data)} bytes instead of {wanted * HASH}")
            return data
        raise UnavailableError(
            f"the log has no {path(level, index, width)}", "read the log where it is published as a whole"
        )


def _split(data: bytes) -> list[bytes]:
    return [data[at : at + HASH] for at in range(0, len(data), HASH)]
