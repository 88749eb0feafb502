"""What every corpus promises, tried on every line of the table with a small folder in its owner's layout."""

from __future__ import annotations

import json
import pickle
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from ictal.core.errors import IctalError, IctalWarning
from ictal.core.recording import Recording
from ictal.io.corpora.corpus import CORPORA, Corpus, CorpusFormat, find_format, list_corpus
from ictal.io.edf_write import write_edf
from ictal.io.event_types import is_known_type

SECONDS = 40
SEIZURE = (12.0, 20.0)
"""The one seizure of each folder."""

NOON = 1456056000
"""On a day in 2016, in seconds of the clock of Unix."""

REAL = {"chbmit": "chb-mit", "siena": "siena", "helsinki": "helsinki", "seizeit2": "seizeit2"}
"""Folders of real annotations, and what they are."""

KINDRED = {("bids", "seizeit2")}
"""Formats that rightly fit another corpus too."""

LAST_RESORT = "folder"
"""It may fit any corpus."""

BESIDE_SZCORE = {"sz_uo_m_hyperkinetic", "sz_uo_m_myoclonic", "sz_uo_m_tonicMyio"}
"""Kinds of seizure that SeizeIT2 adds to the levels of SzCORE."""

TEXTS = (".txt", ".csv", ".tsv", ".csv_bi", ".tse", ".tse_bi")


def put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def put_signal(path: Path, labels: str = "Fp1 F7 Cz", start: datetime | None = None) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(0).normal(0.0, 20.0, (len(labels.split()), SECONDS * 64))
    write_edf(path, Recording.from_array(noise, 64.0, labels.split()), start_time=start)


def lay_out_chb_mit(root: Path) -> None:
    put(root / "RECORDS", "chb01/chb01_01.edf\n")
    put(
        root / "chb01" / "chb01-summary.txt",
        "Data Sampling Rate: 64 Hz\n\nChannels in EDF Files:\nChannel 1: FP1-F7\n\nFile Name: chb01_01.edf\n"
        "File Start Time: 11:00:00\nFile End Time: 11:00:40\nNumber of Seizures in File: 1\n"
        "Seizure Start Time: 12 seconds\nSeizure End Time: 20 seconds\n",
    )
    put_signal(root / "chb01" / "chb01_01.edf", "FP1-F7 F7-T7")


def lay_out_tusz(root: Path) -> None:
    folder = root / "edf" / "dev" / "aaaaaaac" / "s001_2002" / "01_tcp_ar"
    head = "# version = csv_v1.0.0\n# bname = aaaaaaac_s001_t000\n# duration = 40.00 secs\n#\n"
    rows = "channel,start_time,stop_time,label,confidence\nTERM,12.0000,20.0000,seiz,1.0000\n"
    put(folder / "aaaaaaac_s001_t000.csv_bi", head + rows)
    put_signal(folder / "aaaaaaac_s001_t000.edf")


def lay_out_siena(root: Path) -> None:
    put(root / "subject_info.csv", "patient_id, age_years, gender, seizure\nPN00,55,Male,IAS\n\n")
    put(
        root / "PN00" / "Seizures-list-PN00.txt",
        "PN00\n\nSeizure n 1\nFile name: PN00-1.edf\nRegistration start time: 00.00.00\n"
        "Registration end time: 00.00.40\nSeizure start time: 00.00.12\nSeizure end time: 00.00.20\n",
    )
    put_signal(root / "PN00" / "PN00-1.edf")


def lay_out_helsinki(root: Path) -> None:
    marks = "".join(f"{int(SEIZURE[0] <= second < SEIZURE[1])}\n" for second in range(SECONDS))
    for rater in ("A_fixed", "B", "C"):
        put(root / f"annotations_2017_{rater}.csv", f"1\n{marks}")
    put_signal(root / "eeg1.edf")


def lay_out_seizeit1(root: Path) -> None:
    head = "# Source: UZ Leuven\n# Subject: P_ID07\n# Seizure Type: FIAS\n \n\n\n"
    put(root / "P_ID07" / "P_ID07_r1_a1.tsv", f"{head}12\t20\tFIA\tHem:L, Orig:Temp, bhe: 0\n")
    put_signal(root / "P_ID07" / "P_ID07_r1.edf")


