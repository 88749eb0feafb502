"""The clauses of EDF+ are tried on files made byte by byte, as in ``tests/io``."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

_place = Path(__file__).parents[1] / "io" / "conftest.py"
_spec = importlib.util.spec_from_file_location("edf_builder", _place)
assert _spec is not None and _spec.loader is not None
_builder = importlib.util.module_from_spec(_spec)
sys.modules["edf_builder"] = _builder
_spec.loader.exec_module(_builder)

edf = _builder.edf
