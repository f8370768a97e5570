"""The arguments of letterbook verify-proof."""

import argparse
from pathlib import Path


def add(parser: argparse.ArgumentParser) -> None:
    """Declare them."""
    parser.add_argument("file", type=Path, metavar="FILE", help="a proof that 'letterbook prove' made")
    parser.add_argument("--record", type=Path, required=True, metavar="FILE", help="the record that it is the proof of")
    parser.add_argument(
        "--keys",
        type=Path,
        required=True,
        metavar="ALLOWED_SIGNERS",
        help="the archive's key list, from somewhere you trust",
    )
    parser.add_argument(
        "--origin", metavar="ORIGIN", help="the log that the proof must be of (default: any that a listed key signed)"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to report (default: text)")


def run(options: argparse.Namespace) -> int:
    """Run the command with them."""
    from publisher.commands.verify_proof import verify_proof

    return verify_proof(
        options.file, record=options.record, keys=options.keys, origin=options.origin, form=options.format
    )
