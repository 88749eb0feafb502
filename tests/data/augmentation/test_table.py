"""The table is what there is."""

from __future__ import annotations

from pathlib import Path

import ictal.data.augmentation
from ictal.data.augmentation.table import AUGMENTATIONS

NOT_AUGMENTATIONS = {"__init__", "augmentation", "draws", "scalp_patch", "table"}


def test_every_file_is_in_the_table() -> None:
    folder = Path(next(iter(ictal.data.augmentation.__path__)))
    files = {path.stem for path in folder.glob("*.py")} - NOT_AUGMENTATIONS
    assert {name.replace("-", "_") for name in AUGMENTATIONS} == files
