"""The arguments of letterbook serve."""

import argparse


def add(parser: argparse.ArgumentParser) -> None:
    """Declare them."""
    parser.add_argument("--port", type=int, default=8000, metavar="N", help="the port (default: 8000; 0: any)")


def run(options: argparse.Namespace) -> int:
    """Run the command with them."""
    from publisher.commands.serve import serve

    return serve(port=options.port)
