"""Files that are made to break what reads them: broken, blown up, crowded, endless. None of them hides a name.

Each must end in a finding or in none, within the limits, and never in a crash or a hang of who asked.
"""

from tests.leaks.hostile import bombs, broken, circles, crowds
from tests.leaks.hostile.broken import noise
from tests.leaks.hostile.entered import ENTERED, Make

__all__ = ["HOSTILE", "Make", "bombs", "broken", "circles", "crowds", "noise"]

HOSTILE: dict[str, Make] = ENTERED
"""Every hostile file by its name."""
