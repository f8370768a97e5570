"""The arguments of letterbook add."""

import argparse
from pathlib import Path


def add(parser: argparse.ArgumentParser) -> None:
    """Declare them."""
    parser.usage = "letterbook add FILE --letter ID [--FIELD VALUE ...] [--scrub] [--reveal] [--commit | --no-commit]"
    parser.description = (
        "Look for what a file hides, and attach it to a letter if it hides nothing: the file is hashed, named and put "
        "below records/documents/, and the letter's record gets an entry. Nothing is written if anything is refused. "
        "On a terminal, letterbook asks for what is missing."
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="a PDF, PNG, JPEG or plain text file")
    parser.add_argument("--letter", default="", metavar="ID", help="the letter that it belongs to")
    parser.add_argument(
        "--role",
        choices=("original", "translation", "attachment", "transcript"),
        default="original",
        help="what the file is to the letter (default: original)",
    )
    parser.add_argument(
        "--rights",
        choices=("own", "permission", "public-record", "quotation"),
        default="",
        help="why the archive may publish it",
    )
    parser.add_argument("--rights-note", default="", metavar="TEXT", help="who gave the right, when and how")
    parser.add_argument(
        "--language", action="append", default=[], metavar="TAG", help="its language, if it differs from the letter's"
    )
    parser.add_argument("--scrub", action="store_true", help="take metadata out of it first, and nothing else")
    parser.add_argument(
        "--reveal", action="store_true", help="show the hidden words (on a terminal only), and write nothing"
    )
    parser.add_argument(
        "--waive",
        action="append",
        default=[],
        metavar="CODE",
        help="publish it although this was found; again for another",
    )
    parser.add_argument(
        "--reason", action="append", default=[], metavar="TEXT", help="why, for readers to see; one for each --waive"
    )
    parser.add_argument(
        "--note", default="", metavar="TEXT", help="what readers are told of the addition, if the letter is published"
    )
    parser.add_argument(
        "--commit", action=argparse.BooleanOptionalAction, default=None,
        help="commit it, as the archive's own identity (default: ask on a terminal, else do not)",
    )  # fmt: skip


def run(options: argparse.Namespace) -> int:
    """Run the command with them."""
    from publisher.commands.add import Wish, add_document

    wish = Wish(
        letter=options.letter, role=options.role, rights=options.rights, rights_note=options.rights_note,
        language=tuple(options.language), scrub=options.scrub, waive=tuple(options.waive),
        reasons=tuple(options.reason), note=options.note,
    )  # fmt: skip
    return add_document(options.file, wish, reveal=options.reveal, commit=options.commit)
