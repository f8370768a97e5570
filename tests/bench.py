"""`make bench`: what check, publish and verify cost on generated archives, beside bare git on the same history.

    python -m tests.bench [LETTERS ...] [--runs N]

Prints what 100,000 leaves of the log cost, and then, for each archive, the median seconds and the peak memory of
every command, and its ratio to `git log --raw --first-parent`, run in turn. The archives are about
invented parties: month folders, every fifth letter amended, every tenth letter brought in by a merge, one move of
a whole month folder.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests import bench_log, bench_pages, bench_staged

WHO = "Archive <archive@letterbook.example>"
PARTIES = 40
START = 1_500_000_000
_DAY = 86_400


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """Wall-clock seconds and peak resident memory in MiB of one finished process."""

    seconds: float
    memory: float


class Stream:
    """A git fast-import stream that is written commit by commit."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self.mark = 0
        self.time = START

    def commit(self, branch: str, files: dict[str, str | None], *, parents: Sequence[str] = ()) -> str:
        """Add one commit; a file of None is deleted. Returns its mark."""
        self.mark += 1
        self.time += 3600
        text = [f"commit refs/heads/{branch}", f"mark :{self.mark}", f"committer {WHO} {self.time} +0000", "data 0"]
        text += [("merge " if at else "from ") + parent for at, parent in enumerate(parents)]
        self.parts.append("\n".join(text).encode() + b"\n")
        for path, content in files.items():
            if content is None:
                self.parts.append(f"D {path}\n".encode())
            else:
                data = content.encode()
                self.parts.append(f"M 100644 inline {path}\ndata {len(data)}\n".encode() + data + b"\n")
        return f":{self.mark}"


def letter(number: int, note: str = "") -> str:
    """Return the YAML of one generated letter, about 1.6 kB; a note makes it a corrected one."""
    year, month = 2001 + number // 1200 % 20, number // 100 % 12 + 1
    sender, recipient = number % PARTIES, (number * 7 + 1) % PARTIES
    relation = ""
    if number % 3 == 2:
        relation = f"relations:\n  - kind: follows-up\n    letter: letter-{number - 1:06}\n    basis: stated\n"
    changes = f"changes:\n  - kind: correction\n    note: {note}\n" if note else ""
    return f"""# yaml-language-server: $schema=../../../../schema/letter.schema.json
id: letter-{number:06}
title: "Letter {number} on the supply of lenses"
title_basis: supplied
kind: letter
from:
  - party: party-{sender}
    signatories:
      - role: Head of correspondence
to:
  - party: party-{recipient}
cc:
  - class: members of the board
thread: thread-{number // 50}
dates:
  sent:
    date: "{year}-{month:02}-{number % 28 + 1:02}"
    basis: stated
  received:
    date: "{year}"
    basis: inferred
    note: The year stands on the envelope.
language: en
{relation}summary: >-
  Generated letter number {number}. It asks about the supply of lenses, about who may use them, and about what
  was done when they were found in the wrong hands. It repeats what an earlier letter asked and adds two questions
  of its own, and it announces that all of this will be published together with any reply that may come.
questions:
  - label: "1"
    text: Who may use the lenses, and who decides that?
    asked_of: [party-{recipient}]
    wording: paraphrase
  - label: "2"
    text: What was done when lenses were found in the wrong hands?
    asked_of: [party-{recipient}]
    wording: paraphrase
questions_extent: complete
sources:
  - url: https://letters.example/{number}
    title: Page of the sender
    note: Generated.
availability: described
uncertainty: Generated text; nothing here is a fact about anybody.
{changes}"""


def path_of(number: int, *, moved: bool = False) -> str:
    """Return where a generated letter stands: in a folder for each month."""
    year, month = 2001 + number // 1200 % 20, number // 100 % 12 + 1
    folder = f"{year}/{month:02}{'-moved' if moved else ''}"
    return f"records/letters/{folder}/letter-{number:06}.yaml"


