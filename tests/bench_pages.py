"""Where the time of a publication goes: by format and kind of page, and beside bare Jinja2 rendering of the same pages.

    python -m tests.bench_pages [FOLDER]

Bare rendering is what nobody can do without: every page's template, filled once more with the values that it was
filled with, by an environment that does nothing but escape. The values stand ready; nothing is looked up, checked,
encoded, hashed or written. The time of a publication includes writing its files; TMPDIR says to which disk.
"""

import gc
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
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


def least(calls: Filled, environment: Environment, runs: int) -> float:
    """Return the least seconds of some runs with compiled templates."""
    own = ready(calls, environment)
    return min(bare(own, environment) for _ in range(runs))


def compiled(calls: Filled) -> float:
    """Return how many seconds it takes to compile the templates, as a new process has to."""
    started = time.perf_counter()
    environment = plain()
    for name in sorted({name for name, _ in calls} | {*templating.SHARED.values(), "base.html"}):
        environment.get_template(name)
    return time.perf_counter() - started


def whole(folder: Path) -> float:
    """Return the seconds of a first `letterbook publish`, from start to end, into a folder that was not there.

    Python may keep the byte code of our own modules, as it does wherever Letterbook is installed.
    """
    with tempfile.TemporaryDirectory() as parent:
        command = [str(Path(sys.executable).with_name("letterbook")), "publish", "--out", str(Path(parent) / "site")]
        environment = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        started = time.perf_counter()
        subprocess.run(command, cwd=folder, capture_output=True, check=True, env=environment)
        return time.perf_counter() - started


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
    work = {
        "templates compiled": compiled(pages + feeds),
        "pages filled": least(pages, environment, 3),
        "entries of feeds filled": least(feeds, environment, 3),
    }
    base = sum(work.values())
    work |= {"bare Jinja2 rendering: these three": base, "letterbook publish, whole": min(whole(folder) for _ in "123")}
    print("\n| work | seconds | against bare Jinja2 rendering |\n|---|---|---|")
    for name, seconds in work.items():
        print(f"| {name} | {seconds:.2f} | {seconds / base:.1f} |")


def main() -> None:
    """Print the table of the repository that the command line names, or of this one."""
    report(Path(sys.argv[1]) if len(sys.argv) > 1 else Path.cwd())


if __name__ == "__main__":
    main()
