"""Siena: all 47 seizures from lists with every known oddity, and a folder in its layout."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from ictal.core.errors import RecordingError
from ictal.core.recording import Recording
from ictal.io.corpora.corpus import Corpus
from ictal.io.corpora.siena import HEADER_STARTS, SIENA, list_siena, read_header_table
from ictal.io.edf_write import write_edf

SUBJECTS = {
    "PN00": (5, 5, 3.245),
    "PN01": (1, 2, 13.488),
    "PN03": (2, 2, 24.227),
    "PN05": (3, 3, 6.035),
    "PN06": (5, 5, 12.073),
    "PN07": (1, 1, 8.736),
    "PN09": (3, 3, 6.848),
    "PN10": (6, 10, 18.727),
    "PN11": (1, 1, 2.410),
    "PN12": (3, 4, 6.099),
    "PN13": (3, 3, 8.665),
    "PN14": (4, 4, 20.464),
    "PN16": (2, 2, 4.880),
    "PN17": (2, 2, 5.125),
}
"""Files, seizures and hours of each subject."""

PRINTED = {
    ("PN10", 2, "end"): "11.41.04 opure 11.40.43",
    ("PN10", 3, "start"): "15.43.53 (CLINICAL ONSET); 15.43.59 (ELECTRIC ONSET)",
    ("PN10", 6, "start"): "15.18.26 (CLINICAL ONSET)",
    ("PN10", 7, "registration start"): "1 6.49.25",
    ("PN01", 1, "start"): "21:51:02",
    ("PN11", 1, "file"): "PN11-.edf",
    ("PN01", 1, "file"): "PN01.edf",
}
"""What the release prints where the table, made by others, has put it in order. The rest of the table is as printed."""

HEADER = "patient_id, age_years, gender, seizure, localization, lateralization, eeg_channel, number_seizures\n"


def copied_rows(folder: Path) -> Iterator[tuple[str, int, dict[str, str]]]:
    """Each row of the table of printed times: subject, number of the seizure, cells."""
    table = (folder / "derived" / "COP_badaniaDane_dbc5d92.txt").read_text().splitlines()
    counts: dict[str, int] = {}
    for line in table[1:]:
        file, _, begins, ends, start, end, *_ = line.split(";")
        subject = file[:4].replace("O", "0")
        counts[subject] = counts.get(subject, 0) + 1
        cells = {"file": file, "registration start": begins, "registration end": ends, "start": start, "end": end}
        number = counts[subject]
        printed = {name: text for (whose, n, name), text in PRINTED.items() if (whose, n) == (subject, number)}
        yield subject, number, cells | printed


def print_list(subject: str, rows: list[tuple[int, dict[str, str]]]) -> str:
    """A list in the words of the release."""
    blank = "" if subject in ("PN03", "PN05", "PN06", "PN10", "PN14") else " "
    text = f"{subject}\n\nData Sampling Rate: 512 Hz\n\nChannels in EDF files:\nChannel 1: Fp1      \r\n\n"
    for number, cells in rows:
        file = f"File name: {cells['file']}\n"
        times = (
            f"Registration start time:{blank}{cells['registration start']}\n"
            f"Registration end time:{blank}{cells['registration end']}\n"
        )
        title = f"Seizure n {number}\n"
        if subject == "PN01":
            text += file + times + title if number == 1 else title
        else:
            text += title + file + (times if (subject, number) != ("PN12", 2) else "")
        word = "" if subject == "PN01" else "Seizure "
        text += f"{word}start time:{blank}{cells['start']}\n{word}end time:{blank}{cells['end']}\n\n"
    return text


@pytest.fixture(scope="module")
def source(test_data: Path) -> Path:
    return test_data / "annotations" / "siena"


@pytest.fixture(scope="module")
def root(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The 14 lists: the two real ones, and twelve with the times of the release."""
    folder = tmp_path_factory.mktemp("siena")
    shutil.copy(source / "subject_info.csv", folder)
    lists: dict[str, list[tuple[int, dict[str, str]]]] = {}
    for subject, number, cells in copied_rows(source):
        lists.setdefault(subject, []).append((number, cells))
    for subject, rows in lists.items():
        (folder / subject).mkdir()
        path = folder / subject / f"Seizures-list-{subject}.txt"
        path.write_bytes(print_list(subject, rows).encode("latin-1"))
    for subject in ("PN00", "PN16"):
        shutil.copy(source / subject / f"Seizures-list-{subject}.txt", folder / subject)
    return folder


@pytest.fixture(scope="module")
def headers(source: Path) -> Path:
    return source / "derived" / "edf_start_and_duration.tsv"


@pytest.fixture(scope="module")
def whole(root: Path, headers: Path) -> Corpus:
    return list_siena(root, headers)


@pytest.fixture(scope="module")
def by_lists(root: Path) -> Corpus:
    return list_siena(root)


