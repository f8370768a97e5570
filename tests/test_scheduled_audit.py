"""The scheduled audit: what its steps do, as they stand, on a real archive and with a stand-in for the command gh."""

import json
import re
import shutil
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from publisher.signatures.keys import generate_private_key
from publisher.steps.memory import State
from tests import hub
from tests.builders import Archive, change
from tests.command import LETTERBOOK, letterbook
from tests.runner import Job
from tests.test_workflows import AUDIT, ROOT, jobs
from tests.tools import need

TITLE = "The scheduled audit found that the publication does not verify"
FIRST, SECOND = "2019-02-18-harbour-to-acme", "2019-03-01-acme-to-harbour"
HOSTILE = "@octocat\r\n# heading <img src=x> ```\n::error::forged ##[error]forged.html"


@dataclass(frozen=True, kw_only=True)
class Ran:
    """How one run ended: the name of the step that failed, its log, its summary, and what gh was asked."""

    failed: str | None
    log: str
    summary: str
    calls: list[list[str]]

    def asked(self, *words: str) -> list[list[str]]:
        return [call for call in self.calls if call[: len(words)] == list(words)]


@dataclass(kw_only=True)
class Runner:
    """Runs the audit's steps as they stand, in a folder of its own, between a real archive and a stand-in for gh."""

    folder: Path
    archive: Path
    variables: dict[str, str]
    number: int = 0
    letterbook: Path = field(default_factory=lambda: Path(LETTERBOOK))

    def __post_init__(self) -> None:
        for tool in ("bash", "git", "jq"):
            need(tool)
        self.state = hub.fresh()

    @property
    def place(self) -> Path:
        return self.folder / "hub.json"

    @property
    def state(self) -> hub.State:
        found: hub.State = json.loads(self.place.read_text("utf-8"))
        return found

    @state.setter
    def state(self, state: hub.State) -> None:
        self.folder.mkdir(exist_ok=True)
        self.place.write_text(json.dumps(state), "utf-8")

    def run(self, *, event: str = "schedule", ref: str = "refs/heads/main") -> Ran:
        """Run every step of the workflow, and note the run among those that gh knows."""
        self.number += 1
        job = self._job(ref)
        failed = job.run(jobs(AUDIT)[0])
        kept = [{"name": name, "expired": False, "folder": str(place)} for name, place in job.artifacts.items()]
        state = self.state
        state["runs"].append({"id": self.number, "event": event, "status": "completed", "artifacts": kept})
        calls, state["calls"] = state["calls"], []
        self.state = state
        assert not [call for call in calls if call[:1] not in (["api"], ["run"], ["issue"])]
        return Ran(failed=failed, log=job.log, summary=job.summary, calls=calls)

    def _job(self, ref: str) -> Job:
        known = {"github.token": "token", "github.repository": hub.REPOSITORY, "github.sha": "HEAD"}
        folder = self.folder / f"run{self.number}"
        job = Job(
            folder=folder,
            checkout=self.archive,
            known=known | {"runner.temp": f"{folder}/temp"} | {f"vars.{n}": v for n, v in self.variables.items()},
            letterbook=f'exec {self.letterbook} "$@"',
            environment={"HUB": str(self.place), "GITHUB_REF": ref, "GITHUB_RUN_ID": str(self.number)},
        )
        job.command("gh", f'#!/bin/sh\nexec {sys.executable} {ROOT / "tests" / "hub.py"} "$@"\n')
        return job

    def open_issues(self) -> list[hub.State]:
        return [issue for issue in self.state["issues"] if issue["state"] == "open"]

    def kept(self) -> bytes | None:
        """What the newest run kept."""
        artifacts = self.state["runs"][-1]["artifacts"]
        return (Path(artifacts[0]["folder"]) / "state").read_bytes() if artifacts else None


