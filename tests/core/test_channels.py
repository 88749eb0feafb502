"""Labels as they are found in the wild."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ictal.core.channels import channel_kind, parse_label, parse_labels


@pytest.mark.parametrize(
    ("label", "meaning"),
    [
        ("Fp1", "Fp1-REF?"),
        ("EEG Fp1", "Fp1-REF?"),
        ("EEG FP1-REF", "Fp1-REF"),
        ("EEG FP1-LE", "Fp1-LE"),
        ("Fp1-Avg", "Fp1-AVG"),
        ("FP1-F7", "Fp1-F7"),
        ("T8-P8-0", "T8-P8"),
        ("T5-O1", "P7-O1"),
        ("EEG Fpz-Cz", "Fpz-Cz"),
        ("C3-A2", "C3-A2"),
        ("EEG C3 - CS2", "C3-CS2"),
        ("Fp1.", "Fp1-REF?"),
        ("01", "O1-REF?"),
        ("POL Fz", "Fz-REF?"),
    ],
)
def test_leads(label: str, meaning: str) -> None:
    assert str(parse_label(label)) == meaning


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("EEG EKG1-REF", "ecg"),
        ("ECG", "ecg"),
        ("EOG left", "eog"),
        ("EEG ROC-REF", "eog"),
        ("LOC-ROC", "eog"),
        ("EMG EMG", "emg"),
        ("-", "dummy"),
        (".", "dummy"),
        ("", "dummy"),
        ("--0", "dummy"),
        ("PHOTIC-REF", "other"),
        ("DC1-DC", "other"),
        ("IBI", "other"),
        ("SUPPR", "other"),
        ("VNS", "other"),
        ("Resp nasal", "other"),
        ("EDF Annotations", "annotation"),
        ("EEG EEG1A", "eeg"),
        ("EEG 26-REF", "eeg"),
        ("mouse 3 cortex", "eeg"),
    ],
)
def test_kinds(label: str, kind: str) -> None:
    assert channel_kind(label) == kind


def test_a_cap_that_numbers_its_electrodes_is_not_read_as_10_20() -> None:
    cap = [f"{letter}{number}" for letter in "ABCDEFGH" for number in range(1, 33)]
    assert parse_labels(cap) == [None] * len(cap)
    assert parse_labels(["A1", "F7", "C3"]) == [parse_label("A1"), parse_label("F7"), parse_label("C3")]


def test_every_real_header_yields_its_scalp_electrodes(test_data: Path) -> None:
    sets = json.loads((test_data / "edf" / "headers" / "header_sets.json").read_text())
    for entry in sets:
        placed = [label for label in entry["label"] if parse_label(label) is not None]
        assert len(placed) >= 16, entry["example"]
