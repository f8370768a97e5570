"""letterbook correct: change a record with the note that readers see, or publish again what was withdrawn."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from publisher import edit, paths
from publisher.answers import faults
from publisher.commands.amend import NEEDS_NOTE, WITH_NOTES, Subject, good_note, note_given, noted, subject
from publisher.commands.ask import SlipError, say
from publisher.commands.desk import Change, Desk, deliver, handing_in, next_steps, refused, require_commit
from publisher.commands.reinstate import reinstated
from publisher.compose import Shape
from publisher.errors import UsageError
from publisher.record import parse
from publisher.strict import Pointer

KINDS = (
    ("correction", "something was wrong; readers are told"),
    ("addition", "something is known that was not; readers are told"),
    ("editorial", "spelling and the like; readers are not told"),
)
_FIXED = {
    "id": "an id never changes: letters, feeds and citations name it",
    "letter": "an assessment is that of its letter for ever",
    "status": "'letterbook withdraw' and 'letterbook correct --reinstate' change it, with a note",
    "changes": "earlier notes stay as they were published; --note adds one",
}
_WORDS = {"correction": "Correct", "addition": "Add to", "editorial": "Edit"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What the flags ask for."""

    sets: Sequence[str] = ()
    unsets: Sequence[str] = ()
    note: str = ""
    kind: str = "correction"
    reinstate: bool = False


def correct(name: str, wanted: Wanted, *, commit: bool | None) -> int:
    """Change one record; nothing is written if anything is refused, or if the person says no."""
    desk = Desk.open()
    require_commit(desk, commit)
    record = subject(desk, name)
    try:
        change = reinstated(desk, record, wanted.note) if wanted.reinstate else _corrected(desk, record, wanted)
        if change is None:
            say("\nNothing was written.")
            return 0
        if refused(desk, change.pending):
            return 1
    except KeyboardInterrupt:
        say("\nNothing was written.")
        raise
    committed = deliver(desk, change, wanted=commit)
    files = list(change.pending.files)
    next_steps(handing_in(desk, committed=committed, name=f"correct-{record.id}", paths=files))
    return 0


def _corrected(desk: Desk, record: Subject, wanted: Wanted) -> Change | None:
    if record.is_withdrawn:
        raise UsageError(
            f"{record.id} is withdrawn: nothing is left of it to correct", "--reinstate publishes it again, with a note"
        )
    if wanted.note and record.kind not in WITH_NOTES:
        raise UsageError(f"records/{record.key}.yaml holds no notes on changes", "leave out --note")
    by_flags = bool(wanted.sets or wanted.unsets)
    asks = desk.terminal is not None and not by_flags and not wanted.note and not record.is_edited
    if by_flags:
        data = _set(record, wanted)
    elif asks:
        data = _asked(desk, record)
    elif record.is_edited or not record.published:
        data = record.data
    else:
        raise UsageError(
            f"nothing is said to be changed in {record.id}",
            "give --set FIELD=VALUE, or change the file and run this again",
        )
    document = parse(data)[0]
    if document == record.document and not record.is_edited:
        raise UsageError("that is what the record says already", "there is nothing to correct")
    _tell(record.document if data != record.data else record.published or {}, document)
    data, kind, note = _with_note(desk, record, wanted, data, asks=asks)
    if asks and desk.terminal is not None and not desk.terminal.confirm("Write this?", default=True):
        return None
    what = f"the letter {record.id}" if record.kind == "letter" else f"records/{record.key}.yaml"
    message = f"{_WORDS[kind]} {what}\n" + (f"\n{note}\n" if note else "")
    return Change(pending=desk.pending({record.path: data}), message=message)


# -- the note --------------------------------------------------------------------------------------------------


