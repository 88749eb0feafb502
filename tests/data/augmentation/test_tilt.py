import numpy as np
import pytest
import torch

from ictal.core.errors import ParameterError
from ictal.data.augmentation.draws import Draws
from ictal.data.augmentation.tilt import Tilt, tilt_spectrum
from ictal.data.batch import Batch


def slope_of(signal: torch.Tensor) -> float:
    """Exponent of the amplitude spectrum from 1 to 60 Hz."""
    frequencies = np.fft.rfftfreq(signal.shape[-1], 1 / 256.0)
    power = np.abs(np.fft.rfft(signal.numpy())).__pow__(2).mean(axis=(0, 1))
    band = (frequencies >= 1) & (frequencies <= 60)
    return float(np.polyfit(np.log(frequencies[band]), 0.5 * np.log(power[band]), 1)[0])


@pytest.mark.parametrize("exponent", [-0.5, 0.0, 0.7])
def test_the_exponent_of_the_spectrum_changes_by_what_is_asked_for(exponent: float) -> None:
    white = torch.from_numpy(np.random.default_rng(0).normal(0, 20, (40, 3, 1024))).float()
    tilted = tilt_spectrum(white, torch.full((40,), exponent), 256.0)
    assert slope_of(tilted) - slope_of(white) == pytest.approx(exponent, abs=1e-3)


def test_the_size_of_a_window_stays_and_its_channels_keep_their_phases() -> None:
    signal = torch.randn(5, 4, 1024)
    tilted = tilt_spectrum(signal, torch.full((5,), 0.6), 256.0)
    torch.testing.assert_close(tilted.square().mean(dim=(1, 2)), signal.square().mean(dim=(1, 2)))
    before, after = torch.fft.rfft(signal)[..., 1:-1], torch.fft.rfft(tilted)[..., 1:-1]
    assert (torch.angle(after * before.conj()).abs() < 1e-3).all()


def test_silence_stays_silent() -> None:
    assert torch.equal(tilt_spectrum(torch.zeros(1, 2, 64), torch.ones(1), 256.0), torch.zeros(1, 2, 64))


def test_each_window_has_its_own_exponent() -> None:
    signal = torch.randn(1, 2, 256).expand(4, 2, 256).contiguous()
    changed = Tilt(probability=1.0).apply(Batch(signal, torch.zeros(4, dtype=torch.long), ("a", "b"), 256.0), Draws(0))
    assert len({row.item() for row in changed.signal[:, 0, 0]}) == 4


def test_a_rate_of_zero_is_refused() -> None:
    with pytest.raises(ParameterError, match="sampling rate"):
        tilt_spectrum(torch.zeros(1, 1, 4), torch.zeros(1), 0.0)
