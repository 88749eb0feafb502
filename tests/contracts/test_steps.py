"""What every step of preprocessing promises, tried on every line of the table."""

from __future__ import annotations

import itertools
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ictal.core.electrodes import SCALP_19
from ictal.core.errors import ParameterError
from ictal.core.recording import ArrayRecording, Recording, Signal
from ictal.preprocessing.chain import Chain, parse_step
from ictal.preprocessing.step import Step, Stream
from ictal.preprocessing.steps import STEPS

RATE = 128.0
CHANNELS = (*(f"EEG {name}-Ref" for name in SCALP_19[1:]), "EMG")
SECONDS = 48
TOLERANCE = 1e-6  # of the range of the signal
ROUNDING = 2.5e-7  # of the value: two steps of float32

EXAMPLES: dict[str, list[dict[str, Any]]] = {
    "band-pass": [
        {"low": 0.5, "high": 30.0},
        {"low": 0.5, "high": 30.0, "order": 3, "phase": "causal"},
        {"low": 1.0, "high": 8.0, "order": 2, "phase": "causal", "start": "zero"},
    ],
    "high-pass": [{"cutoff": 0.3}, {"cutoff": 1.0, "order": 5, "phase": "causal"}],
    "low-pass": [{"cutoff": 25.0}, {"cutoff": 2.0, "order": 3}, {"cutoff": 25.0, "phase": "causal"}],
    "mad": [{}, {"normal": True}],
    "montage": [{}, {"missing": "mask"}, {"to": "average"}, {"to": "as-recorded"}],
    "notch": [{"frequency": 20.0}, {"frequency": 50.0, "phase": "causal"}, {"frequency": "auto"}],
    "reference": [{}, {"to": "bipolar", "leads": ["F7-T7", "C3-C4"]}, {"to": "laplacian"}],
    "resample": [{"sampling_rate": 64.0}, {"sampling_rate": 200.0}, {"sampling_rate": 128.0}],
    "running-mad": [{"window": 5.0}],
    "running-z-score": [{"window": 5.0, "update": 0.7}],
    "z-score": [{}],
}

ALL = [parse_step({"step": name, **each}) for name, examples in EXAMPLES.items() for each in examples]
each_step = pytest.mark.parametrize("step", ALL, ids=repr)


class Watched(Recording):
    """A recording that counts what is read of it."""

    def __init__(self, inner: Recording) -> None:
        self._inner = inner
        self.channels, self.sampling_rate, self.n_samples = inner.channels, inner.sampling_rate, inner.n_samples
        self.gaps = inner.gaps
        self.n_read = 0

    def read_samples(self, first: int, last: int) -> Signal:
        assert 0 <= first <= last <= self.n_samples
        self.n_read += last - first
        return self._inner.read_samples(first, last)


def noisy_recording(seed: int, gaps: list[tuple[float, float]]) -> ArrayRecording:
    """Noise with slow drifts, a large offset and a line, as an amplifier gives it."""
    rng = np.random.default_rng(seed)
    n_samples = int(SECONDS * RATE)
    time = np.arange(n_samples) / RATE
    drift = rng.standard_normal((len(CHANNELS), n_samples)).cumsum(axis=1)
    signal = 300.0 + drift + 20 * rng.standard_normal(drift.shape) + 10 * np.sin(2 * np.pi * 50 * time)
    return Recording.from_array(signal, RATE, CHANNELS, gaps=gaps)


def some_gaps(draw: st.DrawFn, unit: float) -> list[tuple[float, float]]:
    """Up to three gaps, with edges at multiples of `unit` seconds."""
    edges = draw(st.lists(st.integers(0, int(SECONDS / unit)), min_size=0, max_size=6, unique=True).map(sorted))
    return [(a * unit, b * unit) for a, b in zip(edges[::2], edges[1::2], strict=False)]


@st.composite
def gaps_at_samples(draw: st.DrawFn) -> list[tuple[float, float]]:
    return some_gaps(draw, 1 / RATE)


@st.composite
def gaps_at_seconds(draw: st.DrawFn) -> list[tuple[float, float]]:
    return some_gaps(draw, 1.0)


def spread(signal: Signal) -> float:
    """The range of a signal, or 1 where there is none."""
    known = signal[np.isfinite(signal)]
    return max(float(np.ptp(known)), TOLERANCE) if known.size else 1.0


def assert_same(found: Signal, expected: Signal, scale: float) -> None:
    assert found.dtype == np.float32
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, rtol=ROUNDING, atol=TOLERANCE * scale)


