from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from ictal.data.loader import BatchSet
from ictal.training.held_back import Decision, answer
from ictal.training.imagined import FREQUENCIES, MOST_TRIED, imagine_seizures, lay_rhythms
from ictal.training.readers import WindowsInMemory

RATE = 128.0


def make_background(n: int, seed: int = 0) -> BatchSet:
    signal = np.random.default_rng(seed).normal(0.0, 20.0, (n, 3, 512))
    reader = WindowsInMemory(signal, ["anna"] * n, ("C3", "C4", "Cz"), RATE)
    return BatchSet(reader, reader.tabulate(np.zeros(n, np.int64), ("bckg", "sz")))


class Loudness(nn.Module):
    """Takes what is louder than 60 µV for a seizure."""

    def forward(self, signal: Tensor) -> Tensor:
        loud = signal.std(dim=2).amax(dim=1) / 20.0 - 3.0
        return torch.stack([-loud, loud], dim=1)[:, None]


def test_a_rhythm_is_a_peak_of_its_own_on_some_channels() -> None:
    signal = np.random.default_rng(0).normal(0.0, 1.0, (200, 4, 1024)).astype(np.float32)
    added = lay_rhythms(signal, RATE, np.random.default_rng(1)).astype(np.float64) - signal
    power = np.abs(np.fft.rfft(added, axis=2)) ** 2
    peaks = np.fft.rfftfreq(1024, 1 / RATE)[power.sum(axis=1).argmax(axis=1)]
    assert FREQUENCIES[0] - 0.2 < peaks.min() < 2.0
    assert 10.0 < peaks.max() < FREQUENCIES[1] + 0.2
    heights = added.std(axis=2)
    assert (heights.max(axis=1) > 0.9).all()
    assert (heights.max(axis=1) < 9.0).all()
    shares = (heights > 0.01).mean(axis=1)
    assert shares.min() == 0.25
    assert shares.max() == 1.0


def test_what_is_imagined_is_what_the_network_takes_for_a_seizure() -> None:
    windows = make_background(400)
    imagined = imagine_seizures(Loudness(), windows, Decision(), seed=1)
    assert imagined is not None
    assert 40 < len(imagined.windows) < 400
    logits, labels = answer(Loudness(), imagined)
    assert (labels == 1).all()
    assert (logits[:, 1] > logits[:, 0]).all()
    again, other = (
        imagine_seizures(Loudness(), windows, Decision(), seed=1),
        imagine_seizures(Loudness(), windows, Decision(), seed=2),
    )
    assert again is not None
    assert other is not None
    first = [one.reader.read_windows([0], [0], 512) for one in (imagined, again, other)]
    np.testing.assert_array_equal(first[0], first[1])
    assert not np.array_equal(first[0], first[2])


def test_a_detector_with_a_high_threshold_takes_less_for_a_seizure() -> None:
    windows = make_background(400)
    few, many = (imagine_seizures(Loudness(), windows, Decision(threshold)) for threshold in (0.99, 0.5))
    assert few is not None
    assert many is not None
    assert 0 < len(few.windows) < 0.8 * len(many.windows)


def test_nothing_is_imagined_where_the_network_takes_nothing_for_a_seizure() -> None:
    class Deaf(nn.Module):
        def forward(self, signal: Tensor) -> Tensor:
            return torch.tensor([1.0, 0.0]).expand(len(signal), 1, 2)

    assert imagine_seizures(Deaf(), make_background(50), Decision()) is None


def test_there_is_a_limit_to_what_is_tried() -> None:
    class Always(nn.Module):
        def forward(self, signal: Tensor) -> Tensor:
            return torch.tensor([0.0, 1.0]).expand(len(signal), 1, 2)

    imagined = imagine_seizures(Always(), make_background(MOST_TRIED + 100), Decision())
    assert imagined is not None
    assert len(imagined.windows) == MOST_TRIED
