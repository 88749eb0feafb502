"""Files of other formats, written by hand from their specifications or by mne, read to the sample."""

from __future__ import annotations

import gzip
import struct
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import mne
import numpy as np
import pytest
import scipy.io

from ictal.core.errors import IctalWarning, ParameterError, RecordingError
from ictal.core.events import Annotations, Event
from ictal.core.recording import Recording
from ictal.io.mne_bridge import from_mne, read_with_mne, to_mne

RATE = 200
N = 1000


def microvolts(n_channels: int, seed: int = 0) -> np.ndarray:
    """Whole tenths of a µV, which every format here can hold."""
    return np.random.default_rng(seed).integers(-3000, 3000, (n_channels, N)) / 10


def write_brainvision(folder: Path, data: np.ndarray, marks: list[str]) -> Path:
    """Write header, markers and int16 samples of 0.1 µV as the BrainVision core format 1.0 describes them."""
    labels = [f"Ch{number + 1}=E{number + 1},,0.1,µV" for number in range(len(data))]
    common = ["Codepage=UTF-8", "DataFile=night.eeg"]
    header = ["Brain Vision Data Exchange Header File Version 1.0", "[Common Infos]", *common, "MarkerFile=night.vmrk"]
    header += ["DataFormat=BINARY", "DataOrientation=MULTIPLEXED", f"NumberOfChannels={len(data)}"]
    header += [f"SamplingInterval={1e6 / RATE:g}", "[Binary Infos]", "BinaryFormat=INT_16", "[Channel Infos]", *labels]
    markers = ["Brain Vision Data Exchange Marker File, Version 1.0", "[Common Infos]", *common, "[Marker Infos]"]
    markers += [f"Mk{number}={mark}" for number, mark in enumerate(marks, start=1)]
    (folder / "night.vhdr").write_text("\r\n".join([*header, ""]), encoding="utf-8")
    (folder / "night.vmrk").write_text("\r\n".join([*markers, ""]), encoding="utf-8")
    (folder / "night.eeg").write_bytes(np.round(data * 10).T.astype("<i2").tobytes())
    return folder / "night.vhdr"


def test_brainvision(tmp_path: Path) -> None:
    data = microvolts(3)
    marks = ["New Segment,,1,1,0,20200102030405000000", "Comment,seizure,201,100,0", "New Segment,,601,1,0"]
    recording = read_with_mne(write_brainvision(tmp_path, data, marks))
    assert recording.channels == ("E1", "E2", "E3")
    assert (recording.sampling_rate, recording.n_samples) == (RATE, N)
    assert recording.start_time == datetime(2020, 1, 2, 3, 4, 5)
    assert recording.source == tmp_path / "night.vhdr"
    assert recording.annotations.events == (Event(1.0, 0.5, "Comment/seizure"),)
    assert recording.gaps == ((3.0, 3.005),)
    data[:, 600] = np.nan
    np.testing.assert_allclose(recording.read(), data, rtol=1e-6)
    np.testing.assert_array_equal(recording.read(1.0, 3.5), recording.read()[:, 200:700])


def example_raw(first_samp: int = 0) -> mne.io.RawArray:
    types = ["eeg", "eeg", "ecg", "stim", "misc"]
    info = mne.create_info(["Fp1", "Fp2", "ECG", "STI 014", "temp"], RATE, types)
    raw = mne.io.RawArray(np.vstack([microvolts(3) * 1e-6, np.ones((2, N))]), info, first_samp, verbose="error")
    raw.set_meas_date(datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC))
    marks = mne.Annotations(
        [1.0, 2.0, 4.0], [0.5, 0.25, 0.0], ["BAD_ACQ_SKIP", "sz", "EDGE boundary"], ch_names=[[], ["Fp2"], []]
    )
    return raw.set_annotations(marks)


def check_example(recording: Recording) -> None:
    assert recording.channels == ("Fp1", "Fp2", "ECG")
    assert recording.gaps == ((1.0, 1.5), (4.0, 4.005))
    assert recording.annotations.events == (Event(2.0, 0.25, "sz", channels=("Fp2",)),)
    assert recording.notes == ("left out, since they hold no voltages: STI 014, temp",)
    expected = microvolts(3)
    expected[:, 200:300] = expected[:, 800] = np.nan
    np.testing.assert_allclose(recording.read(), expected, rtol=1e-6)
    np.testing.assert_array_equal(recording.read(0.9, 1.2), recording.read()[:, 180:240])
    np.testing.assert_array_equal(recording.read(3.0, 3.5), recording.read()[:, 600:700])


