"""Mutated files are read or refused: never another error, a hang, or more memory than the file is worth."""

from __future__ import annotations

import tracemalloc
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ictal.core.errors import IctalError, IctalWarning
from ictal.io.edf import read_edf

HOSTILE = [b"99999999", b"-1", b"nan", b"inf", b"1e308", b"-1e308", b"", b"0", b"1e-308", b"\xff" * 8, b"\0" * 8]
FIXED_FIELDS = [(0, 8), (168, 8), (176, 8), (184, 8), (192, 44), (236, 8), (244, 8), (252, 4)]


def mutate(data: st.DataObject, content: bytes) -> bytes:
    """Flip, insert, cut, or put a hostile value into a field of the header."""
    raw = bytearray(content)
    n_signals = 3
    widths = [16, 80, 8, 8, 8, 8, 8, 80, 8, 32]
    fields = list(FIXED_FIELDS)
    start = 256
    for width in widths:
        fields += [(start + i * width, width) for i in range(n_signals)]
        start += width * n_signals
    for _ in range(data.draw(st.integers(1, 4))):
        match data.draw(st.sampled_from(["field", "field", "flip", "insert", "cut", "annotation"])):
            case "field":
                place, width = data.draw(st.sampled_from(fields))
                raw[place : place + width] = data.draw(st.sampled_from(HOSTILE))[:width].ljust(width)
            case "flip":
                place = data.draw(st.integers(0, len(raw) - 1))
                raw[place] = data.draw(st.integers(0, 255))
            case "insert":
                place = data.draw(st.integers(0, len(raw)))
                raw[place:place] = data.draw(st.binary(max_size=20))
            case "cut":
                del raw[data.draw(st.integers(1, len(raw))) :]
            case _:
                onset = data.draw(st.sampled_from([b"+1e9", b"-5", b"+99999999999", b"+0.00001", b"x", b""]))
                place = raw.rfind(b"\x14\x14")
                begin = raw.rfind(b"+", 0, max(place, 0))
                if 0 <= begin < place:
                    raw[begin:place] = onset[: place - begin].ljust(place - begin, b"0")
    return bytes(raw)


@settings(max_examples=400, deadline=2000, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), kind=st.sampled_from(["EDF", "EDF+C", "EDF+D", "BDF+D"]))
def test_a_mutated_file_is_read_or_refused(edf: Any, data: st.DataObject, kind: str) -> None:
    sample_bytes = 3 if kind.startswith("BDF") else 2
    lists = [f"+{onset}\x14\x14\0+{onset}\x14Seizure\x14\0".encode() for onset in (0, 1, 5, 6)]
    signals = [
        edf.ramp("Fp1", n_samples=20, sample_bytes=sample_bytes),
        edf.ramp("Resp", n_samples=5, sample_bytes=sample_bytes),
        edf.annotations(lists, sample_bytes=sample_bytes),
    ]
    version = b"0" if sample_bytes == 2 else b"\xffBIOSEMI"
    path = edf.folder / "mutated.edf"
    path.write_bytes(mutate(data, edf.build(signals, reserved=kind, version=version)))
    tracemalloc.start()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", IctalWarning)
            read_what_can_be_read(path)
        assert tracemalloc.get_traced_memory()[1] < 20e6
    finally:
        tracemalloc.stop()


def read_what_can_be_read(path: Path) -> None:
    try:
        recording = read_edf(path)
    except IctalError as error:
        assert str(error).startswith(str(path))
        assert "\n" not in str(error)
        return
    assert 0 < recording.sampling_rate < np.inf
    assert all(0 <= start < stop <= recording.duration for start, stop in recording.gaps)
    length = min(recording.n_samples, 500)
    for first in (0, recording.n_samples - length, (recording.n_samples - length) // 2):
        signal = recording.read_samples(first, first + length)
        assert not np.isinf(signal).any()
        assert recording.gaps or not np.isnan(signal).any()
    assert all(event.duration >= 0 for event in recording.annotations)
