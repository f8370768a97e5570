"""Commits as git stores them: whose key signed them, and whether their times can be true. Git is the reference."""

import hashlib
import re
import subprocess
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher import commits
from publisher.commits import SHOWN, CommitFacts, Verdict, examine, judge, parse
from publisher.errors import RepositoryError
from publisher.git import LAST_SECOND, MAX_COMMIT, LineCommit, Repository
from publisher.signatures import armour, pack, sshsig
from publisher.signatures.sshsig import dearmour
from tests.builders import CLEAN, Archive, seconds
from tests.test_sshsig import FIDO, KEY, OTHER, FidoSigner, wrapped
from tests.tools import need

TREES = {
    "sha1": "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    "sha256": "6ef19b41225c5369f1c104d45d8d85efa9b057b5" + "3b14b4b9b939dd74decc5321",
}
HEADERS = {"sha1": b"gpgsig", "sha256": b"gpgsig-sha256"}
PERSON, ADDRESS = b"Jane Witness", b"jane@witness.example"
WHO = b"%s <%s>" % (PERSON, ADDRESS)
FINGERPRINT = KEY.public_key.fingerprint


def unsigned(
    *,
    kind: str = "sha1",
    author: bytes = WHO + b" 1609840800 +0000",
    committer: bytes = WHO + b" 1609840800 +0000",
    parents: tuple[str, ...] = (),
    more: bytes = b"",
    message: bytes = b"The message.\n",
) -> bytes:
    """A commit object of the empty tree."""
    above = "".join(f"parent {parent}\n" for parent in parents).encode()
    lines = b"tree %s\n%sauthor %s\ncommitter %s\n%s" % (TREES[kind].encode(), above, author, committer, more)
    return lines + b"\n" + message


def header(name: bytes, value: bytes) -> bytes:
    """A header whose value may have several lines; its last line end belongs to it."""
    return name + b" " + value.removesuffix(b"\n").replace(b"\n", b"\n ") + b"\n"


def attach(data: bytes, *headers: bytes) -> bytes:
    """Put headers where git puts a signature: after the others."""
    head, blank, message = data.partition(b"\n\n")
    return head + b"\n" + b"".join(headers) + blank[1:] + message


def signature(data: bytes, namespace: str = "git") -> bytes:
    return sshsig.sign(KEY, data, namespace)


def signed(data: bytes, kind: str = "sha1") -> bytes:
    """The same commit, signed as git does it."""
    return attach(data, header(HEADERS[kind], signature(data)))


def untouched(data: bytes) -> bytes:
    """A signature by a security key that nobody touched."""
    what = b"SSHSIG" + pack(b"git", b"", b"sha512", hashlib.sha512(data).digest())
    inner = b"SSHSIG\0\0\0\1" + pack(FIDO.public_key.blob, b"git", b"", b"sha512", FidoSigner(flags=0).sign(what))
    return armour("SSH SIGNATURE", inner)


PLAIN = unsigned()
GOOD = signed(PLAIN)
SIGNATURE = header(b"gpgsig", signature(PLAIN))


@dataclass(frozen=True)
class Desk:
    """A repository, keys that ssh-keygen made, and a list in which all of them may sign for git."""

    archive: Archive
    keys: Path
    allowed: Path

    def git(self, *arguments: str, accept: tuple[int, ...] = (0,), **environment: str) -> str:
        trust = f"gpg.ssh.allowedSignersFile={self.allowed}"
        return self.archive.git("-c", "gpg.format=ssh", "-c", trust, *arguments, feed=b"", accept=accept, **environment)

    def sign(self, key: str, *arguments: str) -> str:
        """Run a git command that signs with a key, and return the commit that HEAD names then."""
        self.git("-c", f"user.signingkey={self.keys / key}", *arguments)
        return self.archive.head

    def write(self, data: bytes) -> str:
        """Store any bytes as a commit object."""
        return self.archive.git("hash-object", "-t", "commit", "-w", "--literally", "--stdin", feed=data)

    def read(self, name: str) -> bytes:
        ((_, data),) = [found for found in self.repository.commit_objects(name) if found[0] == name]
        return data

    def facts(self, name: str) -> CommitFacts:
        return parse(name, self.read(name))

    def verdict(self, name: str) -> Verdict:
        return judge(self.facts(name))

    def fingerprint(self, key: str) -> str:
        command = [need("ssh-keygen"), "-l", "-f", str(self.keys / f"{key}.pub")]
        return subprocess.run(command, capture_output=True, check=True).stdout.decode().split()[1]

    def stock(self, name: str) -> bool:
        """Whether `git verify-commit` finds the signature good."""
        command = ["git", "-c", f"gpg.ssh.allowedSignersFile={self.allowed}", "verify-commit", name]
        done = subprocess.run(command, cwd=self.archive.folder, env=CLEAN, capture_output=True, check=False)
        assert (done.returncode == 0) == (b'Good "git" signature for staff' in done.stderr)
        return done.returncode == 0

    @property
    def repository(self) -> Repository:
        return Repository.find(self.archive.folder)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    for name, kind in (("ed25519", "ed25519"), ("other", "ed25519"), ("rsa", "rsa"), ("ecdsa", "ecdsa")):
        size = ["-b", "2048"] if kind == "rsa" else []
        command = [need("ssh-keygen"), "-q", "-t", kind, *size, "-N", "", "-C", "", "-f", str(folder / name)]
        subprocess.run(command, check=True)
    return folder


