"""Erasure: what was remembered of the log stays true, nothing else can be made of it, and the page's recipe works."""

from pathlib import Path
from typing import Any

import pytest

from publisher import log
from publisher.examine import examine, examine_commit
from publisher.git import Repository
from publisher.history import History
from publisher.snapshot import Snapshot
from tests import second_auditor
from tests.attacks.defences import without
from tests.attacks.scene import command
from tests.builders import Archive, archive_info, change, letter, letter_path, parties, reformatted, to_yaml
from tests.command import files_of, letterbook
from tests.erasing import (
    CLEANED,
    FIRST,
    GONE,
    KEY,
    LIST,
    SECOND,
    SIDE,
    assert_nowhere,
    erased,
    findings,
    history_of,
    index_at,
    leaves,
    list_them,
    read_list,
    rewritten,
    root,
    secretive,
    versions,
)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return secretive(tmp_path / "archive")


# -- each version in turn ----------------------------------------------------------------------------------------


def long(folder: Path) -> Archive:
    """Every kind of record, a removal, bytes that come back, a move, a merge, a clock that runs backwards."""
    archive = Archive(folder)
    archive.begin()
    for name in (FIRST, SECOND, GONE):
        archive.letter(name)
    archive.assess(FIRST)
    archive.commit()
    archive.branch("side")
    archive.letter(SIDE)
    archive.commit()
    archive.switch("main")
    archive.letter(FIRST, summary="Asks again.", changes=[change("correction")])
    archive.commit(at="2024-01-01T00:00:00Z")
    archive.merge("side", at="2023-01-01T00:00:00Z")
    moved = archive.move(letter_path(SECOND), f"records/letters/spring/{SECOND}.yaml")
    archive.commit(at="2023-01-02T00:00:00Z")
    before = archive.read(moved)
    archive.write(moved, letter(SECOND, summary="For one day."))
    archive.delete(letter_path(GONE))
    archive.commit()
    archive.write(moved, before)
    archive.write("records/parties.yaml", reformatted(archive.read("records/parties.yaml")))
    archive.commit()
    archive.withdraw(FIRST)
    archive.write("records/archive.yaml", archive_info(name="The Harbour letters, renamed"))
    archive.commit()
    archive.letter(FIRST, changes=[change("withdrawal"), change("reinstatement")])
    archive.assess(FIRST, changes=[change("correction")])
    archive.write(moved, letter(SECOND, changes=[change("correction")]))
    archive.letter(SIDE, changes=[change("correction")])
    archive.write("records/parties.yaml", parties(changes=[change("editorial")]))
    archive.commit()
    return archive


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    return long(tmp_path_factory.mktemp("long") / "archive")


ERASABLE = [
    ("archive", 1), ("parties", 1), ("parties", 2), (f"assessments/{FIRST}", 1), (KEY, 1), (KEY, 2), (KEY, 3),
    (f"letters/{GONE}", 1), (f"letters/{SECOND}", 1), (f"letters/{SECOND}", 2), (f"letters/{SECOND}", 3),
    (f"letters/{SIDE}", 1),
]  # fmt: skip
"""Every version of the story that is no removal and has another one after it."""


def test_the_story_has_all_of_these(story: Archive) -> None:
    history = history_of(story.folder)
    last = {key: version.rev for key, version in history.newest.items()}
    earlier = [(v.key, v.rev) for v in history.versions if v.op != "remove" and v.rev < last[v.key]]
    assert sorted(earlier) == sorted(ERASABLE)


