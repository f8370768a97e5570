"""The arguments of letterbook hooks."""

import argparse


def add(parser: argparse.ArgumentParser) -> None:
    """Declare them."""
    parser.add_argument(
        "action",
        choices=("install", "uninstall", "pre-push"),
        metavar="install|uninstall",
        help="write the hooks of git that check what is committed and what is pushed, or take them away again; "
        "a hook that somebody else wrote is left alone",
    )
    parser.add_argument("rest", nargs="*", metavar="", help=argparse.SUPPRESS)


def run(options: argparse.Namespace) -> int:
    """Run the command with them."""
    from publisher.commands import hooks
    from publisher.errors import UsageError

    if options.action == "pre-push":
        return hooks.pre_push(options.rest)
    if options.rest:
        raise UsageError(f"'letterbook hooks {options.action}' takes no arguments", "leave out what follows")
    return hooks.install() if options.action == "install" else hooks.uninstall()