def make_desk(folder: Path, keys: Path, object_format: str) -> Desk:
    archive = Archive(folder / "archive", object_format=object_format)
    archive.commit("Begin")
    lines = [f"staff {file.read_text('ascii')}" for file in sorted(keys.glob("*.pub"))]
    lines += [f"staff {public.format()}\n" for public in (KEY.public_key, FIDO.public_key)]
    (folder / "allowed").write_text("".join(lines), "ascii")
    return Desk(archive, keys, folder / "allowed")


@pytest.fixture
def desk(tmp_path: Path, keys: Path) -> Desk:
    return make_desk(tmp_path, keys, "sha1")


@pytest.fixture(params=["sha1", "sha256"])
def each(request: pytest.FixtureRequest, tmp_path: Path, keys: Path) -> Desk:
    return make_desk(tmp_path, keys, request.param)


def commit(desk: Desk, key: str = "ed25519", *more: str, message: str = "Signed") -> str:
    return desk.sign(key, "commit", "--quiet", "--allow-empty", "-S", "-m", message, *more)


# -- what git signs --------------------------------------------------------------------------------------------


def test_a_signed_commit_is_good_by_its_key(each: Desk) -> None:
    name = commit(each)
    assert each.verdict(name) == Verdict(status="good", says=each.fingerprint("ed25519"))
    assert each.facts(name).parents == (each.archive.git("rev-parse", "HEAD~1"),)
    assert each.stock(name)


def test_an_unsigned_commit_is_unsigned(each: Desk) -> None:
    assert each.verdict(each.archive.head) == Verdict(status="unsigned")
    assert not each.stock(each.archive.head)


@pytest.mark.parametrize("kind", ["rsa", "ecdsa"])
def test_other_keys_are_named_and_not_judged(desk: Desk, kind: str) -> None:
    name = commit(desk, kind)
    assert desk.verdict(name) == Verdict(status="unread", says=kind)
    assert desk.stock(name)


def test_a_merge_of_a_signed_tag(desk: Desk) -> None:
    """The tag stands in the merge, signature and all; it is signed over, and never taken for the commit's own."""
    desk.archive.branch("side")
    desk.archive.commit("On the side")
    desk.sign("other", "tag", "-s", "-m", "Tagged", "tagged")
    desk.archive.switch("main")
    desk.archive.commit("Meanwhile")
    desk.git("merge", "--quiet", "--no-ff", "-m", "Unsigned merge", "tagged")
    assert b"mergetag object" in desk.read(desk.archive.head)
    assert b"\n -----BEGIN SSH SIGNATURE" in desk.read(desk.archive.head)
    assert desk.verdict(desk.archive.head) == Verdict(status="unsigned")
    name = commit(desk, "ed25519", "--amend")
    assert b"mergetag object" in desk.read(name) and len(desk.facts(name).parents) == 2
    assert desk.verdict(name) == Verdict(status="good", says=desk.fingerprint("ed25519"))
    assert desk.stock(name)
    tampered = desk.write(desk.read(name).replace(b"Tagged", b"Togged"))
    assert desk.verdict(tampered).status == "bad"
    assert not desk.stock(tampered)


def test_an_encoding_header_and_a_message_in_another_encoding(desk: Desk) -> None:
    desk.archive.git("config", "i18n.commitEncoding", "ISO-8859-1")
    name = desk.archive.git("write-tree")
    file = desk.archive.folder.parent / "message"
    file.write_bytes("Für die Akten\n".encode("latin-1"))
    desk.git("-c", f"user.signingkey={desk.keys / 'ed25519'}", "commit", "--allow-empty", "-q", "-S", "-F", str(file))
    name = desk.archive.head
    assert b"encoding ISO-8859-1\n" in desk.read(name) and b"F\xfcr" in desk.read(name)
    assert desk.verdict(name).status == "good" and desk.stock(name)


