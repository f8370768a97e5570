"""The auditor's clone: whole, undamaged, and with the published commit on its first-parent line."""

from publisher.audit import Audit, Difference, Outcome, failed, passed, unchecked

_TIPS = ("HEAD", "refs/remotes/origin/HEAD")


def whole(audit: Audit) -> Outcome:
    """Open the clone and let git check every object."""
    repository = audit.open_repository()
    repository.require_whole()
    if not audit.fsck:
        audit.clone = repository
        return unchecked("git fsck was left out (--no-fsck)")
    repository.fsck()
    audit.clone = repository
    return passed("the clone is whole and its objects are what their names say")


def on_line(audit: Audit) -> Outcome:
    """Look for the published commit on the first-parent line of HEAD or of the remote's default branch."""
    if audit.clone is None:
        return unchecked("there is no clone that could be trusted")
    if audit.index is None:
        return unchecked("the index was not read")
    commit = audit.index["source"]["commit"]
    if audit.clone.find_commit(commit) != commit:
        return unchecked(f"index.json, source.commit: there is no commit {commit} in this clone; run 'git fetch'")
    for tip in _TIPS:
        end = audit.clone.find_commit(tip)
        line = [] if end is None else audit.clone.line(end)
        places = [at for at, entry in enumerate(line) if entry.id == commit]
        if places:
            audit.line = tuple(line[: places[0] + 1])
            return passed(f"commit {commit} stands on the first-parent line of {tip}")
    return failed(
        "the commit is not on the first-parent line of this clone's branch: its history was rewritten",
        [Difference(what="index.json", field="source.commit", published=commit)],
    )