def tables(count: int) -> dict[str, str | None]:
    """Return the tables of a generated archive."""
    parties = "".join(f"  - id: party-{at}\n    name: Party {at}\n    kind: company\n" for at in range(PARTIES))
    threads = "".join(f"  - id: thread-{at}\n    title: Thread {at}\n" for at in range(count // 50 + 1))
    return {
        "records/archive.yaml": (
            "name: Generated archive\norigin: letterbook.example/generated\nauthority: letterbook.example,2026\n"
            "site: https://letterbook.example/\nlanguage: en\ndescription: Generated letters.\n"
            "disclaimer: Generated letters between invented parties.\npublisher: Nobody\nlicence: CC0-1.0\n"
        ),
        "records/parties.yaml": "parties:\n" + parties,
        "records/threads.yaml": "threads:\n" + threads,
    }


def generate(folder: Path, count: int) -> Path:
    """Make a repository of `count` letters: a fifth amended, a tenth merged in, one folder moved."""
    stream = Stream()
    stream.commit("main", tables(count))
    for number in range(count):
        if number % 10 == 7:
            tip = f":{stream.mark}"
            side = stream.commit("side", {path_of(number): letter(number)}, parents=[tip])
            stream.commit("main", {path_of(number): letter(number)}, parents=[tip, side])
        else:
            stream.commit("main", {path_of(number): letter(number)})
    for number in range(0, count, 5):
        text = letter(number, f"The date of letter {number} was read again.")
        stream.commit("main", {path_of(number): text})
    moved: dict[str, str | None] = {}
    for number in range(min(100, count)):
        text = letter(number, f"The date of letter {number} was read again.") if number % 5 == 0 else letter(number)
        moved |= {path_of(number): None, path_of(number, moved=True): text}
    stream.commit("main", moved)
    subprocess.run(["git", "init", "-q", "-b", "main", str(folder)], check=True)
    feed = b"".join(stream.parts)
    subprocess.run(["git", "-C", str(folder), "fast-import", "--quiet"], input=feed, check=True)
    subprocess.run(["git", "-C", str(folder), "reset", "-q", "--hard", "main"], check=True)
    subprocess.run(["git", "-C", str(folder), "repack", "-q", "-a", "-d"], check=True)
    return folder


def measure(command: Sequence[str], folder: Path) -> Cost:
    """Run one command to its end in a folder. Raises RuntimeError if it fails."""
    with tempfile.TemporaryFile() as output:
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, stdout=output, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            output.seek(0)
            raise RuntimeError(f"{command[0]} ended with {process.returncode}: {output.read()[-2000:]!r}")
    return Cost(seconds=seconds, memory=usage.ru_maxrss / 1024)


def rows(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield the commands that are measured, each with a label; the first is what the others are held against."""
    letterbook = [str(Path(sys.executable).with_name("letterbook"))]
    out = str(folder.with_name(f"{folder.name}-public"))
    yield "git log --raw --first-parent", ["git", "log", "--raw", "--first-parent", "--format=%H %ct"]
    yield "git cat-file --batch (all blobs)", ["git", "cat-file", "--batch", "--batch-all-objects", "--buffer"]
    yield "git fsck --full", ["git", "fsck", "--full", "--no-progress"]
    yield "letterbook check", [*letterbook, "check"]
    yield "core: publish without pages", [sys.executable, "-m", "tests.bench_core"]
    yield "letterbook publish (first)", ["sh", "-c", f'rm -rf "{out}"; exec {letterbook[0]} publish --out "{out}"']
    yield "letterbook publish (unchanged)", [*letterbook, "publish", "--out", out]
    yield "letterbook verify", [*letterbook, "verify", out]
    yield "letterbook verify --no-fsck", ["sh", "-c", f'{letterbook[0]} verify --no-fsck "{out}"; test $? -eq 3']


def report(folder: Path, count: int, runs: int) -> None:
    """Print one table."""
    print(f"\n{count} letters, {os.cpu_count()} processors, median of {runs} runs\n")
    print(f"| command | seconds | against git log | peak MiB |\n|---|---|---|---|")  # noqa: F541
    commands = list(rows(folder))
    costs: dict[str, list[Cost]] = {label: [] for label, _ in commands}
    ratios: dict[str, list[float]] = {label: [] for label, _ in commands}
    for label, command in commands:
        for _ in range(runs):
            base = measure(commands[0][1], folder)
            cost = measure(command, folder)
            costs[label].append(cost)
            ratios[label].append(cost.seconds / base.seconds)
        seconds = statistics.median(cost.seconds for cost in costs[label])
        memory = max(cost.memory for cost in costs[label])
        print(f"| {label} | {seconds:.2f} | {statistics.median(ratios[label]):.1f} | {memory:.0f} |", flush=True)


def main() -> None:
    """Generate the archives and print their tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("letters", nargs="*", type=int, default=[1000, 10000], help="sizes (default: 1000 10000)")
    parser.add_argument("--runs", type=int, default=3, help="runs of each command (default: 3)")
    options = parser.parse_args()
    bench_log.report(options.runs)
    with tempfile.TemporaryDirectory(prefix="letterbook-bench-") as scratch:
        for count in options.letters:
            folder = generate(Path(scratch) / f"archive-{count}", count)
            bench_staged.report(folder, options.runs)
            report(folder, count, options.runs)
            bench_pages.report(folder)


if __name__ == "__main__":
    main()
