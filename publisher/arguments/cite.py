"""The arguments of letterbook cite."""

import argparse


def add(parser: argparse.ArgumentParser) -> None:
    """Declare them."""
    parser.add_argument(
        "citation", metavar="CITATION", help="a citation of a letter, or for short 'ID, revision 2' or 'ID, sha256:...'"
    )
    parser.add_argument("site", metavar="SITE", help="a publication: a folder, or an http(s) address")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to print (default: text)")


def run(options: argparse.Namespace) -> int:
    """Run the command with them."""
    from publisher.commands.cite import cite

    return cite(options.citation, site=options.site, form=options.format)
