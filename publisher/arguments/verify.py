"""The arguments of letterbook verify."""

import argparse
from pathlib import Path


def add(parser: argparse.ArgumentParser) -> None:
    """Declare them."""
    parser.add_argument("site", metavar="SITE", help="a publication: a folder, or an http(s) address")
    parser.add_argument(
        "--repo", type=Path, metavar="DIR", help="a clone of the archive (default: the one you stand in)"
    )
    parser.add_argument(
        "--keys",
        type=Path,
        metavar="ALLOWED_SIGNERS",
        help="the archive's key list, from somewhere you trust",
    )
    parser.add_argument(
        "--since",
        metavar="FILE_OR_URL",
        help="a checkpoint or an index.json that you kept: what is published must extend it",
    )
    parser.add_argument(
        "--state", type=Path, metavar="FILE", help="as --since, and keep the newest checkpoint here (for monitors)"
    )
    parser.add_argument(
        "--newer",
        metavar="FILE_OR_URL",
        help="the log/checkpoint of a newer publication: SITE is an old one, and must be a part of it",
    )
    parser.add_argument("--no-fsck", action="store_true", help="leave out 'git fsck --full' (shown as not checked)")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to report (default: text)")


def run(options: argparse.Namespace) -> int:
    """Run the command with them."""
    from publisher.commands.verify import verify

    return verify(
        options.site,
        repository=options.repo,
        keys=options.keys,
        since=options.since,
        state=options.state,
        newer=options.newer,
        fsck=not options.no_fsck,
        form=options.format,
    )
