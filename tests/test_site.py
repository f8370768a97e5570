"""Where a publication lies: what a hostile server or a hostile folder can cost whoever reads it."""

import contextlib
import ipaddress
import os
import re
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher import site
from publisher.errors import UnavailableError, UsageError
from publisher.site import MAX_FILE, MAX_INDEX, MAX_SMALL, MAX_SUMS, FolderSite, WebSite, open_file, open_site

Answer = Callable[[socket.socket, str], None]
"""Answers one request, for a path, on a connection."""

PATIENCE = 8.0
OK = b"HTTP/1.1 200 OK\r\n"


class Server:
    """A server on loopback that answers as bluntly as it is told; `asked` are the paths in the order they came."""

    def __init__(self, answer: Answer, tls: ssl.SSLContext | None = None) -> None:
        self.asked: list[str] = []
        self.sent = 0
        self._answer = answer
        self._tls = tls
        self._listening = socket.create_server(("127.0.0.1", 0))
        scheme = "http" if tls is None else "https"
        self.address = f"{scheme}://127.0.0.1:{self._listening.getsockname()[1]}/"
        self._ends = time.monotonic() + PATIENCE
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._ends = 0.0
        self._listening.close()

    def pour(self, connection: socket.socket, data: bytes, every: float = 0.0) -> None:
        """Send the same bytes for ever, or until whoever should have hung up long ago has shown that they do not."""
        while time.monotonic() < self._ends:
            connection.sendall(data)
            self.sent += len(data)
            time.sleep(every)

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=self._talk, args=self._listening.accept()[:1], daemon=True).start()

    def _talk(self, plain: socket.socket) -> None:
        with contextlib.suppress(OSError, IndexError), plain:
            connection = plain if self._tls is None else self._tls.wrap_socket(plain, server_side=True)
            with connection:
                path = connection.recv(65536).split(b" ")[1].decode("ascii")
                self.asked.append(path)
                self._answer(connection, path)


