"""Several animals in one file: the form of the option, and the channels that come out."""

from __future__ import annotations

import numpy as np
import pytest

from ictal.core.errors import ParameterError, RecordingError
from ictal.core.events import Annotations, Event
from ictal.core.recording import Recording
from ictal.io.animals import parse_animals, pick_channels


def cage() -> Recording:
    data = np.arange(4 * 100, dtype=float).reshape(4, 100)
    data[:, 40:50] = np.nan
    events = Annotations([Event(0.1, 0.2)], 1.0)
    return Recording.from_array(data, 100.0, ["EEG1", "EEG2", "EEG 3", "EEG1"], annotations=events)


def test_channels_are_listed_by_animal() -> None:
    assert parse_animals(["m1=EEG1, EEG 2", " rat-7 = a=b"]) == {"m1": ("EEG1", "EEG 2"), "rat-7": ("a=b",)}
    assert parse_animals([]) == {}


@pytest.mark.parametrize("text", ["", "m1", "m1=", "=EEG1", "m1=EEG1,,EEG2", "../m1=EEG1", "a b=EEG1"])
def test_another_form_is_refused(text: str) -> None:
    with pytest.raises(ParameterError, match=r"animal: '.*' is not allowed; give NAME=CHANNEL"):
        parse_animals([text])


def test_an_animal_that_comes_twice_is_refused() -> None:
    with pytest.raises(ParameterError, match="animal: 'm1' came twice"):
        parse_animals(["m1=EEG1", "m1=EEG2"])


def test_rows_come_in_the_order_asked_for() -> None:
    picked = pick_channels(cage(), ["eeg 3", "EEG1"])
    assert picked.channels == ("EEG 3", "EEG1")
    np.testing.assert_array_equal(picked.read(0.1, 0.12), [[210, 211], [10, 11]])


def test_time_and_events_stay() -> None:
    whole, picked = cage(), pick_channels(cage(), ["EEG2"])
    assert (picked.duration, picked.gaps, picked.annotations) == (whole.duration, whole.gaps, whole.annotations)
    assert np.isnan(picked.read(0.4, 0.5)).all()


def test_an_unknown_label_names_the_near_ones() -> None:
    with pytest.raises(
        RecordingError, match="channels: 'EEG4' is not in the recording; near are 'EEG2', 'EEG1', 'EEG 3'"
    ):
        pick_channels(cage(), ["EEG4"])
    with pytest.raises(RecordingError, match=r"'zzz' is not in the recording; there are 'EEG1', 'EEG2', 'EEG 3'$"):
        pick_channels(cage(), ["zzz"])
