"""A twin lies on the disk as its corpus does, and says that it is none."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest

from ictal.core.errors import OutputError
from ictal.core.recording import Recording
from ictal.io.corpora.corpus import Corpus, list_corpus
from ictal.io.edf import EdfRecording, read_edf
from ictal.io.edf_write import write_edf
from ictal.simulation.twin_files import MARK, find_annotations, read_clocks, was_written, write_twin, write_twin_frame
from ictal.simulation.twins import TWINS, PlannedTwin, plan_twins

Twin = tuple[Corpus, tuple[PlannedTwin, ...], Path]


def list_real(test_data: Path) -> tuple[Corpus, Path]:
    folder = test_data / "annotations" / "chbmit"
    sizes = folder / "edf_sizes.tsv"
    return list_corpus(folder, "chb-mit", sizes=sizes), sizes


@pytest.fixture(scope="module")
def twin(test_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Twin:
    """The twin of two cases, cut to nine minutes each."""
    corpus, sizes = list_real(test_data)
    planned = plan_twins(corpus, read_clocks(corpus, sizes), n_subjects=2, hours_per_subject=0.15)
    root = write_twin_frame(tmp_path_factory.mktemp("twin") / "chb-mit", corpus, planned)
    for each in planned:
        write_twin(root, each)
    return corpus, planned, root


def test_the_corpus_reads_its_twin_as_itself(twin: Twin) -> None:
    corpus, planned, root = twin
    real = {each.name: each for each in corpus}
    again = {each.name: each for each in list_corpus(root) if each.path.exists()}
    assert set(again) == {each.name for each in planned} == {"chb01_21", "chb02_16"}
    for name, recording in again.items():
        signal = read_quietly(recording.path)
        assert recording.duration == signal.duration == 540.0
        assert (recording.subject, recording.start) == (real[name].subject, real[name].start)
        whole = [event for event in real[name].annotations if event.stop <= 540.0]
        assert list(recording.annotations) == whole and len(whole) == 1


def test_labels_rate_and_range_are_those_of_the_corpus(twin: Twin, test_data: Path) -> None:
    real = read_quietly(test_data / "edf" / "headers" / "chb01_01_sample.edf")
    made = read_quietly(twin[2] / "chb01" / "chb01_21.edf")
    assert made.channels == real.channels
    assert made.sampling_rate == real.sampling_rate
    signals = [signal for signal in made.header.signals if not signal.is_annotation]
    assert {(signal.physical_min, signal.physical_max) for signal in signals} == {TWINS["chb-mit"].physical_range}


def test_the_seizure_is_where_the_annotations_say(twin: Twin) -> None:
    corpus, _, root = twin
    [seizure] = next(each for each in corpus if each.name == "chb01_21").annotations
    signal = read_quietly(root / "chb01" / "chb01_21.edf")
    before = signal.read(seizure.onset - 60.0, seizure.onset - 5.0)
    during = signal.read(seizure.onset + 10.0, seizure.stop - 5.0)
    assert (during.std(axis=1) / before.std(axis=1)).max() > 1.5


def test_every_file_says_that_it_is_simulated(twin: Twin) -> None:
    _, planned, root = twin
    text = (root / MARK).read_text()
    assert "Nobody was recorded" in text
    assert "2 of 686 recordings: 2 subjects, 0.30 h, 2 seizures; 2 are cut" in text
    for each in planned:
        header = read_quietly(root / each.path).header
        assert f"simulated-{each.fingerprint}" in header.recording
        assert header.patient == "X X X X"


def test_annotations_are_byte_for_byte_those_of_the_corpus_without_other_cases(twin: Twin) -> None:
    corpus, _, root = twin
    copies = [path.relative_to(root) for path in find_annotations(root) if path.name != MARK]
    assert all((root / path).read_bytes() == (corpus.root / path).read_bytes() for path in copies)
    assert {path.parts[0] for path in copies if len(path.parts) > 1} == {"chb01", "chb02"}


def test_what_is_finished_is_kept_and_what_is_not_is_made_anew(twin: Twin) -> None:
    _, (planned, *_), root = twin
    path = root / planned.path
    content, written = path.read_bytes(), path.stat().st_mtime_ns
    write_twin(root, planned)
    assert path.stat().st_mtime_ns == written
    path.write_bytes(content[:-1000])
    assert not was_written(path, planned)
    write_twin(root, planned)
    assert path.read_bytes() == content
    write_edf(path, Recording.from_array(np.zeros((1, 256)), 256.0))
    assert not was_written(path, planned)
    write_twin(root, planned)


def test_clocks_of_siena_place_its_seizures(test_data: Path, tmp_path: Path) -> None:
    folder = test_data / "annotations" / "siena"
    headers = folder / "derived" / "edf_start_and_duration.tsv"
    corpus = list_corpus(folder, "siena", headers=headers)
    clocks = read_clocks(corpus, headers)
    assert clocks["PN00-1"] == 19 * 3600 + 39 * 60 + 33
    assert read_clocks(corpus)["PN00-1"] == clocks["PN00-1"]
    (planned, *_) = plan_twins(corpus, clocks, hours_per_subject=0.4)
    root = write_twin_frame(tmp_path / "siena", corpus, [planned])
    write_twin(root, planned)
    [again] = [each for each in list_corpus(root) if each.path.exists()]
    [real] = [each for each in corpus if each.name == planned.name]
    assert [event.span for event in again.annotations] == [event.span for event in real.annotations] != []


def test_folders_of_something_else_are_refused(test_data: Path, tmp_path: Path) -> None:
    corpus, _ = list_real(test_data)
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(OutputError, match="not empty"):
        write_twin_frame(tmp_path, corpus, [])
    with pytest.raises(OutputError, match="inside the corpus"):
        write_twin_frame(corpus.root / "twin", corpus, [])


def read_quietly(path: Path) -> EdfRecording:
    """Read a file whose labels repeat, as those of the corpus do."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return read_edf(path)
