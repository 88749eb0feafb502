"""Mains and amplifier noise are as large as they should be, and the high-pass is one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import signal

from ictal.core.electrodes import SCALP_19
from ictal.simulation.electronics import WhiteNoise, amplifier, bad_contacts, high_pass, line
from ictal.simulation.head import CHANNELS
from ictal.simulation.scene import Scene

RATE = 256.0

Make = Callable[..., Scene]
Lay = Callable[..., np.ndarray]


def line_power(course: np.ndarray, rate: float = RATE, frequency: float = 50.0) -> np.ndarray:
    frequencies, power = signal.welch(course, rate, nperseg=1024)
    return power[:, np.abs(frequencies - frequency) < 2].sum(axis=1) * frequencies[1]


def test_mains_differ_by_electrode(make_scene: Make, lay: Lay) -> None:
    scene = make_scene(120.0, line_amplitude=2.0, bad_contact_rate=0.0)
    power = line_power(lay(line(scene), scene))
    # A sine of 2 µV has a power of 2 µV²; electrodes scatter around it by a factor of e^±0.5.
    assert np.median(power) == pytest.approx(2.0, rel=0.8)
    assert power.max() > 2 * power.min()


def test_mains_have_a_second_harmonic_where_the_amplifier_lets_it_pass(make_scene: Make, lay: Lay) -> None:
    high, low = (make_scene(60.0, rate=rate, line_amplitude=2.0, bad_contact_rate=0.0) for rate in (256.0, 160.0))
    course = lay(line(high), high)
    ratio = line_power(course, frequency=100.0) / line_power(course)
    np.testing.assert_allclose(ratio, 0.04, rtol=0.2)
    frequencies, power = signal.welch(lay(line(low), low), 160.0, nperseg=1024)
    assert power[:, np.abs(frequencies - 50) > 5].sum() < 1e-3 * power.sum()


def test_a_bad_contact_hums_ten_times_more(make_scene: Make, lay: Lay) -> None:
    scene = make_scene(3600.0, line_amplitude=1.0, bad_contact_rate=2.0, seed=4)
    (electrode, event), *_ = bad_contacts(scene)
    assert event.channels == (CHANNELS[electrode],)
    course = lay(line(scene), scene)
    during = course[:, round((event.onset + 3) * RATE) : round((event.onset + 50) * RATE)]
    good = make_scene(3600.0, line_amplitude=1.0, bad_contact_rate=0.0, seed=4)
    usual = lay(line(good), good)[:, : during.shape[1]]
    ratio = np.sqrt(line_power(during) / line_power(usual))
    assert ratio[electrode] == pytest.approx(10.0, rel=0.1)
    assert np.median(ratio) == pytest.approx(1.0, rel=0.1)


def test_amplifier_noise_is_white_and_of_its_own_in_each_channel(make_scene: Make, lay: Lay) -> None:
    scene = make_scene(120.0)
    course = lay(amplifier(scene), scene)
    np.testing.assert_allclose(course.std(axis=1), 0.7, rtol=0.02)
    _, power = signal.welch(course, RATE, nperseg=256)
    inside = power.mean(axis=0)[2:-2]
    assert inside.max() < 1.15 * inside.min()
    assert np.abs(np.corrcoef(course) - np.eye(len(SCALP_19))).max() < 0.03


@given(st.integers(0, 60_000), st.integers(1, 20_000))
def test_white_noise_is_the_same_wherever_it_is_read(first: int, length: int) -> None:
    whole, piece = np.zeros((2, 80_000)), np.zeros((2, length))
    WhiteNoise(1.0, [5]).apply(whole, 0)
    WhiteNoise(1.0, [5]).apply(piece, first)
    np.testing.assert_array_equal(piece, whole[:, first : first + length])


@given(
    arrays(np.float64, st.integers(2, 2000), elements=st.floats(-1000, 1000)), st.sampled_from([100.0, 256.0, 512.0])
)
def test_the_high_pass_is_one_of_first_order(course: np.ndarray, rate: float) -> None:
    decay = np.exp(-2 * np.pi * 0.16 / rate)
    expected = signal.lfilter([1.0, -1.0], [1.0, -decay], course)
    np.testing.assert_allclose(high_pass(course, rate), expected, atol=1e-6)


def test_the_high_pass_lasts_for_ten_minutes() -> None:
    assert np.isfinite(high_pass(np.ones(round(600 * RATE)), RATE)).all()
