"""A publication where it lies: a folder, or an http(s) address from which only listed files are fetched.

Nothing that is read here is believed, so nothing here may cost whoever reads it more than a known number of bytes
and seconds, whatever the folder holds and whatever the server sends.
"""

import contextlib
import errno
import io
import os
import re
import socket
import ssl
import stat
import time
from collections.abc import Iterator
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from publisher.errors import UnavailableError, UsageError

MAX_FILE = 256 << 20  # a document or a page: kept in memory until it was compared with what git says
MAX_INDEX = 64 << 20  # some 20,000 letters; what is no index can take 25 times as much memory when it is parsed
MAX_SUMS = 16 << 20  # as many files as such an index has; it is searched for key lists before anybody signed it
MAX_SMALL = 64 << 10  # signatures, key lists, checkpoints and tiles of hashes: read before anything is signed, and many
DEADLINE = 300.0  # seconds for one file, from its address to its last byte; a fifth of it for a small one
TIMEOUT = 30.0  # seconds in which something has to arrive
REDIRECTS = 5

_FLAGS = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_NOCTTY", "O_BINARY"))
_PRINTABLE = re.compile(r"[!-~]+")
_TILE = re.compile(r"(?:.*/)?tile/[0-9]+/.*")
_ABSENT = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG, errno.ENXIO, errno.ENODEV)
_MOVED = (301, 302, 303, 307, 308)
_PORTS = {"http": 80, "https": 443}
_NAME_IT = "name a folder, or an http or https address"


class Site(Protocol):
    """Published files by path."""

    @property
    def name(self) -> str:
        """What the person called it."""

    def read(self, path: str) -> bytes | None:
        """Return a file's bytes, or None if it is not there. Raises UnavailableError if that cannot be told."""

    def paths(self) -> set[str] | None:
        """Return every path there is, or None where that cannot be asked. Raises UnavailableError."""


def open_site(name: str) -> Site:
    """Return the publication at a folder or an http(s) address."""
    if name.startswith(("http://", "https://")):
        return WebSite(name)
    if "://" in name:
        raise UsageError(f"{name} is no address that can be read", _NAME_IT)
    if not _is_folder(name):
        raise UnavailableError(
            f"there is no folder {name}", "name the one that 'letterbook publish' wrote, or an address"
        )
    return FolderSite(name)


def open_file(name: str) -> bytes | None:
    """Return the bytes of one file on disk or at an http(s) address; None if there is no such file."""
    folder, _, path = name.rpartition("/")
    if "://" in name and not path:
        raise UsageError(f"{name} is no file", "name a file, such as .../log/checkpoint")
    return open_site(folder or ("/" if name.startswith("/") else ".")).read(path)


# -- in a folder -----------------------------------------------------------------------------------------------


class FolderSite:
    """A publication in a folder: plain files. Links are never followed; they, pipes and devices count as absent."""

    def __init__(self, name: str) -> None:
        self.name = name

    def read(self, path: str) -> bytes | None:
        """Return a file's bytes, or None if there is no such plain file."""
        try:
            handle = _opened(self.name, path)
            try:
                return _plain(handle, path)
            finally:
                os.close(handle)
        except OSError as fault:
            if fault.errno in _ABSENT and _is_folder(self.name):
                return None
            raise _unreadable(path, fault) from fault

    def paths(self) -> set[str] | None:
        """Return every path below the folder that is no folder itself, links and pipes among them."""
        found, waiting = set[str](), [""]
        while waiting:
            folder = waiting.pop()
            try:
                with os.scandir(f"{self.name}/{folder}") as entries:
                    for entry in entries:
                        path = f"{folder}{entry.name}"
                        waiting.append(f"{path}/") if entry.is_dir(follow_symlinks=False) else found.add(path)
            except OSError as fault:
                raise _unreadable(folder or self.name, fault) from fault
        return found


def _opened(root: str, path: str) -> int:
    """Open a file from folder to folder, so that none of them can be a link, nor become one meanwhile.

    Where that cannot be done, on Windows, links are looked for first. Raises OSError.
    """
    if os.open not in os.supports_dir_fd:
        place = Path(root, path)
        if any(part.is_symlink() for part in (place, *place.parents) if Path(root) in part.parents):
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
        return os.open(place, _FLAGS)
    handle = os.open(root, os.O_RDONLY)
    for name in path.split("/"):
        try:
            inner = os.open(name, _FLAGS, dir_fd=handle)
        finally:
            os.close(handle)
        handle = inner
    return handle


def _is_folder(name: str) -> bool:
    return os.path.isdir(name)  # noqa: PTH112 - Path.is_dir raises where a folder above cannot be entered


def _plain(handle: int, path: str) -> bytes | None:
    """Return what an open file holds if it is a plain one."""
    status = os.fstat(handle)
    if not stat.S_ISREG(status.st_mode):
        return None
    if status.st_size > _most(path):
        raise _too_large(path)
    with os.fdopen(handle, "rb", closefd=False) as file:
        data = file.read(status.st_size + 1)
    if len(data) > status.st_size:
        raise UnavailableError(f"{path} holds more than it says, or grew while it was read", "try again")
    return data


def _unreadable(path: str, fault: OSError) -> UnavailableError:
    return UnavailableError(f"{path} could not be read: {fault.strerror}", "check the folder's permissions")


# -- on the web ------------------------------------------------------------------------------------------------


