"""What every augmentation of the table keeps to."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from ictal.core.electrodes import SCALP_19
from ictal.core.errors import ParameterError
from ictal.data.augmentation.augmentation import Augmentation, Augmentations
from ictal.data.augmentation.draws import Draws
from ictal.data.augmentation.table import AUGMENTATIONS
from ictal.data.batch import Batch
from ictal.data.settings import parse_settings

DEVICES = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]
LABELS = {"whole": (), "framed": (4,)}


@pytest.fixture(params=AUGMENTATIONS)
def augmentation(request: pytest.FixtureRequest) -> Augmentation:
    made: Augmentation = parse_settings(AUGMENTATIONS, {"augmentation": request.param, "probability": 1.0})
    return made


def make_batch(*label_shape: int, n: int = 8, seed: int = 0) -> Batch:
    draws = torch.Generator().manual_seed(seed)
    signal = 20.0 * torch.randn(n, 19, 256, generator=draws)
    labels = (torch.arange(n) % 2).reshape(n, *[1] * len(label_shape)).expand(n, *label_shape)
    donors = Batch(signal.flip(2), torch.ones_like(labels), SCALP_19, 128.0)
    return Batch(signal, labels, SCALP_19, 128.0, donors=donors)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("label_shape", LABELS.values(), ids=LABELS)
def test_float32_of_the_same_shape_on_the_same_device(
    augmentation: Augmentation, label_shape: tuple[int, ...], device: str
) -> None:
    batch = make_batch(*label_shape).to(device)
    changed = augmentation.apply(batch, Draws(0, device=device))
    assert changed.signal.dtype == torch.float32
    assert changed.signal.shape == batch.signal.shape
    assert changed.signal.device == batch.signal.device == changed.labels.device
    assert changed.signal.isfinite().all()
    assert not torch.equal(changed.signal, batch.signal)
    if augmentation.softens:
        batch = batch.softened()
    assert (changed.labels.shape, changed.labels.dtype) == (batch.labels.shape, batch.labels.dtype)


def test_what_came_stays_as_it_was(augmentation: Augmentation) -> None:
    batch, copy = make_batch(), make_batch()
    augmentation.apply(batch, Draws(0))
    assert torch.equal(batch.signal, copy.signal) and torch.equal(batch.labels, copy.labels)


def test_the_same_draws_give_the_same_windows(augmentation: Augmentation) -> None:
    once, again = (augmentation.apply(make_batch(), Draws(5)) for _ in range(2))
    assert torch.equal(once.signal, again.signal) and torch.equal(once.labels, again.labels)


def test_the_global_random_numbers_do_not_matter_and_are_left_alone(augmentation: Augmentation) -> None:
    torch.manual_seed(1)
    state = torch.get_rng_state()
    once = augmentation.apply(make_batch(), Draws(5))
    assert torch.equal(torch.get_rng_state(), state)
    torch.manual_seed(2)
    assert torch.equal(once.signal, augmentation.apply(make_batch(), Draws(5)).signal)


def test_without_probability_nothing_changes(augmentation: Augmentation) -> None:
    batch = make_batch()
    never = augmentation.model_copy(update={"probability": 0.0}).apply(batch, Draws(0))
    assert never.signal is batch.signal


def test_no_gradient_is_recorded_and_those_of_the_network_are_right(augmentation: Augmentation) -> None:
    batch = make_batch()
    changed = augmentation.apply(replace(batch, signal=batch.signal.requires_grad_()), Draws(0))
    assert not changed.signal.requires_grad
    weight = torch.ones(19, requires_grad=True)
    (changed.signal * weight[:, None]).sum().backward()
    assert weight.grad is not None
    assert torch.allclose(weight.grad, changed.signal.sum(dim=(0, 2)))


def test_it_is_a_frozen_value_of_a_recipe(augmentation: Augmentation) -> None:
    steps = Augmentations(steps=(augmentation,))
    assert Augmentations.model_validate_json(steps.model_dump_json()) == steps
    assert hash(augmentation) == hash(steps.steps[0])


def test_unknown_settings_are_refused_with_the_known_ones(augmentation: Augmentation) -> None:
    with pytest.raises(ParameterError, match=r"setting: 'strenght' is not allowed; allowed are .*'probability'"):
        parse_settings(AUGMENTATIONS, {"augmentation": augmentation.augmentation, "strenght": 1.0})


def test_one_window_is_a_batch_too(augmentation: Augmentation) -> None:
    assert augmentation.apply(make_batch(n=1), Draws(0)).signal.shape == (1, 19, 256)