def _with_note(desk: Desk, record: Subject, wanted: Wanted, data: bytes, *, asks: bool) -> tuple[bytes, str, str]:
    """Add the note that the change needs: return the text, the kind of the note and its words."""
    if record.published is None:
        say(f"\n{record.id} is not published yet: it needs no note on what was changed.")
        return data, wanted.kind, ""
    if record.kind not in WITH_NOTES:
        return data, wanted.kind, ""
    kind, note = wanted.kind, note_given(wanted.note) if wanted.note else ""
    if not note and record.new_notes > 0:
        say("\nWhat was changed since the publication has its note already; --note would add another one.")
        if data == record.data:
            raise UsageError("there is nothing to do", "--set changes something, --note adds a note")
        return data, kind, ""
    if not note and record.kind in NEEDS_NOTE and desk.terminal is None:
        raise UsageError(
            "a published record is changed with a note", 'give --note "what was wrong and what is right now"'
        )
    if not note and desk.terminal is not None:
        if asks:
            kind = desk.terminal.choose("What sort of change is it?", KINDS, default="correction")
        note = desk.terminal.ask("What was wrong, and what is right now? Readers see this note.", good_note)
    return (noted(record, data, kind, note) if note else data), kind, note


def _tell(old: Mapping[str, Any], new: Any) -> None:
    """Say what is different."""
    say("\nWhat changes:")
    for name, before, after in paths.differences(dict(old), new):
        say(name, indent=2, hang=2)
        for word, value in (("was", before), ("is", after)):
            say(f"{word:<4}{'(nothing)' if value is None else _written(value)}", indent=4, hang=4)


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


# -- flags -----------------------------------------------------------------------------------------------------


def _set(record: Subject, wanted: Wanted) -> bytes:
    """Make the changes that the flags ask for, one after the other."""
    data = record.data
    try:
        for each in wanted.sets:
            data = change_one(record, data, *_pair(each))
        for name in wanted.unsets:
            data = edit.remove(data, record.path, _there(record, data, name))
    except SlipError as slip:
        raise UsageError(slip.message, slip.hint) from slip
    except edit.EditError as fault:
        raise UsageError(str(fault), f"{record.path} is the file") from fault
    return data


def _pair(each: str) -> tuple[str, str]:
    name, sign, text = each.partition("=")
    if not sign:
        raise SlipError(f"--set {each} has no value", "write FIELD=VALUE, for example summary=TEXT")
    return name.strip(), text


def _there(record: Subject, data: bytes, name: str) -> Pointer:
    document = parse(data)[0]
    pointer, rest = paths.find(document, name)
    if rest:
        raise _unknown(document, name)
    _require_free(record, pointer)
    return pointer


def change_one(record: Subject, data: bytes, name: str, text: str) -> bytes:
    """Set the field of that name, or add it; SlipError for a name that no record has, or a value that will not do."""
    document = parse(data)[0]
    shape = Shape.of(record.path, document)
    pointer, rest = paths.find(document, name)
    _require_free(record, (*pointer, *rest.split(".")) if rest else pointer)
    if not rest:
        return edit.put(data, record.path, pointer, value_of(shape.at(pointer), text))
    return _added(record, data, pointer, rest, text, name)


def _added(record: Subject, data: bytes, pointer: Pointer, rest: str, text: str, name: str) -> bytes:
    """Add a field, or an item of a list with one field in it."""
    document = parse(data)[0]
    shape, here = Shape.of(record.path, document), edit.look(document, pointer)
    parts = rest.split(".")
    if isinstance(here, list):
        field = paths.name_field(here)
        if field and len(parts) > 1 and parts[-1] in shape.at((*pointer, 0)).fields:
            label, last = ".".join(parts[:-1]), parts[-1]
            item = {field: label, last: value_of(shape.at((*pointer, 0, last)), text)}
            return edit.append(data, record.path, pointer, item)
        if not field and parts[0] == str(len(here) + 1) and parts[1:]:
            return edit.append(data, record.path, pointer, _nested(shape.at((*pointer, 0)), parts[1:], text, name))
    elif isinstance(here, dict):
        value = _nested(shape.at(pointer), parts, text, name)
        return edit.put(data, record.path, (*pointer, parts[0]), value[parts[0]])
    raise _unknown(document, name)


