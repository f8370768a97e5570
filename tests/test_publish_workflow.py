"""Publishing, job by job as it stands: here, and in an archive that `init` made; the key never leaves its job."""

import shutil
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml

from publisher.signatures.keys import generate_private_key
from tests.builders import Archive
from tests.command import files_of
from tests.runner import Job, python_in
from tests.test_workflows import ALL, ROOT
from tests.tools import need

FIRST, SECOND = "2019-02-18-harbour-to-acme", "2019-03-01-harbour-to-acme"
OURS, THEIRS = ".github/workflows/publish.yml", "init: .github/workflows/publish.yml"
SUMS = "needs.sign.outputs.sums"


@dataclass(kw_only=True)
class Host:
    """A repository with its settings, and the web server that stands for its pages."""

    archive: Archive
    folder: Path
    live: Path
    settings: dict[str, str]
    name: str = OURS
    runs: int = 0

    def job(self, key: str, **known: str) -> tuple[str | None, Job]:
        """Make one job of the workflow; return the step that failed, and the job."""
        self.runs += 1
        folder = self.folder / f"run{self.runs}"
        here = {"github.sha": self.archive.head, "runner.temp": f"{folder}/temp"}
        job = Job(
            folder=folder, checkout=self.archive.folder, letterbook=python_in(), pages=self.live,
            known=self.settings | here | {name.replace("__", "."): value for name, value in known.items()},
        )  # fmt: skip
        return job.run(yaml.safe_load(ALL[self.name])["jobs"][key]), job

    def all(self, *, first: bool = False) -> tuple[str | None, str]:
        """Publish as a push does, or by hand as the first time; return the step that failed, and the newest log."""
        failed, job = self.job("sign", **({"inputs__first": "true"} if first else {}))
        if failed:
            return failed, job.log
        sums, log = job.outputs["sums"], job.log
        for key in ("attest", "deploy", "verify"):
            known = {SUMS: sums, "pages": str(job.artifacts["github-pages"])}
            failed, last = self.job(key, **{name.replace(".", "__"): value for name, value in known.items()})
            if failed:
                return failed, last.log
            log += last.log
        return None, log


@pytest.fixture(params=[OURS, THEIRS])
def host(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Host]:
    for tool in ("bash", "curl", "ssh-keygen", "sha256sum"):
        need(tool)
    archive = Archive(tmp_path / "archive")
    shutil.copytree(ROOT / ".github" / "scripts", archive.folder / ".github" / "scripts")
    archive.tables()
    archive.letter(FIRST)
    key = tmp_path / "key"
    key.write_bytes(generate_private_key("key-1"))
    key.chmod(0o600)
    done = subprocess.run(["ssh-keygen", "-y", "-f", key], capture_output=True, text=True, check=True)
    listed = f'publisher namespaces="letterbook-files@v1,letterbook-index@v1" {done.stdout}'
    archive.write("records/keys/1.allowed_signers", listed)
    archive.commit()
    live = tmp_path / "live"
    live.mkdir()

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *values: object) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(live)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings = {
        "secrets.LETTERBOOK_KEY": key.read_text().replace("\n", "\r\n"),
        "vars.LETTERBOOK_KEYS": listed.replace("\n", "\r\n"),
        "vars.LETTERBOOK_SITE": f"http://127.0.0.1:{server.server_port}/",
    }
    yield Host(archive=archive, folder=tmp_path / "runs", live=live, settings=settings, name=request.param)
    server.shutdown()
    server.server_close()


def test_a_letter_is_signed_deployed_and_verified_and_the_next_one_too(host: Host) -> None:
    assert host.all(first=True)[0] is None
    assert f"letters/{FIRST}/index.html" in files_of(host.live)
    host.archive.letter(SECOND)
    host.archive.commit()
    failed, log = host.all()
    assert failed is None and "What is on the web verifies." in log
    assert f"letters/{SECOND}/index.html" in files_of(host.live)


def test_the_key_leaves_no_trace(host: Host) -> None:
    assert host.all(first=True)[0] is None
    secret = host.settings["secrets.LETTERBOOK_KEY"].splitlines()[2].encode()
    traces = {path for path, data in files_of(host.folder).items() if secret in data}
    assert not traces and not list(host.folder.rglob("key"))


def test_the_other_jobs_need_no_key(host: Host) -> None:
    assert host.all(first=True)[0] is None
    del host.settings["secrets.LETTERBOOK_KEY"]
    failed, job = host.job("verify", **{SUMS.replace(".", "__"): ""})
    assert failed is None and "    " in job.summary


def test_without_a_publication_before_it_one_must_say_so(host: Host) -> None:
    failed, log = host.all()
    assert failed == "Build and sign" and "holds no signed index.json" in log
    assert files_of(host.live) == {}


@pytest.mark.parametrize("name", ["secrets.LETTERBOOK_KEY", "vars.LETTERBOOK_SITE"])
def test_without_its_settings_nothing_is_published_and_it_says_so(host: Host, name: str) -> None:
    del host.settings[name]
    failed, log = host.all()
    assert failed == "Build and sign" and "::error::Nothing was published" in log


def test_another_key_than_a_listed_one_publishes_nothing(host: Host) -> None:
    host.settings["secrets.LETTERBOOK_KEY"] = generate_private_key("other").decode()
    failed, log = host.all(first=True)
    assert failed == "Build and sign" and "not in the archive's newest key list" in log
    assert not list(host.folder.rglob("key")) and not list(host.folder.rglob("artifacts/*"))


def test_a_rewritten_history_is_not_published_over_the_true_one(host: Host) -> None:
    assert host.all(first=True)[0] is None
    host.archive.git("update-ref", "-d", "HEAD")
    host.archive.letter(FIRST, summary="What nobody wrote.")
    host.archive.commit()
    before = files_of(host.live)
    failed, _ = host.all()
    assert failed == "Build and sign" and files_of(host.live) == before


def test_a_fault_is_told_and_nothing_is_published(host: Host) -> None:
    host.archive.letter(SECOND, title="::error::forged ##[error]forged", thread="##[error]x\n::error::y")
    host.archive.commit()
    failed, log = host.all(first=True)
    assert failed == "Build and sign" and "nothing was published" in log
    assert not [line for line in log.splitlines() if line.lstrip().startswith("::") or "##[" in line]


def test_what_does_not_appear_or_does_not_verify_fails(host: Host) -> None:
    assert host.all(first=True)[0] is None
    failed, job = host.job("verify", **{SUMS.replace(".", "__"): "0" * 64})
    assert failed and "does not appear at the address" in job.log
    (host.live / "index.html").write_text("<p>Nobody wrote anything.\n")
    failed, job = host.job("verify", **{SUMS.replace(".", "__"): ""})
    assert failed and "FAIL" in job.summary and "::error::What is on the web does not verify." in job.log
    assert all(line.startswith("    ") for line in job.summary.splitlines() if line)
