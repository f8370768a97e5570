"""Starts git as GitPython's command object does, so far as it is used here, without loading GitPython.

Nothing imports this before it is needed: what never runs git, such as the check of a proof, loads nothing that could.
"""

import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, cast


class Launcher:
    """Starts git as GitPython's command object does, so far as it is used here, without loading GitPython."""

    def __init__(self, root: Path, environment: Mapping[str, str]) -> None:
        self._root, self._environment = str(root), environment
        self._begun: dict[tuple[str, ...], tuple[subprocess.Popen[bytes], BinaryIO, BinaryIO]] = {}

    def begin(self, command: Sequence[str]) -> None:
        """Start a command whose result will be asked for; what it writes waits in files."""
        output, complaint = (cast(BinaryIO, tempfile.TemporaryFile()) for _ in range(2))  # noqa: SIM115 - execute closes them
        process = self._start(command, stdin=subprocess.DEVNULL, stdout=output, stderr=complaint)
        self._begun[tuple(command)] = process, output, complaint

    def execute(
        self, command: Sequence[str], *, istream: BinaryIO, as_process: bool = False,
        kill_after_timeout: float | None = None, **_: bool,
    ) -> Any:  # fmt: skip
        """Run a command and return (status, output, complaint), or the running process."""
        if tuple(command) in self._begun:
            process, *files = self._begun.pop(tuple(command))
            process.wait()
            return process.returncode, *(_all_of(file) for file in files)
        process = self._start(command, stdin=istream, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if as_process:
            return Running(process)
        try:
            output, complaint = process.communicate(timeout=kill_after_timeout)
        except subprocess.TimeoutExpired:
            for waiting in (process, *(begun[0] for begun in self._begun.values())):
                waiting.kill()
            output, complaint = process.communicate()
        return process.returncode, output, complaint

    def _start(self, command: Sequence[str], **streams: Any) -> subprocess.Popen[bytes]:
        return subprocess.Popen(command, cwd=self._root, env=self._environment, **streams)


def _all_of(file: BinaryIO) -> bytes:
    with file:
        file.seek(0)
        return file.read()


class Running:
    """A process that runs, with the parts of it that `Repository` uses."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.proc, self.stdout, self.stderr = process, process.stdout, process.stderr