@dataclass(frozen=True, kw_only=True)
class Told:
    """An archive that published twice, and the list that names its key."""

    archive: Path
    sites: tuple[Path, Path]
    keys: str

    def tampered(self, folder: Path) -> Path:
        site = shutil.copytree(self.sites[1], folder)
        (site / "index.html").write_text("<p>Nobody wrote anything.\n")
        return site


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    folder = tmp_path_factory.mktemp("told")
    archive = Archive(folder / "archive")
    archive.begin()
    (folder / "key").write_bytes(generate_private_key("test"))
    sites = []
    for number in range(2):
        archive.letter((FIRST, SECOND)[number])
        if number:
            archive.letter(FIRST, summary="Asks more.", changes=[change("addition")])
        archive.commit()
        done = letterbook(archive.folder, "publish", "--out", folder / f"site{number}", "--key", folder / "key")
        assert done.status == 0, done.err
        sites.append(folder / f"site{number}")
    keys = (sites[0] / "keys" / "allowed_signers").read_text("utf-8")
    return Told(archive=archive.folder, sites=(sites[0], sites[1]), keys=keys)


@pytest.fixture
def runner(told: Told, tmp_path: Path) -> Runner:
    """A repository whose variables are set, with the newest publication on its site."""
    variables = {"LETTERBOOK_KEYS": told.keys, "LETTERBOOK_SITE": str(told.sites[1])}
    return Runner(folder=tmp_path / "runs", archive=told.archive, variables=variables)


