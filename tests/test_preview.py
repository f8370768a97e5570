"""letterbook preview: what a pull request would publish, and nothing in it that could act on who reads it."""

import json
import re
import shutil
from pathlib import Path

import pytest

from publisher.draft import build_on_disk
from publisher.formats.pages.site import Draft
from publisher.git import Repository
from publisher.preview import FILES, LEAVES, LETTERS, MOST_BYTES, NOTICES, kept, summary
from tests import summaries
from tests.builders import Archive, archive_info, change, letter, threads
from tests.command import files_of, letterbook
from tests.test_cases import CASES, CODES

FIRST, SECOND, THIRD = "2019-02-18-harbour-to-acme", "2019-03-01-acme-to-harbour", "2019-04-02-harbour-to-acme"
HOSTILE = (
    "@octocat <img src=x onerror=alert(1)> </code></td></tr></table> | forged | row | `x` **bold** :tada: #1 "
    "https://forged.example/ [link](https://forged.example/) ::error::forged ##[error]forged <!--"
)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """Two letters are published, and the second is a reply."""
    archive = Archive(tmp_path / "archive")
    archive.begin()
    archive.letter(FIRST)
    reply = [{"kind": "replies-to", "letter": FIRST, "basis": "stated"}]
    archive.letter(
        SECOND, title="Reply of Acme Optics", kind="reply", relations=reply,
        from_=[{"party": "acme-optics"}], to=[{"party": "harbour-institute"}],
    )  # fmt: skip
    archive.assess(FIRST)
    archive.commit()
    return archive


def preview(archive: Archive, tmp_path: Path, *arguments: str) -> tuple[list[str], str]:
    """Run the command; return what its summary quotes, and its own words."""
    out = tmp_path / "draft"
    shutil.rmtree(out, ignore_errors=True)
    done = letterbook(archive.folder, "preview", *arguments, "--out", out)
    assert done.status == 0, done.err
    return summaries.read(done.out)


def test_a_new_letter(archive: Archive, tmp_path: Path) -> None:
    base = archive.head
    archive.letter(THIRD, title="What is it for now", summary="Asks again.")
    archive.commit()
    quoted, own = preview(archive, tmp_path, "--base", base, "--at", "HEAD")
    assert "published for the first time (revision 1)" in own and f"letters/{THIRD}/index.html" in quoted
    assert "[What is it for now]" in quoted
    assert any(
        text.startswith("Letter from Harbour Institute to Acme Optics") and "Asks again." in text for text in quoted
    )
    assert "3 of 3 letters, after" in own and "[Reply of Acme Optics]" in quoted
    assert "from 6 to 7 entries" in own and "is known once this is merged" in own
    assert "None: subscribers are shown new letters" in own
    page = (tmp_path / "draft" / "letters" / THIRD / "index.html").read_text("utf-8")
    assert f"Made from commit {archive.head}, which is not published." in page
    assert 'http-equiv="refresh"' not in page
    index = json.loads((tmp_path / "draft" / "index.json").read_bytes())
    (leaf,) = [entry["record"] for entry in index["letters"] if entry["id"] == THIRD]
    assert leaf["sha256"] in quoted


def test_a_correction_says_what_changes_and_what_subscribers_get(archive: Archive, tmp_path: Path) -> None:
    base = archive.head
    archive.letter(
        FIRST, summary="Asks what the works are for.", changes=[change("correction", "The works, not more.")]
    )
    archive.commit()
    quoted, own = preview(archive, tmp_path, "--base", base, "--at", "HEAD")
    assert "Letter: amended (revision 2)" in own and "What changes in the letter" in own
    assert "Correction: [Letter to Acme Optics]" in quoted and "Corrected: [Letter to Acme Optics]" in quoted
    assert any("The works, not more." in text for text in quoted)
    assert "Summary" in quoted


def test_a_withdrawal_shows_nothing_of_the_letter(archive: Archive, tmp_path: Path) -> None:
    base = archive.head
    archive.withdraw(FIRST, "It was sent in confidence.")
    archive.commit()
    quoted, own = preview(archive, tmp_path, "--base", base, "--at", "HEAD")
    assert "Letter: withdrawn (revision 2)" in own
    assert f"Withdrawal: letter {FIRST}" in quoted
    assert not any("dredging" in text and "harbour-dredging" not in text and FIRST in text for text in quoted)


def test_outcomes_have_a_notice_too(archive: Archive, tmp_path: Path) -> None:
    base = archive.head
    archive.assess(SECOND)
    archive.commit()
    quoted, own = preview(archive, tmp_path, "--base", base, "--at", "HEAD")
    assert "Assessment: published for the first time" in own
    assert any(text.startswith("Outcomes published: ") for text in quoted)


def test_nothing_pending_says_so(archive: Archive, tmp_path: Path) -> None:
    quoted, own = preview(archive, tmp_path)
    assert (quoted, "No record is new or changed" in own) == ([], True)


def test_without_a_commit_the_files_on_disk_are_shown(archive: Archive, tmp_path: Path) -> None:
    archive.letter(THIRD)
    _, own = preview(archive, tmp_path)
    assert "1 letter" not in own and "3 of 3 letters" in own
    assert "Made from the files on this machine." in (tmp_path / "draft" / "index.html").read_text("utf-8")


