"""The arguments of letterbook promote."""

import argparse
from pathlib import Path


def add(parser: argparse.ArgumentParser) -> None:
    """Declare them."""
    parser.add_argument("id", metavar="ID", help="a letter of the intake repository that you stand in")
    parser.add_argument("--to", required=True, type=Path, metavar="DIR", help="a clone of the public archive")
    parser.add_argument("--assessment", action="store_true", help="what came back goes with it")
    parser.add_argument("--commit", action="store_true", help="commit it there as the public archive's identity")


def run(options: argparse.Namespace) -> int:
    """Run the command with them."""
    from publisher.commands.promote import promote

    return promote(options.id, to=options.to, assessment=options.assessment, commit=options.commit)
