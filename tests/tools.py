"""The stock tools that Letterbook's output is held against."""

import os
import shutil

import pytest


def need(tool: str) -> str:
    """The absolute path of a command. Where it is missing the test is skipped; in CI it fails instead."""
    path = shutil.which(tool)
    if path:
        return path
    if os.environ.get("CI"):
        pytest.fail(f"{tool} is not installed; nothing is skipped in CI")
    pytest.skip(f"{tool} is not installed")