@pytest.mark.parametrize(("key", "rev"), ERASABLE, ids=str)
def test_whichever_is_erased_every_earlier_checkpoint_stays_a_prefix(
    story: Archive, tmp_path: Path, key: str, rev: int
) -> None:
    before = leaves(story.folder)
    was = {(k, r): sha256 for k, r, sha256, _, _ in versions(story.folder)}
    bare, entries = rewritten(story, tmp_path / "erasing", key, rev)
    gone = {(entry["key"], entry["rev"]) for entry in entries}
    assert (key, rev) in gone and {was[place] for place in gone} == {was[key, rev]}
    assert_nowhere(bare.folder, was[key, rev])

    without = leaves(bare.folder)
    assert len(without) == len(before)
    differ = [at for at, (old, new) in enumerate(zip(before, without, strict=True)) if old != new]
    assert {(leaf.key, leaf.rev) for leaf in map(log.Leaf.parse, (before[at] for at in differ))} == gone
    errors = [code for code, severity in findings(bare.folder) if severity == "error"]
    assert errors == ["erased-without-tombstone"] * len(gone)

    list_them(bare, *entries)
    assert [code for code, severity in findings(bare.folder, pending=True) if severity == "error"] == []
    bare.commit()
    after = leaves(bare.folder)
    assert after[: len(before)] == before
    for commit in story.git("rev-list", "--first-parent", "HEAD").split():
        earlier = leaves(story.folder, commit)
        assert root(after[: len(earlier)]) == root(earlier)
    assert {(k, r) for k, r, _, _, reason in versions(bare.folder) if reason == "court-order"} == gone
    assert findings_of_landed_changes(bare.folder) <= findings_of_landed_changes(story.folder)
    rebuilt = second_auditor.rebuild(bare.folder, "HEAD")
    assert second_auditor.differences(index_at(bare.folder).to_mapping(), rebuilt) == []
    assert [leaf.encode() for leaf in second_auditor.leaves_of(rebuilt)] == after


def findings_of_landed_changes(folder: Path) -> set[tuple[str, str]]:
    """(code, file) of what is said of landed changes: an erasure adds nothing to it."""
    repository = Repository.find(folder)
    found = examine_commit(repository, repository.resolve("HEAD")).findings
    return {(finding.code, finding.location.path) for finding in found}


def test_all_of_them_one_after_another(story: Archive, tmp_path: Path) -> None:
    """The list grows by each; what was listed before stays in force through every later rewrite."""
    before, now = leaves(story.folder), story
    for at, (key, rev) in enumerate(ERASABLE):
        if versions_of(now, key)[rev] is None:
            now = erased(now, tmp_path / str(at), key, rev, reason="data-protection")
    assert leaves(now.folder)[: len(before)] == before
    assert len([v for v in versions(now.folder) if v[4] == "data-protection"]) == len(ERASABLE)
    rebuilt = second_auditor.rebuild(now.folder, "HEAD")
    assert second_auditor.differences(index_at(now.folder).to_mapping(), rebuilt) == []


def versions_of(archive: Archive, key: str) -> dict[int, str | None]:
    return {rev: reason for name, rev, _, _, reason in versions(archive.folder) if name == key}


def test_a_sha256_import_of_the_rewritten_history_keeps_the_log(archive: Archive, tmp_path: Path) -> None:
    now = erased(archive, tmp_path / "erasing", KEY, 1, 2)
    assert leaves(now.imported(tmp_path / "imported")) == leaves(now.folder)


# -- what may be listed --------------------------------------------------------------------------------------------


def entry(key: str = KEY, rev: int = 1, **fields: Any) -> dict[str, Any]:
    return {"key": key, "rev": rev, "sha256": "a" * 64, "size": 7, "reason": "court-order", **fields}


@pytest.mark.parametrize(
    ("entries", "codes"),
    [
        ([entry()], ["erasure-without-stub"]),
        ([entry(rev=3)], ["erasure-without-stub"]),
        ([entry(rev=4)], ["erasure-of-nothing"]),
        ([entry(key=f"letters/{GONE}")], ["erasure-without-stub"]),
        ([entry(key=f"letters/{GONE}", rev=2)], ["erasure-of-nothing"]),
        ([entry(key="letters/2019-09-09-nobody-to-nobody")], ["erasure-of-nothing"]),
        ([entry(key="erasures")], ["erasure-of-itself"]),
        ([entry(), entry(sha256="b" * 64)], ["erasure-without-stub", "duplicate-erasure"]),
        ([], []),
    ],
)
def test_an_entry_that_is_not_so_is_an_error_and_changes_no_leaf(
    archive: Archive, entries: list[dict[str, Any]], codes: list[str]
) -> None:
    """Otherwise a list could make any leaf say anything."""
    archive.letter(GONE)
    archive.commit()
    archive.delete(letter_path(GONE))
    archive.commit()
    before = leaves(archive.folder)
    list_them(archive, *entries)
    told = [row for row in findings(archive.folder, pending=True) if row[0] != "letter-removed"]
    assert told == [(code, "error") for code in codes]
    archive.commit()
    assert leaves(archive.folder)[:-1] == before
    assert [row for row in findings(archive.folder) if row[0] != "letter-removed"] == told
    if codes:
        with pytest.raises(second_auditor.AuditError, match=r"erasures\.yaml"):
            second_auditor.rebuild(archive.folder, "HEAD")


