"""How long files are, and what lies inside them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.core.errors import RecordingError
from ictal.core.events import Event
from ictal.core.recording import Recording
from ictal.io.corpora.lengths import keep_inside, read_edf_length
from ictal.io.edf_write import write_edf


def write_noise(path: Path, seconds: int, start: datetime | None = None) -> None:
    noise = np.random.default_rng(0).normal(0.0, 20.0, (2, seconds * 64))
    write_edf(path, Recording.from_array(noise, 64.0, ["Fp1", "Fp2"]), start_time=start)


def test_length_and_clock_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a.edf"
    write_noise(path, 12, datetime(2016, 1, 1, 19, 39, 33))
    length = read_edf_length(path)
    assert length is not None
    assert (length.duration, length.clock, length.oddities) == (12.0, 19 * 3600 + 39 * 60 + 33, ())


def test_a_header_that_lies_is_an_oddity(tmp_path: Path) -> None:
    path = tmp_path / "a.edf"
    write_noise(path, 12)
    whole = path.read_bytes()
    path.write_bytes(whole + bytes(100))
    length = read_edf_length(path)
    assert length is not None
    assert length.duration == 12.0
    assert any("100" in oddity for oddity in length.oddities)
    path.write_bytes(whole[: 256 * 4 + (len(whole) - 256 * 4) // 2])
    half = read_edf_length(path)
    assert half is not None
    assert half.duration == 6.0
    assert half.oddities


def test_no_file_and_no_edf(tmp_path: Path) -> None:
    assert read_edf_length(tmp_path / "gone.edf") is None
    (tmp_path / "text.edf").write_text("no signal here")
    with pytest.raises(RecordingError, match=r"text\.edf"):
        read_edf_length(tmp_path / "text.edf")
    with pytest.raises(RecordingError):
        read_edf_length(tmp_path)


def test_what_lies_inside_stays_as_it_is() -> None:
    events = [Event(3.1, 0.2, "sz_foc_ia", 0.5, ("T7",)), Event(9.0, 1.0)]
    annotations, remarks = keep_inside(events, 10.0, "a")
    assert annotations.events == tuple(events)
    assert annotations.duration == 10.0
    assert remarks == ()


@given(
    st.lists(st.tuples(st.floats(-50, 150), st.floats(0, 80))),
    st.floats(0, 100),
)
def test_nothing_reaches_beyond_and_every_cut_is_remarked(pairs: list[tuple[float, float]], duration: float) -> None:
    events = [Event(onset, length) for onset, length in pairs]
    annotations, remarks = keep_inside(events, duration, "a")
    assert all(event.onset >= 0 and event.stop <= duration + 1e-9 for event in annotations)
    outside = [event for event in events if event.onset < 0 or event.stop > duration]
    assert len(remarks) == len(outside)
    assert {remark.subject_of for remark in remarks} <= {"a"}
