"""What an auditor, a reader and a monitor do."""

from pathlib import Path

import pytest

import publisher.audit
import publisher.commands.verify
import publisher.publish
import publisher.site
import publisher.steps.keys
import publisher.steps.memory
from publisher.audit import Audit
from publisher.steps.memory import State
from tests.attacks.defences.table import defence


@defence("auditor: --keys")
def _(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(publisher.commands.verify, "_keys", lambda _: None)


@defence("site: symbolic links")
def _(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(publisher.site.FolderSite, "read", lambda site, path: (Path(site.name) / path).read_bytes())


@defence("paths: published paths")
def _(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(publisher.publish, "is_published_path", lambda _: True)


@defence("monitor: what was seen is kept")
def _(patch: pytest.MonkeyPatch) -> None:
    def forget(audit: Audit, path: Path | None, now: int) -> list[str]:
        if path is not None and audit.checkpoint is not None:
            path.write_bytes(State(seen=now, note=audit.checkpoint).format())
        return []

    patch.setattr(publisher.commands.verify, "_keep", forget)


@defence("keys: a list leads to the next")
def _(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(publisher.steps.keys, "follow", lambda trusted, _: (trusted, ()))


@defence("newer: git vouches for the text")
def _(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(publisher.steps.memory, "_is_rebuilt", lambda _: True)


@defence("site: one origin")
def _(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(publisher.site, "_origin", lambda _: ("http", None, None))


@defence("site: sizes")
def _(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(publisher.site, "_most", lambda _: 1 << 40)


@defence("keys: not very many files")
def _(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(publisher.steps.keys, "MAX_FILES", 1 << 40)


@defence("site: a deadline")
def _(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(publisher.site, "DEADLINE", 1e9)