def stub(rev: object, name: str = FIRST) -> str:
    return f"id: {name}\nerased: {{rev: {rev}}}\n"


@pytest.mark.parametrize(
    "data",
    [
        stub(1),
        stub(3),
        stub("'2'"),
        stub("true"),
        stub(2, SECOND),
        stub("2, more: 1"),
        stub("[2]"),
        f"{stub(2)}more: 1\n",
        f"{stub(2)}id: {FIRST}\n",
        f"{stub(2)}---\n",
        "erased: {rev: 2}\n",
        f"id: {FIRST}\n",
        stub("&x 2"),
        stub(""),
    ],
)
def test_what_is_nearly_a_stub_is_none(archive: Archive, data: str) -> None:
    """Its leaf keeps the hash of the bytes that are there, listed or not."""
    (expected,) = [v[2] for v in put_as_second(archive, data) if v[:2] == (KEY, 2)]
    list_them(archive, entry(rev=2))
    archive.commit()
    assert [(v[2], v[4]) for v in versions(archive.folder) if v[:2] == (KEY, 2)] == [(expected, None)]
    assert ("erasure-without-stub", "error") in findings(archive.folder)
    with pytest.raises(second_auditor.AuditError, match="is listed and not erased"):
        second_auditor.rebuild(archive.folder, "HEAD")
    archive.delete(LIST)
    archive.commit()
    assert "erased-without-tombstone" not in [code for code, _ in findings(archive.folder)]


def test_true_is_not_the_first_version(tmp_path: Path) -> None:
    """In Python True == 1; in JSON it is not."""
    archive = Archive(tmp_path / "archive")
    archive.begin()
    archive.write(letter_path(FIRST), stub("true"))
    archive.commit()
    archive.letter(FIRST, changes=CLEANED)
    list_them(archive, entry(rev=1))
    archive.commit()
    assert ("erasure-without-stub", "error") in findings(archive.folder)
    with pytest.raises(second_auditor.AuditError, match="is listed and not erased"):
        second_auditor.rebuild(archive.folder, "HEAD")


@pytest.mark.parametrize(
    "data",
    [
        stub(2),
        f"# a comment\n{stub(2)}",
        f'{{"erased": {{"rev": 2}}, "id": "{FIRST}"}}',
        f'"\\x65rased":\r\n  rev: 2\r\nid: {FIRST}',
    ],
)
def test_a_stub_is_known_by_what_it_says(archive: Archive, data: str) -> None:
    put_as_second(archive, data)
    assert ("erased-without-tombstone", "error") in findings(archive.folder)
    with pytest.raises(second_auditor.AuditError, match="is erased and not listed"):
        second_auditor.rebuild(archive.folder, "HEAD")
    list_them(archive, entry(rev=2))
    archive.commit()
    assert [(v[2], v[4]) for v in versions(archive.folder) if v[:2] == (KEY, 2)] == [("a" * 64, "court-order")]
    assert [row for row in findings(archive.folder) if row[1] == "error"] == []
    second_auditor.rebuild(archive.folder, "HEAD")


def put_as_second(archive: Archive, data: str) -> list[tuple[str, int, str, str, str | None]]:
    """Land these bytes as the letter's second version, and a sound one after it."""
    archive.rewrite("HEAD~2")
    archive.write(letter_path(FIRST), data)
    archive.commit()
    archive.letter(FIRST, changes=CLEANED)
    archive.commit()
    return versions(archive.folder)


