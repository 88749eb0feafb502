"""Annotations of PyEcog in Unix seconds, and the telemetry that they are about."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import h5py
import numpy as np
import pytest

from ictal.core.events import Event
from ictal.core.recording import Recording
from ictal.io.corpora.corpus import CorpusRecording, Remark
from ictal.io.corpora.pyecog import find_exports, list_pyecog, read_export
from ictal.io.edf_write import write_edf

HOUR = 1456063228
"""When the first file began."""

HEADER = "Animal ID,label,start,stop,confidence,notes"


def write_telemetry(root: Path, animal: str, start: int, ids: tuple[int, ...] = (7,), seconds: float = 60.0) -> Path:
    """As ndf_converter saves an hour: a group for the file, one for each transmitter, gzip in one chunk."""
    path = root / animal / f"M{start}_2016-02-21-14-00-28_tids_{list(ids)}.h5"
    path.parent.mkdir(parents=True, exist_ok=True)
    with h5py.File(path, "w") as file:
        file.attrs["num_channels"] = len(ids)
        file.attrs["t_ids"] = list(ids)
        file.attrs["fs_dict"] = str(dict.fromkeys(ids, 256))
        for number in ids:
            group = file.create_group(f"M{start}/{number}")
            group.attrs["fs"] = 256
            data = np.full(int(256 * seconds), number, np.float32)
            group.create_dataset("data", data=data, compression="gzip", chunks=data.shape)
    return path


def write_meta(path: Path, **said: object) -> None:
    """As create_metafile_from_h5 writes it."""
    meta = {"fs": 256, "no_channels": 1, "data_format": "h5", "volts_per_bit": 4e-7, "transmitter_id": "[7]"}
    meta |= {"start_timestamp_unix": HOUR, "duration": 60, "channel_labels": ["7"], "experiment_metadata_str": ""}
    path.with_suffix(".meta").write_text(json.dumps({**meta, **said}, indent=2, sort_keys=True))


def write_export(root: Path, *rows: str) -> Path:
    path = root / "annotations.csv"
    path.write_text("\n".join([HEADER, *rows, ""]))
    return path


def listed(root: Path, *labels: str, utc_offset: float = 0.0) -> tuple[list[CorpusRecording], list[Remark]]:
    return list_pyecog(root, labels, utc_offset)


def test_exports_are_known_by_their_columns(tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("file,start,end\n")
    assert find_exports(tmp_path) == find_exports(tmp_path / "gone") == []
    assert find_exports(tmp_path / "other.csv") == []
    path = write_export(tmp_path)
    assert find_exports(tmp_path) == [path]


def test_rows_of_an_export(tmp_path: Path) -> None:
    path = write_export(
        tmp_path,
        "rat 3,seizure,1456063230.5,1456063240,0.9,short, with a comma",
        "rat 3,seizure,1456063250,1456063255,inf,",
        "rat 3,(auto)seizure,1456063250,1456063255,0.7,",
        "rat 3,seizure,1456063255,1456063250,inf,",
        "rat 3,seizure,then,1456063250,inf,",
        "rat 3,seizure",
    )
    marks, remarks = read_export(path)
    assert [(mark.start, mark.stop, mark.confidence) for mark in marks] == [
        (1456063230.5, 1456063240.0, 0.9),
        (1456063250.0, 1456063255.0, None),
    ]
    assert [(remark.kind, remark.text.partition(":")[0]) for remark in remarks] == [
        ("odd-row", "line 5"),
        ("odd-row", "line 6"),
        ("odd-row", "line 7"),
        ("predicted", "1 rows are labelled (auto), so that no reader marked them; they are left out."),
    ]


def test_telemetry_of_two_animals(tmp_path: Path) -> None:
    write_telemetry(tmp_path, "rat 3", HOUR)
    write_telemetry(tmp_path, "rat 3", HOUR + 60)
    write_telemetry(tmp_path, "rat 4", HOUR + 30, ids=(10, 9))
    write_export(
        tmp_path,
        f"rat 3,seizure,{HOUR + 10.5},{HOUR + 20},inf,",
        f"rat 3,Seizure,{HOUR + 50},{HOUR + 75},0.5,goes on in the next file",
        f"rat 3,artefact,{HOUR + 100},{HOUR + 110},inf,",
        f"rat 4,seizure,{HOUR + 31},{HOUR + 33},inf,",
        f"rat 4,seizure,{HOUR},{HOUR + 5},inf,before it began",
        f"rat 5,seizure,{HOUR},{HOUR + 5},inf,never recorded",
    )
    (first, second, third), remarks = listed(tmp_path)
    assert [(each.subject, each.session, each.start, each.duration) for each in (first, second, third)] == [
        ("rat 3", "rat 3", 0.0, 60.0),
        ("rat 3", "rat 3", 60.0, 60.0),
        ("rat 4", "rat 4", 0.0, 60.0),
    ]
    assert first.annotations.events == (Event(10.5, 9.5), Event(50.0, 10.0, confidence=0.5))
    assert second.annotations.events == (Event(0.0, 15.0, confidence=0.5), Event(40.0, 10.0, "artefact"))
    assert third.annotations.events == (Event(1.0, 2.0),)
    signal = third.read()
    assert (signal.channels, signal.sampling_rate) == (("9", "10"), 256.0)
    np.testing.assert_array_equal(signal.read(0.0, 0.5), np.repeat([[9.0], [10.0]], 128, axis=1))
    assert [(remark.kind, remark.subject_of) for remark in remarks] == [
        ("unknown-type", second.name),
        ("no-recording", "rat 4"),
        ("no-recording", "rat 5"),
    ]


def test_labels_that_mean_a_seizure(tmp_path: Path) -> None:
    write_telemetry(tmp_path, "rat 3", HOUR)
    write_export(tmp_path, f"rat 3,Sz gen,{HOUR + 1},{HOUR + 2},inf,", f"rat 3,swd,{HOUR + 5},{HOUR + 6},inf,")
    (recording,), _ = listed(tmp_path, "sz*")
    assert [event.event_type for event in recording.annotations] == ["sz", "swd"]


def test_meta_goes_before_the_name_and_is_enough_without_the_signal(tmp_path: Path) -> None:
    path = write_telemetry(tmp_path, "rat 3", HOUR)
    write_meta(path, start_timestamp_unix=HOUR + 5)
    other = tmp_path / "rat 3" / "night.h5"
    write_meta(other, start_timestamp_unix=HOUR + 100, duration=3600)
    write_export(tmp_path, f"rat 3,seizure,{HOUR + 10},{HOUR + 20},inf,")
    (first, second), remarks = listed(tmp_path)
    assert (first.annotations[0].onset, first.start) == (5.0, 0.0)
    assert (second.path, second.duration, second.start, len(second.annotations)) == (other, 3600.0, 95.0, 0)
    assert remarks == []


def test_files_that_do_not_say_when_they_began_are_left_out(tmp_path: Path) -> None:
    path = write_telemetry(tmp_path, "rat 3", HOUR)
    path.rename(path.with_name("night.h5"))
    write_meta(tmp_path / "rat 3" / "raw.bin", data_format="float32")
    (tmp_path / "rat 3" / "broken.meta").write_text("{")
    recordings, remarks = listed(tmp_path)
    assert recordings == []
    found = {remark.subject_of.rpartition("/")[2]: remark.text for remark in remarks}
    assert set(found) == {"night.h5", "raw.meta", "broken.meta"}
    assert found["night.h5"].startswith("it began at None and lasts 60.0 s; needed are a .meta that says both")
    assert found["raw.meta"].startswith("is not about an h5 file of PyEcog")


def write_day(path: Path, began: datetime | None) -> None:
    path.parent.mkdir(exist_ok=True)
    noise = Recording.from_array(np.random.default_rng(0).normal(0.0, 20.0, (1, 6000)), 100.0)
    write_edf(path, noise, start_time=began)


@pytest.mark.parametrize(
    ("clock", "utc_offset"),
    [("2016-02-21 14:00:28", 0.0), ("2016-02-21 16:00:28", 2.0), ("2016-02-21 10:30:28", -3.5)],
)
def test_edf_files_begin_when_their_header_says(tmp_path: Path, clock: str, utc_offset: float) -> None:
    """Unix time 1456063228 is 14:00:28 in London on 21 February 2016."""
    write_day(tmp_path / "rat 3" / "day.edf", datetime.fromisoformat(clock))
    write_export(tmp_path, f"rat 3,seizure,{HOUR + 10},{HOUR + 20},inf,")
    (recording,), remarks = listed(tmp_path, utc_offset=utc_offset)
    assert recording.annotations.events == (Event(10.0, 10.0),)
    assert type(recording) is CorpusRecording
    assert [remark.kind for remark in remarks] == ["time-zone"]
    assert recording.read().annotations == recording.annotations


def test_the_time_in_a_name_needs_no_time_zone(tmp_path: Path) -> None:
    write_day(tmp_path / "rat 3" / f"M{HOUR}.edf", None)
    write_export(tmp_path, f"rat 3,seizure,{HOUR + 10},{HOUR + 20},inf,")
    (recording,), remarks = listed(tmp_path)
    assert (recording.annotations.events, remarks) == ((Event(10.0, 10.0),), [])


def test_an_edf_without_a_date_cannot_be_placed(tmp_path: Path) -> None:
    write_day(tmp_path / "rat.edf", None)
    content = bytearray((tmp_path / "rat.edf").read_bytes())
    content[168:184] = b"99.99.9999.99.99"
    (tmp_path / "rat.edf").write_bytes(content)
    recordings, remarks = listed(tmp_path)
    assert (recordings, [remark.kind for remark in remarks]) == ([], ["unreadable", "time-zone"])


def test_a_mark_at_the_seam_is_of_one_file(tmp_path: Path) -> None:
    write_telemetry(tmp_path, "rat 3", HOUR)
    write_telemetry(tmp_path, "rat 3", HOUR + 60)
    write_export(tmp_path, f"rat 3,seizure,{HOUR + 50},{HOUR + 60},inf,", f"rat 3,seizure,{HOUR + 60},{HOUR + 60},inf,")
    (first, second), remarks = listed(tmp_path)
    assert first.annotations.events == (Event(50.0, 10.0),)
    assert second.annotations.events == (Event(0.0, 0.0),)
    assert remarks == []