def test_a_security_key(desk: Desk) -> None:
    name = desk.write(attach(PLAIN, header(b"gpgsig", sshsig.sign(FIDO, PLAIN, "git"))))
    assert desk.verdict(name) == Verdict(status="good", says=FIDO.public_key.fingerprint)
    assert desk.stock(name)


@pytest.mark.parametrize(
    ("armoured", "kind"),
    [
        (b"-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----\n", "openpgp"),
        (b"-----BEGIN PGP MESSAGE-----\n\nabc\n-----END PGP MESSAGE-----\n", "openpgp"),
        (b"-----BEGIN SIGNED MESSAGE-----\nabc\n-----END SIGNED MESSAGE-----\n", "x509"),
        (b"Jane Witness\n", "other"),
        (b"\n", "other"),
    ],
)
def test_other_signatures_are_named_and_not_judged(armoured: bytes, kind: str) -> None:
    facts = parse("0" * 40, attach(PLAIN, header(b"gpgsig", armoured)))
    assert facts.signature_kind == kind and facts.payload == PLAIN
    assert judge(facts) == Verdict(status="foreign", says=kind)


def test_the_header_of_the_repositorys_own_hash_counts(tmp_path: Path, keys: Path) -> None:
    for kind, other in (("sha1", "sha256"), ("sha256", "sha1")):
        desk = make_desk(tmp_path / kind, keys, kind)
        plain = unsigned(kind=kind)
        proper, foreign = header(HEADERS[kind], signature(plain)), header(HEADERS[other], b"anything\nat all\n")
        for order in ((proper, foreign), (foreign, proper)):
            name = desk.write(attach(plain, *order))
            assert desk.verdict(name) == Verdict(status="good", says=FINGERPRINT)
            assert desk.stock(name)
        name = desk.write(attach(plain, header(HEADERS[other], signature(plain))))
        assert desk.verdict(name) == Verdict(status="unsigned")
        assert not desk.stock(name)


# -- what is no good -------------------------------------------------------------------------------------------

ELSEWHERE = unsigned(message=b"Another message.\n")
INNER = dearmour(signature(PLAIN))
TAMPERED = {
    "message": GOOD.replace(b"The message", b"The massage"),
    "end of the message": GOOD + b"\n",
    "null in the message": GOOD.replace(b"message", b"mess\0age"),
    "author": GOOD.replace(b"author Jane", b"author June"),
    "committer time": GOOD.replace(b"1609840800 +0000\ngpgsig", b"1609840801 +0000\ngpgsig"),
    "zone": GOOD.replace(b"+0000\ngpgsig", b"+0100\ngpgsig"),
    "another header": attach(GOOD, b"encoding UTF-8\n"),
    "another header before": GOOD.replace(b"gpgsig ", b"encoding UTF-8\ngpgsig ", 1),
    "a mergetag": attach(GOOD, header(b"mergetag", b"object 0\ntype commit\n")),
    "of another commit": attach(PLAIN, header(b"gpgsig", signature(ELSEWHERE))),
    "moved to another commit": attach(ELSEWHERE, SIGNATURE),
    "for another purpose": attach(PLAIN, header(b"gpgsig", signature(PLAIN, "letterbook-index@v1"))),
    "for a file": attach(PLAIN, header(b"gpgsig", signature(PLAIN, "file"))),
    "of the commit with its signature": attach(PLAIN, header(b"gpgsig", signature(GOOD))),
    "another key": attach(
        PLAIN, header(b"gpgsig", armour("SSH SIGNATURE", INNER.replace(KEY.public_key.raw, OTHER.public_key.raw)))
    ),
    "base64 changed": attach(PLAIN, header(b"gpgsig", signature(PLAIN).replace(b"\nU1NI", b"\nU1NJ"))),
    "cut short": attach(PLAIN, header(b"gpgsig", signature(PLAIN)[:-40])),
    "no body": attach(PLAIN, header(b"gpgsig", wrapped(b""))),
    "header of another name": GOOD.replace(b"gpgsig ", b"gpgsig-sha512 "),
    "header in capitals": GOOD.replace(b"gpgsig ", b"GPGSIG "),
    "header without a space": GOOD.replace(b"gpgsig ", b"gpgsig\n "),
    "after the blank line": PLAIN + SIGNATURE,
    "second, not first": attach(PLAIN, header(b"gpgsig", signature(ELSEWHERE)), SIGNATURE),
    "continued without a space": GOOD.replace(b"\n ", b"\n"),
}
STRICTER = {
    "nobody touched the security key": attach(PLAIN, header(b"gpgsig", untouched(PLAIN))),
    "twice": attach(PLAIN, SIGNATURE, SIGNATURE),
    "and another": attach(PLAIN, SIGNATURE, header(b"gpgsig", signature(ELSEWHERE))),
    "and text": attach(PLAIN, SIGNATURE, header(b"gpgsig", b"text")),
    "with text before it in the header": attach(PLAIN, header(b"gpgsig", signature(PLAIN) + b"text")),
    "lines of 64": attach(PLAIN, header(b"gpgsig", wrapped(b"".join(signature(PLAIN).splitlines()[1:-1]), 64))),
    "a header that nothing covers": attach(GOOD, b"gpgsig-note anything\n"),
    "a header that nothing covers, continued": attach(GOOD, b"gpgsigned x\n y\n"),
    "a name without a value": attach(GOOD, b"gpgsig\n anything\n"),
}


