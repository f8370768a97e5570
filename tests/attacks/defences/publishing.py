"""What publish refuses, and how the history is read."""

import contextlib
from collections.abc import Iterable, Mapping
from typing import Any

import pytest

import publisher.commands.publish
import publisher.git
import publisher.history
import publisher.publish
from publisher.commands.publish import _from_file
from publisher.git import LineCommit
from publisher.history import Version
from publisher.index import Index
from publisher.letter import Erasure
from tests.attacks.defences.table import defence


@defence("publish: the commit published before stands on the line")
def _(patch: pytest.MonkeyPatch) -> None:
    guard = publisher.publish.guard

    def lenient(index: Index, line: set[str], previous: Index, *, allow_mass_change: bool) -> None:
        guard(index, line | {previous.source.commit}, previous, allow_mass_change=allow_mass_change)

    patch.setattr(publisher.publish, "guard", lenient)


@defence("publish: a publication that is named is believed or refused")
def _(patch: pytest.MonkeyPatch) -> None:
    guard, is_believed = publisher.commands.publish._guard, publisher.commands.publish._is_believed

    def believed(*arguments: Any) -> bool:
        if not is_believed(*arguments):
            raise LookupError
        return True

    def lenient(*arguments: Any) -> None:
        with contextlib.suppress(LookupError):
            guard(*arguments)

    patch.setattr(publisher.commands.publish, "_is_believed", believed)
    patch.setattr(publisher.commands.publish, "_guard", lenient)


@defence("publish: no commit of the future")
def _(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(publisher.commands.publish, "_refuse_future", lambda _: None)


@defence("history: published_at never goes backwards")
def _(patch: pytest.MonkeyPatch) -> None:
    times = publisher.history._times

    def landed(line: Iterable[LineCommit]) -> tuple[Mapping[str, int], Mapping[str, int]]:
        found, _ = times(line)
        return found, found

    patch.setattr(publisher.history, "_times", landed)


@defence("publish: the key is listed")
def _(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(publisher.commands.publish, "_signer", lambda _r, key, _l, listed: _from_file(key))


@defence("publish: not many letters at once")
def _(patch: pytest.MonkeyPatch) -> None:
    guard = publisher.publish.guard

    def lenient(index: Index, line: set[str], previous: Index, **_: bool) -> None:
        guard(index, line, previous, allow_mass_change=True)

    patch.setattr(publisher.publish, "guard", lenient)


@defence("history: only a stub is erased")
def _(patch: pytest.MonkeyPatch) -> None:
    def all_of_them(_: Iterable[Version], erasures: Iterable[Erasure]) -> dict[tuple[str, int], Erasure]:
        return {(erasure.key, erasure.rev): erasure for erasure in erasures}

    patch.setattr(publisher.history, "in_force", all_of_them)


@defence("publish: the log before is the beginning of the new one")
def _(patch: pytest.MonkeyPatch) -> None:
    guard = publisher.publish.guard

    def lenient(index: Index, line: set[str], previous: Index, *, allow_mass_change: bool) -> None:
        with patch.context() as inner:
            inner.setattr(Index, "leaves", lambda _: [])
            guard(index, line, previous, allow_mass_change=allow_mass_change)

    patch.setattr(publisher.publish, "guard", lenient)
