"""Attacks on a clone: what its configuration runs, and what it shows in the place of history."""

import os
import shutil
from pathlib import Path
from unittest.mock import patch

from tests.attacks.attack import Result, attack
from tests.attacks.rows import COMMANDS, FORGED_HISTORY, NOT_WHOLE
from tests.attacks.scene import FIRST, MERGED, Desk, harmless, refused
from tests.builders import Archive, git, letter_path
from tests.test_git_environment import forge_commit_graph

RECORD = letter_path(FIRST)
FOLDER = RECORD.rpartition("/")[0]
NO_LAZY_FETCH = "environment: GIT_ALLOW_PROTOCOL + environment: GIT_NO_LAZY_FETCH"
MERGE = "HEAD~4"


def trap(desk: Desk) -> tuple[Path, Path]:
    """Return a command that leaves a trace if anybody runs it, and where the trace would be."""
    trace, program = desk.folder / "trace", desk.folder / "planted.sh"
    program.write_text(f'#!/bin/sh\necho ran >> "{trace}"\nprintf "token\\0"\n', "utf-8")
    program.chmod(0o755)
    return program, trace


def loose(folder: Path) -> None:
    """Store every object of a clone in a file of its own."""
    packs = folder / ".git" / "objects" / "pack"
    aside = shutil.move(packs, folder / ".git" / "aside")
    packs.mkdir()
    for pack in Path(aside).glob("*.pack"):
        git(folder, "unpack-objects", "-q", feed=pack.read_bytes())


def is_true(desk: Desk, name: str) -> bool:
    """Whether a publication has the index that the untampered archive gives."""
    return (desk.folder / name / "index.json").read_bytes() == desk.site().read("index.json")


def published_truly(desk: Desk, folder: Path) -> Result:
    """Publish from a tampered clone, and say whether the index is the true one all the same."""
    done = desk.publish(folder)
    if done.status:
        return refused(done, "refused")
    true = is_true(desk, "published")
    return harmless(happened=not true, said="" if not true else "the index is the one that the commits give")


# -- commands --------------------------------------------------------------------------------------------------


@attack(COMMANDS, "environment: core.fsmonitor=false", shows=())
def command_that_watches_files(desk: Desk) -> Result:
    """A clone's configuration names a command that git runs wherever it reads the index, and fsck reads it."""
    program, trace = trap(desk)
    clone = desk.clone()
    git(clone, "config", "core.fsmonitor", str(program))
    git(clone, "update-index", "--fsmonitor")
    trace.unlink()
    result = desk.audit(desk.site(), clone=clone)
    return harmless(happened=trace.exists(), said="nothing was run", by=result.by)


@attack(COMMANDS, f"whole: partial + {NO_LAZY_FETCH}", shows="verify: repository")
def promised_object(desk: Desk) -> Result:
    """A clone lacks a letter and promises to fetch it by a command that its configuration names."""
    program, trace = trap(desk)
    clone = desk.clone()
    promise(clone, git(clone, "rev-parse", f"HEAD:{RECORD}"), f"ext::{program}")
    result = desk.audit(desk.site(), clone=clone)
    return Result(caught=not trace.exists(), by=result.by, said=result.said)


def promise(clone: Path, name: str, address: str) -> None:
    """Take an object out of a clone, which from then on calls itself partial: what it lacks is fetched somewhere."""
    loose(clone)
    (clone / ".git" / "objects" / name[:2] / name[2:]).unlink()
    objects = git(clone, "cat-file", "--batch-all-objects", "--batch-check=%(objectname)")
    pack = git(clone, "pack-objects", "--quiet", ".git/objects/pack/pack", feed=f"{objects}\n".encode())
    (clone / ".git" / "objects" / "pack" / f"pack-{pack}.promisor").touch()
    for setting, value in (
        ("core.repositoryFormatVersion", "1"), ("extensions.partialClone", "origin"),
        ("remote.origin.promisor", "true"), ("remote.origin.url", address), ("protocol.ext.allow", "always"),
    ):  # fmt: skip
        git(clone, "config", setting, value)


@attack(COMMANDS, "environment: env -i", shows=())
def repository_from_the_environment(desk: Desk) -> Result:
    """An earlier step of the job that publishes sets GIT_DIR to a repository of its own, with a letter rewritten."""
    archive = desk.archive()
    forged = Archive(desk.folder / "forged")
    archive.git("push", "--quiet", str(forged.folder), "main:refs/heads/copy")
    forged.git("reset", "--quiet", "--hard", "copy")
    forged.letter(FIRST, summary="Asks for nothing.")
    forged.commit()
    with patch.dict(os.environ, {"GIT_DIR": str(forged.folder / ".git")}):
        return published_truly(desk, archive.folder)


# -- other histories -------------------------------------------------------------------------------------------


@attack(FORGED_HISTORY, "environment: core.commitGraph=false", shows=())
def forged_commit_graph(desk: Desk) -> Result:
    """The clone of whoever publishes holds a commit-graph that leaves out every commit but the first and the newest."""
    archive = desk.archive()
    first, *_ = archive.git("rev-list", "--first-parent", "--reverse", "HEAD").splitlines()
    place = sorted(archive.git("rev-list", "--all").splitlines()).index(first)
    forge_commit_graph(archive.folder, archive.head, parent=place)
    return published_truly(desk, archive.folder)


@attack(FORGED_HISTORY, "environment: GIT_NO_REPLACE_OBJECTS + environment: core.useReplaceRefs=false", shows=())
def replaced_tree(desk: Desk) -> Result:
    """A replace ref puts another tree, in which a letter says something else, in the place of the newest commit's."""
    archive = desk.archive()
    git(archive.folder, "replace", "HEAD^{tree}", forged_tree(archive))
    return published_truly(desk, archive.folder)


def forged_tree(archive: Archive) -> str:
    """Return a tree like that of HEAD in which a letter says something else; all of it true objects."""
    head = archive.head
    archive.letter(FIRST, summary="Asks for nothing.", changes=[{"kind": "addition", "note": "A mistake put right."}])
    archive.git("add", RECORD)
    tree = archive.git("write-tree")
    archive.git("reset", "--quiet", "--hard", head)
    return tree


@attack(FORGED_HISTORY, "whole: grafts + environment: GIT_GRAFT_FILE", shows="refused")
def grafted_history(desk: Desk) -> Result:
    """A graft in the clone of whoever publishes cuts off everything before the newest commit."""
    archive = desk.archive()
    grafts = archive.folder / ".git" / "info" / "grafts"
    grafts.parent.mkdir(exist_ok=True)
    grafts.write_text(f"{archive.head}\n", "ascii")
    return published_truly(desk, archive.folder)


@attack(NOT_WHOLE, "whole: shallow", shows="refused")
def shallow_clone(desk: Desk) -> Result:
    """The job that publishes is made to fetch the newest commit only, so that every letter seems to be new."""
    shallow = desk.scene.archive.clone(desk.folder / "shallow", "--depth=1")
    return published_truly(desk, shallow)


@attack(NOT_WHOLE, "whole: partial", shows="verify: repository")
def clone_that_lacks_a_draft(desk: Desk) -> Result:
    """An auditor is handed a clone in which a letter's first draft, on a side branch, is promised and not there."""
    clone = desk.clone()
    draft = git(clone, "rev-parse", f"{MERGE}^2~1:{letter_path(MERGED)}")
    promise(clone, draft, "https://letterbook.example/")
    return desk.audit(desk.site(), clone=clone)
