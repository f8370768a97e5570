"""A person at a terminal: a real pseudo-terminal, driven by waiting for what is shown and typing an answer.

    with Person(folder, "new") as person:
        person.sees("Who wrote it?")
        person.types("acme")
        person.sees("1  Acme Optics")
        person.types("")                    # Enter
        assert person.ends() == 0

What was shown is in `screen`, as text, as far as line editing goes: a line that was drawn again counts once.
Standard output may be a file of its own, as with `letterbook new > paths`.
"""

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from tests.command import LETTERBOOK

PATIENCE = 60.0
"""Seconds to wait for something to be shown; generous, for machines that are busy."""

_PARTS = re.compile(r"\x1b\[\??(?P<number>[0-9]*)[0-9;]*(?P<order>[A-Za-z@])|\x1b[=>]|[\s\S]")


class Person:
    """Somebody who runs letterbook on a terminal of 80 columns."""

    def __init__(
        self, folder: Path, *arguments: str, columns: int = 80, program: str = LETTERBOOK, out: Path | None = None,
        env: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        self.raw = b""
        self._read = 0
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        base = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "INPUTRC")}
        output = out.open("wb") if out is not None else None
        self._process = subprocess.Popen(
            [program, *arguments], cwd=folder, stdin=slave, stdout=output or slave, stderr=slave,
            env=base | {"TERM": "xterm", "LC_ALL": "C.UTF-8", "INPUTRC": os.devnull} | dict(env or {}),
            start_new_session=True, preexec_fn=_take_terminal,
        )  # fmt: skip
        os.close(slave)
        if output is not None:
            output.close()

    def __enter__(self) -> "Person":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        os.close(self._master)

    @property
    def screen(self) -> str:
        """Everything that was shown so far."""
        return plain(self.raw)

    def sees(self, text: str, *, prompt: bool = False) -> str:
        """Wait until something is shown that was not there at the last look; with `prompt`, as a question."""
        end = time.monotonic() + PATIENCE
        while True:
            new = self.screen[self._read :]
            at = new.find(text)
            if at >= 0 and (not prompt or new.endswith("> ")):
                self._read += at + len(text)
                return new
            if not self._more(end - time.monotonic()):
                raise AssertionError(f"waited for {text!r}; on the screen:\n{self.screen}")

    def types(self, text: str, *, enter: bool = True) -> None:
        """Type an answer at the prompt that is shown, and Enter."""
        self._awaits()
        self.sends(text.encode() + (b"\r" if enter else b""))

    def answers(self, question: str, text: str) -> None:
        """Wait for a question and answer it."""
        self.sees(question)
        self.types(text)

    def replaces(self, question: str, text: str) -> None:
        """Wait for a question whose answer is there already, wipe that out, and type another."""
        self.sees(question)
        self._awaits(filled=True)
        self.sends(b"\x15" + text.encode() + b"\r")

    def keeps(self, question: str) -> None:
        """Wait for a question whose answer is there already, and take it as it is."""
        self.sees(question)
        self._awaits(filled=True)
        self.sends(b"\r")

    def sends(self, data: bytes) -> None:
        """Press keys, whatever is shown."""
        self._read = len(self.screen)
        while data:
            written = os.write(self._master, data[:512])
            data = data[written:]
            if data:
                self._more(0.01)

    def interrupts(self) -> None:
        """Press Ctrl-C, again if nothing comes of it: readline may miss one that comes just as it begins to wait."""
        for _ in range(20):
            self.sends(b"\x03")
            if self._more(1.0) and self._gone():
                return

    def ends(self) -> int:
        """Wait for the end and return the exit status."""
        end = time.monotonic() + PATIENCE
        while self._more(end - time.monotonic()):
            pass
        status = self._process.wait(PATIENCE)
        assert "Traceback" not in self.screen, self.screen
        return status

    def _gone(self) -> bool:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(2.0)
        return self._process.poll() is not None

    def signals(self, number: signal.Signals) -> None:
        """Send a signal."""
        self._process.send_signal(number)

    def _awaits(self, *, filled: bool = False) -> None:
        """Wait for the prompt; it is there before the keys, so that they are echoed behind it."""
        end = time.monotonic() + PATIENCE
        pattern = re.compile(r"(^|\n)> [^\n]*$" if filled else r"(^|\n)> $")
        while not pattern.search(self.screen[max(self._read - 2, 0) :]):
            if not self._more(end - time.monotonic()):
                raise AssertionError(f"waited for a prompt; on the screen:\n{self.screen}")

    def _more(self, seconds: float) -> bool:
        """Take in what is shown next; False if nothing comes any more."""
        if seconds <= 0 or not select.select([self._master], [], [], max(seconds, 0))[0]:
            return False
        data = b""
        with contextlib.suppress(OSError):
            data = os.read(self._master, 65536)
        self.raw += data
        return bool(data)


