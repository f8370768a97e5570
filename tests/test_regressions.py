"""Faults that an attack found once, each told again."""

import hashlib
import json
import os
import socket
import threading
from pathlib import Path
from typing import Any

import pytest

from publisher.index import canonical
from publisher.publish import FILES_NAMESPACE, INDEX_NAMESPACE, SUMS, format_sums, parse_sums
from publisher.record import MAX_PATH, key_of, parse
from publisher.signatures import pack, sshsig
from publisher.signatures.keys import (
    AllowedSigner,
    KeySigner,
    PublicKey,
    SignatureError,
    generate_private_key,
    load_private_key,
)
from publisher.signatures.lists import read
from tests import second_auditor
from tests.builders import Archive, letter_path
from tests.command import LETTERBOOK, files_of, letterbook

NAME = "2019-02-18-harbour-to-acme"
PATH = letter_path(NAME)
BOTH = (INDEX_NAMESPACE, FILES_NAMESPACE)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    found = Archive(tmp_path / "archive")
    found.begin()
    found.letter(NAME)
    found.commit()
    return found


def make_key(path: Path) -> KeySigner:
    path.write_bytes(generate_private_key("test"))
    path.chmod(0o600)
    return load_private_key(path.read_bytes())


def listed(signer: KeySigner, namespaces: tuple[str, ...] = BOTH) -> str:
    return AllowedSigner(principals=("publisher",), namespaces=namespaces, key=signer.public_key).format() + "\n"


def reseal(site: Path, signer: KeySigner, *, drop: tuple[str, ...] = ()) -> None:
    """Sign a publication again with a key, leaving some files out of the checksums."""
    (site / "index.json.sig").write_bytes(sshsig.sign(signer, (site / "index.json").read_bytes(), INDEX_NAMESPACE))
    names = parse_sums((site / SUMS).read_bytes()).keys() - set(drop)
    sums = format_sums({name: hashlib.sha256((site / name).read_bytes()).hexdigest() for name in names})
    (site / SUMS).write_bytes(sums)
    (site / f"{SUMS}.sig").write_bytes(sshsig.sign(signer, sums, FILES_NAMESPACE))


@pytest.mark.parametrize(
    "path",
    [
        "records/letters/2019/2019_Draft.yaml", "records/Foo.yaml", "records/my.notes.yaml", "records/notes/a b.yaml",
        "records/letters/2019/Some Letter.yaml", "records/letters/2019/x.y.yaml", "records/documents/x.yaml",
    ],
)  # fmt: skip
def test_a_badly_named_record_of_the_past_spoils_nothing(archive: Archive, tmp_path: Path, path: str) -> None:
    archive.write(path, archive.read(PATH))
    assert letterbook(archive.folder, "check").status == 1
    archive.commit()
    assert letterbook(archive.folder, "publish", "--out", tmp_path / "early").status == 1
    archive.delete(path)
    archive.commit()
    assert letterbook(archive.folder, "check").status == 0
    assert letterbook(archive.folder, "publish", "--out", tmp_path / "public").status == 0
    assert letterbook(archive.folder, "verify", tmp_path / "public").status == 0
    assert second_auditor.audit(archive.folder, tmp_path / "public") == []


def test_a_folder_that_cannot_be_published_is_a_finding(archive: Archive) -> None:
    archive.move(PATH, f"records/letters/Año 2019/{NAME}.yaml")
    done = letterbook(archive.folder, "check")
    assert (done.status, "bad-path" in done.out) == (1, True)


def test_a_key_that_may_sign_only_the_index_publishes_nothing(archive: Archive, tmp_path: Path) -> None:
    signer = make_key(tmp_path / "key")
    other = make_key(tmp_path / "other")
    archive.write("records/keys/1.allowed_signers", listed(other) + listed(signer, (INDEX_NAMESPACE,)))
    archive.commit()
    done = letterbook(archive.folder, "publish", "--out", tmp_path / "public", "--key", tmp_path / "key")
    assert (done.status, (tmp_path / "public").exists()) == (1, False)


def test_a_retired_key_does_not_verify_what_a_newer_list_governs(archive: Archive, tmp_path: Path) -> None:
    old, new = make_key(tmp_path / "old"), make_key(tmp_path / "new")
    for number, signer in ((1, old), (2, new)):
        archive.write(f"records/keys/{number}.allowed_signers", listed(signer))
        archive.commit()
    site = tmp_path / "public"
    assert letterbook(archive.folder, "publish", "--out", site, "--key", tmp_path / "new").status == 0
    assert letterbook(archive.folder, "verify", site, "--keys", "records/keys/2.allowed_signers").status == 0
    reseal(site, old)
    retired = archive.folder / "records" / "keys" / "1.allowed_signers"
    done = letterbook(archive.folder, "verify", site, "--keys", retired)
    assert done.status == 1, done.out
    assert second_auditor.audit(archive.folder, site, retired) != []