def test_fif(tmp_path: Path) -> None:
    example_raw().save(tmp_path / "night_raw.fif", fmt="double", verbose="error")
    (tmp_path / "night_raw.FIF.gz").write_bytes(gzip.compress((tmp_path / "night_raw.fif").read_bytes()))
    check_example(read_with_mne(tmp_path / "night_raw.fif"))
    recording = read_with_mne(tmp_path / "night_raw.FIF.gz")
    check_example(recording)
    assert recording.start_time == datetime(2020, 1, 2, 3, 4, 5)


def test_a_raw_that_begins_later_keeps_its_times() -> None:
    recording = from_mne(example_raw(first_samp=5 * RATE))
    check_example(recording)
    assert recording.start_time == datetime(2020, 1, 2, 3, 4, 10)


def test_a_raw_without_a_date_keeps_its_times(tmp_path: Path) -> None:
    raw = example_raw(first_samp=400)
    raw.set_meas_date(None)
    check_example(from_mne(raw))
    assert from_mne(raw).start_time is None


def test_joined_raws_have_a_gap_of_one_sample(tmp_path: Path) -> None:
    info = mne.create_info(["Cz"], RATE, "eeg")
    pieces = [mne.io.RawArray(np.ones((1, N)) * 1e-6, info, verbose="error") for _ in range(2)]
    recording = from_mne(mne.concatenate_raws(pieces, verbose="error"))
    assert recording.n_samples == 2 * N
    assert np.flatnonzero(np.isnan(recording.read()[0])).tolist() == [N]


def test_a_raw_without_voltages_is_refused() -> None:
    raw = mne.io.RawArray(np.zeros((2, 10)), mne.create_info(2, 100.0, ["stim", "misc"]), verbose="error")
    with pytest.raises(RecordingError, match="holds no voltages; its channel types are misc, stim"):
        from_mne(raw)


def write_eeglab(folder: Path, data: np.ndarray, *, apart: bool) -> Path:
    labels = np.array([(f"E{number}",) for number in range(len(data))], dtype=[("labels", object)])
    fields = [("type", object), ("latency", object), ("duration", object)]
    events = np.array([("seizure", 201.0, 100.0), ("boundary", 600.5, 77.0)], dtype=fields)
    struct_of_eeg = {"nbchan": len(data), "trials": 1, "pnts": data.shape[1], "srate": float(RATE), "xmin": 0.0}
    struct_of_eeg |= {"xmax": (data.shape[1] - 1) / RATE, "chanlocs": labels, "event": events, "setname": "night"}
    struct_of_eeg["data"] = "night.fdt" if apart else data.astype(np.float32)
    scipy.io.savemat(folder / "night.set", {"EEG": struct_of_eeg}, appendmat=False)
    if apart:
        (folder / "night.fdt").write_bytes(data.T.astype("<f4").tobytes())
    return folder / "night.set"


@pytest.mark.parametrize("apart", [True, False], ids=["with-fdt", "in-one-file"])
def test_eeglab(tmp_path: Path, apart: bool) -> None:
    data = microvolts(3)
    with pytest.warns(IctalWarning, match=r"night\.set: .*boundary"):
        recording = read_with_mne(write_eeglab(tmp_path, data, apart=apart))
    assert recording.channels == ("E0", "E1", "E2")
    assert (recording.sampling_rate, recording.n_samples) == (RATE, N)
    assert recording.annotations.events == (Event(1.0, 0.5, "seizure"),)
    assert any("boundary" in note for note in recording.notes)
    data[:, 600] = np.nan
    np.testing.assert_allclose(recording.read(), data, rtol=1e-6)
    np.testing.assert_array_equal(recording.read(2.5, 3.5), recording.read()[:, 500:700])


