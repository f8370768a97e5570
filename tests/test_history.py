"""Every stamp and every meaning is what git says, held against a second auditor and against plain git commands."""

import hashlib
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from publisher.archive import Archive as LetterArchive
from publisher.errors import RepositoryError
from publisher.examine import examine_commit
from publisher.git import Repository
from publisher.history import History, Version
from publisher.index import Index
from publisher.provenance import trace
from publisher.publish import index_of
from publisher.snapshot import Snapshot
from tests import builders, second_auditor
from tests.builders import change, letter, letter_path, parties, reformatted, to_yaml, withdrawn
from tests.conftest import AMENDED, BRANCHED, BROKEN, LINKED, MOVED, REMOVED, TAKEN_BACK, TWICE, Eventful

Row = dict[str, Any]


def history_of(folder: Path, commit: str = "HEAD") -> History:
    repository = Repository.find(folder)
    name = repository.resolve(commit)
    return History.of(repository, name, Snapshot.at(repository, name))


def rows(history: History) -> list[Row]:
    """Everything that Letterbook says of the landed versions, in the order of the log."""
    found = [
        {"key": key, **revision.to_mapping()}
        for key, provenance in trace(history).items()
        for revision in provenance.revisions
    ]
    return sorted(found, key=lambda row: int(row["seq"]))


def auditors_rows(folder: Path, commit: str = "HEAD") -> list[Row]:
    """The same from the second auditor."""
    line = second_auditor.Line(folder, commit)
    found = [{"key": key, **version} for key, versions in line.versions.items() for version in versions]
    return sorted(found, key=lambda row: int(row["seq"]))


def index_at(folder: Path, commit: str = "HEAD") -> Index:
    """The index of a commit, whatever the checks say of its past."""
    repository = Repository.find(folder)
    name = repository.resolve(commit)
    examined = examine_commit(repository, name)
    return index_of(repository, name, examined)


def assert_follows_from_git(folder: Path) -> None:
    """The index is exactly what the second auditor makes of the same commit."""
    rebuilt = second_auditor.rebuild(folder, "HEAD")
    assert second_auditor.differences(index_at(folder).to_mapping(), rebuilt) == []


# -- the eventful archive --------------------------------------------------------------------------------------


def test_each_event_has_its_commit_op_and_meaning(eventful: Eventful) -> None:
    """What the story meant to happen is what Letterbook says did happen: no more, no less."""
    names = {commit: name for name, commit in eventful.commits.items()}
    told: dict[str, list[tuple[str, str, str]]] = {}
    for row in rows(history_of(eventful.archive.folder)):
        told.setdefault(row["key"], []).append((names[row["commit"]], row["op"], row["meaning"]))
    assert told == eventful.events


def test_times_sizes_and_sums_are_what_git_says(eventful: Eventful) -> None:
    """Held against `git log --first-parent` and `git ls-tree`, one row at a time."""
    git = eventful.archive.git
    log = git("log", "--first-parent", "--reverse", "--format=%H %cI %ct", "HEAD").splitlines()
    times = {name: int(seconds) for name, _, seconds in (row.split(" ") for row in log)}
    order = list(times)
    history = history_of(eventful.archive.folder)
    versions, newest = history.versions, history.newest
    assert [version.seq for version in versions] == list(range(len(versions)))
    counted: dict[str, int] = {}
    for version in versions:
        assert version.commit is not None
        counted[version.key] = counted.get(version.key, 0) + 1
        assert version.rev == counted[version.key]
        assert version.landed_at == times[version.commit]
        assert version.published_at == max(times[name] for name in order[: order.index(version.commit) + 1])
        if version.op != "remove":
            place = "HEAD" if version is newest[version.key] else version.commit
            assert git("rev-parse", f"{place}:{version.path}") == version.blob
            assert int(git("cat-file", "-s", version.blob)) == version.size
    places = [(order.index(version.commit or ""), version.key.encode()) for version in versions]
    assert places == sorted(places)


def test_sha256_of_each_version_is_that_of_gits_bytes(eventful: Eventful) -> None:
    for version in history_of(eventful.archive.folder).versions:
        if version.op == "remove":
            assert (version.sha256, version.size, version.path, version.blob) == ("", 0, "", "")
            continue
        data = second_auditor.git(eventful.archive.folder, "cat-file", "blob", version.blob)
        assert (hashlib.sha256(data).hexdigest(), len(data)) == (version.sha256, version.size)


def test_the_second_auditor_says_the_same(eventful: Eventful) -> None:
    assert rows(history_of(eventful.archive.folder)) == auditors_rows(eventful.archive.folder)
    assert_follows_from_git(eventful.archive.folder)


