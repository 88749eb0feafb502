"""The ten statistics are what they say, and real clips lie in the range of simulated ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ictal.core.events import Annotations, Event
from ictal.core.montage import MONTAGES
from ictal.core.recording import Recording
from ictal.io.events_tsv import read_events
from ictal.io.formats import read
from ictal.simulation.realism import (
    CLIP_SECONDS,
    NEIGHBOURS,
    SIMULATIONS,
    STATISTICS,
    Clip,
    cut_clip,
    describe,
    labelled_spans,
    usual_range,
)

RATE = 256.0
RNG = np.random.default_rng(0)
TIMES = np.arange(2560) / RATE


def alike(signal: np.ndarray) -> Clip:
    """Return a clip with the same signal in every lead."""
    return Clip(np.tile(signal, (18, 1)), RATE)


def test_a_sine_has_its_own_statistics() -> None:
    found = describe(alike(50.0 * np.sqrt(2) * np.sin(2 * np.pi * 10.0 * TIMES)))
    assert found["amplitude"] == pytest.approx(50.0, rel=1e-3)
    assert found["alpha"] > 99.0
    assert found["delta"] + found["theta"] + found["beta"] < 1.0
    assert found["kurtosis"] == pytest.approx(1.5, rel=0.01)
    assert found["line length"] == pytest.approx(4 * 50.0 * np.sqrt(2) * 10.0, rel=0.02)
    assert found["coherence"] == pytest.approx(1.0)
    assert found["unevenness"] == pytest.approx(1.0)


@pytest.mark.parametrize("exponent", [0.0, 2.0, 3.0])
def test_the_slope_is_that_of_the_noise(exponent: float) -> None:
    frequencies = np.fft.rfftfreq(2560, 1 / RATE)
    shape = np.maximum(frequencies, 0.5) ** (-exponent / 2)
    leads = np.fft.irfft(np.fft.rfft(RNG.standard_normal((18, 2560))) * shape, axis=1)
    found = describe(Clip(leads, RATE))
    assert found["slope"] == pytest.approx(exponent, abs=0.3)
    assert found["kurtosis"] == pytest.approx(3.0, abs=0.4)
    assert found["coherence"] < 0.3


def test_one_large_lead_is_uneven_and_leaves_the_rest_alone() -> None:
    leads = RNG.normal(0.0, 10.0, (18, 2560))
    leads[4] *= 20.0
    found = describe(Clip(leads, RATE))
    assert found["unevenness"] == pytest.approx(20.0, rel=0.05)
    assert found["amplitude"] == pytest.approx(10.0, rel=0.05)


def test_neighbours_share_an_electrode() -> None:
    leads = MONTAGES["double-banana"].leads
    assert len(NEIGHBOURS) == 13
    assert all(leads[first].cathode == leads[second].anode for first, second in NEIGHBOURS)


def test_a_clip_is_filtered_and_knows_nothing_of_what_is_around_it() -> None:
    names = sorted(MONTAGES["double-banana"].electrodes)
    signal = RNG.normal(0.0, 10.0, (19, 20 * 256)) + 500.0
    louder = signal.copy()
    louder[:, 10 * 256 :] *= 100.0
    clip, same = (cut_clip(Recording.from_array(made, RATE, names), (0.0, 10.0)) for made in (signal, louder))
    np.testing.assert_array_equal(clip.leads, same.leads)
    assert clip.leads.shape == (18, 2560)
    powers = np.abs(np.fft.rfft(clip.leads)) ** 2
    frequencies = np.fft.rfftfreq(2560, 1 / RATE)
    assert powers[:, frequencies > 60.0].sum() < 0.01 * powers.sum()


def test_clips_are_cut_from_what_is_labelled() -> None:
    labels = Annotations([Event(20.0, 10.0, "lpd"), Event(30.0, 25.0, "sz")], 60.0)
    assert labelled_spans(labels) == {
        "background": ((20.0, 30.0),),
        "seizure": ((30.0, 40.0), (40.0, 50.0)),
    }
    assert labelled_spans(labels, rest_is_background=True)["background"] == ((0.0, 10.0), (10.0, 20.0), (20.0, 30.0))


@pytest.mark.parametrize("kind", SIMULATIONS)
def test_a_simulated_clip_is_that_of_its_seed(kind: str) -> None:
    first, again, other = (SIMULATIONS[kind]("icu", seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.leads, again.leads)
    assert first.leads.shape == (18, round(CLIP_SECONDS * first.sampling_rate))
    assert not np.array_equal(first.leads, other.leads)


@pytest.mark.filterwarnings("ignore:.*comes more than once:ictal.core.errors.IctalWarning")
def test_real_clips_lie_in_the_range_of_simulated_ones_around_the_same_medians(test_data: Path) -> None:
    """A smaller version of ``benchmarks/realism.py``: real clips against their own population, each class apart."""
    corpora = {"child": ("chbmit-clips", True), "icu": ("iiic", False)}
    n_inside = n_values = n_amid = n_compared = 0
    for population, (folder, rest_is_background) in corpora.items():
        real: dict[str, list[dict[str, float]]] = {kind: [] for kind in SIMULATIONS}
        for path in sorted((test_data / "real" / folder).glob("*_eeg.edf")):
            labels = read_events(path.with_name(path.name.replace("_eeg.edf", "_events.tsv")))
            recording = read(path)
            for kind, spans in labelled_spans(labels, rest_is_background=rest_is_background).items():
                real[kind] += [describe(cut_clip(recording, span)) for span in spans]
        for kind, simulate in SIMULATIONS.items():
            assert real[kind]
            simulated = [describe(simulate(population, 500_000 + number)) for number in range(40)]
            for name in STATISTICS:
                values = np.array([clip[name] for clip in real[kind]])
                made = [clip[name] for clip in simulated]
                low, high = usual_range(made)
                n_inside += int(((values >= low) & (values <= high)).sum())
                n_values += len(values)
                if len(values) >= 9:
                    n_amid += bool(values.min() <= np.median(made) <= values.max())
                    n_compared += 1
    assert n_inside >= 0.9 * n_values
    assert n_amid >= 0.8 * n_compared
