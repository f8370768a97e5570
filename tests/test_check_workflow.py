"""The check of a pull request, step by step as it stands: in this repository, and in an archive that `init` made."""

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests import summaries
from tests.builders import Archive, change, git, letter
from tests.command import files_of
from tests.runner import Job, python_in
from tests.test_workflows import ALL, ROOT
from tests.tools import need

FIRST, SECOND = "2019-02-18-harbour-to-acme", "2019-03-01-harbour-to-acme"
FORGED = (
    "::error file=x::forged%0A::error::forged ##[error]forged </code></table> | forged | @octocat <img src=x> `x` "
    "$(touch pwned) ${{ secrets.X }}"
)
OURS, THEIRS = ".github/workflows/check.yml", "init: .github/workflows/check.yml"
COMMAND = re.compile(r"::(error|warning) file=[^:\n]*::[^\n]*|::notice title=letterbook::[^\n]*")


@dataclass(frozen=True, kw_only=True)
class Ran:
    """How one run ended."""

    failed: str | None
    job: Job

    @property
    def annotations(self) -> list[str]:
        """The lines of the log that give the runner an order; there must be none but annotations."""
        lines = self.job.log.splitlines()
        found = [line for line in lines if line.lstrip().startswith("::") or "##[" in line]
        assert all(COMMAND.fullmatch(line) for line in found), found
        return found

    @property
    def told(self) -> tuple[list[str], str]:
        return summaries.read(self.job.summary)

    def kept(self, name: str) -> dict[str, bytes]:
        return files_of(self.job.artifacts[name])


