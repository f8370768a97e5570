"""The arguments of letterbook new."""

import argparse
from typing import Any

_BASES = ("stated", "inferred", "reported")
_DATE = "2019-02-18, 2019-02, 2019, 2021-01/2021-04 or unknown"
_FLAGS: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("--from", {"action": "append", "metavar": "WHO", "dest": "from_"},
     "who wrote it; again for more; class:TEXT for a group without names"),
    ("--to", {"action": "append", "metavar": "WHO"}, "to whom; public for the public at large"),
    ("--sent", {"metavar": "DATE"}, f"when it was written or sent: {_DATE}"),
    ("--sent-basis", {"choices": _BASES}, "how that is known (default: stated)"),
    ("--received", {"metavar": "DATE"}, "when it was received"),
    ("--received-basis", {"choices": _BASES}, "how that is known (default: stated)"),
    ("--first-published", {"metavar": "DATE"}, "when it was first made public, by whomever"),
    ("--first-published-basis", {"choices": _BASES}, "how that is known (default: stated)"),
    ("--thread", {"metavar": "THREAD"}, "the thread that it belongs to"),
    ("--reply-to", {"action": "append", "metavar": "LETTER"}, "the letter that it replies to; again for more"),
    ("--reply-basis", {"choices": _BASES}, "how that is known (default: stated)"),
    ("--title", {"metavar": "TEXT"}, "its title, as printed on it"),
    ("--supplied-title", {"metavar": "TEXT"}, "what the archive calls it if it has no title; shown in [brackets]"),
    ("--kind", {"metavar": "KIND"}, "what it is (default: letter, or reply if it replies)"),
    ("--language", {"action": "append", "metavar": "TAG"}, "its language, such as en (default: the archive's)"),
    ("--summary", {"metavar": "TEXT"}, "what it says, in our own neutral words"),
    ("--source", {"action": "append", "metavar": "URL_OR_TEXT"}, "where it was seen; again for more"),
    ("--availability", {"choices": ("full-text", "excerpt", "described", "reported")}, "how much of it was seen"),
    ("--question", {"action": "append", "metavar": "TEXT"}, "what it asks; again for each; numbered 1, 2, 3"),
    ("--wording", {"choices": ("paraphrase", "verbatim")}, "whose words the questions are (default: paraphrase)"),
    ("--extent", {"choices": ("complete", "partial", "unknown", "none")},
     "whether these are all its questions (default: unknown)"),
    ("--id", {"metavar": "ID"}, "its id (default: made of date, sender and addressee)"),
    ("--new-party", {"action": "append", "nargs": 2, "metavar": ("NAME", "KIND")},
     "first list a new organisation: company, civil-society, academic, public-body, fund, group or media"),
    ("--new-thread", {"metavar": "TITLE"}, "first list a new thread, to which the letter belongs"),
)  # fmt: skip


def add(parser: argparse.ArgumentParser) -> None:
    """Declare them."""
    parser.usage = "letterbook new [--FIELD VALUE ...] [--commit | --no-commit]"
    parser.description = (
        "Write a letter's record. On a terminal, letterbook asks for what is missing. Organisations, threads and "
        "letters are named by id or name; what has a default need not be given."
    )
    for name, settings, what in _FLAGS:
        default: Any = [] if settings.get("action") == "append" else ""
        parser.add_argument(name, help=what, default=default, **settings)
    parser.add_argument(
        "--commit", action=argparse.BooleanOptionalAction, default=None,
        help="commit it, as the archive's own identity (default: ask on a terminal, else do not)",
    )  # fmt: skip


def run(options: argparse.Namespace) -> int:
    """Run the command with them."""
    from publisher.commands.interview import Given
    from publisher.commands.new import new

    given = {name: value for name, value in vars(options).items() if name not in ("command", "commit")}
    return new(Given(**given), commit=options.commit)