class WebSite:
    """A publication at an http(s) address: same origin only, no cache, no proxy, and limits of size and time.

    The deadline of a file covers all but the look-up of the host's name, which the system ends by itself.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._base = name if name.endswith("/") else f"{name}/"
        if not _PRINTABLE.fullmatch(self._base):
            hint = "write letters beyond ASCII as %C3%A4, a host's name in its xn-- form"
            raise UsageError(f"{name!r} is no address", hint)
        try:
            self._at = _origin(self._base)
        except ValueError as fault:
            raise UsageError(f"{name!r} is no address: {fault}", _NAME_IT) from fault
        parts = urlsplit(self._base)
        if not parts.hostname or "@" in parts.netloc:
            raise UsageError("an address names a host and no user", _NAME_IT)
        self._tls = ssl.create_default_context() if parts.scheme == "https" else None

    def read(self, path: str) -> bytes | None:
        """Fetch a file; None for 404 and 410."""
        first = address = urljoin(self._base, quote(path))
        until = time.monotonic() + _seconds(path)
        try:
            for _ in range(REDIRECTS + 1):
                with _asked(address, self._tls, until) as answer:
                    if answer.status == 200:
                        return _whole(answer, path)
                    if answer.status in (404, 410):
                        return None
                    address = self._beyond(address, answer)
        except TimeoutError as fault:
            most = f"{_seconds(path):g} seconds in all, {TIMEOUT:g} without a byte"
            raise UnavailableError(f"{first} took too long (at most {most})", "try again later") from fault
        except (OSError, HTTPException, ValueError) as fault:
            said = f"{first} could not be fetched: {fault}"
            raise UnavailableError(said, "check the address and the network") from fault
        raise UnavailableError(f"{first} leads on more than {REDIRECTS} times", "try again later")

    def paths(self) -> set[str] | None:
        """Nobody can list a web server's files."""
        return None

    def _beyond(self, address: str, answer: HTTPResponse) -> str:
        """Return where an answer leads; its body is not read. Raises UnavailableError, ValueError."""
        target = answer.headers.get("Location", "")
        if answer.status not in _MOVED or not target:
            raise UnavailableError(f"{address} answered {answer.status}", "try again later")
        beyond = urljoin(address, target)
        if _origin(beyond) != self._at:
            said = f"{address} leads to another host, {beyond[:200]!r}"
            raise UnavailableError(said, "name the address where the files are")
        if not _PRINTABLE.fullmatch(beyond):
            raise ValueError(f"it leads to what is no address, {beyond[:200]!r}")
        return beyond


class _Timed(io.RawIOBase):
    """What arrives at a connected socket: every wait for more ends by the deadline, however little comes at a time."""

    def __init__(self, connection: socket.socket, until: float) -> None:
        self._connection = connection
        self._until = until

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        """Wait for some bytes. Raises TimeoutError."""
        self._connection.settimeout(_left(self._until))
        return self._connection.recv_into(buffer)


@contextlib.contextmanager
def _asked(address: str, tls: ssl.SSLContext | None, until: float) -> Iterator[HTTPResponse]:
    """Ask for an address and yield the answer, up to its body. Raises OSError, HTTPException, ValueError."""
    parts = urlsplit(address)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    lines = [
        f"GET {target} HTTP/1.1", f"Host: {parts.netloc.rpartition('@')[2]}", "Cache-Control: no-cache",
        "Accept-Encoding: identity", "User-Agent: letterbook", "Connection: close", "", "",
    ]  # fmt: skip
    with _connected(parts, tls, until) as connection:
        connection.settimeout(_left(until))
        connection.sendall("\r\n".join(lines).encode("ascii"))
        with contextlib.closing(HTTPResponse(connection, method="GET")) as answer:
            answer.fp.close()
            answer.fp = io.BufferedReader(_Timed(connection, until))
            answer.begin()
            yield answer


def _connected(parts: SplitResult, tls: ssl.SSLContext | None, until: float) -> socket.socket:
    """Connect to the first of a host's addresses that answers. Raises OSError, ValueError."""
    port = parts.port or _PORTS[parts.scheme]
    fault = OSError("the host has no address")
    for family, kind, protocol, _, place in socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM):
        connection = socket.socket(family, kind, protocol)
        try:
            connection.settimeout(_left(until))
            connection.connect(place)
            connection.settimeout(_left(until))
            return connection if tls is None else tls.wrap_socket(connection, server_hostname=parts.hostname)
        except OSError as found:
            connection.close()
            fault = found
    raise fault


def _left(until: float) -> float:
    """Return how many seconds to wait for what comes next. Raises TimeoutError when the deadline is over."""
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return min(left, TIMEOUT)


def _origin(address: str) -> tuple[str, str | None, int | None]:
    """Return scheme, host and port. Raises ValueError for what is no address."""
    parts = urlsplit(address)
    return parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme)


def _whole(answer: HTTPResponse, path: str) -> bytes:
    """Return a body of at most `_most(path)` bytes. Raises UnavailableError if it is cut off or too large."""
    told, whole = answer.length, io.BytesIO()  # a list of chunks of one byte each takes forty times as much memory
    if told is not None and told > _most(path):
        raise _too_large(path)
    while chunk := answer.read1(1 << 16):
        whole.write(chunk)
        if whole.tell() > _most(path):
            raise _too_large(path)
    if told is not None and told != whole.tell():
        raise UnavailableError(f"{path} was cut off after {whole.tell()} of {told} bytes", "try again")
    return whole.getvalue()


def _most(path: str) -> int:
    """Return how many bytes a published file may have."""
    if path.endswith((".sig", "allowed_signers", "checkpoint")) or _TILE.fullmatch(path):
        return MAX_SMALL
    return {"SHA256SUMS": MAX_SUMS, "index.json": MAX_INDEX}.get(path, MAX_FILE)


def _seconds(path: str) -> float:
    """Return within how many seconds a published file must have come."""
    return DEADLINE if _most(path) > MAX_SMALL else DEADLINE / 5


def _too_large(path: str) -> UnavailableError:
    return UnavailableError(f"{path} is larger than {_most(path)} bytes", "no such file is that large")
