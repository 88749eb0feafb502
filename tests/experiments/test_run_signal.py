"""Where the EEG of a run is found, when it is not taken, and how it is shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.experiments.loud_corpus import RATE, SECONDS, SEIZURE, write_loud_corpus, write_loud_recipe

from ictal.core.electrodes import SCALP_19
from ictal.core.errors import ParameterError, RecordingError
from ictal.core.events import Annotations, Event
from ictal.core.montage import MONTAGES
from ictal.core.recording import Recording
from ictal.data.store import Store
from ictal.evaluation.stored import EvaluatedRecording
from ictal.experiments.recipe import Recipe, read_recipe
from ictal.experiments.run_record import RunRecord, describe_data
from ictal.experiments.run_signal import is_same, open_signal, show_clinically
from ictal.experiments.stores import open_store
from ictal.postprocessing.settings import PostProcessing

MONTAGE_AND_SCALE = ('[[chain.steps]]\nstep = "montage"\nto = "as-recorded"', '[[chain.steps]]\nstep = "z-score"')


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_loud_corpus(tmp_path_factory.mktemp("signal") / "corpus", 2)


def read_loud(folder: Path, corpus: Path, *, scaled: bool = False) -> Recipe:
    folder.mkdir(exist_ok=True)
    path = write_loud_recipe(folder)
    if scaled:
        text = path.read_text(encoding="utf-8").replace("[chain]\nsteps = []", "\n".join(MONTAGE_AND_SCALE))
        path.write_text(text, encoding="utf-8")
    return read_recipe(path, {"data.corpus": str(corpus)})


def tell(store: Store) -> RunRecord:
    return RunRecord("train", "loud", {"data": describe_data(store)})


def evaluated(name: str, **changes: Any) -> EvaluatedRecording:
    facts = {"name": name, "subject": "sub-01", "start": 0.0, "stop": SECONDS}
    marked = Annotations([SEIZURE], SECONDS)
    rest = {"reference": marked, "scores_file": Path("s.npz"), "postprocessing": PostProcessing(), "side": "test"}
    return EvaluatedRecording(**{**facts, **rest, **changes})


def test_the_store_of_the_run_is_known_by_the_hash_of_its_signals(corpus: Path, tmp_path: Path) -> None:
    recipe = read_loud(tmp_path, corpus)
    store = open_store(corpus, recipe.chain, stores=tmp_path)
    signal = open_signal(tell(store), recipe, stores=tmp_path)
    assert "prepared data" in signal.note
    eeg = signal.read(evaluated(store.recordings[0].name))
    assert eeg is not None
    assert eeg.recording.channels == ("C3", "C4")
    loud, quiet = (float(np.std(eeg.recording.read(start, start + 20.0))) for start in (65.0, 10.0))
    assert loud / quiet == pytest.approx(4.0, rel=0.1)
    other = RunRecord("train", "loud", {"data": {"sha256": "0" * 64}})
    assert "of the recordings" in open_signal(other, recipe, stores=tmp_path).note, "another store; the corpus is there"


def test_a_store_that_the_recipe_names_is_taken(corpus: Path, tmp_path: Path) -> None:
    recipe = read_loud(tmp_path, corpus)
    store = open_store(corpus, recipe.chain, stores=tmp_path)
    named = read_loud(tmp_path, store.folder)
    assert "prepared data" in open_signal(tell(store), named, stores=tmp_path / "nowhere").note


def test_scaled_stores_are_not_shown_as_microvolts(corpus: Path, tmp_path: Path) -> None:
    recipe = read_loud(tmp_path, corpus, scaled=True)
    store = open_store(corpus, recipe.chain, stores=tmp_path)
    assert "of the recordings" in open_signal(tell(store), recipe, stores=tmp_path).note
    gone = open_signal(tell(store), read_loud(tmp_path, store.folder, scaled=True))
    assert gone.read(evaluated(store.recordings[0].name)) is None
    assert "no longer µV" in gone.note
    assert "--data FOLDER" in gone.note
    with pytest.raises(ParameterError, match="give the corpus"):
        open_signal(tell(store), recipe, store.folder)


def test_data_that_is_gone_is_told_with_what_to_do(corpus: Path, tmp_path: Path) -> None:
    recipe = read_loud(tmp_path, tmp_path / "gone")
    record = RunRecord("train", "loud", {"data": {"sha256": "0" * 64}})
    signal = open_signal(record, recipe, stores=tmp_path)
    assert signal.read(evaluated("sub-01/eeg/sub-01_task-eeg")) is None
    assert "--data FOLDER" in signal.note
    assert str(tmp_path) not in signal.note
    with pytest.raises(RecordingError, match="no such folder"):
        open_signal(record, recipe, tmp_path / "gone")
    found = open_signal(record, recipe, corpus)
    assert found.read(evaluated(Store(open_store(corpus, recipe.chain, stores=tmp_path).folder).recordings[0].name))


def test_another_recording_of_the_same_name_is_not_shown(corpus: Path, tmp_path: Path) -> None:
    recipe = read_loud(tmp_path, corpus)
    store = open_store(corpus, recipe.chain, stores=tmp_path)
    name = store.recordings[0].name
    for data in (corpus, store.folder):
        read = open_signal(tell(store), recipe, data).read
        assert read(evaluated(name)) is not None
        assert read(evaluated(name, subject="sub-02")) is None
        assert read(evaluated(name, reference=Annotations([Event(61.0, 30.0)], SECONDS))) is None
        assert read(evaluated("other")) is None


def test_a_file_that_cannot_be_read_leaves_its_events_without_pictures(tmp_path: Path) -> None:
    corpus = write_loud_corpus(tmp_path / "corpus", 2)
    recipe = read_loud(tmp_path, corpus)
    store = open_store(corpus, recipe.chain, stores=tmp_path)
    signal = open_signal(tell(store), recipe, corpus)
    next(corpus.rglob("sub-01*.edf")).write_bytes(b"0       ")
    assert signal.read(evaluated(store.recordings[0].name)) is None


def test_stretches_are_compared_in_their_own_time() -> None:
    annotations = Annotations([Event(100.0, 20.0), Event(300.0, 20.0)], 600.0)
    later = evaluated("n", start=250.0, stop=400.0, reference=Annotations([Event(50.0, 20.0)], 150.0))
    assert is_same(later, "sub-01", annotations)
    assert not is_same(later, "sub-01", Annotations(annotations, 350.0)), "it is too short"
    assert not is_same(later, "sub-01", Annotations([Event(300.0, 21.0)], 600.0))


def test_scalp_eeg_is_shown_as_a_double_banana_whatever_its_reference() -> None:
    noise = np.random.default_rng(0).normal(0.0, 20.0, (19, round(20 * RATE)))
    for channels in ([f"EEG {name}-REF" for name in SCALP_19], [f"{name}-AVG" for name in SCALP_19]):
        eeg = show_clinically(Recording.from_array(noise, RATE, channels), {})
        assert eeg.recording.channels == MONTAGES["double-banana"].labels
        assert eeg.interpolated == eeg.masked == ()


def test_a_missing_electrode_is_told() -> None:
    noise = np.random.default_rng(0).normal(0.0, 20.0, (18, round(20 * RATE)))
    eeg = show_clinically(Recording.from_array(noise, RATE, [name for name in SCALP_19 if name != "O2"]), {})
    assert eeg.interpolated == ("P4-O2", "P8-O2")
