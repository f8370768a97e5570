"""The golden publications: a fresh build gives their bytes, and both auditors agree with what they say."""

from pathlib import Path

import pytest

from tests import second_auditor
from tests.builders import Archive
from tests.command import files_of, letterbook
from tests.goldens import FOLDER, GOLDENS, publication


@pytest.fixture(params=GOLDENS)
def golden(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, Archive]:
    """A golden publication, and its archive told again."""
    archive = Archive(tmp_path / "archive")
    GOLDENS[request.param](archive)
    return FOLDER / request.param, archive


def test_a_fresh_build_gives_the_golden_bytes(golden: tuple[Path, Archive]) -> None:
    folder, archive = golden
    fresh, kept = publication(archive.folder), files_of(folder)
    assert fresh.keys() == kept.keys()
    different = [path for path in kept if fresh[path] != kept[path]]
    assert different == [], "read the difference, then 'make goldens'"


def test_both_auditors_agree(golden: tuple[Path, Archive]) -> None:
    folder, archive = golden
    keys = folder / "keys" / "allowed_signers"
    done = letterbook(archive.folder, "verify", folder, "--keys", keys)
    assert done.status == 0, done.out
    assert second_auditor.audit(archive.folder, folder, keys) == []


def test_both_auditors_refuse_the_same_lie(golden: tuple[Path, Archive], tmp_path: Path) -> None:
    folder, archive = golden
    archive.letter("2019-02-18-harbour-to-acme", summary="Another past.")
    archive.git("add", "--all")
    archive.git("commit", "-q", "--amend", "--no-edit")
    done = letterbook(archive.folder, "verify", folder)
    assert done.status in (1, 3)
    assert second_auditor.audit(archive.folder, folder) != []