def test_every_commit_of_the_line_is_a_prefix_of_the_next(eventful: Eventful) -> None:
    """What a commit says of the past, every later commit says too."""
    whole = rows(history_of(eventful.archive.folder))
    for name in eventful.archive.git("rev-list", "--first-parent", "HEAD").split()[::7]:
        part = rows(history_of(eventful.archive.folder, name))
        assert part == whole[: len(part)]


def test_moves_and_reformatting_move_no_time_that_readers_see(eventful: Eventful) -> None:
    provenances = trace(history_of(eventful.archive.folder, eventful.commits["reformatted"]))
    moved, reformatted_ = provenances[f"letters/{MOVED}"], provenances[f"letters/{AMENDED}"]
    assert moved.first == moved.changed == moved.latest and len(moved.revisions) == 1
    assert reformatted_.changed == reformatted_.first
    assert reformatted_.latest.commit == eventful.commits["reformatted"]


def test_an_editorial_note_moves_no_time_that_readers_see(eventful: Eventful) -> None:
    provenance = trace(history_of(eventful.archive.folder, eventful.commits["note of editorial"]))[f"letters/{AMENDED}"]
    assert provenance.changed.commit == eventful.commits["note of addition"]
    assert provenance.latest.commit == eventful.commits["note of editorial"]


def test_a_branch_lands_at_its_merge(eventful: Eventful) -> None:
    """Neither the commits of the branch nor their times count; nor does a clock that runs backwards."""
    first = trace(history_of(eventful.archive.folder))[f"letters/{BRANCHED}"].first
    assert first.commit == eventful.commits["merged"]
    assert (first.landed_at, first.published_at) == ("2021-02-01T00:00:00Z", "2021-03-01T00:00:00Z")


def test_the_record_of_a_moved_letter_is_where_it_is_now(eventful: Eventful) -> None:
    entry = index_at(eventful.archive.folder).letter_of[MOVED]
    assert entry.record.path == f"records/letters/elsewhere/{MOVED}.yaml"
    blob = eventful.archive.git("rev-parse", f"HEAD:{entry.record.path}")
    assert (entry.record.blob, entry.provenance.first.commit) == (blob, eventful.commits["letters"])


def test_what_is_gone_is_listed_and_what_is_withdrawn_says_little(eventful: Eventful) -> None:
    index = index_at(eventful.archive.folder)
    assert [entry.key for entry in index.removed] == ["errata", f"letters/{REMOVED}"]
    assert index.letter_of[TAKEN_BACK].document.keys() == {"id", "status", "changes"}
    assert index.assessment_of[TAKEN_BACK].document == {"letter": TAKEN_BACK}
    assert REMOVED not in index.letter_of and {BROKEN, TWICE, LINKED} <= index.letter_of.keys()


# -- single promises -------------------------------------------------------------------------------------------


def test_a_foxtrot_merge_changes_what_landed_where(tmp_path: Path) -> None:
    archive = builders.Archive(tmp_path / "archive")
    archive.begin()
    archive.branch("side")
    archive.write("README.md", "Nothing about letters.\n")
    archive.commit()
    archive.switch("main")
    archive.letter(AMENDED)
    earlier = archive.commit()
    merge = archive.foxtrot("side")
    (landed,) = history_of(archive.folder).by_key[f"letters/{AMENDED}"]
    assert (landed.commit, earlier in {commit.id for commit in history_of(archive.folder).line}) == (merge, False)
    assert rows(history_of(archive.folder)) == auditors_rows(archive.folder)


def test_a_folder_that_becomes_a_link_removes_its_records(tmp_path: Path) -> None:
    archive = builders.Archive(tmp_path / "archive")
    archive.begin()
    archive.letter(AMENDED)
    archive.commit()
    (archive.folder / "records").rename(archive.folder / "elsewhere")
    archive.link("records", "elsewhere")
    archive.commit()
    assert [row["op"] for row in rows(history_of(archive.folder))][-4:] == ["remove"] * 4
    archive.delete("records")
    (archive.folder / "elsewhere").rename(archive.folder / "records")
    archive.commit()
    assert [row["meaning"] for row in rows(history_of(archive.folder))][-4:] == ["reinstated"] * 4
    assert rows(history_of(archive.folder)) == auditors_rows(archive.folder)
    assert_follows_from_git(archive.folder)


