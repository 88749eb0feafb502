"""HED-SCORE tags against the sidecar that SzCORE's own converter writes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ictal.core.errors import ParameterError
from ictal.io.event_types import SZCORE_TYPES
from ictal.io.hed import hed_tags


def test_every_level_has_the_tags_of_szcore(test_data: Path) -> None:
    sidecar = json.loads((test_data / "annotations" / "szcore" / "events.json").read_text())
    # The original writes two of its keys with a colon.
    theirs = {name.rstrip(":"): tags for name, tags in sidecar["eventType"]["HED"].items()}
    assert {name: hed_tags(name) for name in SZCORE_TYPES} == theirs


def test_an_unknown_type_is_refused_by_name() -> None:
    with pytest.raises(ParameterError, match="sz_foc_ua"):
        hed_tags("sz_foc_ua")
