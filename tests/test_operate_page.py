"""docs/operate.md is followed exactly as it is printed, in a new archive, by somebody who has read nothing else."""

import json
import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.builders import CLEAN, git
from tests.command import LETTERBOOK, Done, letterbook
from tests.second_auditor import audit
from tests.test_init import flags
from tests.tools import need

PAGE = (Path(__file__).parent.parent / "docs" / "operate.md").read_text(encoding="utf-8")
FENCES = re.findall(r"^```(\S*) ?(\S*)\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
LETTER, WAITED = "2019-02-18-harbour-to-acme", "2019-04-02-harbour-to-acme"


@dataclass(frozen=True, kw_only=True)
class Machine:
    """A folder of somebody's, and a home beside it."""

    folder: Path
    home: Path

    def run(self, script: str) -> Done:
        """Run a script as a person would who has letterbook and stock tools, and git that knows nobody."""
        path = f"{Path(LETTERBOOK).parent}:{os.environ.get('PATH', os.defpath)}"
        kept = {name: value for name, value in CLEAN.items() if not name.startswith(("GIT_AUTHOR", "GIT_COMMITTER"))}
        done = subprocess.run(
            [need("bash"), "-e", "-c", script], cwd=self.folder, env=kept | {"HOME": str(self.home), "PATH": path},
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        )  # fmt: skip
        return Done(status=done.returncode, out=done.stdout, err=done.stderr)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every block was run in `archive`, and the one for a new machine in `new`, once `archive` was put away."""
    for tool in ("ssh-keygen", "git"):
        need(tool)
    place = tmp_path_factory.mktemp("operate")
    done = letterbook(place, "init", "archive", *flags(), "--commit")
    assert done.status == 0, done.err
    git(place, "init", "--quiet", "--bare", "--initial-branch=main", "host.git")
    for name in ("home", "new", "new-home"):
        (place / name).mkdir()
    old, new = (Machine(folder=place / f, home=place / h) for f, h in (("archive", "home"), ("new", "new-home")))
    for language, mark, text in FENCES:
        assert (language, mark) in (("sh", ""), ("sh", "restore"))
        if mark == "restore":
            (place / "archive").rename(place / "lost")
            done = new.run(text)
            (place / "lost").rename(place / "archive")
        else:
            done = old.run(text)
        assert done.status == 0, (text, done)
    return place


def index(site: Path) -> dict[str, list[str]]:
    letters = json.loads((site / "index.json").read_bytes())["letters"]
    return {entry["id"]: [one["meaning"] for one in entry["provenance"]["revisions"]] for entry in letters}


def test_what_the_page_says_has_come_about(place: Path) -> None:
    assert index(place / "public") == {
        LETTER: ["published", "amended", "withdrawn", "reinstated", "withdrawn"], WAITED: ["published"],
    }  # fmt: skip
    assert audit(place / "archive", place / "public", place / "archive/records/keys/2.allowed_signers") == []
    assert letterbook(place / "archive", "check").status == 0
    assert git(place / "host.git", "rev-parse", "main") == git(place / "archive", "rev-parse", "HEAD")


def test_the_new_machine_has_what_the_old_one_had(place: Path) -> None:
    assert index(place / "new" / "archive" / "public").keys() == {LETTER}
    own = place / "new-home" / "keys" / "key-2"
    assert own.read_bytes() == (place / "home" / "keys" / "key-2").read_bytes() and own.stat().st_mode & 0o077 == 0


def test_no_commit_names_a_person_or_a_time_zone(place: Path) -> None:
    for name in ("archive", "intake"):
        said = set(git(place / name, "log", "--format=%an <%ae> %ad|%cn <%ce> %cd", "--date=format:%z").splitlines())
        role = "Harbour archive <archive@letterbook.example> +0000"
        assert said == {f"{role}|{role}"}


def test_nothing_of_the_intake_came_along(place: Path) -> None:
    said = git(place / "archive", "log", "--all", "--format=raw", "-p", "--", "records", "intake.yaml")
    assert WAITED in said and "Thirty days" not in said and "intake" not in said.lower()
    entries = yaml.safe_load((place / "archive" / "records" / "parties.yaml").read_text())["parties"]
    assert [entry["id"] for entry in entries] == ["harbour-institute", "acme-optics"]


def test_the_page_is_one_page_and_says_what_the_workflows_need() -> None:
    assert len(PAGE.splitlines()) < 200
    text = (Path(__file__).parent.parent / ".github" / "workflows" / "publish.yml").read_text("utf-8")
    settings = set(re.findall(r"\b(?:vars|secrets)\.(\w+)", text))
    assert settings == set(re.findall(r"^\| (?:secret|variable) `(\w+)`", PAGE, re.MULTILINE))
