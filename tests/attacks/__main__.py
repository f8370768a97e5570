"""Play every attack twice and print the table; exit with 1 if one was not caught as it should be, or never passes."""

import re
import sys
import tempfile
from pathlib import Path

from publisher.text import visible
from tests.attacks import ATTACKS, Attack, Result, Scene

HEADS = ("row", "attack", "caught by", "what was seen", "passes without it")
SEEN = 80
WIDTHS = (
    max(len(attack.row) for attack in ATTACKS),
    max(len(attack.name) for attack in ATTACKS),
    max(len(attack.caught_by) for attack in ATTACKS),
    SEEN,
    len(HEADS[-1]),
)


def main() -> int:
    """Play, print, and say whether everything went as it should."""
    wrong = 0
    print(line(*HEADS))
    print(line(*("-" * width for width in WIDTHS)))
    with tempfile.TemporaryDirectory() as folder:
        scene = Scene.build(Path(folder))
        for number, attack in enumerate(ATTACKS, 1):
            progress(f"{number} of {len(ATTACKS)}: {attack.name}")
            caught, passed = attack.run(scene, None), not attack.run(scene, attack.caught_by).caught
            progress("")
            print(row(attack, caught, passed, folder))
            wrong += not (caught.caught and caught.by == attack.shows and passed)
    print(
        f"\n{len(ATTACKS)} attacks, {len(ATTACKS) - wrong} caught by the defence that is named, and passing without it"
    )
    return 1 if wrong else 0


def row(attack: Attack, caught: Result, passed: bool, folder: str) -> str:
    """Return the line of one attack."""
    said = re.sub(rf"{re.escape(folder)}/(attack-[^/]+/)?", "", caught.said) if caught.caught else "NOT CAUGHT"
    if caught.caught and caught.by != attack.shows:
        said = f"NOT AS IT SHOULD BE: {', '.join(sorted(caught.by))}"
    return line(attack.row, attack.name, attack.caught_by, said, "yes" if passed else "NO")


def line(*cells: str) -> str:
    """Return cells side by side, each cut to the width of its column."""
    shown = ("".join(visible(cell)) for cell in cells)
    cut = (f"{text[: width - 1]}…" if len(text) > width else text for text, width in zip(shown, WIDTHS, strict=True))
    return "  ".join(f"{text:{width}}" for text, width in zip(cut, WIDTHS, strict=True)).rstrip()


def progress(text: str) -> None:
    """Show on a terminal what is being done; nothing wipes it."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{text}\x1b[K")
        sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