@pytest.fixture
def project(tmp_path: Path) -> Archive:
    """A repository that holds Letterbook's own code beside its records, as this one does, with a letter published."""
    need("bash")
    archive = Archive(tmp_path / "project")
    for name in ("publisher", "schema", ".github"):
        shutil.copytree(ROOT / name, archive.folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("Makefile", "action.yml", "pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, archive.folder)
    archive.tables()
    archive.letter(FIRST)
    archive.commit()
    return archive


def check(archive: Archive, name: str = OURS, *, base: str = "main~1", sha: str = "main") -> Ran:
    """Run the workflow on a pull request that was merged for a try."""
    folder = archive.folder.parent / f"run{len(list(archive.folder.parent.iterdir()))}"
    judge = str(folder / "work" / "judge") if name == OURS else ""
    job = Job(
        folder=folder,
        checkout=archive.folder,
        known={
            "github.sha": archive.git("rev-parse", sha),
            "github.event.pull_request.base.sha": archive.git("rev-parse", base),
            "runner.temp": f"{folder}/temp",
        },
        letterbook=python_in(judge),
    )
    (steps,) = yaml.safe_load(ALL[name])["jobs"].values()
    return Ran(failed=job.run(steps), job=job)


def propose(archive: Archive, edit: Callable[[], object]) -> None:
    """Make a pull request's branch, edit on it, and merge it as the runner's own merge does."""
    archive.branch("proposal")
    edit()
    archive.commit()
    archive.switch("main")
    archive.merge("proposal")


@pytest.mark.parametrize("name", [OURS, THEIRS])
def test_a_good_letter_passes_and_is_shown(project: Archive, name: str) -> None:
    propose(project, lambda: project.letter(SECOND, title="Second letter", summary="Asks again."))
    ran = check(project, name)
    assert (ran.failed, ran.annotations) == (None, [])
    quoted, own = ran.told
    assert "letterbook check: nothing found" in own and "published for the first time" in own
    assert "[Second letter]" in quoted and any("Asks again." in text for text in quoted)
    assert b"Asks again." in ran.kept("letterbook-preview")[f"letters/{SECOND}/index.html"]
    assert json.loads(ran.kept("letterbook-findings")["letterbook.sarif"])["runs"][0]["results"] == []
    assert ran.job.made[-1] == "Judge"


@pytest.mark.parametrize("name", [OURS, THEIRS])
def test_a_fault_is_annotated_told_and_fails(project: Archive, name: str) -> None:
    propose(project, lambda: project.letter(SECOND, thread="no-such-thread"))
    ran = check(project, name)
    assert ran.failed == "Judge"
    (annotation,) = ran.annotations
    assert f"file=records/letters/2019/{SECOND}.yaml,line=" in annotation and "title=unknown-thread" in annotation
    assert "unknown-thread" in ran.told[0]
    (result,) = json.loads(ran.kept("letterbook-findings")["letterbook.sarif"])["runs"][0]["results"]
    assert result["ruleId"] == "unknown-thread"
    assert f"letters/{SECOND}/index.html" in ran.kept("letterbook-preview")


def test_what_was_published_may_not_go_without_a_word(project: Archive) -> None:
    propose(project, lambda: project.delete(f"records/letters/2019/{FIRST}.yaml"))
    ran = check(project)
    assert ran.failed == "Judge" and "title=letter-removed" in ran.annotations[0]


def test_it_is_held_against_the_merge_s_own_base_where_main_moved_on(project: Archive) -> None:
    """The event may name an older commit; what landed meanwhile is none of the pull request's."""
    older = project.head
    project.branch("proposal")
    project.letter(SECOND)
    project.commit()
    project.switch("main")
    project.letter("2019-04-01-harbour-to-acme")
    project.commit()
    project.merge("proposal")
    ran = check(project, base=older)
    assert ran.failed is None
    assert "2019-04-01-harbour-to-acme" not in ran.told[0] and SECOND in ran.told[0]


def test_what_is_no_merge_is_refused(project: Archive) -> None:
    project.letter(SECOND)
    project.commit()
    ran = check(project)
    assert (ran.failed, "no merge of a pull request" in ran.job.log) == ("Check the records", True)


# -- a hostile one ---------------------------------------------------------------------------------------------

PWNED = "import pathlib; pathlib.Path('pwned').touch(); print('PWNED'); raise SystemExit(0)\n"


def sabotage(archive: Archive) -> None:
    """Change everything that judges, so that anything passes and something is run."""
    for path in ("publisher/cli.py", "publisher/__init__.py", "publisher/checks/__init__.py", "sitecustomize.py",
                 "usercustomize.py", "yaml.py", "git.py", "records/sitecustomize.py"):  # fmt: skip
        archive.write(path, PWNED)
    for kind in ("letter", "archive", "parties", "threads"):
        archive.write(f"schema/{kind}.schema.json", "{}")
        archive.write(f"publisher/schemas/{kind}.schema.json", "{}")
    for path in (".github/scripts/check.sh", ".github/scripts/preview.sh", "git", "sed", "letterbook", ".bashrc"):
        archive.write(path, "#!/bin/sh\ntouch pwned\necho PWNED\nexit 0\n")
        archive.mode(path, 0o755)
    archive.write("Makefile", ".PHONY: .venv/.ready\n.venv/.ready:\n\ttouch pwned; echo PWNED\n")
    archive.write("action.yml", "name: x\ndescription: x\ninputs: {}\nruns: {using: composite, steps: []}\n")
    archive.write("requirements.lock", "pwned==1\n")
    archive.write(".gitattributes", "* filter=pwned diff=pwned merge=pwned\n")
    archive.write(".gitmodules", '[submodule "x"]\n\tpath = x\n\turl = --upload-pack=touch pwned\n')
    archive.write("pyproject.toml", "[tool.letterbook]\n")


@pytest.mark.parametrize("name", [OURS, THEIRS])
def test_a_pull_request_cannot_change_its_judge(project: Archive, name: str, tmp_path: Path) -> None:
    def edit() -> None:
        sabotage(project)
        project.write(f"records/letters/2019/{SECOND}.yaml", letter(SECOND) | {"no-such-field": "x"})

    propose(project, edit)
    ran = check(project, name)
    assert ran.failed == "Judge" and "PWNED" not in ran.job.log + ran.job.summary
    assert any("title=unknown-field" in line for line in ran.annotations)
    assert not list(tmp_path.rglob("pwned"))
    assert ran.job.installed == (["judge"] if name == OURS else [str(ran.job.folder / "actions")])
    if name == OURS:
        judge = ran.job.folder / "work" / "judge"
        assert git(judge, "rev-parse", "HEAD") == project.git("rev-parse", "main~1")


NAMES = ["a\nb::error::forged", "`touch pwned`", "$(touch pwned)", "a b", "-x", "x|y", "@octocat", "<b>", "##[error]x"]


@pytest.mark.parametrize("name", [OURS, THEIRS])
def test_nothing_that_a_record_says_can_act(project: Archive, name: str, tmp_path: Path) -> None:
    def edit() -> None:
        bad = letter(SECOND, title=FORGED, summary=FORGED, thread=FORGED, kind=FORGED, **{FORGED: FORGED})
        project.write(f"records/letters/2019/{SECOND}.yaml", bad)
        project.write(
            f"records/letters/2019/{FIRST}.yaml", letter(FIRST, title=FORGED, changes=[change("correction", FORGED)])
        )
        for number, each in enumerate(NAMES):
            project.write(f"records/letters/2019/{each}.yaml", letter(f"2019-05-0{number + 1}-x"))
            project.write(f"records/{each}", FORGED)
        project.write("records/letters/2019/2019-06-01-x.yaml", f"{FORGED}\n::error::forged\n")

    propose(project, edit)
    ran = check(project, name)
    assert ran.failed == "Judge" and ran.annotations
    _, own = ran.told
    assert "forged" not in own and "octocat" not in own
    assert not list(tmp_path.rglob("pwned"))
    for line in ran.annotations:
        assert line.count("::") >= 2 and "\r" not in line


@pytest.mark.parametrize("name", [OURS, THEIRS])
def test_no_link_is_followed(project: Archive, name: str, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("summary: what nobody may see\n")

    def edit() -> None:
        project.link(f"records/letters/2019/{SECOND}.yaml", str(tmp_path / "secret"))
        project.link("records/documents/scan.pdf", "../../../../temp")
        shutil.rmtree(project.folder / "schema")
        (project.folder / "schema").symlink_to("/etc")

    propose(project, edit)
    ran = check(project, name)
    assert ran.failed == "Judge" and any("title=symlink" in line for line in ran.annotations)
    everything = b"".join([*files_of(ran.job.folder / "artifacts").values(), ran.job.summary.encode()])
    assert b"nobody may see" not in everything + ran.job.log.encode()


def test_an_unknown_command_of_the_action_is_refused(project: Archive, tmp_path: Path) -> None:
    job = Job(
        folder=tmp_path / "run", checkout=project.folder, known={"github.sha": project.head}, letterbook=python_in()
    )
    uses = next(step for step in yaml.safe_load(ALL[THEIRS])["jobs"]["check"]["steps"])
    assert job.run({"steps": [uses | {"with": {"command": "erase; true"}}]}) == "Install Letterbook from its lock file"
    assert "no such command" in job.log and job.installed == []
