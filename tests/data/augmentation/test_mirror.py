"""Left becomes right."""

from __future__ import annotations

import pytest
import torch

from ictal.core.channels import Derivation
from ictal.core.electrodes import SCALP_19, positions
from ictal.core.errors import ParameterError
from ictal.core.montage import MONTAGES
from ictal.data.augmentation.draws import Draws
from ictal.data.augmentation.mirror import Mirror, mirror_channels, mirror_electrode, mirror_hemispheres
from ictal.data.batch import Batch

TRANSVERSE = ("F7-F3", "F3-Fz", "Fz-F4", "F4-F8", "T7-C3", "C3-Cz", "Cz-C4", "C4-T8", "C3-C4", "ECG")
MONTAGE_CHANNELS = {
    "double banana": MONTAGES["double-banana"].labels,
    "average": MONTAGES["average"].labels,
    "referential": SCALP_19,
    "old names of a file": ("EEG T3-LE", "EEG FZ-LE", "EEG T4-LE"),
    "ears": ("C3-A1", "C4-A2", "Cz-A1", "Cz-A2"),
    "transverse": TRANSVERSE,
}


@pytest.mark.parametrize("name", positions())
def test_the_mirror_image_of_an_electrode_is_where_it_should_be(name: str) -> None:
    image = positions()[mirror_electrode(name)]
    right, front, up = positions()[name]
    assert image == pytest.approx([-right, front, up], abs=1e-9)


@pytest.mark.parametrize("channels", MONTAGE_CHANNELS.values(), ids=MONTAGE_CHANNELS)
def test_twice_mirrored_is_the_same(channels: tuple[str, ...]) -> None:
    signal = torch.randn(3, len(channels), 16, generator=torch.Generator().manual_seed(0))
    once = mirror_hemispheres(signal, channels)
    assert not torch.equal(once, signal)
    assert torch.equal(mirror_hemispheres(once, channels), signal)


@pytest.mark.parametrize("channels", [MONTAGES["double-banana"].labels, TRANSVERSE[:-1]], ids=["banana", "transverse"])
def test_leads_are_those_of_the_mirrored_head(channels: tuple[str, ...]) -> None:
    potentials = dict(zip(SCALP_19, torch.randn(19, generator=torch.Generator().manual_seed(0)), strict=True))
    mirrored = {name: potentials[mirror_electrode(name)] for name in SCALP_19}

    def seen(head: dict[str, torch.Tensor]) -> torch.Tensor:
        ends = [channel.split("-") for channel in channels]
        return torch.stack([head[anode] - head[cathode] for anode, cathode in ends])[None, :, None]

    assert torch.allclose(mirror_hemispheres(seen(potentials), channels), seen(mirrored))


def test_the_double_banana_swaps_its_chains() -> None:
    leads = MONTAGES["double-banana"].leads
    images = [leads[row] for row, sign in mirror_channels(MONTAGES["double-banana"].labels) if sign == 1]
    assert images[0] == Derivation("Fp2", "F4")
    assert images[8:10] == [Derivation("Fz", "Cz"), Derivation("Cz", "Pz")]


def test_what_is_no_electrode_stays() -> None:
    assert mirror_channels(("ECG", "C3", "C4")) == ((0, 1), (2, 1), (1, 1))


def test_of_equal_labels_the_first_is_the_image() -> None:
    assert mirror_channels(("T8-P8", "T7-P7", "T8-P8-1")) == ((1, 1), (0, 1), (1, 1))


def test_a_channel_without_its_image_is_named() -> None:
    batch = Batch(torch.zeros(1, 2, 4), torch.zeros(1), ("Cz", "F7-T7"), 64.0)
    with pytest.raises(ParameterError, match="channel F7-T7 came without its mirror image F8-T8"):
        Mirror().change(batch, Draws(0))
