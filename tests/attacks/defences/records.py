"""How records are read, and what is written of them."""

from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import publisher.formats.table
import publisher.history
import publisher.record
import publisher.reports.github
import publisher.reports.text
import publisher.snapshot
import publisher.strict
import publisher.text
from publisher.formats import phrases, templating
from tests.attacks.defences.table import DEFENCES, Disarm, defence, without_finding


def _tolerated(*codes: str) -> Disarm:
    """Return what lets the reader take a record all the same, and say nothing."""

    def disarm(patch: pytest.MonkeyPatch) -> None:
        patch.setattr(publisher.record, "_HARMLESS", publisher.record._HARMLESS | set(codes))
        for code in codes:
            without_finding(patch, code)

    return disarm


def _limit(*places: tuple[ModuleType, str]) -> Disarm:
    """Return what raises limits beyond anything."""

    def disarm(patch: pytest.MonkeyPatch) -> None:
        for module, name in places:
            patch.setattr(module, name, 1 << 27)

    return disarm


DEFENCES |= {
    "reader: a name stands once": _tolerated("duplicate-key"),
    "reader: no tags": _tolerated("tag"),
    "reader: number of values": _limit((publisher.strict, "MAX_NODES")),
    "reader: depth": _limit((publisher.strict, "MAX_DEPTH")),
    "reader: size": _limit(
        *((module, "MAX_BYTES") for module in (publisher.text, publisher.snapshot, publisher.history, publisher.record))
    ),
}


@defence("reader: no aliases")
def _(patch: pytest.MonkeyPatch) -> None:
    """Put the text that an anchor stands for wherever an alias names it, as other readers do."""
    anchors: dict[str, str] = {}
    scalar = publisher.strict.Reader._scalar

    def remembered(reader: publisher.strict.Reader, event: Any) -> None:
        if event.anchor:
            anchors[event.anchor] = event.value
        scalar(reader, event)

    patch.setattr(publisher.strict.Reader, "_scalar", remembered)
    patch.setattr(publisher.strict.Reader, "_alias", lambda reader, event: reader._put(anchors[event.anchor], event))
    patch.setattr(publisher.strict.Reader, "_decorated", lambda _, __: None)


@defence("snapshot: symbolic links")
def _(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Path, "lstat", Path.stat)


@defence("report: what acts on a terminal is written out")
def _(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(publisher.reports.text, "visible", list)


@defence("report: one finding, one line")
def _(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(publisher.reports.github, "visible", list)


@defence("report: properties end where they should")
def _(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(publisher.reports.github, "_property", publisher.reports.github._data)


@defence("pages: everything is escaped")
def _(patch: pytest.MonkeyPatch) -> None:
    plain = templating.environment().overlay(autoescape=False)
    patch.setattr(templating, "environment", lambda: plain)


@defence("table: no cell is a formula")
def _(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(publisher.formats.table, "cell", phrases.one_line)
