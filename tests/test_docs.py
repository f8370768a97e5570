"""What README and docs say is true: their commands run here as printed."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from publisher import __version__
from publisher.checks import CHECKS
from publisher.formats import FORMATS
from publisher.reports import REPORTS
from publisher.signatures.keys import generate_private_key
from tests.builders import Archive
from tests.command import LETTERBOOK, letterbook

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """This repository's records in a history of their own, beside a key and its list of allowed signers."""
    folder = tmp_path_factory.mktemp("own")
    archive = Archive(folder / "clone")
    shutil.copytree(ROOT / "records", archive.folder / "records")
    archive.commit()
    (folder / ".ssh").mkdir()
    (folder / ".ssh" / "letterbook").write_bytes(generate_private_key("readme"))
    (folder / ".ssh" / "letterbook").chmod(0o600)
    return archive


def blocks(text: str) -> list[list[str]]:
    """Return the lines of every console block."""
    return [found.splitlines() for found in re.findall(r"```console\n(.*?)```", text, re.DOTALL)]


def run(line: str, folder: Path) -> str:
    """Run a command line as a person would type it, with HOME beside the folder."""
    path = f"{Path(LETTERBOOK).parent}:/usr/bin:/bin"
    done = subprocess.run(
        ["sh", "-c", line], cwd=folder, capture_output=True, text=True, check=False,
        env={"HOME": str(folder.parent), "PATH": path, "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    assert done.returncode == 0, (line, done.stdout, done.stderr)
    return done.stdout + done.stderr


def test_the_first_screen_runs_as_printed(own: Archive) -> None:
    expected: list[str] = []
    output = ""
    for line in [*blocks(README)[0], "$ true"]:
        if not line.startswith("$ "):
            expected.append(line)
            continue
        if expected:
            assert expected == output.splitlines()
            expected = []
        output = run(line[2:], own.folder)
        if "publish" in line:
            shutil.copy(own.folder / "public" / "keys" / "allowed_signers", own.folder / "allowed_signers")


def test_the_audit_runs_as_printed(own: Archive) -> None:
    desk = own.folder.parent / "desk"
    desk.mkdir()
    run(f"letterbook publish --out {desk}/site --key ~/.ssh/letterbook", own.folder)
    shutil.copy(desk / "site" / "keys" / "allowed_signers", desk / "allowed_signers")
    letter = min(own.folder.glob("records/letters/*/*.yaml"))
    shutil.copy(letter, desk / "letter.yaml")
    section = README.split("## Audit")[1].split("## Commands")[0]
    words = {"SITE": "site", "ID": letter.stem, "ARCHIVE": str(own.folder)}
    lines = [line.removeprefix("$ ") for block in blocks(section) for line in block]
    said = "".join(run(re.sub(r"\b(SITE|ID|ARCHIVE)\b", lambda word: words[word[1]], line), desk) for line in lines)
    assert said.count("verified") >= 3 and "unchanged" in said


def test_the_commands_of_the_readme_are_those_of_the_help() -> None:
    section = README.split("## Commands")[1]
    for line in section.split("```")[1].strip().splitlines():
        words = line.split()
        usage = letterbook(ROOT, words[1], "--help").out
        for option in re.findall(r"--[a-z-]+", line):
            assert option in usage, (option, words[1])
        for option in re.findall(r"(--[a-z-]+)", usage.split("options:")[0]):
            assert option in line or option == "--help", (option, words[1])


def test_the_exit_statuses_of_the_readme_are_those_of_the_help() -> None:
    usage = letterbook(ROOT, "--help").out
    for status, meaning in re.findall(r"^\| ([0-9]) \| (.*) \|$", README, re.MULTILINE):
        assert re.search(rf"^ +{status} +{re.escape(meaning)}$", usage, re.MULTILINE)


@pytest.mark.parametrize(
    "name",
    ["new", "add", "correct", "withdraw", "check", "publish", "verify", "history", "prove", "verify-proof", "keys"],
)
def test_wrong_arguments_are_two(name: str, tmp_path: Path) -> None:
    assert letterbook(tmp_path, name, "--no-such-option").status == 2


def test_outside_a_repository_is_three_with_a_hint(tmp_path: Path) -> None:
    for arguments in (
        ["check"],
        ["publish", "--out", "x"],
        ["history", "x"],
        ["new"],
        ["correct", "x"],
        ["withdraw", "x"],
    ):
        done = letterbook(tmp_path, *arguments)
        assert (done.status, done.err.count("hint:")) == (3, 1)


def test_paths_that_the_documents_name_are_there() -> None:
    for page in [*ROOT.glob("*.md"), *sorted((ROOT / "docs").rglob("*.md"))]:
        text = page.read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#:]+)\)", text):
            assert (page.parent / target).exists(), (page.name, target)
        for target in re.findall(r"`((?:publisher|tests|schema|docs)/[a-z0-9_/.-]+)`", text):
            assert (ROOT / target).exists(), (page.name, target)


def test_the_tables_of_the_house_have_rows() -> None:
    assert CHECKS
    assert FORMATS.keys() >= {"feeds", "pages"}
    assert REPORTS.keys() == {"text", "json", "github", "sarif", "summary"}
    assert f"letterbook {__version__}" == letterbook(ROOT, "--version").out.strip()


def test_no_registry_host_is_named() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "http" not in lock
    assert "--index" not in lock
    assert all("--hash=sha256:" in block for block in re.split(r"\n(?=\S)", lock) if "==" in block)


def test_operators_never_meet_the_word_merkle() -> None:
    pages = [
        "README.md",
        "docs/keys.md",
        "docs/erasure.md",
        "docs/audit.md",
        "docs/how-we-publish.md",
        "docs/operate.md",
        "docs/verify-by-hand.md",
    ]
    said = [(ROOT / page).read_text(encoding="utf-8") for page in pages]
    said += [letterbook(ROOT, name, "--help").out for name in ("publish", "verify", "prove", "verify-proof", "keys")]
    assert not any("merkle" in text.lower() for text in said)
