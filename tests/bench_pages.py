"""Where the time of a publication goes: by format and kind of page, and beside bare Jinja2 rendering of the same pages.

    python -m tests.bench_pages [FOLDER]

Bare rendering is what nobody can do without: every page's template, filled once more with the values that it was
filled with, by an environment that does nothing but escape. The values stand ready; nothing is looked up, checked,
encoded, hashed or written. The time of a publication includes writing its files; TMPDIR says to which disk.
"""

import gc
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from statistics import median
from types import ModuleType
from typing import Any

from jinja2 import Environment, StrictUndefined

from publisher import publish as publishing
from publisher.examine import examine_commit
from publisher.formats import FORMATS, entries, templating
from publisher.formats.pages import PAGES
from publisher.formats.pages import site as sites
from publisher.formats.pages.site import Site
from publisher.git import Repository
from publisher.index import Index

Filled = list[tuple[str, Mapping[str, Any]]]
"""Names of templates, each with the values that it was filled with."""
ROUNDS = 5
"""How often everything is measured, in turn; what is printed is the median."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """Seconds by the clock, and seconds of a processor, which other work on the machine changes less."""

    seconds: float
    processor: float

    @classmethod
    def sum(cls, costs: Iterable["Cost"]) -> "Cost":
        """Return what several cost together."""
        found = list(costs)
        return cls(seconds=sum(one.seconds for one in found), processor=sum(one.processor for one in found))


def loaded(folder: Path) -> tuple[Index, Mapping[str, bytes]]:
    """What the newest commit of a repository is rendered from."""
    gc.set_threshold(100_000, 20, 20)  # as the command does
    repository = Repository.find(folder)
    commit = repository.resolve("HEAD")
    examined = examine_commit(repository, commit)
    return publishing.index_of(repository, commit, examined), publishing.contents_of(examined, repository)


def shares(index: Index, contents: Mapping[str, bytes]) -> Iterator[tuple[str, float, int, int]]:
    """Yield for each format, and each kind of page, its name, seconds, files and bytes."""
    for name, render in FORMATS.items():
        if name != "pages":
            started = time.perf_counter()
            files = render(index, contents)
            yield name, time.perf_counter() - started, len(files), sum(map(len, files.values()))
    site = Site(index, contents)
    for name, pages in PAGES.items():
        started = time.perf_counter()
        made = [text.encode() for _, text in pages(site)]
        yield f"pages: {name}", time.perf_counter() - started, len(made), sum(map(len, made))


def filled(index: Index, contents: Mapping[str, bytes]) -> tuple[Filled, Filled]:
    """Render everything once; return what pages, and what entries of feeds, were filled with."""
    found: dict[ModuleType, Filled] = {sites: [], entries: []}
    for module, calls in found.items():
        _record(module, calls)
    FORMATS["pages"](index, contents)
    FORMATS["feeds"](index, contents)
    return found[sites], found[entries]


def _record(module: ModuleType, calls: Filled) -> None:
    """Have a module note what it fills templates with; what can be run through once only becomes a list."""
    rendered = module.__dict__["rendered"]

    def noting(name: str, values: Mapping[str, Any]) -> str:
        kept = {key: list(value) if isinstance(value, Iterator) else value for key, value in values.items()}
        calls.append((name, kept))
        text: str = rendered(name, kept)
        return text

    module.__dict__["rendered"] = noting


def plain() -> Environment:
    """An environment that fills the same templates and does nothing but escape."""
    ours = templating.environment()
    made = Environment(
        loader=ours.loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        keep_trailing_newline=True, auto_reload=False,
    )  # fmt: skip
    made.globals.update(ours.globals)
    made.filters.update(ours.filters)
    made.tests.update(ours.tests)
    return made


def ready(calls: Filled, environment: Environment) -> Filled:
    """The same values with macros of this environment."""
    made: dict[int, dict[str, Any]] = {}
    for _, values in calls:
        if id(values["parts"]) not in made:
            own: dict[str, Any] = {}
            for name, file in templating.SHARED.items():
                own[name] = environment.get_template(file).make_module({**values, **own})
            made[id(values["parts"])] = own
    return [(name, {**values, **made[id(values["parts"])]}) for name, values in calls]


def bare(calls: Filled, environment: Environment) -> float:
    """Return how many seconds it takes to fill all templates."""
    started = time.perf_counter()
    for name, values in calls:
        environment.get_template(name).render(values)
    return time.perf_counter() - started


def compiled(calls: Filled) -> float:
    """Return how many seconds it takes to compile the templates, as a new process has to."""
    started = time.perf_counter()
    environment = plain()
    for name in sorted({name for name, _ in calls} | {*templating.SHARED.values(), "base.html"}):
        environment.get_template(name)
    return time.perf_counter() - started


def whole(folder: Path) -> Cost:
    """Return the cost of a first `letterbook publish`, from start to end, into a folder that was not there.

    Python may keep the byte code of our own modules, as it does wherever Letterbook is installed.
    """
    with tempfile.TemporaryDirectory() as parent:
        command = [str(Path(sys.executable).with_name("letterbook")), "publish", "--out", str(Path(parent) / "site")]
        environment = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        before, started = _of_children(), time.perf_counter()
        subprocess.run(command, cwd=folder, capture_output=True, check=True, env=environment)
        return Cost(seconds=time.perf_counter() - started, processor=_of_children() - before)


def _of_children() -> float:
    """Return how many seconds of a processor all processes took that were waited for."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def in_turn(work: Mapping[str, Callable[[], float]], folder: Path) -> Iterator[tuple[dict[str, Cost], Cost]]:
    """Do in turn what bare rendering consists of and a whole publication, so that both meet the same machine."""
    while True:
        parts = {}
        for name, do in work.items():
            processor = time.process_time()
            seconds = do()
            parts[name] = Cost(seconds=seconds, processor=time.process_time() - processor)
        yield parts, whole(folder)


