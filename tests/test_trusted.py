"""What an audit reads before anything is signed: names of key lists, those lists, and not more than it can need."""

import hashlib
import os
import socket
import tracemalloc
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.audit import Audit
from publisher.errors import UnavailableError
from publisher.git import Repository
from publisher.publish import FILES_NAMESPACE, INDEX_NAMESPACE, SUMS, format_sums
from publisher.signatures import sshsig
from publisher.signatures.chain import MAX_LISTS, MAX_SIGNATURES
from publisher.site import MAX_SUMS, FolderSite, Site, WebSite
from publisher.steps import STEPS, files, run
from publisher.steps.keys import MAX_FILES, trusted
from tests.test_lists import FIRST, GOOD, ONE, STRANGER, THIRD, THREE, TWO, A, B, publisher, signed
from tests.test_site import OK, dig, serving

NO_LIST = "0" * 64
BARE = publisher(FIRST).encode()


def nowhere() -> Repository:
    raise AssertionError("no clone is asked for")


def audit_of(site: Site, keys: bytes | None) -> Audit:
    return Audit(site=site, open_repository=nowhere, keys=keys)


def publish(folder: Path, published: Mapping[str, bytes]) -> FolderSite:
    """Write files, and SHA256SUMS of them."""
    listed = {path: hashlib.sha256(data).hexdigest() for path, data in published.items()}
    for path, data in {**published, SUMS: format_sums(listed)}.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    return FolderSite(str(folder))


def lists(*parts: Mapping[str, bytes]) -> dict[str, bytes]:
    return {f"keys/{name}": data for part in parts for name, data in part.items()}


# -- following ---------------------------------------------------------------------------------------------------


def test_the_lists_of_a_publication_are_followed(tmp_path: Path) -> None:
    audit = audit_of(publish(tmp_path, lists(GOOD)), ONE)
    outcome = trusted(audit)
    assert (outcome.status, outcome.facts) == ("passed", ())
    assert outcome.says.endswith("lead to list 2, 3")
    assert [entry.key for entry in audit.allowed] == [THIRD.public_key]


@pytest.mark.parametrize(
    "rest", [{}, {"1.allowed_signers": ONE}, {"2.allowed_signers": b"\xff"}, {"2.allowed_signers": BARE}],
    ids=["nothing before it", "a gap", "one that cannot be read", "one without roots"],
)  # fmt: skip
def test_a_list_is_reached_whatever_stands_before_it(tmp_path: Path, rest: dict[str, bytes]) -> None:
    three = {name: data for name, data in GOOD.items() if name.startswith("3.")}
    outcome = trusted(audit_of(publish(tmp_path, lists(rest, three)), ONE))
    assert (outcome.says.rpartition(" ")[2], outcome.facts) == ("3", ())


def test_a_newer_list_that_nobody_vouches_for_is_told(tmp_path: Path) -> None:
    site = publish(tmp_path, lists(signed(1, ONE, A, B), signed(2, TWO, A)))
    assert trusted(audit_of(site, ONE)).facts[0].startswith("the publication holds list 2, and the root keys")
    assert (
        trusted(audit_of(site, BARE)).facts[0].startswith("the publication holds list 2, and your list names no root")
    )
    assert trusted(audit_of(site, TWO)).facts == ()
    assert trusted(audit_of(site, THREE)).facts == ()


# -- a server that names too much ----------------------------------------------------------------------------------


def asked(names: list[str], keys: bytes, held: Mapping[str, bytes] | None = None) -> list[str]:
    """Look for keys at a server that names files in an unsigned SHA256SUMS; return what was asked for."""
    sums = format_sums(dict.fromkeys(names, NO_LIST))

    def answer(connection: socket.socket, path: str) -> None:
        data = sums if path == f"/{SUMS}" else (held or {}).get(path.removeprefix("/"), b"x")
        connection.sendall(OK + f"Content-Length: {len(data)}\r\n\r\n".encode() + data)

    with serving(answer) as server:
        outcome = trusted(audit_of(WebSite(server.address), keys))
        assert outcome.status == "passed"
        return [path.removeprefix("/") for path in server.asked if path != f"/{SUMS}"]


def test_of_a_list_not_more_signatures_are_fetched_than_count() -> None:
    names = [f"keys/2.x{number:04}.sig" for number in range(3000)]
    assert asked([*names, "keys/2.allowed_signers"], ONE) == ["keys/2.allowed_signers", *names[:MAX_SIGNATURES]]


def test_lists_that_cannot_lead_on_are_not_fetched() -> None:
    names = sorted(f"keys/{number}.{name}" for number in range(1, 1001) for name in ("a.sig", "allowed_signers"))
    assert asked(names, BARE) == [f"keys/{MAX_LISTS}.allowed_signers"]
    old = [name for name in names if int(name.split("/")[1].split(".")[0]) <= 3]
    assert asked(old, THREE) == []
    assert asked(["keys/4.a.sig", "keys/1001.allowed_signers", "keys/x"], ONE) == []


