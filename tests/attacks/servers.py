"""Attacks by a web server on whoever verifies what it serves."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest.mock import patch

import publisher.site
from publisher.publish import SUMS, format_sums
from tests.attacks.attack import Result, attack
from tests.attacks.rows import SERVER
from tests.attacks.scene import Desk, harmless

Answer = Callable[[BaseHTTPRequestHandler], None]
MIB = 1 << 20
PLENTY = 16 * MIB
MANY = 2000


class Quiet(ThreadingHTTPServer):
    """Says nothing of clients who hang up."""

    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def serving(answer: Answer) -> Iterator[str]:
    """Yield the address of a server on loopback that answers every request so."""

    class Handler(BaseHTTPRequestHandler):
        do_GET = answer  # noqa: N815 - the name that http.server looks for

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with Quiet(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@attack(SERVER, "site: one origin", shows=())
def redirect_to_another_host(desk: Desk) -> Result:
    """A server sends the auditor's program on to a machine that only the auditor can reach."""
    asked: list[str] = []

    def inner(request: BaseHTTPRequestHandler) -> None:
        asked.append(request.path)
        request.send_error(404)

    with serving(inner) as target:

        def outer(request: BaseHTTPRequestHandler) -> None:
            request.send_response(302)
            request.send_header("Location", f"{target}shutdown")
            request.end_headers()

        with serving(outer) as address:
            desk.audit(address)
    return harmless(happened=bool(asked), said="the other host was not asked")


@attack(SERVER, "site: sizes", shows=())
def endless_signature(desk: Desk) -> Result:
    """A server answers the request for a signature with as many bytes as the auditor's memory takes."""
    sent = 0

    def answer(request: BaseHTTPRequestHandler) -> None:
        nonlocal sent
        if not request.path.endswith("index.json.sig"):
            request.send_error(404) if "SUMS" in request.path else request.send_response(200)
            request.end_headers()
            return
        request.send_response(200)
        request.end_headers()
        with contextlib.suppress(OSError):
            while sent < PLENTY:
                sent += request.wfile.write(bytes(MIB // 4))

    with serving(answer) as address:
        desk.audit(address)
    return harmless(happened=sent >= PLENTY, said="the answer was cut off")


@attack(SERVER, "keys: not very many files", shows=())
def thousands_of_key_lists(desk: Desk) -> Result:
    """A server names thousands of key lists and signatures, all to be fetched before anything is verified."""
    asked: list[str] = []
    files = ("allowed_signers", "a.sig", "b.sig")
    names = sorted(f"keys/{number}.{file}" for number in range(3, 3 + MANY // 3) for file in files)
    sums = format_sums(dict.fromkeys(names, "0" * 64))

    def answer(request: BaseHTTPRequestHandler) -> None:
        asked.append(request.path)
        if request.path != f"/{SUMS}":
            request.send_error(404)
            return
        request.send_response(200)
        request.end_headers()
        request.wfile.write(sums)

    with serving(answer) as address:
        desk.audit(address)
    return harmless(happened=len(asked) > len(names), said=f"{len(asked)} files were asked for")


@attack(SERVER, "site: a deadline", shows=())
def answer_that_never_ends(desk: Desk) -> Result:
    """A server sends a byte now and then, so that the audit neither fails nor ends."""
    ended: list[bool] = []

    def answer(request: BaseHTTPRequestHandler) -> None:
        if "SUMS" not in request.path or ended:
            request.send_error(404)
            return
        ended.append(False)
        request.send_response(200)
        request.end_headers()
        with contextlib.suppress(OSError):
            for _ in range(25):
                request.wfile.write(b"a")
                time.sleep(0.1)
            ended[0] = True

    soon = publisher.site.DEADLINE / 1000  # 0.3 seconds, so that nobody waits for the test
    with serving(answer) as address, patch.object(publisher.site, "DEADLINE", soon):
        desk.audit(address)
    return harmless(happened=ended == [True], said="the answer was given up")
