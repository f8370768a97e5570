"""letterbook serve: a draft of the site on loopback, made from the working tree and made again when it changes.

The page refreshes without a script: it asks for itself again at once, naming the build that it shows
(`If-None-Match`), and the answer waits until there is another build. Only this machine is answered, under a name of
its own, so that no page from elsewhere can read the draft through the browser.
"""

import mimetypes
import sys
import threading
import time
from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

from publisher.draft import Built, build
from publisher.errors import UnavailableError
from publisher.git import Repository
from publisher.text import visible

HOST = "127.0.0.1"
WAIT, GLANCE = 55.0, 0.5
"""Seconds for which a refresh waits for another build; seconds between two looks at the records."""

_NAMES = ("127.0.0.1", "localhost", "[::1]")
_TYPES = {".atom": "application/atom+xml", ".yaml": "text/plain; charset=utf-8", ".json": "application/json"}

Marks = Mapping[str, tuple[int, int]]


def serve(*, port: int) -> int:
    """Serve the draft until interrupted."""
    repository = Repository.find(Path.cwd())
    repository.require_whole()
    draft = Draft(repository)
    draft.refresh()
    try:
        server = ThreadingHTTPServer((HOST, port), partial(_Handler, draft))
    except OSError as fault:
        raise UnavailableError(f"port {port} cannot be used: {fault.strerror}", "name another with --port") from fault
    server.daemon_threads = True
    print(f"http://{HOST}:{server.server_port}/  a draft of {repository.root}; end with Ctrl-C", file=sys.stderr)
    watcher = threading.Thread(target=draft.watch, daemon=True)
    watcher.start()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print(file=sys.stderr)
    finally:
        server.server_close()
    return 0


class Draft:
    """The newest build, and a way to wait for another."""

    def __init__(self, repository: Repository) -> None:
        self._repository, self._marks = repository, _marks(repository)
        self._changed = threading.Condition()
        self.built = Built(files={}, findings=())
        self.number = 0

    def refresh(self) -> None:
        """Build anew, and wake those who wait."""
        started = time.monotonic()
        built = build(self._repository.root, self._repository, now=int(time.time()))
        with self._changed:
            self.built, self.number = built, self.number + 1
            self._changed.notify_all()
        faults = sum(finding.severity == "error" for finding in built.findings)
        said = f"{faults} errors" if faults else "no errors"
        print(f"built in {time.monotonic() - started:.1f} s: {len(built.files)} files, {said}", file=sys.stderr)

    def watch(self) -> None:
        """Build anew whenever a record changed; for ever."""
        while True:
            time.sleep(GLANCE)
            marks = _marks(self._repository)
            if marks != self._marks:
                self._marks = marks
                self.refresh()

    def newer_than(self, tag: str | None) -> tuple[Built, str]:
        """Return the build and its tag; wait a while if it is the one that `tag` names."""
        with self._changed:
            self._changed.wait_for(lambda: self._tag != tag, timeout=WAIT)
            return self.built, self._tag

    @property
    def _tag(self) -> str:
        return f'"{id(self):x}-{self.number}"'


class _Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD from a draft."""

    server_version, sys_version = "letterbook", ""

    def __init__(self, draft: Draft, *arguments: object) -> None:
        self._draft = draft
        super().__init__(*arguments)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        """Answer with a file of the draft."""
        name = self.headers.get("Host", "").rpartition(":")
        if (name[0] or name[2]) not in _NAMES:
            self.send_error(HTTPStatus.MISDIRECTED_REQUEST)
            return
        path = unquote(urlsplit(self.path).path).lstrip("/")
        path += "index.html" if not path or path.endswith("/") else ""
        waits = path.endswith(".html")
        tag = self.headers.get("If-None-Match")
        built, newest = self._draft.newer_than(tag if waits else None)
        if f"{path}/index.html" in built.files:
            self.send_response(HTTPStatus.FOUND)
            self.send_header("Location", f"/{path}/")
            self._end(b"")
        elif path not in built.files:
            self.send_error(HTTPStatus.NOT_FOUND)
        elif tag == newest:
            self.send_response(HTTPStatus.NOT_MODIFIED)
            self.send_header("ETag", newest)
            self.end_headers()
        else:
            self.send_response(HTTPStatus.OK)
            self.send_header("ETag", newest)
            self.send_header("Content-Type", _type(path))
            self._end(built.files[path])

    def do_HEAD(self) -> None:
        """Answer as GET does, without the bytes."""
        self.do_GET()

    def _end(self, data: bytes) -> None:
        self.send_header("Cache-Control", "no-cache")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def log_message(self, format: str, *values: object) -> None:  # noqa: A002
        """Say only what went wrong; requests are not worth a line."""

    def log_error(self, format: str, *values: object) -> None:  # noqa: A002
        """Name what was asked for and is not there."""
        print(f"{''.join(visible(self.path))}: not here", file=sys.stderr)


def _type(path: str) -> str:
    suffix = Path(path).suffix
    return _TYPES.get(suffix) or mimetypes.types_map.get(suffix, "application/octet-stream")


def _marks(repository: Repository) -> Marks:
    """Return size and time of every file below records/, and of what says where HEAD is."""
    found = {}
    for path in sorted((repository.root / "records").rglob("*")):
        try:
            status = path.lstat()
        except FileNotFoundError:
            continue
        found[str(path)] = (status.st_size, status.st_mtime_ns)
    head = repository.find_commit("HEAD") or ""
    found[head] = (0, 0)
    return found