def _nested(shape: Shape, parts: Sequence[str], text: str, name: str) -> dict[str, Any]:
    """Build what stands below a place: mappings with one field each, and the value at the end."""
    first, *more = parts
    if first not in shape.fields:
        raise SlipError(f"there is no field {name} in such a record", f"the fields here are {', '.join(shape.fields)}")
    below = shape.at([first])
    if not more:
        return {first: value_of(below, text)}
    if "array" in below.types:
        if more[0] != "1" or len(more) == 1:
            raise SlipError(f"there is no {name} here", f"the first one is {first}.1")
        return {first: [_nested(below.at([0]), more[1:], text, name)]}
    return {first: _nested(below, more, text, name)}


def _unknown(document: Any, name: str) -> SlipError:
    known = [each for each, _, _ in paths.leaves(document)]
    return SlipError(f"there is no {name} in this record", f"there are {', '.join(known)}")


def _require_free(record: Subject, pointer: Pointer) -> None:
    """Refuse what never changes, or changes in another way."""
    first = str(pointer[0]) if pointer else ""
    if (first in _FIXED and record.kind in ("letter", "assessment")) or first == "changes":
        raise SlipError(f"{first} cannot be set", _FIXED[first])
    if record.kind in ("parties", "threads") and pointer[-1:] == ("id",):
        raise SlipError("an id cannot be set", "it never changes: letters name it; add another one instead")


def value_of(shape: Shape, text: str) -> Any:
    """Read a value as its field wants it: text as it stands, numbers, true, false, lists and mappings as YAML."""
    wanted = shape.types
    if "string" in wanted and not ("array" in wanted and text.lstrip().startswith("[")):
        return text
    document, findings = parse(f"x: {text}\n".encode("utf-8", "backslashreplace"))
    if document is None or any(finding.severity == "error" for finding in findings):
        raise SlipError(f"{text!r} cannot be read", "lists are written [one, two], numbers and true without quotes")
    return document["x"]


# -- questions -------------------------------------------------------------------------------------------------


def _asked(desk: Desk, record: Subject) -> bytes:
    """Ask what is to be changed, until it is enough."""
    terminal = desk.terminal
    assert terminal is not None
    data = record.data
    while True:
        document = parse(data)[0]
        fields = [
            (name, value)
            for name, pointer, value in paths.leaves(document)
            if pointer[0] not in ("changes", "salt", "status", "documents") and pointer[0] not in ("id", "letter")
        ]
        if data == record.data:
            say(f"\n{record.id}:")
            for number, (name, value) in enumerate(fields, 1):
                say(f"{number:>3}  {name}: {_written(value)}", hang=5)
        which = "What is to be changed?" if data == record.data else "What else is to be changed?"
        question = f"{which} (a number, or the name of a field such as uncertainty; Enter: nothing more)"
        chosen = terminal.ask(question, partial(_field, document, record, [name for name, _ in fields]), keeps=False)
        if not chosen:
            return data
        old = next((_written(value) for name, value in fields if name == chosen), "")
        data = terminal.ask(f"{chosen}:", partial(_changed, record, data, chosen), old=old)


def _field(document: Any, record: Subject, names: Sequence[str], typed: str) -> str:
    """Take the number or the name of a field, also of one that is not there yet."""
    if not typed or typed in names:
        return typed
    if typed.isdecimal() and 1 <= int(typed[:6]) <= len(names):
        return names[int(typed) - 1]
    pointer, rest = paths.find(document, typed)
    _require_free(record, (*pointer, *rest.split(".")))
    if not rest or rest.split(".")[0] in Shape.of(record.path, document).at(pointer).fields:
        return typed
    raise SlipError(f"there is no {typed} here", f"type a number from 1 to {len(names)}, or a field's name")


def _changed(record: Subject, data: bytes, name: str, typed: str) -> bytes:
    """Make one change, judged at once."""
    try:
        new = change_one(record, data, name, typed)
    except edit.EditError as fault:
        raise SlipError(str(fault)) from fault
    first = name.split(".")[0]
    if record.kind == "letter":
        for wrong in faults("letter", {first: edit.look(parse(new)[0], (first,))}):
            raise SlipError(wrong.message, wrong.hint)
    return new
