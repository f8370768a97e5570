"""The workflows and actions, ours and those of a new archive: what they may do, read from the files."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
import yaml

from publisher.seed import Answers, files
from publisher.steps import STEPS
from tests.builders import git
from tests.runner import OWN, Node, steps_of
from tests.test_init import SAID
from tests.tools import need

ROOT = Path(__file__).parent.parent
ACTION = f"letterbook-example/letterbook@{'a1' * 20}"
SEEDS = files(Answers(**SAID, action=ACTION, owners="@letterbook-example/archivists"))

OURS = {
    path: (ROOT / path).read_text("utf-8")
    for path in [
        *(f".github/workflows/{name}.yml" for name in ("audit", "check", "publish")),
        ".github/actions/audit/action.yml",
        "action.yml",
    ]
}
THEIRS = {f"init: {path}": data.decode() for path, data in SEEDS.items() if path.startswith(".github/workflows/")}
ALL = OURS | THEIRS
WORKFLOWS = [name for name in ALL if "/workflows/" in name]
BIN = Path(sys.executable).parent
AUDIT, AUDITING = ROOT / ".github" / "workflows" / "audit.yml", ROOT / ".github" / "actions" / "audit" / "action.yml"
PULL_REQUESTS = [".github/workflows/check.yml", "init: .github/workflows/check.yml"]


def read(path: Path) -> Node:
    found: Node = yaml.safe_load(path.read_text("utf-8"))
    return found


def jobs(path: Path) -> list[Node]:
    return list(read(path)["jobs"].values())


def parsed(name: str) -> Node:
    found: Node = yaml.safe_load(ALL[name])
    return found


def texts(node: Any, above: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text with the name of the mapping that it stands in, for `env` and `with`, or else its own."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from texts(value, above if above in ("env", "with") else str(key))
    elif isinstance(node, list):
        for value in node:
            yield from texts(value, above)
    elif isinstance(node, str):
        yield above, node


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new archive's files."""
    folder = tmp_path_factory.mktemp("seeded")
    for path, data in SEEDS.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


# -- linted ----------------------------------------------------------------------------------------------------


