"""How each defence is taken away, one at a time: `with without("verify: files"): ...`.

    verify: STEP         a step of `letterbook verify` still does its work, but always says that it passed
    finding: CODE        a finding of `letterbook check` and `publish` is not made
    environment: LINE    a variable, or a `-c` setting, that every git is run with is left out
    anything else        a row of DEFENCES: what is patched, as narrowly as can be

Nothing else is touched, so an attack that passes then shows that this one defence stands against it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

import pytest

import publisher.audit
import publisher.commands.verify
import publisher.examine
import publisher.git
import publisher.history
import publisher.snapshot
from publisher import steps
from publisher.audit import Audit, Outcome
from publisher.errors import LetterbookError
from publisher.examine import Examined
from publisher.history import History
from publisher.snapshot import Snapshot
from publisher.steps import STEPS, StepKind

Disarm = Callable[[pytest.MonkeyPatch], None]
DEFENCES: dict[str, Disarm] = {}


@contextmanager
def without(name: str | None) -> Iterator[None]:
    """Take a defence away for a while; None takes nothing away. Raises KeyError for a name that is none."""
    with pytest.MonkeyPatch.context() as patch:
        for one in (name or "").split(" + ") if name else ():
            _take_away(one, patch)
        yield


def _take_away(name: str, patch: pytest.MonkeyPatch) -> None:
    kind, _, what = name.partition(": ")
    if kind == "verify":
        assert any(step.name == what for step in STEPS), what
        current = getattr(vars(publisher.commands.verify)["run"], "keywords", {"steps": STEPS})["steps"]
        kinds = [replace(step, run=_always_passed(step)) if step.name == what else step for step in current]
        patch.setattr(publisher.commands.verify, "run", partial(steps.run, steps=kinds))
    elif kind == "finding":
        without_finding(patch, what)
    elif kind == "environment" and "=" in what:
        assert what in publisher.git.DISARMED, what
        patch.setattr(publisher.git, "DISARMED", tuple(line for line in publisher.git.DISARMED if line != what))
    elif kind == "environment" and name not in DEFENCES:
        patch.delitem(publisher.git.ENVIRONMENT, what)
    else:
        DEFENCES[name](patch)


def defence(name: str) -> Callable[[Disarm], Disarm]:
    """Put a function that takes a defence away into DEFENCES."""

    def enter(disarm: Disarm) -> Disarm:
        DEFENCES[name] = disarm
        return disarm

    return enter


def _always_passed(step: StepKind) -> Callable[[Audit], Outcome | None]:
    """Return a step that does its work for those after it, and never says that something is wrong."""

    def run(audit: Audit) -> Outcome | None:
        try:
            outcome = step.run(audit)
        except LetterbookError:
            outcome = publisher.audit.unchecked("")
        if step.name == "commit" and audit.line is None and audit.clone is not None and audit.index is not None:
            audit.line = tuple(audit.clone.line(audit.index["source"]["commit"]))
        return None if outcome is None else publisher.audit.passed("taken away")

    return run


def without_finding(patch: pytest.MonkeyPatch, code: str) -> None:
    examine = publisher.examine.examine

    def quiet(snapshot: Snapshot, history: History) -> Examined:
        found = examine(snapshot, history)
        return replace(found, findings=tuple(finding for finding in found.findings if finding.code != code))

    patch.setattr(publisher.examine, "examine", quiet)