def lay_out_data_set(root: Path, name: str) -> None:
    """A BIDS data set of that name."""
    put(root / "dataset_description.json", json.dumps({"Name": name, "BIDSVersion": "1.8.0"}))
    stem = root / "sub-01" / "ses-01" / "eeg" / "sub-01_ses-01_task-szMonitoring_run-01"
    columns = "onset\tduration\teventType\tconfidence\tchannels\tdateTime\trecordingDuration\n"
    row = "12.00\t8.00\tsz_foc_ia\tn/a\tn/a\t2000-01-01 00:00:00\t40.00\n"
    put(stem.with_name(f"{stem.name}_events.tsv"), columns + row)
    put_signal(stem.with_name(f"{stem.name}_eeg.edf"))


def lay_out_seizeit2(root: Path) -> None:
    lay_out_data_set(root, "SeizeIT2")


def lay_out_bids(root: Path) -> None:
    lay_out_data_set(root, "Nights of one hospital")


def lay_out_rodent(root: Path) -> None:
    """As PyEcog exports it: one table in seconds of the clock, a folder for each animal."""
    row = f"rat 3,seizure,{NOON + SEIZURE[0]},{NOON + SEIZURE[1]},inf,long\n"
    put(root / "annotations.csv", f"Animal ID,label,start,stop,confidence,notes\n{row}")
    put_signal(root / "rat 3" / f"M{NOON}.edf", start=datetime.fromtimestamp(NOON, UTC).replace(tzinfo=None))


def lay_out_folder(root: Path) -> None:
    put(root / "events.csv", "file,onset,duration\nnight.edf,12,8\n")
    put_signal(root / "night.edf")


LAYOUTS: dict[str, Callable[[Path], None]] = {
    "chb-mit": lay_out_chb_mit,
    "tusz": lay_out_tusz,
    "siena": lay_out_siena,
    "helsinki": lay_out_helsinki,
    "seizeit1": lay_out_seizeit1,
    "seizeit2": lay_out_seizeit2,
    "bids": lay_out_bids,
    "rodent": lay_out_rodent,
    "folder": lay_out_folder,
}

each_corpus = pytest.mark.parametrize("name", CORPORA)


def fits_rightly(name: str, owner: str, fits: bool) -> bool:
    """Whether a format fits what it should: its own folder, and others only if they go before it in the table."""
    if name == owner:
        return fits
    is_kindred = (name, owner) in KINDRED or name == LAST_RESORT
    return not fits or (is_kindred and list(CORPORA).index(owner) < list(CORPORA).index(name))


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    made = {name: tmp_path_factory.mktemp(name) for name in LAYOUTS}
    for name, folder in made.items():
        LAYOUTS[name](folder)
    return made


@pytest.fixture
def own(name: str, tmp_path: Path) -> Path:
    """A folder of the corpus that a test may change."""
    LAYOUTS[name](tmp_path)
    return tmp_path


def load(name: str) -> CorpusFormat:
    loaded = CORPORA.load(name)
    assert isinstance(loaded, CorpusFormat)
    return loaded


def marks(corpus: Corpus) -> list[tuple[str, str, str, tuple[object, ...]]]:
    return [(each.name, each.subject, each.session, each.annotations.events) for each in corpus]


def check_recordings(corpus: Corpus) -> None:
    assert len({recording.name for recording in corpus}) == len(corpus)
    for recording in corpus:
        for text in (recording.name, recording.subject, recording.session):
            assert isinstance(text, str)
            assert text.strip() == text != ""
        assert recording.split in ("", "train", "dev", "eval", "test")
        assert recording.path.is_relative_to(corpus.root)
        assert recording.start is None or recording.start >= 0
        assert recording.duration >= 0
        for event in recording.annotations:
            assert 0 <= event.onset <= event.stop <= recording.duration + 1e-6
            assert is_known_type(event.event_type) or event.event_type in BESIDE_SZCORE
            assert event.confidence is None or 0 <= event.confidence <= 1


