"""docs/keys.md is run exactly as it is printed, and what it says of dates is what stock ssh-keygen does."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from publisher.signatures.keys import KeyListError, parse_allowed_signers
from tests.builders import CLEAN, Archive
from tests.command import LETTERBOOK, Done, letterbook
from tests.tools import need

PAGE = (Path(__file__).parent.parent / "docs" / "keys.md").read_text(encoding="utf-8")
FENCES = re.findall(r"^```(\S*) ?(\S*)\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
BLOCKS = [(mark, text) for language, mark, text in FENCES if language == "sh"]
REFUSED = next(text for mark, text in BLOCKS if mark == "refused")
FIRST, SECOND = "2019-02-18-harbour-to-acme", "2019-03-01-harbour-to-acme"
NAMESPACE = "letterbook-index@v1"


def run(archive: Archive, script: str) -> Done:
    """Run a script in the archive, as a person would who has letterbook and stock tools and a home beside it."""
    path = f"{Path(LETTERBOOK).parent}:{os.environ.get('PATH', os.defpath)}"
    environment = CLEAN | {"HOME": str(archive.folder.parent / "home"), "PATH": path}
    command = [need("bash"), "-e", "-c", script]
    done = subprocess.run(command, cwd=archive.folder, env=environment, capture_output=True, text=True, check=False)
    return Done(status=done.returncode, out=done.stdout, err=done.stderr)


def start(folder: Path) -> Archive:
    for tool in ("ssh-keygen", "git"):
        need(tool)
    (folder / "home").mkdir(parents=True)
    archive = Archive(folder / "archive")
    archive.begin()
    archive.letter(FIRST)
    archive.commit(at="2024-01-01T00:00:00Z")
    return archive


@pytest.fixture(scope="module", params=["plain", "roots"])
def kept(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """An archive in which every block was run; a copy of it, `robbed`, stands still when key-2 is stolen."""
    archive = start(tmp_path_factory.mktemp(request.param))
    for mark, text in BLOCKS:
        if "key-3.pub" in text:
            archive.copy(archive.folder.parent / "robbed")
            archive.letter(SECOND)
            archive.git("add", "records/letters")
            archive.git("commit", "-q", "-m", "A letter between")
        if mark in ("", request.param):
            done = run(archive, text)
            assert done.status == 0, (text, done)
    return archive


def test_the_page_runs_as_printed(kept: Archive) -> None:
    names = sorted(path.name for path in (kept.folder / "public" / "keys").glob("*.allowed_signers"))
    assert names == ["1.allowed_signers", "2.allowed_signers", "3.allowed_signers"]
    assert run(kept, "letterbook check").status == 0
    report = json.loads(run(kept, "letterbook keys --format json").out)
    assert (report["holds"], report["current"]) == (True, 3)
    assert {mark for mark, _ in BLOCKS} == {"", "roots", "refused"}
    assert [text.split(" -O")[0] for language, _, text in FENCES if language != "sh"] == ["ssh-keygen -t ed25519-sk"]


@pytest.mark.parametrize("how", ["added", "rewritten"])
def test_what_the_stolen_key_forges_is_refused_as_the_page_says(kept: Archive, tmp_path: Path, how: str) -> None:
    folder = shutil.copytree(kept.folder.parent / "robbed", tmp_path / "robbed", symlinks=True)
    thief = Archive(folder)
    if how == "rewritten":
        thief.git("update-ref", "-d", "HEAD")
        thief.letter(FIRST, summary="What nobody wrote.")
    else:
        thief.letter(SECOND, summary="What nobody wrote.")
    shutil.rmtree(folder / "public")
    thief.commit(at="2024-01-02T00:00:00Z")
    suspect = kept.folder.parent / "suspect"
    shutil.rmtree(suspect, ignore_errors=True)
    stolen = kept.folder.parent / "home" / "keys" / "key-2"
    assert letterbook(folder, "publish", "--out", suspect, "--key", stolen).status == 0
    assert letterbook(folder, "verify", suspect, "--keys", "records/keys/2.allowed_signers").status == 0
    done = run(kept, REFUSED)
    assert (done.status, "NOT verified" in done.out) == (1, True)
    report = json.loads(run(kept, f"{REFUSED.strip()} --format json").out)
    status = {step["name"]: step["status"] for step in report["steps"]}
    assert (status["index-signature"], status["newer"]) == ("passed", "failed")


def test_without_the_newer_log_a_retired_key_is_worth_nothing(kept: Archive) -> None:
    done = run(kept, "letterbook verify ../public-2 --keys records/keys/3.allowed_signers")
    assert (done.status, "not signed by a key that is listed" in done.out) == (1, True)


def test_a_proof_is_judged_by_the_list_that_is_given_and_no_other(kept: Archive, tmp_path: Path) -> None:
    record = f"records/letters/2019/{FIRST}.yaml"
    with_roots = "root," in kept.read("records/keys/1.allowed_signers").decode()
    for number, site in ((1, "../public-1"), (2, "../public-2"), (3, "public")):
        proof = tmp_path / f"{number}.tlog-proof"
        assert run(kept, f"letterbook prove {FIRST} --site {site} --out {proof}").status == 0
        judge = f"letterbook verify-proof {proof} --record {site}/{record} --keys"
        lists = [f"records/keys/{list_}.allowed_signers" for list_ in (1, 2, 3)]
        assert [run(kept, f"{judge} {list_}").status for list_ in lists] == [int(n != number) for n in (1, 2, 3)]
        if with_roots and number > 1:  # list 1 leads there
            done = run(kept, f"letterbook verify {site} --keys {lists[0]}")
            assert done.status == 0 and re.search(rf"lead to list (2, )?{number}$", done.out, re.MULTILINE)
            assert run(kept, f"{judge} {site}/keys/{number}.allowed_signers").status == 0


# -- no dates --------------------------------------------------------------------------------------------------


def stock_accepts(folder: Path, *options: str) -> bool:
    command = [need("ssh-keygen"), "-Y", "verify", *options, "-f", "dated", "-I", "publisher", "-n", NAMESPACE]
    command += ["-s", "message.sig"]
    message = (folder / "message").read_bytes()
    return subprocess.run(command, cwd=folder, input=message, capture_output=True, check=False).returncode == 0


def test_dates_would_refuse_the_genuine_and_accept_the_forged(tmp_path: Path) -> None:
    """One list, one key that may sign until 2024: an old index and one that is forged now cannot be told apart."""
    keygen = need("ssh-keygen")
    subprocess.run([keygen, "-q", "-t", "ed25519", "-N", "", "-C", "x", "-f", "key"], cwd=tmp_path, check=True)
    line = (tmp_path / "key.pub").read_text()
    for options, message, today, then in (
        (f'namespaces="{NAMESPACE}"', "the genuine index", True, True),
        (f'valid-before="20240101",namespaces="{NAMESPACE}"', "the genuine index", False, True),
        (f'valid-before="20240101",namespaces="{NAMESPACE}"', "forged today", False, True),
    ):
        (tmp_path / "dated").write_text(f"publisher {options} {line}")
        (tmp_path / "message").write_text(message)
        sign = [keygen, "-q", "-Y", "sign", "-f", "key", "-n", NAMESPACE]
        signed = subprocess.run(sign, cwd=tmp_path, input=message.encode(), capture_output=True, check=True)
        (tmp_path / "message.sig").write_bytes(signed.stdout)
        assert (stock_accepts(tmp_path), stock_accepts(tmp_path, "-Overify-time=20230601")) == (today, then)


def test_dates_are_refused_in_a_list() -> None:
    with pytest.raises(KeyListError, match="dates are refused"):
        parse_allowed_signers(f'publisher valid-before="20240101",namespaces="{NAMESPACE}" ssh-ed25519 AAAA\n'.encode())
