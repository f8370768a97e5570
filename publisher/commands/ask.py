"""Questions on a terminal: asked on standard error, answered a line at a time, asked again until an answer will do.

Nothing that was typed, and nothing of a record, is shown in a way that could move the cursor. Ctrl-D means Ctrl-C.
"""

import os
import shutil
import sys
import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from types import ModuleType
from typing import TypeVar

from publisher.choices import Choice, exact, near
from publisher.text import visible

T = TypeVar("T")
MOST = 15
"""Choices shown at once."""


class SlipError(ValueError):
    """An answer that will not do, and what to do about it."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


def is_answered() -> bool:
    """Whether there is somebody to ask: standard input and standard error are terminals."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def shown(text: str) -> str:
    """Return a text as it may be shown."""
    return "".join(visible(text))


def say(text: str = "", *, indent: int = 0, hang: int = 0) -> None:
    """Say something to the person, wrapped to the terminal."""
    width = min(shutil.get_terminal_size().columns, 80) - 1
    margin = " " * indent
    for row in text.split("\n"):
        rows = textwrap.wrap(
            shown(row), width, initial_indent=margin, subsequent_indent=margin + " " * hang, break_on_hyphens=False
        )
        print("\n".join(rows), file=sys.stderr)


class Terminal:
    """Somebody at a terminal, with line editing and completion by TAB where this Python has readline."""

    def __init__(self) -> None:
        self._words: Sequence[str] = ()
        self._old = ""
        self._readline = _readline()
        if self._readline is not None:
            self._readline.set_auto_history(False)
            self._readline.set_completer_delims("")
            self._readline.set_completer(self._complete)
            is_libedit = "libedit" in (self._readline.__doc__ or "")
            self._readline.parse_and_bind("bind ^I rl_complete" if is_libedit else "tab: complete")
            self._readline.set_startup_hook(self._begin)

    def line(self, *, words: Sequence[str] = (), old: str = "") -> str:
        """Read one line, which may begin as `old`; KeyboardInterrupt if the person has had enough."""
        self._words, self._old = words, old if old.isprintable() else ""
        if self._readline is None and self._old:
            say(f"Enter takes: {self._old}", indent=2, hang=2)
        try:
            with _prompts_on_stderr():
                typed = input("> ")
        except EOFError:
            print(file=sys.stderr)
            raise KeyboardInterrupt from None
        if self._readline is None and not typed:
            typed = self._old
        return " ".join(typed.replace("\r", "\n").split("\n")).strip(" ")

    def ask(self, question: str, accept: Callable[[str], T], *, old: str = "", keeps: bool = True) -> T:
        """Ask until `accept` takes the answer; what it raises as SlipError is said, and the question stands.

        An answer that will not do is there to be mended, unless it is too short for that (`keeps` is False).
        """
        say(f"\n{question}")
        while True:
            typed = self.line(old=old)
            try:
                return accept(typed)
            except SlipError as slip:
                complain(slip)
                old = typed if keeps else ""

    def choose(self, question: str, options: Sequence[tuple[str, str]], *, default: str = "") -> str:
        """Ask for one of some words, by its number or by itself; Enter takes the default where there is one."""
        say(f"\n{question}")
        known = [value for value, _ in options]
        for number, (value, meaning) in enumerate(options, 1):
            enter = "  (Enter)" if value == default else ""
            say(f"{number:>2}  {value}{f': {meaning}' if meaning else ''}{enter}", indent=1, hang=4)
        while True:
            typed = self.line(words=known)
            if not typed and default:
                return default
            if typed.isdecimal() and 1 <= int(typed[:6]) <= len(known):
                return known[int(typed) - 1]
            if (value := typed.casefold().replace(" ", "-")) in known:
                return value
            complain(SlipError(f"type a number from 1 to {len(known)}, or the word itself"))

    def confirm(self, question: str, *, default: bool) -> bool:
        """Ask for yes or no."""

        def accept(typed: str) -> bool:
            if not typed:
                return default
            if typed.casefold() in ("y", "yes", "n", "no"):
                return typed.casefold()[0] == "y"
            raise SlipError("type y for yes or n for no")

        return self.ask(f"{question} ({'Y/n' if default else 'y/N'})", accept, keeps=False)

    def pick(
        self,
        question: str,
        choices: Sequence[Choice],
        *,
        optional: bool = False,
        new: str = "",
    ) -> Choice | str | None:
        """Ask for one of the choices by a part of its name, its id or its number.

        Gives back what was typed where it is none of them and `new` says what it would then be; None for nothing.
        """
        say(f"\n{question}")
        offered: Sequence[Choice] = ()
        last, words = "", [word for choice in choices for word in choice.words]
        while True:
            typed = self.line(words=words)
            if not typed and optional and not last:
                return None
            if not typed and len(offered) == 1:
                typed = "1"
            if typed == "?":
                last, offered = "?", choices
                _list(choices, "", "")
            elif typed == "0" and new and last not in ("", "?"):
                return last
            elif typed.isdecimal() and 1 <= int(typed[:6]) <= len(offered):
                return _confirmed(offered[int(typed) - 1])
            elif found := exact(typed, choices):
                return _confirmed(found)
            elif typed and not typed.isdecimal():
                offer = near(typed, choices)
                last, offered = typed, offer.choices[:MOST]
                if offer.alike and offered:
                    say("Did you mean one of these?", indent=2)
                _list(offer.choices, last, new)
            else:
                complain(SlipError("type a part of the name, a number of the list, or ? for the whole list"))

    # -- readline ------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        if self._readline is not None and self._old:
            self._readline.insert_text(self._old)

    def _complete(self, typed: str, state: int) -> str | None:
        found = {word for word in self._words if word.startswith(typed)}
        found = found or {word for word in self._words if word.casefold().startswith(typed.casefold())}
        return sorted(found)[state] if typed and state < len(found) else None


def complain(slip: SlipError) -> None:
    """Say what is wrong with an answer."""
    say(slip.message, indent=2)
    if slip.hint:
        say(slip.hint, indent=2)


def _confirmed(choice: Choice) -> Choice:
    say(f"= {choice.name} ({choice.id})", indent=2, hang=2)
    return choice


def _list(choices: Sequence[Choice], typed: str, new: str) -> None:
    for number, choice in enumerate(choices[:MOST] if typed else choices, 1):
        say(f"{number:>2}  {choice.name} ({choice.id})", indent=1, hang=4)
    if typed and len(choices) > MOST:
        say(f"and {len(choices) - MOST} more: type more of the name", indent=5)
    if new and typed:
        say(f' 0  none of these: {new} "{typed}"', indent=1, hang=4)
    if len(choices) == 1 and typed:
        say("Enter takes 1.", indent=5)
    elif not choices and not new:
        say("There is nothing like that here; ? lists what there is.", indent=2)


def _readline() -> ModuleType | None:
    with suppress(ImportError):
        import readline

        return readline
    return None


@contextmanager
def _prompts_on_stderr() -> Iterator[None]:
    """Let readline, which knows standard output alone, speak to standard error: standard output is for data."""
    sys.stdout.flush()
    sys.stderr.flush()
    kept = os.dup(1)
    try:
        os.dup2(2, 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