def test_the_table_begins_with_a_good_one(desk: Desk) -> None:
    name = desk.write(GOOD)
    assert desk.verdict(name) == Verdict(status="good", says=FINGERPRINT) and desk.stock(name)


@pytest.mark.parametrize("name", TAMPERED)
def test_both_refuse(desk: Desk, name: str) -> None:
    commit = desk.write(TAMPERED[name])
    assert desk.verdict(commit).status in {"bad", "unsigned"}
    assert not desk.stock(commit)


@pytest.mark.parametrize("name", STRICTER)
def test_ours_refuses_what_git_does_not_mind(desk: Desk, name: str) -> None:
    commit = desk.write(STRICTER[name])
    assert desk.verdict(commit).status == ("unread" if name == "lines of 64" else "bad")
    assert desk.stock(commit)


@pytest.mark.parametrize("tamper", [b"A good message", b"Signed "])
def test_a_commit_of_ssh_keygens_own_making_is_tampered_with(each: Desk, tamper: bytes) -> None:
    name = commit(each)
    forged = each.write(each.read(name).replace(b"Signed", tamper))
    assert each.verdict(forged).status == "bad" and not each.stock(forged)
    assert each.verdict(forged).says.endswith(f"is not by {each.fingerprint('ed25519')} over this commit")


def test_a_reason_is_given() -> None:
    for name, reason in (
        ("cut short", "armoured"),
        ("for a file", "another purpose"),
        ("message", f"not by {FINGERPRINT} over"),
        ("no body", "cannot be read"),
    ):
        assert reason in judge(parse("0" * 40, TAMPERED[name])).says


# -- the bytes that are signed ---------------------------------------------------------------------------------

ODD_HEADERS = [
    b"gpgsig %(start)s\n abc\n \n def\ngpgsig-sha256 x\n y\ngpgsig again\n again\nencoding x\n",
    b"gpgsig %(start)s\n abc\nmergetag object\n gpgsig x\n  deep\n",
    b"gpgsig-sha256 x\ngpgsig %(start)s\n abc\nfoo\n bar\n",
    b"gpgsig %(start)s\n  two spaces\n \ttab\nHG:rename a:b\n",
    b" before\ngpgsig %(start)s\n",
    b"GPGSIG x\ngpgsig %(start)s\n\0 null\n",
    b"encoding gpgsig x\ngpgsig %(start)s\n gpgsig y\n",
    b"x\ngpgsig %(start)s\n",
]


@pytest.mark.parametrize("kind", ["sha1", "sha256"])
@pytest.mark.parametrize("message", [b"\nm\n", b"\n", b"", b"\n\n\ngpgsig not a header\n x\n"])
def test_git_gives_the_checking_program_the_same_bytes(tmp_path: Path, keys: Path, kind: str, message: bytes) -> None:
    """A program in the place of ssh-keygen keeps what git hands it."""
    desk = make_desk(tmp_path, keys, kind)
    program = tmp_path / "keep"
    program.write_text(
        '#!/bin/sh\nfor a; do [ "$b" = -s ] && cp "$a" "$KEEP/signature"; b=$a; done\n'
        'case "$*" in *find-principals*) echo staff; exit 0;; esac\ncat > "$KEEP/payload"\n',
        "ascii",
    )
    program.chmod(0o755)
    start = unsigned(kind=kind).split(b"\n\n")[0] + b"\n"
    for odd in ODD_HEADERS:
        more = odd.replace(b"%(start)s", b"-----BEGIN SSH SIGNATURE-----")
        if kind == "sha256":
            more = re.sub(rb"\bgpgsig(-sha256)?\b", lambda m: b"gpgsig" if m[1] else b"gpgsig-sha256", more)
        data = start + more + message
        name = desk.write(data)
        desk.git(
            "-c", f"gpg.ssh.program={program}", "verify-commit", name, accept=(0, 1), KEEP=str(tmp_path)
        )  # fmt: skip
        facts = parse(name, data)
        assert facts.payload == (tmp_path / "payload").read_bytes(), odd
        assert facts.signature == (tmp_path / "signature").read_bytes(), odd


