"""Positions against another package's, names against the common spellings."""

from __future__ import annotations

import mne
import numpy as np
import pytest

from ictal.core.electrodes import SCALP_19, Electrode, find_electrode, positions


def test_positions_agree_with_another_spherical_table() -> None:
    theirs = mne.channels.make_standard_montage("easycap-M1").get_positions()["ch_pos"]
    angles = {}
    for name, place in positions().items():
        if name in theirs:
            other = theirs[name] / np.linalg.norm(theirs[name])
            angles[name] = np.degrees(np.arccos(np.clip(other @ place, -1, 1)))
    assert len(angles) > 60
    assert max(angles[name] for name in SCALP_19) < 3.0
    assert max(angles.values()) < 6.0


def test_positions_are_on_the_unit_sphere_and_mirrored() -> None:
    for name, place in positions().items():
        assert np.linalg.norm(place) == pytest.approx(1.0)
        digits = "".join(c for c in name if c.isdigit())
        if digits:
            other = name.replace(digits, str(int(digits) + (1 if int(digits) % 2 else -1)))
            np.testing.assert_allclose(positions()[other], place * [-1, 1, 1], atol=1e-12)


@pytest.mark.parametrize(
    ("text", "name"),
    [("FP1", "Fp1"), ("t3", "T7"), ("T6", "P8"), ("cz", "Cz"), ("01", "O1"), ("M2", "A2"), (" FCz ", "FCz")],
)
def test_spellings(text: str, name: str) -> None:
    assert find_electrode(text) == name


@pytest.mark.parametrize("text", ["ECG", "", "T1", "C3P", "Fp3x", "-"])
def test_other_texts_are_no_electrode(text: str) -> None:
    assert find_electrode(text) is None


@pytest.mark.parametrize(
    ("name", "hemisphere", "lobe"),
    [
        ("Fp1", "left", "frontal"),
        ("F8", "right", "temporal"),
        ("Cz", "midline", "central"),
        ("P4", "right", "parietal"),
        ("O1", "left", "occipital"),
        ("TP7", "left", "temporal"),
    ],
)
def test_where_an_electrode_is(name: str, hemisphere: str, lobe: str) -> None:
    electrode = Electrode(name)
    assert (electrode.hemisphere, electrode.lobe) == (hemisphere, lobe)


def test_every_position_has_a_hemisphere_and_a_lobe() -> None:
    for name in positions():
        assert Electrode(name).hemisphere in {"left", "right", "midline"}
        assert Electrode(name).lobe in {"frontal", "central", "temporal", "parietal", "occipital"}
