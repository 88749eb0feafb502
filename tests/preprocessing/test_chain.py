"""Steps in a row: composition, JSON, refusals, and a published pipeline."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import signal as ss

from ictal.core.electrodes import SCALP_19
from ictal.core.errors import ParameterError
from ictal.core.montage import MONTAGES
from ictal.core.recording import Recording
from ictal.preprocessing.band_pass import BandPass
from ictal.preprocessing.chain import Chain, parse_step
from ictal.preprocessing.low_pass import LowPass
from ictal.preprocessing.notch import Notch
from ictal.preprocessing.resample import Resample
from ictal.preprocessing.z_score import ZScore

STEPS = [
    {"step": "montage", "to": "double-banana"},
    {"step": "resample", "sampling_rate": 256},
    {"step": "low-pass", "cutoff": 64},
]


def referential(rate: float, gaps: list[tuple[float, float]] | None = None) -> Recording:
    data = np.random.default_rng(0).standard_normal((19, int(8 * rate))) * 40
    return Recording.from_array(data, rate, SCALP_19, gaps=gaps or [])


def test_steps_act_in_order() -> None:
    recording = referential(512.0)
    found = Chain.model_validate({"steps": STEPS}).apply(recording)
    rows = {name: row.astype(np.float64) for name, row in zip(SCALP_19, recording.read(), strict=True)}
    leads = np.array([rows[lead.anode] - rows[lead.cathode] for lead in MONTAGES["double-banana"].leads])
    sections = ss.butter(4, 64, fs=256, output="sos")
    expected = ss.sosfiltfilt(sections, ss.resample_poly(leads, 1, 2, axis=1))
    assert found.channels == MONTAGES["double-banana"].labels
    assert found.sampling_rate == 256.0
    np.testing.assert_allclose(found.read(), expected, atol=1e-6 * np.ptp(expected))


def test_design_follows_the_rate_through_the_chain() -> None:
    chain = Chain.model_validate({"steps": STEPS}).design(512.0)
    low_pass = chain.steps[2]
    assert isinstance(low_pass, LowPass)
    assert low_pass.designed_for == 256.0
    assert chain.output_rate(512.0) == 256.0
    assert chain.design(1000.0) == chain


def test_json_is_plain_and_comes_back() -> None:
    chain = Chain.model_validate({"steps": STEPS}).design(512.0)
    text = chain.model_dump_json()
    assert [step["step"] for step in json.loads(text)["steps"]] == ["montage", "resample", "low-pass"]
    assert Chain.model_validate_json(text) == chain
    assert Chain.model_validate_json(text) != Chain.model_validate({"steps": STEPS})


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"step": "low-pas", "cutoff": 64}, r"step: 'low-pas' is not allowed; .*'low-pass'.* Did you mean 'low-pass'"),
        ({"cutoff": 64}, "step: None is not allowed; allowed are 'band-pass'"),
        ({"step": "low-pass", "cutof": 64}, "low-pass setting: 'cutof' is not allowed; .* Did you mean 'cutoff'"),
        ({"step": "low-pass", "cutoff": -1}, "low-pass cutoff: .* greater than 0; -1 came"),
        ({"step": "low-pass"}, "low-pass cutoff: Field required"),
    ],
)
def test_what_is_not_allowed_is_refused_with_what_is(settings: dict[str, object], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        parse_step(settings)
    with pytest.raises(ValueError, match=message):
        Chain.model_validate({"steps": [settings]})


def test_unknown_key_of_the_chain_is_refused() -> None:
    with pytest.raises(ValueError, match="stepps"):
        Chain.model_validate({"stepps": []})
    with pytest.raises(ValueError, match="a list of steps"):
        Chain.model_validate({"steps": "low-pass"})


def test_stream_of_an_acausal_chain_names_the_step() -> None:
    chain = Chain(steps=(parse_step(STEPS[0]), BandPass(low=0.5, high=50.0)))
    assert not chain.causal
    with pytest.raises(ParameterError, match="band-pass: cannot run on a stream"):
        chain.stream(SCALP_19, 256.0)


def test_stream_of_a_causal_chain_equals_the_recording() -> None:
    steps = [*STEPS[:2], {"step": "high-pass", "cutoff": 0.5, "phase": "causal"}, {"step": "running-mad", "window": 3}]
    chain, recording = Chain.model_validate({"steps": steps}), referential(512.0)
    assert chain.causal
    stream = chain.stream(recording.channels, 512.0)
    pieces = [stream.push(piece) for piece in np.array_split(recording.read(), 23, axis=1)]
    streamed = np.concatenate([*pieces, stream.flush()], axis=1)
    expected = chain.apply(recording).read()
    assert (stream.channels, stream.sampling_rate) == (MONTAGES["double-banana"].labels, 256.0)
    np.testing.assert_allclose(streamed, expected, atol=1e-6 * np.ptp(expected))
    stream.reset()
    np.testing.assert_array_equal(stream.push(recording.read(0, 1)), pieces_of(chain, recording))


def pieces_of(chain: Chain, recording: Recording) -> NDArray[np.float32]:
    """The first push of a fresh stream."""
    return chain.stream(recording.channels, recording.sampling_rate).push(recording.read(0, 1))


def test_an_empty_chain_changes_nothing() -> None:
    recording = referential(256.0)
    assert Chain().apply(recording) is recording
    stream = Chain().stream(recording.channels, 256.0)
    np.testing.assert_array_equal(stream.push(recording.read()), recording.read())
    assert stream.flush().shape == (19, 0)


def test_published_transformer_preparation(
    formula: Callable[..., NDArray[np.float64]], oracle: dict[str, NDArray[np.float64]]
) -> None:
    """Z-score, resampling by FFT (not ours), windows padded with zeros, three causal filters from zero."""
    scaled = ZScore().apply(Recording.from_array(formula(250, 700, 4_000_000), 250.0)).read()
    resampled = ss.resample(scaled.astype(np.float64), 716, axis=1)
    windows = np.pad(resampled, ((0, 0), (0, 3 * 256 - 716))).reshape(2, 3, 256).transpose(1, 0, 2)
    chain = Chain(
        steps=(
            Resample(sampling_rate=256.0),
            BandPass(low=0.5, high=120.0, order=3, phase="causal", start="zero"),
            Notch(frequency=1.0, harmonics=False, phase="causal", start="zero"),
            Notch(frequency=60.0, harmonics=False, phase="causal", start="zero"),
        )
    )
    found = np.array([chain.apply(Recording.from_array(window, 256.0)).read() for window in windows])
    expected = oracle["pipeline_windows_float32"]
    np.testing.assert_allclose(found, expected, atol=1e-6 * np.ptp(expected))