def test_of_two_entries_for_one_version_neither_counts(archive: Archive) -> None:
    (expected,) = [v[2] for v in put_as_second(archive, stub(2)) if v[:2] == (KEY, 2)]
    list_them(archive, entry(rev=2), entry(rev=2))
    archive.commit()
    assert [(v[2], v[4]) for v in versions(archive.folder) if v[:2] == (KEY, 2)] == [(expected, None)]
    assert findings(archive.folder) == [("duplicate-erasure", "error")]


def test_the_list_itself_is_never_erased(archive: Archive) -> None:
    archive.write(LIST, stub(1, "erasures"))
    archive.commit()
    (expected,) = [v[2] for v in versions(archive.folder) if v[0] == "erasures"]
    list_them(archive, entry("erasures"))
    archive.commit()
    assert [v[2::2] for v in versions(archive.folder) if v[:2] == ("erasures", 1)] == [(expected, None)]
    assert findings(archive.folder) == [("erasure-of-itself", "error")]
    list_them(archive)
    archive.commit()
    assert findings(archive.folder) == [("erased-without-tombstone", "error")]


def test_a_faulty_list_erases_nothing(archive: Archive, tmp_path: Path) -> None:
    bare, entries = rewritten(archive, tmp_path / "erasing", KEY, 1, 2)
    list_them(bare, *entries, entry(rev=0))
    bare.commit()
    assert [version for version in versions(bare.folder) if version[4]] == []
    assert findings(bare.folder) == [("out-of-range", "error")]


def test_a_stub_is_no_record(archive: Archive) -> None:
    archive.write(letter_path(FIRST), stub(4))
    assert findings(archive.folder, pending=True) == [("erased-record", "error")]
    archive.commit()
    assert findings(archive.folder) == [("erased-without-tombstone", "error"), ("erased-record", "error")]
    list_them(archive, entry(rev=4))
    assert findings(archive.folder, pending=True) == [("erased-record", "error")]
    archive.commit()
    assert findings(archive.folder) == [("erased-record", "error")]
    assert findings(archive.folder, pending=True) == [("erased-record", "error")]
    landed = history_of(archive.folder)
    assert landed.pending(Snapshot.on_disk(archive.folder)).versions == landed.versions, "nothing is pending"
    archive.withdraw(FIRST)
    assert findings(archive.folder, pending=True) == []


