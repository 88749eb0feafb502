"""What a twin takes from a corpus, and what it makes up."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.core.errors import ParameterError
from ictal.core.events import Annotations, Event
from ictal.core.recording import Recording
from ictal.io.corpora.corpus import Corpus, CorpusRecording, list_corpus
from ictal.simulation.head import CHANNELS
from ictal.simulation.populations import draw_subject
from ictal.simulation.seizure import KINDS
from ictal.simulation.twins import TWINS, choose_files, plan_seizures, plan_twins, show_leads


def make_corpus(*files: tuple[str, str, float, list[tuple[float, float]]], name: str = "chb-mit") -> Corpus:
    """Return a corpus of (name, person, seconds, seizures) without any file."""
    root = Path("corpus")
    recordings = [
        CorpusRecording(
            file,
            root / person / f"{file}.edf",
            person,
            "1",
            Annotations([Event(start, stop - start) for start, stop in seizures], seconds),
        )
        for file, person, seconds, seizures in files
    ]
    return Corpus(name, root, tuple(recordings))


SMALL = make_corpus(
    ("a1", "anna", 3600.0, []),
    ("a2", "anna", 3600.0, [(1000.0, 1040.0), (2000.0, 2060.0)]),
    ("a3", "anna", 3599.4, [(300.0, 350.0)]),
    ("b1", "ben", 600.0, [(100.0, 108.0)]),
)


def test_all_is_planned_in_the_owners_order_with_its_times() -> None:
    planned = plan_twins(SMALL)
    assert [(each.name, each.duration, each.is_cut) for each in planned] == [
        ("a1", 3600.0, False),
        ("a2", 3600.0, False),
        ("a3", 3600.0, False),
        ("b1", 600.0, False),
    ]
    assert [seizure.span for seizure in planned[1].seizures] == [(1000.0, 1040.0), (2000.0, 2060.0)]
    assert planned[0].subject == planned[1].subject != planned[3].subject
    assert planned[3].path == Path("ben", "b1.edf")


def test_a_recording_is_the_same_whichever_others_are_planned() -> None:
    whole = {each.name: each for each in plan_twins(SMALL)}
    assert plan_twins(SMALL, n_subjects=1) == (whole["a1"], whole["a2"], whole["a3"])
    reversed_corpus = replace(SMALL, recordings=SMALL.recordings[::-1])
    assert {each.name: each for each in plan_twins(reversed_corpus)} == whole
    assert plan_twins(SMALL, seed=1)[0].seed != whole["a1"].seed
    assert len({each.fingerprint for each in whole.values()}) == 4


def test_files_with_seizures_come_first_and_the_last_is_cut_behind_a_seizure() -> None:
    anna = [each for each in SMALL if each.subject == "anna"]
    assert [(each.name, seconds) for each, seconds in choose_files(anna, 400.0)] == [("a3", 400.0)]
    assert [(each.name, seconds) for each, seconds in choose_files(anna, 5000.0)] == [("a3", 3600.0), ("a2", 1400.0)]
    # What is left is too short for the seizures of a2.
    assert [(each.name, seconds) for each, seconds in choose_files(anna, 4000.0)] == [("a3", 3600.0), ("a1", 400.0)]
    # No seizure is early enough.
    assert [(each.name, seconds) for each, seconds in choose_files(anna[1:], 100.0)] == [("a3", 100.0)]


@given(st.integers(10, 12000))
def test_hours_are_never_more_than_asked(limit: int) -> None:
    chosen = choose_files(SMALL.recordings, float(limit))
    assert 0 < sum(seconds for _, seconds in chosen) <= limit


def test_the_kind_of_seizures_lasts_about_as_long_as_theirs() -> None:
    for seconds in (8.0, 40.0, 90.0):
        corpus = make_corpus(("a1", "anna", 3600.0, [(1000.0, 1000.0 + seconds)]))
        shortest, longest = KINDS[plan_twins(corpus)[0].subject.epilepsy.kind].durations
        assert shortest / 2 <= seconds <= longest * 2


@given(st.lists(st.tuples(st.floats(0, 500), st.floats(0.1, 300)), max_size=6))
def test_seizures_never_overlap_and_end_inside(spans: list[tuple[float, float]]) -> None:
    planned = plan_seizures([(start, start + length) for start, length in spans], 600.0, draw_subject(3), 0)
    stops = [0.0, *(seizure.stop for seizure in planned)]
    assert all(stop <= seizure.onset for stop, seizure in zip(stops, planned, strict=False))
    assert stops[-1] <= 600.0 + 1e-9


@pytest.mark.parametrize("seconds", [1.0, 2.0, 3.0, 6.0, 752.0])
def test_seizures_of_any_length_can_be_made(seconds: float) -> None:
    corpus = make_corpus(("a1", "anna", 900.0, [(20.0, 20.0 + seconds)]))
    [planned] = plan_twins(corpus)
    signal = planned.simulate().read(20.0, 20.0 + min(seconds, 30.0))
    assert np.isfinite(signal).all() and signal.any()


def test_leads_are_differences_of_the_electrodes() -> None:
    noise = np.random.default_rng(0).normal(0.0, 20.0, (19, 256))
    noise -= noise.mean(axis=0)
    seen = show_leads(Recording.from_array(noise, 256.0, CHANNELS), TWINS["chb-mit"].leads)
    assert len(seen.channels) == 23 and seen.channels.count("T8-P8") == 2
    row = {name.removesuffix("-Avg"): noise[index] for index, name in enumerate(CHANNELS)}
    signal = dict(zip(seen.channels, seen.read(), strict=True))
    np.testing.assert_allclose(signal["FP1-F7"], row["Fp1"] - row["F7"], atol=1e-3)
    np.testing.assert_allclose(signal["T8-P8"], row["T4"] - row["T6"], atol=1e-3)
    # FT9 and FT10 are interpolated, and the chain over them closes.
    chain = signal["T7-FT9"] + signal["FT9-FT10"] + signal["FT10-T8"]
    np.testing.assert_allclose(chain, row["T3"] - row["T4"], atol=1e-3)


@pytest.mark.parametrize("name", list(TWINS))
def test_every_form_shows_all_its_leads(name: str) -> None:
    [planned] = plan_twins(make_corpus(("a1", "anna", 20.0, [(5.0, 12.0)]), name=name))
    recording = planned.simulate()
    assert recording.channels == tuple(label for label, _ in TWINS[name].leads)
    assert recording.sampling_rate == TWINS[name].sampling_rate
    assert (recording.read().std(axis=1) > 0.5).all()


def test_the_real_annotations_can_all_be_planned(test_data: Path) -> None:
    folder = test_data / "annotations" / "chbmit"
    corpus = list_corpus(folder, "chb-mit", sizes=folder / "edf_sizes.tsv")
    planned = plan_twins(corpus)
    assert sum(each.duration for each in planned) / 3600.0 == pytest.approx(corpus.hours)
    assert sum(len(each.seizures) for each in planned) == 198
    assert len({repr(each.subject) for each in planned}) == 23


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ParameterError, match="seizeit2"):
        plan_twins(replace(SMALL, name="tusz"))
    with pytest.raises(ParameterError, match="subjects"):
        plan_twins(SMALL, n_subjects=0)
    with pytest.raises(ParameterError, match="hours"):
        plan_twins(SMALL, hours_per_subject=0.0)
    with pytest.raises(ParameterError, match="difficulty"):
        plan_twins(SMALL, difficulty=2.0)
