from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import torch
from pydantic import ValidationError
from tests.models.graph import assert_graph_answers_as
from torch import Tensor, nn

from ictal.models.lstm_attention import LSTMAttention, LSTMAttentionConfig

SMALL = {"n_channels": 2, "height": 5, "width": 7, "hidden": 6}

every_attention = pytest.mark.parametrize("attention", ["additive", "multi-head"])


def make_model(**settings: Any) -> LSTMAttention:
    torch.manual_seed(0)
    return LSTMAttention(LSTMAttentionConfig(**{**SMALL, **settings})).eval()


@pytest.fixture
def one_thread() -> Iterator[None]:
    """Threads that wait for each other make a small LSTM slow where processors are busy."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def read(model: LSTMAttention, pictures: Tensor) -> Tensor:
    """What the LSTM says of each moment of all pictures."""
    moments = [pictures[..., column].flatten(1) for column in range(pictures.shape[3])]
    return model.lstm(torch.stack(moments, dim=1))[0]


@pytest.mark.parametrize(
    ("attention", "weighing"),
    [("additive", 2 * 256), ("multi-head", 512 + 4 * 512 * 512 + 4 * 512)],
)
@pytest.mark.parametrize("n_classes", [2, 3])
def test_parameters_are_those_of_the_published_sizes(attention: Any, weighing: int, n_classes: int) -> None:
    model = LSTMAttention(LSTMAttentionConfig(n_channels=20, attention=attention, n_classes=n_classes))
    # Four gates in two directions, each reading the layer below and itself, each with two biases.
    first = 2 * 4 * 256 * (20 * 100 + 256 + 2)
    second = 2 * 4 * 256 * (2 * 256 + 256 + 2)
    expected = first + second + weighing + (2 * 256 + 1) * n_classes
    assert sum(value.numel() for value in model.parameters()) == expected


def test_the_answer_is_of_the_moments_as_they_are_weighed() -> None:
    model, pictures = make_model(), torch.randn(3, 2, 5, 7)
    with torch.no_grad():
        weights, steps = model.attend(pictures), read(model, pictures)
        summary = (weights[:, 0, :, None] * steps).sum(dim=1)
        torch.testing.assert_close(model(pictures)[:, 0], model.classifier(summary))
        scores = steps @ model.pooling.score.weight[0]
        torch.testing.assert_close(weights[:, 0], scores.exp() / scores.exp().sum(dim=1, keepdim=True))


def test_two_heads_weigh_each_their_half_of_the_moments() -> None:
    model, pictures = make_model(attention="multi-head"), torch.randn(3, 2, 5, 7)
    with torch.no_grad():
        weights = model.attend(pictures)
        assert not torch.allclose(weights[:, 0], weights[:, 1], atol=1e-6)
        attention = model.pooling.attention
        values = read(model, pictures) @ attention.in_proj_weight[24:].T + attention.in_proj_bias[24:]
        found = torch.cat([weights[:, [0]] @ values[..., :6], weights[:, [1]] @ values[..., 6:]], dim=2)
        torch.testing.assert_close(model(pictures)[:, 0], model.classifier(attention.out_proj(found))[:, 0])


@every_attention
def test_weights_sum_to_one_over_time(attention: str) -> None:
    model = make_model(attention=attention)
    with torch.no_grad():
        weights = model.attend(50 * torch.randn(3, 2, 5, 7))
    assert weights.min() >= 0.0
    torch.testing.assert_close(weights.sum(dim=2), torch.ones(weights.shape[:2]))


def test_time_is_read_in_both_directions() -> None:
    model = make_model(n_layers=1)
    pictures = torch.randn(1, 2, 5, 7, requires_grad=True)
    middle = read(model, pictures)[0, 3]
    before, after = (torch.autograd.grad(half.sum(), pictures, retain_graph=True)[0] for half in middle.split(6))
    assert before[..., :4].abs().sum(dim=(0, 1, 2)).min() > 0.0 == before[..., 4:].abs().max()
    assert after[..., 3:].abs().sum(dim=(0, 1, 2)).min() > 0.0 == after[..., :3].abs().max()


@every_attention
@pytest.mark.usefixtures("one_thread")
def test_it_learns_to_look_where_the_rhythm_is(attention: str) -> None:
    draws = torch.Generator().manual_seed(0)
    pictures = torch.randn(32, 2, 5, 20, generator=draws)
    labels = torch.arange(32) % 2
    places = torch.randint(20, (32,), generator=draws)
    pictures[torch.arange(32), :, 1 + labels, places] += 6.0
    model = make_model(attention=attention, width=20, n_layers=1, dropout=0.0).train()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    for _ in range(60):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(pictures)[:, 0], labels).backward()
        optimizer.step()
    with torch.no_grad():
        assert (model(pictures)[:, 0].argmax(dim=1) == labels).float().mean() > 0.95
        around = model.attend(pictures).mean(dim=1)
    near = (torch.arange(20) - places[:, None]).abs() <= 2
    assert around[near].mean() > 1.3 * around[~near].mean()


def test_its_graph_answers_as_it_does() -> None:
    """The contract does this for the other attention."""
    assert_graph_answers_as(make_model(attention="multi-head"))


def test_dropout_is_on_in_training_alone() -> None:
    model, pictures = make_model(n_layers=1, dropout=0.5), torch.randn(3, 2, 5, 7)
    assert torch.equal(model(pictures), model(pictures))
    model.train()
    assert not torch.equal(model(pictures), model(pictures))


@pytest.mark.parametrize("settings", [{"attention": "dot"}, {"dropout": 1.0}, {"hidden": 0}, {"n_heads": 4}], ids=str)
def test_settings_that_cannot_be_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=next(iter(settings))):
        make_model(**settings)