def test_a_stub_that_is_all_a_key_ever_was_is_known_too(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    archive.begin()
    archive.write(letter_path(FIRST), stub(1))
    archive.commit()
    assert findings(archive.folder) == [("erased-without-tombstone", "error"), ("erased-record", "error")]
    list_them(archive, entry())
    archive.withdraw(FIRST)
    assert findings(archive.folder, pending=True) == []
    archive.commit()
    assert findings(archive.folder) == []


# -- the list only grows -------------------------------------------------------------------------------------------


def test_what_landed_in_the_list_stays(archive: Archive, tmp_path: Path) -> None:
    now = erased(archive, tmp_path / "erasing", KEY, 1, 2)
    one, two = read_list(now)
    for entries in (
        [one], [two], [], [one, {**two, "sha256": "b" * 64}], [{**one, "size": 1}, two],
        [one, {**two, "reason": "other"}],
    ):  # fmt: skip
        list_them(now, *entries)
        codes = [code for code, severity in findings(now.folder, pending=True) if severity == "error"]
        assert "erasures-rewritten" in codes, entries
    now.delete(LIST)
    assert ("erasures-rewritten", "error") in findings(now.folder, pending=True)
    list_them(now, two, one)
    assert findings(now.folder, pending=True) == []


@pytest.mark.parametrize("how", ["altered", "another reason", "removed", "listed twice", "no list"])
def test_an_entry_stays_for_every_later_commit_and_everybody_says_so(
    archive: Archive, tmp_path: Path, how: str
) -> None:
    now = erased(archive, tmp_path / "erasing", KEY, 1, 2)
    one, two = read_list(now)
    spoilt = {
        "altered": [one, {**two, "sha256": "b" * 64}], "another reason": [one, {**two, "reason": "other"}],
        "removed": [one], "listed twice": [one, two, {**two, "size": 7}], "no list": [],
    }[how]  # fmt: skip
    list_them(now, *spoilt)
    if how == "no list":
        now.delete(LIST)
    now.commit()
    now.letter(GONE)
    now.commit()
    code = "duplicate-erasure" if how == "listed twice" else "erasures-rewritten"
    assert (code, "error") in findings(now.folder) and (code, "error") in findings(now.folder, pending=True)
    done = letterbook(now.folder, "check")
    assert (done.status, f"error[{code}]" in done.out) == (1, True)
    done = letterbook(now.folder, "publish", "--out", tmp_path / "public")
    assert (done.status, f"error[{code}]" in done.err, (tmp_path / "public").exists()) == (1, True, False)
    with pytest.raises(second_auditor.AuditError, match=r"erasures\.yaml"):
        second_auditor.rebuild(now.folder, "HEAD")
    list_them(now, one, two)
    now.commit()
    assert findings(now.folder) == []
    second_auditor.rebuild(now.folder, "HEAD")


def test_a_publication_with_an_altered_entry_fails_both_audits(archive: Archive, tmp_path: Path) -> None:
    now = erased(archive, tmp_path / "erasing", KEY, 1, 2)
    one, two = read_list(now)
    list_them(now, one, {**two, "sha256": "b" * 64})
    now.commit()
    now.commit()
    with without("finding: erasures-rewritten"):
        assert command(now.folder, "publish", "--out", tmp_path / "public").status == 0
    done = letterbook(now.folder, "verify", tmp_path / "public")
    assert (done.status, "was altered or removed" in done.out) == (1, True)
    (said,) = second_auditor.audit(now.folder, tmp_path / "public")
    assert "is not as it landed" in said


def test_what_the_list_first_said_counts_and_not_what_it_said_last(archive: Archive, tmp_path: Path) -> None:
    now = erased(archive, tmp_path / "erasing", KEY, 1, 2)
    one, two = read_list(now)
    for sha256 in ("b" * 64, "c" * 64):
        list_them(now, one, {**two, "sha256": sha256})
        now.commit()
    list_them(now, one, {**two, "sha256": "b" * 64})
    now.commit()
    assert findings(now.folder) == [("erasures-rewritten", "error")]


def test_an_entry_that_was_never_in_force_can_be_mended(archive: Archive) -> None:
    list_them(archive, entry(), entry(rev=9))
    archive.commit()
    list_them(archive)
    assert findings(archive.folder, pending=True) == []


# -- what the versions around it mean --------------------------------------------------------------------------------


def test_meanings_around_an_erased_version_follow_from_the_stub(tmp_path: Path) -> None:
    """docs/format.md, "Erasure": no special case; a stub is published, without notes, and equal to nothing."""
    archive = Archive(tmp_path / "archive")
    archive.begin()
    archive.letter(FIRST)
    archive.commit()
    notes = [change("editorial"), change("correction"), change("withdrawal"), change("reinstatement")]
    archive.letter(FIRST, changes=notes[:1])  # 2: editorial
    archive.commit()
    archive.write(letter_path(FIRST), reformatted(archive.read(letter_path(FIRST))))  # 3: unchanged
    archive.commit()
    archive.letter(FIRST, changes=notes[:2])  # 4: amended
    archive.commit()
    archive.letter(FIRST, changes=notes[:3], status="withdrawn")  # 5: withdrawn
    archive.commit()
    archive.letter(FIRST, changes=notes)  # 6: reinstated
    archive.commit()

    def meanings(*revs: int) -> str:
        now = erased(archive, tmp_path / "-".join(map(str, revs)), KEY, *revs) if revs else archive
        assert findings(now.folder) == []
        return " ".join(meaning for key, _, _, meaning, _ in versions(now.folder) if key == KEY)

    assert meanings() == "published editorial unchanged amended withdrawn reinstated"
    assert meanings(1) == "published editorial unchanged amended withdrawn reinstated"
    assert meanings(2) == "published amended editorial amended withdrawn reinstated"
    assert meanings(3) == "published editorial amended amended withdrawn reinstated"
    assert meanings(4) == "published editorial unchanged amended withdrawn reinstated"
    assert meanings(5) == "published editorial unchanged amended amended amended"
    assert meanings(1, 2, 3, 4, 5) == "published amended amended amended amended amended"


@pytest.mark.parametrize(
    ("fields", "codes"),
    [
        ({"status": "withdrawn", "changes": [change("withdrawal")]}, []),
        ({"changes": [change("editorial"), *CLEANED]}, []),
        ({"changes": CLEANED}, []),
        ({"changes": None}, ["change-without-note"]),
        ({"status": "withdrawn", "changes": CLEANED}, ["withdrawal-without-note"]),
    ],
)
def test_what_is_put_on_top_of_an_erased_version(
    archive: Archive, tmp_path: Path, fields: dict[str, Any], codes: list[str]
) -> None:
    """The last version is erased before anything was put on top; the notes that were in it are gone with it."""
    archive.rewrite("HEAD^")
    bare, entries = rewritten(archive, tmp_path / "erasing", KEY, 1, 2)
    list_them(bare, *entries)
    assert findings(bare.folder, pending=True) == [("erased-record", "error")]
    bare.letter(FIRST, **fields)
    assert findings(bare.folder, pending=True) == [(code, "error") for code in codes]
    bare.commit()
    assert findings(bare.folder) == []
    assert leaves(bare.folder)[: len(leaves(archive.folder))] == leaves(archive.folder)


def test_a_letter_that_was_removed_and_erased_is_not_asked_for(archive: Archive, tmp_path: Path) -> None:
    """The way back does not lead to the stub."""
    archive.letter(GONE)
    archive.commit()
    archive.delete(letter_path(GONE))
    archive.commit()
    now = erased(archive, tmp_path / "erasing", f"letters/{GONE}", 1)
    done = letterbook(now.folder, "check")
    assert (done.status, "letter-removed" in done.out, "git checkout" in done.out) == (0, True, False)
    assert f"write {letter_path(GONE)} with id: {GONE} and status: withdrawn" in done.out
    now.withdraw(GONE)
    done = letterbook(now.folder, "check")
    assert "id-reused" in done.out, "as after every removal, a note of reinstatement is asked for"


# -- salt ----------------------------------------------------------------------------------------------------------

SALT = "0f" * 16


def test_a_salt_is_published_with_its_record_and_not_with_a_withdrawn_one(archive: Archive, tmp_path: Path) -> None:
    archive.letter(FIRST, salt=SALT, changes=[change("editorial"), *CLEANED])
    assert findings(archive.folder, pending=True) == [("change-without-note", "error")]
    archive.letter(FIRST, salt=SALT, changes=[change("editorial"), *CLEANED, change("editorial", "A salt was added.")])
    archive.assess(SECOND, salt=SALT)
    archive.write("records/parties.yaml", parties(salt=SALT))
    archive.write("records/archive.yaml", archive_info(salt=SALT))
    assert findings(archive.folder, pending=True) == []
    archive.commit()
    index = index_at(archive.folder)
    assert index.letter_of[FIRST].document["salt"] == SALT
    assert [v[3] for v in versions(archive.folder) if v[0] == KEY][-1] == "editorial"
    assert letterbook(archive.folder, "publish", "--out", tmp_path / "public").status == 0
    notes = [change("editorial"), *CLEANED, change("editorial", "A salt was added."), change("withdrawal")]
    archive.letter(FIRST, salt="1e" * 16, status="withdrawn", changes=notes)
    assert findings(archive.folder, pending=True) == []
    archive.commit()
    assert letterbook(archive.folder, "publish", "--out", tmp_path / "public").status == 0
    assert not [path for path, data in files_of(tmp_path / "public").items() if b"1e" * 16 in data]
    rebuilt = second_auditor.rebuild(archive.folder, "HEAD")
    assert second_auditor.differences(index_at(archive.folder).to_mapping(), rebuilt) == []


@pytest.mark.parametrize("salt", ["0f" * 15, "0F" * 16, "0f" * 33, "g" * 32, ""])
def test_a_salt_is_random_hexadecimal_digits(archive: Archive, salt: str) -> None:
    archive.write(letter_path(SIDE), to_yaml(letter(SIDE, salt=salt)))
    found = examine(Snapshot.on_disk(archive.folder), History()).findings
    assert found and all(finding.severity == "error" for finding in found)