# -- any bytes at all ------------------------------------------------------------------------------------------

PIECES = st.sampled_from(
    [b"\n", b" ", b"\n\n", b"gpgsig ", b"gpgsig-sha256 ", b"gpgsig", b"author ", b"committer ", b"parent ", b"tree ",
     b"\0", b"<", b"> ", b"-1", b"99999999999999999999", b"mergetag ", SIGNATURE, b"\xff", b"\r"]
)  # fmt: skip


@st.composite
def mutations(draw: st.DrawFn) -> bytes:
    """A signed commit with a few pieces cut out, put in, doubled or replaced."""
    data = draw(st.sampled_from([GOOD, PLAIN, STRICTER["twice"], TAMPERED["a mergetag"]]))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        end = draw(st.integers(start, min(len(data), start + draw(st.sampled_from([0, 1, 30, 1000])))))
        data = data[:start] + draw(PIECES | st.binary(max_size=3) | st.just(data[start:end] * 2)) + data[end:]
    return data


@given(mutations() | st.binary(max_size=400), st.sampled_from([40, 64]))
def test_any_bytes_have_an_answer_and_are_good_only_if_they_are(data: bytes, length: int) -> None:
    facts = parse("0" * length, data)
    verdict = judge(facts)
    assert len(facts.payload) <= len(data)
    assert (facts.signature is None) == (verdict.status == "unsigned") == (facts.signature_kind is None)
    for time in (facts.author_time, facts.committer_time):
        assert time is None or 0 <= time <= LAST_SECOND
    if verdict.status == "good":
        assert (facts.payload, facts.signature) == (PLAIN, signature(PLAIN)) and verdict.says == FINGERPRINT


@given(mutations())
def test_every_byte_is_payload_or_signature(data: bytes) -> None:
    """Nothing of the object is lost but the signatures' headers, in both hashes' repositories alike."""
    one, other = parse("0" * 40, data), parse("0" * 64, data)
    assert one.payload == other.payload
    if b"gpgsig" not in data:
        assert one.payload == data and one.signature is None


def changed_bytes(data: bytes) -> Iterator[bytes]:
    for place in range(len(data)):
        before, byte, after = data[:place], data[place], data[place + 1 :]
        yield before
        yield before + after
        yield before + bytes([byte ^ 1]) + after
        yield before + bytes([byte ^ 0x20]) + after
        yield before + b"\n" + data[place:]
        yield before + b" " + data[place:]


def test_no_changed_byte_is_good() -> None:
    found = [change for change in changed_bytes(GOOD) if judge(parse("0" * 40, change)).status == "good"]
    assert found == []


# -- nobody's name ---------------------------------------------------------------------------------------------


def hostile_commits() -> list[bytes]:
    """Commits that carry a person's name wherever a name can stand."""
    note = armour("SSH SIGNATURE", b"SSHSIG\0\0\0\1" + pack(KEY.public_key.blob, ADDRESS, b"", b"sha512", b""))
    kind = armour("SSH SIGNATURE", b"SSHSIG\0\0\0\1" + pack(pack(ADDRESS, b"x"), b"git", b"", b"sha512", b""))
    hashed = armour("SSH SIGNATURE", b"SSHSIG\0\0\0\1" + pack(KEY.public_key.blob, b"git", b"", ADDRESS, b""))
    application = pack(b"sk-ssh-ed25519@openssh.com", KEY.public_key.raw, ADDRESS)
    touched = pack(b"sk-ssh-ed25519@openssh.com", bytes(64)) + b"\1\0\0\0\0"
    fido = armour("SSH SIGNATURE", b"SSHSIG\0\0\0\1" + pack(application, b"git", b"", b"sha512", touched))
    mail = signature(PLAIN, ADDRESS.decode())
    signatures = [note, kind, hashed, fido, mail, WHO, b"-----BEGIN PGP SIGNATURE-----\n" + WHO]
    found = [attach(PLAIN, header(b"gpgsig", each)) for each in signatures]
    return [
        *found,
        unsigned(author=WHO + b" soon +0000"),
        unsigned(author=WHO + b" 5 +0000", committer=WHO + b" 4 +0000"),
        unsigned(author=WHO + b" 1609840801 +0000"),
        unsigned(more=b"gpgsig\n %s\n%s\n" % (WHO, PERSON), message=WHO),
    ]


