"""What `import ictal` promises."""

from __future__ import annotations

import pytest

import ictal


def test_all_is_small_and_every_name_is_there() -> None:
    assert sorted(ictal.__all__) == sorted([*ictal.EXPORTS, "__version__"])
    assert len(ictal.__all__) <= 20
    for name in ictal.__all__:
        assert getattr(ictal, name) is not None
    assert dir(ictal) == ictal.__all__


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(AttributeError, match="load_detector"):
        ictal.detector  # noqa: B018
