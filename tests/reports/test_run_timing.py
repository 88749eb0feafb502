"""Times of a run as its page tells them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from tests.reports.run_folders import make_crossval

from ictal.evaluation.timing import ERRORS, WITHIN
from ictal.reports.run_timing import TITLES, show_timing


def test_every_error_has_a_title() -> None:
    assert list(TITLES) == list(ERRORS)


def test_rows_hold_medians_and_shares(tmp_path: Path) -> None:
    _, measures = make_crossval(tmp_path, {"anna": (600.0, 2000.0), "bert": (300.0,), "carl": ()}, {})
    told = show_timing(measures)
    late = np.concatenate([one.onset_latency for one in measures.timings])
    onset = told["times"][0]
    assert (told["n_detected"], told["n_reference"]) == (len(late), 3)
    assert onset.median == f"{np.median(late):+.1f} s"
    shares = [100 * np.mean(np.abs(late) <= limit) for limit in WITHIN]
    assert [text.split(" ")[0] for text in onset.within] == [f"{share:.1f}" for share in shares]
    assert "Medians: onset" in told["strip"].alt


def test_without_a_detection_there_is_nothing_to_draw(tmp_path: Path) -> None:
    _, measures = make_crossval(tmp_path, {"anna": (600.0,), "bert": ()}, {"anna": 0.01, "bert": 0.01})
    told = show_timing(measures)
    assert told["strip"] is None
    assert {row.median for row in told["times"]} == {"–"}