def test_no_name_or_address_gets_into_a_report(desk: Desk) -> None:
    before = desk.archive.head
    statuses = set()
    for data in hostile_commits():
        before = desk.write(data.replace(b"\nauthor", b"\nparent %s\nauthor" % before.encode(), 1))
        statuses.add(desk.verdict(before).status)
    report = examine(desk.repository, before, desk.repository.line(before))
    assert statuses == {"bad", "foreign", "unsigned"} and len(report.bad) >= 5
    assert set(report.odd) == {"malformed", "early", "backwards", "ahead"}
    for word in (PERSON, ADDRESS, b"Jane", b"witness", b"soon"):
        assert word.decode() not in repr(report)


# -- a whole history -------------------------------------------------------------------------------------------


def test_a_report_counts_every_commit_once(desk: Desk) -> None:
    commit(desk)
    desk.archive.branch("side")
    commit(desk, "rsa")
    forged = desk.read(commit(desk)).replace(b"Signed", b"Forged")
    desk.archive.rewrite(desk.write(forged))
    openpgp = header(b"gpgsig", b"-----BEGIN PGP SIGNATURE-----\nabc\n")
    desk.archive.rewrite(desk.write(attach(unsigned(parents=(desk.archive.head,)), openpgp)))
    desk.archive.switch("main")
    commit(desk, "other")
    merged = desk.archive.merge("side")
    (bad,) = [name for name, data in desk.repository.commit_objects(merged) if data == forged]
    report = examine(desk.repository, merged, desk.repository.line(merged))
    assert report.commits == len(desk.archive.git("rev-list", merged).splitlines()) == 7
    assert report.signed == {desk.fingerprint("ed25519"): 1, desk.fingerprint("other"): 1}
    assert (report.unread, report.foreign, report.unsigned) == ({"rsa": 1}, {"openpgp": 1}, 2)
    assert ([name for name, _ in report.bad_elsewhere], report.bad) == ([bad], ())
    own = examine(desk.repository, bad, desk.repository.line(bad))
    assert ([name for name, _ in own.bad], own.bad_elsewhere) == ([bad], ())


def chain(desk: Desk, *objects: bytes) -> list[str]:
    """Write commit objects, each on top of the one before; the first has no parent."""
    names: list[str] = []
    for data in objects:
        parent = f"\nparent {names[-1]}\nauthor" if names else "\nauthor"
        names.append(desk.write(data.replace(b"\nauthor", parent.encode(), 1)))
    return names


def at(author: int | str, committer: int | str) -> bytes:
    return unsigned(author=WHO + f" {author} +0000".encode(), committer=WHO + f" {committer} +0000".encode())


def oddities(desk: Desk, names: list[str]) -> list[tuple[str, int, str]]:
    """Kind, place on the line, and text of everything odd."""
    report = examine(desk.repository, names[-1], desk.repository.line(names[-1]))
    assert sum(report.odd.values()) == len(report.oddities)
    return [(oddity.kind, names.index(oddity.commit), oddity.text) for oddity in report.oddities]


def test_times_that_can_be_true_are_not_odd(desk: Desk) -> None:
    start = seconds("2005-04-07T00:00:00Z")
    times = [(start, start), (start, start), (start, start + 1), (start + 9, start + 9)]
    assert oddities(desk, chain(desk, *(at(*pair) for pair in times), at(LAST_SECOND, LAST_SECOND))) == []


def test_times_that_cannot_be_true_are_named(desk: Desk) -> None:
    time, early = seconds("2021-01-05T10:00:00Z"), seconds("2005-04-06T23:59:59Z")
    wrong = [at(time - 9, time - 1), at(time + 1, time), at(early, time), at(early, early)]
    fine = at(time - 5, time - 5)  # before the newest, but after its predecessor
    names = chain(desk, at(time, time), *wrong, fine)
    assert oddities(desk, names) == [
        ("backwards", 1, "its committer time 2021-01-05T09:59:59Z is before 2021-01-05T10:00:00Z, its predecessor's"),
        ("ahead", 2, "its author time 2021-01-05T10:00:01Z is after 2021-01-05T10:00:00Z, its committer time"),
        ("early", 3, "its author time 2005-04-06T23:59:59Z is older than git"),
        ("early", 4, "its author time 2005-04-06T23:59:59Z is older than git"),
        ("early", 4, "its committer time 2005-04-06T23:59:59Z is older than git"),
        ("backwards", 4, "its committer time 2005-04-06T23:59:59Z is before 2021-01-05T10:00:00Z, its predecessor's"),
    ]


def test_forged_dates_that_git_itself_writes(desk: Desk) -> None:
    desk.archive.commit(at="2019-01-01T00:00:00Z")
    (name,) = [entry.id for entry in desk.repository.line(desk.archive.head)][1:]
    assert [kind for kind, *_ in oddities(desk, [desk.archive.git("rev-parse", "HEAD~1"), name])] == ["backwards"]


