"""The arguments of letterbook check."""

import argparse


def add(parser: argparse.ArgumentParser) -> None:
    """Declare them."""
    parser.add_argument("paths", nargs="*", metavar="PATH", help="report on these files and folders only")
    parser.add_argument(
        "--base",
        metavar="COMMIT",
        help="what is published (default: the merge base with the remote's default branch, else HEAD)",
    )
    parser.add_argument("--at", metavar="COMMIT", help="check the files of a commit, not those on disk")
    parser.add_argument(
        "--staged",
        action="store_true",
        help="check what the next commit will hold: the files that differ from the base, and what they make wrong "
        "elsewhere; what was wrong before in other files is left out",
    )
    parser.add_argument(
        "--format",
        choices=("text", "json", "github", "sarif", "summary"),
        default="text",
        help="how to report: for people (the default), for programs, as annotations of a pull request, for code "
        "scanning, or as a table for a job's summary",
    )


def run(options: argparse.Namespace) -> int:
    """Run the command with them."""
    from publisher.commands.check import check

    return check(options.paths, base=options.base, at=options.at, staged=options.staged, form=options.format)
