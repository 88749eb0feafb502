"""Nights in memory, and what is fitted to them."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def loud() -> ModuleType:
    """The module ``loud_nights.py`` beside this file, which is a script too."""
    path = Path(__file__).with_name("loud_nights.py")
    spec = importlib.util.spec_from_file_location("loud_nights", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["loud_nights"] = module
    spec.loader.exec_module(module)
    return module
