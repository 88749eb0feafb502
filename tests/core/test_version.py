"""One version, everywhere."""

from __future__ import annotations

import importlib.metadata

import ictal
from ictal.core.version import __version__


def test_the_package_and_its_metadata_agree() -> None:
    assert ictal.__version__ == __version__ == importlib.metadata.version("ictal")
