"""Every earlier log is the beginning of every later one, on a long line with merges; and it is the same everywhere."""

import random
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest

from publisher import log
from publisher.git import Repository
from publisher.history import History
from publisher.log import Leaf
from publisher.merkle import ProofError, Tree, consistency, leaf_hash, verify_consistency
from publisher.provenance import Provenance, trace
from publisher.signatures.keys import generate_private_key
from publisher.snapshot import Snapshot
from tests.builders import Archive, git
from tests.chronicle import Chronicle
from tests.command import Done, files_of, letterbook
from tests.test_git_environment import SETTINGS, hostile_environment, hostile_home, plant

COMMITS, EARLIER = 200, 120
HAPPENED = (
    "_add", "_revise", "_move", "_remove", "_withdraw", "_mode", "_damage", "_reformat", "_double", "_table", "_other",
    "a branch of a branch", "a clock that went back", "a merge", "a merge of two branches", "an empty commit",
    "an evil merge", "main merged into a branch",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Press:
    """An archive of 200 commits, its key, and what it published at commit 120 and at the last."""

    chronicle: Chronicle
    key: Path
    sites: tuple[Path, Path]

    @property
    def archive(self) -> Archive:
        return self.chronicle.archive


def publish(folder: Path, out: Path, key: Path, *arguments: str | Path, **environment: str) -> Done:
    return letterbook(folder, "publish", *arguments, "--out", out, "--key", key, **environment)


@pytest.fixture(scope="module")
def press(tmp_path_factory: pytest.TempPathFactory) -> Press:
    folder = tmp_path_factory.mktemp("press")
    chronicle = Chronicle(folder / "archive", seed=1)
    chronicle.grow(COMMITS, sound={EARLIER})
    chronicle.land()
    (folder / "key").write_bytes(generate_private_key("test"))
    sites = (folder / "earlier", folder / "site")
    for site, commit in zip(sites, (f"HEAD~{COMMITS - EARLIER}", "HEAD"), strict=True):
        done = publish(chronicle.archive.folder, site, folder / "key", commit)
        assert done.status == 0, done.err
    return Press(chronicle=chronicle, key=folder / "key", sites=sites)


def provenances(repository: Repository, commit: str) -> dict[str, Provenance]:
    """Return what Letterbook says of everything that landed up to a commit, read anew from git."""
    return trace(History.of(repository, commit, Snapshot.at(repository, commit)))


def leaves(repository: Repository, commit: str) -> list[bytes]:
    return log.leaves(provenances(repository, commit))


def line(archive: Archive) -> list[str]:
    return archive.git("rev-list", "--first-parent", "--reverse", "HEAD").split()


def assert_eventful(chronicle: Chronicle) -> None:
    """Everything that a history of this kind is made for did happen in it, and on the line more than once."""
    assert [name for name in HAPPENED if chronicle.told[name] < 3] == []
    git_says = chronicle.archive.git
    assert int(git_says("rev-list", "--first-parent", "--count", "HEAD")) == COMMITS
    assert int(git_says("rev-list", "--first-parent", "--merges", "--count", "HEAD")) >= 10
    assert int(git_says("rev-list", "--count", "HEAD")) >= COMMITS + 50
    times = [int(row) for row in git_says("log", "--first-parent", "--reverse", "--format=%ct", "HEAD").split()]
    assert sum(later < earlier for earlier, later in pairwise(times)) >= 20


def assert_consistent(old: Sequence[bytes], new: Sequence[bytes]) -> None:
    """A consistency proof leads from one log to the other, and to no other root."""
    proof = consistency(Tree([leaf_hash(leaf) for leaf in new]).node, len(old), len(new))
    verify_consistency(len(old), log.root(old), len(new), log.root(new), proof)
    with pytest.raises(ProofError):
        verify_consistency(len(old), log.root([*old[:-1], b"another"]), len(new), log.root(new), proof)


@pytest.mark.parametrize("seed", [1, 2])
def test_each_log_of_200_commits_is_a_prefix_of_the_next(tmp_path: Path, seed: int) -> None:
    chronicle = Chronicle(tmp_path / "archive", seed)
    chronicle.grow(COMMITS)
    chronicle.land()
    assert_eventful(chronicle)
    repository = Repository.find(chronicle.archive.folder)
    logs = [leaves(repository, commit) for commit in line(chronicle.archive)]
    assert len(logs) == COMMITS
    for earlier, later in pairwise(logs):
        assert later[: len(earlier)] == earlier
        assert_consistent(earlier, later)
    chance = random.Random(seed)
    for _ in range(200):
        assert_consistent(*(logs[at] for at in sorted(chance.sample(range(COMMITS), 2))))
    whole = provenances(repository, chronicle.archive.head)
    assert log.ends(whole) == sorted({len(found) for found in logs})
    assert_follows_from_the_line(chronicle.archive, logs[-1])


def assert_follows_from_the_line(archive: Archive, found: Sequence[bytes]) -> None:
    """The whole log is in the order of the line, numbered without a gap, and its times never go back."""
    told = [Leaf.parse(leaf) for leaf in found]
    assert [leaf.seq for leaf in told] == list(range(len(told)))
    times = [datetime.fromisoformat(leaf.at) for leaf in told]
    assert times == sorted(times)
    counted: Counter[str] = Counter()
    for leaf in told:
        counted[leaf.key] += 1
        assert leaf.rev == counted[leaf.key]
    operations = Counter(leaf.op for leaf in told)
    assert all(operations[op] >= 10 for op in ("add", "revise", "remove"))
    rows = archive.git("log", "--first-parent", "--format=%H", "-m", "--name-only", "HEAD", "--", "records/letters")
    assert {leaf.key for leaf in told if leaf.key.startswith("letters/")} == {
        f"letters/{Path(row).stem}" for row in rows.splitlines() if row.endswith(".yaml")
    }


def test_a_publication_of_an_earlier_commit_is_extended_by_the_later_one(press: Press) -> None:
    earlier, later = press.sites
    for kept in ("log/checkpoint", "index.json"):
        done = letterbook(press.archive.folder, "verify", later, "--keys", keys(press), "--since", earlier / kept)
        assert (done.status, "extends: the" in done.out) == (0, True), done.out
    tiles = {path: data for path, data in files_of(earlier / "log").items() if path != "checkpoint"}
    newer = files_of(later / "log")
    assert tiles and all(newer.get(path, data) == data for path, data in tiles.items())


def keys(press: Press) -> Path:
    return press.sites[0] / "keys" / "allowed_signers"


@pytest.mark.parametrize(("back", "caught"), [(50, "rollback: you remember"), (1, "history rewritten: the first")])
def test_a_foxtrot_merge_is_no_extension(press: Press, tmp_path: Path, back: int, caught: str) -> None:
    """It lands at once what main landed one by one, so its log is shorter, or as long and in another order."""
    chronicle = Chronicle(tmp_path / "archive", seed=1)
    chronicle.grow(COMMITS, sound={EARLIER})
    assert chronicle.land() == press.archive.head, "the same seed gives the same commits"
    repository = Repository.find(chronicle.archive.folder)
    before = leaves(repository, chronicle.archive.head)
    tip = chronicle.foxtrot(back)
    chronicle.archive.git("merge-base", "--is-ancestor", press.archive.head, tip)
    after = leaves(repository, tip)
    assert after[: len(before)] != before
    shared = leaves(repository, line(chronicle.archive)[COMMITS - 1 - back])
    assert shared == before[: len(shared)] == after[: len(shared)]

    folder, (_, site) = chronicle.archive.folder, press.sites
    out = shutil.copytree(site, tmp_path / "public")
    done = publish(folder, out, press.key)
    assert (done.status, "not on this line" in done.err) == (3, True)
    assert files_of(out) == files_of(site)
    assert publish(folder, tmp_path / "forged", press.key, "--previous", site).status == 3
    assert publish(folder, tmp_path / "forged", press.key).status == 0
    assert letterbook(folder, "verify", tmp_path / "forged", "--keys", keys(press)).status == 0, "but for memory"
    for kept in ("log/checkpoint", "index.json"):
        done = letterbook(folder, "verify", tmp_path / "forged", "--keys", keys(press), "--since", site / kept)
        assert (done.status, f"since: {caught}" in done.out) == (1, True), done.out
    assert letterbook(folder, "verify", site, "--keys", keys(press)).status == 1


# -- the same everywhere -----------------------------------------------------------------------------------------


def git_derived(site: Path) -> dict[str, bytes]:
    """Return what no git id stands in: the whole log, the records and the documents."""
    folders = ("log", "records", "documents")
    return {path: data for path, data in files_of(site).items() if path.partition("/")[0] in folders}


def assert_same(site: Path, expected: Path) -> None:
    found = git_derived(site)
    assert {"log/checkpoint", "log/tile/entries/000", "records/parties.yaml"} <= found.keys()
    assert found == git_derived(expected)


def test_two_clones_publish_the_same_log(press: Press, tmp_path: Path) -> None:
    for name, options in (("one", ["--bare"]), ("two", ["--no-checkout", "--single-branch"])):
        clone = press.archive.clone(tmp_path / name, *options)
        done = publish(clone, tmp_path / f"public-{name}", press.key)
        assert done.status == 0, done.err
        assert_same(tmp_path / f"public-{name}", press.sites[1])


def test_a_hostile_clone_and_environment_publish_the_same_log(press: Press, tmp_path: Path) -> None:
    clone, trace, command = press.archive.clone(tmp_path / "clone"), tmp_path / "trace", tmp_path / "planted.sh"
    command.write_text(f'#!/bin/sh\necho "$0 $*" >> "{trace}"\n', "utf-8")
    command.chmod(0o755)
    hostile_home(str(command), tmp_path / "elsewhere")
    (clone / ".mailmap").write_text("Somebody Else <else@letterbook.example> <a@letterbook.example>\n", "utf-8")
    names = line(press.archive)
    git(clone, "replace", names[-2], names[40])
    git(clone, "replace", f"HEAD:{record(press)}", f"HEAD~{COMMITS - EARLIER}:records/parties.yaml")
    assert int(git(clone, "rev-list", "--first-parent", "--count", "HEAD")) == 42, "git itself is fooled"
    settings = [*SETTINGS, ("i18n.commitEncoding", "ISO-8859-1"), ("core.autocrlf", "true")]
    plant(clone, str(command), trace, settings)
    done = publish(clone, tmp_path / "public", press.key, **hostile_environment(str(command), trace))
    assert done.status == 0, done.err
    assert_same(tmp_path / "public", press.sites[1])
    assert not trace.exists()
    assert files_of(tmp_path / "public") == files_of(press.sites[1]), "and so is everything else"


def record(press: Press) -> str:
    """Return the path of a record that the newest commit holds."""
    return press.archive.git("ls-tree", "-r", "--name-only", "HEAD", "records/letters").splitlines()[0]


def test_a_sha256_import_publishes_the_same_log(press: Press, tmp_path: Path) -> None:
    clone = press.archive.imported(tmp_path / "imported")
    assert len(git(clone, "rev-parse", "HEAD")) == 64
    done = publish(clone, tmp_path / "public", press.key)
    assert done.status == 0, done.err
    assert_same(tmp_path / "public", press.sites[1])
    kept = press.sites[0] / "log" / "checkpoint"
    done = letterbook(clone, "verify", tmp_path / "public", "--keys", keys(press), "--since", kept)
    assert done.status == 0, done.out