@pytest.fixture
def nowhere() -> Iterator[str]:
    """An address on this machine at which nobody listens: its port is taken, and stays so."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}/"


def assert_is_code(text: str, *introduction: str) -> None:
    """A text is these lines, an empty one, and a report of which every line is indented as code."""
    lines = text.split("\n")
    assert lines[: len(introduction) + 1] == [*introduction, ""]
    assert all(line.startswith("    ") for line in lines[len(introduction) + 1 :] if line)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", text)


def test_a_good_publication_is_no_issue(runner: Runner, told: Told) -> None:
    ran = runner.run()
    assert (ran.failed, runner.state["issues"], ran.asked("issue")) == (None, [], [])
    assert "compared with nothing" in ran.log
    assert_is_code(ran.summary, "The publication verifies.")
    assert ": verified\n" in ran.summary and "files-rebuilt" in ran.summary
    assert State.parse(runner.kept() or b"").note == (told.sites[1] / "log" / "checkpoint").read_bytes()
    again = runner.run()
    assert (again.failed, "what run 1 saw" in again.log, "unchanged: the log" in again.summary) == (None, True, True)


def test_a_tampered_publication_is_one_issue_until_it_is_mended(runner: Runner, told: Told, tmp_path: Path) -> None:
    assert runner.run().failed is None
    runner.variables["LETTERBOOK_SITE"] = str(told.tampered(tmp_path / "tampered"))
    for number in (2, 3, 4):
        ran = runner.run()
        (issue,) = runner.state["issues"]
        assert (ran.failed, issue["title"], issue["comments"]) == ("Tell", TITLE, [])
        assert len(ran.asked("issue")) == (number == 2)
    said = ("The publication does not verify.", "Failed steps: files files-rebuilt")
    where = f"Run: https://github.com/{hub.REPOSITORY}/actions/runs/2"
    assert_is_code(issue["body"], *said, where, "What to do: docs/audit.md")
    assert re.search(r"^    FAIL [0-9]+ files: ", issue["body"], re.MULTILINE)
    assert re.search(r"^     +index\.html(: sha256)?$", issue["body"], re.MULTILINE)

    runner.variables["LETTERBOOK_SITE"] = str(told.sites[0])
    for _ in range(2):
        assert runner.run().failed == "Tell"
    (issue,) = runner.open_issues()
    (comment,) = issue["comments"]
    assert comment["body"].splitlines()[1] == "Failed steps: since", "another fault is told, and once"

    runner.variables["LETTERBOOK_SITE"] = str(told.sites[1])
    assert runner.run().failed is None
    (issue,) = runner.state["issues"]
    assert (issue["state"], "passes again" in issue["comments"][-1]["body"]) == ("closed", True)
    assert runner.run().asked("issue") == []

    runner.variables["LETTERBOOK_SITE"] = str(tmp_path / "tampered")
    assert runner.run().failed == "Tell"
    assert [issue["state"] for issue in runner.state["issues"]] == ["closed", "open"]


def test_an_issue_of_somebody_else_is_left_alone(runner: Runner, told: Told, tmp_path: Path) -> None:
    state = runner.state
    state["issues"] = [hub.issue(1, TITLE, "somebody"), hub.issue(2, f"{TITLE}?"), hub.issue(3, TITLE)]
    state["issues"][2]["pull_request"] = {"url": "https://letterbook.example/3"}
    runner.state = state
    assert runner.run().asked("issue") == []
    runner.variables["LETTERBOOK_SITE"] = str(told.tampered(tmp_path / "tampered"))
    runner.run()
    assert [issue["title"] for issue in runner.open_issues()[3:]] == [TITLE]
    runner.variables["LETTERBOOK_SITE"] = str(told.sites[1])
    runner.run()
    assert [issue["number"] for issue in runner.open_issues()] == [1, 2, 3]


def test_what_cannot_be_reached_is_no_issue_and_no_pass(runner: Runner, told: Told, nowhere: str) -> None:
    state = runner.state
    state["issues"] = [hub.issue(1, TITLE)]
    runner.state = state
    runner.variables["LETTERBOOK_SITE"] = nowhere
    ran = runner.run()
    assert (ran.failed, ran.asked("issue"), runner.kept()) == ("Tell", [], None)
    assert_is_code(ran.summary, "The publication could not be checked, or not in full.")
    assert [issue["number"] for issue in runner.open_issues()] == [1]


def test_a_rollback_is_caught_whatever_happened_since(runner: Runner, told: Told, nowhere: str) -> None:
    runner.run()
    first = runner.kept()
    runner.variables["LETTERBOOK_SITE"] = nowhere
    runner.run()
    assert runner.kept() == first, "what could not be checked changes nothing that is remembered"
    runner.variables["LETTERBOOK_SITE"] = str(told.sites[0])
    for _ in range(2):
        ran = runner.run()
        assert (ran.failed, "rollback: you remember" in ran.summary, runner.kept()) == ("Tell", True, first)
    assert [issue["body"].splitlines()[1] for issue in runner.open_issues()] == ["Failed steps: since"]


def test_a_growing_archive_moves_the_memory_on(runner: Runner, told: Told) -> None:
    runner.variables["LETTERBOOK_SITE"] = str(told.sites[0])
    runner.run()
    first = runner.kept()
    runner.variables["LETTERBOOK_SITE"] = str(told.sites[1])
    ran = runner.run()
    assert (ran.failed, "extends: the" in ran.summary, runner.kept() == first) == (None, True, False)


def test_a_memory_that_cannot_be_fetched_ends_the_run(runner: Runner, told: Told) -> None:
    runner.run()
    runner.variables["LETTERBOOK_SITE"] = str(told.sites[0])
    for broken in ("audit.yml/runs", "/artifacts", "run download"):
        runner.state = runner.state | {"broken": [broken]}
        ran = runner.run()
        assert (ran.failed, runner.kept()) == ("Fetch what the audit before this one kept", None)
    runner.state = runner.state | {"broken": []}
    assert "rollback" in runner.run().summary, "runs that kept nothing are passed over"


def test_only_what_a_scheduled_run_kept_is_believed(runner: Runner, told: Told) -> None:
    runner.variables["LETTERBOOK_SITE"] = str(told.sites[0])
    for event in ("workflow_dispatch", "pull_request", "push"):
        runner.run(event=event)
    assert "compared with nothing" in runner.run().log
    state = runner.state
    state["runs"][-1]["artifacts"][0]["expired"] = True
    runner.state = state
    assert "compared with nothing" in runner.run().log
    assert "what run 5 saw" in runner.run(event="workflow_dispatch").log


@pytest.mark.parametrize("kept", [b"", b"seen yesterday\n", b'{"log":'])
def test_a_memory_that_cannot_be_read_is_no_pass(runner: Runner, kept: bytes) -> None:
    runner.run()
    (Path(runner.state["runs"][0]["artifacts"][0]["folder"]) / "state").write_bytes(kept)
    ran = runner.run()
    assert (ran.failed, ran.asked("issue"), runner.kept()) == ("Tell", [], kept)
    assert "could not be checked" in ran.summary


@pytest.mark.parametrize("names", [["LETTERBOOK_KEYS"], ["LETTERBOOK_SITE"], ["LETTERBOOK_KEYS", "LETTERBOOK_SITE"]])
def test_without_its_settings_nothing_is_audited_and_it_says_so(runner: Runner, names: list[str]) -> None:
    for name in names:
        del runner.variables[name]
    ran = runner.run()
    assert (ran.failed, ran.calls, runner.kept()) == ("Read the settings", [], None)
    assert [row.split(" is not set")[0].split()[-1] for row in ran.log.splitlines()] == names


def test_another_branch_is_not_audited(runner: Runner) -> None:
    for ref in ("refs/heads/other", "refs/tags/main"):
        ran = runner.run(event="workflow_dispatch", ref=ref)
        assert (ran.failed, "default branch" in ran.log, runner.kept()) == ("Read the settings", True, None)


@pytest.mark.parametrize("keys", ["no key list", "publisher ssh-ed25519 AAAA", "# nobody\n"])
def test_a_key_list_that_cannot_be_used_is_no_issue(runner: Runner, keys: str) -> None:
    runner.variables["LETTERBOOK_KEYS"] = keys
    ran = runner.run()
    assert (ran.failed, ran.asked("issue")) == ("Tell", [])
    assert "could not be checked" in ran.summary


def test_a_key_list_pasted_into_a_form_is_read(runner: Runner, told: Told) -> None:
    runner.variables["LETTERBOOK_KEYS"] = told.keys.replace("\n", "\r\n")
    assert runner.run().failed is None


def test_another_key_than_the_one_that_is_set_is_an_issue(runner: Runner, tmp_path: Path) -> None:
    """Whoever may push to the site, or to the repository's own lists, still does not hold the variable."""
    other = re.sub(r"AAAA\S+", lambda found: found[0][:-4] + "AAAA", runner.variables["LETTERBOOK_KEYS"])
    runner.variables["LETTERBOOK_KEYS"] = other
    ran = runner.run()
    assert (ran.failed, runner.kept()) == ("Tell", None)
    (issue,) = runner.open_issues()
    assert "index-signature" in issue["body"].splitlines()[1]


