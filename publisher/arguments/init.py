"""The arguments of letterbook init."""

import argparse
from pathlib import Path

ASKED = {
    "name": "the archive's name",
    "publisher": "who publishes it",
    "origin": "the name of its log, fixed for life: a domain and a path, such as letterbook.example/harbour-letters",
    "authority": "a domain of yours and a year in which it was yours, fixed for life, such as letterbook.example,2026",
    "site": "the address it will be published at, with a slash at the end",
    "language": "the language it is written in, such as en",
    "licence": "the licence of its own words, such as CC0-1.0",
    "identity": 'who commits, never a person: "Harbour archive <archive@letterbook.example>"',
}
"""What no archive can do without, in the order in which it is asked for."""


def add(parser: argparse.ArgumentParser) -> None:
    """Declare them."""
    parser.description = (
        "Make a new archive for another organisation, ready to commit. On a terminal, letterbook asks for what is "
        "missing. Nothing is written if anything is refused, or into a folder that holds anything."
    )
    parser.add_argument("folder", type=Path, metavar="DIR", help="an empty folder, or one that is not there yet")
    for name, text in ASKED.items():
        parser.add_argument(f"--{name}", metavar="TEXT", help=text.replace("%", "%%"))
    parser.add_argument("--description", metavar="TEXT", help="what it holds, in a sentence or two")
    parser.add_argument("--disclaimer", metavar="TEXT", help="what every page says of its standing")
    parser.add_argument("--owners", metavar="@NAME", help="who must agree to changes, for CODEOWNERS")
    parser.add_argument(
        "--action", metavar="OWNER/NAME@COMMIT", help="the repository and commit of Letterbook that the workflows use"
    )
    parser.add_argument(
        "--commit", action=argparse.BooleanOptionalAction, default=None,
        help="make a git repository of it, with a first commit (default: ask on a terminal, else do not)",
    )  # fmt: skip


def run(options: argparse.Namespace) -> int:
    """Run the command with them."""
    from publisher.commands.init import init

    given = {name: getattr(options, name) for name in (*ASKED, "description", "disclaimer", "owners", "action")}
    return init(options.folder, given, commit=options.commit)