@pytest.mark.parametrize("more", [0, 1])
def test_too_many_lists_end_the_audit_before_any_is_fetched(more: int) -> None:
    names = [f"keys/{number}.allowed_signers" for number in range(2, MAX_FILES + 2 + more)]
    if not more:
        assert asked(names, ONE) == names
        return
    with serving(OK + b"\r\n" + format_sums(dict.fromkeys(names, NO_LIST))) as server:
        with pytest.raises(UnavailableError, match=f"names {MAX_FILES + 1} newer key lists") as caught:
            trusted(audit_of(WebSite(server.address), ONE))
        assert server.asked == [f"/{SUMS}"]
    assert "--keys" in caught.value.hint


def test_a_list_of_files_as_long_as_may_be_takes_little_memory(tmp_path: Path) -> None:
    line = len(f"{NO_LIST}  a{0:08}\n")
    rows = [f"{NO_LIST}  a{number:08}\n" for number in range(MAX_SUMS // line - 2)]
    (tmp_path / SUMS).write_text("".join(rows) + f"{NO_LIST}  keys/2.allowed_signers\n")
    del rows
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "2.allowed_signers").write_bytes(TWO)
    audit = audit_of(FolderSite(str(tmp_path)), ONE)
    tracemalloc.start()
    outcome = trusted(audit)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "list 2" in outcome.facts[0]
    assert peak < 1.5 * MAX_SUMS
    os.truncate(tmp_path / SUMS, MAX_SUMS + 1)
    with pytest.raises(UnavailableError, match="larger than"):
        trusted(audit_of(FolderSite(str(tmp_path)), ONE))


WORDS = st.sampled_from(
    [
        f"{NO_LIST}  keys/",
        f"{NO_LIST} ",
        "\n",
        "\r\n",
        "\0",
        "keys/",
        "../",
        "2.allowed_signers",
        "2.a.sig",
        "/",
        "x",
        " ",
    ]
)


@given(st.lists(WORDS, max_size=12))
def test_nothing_but_names_of_lists_is_taken_from_what_nobody_signed(words: list[str]) -> None:
    class Listening:
        name = "there"

        def __init__(self) -> None:
            self.asked: set[str] = set()

        def read(self, path: str) -> bytes | None:
            self.asked.add(path)
            return "".join(words).encode() if path == SUMS else None

        def paths(self) -> set[str] | None:
            return None

    site = Listening()
    assert trusted(audit_of(site, ONE)).status == "passed"
    assert site.asked <= {SUMS, "keys/2.allowed_signers", "keys/2.a.sig"}


# -- files -------------------------------------------------------------------------------------------------------


def sealed(folder: Path, more: Mapping[str, bytes]) -> FolderSite:
    """Write a publication of which nothing but its signatures is in order."""
    index = b"{}\n"
    signature = sshsig.sign(FIRST, index, INDEX_NAMESPACE)
    site = publish(folder, {"index.json": index, "index.json.sig": signature, "keys/allowed_signers": BARE, **more})
    signature = sshsig.sign(FIRST, (folder / SUMS).read_bytes(), FILES_NAMESPACE)
    (folder / f"{SUMS}.sig").write_bytes(signature)
    return site


def test_all_files_together_have_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = sealed(tmp_path, {"log/checkpoint": b"x", **{f"documents/{number}": bytes(1000) for number in range(9)}})
    audit = audit_of(site, BARE)
    run(audit, steps=STEPS[:4])
    assert [step.status for step in audit.steps] == ["passed"] * 4
    monkeypatch.setattr(files, "MAX_TOTAL", 5000)
    audit = audit_of(site, BARE)
    with pytest.raises(UnavailableError, match="more than 5000 bytes together") as caught:
        run(audit, steps=STEPS[:4])
    assert "sha256sum -c" in caught.value.hint
    assert sum(map(len, audit.published.values())) < 8000


@pytest.mark.parametrize(
    ("line", "good"),
    [
        (publisher(FIRST), True),
        (publisher(FIRST).replace("publisher", "editor"), False),
        (publisher(FIRST, INDEX_NAMESPACE), False),
        (publisher(STRANGER), False),
    ],
    ids=["a publisher", "an editor", "of the index alone", "of somebody else"],
)
def test_the_published_list_holds_the_key_that_signed_as_a_publisher(tmp_path: Path, line: str, good: bool) -> None:
    """As who checks it by hand asks for it: `ssh-keygen -Y verify -I publisher`, in both namespaces."""
    audit = audit_of(sealed(tmp_path, {"log/checkpoint": b"x", "keys/allowed_signers": line.encode()}), BARE)
    run(audit, steps=STEPS[:4])
    assert (audit.steps[3].status == "passed", len(audit.steps[3].differences)) == (good, int(not good))


def test_a_folder_that_cannot_be_listed_is_not_one_without_more_files(tmp_path: Path) -> None:
    site = sealed(tmp_path, {"log/checkpoint": b"x"})
    audit = audit_of(site, BARE)
    run(audit, steps=STEPS[:4])
    assert [step.status for step in audit.steps] == ["passed"] * 4
    dig(tmp_path, "d" * 200, 30)
    with pytest.raises(UnavailableError, match="too long"):
        run(audit_of(site, BARE), steps=STEPS[:4])


def test_a_thief_who_is_no_root_leads_nowhere(tmp_path: Path) -> None:
    forged = publisher(STRANGER).encode() + TWO
    outcome = trusted(audit_of(publish(tmp_path, lists(signed(2, forged, STRANGER, A))), ONE))
    assert (outcome.says, len(outcome.facts)) == ("the keys are those of the list that you gave", 1)
