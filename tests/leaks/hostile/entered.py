"""Where the hostile files are entered."""

from collections.abc import Callable

from tests.leaks.syntax import written

Make = Callable[[], bytes]
ENTERED: dict[str, Make] = {}


def hostile(make: Make) -> Make:
    """Enter a function under its name."""
    ENTERED[make.__name__.replace("_", " ")] = make
    return make


def raw(objects: dict[int, str], root: int = 1) -> bytes:
    """Return a file of these objects, whatever they are."""
    bodies = {number: body.encode("latin-1") for number, body in objects.items()}
    return written(b"%PDF-1.7\n", bodies, f"/Root {root} 0 R")