def test_every_line_of_the_table_has_examples() -> None:
    assert set(EXAMPLES) == set(STEPS)


@each_step
def test_name_and_settings_survive_json(step: Step) -> None:
    chain = Chain(steps=(step.design(RATE),))
    back = Chain.model_validate_json(chain.model_dump_json())
    assert back == chain
    assert type(back.steps[0]) is STEPS.load(step.step)


@each_step
def test_nothing_is_read_until_it_is_read(step: Step) -> None:
    source = Watched(noisy_recording(0, []))
    applied = step.apply(source)
    assert source.n_read == 0
    assert applied.duration == pytest.approx(SECONDS, abs=0.02)
    assert applied.sampling_rate == step.output_rate(RATE)


@each_step
@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 99), gaps=gaps_at_samples(), data=st.data())
def test_a_block_equals_that_block_of_the_whole(
    step: Step, seed: int, gaps: list[tuple[float, float]], data: st.DataObject
) -> None:
    recording = noisy_recording(seed, gaps)
    whole = step.apply(recording).read()
    applied = step.apply(Watched(recording))
    edges = data.draw(st.lists(st.integers(0, applied.n_samples), min_size=2, max_size=6).map(sorted))
    for first, last in itertools.pairwise(edges):
        assert_same(applied.read_samples(first, last), whole[:, first:last], spread(whole))


@each_step
@settings(max_examples=8, deadline=None)
@given(gaps=gaps_at_seconds())
def test_each_stretch_between_gaps_stands_alone(step: Step, gaps: list[tuple[float, float]]) -> None:
    if step.step in {"mad", "z-score"} or getattr(step, "frequency", None) == "auto":
        gaps = gaps[:0]  # these look at the whole recording on purpose
    recording = noisy_recording(1, gaps)
    applied = step.apply(recording)
    whole, silent = applied.read(), np.ones(applied.n_samples, bool)
    for first, last in recording.segments:
        alone = step.apply(Recording.from_array(recording.read_samples(first, last), RATE, CHANNELS)).read()
        start = round(first / RATE * applied.sampling_rate)
        assert_same(whole[:, start : start + alone.shape[1]], alone, spread(alone))
        silent[start : start + alone.shape[1]] = False
    assert np.isnan(whole[:, silent]).all()
    assert not np.isnan(whole[:, ~silent]).any()


@each_step
@settings(max_examples=8, deadline=None)
@given(gaps=gaps_at_seconds(), data=st.data())
def test_a_stream_gives_what_the_recording_gives(
    step: Step, gaps: list[tuple[float, float]], data: st.DataObject
) -> None:
    recording = noisy_recording(2, gaps)
    if not step.causal:
        with pytest.raises(ParameterError, match=step.step):
            step.stream(recording.channels, RATE)
        return
    applied = step.apply(recording)
    whole, stream = applied.read(), step.stream(recording.channels, RATE)
    assert stream.channels == applied.channels
    assert stream.sampling_rate == applied.sampling_rate
    for first, last in recording.segments:
        streamed = feed(stream, recording.read_samples(first, last), data)
        start = round(first / RATE * applied.sampling_rate)
        assert_same(streamed, whole[:, start : start + streamed.shape[1]], spread(whole))
        stream.reset()


def feed(stream: Stream, signal: Signal, data: st.DataObject) -> Signal:
    """Push a signal in chunks of random length, empty ones among them, and flush."""
    cuts = data.draw(st.lists(st.integers(0, signal.shape[1]), max_size=8).map(sorted))
    pieces = [stream.push(piece) for piece in np.split(signal, cuts, axis=1)]
    return np.concatenate([*pieces, stream.flush()], axis=1)


@each_step
def test_designed_twice_is_designed_once(step: Step) -> None:
    designed = step.design(RATE)
    assert designed.design(RATE) is designed


def test_designed_steps_run_without_heavy_imports() -> None:
    designed = [step.design(RATE).model_dump(mode="json") for step in ALL]
    lines = [
        "import sys, numpy as np",
        "from ictal.core.recording import Recording",
        "from ictal.preprocessing.chain import parse_step",
        f"recording = Recording.from_array(np.random.rand({len(CHANNELS)}, 2000), {RATE}, {list(CHANNELS)!r})",
        f"for settings in {designed!r}:",
        "    parse_step(settings).apply(recording).read()",
        "print(sorted({'scipy', 'torch', 'mne', 'pandas', 'matplotlib'} & set(sys.modules)))",
    ]
    output = subprocess.run([sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=True)
    assert output.stdout.strip() == "[]"
