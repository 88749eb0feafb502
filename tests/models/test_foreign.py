"""Networks of somebody else are found where their user keeps them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import torch
from torch import nn

from ictal.core.errors import ParameterError
from ictal.models.foreign import ForeignConfig, ForeignNetwork, build_foreign, import_from_here

CODE = """\
from torch import nn

class Means(nn.Module):
    def __init__(self, n_chans, n_outputs, scale=1.0):
        super().__init__()
        self.answer = nn.Linear(n_chans, n_outputs)

    def forward(self, signal):
        return self.answer(signal.mean(dim=2))

class Frames(Means):
    def forward(self, signal):
        return self.answer(signal.transpose(1, 2))
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "means_of_mine.py").write_text(CODE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(sys.modules, "means_of_mine", raising=False)
    return tmp_path


def make(name: str, **settings: object) -> ForeignNetwork:
    config = ForeignConfig(address=f"means_of_mine:{name}", n_channels=2, n_classes=3, window=1.0, settings=settings)
    return ForeignNetwork(config)


@pytest.mark.usefixtures("here")
def test_a_module_of_the_working_folder_is_found_and_the_path_left_alone() -> None:
    before = list(sys.path)
    assert make("Means", scale=2.0)(torch.zeros(4, 2, 256)).shape == (4, 1, 3)
    assert sys.path == before


@pytest.mark.usefixtures("here")
def test_what_it_is_not_told_of_it_need_not_take() -> None:
    network = build_foreign("means_of_mine:Means", {"n_chans": 5, "n_outputs": 2, "sfreq": 256.0}, {})
    assert isinstance(network.answer, nn.Linear)
    assert network.answer.weight.shape == (2, 5)


@pytest.mark.usefixtures("here")
def test_answers_of_another_shape_are_refused() -> None:
    with pytest.raises(ParameterError, match=r"Frames: logits of shape \(4, 256, 3\) came; allowed is \(batch, 3\)"):
        make("Frames")(torch.zeros(4, 2, 256))


@pytest.mark.usefixtures("here")
def test_settings_that_it_does_not_take_are_refused() -> None:
    with pytest.raises(ParameterError, match="unexpected keyword argument 'bands'"):
        make("Means", bands=3)


def test_the_path_is_left_alone_where_there_is_no_such_module() -> None:
    before = list(sys.path)
    with pytest.raises(ImportError):
        import_from_here("no_such_module_here:Net")
    assert sys.path == before
