"""What a reader sets on the screen, against the steps that do the same one by one."""

from __future__ import annotations

import numpy as np
import pytest

from ictal.core.recording import Recording
from ictal.preprocessing.high_pass import HighPass
from ictal.preprocessing.low_pass import LowPass
from ictal.preprocessing.notch import Notch
from ictal.review.display_filter import Filters, design_section

RATE = 200.0
NOISE = np.random.default_rng(0).standard_normal((2, 12000)).cumsum(axis=1) + 300.0


@pytest.mark.parametrize("share", [1e-4, 0.002, 0.1, 0.25, 0.45])
@pytest.mark.parametrize("rate", [10.0, 256.0, 20000.0])
def test_sections_are_those_of_the_steps(share: float, rate: float) -> None:
    cutoff = share * rate
    high, low = design_section("high-pass", cutoff, rate), design_section("low-pass", cutoff, rate)
    np.testing.assert_allclose([high], HighPass(cutoff=cutoff, order=2).find_sections(rate), atol=1e-9)
    np.testing.assert_allclose([low], LowPass(cutoff=cutoff, order=2).find_sections(rate), atol=1e-9)


def test_one_cascade_does_what_the_steps_do_one_after_another() -> None:
    recording = Recording.from_array(NOISE, RATE, ["C3", "C4"])
    expected: Recording = recording
    for step in (HighPass(cutoff=0.5, order=2), LowPass(cutoff=35.0, order=2), Notch(frequency=50.0)):
        expected = step.apply(expected)
    seen = Filters(0.5, 35.0, 50.0).apply(recording)
    middle = slice(2000, 10000)
    np.testing.assert_allclose(seen.read()[:, middle], expected.read()[:, middle], atol=1e-3)


@pytest.mark.parametrize("frequency", [50.0, 60.0])
def test_the_mains_and_its_multiples_are_taken_out(frequency: float) -> None:
    times = np.arange(4000) / 400.0
    hum = np.sin(2 * np.pi * frequency * times) + np.sin(4 * np.pi * frequency * times)
    alpha = 20 * np.sin(2 * np.pi * 10.0 * times)
    seen = Filters(notch=frequency).apply(Recording.from_array([10 * hum + alpha], 400.0, ["O1"])).read()[0]
    np.testing.assert_allclose(seen[1000:3000], alpha[1000:3000], atol=0.2)


@pytest.mark.parametrize(
    ("wanted", "rate", "fitting"),
    [
        (Filters(0.5, 35.0, 50.0), 256.0, Filters(0.5, 35.0, 50.0)),
        (Filters(0.5, 35.0, 50.0), 64.0, Filters(0.5, None, None)),
        (Filters(0.5, 70.0, 60.0), 128.0, Filters(0.5, None, None)),
        (Filters(5.0, 70.0, 60.0), 4.0, Filters(1.8, None, None)),
        (Filters(), 1.0, Filters()),
    ],
)
def test_filters_fit_the_rate(wanted: Filters, rate: float, fitting: Filters) -> None:
    assert wanted.fit(rate) == fitting
    assert np.isfinite(wanted.apply(Recording.from_array(NOISE, rate, ["C3", "C4"])).read_samples(0, 50)).all()


def test_no_filter_is_no_filter() -> None:
    recording = Recording.from_array(NOISE, RATE, ["C3", "C4"])
    assert Filters().apply(recording) is recording
