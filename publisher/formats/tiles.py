"""`log/tile/...`: the log as tiles and entry bundles (C2SP tlog-tiles), so that anyone can read it without us.

Unfinished tiles are published as they were after each commit of the line, so that every checkpoint that could have
been signed keeps its own.
"""

from collections.abc import Mapping

from publisher import log, tiles
from publisher.index import Index
from publisher.merkle import Tree, leaf_hash


def render(index: Index, _contents: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return all tiles and bundles of the index's log."""
    leaves = index.leaves()
    found = tiles.files(Tree(list(map(leaf_hash, leaves))), leaves, log.ends(index.provenances))
    return {f"log/{path}": data for path, data in found.items()}
