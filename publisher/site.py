"""A publication where it lies: a folder, or an http(s) address from which only listed files are fetched."""

import os
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from http.client import HTTPMessage
from pathlib import Path
from typing import IO, Protocol

from publisher.errors import UnavailableError, UsageError

MAX_FILE = 256 << 20
TIMEOUT = 30.0


class Site(Protocol):
    """Published files by path."""

    @property
    def name(self) -> str:
        """What the person called it."""

    def read(self, path: str) -> bytes | None:
        """Return a file's bytes, or None if it is not there. Raises UnavailableError if that cannot be told."""

    def paths(self) -> set[str] | None:
        """Return every path there is, or None where that cannot be asked."""


def open_site(name: str) -> Site:
    """Return the publication at a folder or an http(s) address."""
    if name.startswith(("http://", "https://")):
        return WebSite(name)
    if "://" in name:
        raise UsageError(f"{name} is no address that can be read", "name a folder, or an http or https address")
    if not Path(name).is_dir():
        raise UnavailableError(
            f"there is no folder {name}", "name the folder that 'letterbook publish' wrote, or its address"
        )
    return FolderSite(name)


class FolderSite:
    """A publication in a folder; symbolic links are never followed and count as absent."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._root = Path(name)

    def read(self, path: str) -> bytes | None:
        """Return a file's bytes, or None if there is no such plain file."""
        place = self._root / path
        try:
            if any(part.is_symlink() for part in (place, *place.parents) if self._root in part.parents):
                return None
            if not place.is_file():
                return None
            if place.stat().st_size > MAX_FILE:
                raise UnavailableError(f"{path} is larger than {MAX_FILE} bytes", "no published file is that large")
            return place.read_bytes()
        except OSError as fault:
            raise UnavailableError(
                f"{path} could not be read: {fault.strerror}", "check the folder's permissions"
            ) from fault

    def paths(self) -> set[str] | None:
        """Return every path below the folder, symbolic links among them."""
        found = set()
        for parent, folders, names in os.walk(self._root):
            links = [name for name in folders if (Path(parent) / name).is_symlink()]
            found |= {(Path(parent) / name).relative_to(self._root).as_posix() for name in (*names, *links)}
        return found


class WebSite:
    """A publication at an http(s) address: same origin only, no cache, no proxy, with size caps."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._base = name if name.endswith("/") else f"{name}/"
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _SameOrigin(_origin(self._base)))

    def read(self, path: str) -> bytes | None:
        """Fetch a file; None for 404 and 410."""
        request = urllib.request.Request(
            urllib.parse.urljoin(self._base, urllib.parse.quote(path)),
            headers={"Cache-Control": "no-cache", "Accept-Encoding": "identity", "User-Agent": "letterbook"},
        )
        try:
            with self._opener.open(request, timeout=TIMEOUT) as answer:
                return _capped(answer.read, path)
        except urllib.error.HTTPError as fault:
            if fault.code in (404, 410):
                return None
            raise UnavailableError(f"{request.full_url} answered {fault.code}", "try again later") from fault
        except OSError as fault:
            raise UnavailableError(
                f"{request.full_url} could not be fetched: {fault}", "check the address and the network"
            ) from fault

    def paths(self) -> set[str] | None:
        """Nobody can list a web server's files."""
        return None


class _SameOrigin(urllib.request.HTTPRedirectHandler):
    """Follows redirects within one origin only."""

    def __init__(self, origin: tuple[str, str]) -> None:
        self._origin = origin

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        if _origin(newurl) != self._origin:
            raise UnavailableError(
                f"{req.full_url} leads to another host, {newurl!r}", "name the address where the files are"
            )
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _origin(address: str) -> tuple[str, str]:
    parts = urllib.parse.urlsplit(address)
    return parts.scheme, parts.netloc


def _capped(read: Callable[[int], bytes], path: str) -> bytes:
    data = read(MAX_FILE + 1)
    if len(data) > MAX_FILE:
        raise UnavailableError(f"{path} is larger than {MAX_FILE} bytes", "no published file is that large")
    return data
