"""Without a clone: every record is the one that its leaf names, the index agrees, and what was erased is told."""

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from publisher.audit import Audit, Difference, Outcome
from publisher.errors import RepositoryError
from publisher.git import Repository
from publisher.index import canonical
from publisher.signatures.keys import Signer, generate_private_key, load_private_key
from publisher.site import FolderSite
from publisher.steps import STEPS, run
from tests.attacks.forge import Publication
from tests.builders import Archive, change
from tests.command import letterbook
from tests.erasing import FIRST, KEY, SECOND, erased, secretive

TAKEN_BACK, GONE, SCANNED = "2019-06-01-harbour-to-acme", "2019-07-01-harbour-to-acme", "2019-08-01-harbour-to-acme"
SCAN = b"%PDF-1.7\nThe letter as it was sent.\n"
Index = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Sealed:
    """A publication with something of everything, and its key."""

    site: Path
    signer: Signer

    def copy(self, folder: Path) -> Publication:
        return Publication(shutil.copytree(self.site, folder))

    def judge(self, site: Publication) -> Outcome:
        """Seal a publication again with the true key, and return what step `letters` says to who has no clone."""
        site.sign(self.signer)
        audit = Audit(site=FolderSite(str(site.folder)), open_repository=nothing)
        run(audit)
        (step,) = [step for step in audit.steps if step.name == "letters"]
        assert {one.name for one in audit.steps if one.status == "failed"} == (
            {"letters"} if step.status == "failed" else set()
        )
        return step.outcome


def nothing() -> Repository:
    raise RepositoryError("there is no clone")


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Sealed:
    scratch = tmp_path_factory.mktemp("sealed")
    archive = Archive(scratch / "archive")
    archive.begin()
    for name in (FIRST, SECOND, TAKEN_BACK, GONE):
        archive.letter(name)
    archive.assess(FIRST)
    archive.assess(TAKEN_BACK)
    archive.write("records/documents/scan.pdf", SCAN)
    scan = {
        "file": "scan.pdf", "sha256": hashlib.sha256(SCAN).hexdigest(), "size": len(SCAN), "role": "original",
        "media_type": "application/pdf", "rights": "own", "rights_note": "Written by us.",
    }  # fmt: skip
    archive.letter(SCANNED, documents=[scan])
    archive.commit()
    archive.letter(FIRST, summary="Asks more.", changes=[change("addition")])
    archive.withdraw(TAKEN_BACK)
    archive.delete(f"records/letters/2019/{GONE}.yaml")
    archive.commit()
    key = scratch / "key"
    key.write_bytes(generate_private_key("test"))
    key.chmod(0o600)
    done = letterbook(archive.folder, "publish", "--out", scratch / "site", "--key", key)
    assert done.status == 0, done.err
    return Sealed(site=scratch / "site", signer=load_private_key(key.read_bytes()))


def letter(index: Index, name: str = FIRST) -> Index:
    found: Index = next(entry for entry in index["letters"] if entry["id"] == name)
    return found


def table(index: Index, key: str) -> Index:
    found: Index = next(entry for entry in index["tables"] if entry["key"] == key)
    return found


def test_what_is_published_is_what_the_log_names(sealed: Sealed, tmp_path: Path) -> None:
    outcome = sealed.judge(sealed.copy(tmp_path / "site"))
    index = json.loads((sealed.site / "index.json").read_bytes())
    shown = len(index["letters"]) - 1 + len(index["assessments"]) - 1 + len(index["tables"])
    assert outcome.says.startswith(f"all {shown} published records")


def test_it_stands_after_the_log_and_before_the_clone() -> None:
    names = [step.name for step in STEPS]
    assert names.index("log") + 1 == names.index("letters") == names.index("repository") - 1


def edit_summary(index: Index) -> None:
    letter(index)["letter"]["summary"] = "Asks for nothing."


def edit_assessment(index: Index) -> None:
    index["assessments"][0]["assessment"]["outcomes"] = []


def hide_assessment(index: Index) -> None:
    index["assessments"][0]["assessment"] = {"letter": FIRST}


def edit_party(index: Index) -> None:
    table(index, "parties")["table"]["parties"][0]["name"] = "Nobody"


def edit_archive(index: Index) -> None:
    index["archive"]["name"] = "Other letters"


def edit_sha256(index: Index) -> None:
    letter(index)["record"]["sha256"] = "0" * 64


def edit_size(index: Index) -> None:
    letter(index, TAKEN_BACK)["record"]["size"] += 1


def point_to_another_record(index: Index) -> None:
    letter(index)["record"]["path"] = letter(index, SECOND)["record"]["path"]


def point_outside(index: Index) -> None:
    letter(index)["record"]["path"] = f"records/letters/../../../{FIRST}.yaml"


def call_removed(index: Index) -> None:
    entry = letter(index)
    index["letters"].remove(entry)
    index["removed"] = [{"key": KEY, "provenance": entry["provenance"]}, *index["removed"]]
    index["removed"].sort(key=lambda entry: entry["key"])


def bring_back(index: Index) -> None:
    (entry,) = [entry for entry in index["removed"] if entry["key"] == f"letters/{GONE}"]
    index["removed"].remove(entry)
    value = letter(index, SECOND)["letter"] | {"id": GONE}
    record = letter(index, SECOND)["record"] | {"path": f"records/letters/2019/{GONE}.yaml"}
    index["letters"].append({"id": GONE, "letter": value, "record": record, "provenance": entry["provenance"]})


