"""Annotations put in the place of a recording's own."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from ictal.core.errors import ParameterError
from ictal.core.events import Annotations, Event
from ictal.core.recording import Recording
from ictal.io.corpora.marked import MarkedRecording
from ictal.io.edf import EdfRecording
from ictal.io.formats import read


@pytest.fixture
def plain() -> Recording:
    noise = np.random.default_rng(1).normal(size=(3, 40))
    own = Annotations([Event(1.0, 1.0, "eyes open")], 10.0)
    return Recording.from_array(noise, 4.0, ["Fp1", "Fp2", "Cz"], annotations=own, gaps=[(2.0, 3.0)])


def test_the_signal_is_that_of_the_recording(plain: Recording) -> None:
    marked = MarkedRecording(plain, Annotations([Event(5.0, 2.0)], 10.0))
    assert np.array_equal(marked.read(), plain.read(), equal_nan=True)
    assert (marked.channels, marked.sampling_rate, marked.gaps) == (plain.channels, plain.sampling_rate, plain.gaps)


def test_the_annotations_are_those_given_and_the_old_ones_are_gone(plain: Recording) -> None:
    given = Annotations([Event(5.0, 2.0)], 10.0)
    assert MarkedRecording(plain, given).annotations == given
    assert MarkedRecording(plain, given).select(["Cz"]).annotations == given


def test_selected_channels_are_all_that_is_read(quiet: Path) -> None:
    marked = MarkedRecording(read(quiet), Annotations((), 20.0))
    chosen = marked.select(["Cz", "Fp1"])
    assert isinstance(chosen.inner, EdfRecording)
    assert chosen.inner.channels == chosen.channels == ("Cz", "Fp1")
    rows = [marked.channels.index(label) for label in chosen.channels]
    assert np.array_equal(chosen.read(1.0, 2.0), marked.read(1.0, 2.0)[rows])
    with pytest.raises(ParameterError):
        marked.select(["Oz"])


@pytest.mark.parametrize(("seconds", "n_notes"), [(10.0, 0), (9.5, 0), (12.0, 1), (0.0, 1)])
def test_another_length_is_noted(plain: Recording, seconds: float, n_notes: int) -> None:
    assert len(MarkedRecording(plain, Annotations((), seconds)).notes) == n_notes


def test_it_travels_to_other_processes(quiet: Path) -> None:
    marked = MarkedRecording(read(quiet), Annotations([Event(5.0, 2.0)], 20.0))
    there = pickle.loads(pickle.dumps(marked))  # noqa: S301
    assert there.annotations == marked.annotations
    assert np.array_equal(there.read(), marked.read())
