import torch

from ictal.core.electrodes import SCALP_19
from ictal.core.montage import MONTAGES
from ictal.data.augmentation.draws import Draws
from ictal.data.augmentation.scalp_patch import draw_patches

BANANA = tuple(str(lead) for lead in MONTAGES["double-banana"].leads)


def test_the_lead_that_sees_the_most_has_one() -> None:
    for channels in (BANANA, SCALP_19):
        patches = draw_patches(channels, 50, Draws(0))
        torch.testing.assert_close(patches.abs().amax(dim=1), torch.ones(50))


def test_patches_are_everywhere_on_the_scalp() -> None:
    strongest = draw_patches(SCALP_19, 2000, Draws(1)).argmax(dim=1)
    counts = torch.bincount(strongest, minlength=19)
    assert (counts > 0).all()


def test_neighbours_see_alike_and_the_far_side_sees_little() -> None:
    patches = draw_patches(SCALP_19, 2000, Draws(2))
    rows = {name: SCALP_19.index(name) for name in ("F7", "T7", "P8")}
    near = torch.corrcoef(patches.T)[rows["F7"], rows["T7"]]
    far = torch.corrcoef(patches.T)[rows["F7"], rows["P8"]]
    assert near > 0.3 > 0.0 > far


def test_a_lead_sees_the_difference_of_its_electrodes() -> None:
    referential = draw_patches(("Fp1", "F7"), 20, Draws(3))
    bipolar = draw_patches(("Fp1-F7", "F7-Fp1"), 20, Draws(3))
    assert torch.equal(bipolar[:, 0], -bipolar[:, 1])
    assert torch.equal(torch.sign(bipolar[:, 0]), torch.sign(referential[:, 0] - referential[:, 1]))


def test_channels_without_a_place_see_all_alike() -> None:
    assert torch.equal(draw_patches(("left cortex", "C3"), 2, Draws(0)), torch.ones(2, 2))
