"""The leak corpus: each sample is what it claims to be, what becomes of it is right, and nothing tells its name."""

import hashlib
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from publisher.documents import Limits, inspect
from publisher.media import media_type
from publisher.reports import REPORTS
from tests.builders import Archive
from tests.command import letterbook
from tests.leaks import KINDS, Kind, Sample, require
from tests.leaks.hostile import HOSTILE, noise
from tests.leaks.judge import judge, tells
from tests.leaks.proof import doubts
from tests.leaks.sample import Proof

NAMED = [pytest.param(kind, id=f"{kind.producer}-{kind.name}".replace(" ", "-")) for kind in KINDS]
LETTER = "2019-02-18-harbour-to-acme"

UNSEEN: set[str] = set()
"""Kinds that the detector gets wrong. As soon as it sees one, its test fails until the row is taken out."""

HARMLESS = {
    "page that is scaled up",
    "page without a size",
    "page whose size is no number",
    "outline in a circle",
    "names in a circle",
    "fields in a circle",
    "endless saves",
}
"""Hostile files that are read to their end, and hide nothing."""


@pytest.mark.parametrize("kind", NAMED)
def test_a_sample_is_what_it_claims_to_be(kind: Kind) -> None:
    require(kind.producer)
    assert doubts(kind) == []
    assert kind.told.endswith(".") and len(kind.told) > 20


@pytest.mark.parametrize(
    ("name", "claim"),
    [
        ("letter of one page", "hidden"),
        ("letter of one page", "absent"),
        ("black box over a name", "shown"),
        ("black box over a name", "absent"),
        ("properly redacted", "shown"),
        ("properly redacted scan", "hidden"),
        ("scan without text", "shown"),
        ("scan without text", "hidden picture"),
    ],
)
def test_a_false_claim_is_noticed(name: str, claim: Proof) -> None:
    kind = next(kind for kind in KINDS if (kind.producer, kind.name) == ("written", name))
    assert doubts(replace(kind, proof=claim)) != []


@pytest.mark.parametrize("kind", NAMED)
def test_a_leak_is_blocked_and_what_is_clean_is_passed(kind: Kind) -> None:
    require(kind.producer)
    judged = judge(kind)
    if kind.name in UNSEEN:
        assert not judged.right, "take it out of UNSEEN"
        assert not judged.told
    else:
        assert judged.right, (kind.verdict, judged.errors, judged.warnings)


def test_there_are_many_kinds_about_as_many_leaks_as_not_by_several_producers() -> None:
    leaks = [kind for kind in KINDS if kind.verdict != "passed"]
    assert len({(kind.producer, kind.name) for kind in KINDS}) == len(KINDS) >= 200
    assert len(KINDS) / 3 < len(leaks) < len(KINDS) * 2 / 3
    assert {kind.producer for kind in KINDS} >= {"written", "surgery", "reportlab", "fpdf2", "typst", "ghostscript"}


# -- what is printed -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Archive, Sequence[Sample]]:
    """An archive with a letter that has many of the leaking files, none of them committed."""
    archive = Archive(tmp_path_factory.mktemp("told") / "archive")
    archive.begin()
    samples = [kind.sample() for kind in KINDS if kind.verdict != "passed"][::6]
    entries = []
    for number, sample in enumerate(samples):
        name = f"file-{number}{'.pdf' if b'%PDF-' in sample.data[:1024] else '.jpg'}"
        archive.write(f"records/documents/{name}", sample.data)
        entries.append(entry(name, sample.data))
    archive.letter(LETTER, documents=entries)
    return archive, samples


def entry(name: str, data: bytes) -> dict[str, object]:
    """Return the entry of a document."""
    return {
        "file": name, "sha256": hashlib.sha256(data).hexdigest(), "size": len(data), "role": "enclosure",
        "media_type": media_type(data), "rights": "own", "rights_note": "Written by us.",
    }  # fmt: skip


@pytest.mark.parametrize("form", sorted(REPORTS))
def test_no_report_of_check_tells_a_hidden_name(told: tuple[Archive, Sequence[Sample]], form: str) -> None:
    archive, samples = told
    done = letterbook(archive.folder, "check", "--format", form)
    assert done.status == 1
    assert "hidden-text" in done.out
    for secret in {sample.secret for sample in samples}:
        assert not tells(done.out + done.err, secret)


def test_adding_a_file_tells_no_hidden_name_and_writes_nothing(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    archive.begin()
    archive.letter(LETTER)
    archive.commit()
    for number, kind in enumerate([kind for kind in KINDS if kind.verdict == "blocked"][::12]):
        sample = kind.sample()
        file = tmp_path / f"scan-{number}.pdf"
        file.write_bytes(sample.data)
        flags = ("--letter", LETTER, "--rights", "own", "--rights-note", "Ours.")
        for more in ((), ("--reveal",)):
            done = letterbook(archive.folder, "add", file, *flags, *more)
            assert done.status != 0, kind.name
            assert not tells(done.out + done.err, sample.secret), kind.name
    assert archive.git("status", "--porcelain") == ""


# -- hostile files -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_ends_in_findings_within_the_limits(name: str) -> None:
    data, limits = HOSTILE[name](), Limits(seconds=20, memory=2**30)
    began = time.monotonic()
    inspection = inspect(data, limits=limits)
    assert time.monotonic() - began < limits.seconds + 20
    if name not in HARMLESS:
        assert inspection.blocked, inspection


def test_single_bytes_that_are_changed_end_in_findings_or_in_none() -> None:
    for data in noise(20):
        assert inspect(data).media_type == media_type(data)