@pytest.mark.parametrize("name", ["index.json", "index.json.sig", "keys/allowed_signers"])
def test_the_checksums_name_every_file_that_a_signature_rests_on(archive: Archive, tmp_path: Path, name: str) -> None:
    signer, site = make_key(tmp_path / "key"), tmp_path / "public"
    letterbook(archive.folder, "publish", "--out", site, "--key", tmp_path / "key")
    (tmp_path / "keys").write_text(listed(signer))
    reseal(site, signer, drop=(name,))
    done = letterbook(archive.folder, "verify", site, "--keys", tmp_path / "keys")
    assert (done.status, f"listed in {SUMS}" in done.out) == (1, True)


def test_the_published_list_names_the_key_that_signed(archive: Archive, tmp_path: Path) -> None:
    signer, other, site = make_key(tmp_path / "key"), make_key(tmp_path / "other"), tmp_path / "public"
    letterbook(archive.folder, "publish", "--out", site, "--key", tmp_path / "key")
    (site / "keys" / "allowed_signers").write_text(listed(other))
    (tmp_path / "keys").write_text(listed(signer))
    reseal(site, signer)
    assert letterbook(archive.folder, "verify", site, "--keys", tmp_path / "keys").status == 1
    assert second_auditor.audit(archive.folder, site, tmp_path / "keys") != []


@pytest.mark.parametrize(
    "text",
    [
        "# " + "a" * 900_000 + "\n",
        "x: " + "1" * 60_000 + "x\n",
        "x: a@" * 50_000 + "\n",
        "x: " + "+1 " * 100_000 + "\n",
    ],
    ids=["a long comment", "a long number", "many at signs", "many plus signs"],
)
def test_no_text_keeps_the_check_busy(archive: Archive, text: str) -> None:
    archive.write(PATH, archive.read(PATH) + text.encode())
    done = letterbook(archive.folder, "check")  # a hang is a failure of the whole run; a clean answer takes a second
    assert done.status in (0, 1)
    assert parse(archive.read(PATH)) is not None


@pytest.mark.parametrize(
    "address", ["http://[::1", "http://host:abc/", "http://a b/", "http://127.0.0.1:1/\u00e4/", "http://.x/"]
)
def test_a_broken_address_is_one_error_with_a_hint(archive: Archive, address: str) -> None:
    for arguments in (["verify", address], ["publish", "--out", "x", "--previous", address]):
        done = letterbook(archive.folder, *arguments)
        assert (done.status in (2, 3), done.err.count("hint:")) == (True, 1), done.err


