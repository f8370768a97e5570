"""The arguments of each command: one module a command, which is imported only when its command is typed.

To add one: a module here with `add(parser)` and `run(options)`, and one row in COMMANDS. What a module imports from
commands/ it imports within `run`, so that asking for help, or a slip in an argument, costs nothing.
"""

import argparse
from collections.abc import Mapping
from importlib import import_module
from typing import Protocol, cast

COMMANDS: Mapping[str, str] = {
    "new": "write a letter's record, by flags or by questions",
    "add": "attach a file to a letter, once it was searched for what it hides",
    "correct": "change a record, with the note that readers see",
    "withdraw": "take a published letter off the site, with the reason that readers see",
    "check": "judge the records and say everything that is wrong with them",
    "publish": "make a signed publication of a commit",
    "verify": "audit a publication against its signatures and against git",
    "history": "list every landed revision of a record",
    "init": "make a new archive for another organisation, ready to commit",
    "promote": "take a letter from a private intake repository into the public archive",
    "hooks": "have git check what is committed and what is pushed",
    "serve": "show a draft of the site on this machine",
    "preview": "show what a pull request would publish: its pages in a folder, and a summary",
    "cite": "say whether a cited letter is unchanged, corrected since, withdrawn, or never was",
    "keys": "show the key lists, who signed them, and whether they hold",
    "prove": "prove that one version of a record is in the log",
    "verify-proof": "check such a proof, without a clone or a network",
}
"""Every command and what it does, in the order in which `letterbook --help` lists them."""


class Arguments(Protocol):
    """A module of this folder."""

    def add(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""

    def run(self, options: argparse.Namespace) -> int:
        """Run the command with them and return its exit status."""


def of(command: str) -> Arguments:
    """Return the module of a command that stands in COMMANDS."""
    return cast(Arguments, import_module(f"{__name__}.{command.replace('-', '_')}"))
