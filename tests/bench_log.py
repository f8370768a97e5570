"""What the log costs beside the bare hashing that it needs: root, tiles and one proof of 100,000 leaves."""

import statistics
import time
from collections.abc import Callable
from hashlib import sha256

from publisher import tiles
from publisher.log import Leaf
from publisher.merkle import Tree, inclusion, leaf_hash, verify_inclusion

LEAVES = 100_000
HASHES = 2 * LEAVES


def made(count: int) -> list[bytes]:
    """Return the leaves of a log of as many letters, about 200 bytes each."""
    return [
        Leaf(
            at="2026-01-05T10:00:00Z", key=f"letters/letter-{seq:06}", op="add", rev=1, seq=seq,
            sha256=sha256(b"%d" % seq).hexdigest(), size=1600,
        ).format()
        for seq in range(count)
    ]  # fmt: skip


def whole(leaves: list[bytes]) -> None:
    """Make the tree, its root, all tiles and bundles, and one proof, and check the proof."""
    tree = Tree(list(map(leaf_hash, leaves)))
    root = tree.root()
    tiles.files(tree, leaves, range(len(leaves)))
    index = len(leaves) // 3
    proof = inclusion(tree.node, index, len(leaves))
    verify_inclusion(leaf_hash(leaves[index]), index, len(leaves), proof, root)


def bare() -> None:
    """Hash two inputs of 65 bytes for every leaf, and do nothing else."""
    data, digest = bytes(65), sha256
    for _ in range(HASHES):
        digest(data).digest()


def seconds(work: Callable[[], None]) -> float:
    """Return how long it takes once."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def report(runs: int) -> None:
    """Print one table; every run is held against bare hashing right before it."""
    leaves = made(LEAVES)
    pairs = [(seconds(bare), seconds(lambda: whole(leaves))) for _ in range(runs)]
    least, cost = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(cost / least for least, cost in pairs)
    print(f"\n{LEAVES:,} leaves of the log, median of {runs} runs\n")
    print("| work | seconds | against bare hashing |\n|---|---|---|")
    print(f"| {HASHES:,} calls of sha256 | {least:.2f} | 1.0 |")
    print(f"| root, tiles of every size, one proof | {cost:.2f} | {ratio:.1f} |", flush=True)


if __name__ == "__main__":
    report(5)
