"""Attacks on what was published before: history rewritten, rolled back, shown to some only, or signed by a thief."""

import json
from pathlib import Path

from tests.attacks.attack import Result, attack
from tests.attacks.forge import Publication
from tests.attacks.rows import DATES, FOXTROT, REVOKED, REWRITTEN, ROLLBACK, SPLIT
from tests.attacks.scene import FIRST, PAGE, Desk, command, harmless, refused
from tests.builders import Archive, change, git
from tests.erasing import adopt

CHECKPOINT = "log/checkpoint"
TRUE, FALSE = b"Regrets the delay.", b"Denies everything!"


def rewritten(desk: Desk, old: bytes = TRUE, new: bytes = FALSE) -> Archive:
    """Return the archive with some bytes replaced wherever they stood, and every date kept."""
    assert len(old) == len(new)
    stream = desk.scene.archive.git("fast-export", "--all", "--signed-tags=strip", "--reencode=no")
    data = stream.encode("utf-8", "surrogateescape")
    assert old in data
    folder = desk.folder / "rewritten"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "fast-import", "--quiet", feed=data.replace(old, new) + b"\n")
    git(folder, "reset", "--quiet", "--hard", "main")
    return adopt(folder, desk.scene.archive)


def published(desk: Desk, archive: Archive, key: str = "new") -> tuple[Path, Path]:
    """Publish an archive with a true key; return the publication, and a clone of the archive."""
    done = desk.publish(archive.folder, key=key)
    assert done.status == 0, done.err
    return desk.folder / "published", archive.clone(desk.folder / "fetched")


# -- history ---------------------------------------------------------------------------------------------------


@attack(REWRITTEN, "verify: since")
def letter_rewritten_in_the_past(desk: Desk) -> Result:
    """The archive rewrites what a letter said long ago, pushes by force, adds a letter, and publishes all that."""
    archive = rewritten(desk)
    archive.letter("2019-07-01-harbour-to-acme")
    archive.commit()
    site, clone = published(desk, archive)
    return desk.audit(site, "--since", desk.scene.sites[2] / CHECKPOINT, clone=clone)


@attack(REWRITTEN, "publish: the commit published before stands on the line", shows="refused")
def rewritten_over_a_publication(desk: Desk) -> Result:
    """Somebody pushes a line with other commits by force, and the job that publishes is to replace the site by it."""
    archive = rewritten(desk, b"Meanwhile", b"Meantimes")
    return refused(desk.publish(archive.folder, "published", "--previous", desk.scene.sites[2]), "refused")


@attack(REWRITTEN, "publish: a publication that is named is believed or refused", shows="refused")
def publication_before_without_its_signature(desk: Desk) -> Result:
    """The same, and whoever serves the publication before spoils its signature, so that nothing is held against it."""
    archive, site = rewritten(desk, b"Meanwhile", b"Meantimes"), desk.site()
    site.write("index.json.sig", b"")
    return refused(desk.publish(archive.folder, "published", "--previous", site.folder), "refused")


@attack(REWRITTEN, "monitor: what was seen is kept", shows="verify: since")
def monitor_that_is_to_forget(desk: Desk) -> Result:
    """The rewritten log is shown to a monitor twice, in the hope that it remembers the first time by the second."""
    site, _ = published(desk, rewritten(desk))
    state = desk.folder / "state"
    desk.audit(desk.scene.sites[2], "--state", state)
    desk.audit(site, "--state", state)
    return desk.audit(site, "--state", state)


@attack(REWRITTEN, "monitor: what was seen is kept", shows=())
def monitor_that_is_to_remember_a_lie(desk: Desk) -> Result:
    """A thief shows a monitor a log that goes on with a page edited, so that the true publication alarms it later."""
    archive = desk.archive()
    archive.letter("2019-07-01-harbour-to-acme")
    archive.commit()
    folder, clone = published(desk, archive)
    site, state = Publication(folder), desk.folder / "state"
    site.replace(PAGE, b"Asks more.", b"Asks less.")
    site.sign(desk.scene.new)
    assert desk.audit(site, "--state", state, clone=clone).by == {"verify: files-rebuilt"}
    alarmed = desk.audit(desk.scene.sites[2], "--state", state, clone=desk.scene.clone).caught
    return harmless(happened=alarmed, said="what failed was not kept")


@attack(FOXTROT, "verify: commit")
def foxtrot_merge(desk: Desk) -> Result:
    """Main is merged into a branch, and pushed: what was its line is a second parent, and still an ancestor."""
    archive = desk.archive()
    archive.branch("other", "HEAD~2")
    archive.letter("2019-07-01-harbour-to-acme")
    archive.commit()
    archive.foxtrot("other")
    return desk.audit(desk.site(), clone=archive.clone(desk.folder / "fetched"))


@attack(FOXTROT, "verify: since")
def foxtrot_published(desk: Desk) -> Result:
    """The same, and the reordered line is published."""
    archive = desk.archive()
    archive.branch("other", "HEAD~3")
    archive.letter("2019-07-01-harbour-to-acme")
    archive.commit()
    archive.foxtrot("other")
    site, clone = published(desk, archive)
    return desk.audit(site, "--since", desk.scene.sites[2] / CHECKPOINT, clone=clone)


@attack(FOXTROT, "verify: commit")
def rebased_main(desk: Desk) -> Result:
    """Main is rebased and pushed by force, while the publication still names a commit that is on it no more."""
    archive = rewritten(desk, b"Meanwhile", b"Meantimes")
    clone = desk.clone()
    git(clone, "fetch", "--quiet", str(archive.folder), "main")
    git(clone, "reset", "--quiet", "--hard", "FETCH_HEAD")
    git(clone, "update-ref", "refs/remotes/origin/main", "FETCH_HEAD")
    return desk.audit(desk.site(), clone=clone)


