"""The pictures of the README, taken anew from an archive about invented parties.

    python -m tests.portraits

Writes docs/pictures/*.png with Chromium; look at each before it is committed.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.browsing import browser, server, watching
from tests.builders import Archive
from tests.exhibit import ASKED, begin, change_things

PICTURES = Path(__file__).parent.parent / "docs" / "pictures"
VIEWS = {
    "front.png": ("", "light", 1000, 760),
    "questions.png": ("threads/harbour-dredging/questions/", "light", 1000, 820),
    "thread.png": ("threads/harbour-dredging/", "dark", 1000, 860),
    "letter.png": (f"letters/{ASKED}/", "light", 400, 760),
}
"""Each picture's page, colours, and size in CSS pixels."""


def main() -> None:
    """Publish the archive and take the pictures."""
    with tempfile.TemporaryDirectory() as scratch:
        archive = Archive(Path(scratch) / "archive")
        begin(archive)
        change_things(archive)
        letterbook = Path(sys.executable).with_name("letterbook")
        out = Path(scratch) / "site"
        subprocess.run([letterbook, "publish", "--out", out], cwd=archive.folder, check=True, capture_output=True)
        with browser() as chromium, server(out) as base:
            for name, (path, scheme, width, height) in VIEWS.items():
                with watching(chromium, base, width, scheme) as watched:
                    watched.page.set_viewport_size({"width": width, "height": height})
                    watched.open(path)
                    watched.page.screenshot(path=PICTURES / name)


if __name__ == "__main__":
    main()
