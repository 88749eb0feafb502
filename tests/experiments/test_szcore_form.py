"""Any scalp recording in the montage and at the rate of SzCORE."""

from __future__ import annotations

import numpy as np
import pytest

from ictal.core.electrodes import SCALP_19
from ictal.core.errors import RecordingError
from ictal.core.events import Event
from ictal.core.recording import Recording
from ictal.experiments.szcore_form import (
    SZCORE_LEADS,
    bring_to_szcore,
    is_referential,
    rename_channels,
    spell_as_szcore,
)
from ictal.io.bids import SZCORE_CHANNELS


def noise(labels: tuple[str, ...], rate: float = 256.0) -> Recording:
    return Recording.from_array(np.random.default_rng(0).normal(0.0, 20.0, (len(labels), 512)), rate, labels)


def test_referential_becomes_each_electrode_against_their_average() -> None:
    referential = noise(tuple(f"EEG {name}-Ref" for name in SCALP_19))
    brought = bring_to_szcore(referential)
    assert brought.channels == SZCORE_CHANNELS
    expected = referential.read() - referential.read().mean(axis=0)
    rows = [SZCORE_CHANNELS.index(f"{spell_as_szcore(name)}-Avg") for name in SCALP_19]
    np.testing.assert_allclose(brought.read()[rows], expected, atol=1e-3)


def test_bipolar_becomes_the_double_banana() -> None:
    bipolar = noise(tuple(label.replace("T3", "T7").upper() for label in SZCORE_LEADS[::-1]))
    brought = bring_to_szcore(bipolar)
    assert brought.channels == SZCORE_LEADS
    np.testing.assert_allclose(brought.read(), bipolar.read()[::-1], atol=1e-4)


def test_the_rate_is_256_hz() -> None:
    assert bring_to_szcore(noise(("FP1-F7", "F7-T7"), rate=512.0)).sampling_rate == 256.0


def test_a_recording_without_scalp_electrodes_is_refused() -> None:
    with pytest.raises(RecordingError, match="no lead"):
        bring_to_szcore(noise(("left cortex", "right cortex")))


def test_chb12_27_is_referential_though_its_reference_is_an_odd_one() -> None:
    assert is_referential(["F7-CS2", "T7-CS2", "P7-CS2", "C2-CS2"])
    assert not is_referential(["left cortex", "EMG"])


def test_events_stay_on_their_channels() -> None:
    event = Event(0.0, 1.0, channels=("FP1-F7", "T7-P7", "FT9-FT10"))
    assert rename_channels(event, SZCORE_LEADS).channels == ("Fp1-F7", "T3-T5")
    assert rename_channels(event, ("FP1-F7", "T7-P7", "FT9-FT10")) == event
