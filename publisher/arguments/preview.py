"""The arguments of letterbook preview."""

import argparse
from pathlib import Path


def add(parser: argparse.ArgumentParser) -> None:
    """Declare them."""
    parser.add_argument(
        "--base",
        metavar="COMMIT",
        help="what is published (default: the merge base with the remote's default branch, else HEAD)",
    )
    parser.add_argument("--at", metavar="COMMIT", help="preview the files of a commit, not those on disk")
    parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="an empty folder for the draft's pages")


def run(options: argparse.Namespace) -> int:
    """Run the command with them."""
    from publisher.commands.preview import preview

    return preview(base=options.base, at=options.at, out=options.out)
