"""A stand-in for GitHub's runner: makes the steps of a job as they stand, in folders of its own.

What a step runs is run for real, by bash, on real repositories; actions of this repository are opened up, step by
step; the few actions of others that the workflows use are played here. An expression or a condition of a kind that no
workflow of ours has is an error.
"""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests import hub
from tests.builders import CLEAN, git

ROOT = Path(__file__).parent.parent
Node = dict[Any, Any]

OWN = re.compile(r"(?:[A-Za-z0-9-]+/letterbook((?:/[^@]*)?)@[0-9a-f]{40}|\$((?:/[^@]*)?))")
_MAKE = """#!/bin/sh
[ "$1 $3" = "-C .venv/.ready" ] || exit 9
echo "$(cd "$2" && pwd)" >> "{log}"
mkdir -p "$2/.venv/bin"
cat > "$2/.venv/bin/letterbook" <<'END'
#!/bin/sh
{letterbook}
END
chmod +x "$2/.venv/bin/letterbook"
"""


@dataclass(kw_only=True)
class Job:
    """One job of a run: what it knows, and what came of it.

    `known` are the values of expressions such as `github.sha`; one whose name begins with `vars.`, `secrets.` or
    `inputs.` and that is not there is empty. `checkout` is the repository that is fetched; `letterbook` the shell line
    that stands for the installed command, with {judge} for the folder it was installed in.
    """

    folder: Path
    checkout: Path
    known: Mapping[str, str]
    letterbook: str
    environment: Mapping[str, str] = field(default_factory=dict)
    pages: Path | None = None
    log: str = ""
    made: list[str] = field(default_factory=list)
    artifacts: dict[str, Path] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("work", "temp", "bin", "artifacts"):
            (self.folder / name).mkdir(parents=True)
        shutil.copytree(ROOT / ".github", self.folder / "actions" / ".github")  # what is installed there is no concern
        shutil.copy(ROOT / "action.yml", self.folder / "actions")  # of the folder that the tests themselves run in
        (self.folder / "summary").touch()
        (self.folder / "made").touch()
        self.command("make", _MAKE.format(log=self.folder / "made", letterbook=self.letterbook))
        self.command("sleep", "#!/bin/sh\n")

    def command(self, name: str, text: str) -> None:
        """Put a program of ours before all others."""
        (self.folder / "bin" / name).write_text(text, "utf-8")
        (self.folder / "bin" / name).chmod(0o755)

    @property
    def summary(self) -> str:
        """The job's summary."""
        return (self.folder / "summary").read_text("utf-8")

    @property
    def installed(self) -> list[str]:
        """The folders, below the workspace or elsewhere, in which Letterbook was installed."""
        work = f"{self.folder / 'work'}/"
        return [line.removeprefix(work) for line in (self.folder / "made").read_text("utf-8").splitlines()]

    def run(self, job: Node) -> str | None:
        """Make the steps of a job; return the name of the first that failed."""
        steps = _Steps(self, dict(self.known))
        failed = steps.all(job["steps"])
        self.outputs |= {name: _filled(value, steps.known) for name, value in job.get("outputs", {}).items()}
        return failed


