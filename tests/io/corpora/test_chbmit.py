"""CHB-MIT: the real annotations add up, each known oddity is met, and a folder in its layout is read."""

from __future__ import annotations

import csv
import itertools
import time
import warnings
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.core.errors import RecordingError
from ictal.core.recording import Recording
from ictal.io.corpora.chbmit import CHB_MIT, length_from_size, list_chb_mit, place_by_clock, read_sizes
from ictal.io.corpora.corpus import Corpus, Remark
from ictal.io.corpora.joined import join_recordings
from ictal.io.edf_write import write_edf

CASES = {
    "chb01": (42, 7, 7, 442, 40.552),
    "chb02": (36, 3, 3, 172, 35.266),
    "chb03": (38, 7, 7, 402, 38.002),
    "chb04": (42, 3, 4, 378, 156.065),
    "chb05": (39, 5, 5, 558, 39.003),
    "chb06": (18, 7, 10, 153, 66.735),
    "chb07": (19, 3, 3, 325, 67.052),
    "chb08": (20, 5, 5, 919, 20.006),
    "chb09": (19, 3, 4, 276, 67.872),
    "chb10": (25, 7, 7, 447, 50.023),
    "chb11": (35, 3, 3, 806, 34.794),
    "chb12": (24, 13, 40, 1475, 23.694),
    "chb13": (33, 8, 12, 535, 33.000),
    "chb14": (26, 7, 8, 169, 26.000),
    "chb15": (40, 14, 20, 1992, 40.010),
    "chb16": (19, 6, 10, 84, 19.000),
    "chb17": (21, 3, 3, 293, 21.007),
    "chb18": (36, 6, 6, 317, 35.635),
    "chb19": (30, 3, 3, 236, 29.929),
    "chb20": (29, 6, 8, 294, 27.602),
    "chb21": (33, 4, 4, 199, 32.830),
    "chb22": (31, 3, 3, 204, 31.003),
    "chb23": (9, 3, 7, 424, 26.558),
    "chb24": (22, 12, 16, 511, 21.296),
}
"""Files, files with seizures, seizures, seconds of seizure, hours of each case."""

SUMMARY = """\
Data Sampling Rate: 64 Hz

Channels in EDF Files:
Channel 1: FP1-F7
Channel 2: F7-T7

File Name: chb21_01.edf
File Start Time: 23:59:50
File End Time: 24:00:10
Number of Seizures in File: 1
Seizure Start Time: 12 seconds
Seizure End Time: 20 seconds

File Name: chb21_02.edf
File Start Time: 00:00:13
File End Time: 0:00:43
Number of Seizures in File: 1
Seizure Start Time: 0 seconds
Seizure End Time: 5 seconds
"""


@pytest.fixture(scope="module")
def folder(test_data: Path) -> Path:
    return test_data / "annotations" / "chbmit"


