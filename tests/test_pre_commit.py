"""The hooks under pre-commit: this repository's own configuration, a new archive's, and this repository as a source."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.builders import CLEAN, Archive, git, letter_path
from tests.command import LETTERBOOK, Done

ROOT = Path(__file__).parent.parent
PRE_COMMIT = Path(sys.executable).with_name("pre-commit")
CONFIG = ".pre-commit-config.yaml"
FIRST, SECOND = "2019-02-18-harbour-to-acme", "2019-03-01-harbour-to-quayside"
SECRET = "ada@home.example"


def surroundings(home: Path) -> dict[str, str]:
    """Return an environment with a home of its own; how packages are installed stays as it is on this machine."""
    kept = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_", "REQUESTS_"))}
    path = f"{PRE_COMMIT.parent}:{CLEAN['PATH']}"
    return CLEAN | kept | {"PRE_COMMIT_HOME": str(home / "pre-commit"), "HOME": str(home), "PATH": path}


def run(archive: Archive, *command: str) -> Done:
    environment = surroundings(archive.folder.parent)
    done = subprocess.run(command, cwd=archive.folder, env=environment, capture_output=True, check=False)
    return Done(status=done.returncode, out=done.stdout.decode(), err=done.stderr.decode())


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """An archive with a remote that has all of it."""
    found = Archive(tmp_path / "archive")
    found.begin()
    found.letter(FIRST)
    found.commit()
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", "remote.git")
    found.git("remote", "add", "origin", str(tmp_path / "remote.git"))
    found.git("push", "--quiet", "origin", "main")
    return found


def installed(archive: Archive, configuration: Path) -> Archive:
    """Install the hooks of a configuration; the `.venv` that this repository's names is this test's own."""
    shutil.copy(configuration, archive.folder / CONFIG)
    program = archive.folder / ".venv" / "bin" / "letterbook"
    program.parent.mkdir(parents=True)
    program.symlink_to(LETTERBOOK)
    archive.write(".gitignore", "/.venv/\n")
    archive.git("add", CONFIG, ".gitignore")
    archive.git("commit", "--quiet", "-m", "Hooks")
    archive.git("push", "--quiet", "origin", "main")
    done = run(archive, str(PRE_COMMIT), "install")
    assert done.status == 0, done
    return archive


@pytest.mark.parametrize("name", [CONFIG, "publisher/seeds/dot_pre-commit-config.yaml"])
def test_commits_and_pushes_are_checked(archive: Archive, name: str) -> None:
    installed(archive, ROOT / name)
    archive.letter(SECOND, thread="nothing")
    archive.git("add", "records")
    done = run(archive, "git", "commit", "-m", "x")
    assert (done.status, "unknown-thread" in done.out + done.err) == (1, True)
    archive.git("reset", "--quiet", "--hard")
    archive.git("rm", "--quiet", letter_path(FIRST))
    done = run(archive, "git", "commit", "-m", "x")
    assert (done.status, "letter-removed" in done.out + done.err) == (1, True), "a commit that only deletes"
    archive.git("reset", "--quiet", "--hard")
    archive.letter(SECOND, summary=f"Write to {SECRET}.")
    archive.git("add", "records")
    archive.git("commit", "--quiet", "--no-verify", "-m", "x")
    archive.letter(SECOND)
    archive.git("add", "records")
    assert run(archive, "git", "commit", "-m", "x").status == 0
    done = run(archive, "git", "push", "--quiet", "origin", "main")
    assert (done.status, "mail-address" in done.out + done.err, SECRET in done.out + done.err) == (1, True, False)
    done = run(archive, "git", "push", "--quiet", "origin", "main:refs/heads/new")
    assert (done.status, "mail-address" in done.out + done.err) == (1, True)
    archive.git("reset", "--quiet", "--soft", "HEAD^^")
    assert run(archive, "git", "commit", "-m", "x").status == 0
    assert run(archive, "git", "push", "--quiet", "origin", "main").status == 0


def test_the_first_push_of_all_is_checked_too(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    archive.begin()
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", "remote.git")
    archive.git("remote", "add", "origin", str(tmp_path / "remote.git"))
    shutil.copy(ROOT / "publisher" / "seeds" / "dot_pre-commit-config.yaml", archive.folder / CONFIG)
    archive.letter(FIRST, summary=f"Write to {SECRET}.")
    archive.commit()
    archive.letter(FIRST)
    archive.commit()
    assert run(archive, str(PRE_COMMIT), "install").status == 0
    done = run(archive, "git", "push", "--quiet", "origin", "main")
    assert (done.status, "mail-address" in done.out + done.err) == (1, True)


def test_the_lists_are_what_pre_commit_takes() -> None:
    done = subprocess.run(
        [PRE_COMMIT, "validate-manifest", ROOT / ".pre-commit-hooks.yaml"], capture_output=True, check=False
    )
    assert done.returncode == 0, done.stdout
    for name in (CONFIG, "publisher/seeds/dot_pre-commit-config.yaml"):
        assert subprocess.run([PRE_COMMIT, "validate-config", ROOT / name], check=False).returncode == 0
    offered = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    page = (ROOT / "docs" / "hooks.md").read_text("utf-8")
    assert all(f"- id: {hook['id']}" in page for hook in offered)
    assert all(hook["always_run"] and not hook["pass_filenames"] for hook in offered)


def test_another_archive_can_use_this_repository_as_a_source(archive: Archive, tmp_path: Path) -> None:
    """pre-commit installs the package, with what reads PDFs, as it would anywhere: that takes a registry."""
    source = tmp_path / "source"
    git(tmp_path, "init", "--quiet", "--initial-branch=main", str(source))
    for name in ("docs", "publisher", "schema", "pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml"):
        place = ROOT / name
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(place, source / name, ignore=ignored) if place.is_dir() else shutil.copy(place, source / name)
    git(source, "add", "--all", "--force")
    git(source, "commit", "--quiet", "-m", "Letterbook")
    archive.letter(SECOND, thread="nothing")
    archive.git("add", "--all")
    reachable = subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(tmp_path / "x"), "editables"],
        env=surroundings(tmp_path), capture_output=True, check=False,
    )  # fmt: skip
    if reachable.returncode and not os.environ.get("CI"):
        pytest.skip("no registry of packages can be reached")
    config = (ROOT / "docs" / "hooks.md").read_text("utf-8").split("```yaml\n")[1].split("```")[0]
    head = git(source, "rev-parse", "HEAD")
    archive.write(CONFIG, config.replace("ADDRESS-OF-LETTERBOOK", str(source)).replace("COMMIT", head))
    archive.git("add", "--all")
    tried = [str(PRE_COMMIT), "run", "letterbook-staged", "--verbose"]
    done = run(archive, *tried)
    assert (done.status, "unknown-thread" in done.out) == (1, True), done
    archive.letter(SECOND)
    archive.git("add", "--all")
    done = run(archive, *tried)
    assert (done.status, "1 staged file checked, nothing found" in done.out) == (0, True), done
    pythons = sorted((tmp_path / "pre-commit").glob("repo*/py_env-*/bin/python"))
    asked = [subprocess.run([python, "-c", "import pikepdf, pypdfium2"], check=False).returncode for python in pythons]
    assert asked and not any(asked), "what reads PDFs comes with the hook"