@pytest.mark.parametrize(("mode", "code"), [("120000", "symlink"), ("160000", "submodule")])
def test_what_is_no_file_at_the_tip_is_no_record(tmp_path: Path, mode: str, code: str) -> None:
    archive = builders.Archive(tmp_path / "archive")
    archive.begin()
    archive.letter(AMENDED)
    archive.commit()
    name = archive.head if mode == "160000" else archive.git("hash-object", "-w", "--stdin", feed=b"elsewhere.yaml")
    archive.git("update-index", "--add", "--cacheinfo", f"{mode},{name},{letter_path(AMENDED)}")
    archive.git("commit", "--quiet", "-m", "No file any more", GIT_COMMITTER_DATE="@1700000000 +0000")
    snapshot = history_of(archive.folder).tip
    assert [fault.code for fault in snapshot.faults] == [code] and letter_path(AMENDED) not in snapshot.files
    assert rows(history_of(archive.folder))[-1]["op"] == "remove"
    assert rows(history_of(archive.folder)) == auditors_rows(archive.folder)


def test_keys_of_one_commit_land_in_byte_order(tmp_path: Path) -> None:
    """UTF-8 bytes, not UTF-16 code units, and keys, not paths."""
    archive = builders.Archive(tmp_path / "archive")
    names = ["z", "é", "\uffee", "\U0001f600", "Z", "a-b", "a.b", "a"]
    for place, name in enumerate(names):
        archive.write(f"records/letters/{9 - place}/{name}.yaml", "id: x\n")
    archive.write("records/letters.yaml", "id: x\n")
    archive.commit()
    keys = [version.key for version in history_of(archive.folder).versions]
    assert keys == ["letters", *(f"letters/{name}" for name in sorted(names, key=str.encode))]
    assert rows(history_of(archive.folder)) == auditors_rows(archive.folder)


def test_a_file_named_like_a_folder_keeps_its_key(tmp_path: Path) -> None:
    archive = builders.Archive(tmp_path / "archive")
    for path in (
        "records/letters/x.yaml/y.yaml", "records/.yaml", "records/letters/.yaml", "records/letters/b.yml",
        "records/letters/c.YAML", "records.yaml", "other/letters/d.yaml", "records/letters/e.yaml.yaml",
        "records/a/b/c/f.yaml", "records/..yaml",
    ):  # fmt: skip
        archive.write(path, "id: x\n")
    archive.commit()
    keys = [version.key for version in history_of(archive.folder).versions]
    assert keys == [".", "a/f", "letters/e.yaml", "letters/y"]
    assert rows(history_of(archive.folder)) == auditors_rows(archive.folder)


def test_a_path_that_is_not_utf_8_is_no_record(tmp_path: Path) -> None:
    archive = builders.Archive(tmp_path / "archive")
    archive.begin()
    name = archive.git("hash-object", "-w", "--stdin", feed=b"id: x\n")
    archive.git("update-index", "--add", "--cacheinfo", f"100644,{name},records/letters/2019/\udcff.yaml")
    archive.git("commit", "--quiet", "-m", "Not UTF-8", GIT_COMMITTER_DATE="@1700000000 +0000")
    history = history_of(archive.folder)
    assert [version.key for version in history.versions] == ["archive", "parties", "threads"]
    assert history.pending(history.tip).versions == history.versions
    assert rows(history) == auditors_rows(archive.folder)


def test_a_commit_without_records_has_no_versions(tmp_path: Path) -> None:
    archive = builders.Archive(tmp_path / "archive")
    archive.commit()
    assert history_of(archive.folder).versions == ()
    assert len(history_of(archive.folder).line) == 1


# -- pending ---------------------------------------------------------------------------------------------------


def pending(eventful: Eventful, changed: Mapping[str, bytes | None]) -> list[Version]:
    """The unborn versions after some files of the tip were changed, added or (None) removed."""
    repository = Repository.find(eventful.archive.folder)
    commit = repository.resolve("HEAD")
    snapshot = Snapshot.at(repository, commit)
    history = History.of(repository, commit, snapshot)
    files = {path: data for path, data in {**snapshot.files, **changed}.items() if data is not None}
    after = history.pending(Snapshot(files=files))
    before = len(history.versions)
    assert [version.seq for version in after.versions] == list(range(len(after.versions)))
    assert rows(history) == rows(History(versions=after.versions[:before], line=after.line))
    return list(after.versions[before:])


def test_nothing_is_pending_where_nothing_differs(eventful: Eventful) -> None:
    assert pending(eventful, {}) == []


def test_a_pending_move_is_no_version(eventful: Eventful) -> None:
    data = eventful.archive.read(letter_path(AMENDED))
    moved = {letter_path(AMENDED): None, f"records/letters/deep/down/{AMENDED}.yaml": data}
    assert pending(eventful, moved) == []