MALFORMED = [
    b"author\n", b"author \n", b"author Jane Witness\n", b"author Jane <a> \n", b"author Jane <a> soon +0000\n",
    b"author Jane <a> -1 +0000\n", b"author Jane <a> 99999999999999999999 +0000\n",
    b"author Jane <a> 18446744073709551616 +0000\n", b"author Jane <a> 253402300800 +0000\n",
    b"author Jane <a> 1609840800\n", b"author Jane <a> 1609840800 0000\n", b"author Jane <a> 1609840800 +0000 x\n",
    b"author Jane <a> 1609840800.5 +0000\n", b"author Jane <a>> 1609840800 +0000\n",
    b"author Jane <a> 1 +0000> 1609840800 +0000\n", b"author Jane a> 1609840800 +0000\n",
    b"author Jane <a> 1609840800 +0000\n more\n", b"author Jane\0<a> 1609840800 +0000\n",
    "author Jane <a> \u0661\u0662 +0000\n".encode(), b"author Jane <a>  1609840800 +0000\n",
    b"author Jane <a> 1609840800 +0000\nauthor Jane <a> 1609840800 +0000\n", b"",
]  # fmt: skip


@pytest.mark.parametrize("line", MALFORMED)
def test_a_malformed_author_line_is_a_value(desk: Desk, line: bytes) -> None:
    data = PLAIN.replace(b"author " + WHO + b" 1609840800 +0000\n", line)
    assert parse("0" * 40, data).author_time is None
    (name,) = chain(desk, data)
    assert ("malformed", 0, "its author line does not hold one time that can be read") in oddities(desk, [name])


@pytest.mark.parametrize("line", MALFORMED)
def test_a_malformed_committer_line_is_a_value_or_refused(desk: Desk, line: bytes) -> None:
    """Git makes a time of it, if only 0. One that no calendar has is refused before anybody looks at it."""
    data = PLAIN.replace(b"committer " + WHO + b" 1609840800 +0000\n", line.replace(b"author", b"committer"))
    assert parse("0" * 40, data).committer_time is None
    names = chain(desk, data, PLAIN)
    read = int(desk.archive.git("rev-list", "--timestamp", "-1", names[0]).split(" ")[0])
    if read > LAST_SECOND:
        with pytest.raises(RepositoryError, match=names[0]):
            desk.repository.line(names[-1])
        return
    report = examine(desk.repository, names[-1], desk.repository.line(names[-1]))
    assert [(odd.kind, odd.commit) for odd in report.oddities] == [("malformed", names[0])]


def test_a_time_that_git_does_not_read_is_malformed(desk: Desk) -> None:
    """Two authors: git looks for the committer in the second line and finds 0."""
    author = b"author " + WHO + b" 1609840800 +0000\n"
    (name,) = chain(desk, PLAIN.replace(author, author * 2))
    (entry,) = desk.repository.line(name)
    assert entry.time == 0
    texts = [f"its {who} line does not hold one time that can be read" for who in ("author", "committer")]
    assert oddities(desk, [name]) == [("malformed", 0, text) for text in texts]
    (name,) = chain(desk, PLAIN)
    report = examine(desk.repository, name, [replace(entry, id=name)])
    assert [odd.text for odd in report.oddities] == texts[1:]


@pytest.mark.parametrize("zone", ["+0000", "-1159", "+051800", "+9"])
def test_odd_zones_do_not_matter(zone: str) -> None:
    assert parse("0" * 40, unsigned(author=WHO + f" 12 {zone}".encode())).author_time == 12


