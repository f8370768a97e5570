"""Real readers of feeds, and a desk that publishes for them on loopback.

desk = Desk(folder)             # a served folder; desk.told lands commits
desk.publish()                  # builds, seals and writes, as the command does
reader = Newsboat(folder, desk.address + "feed.atom")
reader.fetch()                  # and then reader.unread, reader.cached ...
"""

import hashlib
import mailbox
import os
import sqlite3
import subprocess
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email.message import Message
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from publisher.publish import Seal, build, seal
from publisher.signatures.keys import generate_private_key, load_private_key
from publisher.write import write
from tests.correspondence import ARCHIVE, Told
from tests.tools import need

DAY = 1_750_000_000
"""When the first publication is written, as the server's files say; every further one is an hour later."""


class Handler(SimpleHTTPRequestHandler):
    """A file server that answers conditional requests (RFC 9110, sections 13 and 15.4.5) and notes its answers.

    The base class leaves If-None-Match to others, and says in an answer of 304 neither tag nor time.
    """

    def __init__(self, *arguments: Any, answers: list[tuple[str, int]], with_tags: bool, **more: Any) -> None:
        self._answers, self._with_tags, self._tag = answers, with_tags, ""
        super().__init__(*arguments, **more)

    def do_GET(self) -> None:
        """Answer 304 where the reader's copy has the file's tag, or else its time."""
        file = Path(self.translate_path(self.path))
        if not file.is_file():
            super().do_GET()
            return
        self._tag = f'"{hashlib.sha256(file.read_bytes()).hexdigest()[:16]}"' if self._with_tags else ""
        time = self.date_time_string(int(file.stat().st_mtime))
        asked = self.headers.get("If-None-Match")
        if asked == self._tag if asked is not None else self.headers.get("If-Modified-Since") == time:
            self.send_response(HTTPStatus.NOT_MODIFIED)
            self.send_header("Last-Modified", time)
            self.end_headers()
        else:
            super().do_GET()

    def end_headers(self) -> None:
        if self._tag:
            self.send_header("ETag", self._tag)
        super().end_headers()

    def log_request(self, code: Any = "-", size: Any = "-") -> None:
        self._answers.append((self.path, int(code)))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as http.server calls it
        pass


@contextmanager
def served(folder: Path, *, with_tags: bool = True) -> Iterator[tuple[str, list[tuple[str, int]]]]:
    """Serve a folder on loopback; give its address, and the list of answers: path and status."""
    answers: list[tuple[str, int]] = []
    handler = partial(Handler, directory=str(folder), answers=answers, with_tags=with_tags)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/", answers
        server.shutdown()
        thread.join()


class Desk:
    """An archive that is published into a served folder, again and again."""

    def __init__(self, folder: Path, address: str, answers: list[tuple[str, int]]) -> None:
        self.folder, self.address, self.answers = folder, address, answers
        self.told = Told({**ARCHIVE, "site": address})
        self._signer = load_private_key(generate_private_key("desk"))
        self._now = DAY

    def publish(self) -> list[str]:
        """Publish what landed; return the paths that changed. Files that did not keep their time."""
        index = self.told.index()
        by = Seal(signer=self._signer, key_lists={}, trusted=False)
        files = seal(build(index, self.told.contents), index.log, by)
        before = {path: (self.folder / path).stat().st_ino for path in files if (self.folder / path).exists()}
        write(files, self.folder)
        changed = [path for path in files if (self.folder / path).stat().st_ino != before.get(path)]
        self._now += 3600
        for path in changed:
            os.utime(self.folder / path, (self._now, self._now))
        return changed

    def land(self, documents: Mapping[str, Mapping[str, Any] | None]) -> list[str]:
        """Commit documents and publish."""
        self.told.land(documents)
        return self.publish()


class Reader(ABC):
    """A program that subscribes to one feed; its files are in a home of its own."""

    def __init__(self, folder: Path, feed: str) -> None:
        self.home = folder / type(self).__name__.lower()
        self.home.mkdir()
        self.feed = feed

    @abstractmethod
    def fetch(self) -> None:
        """Ask for the feed once."""

    @abstractmethod
    def news(self) -> list[str]:
        """The ids of what the reader shows as new since this was last asked."""

    @abstractmethod
    def kept(self) -> str:
        """All text that the reader keeps."""

    def run(self, *command: str) -> str:
        environment = {"HOME": str(self.home), "LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"], "USER": "reader"}
        done = subprocess.run(
            [need(command[0]), *command[1:]], env=environment, capture_output=True, text=True, check=False, timeout=120
        )
        assert done.returncode == 0, (command, done.stdout, done.stderr)
        return done.stdout