@pytest.fixture(scope="module")
def real(folder: Path) -> Corpus:
    return list_chb_mit(folder, folder / "edf_sizes.tsv")


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Two files of one case, 20 and 30 s long."""
    case = tmp_path / "chb21"
    case.mkdir()
    (case / "chb21-summary.txt").write_bytes(SUMMARY.encode())
    (tmp_path / "RECORDS").write_text("chb21/chb21_01.edf\nchb21/chb21_02.edf\n")
    starts = [datetime(2059, 1, 1, 23, 59, 50), datetime(2059, 1, 2, 0, 0, 13)]
    for number, (seconds, start) in enumerate(zip((20, 30), starts, strict=True), start=1):
        noise = np.random.default_rng(number).normal(0.0, 20.0, (2, seconds * 64))
        write_edf(
            case / f"chb21_{number:02}.edf", Recording.from_array(noise, 64.0, ["FP1-F7", "F7-T7"]), start_time=start
        )
    return tmp_path


def remarks(corpus: Corpus, kind: str) -> list[Remark]:
    return [remark for remark in corpus.remarks if remark.kind == kind]


def by_name(corpus: Corpus) -> dict[str, list[tuple[float, float]]]:
    return {each.name: [event.span for event in each.annotations] for each in corpus}


def test_totals(real: Corpus) -> None:
    assert len(real) == 686
    assert len({recording.name for recording in real}) == 686
    assert real.n_seizures == 198
    assert sum(recording.annotations.total_time for recording in real) == 11611
    assert sum(recording.duration for recording in real) == 3538567
    assert round(real.hours, 3) == 982.935
    assert {event.event_type for recording in real for event in recording.annotations} == {"sz"}


@pytest.mark.parametrize("case", CASES)
def test_totals_of_each_case(real: Corpus, case: str) -> None:
    files = [each for each in real if each.name.startswith(case)]
    n_with = sum(len(each.annotations) > 0 for each in files)
    n_seizures = sum(len(each.annotations) for each in files)
    seconds = sum(each.annotations.total_time for each in files)
    hours = round(sum(each.duration for each in files) / 3600, 3)
    assert (len(files), n_with, n_seizures, seconds, hours) == CASES[case]


def test_every_file_and_seizure_is_as_derived_by_others(real: Corpus, folder: Path) -> None:
    with (folder / "derived_files.tsv").open() as file:
        lengths = {row["file"]: float(row["duration_s"]) for row in csv.DictReader(file, delimiter="\t")}
    assert {f"{each.name[:5]}/{each.name}.edf": each.duration for each in real} == lengths
    with (folder / "derived_seizures.tsv").open() as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["source"] == "summary"]
    derived = {(Path(row["file"]).stem, float(row["onset_s"]), float(row["offset_s"])) for row in rows}
    assert {(name, *span) for name, spans in by_name(real).items() for span in spans} == derived


def test_without_sizes_lengths_come_from_the_clock(real: Corpus, folder: Path) -> None:
    by_clock = {each.name: each.duration for each in list_chb_mit(folder)}
    timed = [each for each in real if not each.name.startswith("chb24")]
    assert len(timed) == 664
    assert all(abs(each.duration - by_clock[each.name]) <= 1.0 for each in timed)


def test_all_is_listed_in_a_moment(folder: Path) -> None:
    began = time.process_time()
    list_chb_mit(folder, folder / "edf_sizes.tsv")
    assert time.process_time() - began < 1.0


def test_chb21_is_chb01_again(real: Corpus) -> None:
    assert len(real.subjects) == 23
    assert {each.subject for each in real if each.name.startswith("chb21")} == {"chb01"}
    assert len(real.sessions["chb01", "1"]) == 42
    assert len(real.sessions["chb01", "2"]) == 33


def test_the_three_parts_of_chb17_are_sessions(real: Corpus) -> None:
    parts = {session: len(them) for (subject, session), them in real.sessions.items() if subject == "chb17"}
    assert list(parts) == ["a", "b", "c"]
    assert sum(parts.values()) == 21


def test_seizure_files_agree_in_140_of_141(real: Corpus) -> None:
    (conflict,) = [each for each in remarks(real, "conflict") if ".seizures" in each.text]
    assert conflict.subject_of == "chb24_21"
    assert "2804–2872 s, the .seizures file at 2404–2872 s" in conflict.text
    assert by_name(real)["chb24_21"] == [(2804.0, 2872.0)]


def test_the_list_of_files_with_seizures_has_a_mistake(real: Corpus) -> None:
    said = [each for each in remarks(real, "conflict") if "RECORDS-WITH-SEIZURES" in each.text]
    assert [each.subject_of for each in said] == ["chb07_18", "chb07_19"]
    assert by_name(real)["chb07_18"] == []
    assert by_name(real)["chb07_19"] == [(13688.0, 13831.0)]


def test_files_of_chb24_that_are_in_no_summary(real: Corpus, folder: Path) -> None:
    names = [f"chb24_{number:02}" for number in (2, 5, 8, 10, 12, 16, 18, 19, 20, 22)]
    assert [each.subject_of for each in remarks(real, "not-in-summary")] == names
    lengths = {each.name: each.duration for each in real if each.name in names}
    assert lengths == dict.fromkeys(names, 3600.0) | {"chb24_22": 1067.0}
    assert [each.name for each in real if each.name.startswith("chb24")] == [f"chb24_{i:02}" for i in range(1, 23)]
    assert {each.start for each in real if each.name.startswith("chb24")} == {None}
    unknown = {each.subject_of for each in remarks(list_chb_mit(folder), "unknown-length")}
    assert unknown == {f"chb24_{i:02}" for i in range(1, 23)}


def test_the_same_times_in_two_files_of_chb24(real: Corpus) -> None:
    assert by_name(real)["chb24_04"][2] == by_name(real)["chb24_09"][0] == (1745.0, 1764.0)
    assert [each.subject_of for each in remarks(real, "same-times")] == ["chb24_09"]


def test_padding_of_chb17b_69(real: Corpus) -> None:
    (remark,) = remarks(real, "trailing-bytes")
    assert (remark.subject_of, remark.text[:9]) == ("chb17b_69", "256 bytes")
    assert next(each.duration for each in real if each.name == "chb17b_69") == 3600.0


def test_a_name_with_a_plus(real: Corpus) -> None:
    plus = next(each for each in real if each.name == "chb02_16+")
    assert plus.path.name == "chb02_16+.edf"
    assert len(plus.annotations) == 1
    before = next(each for each in real if each.name == "chb02_16")
    assert before.duration == 959.0
    assert before.start is not None
    assert plus.start is not None
    assert plus.start > before.start


def test_shortest_and_longest_seizure(real: Corpus) -> None:
    spans = {(event.duration, each.name, event.onset) for each in real for event in each.annotations}
    assert max(spans) == (752.0, "chb11_99", 1454.0)
    assert sorted(spans)[:2] == [(6.0, "chb16_16", 1214.0), (6.0, "chb16_17", 1694.0)]


def test_files_follow_each_other_over_days(real: Corpus) -> None:
    """Of a case, no file begins before the one before it ends; most begin within ten seconds."""
    waits = []
    for them in real.sessions.values():
        timed = [each for each in them if each.start is not None]
        assert not timed or timed[0].start == 0.0
        for before, after in itertools.pairwise(timed):
            waits.append((after.start or 0.0) - (before.start or 0.0) - before.duration)
    assert min(waits) >= -1.0
    assert sum(wait <= 10 for wait in waits) == 470
    assert max(waits) < 86400
    long_case = [each for each in real if each.name.startswith("chb04")][-1]
    assert (long_case.start or 0) > 3 * 86400


def test_odd_remarks_are_all_there_is(real: Corpus) -> None:
    counts = {
        "missing-file": 1,
        "not-in-summary": 10,
        "conflict": 3,
        "wrong-number": 1,
        "trailing-bytes": 1,
        "same-times": 1,
    }
    assert real.count_remarks() == counts


def test_a_folder_with_signals(small: Path) -> None:
    corpus = list_chb_mit(small)
    assert corpus.remarks == ()
    assert CHB_MIT.fits(small)
    first, second = corpus
    assert (first.subject, first.session, first.duration) == ("chb01", "2", 20.0)
    assert (first.start, second.start) == (0.0, 23.0)
    assert first.read().annotations == first.annotations
    assert first.read().channels == ("FP1-F7", "F7-T7")


def test_a_seizure_across_two_files_is_one_when_they_are_joined(small: Path) -> None:
    (session,) = list_chb_mit(small).sessions.values()
    whole = join_recordings(session)
    assert [event.span for event in whole.annotations] == [(12.0, 28.0)]
    assert whole.gaps == ((20.0, 23.0),)


def test_headers_that_differ_from_the_summary(small: Path) -> None:
    noise = np.random.default_rng(0).normal(0.0, 20.0, (2, 15 * 64))
    path = small / "chb21" / "chb21_01.edf"
    write_edf(path, Recording.from_array(noise, 64.0, ["FP1-F7", "F7-T7"]), start_time=datetime(2059, 1, 1, 12, 0, 0))
    corpus = list_chb_mit(small)
    assert corpus.count_remarks() == {"conflict": 1, "length": 1, "beyond-end": 1}
    assert by_name(corpus)["chb21_01"] == [(12.0, 15.0)]


def test_one_bad_file_stops_nothing(small: Path) -> None:
    (small / "chb21" / "chb21_01.edf").write_bytes(b"nothing")
    (small / "chb21" / "chb21_02.edf.seizures").write_bytes(b"\x00\x58\x17\xfc##")
    (small / "RECORDS").write_bytes(b"chb21/chb21_01.edf\r\nchb21/chb21_03.edf\r\nchb05/chb05_01.edf\r\n")
    corpus = list_chb_mit(small)
    assert [each.name for each in corpus] == ["chb21_01", "chb21_02", "chb21_03"]
    assert [each.duration for each in corpus] == [20.0, 30.0, 0.0]
    assert {(each.kind, each.subject_of) for each in corpus.remarks} == {
        ("unreadable", "chb21_01"),
        ("unreadable", "chb21_02.edf.seizures"),
        ("not-in-summary", "chb21_03"),
        ("unknown-length", "chb21_03"),
        ("missing-file", "chb21"),
        ("missing-file", "chb05/chb05-summary.txt"),
    }
    assert corpus.recordings[1].read().duration == 30.0


def test_a_file_that_is_not_the_owners_is_left_out(small: Path) -> None:
    """A filtered copy of a recording holds its seizures too, and nobody says so."""
    case = small / "chb21"
    (case / "chb21_01_filtered.edf").write_bytes((case / "chb21_01.edf").read_bytes())
    (case / "._chb21_01.edf").write_bytes(b"\0\5\x16\7")
    corpus = list_chb_mit(small)
    assert len(corpus) == 2
    assert [(each.kind, each.subject_of) for each in corpus.remarks] == [("foreign-file", "chb21_01_filtered")]
    (case / "chb21_03+.edf").write_bytes((case / "chb21_02.edf").read_bytes())
    assert list_chb_mit(small).count_remarks() == {"foreign-file": 2}
    (small / "RECORDS").unlink()
    assert [each.name for each in list_chb_mit(small)] == ["chb21_01", "chb21_02", "chb21_03+"]


def test_a_file_in_no_summary_may_have_marks(small: Path) -> None:
    head = b"\x00\x58\x17\xfc## time resolution: 256\x00\x00\xec\xff\xff\xff\xff\x01\x00"
    marks = bytes.fromhex("00ec 0000 0004 0080 00ec 0000 0008 0084 0000")
    (small / "chb21" / "chb21_03.edf.seizures").write_bytes(head + marks)
    with (small / "RECORDS").open("a") as file:
        file.write("chb21/chb21_03.edf\n")
    assert by_name(list_chb_mit(small))["chb21_03"] == [(4.0, 12.0)]


def test_no_remark_shows_more_of_a_path_than_the_corpus(small: Path) -> None:
    (small / "chb21" / "chb21_01.edf").unlink()
    (small / "RECORDS").write_text("chb05/chb05_01.edf\n")
    for remark in list_chb_mit(small).remarks:
        assert str(small) not in remark.text + remark.subject_of


def test_trailing_bytes_of_a_real_file(small: Path) -> None:
    path = small / "chb21" / "chb21_02.edf"
    path.write_bytes(path.read_bytes() + bytes(256))
    corpus = list_chb_mit(small)
    assert [(each.kind, each.subject_of) for each in corpus.remarks] == [("header", "chb21_02")]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert corpus.recordings[1].read().duration == 30.0


def test_a_folder_that_is_not_the_corpus(tmp_path: Path) -> None:
    assert not CHB_MIT.fits(tmp_path)
    assert not CHB_MIT.fits(tmp_path / "gone")
    with pytest.raises(RecordingError, match="holds no summary of CHB-MIT"):
        list_chb_mit(tmp_path)


def test_sizes_that_are_none(tmp_path: Path) -> None:
    table = tmp_path / "sizes.tsv"
    table.write_text("chb01/chb01_01.edf\t42399744\n\nchb01/chb01_02.edf\n")
    with pytest.raises(RecordingError, match=r"sizes\.tsv: line 3"):
        read_sizes(table)


@given(st.integers(1, 50000), st.integers(1, 40), st.sampled_from([256, 512]), st.integers(0, 511))
def test_size_and_length(seconds: int, n_signals: int, rate: int, padding: int) -> None:
    size = 256 * (n_signals + 1) + seconds * 2 * n_signals * rate + padding % (2 * n_signals * rate)
    assert length_from_size(size, n_signals, rate) == (seconds, padding % (2 * n_signals * rate))


@given(st.lists(st.tuples(st.integers(0, 86000), st.integers(1, 20000)), min_size=1), st.integers(0, 86399))
def test_the_clock_gives_back_every_start(steps: list[tuple[int, int]], origin: int) -> None:
    starts, now = [], 0
    for index, (wait, length) in enumerate(steps):
        now += wait if index else 0
        starts.append(now)
        now += length
    clocks = [(origin + start) % 86400 for start in starts]
    assert place_by_clock(clocks, [length for _, length in steps]) == tuple(map(float, starts))
