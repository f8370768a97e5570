"""letterbook serve: a draft of what lies on the disk, shown again when it changes, to this machine alone."""

import re
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.browsing import browser
from tests.builders import Archive, letter_path
from tests.command import LETTERBOOK, letterbook

LETTER = "2019-02-18-harbour-to-acme"
TAG = "ETag"


@dataclass
class Served:
    """A running draft: its archive, its port, and what it said."""

    archive: Archive
    port: int
    said: Path

    def get(self, path: str = "/", **headers: str) -> tuple[int, dict[str, str], str]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, dict(answer.headers), answer.read().decode()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    archive = Archive(tmp_path / "archive")
    archive.tables()
    archive.letter(LETTER)
    archive.commit("begin")
    yield from serving(archive, tmp_path / "said")


def serving(archive: Archive, said: Path) -> Iterator[Served]:
    with said.open("wb") as log:
        running = subprocess.Popen([LETTERBOOK, "serve", "--port", "0"], cwd=archive.folder, stderr=log)
    try:
        yield Served(archive=archive, port=_port(said, running), said=said)
    finally:
        running.terminate()
        running.wait(10)


def _port(said: Path, running: "subprocess.Popen[bytes]") -> int:
    for _ in range(300):
        if found := re.search(r"http://127\.0\.0\.1:([0-9]+)/", said.read_text()):
            return int(found[1])
        assert running.poll() is None, said.read_text()
        time.sleep(0.1)
    raise AssertionError(said.read_text())


def test_every_page_says_that_it_is_a_draft(served: Served) -> None:
    for path in ("/", f"/letters/{LETTER}/", "/about/", "/changes/"):
        status, _, page = served.get(path)
        assert status == 200
        assert "<strong>Draft.</strong>" in page
        assert "<title>Draft: " in page
    assert served.get("/feed.atom")[0] == 200
    assert served.get("/nothing")[0] == 404
    assert served.get(f"/letters/{LETTER}")[:2][1]["Location"] == f"/letters/{LETTER}/"


def test_a_change_on_disk_ends_the_wait_of_a_page_that_is_shown(served: Served) -> None:
    _, headers, before = served.get()
    assert "A new title" not in before
    answers: list[tuple[int, dict[str, str], str]] = []
    waiting = threading.Thread(target=lambda: answers.append(served.get("/", **{"If-None-Match": headers[TAG]})))
    waiting.start()
    time.sleep(1.5)
    assert not answers, "the answer did not wait for a change"
    document = served.archive.read(letter_path(LETTER)).decode()
    served.archive.write(letter_path(LETTER), re.sub(r"(?m)^title: .*$", "title: A new title", document))
    waiting.join(30)
    ((status, again, after),) = answers
    assert (status, again[TAG] != headers[TAG]) == (200, True)
    assert "A new title" in after
    assert "no new changes note" in after, "the fault of the change is not shown"


def test_what_is_not_committed_is_shown_and_nothing_is_written(served: Served) -> None:
    served.archive.letter("2019-03-01-acme-to-harbour")
    before = letterbook(served.archive.folder, "history", LETTER).out
    for _ in range(100):
        if served.get("/letters/2019-03-01-acme-to-harbour/")[0] == 200:
            break
        time.sleep(0.1)
    assert "uncommitted" in served.get("/letters/2019-03-01-acme-to-harbour/")[2]
    assert letterbook(served.archive.folder, "history", LETTER).out == before
    assert not (served.archive.folder / "public").exists()


def test_faults_are_shown_and_never_run(served: Served) -> None:
    served.archive.write("records/letters/2019/bad.yaml", "id: <script>alert(1)</script>\n")
    served.archive.write("records/archive.yaml", "name: [\n")
    for _ in range(100):
        if "nothing to show yet" in (page := served.get()[2]):
            break
        time.sleep(0.1)
    assert "records/archive.yaml" in page
    assert "<script" not in page
    served.archive.tables()
    for _ in range(100):
        if "nothing to show yet" not in (page := served.get()[2]):
            break
        time.sleep(0.1)
    assert "records/letters/2019/bad.yaml" in page
    assert "<script>alert" not in page


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "", "127.0.0.1.evil.example"])
def test_no_other_name_is_answered(served: Served, host: str) -> None:
    assert served.get("/", Host=host)[0] == 421
    assert served.get("/", Host=f"localhost:{served.port}")[0] == 200


def test_a_path_leads_nowhere_outside(served: Served) -> None:
    for path in ("/../records/archive.yaml", "/%2e%2e/%2e%2e/etc/passwd", "//etc/passwd", "/letters/%00"):
        assert served.get(path)[0] == 404


def test_a_port_that_is_taken_is_one_error_with_a_hint(served: Served) -> None:
    done = letterbook(served.archive.folder, "serve", "--port", str(served.port))
    assert done.status == 3
    assert "hint: name another with --port" in done.err


def test_the_page_refreshes_by_itself_without_a_script(served: Served) -> None:
    with browser() as chromium:
        page = chromium.new_context(java_script_enabled=False).new_page()
        page.goto(f"http://127.0.0.1:{served.port}/letters/{LETTER}/")
        document = served.archive.read(letter_path(LETTER)).decode()
        served.archive.write(letter_path(LETTER), re.sub(r"(?m)^summary: .*$", "summary: Quite another.", document))
        page.get_by_text("Quite another.").first.wait_for(timeout=20_000)


def test_a_new_archive_without_a_commit_is_shown(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    archive.tables()
    archive.letter(LETTER)
    for served in serving(archive, tmp_path / "said"):
        assert served.get(f"/letters/{LETTER}/")[0] == 200
