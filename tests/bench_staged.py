"""The check in a hook: one staged letter beside `python -c "import yaml, jsonschema"`, which is what a linter loads."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

LOAD = [sys.executable, "-c", "import yaml, jsonschema"]
LETTERBOOK = str(Path(sys.executable).with_name("letterbook"))


def run(command: Sequence[str], folder: Path) -> tuple[float, float]:
    """Run a command and return its seconds by the clock and of the processor. Raises RuntimeError if it fails."""
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command[0]} ended with {process.returncode}")
    return time.perf_counter() - started, usage.ru_utime + usage.ru_stime


def crowd(folder: Path, count: int) -> Path:
    """Make a repository of one commit with `count` letters, in folders for each month."""
    from tests.bench import Stream, letter, path_of, tables

    stream = Stream()
    stream.commit("main", {**tables(count), **{path_of(number): letter(number) for number in range(count)}})
    subprocess.run(["git", "init", "-q", "-b", "main", str(folder)], check=True)
    subprocess.run(["git", "-C", str(folder), "fast-import", "--quiet"], input=b"".join(stream.parts), check=True)
    subprocess.run(["git", "-C", str(folder), "reset", "-q", "--hard", "main"], check=True)
    return folder


def stage_one(folder: Path) -> list[str]:
    """Stage one new letter, a reply to one that is there; returns the command that checks it."""
    from tests.bench import letter, path_of

    text = letter(2).replace("letter-000002", "letter-new").replace("follows-up", "replies-to")
    path = (folder / path_of(2)).with_name("letter-new.yaml")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    subprocess.run(["git", "-C", str(folder), "add", "--all"], check=True)
    return [LETTERBOOK, "check", "--staged"]


def report(folder: Path, runs: int) -> None:
    """Print one table, and unstage the letter again."""
    command = stage_one(folder)
    print('\n| one staged letter | seconds | against `python -c "import yaml, jsonschema"` |\n|---|---|---|')
    first = run(command, folder)[0]
    pairs = [(run(LOAD, folder), run(command, folder)) for _ in range(4 * runs)]
    loads, checks = [pair[0][0] for pair in pairs], [pair[1][0] for pair in pairs]
    print(f"| python -c 'import yaml, jsonschema' | {statistics.median(loads):.3f} | 1.0 |")
    ratio = statistics.median(check / load for load, check in zip(loads, checks, strict=True))
    print(f"| letterbook check --staged | {statistics.median(checks):.3f} | {ratio:.1f} |")
    processor = statistics.median(pair[1][1] / pair[0][1] for pair in pairs)
    print(f"| the same, in processor time | {statistics.median(p[1][1] for p in pairs):.3f} | {processor:.1f} |")
    print(f"| the first time in a clone, which reads the history | {first:.3f} | |", flush=True)
    subprocess.run(["git", "-C", str(folder), "reset", "-q", "--hard"], check=True)
    (folder / ".git" / "letterbook-deleted").unlink(missing_ok=True)
