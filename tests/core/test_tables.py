"""Tables load nothing until asked and list what they know."""

from __future__ import annotations

import pytest

from ictal.core.errors import ParameterError
from ictal.core.tables import Table


def test_an_entry_is_loaded_on_first_use() -> None:
    table = Table("thing", {"one": "wave:open", "two": "math:pi"})
    assert list(table) == ["one", "two"]
    assert "one" in table
    assert len(table) == 2
    assert table.load("two") == pytest.approx(3.14159, abs=1e-4)


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(ParameterError, match=r"thing: 'tow' is not allowed; allowed are 'one', 'two'.*'two'"):
        Table("thing", {"one": "math:e", "two": "math:pi"}).load("tow")
