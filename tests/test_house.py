"""The house: who may import whom, which package stands where, and who may print, read the clock or exit."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "publisher"

FLOORS: tuple[frozenset[str], ...] = tuple(
    frozenset(floor.split())
    for floor in (
        "finding errors",
        "schema dates text words choices strict merkle tiles layout launch media contacts locks",
        "record letter documents git signatures checkpoint site reports commits porcelain hooks",
        "compose paths",
        "edit",
        "snapshot pending",
        "archive history deleted identities",
        "provenance log",
        "checks",
        "examine answers disclosure intake",
        "narrow outgoing",
        "index",
        "formats",
        "publish",
        "write draft seed preview",
        "audit",
        "steps",
        "commands",
        "arguments",
        "cli",
    )
)
"""From the ground up: a module imports from floors below its own, or from its own floor without a circle."""

OWNERS = {
    "git": {"git"},
    "yaml": {"record", "strict"},
    "jsonschema": {"schema"},
    "jsonschema_rs": {"schema"},
    "referencing": {"schema"},
    "cryptography": {"signatures"},
    "feedgen": {"formats"},
    "subprocess": {"documents", "launch", "porcelain"},
    "lxml": {"formats"},
    "jinja2": {"formats"},
    "pikepdf": {"documents"},
    "pypdfium2": {"documents"},
    "PIL": {"documents"},
}
NEVER = {"checks": {"publish", "index", "formats"}, "formats": {"archive", "history", "git"}}
SPEAKERS = {"cli", "arguments", "commands"}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def room(path: Path) -> str:
    """Return the step or the folder that a file belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[str]:
    """Yield every dotted name that a file imports, lazily or not; typing-only imports count."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def rooms_of(path: Path) -> set[str]:
    found = {name.split(".")[1] for name in imports(path) if name.startswith("publisher.")}
    return found - {room(path), "__version__"}


def floor(name: str) -> int:
    (number,) = [at for at, names in enumerate(FLOORS) if name in names]
    return number


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_imports_only_what_stands_below_it(path: Path) -> None:
    if room(path) == "__init__":
        return
    for other in rooms_of(path):
        assert floor(other) <= floor(room(path)), f"{path.name} imports {other}"
        assert other not in NEVER.get(room(path), set())


def test_no_two_rooms_of_one_floor_import_each_other() -> None:
    graph: dict[str, set[str]] = {}
    for path in modules():
        graph.setdefault(room(path), set()).update(rooms_of(path))
    for name in graph:
        seen: set[str] = set()
        waiting = list(graph[name])
        while waiting:
            other = waiting.pop()
            assert other != name, f"{name} imports itself through others"
            if other not in seen:
                seen.add(other)
                waiting += graph.get(other, set())


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_package_is_imported_by_its_owner_only(path: Path) -> None:
    for name in imports(path):
        owners = OWNERS.get(name.split(".")[0])
        assert owners is None or room(path) in owners, f"{path.name} imports {name}"


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_only_commands_print_read_the_clock_or_exit(path: Path) -> None:
    if room(path) in SPEAKERS:
        return
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            assert name not in {"print", "exit", "sys.exit", "input"}, f"{path.name}:{node.lineno}"
            assert not name.endswith((".now", ".today", ".utcnow", "time.time")), f"{path.name}:{node.lineno}"


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_catches_everything_and_every_module_says_what_it_is(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), f"{path.name} has no docstring"
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            caught = ast.unparse(node.type) if node.type else "BaseException"
            assert caught not in {"Exception", "BaseException"}, f"{path.name}:{node.lineno}"
