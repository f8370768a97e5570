"""Signatures and dates of the commits: what is broken, and what is worth knowing."""

from publisher.audit import Audit, Difference, Outcome, failed, passed, unchecked
from publisher.commits import SHOWN, CommitReport, examine
from publisher.provenance import utc

_DAY = 24 * 60 * 60
_SHOWN_KEYS = 10
_NO_LINE = "the line was not found"
_TOLD = {
    "backwards": "older than the commit before them",
    "ahead": "written after they were committed",
    "early": "dated before git existed",
    "malformed": "without a time that can be read",
}


def signatures(audit: Audit) -> Outcome:
    """Check every SSH signature of a commit; count the others.

    What is broken on the line is a fault. A commit beside it is whoever's sent it in, and says nothing of the line.
    """
    report = _report(audit)
    if report is None:
        return unchecked(_NO_LINE)
    facts = [f"{count} signed by the SSH key {key}" for key, count in list(report.signed.items())[:_SHOWN_KEYS]]
    if len(report.signed) > _SHOWN_KEYS:
        facts.append(f"and by {len(report.signed) - _SHOWN_KEYS} more SSH keys")
    facts += [
        f"{count} signed by an SSH key of a kind that is not read here: {kind}" for kind, count in report.unread.items()
    ]
    facts += [f"{count} signed by other means, not judged: {kind}" for kind, count in report.foreign.items()]
    facts += [f"{report.unsigned} of {report.commits} commits have no signature"] if report.unsigned else []
    facts += [
        f"commit {commit}, which was merged and is not on the line: {why}"
        for commit, why in report.bad_elsewhere[:SHOWN]
    ]
    if report.bad:
        found = [Difference(what=f"commit {commit}", field="signature", published=why) for commit, why in report.bad]
        return failed(f"{len(found)} commits of the line carry a broken signature", found, *facts)
    good, elsewhere = sum(report.signed.values()), len(report.bad_elsewhere)
    where = f", {elsewhere} are broken beside it" if elsewhere else ""
    return passed(
        f"{good} SSH signatures of {report.commits} commits are good, none of the line is broken{where}", *facts
    )


def dates(audit: Audit) -> Outcome:
    """Report what is odd about the dates of the line; odd dates are told and never trusted, so they are no fault."""
    report = _report(audit)
    if report is None or audit.line is None:
        return unchecked(_NO_LINE)
    facts = [f"commit {odd.commit}: {odd.text}" for odd in report.oddities]
    facts += [
        f"{count} commits in all are {_TOLD[kind]}"
        for kind, count in report.odd.items()
        if count > sum(odd.kind == kind for odd in report.oddities)
    ]
    if audit.now is not None:
        late = [commit for commit in audit.line if commit.time > audit.now + _DAY]
        facts += [
            f"commit {commit.id}: dated {utc(commit.time)}, after this machine's clock" for commit in late[:SHOWN]
        ]
        facts += [f"{len(late)} commits in all are dated after this machine's clock"] if len(late) > SHOWN else []
    if facts:
        return passed(
            f"the dates of {len(audit.line)} commits are odd in {len(facts)} places; no stamp relies on them", *facts
        )
    return passed(f"the dates of all {len(audit.line)} commits of the line agree with their order")


def _report(audit: Audit) -> CommitReport | None:
    if audit.report is None and audit.clone is not None and audit.line:
        audit.report = examine(audit.clone, audit.line[-1].id, audit.line)
    return audit.report
