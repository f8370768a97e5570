"""The fonts that the samples embed, where Debian puts them."""

from pathlib import Path

LATIN = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
"""fonts-dejavu-core; holds Arabic letters too."""

SERIF = LATIN.with_name("DejaVuSerif.ttf")

CHINESE = Path("/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf")
"""fonts-droid-fallback."""
