"""Every kind of page in Chromium: accessible, within its window, quiet, asking nobody else, and without a script.

The archive shows everything that a page can show, hostile text included. `BROWSER_SHOTS=1` keeps the pictures
in build/shots, to be looked at.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.browsing import SHOTS, Watched, browser, server, watching
from tests.command import letterbook
from tests.exhibit import ARABIC, ASKED, GONE, HOSTILE, MONTH, TAKEN_BACK, exhibit

WIDTHS = (320, 768, 1280)
SCHEMES = ("light", "dark")
_PARTS = (
    (re.compile(r"^letters/[^/]+/index\.html$"), "letter"),
    (re.compile(r"^letters/[^/]+/[^/]+/index\.html$"), "version"),
    (re.compile(r"^letters/[^/]+/[^/]+/[^/]+/index\.html$"), "outcomes"),
    (re.compile(r"^(threads|parties)/[^/]+/index\.html$"), r"\1"),
    (re.compile(r"^(threads|parties)/[^/]+/questions/index\.html$"), r"\1-questions"),
    (re.compile(r"^questions/[^/]+/[^/]+/index\.html$"), "question"),
    (re.compile(r"^changes/[0-9]+/index\.html$"), "year"),
)
SAMPLES = 3
"""Pages of each kind that every test opens, beside those that are named."""
NAMED = (ASKED, MONTH, ARABIC, TAKEN_BACK, GONE)


@dataclass(frozen=True)
class Exhibited:
    """The publication of the exhibit: its folder, and its pages by kind."""

    folder: Path
    kinds: dict[str, list[str]]

    @property
    def chosen(self) -> list[str]:
        """Some pages of every kind, all of the named letters."""
        found = [path for paths in self.kinds.values() for path in paths[:SAMPLES]]
        found += [path for paths in self.kinds.values() for path in paths if set(path.split("/")) & set(NAMED)]
        return list(dict.fromkeys(found))

    @property
    def pages(self) -> list[str]:
        """All pages."""
        return [path for paths in self.kinds.values() for path in paths]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Exhibited:
    folder = tmp_path_factory.mktemp("exhibit")
    archive = exhibit(folder / "archive")
    done = letterbook(archive.folder, "publish", "--out", folder / "site")
    assert done.status == 0, done.err
    kinds: dict[str, list[str]] = {}
    for page in sorted((folder / "site").rglob("*.html")):
        path = page.relative_to(folder / "site").as_posix()
        kinds.setdefault(kind_of(path), []).append(path)
    return Exhibited(folder / "site", kinds)


def kind_of(path: str) -> str:
    """The kind of page at a path; a page of its own is its own kind."""
    for pattern, kind in _PARTS:
        if found := pattern.match(path):
            return found.expand(kind)
    return path


@pytest.fixture(params=[(width, scheme) for width in WIDTHS for scheme in SCHEMES], ids=lambda p: f"{p[0]}-{p[1]}")
def watched(request: pytest.FixtureRequest, site: Exhibited) -> Iterator[tuple[Watched, str]]:
    width, scheme = request.param
    with server(site.folder) as base, browser() as chromium, watching(chromium, base, width, scheme) as page:
        yield page, f"{width}-{scheme}"


def test_there_is_every_kind_of_page(site: Exhibited) -> None:
    assert {
        "index.html", "letter", "version", "threads/index.html", "threads", "threads-questions", "parties/index.html",
        "parties", "parties-questions", "questions/index.html", "question", "changes/index.html", "year",
        "search/index.html", "feeds/index.html", "data/index.html", "about/index.html", "verify/index.html",
        "all/index.html",
    } <= site.kinds.keys()  # fmt: skip


def test_pages_fit_their_window_and_are_accessible_and_quiet(watched: tuple[Watched, str], site: Exhibited) -> None:
    page, name = watched
    wide, violations = {}, {}
    for path in site.chosen:
        page.open(path)
        if (pixels := page.overflow()) > 0:
            wide[path] = pixels
        if found := page.violations():
            violations[path] = found
        if os.environ.get("BROWSER_SHOTS"):
            SHOTS.mkdir(parents=True, exist_ok=True)
            page.page.screenshot(path=SHOTS / f"{path.replace('/', '_')}-{name}.png", full_page=True)
    assert (wide, violations, page.complaints) == ({}, {}, [])


def test_no_page_runs_anything_or_asks_anybody(site: Exhibited) -> None:
    with server(site.folder) as base, browser() as chromium, watching(chromium, base, 1280, "light") as page:
        ran = []
        for path in site.pages:
            page.open(path)
            if page.page.evaluate("window.ran") is not None:
                ran.append(path)
        assert (ran, page.complaints) == ([], [])


def test_everything_but_search_is_there_without_a_script(site: Exhibited) -> None:
    with (
        server(site.folder) as base,
        browser() as chromium,
        watching(chromium, base, 768, "light", script=False) as page,
    ):
        for path in site.chosen:
            page.open(path)
            main = page.page.locator("main")
            assert main.is_visible(), path
            hidden = [part for part in main.locator("p, h1, h2, table, ul").all() if part.evaluate("x => x.hidden")]
            assert not hidden, path
        page.open("search/index.html")
        assert page.page.get_by_role("link", name="everything is on one page").is_visible()
        assert page.complaints == []


def test_search_finds_folded_words_and_by_party_thread_year_and_state(site: Exhibited) -> None:
    with server(site.folder) as base, browser() as chromium, watching(chromium, base, 1280, "light") as page:
        page.open("search/index.html")
        page.page.locator("#form").wait_for(state="visible")
        total = page.page.locator("#found li").count()
        page.page.fill("#words", "DRÉDGING")
        found = page.page.locator("#found li")
        assert 0 < found.count() < total
        page.page.fill("#words", "")
        for field in ("party", "thread", "year", "state"):
            page.page.select_option(f"#{field}", index=1)
            assert 0 < found.count() <= total, field
            page.page.select_option(f"#{field}", index=0)
        page.page.fill("#words", "nothing has this word")
        assert found.count() == 0
        assert page.page.get_by_role("status").inner_text() == "No letter here matches."
        page.page.fill("#words", "رسالة")
        assert found.count() >= 1
        assert page.complaints == []


def test_a_search_can_be_linked(site: Exhibited) -> None:
    with server(site.folder) as base, browser() as chromium, watching(chromium, base, 1280, "light") as page:
        page.open("search/index.html#words=scan&thread=quay")
        page.page.locator("#form").wait_for(state="visible")
        assert page.page.input_value("#words") == "scan"
        assert page.page.input_value("#thread") == "quay"


def test_hostile_text_is_seen_as_it_was_written(site: Exhibited) -> None:
    with server(site.folder) as base, browser() as chromium, watching(chromium, base, 768, "light") as page:
        for number, (name, text) in enumerate(HOSTILE.items(), 1):
            page.open(f"letters/2020-01-{number:02d}-{name}/index.html")
            words = " ".join(text[:280].split())
            assert words in " ".join(page.page.locator("h1").inner_text().split()), name
