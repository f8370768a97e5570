"""A real browser on a real server: Chromium over loopback, and what it complains of."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.tools import need

QUIET = ("--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync")
SHOTS = Path(__file__).parent.parent / "build" / "shots"


class _Quiet(SimpleHTTPRequestHandler):
    def end_headers(self) -> None:
        """Let the link checker ask as fast as it can."""
        self.send_header("LinkChecker", "welcome")
        super().end_headers()

    def log_message(self, *_values: object) -> None:
        """Say nothing."""


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """Serve a folder on loopback; gives its address."""
    running = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{running.server_port}/"
    finally:
        running.shutdown()
        running.server_close()


@contextmanager
def browser() -> Iterator[Browser]:
    """Start Chromium; the test is skipped where it is not installed, and fails in CI."""
    path = shutil.which("chromium-browser") or need("chromium")
    with sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=path, args=list(QUIET))
        try:
            yield chromium
        finally:
            chromium.close()


@lru_cache(maxsize=1)
def axe() -> str:
    """The source of axe-core."""
    return files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


@dataclass
class Watched:
    """A page, and everything that it complained of or asked somebody else for."""

    page: Page
    base: str
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        """Open a page of the site."""
        self.page.goto(self.base + path)

    def overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        wide: int = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        return wide

    def violations(self) -> list[str]:
        """What axe-core finds: WCAG 2.2 A and AA, and its best practices."""
        self.page.evaluate(axe())
        found: list[dict[str, Any]] = self.page.evaluate("axe.run().then(result => result.violations)")
        return [f"{one['id']}: {[node['html'][:160] for node in one['nodes'][:3]]}" for one in found]


@contextmanager
def watching(chromium: Browser, base: str, width: int, scheme: str, *, script: bool = True) -> Iterator[Watched]:
    """Open a window of this width in CSS pixels, light or dark, and note every complaint."""
    context = chromium.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
        java_script_enabled=script,
    )
    page = context.new_page()
    watched = Watched(page, base)
    page.on("console", lambda message: watched.complaints.append(f"{page.url}: {message.text}"))
    page.on("pageerror", lambda error: watched.complaints.append(f"{page.url}: {error}"))
    page.on("dialog", lambda dialog: watched.complaints.append(f"{page.url}: dialog {dialog.message}"))
    page.on("request", lambda asked: None if asked.url.startswith(base) else watched.complaints.append(asked.url))
    try:
        yield watched
    finally:
        context.close()