def lint(folder: Path, *inputs: str) -> tuple[int, list[Any], set[str]]:
    """Run zizmor; return its status, what it found, and the files it says that it read."""
    linter = shutil.which("zizmor", path=f"{BIN}{os.pathsep}{os.environ['PATH']}")
    done = subprocess.run(
        [linter or need("zizmor"), "--offline", "--persona", "pedantic", "--strict-collection", "--no-ignores",
         "--format", "json", *inputs],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    seen = set(re.findall(r"completed (?:\./)?(\S+)", re.sub(r"\x1b\[[0-9;]*m", "", done.stderr)))
    return done.returncode, json.loads(done.stdout), seen


def test_the_linter_finds_nothing() -> None:
    status, found, seen = lint(ROOT, ".github", "action.yml")
    assert (status, found) == (0, [])
    assert seen == {*OURS, ".github/dependabot.yml"}


def test_the_linter_finds_nothing_in_a_new_archive(seeded: Path) -> None:
    status, found, seen = lint(seeded, ".")
    assert (status, found) == (0, [])
    others = {".github/dependabot.yml", ".pre-commit-config.yaml"}
    assert seen == {name.removeprefix("init: ") for name in THEIRS} | others


def test_the_linter_would_find_something(seeded: Path, tmp_path: Path) -> None:
    text = (seeded / ".github" / "workflows" / "check.yml").read_text()
    (tmp_path / "check.yml").write_text(text.replace("on: pull_request", "on: pull_request_target"))
    assert lint(tmp_path, "check.yml")[0] != 0


SCHEMAS = {
    "vendor.github-workflows": [".github/workflows"],
    "vendor.github-actions": ["action.yml", ".github/actions"],
    "vendor.dependabot": [".github/dependabot.yml"],
}


@pytest.mark.parametrize("schema", SCHEMAS)
def test_they_are_as_their_schemas_want_them(seeded: Path, schema: str) -> None:
    """With the schemas that the checker brings along: nothing is fetched."""
    found: list[Path] = []
    for folder in (ROOT, seeded):
        for name in SCHEMAS[schema]:
            place = folder / name
            found += [place] if place.is_file() else sorted(place.rglob("*.yml"))
    assert len(found) == {"vendor.github-workflows": 6}.get(schema, 2)
    done = subprocess.run(
        [BIN / "check-jsonschema", "--builtin-schema", schema, *found], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


# -- what they may do ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ALL)
def test_every_action_is_pinned_by_its_whole_hash(name: str) -> None:
    used = [step["uses"] for step in steps_of(parsed(name)) if "uses" in step]
    pinned = re.findall(r"uses: (\S+@[0-9a-f]{40}) # v[0-9]+\.[0-9]+\.[0-9]+\n", ALL[name])
    assert used and [each for each in used if not each.startswith("$/")] == pinned
    assert not [each for each in used if each.startswith("./")], "a pull request could have written it"


@pytest.mark.parametrize("name", WORKFLOWS)
def test_what_is_not_granted_is_refused(name: str) -> None:
    workflow = parsed(name)
    assert workflow["permissions"] == {} and workflow["concurrency"]["group"]
    assert (
        workflow[True].keys().isdisjoint({"pull_request_target", "workflow_run"})
        if isinstance(workflow[True], dict)
        else workflow[True] == "pull_request"
    )  # YAML 1.1 reads `on` as true
    for job in workflow["jobs"].values():
        assert job["permissions"] and 0 < job["timeout-minutes"] <= 60 and job["runs-on"] == "ubuntu-24.04"
        assert "write" not in job["permissions"].values() or "secrets." not in json.dumps(job)


@pytest.mark.parametrize("name", ALL)
def test_no_credential_is_left_behind(name: str) -> None:
    for step in steps_of(parsed(name)):
        if "actions/checkout@" in step.get("uses", ""):
            assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize("name", PULL_REQUESTS)
def test_what_a_pull_request_brings_meets_no_secret_and_no_right_to_write(name: str) -> None:
    workflow = parsed(name)
    assert workflow[True] == "pull_request"
    for job in workflow["jobs"].values():
        assert job["permissions"] == {"contents": "read"}
        assert job.keys().isdisjoint({"environment", "secrets", "uses"})
    assert not re.search(r"secrets|github\.token|GITHUB_TOKEN|id-token|key", ALL[name])


def test_no_other_workflow_is_started_by_a_pull_request() -> None:
    others = [parsed(name)[True] for name in WORKFLOWS if name not in PULL_REQUESTS]
    assert all(started.keys() <= {"push", "schedule", "workflow_dispatch"} for started in others)
    assert all(started.get("push", {"branches": ["main"]}) == {"branches": ["main"]} for started in others)


@pytest.mark.parametrize("name", [name for name in WORKFLOWS if name.endswith("publish.yml")])
def test_one_job_has_the_key_and_it_stands_in_a_protected_environment(name: str) -> None:
    workflow = parsed(name)
    holders = [key for key, job in workflow["jobs"].items() if "secrets." in json.dumps(job)]
    assert holders == ["sign"]
    job = workflow["jobs"]["sign"]
    assert (job["environment"], job["permissions"]) == ("publication", {"contents": "read"})
    assert re.findall(r"secrets\.\w+", ALL[name]) == ["secrets.LETTERBOOK_KEY"]
    rights = {key: job["permissions"] for key, job in workflow["jobs"].items() if key != "sign"}
    assert rights == {
        "attest": {"attestations": "write", "id-token": "write"},
        "deploy": {"pages": "write", "id-token": "write"},
        "verify": {"contents": "read"},
    }


@pytest.mark.parametrize("name", [name for name in ALL if not name.endswith("publish.yml")])
def test_the_others_know_no_secret(name: str) -> None:
    assert "secrets" not in ALL[name]


@pytest.mark.parametrize("name", ALL)
def test_no_script_is_put_together_from_data(name: str) -> None:
    found = {place for place, text in texts(parsed(name)) if "${{" in text}
    assert found <= {"env", "with", "group", "outputs", "sums", "url", "value"}
    for step in steps_of(parsed(name)):
        if "run" in step and "jobs" not in parsed(name):
            assert step["shell"] == "bash"
    if "jobs" in parsed(name) and any("run" in step for step in steps_of(parsed(name))):
        assert parsed(name)["defaults"] == {"run": {"shell": "bash"}}


@pytest.mark.parametrize("path", sorted((ROOT / ".github" / "scripts").iterdir()), ids=lambda path: path.name)
def test_a_script_stops_at_the_first_fault(path: Path) -> None:
    text = path.read_text("utf-8")
    assert "\nset -euo pipefail\n" in text and "${{" not in text and "eval" not in text
    used = [name for name, text in ALL.items() if f"/.github/scripts/{path.name}" in text]
    assert len(used) == 2 and "action.yml" in used
    assert subprocess.run([need("bash"), "-n", path], check=False).returncode == 0


def test_the_judge_is_the_base_and_the_pull_request_is_not_run() -> None:
    (job,) = parsed(".github/workflows/check.yml")["jobs"].values()
    fetched = [step["with"] for step in job["steps"] if "actions/checkout@" in step.get("uses", "")]
    assert fetched[0]["ref"] == "${{ github.event.pull_request.base.sha }}" and fetched[0]["path"] == "judge"
    assert (fetched[1].get("ref"), fetched[1]["path"], fetched[1]["fetch-depth"]) == (None, "archive", 0)
    scripts = [step["run"] for step in job["steps"] if "run" in step]
    assert not [text for text in scripts if "archive" in text]


# -- who must agree --------------------------------------------------------------------------------------------

HARMLESS = {"CHANGELOG.md", "CONTRIBUTING.md", "README.md"}


def owned(text: str, path: str) -> bool:
    """Whether the last line of a CODEOWNERS that fits a path names somebody; its patterns are paths, folders with /."""
    rows = [line.split() for line in text.splitlines() if line and not line.startswith("#")]
    assert all(row[0].startswith("/") and "*" not in row[0] for row in rows)
    fitting = [row for row in rows if f"/{path}" == row[0] or (row[0].endswith("/") and f"/{path}".startswith(row[0]))]
    return bool(fitting) and len(fitting[-1]) > 1 and all(owner.startswith("@") for owner in fitting[-1][1:])


def test_every_path_that_matters_has_an_owner() -> None:
    text = (ROOT / ".github" / "CODEOWNERS").read_text("utf-8")
    tracked = git(ROOT, "ls-files", "-z").split("\0")
    assert {path for path in tracked if path and not owned(text, path)} <= HARMLESS
    for path in ("records/archive.yaml", "records/erasures.yaml", "records/keys/1.allowed_signers"):
        assert owned(text, path)
        assert f"\n/{path} " in text or f"\n/{PurePosixPath(path).parent}/ " in text, "and is named as such"


def test_every_path_of_a_new_archive_that_matters_has_an_owner() -> None:
    text = SEEDS[".github/CODEOWNERS"].decode()
    others = {path for path in SEEDS if not owned(text, path)}
    assert others == {".editorconfig", ".gitignore", ".vscode/extensions.json", ".vscode/settings.json", "README.md"}
    assert owned(text, "records/keys/1.allowed_signers") and owned(text, "records/erasures.yaml")


# -- the audit -------------------------------------------------------------------------------------------------


def test_the_audit_may_read_and_tell_and_no_more() -> None:
    for name in (".github/workflows/audit.yml", "init: .github/workflows/audit.yml"):
        workflow = parsed(name)
        (job,) = workflow["jobs"].values()
        assert job["permissions"] == {"contents": "read", "actions": "read", "issues": "write"}
        triggers = workflow[True]
        assert triggers.keys() == {"schedule", "workflow_dispatch"}
        minute, hour, *days = triggers["schedule"][0]["cron"].split()
        assert int(minute) % 2 == 1 and 0 <= int(hour) <= 23 and days == ["*", "*", "*"]
        assert workflow["concurrency"]["cancel-in-progress"] is False
        (step,) = job["steps"]
        assert OWN.fullmatch(step["uses"]) and step["uses"].partition("@")[0].endswith("/.github/actions/audit")
    told = [step["name"] for step in steps_of(read(AUDITING)) if "GH_TOKEN" in step.get("env", {})]
    assert told == ["Read the settings", "Fetch what the audit before this one kept", "Tell"]


def test_letterbook_is_installed_from_its_lock_file() -> None:
    runs = [step["run"] for name in ALL for step in steps_of(parsed(name)) if "make" in step.get("run", "")]
    assert len(runs) == 5 and all(
        re.search(r'make -C (judge|letterbook|"\$GITHUB_ACTION_PATH\S*) \.venv/\.ready', r) for r in runs
    )
    done = subprocess.run(
        ["make", "--dry-run", "--always-make", ".venv/.ready"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert "--require-hashes --requirement requirements.lock" in done.stdout


def test_the_page_for_operators_names_what_the_audit_reads_and_keeps() -> None:
    page, text = (ROOT / "docs" / "audit.md").read_text("utf-8"), AUDIT.read_text("utf-8")
    settings = set(re.findall(r"\bvars\.(\w+)", text))
    assert settings == {"LETTERBOOK_KEYS", "LETTERBOOK_SITE"} == set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE))
    (kept,) = [step["with"]["name"] for step in steps_of(read(AUDITING)) if "upload-artifact" in step.get("uses", "")]
    assert f"the artifact `{kept}`" in page
    assert set(re.findall(r"`([a-z]+(?:-[a-z]+)*)`(?: or| alone|:)", page)) <= {kind.name for kind in STEPS}
