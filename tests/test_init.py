"""letterbook init: a new archive that checks, publishes and verifies at once, from a checkout and from a wheel."""

import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

import pytest
import yaml

from publisher import schema
from publisher.errors import UsageError
from publisher.record import read
from publisher.seed import DOCUMENTS, Answers, files
from publisher.signatures.keys import generate_private_key
from tests.builders import CLEAN, git
from tests.command import Done, files_of, letterbook
from tests.second_auditor import audit
from tests.terminal import Person
from tests.tools import need

ROOT = Path(__file__).parent.parent
SAID = {
    "name": "The Harbour letters",
    "publisher": "Harbour Institute",
    "origin": "letterbook.example/harbour",
    "authority": "letterbook.example,2026",
    "site": "https://letterbook.example/",
    "language": "en",
    "licence": "CC0-1.0 for our own words",
    "identity": "Harbour archive <archive@letterbook.example>",
}


def flags(**other: str) -> list[str]:
    return [word for name, value in (SAID | other).items() for word in (f"--{name}", value)]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("init") / "archive"
    done = letterbook(folder.parent, "init", "archive", *flags(), "--commit")
    assert (done.status, done.out) == (0, ""), done.err
    return folder


# -- what is made ----------------------------------------------------------------------------------------------


def test_a_new_archive_checks_publishes_and_verifies_at_once(made: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    done = letterbook(made, "check")
    assert (done.status, done.out, done.err) == (0, "", "0 letters checked, nothing found\n")
    assert letterbook(made, "publish", "--out", site).status == 0
    done = letterbook(made, "verify", site, "--keys", site / "keys" / "allowed_signers")
    assert (done.status, "verified" in done.out) == (0, True)
    assert audit(made, site, site / "keys" / "allowed_signers") == []


def test_with_a_first_key_of_its_own_too(made: Path, tmp_path: Path) -> None:
    archive = shutil.copytree(made, tmp_path / "archive")
    (tmp_path / "key").write_bytes(generate_private_key("key-1"))
    (tmp_path / "key").chmod(0o600)
    public = subprocess.run(
        [need("ssh-keygen"), "-y", "-f", tmp_path / "key"], capture_output=True, text=True, check=True
    ).stdout
    listed = archive / "records" / "keys" / "1.allowed_signers"
    listed.parent.mkdir()
    listed.write_text(f'publisher namespaces="letterbook-files@v1,letterbook-index@v1" {public}')
    git(archive, "add", "records")
    git(archive, "commit", "--quiet", "-m", "List the first key")
    assert letterbook(archive, "publish", "--out", "public").status == 3, "the development key is not listed"
    done = letterbook(archive, "publish", "--out", "public", "--key", tmp_path / "key")
    assert done.status == 0, done.err
    assert letterbook(archive, "verify", "public", "--keys", listed).status == 0
    assert audit(archive, archive / "public", listed) == []


def test_its_first_commit_is_the_role_s_at_utc(made: Path) -> None:
    who = git(made, "log", "--format=%an <%ae> %ad|%cn <%ce> %cd", "--date=format:%z")
    role = f"{SAID['identity']} +0000"
    assert who == f"{role}|{role}"
    assert git(made, "status", "--short") == ""
    assert git(made, "symbolic-ref", "HEAD") == "refs/heads/main"
    assert git(made, "check-attr", "text", "records/archive.yaml").endswith("text: unset")


def test_what_stands_in_it(made: Path) -> None:
    found = {path for path in files_of(made) if not path.startswith(".git/")}
    assert found == set(files(Answers(**SAID)))
    assert {path for path in found if path.startswith("records/")} == {
        f"records/{table}.yaml" for table in ("archive", "parties", "threads")
    }
    assert not [path for path in found if re.search(rb"\{\{[a-z]+\}\}", (made / path).read_bytes())]
    for kind in schema.KINDS:
        assert (made / "schema" / f"{kind}.schema.json").read_bytes() == schema.text(kind)
    for name in DOCUMENTS:
        assert (made / "docs" / name).read_bytes() == (ROOT / "docs" / name).read_bytes()


def test_its_pages_lead_to_what_is_there(made: Path) -> None:
    for page in [made / "README.md", *(made / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), (page.name, target)


def test_its_example_is_a_letter_and_no_record_of_the_archive(made: Path) -> None:
    example = (made / "docs" / "example-letter.yaml").read_bytes()
    assert read("records/letters/2019/2019-02-18-harbour-to-acme.yaml", example)[1] == ()
    place = re.match(rb"# yaml-language-server: \$schema=(\S+)\n", example)
    assert place and (made / "docs" / place[1].decode()).resolve() == (made / "schema" / "letter.schema.json").resolve()
    settings: Any = yaml.safe_load((made / ".vscode" / "settings.json").read_text())
    for name in settings["yaml.schemas"]:
        assert (made / name).is_file()


PAGES = {
    "index.html": "No letter is published here yet",
    "threads/index.html": "no thread here yet",
    "parties/index.html": "no party here yet",
    "questions/index.html": "No question is on record here",
    "all/index.html": "0 letters",
    "search/index.html": "0 letters",
}


@pytest.mark.parametrize("path", PAGES)
def test_its_pages_say_that_they_are_empty(made: Path, tmp_path: Path, path: str) -> None:
    assert letterbook(made, "publish", "--out", tmp_path / "site").status == 0
    text = (tmp_path / "site" / path).read_text("utf-8")
    assert PAGES[path] in text
    assert '<ul class="plain">\n</ul>' not in text
    assert path != "index.html" or "; it is not complete." in text


# -- what is refused -------------------------------------------------------------------------------------------


def refused(done: Done, status: int, *words: str) -> bool:
    return done.status == status and done.out == "" and all(word in done.err for word in words)


def test_all_that_is_missing_is_named(tmp_path: Path) -> None:
    assert refused(letterbook(tmp_path, "init", "x"), 2, *(f"--{name}" for name in SAID))
    assert refused(letterbook(tmp_path, "init", "x", *flags(name="")), 2, "without --name\n")
    assert not (tmp_path / "x").exists()


def test_no_folder_that_holds_anything_is_written_into(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / ".hidden").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    (tmp_path / "file").write_text("mine")
    for name in ("x", "link", "file"):
        assert refused(letterbook(tmp_path, "init", name, *flags()), 2, "not an empty folder")
    assert files_of(tmp_path) == {"x/.hidden": b"mine", "file": b"mine"}


def test_an_empty_folder_that_one_stands_in_is_filled(tmp_path: Path) -> None:
    here = tmp_path / "here"
    here.mkdir()
    assert letterbook(here, "init", ".", *flags(), "--commit").status == 0
    assert letterbook(here, "check").status == 0
    assert [path.name for path in tmp_path.iterdir()] == ["here"]


WRONG = {
    "origin": "https://letterbook.example/",
    "authority": "letterbook.example",
    "site": "letterbook.example",
    "language": "English",
    "identity": "archive@letterbook.example",
    "owners": "everybody",
    "action": "letterbook@main",
    "name": "a\u202eb",
}


@pytest.mark.parametrize("name", WRONG)
def test_an_answer_that_cannot_be_is_refused_with_what_it_should_be(tmp_path: Path, name: str) -> None:
    done = letterbook(tmp_path, "init", "x", *flags(**{name: WRONG[name]}))
    assert refused(done, 2, "hint: ") and "\u202e" not in done.err
    assert list(tmp_path.iterdir()) == []


def test_what_check_would_find_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    done = letterbook(tmp_path, "init", "x", *flags(description="Write to harbour@letterbook.example."))
    assert refused(done, 1, "mail-address", "nothing was written")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ['"', "\\", "a: b # c", "{{site}}", "${{ secrets.X }}", "😀 é", "- x", "'"])
def test_whatever_is_answered_stands_in_the_record_as_it_is(text: str) -> None:
    made = files(Answers(**SAID | {"name": text, "publisher": text, "licence": text}))
    assert read("records/archive.yaml", made["records/archive.yaml"])[1] == ()
    found = yaml.safe_load(made["records/archive.yaml"])
    assert (found["name"], found["publisher"], found["licence"]) == (text, text, text)
    plain = files(Answers(**SAID))
    assert [path for path in made if made[path] != plain[path]] == ["README.md", "records/archive.yaml"]


def test_an_archive_of_no_repository_is_told_how_to_become_one(tmp_path: Path) -> None:
    done = letterbook(tmp_path, "init", "x", *flags())
    steps = [line.strip() for line in done.err.split("Next:\n")[1].splitlines() if line.startswith("  ")]
    assert steps[:4] == [
        "cd x",
        "git init --initial-branch=main",
        "git add --all",
        "git commit --message 'Begin the archive'",
    ]
    script = "\n".join(steps)
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    ran = subprocess.run(["bash", "-e", "-c", script], cwd=tmp_path, env=CLEAN | {"PATH": path}, check=False)
    assert ran.returncode == 0 and (tmp_path / "x" / "public" / "index.json").is_file()


def test_answers_are_checked_wherever_they_come_from() -> None:
    with pytest.raises(UsageError):
        Answers(**SAID | {"owners": "@a\n* @b"})


# -- on a terminal ---------------------------------------------------------------------------------------------


def test_on_a_terminal_it_asks_says_what_is_wrong_and_commits(tmp_path: Path) -> None:
    with Person(tmp_path, "init", "archive", "--name", SAID["name"]) as person:
        person.answers("Who publishes it?", SAID["publisher"])
        person.answers("The name of its log", "https://letterbook.example/")
        person.replaces("without https://", SAID["origin"])
        for question in ("this never changes either", "a slash at the end", "such as en", "its own words"):
            person.keeps(question)
        person.keeps("Who commits?")
        person.answers("Make a git repository of it", "")
        person.answers("Check each commit and push there?", "")
        assert person.ends() == 0
    assert letterbook(tmp_path / "archive", "check").status == 0
    assert git(tmp_path / "archive", "log", "--format=%an <%ae>") == "The Harbour letters <archive@letterbook.example>"
    assert {path.name for path in (tmp_path / "archive" / ".git" / "hooks").iterdir()} == {"pre-commit", "pre-push"}
    record = yaml.safe_load((tmp_path / "archive" / "records" / "archive.yaml").read_text("utf-8"))
    assert (record["origin"], record["site"]) == (SAID["origin"], SAID["site"])


def test_who_has_had_enough_leaves_nothing_behind(tmp_path: Path) -> None:
    with Person(tmp_path, "init", "archive") as person:
        person.sees("What is the archive called?", prompt=True)
        person.interrupts()
        assert person.ends() == 130
    assert list(tmp_path.iterdir()) == []


# -- from a wheel ----------------------------------------------------------------------------------------------


def test_a_wheel_holds_all_that_init_writes(made: Path, tmp_path: Path) -> None:
    """Built and installed without a network, into an environment that has dependencies and no checkout."""
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run(
        [*pip, "wheel", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", tmp_path, ROOT], check=True
    )
    (wheel,) = tmp_path.glob("*.whl")
    venv.create(tmp_path / "venv", symlinks=True)
    python = tmp_path / "venv" / "bin" / "python"
    packages = Path(subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True, text=True, check=True,
    ).stdout.strip())  # fmt: skip
    subprocess.run([*pip, "--python", python, "install", "--no-deps", "--no-index", wheel], check=True)
    theirs = next(path for path in map(Path, sys.path) if (path / "git").is_dir())
    (packages / "dependencies.pth").write_text(f"{theirs}\n")
    command: list[str | Path] = [tmp_path / "venv" / "bin" / "letterbook", "init", "archive", *flags()]
    subprocess.run(command, cwd=tmp_path, check=True, env={"PATH": os.environ["PATH"]})
    own = {path: data for path, data in files_of(made).items() if not path.startswith(".git/")}
    assert files_of(tmp_path / "archive") == own
