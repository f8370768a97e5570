"""The arguments of letterbook history."""

import argparse


def add(parser: argparse.ArgumentParser) -> None:
    """Declare them."""
    parser.add_argument("id", metavar="ID", help="a letter's id, or a record's key such as assessments/ID or parties")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to print (default: text)")


def run(options: argparse.Namespace) -> int:
    """Run the command with them."""
    from publisher.commands.history import history

    return history(options.id, form=options.format)