def test_the_first_of_many_oddities_are_shown_and_all_are_counted(desk: Desk) -> None:
    time = seconds("2021-01-05T10:00:00Z")
    names = chain(desk, *(at(time - step + step % 2, time - step) for step in range(3 * SHOWN)))
    report = examine(desk.repository, names[-1], desk.repository.line(names[-1]))
    assert report.odd == {"backwards": 3 * SHOWN - 1, "ahead": 3 * SHOWN // 2}
    backwards = [odd.commit for odd in report.oddities if odd.kind == "backwards"]
    assert backwards == names[1 : SHOWN + 1]
    assert len([odd for odd in report.oddities if odd.kind == "ahead"]) == SHOWN


def test_only_the_line_has_its_times_looked_at(desk: Desk) -> None:
    desk.archive.branch("side")
    desk.archive.commit(at="1999-01-01T00:00:00Z")
    desk.archive.switch("main")
    desk.archive.commit()
    merged = desk.archive.merge("side")
    assert examine(desk.repository, merged, desk.repository.line(merged)).odd == {}


@pytest.mark.parametrize(
    "forge",
    [
        lambda line: [line[0], replace(line[1], parent=None)],
        lambda line: [replace(line[0], parent=line[1].id), line[1]],
        lambda line: [replace(line[0], id="0" * 40), *line],
    ],
)
def test_a_line_that_the_commits_contradict_is_refused(
    desk: Desk, forge: Callable[[list[LineCommit]], list[LineCommit]]
) -> None:
    tip = desk.archive.commit()
    line = desk.repository.line(tip)
    examine(desk.repository, tip, line)
    with pytest.raises(RepositoryError, match="the line is not what commit"):
        examine(desk.repository, tip, forge(line))


# -- reading the objects ---------------------------------------------------------------------------------------


def test_every_commit_is_read_as_it_stands(each: Desk) -> None:
    commit(each)
    each.archive.branch("side")
    each.archive.commit()
    each.archive.switch("main")
    each.archive.commit()
    tip = each.archive.merge("side")
    found = dict(each.repository.commit_objects(tip))
    assert set(found) == set(each.archive.git("rev-list", tip).splitlines()) and len(found) == 5
    for name, data in found.items():
        assert each.archive.git("hash-object", "-t", "commit", "--stdin", feed=data) == name


@pytest.mark.parametrize("back", [0, 1, 2])
def test_a_forged_commit_is_caught_without_fsck(desk: Desk, back: int) -> None:
    for _ in range(3):
        desk.archive.commit()
    tip = desk.archive.head
    name = desk.archive.git("rev-parse", f"HEAD~{back}")
    data = desk.read(name).replace(b"Letterbook archive", b"Somebody else", 1)
    path = desk.archive.folder / ".git" / "objects" / name[:2] / name[2:]
    path.chmod(0o644)
    path.write_bytes(zlib.compress(b"commit %d\0" % len(data) + data))
    assert "Somebody else" in desk.archive.git("cat-file", "commit", name), "git itself does not look"
    with pytest.raises(RepositoryError, match=name):
        list(desk.repository.commit_objects(tip))


def test_a_missing_commit_is_said(desk: Desk) -> None:
    tip = desk.archive.commit()
    name = desk.archive.git("rev-parse", "HEAD~1")
    (desk.archive.folder / ".git" / "objects" / name[:2] / name[2:]).unlink()
    with pytest.raises(RepositoryError):
        list(desk.repository.commit_objects(tip))


def test_a_commit_has_its_limit(desk: Desk) -> None:
    room = MAX_COMMIT - len(unsigned(message=b""))
    name = desk.write(unsigned(message=b"x" * room))
    assert len(desk.read(name)) == MAX_COMMIT
    name = desk.write(unsigned(message=b"x" * (room + 1)))
    with pytest.raises(RepositoryError, match=f"commit {name} is larger than"):
        desk.read(name)


def test_what_is_no_commit_is_refused(desk: Desk) -> None:
    blob = desk.archive.git("hash-object", "-w", "--stdin", feed=b"a file")
    for name in (blob, "0" * 40, "--all"):
        with pytest.raises(RepositoryError):
            list(desk.repository.commit_objects(name))


def test_a_reader_may_stop_early(desk: Desk) -> None:
    for _ in range(5):
        desk.archive.commit()
    reader = desk.repository.commit_objects(desk.archive.head)
    assert next(reader)[0] == desk.archive.head
    reader.close()  # type: ignore[attr-defined]
    assert len(list(desk.repository.commit_objects(desk.archive.head))) == 6


def test_a_long_history_is_not_held_in_memory(desk: Desk) -> None:
    """8,000 commits of 4 KiB are 32 MiB."""
    stream = b"".join(
        b"commit refs/heads/long\ncommitter A <a> %d +0000\ndata 4096\n%s\n" % (1_600_000_000 + at, b"x" * 4096)
        for at in range(8000)
    )
    desk.archive.git("fast-import", "--quiet", feed=stream)
    tip = desk.archive.git("rev-parse", "long")
    repository, line = desk.repository, desk.repository.line(tip)
    tracemalloc.start()
    try:
        report = examine(repository, tip, line)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert report.commits == report.unsigned == 8000 and report.odd == {}
    assert peak < 8 << 20


def test_the_kinds_of_keys_that_are_not_read_are_all_that_ssh_keygen_signs_with() -> None:
    for kind, name in commits._UNREAD.items():
        data = b"SSHSIG\0\0\0\1" + pack(pack(kind, b"anything"), b"git", b"", b"sha512", b"")
        facts = parse("0" * 40, attach(PLAIN, header(b"gpgsig", armour("SSH SIGNATURE", data))))
        assert judge(facts) == Verdict(status="unread", says=name)
