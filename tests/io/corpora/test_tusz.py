"""TUSZ in the layouts of its versions 1.5 and 2.0, with every oddity that is known of its files."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.core.errors import ParameterError, RecordingError
from ictal.core.events import Event
from ictal.core.recording import Recording
from ictal.io.corpora.corpus import Corpus, find_format, list_corpus
from ictal.io.corpora.tusz import SEIZURE_LABELS, fits_tusz, join_by_type, label_type, list_tusz
from ictal.io.edf_write import write_edf
from ictal.io.event_types import is_known_type

Rows = Sequence[tuple[str, float, float, str]]
"""Channel, start, stop, label."""


def csv(name: str, duration: float, rows: Rows) -> str:
    head = f"# version = csv_v1.0.0\n# bname = {name}\n# duration = {duration:.2f} secs\n"
    head += "# montage_file = $NEDC_NFC/lib/nedc_eas_default_montage.txt\n#\n"
    body = "".join(f"{channel},{start:.4f},{stop:.4f},{label},1.0000\n" for channel, start, stop, label in rows)
    return f"{head}channel,start_time,stop_time,label,confidence\n{body}"


def tse(rows: Sequence[tuple[float, float, str]]) -> str:
    return "version = tse_v1.0.0\n\n" + "".join(f"{a:.4f} {b:.4f} {label} 1.0000\n" for a, b, label in rows)


def put(folder: Path, name: str, files: Mapping[str, str], signal_seconds: int | None = None) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for suffix, text in files.items():
        (folder / f"{name}.{suffix}").write_text(text)
    if signal_seconds is not None:
        noise = np.random.default_rng(0).normal(0.0, 20.0, (2, signal_seconds * 250))
        write_edf(folder / f"{name}.edf", Recording.from_array(noise, 250.0, ["EEG FP1-REF", "EEG F7-REF"]))


def put_bi(root: Path, rows: Rows, duration: float = 100.0, name: str = "aaaaaaac_s001_t000", **more: str) -> None:
    folder = root / "edf" / "dev" / name[:8] / "s001_2002" / "02_tcp_le"
    put(folder, name, {"csv_bi": csv(name, duration, rows), **more})


def kinds(corpus: Corpus) -> list[str]:
    return [remark.kind for remark in corpus.remarks if remark.kind != "missing-file"]


def spans(corpus: Corpus) -> list[tuple[float, float]]:
    return [event.span for recording in corpus for event in recording.annotations.seizures]


@pytest.fixture
def version_2(tmp_path: Path) -> Path:
    """Three splits, four recordings, both forms of session folders, two montages; one signal has other seconds."""
    edf = tmp_path / "v2.0.3" / "edf"
    first = [("TERM", 4.0, 9.5, "seiz"), ("TERM", 12.0, 18.0, "seiz")]
    on_channels = [
        ("FP1-F7", 0.0, 4.0, "bckg"),
        ("FP1-F7", 4.0, 9.0, "cpsz"),
        ("FP1-F7", 9.0, 20.0, "bckg"),
        ("F7-T3", 5.0, 9.5, "cpsz"),
        ("T3-T5", 12.0, 15.0, "fnsz"),
        ("F8-T4", 15.0, 18.0, "gnsz"),
    ]
    name = "aaaaapks_s012_t001"
    files = {"csv_bi": csv(name, 20.0, first), "csv": csv(name, 20.0, on_channels)}
    put(edf / "eval" / "aaaaapks" / "s012_2015_08_24" / "01_tcp_ar", name, files, 20)
    name = "aaaaaaac_s002_t000"
    background = {"csv_bi": csv(name, 30.0, [("TERM", 0.0119, 1.0551, "bckg")])}
    put(edf / "dev" / "aaaaaaac" / "s002_2003" / "02_tcp_le", name, background, 29)
    for name, montage in (("aaaaaaab_s001_t001", "03_tcp_ar_a"), ("aaaaaaab_s001_t000", "01_tcp_ar")):
        files = {"csv_bi": csv(name, 10.0, [("TERM", 0.0, 10.0, "bckg")])}
        put(edf / "train" / "aaaaaaab" / "s001_2002" / montage, name, files, 10)
    (edf.parent / "DOCS").mkdir()
    (edf.parent / "AAREADME.txt").write_text("TUSZ")
    return edf.parent


@pytest.fixture
def version_1(tmp_path: Path) -> Path:
    """Montage above patient, one patient under two montages, ``dev_test``, reports beside the signals; no signal."""
    root = tmp_path / "v1.5.0"
    session = root / "edf" / "train" / "03_tcp_ar_a" / "002" / "00000258" / "s001_2003_07_16"
    rows = [(0.0, 10.0, "bckg"), (10.0, 30.0, "fnsz"), (30.0, 42.5, "tcsz"), (42.5, 60.0, "bckg")]
    bi = [(0.0, 10.0, "bckg"), (10.0, 42.5, "seiz"), (42.5, 60.0, "bckg")]
    put(session, "00000258_s001_t000", {"tse": tse(rows), "tse_bi": tse(bi), "lbl": "x", "lbl_bi": "x"})
    (session / "00000258_s001.txt").write_text("CLINICAL HISTORY")
    session = root / "edf" / "train" / "01_tcp_ar" / "002" / "00000258" / "s002_2003_07_21"
    put(session, "00000258_s002_t000", {"tse": tse([(0.0, 7.0, "bckg")]), "tse_bi": tse([(0.0, 7.0, "bckg")])})
    session = root / "edf" / "dev_test" / "02_tcp_le" / "006" / "00000629" / "s001_2003_07_23"
    put(session, "00000629_s001_t001", {"tse_bi": tse([(0.0, 1.5, "seiz"), (1.5, 3.0, "bckg")])})
    return root


def test_version_2_gives_splits_patients_and_sessions(version_2: Path) -> None:
    corpus = list_tusz(version_2)
    found = [(item.split, item.subject, item.session, item.name, item.duration) for item in corpus]
    assert found == [
        ("train", "aaaaaaab", "s001", "aaaaaaab_s001_t000", 10.0),
        ("train", "aaaaaaab", "s001", "aaaaaaab_s001_t001", 10.0),
        ("dev", "aaaaaaac", "s002", "aaaaaaac_s002_t000", 30.0),
        ("eval", "aaaaapks", "s012", "aaaaapks_s012_t001", 20.0),
    ]
    assert spans(corpus) == [(4.0, 9.5), (12.0, 18.0)]
    assert {event.event_type for item in corpus for event in item.annotations} == {"sz"}


def test_signals_are_held_against_the_headers(version_2: Path) -> None:
    (remark,) = list_tusz(version_2).remarks
    assert (remark.kind, Path(remark.subject_of).name) == ("conflict", "aaaaaaac_s002_t000.edf")
    assert "29 s" in remark.text and "30 s" in remark.text


def test_a_recording_reads_its_signal_with_the_owners_marks(version_2: Path) -> None:
    recording = list_tusz(version_2).recordings[-1].read()
    assert recording.channels == ("EEG FP1-REF", "EEG F7-REF")
    assert recording.read(0.0, 1.0).shape == (2, 250)
    assert [event.onset for event in recording.annotations] == [4.0, 12.0]


def test_types_join_the_channels_of_one_label(version_2: Path) -> None:
    events = list_tusz(version_2, labels="types").recordings[-1].annotations.events
    assert events == (
        Event(4.0, 5.5, "sz_foc_ia", 1.0, ("FP1-F7", "F7-T3")),
        Event(12.0, 3.0, "sz_foc", 1.0, ("T3-T5",)),
        Event(15.0, 3.0, "sz_gen", 1.0, ("F8-T4",)),
    )


def test_where_types_are_missing_what_is_there_is_read_and_said(version_2: Path) -> None:
    corpus = list_tusz(version_2, labels="types")
    assert [remark.kind for remark in corpus.remarks].count("missing-file") == 3
    assert len(corpus) == 4


def test_version_1_gives_the_same_with_montages_above(version_1: Path) -> None:
    corpus = list_tusz(version_1)
    assert [(item.split, item.subject, item.session, item.duration) for item in corpus] == [
        ("train", "00000258", "s001", 60.0),
        ("train", "00000258", "s002", 7.0),
        ("dev", "00000629", "s001", 3.0),
    ]
    assert corpus.subjects == ("00000258", "00000629")
    assert spans(corpus) == [(10.0, 42.5), (0.0, 1.5)]
    assert [remark.text[:15] for remark in corpus.remarks] == ["none of the 3 E"]


def test_version_1_types_stay_apart_where_they_touch(version_1: Path) -> None:
    events = list_tusz(version_1, labels="types").recordings[0].annotations
    assert [(event.event_type, event.span) for event in events] == [
        ("sz_foc", (10.0, 30.0)),
        ("sz_gen_m_tonicClonic", (30.0, 42.5)),
    ]


def test_types_become_seizures_where_there_is_nothing_else(version_1: Path) -> None:
    next(version_1.rglob("00000258_s001_t000.tse_bi")).unlink()
    for suffix in ("lbl", "lbl_bi"):
        next(version_1.rglob(f"00000258_s001_t000.{suffix}")).unlink()
    corpus = list_tusz(version_1)
    assert spans(corpus)[0] == (10.0, 42.5)
    assert any(remark.subject_of.endswith("t000.tse") for remark in corpus.remarks)


def test_the_folder_is_found_from_the_version_or_from_edf(version_1: Path, version_2: Path) -> None:
    assert find_format(version_2) == find_format(version_1) == "tusz"
    assert [item.name for item in list_corpus(version_2 / "edf")] == [item.name for item in list_corpus(version_2)]


def test_another_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "edf" / "train" / "cats" / "black" / "sleep").mkdir(parents=True)
    assert not fits_tusz(tmp_path)
    assert not fits_tusz(tmp_path / "nowhere")
    with pytest.raises(RecordingError, match="is not TUSZ"):
        list_tusz(tmp_path)


def test_unknown_labels_are_refused(version_2: Path) -> None:
    with pytest.raises(ParameterError, match="'bi', 'types'"):
        list_tusz(version_2, labels="binary")


def test_a_background_row_says_nothing_about_length(tmp_path: Path) -> None:
    put_bi(tmp_path, [("TERM", 0.0119, 1.0551, "bckg")], duration=466.0)
    (recording,) = list_tusz(tmp_path)
    assert recording.duration == 466.0 and not len(recording.annotations)


def test_background_between_seizures_changes_nothing(tmp_path: Path) -> None:
    put_bi(tmp_path, [("TERM", 0, 5, "bckg"), ("TERM", 5, 9, "seiz"), ("TERM", 9, 100, "bckg")])
    corpus = list_tusz(tmp_path)
    assert spans(corpus) == [(5.0, 9.0)] and kinds(corpus) == []


def test_a_seizure_without_length_is_left_out_and_said(tmp_path: Path) -> None:
    put_bi(tmp_path, [("TERM", 0.0, 0.0, "seiz"), ("TERM", 9.0, 8.0, "seiz"), ("TERM", 20.0, 30.0, "seiz")])
    corpus = list_tusz(tmp_path)
    assert spans(corpus) == [(20.0, 30.0)] and kinds(corpus) == ["empty", "empty"]


def test_what_is_beyond_the_end_is_cut_or_left_out_and_said(tmp_path: Path) -> None:
    put_bi(tmp_path, [("TERM", 90.0, 100.5, "seiz"), ("TERM", 101.0, 105.0, "seiz")])
    corpus = list_tusz(tmp_path)
    assert spans(corpus) == [(90.0, 100.0)] and kinds(corpus) == ["beyond-end", "beyond-end"]


def test_overlaps_are_kept_as_the_owner_counts_them_and_said(tmp_path: Path) -> None:
    put_bi(tmp_path, [("TERM", 10.0, 30.0, "seiz"), ("TERM", 20.0, 40.0, "seiz")])
    corpus = list_tusz(tmp_path)
    assert corpus.n_seizures == 2 and kinds(corpus) == ["overlap"]


def test_a_recording_in_two_montages_is_taken_once(tmp_path: Path) -> None:
    name = "aaaaaqvx_s003_t000"
    for montage in ("03_tcp_ar_a", "01_tcp_ar"):
        folder = tmp_path / "edf" / "eval" / "aaaaaqvx" / "s003_2010" / montage
        put(folder, name, {"csv_bi": csv(name, 50.0, [("TERM", 1.0, 2.0, "seiz")])})
    corpus = list_tusz(tmp_path)
    assert len(corpus) == 1 and "01_tcp_ar" in corpus.recordings[0].path.parts
    (remark,) = (remark for remark in corpus.remarks if remark.kind == "duplicate")
    assert "03_tcp_ar_a" in remark.subject_of


def test_a_name_that_is_of_another_recording_is_said(tmp_path: Path) -> None:
    put_bi(tmp_path, [])
    path = next(tmp_path.rglob("*.csv_bi"))
    path.write_text(path.read_text().replace("bname = aaaaaaac_s001_t000", "bname = aaaaaaac_s001_t003"))
    corpus = list_tusz(tmp_path)
    assert kinds(corpus) == ["conflict"] and corpus.recordings[0].name == "aaaaaaac_s001_t000"


def test_without_a_length_in_the_header_the_signal_has_it(tmp_path: Path) -> None:
    name = "aaaaaaac_s001_t000"
    text = "\n".join(
        line for line in csv(name, 9.0, [("TERM", 1.0, 3.0, "seiz")]).split("\n") if "duration" not in line
    )
    folder = tmp_path / "edf" / "dev" / "aaaaaaac" / "s001_2002" / "02_tcp_le"
    put(folder, name, {"csv_bi": text})
    corpus = list_tusz(tmp_path)
    assert corpus.recordings[0].duration == 3.0 and kinds(corpus) == ["no-length"]
    put(folder, name, {}, signal_seconds=8)
    corpus = list_tusz(tmp_path)
    assert corpus.recordings[0].duration == 8.0 and kinds(corpus) == ["no-length"]


def test_what_nothing_says_the_length_of_is_left_out(tmp_path: Path) -> None:
    put_bi(tmp_path, [], name="aaaaaaac_s001_t001")
    put(tmp_path / "edf/dev/aaaaaaac/s001_2002/02_tcp_le", "aaaaaaac_s001_t000", {"tse_bi": "version = tse_v1.0.0\n\n"})
    corpus = list_tusz(tmp_path)
    assert [item.name for item in corpus] == ["aaaaaaac_s001_t001"]
    assert [remark.subject_of for remark in corpus.remarks if remark.kind == "unreadable"] == [
        "edf/dev/aaaaaaac/s001_2002/02_tcp_le/aaaaaaac_s001_t000.tse_bi"
    ]


def test_a_broken_file_and_a_signal_without_annotations_never_stop_the_rest(version_2: Path) -> None:
    next(version_2.rglob("aaaaaaab_s001_t000.csv_bi")).write_text("torn")
    next(version_2.rglob("aaaaaaab_s001_t001.csv_bi")).unlink()
    corpus = list_tusz(version_2)
    assert [item.name for item in corpus] == ["aaaaaaac_s002_t000", "aaaaapks_s012_t001"]
    assert kinds(corpus) == ["unreadable", "unreadable", "conflict"]


def test_a_non_epileptic_seizure_is_none(tmp_path: Path) -> None:
    rows = [("TERM", 1.0, 5.0, "nesz"), ("TERM", 7.0, 9.0, "EYEM_MUSC"), ("TERM", 10.0, 11.0, "wave")]
    put_bi(tmp_path, [], csv=csv("aaaaaaac_s001_t000", 100.0, rows))
    corpus = list_tusz(tmp_path, labels="types")
    assert corpus.n_seizures == 0
    assert [event.event_type for event in corpus.recordings[0].annotations] == ["nesz", "artf", "wave"]
    assert kinds(corpus) == ["unknown-type"]


def test_every_seizure_label_is_a_type_of_szcore() -> None:
    assert len(SEIZURE_LABELS) == 11
    assert all(is_known_type(name) for name in SEIZURE_LABELS.values())
    assert all(Event(0.0, 1.0, label_type(label)).is_seizure for label in SEIZURE_LABELS)
    assert not Event(0.0, 1.0, label_type("nesz")).is_seizure


rows_of_channels = st.lists(
    st.tuples(st.integers(0, 50), st.integers(1, 20), st.sampled_from(["sz_foc", "sz_gen"]), st.sampled_from("abc")),
    max_size=12,
)


@given(rows_of_channels)
def test_joined_events_cover_the_same_time_and_never_touch(rows: list[tuple[int, int, str, str]]) -> None:
    events = [Event(float(start), float(length), kind, None, (channel,)) for start, length, kind, channel in rows]
    joined = join_by_type(events)
    for kind in ("sz_foc", "sz_gen"):
        covered = {t for event in events if event.event_type == kind for t in range(int(event.onset), int(event.stop))}
        of_kind = [event for event in joined if event.event_type == kind]
        assert {t for event in of_kind for t in range(int(event.onset), int(event.stop))} == covered
        assert all(before.stop < after.onset for before, after in itertools.pairwise(of_kind))
        assert {name for event in of_kind for name in event.channels} == {row[3] for row in rows if row[2] == kind}
