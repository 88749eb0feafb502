"""Explanations of a simulated recording, held to what was planted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ictal.core.errors import IctalError
from ictal.core.events import Annotations, Event
from ictal.experiments.explain_check import check_recording, find_record
from ictal.experiments.simulate import simulate_corpus
from ictal.io.events_tsv import read_events, write_events


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus") / "simulated"
    simulate_corpus(folder, n_subjects=1, hours=0.1, seizures_per_hour=10.0, seed=5)
    return folder


def test_a_simulated_recording_is_held_to_its_truth(corpus: Path, tmp_path: Path) -> None:
    (recording,) = corpus.glob("sub-*/ses-*/eeg/*.edf")
    assert find_record(recording) is not None
    seizure = read_events(next(corpus.glob("sub-*/ses-*/eeg/*_events.tsv"))).events[0]
    marked = tmp_path / "first.tsv"
    write_events(marked, Annotations([Event(seizure.onset, 8.0)], 360.0))
    done = check_recording(recording, tmp_path, methods=["integrated-gradients", "occlusion"], events=marked, number=1)
    assert done.check.planted is not None
    assert done.check.planted.span[0] == pytest.approx(done.event.onset, abs=1.0)
    first, last = done.check.span
    assert first < done.event.onset - 10.0 < done.event.onset < last
    assert [one.method for one in done.check.methods] == ["integrated-gradients", "occlusion"]
    for one in done.check.methods:
        assert one.truth is not None and one.truth.leads is not None
        assert 0.0 <= one.truth.leads.found <= 1.0
        assert one.randomisation is not None
    names = {file.name for file in done.files}
    assert {"event-1_check.json", "event-1_check.md", "event-1_check.png"} <= names
    content = json.loads((tmp_path / "event-1_check.json").read_text())
    assert [one["method"] for one in content["methods"]] == ["integrated-gradients", "occlusion"]
    words = "\n".join(done.describe())
    assert "simulated, so it is known where the seizure is" in words
    assert "| occlusion" in words


def test_of_other_recordings_the_truth_is_not_known(scalp: Path, tmp_path: Path) -> None:
    assert find_record(scalp) is None
    done = check_recording(scalp, tmp_path, span=(60.0, 68.0), detector="line-length")
    assert done.check.planted is None
    assert [one.method for one in done.check.methods] == ["occlusion"]


def test_a_truth_that_is_not_there_is_refused(scalp: Path, tmp_path: Path) -> None:
    with pytest.raises(IctalError, match=r"nothing\.json"):
        check_recording(scalp, tmp_path, span=(60.0, 68.0), truth=tmp_path / "nothing.json", methods=["occlusion"])
