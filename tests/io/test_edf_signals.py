"""Which signals are channels, in which unit, and what is said of the others."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.io.edf_fields import Ledger
from ictal.io.edf_header import EdfHeader, SignalHeader
from ictal.io.edf_signals import EdfSignal, choose_signals, decode_unit, make_unique


def signal(label: str, dimension: str = "uV", samples: int = 256, **ranges: float) -> SignalHeader:
    defaults = {"physical_min": -2048.0, "physical_max": 2047.0, "digital_min": -2048, "digital_max": 2047}
    return SignalHeader(label, dimension, samples_per_record=samples, **(defaults | ranges))  # type: ignore[arg-type]


def choose(*signals: SignalHeader, duration: float = 1.0) -> tuple[tuple[EdfSignal, ...], list[str]]:
    ledger = Ledger()
    chosen = choose_signals(EdfHeader(signals, 10, duration), ledger)
    return chosen, [finding.field for finding in ledger.findings]


def channels(*signals: SignalHeader) -> list[str]:
    return [one.label for one in choose(*signals)[0] if not one.left_out]


@pytest.mark.parametrize("dimension", ["uV", "µV", "μV"])
def test_microvolts_by_the_book(dimension: str) -> None:
    (one,), findings = choose(signal("Fp1", dimension))
    assert (one.gain, one.offset, findings) == (1.0, 0.0, [])


@pytest.mark.parametrize(
    ("dimension", "microvolts"),
    [
        ("uv", 1.0),
        ("UV", 1.0),
        ("u V", 1.0),
        ("microV", 1.0),
        ("MicroVolt", 1.0),
        ("?V", 1.0),
        ("æV", 1.0),
        ("mv", 1e3),
        ("MV", 1e3),
        ("millivolt", 1e3),
        ("v", 1e6),
        ("Volts", 1e6),
        ("NV", 1e-3),
        ("", 1.0),
    ],
)
def test_odd_spellings_of_volts_are_taken_and_told(dimension: str, microvolts: float) -> None:
    (one,), findings = choose(signal("Fp1", dimension))
    assert one.gain == pytest.approx(microvolts)
    assert findings == ["physical dimension of Fp1"]


@pytest.mark.parametrize(("dimension", "microvolts"), [("mV", 1e3), ("V", 1e6), ("nV", 1e-3)])
def test_other_voltages_by_the_book(dimension: str, microvolts: float) -> None:
    (one,), findings = choose(signal("Fp1", dimension))
    assert one.gain == pytest.approx(microvolts)
    assert findings == []


@pytest.mark.parametrize("dimension", ["%", "bpm", "DegC", "mm", "au", "sec", "Boolean", "kV", "mVolts/s", "Hz"])
def test_what_is_no_voltage_stays_out(dimension: str) -> None:
    assert decode_unit(dimension) == (None, True)
    signals, findings = choose(signal("Fp1"), signal("F7", dimension))
    assert signals[1].left_out == f"is not a voltage ({dimension})"
    assert findings == []


def test_no_unit_is_microvolts_for_eeg_alone() -> None:
    signals, findings = choose(signal("Fp1", ""), signal("Resp oro-nasal", ""))
    assert [one.left_out for one in signals] == ["", "is not a voltage (no unit)"]
    assert findings == ["physical dimension of Fp1"]


def test_ecg_and_numbered_channels_stay_in_dummies_and_annotations_do_not() -> None:
    assert channels(
        signal("Fp1"), signal("-"), signal("EKG1"), signal("."), signal("61"), signal("EDF Annotations"), signal("")
    ) == ["Fp1", "EKG1", "61"]


@pytest.mark.parametrize("label", ["EDF Annotations", "BDF Annotations", "EDF annotations"])
def test_annotations_need_no_scale(label: str) -> None:
    signals, findings = choose(signal("Fp1"), signal(label, "", physical_min=0.0, physical_max=0.0))
    assert (signals[1].kind, signals[1].left_out, findings) == ("annotation", "annotations", [])


def test_the_rate_is_that_of_most_eeg_channels() -> None:
    signals, findings = choose(
        signal("Fp1", samples=256),
        signal("F7", samples=256),
        signal("C3", samples=512),
        signal("IBI", samples=1),
        *[signal(f"ECG{number}", samples=1024) for number in range(5)],
    )
    assert [one.label for one in signals if not one.left_out] == ["Fp1", "F7"]
    assert signals[2].left_out == "has 512 Hz, the recording 256 Hz"
    assert findings == ["sampling rate of C3"], "only EEG is worth a warning"


def test_of_equally_frequent_rates_the_higher_is_taken() -> None:
    assert channels(signal("Fp1", samples=256), signal("F7", samples=512)) == ["F7"]


def test_a_file_of_ecg_alone_has_no_channel() -> None:
    assert channels(signal("ECG"), signal("SpO2", "%")) == []


def test_repeated_labels_are_numbered() -> None:
    signals, findings = choose(signal("T8-P8"), signal("Fp1"), signal("T8-P8"), signal("T8-P8"), signal("T8-P8", "%"))
    assert [one.label for one in signals] == ["T8-P8", "Fp1", "T8-P8-1", "T8-P8-2", "T8-P8"]
    assert findings == ["label of T8-P8", "label of T8-P8"]


@given(st.lists(st.sampled_from(["A", "A-1", "A-2", "A-1-1", "B", ""]), max_size=12))
def test_labels_become_unique_and_the_first_keeps_its_own(labels: list[str]) -> None:
    unique = make_unique(labels)
    assert len(set(unique)) == len(labels)
    assert all(name == label or name.startswith(f"{label}-") for name, label in zip(unique, labels, strict=True))
    assert all(unique[labels.index(label)] == label for label in labels)


def test_ten_thousand_equal_labels_are_no_hang() -> None:
    assert make_unique(["A"] * 9999)[-1] == "A-9998"


@pytest.mark.parametrize(
    "ranges",
    [
        {"digital_min": 0, "digital_max": 0},
        {"physical_min": 5.0, "physical_max": 5.0},
        {"physical_min": -1e308, "physical_max": 1e308},
        {"physical_min": 0.0, "physical_max": 1e35},
        {"physical_min": 0.0, "physical_max": 1e-40},
    ],
)
def test_a_channel_without_a_scale_stays_out(ranges: dict[str, float]) -> None:
    signals, findings = choose(signal("Fp1"), signal("F7", **ranges))
    assert signals[1].left_out == "has no scale"
    assert math.isnan(signals[1].gain)
    assert findings == ["physical and digital range of F7"]


def test_inverted_ranges_keep_their_polarity() -> None:
    by_the_book, findings = choose(signal("Fp1", physical_min=2047.0, physical_max=-2048.0))
    assert (by_the_book[0].gain, findings) == (-1.0, [])
    odd, findings = choose(signal("Fp1", digital_min=2047, digital_max=-2048))
    assert (odd[0].gain, findings) == (-1.0, ["digital minimum of Fp1"])


@pytest.mark.parametrize(("samples", "duration"), [(0, 1.0), (10, 1e-6)])
def test_rates_that_cannot_be_stay_out(samples: int, duration: float) -> None:
    (one,), _ = choose(signal("Fp1", samples=samples), duration=duration)
    assert one.left_out.startswith("has ")
