from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from ictal.core.errors import ParameterError
from ictal.detection.stretch import Stretch
from ictal.explain.cells import Cells
from ictal.explain.picture_axes import carry_back, carry_columns, spread_cells
from ictal.features.pictures import PictureFront
from ictal.features.scalograms import CwtFront, ScalogramConfig
from ictal.features.spectrograms import MelConfig, MelFront, SpectrogramConfig, StftFront

LEADS = ("F7-T7", "T7-P7", "P7-O1")
SIZES: list[dict[str, Any]] = [
    {"size": None},
    {"size": (40, 30)},
    {"size": (90, 120)},
    {"size": None, "tiled": True},
    {"size": (41, 35), "tiled": True},
]
FRONTS = [(StftFront, SpectrogramConfig), (MelFront, MelConfig), (CwtFront, ScalogramConfig)]
every_front = pytest.mark.parametrize(("front", "config"), FRONTS)


def make_stretch(signal: np.ndarray | None = None) -> Stretch:
    """Eight seconds, of which five windows of four seconds are asked about, from the 20th second of a recording."""
    signal = np.zeros((3, 1024)) if signal is None else signal
    return Stretch(signal, 128.0, 20.0, LEADS, 512, 128, 1, slice(0, 5), (21.5, 26.5))


def make_front(front: Any, config: Any, **settings: Any) -> PictureFront:
    made: PictureFront = front(config(n_channels=3, sampling_rate=128.0, scale="power", **settings))
    return made


def see(front: PictureFront, stretch: Stretch) -> Tensor:
    """The pictures of the windows of a stretch."""
    signal = torch.tensor(stretch.signal, dtype=torch.float32)
    pictures: Tensor = front(signal.unfold(1, stretch.window, stretch.hop).movedim(1, 0))
    return pictures


@every_front
@pytest.mark.parametrize("settings", SIZES)
def test_a_burst_is_carried_back_to_its_lead_frequency_and_time(
    front: Any, config: Any, settings: dict[str, Any]
) -> None:
    seconds = np.arange(1024) / 128
    signal = np.zeros((3, 1024))
    signal[1] = 100 * np.cos(2 * np.pi * 20 * seconds) * np.exp(-0.5 * ((seconds - 3.6) / 0.2) ** 2)
    made, stretch = make_front(front, config, low=4.0, **settings), make_stretch(signal)
    found = carry_back(made, see(made, stretch), stretch, "saliency")
    assert (found.start, found.step, found.leads, found.method) == (20.0, 0.25, LEADS, "saliency")
    assert found.values.shape == (3, len(made.frequencies), 32)
    lead, row, column = np.unravel_index(found.values.argmax(), found.values.shape)
    assert lead == 1
    assert abs(found.frequencies[row] - 20.0) < 1.7
    assert found.times[column] <= 23.6 <= found.times[column] + 0.25
    assert found.values[[0, 2]].sum() < 1e-6 * found.values.sum()


@every_front
@pytest.mark.parametrize("settings", [{"size": None}, {"size": (40, 30)}, {"size": (90, 120)}])
def test_the_total_of_each_lead_stays(front: Any, config: Any, settings: dict[str, Any]) -> None:
    made, chance = make_front(front, config, **settings), torch.Generator().manual_seed(0)
    attributions = torch.randn(5, *made.shape, generator=chance)
    values = carry_back(made, attributions, make_stretch(), "saliency").values
    np.testing.assert_allclose(values.sum(axis=(1, 2)), attributions.sum(dim=(0, 2, 3)), rtol=1e-4)


def test_what_falls_on_the_border_of_tiles_is_of_no_lead() -> None:
    made = make_front(StftFront, SpectrogramConfig, size=(41, 35), tiled=True)
    values = carry_back(made, torch.ones(5, 1, 41, 35), make_stretch(), "saliency").values
    np.testing.assert_allclose(values.sum(axis=(1, 2)), 5 * 20 * 17, rtol=1e-5)


def test_one_map_for_all_pictures_does_not_tell_leads() -> None:
    made = make_front(StftFront, SpectrogramConfig, size=(40, 30))
    found = carry_back(made, torch.ones(5, 40, 30), make_stretch(), "grad-cam")
    assert found.leads == ()
    assert found.values.shape == (1, 50, 32)
    assert found.values.sum() == pytest.approx(5 * 40 * 30)


def test_one_map_for_tiled_pictures_does() -> None:
    made = make_front(StftFront, SpectrogramConfig, size=(40, 30), tiled=True)
    one, all_of_them = torch.rand(5, 40, 30), make_stretch()
    found = carry_back(made, one, all_of_them, "grad-cam")
    assert found.leads == LEADS
    np.testing.assert_array_equal(found.values, carry_back(made, one[:, None], all_of_them, "grad-cam").values)


@pytest.mark.parametrize("shape", [(5, 2, 40, 30), (5, 3, 30, 40), (5, 30, 40)])
def test_other_pictures_are_refused(shape: tuple[int, ...]) -> None:
    made = make_front(StftFront, SpectrogramConfig, size=(40, 30))
    with pytest.raises(ParameterError, match=r"allowed is \(n_windows, 3, 40, 30\)"):
        carry_back(made, torch.zeros(shape), make_stretch(), "saliency")


def test_other_windows_are_refused() -> None:
    made = make_front(StftFront, SpectrogramConfig, size=(40, 30))
    with pytest.raises(ParameterError, match="4 windows"):
        carry_back(made, torch.zeros(4, 3, 40, 30), make_stretch(), "saliency")


def test_features_of_one_channel_are_carried_back_to_all_leads() -> None:
    front = StftFront(SpectrogramConfig(n_channels=1, sampling_rate=128.0, size=(40, 30)))
    attributions = torch.zeros(5, 3, 40, 30)
    attributions[:, 2] = 1.0
    found = carry_back(front, attributions, make_stretch(), "grad-cam")
    assert found.leads == LEADS
    np.testing.assert_allclose(found.of_leads, [0.0, 0.0, 1.0])


@pytest.mark.parametrize("tiled", [False, True])
def test_columns_are_carried_back_to_their_seconds(tiled: bool) -> None:
    made = make_front(StftFront, SpectrogramConfig, size=(40, 64), tiled=tiled)
    columns = torch.zeros(5, 64)
    columns[1, [16, 48] if tiled else [32]] = 1.0
    found = carry_columns(made, columns, make_stretch(), "attention-rollout")
    assert found.leads == found.frequencies == ()
    assert found.values.sum() == pytest.approx(2.0 if tiled else 1.0)
    assert found.times[found.of_times.argmax()] == 23.0
    assert found.of_times[11:14].sum() == pytest.approx(1.0)


def test_cells_are_shared_by_the_pixels_that_they_cover() -> None:
    made = make_front(StftFront, SpectrogramConfig, size=(6, 8))
    pictures = spread_cells(torch.tensor([[[6.0, 0.0], [0.0, 12.0]]]), made, Cells(stride=3.0), Cells(0.5, 4.0))
    assert pictures.shape == (1, 6, 8)
    assert pictures.sum() == pytest.approx(18.0)
    np.testing.assert_allclose(pictures[0, 0], [0.25, 0.5, 0.5, 0.5, 0.25, 0.0, 0.0, 0.0])
    np.testing.assert_allclose(pictures[0, 5, 4:], [4 / 7, 8 / 7, 8 / 7, 8 / 7])
