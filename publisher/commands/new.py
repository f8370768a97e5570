"""letterbook new: a letter's record, by flags or by questions; with the parties and threads that it names first."""

import sys
from collections.abc import Sequence
from typing import Any

from publisher import compose, edit
from publisher.choices import Choice, exact, id_of, unused
from publisher.commands.ask import SlipError, say, shown
from publisher.commands.desk import Change, Desk, deliver, handing_in, next_steps, refused, require_commit
from publisher.commands.form import STEPS, Step
from publisher.commands.interview import Given, Interview, add_party, judged
from publisher.errors import UsageError

WIDTH_OF_LABELS = 12


def new(given: Given, *, commit: bool | None) -> int:
    """Write one letter; nothing is written if anything is refused, or if the person says no."""
    desk = Desk.open()
    require_commit(desk, commit)
    interview = Interview(archive=desk.archive, history=desk.history, terminal=desk.terminal)
    _take_new(interview, given)
    missing, slips = _fill(interview, given)
    if slips or (missing and desk.terminal is None):
        raise _unfit(missing, slips)
    try:
        if missing and desk.terminal is not None and not _interviewed(desk, interview, given, missing):
            say("\nNothing was written.")
            return 0
        change = _change(desk, interview)
        if not missing and refused(desk, change.pending):
            return 1
    except KeyboardInterrupt:
        say("\nNothing was written.")
        raise
    committed = deliver(desk, change, wanted=commit)
    letter = interview.id
    next_steps([
        (f"letterbook add SCAN.pdf --letter {letter}", "attaches a scan or a copy, searched for what it may hide"),
        ("letterbook serve", "shows the letter as readers will see it, on this machine alone"),
        *handing_in(desk, committed=committed, name=letter, paths=list(change.pending.files)),
    ])  # fmt: skip
    return 0


# -- flags -----------------------------------------------------------------------------------------------------


def _take_new(interview: Interview, given: Given) -> None:
    """Take in the parties and the thread that flags make, under ids made of their names."""
    try:
        for name, kind in given.new_party:
            _require_new("party", name, interview.parties)
            add_party(interview, {"id": _unused(name, {p.id for p in interview.parties}), "name": name, "kind": kind})
        if given.new_thread:
            title = given.new_thread
            _require_new("thread", title, interview.threads)
            thread = {"id": _unused(title, {t.id for t in interview.threads}), "title": title}
            interview.new_threads.append(judged("thread", thread))
    except SlipError as slip:
        raise UsageError(slip.message, slip.hint) from slip


def _require_new(what: str, name: str, known: Sequence[Choice]) -> None:
    if found := exact(name, known):
        raise SlipError(f'the {what} "{name}" is here already: {found.id}', f"leave out --new-{what}")


def _unused(name: str, taken: set[str]) -> str:
    proposed = id_of(name)
    if not proposed:
        raise SlipError(f'no id can be made of "{name}"', "let letterbook ask for it on a terminal")
    return unused(proposed, taken)


def _fill(interview: Interview, given: Given) -> tuple[list[Step], list[tuple[Step, SlipError]]]:
    """Fill in what the flags say; return the steps that lack an answer, and those whose answer will not do."""
    missing, slips = [], []
    for step in STEPS:
        try:
            found = step.given(interview, given)
        except SlipError as slip:
            slips.append((step, slip))
            continue
        if found is None and step.flag:
            missing.append(step)
        step.fill(interview, found or {})
    return missing, slips


def _unfit(missing: Sequence[Step], slips: Sequence[tuple[Step, SlipError]]) -> UsageError:
    """Say everything that is missing and everything that is wrong, at once."""
    for step, slip in slips:
        print(f"{step.flag or step.label}: {shown(slip.message)}", file=sys.stderr)
        if slip.hint:
            print(f"    {shown(slip.hint)}", file=sys.stderr)
    wanted = ", ".join(step.flag for step in missing)
    if not missing:
        return UsageError("nothing was written: what stands above will not do", "'letterbook new --help' has examples")
    return UsageError(
        f"a letter cannot do without {wanted}; nothing was written",
        "give them as flags, or run 'letterbook new' on a terminal: it asks for what is missing",
    )


# -- questions -------------------------------------------------------------------------------------------------


def _interviewed(desk: Desk, interview: Interview, given: Given, missing: Sequence[Step]) -> bool:
    """Ask for what is missing, show it all, and let it be put right; False if nothing is to be written."""
    say(
        "A letter for the archive: about fifteen questions, and nothing is written before you have seen all of it. "
        "TAB completes names, Ctrl-C stops."
    )
    for step in STEPS:
        if step in missing or (given.is_empty and step.label != "id"):
            step.fill(interview, step.ask(interview))
    while True:
        _show(interview)
        answer = interview.asked.ask(
            "Write this? (y: yes; n: no; or the number of what is to be changed)", _verdict, keeps=False
        )
        if answer == "n":
            return False
        if answer != "y":
            step = STEPS[int(answer) - 1]
            step.fill(interview, step.ask(interview))
        elif not refused(desk, _change(desk, interview).pending):
            return True
        else:
            say("Change what was found, by its number, or stop with n.")


def _verdict(typed: str) -> str:
    short = {"yes": "y", "no": "n"}.get(typed.casefold(), typed.casefold())
    if short in ("y", "n") or (short.isdecimal() and 1 <= int(short[:6]) <= len(STEPS)):
        return short
    raise SlipError(f"type y, n, or a number from 1 to {len(STEPS)}")


def _show(interview: Interview) -> None:
    say("\nThis is the letter:")
    for number, step in enumerate(STEPS, 1):
        label = f"{number:>2}  {step.label}".ljust(4 + WIDTH_OF_LABELS)
        say(f"{label}{step.show(interview)}", indent=1, hang=4 + WIDTH_OF_LABELS)
    for what, items in (("party", _named(interview)[0]), ("thread", _named(interview)[1])):
        for item in items:
            say(f"and the new {what} {item.get('name') or item.get('title')} ({item['id']})", indent=5)


# -- files -----------------------------------------------------------------------------------------------------


def _named(interview: Interview) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the new parties and threads that the letter does name, after all that was changed."""
    letter = interview.letter
    parties = {who.get("party") for name in ("from", "to") for who in letter.get(name, [])}
    return (
        [party for party in interview.new_parties if party["id"] in parties],
        [thread for thread in interview.new_threads if thread["id"] == letter.get("thread")],
    )


def _change(desk: Desk, interview: Interview) -> Change:
    letter = {**interview.letter, "id": interview.id}
    files: dict[str, bytes | None] = {}
    for name, items in zip(("parties", "threads"), _named(interview), strict=True):
        path = f"records/{name}.yaml"
        data = desk.snapshot.files.get(path)
        for item in items:
            data = edit.append(data, path, (name,), item) if data else compose.record(path, {name: [item]})
        if items:
            files[path] = data
    files[interview.path] = compose.record(interview.path, letter)
    return Change(pending=desk.pending(files), message=f"Add the letter {letter['id']}\n")
