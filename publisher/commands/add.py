"""letterbook add: a file looked into first, then hashed, named, placed, and entered in its letter's record."""

import hashlib
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from publisher import documents, edit
from publisher.choices import exact, near
from publisher.commands.ask import SlipError, Terminal, say, shown
from publisher.commands.desk import Change, Desk, deliver, handing_in, next_steps, refused, require_commit
from publisher.commands.interview import Interview
from publisher.disclosure import finding_of
from publisher.documents import Inspection, Limits
from publisher.documents.codes import CODES
from publisher.errors import RefusedError, UnavailableError, UsageError
from publisher.finding import Finding, Location
from publisher.reports import REPORTS
from publisher.snapshot import DOCUMENTS

SUFFIXES = {"application/pdf": ".pdf", "image/png": ".png", "image/jpeg": ".jpg", "text/plain": ".txt"}
RIGHTS = (
    ("own", "the archive wrote it, or owns it"),
    ("permission", "whoever owns it allowed it"),
    ("public-record", "it is a public record"),
    ("quotation", "it is quoted, as the law allows"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """What the flags ask for; an empty text where they say nothing."""

    letter: str = ""
    role: str = "original"
    rights: str = ""
    rights_note: str = ""
    language: tuple[str, ...] = ()
    scrub: bool = False
    waive: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    note: str = ""


def add_document(file: Path, wish: Wish, *, reveal: bool, commit: bool | None) -> int:
    """Attach a file to a letter; nothing is written if anything is refused. 1 if the file hides something."""
    _require_waivers(wish)
    if reveal:
        return _reveal(file)
    desk = Desk.open()
    require_commit(desk, commit)
    data, seen = _looked_into(file, wish)
    told = _told(file, seen, wish)
    if desk.terminal is not None and _is_metadata(told) and _is_wanted(desk.terminal):
        wish = replace(wish, scrub=True)
        data, seen = _looked_into(file, wish)
        told = _told(file, seen, wish)
    if _is_refused(told):
        return 1
    wish = _complete(desk, wish)
    name, change = _change(desk, data, seen, wish)
    if refused(desk, change.pending):
        return 1
    committed = deliver(desk, change, wanted=commit)
    next_steps([
        ("letterbook serve", "shows the letter with its document as readers will see it, on this machine alone"),
        *handing_in(desk, committed=committed, name=wish.letter, paths=list(change.pending.files)),
    ])  # fmt: skip
    say(f"Your own copy, {file.name}, was left where it is; the archive's is {name}.")
    return 0


# -- looking into the file -------------------------------------------------------------------------------------


def _looked_into(file: Path, wish: Wish) -> tuple[bytes, Inspection]:
    data = _read(file)
    if wish.scrub:
        before = len(data)
        data = documents.scrub(data)
        say(f"Metadata was taken out: {before} bytes became {len(data)}; every page looks as it did, pixel by pixel.")
    return data, documents.inspect(data)


def _read(file: Path) -> bytes:
    """Read a file, no further than a document may be long."""
    if file.is_dir():
        raise UsageError(f"{file} is a folder", "name one file")
    try:
        with file.open("rb") as source:
            return source.read(Limits().size + 1)
    except OSError as fault:
        raise UnavailableError(f"{file}: {fault.strerror}", "name a file that is there and can be read") from fault


def _require_waivers(wish: Wish) -> None:
    if len(wish.waive) != len(wish.reasons):
        raise UsageError("each --waive needs one --reason, and each --reason a --waive", "readers see the reason")
    for code in wish.waive:
        if code not in CODES:
            raise UsageError(f"there is no finding called {code}", "write the code that stands in square brackets")
        if not CODES[code].waivable:
            raise UsageError(f"{code} cannot be waived", CODES[code].hint)


def _told(file: Path, seen: Inspection, wish: Wish) -> list[Finding]:
    """Say what was found in the file and not waived, on standard error, and return it."""
    found = [finding_of(discovery, Location(path=file.name)) for discovery in seen.discoveries]
    left = [finding for finding in found if finding.code not in wish.waive]
    if left:
        sys.stderr.write(REPORTS["text"](left, {}))
    for code in sorted(set(wish.waive) - {finding.code for finding in found}):
        raise UsageError(f"nothing of this kind was found in the file: {code}", f"leave out --waive {code}")
    return left


def _is_metadata(found: Sequence[Finding]) -> bool:
    """Whether there is something that can be taken out, and nothing but that keeps the file from being added."""
    if any(finding.code == "signature" for finding in found):  # which that would break
        return False
    return any(CODES[finding.code].is_scrubbed for finding in found) and all(
        CODES[finding.code].is_scrubbed for finding in found if finding.severity == "error"
    )


def _is_wanted(terminal: Terminal) -> bool:
    """Ask, before a name in it is published: who does not read a warning has read the question."""
    return terminal.confirm(
        "This can be taken out of the archive's copy. Your own copy, and what its pages look like, stay as they are. "
        "Take it out?",
        default=True,
    )


def _is_refused(found: Sequence[Finding]) -> bool:
    """Say so if what was found keeps the file from being added."""
    if any(finding.severity == "error" for finding in found):
        say("Nothing was written. If a finding is mistaken, --waive CODE --reason TEXT accepts it; readers see why.")
        return True
    return False


def _reveal(file: Path) -> int:
    """Show hidden words to the person, and to nobody else."""
    if not sys.stdout.isatty() or os.environ.get("CI"):
        raise UsageError(
            "--reveal shows hidden words, and only on a terminal: what it prints must not end up in a file or a log",
            "run it by hand, without a pipe",
        )
    revealed = documents.reveal(_read(file))
    for discovery, words in revealed:
        print(f"{discovery.where or 'the whole file'}: {discovery.code}")
        print(f"    {shown(words)}")
    if not revealed:
        say("No hidden words were found; other findings, if any, are told without --reveal.")
    return 1 if revealed else 0


# -- the entry -------------------------------------------------------------------------------------------------


def _complete(desk: Desk, wish: Wish) -> Wish:
    """Ask for what is missing, or refuse; the letter is then one that is here."""
    missing = [flag for flag, value in _needed(wish) if not value.strip()]
    if missing and desk.terminal is None:
        raise UsageError(
            f"a document cannot do without {', '.join(missing)}; nothing was written",
            "give them as flags, or run 'letterbook add' on a terminal: it asks for what is missing",
        )
    letters = Interview(archive=desk.archive, history=desk.history, terminal=desk.terminal).letters
    if wish.letter:
        known = exact(wish.letter, letters)
        if known is None:
            alike = near(wish.letter, letters).choices
            raise UsageError(
                f"there is no letter {wish.letter} here",
                f"did you mean {alike[0].id}?" if alike else "'letterbook new' writes one",
            )
        wish = replace(wish, letter=known.id)
    return _asked(wish, letters, desk.terminal) if missing and desk.terminal else wish


def _needed(wish: Wish) -> Sequence[tuple[str, str]]:
    return (("--letter", wish.letter), ("--rights", wish.rights), ("--rights-note", wish.rights_note))


def _asked(wish: Wish, letters: Sequence[Any], terminal: Terminal) -> Wish:
    if not wish.letter:
        found = terminal.pick("Which letter does the file belong to?", letters)
        wish = replace(wish, letter=found.id if found is not None and not isinstance(found, str) else "")
    if not wish.rights:
        wish = replace(wish, rights=terminal.choose("Why may the archive publish the file?", RIGHTS))
    if not wish.rights_note.strip():
        note = terminal.ask("Who gave the right, when and how? (in a sentence; readers see it)", _sentence)
        wish = replace(wish, rights_note=note)
    return wish


def _sentence(typed: str) -> str:
    if not typed.strip():
        raise SlipError("a sentence is needed, such as: Sent to us by the writer.")
    return typed.strip()


def _change(desk: Desk, data: bytes, seen: Inspection, wish: Wish) -> tuple[str, Change]:
    """Return the file's place, and the change that puts it there and enters it."""
    key = f"letters/{wish.letter}"
    record = desk.archive.records[key]
    digest = hashlib.sha256(data).hexdigest()
    if wish.letter not in desk.archive.published:
        raise RefusedError(f"{wish.letter} is withdrawn: it has no documents", "reinstate it first")
    if any(document.sha256 == digest for document in desk.archive.published[wish.letter].documents):
        raise RefusedError("the letter has this very file already; nothing was written", "name another file")
    name = _name(desk, record.path, seen.media_type, wish)
    entry: dict[str, Any] = {"file": name, "sha256": digest, "size": len(data), "media_type": seen.media_type}
    if seen.pages is not None:
        entry["pages"] = seen.pages
    if wish.language:
        entry["language"] = wish.language[0] if len(wish.language) == 1 else list(wish.language)
    entry |= {"role": wish.role, "rights": wish.rights, "rights_note": wish.rights_note.strip()}
    if wish.waive:
        entry["waivers"] = [
            {"code": code, "reason": reason} for code, reason in zip(wish.waive, wish.reasons, strict=True)
        ]
    try:
        text = edit.append(record.data, record.path, ("documents",), entry)
        if key in desk.history.newest and desk.history.newest[key].op != "remove":
            note = wish.note or f"A document was added ({wish.role})."
            text = edit.append(text, record.path, ("changes",), {"kind": "addition", "note": note})
    except edit.EditError as fault:
        raise RefusedError(
            f"{record.path}: {fault}; nothing was written", "mend it in an editor, then try again"
        ) from fault
    files: dict[str, bytes | None] = {DOCUMENTS + name: data, record.path: text}
    return DOCUMENTS + name, Change(pending=desk.pending(files), message=f"Add a document to {wish.letter}\n")


def _name(desk: Desk, path: str, kind: str, wish: Wish) -> str:
    """Return a path below records/documents/ that is free: the letter's own folder and id, its role unless original."""
    folder = "/".join(path.split("/")[2:-1]) or "undated"
    stem = wish.letter if wish.role == "original" else f"{wish.letter}-{wish.role}"
    for number in range(1, 1000):
        name = f"{folder}/{stem}{f'-{number}' if number > 1 else ''}{SUFFIXES[kind]}"
        if DOCUMENTS + name not in desk.snapshot.attachments and not os.path.lexists(desk.root / DOCUMENTS / name):
            return name
    raise RefusedError(f"{folder}/{stem} has a thousand files already", "name the file by hand")
