from __future__ import annotations

from ictal.explain.method import Method
from ictal.explain.table import METHODS


def test_each_name_leads_to_a_method() -> None:
    for name in METHODS:
        assert isinstance(METHODS.load(name), Method)
