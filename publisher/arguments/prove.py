"""The arguments of letterbook prove."""

import argparse
from pathlib import Path


def add(parser: argparse.ArgumentParser) -> None:
    """Declare them."""
    parser.add_argument("id", metavar="ID", help="a letter's id, or a record's key such as assessments/ID or parties")
    parser.add_argument("--rev", type=int, metavar="N", help="which of its versions (default: the newest)")
    parser.add_argument(
        "--site", metavar="DIR_OR_URL", help="a publication (default: the folder public at the root of the repository)"
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the proof here (default: standard output)")


def run(options: argparse.Namespace) -> int:
    """Run the command with them."""
    from publisher.commands.prove import prove

    return prove(options.id, rev=options.rev, site=options.site, out=options.out)
