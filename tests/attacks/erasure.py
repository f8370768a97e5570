"""Attacks on erasure: what the law may demand is used to alter the log, or done without a word."""

import json
from pathlib import Path
from typing import Any

import yaml

from tests.attacks.attack import Result, attack
from tests.attacks.memory import CHECKPOINT, published, rewritten
from tests.attacks.rows import ERASURE
from tests.attacks.scene import FIRST, Desk, found, harmless, refused
from tests.builders import Archive
from tests.erasing import LIST, erased, list_them
from tests.erasing import rewritten as without

KEY, REV = f"letters/{FIRST}", 1
NOTHING = "0" * 64


def entry(**fields: Any) -> dict[str, Any]:
    """Return an entry of the list of erasures."""
    return {"key": KEY, "rev": REV, "sha256": NOTHING, "size": 1, "reason": "court-order", **fields}


def listed_sha256(site: Path) -> str:
    """Return the SHA-256 that an index gives for the version in question."""
    index = json.loads((site / "index.json").read_bytes())
    (letter,) = (one for one in index["letters"] if one["id"] == FIRST)
    sha256: str = letter["provenance"]["revisions"][REV - 1]["sha256"]
    return sha256


@attack(
    ERASURE,
    "finding: erasure-without-stub + history: only a stub is erased",
    shows="finding: erasure-without-stub",
)
def erasure_of_what_is_still_there(desk: Desk) -> Result:
    """The archive lists a version as erased that is still there, to give its leaf another hash."""
    archive = desk.archive()
    list_them(archive, entry())
    archive.commit()
    done = desk.publish(archive.folder)
    if done.status:
        return found(done)
    sha256 = listed_sha256(desk.folder / "published")
    return harmless(happened=sha256 == NOTHING, said=f"the leaf has the hash that git gives, {sha256[:12]}")


@attack(ERASURE, "finding: erased-without-tombstone")
def erasure_without_a_word(desk: Desk) -> Result:
    """The archive erases a version from its history and does not list it."""
    archive, _ = without(desk.archive(), desk.folder / "erased", KEY, REV)
    return found(desk.publish(archive.folder))


@attack(ERASURE, "verify: since")
def erasure_with_another_hash(desk: Desk) -> Result:
    """The archive erases a version and lists the hash of other bytes, to be shown as the erased ones one day."""
    archive, (true, *_) = without(desk.archive(), desk.folder / "erased", KEY, REV)
    list_them(archive, {**true, "sha256": NOTHING})
    archive.commit()
    return remembered(desk, archive)


@attack(ERASURE, "verify: since")
def erasure_as_a_cover(desk: Desk) -> Result:
    """The archive erases a version as a court ordered, and rewrites another letter while it is at it."""
    return remembered(desk, erased(rewritten(desk), desk.folder / "erased", KEY, REV))


def remembered(desk: Desk, archive: Archive) -> Result:
    """Publish the rewritten line, and let an auditor who kept a checkpoint look at it."""
    site, clone = published(desk, archive)
    return desk.audit(site, "--since", desk.scene.sites[2] / CHECKPOINT, clone=clone)


def altered(archive: Archive) -> None:
    """Alter the entry that landed."""
    entries = yaml.safe_load(archive.read(LIST))["erasures"]
    list_them(archive, *({**one, "sha256": NOTHING} for one in entries))


@attack(ERASURE, "finding: erasures-rewritten")
def tombstone_altered_by_a_pull_request(desk: Desk) -> Result:
    """A pull request gives the tombstone of an erased version another hash."""
    archive = erased(desk.archive(), desk.folder / "erased", KEY, REV)
    altered(archive)
    return desk.check(archive.folder)


@attack(ERASURE, "finding: erasures-rewritten")
def tombstone_altered_on_the_line(desk: Desk) -> Result:
    """Somebody who may push alters a tombstone past every check, and the job that publishes is to seal that."""
    archive = erased(desk.archive(), desk.folder / "erased", KEY, REV)
    altered(archive)
    archive.commit()
    return found(desk.publish(archive.folder))


@attack(ERASURE, "publish: the log before is the beginning of the new one", shows="refused")
def erasure_as_a_cover_at_once(desk: Desk) -> Result:
    """The archive erases a version, rewrites another letter while it is at it, and publishes over what was there."""
    archive = erased(rewritten(desk), desk.folder / "erased", KEY, REV)
    return refused(desk.publish(archive.folder, "next", "--previous", desk.scene.sites[2]), "refused")
