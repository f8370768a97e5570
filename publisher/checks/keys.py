"""The archive's own key lists can be used, are signed as they must be, stay as they landed, and name nobody."""

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from publisher.archive import Archive
from publisher.finding import Finding, Location
from publisher.history import History
from publisher.signatures.chain import Chain, files_in
from publisher.signatures.lists import NAMESPACE, SIGNED
from publisher.snapshot import KEYS

_FORMAT = "docs/format.md, section 8.1, says what a line is"
_SIGN = f"'ssh-keygen -Y sign -f ROOT -n {NAMESPACE} < {KEYS}{{number}}.allowed_signers > {KEYS}{{number}}.NAME.sig'"
HINTS = {
    "bad-key-list": f"{_FORMAT}; lists are named 1.allowed_signers, 2.allowed_signers and so on",
    "bad-key-signature": f"remove it, or sign again: {_SIGN}",
    "bad-threshold": "say in every root line how many of the roots must sign: at least 1, at most all of them or 8",
    "key-list-gap": "give the list the next free number; a published list is never removed",
    "key-list-number": "write the list's own number into each of its root lines, and sign it again",
    "key-list-unsigned": f"sign with more of the roots that it lists: {_SIGN}",
    "key-list-unvouched": f"sign with more roots of the list before: {_SIGN}",
    "key-listed-twice": "remove one of the two lines; roots are kept offline, a publisher's key is not",
    "publisher-namespaces": f'write publisher namespaces="{",".join(sorted(SIGNED))}" before the key',
    "roots-dropped": "list roots here too (others, if need be): without them nobody could follow to the next list",
}
_PRIVATE = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----")
_WHOLE = re.compile(rb"\s*-----BEGIN [A-Z ]*PRIVATE KEY-----\s(?:[A-Za-z-]+: [^\n]*\n|\s)*[A-Za-z0-9+/]{40}")
_ADDRESS = re.compile(r"[^\s@=\",]+@[^\s@=\",]+")
_NO_ADDRESS = re.compile(r"letterbook-[a-z]+@v[0-9]+|sk-ssh-ed25519@openssh\.com")


def is_private(data: bytes) -> bool:
    """Whether a file is a private key, and no text that speaks of one."""
    return _WHOLE.match(data) is not None


def listed(archive: Archive, history: History) -> Iterator[Finding]:
    """Yield a finding for everything that is wrong with a key list, a signature of one, or what lies beside them."""
    files = {path: data for path, data in archive.others.items() if path.startswith(KEYS)}
    chain = Chain.of({path.removeprefix(KEYS): data for path, data in files.items()})
    for fault in chain.faults:
        number = fault.path.partition(".")[0]
        hint = HINTS[fault.code].format(number=number if number.isdecimal() else "N")
        yield _finding(f"{KEYS}{fault.path}", fault.code, fault.message, hint, fault.line)
    unread = {f"{KEYS}{fault.path}" for fault in chain.faults if fault.code == "bad-key-list"}
    for path, data in files.items():
        if path not in unread and path.endswith(".allowed_signers"):
            yield from _addresses(path, data)
    yield from _changed(files, history)
    yield from _beside(archive)


def _addresses(path: str, data: bytes) -> Iterator[Finding]:
    for number, line in enumerate(data.decode("utf-8", "replace").split("\n"), 1):
        if any(not _NO_ADDRESS.fullmatch(found) for found in _ADDRESS.findall(line)):
            hint = "delete the comment behind the key: the list is published as it is"
            yield _finding(path, "address-in-key-list", "this line holds what looks like an address", hint, number)


def _changed(files: Mapping[str, bytes], history: History) -> Iterator[Finding]:
    """What landed on the line stays, byte by byte, from then on, unless it was faulty: nothing was published with it.

    A file that some commit altered and a later one brought back is as it landed.
    """
    for path, (data, commit) in _landed(history).items():
        if files.get(path) != data:
            what = "changed" if path in files else "removed"
            back = f"bring it back ('git checkout {commit} -- {path}')"
            hint = f"{back}, and write what is new as the next list"
            yield _finding(path, "key-list-changed", f"this landed before, and is {what} here: it stays as it is", hint)


def _landed(history: History) -> dict[str, tuple[bytes, str]]:
    """Return every list and signature as it first landed without a fault, and the commit that landed it.

    What a commit brings beside an altered file does not count before that one is back: nothing was published then.
    """
    found: dict[str, tuple[bytes, str]] = {}
    for state in history.key_files:
        if all(state.files.get(path) == data for path, (data, _) in found.items()):
            for name in _sound(files_in(state.files, KEYS)):
                path = f"{KEYS}{name}"
                found.setdefault(path, (state.files[path], state.commit))
    return found


def _sound(files: Mapping[str, bytes]) -> Iterator[str]:
    """Yield the names of the lists before the first faulty one, and of the signatures over them that are sound.

    A signature over a faulty list may have to be made again with it, and so may a list that follows one.
    """
    chain = Chain.of(files)
    faulty = {fault.path for fault in chain.faults}
    for link in chain.links:
        if link.listed.name in faulty:
            return
        yield link.listed.name
        yield from (name for name, _ in link.signatures if name not in faulty)


def _beside(archive: Archive) -> Iterator[Finding]:
    for path, attachment in archive.attachments.items():
        if not path.startswith(KEYS):
            continue
        if _PRIVATE.search(attachment.head):
            hint = "remove it, and use it no more if it was ever pushed (docs/keys.md, Stolen)"
            yield _finding(path, "private-key", "this is a private key: it belongs in no repository", hint)
        elif PurePosixPath(path).name not in ("README.md", ".gitkeep"):
            said = "this is neither a key list nor a signature of one, and is not published"
            hint = f"lists are {KEYS}1.allowed_signers and so on, signatures {KEYS}1.NAME.sig"
            where = Location(path=path)
            yield Finding(code="stray-file", message=said, location=where, severity="warning", hint=hint)


def _finding(path: str, code: str, message: str, hint: str, line: int = 1) -> Finding:
    return Finding(code=code, message=message, location=Location(path=path, line=line, end_line=line), hint=hint)