def test_a_moved_letter_that_changes_is_pending(eventful: Eventful) -> None:
    """Its last version landed at another path than it has now."""
    path = f"records/letters/elsewhere/{MOVED}.yaml"
    data = to_yaml(letter(MOVED, summary="Changed.")).encode()
    (version,) = pending(eventful, {path: data})
    assert (version.op, version.rev, version.path) == ("revise", 2, path)


def test_a_second_file_is_pending_only_if_it_comes_first(eventful: Eventful) -> None:
    data = to_yaml(letter(TWICE, summary="Another.")).encode()
    assert pending(eventful, {f"records/letters/2020/{TWICE}.yaml": data}) == []
    (version,) = pending(eventful, {f"records/letters/2018/{TWICE}.yaml": data})
    assert (version.key, version.op) == (f"letters/{TWICE}", "revise")
    assert version.path == f"records/letters/2018/{TWICE}.yaml"


@pytest.mark.parametrize(
    ("name", "document", "op", "rev", "meaning"),
    [
        ("2019-10-01-harbour-to-acme", letter("2019-10-01-harbour-to-acme"), "add", 1, "published"),
        (REMOVED, letter(REMOVED), "add", 7, "reinstated"),
        (REMOVED, withdrawn(REMOVED), "add", 7, "withdrawn"),
        (TWICE, letter(TWICE, summary="Changed."), "revise", 4, "amended"),
        (TWICE, letter(TWICE, summary="Changed.", changes=[change("editorial")]), "revise", 4, "editorial"),
        (TWICE, withdrawn(TWICE), "revise", 4, "withdrawn"),
        (TWICE, None, "remove", 4, "removed"),
    ],
)  # fmt: skip
def test_what_is_pending_has_the_meaning_it_will_have(
    eventful: Eventful, tmp_path: Path, name: str, document: dict[str, Any] | None, op: str, rev: int, meaning: str
) -> None:
    """An unborn version means before the commit what it means after it."""
    data = to_yaml(document).encode() if document else None
    (version,) = pending(eventful, {letter_path(name): data})
    assert (version.commit, version.op, version.rev) == (None, op, rev)
    repository = Repository.find(eventful.archive.folder)
    snapshot = Snapshot.at(repository, repository.resolve("HEAD"))
    files = {path: kept for path, kept in {**snapshot.files, letter_path(name): data}.items() if kept is not None}
    after = history_of(eventful.archive.folder).pending(Snapshot(files=files))
    unborn = trace(after)[f"letters/{name}"].revisions[-1]
    assert unborn.meaning == meaning

    copy = eventful.archive.copy(tmp_path / "copy")
    if data is None:
        (copy / letter_path(name)).unlink()
    else:
        (copy / letter_path(name)).write_bytes(data)
    builders.git(copy, "add", "--all")
    builders.git(copy, "commit", "--quiet", "-m", "Land it", GIT_COMMITTER_DATE="@1700000000 +0000")
    landed = rows(history_of(copy))[-1]
    committed = unborn.to_mapping()
    for field in ("seq", "rev", "op", "meaning", "sha256", "size"):
        assert landed.get(field) == committed.get(field)


@pytest.mark.parametrize(
    ("meaning", "notes"), [("unchanged", []), ("editorial", ["editorial"]), ("amended", ["addition"])]
)
def test_a_letter_that_landed_once_is_compared_with_what_it_says_now(
    eventful: Eventful, meaning: str, notes: list[str]
) -> None:
    """Its one version was never read for its meaning, and stands at another path by now."""
    path = f"records/letters/elsewhere/{MOVED}.yaml"
    document = letter(MOVED, changes=list(map(change, notes)) or None)
    repository = Repository.find(eventful.archive.folder)
    snapshot = Snapshot.at(repository, repository.resolve("HEAD"))
    files = {**snapshot.files, path: reformatted(to_yaml(document).encode())}
    after = history_of(eventful.archive.folder).pending(Snapshot(files=files))
    assert [revision.meaning for revision in trace(after)[f"letters/{MOVED}"].revisions] == ["published", meaning]


def test_a_history_that_does_not_end_in_the_tree_is_refused(eventful: Eventful) -> None:
    """As where a tree object was forged: what was replayed and what is listed must be the same."""
    repository = Repository.find(eventful.archive.folder)
    with pytest.raises(RepositoryError):
        History.of(repository, repository.resolve("HEAD"), Snapshot.at(repository, repository.resolve("HEAD~1")))


