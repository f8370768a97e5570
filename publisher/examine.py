"""An archive examined: every record read and every check run, for files on disk and for a commit alike."""

from dataclasses import dataclass

from publisher import checks
from publisher.archive import Archive
from publisher.finding import Finding
from publisher.git import Repository
from publisher.history import History
from publisher.snapshot import Snapshot


@dataclass(frozen=True, kw_only=True, slots=True)
class Examined:
    """An archive with its files, its history, and everything that is wrong with it.

    `only` names the files that were judged, where that is not the whole archive (narrow.py).
    """

    snapshot: Snapshot
    history: History
    archive: Archive
    findings: tuple[Finding, ...]
    only: tuple[str, ...] | None = None

    @property
    def errors(self) -> int:
        """How many findings are errors."""
        return sum(finding.severity == "error" for finding in self.findings)


def examine(snapshot: Snapshot, history: History) -> Examined:
    """Read every record and run every check."""
    archive, faults = Archive.of(snapshot)
    findings = sorted([*faults, *checks.run(archive, history)], key=lambda finding: finding.order)
    return Examined(snapshot=snapshot, history=history, archive=archive, findings=tuple(findings))


def examine_commit(repository: Repository, commit: str) -> Examined:
    """Examine a commit as it stands."""
    snapshot = Snapshot.at(repository, commit)
    return examine(snapshot, History.of(repository, commit, snapshot))
