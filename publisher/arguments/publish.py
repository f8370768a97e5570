"""The arguments of letterbook publish."""

import argparse
from pathlib import Path


def add(parser: argparse.ArgumentParser) -> None:
    """Declare them."""
    parser.add_argument("commit", nargs="?", default="HEAD", metavar="COMMIT", help="what to publish (default: HEAD)")
    parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="the folder to publish into")
    parser.add_argument(
        "--key",
        type=Path,
        metavar="FILE",
        help="an ed25519 private key, or the .pub file of one in ssh-agent",
    )
    parser.add_argument(
        "--previous", metavar="DIR_OR_URL", help="the publication before this one (default: the one in DIR)"
    )
    parser.add_argument(
        "--allow-mass-change", action="store_true", help="publish although many letters are lost or withdrawn"
    )


def run(options: argparse.Namespace) -> int:
    """Run the command with them."""
    from publisher.commands.publish import publish

    return publish(
        options.commit,
        out=options.out,
        key=options.key,
        previous=options.previous,
        allow_mass_change=options.allow_mass_change,
    )