@contextlib.contextmanager
def serving(answer: Answer | bytes, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """Yield a server that answers every request so."""

    def same(connection: socket.socket, _: str) -> None:
        assert isinstance(answer, bytes)
        connection.sendall(answer)

    server = Server(same if isinstance(answer, bytes) else answer, tls)
    try:
        yield server
    finally:
        server.close()


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is as it is, but a file must come within a second, and a small one within a fifth of that."""
    monkeypatch.setattr(site, "DEADLINE", 1.0)
    monkeypatch.setattr(site, "TIMEOUT", 0.6)


# -- servers that never end --------------------------------------------------------------------------------------

CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
ENDLESS: dict[str, tuple[bytes, bytes, float]] = {
    "100 Continue": (b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.05),
    "100 Continue at full speed": (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 500, 0.0),
    "trailers": (CHUNKED + b"1\r\nx\r\n0\r\n", b"A: b\r\n", 0.05),
    "a status, byte by byte": (b"HTTP/1.1 ", b"2", 0.1),
    "a header, byte by byte": (OK + b"X: ", b"a", 0.1),
    "headers": (OK, b"A: b\r\n", 0.1),
    "a body, byte by byte": (OK + b"\r\n", b"a", 0.1),
    "a body of known length": (OK + b"Content-Length: 1000\r\n\r\n", b"a", 0.1),
    "chunks": (CHUNKED, b"1\r\na\r\n", 0.1),
    "the length of a chunk": (CHUNKED, b"0", 0.1),
    "an extension of a chunk": (CHUNKED + b"1;", b"a", 0.1),
    "nothing": (b"", b"", 0.1),
    "nothing after the headers": (OK + b"Content-Length: 9\r\n\r\n", b"", 0.1),
}  # fmt: skip


@pytest.mark.parametrize("name", ENDLESS)
@pytest.mark.usefixtures("hasty")
def test_an_answer_that_never_ends_is_given_up(name: str) -> None:
    first, more, every = ENDLESS[name]

    def answer(connection: socket.socket, _: str) -> None:
        connection.sendall(first)
        server.pour(connection, more, every)

    with serving(answer) as server:
        began = time.monotonic()
        with pytest.raises(UnavailableError, match="took too long"):
            WebSite(server.address).read("letters.csv")
        assert time.monotonic() - began < 3


@pytest.mark.usefixtures("hasty")
def test_a_small_file_must_come_sooner() -> None:
    with serving(lambda connection, _: server.pour(connection, b"", 0.05)) as server:
        for path, least, most in (("index.json.sig", 0.2, 0.5), ("index.json", 0.6, 3)):
            began = time.monotonic()
            with pytest.raises(UnavailableError, match="took too long"):
                WebSite(server.address).read(path)
            assert least <= time.monotonic() - began < most


@pytest.mark.usefixtures("hasty")
def test_redirects_do_not_begin_the_time_anew() -> None:
    def answer(connection: socket.socket, _: str) -> None:
        time.sleep(0.4)
        connection.sendall(b"HTTP/1.1 302 F\r\nLocation: more\r\n\r\n")

    with serving(answer) as server:
        began = time.monotonic()
        with pytest.raises(UnavailableError, match="took too long"):
            WebSite(server.address).read("letters.csv")
        assert time.monotonic() - began < 3


@pytest.mark.usefixtures("hasty")
def test_a_host_that_never_finishes_its_greeting_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        began = time.monotonic()
        with pytest.raises(UnavailableError, match="took too long"):
            WebSite(f"https://127.0.0.1:{mute.getsockname()[1]}/").read("letters.csv")
        assert time.monotonic() - began < 3


# -- sizes -------------------------------------------------------------------------------------------------------

CAPS = {
    "index.json": MAX_INDEX,
    "SHA256SUMS": MAX_SUMS,
    "SHA256SUMS.sig": MAX_SMALL,
    "index.json.sig": MAX_SMALL,
    "keys/allowed_signers": MAX_SMALL,
    "keys/12.allowed_signers": MAX_SMALL,
    "keys/12.a.sig": MAX_SMALL,
    "log/checkpoint": MAX_SMALL,
    "checkpoint": MAX_SMALL,
    "log/tile/0/x001/234": MAX_SMALL,
    "tile/0/000.p/7": MAX_SMALL,
    "log/tile/entries/000": MAX_FILE,
    "documents/scan.pdf": MAX_FILE,
    "letters/index.json": MAX_FILE,
}


def test_what_is_read_unsigned_may_be_smaller_than_what_is_not() -> None:
    assert MAX_SMALL < MAX_SUMS < MAX_INDEX < MAX_FILE


@pytest.mark.parametrize("path", CAPS)
def test_every_file_has_its_limit_in_a_folder(tmp_path: Path, path: str) -> None:
    place = tmp_path / path
    place.parent.mkdir(parents=True, exist_ok=True)
    for size in (1, CAPS[path] + 1):
        place.touch()
        os.truncate(place, size)  # a file with a hole: it takes no room
        if size == 1:
            assert FolderSite(str(tmp_path)).read(path) == b"\0"
            continue
        tracemalloc.start()
        with pytest.raises(UnavailableError, match=rf"larger than {CAPS[path]} bytes"):
            FolderSite(str(tmp_path)).read(path)
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
        tracemalloc.stop()
    os.truncate(place, min(CAPS[path], MAX_SUMS))
    data = FolderSite(str(tmp_path)).read(path)
    assert data is not None and len(data) == min(CAPS[path], MAX_SUMS)


@pytest.mark.parametrize("path", CAPS)
def test_a_file_that_says_that_it_is_too_large_is_not_fetched(path: str) -> None:
    def answer(connection: socket.socket, _: str) -> None:
        connection.sendall(OK + f"Content-Length: {CAPS[path] + 1}\r\n\r\n".encode())
        server.pour(connection, bytes(1 << 16))

    with serving(answer) as server:
        with pytest.raises(UnavailableError, match=rf"larger than {CAPS[path]} bytes"):
            WebSite(server.address).read(path)
        server.close()
        assert server.sent < 16 << 20


@pytest.mark.parametrize("head", [OK + b"\r\n", CHUNKED], ids=["until it ends", "chunked"])
def test_a_file_that_does_not_say_how_large_it_is_is_cut_off(head: bytes) -> None:
    part = b"10000\r\n" + bytes(1 << 16) + b"\r\n"

    def answer(connection: socket.socket, _: str) -> None:
        connection.sendall(head)
        server.pour(connection, part)

    with serving(answer) as server:
        for path in ("index.json.sig", "SHA256SUMS"):
            server.sent = 0
            with pytest.raises(UnavailableError, match=rf"larger than {CAPS[path]} bytes"):
                WebSite(server.address).read(path)
            assert server.sent < CAPS[path] + (16 << 20)


def test_a_file_in_tiny_pieces_takes_no_more_memory_than_it_has_bytes() -> None:
    size = 400_000
    with serving(CHUNKED + b"2\r\nab\r\n" * (size // 2) + b"0\r\n\r\n") as server:
        tracemalloc.start()
        data = WebSite(server.address).read("letters.csv")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert data == b"ab" * (size // 2)
    assert peak < 6 * size


def test_the_body_of_a_redirect_is_not_read() -> None:
    def answer(connection: socket.socket, path: str) -> None:
        if path == "/there":
            connection.sendall(OK + b"Content-Length: 2\r\n\r\nhi")
        else:
            connection.sendall(b"HTTP/1.1 302 F\r\nLocation: there\r\n\r\n")
            server.pour(connection, bytes(1 << 16))

    with serving(answer) as server:
        assert WebSite(server.address).read("letters.csv") == b"hi"
        server.close()
        assert server.sent < 16 << 20


# -- redirects ---------------------------------------------------------------------------------------------------


def led(to: Callable[[str], str | None], status: int = 302) -> tuple[bytes | None, list[str]]:
    """Read `a` from a server that redirects a path to where `to` says, or serves it; also return what was asked."""

    def answer(connection: socket.socket, path: str) -> None:
        if (target := to(path)) is None:
            connection.sendall(OK + b"Content-Length: 2\r\n\r\nhi")
            return
        connection.sendall(f"HTTP/1.1 {status} F\r\n".encode() + b"Location: " + target.encode("latin-1") + b"\r\n\r\n")

    with serving(answer) as server:
        port = server.address.removesuffix("/").rpartition(":")[2]
        return WebSite(server.address).read("a"), [path.replace(port, "PORT") for path in server.asked]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_within_one_origin_is_followed(status: int) -> None:
    assert led(lambda path: "/there/b?c=d#e" if path == "/a" else None, status) == (b"hi", ["/a", "/there/b?c=d"])


def test_a_redirect_may_name_the_whole_address(tmp_path: Path) -> None:
    def answer(connection: socket.socket, path: str) -> None:
        where = server.address.replace("http", "HTTP", 1).encode()
        more = b"HTTP/1.1 302 F\r\nLocation: " + where + b"there\r\n\r\n"
        connection.sendall(more if path == "/a" else OK + b"Content-Length: 2\r\n\r\nhi")

    with serving(answer) as server:
        assert WebSite(server.address).read("a") == b"hi"


@pytest.mark.parametrize(
    "target",
    [
        "http://localhost:9/a", "http://127.0.0.1:9/", "https://127.0.0.1/a", "//127.0.0.1:9/a", "ftp://127.0.0.1/a",
        "file:///etc/passwd", "http://127.0.0.1:99999/", "http://[::1", "http://\xe4/", "/\xe4", "/a b", "/a\x1b[2J",
        "", "javascript:x", "http://127.0.0.1:x/",
    ],
)  # fmt: skip
def test_a_redirect_that_leads_anywhere_else_is_not_followed(target: str) -> None:
    asked = []

    def elsewhere(path: str) -> str:
        asked.append(path)
        return target

    with pytest.raises(UnavailableError) as caught:
        led(elsewhere)
    assert caught.value.hint
    assert asked == ["/a"]


def test_a_circle_of_redirects_is_left() -> None:
    asked = []

    def circle(path: str) -> str:
        asked.append(path)
        return path

    with pytest.raises(UnavailableError, match="leads on"):
        led(circle)
    assert len(asked) == site.REDIRECTS + 1


@pytest.mark.parametrize("status", [201, 204, 206, 300, 304, 400, 401, 407, 429, 500, 503, 999])
def test_no_other_status_is_an_answer(status: int) -> None:
    answer = f"HTTP/1.1 {status} X\r\nContent-Length: 2\r\n\r\nhi".encode()
    with serving(answer) as server, pytest.raises(UnavailableError, match=str(status)):
        WebSite(server.address).read("a")


@pytest.mark.parametrize("status", [404, 410])
def test_what_is_gone_is_absent(status: int) -> None:
    with serving(f"HTTP/1.1 {status} X\r\nContent-Length: 2\r\n\r\nhi".encode()) as server:
        assert WebSite(server.address).read("a") is None


# -- what a server may say ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "body", "expected"),
    [
        (b"Content-Length: 2", b"hi", b"hi"),
        (b"Content-Length: 3", b"hi", None),
        (b"Content-Length: 1", b"hi", b"h"),
        (b"Content-Length: " + b"9" * 5000, b"hi", b"hi"),
        (b"Content-Length: " + "٣".encode(), b"hi", b"hi"),
        (b"Content-Length: -1", b"hi", b"hi"),
        (b"Transfer-Encoding: chunked\r\nContent-Length: " + b"9" * 5000, b"1\r\nx\r\n0\r\n\r\n", b"x"),
        (b"Transfer-Encoding: chunked\r\nContent-Length: 77", b"1\r\nx\r\n0\r\n\r\n", b"x"),
        (b"Transfer-Encoding: chunked", b"1\r\nx\r\n", None),
        (b"Transfer-Encoding: chunked", b"-1\r\nx\r\n0\r\n\r\n", None),
        (b"Transfer-Encoding: chunked", b"zz\r\nx\r\n0\r\n\r\n", None),
        (b"X: " + b"x" * 70_000, b"hi", None),
        (b"\r\n".join([b"X: x"] * 200), b"hi", None),
    ],
)
def test_an_answer_is_whole_or_is_none(head: bytes, body: bytes, expected: bytes | None) -> None:
    with serving(OK + head + b"\r\n\r\n" + body) as server:
        if expected is None:
            with pytest.raises(UnavailableError):
                WebSite(server.address).read("a")
        else:
            assert WebSite(server.address).read("a") == expected


PIECES = st.sampled_from(
    [
        b"HTTP/1.1 ", b"HTTP/1.0 200 OK\r\n", OK, b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 302 F\r\n",
        b"\r\n", b"\n", b"\r\n\r\n", b": \r\n", b" folded\r\n", b"Location: /a\r\n", b"Location: http://[\r\n",
        b"Content-Length: 5\r\n", b"Content-Length: -5\r\n", b"hello", b"Transfer-Encoding: chunked\r\n",
        b"5\r\nhello\r\n", b"0\r\n\r\n", b"ffffffffffffffffffff\r\n",
    ]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES | st.binary(max_size=30), max_size=8))
def test_whatever_a_server_says_it_is_an_answer_or_an_error_of_ours(pieces: list[bytes]) -> None:
    with serving(b"".join(pieces)) as server, contextlib.suppress(UnavailableError):
        data = WebSite(server.address).read("a")
        assert data is None or len(data) < 1000


@pytest.mark.parametrize(
    "address",
    ["http://", "http:///a", "http://ada@127.0.0.1/", "http://ada:secret@127.0.0.1/", "http://[::1", "http://h:x/",
     "http://h:99999/", "http://a b/", "http://\u00e4/", "http://a\n/", "https://"],
)  # fmt: skip
def test_an_address_that_is_none_is_not_asked(address: str) -> None:
    with pytest.raises(UsageError) as caught:
        open_site(address)
    assert "secret" not in caught.value.message
    assert caught.value.hint


def test_no_proxy_of_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(OK + b"\r\nproxy") as proxy, serving(OK + b"\r\nserver") as server:
        for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.address)
        assert WebSite(server.address).read("a") == b"server"
        assert proxy.asked == []


# -- TLS ---------------------------------------------------------------------------------------------------------


def certified(folder: Path, host: str) -> ssl.SSLContext:
    """Return the settings of a server whose certificate, in `folder`, vouches for itself."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = datetime.now(tz=UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))]), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    (folder / "certificate").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form, none = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "key").write_bytes(key.private_bytes(serialization.Encoding.PEM, form, none))
    settings = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    settings.load_cert_chain(folder / "certificate", folder / "key")
    return settings


def test_over_https_the_host_must_be_the_one_that_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for host, trusted, expected in (("127.0.0.1", True, b"hi"), ("127.0.0.1", False, None), ("127.0.0.2", True, None)):
        tls = certified(tmp_path, host)
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate") if trusted else os.devnull)
        with serving(OK + b"Content-Length: 2\r\n\r\nhi", tls) as server:
            if expected is None:
                with pytest.raises(UnavailableError, match="certificate"):
                    WebSite(server.address).read("a")
                assert server.asked == []
            else:
                assert WebSite(server.address).read("a") == expected


@pytest.mark.usefixtures("hasty")
def test_over_https_an_answer_that_never_ends_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tls = certified(tmp_path, "127.0.0.1")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate"))

    def answer(connection: socket.socket, _: str) -> None:
        connection.sendall(OK + b"X: ")
        server.pour(connection, b"a", 0.1)

    with serving(answer, tls) as server:
        began = time.monotonic()
        with pytest.raises(UnavailableError, match="took too long"):
            WebSite(server.address).read("letters.csv")
        assert time.monotonic() - began < 3


# -- folders -----------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def as_nobody() -> Iterator[Path]:
    """Yield an empty folder, and be somebody in it whose rights end somewhere, which those of root do not."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        is_root = os.geteuid() == 0
        try:
            if is_root:
                os.seteuid(65534)
            yield folder
        finally:
            if is_root:
                os.seteuid(0)
            for path in (folder, *folder.rglob("*")):
                path.chmod(0o777)


def test_a_folder_that_cannot_be_read_is_not_passed_over() -> None:
    with as_nobody() as folder:
        (folder / "open").mkdir()
        (folder / "closed").mkdir()
        (folder / "closed" / "unlisted").write_text("x")
        (folder / "file").write_text("x")
        (folder / "closed").chmod(0o000)
        (folder / "file").chmod(0o000)
        found = open_site(str(folder))
        for read in (found.paths, partial(found.read, "closed/a"), partial(found.read, "file")):
            with pytest.raises(UnavailableError, match="Permission denied") as caught:
                read()
            assert caught.value.hint
        with pytest.raises(UnavailableError):
            open_site(str(folder / "closed" / "site"))


def dig(folder: Path, name: str, times: int) -> None:
    """Make a folder in a folder, and so on, and a file in the last."""
    here = os.open(folder, os.O_RDONLY)
    for _ in range(times):
        os.mkdir(name, dir_fd=here)
        here, outer = os.open(name, os.O_RDONLY, dir_fd=here), here
        os.close(outer)
    os.close(os.open("file", os.O_CREAT, dir_fd=here))
    os.close(here)


def test_a_folder_too_deep_to_be_opened_is_not_passed_over(tmp_path: Path) -> None:
    dig(tmp_path, "d" * 200, 30)
    with pytest.raises(UnavailableError, match="too long"):
        FolderSite(str(tmp_path)).paths()


def test_a_deep_folder_is_listed_to_its_end(tmp_path: Path) -> None:
    dig(tmp_path, "d", 1500)
    deep = "/".join(["d"] * 1500)
    try:
        assert FolderSite(str(tmp_path)).paths() == {f"{deep}/file"}
        assert FolderSite(str(tmp_path)).read(f"{deep}/file") == b""
    finally:
        (tmp_path / deep / "file").unlink()
        os.removedirs(tmp_path / deep)
        tmp_path.mkdir(exist_ok=True)


@pytest.mark.parametrize("by_handle", [True, False])
def test_links_pipes_and_devices_are_told_and_never_opened(
    tmp_path: Path, by_handle: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not by_handle:
        monkeypatch.setattr(os, "supports_dir_fd", frozenset())  # as on Windows
    folder, outside = tmp_path / "site", tmp_path / "outside"
    outside.mkdir()
    (outside / "file").write_text("secret")
    (folder / "inner").mkdir(parents=True)
    (folder / "file").write_text("plain")
    (folder / "link").symlink_to(outside / "file")
    (folder / "folder").symlink_to(outside)
    (folder / "circle").symlink_to("circle")
    (folder / "zero").symlink_to("/dev/zero")
    os.mkfifo(folder / "pipe")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(folder / "socket"))
        found = open_site(str(folder))
        assert found.paths() == {"file", "link", "folder", "circle", "zero", "pipe", "socket"}
        for path in (
            "link",
            "folder/file",
            "folder",
            "circle",
            "zero",
            "pipe",
            "socket",
            "inner",
            "none",
            "file/x",
            "a/b",
        ):
            assert found.read(path) is None, path
        assert found.read("x" * 300) is None
        assert found.read("file") == b"plain"
    (tmp_path / "named").symlink_to(folder)
    assert open_site(str(tmp_path / "named")).read("file") == b"plain"  # what a person names may be a link


EXCHANGE = """
import os
while True:
    os.symlink("../secret", "new"), os.replace("new", "file")
    os.link("../plain", "new"), os.replace("new", "file")
"""


def test_a_file_that_is_exchanged_for_a_link_meanwhile_is_never_followed(tmp_path: Path) -> None:
    for name in ("secret", "plain"):
        (tmp_path / name).write_text(name)
    folder = tmp_path / "site"
    folder.mkdir()
    with subprocess.Popen([sys.executable, "-c", EXCHANGE], cwd=folder) as busy:
        try:
            found, ends = open_site(str(folder)), time.monotonic() + 2
            while time.monotonic() < ends:
                assert found.read("file") in (b"plain", None)
        finally:
            busy.kill()


def test_a_file_that_holds_more_than_it_says_is_not_read_to_its_end() -> None:
    if not Path("/proc/self/maps").exists():
        pytest.skip("no file here holds more than it says")
    with pytest.raises(UnavailableError, match="grew"):
        open_file("/proc/self/maps")


def test_a_folder_that_goes_away_is_not_an_empty_one(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    found = open_site(str(tmp_path / "site"))
    (tmp_path / "site").rmdir()
    for read in (lambda: found.read("file"), found.paths):
        with pytest.raises(UnavailableError, match=re.escape(os.strerror(2))):
            read()