def check_remarks(corpus: Corpus) -> None:
    for remark in corpus.remarks:
        assert remark.kind.replace("-", "").isalpha()
        assert remark.kind == remark.kind.lower()
        assert remark.text.endswith(".")
        assert remark.subject_of
        assert str(corpus.root) not in remark.text + remark.subject_of


def test_every_corpus_has_a_folder_here() -> None:
    assert list(LAYOUTS) == list(CORPORA)


@each_corpus
def test_it_says_what_a_reader_needs_to_know(name: str) -> None:
    loaded = load(name)
    for text in (loaded.title, loaded.licence):
        assert text.strip() == text != ""
    assert loaded.citation.strip() == loaded.citation


@each_corpus
def test_a_folder_is_known_and_no_other_is(name: str, folders: dict[str, Path]) -> None:
    fits = load(name).fits
    assert find_format(folders[name]) == name
    for owner, folder in folders.items():
        assert fits_rightly(name, owner, fits(folder)), owner


@each_corpus
def test_what_holds_nothing_does_not_fit(name: str, tmp_path: Path) -> None:
    fits = load(name).fits
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("notes")
    for path in (tmp_path / "empty", tmp_path / "file", tmp_path / "gone"):
        assert not fits(path)


@each_corpus
def test_an_empty_folder_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(IctalError):
        list_corpus(tmp_path, name)


@each_corpus
def test_real_annotations_are_known_as_what_they_are(name: str, test_data: Path) -> None:
    for folder, owner in REAL.items():
        root = test_data / "annotations" / folder
        assert fits_rightly(name, owner, load(name).fits(root)), owner
        assert find_format(root) == owner


@pytest.mark.parametrize("folder", REAL)
def test_real_annotations_keep_the_promises(folder: str, test_data: Path) -> None:
    corpus = list_corpus(test_data / "annotations" / folder)
    assert corpus.name == REAL[folder]
    assert corpus.n_seizures > 0
    check_recordings(corpus)
    check_remarks(corpus)


@each_corpus
def test_the_recording_its_seizure_and_its_signal(name: str, own: Path) -> None:
    corpus = list_corpus(own)
    assert (corpus.name, corpus.root) == (name, own)
    check_recordings(corpus)
    check_remarks(corpus)
    (recording,) = corpus
    assert recording.duration == SECONDS
    assert [event.span for event in recording.annotations.seizures] == [SEIZURE]
    signal = recording.read()
    assert signal.annotations == recording.annotations
    assert signal.read(0.0, 1.0).shape == (len(signal.channels), 64)


@each_corpus
def test_a_path_may_be_text_and_comes_twice_the_same(name: str, own: Path) -> None:
    first, again = list_corpus(own), list_corpus(str(own), name)
    assert (first.recordings, first.remarks) == (again.recordings, again.remarks)
    assert pickle.loads(pickle.dumps(first)) == first  # noqa: S301


@each_corpus
def test_line_ends_marks_and_blanks_change_nothing(name: str, own: Path) -> None:
    expected = marks(list_corpus(own, name))
    for path in own.rglob("*"):
        if path.suffix in TEXTS or path.name == "RECORDS":
            lines = path.read_text().split("\n")
            path.write_bytes("\r\n".join([*lines, ""]).encode("utf-8-sig"))
    assert marks(list_corpus(own, name)) == expected


@each_corpus
def test_a_signal_that_cannot_be_read_stops_nothing(name: str, own: Path) -> None:
    for path in own.rglob("*.edf"):
        path.write_bytes(b"nothing")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", IctalWarning)
        corpus = list_corpus(own, name)
    assert "unreadable" in corpus.count_remarks()
    check_recordings(corpus)
    check_remarks(corpus)


@each_corpus
def test_an_unknown_option_is_refused_by_name(name: str, own: Path) -> None:
    with pytest.raises(IctalError, match=rf"option of {name}: 'colour' is not allowed"):
        list_corpus(own, name, colour="red")
