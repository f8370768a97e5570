"""A publication where it lies: a folder, or an http(s) address from which only listed files are fetched."""

import errno
import os
import time
import urllib.error
import urllib.parse
import urllib.request
from http.client import HTTPException, HTTPMessage, HTTPResponse
from pathlib import Path
from typing import IO, Protocol

from publisher.errors import UnavailableError, UsageError

MAX_FILE, MAX_SMALL = 256 << 20, 64 << 10
TIMEOUT, DEADLINE = 30.0, 300.0


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


def open_file(name: str) -> bytes | None:
    """Return the bytes of one file on disk or at an http(s) address; None if there is no such file."""
    folder, _, path = name.rpartition("/")
    if "://" in name and not path:
        raise UsageError(f"{name} is no file", "name a file, such as .../log/checkpoint")
    return open_site(folder or ("/" if name.startswith("/") else ".")).read(path)


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
            if place.stat().st_size > _most(path):
                raise UnavailableError(f"{path} is larger than {_most(path)} bytes", "no such file is that large")
            return place.read_bytes()
        except OSError as fault:
            if fault.errno in (errno.ENAMETOOLONG, errno.ENOTDIR, errno.ELOOP):
                return None
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
        if not self._base.isascii() or not self._base.isprintable() or " " in self._base:
            raise UsageError(
                f"{name!r} is no address", "write letters beyond ASCII as %C3%A4, a host's name in its xn-- form"
            )
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _SameOrigin(_origin(self._base)))

    def read(self, path: str) -> bytes | None:
        """Fetch a file; None for 404 and 410."""
        request = urllib.request.Request(
            urllib.parse.urljoin(self._base, urllib.parse.quote(path)),
            headers={"Cache-Control": "no-cache", "Accept-Encoding": "identity", "User-Agent": "letterbook"},
        )
        try:
            with self._opener.open(request, timeout=TIMEOUT) as answer:
                return _whole(answer, path)
        except urllib.error.HTTPError as fault:
            if fault.code in (404, 410):
                return None
            raise UnavailableError(f"{request.full_url} answered {fault.code}", "try again later") from fault
        except (OSError, HTTPException, ValueError) as fault:
            raise UnavailableError(
                f"{request.full_url} could not be fetched: {fault}", "check the address and the network"
            ) from fault

    def paths(self) -> set[str] | None:
        """Nobody can list a web server's files."""
        return None


class _SameOrigin(urllib.request.HTTPRedirectHandler):
    """Follows redirects within one origin only."""

    def __init__(self, origin: tuple[str, str | None, int | None]) -> None:
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


def _origin(address: str) -> tuple[str, str | None, int | None]:
    """Return scheme, host and port; raises UsageError for what is no address."""
    try:
        parts = urllib.parse.urlsplit(address)
        return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError as fault:
        raise UsageError(f"{address!r} is no address: {fault}", "name a folder, or an http or https address") from fault


def _whole(answer: HTTPResponse, path: str) -> bytes:
    """Return a body of at most `_most(path)` bytes. Raises UnavailableError if it is cut off, too large or too slow."""
    started, parts, size = time.monotonic(), list[bytes](), 0
    while chunk := answer.read1(1 << 20):
        parts.append(chunk)
        size += len(chunk)
        if size > _most(path):
            raise UnavailableError(f"{path} is larger than {_most(path)} bytes", "no such file is that large")
        if time.monotonic() - started > DEADLINE:
            raise UnavailableError(f"{path} was not sent within {DEADLINE:.0f} seconds", "try again later")
    told = answer.headers.get("Content-Length", "")
    if told.isdecimal() and int(told) != size:
        raise UnavailableError(f"{path} was cut off after {size} of {told} bytes", "try again")
    return b"".join(parts)


def _most(path: str) -> int:
    """Return how many bytes a published file may have: what is read before any signature is small."""
    return MAX_SMALL if path.endswith((".sig", "allowed_signers", "checkpoint")) else MAX_FILE
