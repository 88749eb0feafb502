"""The history of a training on disk."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.core.errors import RecordingError
from ictal.evaluation.history import FILE, TrainingHistory, read_history, write_history

ROWS = st.lists(st.dictionaries(st.text(min_size=1), st.floats(allow_nan=False, allow_infinity=False)), max_size=4)


@given(monitor=st.text(), best=st.integers(-1, 400), rows=ROWS)
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, monitor: str, best: int, rows: list[dict[str, float]]
) -> None:
    folder = tmp_path_factory.mktemp("run")
    history = TrainingHistory(monitor, best, tuple(rows))
    write_history(folder, history)
    assert read_history(folder) == history


def test_what_is_undefined_stays_so(tmp_path: Path) -> None:
    write_history(tmp_path, TrainingHistory("pr_auc", 0, ({"validation/pr_auc": math.nan, "train/loss": 0.5},)))
    assert "NaN" not in (tmp_path / FILE).read_text()
    assert math.isnan(read_history(tmp_path).column("validation/pr_auc")[0])
    assert math.isnan(read_history(tmp_path).column("validation/f1")[0])
    assert read_history(tmp_path).column("train/loss") == [0.5]


@pytest.mark.parametrize("key", ["epochs", "monitor", "best_epoch"])
def test_a_file_that_lacks_something_is_refused(tmp_path: Path, key: str) -> None:
    write_history(tmp_path, TrainingHistory("pr_auc", 0, ()))
    content = json.loads((tmp_path / FILE).read_text())
    del content[key]
    (tmp_path / FILE).write_text(json.dumps(content))
    with pytest.raises(RecordingError, match="is not a history"):
        read_history(tmp_path)


def test_a_folder_without_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match=r"history\.json"):
        read_history(tmp_path)