def found(corpus: Corpus) -> dict[tuple[str, float], float]:
    return {(each.name, event.onset): event.stop for each in corpus for event in each.annotations}


def derived(source: Path) -> dict[tuple[str, float], float]:
    with (source / "derived" / "seizures_seconds.tsv").open() as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return {(Path(row["file"]).stem, float(row["onset_s"])): float(row["offset_s"]) for row in rows}


def kinds(corpus: Corpus, name: str) -> list[str]:
    return [remark.kind for remark in corpus.remarks if remark.subject_of == name and remark.kind != "missing-file"]


def test_totals(whole: Corpus) -> None:
    assert (len(whole), len(whole.subjects), whole.n_seizures) == (41, 14, 47)
    assert round(whole.hours, 3) == 141.021
    assert sum(each.annotations.total_time for each in whole) == 2841
    for subject, totals in SUBJECTS.items():
        files = [each for each in whole if each.subject == subject]
        n_seizures = sum(len(each.annotations) for each in files)
        assert (len(files), n_seizures, round(sum(each.duration for each in files) / 3600, 3)) == totals


def test_all_47_seizures_are_as_derived_by_others(whole: Corpus, source: Path) -> None:
    assert found(whole) == derived(source)


def test_the_lists_alone_give_the_same_seizures(by_lists: Corpus, source: Path) -> None:
    assert found(by_lists) == derived(source)


def test_the_lists_alone_give_lengths_up_to_20_s_short(whole: Corpus, by_lists: Corpus) -> None:
    exact = {each.name: each.duration for each in whole}
    short = [exact[each.name] - each.duration for each in by_lists]
    assert min(short) == 0
    assert max(short) == 20


def test_kinds_of_seizures(whole: Corpus) -> None:
    types = {(each.subject, event.event_type) for each in whole for event in each.annotations}
    assert {subject for subject, kind in types if kind == "sz_foc_a"} == {"PN14"}
    assert {subject for subject, kind in types if kind == "sz_foc_f2b"} == {"PN10"}
    assert len({subject for subject, kind in types if kind == "sz_foc_ia"}) == 12


def test_the_first_bids_release_agrees(whole: Corpus, source: Path) -> None:
    """Two of its three tables; the third places the seizure of PN14-3 by the list, three hours late."""
    spans = {each.name: [event.span for event in each.annotations] for each in whole}
    names = {"sub-01_*run-00*": "PN01-1", "sub-10_*run-04*": "PN10-4.5.6", "sub-14_*run-02*": "PN14-3"}
    for pattern, name in names.items():
        (path,) = (source / "bids_siena_zenodo_10640762").glob(pattern)
        with path.open() as file:
            rows = [(float(row["onset"]), float(row["duration"])) for row in csv.DictReader(file, delimiter="\t")]
        late = 10800 if name == "PN14-3" else 0
        assert spans[name] == [(onset - late, onset - late + duration) for onset, duration in rows]


def test_files_are_in_the_order_of_their_numbers(whole: Corpus) -> None:
    names = [each.name for each in whole if each.subject == "PN10"]
    assert names == ["PN10-1", "PN10-2", "PN10-3", "PN10-4.5.6", "PN10-7.8.9", "PN10-10"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("PN00-3", ["odd-time"]),
        ("PN01-1", ["file-name", "file-name"]),
        ("PN05-3", ["conflict"]),
        ("PN06-1", ["file-name"]),
        ("PN06-2", ["file-name"]),
        ("PN06-3", []),
        ("PN06-4", ["file-name"]),
        ("PN11-1", ["file-name"]),
        ("PN14-3", ["conflict"]),
        ("PN16-2", []),
        ("Seizures-list-PN10.txt", ["odd-time"] * 4),
        ("Seizures-list-PN12.txt", []),
    ],
)
def test_every_rule_that_was_applied_is_remarked(whole: Corpus, by_lists: Corpus, name: str, said: list[str]) -> None:
    assert kinds(whole, name) == kinds(by_lists, name) == said


def test_the_headers_known_by_heart_are_those_of_the_files(headers: Path) -> None:
    table = read_header_table(headers)
    for name, start in HEADER_STARTS.items():
        hours, minutes, seconds = map(int, start.split("."))
        assert table[name].clock == hours * 3600 + minutes * 60 + seconds


def small_corpus(folder: Path, text: str, info: str = HEADER + "PN07,20,Female,IAS,T,L,29,1\n\n") -> Path:
    (folder / "PN07").mkdir()
    (folder / "PN07" / "Seizures-list-PN07.txt").write_bytes(text.encode())
    (folder / "subject_info.csv").write_text(info)
    return folder


LIST = """\
Seizure n 1
File name: PN07-1.edf
Registration start time: 23.59.50
Registration end time: 00.00.30
Seizure start time: 00.00.05
Seizure end time: 00.00.12
"""


