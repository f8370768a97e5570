"""The command line: reads arguments, runs a command, and turns an error into an exit status.

Exit status:
    0   nothing found
    1   findings: the input or the publication is wrong
    2   wrong arguments
    3   the run could not be made, or something could not be checked
    anything else is a bug and shows a traceback
"""

import argparse
import gc
import io
import os
import sys
import traceback
from collections.abc import Sequence
from types import TracebackType

from publisher import __version__, arguments
from publisher.errors import LetterbookError
from publisher.text import visible

EXIT_STATUSES = """exit status:
  0  nothing found
  1  findings: the input or the publication is wrong
  2  wrong arguments
  3  the run could not be made, or something could not be checked"""


def main(typed: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    typed = sys.argv[1:] if typed is None else typed
    options = _parser(typed[0] if typed else "").parse_args(typed)
    sys.excepthook = _bug
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    gc.set_threshold(100_000, 20, 20)  # records become very many small values, and no circles of them
    try:
        return arguments.of(options.command).run(options)
    except LetterbookError as error:
        print(f"error: {visible_text(error.message)}", file=sys.stderr)
        if error.hint:
            print(f"hint: {visible_text(error.hint)}", file=sys.stderr)
        return error.exit_status
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 3
    except OSError as fault:
        where = f"{visible_text(str(fault.filename))}: " if fault.filename else ""
        print(f"error: {where}{fault.strerror or fault}", file=sys.stderr)
        print("hint: check that the place exists, can be read and written, and has room", file=sys.stderr)
        return 3
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130


def _bug(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Show a traceback, and end with a status that cannot be taken for findings."""
    traceback.print_exception(kind, error, trace)
    sys.stderr.flush()
    os._exit(70)


def visible_text(text: str) -> str:
    """Return text for a terminal: what could act on it is written out."""
    return "".join(visible(text))


def _parser(chosen: str) -> argparse.ArgumentParser:
    """Return a parser that knows every command by name, and the arguments of the chosen one."""
    parser = argparse.ArgumentParser(
        prog="letterbook",
        description="Publish an organisation's correspondence so that nobody has to take its word for it.",
        epilog=EXIT_STATUSES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"letterbook {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", dest="command", required=True)
    for name, help_text in arguments.COMMANDS.items():
        command = commands.add_parser(
            name, help=help_text, description=f"{help_text[0].upper()}{help_text[1:]}.", epilog=EXIT_STATUSES,
            formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False,
        )  # fmt: skip
        if name == chosen:
            arguments.of(name).add(command)
    return parser


if __name__ == "__main__":
    sys.exit(main())