FORGED: dict[Callable[[Index], None], tuple[str, str]] = {
    edit_summary: (f'letter "{FIRST}"', "letter.summary"),
    edit_assessment: (f'assessment "{FIRST}"', "assessment.outcomes[0]"),
    hide_assessment: (f'assessment "{FIRST}"', "assessment.outcomes"),
    edit_party: ('table "parties"', "table.parties[0].name"),
    edit_archive: ("index.json", "archive.name"),
    edit_sha256: (f'letter "{FIRST}"', "record.sha256"),
    edit_size: (f'letter "{TAKEN_BACK}"', "record.size"),
    point_to_another_record: (f'letter "{FIRST}"', "record.path"),
    point_outside: (f'letter "{FIRST}"', "record.path"),
    call_removed: (f'removed "{KEY}"', "key"),
    bring_back: (f'letter "{GONE}"', "id"),
}


@pytest.mark.parametrize("forge", FORGED, ids=lambda forge: forge.__name__)
def test_an_index_that_says_something_else_is_named(
    sealed: Sealed, tmp_path: Path, forge: Callable[[Index], None]
) -> None:
    """By the true key, with the true log, and before somebody who has no clone."""
    site = sealed.copy(tmp_path / "site")
    secret = tmp_path / f"{FIRST}.yaml"
    secret.write_text("the auditor's own")
    index = site.index
    forge(index)
    assert canonical(index) + b"\n" != site.read("index.json")
    site.put_index(index)
    outcome = sealed.judge(site)
    assert (outcome.status, FORGED[forge] in places(outcome)) == ("failed", True), outcome.differences
    assert hashlib.sha256(secret.read_bytes()).hexdigest() not in repr(outcome)


def places(outcome: Outcome) -> list[tuple[str, str]]:
    return [(found.what, found.field) for found in outcome.differences]


def test_a_file_that_is_not_the_one_that_landed_is_named(sealed: Sealed, tmp_path: Path) -> None:
    index = json.loads((sealed.site / "index.json").read_bytes())
    paths = [letter(index)["record"]["path"], table(index, "parties")["record"]["path"], "documents/scan.pdf"]
    paths.append(index["assessments"][0]["record"]["path"])
    for number, path in enumerate(paths):
        site = sealed.copy(tmp_path / f"site-{number}")
        expected = hashlib.sha256(site.read(path)).hexdigest()
        site.write(path, site.read(path) + b"# added\n")
        actual = hashlib.sha256(site.read(path)).hexdigest()
        (found,) = sealed.judge(site).differences
        assert found == Difference(what=path, field="sha256", published=actual, expected=expected)
        (site.folder / path).unlink()
        (found,) = sealed.judge(site).differences
        assert found == Difference(what=path, field="sha256", published="(absent)", expected=expected)


def test_an_edited_letter_fits_no_leaf_even_where_the_index_agrees(sealed: Sealed, tmp_path: Path) -> None:
    site = sealed.copy(tmp_path / "site")
    index = site.index
    entry = letter(index)
    site.replace(entry["record"]["path"], b"Asks more.", b"Asks less.")
    data = site.read(entry["record"]["path"])
    entry["letter"]["summary"] = "Asks less."
    entry["record"] |= {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
    site.put_index(index)
    assert places(sealed.judge(site)) == [(f'letter "{FIRST}"', "record.sha256"), (entry["record"]["path"], "sha256")]


def test_it_is_not_checked_where_the_log_cannot_be_read(sealed: Sealed, tmp_path: Path) -> None:
    site = sealed.copy(tmp_path / "site")
    index = site.index
    index["log"]["root"] = "0" * 64
    site.put_index(index)
    site.sign(sealed.signer)
    for _ in range(2):
        audit = Audit(site=FolderSite(str(site.folder)), open_repository=nothing)
        run(audit)
        assert {step.name: step.status for step in audit.steps}["letters"] == "not checked"
        site.write("index.json.sig", b"")


# -- what was erased -------------------------------------------------------------------------------------------


def test_every_erased_version_is_told(sealed: Sealed, tmp_path: Path) -> None:
    archive = erased(secretive(tmp_path / "archive"), tmp_path / "erased", KEY, 1, 2, reason="data-protection")
    assert letterbook(archive.folder, "publish", "--out", tmp_path / "site").status == 0
    done = letterbook(archive.folder, "verify", tmp_path / "site")
    assert done.status == 0, done.out
    for rev in (1, 2):
        assert f"note:   version {rev} of {KEY} was erased: data-protection\n" in done.out
    assert "\nOpen: the hashes of 2 erased versions are the archive's word" in done.out
    report = json.loads(letterbook(archive.folder, "verify", tmp_path / "site", "--format", "json").out)
    assert report["erased"] == [{"key": KEY, "rev": rev, "reason": "data-protection"} for rev in (1, 2)]
    assert any("hashes of 2 erased versions" in note for note in report["notes"])
    (step,) = [step for step in report["steps"] if step["name"] == "index"]
    assert len(step["facts"]) == 2
    once = erased(secretive(tmp_path / "again"), tmp_path / "once", KEY, 1)
    assert letterbook(once.folder, "publish", "--out", tmp_path / "other").status == 0
    assert "the hash of 1 erased version is" in letterbook(once.folder, "verify", tmp_path / "other").out


def test_where_nothing_was_erased_nothing_is_said_of_it(sealed: Sealed, tmp_path: Path) -> None:
    assert " was erased: " not in (said := letterbook(tmp_path, "verify", sealed.site).out) and "Open:" not in said
    assert json.loads(letterbook(tmp_path, "verify", sealed.site, "--format", "json").out)["erased"] == []
