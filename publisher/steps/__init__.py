"""What an audit checks, step by step; each trusts only what those before it established.

A step is a function of the audit so far that returns an outcome, or None where nobody asked for it. An error of
git makes the step "not checked", never passed; where the publication cannot be read at all, the run ends. The index
is not parsed before its signature is good, nor is a file taken for what SHA256SUMS says before that one's is. What
is read earlier, the published key lists and the names of them in SHA256SUMS, is believed only as far as the roots of
the auditor's own list signed it. To add a step, write the function and add a row to STEPS.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from publisher.audit import Audit, Outcome, Step, unchecked
from publisher.errors import LetterbookError, UnavailableError
from publisher.steps import clone, commits, files, index, keys, letters, log, memory, rebuilt, signatures

__all__ = ["STEPS", "StepKind", "run"]


@dataclass(frozen=True, kw_only=True, slots=True)
class StepKind:
    """One row of the audit: what is done, what it proves when it passes, and what it leaves open even then."""

    name: str
    run: Callable[[Audit], Outcome | None]
    proves: str
    leaves_open: str


STEPS: tuple[StepKind, ...] = (
    StepKind(
        name="keys",
        run=keys.trusted,
        proves="which keys may have signed: those you gave, or a newer list that your list's root keys signed",
        leaves_open="whether the list you gave is the archive's: that is for you to know",
    ),
    StepKind(
        name="index-signature",
        run=signatures.index,
        proves="the holder of that key signed these bytes as an index",
        leaves_open="who holds the key, and when it was signed",
    ),
    StepKind(
        name="sums-signature",
        run=signatures.sums,
        proves="the same key signed this list of files",
        leaves_open="whether the files are what the list says: the next step",
    ),
    StepKind(
        name="files",
        run=files.listed,
        proves="every file is the one that was signed, and none was mixed in from another publication",
        leaves_open="whether what was signed is what git says",
    ),
    StepKind(
        name="index",
        run=index.well_formed,
        proves="the index can be read in one way only, and its revisions give the root of its log",
        leaves_open="whether its revisions are those of git",
    ),
    StepKind(
        name="log",
        run=log.published,
        proves="the signed checkpoint and the tiles are those of the index: whoever keeps three lines holds the whole",
        leaves_open="whether everybody is shown the same log: compare checkpoints",
    ),
    StepKind(
        name="letters",
        run=letters.published,
        proves="every published record and document is the one that the log names, and the index says what they say",
        leaves_open="pages, feeds and tables; withdrawn letters; and whether the log is that of git: it takes a clone",
    ),
    StepKind(
        name="repository",
        run=clone.whole,
        proves="your clone holds a whole history, and each object is what its name says",
        leaves_open="whether your clone is the archive's: you fetched it",
    ),
    StepKind(
        name="commit",
        run=clone.on_line,
        proves="the published commit stands on the first-parent line of your clone's branch",
        leaves_open="whether that line was rewritten before you first saw it: give --since what you kept",
    ),
    StepKind(
        name="commit-signatures",
        run=commits.signatures,
        proves="no SSH signature of a commit is broken",
        leaves_open="whose keys they are; other kinds of signature, and commits without one, are only counted",
    ),
    StepKind(
        name="dates",
        run=commits.dates,
        proves="how far the dates of the commits agree with their order; the order, not the dates, is what is proved",
        leaves_open="whether a date is true: whoever commits writes what they like",
    ),
    StepKind(
        name="index-rebuilt",
        run=rebuilt.index,
        proves="every value of the index is the one that git gives",
        leaves_open="letters that were never committed",
    ),
    StepKind(
        name="files-rebuilt",
        run=rebuilt.files,
        proves="every page, feed and table says what the index says, and nothing else",
        leaves_open="what is on the web outside these files",
    ),
    StepKind(
        name="since",
        run=memory.since,
        proves="nothing that you remember was changed, reordered or dropped, and no newer key list was taken back",
        leaves_open="what happened before the first checkpoint that you kept",
    ),
    StepKind(
        name="newer",
        run=memory.newer,
        proves="this older publication is a part of the log that a current key vouches for",
        leaves_open="that it is the newest: it is not",
    ),
)


def run(
    audit: Audit, *, steps: Iterable[StepKind] = STEPS, progress: Callable[[str], object] = lambda _name: None
) -> None:
    """Make every step in order and note it in `audit.steps`; `progress` is told the name of each before it."""
    for number, kind in enumerate(steps, 1):
        progress(kind.name)
        try:
            outcome = kind.run(audit)
        except UnavailableError:
            raise
        except LetterbookError as fault:
            outcome = unchecked(f"{fault.message}; {fault.hint}" if fault.hint else fault.message)
        if outcome is not None:
            step = Step(
                number=number, name=kind.name, outcome=outcome, proves=kind.proves, leaves_open=kind.leaves_open
            )
            audit.steps.append(step)
