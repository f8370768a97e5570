"""The arguments of letterbook withdraw."""

import argparse


def add(parser: argparse.ArgumentParser) -> None:
    """Declare them."""
    parser.description = (
        "Take a published letter off the site: its id and the reason stay, and the history keeps what it said. "
        "'letterbook correct' can publish it again."
    )
    parser.add_argument("id", metavar="ID", help="a letter's id")
    parser.add_argument(
        "--reason", default="", metavar="TEXT", help="why; it is published, and readers see it for good"
    )
    parser.add_argument(
        "--pending-review", action="store_true",
        help="at once, without another question: readers see that it is being reviewed; commits unless --no-commit",
    )  # fmt: skip
    parser.add_argument(
        "--commit", action=argparse.BooleanOptionalAction, default=None,
        help="commit it, as the archive's own identity (default: ask on a terminal, else do not)",
    )  # fmt: skip


def run(options: argparse.Namespace) -> int:
    """Run the command with them."""
    from publisher.commands.withdraw import withdraw

    return withdraw(options.id, reason=options.reason, pending_review=options.pending_review, commit=options.commit)
