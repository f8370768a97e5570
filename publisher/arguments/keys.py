"""The arguments of letterbook keys."""

import argparse


def add(parser: argparse.ArgumentParser) -> None:
    """Declare them."""
    parser.add_argument("--at", metavar="COMMIT", help="show the key lists of a commit, not those on disk")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to print (default: text)")


def run(options: argparse.Namespace) -> int:
    """Run the command with them."""
    from publisher.commands.keys import keys

    return keys(at=options.at, form=options.format)
