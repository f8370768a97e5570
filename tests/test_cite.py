"""letterbook cite: what became of a cited letter, in a folder and over http, and what it does with what is wrong."""

import json
import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from publisher.formats.book import Book
from publisher.formats.citations import citation
from publisher.index import Index
from publisher.signatures.keys import generate_private_key
from tests.builders import Archive, change, letter_path, withdrawn
from tests.command import Done, letterbook
from tests.conftest import AMENDED, BROKEN, MOVED, REMOVED, TAKEN_BACK, TWICE, Eventful

CORRECTED, STEADY, GONE = "2019-02-18-harbour-to-acme", "2019-03-01-acme-to-harbour", "2019-04-01-harbour-to-quayside"
BACK, LEFT = "2019-05-01-harbour-to-ministry", "2019-06-01-acme-to-harbour"
EARLIER = "It was sent on 17 February; the page has 18."


class Desk:
    """An archive, its publication, and what somebody cited from an earlier publication of it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.site, self.archive = folder, folder / "site", Archive(folder / "archive")
        (folder / "key").write_bytes(generate_private_key("cite"))
        self.archive.tables()
        for name in (CORRECTED, STEADY, GONE, BACK, LEFT):
            self.archive.letter(name)
        self.archive.assess(CORRECTED)
        self.archive.commit()
        self.publish()
        self.cited = {entry.id: str(citation(Book(self.index), entry)) for entry in self.index.letters}

    @property
    def index(self) -> Index:
        return Index.from_bytes((self.site / "index.json").read_bytes())

    def publish(self) -> None:
        done = letterbook(self.archive.folder, "publish", "--out", self.site, "--key", self.folder / "key")
        assert done.status == 0, done.err

    def cite(self, text: str, *options: str, site: Path | str | None = None) -> Done:
        return letterbook(self.folder, "cite", text, str(site or self.site), *options)


@pytest.fixture(name="desk", scope="module")
def fixture_desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """What was cited was corrected, withdrawn, removed, withdrawn and reinstated since; or nothing happened."""
    desk = Desk(tmp_path_factory.mktemp("cite"))
    archive = desk.archive
    archive.letter(
        CORRECTED,
        to=[{"party": "quayside-capital"}],
        dates={"sent": {"date": "2019-02-17", "basis": "reported"}},
        questions=[{"label": "2", "text": "Who pays?", "wording": "paraphrase"}],
        summary="Asks what the dredging of the harbour is for.",
        changes=[change("correction", EARLIER)],
    )
    archive.delete(f"records/assessments/{CORRECTED}.yaml")
    archive.withdraw(GONE, note="At the writer's wish.")
    archive.withdraw(BACK)
    archive.delete(letter_path(LEFT))
    archive.commit()
    archive.letter(BACK, summary="Asks less.", changes=[change("withdrawal"), change("reinstatement")])
    archive.commit()
    done = letterbook(
        archive.folder, "publish", "--out", desk.site, "--key", desk.folder / "key", "--allow-mass-change"
    )
    assert done.status == 0, done.err
    return desk


def test_a_letter_is_unchanged(desk: Desk) -> None:
    done = desk.cite(desk.cited[STEADY])
    assert (done.status, done.out.splitlines()[0]) == (0, f"unchanged: letters/{STEADY}")
    assert "no signature was checked; 'letterbook verify' does that" in done.err


def test_a_letter_was_corrected_and_the_difference_is_told(desk: Desk) -> None:
    done = desk.cite(desk.cited[CORRECTED])
    lines = [line.strip() for line in done.out.splitlines()]
    assert (done.status, lines[0]) == (1, f"corrected since: letters/{CORRECTED}")
    assert lines[lines.index("what changed:") + 1 : -1] == [
        "Addressee Acme Optics removed",
        "Addressee Quayside Capital added",
        "Date sent: 18 February 2019 (stated) → 17 February 2019 (reported)",
        "Summary: Asks what the dredging{+ of the harbour+} is for.",
        "Question 1 removed: What is the dredging for? (wording: paraphrase)",
        "Question 2 added: Who pays? (wording: paraphrase)",
    ]
    assert lines[3].startswith("since    amended: revision 2, 2021-01-06T10:00:00Z, log ")


def test_a_letter_was_withdrawn_or_removed_and_nothing_else_is_told(desk: Desk) -> None:
    for name, said in ((GONE, "withdrawn"), (LEFT, "removed")):
        done = desk.cite(desk.cited[name])
        assert done.status == 1
        assert done.out.startswith(f"withdrawn: letters/{name}\n  the letter was {said} on 2021-01-06T10:00:00Z\n")
        assert "what changed" not in done.out


def test_what_stood_before_a_withdrawal_is_not_shown_again(desk: Desk) -> None:
    done = desk.cite(desk.cited[BACK])
    assert (done.status, done.out.split(":")[0]) == (1, "corrected since")
    assert "it was withdrawn and reinstated since; what stood before a withdrawal is not published" in done.out
    assert "what changed:" not in done.out


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2031-01-01-nobody, revision 1", "this publication has no letter of that id"),
        (f"{STEADY}, revision 2", "the letter has no revision 2, only 1 to 1"),
        (f"{STEADY}, sha256:00000000", "no version of the letter has a SHA-256 that begins with 00000000"),
        (f"{CORRECTED}, revision 1, log 999", "the letter has no version of which all of that is true"),
        (f"{GONE}, revision 3", "the letter has no revision 3, only 1 to 2"),
    ],
)
def test_a_version_that_never_was(desk: Desk, text: str, why: str) -> None:
    done = desk.cite(text)
    assert (done.status, done.out.splitlines()[:2]) == (
        1,
        [f"never published: letters/{text.split(',')[0]}", f"  {why}"],
    )


def test_revision_and_sha256_must_be_of_one_version(desk: Desk) -> None:
    first, second = desk.index.provenances[f"letters/{CORRECTED}"].revisions
    assert desk.cite(f"{CORRECTED}, revision 2, sha256:{str(second.sha256)[:12]}").status == 0
    assert desk.cite(f"{CORRECTED}, sha256:{second.sha256}").status == 0
    done = desk.cite(f"{CORRECTED}, revision 2, sha256:{str(first.sha256)[:12]}")
    assert done.out.startswith("never published")


def test_as_json(desk: Desk) -> None:
    done = desk.cite(desk.cited[CORRECTED], "--format", "json")
    found = json.loads(done.out)
    first, second = desk.index.provenances[f"letters/{CORRECTED}"].revisions
    assert (done.status, found["answer"], found["signature_checked"]) == (1, "corrected since", False)
    assert (found["cited"], found["current"]) == (first.to_mapping(), second.to_mapping())
    assert [one["what"] for one in found["differences"]][2:] == ["Date sent", "Summary", "Question 1", "Question 2"]
    assert json.loads(desk.cite(desk.cited[GONE], "--format", "json").out)["differences"] is None


def test_outcomes_that_changed_after_the_letter_are_mentioned(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.archive.assess(
        CORRECTED, disputes=[{"by": "Acme Optics", "on": "2021", "reference": "No.", "outcome": "Noted."}]
    )
    desk.archive.commit()
    desk.publish()
    done = desk.cite(desk.cited[CORRECTED])
    assert (done.status, done.out.splitlines()[0]) == (0, f"unchanged: letters/{CORRECTED}")
    assert "outcomes amended since: revision 2, 2021-01-06T10:00:00Z" in done.out


def test_every_version_of_every_letter_of_an_eventful_archive(
    eventful: Eventful, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("eventful")
    (folder / "key").write_bytes(generate_private_key("cite"))
    clone = eventful.archive.copy(folder / "clone")
    assert letterbook(clone, "publish", "--out", folder / "site", "--key", folder / "key").status == 0
    index = Index.from_bytes((folder / "site" / "index.json").read_bytes())
    said: dict[str, list[str]] = {}
    for name in (AMENDED, BROKEN, MOVED, REMOVED, TAKEN_BACK, TWICE):
        for revision in index.provenances[f"letters/{name}"].revisions:
            if revision.sha256:
                done = letterbook(folder, "cite", f"{name} {revision.rev} {revision.sha256}", "site")
                said.setdefault(name, []).append(done.out.split(":")[0])
                assert (done.status == 0) == (said[name][-1] == "unchanged")
    assert said[MOVED] == ["unchanged"]
    assert set(said[TAKEN_BACK] + said[REMOVED]) == {"withdrawn"}
    assert said[AMENDED][-1] == "unchanged" and set(said[AMENDED][:-1]) == {"corrected since"}
    assert said[BROKEN][0] == said[BROKEN][-1] == "unchanged", "the same bytes again"
    assert said[TWICE] == ["unchanged", "corrected since", "unchanged"]


# -- where it is read, and what is wrong with it -----------------------------------------------------------------


@pytest.fixture(name="address")
def fixture_address(desk: Desk) -> Iterator[str]:
    handler = partial(SimpleHTTPRequestHandler, directory=str(desk.site))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def test_over_http_it_says_the_same(desk: Desk, address: str) -> None:
    for name in desk.cited:
        near, far = desk.cite(desk.cited[name]), desk.cite(desk.cited[name], site=address)
        assert (near.status, near.out) == (far.status, far.out)


@pytest.mark.parametrize("text", ["", "no citation", f"{STEADY}", f"{STEADY}, log 3", "x" * 30_000])
def test_what_is_no_citation_is_two(desk: Desk, text: str) -> None:
    done = desk.cite(text)
    assert (done.status, done.out, done.err.count("hint:")) == (2, "", 1)


def test_what_cannot_be_read_is_three(desk: Desk, tmp_path: Path, address: str) -> None:
    text = desk.cited[STEADY]
    (tmp_path / "empty").mkdir()
    broken = tmp_path / "broken"
    shutil.copytree(desk.site, broken)
    data = (broken / "index.json").read_bytes()
    (broken / "index.json").write_bytes(data.replace(b'"op":"add"', b'"op":"revise"', 1))
    for site in (tmp_path / "nowhere", tmp_path / "empty", broken, "http://127.0.0.1:9/", f"{address}nowhere/"):
        done = desk.cite(text, site=site)
        assert (done.status, done.out, done.err.count("hint:")) == (3, "", 1), site


def test_bytes_that_are_not_those_of_the_version_are_not_compared(desk: Desk, tmp_path: Path) -> None:
    for path in (f"letters/{CORRECTED}/1/record.yaml", letter_path(CORRECTED)):
        site = tmp_path / path.replace("/", "-")
        shutil.copytree(desk.site, site)
        (site / path).write_bytes((site / path).read_bytes() + b"# more\n")
        done = desk.cite(desk.cited[CORRECTED], site=site)
        assert done.status == 1
        assert f"{path} does not have the SHA-256 that the index gives" in done.out
        assert "Date sent" not in done.out
        (site / path).unlink()
        assert f"{path} is not published" in desk.cite(desk.cited[CORRECTED], site=site).out


def test_a_citation_of_another_address_says_so(desk: Desk) -> None:
    done = desk.cite(desk.cited[STEADY].replace("letterbook.example", "mirror.example"))
    assert done.status == 0
    assert f"the citation names another address: https://mirror.example/letters/{STEADY}/" in done.out


def test_hostile_text_never_reaches_the_terminal(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    poison = "\x1b[2J\x07 \u202e ##[error] \x9b31m"
    data = desk.archive.read(letter_path(CORRECTED)).decode()
    evil = data.replace("Asks what", json.dumps(f"{poison} Asks what")[1:-1].replace("\\u009b", "\\x9b"))
    desk.archive.write(letter_path(CORRECTED), evil.replace("summary: ", 'summary: "').replace("is for.", 'is for."'))
    desk.archive.commit()
    mended: dict[str, Any] = {"changes": [change("correction")]}
    desk.archive.letter(CORRECTED, **mended)
    desk.archive.commit()
    desk.publish()
    done = desk.cite(f"{CORRECTED}, revision 2")
    assert done.status == 1
    assert "[U+001B][2J" in done.out and "[U+202E]" in done.out
    assert not set(done.out) & set("\x1b\x07\x9b\u202e") and "##[" not in done.out
    other = desk.cite(f"{CORRECTED}, revision 2", site=f"{tmp_path}/\x1b[2J")
    assert other.status == 3 and "\x1b" not in other.err


def test_names_that_are_no_text_are_no_traceback(desk: Desk, tmp_path: Path) -> None:
    """A hostile index may hold what no record may; it is asked for names only where its schema says they are."""
    from publisher.commands.cite import answered
    from publisher.formats.citations import Reference
    from publisher.site import FolderSite

    document = desk.index.to_mapping()
    for entry in document["letters"]:
        if "title" in entry["letter"]:
            entry["letter"] |= {"title": 7, "thread": ["x"]}
    for entry in document["tables"]:
        if entry["key"] == "parties":
            entry["table"] = {"parties": [{"id": "acme-optics", "name": 7, "kind": "x"}]}
    index = Index.from_mapping(document)
    found = answered(index, FolderSite(str(desk.site)), Reference.parse(desk.cited[CORRECTED]))
    assert found.lines


def test_a_withdrawn_record_that_holds_more_is_not_compared(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.archive.write(letter_path(STEADY), withdrawn(STEADY, title="Hush"))
    desk.archive.commit()
    desk.publish()
    done = desk.cite(desk.cited[STEADY])
    assert done.out.startswith("withdrawn")
    assert "Hush" not in done.out