def write_gdf(path: Path, data: np.ndarray) -> Path:
    """Write GDF 1.25: int16 in records of one second, one event in the table at the end."""
    n_channels, n_records = len(data), data.shape[1] // RATE
    fixed = b"GDF 1.25" + b"X X".ljust(80) + b"X".ljust(80) + b"2020010203040500"
    fixed += struct.pack("<q", 256 * (n_channels + 1)) + bytes(24 + 20) + struct.pack("<q", n_records)
    fixed += struct.pack("<II", 1, 1) + struct.pack("<I", n_channels)
    columns = [
        *(f"E{number}".encode().ljust(16) for number in range(n_channels)),
        *([b"".ljust(80)] * n_channels),
        *([b"uV".ljust(8)] * n_channels),
        struct.pack(f"<{n_channels}d", *[-3276.8] * n_channels),
        struct.pack(f"<{n_channels}d", *[3276.7] * n_channels),
        struct.pack(f"<{n_channels}q", *[-32768] * n_channels),
        struct.pack(f"<{n_channels}q", *[32767] * n_channels),
        *([b"".ljust(80)] * n_channels),
        struct.pack(f"<{n_channels}i", *[RATE] * n_channels),
        struct.pack(f"<{n_channels}i", *[3] * n_channels),
        bytes(32 * n_channels),
    ]
    records = np.round(data * 10).astype("<i2").reshape(n_channels, n_records, RATE).transpose(1, 0, 2)
    rate = RATE.to_bytes(3, "little")
    table = b"\x03" + rate + struct.pack("<IIHHI", 1, 201, 0x0101, 0, 100)
    path.write_bytes(fixed + b"".join(columns) + records.tobytes() + table)
    return path


def test_gdf(tmp_path: Path) -> None:
    data = microvolts(2)
    recording = read_with_mne(write_gdf(tmp_path / "night.gdf", data))
    assert recording.channels == ("E0", "E1")
    assert (recording.sampling_rate, recording.n_samples) == (RATE, N)
    assert recording.start_time == datetime(2020, 1, 2, 3, 4, 5)
    assert recording.annotations.events == (Event(1.0, 0.5, str(0x0101)),)
    np.testing.assert_allclose(recording.read(), data, rtol=1e-5, atol=1e-3)
    np.testing.assert_array_equal(recording.read(0.7, 3.5), recording.read()[:, 140:700])


