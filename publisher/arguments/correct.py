"""The arguments of letterbook correct."""

import argparse


def add(parser: argparse.ArgumentParser) -> None:
    """Declare them."""
    parser.description = (
        "Change a record, with the note that readers see. On a terminal, letterbook shows the fields and asks. A file "
        "that was changed by hand only gets its note."
    )
    parser.add_argument("id", metavar="ID", help="a letter's id, or assessments/ID, parties, threads or archive")
    parser.add_argument(
        "--set", dest="sets", action="append", default=[], metavar="FIELD=VALUE",
        help="change a field, such as summary=TEXT, dates.sent.date=2019-02-19, questions.2.text=TEXT; again for more",
    )  # fmt: skip
    parser.add_argument(
        "--unset", dest="unsets", action="append", default=[], metavar="FIELD", help="take a field away; again for more"
    )
    parser.add_argument(
        "--note", default="", metavar="TEXT", help="what was wrong and what is right now; it is published"
    )
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--addition", action="store_true", help="nothing was wrong: something is added")
    kind.add_argument("--editorial", action="store_true", help="spelling and the like: readers are not told")
    kind.add_argument("--reinstate", action="store_true", help="publish a withdrawn letter again")
    parser.add_argument(
        "--commit", action=argparse.BooleanOptionalAction, default=None,
        help="commit it, as the archive's own identity (default: ask on a terminal, else do not)",
    )  # fmt: skip


def run(options: argparse.Namespace) -> int:
    """Run the command with them."""
    from publisher.commands.correct import Wanted, correct
    from publisher.errors import UsageError

    if options.reinstate and (options.sets or options.unsets):
        raise UsageError("--reinstate brings back what was published", "correct it afterwards")
    kind = "addition" if options.addition else "editorial" if options.editorial else "correction"
    wanted = Wanted(sets=options.sets, unsets=options.unsets, note=options.note, kind=kind, reinstate=options.reinstate)
    return correct(options.id, wanted, commit=options.commit)
