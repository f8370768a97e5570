"""No link of the site leads nowhere, and every page is HTML as the standard has it."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from lxml import html

from tests.browsing import server
from tests.command import letterbook
from tests.exhibit import exhibit
from tests.tools import need

ROOT = Path(__file__).parent.parent
VNU = ROOT / "tests" / "checkers" / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
ATTRIBUTES = ("href", "src")
NO_FAULTS = ".*violates Content Security Policy .meta tag.: (external|blocked by .script-src).*"
"""What the checker says of a page that it reads from a disk, which has no origin of its own, and of data in JSON-LD."""


@pytest.fixture(scope="module", params=["exhibit", "own"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The exhibit, and the archive that this repository ships."""
    folder = tmp_path_factory.mktemp(request.param)
    source = exhibit(folder / "archive").folder if request.param == "exhibit" else _own(folder / "archive")
    done = letterbook(source, "publish", "--out", folder / "site")
    assert done.status == 0, done.err
    return folder / "site"


def _own(folder: Path) -> Path:
    subprocess.run(["git", "clone", "-q", str(ROOT), str(folder)], check=True)
    return folder


def pages(site: Path) -> dict[str, html.HtmlElement]:
    return {
        path.relative_to(site).as_posix(): html.document_fromstring(path.read_text("utf-8"))
        for path in site.rglob("*.html")
    }


def links(path: str, page: html.HtmlElement) -> Iterator[tuple[str, str, str]]:
    """Yield address, path below the site and fragment of every link within the site."""
    for element in page.iter():
        for name in ATTRIBUTES:
            address = element.get(name)
            if address is None:
                continue
            parts = urlsplit(address)
            if parts.scheme or parts.netloc:
                assert parts.scheme in ("http", "https"), (path, address)
                continue
            target = os.path.normpath(Path(path).parent / unquote(parts.path)) if parts.path else path
            yield address, target, parts.fragment


def test_no_link_leads_nowhere(site: Path) -> None:
    found = pages(site)
    ids = {path: set(page.xpath("//@id")) for path, page in found.items()}
    broken = []
    for path, page in found.items():
        for address, target, fragment in links(path, page):
            if not (site / target).is_file() or (fragment and fragment not in ids.get(target, ())):
                broken.append((path, address))
    assert broken == []


def test_every_page_is_reached_from_the_front_page(site: Path) -> None:
    found = pages(site)
    reached, waiting = set(), ["index.html"]
    while waiting:
        path = waiting.pop()
        if path in reached or path not in found:
            continue
        reached.add(path)
        waiting += [target for _, target, _ in links(path, found[path])]
    assert sorted(found.keys() - reached) == []


def test_ids_are_unique_and_every_page_has_one_heading(site: Path) -> None:
    for path, page in pages(site).items():
        ids = page.xpath("//@id")
        assert len(ids) == len(set(ids)), path
        assert len(page.findall(".//h1")) == 1, path
        assert page.findtext(".//title"), path


def test_the_only_scripts_are_the_search_and_data(site: Path) -> None:
    for path, page in pages(site).items():
        scripts = [(element.get("src"), element.get("type")) for element in page.iter("script")]
        expected = [("search.js", None)] if path == "search/index.html" else []
        assert [one for one in scripts if one != (None, "application/ld+json")] == expected, path


def test_a_link_checker_finds_nothing(site: Path, tmp_path: Path) -> None:
    with server(site) as base:
        done = link_checked(f"{base}index.html", tmp_path)
    assert done.returncode == 0, done.stdout[-3000:]
    checked = re.search(r"([0-9]+) links in ([0-9]+) URLs checked", done.stdout)
    assert checked is not None, done.stdout[-500:]
    assert int(checked[2]) > len(pages(site))


def test_the_link_checker_can_find_something(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<!doctype html><title>t</title><a href=nowhere.html>a</a>")
    with server(tmp_path) as base:
        done = link_checked(f"{base}index.html", tmp_path)
    assert done.returncode == 1, done.stdout[-500:]
    assert "nowhere.html" in done.stdout


def link_checked(address: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Follow every link from a page on loopback, and none that leads elsewhere."""
    settings = folder / "linkcheckerrc"
    settings.write_text("[checking]\nmaxrequestspersecond=1000\n")
    command = [need("linkchecker"), f"--config={settings}", "--no-warnings", "--no-status", address]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def checker() -> list[str]:
    """The command of the HTML checker; the test is skipped where it is not installed, and fails in CI."""
    java = need("java")
    if not VNU.is_file():
        missing = "the HTML checker is not installed: npm ci --prefix tests/checkers"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(missing)
    return [java, "-Xss2m", "-jar", str(VNU)]


def test_an_html_checker_finds_nothing(site: Path) -> None:
    command = [
        *checker(),
        "--format",
        "gnu",
        "--skip-non-html",
        "--no-langdetect",
        "--filterpattern",
        NO_FAULTS,
        str(site),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    said = [line for line in done.stderr.splitlines() if not line.startswith("Picked up ")]
    assert said == []
    assert done.returncode == 0


def test_the_html_checker_can_find_something(tmp_path: Path) -> None:
    (tmp_path / "bad.html").write_text("<!doctype html><html lang=en><title>t</title><p id=a><p id=a>")
    command = [*checker(), "--format", "gnu", str(tmp_path / "bad.html")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "Duplicate ID" in done.stderr


def test_the_checkers_are_the_locked_ones() -> None:
    lock = (ROOT / "tests" / "checkers" / "package-lock.json").read_text("utf-8")
    assert '"integrity": "sha512-' in lock
    assert "resolved" not in lock
    assert shutil.which("java") or not os.environ.get("CI")
