from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from pydantic import ValidationError
from tests.models.oracle import Oracle, hash_uniform, make_signal
from torch import Tensor

from ictal.core.errors import ParameterError
from ictal.models.codebook import QuantizerConfig
from ictal.models.residual_quantizer import ResidualQuantizer

ReadOracle = Callable[[str], Oracle]
precisions = pytest.mark.parametrize("precision", [torch.float64, torch.float32])


def make_quantizer(seed: int = 0, **settings: Any) -> ResidualQuantizer:
    torch.manual_seed(seed)
    return ResidualQuantizer(QuantizerConfig(**settings)).eval()


def make_published(oracle: Oracle, precision: torch.dtype = torch.float64) -> ResidualQuantizer:
    """The quantiser with the codebooks of the oracle, which replaces no entry."""
    quantizer = make_quantizer(dead_below=0.0).to(precision)
    given = oracle.description["codebooks"]
    for i, (codebook, scale) in enumerate(zip(quantizer.books, given["scale"], strict=True)):
        entries = scale * hash_uniform(256 * 64, i).reshape(given["shape"][1:])
        codebook.start_from(torch.from_numpy(entries))
    return quantizer


def make_inputs(oracle: Oracle, precision: torch.dtype = torch.float64) -> dict[str, Tensor]:
    inputs = {"signal": make_signal((2, 64, 32), 8.0), "sum_of_entries": oracle.outputs["input_sum_of_entries"]}
    return {name: torch.from_numpy(latent).to(precision) for name, latent in inputs.items()}


@precisions
@pytest.mark.parametrize("name", ["signal", "sum_of_entries"])
def test_codes_and_vectors_are_the_published_ones(read_oracle: ReadOracle, name: str, precision: torch.dtype) -> None:
    oracle = read_oracle("braincodec_rvq")
    quantizer, latent = make_published(oracle, precision), make_inputs(oracle, precision)[name]
    found = quantizer.quantize(latent)
    np.testing.assert_array_equal(found.codes, oracle.outputs[f"codes_{name}"])
    np.testing.assert_array_equal(quantizer.encode(latent), oracle.outputs[f"codes_{name}"])
    tolerance = 1e-9 if precision == torch.float64 else 1e-5
    expected = oracle.outputs[f"quantised_{name}"]
    np.testing.assert_allclose(found.quantised, expected, rtol=tolerance, atol=tolerance)
    assert torch.equal(quantizer.decode(found.codes), found.quantised)


def test_one_step_of_training_is_the_published_one(read_oracle: ReadOracle) -> None:
    oracle = read_oracle("braincodec_rvq")
    quantizer = make_published(oracle, torch.float32).train()
    latent = make_inputs(oracle, torch.float32)["signal"].requires_grad_()
    losses: list[Tensor] = []
    for codebook in quantizer.books:
        codebook.register_forward_hook(lambda _, __, answer: losses.append(answer[2]))
    found = quantizer.quantize(latent)
    (1000.0 * found.commitment).backward()
    expected = oracle.outputs
    np.testing.assert_allclose(1000.0 * torch.stack(losses).detach(), expected["train_commitment_loss"], rtol=1e-5)
    np.testing.assert_allclose(latent.grad, expected["train_commitment_grad_signal"], rtol=1e-5, atol=1e-6)
    for i, codebook in enumerate(quantizer.books):
        entries = expected[f"train_codebook_{i}"]
        np.testing.assert_allclose(codebook.uses, expected[f"train_cluster_size_{i}"], rtol=1e-5)
        np.testing.assert_allclose(codebook.entries[: len(entries)], entries, rtol=1e-5, atol=1e-5)


def test_every_codebook_passes_the_gradient_straight_through() -> None:
    latent = torch.randn(2, 64, 8, requires_grad=True)
    make_quantizer(n_codebooks=4).quantize(latent).quantised.sum().backward()
    assert latent.grad is not None
    torch.testing.assert_close(latent.grad, torch.full_like(latent, 4.0))


def test_each_codebook_brings_the_answer_nearer() -> None:
    torch.manual_seed(1)
    quantizer, latent = make_quantizer(n_entries=32).train(), torch.randn(32, 64, 16)
    quantizer.quantize(latent)
    quantizer.eval()
    codes = quantizer.encode(latent)
    errors = [float((quantizer.decode(codes[..., :n]) - latent).square().mean()) for n in (1, 2, 3, 4)]
    assert errors == sorted(errors, reverse=True)
    assert errors[0] < 1.0 and errors[-1] < 0.8 * errors[0]