@attack(FOXTROT, "verify: since")
def rebased_main_with_the_same_log(desk: Desk) -> Result:
    """Main is rebased without a change to any record, which leaves the log as it was, and that is published."""
    site, clone = published(desk, rewritten(desk, b"Meanwhile", b"Meantimes"))
    return desk.audit(site, "--since", desk.scene.sites[2] / "index.json", clone=clone)


@attack(ROLLBACK, "verify: since")
def publication_of_last_month(desk: Desk) -> Result:
    """The host serves an earlier publication again, in which a letter was not withdrawn yet."""
    kept = desk.scene.sites[2] / CHECKPOINT
    return desk.audit(desk.site(1), "--since", kept, keys=desk.scene.lists[0])


@attack(SPLIT, "verify: since")
def two_publications_of_one_size(desk: Desk) -> Result:
    """The archive shows one log to one auditor and another of the same size to the next; they compare checkpoints."""
    site, clone = published(desk, rewritten(desk))
    return desk.audit(site, "--since", desk.scene.sites[2] / CHECKPOINT, clone=clone)


@attack(REVOKED, "verify: newer")
def index_forged_by_a_thief(desk: Desk) -> Result:
    """A thief of the old key rewrites the past and publishes it as of then; the key was retired since."""
    archive = rewritten(desk)
    archive.git("reset", "--quiet", "--hard", "HEAD~4")
    site, clone = published(desk, archive, "old")
    return desk.audit(site, "--newer", desk.scene.sites[2] / CHECKPOINT, clone=clone)


@attack(REVOKED, "keys: a list leads to the next", shows=("verify: index-signature", "verify: sums-signature"))
def key_that_was_replaced(desk: Desk) -> Result:
    """A thief of the old key signs today's publication with a page edited, before a reader who has only list 1."""
    site = desk.site()
    site.replace(PAGE, b"Asks more.", b"Asks less.")
    site.write("keys/allowed_signers", desk.scene.lists[0])
    site.sign_checkpoint(desk.scene.old, site.index["log"])
    site.sign(desk.scene.old)
    return desk.audit(site, keys=desk.scene.lists[0])


@attack(REVOKED, "verify: since")
def key_list_taken_back(desk: Desk) -> Result:
    """A thief of the old key signs the same log without list 2, before a monitor who was led from list 1 to that."""
    site, state = desk.site(), desk.folder / "state"
    desk.audit(desk.scene.sites[2], "--state", state, keys=desk.scene.lists[0])
    for file in (site.folder / "keys").glob("2.*"):
        file.unlink()
    site.write("keys/allowed_signers", desk.scene.lists[0])
    site.sign_checkpoint(desk.scene.old, site.index["log"])
    site.sign(desk.scene.old)
    return desk.audit(site, "--state", state, keys=desk.scene.lists[0])


# -- dates -----------------------------------------------------------------------------------------------------


@attack(DATES, "verify: dates")
def backdated_commit(desk: Desk) -> Result:
    """Somebody dates a commit a year back, so that a letter seems to have been there before the others."""
    archive = desk.archive()
    archive.letter("2019-07-01-harbour-to-acme")
    archive.commit(at="2020-03-01T00:00:00Z")
    return told(desk, archive, "its predecessor's")


@attack(DATES, "verify: dates")
def author_date_of_tomorrow(desk: Desk) -> Result:
    """Somebody dates a letter's authorship after the commit that holds it."""
    archive = desk.archive()
    archive.letter("2019-07-01-harbour-to-acme")
    archive.commit()
    tomorrow = f"@{archive.clock} +0000"
    committed = archive.git("log", "-1", "--format=@%ct +0000")
    archive.git("commit", "--quiet", "--amend", "--no-edit", f"--date={tomorrow}", GIT_COMMITTER_DATE=committed)
    return told(desk, archive, "its author time")


def told(desk: Desk, archive: Archive, words: str) -> Result:
    """Verify an archive whose dates are odd, which is no fault: the auditor must be told, and is not alarmed."""
    site, clone = published(desk, archive)
    keys = desk.file("keys", desk.scene.lists[1])
    done = command(clone, "verify", site, "--keys", keys, "--format", "json")
    assert done.status == 0, done.out
    facts = [fact for step in json.loads(done.out)["steps"] if step["name"] == "dates" for fact in step["facts"]]
    found = [fact for fact in facts if words in fact]
    return Result(caught=bool(found), by=frozenset({"verify: dates"} if found else ()), said="".join(found[:1]))


@attack(DATES, "history: published_at never goes backwards", shows=())
def letter_published_before_it_landed(desk: Desk) -> Result:
    """Somebody dates a commit a year back, so that the index says that its letter was published then."""
    archive = desk.archive()
    archive.letter("2019-07-01-harbour-to-acme")
    archive.commit(at="2020-03-01T00:00:00Z")
    site, _ = published(desk, archive)
    (entry,) = (one for one in json.loads((site / "index.json").read_bytes())["letters"] if "2019-07-01" in one["id"])
    stamp = entry["provenance"]["first"]["published_at"]
    return harmless(happened=stamp.startswith("2020"), said=f"published_at is {stamp}, the newest time of the line")


@attack(DATES, "publish: no commit of the future", shows="refused")
def commit_of_the_future(desk: Desk) -> Result:
    """Somebody dates a commit a century ahead, so that every later letter would seem to be as new."""
    archive = desk.archive()
    archive.letter(FIRST, summary="Asks again.", changes=[change("addition"), change("correction")])
    archive.commit(at="2121-01-01T00:00:00Z")
    return refused(desk.publish(archive.folder), "refused")
