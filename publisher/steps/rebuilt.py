"""The publication is built again from the auditor's clone, and compared value by value and byte by byte."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from publisher.audit import (
    ABSENT,
    KEY_DEPENDENT,
    Audit,
    Difference,
    Outcome,
    Rebuilt,
    failed,
    passed,
    shown,
    unchecked,
    value_differences,
)
from publisher.examine import Examined, examine_commit
from publisher.git import Repository
from publisher.index import MADE_BY
from publisher.publish import build, contents_of, index_of, key_lists
from publisher.steps.files import is_listed
from publisher.steps.index import ARRAYS, SINGULAR


def index(audit: Audit) -> Outcome:
    """Build the index of the published commit and compare it field by field."""
    if audit.index is None:
        return unchecked("the index was not read")
    if audit.rebuilt is None:
        if audit.clone is None or not audit.has("commit"):
            return unchecked("the commit was not found on the line")
        examined = examine_commit(audit.clone, audit.index["source"]["commit"])
        if examined.errors:
            return _refused(audit.index, examined)
        audit.rebuilt = rebuild(audit.clone, examined)
    found = list(_index_differences(audit.index, audit.rebuilt.index.to_mapping()))
    if found:
        return failed(f"the index built from git differs in {len(found)} places", found)
    return passed("the index built from git is the published one")


def rebuild(repository: Repository, examined: Examined) -> Rebuilt:
    """Build everything that a publication of an examined commit holds and that depends on no key."""
    commit = examined.snapshot.commit or ""
    own = index_of(repository, commit, examined)
    rendered = build(own, contents_of(examined, repository))
    lists = key_lists(examined.snapshot)
    return Rebuilt(index=own, files={**rendered, **lists.published}, newest_keys=lists.newest)


def files(audit: Audit) -> Outcome:
    """Compare every file that depends on no key, and the key list that git has."""
    if audit.index is None or audit.rebuilt is None:
        return unchecked("nothing was rebuilt from git")
    if not (audit.has("files") or audit.has("files", "failed")):
        return unchecked("the published files were not read")
    if audit.rebuilt.newest_keys is not None and not is_listed(audit, audit.rebuilt.newest_keys):
        found = Difference(what="keys/allowed_signers", field="key", published=audit.signed_by, expected="(not listed)")
        return failed("the signing key is not in the commit's newest key list", [found])
    if (made_by := audit.index["made_by"]) != MADE_BY:
        return unchecked(
            f"the publication was made by {shown(made_by)}, this is {MADE_BY}",
            Difference(what="index.json", field="made_by", expected=MADE_BY),
        )
    differences = list(_file_differences(audit.published, audit.rebuilt))
    if differences:
        return failed(f"{len(differences)} files are not what git says", differences)
    return passed(f"all {len(audit.rebuilt.files)} files rendered from git are the published ones")


def _refused(published: Mapping[str, Any], examined: Examined) -> Outcome:
    """Say what is wrong with the records of a commit that should never have been published."""
    errors = [finding for finding in examined.findings if finding.severity == "error"]
    found = [Difference(what=finding.location.path, published=shown(finding.message)) for finding in errors[:100]]
    says = f"the records of that commit have {len(errors)} errors, so it may not be published"
    if published["made_by"] != MADE_BY:
        return unchecked(f"{says} by {MADE_BY}; it was made by {shown(published['made_by'])}", *found)
    return failed(says, found)


def _file_differences(published: Mapping[str, bytes], rebuilt: Rebuilt) -> Iterator[Difference]:
    expected = {path: data for path, data in rebuilt.files.items() if path != "index.json"}
    keys = {} if rebuilt.newest_keys is None else {"keys/allowed_signers": rebuilt.newest_keys}
    for path, data in {**expected, **keys}.items():
        found = published.get(path)
        if found != data:
            actual = ABSENT if found is None else hashlib.sha256(found).hexdigest()
            yield Difference(what=path, field="sha256", published=actual, expected=hashlib.sha256(data).hexdigest())
    for path in sorted(published.keys() - expected.keys() - KEY_DEPENDENT - {"index.json"}):
        yield Difference(what=path, published="published", expected=ABSENT)


def _index_differences(published: Mapping[str, Any], expected: Mapping[str, Any]) -> Iterator[Difference]:
    for name in ("format", "archive", "source", "log"):
        yield from value_differences("index.json", (name,), published.get(name), expected.get(name))
    for array, name in ARRAYS.items():
        yield from _entry_differences(SINGULAR[array], name, published[array], expected[array])


def _entry_differences(
    what: str, name: str, published: Sequence[dict[str, Any]], expected: Sequence[dict[str, Any]]
) -> Iterator[Difference]:
    theirs = {entry[name]: entry for entry in published}
    ours = {entry[name]: entry for entry in expected}
    for key in [*ours, *(key for key in theirs if key not in ours)]:
        label = f"{what} {shown(key)}"
        if key not in theirs:
            yield Difference(what=label, field=name, published=ABSENT, expected=shown(key))
        elif key not in ours:
            yield Difference(what=label, field=name, published=shown(key), expected=ABSENT)
        else:
            yield from value_differences(label, (), theirs[key], ours[key])
    order = [entry[name] for entry in published]
    if order != list(ours) and set(order) == set(ours):
        yield Difference(what=f"{what}s", field="order", published=shown(order), expected=shown(list(ours)))
