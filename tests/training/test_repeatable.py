"""The same seed, the same bits."""

from __future__ import annotations

import os

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ictal.training.repeatable import mix_seed, repeatable


class FaultError(Exception):
    """What happens inside."""


@pytest.mark.parametrize("gpu", [False, True])
def test_all_is_as_it_was_afterwards(gpu: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CUBLAS_WORKSPACE_CONFIG", raising=False)
    torch.manual_seed(5)
    expected = torch.rand(2)
    torch.manual_seed(5)
    before = torch.get_num_threads()
    with pytest.raises(FaultError), repeatable(before + 1, gpu=gpu):
        assert torch.get_num_threads() == before + 1
        assert torch.are_deterministic_algorithms_enabled()
        assert torch.is_deterministic_algorithms_warn_only_enabled() == gpu
        assert ("CUBLAS_WORKSPACE_CONFIG" in os.environ) == gpu
        torch.rand(7)
        raise FaultError
    assert torch.get_num_threads() == before
    assert not torch.are_deterministic_algorithms_enabled()
    assert "CUBLAS_WORKSPACE_CONFIG" not in os.environ
    assert torch.equal(torch.rand(2), expected)


def test_what_was_strict_stays_strict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUBLAS_WORKSPACE_CONFIG", ":16:8")
    torch.use_deterministic_algorithms(True, warn_only=True)
    try:
        with repeatable(1, gpu=True):
            assert os.environ["CUBLAS_WORKSPACE_CONFIG"] == ":16:8"
        assert torch.is_deterministic_algorithms_warn_only_enabled()
    finally:
        torch.use_deterministic_algorithms(False)
    assert os.environ["CUBLAS_WORKSPACE_CONFIG"] == ":16:8"


@given(numbers=st.lists(st.integers(0, 2**32), min_size=1, max_size=4))
def test_seeds_are_what_torch_takes(numbers: list[int]) -> None:
    assert 0 <= mix_seed(*numbers) < 2**63
    assert mix_seed(*numbers) == mix_seed(*numbers)
    assert mix_seed(*numbers, 1) != mix_seed(*numbers, 2)