class Newsboat(Reader):
    """Newsboat: items that are unread; all text in its cache."""

    def __init__(self, folder: Path, feed: str) -> None:
        super().__init__(folder, feed)
        (self.home / "urls").write_text(f"{feed}\n", encoding="utf-8")
        (self.home / "config").write_text("auto-reload no\nmax-items 0\n", encoding="utf-8")
        self.files = ["-u", str(self.home / "urls"), "-C", str(self.home / "config"), "-c", str(self.home / "cache.db")]

    def fetch(self) -> None:
        self.run("newsboat", *self.files, "-x", "reload")

    def rows(self, columns: str, where: str = "1") -> list[tuple[Any, ...]]:
        with sqlite3.connect(self.home / "cache.db") as cache:
            return cache.execute(f"select {columns} from rss_item where {where}").fetchall()

    def news(self) -> list[str]:
        found = [guid for (guid,) in self.rows("guid", "unread = 1 and deleted = 0")]
        assert self.run("newsboat", *self.files, "-x", "print-unread").split()[0] == str(len(found))
        with sqlite3.connect(self.home / "cache.db") as cache:
            cache.execute("update rss_item set unread = 0")
        return sorted(found)

    def kept(self) -> str:
        return repr(self.rows("*"))


class Mail(Reader):
    """rss2email: mails that came; all mails."""

    def __init__(self, folder: Path, feed: str, **settings: str) -> None:
        super().__init__(folder, feed)
        self.files = ["-c", str(self.home / "config"), "-d", str(self.home / "data.json")]
        self.run("r2e", *self.files, "new", "reader@reader.example")
        ours = {"email-protocol": "maildir", "maildir-path": str(self.home / "mail"), "maildir-mailbox": "inbox"}
        config = (self.home / "config").read_text("utf-8").splitlines()
        rest = [line for line in config if line.partition(" = ")[0] not in ours.keys() | settings.keys()]
        lines = [f"{name} = {value}" for name, value in (ours | settings).items()]
        (self.home / "config").write_text("\n".join([rest[0], *lines, *rest[1:], ""]), encoding="utf-8")
        for name in ("cur", "new", "tmp"):
            (self.home / "mail" / "inbox" / name).mkdir(parents=True)
        self.run("r2e", *self.files, "add", "letters", feed)
        self._seen: set[str] = set()

    def fetch(self) -> None:
        self.run("r2e", *self.files, "run")

    def mails(self) -> dict[str, Message]:
        """All mails by their key in the folder."""
        return dict(mailbox.Maildir(self.home / "mail" / "inbox", create=False).items())

    def news(self) -> list[str]:
        mails = self.mails()
        fresh = [str(mail["X-RSS-ID"]) for key, mail in mails.items() if key not in self._seen]
        self._seen = set(mails)
        return sorted(fresh)

    def kept(self) -> str:
        return repr([self.text(mail) for mail in self.mails().values()])

    @staticmethod
    def text(mail: Message) -> str:
        """The subject and the body of a mail."""
        body = mail.get_payload(decode=True)
        assert isinstance(body, bytes)
        return f"{mail['Subject']}\n{body.decode()}"


class Sfeed(Reader):
    """sfeed: rows whose address is not in the list of read ones (sfeed_curses with SFEED_URL_FILE); all rows."""

    def __init__(self, folder: Path, feed: str) -> None:
        super().__init__(folder, feed)
        self.read = self.home / "read"
        self.read.touch()
        path = f"sfeedpath={self.home / 'feeds'}\n"
        (self.home / "sfeedrc").write_text(f"{path}feeds() {{\n\tfeed letters {feed}\n}}\n", encoding="utf-8")

    def fetch(self) -> None:
        need("curl")
        self.run("sfeed_update", str(self.home / "sfeedrc"))

    def rows(self) -> list[list[str]]:
        """The rows that sfeed keeps: time, title, link, content, type, id, ..."""
        return [line.split("\t") for line in (self.home / "feeds" / "letters").read_text("utf-8").splitlines()]

    def news(self) -> list[str]:
        read = set(self.read.read_text("utf-8").splitlines())
        fresh = {row[5] for row in self.rows() if row[2] not in read}
        links = "".join(f"{row[2]}\n" for row in self.rows())
        subprocess.run([need("sfeed_markread"), "read", self.read], input=links, text=True, check=True, timeout=60)
        return sorted(fresh)

    def kept(self) -> str:
        return (self.home / "feeds" / "letters").read_text("utf-8")


READERS: tuple[type[Reader], ...] = (Newsboat, Mail, Sfeed)