def write_noise(path: Path, seconds: int, start: datetime | None) -> None:
    noise = np.random.default_rng(0).normal(0.0, 20.0, (2, seconds * 64))
    write_edf(path, Recording.from_array(noise, 64.0, ["EEG Fp1", "EEG F3"]), start_time=start)


def test_a_folder_with_signals(tmp_path: Path) -> None:
    root = small_corpus(tmp_path, LIST)
    write_noise(root / "PN07" / "PN07-1.edf", 60, datetime(2016, 1, 1, 23, 59, 45))
    corpus = list_siena(root)
    (recording,) = corpus
    assert (recording.duration, recording.start, recording.session) == (60.0, None, "1")
    assert [event.span for event in recording.annotations] == [(20.0, 27.0)]
    assert corpus.count_remarks() == {"conflict": 1}
    assert recording.read().annotations[0].event_type == "sz_foc_ia"


def test_a_header_without_a_date(tmp_path: Path) -> None:
    """The list says when it began."""
    root = small_corpus(tmp_path, LIST)
    path = root / "PN07" / "PN07-1.edf"
    write_noise(path, 60, datetime(2016, 1, 1, 12, 0, 0))
    data = bytearray(path.read_bytes())
    data[168:184] = b"XX.XX.XXXX.XX.XX"
    path.write_bytes(bytes(data))
    (recording,) = list_siena(root)
    assert [event.span for event in recording.annotations] == [(15.0, 22.0)]
    assert recording.duration == 60.0


def test_files_that_the_list_does_not_name_are_left_out(tmp_path: Path) -> None:
    root = small_corpus(tmp_path, LIST)
    for name in ("PN07-1", "PN07-1_filtered"):
        write_noise(root / "PN07" / f"{name}.edf", 60, datetime(2016, 1, 1, 23, 59, 50))
    corpus = list_siena(root)
    assert [each.name for each in corpus] == ["PN07-1"]
    assert kinds(corpus, "PN07-1_filtered") == ["not-in-list"]


@pytest.mark.parametrize(
    ("info", "kind", "said"),
    [
        (HEADER + "PN07,20,Female,WIAS,T,L,29,1\n", "sz_foc_a", []),
        (HEADER + "PN07,20,Female,GTC,T,L,29,1\n", "sz", ["unknown-type"]),
        (HEADER + "PN07,20,Female,IAS,T,L,29,3\n", "sz_foc_ia", ["conflict"]),
        (HEADER, "sz", []),
    ],
)
def test_what_subject_info_says(tmp_path: Path, info: str, kind: str, said: list[str]) -> None:
    corpus = list_siena(small_corpus(tmp_path, LIST, info))
    assert corpus.recordings[0].annotations[0].event_type == kind
    assert kinds(corpus, "PN07") == said


def test_without_subject_info(tmp_path: Path) -> None:
    root = small_corpus(tmp_path, LIST)
    (root / "subject_info.csv").unlink()
    corpus = list_siena(root)
    assert corpus.recordings[0].annotations[0].event_type == "sz"
    assert [each.kind for each in corpus.remarks if each.subject_of == "subject_info.csv"] == ["missing-file"]


def test_one_bad_file_stops_nothing(tmp_path: Path) -> None:
    without_times = LIST.replace("PN07-1", "PN07-2").replace("Registration", "Other").replace("n 1", "n 2")
    root = small_corpus(tmp_path, LIST + without_times)
    (root / "PN07" / "PN07-1.edf").write_bytes(b"nothing")
    (root / "RECORDS").write_text("PN07/PN07-1.edf\nPN08/PN08-1.edf\n")
    corpus = list_siena(root)
    assert [(each.name, each.duration) for each in corpus] == [("PN07-1", 40.0)]
    assert kinds(corpus, "PN07-1") == ["unreadable"]
    assert kinds(corpus, "PN07-2") == ["unknown-start"]
    assert ("missing-file", "PN08") in {(each.kind, each.subject_of) for each in corpus.remarks}


def test_a_seizure_that_would_last_hours_is_left_out(tmp_path: Path) -> None:
    corpus = list_siena(
        small_corpus(tmp_path, LIST.replace("Seizure end time: 00.00.12", "Seizure end time: 23.59.58"))
    )
    assert len(corpus.recordings[0].annotations) == 0
    assert kinds(corpus, "PN07-1") == ["odd-time"]


def test_a_folder_that_is_not_the_corpus(tmp_path: Path) -> None:
    assert not SIENA.fits(tmp_path)
    with pytest.raises(RecordingError, match="holds no list of Siena"):
        list_siena(tmp_path)


def test_a_table_that_is_none(tmp_path: Path) -> None:
    table = tmp_path / "headers.tsv"
    table.write_text("source_edf\tedf_start_time\tduration_s\nPN00/PN00-1.edf\t19.39.33\tlong\n")
    with pytest.raises(RecordingError, match=r"headers\.tsv: line 2"):
        read_header_table(table)