def test_entries_start_from_the_first_batch() -> None:
    """256 tight groups of vectors far from where entries begin: every entry finds one of them."""
    torch.manual_seed(2)
    quantizer = make_quantizer(n_codebooks=1, dimension=8).train()
    middles = 100.0 * torch.randn(256, 8)
    latent = middles.repeat(16, 1).reshape(16, 256, 8).transpose(1, 2)
    assert not quantizer.books[0].started
    found = quantizer.quantize(latent)
    assert quantizer.books[0].started
    assert (found.quantised - latent).square().mean() < 0.1 * latent.square().mean()
    assert found.codes.unique().numel() > 128


def test_entries_follow_what_chooses_them() -> None:
    quantizer = make_quantizer(n_codebooks=1, dimension=2, n_entries=2, decay=0.9, dead_below=0.0).train()
    book = quantizer.books[0]
    book.start_from(torch.tensor([[0.0, 0.0], [10.0, 0.0]]))
    latent = torch.tensor([[1.0, 0.0], [12.0, 0.0]]).T[None]
    for _ in range(200):
        quantizer.quantize(latent)
    torch.testing.assert_close(book.entries, torch.tensor([[1.0, 0.0], [12.0, 0.0]]), rtol=1e-3, atol=1e-3)


def test_an_entry_that_nothing_chooses_becomes_one_of_the_vectors() -> None:
    quantizer = make_quantizer(n_codebooks=1, dimension=2, n_entries=4, decay=0.5, dead_below=0.1).train()
    book = quantizer.books[0]
    book.start_from(torch.tensor([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1e6, 1e6]]))
    latent = torch.rand(8, 2, 16)
    for _ in range(10):
        quantizer.quantize(latent)
    assert book.entries.abs().max() < 2.0
    assert quantizer.eval().encode(latent).unique().numel() == 4


def test_a_seed_decides_what_is_learnt() -> None:
    latent = torch.randn(8, 64, 16)

    def learn(seed: int) -> dict[str, Tensor]:
        quantizer = make_quantizer(seed).train()
        torch.manual_seed(seed)
        for _ in range(3):
            quantizer.quantize(latent)
        return quantizer.state_dict()

    first, same, other = learn(1), learn(1), learn(2)
    assert all(torch.equal(first[key], same[key]) for key in first)
    assert not torch.equal(first["codebooks.0.entries"], other["codebooks.0.entries"])


def test_a_batch_smaller_than_the_codebook_is_enough_to_start() -> None:
    quantizer = make_quantizer().train()
    latent = torch.randn(1, 64, 5)
    for _ in range(3):
        found = quantizer.quantize(latent)
    assert all(value.isfinite().all() for value in quantizer.state_dict().values())
    torch.testing.assert_close(found.quantised, latent, rtol=1e-3, atol=1e-3)


def test_nothing_is_learnt_in_evaluation_or_by_encoding() -> None:
    quantizer = make_quantizer()
    before = {key: value.clone() for key, value in quantizer.state_dict().items()}
    quantizer.quantize(torch.randn(2, 64, 8))
    quantizer.train().encode(torch.randn(2, 64, 8))
    assert all(torch.equal(before[key], value) for key, value in quantizer.state_dict().items())


@pytest.mark.parametrize("shape", [(2, 63, 8), (64, 8)])
def test_another_latent_is_refused_by_name(shape: tuple[int, ...]) -> None:
    for use in (make_quantizer().quantize, make_quantizer().encode):
        with pytest.raises(ParameterError, match=r"latent: shape .* came; allowed is \(batch, 64, frames\)"):
            use(torch.zeros(shape))


@pytest.mark.parametrize("shape", [(2, 8), (2, 8, 5), (2, 8, 0)])
def test_other_codes_are_refused_by_name(shape: tuple[int, ...]) -> None:
    with pytest.raises(ParameterError, match=r"codes: shape .* came; allowed is \(batch, frames, 1 to 4\)"):
        make_quantizer().decode(torch.zeros(shape, dtype=torch.int64))


@pytest.mark.parametrize("settings", [{"n_entries": 257}, {"n_entries": 1}, {"decay": 1.0}, {"size": 3}])
def test_settings_that_cannot_be_are_refused(settings: dict[str, float]) -> None:
    with pytest.raises(ValidationError, match=next(iter(settings))):
        QuantizerConfig(**settings)  # type: ignore[arg-type]