def report(folder: Path) -> None:
    """Print the table of one repository."""
    index, contents = loaded(folder)
    rows = list(shares(index, contents))
    total = sum(seconds for _, seconds, _, _ in rows)
    print("\n| format, kind of page | seconds | share of rendering | files | MB |\n|---|---|---|---|---|")
    for name, seconds, files, size in sorted(rows, key=lambda row: -row[1]):
        print(f"| {name} | {seconds:.2f} | {100 * seconds / total:.0f} % | {files:,} | {size / 1e6:.1f} |")
    print(f"| all | {total:.2f} | 100 % | {sum(row[2] for row in rows):,} | {sum(row[3] for row in rows) / 1e6:.1f} |")
    pages, feeds = filled(index, contents)
    environment = plain()
    own = {"pages filled": ready(pages, environment), "entries of feeds filled": ready(feeds, environment)}
    work: dict[str, Callable[[], float]] = {"templates compiled": lambda: compiled(pages + feeds)}
    work |= {name: partial(bare, calls, environment) for name, calls in own.items()}
    rounds = list(islice(in_turn(work, folder), ROUNDS + 1))[1:]  # the first one warms up
    bases = [Cost.sum(parts.values()) for parts, _ in rounds]
    costs = {name: [parts[name] for parts, _ in rounds] for name in work}
    costs |= {"bare Jinja2 rendering: these three": bases, "letterbook publish, whole": [one for _, one in rounds]}
    print("\n| work | seconds | of a processor | against bare Jinja2 rendering | in seconds of a processor |")
    print("|---|---|---|---|---|")
    for name, found in costs.items():
        seconds, processor = (median(getattr(one, field) for one in found) for field in ("seconds", "processor"))
        ratios = median(one.seconds / base.seconds for one, base in zip(found, bases, strict=True))
        busy = median(one.processor / base.processor for one, base in zip(found, bases, strict=True))
        print(f"| {name} | {seconds:.2f} | {processor:.2f} | {ratios:.2f} | {busy:.2f} |")


def main() -> None:
    """Print the table of the repository that the command line names, or of this one."""
    report(Path(sys.argv[1]) if len(sys.argv) > 1 else Path.cwd())


if __name__ == "__main__":
    main()