def _take_terminal() -> None:
    """Make the terminal the program's own, and Ctrl-C heard: tests that run in the background ignore it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def plain(raw: bytes) -> str:
    """Return what a terminal shows: of a line that was drawn again the last drawing."""
    rows: list[list[str]] = [[]]
    column = 0
    for found in _PARTS.finditer(raw.decode("utf-8", "replace").replace("\r\n", "\n")):
        part, row = found[0], rows[-1]
        number = int(found["number"] or 1) if found["number"] is not None else 1
        if part == "\n":
            rows.append([])
            column = 0
        elif part == "\r":
            column = 0
        elif part == "\b":
            column = max(column - 1, 0)
        elif found["order"] == "K":
            del row[column:]
        elif found["order"] == "C":
            column += number
        elif found["order"] == "D":
            column = max(column - number, 0)
        elif found["order"] == "P":
            del row[column : column + number]
        elif found["order"] == "@":
            row[column:column] = [" "] * number
        elif len(part) == 1 and part >= " ":
            row += [" "] * (column - len(row))
            row[column : column + 1] = [part]
            column += 1
    return "\n".join("".join(row) for row in rows)


# -- transcripts -----------------------------------------------------------------------------------------------


def replay(transcript: str, folder: Path, env: Mapping[str, str] | None = None) -> str:
    """Run a transcript as printed, and return what was shown, which is the same text if it is true.

    A line `$ COMMAND` is typed to a shell; a line `> TEXT` answers a question, and Ctrl-U wipes out an answer that is
    there already, unless it is this one; `^C` at the end is Ctrl-C. All else must be shown; COMMIT is a commit's id.
    """
    shown = []
    for block in re.split(r"^(?=\$ )", transcript, flags=re.MULTILINE):
        if not block.startswith("$ "):
            shown.append(block)
            continue
        command, _, rest = block.partition("\n")
        with Person(folder, "-c", command[2:], program="/bin/sh", env=env) as person:
            expected = ""
            for row in rest.splitlines(keepends=True):
                expected += row
                if row.startswith("> "):
                    _answer(person, expected, row[2:-1])
            person.ends()
            screen = _COMMIT.sub("COMMIT", person.screen)
        shown.append(f"{command}\n{screen}" + ("\n" if rest.endswith("\n\n") else ""))
    return "".join(shown)


_COMMIT = re.compile(r"\b(?=[a-f0-9]*[0-9])[0-9a-f]{12}\b")


def _answer(person: Person, expected: str, text: str) -> None:
    """Answer once the screen holds as many lines as it should and ends in a prompt."""
    end = time.monotonic() + PATIENCE
    prompt = expected.count("\n")
    while True:
        rows = person.screen.split("\n")
        if len(rows) == prompt and rows[-1].startswith("> "):
            break
        if len(rows) > prompt or not person._more(end - time.monotonic()):
            raise AssertionError(f"not as printed:\n{person.screen}")
    if text.endswith("^C"):
        person.sends(text[:-2].encode())
        person.interrupts()
    elif rows[-1] == f"> {text}":
        person.sends(b"\r")
    else:
        person.sends(b"\x15" + text.encode() + b"\r")
