"""Attributions on disk: axes and shares come back, wrong files are refused by name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ictal.core.attribution import Attribution
from ictal.core.errors import RecordingError
from ictal.core.scores import Scores
from ictal.io.attribution_file import read_attribution, write_attribution
from ictal.io.npz_file import write_arrays
from ictal.io.scores_file import write_scores


@pytest.mark.parametrize(("leads", "hertz"), [(("F7-T7", "T7-P7"), (2.0, 6.0, 9.0)), ((), ())])
def test_what_is_written_is_read_again(tmp_path: Path, leads: tuple[str, ...], hertz: tuple[float, ...]) -> None:
    values = np.random.default_rng(0).normal(size=(max(len(leads), 1), max(len(hertz), 1), 7)).astype(np.float32)
    found = Attribution(values, 60.25, 0.25, leads, hertz, "saliency")
    write_attribution(tmp_path / "a.npz", found)
    again = read_attribution(tmp_path / "a.npz")
    np.testing.assert_array_equal(again.values, found.values)
    assert (again.start, again.step, again.leads, again.frequencies) == (60.25, 0.25, leads, hertz)
    assert again.method == "saliency"


def test_scores_are_no_attribution(tmp_path: Path) -> None:
    write_scores(tmp_path / "a.npz", Scores([[0.9, 0.1]], 0.0, 1.0))
    with pytest.raises(RecordingError, match="holds no attribution of ictal"):
        read_attribution(tmp_path / "a.npz")


def test_axes_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    arrays = {"values": np.zeros((2, 1, 3)), "start": 0.0, "step": 1.0, "leads": ["F7-T7"], "frequencies": []}
    write_arrays(tmp_path / "a.npz", "ictal-attribution", 1, arrays | {"method": "saliency"})
    with pytest.raises(RecordingError, match=r"does not fit together: .*\(1, 1, n_times\)"):
        read_attribution(tmp_path / "a.npz")