def write_nihon_kohden(path: Path, blocks: list[np.ndarray], electrodes: list[int]) -> Path:
    """Write the device block, one control block and the data blocks of an EEG-1100C; samples are offset uint16."""
    data = bytearray(0x1800)
    data[0x00:0x10] = data[0x81:0x91] = b"EEG-1100C V01.00"
    data[0x91], data[0x17FE] = 1, 1
    struct.pack_into("<I", data, 0x92, 0x400)
    data[0x400 + 17] = len(blocks)
    for number, block in enumerate(blocks):
        struct.pack_into("<I", data, 0x400 + 18 + 20 * number, len(data))
        head = bytearray(0x27 + 10 * len(electrodes))
        struct.pack_into("<HI", head, 0x1A, RATE | 0xC000, block.shape[1] * 10 // RATE)
        head[0x26] = len(electrodes)
        head[0x27::10] = bytes(electrodes)
        with_marks = np.vstack([block, np.zeros((1, block.shape[1]), int)])
        data += head + (with_marks.T + 0x8000).astype("<u2").tobytes()
    path.write_bytes(data)
    return path


def test_nihon_kohden_with_a_pause(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    steps = np.random.default_rng(0).integers(-32768, 32767, (3, N))
    blocks = [steps[:, :400], steps[:, 400:600], steps[:, 600:]]
    with pytest.warns(IctalWarning, match=r"night\.EEG: .*21E.*PNT.*LOG") as said:
        recording = read_with_mne(write_nihon_kohden(tmp_path / "night.EEG", blocks, [0, 12, 42]))
    assert capsys.readouterr() == ("", "")
    assert len(said) == 1
    assert recording.channels == ("FP1", "T3")
    assert recording.notes[0] == "left out, since they hold no voltages: DC01"
    assert recording.gaps == ((2.0, 2.005), (3.0, 3.005))
    expected = -3200 + (steps[:2] + 32768) * (6399.902 / 65535)
    expected[:, [400, 600]] = np.nan
    np.testing.assert_allclose(recording.read(), expected, rtol=1e-5, atol=1e-3)
    np.testing.assert_array_equal(recording.read(1.5, 4.0), recording.read()[:, 300:800])


@pytest.mark.parametrize("name", ["a.vhdr", "a.set", "a.fif", "a.fif.gz", "a.gdf", "a.eeg"])
@pytest.mark.parametrize("content", [b"", b"not a recording\n" * 100])
def test_broken_files_are_refused_by_name(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(RecordingError, match=rf"{name}: mne cannot read it: .") as refusal:
        read_with_mne(tmp_path / name)
    assert "\n" not in str(refusal.value)


def test_missing_and_unknown_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match=r"a\.set: there is no such file"):
        read_with_mne(tmp_path / "a.set")
    (tmp_path / "a.xyz").write_bytes(b"")
    with pytest.raises(ParameterError, match=r"'\.xyz' is not allowed; allowed are '\.vhdr', '\.set'"):
        read_with_mne(tmp_path / "a.xyz")


def test_without_mne_the_error_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "a.set").write_bytes(b"")
    program = (
        "import sys; sys.modules['mne'] = sys.modules['mne.io'] = None\n"
        "from ictal.core.recording import Recording\nfrom ictal.io.mne_bridge import read_with_mne\n"
        "for call in (lambda: read_with_mne(sys.argv[1]), Recording.from_array([0.0], 1.0).to_mne):\n"
        "    try:\n        call()\n    except Exception as error:\n        print(type(error).__name__, error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, tmp_path / "a.set"], capture_output=True, text=True, check=True
    )
    first, second = done.stdout.splitlines()
    assert first.startswith("RecordingError") and first.endswith(
        'a.set: needs mne; install it with: pip install "ictal[formats]"'
    )
    assert second == 'RecordingError to_mne needs mne; install it with: pip install "ictal[formats]"'


def test_to_mne_marks_gaps_and_keeps_events() -> None:
    data = microvolts(4)
    data[:, 200:300] = np.nan
    events = Annotations(
        [Event(2.0, 0.25, "sz", channels=("Fp1",)), Event(3.0, 1.0, "sz", channels=("elsewhere",))], 5.0
    )
    start = datetime(2020, 1, 2, 3, 4, 5)
    labels = ["Fp1", "T8-P8", "T8-P8", "ECG"]
    raw = Recording.from_array(data, RATE, labels, start_time=start, annotations=events).to_mne()
    assert isinstance(raw, mne.io.RawArray)
    assert raw.ch_names == ["Fp1", "T8-P8", "T8-P8-1", "ECG"]
    assert raw.get_channel_types() == ["eeg", "eeg", "eeg", "ecg"]
    assert raw.info["meas_date"] == start.replace(tzinfo=UTC)
    np.testing.assert_allclose(raw.get_data(), np.nan_to_num(data) * 1e-6, rtol=1e-6)
    kept = raw.get_data(reject_by_annotation="omit")
    assert kept.shape[1] == N - 100
    assert raw.annotations.description.tolist() == ["BAD_ACQ_SKIP", "sz", "sz"]
    assert raw.annotations.ch_names.tolist() == [(), ("Fp1",), ()]


def test_there_and_back_is_the_same() -> None:
    data = microvolts(3)
    data[:, 200:300] = np.nan
    events = Annotations([Event(2.0, 0.25, "sz")], 5.0)
    there = Recording.from_array(data, RATE, ["Fp1", "EMG", "light"], annotations=events)
    back = Recording.from_mne(to_mne(there))
    assert (back.channels, back.gaps, back.annotations) == (there.channels, there.gaps, there.annotations)
    np.testing.assert_allclose(back.read(), there.read(), rtol=1e-6)


def test_a_value_that_is_no_number_is_refused_outside_gaps(tmp_path: Path) -> None:
    raw = example_raw()
    raw.load_data()._data[:, 200:300] = np.nan  # the stretch that is marked as not recorded
    assert np.isfinite(from_mne(raw).read(1.5)[:, 1:400]).all()
    raw._data[1, 700:710] = np.nan
    with pytest.raises(RecordingError, match=r"channel Fp2: is not a number at 3\.5 s; fill it, or mark the stretch"):
        from_mne(raw).read()
    raw.save(tmp_path / "night_raw.fif", fmt="double", verbose="error")
    with pytest.raises(RecordingError, match=r"night_raw\.fif: channel Fp2"):
        read_with_mne(tmp_path / "night_raw.fif").read(3.0, 4.0)
