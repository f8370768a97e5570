"""The command line: wires commands/ together. Heavy imports wait until their command runs.

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
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType

from publisher import __version__
from publisher.errors import LetterbookError
from publisher.text import visible

EXIT_STATUSES = """exit status:
  0  nothing found
  1  findings: the input or the publication is wrong
  2  wrong arguments
  3  the run could not be made, or something could not be checked"""

Run = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    options = _parser().parse_args(arguments)
    sys.excepthook = _bug
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    gc.set_threshold(100_000, 20, 20)  # records become very many small values, and no circles of them
    try:
        run: Run = options.run
        return run(options)
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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="letterbook",
        description="Publish an organisation's correspondence so that nobody has to take its word for it.",
        epilog=EXIT_STATUSES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"letterbook {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name, help_text, add_arguments, run in COMMANDS:
        command = commands.add_parser(
            name, help=help_text, description=f"{help_text[0].upper()}{help_text[1:]}.", epilog=EXIT_STATUSES,
            formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False,
        )  # fmt: skip
        add_arguments(command)
        command.set_defaults(run=run)
    return parser


def _check_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="*", metavar="PATH", help="report on these files and folders only")
    parser.add_argument(
        "--base",
        metavar="COMMIT",
        help="what is published (default: the merge base with the remote's default branch, else HEAD)",
    )
    parser.add_argument("--at", metavar="COMMIT", help="check the files of a commit, not those on disk")
    parser.add_argument("--staged", action="store_true", help="check what the next commit will hold")
    parser.add_argument(
        "--format", choices=("text", "json", "github"), default="text", help="how to report (default: text)"
    )


def _check(options: argparse.Namespace) -> int:
    from publisher.commands.check import check

    return check(options.paths, base=options.base, at=options.at, staged=options.staged, form=options.format)


def _publish_arguments(parser: argparse.ArgumentParser) -> None:
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


def _publish(options: argparse.Namespace) -> int:
    from publisher.commands.publish import publish

    return publish(
        options.commit,
        out=options.out,
        key=options.key,
        previous=options.previous,
        allow_mass_change=options.allow_mass_change,
    )


def _verify_arguments(parser: argparse.ArgumentParser) -> None:
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


def _verify(options: argparse.Namespace) -> int:
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


def _history_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID", help="a letter's id, or a record's key such as assessments/ID or parties")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to print (default: text)")


def _history(options: argparse.Namespace) -> int:
    from publisher.commands.history import history

    return history(options.id, form=options.format)


def _keys_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--at", metavar="COMMIT", help="show the key lists of a commit, not those on disk")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to print (default: text)")


def _keys(options: argparse.Namespace) -> int:
    from publisher.commands.keys import keys

    return keys(at=options.at, form=options.format)


def _prove_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID", help="a letter's id, or a record's key such as assessments/ID or parties")
    parser.add_argument("--rev", type=int, metavar="N", help="which of its versions (default: the newest)")
    parser.add_argument(
        "--site", metavar="DIR_OR_URL", help="a publication (default: the folder public at the root of the repository)"
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the proof here (default: standard output)")


def _prove(options: argparse.Namespace) -> int:
    from publisher.commands.prove import prove

    return prove(options.id, rev=options.rev, site=options.site, out=options.out)


def _verify_proof_arguments(parser: argparse.ArgumentParser) -> None:
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


def _verify_proof(options: argparse.Namespace) -> int:
    from publisher.commands.verify_proof import verify_proof

    return verify_proof(
        options.file, record=options.record, keys=options.keys, origin=options.origin, form=options.format
    )


def _serve_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=8000, metavar="N", help="the port (default: 8000; 0: any)")


def _serve(options: argparse.Namespace) -> int:
    from publisher.commands.serve import serve

    return serve(port=options.port)


def _cite_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "citation", metavar="CITATION", help="a citation of a letter, or for short 'ID, revision 2' or 'ID, sha256:...'"
    )
    parser.add_argument("site", metavar="SITE", help="a publication: a folder, or an http(s) address")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to print (default: text)")


def _cite(options: argparse.Namespace) -> int:
    from publisher.commands.cite import cite

    return cite(options.citation, site=options.site, form=options.format)


COMMANDS: tuple[tuple[str, str, Callable[[argparse.ArgumentParser], None], Run], ...] = (
    ("check", "judge the records and say everything that is wrong with them", _check_arguments, _check),
    ("publish", "make a signed publication of a commit", _publish_arguments, _publish),
    ("verify", "audit a publication against its signatures and against git", _verify_arguments, _verify),
    ("history", "list every landed revision of a record", _history_arguments, _history),
    ("serve", "show a draft of the site on this machine", _serve_arguments, _serve),
    (
        "cite",
        "say whether a cited letter is unchanged, corrected since, withdrawn, or never was",
        _cite_arguments,
        _cite,
    ),
    ("keys", "show the key lists, who signed them, and whether they hold", _keys_arguments, _keys),
    ("prove", "prove that one version of a record is in the log", _prove_arguments, _prove),
    ("verify-proof", "check such a proof, without a clone or a network", _verify_proof_arguments, _verify_proof),
)


if __name__ == "__main__":
    sys.exit(main())