@dataclass
class _Steps:
    """The steps of a job, or of an action that one of them uses, and what these know."""

    job: Job
    known: dict[str, str]
    place: Path | None = None

    def all(self, steps: list[Node]) -> str | None:
        failed: str | None = None
        for step in steps:
            if not self._wanted(step, failed):
                continue
            self.job.made.append(step["name"])
            broken = self._step(step)
            self.known[f"steps.{step.get('id')}.outcome"] = "failure" if broken else "success"
            failed = failed or broken
        return failed

    def _wanted(self, step: Node, failed: str | None) -> bool:
        terms = step["if"].split(" && ") if "if" in step else []
        if "!cancelled()" not in terms and failed:
            return False
        return all(self._holds(term) for term in terms if term != "!cancelled()")

    def _holds(self, term: str) -> bool:
        found = re.fullmatch(r"([\w.]+) == '([\w-]*)'", term)
        assert found, f"no condition that is known: {term}"
        return self.known.get(found[1], "") == found[2]

    def _step(self, step: Node) -> str | None:
        """Make one step; return the name of the step that failed, it or one within it."""
        if "run" in step:
            return None if self._script(step) else step["name"]
        given = {name: _filled(value, self.known) for name, value in step.get("with", {}).items()}
        if own := OWN.fullmatch(step["uses"]):
            return self._own(step, given, self.job.folder / "actions" / (own[1] or own[2] or "").lstrip("/"))
        assert getattr(self, _PLAYED[step["uses"].partition("@")[0]])(given) is None
        return None

    def _own(self, step: Node, given: Mapping[str, str], place: Path) -> str | None:
        action = yaml.safe_load((place / "action.yml").read_text("utf-8"))
        declared = action["inputs"]
        assert given.keys() <= declared.keys()
        assert all(name in given or "default" in each for name, each in declared.items())
        inputs = {f"inputs.{name}": given.get(name, each.get("default", "")) for name, each in declared.items()}
        kept = {name: value for name, value in self.known.items() if name.split(".")[0] in ("github", "runner")}
        within = _Steps(self.job, kept | inputs, place)
        failed = within.all(action["runs"]["steps"])
        for name, each in action.get("outputs", {}).items():
            self.known[f"steps.{step.get('id')}.outputs.{name}"] = _filled(each["value"], within.known)
        return failed

    def _script(self, step: Node) -> bool:
        folder = self.job.folder
        script, output = folder / "script", folder / "output"
        script.write_text(step["run"], "utf-8")
        output.write_text("")
        place = {"GITHUB_ACTION_PATH": str(self.place)} if self.place else {}
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            cwd=folder / "work", capture_output=True, text=True, check=False, errors="surrogateescape",
            env=self._environment() | place | {n: _filled(v, self.known) for n, v in step.get("env", {}).items()},
        )  # fmt: skip
        self.job.log += done.stdout + done.stderr
        for row in output.read_text("utf-8").splitlines():
            name, _, value = row.partition("=")
            self.known[f"steps.{step['id']}.outputs.{name}"] = value
        return done.returncode == 0

    def _environment(self) -> dict[str, str]:
        folder = self.job.folder
        return {
            "PATH": f"{folder / 'bin'}:{CLEAN['PATH']}",
            "HOME": str(folder),
            "GITHUB_OUTPUT": str(folder / "output"),
            "GITHUB_REPOSITORY": hub.REPOSITORY,
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_STEP_SUMMARY": str(folder / "summary"),
            "RUNNER_TEMP": str(folder / "temp"),
            **self.job.environment,
        }

    # -- the actions of others ---------------------------------------------------------------------------------

    def _checkout(self, given: Mapping[str, str]) -> None:
        """Fetch a commit (the one of the event, unless another is named), of which the history may be cut off."""
        assert given.keys() <= {"fetch-depth", "path", "persist-credentials", "ref"}
        assert given["persist-credentials"] == "False"
        place = self.job.folder / "work" / given.get("path", ".")
        place.mkdir(exist_ok=True)
        commit = given.get("ref") or self.known["github.sha"]
        depth = [] if given.get("fetch-depth") == "0" else ["--depth=1"]
        git(place, "init", "--quiet", "--initial-branch=none")
        git(self.job.checkout, "config", "uploadpack.allowAnySHA1InWant", "true")
        git(place, "fetch", "--quiet", *depth, self.job.checkout.resolve().as_uri(), commit)
        git(place, "checkout", "--quiet", "--detach", "FETCH_HEAD")

    def _python(self, given: Mapping[str, str]) -> None:
        assert given == {"python-version": "3.11"}

    def _keep(self, given: Mapping[str, str]) -> None:
        source = Path(given["path"])
        if not source.exists():
            assert given["if-no-files-found"] == "ignore"
            return
        kept = self.job.folder / "artifacts" / given.get("name", "github-pages")
        if source.is_dir():
            shutil.copytree(source, kept, ignore=None if given.get("include-hidden-files") else _hidden)
        else:
            kept.mkdir()
            shutil.copy(source, kept)
        self.job.artifacts[kept.name] = kept

    def _deploy(self, given: Mapping[str, str]) -> None:
        """Put what an earlier job handed over on the web."""
        assert not given and self.job.pages
        handed = Path(self.job.known["pages"])
        shutil.rmtree(self.job.pages, ignore_errors=True)
        shutil.copytree(handed, self.job.pages)

    def _attest(self, given: Mapping[str, str]) -> None:
        assert re.fullmatch(r"sha256:[0-9a-f]{64}", given["subject-digest"])


_PLAYED = {
    "actions/attest": "_attest",
    "actions/checkout": "_checkout",
    "actions/deploy-pages": "_deploy",
    "actions/setup-python": "_python",
    "actions/upload-artifact": "_keep",
    "actions/upload-pages-artifact": "_keep",
}


def _hidden(_: str, names: list[str]) -> list[str]:
    return [name for name in names if name.startswith(".")]


def _filled(value: Any, known: Mapping[str, str]) -> str:
    """Return a value with its expressions replaced; one that no run knows is an error."""

    def one(found: re.Match[str]) -> str:
        name = found[1]
        if name not in known:
            assert name.split(".")[0] in ("vars", "secrets", "inputs", "steps"), f"nobody knows {name}"
        return known.get(name, "")

    return re.sub(r"\$\{\{ (\S+) \}\}", one, str(value))


def steps_of(node: Node) -> Iterator[Node]:
    """Yield the steps of a workflow or of an action."""
    for job in node.get("jobs", {"": node.get("runs", {})}).values():
        yield from job["steps"]


def python_in(judge: str = "") -> str:
    """A shell line that runs Letterbook: the installed one, or the one whose code stands in the folder `judge`."""
    path = f"import sys; sys.path.insert(0, {json.dumps(judge)}); " if judge else "import sys; "
    return f"exec {sys.executable} -P -c '{path}from publisher.cli import main; sys.exit(main())' \"$@\""