# -- random histories ------------------------------------------------------------------------------------------


class Chance:
    """Makes a random history of commits, branches, merges, moves and damage; the same for the same seed."""

    NAMES = ("2019-01-01-a-to-b", "2019-01-02-b-to-a", "2019-01-03-a-to-c")
    ACTS = ("write", "write", "write", "note", "move", "delete", "damage", "reformat", "table", "mode")
    FOLDERS = ("2018", "2019", "2019/spring")

    def __init__(self, folder: Path, seed: int) -> None:
        self.random = random.Random(seed)
        self.archive = builders.Archive(folder)
        self.archive.begin()
        self.side = False

    def run(self, commits: int) -> None:
        for _ in range(commits):
            for _ in range(self.random.randint(0, 3)):
                self.step()
            self.archive.commit(at=self.time())
            self.turn()
        if self.side:
            self.archive.switch("main")
        self.mend()

    def time(self) -> int:
        return self.archive.clock + self.random.randint(-20, 3) * builders.DAY

    def turn(self) -> None:
        """Begin a branch, or end it by a merge, a foxtrot merge or by leaving it."""
        chance = self.random.random()
        if not self.side and chance < 0.3:
            self.archive.branch(f"side-{self.archive.commits}")
            self.side = True
        elif self.side and chance < 0.6:
            side = self.archive.git("branch", "--show-current")
            self.archive.switch("main")
            if chance < 0.2:
                self.archive.letter(self.random.choice(self.NAMES), summary="Meanwhile.")
                self.archive.commit(at=self.time())
            if chance < 0.1:
                self.archive.foxtrot(side)
            elif chance < 0.5:
                evil = {self.path(): to_yaml(self.document())} if self.random.random() < 0.3 else None
                self.archive.merge(side, at=self.time(), evil=evil)
            self.side = False

    def path(self) -> str:
        return f"records/letters/{self.random.choice(self.FOLDERS)}/{self.random.choice(self.NAMES)}.yaml"

    def document(self) -> dict[str, Any]:
        name = self.random.choice(self.NAMES)
        kinds = self.random.choices(("correction", "editorial", "withdrawal", "reinstatement"), k=3)
        changes = [change(kind) for kind in kinds[: self.random.randint(0, 3)]]
        if self.random.random() < 0.2:
            return withdrawn(name, changes=changes or None)
        return letter(name, summary=f"Text {self.random.randint(1, 3)}.", changes=changes or None)

    def step(self) -> None:
        files = sorted((self.archive.folder / "records" / "letters").rglob("*.yaml"))
        there = [file.relative_to(self.archive.folder).as_posix() for file in files if file.is_file()]
        act = self.random.choice(self.ACTS)
        if act == "write" or not there:
            self.archive.write(self.path(), self.document())
        elif act == "table":
            note = change("editorial", f"{self.random.random()}")
            self.archive.write("records/parties.yaml", parties(changes=[note]))
        else:
            self.alter(act, self.random.choice(there))

    def alter(self, act: str, path: str) -> None:
        data = self.archive.read(path)
        if act == "move":
            self.archive.move(path, self.path())
        elif act == "delete":
            self.archive.delete(path)
        elif act == "mode":
            self.archive.mode(path, self.random.choice((0o644, 0o755)))
        elif act == "damage":
            damage = (b"\xff\n", b"a: &b c\n", b"id: 1\n", b"- x\n", b"? [a]\n: b\n", b"x: 1\n\n")
            self.archive.write(path, data + self.random.choice(damage))
        else:
            document = second_auditor.document_of(data)
            if document is not None and act == "reformat":
                self.archive.write(path, reformatted(to_yaml(document).encode()))
            elif document is not None:
                note = change(self.random.choice(("editorial", "addition")))
                self.archive.write(path, {**document, "changes": [*(document.get("changes") or []), note]})

    def mend(self) -> None:
        """Replace what cannot be published, so that there is an index to compare."""
        archive, _ = LetterArchive.of(Snapshot.on_disk(self.archive.folder))
        for key in archive.unreadable:
            path = archive.paths[key][0]
            self.archive.write(path, letter(Path(path).stem))
        self.archive.commit(at=self.time())


@pytest.mark.parametrize("seed", range(30))
def test_random_histories_follow_from_git(tmp_path: Path, seed: int) -> None:
    chance = Chance(tmp_path / "archive", seed)
    chance.run(15)
    folder = chance.archive.folder
    found = rows(history_of(folder))
    assert found == auditors_rows(folder)
    assert_follows_from_git(folder)