@pytest.mark.parametrize("status", [1, 2, 70, 127])
def test_a_letterbook_that_does_not_run_is_no_issue(runner: Runner, tmp_path: Path, status: int) -> None:
    """Python itself ends with 1 where a package is missing: without a failed step that says nothing of the site."""
    runner.letterbook = tmp_path / "letterbook"
    runner.letterbook.write_text(f"#!/bin/sh\nprintf 'Traceback\\r@octocat\\n' >&2\nexit {status}\n")
    runner.letterbook.chmod(0o755)
    ran = runner.run()
    assert (ran.failed, ran.asked("issue")) == ("Tell", [])
    assert_is_code(ran.summary, "The publication could not be checked, or not in full.")


def test_a_hostile_report_can_do_nothing(runner: Runner, told: Told, tmp_path: Path) -> None:
    site = shutil.copytree(told.sites[1], tmp_path / "site")
    (site / HOSTILE.replace("/", "_")).write_text("x")
    for number in range(2000):
        (site / f"smuggled-é-{number:04}.html").write_text("x")
    runner.variables["LETTERBOOK_SITE"] = str(site)
    ran = runner.run()
    (issue,) = runner.open_issues()
    for text in (issue["body"], ran.summary):
        report = text.split("\n\n", 1)[1].rstrip("\n")
        assert 49_000 < len(report) <= 50_100 and report.endswith("prints the whole report)")
        assert "@octocat" in report and not re.search(r"^(?!    )(?!$)", report, re.MULTILINE)
    assert "octocat" not in ran.log and "forged" not in ran.log
    (call,) = ran.asked("issue")
    assert call[:4] == ["issue", "create", "--title", TITLE]


def test_an_issue_that_cannot_be_opened_fails_the_run_too(runner: Runner, told: Told, tmp_path: Path) -> None:
    runner.variables["LETTERBOOK_SITE"] = str(told.tampered(tmp_path / "tampered"))
    runner.state = runner.state | {"broken": ["issue create"]}
    assert runner.run().failed == "Tell"
    runner.state = runner.state | {"broken": ["/issues"]}
    assert runner.run().failed == "Tell"
    assert runner.state["issues"] == []
    runner.variables["LETTERBOOK_SITE"] = str(told.sites[1])
    assert runner.run().failed == "Tell", "nobody knows whether there is one to be closed"
