"""Which keys may have signed: the auditor's list, or a newer one that its root keys vouch for."""

import re

from publisher.audit import Audit, Difference, Outcome, failed, passed
from publisher.errors import UnavailableError
from publisher.publish import SUMS
from publisher.signatures.chain import Chain, follow, needed
from publisher.signatures.keys import AllowedSigner, KeyListError, parse_allowed_signers
from publisher.signatures.lists import KeyList, trust

FOLDER = "keys/"
PATH = "keys/allowed_signers"
MAX_FILES = 256  # that are read before anything is signed: 64 lists newer than the auditor's, of three signatures each
_NAMED = re.compile(rb"^[0-9a-f]{64}  keys/([a-z0-9_.]{1,99})$", re.MULTILINE)


def trusted(audit: Audit) -> Outcome:
    """Find the keys that the index may be signed with.

    The publication's numbered lists are read before anything is signed: each is believed only as far as the roots
    of the auditor's own list signed it.
    """
    if audit.keys is None:
        return _own(audit)
    given = trust(audit.keys)
    chain = _published(audit, given)
    reached, path = follow(given, chain)
    audit.current = audit.allowed = reached.publishers
    if audit.newer is not None:
        audit.allowed += _retired(audit)
    if not path:
        return passed("the keys are those of the list that you gave", *_unfollowed(reached, chain))
    walked = ", ".join(map(str, path))
    return passed(f"from the list that you gave its roots lead to list {walked}", *_unfollowed(reached, chain))


def _unfollowed(reached: KeyList, chain: Chain) -> tuple[str, ...]:
    """Say of a newer list that nothing vouches for it."""
    newest = chain.newest
    if newest is None or newest.number == reached.number or newest.says_the_same(reached):
        return ()
    if not reached.roots:
        why = "your list names no root keys that could vouch for it: get it from the archive by another way"
    else:
        why = "the root keys of your list do not vouch for it"
    return (f"the publication holds list {newest.number}, and {why}",)


def _published(audit: Audit, given: KeyList) -> Chain:
    """Return those of the publication's numbered lists, with their signatures, that could lead on from a list.

    Nobody has signed SHA256SUMS yet: nothing but names is taken from it, and not more of them than a list can need.
    """
    names = {found.decode("ascii") for found in _NAMED.findall(audit.read(SUMS) or b"")}
    wanted = needed(given, names)
    if len(wanted) > MAX_FILES:
        raise UnavailableError(
            f"{SUMS} names {len(wanted)} newer key lists and signatures of them, and nobody has signed it yet",
            f"give a newer key list with --keys: not more than {MAX_FILES} such files are read",
        )
    return Chain.of({name: data for name in wanted if (data := audit.read(FOLDER + name)) is not None})


def _retired(audit: Audit) -> tuple[AllowedSigner, ...]:
    """Return the keys of an old publication's own list: the newer log vouches for it, or nothing does."""
    try:
        return parse_allowed_signers(audit.read(PATH) or b"")
    except KeyListError:
        return ()


def _own(audit: Audit) -> Outcome:
    data = audit.read(PATH)
    if data is None:
        return failed("the publication holds no key list, and you gave none", [Difference(what=PATH)])
    try:
        audit.current = audit.allowed = parse_allowed_signers(data)
    except KeyListError as fault:
        return failed(f"the key list cannot be read: {fault}", [Difference(what=PATH)])
    return passed("you gave no key list, so the publication's own was taken: it proves nothing about who signed")