def test_the_commit_is_shown_and_not_what_lies_on_disk(archive: Archive, tmp_path: Path) -> None:
    archive.letter(THIRD)
    quoted, own = preview(archive, tmp_path, "--at", "HEAD")
    assert (quoted, "No record is new or changed" in own) == ([], True)


def test_a_link_and_what_it_leads_to_are_left_out(archive: Archive, tmp_path: Path) -> None:
    base = archive.head
    (tmp_path / "secret").write_text("id: secret\nsummary: what nobody may see\n")
    archive.link("records/letters/2019/2019-09-09-secret.yaml", str(tmp_path / "secret"))
    archive.link("records/documents/scan.pdf", str(tmp_path / "secret"))
    archive.commit()
    _, own = preview(archive, tmp_path, "--base", base, "--at", "HEAD")
    assert "No record is new or changed" in own
    assert not any(b"nobody may see" in data for data in files_of(tmp_path / "draft").values())


def test_nothing_in_a_record_can_act(archive: Archive, tmp_path: Path) -> None:
    base = archive.head
    archive.write("records/archive.yaml", archive_info(name=HOSTILE, description=HOSTILE, disclaimer=HOSTILE))
    listed = threads()
    listed["threads"][0]["title"] = HOSTILE[:150].strip()
    archive.write("records/threads.yaml", listed | {"changes": [change("correction", HOSTILE)]})
    question = {"label": "1", "text": HOSTILE, "wording": "paraphrase"}
    archive.letter(THIRD, title=HOSTILE[:190].strip(), summary=HOSTILE, questions=[question])
    archive.letter(
        FIRST, title=HOSTILE[:190].strip(), summary=f"{HOSTILE} {HOSTILE}", changes=[change("correction", HOSTILE)]
    )
    archive.commit()
    quoted, own = preview(archive, tmp_path, "--base", base, "--at", "HEAD")
    assert "forged" not in own and "octocat" not in own
    assert any("@octocat" in text for text in quoted)


@pytest.mark.parametrize("name", ["a\nb", "`x`", "@octocat", "<b>", "::error::x", "a|b", "-->"])
def test_nothing_in_a_file_name_can_act(archive: Archive, tmp_path: Path, name: str) -> None:
    base = archive.head
    archive.write(f"records/letters/2019/{name}.yaml", letter(THIRD))
    archive.write(f"records/letters/2019/{name}", "x")
    archive.write(f"records/{name}.yaml", "x: y\n")
    archive.commit()
    preview(archive, tmp_path, "--base", base, "--at", "HEAD")


@pytest.mark.parametrize("code", CODES)
def test_whatever_is_wrong_with_the_records_it_can_be_told(code: str, tmp_path: Path) -> None:
    folder = Archive(tmp_path / "archive").folder
    for source in (CASES / "base", CASES / code / "bad"):
        shutil.copytree(source, folder, dirs_exist_ok=True)
    built = build_on_disk(folder, Repository.find(folder), base=None, draft=Draft(live=False), now=0)
    _, own = summaries.read(summary(built.site, len(built.findings)))
    assert built.findings and ("No page can be made" in own or re.search("The records have [0-9]+ finding", own))


def test_a_summary_is_never_larger_than_github_takes(archive: Archive, tmp_path: Path) -> None:
    base = archive.head
    for number in range(400):
        archive.letter(f"2019-05-01-harbour-{number}", title="é" * 200, summary="é" * 1000)
    for name in (FIRST, SECOND):
        archive.letter(name, summary="<" * 2000, changes=[change("correction", "<" * 900)])
    archive.commit()
    quoted, own = preview(archive, tmp_path, "--base", base, "--at", "HEAD")
    assert f"{402 - LETTERS} more letters" in own and f"{402 - LEAVES} more entries" in own
    assert max(map(len, quoted)) < 2000


def test_of_a_large_site_it_has_what_the_pending_letters_stand_on(archive: Archive) -> None:
    archive.letter(THIRD)
    root = archive.folder
    built = build_on_disk(root, Repository.find(root), base=archive.head, draft=Draft(live=False), now=0)
    assert kept(built.files, built.site) == built.files
    many = {**built.files, **{f"letters/2000-01-01-x-{number}/index.html": b"" for number in range(FILES)}}
    few = kept(many, built.site)
    assert few.keys() < built.files.keys()
    assert few.keys() >= {
        "index.html", "style.css", f"letters/{THIRD}/index.html", "threads/harbour-dredging/index.html",
        "parties/harbour-institute/index.html",
    }  # fmt: skip
    assert not any(path.startswith(f"letters/{FIRST}/") for path in few)


def test_letters_without_end_are_cut_off_by_size() -> None:
    from publisher.preview import _joined

    text = _joined(["<p>x</p>"], ["<p>" + "y" * 100_000 + "</p>"] * 40)
    assert len(text.encode()) < MOST_BYTES + 200 and "32 more letters" in text
    assert NOTICES < LEAVES


def test_a_folder_that_holds_anything_is_refused(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "draft").mkdir()
    (tmp_path / "draft" / "mine").write_text("mine")
    done = letterbook(archive.folder, "preview", "--out", tmp_path / "draft")
    assert (done.status, done.out, files_of(tmp_path / "draft")) == (2, "", {"mine": b"mine"})
