"""A progress bar on a terminal, for work that takes over a second; nothing anywhere else."""

import shutil
import sys
import threading
import time
from types import TracebackType

_DELAY = 1.0
_INTERVAL = 0.2


class Progress:
    """Shows the running step and its seconds on stderr while the work goes on, and wipes the line at the end."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._label = ""
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._draw, daemon=True) if sys.stderr.isatty() else None

    def step(self, label: str) -> None:
        """Name what is being done now."""
        self._label = label

    def __enter__(self) -> "Progress":
        if self._thread is not None:
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        if self._thread is not None:
            self._thread.join()

    def _draw(self) -> None:
        if self._done.wait(_DELAY):
            return
        at = 0
        while not self._done.wait(_INTERVAL):
            seconds = time.monotonic() - self._started
            bar = "".join("#" if (at + cell) % 10 < 3 else "-" for cell in range(10))
            width = shutil.get_terminal_size().columns - 1
            sys.stderr.write(f"\r[{bar}] {self._label} ({seconds:.0f} s)"[:width] + "\x1b[K")
            sys.stderr.flush()
            at += 1
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()