@pytest.mark.parametrize(
    "answer",
    [
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000 + b"\r\n\r\n",
        b"HTTP/1.1 302 F\r\nLocation: http://[\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc",
    ],
    ids=["status", "header", "redirect", "chunk", "cut off"],
)
def test_a_broken_server_could_not_be_checked(archive: Archive, answer: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(65536)
                    connection.sendall(answer)

        threading.Thread(target=serve, daemon=True).start()
        done = letterbook(archive.folder, "verify", f"http://127.0.0.1:{server.getsockname()[1]}/")
    assert (done.status in (2, 3), done.err.count("hint:")) == (True, 1), done


@pytest.mark.parametrize(
    "text",
    ["# from alice@ngo.example", "# call +44 20 7946 0958", "x: jos\u00e9@example.org", "x: a@ex\u00e4mple.org",
     "x: +44\u00a020\u00a07946\u00a00958", "x: +44\u201120\u20117946\u20110958"],
)  # fmt: skip
def test_contact_details_are_found_in_comments_and_in_other_spellings(archive: Archive, text: str) -> None:
    if text.startswith("#"):
        archive.write(PATH, archive.read(PATH) + f"{text}\n".encode())
    else:
        archive.letter(NAME, uncertainty=text.removeprefix("x: "), changes=[{"kind": "correction", "note": "More."}])
    done = letterbook(archive.folder, "check")
    assert done.status == 1
    assert "mail-address" in done.out or "phone-number" in done.out


def test_folders_beside_and_links_within_a_publication_stay(archive: Archive, tmp_path: Path) -> None:
    out = tmp_path / "public"
    letterbook(archive.folder, "publish", "--out", out)
    for name in (".public.old", ".public.new"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "precious").write_text("mine")
    (out / "empty").mkdir()
    (out / "link").symlink_to("/tmp")
    archive.letter(NAME, summary="Again.", changes=[{"kind": "correction", "note": "Again."}])
    archive.commit()
    assert letterbook(archive.folder, "publish", "--out", out).status == 0
    assert (tmp_path / ".public.old" / "precious").exists()
    assert (out / "empty").is_dir() and (out / "link").is_symlink()


def test_the_guard_holds_after_an_interruption_a_rotation_and_a_typo(archive: Archive, tmp_path: Path) -> None:
    out = tmp_path / "public"
    old, new = make_key(tmp_path / "old"), make_key(tmp_path / "new")
    archive.write("records/keys/1.allowed_signers", listed(old))
    start = archive.commit()
    archive.letter(NAME, summary="Again.", changes=[{"kind": "correction", "note": "Again."}])
    archive.commit()
    assert letterbook(archive.folder, "publish", "--out", out, "--key", tmp_path / "old").status == 0
    archive.rewrite(start)
    archive.write("records/keys/2.allowed_signers", listed(new))
    archive.commit()
    publish: list[str | Path] = ["publish", "--out", out, "--key", tmp_path / "new"]
    assert letterbook(archive.folder, *publish).status == 3
    out.rename(tmp_path / ".public.letterbook-old")
    assert letterbook(archive.folder, *publish).status == 3
    assert letterbook(archive.folder, *publish, "--previous", tmp_path / "typo").status == 3
    assert files_of(out)


def test_git_never_runs_in_the_callers_environment(archive: Archive, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    script = tmp_path / "evil"
    script.write_text(f"#!/bin/sh\ntouch {trace}\n")
    script.chmod(0o755)
    done = letterbook(archive.folder, "check", GIT_PYTHON_GIT_EXECUTABLE=str(script), GIT_TRACE=str(trace))
    assert (done.status, trace.exists()) == (0, False)


def test_a_place_that_cannot_be_written_is_one_error_with_a_hint(archive: Archive) -> None:
    for out in ("/proc/x", f"{PATH}/x", "x" * 300):
        done = letterbook(archive.folder, "publish", "--out", out)
        assert (done.status in (2, 3), done.err.count("hint:")) == (True, 1), done.err


def test_output_that_nobody_reads_is_no_bug(archive: Archive) -> None:
    archive.letter(NAME, thread="nothing")
    assert os.system(f"cd {archive.folder} && {LETTERBOOK} check 2>&1 | true") == 0
    assert letterbook(archive.folder, "check", PYTHONIOENCODING="ascii").status == 1


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("removed", 0, "key"), "letters/" + "a" * 70_000),
        (("letters", 0, "letter", "dates", "sent"), 1),
        (("letters", 0, "letter", "dates", "sent", "date"), 1),
        (("letters", 0, "letter", "questions"), [1]),
    ],
    ids=["a key that no leaf holds", "a number for a date", "a number for a day", "a number for a question"],
)
def test_an_index_that_is_signed_and_odd_is_a_failed_step(
    archive: Archive, tmp_path: Path, place: tuple[str | int, ...], value: Any
) -> None:
    archive.assess(NAME)
    archive.commit()
    archive.delete(f"records/assessments/{NAME}.yaml")
    archive.commit()
    signer, site = make_key(tmp_path / "key"), tmp_path / "public"
    letterbook(archive.folder, "publish", "--out", site, "--key", tmp_path / "key")
    index = json.loads((site / "index.json").read_bytes())
    found = index
    for part in place[:-1]:
        found = found[part]
    found[place[-1]] = value
    (site / "index.json").write_bytes(canonical(index) + b"\n")
    reseal(site, signer)
    done = letterbook(archive.folder, "verify", site)
    assert (done.status, "FAIL 5 index" in done.out) == (1, True), done
    assert letterbook(archive.folder, "prove", NAME, "--site", site).status == 1


def test_a_path_too_long_for_a_leaf_is_no_record() -> None:
    longest = "records/letters/" + "a" * (MAX_PATH - len("records/letters/.yaml")) + ".yaml"
    assert key_of(longest) is not None and second_auditor.key_of(longest) == key_of(longest)
    assert key_of(f"{longest}.yaml") is None and second_auditor.key_of(f"{longest}.yaml") is None


def test_a_key_for_which_anybody_can_sign_is_worth_nothing() -> None:
    """All points of small order, by the numbers that libraries refuse; a true key is none of them."""
    eighth = "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"
    other = "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"
    plain = ["00" * 32, "01" + "00" * 31, eighth, other, *(f"{low}{'ff' * 30}7f" for low in ("ec", "ed", "ee"))]
    for text in plain:
        for sign in (0, 0x80):
            raw = bytes.fromhex(text)
            weak = PublicKey(raw=raw[:31] + bytes([raw[31] | sign]))
            listing = f'publisher namespaces="{FILES_NAMESPACE},{INDEX_NAMESPACE}" {weak.format()}\n'.encode()
            assert weak.is_weak and [fault.code for fault in read(1, listing)[1]] == ["bad-key-list"]
            with pytest.raises(SignatureError, match="anybody"):
                weak.verify(pack(b"ssh-ed25519", raw + bytes(32)), b"anything")
    assert not any(load_private_key(generate_private_key("test")).public_key.is_weak for _ in range(20))


def test_a_conflict_is_not_judged_by_one_side(archive: Archive) -> None:
    archive.branch("side")
    archive.write("records/threads.yaml", "threads:\n  - {id: one, title: One}\n")
    archive.commit()
    archive.switch("main")
    archive.write("records/threads.yaml", "threads:\n  - {id: two, title: Two}\n")
    archive.commit()
    archive.git("merge", "side", accept=(1,))
    done = letterbook(archive.folder, "check", "--staged")
    assert (done.status, "in conflict" in done.err) == (3, True)
